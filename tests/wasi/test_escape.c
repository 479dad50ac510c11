/*
 * Attacks on the mount: every call that takes a path, with every path that tries to leave, on both ways of
 * resolving. The tree outside is the same afterwards, and no descriptor and no attribute of it has come in.
 */
#include "harness.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define FOLLOW WASI_LOOKUP_SYMLINK_FOLLOW

/* What tells the outside from inside. */
static dev_t outside_device;
static ino_t outside_inode, secret_inode;

/* Links that a host, or an earlier life of the guest, has left inside. */
static void plant_links(void) {
  char here[PATH_MAX], absolute[PATH_MAX];
  struct stat status;
  CHECK(stat("outside", &status) == 0);
  outside_device = status.st_dev;
  outside_inode = status.st_ino;
  CHECK(stat("outside/secret", &status) == 0);
  secret_inode = status.st_ino;
  CHECK(getcwd(here, sizeof here) != NULL);
  join(absolute, here, "/outside");
  host_link(absolute, "root/absolute");
  join(absolute, here, "/outside/secret");
  host_link(absolute, "root/absolute_file");
  join(absolute, here, "/root/file");
  host_link(absolute, "root/absolute_inside");
  host_link("../outside", "root/relative");
  host_link("../outside/secret", "root/relative_file");
  host_link("dir/../../outside", "root/winding");
  host_link("../../outside", "root/dir/upward");
  host_link("dir/upward", "root/nested_link");
  host_link("..", "root/parent");
  host_link("../root", "root/around"); /* leaves and comes back: refused all the same */
  host_link("/", "root/slash");
  host_link("/proc/self/root", "root/proc_root");
  host_link("/proc/self/cwd", "root/proc_cwd");
  host_link("../outside/new", "root/dangling");
}

/* Paths whose object lies outside. All are refused with EPERM. */
static const char *const leaving[] = {
    "..",
    "../",
    "../.",
    "../outside",
    "../outside/secret",
    "../root/file",
    "dir/../..",
    "dir/../../outside/secret",
    "dir/nested/../../../outside/secret",
    "./../outside/secret",
    ".//..//outside/secret",
    "/",
    "//",
    "/etc/passwd",
    "/file",
    "absolute/",
    "absolute/secret",
    "absolute_file/",
    "relative/",
    "relative/secret",
    "relative/.",
    "relative/..",
    "winding/secret",
    "dir/upward/secret",
    "nested_link/secret",
    "nested_link/",
    "parent/",
    "parent/outside/secret",
    "parent/root/file",
    "around/file",
    "around/",
    "slash/",
    "slash/etc/passwd",
    "proc_root/etc/passwd",
    "proc_cwd/outside/secret",
    "dir/nested/../../relative/secret",
};
/* Links whose target is outside, without a slash behind: to be refused where they are followed. */
static const char *const leaving_links[] = {
    "absolute",    "absolute_file", "absolute_inside", "relative", "relative_file", "winding",  "dir/upward",
    "nested_link", "parent",        "around",          "slash",    "proc_root",     "proc_cwd", "dangling"};
#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Nothing outside has changed, and nothing open is of the outside. */
static void check_outside(void) {
  CHECK(host_holds("outside/secret", "secret"));
  CHECK(!host_has("outside/new"));
  struct stat status;
  CHECK(stat("outside", &status) == 0 && status.st_nlink == 2);
  CHECK(stat("outside/secret", &status) == 0 && status.st_nlink == 1);
  CHECK(!host_has("new") && !host_has("root/new"));
  struct wasi *wasi = wasi_state(guest);
  for (uint32_t fd = 3; fd < wasi->descriptor_slots; fd++) {
    if (wasi->descriptors[fd].open && wasi->descriptors[fd].fs == NULL) {
      CHECK(fstat(wasi->descriptors[fd].host, &status) == 0);
      CHECK(status.st_dev == outside_device && status.st_ino != outside_inode &&
            status.st_ino != secret_inode);
    }
  }
}

