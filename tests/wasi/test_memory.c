/* Every pointer of every function, at and beyond the end of memory. */
#include "calls.h"

#include <fcntl.h>
#include <unistd.h>

enum { FILE_FD = 5, SOCKET_FD = 0 };

/* A call that succeeds, and which of its values are pointers to how many bytes. */
static const struct {
  const char *name;
  uint32_t (*call)(const uint64_t *values);
  uint64_t values[9];
  struct {
    uint8_t index;
    uint32_t size;
  } pointers[3];
} rows[] = {
#define ROW(name, ...) {#name, call_##name, __VA_ARGS__}
    ROW(args_get, {OUT, BUFFER}, {{0, 12}, {1, 13}}),
    ROW(args_sizes_get, {OUT, OUT + 4}, {{0, 4}, {1, 4}}),
    ROW(environ_get, {OUT, BUFFER}, {{0, 8}, {1, 8}}),
    ROW(environ_sizes_get, {OUT, OUT + 4}, {{0, 4}, {1, 4}}),
    ROW(clock_res_get, {1, OUT}, {{1, 8}}),
    ROW(clock_time_get, {1, 0, OUT}, {{2, 8}}),
    ROW(fd_fdstat_get, {FILE_FD, OUT}, {{1, 24}}),
    ROW(fd_filestat_get, {FILE_FD, OUT}, {{1, 64}}),
    ROW(fd_pread, {FILE_FD, VECTORS, 1, 0, OUT}, {{1, 8}, {4, 4}}),
    ROW(fd_prestat_get, {ROOT, OUT}, {{1, 8}}),
    ROW(fd_prestat_dir_name, {FROZEN, OUT, 7}, {{1, 7}}),
    ROW(fd_pwrite, {FILE_FD, VECTORS, 1, 0, OUT}, {{1, 8}, {4, 4}}),
    ROW(fd_read, {FILE_FD, VECTORS, 1, OUT}, {{1, 8}, {3, 4}}),
    ROW(fd_readdir, {ROOT, BUFFER, 100, 0, OUT}, {{1, 100}, {4, 4}}),
    ROW(fd_seek, {FILE_FD, 0, 0, OUT}, {{3, 8}}),
    ROW(fd_tell, {FILE_FD, OUT}, {{1, 8}}),
    ROW(fd_write, {FILE_FD, VECTORS, 1, OUT}, {{1, 8}, {3, 4}}),
    ROW(path_create_directory, {ROOT, PATH_A, 4}, {{1, 4}}),
    ROW(path_filestat_get, {ROOT, 0, PATH_A, 4, OUT}, {{2, 4}, {4, 64}}),
    ROW(path_filestat_set_times, {ROOT, 0, PATH_A, 4, 0, 0, 0}, {{2, 4}}),
    ROW(path_link, {ROOT, 0, PATH_A, 4, ROOT, PATH_B, 4}, {{2, 4}, {5, 4}}),
    ROW(path_open, {ROOT, 0, PATH_A, 4, 0, 0, 0, 0, OUT}, {{2, 4}, {8, 4}}),
    ROW(path_readlink, {ROOT, PATH_A, 4, BUFFER, 10, OUT}, {{1, 4}, {3, 10}, {5, 4}}),
    ROW(path_remove_directory, {ROOT, PATH_A, 4}, {{1, 4}}),
    ROW(path_rename, {ROOT, PATH_A, 4, ROOT, PATH_B, 4}, {{1, 4}, {4, 4}}),
    ROW(path_symlink, {PATH_A, 4, ROOT, PATH_B, 4}, {{0, 4}, {3, 4}}),
    ROW(path_unlink_file, {ROOT, PATH_A, 4}, {{1, 4}}),
    ROW(poll_oneoff, {1024, 2048, 1, OUT}, {{0, 48}, {1, 32}, {3, 4}}),
    ROW(random_get, {BUFFER, 100}, {{0, 100}}),
    ROW(sock_send, {SOCKET_FD, VECTORS, 1, 0, OUT}, {{1, 8}, {4, 4}}),
    ROW(sock_recv, {SOCKET_FD, VECTORS, 1, 0, OUT, OUT + 8}, {{1, 8}, {4, 4}, {5, 2}}),
    ROW(sock_accept, {SOCKET_FD, 0, OUT}, {{2, 4}}),
};

