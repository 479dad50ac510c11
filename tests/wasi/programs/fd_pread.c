/*
 * fd_pread: reads at an offset, into several buffers, and leaves the position alone.
 * options: --dir=@/work::/
 * before: printf 0123456789 >work/file
 */
#include "call.h"

int main(void) {
  uint32_t file = opened(ROOT, "file", 0, 0), count = 0;
  uint64_t position = 9;
  char text[32] = "";
  show("some", w_fd_pread(file, buffer_list(text, 4), 1, 3, at(&count)));
  printf("%u bytes: %.*s\n", count, (int)count, text);
  const uint32_t two[] = {at(text), 2, at(text), 0, at(text) + 10, 100};
  show("into several", w_fd_pread(file, at(two), 3, 5, at(&count)));
  printf("%u bytes: %.2s %.3s\n", count, text, text + 10);
  show("at the end", w_fd_pread(file, buffer_list(text, 4), 1, 10, at(&count)));
  printf("%u bytes\n", count);
  show("far beyond", w_fd_pread(file, buffer_list(text, 4), 1, INT64_MAX - 4, at(&count)));
  printf("%u bytes\n", count);
  w_fd_tell(file, at(&position));
  printf("position %llu\n", (unsigned long long)position);
  show("an offset that is too large",
       w_fd_pread(file, buffer_list(text, 4), 1, UINT64_C(1) << 63, at(&count)));
  show("no buffers", w_fd_pread(file, 0, 0, 0, at(&count)));
  show("buffers that are not in memory",
       w_fd_pread(file, buffer_list((void *)NOWHERE, 100), 1, 0, at(&count)));
  show("a list that is not in memory", w_fd_pread(file, NOWHERE, 1, 0, at(&count)));
  show("no place", w_fd_pread(file, buffer_list(text, 4), 1, 0, NOWHERE));
  show("a directory", w_fd_pread(ROOT, buffer_list(text, 4), 1, 0, at(&count)));
  show("a pipe", w_fd_pread(0, buffer_list(text, 4), 1, 0, at(&count)));
  show("no descriptor", w_fd_pread(NO_FD, buffer_list(text, 4), 1, 0, at(&count)));
  show("no right", w_fd_pread(without_rights(file), buffer_list(text, 4), 1, 0, at(&count)));
  return 0;
}
