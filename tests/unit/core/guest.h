/*
 * A module in the instance model, written by hand: C functions in the section of compiled code, with the
 * conventions that the compiler follows, and a descriptor. What the tests of the runtime instantiate.
 */
#ifndef GUEST_H
#define GUEST_H

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "operations.h"

/* Compiled code is never instrumented, and keeps frame records: asking for the frame's address makes it do
 * so. */
#define GUEST                                                                                                \
  static __attribute__((section(WASMRT_TEXT_SECTION), noinline, unused,                                      \
                        no_sanitize("address", "undefined", "thread")))
#define KEEP_FRAME() __asm__ volatile("" : : "r"(__builtin_frame_address(0)) : "memory")

/* A function as struct wasmrt_reference has it. */
#define CODE(function) ((void *)(uintptr_t)(function))

extern const uint8_t text_begin[] __asm__("__start_wasm_text");
extern const uint8_t text_end[] __asm__("__stop_wasm_text");

/* ---- Entries, as compiled per function type --------------------------------------------------------- */

GUEST void enter_none(void *code, void *instance, uint64_t *slots) {
  KEEP_FRAME();
  (void)slots;
  ((void (*)(void *))(uintptr_t)code)(instance);
  KEEP_FRAME();
}

GUEST void enter_i_i(void *code, void *instance, uint64_t *slots) {
  KEEP_FRAME();
  slots[0] = ((uint32_t (*)(void *, uint32_t))(uintptr_t)code)(instance, (uint32_t)slots[0]);
}

GUEST void enter_ii(void *code, void *instance, uint64_t *slots) {
  KEEP_FRAME();
  ((void (*)(void *, uint32_t, uint32_t))(uintptr_t)code)(instance, (uint32_t)slots[0], (uint32_t)slots[1]);
  KEEP_FRAME();
}

/* ---- Functions -------------------------------------------------------------------------------------- */

GUEST uint32_t guest_load(struct wasmrt_instance *self, uint32_t address) {
  KEEP_FRAME();
  const uint32_t value = *(volatile uint8_t *)(self->memory_base + address);
  KEEP_FRAME(); /* lest gcc gives the frame up before the access */
  return value;
}

GUEST void guest_store(struct wasmrt_instance *self, uint32_t address, uint32_t value) {
  KEEP_FRAME();
  *(volatile uint8_t *)(self->memory_base + address) = (uint8_t)value;
  KEEP_FRAME();
}

/* A load with the largest offset and size there can be, below the base for a negative distance. */
GUEST uint32_t guest_load_far(struct wasmrt_instance *self, uint32_t which) {
  KEEP_FRAME();
  static const int64_t distances[] = {(int64_t)WASMRT_RESERVATION - 1, (INT64_C(1) << 33) + 13, -1,
                                      -(int64_t)WASMRT_GUARD_BELOW};
  return *(volatile uint8_t *)(self->memory_base + distances[which]);
}

GUEST uint32_t guest_recurse(struct wasmrt_instance *self, uint32_t depth) {
  KEEP_FRAME();
  volatile uint32_t local = depth;
  uint32_t deeper = depth == 1 ? 0 : guest_recurse(self, depth - 1);
  return deeper + local;
}

GUEST void guest_trap(struct wasmrt_instance *self) {
  KEEP_FRAME();
  wasmrt_op_trap(self, WASMRT_TRAP_UNREACHABLE);
  KEEP_FRAME();
}

/* Calls import 0, a function i:i. */
GUEST uint32_t guest_call_import(struct wasmrt_instance *self, uint32_t value) {
  KEEP_FRAME();
  const struct wasmrt_funcref *import = &self->imports[0];
  return ((uint32_t (*)(void *, uint32_t))(uintptr_t)import->code)(import->instance, value) + 1;
}

GUEST uint32_t guest_grow(struct wasmrt_instance *self, uint32_t pages) {
  KEEP_FRAME();
  return (uint32_t)wasmrt_op_memory_grow(self, 0, pages);
}

GUEST uint32_t guest_global(struct wasmrt_instance *self, uint32_t value) {
  KEEP_FRAME();
  uint32_t *cell = self->globals[0];
  const uint32_t old = *cell;
  *cell = value;
  return old;
}

GUEST void guest_initialize(struct wasmrt_instance *self) {
  KEEP_FRAME();
  *(uint32_t *)self->globals[0] = 42;
  KEEP_FRAME();
}

