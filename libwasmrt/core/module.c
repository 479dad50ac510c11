/*
 * What a module's descriptor says of it: whether it fits this runtime, and reflection for embedders.
 */
#include <string.h>

#include "internal.h"

const char *wasmrt_module_unfit(const struct wasmrt_module *module) {
  if (module->abi_version != WASMRT_ABI_VERSION) {
    return "the module was compiled for another version of this runtime";
  }
  return NULL;
}

const char *wasmrt_module_name(const struct wasmrt_module *module) {
  return module->name;
}

const char *wasmrt_module_options(const struct wasmrt_module *module) {
  return module->options;
}

uint32_t wasmrt_module_import_count(const struct wasmrt_module *module) {
  return module->import_count;
}

uint32_t wasmrt_module_export_count(const struct wasmrt_module *module) {
  return module->export_count;
}

void wasmrt_module_import(const struct wasmrt_module *module, uint32_t index, struct wasmrt_item *item) {
  const struct wasmrt_import *import = &module->imports[index];
  *item = (struct wasmrt_item){.module = import->module,
                               .module_length = import->module_length,
                               .name = import->name,
                               .name_length = import->name_length,
                               .type = wasmrt_import_type(module, import)};
}

void wasmrt_module_export(const struct wasmrt_module *module, uint32_t index, struct wasmrt_item *item) {
  const struct wasmrt_export *export = &module->exports[index];
  /* The same fields describe the objects of both; functions are named by their slot. */
  struct wasmrt_import as_import = {.kind = export->kind, .index = export->index};
  if (export->kind == WASMRT_FUNC) {
    as_import.type = module->references[export->index].type;
  }
  *item = (struct wasmrt_item){.name = export->name,
                               .name_length = export->name_length,
                               .type = wasmrt_import_type(module, &as_import)};
}
