/* References that the host hands to compiled code, as parameters and in globals, and those that compiled code
 * gets of it. */
#include "guest.h"

#define REF_TO(index) (WASMRT_REF | (uint32_t)(index) << 8)
#define REF_NULL_TO(index) (WASMRT_REF_NULL | (uint32_t)(index) << 8)
#define NON_NULL(name) ((WASMRT_HEAP_ABSTRACT | WASMRT_HEAP_##name) << 8 | WASMRT_REF)

/*
 * UNARY and its subtype SUB: i32 to i32. OTHER is no subtype, although it has the same parameters and
 * results.
 */
enum { UNARY, SUB, OTHER, TAKE_REF, TAKE_NULL, TAKE_MIXED, TAKE_EXTERN, BACK, TYPE_COUNT };

static const uint32_t unary[] = {WASMRT_I32, WASMRT_I32};
static const uint32_t take_ref[] = {REF_TO(UNARY)};
static const uint32_t take_null[] = {REF_NULL_TO(UNARY)};
static const uint32_t take_mixed[] = {WASMRT_V128, REF_TO(UNARY)};
static const uint32_t take_extern[] = {NON_NULL(EXTERN)};
static const uint32_t back[] = {WASMRT_I32, REF_TO(UNARY)};

static const struct wasmrt_deftype types[TYPE_COUNT] = {{.kind = WASMRT_TYPE_FUNC,
                                                         .super = WASMRT_NO_TYPE,
                                                         .group_size = 1,
                                                         .param_count = 1,
                                                         .result_count = 1,
                                                         .kinds = unary},
                                                        {.kind = WASMRT_TYPE_FUNC,
                                                         .flags = WASMRT_TYPE_FINAL,
                                                         .super = UNARY,
                                                         .group_size = 1,
                                                         .param_count = 1,
                                                         .result_count = 1,
                                                         .kinds = unary},
                                                        FUNCTION_TYPE(1, 1, unary),
                                                        FUNCTION_TYPE(1, 0, take_ref),
                                                        FUNCTION_TYPE(1, 0, take_null),
                                                        FUNCTION_TYPE(2, 0, take_mixed),
                                                        FUNCTION_TYPE(1, 0, take_extern),
                                                        FUNCTION_TYPE(1, 1, back)};

static unsigned taken;

/* The entry of all functions that take something: what matters is whether they are reached. */
GUEST void enter_take(void *code, void *instance, uint64_t *slots) {
  KEEP_FRAME();
  (void)code, (void)instance, (void)slots;
  taken++;
  KEEP_FRAME();
}

GUEST uint32_t twice(struct wasmrt_instance *self, uint32_t value) {
  KEEP_FRAME();
  (void)self;
  return 2 * value;
}

/* Calls import 0, of type BACK, and then what that returned, as validated code does: without a look. */
GUEST uint32_t call_back(struct wasmrt_instance *self, uint32_t value) {
  KEEP_FRAME();
  const struct wasmrt_funcref *import = &self->imports[0];
  const struct wasmrt_funcref *function =
      ((void *(*)(void *, uint32_t))(uintptr_t)import->code)(import->instance, value);
  const uint32_t result =
      ((uint32_t (*)(void *, uint32_t))(uintptr_t)function->code)(function->instance, value);
  KEEP_FRAME();
  return result;
}

enum { F_UNARY, F_SUB, F_OTHER, F_TAKE_REF, F_TAKE_NULL, F_TAKE_MIXED, F_TAKE_EXTERN, F_CALL_BACK, F_COUNT };

static const struct wasmrt_reference references[F_COUNT] = {
    {CODE(twice), enter_i_i, 1, UNARY, NULL},        {CODE(twice), enter_i_i, 2, SUB, NULL},
    {CODE(twice), enter_i_i, 3, OTHER, NULL},        {CODE(twice), enter_take, 4, TAKE_REF, NULL},
    {CODE(twice), enter_take, 5, TAKE_NULL, NULL},   {CODE(twice), enter_take, 6, TAKE_MIXED, NULL},
    {CODE(twice), enter_take, 7, TAKE_EXTERN, NULL}, {CODE(call_back), enter_i_i, 8, OTHER, NULL}};

static const struct wasmrt_export exports[] = {EXPORT("unary", WASMRT_FUNC, F_UNARY),
                                               EXPORT("sub", WASMRT_FUNC, F_SUB),
                                               EXPORT("other", WASMRT_FUNC, F_OTHER),
                                               EXPORT("take_ref", WASMRT_FUNC, F_TAKE_REF),
                                               EXPORT("take_null", WASMRT_FUNC, F_TAKE_NULL),
                                               EXPORT("take_mixed", WASMRT_FUNC, F_TAKE_MIXED),
                                               EXPORT("take_extern", WASMRT_FUNC, F_TAKE_EXTERN),
                                               EXPORT("call_back", WASMRT_FUNC, F_CALL_BACK),
                                               EXPORT("global", WASMRT_GLOBAL, 0),
                                               EXPORT("table", WASMRT_TABLE, 0)};

