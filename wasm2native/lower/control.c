/*
 * Structured control (spec 4.4.8) as basic blocks. The values that a label takes are phis of its block;
 * blocks that begin in unreachable code are tracked for their nesting only.
 */
#include <string.h>

#include "internal.h"

LLVMBasicBlockRef lower_block_new(struct lower_function *f, const char *name) {
  return LLVMAppendBasicBlockInContext(f->m->context, f->value, name);
}

static struct frame *push_frame(struct lower_function *f) {
  if (f->frame_count == f->frame_capacity) {
    uint32_t capacity = f->frame_capacity ? f->frame_capacity * 2 : 32;
    struct frame *frames = ARENA_ARRAY(f->arena, struct frame, capacity);
    if (f->frame_count) {
      memcpy(frames, f->frames, f->frame_count * sizeof *frames);
    }
    f->frames = frames;
    f->frame_capacity = capacity;
  }
  struct frame *frame = &f->frames[f->frame_count++];
  memset(frame, 0, sizeof *frame);
  return frame;
}

static struct frame *top_frame(struct lower_function *f) {
  return &f->frames[f->frame_count - 1];
}

/* Phis for values of these types at the head of `block`, where the builder is left. */
static LLVMValueRef *make_phis(struct lower_function *f, LLVMBasicBlockRef block, const wasm_type *types,
                               uint32_t count) {
  LLVMValueRef *phis = ARENA_ARRAY(f->arena, LLVMValueRef, count);
  LLVMPositionBuilderAtEnd(f->b, block);
  for (uint32_t i = 0; i < count; i++) {
    phis[i] = LLVMBuildPhi(f->b, lower_type(f->m, types[i]), "");
  }
  return phis;
}

/* Gives a label's phis the topmost values of the stack, for an edge from `from`. */
static void add_edge(struct lower_function *f, struct frame *frame, LLVMBasicBlockRef from) {
  frame->has_branch = true;
  for (uint32_t i = 0; i < frame->label_arity; i++) {
    LLVMAddIncoming(frame->phis[i], &f->stack[f->depth - frame->label_arity + i], &from, 1);
  }
}

static void begin_at(struct lower_function *f, LLVMBasicBlockRef block) {
  LLVMPositionBuilderAtEnd(f->b, block);
}

static const struct wasm_func_type *block_type(struct lower_function *f, const struct wasm_block_type *block,
                                               struct wasm_func_type *scratch, wasm_type *result) {
  if (block->form == WASM_BLOCK_TYPE) {
    return wasm_func_type_at(f->m->wasm, block->type);
  }
  *scratch = (struct wasm_func_type){0};
  if (block->form == WASM_BLOCK_VALUE) {
    *result = block->type;
    scratch->result_count = 1;
    scratch->results = result;
  }
  return scratch;
}

/* Opens a frame whose label is its end; its phis hold the results. */
static struct frame *open_block(struct lower_function *f, const struct wasm_insn *insn,
                                enum frame_kind kind) {
  struct frame *frame = push_frame(f);
  frame->kind = kind;
  frame->is_dead = !f->reachable;
  if (frame->is_dead) {
    return frame;
  }
  struct wasm_func_type scratch;
  wasm_type *result = ARENA_NEW(f->arena, wasm_type);
  const struct wasm_func_type *type = block_type(f, &insn->imm.block, &scratch, result);
  frame->param_count = type->param_count;
  frame->result_count = type->result_count;
  frame->height = f->depth - type->param_count;
  LLVMBasicBlockRef here = LLVMGetInsertBlock(f->b);
  if (kind == FRAME_LOOP) {
    frame->label = lower_block_new(f, "loop");
    frame->label_arity = type->param_count;
    frame->phis = make_phis(f, frame->label, type->params, type->param_count);
  } else {
    frame->label = lower_block_new(f, "end");
    frame->label_arity = type->result_count;
    frame->phis = make_phis(f, frame->label, type->results, type->result_count);
  }
  begin_at(f, here);
  return frame;
}

void lower_block(struct lower_function *f, const struct wasm_insn *insn,
                 const struct wasm_opcode_info *info) {
  (void)info;
  open_block(f, insn, FRAME_BLOCK);
}

void lower_loop(struct lower_function *f, const struct wasm_insn *insn, const struct wasm_opcode_info *info) {
  (void)info;
  struct frame *frame = open_block(f, insn, FRAME_LOOP);
  if (frame->is_dead) {
    return;
  }
  add_edge(f, frame, LLVMGetInsertBlock(f->b));
  LLVMBuildBr(f->b, frame->label);
  begin_at(f, frame->label);
  for (uint32_t i = 0; i < frame->param_count; i++) {
    f->stack[frame->height + i] = frame->phis[i];
  }
}

static LLVMValueRef pop_condition(struct lower_function *f) {
  LLVMValueRef value = lower_pop(f);
  return LLVMBuildICmp(f->b, LLVMIntNE, value, LLVMConstNull(LLVMTypeOf(value)), "");
}

