/*
 * Tests of wasm2native/check/code.c: which instructions have a rule, that every function is checked, what
 * errors say, and which features bodies are found to use.
 */
#include "body.h"

#include "rules.h"

START_TEST(every_row_has_a_signature_or_a_rule) {
  const struct wasm_opcode_info *info = &wasm_opcode_info[_i];
  if ((wasm_features_checked() & WASM_FEATURE_BIT(info->feature)) != 0) {
    ck_assert_msg((info->signature[0] == '*') == (check_rule_of((enum wasm_kind)info->kind) != NULL), "%s",
                  info->text);
  }
}
END_TEST

struct seen {
  unsigned count;
  uint32_t functions[8];
  size_t offsets[8];
  char name[8];
};

static void see(void *context, const struct diag *diag) {
  struct seen *seen = context;
  ck_assert_uint_lt(seen->count, 8);
  seen->functions[seen->count] = diag->function;
  seen->offsets[seen->count] = diag->offset;
  snprintf(seen->name, sizeof seen->name, "%.*s", (int)diag->function_name.size,
           (const char *)diag->function_name.data);
  seen->count++;
}

/* Functions 0 and 2 have two errors each; the first of each is reported, with its place in the file and its
 * name. */
START_TEST(the_first_error_of_each_function) {
  struct bytes bytes = {.size = 0};
  struct bytes contents = {.size = 0};
  PUT(&bytes, 0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 4, 3, 0, 0, 0);
  PUT(&contents, 3, 5, 0, I32_EQZ, DROP, DROP, END, 2, 0, END, 5, 0, NOP, DROP, DROP, END);
  put_section(&bytes, 10, &contents);
  PUT(&bytes, 0, 13, 4, 'n', 'a', 'm', 'e', 1, 6, 1, 2, 3, 'e', 'n', 'd');
  struct seen seen = {0};
  struct diag_sink sink = {.handler = see, .context = &seen};
  struct arena arena = {0};
  struct wasm_module module;
  const uint8_t *copy = bytes.data;
  ck_assert(wasm_module_decode((struct slice){bytes.data, bytes.size}, UINT32_MAX, &arena, &sink, &module));
  ck_assert(!check_module(&module, UINT32_MAX, &arena, &sink));
  ck_assert_uint_eq(seen.count, 2);
  ck_assert_uint_eq(seen.functions[0], 0);
  ck_assert_uint_eq(copy[seen.offsets[0]], I32_EQZ);
  ck_assert_uint_eq(seen.functions[1], 2);
  ck_assert_uint_eq(copy[seen.offsets[1]], DROP);
  ck_assert_uint_eq(copy[seen.offsets[1] - 1], NOP);
  ck_assert_str_eq(seen.name, "end");
  arena_free(&arena);
}
END_TEST

/* What a body uses, as bits beyond those that the module of body.h uses anyway. */
static const struct {
  wasm_features used;
  struct body_case body;
} uses[] = {
    {0, {"", "", NULL, BYTES(0, NOP, END)}},
    {WASM_FEATURE_BIT(WASM_FEATURE_SIGN_EXTENSION), {"", "", NULL, BYTES(0, I32_CONST, 0, 0xc0, DROP, END)}},
    {WASM_FEATURE_BIT(WASM_FEATURE_SATURATING_FLOAT_TO_INT),
     {"f", "", NULL, BYTES(0, LOCAL_GET, 0, 0xfc, 0, DROP, END)}},
    {WASM_FEATURE_BIT(WASM_FEATURE_SIMD), {"", "", NULL, BYTES(1, 1, V128, END)}},
    {WASM_FEATURE_BIT(WASM_FEATURE_SIMD),
     {"", "", NULL, BYTES(0, BLOCK, V128, UNREACHABLE, END, UNREACHABLE, END)}},
    {WASM_FEATURE_BIT(WASM_FEATURE_TAIL_CALL), {"", "", NULL, BYTES(0, RETURN_CALL, 1, END)}},
    {WASM_FEATURE_BIT(WASM_FEATURE_THREADS), {"", "", NULL, BYTES(0, 0xfe, 3, 0, END)}},
    {WASM_FEATURE_BIT(WASM_FEATURE_FUNCTION_REFERENCES), {"", "", NULL, BYTES(1, 1, 0x63, 0, END)}},
    {WASM_FEATURE_BIT(WASM_FEATURE_FUNCTION_REFERENCES), {"", "", NULL, BYTES(0, REF_NULL, 0, DROP, END)}},
    {WASM_FEATURE_BIT(WASM_FEATURE_FUNCTION_REFERENCES),
     {"", "", NULL, BYTES(0, BLOCK, 0x63, 0, REF_NULL, FUNCREF, 0xd4, DROP, REF_NULL, 0, END, DROP, END)}},
    {WASM_FEATURE_BIT(WASM_FEATURE_FUNCTION_REFERENCES) | WASM_FEATURE_BIT(WASM_FEATURE_GC),
     {"", "", NULL, BYTES(0, REF_NULL, 0x6e, DROP, END)}},
    {WASM_FEATURE_BIT(WASM_FEATURE_FUNCTION_REFERENCES) | WASM_FEATURE_BIT(WASM_FEATURE_GC),
     {"", "", NULL, BYTES(0, REF_NULL, FUNCREF, 0xfb, 0x14, FUNCREF, DROP, END)}},
    {WASM_FEATURE_BIT(WASM_FEATURE_WIDE_ARITHMETIC),
     {"", "II", NULL, BYTES(0, I64_CONST, 1, I64_CONST, 1, 0xfc, 0x15, END)}},
};

