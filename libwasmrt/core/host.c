/*
 * Functions of the host as compiled code sees them. A callback takes its values in slots, whatever its type,
 * so the assembly (transition_*.S) saves the argument registers and this file reads the parameters out of
 * them. A native function has the C type that compiled code calls; only when the host itself calls one are
 * slots put into registers.
 */
#include <string.h>

#include "internal.h"

#if defined(__x86_64__)
enum { INTEGER_REGISTERS = 6, REAL_REGISTERS = 8 };
#else
enum { INTEGER_REGISTERS = 8, REAL_REGISTERS = 8 };
#endif

/* Slots on the stack of a call, for functions with few values and with any number. */
enum { FEW_SLOTS = 16 };

static bool is_real(uint32_t kind) {
  return kind == WASMRT_F32 || kind == WASMRT_F64;
}

static uint64_t narrowed(uint64_t value, uint32_t kind) {
  return kind == WASMRT_I32 || kind == WASMRT_F32 ? (uint32_t)value : value;
}

/*
 * Where the arguments of a C call lie: integers and floating point numbers in their registers in order, the
 * rest in words on the stack in order. (The same on x86-64 and AArch64, since no argument is larger than a
 * word.)
 */
struct arguments {
  uint32_t integers, reals, words; /* taken so far */
};

enum place { IN_INTEGER, IN_REAL, ON_STACK };

static enum place next_argument(struct arguments *arguments, bool real, uint32_t *index) {
  if (real && arguments->reals < REAL_REGISTERS) {
    *index = arguments->reals++;
    return IN_REAL;
  }
  if (!real && arguments->integers < INTEGER_REGISTERS) {
    *index = arguments->integers++;
    return IN_INTEGER;
  }
  *index = arguments->words++;
  return ON_STACK;
}

/* ---- Callbacks -------------------------------------------------------------------------------------- */

/* Reads the next argument of a callback. The first integer register, the binding's, was not saved. */
static uint64_t read_argument(struct arguments *arguments, bool real, const uint64_t *registers,
                              const uint64_t *stack) {
  uint32_t index;
  switch (next_argument(arguments, real, &index)) {
  case IN_INTEGER:
    return registers[index - 1];
  case IN_REAL:
    return registers[INTEGER_REGISTERS - 1 + index];
  default:
    return stack[index];
  }
}

/* What a callback returned goes to compiled code, which relies on its type. */
static bool results_fit(const struct wasmrt_binding *binding, const uint64_t *slots) {
  const struct wasmrt_type *type = binding->type;
  return !(type->flags & WASMRT_TYPE_CHECKS_RESULTS) ||
         wasmrt_values_fit(type->kinds + type->param_count, type->result_count, slots,
                           wasmrt_alone(binding->caller));
}

/* Runs the callback; raises what it returns. */
static void run_callback(const struct wasmrt_binding *binding, uint64_t *slots) {
  struct wasmrt_thread *thread = &wasmrt_thread;
  struct wasmrt_error *error = thread->top->error;
  if (error != NULL) {
    error->status = WASMRT_OK;
  }
  thread->host_depth++;
  const enum wasmrt_status status = binding->callback(binding->user, binding->caller, slots, error);
  thread->host_depth--;
  if (status != WASMRT_OK) {
    if (error != NULL && error->status != status) {
      wasmrt_fail(error, status, wasmrt_trap_message(WASMRT_TRAP_HOST), NULL);
    }
    wasmrt_raise_host(status);
  }
  if (!results_fit(binding, slots)) {
    wasmrt_raise_host(
        wasmrt_fail(error, WASMRT_ERROR_HOST,
                    "a host function returned a reference that is not of the type of its result", NULL));
  }
}

static uint64_t call_with_slots(const struct wasmrt_binding *binding, const uint64_t *registers,
                                const uint64_t *stack, uint64_t *slots) {
  const struct wasmrt_type *type = binding->type;
  const uint32_t *results = type->kinds + type->param_count;
  struct arguments arguments = {.integers = 1};
  for (uint32_t i = 0; i < type->param_count; i++) {
    slots[i] = narrowed(read_argument(&arguments, is_real(type->kinds[i]), registers, stack), type->kinds[i]);
  }
  run_callback(binding, slots);
  if (type->result_count > 1) {
    uint64_t *to = (uint64_t *)(uintptr_t)read_argument(&arguments, false, registers, stack);
    for (uint32_t i = 0; i < type->result_count; i++) {
      to[i] = narrowed(slots[i], results[i]);
    }
  }
  return type->result_count == 1 ? narrowed(slots[0], results[0]) : 0;
}