/* A branch to one of two blocks, with the weight that clang gives to __builtin_expect on what is likely. */
static void branch(struct lower_function *f, const struct wasm_insn *insn, LLVMValueRef condition,
                   LLVMBasicBlockRef yes, LLVMBasicBlockRef no) {
  static const char name[] = "branch_weights";
  LLVMValueRef jump = LLVMBuildCondBr(f->b, condition, yes, no);
  enum wasm_hint hint = wasm_hint_at(&f->hints, insn->offset);
  if (hint == WASM_HINT_NONE) {
    return;
  }
  LLVMContextRef context = f->m->context;
  LLVMValueRef likely = LLVMConstInt(f->m->i32, 2000, 0), unlikely = LLVMConstInt(f->m->i32, 1, 0);
  bool is_likely = hint == WASM_HINT_LIKELY;
  LLVMMetadataRef weights[] = {LLVMMDStringInContext2(context, name, strlen(name)),
                               LLVMValueAsMetadata(is_likely ? likely : unlikely),
                               LLVMValueAsMetadata(is_likely ? unlikely : likely)};
  LLVMSetMetadata(jump, LLVMGetMDKindIDInContext(context, "prof", strlen("prof")),
                  LLVMMetadataAsValue(context, LLVMMDNodeInContext2(context, weights, 3)));
}

void lower_if_(struct lower_function *f, const struct wasm_insn *insn, const struct wasm_opcode_info *info) {
  (void)info;
  LLVMValueRef condition = f->reachable ? pop_condition(f) : NULL;
  struct frame *frame = open_block(f, insn, FRAME_IF);
  if (frame->is_dead) {
    return;
  }
  frame->params = ARENA_ARRAY(f->arena, LLVMValueRef, frame->param_count);
  for (uint32_t i = 0; i < frame->param_count; i++) {
    frame->params[i] = f->stack[frame->height + i];
  }
  LLVMBasicBlockRef then = lower_block_new(f, "then");
  frame->else_ = lower_block_new(f, "else");
  branch(f, insn, condition, then, frame->else_);
  begin_at(f, then);
}

/* The end of a branch of the code that falls through to a frame's end. */
static void fall_through(struct lower_function *f, struct frame *frame) {
  add_edge(f, frame, LLVMGetInsertBlock(f->b));
  LLVMBuildBr(f->b, frame->label);
}

static void begin_else(struct lower_function *f, struct frame *frame) {
  begin_at(f, frame->else_);
  f->depth = frame->height;
  for (uint32_t i = 0; i < frame->param_count; i++) {
    lower_push(f, frame->params[i]);
  }
  f->reachable = true;
  frame->kind = FRAME_ELSE;
}

void lower_else_(struct lower_function *f, const struct wasm_insn *insn,
                 const struct wasm_opcode_info *info) {
  (void)insn, (void)info;
  struct frame *frame = top_frame(f);
  if (frame->is_dead) {
    return;
  }
  if (f->reachable) {
    fall_through(f, frame);
  }
  begin_else(f, frame);
}

void lower_return_values(struct lower_function *f) {
  const struct wasm_func_type *type = f->type;
  LLVMValueRef *results = &f->stack[f->depth - type->result_count];
  if (type->result_count == 0) {
    LLVMBuildRetVoid(f->b);
  } else if (type->result_count == 1) {
    LLVMBuildRet(f->b, results[0]);
  } else {
    uint32_t slot = 0;
    for (uint32_t i = 0; i < type->result_count; i++) {
      lower_store_slot(f->m, f->b, results[i], f->result_buffer, slot);
      slot += lower_slot_width(type->results[i]);
    }
    LLVMBuildRetVoid(f->b);
  }
  f->reachable = false;
}

/* The frame of the function itself: its label returns. */
void lower_frame_function(struct lower_function *f) {
  struct frame *frame = push_frame(f);
  frame->kind = FRAME_FUNCTION;
  frame->result_count = frame->label_arity = f->type->result_count;
  LLVMBasicBlockRef here = LLVMGetInsertBlock(f->b);
  frame->label = lower_block_new(f, "return");
  frame->phis = make_phis(f, frame->label, f->type->results, f->type->result_count);
  begin_at(f, here);
}

void lower_end(struct lower_function *f, const struct wasm_insn *insn, const struct wasm_opcode_info *info) {
  (void)insn, (void)info;
  struct frame *frame = top_frame(f);
  f->frame_count--;
  if (frame->is_dead) {
    return;
  }
  if (frame->kind == FRAME_LOOP) {
    return; /* its results are on the stack, or the end is unreachable */
  }
  if (f->reachable) {
    fall_through(f, frame);
  }
  if (frame->kind == FRAME_IF) { /* no else: the parameters are the results (spec 3.3.8) */
    begin_else(f, frame);
    fall_through(f, frame);
  }
  f->depth = frame->height;
  f->reachable = frame->has_branch;
  if (!frame->has_branch) {
    LLVMDeleteBasicBlock(frame->label);
    return;
  }
  LLVMMoveBasicBlockAfter(frame->label, LLVMGetLastBasicBlock(f->value));
  begin_at(f, frame->label);
  for (uint32_t i = 0; i < frame->result_count; i++) {
    lower_push(f, frame->phis[i]);
  }
}

