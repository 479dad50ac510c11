/* Every feature of feature.def: the smallest module that needs it is refused by its name where it is off, and
 * notes it where it is on. */
#include "check.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

/* A module of sections, or of one function () -> () with this body beside a memory. */
#define MODULE(...)                                                                                          \
  {                                                                                                          \
    (const uint8_t[]){__VA_ARGS__}, sizeof(const uint8_t[]) {                                                \
      __VA_ARGS__                                                                                            \
    }                                                                                                        \
  }

struct sample {
  struct slice sections, body;
};

#define SECTIONS(...) {.sections = MODULE(__VA_ARGS__)}
#define BODY(...) {.body = MODULE(__VA_ARGS__)}

#define ZEROS 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0

/* What has neither needs no feature, or is never refused for lack of it. */
static const struct sample samples[WASM_FEATURE_COUNT] = {
    [WASM_FEATURE_MUTABLE_GLOBALS] = SECTIONS(2, 6, 1, 0, 0, 3, 0x7f, 1),
    [WASM_FEATURE_SIGN_EXTENSION] = BODY(0x41, 0, 0xc0, 0x1a),
    [WASM_FEATURE_SATURATING_FLOAT_TO_INT] = BODY(0x43, 0, 0, 0, 0, 0xfc, 0, 0x1a),
    [WASM_FEATURE_MULTI_VALUE] = SECTIONS(1, 6, 1, 0x60, 0, 2, 0x7f, 0x7f),
    [WASM_FEATURE_BULK_MEMORY] = BODY(0x41, 0, 0x41, 0, 0x41, 0, 0xfc, 0x0b, 0),
    [WASM_FEATURE_REFERENCE_TYPES] = SECTIONS(1, 5, 1, 0x60, 1, 0x6f, 0),
    [WASM_FEATURE_SIMD] = BODY(0xfd, 0x0c, ZEROS, 0x1a),
    [WASM_FEATURE_EXTENDED_CONST] = SECTIONS(6, 9, 1, 0x7f, 0, 0x41, 1, 0x41, 1, 0x6a, 0x0b),
    [WASM_FEATURE_TAIL_CALL] = BODY(0x12, 0),
    [WASM_FEATURE_RELAXED_SIMD] = BODY(0xfd, 0x0c, ZEROS, 0xfd, 0x0c, ZEROS, 0xfd, 0x80, 0x02, 0x1a),
    [WASM_FEATURE_FUNCTION_REFERENCES] = SECTIONS(1, 6, 1, 0x60, 1, 0x64, 0x70, 0),
    [WASM_FEATURE_MEMORY64] = SECTIONS(5, 3, 1, 4, 0),
    [WASM_FEATURE_MULTI_MEMORY] = SECTIONS(5, 5, 2, 0, 0, 0, 0),
    [WASM_FEATURE_GC] = BODY(0x41, 0, 0xfb, 0x1c, 0x1a),
    [WASM_FEATURE_EXCEPTIONS] = SECTIONS(1, 4, 1, 0x60, 0, 0, 13, 3, 1, 0, 0),
    [WASM_FEATURE_LEGACY_EXCEPTIONS] = BODY(0x06, 0x40, 0x19, 0x0b),
    [WASM_FEATURE_THREADS] = SECTIONS(5, 4, 1, 3, 0, 1),
    [WASM_FEATURE_CUSTOM_PAGE_SIZES] = SECTIONS(5, 4, 1, 8, 0, 0),
    [WASM_FEATURE_COMPACT_IMPORTS] = SECTIONS(1, 4, 1, 0x60, 0, 0, 2, 9, 1, 0, 0, 0x7f, 1, 1, 'f', 0, 0),
    [WASM_FEATURE_WIDE_ARITHMETIC] = BODY(0x42, 0, 0x42, 0, 0x42, 0, 0x42, 0, 0xfc, 0x13, 0x1a, 0x1a),
};

