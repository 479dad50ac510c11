/*
 * Linear memory (spec 4.4.7). Every address that compiled code forms in a linear memory comes from
 * effective_address(), so bounds safety is audited here and in libwasmrt/core/memory.c.
 *
 * Guard mode: the address is base + zext(index) + offset, and index, offset < 2^32, so it lies within the
 * reservation (WASMRT_RESERVATION, abi.h), all of which faults but for [base, base + size). The zext is
 * security-critical: without it LLVM would sign-extend the index in the GEP and reach below the base. GEPs
 * are never inbounds, for LLVM must not conclude from an access that the index is small.
 *
 * Checked memories: those of check mode, 64-bit ones and those with small pages, which a guard cannot end
 * exactly. The access is compared with the current size first. A 32-bit index plus offset plus size cannot
 * overflow in 64 bits. For 64-bit ones the compare is index < size - (offset + n - 1), where the difference
 * saturates at 0 unless even the least size that the memory may have is not less, so that nothing can
 * overflow either; once it holds, neither does the address.
 */
#include "internal.h"

#include <string.h>

#define MEMORY_SYMBOL "wasm_memory"

static LLVMValueRef memory_record(struct lower_function *f, uint32_t memory) {
  if (memory == 0) {
    return lower_load_field(f, f->instance, ABI_instance, WASMRT_instance_memory, ACCESS_CONSTANT);
  }
  LLVMValueRef memories =
      lower_load_field(f, f->instance, ABI_instance, WASMRT_instance_memories, ACCESS_CONSTANT);
  LLVMValueRef index = LLVMConstInt(f->m->i64, memory, 0);
  LLVMValueRef place = LLVMBuildGEP2(f->b, f->m->ptr, memories, &index, 1, "");
  LLVMValueRef record = LLVMBuildLoad2(f->b, f->m->ptr, place, "");
  lower_set_access(f, record, ACCESS_CONSTANT);
  return record;
}

/*
 * Static model: the optimiser sees memory 0 as an object of its own at a constant address, so that it knows
 * that nothing else lies there. Before code generation the symbol becomes the number that it stands for:
 * x86-64 adds it to an index as a displacement, so an access needs no base register. (The code generator
 * reaches a symbol without an index relative to the pc, which is wrong for an absolute address in code that
 * is loaded anywhere; a number it never does.)
 */
static LLVMValueRef memory_symbol(struct lower_module *m) {
  if (!m->memory_symbol) {
    m->memory_symbol = LLVMAddGlobal(m->llvm, LLVMArrayType2(m->i8, 0), MEMORY_SYMBOL);
    LLVMSetVisibility(m->memory_symbol, LLVMHiddenVisibility);
    LLVMMetadataRef range[] = {LLVMValueAsMetadata(LLVMConstInt(m->i64, 0, 0)),
                               LLVMValueAsMetadata(LLVMConstInt(m->i64, INT32_MAX, 0))};
    unsigned kind = LLVMGetMDKindIDInContext(m->context, "absolute_symbol", strlen("absolute_symbol"));
    LLVMGlobalSetMetadata(m->memory_symbol, kind, LLVMMDNodeInContext2(m->context, range, 2));
  }
  return m->memory_symbol;
}

void lower_resolve_memory(struct lower_module *m) {
  LLVMValueRef symbol = LLVMGetNamedGlobal(m->llvm, MEMORY_SYMBOL);
  if (!symbol) {
    return;
  }
  LLVMReplaceAllUsesWith(symbol,
                         LLVMConstIntToPtr(LLVMConstInt(m->i64, WASMRT_STATIC_MEMORY_BASE, 0), m->ptr));
  LLVMDeleteGlobal(symbol);
}

/* The base of memory 0 in guard mode: it never moves, so it is computed once per function, in the entry
 * block. */
static LLVMValueRef fixed_base(struct lower_function *f) {
  struct lower_module *m = f->m;
  if (m->options->model == LOWER_STATIC) {
    return memory_symbol(m);
  }
  if (!f->memory_base) {
    LLVMBuilderRef here = f->b;
    f->b = f->entry;
    f->memory_base =
        lower_load_field(f, f->instance, ABI_instance, WASMRT_instance_memory_base, ACCESS_CONSTANT);
    f->b = here;
  }
  return f->memory_base;
}

static bool is_checked(const struct lower_module *m, uint32_t memory) {
  const struct wasm_memory *type = &m->wasm->memories[memory];
  return m->options->bounds == LOWER_CHECK || type->limits.is_64 || type->page_log2 != 16;
}

static LLVMValueRef memory_base(struct lower_function *f, uint32_t memory) {
  bool is_fixed = !is_checked(f->m, memory);
  if (memory == 0 && (is_fixed || f->m->options->model == LOWER_STATIC)) {
    return fixed_base(f);
  }
  return lower_load_field(f, memory_record(f, memory), ABI_memory, WASMRT_memory_base,
                          is_fixed ? ACCESS_CONSTANT : ACCESS_RECORD);
}

