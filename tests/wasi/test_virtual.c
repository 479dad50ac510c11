/*
 * Virtual file systems: files behind descriptors, and what only several file systems or odd ones can show.
 * That paths mean the same as on the host is for the other tests, which run on virtual mounts, too.
 */
#include "harness.h"

#include <unistd.h>

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

/* ---- Mounts ------------------------------------------------------------------------------------------ */

/* The mounted file system's descriptor: behind the harness's mounts. */
#define VIRTUAL 5u

static void mount(const struct wasmrt_fs *functions, bool read_only) {
  EQUAL(wasi_mount_virtual(wasi_state(guest), functions, &files, "/virtual", read_only), WASI_ESUCCESS);
}

/* Files of several file systems: the host's, and two that share functions. */
static void file_systems_do_not_mix(void) {
  begin();
  static struct memory_fs others;
  memory_fs_begin(&others);
  memory_fs_add_file(&others, "theirs", "");
  mount(&memory_fs_functions, false);
  EQUAL(wasi_mount_virtual(wasi_state(guest), &memory_fs_functions, &others, "/others", false),
        WASI_ESUCCESS);
  EQUAL(wasi_mount_virtual(wasi_state(guest), &memory_fs_functions, &files, "/again", false), WASI_ESUCCESS);
  EQUAL(wasi_fd_prestat_get(guest, VIRTUAL, OUT), WASI_ESUCCESS);
  EQUAL(get32(OUT + 4), 8);
  const uint32_t elsewhere[] = {ROOT, VIRTUAL + 1};
  for (int i = 0; i < 2; i++) {
    const char *name = i == 0 ? "file" : "theirs";
    EQUAL(rename_path(VIRTUAL, "file", elsewhere[i], "new"), WASI_EXDEV);
    EQUAL(rename_path(elsewhere[i], name, VIRTUAL, "new"), WASI_EXDEV);
    EQUAL(make_link(VIRTUAL, 0, "file", elsewhere[i], "new"), WASI_EXDEV);
    EQUAL(make_link(elsewhere[i], 0, name, VIRTUAL, "new"), WASI_EXDEV);
  }
  EQUAL(open_path(VIRTUAL, "../theirs", 0, READ_ONLY, 0), WASI_EPERM);
  /* The same one at two places. */
  EQUAL(rename_path(VIRTUAL, "file", VIRTUAL + 2, "moved"), WASI_ESUCCESS);
  EQUAL(make_link(VIRTUAL + 2, 0, "moved", VIRTUAL, "file"), WASI_ESUCCESS);
  EQUAL(rename_path(VIRTUAL, "file", VIRTUAL, "moved"), WASI_ESUCCESS); /* two names of one file stay */
  CHECK(memory_fs_has(&files, "file") && memory_fs_has(&files, "moved"));
  end();
  memory_fs_end(&others);
}

