/* Hosts that grant files to their guests: directories, virtual file systems, sockets that listen. */
#define _GNU_SOURCE
#include "granting.h"

/* ---- Files ------------------------------------------------------------------------------------------ */

/* A new directory with "file", which holds "content". */
static const char *make_directory(void) {
  static char path[64];
  strcpy(path, "/tmp/embed-wasi-XXXXXX");
  CHECK(mkdtemp(path) != NULL);
  char name[96];
  strcpy(name, path);
  strcat(name, "/file");
  const int file = open(name, O_WRONLY | O_CREAT, 0666);
  CHECK(file >= 0 && write(file, "content", 7) == 7);
  close(file);
  return path;
}

static void remove_in(const char *path, const char *name) {
  const int dir = open(path, O_RDONLY | O_DIRECTORY);
  CHECK(unlinkat(dir, name, 0) == 0);
  close(dir);
}

enum { CREATE = 1, TRUNCATE = 8 };

static void mounts(void) {
  const char *path = make_directory();
  OK(wasmrt_wasi_mount(wasi, path, "/data", 0, &error));
  OK(wasmrt_wasi_mount(wasi, path, "/frozen", WASMRT_WASI_READ_ONLY, &error));
  struct wasmrt_instance *instance = guest();
  CHECK(CALL(instance, "mount_name", 3, 5) == 5 && memcmp(bytes_of(instance), "/data", 5) == 0);
  CHECK(CALL(instance, "mount_name", 4, 7) == 7 && memcmp(bytes_of(instance), "/frozen", 7) == 0);
  /* Read-only: what changes nothing succeeds, all else is refused. */
  int64_t fd = CALL(instance, "open", 4, put(instance, "file"), 0, 0);
  CHECK(fd == 5 && CALL(instance, "read", 5, 100, 3) == 7);
  CHECK(memcmp(bytes_of(instance), "content", 7) == 0);
  CHECK(CALL(instance, "open", 4, put(instance, "file"), 0, 1) == -WASMRT_WASI_EROFS);
  CHECK(CALL(instance, "open", 4, put(instance, "file"), TRUNCATE, 0) == -WASMRT_WASI_EROFS);
  CHECK(CALL(instance, "open", 4, put(instance, "new"), CREATE, 1) == -WASMRT_WASI_EROFS);
  CHECK(CALL(instance, "unlink", 4, put(instance, "file")) == -WASMRT_WASI_EROFS);
  CHECK(CALL(instance, "mkdir", 4, put(instance, "new")) == -WASMRT_WASI_EROFS);
  /* The other way it can be changed. */
  fd = CALL(instance, "open", 3, put(instance, "new"), CREATE, 1);
  CHECK(fd == 6 && CALL(instance, "write", 6, put(instance, "hello"), 2) == 5);
  CHECK(CALL(instance, "open", 3, put(instance, "../file"), 0, 0) == -WASMRT_WASI_EPERM);
  remove_in(path, "new");
  remove_in(path, "file");
  CHECK(rmdir(path) == 0);
}

/* What a mount names when it is added stays mounted. */
static void mounts_stay(void) {
  char path[64], moved[64];
  strcpy(path, make_directory());
  strcpy(moved, path);
  strcat(moved, "-moved");
  OK(wasmrt_wasi_mount(wasi, path, "/", 0, &error));
  CHECK(rename(path, moved) == 0);
  set_arguments("show", "/file");
  CHECK(run_command() == 0);
  SAME(text, "content");
  remove_in(moved, "file");
  CHECK(rmdir(moved) == 0);
}

static void instances_do_not_share_descriptors(void) {
  const char *path = make_directory();
  OK(wasmrt_wasi_mount(wasi, path, "/", 0, &error));
  struct wasmrt_instance *first = guest(), *second = guest();
  CHECK(CALL(first, "open", 3, put(first, "file"), 0, 0) == 4);
  CHECK(CALL(second, "read", 4, 1, 1) == -WASMRT_WASI_EBADF);
  CHECK(CALL(first, "close", 3) == 0);
  CHECK(CALL(second, "open", 3, put(second, "file"), 0, 0) == 4);
  remove_in(path, "file");
  CHECK(rmdir(path) == 0);
}

/* What instances have open is closed with them. */
static void nothing_stays_open(void) {
  const char *path = make_directory();
  OK(wasmrt_wasi_mount(wasi, path, "/", 0, &error));
  const int before = dup(0);
  close(before);
  for (int round = 0; round < 3; round++) {
    struct wasmrt_instance *instance = guest();
    CHECK(CALL(instance, "open", 3, put(instance, "file"), 0, 0) == 4);
    wasmrt_store_destroy(store);
    store = wasmrt_store_create();
  }
  const int after = dup(0);
  close(after);
  CHECK(before == after);
  remove_in(path, "file");
  CHECK(rmdir(path) == 0);
}

