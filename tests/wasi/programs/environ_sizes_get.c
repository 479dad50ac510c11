/*
 * environ_sizes_get: how many variables there are, and their bytes.
 * options: --env=FIRST=1 --env=EMPTY= --env=FIRST=again
 */
#include "call.h"

int main(void) {
  uint32_t count = 0, size = 0;
  show("both", w_environ_sizes_get(at(&count), at(&size)));
  printf("count %u, bytes %u\n", count, size);
  show("no place for the count", w_environ_sizes_get(NOWHERE, at(&size)));
  show("no place for the size", w_environ_sizes_get(at(&count), NOWHERE));
  return 0;
}