/* A directory that is open is found where the guest has moved it, and not where nothing is any more. */
static void directories_move(void) {
  begin();
  mount(&memory_fs_functions, false);
  EQUAL(make_directory(VIRTUAL, "a"), WASI_ESUCCESS);
  EQUAL(make_directory(VIRTUAL, "a/b"), WASI_ESUCCESS);
  EQUAL(make_directory(VIRTUAL, "ab"), WASI_ESUCCESS);
  uint32_t a = must_open_directory(VIRTUAL, "a"), b = must_open_directory(a, "b"),
           ab = must_open_directory(VIRTUAL, "ab");
  EQUAL(rename_path(VIRTUAL, "a", ab, "longer"), WASI_ESUCCESS);
  EQUAL(open_path(b, "new", WASI_OFLAG_CREAT, READ_WRITE, 0), WASI_ESUCCESS);
  CHECK(memory_fs_has(&files, "ab/longer/b/new"));
  EQUAL(open_path(b, "../b/new", 0, READ_ONLY, 0), WASI_EPERM);
  EQUAL(stat_path(a, 0, "b/new"), WASI_ESUCCESS);
  EQUAL(make_directory(ab, "c"), WASI_ESUCCESS); /* its name only begins like the one that was moved */
  CHECK(memory_fs_has(&files, "ab/c"));
  EQUAL(unlink_file(b, "new"), WASI_ESUCCESS);
  EQUAL(remove_directory(a, "b"), WASI_ESUCCESS);
  EQUAL(open_path(b, "new", WASI_OFLAG_CREAT, READ_WRITE, 0), WASI_ENOENT);
  EQUAL(make_directory(b, "new"), WASI_ENOENT);
  EQUAL(stat_path(b, 0, "."), WASI_ENOENT);
  EQUAL(wasi_fd_filestat_get(guest, b, OUT), WASI_ESUCCESS);
  EQUAL(wasi_fd_renumber(guest, a, b), WASI_ESUCCESS);
  EQUAL(rename_path(ab, "longer", VIRTUAL, "x"), WASI_ESUCCESS);
  EQUAL(make_directory(b, "new"), WASI_ESUCCESS);
  CHECK(memory_fs_has(&files, "x/new"));
  end();
}

static uint64_t inode_of(const char *path) {
  EQUAL(stat_path(VIRTUAL, 0, path), WASI_ESUCCESS);
  return get64(OUT + 8);
}

static void check_own_entries(uint32_t fd, uint64_t own, uint64_t parent) {
  EQUAL(wasi_fd_readdir(guest, fd, BUFFER, 100, 0, OUT), WASI_ESUCCESS);
  CHECK(get32(OUT) >= 51 && memcmp(guest_bytes(BUFFER + 24), ".", 1) == 0);
  CHECK(memcmp(guest_bytes(BUFFER + 49), "..", 2) == 0);
  EQUAL(get64(BUFFER + 8), own);
  EQUAL(get64(BUFFER + 25 + 8), parent);
}

static void lists_dots(void) {
  begin();
  mount(&memory_fs_functions, false);
  EQUAL(make_directory(VIRTUAL, "a"), WASI_ESUCCESS);
  EQUAL(make_directory(VIRTUAL, "a/b"), WASI_ESUCCESS);
  const uint64_t root = inode_of("."), a = inode_of("a"), b = inode_of("a/b");
  check_own_entries(VIRTUAL, root, root);
  check_own_entries(must_open_directory(VIRTUAL, "a"), a, root);
  check_own_entries(must_open_directory(VIRTUAL, "a/b"), b, a);
  EQUAL(wasi_fd_readdir(guest, VIRTUAL, BUFFER, 100, INT64_MAX, OUT), WASI_ESUCCESS);
  EQUAL(get32(OUT), 0);
  files.failure = WASMRT_WASI_EIO;
  EQUAL(wasi_fd_readdir(guest, VIRTUAL, BUFFER, 100, 2, OUT), WASI_EIO);
  end();
}

