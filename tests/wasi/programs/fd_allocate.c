/*
 * fd_allocate: a file grows and never shrinks; what cannot be allocated.
 * options: --dir=@/work::/ --dir=@/frozen::/frozen:ro
 * before: echo text >frozen/file
 * after: wc -c <work/file; cat frozen/file
 */
#include "call.h"

static void show_size(uint32_t file) {
  __wasi_filestat_t status;
  w_fd_filestat_get(file, at(&status));
  printf("size %llu\n", (unsigned long long)status.size);
}

int main(void) {
  uint32_t file = opened(ROOT, "file", CREATE, 0);
  show("some", w_fd_allocate(file, 0, 100));
  show_size(file);
  show("less", w_fd_allocate(file, 0, 50));
  show_size(file);
  show("behind the end", w_fd_allocate(file, 200, 50));
  show_size(file);
  show("nothing", w_fd_allocate(file, 0, 0));
  show("an offset that is too large", w_fd_allocate(file, UINT64_C(1) << 63, 1));
  show("a length that is too large", w_fd_allocate(file, 0, UINT64_C(1) << 63));
  show("an end that is too large", w_fd_allocate(file, INT64_MAX, 1));
  show("a directory", w_fd_allocate(ROOT, 0, 1));
  show("a read-only file", w_fd_allocate(opened_to_read(FROZEN, "file"), 0, 1));
  show("no descriptor", w_fd_allocate(NO_FD, 0, 1));
  show("no right", w_fd_allocate(without_rights(file), 0, 1));
  show_size(opened(ROOT, "file", 0, 0));
  return 0;
}
