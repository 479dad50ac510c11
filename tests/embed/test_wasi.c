/* Hosts that grant WASI to their guests: what wasmrt_wasi.h lets them replace, seen from compiled guests. */
#define _GNU_SOURCE
#include "granting.h"

/* ---- Arguments, environment, streams, exit ---------------------------------------------------------- */

static void arguments_and_variables(void) {
  const char *const arguments[] = {"app", "", "\xc3\xa9 b"};
  OK(wasmrt_wasi_set_arguments(wasi, 1, (const char *const[]){"other"}, &error));
  OK(wasmrt_wasi_set_arguments(wasi, 3, arguments, &error)); /* in place of the first */
  OK(wasmrt_wasi_add_variable(wasi, "A", "1", &error));
  OK(wasmrt_wasi_add_variable(wasi, "B", "", &error));
  OK(wasmrt_wasi_add_variable(wasi, "A", "x=y", &error));
  struct wasmrt_instance *instance = guest();
  CHECK(CALL(instance, "arguments", 0) == 3);
  CHECK(memcmp(bytes_of(instance), "app\0\0\xc3\xa9 b", 10) == 0);
  CHECK(CALL(instance, "variables", 0) == 2);
  CHECK(memcmp(bytes_of(instance), "A=x=y\0B=", 9) == 0);
}

static void inherited_environment(void) {
  setenv("WASI_TEST_A", "process", 1);
  setenv("WASI_TEST_B", "process", 1);
  OK(wasmrt_wasi_add_variable(wasi, "WASI_TEST_A", "own", &error));
  OK(wasmrt_wasi_inherit_environment(wasi, &error));
  setenv("WASI_TEST_B", "later", 1);
  set_arguments("greet", "WASI_TEST_A");
  CHECK(run_command() == 0);
  SAME(text, "hello, own\n");
  wasmrt_wasi_destroy(wasi);
  wasi = wasmrt_wasi_create();
  setenv("WASI_TEST_B", "process", 1);
  OK(wasmrt_wasi_inherit_environment(wasi, &error));
  set_arguments("greet", "WASI_TEST_B");
  CHECK(run_command() == 0);
  SAME(text, "hello, process\n");
}

static void streams_of_descriptors(void) {
  const int input = set_file(0, "what it says"), errors = set_file(2, "");
  set_arguments("shout", NULL);
  CHECK(run_command() == 0);
  SAME(text, "WHAT IT SAYS");
  CHECK(lseek(input, 0, SEEK_CUR) == 12); /* the host's descriptor, still open */
  SAME(content_of(errors), "");
  close(input);
  close(errors);
}

/* Callbacks that move a few bytes at a time. */
struct tape {
  char bytes[256];
  size_t size, at;
  size_t most;    /* of a call */
  uint32_t error; /* that comes when all is read, or written */
  unsigned calls;
};

static uint32_t read_tape(void *user, void *bytes, size_t size, size_t *done) {
  struct tape *tape = user;
  tape->calls++;
  *done = tape->size - tape->at;
  *done = *done < tape->most ? *done : tape->most;
  *done = *done < size ? *done : size;
  memcpy(bytes, tape->bytes + tape->at, *done);
  tape->at += *done;
  return *done == 0 ? tape->error : 0;
}

static uint32_t write_tape(void *user, const void *bytes, size_t size, size_t *done) {
  struct tape *tape = user;
  tape->calls++;
  *done = tape->size - tape->at;
  *done = *done < tape->most ? *done : tape->most;
  *done = *done < size ? *done : size;
  memcpy(tape->bytes + tape->at, bytes, *done);
  tape->at += *done;
  return *done == 0 ? tape->error : 0;
}

static void set_tape(int number, struct tape *tape, bool is_terminal) {
  const struct wasmrt_wasi_stream stream = {.kind = WASMRT_WASI_STREAM_CALLBACK,
                                            .read = read_tape,
                                            .write = write_tape,
                                            .user = tape,
                                            .is_terminal = is_terminal};
  OK(wasmrt_wasi_set_stream(wasi, number, &stream, &error));
}

