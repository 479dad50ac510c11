/*
 * The instruction set as data, from opcodes.def: one row per opcode says how it is encoded, what its
 * immediates are, how it is typed and to which family (kind) it belongs. Spec 5.4, 7.10.
 */
#ifndef WASM_OPCODE_H
#define WASM_OPCODE_H

#include <stdbool.h>
#include <stdint.h>

#include "feature.h"

enum wasm_opcode {
#define OP(prefix, code, id, text, imm, n, sig, kind, shape, from, oper, feature, flag) WASM_OP_##id,
#include "opcodes.def"
  WASM_OP_COUNT
};

/* Families: the lowering has one function each, the validator one rule for each whose signature is "*". */
enum wasm_kind {
#define KIND(name, live, lowered) WASM_KIND_##name,
#include "kinds.def"
  WASM_KIND_COUNT
};

enum wasm_imm {
  WASM_IMM_NONE,
  WASM_IMM_BLOCK,         /* block type */
  WASM_IMM_LABEL,         /* label index */
  WASM_IMM_LABELS,        /* br_table: vector of labels and default */
  WASM_IMM_LOCAL,         /* local index */
  WASM_IMM_GLOBAL,        /* global index */
  WASM_IMM_FUNC,          /* function index */
  WASM_IMM_TYPE,          /* type index */
  WASM_IMM_CALL_INDIRECT, /* type index, table index */
  WASM_IMM_TABLE,         /* table index */
  WASM_IMM_TABLE_TABLE,   /* table.copy: destination, source */
  WASM_IMM_ELEM_TABLE,    /* table.init: segment, table */
  WASM_IMM_ELEM,          /* element segment */
  WASM_IMM_DATA,          /* data segment */
  WASM_IMM_MEMORY,        /* memory index */
  WASM_IMM_MEMORY_MEMORY, /* memory.copy: destination, source */
  WASM_IMM_DATA_MEMORY,   /* memory.init: segment, memory */
  WASM_IMM_MEMARG,        /* alignment, offset, memory */
  WASM_IMM_MEMARG_LANE,   /* memarg and lane */
  WASM_IMM_I32,
  WASM_IMM_I64,
  WASM_IMM_F32,
  WASM_IMM_F64,
  WASM_IMM_V128,
  WASM_IMM_LANE,
  WASM_IMM_LANES16,    /* i8x16.shuffle */
  WASM_IMM_SELECT,     /* select with types */
  WASM_IMM_HEAP_TYPE,  /* heap type */
  WASM_IMM_TAG,        /* tag index */
  WASM_IMM_TRY_TABLE,  /* block type and catch clauses */
  WASM_IMM_TYPE_FIELD, /* type, field */
  WASM_IMM_TYPE_U32,   /* type, count */
  WASM_IMM_TYPE_DATA,  /* type, data segment */
  WASM_IMM_TYPE_ELEM,  /* type, element segment */
  WASM_IMM_TYPE_TYPE,  /* type, type */
  WASM_IMM_BR_ON_CAST, /* flags, label, two heap types */
  WASM_IMM_FENCE,      /* atomic.fence: one zero byte */
};

/* What the operand bits are: the type or the vector shape that an instruction works on. */
enum wasm_shape {
  WASM_SHAPE__, /* none */
  WASM_SHAPE_I8,
  WASM_SHAPE_I16,
  WASM_SHAPE_I32,
  WASM_SHAPE_I64,
  WASM_SHAPE_F32,
  WASM_SHAPE_F64,
  WASM_SHAPE_V128,
  WASM_SHAPE_I8X16,
  WASM_SHAPE_I16X8,
  WASM_SHAPE_I32X4,
  WASM_SHAPE_I64X2,
  WASM_SHAPE_F32X4,
  WASM_SHAPE_F64X2,
};

