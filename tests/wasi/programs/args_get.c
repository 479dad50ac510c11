/*
 * args_get: the arguments as they were given, and addresses that are not in memory.
 * arguments: one "two words" ""
 */
#include "call.h"

int main(void) {
  uint32_t count = 0, size = 0, pointers[8];
  char texts[4096];
  w_args_sizes_get(at(&count), at(&size));
  show("all", w_args_get(at(pointers), at(texts)));
  for (uint32_t i = 1; i < count; i++) {
    printf("%u: '%s'\n", i, (const char *)(uintptr_t)pointers[i]);
  }
  printf("one behind the other: %d\n",
         pointers[0] == at(texts) && pointers[count - 1] + 1 == at(texts) + size);
  show("no place for pointers", w_args_get(NOWHERE, at(texts)));
  show("no place for texts", w_args_get(at(pointers), NOWHERE));
  return 0;
}
