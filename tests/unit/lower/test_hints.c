/* Branch hints become branch weights, and sections of them that are wrong become nothing. */
#include "modules.h"

enum { LOCAL_GET = 0x20, I32_CONST = 0x41, IF = 0x04, ELSE = 0x05, BLOCK = 0x02, BR_IF = 0x0d, END = 0x0b };

#define VOID 0x40
#define I32 0x7f
#define HUGE_COUNT 0xff, 0xff, 0xff, 0xff, 0x0f

/* (i32) -> i32. Places count from the locals, which are one byte. */
static const uint8_t body[] = {BLOCK, VOID, LOCAL_GET, 0, BR_IF, 0,         END, LOCAL_GET, 0,
                               IF,    I32,  I32_CONST, 1, ELSE,  I32_CONST, 2,   END,       END};
enum { BR_IF_PLACE = 5, IF_PLACE = 10 };

/* The IR of the function with a custom section of these contents before the code, for LLVMDisposeMessage().
 */
static char *ir_with(const uint8_t *hints, size_t size) {
  static const char name[] = "metadata.code.branch_hint";
  struct built built;
  struct lowered l;
  put_header(&built);
  PUT_SECTION(&built, 1, 1, 0x60, 1, I32, 1, I32);
  PUT_SECTION(&built, 3, 1, 0);
  PUT_SECTION(&built, 7, 1, 1, 'f', 0, 0);
  put(&built, (const uint8_t[]){0, (uint8_t)(strlen(name) + 1 + size), (uint8_t)strlen(name)}, 3);
  put(&built, (const uint8_t *)name, strlen(name));
  put(&built, hints, size);
  put(&built, (const uint8_t[]){10, (uint8_t)(sizeof body + 3), 1, (uint8_t)(sizeof body + 1), 0}, 5);
  put(&built, body, sizeof body);
  lowered_begin(&l, &built, LOWER_STATIC, LOWER_GUARD);
  char *ir = LLVMPrintModuleToString(l.module);
  lowered_end(&l);
  return ir;
}

#define IR_WITH(...) ir_with((const uint8_t[]){__VA_ARGS__}, sizeof(const uint8_t[]){__VA_ARGS__})

START_TEST(hints_are_weights) {
  char *ir = IR_WITH(1, 0, 2, BR_IF_PLACE, 1, 0, IF_PLACE, 1, 1);
  ck_assert_uint_eq(occurrences(ir, "!prof"), 2);
  ck_assert_uint_eq(occurrences(ir, "!{!\"branch_weights\", i32 1, i32 2000}"), 1);
  ck_assert_uint_eq(occurrences(ir, "!{!\"branch_weights\", i32 2000, i32 1}"), 1);
  /* The first belongs to the br_if, which is unlikely to leave the block. */
  const char *first = strstr(ir, "!prof ");
  char number[8];
  ck_assert_int_eq(sscanf(first, "!prof %7[!0-9]", number), 1);
  const char *definition = strstr(ir, "i32 1, i32 2000}");
  while (*definition != '\n') {
    definition--;
  }
  ck_assert(strncmp(definition + 1, number, strlen(number)) == 0);
  LLVMDisposeMessage(ir);
}
END_TEST

#define CASE(weights, ...)                                                                                   \
  {                                                                                                          \
    weights, (const uint8_t[]){__VA_ARGS__}, sizeof(const uint8_t[]) {                                       \
      __VA_ARGS__                                                                                            \
    }                                                                                                        \
  }

static const struct {
  unsigned weights; /* that remain */
  const uint8_t *bytes;
  size_t size;
} sections[] = {
    CASE(0, 0),                                                     /* no function */
    CASE(0, 1, 0, 0),                                               /* no hint */
    CASE(0, 1, 0, 1, BR_IF_PLACE + 1, 1, 1),                        /* within an instruction */
    CASE(0, 1, 0, 1, 1, 1, 1),                                      /* of a block */
    CASE(0, 1, 0, 1, 0xff, 0xff, 0xff, 0xff, 0x0f, 1, 1),           /* beyond the function, and the file */
    CASE(0, 1, 1, 1, BR_IF_PLACE, 1, 1),                            /* no such function */
    CASE(0, 1, 0xff, 0xff, 0xff, 0xff, 0x0f, 1, BR_IF_PLACE, 1, 1), /* the same */
    CASE(0, HUGE_COUNT),                                            /* more functions than bytes */
    CASE(0, 1, 0, HUGE_COUNT, BR_IF_PLACE, 1, 1),                   /* more hints than bytes */
    CASE(0, 1, 0, 1, BR_IF_PLACE, HUGE_COUNT, 1),                   /* more bytes of a hint than there are */
    CASE(0, 1, 0, 1, BR_IF_PLACE, 1, 2),                            /* neither likely nor unlikely */
    CASE(0, 1, 0, 1, BR_IF_PLACE, 2, 1, 1),                         /* two bytes */
    CASE(0, 1, 0, 1, BR_IF_PLACE),                                  /* cut short */
    CASE(0, 0x80),                                                  /* cut within a number */
    CASE(0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),                    /* no number */
    CASE(1, 1, 0, 2, BR_IF_PLACE, 1, 1, BR_IF_PLACE, 1, 0),         /* twice: the first counts */
    CASE(1, 1, 0, 2, IF_PLACE, 1, 1, BR_IF_PLACE, 1, 0),            /* in descending order */
    CASE(1, 2, 0, 1, BR_IF_PLACE, 1, 1, 0, 1, IF_PLACE, 1, 0),      /* a function twice */
    CASE(1, 2, 0, 1, BR_IF_PLACE, 1, 1, 7, 1, IF_PLACE, 1, 0),      /* and one that is not there */
    CASE(1, 2, 0, 1, BR_IF_PLACE, 1, 1, 1, HUGE_COUNT, IF_PLACE),   /* the second malformed */
    CASE(2, 1, 0, 3, 1, 1, 1, BR_IF_PLACE, 1, 1, IF_PLACE, 1, 0, 99), /* and bytes after them */
};

START_TEST(wrong_sections_are_harmless) {
  char *ir = ir_with(sections[_i].bytes, sections[_i].size);
  ck_assert_uint_eq(occurrences(ir, "!prof"), sections[_i].weights);
  LLVMDisposeMessage(ir);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("lower/hints");
  TCase *tests = tcase_create("hints");
  tcase_add_test(tests, hints_are_weights);
  tcase_add_loop_test(tests, wrong_sections_are_harmless, 0, sizeof sections / sizeof sections[0]);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
