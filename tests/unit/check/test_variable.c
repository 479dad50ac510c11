/* Tests of wasm2native/check/variable.c: drop, select, locals, globals, references (spec 3.3.2 to 3.3.5). */
#include "body.h"

static const struct body_case cases[] = {
    {"", "", NULL, BYTES(0, I32_CONST, 0, DROP, END)},
    {"", "", "type mismatch in drop: expected any, found nothing", BYTES(0, DROP, END)},
    /* select */
    {"", "f", NULL, BYTES(0, F32_CONST, 0, 0, 0, 0, F32_CONST, 0, 0, 0, 0, I32_CONST, 0, SELECT, END)},
    {"vvi", "v", NULL, BYTES(0, LOCAL_GET, 0, LOCAL_GET, 1, LOCAL_GET, 2, SELECT, END)},
    {"", "", "type mismatch in select: expected i64, found i32",
     BYTES(0, I64_CONST, 0, I32_CONST, 0, I32_CONST, 0, SELECT, DROP, END)},
    {"", "", "type mismatch in select: expected i32, found i64",
     BYTES(0, I32_CONST, 0, I32_CONST, 0, I64_CONST, 0, SELECT, DROP, END)},
    {"e", "e", "type mismatch in select: references need a select with a type",
     BYTES(0, LOCAL_GET, 0, LOCAL_GET, 0, I32_CONST, 0, SELECT, END)},
    {"e", "e", NULL, BYTES(0, LOCAL_GET, 0, LOCAL_GET, 0, I32_CONST, 0, SELECT_T, 1, EXTERNREF, END)},
    {"e", "e", "type mismatch in select: expected funcref, found externref",
     BYTES(0, LOCAL_GET, 0, LOCAL_GET, 0, I32_CONST, 0, SELECT_T, 1, FUNCREF, END)},
    {"", "", "invalid result arity", BYTES(0, UNREACHABLE, SELECT_T, 0, END)},
    {"", "", "invalid result arity", BYTES(0, UNREACHABLE, SELECT_T, 2, I32, I32, END)},
    /* Locals: parameters first, then runs. */
    {"iF", "F", NULL, BYTES(0, LOCAL_GET, 1, END)},
    {"iF", "F", NULL, BYTES(2, 1, I64, 3, F64, LOCAL_GET, 5, END)},
    {"iF", "I", NULL, BYTES(2, 1, I64, 3, F64, LOCAL_GET, 2, END)},
    {"iF", "", "unknown local 6 in local.get", BYTES(2, 1, I64, 3, F64, LOCAL_GET, 6, DROP, END)},
    {"", "", "unknown local 0 in local.set", BYTES(0, I32_CONST, 0, LOCAL_SET, 0, END)},
    {"", "", "unknown local 0 in local.tee", BYTES(1, 0, I32, I32_CONST, 0, LOCAL_TEE, 0, DROP, END)},
    {"I", "", "type mismatch in local.set: expected i64, found i32",
     BYTES(0, I32_CONST, 0, LOCAL_SET, 0, END)},
    {"I", "I", NULL, BYTES(0, I64_CONST, 0, LOCAL_TEE, 0, END)},
    {"I", "I", "type mismatch in local.tee: expected i64, found nothing", BYTES(0, LOCAL_TEE, 0, END)},
    /* Locals far behind, where types are searched: runs of 64, 0, 100 and 1. */
    {"", "iFIf", NULL,
     BYTES(4, 64, I32, 0, V128, 100, F64, 1, I64, LOCAL_GET, 63, LOCAL_GET, 64, LOCAL_GET, 0xa4, 1, F32_CONST,
           0, 0, 0, 0, END)},
    {"", "F", NULL, BYTES(4, 64, I32, 0, V128, 100, F64, 1, I64, LOCAL_GET, 0xa3, 1, END)},
    {"", "", "unknown local 165",
     BYTES(4, 64, I32, 0, V128, 100, F64, 1, I64, LOCAL_GET, 0xa5, 1, DROP, END)},
    {"", "F", NULL, BYTES(3, 0, I32, 0, I64, 70, F64, LOCAL_GET, 69, END)},
    {"", "I", NULL, BYTES(3, 65, I32, 0, V128, 1, I64, LOCAL_GET, 0xc1, 0, END)},
    /* Globals. */
    {"", "i", NULL, BYTES(0, GLOBAL_GET, 0, END)},
    {"", "", "unknown global 2", BYTES(0, GLOBAL_GET, 2, DROP, END)},
    {"", "", NULL, BYTES(0, I64_CONST, 0, GLOBAL_SET, 1, END)},
    {"", "", "global 0 is immutable", BYTES(0, I32_CONST, 0, GLOBAL_SET, 0, END)},
    {"", "", "type mismatch in global.set: expected i64, found i32",
     BYTES(0, I32_CONST, 0, GLOBAL_SET, 1, END)},
    {"", "", "unknown global 2", BYTES(0, I32_CONST, 0, GLOBAL_SET, 2, END)},
    /* References. */
    {"", "e", NULL, BYTES(0, REF_NULL, EXTERNREF, END)},
    {"", "e", "type mismatch in end: expected externref, found funcref", BYTES(0, REF_NULL, FUNCREF, END)},
    {"r", "i", NULL, BYTES(0, LOCAL_GET, 0, REF_IS_NULL, END)},
    {"", "i", NULL, BYTES(0, UNREACHABLE, REF_IS_NULL, END)},
    {"", "i", "type mismatch in ref.is_null: expected a reference, found i32",
     BYTES(0, I32_CONST, 0, REF_IS_NULL, END)},
    {"", "r", NULL, BYTES(0, REF_FUNC, 1, END)},
    {"", "r", "undeclared function reference: function 4", BYTES(0, REF_FUNC, 4, END)},
    {"", "r", "unknown function 5", BYTES(0, REF_FUNC, 5, END)},
};

