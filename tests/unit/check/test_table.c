/* Tests of wasm2native/check/table.c: tables, element segments, memory.copy (spec 3.3.6, 3.3.7). */
#include "body.h"

static const struct body_case cases[] = {
    {"", "r", NULL, BYTES(0, I32_CONST, 0, TABLE_GET, 0, END)},
    {"", "e", NULL, BYTES(0, I32_CONST, 0, TABLE_GET, 1, END)},
    {"", "e", NULL, BYTES(0, I64_CONST, 0, TABLE_GET, 2, END)},
    {"", "e", "type mismatch in table.get: expected i64, found i32",
     BYTES(0, I32_CONST, 0, TABLE_GET, 2, END)},
    {"", "", "unknown table 3", BYTES(0, I32_CONST, 0, TABLE_GET, 3, DROP, END)},
    {"", "", NULL, BYTES(0, I32_CONST, 0, REF_NULL, FUNCREF, TABLE_SET, 0, END)},
    {"", "", "type mismatch in table.set: expected funcref, found externref",
     BYTES(0, I32_CONST, 0, REF_NULL, EXTERNREF, TABLE_SET, 0, END)},
    {"", "", "type mismatch in table.set: expected i32, found nothing",
     BYTES(0, REF_NULL, FUNCREF, TABLE_SET, 0, END)},
    {"", "", "unknown table 3", BYTES(0, UNREACHABLE, TABLE_SET, 3, END)},
    {"", "i", NULL, BYTES(0, 0xfc, 16, 0, END)}, /* table.size */
    {"", "I", NULL, BYTES(0, 0xfc, 16, 2, END)},
    {"", "i", "unknown table 3", BYTES(0, 0xfc, 16, 3, END)},
    {"", "i", NULL, BYTES(0, REF_NULL, FUNCREF, I32_CONST, 1, 0xfc, 15, 0, END)}, /* table.grow */
    {"", "I", NULL, BYTES(0, REF_NULL, EXTERNREF, I64_CONST, 1, 0xfc, 15, 2, END)},
    {"", "i", "type mismatch in table.grow: expected funcref, found externref",
     BYTES(0, REF_NULL, EXTERNREF, I32_CONST, 1, 0xfc, 15, 0, END)},
    {"", "i", "unknown table 3", BYTES(0, UNREACHABLE, 0xfc, 15, 3, END)},
    {"", "", NULL,
     BYTES(0, I32_CONST, 0, REF_NULL, FUNCREF, I32_CONST, 1, 0xfc, 17, 0, END)}, /* table.fill */
    {"", "", "type mismatch in table.fill: expected i64, found i32",
     BYTES(0, I64_CONST, 0, REF_NULL, EXTERNREF, I32_CONST, 1, 0xfc, 17, 2, END)},
    {"", "", "unknown table 3", BYTES(0, UNREACHABLE, 0xfc, 17, 3, END)},
    {"", "", NULL, BYTES(0, I32_CONST, 0, I32_CONST, 0, I32_CONST, 0, 0xfc, 14, 1, 1, END)}, /* table.copy */
    {"", "", NULL, BYTES(0, I64_CONST, 0, I32_CONST, 0, I32_CONST, 0, 0xfc, 14, 2, 1, END)},
    {"", "", NULL, BYTES(0, I64_CONST, 0, I64_CONST, 0, I64_CONST, 0, 0xfc, 14, 2, 2, END)},
    {"", "", "type mismatch in table.copy: expected i32, found i64",
     BYTES(0, I64_CONST, 0, I32_CONST, 0, I64_CONST, 0, 0xfc, 14, 2, 1, END)},
    {"", "", "type mismatch in table.copy: expected funcref, found externref",
     BYTES(0, UNREACHABLE, 0xfc, 14, 0, 1, END)},
    {"", "", "unknown table 3", BYTES(0, UNREACHABLE, 0xfc, 14, 0, 3, END)},
    {"", "", "unknown table 4", BYTES(0, UNREACHABLE, 0xfc, 14, 4, 0, END)},
    {"", "", NULL, BYTES(0, I32_CONST, 0, I32_CONST, 0, I32_CONST, 0, 0xfc, 12, 1, 1, END)}, /* table.init */
    {"", "", NULL, BYTES(0, I64_CONST, 0, I32_CONST, 0, I32_CONST, 0, 0xfc, 12, 1, 2, END)},
    {"", "", "type mismatch in table.init: expected funcref, found externref",
     BYTES(0, UNREACHABLE, 0xfc, 12, 1, 0, END)},
    {"", "", "unknown element segment 2", BYTES(0, UNREACHABLE, 0xfc, 12, 2, 0, END)},
    {"", "", "unknown table 3", BYTES(0, UNREACHABLE, 0xfc, 12, 0, 3, END)},
    {"", "", NULL, BYTES(0, 0xfc, 13, 1, END)}, /* elem.drop */
    {"", "", "unknown element segment 2", BYTES(0, 0xfc, 13, 2, END)},
    {"", "", NULL, BYTES(0, I32_CONST, 0, I32_CONST, 0, I32_CONST, 0, 0xfc, 10, 0, 0, END)}, /* memory.copy */
    {"", "", NULL, BYTES(0, I64_CONST, 0, I32_CONST, 0, I32_CONST, 0, 0xfc, 10, 1, 0, END)},
    {"", "", "type mismatch in memory.copy: expected i64, found i32",
     BYTES(0, I64_CONST, 0, I32_CONST, 0, I64_CONST, 0, 0xfc, 10, 1, 1, END)},
    {"", "", "unknown memory 2", BYTES(0, UNREACHABLE, 0xfc, 10, 0, 2, END)},
};

START_TEST(tables) {
  run_case(&cases[_i], _i);
}
END_TEST

int main(void) {
  TCase *tests = tcase_create("table");
  tcase_add_loop_test(tests, tables, 0, COUNT(cases));
  return run_suite("table", tests);
}
