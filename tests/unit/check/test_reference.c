/* Tests of wasm2native/check/reference.c: references, calls through them, casts (spec 3.3.2, 3.3.8). */
#include "body.h"

static const struct body_case cases[] = {
    /* ref.null: of the heap type, and so of each type above it. */
    {"", "a", NULL, BYTES(0, REF_NULL, 5, END)},
    {"", "a", NULL, BYTES(0, REF_NULL, 6, END)},
    {"", "b", "type mismatch in end: expected (ref null 6), found (ref null 5)", BYTES(0, REF_NULL, 5, END)},
    {"", "A", "type mismatch in end: expected (ref 5), found (ref null 5)", BYTES(0, REF_NULL, 5, END)},
    {"", "r", NULL, BYTES(0, REF_NULL, 5, END)},
    {"", "a", NULL, BYTES(0, REF_NULL, NOFUNC, END)},
    {"", "s", NULL, BYTES(0, REF_NULL, NONE, END)},
    {"", "a", "type mismatch in end: expected (ref null 5), found nullref", BYTES(0, REF_NULL, NONE, END)},
    {"", "e", "type mismatch in end: expected externref, found nullfuncref", BYTES(0, REF_NULL, NOFUNC, END)},
    {"", "y", NULL, BYTES(0, REF_NULL, 9, END)},
    {"", "", "unknown type 12", BYTES(0, REF_NULL, 12, DROP, END)},
    {"a", "i", NULL, BYTES(0, LOCAL_GET, 0, REF_IS_NULL, END)},
    {"A", "i", NULL, BYTES(0, LOCAL_GET, 0, REF_IS_NULL, END)},
    /* ref.func gives the function's own type, which is not null. */
    {"", "W", NULL, BYTES(0, REF_FUNC, 1, END)},
    {"", "A", "type mismatch in end: expected (ref 5), found (ref 0)", BYTES(0, REF_FUNC, 1, END)},
    {"", "", NULL, BYTES(0, REF_FUNC, 1, CALL_REF, 0, END)},
    /* ref.as_non_null. */
    {"a", "A", NULL, BYTES(0, LOCAL_GET, 0, REF_AS_NON_NULL, END)},
    {"A", "A", NULL, BYTES(0, LOCAL_GET, 0, REF_AS_NON_NULL, END)},
    {"e", "", NULL, BYTES(0, LOCAL_GET, 0, REF_AS_NON_NULL, DROP, END)},
    {"i", "", "type mismatch in ref.as_non_null: expected a reference, found i32",
     BYTES(0, LOCAL_GET, 0, REF_AS_NON_NULL, DROP, END)},
    {"", "", "type mismatch in ref.as_non_null: expected any, found nothing",
     BYTES(0, REF_AS_NON_NULL, DROP, END)},
    {"", "A", NULL, BYTES(0, UNREACHABLE, REF_AS_NON_NULL, END)},
    {"", "S", NULL, BYTES(0, UNREACHABLE, REF_AS_NON_NULL, END)},
    {"", "i", "type mismatch in end: expected i32, found (ref bot)",
     BYTES(0, UNREACHABLE, REF_AS_NON_NULL, END)},
    {"", "i", "type mismatch in i32.eqz: expected i32, found (ref bot)",
     BYTES(0, UNREACHABLE, REF_AS_NON_NULL, I32_EQZ, END)},
    /* br_on_null: without the reference to the label, with it and not null behind. */
    {"a", "A", NULL, BYTES(0, BLOCK, VOID, LOCAL_GET, 0, BR_ON_NULL, 0, RETURN, END, UNREACHABLE, END)},
    {"a", "iA", NULL,
     BYTES(0, BLOCK, I32, I32_CONST, 1, LOCAL_GET, 0, BR_ON_NULL, 0, RETURN, END, DROP, UNREACHABLE, END)},
    {"a", "", "type mismatch in br_on_null: expected i32, found nothing",
     BYTES(0, BLOCK, I32, LOCAL_GET, 0, BR_ON_NULL, 0, DROP, UNREACHABLE, END, DROP, END)},
    {"a", "", "unknown label 3 in br_on_null", BYTES(0, LOCAL_GET, 0, BR_ON_NULL, 3, DROP, END)},
    {"i", "", "type mismatch in br_on_null: expected a reference, found i32",
     BYTES(0, LOCAL_GET, 0, BR_ON_NULL, 0, DROP, END)},
    {"", "", NULL, BYTES(0, UNREACHABLE, BR_ON_NULL, 0, DROP, END)},
    /* br_on_non_null: with it to the label, without it behind. */
    {"a", "A", NULL, BYTES(0, BLOCK, REF, 5, LOCAL_GET, 0, BR_ON_NON_NULL, 0, UNREACHABLE, END, END)},
    {"a", "r", NULL, BYTES(0, BLOCK, FUNCREF, LOCAL_GET, 0, BR_ON_NON_NULL, 0, UNREACHABLE, END, END)},
    {"r", "A", "type mismatch in br_on_non_null: expected (ref null 5), found funcref",
     BYTES(0, BLOCK, REF, 5, LOCAL_GET, 0, BR_ON_NON_NULL, 0, UNREACHABLE, END, END)},
    {"a", "i", "type mismatch in br_on_non_null: the last value of label 0 is no reference",
     BYTES(0, LOCAL_GET, 0, BR_ON_NON_NULL, 0, I32_CONST, 0, END)},
    {"a", "", "type mismatch in br_on_non_null: the last value of label 0 is no reference",
     BYTES(0, LOCAL_GET, 0, BR_ON_NON_NULL, 0, END)},
    {"a", "iA", NULL, BYTES(0, I32_CONST, 0, LOCAL_GET, 0, BR_ON_NON_NULL, 0, UNREACHABLE, END)},
    /* Calls through references. */
    {"a", "i", NULL, BYTES(0, LOCAL_GET, 0, CALL_REF, 5, END)},
    {"B", "i", NULL, BYTES(0, LOCAL_GET, 0, CALL_REF, 5, END)},
    {"a", "i", "type mismatch in call_ref: expected (ref null 6), found (ref null 5)",
     BYTES(0, LOCAL_GET, 0, CALL_REF, 6, END)},
    {"r", "i", "type mismatch in call_ref: expected (ref null 5), found funcref",
     BYTES(0, LOCAL_GET, 0, CALL_REF, 5, END)},
    {"s", "", "type mismatch: type 7 is no function type", BYTES(0, LOCAL_GET, 0, CALL_REF, 7, END)},
    {"a", "", "unknown type 12", BYTES(0, LOCAL_GET, 0, CALL_REF, 12, END)},
    {"", "f", "type mismatch in call_ref: expected i64, found (ref 0)",
     BYTES(0, REF_FUNC, 1, REF_NULL, 2, CALL_REF, 2, END)},
    {"a", "i", NULL, BYTES(0, LOCAL_GET, 0, RETURN_CALL_REF, 5, END)},
    {"a", "I", "type mismatch in return_call_ref: the callee's results do not match",
     BYTES(0, LOCAL_GET, 0, RETURN_CALL_REF, 5, END)},
    {"", "i", NULL, BYTES(0, UNREACHABLE, RETURN_CALL_REF, 5, END)},
    {"", "", "type mismatch: type 9 is no function type", BYTES(0, UNREACHABLE, RETURN_CALL_REF, 9, END)},
    /* Tests and casts: within a hierarchy, in any direction. */
    {"r", "i", NULL, BYTES(0, LOCAL_GET, 0, GC, REF_TEST, 5, END)},
    {"b", "i", NULL, BYTES(0, LOCAL_GET, 0, GC, REF_TEST_NULL, NOFUNC, END)},
    {"s", "i", "type mismatch in ref.test: expected funcref, found (ref null 7)",
     BYTES(0, LOCAL_GET, 0, GC, REF_TEST, 5, END)},
    {"e", "i", "type mismatch in ref.test: expected anyref, found externref",
     BYTES(0, LOCAL_GET, 0, GC, REF_TEST, 7, END)},
    {"r", "i", "unknown type 12", BYTES(0, LOCAL_GET, 0, GC, REF_TEST, 12, END)},
    {"a", "B", NULL, BYTES(0, LOCAL_GET, 0, GC, REF_CAST, 6, END)},
    {"a", "B", "type mismatch in end: expected (ref 6), found (ref null 6)",
     BYTES(0, LOCAL_GET, 0, GC, REF_CAST_NULL, 6, END)},
    {"y", "T", NULL, BYTES(0, LOCAL_GET, 0, GC, REF_CAST, 8, END)},
    {"i", "", "type mismatch in ref.cast: expected funcref, found i32",
     BYTES(0, LOCAL_GET, 0, GC, REF_CAST, 5, DROP, END)},
    {"", "T", NULL, BYTES(0, UNREACHABLE, GC, REF_CAST, 8, END)},
    /* br_on_cast: from a type to one below; behind it, what is left: not null if null goes to the label. */
    {"r", "B", NULL,
     BYTES(0, BLOCK, REF, 6, LOCAL_GET, 0, GC, BR_ON_CAST, 1, 0, FUNC, 6, UNREACHABLE, END, END)},
    {"r", "Wb", "type mismatch in br_on_cast: expected (ref func), found nothing",
     BYTES(0, LOCAL_GET, 0, GC, BR_ON_CAST, 3, 0, FUNC, 6, REF_NULL, 6, END)},
    {"r", "W", NULL,
     BYTES(0, BLOCK, REFNULL, 6, LOCAL_GET, 0, GC, BR_ON_CAST, 3, 0, FUNC, 6, RETURN, END, DROP, UNREACHABLE,
           END)},
    {"r", "W", "type mismatch in return: expected (ref func), found funcref",
     BYTES(0, BLOCK, REFNULL, 6, LOCAL_GET, 0, GC, BR_ON_CAST, 1, 0, FUNC, 6, RETURN, END, DROP, UNREACHABLE,
           END)},
    {"r", "B", "type mismatch in br_on_cast: expected (ref 6), found (ref null 6)",
     BYTES(0, BLOCK, REF, 6, LOCAL_GET, 0, GC, BR_ON_CAST, 3, 0, FUNC, 6, UNREACHABLE, END, END)},
    {"a", "r", "type mismatch in br_on_cast: expected (ref null 5), found funcref",
     BYTES(0, LOCAL_GET, 0, GC, BR_ON_CAST, 3, 0, 5, FUNC, END)},
    {"a", "r", "type mismatch in br_on_cast: expected (ref 5), found (ref null 6)",
     BYTES(0, LOCAL_GET, 0, GC, BR_ON_CAST, 2, 0, 5, 6, END)},
    {"r", "i", "type mismatch in br_on_cast: the last value of label 0 is no reference",
     BYTES(0, LOCAL_GET, 0, GC, BR_ON_CAST, 1, 0, FUNC, 6, DROP, I32_CONST, 0, END)},
    {"r", "r", "unknown type 12", BYTES(0, LOCAL_GET, 0, GC, BR_ON_CAST, 3, 0, FUNC, 12, END)},
    {"r", "r", "unknown label 1", BYTES(0, LOCAL_GET, 0, GC, BR_ON_CAST, 3, 1, FUNC, 6, END)},
    /* br_on_cast_fail: the other way around. */
    {"r", "W", NULL,
     BYTES(0, BLOCK, REF, FUNC, LOCAL_GET, 0, GC, BR_ON_CAST_FAIL, 3, 0, FUNC, 6, UNREACHABLE, END, END)},
    {"r", "W", "type mismatch in br_on_cast_fail: expected (ref func), found funcref",
     BYTES(0, BLOCK, REF, FUNC, LOCAL_GET, 0, GC, BR_ON_CAST_FAIL, 1, 0, FUNC, 6, UNREACHABLE, END, END)},
    {"r", "B", NULL,
     BYTES(0, BLOCK, FUNCREF, LOCAL_GET, 0, GC, BR_ON_CAST_FAIL, 1, 0, FUNC, 6, RETURN, END, UNREACHABLE,
           END)},
};

START_TEST(references) {
  run_case_with(&cases[_i], _i, true);
}
END_TEST

int main(void) {
  TCase *tests = tcase_create("reference");
  tcase_add_loop_test(tests, references, 0, COUNT(cases));
  return run_suite("reference", tests);
}
