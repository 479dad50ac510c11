/*
 * The absolute symbol of memory 0 (memory.c) after optimisation. x86-64 reaches wasm_memory + constant
 * through the pc if there is no index beside it, and an absolute address is no fixed distance from code that
 * is loaded anywhere. So addresses that have become constants turn into plain numbers here. Should the code
 * generator make up another one, the linker refuses the relocation: the symbol is defined as absolute by
 * libwasmrt, not on the linker's command line, which would let it pass.
 */
#include "internal.h"

static LLVMValueRef number_address(struct lower_module *m, uint64_t offset) {
  return LLVMConstIntToPtr(LLVMConstInt(m->i64, WASMRT_STATIC_MEMORY_BASE + offset, 0), m->ptr);
}

/* Is `value` a GEP by constants only? If so adds its distance to *offset. */
static bool constant_distance(struct lower_module *m, LLVMValueRef value, uint64_t *offset) {
  bool is_gep = LLVMIsAGetElementPtrInst(value) ||
                (LLVMIsAConstantExpr(value) && LLVMGetConstOpcode(value) == LLVMGetElementPtr);
  if (!is_gep || LLVMGetNumOperands(value) != 2 || !LLVMIsAConstantInt(LLVMGetOperand(value, 1))) {
    return false;
  }
  uint64_t step = LLVMABISizeOfType(m->layout, LLVMGetGEPSourceElementType(value));
  *offset += step * (uint64_t)LLVMConstIntGetSExtValue(LLVMGetOperand(value, 1));
  return true;
}

static void replace_uses(struct lower_module *m, LLVMValueRef address, uint64_t offset);

/* One use of wasm_memory + offset: goes on into constant GEPs, leaves those with an index, and replaces all
 * others. */
static void replace_use(struct lower_module *m, LLVMValueRef address, LLVMValueRef user, uint64_t offset) {
  uint64_t distance = offset;
  if (constant_distance(m, user, &distance)) {
    replace_uses(m, user, distance);
  } else if (LLVMIsAConstantExpr(user)) {
    if (LLVMGetConstOpcode(user) == LLVMPtrToInt) {
      LLVMReplaceAllUsesWith(user, LLVMConstPtrToInt(number_address(m, offset), LLVMTypeOf(user)));
    }
  } else if (!LLVMIsAGetElementPtrInst(user)) {
    for (unsigned i = 0; i < (unsigned)LLVMGetNumOperands(user); i++) {
      if (LLVMGetOperand(user, i) == address) {
        LLVMSetOperand(user, i, number_address(m, offset));
      }
    }
  }
}

/* The users are collected first, for replacing changes the list. */
static void replace_uses(struct lower_module *m, LLVMValueRef address, uint64_t offset) {
  size_t count = 0, i = 0;
  for (LLVMUseRef use = LLVMGetFirstUse(address); use; use = LLVMGetNextUse(use)) {
    count++;
  }
  LLVMValueRef *users = ARENA_ARRAY(m->arena, LLVMValueRef, count);
  for (LLVMUseRef use = LLVMGetFirstUse(address); use; use = LLVMGetNextUse(use)) {
    users[i++] = LLVMGetUser(use);
  }
  for (i = 0; i < count; i++) {
    replace_use(m, address, users[i], offset);
  }
}

void lower_resolve_absolute(struct lower_module *m) {
  LLVMValueRef symbol = LLVMGetNamedGlobal(m->llvm, "wasm_memory");
  if (symbol) {
    replace_uses(m, symbol, 0);
  }
}
