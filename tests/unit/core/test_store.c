/* Stores: resolving imports, matching them, registering, definitions, what failing instances leave behind. */
#include "guest.h"

#define IMPORT(text, what, number)                                                                           \
  {.module = "env",                                                                                          \
   .name = text,                                                                                             \
   .module_length = 3,                                                                                       \
   .name_length = sizeof text - 1,                                                                           \
   .kind = what,                                                                                             \
   .index = number}

/* A module that imports one of each kind. */
static const struct wasmrt_import imports[] = {{.module = "env",
                                                .name = "f",
                                                .module_length = 3,
                                                .name_length = 1,
                                                .kind = WASMRT_FUNC,
                                                .type = TYPE_I_I},
                                               IMPORT("t", WASMRT_TABLE, 0),
                                               IMPORT("m", WASMRT_MEMORY, 0),
                                               IMPORT("g", WASMRT_GLOBAL, 0)};
static struct wasmrt_limits memories[1];
static struct wasmrt_limits tables[1];
static struct wasmrt_global globals[1];

GUEST void initialize_nothing(struct wasmrt_instance *self) {
  (void)self;
}

static struct wasmrt_module *importer(void) {
  struct wasmrt_module *module = guest_module();
  memories[0] = (struct wasmrt_limits){.min = 1, .max = 2, .page_log2 = 16};
  tables[0] = (struct wasmrt_limits){.min = 10, .max = 20, .type = WASMRT_FUNCREF};
  globals[0] = (struct wasmrt_global){.type = WASMRT_I32, .is_mutable = 1};
  module->imports = imports;
  module->import_count = 4;
  module->table_import_count = module->memory_import_count = module->global_import_count = 1;
  module->memories = memories;
  module->tables = tables;
  module->globals = globals;
  module->initialize = initialize_nothing;
  return module;
}

static void define_all(void) {
  define_import(add_one_hundred, NULL);
  ck_assert_int_eq(wasmrt_define_table(store, "env", "t", WASMRT_FUNCREF, 10, 20, &error), WASMRT_OK);
  ck_assert_int_eq(wasmrt_define_memory(store, "env", "m", 1, 2, &error), WASMRT_OK);
  ck_assert_int_eq(wasmrt_define_global(store, "env", "g", WASMRT_I32, true, 666, &error), WASMRT_OK);
}

static void ck_assert_unlinkable(const struct wasmrt_module *module, const char *message) {
  struct wasmrt_instance *instance = NULL;
  ck_assert_int_eq(wasmrt_instantiate(store, module, NULL, &instance, &error), WASMRT_ERROR_LINK);
  ck_assert_str_eq(error.message, message);
  ck_assert_ptr_null(instance);
}

/* ---- Imports ---------------------------------------------------------------------------------------- */

START_TEST(imports_are_shared) {
  const struct wasmrt_module *module = importer();
  define_all();
  struct wasmrt_instance *first = instantiate(module), *second = instantiate(module);
  uint64_t result;
  ck_assert_int_eq(call(first, "set", 5, &result), WASMRT_OK);
  ck_assert_uint_eq(result, 666);
  ck_assert_int_eq(call(second, "set", 6, &result), WASMRT_OK);
  ck_assert_uint_eq(result, 5);
  ck_assert_int_eq(call(first, "store", 100, NULL), WASMRT_OK);
  ck_assert_int_eq(call(second, "load", 100, &result), WASMRT_OK);
  ck_assert_uint_eq(result, 7);
  ck_assert_int_eq(call(first, "call", 1, &result), WASMRT_OK);
  ck_assert_uint_eq(result, 102);
  ck_assert_ptr_eq(wasmrt_find_table(first, "table"), wasmrt_find_table(second, "table"));
}
END_TEST

