/*
 * fd_read: from files and streams, into several buffers.
 * options: --dir=@/work::/
 * before: printf 0123456789 >work/file
 * input: typed
 */
#include "call.h"

int main(void) {
  uint32_t file = opened(ROOT, "file", 0, 0), count = 0;
  char text[32] = "";
  show("some", w_fd_read(file, buffer_list(text, 4), 1, at(&count)));
  printf("%u bytes: %.*s\n", count, (int)count, text);
  const uint32_t three[] = {at(text), 2, at(text), 0, at(text) + 10, 100};
  show("into several", w_fd_read(file, at(three), 3, at(&count)));
  printf("%u bytes: %.2s %.4s\n", count, text, text + 10);
  show("at the end", w_fd_read(file, buffer_list(text, 4), 1, at(&count)));
  printf("%u bytes\n", count);
  show("no buffers", w_fd_read(file, 0, 0, at(&count)));
  show("a stream", w_fd_read(0, buffer_list(text, 32), 1, at(&count)));
  printf("%u bytes: %.*s", count, (int)count, text);
  show("a stream to write to", w_fd_read(1, buffer_list(text, 32), 1, at(&count)));
  show("buffers that are not in memory", w_fd_read(file, buffer_list((void *)NOWHERE, 100), 1, at(&count)));
  show("a buffer that begins at the end", w_fd_read(file, buffer_list((void *)NOWHERE, 0x20), 1, at(&count)));
  show("a list that is not in memory", w_fd_read(file, NOWHERE, 1, at(&count)));
  show("a list without end", w_fd_read(file, at(three), UINT32_MAX, at(&count)));
  show("no place", w_fd_read(file, buffer_list(text, 4), 1, NOWHERE));
  show("a directory", w_fd_read(ROOT, buffer_list(text, 4), 1, at(&count)));
  show("no descriptor", w_fd_read(NO_FD, buffer_list(text, 4), 1, at(&count)));
  show("no right", w_fd_read(without_rights(file), buffer_list(text, 4), 1, at(&count)));
  return 0;
}
