/*
 * fd_close: files, directories, preopened directories and streams; a number is free again, and the
 * lowest comes first.
 * options: --dir=@/work::/
 */
#include "call.h"

int main(void) {
  uint32_t first = opened(ROOT, "file", CREATE, 0), second = opened(ROOT, ".", DIRECTORY, 0);
  printf("%u %u\n", first, second);
  show("a file", w_fd_close(first));
  show("again", w_fd_close(first));
  printf("%u\n", opened(ROOT, "file", 0, 0));
  show("a directory", w_fd_close(second));
  show("no descriptor", w_fd_close(NO_FD));
  show("no number", w_fd_close(UINT32_MAX));
  show("without rights", w_fd_close(without_rights(first)));
  show("a preopened directory", w_fd_close(ROOT));
  show("its name", w_fd_prestat_get(ROOT, at(&first)));
  show("a stream", w_fd_close(2));
  show("a write to it", w_fd_write(2, buffer_list("x", 1), 1, at(&first)));
  return 0;
}
