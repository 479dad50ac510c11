/*
 * The module as a whole: declares its functions, globals and the static instance, then lowers the bodies, the
 * initialisation and the descriptor.
 */
#include <stdio.h>
#include <string.h>

#include "internal.h"

bool lower_static_possible(const struct wasm_module *wasm, struct diag_sink *sink) {
  for (uint32_t i = 0; i < wasm->import_count; i++) {
    const struct wasm_import *import = &wasm->imports[i];
    if (import->kind == WASM_EXTERN_MEMORY || import->kind == WASM_EXTERN_TABLE) {
      if (sink) {
        diag_error_at(sink, DIAG_UNSUPPORTED, import->offset, DIAG_NO_FUNCTION, (struct slice){0},
                      "the static model cannot import a %s (%.*s.%.*s); use --model=instance",
                      import->kind == WASM_EXTERN_MEMORY ? "memory" : "table", (int)import->module.size,
                      (const char *)import->module.data, (int)import->name.size,
                      (const char *)import->name.data);
      }
      return false;
    }
  }
  return true;
}

/*
 * Appends a name, escaped as WASMRT_IMPORT_PREFIX says, so that two imports never share a symbol and none is
 * cut short: symbols of C end with a NUL, and what follows an '@' is a version to the linker.
 */
static char *append_escaped(char *at, struct slice name, bool is_module) {
  static const char digits[] = "0123456789abcdef";
  for (size_t i = 0; i < name.size; i++) {
    uint8_t c = name.data[i];
    if (c == '\0' || c == '@' || c == '%' || (c == '.' && is_module)) {
      *at++ = '%';
      *at++ = digits[c >> 4];
      *at++ = digits[c & 15];
    } else {
      *at++ = (char)c;
    }
  }
  return at;
}

const char *lower_import_symbol(struct arena *arena, const struct wasm_import *import) {
  size_t prefix = strlen(WASMRT_IMPORT_PREFIX);
  char *symbol = ARENA_ARRAY(arena, char, prefix + 3 * (import->module.size + import->name.size) + 2);
  memcpy(symbol, WASMRT_IMPORT_PREFIX, prefix);
  char *at = append_escaped(symbol + prefix, import->module, true);
  *at++ = '.';
  append_escaped(at, import->name, false);
  return symbol;
}

static void make_types(struct lower_module *m) {
  uint32_t count = m->wasm->type_count;
  bool is_instance = m->options->model == LOWER_INSTANCE;
  m->func_types = ARENA_ARRAY(m->arena, LLVMTypeRef, count);
  m->import_types = ARENA_ARRAY(m->arena, LLVMTypeRef, count);
  m->entries = ARENA_ARRAY(m->arena, LLVMValueRef, count);
  uint32_t slots = 0;
  for (uint32_t i = 0; i < count; i++) {
    if (m->wasm->types[i].kind != WASM_TYPE_FUNC) {
      continue;
    }
    const struct wasm_func_type *type = wasm_func_type_at(m->wasm, i);
    m->func_types[i] = lower_func_type(m, type, true);
    m->import_types[i] = lower_func_type(m, type, false);
    uint32_t needed = lower_argument_slots(m, type);
    slots = needed > slots ? needed : slots;
  }
  uint32_t own = is_instance ? m->wasm->global_count - m->wasm->global_import_count : 0;
  m->cell = LLVMArrayType2(m->i8, WASMRT_CELL_SIZE);
  LLVMTypeRef fields[] = {[LOWER_INSTANCE_HEADER] = m->abi[ABI_instance],
                          [LOWER_INSTANCE_ARGUMENTS] =
                              LLVMArrayType2(m->i64, slots + slots % 2), /* cells stay aligned */
                          [LOWER_INSTANCE_CELLS] = LLVMArrayType2(m->cell, own)};
  m->instance_type = LLVMStructTypeInContext(m->context, fields, 3, 0);
}

/*
 * "NAME.INDEX", or "func.INDEX": the suffix keeps a guest's memcpy from being taken for the C library's. To
 * LLVM "llvm." begins intrinsics, and \1 names that are taken as they are, whatever else has them.
 */
static const char *function_name(struct lower_module *m, uint32_t index) {
  struct slice name = m->wasm->funcs[index].name;
  bool is_reserved = name.size >= 5 && memcmp(name.data, "llvm.", 5) == 0;
  if (name.size == 0 || name.data[0] == 1 || is_reserved) {
    return arena_printf(m->arena, "func.%u", index);
  }
  return arena_printf(m->arena, "%.*s.%u", (int)name.size, (const char *)name.data, index);
}

