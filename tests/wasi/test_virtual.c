/* Files of virtual file systems, behind descriptors. */
#include "harness.h"
#include "memory_fs.h"

static struct memory_fs files;

static void begin(void) {
  memory_fs_begin(&files);
  memory_fs_add_file(&files, "file", "0123456789");
}

/* The guest's are closed with its state. */
static void end(void) {
  static const struct wasmrt_guest_options nothing;
  harness_configure(0, NULL, &nothing);
  memory_fs_end(&files);
}

/* A descriptor of "file". */
static uint32_t insert(uint64_t rights, uint16_t flags) {
  struct wasi_descriptor descriptor = {.fs = &memory_fs_functions,
                                       .fs_user = &files,
                                       .filetype = WASI_FILETYPE_REGULAR_FILE,
                                       .rights_base = rights,
                                       .flags = flags};
  uint32_t fd;
  EQUAL(memory_fs_functions.open(&files, "file", WASMRT_FS_READ | WASMRT_FS_WRITE, &descriptor.file), 0);
  EQUAL(wasi_insert_virtual(wasi_state(guest), descriptor, 0, &fd), WASI_ESUCCESS);
  return fd;
}

static uint64_t tell(uint32_t fd) {
  EQUAL(wasi_fd_tell(guest, fd, OUT), WASI_ESUCCESS);
  return get64(OUT);
}

static void reads_and_writes(void) {
  begin();
  uint32_t fd = insert(ALL, 0);
  put_vector(0, BUFFER, 3);
  put_vector(1, BUFFER + 100, 4);
  EQUAL(wasi_fd_read(guest, fd, VECTORS, 2, OUT), WASI_ESUCCESS);
  EQUAL(get32(OUT), 7);
  CHECK(memcmp(guest_bytes(BUFFER), "012", 3) == 0 && memcmp(guest_bytes(BUFFER + 100), "3456", 4) == 0);
  EQUAL(tell(fd), 7);
  EQUAL(wasi_fd_read(guest, fd, VECTORS, 2, OUT), WASI_ESUCCESS);
  EQUAL(get32(OUT), 3);
  EQUAL(wasi_fd_read(guest, fd, VECTORS, 2, OUT), WASI_ESUCCESS);
  EQUAL(get32(OUT), 0);
  EQUAL(write_text(fd, "ab"), WASI_ESUCCESS);
  EQUAL(get32(OUT), 2);
  EQUAL(tell(fd), 12);
  CHECK(memory_fs_holds(&files, "file", "0123456789ab"));
  /* With an offset, the position stays. */
  put_vector(0, BUFFER, put_text(BUFFER, "XYZ"));
  EQUAL(wasi_fd_pwrite(guest, fd, VECTORS, 1, 1, OUT), WASI_ESUCCESS);
  put_vector(0, BUFFER + 10, 4);
  EQUAL(wasi_fd_pread(guest, fd, VECTORS, 1, 2, OUT), WASI_ESUCCESS);
  CHECK(get32(OUT) == 4 && memcmp(guest_bytes(BUFFER + 10), "YZ45", 4) == 0);
  EQUAL(tell(fd), 12);
  EQUAL(wasi_fd_pread(guest, fd, VECTORS, 1, UINT64_C(1) << 63, OUT), WASI_EINVAL);
  end();
}

/* More buffers than one call takes: a read may be short, a write goes on. */
static void many_buffers(void) {
  begin();
  uint32_t fd = insert(ALL, 0);
  for (uint32_t i = 0; i < 150; i++) {
    *(char *)guest_bytes(BUFFER + i) = (char)('a' + i % 26);
    put_vector(i, BUFFER + i, 1);
  }
  EQUAL(wasi_fd_write(guest, fd, VECTORS, 150, OUT), WASI_ESUCCESS);
  EQUAL(get32(OUT), 150);
  EQUAL(tell(fd), 150);
  put_vector(0, BUFFER + 1000, 200);
  EQUAL(wasi_fd_pread(guest, fd, VECTORS, 1, 0, OUT), WASI_ESUCCESS);
  CHECK(get32(OUT) == 150 && memcmp(guest_bytes(BUFFER), guest_bytes(BUFFER + 1000), 150) == 0);
  /* One that writes less than asked ends it. */
  files.most = 5;
  for (uint32_t i = 0; i < 150; i++) {
    put_vector(i, BUFFER + i, 1);
  }
  EQUAL(wasi_fd_pwrite(guest, fd, VECTORS, 150, 0, OUT), WASI_ESUCCESS);
  EQUAL(get32(OUT), 5);
  end();
}

