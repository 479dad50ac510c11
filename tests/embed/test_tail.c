/* Tail calls (spec 4.4.8): chains that are far longer than the stack, within a module, across instances, and
 * through the host. */
#include "modules.h"

/* guests/tail.s at every level, in both ways of checking bounds. */
extern const struct wasmrt_module tail_o0_module, tail_o1_module, tail_o2_module, tail_o3_module,
    tail_os_module, tail_oz_module, tail_check_module, tail_static_module;
extern const struct wasmrt_module plain_module; /* guests/plain.c */

static const struct wasmrt_module *const modules[] = {&tail_o0_module,    &tail_o1_module,    &tail_o2_module,
                                                      &tail_o3_module,    &tail_os_module,    &tail_oz_module,
                                                      &tail_check_module, &tail_static_module};
enum { MODULES = sizeof modules / sizeof *modules, IN_INSTANCE_MODEL = MODULES - 1 };

enum { STEPS = 3400000 }; /* of three calls each: more than ten million */

static struct wasmrt_store *store;
static struct wasmrt_error error;

/* The import of the guests: adds one, or fails. */
static enum wasmrt_status next(void *user, struct wasmrt_instance *caller, uint64_t *slots,
                               struct wasmrt_error *failure) {
  (void)user, (void)caller;
  if (slots[0] == 0) {
    return wasmrt_error_set(failure, WASMRT_ERROR_HOST, "nothing comes next");
  }
  slots[0]++;
  return WASMRT_OK;
}

/* The same for the static model, where the linker binds it. */
uint64_t linked_next(struct wasmrt_instance *caller, uint64_t value) __asm__("w2n.host.next");
uint64_t linked_next(struct wasmrt_instance *caller, uint64_t value) {
  (void)caller;
  return value + 1;
}

static void set_up(void) {
  store = wasmrt_store_create();
  ck_assert_int_eq(wasmrt_define_function(store, "host", "next", "I:I", next, NULL, &error), WASMRT_OK);
}

static void tear_down(void) {
  wasmrt_store_destroy(store);
}

static struct wasmrt_instance *instantiate(const struct wasmrt_module *module) {
  struct wasmrt_instance *instance = NULL;
  enum wasmrt_status status = wasmrt_instantiate(store, module, NULL, &instance, &error);
  ck_assert_msg(status == WASMRT_OK, "%s", error.message);
  return instance;
}

static struct wasmrt_funcref *function(struct wasmrt_instance *instance, const char *name) {
  struct wasmrt_funcref *found = wasmrt_find_function(instance, name);
  ck_assert_msg(found != NULL, "no function %s", name);
  return found;
}

static enum wasmrt_status call(struct wasmrt_instance *instance, const char *name, uint64_t a, uint64_t b,
                               uint64_t *result) {
  uint64_t slots[2] = {a, b};
  enum wasmrt_status status = wasmrt_call(function(instance, name), slots, &error);
  *result = slots[0];
  return status;
}

static uint64_t value_of(struct wasmrt_instance *instance, const char *name, uint64_t a, uint64_t b) {
  uint64_t result;
  enum wasmrt_status status = call(instance, name, a, b, &result);
  ck_assert_msg(status == WASMRT_OK, "%s: %s", name, error.message);
  return result;
}

static void ck_assert_trap(struct wasmrt_instance *instance, const char *name, uint64_t a, uint64_t b,
                           uint32_t trap) {
  uint64_t result;
  ck_assert_int_eq(call(instance, name, a, b, &result), WASMRT_ERROR_TRAP);
  ck_assert_str_eq(error.message, wasmrt_trap_message(trap));
}

static void ck_assert_frames(uint32_t count, const char *const *names) {
  ck_assert_uint_eq(error.frame_count, count);
  for (uint32_t i = 0; i < count; i++) {
    ck_assert_str_eq(error.frames[i].name, names[i]);
  }
}

