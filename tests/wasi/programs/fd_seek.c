/*
 * fd_seek: from all three places, beyond the end, and what cannot seek.
 * options: --dir=@/work::/
 * before: printf 0123456789 >work/file
 */
#include "call.h"

static void seek(const char *what, uint32_t fd, int64_t offset, uint32_t whence) {
  uint64_t position = 77;
  show(what, w_fd_seek(fd, (uint64_t)offset, whence, at(&position)));
  printf("  %llu\n", (unsigned long long)position);
}

int main(void) {
  uint32_t file = opened(ROOT, "file", 0, 0);
  uint64_t position;
  seek("from the start", file, 4, __WASI_WHENCE_SET);
  seek("onwards", file, 3, __WASI_WHENCE_CUR);
  seek("back", file, -5, __WASI_WHENCE_CUR);
  seek("from the end", file, -1, __WASI_WHENCE_END);
  seek("beyond the end", file, 1000, __WASI_WHENCE_END);
  seek("before the start", file, -1, __WASI_WHENCE_SET);
  seek("far before the start", file, INT64_MIN, __WASI_WHENCE_CUR);
  seek("too far", file, INT64_MAX, __WASI_WHENCE_CUR);
  seek("from nowhere", file, 0, 3);
  seek("a directory", ROOT, 0, __WASI_WHENCE_SET);
  seek("no descriptor", NO_FD, 0, __WASI_WHENCE_SET);
  show("no place", w_fd_seek(file, 0, __WASI_WHENCE_SET, NOWHERE));
  w_fd_fdstat_set_rights(file, __WASI_RIGHTS_FD_TELL, 0);
  show("to tell with the right to", w_fd_seek(file, 0, __WASI_WHENCE_CUR, at(&position)));
  show("to seek without", w_fd_seek(file, 1, __WASI_WHENCE_CUR, at(&position)));
  return 0;
}
