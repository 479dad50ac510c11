/* Errors as values, and the constants of the public header against the contract with the compiler. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "wasmrt.h" /* alone: abi.h would give it its enumerations */

static const struct {
  uint32_t code;
  const char *message;
} traps[] = {
#define TRAP(name, message) {WASMRT_TRAP_##name, message},
#include "traps.def"
};

START_TEST(traps_are_those_of_the_contract) {
  const uint32_t count = sizeof traps / sizeof *traps;
  for (uint32_t i = 0; i < count; i++) {
    ck_assert_uint_eq(traps[i].code, i);
    ck_assert_str_eq(wasmrt_trap_message(i), traps[i].message);
  }
  ck_assert_str_eq(wasmrt_trap_message(count), "unknown trap");
  ck_assert_str_eq(wasmrt_trap_message(UINT32_MAX), "unknown trap");
}
END_TEST

START_TEST(types_have_their_codes_of_the_binary_format) {
  ck_assert_uint_eq(WASMRT_I32, 0x7f);
  ck_assert_uint_eq(WASMRT_I64, 0x7e);
  ck_assert_uint_eq(WASMRT_F32, 0x7d);
  ck_assert_uint_eq(WASMRT_F64, 0x7c);
  ck_assert_uint_eq(WASMRT_V128, 0x7b);
  ck_assert_uint_eq(WASMRT_FUNCREF, WASMRT_HEAP_ABSTRACT << 8 | 0x70 << 8 | 0x63);
  ck_assert_uint_eq(WASMRT_EXTERNREF, WASMRT_HEAP_ABSTRACT << 8 | 0x6f << 8 | 0x63);
  ck_assert_uint_eq(WASMRT_FUNC, 0);
  ck_assert_uint_eq(WASMRT_TABLE, 1);
  ck_assert_uint_eq(WASMRT_MEMORY, 2);
  ck_assert_uint_eq(WASMRT_GLOBAL, 3);
}
END_TEST

START_TEST(setting) {
  struct wasmrt_error error;
  memset(&error, 0xff, sizeof error);
  ck_assert_int_eq(wasmrt_error_set(&error, WASMRT_ERROR_HOST, "no paper"), WASMRT_ERROR_HOST);
  ck_assert_int_eq(error.status, WASMRT_ERROR_HOST);
  ck_assert_uint_eq(error.trap, WASMRT_TRAP_NONE);
  ck_assert_uint_eq(error.frame_count, 0);
  ck_assert_str_eq(error.message, "no paper");
  ck_assert_int_eq(wasmrt_error_trap(&error, WASMRT_TRAP_UNREACHABLE), WASMRT_ERROR_TRAP);
  ck_assert_uint_eq(error.trap, WASMRT_TRAP_UNREACHABLE);
  ck_assert_str_eq(error.message, "unreachable");
  ck_assert_int_eq(wasmrt_error_exit(&error, UINT32_MAX), WASMRT_ERROR_EXIT);
  ck_assert_uint_eq(error.exit_status, UINT32_MAX);
  ck_assert_str_eq(error.message, "exit with status 4294967295");
  ck_assert_int_eq(wasmrt_error_set(NULL, WASMRT_ERROR_HOST, "nobody listens"), WASMRT_ERROR_HOST);
  ck_assert_int_eq(wasmrt_error_trap(NULL, WASMRT_TRAP_HOST), WASMRT_ERROR_TRAP);
  ck_assert_int_eq(wasmrt_error_exit(NULL, 1), WASMRT_ERROR_EXIT);
}
END_TEST

START_TEST(long_messages_are_cut) {
  char text[3 * WASMRT_MESSAGE_MAX];
  memset(text, 'x', sizeof text - 1);
  text[sizeof text - 1] = '\0';
  struct wasmrt_error error;
  wasmrt_error_set(&error, WASMRT_ERROR_HOST, text);
  ck_assert_uint_eq(strlen(error.message), WASMRT_MESSAGE_MAX - 1);
}
END_TEST

int main(void) {
  TCase *tcase = tcase_create("error");
  tcase_add_test(tcase, traps_are_those_of_the_contract);
  tcase_add_test(tcase, types_have_their_codes_of_the_binary_format);
  tcase_add_test(tcase, setting);
  tcase_add_test(tcase, long_messages_are_cut);
  Suite *suite = suite_create("error");
  suite_add_tcase(suite, tcase);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  const int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
