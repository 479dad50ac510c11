/*
 * Preparing a thread of a host to run compiled code, on its first call: an alternate stack for signals and
 * the zone at the end of its stack. Undone when the thread ends, since its stack may be given to another
 * thread then. Not part of static executables, which set their only thread up in start.c.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>

#include "internal.h"

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

static void protect_stack(struct wasmrt_thread *thread) {
  /* An unlimited main stack has no low end; as much as any guest may use of it is taken for the whole. */
  const uintptr_t most = UINT64_C(1) << 30;
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) {
    return;
  }
  void *low;
  size_t size, guard;
  if (pthread_attr_getstack(&attributes, &low, &size) == 0 &&
      pthread_attr_getguardsize(&attributes, &guard) == 0 && guard < size) {
    /* Whether the guard is part of the stack differs between C libraries: leave it alone in any case. */
    const uintptr_t high = (uintptr_t)low + size;
    const uintptr_t begin = (uintptr_t)low + guard;
    const uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    if (begin <= here && here < high) { /* else a coroutine's: it has whatever guard its owner gave it */
      wasmrt_stack_protect(thread, high - begin > most ? high - most : begin, high);
    }
  }
  pthread_attr_destroy(&attributes);
}

bool wasmrt_thread_prepare(void) {
  struct wasmrt_thread *thread = &wasmrt_thread;
  if (__builtin_expect(thread->is_prepared, 1)) {
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
