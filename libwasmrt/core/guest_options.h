/*
 * What an executable, or an embedder, grants to its guest: filled from option words by core/options.c, read
 * by core at start and by wasi. The strings belong to whoever filled it and outlive the instance.
 */
#ifndef WASMRT_GUEST_OPTIONS_H
#define WASMRT_GUEST_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scopes.h"

/* A host directory that the guest sees under another name. */
struct wasmrt_mount {
  const char *host;
  const char *guest;
  bool read_only;
};

/* Whether an executable gives up what its guest was not granted: if the kernel can, or it must, or not. */
enum wasmrt_confinement { WASMRT_CONFINE_IF_POSSIBLE, WASMRT_CONFINE, WASMRT_NO_CONFINE };

struct wasmrt_guest_options {
  const struct wasmrt_mount *mounts;
  size_t mount_count;
  const char *const *env; /* "KEY=VALUE"; of equal keys the last counts */
  size_t env_count;
  const char *const *listen; /* "HOST:PORT" */
  size_t listen_count;
  bool inherit_env; /* the process's environment too, for keys that env does not name */
  enum wasmrt_confinement confinement;
  bool sealed;         /* WASMRT_OPTIONS is ignored */
  uint32_t trace;      /* a bit for each enum wasmrt_trace_scope: print these calls */
  uint64_t stack_size; /* bytes; 0: the default */
  uint64_t max_memory; /* bytes; 0: what the module declares */
};

#endif
