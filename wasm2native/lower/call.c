/*
 * Calls and tail calls (spec 4.4.8). What is passed how is in convention.c.
 *
 * A tail call is a jump where the callee has the own convention of a module with tail calls, this one or
 * another. Other callees (functions of the host, of modules without tail calls) are called and what they
 * return is returned: they cannot tail call on, so that a chain of tail calls ends in them with one frame
 * more, whatever its length. A tail callee gets the place for results that the function itself got, never one
 * in the frame that it replaces.
 */
#include "internal.h"

/* Space on the stack for the results of a call. They are read at once, so that all calls can share it. */
static LLVMValueRef call_buffer(struct lower_function *f, uint32_t slots) {
  if (f->call_buffer_slots < slots) {
    uint32_t doubled = f->call_buffer_slots * 2;
    f->call_buffer_slots = slots > doubled ? slots : doubled;
    f->call_buffer = LLVMBuildAlloca(f->entry, LLVMArrayType2(f->m->i64, f->call_buffer_slots), "");
  }
  return f->call_buffer;
}

/* Calls `callee` with the parameters on the stack and pushes the results. */
static void call(struct lower_function *f, const struct lower_callee *callee) {
  const struct wasm_func_type *type = wasm_func_type_at(f->m->wasm, callee->type);
  LLVMValueRef buffer = type->result_count > 1 ? call_buffer(f, lower_result_slots(type)) : NULL;
  f->depth -= type->param_count;
  LLVMValueRef result = lower_build_call(f, callee, f->stack + f->depth, buffer);
  if (type->result_count == 1) {
    lower_push(f, result);
  }
  uint32_t slot = 0;
  for (uint32_t i = 0; buffer && i < type->result_count; i++) {
    lower_push(f, lower_load_slot(f->m, f->b, type->results[i], buffer, slot));
    slot += lower_slot_width(type->results[i]);
  }
}

/* Leaves the function for `callee`, or calls it and returns what it returns, with the parameters on the
 * stack. */
static void leave_for(struct lower_function *f, const struct lower_callee *callee) {
  const struct wasm_func_type *type = wasm_func_type_at(f->m->wasm, callee->type);
  const LLVMValueRef *values = f->stack + f->depth - type->param_count;
  LLVMValueRef result = lower_build_call(f, callee, values, f->result_buffer);
  if (callee->is_own) {
    LLVMSetTailCallKind(result, LLVMTailCallKindMustTail);
  }
  if (type->result_count == 1) {
    LLVMBuildRet(f->b, result);
  } else {
    LLVMBuildRetVoid(f->b);
  }
  f->reachable = false;
}

/* What the field `field` of a function reference says, as it is for every caller. */
static LLVMValueRef reference_field(struct lower_function *f, LLVMValueRef reference, unsigned field) {
  return lower_load_field(f, reference, ABI_funcref, field, ACCESS_CONSTANT);
}

/* The callee that a function reference names, in C's convention; in the static model all have the own one. */
static struct lower_callee referenced(struct lower_function *f, uint32_t type, LLVMValueRef reference) {
  struct lower_callee callee = {.type = type,
                                .code = reference_field(f, reference, WASMRT_funcref_code),
                                .is_own = f->m->options->model == LOWER_STATIC};
  if (!callee.is_own) {
    callee.instance = reference_field(f, reference, WASMRT_funcref_instance);
  }
  return callee;
}

/* Leaves the function for the one that `reference` names: by its tail convention if it has one. */
static void leave_for_reference(struct lower_function *f, uint32_t type, LLVMValueRef reference) {
  struct lower_callee callee = referenced(f, type, reference);
  if (!callee.is_own) {
    LLVMValueRef tail = reference_field(f, reference, WASMRT_funcref_tail);
    LLVMBasicBlockRef jump = lower_block_new(f, "jump"), foreign = lower_block_new(f, "foreign");
    LLVMBuildCondBr(f->b, LLVMBuildIsNull(f->b, tail, ""), foreign, jump);
    LLVMPositionBuilderAtEnd(f->b, foreign);
    leave_for(f, &callee);
    LLVMPositionBuilderAtEnd(f->b, jump);
    callee.code = tail;
    callee.is_own = true;
  }
  leave_for(f, &callee);
}

/* The record of an imported function, instance model. */
static LLVMValueRef import_record(struct lower_function *f, uint32_t index) {
  struct lower_module *m = f->m;
  LLVMValueRef records =
      lower_load_field(f, f->instance, ABI_instance, WASMRT_instance_imports, ACCESS_CONSTANT);
  LLVMValueRef at = LLVMConstInt(m->i64, index, 0);
  return LLVMBuildGEP2(f->b, m->abi[ABI_funcref], records, &at, 1, "");
}

/* Is a function only known by its record? */
static bool is_behind_record(const struct lower_module *m, uint32_t function) {
  return m->wasm->funcs[function].is_import && m->options->model == LOWER_INSTANCE;
}

