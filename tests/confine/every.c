/* Calls every function of WASI, in ways that succeed and in ways that fail, and prints what each says:
 * confined or not, that has to be the same. Runs in a mount of its own, with a listener and a few
 * subscriptions. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <wasi/api.h>

enum { ROOT = 3, FROZEN = 4, LISTENER = 5, NONE = 99 };

#define UNSTABLE(name) __attribute__((import_module("wasi_unstable"), import_name(#name)))
uint32_t raise_signal(uint32_t number)
    __attribute__((import_module("wasi_snapshot_preview1"), import_name("proc_raise")));
uint32_t old_fd_filestat_get(uint32_t fd, void *status) UNSTABLE(fd_filestat_get);
uint32_t old_fd_seek(uint32_t fd, uint64_t offset, uint32_t whence, void *result) UNSTABLE(fd_seek);
uint32_t old_path_filestat_get(uint32_t fd, uint32_t flags, const char *path, uint32_t length, void *status)
    UNSTABLE(path_filestat_get);
uint32_t old_poll_oneoff(const void *subscriptions, void *events, uint32_t count, void *result)
    UNSTABLE(poll_oneoff);
uint32_t old_fd_write(uint32_t fd, const void *vectors, uint32_t count, void *result) UNSTABLE(fd_write);
uint32_t old_path_open(uint32_t fd, uint32_t lookup, const char *path, uint32_t length, uint32_t flags,
                       uint64_t rights, uint64_t inheriting, uint32_t fdflags, void *fd_result)
    UNSTABLE(path_open);

#define SHOW(call) printf("%s: %u\n", #call, (unsigned)(call))

static uint8_t buffer[4096];
static __wasi_size_t size, other_size;
static __wasi_filesize_t position;
static __wasi_timestamp_t now;

static __wasi_fd_t open_file(__wasi_fd_t dir, const char *path, __wasi_oflags_t flags,
                             __wasi_fdflags_t fdflags) {
  __wasi_fd_t fd = NONE;
  const uint64_t file = 0x8e001ff | (uint64_t)1 << 21 | (uint64_t)1 << 22 | (uint64_t)1 << 23;
  printf("open %s: %u\n", path,
         __wasi_path_open(dir, 1, path, flags, dir == FROZEN ? 0x200002 : file, 0, fdflags, &fd));
  return fd;
}

static void processes(void) {
  SHOW(__wasi_args_sizes_get(&size, &other_size));
  uint8_t *pointers[64];
  SHOW(__wasi_args_get(pointers, buffer));
  SHOW(__wasi_environ_sizes_get(&size, &other_size));
  SHOW(__wasi_environ_get(pointers, buffer));
  for (uint32_t clock = 0; clock < 5; clock++) {
    SHOW(__wasi_clock_res_get(clock, &now));
    SHOW(__wasi_clock_time_get(clock, 1, &now));
  }
  SHOW(__wasi_random_get(buffer, 256));
  SHOW(__wasi_sched_yield());
  SHOW(raise_signal(17));
  SHOW(raise_signal(19));
}

static void files(void) {
  __wasi_fd_t fd = open_file(ROOT, "file", __WASI_OFLAGS_CREAT | __WASI_OFLAGS_TRUNC, 0);
  __wasi_ciovec_t from = {(const uint8_t *)"some text", 9};
  __wasi_iovec_t to = {buffer, sizeof buffer};
  __wasi_filestat_t status;
  __wasi_fdstat_t flags;
  SHOW(__wasi_fd_write(fd, &from, 1, &size));
  SHOW(old_fd_write(fd, &from, 1, &size));
  SHOW(__wasi_fd_pwrite(fd, &from, 1, 3, &size));
  SHOW(__wasi_fd_seek(fd, 0, __WASI_WHENCE_SET, &position));
  SHOW(old_fd_seek(fd, 0, 2, &position));
  SHOW(__wasi_fd_read(fd, &to, 1, &size));
  SHOW(size);
  SHOW(__wasi_fd_pread(fd, &to, 1, 1, &size));
  SHOW(__wasi_fd_tell(fd, &position));
  SHOW(__wasi_fd_advise(fd, 0, 4096, __WASI_ADVICE_WILLNEED));
  SHOW(__wasi_fd_allocate(fd, 0, 8192));
  SHOW(__wasi_fd_sync(fd));
  SHOW(__wasi_fd_datasync(fd));
  SHOW(__wasi_fd_fdstat_get(fd, &flags));
  SHOW(__wasi_fd_fdstat_set_flags(fd, __WASI_FDFLAGS_APPEND));
  SHOW(__wasi_fd_pwrite(fd, &from, 1, 3, &size));
  SHOW(__wasi_fd_fdstat_set_flags(fd, __WASI_FDFLAGS_NONBLOCK));
  SHOW(__wasi_fd_fdstat_set_rights(fd, 0x8e001ff, 0));
  SHOW(__wasi_fd_filestat_get(fd, &status));
  SHOW(old_fd_filestat_get(fd, buffer));
  __wasi_fd_t sized = open_file(ROOT, "file", 0, 0);
  SHOW(__wasi_fd_filestat_set_size(sized, 100));
  SHOW(__wasi_fd_filestat_set_times(sized, 5, 6, 5));
  SHOW(__wasi_fd_filestat_set_times(sized, 0, 0, 10));
  SHOW(__wasi_fd_renumber(sized, fd));
  SHOW(__wasi_fd_close(fd));
  SHOW(__wasi_fd_close(fd));
  SHOW(__wasi_fd_write(NONE, &from, 1, &size));
  SHOW(__wasi_fd_seek(1, 0, 7, &position));
  SHOW(old_path_open(ROOT, 0, "missing", 7, 0, 2, 0, 0, &fd));
}

static void paths(void) {
  __wasi_filestat_t status;
  __wasi_prestat_t preopen;
  SHOW(__wasi_fd_prestat_get(ROOT, &preopen));
  SHOW(__wasi_fd_prestat_dir_name(ROOT, buffer, 64));
  SHOW(__wasi_path_create_directory(ROOT, "made"));
  SHOW(__wasi_path_create_directory(ROOT, "made"));
  SHOW(__wasi_path_create_directory(FROZEN, "made"));
  SHOW(__wasi_path_symlink("made", ROOT, "link"));
  SHOW(__wasi_path_readlink(ROOT, "link", buffer, 64, &size));
  SHOW(__wasi_path_readlink(ROOT, "made", buffer, 64, &size));
  SHOW(__wasi_path_link(ROOT, 0, "file", ROOT, "made/second"));
  SHOW(__wasi_path_rename(ROOT, "made/second", ROOT, "third"));
  SHOW(__wasi_path_rename(ROOT, "third", ROOT, "link/third"));
  SHOW(__wasi_path_rename(ROOT, "made/third", FROZEN, "third"));
  SHOW(__wasi_path_filestat_get(ROOT, 1, "link/third", &status));
  SHOW(__wasi_path_filestat_get(FROZEN, 1, "file", &status));
  SHOW(__wasi_path_filestat_get(ROOT, 1, "../x", &status));
  SHOW(old_path_filestat_get(ROOT, 0, "link", 4, buffer));
  SHOW(__wasi_path_filestat_set_times(ROOT, 1, "link", 5, 6, 5));
  SHOW(__wasi_path_filestat_set_times(ROOT, 0, "file", 0, 0, 10));
  __wasi_fd_t fd = NONE;
  SHOW(__wasi_path_open(ROOT, 1, "made", __WASI_OFLAGS_DIRECTORY, 0x4000, 0, 0, &fd));
  SHOW(__wasi_fd_readdir(fd, buffer, sizeof buffer, 0, &size));
  SHOW(size);
  SHOW(__wasi_fd_close(fd));
  SHOW(__wasi_path_unlink_file(ROOT, "made"));
  SHOW(__wasi_path_unlink_file(ROOT, "made/third"));
  SHOW(__wasi_path_unlink_file(ROOT, "link"));
  SHOW(__wasi_path_unlink_file(FROZEN, "file"));
  SHOW(__wasi_path_remove_directory(ROOT, "made"));
  SHOW(__wasi_path_remove_directory(ROOT, "made"));
  open_file(FROZEN, "file", 0, 0);
  open_file(FROZEN, "file", __WASI_OFLAGS_TRUNC, 0);
  open_file(ROOT, "../outside", 0, 0);
  open_file(ROOT, "missing", 0, 0);
  /* So many that the table of descriptors grows. */
  unsigned opened = 0;
  for (int i = 0; i < 200; i++) {
    opened += __wasi_path_open(ROOT, 0, "file", 0, 2, 0, 0, &fd) == 0;
  }
  SHOW(opened);
}

