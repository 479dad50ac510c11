/*
 * Binds the imports of an instance in the instance model: finds what stands for each and compares their
 * types. Specification: 4.5.4 (instantiation), 3.5.9 (import matching).
 */
#include <string.h>

#include "internal.h"

static enum wasmrt_status fail_to_link(const struct wasmrt_module *module, const struct wasmrt_import *import,
                                       const char *what, const char *why, struct wasmrt_error *error) {
  char text[128];
  const struct wasmrt_extern_type type = wasmrt_import_type(module, import);
  wasmrt_type_describe(&type, text, sizeof text);
  return wasmrt_fail(error, WASMRT_ERROR_LINK, what, ": \"", import->module, "\" \"", import->name, "\" ",
                     text, why, NULL);
}

static void bind_function(struct wasmrt_instance *instance, struct wasmrt_runtime *runtime, uint32_t index,
                          const struct wasmrt_funcref *function) {
  instance->imports[index] = *function;
  if (wasmrt_is_host_function(function)) {
    struct wasmrt_binding *binding = &runtime->bindings[index];
    *binding = *(const struct wasmrt_binding *)function->instance;
    binding->caller = instance;
    instance->imports[index].instance = binding;
  }
}

static enum wasmrt_status bind_import(struct wasmrt_instance *instance, const struct wasmrt_import *import,
                                      wasmrt_resolve *resolve, void *context, struct wasmrt_error *error) {
  const struct wasmrt_module *module = instance->module;
  struct wasmrt_extern object;
  if (!resolve(context, instance, import, &object)) {
    return fail_to_link(module, import, "unknown import", "", error);
  }
  const char *why;
  if (!wasmrt_import_matches(module, import, instance->types, &object, &why)) {
    char reason[160] = ": ";
    strcat(reason, why);
    return fail_to_link(module, import, "incompatible import type", reason, error);
  }
  switch (object.type.kind) {
  case WASMRT_FUNC:
    bind_function(instance, instance->runtime, import->index, object.of.function);
    break;
  case WASMRT_TABLE:
    instance->tables[import->index] = object.of.table;
    break;
  case WASMRT_MEMORY:
    instance->memories[import->index] = object.of.memory;
    break;
  default:
    instance->globals[import->index] = object.of.global;
    break;
  }
  return WASMRT_OK;
}

enum wasmrt_status wasmrt_bind_imports(struct wasmrt_instance *instance, wasmrt_resolve *resolve,
                                       void *context, struct wasmrt_error *error) {
  const struct wasmrt_module *module = instance->module;
  for (uint32_t i = 0; i < module->import_count; i++) {
    const struct wasmrt_import *import = &module->imports[i];
    enum wasmrt_status status = bind_import(instance, import, resolve, context, error);
    if (status != WASMRT_OK) {
      return status;
    }
  }
  return WASMRT_OK;
}
