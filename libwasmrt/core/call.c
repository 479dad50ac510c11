/* Calling functions from the host, and reaching an instance's exports. */
#include <string.h>

#include "internal.h"

enum wasmrt_status wasmrt_call(const struct wasmrt_funcref *function, uint64_t *slots,
                               struct wasmrt_error *error) {
  if (!wasmrt_thread.is_prepared && !wasmrt_thread_prepare()) {
    return wasmrt_fail(error, WASMRT_ERROR_MEMORY, "not enough memory to run compiled code on this thread",
                       NULL);
  }
  const struct wasmrt_type *type = function->type;
  if ((type->flags & WASMRT_TYPE_CHECKS_PARAMS) &&
      !wasmrt_values_fit(type->kinds, type->param_count, slots, wasmrt_alone_of(function))) {
    return wasmrt_fail(error, WASMRT_ERROR_ARGUMENT, "a reference is not of the type of its parameter", NULL);
  }
  if (wasmrt_stack_is_low()) {
    return wasmrt_error_trap(error, WASMRT_TRAP_STACK_EXHAUSTED);
  }
  return wasmrt_protect(function->entry, function->code, function->instance, slots, error);
}

struct wasmrt_signature wasmrt_function_signature(const struct wasmrt_funcref *function) {
  return wasmrt_type_signature(function->type);
}

const struct wasmrt_type *wasmrt_function_type(const struct wasmrt_funcref *function) {
  return function->type;
}

struct wasmrt_signature wasmrt_type_signature(const struct wasmrt_type *type) {
  if (type->kind != WASMRT_TYPE_FUNC) {
    return (struct wasmrt_signature){0, 0, NULL};
  }
  return (struct wasmrt_signature){type->param_count, type->result_count, type->kinds};
}

/* ---- Exports ---------------------------------------------------------------------------------------- */

bool wasmrt_export_at(const struct wasmrt_instance *instance, uint32_t index, struct wasmrt_extern *object) {
  const struct wasmrt_module *module = instance->module;
  if (index >= module->export_count) {
    return false;
  }
  const struct wasmrt_export *export = &module->exports[index];
  struct wasmrt_item item;
  wasmrt_module_export(module, index, &item);
  object->type = item.type; /* with the module's numbers of types: */
  object->type.type = wasmrt_kind_canonical(item.type.type, instance->types);
  object->alone = wasmrt_alone(instance);
  switch (export->kind) {
  case WASMRT_FUNC:
    object->of.function = &instance->functions[export->index];
    object->type.signature = wasmrt_function_signature(object->of.function);
    object->type.number = object->of.function->type->number;
    return true;
  case WASMRT_TABLE:
    object->of.table = instance->tables[export->index];
    object->type.min = object->of.table->size;
    object->type.max = ((const struct wasmrt_table_record *)object->of.table)->declared_max;
    return true;
  case WASMRT_MEMORY:
    object->of.memory = instance->memories[export->index];
    object->type.min = object->of.memory->size >> object->of.memory->page_log2;
    object->type.max = ((const struct wasmrt_memory_record *)object->of.memory)->declared_max;
    return true;
  case WASMRT_GLOBAL:
    object->of.global = instance->globals[export->index];
    return true;
  default:
    return false;
  }
}

bool wasmrt_export_named(const struct wasmrt_instance *instance, const char *name, size_t length,
                         struct wasmrt_extern *object) {
  const struct wasmrt_module *module = instance->module;
  for (uint32_t i = 0; i < module->export_count; i++) {
    if (module->exports[i].name_length == length && memcmp(module->exports[i].name, name, length) == 0) {
      return wasmrt_export_at(instance, i, object);
    }
  }
  return false;
}

bool wasmrt_find(const struct wasmrt_instance *instance, const char *name, struct wasmrt_extern *object) {
  return wasmrt_export_named(instance, name, strlen(name), object);
}

struct wasmrt_funcref *wasmrt_find_function(const struct wasmrt_instance *instance, const char *name) {
  struct wasmrt_extern object;
  return wasmrt_find(instance, name, &object) && object.type.kind == WASMRT_FUNC ? object.of.function : NULL;
}

struct wasmrt_table *wasmrt_find_table(const struct wasmrt_instance *instance, const char *name) {
  struct wasmrt_extern object;
  return wasmrt_find(instance, name, &object) && object.type.kind == WASMRT_TABLE ? object.of.table : NULL;
}

struct wasmrt_memory *wasmrt_find_memory(const struct wasmrt_instance *instance, const char *name) {
  struct wasmrt_extern object;
  return wasmrt_find(instance, name, &object) && object.type.kind == WASMRT_MEMORY ? object.of.memory : NULL;
}

/* ---- Globals and instances -------------------------------------------------------------------------- */

static size_t value_size(uint32_t type) {
  return type == WASMRT_V128 ? 16 : type == WASMRT_I32 || type == WASMRT_F32 ? 4 : 8;
}

void wasmrt_global_get(const struct wasmrt_extern *global, uint64_t *slots) {
  slots[0] = 0;
  memcpy(slots, global->of.global, value_size(global->type.type));
}

bool wasmrt_global_set(const struct wasmrt_extern *global, const uint64_t *slots) {
  if (!global->type.is_mutable || !wasmrt_values_fit(&global->type.type, 1, slots, global->alone)) {
    return false;
  }
  memcpy(global->of.global, slots, value_size(global->type.type));
  return true;
}

const struct wasmrt_module *wasmrt_instance_module(const struct wasmrt_instance *instance) {
  return instance->module;
}

struct wasmrt_store *wasmrt_instance_store(const struct wasmrt_instance *instance) {
  return ((const struct wasmrt_runtime *)instance->runtime)->store;
}

struct wasmrt_memory *wasmrt_instance_memory(const struct wasmrt_instance *instance) {
  return instance->memory;
}

void *wasmrt_instance_user(const struct wasmrt_instance *instance) {
  return instance->user;
}

void wasmrt_instance_set_user(struct wasmrt_instance *instance, void *user) {
  instance->user = user;
}
