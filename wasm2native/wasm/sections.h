/* Private to the section decoder: sections.c, imports.c, segments.c, bodies.c, names.c. Spec 5.5. */
#ifndef WASM_SECTIONS_H
#define WASM_SECTIONS_H

#include "insn.h"

enum wasm_section_id {
  WASM_SECTION_CUSTOM,
  WASM_SECTION_TYPE,
  WASM_SECTION_IMPORT,
  WASM_SECTION_FUNCTION,
  WASM_SECTION_TABLE,
  WASM_SECTION_MEMORY,
  WASM_SECTION_GLOBAL,
  WASM_SECTION_EXPORT,
  WASM_SECTION_START,
  WASM_SECTION_ELEMENT,
  WASM_SECTION_CODE,
  WASM_SECTION_DATA,
  WASM_SECTION_DATA_COUNT,
  WASM_SECTION_TAG,
  WASM_SECTION_ID_COUNT
};

/*
 * The state of decoding one module. Everything reads from `r`, which covers the contents of one section at a
 * time; its first failure is the module's only diagnostic, reported when the section ends.
 */
struct wasm_decoder {
  struct wasm_module *module;
  wasm_features features; /* only those that are known here */
  struct arena *arena;
  struct wasm_reader r;
  uint32_t body_count; /* entries of the code section */
  uint32_t data_count; /* of the data count section */
  size_t code_offset;  /* of the code section, for errors about its length */
  struct slice hint_section;
  struct slice name_section;
  size_t name_offset;
};

/* Notes that the module uses `feature`; fails if that is off. `offset` is the place that needs it. */
void wasm_decoder_use(struct wasm_decoder *d, enum wasm_feature feature, size_t offset);

/* The same for type definitions and heap types that came with GC: they belong to the type system of function
 * references here, since they can be used without a single object. They are noted as used under both names.
 */
void wasm_decoder_use_gc_types(struct wasm_decoder *d, size_t offset);

/* Fails if `count` is above the implementation limit `limit`; `what` is plural. */
void wasm_decoder_limit(struct wasm_decoder *d, size_t offset, uint64_t count, uint32_t limit,
                        const char *what);

/* wasm_read_count within a limit; 0 after a failure. */
uint32_t wasm_decoder_count(struct wasm_decoder *d, size_t min_size, uint32_t limit, const char *what);

/* The type of a value, and that of the elements of a table or segment; noted as used. */
wasm_type wasm_decoder_value_type(struct wasm_decoder *d);
wasm_type wasm_decoder_element_type(struct wasm_decoder *d);

/* A byte that says whether something can be changed. */
bool wasm_decoder_mutability(struct wasm_decoder *d);

/* A constant expression: everything up to the `end` that closes it. */
struct wasm_expr wasm_decoder_expr(struct wasm_decoder *d);

/* Descriptions that imports and definitions share. */
struct wasm_table wasm_decoder_table(struct wasm_decoder *d);
struct wasm_memory wasm_decoder_memory(struct wasm_decoder *d);
struct wasm_global wasm_decoder_global(struct wasm_decoder *d);

/* The contents of sections, from d->r. */
void wasm_decode_types(struct wasm_decoder *d);
void wasm_decode_imports(struct wasm_decoder *d);
void wasm_decode_exports(struct wasm_decoder *d);
void wasm_decode_elements(struct wasm_decoder *d);
void wasm_decode_data(struct wasm_decoder *d);
void wasm_decode_code(struct wasm_decoder *d);

/* Takes what it can from the section of branch hints (hint.h); errors end it silently, too. */
void wasm_decode_hints(struct wasm_module *module, struct slice section, struct arena *arena);

/* Takes what it can from the name section; errors end it silently (spec 7.7). */
void wasm_decode_names(struct wasm_module *module, struct slice section, size_t offset);

#endif
