/*
 * A decoded module (spec 2.5). The bytes are borrowed: names, bodies and segments are slices of the input,
 * which has to outlive the module. Index spaces hold imports first.
 */
#ifndef WASM_MODULE_H
#define WASM_MODULE_H

#include "diag.h"
#include "feature.h"
#include "types.h"

enum wasm_extern_kind {
  WASM_EXTERN_FUNC,
  WASM_EXTERN_TABLE,
  WASM_EXTERN_MEMORY,
  WASM_EXTERN_GLOBAL,
  WASM_EXTERN_TAG
};

/* A constant expression: its instructions without the final `end`. `offset` is their place in the file. */
struct wasm_expr {
  struct slice code;
  size_t offset;
};

struct wasm_import {
  struct slice module;
  struct slice name;
  enum wasm_extern_kind kind;
  uint32_t index; /* in the index space of its kind */
  size_t offset;
};

struct wasm_export {
  struct slice name;
  enum wasm_extern_kind kind;
  uint32_t index;
  size_t offset;
};

/* A run of `count` locals of one type, as the binary format has them. */
struct wasm_locals {
  uint32_t count;
  wasm_type type;
};

struct wasm_func {
  uint32_t type;
  bool is_import;
  bool is_declared; /* named outside function bodies, so that ref.func may name it (spec 3.4.10, C.refs) */
  uint32_t locals_count; /* of runs */
  uint32_t local_total;  /* of locals without the parameters */
  const struct wasm_locals *locals;
  uint32_t locals_size; /* bytes of the locals, which end where the body begins */
  struct slice body;    /* instructions with the final `end` */
  size_t offset;        /* of the body in the file */
  struct slice name;    /* from the name section, or empty */
};

struct wasm_table {
  wasm_type type;
  struct wasm_limits limits;
  bool is_import;
  bool has_init; /* else every element begins as null */
  struct wasm_expr init;
  size_t offset;
};

struct wasm_memory {
  struct wasm_limits limits; /* in pages */
  uint32_t page_log2;
  bool is_import;
  size_t offset;
};

struct wasm_global {
  wasm_type type;
  bool is_mutable;
  bool is_import;
  struct wasm_expr init;
  size_t offset;
};

enum wasm_segment_mode { WASM_SEGMENT_ACTIVE, WASM_SEGMENT_PASSIVE, WASM_SEGMENT_DECLARATIVE };

struct wasm_element {
  enum wasm_segment_mode mode;
  wasm_type type;
  uint32_t table;
  struct wasm_expr start; /* active: the offset expression */
  uint32_t count;
  const uint32_t *funcs;         /* function indices, or NULL where exprs are given */
  const struct wasm_expr *exprs; /* or NULL */
  size_t offset;
};

struct wasm_data {
  enum wasm_segment_mode mode;
  uint32_t memory;
  struct wasm_expr start;
  struct slice bytes;
  size_t offset;
};

struct wasm_custom {
  struct slice name;
  struct slice bytes;
  size_t offset;
};

/* The branch hints of a function as they are encoded (hint.h). */
struct wasm_hinted {
  uint32_t func, count;
  struct slice bytes;
};

/* One section as it stands in the file, for inspect. */
struct wasm_section {
  uint8_t id;
  size_t offset; /* of the contents */
  size_t size;
};

struct wasm_module {
  struct slice bytes;
  struct slice name; /* from the name section, or empty */

  uint32_t type_count;
  uint32_t func_count, func_import_count;
  uint32_t table_count, table_import_count;
  uint32_t memory_count, memory_import_count;
  uint32_t global_count, global_import_count;
  uint32_t import_count, export_count, element_count, data_count, custom_count, section_count;
  struct wasm_type_def *types;
  struct wasm_func *funcs;
  struct wasm_table *tables;
  struct wasm_memory *memories;
  struct wasm_global *globals;
  struct wasm_import *imports;
  uint32_t *import_places[WASM_EXTERN_TAG]; /* by kind and index: the place in imports[] */
  struct wasm_export *exports;
  struct wasm_element *elements;
  struct wasm_data *data;
  struct wasm_custom *customs;
  struct wasm_hinted *hinted; /* by function */
  uint32_t hinted_count;
  struct wasm_section *sections;

  uint32_t start; /* function index or WASM_NO_INDEX */
  size_t start_offset;
  bool has_data_count; /* data.drop and memory.init need it (spec 5.5.16) */
  wasm_features used;  /* found while decoding and checking, for inspect */
};

/* A function type by its type index; the type has to be one of functions. */
static inline const struct wasm_func_type *wasm_func_type_at(const struct wasm_module *module,
                                                             uint32_t type) {
  return &module->types[type].func;
}

/* The type of a function of the module. */
static inline const struct wasm_func_type *wasm_func_type_of(const struct wasm_module *module,
                                                             uint32_t func) {
  return wasm_func_type_at(module, module->funcs[func].type);
}

/*
 * Decodes `bytes` into *module: every section, and the name section (whose errors are ignored as spec 7.7
 * asks). Bodies and constant expressions are delimited here; their instructions are decoded by whoever walks
 * them. Only `features` may be used; others are reported as unsupported. On failure returns false with at
 * least one diagnostic (malformed, unsupported or, where decoding needs it, invalid) in the sink. Nothing
 * allocated is in proportion to a count that the input does not back with bytes.
 */
bool wasm_module_decode(struct slice bytes, wasm_features features, struct arena *arena,
                        struct diag_sink *sink, struct wasm_module *module);

/* The place of an import of a kind: the import that defines function (table ...) `index` of the module. */
const struct wasm_import *wasm_import_of(const struct wasm_module *module, enum wasm_extern_kind kind,
                                         uint32_t index);

/*
 * Implementation limits, those that engines commonly have (the JavaScript API's, chapter "Implementation
 * limits"). Passing one is DIAG_UNSUPPORTED with the limit in the message.
 */
#define WASM_MAX_MODULE_SIZE (UINT32_C(1) << 30)
#define WASM_MAX_SECTIONS 100000u
#define WASM_MAX_TYPES 1000000u
#define WASM_MAX_FUNCS 1000000u
#define WASM_MAX_IMPORTS 1000000u
#define WASM_MAX_EXPORTS 1000000u
#define WASM_MAX_GLOBALS 1000000u
#define WASM_MAX_DATA 100000u
#define WASM_MAX_TABLES 100000u
#define WASM_MAX_MEMORIES 100u
#define WASM_MAX_PARAMS 1000u
#define WASM_MAX_RESULTS 1000u
#define WASM_MAX_FIELDS 10000u
#define WASM_MAX_SUPERTYPES 63u
#define WASM_MAX_LOCALS 50000u
#define WASM_MAX_BODY_SIZE 7654321u
#define WASM_MAX_NESTING 10000u
#define WASM_MAX_OPERANDS 1000000u /* on the stack of one function */
#define WASM_MAX_BR_TABLE 65520u
/* Values that calls, blocks and branches of all bodies pass beyond the few that their encoding accounts for
 * (check_spread), in addition to one a byte of the module. */
#define WASM_MAX_SPREAD 250000u
#define WASM_MAX_ELEMENTS 10000000u

#endif
