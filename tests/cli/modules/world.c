/* The hello world whose size is limited. */
#include <stdio.h>

int main(void) {
  printf("hello, %s\n", "world");
  return 0;
}
