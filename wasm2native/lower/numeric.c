/*
 * Numeric instructions (spec 4.3, 4.4.1). LLVM IR must see nothing undefined: shift counts are masked,
 * division is guarded, no instruction carries nsw, nuw or (but see extreme.c) fast-math flags.
 *
 * LLVM may replace x * 1.0 and the like by x, which leaves a signalling NaN as it is where Wasm wants a quiet
 * one. Identities with constants are therefore lowered to lower_quiet(), which the optimiser cannot see
 * through.
 */
#include <string.h>

#include "internal.h"

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
  case WASM_SHAPE_F64:
    lower_push(f, LLVMConstBitCast(LLVMConstInt(m->i64, insn->imm.i64, 0), m->f64));
    break;
  default: { /* little-endian bytes */
    LLVMValueRef lanes[16];
    for (unsigned i = 0; i < 16; i++) {
      lanes[i] = LLVMConstInt(m->i8, insn->imm.v128[i], 0);
    }
    lower_push(f, LLVMConstBitCast(LLVMConstVector(lanes, 16), m->v128));
    break;
  }
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
  LLVMValueRef b = lower_pop_as(f, info->shape), a = lower_pop_as(f, info->shape);
  LLVMValueRef result = lower_is_float(info->shape)
                            ? LLVMBuildFCmp(f->b, real_predicates[info->oper], a, b, "")
                            : LLVMBuildICmp(f->b, int_predicates[info->oper], a, b, "");
  if (lower_is_vector(info->shape)) { /* a mask: all ones or zeros in each lane */
    unsigned mask = info->shape == WASM_SHAPE_F32X4   ? WASM_SHAPE_I32X4
                    : info->shape == WASM_SHAPE_F64X2 ? WASM_SHAPE_I64X2
                                                      : info->shape;
    lower_push(f, LLVMBuildSExt(f->b, result, lower_lanes_type(f->m, mask), ""));
  } else {
    lower_push(f, LLVMBuildZExt(f->b, result, f->m->i32, ""));
  }
}

void lower_unary(struct lower_function *f, const struct wasm_insn *insn,
                 const struct wasm_opcode_info *info) {
  (void)insn;
  static const char *const names[] = {
      [WASM_OPER_POPCNT] = "llvm.ctpop",      [WASM_OPER_CEIL] = "llvm.ceil",
      [WASM_OPER_FLOOR] = "llvm.floor",       [WASM_OPER_TRUNC] = "llvm.trunc",
      [WASM_OPER_NEAREST] = "llvm.roundeven", [WASM_OPER_SQRT] = "llvm.sqrt",
  };
  LLVMValueRef value = lower_pop_as(f, info->shape);
  LLVMValueRef no = LLVMConstInt(f->m->i1, 0, 0);
  bool is_float = lower_is_float(info->shape);
  switch (info->oper) {
  case WASM_OPER_CLZ: /* defined for zero: the second operand says so */
    value = lower_intrinsic(f, "llvm.ctlz", value, no, NULL);
    break;
  case WASM_OPER_CTZ:
    value = lower_intrinsic(f, "llvm.cttz", value, no, NULL);
    break;
  case WASM_OPER_NEG:
    value = is_float ? LLVMBuildFNeg(f->b, value, "") : LLVMBuildNeg(f->b, value, "");
    break;
  case WASM_OPER_NOT:
    value = LLVMBuildNot(f->b, value, "");
    break;
  case WASM_OPER_CEIL:
  case WASM_OPER_FLOOR:
  case WASM_OPER_TRUNC:
  case WASM_OPER_NEAREST:
  case WASM_OPER_SQRT:
    value = lower_canonical(f, lower_intrinsic(f, names[info->oper], lower_raw(value), NULL, NULL));
    break;
  case WASM_OPER_ABS: /* the least integer is its own: the second operand says that it is no poison */
    value = is_float ? lower_intrinsic(f, "llvm.fabs", value, NULL, NULL)
                     : lower_intrinsic(f, "llvm.abs", value, no, NULL);
    break;
  default:
    value = lower_intrinsic(f, names[info->oper], value, NULL, NULL);
    break;
  }
  lower_push(f, value);
}

