/* Calling conventions: what modules with tail calls have, and others do not. */
#include "modules.h"

enum { RETURN_CALL = 0x12, CALL = 0x10 };

static void begin(struct lowered *l, const struct built *built, enum lower_model model, bool has_tail_calls) {
  lowered_begin_with(l, built, model, LOWER_GUARD,
                     has_tail_calls ? WASM_FEATURE_BIT(WASM_FEATURE_TAIL_CALL) : 0);
}

static unsigned count_in(struct lowered *l, const char *word) {
  char *ir = LLVMPrintModuleToString(l->module);
  unsigned count = occurrences(ir, word);
  LLVMDisposeMessage(ir);
  return count;
}

/* Two functions () -> (i32 i64): the first calls itself, drops the results and leaves for the second. */
static void put_two_results(struct built *built, uint8_t opcode) {
  put_header(built);
  PUT_SECTION(built, 1, 1, 0x60, 0, 2, 0x7f, 0x7e);
  PUT_SECTION(built, 3, 2, 0, 0);
  PUT_SECTION(built, 7, 1, 1, 'f', 0, 0);
  PUT_SECTION(built, 10, 2, 8, 0, CALL, 0, 0x1a, 0x1a, opcode, 1, 0x0b, 6, 0, 0x41, 1, 0x42, 2, 0x0b);
}

/* The place for results that a tail callee gets is the function's own parameter: its frame will be gone. */
START_TEST(results_outlive_the_frame) {
  struct built built;
  struct lowered l;
  put_two_results(&built, RETURN_CALL);
  begin(&l, &built, LOWER_STATIC, true);
  ck_assert_uint_eq(count_in(&l, "musttail call"), 1);
  ck_assert_uint_eq(count_in(&l, "musttail call tailcc void @func.1(ptr %0)\n  ret void"), 1);
  ck_assert_uint_eq(count_in(&l, " call tailcc void @func.0(ptr %0)"), 0);
  lowered_end(&l);
  begin(&l, &built, LOWER_INSTANCE, true);
  ck_assert_uint_eq(count_in(&l, "musttail call tailcc void @func.1(ptr %0, ptr %1)\n  ret void"), 1);
  /* The exported function has an adaptor in C's convention, whose callee stays in backtraces. */
  ck_assert_uint_eq(count_in(&l, "define internal void @adaptor.0("), 1);
  ck_assert_uint_eq(count_in(&l, "adaptor.1"), 0);
  lowered_end(&l);
}
END_TEST

START_TEST(others_keep_the_convention_of_c) {
  struct built built;
  struct lowered l;
  put_two_results(&built, CALL);
  for (int model = LOWER_STATIC; model <= LOWER_INSTANCE; model++) {
    begin(&l, &built, (enum lower_model)model, false);
    ck_assert_uint_eq(count_in(&l, "tailcc"), 0);
    ck_assert_uint_eq(count_in(&l, "adaptor"), 0);
    if (model == LOWER_STATIC) { /* no place for arguments: header, arguments, cells */
      ck_assert_uint_eq(count_in(&l, "{ %wasmrt_instance, [0 x i64], [0 x [16 x i8]] }"), 1);
    }
    lowered_end(&l);
  }
}
END_TEST

/* What the signal handler takes for compiled code: entries and adaptors as well. */
START_TEST(all_code_lies_in_one_section) {
  struct built built;
  struct lowered l;
  put_two_results(&built, RETURN_CALL);
  for (int model = LOWER_STATIC; model <= LOWER_INSTANCE; model++) {
    begin(&l, &built, (enum lower_model)model, true);
    for (LLVMValueRef f = LLVMGetFirstFunction(l.module); f; f = LLVMGetNextFunction(f)) {
      ck_assert(LLVMIsDeclaration(f) || strcmp(LLVMGetSection(f), WASMRT_TEXT_SECTION) == 0);
      /* What is outlined would not. */
      ck_assert(LLVMIsDeclaration(f) ||
                LLVMGetStringAttributeAtIndex(f, LLVMAttributeFunctionIndex, "nooutline", 9));
    }
    lowered_end(&l);
  }
}
END_TEST

/* A function (i64 * count) -> () that leaves for itself. */
static void put_many_params(struct built *built, uint8_t count, uint8_t type) {
  put_header(built);
  put(built, (const uint8_t[]){1, (uint8_t)(4 + count), 1, 0x60, count}, 5);
  for (uint8_t i = 0; i < count; i++) {
    put(built, &type, 1);
  }
  put(built, (const uint8_t[]){0}, 1);
  PUT_SECTION(built, 3, 1, 0);
  put(built, (const uint8_t[]){10, (uint8_t)(6 + 2 * count), 1, (uint8_t)(4 + 2 * count), 0}, 5);
  for (uint8_t i = 0; i < count; i++) {
    put(built, (const uint8_t[]){0x20, i}, 2);
  }
  put(built, (const uint8_t[]){RETURN_CALL, 0, 0x0b}, 3);
}

/* On x86-64 six integers and eight vectors have registers; no argument lies on the stack. */
START_TEST(arguments_without_registers) {
  struct built built;
  struct lowered l;
  put_many_params(&built, 50, 0x7e);
  begin(&l, &built, LOWER_STATIC, true);
  ck_assert_uint_eq(count_in(&l, "define internal tailcc void @func.0(i64 %0, i64 %1, i64 %2, i64 %3, "
                                 "i64 %4, i64 %5)"),
                    1);
  ck_assert_uint_ge(count_in(&l, "[44 x i64]"), 1);
  lowered_end(&l);
  put_many_params(&built, 50, 0x7b);
  begin(&l, &built, LOWER_INSTANCE, true);
  ck_assert_uint_eq(count_in(&l, "<2 x i64> %8)"), 1); /* after the instance */
  ck_assert_uint_ge(count_in(&l, "[84 x i64]"), 1);
  lowered_end(&l);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("lower/convention");
  TCase *tests = tcase_create("convention");
  tcase_add_test(tests, results_outlive_the_frame);
  tcase_add_test(tests, others_keep_the_convention_of_c);
  tcase_add_test(tests, all_code_lies_in_one_section);
  tcase_add_test(tests, arguments_without_registers);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
