/* Allocates and touches as many MiB as its argument says; returns 1 if memory ran out. */
#include <stdlib.h>
#include <string.h>

static char *volatile last; /* keeps the allocations from being optimised away */

int main(int argc, char **argv) {
  const int count = argc > 1 ? atoi(argv[1]) : 1;
  for (int i = 0; i < count; i++) {
    char *const block = malloc(1 << 20);
    if (!block) {
      return 1;
    }
    memset(block, i, 1 << 20);
    last = block;
  }
  return 0;
}
