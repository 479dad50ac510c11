/*
 * Attacks on the types of functions: compiled code calls references without a look at what they lead to, so
 * nothing of another type may ever become one, whether it comes from another module, from the host, a table
 * or a global.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "wasmrt.h"

/* The module that make_typed.c writes, compiled at -O2 and -O0, and in the static model. */
extern const struct wasmrt_module typed_fast_module;
extern const struct wasmrt_module typed_plain_module;
extern const struct wasmrt_module typed_static_module;
extern const struct wasmrt_module typed_large_module; /* the same, with many types */

static struct wasmrt_store *store;
static struct wasmrt_error error;
static void *made; /* what env.make returns */

static enum wasmrt_status make(void *user, struct wasmrt_instance *caller, uint64_t *slots,
                               struct wasmrt_error *failure) {
  (void)user, (void)caller, (void)failure;
  slots[0] = (uintptr_t)made;
  return WASMRT_OK;
}

/* The same for the static model, which the linker binds. */
void *make_static(struct wasmrt_instance *caller) __asm__("w2n.env.make");
void *make_static(struct wasmrt_instance *caller) {
  (void)caller;
  return made;
}

/* And env.kept, a variable there. */
extern void *kept_static __asm__("w2n.env.kept");
void *kept_static;

static enum wasmrt_status add_hundred(void *user, struct wasmrt_instance *caller, uint64_t *slots,
                                      struct wasmrt_error *failure) {
  (void)user, (void)caller, (void)failure;
  slots[0] += 100;
  return WASMRT_OK;
}

/* The last import of the module as it declares it. */
static const struct wasmrt_type *import_type(const struct wasmrt_module *module) {
  struct wasmrt_item item;
  wasmrt_module_import(module, 0, &item);
  return wasmrt_module_type(module, item.type.number);
}

static void set_up(void) {
  store = wasmrt_store_create();
  ck_assert_ptr_nonnull(store);
  const struct wasmrt_type *type = import_type(&typed_fast_module);
  ck_assert_ptr_eq(type, import_type(&typed_plain_module));
  ck_assert_int_eq(wasmrt_define_typed(store, "env", "make", type, make, NULL, &error), WASMRT_OK);
  /* A (ref null 0): what env.make returns is a (ref 0). */
  const uint32_t kind = (wasmrt_type_signature(type).kinds[0] & ~UINT32_C(0xff)) | WASMRT_REF_NULL;
  ck_assert_int_eq(wasmrt_define_global(store, "env", "kept", kind, true, 0, &error), WASMRT_OK);
}

static void tear_down(void) {
  wasmrt_store_destroy(store);
}

static struct wasmrt_instance *instantiate(const struct wasmrt_module *module) {
  struct wasmrt_instance *instance = NULL;
  ck_assert_msg(wasmrt_instantiate(store, module, NULL, &instance, &error) == WASMRT_OK, "%s", error.message);
  return instance;
}

static struct wasmrt_funcref *find(const struct wasmrt_instance *instance, const char *name) {
  struct wasmrt_funcref *function = wasmrt_find_function(instance, name);
  ck_assert_msg(function != NULL, "%s", name);
  return function;
}

static struct wasmrt_table *table_of(const struct wasmrt_instance *instance, const char *name) {
  struct wasmrt_table *table = wasmrt_find_table(instance, name);
  ck_assert_msg(table != NULL, "%s", name);
  return table;
}

static enum wasmrt_status call(const struct wasmrt_instance *instance, const char *name, uint64_t first,
                               uint64_t second, uint64_t *result) {
  uint64_t slots[2] = {first, second};
  const enum wasmrt_status status = wasmrt_call(find(instance, name), slots, &error);
  *result = slots[0];
  return status;
}

static void ck_assert_result(const struct wasmrt_instance *instance, const char *name, uint64_t first,
                             uint64_t second, uint64_t expected) {
  uint64_t result;
  ck_assert_msg(call(instance, name, first, second, &result) == WASMRT_OK, "%s: %s", name, error.message);
  ck_assert_uint_eq(result, expected);
}

static void ck_assert_status(const struct wasmrt_instance *instance, const char *name, uint64_t first,
                             uint64_t second, enum wasmrt_status expected, const char *message) {
  uint64_t result;
  ck_assert_int_eq(call(instance, name, first, second, &result), expected);
  ck_assert_str_eq(error.message, message);
}

static void ck_assert_trap(const struct wasmrt_instance *instance, const char *name, uint64_t first,
                           uint64_t second, uint32_t trap) {
  ck_assert_status(instance, name, first, second, WASMRT_ERROR_TRAP, wasmrt_trap_message(trap));
  ck_assert_uint_eq(error.trap, trap);
}

