/* Element and data segments (spec 5.5.12, 5.5.14). */
#include "sections.h"

static const uint32_t *decode_func_indices(struct wasm_decoder *d, uint32_t *count) {
  *count = wasm_decoder_count(d, 1, WASM_MAX_ELEMENTS, "elements in a segment");
  uint32_t *funcs = ARENA_ARRAY(d->arena, uint32_t, *count);
  for (uint32_t i = 0; i < *count; i++) {
    funcs[i] = wasm_read_u32(&d->r);
  }
  return funcs;
}

static const struct wasm_expr *decode_exprs(struct wasm_decoder *d, uint32_t *count) {
  *count = wasm_decoder_count(d, 1, WASM_MAX_ELEMENTS, "elements in a segment");
  struct wasm_expr *exprs = ARENA_ARRAY(d->arena, struct wasm_expr, *count);
  for (uint32_t i = 0; i < *count && !wasm_reader_failed(&d->r); i++) {
    exprs[i] = wasm_decoder_expr(d);
  }
  return exprs;
}

/*
 * A segment's flags: 1 passive or declarative, 2 has a table index (active) or is declarative, 4 has
 * expressions. Flags 0 and 4 leave out the kind or type, which is that of functions.
 */
static void decode_element(struct wasm_decoder *d, struct wasm_element *element) {
  struct wasm_reader *r = &d->r;
  element->offset = wasm_reader_offset(r);
  /* Indices are references that are not null, expressions may be. */
  uint32_t flags = wasm_read_u32(r);
  if (flags > 7) {
    wasm_reader_fail_at(r, element->offset, "malformed elements segment kind");
  } else if (flags != 0) {
    bool is_declarative = (flags & 3) == 3;
    wasm_decoder_use(d, is_declarative ? WASM_FEATURE_REFERENCE_TYPES : WASM_FEATURE_BULK_MEMORY,
                     element->offset);
  }
  if ((flags & 1) != 0) {
    element->mode = (flags & 2) != 0 ? WASM_SEGMENT_DECLARATIVE : WASM_SEGMENT_PASSIVE;
  } else {
    element->mode = WASM_SEGMENT_ACTIVE;
    element->table = (flags & 2) != 0 ? wasm_read_u32(r) : 0;
    element->start = wasm_decoder_expr(d);
  }
  element->type = (flags & 4) != 0 ? WASM_FUNCREF : WASM_REF(WASM_HEAP_FUNC);
  if ((flags & 3) != 0 && (flags & 4) != 0) {
    element->type = wasm_decoder_element_type(d);
  } else if ((flags & 3) != 0 && wasm_read_u8(r) != 0) {
    wasm_reader_fail_at(r, wasm_reader_offset(r) - 1, "malformed element kind");
  }
  if ((flags & 4) != 0) {
    element->exprs = decode_exprs(d, &element->count);
  } else {
    element->funcs = decode_func_indices(d, &element->count);
  }
}

void wasm_decode_elements(struct wasm_decoder *d) {
  struct wasm_module *module = d->module;
  uint32_t count = wasm_decoder_count(d, 2, WASM_MAX_ELEMENTS, "element segments");
  module->elements = ARENA_ARRAY(d->arena, struct wasm_element, count);
  for (uint32_t i = 0; i < count && !wasm_reader_failed(&d->r); i++) {
    decode_element(d, &module->elements[i]);
  }
  module->element_count = count;
}

/* Flags: 0 active in memory 0, 1 passive, 2 active with a memory index. */
static void decode_data_segment(struct wasm_decoder *d, struct wasm_data *data) {
  struct wasm_reader *r = &d->r;
  data->offset = wasm_reader_offset(r);
  uint32_t flags = wasm_read_u32(r);
  if (flags > 2) {
    wasm_reader_fail_at(r, data->offset, "malformed data segment kind");
  } else if (flags != 0) {
    wasm_decoder_use(d, WASM_FEATURE_BULK_MEMORY, data->offset);
  }
  if (flags == 1) {
    data->mode = WASM_SEGMENT_PASSIVE;
  } else {
    data->mode = WASM_SEGMENT_ACTIVE;
    data->memory = flags == 2 ? wasm_read_u32(r) : 0;
    data->start = wasm_decoder_expr(d);
  }
  data->bytes = wasm_read_bytes(r, wasm_read_u32(r));
}

void wasm_decode_data(struct wasm_decoder *d) {
  struct wasm_module *module = d->module;
  uint32_t count = wasm_decoder_count(d, 2, WASM_MAX_DATA, "data segments");
  module->data = ARENA_ARRAY(d->arena, struct wasm_data, count);
  for (uint32_t i = 0; i < count && !wasm_reader_failed(&d->r); i++) {
    decode_data_segment(d, &module->data[i]);
  }
  module->data_count = count;
}
