/* Tests of wasm2native/wasm/types.c. */
#include "types.h"

#include <check.h>
#include <stdlib.h>

static const wasm_type list[] = {WASM_I32, WASM_F64, WASM_EXTERNREF, WASM_V128};

START_TEST(printed_types) {
  struct arena arena = {0};
  struct wasm_func_type type = {0, 0, NULL, NULL};
  ck_assert_str_eq(wasm_func_type_print(&arena, &type), "() -> ()");
  type = (struct wasm_func_type){2, 1, list, list};
  ck_assert_str_eq(wasm_func_type_print(&arena, &type), "(i32, f64) -> i32");
  type = (struct wasm_func_type){1, 4, list + 1, list};
  ck_assert_str_eq(wasm_func_type_print(&arena, &type), "(f64) -> (i32, f64, externref, v128)");
  arena_free(&arena);
}
END_TEST

START_TEST(kinds_of_types) {
  ck_assert(wasm_is_num(WASM_I64) && !wasm_is_num(WASM_V128) && !wasm_is_num(WASM_FUNCREF));
  ck_assert(wasm_is_ref(WASM_EXTERNREF) && !wasm_is_ref(WASM_F32) && !wasm_is_ref(WASM_BOTTOM));
  ck_assert_str_eq(wasm_type_name(WASM_BOTTOM).text, "any");
}
END_TEST

int main(void) {
  TCase *tests = tcase_create("types");
  tcase_add_test(tests, printed_types);
  tcase_add_test(tests, kinds_of_types);
  Suite *suite = suite_create("types");
  suite_add_tcase(suite, tests);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
