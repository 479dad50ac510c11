/* Prints a variable of the environment; returns 1 if it is not set. */
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
  const char *const value = argc > 1 ? getenv(argv[1]) : NULL;
  puts(value ? value : "(not set)");
  return value == NULL;
}