/* fd 5 is a file, fd 0 a socket that a test cannot tell from a granted one. */
static void prepare(void) {
  static char *arguments[] = {"program", "one", "", NULL};
  static const char *const env[] = {"A=1", "B=2"};
  const struct wasmrt_mount mounts[] = {{"root", "/", false}, {"frozen", "/frozen", true}};
  struct wasmrt_guest_options options = {.mounts = mounts, .mount_count = 2, .env = env, .env_count = 2};
  harness_configure(3, arguments, &options);
  EQUAL(must_open(ROOT, "file", 0, READ_WRITE), FILE_FD);
  struct wasi_descriptor *stream = &wasi_state(guest)->descriptors[SOCKET_FD];
  *stream = (struct wasi_descriptor){
      .open = true, .host = 0, .borrowed = true, .filetype = WASI_FILETYPE_SOCKET_STREAM, .rights_base = ALL};
  put_vector(0, BUFFER, 2);
  put_text(PATH_A, "file");
  put_text(PATH_B, "link");
  memset(guest_bytes(1024), 0, 48); /* a realtime clock with a relative timeout of 0 */
}

/* A wrong pointer is EFAULT, and nothing has happened by then: the next call meets the same tree. */
static void refuses_what_is_not_in_memory(void) {
  prepare();
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    for (int j = 0; j < 3 && rows[i].pointers[j].size != 0; j++) {
      uint32_t size = rows[i].pointers[j].size;
      const uint32_t wrong[] = {
          MEMORY_SIZE - size + 1, MEMORY_SIZE - 1,       MEMORY_SIZE, MEMORY_SIZE + 1, 0x7fffffff, 0x80000000,
          UINT32_MAX - 3,         UINT32_MAX - size + 1, UINT32_MAX};
      for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        if (size == 1 && wrong[k] == MEMORY_SIZE - 1) {
          continue;
        }
        uint64_t values[9];
        memcpy(values, rows[i].values, sizeof values);
        values[rows[i].pointers[j].index] = wrong[k];
        EQUAL(rows[i].call(values), WASI_EFAULT);
      }
    }
  }
  CHECK(host_holds("root/file", "text"));
  CHECK(!host_has("root/link"));
  /* Nor was a descriptor opened. */
  EQUAL(must_open(ROOT, "file", 0, READ_ONLY), FILE_FD + 1);
}

/* The last place that fits. */
static void accepts_the_end_of_memory(void) {
  prepare();
  const char *const tried[] = {"clock_time_get", "fd_fdstat_get", "fd_filestat_get", "fd_prestat_get",
                               "fd_tell",        "fd_seek",       "random_get",      "fd_prestat_dir_name"};
  unsigned calls = 0;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    for (size_t j = 0; j < sizeof tried / sizeof *tried; j++) {
      if (strcmp(rows[i].name, tried[j]) == 0) {
        uint64_t values[9];
        memcpy(values, rows[i].values, sizeof values);
        values[rows[i].pointers[0].index] = MEMORY_SIZE - rows[i].pointers[0].size;
        EQUAL(rows[i].call(values), WASI_ESUCCESS);
        calls++;
      }
    }
  }
  EQUAL(calls, 8);
  memcpy(guest_bytes(MEMORY_SIZE - 4), "file", 4);
  EQUAL(wasi_path_filestat_get(guest, ROOT, 0, MEMORY_SIZE - 4, 4, OUT), WASI_ESUCCESS);
}

