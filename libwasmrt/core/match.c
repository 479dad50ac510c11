/*
 * Binding imports: whether an object can stand for what a module declares, and what to say if not.
 * Specification: 3.3.9 to 3.3.16 (matching of external types), 4.5.4 (instantiation).
 */
#include <string.h>

#include "internal.h"

static const char only_by_the_host[] =
    "functions of a module in the static model can only be called by the host";

struct wasmrt_extern_type wasmrt_import_type(const struct wasmrt_module *module,
                                             const struct wasmrt_import *import) {
  struct wasmrt_extern_type type = {.kind = (enum wasmrt_extern_kind)import->kind};
  if (import->kind == WASMRT_FUNC) {
    const struct wasmrt_deftype *function = &module->types[import->type];
    type.signature =
        (struct wasmrt_signature){function->param_count, function->result_count, function->kinds};
    type.number = import->type;
  } else if (import->kind == WASMRT_TABLE || import->kind == WASMRT_MEMORY) {
    const struct wasmrt_limits *limits =
        &(import->kind == WASMRT_TABLE ? module->tables : module->memories)[import->index];
    type.min = limits->min;
    type.max = limits->max;
    type.type = limits->type;
  } else if (import->kind == WASMRT_GLOBAL) {
    type.type = module->globals[import->index].type;
    type.is_mutable = module->globals[import->index].is_mutable != 0;
  }
  return type;
}

/* 3.3.11: `size` and `max` of the object against what is declared. */
static bool limits_match(const struct wasmrt_limits *declared, uint64_t size, uint64_t max,
                         const char **why) {
  if (size < declared->min) {
    *why = "it is smaller than declared";
    return false;
  }
  if (declared->max != UINT64_MAX && (max == UINT64_MAX || max > declared->max)) {
    *why = "its maximum is larger than declared";
    return false;
  }
  return true;
}

/* What is in a table can be read and written by all who have it, so that the types of its entries must be
 * one. */
static bool table_matches(const struct wasmrt_limits *declared, const struct wasmrt_type *const *types,
                          const struct wasmrt_table *table, const char **why) {
  if (table->type != wasmrt_kind_canonical(declared->type, types)) {
    *why = "its entries have another type";
    return false;
  }
  const struct wasmrt_table_record *record = (const struct wasmrt_table_record *)table;
  if (record->alone != NULL) {
    *why = only_by_the_host;
    return false;
  }
  if (record->is_64 != ((declared->flags & WASMRT_LIMITS_64) != 0)) {
    *why = "its indices have another type";
    return false;
  }
  return limits_match(declared, table->size, record->declared_max, why);
}

static bool memory_matches(const struct wasmrt_module *module, const struct wasmrt_import *import,
                           const struct wasmrt_memory *memory, const char **why) {
  const struct wasmrt_limits *declared = &module->memories[import->index];
  const struct wasmrt_memory_record *record = (const struct wasmrt_memory_record *)memory;
  if (record->is_64 != ((declared->flags & WASMRT_LIMITS_64) != 0)) {
    *why = "its addresses have another type";
    return false;
  }
  if (!(module->flags & WASMRT_MODULE_CHECK_BOUNDS) && !WASMRT_LIMITS_ALWAYS_CHECKED(declared) &&
      !(memory->flags & WASMRT_MEMORY_GUARDED)) {
    *why = "the memory has no guard pages (--bounds=check), which the module relies on";
    return false;
  }
  if (memory->page_log2 != declared->page_log2) {
    *why = "its pages have another size";
    return false;
  }
  return limits_match(declared, memory->size >> memory->page_log2, record->declared_max, why);
}

static bool function_matches(const struct wasmrt_type *type, const struct wasmrt_funcref *function,
                             const char **why) {
  if (!wasmrt_is_subtype(function->type, type)) {
    *why = "it has another signature";
    return false;
  }
  if (wasmrt_alone_of(function) != NULL) {
    *why = only_by_the_host;
    return false;
  }
  return true;
}

/* A global that somebody writes has to have the very type for all; of others a subtype will do (spec 3.3.14).
 */
static bool global_matches(const struct wasmrt_global *declared, const struct wasmrt_type *const *types,
                           const struct wasmrt_extern *object, const char **why) {
  const uint32_t expected = wasmrt_kind_canonical(declared->type, types), actual = object->type.type;
  const bool matches = declared->is_mutable ? actual == expected : wasmrt_kind_matches(actual, expected);
  if (!matches || object->type.is_mutable != (declared->is_mutable != 0)) {
    *why = "its value's type or mutability is another";
    return false;
  }
  if (object->alone != NULL && wasmrt_kind_matches(actual, WASMRT_FUNCREF)) {
    *why = only_by_the_host;
    return false;
  }
  return true;
}

