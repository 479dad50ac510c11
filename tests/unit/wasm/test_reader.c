/* Tests of wasm2native/wasm/reader.c: LEB128 limits (spec 5.2.2), UTF-8 (5.2.4), types (5.3), and that
 * failures stick. */
#include "reader.h"

#include <check.h>
#include <stdlib.h>

#define BYTES(...) {(const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__})}

enum outcome { FINE, TOO_LONG, TOO_LARGE, ENDS };

static const char *const messages[] = {
    [TOO_LONG] = "integer representation too long",
    [TOO_LARGE] = "integer too large",
    [ENDS] = "unexpected end of section or function",
};

static const struct {
  unsigned bits;
  bool is_signed;
  enum outcome outcome;
  int64_t value;
  struct slice bytes;
} numbers[] = {
    {32, false, FINE, 0, BYTES(0x00)},
    {32, false, FINE, 127, BYTES(0x7f)},
    {32, false, FINE, 128, BYTES(0x80, 0x01)},
    {32, false, FINE, 0, BYTES(0x80, 0x80, 0x80, 0x80, 0x00)},
    {32, false, FINE, UINT32_MAX, BYTES(0xff, 0xff, 0xff, 0xff, 0x0f)},
    {32, false, TOO_LARGE, 0, BYTES(0xff, 0xff, 0xff, 0xff, 0x1f)},
    {32, false, TOO_LARGE, 0, BYTES(0x80, 0x80, 0x80, 0x80, 0x40)},
    {32, false, TOO_LONG, 0, BYTES(0x80, 0x80, 0x80, 0x80, 0x80, 0x00)},
    {32, false, ENDS, 0, BYTES(0x80, 0x80)},
    {64, false, FINE, -1, BYTES(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01)},
    {64, false, TOO_LARGE, 0, BYTES(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02)},
    {64, false, TOO_LONG, 0, BYTES(0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00)},
    {32, true, FINE, 0, BYTES(0x00)},
    {32, true, FINE, -1, BYTES(0x7f)},
    {32, true, FINE, 63, BYTES(0x3f)},
    {32, true, FINE, -64, BYTES(0x40)},
    {32, true, FINE, 64, BYTES(0xc0, 0x00)},
    {32, true, FINE, INT32_MAX, BYTES(0xff, 0xff, 0xff, 0xff, 0x07)},
    {32, true, FINE, INT32_MIN, BYTES(0x80, 0x80, 0x80, 0x80, 0x78)},
    {32, true, FINE, -1, BYTES(0xff, 0xff, 0xff, 0xff, 0x7f)},
    {32, true, TOO_LARGE, 0, BYTES(0xff, 0xff, 0xff, 0xff, 0x0f)},
    {32, true, TOO_LARGE, 0, BYTES(0x80, 0x80, 0x80, 0x80, 0x70)},
    {32, true, TOO_LARGE, 0, BYTES(0x80, 0x80, 0x80, 0x80, 0x10)},
    {32, true, TOO_LONG, 0, BYTES(0xff, 0xff, 0xff, 0xff, 0xff, 0x7f)},
    {33, true, FINE, UINT32_MAX, BYTES(0xff, 0xff, 0xff, 0xff, 0x0f)},
    {33, true, FINE, -INT64_C(0x100000000), BYTES(0x80, 0x80, 0x80, 0x80, 0x70)},
    {33, true, TOO_LARGE, 0, BYTES(0x80, 0x80, 0x80, 0x80, 0x60)},
    {33, true, TOO_LARGE, 0, BYTES(0x80, 0x80, 0x80, 0x80, 0x30)},
    {64, true, FINE, INT64_MAX, BYTES(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00)},
    {64, true, FINE, INT64_MIN, BYTES(0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f)},
    {64, true, TOO_LARGE, 0, BYTES(0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01)},
    {64, true, TOO_LARGE, 0, BYTES(0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7e)},
    {64, true, TOO_LONG, 0, BYTES(0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0xff, 0x7f)},
};

START_TEST(leb128) {
  struct wasm_reader r = wasm_reader_make(numbers[_i].bytes, 100);
  int64_t value = numbers[_i].is_signed ? wasm_read_signed(&r, numbers[_i].bits)
                                        : (int64_t)wasm_read_unsigned(&r, numbers[_i].bits);
  if (numbers[_i].outcome == FINE) {
    ck_assert(!wasm_reader_failed(&r));
    ck_assert_int_eq(value, numbers[_i].value);
    ck_assert(wasm_reader_at_end(&r));
  } else {
    ck_assert_str_eq(r.error, messages[numbers[_i].outcome]);
    ck_assert_int_eq(r.phase, DIAG_MALFORMED);
    ck_assert_int_eq(value, 0);
  }
}
END_TEST

