/* Value types, function types, limits: spec 2.3. */
#ifndef WASM_TYPES_H
#define WASM_TYPES_H

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "slice.h"

/* Values are the codes of the binary format (spec 5.3). */
enum wasm_type {
  WASM_I32 = 0x7f,
  WASM_I64 = 0x7e,
  WASM_F32 = 0x7d,
  WASM_F64 = 0x7c,
  WASM_V128 = 0x7b,
  WASM_FUNCREF = 0x70,
  WASM_EXTERNREF = 0x6f,
  WASM_BOTTOM = 0, /* the validator's operand of unknown type (spec 3.3) */
};

struct wasm_func_type {
  uint32_t param_count;
  uint32_t result_count;
  const uint8_t *params; /* enum wasm_type */
  const uint8_t *results;
};

struct wasm_limits {
  uint64_t min;
  uint64_t max; /* valid if has_max */
  bool has_max;
  bool is_shared;
  bool is_64;
};

static inline bool wasm_is_ref(enum wasm_type type) {
  return type == WASM_FUNCREF || type == WASM_EXTERNREF;
}

static inline bool wasm_is_num(enum wasm_type type) {
  return type == WASM_I32 || type == WASM_I64 || type == WASM_F32 || type == WASM_F64;
}

/* "i32" and so on. */
const char *wasm_type_name(enum wasm_type type);

/* "(i32, i64) -> f32", in the arena. */
const char *wasm_func_type_print(struct arena *arena, const struct wasm_func_type *type);

bool wasm_func_type_equal(const struct wasm_func_type *a, const struct wasm_func_type *b);

#endif