/* Locals without a default value (spec 3.3.4, 7.3): with the further types; local 0 is a (ref 5), the
 * parameter. */
static const struct body_case settings[] = {
    {"A", "A", NULL, BYTES(0, LOCAL_GET, 0, END)},
    {"A", "A", "uninitialized local 1 of type (ref 5)", BYTES(1, 1, REF, 5, LOCAL_GET, 1, END)},
    {"A", "A", NULL, BYTES(1, 1, REF, 5, LOCAL_GET, 0, LOCAL_SET, 1, LOCAL_GET, 1, END)},
    {"A", "AA", NULL, BYTES(1, 1, REF, 5, LOCAL_GET, 0, LOCAL_TEE, 1, LOCAL_GET, 1, END)},
    {"A", "A", "uninitialized local 2 of type (ref 5)",
     BYTES(1, 2, REF, 5, LOCAL_GET, 0, LOCAL_SET, 1, LOCAL_GET, 2, END)},
    {"a", "", "type mismatch in local.set: expected (ref 5), found (ref null 5)",
     BYTES(1, 1, REF, 5, LOCAL_GET, 0, LOCAL_SET, 1, END)},
    /* Nullable ones are null at first. */
    {"", "a", NULL, BYTES(1, 1, REFNULL, 5, LOCAL_GET, 0, END)},
    /* What a block sets is forgotten at its end, what was set before is not. */
    {"A", "A", "uninitialized local 1",
     BYTES(1, 1, REF, 5, BLOCK, VOID, LOCAL_GET, 0, LOCAL_SET, 1, END, LOCAL_GET, 1, END)},
    {"A", "A", NULL,
     BYTES(1, 1, REF, 5, LOCAL_GET, 0, LOCAL_SET, 1, BLOCK, VOID, LOCAL_GET, 0, LOCAL_SET, 1, END, LOCAL_GET,
           1, END)},
    {"A", "A", NULL,
     BYTES(1, 1, REF, 5, LOCAL_GET, 0, LOCAL_SET, 1, BLOCK, VOID, LOCAL_GET, 1, DROP, END, LOCAL_GET, 1,
           END)},
    {"Ai", "A", "uninitialized local 2",
     BYTES(1, 1, REF, 5, LOCAL_GET, 1, IF, VOID, LOCAL_GET, 0, LOCAL_SET, 2, ELSE, LOCAL_GET, 2, DROP, END,
           LOCAL_GET, 0, END)},
    {"Ai", "A", "uninitialized local 2",
     BYTES(1, 1, REF, 5, LOCAL_GET, 1, IF, VOID, LOCAL_GET, 0, LOCAL_SET, 2, ELSE, LOCAL_GET, 0, LOCAL_SET, 2,
           END, LOCAL_GET, 2, END)},
    {"A", "A", "uninitialized local 1",
     BYTES(1, 1, REF, 5, LOOP, VOID, LOCAL_GET, 0, LOCAL_SET, 1, END, LOCAL_GET, 1, END)},
    {"A", "A", "uninitialized local 1",
     BYTES(1, 1, REF, 5, BLOCK, VOID, BLOCK, VOID, LOCAL_GET, 0, LOCAL_SET, 1, END, LOCAL_GET, 1, DROP, END,
           LOCAL_GET, 0, END)},
    /* Unreachable code is no exception. */
    {"A", "A", "uninitialized local 1", BYTES(1, 1, REF, 5, UNREACHABLE, LOCAL_GET, 1, END)},
    {"A", "A", NULL, BYTES(1, 1, REF, 5, UNREACHABLE, LOCAL_SET, 1, LOCAL_GET, 1, END)},
    /* References to subtypes may be assigned. */
    {"B", "A", NULL, BYTES(1, 1, REF, 5, LOCAL_GET, 0, LOCAL_SET, 1, LOCAL_GET, 1, END)},
    {"B", "B", "type mismatch in end: expected (ref 6), found (ref 5)",
     BYTES(1, 1, REF, 5, LOCAL_GET, 0, LOCAL_TEE, 1, END)},
    /* select */
    {"AB", "A", NULL, BYTES(0, LOCAL_GET, 0, LOCAL_GET, 1, I32_CONST, 0, SELECT_T, 1, REF, 5, END)},
    {"AB", "B", "type mismatch in select: expected (ref 6), found (ref 5)",
     BYTES(0, LOCAL_GET, 0, LOCAL_GET, 1, I32_CONST, 0, SELECT_T, 1, REF, 6, END)},
    {"A", "A", "type mismatch in select: references need",
     BYTES(0, LOCAL_GET, 0, LOCAL_GET, 0, I32_CONST, 0, SELECT, END)},
};

