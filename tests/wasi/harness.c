/* The fake instance and the scratch directory of the tests (harness.h). */
#include "harness.h"
#include "memory_fs.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct wasmrt_instance *guest;
char *guest_environment[] = {"HOME=/nowhere", "LANG=C", NULL};
jmp_buf guest_exit;
uint32_t guest_status;

static struct wasmrt_instance instance;
static struct wasmrt_memory memory;
static char scratch[PATH_MAX];
static bool is_virtual;
static struct memory_fs root_fs, frozen_fs;

bool harness_is_virtual(void) {
  return is_virtual;
}

/* The virtual file system that a path of the host's side lies in, and the path there; NULL if it is the
 * host's. */
static struct memory_fs *find_fs(const char **path) {
  if (is_virtual && strncmp(*path, "root/", 5) == 0) {
    *path += 5;
    return &root_fs;
  }
  if (is_virtual && strncmp(*path, "frozen/", 7) == 0) {
    *path += 7;
    return &frozen_fs;
  }
  return NULL;
}

/* In place of core's. */
_Noreturn void wasmrt_exit(struct wasmrt_instance *caller, uint32_t status) {
  (void)caller;
  guest_status = status;
  longjmp(guest_exit, 1);
}

/*
 *   outside/secret   what no guest may reach
 *   root/            the guest's "/": file (text), dir/, dir/nested/, dir/nested/deep (text)
 *   frozen/          the guest's "/frozen", read-only: file (text), dir/
 */
static void build_tree(void) {
  CHECK(mkdir("outside", 0777) == 0);
  if (is_virtual) {
    memory_fs_begin(&root_fs);
    memory_fs_begin(&frozen_fs);
    memory_fs_add_directory(&root_fs, "dir");
    memory_fs_add_directory(&root_fs, "dir/nested");
    memory_fs_add_directory(&frozen_fs, "dir");
  } else {
    CHECK(mkdir("root", 0777) == 0 && mkdir("root/dir", 0777) == 0 && mkdir("root/dir/nested", 0777) == 0);
    CHECK(mkdir("frozen", 0777) == 0 && mkdir("frozen/dir", 0777) == 0);
  }
  host_file("outside/secret", "secret");
  host_file("root/file", "text");
  host_file("root/dir/nested/deep", "deep");
  host_file("frozen/file", "text");
}

void harness_configure(int argc, char **argv, const struct wasmrt_guest_options *options) {
  enum wasi_resolution resolution = WASI_RESOLVE_UNKNOWN;
  if (instance.wasi != NULL) {
    resolution = wasi_state(&instance)->resolution;
    wasmrt_wasi_release(&instance);
  }
  EQUAL(wasmrt_wasi_configure(&instance, argc, argv, guest_environment, options), 0);
  wasi_state(&instance)->resolution = resolution;
}

void harness_begin(enum harness_way way) {
  is_virtual = way == WAY_VIRTUAL;
  const char *parent = getenv("TMPDIR");
  join(scratch, parent == NULL ? "/tmp" : parent, "/wasi-test-XXXXXX");
  CHECK(mkdtemp(scratch) != NULL && chdir(scratch) == 0);
  umask(022);
  build_tree();
  memory = (struct wasmrt_memory){.base = malloc(MEMORY_SIZE), .size = MEMORY_SIZE, .page_log2 = 16};
  memset(memory.base, 0, MEMORY_SIZE);
  static const struct wasmrt_module module;
  instance = (struct wasmrt_instance){.memory = &memory, .memory_base = memory.base, .module = &module};
  guest = &instance;
  static const struct wasmrt_mount mounts[] = {{"root", "/", false}, {"frozen", "/frozen", true}};
  const struct wasmrt_guest_options options = {.mounts = mounts, .mount_count = is_virtual ? 0 : 2};
  static char *arguments[] = {"program", "one", "", NULL};
  harness_configure(3, arguments, &options);
  wasi_state(guest)->resolution = way == WAY_OPENAT2 ? WASI_RESOLVE_OPENAT2 : WASI_RESOLVE_WALK;
  if (is_virtual) {
    EQUAL(wasi_mount_virtual(wasi_state(guest), &memory_fs_functions, &root_fs, "/", false), WASI_ESUCCESS);
    EQUAL(wasi_mount_virtual(wasi_state(guest), &memory_fs_functions, &frozen_fs, "/frozen", true),
          WASI_ESUCCESS);
  }
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *walk) {
  (void)status, (void)type, (void)walk;
  return remove(path);
}

