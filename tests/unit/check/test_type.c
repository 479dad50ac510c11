/*
 * Tests of wasm2native/check/type.c: which type definitions are valid, and that every type index that a
 * module names exists (spec 3.2.5 to 3.2.13), by whole modules.
 */
#include "body.h"

#define HEADER 0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00
#define MODULE(...) BYTES(HEADER, __VA_ARGS__)
#define F 0x60, 0, 0 /* () -> () */
#define OPEN(...) 0x50, 0, __VA_ARGS__
#define SUB(super, ...) 0x50, 1, super, __VA_ARGS__
#define REC(count, ...) 0x4e, count, __VA_ARGS__
#define S(count, ...) 0x5f, count, __VA_ARGS__
#define EMPTY 0x5f, 0
#define FUNC_OF_0 3, 2, 1, 0

static const struct {
  enum diag_phase phase;
  const char *message; /* NULL: valid */
  struct slice bytes;
} cases[] = {
    /* Indices: of the own group and before. */
    {0, NULL, MODULE(1, 6, 1, 0x60, 1, REFNULL, 0, 0)},
    {DIAG_INVALID, "unknown type 1 in (ref null 1)", MODULE(1, 9, 2, 0x60, 1, REFNULL, 1, 0, F)},
    {DIAG_INVALID, "unknown type 1 in (ref 1)", MODULE(1, 9, 2, 0x60, 0, 1, REF, 1, F)},
    {0, NULL, MODULE(1, 11, 1, REC(2, 0x60, 1, REFNULL, 1, 0, F))},
    {DIAG_INVALID, "unknown type 2 in (ref null 2)", MODULE(1, 11, 1, REC(2, 0x60, 1, REFNULL, 2, 0, F))},
    {DIAG_INVALID, "unknown type 1 in (ref 1)", MODULE(1, 6, 1, S(1, REF, 1, 0))},
    {DIAG_INVALID, "unknown type 1 in (ref null 1)", MODULE(1, 5, 1, 0x5e, REFNULL, 1, 0)},
    /* Supertypes: before, open, of the same kind. */
    {0, NULL, MODULE(1, 12, 2, OPEN(F), SUB(0, F))},
    {0, NULL, MODULE(1, 14, 1, REC(2, OPEN(F), SUB(0, F)))},
    {DIAG_INVALID, "unknown type 0: a supertype comes before its subtype 0", MODULE(1, 7, 1, SUB(0, F))},
    {DIAG_INVALID, "unknown type 1: a supertype comes before its subtype 0",
     MODULE(1, 14, 1, REC(2, SUB(1, F), OPEN(F)))},
    {DIAG_INVALID, "unknown type 7: a supertype", MODULE(1, 12, 2, OPEN(F), SUB(7, F))},
    {DIAG_INVALID, "sub type 1: its supertype 0 is final", MODULE(1, 10, 2, F, SUB(0, F))},
    {DIAG_INVALID, "sub type 1: its supertype 0 is final", MODULE(1, 12, 2, 0x4f, 0, F, SUB(0, F))},
    {DIAG_INVALID, "sub type 1 does not match its supertype 0", MODULE(1, 11, 2, OPEN(F), SUB(0, EMPTY))},
    /* Functions: parameters contravariant, results covariant. */
    {0, NULL, MODULE(1, 18, 2, OPEN(0x60, 1, REF, FUNC, 1, FUNCREF), SUB(0, 0x60, 1, FUNCREF, 1, REF, FUNC))},
    {DIAG_INVALID, "sub type 1 does not match",
     MODULE(1, 15, 2, OPEN(0x60, 1, FUNCREF, 0), SUB(0, 0x60, 1, REF, FUNC, 0))},
    {DIAG_INVALID, "sub type 1 does not match",
     MODULE(1, 15, 2, OPEN(0x60, 0, 1, REF, FUNC), SUB(0, 0x60, 0, 1, FUNCREF))},
    {DIAG_INVALID, "sub type 1 does not match", MODULE(1, 13, 2, OPEN(F), SUB(0, 0x60, 1, I32, 0))},
    /* Structures: more fields, immutable ones covariant, mutable ones equal. */
    {0, NULL, MODULE(1, 16, 2, OPEN(S(1, I32, 0)), SUB(0, S(2, I32, 0, 0x78, 1)))},
    {DIAG_INVALID, "sub type 1 does not match", MODULE(1, 12, 2, OPEN(S(1, I32, 0)), SUB(0, EMPTY))},
    {DIAG_INVALID, "sub type 1 does not match", MODULE(1, 14, 2, OPEN(S(1, I32, 0)), SUB(0, S(1, I32, 1)))},
    {DIAG_INVALID, "sub type 1 does not match", MODULE(1, 14, 2, OPEN(S(1, 0x78, 0)), SUB(0, S(1, 0x77, 0)))},
    {0, NULL, MODULE(1, 15, 2, OPEN(S(1, FUNCREF, 0)), SUB(0, S(1, REF, FUNC, 0)))},
    {DIAG_INVALID, "sub type 1 does not match",
     MODULE(1, 15, 2, OPEN(S(1, FUNCREF, 1)), SUB(0, S(1, REF, FUNC, 1)))},
    {0, NULL, MODULE(1, 12, 2, OPEN(0x5e, EQ, 0), SUB(0, 0x5e, I31, 0))},
    {DIAG_INVALID, "sub type 1 does not match", MODULE(1, 12, 2, OPEN(0x5e, EQ, 1), SUB(0, 0x5e, I31, 1))},
    /* A field may need the subtyping that its own group declares. */
    {0, NULL, MODULE(1, 18, 1, REC(2, OPEN(S(1, REFNULL, 0, 0)), SUB(0, S(1, REFNULL, 1, 0))))},
    /* Everything else that names types. */
    {DIAG_INVALID, "type mismatch: type 0 is no function type",
     MODULE(1, 3, 1, EMPTY, FUNC_OF_0, 10, 4, 1, 2, 0, END)},
    {DIAG_INVALID, "type mismatch: type 0 is no function type", MODULE(1, 3, 1, EMPTY, 2, 5, 1, 0, 0, 0, 0)},
    {DIAG_INVALID, "unknown type 1 in (ref null 1)", MODULE(1, 4, 1, F, 4, 5, 1, REFNULL, 1, 0, 0)},
    {DIAG_INVALID, "unknown type 1 in (ref null 1)",
     MODULE(1, 4, 1, F, 6, 7, 1, REFNULL, 1, 0, REF_NULL, 0, END)},
    {DIAG_INVALID, "unknown type 1 in (ref 1)", MODULE(1, 4, 1, F, 2, 7, 1, 0, 0, 3, REF, 1, 0)},
    {DIAG_INVALID, "unknown type 1 in (ref 1)", MODULE(1, 4, 1, F, 9, 5, 1, 5, REF, 1, 0)},
    {DIAG_INVALID, "unknown type 1 in (ref 1)",
     MODULE(1, 4, 1, F, FUNC_OF_0, 10, 7, 1, 5, 1, 1, REF, 1, END)},
    {DIAG_INVALID, "unknown type 1 in (ref null 1)",
     MODULE(1, 4, 1, F, FUNC_OF_0, 10, 9, 1, 7, 0, BLOCK, REFNULL, 1, UNREACHABLE, END, END)},
    {DIAG_INVALID, "unknown type 1 in (ref null 1)",
     MODULE(1, 4, 1, F, FUNC_OF_0, 10, 9, 1, 7, 0, UNREACHABLE, SELECT_T, 1, REFNULL, 1, END)},
    {DIAG_INVALID, "type mismatch: type 1 is no function type",
     MODULE(1, 6, 2, F, EMPTY, FUNC_OF_0, 10, 7, 1, 5, 0, BLOCK, 1, END, END)},
    {DIAG_INVALID, "type mismatch: type 1 is no function type",
     MODULE(1, 6, 2, F, EMPTY, FUNC_OF_0, 4, 4, 1, FUNCREF, 0, 0, 10, 8, 1, 6, 0, UNREACHABLE, CALL_INDIRECT,
            1, 0, END)},
};

