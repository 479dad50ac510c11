/* Host functions of both kinds, called by compiled code and by the host, with values in all places they can
 * lie. */
#include "guest.h"

/* Eight integers and ten reals: more than the registers of either architecture hold. */
#define MIXED "iIfFiIfFiIfFiIfFFFfr"
#define MIXED_PARAMS                                                                                         \
  uint32_t a, uint64_t b, float c, double d, uint32_t e, uint64_t f, float g, double h, uint32_t i,          \
      uint64_t j, float k, double l, uint32_t m, uint64_t n, float o, double p, double q, double r, float s, \
      void *t
#define MIXED_VALUES                                                                                         \
  1, UINT64_MAX - 1, 2.5f, -3.5, 4, 5, 6.25f, 7.5, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17.5, 18.5f, &object

static int object;
static uint64_t seen[20];

static uint64_t float_bits(float value) {
  uint32_t bits;
  memcpy(&bits, &value, 4);
  return bits;
}

static uint64_t double_bits(double value) {
  uint64_t bits;
  memcpy(&bits, &value, 8);
  return bits;
}

static void record_mixed(MIXED_PARAMS) {
  const uint64_t values[] = {a,
                             b,
                             float_bits(c),
                             double_bits(d),
                             e,
                             f,
                             float_bits(g),
                             double_bits(h),
                             i,
                             j,
                             float_bits(k),
                             double_bits(l),
                             m,
                             n,
                             float_bits(o),
                             double_bits(p),
                             double_bits(q),
                             double_bits(r),
                             float_bits(s),
                             (uintptr_t)t};
  memcpy(seen, values, sizeof seen);
}

/* What every function of that type should see. */
static void set_expected(uint64_t expected[20]) {
  uint64_t kept[20];
  memcpy(kept, seen, sizeof kept);
  record_mixed(MIXED_VALUES);
  memcpy(expected, seen, sizeof seen);
  memcpy(seen, kept, sizeof kept);
}

/* ---- What compiled code does with import 0 ---------------------------------------------------------- */

GUEST void call_mixed_none(struct wasmrt_instance *self) {
  KEEP_FRAME();
  const struct wasmrt_funcref *import = &self->imports[0];
  ((void (*)(void *, MIXED_PARAMS))(uintptr_t)import->code)(import->instance, MIXED_VALUES);
  KEEP_FRAME();
}

static uint64_t results[3];

GUEST void call_mixed_three(struct wasmrt_instance *self) {
  KEEP_FRAME();
  const struct wasmrt_funcref *import = &self->imports[0];
  memset(results, 0xff, sizeof results);
  ((void (*)(void *, MIXED_PARAMS, uint64_t *))(uintptr_t)import->code)(import->instance, MIXED_VALUES,
                                                                        results);
  KEEP_FRAME();
}

static float float_result;
static double double_result;
static uint64_t long_result;
static void *pointer_result;

GUEST void call_float(struct wasmrt_instance *self) {
  KEEP_FRAME();
  float_result =
      ((float (*)(void *, float))(uintptr_t)self->imports[0].code)(self->imports[0].instance, 1.5f);
  KEEP_FRAME();
}

GUEST void call_double(struct wasmrt_instance *self) {
  KEEP_FRAME();
  double_result =
      ((double (*)(void *, double))(uintptr_t)self->imports[0].code)(self->imports[0].instance, 2.5);
  KEEP_FRAME();
}

GUEST void call_long(struct wasmrt_instance *self) {
  KEEP_FRAME();
  long_result =
      ((uint64_t (*)(void *, uint64_t))(uintptr_t)self->imports[0].code)(self->imports[0].instance, 7);
  KEEP_FRAME();
}

GUEST void call_pointer(struct wasmrt_instance *self) {
  KEEP_FRAME();
  pointer_result =
      ((void *(*)(void *, void *))(uintptr_t)self->imports[0].code)(self->imports[0].instance, &object);
  KEEP_FRAME();
}

/* ---- A module that imports env.g of a type and exports a function that calls it, as "go" ------------ */

static uint32_t kinds[32];
static struct wasmrt_deftype types[TYPES];
static struct wasmrt_reference references[2];

