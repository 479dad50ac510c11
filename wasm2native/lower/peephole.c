/*
 * After optimisation, before code generation: vector operations in the form for which the code generator has
 * one instruction, and selects of floats in a form that it keeps its hands off.
 */
#include <string.h>

#include "internal.h"

struct peephole {
  LLVMModuleRef module;
  LLVMContextRef context;
  LLVMBuilderRef b;
  bool has_avx512;
  unsigned pshufb, pmulhrsw, sqxtun; /* the numbers of intrinsics */
};

static LLVMValueRef call(struct peephole *p, const char *name, LLVMTypeRef *overload, unsigned overload_count,
                         LLVMValueRef *args, unsigned count) {
  unsigned id = LLVMLookupIntrinsicID(name, strlen(name));
  LLVMValueRef callee = LLVMGetIntrinsicDeclaration(p->module, id, overload, overload_count);
  LLVMTypeRef type = LLVMIntrinsicGetType(p->context, id, overload, overload_count);
  return LLVMBuildCall2(p->b, type, callee, args, count, "");
}

static void replace(LLVMValueRef old, LLVMValueRef new) {
  LLVMReplaceAllUsesWith(old, new);
  LLVMInstructionEraseFromParent(old);
}

static bool is_vector(LLVMTypeRef type, unsigned lane_bits, unsigned count) {
  return LLVMGetTypeKind(type) == LLVMVectorTypeKind && LLVMGetVectorSize(type) == count &&
         LLVMGetTypeKind(LLVMGetElementType(type)) == LLVMIntegerTypeKind &&
         LLVMGetIntTypeWidth(LLVMGetElementType(type)) == lane_bits;
}

/* Is every lane of this constant of 16 bytes one of 0 to 0x70 in steps of 16? */
static bool leaves_index_alone(LLVMValueRef constant) {
  for (unsigned i = 0; i < 16; i++) {
    LLVMValueRef lane = LLVMIsConstant(constant) ? LLVMGetAggregateElement(constant, i) : NULL;
    if (!lane || !LLVMIsAConstantInt(lane) || (LLVMConstIntGetZExtValue(lane) & 0x8f) != 0) {
      return false;
    }
  }
  return true;
}

/*
 * swizzle adds 0x70 to the indices with saturation (lane.c). Where the optimiser finds that they are below 16
 * this has become an `or`, and pshufb looks at bits 0 to 3 and 7 only: it may go.
 */
static void trim_index(LLVMValueRef pshufb) {
  LLVMValueRef index = LLVMGetOperand(pshufb, 1);
  if (LLVMIsAInstruction(index) && LLVMGetInstructionOpcode(index) == LLVMOr &&
      leaves_index_alone(LLVMGetOperand(index, 1))) {
    LLVMSetOperand(pshufb, 1, LLVMGetOperand(index, 0));
  }
}

/* The number in all lanes of a broadcast, or NULL. */
static LLVMValueRef broadcast_number(LLVMValueRef vector) {
  if (!LLVMIsAShuffleVectorInst(vector)) {
    return NULL;
  }
  LLVMValueRef insert = LLVMGetOperand(vector, 0);
  for (unsigned i = 0; i < LLVMGetNumMaskElements(vector); i++) {
    if (LLVMGetMaskValue(vector, (int)i) != 0) {
      return NULL;
    }
  }
  return LLVMIsAInsertElementInst(insert) && LLVMIsNull(LLVMGetOperand(insert, 2)) &&
                 LLVMTypeOf(insert) == LLVMTypeOf(vector)
             ? insert
             : NULL;
}

/*
 * psllq and psrlq take their one count from the lower half of a register: it need not be repeated. Counts are
 * below 64 (lower_shift). Only AVX-512 has psraq.
 */
