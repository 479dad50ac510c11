/* The value stack of a function being lowered: LLVM values in place of operands. */
#include "internal.h"

/* A vector is on the stack as <2 x i64>, whatever its lanes were. */
void lower_push(struct lower_function *f, LLVMValueRef value) {
  if (LLVMGetTypeKind(LLVMTypeOf(value)) == LLVMVectorTypeKind) {
    value = LLVMBuildBitCast(f->b, value, f->m->v128, "");
  }
  if (f->depth == f->stack_capacity) {
    uint32_t capacity = f->stack_capacity ? f->stack_capacity * 2 : 64;
    LLVMValueRef *stack = ARENA_ARRAY(f->arena, LLVMValueRef, capacity);
    for (uint32_t i = 0; i < f->depth; i++) {
      stack[i] = f->stack[i];
    }
    f->stack = stack;
    f->stack_capacity = capacity;
  }
  f->stack[f->depth++] = value;
}

LLVMValueRef lower_pop(struct lower_function *f) {
  return f->stack[--f->depth];
}

LLVMValueRef lower_pop_index(struct lower_function *f, bool is_wide) {
  LLVMValueRef value = lower_pop(f);
  return is_wide ? value : LLVMBuildZExt(f->b, value, f->m->i64, "");
}
