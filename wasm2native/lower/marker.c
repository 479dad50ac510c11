/*
 * Loads that must trap although nobody uses their value (spec 4.4.7: a load out of bounds traps). A volatile
 * load would stop the vectoriser, so every load is followed by
 *
 *   call void @llvm.sideeffect() [ "deopt"(iN %value) ]
 *
 * which uses the value, is ignored by the vectorisers and reads memory, so that neither the load nor the
 * stores before it are deleted or moved past each other's traps. After optimisation the markers are erased,
 * and those loads become volatile that the code generator might delete, sink past a branch, or make so narrow
 * that the last byte, the one that decides whether it traps, is not loaded. Vectors have that byte loaded by
 * itself.
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

/* ---- Which loads the markers kept */

/* A growing array. */
struct values {
  LLVMValueRef *items;
  size_t count, capacity;
};

static void append(struct values *values, LLVMValueRef value, struct arena *arena) {
  if (values->count == values->capacity) {
    size_t capacity = values->capacity ? values->capacity * 2 : 256;
    LLVMValueRef *items = ARENA_ARRAY(arena, LLVMValueRef, capacity);
    if (values->count) {
      memcpy(items, values->items, values->count * sizeof *items);
    }
    values->items = items;
    values->capacity = capacity;
  }
  values->items[values->count++] = value;
}

struct search {
  struct arena *arena;
  struct values pending; /* to be looked at */
  struct values loads;   /* found */
  struct values between; /* what lay between them and their markers */
  unsigned seen_kind;    /* metadata of what was found */
  LLVMValueRef seen;
};

/* What passes put between a load and its marker, when they merge, split, widen or duplicate the load. */
static bool is_between(LLVMValueRef value) {
  switch (LLVMGetInstructionOpcode(value)) {
  case LLVMPHI:
  case LLVMSelect:
  case LLVMFreeze:
  case LLVMExtractElement:
  case LLVMInsertElement:
  case LLVMShuffleVector:
  case LLVMShl:
  case LLVMLShr:
  case LLVMOr:
    return true;
  default:
    return LLVMIsACastInst(value);
  }
}

/* The loads that the pending values are made of. */
static void find_loads(struct search *search) {
  while (search->pending.count) {
    LLVMValueRef value = search->pending.items[--search->pending.count];
    if (!LLVMIsAInstruction(value) || LLVMGetMetadata(value, search->seen_kind)) {
      continue;
    }
    bool is_load = LLVMIsALoadInst(value);
    if (!is_load && !is_between(value)) {
      continue;
    }
    LLVMSetMetadata(value, search->seen_kind, search->seen);
    append(is_load ? &search->loads : &search->between, value, search->arena);
    for (int i = 0; !is_load && i < LLVMGetNumOperands(value); i++) {
      append(&search->pending, LLVMGetOperand(value, (unsigned)i), search->arena);
    }
  }
}

static void erase_marker(LLVMValueRef marker, struct search *search) {
  LLVMOperandBundleRef bundle = LLVMGetOperandBundleAtIndex(marker, 0);
  append(&search->pending, LLVMGetOperandBundleArgAtIndex(bundle, 0), search->arena);
  LLVMDisposeOperandBundle(bundle);
  LLVMInstructionEraseFromParent(marker);
  find_loads(search);
}

/* Erases what was only there for markers, lest it pass for a use. Operands mostly come after their users. */
static void erase_unused(struct search *search) {
  for (bool erased = true; erased;) {
    erased = false;
    for (size_t i = 0; i < search->between.count; i++) {
      LLVMValueRef value = search->between.items[i];
      if (value && !LLVMGetFirstUse(value)) {
        LLVMInstructionEraseFromParent(value);
        search->between.items[i] = NULL;
        erased = true;
      }
    }
  }
}

/* ---- Which of them the code generator might spoil */

