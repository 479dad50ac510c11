/*
 * Shapes of the opcode table as LLVM types, and what the families of vector instructions share. A v128 is on
 * the value stack as <2 x i64>; lower_pop_as() is where it gets lanes, lower_push() where it loses them.
 */
#include <string.h>

#include "internal.h"

bool lower_is_vector(unsigned shape) {
  return shape >= WASM_SHAPE_V128;
}

bool lower_is_float(unsigned shape) {
  return shape == WASM_SHAPE_F32 || shape == WASM_SHAPE_F64 || shape == WASM_SHAPE_F32X4 ||
         shape == WASM_SHAPE_F64X2;
}

LLVMTypeRef lower_lanes_type(const struct lower_module *m, unsigned shape) {
  switch (shape) {
  case WASM_SHAPE_I8:
    return m->i8;
  case WASM_SHAPE_I16:
    return m->i16;
  case WASM_SHAPE_I32:
    return m->i32;
  case WASM_SHAPE_I64:
    return m->i64;
  case WASM_SHAPE_F32:
    return m->f32;
  case WASM_SHAPE_F64:
    return m->f64;
  case WASM_SHAPE_I8X16:
    return LLVMVectorType(m->i8, 16);
  case WASM_SHAPE_I16X8:
    return LLVMVectorType(m->i16, 8);
  case WASM_SHAPE_I32X4:
    return LLVMVectorType(m->i32, 4);
  case WASM_SHAPE_F32X4:
    return LLVMVectorType(m->f32, 4);
  case WASM_SHAPE_F64X2:
    return LLVMVectorType(m->f64, 2);
  default:
    return m->v128;
  }
}

LLVMValueRef lower_pop_as(struct lower_function *f, unsigned shape) {
  LLVMValueRef value = lower_pop(f);
  return lower_is_vector(shape) ? LLVMBuildBitCast(f->b, value, lower_lanes_type(f->m, shape), "") : value;
}

LLVMValueRef lower_broadcast(struct lower_function *f, LLVMValueRef lane, LLVMTypeRef type) {
  LLVMValueRef zero = LLVMConstInt(f->m->i32, 0, 0);
  LLVMValueRef first = LLVMBuildInsertElement(f->b, LLVMGetPoison(type), lane, zero, "");
  LLVMValueRef mask = LLVMConstNull(LLVMVectorType(f->m->i32, LLVMGetVectorSize(type)));
  return LLVMBuildShuffleVector(f->b, first, LLVMGetPoison(type), mask, "");
}

LLVMValueRef lower_shuffled(struct lower_function *f, LLVMValueRef a, LLVMValueRef b, const uint8_t *lanes,
                            unsigned count) {
  LLVMValueRef mask[16];
  for (unsigned i = 0; i < count; i++) {
    mask[i] = LLVMConstInt(f->m->i32, lanes[i], 0);
  }
  return LLVMBuildShuffleVector(f->b, a, b, LLVMConstVector(mask, count), "");
}

LLVMValueRef lower_call_intrinsic(struct lower_function *f, const char *name, LLVMTypeRef *overload,
                                  unsigned overload_count, LLVMValueRef *args, unsigned count) {
  unsigned id = LLVMLookupIntrinsicID(name, strlen(name));
  LLVMValueRef callee = LLVMGetIntrinsicDeclaration(f->m->llvm, id, overload, overload_count);
  LLVMTypeRef type = LLVMIntrinsicGetType(f->m->context, id, overload, overload_count);
  return LLVMBuildCall2(f->b, type, callee, args, count, "");
}

LLVMValueRef lower_intrinsic(struct lower_function *f, const char *name, LLVMValueRef a, LLVMValueRef b,
                             LLVMValueRef c) {
  LLVMTypeRef type = LLVMTypeOf(a);
  LLVMValueRef args[] = {a, b, c};
  return lower_call_intrinsic(f, name, &type, 1, args, c ? 3 : b ? 2 : 1);
}

LLVMValueRef lower_target_intrinsic(struct lower_function *f, const char *name, LLVMTypeRef overload,
                                    LLVMValueRef a, LLVMValueRef b) {
  LLVMValueRef args[] = {a, b};
  return lower_call_intrinsic(f, name, &overload, overload ? 1 : 0, args, b ? 2 : 1);
}
