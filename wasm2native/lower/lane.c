/* Instructions on the lanes of a vector: building, taking apart, rearranging and testing them (spec 4.4.3).
 */
#include "internal.h"

static LLVMValueRef lane_number(struct lower_function *f, unsigned lane) {
  return LLVMConstInt(f->m->i32, lane, 0);
}

/* A number as a lane: the narrow lanes take the low bits of an i32. */
static LLVMValueRef pop_lane(struct lower_function *f, LLVMTypeRef type) {
  LLVMValueRef value = lower_pop(f);
  return LLVMTypeOf(value) == type ? value : LLVMBuildTrunc(f->b, value, type, "");
}

void lower_splat(struct lower_function *f, const struct wasm_insn *insn,
                 const struct wasm_opcode_info *info) {
  (void)insn;
  LLVMTypeRef type = lower_lanes_type(f->m, info->shape);
  lower_push(f, lower_broadcast(f, pop_lane(f, LLVMGetElementType(type)), type));
}

void lower_extract_lane(struct lower_function *f, const struct wasm_insn *insn,
                        const struct wasm_opcode_info *info) {
  LLVMValueRef vector = lower_pop_as(f, info->shape);
  LLVMValueRef lane = LLVMBuildExtractElement(f->b, vector, lane_number(f, insn->imm.lane), "");
  if (info->oper == WASM_OPER_S) {
    lane = LLVMBuildSExt(f->b, lane, f->m->i32, "");
  } else if (info->oper == WASM_OPER_U) {
    lane = LLVMBuildZExt(f->b, lane, f->m->i32, "");
  }
  lower_push(f, lane);
}

void lower_replace_lane(struct lower_function *f, const struct wasm_insn *insn,
                        const struct wasm_opcode_info *info) {
  LLVMValueRef lane = pop_lane(f, LLVMGetElementType(lower_lanes_type(f->m, info->shape)));
  LLVMValueRef vector = lower_pop_as(f, info->shape);
  lower_push(f, LLVMBuildInsertElement(f->b, vector, lane, lane_number(f, insn->imm.lane), ""));
}

void lower_shuffle(struct lower_function *f, const struct wasm_insn *insn,
                   const struct wasm_opcode_info *info) {
  LLVMValueRef b = lower_pop_as(f, info->shape), a = lower_pop_as(f, info->shape);
  lower_push(f, lower_shuffled(f, a, b, insn->imm.v128, 16));
}

/* The machine's table look-up: tbl1 yields 0 from index 16 on; pshufb where bit 7 of the index is set. */
static void look_up(struct lower_function *f, LLVMValueRef a, LLVMValueRef index) {
  if (f->m->is_x86) {
    lower_push(f, lower_target_intrinsic(f, "llvm.x86.ssse3.pshuf.b.128", NULL, a, index));
  } else {
    lower_push(f, lower_target_intrinsic(f, "llvm.aarch64.neon.tbl1", LLVMTypeOf(a), a, index));
  }
}

void lower_swizzle(struct lower_function *f, const struct wasm_insn *insn,
                   const struct wasm_opcode_info *info) {
  (void)insn;
  LLVMValueRef index = lower_pop_as(f, info->shape), a = lower_pop_as(f, info->shape);
  if (f->m->is_x86) { /* adding 0x70 with saturation sets bit 7 of all from 16 on, and of no other */
    LLVMValueRef bias = lower_broadcast(f, LLVMConstInt(f->m->i8, 0x70, 0), LLVMTypeOf(index));
    index = lower_intrinsic(f, "llvm.uadd.sat", index, bias, NULL);
  }
  look_up(f, a, index);
}

void lower_relaxed_swizzle(struct lower_function *f, const struct wasm_insn *insn,
                           const struct wasm_opcode_info *info) {
  if (f->m->options->is_deterministic) {
    lower_swizzle(f, insn, info);
    return;
  }
  LLVMValueRef index = lower_pop_as(f, info->shape), a = lower_pop_as(f, info->shape);
  look_up(f, a, index);
}

void lower_bitselect(struct lower_function *f, const struct wasm_insn *insn,
                     const struct wasm_opcode_info *info) {
  (void)insn, (void)info;
  LLVMValueRef mask = lower_pop(f), b = lower_pop(f), a = lower_pop(f);
  LLVMValueRef from_b = LLVMBuildAnd(f->b, b, LLVMBuildNot(f->b, mask, ""), "");
  lower_push(f, LLVMBuildOr(f->b, LLVMBuildAnd(f->b, a, mask, ""), from_b, ""));
}

/* ---- Tests */

/* Whether any bit is set: ptest on x86, the largest 32-bit lane on arm64. */
static LLVMValueRef any_bit(struct lower_function *f, LLVMValueRef vector) {
  LLVMTypeRef words = LLVMVectorType(f->m->i32, 4);
  LLVMValueRef number = f->m->is_x86
                            ? LLVMBuildBitCast(f->b, vector, LLVMIntTypeInContext(f->m->context, 128), "")
                            : lower_intrinsic(f, "llvm.vector.reduce.umax",
                                              LLVMBuildBitCast(f->b, vector, words, ""), NULL, NULL);
  return LLVMBuildICmp(f->b, LLVMIntNE, number, LLVMConstNull(LLVMTypeOf(number)), "");
}

void lower_any_true(struct lower_function *f, const struct wasm_insn *insn,
                    const struct wasm_opcode_info *info) {
  (void)insn, (void)info;
  lower_push(f, LLVMBuildZExt(f->b, any_bit(f, lower_pop(f)), f->m->i32, ""));
}

/* No lane is zero; on arm64 the least lane is not, but for 64-bit lanes, which it cannot reduce. */
void lower_all_true(struct lower_function *f, const struct wasm_insn *insn,
                    const struct wasm_opcode_info *info) {
  (void)insn;
  LLVMValueRef vector = lower_pop_as(f, info->shape), result;
  if (f->m->is_x86 || info->shape == WASM_SHAPE_I64X2) {
    LLVMTypeRef type = LLVMTypeOf(vector);
    LLVMValueRef is_zero = LLVMBuildICmp(f->b, LLVMIntEQ, vector, LLVMConstNull(type), "");
    result = LLVMBuildNot(f->b, any_bit(f, LLVMBuildSExt(f->b, is_zero, type, "")), "");
  } else { /* by name: of comparisons the optimiser would first make a number with a bit for each lane */
    LLVMTypeRef types[] = {f->m->i32, LLVMTypeOf(vector)};
    LLVMValueRef least = lower_call_intrinsic(f, "llvm.aarch64.neon.uminv", types, 2, &vector, 1);
    result = LLVMBuildICmp(f->b, LLVMIntNE, least, LLVMConstNull(f->m->i32), "");
  }
  lower_push(f, LLVMBuildZExt(f->b, result, f->m->i32, ""));
}

void lower_bitmask(struct lower_function *f, const struct wasm_insn *insn,
                   const struct wasm_opcode_info *info) {
  (void)insn;
  LLVMValueRef vector = lower_pop_as(f, info->shape);
  LLVMTypeRef type = LLVMTypeOf(vector);
  LLVMValueRef is_negative = LLVMBuildICmp(f->b, LLVMIntSLT, vector, LLVMConstNull(type), "");
  LLVMTypeRef bits = LLVMIntTypeInContext(f->m->context, LLVMGetVectorSize(type));
  lower_push(f, LLVMBuildZExt(f->b, LLVMBuildBitCast(f->b, is_negative, bits, ""), f->m->i32, ""));
}
