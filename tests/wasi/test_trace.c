/* What traces print: a line for every function, for success and for an error, and lines of hostile arguments.
 */
#include "harness.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#define FAR 0xffffff00u /* beyond the guest's memory */

/* The lines since the last look. */
static char lines[4 * WASI_TRACE_LINE];
static size_t size;

static void take_line(void *user, const char *line, size_t length) {
  CHECK(user == lines && length > 0 && length <= WASI_TRACE_LINE && line[length - 1] == '\n');
  CHECK(size + length < sizeof lines);
  memcpy(lines + size, line, length);
  size += length;
  lines[size] = '\0';
}

static void trace(uint64_t scopes) {
  guest->trace = scopes;
  wasi_state(guest)->trace_line = take_line;
  wasi_state(guest)->trace_user = lines;
  size = 0;
  lines[0] = '\0';
}

static bool printed(const char *expected) {
  const bool is_same = strcmp(lines, expected) == 0;
  if (!is_same) {
    CHECK(write(STDERR_FILENO, lines, size) == (ssize_t)size);
  }
  size = 0;
  lines[0] = '\0';
  return is_same;
}

/* A call, its result and its line without the end. */
#define TRACES(call, result, line)                                                                           \
  do {                                                                                                       \
    EQUAL(call, result);                                                                                     \
    CHECK(printed(line "\n"));                                                                               \
  } while (0)
#define PUBLIC(name) wasi_public_##name

static void traces_arguments(void) {
  trace(WASMRT_TRACE_ALL);
  TRACES(PUBLIC(args_get)(guest, 64, 128), 0, "args_get(argv=0x40, argv_buf=0x80) = 0");
  TRACES(PUBLIC(args_get)(guest, FAR, 128), 21, "args_get(argv=0xffffff00, argv_buf=0x80) = 21 EFAULT");
  TRACES(PUBLIC(args_sizes_get)(guest, 64, 68), 0, "args_sizes_get(argc=3, argv_buf_size=13) = 0");
  TRACES(PUBLIC(args_sizes_get)(guest, 64, FAR), 21,
         "args_sizes_get(argc=0x40, argv_buf_size=0xffffff00) = 21 EFAULT");
  TRACES(PUBLIC(environ_get)(guest, 64, 128), 0, "environ_get(environ=0x40, environ_buf=0x80) = 0");
  TRACES(PUBLIC(environ_sizes_get)(guest, 64, 68), 0, "environ_sizes_get(count=0, environ_buf_size=0) = 0");
  TRACES(PUBLIC(environ_sizes_get)(guest, FAR, 68), 21,
         "environ_sizes_get(count=0xffffff00, environ_buf_size=0x44) = 21 EFAULT");
}

static void traces_clocks_and_random(void) {
  trace(WASMRT_TRACE_ALL);
  EQUAL(PUBLIC(clock_res_get)(guest, 1, OUT), 0);
  CHECK(strncmp(lines, "clock_res_get(id=MONOTONIC, resolution=", 39) == 0 && lines[39] != '0');
  trace(WASMRT_TRACE_ALL);
  TRACES(PUBLIC(clock_res_get)(guest, 4, OUT), 28, "clock_res_get(id=4, resolution=0x40) = 28 EINVAL");
  EQUAL(PUBLIC(clock_time_get)(guest, 0, 1000, OUT), 0);
  CHECK(strncmp(lines, "clock_time_get(id=REALTIME, precision=1000, time=1", 50) == 0);
  trace(WASMRT_TRACE_ALL);
  TRACES(PUBLIC(clock_time_get)(guest, UINT32_MAX, 0, OUT), 28,
         "clock_time_get(id=4294967295, precision=0, time=0x40) = 28 EINVAL");
  TRACES(PUBLIC(random_get)(guest, BUFFER, 3), 0, "random_get(buf=0x5000, len=3) = 0");
  TRACES(PUBLIC(random_get)(guest, FAR, 3), 21, "random_get(buf=0xffffff00, len=3) = 21 EFAULT");
  TRACES(PUBLIC(sched_yield)(guest), 0, "sched_yield() = 0");
}

