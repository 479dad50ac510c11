/*
 * Numeric instructions (spec 4.3, 4.4.1). LLVM IR must see nothing undefined: shift counts are masked,
 * division is guarded, no instruction carries nsw, nuw or (but see float_extreme()) fast-math flags.
 *
 * LLVM may replace x * 1.0 and the like by x, which leaves a signalling NaN as it is where Wasm wants a quiet
 * one. Identities with constants are therefore lowered to quiet(), which the optimiser cannot see through.
 */
#include <string.h>

#include "internal.h"

static LLVMValueRef intrinsic(struct lower_function *f, const char *name, LLVMTypeRef type,
                              LLVMValueRef *args, unsigned count) {
  unsigned id = LLVMLookupIntrinsicID(name, strlen(name));
  LLVMValueRef callee = LLVMGetIntrinsicDeclaration(f->m->llvm, id, &type, 1);
  return LLVMBuildCall2(f->b, LLVMIntrinsicGetType(f->m->context, id, &type, 1), callee, args, count, "");
}

static LLVMValueRef unary_intrinsic(struct lower_function *f, const char *name, LLVMValueRef value) {
  return intrinsic(f, name, LLVMTypeOf(value), &value, 1);
}

static LLVMValueRef binary_intrinsic(struct lower_function *f, const char *name, LLVMValueRef a,
                                     LLVMValueRef b) {
  return intrinsic(f, name, LLVMTypeOf(a), (LLVMValueRef[]){a, b}, 2);
}

void lower_constant(struct lower_function *f, const struct wasm_insn *insn,
                    const struct wasm_opcode_info *info) {
  struct lower_module *m = f->m;
  switch (info->shape) {
  case WASM_SHAPE_I32:
    lower_push(f, LLVMConstInt(m->i32, insn->imm.i32, 0));
    break;
  case WASM_SHAPE_I64:
    lower_push(f, LLVMConstInt(m->i64, insn->imm.i64, 0));
    break;
  case WASM_SHAPE_F32: /* by its bits: a payload must survive */
    lower_push(f, LLVMConstBitCast(LLVMConstInt(m->i32, insn->imm.i32, 0), m->f32));
    break;
  default:
    lower_push(f, LLVMConstBitCast(LLVMConstInt(m->i64, insn->imm.i64, 0), m->f64));
    break;
  }
}

void lower_test(struct lower_function *f, const struct wasm_insn *insn, const struct wasm_opcode_info *info) {
  (void)insn, (void)info;
  LLVMValueRef value = lower_pop(f);
  LLVMValueRef zero = LLVMConstNull(LLVMTypeOf(value));
  lower_push(f, LLVMBuildZExt(f->b, LLVMBuildICmp(f->b, LLVMIntEQ, value, zero, ""), f->m->i32, ""));
}

void lower_compare(struct lower_function *f, const struct wasm_insn *insn,
                   const struct wasm_opcode_info *info) {
  (void)insn;
  static const LLVMIntPredicate int_predicates[] = {
      [WASM_OPER_EQ] = LLVMIntEQ,    [WASM_OPER_NE] = LLVMIntNE,    [WASM_OPER_LT_S] = LLVMIntSLT,
      [WASM_OPER_LT_U] = LLVMIntULT, [WASM_OPER_GT_S] = LLVMIntSGT, [WASM_OPER_GT_U] = LLVMIntUGT,
      [WASM_OPER_LE_S] = LLVMIntSLE, [WASM_OPER_LE_U] = LLVMIntULE, [WASM_OPER_GE_S] = LLVMIntSGE,
      [WASM_OPER_GE_U] = LLVMIntUGE,
  };
  static const LLVMRealPredicate real_predicates[] = {
      [WASM_OPER_EQ] = LLVMRealOEQ, [WASM_OPER_NE] = LLVMRealUNE, [WASM_OPER_LT] = LLVMRealOLT,
      [WASM_OPER_GT] = LLVMRealOGT, [WASM_OPER_LE] = LLVMRealOLE, [WASM_OPER_GE] = LLVMRealOGE,
  };
  LLVMValueRef b = lower_pop(f), a = lower_pop(f);
  bool is_int = info->shape == WASM_SHAPE_I32 || info->shape == WASM_SHAPE_I64;
  LLVMValueRef result = is_int ? LLVMBuildICmp(f->b, int_predicates[info->oper], a, b, "")
                               : LLVMBuildFCmp(f->b, real_predicates[info->oper], a, b, "");
  lower_push(f, LLVMBuildZExt(f->b, result, f->m->i32, ""));
}

