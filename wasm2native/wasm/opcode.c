/* The opcode table and the map from encodings to it, both expanded from opcodes.def. Spec 5.4, 7.10. */
#include "opcode.h"

const struct wasm_opcode_info wasm_opcode_info[WASM_OP_COUNT] = {
#define OP(prefix, code, id, text, imm, n, sig, kind, shape, from, oper, feature, flag)                      \
  [WASM_OP_##id] = {text,                                                                                    \
                    sig,                                                                                     \
                    code,                                                                                    \
                    prefix,                                                                                  \
                    WASM_IMM_##imm,                                                                          \
                    n,                                                                                       \
                    WASM_KIND_##kind,                                                                        \
                    WASM_SHAPE_##shape,                                                                      \
                    WASM_SHAPE_##from,                                                                       \
                    WASM_OPER_##oper,                                                                        \
                    WASM_FEATURE_##feature,                                                                  \
                    WASM_FLAG_##flag},
#include "opcodes.def"
};

const bool wasm_kind_live[WASM_KIND_COUNT] = {
#define KIND(name, live, lowered) [WASM_KIND_##name] = live,
#include "kinds.def"
};

/*
 * From encodings to opcodes: one array over the places of all prefixes one after the other, with 0x200 places
 * for each but the empty one. Entries are opcode + 1, so that 0 stands for "no such instruction".
 */
#define PREFIX_PLACES 0x200u
#define PLACE(prefix, code) ((prefix) == 0 ? (code) : 0x100u + ((prefix) - 0xfbu) * PREFIX_PLACES + (code))

static const uint16_t opcode_at[0x100 + 4 * PREFIX_PLACES] = {
#define OP(prefix, code, id, text, imm, n, sig, kind, shape, from, oper, feature, flag)                      \
  [PLACE(prefix, code)] = WASM_OP_##id + 1,
#include "opcodes.def"
};

enum wasm_opcode wasm_opcode_find(uint8_t prefix, uint32_t code) {
  bool is_known = prefix == 0 ? code < 0x100 : prefix >= 0xfb && prefix <= 0xfe && code < PREFIX_PLACES;
  unsigned entry = is_known ? opcode_at[PLACE((unsigned)prefix, code)] : 0;
  return entry > 0 ? (enum wasm_opcode)(entry - 1) : WASM_OP_COUNT;
}
