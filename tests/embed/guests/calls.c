/*
 * A guest without a C library that calls WASI's functions as its host asks: each function here makes one
 * call, with its data in `bytes`. Errors are returned as negative numbers.
 */
#define EXPORT(name) __attribute__((export_name(#name)))
#define WASI(name) __attribute__((import_module("wasi_snapshot_preview1"), import_name(#name)))
#define UNSTABLE(name) __attribute__((import_module("wasi_unstable"), import_name(#name)))

typedef unsigned u32;
typedef unsigned long long u64;
typedef long long s64;

struct vector {
  char *address;
  u32 length;
};

WASI(args_get) u32 args_get(char **, char *);
WASI(args_sizes_get) u32 args_sizes_get(u32 *, u32 *);
WASI(environ_get) u32 environ_get(char **, char *);
WASI(environ_sizes_get) u32 environ_sizes_get(u32 *, u32 *);
WASI(clock_res_get) u32 clock_res_get(u32, u64 *);
WASI(clock_time_get) u32 clock_time_get(u32, u64, u64 *);
WASI(random_get) u32 random_get(void *, u32);
WASI(sched_yield) u32 sched_yield(void);
WASI(fd_read) u32 fd_read(u32, const struct vector *, u32, u32 *);
WASI(fd_write) u32 fd_write(u32, const struct vector *, u32, u32 *);
WASI(fd_seek) u32 fd_seek(u32, s64, u32, u64 *);
WASI(fd_close) u32 fd_close(u32);
WASI(fd_fdstat_get) u32 fd_fdstat_get(u32, void *);
WASI(fd_prestat_dir_name) u32 fd_prestat_dir_name(u32, char *, u32);
WASI(path_open) u32 path_open(u32, u32, const char *, u32, u32, u64, u64, u32, u32 *);
WASI(path_unlink_file) u32 path_unlink_file(u32, const char *, u32);
WASI(path_create_directory) u32 path_create_directory(u32, const char *, u32);
WASI(poll_oneoff) u32 poll_oneoff(const void *, void *, u32, u32 *);
WASI(proc_exit) _Noreturn void proc_exit(u32);
WASI(sock_accept) u32 sock_accept(u32, u32, u32 *);
WASI(sock_shutdown) u32 sock_shutdown(u32, u32);
UNSTABLE(fd_write) u32 unstable_fd_write(u32, const struct vector *, u32, u32 *);

static char bytes[4096];
static u32 pointers[64];

EXPORT(bytes) char *get_bytes(void) {
  return bytes;
}

static s64 result(u32 error, s64 value) {
  return error == 0 ? value : -(s64)error;
}

/* `length` bytes in two parts, of which the first has `first`. */
static void divide(struct vector vectors[2], u32 length, u32 first) {
  vectors[0] = (struct vector){bytes, first};
  vectors[1] = (struct vector){bytes + first, length - first};
}

EXPORT(write) s64 write_bytes(u32 fd, u32 length, u32 first) {
  struct vector vectors[2];
  u32 done = 0;
  divide(vectors, length, first);
  return result(fd_write(fd, vectors, 2, &done), done);
}

EXPORT(write_unstable) s64 write_unstable(u32 fd, u32 length) {
  struct vector vector = {bytes, length};
  u32 done = 0;
  return result(unstable_fd_write(fd, &vector, 1, &done), done);
}

EXPORT(read) s64 read_bytes(u32 fd, u32 length, u32 first) {
  struct vector vectors[2];
  u32 done = 0;
  divide(vectors, length, first);
  return result(fd_read(fd, vectors, 2, &done), done);
}

EXPORT(seek) s64 seek(u32 fd, u32 offset) {
  u64 at = 0;
  return result(fd_seek(fd, offset, 0, &at), (s64)at);
}

EXPORT(close) s64 close(u32 fd) {
  return result(fd_close(fd), 0);
}

