/* A host with plugins that are linked in, in both ways of checking bounds and at -O0. */
#define _GNU_SOURCE
#include <pthread.h>

#include "modules.h"

static const struct wasmrt_module *const plugins[] = {&plugin_guard_module, &plugin_check_module,
                                                      &plugin_plain_module};
enum { PLUGINS = sizeof plugins / sizeof *plugins };

static struct journal journal;
static struct wasmrt_store *store;
static struct wasmrt_error error;

static void set_up(void) {
  store = make_store(&journal);
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

/* Calls an export with up to two parameters. */
static enum wasmrt_status call(struct wasmrt_instance *instance, const char *name, uint64_t a, uint64_t b,
                               uint64_t *result) {
  uint64_t slots[2] = {a, b};
  const struct wasmrt_funcref *function = wasmrt_find_function(instance, name);
  ck_assert_msg(function != NULL, "no function %s", name);
  enum wasmrt_status status = wasmrt_call(function, slots, &error);
  if (result != NULL) {
    *result = slots[0];
  }
  return status;
}

static uint64_t value_of(struct wasmrt_instance *instance, const char *name, uint64_t a, uint64_t b) {
  uint64_t result;
  enum wasmrt_status status = call(instance, name, a, b, &result);
  ck_assert_msg(status == WASMRT_OK, "%s: %s", name, error.message);
  return result;
}

static void ck_assert_trap(enum wasmrt_status status, uint32_t trap) {
  ck_assert_int_eq(status, WASMRT_ERROR_TRAP);
  ck_assert_str_eq(error.message, wasmrt_trap_message(trap));
  ck_assert_uint_eq(error.trap, trap);
}

START_TEST(calls) {
  struct wasmrt_instance *plugin = instantiate(plugins[_i]);
  ck_assert_uint_eq(value_of(plugin, "add", UINT32_MAX, 3), 2);
  ck_assert_uint_eq(value_of(plugin, "fib", 20, 0), 6765);
  ck_assert_uint_eq(value_of(plugin, "sum", 1000, 0), 332833500);
  uint64_t slots[4] = {1, 2, float_bits(0.5f), double_bits(0.25)};
  ck_assert_int_eq(wasmrt_call(wasmrt_find_function(plugin, "mix"), slots, &error), WASMRT_OK);
  ck_assert_double_eq(as_double(slots[0]), 4);
}
END_TEST

START_TEST(instances_are_isolated) {
  struct wasmrt_instance *first = instantiate(plugins[_i]), *second = instantiate(plugins[_i]);
  ck_assert_uint_eq(value_of(first, "count", 0, 0), 1);
  ck_assert_uint_eq(value_of(first, "count", 0, 0), 2);
  ck_assert_uint_eq(value_of(second, "count", 0, 0), 1);
  ck_assert_ptr_ne(wasmrt_instance_memory(first), wasmrt_instance_memory(second));
}
END_TEST

START_TEST(text_through_memory) {
  struct wasmrt_instance *plugin = instantiate(plugins[_i]);
  const uint64_t buffer = value_of(plugin, "buffer", 0, 0);
  ck_assert(wasmrt_memory_write(wasmrt_instance_memory(plugin), buffer, "hello", 5));
  ck_assert_int_eq(call(plugin, "greet", 5, 0, NULL), WASMRT_OK);
  ck_assert_str_eq(journal.text, "HELLO");
  ck_assert_ptr_eq(journal.caller, plugin);
  ck_assert_int_eq(call(plugin, "greet", 200, 0, NULL), WASMRT_ERROR_HOST);
  ck_assert_str_eq(error.message, "too much to log");
  ck_assert_str_eq(error.frames[0].name, "greet");
}
END_TEST

START_TEST(memory_ends) {
  struct wasmrt_instance *plugin = instantiate(plugins[_i]);
  const uint64_t size = wasmrt_memory_size(wasmrt_find_memory(plugin, "memory"));
  ck_assert_int_eq(call(plugin, "poke", size - 1, 9, NULL), WASMRT_OK);
  ck_assert_uint_eq(value_of(plugin, "peek", size - 1, 0), 9);
  ck_assert_trap(call(plugin, "peek", size, 0, NULL), WASMRT_TRAP_MEMORY_OUT_OF_BOUNDS);
  ck_assert_uint_eq(error.frame_count, 1);
  ck_assert_str_eq(error.frames[0].name, "peek");
  ck_assert_ptr_eq(error.frames[0].module, plugins[_i]);
  ck_assert_trap(call(plugin, "poke", UINT32_MAX, 1, NULL), WASMRT_TRAP_MEMORY_OUT_OF_BOUNDS);
  ck_assert_uint_eq(value_of(plugin, "grow", 1, 0), size / 65536);
  ck_assert_uint_eq(value_of(plugin, "peek", size, 0), 0);
  ck_assert_uint_eq(value_of(plugin, "peek", size - 1, 0), 9);
  /* The host grows it, too; compiled code sees it wherever it lies then. */
  ck_assert_uint_eq(wasmrt_memory_grow(wasmrt_instance_memory(plugin), 100), size / 65536 + 1);
  ck_assert_uint_eq(value_of(plugin, "peek", size - 1, 0), 9);
  ck_assert_int_eq(call(plugin, "poke", size + 101 * 65536 - 1, 1, NULL), WASMRT_OK);
  ck_assert_trap(call(plugin, "peek", size + 101 * 65536, 0, NULL), WASMRT_TRAP_MEMORY_OUT_OF_BOUNDS);
}
END_TEST

START_TEST(traps) {
  struct wasmrt_instance *plugin = instantiate(plugins[_i]);
  for (int i = 0; i < 3; i++) {
    ck_assert_trap(call(plugin, "divide", 1, 0, NULL), WASMRT_TRAP_INTEGER_DIVIDE_BY_ZERO);
    ck_assert_str_eq(error.frames[0].name, "divide");
    ck_assert_trap(call(plugin, "unreachable", 0, 0, NULL), WASMRT_TRAP_UNREACHABLE);
    ck_assert_uint_eq(value_of(plugin, "indirect", 1, 0), 1);
    ck_assert_trap(call(plugin, "indirect", 2, 0, NULL), WASMRT_TRAP_INDIRECT_CALL_TYPE_MISMATCH);
    ck_assert_trap(call(plugin, "indirect", 3, 0, NULL), WASMRT_TRAP_UNINITIALIZED_ELEMENT);
    ck_assert_uint_eq(value_of(plugin, "divide", 6, 3), 2);
  }
}
END_TEST

START_TEST(stack_exhaustion) {
  struct wasmrt_instance *plugin = instantiate(plugins[_i]);
  for (int i = 0; i < 3; i++) {
    ck_assert_trap(call(plugin, "recurse", 0, 0, NULL), WASMRT_TRAP_STACK_EXHAUSTED);
    ck_assert_str_eq(error.frames[WASMRT_BACKTRACE_MAX - 1].name, "recurse");
    ck_assert_trap(call(plugin, "recurse_host", 1001, 0, NULL), WASMRT_TRAP_STACK_EXHAUSTED);
    ck_assert_uint_eq(value_of(plugin, "call_back", 1, 0), 102);
  }
}
END_TEST

START_TEST(calls_through_the_host_and_back) {
  struct wasmrt_instance *plugin = instantiate(plugins[_i]);
  ck_assert_uint_eq(value_of(plugin, "call_back", 2, 0), 105); /* 3 + 100, and one for each level */
  ck_assert_uint_eq(value_of(plugin, "recurse_host", 6, 0), 108);
}
END_TEST

START_TEST(reflection) {
  const struct wasmrt_module *module = plugins[_i];
  ck_assert_uint_eq(wasmrt_module_import_count(module), 3);
  bool has_add = false;
  for (uint32_t i = 0; i < wasmrt_module_export_count(module); i++) {
    struct wasmrt_item item;
    wasmrt_module_export(module, i, &item);
    if (strcmp(item.name, "add") == 0) {
      has_add = true;
      ck_assert_uint_eq(item.type.signature.param_count, 2);
      ck_assert_uint_eq(item.type.signature.result_count, 1);
      ck_assert_uint_eq(item.type.signature.kinds[2], WASMRT_I32);
    }
  }
  ck_assert(has_add);
}
END_TEST

START_TEST(missing_host_function) {
  struct wasmrt_store *empty = wasmrt_store_create();
  struct wasmrt_instance *instance;
  ck_assert_int_eq(wasmrt_instantiate(empty, plugins[_i], NULL, &instance, &error), WASMRT_ERROR_LINK);
  ck_assert_ptr_eq(strstr(error.message, "unknown import: \"host\" "), error.message);
  wasmrt_store_destroy(empty);
}
END_TEST

/* ---- Threads: each with a store of its own, the modules shared -------------------------------------- */

static void *use_plugin(void *argument) {
  const struct wasmrt_module *module = argument;
  struct journal own_journal;
  struct wasmrt_error own_error;
  const char *problem = NULL;
  for (int round = 0; round < 30 && problem == NULL; round++) {
    struct wasmrt_store *own = make_store(&own_journal);
    struct wasmrt_instance *plugin;
    if (wasmrt_instantiate(own, module, NULL, &plugin, &own_error) != WASMRT_OK) {
      return "cannot instantiate";
    }
    uint64_t number[1] = {15}, far[1] = {UINT32_MAX}, endless[1] = {0};
    if (wasmrt_call(wasmrt_find_function(plugin, "fib"), number, &own_error) != WASMRT_OK ||
        number[0] != 610) {
      problem = "wrong result";
    } else if (wasmrt_call(wasmrt_find_function(plugin, "peek"), far, &own_error) != WASMRT_ERROR_TRAP) {
      problem = "no trap beyond the memory";
    } else if (wasmrt_call(wasmrt_find_function(plugin, "recurse"), endless, &own_error) !=
               WASMRT_ERROR_TRAP) {
      problem = "no trap at the end of the stack";
    }
    wasmrt_store_destroy(own);
  }
  return (void *)problem;
}

START_TEST(threads) {
  enum { THREADS = 4 };
  pthread_t running[THREADS];
  for (int i = 0; i < THREADS; i++) {
    ck_assert_int_eq(pthread_create(&running[i], NULL, use_plugin, (void *)plugins[_i]), 0);
  }
  for (int i = 0; i < THREADS; i++) {
    void *problem;
    pthread_join(running[i], &problem);
    ck_assert_msg(problem == NULL, "%s", (const char *)problem);
  }
}
END_TEST

/* ---- The static model ------------------------------------------------------------------------------- */

/* In the static model the linker binds imports: to these. */
void static_log(struct wasmrt_instance *caller, uint32_t text, uint32_t length) __asm__("w2n.host.log");
double static_twice(struct wasmrt_instance *caller, double value) __asm__("w2n.host.twice");
uint32_t static_call_back(struct wasmrt_instance *caller, uint32_t value) __asm__("w2n.host.call_back");

void static_log(struct wasmrt_instance *caller, uint32_t text, uint32_t length) {
  wasmrt_memory_read(wasmrt_instance_memory(caller), text, journal.text, length);
  journal.text[length] = '\0';
}

double static_twice(struct wasmrt_instance *caller, double value) {
  return twice(caller, value);
}

uint32_t static_call_back(struct wasmrt_instance *caller, uint32_t value) {
  (void)caller;
  return value + 100;
}

START_TEST(static_model) {
  struct wasmrt_instance *plugin = NULL;
  enum wasmrt_status status = wasmrt_instantiate(store, &plugin_static_module, NULL, &plugin, &error);
  if (status == WASMRT_ERROR_MEMORY) {
    ck_assert_ptr_nonnull(strstr(error.message, "--model=instance")); /* a sanitizer uses these addresses */
    return;
  }
  ck_assert_msg(status == WASMRT_OK, "%s", error.message);
  ck_assert_uint_eq(value_of(plugin, "fib", 20, 0), 6765);
  ck_assert_uint_eq(value_of(plugin, "count", 0, 0), 1);
  const uint64_t buffer = value_of(plugin, "buffer", 0, 0);
  ck_assert(wasmrt_memory_write(wasmrt_instance_memory(plugin), buffer, "static", 6));
  ck_assert_int_eq(call(plugin, "greet", 6, 0, NULL), WASMRT_OK);
  ck_assert_str_eq(journal.text, "STATIC");
  ck_assert_trap(call(plugin, "peek", UINT32_MAX, 0, NULL), WASMRT_TRAP_MEMORY_OUT_OF_BOUNDS);
  ck_assert_trap(call(plugin, "recurse", 0, 0, NULL), WASMRT_TRAP_STACK_EXHAUSTED);
  ck_assert_uint_eq(value_of(plugin, "call_back", 1, 0), 102);
  struct wasmrt_instance *second;
  ck_assert_int_eq(wasmrt_instantiate(store, &plugin_static_module, NULL, &second, &error),
                   WASMRT_ERROR_MODULE);
}
END_TEST

int main(void) {
  static const struct TTest *const *const tests[] = {&calls,
                                                     &instances_are_isolated,
                                                     &text_through_memory,
                                                     &memory_ends,
                                                     &traps,
                                                     &stack_exhaustion,
                                                     &calls_through_the_host_and_back,
                                                     &reflection,
                                                     &missing_host_function,
                                                     &threads};
  Suite *suite = suite_create("plugin");
  TCase *tcase = tcase_create("plugin");
  tcase_add_checked_fixture(tcase, set_up, tear_down);
  tcase_set_timeout(tcase, 60);
  for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
    tcase_add_loop_test(tcase, *tests[i], 0, PLUGINS);
  }
  tcase_add_test(tcase, static_model);
  suite_add_tcase(suite, tcase);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  const int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