/*
 * `value` with NaNs made quiet. On the bits, as LLVM 19 has no code for llvm.canonicalize on x86-64; the
 * optimiser does not see through it. In the deterministic profile all become canonical afterwards.
 */
LLVMValueRef lower_quiet(struct lower_function *f, LLVMValueRef value) {
  if (f->m->options->is_deterministic) {
    return value;
  }
  struct lower_module *m = f->m;
  LLVMTypeRef type = LLVMTypeOf(value), bits, lane = type;
  unsigned count = 0;
  if (LLVMGetTypeKind(type) == LLVMVectorTypeKind) {
    lane = LLVMGetElementType(type);
    count = LLVMGetVectorSize(type);
  }
  bool is_wide = lane == m->f64;
  bits = is_wide ? m->i64 : m->i32;
  LLVMValueRef flag = LLVMConstInt(bits, is_wide ? UINT64_C(1) << 51 : UINT64_C(1) << 22, 0);
  if (count) {
    bits = LLVMVectorType(bits, count);
    flag = lower_broadcast(f, flag, bits);
  }
  LLVMValueRef changed = LLVMBuildOr(f->b, LLVMBuildBitCast(f->b, value, bits, ""), flag, "");
  LLVMValueRef is_nan = LLVMBuildFCmp(f->b, LLVMRealUNO, value, value, "");
  return LLVMBuildSelect(f->b, is_nan, LLVMBuildBitCast(f->b, changed, type, ""), value, "");
}

LLVMValueRef lower_canonical_nan(struct lower_function *f, LLVMTypeRef type) {
  struct lower_module *m = f->m;
  bool is_vector = LLVMGetTypeKind(type) == LLVMVectorTypeKind;
  LLVMTypeRef lane = is_vector ? LLVMGetElementType(type) : type;
  LLVMValueRef bits = lane == m->f64 ? LLVMConstInt(m->i64, UINT64_C(0x7ff8) << 48, 0)
                                     : LLVMConstInt(m->i32, UINT32_C(0x7fc0) << 16, 0);
  LLVMValueRef nan = LLVMConstBitCast(bits, lane);
  return is_vector ? lower_broadcast(f, nan, type) : nan;
}

/*
 * The deterministic profile (spec, appendix "Profiles"): NaNs that instructions generate are canonical and
 * positive. By a select, which the optimiser must keep: to it, what arithmetic makes of a NaN is any NaN.
 */
LLVMValueRef lower_canonical(struct lower_function *f, LLVMValueRef value) {
  if (!f->m->options->is_deterministic) {
    return value;
  }
  LLVMTypeRef type = LLVMTypeOf(value);
  LLVMValueRef is_nan = LLVMBuildFCmp(f->b, LLVMRealUNO, value, value, "");
  return LLVMBuildSelect(f->b, is_nan, lower_canonical_nan(f, type), value, "");
}

static bool is_constant_nan(LLVMValueRef value) {
  if (LLVMGetTypeKind(LLVMTypeOf(value)) == LLVMVectorTypeKind && LLVMIsConstant(value)) {
    unsigned count = LLVMGetVectorSize(LLVMTypeOf(value));
    for (unsigned i = 0; i < count; i++) {
      LLVMValueRef lane = LLVMGetAggregateElement(value, i);
      if (!lane || !is_constant_nan(lane)) {
        return false;
      }
    }
    return true;
  }
  LLVMBool loses;
  double number = LLVMIsAConstantFP(value) ? LLVMConstRealGetDouble(value, &loses) : 0;
  return number != number;
}

