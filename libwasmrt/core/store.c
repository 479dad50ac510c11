/*
 * Stores: the instances of an embedder, what it registered and defined under names, and the resolution of
 * imports among them. Specification: 4.2.3 (the store), 4.5.4 (instantiation); the names are those of the
 * JavaScript and C interfaces.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#include "provider.h"

#ifdef WASMRT_FOR_EXECUTABLES
/* Brings bind.c along, which the linker does not look for where instance.c names it. */
static enum wasmrt_status (*const bind_imports)(struct wasmrt_instance *instance, wasmrt_resolve *resolve,
                                                void *context, struct wasmrt_error *error)
    __attribute__((used)) = wasmrt_bind_imports;
#endif

/* A definition of the host's. What it owns lies in it. */
struct definition {
  struct definition *next;
  char *module, *name;
  struct wasmrt_extern object;
  struct wasmrt_binding binding;
  struct wasmrt_funcref function;
  struct wasmrt_memory_record memory;
  struct wasmrt_table_record table;
  void **table_entries;
  uint64_t global[WASMRT_CELL_SIZE / sizeof(uint64_t)];
};

struct registration {
  struct registration *next;
  char *name;
  struct wasmrt_instance *instance;
};

struct wasmrt_store {
  struct wasmrt_runtime *instances; /* newest first: none uses what a newer one owns */
  struct definition *definitions;
  struct registration *registrations;
};

struct wasmrt_store *wasmrt_store_create(void) {
  return calloc(1, sizeof(struct wasmrt_store));
}

static void destroy_definition(struct definition *definition) {
  wasmrt_memory_destroy(&definition->memory);
  wasmrt_table_destroy(&definition->table);
  free(definition->table_entries);
  free(definition->module);
  free(definition->name);
  free(definition);
}

void wasmrt_store_destroy(struct wasmrt_store *store) {
  if (store == NULL) {
    return;
  }
  while (store->instances != NULL) {
    struct wasmrt_runtime *runtime = store->instances;
    store->instances = runtime->next;
    if (runtime->wasi != NULL) {
      wasmrt_provider_of(runtime->wasi)->detach(runtime->instance);
    }
    wasmrt_instance_destroy(runtime->instance);
  }
  while (store->registrations != NULL) {
    struct registration *registration = store->registrations;
    store->registrations = registration->next;
    free(registration->name);
    free(registration);
  }
  while (store->definitions != NULL) {
    struct definition *definition = store->definitions;
    store->definitions = definition->next;
    destroy_definition(definition);
  }
  free(store);
}

static enum wasmrt_status fail_for_memory(struct wasmrt_error *error) {
  return wasmrt_fail(error, WASMRT_ERROR_MEMORY, "not enough memory", NULL);
}

/* ---- Types ------------------------------------------------------------------------------------------ */

const struct wasmrt_type *wasmrt_type_make(const struct wasmrt_signature *signature) {
  const uint64_t count = (uint64_t)signature->param_count + signature->result_count;
  for (uint64_t i = 0; i < count && count <= 2 * WASMRT_VALUES_MAX; i++) {
    const uint32_t kind = signature->kinds[i];
    if (!wasmrt_is_known_reference(kind) && (kind < WASMRT_V128 || kind > WASMRT_I32)) {
      return NULL;
    }
  }
  return wasmrt_type_intern(signature->param_count, signature->result_count, signature->kinds);
}

const struct wasmrt_type *wasmrt_module_type(const struct wasmrt_module *module, uint32_t index) {
  if (wasmrt_module_unfit(module) != NULL || index >= module->type_count) {
    return NULL;
  }
  const struct wasmrt_type **types = calloc(module->type_count, sizeof *types);
  const struct wasmrt_type *type = NULL;
  if (types != NULL && wasmrt_types_intern(module->types, module->type_count, types)) {
    type = types[index];
  }
  free(types);
  return type;
}

uint32_t wasmrt_type_reference(const struct wasmrt_type *type, bool is_nullable) {
  return type->number << 8 | (is_nullable ? WASMRT_REF_NULL : WASMRT_REF);
}

/* ---- Resolution ------------------------------------------------------------------------------------- */

static bool is_name(const char *name, const char *bytes, size_t length) {
  return strlen(name) == length && memcmp(name, bytes, length) == 0;
}

static struct definition *find_definition(const struct wasmrt_store *store, const char *module,
                                          size_t module_length, const char *name, size_t length) {
  for (struct definition *definition = store->definitions; definition != NULL;
       definition = definition->next) {
    if (is_name(definition->module, module, module_length) && is_name(definition->name, name, length)) {
      return definition;
    }
  }
  return NULL;
}

