/* The host around the fuzzed guest, and whether it stays as it was (surroundings.h). */
#define _GNU_SOURCE
#include "surroundings.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#ifdef __clang__
#define NOT_OBSERVED __attribute__((no_sanitize("coverage", "address")))
#else
#define NOT_OBSERVED
#endif
#define SECRET_SIZE 16
#define SECRET_COPIES 4
#define COUNT(array) (sizeof(array) / sizeof *(array))

static char scratch[PATH_MAX];
static int scratch_descriptor = -1;
static uint8_t secret[SECRET_SIZE];
bool surroundings_move;

void fail(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fputs("fuzz_wasi: ", stderr);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  va_end(arguments);
  abort();
}

static void must(bool condition, const char *what) {
  if (!condition) {
    fail("%s: %s", what, strerror(errno));
  }
}

/* ---- Making ----------------------------------------------------------------------------------------- */

static void make_file(const char *path, const void *bytes, size_t size) {
  const int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  must(file >= 0 && write(file, bytes, size) == (ssize_t)size, path);
  close(file);
}

static void make_secret(const char *path) {
  uint8_t text[SECRET_COPIES * SECRET_SIZE];
  for (size_t i = 0; i < sizeof text; i++) {
    text[i] = secret[i % SECRET_SIZE];
  }
  make_file(path, text, sizeof text);
}

static void make_directories(const char *const *paths) {
  for (; *paths != NULL; paths++) {
    must(mkdir(*paths, 0777) == 0, *paths);
  }
}

/* Removes what is in a directory. Level by level, since the guest can make paths that are too long to name.
 */
static void empty(int directory) {
  DIR *list = fdopendir(directory);
  must(list != NULL, "fdopendir");
  for (const struct dirent *entry; (entry = readdir(list)) != NULL;) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
      continue;
    }
    if (unlinkat(dirfd(list), entry->d_name, 0) != 0 && errno == EISDIR) {
      const int inner = openat(dirfd(list), entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
      must(inner >= 0, entry->d_name);
      empty(inner);
      unlinkat(dirfd(list), entry->d_name, AT_REMOVEDIR);
    }
  }
  closedir(list);
}

static void remove_tree(const char *path) {
  const int directory = openat(scratch_descriptor, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (directory >= 0) {
    empty(directory);
    unlinkat(scratch_descriptor, path, AT_REMOVEDIR);
  }
}

/* Links that lead out of the directory that holds them, or nowhere, or in circles. */
static void make_links(const char *directory) {
  static const char *const links[][2] = {
      {"..", "up"},
      {"../outside", "out"},
      {"../outside/secret", "out_file"},
      {"../outside/new", "dangling"},
      {"../root", "around"},
      {"/proc/self/root", "proc_root"},
      {"/proc/self/cwd", "proc_cwd"},
      {"/proc/self/fd/3", "proc_fd"},
      {"loop", "loop"},
      {"loop_b", "loop_a"},
      {"loop_a", "loop_b"},
      {"dir/nested", "inside"},
      {"dir/nested/deep", "inside_file"},
      {"inside", "chain"},
      {"file/", "trailing"},
      {"swap_b", "link"},
      {"../outside", "swap_b"},
      {"../outside/secret", "swap_file"},
  };
  char path[2 * PATH_MAX], target[2 * PATH_MAX];
  for (size_t i = 0; i < COUNT(links); i++) {
    snprintf(path, sizeof path, "%s/%s", directory, links[i][1]);
    must(symlink(links[i][0], path) == 0, path);
  }
  snprintf(path, sizeof path, "%s/absolute", directory);
  snprintf(target, sizeof target, "%s/outside", scratch);
  must(symlink(target, path) == 0, path);
  for (size_t i = 0; i < PATH_MAX - 4; i++) {
    target[i] = i % 2 == 0 ? '.' : '/';
  }
  strcpy(target + PATH_MAX - 4, "dir");
  snprintf(path, sizeof path, "%s/very_long_link", directory);
  must(symlink(target, path) == 0, path);
}

/* Of devices only those that do nothing; only root can make them. */
static void make_specials(void) {
  struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "root/socket"};
  const int socket_file = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  must(socket_file >= 0 && bind(socket_file, (struct sockaddr *)&address, sizeof address) == 0,
       "root/socket");
  close(socket_file);
  must(mkfifo("root/fifo", 0666) == 0, "root/fifo");
  mknod("root/null", S_IFCHR | 0666, makedev(1, 3));
  mknod("root/zero", S_IFCHR | 0666, makedev(1, 5));
  mknod("root/full", S_IFCHR | 0666, makedev(1, 7));
}

