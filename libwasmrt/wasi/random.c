/* Random bytes: random_get, from the kernel's generator or the embedder's. */
#define _GNU_SOURCE
#include <sys/random.h>

#include "preview1.h"

uint32_t wasi_system_random(uint8_t *bytes, size_t count) {
  while (count > 0) {
    ssize_t done = getrandom(bytes, count, 0);
    if (done < 0 && errno == EINTR) {
      continue;
    }
    if (done < 0) {
      return wasi_errno(errno);
    }
    bytes += done;
    count -= (size_t)done;
  }
  return WASI_ESUCCESS;
}

uint32_t wasi_random_get(struct wasmrt_instance *caller, uint32_t buffer, uint32_t length) {
  WASI_NEEDS(random_get, NEED(getrandom));
  uint8_t *bytes = wasmrt_guest(caller, buffer, length);
  if (bytes == NULL) {
    return WASI_EFAULT;
  }
  const struct wasi *wasi = wasi_state(caller);
  if (wasi == NULL) {
    return WASI_ENOTCAPABLE;
  }
  return wasi->supply != NULL ? wasi->supply->random(wasi->supply, bytes, length)
                              : wasi_system_random(bytes, length);
}
WASI_SAME_UNSTABLE(random_get);
