/*
 * Calling conventions: how parameters and results are passed, and where. Beside the calls themselves (call.c)
 * and the functions between conventions (bridge.c), nothing knows.
 *
 * C: R f(instance, params...), which everyone can call: imports, exports, references.
 *
 * Own: what functions of the module use among themselves. Without tail calls it is R f(instance, params...)
 * in C's convention in the instance model and R f(params...) in the static one. In a module with tail calls
 * (spec 4.4.8) it is LLVM's tailcc, by which a function can be left for any other of the same results in
 * constant stack space. No argument of it lies on the stack: those that find no register are written to the
 * arguments of the callee's instance just before the call, and read from there before anything else happens.
 * So a tail call never moves the return address, which would part it from the saved frame pointer, and
 * backtraces walk frame records.
 *
 * In both, two and more results are written to a last parameter, 8 bytes each.
 */
#include <limits.h>

#include "internal.h"

/* CallingConv::Tail, which LLVM-C has no name for. */
enum { TAIL_CONVENTION = 18 };

/* ---- Slots */

uint32_t lower_slot_width(unsigned type) {
  return type == WASM_V128 ? 2 : 1;
}

uint32_t lower_result_slots(const struct wasm_func_type *type) {
  uint32_t slots = 0;
  for (uint32_t i = 0; i < type->result_count; i++) {
    slots += lower_slot_width(type->results[i]);
  }
  return slots;
}

/* A v128 in slots is aligned like any other value there. */
LLVMValueRef lower_load_slot(struct lower_module *m, LLVMBuilderRef b, unsigned type, LLVMValueRef slots,
                             uint32_t slot) {
  LLVMValueRef at = LLVMConstInt(m->i64, slot, 0);
  LLVMValueRef place = LLVMBuildGEP2(b, m->i64, slots, &at, 1, "");
  LLVMValueRef value = LLVMBuildLoad2(b, lower_type(m, type), place, "");
  LLVMSetAlignment(value, 8);
  return value;
}

void lower_store_slot(struct lower_module *m, LLVMBuilderRef b, LLVMValueRef value, LLVMValueRef slots,
                      uint32_t index) {
  LLVMValueRef at = LLVMConstInt(m->i64, index, 0);
  if (LLVMTypeOf(value) == m->f32) {
    value = LLVMBuildBitCast(b, value, m->i32, "");
  }
  if (LLVMTypeOf(value) == m->i32) {
    value = LLVMBuildZExt(b, value, m->i64, "");
  }
  LLVMValueRef store = LLVMBuildStore(b, value, LLVMBuildGEP2(b, m->i64, slots, &at, 1, ""));
  LLVMSetAlignment(store, 8);
}

/* ---- Registers */

/* Registers that are left for parameters. */
struct registers {
  unsigned integers, vectors;
};

static bool passes_arguments_in_memory(const struct lower_module *m, bool is_own) {
  return is_own && m->has_tail_calls;
}

/* Those of the targets' C conventions, which tailcc shares, less what the instance and the results take. */
static struct registers registers_for(const struct lower_module *m, const struct wasm_func_type *type,
                                      bool is_own) {
  if (!passes_arguments_in_memory(m, is_own)) {
    return (struct registers){UINT_MAX, UINT_MAX}; /* C passes the others on the stack */
  }
  unsigned taken = (m->options->model == LOWER_INSTANCE) + (type->result_count > 1);
  return (struct registers){(m->is_x86 ? 6 : 8) - taken, 8};
}

static bool take_register(struct registers *left, unsigned type) {
  bool is_vector = type == WASM_F32 || type == WASM_F64 || type == WASM_V128;
  unsigned *count = is_vector ? &left->vectors : &left->integers;
  bool is_free = *count > 0;
  *count -= is_free;
  return is_free;
}

uint32_t lower_argument_slots(const struct lower_module *m, const struct wasm_func_type *type) {
  struct registers left = registers_for(m, type, true);
  uint32_t slots = 0;
  for (uint32_t i = 0; i < type->param_count; i++) {
    slots += take_register(&left, type->params[i]) ? 0 : lower_slot_width(type->params[i]);
  }
  return slots;
}

/* The arguments that lie in memory follow the header of every instance of a module with tail calls. */
static LLVMValueRef arguments_of(struct lower_function *f, LLVMValueRef instance) {
  return LLVMBuildStructGEP2(f->b, f->m->instance_type, instance ? instance : f->m->instance,
                             LOWER_INSTANCE_ARGUMENTS, "");
}

/* ---- Types, functions, calls */

