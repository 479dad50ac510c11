/* Canonical function types. */
#include <pthread.h>

#include "guest.h"

START_TEST(equal_types_are_one) {
  const uint32_t kinds[] = {WASMRT_I32, WASMRT_I64, WASMRT_F32};
  const struct wasmrt_type *type = wasmrt_type_intern(2, 1, kinds);
  ck_assert_ptr_nonnull(type);
  ck_assert_uint_eq(type->param_count, 2);
  ck_assert_uint_eq(type->result_count, 1);
  ck_assert_mem_eq(type->kinds, kinds, sizeof kinds);
  ck_assert_ptr_eq(wasmrt_type_intern(2, 1, kinds), type);
  ck_assert_ptr_eq(wasmrt_type_parse("iI:f"), type);
}
END_TEST

START_TEST(different_types_are_two) {
  const uint32_t kinds[] = {WASMRT_I32, WASMRT_I32, WASMRT_I64};
  const struct wasmrt_type *type = wasmrt_type_intern(2, 0, kinds);
  ck_assert_ptr_ne(wasmrt_type_intern(1, 1, kinds), type);
  ck_assert_ptr_ne(wasmrt_type_intern(0, 2, kinds), type);
  ck_assert_ptr_ne(wasmrt_type_intern(2, 0, kinds + 1), type);
  ck_assert_ptr_ne(wasmrt_type_intern(3, 0, kinds), type);
  ck_assert_ptr_ne(wasmrt_type_intern(0, 0, NULL), type);
  ck_assert_ptr_eq(wasmrt_type_intern(0, 0, NULL), wasmrt_type_parse(":"));
}
END_TEST

START_TEST(letters) {
  const uint32_t kinds[] = {WASMRT_I32,     WASMRT_I64,       WASMRT_F32, WASMRT_F64,
                            WASMRT_FUNCREF, WASMRT_EXTERNREF, WASMRT_I32};
  ck_assert_ptr_eq(wasmrt_type_parse("iIfFp:ri"), wasmrt_type_intern(5, 2, kinds));
}
END_TEST

START_TEST(malformed_signatures) {
  static const char *const wrong[] = {"", "i", "x:", "i:x", "i:i:i", "i ;", "::"};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    ck_assert_msg(wasmrt_type_parse(wrong[i]) == NULL, "'%s' was accepted", wrong[i]);
  }
}
END_TEST

START_TEST(limits_of_counts) {
  char signature[2 * WASMRT_VALUES_MAX + 3];
  memset(signature, 'i', sizeof signature);
  signature[WASMRT_VALUES_MAX] = ':';
  signature[2 * WASMRT_VALUES_MAX + 1] = '\0';
  ck_assert_ptr_nonnull(wasmrt_type_parse(signature));
  signature[2 * WASMRT_VALUES_MAX + 1] = 'i';
  signature[2 * WASMRT_VALUES_MAX + 2] = '\0';
  ck_assert_ptr_null(wasmrt_type_parse(signature));
  static const uint32_t kinds[WASMRT_VALUES_MAX + 1];
  ck_assert_ptr_null(wasmrt_type_intern(WASMRT_VALUES_MAX + 1, 0, kinds));
  ck_assert_ptr_null(wasmrt_type_intern(0, UINT32_MAX, kinds));
}
END_TEST

/* Many types at once from several threads: enough for more than one chunk, and buckets with several. */
enum { THREADS = 4, MANY = 5000 };
static const struct wasmrt_type *interned[THREADS][MANY];

static void *intern_many(void *argument) {
  const struct wasmrt_type **mine = argument;
  for (uint32_t i = 0; i < MANY; i++) {
    uint32_t kinds[16];
    for (uint32_t k = 0; k < 16; k++) {
      kinds[k] = i >> k & 1 ? WASMRT_I64 : WASMRT_F32;
    }
    mine[i] = wasmrt_type_intern(16, 0, kinds);
  }
  return NULL;
}

START_TEST(threads_agree) {
  pthread_t threads[THREADS];
  for (int i = 0; i < THREADS; i++) {
    ck_assert_int_eq(pthread_create(&threads[i], NULL, intern_many, interned[i]), 0);
  }
  for (int i = 0; i < THREADS; i++) {
    pthread_join(threads[i], NULL);
  }
  for (uint32_t i = 0; i < MANY; i++) {
    ck_assert_ptr_nonnull(interned[0][i]);
    for (int k = 1; k < THREADS; k++) {
      ck_assert_ptr_eq(interned[0][i], interned[k][i]);
    }
    ck_assert(i == 0 || interned[0][i] != interned[0][i - 1]);
  }
}
END_TEST

int main(void) {
  const TTest *const tests[] = {equal_types_are_one,  different_types_are_two, letters,
                                malformed_signatures, limits_of_counts,        threads_agree};
  return run_suite("type", tests, sizeof tests / sizeof *tests);
}
