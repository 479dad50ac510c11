/*
 * Tests of wasm2native/wasm/insn.c and of the printer: every row of the opcode table is encoded, decoded and
 * printed; then the limits of single immediates.
 */
#include "insn.h"

#include <check.h>
#include <stdlib.h>

#include "dump.h"

#define BYTES(...) {(const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__})}

/* An immediate of each kind: its bytes, and its text. */
static const struct {
  bool is_known;
  struct slice bytes;
  const char *text;
} immediates[] = {
    [WASM_IMM_NONE] = {true, {NULL, 0}, ""},
    [WASM_IMM_BLOCK] = {true, BYTES(0x7e), " (result i64)"},
    [WASM_IMM_LABEL] = {true, BYTES(0x85, 0x01), " 133"},
    [WASM_IMM_LABELS] = {true, BYTES(0x02, 0x01, 0x00, 0x03), " 1 0 3"},
    [WASM_IMM_LOCAL] = {true, BYTES(0x80, 0x01), " 128"},
    [WASM_IMM_GLOBAL] = {true, BYTES(0x07), " 7"},
    [WASM_IMM_FUNC] = {true, BYTES(0x08), " 8"},
    [WASM_IMM_TYPE] = {true, BYTES(0x09), " 9"},
    [WASM_IMM_CALL_INDIRECT] = {true, BYTES(0x0a, 0x0b), " 11 (type 10)"},
    [WASM_IMM_TABLE] = {true, BYTES(0x0c), " 12"},
    [WASM_IMM_TABLE_TABLE] = {true, BYTES(0x01, 0x02), " 1 2"},
    [WASM_IMM_ELEM_TABLE] = {true, BYTES(0x03, 0x04), " 4 3"},
    [WASM_IMM_ELEM] = {true, BYTES(0x05), " 5"},
    [WASM_IMM_DATA] = {true, BYTES(0x06), " 6"},
    [WASM_IMM_MEMORY] = {true, BYTES(0x02), " 2"},
    [WASM_IMM_MEMORY_MEMORY] = {true, BYTES(0x01, 0x02), " 1 2"},
    [WASM_IMM_DATA_MEMORY] = {true, BYTES(0x03, 0x01), " 1 3"},
    [WASM_IMM_MEMARG] = {true, BYTES(0x45, 0x03, 0xff, 0xff, 0xff, 0xff, 0x1f),
                         " 3 offset=8589934591 align=32"},
    [WASM_IMM_MEMARG_LANE] = {true, BYTES(0x05, 0x10, 0x01), " offset=16 align=32 1"},
    [WASM_IMM_I32] = {true, BYTES(0x80, 0x80, 0x80, 0x80, 0x78), " -2147483648"},
    [WASM_IMM_I64] = {true, BYTES(0x7f), " -1"},
    [WASM_IMM_F32] = {true, BYTES(0x00, 0x00, 0xc0, 0xbf), " -0x1.8p+0"},
    [WASM_IMM_F64] = {true, BYTES(1, 0, 0, 0, 0, 0, 0xf0, 0xff), " -nan:0x1"},
    [WASM_IMM_V128] = {true, BYTES(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255),
                       " i8x16 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 255"},
    [WASM_IMM_LANE] = {true, BYTES(0x03), " 3"},
    [WASM_IMM_LANES16] = {true, BYTES(31, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),
                          " 31 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15"},
    [WASM_IMM_SELECT] = {true, BYTES(0x01, 0x6f), " (result externref)"},
    [WASM_IMM_HEAP_TYPE] = {true, BYTES(0x70), " func"},
    [WASM_IMM_FENCE] = {true, BYTES(0x00), ""},
    [WASM_IMM_TYPE_FIELD] = {true, BYTES(0x01, 0x02), " 1 2"},
    [WASM_IMM_TYPE_U32] = {true, BYTES(0x03, 0x80, 0x01), " 3 128"},
    [WASM_IMM_TYPE_DATA] = {true, BYTES(0x04, 0x05), " 4 5"},
    [WASM_IMM_TYPE_ELEM] = {true, BYTES(0x06, 0x07), " 6 7"},
    [WASM_IMM_TYPE_TYPE] = {true, BYTES(0x08, 0x09), " 8 9"},
    [WASM_IMM_BR_ON_CAST] = {true, BYTES(0x01, 0x02, 0x70, 0x05), " 2 funcref (ref 5)"},
};