/* Puts a function into a table. */
static void set_entry(struct wasmrt_instance *instance, uint64_t index, struct wasmrt_funcref *reference) {
  struct wasmrt_table *table = wasmrt_find_table(instance, "__indirect_function_table");
  while (wasmrt_table_size(table) <= index) {
    ck_assert_uint_ne(wasmrt_table_grow(table, 1, NULL), UINT64_MAX);
  }
  ck_assert(wasmrt_table_set(table, index, reference));
}

START_TEST(functions_of_many_types) {
  struct wasmrt_instance *tail = instantiate(modules[_i]);
  const uint64_t n = STEPS;
  ck_assert_uint_eq(value_of(tail, "ring", 1, 0), 46 + 378);
  ck_assert_uint_eq(value_of(tail, "ring", n, 0), 23 * n * (n + 1) + 378 * n);
}
END_TEST

START_TEST(several_results) {
  struct wasmrt_instance *tail = instantiate(modules[_i]);
  static const char *const names[] = {"results", "results_twice"};
  const uint64_t expected[] = {UINT64_C(7) * STEPS, UINT64_C(49) * STEPS + 1000};
  for (int i = 0; i < 2; i++) {
    uint64_t slots[6] = {STEPS};
    ck_assert_int_eq(wasmrt_call(function(tail, names[i]), slots, &error), WASMRT_OK);
    ck_assert_uint_eq(slots[0], expected[i]);
    ck_assert_uint_eq(slots[1], expected[i]);
    ck_assert_uint_eq(slots[2], expected[i]);
    ck_assert_double_eq(as_double(slots[3]), 2.5);
    ck_assert_uint_eq((uint32_t)slots[4], (uint32_t)-3);
    ck_assert_uint_eq((uint32_t)slots[5], float_bits(4.5f));
  }
}
END_TEST

START_TEST(through_a_table) {
  struct wasmrt_instance *tail = instantiate(modules[_i]);
  set_entry(tail, 1, function(tail, "pong"));
  set_entry(tail, 2, function(tail, "ping"));
  ck_assert_uint_eq(value_of(tail, "ping", STEPS, 0), 42);
}
END_TEST

/* The entries of each lead into the other: of another module, with its own levels and bounds. */
START_TEST(across_instances) {
  struct wasmrt_instance *tail = instantiate(modules[_i]);
  struct wasmrt_instance *other = instantiate(modules[(_i + 1) % IN_INSTANCE_MODEL]);
  set_entry(tail, 1, function(other, "pong"));
  set_entry(other, 2, function(tail, "ping"));
  ck_assert_uint_eq(value_of(tail, "ping", STEPS, 0), 42);
}
END_TEST

/* The import of one is a function of the other. */
START_TEST(through_an_import) {
  struct wasmrt_instance *tail = instantiate(modules[_i]);
  struct wasmrt_store *second = wasmrt_store_create(), *first = store;
  struct wasmrt_extern ping;
  ck_assert(wasmrt_find(tail, "ping", &ping));
  ck_assert_int_eq(wasmrt_define(second, "host", "next", &ping, &error), WASMRT_OK);
  store = second;
  struct wasmrt_instance *other = instantiate(modules[(_i + 1) % IN_INSTANCE_MODEL]);
  store = first;
  set_entry(tail, 1, function(tail, "pong"));
  set_entry(tail, 2, function(other, "outside"));
  ck_assert_uint_eq(value_of(other, "outside", STEPS, 0), 42);
  wasmrt_store_destroy(second);
}
END_TEST

/* Leaving for functions that cannot tail call on: the host's, and those of a module without tail calls. */
START_TEST(other_callees) {
  struct wasmrt_instance *tail = instantiate(modules[_i]);
  uint64_t result;
  ck_assert_uint_eq(value_of(tail, "outside", 41, 0), 42);
  ck_assert_uint_eq(value_of(tail, "outside_plus_one", 41, 0), 43);
  if (modules[_i] == &tail_static_module) {
    return;
  }
  ck_assert_int_eq(call(tail, "outside_plus_one", 0, 0, &result), WASMRT_ERROR_HOST);
  ck_assert_str_eq(error.message, "nothing comes next");
}
END_TEST

