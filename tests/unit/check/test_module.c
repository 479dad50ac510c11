/* Tests of wasm2native/check/module.c: what makes a module valid besides its bodies (spec 3.4), by whole
 * modules. */
#include "body.h"

#define HEADER 0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00
#define MODULE(...) BYTES(HEADER, __VA_ARGS__)
#define ALL UINT32_MAX
#define BIT(feature) WASM_FEATURE_BIT(WASM_FEATURE_##feature)
#define WITHOUT(feature) (~BIT(feature))
#define TYPES 1, 8, 2, 0x60, 0, 0, 0x60, 1, I32, 0 /* () -> (), (i32) -> () */
#define ONE_FUNC 3, 2, 1, 0
#define BODY 10, 4, 1, 2, 0, END
#define TABLE 4, 4, 1, FUNCREF, 0, 1
#define MEMORY 5, 3, 1, 0, 1
#define IMPORTED_GLOBAL(type, mutability) 2, 6, 1, 0, 0, 3, type, mutability

static const struct {
  wasm_features features;
  enum diag_phase phase;
  const char *message; /* NULL: valid */
  struct slice bytes;
} cases[] = {
    {ALL, 0, NULL, MODULE(0, 1, 0)},
    /* Types of functions, also of imported ones. */
    {ALL, DIAG_INVALID, "unknown type 2", MODULE(TYPES, 3, 2, 1, 2, BODY)},
    {ALL, DIAG_INVALID, "unknown type 2", MODULE(TYPES, 2, 5, 1, 0, 0, 0, 2)},
    /* Tables. */
    {ALL, 0, NULL, MODULE(4, 5, 1, FUNCREF, 1, 1, 1)},
    {ALL, DIAG_INVALID, "size minimum must not be greater", MODULE(4, 5, 1, FUNCREF, 1, 2, 1)},
    /* More than fits any memory, but that is for the instantiation to say. */
    {ALL, 0, NULL, MODULE(4, 8, 1, FUNCREF, 0, 0xff, 0xff, 0xff, 0xff, 0x0f)},
    {ALL, DIAG_INVALID, "table size must be at most 2^32-1",
     MODULE(4, 8, 1, FUNCREF, 0, 0x80, 0x80, 0x80, 0x80, 0x10)},
    {WITHOUT(REFERENCE_TYPES), DIAG_UNSUPPORTED, "unsupported: needs feature reference-types",
     MODULE(4, 7, 2, FUNCREF, 0, 0, FUNCREF, 0, 0)},
    {WITHOUT(REFERENCE_TYPES), 0, NULL, MODULE(4, 9, 1, FUNCREF, 1, 1, 0xff, 0xff, 0xff, 0xff, 0x0f)},
    /* Tables with an initial value, which those of references that are not null need. */
    {ALL, 0, NULL, MODULE(4, 9, 1, 0x40, 0, FUNCREF, 0, 1, REF_NULL, FUNCREF, END)},
    {ALL, DIAG_INVALID, "type mismatch in end: expected funcref, found externref",
     MODULE(4, 9, 1, 0x40, 0, FUNCREF, 0, 1, REF_NULL, EXTERNREF, END)},
    {ALL, 0, NULL, MODULE(TYPES, ONE_FUNC, 4, 10, 1, 0x40, 0, REF, FUNCREF, 0, 1, REF_FUNC, 0, END, BODY)},
    {ALL, DIAG_INVALID, "type mismatch: a table of (ref func) needs an initial value",
     MODULE(4, 5, 1, REF, FUNCREF, 0, 0)},
    {ALL, 0, NULL, MODULE(2, 8, 1, 0, 0, 1, REF, FUNCREF, 0, 0)},
    {ALL, 0, NULL, MODULE(IMPORTED_GLOBAL(FUNCREF, 0), 4, 9, 1, 0x40, 0, FUNCREF, 0, 1, GLOBAL_GET, 0, END)},
    {ALL, DIAG_INVALID, "unknown global 0: a constant expression may not name it",
     MODULE(4, 9, 1, 0x40, 0, FUNCREF, 0, 1, GLOBAL_GET, 0, END, 6, 6, 1, FUNCREF, 0, REF_NULL, FUNCREF,
            END)},
    {ALL, 0, NULL, /* which declares the function */
     MODULE(TYPES, ONE_FUNC, 4, 9, 1, 0x40, 0, FUNCREF, 0, 1, REF_FUNC, 0, END, 10, 7, 1, 5, 0, REF_FUNC, 0,
            DROP, END)},
    /* Memories. */
    {WITHOUT(MULTI_MEMORY), 0, NULL, MODULE(MEMORY)},
    {ALL, 0, NULL, MODULE(5, 5, 1, 0, 0x80, 0x80, 0x04)},
    {ALL, DIAG_INVALID, "memory size must be at most 65536 pages (4GiB)",
     MODULE(5, 5, 1, 0, 0x81, 0x80, 0x04)},
    {ALL, DIAG_INVALID, "memory size must be at most 65536 pages (4GiB)",
     MODULE(5, 6, 1, 1, 0, 0x81, 0x80, 0x04)},
    {ALL, DIAG_INVALID, "size minimum must not be greater", MODULE(5, 4, 1, 1, 2, 1)},
    {ALL, DIAG_INVALID, "shared memory must have maximum", MODULE(5, 3, 1, 2, 0)},
    {ALL, DIAG_INVALID, "invalid custom page size", MODULE(5, 4, 1, 8, 0, 1)},
    {ALL, 0, NULL, MODULE(5, 8, 1, 8, 0xff, 0xff, 0xff, 0xff, 0x0f, 0)},
    {ALL, DIAG_INVALID, "memory size must be at most 281474976710656 pages",
     MODULE(5, 9, 1, 4, 0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40)},
    {WITHOUT(MULTI_MEMORY), DIAG_UNSUPPORTED, "unsupported: needs feature multi-memory",
     MODULE(5, 5, 2, 0, 0, 0, 0)},
    /* Globals and constant expressions. */
    {ALL, 0, NULL, MODULE(6, 6, 1, I32, 0, I32_CONST, 1, END)},
    {ALL, DIAG_INVALID, "type mismatch in end: expected i64, found i32",
     MODULE(6, 6, 1, I64, 0, I32_CONST, 1, END)},
    {ALL, DIAG_INVALID, "type mismatch in end: expected i64, found nothing", MODULE(6, 4, 1, I64, 0, END)},
    {ALL, DIAG_INVALID, "type mismatch in end: 1 more value",
     MODULE(6, 8, 1, I32, 0, I32_CONST, 1, I32_CONST, 1, END)},
    {ALL, DIAG_INVALID, "constant expression required: nop", MODULE(6, 7, 1, I32, 0, NOP, I32_CONST, 1, END)},
    {ALL, DIAG_INVALID, "constant expression required: block",
     MODULE(6, 9, 1, I32, 0, BLOCK, I32, I32_CONST, 1, END, END)},
    {ALL, DIAG_INVALID, "constant expression required: i32.eqz",
     MODULE(6, 7, 1, I32, 0, I32_CONST, 1, I32_EQZ, END)},
    {ALL, 0, NULL, MODULE(6, 9, 1, I32, 0, I32_CONST, 1, I32_CONST, 1, I32_ADD, END)},
    {WITHOUT(EXTENDED_CONST), DIAG_UNSUPPORTED, "unsupported: needs feature extended-const",
     MODULE(6, 9, 1, I32, 0, I32_CONST, 1, I32_CONST, 1, I32_ADD, END)},
    {WITHOUT(EXTENDED_CONST), 0, NULL, MODULE(IMPORTED_GLOBAL(I32, 0), 6, 6, 1, I32, 0, GLOBAL_GET, 0, END)},
    {ALL, DIAG_INVALID, "constant expression required: global 0 is mutable",
     MODULE(IMPORTED_GLOBAL(I32, 1), 6, 6, 1, I32, 0, GLOBAL_GET, 0, END)},
    {ALL, DIAG_INVALID, "type mismatch in end: expected i32, found i64",
     MODULE(IMPORTED_GLOBAL(I64, 0), 6, 6, 1, I32, 0, GLOBAL_GET, 0, END)},
    {ALL, 0, NULL, MODULE(6, 11, 2, I32, 0, I32_CONST, 1, END, I32, 0, GLOBAL_GET, 0, END)},
    {WITHOUT(EXTENDED_CONST), DIAG_UNSUPPORTED, "unsupported: needs feature extended-const",
     MODULE(6, 11, 2, I32, 0, I32_CONST, 1, END, I32, 0, GLOBAL_GET, 0, END)},
    {ALL, DIAG_INVALID, "unknown global 0: a constant expression may not name it",
     MODULE(6, 6, 1, I32, 0, GLOBAL_GET, 0, END)},
    {ALL, DIAG_INVALID, "unknown global 1", MODULE(6, 6, 1, I32, 0, GLOBAL_GET, 1, END)},
    {ALL, 0, NULL, MODULE(6, 6, 1, EXTERNREF, 0, REF_NULL, EXTERNREF, END)},
    {ALL, DIAG_INVALID, "unknown function 0", MODULE(6, 6, 1, FUNCREF, 0, REF_FUNC, 0, END)},
    /* Exports. */
    {ALL, 0, NULL, MODULE(TYPES, ONE_FUNC, 7, 9, 2, 1, 'a', 0, 0, 1, 'b', 0, 0, BODY)},
    {ALL, DIAG_INVALID, "duplicate export name \"a\"",
     MODULE(TYPES, ONE_FUNC, 7, 13, 3, 1, 'a', 0, 0, 1, 'b', 0, 0, 1, 'a', 0, 0, BODY)},
    {ALL, DIAG_INVALID, "duplicate export name \"\"",
     MODULE(TYPES, ONE_FUNC, MEMORY, 7, 7, 2, 0, 0, 0, 0, 2, 0, BODY)},
    {ALL, DIAG_INVALID, "unknown function 1", MODULE(TYPES, ONE_FUNC, 7, 5, 1, 1, 'a', 0, 1, BODY)},
    {ALL, DIAG_INVALID, "unknown table 0", MODULE(7, 5, 1, 1, 'a', 1, 0)},
    {ALL, DIAG_INVALID, "unknown memory 0", MODULE(7, 5, 1, 1, 'a', 2, 0)},
    {ALL, DIAG_INVALID, "unknown global 0", MODULE(7, 5, 1, 1, 'a', 3, 0)},
    {WITHOUT(MUTABLE_GLOBALS), DIAG_UNSUPPORTED, "unsupported: needs feature mutable-globals",
     MODULE(6, 6, 1, I32, 1, I32_CONST, 1, END, 7, 5, 1, 1, 'a', 3, 0)},
    {WITHOUT(MUTABLE_GLOBALS), 0, NULL, MODULE(6, 6, 1, I32, 1, I32_CONST, 1, END)},
    /* Start. */
    {ALL, 0, NULL, MODULE(TYPES, ONE_FUNC, 8, 1, 0, BODY)},
    {ALL, DIAG_INVALID, "unknown function 1", MODULE(TYPES, ONE_FUNC, 8, 1, 1, BODY)},
    {ALL, DIAG_INVALID, "start function: expected type () -> (), found (i32) -> ()",
     MODULE(TYPES, 3, 2, 1, 1, 8, 1, 0, BODY)},
    /* Element segments. */
    {ALL, 0, NULL, MODULE(TYPES, ONE_FUNC, TABLE, 9, 7, 1, 0, I32_CONST, 0, END, 1, 0, BODY)},
    {ALL, DIAG_INVALID, "unknown table 0",
     MODULE(TYPES, ONE_FUNC, 9, 7, 1, 0, I32_CONST, 0, END, 1, 0, BODY)},
    {ALL, DIAG_INVALID, "unknown function 1",
     MODULE(TYPES, ONE_FUNC, TABLE, 9, 7, 1, 0, I32_CONST, 0, END, 1, 1, BODY)},
    {ALL, DIAG_INVALID, "type mismatch in end: expected i32, found i64",
     MODULE(TYPES, ONE_FUNC, TABLE, 9, 7, 1, 0, I64_CONST, 0, END, 1, 0, BODY)},
    {ALL, DIAG_INVALID, "type mismatch in element segment: expected externref, found (ref func)",
     MODULE(4, 4, 1, EXTERNREF, 0, 1, 9, 6, 1, 0, I32_CONST, 0, END, 0)},
    {ALL, DIAG_INVALID, "type mismatch in end: expected funcref, found externref",
     MODULE(9, 7, 1, 5, FUNCREF, 1, REF_NULL, EXTERNREF, END)},
    {ALL, DIAG_INVALID, "type mismatch in end: expected externref, found funcref",
     MODULE(9, 7, 1, 5, EXTERNREF, 1, REF_NULL, FUNCREF, END)},
    /* Segments of a subtype; indices are references that are not null. */
    {ALL, 0, NULL,
     MODULE(TYPES, ONE_FUNC, 4, 10, 1, 0x40, 0, REF, FUNCREF, 0, 1, REF_FUNC, 0, END, 9, 7, 1, 0, I32_CONST,
            0, END, 1, 0, BODY)},
    {ALL, 0, NULL,
     MODULE(TYPES, ONE_FUNC, TABLE, 9, 12, 1, 6, 0, I32_CONST, 0, END, REF, 0, 1, REF_FUNC, 0, END, BODY)},
    {ALL, DIAG_INVALID, "type mismatch in end: expected (ref 1), found (ref 0)",
     MODULE(TYPES, ONE_FUNC, TABLE, 9, 12, 1, 6, 0, I32_CONST, 0, END, REF, 1, 1, REF_FUNC, 0, END, BODY)},
    {ALL, DIAG_INVALID, "type mismatch in element segment: expected (ref null 0), found (ref func)",
     MODULE(TYPES, ONE_FUNC, 4, 5, 1, REFNULL, 0, 0, 1, 9, 7, 1, 0, I32_CONST, 0, END, 1, 0, BODY)},
    /* Data segments. */
    {ALL, 0, NULL, MODULE(MEMORY, 11, 6, 1, 0, I32_CONST, 0, END, 0)},
    {ALL, DIAG_INVALID, "unknown memory 0", MODULE(11, 6, 1, 0, I32_CONST, 0, END, 0)},
    {ALL, DIAG_INVALID, "unknown memory 1", MODULE(MEMORY, 11, 7, 1, 2, 1, I32_CONST, 0, END, 0)},
    {ALL, DIAG_INVALID, "type mismatch in end: expected i64, found i32",
     MODULE(5, 3, 1, 4, 1, 11, 6, 1, 0, I32_CONST, 0, END, 0)},
    /* Bodies that name data segments need the data count section. */
    {ALL, DIAG_MALFORMED, "data count section required",
     MODULE(TYPES, ONE_FUNC, 10, 7, 1, 5, 0, 0xfc, 9, 0, END, 11, 3, 1, 1, 0)},
    {ALL, 0, NULL, MODULE(TYPES, ONE_FUNC, 12, 1, 1, 10, 7, 1, 5, 0, 0xfc, 9, 0, END, 11, 3, 1, 1, 0)},
    /* A function is declared by an export, an element segment or a global, but not by start. */
    {ALL, 0, NULL, MODULE(TYPES, ONE_FUNC, 7, 5, 1, 1, 'a', 0, 0, 10, 7, 1, 5, 0, REF_FUNC, 0, DROP, END)},
    {ALL, 0, NULL,
     MODULE(TYPES, ONE_FUNC, 6, 6, 1, FUNCREF, 0, REF_FUNC, 0, END, 10, 7, 1, 5, 0, REF_FUNC, 0, DROP, END)},
    {ALL, 0, NULL,
     MODULE(TYPES, ONE_FUNC, 9, 7, 1, 7, FUNCREF, 1, REF_FUNC, 0, END, 10, 7, 1, 5, 0, REF_FUNC, 0, DROP,
            END)},
    {ALL, DIAG_INVALID, "undeclared function reference",
     MODULE(TYPES, ONE_FUNC, 8, 1, 0, 10, 7, 1, 5, 0, REF_FUNC, 0, DROP, END)},
};