LLVMValueRef lower_raw(LLVMValueRef value) {
  if (!LLVMIsASelectInst(value) || !LLVMIsAFCmpInst(LLVMGetOperand(value, 0))) {
    return value;
  }
  LLVMValueRef compare = LLVMGetOperand(value, 0), raw = LLVMGetOperand(compare, 0);
  LLVMValueRef other = LLVMGetOperand(compare, 1);
  bool is_test = other == raw || (LLVMIsConstant(other) && LLVMIsNull(other));
  unsigned kept = LLVMGetFCmpPredicate(compare) == LLVMRealUNO ? 2 : 1;
  bool is_known = kept == 2 || LLVMGetFCmpPredicate(compare) == LLVMRealORD;
  return is_test && is_known && LLVMGetOperand(value, kept) == raw &&
                 is_constant_nan(LLVMGetOperand(value, 3 - kept))
             ? raw
             : value;
}

/* Is `value` the constant with these bits, given as a double, in every lane of a vector? */
static bool is_real(LLVMValueRef value, double number) {
  if (LLVMGetTypeKind(LLVMTypeOf(value)) == LLVMVectorTypeKind && LLVMIsConstant(value)) {
    LLVMValueRef first = LLVMGetAggregateElement(value, 0);
    unsigned count = LLVMGetVectorSize(LLVMTypeOf(value));
    for (unsigned i = 1; i < count; i++) {
      if (LLVMGetAggregateElement(value, i) != first) {
        return false;
      }
    }
    return first && is_real(first, number);
  }
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

LLVMValueRef lower_float_sum(struct lower_function *f, LLVMValueRef a, LLVMValueRef b) {
  LLVMValueRef same = float_identity(f, WASM_OPER_ADD, a, b);
  return same ? lower_quiet(f, same) : LLVMBuildFAdd(f->b, a, b, "");
}

/* What generates NaNs. */
static LLVMValueRef float_arithmetic(struct lower_function *f, unsigned oper, LLVMValueRef a,
                                     LLVMValueRef b) {
  LLVMValueRef same = float_identity(f, oper, a, b);
  if (same) {
    return lower_quiet(f, same);
  }
  switch (oper) {
  case WASM_OPER_ADD:
    return LLVMBuildFAdd(f->b, a, b, "");
  case WASM_OPER_SUB:
    return LLVMBuildFSub(f->b, a, b, "");
  case WASM_OPER_MUL:
    return LLVMBuildFMul(f->b, a, b, "");
  default:
    return LLVMBuildFDiv(f->b, a, b, "");
  }
}

static LLVMValueRef float_binary(struct lower_function *f, unsigned oper, LLVMValueRef a, LLVMValueRef b) {
  bool is_x86 = f->m->is_x86;
  switch (oper) {
  case WASM_OPER_PMIN: /* b < a ? b : a */
    return is_x86 ? lower_x86_extreme(f, true, b, a)
                  : LLVMBuildSelect(f->b, LLVMBuildFCmp(f->b, LLVMRealOLT, b, a, ""), b, a, "");
  case WASM_OPER_PMAX:
    return is_x86 ? lower_x86_extreme(f, false, b, a)
                  : LLVMBuildSelect(f->b, LLVMBuildFCmp(f->b, LLVMRealOLT, a, b, ""), b, a, "");
  case WASM_OPER_MIN:
  case WASM_OPER_MAX:
    return lower_float_extreme(f, oper == WASM_OPER_MIN, lower_raw(a), lower_raw(b));
  case WASM_OPER_COPYSIGN:
    return lower_intrinsic(f, "llvm.copysign", a, b, NULL);
  default:
    return lower_canonical(f, float_arithmetic(f, oper, lower_raw(a), lower_raw(b)));
  }
}

/* (a + b + 1) / 2 without overflow: the code generator knows this form. */
static LLVMValueRef average(struct lower_function *f, LLVMValueRef a, LLVMValueRef b) {
  LLVMTypeRef narrow = LLVMTypeOf(a), lane = LLVMGetElementType(narrow);
  LLVMTypeRef wide_lane = lane == f->m->i8 ? f->m->i16 : f->m->i32;
  LLVMTypeRef wide = LLVMVectorType(wide_lane, LLVMGetVectorSize(narrow));
  LLVMValueRef one = lower_broadcast(f, LLVMConstInt(wide_lane, 1, 0), wide);
  LLVMValueRef sum =
      LLVMBuildAdd(f->b, LLVMBuildZExt(f->b, a, wide, ""), LLVMBuildZExt(f->b, b, wide, ""), "");
  sum = LLVMBuildLShr(f->b, LLVMBuildAdd(f->b, sum, one, ""), one, "");
  return LLVMBuildTrunc(f->b, sum, narrow, "");
}

/*
 * Products of 64-bit lanes on arm64, which has none: the low halves' product, and those of low by high halves
 * in the upper 32 bits. LLVM would move the lanes to general registers and back.
 */
static LLVMValueRef neon_product(struct lower_function *f, LLVMValueRef a, LLVMValueRef b) {
  LLVMTypeRef type = LLVMTypeOf(a), narrow = LLVMVectorType(f->m->i32, 2);
  LLVMTypeRef halves = LLVMVectorType(f->m->i32, 4), types[] = {type, halves};
  LLVMValueRef low =
      lower_target_intrinsic(f, "llvm.aarch64.neon.umull", type, LLVMBuildTrunc(f->b, a, narrow, ""),
                             LLVMBuildTrunc(f->b, b, narrow, ""));
  LLVMValueRef halves_b = LLVMBuildBitCast(f->b, b, halves, "");
  LLVMValueRef crossed =
      LLVMBuildMul(f->b, LLVMBuildBitCast(f->b, a, halves, ""),
                   lower_shuffled(f, halves_b, halves_b, (const uint8_t[]){1, 0, 3, 2}, 4), "");
  LLVMValueRef sums = lower_call_intrinsic(f, "llvm.aarch64.neon.uaddlp", types, 2, &crossed, 1);
  LLVMValueRef high = LLVMBuildShl(f->b, sums, lower_broadcast(f, LLVMConstInt(f->m->i64, 32, 0), type), "");
  return LLVMBuildAdd(f->b, high, low, "");
}

static LLVMValueRef int_binary(struct lower_function *f, unsigned oper, LLVMValueRef a, LLVMValueRef b) {
  static const LLVMOpcode opcodes[] = {
      [WASM_OPER_ADD] = LLVMAdd, [WASM_OPER_SUB] = LLVMSub, [WASM_OPER_MUL] = LLVMMul,
      [WASM_OPER_AND] = LLVMAnd, [WASM_OPER_OR] = LLVMOr,   [WASM_OPER_XOR] = LLVMXor,
  };
  static const char *const names[] = {
      [WASM_OPER_MIN_S] = "llvm.smin",         [WASM_OPER_MIN_U] = "llvm.umin",
      [WASM_OPER_MAX_S] = "llvm.smax",         [WASM_OPER_MAX_U] = "llvm.umax",
      [WASM_OPER_ADD_SAT_S] = "llvm.sadd.sat", [WASM_OPER_ADD_SAT_U] = "llvm.uadd.sat",
      [WASM_OPER_SUB_SAT_S] = "llvm.ssub.sat", [WASM_OPER_SUB_SAT_U] = "llvm.usub.sat",
  };
  if (oper == WASM_OPER_ANDNOT) {
    return LLVMBuildAnd(f->b, a, LLVMBuildNot(f->b, b, ""), "");
  }
  if (oper == WASM_OPER_AVGR_U) {
    return average(f, a, b);
  }
  if (oper == WASM_OPER_MUL && LLVMTypeOf(a) == f->m->v128 && !f->m->is_x86) {
    return neon_product(f, a, b);
  }
  if (oper < sizeof names / sizeof names[0] && names[oper]) {
    return lower_intrinsic(f, names[oper], a, b, NULL);
  }
  return LLVMBuildBinOp(f->b, opcodes[oper], a, b, "");
}

void lower_binary(struct lower_function *f, const struct wasm_insn *insn,
                  const struct wasm_opcode_info *info) {
  (void)insn;
  LLVMValueRef b = lower_pop_as(f, info->shape), a = lower_pop_as(f, info->shape);
  lower_push(f, lower_is_float(info->shape) ? float_binary(f, info->oper, a, b)
                                            : int_binary(f, info->oper, a, b));
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
  LLVMValueRef b = lower_pop(f), a = lower_pop_as(f, info->shape);
  LLVMTypeRef type = LLVMTypeOf(a), lane = type;
  bool is_vector = lower_is_vector(info->shape);
  if (is_vector) {
    lane = LLVMGetElementType(type);
    b = LLVMBuildIntCast2(f->b, b, lane, 0, "");
  }
  /*
   * Counts are modulo the width (spec 4.3.2); LLVM's result is poison beyond it. Funnel shifts are modulo
   * already. All lanes shift by the same count.
   */
  LLVMValueRef count = LLVMBuildAnd(f->b, b, LLVMConstInt(lane, LLVMGetIntTypeWidth(lane) - 1, 0), "");
  if (is_vector) {
    count = lower_broadcast(f, count, type);
  }
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
  default:
    lower_push(f, lower_intrinsic(f, info->oper == WASM_OPER_ROTL ? "llvm.fshl" : "llvm.fshr", a, a, b));
    break;
  }
}

