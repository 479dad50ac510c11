/* Prints a file, or with -w writes one. */
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv) {
  const int is_write = argc > 2 && strcmp(argv[1], "-w") == 0;
  FILE *const file = fopen(argv[argc - 1], is_write ? "w" : "r");
  if (!file) {
    perror(argv[argc - 1]);
    return 1;
  }
  for (int c; !is_write && (c = getc(file)) != EOF;) {
    putchar(c);
  }
  if (is_write) {
    fputs("written\n", file);
  }
  return fclose(file) != 0;
}
