/* Imports two functions that nothing provides, and calls the one that its argument names. */
#include <stdio.h>

__attribute__((import_module("env"), import_name("f"))) int f(int a, long long b);
__attribute__((import_module("env"), import_name("g"))) double g(void);

int main(int argc, char **argv) {
  if (argc > 1 && argv[1][0] == 'f') {
    printf("f gives %d\n", f(40, 2));
  }
  if (argc > 1 && argv[1][0] == 'g') {
    printf("g gives %d\n", (int)(10 * g()));
  }
  return 0;
}