START_TEST(there_and_back) {
  struct wasmrt_instance *tail = instantiate(modules[_i]);
  struct wasmrt_extern again;
  set_entry(tail, 1, function(tail, "pong"));
  ck_assert(wasmrt_find(tail, "ping", &again));
  ck_assert_int_eq(wasmrt_define(store, "host", "again", &again, &error), WASMRT_OK);
  struct wasmrt_instance *plain = instantiate(&plain_module);
  set_entry(tail, 2, function(plain, "next"));
  /* ping 1001, pong, next 1000, ping 999 ...: each next is called and adds one. */
  ck_assert_uint_eq(value_of(tail, "ping", 1002, 0), 42 + 501);
  ck_assert_trap(tail, "ping", 1, 0, WASMRT_TRAP_UNREACHABLE);
  ck_assert_str_eq(error.frames[0].name, "next");
  ck_assert_ptr_eq(error.frames[0].module, &plain_module);
}
END_TEST

START_TEST(wrong_entries) {
  struct wasmrt_instance *tail = instantiate(modules[_i]);
  set_entry(tail, 3, function(tail, "crash"));
  set_entry(tail, 4, function(tail, "outside"));
  for (int i = 0; i < 3; i++) {
    ck_assert_trap(tail, "leap", 0, 1, WASMRT_TRAP_UNINITIALIZED_ELEMENT);
    ck_assert_frames(1, (const char *const[]){"leap"});
    ck_assert_trap(tail, "leap", 3, 1, WASMRT_TRAP_INDIRECT_CALL_TYPE_MISMATCH);
    ck_assert_trap(tail, "leap", 5, 1, WASMRT_TRAP_UNDEFINED_ELEMENT);
    ck_assert_trap(tail, "leap", UINT32_MAX, 1, WASMRT_TRAP_UNDEFINED_ELEMENT);
    ck_assert_uint_eq(value_of(tail, "leap", 4, 1), 2);
  }
}
END_TEST

START_TEST(backtraces) {
  struct wasmrt_instance *tail = instantiate(modules[_i]);
  set_entry(tail, 3, function(tail, "crash"));
  set_entry(tail, 5, function(tail, "fall"));
  set_entry(tail, 6, function(tail, "waver"));
  ck_assert_trap(tail, "outer", 1, 0, WASMRT_TRAP_INTEGER_DIVIDE_BY_ZERO);
  ck_assert_frames(2, (const char *const[]){"crash", "outer"});
  ck_assert_trap(tail, "outer_waver", 0, 0, WASMRT_TRAP_INTEGER_DIVIDE_BY_ZERO);
  ck_assert_frames(3, (const char *const[]){"crash", "waver", "outer_waver"});
}
END_TEST

START_TEST(recursion_still_ends) {
  struct wasmrt_instance *tail = instantiate(modules[_i]);
  for (int i = 0; i < 3; i++) {
    ck_assert_trap(tail, "deep", 0, 0, WASMRT_TRAP_STACK_EXHAUSTED);
    ck_assert_str_eq(error.frames[WASMRT_BACKTRACE_MAX - 1].name, "deep");
  }
}
END_TEST

int main(void) {
  Suite *suite = suite_create("embed/tail");
  TCase *tests = tcase_create("tail");
  tcase_add_checked_fixture(tests, set_up, tear_down);
  tcase_add_loop_test(tests, functions_of_many_types, 0, MODULES);
  tcase_add_loop_test(tests, several_results, 0, MODULES);
  tcase_add_loop_test(tests, through_a_table, 0, MODULES);
  tcase_add_loop_test(tests, across_instances, 0, IN_INSTANCE_MODEL);
  tcase_add_loop_test(tests, through_an_import, 0, IN_INSTANCE_MODEL);
  tcase_add_loop_test(tests, other_callees, 0, MODULES);
  tcase_add_loop_test(tests, there_and_back, 0, IN_INSTANCE_MODEL);
  tcase_add_loop_test(tests, wrong_entries, 0, MODULES);
  tcase_add_loop_test(tests, backtraces, 0, MODULES);
  tcase_add_loop_test(tests, recursion_still_ends, 0, MODULES);
  tcase_set_timeout(tests, 60);
  suite_add_tcase(suite, tests);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