START_TEST(settings_of_locals) {
  run_case_with(&settings[_i], _i, true);
}
END_TEST

/* What one function sets, the next has to set itself; an error in the first changes nothing. */
START_TEST(settings_end_with_the_function) {
  for (unsigned error = 0; error <= 1; error++) {
    struct bytes bytes = {.size = 0};
    struct bytes contents = {.size = 0};
    PUT(&bytes, 0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 9, 2, 0x60, 0, 0, 0x60, 1, REF, 0, 0, 3, 3, 2, 1, 1);
    PUT(&contents, 2, 10, 1, 1, REF, 0, LOCAL_GET, 0, LOCAL_SET, 1, error == 0 ? NOP : DROP, END);
    PUT(&contents, 8, 1, 1, REF, 0, LOCAL_GET, 1, DROP, END);
    put_section(&bytes, 10, &contents);
    wasm_features used;
    ck_assert_uint_eq(validate((struct slice){bytes.data, bytes.size}, UINT32_MAX, &used), 1 + error);
    ck_assert_uint_eq(check_function_index, 1 - error);
  }
}
END_TEST

START_TEST(variables) {
  run_case(&cases[_i], _i);
}
END_TEST

int main(void) {
  TCase *tests = tcase_create("variable");
  tcase_add_loop_test(tests, settings_of_locals, 0, COUNT(settings));
  tcase_add_test(tests, settings_end_with_the_function);
  tcase_add_loop_test(tests, variables, 0, COUNT(cases));
  return run_suite("variable", tests);
}