static struct wasmrt_instance *instantiate_caller(const char *signature, void *code) {
  static const struct wasmrt_import imports[] = {{.module = "env",
                                                  .name = "g",
                                                  .module_length = 3,
                                                  .name_length = 1,
                                                  .kind = WASMRT_FUNC,
                                                  .type = TYPE_II}};
  static const struct wasmrt_export exports[] = {EXPORT("go", WASMRT_FUNC, 0),
                                                 EXPORT("again", WASMRT_FUNC, 1)};
  struct wasmrt_module *module = guest_module();
  const struct wasmrt_type *type = wasmrt_type_parse(signature);
  memcpy(types, guest_types, sizeof types);
  memcpy(kinds, type->kinds, (type->param_count + type->result_count) * sizeof *kinds);
  types[TYPE_II] = (struct wasmrt_deftype)FUNCTION_TYPE(type->param_count, type->result_count, kinds);
  references[0] = (struct wasmrt_reference){code, enter_none, 1, TYPE_NONE, NULL};
  references[1] = (struct wasmrt_reference){NULL, NULL, 0, TYPE_II, NULL}; /* the import */
  module->types = types;
  module->imports = imports;
  module->references = references;
  module->reference_count = 2;
  module->exports = exports;
  module->export_count = 2;
  module->symbol_list_count = 0;
  return instantiate(module);
}

static struct wasmrt_instance *last_caller;

static enum wasmrt_status take_mixed(void *user, struct wasmrt_instance *caller, uint64_t *slots,
                                     struct wasmrt_error *failure) {
  (void)failure;
  last_caller = caller;
  memcpy(seen, slots, sizeof seen);
  if (user != NULL) {
    memcpy(slots, user, 3 * sizeof *slots);
  }
  return WASMRT_OK;
}

static void ck_assert_mixed_seen(void) {
  uint64_t expected[20];
  set_expected(expected);
  ck_assert_mem_eq(seen, expected, sizeof expected);
}

START_TEST(callback_gets_all_parameters) {
  ck_assert_int_eq(wasmrt_define_function(store, "env", "g", MIXED ":", take_mixed, NULL, &error), WASMRT_OK);
  struct wasmrt_instance *instance = instantiate_caller(MIXED ":", CODE(call_mixed_none));
  ck_assert_int_eq(call(instance, "go", 0, NULL), WASMRT_OK);
  ck_assert_ptr_eq(last_caller, instance);
  ck_assert_mixed_seen();
}
END_TEST

START_TEST(callback_with_several_results) {
  uint64_t values[3] = {UINT64_MAX, UINT64_MAX, 42};
  ck_assert_int_eq(wasmrt_define_function(store, "env", "g", MIXED ":iIf", take_mixed, values, &error),
                   WASMRT_OK);
  struct wasmrt_instance *instance = instantiate_caller(MIXED ":iIf", CODE(call_mixed_three));
  ck_assert_int_eq(call(instance, "go", 0, NULL), WASMRT_OK);
  ck_assert_mixed_seen();
  ck_assert_uint_eq(results[0], UINT32_MAX); /* narrowed to its type */
  ck_assert_uint_eq(results[1], UINT64_MAX);
  ck_assert_uint_eq(results[2], 42);
}
END_TEST

static enum wasmrt_status twice(void *user, struct wasmrt_instance *caller, uint64_t *slots,
                                struct wasmrt_error *failure) {
  (void)caller, (void)failure;
  const char kind = *(const char *)user;
  if (kind == 'f') {
    float value;
    memcpy(&value, slots, 4);
    slots[0] = float_bits(2 * value);
  } else if (kind == 'F') {
    double value;
    memcpy(&value, slots, 8);
    slots[0] = double_bits(2 * value);
  } else if (kind == 'I') {
    slots[0] = UINT64_MAX - slots[0];
  }
  return WASMRT_OK;
}

START_TEST(callback_with_a_result_of_each_type) {
  ck_assert_int_eq(wasmrt_define_function(store, "env", "g", "f:f", twice, "f", &error), WASMRT_OK);
  ck_assert_int_eq(call(instantiate_caller("f:f", CODE(call_float)), "go", 0, NULL), WASMRT_OK);
  ck_assert_float_eq(float_result, 3);
  wasmrt_store_destroy(store);
  create_store();
  ck_assert_int_eq(wasmrt_define_function(store, "env", "g", "F:F", twice, "F", &error), WASMRT_OK);
  ck_assert_int_eq(call(instantiate_caller("F:F", CODE(call_double)), "go", 0, NULL), WASMRT_OK);
  ck_assert_double_eq(double_result, 5);
  wasmrt_store_destroy(store);
  create_store();
  ck_assert_int_eq(wasmrt_define_function(store, "env", "g", "I:I", twice, "I", &error), WASMRT_OK);
  ck_assert_int_eq(call(instantiate_caller("I:I", CODE(call_long)), "go", 0, NULL), WASMRT_OK);
  ck_assert_uint_eq(long_result, UINT64_MAX - 7);
  wasmrt_store_destroy(store);
  create_store();
  ck_assert_int_eq(wasmrt_define_function(store, "env", "g", "r:r", twice, "r", &error), WASMRT_OK);
  ck_assert_int_eq(call(instantiate_caller("r:r", CODE(call_pointer)), "go", 0, NULL), WASMRT_OK);
  ck_assert_ptr_eq(pointer_result, &object);
}
END_TEST