static struct registration *find_registration(const struct wasmrt_store *store, const char *name,
                                              size_t length) {
  for (struct registration *at = store->registrations; at != NULL; at = at->next) {
    if (is_name(at->name, name, length)) {
      return at;
    }
  }
  return NULL;
}

static bool find_object(const struct wasmrt_store *store, const char *module, size_t module_length,
                        const char *name, size_t length, struct wasmrt_extern *object) {
  const struct definition *definition = find_definition(store, module, module_length, name, length);
  if (definition != NULL) {
    *object = definition->object;
    return true;
  }
  const struct registration *registration = find_registration(store, module, module_length);
  return registration != NULL && wasmrt_export_named(registration->instance, name, length, object);
}

/* Where an instance's imports are looked up, with room for the function that was found last: instance.c
 * copies it. */
struct scope {
  const struct wasmrt_store *store;
  const struct wasmrt_wasi *wasi; /* NULL: none */
  struct wasmrt_binding binding;
  struct wasmrt_funcref function;
};

static bool resolve(void *context, const struct wasmrt_instance *instance, const struct wasmrt_import *import,
                    struct wasmrt_extern *object) {
  (void)instance;
  struct scope *scope = context;
  if (find_object(scope->store, import->module, import->module_length, import->name, import->name_length,
                  object)) {
    return true;
  }
  struct wasmrt_provided provided;
  if (scope->wasi == NULL || import->kind != WASMRT_FUNC ||
      !wasmrt_provider_of(scope->wasi)->resolve(scope->wasi, import, &provided)) {
    return false;
  }
  scope->binding = (struct wasmrt_binding){.native = provided.native,
                                           .type = wasmrt_type_parse(provided.signature),
                                           .callback = provided.callback,
                                           .user = provided.user};
  scope->function = wasmrt_host_funcref(&scope->binding);
  *object = (struct wasmrt_extern){.type = {.kind = WASMRT_FUNC}, .of = {.function = &scope->function}};
  return scope->binding.type != NULL;
}

bool wasmrt_find_defined(const struct wasmrt_store *store, const char *module, const char *name,
                         struct wasmrt_extern *object) {
  return find_object(store, module, strlen(module), name, strlen(name), object);
}

/* ---- Instances -------------------------------------------------------------------------------------- */

enum wasmrt_status wasmrt_instantiate(struct wasmrt_store *store, const struct wasmrt_module *module,
                                      const struct wasmrt_instance_options *options,
                                      struct wasmrt_instance **instance, struct wasmrt_error *error) {
  static const struct wasmrt_instance_options defaults;
  if (!wasmrt_thread_prepare()) {
    return fail_for_memory(error);
  }
  if (wasmrt_stack_is_low()) {
    return wasmrt_error_trap(error, WASMRT_TRAP_STACK_EXHAUSTED);
  }
  if (options == NULL) {
    options = &defaults;
  }
  struct scope scope = {.store = store, .wasi = options->wasi};
  struct wasmrt_instance *fresh;
  enum wasmrt_status status = wasmrt_check_cpu(module, error);
  if (status == WASMRT_OK) {
    status = wasmrt_instance_create(module, options, resolve, &scope, &fresh, error);
  }
  if (status == WASMRT_OK && options->wasi != NULL) {
    status = wasmrt_provider_of(options->wasi)->attach(options->wasi, fresh, error);
    if (status != WASMRT_OK) {
      wasmrt_instance_discard(fresh);
    }
  }
  if (status != WASMRT_OK) {
    return status;
  }
  /* It belongs to the store even if it fails from here on: others may hold references to its functions then.
   */
  struct wasmrt_runtime *runtime = fresh->runtime;
  runtime->store = store;
  runtime->wasi = options->wasi;
  runtime->next = store->instances;
  store->instances = runtime;
  status = wasmrt_instance_start(fresh, error);
  if (status == WASMRT_OK) {
    *instance = fresh;
  }
  return status;
}

enum wasmrt_status wasmrt_register(struct wasmrt_store *store, const char *name,
                                   struct wasmrt_instance *instance, struct wasmrt_error *error) {
  struct registration *registration = find_registration(store, name, strlen(name));
  if (registration != NULL) {
    registration->instance = instance;
    return WASMRT_OK;
  }
  registration = calloc(1, sizeof *registration);
  char *copy = strdup(name);
  if (registration == NULL || copy == NULL) {
    free(registration);
    free(copy);
    return fail_for_memory(error);
  }
  *registration = (struct registration){.next = store->registrations, .name = copy, .instance = instance};
  store->registrations = registration;
  return WASMRT_OK;
}

