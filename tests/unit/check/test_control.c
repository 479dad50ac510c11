/* Tests of wasm2native/check/control.c and stack.c: blocks, branches, calls, and code that is not reached
 * (spec 3.3.8). */
#include "body.h"

static const struct body_case cases[] = {
    /* Bodies and their results. */
    {"", "", NULL, BYTES(0, END)},
    {"", "i", NULL, BYTES(0, I32_CONST, 0, END)},
    {"", "i", "type mismatch in end: expected i32, found nothing on the stack", BYTES(0, END)},
    {"", "i", "type mismatch in end: expected i32, found i64", BYTES(0, I64_CONST, 0, END)},
    {"", "", "type mismatch in end: 1 more value on the stack", BYTES(0, I32_CONST, 0, END)},
    {"", "i", "type mismatch in end: 2 more values on the stack",
     BYTES(0, I32_CONST, 0, I32_CONST, 0, I32_CONST, 0, END)},
    {"", "iI", NULL, BYTES(0, I32_CONST, 0, I64_CONST, 0, END)},
    {"", "iI", "type mismatch in end: expected i64, found i32", BYTES(0, I64_CONST, 0, I32_CONST, 0, END)},
    {"", "", "END opcode expected", BYTES(0, NOP)},
    {"", "", "END opcode expected", BYTES(0, BLOCK, VOID, END)},
    {"", "", "section size mismatch", BYTES(0, END, NOP)},
    {"", "", "section size mismatch", BYTES(0, END, END)},
    /* Blocks. */
    {"", "i", NULL, BYTES(0, BLOCK, I32, I32_CONST, 0, END, END)},
    {"", "", "type mismatch in end: expected i32, found nothing", BYTES(0, BLOCK, I32, END, DROP, END)},
    {"", "", "type mismatch in end: 1 more value", BYTES(0, BLOCK, VOID, I32_CONST, 0, END, END)},
    {"", "", "type mismatch in drop: expected any, found nothing",
     BYTES(0, I32_CONST, 0, BLOCK, VOID, DROP, END, END)},
    {"", "", "type mismatch in i32.eqz: expected i32, found nothing",
     BYTES(0, I32_CONST, 0, LOOP, VOID, I32_EQZ, DROP, END, DROP, END)},
    {"", "f", NULL,
     BYTES(0, I32_CONST, 0, I64_CONST, 0, BLOCK, 2, DROP, DROP, F32_CONST, 0, 0, 0, 0, END, END)},
    {"", "", "type mismatch in block: expected i64, found i32",
     BYTES(0, I32_CONST, 0, BLOCK, 4, END, I32_CONST, 0, BLOCK, 2, END, END)},
    {"", "", "unknown type 9", BYTES(0, BLOCK, 9, END, END)},
    {"", "iI", NULL, BYTES(0, BLOCK, 3, I32_CONST, 1, I64_CONST, 1, END, END)},
    /* if and else. */
    {"", "i", NULL, BYTES(0, I32_CONST, 0, IF, I32, I32_CONST, 1, ELSE, I32_CONST, 2, END, END)},
    {"", "", NULL, BYTES(0, I32_CONST, 0, IF, VOID, END, END)},
    {"", "", "type mismatch in if: expected i32, found i64", BYTES(0, I64_CONST, 0, IF, VOID, END, END)},
    {"", "i", "type mismatch in end: an if without else",
     BYTES(0, I32_CONST, 0, IF, I32, I32_CONST, 1, END, END)},
    {"", "i", NULL, BYTES(0, I32_CONST, 0, I32_CONST, 0, IF, 4, END, END)},
    {"", "i", "type mismatch in else: expected i32, found nothing",
     BYTES(0, I32_CONST, 0, IF, I32, ELSE, I32_CONST, 2, END, END)},
    {"", "i", "type mismatch in end: expected i32, found i64",
     BYTES(0, I32_CONST, 0, IF, I32, I32_CONST, 1, ELSE, I64_CONST, 2, END, END)},
    {"", "", "else without if", BYTES(0, ELSE, END)},
    {"", "", "else without if", BYTES(0, BLOCK, VOID, ELSE, END, END)},
    {"", "", "else without if", BYTES(0, I32_CONST, 0, IF, VOID, ELSE, ELSE, END, END)},
    /* Branches. */
    {"", "i", NULL, BYTES(0, I32_CONST, 0, BR, 0, END)},
    {"", "i", "type mismatch in br: expected i32, found nothing", BYTES(0, BR, 0, END)},
    {"", "i", "type mismatch in br: expected i32, found f32", BYTES(0, F32_CONST, 0, 0, 0, 0, BR, 0, END)},
    {"", "", "unknown label 1 in br", BYTES(0, BR, 1, END)},
    {"", "", "unknown label 4294967295 in br", BYTES(0, BR, 0xff, 0xff, 0xff, 0xff, 0x0f, END)},
    {"", "", NULL, BYTES(0, LOOP, I32, BR, 0, END, DROP, END)}, /* a loop's label takes its parameters */
    {"", "", "type mismatch in br_if: expected i32, found nothing",
     BYTES(0, I32_CONST, 0, LOOP, 4, DROP, I32_CONST, 0, BR_IF, 0, I32_CONST, 0, END, DROP, END)},
    {"", "i", NULL, BYTES(0, I32_CONST, 1, I32_CONST, 0, BR_IF, 0, END)},
    {"", "i", "type mismatch in br_if: expected i32, found nothing",
     BYTES(0, I32_CONST, 0, BR_IF, 0, I32_CONST, 0, END)},
    {"", "", "type mismatch in br_if: expected i32, found i64", BYTES(0, I64_CONST, 0, BR_IF, 0, END)},
    {"", "i", NULL, BYTES(0, BLOCK, I32, I32_CONST, 1, I32_CONST, 0, BR_TABLE, 1, 0, 1, END, END)},
    {"", "", "type mismatch in br_table: label 0 takes 1 values, the default 0",
     BYTES(0, BLOCK, I32, I32_CONST, 1, I32_CONST, 0, BR_TABLE, 1, 0, 1, END, DROP, END)},
    {"", "i", "type mismatch in br_table: expected i64, found i32",
     BYTES(0, BLOCK, I64, I32_CONST, 1, I32_CONST, 0, BR_TABLE, 1, 0, 1, END, END)},
    {"", "", "unknown label 2 in br_table", BYTES(0, BLOCK, VOID, I32_CONST, 0, BR_TABLE, 1, 2, 0, END, END)},
    {"", "", "unknown label 2 in br_table", BYTES(0, BLOCK, VOID, I32_CONST, 0, BR_TABLE, 1, 0, 2, END, END)},
    {"", "", "type mismatch in br_table: expected i32, found f64",
     BYTES(0, F64_CONST, 0, 0, 0, 0, 0, 0, 0, 0, BR_TABLE, 0, 0, END)},
    {"", "iI", NULL, BYTES(0, I32_CONST, 0, I64_CONST, 0, RETURN, END)},
    {"", "iI", "type mismatch in return: expected i64, found i32", BYTES(0, I32_CONST, 0, RETURN, END)},
    {"", "", NULL, BYTES(0, BLOCK, VOID, I64_CONST, 0, RETURN, END, END)}, /* what lies below is dropped */
    /* Not reached: operands have whatever type is asked for, but those that are there have theirs. */
    {"", "i", NULL, BYTES(0, UNREACHABLE, END)},
    {"", "iI", NULL, BYTES(0, UNREACHABLE, I64_CONST, 0, END)},
    {"", "", NULL, BYTES(0, UNREACHABLE, I32_ADD, I64_CONST, 0, DROP, DROP, END)},
    {"", "", "type mismatch in i64.add: expected i64, found i32",
     BYTES(0, UNREACHABLE, I32_ADD, I64_ADD, DROP, END)},
    {"", "", "type mismatch in end: 1 more value", BYTES(0, UNREACHABLE, I32_CONST, 0, END)},
    {"", "", "type mismatch in i32.add: expected i32, found nothing",
     BYTES(0, UNREACHABLE, BLOCK, VOID, I32_ADD, DROP, END, END)}, /* a block in it begins reachable */
    {"", "", "unknown label 3 in br", BYTES(0, UNREACHABLE, BR, 3, END)},
    {"", "", NULL, BYTES(0, UNREACHABLE, SELECT, DROP, END)},
    {"", "", NULL, BYTES(0, UNREACHABLE, SELECT, I32_EQZ, DROP, END)},
    {"", "", "type mismatch in select: expected i64, found i32",
     BYTES(0, UNREACHABLE, I64_CONST, 0, I32_CONST, 0, I32_CONST, 0, SELECT, DROP, END)},
    {"", "i", NULL, BYTES(0, UNREACHABLE, BR_IF, 0, END)},
    {"", "I", "type mismatch in end: expected i64, found i32",
     BYTES(0, BLOCK, I32, UNREACHABLE, BR_IF, 0, END, END)}, /* br_if leaves the label's types */
    {"", "", NULL,
     BYTES(0, BLOCK, F32, BLOCK, I32, UNREACHABLE, BR_TABLE, 1, 0, 1, END, DROP, UNREACHABLE, END, DROP,
           END)},
    {"", "", "type mismatch in br_table: expected f32, found i32",
     BYTES(0, BLOCK, F32, BLOCK, I32, UNREACHABLE, I32_CONST, 0, I32_CONST, 0, BR_TABLE, 1, 0, 1, END, DROP,
           UNREACHABLE, END, DROP, END)},
    {"", "", NULL, BYTES(0, I32_CONST, 0, IF, I32, UNREACHABLE, ELSE, UNREACHABLE, END, DROP, END)},
    {"", "", "type mismatch in i32.eqz: expected i32, found nothing",
     BYTES(0, I32_CONST, 0, IF, I32, UNREACHABLE, ELSE, I32_EQZ, END, DROP, END)},
    /* Calls. */
    {"", "", NULL, BYTES(0, CALL, 1, END)},
    {"", "f", NULL, BYTES(0, I32_CONST, 0, I64_CONST, 0, CALL, 2, END)},
    {"", "f", "type mismatch in call: expected i32, found nothing", BYTES(0, I64_CONST, 0, CALL, 2, END)},
    {"", "f", "type mismatch in call: expected i64, found i32",
     BYTES(0, I64_CONST, 0, I32_CONST, 0, CALL, 2, END)},
    {"", "iI", NULL, BYTES(0, CALL, 3, END)},
    {"", "", "unknown function 5", BYTES(0, CALL, 5, END)},
    {"", "f", NULL, BYTES(0, UNREACHABLE, I64_CONST, 0, CALL, 2, END)},
    {"", "f", "type mismatch in call: expected i64, found i32",
     BYTES(0, UNREACHABLE, I32_CONST, 0, CALL, 2, END)},
    {"", "f", NULL, BYTES(0, I32_CONST, 0, I64_CONST, 0, I32_CONST, 0, CALL_INDIRECT, 2, 0, END)},
    {"", "f", "type mismatch in call_indirect: expected i32, found i64",
     BYTES(0, I32_CONST, 0, I64_CONST, 0, CALL_INDIRECT, 2, 0, END)},
    {"", "", "unknown type 7", BYTES(0, I32_CONST, 0, CALL_INDIRECT, 7, 0, END)},
    {"", "", "unknown table 3", BYTES(0, I32_CONST, 0, CALL_INDIRECT, 0, 3, END)},
    {"", "", "type mismatch in call_indirect: expected a table of funcref, table 1 has externref",
     BYTES(0, I32_CONST, 0, CALL_INDIRECT, 0, 1, END)},
    /* Tail calls. */
    {"", "f", NULL, BYTES(0, I32_CONST, 0, I64_CONST, 0, RETURN_CALL, 2, END)},
    {"", "i", "type mismatch in return_call: the callee's results do not match",
     BYTES(0, I32_CONST, 0, I64_CONST, 0, RETURN_CALL, 2, END)},
    {"", "f", "type mismatch in return_call: expected i64, found nothing", BYTES(0, RETURN_CALL, 2, END)},
    {"", "i", NULL, BYTES(0, I32_CONST, 0, I32_CONST, 0, RETURN_CALL_INDIRECT, 4, 0, I32_EQZ, END)},
    {"", "", "type mismatch in return_call_indirect: the callee's",
     BYTES(0, I32_CONST, 0, I32_CONST, 0, RETURN_CALL_INDIRECT, 4, 0, END)},
};

