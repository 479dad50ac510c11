/*
 * Validation (spec 3): everything that makes a decoded module valid is decided here, before anything is
 * lowered, and nowhere else. See docs/architecture.md for which layer checks what.
 */
#ifndef CHECK_CHECK_H
#define CHECK_CHECK_H

#include "module.h"

/*
 * Validates the whole module; reports the first error of each function and goes on with the others, so the
 * sink may get several. `arena` is for what outlives a function (nothing at present); function-sized scratch
 * is the checker's own. Adds to module->used the features that bodies use.
 */
bool check_module(struct wasm_module *module, wasm_features features, struct arena *arena,
                  struct diag_sink *sink);

#endif