static void streams_of_callbacks(void) {
  struct tape input = {.bytes = "abcdefghij", .size = 10, .most = 4, .error = WASMRT_WASI_EIO};
  struct tape output = {.size = 12, .most = 5, .error = WASMRT_WASI_ENOSPC};
  set_tape(0, &input, false);
  set_tape(1, &output, true);
  struct wasmrt_instance *instance = guest();
  CHECK(CALL(instance, "read", 0, 100, 3) == 3); /* the first buffer's end */
  CHECK(CALL(instance, "read", 0, 100, 0) == 4);
  CHECK(memcmp(bytes_of(instance), "defg", 4) == 0);
  CHECK(CALL(instance, "read", 0, 0, 0) == 0);
  CHECK(input.calls == 2);
  CHECK(CALL(instance, "read", 0, 100, 50) == 3);
  CHECK(CALL(instance, "read", 0, 100, 50) == -WASMRT_WASI_EIO);
  CHECK(CALL(instance, "write", 1, put(instance, "0123456789"), 3) == 8); /* 3, and of 7 the first 5 */
  CHECK(output.calls == 2);
  CHECK(CALL(instance, "write", 1, 5, 4) == 4); /* the error comes with the next call */
  CHECK(CALL(instance, "write", 1, 5, 4) == -WASMRT_WASI_ENOSPC);
  CHECK(memcmp(output.bytes, "012345670123", 12) == 0);
  /* Streams have a direction, and neither position nor flags to set. */
  CHECK(CALL(instance, "write", 0, 1, 1) == -NOT_CAPABLE && CALL(instance, "read", 1, 1, 1) == -NOT_CAPABLE);
  CHECK(CALL(instance, "seek", 0, 0) == -WASMRT_WASI_ESPIPE &&
        CALL(instance, "seek", 1, 0) == -WASMRT_WASI_ESPIPE);
  CHECK(CALL(instance, "describe", 0) == 0x100 && CALL(instance, "describe", 1) == 0x202);
  CHECK(CALL(instance, "close", 1) == 0 && CALL(instance, "write", 1, 1, 1) == -WASMRT_WASI_EBADF);
}

static uint32_t claim_more(void *user, const void *bytes, size_t size, size_t *done) {
  (void)user, (void)bytes;
  *done = size + 1;
  return 0;
}

/* A callback that claims more than it was given does not make the guest believe it. */
static void callbacks_that_lie(void) {
  const struct wasmrt_wasi_stream stream = {.kind = WASMRT_WASI_STREAM_CALLBACK, .write = claim_more};
  OK(wasmrt_wasi_set_stream(wasi, 1, &stream, &error));
  OK(wasmrt_wasi_set_stream(wasi, 0, &stream, &error));
  struct wasmrt_instance *instance = guest();
  CHECK(CALL(instance, "write", 1, 10, 5) == -WASMRT_WASI_EIO);
  CHECK(CALL(instance, "read", 0, 10, 5) == 0);   /* no callback: the end */
  CHECK(CALL(instance, "write", 2, 10, 5) == 10); /* dropped */
}

/* A C library's streams over callbacks, which take a byte at a time. */
static void library_over_callbacks(void) {
  struct tape input = {.bytes = "lorem ipsum", .size = 11, .most = 1};
  set_tape(0, &input, false);
  set_arguments("shout", NULL);
  CHECK(run_command() == 0);
  SAME(text, "LOREM IPSUM");
}

static void absent_and_inherited_streams(void) {
  const struct wasmrt_wasi_stream absent = {.kind = WASMRT_WASI_STREAM_ABSENT};
  OK(wasmrt_wasi_inherit_streams(wasi, &error));
  OK(wasmrt_wasi_set_stream(wasi, 0, &absent, &error));
  struct wasmrt_instance *instance = guest();
  CHECK(CALL(instance, "read", 0, 1, 1) == -WASMRT_WASI_EBADF);
  CHECK(CALL(instance, "write", 2, 0, 0) == 0);
}

static void exit_statuses(void) {
  set_arguments("exit", "42");
  CHECK(run_command() == 42);
  CHECK(error.status == WASMRT_ERROR_EXIT);
  struct wasmrt_instance *instance = guest();
  for (uint32_t status = 0; status < 300; status += 100) {
    uint64_t slots[1] = {status};
    CHECK(wasmrt_call(wasmrt_find_function(instance, "exit"), slots, &error) == WASMRT_ERROR_EXIT);
    CHECK(error.exit_status == status);
  }
  CHECK(CALL(instance, "yield", 0) == 0); /* the instance lives on */
}

/* The start function, which runs within wasmrt_instantiate, has its WASI already. */
static void state_before_the_start_function(void) {
  set_arguments("two", NULL);
  struct wasmrt_instance *instance = instantiate_in(store, &start_module, wasi);
  uint32_t sizes[2];
  CHECK(wasmrt_memory_read(wasmrt_instance_memory(instance), 0, sizes, sizeof sizes));
  CHECK(sizes[0] == 2 && sizes[1] == sizeof "guest" + sizeof "two");
}

/* ---- Clocks ----------------------------------------------------------------------------------------- */

