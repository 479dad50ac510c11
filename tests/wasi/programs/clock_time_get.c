/* clock_time_get: the four clocks, one that is none, and an address that is not in memory. */
#include "call.h"

int main(void) {
  for (uint32_t clock = 0; clock < 4; clock++) {
    uint64_t before = 0, after = 0;
    show("a clock", w_clock_time_get(clock, 0, at(&before)));
    w_clock_time_get(clock, UINT64_MAX, at(&after));
    printf("goes on: %d\n", before > 0 && after >= before);
  }
  uint64_t now = 0;
  w_clock_time_get(0, 0, at(&now));
  printf("in this century: %d\n", now > 1700000000000000000 && now < 4000000000000000000);
  show("no clock", w_clock_time_get(4, 0, at(&now)));
  show("no place", w_clock_time_get(0, 0, NOWHERE));
  return 0;
}
