/*
 * After optimisation: resolves the trap markers and adds the function names (struct wasmrt_symbol) to the
 * descriptor. Names come this late so that they keep no function alive.
 */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/* The index of a compiled function in the Wasm module, or WASM_NO_INDEX for all others. */
static uint32_t wasm_index(LLVMValueRef function) {
  LLVMAttributeRef attribute = LLVMGetStringAttributeAtIndex(
      function, LLVMAttributeFunctionIndex, LOWER_INDEX_ATTRIBUTE, (unsigned)strlen(LOWER_INDEX_ATTRIBUTE));
  if (LLVMIsDeclaration(function) || !attribute) {
    return WASM_NO_INDEX;
  }
  unsigned length;
  return (uint32_t)strtoul(LLVMGetStringAttributeValue(attribute, &length), NULL, 10);
}

static uint32_t count_functions(LLVMModuleRef module) {
  uint32_t count = 0;
  for (LLVMValueRef f = LLVMGetFirstFunction(module); f; f = LLVMGetNextFunction(f)) {
    count += !LLVMIsDeclaration(f);
  }
  return count;
}

/* The distance from `from` to `to`, as the linker or assembler computes it. */
static LLVMValueRef distance(LLVMTypeRef i32, LLVMTypeRef i64, LLVMValueRef to, LLVMValueRef from) {
  return LLVMConstTrunc(LLVMConstSub(LLVMConstPtrToInt(to, i64), LLVMConstPtrToInt(from, i64)), i32);
}

/* All names in one string, each with its NUL; places[i] is that of function i, or SIZE_MAX. */
static LLVMValueRef collect_names(LLVMModuleRef llvm, const struct wasm_module *wasm, struct arena *arena,
                                  size_t *places) {
  size_t size = 0, at = 0;
  for (uint32_t i = 0; i < wasm->func_count; i++) {
    size += wasm->funcs[i].name.size + 1;
  }
  char *names = ARENA_ARRAY(arena, char, size);
  for (uint32_t i = 0; i < wasm->func_count; i++) {
    places[i] = SIZE_MAX;
  }
  for (LLVMValueRef f = LLVMGetFirstFunction(llvm); f; f = LLVMGetNextFunction(f)) {
    uint32_t index = wasm_index(f);
    if (index == WASM_NO_INDEX || places[index] != SIZE_MAX || wasm->funcs[index].name.size == 0) {
      continue;
    }
    places[index] = at;
    memcpy(names + at, wasm->funcs[index].name.data, wasm->funcs[index].name.size);
    at += wasm->funcs[index].name.size + 1;
  }
  LLVMValueRef string = LLVMConstStringInContext2(LLVMGetModuleContext(llvm), names, at, 1);
  LLVMValueRef global = LLVMAddGlobal(llvm, LLVMTypeOf(string), "names");
  LLVMSetInitializer(global, string);
  LLVMSetLinkage(global, LLVMPrivateLinkage);
  LLVMSetGlobalConstant(global, 1);
  LLVMSetAlignment(global, 1);
  return global;
}

static LLVMValueRef symbol_row(const struct lower_module *m, LLVMValueRef table, LLVMTypeRef table_type,
                               uint32_t row, LLVMValueRef function, LLVMValueRef names, size_t place) {
  LLVMTypeRef i64 = m->i64;
  LLVMValueRef path[] = {LLVMConstInt(i64, 0, 0), LLVMConstInt(i64, row, 0)};
  LLVMValueRef here = LLVMConstGEP2(table_type, table, path, 2);
  LLVMValueRef name = LLVMConstInt(m->i32, 0, 0);
  if (place != SIZE_MAX) {
    LLVMValueRef name_path[] = {LLVMConstInt(i64, place, 0)};
    name = distance(m->i32, i64, LLVMConstGEP2(m->i8, names, name_path, 1), here);
  }
  LLVMValueRef fields[] = {distance(m->i32, i64, function, here), name,
                           LLVMConstInt(m->i32, wasm_index(function), 0)};
  return LLVMConstNamedStruct(m->abi[ABI_symbol], fields, 3);
}

static void add_symbols(struct lower_module *m, uint32_t count) {
  LLVMTypeRef type = LLVMArrayType2(m->abi[ABI_symbol], count);
  LLVMValueRef table = LLVMAddGlobal(m->llvm, type, "symbols");
  size_t *places = ARENA_ARRAY(m->arena, size_t, m->wasm->func_count);
  LLVMValueRef names = collect_names(m->llvm, m->wasm, m->arena, places);
  LLVMValueRef *rows = ARENA_ARRAY(m->arena, LLVMValueRef, count);
  uint32_t row = 0;
  for (LLVMValueRef f = LLVMGetFirstFunction(m->llvm); f; f = LLVMGetNextFunction(f)) {
    if (LLVMIsDeclaration(f)) {
      continue;
    }
    /* Entries and stubs have rows without a function, lest their code be taken for that of the one before. */
    uint32_t index = wasm_index(f);
    rows[row] = symbol_row(m, table, type, row, f, names, index == WASM_NO_INDEX ? SIZE_MAX : places[index]);
    row++;
  }
  LLVMSetInitializer(table, LLVMConstArray2(m->abi[ABI_symbol], rows, count));
  LLVMSetLinkage(table, LLVMPrivateLinkage);
  LLVMSetGlobalConstant(table, 1);

  LLVMValueRef module =
      LLVMGetNamedGlobal(m->llvm, arena_printf(m->arena, "%s" WASMRT_MODULE_SUFFIX, m->options->name));
  LLVMValueRef old = LLVMGetInitializer(module);
  LLVMTypeRef module_type = LLVMGlobalGetValueType(module);
  unsigned field_count = LLVMCountStructElementTypes(module_type);
  LLVMValueRef *fields = ARENA_ARRAY(m->arena, LLVMValueRef, field_count);
  for (unsigned i = 0; i < field_count; i++) {
    fields[i] = LLVMGetAggregateElement(old, i);
  }
  fields[WASMRT_module_symbols] = table;
  fields[WASMRT_module_symbol_count] = LLVMConstInt(m->i32, count, 0);
  LLVMSetInitializer(module, LLVMConstNamedStruct(module_type, fields, field_count));
}

void lower_finish(LLVMModuleRef module, const struct wasm_module *wasm, const struct lower_options *options,
                  LLVMTargetDataRef layout, struct arena *arena) {
  struct lower_module m = {.wasm = wasm,
                           .options = options,
                           .arena = arena,
                           .llvm = module,
                           .layout = layout,
                           .context = LLVMGetModuleContext(module)};
  lower_abi_init(&m);
  lower_resolve_markers(module, arena);
  lower_resolve_memory(&m);
  uint32_t count = count_functions(module);
  if (count) {
    add_symbols(&m, count);
  }
}