static void fixed_clocks(void) {
  const struct wasmrt_wasi_clock wall = {.start = UINT64_C(5) * SECOND, .step = 7},
                                 still = {.start = 3, .resolution = 1000};
  OK(wasmrt_wasi_set_clock(wasi, WASMRT_WASI_REALTIME, &wall, &error));
  OK(wasmrt_wasi_set_clock(wasi, WASMRT_WASI_PROCESS_CPUTIME, &still, &error));
  for (int round = 0; round < 2; round++) { /* every instance has clocks of its own */
    struct wasmrt_instance *instance = guest();
    CHECK(CALL(instance, "time", 0) == INT64_C(5) * SECOND);
    CHECK(CALL(instance, "time", 0) == INT64_C(5) * SECOND + 7);
    CHECK(CALL(instance, "resolution", 0) == 7);
    CHECK(CALL(instance, "time", 0) == INT64_C(5) * SECOND + 14);
    CHECK(CALL(instance, "time", 1) == 0);
    CHECK(CALL(instance, "time", 1) == 1000000);
    CHECK(CALL(instance, "time", 2) == 3 && CALL(instance, "time", 2) == 3);
    CHECK(CALL(instance, "resolution", 2) == 1000);
    CHECK(CALL(instance, "time", 4) == -WASMRT_WASI_EINVAL);
  }
}

static void clocks_that_end(void) {
  const struct wasmrt_wasi_clock last = {.start = UINT64_MAX - 1, .step = 5};
  OK(wasmrt_wasi_set_clock(wasi, WASMRT_WASI_MONOTONIC, &last, &error));
  struct wasmrt_instance *instance = guest();
  CHECK(CALL(instance, "time", 1) == -2);
  CHECK(CALL(instance, "time", 1) == -1 && CALL(instance, "time", 1) == -1);
}

struct times {
  uint64_t now[4];
  uint32_t calls, error;
};

static uint32_t tell_time(void *user, enum wasmrt_wasi_clock_id id, uint64_t *nanoseconds) {
  struct times *times = user;
  times->calls++;
  *nanoseconds = times->now[id];
  return times->error;
}

static void callback_clocks(void) {
  struct times times = {.now = {10, 20, 30, 40}};
  for (int id = 0; id < 4; id++) {
    const struct wasmrt_wasi_clock clock = {.kind = WASMRT_WASI_CLOCK_CALLBACK,
                                            .callback = tell_time,
                                            .user = &times,
                                            .resolution = id == 0 ? 0 : 5};
    OK(wasmrt_wasi_set_clock(wasi, (enum wasmrt_wasi_clock_id)id, &clock, &error));
  }
  struct wasmrt_instance *instance = guest();
  for (unsigned id = 0; id < 4; id++) {
    CHECK(CALL(instance, "time", id) == 10 * (int)id + 10);
    CHECK(CALL(instance, "resolution", id) == (id == 0 ? 1 : 5));
  }
  CHECK(times.calls == 4);
  times.now[1] = 99;
  CHECK(CALL(instance, "time", 1) == 99);
  times.error = WASMRT_WASI_EOVERFLOW;
  CHECK(CALL(instance, "time", 1) == -WASMRT_WASI_EOVERFLOW);
  CHECK(CALL(instance, "wait", 1, 5, 0, UINT32_MAX) == -WASMRT_WASI_EOVERFLOW);
}

static void system_clocks(void) {
  OK(wasmrt_wasi_system_clocks(wasi, &error));
  struct wasmrt_instance *instance = guest();
  const int64_t seconds = time(NULL), seen = CALL(instance, "time", 0) / SECOND;
  CHECK(seen >= seconds && seen <= seconds + 10);
  CHECK(CALL(instance, "time", 1) > 0 && CALL(instance, "time", 2) > 0 && CALL(instance, "time", 3) > 0);
  CHECK(CALL(instance, "resolution", 0) > 0);
}

/* ---- Sleeping --------------------------------------------------------------------------------------- */

struct sleeper {
  uint64_t asked[4];
  uint32_t calls, yields, error;
};

static uint32_t sleep_for(void *user, uint64_t nanoseconds) {
  struct sleeper *sleeper = user;
  CHECK(sleeper->calls < 4);
  sleeper->asked[sleeper->calls++] = nanoseconds;
  return sleeper->error;
}

static uint32_t yield_for(void *user) {
  struct sleeper *sleeper = user;
  sleeper->yields++;
  return sleeper->error;
}