/* The file's type, and in the bits above whether it can be read, written and sought. */
EXPORT(describe) s64 describe(u32 fd) {
  struct {
    unsigned char type;
    u64 base, inheriting;
  } status;
  const u32 error = fd_fdstat_get(fd, &status);
  return result(error, status.type | (status.base >> 1 & 1) << 8 | (status.base >> 6 & 1) << 9 |
                           (status.base >> 2 & 1) << 10);
}

/* The number of arguments, or variables; they are in `bytes` one after the other. */
EXPORT(arguments) s64 arguments(void) {
  u32 count = 0, size = 0;
  const u32 error = args_sizes_get(&count, &size);
  return error != 0 ? -(s64)error : result(args_get((char **)pointers, bytes), count);
}

EXPORT(variables) s64 variables(void) {
  u32 count = 0, size = 0;
  const u32 error = environ_sizes_get(&count, &size);
  return error != 0 ? -(s64)error : result(environ_get((char **)pointers, bytes), count);
}

EXPORT(time) s64 time(u32 id) {
  u64 now = 0;
  return result(clock_time_get(id, 1, &now), (s64)now);
}

EXPORT(resolution) s64 resolution(u32 id) {
  u64 nanoseconds = 0;
  return result(clock_res_get(id, &nanoseconds), (s64)nanoseconds);
}

EXPORT(random) s64 random(u32 length) {
  return result(random_get(bytes, length), length);
}

EXPORT(yield) s64 yield(void) {
  return result(sched_yield(), 0);
}

/* Waits for a clock, and for a descriptor to become readable unless fd is -1. Bit 0 is the clock's event, bit
 * 1 the descriptor's. */
EXPORT(wait) s64 wait_for(u32 clock, u64 timeout, u32 absolute, u32 fd) {
  struct {
    u64 user;
    unsigned char type, padding[7];
    u32 id;
    u64 timeout, precision;
    unsigned short flags;
  } subscriptions[2] = {
      {.user = 1, .type = 0, .id = clock, .timeout = timeout, .flags = (unsigned short)absolute},
      {.user = 2, .type = 1, .id = fd}};
  struct {
    u64 user;
    unsigned short error;
    unsigned char type;
    u64 count;
    unsigned short flags;
  } events[2];
  u32 count = 0;
  const u32 error = poll_oneoff(subscriptions, events, fd == (u32)-1 ? 1 : 2, &count);
  s64 happened = 0;
  for (u32 i = 0; error == 0 && i < count; i++) {
    happened |= events[i].error != 0 ? -(s64)events[i].error : (s64)events[i].user;
  }
  return result(error, happened);
}

EXPORT(mount_name) s64 mount_name(u32 fd, u32 length) {
  return result(fd_prestat_dir_name(fd, bytes, length), length);
}

/* Opens the path in `bytes` below a directory, to read, and to write if asked. */
EXPORT(open) s64 open(u32 dir, u32 length, u32 flags, u32 writing) {
  const u64 rights =
      0x200026 | (writing ? 0x40 : 0); /* fd_read, fd_seek, fd_tell, fd_filestat_get; fd_write */
  u32 fd = 0;
  return result(path_open(dir, 1, bytes, length, flags, rights, rights, 0, &fd), fd);
}

EXPORT(unlink) s64 unlink(u32 dir, u32 length) {
  return result(path_unlink_file(dir, bytes, length), 0);
}

EXPORT(mkdir) s64 mkdir(u32 dir, u32 length) {
  return result(path_create_directory(dir, bytes, length), 0);
}

EXPORT(accept) s64 accept(u32 fd) {
  u32 accepted = 0;
  return result(sock_accept(fd, 0, &accepted), accepted);
}

EXPORT(shutdown) s64 shutdown(u32 fd, u32 how) {
  return result(sock_shutdown(fd, how), 0);
}

EXPORT(exit) void leave(u32 status) {
  proc_exit(status);
}
