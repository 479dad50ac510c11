/*
 * A part of a module as a whole: its functions and copies of others, in the main part also globals, the
 * static instance, the initialisation and the descriptor; and how the parts name what they share.
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
 * Symbols. In a module of one part all are internal, and functions are called "GUEST.INDEX" or "func.INDEX":
 * the suffix keeps a guest's memcpy from being taken for the C library's. To LLVM "llvm." begins intrinsics,
 * and \1 names that are taken as they are, whatever else has them.
 *
 * The parts of a divided module know each other's functions and data by hidden symbols, which must not be
 * those of another module or of the runtime: they begin with the module's name, which holds no colon, and
 * one. Functions end with a digit, data with a letter. An '@' would begin a version.
 */
enum { GUEST_NAME_MOST = 256 }; /* of a guest's name in a symbol: every part repeats those that it uses */

static const char *function_name(struct lower_module *m, uint32_t index) {
  struct slice name = m->wasm->funcs[index].name;
  if (!m->plan->is_divided) {
    bool is_reserved = name.size >= 5 && memcmp(name.data, "llvm.", 5) == 0;
    if (name.size == 0 || name.data[0] == 1 || is_reserved) {
      return arena_printf(m->arena, "func.%u", index);
    }
    return arena_printf(m->arena, "%.*s.%u", (int)name.size, (const char *)name.data, index);
  }
  if (name.size == 0) {
    name = slice_of("func");
  }
  int length = name.size < GUEST_NAME_MOST ? (int)name.size : GUEST_NAME_MOST;
  char *symbol =
      arena_printf(m->arena, "%s:%.*s.%u", m->options->name, length, (const char *)name.data, index);
  for (char *at = strchr(symbol, '@'); at; at = strchr(at, '@')) {
    *at = '_';
  }
  return symbol;
}

static const char *data_name(const struct lower_plan *plan, const char *name, struct arena *arena) {
  return plan->is_divided ? arena_printf(arena, "%s:%s", plan->options->name, name) : name;
}

const char *lower_symbols_name(const struct lower_plan *plan, uint32_t part, struct arena *arena) {
  return data_name(plan, arena_printf(arena, "%u.symbols", part), arena);
}

static void declare_import(struct lower_module *m, uint32_t index, struct lower_func *func) {
  func->type = m->import_types[m->wasm->funcs[index].type];
  if (m->options->model != LOWER_STATIC) {
    return;
  }
  const char *symbol = lower_import_symbol(m->arena, wasm_import_of(m->wasm, WASM_EXTERN_FUNC, index));
  func->value = LLVMGetNamedFunction(m->llvm, symbol); /* one import may be listed several times */
  if (!func->value) {
    func->value = LLVMAddFunction(m->llvm, symbol, func->type);
  }
}

/* Functions are internal unless other parts name them; those of other parts are declared. */
static void set_linkage(struct lower_module *m, uint32_t index, LLVMValueRef function) {
  bool is_here = index >= m->part->begin && index < m->part->end;
  if (!is_here || (m->plan->is_divided && m->plan->is_shared[index])) {
    LLVMSetLinkage(function, LLVMExternalLinkage);
    LLVMSetVisibility(function, LLVMHiddenVisibility);
  }
}

const struct lower_func *lower_func(struct lower_module *m, uint32_t index) {
  struct lower_func *func = &m->funcs[index];
  if (func->type) {
    return func;
  }
  if (m->wasm->funcs[index].is_import) {
    declare_import(m, index, func);
    return func;
  }
  func->type = m->func_types[m->wasm->funcs[index].type];
  func->value = lower_add_function(m, function_name(m, index), func->type, true);
  set_linkage(m, index, func->value);
  char text[16];
  int length = snprintf(text, sizeof text, "%u", index);
  LLVMAddAttributeAtIndex(func->value, LLVMAttributeFunctionIndex,
                          LLVMCreateStringAttribute(m->context, LOWER_INDEX_ATTRIBUTE,
                                                    (unsigned)strlen(LOWER_INDEX_ATTRIBUTE), text,
                                                    (unsigned)length));
  if (m->options->model == LOWER_INSTANCE) {
    LLVMAddAttributeAtIndex(func->value, 1, m->noundef);
  }
  return func;
}