static void seeks(void) {
  begin();
  uint32_t fd = insert(ALL, 0);
  EQUAL(wasi_fd_seek(guest, fd, 4, 0, OUT), WASI_ESUCCESS);
  EQUAL(get64(OUT), 4);
  EQUAL(wasi_fd_seek(guest, fd, (uint64_t)-1, 1, OUT), WASI_ESUCCESS);
  EQUAL(get64(OUT), 3);
  EQUAL(wasi_fd_seek(guest, fd, (uint64_t)-2, 2, OUT), WASI_ESUCCESS);
  EQUAL(get64(OUT), 8);
  EQUAL(wasi_fd_seek(guest, fd, (uint64_t)-11, 2, OUT), WASI_EINVAL);
  EQUAL(wasi_fd_seek(guest, fd, (uint64_t)-1, 0, OUT), WASI_EINVAL);
  EQUAL(tell(fd), 8);
  EQUAL(wasi_fd_seek(guest, fd, INT64_MAX, 0, OUT), WASI_ESUCCESS);
  EQUAL(wasi_fd_seek(guest, fd, 1, 1, OUT), WASI_EOVERFLOW);
  EQUAL(tell(fd), INT64_MAX);
  EQUAL(read_bytes(fd, 1), WASI_ESUCCESS);
  EQUAL(get32(OUT), 0);
  EQUAL(write_text(fd, "x"), WASI_EFBIG);
  EQUAL(tell(fd), INT64_MAX);
  files.failure = WASMRT_WASI_EIO;
  EQUAL(wasi_fd_seek(guest, fd, 0, 2, OUT), WASI_EIO);
  end();
}

static void appends(void) {
  begin();
  uint32_t fd = insert(ALL, WASI_FDFLAG_APPEND);
  EQUAL(wasi_fd_seek(guest, fd, 2, 0, OUT), WASI_ESUCCESS);
  EQUAL(write_text(fd, "ab"), WASI_ESUCCESS);
  EQUAL(tell(fd), 12);
  put_vector(0, BUFFER, put_text(BUFFER, "XY"));
  EQUAL(wasi_fd_pwrite(guest, fd, VECTORS, 1, 0, OUT), WASI_ESUCCESS);
  CHECK(memory_fs_holds(&files, "file", "XY23456789ab"));
  end();
}

static void has_status(void) {
  begin();
  uint32_t fd = insert(READ_ONLY, WASI_FDFLAG_APPEND);
  struct wasi_fdstat status;
  EQUAL(wasi_fd_fdstat_get(guest, fd, OUT), WASI_ESUCCESS);
  memcpy(&status, guest_bytes(OUT), sizeof status);
  EQUAL(status.filetype, WASI_FILETYPE_REGULAR_FILE);
  EQUAL(status.flags, WASI_FDFLAG_APPEND);
  EQUAL(status.rights_base, READ_ONLY);
  struct wasi_filestat file;
  EQUAL(wasi_fd_filestat_get(guest, fd, OUT), WASI_ESUCCESS);
  memcpy(&file, guest_bytes(OUT), sizeof file);
  CHECK(file.device == 77 && file.inode == 2 && file.link_count == 1 && file.size == 10);
  CHECK(file.filetype == WASI_FILETYPE_REGULAR_FILE && file.access_time > 0);
  struct wasi_unstable_filestat unstable;
  EQUAL(wasi_unstable_fd_filestat_get(guest, fd, OUT), WASI_ESUCCESS);
  memcpy(&unstable, guest_bytes(OUT), sizeof unstable);
  CHECK(unstable.link_count == 1 && unstable.size == 10);
  files.failure = WASMRT_WASI_ESTALE;
  EQUAL(wasi_fd_filestat_get(guest, fd, OUT), WASI_ESTALE);
  EQUAL(write_text(fd, "x"), WASI_ENOTCAPABLE);
  end();
}

/* What a file system says it has done is never more than it was asked for. */
static void bounds_what_it_is_told(void) {
  begin();
  uint32_t fd = insert(ALL, 0);
  files.excess = 1;
  EQUAL(read_bytes(fd, 10), WASI_EIO);
  files.excess = UINT64_C(1) << 32;
  EQUAL(read_bytes(fd, 10), WASI_EIO);
  EQUAL(write_text(fd, "text"), WASI_EIO);
  files.excess = SIZE_MAX;
  EQUAL(read_bytes(fd, 100), WASI_ESUCCESS); /* 10 bytes and that are 9 */
  EQUAL(tell(fd), 9);
  end();
}

