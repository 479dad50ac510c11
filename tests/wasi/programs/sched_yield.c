/* sched_yield: returns. */
#include "call.h"

int main(void) {
  show("once", w_sched_yield());
  show("again", w_sched_yield());
  return 0;
}
