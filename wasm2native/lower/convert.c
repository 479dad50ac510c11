/*
 * Conversions (spec 4.3.3, 4.3.4): numbers, and the lanes of vectors where the same LLVM instruction serves
 * both. Vector conversions that saturate have the x86 sequences spelled out, for LLVM would take them apart
 * lane by lane.
 */
#include <string.h>

#include "internal.h"

void lower_wrap(struct lower_function *f, const struct wasm_insn *insn, const struct wasm_opcode_info *info) {
  (void)insn, (void)info;
  lower_push(f, LLVMBuildTrunc(f->b, lower_pop(f), f->m->i32, ""));
}

void lower_extend(struct lower_function *f, const struct wasm_insn *insn,
                  const struct wasm_opcode_info *info) {
  (void)insn;
  LLVMTypeRef from = lower_lanes_type(f->m, info->from), to = lower_lanes_type(f->m, info->shape);
  LLVMValueRef value = lower_pop(f);
  if (LLVMTypeOf(value) != from) {
    value = LLVMBuildTrunc(f->b, value, from, "");
  }
  lower_push(f, info->oper == WASM_OPER_S ? LLVMBuildSExt(f->b, value, to, "")
                                          : LLVMBuildZExt(f->b, value, to, ""));
}

/*
 * Truncation is defined for the reals strictly between `least` and `beyond`. Both are exact in the operand's
 * type: the bounds -2^31 - 1 and -1 are where that type has them, else the bound is the least value itself,
 * included.
 */
void lower_truncate(struct lower_function *f, const struct wasm_insn *insn,
                    const struct wasm_opcode_info *info) {
  (void)insn;
  LLVMValueRef value = lower_pop(f);
  LLVMTypeRef from = LLVMTypeOf(value), to = lower_lanes_type(f->m, info->shape);
  bool is_signed = info->oper == WASM_OPER_S, is_wide = info->shape == WASM_SHAPE_I64;
  LLVMRealPredicate above = LLVMRealOGT;
  double least = -1.0, beyond = is_wide ? 0x1p64 : 0x1p32;
  if (is_signed) {
    beyond = is_wide ? 0x1p63 : 0x1p31;
    bool exact = info->from == WASM_SHAPE_F64 && !is_wide;
    least = exact ? -0x1p31 - 1 : -beyond;
    above = exact ? LLVMRealOGT : LLVMRealOGE;
  }
  LLVMValueRef low = LLVMBuildFCmp(f->b, above, value, LLVMConstReal(from, least), "");
  LLVMValueRef high = LLVMBuildFCmp(f->b, LLVMRealOLT, value, LLVMConstReal(from, beyond), "");
  LLVMBasicBlockRef bad = lower_block_new(f, "bad"), ok = lower_block_new(f, "ok");
  LLVMBuildCondBr(f->b, LLVMBuildAnd(f->b, low, high, ""), ok, bad);
  LLVMPositionBuilderAtEnd(f->b, bad);
  LLVMBuildCondBr(f->b, LLVMBuildFCmp(f->b, LLVMRealUNO, value, value, ""),
                  lower_trap_block(f, WASMRT_TRAP_INVALID_CONVERSION_TO_INTEGER),
                  lower_trap_block(f, WASMRT_TRAP_INTEGER_OVERFLOW));
  LLVMPositionBuilderAtEnd(f->b, ok);
  lower_push(f, is_signed ? LLVMBuildFPToSI(f->b, value, to, "") : LLVMBuildFPToUI(f->b, value, to, ""));
}

/* llvm.fpto[su]i.sat: Wasm's meaning exactly. */
static LLVMValueRef saturate(struct lower_function *f, LLVMValueRef value, LLVMTypeRef to, bool is_signed) {
  const char *name = is_signed ? "llvm.fptosi.sat" : "llvm.fptoui.sat";
  unsigned id = LLVMLookupIntrinsicID(name, strlen(name));
  LLVMTypeRef types[] = {to, LLVMTypeOf(value)};
  LLVMValueRef callee = LLVMGetIntrinsicDeclaration(f->m->llvm, id, types, 2);
  return LLVMBuildCall2(f->b, LLVMIntrinsicGetType(f->m->context, id, types, 2), callee, &value, 1, "");
}

