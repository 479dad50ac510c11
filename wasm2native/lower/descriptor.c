/*
 * The module descriptor (struct wasmrt_module, layout.def): all that the runtime knows of a compiled module,
 * as constant data; and the function names, which are added after optimisation for the functions that are
 * left.
 */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/* ---- References: functions that something other than a direct call may name */

static void refer(struct lower_plan *plan, uint32_t function) {
  if (plan->slots[function] == NO_SLOT) {
    plan->slots[function] = plan->reference_count;
    plan->references[plan->reference_count++] = function;
  }
}

static void refer_in(struct lower_plan *plan, struct slice code, size_t offset, struct arena *scratch) {
  struct wasm_walk walk = wasm_walk_make(code, offset, plan->wasm->used, scratch);
  struct wasm_insn insn;
  while (wasm_walk_next(&walk, &insn)) {
    if (insn.opcode == WASM_OP_REF_FUNC) {
      refer(plan, insn.imm.index);
    }
  }
}

/*
 * Exports, the start function, what ref.func names in bodies or expressions, and the element segments that
 * exist at run time: those of known tables do not.
 */
void lower_references_collect(struct lower_plan *plan) {
  const struct wasm_module *wasm = plan->wasm;
  struct arena scratch = {0};
  plan->references = ARENA_ARRAY(plan->arena, uint32_t, wasm->func_count);
  plan->slots = ARENA_ARRAY(plan->arena, uint32_t, wasm->func_count);
  for (uint32_t i = 0; i < wasm->func_count; i++) {
    plan->slots[i] = NO_SLOT;
  }
  for (uint32_t i = 0; i < wasm->export_count; i++) {
    if (wasm->exports[i].kind == WASM_EXTERN_FUNC) {
      refer(plan, wasm->exports[i].index);
    }
  }
  if (wasm->start != WASM_NO_INDEX) {
    refer(plan, wasm->start);
  }
  for (uint32_t i = wasm->global_import_count; i < wasm->global_count; i++) {
    refer_in(plan, wasm->globals[i].init.code, wasm->globals[i].init.offset, &scratch);
  }
  for (uint32_t i = wasm->table_import_count; i < wasm->table_count; i++) {
    if (wasm->tables[i].has_init) {
      refer_in(plan, wasm->tables[i].init.code, wasm->tables[i].init.offset, &scratch);
    }
  }
  for (uint32_t i = 0; i < wasm->element_count; i++) {
    const struct wasm_element *element = &wasm->elements[i];
    if (element->mode == WASM_SEGMENT_ACTIVE && plan->tables[element->table].is_known) {
      continue;
    }
    for (uint32_t k = 0; k < element->count; k++) {
      if (element->funcs) {
        refer(plan, element->funcs[k]);
      } else {
        refer_in(plan, element->exprs[k].code, element->exprs[k].offset, &scratch);
      }
    }
  }
  if (wasm->used & WASM_FEATURE_BIT(WASM_FEATURE_REFERENCE_TYPES)) {
    for (uint32_t i = wasm->func_import_count; i < wasm->func_count; i++) {
      refer_in(plan, wasm->funcs[i].body, wasm->funcs[i].offset, &scratch);
      arena_reset(&scratch);
    }
  }
  arena_free(&scratch);
}

/* ---- Constants */

static LLVMValueRef u32(struct lower_module *m, uint64_t value) {
  return LLVMConstInt(m->i32, value, 0);
}

static LLVMValueRef u64(struct lower_module *m, uint64_t value) {
  return LLVMConstInt(m->i64, value, 0);
}

static LLVMValueRef record(struct lower_module *m, enum abi_struct type, LLVMValueRef *fields) {
  return LLVMConstNamedStruct(m->abi[type], fields, LLVMCountStructElementTypes(m->abi[type]));
}

/* Constant data of its own; NULL for an empty array. */
static LLVMValueRef data(struct lower_module *m, LLVMTypeRef type, LLVMValueRef *values, uint64_t count) {
  if (count == 0) {
    return LLVMConstNull(m->ptr);
  }
  LLVMValueRef global = LLVMAddGlobal(m->llvm, LLVMArrayType2(type, count), "");
  LLVMSetInitializer(global, LLVMConstArray2(type, values, count));
  LLVMSetLinkage(global, LLVMPrivateLinkage);
  LLVMSetGlobalConstant(global, 1);
  LLVMSetUnnamedAddress(global, LLVMGlobalUnnamedAddr);
  return global;
}

