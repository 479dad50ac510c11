/*
 * The instructions that are typed by their row of opcodes.def alone, which are most: the immediate is checked
 * against the module, then the signature against the operands. Spec 3.3.1, 3.3.7, 3.3.9.
 */
#include "rules.h"

#include <inttypes.h>

/* Alignment and offset of an access (spec 3.3.7); atomic accesses are exactly aligned. */
static bool check_memarg(struct checker *c, const struct wasm_opcode_info *info) {
  uint32_t memory = c->insn.imm.mem.memory;
  if (!check_has_memory(c, memory)) {
    return false;
  }
  if (c->insn.imm.mem.align > info->n) {
    return check_fail(
        c, "alignment must not be larger than natural: 2^%" PRIu32 " in %s, whose access has 2^%d bytes",
        c->insn.imm.mem.align, check_text(c), info->n);
  }
  if (info->feature == WASM_FEATURE_THREADS && c->insn.imm.mem.align != info->n) {
    return check_fail(c, "misaligned atomic access: the alignment of %s is 2^%d, found 2^%" PRIu32,
                      check_text(c), info->n, c->insn.imm.mem.align);
  }
  if (!c->module->memories[memory].limits.is_64 && c->insn.imm.mem.offset > UINT32_MAX) {
    return check_fail(c, "offset out of range in %s: %" PRIu64, check_text(c), c->insn.imm.mem.offset);
  }
  return true;
}

static bool check_lane(struct checker *c, unsigned lane, unsigned count) {
  return lane < count ||
         check_fail(c, "invalid lane index %u in %s, which has %u lanes", lane, check_text(c), count);
}

static bool check_shuffle(struct checker *c) {
  for (unsigned i = 0; i < sizeof c->insn.imm.v128; i++) {
    if (!check_lane(c, c->insn.imm.v128[i], 32)) {
      return false;
    }
  }
  return true;
}

/* The immediate; *memory is the memory that it names, if it does. */
static bool check_immediate(struct checker *c, const struct wasm_opcode_info *info, uint32_t *memory) {
  switch (info->imm) {
  case WASM_IMM_MEMARG:
    *memory = c->insn.imm.mem.memory;
    return check_memarg(c, info);
  case WASM_IMM_MEMARG_LANE:
    *memory = c->insn.imm.mem.memory;
    return check_memarg(c, info) && check_lane(c, c->insn.imm.mem.lane, 16u >> info->n);
  case WASM_IMM_MEMORY:
    *memory = c->insn.imm.index;
    return check_has_memory(c, *memory);
  case WASM_IMM_DATA_MEMORY:
    *memory = c->insn.imm.pair.second;
    return check_has_data(c, c->insn.imm.pair.first) && check_has_memory(c, *memory);
  case WASM_IMM_DATA:
    return check_has_data(c, c->insn.imm.index);
  case WASM_IMM_ELEM:
    return check_has_element(c, c->insn.imm.index);
  case WASM_IMM_LANE:
    return check_lane(c, c->insn.imm.lane, info->n);
  case WASM_IMM_LANES16:
    return check_shuffle(c);
  default:
    return true;
  }
}

/* The type that a letter of a signature stands for. */
static wasm_type letter_type(const struct checker *c, char letter, uint32_t memory) {
  switch (letter) {
  case 'i':
    return WASM_I32;
  case 'I':
    return WASM_I64;
  case 'f':
    return WASM_F32;
  case 'F':
    return WASM_F64;
  case 'v':
    return WASM_V128;
  default: /* 'a' */
    return check_address_type(&c->module->memories[memory].limits);
  }
}

bool check_signature(struct checker *c, const struct wasm_opcode_info *info) {
  uint32_t memory = 0;
  if (info->imm != WASM_IMM_NONE && !check_immediate(c, info, &memory)) {
    return false;
  }
  const char *params = info->signature;
  const char *colon = params;
  while (*colon != ':') {
    colon++;
  }
  for (const char *at = colon; at > params; at--) {
    if (!check_pop(c, letter_type(c, at[-1], memory))) {
      return false;
    }
  }
  for (const char *at = colon + 1; *at != '\0'; at++) {
    if (!check_push(c, letter_type(c, *at, memory))) {
      return false;
    }
  }
  return true;
}