/* By default nobody sleeps, and the clocks go on as if. */
static void sleeping_at_once(void) {
  struct wasmrt_instance *instance = guest();
  const time_t before = time(NULL);
  const int64_t start = CALL(instance, "time", 1), cpu = CALL(instance, "time", 2);
  CHECK(CALL(instance, "wait", 1, UINT64_C(1000) * SECOND, 0, UINT32_MAX) == 1);
  const int64_t passed = CALL(instance, "time", 1) - start;
  CHECK(passed >= INT64_C(1000) * SECOND && passed < INT64_C(1001) * SECOND);
  CHECK(CALL(instance, "time", 2) - cpu == 1000000);
  /* As long as there is no number for. */
  CHECK(CALL(instance, "wait", 0, UINT64_MAX, 0, UINT32_MAX) == 1);
  CHECK(CALL(instance, "wait", 1, UINT64_MAX, 1, UINT32_MAX) == 1);
  CHECK(CALL(instance, "wait", 2, 1, 0, UINT32_MAX) == -WASMRT_WASI_ENOTSUP);
  CHECK(time(NULL) - before < 100);
  wasmrt_store_destroy(store);
  store = wasmrt_store_create();
  wasmrt_wasi_destroy(wasi);
  wasi = wasmrt_wasi_create();
  set_arguments("nap", NULL);
  CHECK(run_command() == 0);
  SAME(text, "slept 100000\n");
}

static void sleep_callback(void) {
  struct sleeper sleeper = {.calls = 0};
  struct times times = {.now = {UINT64_C(50) * SECOND, UINT64_C(60) * SECOND, 0, 0}};
  const struct wasmrt_wasi_clock clock = {
      .kind = WASMRT_WASI_CLOCK_CALLBACK, .callback = tell_time, .user = &times};
  OK(wasmrt_wasi_set_clock(wasi, WASMRT_WASI_REALTIME, &clock, &error));
  OK(wasmrt_wasi_set_clock(wasi, WASMRT_WASI_MONOTONIC, &clock, &error));
  OK(wasmrt_wasi_set_sleep(wasi, sleep_for, &sleeper, &error));
  OK(wasmrt_wasi_set_yield(wasi, yield_for, &sleeper, &error));
  struct wasmrt_instance *instance = guest();
  /* The clock stands still, but whoever slept says that the time has passed. */
  CHECK(CALL(instance, "wait", 1, 123456789, 0, UINT32_MAX) == 1);
  CHECK(CALL(instance, "wait", 0, UINT64_C(53) * SECOND, 1, UINT32_MAX) == 1);
  CHECK(CALL(instance, "wait", 1, UINT64_C(59) * SECOND, 1, UINT32_MAX) == 1); /* over already */
  CHECK(CALL(instance, "wait", 0, 5, 0, UINT32_MAX) ==
        1); /* a relative time has nothing to do with the wall */
  CHECK(sleeper.calls == 3);
  CHECK(sleeper.asked[0] == 123456789 && sleeper.asked[1] == UINT64_C(3) * SECOND && sleeper.asked[2] == 5);
  CHECK(CALL(instance, "yield", 0) == 0 && sleeper.yields == 1);
  sleeper.error = WASMRT_WASI_EINTR;
  CHECK(CALL(instance, "wait", 1, 5, 0, UINT32_MAX) == -WASMRT_WASI_EINTR);
  CHECK(CALL(instance, "yield", 0) == -WASMRT_WASI_EINTR && sleeper.yields == 2);
}

/* A descriptor that is ready keeps the guest from sleeping; one that is not is looked at again. */
static void sleeping_beside_descriptors(void) {
  struct sleeper sleeper = {.calls = 0};
  int ends[2];
  CHECK(pipe(ends) == 0);
  const struct wasmrt_wasi_stream stream = {.kind = WASMRT_WASI_STREAM_DESCRIPTOR, .descriptor = ends[0]};
  OK(wasmrt_wasi_set_stream(wasi, 0, &stream, &error));
  OK(wasmrt_wasi_set_sleep(wasi, sleep_for, &sleeper, &error));
  struct wasmrt_instance *instance = guest();
  CHECK(CALL(instance, "wait", 1, 77, 0, 0) == 1);
  CHECK(sleeper.calls == 1 && sleeper.asked[0] == 77);
  CHECK(write(ends[1], "x", 1) == 1);
  CHECK(CALL(instance, "wait", 1, 77, 0, 0) == 2);
  CHECK(sleeper.calls == 1);
  CHECK(CALL(instance, "wait", 1, 0, 0, 0) == 3);
  close(ends[0]);
  close(ends[1]);
}