static uint32_t counted_total;

static uint32_t count_total(void *user, void *file, const struct iovec *buffers, int count, uint64_t offset,
                            size_t *done) {
  (void)user, (void)file, (void)offset;
  uint64_t total = 0;
  for (int i = 0; i < count; i++) {
    total += buffers[i].iov_len;
  }
  CHECK(total <= INT32_MAX);
  counted_total = (uint32_t)total;
  *done = total;
  return 0;
}

/* A guest may name the same bytes again and again; the sum still is a count. */
static void bounds_what_it_asks(void) {
  static const struct wasmrt_fs counting = {.read = count_total, .write = count_total};
  struct wasi_descriptor descriptor = {.fs = &counting};
  struct iovec vectors[3] = {{NULL, 5}, {NULL, UINT32_MAX}, {NULL, UINT32_MAX}};
  uint32_t done;
  EQUAL(wasi_virtual_read(&descriptor, vectors, 3, -1, &done), WASI_ESUCCESS);
  CHECK(done == INT32_MAX && counted_total == INT32_MAX && descriptor.position == INT32_MAX);
  vectors[0].iov_len = vectors[1].iov_len = UINT32_MAX;
  EQUAL(wasi_virtual_write(&descriptor, vectors, 2, INT64_MAX - (int64_t)INT32_MAX, &done), WASI_ESUCCESS);
  EQUAL(done, INT32_MAX);
  EQUAL(wasi_virtual_write(&descriptor, vectors, 2, INT64_MAX, &done), WASI_EFBIG);
}

/* Members that are left out. */
static void offers_nothing(void) {
  static const struct wasmrt_fs nothing;
  struct wasi_descriptor descriptor = {
      .fs = &nothing, .filetype = WASI_FILETYPE_CHARACTER_DEVICE, .rights_base = ALL};
  uint32_t fd;
  EQUAL(wasi_insert_virtual(wasi_state(guest), descriptor, 0, &fd), WASI_ESUCCESS);
  EQUAL(read_bytes(fd, 1), WASI_ENOTSUP);
  EQUAL(write_text(fd, "x"), WASI_EROFS);
  EQUAL(wasi_fd_filestat_get(guest, fd, OUT), WASI_ESUCCESS);
  EQUAL(((struct wasi_filestat *)guest_bytes(OUT))->filetype, WASI_FILETYPE_CHARACTER_DEVICE);
  EQUAL(wasi_fd_close(guest, fd), WASI_ESUCCESS);
}

static void numbers(void) {
  begin();
  uint32_t one = insert(ALL, 0), two = insert(ALL, 0), host = must_open(ROOT, "file", 0, READ_ONLY);
  EQUAL(files.open_files, 2);
  EQUAL(wasi_fd_seek(guest, one, 3, 0, OUT), WASI_ESUCCESS);
  EQUAL(tell(two), 0);
  EQUAL(wasi_fd_renumber(guest, one, two), WASI_ESUCCESS);
  EQUAL(files.open_files, 1);
  EQUAL(tell(two), 3);
  EQUAL(wasi_fd_tell(guest, one, OUT), WASI_EBADF);
  EQUAL(wasi_fd_renumber(guest, two, two), WASI_ESUCCESS);
  EQUAL(files.open_files, 1);
  /* Over a host's descriptor, and a host's over it. */
  EQUAL(wasi_fd_renumber(guest, two, host), WASI_ESUCCESS);
  EQUAL(tell(host), 3);
  EQUAL(wasi_fd_renumber(guest, ROOT, host), WASI_ESUCCESS);
  EQUAL(files.open_files, 0);
  EQUAL(stat_path(host, 0, "file"), WASI_ESUCCESS);
  uint32_t again = insert(ALL, 0);
  EQUAL(again, ROOT);
  EQUAL(wasi_fd_close(guest, again), WASI_ESUCCESS);
  EQUAL(files.open_files, 0);
  EQUAL(wasi_fd_close(guest, again), WASI_EBADF);
  insert(ALL, 0);
  end();
}

const struct wasi_test virtual_tests[] = {
    ONCE(reads_and_writes) ONCE(many_buffers) ONCE(seeks) ONCE(appends) ONCE(has_status)
        ONCE(bounds_what_it_is_told) ONCE(bounds_what_it_asks) ONCE(offers_nothing) ONCE(numbers){0}};
