/*
 * fd_write: to files and streams, from several buffers, at the end where the file is open to append.
 * options: --dir=@/work::/ --dir=@/frozen::/frozen:ro
 * before: echo text >frozen/file
 * after: cat work/file frozen/file
 */
#include "call.h"

int main(void) {
  uint32_t file = opened(ROOT, "file", CREATE, 0), count = 0;
  show("some", w_fd_write(file, buffer_list("abcdef\n", 7), 1, at(&count)));
  printf("%u bytes\n", count);
  const uint32_t three[] = {at("12"), 2, at(""), 0, at("345\n"), 4};
  show("from several", w_fd_write(opened(ROOT, "file", 0, __WASI_FDFLAGS_APPEND), at(three), 3, at(&count)));
  printf("%u bytes\n", count);
  show("no buffers", w_fd_write(file, 0, 0, at(&count)));
  printf("%u bytes\n", count);
  fflush(stdout);
  show("a stream", w_fd_write(1, buffer_list("to the stream\n", 14), 1, at(&count)));
  show("a stream to read from", w_fd_write(0, buffer_list("x", 1), 1, at(&count)));
  show("buffers that are not in memory", w_fd_write(file, buffer_list((void *)NOWHERE, 100), 1, at(&count)));
  show("a buffer that begins at the end",
       w_fd_write(file, buffer_list((void *)NOWHERE, 0x20), 1, at(&count)));
  show("a list that is not in memory", w_fd_write(file, NOWHERE, 1, at(&count)));
  show("a list without end", w_fd_write(file, at(three), UINT32_MAX, at(&count)));
  show("no place", w_fd_write(file, buffer_list("x", 1), 1, NOWHERE));
  show("a directory", w_fd_write(ROOT, buffer_list("x", 1), 1, at(&count)));
  show("a read-only file", w_fd_write(opened_to_read(FROZEN, "file"), buffer_list("x", 1), 1, at(&count)));
  show("no descriptor", w_fd_write(NO_FD, buffer_list("x", 1), 1, at(&count)));
  show("no right", w_fd_write(without_rights(file), buffer_list("x", 1), 1, at(&count)));
  return 0;
}
