/*
 * Tests of wasm2native/wasm/canonical.c: which definitions of a type section are equivalent (spec 3.2.1), and
 * that sections made to be slow are not.
 */
#include "module.h"

#include <check.h>
#include <stdlib.h>
#include <time.h>

#define BYTES(...) {(const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__})}
#define F 0x60, 0, 0
#define FN(type) 0x60, 1, 0x63, type, 0 /* of a (ref null type) */
#define OPEN(...) 0x50, 0, __VA_ARGS__
#define SUB(super, ...) 0x50, 1, super, __VA_ARGS__
#define REC(count, ...) 0x4e, count, __VA_ARGS__

static struct arena arena;
static struct wasm_module module;

static void report(void *context, const struct diag *diag) {
  (void)context;
  ck_abort_msg("%s", diag->message);
}

/* Decodes a module of one type section. */
static void decode(const uint8_t *contents, size_t size) {
  uint8_t *bytes = malloc(size + 14);
  ck_assert_ptr_nonnull(bytes);
  const uint8_t head[] = {0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1};
  memcpy(bytes, head, sizeof head);
  for (unsigned i = 0; i < 5; i++) {
    bytes[9 + i] = (uint8_t)((size >> (7 * i) & 0x7f) | (i < 4 ? 0x80 : 0));
  }
  memcpy(bytes + 14, contents, size);
  struct diag_sink sink = {.handler = report};
  ck_assert(wasm_module_decode((struct slice){bytes, size + 14}, UINT32_MAX, &arena, &sink, &module));
  free(bytes);
}

static void teardown(void) {
  arena_free(&arena);
}

static const struct {
  const char *classes; /* a digit for each type */
  struct slice bytes;
} cases[] = {
    {"00", BYTES(2, F, F)},
    {"01", BYTES(2, F, 0x60, 1, 0x7f, 0)},
    {"01", BYTES(2, 0x60, 1, 0x7f, 0, 0x60, 0, 1, 0x7f)},
    /* Final is the default, and being open is a difference. */
    {"010", BYTES(3, F, OPEN(F), 0x4f, 0, F)},
    /* A group of one is the same as none; within larger groups types are equivalent place by place. */
    {"00", BYTES(2, F, REC(1, F))},
    {"0123", BYTES(2, REC(2, F, F), REC(2, F, OPEN(F)))},
    {"0101", BYTES(2, REC(2, F, F), REC(2, F, F))},
    {"012012", BYTES(2, REC(3, F, F, F), REC(3, F, F, F))},
    {"01234", BYTES(2, REC(3, F, F, F), REC(2, F, F))},
    /* References to the own group count as places, others as classes. */
    {"00", BYTES(2, FN(0), FN(1))},
    {"01", BYTES(2, FN(0), FN(0))},
    {"0022", BYTES(4, F, F, FN(0), FN(1))},
    {"0123", BYTES(2, REC(2, FN(0), FN(1)), REC(2, FN(3), FN(2)))},
    {"0101", BYTES(2, REC(2, FN(1), FN(0)), REC(2, FN(3), FN(2)))},
    /* Null or not, what is behind the reference being the same. */
    {"002", BYTES(3, F, F, 0x60, 1, 0x64, 0, 0)},
    {"0123", BYTES(4, F, FN(0), 0x60, 1, 0x64, 0, 0, 0x60, 1, 0x70, 0)},
    /* Supertypes belong to it. */
    {"0122", BYTES(4, OPEN(F), OPEN(0x60, 1, 0x7f, 0), SUB(0, F), SUB(0, F))},
    {"0023", BYTES(4, OPEN(F), OPEN(F), SUB(1, F), F)},
    {"0022", BYTES(4, OPEN(F), OPEN(F), SUB(0, F), SUB(1, F))},
    /* Structures and arrays: types and mutability. */
    {"0103", BYTES(4, 0x5f, 1, 0x7f, 0, 0x5f, 1, 0x7f, 1, 0x5f, 1, 0x7f, 0, 0x5e, 0x7f, 0)},
    {"0122", BYTES(4, 0x5e, 0x78, 0, 0x5e, 0x77, 0, 0x5e, 0x78, 1, 0x5e, 0x78, 1)},
};

START_TEST(classes) {
  decode(cases[_i].bytes.data, cases[_i].bytes.size);
  char found[16];
  for (uint32_t i = 0; i < module.type_count; i++) {
    found[i] = (char)('0' + module.types[i].class);
  }
  found[module.type_count] = '\0';
  ck_assert_str_eq(found, cases[_i].classes);
}
END_TEST

/* Every supertype is found from `depth` and `jump`: a chain of 40 and its side branches. */
START_TEST(ancestry) {
  uint8_t bytes[1 + 5 + 40 * 6];
  size_t size = 0;
  bytes[size++] = 41;
  memcpy(bytes + size, (const uint8_t[]){OPEN(F)}, 5);
  size += 5;
  for (uint8_t i = 0; i < 40; i++) {
    memcpy(bytes + size, (const uint8_t[]){SUB(i, F)}, 6);
    size += 6;
  }
  decode(bytes, size);
  for (uint32_t i = 0; i <= 40; i++) {
    ck_assert_uint_eq(module.types[i].depth, i);
    ck_assert_uint_eq(module.types[i].class, i);
    ck_assert(i == 0 ? module.types[i].jump == 0 : module.types[i].jump < i);
  }
}
END_TEST

/*
 * Types as a hostile module has them: all equal; of two classes in turn; one chain in which each names the
 * type before; one group of all. None takes more than a second or two, which quadratic time would by far.
 */
enum { MANY = 300000 };
static uint8_t many[8 + MANY * 10];

static size_t put_index(size_t at, uint32_t index) {
  for (unsigned i = 0; i < 3; i++) {
    many[at++] = (uint8_t)((index >> (7 * i) & 0x7f) | (i < 2 ? 0x80 : 0));
  }
  return at;
}

START_TEST(hostile_sections) {
  size_t size = 0;
  if (_i == 3) {
    many[size++] = 1;
    many[size++] = 0x4e;
  }
  size = put_index(size, MANY);
  for (uint32_t i = 0; i < MANY; i++) {
    many[size++] = 0x60;
    many[size++] = 1;
    many[size++] = _i == 0 ? 0x7f : 0x63;
    if (_i != 0) {
      size = put_index(size, _i == 1 ? (i % 2 == 0 ? i : i - 1) : i == 0 ? 0 : i - 1);
    }
    many[size++] = 0;
  }
  clock_t start = clock();
  decode(many, size);
  ck_assert_int_lt((clock() - start) / CLOCKS_PER_SEC, 10);
  ck_assert_uint_eq(module.type_count, MANY);
  uint32_t last = module.types[MANY - 1].class;
  ck_assert_uint_eq(last, _i == 0 ? 0 : _i == 1 ? 1 : MANY - 1);
}
END_TEST

int main(void) {
  TCase *tests = tcase_create("canonical");
  tcase_add_checked_fixture(tests, NULL, teardown);
  tcase_set_timeout(tests, 60);
  tcase_add_loop_test(tests, classes, 0, (int)(sizeof cases / sizeof cases[0]));
  tcase_add_test(tests, ancestry);
  tcase_add_loop_test(tests, hostile_sections, 0, 4);
  Suite *suite = suite_create("canonical");
  suite_add_tcase(suite, tests);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