static struct arena arena;

static void teardown(void) {
  arena_free(&arena);
}

/* The instruction of row `opcode` with its immediate; the number of bytes. */
static size_t encode(int opcode, uint8_t *bytes) {
  const struct wasm_opcode_info *info = &wasm_opcode_info[opcode];
  size_t size = 0;
  if (info->prefix != 0) {
    bytes[size++] = info->prefix;
    for (uint32_t code = info->code; code > 0x7f; code >>= 7) {
      bytes[size++] = (uint8_t)(code | 0x80);
    }
    bytes[size++] = (uint8_t)(info->code >> (info->code > 0x7f ? 7 : 0));
  } else {
    bytes[size++] = (uint8_t)info->code;
  }
  if (info->imm < sizeof immediates / sizeof immediates[0] && immediates[info->imm].is_known) {
    struct slice imm = immediates[info->imm].bytes;
    memcpy(bytes + size, imm.size > 0 ? imm.data : bytes, imm.size);
    size += imm.size;
  }
  return size;
}

static struct wasm_walk walk_over(const uint8_t *bytes, size_t size, wasm_features features) {
  return wasm_walk_make((struct slice){bytes, size}, 0x20, features, &arena);
}

static void print(const struct wasm_insn *insn, char *text, size_t capacity) {
  FILE *stream = tmpfile();
  ck_assert_ptr_nonnull(stream);
  wasm_insn_print(stream, insn);
  rewind(stream);
  text[fread(text, 1, capacity - 1, stream)] = '\0';
  fclose(stream);
}

START_TEST(every_row_is_decoded_and_printed) {
  const struct wasm_opcode_info *info = &wasm_opcode_info[_i];
  uint8_t bytes[32];
  size_t size = encode(_i, bytes);
  struct wasm_walk walk = walk_over(bytes, size, UINT32_MAX);
  struct wasm_insn insn;
  if ((wasm_features_checked() & WASM_FEATURE_BIT(info->feature)) == 0) {
    ck_assert(!wasm_walk_next(&walk, &insn));
    ck_assert_str_eq(walk.reader.error, wasm_feature_missing((enum wasm_feature)info->feature));
    return;
  }
  ck_assert_msg(immediates[info->imm].is_known, "%s has an immediate that this test does not know",
                info->text);
  ck_assert_msg(wasm_walk_next(&walk, &insn), "%s: %s", info->text, walk.reader.error);
  ck_assert_int_eq(insn.opcode, _i);
  ck_assert_uint_eq(insn.offset, 0x20);
  ck_assert(wasm_reader_at_end(&walk.reader));
  char text[256];
  char expected[256];
  print(&insn, text, sizeof text);
  const char *imm = immediates[info->imm].text;
  if (info->imm == WASM_IMM_HEAP_TYPE &&
      _i != WASM_OP_REF_NULL) { /* there the opcode says if null is meant */
    imm = info->oper == WASM_OPER_NULL ? " funcref" : " (ref func)";
  }
  snprintf(expected, sizeof expected, "%s%s", info->text, imm);
  ck_assert_str_eq(text, expected);
  ck_assert(!wasm_walk_next(&walk, &insn));
  ck_assert(!wasm_reader_failed(&walk.reader));
}
END_TEST

