/* Tests of wasm2native/wasm/match.c: equality and subtyping of types (spec 3.3). */
#include "match.h"

#include <check.h>
#include <stdlib.h>

/*
 * types  0: open () -> ()   1: open sub 0   2: sub 1   3: open struct {}   4: sub 3   5: array i8
 *        6: like 0          7: sub 6, like 1             8: () -> (), final
 */
static const uint8_t bytes[] = {
    0x00, 0x61, 0x73, 0x6d, 1,    0,    0, 0,    1,    44,   9,                            /* header */
    0x50, 0,    0x60, 0,    0,    0x50, 1, 0,    0x60, 0,    0,    0x4f, 1, 1, 0x60, 0, 0, /* 0, 1, 2 */
    0x50, 0,    0x5f, 0,    0x4f, 1,    3, 0x5f, 0,    0x5e, 0x78, 0,                      /* 3, 4, 5 */
    0x50, 0,    0x60, 0,    0,    0x50, 1, 6,    0x60, 0,    0,    0x60, 0, 0,             /* 6, 7, 8 */
};

static struct arena arena;
static struct wasm_module module;

static void setup(void) {
  struct diag_sink sink = {0};
  struct slice input = {bytes, sizeof bytes};
  ck_assert(wasm_module_decode(input, UINT32_MAX, &arena, &sink, &module));
  ck_assert_uint_eq(module.type_count, 9);
}

static void teardown(void) {
  arena_free(&arena);
}

#define HEAP(name) WASM_HEAP_##name

/* Each heap type with its direct supertypes; whatever follows from them is subtyping, and nothing else is. */
static const struct {
  uint32_t heap;
  uint32_t supers[2];
} hierarchy[] = {
    {HEAP(ANY), {WASM_NO_INDEX, WASM_NO_INDEX}},
    {HEAP(EQ), {HEAP(ANY), WASM_NO_INDEX}},
    {HEAP(I31), {HEAP(EQ), WASM_NO_INDEX}},
    {HEAP(STRUCT), {HEAP(EQ), WASM_NO_INDEX}},
    {HEAP(ARRAY), {HEAP(EQ), WASM_NO_INDEX}},
    {3, {HEAP(STRUCT), WASM_NO_INDEX}},
    {4, {3, WASM_NO_INDEX}},
    {5, {HEAP(ARRAY), WASM_NO_INDEX}},
    {HEAP(NONE), {HEAP(I31), 4}},
    {HEAP(NONE), {5, WASM_NO_INDEX}},
    {HEAP(FUNC), {WASM_NO_INDEX, WASM_NO_INDEX}},
    {0, {HEAP(FUNC), 6}},
    {6, {HEAP(FUNC), 0}},
    {1, {0, 7}},
    {7, {6, 1}},
    {2, {1, WASM_NO_INDEX}},
    {8, {HEAP(FUNC), WASM_NO_INDEX}},
    {HEAP(NOFUNC), {2, 8}},
    {HEAP(EXTERN), {WASM_NO_INDEX, WASM_NO_INDEX}},
    {HEAP(NOEXTERN), {HEAP(EXTERN), WASM_NO_INDEX}},
    {HEAP(EXN), {WASM_NO_INDEX, WASM_NO_INDEX}},
    {HEAP(NOEXN), {HEAP(EXN), WASM_NO_INDEX}},
};
enum { ROWS = sizeof hierarchy / sizeof hierarchy[0] };

/* By the table; `steps` ends the search where two types are below each other. */
static bool is_below(uint32_t sub, uint32_t super, unsigned steps) {
  if (sub == super) {
    return true;
  }
  for (size_t i = 0; i < ROWS && steps > 0; i++) {
    for (size_t k = 0; k < 2 && hierarchy[i].heap == sub; k++) {
      if (hierarchy[i].supers[k] != WASM_NO_INDEX && is_below(hierarchy[i].supers[k], super, steps - 1)) {
        return true;
      }
    }
  }
  return false;
}

START_TEST(heap_types) {
  uint32_t sub = hierarchy[_i].heap;
  for (size_t k = 0; k < ROWS; k++) {
    uint32_t super = hierarchy[k].heap;
    ck_assert_msg(wasm_heap_matches(&module, sub, super) == is_below(sub, super, 7), "%s and %s",
                  wasm_heap_name(sub).text, wasm_heap_name(super).text);
  }
  ck_assert(wasm_heap_matches(&module, WASM_HEAP_BOTTOM, sub));
  ck_assert(!wasm_heap_matches(&module, sub, WASM_HEAP_BOTTOM));
  ck_assert(is_below(sub, wasm_heap_top(&module, sub), 7));
}
END_TEST

START_TEST(value_types) {
  ck_assert(wasm_type_matches(&module, WASM_I32, WASM_I32));
  ck_assert(!wasm_type_matches(&module, WASM_I32, WASM_I64));
  ck_assert(!wasm_type_matches(&module, WASM_I32, WASM_FUNCREF));
  ck_assert(!wasm_type_matches(&module, WASM_FUNCREF, WASM_I32));
  ck_assert(wasm_type_matches(&module, WASM_BOTTOM, WASM_V128));
  ck_assert(wasm_type_matches(&module, WASM_BOTTOM, WASM_REF(3)));
  ck_assert(!wasm_type_matches(&module, WASM_BOTTOM_REF, WASM_I32));
  ck_assert(wasm_type_matches(&module, WASM_BOTTOM_REF, WASM_REF(3)));
  /* Null may be added, but not taken away. */
  ck_assert(wasm_type_matches(&module, WASM_REF(1), WASM_REF_NULL(0)));
  ck_assert(!wasm_type_matches(&module, WASM_REF_NULL(1), WASM_REF(0)));
  ck_assert(wasm_type_matches(&module, WASM_REF_NULL(2), WASM_FUNCREF));
  ck_assert(!wasm_type_matches(&module, WASM_REF_NULL(3), WASM_FUNCREF));
}
END_TEST

START_TEST(equal_types) {
  ck_assert(wasm_type_equal(&module, WASM_F32, WASM_F32));
  ck_assert(!wasm_type_equal(&module, WASM_F32, WASM_F64));
  ck_assert(wasm_type_equal(&module, WASM_REF(0), WASM_REF(6)));
  ck_assert(wasm_type_equal(&module, WASM_REF_NULL(7), WASM_REF_NULL(1)));
  ck_assert(!wasm_type_equal(&module, WASM_REF_NULL(0), WASM_REF(6)));
  ck_assert(!wasm_type_equal(&module, WASM_REF(0), WASM_REF(8)));
  ck_assert(!wasm_type_equal(&module, WASM_REF(0), WASM_REF(WASM_HEAP_FUNC)));
}
END_TEST

START_TEST(lists_of_types) {
  const wasm_type subs[] = {WASM_REF(1), WASM_I32};
  const wasm_type supers[] = {WASM_FUNCREF, WASM_I32};
  ck_assert(wasm_types_match(&module, subs, supers, 2));
  ck_assert(!wasm_types_match(&module, supers, subs, 2));
  ck_assert(wasm_types_match(&module, NULL, NULL, 0));
}
END_TEST

int main(void) {
  TCase *tests = tcase_create("match");
  tcase_add_checked_fixture(tests, setup, teardown);
  tcase_add_loop_test(tests, heap_types, 0, ROWS);
  tcase_add_test(tests, value_types);
  tcase_add_test(tests, equal_types);
  tcase_add_test(tests, lists_of_types);
  Suite *suite = suite_create("match");
  suite_add_tcase(suite, tests);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
