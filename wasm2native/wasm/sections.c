/*
 * From bytes to struct wasm_module: the frame of the module, and the sections that define functions,
 * tables, memories and globals (spec 5.5). typesection.c, imports.c, segments.c, bodies.c and names.c read
 * the others. Function bodies are delimited only; the validator decodes their instructions.
 */
#include "sections.h"

#include <inttypes.h>

void wasm_decoder_use(struct wasm_decoder *d, enum wasm_feature feature, size_t offset) {
  if ((d->features & WASM_FEATURE_BIT(feature)) == 0) {
    wasm_reader_needs(&d->r, offset, feature);
  } else {
    d->module->used |= WASM_FEATURE_BIT(feature);
  }
}

void wasm_decoder_limit(struct wasm_decoder *d, size_t offset, uint64_t count, uint32_t limit,
                        const char *what) {
  if (count > limit) {
    const char *message =
        arena_printf(d->arena, "too many %s: %" PRIu64 ", the limit is %" PRIu32, what, count, limit);
    wasm_reader_fail_as(&d->r, DIAG_UNSUPPORTED, offset, message);
  }
}

uint32_t wasm_decoder_count(struct wasm_decoder *d, size_t min_size, uint32_t limit, const char *what) {
  size_t offset = wasm_reader_offset(&d->r);
  uint32_t count = wasm_read_count(&d->r, min_size);
  wasm_decoder_limit(d, offset, count, limit, what);
  return wasm_reader_failed(&d->r) ? 0 : count;
}

void wasm_decoder_use_gc_types(struct wasm_decoder *d, size_t offset) {
  wasm_decoder_use(d, WASM_FEATURE_FUNCTION_REFERENCES, offset);
  d->module->used |= WASM_FEATURE_BIT(WASM_FEATURE_GC);
}

wasm_type wasm_decoder_value_type(struct wasm_decoder *d) {
  return wasm_read_value_type(&d->r, d->features, &d->module->used);
}

wasm_type wasm_decoder_element_type(struct wasm_decoder *d) {
  if (d->r.at != d->r.end && *d->r.at == (WASM_HEAP_FUNC & 0xff)) {
    d->r.at++;
    return WASM_FUNCREF; /* tables had this type from the beginning, when it was none of values */
  }
  return wasm_read_ref_type(&d->r, d->features, &d->module->used);
}

bool wasm_decoder_mutability(struct wasm_decoder *d) {
  uint8_t mutability = wasm_read_u8(&d->r);
  if (mutability > 1) {
    wasm_reader_fail_at(&d->r, wasm_reader_offset(&d->r) - 1, "malformed mutability");
  }
  return mutability == 1;
}

static void decode_function_section(struct wasm_decoder *d) {
  struct wasm_module *module = d->module;
  uint32_t imports = module->func_import_count;
  uint32_t count = wasm_decoder_count(d, 1, WASM_MAX_FUNCS - imports, "functions");
  struct wasm_func *funcs = ARENA_ARRAY(d->arena, struct wasm_func, (size_t)imports + count);
  if (imports > 0) {
    memcpy(funcs, module->funcs, imports * sizeof *funcs);
  }
  for (uint32_t i = imports; i < imports + count; i++) {
    funcs[i].offset = wasm_reader_offset(&d->r);
    funcs[i].type = wasm_read_u32(&d->r);
  }
  module->funcs = funcs;
  module->func_count = imports + count;
}

/* A number of pages or elements. More than five bytes use memory64. */
static uint64_t decode_size(struct wasm_decoder *d) {
  size_t start = wasm_reader_offset(&d->r);
  uint64_t size = wasm_read_size(&d->r, (d->features & WASM_FEATURE_BIT(WASM_FEATURE_MEMORY64)) != 0);
  if (wasm_reader_offset(&d->r) - start > 5) {
    d->module->used |= WASM_FEATURE_BIT(WASM_FEATURE_MEMORY64);
  }
  return size;
}

/*
 * Limits (spec 5.3.8) with the flags of the proposals: 1 has a maximum, 2 shared, 4 64-bit addresses, 8 page
 * size, of which `allowed` says which make sense.
 */
