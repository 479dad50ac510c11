/*
 * Traps that arrive as signals: accesses of compiled code beyond its memory, and the end of the stack.
 *
 * The handler acts only where the program counter is in compiled code and the address in a memory's
 * reservation or at the end of the stack, or where a host function that compiled code called has reached the
 * zone (stack.c). All other signals go to the handler that was there before, or do what they do by default.
 *
 * To trap, it describes the error and changes the interrupted context such that returning from the signal
 * runs wasmrt_unwind: the kernel then restores signal mask and alternate stack, and no code runs in handler
 * context that must not. All that it calls is async-signal-safe: reading the stack and the registries, and
 * mprotect.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <ucontext.h>

#include "internal.h"

/* The interrupted registers that matter. */
struct registers {
  uintptr_t pc, sp, fp;
  uintptr_t link; /* the return address of a function without frame, where it is in a register */
};

#if defined(__x86_64__)
static struct registers get_registers(const ucontext_t *context) {
  const greg_t *registers = context->uc_mcontext.gregs;
  return (struct registers){.pc = (uintptr_t)registers[REG_RIP],
                            .sp = (uintptr_t)registers[REG_RSP],
                            .fp = (uintptr_t)registers[REG_RBP]};
}

static void resume_unwinding(ucontext_t *context, const void *sp, enum wasmrt_status status) {
  const greg_t direction_flag = 0x400;
  greg_t *registers = context->uc_mcontext.gregs;
  registers[REG_RIP] = (greg_t)(uintptr_t)wasmrt_unwind;
  registers[REG_RSP] = (greg_t)(uintptr_t)sp;
  registers[REG_RDI] = (greg_t)(uintptr_t)sp;
  registers[REG_RSI] = (greg_t)status;
  registers[REG_EFL] &= ~direction_flag;
}
#elif defined(__aarch64__)
static struct registers get_registers(const ucontext_t *context) {
  const mcontext_t *machine = &context->uc_mcontext;
  return (struct registers){
      .pc = machine->pc, .sp = machine->sp, .fp = machine->regs[29], .link = machine->regs[30]};
}

static void resume_unwinding(ucontext_t *context, const void *sp, enum wasmrt_status status) {
  mcontext_t *machine = &context->uc_mcontext;
  machine->pc = (uintptr_t)wasmrt_unwind;
  machine->sp = (uintptr_t)sp;
  machine->regs[0] = (uintptr_t)sp;
  machine->regs[1] = status;
}
#else
#error "this architecture's registers are not known here"
#endif

static void trap(ucontext_t *context, const struct registers *at, uint32_t code) {
  const struct wasmrt_activation *top = wasmrt_thread.top;
  wasmrt_trap_describe(top->error, code);
  wasmrt_backtrace(top->error, at->pc, at->fp, at->sp, (uintptr_t)top->sp);
  resume_unwinding(context, top->sp, WASMRT_ERROR_TRAP);
}

/* Whether `address` is at the low end of the stack: the system's guard, the reserve or the zone. */
static bool is_at_stack_end(const struct wasmrt_thread *thread, uintptr_t address) {
  const uintptr_t guard = 65536;
  return thread->zone_end != 0 && address >= thread->stack_low - guard && address < thread->zone_end;
}

/*
 * Whether the interrupted host code was called by compiled code just before: a return address into compiled
 * code lies in the first 4 KiB of its stack. Such code has not passed wasmrt_check_stack, so that it is a
 * leaf function of the C library (memcpy and the like), which can be left at any point.
 */
__attribute__((no_sanitize("address", "undefined"))) static bool
is_next_to_compiled_code(const struct wasmrt_thread *thread, const struct registers *at) {
  const uintptr_t readable = thread->zone_is_open ? thread->stack_low : thread->zone_end;
  const uintptr_t word = sizeof(uintptr_t);
  const uintptr_t top = (uintptr_t)thread->top->sp;
  uintptr_t from = at->sp > readable ? at->sp : readable;
  from = (from + word - 1) & ~(word - 1);
  if (at->link != 0 && wasmrt_range_find(&wasmrt_text_ranges, at->link) != NULL) {
    return true;
  }
  for (uintptr_t place = from; place < from + 4096 && place < top; place += word) {
    if (wasmrt_range_find(&wasmrt_text_ranges, *(const uintptr_t *)place) != NULL) {
      return true;
    }
  }
  return false;
}

