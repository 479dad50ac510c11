/* Vector loads and stores beyond the plain ones (spec 4.4.7): extending, splatting, zero-filling, single
 * lanes. */
#include "internal.h"

static LLVMValueRef lane_number(struct lower_function *f, unsigned lane) {
  return LLVMConstInt(f->m->i32, lane, 0);
}

/* x86 loads halves of vectors as doubles (movhps), and repeats them so (movddup). */
static unsigned lane_shape(const struct lower_function *f, unsigned shape) {
  return !f->m->is_x86               ? shape
         : shape == WASM_SHAPE_I64   ? WASM_SHAPE_F64
         : shape == WASM_SHAPE_I64X2 ? WASM_SHAPE_F64X2
                                     : shape;
}

/* Eight bytes as half a vector of narrow lanes, each extended. */
void lower_load_extend(struct lower_function *f, const struct wasm_insn *insn,
                       const struct wasm_opcode_info *info) {
  LLVMTypeRef to = lower_lanes_type(f->m, info->shape);
  LLVMTypeRef lane = LLVMGetElementType(lower_lanes_type(f->m, info->from));
  LLVMTypeRef from = LLVMVectorType(lane, LLVMGetVectorSize(to));
  LLVMValueRef value = lower_load_at(f, from, lower_address(f, insn, 8));
  lower_push(f, info->oper == WASM_OPER_S ? LLVMBuildSExt(f->b, value, to, "")
                                          : LLVMBuildZExt(f->b, value, to, ""));
}

static LLVMValueRef load_lane(struct lower_function *f, const struct wasm_insn *insn,
                              const struct wasm_opcode_info *info) {
  return lower_load_at(f, lower_lanes_type(f->m, lane_shape(f, info->from)),
                       lower_address(f, insn, lower_shape_size(info->from)));
}

void lower_load_splat(struct lower_function *f, const struct wasm_insn *insn,
                      const struct wasm_opcode_info *info) {
  lower_push(
      f, lower_broadcast(f, load_lane(f, insn, info), lower_lanes_type(f->m, lane_shape(f, info->shape))));
}

void lower_load_zero(struct lower_function *f, const struct wasm_insn *insn,
                     const struct wasm_opcode_info *info) {
  LLVMValueRef zero = LLVMConstNull(lower_lanes_type(f->m, lane_shape(f, info->shape)));
  lower_push(f, LLVMBuildInsertElement(f->b, zero, load_lane(f, insn, info), lane_number(f, 0), ""));
}

void lower_load_lane(struct lower_function *f, const struct wasm_insn *insn,
                     const struct wasm_opcode_info *info) {
  LLVMValueRef vector = lower_pop_as(f, lane_shape(f, info->shape));
  LLVMValueRef lane = load_lane(f, insn, info);
  lower_push(f, LLVMBuildInsertElement(f->b, vector, lane, lane_number(f, insn->imm.mem.lane), ""));
}

void lower_store_lane(struct lower_function *f, const struct wasm_insn *insn,
                      const struct wasm_opcode_info *info) {
  LLVMValueRef vector = lower_pop_as(f, info->shape);
  LLVMValueRef lane = LLVMBuildExtractElement(f->b, vector, lane_number(f, insn->imm.mem.lane), "");
  lower_store_at(f, lane, lower_address(f, insn, lower_shape_size(info->from)));
}