static LLVMValueRef bytes(struct lower_module *m, struct slice slice, bool terminate) {
  if (slice.size == 0 && !terminate) {
    return LLVMConstNull(m->ptr);
  }
  LLVMValueRef string =
      LLVMConstStringInContext2(m->context, (const char *)slice.data, slice.size, !terminate);
  LLVMValueRef global = LLVMAddGlobal(m->llvm, LLVMTypeOf(string), "");
  LLVMSetInitializer(global, string);
  LLVMSetLinkage(global, LLVMPrivateLinkage);
  LLVMSetGlobalConstant(global, 1);
  LLVMSetUnnamedAddress(global, LLVMGlobalUnnamedAddr);
  LLVMSetAlignment(global, 1);
  return global;
}

static LLVMValueRef text(struct lower_module *m, const char *string) {
  return bytes(m, slice_of(string ? string : ""), true);
}

static LLVMValueRef *values(struct lower_module *m, uint64_t count) {
  return ARENA_ARRAY(m->arena, LLVMValueRef, count);
}

/* Value types are the same numbers on both sides. */
_Static_assert(WASM_FUNCREF == WASMRT_FUNCREF &&
                   WASM_REF(WASM_HEAP_NOEXN) ==
                       ((WASMRT_HEAP_ABSTRACT | WASMRT_HEAP_NOEXN) << 8 | WASMRT_REF) &&
                   WASM_I32 == WASMRT_I32 && WASM_V128 == WASMRT_V128,
               "value types differ");

/* The types of a function's values, or of fields and whether they are mutable. */
static LLVMValueRef *type_kinds(struct lower_module *m, const struct wasm_type_def *def,
                                uint32_t *param_count, uint32_t *result_count) {
  if (def->kind == WASM_TYPE_FUNC) {
    *param_count = def->func.param_count;
    *result_count = def->func.result_count;
    LLVMValueRef *kinds = values(m, (uint64_t)*param_count + *result_count);
    for (uint32_t i = 0; i < *param_count + *result_count; i++) {
      kinds[i] = u32(m, i < *param_count ? def->func.params[i] : def->func.results[i - *param_count]);
    }
    return kinds;
  }
  *param_count = 2 * def->fields.field_count;
  *result_count = 0;
  LLVMValueRef *kinds = values(m, *param_count);
  for (uint32_t i = 0; i < def->fields.field_count; i++) {
    kinds[2 * i] = u32(m, def->fields.fields[i].type);
    kinds[2 * i + 1] = u32(m, def->fields.fields[i].is_mutable);
  }
  return kinds;
}

static LLVMValueRef types(struct lower_module *m) {
  static const uint32_t kind_codes[] = {[WASM_TYPE_FUNC] = WASMRT_TYPE_FUNC,
                                        [WASM_TYPE_STRUCT] = WASMRT_TYPE_STRUCT,
                                        [WASM_TYPE_ARRAY] = WASMRT_TYPE_ARRAY};
  uint32_t count = m->wasm->type_count;
  LLVMValueRef *rows = values(m, count);
  for (uint32_t i = 0; i < count; i++) {
    const struct wasm_type_def *def = &m->wasm->types[i];
    uint32_t param_count, result_count;
    LLVMValueRef *kinds = type_kinds(m, def, &param_count, &result_count);
    rows[i] =
        record(m, ABI_deftype,
               (LLVMValueRef[]){u32(m, kind_codes[def->kind]), u32(m, def->is_final ? WASMRT_TYPE_FINAL : 0),
                                u32(m, def->super == WASM_NO_INDEX ? WASMRT_NO_TYPE : def->super),
                                u32(m, def->group_first == i ? def->group_size : 0), u32(m, param_count),
                                u32(m, result_count), data(m, m->i32, kinds, param_count + result_count)});
  }
  return data(m, m->abi[ABI_deftype], rows, count);
}

static LLVMValueRef imports(struct lower_module *m) {
  uint32_t count = m->wasm->import_count;
  LLVMValueRef *rows = values(m, count);
  for (uint32_t i = 0; i < count; i++) {
    const struct wasm_import *import = &m->wasm->imports[i];
    uint32_t type = import->kind == WASM_EXTERN_FUNC ? m->wasm->funcs[import->index].type : 0;
    rows[i] = record(m, ABI_import,
                     (LLVMValueRef[]){bytes(m, import->module, true), bytes(m, import->name, true),
                                      u64(m, import->module.size), u64(m, import->name.size),
                                      u32(m, import->kind), u32(m, import->index), u32(m, type), u32(m, 0)});
  }
  return data(m, m->abi[ABI_import], rows, count);
}