/* The system sleeps, as long as asked; clocks that are not its own cannot keep it from coming back. */
static void system_sleep(void) {
  OK(wasmrt_wasi_system_sleep(wasi, &error));
  const struct wasmrt_wasi_clock still = {.start = 5};
  OK(wasmrt_wasi_set_clock(wasi, WASMRT_WASI_MONOTONIC, &still, &error));
  struct wasmrt_instance *instance = guest();
  struct timespec before, after;
  clock_gettime(CLOCK_MONOTONIC, &before);
  CHECK(CALL(instance, "wait", 1, SECOND / 20, 0, UINT32_MAX) == 1);
  clock_gettime(CLOCK_MONOTONIC, &after);
  const int64_t passed = (after.tv_sec - before.tv_sec) * (int64_t)SECOND + after.tv_nsec - before.tv_nsec;
  CHECK(passed >= SECOND / 20);
  const int64_t shown = CALL(instance, "time", 1) - 5;
  CHECK(shown >= SECOND / 20 && shown <= passed);
  CHECK(CALL(instance, "yield", 0) == 0);
}

/* ---- Random bytes ----------------------------------------------------------------------------------- */

static void seeded_random(void) {
  /* The key stream for a key and nonce of zeros: RFC 8439, appendix A.1, test vectors 1 and 2. */
  static const uint8_t zero[] = {0x76, 0xb8, 0xe0, 0xad, 0xa0, 0xf1, 0x3d, 0x90,
                                 0x40, 0x5d, 0x6a, 0xe5, 0x53, 0x86, 0xbd, 0x28};
  static const uint8_t one[] = {0x9f, 0x07, 0xe7, 0xbe, 0x55, 0x51, 0x38, 0x7a};
  struct wasmrt_instance *first = guest(), *second = guest();
  CHECK(CALL(first, "random", 16) == 16);
  CHECK(memcmp(bytes_of(first), zero, 16) == 0);
  CHECK(CALL(first, "random", 64) == 64);
  CHECK(memcmp(bytes_of(first) + 48, one, 8) == 0);
  /* Another instance begins anew, and takes them in other portions. */
  CHECK(CALL(second, "random", 3) == 3 && CALL(second, "random", 0) == 0);
  CHECK(memcmp(bytes_of(second), zero, 3) == 0);
  CHECK(CALL(second, "random", 13) == 13);
  CHECK(memcmp(bytes_of(second), zero + 3, 13) == 0);
  struct wasmrt_wasi *others[2];
  for (int i = 0; i < 2; i++) {
    others[i] = wasmrt_wasi_create();
    OK(wasmrt_wasi_seed_random(others[i], i == 0 ? 1 : UINT64_C(1) << 40, &error));
    struct wasmrt_instance *other = instantiate_in(store, &calls_module, others[i]);
    CHECK(CALL(other, "random", 1000) == 1000);
    memcpy(text + 1000 * i, bytes_of(other), 1000);
  }
  CHECK(memcmp(text, text + 1000, 16) != 0 && memcmp(text, zero, 16) != 0);
  unsigned bits = 0;
  for (int i = 0; i < 2000; i++) {
    bits += (unsigned)__builtin_popcount((unsigned char)text[i]);
  }
  CHECK(bits > 7600 && bits < 8400); /* 16,000 of them, half 1: more than six deviations */
  wasmrt_store_destroy(store);
  store = NULL;
  wasmrt_wasi_destroy(others[0]);
  wasmrt_wasi_destroy(others[1]);
}

static uint32_t count_up(void *user, void *bytes, size_t size) {
  uint8_t *next = user;
  for (size_t i = 0; i < size; i++) {
    ((uint8_t *)bytes)[i] = (*next)++;
  }
  return *next > 100 ? WASMRT_WASI_EIO : 0;
}

static void other_random(void) {
  uint8_t next = 1;
  OK(wasmrt_wasi_set_random(wasi, count_up, &next, &error));
  struct wasmrt_instance *instance = guest();
  CHECK(CALL(instance, "random", 5) == 5);
  CHECK(memcmp(bytes_of(instance), "\1\2\3\4\5", 5) == 0);
  CHECK(CALL(instance, "random", 100) == -WASMRT_WASI_EIO);
  struct wasmrt_wasi *system = wasmrt_wasi_create();
  OK(wasmrt_wasi_system_random(system, &error));
  struct wasmrt_instance *first = instantiate_in(store, &calls_module, system),
                         *second = instantiate_in(store, &calls_module, system);
  CHECK(CALL(first, "random", 16) == 16 && CALL(second, "random", 16) == 16);
  CHECK(memcmp(bytes_of(first), bytes_of(second), 16) != 0);
  wasmrt_store_destroy(store);
  store = NULL;
  wasmrt_wasi_destroy(system);
}

/* ---- Overriding ------------------------------------------------------------------------------------- */

