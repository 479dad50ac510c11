/*
 * A description of WASI (wasmrt_wasi.h), as its functions fill it in and instances read it.
 *
 * This folder is between core and wasi: core calls it through provider.h, and it makes the state that the
 * functions of wasi/ work with. Nothing of it is in executables, so it may use malloc.
 */
#ifndef WASMRT_DESCRIPTION_H
#define WASMRT_DESCRIPTION_H

#include <stdatomic.h>

#include "internal.h"
#include "provider.h"
#include "wasmrt_wasi.h"

/* A directory of the host's, or a virtual file system. */
struct grant_mount {
  int host;                   /* the directory, or -1 */
  const struct wasmrt_fs *fs; /* or NULL */
  void *fs_user;
  char *guest;
  bool read_only;
};

enum grant_random { GRANT_RANDOM_SEEDED, GRANT_RANDOM_SYSTEM, GRANT_RANDOM_CALLBACK };

/* One for each function of wasi.def, in its order. */
enum {
#define WASI(name, unstable, params, result) GRANT_##name,
#include "../wasi/wasi.def"
  GRANT_FUNCTIONS
};

struct wasmrt_wasi {
  const struct wasmrt_provider *provider; /* the first member */
  atomic_bool is_used;                    /* by an instance, so that it must not change */

  char **arguments;
  uint32_t argument_count;
  char **variables; /* "NAME=VALUE" */
  uint32_t variable_count;

  struct wasmrt_wasi_stream streams[3];
  struct wasmrt_wasi_clock clocks[4]; /* resolutions are filled in */

  enum grant_random random_kind;
  uint64_t seed;
  wasmrt_wasi_random_callback *random;
  void *random_user;

  bool system_sleeps;
  wasmrt_wasi_sleep_callback *sleep; /* NULL: nobody, unless the system does */
  void *sleep_user;
  bool system_yields;
  wasmrt_wasi_yield_callback *yield;
  void *yield_user;

  struct grant_mount *mounts;
  uint32_t mount_count;
  struct grant_listener {
    int socket;
    bool owned; /* closed with the description */
  } *listeners;
  uint32_t listener_count;

  uint32_t trace;                         /* a bit for each enum wasmrt_trace_scope */
  wasmrt_wasi_trace_callback *trace_line; /* NULL: to standard error */
  void *trace_user;

  struct {
    wasmrt_callback *callback; /* NULL: not overridden */
    void *user;
  } overrides[GRANT_FUNCTIONS];
};

/* attach.c: the table that core calls through. */
extern const struct wasmrt_provider grant_provider;

/* attach.c: the row of wasi.def with this name, or GRANT_FUNCTIONS. */
uint32_t grant_find_function(const char *name, size_t length);

/* stream.c: gives a guest its stream of this number. False if there is no memory. */
struct wasi;
bool grant_stream(struct wasi *state, uint32_t number, const struct wasmrt_wasi_stream *stream);

/* supply.c: what an instance has in place of the system. NULL if there is no memory; to be freed. */
struct wasi_supply;
struct wasi_supply *grant_supply_create(const struct wasmrt_wasi *wasi);

#endif
