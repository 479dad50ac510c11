/* Arguments, environment, clocks, random bytes, exit and signals. */
#include "harness.h"

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

static const char *string_at(uint32_t pointers, uint32_t index) {
  return guest_bytes(get32(pointers + 4 * index));
}

static void gives_arguments(void) {
  EQUAL(wasi_args_sizes_get(guest, OUT, OUT + 4), WASI_ESUCCESS);
  EQUAL(get32(OUT), 3);
  EQUAL(get32(OUT + 4), 8 + 4 + 1);
  EQUAL(wasi_args_get(guest, OUT, BUFFER), WASI_ESUCCESS);
  EQUAL(get32(OUT), BUFFER);
  CHECK(strcmp(string_at(OUT, 0), "program") == 0);
  CHECK(strcmp(string_at(OUT, 1), "one") == 0);
  CHECK(strcmp(string_at(OUT, 2), "") == 0);
}

static void inherits_no_environment(void) {
  EQUAL(wasi_environ_sizes_get(guest, OUT, OUT + 4), WASI_ESUCCESS);
  EQUAL(get32(OUT), 0);
  EQUAL(get32(OUT + 4), 0);
}

static void gives_granted_environment(void) {
  static const char *const env[] = {"A=1", "HOME=/first", "AB=3", "HOME=/granted"};
  struct wasmrt_guest_options options = {.env = env, .env_count = 4};
  harness_configure(0, NULL, &options);
  EQUAL(wasi_environ_sizes_get(guest, OUT, OUT + 4), WASI_ESUCCESS);
  EQUAL(get32(OUT), 3);
  EQUAL(get32(OUT + 4), 4 + 5 + 14);
  EQUAL(wasi_environ_get(guest, OUT, BUFFER), WASI_ESUCCESS);
  CHECK(strcmp(string_at(OUT, 0), "HOME=/granted") == 0);
  CHECK(strcmp(string_at(OUT, 1), "AB=3") == 0);
  CHECK(strcmp(string_at(OUT, 2), "A=1") == 0);
  EQUAL(wasi_args_sizes_get(guest, OUT, OUT + 4), WASI_ESUCCESS);
  EQUAL(get32(OUT), 0);
}

static void inherits_environment_on_request(void) {
  static const char *const env[] = {"HOME=/granted"};
  struct wasmrt_guest_options options = {.env = env, .env_count = 1, .inherit_env = true};
  harness_configure(0, NULL, &options);
  EQUAL(wasi_environ_sizes_get(guest, OUT, OUT + 4), WASI_ESUCCESS);
  EQUAL(get32(OUT), 2);
  EQUAL(wasi_environ_get(guest, OUT, BUFFER), WASI_ESUCCESS);
  CHECK(strcmp(string_at(OUT, 0), "HOME=/granted") == 0);
  CHECK(strcmp(string_at(OUT, 1), "LANG=C") == 0);
}

static void reads_clocks(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  EQUAL(wasi_clock_time_get(guest, 0, 0, OUT), WASI_ESUCCESS);
  uint64_t seconds = get64(OUT) / 1000000000u;
  CHECK(seconds >= (uint64_t)now.tv_sec && seconds <= (uint64_t)now.tv_sec + 5);
  EQUAL(wasi_clock_time_get(guest, 1, 0, OUT), WASI_ESUCCESS);
  uint64_t first = get64(OUT);
  EQUAL(wasi_clock_time_get(guest, 1, 0, OUT), WASI_ESUCCESS);
  CHECK(get64(OUT) >= first && first > 0);
  for (uint32_t clock = 2; clock < 4; clock++) {
    EQUAL(wasi_clock_time_get(guest, clock, 0, OUT), WASI_ESUCCESS);
    CHECK(get64(OUT) > 0);
  }
  for (uint32_t clock = 0; clock < 4; clock++) {
    EQUAL(wasi_clock_res_get(guest, clock, OUT), WASI_ESUCCESS);
    CHECK(get64(OUT) > 0 && get64(OUT) <= 1000000000u);
  }
  EQUAL(wasi_clock_time_get(guest, 4, 0, OUT), WASI_EINVAL);
  EQUAL(wasi_clock_res_get(guest, UINT32_MAX, OUT), WASI_EINVAL);
}

