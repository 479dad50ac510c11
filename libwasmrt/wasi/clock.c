/* Clocks: clock_res_get, clock_time_get. */
#define _GNU_SOURCE
#include <time.h>

#include "preview1.h"

uint32_t wasi_system_clock(uint32_t id, bool resolution, uint64_t *nanoseconds) {
  static const clockid_t clocks[] = {
      [WASI_CLOCK_REALTIME] = CLOCK_REALTIME,
      [WASI_CLOCK_MONOTONIC] = CLOCK_MONOTONIC,
      [WASI_CLOCK_PROCESS] = CLOCK_PROCESS_CPUTIME_ID,
      [WASI_CLOCK_THREAD] = CLOCK_THREAD_CPUTIME_ID,
  };
  struct timespec time;
  if ((resolution ? clock_getres : clock_gettime)(clocks[id], &time) != 0) {
    return wasi_errno(errno);
  }
  *nanoseconds = (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
  return WASI_ESUCCESS;
}

static uint32_t read_clock(struct wasmrt_instance *caller, uint32_t id, uint32_t address, bool resolution) {
  const struct wasi *wasi = wasi_state(caller);
  if (id > WASI_CLOCK_THREAD) {
    return WASI_EINVAL;
  }
  if (wasi == NULL) {
    return WASI_ENOTCAPABLE;
  }
  uint64_t nanoseconds;
  const uint32_t error = wasi->supply != NULL
                             ? wasi->supply->clock(wasi->supply, id, resolution, &nanoseconds)
                             : wasi_system_clock(id, resolution, &nanoseconds);
  if (error != WASI_ESUCCESS) {
    return error;
  }
  return wasmrt_guest_write(caller, address, &nanoseconds, sizeof nanoseconds) ? WASI_ESUCCESS : WASI_EFAULT;
}

uint32_t wasi_clock_res_get(struct wasmrt_instance *caller, uint32_t id, uint32_t resolution) {
  WASI_NEEDS(clock_res_get, NEED(clock_getres));
  return read_clock(caller, id, resolution, true);
}
WASI_SAME_UNSTABLE(clock_res_get);

/* The precision asked for only allows a host to be less exact; this one is always exact. */
uint32_t wasi_clock_time_get(struct wasmrt_instance *caller, uint32_t id, uint64_t precision, uint32_t time) {
  WASI_NEEDS(clock_time_get, NEED(clock_gettime));
  (void)precision;
  return read_clock(caller, id, time, false);
}
WASI_SAME_UNSTABLE(clock_time_get);