START_TEST(features_are_found) {
  struct bytes module;
  wasm_features plain;
  wasm_features used;
  build_module(&module, &uses[0].body);
  ck_assert_uint_eq(validate((struct slice){module.data, module.size}, UINT32_MAX, &plain), 0);
  build_module(&module, &uses[_i].body);
  ck_assert_msg(validate((struct slice){module.data, module.size}, UINT32_MAX, &used) == 0, "%s",
                check_message);
  ck_assert_uint_eq(used & ~plain, uses[_i].used);
  /* These are all that it needs, and without one it is refused. */
  ck_assert_msg(validate((struct slice){module.data, module.size}, used, &plain) == 0, "%s", check_message);
  if (uses[_i].used != 0) {
    ck_assert_uint_eq(validate((struct slice){module.data, module.size}, used & ~uses[_i].used, &plain), 1);
    ck_assert_int_eq(check_phase, DIAG_UNSUPPORTED);
  }
}
END_TEST

/* What the decoder says of a body comes through as an error of its function. */
static const struct body_case malformed[] = {
    {"", "", "illegal opcode", BYTES(0, 0xff, END)},
    {"", "", "illegal opcode", BYTES(0, UNREACHABLE, 0xff, END)},
    {"", "", "integer representation too long",
     BYTES(0, I32_CONST, 0x80, 0x80, 0x80, 0x80, 0x80, 0, DROP, END)},
    {"", "", "unexpected end", BYTES(0, I32_CONST)},
    {"", "", "unsupported: needs feature exceptions", BYTES(0, 0x08, 0, END)},
};

START_TEST(malformed_bodies) {
  run_case(&malformed[_i], _i);
}
END_TEST

START_TEST(long_br_tables_are_refused) {
  enum { LABELS = 70000, BODY = 7 + LABELS + 1 + 1 }; /* the default label and the end come last */
  static uint8_t bytes[100 + LABELS];
  const uint8_t head[] = {0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0};
  const uint8_t code[] = {10,
                          ((BODY + 4) & 0x7f) | 0x80,
                          (((BODY + 4) >> 7) & 0x7f) | 0x80,
                          (BODY + 4) >> 14,
                          1,
                          (BODY & 0x7f) | 0x80,
                          ((BODY >> 7) & 0x7f) | 0x80,
                          BODY >> 14,
                          0,
                          I32_CONST,
                          0,
                          BR_TABLE,
                          (LABELS & 0x7f) | 0x80,
                          ((LABELS >> 7) & 0x7f) | 0x80,
                          LABELS >> 14};
  memcpy(bytes, head, sizeof head);
  memcpy(bytes + sizeof head, code, sizeof code);
  size_t size = sizeof head + sizeof code + LABELS + 1;
  bytes[size++] = END;
  wasm_features used;
  ck_assert_uint_eq(validate((struct slice){bytes, size}, UINT32_MAX, &used), 1);
  ck_assert_str_eq(check_message, "br_table has 70000 labels, the limit is 65520");
  ck_assert_int_eq(check_phase, DIAG_UNSUPPORTED);
}
END_TEST

/* A million operands and one more are too many. */
START_TEST(operands_are_limited) {
  enum { CONSTANTS = WASM_MAX_OPERANDS + 1, BODY = 1 + 2 * CONSTANTS + 3 };
  static uint8_t bytes[64 + BODY];
  const uint8_t head[] = {0x00,
                          0x61,
                          0x73,
                          0x6d,
                          1,
                          0,
                          0,
                          0,
                          1,
                          5,
                          1,
                          0x60,
                          0,
                          1,
                          I32,
                          3,
                          2,
                          1,
                          0,
                          10,
                          ((BODY + 4) & 0x7f) | 0x80,
                          (((BODY + 4) >> 7) & 0x7f) | 0x80,
                          (BODY + 4) >> 14,
                          1,
                          (BODY & 0x7f) | 0x80,
                          ((BODY >> 7) & 0x7f) | 0x80,
                          BODY >> 14};
  const uint8_t tail[] = {UNREACHABLE, NOP, END};
  memcpy(bytes, head, sizeof head);
  uint8_t *at = bytes + sizeof head + 1;
  for (int i = 0; i < CONSTANTS; i++) {
    *at++ = I32_CONST;
    *at++ = 0;
  }
  memcpy(at, tail, sizeof tail);
  wasm_features used;
  ck_assert_uint_eq(validate((struct slice){bytes, sizeof head + BODY}, UINT32_MAX, &used), 1);
  ck_assert_str_eq(check_message, "too many operands on the stack, the limit is 1000000");
  ck_assert_int_eq(check_phase, DIAG_UNSUPPORTED);
  at[-2] = NOP;
  at[-1] = NOP;
  ck_assert_uint_eq(validate((struct slice){bytes, sizeof head + BODY}, UINT32_MAX, &used), 0);
}
END_TEST

int main(void) {
  TCase *tests = tcase_create("code");
  tcase_add_loop_test(tests, every_row_has_a_signature_or_a_rule, 0, WASM_OP_COUNT);
  tcase_add_test(tests, the_first_error_of_each_function);
  tcase_add_loop_test(tests, features_are_found, 0, COUNT(uses));
  tcase_add_loop_test(tests, malformed_bodies, 0, COUNT(malformed));
  tcase_add_test(tests, long_br_tables_are_refused);
  tcase_add_test(tests, operands_are_limited);
  return run_suite("code", tests);
}