static LLVMValueRef real_splat(LLVMTypeRef type, double number) {
  LLVMValueRef lane = LLVMConstReal(LLVMGetElementType(type), number), lanes[4] = {lane, lane, lane, lane};
  return LLVMConstVector(lanes, LLVMGetVectorSize(type));
}

/* a where a compares so with b, else 0; a NaN compares with nothing. */
static LLVMValueRef where(struct lower_function *f, LLVMRealPredicate predicate, LLVMValueRef a,
                          LLVMValueRef b) {
  LLVMValueRef holds = LLVMBuildFCmp(f->b, predicate, a, b, "");
  return LLVMBuildSelect(f->b, holds, a, LLVMConstNull(LLVMTypeOf(a)), "");
}

/* cvttps2dq: 0x80000000 for NaN and all that does not fit. */
static LLVMValueRef x86_truncate(struct lower_function *f, LLVMValueRef value) {
  return lower_target_intrinsic(f, "llvm.x86.sse2.cvttps2dq", NULL, value, NULL);
}

/* vcvttps2udq and vcvttpd2udq: all ones for NaN and all that does not fit. */
static LLVMValueRef avx512_truncate(struct lower_function *f, LLVMValueRef value) {
  bool is_wide = LLVMGetElementType(LLVMTypeOf(value)) == f->m->f64;
  LLVMValueRef args[] = {value, LLVMConstNull(lower_lanes_type(f->m, WASM_SHAPE_I32X4)),
                         LLVMConstAllOnes(f->m->i8)};
  return lower_call_intrinsic(
      f, is_wide ? "llvm.x86.avx512.mask.cvttpd2udq.128" : "llvm.x86.avx512.mask.cvttps2udq.128", NULL, 0,
      args, 3);
}

static LLVMValueRef mask_of(struct lower_function *f, LLVMRealPredicate predicate, LLVMValueRef a, double b) {
  LLVMValueRef holds = LLVMBuildFCmp(f->b, predicate, a, real_splat(LLVMTypeOf(a), b), "");
  return LLVMBuildSExt(f->b, holds, lower_lanes_type(f->m, WASM_SHAPE_I32X4), "");
}

static LLVMValueRef x86_saturate_f32x4(struct lower_function *f, LLVMValueRef value, bool is_signed) {
  LLVMTypeRef ints = lower_lanes_type(f->m, WASM_SHAPE_I32X4);
  if (is_signed) { /* NaN to 0; 0x80000000 of what is too large becomes 0x7fffffff */
    LLVMValueRef number = where(f, LLVMRealORD, value, value);
    return LLVMBuildXor(f->b, x86_truncate(f, number), mask_of(f, LLVMRealOGE, number, 0x1p31), "");
  }
  /* NaN and negatives are 0. What exceeds 2^31 is added: from 2^31 on, the first conversion is 2^31. */
  LLVMValueRef zero = LLVMConstNull(LLVMTypeOf(value)), none = LLVMConstNull(ints);
  LLVMValueRef number = lower_x86_extreme(f, false, value, zero);
  if (f->m->options->has_avx512) {
    return avx512_truncate(f, number);
  }
  LLVMValueRef limit = real_splat(LLVMTypeOf(value), 0x1p31);
  LLVMValueRef excess = LLVMBuildFSub(f->b, number, limit, "");
  LLVMValueRef is_beyond = LLVMBuildSExt(f->b, LLVMBuildFCmp(f->b, LLVMRealOLE, limit, excess, ""), ints, "");
  /* 2^31 - 1 where even the excess is too large; 0 where it is negative. */
  LLVMValueRef rest = LLVMBuildXor(f->b, x86_truncate(f, excess), is_beyond, "");
  rest = lower_intrinsic(f, "llvm.smax", rest, none, NULL);
  return LLVMBuildAdd(f->b, x86_truncate(f, number), rest, "");
}

void lower_truncate_sat(struct lower_function *f, const struct wasm_insn *insn,
                        const struct wasm_opcode_info *info) {
  (void)insn;
  LLVMValueRef value = lower_pop_as(f, info->from);
  bool is_signed = info->oper == WASM_OPER_S;
  if (lower_is_vector(info->shape) && f->m->is_x86) {
    lower_push(f, x86_saturate_f32x4(f, value, is_signed));
  } else {
    lower_push(f, saturate(f, value, lower_lanes_type(f->m, info->shape), is_signed));
  }
}