START_TEST(control) {
  run_case(&cases[_i], _i);
}
END_TEST

/* 10,000 blocks in each other are accepted, and one more is refused, without recursion in either case. */
START_TEST(nesting_is_limited) {
  static uint8_t bytes[4 * (WASM_MAX_NESTING + 10) + 64];
  for (unsigned depth = WASM_MAX_NESTING; depth <= WASM_MAX_NESTING + 1; depth++) {
    const uint8_t head[] = {0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 10};
    size_t body = 1 + 3 * (size_t)depth + 1;
    size_t size = sizeof head;
    memcpy(bytes, head, size);
    const size_t sizes[] = {body + 4, body};
    for (int i = 0; i < 2; i++) {
      bytes[size++] = (uint8_t)(sizes[i] | 0x80);
      bytes[size++] = (uint8_t)(sizes[i] >> 7 | 0x80);
      bytes[size++] = (uint8_t)(sizes[i] >> 14);
      if (i == 0) {
        bytes[size++] = 1;
      }
    }
    bytes[size++] = 0;
    for (unsigned i = 0; i < depth; i++) {
      bytes[size++] = BLOCK;
      bytes[size++] = VOID;
    }
    memset(bytes + size, END, depth + 1);
    size += depth + 1;
    wasm_features used;
    unsigned errors = validate((struct slice){bytes, size}, UINT32_MAX, &used);
    ck_assert_msg(errors == (depth > WASM_MAX_NESTING), "%u: %s", depth, check_message);
    ck_assert(errors == 0 || check_phase == DIAG_UNSUPPORTED);
  }
}
END_TEST

