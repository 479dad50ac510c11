/*
 * Does the code generator have to load the last byte of a load? It makes loads narrow of which only some bits
 * are used, and deletes those of which none are. Followed here is the topmost bit of the last byte, through
 * the instructions that hand it on, to a use that cannot do without it: a sufficient condition. Whatever is
 * not known to hand it on or to need it counts as not needing it, so that the load is protected (marker.c).
 */
#include <string.h>

#include "internal.h"

/* A bit of a value, or of one lane of a vector. */
struct place {
  unsigned lane, bit;
  bool is_bitwise; /* computed bit by bit, or a lane replaced: a store of it may be made narrow together with
                      the load */
};

static LLVMTypeRef lane_type(LLVMValueRef value) {
  LLVMTypeRef type = LLVMTypeOf(value);
  return LLVMGetTypeKind(type) == LLVMVectorTypeKind ? LLVMGetElementType(type) : type;
}

static unsigned lane_count(LLVMValueRef value) {
  LLVMTypeRef type = LLVMTypeOf(value);
  return LLVMGetTypeKind(type) == LLVMVectorTypeKind ? LLVMGetVectorSize(type) : 1;
}

static bool is_vector(LLVMValueRef value) {
  return LLVMGetTypeKind(LLVMTypeOf(value)) == LLVMVectorTypeKind;
}

/* 0 for what is neither a number nor a vector of them. */
static unsigned lane_bits(LLVMValueRef value) {
  LLVMTypeRef type = lane_type(value);
  switch (LLVMGetTypeKind(type)) {
  case LLVMIntegerTypeKind:
    return LLVMGetIntTypeWidth(type);
  case LLVMFloatTypeKind:
    return 32;
  case LLVMDoubleTypeKind:
    return 64;
  default:
    return 0;
  }
}

/* A constant, or that of the lane. */
static bool constant_of(LLVMValueRef value, unsigned lane, uint64_t *number) {
  if (LLVMIsAConstant(value) && is_vector(value)) {
    value = LLVMGetAggregateElement(value, lane);
  }
  if (value == NULL || !LLVMIsAConstantInt(value) || LLVMGetIntTypeWidth(LLVMTypeOf(value)) > 64) {
    return false;
  }
  *number = LLVMConstIntGetZExtValue(value);
  return true;
}

enum answer { LOST, NEEDED, HANDED_ON };

static enum answer through_bitcast(LLVMValueRef user, LLVMValueRef value, struct place *place) {
  unsigned from = lane_bits(value), to = lane_bits(user);
  if (from == 0 || to == 0) {
    return LOST;
  }
  unsigned bit = place->lane * from + place->bit;
  place->lane = bit / to;
  place->bit = bit % to;
  return HANDED_ON;
}

static enum answer through_lanes(LLVMValueRef user, LLVMValueRef value, struct place *place) {
  uint64_t index = 0;
  switch (LLVMGetInstructionOpcode(user)) {
  case LLVMExtractElement:
    if (!constant_of(LLVMGetOperand(user, 1), 0, &index) || index != place->lane) {
      return LOST;
    }
    place->lane = 0;
    return HANDED_ON;
  case LLVMInsertElement:
    if (!constant_of(LLVMGetOperand(user, 2), 0, &index)) {
      return LOST;
    }
    if (LLVMGetOperand(user, 1) == value) {
      place->lane = (unsigned)index;
      return HANDED_ON;
    }
    place->is_bitwise = true;
    return index == place->lane ? LOST : HANDED_ON;
  default: { /* shufflevector: the first lane that it goes to */
    /* A blend may turn out to replace one lane. */
    place->is_bitwise = place->is_bitwise || !LLVMIsUndef(LLVMGetOperand(user, 1));
    unsigned wanted = place->lane + (LLVMGetOperand(user, 0) == value ? 0 : lane_count(value));
    for (unsigned i = 0; i < LLVMGetNumMaskElements(user); i++) {
      if (LLVMGetMaskValue(user, i) == (int)wanted) {
        place->lane = i;
        return HANDED_ON;
      }
    }
    return LOST;
  }
  }
}

static enum answer through_shift(LLVMValueRef user, LLVMValueRef value, struct place *place) {
  uint64_t distance;
  LLVMOpcode opcode = LLVMGetInstructionOpcode(user);
  unsigned width = lane_bits(user);
  if (LLVMGetOperand(user, 0) != value) {
    return is_vector(user) ? LOST : NEEDED;
  }
  if (!constant_of(LLVMGetOperand(user, 1), place->lane, &distance)) {
    if (LLVMIsAConstant(LLVMGetOperand(user, 1))) {
      return LOST; /* of 128 bits, or undefined */
    }
    /* to the left: what lower bits are wanted shows further on */
    return opcode == LLVMShl ? HANDED_ON : NEEDED;
  }
  if (opcode == LLVMShl) {
    place->bit += (unsigned)distance;
    return place->bit < width ? HANDED_ON : LOST;
  }
  if (place->bit < distance) {
    return LOST;
  }
  place->bit -= (unsigned)distance;
  return HANDED_ON;
}