/* Two lanes widened to a vector of four whose upper half is zero. */
static LLVMValueRef with_zeros(struct lower_function *f, LLVMValueRef pair) {
  return lower_shuffled(f, pair, LLVMConstNull(LLVMTypeOf(pair)), (const uint8_t[]){0, 1, 2, 3}, 4);
}

/* Clamped to what the result holds, so that the plain conversion is defined; NaN becomes 0. */
static LLVMValueRef x86_saturate_f64x2(struct lower_function *f, LLVMValueRef value, bool is_signed) {
  LLVMTypeRef type = LLVMTypeOf(value);
  LLVMValueRef limit = real_splat(type, is_signed ? 0x1p31 - 1 : 0x1p32 - 1);
  LLVMValueRef number = is_signed ? where(f, LLVMRealORD, value, value)
                                  : lower_x86_extreme(f, false, value, LLVMConstNull(type));
  if (!is_signed && f->m->options->has_avx512) {
    return avx512_truncate(f, number);
  }
  number = lower_x86_extreme(f, true, number, limit);
  if (is_signed) { /* cvttpd2dq: 0x80000000 for what is too small, and zeros above */
    return lower_target_intrinsic(f, "llvm.x86.sse2.cvttpd2dq", NULL, number, NULL);
  }
  /* Added to 2^52, an integer below 2^32 is the lower half of the sum's bits. */
  number =
      LLVMBuildFAdd(f->b, lower_intrinsic(f, "llvm.trunc", number, NULL, NULL), real_splat(type, 0x1p52), "");
  LLVMValueRef bits = LLVMBuildBitCast(f->b, number, lower_lanes_type(f->m, WASM_SHAPE_I32X4), "");
  return lower_shuffled(f, bits, LLVMConstNull(LLVMTypeOf(bits)), (const uint8_t[]){0, 2, 4, 5}, 4);
}

void lower_truncate_zero(struct lower_function *f, const struct wasm_insn *insn,
                         const struct wasm_opcode_info *info) {
  (void)insn;
  LLVMValueRef value = lower_pop_as(f, info->from);
  bool is_signed = info->oper == WASM_OPER_S;
  if (f->m->is_x86) {
    lower_push(f, x86_saturate_f64x2(f, value, is_signed));
  } else {
    /* Saturated to 64 bits first: arm64 converts to lanes of the same width, and narrows with saturation. */
    const char *narrow = is_signed ? "llvm.aarch64.neon.sqxtn" : "llvm.aarch64.neon.uqxtn";
    LLVMValueRef wide = saturate(f, value, f->m->v128, is_signed);
    lower_push(f, with_zeros(f, lower_target_intrinsic(f, narrow, LLVMVectorType(f->m->i32, 2), wide, NULL)));
  }
}

void lower_convert(struct lower_function *f, const struct wasm_insn *insn,
                   const struct wasm_opcode_info *info) {
  (void)insn;
  LLVMValueRef value = lower_pop_as(f, info->from);
  LLVMTypeRef to = lower_lanes_type(f->m, info->shape);
  lower_push(f, info->oper == WASM_OPER_S ? LLVMBuildSIToFP(f->b, value, to, "")
                                          : LLVMBuildUIToFP(f->b, value, to, ""));
}

static LLVMValueRef low_pair(struct lower_function *f, LLVMValueRef value) {
  return lower_shuffled(f, value, LLVMGetPoison(LLVMTypeOf(value)), (const uint8_t[]){0, 1}, 2);
}

/* The lanes are the lower halves of doubles between 2^52 and 2^52 + 2^32, from which 2^52 is taken. */
static LLVMValueRef x86_convert_unsigned(struct lower_function *f, LLVMValueRef value, LLVMTypeRef to) {
  LLVMTypeRef ints = LLVMTypeOf(value);
  LLVMValueRef upper = lower_broadcast(f, LLVMConstInt(f->m->i32, 0x43300000, 0), ints);
  LLVMValueRef doubles = lower_shuffled(f, value, upper, (const uint8_t[]){0, 4, 1, 5}, 4);
  return LLVMBuildFSub(f->b, LLVMBuildBitCast(f->b, doubles, to, ""), real_splat(to, 0x1p52), "");
}