/* A file system with the read-only file "greeting" and the file "log", which can be written. */
struct shelf {
  char log[64];
  size_t size;
  int opened, closed;
};

static uint32_t shelf_stat(void *fs, const char *path, struct wasmrt_fs_stat *status) {
  const struct shelf *shelf = fs;
  *status = (struct wasmrt_fs_stat){.links = 1, .type = WASMRT_FS_REGULAR_FILE};
  if (*path == '\0') {
    status->type = WASMRT_FS_DIRECTORY;
    status->inode = 1;
  } else if (strcmp(path, "greeting") == 0) {
    status->inode = 2;
    status->size = 5;
  } else if (strcmp(path, "log") == 0) {
    status->inode = 3;
    status->size = shelf->size;
  } else {
    return WASMRT_WASI_ENOENT;
  }
  return 0;
}

static const char *const shelf_names[] = {"", "greeting", "log"};

static uint32_t shelf_open(void *fs, const char *path, uint32_t flags, void **file) {
  struct shelf *shelf = fs;
  if ((flags & WASMRT_FS_CREATE) != 0) {
    return WASMRT_WASI_ENOSPC;
  }
  if ((flags & WASMRT_FS_WRITE) != 0 && strcmp(path, "log") != 0) {
    return WASMRT_WASI_EACCES;
  }
  for (int i = 0; i < 3; i++) {
    if (strcmp(path, shelf_names[i]) == 0) {
      shelf->opened++;
      *file = (void *)(uintptr_t)shelf_names[i];
      return 0;
    }
  }
  return WASMRT_WASI_ENOENT;
}

static void shelf_close(void *fs, void *file) {
  (void)file;
  ((struct shelf *)fs)->closed++;
}

static uint32_t shelf_stat_file(void *fs, void *file, struct wasmrt_fs_stat *status) {
  return shelf_stat(fs, file, status);
}

static uint32_t shelf_read(void *fs, void *file, const struct iovec *buffers, int count, uint64_t offset,
                           size_t *done) {
  const struct shelf *shelf = fs;
  const bool is_log = strcmp(file, "log") == 0;
  const char *bytes = is_log ? shelf->log : "hello";
  const size_t size = is_log ? shelf->size : 5;
  *done = 0;
  for (int i = 0; i < count && offset < size; i++) {
    const size_t some = size - offset < buffers[i].iov_len ? size - offset : buffers[i].iov_len;
    memcpy(buffers[i].iov_base, bytes + offset, some);
    offset += some;
    *done += some;
  }
  return 0;
}

static uint32_t shelf_write(void *fs, void *file, const struct iovec *buffers, int count, uint64_t offset,
                            size_t *done) {
  (void)file;
  struct shelf *shelf = fs;
  *done = 0;
  for (int i = 0; i < count; i++) {
    if (buffers[i].iov_len > sizeof shelf->log - offset) {
      return *done > 0 ? 0 : WASMRT_WASI_ENOSPC;
    }
    memcpy(shelf->log + offset, buffers[i].iov_base, buffers[i].iov_len);
    offset += buffers[i].iov_len;
    *done += buffers[i].iov_len;
  }
  shelf->size = offset > shelf->size ? offset : shelf->size;
  return 0;
}

static uint32_t shelf_readdir(void *fs, void *directory, uint64_t cookie, struct wasmrt_fs_entry *entry) {
  (void)fs, (void)directory;
  *entry = (struct wasmrt_fs_entry){.next = cookie + 1, .inode = cookie + 2, .type = WASMRT_FS_REGULAR_FILE};
  entry->name = cookie < 2 ? shelf_names[cookie + 1] : NULL;
  return 0;
}

static const struct wasmrt_fs shelf_fs = {.open = shelf_open,
                                          .close = shelf_close,
                                          .read = shelf_read,
                                          .write = shelf_write,
                                          .stat = shelf_stat,
                                          .stat_file = shelf_stat_file,
                                          .readdir = shelf_readdir};

