/*
 * Whether a module declares the functions that libwasmrt provides with the types that they have. The linker
 * binds by names alone; a function that is called with another type takes what lies in registers and on the
 * stack for arguments, and a caller takes it for results. Specification: 4.5.4 (instantiation), 3.5.9 (import
 * matching).
 */
#include <string.h>

#include "driver.h"

struct provided {
  const char *module, *name, *signature; /* "iI:i" */
};

static const struct provided functions[] = {
#define PROVIDED(module, name, signature) {module, name, signature},
#include "provided.def"
};

static const struct provided *find_provided(const struct wasm_import *import) {
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    if (slice_equal(import->name, slice_of(functions[i].name)) &&
        slice_equal(import->module, slice_of(functions[i].module))) {
      return &functions[i];
    }
  }
  return NULL;
}

/* The type that a signature is for. */
static struct wasm_func_type parse_signature(const char *signature, struct arena *arena) {
  const size_t length = strlen(signature);
  wasm_type *types = ARENA_ARRAY(arena, wasm_type, length);
  struct wasm_func_type type = {.params = types};
  uint32_t count = 0;
  for (; *signature; signature++) {
    if (*signature == ':') {
      type.param_count = count;
    } else {
      types[count++] = *signature == 'I' ? WASM_I64 : WASM_I32;
    }
  }
  type.results = types + type.param_count;
  type.result_count = count - type.param_count;
  return type;
}

static bool is_same(const struct wasm_func_type *a, const struct wasm_func_type *b) {
  return a->param_count == b->param_count && a->result_count == b->result_count &&
         memcmp(a->params, b->params, a->param_count * sizeof *a->params) == 0 &&
         memcmp(a->results, b->results, a->result_count * sizeof *a->results) == 0;
}

bool driver_check_provided(struct compilation *c) {
  bool ok = true;
  for (uint32_t i = 0; i < c->wasm.import_count; i++) {
    const struct wasm_import *import = &c->wasm.imports[i];
    const struct provided *provided = import->kind == WASM_EXTERN_FUNC ? find_provided(import) : NULL;
    if (!provided) {
      continue;
    }
    const struct wasm_func_type type = parse_signature(provided->signature, &c->arena);
    const struct wasm_func_type *declared = wasm_func_type_of(&c->wasm, import->index);
    if (!is_same(&type, declared)) {
      ok = diag_error_at(&c->sink, DIAG_LINK, import->offset, DIAG_NO_FUNCTION, (struct slice){0},
                         "incompatible import type: %s.%s is %s, not %s", provided->module, provided->name,
                         wasm_func_type_print(&c->arena, &type), wasm_func_type_print(&c->arena, declared));
    }
  }
  return ok;
}
