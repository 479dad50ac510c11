/*
 * The type section (spec 5.3.6 to 5.3.10, 5.5.4): recursive groups of type definitions. Here belongs what the
 * bytes say and which definitions are equivalent; whether indices exist and supertypes match is the
 * validator's question.
 */
#include <inttypes.h>

#include "canonical.h"
#include "sections.h"

enum { FORM_FUNC = 0x60, FORM_STRUCT = 0x5f, FORM_ARRAY = 0x5e, FORM_SUB = 0x50, FORM_SUB_FINAL = 0x4f };
enum { FORM_REC = 0x4e };

struct type_section {
  struct wasm_decoder *d;
  struct wasm_canonical canonical;
  uint32_t capacity; /* of module->types */
};

/* A list of value types (spec 5.3.5). */
static const wasm_type *decode_types_list(struct wasm_decoder *d, uint32_t limit, const char *what,
                                          uint32_t *count) {
  *count = wasm_decoder_count(d, 1, limit, what);
  wasm_type *types = ARENA_ARRAY(d->arena, wasm_type, *count);
  for (uint32_t i = 0; i < *count; i++) {
    types[i] = wasm_decoder_value_type(d);
  }
  return types;
}

static void decode_func_type(struct wasm_decoder *d, struct wasm_func_type *type) {
  type->params = decode_types_list(d, WASM_MAX_PARAMS, "parameters", &type->param_count);
  size_t results = wasm_reader_offset(&d->r);
  type->results = decode_types_list(d, WASM_MAX_RESULTS, "results", &type->result_count);
  if (type->result_count > 1) {
    wasm_decoder_use(d, WASM_FEATURE_MULTI_VALUE, results);
  }
}

static struct wasm_field decode_field(struct wasm_decoder *d) {
  struct wasm_field field = {0};
  uint8_t code = d->r.at != d->r.end ? *d->r.at : 0;
  if (code == WASM_I8 || code == WASM_I16) {
    field.type = wasm_read_u8(&d->r);
  } else {
    field.type = wasm_decoder_value_type(d);
  }
  field.is_mutable = wasm_decoder_mutability(d);
  return field;
}

static void decode_fields(struct wasm_decoder *d, bool is_array, struct wasm_struct_type *type) {
  type->field_count = is_array ? 1 : wasm_decoder_count(d, 2, WASM_MAX_FIELDS, "fields");
  struct wasm_field *fields = ARENA_ARRAY(d->arena, struct wasm_field, type->field_count);
  for (uint32_t i = 0; i < type->field_count && !wasm_reader_failed(&d->r); i++) {
    fields[i] = decode_field(d);
  }
  type->fields = fields;
}

/* The supertypes: the format allows a list, validity at most one (spec 3.2.13). */
static uint32_t decode_super(struct wasm_decoder *d) {
  size_t offset = wasm_reader_offset(&d->r);
  uint32_t count = wasm_read_count(&d->r, 1);
  if (count > 1) {
    wasm_reader_fail_as(&d->r, DIAG_INVALID, offset, "sub type with more than one supertype");
  }
  if (count == 0 || wasm_reader_failed(&d->r)) {
    return WASM_NO_INDEX;
  }
  uint32_t super = wasm_read_u32(&d->r);
  if (super >= WASM_MAX_TYPES) { /* also keeps apart the index that stands for "none" */
    wasm_reader_fail_as(&d->r, DIAG_INVALID, offset,
                        arena_printf(d->arena, "unknown type %" PRIu32 " as supertype", super));
  }
  return super;
}

/* One definition, whose form has not been read. */
static void decode_def(struct wasm_decoder *d, struct wasm_type_def *def) {
  def->offset = wasm_reader_offset(&d->r);
  def->is_final = true;
  def->super = WASM_NO_INDEX;
  uint8_t form = wasm_read_u8(&d->r);
  if (form == FORM_SUB || form == FORM_SUB_FINAL) {
    wasm_decoder_use_gc_types(d, def->offset);
    def->is_final = form == FORM_SUB_FINAL;
    def->super = decode_super(d);
    form = wasm_read_u8(&d->r);
  }
  if (form == FORM_FUNC) {
    def->kind = WASM_TYPE_FUNC;
    decode_func_type(d, &def->func);
  } else if (form == FORM_STRUCT || form == FORM_ARRAY) {
    wasm_decoder_use_gc_types(d, def->offset);
    def->kind = form == FORM_STRUCT ? WASM_TYPE_STRUCT : WASM_TYPE_ARRAY;
    decode_fields(d, form == FORM_ARRAY, &def->fields);
  } else {
    wasm_reader_fail_at(&d->r, def->offset, "malformed type");
  }
}

/* Makes room for `count` definitions more, which the input is long enough for. */
static void reserve(struct type_section *s, uint32_t count) {
  struct wasm_module *module = s->d->module;
  uint64_t needed = (uint64_t)module->type_count + count;
  wasm_decoder_limit(s->d, wasm_reader_offset(&s->d->r), needed, WASM_MAX_TYPES, "types");
  if (needed <= s->capacity || wasm_reader_failed(&s->d->r)) {
    return;
  }
  s->capacity = needed > 2 * (uint64_t)s->capacity ? (uint32_t)needed : 2 * s->capacity;
  struct wasm_type_def *types = ARENA_ARRAY(s->d->arena, struct wasm_type_def, s->capacity);
  if (module->type_count > 0) {
    memcpy(types, module->types, module->type_count * sizeof *types);
  }
  module->types = types;
}

static void decode_group(struct type_section *s) {
  struct wasm_decoder *d = s->d;
  struct wasm_module *module = d->module;
  uint32_t first = module->type_count;
  uint32_t count = 1;
  if (d->r.at != d->r.end && *d->r.at == FORM_REC) {
    wasm_decoder_use_gc_types(d, wasm_reader_offset(&d->r));
    wasm_read_u8(&d->r);
    count = wasm_decoder_count(d, 2, WASM_MAX_TYPES, "types in a group");
  }
  reserve(s, count);
  for (uint32_t i = first; i < first + count && !wasm_reader_failed(&d->r); i++) {
    module->types[i].group_first = first;
    module->types[i].group_size = count;
    decode_def(d, &module->types[i]);
  }
  if (count > 0 && !wasm_reader_failed(&d->r)) {
    wasm_canonical_add(&s->canonical, module->types, first, count);
    module->type_count = first + count;
  }
}

void wasm_decode_types(struct wasm_decoder *d) {
  struct type_section section = {.d = d};
  uint32_t count = wasm_decoder_count(d, 2, WASM_MAX_TYPES, "types");
  reserve(&section, count);
  for (uint32_t i = 0; i < count && !wasm_reader_failed(&d->r); i++) {
    decode_group(&section);
  }
  wasm_canonical_free(&section.canonical);
}