void lower_unary(struct lower_function *f, const struct wasm_insn *insn,
                 const struct wasm_opcode_info *info) {
  (void)insn;
  static const char *const names[] = {
      [WASM_OPER_POPCNT] = "llvm.ctpop", [WASM_OPER_ABS] = "llvm.fabs",
      [WASM_OPER_CEIL] = "llvm.ceil",    [WASM_OPER_FLOOR] = "llvm.floor",
      [WASM_OPER_TRUNC] = "llvm.trunc",  [WASM_OPER_NEAREST] = "llvm.roundeven",
      [WASM_OPER_SQRT] = "llvm.sqrt",
  };
  LLVMValueRef value = lower_pop(f);
  switch (info->oper) {
  case WASM_OPER_CLZ:
  case WASM_OPER_CTZ: { /* defined for zero: the second operand says so */
    LLVMValueRef zero_is_poison = LLVMConstInt(f->m->i1, 0, 0);
    const char *name = info->oper == WASM_OPER_CLZ ? "llvm.ctlz" : "llvm.cttz";
    lower_push(f, intrinsic(f, name, LLVMTypeOf(value), (LLVMValueRef[]){value, zero_is_poison}, 2));
    break;
  }
  case WASM_OPER_NEG:
    lower_push(f, LLVMBuildFNeg(f->b, value, ""));
    break;
  default:
    lower_push(f, unary_intrinsic(f, names[info->oper], value));
    break;
  }
}

/* `value`, a NaN made quiet. On the bits, as LLVM 19 has no code for llvm.canonicalize on x86-64. */
static LLVMValueRef quiet(struct lower_function *f, LLVMValueRef value) {
  LLVMTypeRef type = LLVMTypeOf(value);
  bool is_wide = type == f->m->f64;
  LLVMTypeRef bits = is_wide ? f->m->i64 : f->m->i32;
  LLVMValueRef flag = LLVMConstInt(bits, is_wide ? UINT64_C(1) << 51 : UINT64_C(1) << 22, 0);
  LLVMValueRef changed = LLVMBuildOr(f->b, LLVMBuildBitCast(f->b, value, bits, ""), flag, "");
  LLVMValueRef is_nan = LLVMBuildFCmp(f->b, LLVMRealUNO, value, value, "");
  return LLVMBuildSelect(f->b, is_nan, LLVMBuildBitCast(f->b, changed, type, ""), value, "");
}

/* Is `value` the constant with these bits, given as a double? */
static bool is_real(LLVMValueRef value, double number) {
  if (!LLVMIsAConstantFP(value)) {
    return false;
  }
  LLVMBool loses;
  double real = LLVMConstRealGetDouble(value, &loses);
  return memcmp(&real, &number, sizeof real) == 0;
}

/* x op constant that LLVM would fold to x or -x without quieting; NULL where it is none of these. */
static LLVMValueRef float_identity(struct lower_function *f, unsigned oper, LLVMValueRef a, LLVMValueRef b) {
  switch (oper) {
  case WASM_OPER_MUL:
    if (is_real(a, 1.0)) {
      return b;
    }
    if (is_real(a, -1.0)) {
      return LLVMBuildFNeg(f->b, b, "");
    }
    /* fall through */
  case WASM_OPER_DIV:
    if (is_real(b, 1.0)) {
      return a;
    }
    return is_real(b, -1.0) ? LLVMBuildFNeg(f->b, a, "") : NULL;
  case WASM_OPER_ADD:
    if (is_real(a, -0.0)) {
      return b;
    }
    return is_real(b, -0.0) ? a : NULL;
  case WASM_OPER_SUB:
    if (is_real(b, 0.0)) {
      return a;
    }
    return is_real(a, -0.0) ? LLVMBuildFNeg(f->b, b, "") : NULL;
  default:
    return NULL;
  }
}

static LLVMValueRef float_add(struct lower_function *f, LLVMValueRef a, LLVMValueRef b) {
  LLVMValueRef same = float_identity(f, WASM_OPER_ADD, a, b);
  return same ? quiet(f, same) : LLVMBuildFAdd(f->b, a, b, "");
}

/*
 * min or max. LLVM's intrinsics may return a signalling NaN as it is, so they only get numbers (which they are
 * told, for shorter code), and the sum stands in where an operand is a NaN: it is a quiet one.
 */
