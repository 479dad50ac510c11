/* Host errors to those of WASI preview 1 (wasmrt_errno.h). */
#define _GNU_SOURCE
#include "preview1.h"

static const uint8_t numbers[] = {
#define ERRNO(name) [E##name] = WASI_E##name,
    WASMRT_WASI_ERRNOS(ERRNO)
#undef ERRNO
};

uint32_t wasi_errno(int host_error) {
  if (host_error == 0) {
    return WASI_ESUCCESS;
  }
  /* A host error that WASI has no word for is still an error. */
  if (host_error < 0 || (size_t)host_error >= sizeof numbers || numbers[host_error] == 0) {
    return WASI_EIO;
  }
  return numbers[host_error];
}
