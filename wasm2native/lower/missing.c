/*
 * Definitions for imports that nothing provides (--missing-imports): each calls wasmrt_op_missing_import with
 * its name, or returns zeros. A module of its own, made when the first link has told which they are.
 */
#include "internal.h"

static LLVMValueRef name_string(struct lower_module *m, LLVMBuilderRef b, const struct wasm_import *import) {
  const char *name =
      arena_printf(m->arena, "%.*s.%.*s", (int)import->module.size, (const char *)import->module.data,
                   (int)import->name.size, (const char *)import->name.data);
  return LLVMBuildGlobalStringPtr(b, name, "");
}

static void return_zeros(struct lower_module *m, LLVMBuilderRef b, LLVMValueRef function,
                         const struct wasm_func_type *type) {
  LLVMTypeRef result = LLVMGetReturnType(LLVMGlobalGetValueType(function));
  uint32_t slot = 0;
  for (uint32_t i = 0; type->result_count > 1 && i < type->result_count; i++) {
    LLVMValueRef zero = LLVMConstNull(lower_type(m, type->results[i]));
    lower_store_slot(m, b, zero, LLVMGetLastParam(function), slot);
    slot += lower_slot_width(type->results[i]);
  }
  if (type->result_count == 1) {
    LLVMBuildRet(b, LLVMConstNull(result));
  } else {
    LLVMBuildRetVoid(b);
  }
}

static void define(struct lower_module *m, const struct wasm_import *import, bool trap) {
  const char *symbol = lower_import_symbol(m->arena, import);
  if (LLVMGetNamedFunction(m->llvm, symbol)) {
    return;
  }
  const struct wasm_func_type *type = wasm_func_type_of(m->wasm, import->index);
  LLVMValueRef function = LLVMAddFunction(m->llvm, symbol, lower_func_type(m, type, false));
  LLVMBuilderRef b = LLVMCreateBuilderInContext(m->context);
  lower_set_attributes(m, function);
  LLVMPositionBuilderAtEnd(b, LLVMAppendBasicBlockInContext(m->context, function, ""));
  if (trap) {
    LLVMValueRef callee = lower_op(m, ABI_OP_missing_import);
    LLVMValueRef args[] = {LLVMGetParam(function, 0), name_string(m, b, import)};
    LLVMBuildCall2(b, m->ops[ABI_OP_missing_import].type, callee, args, 2, "");
    LLVMBuildUnreachable(b);
  } else {
    return_zeros(m, b, function, type);
  }
  LLVMDisposeBuilder(b);
}

LLVMModuleRef lower_missing_imports(const struct wasm_module *wasm, const struct wasm_import *const *imports,
                                    size_t import_count, bool trap, LLVMContextRef context,
                                    const char *triple, LLVMTargetDataRef layout, struct arena *arena) {
  struct lower_module m = {.wasm = wasm, .arena = arena, .context = context, .layout = layout};
  m.llvm = LLVMModuleCreateWithNameInContext("missing imports", context);
  LLVMSetTarget(m.llvm, triple);
  LLVMSetModuleDataLayout(m.llvm, layout);
  lower_abi_init(&m);
  for (size_t i = 0; i < import_count; i++) {
    define(&m, imports[i], trap);
  }
  return m.llvm;
}
