/*
 * poll_oneoff: clocks of both kinds, relative and absolute, descriptors, and subscriptions that are
 * wrong.
 * options: --dir=@/work::/
 * input: typed
 */
#include "call.h"

static __wasi_subscription_t in[8];
static __wasi_event_t out[8];

static void clock_at(unsigned i, uint32_t id, uint64_t timeout, uint32_t flags) {
  in[i] = (__wasi_subscription_t){.userdata = 100 + i};
  in[i].u.tag = __WASI_EVENTTYPE_CLOCK;
  in[i].u.u.clock.id = id;
  in[i].u.u.clock.timeout = timeout;
  in[i].u.u.clock.flags = (uint16_t)flags;
}

static void descriptor_at(unsigned i, uint8_t type, uint32_t fd) {
  in[i] = (__wasi_subscription_t){.userdata = 100 + i};
  in[i].u.tag = type;
  in[i].u.u.fd_read.file_descriptor = (int)fd;
}

static uint64_t now(uint32_t id) {
  uint64_t time = 0;
  w_clock_time_get(id, 0, at(&time));
  return time;
}

static void wait(const char *what, uint32_t count) {
  uint32_t events = 0;
  show(what, w_poll_oneoff(at(in), at(out), count, at(&events)));
  for (uint32_t i = 0; i < events; i++) {
    printf("  event of %d, type %d: %s%s\n", (int)out[i].userdata, out[i].type, error_name(out[i].error),
           out[i].type != __WASI_EVENTTYPE_CLOCK && out[i].error == 0 && out[i].fd_readwrite.nbytes > 0
               ? ", ready"
               : "");
  }
}

/* A span of 20 milliseconds, which has to pass. */
static void clocks(void) {
  const uint64_t span = 20000000;
  for (uint32_t id = 0; id < 2; id++) {
    uint64_t begin = now(1);
    clock_at(0, id, span, 0);
    wait("a span", 1);
    printf("  passed: %d\n", now(1) - begin >= span);
    begin = now(1);
    clock_at(0, id, now(id) + span, __WASI_SUBCLOCKFLAGS_SUBSCRIPTION_CLOCK_ABSTIME);
    wait("a time", 1);
    printf("  passed: %d\n", now(1) - begin >= span / 2);
    clock_at(0, id, 1, __WASI_SUBCLOCKFLAGS_SUBSCRIPTION_CLOCK_ABSTIME);
    wait("a time that has passed", 1);
  }
  clock_at(0, 1, UINT64_MAX, 0);
  clock_at(1, 1, span, 0);
  clock_at(2, 0, UINT64_MAX, __WASI_SUBCLOCKFLAGS_SUBSCRIPTION_CLOCK_ABSTIME);
  wait("the first of several", 3);
  clock_at(0, 2, span, 0);
  wait("a clock of the process", 1);
  clock_at(0, 4, span, 0);
  wait("no clock", 1);
}

static void descriptors(void) {
  uint32_t file = opened(ROOT, "file", CREATE, 0);
  clock_at(0, 1, 10000000000, 0);
  descriptor_at(1, __WASI_EVENTTYPE_FD_READ, 0);
  wait("a stream to read", 2);
  descriptor_at(1, __WASI_EVENTTYPE_FD_WRITE, 1);
  wait("a stream to write", 2);
  descriptor_at(1, __WASI_EVENTTYPE_FD_WRITE, file);
  descriptor_at(2, __WASI_EVENTTYPE_FD_WRITE, 1);
  wait("several", 3);
  descriptor_at(1, __WASI_EVENTTYPE_FD_READ, NO_FD);
  wait("no descriptor", 2);
  descriptor_at(1, __WASI_EVENTTYPE_FD_WRITE, 0);
  wait("a stream to read, to write", 2);
  w_fd_fdstat_set_rights(file, __WASI_RIGHTS_FD_READ, 0);
  descriptor_at(1, __WASI_EVENTTYPE_FD_READ, file);
  wait("no right", 2);
  in[1].u.tag = 3;
  wait("no type", 2);
}

int main(void) {
  uint32_t events = 0;
  clocks();
  descriptors();
  show("nothing", w_poll_oneoff(at(in), at(out), 0, at(&events)));
  clock_at(0, 1, 1, 0);
  show("subscriptions that are not in memory", w_poll_oneoff(NOWHERE, at(out), 1, at(&events)));
  show("no place for events", w_poll_oneoff(at(in), NOWHERE, 1, at(&events)));
  show("no place", w_poll_oneoff(at(in), at(out), 1, NOWHERE));
  show("subscriptions without end", w_poll_oneoff(at(in), at(out), UINT32_MAX, at(&events)));
  return 0;
}
