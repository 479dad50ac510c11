/* Addresses of linear memory, and the loads that must trap although nobody needs them. */
#include "modules.h"

enum {
  LOCAL_GET = 0x20,
  I32_LOAD = 0x28,
  I64_LOAD = 0x29,
  I32_STORE = 0x36,
  I32_STORE8 = 0x3a,
  I32_CONST = 0x41,
  I32_EQZ = 0x45,
  I32_ADD = 0x6a,
  I32_AND = 0x71,
  I32_OR = 0x72,
  I32_SHL = 0x74,
  I32_WRAP_I64 = 0xa7,
  DROP = 0x1a,
  END = 0x0b,
};

static char *ir_of(struct lowered *l, const struct built *built, enum lower_model model,
                   enum lower_bounds bounds, const char *passes) {
  lowered_begin(l, built, model, bounds);
  return lowered_optimize(l, passes);
}

/* The index is zero-extended and the GEP not inbounds: else LLVM would reach below the base, or assume that
 * it cannot. */
START_TEST(index_is_zero_extended) {
  struct built built;
  struct lowered l;
  PUT_FUNCTION(&built, LOCAL_GET, 0, I32_LOAD, 0, 8, END);
  for (int model = LOWER_STATIC; model <= LOWER_INSTANCE; model++) {
    char *ir = ir_of(&l, &built, (enum lower_model)model, LOWER_GUARD, "default<O2>");
    ck_assert_uint_ge(occurrences(ir, "zext i32"), 1);
    ck_assert_uint_eq(occurrences(ir, "sext i32"), 0);
    ck_assert_uint_eq(occurrences(ir, "inbounds"), 0);
    LLVMDisposeMessage(ir);
    lowered_end(&l);
  }
}
END_TEST

/* offset + size = 2^32 + 3 must not be reduced to 32 bits. */
START_TEST(check_mode_compares_in_64_bits) {
  struct built built;
  struct lowered l;
  PUT_FUNCTION(&built, LOCAL_GET, 0, I32_LOAD, 0, 0xff, 0xff, 0xff, 0xff, 0x0f, END);
  char *ir = ir_of(&l, &built, LOWER_INSTANCE, LOWER_CHECK, "default<O0>");
  ck_assert_uint_eq(occurrences(ir, "add i64 %"), 1);
  ck_assert_uint_eq(occurrences(ir, ", 4294967299"), 1);
  ck_assert_uint_eq(occurrences(ir, "icmp ugt i64"), 1);
  LLVMDisposeMessage(ir);
  lowered_end(&l);
}
END_TEST

/* A 64-bit index is compared with a size from which the offset is taken, never added to it: the sum may wrap.
 */
START_TEST(wide_index_is_not_added_to) {
  static const uint8_t memory[] = {4, 1},
                       body[] = {LOCAL_GET, 0, I32_LOAD, 0, 0xff, 0xff, 0xff, 0xff, 0x0f, END};
  struct built built;
  struct lowered l;
  put_memory_function(&built, 0x7e, memory, sizeof memory, body, sizeof body);
  char *ir = ir_of(&l, &built, LOWER_INSTANCE, LOWER_GUARD, "default<O0>");
  ck_assert_uint_eq(occurrences(ir, "call i64 @llvm.usub.sat.i64(i64 %"), 1);
  ck_assert_uint_eq(occurrences(ir, ", i64 4294967298)"), 1);
  ck_assert_uint_eq(occurrences(ir, "icmp uge i64"), 1);
  ck_assert_uint_eq(occurrences(ir, "add i64"), 0);
  LLVMDisposeMessage(ir);
  lowered_end(&l);
}
END_TEST

/* The difference need not saturate as long as the memory's least size, here one page, is no less: up to the
 * byte. */
START_TEST(wide_difference_saturates_beyond_the_least_size) {
  static const uint8_t memory[] = {4, 1};
  for (unsigned beyond = 0; beyond < 2; beyond++) {
    const uint8_t body[] = {LOCAL_GET, 0, I32_LOAD, 0, (uint8_t)(0xfd + beyond), 0xff, 0x03, END};
    struct built built;
    struct lowered l;
    put_memory_function(&built, 0x7e, memory, sizeof memory, body, sizeof body);
    char *ir = ir_of(&l, &built, LOWER_INSTANCE, LOWER_GUARD, "default<O0>");
    ck_assert_uint_eq(occurrences(ir, ", 65536"), !beyond);
    ck_assert_uint_eq(occurrences(ir, "call i64 @llvm.usub.sat.i64(i64 %"), beyond);
    ck_assert_uint_eq(occurrences(ir, "icmp uge i64"), 1);
    LLVMDisposeMessage(ir);
    lowered_end(&l);
  }
}
END_TEST