static void put(uint8_t *bytes, size_t *size, const void *data, size_t count) {
  memcpy(bytes + *size, data, count);
  *size += count;
}

static size_t build(const struct sample *sample, uint8_t *bytes) {
  size_t size = 0;
  put(bytes, &size, "\0asm\1\0\0\0", 8);
  if (sample->sections.size) {
    put(bytes, &size, sample->sections.data, sample->sections.size);
    return size;
  }
  static const uint8_t before[] = {1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 5, 3, 1, 0, 1};
  uint8_t length = (uint8_t)sample->body.size;
  put(bytes, &size, before, sizeof before);
  put(bytes, &size, (const uint8_t[]){10, (uint8_t)(length + 4), 1, (uint8_t)(length + 2), 0}, 5);
  put(bytes, &size, sample->body.data, length);
  put(bytes, &size, (const uint8_t[]){0x0b}, 1);
  return size;
}

static void keep_message(void *context, const struct diag *diag) {
  char *message = context;
  snprintf(message, 200, "%s", diag->message);
}

/* Decodes and checks with these features; the message goes to `message`, what was used to `used`. */
static bool accepts(const struct sample *sample, wasm_features features, char *message, wasm_features *used) {
  uint8_t bytes[200];
  size_t size = build(sample, bytes);
  struct arena arena = {0};
  struct diag_sink sink = {.handler = keep_message, .context = message};
  struct wasm_module module;
  bool ok = wasm_module_decode((struct slice){bytes, size}, features, &arena, &sink, &module) &&
            check_module(&module, features, &arena, &sink);
  *used = ok ? module.used : 0;
  arena_free(&arena);
  return ok;
}

START_TEST(a_missing_feature_is_named) {
  enum wasm_feature feature = (enum wasm_feature)_i;
  const struct sample *sample = &samples[feature];
  wasm_features all = wasm_features_checked(), bit = WASM_FEATURE_BIT(feature), used;
  char message[200] = "";
  if (!sample->sections.size && !sample->body.size) {
    /* Custom sections, among them that of branch hints, never make a module invalid. */
    ck_assert(feature == WASM_FEATURE_MVP || feature == WASM_FEATURE_BRANCH_HINTING);
    return;
  }
  ck_assert(!accepts(sample, all & ~bit, message, &used));
  ck_assert_str_eq(message, wasm_feature_missing(feature));
  if ((all & bit) != 0) {
    ck_assert_msg(accepts(sample, all, message, &used), "%s: %s", wasm_feature_name(feature), message);
    ck_assert_uint_eq(used & bit, bit);
  }
}
END_TEST

/* In unreachable code nothing but the instruction itself shows that references are called. */
START_TEST(tail_calls_of_references_are_of_two_proposals) {
  const struct sample sample = BODY(0x00, 0x15, 0);
  const wasm_features all = wasm_features_checked();
  const wasm_features both =
      WASM_FEATURE_BIT(WASM_FEATURE_TAIL_CALL) | WASM_FEATURE_BIT(WASM_FEATURE_FUNCTION_REFERENCES);
  char message[200] = "";
  wasm_features used;
  ck_assert_msg(accepts(&sample, all, message, &used), "%s", message);
  ck_assert_uint_eq(used & both, both);
  ck_assert(!accepts(&sample, all & ~WASM_FEATURE_BIT(WASM_FEATURE_FUNCTION_REFERENCES), message, &used));
  ck_assert_str_eq(message, wasm_feature_missing(WASM_FEATURE_FUNCTION_REFERENCES));
}
END_TEST

int main(void) {
  Suite *suite = suite_create("check/features");
  TCase *tests = tcase_create("features");
  tcase_add_loop_test(tests, a_missing_feature_is_named, 0, WASM_FEATURE_COUNT);
  tcase_add_test(tests, tail_calls_of_references_are_of_two_proposals);
  suite_add_tcase(suite, tests);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
