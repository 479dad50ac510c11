/* A read-only mount: everything can be read and nothing changed, by any call, descriptor or detour. */
#include "harness.h"

#include <sys/stat.h>
#include <unistd.h>

static void check_frozen(const struct stat *before) {
  struct stat after;
  host_status("frozen/file", &after);
  CHECK(after.st_size == before->st_size && after.st_nlink == before->st_nlink);
  CHECK(after.st_mtim.tv_sec == before->st_mtim.tv_sec && after.st_mtim.tv_nsec == before->st_mtim.tv_nsec);
  CHECK(after.st_ctim.tv_sec == before->st_ctim.tv_sec && after.st_ctim.tv_nsec == before->st_ctim.tv_nsec);
  CHECK(host_holds("frozen/file", "text"));
  CHECK(host_has("frozen/dir") && !host_has("frozen/new"));
}

static void reads(void) {
  uint32_t fd = must_open(FROZEN, "file", 0, READ_ONLY);
  EQUAL(read_bytes(fd, 10), WASI_ESUCCESS);
  EQUAL(get32(OUT), 4);
  EQUAL(stat_path(FROZEN, 0, "file"), WASI_ESUCCESS);
  uint32_t dir = must_open_directory(FROZEN, "dir");
  EQUAL(wasi_fd_readdir(guest, dir, BUFFER, 1000, 0, OUT), WASI_ESUCCESS);
  EQUAL(wasi_fd_sync(guest, fd), WASI_ESUCCESS);
}

static void refuses_opening_to_write(void) {
  struct stat before;
  host_status("frozen/file", &before);
  const uint64_t writing[] = {WASI_RIGHT_FD_WRITE, WASI_RIGHT_FD_ALLOCATE, WASI_RIGHT_FD_FILESTAT_SET_SIZE,
                              ALL};
  for (size_t i = 0; i < sizeof writing / sizeof *writing; i++) {
    EQUAL(open_path(FROZEN, "file", 0, writing[i], 0), WASI_EROFS);
    EQUAL(open_path(FROZEN, "file", 0, READ_ONLY | writing[i], 0), WASI_EROFS);
  }
  const uint32_t flags[] = {WASI_OFLAG_CREAT, WASI_OFLAG_TRUNC, WASI_OFLAG_CREAT | WASI_OFLAG_EXCL,
                            WASI_OFLAG_CREAT | WASI_OFLAG_TRUNC};
  for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
    EQUAL(open_path(FROZEN, "file", flags[i], 0, 0), WASI_EROFS);
    EQUAL(open_path(FROZEN, "file", flags[i], READ_ONLY, 0), WASI_EROFS);
    EQUAL(open_path(FROZEN, "new", flags[i], READ_ONLY, 0), WASI_EROFS);
    EQUAL(open_path(FROZEN, "dir/new", flags[i], READ_WRITE, 0), WASI_EROFS);
  }
  check_frozen(&before);
}

static void refuses_names(void) {
  struct stat before;
  host_status("frozen/file", &before);
  EQUAL(make_directory(FROZEN, "new"), WASI_EROFS);
  EQUAL(remove_directory(FROZEN, "dir"), WASI_EROFS);
  EQUAL(unlink_file(FROZEN, "file"), WASI_EROFS);
  EQUAL(make_symlink("file", FROZEN, "new"), WASI_EROFS);
  EQUAL(make_link(FROZEN, 0, "file", FROZEN, "new"), WASI_EROFS);
  EQUAL(make_link(ROOT, 0, "file", FROZEN, "new"), WASI_EROFS);
  EQUAL(rename_path(FROZEN, "file", FROZEN, "new"), WASI_EROFS);
  EQUAL(rename_path(ROOT, "file", FROZEN, "new"), WASI_EROFS);
  EQUAL(rename_path(FROZEN, "file", ROOT, "new"), WASI_EROFS);
  EQUAL(set_times(FROZEN, 0, "file", 1, 1, WASI_FSTFLAG_ATIM | WASI_FSTFLAG_MTIM), WASI_EROFS);
  EQUAL(set_times(FROZEN, 0, "file", 1, 1, 0), WASI_EROFS);
  CHECK(host_has("root/file") && !host_has("root/new"));
  check_frozen(&before);
}

/* A second name in a writable mount would make the same file writable. */
static void refuses_links_out(void) {
  struct stat before;
  host_status("frozen/file", &before);
  EQUAL(make_link(FROZEN, 0, "file", ROOT, "new"), WASI_EROFS);
  EQUAL(make_link(FROZEN, WASI_LOOKUP_SYMLINK_FOLLOW, "file", ROOT, "new"), WASI_EROFS);
  CHECK(!host_has("root/new"));
  check_frozen(&before);
}

/* The property goes with every descriptor opened below, however deep and however renumbered. */
static void is_inherited(void) {
  struct stat before;
  host_status("frozen/file", &before);
  uint32_t dir = must_open_directory(FROZEN, "."), deeper = must_open_directory(dir, "dir");
  EQUAL(open_path(dir, "file", 0, READ_WRITE, 0), WASI_EROFS);
  EQUAL(unlink_file(dir, "file"), WASI_EROFS);
  EQUAL(make_directory(deeper, "new"), WASI_EROFS);
  EQUAL(wasi_fd_renumber(guest, dir, ROOT), WASI_ESUCCESS);
  EQUAL(make_directory(ROOT, "new"), WASI_EROFS);
  check_frozen(&before);
}

/* The host would let a file's owner do these through a descriptor that is only open for reading. */
static void refuses_changes_by_descriptor(void) {
  struct stat before;
  host_status("frozen/file", &before);
  uint32_t fd = must_open(FROZEN, "file", 0, READ_ONLY), dir = must_open_directory(FROZEN, "dir");
  EQUAL(wasi_fd_filestat_set_times(guest, fd, 1, 1, WASI_FSTFLAG_ATIM | WASI_FSTFLAG_MTIM), WASI_EROFS);
  EQUAL(wasi_fd_filestat_set_times(guest, dir, 1, 1, WASI_FSTFLAG_ATIM | WASI_FSTFLAG_MTIM), WASI_EROFS);
  EQUAL(wasi_fd_filestat_set_times(guest, FROZEN, 1, 1, WASI_FSTFLAG_MTIM_NOW), WASI_EROFS);
  CHECK(wasi_fd_filestat_set_size(guest, fd, 0) != WASI_ESUCCESS);
  CHECK(wasi_fd_allocate(guest, fd, 0, 100) != WASI_ESUCCESS);
  CHECK(write_text(fd, "x") != WASI_ESUCCESS);
  put_vector(0, BUFFER, 1);
  CHECK(wasi_fd_pwrite(guest, fd, VECTORS, 1, 0, OUT) != WASI_ESUCCESS);
  check_frozen(&before);
}

const struct wasi_test read_only_tests[] = {EVERY(reads) EVERY(refuses_opening_to_write) EVERY(
    refuses_names) EVERY(refuses_links_out) EVERY(is_inherited) EVERY(refuses_changes_by_descriptor){0}};