static void initialize(struct wasmrt_instance *self) {
  *(void **)self->globals[0] = &self->functions[F_UNARY];
}

static struct wasmrt_module *typed_module(void) {
  static const struct wasmrt_import imports[] = {{.module = "env",
                                                  .name = "f",
                                                  .module_length = 3,
                                                  .name_length = 1,
                                                  .kind = WASMRT_FUNC,
                                                  .type = BACK}};
  static const struct wasmrt_global globals[] = {
      {.offset = sizeof(struct wasmrt_instance), .type = REF_TO(UNARY), .is_mutable = 1}};
  static const struct wasmrt_limits tables[] = {{.min = 1, .max = UINT64_MAX, .type = REF_NULL_TO(UNARY)}};
  struct wasmrt_module *module = guest_module();
  module->types = types;
  module->type_count = TYPE_COUNT;
  module->imports = imports;
  module->references = references;
  module->reference_count = F_COUNT;
  module->exports = exports;
  module->export_count = sizeof exports / sizeof *exports;
  module->globals = globals;
  module->tables = tables;
  module->symbol_list_count = 0;
  module->initialize = initialize;
  return module;
}

/* ---- The import: returns what `user` points to ------------------------------------------------------ */

static enum wasmrt_status return_reference(void *user, struct wasmrt_instance *caller, uint64_t *slots,
                                           struct wasmrt_error *failure) {
  (void)caller, (void)failure;
  slots[0] = (uintptr_t)(*(void **)user);
  return WASMRT_OK;
}

static void *returned;

static struct wasmrt_instance *typed_instance(void) {
  const struct wasmrt_module *module = typed_module();
  const struct wasmrt_type *type = wasmrt_module_type(module, BACK);
  ck_assert_int_eq(wasmrt_define_typed(store, "env", "f", type, return_reference, &returned, &error),
                   WASMRT_OK);
  return instantiate(module);
}

static const struct wasmrt_type *bare_type(void) {
  return wasmrt_type_make(&(struct wasmrt_signature){0});
}

/* Calls a function that takes one reference after `skipped` slots. */
static enum wasmrt_status pass(struct wasmrt_instance *instance, const char *name, size_t skipped,
                               const void *reference) {
  uint64_t slots[3] = {0};
  slots[skipped] = (uintptr_t)reference;
  return wasmrt_call(wasmrt_find_function(instance, name), slots, &error);
}

START_TEST(parameters_are_of_their_types) {
  struct wasmrt_instance *instance = typed_instance();
  const struct {
    const char *function;
    size_t skipped;
    bool takes_null;
  } rows[] = {{"take_ref", 0, false}, {"take_null", 0, true}, {"take_mixed", 2, false}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const char *name = rows[i].function;
    const size_t skipped = rows[i].skipped;
    taken = 0;
    ck_assert_int_eq(pass(instance, name, skipped, wasmrt_find_function(instance, "unary")), WASMRT_OK);
    ck_assert_int_eq(pass(instance, name, skipped, wasmrt_find_function(instance, "sub")), WASMRT_OK);
    ck_assert_uint_eq(taken, 2);
    ck_assert_int_eq(pass(instance, name, skipped, wasmrt_find_function(instance, "other")),
                     WASMRT_ERROR_ARGUMENT);
    ck_assert_str_eq(error.message, "a reference is not of the type of its parameter");
    ck_assert_int_eq(pass(instance, name, skipped, wasmrt_find_function(instance, name)),
                     WASMRT_ERROR_ARGUMENT);
    ck_assert_uint_eq(taken, 2);
    ck_assert_int_eq(pass(instance, name, skipped, NULL),
                     rows[i].takes_null ? WASMRT_OK : WASMRT_ERROR_ARGUMENT);
    ck_assert_uint_eq(taken, rows[i].takes_null ? 3 : 2);
  }
  taken = 0;
  ck_assert_int_eq(pass(instance, "take_extern", 0, NULL), WASMRT_ERROR_ARGUMENT);
  ck_assert_int_eq(pass(instance, "take_extern", 0, &taken), WASMRT_OK);
  ck_assert_uint_eq(taken, 1);
}
END_TEST