static size_t put_leb(uint8_t *at, size_t value) {
  at[0] = (uint8_t)(value | 0x80);
  at[1] = (uint8_t)(value >> 7 | 0x80);
  at[2] = (uint8_t)(value >> 14);
  return 3;
}

/* A function that gives a thousand values, and calls itself for them: two bytes ask for a thousand values, so
 * that their sum must be limited. So must a br_table whose labels take them, and tail calls, which compare
 * them. */
START_TEST(passed_values_are_limited) {
  static uint8_t bytes[16384];
  for (unsigned calls = 200; calls <= 300; calls += 100) {
    static const uint8_t opcodes[] = {CALL, BR_TABLE, RETURN_CALL};
    for (size_t k = 0; k < COUNT(opcodes); k++) {
      const bool is_table = opcodes[k] == BR_TABLE;
      size_t size = 0, body = is_table ? 2 + 2 + 1 + 3 + calls + 2 : 1 + 2 * (size_t)calls + 2;
      memcpy(bytes, (const uint8_t[]){0, 'a', 's', 'm', 1, 0, 0, 0, 1}, 9);
      size += 9;
      size += put_leb(bytes + size, 3 + 3 + 1000);
      bytes[size++] = 1;
      bytes[size++] = 0x60;
      bytes[size++] = 0;
      size += put_leb(bytes + size, 1000);
      memset(bytes + size, I32, 1000);
      size += 1000;
      memcpy(bytes + size, (const uint8_t[]){3, 2, 1, 0, 10}, 5);
      size += 5;
      size += put_leb(bytes + size, body + 4);
      bytes[size++] = 1;
      size += put_leb(bytes + size, body);
      bytes[size++] = 0; /* no locals */
      if (is_table) {
        memcpy(bytes + size, (const uint8_t[]){CALL, 0, UNREACHABLE, BR_TABLE}, 4);
        size += 4;
        size += put_leb(bytes + size, calls);
        memset(bytes + size, 0, calls + 1);
        size += calls + 1;
      } else {
        for (unsigned i = 0; i < calls; i++) {
          bytes[size++] = opcodes[k];
          bytes[size++] = 0;
        }
        bytes[size++] = UNREACHABLE;
      }
      bytes[size++] = END;
      wasm_features used;
      unsigned errors = validate((struct slice){bytes, size}, UINT32_MAX, &used);
      ck_assert_msg(errors == (calls > 250), "%u calls, %u errors: %s", calls, errors, check_message);
      ck_assert(errors == 0 || check_phase == DIAG_UNSUPPORTED);
    }
  }
}
END_TEST

int main(void) {
  TCase *tests = tcase_create("control");
  tcase_add_test(tests, passed_values_are_limited);
  tcase_add_loop_test(tests, control, 0, COUNT(cases));
  tcase_add_test(tests, nesting_is_limited);
  return run_suite("control", tests);
}
