/* clock_res_get: the four clocks, one that is none, and an address that is not in memory. */
#include "call.h"

int main(void) {
  for (uint32_t clock = 0; clock < 4; clock++) {
    uint64_t resolution = 0;
    show("a clock", w_clock_res_get(clock, at(&resolution)));
    printf("below a second: %d\n", resolution > 0 && resolution < 1000000000);
  }
  uint64_t unchanged = 7;
  show("no clock", w_clock_res_get(4, at(&unchanged)));
  show("no clock either", w_clock_res_get(UINT32_MAX, at(&unchanged)));
  printf("unchanged: %d\n", unchanged == 7);
  show("no place", w_clock_res_get(0, NOWHERE));
  return 0;
}