static void make_files(const char *directory) {
  static const char *const directories[] = {"dir", "dir/nested", "swap"};
  static const char *const files[][2] = {{"file", "some text in a file"},
                                         {"empty", ""},
                                         {"dir/nested/deep", "deep"},
                                         {"swap/secret", "not one"}};
  char path[PATH_MAX + 32];
  for (size_t i = 0; i < COUNT(directories); i++) {
    snprintf(path, sizeof path, "%s/%s", directory, directories[i]);
    must(mkdir(path, 0777) == 0, path);
  }
  for (size_t i = 0; i < COUNT(files); i++) {
    snprintf(path, sizeof path, "%s/%s", directory, files[i][0]);
    make_file(path, files[i][1], strlen(files[i][1]));
  }
  make_links(directory);
}

void surroundings_refill(void) {
  static const char *const directories[] = {"root", "root/moving", NULL};
  remove_tree("root");
  remove_tree("elsewhere/moving");
  make_directories(directories);
  make_files("root");
  make_files("root/moving");
  make_specials();
}

/* ---- Comparing -------------------------------------------------------------------------------------- */

/* What was found below the directories that have to stay. */
struct found {
  char path[256];
  struct stat status;
  uint8_t content[SECRET_COPIES * SECRET_SIZE + 1];
  ssize_t size;
};
#define FOUND_LIMIT 128
struct listing {
  struct found entries[FOUND_LIMIT];
  size_t count;
};
static struct listing original;

static void list_tree(struct listing *listing, int parent, const char *name, const char *path);

static void list_directory(struct listing *listing, int directory, const char *path) {
  const int again = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_NOATIME | O_CLOEXEC);
  must(again >= 0, path);
  DIR *list = fdopendir(again);
  must(list != NULL, path);
  for (const struct dirent *entry; (entry = readdir(list)) != NULL;) {
    char inner[sizeof listing->entries->path + NAME_MAX + 2];
    if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
        !(surroundings_move && strcmp(entry->d_name, "moving") == 0)) {
      snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);
      list_tree(listing, directory, entry->d_name, inner);
    }
  }
  closedir(list);
}

/* Adds a file, or a directory and all in it. Nothing is read in a way that changes times of access. */
static void list_tree(struct listing *listing, int parent, const char *name, const char *path) {
  if (listing->count == FOUND_LIMIT) {
    fail("too many files at %s", path);
  }
  struct found *found = &listing->entries[listing->count++];
  memset(found, 0, sizeof *found);
  must(strlen(path) < sizeof found->path, path);
  strcpy(found->path, path);
  must(fstatat(parent, name, &found->status, AT_SYMLINK_NOFOLLOW) == 0, path);
  if (S_ISREG(found->status.st_mode) || S_ISDIR(found->status.st_mode)) {
    const int file = openat(parent, name, O_RDONLY | O_NOFOLLOW | O_NOATIME | O_CLOEXEC);
    must(file >= 0, path);
    if (S_ISDIR(found->status.st_mode)) {
      list_directory(listing, file, path);
    } else {
      found->size = read(file, found->content, sizeof found->content);
    }
    close(file);
  }
}

