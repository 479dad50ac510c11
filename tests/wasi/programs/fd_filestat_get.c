/*
 * fd_filestat_get: files, directories and streams.
 * options: --dir=@/work::/
 */
#include "call.h"

int main(void) {
  uint32_t file = opened(ROOT, "file", CREATE, 0), count;
  __wasi_filestat_t status, same, other;
  w_fd_write(file, buffer_list("12345", 5), 1, at(&count));
  memset(&status, 0xaa, sizeof status);
  show("a file", w_fd_filestat_get(file, at(&status)));
  printf("type %d, links %llu, size %llu, times %d\n", status.filetype, (unsigned long long)status.nlink,
         (unsigned long long)status.size, status.atim > 0 && status.mtim > 0 && status.ctim > 0);
  w_fd_filestat_get(opened(ROOT, "file", 0, 0), at(&same));
  show("a directory", w_fd_filestat_get(ROOT, at(&other)));
  printf("type %d\n", other.filetype);
  printf("the same file: %d, another: %d\n", status.ino == same.ino && status.dev == same.dev,
         status.ino == other.ino);
  show("a stream", w_fd_filestat_get(1, at(&status)));
  show("no descriptor", w_fd_filestat_get(NO_FD, at(&status)));
  show("no place", w_fd_filestat_get(file, NOWHERE));
  show("no right", w_fd_filestat_get(without_rights(file), at(&status)));
  return 0;
}