static uint64_t bits(const void *reference) {
  return (uintptr_t)reference;
}

static const char mismatch[] = "a reference is not of the type of its parameter";
static const char *const others[] = {"other", "open", "sub", "apply", "call_made"};
enum { OTHERS = 4 }; /* of them that are not of type 0; "call_made" is */

/* Both compilations of the module, each with the other's functions. */
START_TEST(references_across_modules) {
  const struct wasmrt_instance *a = instantiate(&typed_fast_module), *b = instantiate(&typed_plain_module);
  for (int turn = 0; turn < 2; turn++) {
    ck_assert_result(a, "apply", bits(find(b, "inc")), 41, 42);
    ck_assert_result(a, "apply", bits(find(a, "inc")), 41, 42);
    ck_assert_result(a, "apply_null", bits(find(b, "inc")), 41, 42);
    ck_assert_trap(a, "apply_null", 0, 41, WASMRT_TRAP_NULL_FUNCTION_REFERENCE);
    ck_assert_status(a, "apply", 0, 41, WASMRT_ERROR_ARGUMENT, mismatch);
    for (int i = 0; i < OTHERS; i++) {
      ck_assert_status(a, "apply", bits(find(b, others[i])), 41, WASMRT_ERROR_ARGUMENT, mismatch);
      ck_assert_status(a, "apply_null", bits(find(b, others[i])), 41, WASMRT_ERROR_ARGUMENT, mismatch);
    }
    const struct wasmrt_instance *swap = a;
    a = b;
    b = swap;
  }
}
END_TEST

/* Functions of the host of types that look equal. */
START_TEST(references_to_host_functions) {
  const struct wasmrt_instance *a = instantiate(&typed_fast_module);
  const struct wasmrt_type *unary = wasmrt_function_type(find(a, "inc"));
  const struct wasmrt_type *other = wasmrt_function_type(find(a, "other"));
  ck_assert_ptr_ne(unary, other);
  struct wasmrt_extern plain, same, distinct;
  ck_assert_int_eq(wasmrt_define_function(store, "h", "plain", "i:i", add_hundred, NULL, &error), WASMRT_OK);
  ck_assert_int_eq(wasmrt_define_typed(store, "h", "same", unary, add_hundred, NULL, &error), WASMRT_OK);
  ck_assert_int_eq(wasmrt_define_typed(store, "h", "distinct", other, add_hundred, NULL, &error), WASMRT_OK);
  ck_assert(wasmrt_find_defined(store, "h", "plain", &plain) &&
            wasmrt_find_defined(store, "h", "same", &same) &&
            wasmrt_find_defined(store, "h", "distinct", &distinct));
  ck_assert_result(a, "apply", bits(plain.of.function), 1, 101);
  ck_assert_result(a, "apply", bits(same.of.function), 1, 101);
  ck_assert_status(a, "apply", bits(distinct.of.function), 1, WASMRT_ERROR_ARGUMENT, mismatch);
}
END_TEST

START_TEST(references_in_tables) {
  const struct wasmrt_instance *a = instantiate(&typed_fast_module), *b = instantiate(&typed_plain_module);
  static const char *const names[] = {"inc", "other", "open", "sub"};
  for (unsigned i = 0; i < 4; i++) {
    ck_assert(wasmrt_table_set(table_of(a, "table"), i, find(b, names[i])));
    ck_assert(wasmrt_table_set(table_of(a, "typed"), 0, find(b, names[i])) == (i == 0));
    ck_assert(wasmrt_table_set(table_of(a, "full"), 0, find(b, names[i])) == (i == 0));
    if (i == 0) {
      ck_assert_result(a, "indirect", i, 1, 2);
    } else {
      ck_assert_trap(a, "indirect", i, 1, WASMRT_TRAP_INDIRECT_CALL_TYPE_MISMATCH);
    }
    if (i >= 2) { /* the type itself, and its subtype */
      ck_assert_result(a, "indirect_open", i, 1, 2 + i);
    } else {
      ck_assert_trap(a, "indirect_open", i, 1, WASMRT_TRAP_INDIRECT_CALL_TYPE_MISMATCH);
    }
  }
  ck_assert_trap(a, "indirect", 4, 1, WASMRT_TRAP_UNDEFINED_ELEMENT);
  ck_assert_result(a, "through", 0, 1, 2);
  ck_assert_trap(a, "through", 1, 1, WASMRT_TRAP_NULL_FUNCTION_REFERENCE);
  ck_assert_uint_eq(wasmrt_table_grow(table_of(a, "typed"), 1, find(b, "other")), UINT64_MAX);
  ck_assert_uint_eq(wasmrt_table_grow(table_of(a, "full"), 1, NULL), UINT64_MAX);
  ck_assert(!wasmrt_table_set(table_of(a, "full"), 0, NULL));
  ck_assert_uint_eq(wasmrt_table_grow(table_of(a, "full"), 1, find(a, "inc")), 3);
  for (unsigned i = 0; i < 4; i++) {
    ck_assert_result(a, "initial", i, 1, 2);
  }
}
END_TEST