LLVMTypeRef lower_func_type(const struct lower_module *m, const struct wasm_func_type *type, bool is_own) {
  LLVMTypeRef *params = ARENA_ARRAY(m->arena, LLVMTypeRef, type->param_count + 2);
  struct registers left = registers_for(m, type, is_own);
  unsigned count = 0;
  if (!is_own || m->options->model == LOWER_INSTANCE) {
    params[count++] = m->ptr;
  }
  for (uint32_t i = 0; i < type->param_count; i++) {
    if (take_register(&left, type->params[i])) {
      params[count++] = lower_type(m, type->params[i]);
    }
  }
  if (type->result_count > 1) {
    params[count++] = m->ptr;
  }
  LLVMTypeRef result = type->result_count == 1 ? lower_type(m, type->results[0]) : m->void_;
  return LLVMFunctionType(result, params, count, 0);
}

LLVMValueRef lower_add_function(struct lower_module *m, const char *name, LLVMTypeRef type, bool is_own) {
  LLVMValueRef function = LLVMAddFunction(m->llvm, name, type);
  LLVMSetLinkage(function, LLVMInternalLinkage);
  LLVMSetSection(function, WASMRT_TEXT_SECTION);
  lower_set_attributes(m, function);
  if (is_own && m->has_tail_calls) {
    LLVMSetFunctionCallConv(function, TAIL_CONVENTION);
  }
  return function;
}

LLVMValueRef *lower_parameters(struct lower_function *f, const struct wasm_func_type *type, bool is_own) {
  LLVMValueRef *values = ARENA_ARRAY(f->arena, LLVMValueRef, type->param_count);
  struct registers left = registers_for(f->m, type, is_own);
  unsigned next = !is_own || f->m->options->model == LOWER_INSTANCE;
  uint32_t slot = 0;
  LLVMValueRef arguments = NULL;
  for (uint32_t i = 0; i < type->param_count; i++) {
    if (take_register(&left, type->params[i])) {
      values[i] = LLVMGetParam(f->value, next++);
      continue;
    }
    if (!arguments) {
      arguments = arguments_of(f, f->instance);
    }
    values[i] = lower_load_slot(f->m, f->b, type->params[i], arguments, slot);
    slot += lower_slot_width(type->params[i]);
  }
  return values;
}

/* In the static model imports are C functions, and nobody has looked at the references that they return. */
static void check_results(struct lower_function *f, const struct wasm_func_type *type, LLVMValueRef result,
                          LLVMValueRef results) {
  uint32_t slot = 0;
  for (uint32_t i = 0; i < type->result_count; i++) {
    if (wasm_is_ref(type->results[i])) {
      LLVMValueRef value = results ? lower_load_slot(f->m, f->b, type->results[i], results, slot) : result;
      lower_check_foreign(f, value, type->results[i]);
    }
    slot += lower_slot_width(type->results[i]);
  }
}

LLVMValueRef lower_build_call(struct lower_function *f, const struct lower_callee *callee,
                              const LLVMValueRef *values, LLVMValueRef results) {
  struct lower_module *m = f->m;
  const struct wasm_func_type *type = wasm_func_type_at(m->wasm, callee->type);
  LLVMValueRef *args = ARENA_ARRAY(f->arena, LLVMValueRef, type->param_count + 2);
  struct registers left = registers_for(m, type, callee->is_own);
  unsigned count = 0;
  uint32_t slot = 0;
  LLVMValueRef arguments = NULL;
  if (callee->instance) {
    args[count++] = callee->instance;
  }
  for (uint32_t i = 0; i < type->param_count; i++) {
    if (take_register(&left, type->params[i])) {
      args[count++] = values[i];
      continue;
    }
    if (!arguments) {
      arguments = arguments_of(f, callee->instance);
    }
    /* Within the area: the callee's module has this type too, and made it large enough for all its types. */
    lower_store_slot(m, f->b, values[i], arguments, slot);
    slot += lower_slot_width(type->params[i]);
  }
  if (results) {
    args[count++] = results;
  }
  LLVMTypeRef llvm_type = callee->is_own ? m->func_types[callee->type] : m->import_types[callee->type];
  LLVMValueRef call = LLVMBuildCall2(f->b, llvm_type, callee->code, args, count, "");
  if (callee->is_own && m->has_tail_calls) {
    LLVMSetInstructionCallConv(call, TAIL_CONVENTION);
  }
  if (!callee->is_own && m->options->model == LOWER_STATIC) {
    check_results(f, type, call, results);
  }
  return call;
}