/* What the module has one of, and the main part defines. */
static LLVMValueRef add_shared(struct lower_module *m, LLVMTypeRef type, const char *name) {
  LLVMValueRef value = LLVMAddGlobal(m->llvm, type, data_name(m->plan, name, m->arena));
  if (m->plan->is_divided) {
    LLVMSetVisibility(value, LLVMHiddenVisibility);
  } else {
    LLVMSetLinkage(value, LLVMInternalLinkage);
  }
  return value;
}

LLVMValueRef lower_shared_constant(struct lower_module *m, LLVMTypeRef type, const char *name,
                                   LLVMValueRef initializer) {
  LLVMValueRef value = add_shared(m, type, name);
  LLVMSetGlobalConstant(value, 1);
  if (initializer) {
    LLVMSetInitializer(value, initializer);
  }
  if (!m->plan->is_divided) {
    LLVMSetLinkage(value, LLVMPrivateLinkage);
    LLVMSetUnnamedAddress(value, LLVMGlobalUnnamedAddr);
  }
  return value;
}

static LLVMValueRef shared_variable(struct lower_module *m, LLVMTypeRef type, const char *name) {
  LLVMValueRef value = add_shared(m, type, name);
  if (m->part->is_main) {
    LLVMSetInitializer(value, LLVMConstNull(type));
  }
  LLVMSetAlignment(value, WASMRT_CELL_SIZE);
  return value;
}

/* Each global is a variable, one that the initialisation fills in if its value is not a plain number. */
LLVMValueRef lower_global_variable(struct lower_module *m, uint32_t index) {
  if (m->globals[index]) {
    return m->globals[index];
  }
  LLVMTypeRef type = lower_type(m, m->wasm->globals[index].type);
  if (!m->wasm->globals[index].is_import) {
    return m->globals[index] = shared_variable(m, type, arena_printf(m->arena, "%u.global", index));
  }
  const char *symbol = lower_import_symbol(m->arena, wasm_import_of(m->wasm, WASM_EXTERN_GLOBAL, index));
  LLVMValueRef value = LLVMGetNamedGlobal(m->llvm, symbol); /* one import may be listed several times */
  return m->globals[index] = value ? value : LLVMAddGlobal(m->llvm, type, symbol);
}

static void copy_functions(struct lower_module *m) {
  for (uint32_t i = 0; i < m->part->copy_count; i++) {
    lower_function_body(m, m->part->copies[i]);
    LLVMSetLinkage(m->funcs[m->part->copies[i]].value, LLVMAvailableExternallyLinkage);
  }
}

bool lower_is_x86(const char *triple) {
  return strncmp(triple, "x86_64", strlen("x86_64")) == 0;
}

LLVMModuleRef lower_part(const struct lower_plan *plan, uint32_t part, LLVMContextRef context,
                         const char *triple, LLVMTargetDataRef layout, struct arena *arena) {
  const struct wasm_module *wasm = plan->wasm;
  struct lower_module m = {.plan = plan,
                           .part = &plan->parts[part],
                           .wasm = wasm,
                           .options = plan->options,
                           .arena = arena,
                           .context = context,
                           .layout = layout};
  m.is_x86 = lower_is_x86(triple);
  m.has_tail_calls = (wasm->used & WASM_FEATURE_BIT(WASM_FEATURE_TAIL_CALL)) != 0;
  m.llvm = LLVMModuleCreateWithNameInContext(m.options->name, context);
  LLVMSetTarget(m.llvm, triple);
  LLVMSetModuleDataLayout(m.llvm, layout);
  lower_abi_init(&m);
  make_types(&m);
  m.funcs = ARENA_ARRAY(arena, struct lower_func, wasm->func_count);
  m.tables = ARENA_ARRAY(arena, struct lower_table_code, wasm->table_count);
  m.globals = ARENA_ARRAY(arena, LLVMValueRef, wasm->global_count);
  if (m.options->model == LOWER_STATIC) {
    m.instance = shared_variable(&m, m.instance_type, "instance");
  }
  for (uint32_t i = m.part->begin; i < m.part->end; i++) {
    lower_func(&m, i); /* in their order */
  }
  for (uint32_t i = m.part->begin; i < m.part->end; i++) {
    lower_function_body(&m, i);
  }
  copy_functions(&m);
  if (m.part->is_main) {
    lower_define_known_tables(&m);
    lower_descriptor(&m);
  }
  return m.llvm;
}