/* Instructions that stay where they are. */
static bool is_anchor(LLVMValueRef instruction) {
  if (LLVMIsACallInst(instruction)) {
    return LLVMGetIntrinsicID(LLVMGetCalledValue(instruction)) == 0;
  }
  return LLVMIsAStoreInst(instruction) || LLVMIsATerminatorInst(instruction);
}

/* One of several conditions: the code generator makes a branch of each, and may compute the others behind it.
 */
static bool is_condition(LLVMValueRef instruction) {
  LLVMTypeRef type = LLVMTypeOf(instruction);
  LLVMOpcode opcode = LLVMGetInstructionOpcode(instruction);
  return LLVMGetTypeKind(type) == LLVMIntegerTypeKind && LLVMGetIntTypeWidth(type) == 1 &&
         (opcode == LLVMSelect || opcode == LLVMAnd || opcode == LLVMOr);
}

/* Is it one of two values that a condition selects? The code generator may make branches of that. */
static bool is_alternative(LLVMValueRef value, LLVMValueRef user) {
  return LLVMIsASelectInst(user) &&
         LLVMGetTypeKind(LLVMTypeOf(LLVMGetOperand(user, 0))) == LLVMIntegerTypeKind &&
         LLVMGetOperand(user, 0) != value;
}

/*
 * Does something in the block of `value` hold it there? The code generator sinks loads, together with what is
 * computed from them, into the one successor that needs them. A phi of the block itself needs the value in
 * the next round. `budget` is how many uses to look at.
 */
static bool stays_in_block(LLVMValueRef value, LLVMBasicBlockRef block, unsigned *budget) {
  for (LLVMUseRef use = LLVMGetFirstUse(value); use && *budget > 0; use = LLVMGetNextUse(use)) {
    LLVMValueRef user = LLVMGetUser(use);
    --*budget;
    bool is_here = LLVMGetInstructionParent(user) == block;
    if (LLVMIsAPHINode(user)) {
      if (is_here || LLVMGetNumSuccessors(LLVMGetBasicBlockTerminator(block)) == 1) {
        return true;
      }
    } else if (is_here && !is_condition(user) && !is_alternative(value, user) &&
               (is_anchor(user) || stays_in_block(user, block, budget))) {
      return true;
    }
  }
  return false;
}

static bool is_bitwise_operation(LLVMValueRef value) {
  LLVMOpcode opcode = LLVMGetInstructionOpcode(value);
  return opcode == LLVMAnd || opcode == LLVMOr || opcode == LLVMXor;
}

/*
 * Makes the load volatile, and the stores of what was computed from it bit by bit: the code generator makes
 * "load, or, store" narrow even if the load is volatile. It looks no deeper than two operations.
 */
static void make_volatile(LLVMValueRef value, unsigned depth) {
  if (LLVMIsALoadInst(value)) {
    LLVMSetVolatile(value, 1);
  }
  for (LLVMUseRef use = LLVMGetFirstUse(value); use && depth; use = LLVMGetNextUse(use)) {
    LLVMValueRef user = LLVMGetUser(use);
    if (is_bitwise_operation(user)) {
      make_volatile(user, depth - 1);
    } else if (LLVMIsAStoreInst(user) && is_bitwise_operation(value)) {
      LLVMSetVolatile(user, 1);
    }
  }
}

/* Loads the last byte of what `load` loads, just before it. */
static void probe(LLVMBuilderRef b, LLVMTargetDataRef layout, LLVMValueRef load) {
  LLVMTypeRef byte = LLVMInt8TypeInContext(LLVMGetTypeContext(LLVMTypeOf(load)));
  LLVMTypeRef offset_type = LLVMInt64TypeInContext(LLVMGetTypeContext(LLVMTypeOf(load)));
  LLVMValueRef last = LLVMConstInt(offset_type, LLVMStoreSizeOfType(layout, LLVMTypeOf(load)) - 1, 0);
  LLVMPositionBuilderBefore(b, load);
  LLVMSetVolatile(LLVMBuildLoad2(b, byte, LLVMBuildGEP2(b, byte, LLVMGetOperand(load, 0), &last, 1, ""), ""),
                  1);
}

