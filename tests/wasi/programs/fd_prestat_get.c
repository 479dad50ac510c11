/*
 * fd_prestat_get: the preopened directories, which end with BADF.
 * options: --dir=@/work::/ --dir=@/frozen::/frozen:ro
 */
#include "call.h"

int main(void) {
  __wasi_prestat_t prestat;
  memset(&prestat, 0xaa, sizeof prestat);
  show("the first", w_fd_prestat_get(3, at(&prestat)));
  printf("tag %d, name of %u\n", (int)prestat.tag, (unsigned)prestat.u.dir.pr_name_len);
  show("the second", w_fd_prestat_get(4, at(&prestat)));
  printf("tag %d, name of %u\n", (int)prestat.tag, (unsigned)prestat.u.dir.pr_name_len);
  show("no third", w_fd_prestat_get(5, at(&prestat)));
  show("a stream", w_fd_prestat_get(0, at(&prestat)));
  show("a directory that was opened", w_fd_prestat_get(opened(ROOT, ".", DIRECTORY, 0), at(&prestat)));
  show("no place", w_fd_prestat_get(3, NOWHERE));
  return 0;
}
