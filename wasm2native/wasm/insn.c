/*
 * The instruction decoder (spec 5.4): an opcode, then the immediates that its row of opcodes.def names. Used
 * by the section decoder for constant expressions, by the validator, the lowering and the printer.
 */
#include "insn.h"

struct wasm_walk wasm_walk_make(struct slice code, size_t offset, wasm_features features,
                                struct arena *arena) {
  return (struct wasm_walk){
      .reader = wasm_reader_make(code, offset),
      .features = features & wasm_features_checked(),
      .arena = arena,
  };
}

static bool has_feature(const struct wasm_walk *walk, enum wasm_feature feature) {
  return (walk->features & WASM_FEATURE_BIT(feature)) != 0;
}

/* Block types (spec 5.4.1): 0x40, a value type, or a type index as a non-negative s33. */
static struct wasm_block_type read_block_type(struct wasm_walk *walk) {
  struct wasm_reader *r = &walk->reader;
  if (r->at != r->end && *r->at == 0x40) {
    r->at++;
    return (struct wasm_block_type){WASM_BLOCK_VOID, 0};
  }
  if (r->at != r->end && *r->at > 0x40 && *r->at < 0x80) {
    return (struct wasm_block_type){WASM_BLOCK_VALUE, wasm_read_value_type(r, walk->features, &walk->used)};
  }
  size_t offset = wasm_reader_offset(r);
  int64_t type = wasm_read_s33(r);
  if (type < 0) {
    wasm_reader_fail_at(r, offset, "malformed block type");
  } else if (!has_feature(walk, WASM_FEATURE_MULTI_VALUE)) {
    wasm_reader_needs(r, offset, WASM_FEATURE_MULTI_VALUE);
  }
  return (struct wasm_block_type){WASM_BLOCK_TYPE, (uint32_t)type};
}

static void read_labels(struct wasm_walk *walk, struct wasm_insn *insn) {
  struct wasm_reader *r = &walk->reader;
  uint32_t count = wasm_read_count(r, 1);
  uint32_t *labels = ARENA_ARRAY(walk->arena, uint32_t, (size_t)count + 1);
  for (uint32_t i = 0; i <= count && !wasm_reader_failed(r); i++) {
    labels[i] = wasm_read_u32(r);
  }
  insn->imm.labels.count = count;
  insn->imm.labels.labels = labels;
}

static void read_select_types(struct wasm_walk *walk, struct wasm_insn *insn) {
  struct wasm_reader *r = &walk->reader;
  uint32_t count = wasm_read_count(r, 1);
  wasm_type *types = ARENA_ARRAY(walk->arena, wasm_type, count);
  for (uint32_t i = 0; i < count && !wasm_reader_failed(r); i++) {
    types[i] = wasm_read_value_type(r, walk->features, &walk->used);
  }
  insn->imm.select.count = count;
  insn->imm.select.types = types;
}

/* A table or memory index where the standard before `feature` had a zero byte. */
static uint32_t read_index(struct wasm_walk *walk, enum wasm_feature feature) {
  struct wasm_reader *r = &walk->reader;
  size_t offset = wasm_reader_offset(r);
  if (r->at != r->end && *r->at == 0) {
    r->at++;
    return 0;
  }
  if (!has_feature(walk, feature)) {
    wasm_reader_needs(r, offset, feature);
  }
  walk->used |= WASM_FEATURE_BIT(feature);
  return wasm_read_u32(r);
}

static uint32_t read_table_index(struct wasm_walk *walk) {
  return read_index(walk, WASM_FEATURE_REFERENCE_TYPES);
}

static uint32_t read_memory_index(struct wasm_walk *walk) {
  return read_index(walk, WASM_FEATURE_MULTI_MEMORY);
}

/*
 * Memory arguments (spec 5.4.6): bit 6 of the alignment says that a memory index follows. Whether
 * the offset fits the memory's address type is the validator's question.
 */