/* offset + size - 1 beyond 2^64 reaches no memory at all: what is left is the trap. */
START_TEST(wide_offset_that_wraps_always_traps) {
  static const uint8_t memory[] = {4, 1};
  static const uint8_t body[] = {LOCAL_GET, 0,    I32_LOAD, 0,    0xfd, 0xff, 0xff, 0xff,
                                 0xff,      0xff, 0xff,     0xff, 0xff, 0x01, END};
  struct built built;
  struct lowered l;
  put_memory_function(&built, 0x7e, memory, sizeof memory, body, sizeof body);
  char *ir = ir_of(&l, &built, LOWER_STATIC, LOWER_GUARD, "default<O2>");
  ck_assert_uint_eq(occurrences(ir, "align 1, !tbaa"), 0); /* no load */
  ck_assert_uint_ge(occurrences(ir, "call void @wasmrt_op_trap"), 1);
  LLVMDisposeMessage(ir);
  lowered_end(&l);
}
END_TEST

/* Guard pages end a memory at a page of the system's: one of single bytes is compared with its size as well.
 */
START_TEST(small_pages_are_compared) {
  static const uint8_t memory[] = {8, 1, 0}, body[] = {LOCAL_GET, 0, I32_LOAD, 0, 0, END};
  struct built built;
  struct lowered l;
  put_memory_function(&built, 0x7f, memory, sizeof memory, body, sizeof body);
  char *ir = ir_of(&l, &built, LOWER_STATIC, LOWER_GUARD, "default<O0>");
  ck_assert_uint_eq(occurrences(ir, "icmp ugt i64"), 1);
  LLVMDisposeMessage(ir);
  lowered_end(&l);
}
END_TEST

START_TEST(unused_load_stays) {
  struct built built;
  struct lowered l;
  PUT_FUNCTION(&built, LOCAL_GET, 0, I32_LOAD, 0, 0, DROP, I32_CONST, 7, END);
  static const char *const levels[] = {"default<O0>", "default<O1>", "default<O2>", "default<O3>"};
  for (int i = 0; i < 4; i++) {
    char *ir = ir_of(&l, &built, LOWER_STATIC, LOWER_GUARD, levels[i]);
    ck_assert_uint_eq(occurrences(ir, "load volatile i32"), 1);
    LLVMDisposeMessage(ir);
    lowered_end(&l);
  }
}
END_TEST

START_TEST(load_used_on_one_path_stays_before_the_branch) {
  struct built built;
  struct lowered l;
  /* load; if (param == 0) return 5 else return load + load */
  PUT_FUNCTION(&built, LOCAL_GET, 0, I32_LOAD, 0, 16, 0x21, 0, LOCAL_GET, 0, I32_LOAD, 0, 4, LOCAL_GET, 0,
               I32_EQZ, 0x04, 0x40, I32_CONST, 5, 0x0f, END, LOCAL_GET, 0, I32_ADD, END);
  char *ir = ir_of(&l, &built, LOWER_STATIC, LOWER_GUARD, "default<O2>");
  ck_assert_uint_eq(occurrences(ir, "align 1, !tbaa"), 2); /* both loads, and before the branch */
  ck_assert_uint_ge(occurrences(ir, "load volatile i32") + occurrences(ir, "select i1"), 1);
  LLVMDisposeMessage(ir);
  lowered_end(&l);
}
END_TEST

static void expect_volatile_load(struct built *built, const char *load) {
  struct lowered l;
  char *ir = ir_of(&l, built, LOWER_STATIC, LOWER_GUARD, "default<O2>");
  ck_assert_msg(occurrences(ir, load) >= 1, "no '%s' in:\n%s", load, ir);
  LLVMDisposeMessage(ir);
  lowered_end(&l);
}