static void list_all(struct listing *listing) {
  static const char *const trees[] = {"outside", "elsewhere", "frozen"};
  listing->count = 0;
  for (size_t i = 0; i < COUNT(trees); i++) {
    list_tree(listing, scratch_descriptor, trees[i], trees[i]);
  }
}

static bool same_time(const struct timespec *a, const struct timespec *b) {
  return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

static void compare(const struct found *was, const struct found *is) {
  const struct stat *a = &was->status, *b = &is->status;
  const bool frozen = strncmp(was->path, "frozen", 6) == 0;
  if (strcmp(was->path, is->path) != 0) {
    fail("instead of %s there is %s", was->path, is->path);
  }
  if (surroundings_move && strcmp(was->path, "elsewhere") == 0) {
    return;
  }
  if (a->st_ino != b->st_ino || a->st_mode != b->st_mode || a->st_nlink != b->st_nlink ||
      a->st_uid != b->st_uid || a->st_gid != b->st_gid || a->st_size != b->st_size) {
    fail("%s has changed", was->path);
  }
  if (!same_time(&a->st_mtim, &b->st_mtim) || !same_time(&a->st_ctim, &b->st_ctim)) {
    fail("%s was touched", was->path);
  }
  /* Not of directories: any program that looks around in the system's directory for such files lists them. */
  if (!frozen && S_ISREG(a->st_mode) && !same_time(&a->st_atim, &b->st_atim)) {
    fail("%s was read", was->path);
  }
  if (was->size != is->size || memcmp(was->content, is->content, sizeof was->content) != 0) {
    fail("the content of %s has changed", was->path);
  }
}

void surroundings_check(void) {
  static struct listing now;
  list_all(&now);
  if (now.count != original.count) {
    fail("outside of the mounts there are %zu files instead of %zu", now.count, original.count);
  }
  for (size_t i = 0; i < now.count; i++) {
    compare(&original.entries[i], &now.entries[i]);
  }
}

/*
 * Byte by byte: what libFuzzer sees to be compared by memcmp it puts into its inputs. Half of a secret is
 * enough, since a short read gets no more.
 */
NOT_OBSERVED bool surroundings_secret(const uint8_t *bytes, size_t size) {
  const size_t half = SECRET_SIZE / 2;
  for (size_t at = 0; at + half <= size; at++) {
    size_t same = 0;
    if (bytes[at] == secret[0]) {
      while (same < half && bytes[at + same] == secret[same]) {
        same++;
      }
    }
    if (same == half) {
      return true;
    }
  }
  return false;
}

/* Access times so old that any reading moves them, also where a file system only keeps rough ones. */
static void age(int parent, const char *name) {
  const struct timespec times[2] = {{.tv_sec = 1000000}, {.tv_sec = 2000000}};
  must(utimensat(parent, name, times, AT_SYMLINK_NOFOLLOW) == 0, name);
}

void surroundings_make(void) {
  static const char *const directories[] = {"outside", "outside/folder", "elsewhere", "frozen", NULL};
  char name[64];
  /* In memory if there is a place for it: guests ask for much that has to reach a disk. */
  const char *parent = getenv("TMPDIR"), *usual = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
  snprintf(scratch, sizeof scratch, "%s/fuzz-wasi-XXXXXX", parent == NULL ? usual : parent);
  must(mkdtemp(scratch) != NULL && chdir(scratch) == 0, scratch);
  scratch_descriptor = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  must(scratch_descriptor >= 0, scratch);
  must(getrandom(secret, sizeof secret, 0) == (ssize_t)sizeof secret, "getrandom");
  for (size_t i = 0; i < sizeof secret; i++) {
    secret[i] = (uint8_t)('a' + secret[i] % 26);
  }
  umask(022);
  make_directories(directories);
  make_secret("outside/secret");
  make_secret("outside/folder/secret");
  make_secret("elsewhere/secret");
  /* Who lists this directory has read a secret, too. */
  snprintf(name, sizeof name, "outside/%.*s", SECRET_SIZE, (const char *)secret);
  make_secret(name);
  must(symlink("secret", "outside/link") == 0, "outside/link");
  must(mkfifo("outside/fifo", 0666) == 0, "outside/fifo");
  make_files("frozen");
  must(mkfifo("frozen/fifo", 0666) == 0, "frozen/fifo");
  const char *const aged[] = {"outside/secret", "outside/folder/secret", "elsewhere/secret", name};
  for (size_t i = 0; i < COUNT(aged); i++) {
    age(scratch_descriptor, aged[i]);
  }
  list_all(&original);
  surroundings_check(); /* or else what is compared changes by itself */
}

void surroundings_remove(void) {
  static const char *const trees[] = {"root", "outside", "elsewhere", "frozen"};
  for (size_t i = 0; i < COUNT(trees); i++) {
    remove_tree(trees[i]);
  }
  must(chdir("/") == 0 && rmdir(scratch) == 0, scratch);
  close(scratch_descriptor);
}

/* ---- Descriptors ------------------------------------------------------------------------------------ */

#define DESCRIPTOR_LIMIT 256
struct open_file {
  bool is_open;
  dev_t device;
  ino_t inode;
};
static struct open_file noted[DESCRIPTOR_LIMIT];

static void list_descriptors(struct open_file open_files[DESCRIPTOR_LIMIT]) {
  memset(open_files, 0, DESCRIPTOR_LIMIT * sizeof *open_files);
  for (int host = 0; host < DESCRIPTOR_LIMIT; host++) {
    struct stat status;
    if (fstat(host, &status) == 0) {
      open_files[host] = (struct open_file){true, status.st_dev, status.st_ino};
    }
  }
}

void descriptors_note(void) {
  list_descriptors(noted);
}

void descriptors_hand_over(int host) {
  noted[host].is_open = false;
}

/* The name of the file if the guest must not have it, else NULL. */
static const char *find_kept(const struct open_file *file) {
  for (size_t i = 0; i < original.count; i++) {
    const struct stat *status = &original.entries[i].status;
    if (strncmp(original.entries[i].path, "frozen", 6) != 0 && status->st_ino == file->inode &&
        status->st_dev == file->device) {
      return original.entries[i].path;
    }
  }
  const struct open_file *parent = &noted[scratch_descriptor];
  return parent->inode == file->inode && parent->device == file->device ? "the directory of all mounts"
                                                                        : NULL;
}

static void check_guest_descriptor(const struct wasi_descriptor *descriptor, uint32_t fd,
                                   struct open_file open_files[DESCRIPTOR_LIMIT]) {
  if (!descriptor->open || descriptor->fs != NULL) {
    return;
  }
  struct open_file *file = &open_files[descriptor->host];
  if (!file->is_open) {
    fail("descriptor %u of the guest is the host's %d, which is not open", fd, descriptor->host);
  }
  const char *kept = find_kept(file);
  if (kept != NULL) {
    fail("descriptor %u of the guest is %s", fd, kept);
  }
  if (!descriptor->borrowed) {
    if (noted[descriptor->host].is_open) {
      fail("descriptor %u of the guest is the host's own %d", fd, descriptor->host);
    }
    file->is_open = false; /* accounted for */
  }
}

void descriptors_check(const struct wasi *wasi) {
  static struct open_file now[DESCRIPTOR_LIMIT];
  list_descriptors(now);
  for (uint32_t fd = 0; wasi != NULL && fd < wasi->descriptor_slots; fd++) {
    check_guest_descriptor(&wasi->descriptors[fd], fd, now);
  }
  for (int host = 0; host < DESCRIPTOR_LIMIT; host++) {
    if (now[host].is_open && !noted[host].is_open) {
      fail("the host's descriptor %d is nobody's", host);
    }
    if (noted[host].is_open && (!now[host].is_open || now[host].inode != noted[host].inode ||
                                now[host].device != noted[host].device)) {
      fail("the host's own descriptor %d was closed", host);
    }
  }
}