enum wasmrt_status wasmrt_call_native(struct wasmrt_instance *caller, const char *signature,
                                      void (*native)(void), uint64_t *slots, struct wasmrt_error *error) {
  struct wasmrt_binding binding = {.caller = caller, .native = native, .type = wasmrt_type_parse(signature)};
  if (binding.type == NULL) {
    return fail_for_memory(error);
  }
  const struct wasmrt_funcref function = wasmrt_host_funcref(&binding);
  return wasmrt_call(&function, slots, error);
}

/* ---- Definitions ------------------------------------------------------------------------------------ */

/* Makes a new definition, not yet in the store. */
static enum wasmrt_status begin_definition(const struct wasmrt_store *store, const char *module,
                                           const char *name, enum wasmrt_extern_kind kind,
                                           struct definition **definition, struct wasmrt_error *error) {
  if (find_definition(store, module, strlen(module), name, strlen(name)) != NULL) {
    return wasmrt_fail(error, WASMRT_ERROR_ARGUMENT, "already defined: \"", module, "\" \"", name, "\"",
                       NULL);
  }
  struct definition *fresh = calloc(1, sizeof *fresh);
  if (fresh == NULL) {
    return fail_for_memory(error);
  }
  fresh->module = strdup(module);
  fresh->name = strdup(name);
  fresh->object.type.kind = kind;
  if (fresh->module == NULL || fresh->name == NULL) {
    destroy_definition(fresh);
    return fail_for_memory(error);
  }
  *definition = fresh;
  return WASMRT_OK;
}

static enum wasmrt_status add_definition(struct wasmrt_store *store, struct definition *definition) {
  definition->next = store->definitions;
  store->definitions = definition;
  return WASMRT_OK;
}

static enum wasmrt_status fail_to_define(struct definition *definition, const char *what,
                                         struct wasmrt_error *error) {
  wasmrt_fail(error, WASMRT_ERROR_ARGUMENT, what, ": \"", definition->module, "\" \"", definition->name, "\"",
              NULL);
  destroy_definition(definition);
  return WASMRT_ERROR_ARGUMENT;
}

/* Whether functions of the host can have this type: vectors have no place among their arguments. */
static bool is_type_for_host(const struct wasmrt_type *type) {
  if (type == NULL || type->kind != WASMRT_TYPE_FUNC) {
    return false;
  }
  for (uint32_t i = 0; i < type->param_count + type->result_count; i++) {
    if (type->kinds[i] == WASMRT_V128) {
      return false;
    }
  }
  return true;
}

/* Defines what `binding` says. */
static enum wasmrt_status define_host_function(struct wasmrt_store *store, const char *module,
                                               const char *name, struct wasmrt_binding binding,
                                               struct wasmrt_error *error) {
  struct definition *definition;
  enum wasmrt_status status = begin_definition(store, module, name, WASMRT_FUNC, &definition, error);
  if (status != WASMRT_OK) {
    return status;
  }
  if (!is_type_for_host(binding.type)) {
    return fail_to_define(definition, "malformed signature", error);
  }
  definition->binding = binding;
  definition->function = wasmrt_host_funcref(&definition->binding);
  definition->object.type.signature = wasmrt_function_signature(&definition->function);
  definition->object.type.number = binding.type->number;
  definition->object.of.function = &definition->function;
  return add_definition(store, definition);
}

enum wasmrt_status wasmrt_define_function(struct wasmrt_store *store, const char *module, const char *name,
                                          const char *signature, wasmrt_callback *callback, void *user,
                                          struct wasmrt_error *error) {
  return wasmrt_define_typed(store, module, name, wasmrt_type_parse(signature), callback, user, error);
}

enum wasmrt_status wasmrt_define_typed(struct wasmrt_store *store, const char *module, const char *name,
                                       const struct wasmrt_type *type, wasmrt_callback *callback, void *user,
                                       struct wasmrt_error *error) {
  const struct wasmrt_binding binding = {.type = type, .callback = callback, .user = user};
  return define_host_function(store, module, name, binding, error);
}

enum wasmrt_status wasmrt_define_native(struct wasmrt_store *store, const char *module,
                                        const struct wasmrt_native_function *functions, size_t count,
                                        struct wasmrt_error *error) {
  for (size_t i = 0; i < count; i++) {
    const struct wasmrt_binding binding = {.type = wasmrt_type_parse(functions[i].signature),
                                           .native = functions[i].code};
    enum wasmrt_status status = define_host_function(store, module, functions[i].name, binding, error);
    if (status != WASMRT_OK) {
      return status;
    }
  }
  return WASMRT_OK;
}