static void traces_descriptors(void) {
  const uint32_t fd = must_open(ROOT, "new", WASI_OFLAG_CREAT, ALL);
  EQUAL(fd, 5);
  EQUAL(write_text(fd, "hello"), 0);
  trace(WASMRT_TRACE_ALL);
  TRACES(PUBLIC(fd_advise)(guest, 5, 1, 2, 3), 0, "fd_advise(fd=5, offset=1, len=2, advice=WILLNEED) = 0");
  TRACES(PUBLIC(fd_advise)(guest, 5, 1, 2, 6), 28, "fd_advise(fd=5, offset=1, len=2, advice=6) = 28 EINVAL");
  TRACES(PUBLIC(fd_allocate)(guest, 77, 1, UINT64_MAX), 8,
         "fd_allocate(fd=77, offset=1, len=18446744073709551615) = 8 EBADF");
  TRACES(PUBLIC(fd_datasync)(guest, 5), 0, "fd_datasync(fd=5) = 0");
  TRACES(PUBLIC(fd_datasync)(guest, 99), 8, "fd_datasync(fd=99) = 8 EBADF");
  TRACES(PUBLIC(fd_sync)(guest, 5), 0, "fd_sync(fd=5) = 0");
  TRACES(PUBLIC(fd_sync)(guest, 99), 8, "fd_sync(fd=99) = 8 EBADF");
  TRACES(PUBLIC(fd_fdstat_set_flags)(guest, 5, 5), 0, "fd_fdstat_set_flags(fd=5, flags=APPEND|NONBLOCK) = 0");
  TRACES(PUBLIC(fd_fdstat_set_flags)(guest, 5, 0xe4), 28,
         "fd_fdstat_set_flags(fd=5, flags=NONBLOCK|0xe0) = 28 EINVAL");
  TRACES(PUBLIC(fd_fdstat_set_rights)(guest, 5, 0x2000046, 0), 76,
         "fd_fdstat_set_rights(fd=5, base=0x2000046, inheriting=0x0) = 76 ENOTCAPABLE");
  TRACES(PUBLIC(fd_fdstat_set_rights)(guest, 5, 0x600046, 0), 0,
         "fd_fdstat_set_rights(fd=5, base=0x600046, inheriting=0x0) = 0");
  TRACES(PUBLIC(fd_fdstat_get)(guest, 5, OUT), 0,
         "fd_fdstat_get(fd=5, stat={filetype=REGULAR_FILE, flags=APPEND|NONBLOCK, base=0x600046, "
         "inheriting=0x0}) = 0");
  TRACES(PUBLIC(fd_fdstat_get)(guest, 5, FAR), 21, "fd_fdstat_get(fd=5, stat=0xffffff00) = 21 EFAULT");
  TRACES(PUBLIC(fd_seek)(guest, 5, (uint64_t)-2, 2, OUT), 0,
         "fd_seek(fd=5, offset=-2, whence=END, newoffset=3) = 0");
  TRACES(PUBLIC(fd_seek)(guest, 5, UINT64_C(1) << 63, 0, OUT), 28,
         "fd_seek(fd=5, offset=-9223372036854775808, whence=SET, newoffset=0x40) = 28 EINVAL");
  TRACES(PUBLIC(fd_tell)(guest, 99, OUT), 8, "fd_tell(fd=99, offset=0x40) = 8 EBADF");
  TRACES(PUBLIC(fd_renumber)(guest, 5, 3), 0, "fd_renumber(fd=5, to=3) = 0");
  TRACES(PUBLIC(fd_renumber)(guest, 5, 6), 8, "fd_renumber(fd=5, to=6) = 8 EBADF");
  TRACES(PUBLIC(fd_close)(guest, 3), 0, "fd_close(fd=3) = 0");
  TRACES(PUBLIC(fd_close)(guest, 3), 8, "fd_close(fd=3) = 8 EBADF");
}