void lower_convert_low(struct lower_function *f, const struct wasm_insn *insn,
                       const struct wasm_opcode_info *info) {
  (void)insn;
  LLVMValueRef value = lower_pop_as(f, info->from);
  LLVMTypeRef to = lower_lanes_type(f->m, info->shape);
  if (f->m->is_x86 && info->oper == WASM_OPER_U && !f->m->options->has_avx512) {
    lower_push(f, x86_convert_unsigned(f, value, to));
    return;
  }
  value = low_pair(f, value);
  lower_push(f, info->oper == WASM_OPER_S ? LLVMBuildSIToFP(f->b, value, to, "")
                                          : LLVMBuildUIToFP(f->b, value, to, ""));
}

void lower_demote_zero(struct lower_function *f, const struct wasm_insn *insn,
                       const struct wasm_opcode_info *info) {
  (void)insn;
  LLVMValueRef value = lower_pop_as(f, info->from);
  value = LLVMBuildFPTrunc(f->b, lower_raw(value), LLVMVectorType(f->m->f32, 2), "");
  lower_push(f, with_zeros(f, lower_canonical(f, value)));
}

void lower_promote_low(struct lower_function *f, const struct wasm_insn *insn,
                       const struct wasm_opcode_info *info) {
  (void)insn;
  LLVMValueRef value = low_pair(f, lower_pop_as(f, info->from));
  value = LLVMBuildFPExt(f->b, value, lower_lanes_type(f->m, info->shape), "");
  lower_push(f, lower_canonical(f, value));
}

void lower_demote(struct lower_function *f, const struct wasm_insn *insn,
                  const struct wasm_opcode_info *info) {
  (void)insn, (void)info;
  LLVMValueRef value = lower_raw(lower_pop(f));
  /* LLVM folds the demotion of a promotion away, and with it the quieting. */
  value = LLVMIsAFPExtInst(value) ? lower_quiet(f, LLVMGetOperand(value, 0))
                                  : LLVMBuildFPTrunc(f->b, value, f->m->f32, "");
  lower_push(f, lower_canonical(f, value));
}

void lower_promote(struct lower_function *f, const struct wasm_insn *insn,
                   const struct wasm_opcode_info *info) {
  (void)insn, (void)info;
  lower_push(f, lower_canonical(f, LLVMBuildFPExt(f->b, lower_raw(lower_pop(f)), f->m->f64, "")));
}

void lower_reinterpret(struct lower_function *f, const struct wasm_insn *insn,
                       const struct wasm_opcode_info *info) {
  (void)insn;
  lower_push(f, LLVMBuildBitCast(f->b, lower_pop(f), lower_lanes_type(f->m, info->shape), ""));
}

/* ---- Relaxed truncation: the machine's own. What it makes of NaN and of the rest is among the results
 * allowed. */

void lower_relaxed_truncate(struct lower_function *f, const struct wasm_insn *insn,
                            const struct wasm_opcode_info *info) {
  if (f->m->options->is_deterministic) {
    lower_truncate_sat(f, insn, info);
  } else if (f->m->is_x86 && info->oper == WASM_OPER_S) {
    lower_push(f, x86_truncate(f, lower_pop_as(f, info->from)));
  } else if (f->m->is_x86 && f->m->options->has_avx512) {
    lower_push(f, avx512_truncate(f, lower_pop_as(f, info->from)));
  } else {
    lower_truncate_sat(f, insn, info);
  }
}

void lower_relaxed_truncate_zero(struct lower_function *f, const struct wasm_insn *insn,
                                 const struct wasm_opcode_info *info) {
  if (f->m->options->is_deterministic) {
    lower_truncate_zero(f, insn, info);
  } else if (f->m->is_x86 && info->oper == WASM_OPER_S) {
    LLVMValueRef value = lower_pop_as(f, info->from);
    lower_push(f, lower_target_intrinsic(f, "llvm.x86.sse2.cvttpd2dq", NULL, value, NULL));
  } else if (f->m->is_x86 && f->m->options->has_avx512) {
    lower_push(f, avx512_truncate(f, lower_pop_as(f, info->from)));
  } else {
    lower_truncate_zero(f, insn, info);
  }
}