static bool is_wide(const struct lower_function *f, uint32_t memory) {
  return f->m->wasm->memories[memory].limits.is_64;
}

static LLVMValueRef memory_bytes(struct lower_function *f, uint32_t memory) {
  return lower_load_field(f, memory_record(f, memory), ABI_memory, WASMRT_memory_size, ACCESS_RECORD);
}

/*
 * What the memory's type promises, be it imported or not (spec 4.5.3, matching of limits): the size is never
 * less, as memories do not shrink.
 */
static uint64_t least_bytes(const struct lower_function *f, uint32_t memory) {
  const struct wasm_memory *type = &f->m->wasm->memories[memory];
  return type->limits.min > UINT64_MAX >> type->page_log2 ? UINT64_MAX : type->limits.min << type->page_log2;
}

/* Traps unless the access lies within the memory: see above. */
static void check_access(struct lower_function *f, uint32_t memory, LLVMValueRef index, uint64_t offset,
                         uint64_t size) {
  LLVMValueRef bytes = memory_bytes(f, memory), beyond;
  if (!is_wide(f, memory)) {
    LLVMValueRef end = LLVMBuildAdd(f->b, index, LLVMConstInt(f->m->i64, offset + size, 0), "");
    beyond = LLVMBuildICmp(f->b, LLVMIntUGT, end, bytes, "");
  } else if (offset > UINT64_MAX - (size - 1)) {
    beyond = LLVMConstInt(f->m->i1, 1, 0);
  } else {
    LLVMValueRef last = LLVMConstInt(f->m->i64, offset + (size - 1), 0);
    LLVMValueRef limit = offset + (size - 1) <= least_bytes(f, memory)
                             ? LLVMBuildSub(f->b, bytes, last, "")
                             : lower_intrinsic(f, "llvm.usub.sat", bytes, last, NULL);
    beyond = LLVMBuildICmp(f->b, LLVMIntUGE, index, limit, "");
  }
  lower_trap_if(f, beyond, WASMRT_TRAP_MEMORY_OUT_OF_BOUNDS);
}

/* The address of an access of `size` bytes at the popped index plus `offset`. See above for why it is safe.
 */
static LLVMValueRef effective_address(struct lower_function *f, uint32_t memory, uint64_t offset,
                                      uint64_t size) {
  LLVMValueRef index = lower_pop_index(f, is_wide(f, memory));
  if (is_checked(f->m, memory)) {
    check_access(f, memory, index, offset, size);
  }
  LLVMValueRef address = LLVMBuildGEP2(f->b, f->m->i8, memory_base(f, memory), &index, 1, "");
  if (offset == 0) {
    return address;
  }
  LLVMValueRef displacement = LLVMConstInt(f->m->i64, offset, 0);
  return LLVMBuildGEP2(f->b, f->m->i8, address, &displacement, 1, "");
}

unsigned lower_shape_size(unsigned shape) {
  static const uint8_t sizes[] = {
      [WASM_SHAPE_I8] = 1,  [WASM_SHAPE_I16] = 2, [WASM_SHAPE_I32] = 4,
      [WASM_SHAPE_I64] = 8, [WASM_SHAPE_F32] = 4, [WASM_SHAPE_F64] = 8,
  };
  return lower_is_vector(shape) ? 16 : sizes[shape];
}

LLVMValueRef lower_address(struct lower_function *f, const struct wasm_insn *insn, unsigned size) {
  return effective_address(f, insn->imm.mem.memory, insn->imm.mem.offset, size);
}

LLVMValueRef lower_load_at(struct lower_function *f, LLVMTypeRef type, LLVMValueRef address) {
  LLVMValueRef value = LLVMBuildLoad2(f->b, type, address, "");
  LLVMSetAlignment(value, 1); /* the alignment immediate is a hint only */
  lower_set_access(f, value, ACCESS_MEMORY);
  if (f->m->options->bounds == LOWER_GUARD) {
    lower_keep_load(f, value);
  }
  return value;
}

void lower_store_at(struct lower_function *f, LLVMValueRef value, LLVMValueRef address) {
  LLVMValueRef store = LLVMBuildStore(f->b, value, address);
  LLVMSetAlignment(store, 1);
  lower_set_access(f, store, ACCESS_MEMORY);
}

void lower_load(struct lower_function *f, const struct wasm_insn *insn, const struct wasm_opcode_info *info) {
  LLVMTypeRef type = lower_lanes_type(f->m, info->from), result = lower_lanes_type(f->m, info->shape);
  LLVMValueRef value = lower_load_at(f, type, lower_address(f, insn, lower_shape_size(info->from)));
  if (info->oper == WASM_OPER_S) {
    value = LLVMBuildSExt(f->b, value, result, "");
  } else if (info->oper == WASM_OPER_U) {
    value = LLVMBuildZExt(f->b, value, result, "");
  }
  lower_push(f, value);
}