static void traces_status(void) {
  const uint32_t fd = must_open(ROOT, "new", WASI_OFLAG_CREAT, ALL);
  trace(WASMRT_TRACE_ALL);
  TRACES(PUBLIC(fd_allocate)(guest, fd, 0, 4), 0, "fd_allocate(fd=5, offset=0, len=4) = 0");
  TRACES(PUBLIC(fd_tell)(guest, fd, OUT), 0, "fd_tell(fd=5, offset=0) = 0");
  TRACES(PUBLIC(fd_filestat_set_size)(guest, fd, 7), 0, "fd_filestat_set_size(fd=5, size=7) = 0");
  TRACES(PUBLIC(fd_filestat_set_size)(guest, fd, UINT64_MAX), 28,
         "fd_filestat_set_size(fd=5, size=18446744073709551615) = 28 EINVAL");
  TRACES(PUBLIC(fd_filestat_set_times)(guest, fd, 1, 2, 5), 0,
         "fd_filestat_set_times(fd=5, atim=1, mtim=2, fst_flags=ATIM|MTIM) = 0");
  TRACES(PUBLIC(fd_filestat_set_times)(guest, fd, 1, 2, 3), 28,
         "fd_filestat_set_times(fd=5, atim=1, mtim=2, fst_flags=ATIM|ATIM_NOW) = 28 EINVAL");
  TRACES(PUBLIC(fd_filestat_get)(guest, fd, OUT), 0,
         "fd_filestat_get(fd=5, stat={filetype=REGULAR_FILE, size=7, nlink=1, mtim=2}) = 0");
  TRACES(wasi_unstable_public_fd_filestat_get(guest, fd, OUT), 0,
         "fd_filestat_get(fd=5, stat={filetype=REGULAR_FILE, size=7, nlink=1, mtim=2}) = 0");
  TRACES(PUBLIC(fd_filestat_get)(guest, fd, MEMORY_SIZE - 63), 21,
         "fd_filestat_get(fd=5, stat=0xffc1) = 21 EFAULT");
  const uint32_t length = put_text(PATH_A, "new");
  TRACES(PUBLIC(path_filestat_set_times)(guest, ROOT, 1, PATH_A, length, 3, 4, 4), 0,
         "path_filestat_set_times(fd=3, flags=SYMLINK_FOLLOW, path=\"new\", atim=3, mtim=4, fst_flags=MTIM) "
         "= 0");
  TRACES(PUBLIC(path_filestat_set_times)(guest, FROZEN, 0, PATH_A, length, 3, 4, 0), 69,
         "path_filestat_set_times(fd=4, flags=0, path=\"new\", atim=3, mtim=4, fst_flags=0) = 69 EROFS");
  TRACES(PUBLIC(path_filestat_get)(guest, ROOT, 0, PATH_A, length, OUT), 0,
         "path_filestat_get(fd=3, flags=0, path=\"new\", stat={filetype=REGULAR_FILE, size=7, nlink=1, "
         "mtim=4}) = 0");
  TRACES(wasi_unstable_public_path_filestat_get(guest, ROOT, 0, PATH_A, length, OUT), 0,
         "path_filestat_get(fd=3, flags=0, path=\"new\", stat={filetype=REGULAR_FILE, size=7, nlink=1, "
         "mtim=4}) = 0");
  TRACES(PUBLIC(path_filestat_get)(guest, ROOT, 2, PATH_A, 2, OUT), 28,
         "path_filestat_get(fd=3, flags=0x2, path=\"ne\", stat=0x40) = 28 EINVAL");
}

static void traces_reading_and_writing(void) {
  const uint32_t fd = must_open(ROOT, "new", WASI_OFLAG_CREAT, ALL);
  trace(WASMRT_TRACE_ALL);
  put_text(BUFFER, "hello\nworld");
  put_vector(0, BUFFER, 6);
  put_vector(1, BUFFER + 6, 5);
  TRACES(PUBLIC(fd_write)(guest, fd, VECTORS, 2, OUT), 0,
         "fd_write(fd=5, iovs=[{\"hello\\n\", 6}, {\"world\", 5}], nwritten=11) = 0");
  TRACES(PUBLIC(fd_write)(guest, 99, VECTORS, 0, OUT), 8,
         "fd_write(fd=99, iovs=[], nwritten=0x40) = 8 EBADF");
  TRACES(PUBLIC(fd_pwrite)(guest, fd, VECTORS, 1, 20, OUT), 0,
         "fd_pwrite(fd=5, iovs=[{\"hello\\n\", 6}], offset=20, nwritten=6) = 0");
  TRACES(PUBLIC(fd_pwrite)(guest, fd, VECTORS, 1, UINT64_MAX, OUT), 28,
         "fd_pwrite(fd=5, iovs=[{\"hello\\n\", 6}], offset=18446744073709551615, nwritten=0x40) = 28 EINVAL");
  memset(guest_bytes(BUFFER), 'x', 100);
  put_vector(0, BUFFER, 4);
  put_vector(1, BUFFER + 8, 40);
  /* What is read is shown as it is afterwards, and no more than what was read. */
  TRACES(PUBLIC(fd_pread)(guest, fd, VECTORS, 2, 6, OUT), 0,
         "fd_pread(fd=5, iovs=[{\"worl\", 4}, {\"d\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00hello\\n\", "
         "40}], "
         "offset=6, nread=20) = 0");
  TRACES(PUBLIC(fd_pread)(guest, fd, VECTORS, 2, UINT64_MAX, OUT), 28,
         "fd_pread(fd=5, iovs=0x200[2], offset=18446744073709551615, nread=0x40) = 28 EINVAL");
  TRACES(PUBLIC(fd_read)(guest, fd, VECTORS, 1, OUT), 0,
         "fd_read(fd=5, iovs=[{\"\\x00\\x00\\x00\\x00\", 4}], nread=4) = 0");
  TRACES(PUBLIC(fd_read)(guest, 1000, VECTORS, 1, OUT), 8,
         "fd_read(fd=1000, iovs=0x200[1], nread=0x40) = 8 EBADF");
}