static struct frame *label_frame(struct lower_function *f, uint32_t label) {
  return &f->frames[f->frame_count - 1 - label];
}

void lower_br(struct lower_function *f, const struct wasm_insn *insn, const struct wasm_opcode_info *info) {
  (void)info;
  struct frame *frame = label_frame(f, insn->imm.index);
  add_edge(f, frame, LLVMGetInsertBlock(f->b));
  LLVMBuildBr(f->b, frame->label);
  f->reachable = false;
}

/* Branches to a label if the condition holds, with the values on the stack. */
static void branch_if(struct lower_function *f, const struct wasm_insn *insn, uint32_t label,
                      LLVMValueRef condition) {
  struct frame *frame = label_frame(f, label);
  LLVMBasicBlockRef next = lower_block_new(f, "next");
  add_edge(f, frame, LLVMGetInsertBlock(f->b));
  branch(f, insn, condition, frame->label, next);
  begin_at(f, next);
}

void lower_br_if(struct lower_function *f, const struct wasm_insn *insn,
                 const struct wasm_opcode_info *info) {
  (void)info;
  branch_if(f, insn, insn->imm.index, pop_condition(f));
}

/* ---- Branches on references (spec 4.4.8.5 and on): what is tested is the last value of the label, or
 * follows it */

void lower_br_on_null(struct lower_function *f, const struct wasm_insn *insn,
                      const struct wasm_opcode_info *info) {
  (void)info;
  LLVMValueRef reference = lower_pop(f);
  branch_if(f, insn, insn->imm.index, LLVMBuildIsNull(f->b, reference, ""));
  lower_push(f, reference);
}

void lower_br_on_non_null(struct lower_function *f, const struct wasm_insn *insn,
                          const struct wasm_opcode_info *info) {
  (void)info;
  branch_if(f, insn, insn->imm.index, LLVMBuildIsNotNull(f->b, f->stack[f->depth - 1], ""));
  lower_pop(f);
}

void lower_br_on_cast(struct lower_function *f, const struct wasm_insn *insn,
                      const struct wasm_opcode_info *info) {
  (void)info;
  LLVMValueRef answer = lower_is_of_type(f, f->stack[f->depth - 1], insn->imm.cast.to);
  branch_if(f, insn, insn->imm.cast.label, answer);
}

void lower_br_on_cast_fail(struct lower_function *f, const struct wasm_insn *insn,
                           const struct wasm_opcode_info *info) {
  (void)info;
  LLVMValueRef answer = lower_is_of_type(f, f->stack[f->depth - 1], insn->imm.cast.to);
  branch_if(f, insn, insn->imm.cast.label, LLVMBuildNot(f->b, answer, ""));
}

void lower_br_table(struct lower_function *f, const struct wasm_insn *insn,
                    const struct wasm_opcode_info *info) {
  (void)info;
  LLVMValueRef index = lower_pop(f);
  LLVMBasicBlockRef here = LLVMGetInsertBlock(f->b);
  uint32_t count = insn->imm.labels.count;
  const uint32_t *labels = insn->imm.labels.labels;
  struct frame *other = label_frame(f, labels[count]);
  LLVMValueRef jump = LLVMBuildSwitch(f->b, index, other->label, count);
  add_edge(f, other, here); /* one phi entry an edge, even between the same blocks */
  for (uint32_t i = 0; i < count; i++) {
    struct frame *frame = label_frame(f, labels[i]);
    LLVMAddCase(jump, LLVMConstInt(f->m->i32, i, 0), frame->label);
    add_edge(f, frame, here);
  }
  f->reachable = false;
}

void lower_return_(struct lower_function *f, const struct wasm_insn *insn,
                   const struct wasm_opcode_info *info) {
  (void)insn, (void)info;
  lower_return_values(f);
}

void lower_unreachable(struct lower_function *f, const struct wasm_insn *insn,
                       const struct wasm_opcode_info *info) {
  (void)insn, (void)info;
  lower_trap(f, WASMRT_TRAP_UNREACHABLE);
}

void lower_nop(struct lower_function *f, const struct wasm_insn *insn, const struct wasm_opcode_info *info) {
  (void)f, (void)insn, (void)info;
}

/* ---- Parametric instructions (spec 4.4.4) */

void lower_drop(struct lower_function *f, const struct wasm_insn *insn, const struct wasm_opcode_info *info) {
  (void)insn, (void)info;
  lower_pop(f);
}

void lower_select(struct lower_function *f, const struct wasm_insn *insn,
                  const struct wasm_opcode_info *info) {
  (void)insn, (void)info;
  LLVMValueRef condition = pop_condition(f);
  LLVMValueRef b = lower_pop(f), a = lower_pop(f);
  lower_push(f, LLVMBuildSelect(f->b, condition, a, b, ""));
}
