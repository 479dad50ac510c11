/*
 * For the tests of the validator: a case is one function type and the bytes of one body, which is put into a
 * module that has something of everything, so that the body can name it:
 *
 *   types      0: () -> ()   1: that of the case   2: (i32 i64) -> f32   3: () -> (i32 i64)   4: (i32) -> i32
 *   functions  0: the case   1: type 0, declared   2: type 2   3: type 3   4: type 0, not declared
 *   tables     0: funcref   1: externref   2: externref, 64-bit addresses
 *   memories   0: 32-bit   1: 64-bit addresses
 *   globals    0: i32   1: mutable i64
 *   segments   element 0: declares function 1   element 1: passive, externref   data 0: passive
 *
 * and, if the case asks for them, more types:
 *
 *   5: open () -> i32   6: sub 5, () -> i32   7: open struct {mut i32, i8}
 *   8: sub 7, struct {mut i32, i8, (ref 5)}   9: array of mut i64   10: array of i8   11: array of mut
 * funcref
 */
#ifndef TEST_BODY_H
#define TEST_BODY_H

#include "check.h"

#include <check.h>
#include <stdlib.h>

#include "opcode.h"

#define BYTES(...) {(const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__})}

/* The bytes of types and of the instructions that most cases are made of. */
enum {
  I32 = 0x7f,
  I64 = 0x7e,
  F32 = 0x7d,
  F64 = 0x7c,
  V128 = 0x7b,
  FUNCREF = 0x70,
  EXTERNREF = 0x6f,
  VOID = 0x40
};
enum {
  REFNULL = 0x63, /* (ref null ht) */
  REF = 0x64,
  FUNC = FUNCREF,
  EXTERN = EXTERNREF,
  ANY = 0x6e,
  EQ = 0x6d,
  I31 = 0x6c,
  STRUCT = 0x6b,
  ARRAY = 0x6a,
  NONE = 0x71,
  NOEXTERN = 0x72,
  NOFUNC = 0x73
};
enum {
  UNREACHABLE = 0x00,
  NOP = 0x01,
  BLOCK = 0x02,
  LOOP = 0x03,
  IF = 0x04,
  ELSE = 0x05,
  END = 0x0b,
  BR = 0x0c,
  BR_IF = 0x0d,
  BR_TABLE = 0x0e,
  RETURN = 0x0f,
  CALL = 0x10,
  CALL_INDIRECT = 0x11,
  RETURN_CALL = 0x12,
  RETURN_CALL_INDIRECT = 0x13,
  DROP = 0x1a,
  SELECT = 0x1b,
  SELECT_T = 0x1c,
  LOCAL_GET = 0x20,
  LOCAL_SET = 0x21,
  LOCAL_TEE = 0x22,
  GLOBAL_GET = 0x23,
  GLOBAL_SET = 0x24,
  TABLE_GET = 0x25,
  TABLE_SET = 0x26,
  I32_LOAD = 0x28,
  I64_LOAD = 0x29,
  I32_STORE = 0x36,
  MEMORY_SIZE = 0x3f,
  MEMORY_GROW = 0x40,
  I32_CONST = 0x41,
  I64_CONST = 0x42,
  F32_CONST = 0x43,
  F64_CONST = 0x44,
  I32_EQZ = 0x45,
  I32_ADD = 0x6a,
  I64_ADD = 0x7c,
  F32_ADD = 0x92,
  REF_NULL = 0xd0,
  REF_IS_NULL = 0xd1,
  REF_FUNC = 0xd2,
  REF_AS_NON_NULL = 0xd4,
  BR_ON_NULL = 0xd5,
  BR_ON_NON_NULL = 0xd6,
  CALL_REF = 0x14,
  RETURN_CALL_REF = 0x15,
  GC = 0xfb, /* and the instruction */
  REF_TEST = 0x14,
  REF_TEST_NULL = 0x15,
  REF_CAST = 0x16,
  REF_CAST_NULL = 0x17,
  BR_ON_CAST = 0x18,
  BR_ON_CAST_FAIL = 0x19,
};

struct body_case {
  const char *params;  /* letters: see put_types() */
  const char *results; /* the same */
  const char *message; /* the beginning of the only error, or NULL: valid */
  struct slice body;   /* locals and instructions */
};

struct bytes {
  uint8_t data[4096];
  size_t size;
};

static inline void put(struct bytes *to, const void *data, size_t size) {
  ck_assert_uint_le(to->size + size, sizeof to->data);
  memcpy(to->data + to->size, data, size);
  to->size += size;
}

static inline void put_byte(struct bytes *to, unsigned byte) {
  put(to, &(uint8_t){(uint8_t)byte}, 1);
}

static inline void put_size(struct bytes *to, size_t size) {
  put_byte(to, (size & 0x7f) | 0x80);
  put_byte(to, (unsigned)(size >> 7));
}

static inline void put_section(struct bytes *to, unsigned id, const struct bytes *contents) {
  put_byte(to, id);
  put_size(to, contents->size);
  put(to, contents->data, contents->size);
}