static void opening(void) {
  plant_links();
  for (size_t i = 0; i < COUNT(leaving); i++) {
    EQUAL(open_path(ROOT, leaving[i], 0, READ_ONLY, 0), WASI_EPERM);
    EQUAL(open_path(ROOT, leaving[i], 0, 0, 0), WASI_EPERM);
    EQUAL(open_link(ROOT, leaving[i], 0, 0, 0), WASI_EPERM);
    EQUAL(open_path(ROOT, leaving[i], WASI_OFLAG_DIRECTORY, DIRECTORY, 0), WASI_EPERM);
    CHECK(open_path(ROOT, leaving[i], WASI_OFLAG_CREAT, READ_WRITE, 0) != WASI_ESUCCESS);
    CHECK(open_path(ROOT, leaving[i], WASI_OFLAG_TRUNC, READ_WRITE, 0) != WASI_ESUCCESS);
  }
  for (size_t i = 0; i < COUNT(leaving_links); i++) {
    EQUAL(open_path(ROOT, leaving_links[i], 0, READ_ONLY, 0), WASI_EPERM);
    EQUAL(open_path(ROOT, leaving_links[i], WASI_OFLAG_CREAT, READ_WRITE, 0), WASI_EPERM);
    EQUAL(open_path(ROOT, leaving_links[i], WASI_OFLAG_CREAT | WASI_OFLAG_TRUNC, READ_WRITE, 0), WASI_EPERM);
    EQUAL(open_path(ROOT, leaving_links[i], WASI_OFLAG_CREAT | WASI_OFLAG_EXCL, READ_WRITE, 0), WASI_EEXIST);
    EQUAL(open_link(ROOT, leaving_links[i], 0, READ_ONLY, 0), WASI_ELOOP);
    EQUAL(open_link(ROOT, leaving_links[i], WASI_OFLAG_CREAT, READ_WRITE, 0), WASI_ELOOP);
  }
  check_outside();
}

static void looking(void) {
  plant_links();
  for (size_t i = 0; i < COUNT(leaving); i++) {
    EQUAL(stat_path(ROOT, 0, leaving[i]), WASI_EPERM);
    EQUAL(stat_path(ROOT, FOLLOW, leaving[i]), WASI_EPERM);
    EQUAL(read_link(ROOT, leaving[i], 100), WASI_EPERM);
    EQUAL(wasi_unstable_path_filestat_get(guest, ROOT, FOLLOW, PATH_A, put_text(PATH_A, leaving[i]), OUT),
          WASI_EPERM);
  }
  for (size_t i = 0; i < COUNT(leaving_links); i++) {
    EQUAL(stat_path(ROOT, FOLLOW, leaving_links[i]), WASI_EPERM);
    EQUAL(stat_path(ROOT, 0, leaving_links[i]), WASI_ESUCCESS); /* the link itself is inside */
    EQUAL(get64(OUT + 16), WASI_FILETYPE_SYMBOLIC_LINK);
  }
  check_outside();
}

static void changing(void) {
  plant_links();
  const uint32_t both = WASI_FSTFLAG_ATIM | WASI_FSTFLAG_MTIM;
  struct stat before, after;
  CHECK(stat("outside/secret", &before) == 0);
  for (size_t i = 0; i < COUNT(leaving); i++) {
    EQUAL(set_times(ROOT, 0, leaving[i], 0, 0, both), WASI_EPERM);
    EQUAL(set_times(ROOT, FOLLOW, leaving[i], 0, 0, both), WASI_EPERM);
    EQUAL(make_link(ROOT, 0, leaving[i], ROOT, "new"), WASI_EPERM);
    EQUAL(make_link(ROOT, FOLLOW, leaving[i], ROOT, "new"), WASI_EPERM);
  }
  for (size_t i = 0; i < COUNT(leaving_links); i++) {
    EQUAL(set_times(ROOT, FOLLOW, leaving_links[i], 0, 0, both), WASI_EPERM);
    EQUAL(make_link(ROOT, FOLLOW, leaving_links[i], ROOT, "new"), WASI_EPERM);
    EQUAL(make_link(ROOT, 0, leaving_links[i], ROOT, "new"), WASI_ESUCCESS); /* a second name of the link */
    EQUAL(open_path(ROOT, "new", 0, READ_ONLY, 0), WASI_EPERM);
    EQUAL(unlink_file(ROOT, "new"), WASI_ESUCCESS);
  }
  CHECK(stat("outside/secret", &after) == 0);
  CHECK(before.st_mtim.tv_sec == after.st_mtim.tv_sec && before.st_ctim.tv_nsec == after.st_ctim.tv_nsec);
  check_outside();
}