static void traces_directories(void) {
  trace(WASMRT_TRACE_ALL);
  TRACES(PUBLIC(fd_prestat_get)(guest, FROZEN, OUT), 0,
         "fd_prestat_get(fd=4, prestat={tag=DIR, name_len=7}) = 0");
  TRACES(PUBLIC(fd_prestat_get)(guest, 5, OUT), 8, "fd_prestat_get(fd=5, prestat=0x40) = 8 EBADF");
  TRACES(PUBLIC(fd_prestat_dir_name)(guest, FROZEN, OUT, 7), 0,
         "fd_prestat_dir_name(fd=4, path=\"/frozen\") = 0");
  TRACES(PUBLIC(fd_prestat_dir_name)(guest, FROZEN, OUT, 6), 37,
         "fd_prestat_dir_name(fd=4, path=0x40+6) = 37 ENAMETOOLONG");
  /* ".", "..", "file", "dir" */
  TRACES(PUBLIC(fd_readdir)(guest, FROZEN, BUFFER, 1000, 0, OUT), 0,
         "fd_readdir(fd=4, entries=[4 entries], cookie=0, bufused=106) = 0");
  TRACES(PUBLIC(fd_readdir)(guest, FROZEN, BUFFER, 23, 0, OUT), 0,
         "fd_readdir(fd=4, entries=[0 entries], cookie=0, bufused=23) = 0");
  TRACES(PUBLIC(fd_readdir)(guest, FROZEN, FAR, 1000, 0, OUT), 21,
         "fd_readdir(fd=4, entries=0xffffff00, cookie=0, bufused=0x40) = 21 EFAULT");
  const uint32_t length = put_text(PATH_A, "made");
  TRACES(PUBLIC(path_create_directory)(guest, ROOT, PATH_A, length), 0,
         "path_create_directory(fd=3, path=\"made\") = 0");
  TRACES(PUBLIC(path_create_directory)(guest, ROOT, PATH_A, length), 20,
         "path_create_directory(fd=3, path=\"made\") = 20 EEXIST");
  TRACES(PUBLIC(path_remove_directory)(guest, ROOT, PATH_A, length), 0,
         "path_remove_directory(fd=3, path=\"made\") = 0");
  TRACES(PUBLIC(path_remove_directory)(guest, ROOT, PATH_A, length), 44,
         "path_remove_directory(fd=3, path=\"made\") = 44 ENOENT");
}

