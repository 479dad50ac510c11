/* The rules of structures, arrays and i31 (spec 3.3.2). */
#include "rules.h"

#include <inttypes.h>

static const struct wasm_type_def *def_at(const struct checker *c, uint32_t type) {
  return &c->module->types[type];
}

static bool is_packed(struct wasm_field field) {
  return field.type == WASM_I8 || field.type == WASM_I16;
}

/* The type of a field's value on the stack. */
static wasm_type unpacked(struct wasm_field field) {
  return is_packed(field) ? WASM_I32 : field.type;
}

static bool has_struct(struct checker *c, uint32_t type) {
  return check_has_type_of_kind(c, type, WASM_TYPE_STRUCT);
}

/* An array type; *field is its elements'. */
static bool has_array(struct checker *c, uint32_t type, struct wasm_field *field) {
  if (!check_has_type_of_kind(c, type, WASM_TYPE_ARRAY)) {
    return false;
  }
  *field = def_at(c, type)->fields.fields[0];
  return true;
}

static bool is_writable(struct checker *c, struct wasm_field field) {
  return field.is_mutable || check_fail(c, "immutable field or array in %s", check_text(c));
}

static bool is_defaultable(struct checker *c, struct wasm_field field) {
  return wasm_is_defaultable(field.type) || check_fail(c, "type mismatch in %s: %s has no default value",
                                                       check_text(c), wasm_type_name(field.type).text);
}

/* Packed fields are read with a sign, others without. */
static bool is_read_rightly(struct checker *c, struct wasm_field field) {
  bool has_sign = wasm_insn_info(&c->insn)->oper != WASM_OPER__;
  return is_packed(field) == has_sign || check_fail(c, "type mismatch in %s: the field has type %s",
                                                    check_text(c), wasm_type_name(field.type).text);
}

static bool pop_ref_to(struct checker *c, uint32_t type) {
  return check_pop(c, WASM_REF_NULL(type));
}

static bool pop_i32s(struct checker *c, unsigned count) {
  unsigned i = 0;
  while (i < count && check_pop(c, WASM_I32)) {
    i++;
  }
  return i == count;
}

bool check_struct_new(struct checker *c) {
  uint32_t type = c->insn.imm.index;
  if (!has_struct(c, type)) {
    return false;
  }
  const struct wasm_struct_type *fields = &def_at(c, type)->fields;
  for (uint32_t i = fields->field_count; i > 0; i--) {
    if (!check_pop(c, unpacked(fields->fields[i - 1]))) {
      return false;
    }
  }
  return check_push(c, WASM_REF(type));
}

bool check_struct_new_default(struct checker *c) {
  uint32_t type = c->insn.imm.index;
  if (!has_struct(c, type)) {
    return false;
  }
  const struct wasm_struct_type *fields = &def_at(c, type)->fields;
  for (uint32_t i = 0; i < fields->field_count; i++) {
    if (!is_defaultable(c, fields->fields[i])) {
      return false;
    }
  }
  return check_push(c, WASM_REF(type));
}

static bool has_field(struct checker *c, struct wasm_field *field) {
  uint32_t type = c->insn.imm.pair.first;
  uint32_t index = c->insn.imm.pair.second;
  if (!has_struct(c, type)) {
    return false;
  }
  const struct wasm_struct_type *fields = &def_at(c, type)->fields;
  if (index >= fields->field_count) {
    return check_fail(c, "unknown field %" PRIu32 " in %s", index, check_text(c));
  }
  *field = fields->fields[index];
  return true;
}

bool check_struct_get(struct checker *c) {
  struct wasm_field field;
  return has_field(c, &field) && is_read_rightly(c, field) && pop_ref_to(c, c->insn.imm.pair.first) &&
         check_push(c, unpacked(field));
}

bool check_struct_set(struct checker *c) {
  struct wasm_field field;
  return has_field(c, &field) && is_writable(c, field) && check_pop(c, unpacked(field)) &&
         pop_ref_to(c, c->insn.imm.pair.first);
}

bool check_array_new(struct checker *c) {
  struct wasm_field field;
  return has_array(c, c->insn.imm.index, &field) && check_pop(c, WASM_I32) && check_pop(c, unpacked(field)) &&
         check_push(c, WASM_REF(c->insn.imm.index));
}

bool check_array_new_default(struct checker *c) {
  struct wasm_field field;
  return has_array(c, c->insn.imm.index, &field) && is_defaultable(c, field) && check_pop(c, WASM_I32) &&
         check_push(c, WASM_REF(c->insn.imm.index));
}

bool check_array_new_fixed(struct checker *c) {
  struct wasm_field field;
  uint32_t count = c->insn.imm.pair.second;
  if (!has_array(c, c->insn.imm.pair.first, &field)) {
    return false;
  }
  if (count > WASM_MAX_FIELDS) {
    return check_fail_as(c, DIAG_UNSUPPORTED, "array.new_fixed has %" PRIu32 " values, the limit is %" PRIu32,
                         count, WASM_MAX_FIELDS);
  }
  for (uint32_t i = 0; i < count; i++) {
    if (!check_pop(c, unpacked(field))) {
      return false;
    }
  }
  return check_push(c, WASM_REF(c->insn.imm.pair.first));
}