/* Calls on a name in a directory: the directory must be inside, the name is taken as it is. */
static void naming(void) {
  plant_links();
  static const char *const parents[] = {"..",         "../outside",       "absolute", "relative",  "winding",
                                        "dir/upward", "parent",           "slash",    "dir/../..", "around",
                                        "",           "proc_cwd/outside", "proc_root"};
  for (size_t i = 0; i < COUNT(parents); i++) {
    char path[PATH_MAX], existing[PATH_MAX];
    join(path, parents[i], "/new");
    join(existing, parents[i], "/secret");
    EQUAL(make_directory(ROOT, path), WASI_EPERM);
    EQUAL(remove_directory(ROOT, existing), WASI_EPERM);
    EQUAL(unlink_file(ROOT, existing), WASI_EPERM);
    EQUAL(make_symlink("x", ROOT, path), WASI_EPERM);
    EQUAL(make_link(ROOT, 0, "file", ROOT, path), WASI_EPERM);
    EQUAL(rename_path(ROOT, "file", ROOT, path), WASI_EPERM);
    EQUAL(rename_path(ROOT, existing, ROOT, "new"), WASI_EPERM);
    EQUAL(open_path(ROOT, path, WASI_OFLAG_CREAT, READ_WRITE, 0), WASI_EPERM);
    EQUAL(open_path(ROOT, path, WASI_OFLAG_CREAT | WASI_OFLAG_EXCL, READ_WRITE, 0), WASI_EPERM);
  }
  /* The last component ".." of the mount itself. */
  EQUAL(make_directory(ROOT, ".."), WASI_EPERM);
  EQUAL(remove_directory(ROOT, ".."), WASI_EPERM);
  EQUAL(unlink_file(ROOT, ".."), WASI_EPERM);
  EQUAL(make_symlink("x", ROOT, "../"), WASI_EPERM);
  EQUAL(make_link(ROOT, 0, "file", ROOT, "dir/../.."), WASI_EPERM);
  EQUAL(rename_path(ROOT, "..", ROOT, "new"), WASI_EPERM);
  EQUAL(rename_path(ROOT, "file", ROOT, ".."), WASI_EPERM);
  CHECK(host_holds("root/file", "text"));
  check_outside();
}

/* A name that is a link with a slash behind it: the kernel never follows it where a name is made or removed.
 */
static void slashes_behind_links(void) {
  plant_links();
  for (size_t i = 0; i < COUNT(leaving_links); i++) {
    char path[PATH_MAX];
    join(path, leaving_links[i], "/");
    CHECK(make_directory(ROOT, path) != WASI_ESUCCESS);
    CHECK(remove_directory(ROOT, path) != WASI_ESUCCESS);
    CHECK(unlink_file(ROOT, path) != WASI_ESUCCESS);
    CHECK(make_symlink("x", ROOT, path) != WASI_ESUCCESS);
    CHECK(make_link(ROOT, 0, "file", ROOT, path) != WASI_ESUCCESS);
    CHECK(rename_path(ROOT, "file", ROOT, path) != WASI_ESUCCESS);
    CHECK(rename_path(ROOT, path, ROOT, "new") != WASI_ESUCCESS);
    CHECK(host_has("root/file"));
  }
  check_outside();
}

