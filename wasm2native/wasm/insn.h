/*
 * Instructions, decoded one at a time (spec 5.4). The validator, the lowering and the printer walk bodies
 * with the same decoder; nothing is kept between them.
 */
#ifndef WASM_INSN_H
#define WASM_INSN_H

#include "module.h"
#include "opcode.h"
#include "reader.h"

/* A block type (spec 5.4.1): nothing, one result, or a function type. */
struct wasm_block_type {
  enum { WASM_BLOCK_VOID, WASM_BLOCK_VALUE, WASM_BLOCK_TYPE } form;
  uint32_t type; /* wasm_type for VALUE, type index for TYPE */
};

struct wasm_insn {
  enum wasm_opcode opcode;
  size_t offset; /* in the file */
  union {
    struct wasm_block_type block;
    uint32_t index; /* LABEL, LOCAL, GLOBAL, FUNC, TYPE, TABLE, ELEM, DATA, MEMORY, TAG */
    struct {
      uint32_t first,
          second; /* CALL_INDIRECT: type, table. TABLE_TABLE, MEMORY_MEMORY: destination, source. */
    } pair;       /* ELEM_TABLE, DATA_MEMORY: segment, table or memory. TYPE_*: type, other. */
    struct {
      uint32_t count;         /* without the default */
      const uint32_t *labels; /* count + 1, the default last; in the walk's arena */
    } labels;
    struct {
      uint64_t offset;
      uint32_t align; /* log2 */
      uint32_t memory;
      uint8_t lane;
    } mem;
    uint32_t i32;     /* also the bits of an f32 */
    uint64_t i64;     /* also the bits of an f64 */
    uint8_t v128[16]; /* also the lanes of a shuffle */
    uint8_t lane;
    struct {
      uint32_t count;
      const wasm_type *types; /* in the walk's arena */
    } select;
    wasm_type type; /* HEAP_TYPE: the reference to it, nullable unless the instruction says otherwise */
    struct {
      uint32_t label;
      wasm_type from;
      wasm_type to;
    } cast; /* BR_ON_CAST */
  } imm;
};

/* Walks the instructions of a body or a constant expression. */
struct wasm_walk {
  struct wasm_reader reader;
  wasm_features features;
  wasm_features used;  /* what encodings needed so far; the opcodes' features are not in it */
  struct arena *arena; /* for label vectors */
};

struct wasm_walk wasm_walk_make(struct slice code, size_t offset, wasm_features features,
                                struct arena *arena);

/* Decodes the next instruction. False at the end of the code or on failure (then walk->reader.error says
 * why). */
bool wasm_walk_next(struct wasm_walk *walk, struct wasm_insn *insn);

static inline const struct wasm_opcode_info *wasm_insn_info(const struct wasm_insn *insn) {
  return &wasm_opcode_info[insn->opcode];
}

#endif
