/*
 * The zone at the low end of a thread's stack that makes stack exhaustion a trap (internal.h, struct
 * wasmrt_thread).
 *
 * The guard that the system puts below a stack is of no use for that: when compiled code reaches it, nothing
 * is left for host functions, which would crash there. So the zone lies above the last part of the stack:
 *
 *   low                                                                                              high
 *   | reserve, one unit | zone, one unit | one unit, where no host function may begin | ............... |
 *
 * A unit is 64 KiB; on small stacks a sixteenth, but no less than host functions need to be of any use. On a
 * stack without room for four of these nothing may begin.
 */
#define _GNU_SOURCE
#include <sys/auxv.h>
#include <sys/mman.h>

#include "internal.h"

enum { UNIT = 65536, LEAST_UNIT = 16384, UNITS_PER_STACK = 16 };

void wasmrt_stack_protect(struct wasmrt_thread *thread, uintptr_t low, uintptr_t high) {
  const uintptr_t page = (uintptr_t)getauxval(AT_PAGESZ);
  low = (low + page - 1) & ~(page - 1);
  if (low >= high) {
    return;
  }
  uintptr_t unit = ((high - low) / UNITS_PER_STACK) & ~(page - 1);
  unit = unit < LEAST_UNIT ? LEAST_UNIT : unit < UNIT ? unit : UNIT;
  unit = unit < page ? page : unit;
  thread->stack_low = low;
  if (high - low < 4 * unit) {
    thread->stack_reserve = high - low;
    return;
  }
  thread->stack_reserve = 3 * unit;
  thread->zone_low = low + unit;
  thread->zone_end = low + 2 * unit;
  thread->zone_is_open = true;
  wasmrt_stack_close_zone(thread); /* unless the stack reaches down there already */
}

void wasmrt_stack_unprotect(struct wasmrt_thread *thread) {
  if (thread->zone_end != 0) {
    wasmrt_stack_open_zone(thread);
  }
  thread->stack_low = thread->stack_reserve = thread->zone_low = thread->zone_end = 0;
  thread->zone_is_open = false;
}

bool wasmrt_stack_open_zone(struct wasmrt_thread *thread) {
  if (mprotect((void *)thread->zone_low, thread->zone_end - thread->zone_low, PROT_READ | PROT_WRITE) != 0) {
    return false;
  }
  thread->zone_is_open = true;
  return true;
}

void wasmrt_stack_close_zone(struct wasmrt_thread *thread) {
  const uintptr_t here = (uintptr_t)__builtin_frame_address(0);
  const uintptr_t margin = (thread->zone_end - thread->zone_low) / 4;
  /* This function's own call of mprotect needs a little stack as well. */
  if (here - thread->stack_low > thread->zone_end + margin - thread->stack_low &&
      mprotect((void *)thread->zone_low, thread->zone_end - thread->zone_low, PROT_NONE) == 0) {
    thread->zone_is_open = false;
  }
}
