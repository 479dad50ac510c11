/* Random bytes: random_get, from the kernel's generator. */
#define _GNU_SOURCE
#include <sys/random.h>

#include "preview1.h"

uint32_t wasi_random_get(struct wasmrt_instance *caller, uint32_t buffer, uint32_t length) {
  WASI_NEEDS(random_get, NEED(getrandom));
  uint8_t *bytes = wasmrt_guest(caller, buffer, length);
  if (bytes == NULL) {
    return WASI_EFAULT;
  }
  while (length > 0) {
    ssize_t count = getrandom(bytes, length, 0);
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count < 0) {
      return wasi_errno(errno);
    }
    bytes += count;
    length -= (uint32_t)count;
  }
  return WASI_ESUCCESS;
}
WASI_SAME_UNSTABLE(random_get);
