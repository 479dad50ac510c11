/*
 * fd_sync: a file, a directory, and what has no right to it.
 * options: --dir=@/work::/
 */
#include "call.h"

int main(void) {
  uint32_t file = opened(ROOT, "file", CREATE, 0);
  show("a file", w_fd_sync(file));
  show("a directory", w_fd_sync(ROOT));
  show("no descriptor", w_fd_sync(NO_FD));
  show("no right", w_fd_sync(without_rights(file)));
  return 0;
}