static void traces_paths(void) {
  trace(WASMRT_TRACE_ALL);
  uint32_t length = put_text(PATH_A, "file");
  const uint32_t other = put_text(PATH_B, "link");
  TRACES(PUBLIC(path_open)(guest, ROOT, 1, PATH_A, length, 1, 2, 0, 1, OUT), 0,
         "path_open(fd=3, dirflags=SYMLINK_FOLLOW, path=\"file\", oflags=CREAT, rights_base=0x2, "
         "rights_inheriting=0x0, fdflags=APPEND, opened=5) = 0");
  TRACES(
      PUBLIC(path_open)(guest, ROOT, 0, PATH_A, length, 5, 0, 0, 0, OUT), 20,
      "path_open(fd=3, dirflags=0, path=\"file\", oflags=CREAT|EXCL, rights_base=0x0, rights_inheriting=0x0, "
      "fdflags=0, opened=0x40) = 20 EEXIST");
  TRACES(PUBLIC(path_symlink)(guest, PATH_A, length, ROOT, PATH_B, other), 0,
         "path_symlink(old_path=\"file\", fd=3, new_path=\"link\") = 0");
  TRACES(PUBLIC(path_symlink)(guest, PATH_A, length, FROZEN, PATH_B, other), 69,
         "path_symlink(old_path=\"file\", fd=4, new_path=\"link\") = 69 EROFS");
  TRACES(PUBLIC(path_readlink)(guest, ROOT, PATH_B, other, BUFFER, 100, OUT), 0,
         "path_readlink(fd=3, path=\"link\", buf=\"file\", bufused=4) = 0");
  TRACES(PUBLIC(path_readlink)(guest, ROOT, PATH_B, other, BUFFER, 2, OUT), 0,
         "path_readlink(fd=3, path=\"link\", buf=\"fi\", bufused=2) = 0");
  TRACES(PUBLIC(path_readlink)(guest, ROOT, PATH_A, length, BUFFER, 100, OUT), 28,
         "path_readlink(fd=3, path=\"file\", buf=0x5000+100, bufused=0x40) = 28 EINVAL");
  TRACES(PUBLIC(path_unlink_file)(guest, ROOT, PATH_B, other), 0,
         "path_unlink_file(fd=3, path=\"link\") = 0");
  TRACES(PUBLIC(path_unlink_file)(guest, ROOT, PATH_B, other), 44,
         "path_unlink_file(fd=3, path=\"link\") = 44 ENOENT");
  TRACES(PUBLIC(path_link)(guest, ROOT, 0, PATH_A, length, ROOT, PATH_B, other), 0,
         "path_link(old_fd=3, old_flags=0, old_path=\"file\", new_fd=3, new_path=\"link\") = 0");
  TRACES(PUBLIC(path_link)(guest, ROOT, 0, PATH_A, length, FROZEN, PATH_B, other), 69,
         "path_link(old_fd=3, old_flags=0, old_path=\"file\", new_fd=4, new_path=\"link\") = 69 EROFS");
  length = put_text(PATH_A, "../outside/secret");
  TRACES(PUBLIC(path_rename)(guest, ROOT, PATH_A, length, ROOT, PATH_B, other), 63,
         "path_rename(fd=3, old_path=\"../outside/secret\", new_fd=3, new_path=\"link\") = 63 EPERM");
  length = put_text(PATH_A, "file");
  EQUAL(PUBLIC(path_unlink_file)(guest, ROOT, PATH_B, other), 0);
  trace(WASMRT_TRACE_ALL);
  TRACES(PUBLIC(path_rename)(guest, ROOT, PATH_A, length, ROOT, PATH_B, other), 0,
         "path_rename(fd=3, old_path=\"file\", new_fd=3, new_path=\"link\") = 0");
}

/* ---- Waiting, sockets, ends ------------------------------------------------------------------------- */

static void traces_waiting(void) {
  const uint32_t fd = must_open(ROOT, "file", 0, READ_ONLY);
  struct wasi_subscription subscriptions[] = {{.userdata = 9, .type = WASI_EVENT_CLOCK},
                                              {.userdata = 10, .type = WASI_EVENT_FD_READ, .descriptor = fd},
                                              {.userdata = 11, .type = WASI_EVENT_FD_WRITE, .descriptor = 77},
                                              {.userdata = 12, .type = 9}};
  subscriptions[0].clock.id = 1;
  subscriptions[0].clock.timeout = UINT64_C(1) << 62;
  subscriptions[0].clock.flags = 1;
  memcpy(guest_bytes(BUFFER), subscriptions, sizeof subscriptions);
  trace(WASMRT_TRACE_ALL);
  TRACES(PUBLIC(poll_oneoff)(guest, BUFFER, PATH_A, 2, OUT), 0,
         "poll_oneoff(in=[{clock MONOTONIC, timeout=4611686018427387904, flags=ABSTIME}, {fd_read fd=5}], "
         "out=[{fd_read userdata=10, nbytes=4, flags=0}], nsubscriptions=2, nevents=1) = 0");
  TRACES(PUBLIC(poll_oneoff)(guest, BUFFER, PATH_A, 0, OUT), 28,
         "poll_oneoff(in=[], out=0x1000, nsubscriptions=0, nevents=0x40) = 28 EINVAL");
  TRACES(PUBLIC(poll_oneoff)(guest, BUFFER + 96, PATH_A, 1, OUT), 0,
         "poll_oneoff(in=[{fd_write fd=77}], out=[{fd_write userdata=11, error=EBADF, nbytes=0, flags=0}], "
         "nsubscriptions=1, nevents=1) = 0");
  TRACES(PUBLIC(poll_oneoff)(guest, MEMORY_SIZE - 47, PATH_A, 1, OUT), 21,
         "poll_oneoff(in=0xffd1, out=0x1000, nsubscriptions=1, nevents=0x40) = 21 EFAULT");
  TRACES(PUBLIC(poll_oneoff)(guest, BUFFER, PATH_A, UINT32_MAX, OUT), 21,
         "poll_oneoff(in=0x5000, out=0x1000, nsubscriptions=4294967295, nevents=0x40) = 21 EFAULT");
  struct wasi_unstable_subscription old = {.userdata = 13, .type = WASI_EVENT_CLOCK};
  old.clock.timeout = 1;
  memcpy(guest_bytes(BUFFER), &old, sizeof old);
  TRACES(
      wasi_unstable_public_poll_oneoff(guest, BUFFER, PATH_A, 1, OUT), 0,
      "poll_oneoff(in=[{clock REALTIME, timeout=1, flags=0}], out=[{clock userdata=13}], nsubscriptions=1, "
      "nevents=1) = 0");
}

