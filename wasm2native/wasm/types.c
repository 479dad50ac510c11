/* Names of value, heap and function types. Spec 2.3, 6.4. */
#include "types.h"

#include <inttypes.h>
#include <stdio.h>

static const char *heap_text(uint32_t heap) {
  switch (heap) {
  case WASM_HEAP_BOTTOM:
    return "bot";
  case WASM_HEAP_EXN:
    return "exn";
  case WASM_HEAP_ARRAY:
    return "array";
  case WASM_HEAP_STRUCT:
    return "struct";
  case WASM_HEAP_I31:
    return "i31";
  case WASM_HEAP_EQ:
    return "eq";
  case WASM_HEAP_ANY:
    return "any";
  case WASM_HEAP_EXTERN:
    return "extern";
  case WASM_HEAP_FUNC:
    return "func";
  case WASM_HEAP_NONE:
    return "none";
  case WASM_HEAP_NOEXTERN:
    return "noextern";
  case WASM_HEAP_NOFUNC:
    return "nofunc";
  case WASM_HEAP_NOEXN:
    return "noexn";
  default:
    return "?";
  }
}

/* The short forms of nullable references to abstract types; the bottoms' do not follow the pattern. */
static const char *short_text(uint32_t heap) {
  switch (heap) {
  case WASM_HEAP_NONE:
    return "nullref";
  case WASM_HEAP_NOEXTERN:
    return "nullexternref";
  case WASM_HEAP_NOFUNC:
    return "nullfuncref";
  case WASM_HEAP_NOEXN:
    return "nullexnref";
  default:
    return NULL;
  }
}

static const char *plain_text(wasm_type type) {
  switch (type) {
  case WASM_I32:
    return "i32";
  case WASM_I64:
    return "i64";
  case WASM_F32:
    return "f32";
  case WASM_F64:
    return "f64";
  case WASM_V128:
    return "v128";
  case WASM_I8:
    return "i8";
  case WASM_I16:
    return "i16";
  case WASM_BOTTOM:
    return "any";
  default:
    return "?";
  }
}

struct wasm_type_name wasm_heap_name(uint32_t heap) {
  struct wasm_type_name name;
  if (wasm_heap_is_index(heap)) {
    snprintf(name.text, sizeof name.text, "%" PRIu32, heap);
  } else {
    snprintf(name.text, sizeof name.text, "%s", heap_text(heap));
  }
  return name;
}

struct wasm_type_name wasm_type_name(wasm_type type) {
  struct wasm_type_name name;
  uint32_t heap = wasm_heap_of(type);
  if (!wasm_is_ref(type)) {
    snprintf(name.text, sizeof name.text, "%s", plain_text(type));
  } else if (!wasm_is_nullable(type) || wasm_heap_is_index(heap)) {
    snprintf(name.text, sizeof name.text, "(ref %s%.8s)", wasm_is_nullable(type) ? "null " : "",
             wasm_heap_name(heap).text);
  } else if (short_text(heap) != NULL) {
    snprintf(name.text, sizeof name.text, "%s", short_text(heap));
  } else {
    snprintf(name.text, sizeof name.text, "%sref", heap_text(heap));
  }
  return name;
}

static char *append(char *at, const char *text) {
  size_t length = strlen(text);
  memcpy(at, text, length);
  return at + length;
}

static char *append_list(char *at, const wasm_type *types, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    at = append(at, i > 0 ? ", " : "");
    at = append(at, wasm_type_name(types[i]).text);
  }
  return at;
}

const char *wasm_func_type_print(struct arena *arena, const struct wasm_func_type *type) {
  const size_t longest = sizeof(struct wasm_type_name) + sizeof ", ";
  size_t count = (size_t)type->param_count + type->result_count;
  char *text = arena_alloc(arena, count * longest + sizeof "() -> ()", 1);
  char *at = append(text, "(");
  at = append_list(at, type->params, type->param_count);
  at = append(at, ") -> ");
  if (type->result_count == 1) {
    append_list(at, type->results, 1);
    return text;
  }
  at = append(at, "(");
  at = append_list(at, type->results, type->result_count);
  append(at, ")");
  return text;
}
