/*
 * path_filestat_get: files, directories and links, followed and not.
 * options: --dir=@/work::/
 * before: printf 12345 >work/file && mkdir work/dir && ln work/file work/second
 * before: ln -s file work/link && ln -s loop work/loop && ln -s nowhere work/dangling
 * before: ln -s /etc work/out
 */
#include "call.h"

static void look(const char *path, uint32_t flags) {
  __wasi_filestat_t status;
  memset(&status, 0xaa, sizeof status);
  uint32_t error = w_path_filestat_get(ROOT, flags, TEXT(path), at(&status));
  printf("'%s'%s: %s", path, flags == FOLLOW ? " followed" : "", error_name(error));
  if (error == 0) {
    printf(", type %d", status.filetype);
  }
  if (error == 0 && status.filetype != __WASI_FILETYPE_DIRECTORY) {
    printf(", %llu links, %llu bytes", (unsigned long long)status.nlink, (unsigned long long)status.size);
  }
  printf("\n");
}

int main(void) {
  static const char *const paths[] = {"file", "dir",      "dir/",    ".",         "dir/..", "link",
                                      "loop", "dangling", "missing", "",          "/",      "../x",
                                      "out",  "out/",     "file/",   "file/inner"};
  for (unsigned i = 0; i < sizeof paths / sizeof *paths; i++) {
    look(paths[i], 0);
    look(paths[i], FOLLOW);
  }
  __wasi_filestat_t status;
  show("no flag", w_path_filestat_get(ROOT, 2, TEXT("file"), at(&status)));
  show("a path that is not in memory", w_path_filestat_get(ROOT, 0, NOWHERE, 100, at(&status)));
  show("no place", w_path_filestat_get(ROOT, 0, TEXT("file"), NOWHERE));
  show("in a file", w_path_filestat_get(opened(ROOT, "file", 0, 0), 0, TEXT("file"), at(&status)));
  show("no descriptor", w_path_filestat_get(NO_FD, 0, TEXT("file"), at(&status)));
  uint32_t dull = without_rights(opened(ROOT, ".", DIRECTORY, 0));
  show("no right", w_path_filestat_get(dull, 0, TEXT("file"), at(&status)));
  return 0;
}