static bool is_vector(LLVMValueRef value) {
  return LLVMGetTypeKind(LLVMTypeOf(value)) == LLVMVectorTypeKind;
}

static bool is_single_byte(LLVMValueRef load) {
  LLVMTypeRef type = LLVMTypeOf(load);
  return LLVMGetTypeKind(type) == LLVMIntegerTypeKind && LLVMGetIntTypeWidth(type) <= 8;
}

/* Is it a lane of a vector, which the code generator may load straight into that? */
static bool is_lane(LLVMValueRef load) {
  for (LLVMUseRef use = LLVMGetFirstUse(load); use; use = LLVMGetNextUse(use)) {
    if (LLVMGetInstructionOpcode(LLVMGetUser(use)) == LLVMInsertElement) {
      return true;
    }
  }
  return false;
}

/* May the code generator make it the operand in memory of a conditional move, and a branch of that? */
static bool is_selected(LLVMValueRef load) {
  for (LLVMUseRef use = LLVMGetFirstUse(load); use; use = LLVMGetNextUse(use)) {
    if (is_alternative(load, LLVMGetUser(use))) {
      return true;
    }
  }
  return false;
}

/*
 * Instruction selection makes even volatile loads of vectors narrow, and does not fold volatile loads into
 * instructions that load a lane, and x86's conditional moves take even volatile operands: these get a probe
 * of their own. Where no passes ran, nothing has removed what the value is only seemingly needed for: all
 * loads are protected.
 */
static void protect(LLVMBuilderRef b, LLVMTargetDataRef layout, LLVMValueRef load, bool is_optimized) {
  unsigned budget = 32;
  bool is_whole = is_single_byte(load) && !is_lane(load);
  bool may_be_narrow = !is_optimized || (!is_whole && !lower_needs_last_byte(load));
  if (may_be_narrow && (is_vector(load) || is_lane(load))) {
    probe(b, layout, load);
  } else if (may_be_narrow || !stays_in_block(load, LLVMGetInstructionParent(load), &budget)) {
    make_volatile(load, 3);
    if (is_selected(load)) {
      probe(b, layout, load);
    }
  }
}

void lower_resolve_markers(LLVMModuleRef module, bool is_optimized, struct arena *arena) {
  LLVMContextRef context = LLVMGetModuleContext(module);
  struct search search = {
      .arena = arena,
      .seen_kind = LLVMGetMDKindIDInContext(context, "wasm.seen", strlen("wasm.seen")),
      .seen = LLVMMetadataAsValue(context, LLVMMDNodeInContext2(context, NULL, 0)),
  };
  for (LLVMValueRef f = LLVMGetFirstFunction(module); f; f = LLVMGetNextFunction(f)) {
    for (LLVMBasicBlockRef block = LLVMGetFirstBasicBlock(f); block; block = LLVMGetNextBasicBlock(block)) {
      LLVMValueRef next;
      for (LLVMValueRef i = LLVMGetFirstInstruction(block); i; i = next) {
        next = LLVMGetNextInstruction(i);
        if (is_marker(i)) {
          erase_marker(i, &search);
        }
      }
    }
  }
  erase_unused(&search);
  LLVMBuilderRef b = LLVMCreateBuilderInContext(context);
  for (size_t i = 0; i < search.between.count; i++) {
    if (search.between.items[i]) {
      LLVMSetMetadata(search.between.items[i], search.seen_kind, NULL);
    }
  }
  for (size_t i = 0; i < search.loads.count; i++) {
    LLVMSetMetadata(search.loads.items[i], search.seen_kind, NULL);
    protect(b, LLVMGetModuleDataLayout(module), search.loads.items[i], is_optimized);
  }
  LLVMDisposeBuilder(b);
}