/* A function of its own, so that calls with few values do not need its stack. */
static __attribute__((noinline)) uint64_t call_with_many_slots(const struct wasmrt_binding *binding,
                                                               const uint64_t *registers,
                                                               const uint64_t *stack) {
  uint64_t slots[WASMRT_VALUES_MAX];
  return call_with_slots(binding, registers, stack, slots);
}

uint64_t wasmrt_callback_call(struct wasmrt_binding *binding, const uint64_t *registers,
                              const uint64_t *stack) {
  wasmrt_check_stack();
  if (binding->type->param_count > FEW_SLOTS || binding->type->result_count > FEW_SLOTS) {
    return call_with_many_slots(binding, registers, stack);
  }
  uint64_t slots[FEW_SLOTS];
  return call_with_slots(binding, registers, stack, slots);
}

/* The entry of callbacks: the host calls one through wasmrt_call. */
static void enter_callback(void *code, void *instance, uint64_t *slots) {
  (void)code;
  const struct wasmrt_binding *binding = instance;
  const struct wasmrt_type *type = binding->type;
  for (uint32_t i = 0; i < type->param_count; i++) {
    slots[i] = narrowed(slots[i], type->kinds[i]);
  }
  run_callback(binding, slots);
  for (uint32_t i = 0; i < type->result_count; i++) {
    slots[i] = narrowed(slots[i], type->kinds[type->param_count + i]);
  }
}

/* ---- Native functions ------------------------------------------------------------------------------- */

void wasmrt_native_exhausted(void) {
  wasmrt_raise(WASMRT_TRAP_STACK_EXHAUSTED);
}

/* The entry of native functions. */
static void enter_native(void *code, void *instance, uint64_t *slots) {
  (void)code;
  const struct wasmrt_binding *binding = instance;
  const struct wasmrt_type *type = binding->type;
  const uint32_t *results = type->kinds + type->param_count;
  uint64_t registers[INTEGER_REGISTERS + REAL_REGISTERS] = {(uintptr_t)binding->caller};
  uint64_t stack[WASMRT_VALUES_MAX + 1];
  struct arguments arguments = {.integers = 1};
  const uint32_t count = type->param_count + (type->result_count > 1 ? 1 : 0);
  for (uint32_t i = 0; i < count; i++) {
    const bool is_param = i < type->param_count; /* else the address of the results */
    const uint64_t value = is_param ? narrowed(slots[i], type->kinds[i]) : (uintptr_t)slots;
    uint32_t index;
    switch (next_argument(&arguments, is_param && is_real(type->kinds[i]), &index)) {
    case IN_INTEGER:
      registers[index] = value;
      break;
    case IN_REAL:
      registers[INTEGER_REGISTERS + index] = value;
      break;
    default:
      stack[index] = value;
      break;
    }
  }
  uint64_t real;
  const uint64_t integer = wasmrt_invoke(binding->native, registers, stack, arguments.words, &real);
  if (type->result_count == 1) {
    slots[0] = narrowed(is_real(results[0]) ? real : integer, results[0]);
  } else {
    for (uint32_t i = 0; i < type->result_count; i++) {
      slots[i] = narrowed(slots[i], results[i]);
    }
  }
}

/* ---- References ------------------------------------------------------------------------------------- */

bool wasmrt_is_host_function(const struct wasmrt_funcref *function) {
  return function->code == (void *)(uintptr_t)wasmrt_callback_trampoline ||
         function->code == (void *)(uintptr_t)wasmrt_native_trampoline;
}

struct wasmrt_funcref wasmrt_host_funcref(struct wasmrt_binding *binding) {
  const bool is_native = binding->native != NULL;
  return (struct wasmrt_funcref){
      .type = binding->type,
      .code = (void *)(uintptr_t)(is_native ? wasmrt_native_trampoline : wasmrt_callback_trampoline),
      .instance = binding,
      .entry = is_native ? enter_native : enter_callback,
      .tail = NULL};
}