static LLVMValueRef float_extreme(struct lower_function *f, const char *name, LLVMValueRef a,
                                  LLVMValueRef b) {
  LLVMValueRef of_numbers = binary_intrinsic(f, name, a, b);
  LLVMSetFastMathFlags(of_numbers, LLVMFastMathNoNaNs);
  LLVMValueRef is_nan = LLVMBuildFCmp(f->b, LLVMRealUNO, a, b, "");
  return LLVMBuildSelect(f->b, is_nan, float_add(f, a, b), of_numbers, "");
}

static LLVMValueRef float_binary(struct lower_function *f, unsigned oper, LLVMValueRef a, LLVMValueRef b) {
  LLVMValueRef same = float_identity(f, oper, a, b);
  if (same) {
    return quiet(f, same);
  }
  switch (oper) {
  case WASM_OPER_ADD:
    return float_add(f, a, b);
  case WASM_OPER_SUB:
    return LLVMBuildFSub(f->b, a, b, "");
  case WASM_OPER_MUL:
    return LLVMBuildFMul(f->b, a, b, "");
  case WASM_OPER_DIV:
    return LLVMBuildFDiv(f->b, a, b, "");
  case WASM_OPER_MIN:
    return float_extreme(f, "llvm.minimum", a, b);
  case WASM_OPER_MAX:
    return float_extreme(f, "llvm.maximum", a, b);
  default:
    return binary_intrinsic(f, "llvm.copysign", a, b);
  }
}

void lower_binary(struct lower_function *f, const struct wasm_insn *insn,
                  const struct wasm_opcode_info *info) {
  (void)insn;
  static const LLVMOpcode opcodes[] = {
      [WASM_OPER_ADD] = LLVMAdd, [WASM_OPER_SUB] = LLVMSub, [WASM_OPER_MUL] = LLVMMul,
      [WASM_OPER_AND] = LLVMAnd, [WASM_OPER_OR] = LLVMOr,   [WASM_OPER_XOR] = LLVMXor,
  };
  LLVMValueRef b = lower_pop(f), a = lower_pop(f);
  bool is_int = info->shape == WASM_SHAPE_I32 || info->shape == WASM_SHAPE_I64;
  lower_push(f, is_int ? LLVMBuildBinOp(f->b, opcodes[info->oper], a, b, "")
                       : float_binary(f, info->oper, a, b));
}

void lower_divide(struct lower_function *f, const struct wasm_insn *insn,
                  const struct wasm_opcode_info *info) {
  (void)insn;
  LLVMValueRef b = lower_pop(f), a = lower_pop(f);
  LLVMTypeRef type = LLVMTypeOf(a);
  LLVMValueRef minus_one = LLVMConstAllOnes(type);
  lower_trap_if(f, LLVMBuildICmp(f->b, LLVMIntEQ, b, LLVMConstNull(type), ""),
                WASMRT_TRAP_INTEGER_DIVIDE_BY_ZERO);
  switch (info->oper) {
  case WASM_OPER_DIV_S: {
    unsigned width = LLVMGetIntTypeWidth(type);
    LLVMValueRef least = LLVMConstInt(type, UINT64_C(1) << (width - 1), 0);
    LLVMValueRef is_least = LLVMBuildICmp(f->b, LLVMIntEQ, a, least, "");
    LLVMValueRef is_minus_one = LLVMBuildICmp(f->b, LLVMIntEQ, b, minus_one, "");
    lower_trap_if(f, LLVMBuildAnd(f->b, is_least, is_minus_one, ""), WASMRT_TRAP_INTEGER_OVERFLOW);
    lower_push(f, LLVMBuildSDiv(f->b, a, b, ""));
    break;
  }
  case WASM_OPER_DIV_U:
    lower_push(f, LLVMBuildUDiv(f->b, a, b, ""));
    break;
  case WASM_OPER_REM_S: { /* the least number modulo -1 is 0 in Wasm, undefined in LLVM: divide by 1 instead
                           */
    LLVMValueRef is_minus_one = LLVMBuildICmp(f->b, LLVMIntEQ, b, minus_one, "");
    LLVMValueRef divisor = LLVMBuildSelect(f->b, is_minus_one, LLVMConstInt(type, 1, 0), b, "");
    lower_push(f, LLVMBuildSRem(f->b, a, divisor, ""));
    break;
  }
  default:
    lower_push(f, LLVMBuildURem(f->b, a, b, ""));
    break;
  }
}

