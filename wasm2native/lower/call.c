/*
 * Calls (spec 4.4.8), and the functions that lie between calling conventions: entry(code, instance, slots)
 * for the host, and in the static model wrappers that give imports the convention of the module's own
 * functions.
 *
 * A compiled function is R f(instance, params...) in the instance model and R f(params...) in the static one.
 * An import is always a C function that takes its caller first. Two and more results are written to a last
 * parameter, 8 bytes each.
 */
#include <stdio.h>

#include "internal.h"

LLVMTypeRef lower_func_type(const struct lower_module *m, const struct wasm_func_type *type,
                            bool takes_instance) {
  LLVMTypeRef *params = ARENA_ARRAY(m->arena, LLVMTypeRef, type->param_count + 2);
  unsigned count = 0;
  if (takes_instance) {
    params[count++] = m->ptr;
  }
  for (uint32_t i = 0; i < type->param_count; i++) {
    params[count++] = lower_type(m, type->params[i]);
  }
  if (type->result_count > 1) {
    params[count++] = m->ptr;
  }
  LLVMTypeRef result = type->result_count == 1 ? lower_type(m, type->results[0]) : m->void_;
  return LLVMFunctionType(result, params, count, 0);
}

/* Space on the stack for the results of a call. They are read at once, so that all calls can share it. */
static LLVMValueRef call_buffer(struct lower_function *f, uint32_t slots) {
  if (f->call_buffer_slots < slots) {
    uint32_t doubled = f->call_buffer_slots * 2;
    f->call_buffer_slots = slots > doubled ? slots : doubled;
    f->call_buffer = LLVMBuildAlloca(f->entry, LLVMArrayType2(f->m->i64, f->call_buffer_slots), "");
  }
  return f->call_buffer;
}

uint32_t lower_slot_width(unsigned type) {
  return type == WASM_V128 ? 2 : 1;
}

static uint32_t slot_count(const wasm_type *types, uint32_t count) {
  uint32_t slots = 0;
  for (uint32_t i = 0; i < count; i++) {
    slots += lower_slot_width(types[i]);
  }
  return slots;
}

/* Reads a value of this type from a slot. A v128 there is aligned like any other slot. */
static LLVMValueRef load_slot(struct lower_module *m, LLVMBuilderRef b, unsigned type, LLVMValueRef slots,
                              uint32_t slot) {
  LLVMValueRef at = LLVMConstInt(m->i64, slot, 0);
  LLVMValueRef place = LLVMBuildGEP2(b, m->i64, slots, &at, 1, "");
  LLVMValueRef value = LLVMBuildLoad2(b, lower_type(m, type), place, "");
  LLVMSetAlignment(value, 8);
  return value;
}

void lower_store_slot(struct lower_module *m, LLVMBuilderRef b, LLVMValueRef value, LLVMValueRef slots,
                      uint32_t index) {
  LLVMValueRef at = LLVMConstInt(m->i64, index, 0);
  if (LLVMTypeOf(value) == m->f32) {
    value = LLVMBuildBitCast(b, value, m->i32, "");
  }
  if (LLVMTypeOf(value) == m->i32) {
    value = LLVMBuildZExt(b, value, m->i64, "");
  }
  LLVMValueRef store = LLVMBuildStore(b, value, LLVMBuildGEP2(b, m->i64, slots, &at, 1, ""));
  LLVMSetAlignment(store, 8);
}

/* Calls `callee` with the parameters on the stack and pushes the results. `instance` is NULL if it takes
 * none. */
static void call(struct lower_function *f, const struct wasm_func_type *type, LLVMTypeRef llvm_type,
                 LLVMValueRef callee, LLVMValueRef instance) {
  LLVMValueRef *args = ARENA_ARRAY(f->arena, LLVMValueRef, type->param_count + 2);
  unsigned count = 0;
  if (instance) {
    args[count++] = instance;
  }
  f->depth -= type->param_count;
  for (uint32_t i = 0; i < type->param_count; i++) {
    args[count++] = f->stack[f->depth + i];
  }
  LLVMValueRef buffer = NULL;
  if (type->result_count > 1) {
    args[count++] = buffer = call_buffer(f, slot_count(type->results, type->result_count));
  }
  LLVMValueRef result = LLVMBuildCall2(f->b, llvm_type, callee, args, count, "");
  if (type->result_count == 1) {
    lower_push(f, result);
  }
  uint32_t slot = 0;
  for (uint32_t i = 0; buffer && i < type->result_count; i++) {
    lower_push(f, load_slot(f->m, f->b, type->results[i], buffer, slot));
    slot += lower_slot_width(type->results[i]);
  }
}