void harness_end(void) {
  wasmrt_wasi_release(guest);
  free(memory.base);
  if (is_virtual) {
    memory_fs_end(&root_fs);
    memory_fs_end(&frozen_fs);
  }
  CHECK(chdir("/") == 0);
  CHECK(nftw(scratch, remove_entry, 100, FTW_DEPTH | FTW_PHYS) == 0);
}

void *guest_bytes(uint32_t address) {
  return memory.base + address;
}

uint32_t get32(uint32_t address) {
  uint32_t value;
  memcpy(&value, memory.base + address, sizeof value);
  return value;
}

uint64_t get64(uint32_t address) {
  uint64_t value;
  memcpy(&value, memory.base + address, sizeof value);
  return value;
}

void put32(uint32_t address, uint32_t value) {
  memcpy(memory.base + address, &value, sizeof value);
}

uint32_t put_text(uint32_t address, const char *text) {
  size_t length = strlen(text);
  memcpy(memory.base + address, text, length);
  return (uint32_t)length;
}

void put_vector(uint32_t index, uint32_t address, uint32_t length) {
  put32(VECTORS + 8 * index, address);
  put32(VECTORS + 8 * index + 4, length);
}

uint32_t open_path(uint32_t fd, const char *path, uint32_t open_flags, uint64_t rights, uint32_t fd_flags) {
  uint32_t length = put_text(PATH_A, path);
  return wasi_path_open(guest, fd, WASI_LOOKUP_SYMLINK_FOLLOW, PATH_A, length, open_flags, rights, rights,
                        fd_flags, OUT);
}

uint32_t open_link(uint32_t fd, const char *path, uint32_t open_flags, uint64_t rights, uint32_t fd_flags) {
  uint32_t length = put_text(PATH_A, path);
  return wasi_path_open(guest, fd, 0, PATH_A, length, open_flags, rights, rights, fd_flags, OUT);
}

uint32_t make_directory(uint32_t fd, const char *path) {
  return wasi_path_create_directory(guest, fd, PATH_A, put_text(PATH_A, path));
}

uint32_t remove_directory(uint32_t fd, const char *path) {
  return wasi_path_remove_directory(guest, fd, PATH_A, put_text(PATH_A, path));
}

uint32_t unlink_file(uint32_t fd, const char *path) {
  return wasi_path_unlink_file(guest, fd, PATH_A, put_text(PATH_A, path));
}

uint32_t make_symlink(const char *target, uint32_t fd, const char *path) {
  uint32_t target_length = put_text(PATH_A, target), length = put_text(PATH_B, path);
  return wasi_path_symlink(guest, PATH_A, target_length, fd, PATH_B, length);
}

uint32_t make_link(uint32_t old_fd, uint32_t flags, const char *old_path, uint32_t new_fd,
                   const char *new_path) {
  uint32_t old_length = put_text(PATH_A, old_path), new_length = put_text(PATH_B, new_path);
  return wasi_path_link(guest, old_fd, flags, PATH_A, old_length, new_fd, PATH_B, new_length);
}

uint32_t rename_path(uint32_t old_fd, const char *old_path, uint32_t new_fd, const char *new_path) {
  uint32_t old_length = put_text(PATH_A, old_path), new_length = put_text(PATH_B, new_path);
  return wasi_path_rename(guest, old_fd, PATH_A, old_length, new_fd, PATH_B, new_length);
}

