/*
 * References (spec 4.4.5, 4.4.8.11 and on): nulls, functions as values, and the question whether a function
 * has a type.
 *
 * A reference is a pointer; one to a function leads to a struct wasmrt_funcref, whose `type` is the canonical
 * record of the function's own type (layout.def). Validation gives every reference a static type, which holds
 * what it promises: compiled code only makes and stores references of the types that it declares, imports are
 * matched with their types when they are bound, and what the host passes is looked at by the runtime. So
 * call_ref checks for null alone; where less is known, in tables of funcref and in casts, lower_has_type()
 * looks at the record.
 */
#include "internal.h"

void lower_ref_null(struct lower_function *f, const struct wasm_insn *insn,
                    const struct wasm_opcode_info *info) {
  (void)insn, (void)info;
  lower_push(f, LLVMConstNull(f->m->ptr));
}

void lower_ref_is_null(struct lower_function *f, const struct wasm_insn *insn,
                       const struct wasm_opcode_info *info) {
  (void)insn, (void)info;
  lower_push(f, LLVMBuildZExt(f->b, LLVMBuildIsNull(f->b, lower_pop(f), ""), f->m->i32, ""));
}

void lower_ref_as_non_null(struct lower_function *f, const struct wasm_insn *insn,
                           const struct wasm_opcode_info *info) {
  (void)insn, (void)info;
  lower_trap_if(f, LLVMBuildIsNull(f->b, f->stack[f->depth - 1], ""), WASMRT_TRAP_NULL_REFERENCE);
}

LLVMValueRef lower_ref_func_value(struct lower_function *f, uint32_t function) {
  LLVMValueRef records =
      lower_load_field(f, f->instance, ABI_instance, WASMRT_instance_functions, ACCESS_CONSTANT);
  LLVMValueRef slot = LLVMConstInt(f->m->i64, f->m->plan->slots[function], 0);
  return LLVMBuildGEP2(f->b, f->m->abi[ABI_funcref], records, &slot, 1, "");
}

void lower_ref_func(struct lower_function *f, const struct wasm_insn *insn,
                    const struct wasm_opcode_info *info) {
  (void)info;
  lower_push(f, lower_ref_func_value(f, insn->imm.index));
}

/* ---- Types at run time */

/* A pointer from a list that is complete when the instance is. */
static LLVMValueRef load_constant(struct lower_function *f, LLVMValueRef list, uint32_t index) {
  LLVMValueRef at = LLVMConstInt(f->m->i64, index, 0);
  LLVMValueRef value = LLVMBuildLoad2(f->b, f->m->ptr, LLVMBuildGEP2(f->b, f->m->ptr, list, &at, 1, ""), "");
  lower_set_access(f, value, ACCESS_CONSTANT);
  return value;
}

/*
 * Whether the function that a reference, which is not null, leads to is of type `type` of the module
 * (spec 3.3.7). Equal types have one record in the process, so that for a final type this is a comparison of
 * two pointers. Otherwise the function's type may also be a subtype: then its list of supertypes has the type
 * at the place of its depth, which is known here. The list is read only where it is long enough.
 */
LLVMValueRef lower_has_type(struct lower_function *f, LLVMValueRef reference, uint32_t type) {
  const struct wasm_type_def *def = &f->m->wasm->types[type];
  LLVMValueRef types = lower_load_field(f, f->instance, ABI_instance, WASMRT_instance_types, ACCESS_CONSTANT);
  LLVMValueRef expected = load_constant(f, types, type);
  LLVMValueRef actual = lower_load_field(f, reference, ABI_funcref, WASMRT_funcref_type, ACCESS_CONSTANT);
  LLVMValueRef is_same = LLVMBuildICmp(f->b, LLVMIntEQ, expected, actual, "");
  if (def->is_final) {
    return is_same;
  }
  LLVMBasicBlockRef other = lower_block_new(f, "other"), deep = lower_block_new(f, "deep");
  LLVMBasicBlockRef done = lower_block_new(f, "done"), here = LLVMGetInsertBlock(f->b);
  LLVMBuildCondBr(f->b, is_same, done, other);
  LLVMPositionBuilderAtEnd(f->b, other);
  LLVMValueRef depth = lower_load_field(f, actual, ABI_type, WASMRT_type_depth, ACCESS_CONSTANT);
  LLVMValueRef level = LLVMConstInt(f->m->i32, def->depth, 0);
  LLVMBuildCondBr(f->b, LLVMBuildICmp(f->b, LLVMIntUGT, depth, level, ""), deep, done);
  LLVMPositionBuilderAtEnd(f->b, deep);
  LLVMValueRef supers = lower_load_field(f, actual, ABI_type, WASMRT_type_supers, ACCESS_CONSTANT);
  LLVMValueRef is_above = LLVMBuildICmp(f->b, LLVMIntEQ, load_constant(f, supers, def->depth), expected, "");
  LLVMBuildBr(f->b, done);
  LLVMPositionBuilderAtEnd(f->b, done);
  LLVMValueRef result = LLVMBuildPhi(f->b, f->m->i1, "");
  LLVMValueRef values[] = {LLVMConstInt(f->m->i1, 1, 0), LLVMConstInt(f->m->i1, 0, 0), is_above};
  LLVMBasicBlockRef blocks[] = {here, other, deep};
  LLVMAddIncoming(result, values, blocks, 3);
  return result;
}

