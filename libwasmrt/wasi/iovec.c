/* The guest's lists of buffers. */
#define _GNU_SOURCE
#include "preview1.h"

/* Each is checked on its own, so that a list whose lengths add up to more than 2^32 is nothing special. */
int wasi_gather(struct wasmrt_instance *instance, uint32_t address, uint32_t count,
                struct iovec vectors[WASI_BATCH], uint64_t *total) {
  if (wasmrt_guest_array(instance, address, count, sizeof(struct wasi_iovec)) == NULL) {
    return -1;
  }
  int used = count < WASI_BATCH ? (int)count : WASI_BATCH;
  *total = 0;
  for (int i = 0; i < used; i++) {
    struct wasi_iovec vector;
    if (!wasmrt_guest_read(instance, address + (uint32_t)i * (uint32_t)sizeof vector, &vector,
                           sizeof vector)) {
      return -1;
    }
    vectors[i].iov_base = wasmrt_guest(instance, vector.address, vector.length);
    vectors[i].iov_len = vector.length;
    if (vectors[i].iov_base == NULL) {
      return -1;
    }
    *total += vector.length;
  }
  return used;
}
