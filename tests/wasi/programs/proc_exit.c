/*
 * proc_exit: ends the program with a status, whatever is still to come.
 * status: 42
 */
#include "call.h"

int main(void) {
  printf("before\n");
  fflush(stdout);
  w_proc_exit(42);
  printf("after\n");
  return 1;
}