static void shift_by_one_count(struct peephole *p, LLVMValueRef shift) {
  LLVMValueRef count = broadcast_number(LLVMGetOperand(shift, 1));
  if (!count || !is_vector(LLVMTypeOf(shift), 64, 2)) {
    return;
  }
  LLVMPositionBuilderBefore(p->b, shift);
  LLVMOpcode opcode = LLVMGetInstructionOpcode(shift);
  const char *name = opcode == LLVMShl                      ? "llvm.x86.sse2.psll.q"
                     : opcode == LLVMLShr || !p->has_avx512 ? "llvm.x86.sse2.psrl.q"
                                                            : "llvm.x86.avx512.psra.q.128";
  LLVMValueRef result = call(p, name, NULL, 0, (LLVMValueRef[]){LLVMGetOperand(shift, 0), count}, 2);
  if (opcode == LLVMAShr && !p->has_avx512) { /* the sign's bit, shifted as well, becomes all bits above it */
    LLVMValueRef bit = LLVMConstInt(LLVMGetElementType(LLVMTypeOf(shift)), UINT64_C(1) << 63, 0);
    LLVMValueRef sign = LLVMConstVector((LLVMValueRef[]){bit, bit}, 2);
    sign = call(p, name, NULL, 0, (LLVMValueRef[]){sign, count}, 2);
    result = LLVMBuildSub(p->b, LLVMBuildXor(p->b, result, sign, ""), sign, "");
  }
  replace(shift, result);
}

/*
 * A select between the operands of its comparison would become fminnm or fmaxnm on arm64 where one is a
 * constant. These return a quiet NaN for a signalling one, the comparison and select of Wasm the constant, or
 * the NaN as it is. The freeze hides the comparison; it is no code. What arithmetic results in is no
 * signalling NaN.
 */
static bool may_be_signalling(LLVMValueRef value) {
  if (LLVMIsConstant(value)) {
    return false; /* at worst it is a quiet one, or the comparison is folded */
  }
  if (!LLVMIsAInstruction(value)) {
    return true;
  }
  switch (LLVMGetInstructionOpcode(value)) {
  case LLVMFAdd:
  case LLVMFSub:
  case LLVMFMul:
  case LLVMFDiv:
  case LLVMFPExt:
  case LLVMFPTrunc:
  case LLVMSIToFP:
  case LLVMUIToFP:
    return false;
  default:
    return true;
  }
}

static void keep_comparison(struct peephole *p, LLVMValueRef select) {
  LLVMValueRef compare = LLVMGetOperand(select, 0);
  if (!LLVMIsAFCmpInst(compare)) {
    return;
  }
  LLVMValueRef a = LLVMGetOperand(compare, 0), b = LLVMGetOperand(compare, 1);
  LLVMValueRef yes = LLVMGetOperand(select, 1), no = LLVMGetOperand(select, 2);
  bool is_extreme = (a == yes && b == no) || (a == no && b == yes);
  if (is_extreme && (may_be_signalling(a) || may_be_signalling(b))) {
    LLVMPositionBuilderBefore(p->b, select);
    LLVMSetOperand(select, 0, LLVMBuildFreeze(p->b, compare, ""));
  }
}

/*
 * A comparison of a mask's bits, one for each lane, with none or all of them: arm64 finds the greatest or
 * least lane, where it would have to gather the bits.
 */
