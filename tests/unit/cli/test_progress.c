/* Tests of wasm2native/cli/progress.c: what appears on a terminal, when, and that nothing does elsewhere. */
#define _GNU_SOURCE
#include "progress.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* In place of the library's. */
const char *wasm2native_phase_name(enum wasm2native_phase phase) {
  return phase == WASM2NATIVE_PHASE_LOWER ? "lower" : "optimize";
}

static int terminal;
static char shown[4096];

/* Standard error becomes a terminal whose other side is `terminal`. */
static void open_terminal(void) {
  terminal = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
  ck_assert_int_ge(terminal, 0);
  ck_assert_int_eq(grantpt(terminal), 0);
  ck_assert_int_eq(unlockpt(terminal), 0);
  const int side = open(ptsname(terminal), O_RDWR | O_NOCTTY);
  ck_assert_int_ge(side, 0);
  ck_assert_int_eq(dup2(side, STDERR_FILENO), STDERR_FILENO);
  close(side);
}

static const char *read_terminal(void) {
  fflush(stderr);
  const ssize_t size = read(terminal, shown, sizeof shown - 1);
  shown[size > 0 ? size : 0] = '\0';
  return shown;
}

/* Reads until `text` has appeared, in however many parts, for as long as the test may take: machines may be
 * slow. */
static void expect(const char *text) {
  char seen[sizeof shown];
  for (size_t length = 0; length < strlen(text);) {
    const char *part = read_terminal();
    if (part[0] == '\0') {
      usleep(10000);
      continue;
    }
    length += (size_t)snprintf(seen + length, sizeof seen - length, "%s", part);
    ck_assert_uint_lt(length, sizeof seen);
    ck_assert_msg(strncmp(seen, text, length) == 0, "\"%s\" where \"%s\" is expected", seen, text);
  }
}

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

START_TEST(appears_after_a_second) {
  open_terminal();
  struct progress progress;
  const double start = seconds();
  progress_begin(&progress);
  progress_phase(&progress, WASM2NATIVE_PHASE_LOWER, 0, 1);
  expect("lower, 1 s");
  ck_assert_double_ge(seconds() - start, 1);
  progress_phase(&progress, WASM2NATIVE_PHASE_OPTIMIZE, 12, 96);
  progress_print(&progress, "a message");
  expect("\r\033[Ka message\r\n");
  expect("[12/96] optimize, 2 s");
  progress_end(&progress);
  expect("\r\033[K");
}
END_TEST

START_TEST(stays_away_from_short_work) {
  open_terminal();
  struct progress progress;
  progress_begin(&progress);
  progress_phase(&progress, WASM2NATIVE_PHASE_LOWER, 0, 1);
  progress_print(&progress, "a message");
  progress_end(&progress);
  ck_assert_str_eq(read_terminal(), "a message\r\n");
}
END_TEST

START_TEST(stays_away_from_files) {
  ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
  int ends[2];
  ck_assert_int_eq(pipe2(ends, O_NONBLOCK), 0);
  ck_assert_int_eq(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
  terminal = ends[0];
  struct progress progress;
  progress_begin(&progress);
  progress_phase(&progress, WASM2NATIVE_PHASE_LOWER, 0, 1);
  usleep(1400000);
  progress_print(&progress, "a message");
  progress_end(&progress);
  ck_assert_str_eq(read_terminal(), "a message\n");
}
END_TEST

int main(void) {
  TCase *const tests = tcase_create("progress");
  tcase_set_timeout(tests, 30);
  tcase_add_test(tests, appears_after_a_second);
  tcase_add_test(tests, stays_away_from_short_work);
  tcase_add_test(tests, stays_away_from_files);
  Suite *const suite = suite_create("progress");
  suite_add_tcase(suite, tests);
  SRunner *const runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  const int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
