/*
 * fd_filestat_set_size: shorter, longer with zeros, and what has no size to set.
 * options: --dir=@/work::/ --dir=@/frozen::/frozen:ro
 * before: echo text >frozen/file
 * after: od -An -c work/file; cat frozen/file
 */
#include "call.h"

int main(void) {
  uint32_t file = opened(ROOT, "file", CREATE, 0), count;
  uint64_t position = 0;
  w_fd_write(file, buffer_list("123456", 6), 1, at(&count));
  show("shorter", w_fd_filestat_set_size(file, 3));
  show("longer", w_fd_filestat_set_size(file, 8));
  w_fd_tell(file, at(&position));
  printf("position %llu\n", (unsigned long long)position);
  show("negative", w_fd_filestat_set_size(file, (uint64_t)-1));
  show("too large", w_fd_filestat_set_size(file, INT64_MAX));
  show("a directory", w_fd_filestat_set_size(ROOT, 0));
  show("a stream", w_fd_filestat_set_size(1, 0));
  show("a read-only file", w_fd_filestat_set_size(opened_to_read(FROZEN, "file"), 0));
  show("no descriptor", w_fd_filestat_set_size(NO_FD, 0));
  show("no right", w_fd_filestat_set_size(without_rights(file), 0));
  return 0;
}
