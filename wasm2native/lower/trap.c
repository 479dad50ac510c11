/*
 * Traps that are checked for explicitly: a branch to a cold block, one for each trap code and function. All
 * explicit checks of the lowering go through here.
 */
#include "internal.h"

LLVMBasicBlockRef lower_trap_block(struct lower_function *f, enum wasmrt_trap_code code) {
  if (!f->traps[code]) {
    LLVMBasicBlockRef here = LLVMGetInsertBlock(f->b);
    f->traps[code] = LLVMAppendBasicBlockInContext(f->m->context, f->value, "trap");
    LLVMPositionBuilderAtEnd(f->b, f->traps[code]);
    LLVMValueRef number = LLVMConstInt(f->m->i32, code, 0);
    lower_call_op(f, ABI_OP_trap, &number, 1);
    LLVMBuildUnreachable(f->b);
    LLVMPositionBuilderAtEnd(f->b, here);
  }
  return f->traps[code];
}

void lower_trap(struct lower_function *f, enum wasmrt_trap_code code) {
  LLVMBuildBr(f->b, lower_trap_block(f, code));
  f->reachable = false;
}

void lower_trap_if(struct lower_function *f, LLVMValueRef condition, enum wasmrt_trap_code code) {
  LLVMBasicBlockRef next = lower_block_new(f, "ok");
  LLVMBuildCondBr(f->b, condition, lower_trap_block(f, code), next);
  LLVMPositionBuilderAtEnd(f->b, next);
}