static LLVMValueRef exports(struct lower_module *m) {
  uint32_t count = m->wasm->export_count;
  LLVMValueRef *rows = values(m, count);
  for (uint32_t i = 0; i < count; i++) {
    const struct wasm_export *export = &m->wasm->exports[i];
    uint32_t index = export->kind == WASM_EXTERN_FUNC ? m->plan->slots[export->index] : export->index;
    rows[i] = record(m, ABI_export,
                     (LLVMValueRef[]){bytes(m, export->name, true), u64(m, export->name.size),
                                      u32(m, export->kind), u32(m, index)});
  }
  return data(m, m->abi[ABI_export], rows, count);
}

static LLVMValueRef limits(struct lower_module *m, const struct wasm_limits *limits, uint32_t type,
                           uint32_t page_log2) {
  uint32_t flags = (limits->has_max ? WASMRT_LIMITS_HAS_MAX : 0) |
                   (limits->is_shared ? WASMRT_LIMITS_SHARED : 0) | (limits->is_64 ? WASMRT_LIMITS_64 : 0);
  return record(m, ABI_limits,
                (LLVMValueRef[]){u64(m, limits->min), u64(m, limits->has_max ? limits->max : UINT64_MAX),
                                 u32(m, type), u32(m, page_log2), u32(m, flags), u32(m, 0)});
}

/* A known table does not exist at run time: it is described as empty. */
static LLVMValueRef tables(struct lower_module *m) {
  uint32_t count = m->wasm->table_count;
  LLVMValueRef *rows = values(m, count);
  for (uint32_t i = 0; i < count; i++) {
    struct wasm_limits size = m->wasm->tables[i].limits;
    if (m->plan->tables[i].is_known) {
      size.min = 0;
    }
    rows[i] = limits(m, &size, m->wasm->tables[i].type, 0);
  }
  return data(m, m->abi[ABI_limits], rows, count);
}

static LLVMValueRef memories(struct lower_module *m) {
  uint32_t count = m->wasm->memory_count;
  LLVMValueRef *rows = values(m, count);
  for (uint32_t i = 0; i < count; i++) {
    rows[i] = limits(m, &m->wasm->memories[i].limits, 0, m->wasm->memories[i].page_log2);
  }
  return data(m, m->abi[ABI_limits], rows, count);
}

static LLVMValueRef globals(struct lower_module *m) {
  uint32_t count = m->wasm->global_count, imported = m->wasm->global_import_count;
  bool is_static = m->options->model == LOWER_STATIC;
  bool *is_exported = ARENA_ARRAY(m->arena, bool, count);
  for (uint32_t i = 0; i < m->wasm->export_count; i++) {
    if (m->wasm->exports[i].kind == WASM_EXTERN_GLOBAL) {
      is_exported[m->wasm->exports[i].index] = true;
    }
  }
  uint64_t first = LLVMOffsetOfElement(m->layout, m->instance_type, LOWER_INSTANCE_CELLS);
  LLVMValueRef *rows = values(m, count);
  for (uint32_t i = 0; i < count; i++) {
    const struct wasm_global *global = &m->wasm->globals[i];
    bool is_own_cell = !is_static && i >= imported;
    uint64_t offset = is_own_cell ? first + (uint64_t)(i - imported) * WASMRT_CELL_SIZE : 0;
    bool is_visible = is_static && (is_exported[i] || global->is_import);
    rows[i] = record(m, ABI_global,
                     (LLVMValueRef[]){u64(m, offset),
                                      is_visible ? lower_global_variable(m, i) : LLVMConstNull(m->ptr),
                                      u32(m, global->type), u32(m, global->is_mutable)});
  }
  return data(m, m->abi[ABI_global], rows, count);
}

static LLVMValueRef references(struct lower_module *m) {
  LLVMValueRef *rows = values(m, m->plan->reference_count);
  for (uint32_t i = 0; i < m->plan->reference_count; i++) {
    uint32_t function = m->plan->references[i], type = m->wasm->funcs[function].type;
    bool is_import = m->wasm->funcs[function].is_import, is_static = m->options->model == LOWER_STATIC;
    LLVMValueRef code, tail = LLVMConstNull(m->ptr);
    if (is_static) {
      code = is_import ? lower_import_wrapper(m, function) : lower_func(m, function)->value;
    } else {
      code = is_import ? LLVMConstNull(m->ptr) : lower_adaptor(m, function);
      tail = m->has_tail_calls && !is_import ? lower_func(m, function)->value : tail;
    }
    rows[i] = record(m, ABI_reference,
                     (LLVMValueRef[]){code, lower_entry(m, type), u32(m, function), u32(m, type), tail});
  }
  return data(m, m->abi[ABI_reference], rows, m->plan->reference_count);
}