static void traces_sockets(void) {
  int pair[2];
  CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
  struct wasi_descriptor socket = {.host = pair[0]};
  CHECK(wasi_inspect(pair[0], &socket.filetype, &socket.rights_base));
  uint32_t fd;
  EQUAL(wasi_insert(wasi_state(guest), socket, 3, &fd), 0);
  trace(WASMRT_TRACE_ALL);
  put_vector(0, BUFFER, put_text(BUFFER, "ping"));
  TRACES(PUBLIC(sock_send)(guest, fd, VECTORS, 1, 0, OUT), 0,
         "sock_send(fd=5, iovs=[{\"ping\", 4}], si_flags=0x0, datalen=4) = 0");
  TRACES(PUBLIC(sock_send)(guest, fd, VECTORS, 1, 1, OUT), 28,
         "sock_send(fd=5, iovs=[{\"ping\", 4}], si_flags=0x1, datalen=0x40) = 28 EINVAL");
  CHECK(write(pair[1], "pong", 4) == 4);
  put_vector(0, BUFFER, 100);
  TRACES(PUBLIC(sock_recv)(guest, fd, VECTORS, 1, 1, OUT, OUT + 8), 0,
         "sock_recv(fd=5, iovs=[{\"pong\", 100}], ri_flags=RECV_PEEK, datalen=4, ro_flags=0x0) = 0");
  TRACES(PUBLIC(sock_recv)(guest, fd, VECTORS, 1, 8, OUT, OUT + 8), 28,
         "sock_recv(fd=5, iovs=0x200[1], ri_flags=0x8, datalen=0x40, ro_flags=0x48) = 28 EINVAL");
  TRACES(PUBLIC(sock_accept)(guest, ROOT, 4, OUT), 57,
         "sock_accept(fd=3, flags=NONBLOCK, accepted=0x40) = 57 ENOTSOCK");
  TRACES(PUBLIC(sock_shutdown)(guest, fd, 3), 0, "sock_shutdown(fd=5, how=RD|WR) = 0");
  TRACES(PUBLIC(sock_shutdown)(guest, fd, 4), 28, "sock_shutdown(fd=5, how=0x4) = 28 EINVAL");
  close(pair[1]);
}

/* They may not return, so the line comes before the call; proc_raise has a second one if it does. */
static void traces_ends(void) {
  trace(WASMRT_TRACE_ALL);
  CHECK(CATCH_EXIT(PUBLIC(proc_exit)(guest, 7)));
  CHECK(printed("proc_exit(status=7) = ?\n"));
  EQUAL(PUBLIC(proc_raise)(guest, 1000), 28);
  CHECK(printed("proc_raise(sig=1000) = ?\nproc_raise(sig=1000) = 28 EINVAL\n"));
}

/* ---- Scopes ----------------------------------------------------------------------------------------- */

