/*
 * Subtyping of value types, and whether a reference of the host's has a type. Specification: 3.3.3 to 3.3.7
 * (matching).
 *
 * Compiled code relies on the static types of its references without a look: a (ref $t) is called as a $t. So
 * every way by which the host hands references to compiled code (parameters, results of callbacks, globals,
 * tables) asks wasmrt_reference_fits() first; between modules, import matching asks wasmrt_kind_matches().
 */
#include "internal.h"

bool wasmrt_is_subtype(const struct wasmrt_type *type, const struct wasmrt_type *other) {
  return type == other || (type->depth > other->depth && type->supers[other->depth] == other);
}

bool wasmrt_is_reference(uint32_t kind) {
  return (kind & 0xff) == WASMRT_REF || (kind & 0xff) == WASMRT_REF_NULL;
}

bool wasmrt_is_known_reference(uint32_t kind) {
  const uint32_t heap = kind >> 8, code = heap - WASMRT_HEAP_ABSTRACT;
  const bool is_abstract =
      heap >= WASMRT_HEAP_ABSTRACT && code >= WASMRT_HEAP_EXN && code <= WASMRT_HEAP_NOEXN;
  return wasmrt_is_reference(kind) && (is_abstract || wasmrt_type_numbered(heap) != NULL);
}

/* The abstract type directly above the types of this kind. */
static uint32_t abstract_kind(const struct wasmrt_type *type) {
  return type->kind == WASMRT_TYPE_FUNC     ? WASMRT_HEAP_FUNC
         : type->kind == WASMRT_TYPE_STRUCT ? WASMRT_HEAP_STRUCT
                                            : WASMRT_HEAP_ARRAY;
}

/* Between codes of abstract heap types. */
static bool abstract_matches(uint32_t actual, uint32_t expected) {
  if (actual == expected) {
    return true;
  }
  switch (expected) {
  case WASMRT_HEAP_ANY:
    return actual == WASMRT_HEAP_EQ || abstract_matches(actual, WASMRT_HEAP_EQ);
  case WASMRT_HEAP_EQ:
    return actual == WASMRT_HEAP_I31 || actual == WASMRT_HEAP_STRUCT || actual == WASMRT_HEAP_ARRAY ||
           actual == WASMRT_HEAP_NONE;
  case WASMRT_HEAP_I31:
  case WASMRT_HEAP_STRUCT:
  case WASMRT_HEAP_ARRAY:
    return actual == WASMRT_HEAP_NONE;
  case WASMRT_HEAP_FUNC:
    return actual == WASMRT_HEAP_NOFUNC;
  case WASMRT_HEAP_EXTERN:
    return actual == WASMRT_HEAP_NOEXTERN;
  case WASMRT_HEAP_EXN:
    return actual == WASMRT_HEAP_NOEXN;
  default:
    return false;
  }
}

/* Between heap types, whose numbers are canonical. */
static bool heap_matches(uint32_t actual, uint32_t expected) {
  const uint32_t mask = WASMRT_HEAP_ABSTRACT - 1;
  if (actual == expected) {
    return true;
  }
  if (expected & WASMRT_HEAP_ABSTRACT) {
    if (actual & WASMRT_HEAP_ABSTRACT) {
      return abstract_matches(actual & mask, expected & mask);
    }
    const struct wasmrt_type *type = wasmrt_type_numbered(actual);
    return type != NULL && abstract_matches(abstract_kind(type), expected & mask);
  }
  const struct wasmrt_type *other = wasmrt_type_numbered(expected);
  if (other == NULL) {
    return false;
  }
  if (actual &
      WASMRT_HEAP_ABSTRACT) { /* only the bottom of its hierarchy lies below a type that is defined */
    return (actual & mask) == (other->kind == WASMRT_TYPE_FUNC ? WASMRT_HEAP_NOFUNC : WASMRT_HEAP_NONE);
  }
  const struct wasmrt_type *type = wasmrt_type_numbered(actual);
  return type != NULL && wasmrt_is_subtype(type, other);
}

bool wasmrt_kind_matches(uint32_t actual, uint32_t expected) {
  if (actual == expected) {
    return true;
  }
  return wasmrt_is_reference(actual) && wasmrt_is_reference(expected) &&
         ((actual & 0xff) == WASMRT_REF || (expected & 0xff) == WASMRT_REF_NULL) &&
         heap_matches(actual >> 8, expected >> 8);
}

uint32_t wasmrt_kind_canonical(uint32_t kind, const struct wasmrt_type *const *types) {
  const bool has_number = wasmrt_is_reference(kind) && kind >> 8 < WASMRT_HEAP_ABSTRACT;
  return has_number ? types[kind >> 8]->number << 8 | (kind & 0xff) : kind;
}

const struct wasmrt_instance *wasmrt_alone(const struct wasmrt_instance *instance) {
  return instance != NULL && (instance->module->flags & WASMRT_MODULE_STATIC) ? instance : NULL;
}

const struct wasmrt_instance *wasmrt_alone_of(const struct wasmrt_funcref *function) {
  return wasmrt_is_host_function(function) ? NULL : wasmrt_alone(function->instance);
}

bool wasmrt_reference_fits(uint32_t kind, const void *reference, const struct wasmrt_instance *alone) {
  if (reference == NULL) {
    return (kind & 0xff) == WASMRT_REF_NULL;
  }
  const uint32_t heap = kind >> 8;
  if (heap == (WASMRT_HEAP_ABSTRACT | WASMRT_HEAP_EXTERN)) {
    return true;
  }
  if (heap_matches(heap, WASMRT_HEAP_ABSTRACT | WASMRT_HEAP_FUNC)) {
    const struct wasmrt_funcref *function = reference;
    return heap_matches(function->type->number, heap) && wasmrt_alone_of(function) == alone;
  }
  return false; /* nothing that the host has is of another hierarchy, or of an empty type */
}

bool wasmrt_values_fit(const uint32_t *kinds, uint32_t count, const uint64_t *slots,
                       const struct wasmrt_instance *alone) {
  for (uint32_t i = 0, slot = 0; i < count; i++) {
    if (wasmrt_is_reference(kinds[i]) &&
        !wasmrt_reference_fits(kinds[i], (const void *)(uintptr_t)slots[slot], alone)) {
      return false;
    }
    slot += kinds[i] == WASMRT_V128 ? 2 : 1;
  }
  return true;
}
