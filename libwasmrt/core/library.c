/*
 * Shared objects with compiled modules. The handle of the dynamic linker is all there is to one.
 *
 * They find the operations of the runtime in the program, which therefore has to contain all of them, whether
 * it uses them itself or not, and to export them.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#include "operations.h"

__attribute__((used)) static void (*const operations[])(void) = {
#define FUNCTION(name, result, params) (void (*)(void)) wasmrt_op_##name,
#include "functions.def"
};

enum wasmrt_status wasmrt_library_open(const char *path, struct wasmrt_library **library,
                                       struct wasmrt_error *error) {
  void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (handle == NULL) {
    return wasmrt_fail(error, WASMRT_ERROR_MODULE, dlerror(), NULL);
  }
  *library = handle;
  return WASMRT_OK;
}

const struct wasmrt_module *wasmrt_library_module(struct wasmrt_library *library, const char *name) {
  const size_t length = strlen(name);
  char *symbol = malloc(length + sizeof WASMRT_MODULE_SUFFIX);
  if (symbol == NULL) {
    return NULL;
  }
  memcpy(symbol, name, length);
  memcpy(symbol + length, WASMRT_MODULE_SUFFIX, sizeof WASMRT_MODULE_SUFFIX);
  const struct wasmrt_module *module = dlsym(library, symbol);
  free(symbol);
  return module;
}

void wasmrt_library_close(struct wasmrt_library *library) {
  if (library != NULL) {
    dlclose(library);
  }
}