/* The code generator would load less than what has to trap: the last byte decides. */
START_TEST(load_is_not_made_narrow) {
  struct built built;
  PUT_FUNCTION(&built, LOCAL_GET, 0, I32_LOAD, 0, 0, I32_CONST, 0x0f, I32_AND, END);
  expect_volatile_load(&built, "load volatile i32");
  PUT_FUNCTION(&built, LOCAL_GET, 0, I64_LOAD, 0, 0, I32_WRAP_I64, END);
  expect_volatile_load(&built, "load volatile i64");
  PUT_FUNCTION(&built, LOCAL_GET, 0, I32_LOAD, 0, 0, LOCAL_GET, 0, I32_ADD, I32_CONST, 0x0f, I32_AND, END);
  expect_volatile_load(&built, "load volatile i32");
}
END_TEST

/* The lowest lane of a vector, whatever passes make of it: the 16th byte is loaded by itself. */
START_TEST(vector_load_is_not_made_narrow) {
  struct built built;
  PUT_FUNCTION(&built, LOCAL_GET, 0, 0xfd, 0, 0, 0, 0xfd, 0x1b, 0, END);
  expect_volatile_load(&built, "load volatile i8");
}
END_TEST

/* x = load + param; if (param) return x; ...; return 7: all of it could sink behind the branch. */
START_TEST(load_with_its_use_stays_before_the_branch) {
  struct built built;
  PUT_FUNCTION(&built, LOCAL_GET, 0, I32_LOAD, 0, 0, LOCAL_GET, 0, I32_ADD, LOCAL_GET, 0, 0x0d, 0, 0x1a,
               LOCAL_GET, 0, I32_CONST, 7, I32_STORE, 0, 0, I32_CONST, 7, END);
  expect_volatile_load(&built, "load volatile i32");
}
END_TEST

/* if ((param != 0) & (load < 0)) ...: two branches, and the load behind the first of them. */
START_TEST(load_for_one_of_two_conditions_stays_before_both) {
  struct built built;
  PUT_FUNCTION(&built, LOCAL_GET, 0, I32_EQZ, I32_EQZ, LOCAL_GET, 0, I32_LOAD, 0, 0, I32_CONST, 0,
               0x48 /* lt_s */, 0x71 /* and */, 0x04, 0x40, LOCAL_GET, 0, I32_CONST, 7, I32_STORE, 0, 8, END,
               I32_CONST, 7, END);
  expect_volatile_load(&built, "load volatile i32");
}
END_TEST

/* What is shifted out leaves the bytes between: the code generator loads only these. */
START_TEST(shifted_load_is_not_made_narrow) {
  struct built built;
  PUT_FUNCTION(&built, LOCAL_GET, 0, LOCAL_GET, 0, I32_LOAD, 0, 0, I32_CONST, 8, 0x76 /* shr_u */, 0x3a, 0, 0,
               I32_CONST, 7, END);
  expect_volatile_load(&built, "load volatile i32");
}
END_TEST

/* v = const; v.i64[1] = load(p); store8(p, nearest(x & v | y & ~v).i8[9]): only the code generator sees that
 * the upper half of the lane is not needed. */
START_TEST(lane_load_is_not_made_narrow) {
  struct built built;
  PUT_FUNCTION(&built, LOCAL_GET, 0,                                            /* x and y */
               0xfd, 12, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, /* */
               0xfd, 12, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 9, 8, 7, 6, 5, 4,        /* v */
               LOCAL_GET, 0, 0xfd, 12, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xfd, 0x57, 0, 0,
               1, /* */
               0xfd, 0x52, 0xfd, 0x6a, 0xfd, 0x58, 0, 0, 9, I32_CONST, 7, END);
  expect_volatile_load(&built, "load volatile i8");
}
END_TEST

/* Where no passes ran, values may be used for nothing in the end. */
START_TEST(load_for_nothing_stays_without_passes) {
  struct built built;
  struct lowered l;
  PUT_FUNCTION(&built, LOCAL_GET, 0, 0xfd, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xfd, 0x54, 0,
               0, 3, 0xfd, 0x1b, 1, END);
  char *ir = ir_of(&l, &built, LOWER_STATIC, LOWER_GUARD, "default<O0>");
  ck_assert_uint_ge(occurrences(ir, "load volatile i8"), 1);
  LLVMDisposeMessage(ir);
  lowered_end(&l);
}
END_TEST