START_TEST(unknown_imports) {
  const struct wasmrt_module *module = importer();
  ck_assert_unlinkable(module, "unknown import: \"env\" \"f\" (func (param i32) (result i32))");
  define_import(add_one_hundred, NULL);
  ck_assert_unlinkable(module, "unknown import: \"env\" \"t\" (table 10 20 funcref)");
  ck_assert_int_eq(wasmrt_define_table(store, "env", "t", WASMRT_FUNCREF, 10, 20, &error), WASMRT_OK);
  ck_assert_unlinkable(module, "unknown import: \"env\" \"m\" (memory 1 2)");
  ck_assert_int_eq(wasmrt_define_memory(store, "env", "m", 1, 2, &error), WASMRT_OK);
  ck_assert_unlinkable(module, "unknown import: \"env\" \"g\" (global (mut i32))");
}
END_TEST

/* Defines all imports as wanted but for one. */
static void define_others(const char *other) {
  static const char names[][2] = {"f", "t", "m", "g"};
  struct wasmrt_store *all = store;
  for (int i = 0; i < 4; i++) {
    if (strcmp(names[i], other) != 0) {
      switch (i) {
      case 0:
        define_import(add_one_hundred, NULL);
        break;
      case 1:
        ck_assert_int_eq(wasmrt_define_table(all, "env", "t", WASMRT_FUNCREF, 10, 20, &error), WASMRT_OK);
        break;
      case 2:
        ck_assert_int_eq(wasmrt_define_memory(all, "env", "m", 1, 2, &error), WASMRT_OK);
        break;
      default:
        ck_assert_int_eq(wasmrt_define_global(all, "env", "g", WASMRT_I32, true, 0, &error), WASMRT_OK);
        break;
      }
    }
  }
}

static void ck_assert_incompatible(const char *why) {
  struct wasmrt_instance *instance = NULL;
  ck_assert_int_eq(wasmrt_instantiate(store, importer(), NULL, &instance, &error), WASMRT_ERROR_LINK);
  ck_assert_ptr_eq(strstr(error.message, "incompatible import type: \"env\" "), error.message);
  ck_assert_msg(strstr(error.message, why) != NULL, "%s", error.message);
}

START_TEST(function_of_another_type) {
  define_others("f");
  ck_assert_int_eq(wasmrt_define_function(store, "env", "f", "i:I", add_one_hundred, NULL, &error),
                   WASMRT_OK);
  ck_assert_incompatible("it has another signature");
}
END_TEST

START_TEST(object_of_another_kind) {
  define_others("f");
  ck_assert_int_eq(wasmrt_define_global(store, "env", "f", WASMRT_I32, false, 0, &error), WASMRT_OK);
  ck_assert_incompatible("it is of another kind");
}
END_TEST

