/*
 * path_open: in all its ways, with rights that are asked for, handed down, or refused.
 * options: --dir=@/work::/ --dir=@/frozen::/frozen:ro
 * before: echo text >work/file && mkdir work/dir && ln -s file work/link
 * before: ln -s loop work/loop && ln -s nowhere work/dangling && ln -s /etc work/out
 * before: mkfifo work/fifo && echo text >frozen/file
 * after: ls -F work; cat frozen/file
 */
#include "call.h"

#define READ __WASI_RIGHTS_FD_READ
#define WRITE __WASI_RIGHTS_FD_WRITE
#define EXCLUSIVE __WASI_OFLAGS_EXCL
#define TRUNCATE __WASI_OFLAGS_TRUNC

/* Opens, prints what came of it, and closes. */
static void try(const char *what, uint32_t directory, const char *path, uint32_t lookup, uint32_t flags,
                uint64_t rights) {
  uint32_t fd = NO_FD;
  uint32_t error = show(what, w_path_open(directory, lookup, TEXT(path), flags, rights, 0, 0, at(&fd)));
  __wasi_fdstat_t status;
  if (error == 0) {
    w_fd_fdstat_get(fd, at(&status));
    printf("  %u, type %d, rights %llx\n", fd, status.fs_filetype, (unsigned long long)status.fs_rights_base);
    w_fd_close(fd);
  }
}

static void opening(void) {
  try("a file", ROOT, "file", 0, 0, READ);
  try("a file to write", ROOT, "file", 0, 0, READ | WRITE);
  try("without rights", ROOT, "file", 0, 0, 0);
  try("a directory", ROOT, "dir", 0, DIRECTORY, __WASI_RIGHTS_FD_READDIR);
  try("a directory without saying so", ROOT, "dir/", 0, 0, READ);
  try("a directory to write", ROOT, "dir", 0, 0, WRITE);
  try("itself", ROOT, ".", 0, 0, 0);
  try("there and back", ROOT, "dir/.././file", 0, 0, READ);
  try("a file as a directory", ROOT, "file", 0, DIRECTORY, 0);
  try("a file with a slash behind", ROOT, "file/", 0, 0, READ);
  try("below a file", ROOT, "file/x", 0, 0, READ);
  try("missing", ROOT, "missing", 0, 0, READ);
  try("an empty path", ROOT, "", 0, 0, READ);
  uint32_t fd = NO_FD; /* without the flag it would wait for another program to open the other end */
  show("a pipe that nobody writes to",
       w_path_open(ROOT, 0, TEXT("fifo"), 0, READ, 0, __WASI_FDFLAGS_NONBLOCK, at(&fd)));
  show("a pipe that somebody reads from",
       w_path_open(ROOT, 0, TEXT("fifo"), 0, WRITE, 0, __WASI_FDFLAGS_NONBLOCK, at(&fd)));
  w_fd_close(fd);
  w_fd_close(fd - 1);
  show("a pipe that nobody reads from",
       w_path_open(ROOT, 0, TEXT("fifo"), 0, WRITE, 0, __WASI_FDFLAGS_NONBLOCK, at(&fd)));
}

static void creating(void) {
  try("a new file", ROOT, "new", 0, CREATE, WRITE);
  try("again", ROOT, "new", 0, CREATE, WRITE);
  try("exclusively", ROOT, "new", 0, CREATE | EXCLUSIVE, WRITE);
  try("exclusively a new one", ROOT, "newer", 0, CREATE | EXCLUSIVE, WRITE);
  try("truncated", ROOT, "new", 0, TRUNCATE, WRITE);
  try("a directory", ROOT, "newdir", 0, CREATE | DIRECTORY, 0);
  try("with a slash behind", ROOT, "newdir/", 0, CREATE, WRITE);
  try("where a directory is", ROOT, "dir", 0, CREATE, WRITE);
  try("exclusively where a link is", ROOT, "dangling", FOLLOW, CREATE | EXCLUSIVE, WRITE);
  try("in a directory that is missing", ROOT, "missing/new", 0, CREATE, WRITE);
}

