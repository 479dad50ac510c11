/* The smallest program that prints: for the size and start figures. */
#include <stdio.h>

int main(void) {
  printf("hello, %s\n", "world");
  return 0;
}