static struct wasm_limits decode_limits(struct wasm_decoder *d, uint8_t allowed, uint8_t *flags) {
  size_t offset = wasm_reader_offset(&d->r);
  *flags = wasm_read_u8(&d->r);
  if ((*flags & ~allowed) != 0) {
    wasm_reader_fail_at(&d->r, offset, "malformed limits flags");
  }
  if ((*flags & 2) != 0) {
    wasm_decoder_use(d, WASM_FEATURE_THREADS, offset);
  }
  if ((*flags & 4) != 0) {
    wasm_decoder_use(d, WASM_FEATURE_MEMORY64, offset);
  }
  if ((*flags & 8) != 0) {
    wasm_decoder_use(d, WASM_FEATURE_CUSTOM_PAGE_SIZES, offset);
  }
  struct wasm_limits limits = {
      .has_max = (*flags & 1) != 0,
      .is_shared = (*flags & 2) != 0,
      .is_64 = (*flags & 4) != 0,
  };
  limits.min = decode_size(d);
  limits.max = limits.has_max ? decode_size(d) : 0;
  return limits;
}

struct wasm_table wasm_decoder_table(struct wasm_decoder *d) {
  uint8_t flags;
  struct wasm_table table = {.offset = wasm_reader_offset(&d->r)};
  table.type = wasm_decoder_element_type(d);
  table.limits = decode_limits(d, 1 | 4, &flags);
  return table;
}

struct wasm_memory wasm_decoder_memory(struct wasm_decoder *d) {
  uint8_t flags;
  struct wasm_memory memory = {.offset = wasm_reader_offset(&d->r)};
  memory.limits = decode_limits(d, 1 | 2 | 4 | 8, &flags);
  size_t offset = wasm_reader_offset(&d->r);
  memory.page_log2 = (flags & 8) != 0 ? wasm_read_u32(&d->r) : 16;
  if (memory.page_log2 >= 64) {
    wasm_reader_fail_at(&d->r, offset, "malformed custom page size");
  }
  return memory;
}

struct wasm_global wasm_decoder_global(struct wasm_decoder *d) {
  struct wasm_global global = {.offset = wasm_reader_offset(&d->r)};
  global.type = wasm_decoder_value_type(d);
  global.is_mutable = wasm_decoder_mutability(d);
  return global;
}

static void decode_table_section(struct wasm_decoder *d) {
  struct wasm_module *module = d->module;
  uint32_t imports = module->table_import_count;
  uint32_t count = wasm_decoder_count(d, 3, WASM_MAX_TABLES - imports, "tables");
  struct wasm_table *tables = ARENA_ARRAY(d->arena, struct wasm_table, (size_t)imports + count);
  if (imports > 0) {
    memcpy(tables, module->tables, imports * sizeof *tables);
  }
  for (uint32_t i = imports; i < imports + count && !wasm_reader_failed(&d->r); i++) {
    /* 0x40 0x00 announces an initial value (spec 5.5.7); no reference type begins so. */
    size_t offset = wasm_reader_offset(&d->r);
    bool has_init = d->r.at != d->r.end && *d->r.at == 0x40;
    if (has_init) {
      wasm_decoder_use(d, WASM_FEATURE_FUNCTION_REFERENCES, offset);
      wasm_read_u8(&d->r);
      if (wasm_read_u8(&d->r) != 0) {
        wasm_reader_fail_at(&d->r, offset + 1, "malformed table: zero byte expected");
      }
    }
    tables[i] = wasm_decoder_table(d);
    tables[i].has_init = has_init;
    if (has_init) {
      tables[i].init = wasm_decoder_expr(d);
    }
  }
  module->tables = tables;
  module->table_count = imports + count;
}

static void decode_memory_section(struct wasm_decoder *d) {
  struct wasm_module *module = d->module;
  uint32_t imports = module->memory_import_count;
  uint32_t count = wasm_decoder_count(d, 2, WASM_MAX_MEMORIES - imports, "memories");
  struct wasm_memory *memories = ARENA_ARRAY(d->arena, struct wasm_memory, (size_t)imports + count);
  if (imports > 0) {
    memcpy(memories, module->memories, imports * sizeof *memories);
  }
  for (uint32_t i = imports; i < imports + count && !wasm_reader_failed(&d->r); i++) {
    memories[i] = wasm_decoder_memory(d);
  }
  module->memories = memories;
  module->memory_count = imports + count;
}

struct wasm_expr wasm_decoder_expr(struct wasm_decoder *d) {
  struct wasm_expr expr = {.offset = wasm_reader_offset(&d->r)};
  struct wasm_walk walk = {.reader = d->r, .features = d->features, .arena = d->arena};
  const uint8_t *start = d->r.at;
  const uint8_t *last = start;
  struct wasm_insn insn;
  /* Blocks are no constant instructions, but that makes the module invalid, not malformed. */
  for (uint32_t depth = 1; depth > 0;) {
    last = walk.reader.at;
    if (!wasm_walk_next(&walk, &insn)) {
      wasm_reader_fail(&walk.reader, "unexpected end of constant expression");
      break;
    }
    unsigned kind = wasm_insn_info(&insn)->kind;
    if (kind == WASM_KIND_block || kind == WASM_KIND_loop || kind == WASM_KIND_if_) {
      depth++;
    } else if (kind == WASM_KIND_end) {
      depth--;
    }
  }
  d->r = walk.reader;
  expr.code = (struct slice){start, (size_t)(last - start)};
  return expr;
}