/* From a directory below the mount's root there is no way up either, not even within the mount. */
static void subdirectories_confine(void) {
  plant_links();
  uint32_t dir = must_open_directory(ROOT, "dir");
  EQUAL(open_path(dir, "../file", 0, READ_ONLY, 0), WASI_EPERM);
  EQUAL(open_path(dir, "..", 0, 0, 0), WASI_EPERM);
  EQUAL(stat_path(dir, 0, "nested/../../file"), WASI_EPERM);
  EQUAL(rename_path(dir, "nested", dir, "../nested"), WASI_EPERM);
  EQUAL(make_symlink("../file", dir, "up"), WASI_ESUCCESS);
  EQUAL(open_path(dir, "up", 0, READ_ONLY, 0), WASI_EPERM);
  EQUAL(open_path(ROOT, "dir/up", 0, READ_ONLY, 0), WASI_ESUCCESS);
  check_outside();
}

/* One mount is no way into another, though both belong to the guest. */
static void mounts_do_not_meet(void) {
  host_link("../frozen/file", "root/across");
  EQUAL(open_path(ROOT, "across", 0, READ_WRITE, 0), WASI_EPERM);
  EQUAL(open_path(ROOT, "../frozen/file", 0, READ_WRITE, 0), WASI_EPERM);
  CHECK(host_holds("frozen/file", "text"));
}

/* Links of /proc that jump to open files, with /proc itself as the mount. */
static void magic_links(void) {
  const struct wasmrt_mount mounts[] = {{"/proc/self", "/proc", false}};
  struct wasmrt_guest_options options = {.mounts = mounts, .mount_count = 1};
  int before = open("outside/secret", O_RDONLY | O_CLOEXEC);
  harness_configure(0, NULL, &options);
  char path[PATH_MAX];
  join_number(path, "fd/", (uint64_t)before);
  CHECK(open_path(ROOT, path, 0, READ_ONLY, 0) != WASI_ESUCCESS);
  CHECK(open_path(ROOT, "root/etc/passwd", 0, READ_ONLY, 0) != WASI_ESUCCESS);
  CHECK(open_path(ROOT, "cwd/outside/secret", 0, READ_ONLY, 0) != WASI_ESUCCESS);
  CHECK(open_path(ROOT, "exe", 0, READ_ONLY, 0) != WASI_ESUCCESS);
  CHECK(open_path(ROOT, "cwd/", 0, 0, 0) != WASI_ESUCCESS);
  CHECK(stat_path(ROOT, FOLLOW, path) != WASI_ESUCCESS);
  CHECK(stat_path(ROOT, FOLLOW, "cwd") != WASI_ESUCCESS);
  CHECK(stat_path(ROOT, 0, "cwd/") != WASI_ESUCCESS);
  EQUAL(open_path(ROOT, "stat", 0, READ_ONLY, 0), WASI_ESUCCESS); /* what is no link is still there */
  close(before);
}

/* Another thread of the host swaps a directory for a link to the outside, and back, as fast as it can. */
static volatile bool swapping;

static void *swap(void *unused) {
  (void)unused;
  while (swapping) {
    rename("root/swapped", "root/real");
    (void)symlink("../outside", "root/swapped");
    unlink("root/swapped");
    rename("root/real", "root/swapped");
  }
  return NULL;
}

static void swapped_during_the_walk(void) {
  plant_links();
  CHECK(mkdir("root/swapped", 0777) == 0);
  host_file("root/swapped/secret", "decoy");
  swapping = true;
  pthread_t thread;
  CHECK(pthread_create(&thread, NULL, swap, NULL) == 0);
  unsigned opens = 0;
  /* Until it has been there at least once: on a busy machine the other thread may sleep while it is away. */
  for (int i = 0; i < 4000 || (opens == 0 && i < 1000000); i++) {
    uint32_t error = open_path(ROOT, "swapped/secret", 0, READ_ONLY, 0);
    if (error == WASI_ESUCCESS) {
      uint32_t fd = opened();
      EQUAL(read_bytes(fd, 10), WASI_ESUCCESS);
      CHECK(get32(OUT) == 5 && memcmp(guest_bytes(BUFFER), "decoy", 5) == 0);
      EQUAL(wasi_fd_close(guest, fd), WASI_ESUCCESS);
      opens++;
    }
    if (stat_path(ROOT, FOLLOW, "swapped/secret") == WASI_ESUCCESS) {
      CHECK(get64(OUT + 8) != secret_inode);
    }
    unlink_file(ROOT, "swapped/new");
    make_directory(ROOT, "swapped/new");
    remove_directory(ROOT, "swapped/new");
    set_times(ROOT, FOLLOW, "swapped/secret", 0, 0, WASI_FSTFLAG_MTIM);
  }
  swapping = false;
  CHECK(pthread_join(thread, NULL) == 0);
  CHECK(opens > 0);
  struct stat status;
  CHECK(stat("outside/secret", &status) == 0 && status.st_mtim.tv_sec > 0);
  check_outside();
}