static LLVMValueRef elements(struct lower_module *m) {
  uint32_t count = m->wasm->element_count;
  LLVMValueRef *rows = values(m, count);
  for (uint32_t i = 0; i < count; i++) {
    const struct wasm_element *element = &m->wasm->elements[i];
    bool is_known = element->mode == WASM_SEGMENT_ACTIVE && m->plan->tables[element->table].is_known;
    bool has_slots = element->funcs && !is_known;
    LLVMValueRef *slots = values(m, has_slots ? element->count : 0);
    for (uint32_t k = 0; has_slots && k < element->count; k++) {
      slots[k] = u32(m, m->plan->slots[element->funcs[k]]);
    }
    rows[i] =
        record(m, ABI_element,
               (LLVMValueRef[]){has_slots ? data(m, m->i32, slots, element->count) : LLVMConstNull(m->ptr),
                                u64(m, is_known ? 0 : element->count)});
  }
  return data(m, m->abi[ABI_element], rows, count);
}

static LLVMValueRef segments(struct lower_module *m) {
  uint32_t count = m->wasm->data_count;
  LLVMValueRef *rows = values(m, count);
  for (uint32_t i = 0; i < count; i++) {
    struct slice slice = m->wasm->data[i].bytes;
    rows[i] = record(m, ABI_data, (LLVMValueRef[]){bytes(m, slice, false), u64(m, slice.size)});
  }
  return data(m, m->abi[ABI_data], rows, count);
}

/* __start_wasm_text and its fellow, which the linker defines where the section exists. */
static LLVMValueRef text_end(struct lower_module *m, const char *name) {
  LLVMValueRef symbol = LLVMAddGlobal(m->llvm, m->i8, name);
  LLVMSetLinkage(symbol, LLVMExternalWeakLinkage);
  LLVMSetVisibility(symbol, LLVMHiddenVisibility);
  return symbol;
}

/* The function names of each part, which lower_finish() defines when it knows which functions are left. */
static LLVMValueRef symbol_lists(struct lower_module *m) {
  LLVMValueRef *lists = values(m, m->plan->part_count);
  for (uint32_t i = 0; i < m->plan->part_count; i++) {
    lists[i] = LLVMAddGlobal(m->llvm, m->abi[ABI_symbol], lower_symbols_name(m->plan, i, m->arena));
    LLVMSetVisibility(lists[i], LLVMHiddenVisibility);
  }
  return data(m, m->ptr, lists, m->plan->part_count);
}

static uint32_t module_flags(const struct lower_options *options) {
  return (options->model == LOWER_STATIC ? WASMRT_MODULE_STATIC : 0) |
         (options->bounds == LOWER_CHECK ? WASMRT_MODULE_CHECK_BOUNDS : 0);
}

/* The options of an executable: NUL-terminated words, then an empty one. */
static LLVMValueRef guest_options(struct lower_module *m) {
  const struct lower_options *options = m->options;
  size_t size = 1;
  for (size_t i = 0; i < options->guest_option_count; i++) {
    size += strlen(options->guest_options[i]) + 1;
  }
  char *words = ARENA_ARRAY(m->arena, char, size);
  size_t at = 0;
  for (size_t i = 0; i < options->guest_option_count; i++) {
    size_t length = strlen(options->guest_options[i]) + 1;
    memcpy(words + at, options->guest_options[i], length);
    at += length;
  }
  return bytes(m, (struct slice){(const uint8_t *)words, size}, false);
}

/* What the linker has to find for an executable in the instance model; in the static one compiled code names
 * it. */
static LLVMValueRef program_imports(struct lower_module *m) {
  const struct wasm_module *wasm = m->wasm;
  if (m->options->model == LOWER_STATIC) {
    return LLVMConstNull(m->ptr);
  }
  LLVMValueRef *rows = values(m, wasm->func_import_count);
  for (uint32_t i = 0; i < wasm->func_import_count; i++) {
    const char *symbol = lower_import_symbol(m->arena, wasm_import_of(wasm, WASM_EXTERN_FUNC, i));
    LLVMValueRef known = LLVMGetNamedFunction(m->llvm, symbol);
    rows[i] = known ? known
                    : LLVMAddFunction(m->llvm, symbol, lower_func_type(m, wasm_func_type_of(wasm, i), false));
  }
  return data(m, m->ptr, rows, wasm->func_import_count);
}