/* Every value of 32 bits at the edges of its encodings, through the inline reader. */
START_TEST(every_length_of_u32) {
  for (unsigned shift = 0; shift < 32; shift++) {
    for (int delta = -1; delta <= 1; delta++) {
      uint32_t expected = (UINT32_C(1) << shift) + (uint32_t)delta;
      uint8_t bytes[5];
      size_t size = 0;
      for (uint32_t left = expected;; left >>= 7) {
        bytes[size++] = (uint8_t)((left & 0x7f) | (left > 0x7f ? 0x80 : 0));
        if (left <= 0x7f) {
          break;
        }
      }
      struct wasm_reader r = wasm_reader_make((struct slice){bytes, size}, 0);
      ck_assert_uint_eq(wasm_read_u32(&r), expected);
      ck_assert(!wasm_reader_failed(&r) && wasm_reader_at_end(&r));
    }
  }
}
END_TEST

static const struct {
  bool is_valid;
  struct slice bytes; /* without the length */
} names[] = {
    {true, BYTES('a', 'b', 'c')},
    {true, BYTES(0x00)},
    {true, BYTES(0xc2, 0x80)},
    {true, BYTES(0xdf, 0xbf)},
    {true, BYTES(0xe0, 0xa0, 0x80)},
    {true, BYTES(0xed, 0x9f, 0xbf)},
    {true, BYTES(0xee, 0x80, 0x80)},
    {true, BYTES(0xef, 0xbf, 0xbf)},
    {true, BYTES(0xf0, 0x90, 0x80, 0x80)},
    {true, BYTES(0xf4, 0x8f, 0xbf, 0xbf)},
    {false, BYTES(0x80)},
    {false, BYTES(0xc0, 0x80)},             /* overlong */
    {false, BYTES(0xc1, 0xbf)},             /* overlong */
    {false, BYTES(0xe0, 0x9f, 0xbf)},       /* overlong */
    {false, BYTES(0xf0, 0x8f, 0xbf, 0xbf)}, /* overlong */
    {false, BYTES(0xed, 0xa0, 0x80)},       /* a surrogate */
    {false, BYTES(0xed, 0xbf, 0xbf)},       /* a surrogate */
    {false, BYTES(0xf4, 0x90, 0x80, 0x80)}, /* above U+10FFFF */
    {false, BYTES(0xf5, 0x80, 0x80, 0x80)},
    {false, BYTES(0xff)},
    {false, BYTES(0xc2)}, /* cut short */
    {false, BYTES(0xe0, 0xa0)},
    {false, BYTES(0xf0, 0x90, 0x80)},
    {false, BYTES(0xc2, 0x41)},
    {false, BYTES(0xe1, 0x80, 0xc0)},
};

START_TEST(utf8) {
  uint8_t bytes[8] = {(uint8_t)names[_i].bytes.size};
  memcpy(bytes + 1, names[_i].bytes.data, names[_i].bytes.size);
  struct wasm_reader r = wasm_reader_make((struct slice){bytes, names[_i].bytes.size + 1}, 0);
  struct slice name = wasm_read_name(&r);
  if (names[_i].is_valid) {
    ck_assert(!wasm_reader_failed(&r));
    ck_assert(slice_equal(name, names[_i].bytes));
  } else {
    ck_assert_str_eq(r.error, "malformed UTF-8 encoding");
  }
}
END_TEST