static void native_mixed(struct wasmrt_instance *caller, MIXED_PARAMS) {
  last_caller = caller;
  record_mixed(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t);
}

static void native_mixed_three(struct wasmrt_instance *caller, MIXED_PARAMS, uint64_t *to) {
  native_mixed(caller, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t);
  to[0] = UINT64_MAX;
  to[1] = UINT64_MAX - 2;
  to[2] = 44;
}

static float native_float(struct wasmrt_instance *caller, float value) {
  last_caller = caller;
  return 2 * value;
}

static double native_double(struct wasmrt_instance *caller, double value) {
  last_caller = caller;
  return 2 * value;
}

static void define_native(const char *signature, void (*code)(void)) {
  const struct wasmrt_native_function function = {"g", signature, code};
  ck_assert_int_eq(wasmrt_define_native(store, "env", &function, 1, &error), WASMRT_OK);
}

START_TEST(native_function_gets_all_parameters) {
  define_native(MIXED ":", (void (*)(void))native_mixed);
  struct wasmrt_instance *instance = instantiate_caller(MIXED ":", CODE(call_mixed_none));
  ck_assert_int_eq(call(instance, "go", 0, NULL), WASMRT_OK);
  ck_assert_ptr_eq(last_caller, instance);
  ck_assert_mixed_seen();
}
END_TEST

START_TEST(native_function_with_several_results) {
  define_native(MIXED ":iIf", (void (*)(void))native_mixed_three);
  struct wasmrt_instance *instance = instantiate_caller(MIXED ":iIf", CODE(call_mixed_three));
  ck_assert_int_eq(call(instance, "go", 0, NULL), WASMRT_OK);
  ck_assert_mixed_seen();
  ck_assert_uint_eq(results[1], UINT64_MAX - 2);
  ck_assert_uint_eq(results[2], 44);
}
END_TEST

/* The host calls what an instance imported and exports again. */
START_TEST(host_calls_host_functions) {
  define_native(MIXED ":iIf", (void (*)(void))native_mixed_three);
  struct wasmrt_instance *instance = instantiate_caller(MIXED ":iIf", CODE(call_mixed_three));
  const struct wasmrt_funcref *again = wasmrt_find_function(instance, "again");
  uint64_t slots[20];
  set_expected(slots);
  slots[0] |= UINT64_C(1) << 40; /* the high half of an i32 does not count */
  memset(seen, 0, sizeof seen);
  ck_assert_int_eq(wasmrt_call(again, slots, &error), WASMRT_OK);
  ck_assert_mixed_seen();
  ck_assert_ptr_eq(last_caller, instance);
  ck_assert_uint_eq(slots[0], UINT32_MAX);
  ck_assert_uint_eq(slots[1], UINT64_MAX - 2);
  ck_assert_uint_eq(slots[2], 44);
}
END_TEST

START_TEST(host_calls_functions_without_an_instance) {
  struct wasmrt_extern function;
  const struct wasmrt_native_function natives[] = {{"f", "f:f", (void (*)(void))native_float},
                                                   {"d", "F:F", (void (*)(void))native_double}};
  ck_assert_int_eq(wasmrt_define_native(store, "env", natives, 2, &error), WASMRT_OK);
  ck_assert(wasmrt_find_defined(store, "env", "f", &function));
  uint64_t slots[1] = {float_bits(1.25f)};
  last_caller = (struct wasmrt_instance *)&object;
  ck_assert_int_eq(wasmrt_call(function.of.function, slots, &error), WASMRT_OK);
  ck_assert_uint_eq(slots[0], float_bits(2.5f));
  ck_assert_ptr_null(last_caller);
  ck_assert(wasmrt_find_defined(store, "env", "d", &function));
  slots[0] = double_bits(1.25);
  ck_assert_int_eq(wasmrt_call(function.of.function, slots, &error), WASMRT_OK);
  ck_assert_uint_eq(slots[0], double_bits(2.5));
  ck_assert_int_eq(wasmrt_define_function(store, "env", "c", "f:f", twice, "f", &error), WASMRT_OK);
  ck_assert(wasmrt_find_defined(store, "env", "c", &function));
  slots[0] = float_bits(3);
  ck_assert_int_eq(wasmrt_call(function.of.function, slots, &error), WASMRT_OK);
  ck_assert_uint_eq(slots[0], float_bits(6));
}
END_TEST

