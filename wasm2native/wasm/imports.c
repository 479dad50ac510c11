/* The import and export sections (spec 5.5.5, 5.5.10). */
#include "sections.h"

/* How many imports of each kind there are, from a first pass over the section. */
struct counts {
  uint32_t of[WASM_EXTERN_TAG + 1];
};

/* Reads one import; its description goes into the module's arrays if these exist. */
static void decode_import(struct wasm_decoder *d, struct wasm_import *import, struct counts *counts,
                          bool store) {
  struct wasm_module *module = d->module;
  import->offset = wasm_reader_offset(&d->r);
  import->module = wasm_read_name(&d->r);
  import->name = wasm_read_name(&d->r);
  size_t offset = wasm_reader_offset(&d->r);
  uint8_t kind = wasm_read_u8(&d->r);
  if (kind == WASM_EXTERN_TAG) {
    wasm_reader_needs(&d->r, offset, WASM_FEATURE_EXCEPTIONS);
  } else if (import->name.size == 0 && (kind == 0x7e || kind == 0x7f)) { /* imports that share the module */
    wasm_reader_needs(&d->r, offset, WASM_FEATURE_COMPACT_IMPORTS);
  } else if (kind > WASM_EXTERN_TAG) {
    wasm_reader_fail_at(&d->r, offset, "malformed import kind");
  }
  if (wasm_reader_failed(&d->r)) {
    return;
  }
  import->kind = (enum wasm_extern_kind)kind;
  import->index = counts->of[kind]++;
  if (kind == WASM_EXTERN_FUNC) {
    struct wasm_func func = {.offset = wasm_reader_offset(&d->r), .is_import = true};
    func.type = wasm_read_u32(&d->r);
    if (store) {
      module->funcs[import->index] = func;
    }
  } else if (kind == WASM_EXTERN_TABLE) {
    struct wasm_table table = wasm_decoder_table(d);
    table.is_import = true;
    if (store) {
      module->tables[import->index] = table;
    }
  } else if (kind == WASM_EXTERN_MEMORY) {
    struct wasm_memory memory = wasm_decoder_memory(d);
    memory.is_import = true;
    if (store) {
      module->memories[import->index] = memory;
    }
  } else {
    struct wasm_global global = wasm_decoder_global(d);
    global.is_import = true;
    if (global.is_mutable) {
      wasm_decoder_use(d, WASM_FEATURE_MUTABLE_GLOBALS, global.offset);
    }
    if (store) {
      module->globals[import->index] = global;
    }
  }
}

/* Allocates the start of each index space: an import of each kind has its place there. */
static void allocate(struct wasm_decoder *d, const struct counts *counts) {
  struct wasm_module *module = d->module;
  size_t offset = wasm_reader_offset(&d->r);
  wasm_decoder_limit(d, offset, counts->of[WASM_EXTERN_TABLE], WASM_MAX_TABLES, "tables");
  wasm_decoder_limit(d, offset, counts->of[WASM_EXTERN_MEMORY], WASM_MAX_MEMORIES, "memories");
  module->func_count = module->func_import_count = counts->of[WASM_EXTERN_FUNC];
  module->table_count = module->table_import_count = counts->of[WASM_EXTERN_TABLE];
  module->memory_count = module->memory_import_count = counts->of[WASM_EXTERN_MEMORY];
  module->global_count = module->global_import_count = counts->of[WASM_EXTERN_GLOBAL];
  module->funcs = ARENA_ARRAY(d->arena, struct wasm_func, module->func_count);
  module->tables = ARENA_ARRAY(d->arena, struct wasm_table, module->table_count);
  module->memories = ARENA_ARRAY(d->arena, struct wasm_memory, module->memory_count);
  module->globals = ARENA_ARRAY(d->arena, struct wasm_global, module->global_count);
  for (unsigned kind = 0; kind < WASM_EXTERN_TAG; kind++) {
    module->import_places[kind] = ARENA_ARRAY(d->arena, uint32_t, counts->of[kind]);
  }
}

void wasm_decode_imports(struct wasm_decoder *d) {
  struct wasm_module *module = d->module;
  uint32_t count = wasm_decoder_count(d, 4, WASM_MAX_IMPORTS, "imports");
  module->imports = ARENA_ARRAY(d->arena, struct wasm_import, count);
  struct wasm_reader start = d->r;
  struct counts counts = {{0}};
  for (uint32_t i = 0; i < count && !wasm_reader_failed(&d->r); i++) {
    decode_import(d, &module->imports[i], &counts, false);
  }
  allocate(d, &counts);
  if (wasm_reader_failed(&d->r)) {
    return;
  }
  d->r = start;
  counts = (struct counts){{0}};
  for (uint32_t i = 0; i < count; i++) {
    decode_import(d, &module->imports[i], &counts, true);
    module->import_places[module->imports[i].kind][module->imports[i].index] = i;
  }
  module->import_count = count;
}

void wasm_decode_exports(struct wasm_decoder *d) {
  struct wasm_module *module = d->module;
  uint32_t count = wasm_decoder_count(d, 3, WASM_MAX_EXPORTS, "exports");
  module->exports = ARENA_ARRAY(d->arena, struct wasm_export, count);
  for (uint32_t i = 0; i < count && !wasm_reader_failed(&d->r); i++) {
    struct wasm_export *export = &module->exports[i];
    export->offset = wasm_reader_offset(&d->r);
    export->name = wasm_read_name(&d->r);
    size_t offset = wasm_reader_offset(&d->r);
    uint8_t kind = wasm_read_u8(&d->r);
    if (kind == WASM_EXTERN_TAG) {
      wasm_reader_needs(&d->r, offset, WASM_FEATURE_EXCEPTIONS);
    } else if (kind > WASM_EXTERN_TAG) {
      wasm_reader_fail_at(&d->r, offset, "malformed export kind");
    }
    export->kind = (enum wasm_extern_kind)kind;
    export->index = wasm_read_u32(&d->r);
  }
  module->export_count = count;
}

const struct wasm_import *wasm_import_of(const struct wasm_module *module, enum wasm_extern_kind kind,
                                         uint32_t index) {
  return &module->imports[module->import_places[kind][index]];
}
