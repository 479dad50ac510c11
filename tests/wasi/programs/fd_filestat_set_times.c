/*
 * fd_filestat_set_times: either time, given or now.
 * options: --dir=@/work::/ --dir=@/frozen::/frozen:ro
 * before: echo text >frozen/file; touch -d @1000000000 frozen/file
 * after: stat -c %Y frozen/file
 */
#include "call.h"

#define A __WASI_FSTFLAGS_ATIM
#define A_NOW __WASI_FSTFLAGS_ATIM_NOW
#define M __WASI_FSTFLAGS_MTIM
#define M_NOW __WASI_FSTFLAGS_MTIM_NOW

static void look(uint32_t fd) {
  __wasi_filestat_t status;
  w_fd_filestat_get(fd, at(&status));
  const uint64_t recent = 1700000000000000000;
  printf("accessed %llu, modified %llu\n", (unsigned long long)(status.atim > recent ? 1 : status.atim),
         (unsigned long long)(status.mtim > recent ? 1 : status.mtim));
}

int main(void) {
  uint32_t file = opened(ROOT, "file", CREATE, 0);
  show("both", w_fd_filestat_set_times(file, 1000000000000000005, 2000, A | M));
  look(file);
  show("neither", w_fd_filestat_set_times(file, 5, 5, 0));
  look(file);
  show("one now", w_fd_filestat_set_times(file, 5, 5, A_NOW));
  look(file);
  show("the other", w_fd_filestat_set_times(file, 5, 7000000000, M));
  look(file);
  show("both now", w_fd_filestat_set_times(file, 5, 5, A_NOW | M_NOW));
  look(file);
  show("a directory", w_fd_filestat_set_times(ROOT, 1000, 1000, A | M));
  look(ROOT);
  show("given and now", w_fd_filestat_set_times(file, 5, 5, A | A_NOW));
  show("the other given and now", w_fd_filestat_set_times(file, 5, 5, M | M_NOW));
  show("no flag", w_fd_filestat_set_times(file, 5, 5, 16));
  show("a read-only file", w_fd_filestat_set_times(opened_to_read(FROZEN, "file"), 5, 5, A | M));
  show("no descriptor", w_fd_filestat_set_times(NO_FD, 5, 5, A));
  show("no right", w_fd_filestat_set_times(without_rights(file), 5, 5, A));
  return 0;
}
