/*
 * Modules and instructions as text for people. A module may be shown before it is validated, so indices are
 * looked at before they are followed.
 */
#include "dump.h"

#include <inttypes.h>

#include "diag.h"

static const char *section_name(unsigned id) {
  static const char *const names[] = {"custom", "type",   "import",     "function", "table",
                                      "memory", "global", "export",     "start",    "element",
                                      "code",   "data",   "data count", "tag"};
  return id < sizeof names / sizeof names[0] ? names[id] : "?";
}

static const char *kind_name(enum wasm_extern_kind kind) {
  static const char *const names[] = {"func", "table", "memory", "global", "tag"};
  return names[kind];
}

static void print_name(FILE *stream, struct slice name) {
  putc('"', stream);
  diag_print_escaped(stream, name);
  putc('"', stream);
}

static void print_types(FILE *stream, const wasm_type *types, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    fprintf(stream, "%s%s", i > 0 ? ", " : "", wasm_type_name(types[i]).text);
  }
}

static void print_func_type(FILE *stream, const struct wasm_func_type *type) {
  putc('(', stream);
  print_types(stream, type->params, type->param_count);
  fputs(type->result_count == 1 ? ") -> " : ") -> (", stream);
  print_types(stream, type->results, type->result_count);
  fputs(type->result_count == 1 ? "" : ")", stream);
}

/* The type of a function. */
static void print_type_of(FILE *stream, const struct wasm_module *module, uint32_t index) {
  if (index >= module->type_count || module->types[index].kind != WASM_TYPE_FUNC) {
    fprintf(stream, "unknown type %" PRIu32, index);
  } else {
    print_func_type(stream, wasm_func_type_at(module, index));
  }
}

static void print_fields(FILE *stream, const struct wasm_struct_type *type) {
  putc('{', stream);
  for (uint32_t i = 0; i < type->field_count; i++) {
    fprintf(stream, "%s%s%s", i > 0 ? ", " : "", type->fields[i].is_mutable ? "mut " : "",
            wasm_type_name(type->fields[i].type).text);
  }
  putc('}', stream);
}

/* "type 2 of 1..2: open, sub 0, struct {i32, mut i8}": of a group of several, not final, with a supertype. */
static void print_type_def(FILE *stream, const struct wasm_type_def *def, uint32_t index) {
  fprintf(stream, "  type %" PRIu32, index);
  if (def->group_size > 1) {
    fprintf(stream, " of %" PRIu32 "..%" PRIu32, def->group_first, def->group_first + def->group_size - 1);
  }
  fputs(def->is_final ? ": " : ": open, ", stream);
  if (def->super != WASM_NO_INDEX) {
    fprintf(stream, "sub %" PRIu32 ", ", def->super);
  }
  if (def->kind == WASM_TYPE_FUNC) {
    print_func_type(stream, &def->func);
  } else {
    fputs(def->kind == WASM_TYPE_STRUCT ? "struct " : "array ", stream);
    print_fields(stream, &def->fields);
  }
  putc('\n', stream);
}

/* The definitions of modules that name them in other types. */
static void dump_types(FILE *stream, const struct wasm_module *module) {
  if ((module->used & WASM_FEATURE_BIT(WASM_FEATURE_FUNCTION_REFERENCES)) == 0) {
    return;
  }
  fprintf(stream, "types: %" PRIu32 "\n", module->type_count);
  for (uint32_t i = 0; i < module->type_count; i++) {
    print_type_def(stream, &module->types[i], i);
  }
}

static void print_limits(FILE *stream, const struct wasm_limits *limits) {
  fprintf(stream, "%s%s%" PRIu64 "..", limits->is_64 ? "64-bit " : "", limits->is_shared ? "shared " : "",
          limits->min);
  if (limits->has_max) {
    fprintf(stream, "%" PRIu64, limits->max);
  }
}

static void print_table(FILE *stream, const struct wasm_table *table) {
  print_limits(stream, &table->limits);
  fprintf(stream, " %s", wasm_type_name(table->type).text);
}

static void print_memory(FILE *stream, const struct wasm_memory *memory) {
  print_limits(stream, &memory->limits);
  fprintf(stream, " pages of %" PRIu64 " bytes", UINT64_C(1) << memory->page_log2);
}

static void print_global(FILE *stream, const struct wasm_global *global) {
  fprintf(stream, "%s%s", global->is_mutable ? "mut " : "", wasm_type_name(global->type).text);
}

/* The type of what an import or export names. */
static void print_extern_type(FILE *stream, const struct wasm_module *module, enum wasm_extern_kind kind,
                              uint32_t index) {
  if (kind == WASM_EXTERN_FUNC && index < module->func_count) {
    print_type_of(stream, module, module->funcs[index].type);
  } else if (kind == WASM_EXTERN_TABLE && index < module->table_count) {
    print_table(stream, &module->tables[index]);
  } else if (kind == WASM_EXTERN_MEMORY && index < module->memory_count) {
    print_memory(stream, &module->memories[index]);
  } else if (kind == WASM_EXTERN_GLOBAL && index < module->global_count) {
    print_global(stream, &module->globals[index]);
  } else {
    fputs("unknown", stream);
  }
}