static void fills_with_random_bytes(void) {
  EQUAL(wasi_random_get(guest, BUFFER, BUFFER_SIZE), WASI_ESUCCESS);
  uint32_t counts[256] = {0};
  for (uint32_t i = 0; i < BUFFER_SIZE; i++) {
    counts[*(uint8_t *)guest_bytes(BUFFER + i)]++;
  }
  for (int i = 0; i < 256; i++) {
    CHECK(counts[i] > 50 && counts[i] < 350); /* 160 expected */
  }
  /* Not a byte before or after. */
  memset(guest_bytes(BUFFER), 0, 64);
  EQUAL(wasi_random_get(guest, BUFFER + 16, 16), WASI_ESUCCESS);
  EQUAL(get64(BUFFER + 8), 0);
  EQUAL(get64(BUFFER + 32), 0);
}

static void exits(void) {
  CHECK(CATCH_EXIT(wasi_proc_exit(guest, 7)));
  EQUAL(guest_status, 7);
}

static void raises_signals(void) {
  CHECK(CATCH_EXIT(wasi_proc_raise(guest, 6))); /* ABRT */
  EQUAL(guest_status, 134);
  CHECK(CATCH_EXIT(wasi_proc_raise(guest, 15))); /* TERM */
  EQUAL(guest_status, 143);
  CHECK(CATCH_EXIT(wasi_proc_raise(guest, 9))); /* KILL: the guest, not the process */
  EQUAL(guest_status, 137);
  EQUAL(wasi_proc_raise(guest, 0), WASI_ESUCCESS);
  EQUAL(wasi_proc_raise(guest, 16), WASI_ESUCCESS); /* CHLD */
  EQUAL(wasi_proc_raise(guest, 18), WASI_ENOTSUP);  /* STOP */
  EQUAL(wasi_proc_raise(guest, 31), WASI_EINVAL);
}

static void yields(void) {
  EQUAL(wasi_sched_yield(guest), WASI_ESUCCESS);
}

/* A mount that cannot be opened is named by its number, and leaves nothing behind. */
static void refuses_missing_mounts(void) {
  int before = open("/dev/null", O_RDONLY | O_CLOEXEC);
  close(before);
  struct wasmrt_instance other = {.memory = guest->memory, .module = guest->module};
  const struct wasmrt_mount mounts[] = {{"root", "/", false}, {"root/file", "/file", false}};
  struct wasmrt_guest_options options = {.mounts = mounts, .mount_count = 2};
  EQUAL(wasmrt_wasi_configure(&other, 0, NULL, NULL, &options), 2);
  EQUAL(errno, ENOTDIR);
  CHECK(other.wasi == NULL);
  int after = open("/dev/null", O_RDONLY | O_CLOEXEC);
  close(after);
  EQUAL(before, after);
}

/* What prints to a stream must never reach a file that the guest opened while that stream was closed. */
static void keeps_stream_numbers_free(void) {
  int saved = dup(0);
  close(0);
  struct wasmrt_guest_options options = {.mounts = &(struct wasmrt_mount){"root", "/", false},
                                         .mount_count = 1};
  harness_configure(0, NULL, &options);
  EQUAL(wasi_fd_fdstat_get(guest, 0, OUT), WASI_EBADF);
  CHECK(wasi_state(guest)->descriptors[ROOT].host > 2);
  EQUAL(must_open(ROOT, "file", 0, READ_ONLY), 0);
  CHECK(wasi_state(guest)->descriptors[0].host > 2);
  dup2(saved, 0);
  close(saved);
}

const struct wasi_test process_tests[] = {
    ONCE(gives_arguments) ONCE(inherits_no_environment) ONCE(gives_granted_environment)
        ONCE(inherits_environment_on_request) ONCE(reads_clocks) ONCE(fills_with_random_bytes) ONCE(exits)
            ONCE(raises_signals) ONCE(yields) ONCE(refuses_missing_mounts)
                ONCE(keeps_stream_numbers_free){0}};