static void virtual_file_systems(void) {
  struct shelf shelf = {.size = 0};
  OK(wasmrt_wasi_mount_fs(wasi, &shelf_fs, &shelf, "/shelf", 0, &error));
  OK(wasmrt_wasi_mount_fs(wasi, &shelf_fs, &shelf, "/frozen", WASMRT_WASI_READ_ONLY, &error));
  struct wasmrt_instance *instance = guest();
  CHECK(CALL(instance, "mount_name", 3, 6) == 6 && memcmp(bytes_of(instance), "/shelf", 6) == 0);
  CHECK(CALL(instance, "open", 3, put(instance, "greeting"), 0, 0) == 5);
  CHECK(CALL(instance, "read", 5, 100, 2) == 5 && memcmp(bytes_of(instance), "hello", 5) == 0);
  CHECK(CALL(instance, "read", 5, 100, 2) == 0);
  CHECK(CALL(instance, "open", 3, put(instance, "log"), 0, 1) == 6);
  CHECK(CALL(instance, "write", 6, put(instance, "noted"), 2) == 5);
  CHECK(shelf.size == 5 && memcmp(shelf.log, "noted", 5) == 0);
  CHECK(CALL(instance, "seek", 6, 2) == 2 && CALL(instance, "write", 6, put(instance, "!"), 0) == 1);
  CHECK(memcmp(shelf.log, "no!ed", 5) == 0);
  CHECK(CALL(instance, "open", 3, put(instance, "greeting"), 0, 1) == -WASMRT_WASI_EACCES);
  CHECK(CALL(instance, "open", 3, put(instance, "none"), 0, 0) == -WASMRT_WASI_ENOENT);
  CHECK(CALL(instance, "open", 3, put(instance, "none"), CREATE, 1) == -WASMRT_WASI_ENOSPC);
  CHECK(CALL(instance, "open", 3, put(instance, "../log"), 0, 0) == -WASMRT_WASI_EPERM);
  /* What the mount refuses never reaches the file system. */
  CHECK(CALL(instance, "open", 4, put(instance, "log"), 0, 1) == -WASMRT_WASI_EROFS);
  CHECK(CALL(instance, "open", 4, put(instance, "log"), TRUNCATE, 0) == -WASMRT_WASI_EROFS);
  CHECK(CALL(instance, "unlink", 4, put(instance, "log")) == -WASMRT_WASI_EROFS);
  CHECK(CALL(instance, "open", 4, put(instance, "log"), 0, 0) == 7);
  CHECK(CALL(instance, "read", 7, 100, 2) == 5 && memcmp(bytes_of(instance), "no!ed", 5) == 0);
  wasmrt_store_destroy(store);
  store = NULL;
  CHECK(shelf.opened == 5 && shelf.closed == 5); /* and two roots */
}

static void virtual_file_systems_through_a_library(void) {
  struct shelf shelf = {.size = 0};
  OK(wasmrt_wasi_mount_fs(wasi, &shelf_fs, &shelf, "/shelf", 0, &error));
  set_arguments("list", "/shelf");
  CHECK(run_command() == 0);
  SAME(text, "/shelf: 4\n"); /* with "." and ".." */
}

static uint32_t open_nothing(void *fs, const char *path, uint32_t flags, void **file) {
  (void)fs, (void)path, (void)flags, (void)file;
  return WASMRT_WASI_EIO;
}

/* Of an instance that could not be made nothing is left, also where its memory is part of the program. */
static void nothing_stays_of_failures(void) {
  const struct wasmrt_fs broken = {.open = open_nothing, .stat = shelf_stat, .stat_file = shelf_stat_file};
  OK(wasmrt_wasi_trace(wasi, NULL, NULL, NULL, &error));
  OK(wasmrt_wasi_mount_fs(wasi, &broken, NULL, "/broken", 0, &error));
  const struct wasmrt_instance_options options = {.wasi = wasi};
  struct wasmrt_instance *instance;
  CHECK(wasmrt_instantiate(store, &calls_static_module, &options, &instance, &error) ==
        WASMRT_ERROR_ARGUMENT);
  const int lines = memfd_create("lines", MFD_CLOEXEC), errors = dup(STDERR_FILENO);
  CHECK(dup2(lines, STDERR_FILENO) == STDERR_FILENO);
  instance = instantiate_in(store, &calls_static_module, NULL);
  const int64_t result = CALL(instance, "read", 0, 1, 1);
  CHECK(dup2(errors, STDERR_FILENO) == STDERR_FILENO && result == -WASMRT_WASI_EBADF);
  SAME(content_of(lines), "");
  close(errors);
  close(lines);
}

