/*
 * The exit status, with what was printed before; handlers run, what follows exit does not.
 * status: 42
 */
#include "guest.h"

static void at_exit(void) {
  printf("handler\n");
}

int main(void) {
  atexit(at_exit);
  printf("no newline at the end");
  exit(42);
}
