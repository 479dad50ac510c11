/* Tests of wasm2native/base/output.c: files appear complete or not at all, whatever was there before. */
#define _GNU_SOURCE
#include "output.h"

#include <check.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static struct arena arena;
static struct diag_sink sink;
static char directory[] = "/tmp/test_output-XXXXXX";

static void setup(void) {
  ck_assert_ptr_nonnull(mkdtemp(directory));
  ck_assert_int_eq(chdir(directory), 0);
}

static void teardown(void) {
  arena_free(&arena);
  char command[64];
  snprintf(command, sizeof command, "rm -rf %s", directory);
  ck_assert_int_eq(system(command), 0);
}

static void put(const char *file, const char *text) {
  FILE *const stream = fopen(file, "w");
  ck_assert_ptr_nonnull(stream);
  fputs(text, stream);
  ck_assert_int_eq(fclose(stream), 0);
}

static void check_content(const char *file, const char *text) {
  char content[64] = "";
  FILE *const stream = fopen(file, "r");
  ck_assert_ptr_nonnull(stream);
  content[fread(content, 1, sizeof content - 1, stream)] = '\0';
  fclose(stream);
  ck_assert_str_eq(content, text);
}

START_TEST(appears_when_committed) {
  struct output output;
  struct stat status;
  umask(027);
  ck_assert(output_begin(&output, "result", &arena, &sink));
  put(output.path, "new");
  ck_assert_int_ne(access("result", F_OK), 0);
  ck_assert(output_commit(&output, &sink));
  check_content("result", "new");
  ck_assert_int_ne(access(output.path, F_OK), 0);
  ck_assert_int_eq(stat("result", &status), 0);
  ck_assert_uint_eq(status.st_mode & 0777, 0640);
}
END_TEST

START_TEST(leaves_the_old_file_when_discarded) {
  struct output output;
  put("result", "old");
  ck_assert(output_begin(&output, "result", &arena, &sink));
  put(output.path, "new");
  output_discard(&output);
  check_content("result", "old");
  ck_assert_int_ne(access(output.path, F_OK), 0);
}
END_TEST

START_TEST(replaces_what_a_link_points_to) {
  struct output output;
  struct stat status;
  put("target", "old");
  ck_assert_int_eq(symlink("target", "result"), 0);
  ck_assert(output_begin(&output, "result", &arena, &sink));
  put(output.path, "new");
  ck_assert(output_commit(&output, &sink));
  check_content("target", "new");
  ck_assert_int_eq(lstat("result", &status), 0);
  ck_assert(S_ISLNK(status.st_mode));
}
END_TEST

/* Renaming onto a device would remove it for everyone. */
START_TEST(writes_devices_directly) {
  struct output output;
  struct stat status;
  ck_assert_int_eq(mkfifo("pipe", 0600), 0);
  ck_assert(output_begin(&output, "pipe", &arena, &sink));
  ck_assert_str_eq(output.path, "pipe");
  output_discard(&output);
  ck_assert(output_commit(&output, &sink));
  ck_assert_int_eq(stat("pipe", &status), 0);
  ck_assert(S_ISFIFO(status.st_mode));
}
END_TEST

START_TEST(two_writers_have_two_files) {
  struct output one;
  struct output two;
  ck_assert(output_begin(&one, "result", &arena, &sink));
  ck_assert(output_begin(&two, "result", &arena, &sink));
  ck_assert_str_ne(one.path, two.path);
  put(one.path, "one");
  put(two.path, "two");
  ck_assert(output_commit(&two, &sink));
  ck_assert(output_commit(&one, &sink));
  check_content("result", "one");
}
END_TEST

START_TEST(what_a_process_left_can_be_removed) {
  struct output output;
  ck_assert(output_begin(&output, "result", &arena, &sink));
  ck_assert(output_begin(&output, "result", &arena, &sink));
  put("result", "old");
  output_remove_unfinished("result", getpid() + 1, &arena);
  ck_assert_int_eq(access(output.path, F_OK), 0);
  output_remove_unfinished("result", getpid(), &arena);
  ck_assert_int_ne(access(output.path, F_OK), 0);
  check_content("result", "old");
}
END_TEST

START_TEST(fails_without_a_directory) {
  struct output output;
  ck_assert(!output_begin(&output, "absent/result", &arena, &sink));
  ck_assert_uint_eq(sink.error_count, 1);
  ck_assert(output_begin(&output, "result", &arena, &sink));
  ck_assert_int_eq(mkdir("result", 0700), 0); /* meanwhile */
  ck_assert(!output_commit(&output, &sink));
  ck_assert_uint_eq(sink.error_count, 2);
  ck_assert_int_ne(access(output.path, F_OK), 0);
}
END_TEST

int main(void) {
  TCase *const tests = tcase_create("output");
  tcase_add_checked_fixture(tests, setup, teardown);
  tcase_add_test(tests, appears_when_committed);
  tcase_add_test(tests, leaves_the_old_file_when_discarded);
  tcase_add_test(tests, replaces_what_a_link_points_to);
  tcase_add_test(tests, writes_devices_directly);
  tcase_add_test(tests, two_writers_have_two_files);
  tcase_add_test(tests, what_a_process_left_can_be_removed);
  tcase_add_test(tests, fails_without_a_directory);
  Suite *const suite = suite_create("output");
  suite_add_tcase(suite, tests);
  SRunner *const runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  const int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
