/*
 * What core calls of a description of WASI (wasmrt_wasi.h). Such a description begins with a pointer to this
 * table, so that programs link WASI only if they make one.
 */
#ifndef WASMRT_PROVIDER_H
#define WASMRT_PROVIDER_H

#include "abi.h" /* before wasmrt.h, which leaves the enumerations to it then */

#include "wasmrt.h"

/* A function that an import is bound to: a C function of compiled code's convention, or a callback. */
struct wasmrt_provided {
  const char *signature;
  void (*native)(void);
  wasmrt_callback *callback; /* where native is NULL */
  void *user;
};

struct wasmrt_provider {
  /* Finds what stands for an import; false if there is no function of that name. */
  bool (*resolve)(const struct wasmrt_wasi *wasi, const struct wasmrt_import *import,
                  struct wasmrt_provided *function);
  /* Gives an instance its state, before any of its code runs. */
  enum wasmrt_status (*attach)(const struct wasmrt_wasi *wasi, struct wasmrt_instance *instance,
                               struct wasmrt_error *error);
  /* Takes it away again. Does nothing to an instance without state. */
  void (*detach)(struct wasmrt_instance *instance);
};

static inline const struct wasmrt_provider *wasmrt_provider_of(const struct wasmrt_wasi *wasi) {
  return *(const struct wasmrt_provider *const *)(const void *)wasi;
}

/*
 * Calls a C function of compiled code's convention for the host, as that instance would: what ends the guest,
 * as proc_exit does, is returned. store.c.
 */
enum wasmrt_status wasmrt_call_native(struct wasmrt_instance *caller, const char *signature,
                                      void (*native)(void), uint64_t *slots, struct wasmrt_error *error);

#endif