void lower_shift(struct lower_function *f, const struct wasm_insn *insn,
                 const struct wasm_opcode_info *info) {
  (void)insn;
  LLVMValueRef b = lower_pop(f), a = lower_pop(f);
  LLVMTypeRef type = LLVMTypeOf(a);
  /* Counts are modulo the width (spec 4.3.2); LLVM's result is poison beyond it. Funnel shifts are modulo
   * already. */
  LLVMValueRef count = LLVMBuildAnd(f->b, b, LLVMConstInt(type, LLVMGetIntTypeWidth(type) - 1, 0), "");
  switch (info->oper) {
  case WASM_OPER_SHL:
    lower_push(f, LLVMBuildShl(f->b, a, count, ""));
    break;
  case WASM_OPER_SHR_S:
    lower_push(f, LLVMBuildAShr(f->b, a, count, ""));
    break;
  case WASM_OPER_SHR_U:
    lower_push(f, LLVMBuildLShr(f->b, a, count, ""));
    break;
  default: {
    const char *name = info->oper == WASM_OPER_ROTL ? "llvm.fshl" : "llvm.fshr";
    lower_push(f, intrinsic(f, name, type, (LLVMValueRef[]){a, a, b}, 3));
    break;
  }
  }
}

/* ---- Conversions (spec 4.3.4) */

static LLVMTypeRef shape_type(const struct lower_module *m, unsigned shape) {
  const LLVMTypeRef types[] = {
      [WASM_SHAPE_I8] = m->i8,   [WASM_SHAPE_I16] = m->i16, [WASM_SHAPE_I32] = m->i32,
      [WASM_SHAPE_I64] = m->i64, [WASM_SHAPE_F32] = m->f32, [WASM_SHAPE_F64] = m->f64,
  };
  return types[shape];
}

void lower_wrap(struct lower_function *f, const struct wasm_insn *insn, const struct wasm_opcode_info *info) {
  (void)insn, (void)info;
  lower_push(f, LLVMBuildTrunc(f->b, lower_pop(f), f->m->i32, ""));
}

void lower_extend(struct lower_function *f, const struct wasm_insn *insn,
                  const struct wasm_opcode_info *info) {
  (void)insn;
  LLVMTypeRef from = shape_type(f->m, info->from), to = shape_type(f->m, info->shape);
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
  LLVMTypeRef from = LLVMTypeOf(value), to = shape_type(f->m, info->shape);
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

void lower_truncate_sat(struct lower_function *f, const struct wasm_insn *insn,
                        const struct wasm_opcode_info *info) {
  (void)insn;
  LLVMValueRef value = lower_pop(f);
  const char *name = info->oper == WASM_OPER_S ? "llvm.fptosi.sat" : "llvm.fptoui.sat";
  unsigned id = LLVMLookupIntrinsicID(name, strlen(name));
  LLVMTypeRef types[] = {shape_type(f->m, info->shape), LLVMTypeOf(value)};
  LLVMValueRef callee = LLVMGetIntrinsicDeclaration(f->m->llvm, id, types, 2);
  lower_push(f,
             LLVMBuildCall2(f->b, LLVMIntrinsicGetType(f->m->context, id, types, 2), callee, &value, 1, ""));
}

void lower_convert(struct lower_function *f, const struct wasm_insn *insn,
                   const struct wasm_opcode_info *info) {
  (void)insn;
  LLVMValueRef value = lower_pop(f);
  LLVMTypeRef to = shape_type(f->m, info->shape);
  lower_push(f, info->oper == WASM_OPER_S ? LLVMBuildSIToFP(f->b, value, to, "")
                                          : LLVMBuildUIToFP(f->b, value, to, ""));
}

void lower_demote(struct lower_function *f, const struct wasm_insn *insn,
                  const struct wasm_opcode_info *info) {
  (void)insn, (void)info;
  LLVMValueRef value = lower_pop(f);
  /* LLVM folds the demotion of a promotion away, and with it the quieting. */
  if (LLVMIsAFPExtInst(value)) {
    lower_push(f, quiet(f, LLVMGetOperand(value, 0)));
  } else {
    lower_push(f, LLVMBuildFPTrunc(f->b, value, f->m->f32, ""));
  }
}

void lower_promote(struct lower_function *f, const struct wasm_insn *insn,
                   const struct wasm_opcode_info *info) {
  (void)insn, (void)info;
  lower_push(f, LLVMBuildFPExt(f->b, lower_pop(f), f->m->f64, ""));
}

void lower_reinterpret(struct lower_function *f, const struct wasm_insn *insn,
                       const struct wasm_opcode_info *info) {
  (void)insn;
  lower_push(f, LLVMBuildBitCast(f->b, lower_pop(f), shape_type(f->m, info->shape), ""));
}
