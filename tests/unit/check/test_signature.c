/*
 * Tests of wasm2native/check/signature.c: every row of the opcode table that has a signature is tried with
 * the operands that it names and with wrong ones; then alignments, offsets, lanes and segments.
 */
#include "body.h"

static const struct body_case cases[] = {
    {"", "", "type mismatch in i32.add: expected i32, found nothing",
     BYTES(0, I32_CONST, 0, I32_ADD, DROP, END)},
    {"", "", "type mismatch in i32.add: expected i32, found f32",
     BYTES(0, F32_CONST, 0, 0, 0, 0, I32_CONST, 0, I32_ADD, DROP, END)},
    /* Alignment and offset. */
    {"", "i", NULL, BYTES(0, I32_CONST, 0, I32_LOAD, 2, 0, END)},
    {"", "i", NULL, BYTES(0, I32_CONST, 0, I32_LOAD, 0, 0, END)},
    {"", "i", "alignment must not be larger than natural", BYTES(0, I32_CONST, 0, I32_LOAD, 3, 0, END)},
    {"", "i", "alignment must not be larger than natural", BYTES(0, I32_CONST, 0, I32_LOAD, 0x3f, 0, END)},
    {"", "i", NULL, BYTES(0, I32_CONST, 0, I32_LOAD, 2, 0xff, 0xff, 0xff, 0xff, 0x0f, END)},
    {"", "i", "offset out of range in i32.load: 4294967296",
     BYTES(0, I32_CONST, 0, I32_LOAD, 2, 0x80, 0x80, 0x80, 0x80, 0x10, END)},
    {"", "i", NULL, BYTES(0, I64_CONST, 0, I32_LOAD, 0x42, 1, 0x80, 0x80, 0x80, 0x80, 0x10, END)},
    {"", "i", "type mismatch in i32.load: expected i64, found i32",
     BYTES(0, I32_CONST, 0, I32_LOAD, 0x42, 1, 0, END)},
    {"", "i", NULL, BYTES(0, I64_CONST, 0, I32_LOAD, 0x40, 1, 0, END)}, /* bit 6 alone: alignment 1 */
    {"", "i", "unknown memory 2", BYTES(0, I32_CONST, 0, I32_LOAD, 0x42, 2, 0, END)},
    {"", "i", NULL, BYTES(0, MEMORY_SIZE, 0, END)},
    {"", "I", NULL, BYTES(0, MEMORY_SIZE, 1, END)},
    {"", "I", "unknown memory 2", BYTES(0, MEMORY_SIZE, 2, END)},
    {"", "I", NULL, BYTES(0, I64_CONST, 0, MEMORY_GROW, 1, END)},
    /* Atomic accesses have exactly their natural alignment. */
    {"", "i", NULL, BYTES(0, I32_CONST, 0, 0xfe, 0x10, 2, 0, END)},
    {"", "i", "misaligned atomic access", BYTES(0, I32_CONST, 0, 0xfe, 0x10, 1, 0, END)},
    {"", "i", "alignment must not be larger than natural", BYTES(0, I32_CONST, 0, 0xfe, 0x10, 3, 0, END)},
    /* Lanes. */
    {"v", "i", NULL, BYTES(0, LOCAL_GET, 0, 0xfd, 0x15, 15, END)},
    {"v", "i", "invalid lane index 16 in i8x16.extract_lane_s", BYTES(0, LOCAL_GET, 0, 0xfd, 0x15, 16, END)},
    {"v", "F", NULL, BYTES(0, LOCAL_GET, 0, 0xfd, 0x21, 1, END)},
    {"v", "F", "invalid lane index 2 in f64x2.extract_lane", BYTES(0, LOCAL_GET, 0, 0xfd, 0x21, 2, END)},
    {"v", "v", NULL,
     BYTES(0, LOCAL_GET, 0, LOCAL_GET, 0, 0xfd, 0x0d, 0, 31, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
           END)},
    {"v", "v", "invalid lane index 32 in i8x16.shuffle",
     BYTES(0, LOCAL_GET, 0, LOCAL_GET, 0, 0xfd, 0x0d, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 32,
           END)},
    {"v", "v", NULL, BYTES(0, I32_CONST, 0, LOCAL_GET, 0, 0xfd, 0x55, 1, 0, 7, END)}, /* v128.load16_lane */
    {"v", "v", "invalid lane index 8 in v128.load16_lane",
     BYTES(0, I32_CONST, 0, LOCAL_GET, 0, 0xfd, 0x55, 1, 0, 8, END)},
    {"v", "v", "alignment must not be", BYTES(0, I32_CONST, 0, LOCAL_GET, 0, 0xfd, 0x55, 2, 0, 7, END)},
    /* Segments. */
    {"", "", NULL, BYTES(0, I32_CONST, 0, I32_CONST, 0, I32_CONST, 0, 0xfc, 8, 0, 0, END)},
    {"", "", NULL, BYTES(0, I64_CONST, 0, I32_CONST, 0, I32_CONST, 0, 0xfc, 8, 0, 1, END)},
    {"", "", "unknown data segment 1", BYTES(0, UNREACHABLE, 0xfc, 8, 1, 0, END)},
    {"", "", "unknown memory 2", BYTES(0, UNREACHABLE, 0xfc, 8, 0, 2, END)},
    {"", "", NULL, BYTES(0, 0xfc, 9, 0, END)},
    {"", "", "unknown data segment 1", BYTES(0, 0xfc, 9, 1, END)},
    {"", "", NULL, BYTES(0, I64_CONST, 0, I32_CONST, 0, I64_CONST, 0, 0xfc, 11, 1, END)},
    {"", "", "type mismatch in memory.fill: expected i64, found i32",
     BYTES(0, I64_CONST, 0, I32_CONST, 0, I32_CONST, 0, 0xfc, 11, 1, END)},
};

