/*
 * Instances: made from a module's descriptor, imports bound, memories and tables allocated, then initialised
 * by compiled code (globals and active segments) and started. Specification: 4.5.4 (instantiation).
 *
 * All parts of an instance lie in one block. In the static model the instance itself belongs to the module's
 * object and only its arrays lie in the block.
 */
#define _GNU_SOURCE
#include <string.h>
#include <sys/mman.h>

#include "internal.h"

#ifdef WASMRT_FOR_EXECUTABLES
#pragma weak wasmrt_bind_imports
#endif

/* ---- The block -------------------------------------------------------------------------------------- */

/* What place() lays out. */
struct parts {
  struct wasmrt_instance *instance; /* instance model only */
  struct wasmrt_runtime *runtime;
  struct wasmrt_memory **memories;
  struct wasmrt_table **tables;
  void **globals;
  struct wasmrt_funcref *imports;
  struct wasmrt_funcref *functions;
  const struct wasmrt_type **types;
  void ***elements;
  uint8_t *dropped;
  struct wasmrt_memory_record *own_memories;
  struct wasmrt_table_record *own_tables;
  struct wasmrt_binding *bindings;
  void **table_entries;   /* of the own tables, one after the other */
  void **element_entries; /* of the computed element segments, likewise */
};

/* The next part of the block, of count * size bytes. With a base of NULL only `used` counts. */
static void *take(uint8_t *base, uint64_t *used, uint64_t count, uint64_t size) {
  const uint64_t begin = *used;
  *used = (begin + count * size + 15) & ~UINT64_C(15);
  return base == NULL ? NULL : base + begin;
}

/* Lays the parts out from `base`, NULL to measure; returns the size of the block. */
static uint64_t place(const struct wasmrt_module *module, struct parts *parts, uint8_t *base) {
  uint64_t used = 0;
  uint64_t table_entries = 0, element_entries = 0;
  for (uint32_t i = module->table_import_count; i < module->table_count; i++) {
    table_entries += module->tables[i].min;
  }
  for (uint32_t i = 0; i < module->element_count; i++) {
    element_entries += module->elements[i].slots == NULL ? module->elements[i].count : 0;
  }
#define TAKE(member, count) parts->member = take(base, &used, count, sizeof *parts->member)
  if (!(module->flags & WASMRT_MODULE_STATIC)) {
    parts->instance = take(base, &used, 1, module->instance_size);
  }
  TAKE(runtime, 1);
  TAKE(memories, module->memory_count);
  TAKE(tables, module->table_count);
  TAKE(globals, module->global_count);
  TAKE(imports, module->function_import_count);
  TAKE(functions, module->reference_count);
  TAKE(types, module->type_count);
  TAKE(elements, module->element_count);
  TAKE(own_memories, module->memory_count - module->memory_import_count);
  TAKE(own_tables, module->table_count - module->table_import_count);
  TAKE(bindings, module->function_import_count);
  TAKE(table_entries, table_entries);
  TAKE(element_entries, element_entries);
  parts->dropped = take(base, &used, (uint64_t)module->element_count + module->data_count, 1);
#undef TAKE
  return used;
}

/* Refuses what place() could not add up. Its other sums are bounded by the sizes of the descriptor's arrays.
 */
static bool tables_fit(const struct wasmrt_module *module, const struct wasmrt_instance_options *options) {
  const uint64_t most = options->max_table == 0 ? WASMRT_TABLE_MAX : options->max_table;
  for (uint32_t i = module->table_import_count; i < module->table_count; i++) {
    if (module->tables[i].min > most || module->tables[i].min > UINT32_MAX) {
      return false;
    }
  }
  return true;
}

/* Allocates the block and joins its parts to an instance. NULL if there is no memory. */
static struct wasmrt_instance *allocate(const struct wasmrt_module *module, void *user, struct parts *parts) {
  memset(parts, 0, sizeof *parts);
  const uint64_t size = place(module, parts, NULL);
  uint8_t *block = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (block == MAP_FAILED) {
    return NULL;
  }
  place(module, parts, block);
  struct wasmrt_instance *instance =
      module->flags & WASMRT_MODULE_STATIC ? module->instance : parts->instance;
  instance->memories = parts->memories;
  instance->tables = parts->tables;
  instance->globals = parts->globals;
  instance->imports = parts->imports;
  instance->functions = parts->functions;
  instance->types = parts->types;
  instance->elements = parts->elements;
  instance->dropped = parts->dropped;
  instance->module = module;
  instance->runtime = parts->runtime;
  instance->user = user;
  *parts->runtime = (struct wasmrt_runtime){.instance = instance,
                                            .memories = parts->own_memories,
                                            .tables = parts->own_tables,
                                            .bindings = parts->bindings,
                                            .block_size = size};
  return instance;
}

