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

/* ---- Recursive groups ------------------------------------------------------------------------------- */

#define TO(index) (WASMRT_REF | (uint32_t)(index) << 8)
#define TO_OR_NULL(index) (WASMRT_REF_NULL | (uint32_t)(index) << 8)
/* A function type of one parameter. */
#define TAKES(type, size, is_final, supertype)                                                               \
  {                                                                                                          \
    .kind = WASMRT_TYPE_FUNC, .flags = (is_final) ? WASMRT_TYPE_FINAL : 0, .super = supertype,               \
    .group_size = size, .param_count = 1, .kinds = (const uint32_t[]) {                                      \
      type                                                                                                   \
    }                                                                                                        \
  }
#define PLAIN(type) TAKES(type, 1, true, WASMRT_NO_TYPE)

enum { ROWS_MAX = 8 };

static void intern(const struct wasmrt_deftype *rows, uint32_t count, const struct wasmrt_type **types) {
  ck_assert(wasmrt_types_intern(rows, count, types));
  for (uint32_t i = 0; i < count; i++) {
    ck_assert_ptr_eq(wasmrt_type_numbered(types[i]->number), types[i]);
  }
}

/* Two types that take each other: the same in another module, wherever they stand there. */
START_TEST(groups_are_equal_across_modules) {
  const struct wasmrt_deftype one[] = {TAKES(TO(1), 2, true, WASMRT_NO_TYPE),
                                       TAKES(TO_OR_NULL(0), 0, true, WASMRT_NO_TYPE), PLAIN(TO(0))};
  const struct wasmrt_deftype two[] = {PLAIN(WASMRT_F64),
                                       PLAIN(WASMRT_I32),
                                       TAKES(TO(3), 2, true, WASMRT_NO_TYPE),
                                       TAKES(TO_OR_NULL(2), 0, true, WASMRT_NO_TYPE),
                                       PLAIN(TO(2)),
                                       PLAIN(TO(3))};
  const struct wasmrt_type *a[ROWS_MAX], *b[ROWS_MAX];
  intern(one, 3, a);
  intern(two, 6, b);
  ck_assert_ptr_eq(a[0], b[2]);
  ck_assert_ptr_eq(a[1], b[3]);
  ck_assert_ptr_eq(a[2], b[4]);
  ck_assert_ptr_ne(a[2], b[5]);
  ck_assert_ptr_ne(a[0], a[1]);
  ck_assert_uint_eq(a[0]->kinds[0], TO(a[1]->number));
  ck_assert_uint_eq(a[1]->kinds[0], TO_OR_NULL(a[0]->number));
  ck_assert_uint_eq(b[5]->kinds[0], TO(a[1]->number));
}
END_TEST

/*
 * All of these take a (ref 0) and would be one if the names of types did not count: a type that takes itself;
 * types that take that one; one that takes a type like itself in a group of two, first and second.
 */
START_TEST(equal_looking_types_are_distinct) {
  const struct wasmrt_deftype rows[] = {PLAIN(TO(0)),
                                        PLAIN(TO(0)),
                                        PLAIN(TO(1)),
                                        TAKES(TO(3), 2, true, WASMRT_NO_TYPE),
                                        TAKES(TO(3), 0, true, WASMRT_NO_TYPE),
                                        TAKES(TO(6), 2, true, WASMRT_NO_TYPE),
                                        TAKES(TO(6), 0, true, WASMRT_NO_TYPE),
                                        PLAIN(TO(7))};
  const struct wasmrt_type *types[ROWS_MAX];
  for (int again = 0; again < 2; again++) {
    intern(rows, ROWS_MAX, types);
    for (int i = 0; i < ROWS_MAX; i++) {
      for (int k = 0; k < i; k++) {
        const bool is_same = i == 7 && k == 0; /* both take themselves */
        ck_assert_msg((types[i] == types[k]) == is_same, "%d and %d", i, k);
      }
    }
  }
}
END_TEST

/* What a type in a group takes from outside is another than what it takes of its own, whichever was known
 * first. */
START_TEST(own_and_foreign_numbers_are_not_confused) {
  const struct wasmrt_deftype rows[] = {PLAIN(TO(0)), PLAIN(TO(0))};
  const struct wasmrt_type *own[1], *both[2];
  intern(rows, 1, own);
  intern(rows, 2, both);
  ck_assert_ptr_eq(own[0], both[0]);
  ck_assert_ptr_ne(both[0], both[1]);
  const uint32_t kind = TO(own[0]->number);
  ck_assert_ptr_eq(wasmrt_type_intern(1, 0, &kind), both[1]);
}
END_TEST

START_TEST(everything_of_a_group_counts) {
  static const uint32_t fields[] = {WASMRT_I32, 0, WASMRT_I32, 1};
  const struct wasmrt_deftype rows[] = {
      TAKES(WASMRT_I32, 1, true, WASMRT_NO_TYPE),
      TAKES(WASMRT_I32, 1, false, WASMRT_NO_TYPE),
      TAKES(WASMRT_I32, 1, true, 1),
      TAKES(WASMRT_I32, 1, false, 1),
      {.kind = WASMRT_TYPE_STRUCT,
       .super = WASMRT_NO_TYPE,
       .group_size = 1,
       .param_count = 2,
       .kinds = fields},
      {.kind = WASMRT_TYPE_STRUCT,
       .super = WASMRT_NO_TYPE,
       .group_size = 1,
       .param_count = 2,
       .kinds = fields + 2},
      {.kind = WASMRT_TYPE_ARRAY,
       .super = WASMRT_NO_TYPE,
       .group_size = 1,
       .param_count = 2,
       .kinds = fields},
      {.kind = WASMRT_TYPE_STRUCT, .super = WASMRT_NO_TYPE, .group_size = 1}};
  const struct wasmrt_type *types[ROWS_MAX];
  intern(rows, ROWS_MAX, types);
  for (int i = 0; i < ROWS_MAX; i++) {
    for (int k = 0; k < i; k++) {
      ck_assert_msg(types[i] != types[k], "%d and %d", i, k);
    }
  }
  ck_assert_ptr_eq(types[0], wasmrt_type_parse("i:"));
}
END_TEST