/*
 * Whether a reference is of this type, as far as it is not known from its static type: that is of the same
 * hierarchy. Of the hierarchies other than that of functions only the null references exist, and external
 * references.
 */
LLVMValueRef lower_is_of_type(struct lower_function *f, LLVMValueRef reference, wasm_type type) {
  struct lower_module *m = f->m;
  uint32_t heap = wasm_heap_of(type);
  LLVMValueRef yes = LLVMConstInt(m->i1, 1, 0), no = LLVMConstInt(m->i1, 0, 0);
  LLVMValueRef is_null = LLVMBuildIsNull(f->b, reference, "");
  LLVMValueRef for_null = wasm_is_nullable(type) ? yes : no;
  if (!wasm_heap_is_index(heap) || m->wasm->types[heap].kind != WASM_TYPE_FUNC) {
    LLVMValueRef for_others = heap == WASM_HEAP_FUNC || heap == WASM_HEAP_EXTERN ? yes : no;
    return LLVMBuildSelect(f->b, is_null, for_null, for_others, "");
  }
  LLVMBasicBlockRef look = lower_block_new(f, "look"), done = lower_block_new(f, "done");
  LLVMBasicBlockRef here = LLVMGetInsertBlock(f->b);
  LLVMBuildCondBr(f->b, is_null, done, look);
  LLVMPositionBuilderAtEnd(f->b, look);
  LLVMValueRef has_type = lower_has_type(f, reference, heap);
  LLVMBasicBlockRef looked = LLVMGetInsertBlock(f->b);
  LLVMBuildBr(f->b, done);
  LLVMPositionBuilderAtEnd(f->b, done);
  LLVMValueRef result = LLVMBuildPhi(f->b, m->i1, "");
  LLVMValueRef values[] = {for_null, has_type};
  LLVMBasicBlockRef blocks[] = {here, looked};
  LLVMAddIncoming(result, values, blocks, 2);
  return result;
}

void lower_ref_test(struct lower_function *f, const struct wasm_insn *insn,
                    const struct wasm_opcode_info *info) {
  (void)info;
  LLVMValueRef answer = lower_is_of_type(f, lower_pop(f), insn->imm.type);
  lower_push(f, LLVMBuildZExt(f->b, answer, f->m->i32, ""));
}

void lower_ref_cast(struct lower_function *f, const struct wasm_insn *insn,
                    const struct wasm_opcode_info *info) {
  (void)info;
  LLVMValueRef answer = lower_is_of_type(f, f->stack[f->depth - 1], insn->imm.type);
  lower_trap_if(f, LLVMBuildNot(f->b, answer, ""), WASMRT_TRAP_CAST_FAILURE);
}

/*
 * What C code returns or keeps in a variable is looked at before anything relies on its type: the C compiler
 * knows nothing of that. (The runtime does the same for functions that it binds.)
 */
void lower_check_foreign(struct lower_function *f, LLVMValueRef value, wasm_type type) {
  if (!wasm_is_ref(type) || type == WASM_FUNCREF || type == WASM_EXTERNREF) {
    return;
  }
  if (!wasm_is_nullable(type)) {
    lower_trap_if(f, LLVMBuildIsNull(f->b, value, ""), WASMRT_TRAP_NULL_REFERENCE);
  }
  lower_trap_if(f, LLVMBuildNot(f->b, lower_is_of_type(f, value, type), ""), WASMRT_TRAP_CAST_FAILURE);
}