/* memory[p] |= 1 would become an access of one byte. */
START_TEST(read_modify_write_is_not_made_narrow) {
  struct built built;
  PUT_FUNCTION(&built, LOCAL_GET, 0, LOCAL_GET, 0, I32_LOAD, 0, 0, I32_CONST, 1, I32_OR, I32_STORE, 0, 0,
               I32_CONST, 7, END);
  expect_volatile_load(&built, "load volatile i32");
  expect_volatile_load(&built, "store volatile i32");
}
END_TEST

/* load16(p + 1) is cut out of v = load(p), as a number of 128 bits. */
START_TEST(load_cut_out_of_a_vector_is_not_made_narrow) {
  struct built built;
  PUT_FUNCTION(&built, LOCAL_GET, 0, 0xfd, 0, 0, 0, DROP, LOCAL_GET, 0, 0x2f, 0, 1, END);
  expect_volatile_load(&built, "load volatile i8");
}
END_TEST

/* v = load(p); v.i8[9] = p; store(p, v) would become a store of one byte. */
START_TEST(load_for_a_replaced_lane_stays) {
  struct built built;
  PUT_FUNCTION(&built, LOCAL_GET, 0, LOCAL_GET, 0, 0xfd, 0, 0, 0, LOCAL_GET, 0, 0xfd, 0x17, 9, 0xfd, 11, 0, 0,
               I32_CONST, 7, END);
  expect_volatile_load(&built, "load volatile i8");
}
END_TEST

/* store(p, load(p)): the code generator would delete both. */
START_TEST(load_stored_back_stays) {
  struct built built;
  struct lowered l;
  PUT_FUNCTION(&built, LOCAL_GET, 0, LOCAL_GET, 0, I32_LOAD, 0, 0, I32_STORE, 0, 0, I32_CONST, 7, END);
  char *ir = ir_of(&l, &built, LOWER_STATIC, LOWER_GUARD, "default<O1>");
  ck_assert_uint_eq(occurrences(ir, "load volatile i32"), 1);
  LLVMDisposeMessage(ir);
  lowered_end(&l);
}
END_TEST

/* param ? load : 5 would become a branch on x86, with the load, volatile or not, behind it. */
START_TEST(selected_load_stays) {
  struct built built;
  PUT_FUNCTION(&built, LOCAL_GET, 0, I32_LOAD, 0, 0, I32_CONST, 5, LOCAL_GET, 0, 0x1b, END);
  expect_volatile_load(&built, "load volatile i8");
}
END_TEST

/* if (p) global = load(p) + 1; drop(load(p)): the second load moves to where p is 0, as nobody needs it else.
 */
START_TEST(load_merged_into_a_phi_stays) {
  struct built built;
  PUT_FUNCTION(&built, LOCAL_GET, 0, 0x04, 0x40, I32_CONST, 16, LOCAL_GET, 0, I32_LOAD, 0, 8, I32_CONST, 1,
               I32_ADD, I32_STORE, 0, 0, END, LOCAL_GET, 0, I32_LOAD, 0, 8, DROP, I32_CONST, 7, END);
  expect_volatile_load(&built, "load volatile i32");
}
END_TEST

/* do { drop(memory[65536 + 4 * i]); memory[4 * i] = i; } while (++i != 4096) */
START_TEST(unused_vector_load_stays) {
  struct built built;
  PUT_FUNCTION(&built, 0x03, 0x40, LOCAL_GET, 0, I32_CONST, 2, I32_SHL, I32_LOAD, 2, 0x80, 0x80, 0x04, DROP,
               LOCAL_GET, 0, I32_CONST, 2, I32_SHL, LOCAL_GET, 0, I32_STORE, 2, 0, LOCAL_GET, 0, I32_CONST, 1,
               I32_ADD, 0x22, 0, I32_CONST, 0x80, 0x20, 0x47, 0x0d, 0, END, LOCAL_GET, 0, END);
  expect_volatile_load(&built, "load volatile");
}
END_TEST

/* do memory8[i] = 0; while (++i != 4096): a fault in the C library's memset would be no trap. */
START_TEST(loops_do_not_become_library_calls) {
  struct built built;
  struct lowered l;
  PUT_FUNCTION(&built, 0x03, 0x40, LOCAL_GET, 0, I32_CONST, 0, I32_STORE8, 0, 0, LOCAL_GET, 0, I32_CONST, 1,
               I32_ADD, 0x22, 0, I32_CONST, 0x80, 0x20, 0x47, 0x0d, 0, END, LOCAL_GET, 0, END);
  char *ir = ir_of(&l, &built, LOWER_STATIC, LOWER_GUARD, "default<O2>");
  ck_assert_uint_eq(occurrences(ir, "llvm.memset"), 0);
  LLVMDisposeMessage(ir);
  lowered_end(&l);
}
END_TEST

