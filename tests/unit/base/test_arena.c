/* Tests of wasm2native/base/arena.c. */
#include "arena.h"

#include <check.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

START_TEST(memory_is_zeroed_and_aligned) {
  struct arena arena = {0};
  for (size_t size = 1; size < 5000; size += 37) {
    unsigned char *object = arena_alloc(&arena, 1, size);
    ck_assert_uint_eq((uintptr_t)object % _Alignof(max_align_t), 0);
    for (size_t i = 0; i < size; i++) {
      ck_assert_uint_eq(object[i], 0);
    }
    memset(object, 0xff, size);
  }
  arena_free(&arena);
}
END_TEST

START_TEST(objects_do_not_overlap) {
  struct arena arena = {0};
  enum { COUNT = 3000 };
  uint32_t *objects[COUNT];
  for (uint32_t i = 0; i < COUNT; i++) {
    objects[i] = ARENA_ARRAY(&arena, uint32_t, 1 + i % 7);
    for (uint32_t k = 0; k <= i % 7; k++) {
      objects[i][k] = i;
    }
  }
  for (uint32_t i = 0; i < COUNT; i++) {
    for (uint32_t k = 0; k <= i % 7; k++) {
      ck_assert_uint_eq(objects[i][k], i);
    }
  }
  arena_free(&arena);
}
END_TEST

START_TEST(nothing_at_all_is_an_object_too) {
  struct arena arena = {0};
  ck_assert_ptr_nonnull(arena_alloc(&arena, 0, 8));
  ck_assert_ptr_nonnull(arena_alloc(&arena, 8, 0));
  arena_free(&arena);
}
END_TEST

START_TEST(large_objects_have_room) {
  struct arena arena = {0};
  char *large = arena_alloc(&arena, 3, (size_t)1 << 20);
  large[((size_t)3 << 20) - 1] = 1;
  char *small = arena_alloc(&arena, 1, 1);
  *small = 1;
  ck_assert_uint_ge(arena.used, (size_t)3 << 20);
  arena_free(&arena);
}
END_TEST

START_TEST(reset_keeps_one_block_and_zeroes_again) {
  struct arena arena = {0};
  arena_reset(&arena);
  for (int round = 0; round < 3; round++) {
    for (int i = 0; i < 100; i++) {
      unsigned char *object = arena_alloc(&arena, 1, 1000);
      ck_assert_uint_eq(object[0], 0);
      ck_assert_uint_eq(object[999], 0);
      memset(object, 0xff, 1000);
    }
    arena_reset(&arena);
    ck_assert_uint_eq(arena.used, 0);
    ck_assert_ptr_nonnull(arena.last);
  }
  arena_free(&arena);
  ck_assert_ptr_null(arena.last);
}
END_TEST

START_TEST(text_is_copied_and_ended) {
  struct arena arena = {0};
  ck_assert_str_eq(arena_copy(&arena, "abcdef", 3), "abc");
  ck_assert_str_eq(arena_copy(&arena, NULL, 0), "");
  ck_assert_str_eq(arena_printf(&arena, "%s %d", "func", 12), "func 12");
  char *long_text = arena_printf(&arena, "%099999d", 7);
  ck_assert_uint_eq(strlen(long_text), 99999);
  arena_free(&arena);
}
END_TEST

/* A product that overflows must not become a small block. Both end the process with status 1. */
START_TEST(impossible_sizes_end_the_process) {
  struct arena arena = {0};
  arena_alloc(&arena, SIZE_MAX / 2, 3);
}
END_TEST

START_TEST(impossible_copies_end_the_process) {
  struct arena arena = {0};
  arena_copy(&arena, "", SIZE_MAX);
}
END_TEST

int main(void) {
  TCase *tests = tcase_create("arena");
  tcase_add_test(tests, memory_is_zeroed_and_aligned);
  tcase_add_test(tests, objects_do_not_overlap);
  tcase_add_test(tests, nothing_at_all_is_an_object_too);
  tcase_add_test(tests, large_objects_have_room);
  tcase_add_test(tests, reset_keeps_one_block_and_zeroes_again);
  tcase_add_test(tests, text_is_copied_and_ended);
  tcase_add_exit_test(tests, impossible_sizes_end_the_process, 1);
  tcase_add_exit_test(tests, impossible_copies_end_the_process, 1);
  Suite *suite = suite_create("arena");
  suite_add_tcase(suite, tests);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