/* Handles a fault of host code at the end of the stack; false if it is not ours. */
static bool handle_host(struct wasmrt_thread *thread, ucontext_t *context, const struct registers *at,
                        uintptr_t address) {
  if (thread->host_depth == 0 && is_next_to_compiled_code(thread, at)) {
    trap(context, at, WASMRT_TRAP_STACK_EXHAUSTED);
    return true;
  }
  if (address >= thread->zone_low && !thread->zone_is_open) {
    return wasmrt_stack_open_zone(thread);
  }
  if (thread->owns_stack) {
    trap(context, at, WASMRT_TRAP_STACK_EXHAUSTED); /* the program ends anyway: it may as well say why */
    return true;
  }
  return false;
}

static bool handle_fault(const siginfo_t *info, ucontext_t *context) {
  struct wasmrt_thread *thread = &wasmrt_thread;
  if (info->si_code <= 0 || thread->top == NULL) {
    return false; /* sent by somebody, or nothing of ours is running */
  }
  const struct registers at = get_registers(context);
  const uintptr_t address = (uintptr_t)info->si_addr;
  if (wasmrt_range_find(&wasmrt_text_ranges, at.pc) == NULL) {
    return is_at_stack_end(thread, address) && handle_host(thread, context, &at, address);
  }
  if (wasmrt_range_find(&wasmrt_memory_ranges, address) != NULL) {
    trap(context, &at, WASMRT_TRAP_MEMORY_OUT_OF_BOUNDS);
    return true;
  }
  /* Compiled code touches every page of its frames in turn: on a stack that is not the thread's, near sp will
   * do. */
  if (is_at_stack_end(thread, address) || address - (at.sp - 65536) < 2 * 65536) {
    trap(context, &at, WASMRT_TRAP_STACK_EXHAUSTED);
    return true;
  }
  return false;
}

/* ---- Other people's signals ------------------------------------------------------------------------- */

static const int our_signals[] = {SIGSEGV, SIGBUS};
static struct sigaction previous[2];

/* Lets the signal do what it does by default: end the process, in the place of the fault if there was one. */
static void act_by_default(int number, const siginfo_t *info) {
  struct sigaction action = {.sa_handler = SIG_DFL};
  sigaction(number, &action, NULL);
  if (info->si_code <= 0) {
    raise(number); /* it would not come again by itself; delivered once this handler returns */
  }
}

static void chain(int number, siginfo_t *info, void *context) {
  struct sigaction *action = &previous[number == our_signals[1]];
  const struct sigaction now = *action;
  if (!(now.sa_flags & SA_SIGINFO) && now.sa_handler == SIG_IGN && info->si_code <= 0) {
    return;
  }
  /* A fault cannot be ignored: the kernel ends the process then, too. */
  if (!(now.sa_flags & SA_SIGINFO) && (now.sa_handler == SIG_DFL || now.sa_handler == SIG_IGN)) {
    act_by_default(number, info);
    return;
  }
  if ((unsigned)now.sa_flags & SA_RESETHAND) {
    *action = (struct sigaction){.sa_handler = SIG_DFL};
  }
  /* As the kernel would have called it; the mask is restored when our handler returns. */
  sigset_t mask = now.sa_mask;
  sigprocmask(SIG_BLOCK, &mask, NULL);
  if (now.sa_flags & SA_NODEFER) {
    sigemptyset(&mask);
    sigaddset(&mask, number);
    sigprocmask(SIG_UNBLOCK, &mask, NULL);
  }
  if (now.sa_flags & SA_SIGINFO) {
    now.sa_sigaction(number, info, context);
  } else {
    now.sa_handler(number);
  }
}

static void handle(int number, siginfo_t *info, void *context) {
  const int saved = errno;
  const bool is_ours = handle_fault(info, context);
  errno = saved;
  if (!is_ours) {
    chain(number, info, context);
  }
}

void wasmrt_signals_install(void) {
  static atomic_int state; /* 0: not installed, 1: being installed, 2: installed */
  int expected = 0;
  if (!atomic_compare_exchange_strong(&state, &expected, 1)) {
    while (atomic_load(&state) != 2) {
      sched_yield(); /* another thread is at it: two system calls */
    }
    return;
  }
  struct sigaction action = {.sa_sigaction = handle, .sa_flags = SA_SIGINFO | SA_ONSTACK};
  sigemptyset(&action.sa_mask);
  for (int i = 0; i < 2; i++) {
    /* Read first: once ours is installed it can be called and needs to know. */
    sigaction(our_signals[i], NULL, &previous[i]);
    sigaction(our_signals[i], &action, NULL);
  }
  atomic_store(&state, 2);
}
