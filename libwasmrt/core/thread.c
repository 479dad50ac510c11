/*
 * Preparing a thread of a host to run compiled code, on its first call: an alternate stack for signals and
 * the zone at the end of its stack. Undone when the thread ends, since its stack may be given to another
 * thread then. Not part of static executables, which set their only thread up in start.c.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

/* Of <linux/futex.h>, which musl does not bring. */
enum { FUTEX_WAIT_PRIVATE = 128 };

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static bool has_key;

/* Called at the end of a thread; its argument is the alternate stack, or the thread's state if it had its
 * own. */
static void end_thread(void *memory) {
  struct wasmrt_thread *thread = &wasmrt_thread;
  wasmrt_stack_unprotect(thread);
  thread->is_prepared = false;
  if (memory == thread) {
    return;
  }
  stack_t stack;
  if (sigaltstack(NULL, &stack) == 0 && stack.ss_sp == memory) {
    stack = (stack_t){.ss_flags = SS_DISABLE};
    sigaltstack(&stack, NULL);
  }
  munmap(memory, WASMRT_SIGNAL_STACK);
}

static void initialize(void) {
  has_key = pthread_key_create(&key, end_thread) == 0;
  wasmrt_signals_install();
}

/* Gives the thread an alternate stack unless it has one that is large enough. Returns it, or `otherwise`, or
 * NULL. */
static void *prepare_signal_stack(void *otherwise) {
  stack_t stack;
  if (sigaltstack(NULL, &stack) != 0) {
    return NULL;
  }
  if (!(stack.ss_flags & SS_DISABLE) && stack.ss_size >= WASMRT_SIGNAL_STACK / 2) {
    return otherwise;
  }
  void *memory =
      mmap(NULL, WASMRT_SIGNAL_STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  if (memory == MAP_FAILED) {
    return NULL;
  }
  stack = (stack_t){.ss_sp = memory, .ss_size = WASMRT_SIGNAL_STACK};
  if (sigaltstack(&stack, NULL) != 0) {
    munmap(memory, WASMRT_SIGNAL_STACK);
    return NULL;
  }
  return memory;
}

/* The stack of a thread that the C library made. */
static bool find_thread_stack(uintptr_t *low, uintptr_t *high) {
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) {
    return false;
  }
  void *begin;
  size_t size, guard;
  const bool is_known = pthread_attr_getstack(&attributes, &begin, &size) == 0 &&
                        pthread_attr_getguardsize(&attributes, &guard) == 0 && guard < size;
  pthread_attr_destroy(&attributes);
  if (is_known) {
    /* Whether the guard is part of the stack differs between C libraries: leave it alone in any case. */
    *low = (uintptr_t)begin + guard;
    *high = (uintptr_t)begin + size;
  }
  return is_known;
}

/*
 * Makes the first thread's stack grow down to `low`; false if it cannot. A system call reads there, since
 * that fails where an access would crash. It is a part of the stack only if nothing is missing in between:
 * what lies at `low` may also be another mapping, when the limit was raised after the program began.
 */
static bool grow_main_stack(uintptr_t low, uintptr_t here) {
  const struct timespec at_once = {0, 0};
  if (syscall(SYS_futex, low, FUTEX_WAIT_PRIVATE, 0, &at_once, NULL, 0) != 0 && errno == EFAULT) {
    return false;
  }
  return msync((void *)low, here - low, MS_ASYNC) == 0;
}

/*
 * The stack of the process's first thread grows towards its limit as it is touched. False on any other
 * thread. Finds out how far it may grow, and makes it.
 */
static bool find_main_stack(uintptr_t *low, uintptr_t *high) {
  const uintptr_t most = UINT64_C(1) << 30; /* of an unlimited stack; as much as any guest may use */
  const uintptr_t step = 65536;
  const uintptr_t here = (uintptr_t)__builtin_frame_address(0);
  const uintptr_t top = (uintptr_t)getauxval(AT_RANDOM); /* lies at its high end */
  struct rlimit limit;
  if (syscall(SYS_gettid) != getpid() || getrlimit(RLIMIT_STACK, &limit) != 0) {
    return false;
  }
  uintptr_t size = limit.rlim_cur < most ? limit.rlim_cur & ~(step - 1) : most;
  if (here >= top || top - here >= size) {
    return false; /* forked from another thread */
  }
  *high = (top + step - 1) & ~(step - 1);
  while (*high - here + step < size) {
    *low = *high - size;
    if (grow_main_stack(*low, here)) {
      return true;
    }
    const uintptr_t part = (size / 64) & ~(step - 1);
    size -= part > step ? part : step;
  }
  return false;
}

static void protect_stack(struct wasmrt_thread *thread) {
  const uintptr_t here = (uintptr_t)__builtin_frame_address(0);
  uintptr_t low, high;
  /* On a coroutine's stack neither is the case: that has whatever guard its owner gave it. */
  if ((find_main_stack(&low, &high) || find_thread_stack(&low, &high)) && low <= here && here < high) {
    wasmrt_stack_protect(thread, low, high);
  }
}

bool wasmrt_thread_prepare(void) {
  struct wasmrt_thread *thread = &wasmrt_thread;
  if (thread->is_prepared) {
    return true;
  }
  pthread_once(&once, initialize);
  if (!has_key) {
    return false;
  }
  void *memory = prepare_signal_stack(thread);
  if (memory == NULL) {
    return false;
  }
  if (pthread_setspecific(key, memory) != 0) {
    end_thread(memory);
    return false;
  }
  protect_stack(thread);
  thread->is_prepared = true;
  return true;
}