static void read_memarg(struct wasm_walk *walk, struct wasm_insn *insn) {
  struct wasm_reader *r = &walk->reader;
  size_t offset = wasm_reader_offset(r);
  uint32_t align = wasm_read_u32(r);
  uint32_t memory = 0;
  if (align >= 0x80) {
    wasm_reader_fail_at(r, offset, "malformed memop flags");
  } else if (align >= 0x40) {
    if (!has_feature(walk, WASM_FEATURE_MULTI_MEMORY)) {
      wasm_reader_needs(r, offset, WASM_FEATURE_MULTI_MEMORY);
    }
    walk->used |= WASM_FEATURE_BIT(WASM_FEATURE_MULTI_MEMORY);
    memory = wasm_read_u32(r);
  }
  insn->imm.mem.align = align & 0x3f;
  insn->imm.mem.memory = memory;
  if (r->at != r->end && *r->at < 0x80) {
    insn->imm.mem.offset = *r->at++;
    return;
  }
  size_t start = wasm_reader_offset(r);
  insn->imm.mem.offset = wasm_read_size(r, has_feature(walk, WASM_FEATURE_MEMORY64));
  walk->used |= wasm_reader_offset(r) - start > 5 ? WASM_FEATURE_BIT(WASM_FEATURE_MEMORY64) : 0;
}

static void read_v128(struct wasm_reader *r, struct wasm_insn *insn) {
  struct slice bytes = wasm_read_bytes(r, sizeof insn->imm.v128);
  memcpy(insn->imm.v128, bytes.data, bytes.size);
}

static void read_pair(struct wasm_reader *r, struct wasm_insn *insn) {
  insn->imm.pair.first = wasm_read_u32(r);
  insn->imm.pair.second = wasm_read_u32(r);
}

/* ref.null, and ref.test and ref.cast, whose opcode says whether null is meant as well (spec 5.4.2). */
static void read_heap_type(struct wasm_walk *walk, struct wasm_insn *insn) {
  wasm_type type = wasm_read_heap_type(&walk->reader, walk->features, &walk->used);
  bool is_nullable = insn->opcode == WASM_OP_REF_NULL || wasm_insn_info(insn)->oper == WASM_OPER_NULL;
  insn->imm.type = is_nullable ? type : WASM_REF(wasm_heap_of(type));
}

/* Flags that say which of the two types are nullable, a label, both heap types. */
static void read_cast(struct wasm_walk *walk, struct wasm_insn *insn) {
  struct wasm_reader *r = &walk->reader;
  size_t offset = wasm_reader_offset(r);
  uint8_t flags = wasm_read_u8(r);
  if (flags > 3) {
    wasm_reader_fail_at(r, offset, "malformed br_on_cast flags");
  }
  insn->imm.cast.label = wasm_read_u32(r);
  uint32_t from = wasm_heap_of(wasm_read_heap_type(r, walk->features, &walk->used));
  uint32_t to = wasm_heap_of(wasm_read_heap_type(r, walk->features, &walk->used));
  insn->imm.cast.from = (flags & 1) != 0 ? WASM_REF_NULL(from) : WASM_REF(from);
  insn->imm.cast.to = (flags & 2) != 0 ? WASM_REF_NULL(to) : WASM_REF(to);
}