static void define_program(struct lower_module *m, LLVMValueRef module) {
  LLVMValueRef program = LLVMAddGlobal(m->llvm, m->abi[ABI_program], WASMRT_PROGRAM_SYMBOL);
  LLVMValueRef check = LLVMConstNull(m->ptr);
  if (m->options->cpu_features && *m->options->cpu_features) {
    LLVMTypeRef params[] = {m->ptr, m->ptr};
    check = LLVMAddFunction(m->llvm, WASMRT_CHECK_CPU_SYMBOL, LLVMFunctionType(m->i32, params, 2, 0));
  }
  LLVMValueRef resolve = LLVMConstNull(m->ptr);
  if (m->options->model == LOWER_INSTANCE) {
    LLVMTypeRef params[] = {m->ptr, m->ptr, m->ptr, m->ptr};
    resolve = LLVMAddFunction(m->llvm, WASMRT_RESOLVE_SYMBOL, LLVMFunctionType(m->i8, params, 4, 0));
  }
  LLVMValueRef fields[] = {module, guest_options(m), program_imports(m), resolve, check};
  LLVMSetInitializer(program, record(m, ABI_program, fields));
  LLVMSetGlobalConstant(program, 1);
}

void lower_descriptor(struct lower_module *m) {
  const struct wasm_module *wasm = m->wasm;
  const struct lower_options *options = m->options;
  LLVMValueRef initialize = lower_initialize(m);
  LLVMValueRef null = LLVMConstNull(m->ptr);
  LLVMValueRef start = u32(m, wasm->start == WASM_NO_INDEX ? NO_SLOT : m->plan->slots[wasm->start]);
  LLVMValueRef fields[] = {
      [WASMRT_module_abi_version] = u32(m, WASMRT_ABI_VERSION),
      [WASMRT_module_flags] = u32(m, module_flags(options)),
      [WASMRT_module_name] = bytes(m, wasm->name, true),
      [WASMRT_module_options] = text(m, options->description),
      [WASMRT_module_cpu_features] = text(m, options->cpu_features),
      [WASMRT_module_type_count] = u32(m, wasm->type_count),
      [WASMRT_module_import_count] = u32(m, wasm->import_count),
      [WASMRT_module_export_count] = u32(m, wasm->export_count),
      [WASMRT_module_function_import_count] = u32(m, wasm->func_import_count),
      [WASMRT_module_table_import_count] = u32(m, wasm->table_import_count),
      [WASMRT_module_memory_import_count] = u32(m, wasm->memory_import_count),
      [WASMRT_module_global_import_count] = u32(m, wasm->global_import_count),
      [WASMRT_module_table_count] = u32(m, wasm->table_count),
      [WASMRT_module_memory_count] = u32(m, wasm->memory_count),
      [WASMRT_module_global_count] = u32(m, wasm->global_count),
      [WASMRT_module_reference_count] = u32(m, m->plan->reference_count),
      [WASMRT_module_element_count] = u32(m, wasm->element_count),
      [WASMRT_module_data_count] = u32(m, wasm->data_count),
      [WASMRT_module_symbol_list_count] = u32(m, m->plan->part_count),
      [WASMRT_module_start] = start,
      [WASMRT_module_function_count] = u32(m, wasm->func_count),
      [WASMRT_module_types] = types(m),
      [WASMRT_module_imports] = imports(m),
      [WASMRT_module_exports] = exports(m),
      [WASMRT_module_tables] = tables(m),
      [WASMRT_module_memories] = memories(m),
      [WASMRT_module_globals] = globals(m),
      [WASMRT_module_references] = references(m),
      [WASMRT_module_elements] = elements(m),
      [WASMRT_module_data] = segments(m),
      [WASMRT_module_symbols] = symbol_lists(m),
      [WASMRT_module_text_begin] = text_end(m, "__start_" WASMRT_TEXT_SECTION),
      [WASMRT_module_text_end] = text_end(m, "__stop_" WASMRT_TEXT_SECTION),
      [WASMRT_module_instance_size] = u64(m, LLVMABISizeOfType(m->layout, m->instance_type)),
      [WASMRT_module_instance] = m->instance ? m->instance : null,
      [WASMRT_module_initialize] = initialize,
  };
  LLVMValueRef module = LLVMAddGlobal(m->llvm, m->abi[ABI_module],
                                      arena_printf(m->arena, "%s" WASMRT_MODULE_SUFFIX, options->name));
  LLVMSetInitializer(module, record(m, ABI_module, fields));
  LLVMSetGlobalConstant(module, 1);
  if (options->is_program) {
    define_program(m, module);
  }
}
