/*
 * After optimisation: resolves the trap markers and adds the function names (struct wasmrt_symbol) to the
 * descriptor. Names come this late so that they keep no function alive.
 */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/* Will there be code of it? Not of declarations and copies of what is defined in another part. */
static bool has_code(LLVMValueRef function) {
  return !LLVMIsDeclaration(function) && LLVMGetLinkage(function) != LLVMAvailableExternallyLinkage;
}

/* The index of a compiled function in the Wasm module, or WASM_NO_INDEX for all others. */
static uint32_t wasm_index(LLVMValueRef function) {
  LLVMAttributeRef attribute = LLVMGetStringAttributeAtIndex(
      function, LLVMAttributeFunctionIndex, LOWER_INDEX_ATTRIBUTE, (unsigned)strlen(LOWER_INDEX_ATTRIBUTE));
  if (!attribute) {
    return WASM_NO_INDEX;
  }
  unsigned length;
  return (uint32_t)strtoul(LLVMGetStringAttributeValue(attribute, &length), NULL, 10);
}

static uint32_t count_functions(LLVMModuleRef module) {
  uint32_t count = 0;
  for (LLVMValueRef f = LLVMGetFirstFunction(module); f; f = LLVMGetNextFunction(f)) {
    count += has_code(f);
  }
  return count;
}

/* The distance from `from` to `to`, as the linker or assembler computes it. */
static LLVMValueRef distance(LLVMTypeRef i32, LLVMTypeRef i64, LLVMValueRef to, LLVMValueRef from) {
  return LLVMConstTrunc(LLVMConstSub(LLVMConstPtrToInt(to, i64), LLVMConstPtrToInt(from, i64)), i32);
}

static LLVMValueRef add_constant(LLVMModuleRef llvm, LLVMValueRef initializer, const char *name) {
  LLVMValueRef global = LLVMAddGlobal(llvm, LLVMTypeOf(initializer), name);
  LLVMSetInitializer(global, initializer);
  LLVMSetLinkage(global, LLVMPrivateLinkage);
  LLVMSetGlobalConstant(global, 1);
  return global;
}

/* The name of a function, or an empty slice. */
static struct slice name_of(const struct lower_module *m, LLVMValueRef function) {
  uint32_t index = wasm_index(function);
  return has_code(function) && index != WASM_NO_INDEX ? m->wasm->funcs[index].name : (struct slice){NULL, 0};
}

/* The names of all functions in one string, each with its NUL; of those without a name nothing. */
static LLVMValueRef collect_names(struct lower_module *m) {
  size_t size = 0, at = 0;
  for (LLVMValueRef f = LLVMGetFirstFunction(m->llvm); f; f = LLVMGetNextFunction(f)) {
    size += name_of(m, f).size + 1;
  }
  char *names = ARENA_ARRAY(m->arena, char, size);
  for (LLVMValueRef f = LLVMGetFirstFunction(m->llvm); f; f = LLVMGetNextFunction(f)) {
    struct slice name = name_of(m, f);
    if (name.size) {
      memcpy(names + at, name.data, name.size);
      at += name.size + 1;
    }
  }
  LLVMValueRef global = add_constant(m->llvm, LLVMConstStringInContext2(m->context, names, at, 1), "names");
  LLVMSetAlignment(global, 1);
  return global;
}

/* `place`: where its name lies in the names, or SIZE_MAX. */
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

/* Gives the list of the part's functions its symbol, which the main part has already used. */
static void publish(struct lower_module *m, LLVMValueRef table, uint32_t part) {
  const char *name = lower_symbols_name(m->plan, part, m->arena);
  LLVMValueRef declared = LLVMGetNamedGlobal(m->llvm, name);
  if (declared) {
    LLVMReplaceAllUsesWith(declared, table);
    LLVMDeleteGlobal(declared);
  }
  LLVMSetValueName2(table, name, strlen(name));
  if (m->plan->is_divided) {
    LLVMSetLinkage(table, LLVMExternalLinkage);
    LLVMSetVisibility(table, LLVMHiddenVisibility);
  }
}

/* A row of zeros ends the list. */
static void add_symbols(struct lower_module *m, uint32_t part) {
  uint32_t count = count_functions(m->llvm);
  LLVMTypeRef type = LLVMArrayType2(m->abi[ABI_symbol], count + UINT64_C(1));
  LLVMValueRef table = add_constant(m->llvm, LLVMConstNull(type), "");
  LLVMValueRef names = collect_names(m);
  LLVMValueRef *rows = ARENA_ARRAY(m->arena, LLVMValueRef, count + UINT64_C(1));
  uint32_t row = 0;
  size_t at = 0;
  for (LLVMValueRef f = LLVMGetFirstFunction(m->llvm); f; f = LLVMGetNextFunction(f)) {
    /* Entries and stubs have rows without a function, lest their code be taken for that of the one before. */
    if (has_code(f)) {
      size_t length = name_of(m, f).size;
      rows[row] = symbol_row(m, table, type, row, f, names, length ? at : SIZE_MAX);
      row++;
      at += length ? length + 1 : 0;
    }
  }
  rows[row] = LLVMConstNull(m->abi[ABI_symbol]);
  LLVMSetInitializer(table, LLVMConstArray2(m->abi[ABI_symbol], rows, count + UINT64_C(1)));
  publish(m, table, part);
}

void lower_finish(LLVMModuleRef module, const struct lower_plan *plan, uint32_t part,
                  LLVMTargetDataRef layout, struct arena *arena) {
  struct lower_module m = {.plan = plan,
                           .part = &plan->parts[part],
                           .wasm = plan->wasm,
                           .options = plan->options,
                           .arena = arena,
                           .llvm = module,
                           .layout = layout,
                           .context = LLVMGetModuleContext(module)};
  lower_abi_init(&m);
  lower_resolve_markers(module, m.options->is_optimized, arena);
  lower_resolve_memory(&m);
  lower_peepholes(module, m.options);
  add_symbols(&m, part);
}
