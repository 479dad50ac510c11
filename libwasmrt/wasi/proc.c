/* The process: proc_exit, proc_raise, sched_yield. */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>

#include "preview1.h"

void wasi_proc_exit(struct wasmrt_instance *caller, uint32_t status) {
  WASI_NEEDS(proc_exit, NEED_NOTHING);
  wasmrt_exit(caller, status);
}
WASI_SAME_UNSTABLE(proc_exit);

uint32_t wasi_proc_raise(struct wasmrt_instance *caller, uint32_t number) {
  WASI_NEEDS(proc_raise, NEED_NOTHING);
  static const uint8_t ends_process[] = {
      [1] = SIGHUP,   [2] = SIGINT,   [3] = SIGQUIT,  [4] = SIGILL,   [5] = SIGTRAP,  [6] = SIGABRT,
      [7] = SIGBUS,   [8] = SIGFPE,   [9] = SIGKILL,  [10] = SIGUSR1, [11] = SIGSEGV, [12] = SIGUSR2,
      [13] = SIGPIPE, [14] = SIGALRM, [15] = SIGTERM, [23] = SIGXCPU, [24] = SIGXFSZ, [25] = SIGVTALRM,
      [26] = SIGPROF, [28] = SIGPOLL, [29] = SIGPWR,  [30] = SIGSYS,
  };
  if (number >= sizeof ends_process) {
    return WASI_EINVAL;
  }
  /*
   * A guest has no handlers, so a signal does what it does by default. What that ends is the guest, with the
   * status a shell would show: the process may be an embedder's with other things to do. The rest is ignored
   * (none, CHLD, URG, WINCH, CONT) or would stop the process (STOP, TSTP, TTIN, TTOU), which a guest has no
   * right to.
   */
  if (ends_process[number] != 0) {
    wasmrt_exit(caller, 128u + ends_process[number]);
  }
  return number >= 18 && number <= 21 ? WASI_ENOTSUP : WASI_ESUCCESS;
}
WASI_SAME_UNSTABLE(proc_raise);

uint32_t wasi_sched_yield(struct wasmrt_instance *caller) {
  WASI_NEEDS(sched_yield, NEED(sched_yield));
  const struct wasi *wasi = wasi_state(caller);
  if (wasi != NULL && wasi->supply != NULL) {
    return wasi->supply->yield(wasi->supply);
  }
  return sched_yield() == 0 ? WASI_ESUCCESS : wasi_errno(errno);
}
WASI_SAME_UNSTABLE(sched_yield);
