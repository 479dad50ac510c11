/*
 * A function of WASI under another type: what it does not write would be read from the host's stack.
 *
 * status: 2
 */
#include "guest.h"

__attribute__((import_module("wasi_snapshot_preview1"), import_name("sched_yield"))) unsigned long long
yield(void);

int main(void) {
  printf("%llu\n", yield());
  return 0;
}
