/*
 * initialize(instance): instantiation as the specification describes it (4.5.4), as code: globals get their
 * values, then each active segment is copied and dropped. Constant expressions are lowered like any other
 * code. The start function is left to the runtime.
 */
#include "internal.h"

static LLVMValueRef number(struct lower_function *f, uint32_t value) {
  return LLVMConstInt(f->m->i32, value, 0);
}

static LLVMValueRef offset(struct lower_function *f, const struct wasm_expr *expr) {
  return LLVMBuildIntCast2(f->b, lower_expression(f, expr), f->m->i64, 0, "");
}

/* A constant becomes the initial value of a static global; all others are stored. */
static void initialize_global(struct lower_function *f, uint32_t index) {
  struct lower_module *m = f->m;
  LLVMValueRef value = lower_expression(f, &m->wasm->globals[index].init);
  if (m->options->model == LOWER_STATIC && LLVMIsConstant(value)) {
    LLVMSetInitializer(lower_global_variable(m, index), value);
    LLVMSetGlobalConstant(lower_global_variable(m, index), !m->wasm->globals[index].is_mutable);
  } else {
    lower_set_access(f, LLVMBuildStore(f->b, value, lower_global_address(f, index)), ACCESS_GLOBAL);
  }
}

/*
 * A table with an initial value gets it before anything can be seen of it: its entries may be of a type
 * without null. The entries exist already, so that this cannot trap.
 */
static void initialize_table(struct lower_function *f, uint32_t index) {
  const struct wasm_table *table = &f->m->wasm->tables[index];
  LLVMValueRef args[] = {number(f, index), LLVMConstInt(f->m->i64, 0, 0), lower_expression(f, &table->init),
                         LLVMConstInt(f->m->i64, table->limits.min, 0)};
  lower_call_op(f, ABI_OP_table_fill, args, 4);
}

/* Computes the references of a segment that has expressions into the storage that the runtime made for it. */
static void compute_element(struct lower_function *f, uint32_t index) {
  struct lower_module *m = f->m;
  const struct wasm_element *element = &m->wasm->elements[index];
  LLVMValueRef list =
      lower_load_field(f, f->instance, ABI_instance, WASMRT_instance_elements, ACCESS_CONSTANT);
  LLVMValueRef at = LLVMConstInt(m->i64, index, 0);
  LLVMValueRef storage = LLVMBuildLoad2(f->b, m->ptr, LLVMBuildGEP2(f->b, m->ptr, list, &at, 1, ""), "");
  for (uint32_t i = 0; i < element->count; i++) {
    LLVMValueRef place = LLVMConstInt(m->i64, i, 0);
    LLVMBuildStore(f->b, lower_expression(f, &element->exprs[i]),
                   LLVMBuildGEP2(f->b, m->ptr, storage, &place, 1, ""));
  }
}

static void initialize_element(struct lower_function *f, uint32_t index) {
  struct lower_module *m = f->m;
  const struct wasm_element *element = &m->wasm->elements[index];
  LLVMValueRef segment = number(f, index);
  if (element->mode == WASM_SEGMENT_ACTIVE && !m->plan->tables[element->table].is_known) {
    LLVMValueRef args[] = {number(f, element->table), segment, offset(f, &element->start),
                           LLVMConstInt(m->i64, 0, 0), LLVMConstInt(m->i64, element->count, 0)};
    lower_call_op(f, ABI_OP_table_init, args, 5);
  }
  if (element->mode != WASM_SEGMENT_PASSIVE) {
    lower_call_op(f, ABI_OP_elem_drop, &segment, 1);
  }
}

static void initialize_data(struct lower_function *f, uint32_t index) {
  const struct wasm_data *data = &f->m->wasm->data[index];
  if (data->mode != WASM_SEGMENT_ACTIVE) {
    return;
  }
  LLVMValueRef segment = number(f, index);
  LLVMValueRef args[] = {number(f, data->memory), segment, offset(f, &data->start),
                         LLVMConstInt(f->m->i64, 0, 0), LLVMConstInt(f->m->i64, data->bytes.size, 0)};
  lower_call_op(f, ABI_OP_memory_init, args, 5);
  lower_call_op(f, ABI_OP_data_drop, &segment, 1);
}

LLVMValueRef lower_initialize(struct lower_module *m) {
  const struct wasm_module *wasm = m->wasm;
  LLVMTypeRef type = LLVMFunctionType(m->void_, &m->ptr, 1, 0);
  LLVMValueRef value = lower_add_function(m, "initialize", type, false);
  struct arena arena = {0};
  struct lower_function f = {.arena = &arena};
  lower_function_begin(&f, m, value,
                       m->options->model == LOWER_STATIC ? m->instance : LLVMGetParam(value, 0));
  LLVMBasicBlockRef body = LLVMGetInsertBlock(f.b);
  for (uint32_t i = wasm->global_import_count; i < wasm->global_count; i++) {
    initialize_global(&f, i);
  }
  for (uint32_t i = wasm->table_import_count; i < wasm->table_count; i++) {
    if (wasm->tables[i].has_init) {
      initialize_table(&f, i);
    }
  }
  for (uint32_t i = 0; i < wasm->element_count; i++) {
    if (wasm->elements[i].exprs && wasm->elements[i].count) {
      compute_element(&f, i);
    }
  }
  for (uint32_t i = 0; i < wasm->element_count; i++) {
    initialize_element(&f, i);
  }
  for (uint32_t i = 0; i < wasm->data_count; i++) {
    initialize_data(&f, i);
  }
  LLVMBuildRetVoid(f.b);
  lower_function_end(&f, body);
  arena_free(&arena);
  return value;
}
