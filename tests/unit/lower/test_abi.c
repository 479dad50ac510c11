/* The compiler's and the runtime's view of the shared records: LLVM's offsets are those of the C structs. */
#include "modules.h"

struct place {
  const char *name;
  enum abi_struct record;
  unsigned field;
  size_t offset;
};

static const struct place places[] = {
#define STRUCT(name)
#define FIELD(name, kind, type, field)                                                                       \
  {#name "." #field, ABI_##name, WASMRT_##name##_##field, offsetof(struct wasmrt_##name, field)},
#define END(name)
#include "layout.def"
};

static const size_t sizes[] = {
#define STRUCT(name) sizeof(struct wasmrt_##name),
#define FIELD(name, kind, type, field)
#define END(name)
#include "layout.def"
};

START_TEST(offsets_are_those_of_c) {
  struct built built;
  struct lowered l;
  put_header(&built);
  lowered_begin(&l, &built, LOWER_INSTANCE, LOWER_GUARD);
  struct lower_module m = {.context = l.context, .llvm = l.module};
  lower_abi_init(&m);
  for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
    ck_assert_msg(LLVMOffsetOfElement(l.layout, m.abi[places[i].record], places[i].field) == places[i].offset,
                  "%s lies elsewhere", places[i].name);
  }
  for (unsigned i = 0; i < ABI_STRUCT_COUNT; i++) {
    ck_assert_uint_eq(LLVMABISizeOfType(l.layout, m.abi[i]), sizes[i]);
  }
  lowered_end(&l);
}
END_TEST

START_TEST(runtime_functions_take_the_instance_first) {
  struct built built;
  struct lowered l;
  put_header(&built);
  lowered_begin(&l, &built, LOWER_INSTANCE, LOWER_GUARD);
  struct lower_module m = {.context = l.context, .llvm = l.module};
  lower_abi_init(&m);
  for (unsigned i = 0; i < ABI_FUNCTION_COUNT; i++) {
    LLVMValueRef function = lower_op(&m, (enum abi_function)i);
    ck_assert_ptr_eq(LLVMTypeOf(LLVMGetParam(function, 0)), m.ptr);
    size_t length;
    ck_assert_int_eq(strncmp(LLVMGetValueName2(function, &length), "wasmrt_op_", 10), 0);
  }
  lowered_end(&l);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("lower/abi");
  TCase *tests = tcase_create("abi");
  tcase_add_test(tests, offsets_are_those_of_c);
  tcase_add_test(tests, runtime_functions_take_the_instance_first);
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
