/* What is asked of a reference before it is called, as far as the IR shows it; what it means is tested in
 * embed/typed. */
#include <stdio.h>

#include "modules.h"

/*
 * Types: 0 may have subtypes, 1 is final, 2 is a subtype of 0 that may have some; all take an i32 and return
 * one. A function of an i32 and a (ref null 0) with this body, exported beside a table of funcref.
 */
static void put_module(struct built *built, const uint8_t *body, uint8_t size) {
  put_header(built);
  PUT_SECTION(built, 1, 4, 0x50, 0, 0x60, 1, 0x7f, 1, 0x7f, 0x60, 1, 0x7f, 1, 0x7f, 0x50, 1, 0, 0x60, 1, 0x7f,
              1, 0x7f, 0x60, 2, 0x7f, 0x63, 0, 1, 0x7f);
  PUT_SECTION(built, 3, 1, 3);
  PUT_SECTION(built, 4, 1, 0x70, 0, 1);
  PUT_SECTION(built, 7, 2, 1, 'f', 0, 0, 1, 't', 1, 0);
  put(built, (const uint8_t[]){10, (uint8_t)(size + 3), 1, (uint8_t)(size + 1), 0}, 5);
  put(built, body, size);
}

/* The IR of the function with this body. */
static char *ir_of(const uint8_t *body, uint8_t size, enum lower_model model) {
  struct built built;
  struct lowered l;
  put_module(&built, body, size);
  lowered_begin(&l, &built, model, LOWER_GUARD);
  char *text = LLVMPrintValueToString(LLVMGetNamedFunction(l.module, "func.0"));
  lowered_end(&l);
  return text;
}

#define IR_OF(model, ...) ir_of((const uint8_t[]){__VA_ARGS__}, sizeof(const uint8_t[]){__VA_ARGS__}, model)
#define CALL_INDIRECT(type) 0x20, 0, 0x41, 0, 0x11, type, 0, 0x0b

static unsigned traps(const char *ir, enum wasmrt_trap_code code) {
  char call[32];
  snprintf(call, sizeof call, ", i32 %d)", (int)code);
  return occurrences(ir, call);
}

START_TEST(final_types_are_compared) {
  char *ir = IR_OF((enum lower_model)_i, CALL_INDIRECT(1));
  ck_assert_uint_eq(occurrences(ir, "%wasmrt_type,"), 0);
  ck_assert_uint_eq(traps(ir, WASMRT_TRAP_INDIRECT_CALL_TYPE_MISMATCH), 1);
  LLVMDisposeMessage(ir);
}
END_TEST

/* The list of supertypes is read at the place of the type's depth, and only where it is longer than that. */
START_TEST(other_types_are_looked_for_among_supertypes) {
  static const char *const deeper[] = {"icmp ugt i32 %", ", 0\n", ", 1\n"};
  char *root = IR_OF((enum lower_model)_i, CALL_INDIRECT(0)),
       *sub = IR_OF((enum lower_model)_i, CALL_INDIRECT(2));
  const char *const irs[] = {root, sub};
  for (int i = 0; i < 2; i++) {
    ck_assert_uint_eq(occurrences(irs[i], "%wasmrt_type,"), 2); /* depth and supers */
    const char *compare = strstr(irs[i], deeper[0]);
    ck_assert_ptr_nonnull(compare);
    const char *level = strstr(compare, ",");
    ck_assert_int_eq(strncmp(level, deeper[1 + i], strlen(deeper[1 + i])), 0);
    ck_assert_ptr_nonnull(strstr(irs[i], i == 0 ? ", i64 0\n" : ", i64 1\n")); /* the place in the list */
    ck_assert_uint_eq(traps(irs[i], WASMRT_TRAP_INDIRECT_CALL_TYPE_MISMATCH), 1);
  }
  LLVMDisposeMessage(root);
  LLVMDisposeMessage(sub);
}
END_TEST

START_TEST(call_ref_looks_for_null_only) {
  char *ir = IR_OF((enum lower_model)_i, 0x20, 0, 0x20, 1, 0x14, 0, 0x0b);
  ck_assert_uint_eq(traps(ir, WASMRT_TRAP_NULL_FUNCTION_REFERENCE), 1);
  ck_assert_uint_eq(occurrences(ir, "%wasmrt_type,"), 0);
  LLVMDisposeMessage(ir);
}
END_TEST

START_TEST(casts_look_at_types) {
  /* local.get 0, local.get 1, ref.cast (ref 2), call_ref 0 */
  char *ir = IR_OF((enum lower_model)_i, 0x20, 0, 0x20, 1, 0xfb, 0x16, 2, 0x14, 0, 0x0b);
  ck_assert_uint_eq(traps(ir, WASMRT_TRAP_CAST_FAILURE), 1);
  ck_assert_uint_eq(occurrences(ir, "%wasmrt_type,"), 2);
  LLVMDisposeMessage(ir);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("lower/reference");
  TCase *tests = tcase_create("reference");
  tcase_add_loop_test(tests, final_types_are_compared, LOWER_STATIC, LOWER_INSTANCE + 1);
  tcase_add_loop_test(tests, other_types_are_looked_for_among_supertypes, LOWER_STATIC, LOWER_INSTANCE + 1);
  tcase_add_loop_test(tests, call_ref_looks_for_null_only, LOWER_STATIC, LOWER_INSTANCE + 1);
  tcase_add_loop_test(tests, casts_look_at_types, LOWER_STATIC, LOWER_INSTANCE + 1);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