/* A hierarchy in groups of its own and within one group. */
START_TEST(subtypes) {
  const struct wasmrt_deftype rows[] = {TAKES(WASMRT_I64, 1, false, WASMRT_NO_TYPE),
                                        TAKES(WASMRT_I64, 1, false, 0),
                                        TAKES(WASMRT_I64, 3, false, 1),
                                        TAKES(WASMRT_I64, 0, false, 2),
                                        TAKES(WASMRT_I64, 0, true, 2),
                                        TAKES(WASMRT_I64, 1, true, 3),
                                        TAKES(WASMRT_I64, 1, true, 0),
                                        TAKES(WASMRT_I64, 1, true, WASMRT_NO_TYPE)};
  static const char *const above[] = {"0", "01", "012", "0123", "0124", "01235", "06", "7"};
  const struct wasmrt_type *types[ROWS_MAX];
  intern(rows, ROWS_MAX, types);
  for (int i = 0; i < ROWS_MAX; i++) {
    ck_assert_uint_eq(types[i]->depth, strlen(above[i]) - 1);
    for (int k = 0; k < ROWS_MAX; k++) {
      const bool expected = strchr(above[i], '0' + k) != NULL;
      ck_assert_msg(wasmrt_is_subtype(types[i], types[k]) == expected, "%d and %d", i, k);
    }
  }
}
END_TEST

START_TEST(rows_that_validation_forbids) {
  static const uint32_t kinds[WASMRT_VALUES_MAX + 1];
  const struct wasmrt_type *types[2];
  const struct wasmrt_deftype rows[][2] = {
      {PLAIN(WASMRT_I32), TAKES(WASMRT_I32, 1, true, 0)}, /* the supertype is final */
      {TAKES(WASMRT_I32, 1, false, 1), TAKES(WASMRT_I32, 1, false, WASMRT_NO_TYPE)}, /* it comes later */
      {TAKES(WASMRT_I32, 1, false, 0), PLAIN(WASMRT_I32)},             /* it is the type itself */
      {TAKES(WASMRT_I32, 0, true, WASMRT_NO_TYPE), PLAIN(WASMRT_I32)}, /* no group */
      {TAKES(WASMRT_I32, 3, true, WASMRT_NO_TYPE),
       TAKES(WASMRT_I32, 0, true, WASMRT_NO_TYPE)}, /* a longer one */
      {PLAIN(WASMRT_I32), FUNCTION_TYPE(WASMRT_VALUES_MAX + 1, 0, kinds)}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    ck_assert_msg(!wasmrt_types_intern(rows[i], 2, types), "%zu", i);
  }
}
END_TEST

/* Groups with a part each that no other has: enough for the tree to be deep and the numbers to need many
 * parts. */
START_TEST(many_groups) {
  enum { GROUPS = 60000 };
  static struct wasmrt_deftype rows[2 * GROUPS];
  static uint32_t kinds[2 * GROUPS][18];
  static const struct wasmrt_type *first[2 * GROUPS], *second[2 * GROUPS];
  for (uint32_t i = 0; i < 2 * GROUPS; i++) {
    for (uint32_t k = 0; k < 17; k++) {
      kinds[i][k] = i / 2 >> k & 1 ? WASMRT_I64 : WASMRT_F32;
    }
    kinds[i][17] = TO(i ^ 1);
    rows[i] = (struct wasmrt_deftype)FUNCTION_TYPE(18, 0, kinds[i]);
    rows[i].group_size = i % 2 == 0 ? 2 : 0;
  }
  ck_assert(wasmrt_types_intern(rows, 2 * GROUPS, first));
  ck_assert(wasmrt_types_intern(rows, 2 * GROUPS, second));
  ck_assert_mem_eq(first, second, sizeof first);
  for (uint32_t i = 2; i < 2 * GROUPS; i++) {
    ck_assert(first[i] != first[i - 1] && first[i] != first[i - 2]);
    ck_assert_uint_eq(first[i]->kinds[17], TO(first[i ^ 1]->number));
  }
}
END_TEST

START_TEST(numbers_that_are_not_given) {
  ck_assert_ptr_null(wasmrt_type_numbered(0x3fffff));
  ck_assert_ptr_null(wasmrt_type_numbered(0x400000));
  ck_assert_ptr_null(wasmrt_type_numbered(UINT32_MAX));
}
END_TEST

int main(void) {
  const TTest *const tests[] = {equal_types_are_one,
                                different_types_are_two,
                                letters,
                                malformed_signatures,
                                limits_of_counts,
                                threads_agree,
                                groups_are_equal_across_modules,
                                equal_looking_types_are_distinct,
                                own_and_foreign_numbers_are_not_confused,
                                everything_of_a_group_counts,
                                subtypes,
                                rows_that_validation_forbids,
                                many_groups,
                                numbers_that_are_not_given};
  return run_suite("type", tests, sizeof tests / sizeof *tests);
}