/* A function that code is known of. */
static struct lower_callee known(struct lower_function *f, uint32_t function) {
  struct lower_module *m = f->m;
  bool is_import = m->wasm->funcs[function].is_import;
  bool takes_instance = is_import || m->options->model == LOWER_INSTANCE;
  return (struct lower_callee){.type = m->wasm->funcs[function].type,
                               .code = lower_func(m, function)->value,
                               .instance = takes_instance ? f->instance : NULL,
                               .is_own = !is_import};
}

void lower_call(struct lower_function *f, const struct wasm_insn *insn, const struct wasm_opcode_info *info) {
  (void)info;
  uint32_t index = insn->imm.index;
  struct lower_callee callee = is_behind_record(f->m, index)
                                   ? referenced(f, f->m->wasm->funcs[index].type, import_record(f, index))
                                   : known(f, index);
  call(f, &callee);
}

void lower_return_call(struct lower_function *f, const struct wasm_insn *insn,
                       const struct wasm_opcode_info *info) {
  (void)info;
  uint32_t index = insn->imm.index;
  if (is_behind_record(f->m, index)) {
    leave_for_reference(f, f->m->wasm->funcs[index].type, import_record(f, index));
  } else {
    struct lower_callee callee = known(f, index);
    leave_for(f, &callee);
  }
}

/* The function reference in a table at `index`, after the checks that the specification asks for, in its
 * order. */
static LLVMValueRef checked_reference(struct lower_function *f, uint32_t table, uint32_t type,
                                      LLVMValueRef index) {
  struct lower_module *m = f->m;
  LLVMValueRef record = lower_table_record(f, table);
  LLVMValueRef size = lower_load_field(f, record, ABI_table, WASMRT_table_size, ACCESS_RECORD);
  LLVMValueRef at = lower_table_is_wide(f, table) ? index : LLVMBuildZExt(f->b, index, m->i64, "");
  lower_trap_if(f, LLVMBuildICmp(f->b, LLVMIntUGE, at, size, ""), WASMRT_TRAP_UNDEFINED_ELEMENT);
  LLVMValueRef entries = lower_load_field(f, record, ABI_table, WASMRT_table_entries, ACCESS_RECORD);
  LLVMValueRef reference = LLVMBuildLoad2(f->b, m->ptr, LLVMBuildGEP2(f->b, m->ptr, entries, &at, 1, ""), "");
  lower_set_access(f, reference, ACCESS_TABLE);
  lower_trap_if(f, LLVMBuildIsNull(f->b, reference, ""), WASMRT_TRAP_UNINITIALIZED_ELEMENT);
  lower_trap_if(f, LLVMBuildNot(f->b, lower_has_type(f, reference, type), ""),
                WASMRT_TRAP_INDIRECT_CALL_TYPE_MISMATCH);
  return reference;
}

/* The callee in a known table's entry. */
static struct lower_callee known_entry(struct lower_function *f, uint32_t table, uint32_t type,
                                       LLVMValueRef index) {
  return (struct lower_callee){
      .type = type, .code = lower_known_table_code(f, table, type, index), .is_own = true};
}

void lower_call_indirect(struct lower_function *f, const struct wasm_insn *insn,
                         const struct wasm_opcode_info *info) {
  (void)info;
  uint32_t type = insn->imm.pair.first, table = insn->imm.pair.second;
  LLVMValueRef index = lower_pop(f);
  struct lower_callee callee = f->m->plan->tables[table].is_known
                                   ? known_entry(f, table, type, index)
                                   : referenced(f, type, checked_reference(f, table, type, index));
  call(f, &callee);
}

void lower_return_call_indirect(struct lower_function *f, const struct wasm_insn *insn,
                                const struct wasm_opcode_info *info) {
  (void)info;
  uint32_t type = insn->imm.pair.first, table = insn->imm.pair.second;
  LLVMValueRef index = lower_pop(f);
  if (f->m->plan->tables[table].is_known) {
    struct lower_callee callee = known_entry(f, table, type, index);
    leave_for(f, &callee);
  } else {
    leave_for_reference(f, type, checked_reference(f, table, type, index));
  }
}

/*
 * The operand of a call_ref. Only null has to be ruled out: the operand's static type is the one that is
 * called, and every reference of that type is to a function of it (reference.c).
 */
static LLVMValueRef pop_callee(struct lower_function *f) {
  LLVMValueRef reference = lower_pop(f);
  lower_trap_if(f, LLVMBuildIsNull(f->b, reference, ""), WASMRT_TRAP_NULL_FUNCTION_REFERENCE);
  return reference;
}

void lower_call_ref(struct lower_function *f, const struct wasm_insn *insn,
                    const struct wasm_opcode_info *info) {
  (void)info;
  struct lower_callee callee = referenced(f, insn->imm.index, pop_callee(f));
  call(f, &callee);
}

void lower_return_call_ref(struct lower_function *f, const struct wasm_insn *insn,
                           const struct wasm_opcode_info *info) {
  (void)info;
  leave_for_reference(f, insn->imm.index, pop_callee(f));
}