static void traces_scopes_only(void) {
  trace(1u << WASMRT_TRACE_clock | 1u << WASMRT_TRACE_fs);
  EQUAL(PUBLIC(sched_yield)(guest), 0);
  EQUAL(PUBLIC(fd_close)(guest, 99), WASI_EBADF);
  EQUAL(PUBLIC(random_get)(guest, BUFFER, 1), 0);
  CHECK(printed(""));
  EQUAL(PUBLIC(clock_time_get)(guest, 0, 0, FAR), WASI_EFAULT);
  CHECK(printed("clock_time_get(id=REALTIME, precision=0, time=0xffffff00) = 21 EFAULT\n"));
  EQUAL(PUBLIC(fd_prestat_get)(guest, 99, OUT), WASI_EBADF);
  CHECK(printed("fd_prestat_get(fd=99, prestat=0x40) = 8 EBADF\n"));
  trace(0);
  EQUAL(PUBLIC(fd_prestat_get)(guest, 99, OUT), WASI_EBADF);
  CHECK(printed(""));
}

/* wasi_unstable has its own numbers. */
static void traces_unstable(void) {
  const uint32_t fd = must_open(ROOT, "file", 0, READ_ONLY);
  trace(WASMRT_TRACE_ALL);
  TRACES(wasi_unstable_public_fd_seek(guest, fd, 3, 2, OUT), 0,
         "fd_seek(fd=5, offset=3, whence=SET, newoffset=3) = 0");
  TRACES(wasi_unstable_public_fd_tell(guest, fd, OUT), 0, "fd_tell(fd=5, offset=3) = 0");
}

/* An instance that was granted nothing has no state either: then lines go to standard error. */
static void writes_to_standard_error(void) {
  int pipes[2];
  char text[100] = "";
  CHECK(pipe(pipes) == 0);
  const int saved = dup(STDERR_FILENO);
  dup2(pipes[1], STDERR_FILENO);
  struct wasmrt_instance other = {.memory = guest->memory, .trace = WASMRT_TRACE_ALL};
  const uint32_t result = PUBLIC(random_get)(&other, FAR, 5);
  dup2(saved, STDERR_FILENO);
  CHECK(read(pipes[0], text, sizeof text - 1) > 0);
  EQUAL(result, WASI_EFAULT);
  CHECK(strcmp(text, "random_get(buf=0xffffff00, len=5) = 21 EFAULT\n") == 0);
  close(pipes[0]), close(pipes[1]), close(saved);
}

/* ---- Hostile arguments ------------------------------------------------------------------------------ */

static void escapes_what_a_terminal_obeys(void) {
  trace(WASMRT_TRACE_ALL);
  static const char name[] = "\x1b]0;x\a\r\n\t\"\\\x7f\xc2\x9b\xff\xfe\xe2\x80\xae";
  const uint32_t length = put_text(PATH_A, name);
  TRACES(PUBLIC(path_unlink_file)(guest, ROOT, PATH_A, length), 44,
         "path_unlink_file(fd=3, "
         "path=\"\\x1b]0;x\\x07\\x0d\\n\\x09\\\"\\\\\\x7f\\xc2\\x9b\\xff\\xfe\\xe2\\x80\\xae\") = 44 ENOENT");
  for (uint32_t byte = 0; byte < 256; byte++) {
    *(uint8_t *)guest_bytes(BUFFER) = (uint8_t)byte;
    put_vector(0, BUFFER, 1);
    EQUAL(PUBLIC(fd_write)(guest, 99, VECTORS, 1, OUT), WASI_EBADF);
    for (size_t i = 0; i < size - 1; i++) {
      CHECK(lines[i] >= 0x20 && lines[i] < 0x7f);
    }
    trace(WASMRT_TRACE_ALL);
  }
}