START_TEST(every_row_fails_where_bytes_are_missing) {
  const struct wasm_opcode_info *info = &wasm_opcode_info[_i];
  uint8_t bytes[32];
  size_t size = encode(_i, bytes);
  for (size_t cut = 1; cut < size; cut++) {
    struct wasm_walk walk = walk_over(bytes, cut, UINT32_MAX);
    struct wasm_insn insn;
    ck_assert_msg(!wasm_walk_next(&walk, &insn), "%s in %zu bytes", info->text, cut);
    ck_assert(wasm_reader_failed(&walk.reader));
  }
}
END_TEST

START_TEST(every_row_needs_its_feature) {
  const struct wasm_opcode_info *info = &wasm_opcode_info[_i];
  uint8_t bytes[32];
  size_t size = encode(_i, bytes);
  struct wasm_walk walk = walk_over(bytes, size, ~WASM_FEATURE_BIT(info->feature));
  struct wasm_insn insn;
  ck_assert(!wasm_walk_next(&walk, &insn));
  ck_assert_str_eq(walk.reader.error, wasm_feature_missing((enum wasm_feature)info->feature));
  ck_assert_int_eq(walk.reader.phase, DIAG_UNSUPPORTED);
}
END_TEST

#define ALL UINT32_MAX
#define WITHOUT(feature) (~WASM_FEATURE_BIT(WASM_FEATURE_##feature))

/* Immediates that are refused, and why. */
static const struct {
  wasm_features features;
  const char *error;
  struct slice bytes;
} refused[] = {
    {ALL, "illegal opcode", BYTES(0xff)},
    {ALL, "illegal opcode", BYTES(0xc5)},
    {ALL, "illegal opcode", BYTES(0xfc, 0x12 + 0x20)},
    {ALL, "illegal opcode", BYTES(0xfd, 0xff, 0x7f)},
    {ALL, "illegal opcode", BYTES(0xfe, 0x04)},
    {ALL, "integer representation too long", BYTES(0xfc, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00)},
    {ALL, "malformed block type", BYTES(0x02, 0xc0, 0x7f)}, /* -64 in two bytes */
    {ALL, "malformed value type", BYTES(0x02, 0x41)},
    {ALL, "integer too large", BYTES(0x02, 0x80, 0x80, 0x80, 0x80, 0x20)},
    {WITHOUT(MULTI_VALUE), "unsupported: needs feature multi-value", BYTES(0x02, 0x00)},
    {WITHOUT(SIMD), "unsupported: needs feature simd", BYTES(0x02, 0x7b)},
    {WITHOUT(REFERENCE_TYPES), "unsupported: needs feature reference-types", BYTES(0x11, 0x00, 0x01)},
    {WITHOUT(REFERENCE_TYPES), "unsupported: needs feature reference-types", BYTES(0x11, 0x00, 0x80, 0x00)},
    {WITHOUT(MULTI_MEMORY), "unsupported: needs feature multi-memory", BYTES(0x3f, 0x01)},
    {WITHOUT(MULTI_MEMORY), "unsupported: needs feature multi-memory", BYTES(0x28, 0x42, 0x00, 0x00)},
    {WITHOUT(MULTI_MEMORY), "unsupported: needs feature multi-memory", BYTES(0xfc, 0x0a, 0x00, 0x80, 0x00)},
    {WITHOUT(MEMORY64), "integer representation too long",
     BYTES(0x28, 0x02, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00)},
    {ALL, "malformed memop flags", BYTES(0x28, 0x80, 0x01, 0x00)},
    {ALL, "zero byte expected", BYTES(0xfe, 0x03, 0x01)},
    {ALL, "unexpected end of section or function", BYTES(0x0e, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x00)},
    {ALL, "unexpected end of section or function", BYTES(0x1c, 0x02, 0x7f)},
    {ALL, "malformed value type", BYTES(0x1c, 0x01, 0x60)},
    {WITHOUT(FUNCTION_REFERENCES), "unsupported: needs feature function-references", BYTES(0xd0, 0x6e)},
    {WITHOUT(FUNCTION_REFERENCES), "unsupported: needs feature function-references", BYTES(0xd0, 0x00)},
    {WITHOUT(FUNCTION_REFERENCES), "unsupported: needs feature function-references", BYTES(0x02, 0x63, 0x70)},
    {ALL, "malformed heap type", BYTES(0xd0, 0x7f)},
    {ALL, "malformed br_on_cast flags", BYTES(0xfb, 0x18, 0x04, 0x00, 0x70, 0x70)},
    {ALL, "integer representation too long", BYTES(0x41, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00)},
};

