/* Indirect calls: tables that are known at compile time, and when they are not. */
#include "modules.h"

/*
 * Two types, two functions (the second of the other type), a table of three with both in it and a null, and a
 * call of the first type through it by the parameter. `table_export` exports the table; `size` is its LEB128
 * minimum.
 */
static void put_table_module(struct built *built, bool table_export, const uint8_t *size,
                             size_t size_length) {
  put_header(built);
  PUT_SECTION(built, 1, 2, 0x60, 1, 0x7f, 1, 0x7f, 0x60, 0, 1, 0x7f);
  PUT_SECTION(built, 3, 2, 0, 1);
  put(built, (const uint8_t[]){4, (uint8_t)(3 + size_length), 1, 0x70, 0}, 5);
  put(built, size, size_length);
  if (table_export) {
    PUT_SECTION(built, 7, 2, 1, 'f', 0, 0, 1, 't', 1, 0);
  } else {
    PUT_SECTION(built, 7, 1, 1, 'f', 0, 0);
  }
  PUT_SECTION(built, 9, 1, 0, 0x41, 0, 0x0b, 2, 0, 1);
  PUT_SECTION(built, 10, 2, 9, 0, 0x41, 1, 0x20, 0, 0x11, 0, 0, 0x0b, 4, 0, 0x41, 3, 0x0b);
}

static char *ir_of(struct lowered *l, const struct built *built, enum lower_model model) {
  lowered_begin(l, built, model, LOWER_GUARD);
  char *ir = LLVMPrintModuleToString(l->module);
  return ir;
}

START_TEST(unwritten_table_is_constant) {
  struct built built;
  struct lowered l;
  put_table_module(&built, false, (const uint8_t[]){3}, 1);
  char *ir = ir_of(&l, &built, LOWER_STATIC);
  ck_assert_ptr_nonnull(strstr(ir, "constant [3 x ptr] [ptr @func.0, ptr @trap.6.0, ptr @trap.5.0]"));
  ck_assert_ptr_nonnull(strstr(ir, ", 3\n")); /* the bound */
  ck_assert_ptr_null(strstr(ir, "wasmrt_op_table_init"));
  LLVMDisposeMessage(ir);
  lowered_end(&l);
}
END_TEST

START_TEST(exported_table_is_not) {
  struct built built;
  struct lowered l;
  put_table_module(&built, true, (const uint8_t[]){3}, 1);
  char *ir = ir_of(&l, &built, LOWER_STATIC);
  ck_assert_ptr_null(strstr(ir, "[3 x ptr]"));
  ck_assert_ptr_nonnull(strstr(ir, "call void @wasmrt_op_table_init"));
  LLVMDisposeMessage(ir);
  lowered_end(&l);
}
END_TEST

START_TEST(instance_model_asks_the_runtime) {
  struct built built;
  struct lowered l;
  put_table_module(&built, false, (const uint8_t[]){3}, 1);
  char *ir = ir_of(&l, &built, LOWER_INSTANCE);
  ck_assert_ptr_null(strstr(ir, "[3 x ptr]"));
  ck_assert_ptr_nonnull(strstr(ir, "call void @wasmrt_op_table_init"));
  LLVMDisposeMessage(ir);
  lowered_end(&l);
}
END_TEST

/* A size field of ten million alone must not make the compiler or the program large. */
START_TEST(large_minimum_is_not_expanded) {
  struct built built;
  struct lowered l;
  put_table_module(&built, false, (const uint8_t[]){0x80, 0xad, 0xe2, 0x04}, 4);
  lowered_begin(&l, &built, LOWER_STATIC, LOWER_GUARD);
  ck_assert_uint_lt(l.arena.used, 1 << 20);
  char *ir = LLVMPrintModuleToString(l.module);
  ck_assert_ptr_null(strstr(ir, "10000000 x ptr"));
  LLVMDisposeMessage(ir);
  lowered_end(&l);
}
END_TEST

/* An import's module name cannot make its symbol that of another import. */
START_TEST(import_symbols_are_distinct) {
  struct arena arena = {0};
  struct wasm_import a = {.module = slice_of("a.b"), .name = slice_of("c")};
  struct wasm_import b = {.module = slice_of("a"), .name = slice_of("b.c")};
  struct wasm_import c = {.module = slice_of("a%2eb"), .name = slice_of("c")};
  ck_assert_str_eq(lower_import_symbol(&arena, &a), "w2n.a%2eb.c");
  ck_assert_str_eq(lower_import_symbol(&arena, &b), "w2n.a.b.c");
  ck_assert_str_eq(lower_import_symbol(&arena, &c), "w2n.a%252eb.c");
  /* The linker would read f@@1 as f, and C f\0 as f. */
  struct wasm_import d = {.module = slice_of("m@1"), .name = slice_of("f@@1")};
  struct wasm_import e = {.module = slice_of("m"), .name = {(const uint8_t *)"f\0g", 3}};
  struct wasm_import f = {.module = slice_of("m"), .name = slice_of("f%00g.h")};
  ck_assert_str_eq(lower_import_symbol(&arena, &d), "w2n.m%401.f%40%401");
  ck_assert_str_eq(lower_import_symbol(&arena, &e), "w2n.m.f%00g");
  ck_assert_str_eq(lower_import_symbol(&arena, &f), "w2n.m.f%2500g.h");
  arena_free(&arena);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("lower/table");
  TCase *tests = tcase_create("table");
  tcase_add_test(tests, unwritten_table_is_constant);
  tcase_add_test(tests, exported_table_is_not);
  tcase_add_test(tests, instance_model_asks_the_runtime);
  tcase_add_test(tests, large_minimum_is_not_expanded);
  tcase_add_test(tests, import_symbols_are_distinct);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