struct spy {
  uint32_t calls, last_fd;
  struct wasmrt_instance *caller;
};

/* Writes to descriptor 1 go to descriptor 2; the rest is refused. */
static enum wasmrt_status redirect(void *user, struct wasmrt_instance *caller, uint64_t *slots,
                                   struct wasmrt_error *failure) {
  struct spy *spy = user;
  spy->calls++;
  spy->last_fd = (uint32_t)slots[0];
  spy->caller = caller;
  if (slots[0] != 1) {
    slots[0] = WASMRT_WASI_EPERM;
    return WASMRT_OK;
  }
  slots[0] = 2;
  return wasmrt_wasi_call(caller, "fd_write", slots, failure);
}

static enum wasmrt_status leave_with_more(void *user, struct wasmrt_instance *caller, uint64_t *slots,
                                          struct wasmrt_error *failure) {
  (void)user;
  slots[0] += 100;
  const enum wasmrt_status status = wasmrt_wasi_call(caller, "proc_exit", slots, failure);
  CHECK(status == WASMRT_ERROR_EXIT && failure->exit_status == (uint32_t)slots[0]);
  return status;
}

static void overriding(void) {
  struct spy spy = {.calls = 0};
  const int output = set_file(1, ""), errors = set_file(2, "");
  OK(wasmrt_wasi_override(wasi, "fd_write", redirect, &spy, &error));
  OK(wasmrt_wasi_override(wasi, "proc_exit", leave_with_more, NULL, &error));
  struct wasmrt_instance *instance = guest();
  CHECK(CALL(instance, "write", 1, put(instance, "redirected"), 4) == 10);
  CHECK(spy.calls == 1 && spy.last_fd == 1 && spy.caller == instance);
  CHECK(CALL(instance, "write", 2, 4, 4) == -WASMRT_WASI_EPERM);
  CHECK(CALL(instance, "write_unstable", 2, 4) == -WASMRT_WASI_EPERM); /* both modules */
  CHECK(spy.calls == 3);
  SAME(content_of(output), "");
  SAME(content_of(errors), "redirected");
  uint64_t slots[1] = {7};
  CHECK(wasmrt_call(wasmrt_find_function(instance, "exit"), slots, &error) == WASMRT_ERROR_EXIT);
  CHECK(error.exit_status == 107);
  CHECK(wasmrt_wasi_call(instance, "fd_wrote", slots, &error) == WASMRT_ERROR_ARGUMENT);
  close(output);
  close(errors);
}

/* What the store defines goes before the description, and before its overrides. */
static void overriding_in_the_store(void) {
  struct spy spy = {.calls = 0}, other = {.calls = 0};
  OK(wasmrt_wasi_override(wasi, "fd_write", redirect, &other, &error));
  OK(wasmrt_define_function(store, "wasi_snapshot_preview1", "fd_write", "iiii:i", redirect, &spy, &error));
  struct wasmrt_instance *instance = guest();
  CHECK(CALL(instance, "write", 0, 4, 4) == -WASMRT_WASI_EPERM);
  CHECK(spy.calls == 1 && other.calls == 0);
  CHECK(CALL(instance, "write_unstable", 0, 4) == -WASMRT_WASI_EPERM);
  CHECK(other.calls == 1);
}

/* ---- Many instances --------------------------------------------------------------------------------- */

/* With checked bounds: under an emulator reservations of guard pages take long. */
static void *use_own(void *argument) {
  const struct wasmrt_wasi *own = argument;
  struct wasmrt_store *there = wasmrt_store_create();
  int64_t seen = 0;
  for (int round = 0; round < 10; round++) {
    struct wasmrt_instance *instance = instantiate_in(there, &calls_check_module, own);
    uint64_t slots[4] = {0};
    OK(wasmrt_call(wasmrt_find_function(instance, "time"), slots, NULL));
    CHECK(round == 0 || seen == (int64_t)slots[0]);
    seen = (int64_t)slots[0];
  }
  wasmrt_store_destroy(there);
  return (void *)(intptr_t)seen;
}

static void side_by_side(void) {
  struct wasmrt_wasi *other = wasmrt_wasi_create();
  const struct wasmrt_wasi_clock early = {.start = 111}, late = {.start = 222};
  OK(wasmrt_wasi_set_clock(wasi, WASMRT_WASI_REALTIME, &early, &error));
  OK(wasmrt_wasi_set_clock(other, WASMRT_WASI_REALTIME, &late, &error));
  struct wasmrt_instance *first = guest(), *second = instantiate_in(store, &calls_module, other),
                         *third = instantiate_in(store, &calls_check_module, wasi);
  CHECK(CALL(first, "time", 0) == 111 && CALL(second, "time", 0) == 222 && CALL(third, "time", 0) == 111);
  pthread_t threads[4];
  for (int i = 0; i < 4; i++) {
    CHECK(pthread_create(&threads[i], NULL, use_own, i % 2 == 0 ? wasi : other) == 0);
  }
  for (int i = 0; i < 4; i++) {
    void *seen;
    pthread_join(threads[i], &seen);
    CHECK((intptr_t)seen == (i % 2 == 0 ? 111 : 222));
  }
  wasmrt_store_destroy(store);
  store = NULL;
  wasmrt_wasi_destroy(other);
}

