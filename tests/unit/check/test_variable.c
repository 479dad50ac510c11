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

START_TEST(variables) {
  run_case(&cases[_i], _i);
}
END_TEST

int main(void) {
  TCase *tests = tcase_create("variable");
  tcase_add_loop_test(tests, variables, 0, COUNT(cases));
  return run_suite("variable", tests);
}