START_TEST(table_limits) {
  static const struct {
    uint64_t min, max;
    enum wasmrt_value_type type;
    const char *why; /* NULL: it matches */
  } rows[] = {
      {10, 20, WASMRT_FUNCREF, NULL},
      {11, 19, WASMRT_FUNCREF, NULL},
      {20, 20, WASMRT_FUNCREF, NULL},
      {9, 20, WASMRT_FUNCREF, "smaller than declared"},
      {10, 21, WASMRT_FUNCREF, "maximum is larger"},
      {10, UINT64_MAX, WASMRT_FUNCREF, "maximum is larger"},
      {10, 20, WASMRT_EXTERNREF, "another type"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    define_others("t");
    ck_assert_int_eq(wasmrt_define_table(store, "env", "t", rows[i].type, rows[i].min, rows[i].max, &error),
                     WASMRT_OK);
    if (rows[i].why == NULL) {
      instantiate(importer());
    } else {
      ck_assert_incompatible(rows[i].why);
    }
    destroy_store();
    create_store();
  }
}
END_TEST

START_TEST(memory_limits) {
  static const struct {
    uint64_t min, max;
    const char *why;
  } rows[] = {{1, 2, NULL},
              {2, 2, NULL},
              {0, 2, "smaller than declared"},
              {1, 3, "maximum is larger"},
              {1, UINT64_MAX, "maximum is larger"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    define_others("m");
    ck_assert_int_eq(wasmrt_define_memory(store, "env", "m", rows[i].min, rows[i].max, &error), WASMRT_OK);
    if (rows[i].why == NULL) {
      instantiate(importer());
    } else {
      ck_assert_incompatible(rows[i].why);
    }
    destroy_store();
    create_store();
  }
}
END_TEST

/* What counts is the size that the object has grown to. */
START_TEST(limits_after_growth) {
  define_others("m");
  ck_assert_int_eq(wasmrt_define_memory(store, "env", "m", 0, 2, &error), WASMRT_OK);
  ck_assert_incompatible("smaller than declared");
  struct wasmrt_extern memory;
  ck_assert(wasmrt_find_defined(store, "env", "m", &memory));
  ck_assert_uint_eq(wasmrt_memory_grow(memory.of.memory, 1), 0);
  instantiate(importer());
}
END_TEST

START_TEST(globals_match_exactly) {
  define_others("g");
  ck_assert_int_eq(wasmrt_define_global(store, "env", "g", WASMRT_I32, false, 0, &error), WASMRT_OK);
  ck_assert_incompatible("mutability");
  destroy_store();
  create_store();
  define_others("g");
  ck_assert_int_eq(wasmrt_define_global(store, "env", "g", WASMRT_I64, true, 0, &error), WASMRT_OK);
  ck_assert_incompatible("mutability");
}
END_TEST

/* ---- Modules and names ------------------------------------------------------------------------------ */

START_TEST(instances_import_from_each_other) {
  static const struct wasmrt_import from_first[] = {{.module = "first",
                                                     .name = "load",
                                                     .module_length = 5,
                                                     .name_length = 4,
                                                     .kind = WASMRT_FUNC,
                                                     .type = TYPE_I_I}};
  define_import(add_one_hundred, NULL);
  struct wasmrt_instance *first = instantiate(guest_module());
  ck_assert_int_eq(wasmrt_register(store, "first", first, &error), WASMRT_OK);
  ck_assert_int_eq(call(first, "store", 10, NULL), WASMRT_OK);
  struct wasmrt_module second_module = *guest_module();
  second_module.imports = from_first;
  struct wasmrt_instance *second = instantiate(&second_module);
  uint64_t result;
  ck_assert_int_eq(call(second, "call", 10, &result), WASMRT_OK);
  ck_assert_uint_eq(result, 8); /* the first's memory, plus one */
  ck_assert_int_eq(call(second, "load", 10, &result), WASMRT_OK);
  ck_assert_uint_eq(result, 0);
  ck_assert_trap(call(second, "call", 65536, NULL), WASMRT_TRAP_MEMORY_OUT_OF_BOUNDS);
  ck_assert_uint_eq(error.frame_count, 2);
  /* Registered again, the name means something else. */
  ck_assert_int_eq(wasmrt_register(store, "first", second, &error), WASMRT_OK);
  struct wasmrt_extern found;
  ck_assert(wasmrt_find_defined(store, "first", "load", &found));
  ck_assert_ptr_eq(found.of.function, wasmrt_find_function(second, "load"));
  ck_assert(!wasmrt_find_defined(store, "first", "nothing", &found));
  ck_assert(!wasmrt_find_defined(store, "second", "load", &found));
  destroy_store(); /* while the module on the stack lives */
  create_store();
}
END_TEST

START_TEST(exports) {
  define_import(add_one_hundred, NULL);
  struct wasmrt_instance *instance = instantiate(guest_module());
  struct wasmrt_extern object;
  ck_assert(wasmrt_find(instance, "memory", &object));
  ck_assert_int_eq(object.type.kind, WASMRT_MEMORY);
  ck_assert_ptr_eq(object.of.memory, wasmrt_find_memory(instance, "memory"));
  ck_assert_ptr_eq(object.of.memory, wasmrt_instance_memory(instance));
  ck_assert_uint_eq(object.type.min, 1);
  ck_assert_uint_eq(object.type.max, 3);
  ck_assert(wasmrt_find(instance, "global", &object));
  uint64_t value;
  wasmrt_global_get(&object, &value);
  ck_assert_uint_eq(value, 42);
  const uint64_t with_a_high_half = UINT64_C(0xff00000005);
  ck_assert(wasmrt_global_set(&object, &with_a_high_half));
  wasmrt_global_get(&object, &value);
  ck_assert_uint_eq(value, 5);
  object.type.is_mutable = false;
  ck_assert(!wasmrt_global_set(&object, &value));
  ck_assert_ptr_null(wasmrt_find_function(instance, "memory"));
  ck_assert_ptr_null(wasmrt_find_memory(instance, "load"));
  ck_assert_ptr_null(wasmrt_find_table(instance, "global"));
  ck_assert(!wasmrt_find(instance, "nul", &object));
  ck_assert(wasmrt_export_at(instance, 11, &object));
  ck_assert_ptr_eq(object.of.function, wasmrt_find_function(instance, "load"));
  ck_assert(!wasmrt_export_at(instance, 12, &object));
  ck_assert_uint_eq(wasmrt_function_signature(object.of.function).param_count, 1);
  ck_assert_ptr_eq(wasmrt_instance_store(instance), store);
}
END_TEST

START_TEST(user_pointer_and_limits) {
  int user, other;
  const struct wasmrt_instance_options options = {.max_memory = 2 * 65536, .max_table = 5, .user = &user};
  define_import(add_one_hundred, NULL);
  struct wasmrt_instance *instance;
  ck_assert_int_eq(wasmrt_instantiate(store, guest_module(), &options, &instance, &error), WASMRT_OK);
  ck_assert_ptr_eq(wasmrt_instance_user(instance), &user);
  wasmrt_instance_set_user(instance, &other);
  ck_assert_ptr_eq(wasmrt_instance_user(instance), &other);
  uint64_t result;
  ck_assert_int_eq(call(instance, "grow", 2, &result), WASMRT_OK);
  ck_assert_uint_eq(result, UINT32_MAX);
  ck_assert_int_eq(call(instance, "grow", 1, &result), WASMRT_OK);
  ck_assert_uint_eq(result, 1);
  ck_assert_uint_eq(wasmrt_table_grow(wasmrt_find_table(instance, "table"), 2, NULL), UINT64_MAX);
  const struct wasmrt_instance_options tight[] = {{.max_memory = 65535}, {.max_table = 3}};
  for (int i = 0; i < 2; i++) {
    ck_assert_int_eq(wasmrt_instantiate(store, guest_module(), &tight[i], &instance, &error),
                     WASMRT_ERROR_MEMORY);
  }
}
END_TEST

START_TEST(definitions_are_checked) {
  ck_assert_int_eq(wasmrt_define_function(store, "m", "f", "i", add_one_hundred, NULL, &error),
                   WASMRT_ERROR_ARGUMENT);
  ck_assert_str_eq(error.message, "malformed signature: \"m\" \"f\"");
  ck_assert_int_eq(wasmrt_define_table(store, "m", "t", WASMRT_I32, 1, 2, &error), WASMRT_ERROR_ARGUMENT);
  ck_assert_int_eq(wasmrt_define_table(store, "m", "t", WASMRT_FUNCREF, 3, 2, &error), WASMRT_ERROR_ARGUMENT);
  ck_assert_int_eq(wasmrt_define_table(store, "m", "t", WASMRT_FUNCREF, UINT64_MAX, UINT64_MAX, &error),
                   WASMRT_ERROR_ARGUMENT);
  ck_assert_int_eq(wasmrt_define_memory(store, "m", "m", 3, 2, &error), WASMRT_ERROR_ARGUMENT);
  ck_assert_int_eq(wasmrt_define_memory(store, "m", "m", 0, 65537, &error), WASMRT_ERROR_ARGUMENT);
  ck_assert_int_eq(wasmrt_define_memory(store, "m", "m", 65537, UINT64_MAX, &error), WASMRT_ERROR_ARGUMENT);
  ck_assert_int_eq(wasmrt_define_global(store, "m", "g", WASMRT_V128, false, 0, &error),
                   WASMRT_ERROR_ARGUMENT);
  ck_assert_int_eq(wasmrt_define_global(store, "m", "g", WASMRT_F64, false, 0, &error), WASMRT_OK);
  ck_assert_int_eq(wasmrt_define_global(store, "m", "g", WASMRT_F64, false, 0, &error),
                   WASMRT_ERROR_ARGUMENT);
  ck_assert_str_eq(error.message, "already defined: \"m\" \"g\"");
  struct wasmrt_extern object;
  ck_assert(wasmrt_find_defined(store, "m", "g", &object));
  ck_assert_int_eq(wasmrt_define(store, "m", "h", &object, &error), WASMRT_OK);
  struct wasmrt_extern same;
  ck_assert(wasmrt_find_defined(store, "m", "h", &same));
  ck_assert_ptr_eq(same.of.global, object.of.global);
  ck_assert(!wasmrt_find_defined(store, "m", "f", &object));
}
END_TEST

/* ---- Failing to start ------------------------------------------------------------------------------- */

/* Puts a function of its own into the imported table, and then traps. */
GUEST void initialize_and_trap(struct wasmrt_instance *self) {
  KEEP_FRAME();
  self->tables[0]->entries[3] = &self->functions[GROW];
  wasmrt_op_trap(self, WASMRT_TRAP_TABLE_OUT_OF_BOUNDS);
  KEEP_FRAME();
}

START_TEST(functions_of_failed_instances_stay_callable) {
  struct wasmrt_module *module = importer();
  module->initialize = initialize_and_trap;
  define_all();
  struct wasmrt_instance *instance = NULL;
  ck_assert_trap(wasmrt_instantiate(store, module, NULL, &instance, &error), WASMRT_TRAP_TABLE_OUT_OF_BOUNDS);
  ck_assert_ptr_null(instance);
  struct wasmrt_extern table;
  void *function;
  ck_assert(wasmrt_find_defined(store, "env", "t", &table));
  ck_assert(wasmrt_table_get(table.of.table, 3, &function));
  uint64_t slots[1] = {0};
  ck_assert_int_eq(wasmrt_call(function, slots, &error), WASMRT_OK);
  ck_assert_uint_eq(slots[0], 1);
}
END_TEST

START_TEST(start_function_runs) {
  struct wasmrt_module *module = guest_module();
  module->start = TRAP_NOW;
  define_import(add_one_hundred, NULL);
  struct wasmrt_instance *instance;
  ck_assert_trap(wasmrt_instantiate(store, module, NULL, &instance, &error), WASMRT_TRAP_UNREACHABLE);
  ck_assert_str_eq(error.frames[0].name, "trap");
}
END_TEST

/* ---- Modules that do not fit ------------------------------------------------------------------------ */

START_TEST(other_abi) {
  struct wasmrt_module *module = guest_module();
  struct wasmrt_instance *instance;
  module->abi_version = WASMRT_ABI_VERSION + 1;
  ck_assert_int_eq(wasmrt_instantiate(store, module, NULL, &instance, &error), WASMRT_ERROR_MODULE);
  ck_assert_str_eq(error.message, "the module was compiled for another version of this runtime");
}
END_TEST

START_TEST(other_cpu) {
  struct wasmrt_module *module = guest_module();
  struct wasmrt_instance *instance;
#if defined(__x86_64__)
  module->cpu_features = "+sse2,cmov,+cx8,-avx512f,no-such-thing,avx2";
#else
  module->cpu_features = "+neon,fp-armv8,-sve2,no-such-thing";
#endif
  ck_assert_int_eq(wasmrt_instantiate(store, module, NULL, &instance, &error), WASMRT_ERROR_MODULE);
  ck_assert_str_eq(error.message,
                   "the module was compiled for a CPU with a feature that this one lacks: no-such-thing");
}
END_TEST

START_TEST(static_modules_have_one_instance) {
  static struct wasmrt_instance the_instance;
  static uint32_t cell;
  static struct wasmrt_global own[1];
  struct wasmrt_module *module = guest_module();
  own[0] = (struct wasmrt_global){.cell = &cell, .type = WASMRT_I32, .is_mutable = 1};
  module->flags = WASMRT_MODULE_STATIC;
  module->instance = &the_instance;
  module->globals = own;
  module->memory_count = 0;
  module->export_count = 8; /* without the memory */
  struct wasmrt_instance *instance = instantiate(module);
  ck_assert_ptr_eq(instance, &the_instance);
  uint64_t result;
  ck_assert_int_eq(call(instance, "set", 3, &result), WASMRT_OK);
  ck_assert_uint_eq(result, 42);
  ck_assert_uint_eq(cell, 3);
  ck_assert_int_eq(wasmrt_instantiate(store, module, NULL, &instance, &error), WASMRT_ERROR_MODULE);
  /* Its functions have another convention: others cannot import them, directly or in a table. */
  ck_assert_int_eq(wasmrt_register(store, "env", &the_instance, &error), WASMRT_OK);
  static const struct wasmrt_import load[] = {{.module = "env",
                                               .name = "load",
                                               .module_length = 3,
                                               .name_length = 4,
                                               .kind = WASMRT_FUNC,
                                               .type = TYPE_I_I}};
  struct wasmrt_module other = *module;
  other.flags = 0;
  other.imports = load;
  ck_assert_int_eq(wasmrt_instantiate(store, &other, NULL, &instance, &error), WASMRT_ERROR_LINK);
  ck_assert_ptr_nonnull(strstr(error.message, "static model"));
}
END_TEST

/* ---- Reflection ------------------------------------------------------------------------------------- */

START_TEST(reflection) {
  const struct wasmrt_module *module = importer();
  struct wasmrt_item item;
  ck_assert_str_eq(wasmrt_module_name(module), "guest");
  ck_assert_str_eq(wasmrt_module_options(module), "by hand");
  ck_assert_uint_eq(wasmrt_module_import_count(module), 4);
  ck_assert_uint_eq(wasmrt_module_export_count(module), 12);
  wasmrt_module_import(module, 0, &item);
  ck_assert_str_eq(item.module, "env");
  ck_assert_uint_eq(item.module_length, 3);
  ck_assert_int_eq(item.type.kind, WASMRT_FUNC);
  ck_assert_uint_eq(item.type.signature.param_count, 1);
  ck_assert_uint_eq(item.type.signature.kinds[1], WASMRT_I32);
  wasmrt_module_import(module, 1, &item);
  ck_assert_int_eq(item.type.kind, WASMRT_TABLE);
  ck_assert_uint_eq(item.type.min, 10);
  ck_assert_uint_eq(item.type.max, 20);
  ck_assert_uint_eq(item.type.type, WASMRT_FUNCREF);
  wasmrt_module_import(module, 3, &item);
  ck_assert_uint_eq(item.type.type, WASMRT_I32);
  ck_assert(item.type.is_mutable);
  wasmrt_module_export(module, 1, &item);
  ck_assert_str_eq(item.name, "store");
  ck_assert_ptr_null(item.module);
  ck_assert_uint_eq(item.type.signature.param_count, 2);
  ck_assert_uint_eq(item.type.signature.result_count, 0);
  wasmrt_module_export(module, 11, &item);
  ck_assert_uint_eq(item.name_length, 10);
}
END_TEST

int main(void) {
  const TTest *const tests[] = {imports_are_shared,
                                unknown_imports,
                                function_of_another_type,
                                object_of_another_kind,
                                table_limits,
                                memory_limits,
                                limits_after_growth,
                                globals_match_exactly,
                                instances_import_from_each_other,
                                exports,
                                user_pointer_and_limits,
                                definitions_are_checked,
                                functions_of_failed_instances_stay_callable,
                                start_function_runs,
                                other_abi,
                                other_cpu,
                                static_modules_have_one_instance,
                                reflection};
  return run_suite("store", tests, sizeof tests / sizeof *tests);
}
