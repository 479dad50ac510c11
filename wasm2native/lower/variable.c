/* Locals and globals (spec 4.4.5). */
#include "internal.h"

void lower_local_get(struct lower_function *f, const struct wasm_insn *insn,
                     const struct wasm_opcode_info *info) {
  (void)info;
  LLVMValueRef local = lower_local(f, insn->imm.index);
  lower_push(f, LLVMBuildLoad2(f->b, LLVMGetAllocatedType(local), local, ""));
}

void lower_local_set(struct lower_function *f, const struct wasm_insn *insn,
                     const struct wasm_opcode_info *info) {
  (void)info;
  LLVMBuildStore(f->b, lower_pop(f), lower_local(f, insn->imm.index));
}

void lower_local_tee(struct lower_function *f, const struct wasm_insn *insn,
                     const struct wasm_opcode_info *info) {
  (void)info;
  LLVMBuildStore(f->b, f->stack[f->depth - 1], lower_local(f, insn->imm.index));
}

/*
 * Lets another part than the main one know the value of a global that never changes, where it is a plain
 * number.
 */
static void copy_constant(struct lower_function *f, uint32_t index, LLVMValueRef variable) {
  const struct wasm_global *global = &f->m->wasm->globals[index];
  struct wasm_insn insn;
  if (!global->is_import && !global->is_mutable && lower_is_constant(f->m->wasm, &global->init, &insn)) {
    lower_constant(f, &insn, wasm_insn_info(&insn));
    LLVMSetInitializer(variable, lower_pop(f));
    LLVMSetLinkage(variable, LLVMAvailableExternallyLinkage);
    LLVMSetGlobalConstant(variable, 1);
  }
}

/*
 * Static model: a variable of its own. Instance model: the cell in the instance, or for an imported global
 * the cell that the instance's list of globals points to.
 */
LLVMValueRef lower_global_address(struct lower_function *f, uint32_t index) {
  struct lower_module *m = f->m;
  if (m->options->model == LOWER_STATIC) {
    LLVMValueRef variable = lower_global_variable(m, index);
    if (!m->part->is_main && LLVMIsDeclaration(variable)) {
      copy_constant(f, index, variable);
    }
    return variable;
  }
  if (m->wasm->globals[index].is_import) {
    LLVMValueRef list =
        lower_load_field(f, f->instance, ABI_instance, WASMRT_instance_globals, ACCESS_CONSTANT);
    LLVMValueRef at = LLVMConstInt(m->i64, index, 0);
    LLVMValueRef cell = LLVMBuildLoad2(f->b, m->ptr, LLVMBuildGEP2(f->b, m->ptr, list, &at, 1, ""), "");
    lower_set_access(f, cell, ACCESS_CONSTANT);
    return cell;
  }
  LLVMValueRef path[] = {LLVMConstInt(m->i32, 0, 0), LLVMConstInt(m->i32, LOWER_INSTANCE_CELLS, 0),
                         LLVMConstInt(m->i32, index - m->wasm->global_import_count, 0)};
  return LLVMBuildGEP2(f->b, m->instance_type, f->instance, path, 3, "");
}

void lower_global_get(struct lower_function *f, const struct wasm_insn *insn,
                      const struct wasm_opcode_info *info) {
  (void)info;
  const struct wasm_global *global = &f->m->wasm->globals[insn->imm.index];
  LLVMValueRef address = lower_global_address(f, insn->imm.index);
  LLVMValueRef value = LLVMBuildLoad2(f->b, lower_type(f->m, global->type), address, "");
  lower_set_access(f, value, ACCESS_GLOBAL);
  if (global->is_import && f->m->options->model == LOWER_STATIC) { /* a variable of C code */
    lower_check_foreign(f, value, global->type);
  }
  lower_push(f, value);
}

void lower_global_set(struct lower_function *f, const struct wasm_insn *insn,
                      const struct wasm_opcode_info *info) {
  (void)info;
  LLVMValueRef value = lower_pop(f);
  lower_set_access(f, LLVMBuildStore(f->b, value, lower_global_address(f, insn->imm.index)), ACCESS_GLOBAL);
}