static void refuses_lengths_that_overflow(void) {
  prepare();
  /* pointer + length, count * size: none may wrap around to something small. */
  EQUAL(wasi_random_get(guest, 16, UINT32_MAX), WASI_EFAULT);
  EQUAL(wasi_random_get(guest, 16, UINT32_MAX - 15), WASI_EFAULT);
  EQUAL(wasi_fd_read(guest, FILE_FD, VECTORS, 0x20000001, OUT), WASI_EFAULT);
  EQUAL(wasi_fd_write(guest, FILE_FD, VECTORS, 0x20000000, OUT), WASI_EFAULT);
  EQUAL(wasi_fd_write(guest, FILE_FD, VECTORS, UINT32_MAX, OUT), WASI_EFAULT);
  EQUAL(wasi_poll_oneoff(guest, 1024, 2048, 0x05555556, OUT), WASI_EFAULT);
  EQUAL(wasi_poll_oneoff(guest, 1024, 2048, 0x08000000, OUT), WASI_EFAULT);
  EQUAL(wasi_fd_readdir(guest, ROOT, BUFFER, UINT32_MAX, 0, OUT), WASI_EFAULT);
  EQUAL(wasi_path_open(guest, ROOT, 0, PATH_A, UINT32_MAX, 0, 0, 0, 0, OUT), WASI_EFAULT);
  EQUAL(wasi_fd_prestat_dir_name(guest, ROOT, BUFFER, UINT32_MAX), WASI_EFAULT);
}

static void refuses_vectors_that_leave_memory(void) {
  prepare();
  const uint32_t wrong[][2] = {{MEMORY_SIZE - 1, 2},    {MEMORY_SIZE, 1},     {UINT32_MAX, 1},
                               {1, UINT32_MAX},         {0, MEMORY_SIZE + 1}, {UINT32_MAX, UINT32_MAX},
                               {0x80000000, 0x80000000}};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    put_vector(0, BUFFER, 2);
    put_vector(1, wrong[i][0], wrong[i][1]);
    EQUAL(wasi_fd_read(guest, FILE_FD, VECTORS, 2, OUT), WASI_EFAULT);
    EQUAL(wasi_fd_write(guest, FILE_FD, VECTORS, 2, OUT), WASI_EFAULT);
    EQUAL(wasi_fd_pread(guest, FILE_FD, VECTORS, 2, 0, OUT), WASI_EFAULT);
    EQUAL(wasi_fd_pwrite(guest, FILE_FD, VECTORS, 2, 0, OUT), WASI_EFAULT);
    EQUAL(wasi_sock_send(guest, SOCKET_FD, VECTORS, 2, 0, OUT), WASI_EFAULT);
    EQUAL(wasi_sock_recv(guest, SOCKET_FD, VECTORS, 2, 0, OUT, OUT + 8), WASI_EFAULT);
  }
  CHECK(host_holds("root/file", "text"));
}

/* Languages pass dangling pointers for empty slices. */
static void accepts_empty_buffers_anywhere(void) {
  prepare();
  EQUAL(wasi_random_get(guest, UINT32_MAX, 0), WASI_ESUCCESS);
  put_vector(0, UINT32_MAX, 0);
  put_vector(1, BUFFER, 4);
  EQUAL(wasi_fd_read(guest, FILE_FD, VECTORS, 2, OUT), WASI_ESUCCESS);
  EQUAL(get32(OUT), 4);
  EQUAL(wasi_fd_read(guest, FILE_FD, UINT32_MAX, 0, OUT), WASI_ESUCCESS);
  EQUAL(get32(OUT), 0);
  EQUAL(wasi_path_open(guest, ROOT, 0, UINT32_MAX, 0, 0, 0, 0, 0, OUT), WASI_ENOENT);
}