START_TEST(results_of_callbacks_are_of_their_types) {
  struct wasmrt_instance *instance = typed_instance();
  uint64_t result;
  static const char *const good[] = {"unary", "sub"};
  for (int i = 0; i < 2; i++) {
    returned = wasmrt_find_function(instance, good[i]);
    ck_assert_int_eq(call(instance, "call_back", 21, &result), WASMRT_OK);
    ck_assert_uint_eq(result, 42);
  }
  void *const bad[] = {NULL, wasmrt_find_function(instance, "other"),
                       wasmrt_find_function(instance, "take_ref")};
  for (int i = 0; i < 3; i++) {
    returned = bad[i];
    ck_assert_int_eq(call(instance, "call_back", 21, &result), WASMRT_ERROR_HOST);
    ck_assert_str_eq(error.message,
                     "a host function returned a reference that is not of the type of its result");
  }
  /* The same where the host calls its own function. */
  struct wasmrt_extern object;
  ck_assert(wasmrt_find_defined(store, "env", "f", &object));
  uint64_t slots[1] = {0};
  returned = NULL;
  ck_assert_int_eq(wasmrt_call(object.of.function, slots, &error), WASMRT_ERROR_HOST);
}
END_TEST

START_TEST(globals_hold_values_of_their_types) {
  struct wasmrt_instance *instance = typed_instance();
  struct wasmrt_extern global;
  ck_assert(wasmrt_find(instance, "global", &global));
  const struct wasmrt_type *type = wasmrt_function_type(wasmrt_find_function(instance, "unary"));
  ck_assert_uint_eq(global.type.type, wasmrt_type_reference(type, false));
  uint64_t slots[1] = {(uintptr_t)wasmrt_find_function(instance, "sub")};
  ck_assert(wasmrt_global_set(&global, slots));
  const uint64_t bad[] = {0, (uintptr_t)wasmrt_find_function(instance, "other")};
  ck_assert(!wasmrt_global_set(&global, &bad[0]));
  ck_assert(!wasmrt_global_set(&global, &bad[1]));
  uint64_t now[1];
  wasmrt_global_get(&global, now);
  ck_assert_uint_eq(now[0], slots[0]);
  /* Globals of the host's. */
  const uint32_t kind = wasmrt_type_reference(type, true);
  ck_assert_int_eq(wasmrt_define_global(store, "m", "null", kind, true, 0, &error), WASMRT_OK);
  ck_assert_int_eq(wasmrt_define_global(store, "m", "good", kind, true, slots[0], &error), WASMRT_OK);
  ck_assert_int_eq(wasmrt_define_global(store, "m", "bad", kind, true, bad[1], &error),
                   WASMRT_ERROR_ARGUMENT);
  ck_assert_int_eq(wasmrt_define_global(store, "m", "bad", global.type.type, true, 0, &error),
                   WASMRT_ERROR_ARGUMENT);
  ck_assert_int_eq(wasmrt_define_global(store, "m", "bad", REF_NULL_TO(0x3fffff), true, 0, &error),
                   WASMRT_ERROR_ARGUMENT);
}
END_TEST

START_TEST(tables_hold_values_of_their_types) {
  struct wasmrt_instance *instance = typed_instance();
  struct wasmrt_table *table = wasmrt_find_table(instance, "table");
  struct wasmrt_funcref *sub = wasmrt_find_function(instance, "sub");
  struct wasmrt_funcref *other = wasmrt_find_function(instance, "other");
  void *entry = NULL;
  ck_assert(wasmrt_table_set(table, 0, sub));
  ck_assert(!wasmrt_table_set(table, 0, other));
  ck_assert(wasmrt_table_get(table, 0, &entry));
  ck_assert_ptr_eq(entry, sub);
  ck_assert_uint_eq(wasmrt_table_grow(table, 1, other), UINT64_MAX);
  ck_assert_uint_eq(wasmrt_table_size(table), 1);
  ck_assert_uint_eq(wasmrt_table_grow(table, 1, sub), 1);
  ck_assert(wasmrt_table_set(table, 1, NULL));
  const uint32_t kind = wasmrt_type_reference(wasmrt_function_type(sub), false);
  ck_assert_int_eq(wasmrt_define_table(store, "m", "t", kind, 0, 1, &error), WASMRT_ERROR_ARGUMENT);
}
END_TEST

