/*
 * fd_prestat_dir_name: names without terminators, in buffers that are large enough.
 * options: --dir=@/work::/ --dir=@/frozen::/frozen:ro
 */
#include "call.h"

int main(void) {
  char name[16];
  memset(name, '.', sizeof name);
  show("the first", w_fd_prestat_dir_name(3, at(name), 1));
  printf("%.16s\n", name);
  show("the second", w_fd_prestat_dir_name(4, at(name), sizeof name));
  printf("%.16s\n", name);
  show("too short a buffer", w_fd_prestat_dir_name(4, at(name), 6));
  show("no third", w_fd_prestat_dir_name(5, at(name), sizeof name));
  show("a directory that was opened", w_fd_prestat_dir_name(opened(ROOT, ".", DIRECTORY, 0), at(name), 16));
  show("a stream", w_fd_prestat_dir_name(0, at(name), sizeof name));
  show("no place", w_fd_prestat_dir_name(4, NOWHERE, 100));
  return 0;
}
