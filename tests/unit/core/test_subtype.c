/* Subtyping of value types, and the references that the host may hand to compiled code. */
#include "guest.h"

#define ABSTRACT(name) (WASMRT_HEAP_ABSTRACT | WASMRT_HEAP_##name)
#define NULLABLE(heap) ((heap) << 8 | WASMRT_REF_NULL)
#define NON_NULL(heap) ((heap) << 8 | WASMRT_REF)

/* The hierarchies of heap types, each type with all that lies above it. A, B below A and C are of functions,
 * S of a structure. */
#define LAST UINT32_MAX
enum { A, B, C, S, DEFINED };
static const struct wasmrt_type *defined[DEFINED];

static void define_types(void) {
  static const uint32_t kinds[] = {WASMRT_I32, WASMRT_I32};
  const struct wasmrt_deftype rows[DEFINED] = {
      {.kind = WASMRT_TYPE_FUNC,
       .super = WASMRT_NO_TYPE,
       .group_size = 1,
       .param_count = 1,
       .result_count = 1,
       .kinds = kinds},
      {.kind = WASMRT_TYPE_FUNC,
       .super = A,
       .group_size = 1,
       .param_count = 1,
       .result_count = 1,
       .kinds = kinds},
      FUNCTION_TYPE(1, 1, kinds),
      {.kind = WASMRT_TYPE_STRUCT, .super = WASMRT_NO_TYPE, .group_size = 1}};
  ck_assert(wasmrt_types_intern(rows, DEFINED, defined));
}

START_TEST(heap_types) {
  define_types();
  const uint32_t a = defined[A]->number, b = defined[B]->number, c = defined[C]->number,
                 s = defined[S]->number;
  const uint32_t rows[][7] = {
      /* a type, then all above it */
      {ABSTRACT(FUNC), LAST},
      {a, ABSTRACT(FUNC), LAST},
      {b, a, ABSTRACT(FUNC), LAST},
      {c, ABSTRACT(FUNC), LAST},
      {ABSTRACT(NOFUNC), a, b, c, ABSTRACT(FUNC), LAST},
      {ABSTRACT(EXTERN), LAST},
      {ABSTRACT(NOEXTERN), ABSTRACT(EXTERN), LAST},
      {ABSTRACT(ANY), LAST},
      {ABSTRACT(EQ), ABSTRACT(ANY), LAST},
      {ABSTRACT(I31), ABSTRACT(EQ), ABSTRACT(ANY), LAST},
      {ABSTRACT(STRUCT), ABSTRACT(EQ), ABSTRACT(ANY), LAST},
      {ABSTRACT(ARRAY), ABSTRACT(EQ), ABSTRACT(ANY), LAST},
      {s, ABSTRACT(STRUCT), ABSTRACT(EQ), ABSTRACT(ANY), LAST},
      {ABSTRACT(NONE), ABSTRACT(I31), ABSTRACT(ARRAY), s, ABSTRACT(STRUCT), ABSTRACT(EQ), ABSTRACT(ANY)},
      {ABSTRACT(EXN), LAST},
      {ABSTRACT(NOEXN), ABSTRACT(EXN), LAST}};
  const size_t count = sizeof rows / sizeof *rows;
  for (size_t i = 0; i < count; i++) {
    for (size_t k = 0; k < count; k++) {
      bool expected = i == k;
      for (size_t n = 1; n < 7 && rows[i][n] != LAST; n++) {
        expected = expected || rows[i][n] == rows[k][0];
      }
      const uint32_t actual = rows[i][0], other = rows[k][0];
      ck_assert_msg(wasmrt_kind_matches(NULLABLE(actual), NULLABLE(other)) == expected, "%zu, %zu", i, k);
      ck_assert_msg(wasmrt_kind_matches(NON_NULL(actual), NON_NULL(other)) == expected, "%zu, %zu", i, k);
      ck_assert_msg(wasmrt_kind_matches(NON_NULL(actual), NULLABLE(other)) == expected, "%zu, %zu", i, k);
      ck_assert(!wasmrt_kind_matches(NULLABLE(actual), NON_NULL(other)));
    }
    ck_assert(!wasmrt_kind_matches(NULLABLE(rows[i][0]), WASMRT_I64));
    ck_assert(!wasmrt_kind_matches(WASMRT_I64, NULLABLE(rows[i][0])));
    ck_assert(wasmrt_is_known_reference(NULLABLE(rows[i][0])));
  }
}
END_TEST

