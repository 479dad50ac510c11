/* Which type definitions are equivalent (spec 3.2.1). Private to the section decoder. */
#ifndef WASM_CANONICAL_H
#define WASM_CANONICAL_H

#include "module.h"

/* The groups that were seen, each once. */
struct wasm_canonical {
  struct arena arena;
  void *groups; /* a search tree of struct group */
};

/*
 * Sets class, depth and jump of the types of a group, which is the last so far: types before it have theirs.
 * Takes O(n log n) for n bytes of types, whatever they are.
 */
void wasm_canonical_add(struct wasm_canonical *canonical, struct wasm_type_def *types, uint32_t first,
                        uint32_t size);

void wasm_canonical_free(struct wasm_canonical *canonical);

#endif