/* A directory moved up and down while ".." is resolved below it. */
static void *move(void *unused) {
  (void)unused;
  while (swapping) {
    rename("root/dir/nested", "root/nested");
    rename("root/nested", "root/dir/nested");
  }
  return NULL;
}

static void moved_during_the_walk(void) {
  plant_links();
  swapping = true;
  pthread_t thread;
  CHECK(pthread_create(&thread, NULL, move, NULL) == 0);
  uint32_t dir = must_open_directory(ROOT, "dir");
  for (int i = 0; i < 4000; i++) {
    /* Below dir, "nested/../.." is outside of it wherever nested is. */
    CHECK(stat_path(dir, 0, "nested/../../file") != WASI_ESUCCESS);
    CHECK(open_path(dir, "nested/../..", 0, 0, 0) != WASI_ESUCCESS);
    if (stat_path(dir, 0, "nested/..") == WASI_ESUCCESS) {
      uint64_t inode = get64(OUT + 8);
      EQUAL(wasi_fd_filestat_get(guest, dir, OUT), WASI_ESUCCESS);
      EQUAL(get64(OUT + 8), inode);
    }
  }
  swapping = false;
  CHECK(pthread_join(thread, NULL) == 0);
  check_outside();
}

/*
 * The last component exchanged with a link to the outside by one system call, so that there is never nothing:
 * whoever looks first and opens then gets the other one sooner or later.
 */
static void *swap_last(void *unused) {
  (void)unused;
  while (swapping) {
    (void)syscall(SYS_renameat2, AT_FDCWD, "root/last", AT_FDCWD, "root/other", 2 /* RENAME_EXCHANGE */);
  }
  return NULL;
}

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* A second of every call that follows the last component, on it; counts the opens that succeed and those that
 * do not. */
static void attack_last(unsigned *opens, unsigned *refusals) {
  for (double end = seconds() + 1; seconds() < end || *opens == 0 || *refusals == 0;) {
    uint32_t error = open_path(ROOT, "last", WASI_OFLAG_CREAT | WASI_OFLAG_TRUNC, READ_WRITE, 0);
    if (error == WASI_ESUCCESS) {
      uint32_t fd = opened();
      EQUAL(write_text(fd, "guest"), WASI_ESUCCESS);
      EQUAL(wasi_fd_close(guest, fd), WASI_ESUCCESS);
    }
    *(error == WASI_ESUCCESS ? opens : refusals) += 1;
    if (open_path(ROOT, "last", 0, READ_ONLY, 0) == WASI_ESUCCESS) {
      uint32_t fd = opened();
      EQUAL(read_bytes(fd, 6), WASI_ESUCCESS);
      CHECK(get32(OUT) < 6 || memcmp(guest_bytes(BUFFER), "secret", 6) != 0);
      EQUAL(wasi_fd_close(guest, fd), WASI_ESUCCESS);
    }
    if (stat_path(ROOT, FOLLOW, "last") == WASI_ESUCCESS) {
      CHECK(get64(OUT + 8) != secret_inode);
    }
    set_times(ROOT, FOLLOW, "last", 0, 0, WASI_FSTFLAG_ATIM | WASI_FSTFLAG_MTIM);
    if (make_link(ROOT, FOLLOW, "last", ROOT, "kept") == WASI_ESUCCESS) {
      EQUAL(stat_path(ROOT, 0, "kept"), WASI_ESUCCESS);
      CHECK(get64(OUT + 8) != secret_inode);
      EQUAL(unlink_file(ROOT, "kept"), WASI_ESUCCESS);
    }
  }
}