START_TEST(types) {
  wasm_features used;
  unsigned errors = validate(cases[_i].bytes, UINT32_MAX, &used);
  if (cases[_i].message == NULL) {
    ck_assert_msg(errors == 0, "case %d should be valid: %s", _i, check_message);
    return;
  }
  ck_assert_msg(errors == 1, "case %d should have an error: %s", _i, cases[_i].message);
  ck_assert_msg(strncmp(check_message, cases[_i].message, strlen(cases[_i].message)) == 0,
                "case %d: \"%s\", not \"%s\"", _i, check_message, cases[_i].message);
  ck_assert_int_eq(check_phase, cases[_i].phase);
}
END_TEST

/* 63 supertypes above one another, and one more. */
START_TEST(supertypes_are_limited) {
  for (unsigned supers = 63; supers <= 64; supers++) {
    struct bytes contents = {.size = 0};
    struct bytes module = {.size = 0};
    put_byte(&contents, supers + 1);
    PUT(&contents, OPEN(F));
    for (unsigned i = 0; i < supers; i++) {
      PUT(&contents, SUB((uint8_t)i, F));
    }
    PUT(&module, HEADER);
    put_section(&module, 1, &contents);
    wasm_features used;
    unsigned errors = validate((struct slice){module.data, module.size}, UINT32_MAX, &used);
    ck_assert_uint_eq(errors, supers - 63);
    ck_assert(errors == 0 || strcmp(check_message, "type 64 has 64 supertypes, the limit is 63") == 0);
    ck_assert(errors == 0 || check_phase == DIAG_UNSUPPORTED);
  }
}
END_TEST

int main(void) {
  TCase *tests = tcase_create("type");
  tcase_add_loop_test(tests, types, 0, COUNT(cases));
  tcase_add_test(tests, supertypes_are_limited);
  return run_suite("type", tests);
}
