/* Value and function types: names, printing, comparison. Spec 2.3. */
#include "types.h"

const char *wasm_type_name(enum wasm_type type) {
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
  case WASM_FUNCREF:
    return "funcref";
  case WASM_EXTERNREF:
    return "externref";
  case WASM_BOTTOM:
    return "any";
  }
  return "?";
}

static char *append(char *at, const char *text) {
  size_t length = strlen(text);
  memcpy(at, text, length);
  return at + length;
}

static char *append_list(char *at, const uint8_t *types, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    at = append(at, i > 0 ? ", " : "");
    at = append(at, wasm_type_name((enum wasm_type)types[i]));
  }
  return at;
}

const char *wasm_func_type_print(struct arena *arena, const struct wasm_func_type *type) {
  const size_t longest = sizeof "externref, " - 1;
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

static bool list_equal(const uint8_t *a, const uint8_t *b, uint32_t count) {
  return count == 0 || memcmp(a, b, count) == 0;
}

bool wasm_func_type_equal(const struct wasm_func_type *a, const struct wasm_func_type *b) {
  return a->param_count == b->param_count && a->result_count == b->result_count &&
         list_equal(a->params, b->params, a->param_count) &&
         list_equal(a->results, b->results, a->result_count);
}
