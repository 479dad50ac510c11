/* Tests of wasm2native/base/diag.c: what a sink passes on, and how a diagnostic is printed. */
#include "diag.h"

#include <check.h>
#include <stdlib.h>

static char printed[4096];
static unsigned calls;

/* Keeps the printed form of the last diagnostic. */
static void keep(void *context, const struct diag *diag) {
  ck_assert_ptr_eq(context, &calls);
  calls++;
  FILE *stream = tmpfile();
  ck_assert_ptr_nonnull(stream);
  diag_print(stream, diag);
  rewind(stream);
  size_t size = fread(printed, 1, sizeof printed - 1, stream);
  printed[size] = '\0';
  fclose(stream);
}

static struct diag_sink make_sink(void) {
  calls = 0;
  return (struct diag_sink){.handler = keep, .context = &calls, .file = "a.wasm"};
}

START_TEST(an_error_in_a_named_function) {
  struct diag_sink sink = make_sink();
  ck_assert(
      !diag_error_at(&sink, DIAG_INVALID, 0x1a3, 12, slice_of("fib"), "type mismatch in %s", "i32.add"));
  ck_assert_str_eq(printed, "a.wasm:0x1a3: error: in func 12 \"fib\": type mismatch in i32.add\n");
  ck_assert_uint_eq(sink.error_count, 1);
}
END_TEST

START_TEST(an_error_in_a_function_without_name) {
  struct diag_sink sink = make_sink();
  diag_error_at(&sink, DIAG_INVALID, 8, 0, (struct slice){NULL, 0}, "unknown type 3");
  ck_assert_str_eq(printed, "a.wasm:0x8: error: in func 0: unknown type 3\n");
}
END_TEST

START_TEST(an_error_without_a_place) {
  struct diag_sink sink = make_sink();
  ck_assert(!diag_error(&sink, DIAG_IO, "cannot be read"));
  ck_assert_str_eq(printed, "a.wasm: error: cannot be read\n");
  sink.file = NULL;
  diag_error(&sink, DIAG_IO, "cannot be read");
  ck_assert_str_eq(printed, "error: cannot be read\n");
}
END_TEST

START_TEST(severities_have_their_word) {
  struct diag_sink sink = make_sink();
  struct diag diag = {
      .severity = DIAG_WARNING, .offset = DIAG_NO_OFFSET, .function = DIAG_NO_FUNCTION, .message = "m"};
  diag_report(&sink, &diag);
  ck_assert_str_eq(printed, "a.wasm: warning: m\n");
  diag.severity = DIAG_NOTE;
  diag.file = "b.wasm";
  diag_report(&sink, &diag);
  ck_assert_str_eq(printed, "b.wasm: note: m\n");
  ck_assert_uint_eq(sink.error_count, 0);
}
END_TEST

START_TEST(control_characters_cannot_reach_the_terminal) {
  struct diag_sink sink = make_sink();
  diag_error_at(&sink, DIAG_INVALID, 0, 1, slice_of("a\"\x1b[2J\\"), "name %s", "x\ny\x7f");
  ck_assert_str_eq(printed, "a.wasm:0x0: error: in func 1 \"a\\22\\1b[2J\\5c\": name x\\0ay\\7f\n");
}
END_TEST

START_TEST(long_messages_are_cut) {
  static char text[5000];
  struct diag_sink sink = make_sink();
  memset(text, 'x', sizeof text - 1);
  diag_error(&sink, DIAG_INVALID, "%s", text);
  ck_assert_uint_lt(strlen(printed), 1100);
  ck_assert_str_eq(printed + strlen(printed) - 6, "xx...\n");
}
END_TEST

START_TEST(errors_beyond_the_limit_are_counted_only) {
  struct diag_sink sink = make_sink();
  sink.error_limit = 3;
  for (int i = 0; i < 10; i++) {
    diag_error(&sink, DIAG_INVALID, "%d", i);
  }
  ck_assert_uint_eq(calls, 3);
  ck_assert_uint_eq(sink.error_count, 10);
}
END_TEST

START_TEST(a_sink_without_handler_counts) {
  struct diag_sink sink = {0};
  diag_error(&sink, DIAG_INVALID, "lost");
  ck_assert_uint_eq(sink.error_count, 1);
}
END_TEST

int main(void) {
  TCase *tests = tcase_create("diag");
  tcase_add_test(tests, an_error_in_a_named_function);
  tcase_add_test(tests, an_error_in_a_function_without_name);
  tcase_add_test(tests, an_error_without_a_place);
  tcase_add_test(tests, severities_have_their_word);
  tcase_add_test(tests, control_characters_cannot_reach_the_terminal);
  tcase_add_test(tests, long_messages_are_cut);
  tcase_add_test(tests, errors_beyond_the_limit_are_counted_only);
  tcase_add_test(tests, a_sink_without_handler_counts);
  Suite *suite = suite_create("diag");
  suite_add_tcase(suite, tests);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