enum wasmrt_status wasmrt_define_global(struct wasmrt_store *store, const char *module, const char *name,
                                        uint32_t type, bool is_mutable, uint64_t value,
                                        struct wasmrt_error *error) {
  struct definition *definition;
  enum wasmrt_status status = begin_definition(store, module, name, WASMRT_GLOBAL, &definition, error);
  if (status != WASMRT_OK) {
    return status;
  }
  if (!wasmrt_is_known_reference(type) && (type < WASMRT_F64 || type > WASMRT_I32)) {
    return fail_to_define(definition, "globals of the host's cannot have this type", error);
  }
  if (!wasmrt_values_fit(&type, 1, &value, NULL)) {
    return fail_to_define(definition, "a global's value is not of its type", error);
  }
  definition->global[0] = value;
  definition->object.type.type = type;
  definition->object.type.is_mutable = is_mutable;
  definition->object.of.global = definition->global;
  return add_definition(store, definition);
}

static enum wasmrt_status define_table(struct wasmrt_store *store, const char *module, const char *name,
                                       struct wasmrt_limits limits, struct wasmrt_error *error) {
  struct definition *definition;
  enum wasmrt_status status = begin_definition(store, module, name, WASMRT_TABLE, &definition, error);
  if (status != WASMRT_OK) {
    return status;
  }
  /* The entries are null at first. */
  const bool is_nullable =
      wasmrt_is_known_reference(limits.type) && wasmrt_reference_fits(limits.type, NULL, NULL);
  if (!is_nullable || limits.min > limits.max || limits.min > WASMRT_TABLE_MAX) {
    return fail_to_define(definition, "wrong type or limits of a table", error);
  }
  definition->table_entries = calloc(limits.min == 0 ? 1 : limits.min, sizeof(void *));
  if (definition->table_entries == NULL) {
    destroy_definition(definition);
    return fail_for_memory(error);
  }
  status = wasmrt_table_create(&definition->table, &limits, definition->table_entries, 0, error);
  if (status != WASMRT_OK) {
    destroy_definition(definition);
    return status;
  }
  definition->object.type.type = limits.type;
  definition->object.of.table = &definition->table.table;
  return add_definition(store, definition);
}

enum wasmrt_status wasmrt_define_table(struct wasmrt_store *store, const char *module, const char *name,
                                       uint32_t type, uint64_t min, uint64_t max,
                                       struct wasmrt_error *error) {
  const struct wasmrt_limits limits = {.min = min, .max = max, .type = type};
  return define_table(store, module, name, limits, error);
}

enum wasmrt_status wasmrt_define_table64(struct wasmrt_store *store, const char *module, const char *name,
                                         uint32_t type, uint64_t min, uint64_t max,
                                         struct wasmrt_error *error) {
  const struct wasmrt_limits limits = {.min = min, .max = max, .type = type, .flags = WASMRT_LIMITS_64};
  return define_table(store, module, name, limits, error);
}

enum wasmrt_status wasmrt_define_memory(struct wasmrt_store *store, const char *module, const char *name,
                                        uint64_t min, uint64_t max, struct wasmrt_error *error) {
  const uint64_t most = 65536;
  struct definition *definition;
  enum wasmrt_status status = begin_definition(store, module, name, WASMRT_MEMORY, &definition, error);
  if (status != WASMRT_OK) {
    return status;
  }
  if (min > max || min > most || (max > most && max != UINT64_MAX)) {
    return fail_to_define(definition, "wrong limits of a memory", error);
  }
  /* Any module can use a memory with guard pages; where there is no room for them, only those that check
   * bounds. */
  const struct wasmrt_limits limits = {.min = min, .max = max, .page_log2 = 16};
  status = wasmrt_memory_create(&definition->memory, &limits, WASMRT_MEMORY_GUARD, 0, error);
  if (status != WASMRT_OK) {
    status = wasmrt_memory_create(&definition->memory, &limits, WASMRT_MEMORY_CHECK, 0, error);
  }
  if (status != WASMRT_OK) {
    destroy_definition(definition);
    return status;
  }
  definition->object.of.memory = &definition->memory.memory;
  return add_definition(store, definition);
}

enum wasmrt_status wasmrt_define(struct wasmrt_store *store, const char *module, const char *name,
                                 const struct wasmrt_extern *object, struct wasmrt_error *error) {
  struct definition *definition;
  enum wasmrt_status status = begin_definition(store, module, name, object->type.kind, &definition, error);
  if (status != WASMRT_OK) {
    return status;
  }
  definition->object = *object;
  return add_definition(store, definition);
}
