/*
 * Equality and subtyping of types (spec 3.2.1, 3.2.2, 3.3), for validated type definitions: that every
 * supertype comes before its subtypes is what makes these functions end. Each takes O(log depth) per pair of
 * types.
 */
#ifndef WASM_MATCH_H
#define WASM_MATCH_H

#include "module.h"

bool wasm_heap_matches_slowly(const struct wasm_module *module, uint32_t sub, uint32_t super);
bool wasm_type_matches_slowly(const struct wasm_module *module, wasm_type sub, wasm_type super);

/* Is heap type `sub` a subtype of `super`? Every type is a subtype of itself. */
static inline bool wasm_heap_matches(const struct wasm_module *module, uint32_t sub, uint32_t super) {
  return sub == super || wasm_heap_matches_slowly(module, sub, super);
}

/* Is value type `sub` a subtype of `super`? WASM_BOTTOM is one of every type. */
static inline bool wasm_type_matches(const struct wasm_module *module, wasm_type sub, wasm_type super) {
  return sub == super || wasm_type_matches_slowly(module, sub, super);
}

/* Are they the same type? */
bool wasm_type_equal(const struct wasm_module *module, wasm_type a, wasm_type b);

/* Do all `count` types match those at `super`? */
bool wasm_types_match(const struct wasm_module *module, const wasm_type *sub, const wasm_type *super,
                      uint32_t count);

/* Does the composite type of definition `sub` match that of `super` (spec 3.3.6 to 3.3.9)? */
bool wasm_composite_matches(const struct wasm_module *module, const struct wasm_type_def *sub,
                            const struct wasm_type_def *super);

/* The top of the hierarchy that a heap type belongs to: any, func, extern or exn. */
uint32_t wasm_heap_top(const struct wasm_module *module, uint32_t heap);

#endif