static void decode_global_section(struct wasm_decoder *d) {
  struct wasm_module *module = d->module;
  uint32_t imports = module->global_import_count;
  uint32_t count = wasm_decoder_count(d, 3, WASM_MAX_GLOBALS - imports, "globals");
  struct wasm_global *globals = ARENA_ARRAY(d->arena, struct wasm_global, (size_t)imports + count);
  if (imports > 0) {
    memcpy(globals, module->globals, imports * sizeof *globals);
  }
  for (uint32_t i = imports; i < imports + count && !wasm_reader_failed(&d->r); i++) {
    globals[i] = wasm_decoder_global(d);
    globals[i].init = wasm_decoder_expr(d);
  }
  module->globals = globals;
  module->global_count = imports + count;
}

static void decode_start_section(struct wasm_decoder *d) {
  d->module->start_offset = wasm_reader_offset(&d->r);
  d->module->start = wasm_read_u32(&d->r);
  if (d->module->start == WASM_NO_INDEX) {
    /* The one index that stands for "none" here; no module has so many functions. */
    wasm_reader_fail_as(&d->r, DIAG_INVALID, d->module->start_offset, "unknown start function 4294967295");
  }
}

static void decode_data_count_section(struct wasm_decoder *d) {
  wasm_decoder_use(d, WASM_FEATURE_BULK_MEMORY, wasm_reader_offset(&d->r));
  d->data_count = wasm_read_u32(&d->r);
  d->module->has_data_count = true;
}

static void decode_custom_section(struct wasm_decoder *d) {
  struct wasm_custom *custom = &d->module->customs[d->module->custom_count];
  custom->name = wasm_read_name(&d->r);
  custom->offset = wasm_reader_offset(&d->r);
  custom->bytes = wasm_read_bytes(&d->r, wasm_reader_left(&d->r));
  d->module->custom_count++;
  if (d->name_section.data == NULL && slice_equal(custom->name, slice_of("name"))) {
    d->name_section = custom->bytes;
    d->name_offset = custom->offset;
  } else if (d->hint_section.data == NULL &&
             slice_equal(custom->name, slice_of("metadata.code.branch_hint")) &&
             (d->features & WASM_FEATURE_BIT(WASM_FEATURE_BRANCH_HINTING)) != 0) {
    d->hint_section = custom->bytes;
    d->module->used |= WASM_FEATURE_BIT(WASM_FEATURE_BRANCH_HINTING);
  }
}

static void decode_tag_section(struct wasm_decoder *d) {
  wasm_reader_needs(&d->r, wasm_reader_offset(&d->r), WASM_FEATURE_EXCEPTIONS);
}

/* Sections by id; `rank` is their place in the order that modules have to keep, each at most once
 * (spec 5.5.2). */
static const struct {
  void (*decode)(struct wasm_decoder *d);
  uint8_t rank;
} section_kinds[WASM_SECTION_ID_COUNT] = {
    [WASM_SECTION_CUSTOM] = {decode_custom_section, 0},
    [WASM_SECTION_TYPE] = {wasm_decode_types, 1},
    [WASM_SECTION_IMPORT] = {wasm_decode_imports, 2},
    [WASM_SECTION_FUNCTION] = {decode_function_section, 3},
    [WASM_SECTION_TABLE] = {decode_table_section, 4},
    [WASM_SECTION_MEMORY] = {decode_memory_section, 5},
    [WASM_SECTION_TAG] = {decode_tag_section, 6},
    [WASM_SECTION_GLOBAL] = {decode_global_section, 7},
    [WASM_SECTION_EXPORT] = {wasm_decode_exports, 8},
    [WASM_SECTION_START] = {decode_start_section, 9},
    [WASM_SECTION_ELEMENT] = {wasm_decode_elements, 10},
    [WASM_SECTION_DATA_COUNT] = {decode_data_count_section, 11},
    [WASM_SECTION_CODE] = {wasm_decode_code, 12},
    [WASM_SECTION_DATA] = {wasm_decode_data, 13},
};

/* The header and the frames of all sections, so that arrays can be allocated: d->r is over the whole module.
 */