static inline void put_types(struct bytes *to, const char *letters) {
  static const char all[] = "iIfFvrenqyx";
  static const uint8_t codes[] = {I32, I64, F32, F64, V128, FUNCREF, EXTERNREF, NONE, EQ, ANY, I31};
  /* References to the further types, nullable in small letters; function references that are not null. */
  static const char references[] = "aAbBsStTlLkKmMwW";
  put_byte(to, (unsigned)strlen(letters));
  for (; *letters != '\0'; letters++) {
    const char *found = strchr(references, *letters);
    if (found == NULL) {
      put_byte(to, codes[strchr(all, *letters) - all]);
      continue;
    }
    unsigned place = (unsigned)(found - references);
    put_byte(to, place % 2 == 0 ? REFNULL : REF);
    put_byte(to, place < 14 ? 5 + place / 2 : FUNC);
  }
}

#define PUT(to, ...) put((to), (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

/* The module around a body, with the further types if asked for. */
static inline void build_module_with(struct bytes *module, const struct body_case *body,
                                     bool has_more_types) {
  static const uint8_t before_code[] = {
      3,  6,  5, 1,       0, 2,         3,         0,                                       /* functions */
      4,  10, 3, FUNCREF, 0, 1,         EXTERNREF, 0,   1,         EXTERNREF, 4,         1, /* tables */
      5,  5,  2, 0,       1, 4,         1,                                                  /* memories */
      6,  11, 2, I32,     0, I32_CONST, 0,         END, I64,       1,         I64_CONST, 0, END, /* globals */
      9,  8,  2, 3,       0, 1,         1,         5,   EXTERNREF, 0, /* element segments */
      12, 1,  1,                                                      /* data count */
  };
  static const uint8_t other_bodies[] = {3, 0, UNREACHABLE, END, 3, 0, UNREACHABLE, END,
                                         3, 0, UNREACHABLE, END, 3, 0, UNREACHABLE, END};
  struct bytes contents = {.size = 0};
  module->size = 0;
  PUT(module, 0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
  if (has_more_types) {
    PUT(&contents, 1, 0x4e, 12); /* one group, so that type 1 may name all */
  } else {
    put_byte(&contents, 5);
  }
  PUT(&contents, 0x60, 0, 0, 0x60);
  put_types(&contents, body->params);
  put_types(&contents, body->results);
  PUT(&contents, 0x60, 2, I32, I64, 1, F32, 0x60, 0, 2, I32, I64, 0x60, 1, I32, 1, I32);
  if (has_more_types) {
    PUT(&contents, 0x50, 0, 0x60, 0, 1, I32, 0x4f, 1, 5, 0x60, 0, 1, I32);
    PUT(&contents, 0x50, 0, 0x5f, 2, I32, 1, 0x78, 0, 0x4f, 1, 7, 0x5f, 3, I32, 1, 0x78, 0, REF, 5, 0);
    PUT(&contents, 0x5e, I64, 1, 0x5e, 0x78, 0, 0x5e, FUNCREF, 1);
  }
  put_section(module, 1, &contents);
  put(module, before_code, sizeof before_code);
  contents.size = 0;
  put_byte(&contents, 5);
  put_size(&contents, body->body.size);
  put(&contents, body->body.data, body->body.size);
  put(&contents, other_bodies, sizeof other_bodies);
  put_section(module, 10, &contents);
  PUT(module, 11, 3, 1, 1, 0);
}

static inline void build_module(struct bytes *module, const struct body_case *body) {
  build_module_with(module, body, false);
}

static char check_message[1200];
static enum diag_phase check_phase;
static uint32_t check_function_index;

static inline void keep_first(void *context, const struct diag *diag) {
  if ((*(unsigned *)context)++ == 0) {
    snprintf(check_message, sizeof check_message, "%s", diag->message);
    check_phase = diag->phase;
    check_function_index = diag->function;
  }
}

/* Decodes and validates; the number of errors, the first of which is in check_message. */
static inline unsigned validate(struct slice bytes, wasm_features features, wasm_features *used) {
  unsigned errors = 0;
  struct diag_sink sink = {.handler = keep_first, .context = &errors};
  struct arena arena = {0};
  struct wasm_module module;
  bool is_valid = wasm_module_decode(bytes, features, &arena, &sink, &module) &&
                  check_module(&module, features, &arena, &sink);
  ck_assert_int_eq(is_valid, errors == 0);
  *used = module.used;
  arena_free(&arena);
  return errors;
}

/* Runs one case with every feature that the validator knows. */
static inline void run_case_with(const struct body_case *body, int number, bool has_more_types) {
  struct bytes module;
  wasm_features used;
  build_module_with(&module, body, has_more_types);
  unsigned errors = validate((struct slice){module.data, module.size}, UINT32_MAX, &used);
  if (body->message == NULL) {
    ck_assert_msg(errors == 0, "case %d should be valid: %s", number, check_message);
    return;
  }
  ck_assert_msg(errors == 1, "case %d should have one error: %s", number, body->message);
  ck_assert_msg(strncmp(check_message, body->message, strlen(body->message)) == 0,
                "case %d: \"%s\", not \"%s\"", number, check_message, body->message);
  ck_assert_uint_eq(check_function_index, 0);
}

static inline void run_case(const struct body_case *body, int number) {
  run_case_with(body, number, false);
}

/* A suite of one table of cases. */
static inline int run_suite(const char *name, TCase *tests) {
  Suite *suite = suite_create(name);
  suite_add_tcase(suite, tests);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#define COUNT(array) ((int)(sizeof(array) / sizeof(array)[0]))

#endif