START_TEST(used_load_is_plain) {
  struct built built;
  struct lowered l;
  PUT_FUNCTION(&built, LOCAL_GET, 0, I32_LOAD, 0, 0, LOCAL_GET, 0, I32_ADD, END);
  char *ir = ir_of(&l, &built, LOWER_STATIC, LOWER_GUARD, "default<O2>");
  ck_assert_uint_eq(occurrences(ir, "load volatile"), 0);
  ck_assert_uint_eq(occurrences(ir, "call void @llvm.sideeffect"), 0);
  LLVMDisposeMessage(ir);
  lowered_end(&l);
}
END_TEST

/* do memory[4 * i] = memory[4 * i + 65536] + 1; while (++i != 4096): vectorised, markers or not. */
START_TEST(loops_vectorize) {
  struct built built;
  struct lowered l;
  PUT_FUNCTION(&built, 0x03, 0x40, LOCAL_GET, 0, I32_CONST, 2, I32_SHL, LOCAL_GET, 0, I32_CONST, 2, I32_SHL,
               I32_LOAD, 2, 0x80, 0x80, 0x04, I32_CONST, 1, I32_ADD, I32_STORE, 2, 0, LOCAL_GET, 0, I32_CONST,
               1, I32_ADD, 0x22, 0, I32_CONST, 0x80, 0x20, 0x47, 0x0d, 0, END, LOCAL_GET, 0, END);
  char *ir = ir_of(&l, &built, LOWER_STATIC, LOWER_GUARD, "default<O2>");
  ck_assert_uint_ge(occurrences(ir, "load <4 x i32>"), 1);
  LLVMDisposeMessage(ir);
  lowered_end(&l);
}
END_TEST

/* The symbol of static memory is the optimiser's alone: what is emitted has the number. */
START_TEST(static_memory_is_a_number) {
  struct built built;
  struct lowered l;
  PUT_FUNCTION(&built, I32_CONST, 12, I32_LOAD, 0, 0, END);
  char *ir = ir_of(&l, &built, LOWER_STATIC, LOWER_GUARD, "default<O2>");
  ck_assert_uint_eq(occurrences(ir, "wasm_memory"), 0);
  ck_assert_uint_ge(occurrences(ir, "268435456"), 1);
  LLVMDisposeMessage(ir);
  lowered_end(&l);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("lower/memory");
  TCase *tests = tcase_create("memory");
  tcase_add_test(tests, index_is_zero_extended);
  tcase_add_test(tests, check_mode_compares_in_64_bits);
  tcase_add_test(tests, wide_index_is_not_added_to);
  tcase_add_test(tests, wide_difference_saturates_beyond_the_least_size);
  tcase_add_test(tests, wide_offset_that_wraps_always_traps);
  tcase_add_test(tests, small_pages_are_compared);
  tcase_add_test(tests, unused_load_stays);
  tcase_add_test(tests, load_used_on_one_path_stays_before_the_branch);
  tcase_add_test(tests, load_is_not_made_narrow);
  tcase_add_test(tests, vector_load_is_not_made_narrow);
  tcase_add_test(tests, load_with_its_use_stays_before_the_branch);
  tcase_add_test(tests, load_for_one_of_two_conditions_stays_before_both);
  tcase_add_test(tests, shifted_load_is_not_made_narrow);
  tcase_add_test(tests, lane_load_is_not_made_narrow);
  tcase_add_test(tests, load_for_nothing_stays_without_passes);
  tcase_add_test(tests, read_modify_write_is_not_made_narrow);
  tcase_add_test(tests, load_cut_out_of_a_vector_is_not_made_narrow);
  tcase_add_test(tests, load_for_a_replaced_lane_stays);
  tcase_add_test(tests, load_stored_back_stays);
  tcase_add_test(tests, selected_load_stays);
  tcase_add_test(tests, load_merged_into_a_phi_stays);
  tcase_add_test(tests, unused_vector_load_stays);
  tcase_add_test(tests, loops_do_not_become_library_calls);
  tcase_add_test(tests, used_load_is_plain);
  tcase_add_test(tests, loops_vectorize);
  tcase_add_test(tests, static_memory_is_a_number);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