static enum wasmrt_status sum_all(void *user, struct wasmrt_instance *caller, uint64_t *slots,
                                  struct wasmrt_error *failure) {
  (void)user, (void)caller, (void)failure;
  uint64_t sum = 0;
  for (int i = 0; i < WASMRT_VALUES_MAX; i++) {
    sum += slots[i];
  }
  for (int i = 0; i < WASMRT_VALUES_MAX; i++) {
    slots[i] = sum + (uint64_t)i;
  }
  return WASMRT_OK;
}

START_TEST(as_many_values_as_there_may_be) {
  static char signature[2 * WASMRT_VALUES_MAX + 2];
  memset(signature, 'I', sizeof signature - 1);
  signature[WASMRT_VALUES_MAX] = ':';
  static uint64_t slots[WASMRT_VALUES_MAX];
  for (int i = 0; i < WASMRT_VALUES_MAX; i++) {
    slots[i] = (uint64_t)i;
  }
  ck_assert_int_eq(wasmrt_define_function(store, "env", "g", signature, sum_all, NULL, &error), WASMRT_OK);
  struct wasmrt_extern function;
  ck_assert(wasmrt_find_defined(store, "env", "g", &function));
  ck_assert_int_eq(wasmrt_call(function.of.function, slots, &error), WASMRT_OK);
  ck_assert_uint_eq(slots[0], 499500);
  ck_assert_uint_eq(slots[WASMRT_VALUES_MAX - 1], 499500 + WASMRT_VALUES_MAX - 1);
}
END_TEST

/* ---- Failing ---------------------------------------------------------------------------------------- */

static enum wasmrt_status fail_somehow(void *user, struct wasmrt_instance *caller, uint64_t *slots,
                                       struct wasmrt_error *failure) {
  (void)user, (void)caller;
  switch (slots[0]) {
  case 0:
    return wasmrt_error_set(failure, WASMRT_ERROR_HOST, "out of paper");
  case 1:
    return wasmrt_error_trap(failure, WASMRT_TRAP_INTEGER_OVERFLOW);
  case 2:
    return wasmrt_error_exit(failure, 17);
  default:
    return WASMRT_ERROR_HOST;
  }
}

START_TEST(host_functions_fail) {
  const struct wasmrt_module *module = guest_module();
  define_import(fail_somehow, NULL);
  struct wasmrt_instance *instance = instantiate(module);
  ck_assert_int_eq(call(instance, "call", 0, NULL), WASMRT_ERROR_HOST);
  ck_assert_str_eq(error.message, "out of paper");
  ck_assert_uint_eq(error.frame_count, 1);
  ck_assert_str_eq(error.frames[0].name, "call");
  ck_assert_trap(call(instance, "call", 1, NULL), WASMRT_TRAP_INTEGER_OVERFLOW);
  ck_assert_int_eq(call(instance, "call", 2, NULL), WASMRT_ERROR_EXIT);
  ck_assert_uint_eq(error.exit_status, 17);
  ck_assert_str_eq(error.message, "exit with status 17");
  ck_assert_int_eq(call(instance, "call", 3, NULL), WASMRT_ERROR_HOST);
  ck_assert_str_eq(error.message, "host function failed");
  ck_assert_int_eq(error.status, WASMRT_ERROR_HOST);
  /* Nobody needs to listen. */
  for (uint64_t way = 0; way < 4; way++) {
    uint64_t slots[1] = {way};
    ck_assert_int_ne(wasmrt_call(wasmrt_find_function(instance, "call"), slots, NULL), WASMRT_OK);
  }
}
END_TEST

_Noreturn void wasmrt_exit(struct wasmrt_instance *instance, uint32_t status);

static uint32_t native_exit(struct wasmrt_instance *caller, uint32_t status) {
  wasmrt_exit(caller, status);
}

START_TEST(native_functions_exit_and_trap) {
  const struct wasmrt_native_function function = {"f", "i:i", (void (*)(void))native_exit};
  const struct wasmrt_module *module = guest_module();
  ck_assert_int_eq(wasmrt_define_native(store, "env", &function, 1, &error), WASMRT_OK);
  struct wasmrt_instance *instance = instantiate(module);
  ck_assert_int_eq(call(instance, "call", 99, NULL), WASMRT_ERROR_EXIT);
  ck_assert_uint_eq(error.exit_status, 99);
  ck_assert_int_eq(call(instance, "load", 0, NULL), WASMRT_OK);
}
END_TEST

int main(void) {
  const TTest *const tests[] = {callback_gets_all_parameters,
                                callback_with_several_results,
                                callback_with_a_result_of_each_type,
                                native_function_gets_all_parameters,
                                native_function_with_several_results,
                                host_calls_host_functions,
                                host_calls_functions_without_an_instance,
                                as_many_values_as_there_may_be,
                                host_functions_fail,
                                native_functions_exit_and_trap};
  return run_suite("host", tests, sizeof tests / sizeof *tests);
}
