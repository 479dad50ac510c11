/*
 * path_filestat_set_times: of files and of links themselves.
 * options: --dir=@/work::/ --dir=@/frozen::/frozen:ro
 * before: touch work/file && mkdir work/dir && ln -s file work/link
 * before: ln -s /etc/passwd work/out && touch -d @5 frozen/file
 * after: stat -c '%n %Y' work/file work/link work/dir frozen/file
 */
#include "call.h"

#define A __WASI_FSTFLAGS_ATIM
#define M __WASI_FSTFLAGS_MTIM

static const uint64_t second = 1000000000;

static uint32_t set(uint32_t fd, uint32_t lookup, const char *path, uint64_t time, uint32_t flags) {
  return w_path_filestat_set_times(fd, lookup, TEXT(path), time, time, flags);
}

int main(void) {
  show("a file", set(ROOT, 0, "file", 1000 * second, A | M));
  show("a directory", set(ROOT, 0, "dir/", 2000 * second, A | M));
  show("a link", set(ROOT, 0, "link", 3000 * second, A | M));
  show("a link followed", set(ROOT, FOLLOW, "link", 4000 * second, M));
  show("a link to the outside", set(ROOT, 0, "out", 5000 * second, A | M));
  show("what it points to", set(ROOT, FOLLOW, "out", 5000 * second, A | M));
  show("outside", set(ROOT, 0, "..", 5000 * second, A | M));
  show("missing", set(ROOT, 0, "missing", second, A));
  show("below a file", set(ROOT, 0, "file/x", second, A));
  show("an empty path", set(ROOT, 0, "", second, A));
  show("given and now", set(ROOT, 0, "file", second, A | __WASI_FSTFLAGS_ATIM_NOW));
  show("the other given and now", set(ROOT, 0, "file", second, M | __WASI_FSTFLAGS_MTIM_NOW));
  show("no flag", set(ROOT, 0, "file", second, 16));
  show("no lookup flag", set(ROOT, 2, "file", second, A));
  show("a read-only place", set(FROZEN, 0, "file", second, A | M));
  show("a path that is not in memory", w_path_filestat_set_times(ROOT, 0, NOWHERE, 100, 0, 0, A));
  show("in a file", set(opened(ROOT, "file", 0, 0), 0, "file", second, A));
  show("no descriptor", set(NO_FD, 0, "file", second, A));
  show("no right", set(without_rights(opened(ROOT, ".", DIRECTORY, 0)), 0, "file", second, A));
  return 0;
}