static void compare_lanes(struct peephole *p, LLVMValueRef compare) {
  LLVMValueRef bits = LLVMGetOperand(compare, 0), constant = LLVMGetOperand(compare, 1);
  LLVMIntPredicate predicate = LLVMGetICmpPredicate(compare);
  if (!LLVMIsABitCastInst(bits) || !LLVMIsAConstantInt(constant) ||
      (predicate != LLVMIntEQ && predicate != LLVMIntNE)) {
    return;
  }
  LLVMValueRef mask = LLVMGetOperand(bits, 0);
  bool is_none = LLVMIsNull(constant);
  bool is_all = LLVMConstIntGetSExtValue(constant) == -1;
  unsigned count =
      LLVMGetTypeKind(LLVMTypeOf(mask)) == LLVMVectorTypeKind ? LLVMGetVectorSize(LLVMTypeOf(mask)) : 0;
  if (!(is_none || is_all) || (count != 16 && count != 8 && count != 4) ||
      !is_vector(LLVMTypeOf(mask), 1, count)) {
    return;
  }
  LLVMPositionBuilderBefore(p->b, compare);
  LLVMTypeRef i32 = LLVMInt32TypeInContext(p->context);
  LLVMTypeRef types[] = {i32, LLVMVectorType(LLVMIntTypeInContext(p->context, 128 / count), count)};
  LLVMValueRef lanes = LLVMBuildSExt(p->b, mask, types[1], "");
  LLVMValueRef extreme =
      call(p, is_none ? "llvm.aarch64.neon.umaxv" : "llvm.aarch64.neon.uminv", types, 2, &lanes, 1);
  bool is_equal = (predicate == LLVMIntEQ) == is_none;
  replace(compare, LLVMBuildICmp(p->b, is_equal ? LLVMIntEQ : LLVMIntNE, extreme, LLVMConstNull(i32), ""));
}

/*
 * sqxtun saturates (narrow, in vector.c); what is the upper half of an unsigned lane, or a lower one, need
 * not be. Together with the shift one instruction then narrows two vectors (uzp2).
 */
static void drop_saturation(struct peephole *p, LLVMValueRef narrow) {
  LLVMValueRef wide = LLVMGetOperand(narrow, 0);
  unsigned half = LLVMGetIntTypeWidth(LLVMGetElementType(LLVMTypeOf(narrow)));
  LLVMOpcode opcode = LLVMIsAInstruction(wide) ? LLVMGetInstructionOpcode(wide) : LLVMCall;
  if (opcode != LLVMLShr && opcode != LLVMAnd) {
    return;
  }
  for (unsigned i = 0; i < LLVMGetVectorSize(LLVMTypeOf(wide)); i++) {
    LLVMValueRef constant = LLVMGetOperand(wide, 1);
    LLVMValueRef lane = LLVMIsConstant(constant) ? LLVMGetAggregateElement(constant, i) : NULL;
    uint64_t number = lane && LLVMIsAConstantInt(lane) ? LLVMConstIntGetZExtValue(lane) : 0;
    bool fits = opcode == LLVMLShr ? number >= half : number > 0 && number >> half == 0;
    if (!fits) {
      return;
    }
  }
  LLVMPositionBuilderBefore(p->b, narrow);
  replace(narrow, LLVMBuildTrunc(p->b, wide, LLVMTypeOf(narrow), ""));
}

/* Arithmetic makes its own NaN of one: it need not wait for the canonical one. */
static void take_raw_operands(LLVMValueRef arithmetic) {
  for (unsigned i = 0; i < 2; i++) {
    LLVMSetOperand(arithmetic, i, lower_raw(LLVMGetOperand(arithmetic, i)));
  }
}

/*
 * q15mulr_sat inverts the lanes of pmulhrsw that are -2^15 (vector.c): none is where one factor is a constant
 * without that lane.
 */
static bool is_never_least(LLVMValueRef product) {
  if (!LLVMIsACallInst(product) || LLVMGetNumArgOperands(product) != 2) {
    return false;
  }
  for (unsigned factor = 0; factor < 2; factor++) {
    LLVMValueRef constant = LLVMGetOperand(product, factor);
    unsigned lane = 0;
    while (lane < 8 && LLVMIsConstant(constant)) {
      LLVMValueRef number = LLVMGetAggregateElement(constant, lane);
      if (!number || !LLVMIsAConstantInt(number) || LLVMConstIntGetZExtValue(number) == 0x8000) {
        break;
      }
      lane++;
    }
    if (lane == 8) {
      return true;
    }
  }
  return false;
}

