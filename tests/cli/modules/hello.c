/* Says hello with its first argument and returns it as exit status; "trap" ends in a trap. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv) {
  const char *const argument = argc > 1 ? argv[1] : "world";
  if (strcmp(argument, "trap") == 0) {
    return *(volatile int *)0xfffffff0;
  }
  printf("hello %s\n", argument);
  return atoi(argument);
}
