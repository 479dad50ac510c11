/*
 * fd_fdstat_get: types, flags and rights.
 * options: --dir=@/work::/
 */
#include "call.h"

static void look(const char *what, uint32_t fd) {
  __wasi_fdstat_t status;
  memset(&status, 0xaa, sizeof status);
  show(what, w_fd_fdstat_get(fd, at(&status)));
  printf("type %d, flags %d, rights %llx, to hand down %llx\n", status.fs_filetype, status.fs_flags,
         (unsigned long long)status.fs_rights_base, (unsigned long long)status.fs_rights_inheriting);
}

int main(void) {
  look("the directory", ROOT);
  look("a file", opened(ROOT, "file", CREATE, 0));
  look("to append", opened(ROOT, "file", 0, __WASI_FDFLAGS_APPEND));
  look("that does not block", opened(ROOT, "file", 0, __WASI_FDFLAGS_NONBLOCK));
  look("synchronised data", opened(ROOT, "file", 0, __WASI_FDFLAGS_DSYNC));
  look("synchronised", opened(ROOT, "file", 0, __WASI_FDFLAGS_SYNC));
  look("a subdirectory", opened(ROOT, ".", DIRECTORY, 0));
  look("without rights", without_rights(opened(ROOT, "file", 0, 0)));
  __wasi_fdstat_t status;
  show("no descriptor", w_fd_fdstat_get(NO_FD, at(&status)));
  show("no place", w_fd_fdstat_get(ROOT, NOWHERE));
  return 0;
}