/* ---- Nothing granted -------------------------------------------------------------------------------- */

static void no_description(void) {
  struct wasmrt_instance *instance;
  CHECK(wasmrt_instantiate(store, &calls_module, NULL, &instance, &error) == WASMRT_ERROR_LINK);
  CHECK(strstr(error.message, "unknown import: \"wasi_") == error.message);
}

static void defaults_grant_nothing(void) {
  setenv("HOME", "/home", 1);
  CHECK(run_command() == 0x76); /* the first random byte, which is always the same */
  SAME(text, "1577836800 7628\n");
  struct wasmrt_instance *instance = instantiate_in(store, &calls_module, wasi);
  CHECK(CALL(instance, "mount_name", 3, 1) == -WASMRT_WASI_EBADF);
  CHECK(CALL(instance, "open", 3, put(instance, "file"), 0, 0) == -WASMRT_WASI_EBADF);
  CHECK(CALL(instance, "accept", 3) == -WASMRT_WASI_EBADF);
  CHECK(CALL(instance, "variables", 0) == 0 && CALL(instance, "arguments", 0) == 0);
}

/* The linker binds a static module's imports to the same functions, which obey its description. */
static void static_module(void) {
  struct wasmrt_instance *instance = NULL;
  const struct wasmrt_instance_options options = {.wasi = wasi};
  struct wasmrt_wasi *overriding = wasmrt_wasi_create();
  const struct wasmrt_instance_options refused = {.wasi = overriding};
  OK(wasmrt_wasi_override(overriding, "fd_write", redirect, NULL, &error));
  enum wasmrt_status status = wasmrt_instantiate(store, &calls_static_module, &refused, &instance, &error);
  if (status == WASMRT_ERROR_MEMORY) {
    CHECK(strstr(error.message, "--model=instance") != NULL); /* a sanitizer uses these addresses */
    wasmrt_wasi_destroy(overriding);
    return;
  }
  CHECK(status == WASMRT_ERROR_LINK && strstr(error.message, "overridden: fd_write") != NULL);
  wasmrt_wasi_destroy(overriding);
  const int output = set_file(1, "");
  OK(wasmrt_instantiate(store, &calls_static_module, &options, &instance, &error));
  CHECK(CALL(instance, "write", 1, put(instance, "static"), 2) == 6);
  SAME(content_of(output), "static");
  CHECK(CALL(instance, "time", 1) == 0 && CALL(instance, "time", 1) == 1000000);
  uint64_t slots[1] = {9};
  CHECK(wasmrt_call(wasmrt_find_function(instance, "exit"), slots, &error) == WASMRT_ERROR_EXIT);
  close(output);
}

static void static_module_without_description(void) {
  struct wasmrt_instance *instance = NULL;
  const enum wasmrt_status status = wasmrt_instantiate(store, &calls_static_module, NULL, &instance, &error);
  if (status == WASMRT_ERROR_MEMORY) {
    return;
  }
  CHECK(status == WASMRT_OK);
  CHECK(CALL(instance, "write", 1, 0, 0) == -WASMRT_WASI_EBADF);
  CHECK(CALL(instance, "time", 0) == -NOT_CAPABLE && CALL(instance, "random", 8) == -NOT_CAPABLE);
  CHECK(CALL(instance, "wait", 0, 1, 0, UINT32_MAX) == -NOT_CAPABLE);
  CHECK(CALL(instance, "arguments", 0) == 0);
  uint64_t slots[1] = {0};
  CHECK(wasmrt_wasi_call(instance, "sched_yield", slots, &error) == WASMRT_ERROR_ARGUMENT);
}

/* ---- Misuse ----------------------------------------------------------------------------------------- */

