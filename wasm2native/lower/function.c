/*
 * Function bodies: walks the instructions of a body and hands each to the function of its family. In
 * unreachable code only the families that open or close blocks are visited.
 */
#include <stdio.h>
#include <string.h>

#include "internal.h"

static lower_kind *const lower_kinds[WASM_KIND_COUNT] = {
#define LOWERED_0(name) NULL,
#define LOWERED_1(name) lower_##name,
#define KIND(name, live, lowered) LOWERED_##lowered(name)
#include "kinds.def"
};

void lower_instruction(struct lower_function *f, const struct wasm_insn *insn) {
  const struct wasm_opcode_info *info = wasm_insn_info(insn);
  if (f->reachable || wasm_kind_live[info->kind]) {
    lower_kinds[info->kind](f, insn, info);
  }
}

/*
 * Attributes of all compiled functions. Frame pointers make backtraces a walk over frame records. Probes
 * touch each page of a large frame, so that no frame can step over the stack's guard. Calls
 * that are not meant as tail calls never become such: runaway recursion exhausts the stack, as the
 * specification's tests expect, instead of becoming a loop. (LLVM exempts those that are.)
 * Without builtins loops do not become calls of memset and its fellows: a fault in these is no trap, as they
 * are not compiled code, and they write in an order of their own. No code is moved out of functions to be
 * shared among them, as LLVM does for size on arm64: what it makes of it has no frame record, and lies
 * outside of the section in which a fault is a trap.
 */
void lower_set_attributes(struct lower_module *m, LLVMValueRef function) {
  static const char *const strings[][2] = {{"frame-pointer", "all"},
                                           {"probe-stack", "inline-asm"},
                                           {"disable-tail-calls", "true"},
                                           {"no-builtins", ""},
                                           {"nooutline", ""}};
  LLVMAddAttributeAtIndex(function, LLVMAttributeFunctionIndex, m->nounwind);
  if (m->options && m->options->size_level > 0) {
    LLVMAddAttributeAtIndex(function, LLVMAttributeFunctionIndex, m->optsize);
  }
  if (m->options && m->options->size_level > 1) {
    LLVMAddAttributeAtIndex(function, LLVMAttributeFunctionIndex, m->minsize);
  }
  for (unsigned i = 0; i < sizeof strings / sizeof strings[0]; i++) {
    const char *key = strings[i][0], *value = strings[i][1];
    LLVMAddAttributeAtIndex(
        function, LLVMAttributeFunctionIndex,
        LLVMCreateStringAttribute(m->context, key, (unsigned)strlen(key), value, (unsigned)strlen(value)));
  }
}

/*
 * Prepares to emit code into `value`: an entry block that will hold what is computed once, and a first block
 * of the body, where f->b is left.
 */
void lower_function_begin(struct lower_function *f, struct lower_module *m, LLVMValueRef value,
                          LLVMValueRef instance) {
  f->m = m;
  f->value = value;
  f->instance = instance;
  f->reachable = true;
  f->b = LLVMCreateBuilderInContext(m->context);
  f->entry = LLVMCreateBuilderInContext(m->context);
  LLVMPositionBuilderAtEnd(f->entry, lower_block_new(f, "entry"));
  LLVMPositionBuilderAtEnd(f->b, lower_block_new(f, "body"));
}

/* Closes the entry block, which leads to `body`. */
void lower_function_end(struct lower_function *f, LLVMBasicBlockRef body) {
  LLVMBuildBr(f->entry, body);
  LLVMDisposeBuilder(f->b);
  LLVMDisposeBuilder(f->entry);
}

/*
 * Locals live in allocas, which the optimiser turns into values; the parameters are the first of them. The
 * others come into being where the body first names them: a few bytes can declare tens of thousands.
 */
static void make_locals(struct lower_function *f) {
  uint32_t param_count = f->type->param_count, count = param_count + f->wasm->local_total, next = param_count;
  f->locals = ARENA_ARRAY(f->arena, LLVMValueRef, count);
  f->local_types = ARENA_ARRAY(f->arena, wasm_type, count);
  LLVMBasicBlockRef body = LLVMGetInsertBlock(f->b);
  LLVMPositionBuilderAtEnd(f->b, LLVMGetInsertBlock(f->entry));
  LLVMValueRef *params = lower_parameters(f, f->type, true);
  LLVMPositionBuilderAtEnd(f->b, body);
  for (uint32_t i = 0; i < param_count; i++) {
    f->locals[i] = LLVMBuildAlloca(f->entry, LLVMTypeOf(params[i]), "");
    LLVMBuildStore(f->entry, params[i], f->locals[i]);
  }
  for (uint32_t run = 0; run < f->wasm->locals_count; run++) {
    for (uint32_t end = next + f->wasm->locals[run].count; next < end; next++) {
      f->local_types[next] = f->wasm->locals[run].type;
    }
  }
}

LLVMValueRef lower_local(struct lower_function *f, uint32_t index) {
  if (!f->locals[index]) {
    LLVMTypeRef type = lower_type(f->m, f->local_types[index]);
    f->locals[index] = LLVMBuildAlloca(f->entry, type, "");
    LLVMBuildStore(f->entry, LLVMConstNull(type), f->locals[index]);
  }
  return f->locals[index];
}

void lower_function_body(struct lower_module *m, uint32_t index) {
  struct arena arena = {0};
  struct lower_function f = {
      .arena = &arena, .wasm = &m->wasm->funcs[index], .type = wasm_func_type_of(m->wasm, index)};
  bool has_instance = m->options->model == LOWER_INSTANCE;
  LLVMValueRef value = lower_func(m, index)->value;
  lower_function_begin(&f, m, value, has_instance ? LLVMGetParam(value, 0) : m->instance);
  LLVMBasicBlockRef body = LLVMGetInsertBlock(f.b);
  if (f.type->result_count > 1) {
    f.result_buffer = LLVMGetLastParam(value);
  }
  make_locals(&f);
  lower_frame_function(&f);

  f.hints = wasm_hints_of(m->wasm, index);
  struct wasm_walk walk = wasm_walk_make(f.wasm->body, f.wasm->offset, m->wasm->used, &arena);
  struct wasm_insn insn;
  while (wasm_walk_next(&walk, &insn)) {
    lower_instruction(&f, &insn);
  }
  if (f.reachable) {
    lower_return_values(&f);
  }
  lower_function_end(&f, body);
  arena_free(&arena);
}

LLVMValueRef lower_expression(struct lower_function *f, const struct wasm_expr *expr) {
  struct wasm_walk walk = wasm_walk_make(expr->code, expr->offset, f->m->wasm->used, f->arena);
  struct wasm_insn insn;
  while (wasm_walk_next(&walk, &insn) && insn.opcode != WASM_OP_END) {
    lower_instruction(f, &insn);
  }
  return lower_pop(f);
}
