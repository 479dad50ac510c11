/*
 * Vector arithmetic between lanes of different widths (spec 4.3.2): narrowing, widening, and the products and
 * sums that machines have instructions for. Where the generic form is not recognised by LLVM, the target's
 * own intrinsic is named.
 */
#include "internal.h"

static const uint8_t low_lanes[] = {0, 1, 2, 3, 4, 5, 6, 7};
static const uint8_t all_lanes[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

static LLVMValueRef constant(struct lower_function *f, LLVMTypeRef type, uint64_t lane) {
  return lower_broadcast(f, LLVMConstInt(LLVMGetElementType(type), lane, 0), type);
}

static LLVMValueRef pick(struct lower_function *f, LLVMValueRef vector, const uint8_t *lanes,
                         unsigned count) {
  return lower_shuffled(f, vector, LLVMGetPoison(LLVMTypeOf(vector)), lanes, count);
}

static LLVMValueRef extended(struct lower_function *f, LLVMValueRef value, LLVMTypeRef to, bool is_signed) {
  return is_signed ? LLVMBuildSExt(f->b, value, to, "") : LLVMBuildZExt(f->b, value, to, "");
}

/* The low or high half of the lanes, extended: oper is LOW_S and so on. */
static LLVMValueRef half(struct lower_function *f, LLVMValueRef vector, const struct wasm_opcode_info *info) {
  LLVMTypeRef to = lower_lanes_type(f->m, info->shape);
  unsigned count = LLVMGetVectorSize(to);
  bool is_high = info->oper == WASM_OPER_HIGH_S || info->oper == WASM_OPER_HIGH_U;
  bool is_signed = info->oper == WASM_OPER_LOW_S || info->oper == WASM_OPER_HIGH_S;
  return extended(f, pick(f, vector, is_high ? all_lanes + count : low_lanes, count), to, is_signed);
}

void lower_widen(struct lower_function *f, const struct wasm_insn *insn,
                 const struct wasm_opcode_info *info) {
  (void)insn;
  lower_push(f, half(f, lower_pop_as(f, info->from), info));
}

void lower_extmul(struct lower_function *f, const struct wasm_insn *insn,
                  const struct wasm_opcode_info *info) {
  (void)insn;
  LLVMValueRef b = half(f, lower_pop_as(f, info->from), info), a = half(f, lower_pop_as(f, info->from), info);
  lower_push(f, LLVMBuildMul(f->b, a, b, ""));
}

/* Signed lanes saturated to half their width: pack instructions on x86, sqxtn and sqxtun on arm64. */
static LLVMValueRef saturated(struct lower_function *f, LLVMValueRef a, LLVMValueRef b, bool is_signed) {
  bool is_bytes = LLVMGetVectorSize(LLVMTypeOf(a)) == 8;
  if (f->m->is_x86) {
    const char *name = is_bytes ? (is_signed ? "llvm.x86.sse2.packsswb.128" : "llvm.x86.sse2.packuswb.128")
                                : (is_signed ? "llvm.x86.sse2.packssdw.128" : "llvm.x86.sse41.packusdw");
    return lower_target_intrinsic(f, name, NULL, a, b);
  }
  const char *name = is_signed ? "llvm.aarch64.neon.sqxtn" : "llvm.aarch64.neon.sqxtun";
  unsigned count = is_bytes ? 8 : 4;
  LLVMTypeRef part = LLVMVectorType(is_bytes ? f->m->i8 : f->m->i16, count);
  return lower_shuffled(f, lower_target_intrinsic(f, name, part, a, NULL),
                        lower_target_intrinsic(f, name, part, b, NULL), all_lanes, count * 2);
}

void lower_narrow(struct lower_function *f, const struct wasm_insn *insn,
                  const struct wasm_opcode_info *info) {
  (void)insn;
  LLVMValueRef b = lower_pop_as(f, info->from), a = lower_pop_as(f, info->from);
  lower_push(f, saturated(f, a, b, info->oper == WASM_OPER_S));
}

/* The sum of each two neighbours after extension, on arm64. */
static LLVMValueRef pairwise(struct lower_function *f, LLVMValueRef vector, LLVMTypeRef to, bool is_signed) {
  LLVMTypeRef types[] = {to, LLVMTypeOf(vector)};
  return lower_call_intrinsic(f, is_signed ? "llvm.aarch64.neon.saddlp" : "llvm.aarch64.neon.uaddlp", types,
                              2, &vector, 1);
}

/* x86 multiplies by ones and adds neighbours: pmaddubsw (unsigned by signed bytes) and pmaddwd (signed
 * words). */
static LLVMValueRef x86_pairwise(struct lower_function *f, LLVMValueRef vector,
                                 const struct wasm_opcode_info *info) {
  LLVMValueRef ones = constant(f, LLVMTypeOf(vector), 1);
  bool is_signed = info->oper == WASM_OPER_S;
  if (info->shape == WASM_SHAPE_I16X8) {
    return lower_target_intrinsic(f, "llvm.x86.ssse3.pmadd.ub.sw.128", NULL, is_signed ? ones : vector,
                                  is_signed ? vector : ones);
  }
  if (is_signed) {
    return lower_target_intrinsic(f, "llvm.x86.sse2.pmadd.wd", NULL, vector, ones);
  }
  /* Unsigned words less 2^15 are signed ones; two such distances are given back to each sum. */
  LLVMValueRef shifted = LLVMBuildXor(f->b, vector, constant(f, LLVMTypeOf(vector), 0x8000), "");
  LLVMValueRef sum = lower_target_intrinsic(f, "llvm.x86.sse2.pmadd.wd", NULL, shifted, ones);
  return LLVMBuildAdd(f->b, sum, constant(f, LLVMTypeOf(sum), 0x10000), "");
}

void lower_extadd_pairwise(struct lower_function *f, const struct wasm_insn *insn,
                           const struct wasm_opcode_info *info) {
  (void)insn;
  LLVMValueRef vector = lower_pop_as(f, info->from);
  LLVMTypeRef to = lower_lanes_type(f->m, info->shape);
  lower_push(f, f->m->is_x86 ? x86_pairwise(f, vector, info)
                             : pairwise(f, vector, to, info->oper == WASM_OPER_S));
}

/* Sums of two products of signed 16-bit lanes. Only (-2^15)^2 twice overflows, and wraps on both machines. */
static LLVMValueRef dot_words(struct lower_function *f, LLVMValueRef a, LLVMValueRef b) {
  LLVMTypeRef to = lower_lanes_type(f->m, WASM_SHAPE_I32X4);
  if (f->m->is_x86) {
    return lower_target_intrinsic(f, "llvm.x86.sse2.pmadd.wd", NULL, a, b);
  }
  LLVMValueRef low = LLVMBuildMul(f->b, extended(f, pick(f, a, low_lanes, 4), to, true),
                                  extended(f, pick(f, b, low_lanes, 4), to, true), "");
  LLVMValueRef high = LLVMBuildMul(f->b, extended(f, pick(f, a, all_lanes + 4, 4), to, true),
                                   extended(f, pick(f, b, all_lanes + 4, 4), to, true), "");
  return lower_target_intrinsic(f, "llvm.aarch64.neon.addp", to, low, high);
}

void lower_dot(struct lower_function *f, const struct wasm_insn *insn, const struct wasm_opcode_info *info) {
  (void)insn;
  LLVMValueRef b = lower_pop_as(f, info->from), a = lower_pop_as(f, info->from);
  lower_push(f, dot_words(f, a, b));
}

void lower_q15mulr_sat(struct lower_function *f, const struct wasm_insn *insn,
                       const struct wasm_opcode_info *info) {
  (void)insn;
  LLVMValueRef b = lower_pop_as(f, info->shape), a = lower_pop_as(f, info->shape);
  LLVMTypeRef type = LLVMTypeOf(a);
  if (!f->m->is_x86) {
    lower_push(f, lower_target_intrinsic(f, "llvm.aarch64.neon.sqrdmulh", type, a, b));
    return;
  }
  /* pmulhrsw wraps only for the square of -2^15, to -2^15, which no other product yields. See peephole.c for
   * constants. */
  LLVMValueRef product = lower_target_intrinsic(f, "llvm.x86.ssse3.pmul.hr.sw.128", NULL, a, b);
  LLVMValueRef wrapped = LLVMBuildICmp(f->b, LLVMIntEQ, product, constant(f, type, 0x8000), "");
  lower_push(f, LLVMBuildXor(f->b, product, LLVMBuildSExt(f->b, wrapped, type, ""), ""));
}

/*
 * ---- Relaxed SIMD: the machine's own instruction wherever the standard leaves the choice (spec 4.3.6). The
 * deterministic profile takes the first of the results that it lists.
 */

void lower_relaxed_q15mulr(struct lower_function *f, const struct wasm_insn *insn,
                           const struct wasm_opcode_info *info) {
  if (!f->m->is_x86 || f->m->options->is_deterministic) {
    lower_q15mulr_sat(f, insn, info);
    return;
  }
  LLVMValueRef b = lower_pop_as(f, info->shape), a = lower_pop_as(f, info->shape);
  lower_push(f, lower_target_intrinsic(f, "llvm.x86.ssse3.pmul.hr.sw.128", NULL, a, b));
}

/* Sums of two products of signed bytes; the one sum that does not fit, of 2^14 twice, is 2^15 - 1. */
static LLVMValueRef exact_dot_bytes(struct lower_function *f, LLVMValueRef a, LLVMValueRef b) {
  LLVMTypeRef words = lower_lanes_type(f->m, WASM_SHAPE_I16X8);
  LLVMTypeRef wide = lower_lanes_type(f->m, WASM_SHAPE_I32X4);
  LLVMValueRef sums[2];
  for (unsigned i = 0; i < 2; i++) {
    LLVMValueRef x = extended(f, pick(f, a, all_lanes + i * 8, 8), words, true);
    LLVMValueRef y = extended(f, pick(f, b, all_lanes + i * 8, 8), words, true);
    sums[i] = f->m->is_x86 ? dot_words(f, x, y) : pairwise(f, LLVMBuildMul(f->b, x, y, ""), wide, true);
  }
  return saturated(f, sums[0], sums[1], true);
}

/*
 * Sums of two products of signed bytes by bytes of 7 bits. pmaddubsw takes the unsigned factor first; for
 * bytes of 7 bits it is the same, and what it makes of others is among the results that the standard allows.
 */
static LLVMValueRef dot_bytes(struct lower_function *f, LLVMValueRef a, LLVMValueRef b) {
  LLVMTypeRef words = lower_lanes_type(f->m, WASM_SHAPE_I16X8);
  if (f->m->options->is_deterministic) {
    return exact_dot_bytes(f, a, b);
  }
  if (f->m->is_x86) {
    return lower_target_intrinsic(f, "llvm.x86.ssse3.pmadd.ub.sw.128", NULL, b, a);
  }
  LLVMValueRef low = LLVMBuildMul(f->b, extended(f, pick(f, a, low_lanes, 8), words, true),
                                  extended(f, pick(f, b, low_lanes, 8), words, true), "");
  LLVMValueRef high = LLVMBuildMul(f->b, extended(f, pick(f, a, all_lanes + 8, 8), words, true),
                                   extended(f, pick(f, b, all_lanes + 8, 8), words, true), "");
  return lower_target_intrinsic(f, "llvm.aarch64.neon.addp", words, low, high);
}

void lower_relaxed_dot(struct lower_function *f, const struct wasm_insn *insn,
                       const struct wasm_opcode_info *info) {
  (void)insn;
  LLVMValueRef b = lower_pop_as(f, info->from), a = lower_pop_as(f, info->from);
  lower_push(f, dot_bytes(f, a, b));
}

/* addend + sums of four products: vpdpbusd, whose first factor is unsigned, and sdot. */
static LLVMValueRef dot_by_fours(struct lower_function *f, LLVMValueRef addend, LLVMValueRef a,
                                 LLVMValueRef b) {
  LLVMTypeRef words = LLVMTypeOf(addend), types[] = {words, LLVMTypeOf(a)};
  if (f->m->is_x86) {
    LLVMValueRef args[] = {addend, LLVMBuildBitCast(f->b, b, words, ""),
                           LLVMBuildBitCast(f->b, a, words, "")};
    return lower_call_intrinsic(f, "llvm.x86.avx512.vpdpbusd.128", NULL, 0, args, 3);
  }
  return lower_call_intrinsic(f, "llvm.aarch64.neon.sdot", types, 2, (LLVMValueRef[]){addend, a, b}, 3);
}

void lower_relaxed_dot_add(struct lower_function *f, const struct wasm_insn *insn,
                           const struct wasm_opcode_info *info) {
  (void)insn;
  LLVMValueRef addend = lower_pop_as(f, info->shape);
  LLVMValueRef b = lower_pop_as(f, info->from), a = lower_pop_as(f, info->from);
  if (f->m->options->has_dot && !f->m->options->is_deterministic) {
    lower_push(f, dot_by_fours(f, addend, a, b));
    return;
  }
  LLVMValueRef words = dot_bytes(f, a, b);
  LLVMTypeRef to = lower_lanes_type(f->m, info->shape);
  LLVMValueRef sums = f->m->is_x86 ? lower_target_intrinsic(f, "llvm.x86.sse2.pmadd.wd", NULL, words,
                                                            constant(f, LLVMTypeOf(words), 1))
                                   : pairwise(f, words, to, true);
  lower_push(f, LLVMBuildAdd(f->b, sums, addend, ""));
}

/* a * b + c: always fused where the machine can, never elsewhere, so that equal operands have equal results.
 */
static void multiply_add(struct lower_function *f, const struct wasm_opcode_info *info, bool negate) {
  LLVMValueRef c = lower_pop_as(f, info->shape);
  LLVMValueRef b = lower_pop_as(f, info->shape), a = lower_pop_as(f, info->shape);
  if (negate) {
    a = LLVMBuildFNeg(f->b, a, "");
  }
  bool is_fused = f->m->options->has_fma && !f->m->options->is_deterministic;
  lower_push(f, is_fused ? lower_intrinsic(f, "llvm.fma", a, b, c)
                         : lower_canonical(f, LLVMBuildFAdd(f->b, LLVMBuildFMul(f->b, a, b, ""), c, "")));
}

void lower_relaxed_madd(struct lower_function *f, const struct wasm_insn *insn,
                        const struct wasm_opcode_info *info) {
  (void)insn;
  multiply_add(f, info, false);
}

void lower_relaxed_nmadd(struct lower_function *f, const struct wasm_insn *insn,
                         const struct wasm_opcode_info *info) {
  (void)insn;
  multiply_add(f, info, true);
}

/* By the sign of the mask's lanes, as x86 blends, or bit by bit, where that is one instruction. */
void lower_relaxed_laneselect(struct lower_function *f, const struct wasm_insn *insn,
                              const struct wasm_opcode_info *info) {
  if (!f->m->is_x86 || f->m->options->has_avx512 || f->m->options->is_deterministic) {
    lower_bitselect(f, insn, info);
    return;
  }
  LLVMValueRef mask = lower_pop_as(f, info->shape);
  LLVMValueRef b = lower_pop_as(f, info->shape), a = lower_pop_as(f, info->shape);
  LLVMValueRef is_a = LLVMBuildICmp(f->b, LLVMIntSLT, mask, LLVMConstNull(LLVMTypeOf(mask)), "");
  lower_push(f, LLVMBuildSelect(f->b, is_a, a, b, ""));
}

/* minps and maxps on x86: b where the operands do not compare; arm64's fmin and fmax are Wasm's own. */
static void least(struct lower_function *f, const struct wasm_opcode_info *info, bool is_min) {
  LLVMValueRef b = lower_pop_as(f, info->shape), a = lower_pop_as(f, info->shape);
  if (f->m->options->is_deterministic) {
    lower_push(f, lower_float_extreme(f, is_min, a, b));
  } else {
    lower_push(f, f->m->is_x86 ? lower_x86_extreme(f, is_min, a, b) : lower_neon_extreme(f, is_min, a, b));
  }
}

void lower_relaxed_min(struct lower_function *f, const struct wasm_insn *insn,
                       const struct wasm_opcode_info *info) {
  (void)insn;
  least(f, info, true);
}

void lower_relaxed_max(struct lower_function *f, const struct wasm_insn *insn,
                       const struct wasm_opcode_info *info) {
  (void)insn;
  least(f, info, false);
}