static void follows_no_address_beyond_memory(void) {
  trace(WASMRT_TRACE_ALL);
  TRACES(PUBLIC(path_unlink_file)(guest, ROOT, FAR, 12), 21,
         "path_unlink_file(fd=3, path=0xffffff00+12) = 21 EFAULT");
  TRACES(PUBLIC(path_unlink_file)(guest, ROOT, MEMORY_SIZE - 4, 5), 21,
         "path_unlink_file(fd=3, path=0xfffc+5) = 21 EFAULT");
  TRACES(PUBLIC(path_unlink_file)(guest, ROOT, PATH_A, UINT32_MAX), 21,
         "path_unlink_file(fd=3, path=0x1000+4294967295) = 21 EFAULT");
  TRACES(PUBLIC(path_unlink_file)(guest, ROOT, UINT32_MAX, 0), 44,
         "path_unlink_file(fd=3, path=\"\") = 44 ENOENT");
  put_vector(0, FAR, 5);
  put_vector(1, 1, UINT32_MAX);
  TRACES(PUBLIC(fd_write)(guest, 99, VECTORS, 2, OUT), 8,
         "fd_write(fd=99, iovs=[{0xffffff00, 5}, {0x1, 4294967295}], nwritten=0x40) = 8 EBADF");
  TRACES(PUBLIC(fd_write)(guest, 99, MEMORY_SIZE - 8, 2, OUT), 8,
         "fd_write(fd=99, iovs=0xfff8[2], nwritten=0x40) = 8 EBADF");
  TRACES(PUBLIC(fd_write)(guest, 99, 0, 0x20000000, OUT), 8,
         "fd_write(fd=99, iovs=0x0[536870912], nwritten=0x40) = 8 EBADF");
  TRACES(PUBLIC(fd_write)(guest, 99, 8, UINT32_MAX, OUT), 8,
         "fd_write(fd=99, iovs=0x8[4294967295], nwritten=0x40) = 8 EBADF");
  /* An instance may have no memory. */
  struct wasmrt_instance other = *guest;
  other.memory = NULL;
  TRACES(PUBLIC(fd_write)(&other, 1, VECTORS, 1, OUT), 21,
         "fd_write(fd=1, iovs=0x200[1], nwritten=0x40) = 21 EFAULT");
  TRACES(PUBLIC(path_unlink_file)(&other, ROOT, PATH_A, 1), 21,
         "path_unlink_file(fd=3, path=0x1000+1) = 21 EFAULT");
}

/* The first iovecs and the first bytes are shown, and a line never exceeds its limit. */
static void cuts_what_is_long(void) {
  trace(WASMRT_TRACE_ALL);
  memset(guest_bytes(PATH_A), 'p', 4096);
  memset(guest_bytes(BUFFER), 'b', 100);
  for (uint32_t i = 0; i < 10; i++) {
    put_vector(i, BUFFER, i == 0 ? 33 : 1);
  }
  TRACES(PUBLIC(fd_write)(guest, 99, VECTORS, 10, OUT), 8,
         "fd_write(fd=99, iovs=[{\"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\"..., 33}, {\"b\", 1}, {\"b\", 1}, "
         "{\"b\", 1}, "
         "{\"b\", 1}, {\"b\", 1}, {\"b\", 1}, {\"b\", 1}, ...], nwritten=0x40) = 8 EBADF");
  /* Many that lie at the end of memory, and more than fit there. */
  TRACES(PUBLIC(fd_write)(guest, 99, MEMORY_SIZE - 8000, 1000, OUT), 8,
         "fd_write(fd=99, iovs=[{\"\", 0}, {\"\", 0}, {\"\", 0}, {\"\", 0}, {\"\", 0}, {\"\", 0}, {\"\", 0}, "
         "{\"\", 0}, "
         "...], nwritten=0x40) = 8 EBADF");
  TRACES(PUBLIC(fd_write)(guest, 99, 0, 10000, OUT), 8,
         "fd_write(fd=99, iovs=0x0[10000], nwritten=0x40) = 8 EBADF");
  /* Two paths of control characters: the second has no room any more. */
  memset(guest_bytes(PATH_A), 1, 4000);
  EQUAL(PUBLIC(path_rename)(guest, ROOT, PATH_A, 4000, ROOT, PATH_A, 4000), WASI_ENAMETOOLONG);
  EQUAL(size, WASI_TRACE_LINE - 32 + strlen("...) = 37 ENAMETOOLONG\n"));
  CHECK(strcmp(lines + WASI_TRACE_LINE - 32, "...) = 37 ENAMETOOLONG\n") == 0);
  CHECK(strncmp(lines, "path_rename(fd=3, old_path=\"\\x01\\x01", 36) == 0);
}

const struct wasi_test trace_tests[] = {
    ONCE(traces_arguments) ONCE(traces_clocks_and_random) ONCE(traces_descriptors) ONCE(traces_status)
        ONCE(traces_reading_and_writing) ONCE(traces_directories) ONCE(traces_paths) ONCE(traces_waiting)
            ONCE(traces_sockets) ONCE(traces_ends) ONCE(traces_scopes_only) ONCE(traces_unstable)
                ONCE(writes_to_standard_error) ONCE(escapes_what_a_terminal_obeys)
                    ONCE(follows_no_address_beyond_memory) ONCE(cuts_what_is_long){0}};
