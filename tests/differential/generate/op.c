/* Single instructions: opcodes, constants with a bias to edges, canonical NaNs,
 * block types. Spec 5.4. */
#include <string.h>

#include "gen.h"

void gen_op(struct gen *g, enum wasm_opcode op) {
  const struct wasm_opcode_info *info = &wasm_opcode_info[op];
  if (info->prefix == 0) {
    put_byte(&g->out, (uint8_t)info->code);
  } else {
    put_byte(&g->out, info->prefix);
    put_unsigned(&g->out, info->code);
  }
}

void put_type(const struct gen *g, struct bytes *out, char letter) {
  static const char letters[] = "iIfFvpr";
  static const uint8_t codes[] = {0x7f, 0x7e, 0x7d, 0x7c, 0x7b, 0x70, 0x6f};
  if (letter == 'R' || letter == 'N') {
    put_byte(out, letter == 'R' ? 0x63 : 0x64);
    put_signed(out, g->functions[g->referenced].type_index);
  } else {
    put_byte(out, codes[strchr(letters, letter) - letters]);
  }
}

bool is_reference(char letter) {
  return strchr("prRN", letter) != NULL;
}

void gen_i32(struct gen *g, int32_t value) {
  gen_op(g, WASM_OP_I32_CONST);
  put_signed(&g->out, value);
}

void gen_i64(struct gen *g, int64_t value) {
  gen_op(g, WASM_OP_I64_CONST);
  put_signed(&g->out, value);
}

void gen_index(struct gen *g, bool is64, uint64_t value) {
  if (is64) {
    gen_i64(g, (int64_t)value);
  } else {
    gen_i32(g, (int32_t)(uint32_t)value);
  }
}

/* Integers at which something changes, cut to the width that is asked for. */
static uint64_t edge_integer(struct random *random, unsigned bits) {
  static const uint64_t edges[] = {0,
                                   1,
                                   2,
                                   3,
                                   5,
                                   7,
                                   8,
                                   10,
                                   15,
                                   16,
                                   31,
                                   32,
                                   33,
                                   63,
                                   64,
                                   65,
                                   100,
                                   127,
                                   128,
                                   255,
                                   256,
                                   1000,
                                   0x7fff,
                                   0x8000,
                                   0xffff,
                                   0x10000,
                                   0x7fffffff,
                                   0x80000000,
                                   0xffffffff,
                                   0x100000000,
                                   0x5555555555555555,
                                   UINT64_C(0x7fffffffffffffff),
                                   UINT64_C(0x8000000000000000),
                                   UINT64_C(0xfffffffffffffffe),
                                   UINT64_MAX,
                                   UINT64_C(0xffffffff80000000)};
  uint64_t value;
  switch (random_below(random, 8)) {
  case 0:
    value = random_next(random);
    break;
  case 1:
    value = UINT64_C(1) << random_below(random, bits);
    break;
  case 2:
    value = UINT64_C(0) - random_below(random, 20);
    break;
  case 3:
    value = (UINT64_C(1) << (bits - 1)) + random_below(random, 3) - 1;
    break;
  default:
    value = edges[random_below(random, sizeof edges / sizeof edges[0])];
    break;
  }
  return bits == 64 ? value : value & ((UINT64_C(1) << bits) - 1);
}

static uint64_t edge_float(struct random *random, bool is64) {
  static const uint64_t edges[] = {0,
                                   0x3ff0000000000000,
                                   0x4000000000000000,
                                   0x3fe0000000000000,
                                   0x3ff8000000000000,
                                   0x4004000000000000,
                                   0x7ff0000000000000,
                                   0x7ff8000000000000,
                                   0x7ff4000000000000,
                                   0x7ff8000000001234,
                                   0x0000000000000001,
                                   0x000fffffffffffff,
                                   0x0010000000000000,
                                   0x7fefffffffffffff,
                                   0x41dfffffffc00000,
                                   0x41e0000000000000,
                                   0x41efffffffe00000,
                                   0x41f0000000000000,
                                   0x43e0000000000000,
                                   0x43dfffffffffffff,
                                   0x43f0000000000000,
                                   0x3fefffffffffffff,
                                   0x4059000000000000,
                                   0x3fb999999999999a,
                                   0x47efffffe0000000,
                                   0x47f0000000000000,
                                   0x3690000000000000,
                                   0x4340000000000000,
                                   0x41e0000000200000,
                                   0x3fdfffffffffffff};
  static const uint32_t edges32[] = {0,          0x3f800000, 0x40000000, 0x3f000000, 0x3fc00000, 0x40200000,
                                     0x7f800000, 0x7fc00000, 0x7fa00000, 0x7fc01234, 0x00000001, 0x007fffff,
                                     0x00800000, 0x7f7fffff, 0x4effffff, 0x4f000000, 0x4f7fffff, 0x4f800000,
                                     0x5effffff, 0x5f000000, 0x5f7fffff, 0x5f800000, 0x3f7fffff, 0x42c80000,
                                     0x3dcccccd, 0x4b000000, 0x4b800000, 0x3effffff};
  unsigned choice = random_below(random, 10);
  uint64_t sign = random_below(random, 2);
  if (choice == 0) {
    return is64 ? random_next(random) : random_next(random) >> 32;
  }
  if (!is64) {
    return edges32[random_below(random, sizeof edges32 / sizeof edges32[0])] | sign << 31;
  }
  return edges[random_below(random, sizeof edges / sizeof edges[0])] | sign << 63;
}

