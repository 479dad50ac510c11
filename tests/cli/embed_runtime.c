/* The runtime as a library: calls the one export of a plugin that is linked in, plain.c by name of
 * plain_module. */
#include <stdio.h>
#include <stdlib.h>
#include <wasmrt.h>

extern const struct wasmrt_module plain_module;

int main(void) {
  struct wasmrt_error error;
  struct wasmrt_instance *instance;
  struct wasmrt_store *const store = wasmrt_store_create();
  if (!store || wasmrt_instantiate(store, &plain_module, NULL, &instance, &error) != WASMRT_OK) {
    return EXIT_FAILURE;
  }
  uint64_t slots[2] = {40, 2};
  const struct wasmrt_funcref *const add = wasmrt_find_function(instance, "add");
  const int ok = add && wasmrt_call(add, slots, &error) == WASMRT_OK && slots[0] == 42;
  wasmrt_store_destroy(store);
  return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
