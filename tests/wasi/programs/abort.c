/*
 * abort ends as a trap does.
 * status: 134
 */
#include "guest.h"

int main(void) {
  printf("before\n");
  fflush(stdout);
  abort();
}
