/*
 * fd_fdstat_set_rights: rights can be given up, never gained.
 * options: --dir=@/work::/
 */
#include "call.h"

#define READ __WASI_RIGHTS_FD_READ
#define WRITE __WASI_RIGHTS_FD_WRITE

int main(void) {
  uint32_t file = opened(ROOT, "file", CREATE, 0), fd = 0, count;
  char byte;
  show("fewer", w_fd_fdstat_set_rights(file, READ | WRITE, 0));
  show("the same", w_fd_fdstat_set_rights(file, READ | WRITE, 0));
  show("more", w_fd_fdstat_set_rights(file, READ | WRITE | __WASI_RIGHTS_FD_SEEK, 0));
  show("others to hand down", w_fd_fdstat_set_rights(file, READ, READ));
  show("reading only", w_fd_fdstat_set_rights(file, READ, 0));
  show("a read", w_fd_read(file, buffer_list(&byte, 1), 1, at(&count)));
  show("a write", w_fd_write(file, buffer_list("x", 1), 1, at(&count)));
  show("rights that there are none of", w_fd_fdstat_set_rights(file, UINT64_C(1) << 40, 0));
  show("a directory", w_fd_fdstat_set_rights(ROOT, __WASI_RIGHTS_PATH_OPEN, READ));
  show("an open to read", w_path_open(ROOT, 0, TEXT("file"), 0, READ, 0, 0, at(&fd)));
  show("an open to write", w_path_open(ROOT, 0, TEXT("file"), 0, READ | WRITE, 0, 0, at(&fd)));
  show("an open to hand down", w_path_open(ROOT, 0, TEXT("."), 0, 0, WRITE, 0, at(&fd)));
  show("an open to create", w_path_open(ROOT, 0, TEXT("new"), CREATE, READ, 0, 0, at(&fd)));
  show("an open to truncate", w_path_open(ROOT, 0, TEXT("file"), __WASI_OFLAGS_TRUNC, READ, 0, 0, at(&fd)));
  show("no descriptor", w_fd_fdstat_set_rights(NO_FD, 0, 0));
  return 0;
}
