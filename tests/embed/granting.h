/*
 * What the hosts of test_wasi*.c have in common: guests, a store and a description for each test, and a way
 * to run them. With WASI_TEST_PLAIN there is no Check and a process for each test: for musl, and so for the
 * other architecture.
 */
#ifndef EMBED_GRANTING_H
#define EMBED_GRANTING_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "wasmrt_wasi.h"

#ifdef WASI_TEST_PLAIN
#define CHECK(condition) ((condition) ? (void)0 : fail(__LINE__, #condition))
static inline _Noreturn void fail(int line, const char *what) {
  char number[8] = "0000: ";
  for (int i = 3; i >= 0; i--, line /= 10) {
    number[i] = (char)('0' + line % 10);
  }
  (void)!write(STDERR_FILENO, number, 6);
  (void)!write(STDERR_FILENO, what, strlen(what));
  (void)!write(STDERR_FILENO, "\n", 1);
  _exit(1);
}
#else
#include <check.h>
#define CHECK(condition) ck_assert(condition)
#endif
#define OK(call) CHECK((call) == WASMRT_OK)
#define SAME(text, expected) CHECK(strcmp(text, expected) == 0)

extern const struct wasmrt_module calls_module;        /* guests/calls.c */
extern const struct wasmrt_module calls_check_module;  /* --bounds=check */
extern const struct wasmrt_module calls_static_module; /* --single-instance */
extern const struct wasmrt_module granted_module;      /* guests/granted.c */
extern const struct wasmrt_module
    start_module; /* its start function lays args_sizes_get's results at 0 and 4 */

enum { SECOND = 1000000000, NOT_CAPABLE = WASMRT_WASI_ENOTCAPABLE };

static struct wasmrt_error error;
static struct wasmrt_store *store;
static struct wasmrt_wasi *wasi;
static __attribute__((unused)) char text[8192]; /* what a guest has written, or a buffer */

static inline void set_up(void) {
  store = wasmrt_store_create();
  wasi = wasmrt_wasi_create();
  CHECK(store != NULL && wasi != NULL);
}

static inline void tear_down(void) {
  wasmrt_store_destroy(store);
  wasmrt_wasi_destroy(wasi);
}

static inline struct wasmrt_instance *instantiate_in(struct wasmrt_store *where,
                                                     const struct wasmrt_module *module,
                                                     const struct wasmrt_wasi *with) {
  const struct wasmrt_instance_options options = {.wasi = with};
  struct wasmrt_instance *instance = NULL;
  OK(wasmrt_instantiate(where, module, &options, &instance, &error));
  return instance;
}

static inline struct wasmrt_instance *guest(void) {
  return instantiate_in(store, &calls_module, wasi);
}

static inline int64_t call_with(struct wasmrt_instance *instance, const char *name,
                                const uint64_t values[4]) {
  uint64_t slots[4];
  memcpy(slots, values, sizeof slots);
  OK(wasmrt_call(wasmrt_find_function(instance, name), slots, &error));
  return (int64_t)slots[0];
}
/* Calls an export with up to four parameters. */
#define CALL(instance, name, ...) call_with(instance, name, (const uint64_t[4]){__VA_ARGS__})

/* The guest's buffer. */
static inline char *bytes_of(struct wasmrt_instance *instance) {
  const uint64_t address = (uint32_t)CALL(instance, "bytes", 0);
  char *bytes = wasmrt_memory_view(wasmrt_instance_memory(instance), address, 4096);
  CHECK(bytes != NULL);
  return bytes;
}

static inline uint64_t put(struct wasmrt_instance *instance, const char *string) {
  const size_t length = strlen(string);
  memcpy(bytes_of(instance), string, length);
  return length;
}

static inline void set_arguments(const char *first, const char *second) {
  const char *const arguments[] = {"guest", first, second};
  OK(wasmrt_wasi_set_arguments(wasi, second == NULL ? 2 : 3, arguments, &error));
}

/* A file in memory as a stream of the guest's. */
static inline int set_file(int number, const char *content) {
  const int file = memfd_create("stream", MFD_CLOEXEC);
  CHECK(file >= 0 && write(file, content, strlen(content)) == (ssize_t)strlen(content) &&
        lseek(file, 0, SEEK_SET) == 0);
  const struct wasmrt_wasi_stream stream = {.kind = WASMRT_WASI_STREAM_DESCRIPTOR, .descriptor = file};
  OK(wasmrt_wasi_set_stream(wasi, number, &stream, &error));
  return file;
}

static inline const char *content_of(int file) {
  const ssize_t size = pread(file, text, sizeof text - 1, 0);
  CHECK(size >= 0);
  text[size] = '\0';
  return text;
}

/* Runs the command with what was granted; its exit status. Its output goes to `text`. */
static inline uint32_t run_command(void) {
  const int output = set_file(1, "");
  struct wasmrt_store *own = wasmrt_store_create();
  struct wasmrt_instance *instance = instantiate_in(own, &granted_module, wasi);
  const enum wasmrt_status status = wasmrt_call(wasmrt_find_function(instance, "_start"), NULL, &error);
  CHECK(status == WASMRT_OK || status == WASMRT_ERROR_EXIT);
  wasmrt_store_destroy(own);
  content_of(output);
  close(output);
  return status == WASMRT_OK ? 0 : error.exit_status;
}

#define REFUSED(call, why)                                                                                   \
  do {                                                                                                       \
    CHECK((call) == WASMRT_ERROR_ARGUMENT);                                                                  \
    CHECK(strstr(error.message, why) != NULL);                                                               \
  } while (0)

/* ---- Running
 * ----------------------------------------------------------------------------------------
 */

struct wasi_test {
  const char *name;
  void (*run)(void);
};
#define TEST(name) {#name, name}

#ifdef WASI_TEST_PLAIN

static inline int run_tests(const char *name, const struct wasi_test *tests, int count) {
  (void)name;
  int failed = 0;
  for (int i = 0; i < count; i++) {
    const pid_t child = fork();
    if (child == 0) {
      alarm(60);
      set_up();
      tests[i].run();
      tear_down();
      _exit(0);
    }
    int status = 1;
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0) {
      (void)!write(STDERR_FILENO, tests[i].name, strlen(tests[i].name));
      (void)!write(STDERR_FILENO, " failed\n", 8);
      failed++;
    }
  }
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#else

static const struct wasi_test *running;

START_TEST(run_test) {
  running[_i].run();
}
END_TEST

static inline int run_tests(const char *name, const struct wasi_test *tests, int count) {
  Suite *suite = suite_create(name);
  SRunner *runner = srunner_create(suite);
  running = tests;
  for (int i = 0; i < count; i++) {
    TCase *tcase = tcase_create(tests[i].name);
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, run_test, i, i + 1);
    suite_add_tcase(suite, tcase);
  }
  srunner_run_all(runner, CK_ENV);
  const int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif

#endif