static void declare_import(struct lower_module *m, uint32_t index, const struct wasm_import *import) {
  struct lower_func *func = &m->funcs[index];
  func->type = m->import_types[m->wasm->funcs[index].type];
  if (m->options->model != LOWER_STATIC) {
    return;
  }
  const char *symbol = lower_import_symbol(m->arena, import);
  func->value = LLVMGetNamedFunction(m->llvm, symbol); /* one import may be listed several times */
  if (!func->value) {
    func->value = LLVMAddFunction(m->llvm, symbol, func->type);
  }
}

static void declare_functions(struct lower_module *m) {
  const struct wasm_module *wasm = m->wasm;
  m->funcs = ARENA_ARRAY(m->arena, struct lower_func, wasm->func_count);
  for (uint32_t i = 0; i < wasm->import_count; i++) {
    if (wasm->imports[i].kind == WASM_EXTERN_FUNC) {
      declare_import(m, wasm->imports[i].index, &wasm->imports[i]);
    }
  }
  for (uint32_t i = 0; i < wasm->func_count; i++) {
    m->funcs[i].slot = NO_SLOT;
    if (wasm->funcs[i].is_import) {
      continue;
    }
    struct lower_func *func = &m->funcs[i];
    func->type = m->func_types[wasm->funcs[i].type];
    func->value = lower_add_function(m, function_name(m, i), func->type, true);
    LLVMSetSection(func->value, WASMRT_TEXT_SECTION);
    char index[16];
    int length = snprintf(index, sizeof index, "%u", i);
    LLVMAddAttributeAtIndex(func->value, LLVMAttributeFunctionIndex,
                            LLVMCreateStringAttribute(m->context, LOWER_INDEX_ATTRIBUTE,
                                                      (unsigned)strlen(LOWER_INDEX_ATTRIBUTE), index,
                                                      (unsigned)length));
    if (m->options->model == LOWER_INSTANCE) {
      LLVMAddAttributeAtIndex(func->value, 1, m->noundef);
    }
  }
}

static LLVMValueRef add_global(struct lower_module *m, LLVMTypeRef type, const char *name) {
  LLVMValueRef value = LLVMAddGlobal(m->llvm, type, name);
  LLVMSetInitializer(value, LLVMConstNull(type));
  LLVMSetLinkage(value, LLVMInternalLinkage);
  LLVMSetAlignment(value, WASMRT_CELL_SIZE);
  return value;
}

/* Static model: each global is a variable, one that the initialisation fills in if its value is not a plain
 * number. */
static void declare_globals(struct lower_module *m) {
  const struct wasm_module *wasm = m->wasm;
  m->globals = ARENA_ARRAY(m->arena, LLVMValueRef, wasm->global_count);
  for (uint32_t i = 0; i < wasm->import_count; i++) {
    const struct wasm_import *import = &wasm->imports[i];
    if (import->kind != WASM_EXTERN_GLOBAL) {
      continue;
    }
    const char *symbol = lower_import_symbol(m->arena, import);
    LLVMTypeRef type = lower_type(m, wasm->globals[import->index].type);
    LLVMValueRef value = LLVMGetNamedGlobal(m->llvm, symbol);
    m->globals[import->index] = value ? value : LLVMAddGlobal(m->llvm, type, symbol);
  }
  for (uint32_t i = wasm->global_import_count; i < wasm->global_count; i++) {
    m->globals[i] =
        add_global(m, lower_type(m, wasm->globals[i].type), arena_printf(m->arena, "global.%u", i));
  }
}

LLVMModuleRef lower_module(const struct wasm_module *wasm, const struct lower_options *options,
                           LLVMContextRef context, const char *triple, LLVMTargetDataRef layout,
                           struct arena *arena) {
  struct lower_module m = {
      .wasm = wasm, .options = options, .arena = arena, .context = context, .layout = layout};
  m.is_x86 = strncmp(triple, "x86_64", strlen("x86_64")) == 0;
  m.has_tail_calls = (wasm->used & WASM_FEATURE_BIT(WASM_FEATURE_TAIL_CALL)) != 0;
  m.llvm = LLVMModuleCreateWithNameInContext(options->name, context);
  LLVMSetTarget(m.llvm, triple);
  LLVMSetModuleDataLayout(m.llvm, layout);
  lower_abi_init(&m);
  make_types(&m);
  declare_functions(&m);
  lower_find_known_tables(&m);
  if (options->model == LOWER_STATIC) {
    declare_globals(&m);
    m.instance = add_global(&m, m.instance_type, "instance");
  }
  lower_references_collect(&m);
  for (uint32_t i = wasm->func_import_count; i < wasm->func_count; i++) {
    lower_function_body(&m, i);
  }
  lower_descriptor(&m);
  return m.llvm;
}