/* Whatever a file system has no function for is refused, with EROFS if it cannot write at all. */
static void check_lacking(bool writes) {
  begin();
  memory_fs_add_directory(&files, "dir");
  memory_fs_add_link(&files, "link", "file");
  const uint32_t refusal = writes ? WASI_ENOTSUP : WASI_EROFS;
  struct wasmrt_fs functions = {.open = memory_fs_functions.open,
                                .close = memory_fs_functions.close,
                                .stat = memory_fs_functions.stat,
                                .stat_file = memory_fs_functions.stat_file};
  functions.write = writes ? memory_fs_functions.write : NULL;
  mount(&functions, false);
  EQUAL(make_directory(VIRTUAL, "new"), refusal);
  EQUAL(make_directory(VIRTUAL, "dir"), WASI_EEXIST);
  EQUAL(remove_directory(VIRTUAL, "dir"), refusal);
  EQUAL(unlink_file(VIRTUAL, "file"), refusal);
  EQUAL(rename_path(VIRTUAL, "file", VIRTUAL, "new"), refusal);
  EQUAL(make_symlink("file", VIRTUAL, "new"), refusal);
  EQUAL(make_link(VIRTUAL, 0, "file", VIRTUAL, "new"), refusal);
  EQUAL(set_times(VIRTUAL, 0, "file", 1, 1, WASI_FSTFLAG_MTIM), refusal);
  EQUAL(read_link(VIRTUAL, "link", 10), WASI_EIO);
  EQUAL(open_path(VIRTUAL, "link", 0, READ_ONLY, 0), WASI_EIO);
  EQUAL(wasi_fd_readdir(guest, VIRTUAL, BUFFER, 100, 0, OUT), WASI_ENOTSUP);
  uint32_t fd =
      must_open(VIRTUAL, "file", 0, READ_ONLY | WASI_RIGHT_FD_FILESTAT_SET_TIMES | WASI_RIGHT_FD_SYNC);
  EQUAL(read_bytes(fd, 1), WASI_ENOTSUP);
  EQUAL(wasi_fd_filestat_set_times(guest, fd, 1, 1, WASI_FSTFLAG_MTIM), refusal);
  EQUAL(wasi_fd_sync(guest, fd), WASI_ESUCCESS);
  if (writes) {
    fd = must_open(VIRTUAL, "file", 0, ALL);
    EQUAL(wasi_fd_filestat_set_size(guest, fd, 1), WASI_ENOTSUP);
    EQUAL(wasi_fd_allocate(guest, fd, 0, 1), WASI_ENOTSUP);
  } else {
    EQUAL(open_path(VIRTUAL, "file", 0, READ_WRITE, 0), WASI_EROFS);
    EQUAL(open_path(VIRTUAL, "file", WASI_OFLAG_TRUNC, READ_ONLY, 0), WASI_EROFS);
    EQUAL(open_path(VIRTUAL, "new", WASI_OFLAG_CREAT, READ_ONLY, 0), WASI_EROFS);
    EQUAL(open_path(VIRTUAL, "file", WASI_OFLAG_CREAT, READ_ONLY, 0), WASI_ESUCCESS);
  }
  CHECK(memory_fs_holds(&files, "file", "0123456789") && !memory_fs_has(&files, "new"));
  end();
}

static void lacks_all_changes(void) {
  check_lacking(false);
}

static void lacks_some_changes(void) {
  check_lacking(true);
}

static void cannot_be_mounted(void) {
  static const struct wasmrt_fs nothing;
  EQUAL(wasi_mount_virtual(wasi_state(guest), &nothing, NULL, "/", false), WASI_ENOTSUP);
}

/* Texts of links that no guest could have made. */
static void distrusts_links(void) {
  begin();
  mount(&memory_fs_functions, false);
  char text[4096];
  memset(text, 'x', sizeof text);
  text[4095] = '\0';
  memory_fs_add_link(&files, "long", text);
  memory_fs_add_link(&files, "empty", "");
  memory_fs_add_link(&files, "absolute", "/file");
  memory_fs_add_link(&files, "fine", "file");
  EQUAL(open_path(VIRTUAL, "long", 0, READ_ONLY, 0), WASI_ENAMETOOLONG);
  EQUAL(open_path(VIRTUAL, "empty", 0, READ_ONLY, 0), WASI_ENOENT);
  EQUAL(open_path(VIRTUAL, "absolute", 0, READ_ONLY, 0), WASI_EPERM);
  EQUAL(open_path(VIRTUAL, "fine", 0, READ_ONLY, 0), WASI_ESUCCESS);
  files.excess = 4096;
  EQUAL(open_path(VIRTUAL, "fine", 0, READ_ONLY, 0), WASI_EIO);
  EQUAL(read_link(VIRTUAL, "fine", 100), WASI_EIO);
  end();
}

static unsigned syncs, data_syncs;