static void gen_vector_constant(struct gen *g) {
  gen_op(g, WASM_OP_V128_CONST);
  unsigned shape = random_below(&g->random, 6);
  bool is_splat = random_chance(&g->random, 30);
  unsigned size = shape == 4 ? 4 : shape == 5 ? 8 : 1u << shape;
  uint64_t lane = 0;
  for (unsigned i = 0; i < 16 / size; i++) {
    if (i == 0 || !is_splat) {
      lane = shape >= 4 ? edge_float(&g->random, shape == 5) : edge_integer(&g->random, size * 8);
    }
    put_fixed(&g->out, lane, size);
  }
}

void gen_constant(struct gen *g, char letter) {
  struct random *random = &g->random;
  switch (letter) {
  case 'i':
    gen_i32(g, (int32_t)(uint32_t)edge_integer(random, 32));
    break;
  case 'I':
    gen_i64(g, (int64_t)edge_integer(random, 64));
    break;
  case 'f':
    gen_op(g, WASM_OP_F32_CONST);
    put_fixed(&g->out, edge_float(random, false), 4);
    break;
  case 'F':
    gen_op(g, WASM_OP_F64_CONST);
    put_fixed(&g->out, edge_float(random, true), 8);
    break;
  case 'v':
    gen_vector_constant(g);
    break;
  case 'p':
    if (random_chance(random, 70)) {
      gen_op(g, WASM_OP_REF_FUNC);
      put_unsigned(&g->out, random_below(random, g->function_count));
      break;
    }
    gen_zero(g, letter);
    break;
  case 'R':
    gen_zero(g, random_chance(random, 70) ? 'N' : 'R');
    break;
  default:
    gen_zero(g, letter);
    break;
  }
}

void gen_zero(struct gen *g, char letter) {
  switch (letter) {
  case 'i':
    gen_i32(g, 0);
    break;
  case 'I':
    gen_i64(g, 0);
    break;
  case 'f':
    gen_op(g, WASM_OP_F32_CONST);
    put_fixed(&g->out, 0, 4);
    break;
  case 'F':
    gen_op(g, WASM_OP_F64_CONST);
    put_fixed(&g->out, 0, 8);
    break;
  case 'v':
    gen_op(g, WASM_OP_V128_CONST);
    put_fixed(&g->out, 0, 8);
    put_fixed(&g->out, 0, 8);
    break;
  case 'N':
    gen_op(g, WASM_OP_REF_FUNC);
    put_unsigned(&g->out, g->referenced);
    break;
  default:
    gen_op(g, WASM_OP_REF_NULL);
    if (letter == 'R') {
      put_signed(&g->out, g->functions[g->referenced].type_index);
    } else {
      put_type(g, &g->out, letter);
    }
    break;
  }
}

void gen_block_type(struct gen *g, const char *type) {
  if (strcmp(type, ":") == 0) {
    put_byte(&g->out, 0x40);
  } else if (type[0] == ':' && type[2] == 0 && random_chance(&g->random, 80)) {
    put_type(g, &g->out, type[1]);
  } else {
    put_signed(&g->out, type_index(g, type));
  }
}

static void gen_local(struct gen *g, enum wasm_opcode op, unsigned local) {
  gen_op(g, op);
  put_unsigned(&g->out, local);
}

/* x == x ? x : nan, of the number or of each lane. */
void gen_canonical(struct gen *g, char letter, enum taint taint) {
  unsigned scratch = g->scratch[letter == 'f' ? 0 : letter == 'F' ? 1 : 2];
  gen_local(g, WASM_OP_LOCAL_TEE, scratch);
  gen_op(g, letter == 'f' ? WASM_OP_F32_CONST : letter == 'F' ? WASM_OP_F64_CONST : WASM_OP_V128_CONST);
  for (unsigned i = letter == 'v' ? 16 : taint == NAN32 ? 4 : 8; i > 0;) {
    unsigned size = taint == NAN32 ? 4 : 8;
    put_fixed(&g->out, taint == NAN32 ? 0x7fc00000 : UINT64_C(0x7ff8000000000000), size);
    i -= size;
  }
  gen_local(g, WASM_OP_LOCAL_GET, scratch);
  gen_local(g, WASM_OP_LOCAL_GET, scratch);
  if (letter == 'v') {
    gen_op(g, taint == NAN32 ? WASM_OP_F32X4_EQ : WASM_OP_F64X2_EQ);
    gen_op(g, WASM_OP_V128_BITSELECT);
  } else {
    gen_op(g, letter == 'f' ? WASM_OP_F32_EQ : WASM_OP_F64_EQ);
    gen_op(g, WASM_OP_SELECT);
  }
}