static LLVMValueRef load_constant(struct lower_function *f, LLVMValueRef list, uint32_t index,
                                  LLVMTypeRef type) {
  LLVMValueRef at = LLVMConstInt(f->m->i64, index, 0);
  LLVMValueRef value = LLVMBuildLoad2(f->b, type, LLVMBuildGEP2(f->b, type, list, &at, 1, ""), "");
  lower_set_access(f, value, ACCESS_CONSTANT);
  return value;
}

void lower_call(struct lower_function *f, const struct wasm_insn *insn, const struct wasm_opcode_info *info) {
  (void)info;
  struct lower_module *m = f->m;
  uint32_t index = insn->imm.index;
  const struct wasm_func_type *type = wasm_func_type_of(m->wasm, index);
  bool is_import = m->wasm->funcs[index].is_import;
  if (m->options->model == LOWER_STATIC) {
    call(f, type, m->funcs[index].type, m->funcs[index].value, is_import ? f->instance : NULL);
  } else if (is_import) {
    LLVMValueRef records =
        lower_load_field(f, f->instance, ABI_instance, WASMRT_instance_imports, ACCESS_CONSTANT);
    LLVMValueRef at = LLVMConstInt(m->i64, index, 0);
    LLVMValueRef record = LLVMBuildGEP2(f->b, m->abi[ABI_funcref], records, &at, 1, "");
    LLVMValueRef code = lower_load_field(f, record, ABI_funcref, WASMRT_funcref_code, ACCESS_CONSTANT);
    LLVMValueRef instance =
        lower_load_field(f, record, ABI_funcref, WASMRT_funcref_instance, ACCESS_CONSTANT);
    call(f, type, m->funcs[index].type, code, instance);
  } else {
    call(f, type, m->funcs[index].type, m->funcs[index].value, f->instance);
  }
}

/* The function reference in a table at `index`, after the checks that the specification asks for, in its
 * order. */
static LLVMValueRef checked_reference(struct lower_function *f, uint32_t table, uint32_t type,
                                      LLVMValueRef index) {
  struct lower_module *m = f->m;
  LLVMValueRef record = lower_table_record(f, table);
  LLVMValueRef size = lower_load_field(f, record, ABI_table, WASMRT_table_size, ACCESS_RECORD);
  LLVMValueRef at = lower_table_is_wide(f, table) ? index : LLVMBuildZExt(f->b, index, m->i64, "");
  lower_trap_if(f, LLVMBuildICmp(f->b, LLVMIntUGE, at, size, ""), WASMRT_TRAP_UNDEFINED_ELEMENT);
  LLVMValueRef entries = lower_load_field(f, record, ABI_table, WASMRT_table_entries, ACCESS_RECORD);
  LLVMValueRef reference = LLVMBuildLoad2(f->b, m->ptr, LLVMBuildGEP2(f->b, m->ptr, entries, &at, 1, ""), "");
  lower_set_access(f, reference, ACCESS_TABLE);
  lower_trap_if(f, LLVMBuildIsNull(f->b, reference, ""), WASMRT_TRAP_UNINITIALIZED_ELEMENT);
  LLVMValueRef types = lower_load_field(f, f->instance, ABI_instance, WASMRT_instance_types, ACCESS_CONSTANT);
  LLVMValueRef expected = load_constant(f, types, type, m->ptr);
  LLVMValueRef actual = lower_load_field(f, reference, ABI_funcref, WASMRT_funcref_type, ACCESS_CONSTANT);
  lower_trap_if(f, LLVMBuildICmp(f->b, LLVMIntNE, expected, actual, ""),
                WASMRT_TRAP_INDIRECT_CALL_TYPE_MISMATCH);
  return reference;
}

void lower_call_indirect(struct lower_function *f, const struct wasm_insn *insn,
                         const struct wasm_opcode_info *info) {
  (void)info;
  struct lower_module *m = f->m;
  uint32_t type_index = insn->imm.pair.first, table = insn->imm.pair.second;
  const struct wasm_func_type *type = wasm_func_type_at(m->wasm, type_index);
  LLVMValueRef index = lower_pop(f);
  if (m->tables[table].is_known) {
    call(f, type, m->func_types[type_index], lower_known_table_code(f, table, type_index, index), NULL);
    return;
  }
  LLVMValueRef reference = checked_reference(f, table, type_index, index);
  LLVMValueRef code = lower_load_field(f, reference, ABI_funcref, WASMRT_funcref_code, ACCESS_CONSTANT);
  LLVMValueRef instance = NULL;
  if (m->options->model == LOWER_INSTANCE) {
    instance = lower_load_field(f, reference, ABI_funcref, WASMRT_funcref_instance, ACCESS_CONSTANT);
  }
  call(f, type, m->func_types[type_index], code, instance);
}