static uint32_t count_syncs(void *user, void *file, bool data_only) {
  (void)user, (void)file;
  *(data_only ? &data_syncs : &syncs) += 1;
  return 0;
}

static void syncs_what_is_written(void) {
  begin();
  struct wasmrt_fs functions = memory_fs_functions;
  functions.sync = count_syncs;
  mount(&functions, false);
  EQUAL(open_path(VIRTUAL, "file", 0, READ_WRITE, 0), WASI_ESUCCESS);
  EQUAL(write_text(opened(), "x"), WASI_ESUCCESS);
  CHECK(syncs == 0 && data_syncs == 0);
  EQUAL(open_path(VIRTUAL, "file", 0, READ_WRITE, WASI_FDFLAG_DSYNC), WASI_ESUCCESS);
  EQUAL(write_text(opened(), "x"), WASI_ESUCCESS);
  CHECK(syncs == 0 && data_syncs == 1);
  EQUAL(open_path(VIRTUAL, "file", 0, READ_WRITE, WASI_FDFLAG_SYNC), WASI_ESUCCESS);
  uint32_t fd = opened();
  EQUAL(write_text(fd, "x"), WASI_ESUCCESS);
  CHECK(syncs == 1 && data_syncs == 1);
  EQUAL(wasi_fd_datasync(guest, fd), WASI_ESUCCESS);
  EQUAL(wasi_fd_sync(guest, fd), WASI_ESUCCESS);
  CHECK(syncs == 2 && data_syncs == 2);
  end();
}

static int polled[2];

static int poll_pipe(void *user, void *file, bool writing) {
  (void)user, (void)file;
  return writing ? -1 : polled[0];
}

/* A file may have a host's descriptor to wait for. */
static void waits(void) {
  begin();
  struct wasmrt_fs functions = memory_fs_functions;
  functions.poll = poll_pipe;
  CHECK(pipe(polled) == 0);
  mount(&functions, false);
  uint32_t fd = must_open(VIRTUAL, "file", 0, READ_WRITE);
  struct wasi_subscription subscriptions[2] = {
      {.userdata = 1, .type = WASI_EVENT_FD_READ, .descriptor = fd},
      {.userdata = 2, .type = WASI_EVENT_CLOCK, .clock = {.id = WASI_CLOCK_MONOTONIC, .timeout = 1000000}}};
  memcpy(guest_bytes(PATH_A), subscriptions, sizeof subscriptions);
  for (uint64_t expected = 2; expected > 0; expected--) {
    struct wasi_event event;
    EQUAL(wasi_poll_oneoff(guest, PATH_A, BUFFER, expected == 2 ? 2 : 1, OUT), WASI_ESUCCESS);
    EQUAL(get32(OUT), 1);
    memcpy(&event, guest_bytes(BUFFER), sizeof event);
    EQUAL(event.userdata, expected);
    EQUAL(event.error, WASI_ESUCCESS);
    CHECK(write(polled[1], "x", 1) == 1);
  }
  subscriptions[0].type = WASI_EVENT_FD_WRITE;
  memcpy(guest_bytes(PATH_A), subscriptions, sizeof subscriptions);
  EQUAL(wasi_poll_oneoff(guest, PATH_A, BUFFER, 1, OUT), WASI_ESUCCESS);
  close(polled[0]);
  close(polled[1]);
  end();
}

const struct wasi_test virtual_tests[] = {
    ONCE(reads_and_writes) ONCE(many_buffers) ONCE(seeks) ONCE(appends) ONCE(has_status)
        ONCE(bounds_what_it_is_told) ONCE(bounds_what_it_asks) ONCE(offers_nothing) ONCE(numbers)
            ONCE(file_systems_do_not_mix) ONCE(directories_move) ONCE(lists_dots) ONCE(lacks_all_changes)
                ONCE(lacks_some_changes) ONCE(cannot_be_mounted) ONCE(distrusts_links)
                    ONCE(syncs_what_is_written) ONCE(waits){0}};