START_TEST(fixed_width_numbers_are_little_endian) {
  static const uint8_t bytes[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  struct wasm_reader r = wasm_reader_make((struct slice){bytes, sizeof bytes}, 0);
  ck_assert_uint_eq(wasm_read_u32_le(&r), 0x04030201);
  ck_assert_uint_eq(wasm_read_u64_le(&r), UINT64_C(0x0c0b0a0908070605));
  ck_assert(wasm_reader_at_end(&r));
}
END_TEST

START_TEST(the_first_failure_stays) {
  static const uint8_t bytes[] = {0x05, 'a'};
  struct wasm_reader r = wasm_reader_make((struct slice){bytes, sizeof bytes}, 0x40);
  ck_assert_uint_eq(wasm_read_bytes(&r, 5).size, 0);
  ck_assert_uint_eq(r.error_offset, 0x40);
  ck_assert(wasm_reader_at_end(&r));
  const char *first = r.error;
  ck_assert_uint_eq(wasm_read_u8(&r), 0);
  ck_assert_uint_eq(wasm_read_u32(&r), 0);
  ck_assert_uint_eq(wasm_read_u64_le(&r), 0);
  wasm_reader_fail(&r, "another");
  wasm_reader_needs(&r, 7, WASM_FEATURE_SIMD);
  ck_assert_ptr_eq(r.error, first);
  ck_assert_uint_eq(r.error_offset, 0x40);
  ck_assert_int_eq(r.phase, DIAG_MALFORMED);
}
END_TEST

START_TEST(a_length_beyond_the_input_is_not_believed) {
  static const uint8_t bytes[] = {0xff, 0xff, 0xff, 0xff, 0x0f, 1, 2, 3};
  struct wasm_reader r = wasm_reader_make((struct slice){bytes, sizeof bytes}, 0);
  ck_assert_uint_eq(wasm_read_count(&r, 1), 0);
  ck_assert(wasm_reader_failed(&r));
  static const uint8_t three[] = {3, 1, 2, 3, 4, 5, 6};
  r = wasm_reader_make((struct slice){three, sizeof three}, 0);
  ck_assert_uint_eq(wasm_read_count(&r, 2), 3);
  r = wasm_reader_make((struct slice){three, sizeof three}, 0);
  ck_assert_uint_eq(wasm_read_count(&r, 3), 0);
  ck_assert(wasm_reader_failed(&r));
}
END_TEST

START_TEST(no_bytes_at_all) {
  struct wasm_reader r = wasm_reader_make((struct slice){NULL, 0}, 3);
  ck_assert(wasm_reader_at_end(&r));
  ck_assert_uint_eq(wasm_read_u8(&r), 0);
  ck_assert(wasm_reader_failed(&r));
  ck_assert_uint_eq(r.error_offset, 3);
}
END_TEST

static const struct {
  uint8_t byte;
  const char *error; /* with every feature that is known here, or NULL */
} types[] = {
    {0x7f, NULL},
    {0x7e, NULL},
    {0x7d, NULL},
    {0x7c, NULL},
    {0x7b, NULL},
    {0x70, NULL},
    {0x6f, NULL},
    {0x6e, NULL},
    {0x6d, NULL},
    {0x73, NULL},
    {0x69, NULL},
    {0x68, "malformed value type"},
    {0x75, "malformed value type"},
    {0x64, "unexpected end of section or function"}, /* the heap type */
    {0x63, "unexpected end of section or function"},
    {0x40, "malformed value type"},
    {0x00, "malformed value type"},
    {0x60, "malformed value type"},
    {0x7a, "malformed value type"},
    {0x80, "malformed value type"},
    {0xff, "malformed value type"},
};

static wasm_features used; /* by what was read */

START_TEST(value_types) {
  struct wasm_reader r = wasm_reader_make((struct slice){&types[_i].byte, 1}, 0);
  wasm_type type = wasm_read_value_type(&r, UINT32_MAX, &used);
  if (types[_i].error == NULL) {
    ck_assert(!wasm_reader_failed(&r));
    bool is_short_ref = types[_i].byte < WASM_V128;
    ck_assert_uint_eq(type,
                      is_short_ref ? WASM_REF_NULL(WASM_HEAP_ABSTRACT | types[_i].byte) : types[_i].byte);
    ck_assert_str_ne(wasm_type_name(type).text, "?");
  } else {
    ck_assert_str_eq(r.error, types[_i].error);
    ck_assert_int_eq(r.phase, strncmp(r.error, "unsupported", 11) == 0 ? DIAG_UNSUPPORTED : DIAG_MALFORMED);
  }
}
END_TEST

START_TEST(value_types_need_their_feature) {
  static const uint8_t bytes[] = {0x7b, 0x70};
  struct wasm_reader r = wasm_reader_make((struct slice){bytes, 1}, 0);
  wasm_read_value_type(&r, WASM_FEATURE_BIT(WASM_FEATURE_MVP), &used);
  ck_assert_str_eq(r.error, "unsupported: needs feature simd");
  r = wasm_reader_make((struct slice){bytes + 1, 1}, 0);
  wasm_read_ref_type(&r, WASM_FEATURE_BIT(WASM_FEATURE_MVP), &used);
  ck_assert_str_eq(r.error, "unsupported: needs feature reference-types");
  static const uint8_t newer[] = {0x63, 0x6e};
  for (unsigned i = 0; i < 2; i++) { /* (ref null any), anyref */
    r = wasm_reader_make((struct slice){newer + i, 2 - i}, 0);
    wasm_read_ref_type(&r, ~WASM_FEATURE_BIT(WASM_FEATURE_FUNCTION_REFERENCES), &used);
    ck_assert_str_eq(r.error, "unsupported: needs feature function-references");
  }
}
END_TEST

START_TEST(heap_types) {
  static const uint8_t long_form[] = {0xf0, 0x7f}; /* -16 in two bytes; abstract types are single bytes */
  static const uint8_t index[] = {0x05};
  static const uint8_t extern_type[] = {0x6f};
  struct wasm_reader r = wasm_reader_make((struct slice){extern_type, 1}, 0);
  ck_assert_uint_eq(wasm_read_heap_type(&r, UINT32_MAX, &used), WASM_EXTERNREF);
  ck_assert(!wasm_reader_failed(&r));
  r = wasm_reader_make((struct slice){long_form, 2}, 0);
  wasm_read_heap_type(&r, UINT32_MAX, &used);
  ck_assert_str_eq(r.error, "malformed heap type");
  r = wasm_reader_make((struct slice){index, 1}, 0);
  ck_assert_uint_eq(wasm_read_heap_type(&r, UINT32_MAX, &used), WASM_REF_NULL(5));
  ck_assert(!wasm_reader_failed(&r));
}
END_TEST

static const struct {
  wasm_type type;
  const char *error;
  uint8_t bytes[6];
} references[] = {
    {WASM_REF_NULL(5), NULL, {0x63, 5}},
    {WASM_REF(0), NULL, {0x64, 0}},
    {WASM_FUNCREF, NULL, {0x63, 0x70}},
    {WASM_REF(WASM_HEAP_NOEXN), NULL, {0x64, 0x74}},
    {WASM_REF(999999), NULL, {0x64, 0xbf, 0x84, 0x3d}},
    {0, "unknown type in a reference", {0x64, 0xc0, 0x84, 0x3d}},
    {0, "unknown type in a reference", {0x64, 0xff, 0xff, 0xff, 0xff, 0x0f}},
    {0, "malformed heap type", {0x64, 0x40}},
    {0, "malformed heap type", {0x64, 0x68}},
    {0, "malformed heap type", {0x64, 0x75}},
    {0, "malformed heap type", {0x64, 0x7f}}, /* i32 */
    {0, "malformed heap type", {0x64, 0xf0, 0x7f}},
    {0, "integer too large", {0x64, 0x80, 0x80, 0x80, 0x80, 0x20}},
};

/* The long form of a type is of a later standard than the type. */
START_TEST(features_of_types) {
  static const struct {
    uint8_t bytes[2];
    size_t size;
    wasm_features used;
  } cases[] = {
#define BIT(feature) WASM_FEATURE_BIT(WASM_FEATURE_##feature)
      {{0x7f}, 1, 0},
      {{0x7b}, 1, BIT(SIMD)},
      {{0x70}, 1, BIT(REFERENCE_TYPES)},
      {{0x63, 0x70}, 2, BIT(FUNCTION_REFERENCES)},
      {{0x64, 0x00}, 2, BIT(FUNCTION_REFERENCES)},
      {{0x6d}, 1, BIT(FUNCTION_REFERENCES) | BIT(GC)},
      {{0x63, 0x69}, 2, BIT(FUNCTION_REFERENCES) | BIT(EXCEPTIONS)},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct wasm_reader r = wasm_reader_make((struct slice){cases[i].bytes, cases[i].size}, 0);
    used = 0;
    wasm_read_value_type(&r, UINT32_MAX, &used);
    ck_assert(!wasm_reader_failed(&r) && wasm_reader_at_end(&r));
    ck_assert_uint_eq(used & ~BIT(MVP), cases[i].used);
  }
}
END_TEST

START_TEST(reference_types) {
  struct wasm_reader r = wasm_reader_make((struct slice){references[_i].bytes, 6}, 0);
  wasm_type type = wasm_read_ref_type(&r, UINT32_MAX, &used);
  if (references[_i].error == NULL) {
    ck_assert(!wasm_reader_failed(&r));
    ck_assert_uint_eq(type, references[_i].type);
  } else {
    ck_assert_ptr_nonnull(strstr(r.error, references[_i].error));
  }
}
END_TEST

int main(void) {
  TCase *tests = tcase_create("reader");
  tcase_add_loop_test(tests, leb128, 0, (int)(sizeof numbers / sizeof numbers[0]));
  tcase_add_test(tests, every_length_of_u32);
  tcase_add_loop_test(tests, utf8, 0, (int)(sizeof names / sizeof names[0]));
  tcase_add_test(tests, fixed_width_numbers_are_little_endian);
  tcase_add_test(tests, the_first_failure_stays);
  tcase_add_test(tests, a_length_beyond_the_input_is_not_believed);
  tcase_add_test(tests, no_bytes_at_all);
  tcase_add_loop_test(tests, value_types, 0, (int)(sizeof types / sizeof types[0]));
  tcase_add_test(tests, value_types_need_their_feature);
  tcase_add_test(tests, heap_types);
  tcase_add_test(tests, features_of_types);
  tcase_add_loop_test(tests, reference_types, 0, (int)(sizeof references / sizeof references[0]));
  Suite *suite = suite_create("reader");
  suite_add_tcase(suite, tests);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