static void dump_sections(FILE *stream, const struct wasm_module *module) {
  fprintf(stream, "sections: %" PRIu32 "\n", module->section_count);
  uint32_t custom = 0;
  for (uint32_t i = 0; i < module->section_count; i++) {
    const struct wasm_section *section = &module->sections[i];
    fprintf(stream, "  0x%08zx %-10s %zu bytes", section->offset, section_name(section->id), section->size);
    if (section->id == 0) {
      putc(' ', stream);
      print_name(stream, module->customs[custom++].name);
    }
    putc('\n', stream);
  }
}

static void dump_imports(FILE *stream, const struct wasm_module *module) {
  fprintf(stream, "imports: %" PRIu32 "\n", module->import_count);
  for (uint32_t i = 0; i < module->import_count; i++) {
    const struct wasm_import *import = &module->imports[i];
    fprintf(stream, "  %s %" PRIu32 " ", kind_name(import->kind), import->index);
    print_name(stream, import->module);
    putc(' ', stream);
    print_name(stream, import->name);
    fputs(": ", stream);
    print_extern_type(stream, module, import->kind, import->index);
    putc('\n', stream);
  }
}

static void dump_exports(FILE *stream, const struct wasm_module *module) {
  fprintf(stream, "exports: %" PRIu32 "\n", module->export_count);
  for (uint32_t i = 0; i < module->export_count; i++) {
    const struct wasm_export *export = &module->exports[i];
    fprintf(stream, "  %s %" PRIu32 " ", kind_name(export->kind), export->index);
    print_name(stream, export->name);
    fputs(": ", stream);
    print_extern_type(stream, module, export->kind, export->index);
    putc('\n', stream);
  }
}

static void dump_definitions(FILE *stream, const struct wasm_module *module) {
  fprintf(stream, "functions: %" PRIu32 "\n", module->func_count);
  fprintf(stream, "tables: %" PRIu32 "\n", module->table_count);
  for (uint32_t i = 0; i < module->table_count; i++) {
    fprintf(stream, "  table %" PRIu32 ": ", i);
    print_table(stream, &module->tables[i]);
    putc('\n', stream);
  }
  fprintf(stream, "memories: %" PRIu32 "\n", module->memory_count);
  for (uint32_t i = 0; i < module->memory_count; i++) {
    fprintf(stream, "  memory %" PRIu32 ": ", i);
    print_memory(stream, &module->memories[i]);
    putc('\n', stream);
  }
  fprintf(stream, "globals: %" PRIu32 "\n", module->global_count);
  for (uint32_t i = 0; i < module->global_count; i++) {
    fprintf(stream, "  global %" PRIu32 ": ", i);
    print_global(stream, &module->globals[i]);
    putc('\n', stream);
  }
  fprintf(stream, "element segments: %" PRIu32 "\n", module->element_count);
  fprintf(stream, "data segments: %" PRIu32 "\n", module->data_count);
}

void wasm_module_dump(FILE *stream, const struct wasm_module *module) {
  fputs("module", stream);
  if (module->name.size > 0) {
    putc(' ', stream);
    print_name(stream, module->name);
  }
  fprintf(stream, ": %zu bytes\nfeatures:", module->bytes.size);
  for (unsigned i = 0; i < WASM_FEATURE_COUNT; i++) {
    if ((module->used & WASM_FEATURE_BIT(i)) != 0) {
      fprintf(stream, " %s", wasm_feature_name((enum wasm_feature)i));
    }
  }
  putc('\n', stream);
  dump_sections(stream, module);
  dump_types(stream, module);
  dump_imports(stream, module);
  dump_exports(stream, module);
  dump_definitions(stream, module);
  if (module->start != WASM_NO_INDEX) {
    fprintf(stream, "start: func %" PRIu32, module->start);
    if (module->start < module->func_count && module->funcs[module->start].name.size > 0) {
      putc(' ', stream);
      print_name(stream, module->funcs[module->start].name);
    }
    putc('\n', stream);
  }
}

/* Floats as the text format has them: hexadecimal, and NaNs with their payload. */
static void print_float(FILE *stream, double value, uint64_t payload, bool is_negative) {
  if (value != value) {
    fprintf(stream, " %snan:0x%" PRIx64, is_negative ? "-" : "", payload);
  } else {
    fprintf(stream, " %a", value);
  }
}

static void print_f32(FILE *stream, uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  print_float(stream, (double)value, bits & 0x7fffff, bits >> 31 != 0);
}

static void print_f64(FILE *stream, uint64_t bits) {
  double value;
  memcpy(&value, &bits, sizeof value);
  print_float(stream, value, bits & UINT64_C(0xfffffffffffff), bits >> 63 != 0);
}