/* The block begins with the instance, or in the static model with the runtime's part. */
static void *block_of(struct wasmrt_instance *instance) {
  return instance->module->flags & WASMRT_MODULE_STATIC ? instance->runtime : instance;
}

/* ---- The instance's own objects --------------------------------------------------------------------- */

static enum wasmrt_memory_mode memory_mode(const struct wasmrt_module *module, uint32_t index) {
  const bool check = (module->flags & WASMRT_MODULE_CHECK_BOUNDS) != 0 ||
                     WASMRT_LIMITS_ALWAYS_CHECKED(&module->memories[index]);
  if (index == 0 && (module->flags & WASMRT_MODULE_STATIC)) {
    return check ? WASMRT_MEMORY_STATIC_CHECK : WASMRT_MEMORY_STATIC_GUARD;
  }
  return check ? WASMRT_MEMORY_CHECK : WASMRT_MEMORY_GUARD;
}

static enum wasmrt_status make_memories(struct wasmrt_instance *instance,
                                        const struct wasmrt_instance_options *options,
                                        struct wasmrt_error *error) {
  const struct wasmrt_module *module = instance->module;
  struct wasmrt_runtime *runtime = instance->runtime;
  for (uint32_t i = module->memory_import_count; i < module->memory_count; i++) {
    struct wasmrt_memory_record *record = &runtime->memories[i - module->memory_import_count];
    enum wasmrt_status status = wasmrt_memory_create(record, &module->memories[i], memory_mode(module, i),
                                                     options->max_memory, error);
    if (status != WASMRT_OK) {
      return status;
    }
    instance->memories[i] = &record->memory;
  }
  if (module->memory_count > 0) {
    struct wasmrt_memory_record *first = (struct wasmrt_memory_record *)instance->memories[0];
    instance->memory = &first->memory;
    instance->memory_base = first->memory.base;
    runtime->next_user = first->users;
    first->users = runtime;
  }
  return WASMRT_OK;
}

static enum wasmrt_status make_tables(struct wasmrt_instance *instance, void **entries,
                                      const struct wasmrt_instance_options *options,
                                      struct wasmrt_error *error) {
  const struct wasmrt_module *module = instance->module;
  struct wasmrt_runtime *runtime = instance->runtime;
  for (uint32_t i = module->table_import_count; i < module->table_count; i++) {
    struct wasmrt_table_record *record = &runtime->tables[i - module->table_import_count];
    enum wasmrt_status status =
        wasmrt_table_create(record, &module->tables[i], entries, options->max_table, error);
    if (status != WASMRT_OK) {
      return status;
    }
    record->table.type = wasmrt_kind_canonical(module->tables[i].type, instance->types);
    record->alone = wasmrt_alone(instance);
    instance->tables[i] = &record->table;
    entries += module->tables[i].min;
  }
  return WASMRT_OK;
}

static void make_functions(struct wasmrt_instance *instance) {
  const struct wasmrt_module *module = instance->module;
  for (uint32_t i = 0; i < module->reference_count; i++) {
    const struct wasmrt_reference *reference = &module->references[i];
    if (reference->code == NULL) {
      instance->functions[i] = instance->imports[reference->function];
    } else {
      instance->functions[i] = (struct wasmrt_funcref){.type = instance->types[reference->type],
                                                       .code = reference->code,
                                                       .instance = instance,
                                                       .entry = reference->entry,
                                                       .tail = reference->tail};
    }
  }
}

static void make_globals(struct wasmrt_instance *instance) {
  const struct wasmrt_module *module = instance->module;
  const bool is_static = (module->flags & WASMRT_MODULE_STATIC) != 0;
  for (uint32_t i = is_static ? 0 : module->global_import_count; i < module->global_count; i++) {
    const struct wasmrt_global *global = &module->globals[i];
    instance->globals[i] = is_static ? global->cell : (uint8_t *)instance + global->offset;
  }
}

static void make_elements(struct wasmrt_instance *instance, void **entries) {
  const struct wasmrt_module *module = instance->module;
  for (uint32_t i = 0; i < module->element_count; i++) {
    if (module->elements[i].slots == NULL) {
      instance->elements[i] = entries;
      entries += module->elements[i].count;
    }
  }
}

/* ---- Life ------------------------------------------------------------------------------------------- */

