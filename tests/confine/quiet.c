/* A guest that prints and sleeps for its first argument's milliseconds, and needs no more of the system than
 * that. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

int main(int argc, char **argv) {
  long milliseconds = argc > 1 ? atol(argv[1]) : 0;
  struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000};
  puts("up");
  fflush(stdout);
  return milliseconds > 0 && nanosleep(&time, NULL) != 0;
}
