/*
 * The functions that lie between calling conventions (convention.c): entry(code, instance, slots) for the
 * host; in the static model wrappers that give imports the convention of the module's own functions; in the
 * instance model adaptors that give functions of a module with tail calls the convention of C.
 */
#include <stdio.h>

#include "internal.h"

/* Begins the one block of such a function. */
static struct lower_function begin(struct lower_module *m, LLVMValueRef value) {
  struct lower_function f = {
      .m = m, .value = value, .arena = m->arena, .b = LLVMCreateBuilderInContext(m->context)};
  LLVMPositionBuilderAtEnd(f.b, LLVMAppendBasicBlockInContext(m->context, value, ""));
  return f;
}

/* Ends a function that hands on what `callee` returns, with the same parameters. */
static void forward(struct lower_function *f, const struct lower_callee *callee, bool from_own) {
  const struct wasm_func_type *type = wasm_func_type_at(f->m->wasm, callee->type);
  LLVMValueRef *values = lower_parameters(f, type, from_own);
  LLVMValueRef results = type->result_count > 1 ? LLVMGetLastParam(f->value) : NULL;
  LLVMValueRef result = lower_build_call(f, callee, values, results);
  if (callee->is_own) { /* inlined here, a function would be missing from backtraces */
    LLVMAddCallSiteAttribute(result, LLVMAttributeFunctionIndex, f->m->no_inlining);
  }
  if (type->result_count == 1) {
    LLVMBuildRet(f->b, result);
  } else {
    LLVMBuildRetVoid(f->b);
  }
  LLVMDisposeBuilder(f->b);
}

/* Static model: a function of the module's own convention that calls an import, for references to it. */
LLVMValueRef lower_import_wrapper(struct lower_module *m, uint32_t function) {
  char name[32];
  snprintf(name, sizeof name, "import.%u", function);
  LLVMValueRef wrapper = LLVMGetNamedFunction(m->llvm, name);
  if (wrapper) {
    return wrapper;
  }
  struct lower_callee callee = {
      .type = m->wasm->funcs[function].type, .code = lower_func(m, function)->value, .instance = m->instance};
  wrapper = lower_add_function(m, name, m->func_types[callee.type], true);
  struct lower_function f = begin(m, wrapper);
  f.instance = m->instance;
  forward(&f, &callee, true);
  return wrapper;
}

/* Instance model: one of the module's own functions as everybody can call it. */
LLVMValueRef lower_adaptor(struct lower_module *m, uint32_t function) {
  if (!m->has_tail_calls) {
    return lower_func(m, function)->value;
  }
  char name[32];
  snprintf(name, sizeof name, "adaptor.%u", function);
  uint32_t type = m->wasm->funcs[function].type;
  struct lower_function f = begin(m, lower_add_function(m, name, m->import_types[type], false));
  struct lower_callee callee = {.type = type,
                                .code = lower_func(m, function)->value,
                                .instance = LLVMGetParam(f.value, 0),
                                .is_own = true};
  forward(&f, &callee, false);
  return f.value;
}

/* entry(code, instance, slots) for a function type: see struct wasmrt_funcref in layout.def. */
LLVMValueRef lower_entry(struct lower_module *m, uint32_t type_index) {
  type_index = m->wasm->types[type_index].class;
  if (m->entries[type_index]) {
    return m->entries[type_index];
  }
  const struct wasm_func_type *type = wasm_func_type_at(m->wasm, type_index);
  bool is_static = m->options->model == LOWER_STATIC;
  char name[32];
  snprintf(name, sizeof name, "entry.%u", type_index);
  LLVMTypeRef params[] = {m->ptr, m->ptr, m->ptr};
  struct lower_function f =
      begin(m, lower_add_function(m, name, LLVMFunctionType(m->void_, params, 3, 0), false));
  LLVMValueRef slots = LLVMGetParam(f.value, 2);
  LLVMValueRef *values = ARENA_ARRAY(m->arena, LLVMValueRef, type->param_count);
  uint32_t slot = 0;
  for (uint32_t i = 0; i < type->param_count; i++) {
    values[i] = lower_load_slot(m, f.b, type->params[i], slots, slot);
    slot += lower_slot_width(type->params[i]);
  }
  struct lower_callee callee = {.type = type_index,
                                .code = LLVMGetParam(f.value, 0),
                                .instance = is_static ? NULL : LLVMGetParam(f.value, 1),
                                .is_own = is_static};
  /* The results may go to the slots: the parameters have been read. */
  LLVMValueRef result = lower_build_call(&f, &callee, values, type->result_count > 1 ? slots : NULL);
  if (type->result_count == 1) {
    lower_store_slot(m, f.b, result, slots, 0);
  }
  LLVMBuildRetVoid(f.b);
  LLVMDisposeBuilder(f.b);
  return m->entries[type_index] = f.value;
}