/* ---- The module ------------------------------------------------------------------------------------- */

enum { TYPE_I_I, TYPE_NONE, TYPE_II, TYPES };
enum { LOAD, STORE, LOAD_FAR, RECURSE, TRAP_NOW, CALL_IMPORT, GROW, GLOBAL, REFERENCES };

static const uint32_t guest_kinds[] = {WASMRT_I32, WASMRT_I32};
/* A row for a function type that is final and alone in its group, as most are. */
#define FUNCTION_TYPE(params, results, types)                                                                \
  {.kind = WASMRT_TYPE_FUNC,                                                                                 \
   .flags = WASMRT_TYPE_FINAL,                                                                               \
   .super = WASMRT_NO_TYPE,                                                                                  \
   .group_size = 1,                                                                                          \
   .param_count = params,                                                                                    \
   .result_count = results,                                                                                  \
   .kinds = types}
static const struct wasmrt_deftype guest_types[TYPES] = {
    FUNCTION_TYPE(1, 1, guest_kinds), FUNCTION_TYPE(0, 0, guest_kinds), FUNCTION_TYPE(2, 0, guest_kinds)};

static const struct wasmrt_import guest_imports[] = {{.module = "env",
                                                      .name = "f",
                                                      .module_length = 3,
                                                      .name_length = 1,
                                                      .kind = WASMRT_FUNC,
                                                      .type = TYPE_I_I}};

static const struct wasmrt_reference guest_references[REFERENCES] = {
    {CODE(guest_load), enter_i_i, 1, TYPE_I_I, NULL},
    {CODE(guest_store), enter_ii, 2, TYPE_II, NULL},
    {CODE(guest_load_far), enter_i_i, 3, TYPE_I_I, NULL},
    {CODE(guest_recurse), enter_i_i, 4, TYPE_I_I, NULL},
    {CODE(guest_trap), enter_none, 5, TYPE_NONE, NULL},
    {CODE(guest_call_import), enter_i_i, 6, TYPE_I_I, NULL},
    {CODE(guest_grow), enter_i_i, 7, TYPE_I_I, NULL},
    {CODE(guest_global), enter_i_i, 8, TYPE_I_I, NULL}};

#define EXPORT(text, what, number)                                                                           \
  {.name = text, .name_length = sizeof text - 1, .kind = what, .index = number}
static const struct wasmrt_export guest_exports[] = {
    EXPORT("load", WASMRT_FUNC, LOAD),     EXPORT("store", WASMRT_FUNC, STORE),
    EXPORT("far", WASMRT_FUNC, LOAD_FAR),  EXPORT("recurse", WASMRT_FUNC, RECURSE),
    EXPORT("trap", WASMRT_FUNC, TRAP_NOW), EXPORT("call", WASMRT_FUNC, CALL_IMPORT),
    EXPORT("grow", WASMRT_FUNC, GROW),     EXPORT("set", WASMRT_FUNC, GLOBAL),
    EXPORT("memory", WASMRT_MEMORY, 0),    EXPORT("table", WASMRT_TABLE, 0),
    EXPORT("global", WASMRT_GLOBAL, 0),    EXPORT("nul\0inside", WASMRT_FUNC, LOAD)};

static const struct wasmrt_limits guest_memories[] = {{.min = 1, .max = 3, .page_log2 = 16}};
static const struct wasmrt_limits guest_tables[] = {{.min = 4, .max = UINT64_MAX, .type = WASMRT_FUNCREF}};
static const struct wasmrt_global guest_globals[] = {
    {.offset = sizeof(struct wasmrt_instance), .type = WASMRT_I32, .is_mutable = 1}};

/* Distances are known only at run time for C functions, so the rows are filled in by guest_module(). */
static struct wasmrt_symbol guest_symbols[REFERENCES + 1], guest_stubs[4];
static const struct wasmrt_symbol *const guest_symbol_lists[] = {guest_symbols, guest_stubs};
static const char guest_names[REFERENCES][12] = {"load", "store", "far",  "recurse",
                                                 "trap", "call",  "grow", "set"};

static inline void set_symbol(struct wasmrt_symbol *symbol, const void *code, const char *name,
                              uint32_t function) {
  *symbol = (struct wasmrt_symbol){.code = (int32_t)((intptr_t)code - (intptr_t)symbol),
                                   .name = name == NULL ? 0 : (int32_t)((intptr_t)name - (intptr_t)symbol),
                                   .function = function};
}

