/* The function tables, the error numbers, and wasi_unstable's own layouts. */
#include "harness.h"

#include "functions.h"

static const struct wasmrt_native_function *find(const struct wasmrt_native_function *functions, size_t count,
                                                 const char *name) {
  for (size_t i = 0; i < count; i++) {
    if (strcmp(functions[i].name, name) == 0) {
      return &functions[i];
    }
  }
  return NULL;
}

static void has_all_functions(void) {
  EQUAL(wasmrt_wasi_function_count, 46);
  EQUAL(wasmrt_wasi_unstable_function_count, 45);
  const struct wasmrt_native_function *all = wasmrt_wasi_functions;
  CHECK(strcmp(find(all, 46, "fd_pread")->signature, "iiiIi:i") == 0);
  CHECK(strcmp(find(all, 46, "path_open")->signature, "iiiiiIIii:i") == 0);
  CHECK(strcmp(find(all, 46, "path_filestat_set_times")->signature, "iiiiIIi:i") == 0);
  CHECK(strcmp(find(all, 46, "proc_exit")->signature, "i:") == 0);
  CHECK(strcmp(find(all, 46, "sched_yield")->signature, ":i") == 0);
  CHECK(strcmp(find(all, 46, "fd_readdir")->signature, "iiiIi:i") == 0);
  CHECK(find(all, 46, "fd_write")->code == (void (*)(void))wasi_public_fd_write);
}

/* The older module shares what is the same and has its own of what is not. */
static void has_unstable_functions(void) {
  const struct wasmrt_native_function *all = wasmrt_wasi_functions, *old = wasmrt_wasi_unstable_functions;
  for (size_t i = 0; i < 45; i++) {
    const struct wasmrt_native_function *newer = find(all, 46, old[i].name);
    CHECK(newer != NULL && strcmp(newer->signature, old[i].signature) == 0);
    bool own = strcmp(old[i].name, "fd_seek") == 0 || strcmp(old[i].name, "fd_filestat_get") == 0 ||
               strcmp(old[i].name, "path_filestat_get") == 0 || strcmp(old[i].name, "poll_oneoff") == 0;
    CHECK((newer->code == old[i].code) == !own);
  }
  CHECK(find(old, 45, "sock_accept") == NULL);
}

/* Numbers from the specification, not from our table. */
static void maps_errors(void) {
  EQUAL(wasi_errno(0), 0);
  EQUAL(wasi_errno(E2BIG), 1);
  EQUAL(wasi_errno(EACCES), 2);
  EQUAL(wasi_errno(EAGAIN), 6);
  EQUAL(wasi_errno(EBADF), 8);
  EQUAL(wasi_errno(EEXIST), 20);
  EQUAL(wasi_errno(EINVAL), 28);
  EQUAL(wasi_errno(EIO), 29);
  EQUAL(wasi_errno(EISDIR), 31);
  EQUAL(wasi_errno(ELOOP), 32);
  EQUAL(wasi_errno(ENAMETOOLONG), 37);
  EQUAL(wasi_errno(ENOENT), 44);
  EQUAL(wasi_errno(ENOSYS), 52);
  EQUAL(wasi_errno(ENOTDIR), 54);
  EQUAL(wasi_errno(ENOTEMPTY), 55);
  EQUAL(wasi_errno(ENOTSOCK), 57);
  EQUAL(wasi_errno(EOPNOTSUPP), 58);
  EQUAL(wasi_errno(EPERM), 63);
  EQUAL(wasi_errno(EPIPE), 64);
  EQUAL(wasi_errno(EROFS), 69);
  EQUAL(wasi_errno(ESPIPE), 70);
  EQUAL(wasi_errno(ETIMEDOUT), 73);
  EQUAL(wasi_errno(EXDEV), 75);
  EQUAL(WASI_ENOTCAPABLE, 76);
  EQUAL(wasi_errno(EUCLEAN), 29);
  EQUAL(wasi_errno(-1), 29);
  EQUAL(wasi_errno(100000), 29);
}

static void unstable_seek_numbers_differ(void) {
  uint32_t fd = must_open(ROOT, "file", 0, READ_WRITE);
  EQUAL(wasi_unstable_fd_seek(guest, fd, 2, 2, OUT), WASI_ESUCCESS); /* set */
  EQUAL(get64(OUT), 2);
  EQUAL(wasi_unstable_fd_seek(guest, fd, 1, 0, OUT), WASI_ESUCCESS); /* current */
  EQUAL(get64(OUT), 3);
  EQUAL(wasi_unstable_fd_seek(guest, fd, 0, 1, OUT), WASI_ESUCCESS); /* end */
  EQUAL(get64(OUT), 4);
  EQUAL(wasi_unstable_fd_seek(guest, fd, 0, 3, OUT), WASI_EINVAL);
}

static void unstable_filestat_is_tighter(void) {
  uint32_t fd = must_open(ROOT, "file", 0, READ_ONLY);
  memset(guest_bytes(OUT), 0xaa, 128);
  EQUAL(wasi_unstable_fd_filestat_get(guest, fd, OUT), WASI_ESUCCESS);
  EQUAL(*(uint8_t *)guest_bytes(OUT + 16), WASI_FILETYPE_REGULAR_FILE);
  EQUAL(get32(OUT + 20), 1); /* links */
  EQUAL(get64(OUT + 24), 4); /* size */
  EQUAL(get64(OUT + 56), UINT64_C(0xaaaaaaaaaaaaaaaa));
  uint32_t length = put_text(PATH_A, "file");
  memset(guest_bytes(OUT), 0, 64);
  EQUAL(wasi_unstable_path_filestat_get(guest, ROOT, 0, PATH_A, length, OUT), WASI_ESUCCESS);
  EQUAL(get64(OUT + 24), 4);
}

const struct wasi_test table_tests[] = {ONCE(has_all_functions) ONCE(has_unstable_functions) ONCE(
    maps_errors) ONCE(unstable_seek_numbers_differ) ONCE(unstable_filestat_is_tighter){0}};