bool wasmrt_import_matches(const struct wasmrt_module *module, const struct wasmrt_import *import,
                           const struct wasmrt_type *const *types, const struct wasmrt_extern *object,
                           const char **why) {
  *why = "it is of another kind";
  if (object->type.kind != (enum wasmrt_extern_kind)import->kind) {
    return false;
  }
  switch (object->type.kind) {
  case WASMRT_FUNC:
    return function_matches(types[import->type], object->of.function, why);
  case WASMRT_TABLE:
    return table_matches(&module->tables[import->index], types, object->of.table, why);
  case WASMRT_MEMORY:
    return memory_matches(module, import, object->of.memory, why);
  case WASMRT_GLOBAL:
    return global_matches(&module->globals[import->index], types, object, why);
  default:
    return false;
  }
}

/* ---- Types as text ---------------------------------------------------------------------------------- */

static void append(char *text, size_t size, const char *more) {
  const size_t length = strlen(text);
  const size_t count = strlen(more) < size - 1 - length ? strlen(more) : size - 1 - length;
  memcpy(text + length, more, count);
  text[length + count] = '\0';
}

static void append_reference(char *text, size_t size, uint32_t kind) {
  static const char names[][9] = {"exn",    "array", "struct", "i31",      "eq",     "any", /* by code */
                                  "extern", "func",  "none",   "noextern", "nofunc", "noexn"};
  const uint32_t heap = kind >> 8, row = heap - (WASMRT_HEAP_ABSTRACT | WASMRT_HEAP_EXN);
  const bool is_nullable = (kind & 0xff) == WASMRT_REF_NULL;
  char digits[21];
  const char *name = row < sizeof names / sizeof *names ? names[row] : wasmrt_decimal(heap, digits);
  if (name == digits || !is_nullable) {
    append(text, size, is_nullable ? "(ref null " : "(ref ");
    append(text, size, name);
    append(text, size, ")");
  } else if (heap < (WASMRT_HEAP_ABSTRACT | WASMRT_HEAP_NONE)) { /* abbreviations (spec 6.4.3) */
    append(text, size, name);
    append(text, size, "ref");
  } else {
    append(text, size, "null");
    append(text, size, strcmp(name, "none") == 0 ? "" : name + 2);
    append(text, size, "ref");
  }
}

static const char *number_name(uint32_t kind) {
  switch (kind) {
  case WASMRT_I32:
    return "i32";
  case WASMRT_I64:
    return "i64";
  case WASMRT_F32:
    return "f32";
  case WASMRT_F64:
    return "f64";
  case WASMRT_V128:
    return "v128";
  default:
    return "?";
  }
}

static void append_kind(char *text, size_t size, uint32_t kind) {
  if (wasmrt_is_reference(kind)) {
    append_reference(text, size, kind);
  } else {
    append(text, size, number_name(kind));
  }
}

static void append_kinds(char *text, size_t size, const char *word, const uint32_t *kinds, uint32_t count) {
  if (count > 0) {
    append(text, size, word);
    for (uint32_t i = 0; i < count; i++) {
      append(text, size, " ");
      append_kind(text, size, kinds[i]);
    }
    append(text, size, ")");
  }
}

static void append_limits(char *text, size_t size, const struct wasmrt_extern_type *type) {
  char digits[21];
  append(text, size, wasmrt_decimal(type->min, digits));
  if (type->max != UINT64_MAX) {
    append(text, size, " ");
    append(text, size, wasmrt_decimal(type->max, digits));
  }
}

void wasmrt_type_describe(const struct wasmrt_extern_type *type, char *text, size_t size) {
  text[0] = '\0';
  switch (type->kind) {
  case WASMRT_FUNC:
    append(text, size, "(func");
    append_kinds(text, size, " (param", type->signature.kinds, type->signature.param_count);
    append_kinds(text, size, " (result", type->signature.kinds + type->signature.param_count,
                 type->signature.result_count);
    break;
  case WASMRT_TABLE:
    append(text, size, "(table ");
    append_limits(text, size, type);
    append(text, size, " ");
    append_kind(text, size, type->type);
    break;
  case WASMRT_MEMORY:
    append(text, size, "(memory ");
    append_limits(text, size, type);
    break;
  case WASMRT_GLOBAL:
    append(text, size, type->is_mutable ? "(global (mut " : "(global ");
    append_kind(text, size, type->type);
    append(text, size, type->is_mutable ? ")" : "");
    break;
  default:
    append(text, size, "(tag");
    break;
  }
  append(text, size, ")");
}