/* ---- Wide arithmetic: numbers of 128 bits as pairs, the low half first */

static LLVMValueRef pop_pair(struct lower_function *f) {
  LLVMTypeRef i128 = LLVMIntTypeInContext(f->m->context, 128);
  LLVMValueRef high = LLVMBuildZExt(f->b, lower_pop(f), i128, "");
  LLVMValueRef low = LLVMBuildZExt(f->b, lower_pop(f), i128, "");
  return LLVMBuildOr(f->b, LLVMBuildShl(f->b, high, LLVMConstInt(i128, 64, 0), ""), low, "");
}

static void push_pair(struct lower_function *f, LLVMValueRef value) {
  LLVMValueRef high = LLVMBuildLShr(f->b, value, LLVMConstInt(LLVMTypeOf(value), 64, 0), "");
  lower_push(f, LLVMBuildTrunc(f->b, value, f->m->i64, ""));
  lower_push(f, LLVMBuildTrunc(f->b, high, f->m->i64, ""));
}

void lower_add128(struct lower_function *f, const struct wasm_insn *insn,
                  const struct wasm_opcode_info *info) {
  (void)insn, (void)info;
  LLVMValueRef b = pop_pair(f), a = pop_pair(f);
  push_pair(f, LLVMBuildAdd(f->b, a, b, ""));
}

void lower_sub128(struct lower_function *f, const struct wasm_insn *insn,
                  const struct wasm_opcode_info *info) {
  (void)insn, (void)info;
  LLVMValueRef b = pop_pair(f), a = pop_pair(f);
  push_pair(f, LLVMBuildSub(f->b, a, b, ""));
}

void lower_mul_wide(struct lower_function *f, const struct wasm_insn *insn,
                    const struct wasm_opcode_info *info) {
  (void)insn;
  LLVMTypeRef i128 = LLVMIntTypeInContext(f->m->context, 128);
  bool is_signed = info->oper == WASM_OPER_S;
  LLVMValueRef b = LLVMBuildIntCast2(f->b, lower_pop(f), i128, is_signed, "");
  LLVMValueRef a = LLVMBuildIntCast2(f->b, lower_pop(f), i128, is_signed, "");
  push_pair(f, LLVMBuildMul(f->b, a, b, ""));
}