static void print_block(FILE *stream, struct wasm_block_type block) {
  if (block.form == WASM_BLOCK_TYPE) {
    fprintf(stream, " (type %" PRIu32 ")", block.type);
  } else if (block.form == WASM_BLOCK_VALUE) {
    fprintf(stream, " (result %s)", wasm_type_name(block.type).text);
  }
}

static void print_memarg(FILE *stream, const struct wasm_insn *insn) {
  if (insn->imm.mem.memory != 0) {
    fprintf(stream, " %" PRIu32, insn->imm.mem.memory);
  }
  if (insn->imm.mem.offset != 0) {
    fprintf(stream, " offset=%" PRIu64, insn->imm.mem.offset);
  }
  if (insn->imm.mem.align != wasm_insn_info(insn)->n) {
    fprintf(stream, " align=%" PRIu64, UINT64_C(1) << insn->imm.mem.align);
  }
}

static void print_bytes(FILE *stream, const uint8_t *bytes, size_t size) {
  for (size_t i = 0; i < size; i++) {
    fprintf(stream, " %d", bytes[i]);
  }
}

static void print_labels(FILE *stream, const struct wasm_insn *insn) {
  for (uint32_t i = 0; i <= insn->imm.labels.count; i++) {
    fprintf(stream, " %" PRIu32, insn->imm.labels.labels[i]);
  }
}

void wasm_insn_print(FILE *stream, const struct wasm_insn *insn) {
  const struct wasm_opcode_info *info = wasm_insn_info(insn);
  fputs(info->text, stream);
  switch ((enum wasm_imm)info->imm) {
  case WASM_IMM_NONE:
  case WASM_IMM_FENCE:
    break;
  case WASM_IMM_BLOCK:
    print_block(stream, insn->imm.block);
    break;
  case WASM_IMM_LABELS:
    print_labels(stream, insn);
    break;
  case WASM_IMM_CALL_INDIRECT:
    fprintf(stream, " %" PRIu32 " (type %" PRIu32 ")", insn->imm.pair.second, insn->imm.pair.first);
    break;
  case WASM_IMM_TABLE_TABLE:
  case WASM_IMM_MEMORY_MEMORY:
  case WASM_IMM_TYPE_FIELD:
  case WASM_IMM_TYPE_U32:
  case WASM_IMM_TYPE_DATA:
  case WASM_IMM_TYPE_ELEM:
  case WASM_IMM_TYPE_TYPE:
    fprintf(stream, " %" PRIu32 " %" PRIu32, insn->imm.pair.first, insn->imm.pair.second);
    break;
  case WASM_IMM_ELEM_TABLE:
  case WASM_IMM_DATA_MEMORY: /* the text has the segment last */
    fprintf(stream, " %" PRIu32 " %" PRIu32, insn->imm.pair.second, insn->imm.pair.first);
    break;
  case WASM_IMM_MEMARG:
    print_memarg(stream, insn);
    break;
  case WASM_IMM_MEMARG_LANE:
    print_memarg(stream, insn);
    fprintf(stream, " %d", insn->imm.mem.lane);
    break;
  case WASM_IMM_I32:
    fprintf(stream, " %" PRId32, (int32_t)insn->imm.i32);
    break;
  case WASM_IMM_I64:
    fprintf(stream, " %" PRId64, (int64_t)insn->imm.i64);
    break;
  case WASM_IMM_F32:
    print_f32(stream, insn->imm.i32);
    break;
  case WASM_IMM_F64:
    print_f64(stream, insn->imm.i64);
    break;
  case WASM_IMM_V128:
    fputs(" i8x16", stream);
    print_bytes(stream, insn->imm.v128, sizeof insn->imm.v128);
    break;
  case WASM_IMM_LANES16:
    print_bytes(stream, insn->imm.v128, sizeof insn->imm.v128);
    break;
  case WASM_IMM_LANE:
    fprintf(stream, " %d", insn->imm.lane);
    break;
  case WASM_IMM_SELECT:
    fputs(" (result ", stream);
    print_types(stream, insn->imm.select.types, insn->imm.select.count);
    putc(')', stream);
    break;
  case WASM_IMM_HEAP_TYPE:
    if (insn->opcode == WASM_OP_REF_NULL) {
      fprintf(stream, " %s", wasm_heap_name(wasm_heap_of(insn->imm.type)).text);
    } else {
      fprintf(stream, " %s", wasm_type_name(insn->imm.type).text);
    }
    break;
  case WASM_IMM_BR_ON_CAST:
    fprintf(stream, " %" PRIu32 " %s %s", insn->imm.cast.label, wasm_type_name(insn->imm.cast.from).text,
            wasm_type_name(insn->imm.cast.to).text);
    break;
  default:
    fprintf(stream, " %" PRIu32, insn->imm.index);
  }
}