static void misuse(void) {
  const struct wasmrt_wasi_clock clock = {.kind = WASMRT_WASI_CLOCK_CALLBACK};
  const struct wasmrt_wasi_stream closed = {.kind = WASMRT_WASI_STREAM_DESCRIPTOR, .descriptor = -1},
                                  unknown = {.kind = (enum wasmrt_wasi_stream_kind)4};
  REFUSED(wasmrt_wasi_add_variable(wasi, "", "x", &error), "empty or contains '='");
  REFUSED(wasmrt_wasi_add_variable(wasi, "A=B", "x", &error), "empty or contains '='");
  REFUSED(wasmrt_wasi_set_clock(wasi, (enum wasmrt_wasi_clock_id)4, &clock, &error), "no such clock");
  REFUSED(wasmrt_wasi_set_clock(wasi, WASMRT_WASI_REALTIME, &clock, &error), "lacks its callback");
  REFUSED(wasmrt_wasi_set_random(wasi, NULL, NULL, &error), "no callback");
  REFUSED(wasmrt_wasi_set_stream(wasi, 3, &closed, &error), "streams 0, 1 and 2");
  REFUSED(wasmrt_wasi_set_stream(wasi, -1, &closed, &error), "streams 0, 1 and 2");
  REFUSED(wasmrt_wasi_set_stream(wasi, 1, &closed, &error), "not open");
  REFUSED(wasmrt_wasi_set_stream(wasi, 1, &unknown, &error), "none of the kinds");
  REFUSED(wasmrt_wasi_override(wasi, "fd_wrote", redirect, NULL, &error), "fd_wrote");
  REFUSED(wasmrt_wasi_override(wasi, "", redirect, NULL, &error), "no function");
  REFUSED(wasmrt_wasi_override(wasi, "fd_read", NULL, NULL, &error), "no callback");
  OK(wasmrt_wasi_override(wasi, "sock_send", redirect, NULL, &error));
  REFUSED(wasmrt_wasi_override(wasi, "sock_send", redirect, NULL, &error), "already overridden: sock_send");
  wasmrt_wasi_destroy(NULL);
}

/* Once an instance uses it, a description stays what it is. */
static void changes_come_too_late(void) {
  const struct wasmrt_wasi_clock clock = {.start = 0};
  const struct wasmrt_wasi_stream stream = {.kind = WASMRT_WASI_STREAM_NULL};
  guest();
  const char *late = "an instance uses the description";
  REFUSED(wasmrt_wasi_set_arguments(wasi, 0, NULL, &error), late);
  REFUSED(wasmrt_wasi_add_variable(wasi, "A", "", &error), late);
  REFUSED(wasmrt_wasi_inherit_environment(wasi, &error), late);
  REFUSED(wasmrt_wasi_set_stream(wasi, 0, &stream, &error), late);
  REFUSED(wasmrt_wasi_inherit_streams(wasi, &error), late);
  REFUSED(wasmrt_wasi_set_clock(wasi, WASMRT_WASI_REALTIME, &clock, &error), late);
  REFUSED(wasmrt_wasi_system_clocks(wasi, &error), late);
  REFUSED(wasmrt_wasi_seed_random(wasi, 1, &error), late);
  REFUSED(wasmrt_wasi_set_random(wasi, count_up, NULL, &error), late);
  REFUSED(wasmrt_wasi_system_random(wasi, &error), late);
  REFUSED(wasmrt_wasi_set_sleep(wasi, NULL, NULL, &error), late);
  REFUSED(wasmrt_wasi_set_yield(wasi, NULL, NULL, &error), late);
  REFUSED(wasmrt_wasi_system_sleep(wasi, &error), late);
  REFUSED(wasmrt_wasi_override(wasi, "fd_read", redirect, NULL, &error), late);
  REFUSED(wasmrt_wasi_trace(wasi, NULL, NULL, NULL, &error), late);
}

int main(void) {
  static const struct wasi_test tests[] = {
      TEST(arguments_and_variables),
      TEST(inherited_environment),
      TEST(streams_of_descriptors),
      TEST(streams_of_callbacks),
      TEST(callbacks_that_lie),
      TEST(library_over_callbacks),
      TEST(absent_and_inherited_streams),
      TEST(exit_statuses),
      TEST(state_before_the_start_function),
      TEST(fixed_clocks),
      TEST(clocks_that_end),
      TEST(callback_clocks),
      TEST(system_clocks),
      TEST(sleeping_at_once),
      TEST(sleep_callback),
      TEST(sleeping_beside_descriptors),
      TEST(system_sleep),
      TEST(seeded_random),
      TEST(other_random),
      TEST(overriding),
      TEST(overriding_in_the_store),
      TEST(side_by_side),
      TEST(no_description),
      TEST(defaults_grant_nothing),
      TEST(static_module),
      TEST(static_module_without_description),
      TEST(misuse),
      TEST(changes_come_too_late),
  };
  return run_tests("wasi", tests, sizeof tests / sizeof *tests);
}