/* Fills in the body of a function of convention between two others: passes its parameters from `first` on. */
static void forward(struct lower_module *m, LLVMBuilderRef b, LLVMValueRef wrapper, LLVMTypeRef type,
                    LLVMValueRef callee, LLVMValueRef instance) {
  unsigned count = LLVMCountParams(wrapper);
  LLVMValueRef *args = ARENA_ARRAY(m->arena, LLVMValueRef, count + 1);
  args[0] = instance;
  for (unsigned i = 0; i < count; i++) {
    args[i + 1] = LLVMGetParam(wrapper, i);
  }
  LLVMValueRef result = LLVMBuildCall2(b, type, callee, args, count + 1, "");
  if (LLVMGetTypeKind(LLVMGetReturnType(type)) == LLVMVoidTypeKind) {
    LLVMBuildRetVoid(b);
  } else {
    LLVMBuildRet(b, result);
  }
}

/* Static model: a function of the module's own convention that calls an import, for references to it. */
LLVMValueRef lower_import_wrapper(struct lower_module *m, uint32_t function) {
  char name[32];
  snprintf(name, sizeof name, "import.%u", function);
  LLVMValueRef wrapper = LLVMGetNamedFunction(m->llvm, name);
  if (wrapper) {
    return wrapper;
  }
  wrapper = LLVMAddFunction(m->llvm, name, m->func_types[m->wasm->funcs[function].type]);
  LLVMSetLinkage(wrapper, LLVMInternalLinkage);
  lower_set_attributes(m, wrapper);
  LLVMBuilderRef b = LLVMCreateBuilderInContext(m->context);
  LLVMPositionBuilderAtEnd(b, LLVMAppendBasicBlockInContext(m->context, wrapper, ""));
  forward(m, b, wrapper, m->funcs[function].type, m->funcs[function].value, m->instance);
  LLVMDisposeBuilder(b);
  return wrapper;
}

/* entry(code, instance, slots) for a function type: see struct wasmrt_funcref in layout.def. */
LLVMValueRef lower_entry(struct lower_module *m, uint32_t type_index) {
  type_index = m->wasm->types[type_index].class;
  if (m->entries[type_index]) {
    return m->entries[type_index];
  }
  const struct wasm_func_type *type = wasm_func_type_at(m->wasm, type_index);
  char name[32];
  snprintf(name, sizeof name, "entry.%u", type_index);
  LLVMTypeRef params[] = {m->ptr, m->ptr, m->ptr};
  LLVMValueRef entry = LLVMAddFunction(m->llvm, name, LLVMFunctionType(m->void_, params, 3, 0));
  LLVMSetLinkage(entry, LLVMInternalLinkage);
  lower_set_attributes(m, entry);
  LLVMBuilderRef b = LLVMCreateBuilderInContext(m->context);
  LLVMPositionBuilderAtEnd(b, LLVMAppendBasicBlockInContext(m->context, entry, ""));
  LLVMValueRef slots = LLVMGetParam(entry, 2);
  LLVMValueRef *args = ARENA_ARRAY(m->arena, LLVMValueRef, type->param_count + 2);
  unsigned count = 0;
  if (m->options->model == LOWER_INSTANCE) {
    args[count++] = LLVMGetParam(entry, 1);
  }
  uint32_t slot = 0;
  for (uint32_t i = 0; i < type->param_count; i++) {
    args[count++] = load_slot(m, b, type->params[i], slots, slot);
    slot += lower_slot_width(type->params[i]);
  }
  if (type->result_count > 1) {
    args[count++] = slots; /* the parameters have been read */
  }
  LLVMValueRef result = LLVMBuildCall2(b, m->func_types[type_index], LLVMGetParam(entry, 0), args, count, "");
  if (type->result_count == 1) {
    lower_store_slot(m, b, result, slots, 0);
  }
  LLVMBuildRetVoid(b);
  LLVMDisposeBuilder(b);
  return m->entries[type_index] = entry;
}
