/*
 * min, max, pmin and pmax of floats (spec 4.3.3). arm64 has fmin and fmax, which are Wasm's own. x86's minps
 * is a < b ? a : b, which is Wasm's pmin with its operands exchanged, and differs from min where an operand
 * is a NaN or both are zeros.
 *
 * LLVM's llvm.minimum may return a signalling NaN as it is, so it gets numbers only (which it is told, for
 * shorter code), and the sum stands in where an operand is a NaN: it is a quiet one.
 */
#include "internal.h"

static bool is_vector(LLVMValueRef value) {
  return LLVMGetTypeKind(LLVMTypeOf(value)) == LLVMVectorTypeKind;
}

static bool is_double(const struct lower_function *f, LLVMValueRef value) {
  LLVMTypeRef type = LLVMTypeOf(value);
  return (is_vector(value) ? LLVMGetElementType(type) : type) == f->m->f64;
}

/* minps and its kin: b where the operands do not compare, or are equal. */
LLVMValueRef lower_x86_extreme(struct lower_function *f, bool is_min, LLVMValueRef a, LLVMValueRef b) {
  if (!is_vector(a)) {
    LLVMValueRef is_a = LLVMBuildFCmp(f->b, is_min ? LLVMRealOLT : LLVMRealOGT, a, b, "");
    return LLVMBuildSelect(f->b, is_a, a, b, "");
  }
  /* By name: in a select the optimiser would see two 64-bit lanes, floats or not. */
  const char *name = is_double(f, a) ? (is_min ? "llvm.x86.sse2.min.pd" : "llvm.x86.sse2.max.pd")
                                     : (is_min ? "llvm.x86.sse.min.ps" : "llvm.x86.sse.max.ps");
  return lower_target_intrinsic(f, name, NULL, a, b);
}

LLVMValueRef lower_neon_extreme(struct lower_function *f, bool is_min, LLVMValueRef a, LLVMValueRef b) {
  const char *name = is_min ? "llvm.aarch64.neon.fmin" : "llvm.aarch64.neon.fmax";
  return lower_target_intrinsic(f, name, LLVMTypeOf(a), a, b);
}

/* vrangeps: orders zeros by their signs; of a number and a quiet NaN it takes the number. */
static LLVMValueRef avx512_range(struct lower_function *f, bool is_min, LLVMValueRef a, LLVMValueRef b) {
  const char *name =
      is_double(f, a) ? "llvm.x86.avx512.mask.range.pd.128" : "llvm.x86.avx512.mask.range.ps.128";
  LLVMValueRef control = LLVMConstInt(f->m->i32, is_min ? 4 : 5, 0); /* with the sign of the result */
  LLVMValueRef args[] = {a, b, control, LLVMConstNull(LLVMTypeOf(a)), LLVMConstAllOnes(f->m->i8)};
  return lower_call_intrinsic(f, name, NULL, 0, args, 5);
}

/*
 * In both orders: the results differ for NaNs and for zeros of different signs only. Of these the `or` has
 * the sign of the least, the `and` that of the greatest.
 */
static LLVMValueRef x86_of_numbers(struct lower_function *f, bool is_min, LLVMValueRef a, LLVMValueRef b) {
  LLVMTypeRef type = LLVMTypeOf(a), bits = is_double(f, a) ? f->m->i64 : f->m->i32;
  if (is_vector(a)) {
    bits = LLVMVectorType(bits, LLVMGetVectorSize(type));
  }
  LLVMValueRef one = LLVMBuildBitCast(f->b, lower_x86_extreme(f, is_min, a, b), bits, "");
  LLVMValueRef other = LLVMBuildBitCast(f->b, lower_x86_extreme(f, is_min, b, a), bits, "");
  LLVMValueRef both = is_min ? LLVMBuildOr(f->b, one, other, "") : LLVMBuildAnd(f->b, one, other, "");
  return LLVMBuildBitCast(f->b, both, type, "");
}

LLVMValueRef lower_float_extreme(struct lower_function *f, bool is_min, LLVMValueRef a, LLVMValueRef b) {
  LLVMValueRef of_numbers;
  if (!f->m->is_x86) {
    return lower_canonical(f, lower_neon_extreme(f, is_min, a, b));
  }
  if (LLVMIsConstant(a) || LLVMIsConstant(b)) { /* LLVM knows which zero a constant is, if any */
    of_numbers = lower_intrinsic(f, is_min ? "llvm.minimum" : "llvm.maximum", a, b, NULL);
    LLVMSetFastMathFlags(of_numbers, LLVMFastMathNoNaNs);
  } else if (is_vector(a) && f->m->options->has_avx512) {
    of_numbers = avx512_range(f, is_min, a, b);
  } else {
    of_numbers = x86_of_numbers(f, is_min, a, b);
  }
  LLVMValueRef is_nan = LLVMBuildFCmp(f->b, LLVMRealUNO, a, b, "");
  LLVMValueRef nan =
      f->m->options->is_deterministic ? lower_canonical_nan(f, LLVMTypeOf(a)) : lower_float_sum(f, a, b);
  return LLVMBuildSelect(f->b, is_nan, nan, of_numbers, "");
}
