/*
 * environ_get: the variables that were granted, and addresses that are not in memory.
 * options: --env=FIRST=1 --env=EMPTY= --env=FIRST=again
 */
#include "call.h"

int main(void) {
  uint32_t count = 0, size = 0, pointers[8];
  char texts[256];
  w_environ_sizes_get(at(&count), at(&size));
  show("all", w_environ_get(at(pointers), at(texts)));
  for (uint32_t i = 0; i < count; i++) {
    printf("'%s'\n", (const char *)(uintptr_t)pointers[i]);
  }
  show("no place for pointers", w_environ_get(NOWHERE, at(texts)));
  show("no place for texts", w_environ_get(at(pointers), NOWHERE));
  return 0;
}