static void listeners(void) {
  const int socket_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  socklen_t length = sizeof address;
  CHECK(socket_fd >= 0 && bind(socket_fd, (struct sockaddr *)&address, length) == 0);
  CHECK(wasmrt_wasi_add_listener(wasi, socket_fd, &error) == WASMRT_ERROR_ARGUMENT);
  CHECK(listen(socket_fd, 1) == 0 && getsockname(socket_fd, (struct sockaddr *)&address, &length) == 0);
  OK(wasmrt_wasi_add_listener(wasi, socket_fd, &error));
  struct wasmrt_instance *instance = guest();
  const int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  CHECK(connect(client, (struct sockaddr *)&address, sizeof address) == 0 && write(client, "ping", 4) == 4);
  CHECK(CALL(instance, "accept", 3) == 4);
  CHECK(CALL(instance, "read", 4, 100, 50) == 4);
  CHECK(CALL(instance, "write", 4, put(instance, "pong"), 1) == 4);
  CHECK(read(client, text, sizeof text) == 4 && memcmp(text, "pong", 4) == 0);
  close(client);
  close(socket_fd);
}

static void listening_at_an_address(void) {
  uint16_t port = 0;
  OK(wasmrt_wasi_listen(wasi, "127.0.0.1:0", &port, &error));
  CHECK(port != 0);
  const struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  for (int round = 0; round < 2; round++) { /* one socket for all instances */
    struct wasmrt_instance *instance = guest();
    const int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(connect(client, (const struct sockaddr *)&address, sizeof address) == 0);
    CHECK(CALL(instance, "accept", 3) == 4);
    CHECK(CALL(instance, "write", 4, put(instance, "hello"), 1) == 5);
    CHECK(read(client, text, sizeof text) == 5);
    /* A guest shuts down what it accepted, but not what the others accept from. */
    CHECK(CALL(instance, "shutdown", 4, 3) == 0 && read(client, text, sizeof text) == 0);
    CHECK(CALL(instance, "shutdown", 3, 3) == -WASMRT_WASI_ENOTCAPABLE);
    close(client);
  }
  struct wasmrt_wasi *other = wasmrt_wasi_create();
  char same[32] = "localhost:00000";
  for (int i = 14; i > 9; i--, port /= 10) {
    same[i] = (char)('0' + port % 10);
  }
  CHECK(wasmrt_wasi_listen(other, same, NULL, &error) == WASMRT_ERROR_ARGUMENT);
  CHECK(strstr(error.message, "in use: localhost:") != NULL);
  CHECK(wasmrt_wasi_listen(other, "example.com:80", NULL, &error) == WASMRT_ERROR_ARGUMENT);
  CHECK(strstr(error.message, "not example.com:80") != NULL);
  wasmrt_wasi_destroy(other);
}

static void misuse_of_files(void) {
  const struct wasmrt_fs nothing = {.open = NULL};
  REFUSED(wasmrt_wasi_mount_fs(wasi, &nothing, NULL, "/b", 0, &error), "lacks open");
  REFUSED(wasmrt_wasi_mount(wasi, "/no/such/directory", "/", 0, &error), "/no/such/directory: ");
  REFUSED(wasmrt_wasi_mount(wasi, "/dev/null", "/", 0, &error), "/dev/null: ");
  REFUSED(wasmrt_wasi_mount(wasi, "/", "", 0, &error), "empty");
  REFUSED(wasmrt_wasi_mount(wasi, "/", "/", 2, &error), "flags");
  OK(wasmrt_wasi_mount(wasi, "/", "/a", 0, &error));
  REFUSED(wasmrt_wasi_mount(wasi, "/", "/a", WASMRT_WASI_READ_ONLY, &error), "already mounted: /a");
  REFUSED(wasmrt_wasi_add_listener(wasi, 0, &error), "no socket");
  CHECK(wasmrt_wasi_mount(wasi, "/", "/a", 0, NULL) == WASMRT_ERROR_ARGUMENT); /* nowhere to say why */
}

/* Once an instance uses it, a description stays what it is. */
static void files_come_too_late(void) {
  guest();
  const char *late = "an instance uses the description";
  REFUSED(wasmrt_wasi_mount(wasi, "/", "/", 0, &error), late);
  REFUSED(wasmrt_wasi_mount_fs(wasi, &shelf_fs, NULL, "/", 0, &error), late);
  REFUSED(wasmrt_wasi_add_listener(wasi, 0, &error), late);
  REFUSED(wasmrt_wasi_listen(wasi, ":0", NULL, &error), late);
}

int main(void) {
  static const struct wasi_test tests[] = {
      TEST(mounts),
      TEST(mounts_stay),
      TEST(instances_do_not_share_descriptors),
      TEST(nothing_stays_open),
      TEST(virtual_file_systems),
      TEST(virtual_file_systems_through_a_library),
      TEST(nothing_stays_of_failures),
      TEST(listeners),
      TEST(listening_at_an_address),
      TEST(misuse_of_files),
      TEST(files_come_too_late),
  };
  return run_tests("wasi_files", tests, sizeof tests / sizeof *tests);
}