/* A fresh descriptor, to be changed by the test; it outlives the store. */
static inline struct wasmrt_module *guest_module(void) {
  static struct wasmrt_module module;
  for (uint32_t i = 0; i < REFERENCES; i++) {
    set_symbol(&guest_symbols[i], guest_references[i].code, guest_names[i], guest_references[i].function);
  }
  set_symbol(&guest_stubs[0], CODE(enter_i_i), NULL, UINT32_MAX);
  set_symbol(&guest_stubs[1], CODE(enter_none), NULL, UINT32_MAX);
  set_symbol(&guest_stubs[2], CODE(enter_ii), NULL, UINT32_MAX);
  module = (struct wasmrt_module){
      .abi_version = WASMRT_ABI_VERSION,
      .name = "guest",
      .options = "by hand",
      .cpu_features = "",
      .type_count = TYPES,
      .types = guest_types,
      .import_count = 1,
      .function_import_count = 1,
      .imports = guest_imports,
      .export_count = sizeof guest_exports / sizeof *guest_exports,
      .exports = guest_exports,
      .reference_count = REFERENCES,
      .references = guest_references,
      .function_count = 1 + REFERENCES,
      .memory_count = 1,
      .memories = guest_memories,
      .table_count = 1,
      .tables = guest_tables,
      .global_count = 1,
      .globals = guest_globals,
      .symbol_list_count = 2,
      .symbols = guest_symbol_lists,
      .start = WASMRT_NULL_SLOT,
      .text_begin = text_begin,
      .text_end = text_end,
      .instance_size = sizeof(struct wasmrt_instance) + WASMRT_CELL_SIZE,
      .initialize = guest_initialize,
  };
  return &module;
}

/* ---- What most tests begin with --------------------------------------------------------------------- */

static struct wasmrt_store *store;
static struct wasmrt_error error;

static inline enum wasmrt_status add_one_hundred(void *user, struct wasmrt_instance *caller, uint64_t *slots,
                                                 struct wasmrt_error *failure) {
  (void)user, (void)caller, (void)failure;
  slots[0] += 100;
  return WASMRT_OK;
}

static inline struct wasmrt_instance *instantiate(const struct wasmrt_module *module) {
  struct wasmrt_instance *instance = NULL;
  enum wasmrt_status status = wasmrt_instantiate(store, module, NULL, &instance, &error);
  ck_assert_msg(status == WASMRT_OK, "%s", error.message);
  return instance;
}

static inline void define_import(wasmrt_callback *callback, void *user) {
  ck_assert_int_eq(wasmrt_define_function(store, "env", "f", "i:i", callback, user, &error), WASMRT_OK);
}

/* Calls an export that takes an i32 or nothing. */
static inline enum wasmrt_status call(struct wasmrt_instance *instance, const char *name, uint64_t argument,
                                      uint64_t *result) {
  const struct wasmrt_funcref *function = wasmrt_find_function(instance, name);
  ck_assert_ptr_nonnull(function);
  uint64_t slots[2] = {argument, 7};
  enum wasmrt_status status = wasmrt_call(function, slots, &error);
  if (result != NULL) {
    *result = slots[0];
  }
  return status;
}

#define ck_assert_trap(status, code)                                                                         \
  do {                                                                                                       \
    ck_assert_int_eq(status, WASMRT_ERROR_TRAP);                                                             \
    ck_assert_uint_eq(error.trap, code);                                                                     \
    ck_assert_str_eq(error.message, wasmrt_trap_message(code));                                              \
  } while (0)

static void create_store(void) {
  store = wasmrt_store_create();
  ck_assert_ptr_nonnull(store);
}

static void destroy_store(void) {
  wasmrt_store_destroy(store);
}

/* Runs a suite of one case; what a main function returns. */
static inline int run_suite(const char *name, const TTest *const *tests, size_t count) {
  Suite *suite = suite_create(name);
  TCase *tcase = tcase_create(name);
  tcase_add_checked_fixture(tcase, create_store, destroy_store);
  tcase_set_timeout(tcase, 60);
  for (size_t i = 0; i < count; i++) {
    tcase_add_test(tcase, tests[i]);
  }
  suite_add_tcase(suite, tcase);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  const int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
