/* Arguments and environment: args_*, environ_*. Both are lists of strings with the same two calls. */
#define _GNU_SOURCE
#include "preview1.h"

/* The number of strings and their total size with terminators. */
static uint32_t list_sizes(struct wasmrt_instance *caller, const char *const *strings, uint32_t count,
                           uint32_t count_address, uint32_t size_address) {
  uint32_t size = 0;
  for (uint32_t i = 0; i < count; i++) {
    size += (uint32_t)strlen(strings[i]) + 1; /* the host limits the sum to a few megabytes */
  }
  if (wasmrt_guest(caller, size_address, sizeof size) == NULL ||
      !wasmrt_guest_write(caller, count_address, &count, sizeof count)) {
    return WASI_EFAULT;
  }
  wasmrt_guest_write(caller, size_address, &size, sizeof size);
  return WASI_ESUCCESS;
}

/* The strings, one after the other, at `buffer`, and at `pointers` where each begins. */
static uint32_t list_get(struct wasmrt_instance *caller, const char *const *strings, uint32_t count,
                         uint32_t pointers, uint32_t buffer) {
  if (wasmrt_guest_array(caller, pointers, count, sizeof(uint32_t)) == NULL) {
    return WASI_EFAULT;
  }
  for (uint32_t i = 0; i < count; i++) {
    size_t size = strlen(strings[i]) + 1;
    if (!wasmrt_guest_write(caller, buffer, strings[i], size)) {
      return WASI_EFAULT;
    }
    wasmrt_guest_write(caller, pointers, &buffer, sizeof buffer);
    /* Neither sum can pass the end of memory unnoticed: the writes before it were inside. */
    buffer += (uint32_t)size;
    pointers += (uint32_t)sizeof buffer;
  }
  return WASI_ESUCCESS;
}

uint32_t wasi_args_sizes_get(struct wasmrt_instance *caller, uint32_t count, uint32_t size) {
  WASI_NEEDS(args_sizes_get, NEED_NOTHING);
  const struct wasi *wasi = wasi_state(caller);
  return wasi == NULL
             ? list_sizes(caller, NULL, 0, count, size)
             : list_sizes(caller, (const char *const *)wasi->arguments, wasi->argument_count, count, size);
}
WASI_SAME_UNSTABLE(args_sizes_get);

uint32_t wasi_args_get(struct wasmrt_instance *caller, uint32_t pointers, uint32_t buffer) {
  WASI_NEEDS(args_get, NEED_NOTHING);
  const struct wasi *wasi = wasi_state(caller);
  return wasi == NULL
             ? WASI_ESUCCESS
             : list_get(caller, (const char *const *)wasi->arguments, wasi->argument_count, pointers, buffer);
}
WASI_SAME_UNSTABLE(args_get);

uint32_t wasi_environ_sizes_get(struct wasmrt_instance *caller, uint32_t count, uint32_t size) {
  WASI_NEEDS(environ_sizes_get, NEED_NOTHING);
  const struct wasi *wasi = wasi_state(caller);
  return wasi == NULL ? list_sizes(caller, NULL, 0, count, size)
                      : list_sizes(caller, wasi->variables, wasi->variable_count, count, size);
}
WASI_SAME_UNSTABLE(environ_sizes_get);

uint32_t wasi_environ_get(struct wasmrt_instance *caller, uint32_t pointers, uint32_t buffer) {
  WASI_NEEDS(environ_get, NEED_NOTHING);
  const struct wasi *wasi = wasi_state(caller);
  return wasi == NULL ? WASI_ESUCCESS
                      : list_get(caller, wasi->variables, wasi->variable_count, pointers, buffer);
}
WASI_SAME_UNSTABLE(environ_get);
