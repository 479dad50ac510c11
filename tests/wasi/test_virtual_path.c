/*
 * What guests could reach or use up through virtual file systems. That their paths mean the same as on the
 * host is for the other tests, which run on virtual mounts, too.
 */
#include "harness.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "memory_fs.h"

/* The mounted file system's descriptor: behind the harness's mounts. */
#define VIRTUAL 5u

/*
 * The plainest file system of a host's directory, the one that `fs` is a descriptor of. It does not follow
 * the link that a path means, as it is told, and does not know of links before that.
 */
static int directory_of(const void *fs) {
  return *(const int *)fs;
}

static const char *name_of(const char *path) {
  return *path == '\0' ? "." : path;
}

static uint32_t stat_host(void *fs, const char *path, struct wasmrt_fs_stat *status) {
  struct stat host;
  if (fstatat(directory_of(fs), name_of(path), &host, AT_SYMLINK_NOFOLLOW) != 0) {
    return wasi_errno(errno);
  }
  *status = (struct wasmrt_fs_stat){.inode = host.st_ino,
                                    .size = (uint64_t)host.st_size,
                                    .type = S_ISDIR(host.st_mode)   ? WASMRT_FS_DIRECTORY
                                            : S_ISLNK(host.st_mode) ? WASMRT_FS_SYMBOLIC_LINK
                                                                    : WASMRT_FS_REGULAR_FILE};
  return 0;
}