static void links(void) {
  try("a link", ROOT, "link", 0, 0, READ);
  try("a link followed", ROOT, "link", FOLLOW, 0, READ);
  try("a link to itself", ROOT, "loop", FOLLOW, 0, READ);
  try("a link to nothing", ROOT, "dangling", FOLLOW, 0, READ);
  try("a link to the outside", ROOT, "out", FOLLOW, 0, READ);
  try("through a link to the outside", ROOT, "out/passwd", 0, 0, READ);
  try("outside", ROOT, "../frozen/file", 0, 0, READ);
  try("an absolute path", ROOT, "/file", 0, 0, READ);
}

static void read_only(void) {
  try("to read", FROZEN, "file", 0, 0, READ);
  try("to write", FROZEN, "file", 0, 0, WRITE);
  try("to allocate", FROZEN, "file", 0, 0, __WASI_RIGHTS_FD_ALLOCATE);
  try("to set the size", FROZEN, "file", 0, 0, __WASI_RIGHTS_FD_FILESTAT_SET_SIZE);
  try("to truncate", FROZEN, "file", 0, TRUNCATE, READ);
  try("to create", FROZEN, "new", 0, CREATE, READ);
  try("to create what is there", FROZEN, "file", 0, CREATE, READ);
}

int main(void) {
  uint32_t fd = NO_FD;
  char name[5000];
  memset(name, 'n', sizeof name);
  opening();
  creating();
  links();
  read_only();
  show("no lookup flag", w_path_open(ROOT, 2, TEXT("file"), 0, READ, 0, 0, at(&fd)));
  show("no open flag", w_path_open(ROOT, 0, TEXT("file"), 16, READ, 0, 0, at(&fd)));
  show("no descriptor flag", w_path_open(ROOT, 0, TEXT("file"), 0, READ, 0, 32, at(&fd)));
  show("a right that there is none of",
       w_path_open(ROOT, 0, TEXT("file"), 0, UINT64_C(1) << 40, 0, 0, at(&fd)));
  show("a name that is too long", w_path_open(ROOT, 0, at(name), 256, 0, READ, 0, 0, at(&fd)));
  show("a path that is too long", w_path_open(ROOT, 0, at(name), 4096, 0, READ, 0, 0, at(&fd)));
  show("a path with a NUL", w_path_open(ROOT, 0, at("file\0x"), 6, 0, READ, 0, 0, at(&fd)));
  show("a path that is not in memory", w_path_open(ROOT, 0, NOWHERE, 100, 0, READ, 0, 0, at(&fd)));
  show("no place", w_path_open(ROOT, 0, TEXT("file"), 0, READ, 0, 0, NOWHERE));
  show("in a file", w_path_open(opened(ROOT, "file", 0, 0), 0, TEXT("file"), 0, READ, 0, 0, at(&fd)));
  show("no descriptor", w_path_open(NO_FD, 0, TEXT("file"), 0, READ, 0, 0, at(&fd)));
  w_path_open(ROOT, 0, TEXT("."), DIRECTORY, __WASI_RIGHTS_PATH_OPEN, READ, 0, at(&fd));
  try("a right that is handed down", fd, "file", 0, 0, READ);
  try("a right that is not", fd, "file", 0, 0, READ | WRITE);
  try("no right to create", fd, "created", 0, CREATE, READ);
  try("no right to truncate", fd, "file", 0, TRUNCATE, READ);
  show("no right to synchronise", w_path_open(fd, 0, TEXT("file"), 0, READ, 0, __WASI_FDFLAGS_SYNC, at(&fd)));
  try("no right", without_rights(opened(ROOT, ".", DIRECTORY, 0)), "file", 0, 0, 0);
  return 0;
}
