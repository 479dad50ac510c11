/*
 * fd_fdstat_set_flags: appending and not blocking can be changed, synchronising cannot.
 * options: --dir=@/work::/
 * after: cat work/file
 */
#include "call.h"

static void look(uint32_t fd) {
  __wasi_fdstat_t status;
  w_fd_fdstat_get(fd, at(&status));
  printf("flags %d\n", status.fs_flags);
}

int main(void) {
  uint32_t file = opened(ROOT, "file", CREATE, 0), count;
  uint64_t position;
  w_fd_write(file, buffer_list("one ", 4), 1, at(&count));
  show("append", w_fd_fdstat_set_flags(file, __WASI_FDFLAGS_APPEND));
  look(file);
  w_fd_seek(file, 0, 0, at(&position));
  w_fd_write(file, buffer_list("two\n", 4), 1, at(&count));
  show("do not block", w_fd_fdstat_set_flags(file, __WASI_FDFLAGS_APPEND | __WASI_FDFLAGS_NONBLOCK));
  look(file);
  show("neither", w_fd_fdstat_set_flags(file, 0));
  look(file);
  show("synchronise", w_fd_fdstat_set_flags(file, __WASI_FDFLAGS_SYNC));
  show("synchronise data", w_fd_fdstat_set_flags(file, __WASI_FDFLAGS_DSYNC));
  show("synchronise reads", w_fd_fdstat_set_flags(file, __WASI_FDFLAGS_RSYNC));
  show("no flag", w_fd_fdstat_set_flags(file, 32));
  look(file);
  show("no descriptor", w_fd_fdstat_set_flags(NO_FD, 0));
  show("a stream", w_fd_fdstat_set_flags(1, __WASI_FDFLAGS_NONBLOCK));
  show("no right", w_fd_fdstat_set_flags(without_rights(file), 0));
  return 0;
}
