/* Runs the tests: a Check suite a file, or, with WASI_TEST_PLAIN, a process a test and a line of totals. */
#include "harness.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct {
  const char *name;
  const struct wasi_test *tests;
} files[] = {
    {"table", table_tests},
    {"memory", memory_tests},
    {"process", process_tests},
    {"fd", fd_tests},
    {"io", io_tests},
    {"path", path_tests},
    {"escape", escape_tests},
    {"read_only", read_only_tests},
    {"readdir", readdir_tests},
    {"poll", poll_tests},
    {"sock", sock_tests},
    {"listen", listen_tests},
    {"random", random_tests},
    {"virtual", virtual_tests},
    {"trace", trace_tests},
    {"tree", tree_tests},
    {"virtual_path", virtual_path_tests},
};
#define FILE_COUNT (sizeof files / sizeof *files)

static const enum harness_way ways[] = {WAY_OPENAT2, WAY_WALK, WAY_VIRTUAL};
static const char *const way_names[] = {"openat2", "walk", "virtual"};
#define WAY_COUNT 3

/* Where the kernel or an emulator has no openat2, its attacks cannot be tried: they are skipped, and said to
 * be. */
static bool way_exists(enum harness_way way) {
  if (way != WAY_OPENAT2) {
    return true;
  }
  struct wasi probe = {.resolution = WASI_RESOLVE_OPENAT2};
  int host = wasi_resolve_open(&probe, AT_FDCWD, ".", O_PATH | O_CLOEXEC, 0);
  if (host >= 0) {
    close(host);
  }
  return host >= 0;
}

static void run_test(const struct wasi_test *test, enum harness_way way) {
  harness_begin(way);
  test->run();
  harness_end();
}

#ifdef WASI_TEST_PLAIN

static void print(const char *const *parts) {
  for (; *parts != NULL; parts++) {
    CHECK(write(STDOUT_FILENO, *parts, strlen(*parts)) >= 0);
  }
}

_Noreturn void harness_fail(const char *file, int line, const char *text, uint64_t value) {
  char where[PATH_MAX], what[PATH_MAX];
  join_number(where, ":", (uint64_t)line);
  join_number(what, " is ", value);
  const char *const parts[] = {file, where, ": failed: ", text, what, "\n", NULL};
  print(parts);
  _exit(1);
}

static bool run_in_process(const struct wasi_test *test, enum harness_way way) {
  pid_t child = fork();
  if (child == 0) {
    alarm(60);
    run_test(test, way);
    _exit(0);
  }
  int status = 1;
  return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

int main(void) {
  unsigned passed = 0, failed = 0, skipped = 0;
  bool exists[] = {way_exists(ways[0]), way_exists(ways[1]), way_exists(ways[2])};
  for (size_t i = 0; i < FILE_COUNT; i++) {
    for (const struct wasi_test *test = files[i].tests; test->name != NULL; test++) {
      for (int way = 0; way < WAY_COUNT; way++) {
        if ((test->ways & ways[way]) == 0) {
          continue;
        }
        if (!exists[way]) {
          skipped++;
        } else if (run_in_process(test, ways[way])) {
          passed++;
        } else {
          failed++;
          const char *const parts[] = {"FAIL ", files[i].name,  "/",   test->name,
                                       " (",    way_names[way], ")\n", NULL};
          print(parts);
        }
      }
    }
  }
  char text[3][PATH_MAX];
  join_number(text[0], "", passed);
  join_number(text[1], " passed, ", failed);
  join_number(text[2], " failed, ", skipped);
  const char *const parts[] = {text[0], text[1], text[2], " skipped\n", NULL};
  print(parts);
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#else

/* Check hands a test its index only; one flat list has them all. */
static struct {
  const struct wasi_test *test;
  enum harness_way way;
  char name[96];
} runs[512];

START_TEST(run) {
  run_test(runs[_i].test, runs[_i].way);
}
END_TEST

int main(void) {
  SRunner *runner = srunner_create(NULL);
  bool exists[] = {way_exists(ways[0]), way_exists(ways[1]), way_exists(ways[2])};
  int count = 0, skipped = 0;
  for (size_t i = 0; i < FILE_COUNT; i++) {
    Suite *suite = suite_create(files[i].name);
    srunner_add_suite(runner, suite);
    for (const struct wasi_test *test = files[i].tests; test->name != NULL; test++) {
      for (int way = 0; way < WAY_COUNT; way++) {
        if ((test->ways & ways[way]) == 0) {
          continue;
        }
        if (!exists[way]) {
          skipped++;
          continue;
        }
        snprintf(runs[count].name, sizeof runs[count].name, "%s (%s)", test->name, way_names[way]);
        TCase *tcase = tcase_create(runs[count].name);
        tcase_set_timeout(tcase, 60);
        suite_add_tcase(suite, tcase);
        runs[count].test = test;
        runs[count].way = ways[way];
        tcase_add_loop_test(tcase, run, count, count + 1);
        count++;
      }
    }
  }
  if (skipped > 0) {
    printf("%d tests skipped: there is no openat2 here\n", skipped);
  }
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