static void drop_inversion(struct peephole *p, LLVMValueRef compare) {
  LLVMValueRef product = LLVMGetOperand(compare, 0);
  if (LLVMGetICmpPredicate(compare) == LLVMIntEQ && LLVMIsACallInst(product) &&
      LLVMGetIntrinsicID(LLVMGetCalledValue(product)) == p->pmulhrsw && is_never_least(product)) {
    LLVMValueRef constant = LLVMGetOperand(compare, 1);
    for (unsigned i = 0; i < 8; i++) {
      LLVMValueRef lane = LLVMIsConstant(constant) ? LLVMGetAggregateElement(constant, i) : NULL;
      if (!lane || !LLVMIsAConstantInt(lane) || LLVMConstIntGetZExtValue(lane) != 0x8000) {
        return;
      }
    }
    replace(compare, LLVMConstNull(LLVMTypeOf(compare)));
  }
}

static bool is_arithmetic(LLVMValueRef instruction) {
  LLVMOpcode opcode = LLVMGetInstructionOpcode(instruction);
  return opcode == LLVMFAdd || opcode == LLVMFSub || opcode == LLVMFMul || opcode == LLVMFDiv;
}

static void visit_x86(struct peephole *p, LLVMValueRef instruction) {
  switch (LLVMGetInstructionOpcode(instruction)) {
  case LLVMCall:
    if (LLVMGetIntrinsicID(LLVMGetCalledValue(instruction)) == p->pshufb) {
      trim_index(instruction);
    }
    break;
  case LLVMShl:
  case LLVMLShr:
  case LLVMAShr:
    shift_by_one_count(p, instruction);
    break;
  case LLVMICmp:
    drop_inversion(p, instruction);
    break;
  default:
    break;
  }
}

static void visit_arm64(struct peephole *p, LLVMValueRef instruction) {
  switch (LLVMGetInstructionOpcode(instruction)) {
  case LLVMCall:
    if (LLVMGetIntrinsicID(LLVMGetCalledValue(instruction)) == p->sqxtun) {
      drop_saturation(p, instruction);
    }
    break;
  case LLVMSelect:
    keep_comparison(p, instruction);
    break;
  case LLVMICmp:
    compare_lanes(p, instruction);
    break;
  default:
    break;
  }
}

void lower_peepholes(LLVMModuleRef module, const struct lower_options *options) {
  bool is_x86 = lower_is_x86(LLVMGetTarget(module));
  LLVMContextRef context = LLVMGetModuleContext(module);
  static const char pshufb[] = "llvm.x86.ssse3.pshuf.b.128", sqxtun[] = "llvm.aarch64.neon.sqxtun",
                    pmulhrsw[] = "llvm.x86.ssse3.pmul.hr.sw.128";
  struct peephole p = {.module = module,
                       .context = context,
                       .has_avx512 = options->has_avx512,
                       .b = LLVMCreateBuilderInContext(context),
                       .pshufb = LLVMLookupIntrinsicID(pshufb, strlen(pshufb)),
                       .pmulhrsw = LLVMLookupIntrinsicID(pmulhrsw, strlen(pmulhrsw)),
                       .sqxtun = LLVMLookupIntrinsicID(sqxtun, strlen(sqxtun))};
  for (LLVMValueRef f = LLVMGetFirstFunction(module); f; f = LLVMGetNextFunction(f)) {
    for (LLVMBasicBlockRef block = LLVMGetFirstBasicBlock(f); block; block = LLVMGetNextBasicBlock(block)) {
      LLVMValueRef next;
      for (LLVMValueRef i = LLVMGetFirstInstruction(block); i; i = next) {
        next = LLVMGetNextInstruction(i);
        if (options->is_deterministic && is_arithmetic(i)) {
          take_raw_operands(i);
        }
        if (is_x86) {
          visit_x86(&p, i);
        } else {
          visit_arm64(&p, i);
        }
      }
    }
  }
  LLVMDisposeBuilder(p.b);
}