/* A table that nobody writes, which the static model turns into constants. */
START_TEST(tables_of_the_module) {
  const struct wasmrt_module *const modules[] = {&typed_fast_module, &typed_plain_module,
                                                 &typed_static_module, &typed_large_module};
  const struct wasmrt_instance *a = instantiate(modules[_i]);
  for (unsigned i = 0; i < 4; i++) {
    if (i == 0) {
      ck_assert_result(a, "known", i, 1, 2);
    } else {
      ck_assert_trap(a, "known", i, 1, WASMRT_TRAP_INDIRECT_CALL_TYPE_MISMATCH);
    }
    if (i >= 2) {
      ck_assert_result(a, "known_open", i, 1, 2 + i);
    } else {
      ck_assert_trap(a, "known_open", i, 1, WASMRT_TRAP_INDIRECT_CALL_TYPE_MISMATCH);
    }
  }
  ck_assert_trap(a, "known", 4, 1, WASMRT_TRAP_UNINITIALIZED_ELEMENT);
  ck_assert_trap(a, "known_open", 4, 1, WASMRT_TRAP_UNINITIALIZED_ELEMENT);
  ck_assert_trap(a, "known", 5, 1, WASMRT_TRAP_UNDEFINED_ELEMENT);
  ck_assert_trap(a, "known_open", UINT32_MAX, 1, WASMRT_TRAP_UNDEFINED_ELEMENT);
}
END_TEST

START_TEST(references_in_globals) {
  const struct wasmrt_instance *a = instantiate(&typed_fast_module), *b = instantiate(&typed_plain_module);
  struct wasmrt_extern global;
  ck_assert(wasmrt_find(a, "global", &global));
  ck_assert_result(a, "call_global", 1, 0, 2);
  ck_assert(!wasmrt_global_set(&global, &(uint64_t){0}));
  for (int i = 0; i < OTHERS; i++) {
    ck_assert(!wasmrt_global_set(&global, &(uint64_t){bits(find(b, others[i]))}));
  }
  ck_assert_result(a, "call_global", 1, 0, 2);
  ck_assert(wasmrt_global_set(&global, &(uint64_t){bits(find(b, "inc"))}));
  ck_assert_result(a, "call_global", 1, 0, 2);
}
END_TEST

START_TEST(references_in_globals_of_the_host) {
  const struct wasmrt_instance *a = instantiate(&typed_fast_module), *b = instantiate(&typed_plain_module);
  struct wasmrt_extern global;
  ck_assert(wasmrt_find_defined(store, "env", "kept", &global));
  ck_assert_trap(a, "call_kept", 1, 0, WASMRT_TRAP_NULL_FUNCTION_REFERENCE);
  ck_assert(wasmrt_global_set(&global, &(uint64_t){bits(find(b, "inc"))}));
  for (int i = 0; i < OTHERS; i++) {
    ck_assert(!wasmrt_global_set(&global, &(uint64_t){bits(find(b, others[i]))}));
  }
  ck_assert_result(a, "call_kept", 1, 0, 2);
  /* Of another type it cannot be imported, even if that is a subtype: others could write to it. */
  static const uint32_t kinds[] = {WASMRT_FUNCREF,
                                   (WASMRT_HEAP_ABSTRACT | WASMRT_HEAP_NOFUNC) << 8 | WASMRT_REF_NULL};
  for (int i = 0; i < 2; i++) {
    struct wasmrt_store *other = wasmrt_store_create();
    struct wasmrt_instance *instance;
    ck_assert_int_eq(
        wasmrt_define_typed(other, "env", "make", import_type(&typed_fast_module), make, NULL, &error),
        WASMRT_OK);
    ck_assert_int_eq(wasmrt_define_global(other, "env", "kept", kinds[i], true, 0, &error), WASMRT_OK);
    ck_assert_int_eq(wasmrt_instantiate(other, &typed_fast_module, NULL, &instance, &error),
                     WASMRT_ERROR_LINK);
    ck_assert_str_eq(error.message,
                     "incompatible import type: \"env\" \"kept\" (global (mut (ref null 0))): its value's "
                     "type or mutability is another");
    wasmrt_store_destroy(other);
  }
}
END_TEST