static void sockets(void) {
  __wasi_fd_t fd = NONE;
  __wasi_iovec_t to = {buffer, 16};
  __wasi_ciovec_t from = {buffer, 16};
  __wasi_roflags_t roflags;
  SHOW(__wasi_fd_fdstat_set_flags(LISTENER, __WASI_FDFLAGS_NONBLOCK));
  SHOW(__wasi_sock_accept(LISTENER, __WASI_FDFLAGS_NONBLOCK, &fd));
  SHOW(__wasi_sock_recv(LISTENER, &to, 1, 0, &size, &roflags));
  SHOW(__wasi_sock_send(LISTENER, &from, 1, 0, &size));
  SHOW(__wasi_sock_shutdown(LISTENER, __WASI_SDFLAGS_WR));
  SHOW(__wasi_sock_shutdown(ROOT, __WASI_SDFLAGS_WR));
}

static void waiting(void) {
  static __wasi_subscription_t subscriptions[200];
  static __wasi_event_t events[200];
  for (int i = 0; i < 200; i++) {
    subscriptions[i].u.tag = __WASI_EVENTTYPE_CLOCK;
    subscriptions[i].u.u.clock.id = __WASI_CLOCKID_MONOTONIC;
    subscriptions[i].u.u.clock.timeout = 2000000 + (uint64_t)i * 1000000000;
  }
  subscriptions[1].u.tag = __WASI_EVENTTYPE_FD_READ;
  subscriptions[1].u.u.fd_read.file_descriptor = LISTENER;
  SHOW(__wasi_poll_oneoff(subscriptions, events, 2, &size));
  SHOW(__wasi_poll_oneoff(subscriptions, events, 200, &size));
  subscriptions[1].u.u.fd_read.file_descriptor = 0;
  SHOW(__wasi_poll_oneoff(subscriptions, events, 2, &size));
  uint64_t old[7] = {0, 0, 0, 0, 1};
  old[2] = 1;
  SHOW(old_poll_oneoff(old, events, 1, &size));
}

/* A socket that does not listen: musl tries another system call then. */
static void deaf_listener(void) {
  __wasi_fd_t fd = NONE;
  SHOW(__wasi_sock_shutdown(LISTENER, __WASI_SDFLAGS_RD));
  SHOW(__wasi_sock_accept(LISTENER, 0, &fd));
}

int main(void) {
  processes();
  files();
  paths();
  sockets();
  waiting();
  deaf_listener();
  void *grown = (void *)__builtin_wasm_memory_grow(0, 200);
  SHOW(grown != (void *)-1);
  fflush(stdout);
  __wasi_proc_exit(5);
}