START_TEST(immediates) {
  run_case(&cases[_i], _i);
}
END_TEST

/* The bytes of an instruction with an immediate that is right in the module of body.h. */
static size_t encode(const struct wasm_opcode_info *info, uint8_t *bytes) {
  size_t size = 0;
  if (info->prefix != 0) {
    bytes[size++] = info->prefix;
    bytes[size++] = (uint8_t)(info->code | 0x80);
    bytes[size++] = (uint8_t)(info->code >> 7);
  } else {
    bytes[size++] = (uint8_t)info->code;
  }
  static const uint8_t lengths[] = {
      [WASM_IMM_MEMARG] = 2,   [WASM_IMM_MEMARG_LANE] = 3, [WASM_IMM_MEMORY] = 1, [WASM_IMM_I32] = 1,
      [WASM_IMM_I64] = 1,      [WASM_IMM_F32] = 4,         [WASM_IMM_F64] = 8,    [WASM_IMM_V128] = 16,
      [WASM_IMM_LANES16] = 16, [WASM_IMM_LANE] = 1,        [WASM_IMM_FENCE] = 1,  [WASM_IMM_ELEM] = 1,
      [WASM_IMM_DATA] = 1,     [WASM_IMM_DATA_MEMORY] = 2, [WASM_IMM_NONE] = 0,
  };
  ck_assert_uint_lt(info->imm, sizeof lengths);
  memset(bytes + size, 0, lengths[info->imm]);
  if (info->imm == WASM_IMM_MEMARG || info->imm == WASM_IMM_MEMARG_LANE) {
    bytes[size] = info->n;
  }
  return size + lengths[info->imm];
}

/* `letters` of a signature as those of a case: memory 0 has 32-bit addresses. */
static void copy_letters(char *to, const char *from, size_t count) {
  for (size_t i = 0; i < count; i++) {
    to[i] = from[i] == 'a' ? 'i' : from[i];
  }
  to[count] = '\0';
}

START_TEST(every_signature) {
  const struct wasm_opcode_info *info = &wasm_opcode_info[_i];
  if (info->signature[0] == '*' || (wasm_features_checked() & WASM_FEATURE_BIT(info->feature)) == 0) {
    return;
  }
  char params[8];
  char results[8];
  char expected[64];
  uint8_t bytes[64] = {0};
  size_t param_count = strcspn(info->signature, ":");
  copy_letters(params, info->signature, param_count);
  copy_letters(results, info->signature + param_count + 1, strlen(info->signature) - param_count - 1);
  size_t size = 1;
  for (size_t i = 0; i < param_count; i++) {
    bytes[size++] = LOCAL_GET;
    bytes[size++] = (uint8_t)i;
  }
  size += encode(info, bytes + size);
  bytes[size++] = END;
  struct body_case body = {params, results, NULL, {bytes, size}};
  run_case(&body, _i);

  /* A reference is never the operand of these; nor may one be missing, or a result be of another type. */
  for (size_t wrong = 0; wrong < param_count; wrong++) {
    char right = params[wrong];
    params[wrong] = 'e';
    snprintf(expected, sizeof expected, "type mismatch in %s: expected ", info->text);
    body.message = expected;
    run_case(&body, _i);
    params[wrong] = right;
  }
  if (param_count > 0) {
    bytes[2] = NOP;
    bytes[1] = NOP;
    run_case(&body, _i);
  }
  if (results[0] != '\0') {
    bytes[1] = param_count > 0 ? LOCAL_GET : bytes[1];
    bytes[2] = param_count > 0 ? 0 : bytes[2];
    results[0] = 'e';
    body.message = "type mismatch in end: expected externref";
    run_case(&body, _i);
  }
}
END_TEST

int main(void) {
  TCase *tests = tcase_create("signature");
  tcase_add_loop_test(tests, immediates, 0, COUNT(cases));
  TCase *rows = tcase_create("every signature");
  tcase_add_loop_test(rows, every_signature, 0, WASM_OP_COUNT);
  Suite *suite = suite_create("signature");
  suite_add_tcase(suite, tests);
  suite_add_tcase(suite, rows);
  SRunner *runner = srunner_create(suite);
  srunner_set_fork_status(runner, CK_NOFORK);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
