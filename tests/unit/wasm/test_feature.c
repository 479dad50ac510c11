/* Tests of wasm2native/wasm/feature.c: names, sets, and the value of --features. */
#include "feature.h"

#include <check.h>
#include <stdlib.h>

#define BIT(id) WASM_FEATURE_BIT(WASM_FEATURE_##id)

START_TEST(every_name_is_found) {
  enum wasm_feature feature = (enum wasm_feature)_i;
  const char *name = wasm_feature_name(feature);
  ck_assert_uint_eq(wasm_feature_find(slice_of(name)), feature);
  ck_assert_ptr_nonnull(strstr(wasm_feature_missing(feature), name));
  /* What the lowering knows, the validator knows. */
  ck_assert(!wasm_feature_supported(feature) || (wasm_features_checked() & WASM_FEATURE_BIT(feature)) != 0);
}
END_TEST

START_TEST(other_names_are_not) {
  ck_assert_uint_eq(wasm_feature_find(slice_of("sim")), WASM_FEATURE_COUNT);
  ck_assert_uint_eq(wasm_feature_find(slice_of("")), WASM_FEATURE_COUNT);
  ck_assert_uint_eq(wasm_feature_find(slice_of("simd ")), WASM_FEATURE_COUNT);
}
END_TEST

START_TEST(the_default_is_what_is_supported) {
  for (unsigned i = 0; i < WASM_FEATURE_COUNT; i++) {
    ck_assert_int_eq((wasm_features_default() & WASM_FEATURE_BIT(i)) != 0,
                     wasm_feature_supported((enum wasm_feature)i));
  }
  ck_assert((wasm_features_default() & BIT(MVP)) != 0);
}
END_TEST

static const struct {
  const char *list;
  wasm_features expected;
} lists[] = {
    {"mvp", BIT(MVP)},
    {"mvp,+sign-extension", BIT(MVP) | BIT(SIGN_EXTENSION)},
    {"mvp,sign-extension,bulk-memory", BIT(MVP) | BIT(SIGN_EXTENSION) | BIT(BULK_MEMORY)},
    {"mvp,bulk-memory,-bulk-memory", BIT(MVP)},
    {"mvp,-mvp", BIT(MVP)},      /* the base cannot go away */
    {"mvp,-simd,-gc", BIT(MVP)}, /* what is not supported can be switched off */
    {"-all", BIT(MVP)},
    {"-all,+multi-value", BIT(MVP) | BIT(MULTI_VALUE)},
};

START_TEST(lists_of_features) {
  wasm_features features = wasm_features_default();
  struct slice bad;
  ck_assert(wasm_features_parse(lists[_i].list, &features, &bad));
  ck_assert_uint_eq(features, lists[_i].expected);
}
END_TEST

START_TEST(sets_add_where_they_are_not_first) {
  wasm_features features = BIT(MVP) | BIT(BULK_MEMORY);
  struct slice bad;
  ck_assert(wasm_features_parse("-bulk-memory,all", &features, &bad));
  ck_assert_uint_eq(features, wasm_features_default());
  features = BIT(MVP);
  ck_assert(wasm_features_parse("+2.0", &features, &bad));
  ck_assert((features & BIT(REFERENCE_TYPES)) != 0);
}
END_TEST

static const struct {
  const char *list;
  const char *word;
} bad_lists[] = {
    {"mvp,nonsense", "nonsense"}, {"", ""},         {"mvp,", ""},      {"+", ""}, {"mvp,,bulk-memory", ""},
    {"-nothing", "nothing"},      {"SIMD", "SIMD"}, {"+gc,mvp", "gc"},
};

START_TEST(bad_words_are_pointed_out) {
  wasm_features features = wasm_features_default();
  struct slice bad;
  ck_assert(!wasm_features_parse(bad_lists[_i].list, &features, &bad));
  /* With its sign, as the user wrote it. */
  struct slice word = slice_of(bad_lists[_i].word);
  ck_assert_uint_ge(bad.size, word.size);
  ck_assert_uint_le(bad.size, word.size + 1);
  ck_assert(slice_equal((struct slice){bad.data + (bad.size - word.size), word.size}, word));
}
END_TEST

int main(void) {
  TCase *tests = tcase_create("feature");
  tcase_add_loop_test(tests, every_name_is_found, 0, WASM_FEATURE_COUNT);
  tcase_add_test(tests, other_names_are_not);
  tcase_add_test(tests, the_default_is_what_is_supported);
  tcase_add_loop_test(tests, lists_of_features, 0, (int)(sizeof lists / sizeof lists[0]));
  tcase_add_test(tests, sets_add_where_they_are_not_first);
  tcase_add_loop_test(tests, bad_words_are_pointed_out, 0, (int)(sizeof bad_lists / sizeof bad_lists[0]));
  Suite *suite = suite_create("feature");
  suite_add_tcase(suite, tests);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