static uint32_t open_host(void *fs, const char *path, uint32_t flags, void **file) {
  (void)flags;
  const int host = openat(directory_of(fs), name_of(path), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  *file = (void *)(intptr_t)host;
  return host < 0 ? wasi_errno(errno) : 0;
}

static void close_host(void *fs, void *file) {
  (void)fs;
  close((int)(intptr_t)file);
}

static uint32_t stat_host_file(void *fs, void *file, struct wasmrt_fs_stat *status) {
  const int host = (int)(intptr_t)file;
  (void)fs;
  return stat_host((void *)(uintptr_t)&host, "", status);
}

static uint32_t list_host(void *fs, void *directory, uint64_t cookie, struct wasmrt_fs_entry *entry) {
  (void)fs, (void)directory, (void)cookie;
  entry->name = NULL;
  return 0;
}

/* That there is a function is enough for a file system that can be changed. */
static uint32_t write_host(void *fs, void *file, const struct iovec *buffers, int count, uint64_t offset,
                           size_t *done) {
  (void)fs, (void)file, (void)buffers, (void)count, (void)offset, (void)done;
  return WASMRT_WASI_ENOSPC;
}

static uint32_t rename_host(void *fs, const char *from, const char *to) {
  return renameat(directory_of(fs), from, directory_of(fs), to) == 0 ? 0 : wasi_errno(errno);
}

static uint32_t link_host(void *fs, const char *text, const char *path) {
  return symlinkat(text, directory_of(fs), path) == 0 ? 0 : wasi_errno(errno);
}

static const struct wasmrt_fs host_functions = {.open = open_host,
                                                .close = close_host,
                                                .stat = stat_host,
                                                .stat_file = stat_host_file,
                                                .write = write_host,
                                                .readdir = list_host,
                                                .rename = rename_host,
                                                .symlink = link_host};

/* Two guests and one directory: one has a directory open, the other puts a link in the place of a directory
 * on the way there. */
static void stays_below_links_of_others(void) {
  const int first = open("root", O_RDONLY | O_DIRECTORY | O_CLOEXEC), second = first;
  CHECK(first >= 0 && mkdir("outside/nested", 0777) == 0);
  host_file("outside/nested/secret", "secret");
  struct wasi *wasi = wasi_state(guest);
  EQUAL(wasi_mount_virtual(wasi, &host_functions, (void *)(uintptr_t)&first, "/1", false), WASI_ESUCCESS);
  EQUAL(wasi_mount_virtual(wasi, &host_functions, (void *)(uintptr_t)&second, "/2", false), WASI_ESUCCESS);
  const uint32_t nested = must_open_directory(VIRTUAL, "dir/nested");
  EQUAL(stat_path(nested, 0, "deep"), WASI_ESUCCESS);
  EQUAL(wasi_fd_readdir(guest, nested, BUFFER, 100, 0, OUT), WASI_ESUCCESS);
  EQUAL(get32(OUT), 24 + 1 + 24 + 2);
  EQUAL(rename_path(VIRTUAL + 1, "dir", VIRTUAL + 1, "moved"), WASI_ESUCCESS);
  EQUAL(stat_path(nested, 0, "deep"), WASI_ENOENT);
  EQUAL(make_symlink("../outside", VIRTUAL + 1, "dir"), WASI_ESUCCESS);
  EQUAL(stat_path(nested, 0, "secret"), WASI_ENOENT);
  EQUAL(stat_path(nested, 0, "."), WASI_ENOENT);
  EQUAL(open_path(nested, "secret", 0, READ_ONLY, 0), WASI_ENOENT);
  EQUAL(rename_path(nested, "secret", VIRTUAL, "secret"), WASI_ENOENT);
  EQUAL(wasi_fd_readdir(guest, nested, BUFFER, 100, 1, OUT), WASI_ENOENT); /* ".." tells of the parent */
  CHECK(host_holds("outside/nested/secret", "secret"));
  wasmrt_wasi_release(guest);
  close(first);
}

/* The host gives no more numbers than it has, but files of virtual file systems need none of these. */
static void runs_out_of_numbers(void) {
  static struct memory_fs files;
  memory_fs_begin(&files);
  memory_fs_add_directory(&files, "dir");
  EQUAL(wasi_mount_virtual(wasi_state(guest), &memory_fs_functions, &files, "/virtual", false),
        WASI_ESUCCESS);
  uint32_t error = WASI_ESUCCESS, count = 0;
  while (error == WASI_ESUCCESS && count <= WASI_VIRTUAL_MAX) {
    error = open_path(VIRTUAL, "dir", WASI_OFLAG_DIRECTORY, 0, 0);
    count++;
  }
  EQUAL(error, WASI_EMFILE);
  EQUAL(count, WASI_VIRTUAL_MAX - VIRTUAL);
  /* None of it stays open behind the table, and what is closed can be had again. */
  EQUAL(files.open_files, WASI_VIRTUAL_MAX - VIRTUAL);
  EQUAL(wasi_fd_close(guest, WASI_VIRTUAL_MAX - 2), WASI_ESUCCESS);
  EQUAL(open_path(VIRTUAL, "dir", WASI_OFLAG_DIRECTORY, 0, 0), WASI_ESUCCESS);
  EQUAL(opened(), WASI_VIRTUAL_MAX - 2);
  wasmrt_wasi_release(guest);
  memory_fs_end(&files);
}

static uint32_t clock_failure;

/* Goes on by one with each reading. */
static uint32_t read_clock(struct wasi_supply *supply, uint32_t id, bool resolution, uint64_t *nanoseconds) {
  static uint64_t shown = 1000;
  (void)supply;
  CHECK(id == WASI_CLOCK_REALTIME && !resolution);
  *nanoseconds = shown++;
  return clock_failure;
}

static void check_times(uint64_t accessed, uint64_t modified) {
  EQUAL(stat_path(VIRTUAL, 0, "file"), WASI_ESUCCESS);
  EQUAL(get64(OUT + 40), accessed);
  EQUAL(get64(OUT + 48), modified);
}

/* The present is what the guest's clock shows, once for both times. If it shows nothing they stay. */
static void asks_the_clock_once(void) {
  static struct memory_fs files;
  struct wasi_supply supply = {.clock = read_clock};
  memory_fs_begin(&files);
  memory_fs_add_file(&files, "file", "");
  EQUAL(wasi_mount_virtual(wasi_state(guest), &memory_fs_functions, &files, "/virtual", false),
        WASI_ESUCCESS);
  wasi_state(guest)->supply = &supply;
  const uint32_t fd = must_open(VIRTUAL, "file", 0, READ_WRITE),
                 both = WASI_FSTFLAG_ATIM_NOW | WASI_FSTFLAG_MTIM_NOW;
  EQUAL(wasi_fd_filestat_set_times(guest, fd, 0, 0, both), WASI_ESUCCESS);
  check_times(1000, 1000);
  EQUAL(set_times(VIRTUAL, 0, "file", 0, 0, both), WASI_ESUCCESS);
  clock_failure = WASI_EPERM;
  EQUAL(wasi_fd_filestat_set_times(guest, fd, 0, 0, both), WASI_EPERM);
  EQUAL(set_times(VIRTUAL, 0, "file", 7, 0, WASI_FSTFLAG_ATIM | WASI_FSTFLAG_MTIM_NOW), WASI_EPERM);
  check_times(1001, 1001);
  EQUAL(set_times(VIRTUAL, 0, "file", 7, 0, WASI_FSTFLAG_ATIM), WASI_ESUCCESS);
  check_times(7, 1001);
  wasi_state(guest)->supply = NULL;
  wasmrt_wasi_release(guest);
  memory_fs_end(&files);
}

const struct wasi_test virtual_path_tests[] = {ONCE(stays_below_links_of_others) ONCE(runs_out_of_numbers)
                                                   ONCE(asks_the_clock_once){0}};