START_TEST(modules) {
  wasm_features used;
  unsigned errors = validate(cases[_i].bytes, cases[_i].features, &used);
  if (cases[_i].message == NULL) {
    ck_assert_msg(errors == 0, "case %d should be valid: %s", _i, check_message);
    return;
  }
  ck_assert_msg(errors == 1, "case %d should have an error: %s", _i, cases[_i].message);
  ck_assert_msg(strncmp(check_message, cases[_i].message, strlen(cases[_i].message)) == 0,
                "case %d: \"%s\", not \"%s\"", _i, check_message, cases[_i].message);
  ck_assert_int_eq(check_phase, cases[_i].phase);
}
END_TEST

/* Many exports, the names of which differ at their end only: sorted, the two equal ones are found. */
START_TEST(many_exports) {
  enum { EXPORTS = 400, NAME = 3 };
  static uint8_t bytes[64 + EXPORTS * (NAME + 3)];
  const uint8_t head[] = {HEADER, MEMORY, 7};
  for (unsigned twice = 0; twice <= 1; twice++) {
    size_t size = sizeof head;
    size_t contents = 2 + EXPORTS * (NAME + 3);
    memcpy(bytes, head, size);
    bytes[size++] = (uint8_t)(contents | 0x80);
    bytes[size++] = (uint8_t)(contents >> 7);
    bytes[size++] = (uint8_t)(EXPORTS & 0x7f) | 0x80;
    bytes[size++] = EXPORTS >> 7;
    for (unsigned i = 0; i < EXPORTS; i++) {
      unsigned number = twice == 1 && i == 399 ? 7 : i;
      const uint8_t export[] = {NAME, 'x', (uint8_t)('0' + number / 64), (uint8_t)('0' + number % 64), 2, 0};
      memcpy(bytes + size, export, sizeof export);
      size += sizeof export;
    }
    wasm_features used;
    unsigned errors = validate((struct slice){bytes, size}, UINT32_MAX, &used);
    ck_assert_msg(errors == twice, "%s", check_message);
    ck_assert(errors == 0 || strcmp(check_message, "duplicate export name \"x07\"") == 0);
  }
}
END_TEST

int main(void) {
  TCase *tests = tcase_create("module");
  tcase_add_loop_test(tests, modules, 0, COUNT(cases));
  tcase_add_test(tests, many_exports);
  return run_suite("module", tests);
}