static void instance_without_memory_or_state(void) {
  struct wasmrt_instance bare = {0};
  EQUAL(wasi_fd_write(&bare, 1, 0, 1, 0), WASI_EBADF);
  EQUAL(wasi_path_open(&bare, 3, 0, 0, 1, 0, 0, 0, 0, 0), WASI_EBADF);
  EQUAL(wasi_random_get(&bare, 0, 1), WASI_EFAULT);
  EQUAL(wasi_clock_time_get(&bare, 0, 0, 0), WASI_ENOTCAPABLE);
  EQUAL(wasi_args_sizes_get(&bare, 0, 4), WASI_EFAULT);
  struct wasmrt_instance stateless = {.memory = guest->memory};
  EQUAL(wasi_args_sizes_get(&stateless, OUT, OUT + 4), WASI_ESUCCESS);
  EQUAL(get32(OUT), 0);
  EQUAL(get32(OUT + 4), 0);
  EQUAL(wasi_args_get(&stateless, OUT, OUT), WASI_ESUCCESS);
  EQUAL(wasi_environ_get(&stateless, OUT, OUT), WASI_ESUCCESS);
  EQUAL(wasi_environ_sizes_get(&stateless, OUT, OUT + 4), WASI_ESUCCESS);
  EQUAL(wasi_fd_prestat_get(&stateless, 3, OUT), WASI_EBADF);
  /* Nor is there anything of the system's for it. */
  EQUAL(wasi_clock_time_get(&stateless, 0, 0, OUT), WASI_ENOTCAPABLE);
  EQUAL(wasi_random_get(&stateless, OUT, 8), WASI_ENOTCAPABLE);
  EQUAL(wasi_poll_oneoff(&stateless, BUFFER, BUFFER, 1, OUT), WASI_ENOTCAPABLE);
  wasmrt_wasi_release(&stateless);
}

/* Whatever a descriptor's number is: every function that takes one says EBADF of one that is not open. */
static void refuses_unknown_descriptors(void) {
  put_vector(0, BUFFER, 2);
  put_text(PATH_A, "file");
  put_text(PATH_B, "link");
  const uint32_t wrong[] = {5, 63, 64, 100, 0x7fffffff, 0x80000000, UINT32_MAX};
  const struct {
    const char *name;
    uint32_t (*call)(const uint64_t *values);
  } also[] = {
#define ALSO(name) {#name, call_##name}
      ALSO(fd_advise),
      ALSO(fd_allocate),
      ALSO(fd_close),
      ALSO(fd_datasync),
      ALSO(fd_fdstat_set_flags),
      ALSO(fd_fdstat_set_rights),
      ALSO(fd_filestat_set_size),
      ALSO(fd_filestat_set_times),
      ALSO(fd_renumber),
      ALSO(fd_sync),
      ALSO(sock_shutdown)};
  for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
    uint64_t values[9] = {wrong[k]};
    for (size_t i = 0; i < sizeof also / sizeof *also; i++) {
      EQUAL(also[i].call(values), WASI_EBADF);
    }
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
      bool first = strncmp(rows[i].name, "fd_", 3) == 0 || strncmp(rows[i].name, "sock_", 5) == 0 ||
                   (strncmp(rows[i].name, "path_", 5) == 0 && strcmp(rows[i].name, "path_symlink") != 0);
      if (first) {
        memcpy(values, rows[i].values, sizeof values);
        values[0] = wrong[k];
        EQUAL(rows[i].call(values), WASI_EBADF);
      }
    }
    EQUAL(make_symlink("file", wrong[k], "link"), WASI_EBADF);
    EQUAL(make_link(ROOT, 0, "file", wrong[k], "link"), WASI_EBADF);
    EQUAL(rename_path(ROOT, "file", wrong[k], "link"), WASI_EBADF);
    EQUAL(wasi_fd_renumber(guest, ROOT, wrong[k]), WASI_EBADF);
  }
}

/* The rest of the table, so that every function is called by its row at least once. */
static void calls_the_rest(void) {
  const uint64_t none[9] = {UINT32_MAX};
  EQUAL(call_sched_yield(none), WASI_ESUCCESS);
  EQUAL(call_proc_raise(none), WASI_EINVAL);
  CHECK(CATCH_EXIT(call_proc_exit(none)));
  EQUAL(guest_status, UINT32_MAX);
}

const struct wasi_test memory_tests[] = {
    ONCE(refuses_what_is_not_in_memory) ONCE(accepts_the_end_of_memory) ONCE(refuses_lengths_that_overflow)
        ONCE(refuses_vectors_that_leave_memory) ONCE(accepts_empty_buffers_anywhere)
            ONCE(instance_without_memory_or_state) ONCE(refuses_unknown_descriptors) ONCE(calls_the_rest){0}};