enum wasm_oper {
  WASM_OPER__, /* none */
  WASM_OPER_S, /* signed / unsigned variants of conversions, extensions, loads, saturating casts */
  WASM_OPER_U,
  WASM_OPER_ADD,
  WASM_OPER_SUB,
  WASM_OPER_MUL,
  WASM_OPER_DIV,
  WASM_OPER_DIV_S,
  WASM_OPER_DIV_U,
  WASM_OPER_REM_S,
  WASM_OPER_REM_U,
  WASM_OPER_AND,
  WASM_OPER_OR,
  WASM_OPER_XOR,
  WASM_OPER_ANDNOT,
  WASM_OPER_NOT,
  WASM_OPER_SHL,
  WASM_OPER_SHR_S,
  WASM_OPER_SHR_U,
  WASM_OPER_ROTL,
  WASM_OPER_ROTR,
  WASM_OPER_CLZ,
  WASM_OPER_CTZ,
  WASM_OPER_POPCNT,
  WASM_OPER_EQZ,
  WASM_OPER_EQ,
  WASM_OPER_NE,
  WASM_OPER_LT,
  WASM_OPER_GT,
  WASM_OPER_LE,
  WASM_OPER_GE,
  WASM_OPER_LT_S,
  WASM_OPER_LT_U,
  WASM_OPER_GT_S,
  WASM_OPER_GT_U,
  WASM_OPER_LE_S,
  WASM_OPER_LE_U,
  WASM_OPER_GE_S,
  WASM_OPER_GE_U,
  WASM_OPER_ABS,
  WASM_OPER_NEG,
  WASM_OPER_CEIL,
  WASM_OPER_FLOOR,
  WASM_OPER_TRUNC,
  WASM_OPER_NEAREST,
  WASM_OPER_SQRT,
  WASM_OPER_MIN,
  WASM_OPER_MAX,
  WASM_OPER_MIN_S,
  WASM_OPER_MIN_U,
  WASM_OPER_MAX_S,
  WASM_OPER_MAX_U,
  WASM_OPER_PMIN,
  WASM_OPER_PMAX,
  WASM_OPER_COPYSIGN,
  WASM_OPER_ADD_SAT_S,
  WASM_OPER_ADD_SAT_U,
  WASM_OPER_SUB_SAT_S,
  WASM_OPER_SUB_SAT_U,
  WASM_OPER_AVGR_U,
  WASM_OPER_LOW_S,
  WASM_OPER_LOW_U,
  WASM_OPER_HIGH_S,
  WASM_OPER_HIGH_U,
  WASM_OPER_XCHG,
  WASM_OPER_CMPXCHG,
  WASM_OPER_NULL, /* the nullable variant of ref.test and ref.cast */
};

/* wasm_opcode_info.flag */
enum wasm_op_flag {
  WASM_FLAG__,
  WASM_FLAG_CONST,    /* allowed in constant expressions */
  WASM_FLAG_EXTENDED, /* allowed there with extended-const */
};

struct wasm_opcode_info {
  const char *text;      /* "i32.add" */
  const char *signature; /* "ii:i", or "*": see opcodes.def */
  uint32_t code;
  uint8_t prefix; /* 0, or 0xfb to 0xfe */
  uint8_t imm;    /* enum wasm_imm */
  uint8_t n;      /* log2 of the natural alignment, or the lane count */
  uint8_t kind;   /* enum wasm_kind */
  uint8_t shape;  /* enum wasm_shape: what it works on or results in */
  uint8_t from;   /* enum wasm_shape: what it converts from, loads or stores */
  uint8_t oper;   /* enum wasm_oper */
  uint8_t feature;
  uint8_t flag; /* enum wasm_op_flag */
};

extern const struct wasm_opcode_info wasm_opcode_info[WASM_OP_COUNT];

/* Is the kind visited in unreachable code (block, loop, if, else, end ...)? */
extern const bool wasm_kind_live[WASM_KIND_COUNT];

/* The opcode with this encoding, or WASM_OP_COUNT. */
enum wasm_opcode wasm_opcode_find(uint8_t prefix, uint32_t code);

#endif