static void last_component_swapped(void) {
  plant_links();
  host_file("root/last", "decoy");
  CHECK(symlink("../outside/secret", "root/other") == 0);
  swapping = true;
  pthread_t thread;
  CHECK(pthread_create(&thread, NULL, swap_last, NULL) == 0);
  unsigned opens = 0, refusals = 0;
  attack_last(&opens, &refusals);
  swapping = false;
  CHECK(pthread_join(thread, NULL) == 0);
  struct stat status;
  CHECK(stat("outside/secret", &status) == 0 && status.st_mtim.tv_sec > 0 && status.st_atim.tv_sec > 0);
  check_outside();
}

/* A pipe is opened as by any program; one that does not want to wait for the other end says so, and does not.
 */
static void pipes(void) {
  CHECK(mkfifo("root/pipe", 0666) == 0);
  EQUAL(open_path(ROOT, "pipe", 0, READ_WRITE & ~WASI_RIGHT_FD_READ, WASI_FDFLAG_NONBLOCK), WASI_ENXIO);
  EQUAL(open_path(ROOT, "pipe", 0, READ_ONLY, WASI_FDFLAG_NONBLOCK), WASI_ESUCCESS);
  uint32_t reader = opened();
  EQUAL(open_path(ROOT, "pipe", 0, READ_WRITE & ~WASI_RIGHT_FD_READ, WASI_FDFLAG_NONBLOCK), WASI_ESUCCESS);
  EQUAL(write_text(opened(), "ab"), WASI_ESUCCESS);
  EQUAL(read_bytes(reader, 4), WASI_ESUCCESS);
  EQUAL(get32(OUT), 2);
  EQUAL(read_bytes(reader, 4), WASI_EAGAIN);
  EQUAL(wasi_fd_seek(guest, reader, 0, 0, OUT), WASI_ESPIPE);
  EQUAL(stat_path(ROOT, 0, "pipe"), WASI_ESUCCESS);
  EQUAL(*(uint8_t *)guest_bytes(OUT + 16), WASI_FILETYPE_UNKNOWN);
}

/* A directory of devices gives its devices, but not what its links to /proc stand for. */
static void devices(void) {
  const struct wasmrt_mount mounts[] = {{"/dev", "/dev", false}};
  struct wasmrt_guest_options options = {.mounts = mounts, .mount_count = 1};
  harness_configure(0, NULL, &options);
  uint32_t fd = must_open(ROOT, "null", 0, READ_WRITE);
  EQUAL(wasi_fd_filestat_get(guest, fd, OUT), WASI_ESUCCESS);
  EQUAL(*(uint8_t *)guest_bytes(OUT + 16), WASI_FILETYPE_CHARACTER_DEVICE);
  EQUAL(write_text(fd, "x"), WASI_ESUCCESS);
  CHECK(open_path(ROOT, "fd/0", 0, READ_ONLY, 0) != WASI_ESUCCESS);
  CHECK(open_path(ROOT, "stdin", 0, READ_ONLY, 0) != WASI_ESUCCESS);
  CHECK(open_path(ROOT, "null/..", 0, 0, 0) != WASI_ESUCCESS);
}

/* Where openat2 is missing or refused, the first path decides for the walk, and for good. */
static void chooses_a_way(void) {
  wasi_state(guest)->resolution = WASI_RESOLVE_UNKNOWN;
  EQUAL(open_path(ROOT, "dir/../..", 0, 0, 0), WASI_EPERM);
  CHECK(wasi_state(guest)->resolution != WASI_RESOLVE_UNKNOWN);
  EQUAL(open_path(ROOT, "dir/nested/deep", 0, READ_ONLY, 0), WASI_ESUCCESS);
}

const struct wasi_test escape_tests[] = {
    EVERY(opening) EVERY(looking) EVERY(changing) EVERY(naming) EVERY(slashes_behind_links)
        EVERY(subdirectories_confine) EVERY(mounts_do_not_meet) BOTH(magic_links)
            BOTH(swapped_during_the_walk) BOTH(moved_during_the_walk) BOTH(last_component_swapped) BOTH(pipes)
                BOTH(devices) ONCE(chooses_a_way){0}};