uint32_t read_link(uint32_t fd, const char *path, uint32_t length) {
  return wasi_path_readlink(guest, fd, PATH_A, put_text(PATH_A, path), BUFFER, length, OUT);
}

uint32_t stat_path(uint32_t fd, uint32_t flags, const char *path) {
  return wasi_path_filestat_get(guest, fd, flags, PATH_A, put_text(PATH_A, path), OUT);
}

uint32_t set_times(uint32_t fd, uint32_t lookup, const char *path, uint64_t accessed, uint64_t modified,
                   uint32_t flags) {
  uint32_t length = put_text(PATH_A, path);
  return wasi_path_filestat_set_times(guest, fd, lookup, PATH_A, length, accessed, modified, flags);
}

uint32_t opened(void) {
  return get32(OUT);
}

uint32_t must_open(uint32_t fd, const char *path, uint32_t open_flags, uint64_t rights) {
  EQUAL(open_path(fd, path, open_flags, rights, 0), WASI_ESUCCESS);
  return opened();
}

uint32_t must_open_directory(uint32_t fd, const char *path) {
  uint32_t length = put_text(PATH_A, path);
  EQUAL(wasi_path_open(guest, fd, 0, PATH_A, length, WASI_OFLAG_DIRECTORY, DIRECTORY, ALL, 0, OUT),
        WASI_ESUCCESS);
  return opened();
}

uint32_t write_text(uint32_t fd, const char *text) {
  put_vector(0, BUFFER, put_text(BUFFER, text));
  return wasi_fd_write(guest, fd, VECTORS, 1, OUT);
}

uint32_t read_bytes(uint32_t fd, uint32_t length) {
  put_vector(0, BUFFER, length);
  return wasi_fd_read(guest, fd, VECTORS, 1, OUT);
}

void join(char to[PATH_MAX], const char *head, const char *tail) {
  CHECK(strlen(head) + strlen(tail) < PATH_MAX);
  strcpy(to, head);
  strcat(to, tail);
}

void join_number(char to[PATH_MAX], const char *head, uint64_t number) {
  char digits[24];
  size_t at = sizeof digits - 1;
  digits[at] = '\0';
  do {
    digits[--at] = (char)('0' + number % 10);
    number /= 10;
  } while (number > 0);
  join(to, head, digits + at);
}

void host_file(const char *path, const char *text) {
  struct memory_fs *fs = find_fs(&path);
  if (fs != NULL) {
    memory_fs_add_file(fs, path, text);
    return;
  }
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
  CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
  close(fd);
}

void host_link(const char *text, const char *path) {
  struct memory_fs *fs = find_fs(&path);
  if (fs != NULL) {
    memory_fs_add_link(fs, path, text);
  } else {
    CHECK(symlink(text, path) == 0);
  }
}

void host_remove(const char *path) {
  struct memory_fs *fs = find_fs(&path);
  if (fs != NULL) {
    memory_fs_remove(fs, path);
  } else {
    CHECK(remove(path) == 0);
  }
}

void host_status(const char *path, struct stat *status) {
  struct memory_fs *fs = find_fs(&path);
  if (fs != NULL) {
    memory_fs_stat(fs, path, status);
  } else {
    CHECK(stat(path, status) == 0);
  }
}

bool host_has(const char *path) {
  struct memory_fs *fs = find_fs(&path);
  if (fs != NULL) {
    return memory_fs_has(fs, path);
  }
  struct stat status;
  return lstat(path, &status) == 0;
}

bool host_holds(const char *path, const char *text) {
  struct memory_fs *fs = find_fs(&path);
  if (fs != NULL) {
    return memory_fs_holds(fs, path, text);
  }
  char content[256];
  int fd = open(path, O_RDONLY);
  CHECK(fd >= 0);
  ssize_t size = read(fd, content, sizeof content);
  close(fd);
  return size == (ssize_t)strlen(text) && memcmp(content, text, (size_t)size) == 0;
}