START_TEST(types_of_the_host) {
  struct wasmrt_instance *instance = typed_instance();
  const struct wasmrt_module *module = wasmrt_instance_module(instance);
  const struct wasmrt_funcref *other = wasmrt_find_function(instance, "other");
  const struct wasmrt_signature signature = {1, 1, unary};
  ck_assert_ptr_eq(wasmrt_type_make(&signature), wasmrt_function_type(other));
  ck_assert_ptr_eq(wasmrt_module_type(module, OTHER), wasmrt_function_type(other));
  ck_assert_ptr_null(wasmrt_module_type(module, TYPE_COUNT));
  struct wasmrt_signature back_signature = wasmrt_type_signature(wasmrt_module_type(module, BACK));
  ck_assert_uint_eq(back_signature.kinds[1], wasmrt_type_reference(wasmrt_module_type(module, UNARY), false));
  ck_assert_ptr_eq(wasmrt_type_make(&back_signature), wasmrt_module_type(module, BACK));
  struct wasmrt_item item;
  wasmrt_module_import(module, 0, &item);
  ck_assert_uint_eq(item.type.number, BACK);
  ck_assert_uint_eq(item.type.signature.kinds[1], REF_TO(UNARY));
  /* What does not exist. */
  const uint32_t kinds[] = {REF_TO(0x3fffff), 0x12, NON_NULL(FUNC)};
  ck_assert_ptr_null(wasmrt_type_make(&(struct wasmrt_signature){1, 0, kinds}));
  ck_assert_ptr_null(wasmrt_type_make(&(struct wasmrt_signature){0, 1, kinds + 1}));
  ck_assert_ptr_null(wasmrt_type_make(&(struct wasmrt_signature){UINT32_MAX, UINT32_MAX, kinds}));
  ck_assert_ptr_nonnull(wasmrt_type_make(&(struct wasmrt_signature){0, 1, kinds + 2}));
  ck_assert_ptr_nonnull(bare_type());
  /* Host functions have no vectors. */
  const uint32_t vector[] = {WASMRT_V128};
  const struct wasmrt_type *type = wasmrt_type_make(&(struct wasmrt_signature){1, 0, vector});
  ck_assert_ptr_nonnull(type);
  ck_assert_int_eq(wasmrt_define_typed(store, "m", "v", type, return_reference, NULL, &error),
                   WASMRT_ERROR_ARGUMENT);
  ck_assert_int_eq(wasmrt_define_typed(store, "m", "v", NULL, return_reference, NULL, &error),
                   WASMRT_ERROR_ARGUMENT);
}
END_TEST

/* A funcref without further type takes any function, but none of another code model. */
START_TEST(functions_of_the_static_model_stay_apart) {
  struct wasmrt_instance *instance = typed_instance();
  struct wasmrt_module *module = typed_module();
  static const struct wasmrt_limits tables[] = {{.min = 1, .max = UINT64_MAX, .type = WASMRT_FUNCREF}};
  static struct {
    struct wasmrt_instance header;
    uint64_t cell[WASMRT_CELL_SIZE / 8];
  } own;
  static struct wasmrt_global globals[1];
  static struct wasmrt_module static_module;
  static_module = *module;
  globals[0] = (struct wasmrt_global){.cell = own.cell, .type = WASMRT_FUNCREF, .is_mutable = 1};
  static_module.flags |= WASMRT_MODULE_STATIC | WASMRT_MODULE_CHECK_BOUNDS;
  static_module.instance = &own.header;
  static_module.memory_count = 0;
  static_module.tables = tables;
  static_module.globals = globals;
  static_module.initialize = initialize;
  struct wasmrt_instance *alone = instantiate(&static_module);
  struct wasmrt_funcref *theirs = wasmrt_find_function(alone, "unary"),
                        *ours = wasmrt_find_function(instance, "unary");
  ck_assert_ptr_eq(theirs->type, ours->type);
  ck_assert_int_eq(pass(alone, "take_ref", 0, ours), WASMRT_ERROR_ARGUMENT);
  ck_assert_int_eq(pass(alone, "take_ref", 0, theirs), WASMRT_OK);
  ck_assert_int_eq(pass(instance, "take_ref", 0, theirs), WASMRT_ERROR_ARGUMENT);
  ck_assert(!wasmrt_table_set(wasmrt_find_table(alone, "table"), 0, ours));
  ck_assert(wasmrt_table_set(wasmrt_find_table(alone, "table"), 0, theirs));
  ck_assert(!wasmrt_table_set(wasmrt_find_table(instance, "table"), 0, theirs));
  struct wasmrt_extern global;
  ck_assert(wasmrt_find(alone, "global", &global));
  uint64_t slots[] = {(uintptr_t)ours, (uintptr_t)theirs};
  ck_assert(!wasmrt_global_set(&global, &slots[0]));
  ck_assert(wasmrt_global_set(&global, &slots[1]));
  returned = theirs;
  ck_assert_int_eq(call(instance, "call_back", 21, NULL), WASMRT_ERROR_HOST);
}
END_TEST

int main(void) {
  const TTest *const tests[] = {parameters_are_of_their_types,
                                results_of_callbacks_are_of_their_types,
                                globals_hold_values_of_their_types,
                                tables_hold_values_of_their_types,
                                types_of_the_host,
                                functions_of_the_static_model_stay_apart};
  return run_suite("call", tests, sizeof tests / sizeof *tests);
}
