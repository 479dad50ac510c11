/*
 * Environment that was granted.
 * options: --env=A=1 --env=B=two=2 --env=A=3 --env=EMPTY=
 */
#include "guest.h"

extern char **environ;

static int compare(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int main(void) {
  size_t count = 0;
  while (environ[count] != NULL) {
    count++;
  }
  qsort(environ, count, sizeof *environ, compare);
  for (size_t i = 0; i < count; i++) {
    printf("%s\n", environ[i]);
  }
  return 0;
}