void lower_store(struct lower_function *f, const struct wasm_insn *insn,
                 const struct wasm_opcode_info *info) {
  LLVMValueRef value = lower_pop(f);
  LLVMValueRef address = lower_address(f, insn, lower_shape_size(info->from));
  if (info->from != info->shape) {
    value = LLVMBuildTrunc(f->b, value, lower_lanes_type(f->m, info->from), "");
  }
  lower_store_at(f, value, address);
}

/* A number of pages as the memory's address type. */
static void push_pages(struct lower_function *f, uint32_t memory, LLVMValueRef pages) {
  lower_push(f, is_wide(f, memory) ? pages : LLVMBuildTrunc(f->b, pages, f->m->i32, ""));
}

void lower_memory_size(struct lower_function *f, const struct wasm_insn *insn,
                       const struct wasm_opcode_info *info) {
  (void)info;
  LLVMValueRef page_log2 = LLVMConstInt(f->m->i64, f->m->wasm->memories[insn->imm.index].page_log2, 0);
  push_pages(f, insn->imm.index, LLVMBuildLShr(f->b, memory_bytes(f, insn->imm.index), page_log2, ""));
}

void lower_memory_grow(struct lower_function *f, const struct wasm_insn *insn,
                       const struct wasm_opcode_info *info) {
  (void)info;
  LLVMValueRef delta = lower_pop_index(f, is_wide(f, insn->imm.index));
  LLVMValueRef args[] = {LLVMConstInt(f->m->i32, insn->imm.index, 0), delta};
  push_pages(f, insn->imm.index, lower_call_op(f, ABI_OP_memory_grow, args, 2));
}

/*
 * [at, at + count) of a memory as a pointer, after checking it against the current size. The end is formed
 * only where both were 32 bits wide and it cannot overflow. The bulk instructions trap before they write
 * anything (spec 4.4.7).
 */
static LLVMValueRef checked_range(struct lower_function *f, uint32_t memory, LLVMValueRef at,
                                  LLVMValueRef count) {
  LLVMValueRef bytes = memory_bytes(f, memory), used = count;
  if (is_wide(f, memory)) {
    lower_trap_if(f, LLVMBuildICmp(f->b, LLVMIntUGT, count, bytes, ""), WASMRT_TRAP_MEMORY_OUT_OF_BOUNDS);
    bytes = LLVMBuildSub(f->b, bytes, count, "");
    used = at;
  } else {
    used = LLVMBuildAdd(f->b, at, count, "");
  }
  lower_trap_if(f, LLVMBuildICmp(f->b, LLVMIntUGT, used, bytes, ""), WASMRT_TRAP_MEMORY_OUT_OF_BOUNDS);
  return LLVMBuildGEP2(f->b, f->m->i8, memory_base(f, memory), &at, 1, "");
}

void lower_memory_copy(struct lower_function *f, const struct wasm_insn *insn,
                       const struct wasm_opcode_info *info) {
  (void)info;
  uint32_t target = insn->imm.pair.first, origin = insn->imm.pair.second;
  LLVMValueRef count = lower_pop_index(f, is_wide(f, target) && is_wide(f, origin));
  LLVMValueRef source = lower_pop_index(f, is_wide(f, origin));
  LLVMValueRef destination = lower_pop_index(f, is_wide(f, target));
  LLVMValueRef from = checked_range(f, origin, source, count);
  LLVMValueRef to = checked_range(f, target, destination, count);
  lower_set_access(f, LLVMBuildMemMove(f->b, to, 1, from, 1, count), ACCESS_MEMORY);
}

void lower_memory_fill(struct lower_function *f, const struct wasm_insn *insn,
                       const struct wasm_opcode_info *info) {
  (void)info;
  bool wide = is_wide(f, insn->imm.index);
  LLVMValueRef count = lower_pop_index(f, wide);
  LLVMValueRef value = LLVMBuildTrunc(f->b, lower_pop(f), f->m->i8, "");
  LLVMValueRef to = checked_range(f, insn->imm.index, lower_pop_index(f, wide), count);
  lower_set_access(f, LLVMBuildMemSet(f->b, to, value, count, 1), ACCESS_MEMORY);
}

void lower_memory_init(struct lower_function *f, const struct wasm_insn *insn,
                       const struct wasm_opcode_info *info) {
  (void)info;
  LLVMValueRef count = lower_pop_index(f, false), source = lower_pop_index(f, false);
  LLVMValueRef destination = lower_pop_index(f, is_wide(f, insn->imm.pair.second));
  LLVMValueRef args[] = {LLVMConstInt(f->m->i32, insn->imm.pair.second, 0),
                         LLVMConstInt(f->m->i32, insn->imm.pair.first, 0), destination, source, count};
  lower_call_op(f, ABI_OP_memory_init, args, 5);
}

void lower_data_drop(struct lower_function *f, const struct wasm_insn *insn,
                     const struct wasm_opcode_info *info) {
  (void)info;
  LLVMValueRef segment = LLVMConstInt(f->m->i32, insn->imm.index, 0);
  lower_call_op(f, ABI_OP_data_drop, &segment, 1);
}