START_TEST(numbers_and_unknown_types) {
  ck_assert(wasmrt_kind_matches(WASMRT_I32, WASMRT_I32));
  ck_assert(!wasmrt_kind_matches(WASMRT_I32, WASMRT_I64));
  ck_assert(!wasmrt_is_known_reference(WASMRT_I32));
  ck_assert(!wasmrt_is_known_reference(NULLABLE(WASMRT_HEAP_ABSTRACT | 0x68)));
  ck_assert(!wasmrt_is_known_reference(NULLABLE(WASMRT_HEAP_ABSTRACT | 0x75)));
  ck_assert(!wasmrt_is_known_reference(NULLABLE(0x3ffffeu)));
  ck_assert(!wasmrt_kind_matches(NULLABLE(0x3ffffeu), WASMRT_FUNCREF));
  ck_assert(!wasmrt_kind_matches(WASMRT_FUNCREF, NULLABLE(0x3ffffeu)));
}
END_TEST

/* What the host may pass for a type: nothing of the hierarchy of any, since it has no such values. */
START_TEST(references) {
  define_types();
  struct wasmrt_binding binding = {.type = defined[B], .callback = add_one_hundred};
  struct wasmrt_funcref function = wasmrt_host_funcref(&binding);
  int object;
  const struct {
    uint32_t heap;
    bool fits;
  } rows[] = {{ABSTRACT(FUNC), true},      {defined[A]->number, true},  {defined[B]->number, true},
              {defined[C]->number, false}, {ABSTRACT(NOFUNC), false},   {ABSTRACT(EXTERN), true},
              {ABSTRACT(NOEXTERN), false}, {ABSTRACT(ANY), false},      {ABSTRACT(EQ), false},
              {ABSTRACT(STRUCT), false},   {defined[S]->number, false}, {ABSTRACT(NONE), false},
              {ABSTRACT(EXN), false}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const bool is_extern = rows[i].heap == ABSTRACT(EXTERN);
    const void *reference = is_extern ? (const void *)&object : &function;
    ck_assert(wasmrt_reference_fits(NULLABLE(rows[i].heap), NULL, NULL));
    ck_assert(!wasmrt_reference_fits(NON_NULL(rows[i].heap), NULL, NULL));
    ck_assert_msg(wasmrt_reference_fits(NULLABLE(rows[i].heap), reference, NULL) == rows[i].fits, "%zu", i);
    ck_assert_msg(wasmrt_reference_fits(NON_NULL(rows[i].heap), reference, NULL) == rows[i].fits, "%zu", i);
  }
  static const struct wasmrt_instance other;
  ck_assert(!wasmrt_reference_fits(WASMRT_FUNCREF, &function,
                                   &other)); /* code in the static model cannot call it */
}
END_TEST

START_TEST(values_in_slots) {
  define_types();
  const uint32_t kinds[] = {WASMRT_V128, WASMRT_I32, NON_NULL(ABSTRACT(EXTERN))};
  int object;
  const uint64_t good[] = {0, 0, 0, (uintptr_t)&object}, bad[] = {1, 1, (uintptr_t)&object, 0};
  ck_assert(wasmrt_values_fit(kinds, 3, good, NULL));
  ck_assert(!wasmrt_values_fit(kinds, 3, bad, NULL));
}
END_TEST

int main(void) {
  const TTest *const tests[] = {heap_types, numbers_and_unknown_types, references, values_in_slots};
  return run_suite("subtype", tests, sizeof tests / sizeof *tests);
}
