/* Equality and subtyping of types within a module. Spec 3.2.1, 3.2.2, 3.3. */
#include "match.h"

/* The ancestor of a type that has so many supertypes above it; the type itself if it has. */
static const struct wasm_type_def *ancestor(const struct wasm_module *module, uint32_t index,
                                            uint32_t depth) {
  const struct wasm_type_def *def = &module->types[index];
  while (def->depth > depth) {
    const struct wasm_type_def *far = &module->types[def->jump];
    def = far->depth >= depth ? far : &module->types[def->super];
  }
  return def;
}

/* The abstract type right above the definitions of a kind. */
static uint32_t heap_of_kind(enum wasm_type_kind kind) {
  return kind == WASM_TYPE_FUNC     ? WASM_HEAP_FUNC
         : kind == WASM_TYPE_STRUCT ? WASM_HEAP_STRUCT
                                    : WASM_HEAP_ARRAY;
}

uint32_t wasm_heap_top(const struct wasm_module *module, uint32_t heap) {
  if (wasm_heap_is_index(heap)) {
    return module->types[heap].kind == WASM_TYPE_FUNC ? WASM_HEAP_FUNC : WASM_HEAP_ANY;
  }
  switch (heap) {
  case WASM_HEAP_FUNC:
  case WASM_HEAP_NOFUNC:
    return WASM_HEAP_FUNC;
  case WASM_HEAP_EXTERN:
  case WASM_HEAP_NOEXTERN:
    return WASM_HEAP_EXTERN;
  case WASM_HEAP_EXN:
  case WASM_HEAP_NOEXN:
    return WASM_HEAP_EXN;
  default:
    return WASM_HEAP_ANY;
  }
}

/* Is `sub` the type below all others of its hierarchy? */
static bool is_bottom(uint32_t heap) {
  return heap == WASM_HEAP_NONE || heap == WASM_HEAP_NOFUNC || heap == WASM_HEAP_NOEXTERN ||
         heap == WASM_HEAP_NOEXN;
}

static bool abstract_matches(uint32_t sub, uint32_t super) {
  if (sub == super) {
    return true;
  }
  switch (sub) {
  case WASM_HEAP_EQ:
    return super == WASM_HEAP_ANY;
  case WASM_HEAP_I31:
  case WASM_HEAP_STRUCT:
  case WASM_HEAP_ARRAY:
    return super == WASM_HEAP_EQ || super == WASM_HEAP_ANY;
  default:
    return false;
  }
}

bool wasm_heap_matches_slowly(const struct wasm_module *module, uint32_t sub, uint32_t super) {
  if (sub == WASM_HEAP_BOTTOM) {
    return true;
  }
  if (super == WASM_HEAP_BOTTOM) {
    return false;
  }
  if (is_bottom(sub)) {
    return wasm_heap_top(module, sub) == wasm_heap_top(module, super);
  }
  if (!wasm_heap_is_index(sub)) {
    return !wasm_heap_is_index(super) && abstract_matches(sub, super);
  }
  const struct wasm_type_def *def = &module->types[sub];
  if (!wasm_heap_is_index(super)) {
    return abstract_matches(heap_of_kind(def->kind), super);
  }
  const struct wasm_type_def *expected = &module->types[super];
  return ancestor(module, sub, expected->depth)->class == expected->class;
}

bool wasm_type_matches_slowly(const struct wasm_module *module, wasm_type sub, wasm_type super) {
  if (sub == super || sub == WASM_BOTTOM) {
    return true;
  }
  return wasm_is_ref(sub) && wasm_is_ref(super) && (wasm_is_nullable(super) || !wasm_is_nullable(sub)) &&
         wasm_heap_matches(module, wasm_heap_of(sub), wasm_heap_of(super));
}

bool wasm_type_equal(const struct wasm_module *module, wasm_type a, wasm_type b) {
  if (a == b) {
    return true;
  }
  uint32_t heap_a = wasm_heap_of(a);
  uint32_t heap_b = wasm_heap_of(b);
  return wasm_is_ref(a) && wasm_is_ref(b) && wasm_is_nullable(a) == wasm_is_nullable(b) &&
         wasm_heap_is_index(heap_a) && wasm_heap_is_index(heap_b) &&
         module->types[heap_a].class == module->types[heap_b].class;
}

bool wasm_types_match(const struct wasm_module *module, const wasm_type *sub, const wasm_type *super,
                      uint32_t count) {
  uint32_t i = 0;
  while (i < count && wasm_type_matches(module, sub[i], super[i])) {
    i++;
  }
  return i == count;
}

/* Fields that can be written are invariant (spec 3.3.9). */
static bool field_matches(const struct wasm_module *module, struct wasm_field sub, struct wasm_field super) {
  return sub.is_mutable == super.is_mutable &&
         (sub.is_mutable ? wasm_type_equal(module, sub.type, super.type)
                         : wasm_type_matches(module, sub.type, super.type));
}

bool wasm_composite_matches(const struct wasm_module *module, const struct wasm_type_def *sub,
                            const struct wasm_type_def *super) {
  if (sub->kind != super->kind) {
    return false;
  }
  if (sub->kind == WASM_TYPE_FUNC) {
    const struct wasm_func_type *a = &sub->func;
    const struct wasm_func_type *b = &super->func;
    return a->param_count == b->param_count && a->result_count == b->result_count &&
           wasm_types_match(module, b->params, a->params, a->param_count) &&
           wasm_types_match(module, a->results, b->results, a->result_count);
  }
  uint32_t count = super->fields.field_count; /* a structure may have more than its supertype */
  uint32_t i = 0;
  while (i < count && i < sub->fields.field_count &&
         field_matches(module, sub->fields.fields[i], super->fields.fields[i])) {
    i++;
  }
  return i == count;
}
