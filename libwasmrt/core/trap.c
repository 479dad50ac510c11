/*
 * Entering compiled code such that it can be left by a trap, and traps that are raised by calls: explicit
 * checks of compiled code, operations of the runtime, host functions. Those by signals are in signal_posix.c.
 * Specification: 4.2 (traps), 4.5.5 (invocation).
 *
 * Unwinding goes to the innermost activation of the thread and restores the registers that it saved: nothing
 * between is unwound by other means. That is compiled code, operations that hold nothing at that moment, and
 * host functions that ask for it (wasmrt_exit).
 */
#include "internal.h"

#include "guest.h"
#include "operations.h"

_Thread_local struct wasmrt_thread wasmrt_thread;

enum wasmrt_status wasmrt_protect(wasmrt_entry *entry, void *code, void *instance, uint64_t *slots,
                                  struct wasmrt_error *error) {
  struct wasmrt_thread *thread = &wasmrt_thread;
  struct wasmrt_activation activation = {
      .previous = thread->top, .error = error, .host_depth = thread->host_depth};
  thread->top = &activation;
  thread->host_depth = 0;
  const uint32_t status = wasmrt_enter(code, instance, slots, entry, &activation.sp, NULL);
  thread->top = activation.previous;
  thread->host_depth = activation.host_depth;
  if (__builtin_expect(thread->zone_is_open, 0)) {
    wasmrt_stack_close_zone(thread);
  }
  return (enum wasmrt_status)status;
}

void wasmrt_leave(enum wasmrt_status status) {
  wasmrt_unwind(wasmrt_thread.top->sp, (uint32_t)status);
}

/*
 * Adds the frames from the caller's caller on. Inlined, since the record that it begins with is that of the
 * function it stands in: one of its own would be gone when wasmrt_backtrace is tail-called.
 */
static inline __attribute__((always_inline)) void add_backtrace(struct wasmrt_error *error) {
  const uintptr_t here = (uintptr_t)__builtin_frame_address(0);
  wasmrt_backtrace(error, 0, here, here, (uintptr_t)wasmrt_thread.top->sp);
}

void wasmrt_raise(uint32_t trap) {
  const struct wasmrt_activation *top = wasmrt_thread.top;
  if (top == NULL) {
    __builtin_trap(); /* compiled code that was called behind the runtime's back: there is nowhere to go */
  }
  wasmrt_trap_describe(top->error, trap);
  add_backtrace(top->error);
  wasmrt_leave(WASMRT_ERROR_TRAP);
}

void wasmrt_raise_host(enum wasmrt_status status) {
  add_backtrace(wasmrt_thread.top->error);
  wasmrt_leave(status);
}

void wasmrt_exit(struct wasmrt_instance *instance, uint32_t status) {
  (void)instance;
  wasmrt_error_exit(wasmrt_thread.top->error, status);
  wasmrt_leave(WASMRT_ERROR_EXIT);
}

void wasmrt_op_trap(struct wasmrt_instance *instance, uint32_t code) {
  (void)instance;
  wasmrt_raise(code);
}

void wasmrt_op_missing_import(struct wasmrt_instance *instance, void *name) {
  (void)instance;
  struct wasmrt_error *error = wasmrt_thread.top->error;
  wasmrt_fail(error, WASMRT_ERROR_TRAP, wasmrt_trap_message(WASMRT_TRAP_MISSING_IMPORT), ": ",
              (const char *)name, NULL);
  if (error != NULL) {
    error->trap = WASMRT_TRAP_MISSING_IMPORT;
  }
  wasmrt_raise_host(WASMRT_ERROR_TRAP);
}
