/*
 * Branch hints: the custom section "metadata.code.branch_hint" of the branch-hinting proposal says of if and
 * br_if instructions whether their conditions are likely to hold.
 */
#ifndef WASM_HINT_H
#define WASM_HINT_H

#include "module.h"
#include "reader.h"

enum wasm_hint { WASM_HINT_NONE, WASM_HINT_UNLIKELY, WASM_HINT_LIKELY };

/* The hints of one function, read while its instructions are walked. */
struct wasm_hints {
  struct wasm_reader reader;
  uint32_t left; /* hints that are not read yet */
  size_t base;   /* place in the file from which offsets count: the function's locals */
  size_t at;     /* place of the hint that was read last, or 0 */
  enum wasm_hint hint;
};

struct wasm_hints wasm_hints_of(const struct wasm_module *module, uint32_t func);

/* What is said of the instruction at this place in the file. Places have to be asked for in ascending order.
 */
enum wasm_hint wasm_hint_at(struct wasm_hints *hints, size_t offset);

#endif
