/*
 * The module as a whole (spec 3.4): index ranges, limits, constant expressions, exports, start; then every
 * body. Each rule that does not need an instruction stands here. The parts before the bodies stop at the
 * first error, since later parts rely on earlier ones.
 */
#include "rules.h"

#include <inttypes.h>
#include <stdlib.h>

static bool fail_unknown(struct checker *c, const char *what, uint32_t index) {
  return check_fail(c, "unknown %s %" PRIu32, what, index);
}

bool check_has_func(struct checker *c, uint32_t index) {
  return index < c->module->func_count || fail_unknown(c, "function", index);
}

bool check_has_table(struct checker *c, uint32_t index) {
  return index < c->module->table_count || fail_unknown(c, "table", index);
}

bool check_has_memory(struct checker *c, uint32_t index) {
  return index < c->module->memory_count || fail_unknown(c, "memory", index);
}

bool check_has_global(struct checker *c, uint32_t index) {
  return index < c->module->global_count || fail_unknown(c, "global", index);
}

bool check_has_element(struct checker *c, uint32_t index) {
  return index < c->module->element_count || fail_unknown(c, "element segment", index);
}

bool check_has_data(struct checker *c, uint32_t index) {
  if (!c->module->has_data_count) {
    /* Bodies come before the segments, and are read in one pass only with the count known (spec 5.5.16). */
    return check_fail_as(c, DIAG_MALFORMED, "data count section required");
  }
  return index < c->module->data_count || fail_unknown(c, "data segment", index);
}

wasm_type check_address_type(const struct wasm_limits *limits) {
  return limits->is_64 ? WASM_I64 : WASM_I32;
}

static bool check_limits(struct checker *c, const struct wasm_limits *limits) {
  return !limits->has_max || limits->min <= limits->max ||
         check_fail(c, "size minimum must not be greater than maximum: %" PRIu64 " > %" PRIu64, limits->min,
                    limits->max);
}

static bool check_table(struct checker *c, const struct wasm_table *table) {
  const struct wasm_limits *limits = &table->limits;
  c->insn.offset = table->offset;
  if (!limits->is_64 && (limits->min > UINT32_MAX || (limits->has_max && limits->max > UINT32_MAX))) {
    return check_fail(c, "table size must be at most 2^32-1");
  }
  if (!check_value_type(c, table->type) || !check_limits(c, limits)) {
    return false;
  }
  if (table->has_init) { /* tables come before the module's own globals */
    return check_constant(c, &table->init, table->type, c->module->global_import_count);
  }
  return table->is_import || wasm_is_defaultable(table->type) ||
         check_fail(c, "type mismatch: a table of %s needs an initial value",
                    wasm_type_name(table->type).text);
}

static bool check_memory(struct checker *c, const struct wasm_memory *memory) {
  const struct wasm_limits *limits = &memory->limits;
  c->insn.offset = memory->offset;
  if (memory->page_log2 != 16 && memory->page_log2 != 0) {
    return check_fail(c, "invalid custom page size: 2^%" PRIu32 " bytes", memory->page_log2);
  }
  /* The whole address space; with one-byte pages the size itself has to be an address. */
  unsigned bits = (limits->is_64 ? 64 : 32) - memory->page_log2;
  uint64_t most = memory->page_log2 > 0 ? UINT64_C(1) << bits : limits->is_64 ? UINT64_MAX : UINT32_MAX;
  if (limits->min > most || (limits->has_max && limits->max > most)) {
    return check_fail(c, "memory size must be at most %" PRIu64 " pages%s", most,
                      most == 65536 ? " (4GiB)" : "");
  }
  if (limits->is_shared && !limits->has_max) {
    return check_fail(c, "shared memory must have maximum");
  }
  return check_limits(c, limits);
}

static bool check_tables_and_memories(struct checker *c) {
  const struct wasm_module *module = c->module;
  for (uint32_t i = 0; i < module->table_count; i++) {
    if (!check_table(c, &module->tables[i]) || (i > 0 && !check_need(c, WASM_FEATURE_REFERENCE_TYPES))) {
      return false;
    }
  }
  for (uint32_t i = 0; i < module->memory_count; i++) {
    if (!check_memory(c, &module->memories[i]) || (i > 0 && !check_need(c, WASM_FEATURE_MULTI_MEMORY))) {
      return false;
    }
  }
  return true;
}

static bool check_functions(struct checker *c) {
  const struct wasm_module *module = c->module;
  for (uint32_t i = 0; i < module->func_count; i++) {
    c->insn.offset = module->funcs[i].offset;
    if (!check_has_func_type(c, module->funcs[i].type)) {
      return false;
    }
  }
  return true;
}

static bool check_globals(struct checker *c) {
  const struct wasm_module *module = c->module;
  for (uint32_t i = 0; i < module->global_count; i++) {
    const struct wasm_global *global = &module->globals[i];
    c->insn.offset = global->offset;
    if (!check_value_type(c, global->type)) {
      return false;
    }
    if (!global->is_import && !check_constant(c, &global->init, global->type, i)) {
      return false;
    }
  }
  return true;
}

