/* The benchmark's harness: runs the kernel the number of times given as its argument and prints the checksum
 * and the seconds that all runs together took. */
#include "kernel.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
  int runs = argc > 1 ? atoi(argv[1]) : 1;
  uint64_t sum = 0;
  double start = now();
  for (int i = 0; i < runs; i++) {
    sum = mix(sum, kernel());
  }
  printf("%016llx %.6f\n", (unsigned long long)sum, now() - start);
  return 0;
}