static void decode_frames(struct wasm_decoder *d, struct wasm_section *sections) {
  struct wasm_reader *r = &d->r;
  struct wasm_module *module = d->module;
  uint8_t rank = 0;
  module->section_count = 0;
  while (!wasm_reader_at_end(r)) {
    size_t at = wasm_reader_offset(r);
    uint8_t id = wasm_read_u8(r);
    if (id >= WASM_SECTION_ID_COUNT) {
      wasm_reader_fail_at(r, at, "malformed section id");
      return;
    }
    if (section_kinds[id].rank != 0 && section_kinds[id].rank <= rank) {
      wasm_reader_fail_at(r, at, "unexpected content after last section: a section out of order or twice");
    }
    rank = section_kinds[id].rank != 0 ? section_kinds[id].rank : rank;
    uint32_t size = wasm_read_u32(r);
    size_t offset = wasm_reader_offset(r);
    if (wasm_reader_left(r) < size) {
      wasm_reader_fail_at(r, at, "length out of bounds: the section is longer than the module");
    }
    wasm_read_bytes(r, size);
    if (sections != NULL) {
      sections[module->section_count] = (struct wasm_section){.id = id, .offset = offset, .size = size};
    }
    module->section_count++;
  }
}

static void decode_header(struct wasm_decoder *d) {
  struct slice bytes = d->module->bytes;
  if (bytes.size > WASM_MAX_MODULE_SIZE) {
    wasm_decoder_limit(d, 0, bytes.size, WASM_MAX_MODULE_SIZE, "bytes in the module");
  } else if (wasm_read_u32_le(&d->r) != UINT32_C(0x6d736100)) {
    wasm_reader_fail_at(&d->r, 0, "magic header not detected: this is no WebAssembly module");
  }
  if (wasm_read_u32_le(&d->r) != 1) {
    wasm_reader_fail_at(&d->r, 4, "unknown binary version");
  }
}

/* What relates sections to each other (spec 5.5.16). */
static void decode_agreement(struct wasm_decoder *d) {
  struct wasm_module *module = d->module;
  if (d->body_count != module->func_count - module->func_import_count) {
    wasm_reader_fail_at(&d->r, d->code_offset, "function and code section have inconsistent lengths");
  }
  if (module->has_data_count && d->data_count != module->data_count) {
    wasm_reader_fail(&d->r, "data count and data section have inconsistent lengths");
  }
}

static void decode_sections(struct wasm_decoder *d) {
  struct wasm_module *module = d->module;
  decode_header(d);
  struct wasm_reader frames = d->r;
  decode_frames(d, NULL);
  wasm_decoder_limit(d, wasm_reader_offset(&frames), module->section_count, WASM_MAX_SECTIONS, "sections");
  if (wasm_reader_failed(&d->r)) {
    return;
  }
  module->sections = ARENA_ARRAY(d->arena, struct wasm_section, module->section_count);
  module->customs = ARENA_ARRAY(d->arena, struct wasm_custom, module->section_count);
  d->r = frames;
  decode_frames(d, module->sections);
  d->code_offset = module->bytes.size;
  for (uint32_t i = 0; i < module->section_count && !wasm_reader_failed(&d->r); i++) {
    const struct wasm_section *section = &module->sections[i];
    struct slice contents = {module->bytes.data + section->offset, section->size};
    d->r = wasm_reader_make(contents, section->offset);
    section_kinds[section->id].decode(d);
    if (!wasm_reader_at_end(&d->r)) {
      wasm_reader_fail(&d->r, "section size mismatch: the section has bytes left over");
    }
  }
  decode_agreement(d);
}

bool wasm_module_decode(struct slice bytes, wasm_features features, struct arena *arena,
                        struct diag_sink *sink, struct wasm_module *module) {
  *module = (struct wasm_module){
      .bytes = bytes, .start = WASM_NO_INDEX, .used = WASM_FEATURE_BIT(WASM_FEATURE_MVP)};
  struct wasm_decoder decoder = {
      .module = module,
      .features = features & wasm_features_checked(),
      .arena = arena,
      .r = wasm_reader_make(bytes, 0),
  };
  decode_sections(&decoder);
  const struct wasm_reader *r = &decoder.r;
  if (wasm_reader_failed(r)) {
    return diag_error_at(sink, r->phase, r->error_offset, DIAG_NO_FUNCTION, (struct slice){NULL, 0}, "%s",
                         r->error);
  }
  wasm_decode_names(module, decoder.name_section, decoder.name_offset);
  wasm_decode_hints(module, decoder.hint_section, arena);
  return true;
}