static bool check_element(struct checker *c, const struct wasm_element *element) {
  const struct wasm_module *module = c->module;
  c->insn.offset = element->offset;
  if (!check_value_type(c, element->type)) {
    return false;
  }
  if (element->mode == WASM_SEGMENT_ACTIVE) {
    if (!check_has_table(c, element->table)) {
      return false;
    }
    const struct wasm_table *table = &module->tables[element->table];
    if (!wasm_type_matches(module, element->type, table->type)) {
      return check_fail(c, "type mismatch in element segment: expected %s, found %s",
                        wasm_type_name(table->type).text, wasm_type_name(element->type).text);
    }
    if (!check_constant(c, &element->start, check_address_type(&table->limits), module->global_count)) {
      return false;
    }
  }
  for (uint32_t i = 0; i < element->count && element->funcs != NULL; i++) {
    if (!check_has_func(c, element->funcs[i])) {
      return false;
    }
    module->funcs[element->funcs[i]].is_declared = true;
  }
  for (uint32_t i = 0; i < element->count && element->exprs != NULL; i++) {
    if (!check_constant(c, &element->exprs[i], element->type, module->global_count)) {
      return false;
    }
  }
  return true;
}

static bool check_segments(struct checker *c) {
  const struct wasm_module *module = c->module;
  for (uint32_t i = 0; i < module->element_count; i++) {
    if (!check_element(c, &module->elements[i])) {
      return false;
    }
  }
  for (uint32_t i = 0; i < module->data_count; i++) {
    const struct wasm_data *data = &module->data[i];
    c->insn.offset = data->offset;
    if (data->mode != WASM_SEGMENT_ACTIVE) {
      continue;
    }
    if (!check_has_memory(c, data->memory) ||
        !check_constant(c, &data->start, check_address_type(&module->memories[data->memory].limits),
                        module->global_count)) {
      return false;
    }
  }
  return true;
}

/* By name, then by place, so that the later of two is the one reported. */
static int compare_exports(const void *left, const void *right) {
  const struct wasm_export *a = *(const struct wasm_export *const *)left;
  const struct wasm_export *b = *(const struct wasm_export *const *)right;
  if (a->name.size != b->name.size) {
    return a->name.size < b->name.size ? -1 : 1;
  }
  int order = a->name.size == 0 ? 0 : memcmp(a->name.data, b->name.data, a->name.size);
  return order != 0 ? order : a->offset < b->offset ? -1 : 1;
}

static bool check_export_names(struct checker *c) {
  const struct wasm_module *module = c->module;
  /* Sorting rather than hashing: no input makes it slow. */
  const struct wasm_export **sorted =
      ARENA_ARRAY(&c->scratch, const struct wasm_export *, module->export_count);
  for (uint32_t i = 0; i < module->export_count; i++) {
    sorted[i] = &module->exports[i];
  }
  qsort(sorted, module->export_count, sizeof *sorted, compare_exports);
  for (uint32_t i = 1; i < module->export_count; i++) {
    if (slice_equal(sorted[i - 1]->name, sorted[i]->name)) {
      c->insn.offset = sorted[i]->offset;
      int shown = sorted[i]->name.size < 100 ? (int)sorted[i]->name.size : 100;
      return check_fail(c, "duplicate export name \"%.*s\"", shown, (const char *)sorted[i]->name.data);
    }
  }
  return true;
}

static bool check_exports(struct checker *c) {
  const struct wasm_module *module = c->module;
  for (uint32_t i = 0; i < module->export_count; i++) {
    const struct wasm_export *export = &module->exports[i];
    bool is_known = false;
    c->insn.offset = export->offset;
    switch (export->kind) {
    case WASM_EXTERN_FUNC:
      is_known = check_has_func(c, export->index);
      break;
    case WASM_EXTERN_TABLE:
      is_known = check_has_table(c, export->index);
      break;
    case WASM_EXTERN_MEMORY:
      is_known = check_has_memory(c, export->index);
      break;
    case WASM_EXTERN_GLOBAL:
      is_known = check_has_global(c, export->index);
      break;
    case WASM_EXTERN_TAG: /* refused by the decoder */
      break;
    }
    if (!is_known) {
      return false;
    }
    if (export->kind == WASM_EXTERN_FUNC) {
      module->funcs[export->index].is_declared = true;
    }
    if (export->kind == WASM_EXTERN_GLOBAL && module->globals[export->index].is_mutable &&
        !check_need(c, WASM_FEATURE_MUTABLE_GLOBALS)) {
      return false;
    }
  }
  return module->export_count < 2 || check_export_names(c);
}

static bool check_start(struct checker *c) {
  const struct wasm_module *module = c->module;
  if (module->start == WASM_NO_INDEX) {
    return true;
  }
  c->insn.offset = module->start_offset;
  if (!check_has_func(c, module->start)) {
    return false;
  }
  const struct wasm_func_type *type = wasm_func_type_of(module, module->start);
  if (type->param_count != 0 || type->result_count != 0) {
    return check_fail(c, "start function: expected type () -> (), found %s",
                      wasm_func_type_print(&c->scratch, type));
  }
  return true;
}

static bool check_bodies(struct checker *c) {
  bool is_valid = true;
  for (uint32_t i = c->module->func_import_count; i < c->module->func_count; i++) {
    if (!check_function(c, i)) {
      is_valid = false;
    }
  }
  return is_valid;
}

bool check_module(struct wasm_module *module, wasm_features features, struct arena *arena,
                  struct diag_sink *sink) {
  (void)arena;
  struct checker c = {
      .module = module,
      .features = features & wasm_features_checked(),
      .sink = sink,
      .function = DIAG_NO_FUNCTION,
  };
  bool is_valid = check_types(&c) && check_functions(&c) && check_globals(&c) &&
                  check_tables_and_memories(&c) && check_exports(&c) && check_start(&c) &&
                  check_segments(&c) && check_bodies(&c);
  module->used |= c.used;
  check_free_stacks(&c);
  return is_valid;
}