static enum wasmrt_status fill(struct wasmrt_instance *instance, struct parts *parts,
                               const struct wasmrt_instance_options *options, wasmrt_resolve *resolve,
                               void *context, struct wasmrt_error *error) {
  const struct wasmrt_module *module = instance->module;
  if (!wasmrt_types_intern(module->types, module->type_count, parts->types) ||
      !wasmrt_range_add(&wasmrt_text_ranges, module->text_begin, module->text_end, module)) {
    return wasmrt_fail(error, WASMRT_ERROR_MEMORY, "not enough memory for an instance", NULL);
  }
  parts->runtime->is_registered = true;
  enum wasmrt_status status = WASMRT_OK;
  if (!(module->flags & WASMRT_MODULE_STATIC)) { /* else the linker has bound them */
    status = wasmrt_bind_imports(instance, resolve, context, error);
  }
  if (status == WASMRT_OK) {
    status = make_memories(instance, options, error);
  }
  if (status == WASMRT_OK) {
    status = make_tables(instance, parts->table_entries, options, error);
  }
  make_functions(instance);
  make_globals(instance);
  make_elements(instance, parts->element_entries);
  return status;
}

enum wasmrt_status wasmrt_instance_create(const struct wasmrt_module *module,
                                          const struct wasmrt_instance_options *options,
                                          wasmrt_resolve *resolve, void *context,
                                          struct wasmrt_instance **instance, struct wasmrt_error *error) {
  const char *unfit = wasmrt_module_unfit(module);
  if (unfit != NULL) {
    return wasmrt_fail(error, WASMRT_ERROR_MODULE, unfit, NULL);
  }
  if ((module->flags & WASMRT_MODULE_STATIC) && module->instance->module != NULL) {
    return wasmrt_fail(error, WASMRT_ERROR_MODULE,
                       "a module in the static model can be instantiated only once", NULL);
  }
  if (!tables_fit(module, options)) {
    return wasmrt_fail(error, WASMRT_ERROR_MEMORY, "a table's smallest size exceeds the limit", NULL);
  }
  struct parts parts;
  struct wasmrt_instance *fresh = allocate(module, options->user, &parts);
  if (fresh == NULL) {
    return wasmrt_fail(error, WASMRT_ERROR_MEMORY, "not enough memory for an instance", NULL);
  }
  enum wasmrt_status status = fill(fresh, &parts, options, resolve, context, error);
  if (status != WASMRT_OK) {
    wasmrt_instance_discard(fresh);
    return status;
  }
  *instance = fresh;
  return WASMRT_OK;
}

static void run_initialize(void *code, void *instance, uint64_t *slots) {
  (void)code;
  (void)slots;
  const struct wasmrt_instance *self = instance;
  self->module->initialize(instance);
}

enum wasmrt_status wasmrt_instance_start(struct wasmrt_instance *instance, struct wasmrt_error *error) {
  const struct wasmrt_module *module = instance->module;
  enum wasmrt_status status = wasmrt_protect(run_initialize, NULL, instance, NULL, error);
  if (status == WASMRT_OK && module->start != WASMRT_NULL_SLOT) {
    const struct wasmrt_funcref *start = &instance->functions[module->start];
    status = wasmrt_protect(start->entry, start->code, start->instance, NULL, error);
  }
  return status;
}

/* Takes the instance out of the list of its memory 0, which may be another instance's. */
static void leave_memory(struct wasmrt_instance *instance) {
  struct wasmrt_runtime *runtime = instance->runtime;
  if (instance->memory == NULL) {
    return;
  }
  struct wasmrt_runtime **link = &((struct wasmrt_memory_record *)instance->memory)->users;
  while (*link != runtime) {
    link = &(*link)->next_user;
  }
  *link = runtime->next_user;
}

void wasmrt_instance_destroy(struct wasmrt_instance *instance) {
  const struct wasmrt_module *module = instance->module;
  struct wasmrt_runtime *runtime = instance->runtime;
  leave_memory(instance);
  for (uint32_t i = 0; i < module->memory_count - module->memory_import_count; i++) {
    wasmrt_memory_destroy(&runtime->memories[i]);
  }
  for (uint32_t i = 0; i < module->table_count - module->table_import_count; i++) {
    wasmrt_table_destroy(&runtime->tables[i]);
  }
  if (runtime->is_registered) {
    wasmrt_range_remove(&wasmrt_text_ranges, module);
  }
  const size_t size = runtime->block_size;
  munmap(block_of(instance), size);
}

void wasmrt_instance_discard(struct wasmrt_instance *instance) {
  const bool is_static = (instance->module->flags & WASMRT_MODULE_STATIC) != 0;
  wasmrt_instance_destroy(instance);
  if (is_static) {
    instance->module = NULL;
    instance->memory = NULL;
  }
}
