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
  ck_assert(wasm_is_ref(WASM_BOTTOM_REF) && wasm_is_ref(WASM_REF(0)) && wasm_is_ref(WASM_REF_NULL(999999)));
  ck_assert(wasm_is_nullable(WASM_FUNCREF) && !wasm_is_nullable(WASM_REF(WASM_HEAP_FUNC)));
  ck_assert(wasm_is_defaultable(WASM_V128) && wasm_is_defaultable(WASM_REF_NULL(1)));
  ck_assert(!wasm_is_defaultable(WASM_REF(1)));
  ck_assert_uint_eq(wasm_heap_of(WASM_REF(77)), 77);
  ck_assert_uint_eq(wasm_heap_of(WASM_EXTERNREF), WASM_HEAP_EXTERN);
  ck_assert(wasm_heap_is_index(999999) && !wasm_heap_is_index(WASM_HEAP_NONE));
}
END_TEST

static const struct {
  wasm_type type;
  const char *name;
} names[] = {
    {WASM_BOTTOM, "any"},
    {WASM_I8, "i8"},
    {WASM_I16, "i16"},
    {WASM_FUNCREF, "funcref"},
    {WASM_REF_NULL(WASM_HEAP_I31), "i31ref"},
    {WASM_REF_NULL(WASM_HEAP_NONE), "nullref"},
    {WASM_REF_NULL(WASM_HEAP_NOFUNC), "nullfuncref"},
    {WASM_REF_NULL(WASM_HEAP_NOEXTERN), "nullexternref"},
    {WASM_REF_NULL(WASM_HEAP_NOEXN), "nullexnref"},
    {WASM_REF(WASM_HEAP_EXTERN), "(ref extern)"},
    {WASM_REF(WASM_HEAP_NOEXTERN), "(ref noextern)"},
    {WASM_REF(0), "(ref 0)"},
    {WASM_REF_NULL(999999), "(ref null 999999)"},
    {WASM_BOTTOM_REF, "(ref bot)"},
    {0x41, "?"},
};

START_TEST(names_of_types) {
  ck_assert_str_eq(wasm_type_name(names[_i].type).text, names[_i].name);
}
END_TEST

START_TEST(names_of_heap_types) {
  ck_assert_str_eq(wasm_heap_name(12).text, "12");
  ck_assert_str_eq(wasm_heap_name(WASM_HEAP_STRUCT).text, "struct");
  ck_assert_str_eq(wasm_heap_name(WASM_HEAP_ABSTRACT | 1).text, "?");
}
END_TEST

/* A list of the longest names fits. */
START_TEST(long_lists_are_printed) {
  struct arena arena = {0};
  static const wasm_type longest[] = {WASM_REF_NULL(999999), WASM_REF_NULL(999998)};
  struct wasm_func_type type = {2, 2, longest, longest};
  ck_assert_str_eq(wasm_func_type_print(&arena, &type),
                   "((ref null 999999), (ref null 999998)) -> ((ref null 999999), (ref null 999998))");
  arena_free(&arena);
}
END_TEST

int main(void) {
  TCase *tests = tcase_create("types");
  tcase_add_test(tests, printed_types);
  tcase_add_test(tests, kinds_of_types);
  tcase_add_loop_test(tests, names_of_types, 0, (int)(sizeof names / sizeof names[0]));
  tcase_add_test(tests, names_of_heap_types);
  tcase_add_test(tests, long_lists_are_printed);
  Suite *suite = suite_create("types");
  suite_add_tcase(suite, tests);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
