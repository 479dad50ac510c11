/* Tests of the opcode table (opcodes.def) and of wasm2native/wasm/opcode.c: rows are found, unique and
 * consistent. */
#include "opcode.h"

#include <check.h>
#include <stdlib.h>

START_TEST(every_row_is_found_by_its_encoding) {
  const struct wasm_opcode_info *info = &wasm_opcode_info[_i];
  ck_assert_int_eq(wasm_opcode_find(info->prefix, info->code), _i);
  ck_assert_uint_gt(strlen(info->text), 0);
  ck_assert_uint_lt(info->feature, WASM_FEATURE_COUNT);
  ck_assert_uint_lt(info->kind, WASM_KIND_COUNT);
}
END_TEST

/* As many encodings are known as there are rows, so none stands twice and none is made up. */
START_TEST(nothing_else_is_found) {
  unsigned found = 0;
  for (unsigned prefix = 0; prefix < 0x100; prefix++) {
    for (uint32_t code = 0; code < 0x1000; code++) {
      found += wasm_opcode_find((uint8_t)prefix, code) != WASM_OP_COUNT;
    }
  }
  ck_assert_uint_eq(found, WASM_OP_COUNT);
  ck_assert_int_eq(wasm_opcode_find(0xfd, UINT32_MAX), WASM_OP_COUNT);
  ck_assert_int_eq(wasm_opcode_find(0xfc, 0x80000000), WASM_OP_COUNT);
  ck_assert_int_eq(wasm_opcode_find(0, 0xfc), WASM_OP_COUNT);
}
END_TEST

static bool names_a_memory(unsigned imm) {
  return imm == WASM_IMM_MEMARG || imm == WASM_IMM_MEMARG_LANE || imm == WASM_IMM_MEMORY ||
         imm == WASM_IMM_DATA_MEMORY;
}

START_TEST(signatures_are_well_formed) {
  const struct wasm_opcode_info *info = &wasm_opcode_info[_i];
  if (strcmp(info->signature, "*") == 0) {
    return;
  }
  ck_assert_ptr_nonnull(strchr(info->signature, ':'));
  ck_assert_ptr_eq(strchr(info->signature, ':'), strrchr(info->signature, ':'));
  ck_assert_uint_eq(strspn(info->signature, "iIfFva:"), strlen(info->signature));
  ck_assert(strchr(info->signature, 'a') == NULL || names_a_memory(info->imm));
}
END_TEST

START_TEST(accesses_have_an_alignment_that_fits) {
  const struct wasm_opcode_info *info = &wasm_opcode_info[_i];
  if (info->imm == WASM_IMM_MEMARG || info->imm == WASM_IMM_MEMARG_LANE) {
    ck_assert_uint_le(info->n, 4);
  }
  if (info->imm == WASM_IMM_LANE) {
    ck_assert(info->n == 2 || info->n == 4 || info->n == 8 || info->n == 16);
  }
}
END_TEST

/* The order of the standard's instructions, and the reach of the relaxed vector instructions beyond a byte.
 */
START_TEST(some_well_known_rows) {
  ck_assert_str_eq(wasm_opcode_info[wasm_opcode_find(0, 0x6a)].text, "i32.add");
  ck_assert_str_eq(wasm_opcode_info[wasm_opcode_find(0, 0x0b)].text, "end");
  ck_assert_str_eq(wasm_opcode_info[wasm_opcode_find(0xfc, 0x0a)].text, "memory.copy");
  ck_assert_str_eq(wasm_opcode_info[wasm_opcode_find(0xfd, 0x6e)].text, "i8x16.add");
  ck_assert_str_eq(wasm_opcode_info[wasm_opcode_find(0xfd, 0x113)].text,
                   "i32x4.relaxed_dot_i8x16_i7x16_add_s");
  ck_assert_str_eq(wasm_opcode_info[wasm_opcode_find(0xfe, 0x48)].text, "i32.atomic.rmw.cmpxchg");
  ck_assert(wasm_kind_live[WASM_KIND_end] && wasm_kind_live[WASM_KIND_else_] &&
            !wasm_kind_live[WASM_KIND_br]);
}
END_TEST

int main(void) {
  TCase *tests = tcase_create("opcode");
  tcase_add_loop_test(tests, every_row_is_found_by_its_encoding, 0, WASM_OP_COUNT);
  tcase_add_test(tests, nothing_else_is_found);
  tcase_add_loop_test(tests, signatures_are_well_formed, 0, WASM_OP_COUNT);
  tcase_add_loop_test(tests, accesses_have_an_alignment_that_fits, 0, WASM_OP_COUNT);
  tcase_add_test(tests, some_well_known_rows);
  Suite *suite = suite_create("opcode");
  suite_add_tcase(suite, tests);
  SRunner *runner = srunner_create(suite);
  srunner_set_fork_status(runner, CK_NOFORK);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
