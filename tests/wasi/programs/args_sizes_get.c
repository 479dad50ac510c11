/*
 * args_sizes_get: how many arguments there are, and their bytes.
 * arguments: one "two words" ""
 */
#include "call.h"

int main(int argc, char **argv) {
  uint32_t count = 0, size = 0;
  show("both", w_args_sizes_get(at(&count), at(&size)));
  printf("count %u, bytes behind the program's name %u\n", count, size - (uint32_t)strlen(argv[0]) - 1);
  printf("as the libc counts: %d\n", count == (uint32_t)argc);
  show("no place for the count", w_args_sizes_get(NOWHERE, at(&size)));
  show("no place for the size", w_args_sizes_get(at(&count), NOWHERE));
  return 0;
}
