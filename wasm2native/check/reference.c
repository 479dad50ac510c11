/*
 * The rules of references: to null, to functions, calls through them, casts and the branches on either
 * (spec 3.3.2, 3.3.8).
 */
#include "rules.h"

#include <inttypes.h>

bool check_pop_ref(struct checker *c, wasm_type *type) {
  if (!check_pop_any(c, type)) {
    return false;
  }
  if (*type == WASM_BOTTOM) {
    *type = WASM_BOTTOM_REF;
  }
  return wasm_is_ref(*type) || check_fail(c, "type mismatch in %s: expected a reference, found %s",
                                          check_text(c), wasm_type_name(*type).text);
}

static wasm_type non_null(wasm_type type) {
  return WASM_REF(wasm_heap_of(type));
}

bool check_ref_null(struct checker *c) {
  return check_value_type(c, c->insn.imm.type) && check_push(c, c->insn.imm.type);
}

bool check_ref_is_null(struct checker *c) {
  wasm_type type;
  return check_pop_ref(c, &type) && check_push(c, WASM_I32);
}

/* What a constant expression names is thereby declared; bodies may only name what is declared (spec 3.4.10,
 * C.refs). */
bool check_ref_func(struct checker *c) {
  uint32_t index = c->insn.imm.index;
  if (!check_has_func(c, index)) {
    return false;
  }
  struct wasm_func *func = &c->module->funcs[index];
  if (c->is_constant) {
    func->is_declared = true;
  } else if (!func->is_declared) {
    return check_fail(c, "undeclared function reference: function %" PRIu32 " is not named outside of bodies",
                      index);
  }
  return check_push(c, WASM_REF(func->type));
}

bool check_ref_as_non_null(struct checker *c) {
  wasm_type type;
  return check_pop_ref(c, &type) && check_push(c, non_null(type));
}

bool check_br_on_null(struct checker *c) {
  wasm_type type;
  struct check_types types;
  return check_pop_ref(c, &type) && check_label_types(c, c->insn.imm.index, &types) &&
         check_pop_types(c, types) && check_push_types(c, types) && check_push(c, non_null(type));
}

/* A label whose last value a branch with a reference provides; *types are those before it. */
static bool ref_label(struct checker *c, uint32_t label, struct check_types *types, wasm_type *last) {
  if (!check_label_types(c, label, types)) {
    return false;
  }
  *last = types->count > 0 ? types->types[types->count - 1] : WASM_BOTTOM;
  if (!wasm_is_ref(*last)) {
    return check_fail(c, "type mismatch in %s: the last value of label %" PRIu32 " is no reference",
                      check_text(c), label);
  }
  types->count--;
  return true;
}

bool check_br_on_non_null(struct checker *c) {
  struct check_types types;
  wasm_type last;
  return ref_label(c, c->insn.imm.index, &types, &last) && check_pop(c, WASM_REF_NULL(wasm_heap_of(last))) &&
         check_pop_types(c, types) && check_push_types(c, types);
}

bool check_call_ref(struct checker *c) {
  uint32_t type = c->insn.imm.index;
  return check_has_func_type(c, type) && check_pop(c, WASM_REF_NULL(type)) &&
         check_call_type(c, wasm_func_type_at(c->module, type));
}

/* It is of both proposals; the opcode table names that of tail calls. */
bool check_return_call_ref(struct checker *c) {
  uint32_t type = c->insn.imm.index;
  return check_need(c, WASM_FEATURE_FUNCTION_REFERENCES) && check_has_func_type(c, type) &&
         check_pop(c, WASM_REF_NULL(type)) && check_return_call_type(c, wasm_func_type_at(c->module, type));
}

/* Casts stay within the hierarchy of the type that they ask for (spec 3.3.2). */
static bool pop_castable(struct checker *c, wasm_type type) {
  c->used |= WASM_FEATURE_BIT(WASM_FEATURE_GC);
  return check_value_type(c, type) &&
         check_pop(c, WASM_REF_NULL(wasm_heap_top(c->module, wasm_heap_of(type))));
}

bool check_ref_test(struct checker *c) {
  return pop_castable(c, c->insn.imm.type) && check_push(c, WASM_I32);
}

bool check_ref_cast(struct checker *c) {
  return pop_castable(c, c->insn.imm.type) && check_push(c, c->insn.imm.type);
}

static bool expect(struct checker *c, wasm_type found, wasm_type expected) {
  return wasm_type_matches(c->module, found, expected) ||
         check_fail(c, "type mismatch in %s: expected %s, found %s", check_text(c),
                    wasm_type_name(expected).text, wasm_type_name(found).text);
}

/* The branch is taken with `taken`, `kept` stays where it is not. */
static bool branch_on_cast(struct checker *c, wasm_type taken, wasm_type kept) {
  struct check_types types;
  wasm_type last;
  return ref_label(c, c->insn.imm.cast.label, &types, &last) && expect(c, taken, last) &&
         check_pop(c, c->insn.imm.cast.from) && check_pop_types(c, types) && check_push_types(c, types) &&
         check_push(c, kept);
}

/* Both types of a cast, the one cast to below the other; *rest is what a value that has it not may be. */
static bool cast_types(struct checker *c, wasm_type *rest) {
  wasm_type from = c->insn.imm.cast.from;
  wasm_type to = c->insn.imm.cast.to;
  *rest = wasm_is_nullable(to) ? non_null(from) : from;
  c->used |= WASM_FEATURE_BIT(WASM_FEATURE_GC);
  return check_value_type(c, from) && check_value_type(c, to) && expect(c, to, from);
}

bool check_br_on_cast(struct checker *c) {
  wasm_type rest;
  return cast_types(c, &rest) && branch_on_cast(c, c->insn.imm.cast.to, rest);
}

bool check_br_on_cast_fail(struct checker *c) {
  wasm_type rest;
  return cast_types(c, &rest) && branch_on_cast(c, rest, c->insn.imm.cast.to);
}
