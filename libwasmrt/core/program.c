/*
 * The imports of executables in the instance model. The functions are in the program: the linker found them.
 * What the compiler writes for such a program names wasmrt_program_resolve; others link nothing of this.
 */
#include "internal.h"

/* Written by the compiler. */
extern const struct wasmrt_program wasmrt_program_record;

wasmrt_resolve wasmrt_program_resolve;

/* Brings bind.c along. */
static enum wasmrt_status (*const bind_imports)(struct wasmrt_instance *instance, wasmrt_resolve *resolve,
                                                void *context, struct wasmrt_error *error)
    __attribute__((used)) = wasmrt_bind_imports;

/* Room for the function bound to the import that asked for it last: bind.c copies it. */
static struct wasmrt_binding binding;
static struct wasmrt_funcref function;

/*
 * Nobody looks at what the functions return, so that they cannot be of a type that promises more than that it
 * is a reference.
 */
bool wasmrt_program_resolve(void *context, const struct wasmrt_instance *instance,
                            const struct wasmrt_import *import, struct wasmrt_extern *object) {
  (void)context;
  if (import->kind != WASMRT_FUNC) {
    return false;
  }
  const struct wasmrt_type *type = instance->types[import->type];
  for (uint32_t i = type->param_count; i < type->param_count + type->result_count; i++) {
    if (wasmrt_is_reference(type->kinds[i]) && type->kinds[i] != WASMRT_FUNCREF &&
        type->kinds[i] != WASMRT_EXTERNREF) {
      return false;
    }
  }
  binding = (struct wasmrt_binding){
      .native = wasmrt_program_record.imports[import->index],
      .type = type,
  };
  function = wasmrt_host_funcref(&binding);
  *object = (struct wasmrt_extern){.type = {.kind = WASMRT_FUNC}, .of = {.function = &function}};
  return true;
}
