/* poll_oneoff: clocks, descriptors, both, and what is wrong with them; that waiting costs no time of the
 * processor. */
#include "harness.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SUBSCRIPTIONS BUFFER
#define EVENTS (BUFFER + 16384)
#define MILLISECOND UINT64_C(1000000)

static void put_clock(uint32_t index, uint32_t id, uint64_t timeout, uint16_t flags) {
  struct wasi_subscription subscription = {.userdata = 100 + index, .type = WASI_EVENT_CLOCK};
  subscription.clock.id = id;
  subscription.clock.timeout = timeout;
  subscription.clock.flags = flags;
  memcpy(guest_bytes(SUBSCRIPTIONS + 48 * index), &subscription, sizeof subscription);
}

static void put_descriptor(uint32_t index, uint8_t type, uint32_t fd) {
  struct wasi_subscription subscription = {.userdata = 100 + index, .type = type};
  subscription.descriptor = fd;
  memcpy(guest_bytes(SUBSCRIPTIONS + 48 * index), &subscription, sizeof subscription);
}

static struct wasi_event event(uint32_t index) {
  struct wasi_event result;
  memcpy(&result, guest_bytes(EVENTS + 32 * index), sizeof result);
  return result;
}

static uint64_t now(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static uint32_t wait_for(uint32_t count) {
  return wasi_poll_oneoff(guest, SUBSCRIPTIONS, EVENTS, count, OUT);
}

/* One clock subscription that is to take at least, and not much more than, this time, and hardly any of the
 * processor. */
static void sleeps(uint32_t id, uint64_t timeout, uint16_t flags, uint64_t expected) {
  put_clock(0, id, timeout, flags);
  uint64_t begin = now(CLOCK_MONOTONIC), work = now(CLOCK_PROCESS_CPUTIME_ID);
  EQUAL(wait_for(1), WASI_ESUCCESS);
  uint64_t took = now(CLOCK_MONOTONIC) - begin;
  work = now(CLOCK_PROCESS_CPUTIME_ID) - work;
  EQUAL(get32(OUT), 1);
  EQUAL(event(0).userdata, 100);
  EQUAL(event(0).error, WASI_ESUCCESS);
  EQUAL(event(0).type, WASI_EVENT_CLOCK);
  CHECK(took + MILLISECOND >= expected && took < expected + 2000 * MILLISECOND);
  CHECK(work < 20 * MILLISECOND);
}

static void waits_for_clocks(void) {
  sleeps(WASI_CLOCK_MONOTONIC, 50 * MILLISECOND, 0, 50 * MILLISECOND);
  sleeps(WASI_CLOCK_REALTIME, 50 * MILLISECOND, 0, 50 * MILLISECOND);
  sleeps(WASI_CLOCK_MONOTONIC, now(CLOCK_MONOTONIC) + 50 * MILLISECOND, 1, 49 * MILLISECOND);
  sleeps(WASI_CLOCK_REALTIME, now(CLOCK_REALTIME) + 50 * MILLISECOND, 1, 49 * MILLISECOND);
  sleeps(WASI_CLOCK_MONOTONIC, 0, 0, 0);
  sleeps(WASI_CLOCK_MONOTONIC, 1, 1, 0); /* long past */
  sleeps(WASI_CLOCK_REALTIME, 1, 1, 0);
}

static void takes_the_first_of_many(void) {
  put_clock(0, WASI_CLOCK_MONOTONIC, UINT64_MAX, 0);
  put_clock(1, WASI_CLOCK_MONOTONIC, 30 * MILLISECOND, 0);
  put_clock(2, WASI_CLOCK_REALTIME, UINT64_MAX, 1);
  put_clock(3, WASI_CLOCK_MONOTONIC, 10000 * MILLISECOND, 0);
  EQUAL(wait_for(4), WASI_ESUCCESS);
  EQUAL(get32(OUT), 1);
  EQUAL(event(0).userdata, 101);
  put_clock(2, WASI_CLOCK_MONOTONIC, 0, 0);
  put_clock(3, WASI_CLOCK_REALTIME, 0, 0);
  EQUAL(wait_for(4), WASI_ESUCCESS);
  EQUAL(get32(OUT), 2);
  EQUAL(event(0).userdata, 102);
  EQUAL(event(1).userdata, 103);
}

/* Descriptors 0 and 1 become the ends of a pipe. */
static void use_pipe(int pipes[2]) {
  CHECK(pipe2(pipes, O_CLOEXEC) == 0);
  struct wasi_descriptor *descriptors = wasi_state(guest)->descriptors;
  for (int i = 0; i < 2; i++) {
    descriptors[i] = (struct wasi_descriptor){.open = true, .host = pipes[i], .borrowed = true};
    descriptors[i].rights_base =
        WASI_RIGHT_POLL_FD_READWRITE | (i == 0 ? WASI_RIGHT_FD_READ : WASI_RIGHT_FD_WRITE);
  }
}

static void waits_for_pipes(void) {
  int pipes[2];
  use_pipe(pipes);
  put_descriptor(0, WASI_EVENT_FD_READ, 0);
  put_clock(1, WASI_CLOCK_MONOTONIC, 30 * MILLISECOND, 0);
  EQUAL(wait_for(2), WASI_ESUCCESS);
  EQUAL(get32(OUT), 1);
  EQUAL(event(0).userdata, 101);
  CHECK(write(pipes[1], "abc", 3) == 3);
  put_clock(1, WASI_CLOCK_MONOTONIC, 10000 * MILLISECOND, 0);
  put_descriptor(2, WASI_EVENT_FD_WRITE, 1);
  EQUAL(wait_for(3), WASI_ESUCCESS);
  EQUAL(get32(OUT), 2);
  EQUAL(event(0).userdata, 100);
  EQUAL(event(0).type, WASI_EVENT_FD_READ);
  EQUAL(event(0).byte_count, 3);
  EQUAL(event(0).flags, 0);
  EQUAL(event(1).userdata, 102);
  EQUAL(event(1).type, WASI_EVENT_FD_WRITE);
  CHECK(event(1).byte_count > 0);
  /* The writer goes away: its end is an event. */
  close(pipes[1]);
  EQUAL(wait_for(2), WASI_ESUCCESS);
  EQUAL(event(0).byte_count, 3);
  EQUAL(event(0).flags, WASI_EVENT_FD_HANGUP);
  close(pipes[0]);
}

static void files_are_always_ready(void) {
  uint32_t fd = must_open(ROOT, "file", 0, READ_WRITE);
  put_descriptor(0, WASI_EVENT_FD_READ, fd);
  put_descriptor(1, WASI_EVENT_FD_WRITE, fd);
  EQUAL(wait_for(2), WASI_ESUCCESS);
  EQUAL(get32(OUT), 2);
  EQUAL(event(0).error, WASI_ESUCCESS);
  EQUAL(event(0).byte_count, 4);
  EQUAL(event(1).error, WASI_ESUCCESS);
}

/* What is wrong with one is an event of that one, and comes at once. */
static void reports_errors_as_events(void) {
  put_descriptor(0, WASI_EVENT_FD_READ, 77);
  put_clock(1, WASI_CLOCK_MONOTONIC, 10000 * MILLISECOND, 0);
  put_clock(2, WASI_CLOCK_PROCESS, 0, 0);
  put_clock(3, 99, 0, 0);
  put_descriptor(4, 3, 0);
  put_descriptor(5, WASI_EVENT_FD_WRITE, must_open(ROOT, "file", 0, 0));
  put_descriptor(6, WASI_EVENT_FD_READ, ROOT);
  EQUAL(wait_for(7), WASI_ESUCCESS);
  EQUAL(get32(OUT), 6);
  EQUAL(event(0).error, WASI_EBADF);
  EQUAL(event(0).userdata, 100);
  EQUAL(event(1).error, WASI_ENOTSUP);
  EQUAL(event(2).error, WASI_EINVAL);
  EQUAL(event(3).error, WASI_EINVAL);
  EQUAL(event(4).error, WASI_ENOTCAPABLE);
  EQUAL(event(5).error, WASI_EISDIR);
  EQUAL(wait_for(0), WASI_EINVAL);
}

/* More than fit on the stack; the two arrays may even overlap. */
static void takes_many_subscriptions(void) {
  for (uint32_t i = 0; i < 100; i++) {
    put_clock(i, WASI_CLOCK_MONOTONIC, i % 2 == 0 ? 0 : UINT64_MAX, 0);
  }
  EQUAL(wait_for(100), WASI_ESUCCESS);
  EQUAL(get32(OUT), 50);
  EQUAL(event(49).userdata, 198);
  for (uint32_t i = 0; i < 100; i++) {
    put_clock(i, WASI_CLOCK_MONOTONIC, 0, 0);
  }
  EQUAL(wasi_poll_oneoff(guest, SUBSCRIPTIONS, SUBSCRIPTIONS, 100, OUT), WASI_ESUCCESS);
  CHECK(get32(OUT) <= 100);
}

static void waits_in_the_older_layout(void) {
  struct wasi_unstable_subscription clock = {.userdata = 7, .type = WASI_EVENT_CLOCK};
  clock.clock.id = WASI_CLOCK_MONOTONIC;
  clock.clock.timeout = 20 * MILLISECOND;
  memcpy(guest_bytes(SUBSCRIPTIONS), &clock, sizeof clock);
  struct wasi_unstable_subscription missing = {.userdata = 8, .type = WASI_EVENT_FD_READ};
  missing.descriptor = 77;
  memcpy(guest_bytes(SUBSCRIPTIONS + 56), &missing, sizeof missing);
  uint64_t begin = now(CLOCK_MONOTONIC);
  EQUAL(wasi_unstable_poll_oneoff(guest, SUBSCRIPTIONS, EVENTS, 1, OUT), WASI_ESUCCESS);
  CHECK(now(CLOCK_MONOTONIC) - begin >= 19 * MILLISECOND);
  EQUAL(event(0).userdata, 7);
  EQUAL(wasi_unstable_poll_oneoff(guest, SUBSCRIPTIONS, EVENTS, 2, OUT), WASI_ESUCCESS);
  EQUAL(get32(OUT), 1);
  EQUAL(event(0).userdata, 8);
  EQUAL(event(0).error, WASI_EBADF);
  EQUAL(wasi_unstable_poll_oneoff(guest, MEMORY_SIZE - 55, EVENTS, 1, OUT), WASI_EFAULT);
}

const struct wasi_test poll_tests[] = {ONCE(waits_for_clocks) ONCE(takes_the_first_of_many)
                                           ONCE(waits_for_pipes) HOST_AND_VIRTUAL(files_are_always_ready)
                                               ONCE(reports_errors_as_events) ONCE(takes_many_subscriptions)
                                                   ONCE(waits_in_the_older_layout){0}};
