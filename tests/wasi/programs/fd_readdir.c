/*
 * fd_readdir: all entries through buffers of every size, cookies that stay true while files come
 * and go, and what is no directory.
 * options: --dir=@/work::/
 * before: mkdir work/d && touch work/d/a work/d/b work/d/c work/file && mkdir work/d/sub
 * before: ln -s a work/d/link
 */
#include "call.h"

static char buffer[4096];

/* Reads all entries with a buffer of `size` bytes and counts them by the letters of their types. */
static void list(uint32_t directory, uint32_t size) {
  uint64_t cookie = 0;
  uint32_t used = size, files = 0, directories = 0, links = 0, dots = 0;
  while (used == size) {
    uint32_t error = w_fd_readdir(directory, at(buffer), size, cookie, at(&used));
    if (error != 0) {
      show("an entry", error);
      return;
    }
    for (uint32_t i = 0; i + sizeof(__wasi_dirent_t) <= used;) {
      __wasi_dirent_t entry;
      memcpy(&entry, buffer + i, sizeof entry);
      if (i + sizeof entry + entry.d_namlen > used) {
        break; /* cut off: again from the cookie before */
      }
      dots += buffer[i + sizeof entry] == '.';
      files += entry.d_type == __WASI_FILETYPE_REGULAR_FILE;
      directories += entry.d_type == __WASI_FILETYPE_DIRECTORY;
      links += entry.d_type == __WASI_FILETYPE_SYMBOLIC_LINK;
      cookie = entry.d_next;
      i += sizeof entry + entry.d_namlen;
    }
  }
  printf("%u: %u files, %u directories (with %u dots), %u links\n", size, files, directories, dots, links);
}

int main(void) {
  uint32_t directory = opened(ROOT, "d", DIRECTORY, 0), used = 7;
  for (uint32_t size = 28; size < 400; size += 31) {
    list(directory, size);
  }
  show("an empty buffer", w_fd_readdir(directory, at(buffer), 0, 0, at(&used)));
  printf("%u bytes\n", used);
  show("a part of an entry", w_fd_readdir(directory, at(buffer), 5, 0, at(&used)));
  printf("%u bytes\n", used);
  /* From the first entry's cookie on, with a file more and one less. */
  __wasi_dirent_t entry;
  w_fd_readdir(directory, at(buffer), 24, 0, at(&used));
  memcpy(&entry, buffer, sizeof entry);
  w_path_unlink_file(directory, TEXT("b"));
  opened(directory, "e", CREATE, 0);
  show("after changes", w_fd_readdir(directory, at(buffer), sizeof buffer, entry.d_next, at(&used)));
  printf("some: %d\n", used > 4 * 24 && used < sizeof buffer);
  list(directory, 100);
  show("a cookie that nobody got", w_fd_readdir(directory, at(buffer), 100, UINT64_MAX, at(&used)));
  show("a file", w_fd_readdir(opened(ROOT, "file", 0, 0), at(buffer), 100, 0, at(&used)));
  show("no place for entries", w_fd_readdir(directory, NOWHERE, 100, 0, at(&used)));
  show("no place", w_fd_readdir(directory, at(buffer), 100, 0, NOWHERE));
  show("no descriptor", w_fd_readdir(NO_FD, at(buffer), 100, 0, at(&used)));
  show("no right", w_fd_readdir(without_rights(directory), at(buffer), 100, 0, at(&used)));
  return 0;
}
