/*
 * Type definitions (spec 3.2.8 to 3.2.13), and the types that the rest of the module names (spec 3.2.5):
 * every index in them exists. What matches what is decided by match.h, which relies on what is checked here
 * first.
 */
#include "rules.h"

#include <inttypes.h>

/* Does a heap type of a value type name one of the first `count` definitions, if it names any? */
static bool has_heap(struct checker *c, wasm_type type, uint32_t count) {
  uint32_t heap = wasm_heap_of(type);
  return !wasm_is_ref(type) || !wasm_heap_is_index(heap) || heap < count ||
         check_fail(c, "unknown type %" PRIu32 " in %s", heap, wasm_type_name(type).text);
}

bool check_value_type(struct checker *c, wasm_type type) {
  return has_heap(c, type, c->module->type_count);
}

bool check_has_func_type(struct checker *c, uint32_t index) {
  return check_has_type_of_kind(c, index, WASM_TYPE_FUNC);
}

bool check_has_type_of_kind(struct checker *c, uint32_t index, enum wasm_type_kind kind) {
  static const char *const names[] = {
      [WASM_TYPE_FUNC] = "function", [WASM_TYPE_STRUCT] = "structure", [WASM_TYPE_ARRAY] = "array"};
  if (index >= c->module->type_count) {
    return check_fail(c, "unknown type %" PRIu32, index);
  }
  return c->module->types[index].kind == kind ||
         check_fail(c, "type mismatch: type %" PRIu32 " is no %s type", index, names[kind]);
}

/* Types may name those of their own group and of groups before it. */
static bool check_members(struct checker *c, const struct wasm_type_def *def) {
  uint32_t end = def->group_first + def->group_size;
  if (def->kind != WASM_TYPE_FUNC) {
    for (uint32_t i = 0; i < def->fields.field_count; i++) {
      if (!has_heap(c, def->fields.fields[i].type, end)) {
        return false;
      }
    }
    return true;
  }
  for (uint32_t i = 0; i < def->func.param_count; i++) {
    if (!has_heap(c, def->func.params[i], end)) {
      return false;
    }
  }
  for (uint32_t i = 0; i < def->func.result_count; i++) {
    if (!has_heap(c, def->func.results[i], end)) {
      return false;
    }
  }
  return true;
}

/* A supertype comes before its subtypes, so that there are no cycles (spec 3.2.13). */
static bool check_super(struct checker *c, uint32_t index) {
  const struct wasm_type_def *def = &c->module->types[index];
  if (def->super == WASM_NO_INDEX) {
    return true;
  }
  if (def->super >= index) {
    return check_fail(c, "unknown type %" PRIu32 ": a supertype comes before its subtype %" PRIu32,
                      def->super, index);
  }
  if (def->depth > WASM_MAX_SUPERTYPES) {
    return check_fail_as(c, DIAG_UNSUPPORTED,
                         "type %" PRIu32 " has %" PRIu32 " supertypes, the limit is %" PRIu32, index,
                         def->depth, WASM_MAX_SUPERTYPES);
  }
  return !c->module->types[def->super].is_final ||
         check_fail(c, "sub type %" PRIu32 ": its supertype %" PRIu32 " is final", index, def->super);
}

bool check_types(struct checker *c) {
  const struct wasm_module *module = c->module;
  for (uint32_t i = 0; i < module->type_count; i++) {
    c->insn.offset = module->types[i].offset;
    if (!check_members(c, &module->types[i]) || !check_super(c, i)) {
      return false;
    }
  }
  /* Matching follows references to any type of a group, so all of them have been looked at by now. */
  for (uint32_t i = 0; i < module->type_count; i++) {
    const struct wasm_type_def *def = &module->types[i];
    c->insn.offset = def->offset;
    if (def->super != WASM_NO_INDEX && !wasm_composite_matches(module, def, &module->types[def->super])) {
      return check_fail(c, "sub type %" PRIu32 " does not match its supertype %" PRIu32, i, def->super);
    }
  }
  return true;
}
