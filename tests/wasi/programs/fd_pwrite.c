/*
 * fd_pwrite: writes at an offset, from several buffers, and leaves the position alone, also where
 * the file is open to append.
 * options: --dir=@/work::/ --dir=@/frozen::/frozen:ro
 * before: echo text >frozen/file
 * after: od -An -c work/file; cat frozen/file
 */
#include "call.h"

int main(void) {
  uint32_t file = opened(ROOT, "file", CREATE, 0), count = 0;
  uint64_t position = 9;
  show("some", w_fd_pwrite(file, buffer_list("abcdef", 6), 1, 2, at(&count)));
  printf("%u bytes\n", count);
  const uint32_t two[] = {at("12"), 2, at(""), 0, at("345"), 3};
  show("from several", w_fd_pwrite(file, at(two), 3, 10, at(&count)));
  printf("%u bytes\n", count);
  w_fd_tell(file, at(&position));
  printf("position %llu\n", (unsigned long long)position);
  uint32_t appending = opened(ROOT, "file", 0, __WASI_FDFLAGS_APPEND);
  show("in a file to append to", w_fd_pwrite(appending, buffer_list("X", 1), 1, 0, at(&count)));
  show("an offset that is too large",
       w_fd_pwrite(file, buffer_list("x", 1), 1, UINT64_C(1) << 63, at(&count)));
  show("an end that is too large", w_fd_pwrite(file, buffer_list("xx", 2), 1, INT64_MAX, at(&count)));
  show("no buffers", w_fd_pwrite(file, 0, 0, 0, at(&count)));
  show("buffers that are not in memory",
       w_fd_pwrite(file, buffer_list((void *)NOWHERE, 100), 1, 0, at(&count)));
  show("a list that is not in memory", w_fd_pwrite(file, NOWHERE, 1, 0, at(&count)));
  show("no place", w_fd_pwrite(file, buffer_list("x", 1), 1, 0, NOWHERE));
  show("a directory", w_fd_pwrite(ROOT, buffer_list("x", 1), 1, 0, at(&count)));
  show("a read-only file",
       w_fd_pwrite(opened_to_read(FROZEN, "file"), buffer_list("x", 1), 1, 0, at(&count)));
  show("no descriptor", w_fd_pwrite(NO_FD, buffer_list("x", 1), 1, 0, at(&count)));
  show("no right", w_fd_pwrite(without_rights(file), buffer_list("x", 1), 1, 0, at(&count)));
  return 0;
}
