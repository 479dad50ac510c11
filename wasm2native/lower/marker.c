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

/*
 * Does anything need the last byte of `value`, the topmost? Low bits of sums and the like depend on low bits
 * of their operands only, so these need what their own users need. A store of what was computed bit by bit
 * may be made narrow together with the load, where both are of the same place. `budget` is how many uses to
 * look at; what cannot be found out is taken for a use of the low bytes.
 */
static bool needs_last_byte(LLVMValueRef value, bool is_bitwise, unsigned *budget) {
  for (LLVMUseRef use = LLVMGetFirstUse(value); use; use = LLVMGetNextUse(use)) {
    LLVMValueRef user = LLVMGetUser(use);
    if (*budget == 0) {
      return false;
    }
    --*budget;
    bool passes_on = false, and_is_bitwise = is_bitwise;
    switch (LLVMGetInstructionOpcode(user)) {
    case LLVMTrunc:
    case LLVMExtractElement:
    case LLVMShuffleVector:
      continue;
    case LLVMStore:
      if (is_bitwise) {
        continue;
      }
      return true;
    case LLVMAnd:
      if (LLVMIsAConstant(LLVMGetOperand(user, 1))) {
        continue;
      }
      passes_on = and_is_bitwise = true;
      break;
    case LLVMOr:
    case LLVMXor:
      passes_on = and_is_bitwise = true;
      break;
    case LLVMAdd:
    case LLVMSub:
    case LLVMMul:
    case LLVMShl:
    case LLVMPHI:
    case LLVMSelect:
    case LLVMFreeze:
    case LLVMBitCast: /* between a vector's lanes and its bits */
      passes_on = true;
      break;
    default: /* lane by lane, the last lane is needed if anybody needs that of the result */
      passes_on = LLVMGetTypeKind(LLVMTypeOf(value)) == LLVMVectorTypeKind &&
                  LLVMGetTypeKind(LLVMTypeOf(user)) == LLVMVectorTypeKind;
      break;
    }
    if (!passes_on || needs_last_byte(user, and_is_bitwise, budget)) {
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

static bool is_single_byte(LLVMValueRef load) {
  LLVMTypeRef type = LLVMTypeOf(load);
  return LLVMGetTypeKind(type) == LLVMIntegerTypeKind && LLVMGetIntTypeWidth(type) <= 8;
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

/* Instruction selection makes even volatile loads of vectors narrow, so these need a probe of their own. */
static void protect(LLVMBuilderRef b, LLVMTargetDataRef layout, LLVMValueRef load) {
  unsigned budget = 32;
  bool may_be_narrow = !is_single_byte(load) && !needs_last_byte(load, false, &budget);
  if (may_be_narrow && LLVMGetTypeKind(LLVMTypeOf(load)) == LLVMVectorTypeKind && LLVMGetFirstUse(load)) {
    probe(b, layout, load);
  } else if (may_be_narrow || !used_in_own_block(load)) {
    make_volatile(load, 3);
  }
}

void lower_resolve_markers(LLVMModuleRef module, struct arena *arena) {
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
    protect(b, LLVMGetModuleDataLayout(module), search.loads.items[i]);
  }
  LLVMDisposeBuilder(b);
}