/* An array that bytes can fill, and a data segment. */
static bool has_array_and_data(struct checker *c, struct wasm_field *field) {
  if (!has_array(c, c->insn.imm.pair.first, field) || !check_has_data(c, c->insn.imm.pair.second)) {
    return false;
  }
  return !wasm_is_ref(field->type) ||
         check_fail(c, "type mismatch in %s: array type is not numeric or vector", check_text(c));
}

/* An array of references that those of an element segment match. */
static bool has_array_and_elements(struct checker *c, struct wasm_field *field) {
  if (!has_array(c, c->insn.imm.pair.first, field) || !check_has_element(c, c->insn.imm.pair.second)) {
    return false;
  }
  wasm_type elements = c->module->elements[c->insn.imm.pair.second].type;
  return wasm_type_matches(c->module, elements, field->type) ||
         check_fail(c, "type mismatch in %s: expected %s, found %s", check_text(c),
                    wasm_type_name(field->type).text, wasm_type_name(elements).text);
}

bool check_array_new_data(struct checker *c) {
  struct wasm_field field;
  return has_array_and_data(c, &field) && pop_i32s(c, 2) && check_push(c, WASM_REF(c->insn.imm.pair.first));
}

bool check_array_new_elem(struct checker *c) {
  struct wasm_field field;
  return has_array_and_elements(c, &field) && pop_i32s(c, 2) &&
         check_push(c, WASM_REF(c->insn.imm.pair.first));
}

bool check_array_get(struct checker *c) {
  struct wasm_field field;
  return has_array(c, c->insn.imm.index, &field) && is_read_rightly(c, field) && check_pop(c, WASM_I32) &&
         pop_ref_to(c, c->insn.imm.index) && check_push(c, unpacked(field));
}

bool check_array_set(struct checker *c) {
  struct wasm_field field;
  return has_array(c, c->insn.imm.index, &field) && is_writable(c, field) && check_pop(c, unpacked(field)) &&
         check_pop(c, WASM_I32) && pop_ref_to(c, c->insn.imm.index);
}

bool check_array_len(struct checker *c) {
  return pop_ref_to(c, WASM_HEAP_ARRAY) && check_push(c, WASM_I32);
}

bool check_array_fill(struct checker *c) {
  struct wasm_field field;
  return has_array(c, c->insn.imm.index, &field) && is_writable(c, field) && check_pop(c, WASM_I32) &&
         check_pop(c, unpacked(field)) && check_pop(c, WASM_I32) && pop_ref_to(c, c->insn.imm.index);
}

bool check_array_copy(struct checker *c) {
  uint32_t to = c->insn.imm.pair.first;
  uint32_t from = c->insn.imm.pair.second;
  struct wasm_field destination;
  struct wasm_field source;
  if (!has_array(c, to, &destination) || !has_array(c, from, &source) || !is_writable(c, destination)) {
    return false;
  }
  if (!wasm_type_matches(c->module, source.type, destination.type)) {
    return check_fail(c, "type mismatch in array.copy: array types do not match: expected %s, found %s",
                      wasm_type_name(destination.type).text, wasm_type_name(source.type).text);
  }
  return pop_i32s(c, 2) && pop_ref_to(c, from) && check_pop(c, WASM_I32) && pop_ref_to(c, to);
}

bool check_array_init_data(struct checker *c) {
  struct wasm_field field;
  return has_array_and_data(c, &field) && is_writable(c, field) && pop_i32s(c, 3) &&
         pop_ref_to(c, c->insn.imm.pair.first);
}

bool check_array_init_elem(struct checker *c) {
  struct wasm_field field;
  return has_array_and_elements(c, &field) && is_writable(c, field) && pop_i32s(c, 3) &&
         pop_ref_to(c, c->insn.imm.pair.first);
}

bool check_ref_eq(struct checker *c) {
  return pop_ref_to(c, WASM_HEAP_EQ) && pop_ref_to(c, WASM_HEAP_EQ) && check_push(c, WASM_I32);
}

bool check_ref_i31(struct checker *c) {
  return check_pop(c, WASM_I32) && check_push(c, WASM_REF(WASM_HEAP_I31));
}

bool check_i31_get(struct checker *c) {
  return pop_ref_to(c, WASM_HEAP_I31) && check_push(c, WASM_I32);
}

/* Between the hierarchies of any and extern: the result is nullable if the operand is. */
static bool convert(struct checker *c, uint32_t from, uint32_t to) {
  wasm_type type;
  if (!check_pop_ref(c, &type)) {
    return false;
  }
  if (!wasm_heap_matches(c->module, wasm_heap_of(type), from)) {
    return check_fail(c, "type mismatch in %s: expected %s, found %s", check_text(c),
                      wasm_type_name(WASM_REF_NULL(from)).text, wasm_type_name(type).text);
  }
  return check_push(c, wasm_is_nullable(type) ? WASM_REF_NULL(to) : WASM_REF(to));
}

bool check_any_convert_extern(struct checker *c) {
  return convert(c, WASM_HEAP_EXTERN, WASM_HEAP_ANY);
}

bool check_extern_convert_any(struct checker *c) {
  return convert(c, WASM_HEAP_ANY, WASM_HEAP_EXTERN);
}
