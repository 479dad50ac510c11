/* Value types, composite types, limits: spec 2.3. */
#ifndef WASM_TYPES_H
#define WASM_TYPES_H

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "slice.h"

/*
 * A value type. Numbers and vectors are their codes of the binary format (spec 5.3). In references the low
 * byte is that of the binary format, 0x63 for (ref null ht) and 0x64 for (ref ht), and the upper 24 bits are
 * the heap type: a type index, as the module writes it, or WASM_HEAP_ABSTRACT and an abstract type's code.
 * Two of these are the same type if the numbers are equal or name equivalent type definitions: see match.h.
 */
typedef uint32_t wasm_type;

#define WASM_BOTTOM 0u /* the validator's operand of unknown type (spec 3.3) */
#define WASM_I32 0x7fu
#define WASM_I64 0x7eu
#define WASM_F32 0x7du
#define WASM_F64 0x7cu
#define WASM_V128 0x7bu
#define WASM_I8 0x78u /* packed types: of fields only */
#define WASM_I16 0x77u

#define WASM_HEAP_ABSTRACT 0x800000u
#define WASM_HEAP_BOTTOM WASM_HEAP_ABSTRACT /* below all others: of what the validator cannot know */
#define WASM_HEAP_EXN 0x800069u
#define WASM_HEAP_ARRAY 0x80006au
#define WASM_HEAP_STRUCT 0x80006bu
#define WASM_HEAP_I31 0x80006cu
#define WASM_HEAP_EQ 0x80006du
#define WASM_HEAP_ANY 0x80006eu
#define WASM_HEAP_EXTERN 0x80006fu
#define WASM_HEAP_FUNC 0x800070u
#define WASM_HEAP_NONE 0x800071u
#define WASM_HEAP_NOEXTERN 0x800072u
#define WASM_HEAP_NOFUNC 0x800073u
#define WASM_HEAP_NOEXN 0x800074u

#define WASM_REF(heap) ((wasm_type)(heap) << 8 | 0x64u)
#define WASM_REF_NULL(heap) ((wasm_type)(heap) << 8 | 0x63u)
#define WASM_FUNCREF WASM_REF_NULL(WASM_HEAP_FUNC)
#define WASM_EXTERNREF WASM_REF_NULL(WASM_HEAP_EXTERN)
#define WASM_BOTTOM_REF WASM_REF(WASM_HEAP_BOTTOM)

#define WASM_NO_INDEX UINT32_MAX

struct wasm_func_type {
  uint32_t param_count;
  uint32_t result_count;
  const wasm_type *params;
  const wasm_type *results;
};

struct wasm_field {
  wasm_type type; /* or a packed one */
  bool is_mutable;
};

struct wasm_struct_type {
  uint32_t field_count;
  const struct wasm_field *fields; /* an array has the one of its elements */
};

enum wasm_type_kind { WASM_TYPE_FUNC, WASM_TYPE_STRUCT, WASM_TYPE_ARRAY };

/*
 * A type definition (spec 2.3.7): a composite type with its place in the hierarchy and in a recursive group.
 * Types are equivalent if their groups are, as wholes, and they have the same place there (spec 3.2.1);
 * `class` names them all: it is the first index of an equivalent type.
 */
struct wasm_type_def {
  enum wasm_type_kind kind;
  bool is_final;
  uint32_t super; /* type index or WASM_NO_INDEX */
  uint32_t depth; /* how many supertypes there are above */
  uint32_t jump;  /* a supertype several levels above, for match.c */
  uint32_t class;
  uint32_t group_first;
  uint32_t group_size;
  size_t offset;
  union {
    struct wasm_func_type func;
    struct wasm_struct_type fields; /* of structures and arrays */
  };
};

struct wasm_limits {
  uint64_t min;
  uint64_t max; /* valid if has_max */
  bool has_max;
  bool is_shared;
  bool is_64;
};

static inline bool wasm_is_ref(wasm_type type) {
  return (type & 0xff) == 0x63 || (type & 0xff) == 0x64;
}

static inline bool wasm_is_num(wasm_type type) {
  return type >= WASM_F64 && type <= WASM_I32;
}

static inline bool wasm_is_nullable(wasm_type type) {
  return (type & 0xff) == 0x63;
}

/* The heap type of a reference. */
static inline uint32_t wasm_heap_of(wasm_type type) {
  return type >> 8;
}

static inline bool wasm_heap_is_index(uint32_t heap) {
  return heap < WASM_HEAP_ABSTRACT;
}

/* Does the type have a default value (spec 3.2.3)? */
static inline bool wasm_is_defaultable(wasm_type type) {
  return !wasm_is_ref(type) || wasm_is_nullable(type);
}

/* A type as the text format has it: "i32", "funcref", "(ref null 3)". For printf: wasm_type_name(t).text. */
struct wasm_type_name {
  char text[24];
};
struct wasm_type_name wasm_type_name(wasm_type type);

/* "func", "3". */
struct wasm_type_name wasm_heap_name(uint32_t heap);

/* "(i32, i64) -> f32", in the arena. */
const char *wasm_func_type_print(struct arena *arena, const struct wasm_func_type *type);

#endif