START_TEST(refused_immediates) {
  struct wasm_walk walk = walk_over(refused[_i].bytes.data, refused[_i].bytes.size, refused[_i].features);
  struct wasm_insn insn;
  ck_assert(!wasm_walk_next(&walk, &insn));
  ck_assert_str_eq(walk.reader.error, refused[_i].error);
}
END_TEST

START_TEST(block_types) {
  static const uint8_t bytes[] = {0x02, 0x40, 0x03, 0x7f, 0x04, 0xc0, 0x00};
  struct wasm_walk walk = walk_over(bytes, sizeof bytes, ALL);
  struct wasm_insn insn;
  ck_assert(wasm_walk_next(&walk, &insn));
  ck_assert_int_eq(insn.imm.block.form, WASM_BLOCK_VOID);
  ck_assert(wasm_walk_next(&walk, &insn));
  ck_assert_int_eq(insn.imm.block.form, WASM_BLOCK_VALUE);
  ck_assert_uint_eq(insn.imm.block.type, WASM_I32);
  ck_assert(wasm_walk_next(&walk, &insn));
  ck_assert_int_eq(insn.imm.block.form, WASM_BLOCK_TYPE);
  ck_assert_uint_eq(insn.imm.block.type, 64);
  ck_assert_uint_eq(insn.offset, 0x24);
}
END_TEST

/* Encodings that only later standards allow are noted, so that a walk with module->used reads the same. */
static const struct {
  wasm_features used;
  struct slice bytes;
} noted[] = {
    {0, BYTES(0x11, 0x00, 0x00)},
    {WASM_FEATURE_BIT(WASM_FEATURE_REFERENCE_TYPES), BYTES(0x11, 0x00, 0x80, 0x00)},
    {WASM_FEATURE_BIT(WASM_FEATURE_MULTI_MEMORY), BYTES(0x3f, 0x80, 0x00)},
    {WASM_FEATURE_BIT(WASM_FEATURE_MULTI_MEMORY), BYTES(0x28, 0x42, 0x00, 0x00)},
    {0, BYTES(0x28, 0x02, 0x80, 0x80, 0x80, 0x80, 0x00)},
    {WASM_FEATURE_BIT(WASM_FEATURE_MEMORY64), BYTES(0x28, 0x02, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00)},
};

START_TEST(encodings_are_noted) {
  struct wasm_walk walk = walk_over(noted[_i].bytes.data, noted[_i].bytes.size, ALL);
  struct wasm_insn insn;
  ck_assert(wasm_walk_next(&walk, &insn));
  ck_assert_uint_eq(walk.used, noted[_i].used);
}
END_TEST

int main(void) {
  TCase *tests = tcase_create("insn");
  tcase_add_checked_fixture(tests, NULL, teardown);
  tcase_add_loop_test(tests, every_row_is_decoded_and_printed, 0, WASM_OP_COUNT);
  tcase_add_loop_test(tests, every_row_fails_where_bytes_are_missing, 0, WASM_OP_COUNT);
  tcase_add_loop_test(tests, every_row_needs_its_feature, 0, WASM_OP_COUNT);
  tcase_add_loop_test(tests, refused_immediates, 0, (int)(sizeof refused / sizeof refused[0]));
  tcase_add_test(tests, block_types);
  tcase_add_loop_test(tests, encodings_are_noted, 0, (int)(sizeof noted / sizeof noted[0]));
  Suite *suite = suite_create("insn");
  suite_add_tcase(suite, tests);
  SRunner *runner = srunner_create(suite);
  srunner_set_fork_status(runner, CK_NOFORK);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