START_TEST(references_that_the_host_returns) {
  const struct wasmrt_instance *a = instantiate(&typed_fast_module), *b = instantiate(&typed_plain_module);
  static const char message[] = "a host function returned a reference that is not of the type of its result";
  made = find(b, "inc");
  ck_assert_result(a, "call_made", 1, 0, 2);
  made = NULL;
  ck_assert_status(a, "call_made", 1, 0, WASMRT_ERROR_HOST, message);
  for (int i = 0; i < OTHERS; i++) {
    made = find(b, others[i]);
    ck_assert_status(a, "call_made", 1, 0, WASMRT_ERROR_HOST, message);
  }
}
END_TEST

START_TEST(tests_of_references) {
  const struct wasmrt_instance *a = instantiate(&typed_fast_module), *b = instantiate(&typed_plain_module);
  ck_assert_result(a, "is_open", bits(find(b, "open")), 0, 1);
  ck_assert_result(a, "is_open", bits(find(b, "sub")), 0, 1);
  ck_assert_result(a, "is_open", bits(find(b, "inc")), 0, 0);
  ck_assert_result(a, "is_open", bits(find(b, "apply")), 0, 0);
  ck_assert_result(a, "is_open", 0, 0, 0);
}
END_TEST

/* In the static model C code returns references without a look by the runtime: compiled code looks itself. */
START_TEST(static_model) {
  const struct wasmrt_instance *a = instantiate(&typed_static_module), *b = instantiate(&typed_fast_module);
  ck_assert_result(a, "apply", bits(find(a, "inc")), 1, 2);
  ck_assert_status(a, "apply", bits(find(a, "other")), 1, WASMRT_ERROR_ARGUMENT, mismatch);
  ck_assert_status(a, "apply", bits(find(b, "inc")), 1, WASMRT_ERROR_ARGUMENT, mismatch);
  ck_assert_status(b, "apply", bits(find(a, "inc")), 1, WASMRT_ERROR_ARGUMENT, mismatch);
  const struct wasmrt_instance *c = instantiate(&typed_large_module); /* whose convention may be another */
  ck_assert_status(a, "apply", bits(find(c, "inc")), 1, WASMRT_ERROR_ARGUMENT, mismatch);
  ck_assert(!wasmrt_table_set(table_of(a, "typed"), 0, find(c, "inc")));
  ck_assert(!wasmrt_table_set(table_of(a, "table"), 0, find(b, "inc")));
  ck_assert(wasmrt_table_set(table_of(a, "table"), 0, find(a, "inc")));
  ck_assert_result(a, "indirect", 0, 1, 2);
  ck_assert_result(a, "is_open", bits(find(a, "sub")), 0, 1);
  ck_assert_result(a, "initial", 2, 1, 2);
  made = find(a, "inc");
  ck_assert_result(a, "call_made", 1, 0, 2);
  made = NULL;
  ck_assert_trap(a, "call_made", 1, 0, WASMRT_TRAP_NULL_REFERENCE);
  for (int i = 0; i < OTHERS; i++) {
    made = find(a, others[i]);
    ck_assert_trap(a, "call_made", 1, 0, WASMRT_TRAP_CAST_FAILURE);
  }
  ck_assert_trap(a, "call_kept", 1, 0, WASMRT_TRAP_NULL_FUNCTION_REFERENCE);
  kept_static = find(a, "inc");
  ck_assert_result(a, "call_kept", 1, 0, 2);
  for (int i = 0; i < OTHERS; i++) {
    kept_static = find(a, others[i]);
    ck_assert_trap(a, "call_kept", 1, 0, WASMRT_TRAP_CAST_FAILURE);
  }
}
END_TEST

int main(void) {
  Suite *suite = suite_create("embed/typed");
  TCase *tests = tcase_create("typed");
  tcase_add_checked_fixture(tests, set_up, tear_down);
  tcase_add_test(tests, references_across_modules);
  tcase_add_test(tests, references_to_host_functions);
  tcase_add_test(tests, references_in_tables);
  tcase_add_loop_test(tests, tables_of_the_module, 0, 4);
  tcase_add_test(tests, references_in_globals);
  tcase_add_test(tests, references_in_globals_of_the_host);
  tcase_add_test(tests, references_that_the_host_returns);
  tcase_add_test(tests, tests_of_references);
  tcase_add_test(tests, static_model);
  suite_add_tcase(suite, tests);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  const int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
