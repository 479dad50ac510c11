/*
 * Loads that must trap although nobody uses their value (spec 4.4.7: a load out of bounds traps). A volatile
 * load would stop the vectoriser, so every load is followed by
 *
 *   call void @llvm.sideeffect() [ "deopt"(iN %value) ]
 *
 * which uses the value, is ignored by the vectorisers and reads memory, so that neither the load nor the
 * stores before it are deleted or moved past each other's traps. After optimisation the markers are erased; a
 * load that has no use left in its own block becomes volatile, since later passes would delete it or sink it
 * past a branch.
 */
#include <string.h>

#include "internal.h"

static bool is_marker(LLVMValueRef instruction) {
  return LLVMIsACallInst(instruction) && LLVMGetNumOperandBundles(instruction) == 1 &&
         LLVMGetIntrinsicID(LLVMGetCalledValue(instruction)) ==
             LLVMLookupIntrinsicID("llvm.sideeffect", strlen("llvm.sideeffect"));
}

void lower_keep_load(struct lower_function *f, LLVMValueRef load) {
  struct lower_module *m = f->m;
  if (!m->sideeffect) {
    unsigned id = LLVMLookupIntrinsicID("llvm.sideeffect", strlen("llvm.sideeffect"));
    m->sideeffect = LLVMGetIntrinsicDeclaration(m->llvm, id, NULL, 0);
    m->sideeffect_type = LLVMFunctionType(m->void_, NULL, 0, 0);
  }
  LLVMOperandBundleRef bundle = LLVMCreateOperandBundle("deopt", strlen("deopt"), &load, 1);
  LLVMBuildCallWithOperandBundles(f->b, m->sideeffect_type, m->sideeffect, NULL, 0, &bundle, 1, "");
  LLVMDisposeOperandBundle(bundle);
}

static bool used_in_own_block(LLVMValueRef load) {
  LLVMBasicBlockRef block = LLVMGetInstructionParent(load);
  for (LLVMUseRef use = LLVMGetFirstUse(load); use; use = LLVMGetNextUse(use)) {
    LLVMValueRef user = LLVMGetUser(use);
    if (!LLVMIsAPHINode(user) && LLVMGetInstructionParent(user) == block) {
      return true;
    }
  }
  return false;
}

/* Loads that markers kept, found while the markers go. */
struct kept {
  LLVMValueRef *loads;
  size_t count, capacity;
  struct arena *arena;
};

static void keep(struct kept *kept, LLVMValueRef load) {
  if (kept->count == kept->capacity) {
    size_t capacity = kept->capacity ? kept->capacity * 2 : 256;
    LLVMValueRef *loads = ARENA_ARRAY(kept->arena, LLVMValueRef, capacity);
    if (kept->count) {
      memcpy(loads, kept->loads, kept->count * sizeof *loads);
    }
    kept->loads = loads;
    kept->capacity = capacity;
  }
  kept->loads[kept->count++] = load;
}

/* Erases a marker, and casts between it and its load that nothing else uses. */
static void erase_marker(LLVMValueRef marker, struct kept *kept) {
  LLVMOperandBundleRef bundle = LLVMGetOperandBundleAtIndex(marker, 0);
  LLVMValueRef value = LLVMGetOperandBundleArgAtIndex(bundle, 0);
  LLVMDisposeOperandBundle(bundle);
  LLVMInstructionEraseFromParent(marker);
  while (LLVMIsACastInst(value) && !LLVMGetFirstUse(value)) {
    LLVMValueRef operand = LLVMGetOperand(value, 0);
    LLVMInstructionEraseFromParent(value);
    value = operand;
  }
  if (LLVMIsALoadInst(value)) {
    keep(kept, value);
  }
}

void lower_resolve_markers(LLVMModuleRef module, struct arena *arena) {
  struct kept kept = {.arena = arena};
  for (LLVMValueRef f = LLVMGetFirstFunction(module); f; f = LLVMGetNextFunction(f)) {
    for (LLVMBasicBlockRef block = LLVMGetFirstBasicBlock(f); block; block = LLVMGetNextBasicBlock(block)) {
      LLVMValueRef next;
      for (LLVMValueRef i = LLVMGetFirstInstruction(block); i; i = next) {
        next = LLVMGetNextInstruction(i);
        if (is_marker(i)) {
          erase_marker(i, &kept);
        }
      }
    }
  }
  for (size_t i = 0; i < kept.count; i++) {
    if (!used_in_own_block(kept.loads[i])) {
      LLVMSetVolatile(kept.loads[i], 1);
    }
  }
}
