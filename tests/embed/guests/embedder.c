/* C code of an executable's that runs a second module, which ends with some status: what is above that. */
#include "wasmrt.h"
#include "wasmrt_wasi.h"

extern const struct wasmrt_module second_module;

uint32_t embed(struct wasmrt_instance *caller) __asm__("w2n.env.embed");

uint32_t embed(struct wasmrt_instance *caller) {
  struct wasmrt_wasi *wasi = wasmrt_wasi_create();
  struct wasmrt_store *store = wasmrt_store_create();
  const struct wasmrt_instance_options options = {.wasi = wasi};
  struct wasmrt_instance *second;
  struct wasmrt_error error = {.exit_status = 0};
  (void)caller;
  if (wasmrt_instantiate(store, &second_module, &options, &second, &error) == WASMRT_OK) {
    wasmrt_call(wasmrt_find_function(second, "_start"), NULL, &error);
  }
  wasmrt_store_destroy(store);
  wasmrt_wasi_destroy(wasi);
  return error.exit_status + 1;
}