/* Immediates that name things, or other parts of the module. */
static void read_indices(struct wasm_walk *walk, enum wasm_imm imm, struct wasm_insn *insn) {
  struct wasm_reader *r = &walk->reader;
  switch (imm) {
  case WASM_IMM_CALL_INDIRECT:
    insn->imm.pair.first = wasm_read_u32(r);
    insn->imm.pair.second = read_table_index(walk);
    break;
  case WASM_IMM_DATA_MEMORY:
    insn->imm.pair.first = wasm_read_u32(r);
    insn->imm.pair.second = read_memory_index(walk);
    break;
  case WASM_IMM_MEMORY_MEMORY:
    insn->imm.pair.first = read_memory_index(walk);
    insn->imm.pair.second = read_memory_index(walk);
    break;
  case WASM_IMM_TABLE_TABLE:
  case WASM_IMM_ELEM_TABLE:
  case WASM_IMM_TYPE_FIELD:
  case WASM_IMM_TYPE_U32:
  case WASM_IMM_TYPE_DATA:
  case WASM_IMM_TYPE_ELEM:
  case WASM_IMM_TYPE_TYPE:
    read_pair(r, insn);
    break;
  case WASM_IMM_MEMORY:
    insn->imm.index = read_memory_index(walk);
    break;
  case WASM_IMM_LABELS:
    read_labels(walk, insn);
    break;
  case WASM_IMM_HEAP_TYPE:
    read_heap_type(walk, insn);
    break;
  case WASM_IMM_BR_ON_CAST:
    read_cast(walk, insn);
    break;
  case WASM_IMM_FENCE:
    if (wasm_read_u8(r) != 0) {
      wasm_reader_fail_at(r, wasm_reader_offset(r) - 1, "zero byte expected");
    }
    break;
  default:
    /* The immediates of exceptions: no feature that wasm_features_checked() holds has them. */
    wasm_reader_fail_at(r, insn->offset, "illegal opcode");
  }
}

static void read_immediates(struct wasm_walk *walk, enum wasm_imm imm, struct wasm_insn *insn) {
  struct wasm_reader *r = &walk->reader;
  switch (imm) {
  case WASM_IMM_NONE:
    break;
  case WASM_IMM_LABEL:
  case WASM_IMM_LOCAL:
  case WASM_IMM_GLOBAL:
  case WASM_IMM_FUNC:
  case WASM_IMM_TYPE:
  case WASM_IMM_TABLE:
  case WASM_IMM_ELEM:
  case WASM_IMM_DATA:
    insn->imm.index = wasm_read_u32(r);
    break;
  case WASM_IMM_BLOCK:
    insn->imm.block = read_block_type(walk);
    break;
  case WASM_IMM_MEMARG:
    read_memarg(walk, insn);
    break;
  case WASM_IMM_MEMARG_LANE:
    read_memarg(walk, insn);
    insn->imm.mem.lane = wasm_read_u8(r);
    break;
  case WASM_IMM_I32:
    insn->imm.i32 = (uint32_t)wasm_read_s32(r);
    break;
  case WASM_IMM_I64:
    insn->imm.i64 = (uint64_t)wasm_read_s64(r);
    break;
  case WASM_IMM_F32:
    insn->imm.i32 = wasm_read_u32_le(r);
    break;
  case WASM_IMM_F64:
    insn->imm.i64 = wasm_read_u64_le(r);
    break;
  case WASM_IMM_V128:
  case WASM_IMM_LANES16:
    read_v128(r, insn);
    break;
  case WASM_IMM_LANE:
    insn->imm.lane = wasm_read_u8(r);
    break;
  case WASM_IMM_SELECT:
    read_select_types(walk, insn);
    break;
  default:
    read_indices(walk, imm, insn);
  }
}

bool wasm_walk_next(struct wasm_walk *walk, struct wasm_insn *insn) {
  struct wasm_reader *r = &walk->reader;
  if (r->at == r->end) {
    return false;
  }
  insn->offset = wasm_reader_offset(r);
  uint8_t prefix = 0;
  uint32_t code = *r->at++;
  if (code >= 0xfb && code <= 0xfe) {
    prefix = (uint8_t)code;
    code = wasm_read_u32(r);
  }
  insn->opcode = wasm_opcode_find(prefix, code);
  if (insn->opcode == WASM_OP_COUNT) {
    wasm_reader_fail_at(r, insn->offset, "illegal opcode");
    return false;
  }
  const struct wasm_opcode_info *info = wasm_insn_info(insn);
  if (!has_feature(walk, (enum wasm_feature)info->feature)) {
    wasm_reader_needs(r, insn->offset, (enum wasm_feature)info->feature);
    return false;
  }
  read_immediates(walk, (enum wasm_imm)info->imm, insn);
  return !wasm_reader_failed(r);
}
