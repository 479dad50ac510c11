/*
 * Random calls with values that are likely to mean something, on paths that are likely to lead somewhere.
 * Whatever happens, it is a known error, and nothing outside the writable mount has changed. WASI_TEST_CALLS
 * sets how many.
 */
#include "calls.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static uint64_t state;

static uint32_t draw(uint32_t limit) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (uint32_t)((state >> 16) % limit);
}

/* Those that take time, or end the guest, are tested elsewhere. */
static const struct {
  const char *name;
  uint32_t (*call)(const uint64_t *values);
} functions[] = {
#define WASI(name, unstable, params, result) {#name, call_##name},
#include "wasi.def"
};
#define FUNCTIONS (sizeof functions / sizeof *functions)

static bool is_left_out(const char *name) {
  return strcmp(name, "poll_oneoff") == 0 || strncmp(name, "proc_", 5) == 0;
}

static void put_random_path(uint32_t address) {
  static const char *const parts[] = {"..", ".",    "dir",    "nested", "file", "link", "new",     "outside",
                                      "",   "deep", "secret", "other",  "root", "/",    "absolute"};
  char path[PATH_MAX] = "";
  for (uint32_t i = 0, count = 1 + draw(6); i < count; i++) {
    strcat(path, parts[draw(sizeof parts / sizeof *parts)]);
    strcat(path, i + 1 < count || draw(6) == 0 ? "/" : "");
  }
  memset(guest_bytes(address), 0, 64);
  put_text(address, path);
}

static uint64_t random_value(void) {
  static const uint64_t values[] = {
      0,           1,       2,          3,          4,          OUT,        OUT + 16,
      VECTORS,     PATH_A,  PATH_B,     BUFFER,     255,        4096,       MEMORY_SIZE - 4,
      MEMORY_SIZE, 1 << 30, 0x7fffffff, 0x80000000, UINT32_MAX, UINT64_MAX, UINT64_C(1) << 63};
  switch (draw(4)) {
  case 0:
    return values[draw(sizeof values / sizeof *values)];
  case 1:
    return draw(2) == 0 ? ALL : DIRECTORY;
  default:
    return draw(16);
  }
}

/* A call in which the values stand roughly where they belong: descriptors first, paths with their lengths. */
static void random_call(void) {
  size_t index = draw(FUNCTIONS);
  const char *name = functions[index].name;
  if (is_left_out(name)) {
    return;
  }
  uint64_t values[9];
  for (int i = 0; i < 9; i++) {
    values[i] = random_value();
  }
  put_random_path(PATH_A);
  put_random_path(PATH_B);
  for (uint32_t i = 0; i < 4; i++) {
    put_vector(i, draw(8) == 0 ? (uint32_t)random_value() : BUFFER + draw(1000), draw(300));
  }
  if (draw(4) != 0) {
    values[0] = draw(12);
    for (int i = 1; i < 8; i++) {
      if (draw(3) == 0) {
        bool first = draw(2) == 0;
        values[i] = first ? PATH_A : PATH_B;
        values[i + 1] = strlen(guest_bytes(first ? PATH_A : PATH_B));
      }
    }
    values[8] = OUT;
  }
  if (strcmp(name, "fd_allocate") == 0) {
    values[1] %= 65536; /* not the whole disk */
    values[2] %= 65536;
  }
  CHECK(functions[index].call(values) <= WASI_ENOTCAPABLE);
}

/* Opens something, so that there are descriptors of all kinds. */
static void random_open(void) {
  put_random_path(PATH_A);
  uint32_t fd = draw(3) == 0 ? draw(12) : draw(2) == 0 ? ROOT : FROZEN;
  wasi_path_open(guest, fd, draw(2), PATH_A, (uint32_t)strlen(guest_bytes(PATH_A)), draw(16),
                 draw(2) == 0 ? READ_WRITE : DIRECTORY, ALL, draw(32), OUT);
}

static unsigned count_entries(const char *path) {
  unsigned count = 0;
  DIR *directory = opendir(path);
  CHECK(directory != NULL);
  while (readdir(directory) != NULL) {
    count++;
  }
  closedir(directory);
  return count;
}

static bool is_same(const struct stat *a, const char *path) {
  struct stat b;
  return stat(path, &b) == 0 && a->st_ino == b.st_ino && a->st_nlink == b.st_nlink &&
         a->st_size == b.st_size && a->st_mode == b.st_mode && a->st_ctim.tv_sec == b.st_ctim.tv_sec &&
         a->st_ctim.tv_nsec == b.st_ctim.tv_nsec;
}

static void changes_nothing_outside(void) {
  static const char *const watched[] = {"outside", "outside/secret", "frozen", "frozen/file", "frozen/dir"};
  struct stat before[5];
  char target[PATH_MAX];
  CHECK(getcwd(target, sizeof target) != NULL && symlink(target, "root/absolute") == 0);
  CHECK(symlink("../outside/secret", "root/link") == 0 && symlink("..", "root/dir/link") == 0);
  for (int i = 0; i < 5; i++) {
    CHECK(stat(watched[i], &before[i]) == 0);
  }
  const char *wanted = getenv("WASI_TEST_CALLS");
  long calls = wanted == NULL ? 20000 : atol(wanted);
  int null = open("/dev/null", O_RDWR | O_CLOEXEC), streams[3];
  for (int i = 0; i < 3; i++) {
    streams[i] = dup(i);
    dup2(null, i);
  }
  const struct wasmrt_mount mounts[] = {{"root", "/", false}, {"frozen", "/frozen", true}};
  const struct wasmrt_guest_options options = {.mounts = mounts, .mount_count = 2};
  state = 88172645463325252u + (unsigned)wasi_state(guest)->resolution;
  for (long i = 0; i < calls; i++) {
    if (i % 500 == 0) {
      harness_configure(0, NULL, &options);
      if (!host_has("root/file")) {
        host_file("root/file", "text");
      }
    }
    if (draw(4) == 0) {
      random_open();
    } else {
      random_call();
    }
  }
  for (int i = 0; i < 3; i++) {
    dup2(streams[i], i);
    close(streams[i]);
  }
  close(null);
  for (int i = 0; i < 5; i++) {
    CHECK(is_same(&before[i], watched[i]));
  }
  CHECK(host_holds("outside/secret", "secret") && host_holds("frozen/file", "text"));
  CHECK(count_entries(".") == 5 && count_entries("outside") == 3 && count_entries("frozen") == 4);
}

const struct wasi_test random_tests[] = {BOTH(changes_nothing_outside){0}};