static enum answer through_bits(LLVMValueRef user, LLVMValueRef value, struct place *place) {
  LLVMOpcode opcode = LLVMGetInstructionOpcode(user);
  LLVMValueRef other = LLVMGetOperand(user, LLVMGetOperand(user, 0) == value ? 1 : 0);
  uint64_t mask;
  place->is_bitwise = true;
  if (opcode == LLVMXor || !LLVMIsAConstant(other)) {
    return HANDED_ON;
  }
  if (!constant_of(other, place->lane, &mask)) {
    return LOST;
  }
  return (mask >> place->bit & 1) == (opcode == LLVMAnd) ? HANDED_ON : LOST;
}

/* The name of the intrinsic that is called, "" if the instruction calls none. */
static const char *intrinsic(LLVMValueRef user) {
  unsigned id = LLVMIsACallInst(user) ? LLVMGetIntrinsicID(LLVMGetCalledValue(user)) : 0;
  size_t length;
  return id == 0 ? "" : LLVMIntrinsicGetName(id, &length);
}

static bool begins_with_one_of(const char *name, const char *const *list, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (strncmp(name, list[i], strlen(list[i])) == 0) {
      return true;
    }
  }
  return false;
}

/* What happens in each lane for itself: the result's lane depends on the operand's, its top bit on its top
 * bit. */
static enum answer through_lane_operation(LLVMValueRef user, LLVMValueRef value, struct place *place) {
  static const char *const mixes_lanes[] = {"llvm.x86", "llvm.aarch64", "llvm.fsh", "llvm.bswap",
                                            "llvm.bitreverse"};
  static const char reduces[] = "llvm.vector.reduce";
  const char *name = intrinsic(user);
  if (begins_with_one_of(name, mixes_lanes, sizeof mixes_lanes / sizeof mixes_lanes[0])) {
    return LOST;
  }
  if (!is_vector(user)) {
    return name[0] == 0 || strncmp(name, reduces, sizeof reduces - 1) == 0 ? NEEDED : LOST;
  }
  if (LLVMIsACallInst(user) && name[0] == 0) {
    return NEEDED; /* by another function */
  }
  if (lane_count(user) != lane_count(value) || lane_bits(user) == 0) {
    return LOST;
  }
  place->bit = lane_bits(user) - 1;
  return HANDED_ON;
}

/* Functions of numbers that only move their bits. */
static bool moves_bits(LLVMValueRef user) {
  static const char *const moves[] = {"llvm.bswap", "llvm.fsh", "llvm.bitreverse"};
  return begins_with_one_of(intrinsic(user), moves, sizeof moves / sizeof moves[0]);
}

/* Is it stored where it was loaded? The code generator may delete both. */
static bool is_stored_back(LLVMValueRef store, LLVMValueRef value) {
  if (LLVMIsABitCastInst(value)) {
    value = LLVMGetOperand(value, 0);
  }
  return LLVMIsALoadInst(value) && LLVMGetOperand(value, 0) == LLVMGetOperand(store, 1);
}

static enum answer ask(LLVMValueRef user, LLVMValueRef value, struct place *place) {
  switch (LLVMGetInstructionOpcode(user)) {
  case LLVMStore:
    return place->is_bitwise || is_stored_back(user, value) ? LOST : NEEDED;
  case LLVMTrunc:
    return place->bit < lane_bits(user) ? HANDED_ON : LOST;
  case LLVMSExt:
    place->bit = lane_bits(value) == 1 ? lane_bits(user) - 1 : place->bit;
    return HANDED_ON;
  case LLVMZExt:
  case LLVMAdd:
  case LLVMSub:
  case LLVMMul:
  case LLVMPHI:
  case LLVMFreeze:
    return HANDED_ON;
  case LLVMSelect:
    place->is_bitwise = place->is_bitwise || is_vector(user);
    return LLVMGetOperand(user, 0) == value ? LOST : HANDED_ON;
  case LLVMBitCast:
    return through_bitcast(user, value, place);
  case LLVMExtractElement:
  case LLVMInsertElement:
  case LLVMShuffleVector:
    return through_lanes(user, value, place);
  case LLVMShl:
  case LLVMLShr:
  case LLVMAShr:
    return through_shift(user, value, place);
  case LLVMAnd:
  case LLVMOr:
  case LLVMXor:
    return through_bits(user, value, place);
  default:
    break;
  }
  if (is_vector(value)) {
    return through_lane_operation(user, value, place);
  }
  return moves_bits(user) ? LOST : NEEDED;
}

/* `budget` is how many uses to look at. */
static bool is_needed(LLVMValueRef value, struct place place, unsigned *budget) {
  for (LLVMUseRef use = LLVMGetFirstUse(value); use && *budget > 0; use = LLVMGetNextUse(use)) {
    LLVMValueRef user = LLVMGetUser(use);
    struct place there = place;
    --*budget;
    enum answer answer = ask(user, value, &there);
    if (answer == NEEDED || (answer == HANDED_ON && is_needed(user, there, budget))) {
      return true;
    }
  }
  return false;
}

bool lower_needs_last_byte(LLVMValueRef load) {
  unsigned budget = 32, bits = lane_bits(load);
  return bits > 0 && is_needed(load, (struct place){lane_count(load) - 1, bits - 1, false}, &budget);
}
