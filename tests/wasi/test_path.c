/* Names below a mount: what every path_ function does, and its errors, with both ways of resolving and in
 * virtual file systems. */
#include "harness.h"

#include <sys/stat.h>
#include <unistd.h>

#define FOLLOW WASI_LOOKUP_SYMLINK_FOLLOW

static void opens(void) {
  EQUAL(open_path(ROOT, "file", 0, READ_WRITE, 0), WASI_ESUCCESS);
  EQUAL(open_path(ROOT, "dir/nested/deep", 0, READ_WRITE, 0), WASI_ESUCCESS);
  EQUAL(read_bytes(opened(), 10), WASI_ESUCCESS);
  CHECK(memcmp(guest_bytes(BUFFER), "deep", 4) == 0);
  EQUAL(open_path(ROOT, "./dir/.//nested/../nested/../../dir/nested///./deep", 0, READ_ONLY, 0),
        WASI_ESUCCESS);
  EQUAL(open_path(ROOT, "missing", 0, READ_ONLY, 0), WASI_ENOENT);
  EQUAL(open_path(ROOT, "missing/file", 0, READ_ONLY, 0), WASI_ENOENT);
  EQUAL(open_path(ROOT, "file/x", 0, READ_ONLY, 0), WASI_ENOTDIR);
  EQUAL(open_path(ROOT, "file/", 0, READ_ONLY, 0), WASI_ENOTDIR);
  EQUAL(open_path(ROOT, "file/.", 0, READ_ONLY, 0), WASI_ENOTDIR);
  EQUAL(open_path(ROOT, "file/..", 0, READ_ONLY, 0), WASI_ENOTDIR);
  EQUAL(open_path(ROOT, "missing/..", 0, READ_ONLY, 0), WASI_ENOENT);
  EQUAL(open_path(ROOT, "", 0, READ_ONLY, 0), WASI_ENOENT);
}

static void opens_directories(void) {
  const char *const names[] = {"dir", "dir/", "dir///", ".", "./", "dir/..", "dir/nested/..", "dir/."};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    EQUAL(open_path(ROOT, names[i], 0, 0, 0), WASI_ESUCCESS);
    EQUAL(open_path(ROOT, names[i], WASI_OFLAG_DIRECTORY, DIRECTORY, 0), WASI_ESUCCESS);
    EQUAL(open_link(ROOT, names[i], WASI_OFLAG_DIRECTORY, DIRECTORY, 0), WASI_ESUCCESS);
    EQUAL(open_path(ROOT, names[i], 0, READ_WRITE, 0), WASI_EISDIR);
    EQUAL(open_path(ROOT, names[i], WASI_OFLAG_DIRECTORY, READ_WRITE, 0), WASI_EISDIR);
  }
  EQUAL(open_path(ROOT, "file", WASI_OFLAG_DIRECTORY, 0, 0), WASI_ENOTDIR);
  uint32_t dir = must_open_directory(ROOT, "dir");
  EQUAL(open_path(dir, "nested/deep", 0, 0, 0), WASI_ESUCCESS);
  EQUAL(open_path(dir, "deep", 0, 0, 0), WASI_ENOENT);
}

static void creates_and_truncates(void) {
  EQUAL(open_path(ROOT, "new", WASI_OFLAG_CREAT, READ_WRITE, 0), WASI_ESUCCESS);
  struct stat status;
  CHECK(harness_is_virtual() || (stat("root/new", &status) == 0 && (status.st_mode & 0777) == 0644));
  EQUAL(open_path(ROOT, "dir/nested/new", WASI_OFLAG_CREAT | WASI_OFLAG_EXCL, READ_WRITE, 0), WASI_ESUCCESS);
  EQUAL(open_path(ROOT, "file", WASI_OFLAG_CREAT, READ_WRITE, 0), WASI_ESUCCESS);
  CHECK(host_holds("root/file", "text"));
  EQUAL(open_path(ROOT, "file", WASI_OFLAG_CREAT | WASI_OFLAG_EXCL, READ_WRITE, 0), WASI_EEXIST);
  EQUAL(open_path(ROOT, "file", WASI_OFLAG_TRUNC, READ_WRITE, 0), WASI_ESUCCESS);
  CHECK(host_holds("root/file", ""));
  EQUAL(open_path(ROOT, "new/", WASI_OFLAG_CREAT, READ_WRITE, 0), WASI_EISDIR);
  EQUAL(open_path(ROOT, "other/", WASI_OFLAG_CREAT, READ_WRITE, 0), WASI_EISDIR);
  EQUAL(open_path(ROOT, "dir", WASI_OFLAG_CREAT, READ_WRITE, 0), WASI_EISDIR);
  EQUAL(open_path(ROOT, "missing/new", WASI_OFLAG_CREAT, READ_WRITE, 0), WASI_ENOENT);
  EQUAL(open_path(ROOT, "x", WASI_OFLAG_CREAT | WASI_OFLAG_DIRECTORY, 0, 0), WASI_EINVAL);
  CHECK(!host_has("root/other") && !host_has("root/x"));
}

static void follows_links_only_on_request(void) {
  EQUAL(make_symlink("file", ROOT, "link"), WASI_ESUCCESS);
  EQUAL(make_symlink("nested/deep", ROOT, "dir/inner"), WASI_ESUCCESS);
  EQUAL(make_symlink("../file", ROOT, "dir/upper"), WASI_ESUCCESS);
  EQUAL(make_symlink("dir", ROOT, "dirlink"), WASI_ESUCCESS);
  EQUAL(make_symlink("nowhere", ROOT, "dangling"), WASI_ESUCCESS);
  EQUAL(make_symlink("link", ROOT, "link2"), WASI_ESUCCESS);
  EQUAL(open_path(ROOT, "link", 0, READ_ONLY, 0), WASI_ESUCCESS);
  EQUAL(open_path(ROOT, "link2", 0, READ_ONLY, 0), WASI_ESUCCESS);
  EQUAL(open_path(ROOT, "dir/inner", 0, READ_ONLY, 0), WASI_ESUCCESS);
  EQUAL(open_path(ROOT, "dir/upper", 0, READ_ONLY, 0), WASI_ESUCCESS);
  EQUAL(open_path(ROOT, "dirlink/nested/deep", 0, READ_ONLY, 0), WASI_ESUCCESS);
  EQUAL(open_path(ROOT, "dirlink/upper", 0, READ_ONLY, 0), WASI_ESUCCESS);
  EQUAL(open_path(ROOT, "dirlink/..", 0, 0, 0), WASI_ESUCCESS);
  EQUAL(open_path(ROOT, "dangling", 0, READ_ONLY, 0), WASI_ENOENT);
  EQUAL(open_link(ROOT, "link", 0, READ_ONLY, 0), WASI_ELOOP);
  EQUAL(open_link(ROOT, "dangling", 0, READ_ONLY, 0), WASI_ELOOP);
  EQUAL(open_link(ROOT, "dirlink", WASI_OFLAG_DIRECTORY, 0, 0), WASI_ENOTDIR);
  /* Links before the last component are followed in any case, and so is one with a slash behind it. */
  EQUAL(open_link(ROOT, "dirlink/nested/deep", 0, READ_ONLY, 0), WASI_ESUCCESS);
  EQUAL(open_link(ROOT, "dirlink/", 0, 0, 0), WASI_ESUCCESS);
  EQUAL(open_path(ROOT, "link/", 0, 0, 0), WASI_ENOTDIR);
  /* Created through a dangling link is what it points to, unless the name is to be new. */
  EQUAL(open_path(ROOT, "dangling", WASI_OFLAG_CREAT | WASI_OFLAG_EXCL, READ_WRITE, 0), WASI_EEXIST);
  EQUAL(open_path(ROOT, "dangling", WASI_OFLAG_CREAT, READ_WRITE, 0), WASI_ESUCCESS);
  CHECK(host_has("root/nowhere"));
}

static void stats(void) {
  EQUAL(make_symlink("file", ROOT, "link"), WASI_ESUCCESS);
  EQUAL(make_symlink("nowhere", ROOT, "dangling"), WASI_ESUCCESS);
  EQUAL(stat_path(ROOT, 0, "file"), WASI_ESUCCESS);
  uint64_t inode = get64(OUT + 8);
  EQUAL(get64(OUT + 16), WASI_FILETYPE_REGULAR_FILE);
  EQUAL(get64(OUT + 32), 4);
  EQUAL(stat_path(ROOT, FOLLOW, "link"), WASI_ESUCCESS);
  EQUAL(get64(OUT + 8), inode);
  EQUAL(stat_path(ROOT, 0, "link"), WASI_ESUCCESS);
  EQUAL(get64(OUT + 16), WASI_FILETYPE_SYMBOLIC_LINK);
  EQUAL(stat_path(ROOT, 0, "dangling"), WASI_ESUCCESS);
  EQUAL(stat_path(ROOT, FOLLOW, "dangling"), WASI_ENOENT);
  EQUAL(stat_path(ROOT, 0, "link/"), WASI_ENOTDIR);
  EQUAL(stat_path(ROOT, 0, "dir/nested/.."), WASI_ESUCCESS);
  EQUAL(get64(OUT + 16), WASI_FILETYPE_DIRECTORY);
  EQUAL(stat_path(ROOT, 0, "."), WASI_ESUCCESS);
  EQUAL(stat_path(ROOT, 0, ""), WASI_ENOENT);
  EQUAL(stat_path(ROOT, 2, "file"), WASI_EINVAL);
  if (harness_is_virtual()) { /* the host cannot make a pipe in one */
    return;
  }
  CHECK(mkfifo("root/fifo", 0666) == 0);
  EQUAL(stat_path(ROOT, FOLLOW, "fifo"), WASI_ESUCCESS); /* without waiting for a writer */
  EQUAL(get64(OUT + 16), WASI_FILETYPE_UNKNOWN);
}

static void sets_times(void) {
  const uint32_t both = WASI_FSTFLAG_ATIM | WASI_FSTFLAG_MTIM;
  EQUAL(make_symlink("file", ROOT, "link"), WASI_ESUCCESS);
  EQUAL(make_symlink("../../link", ROOT, "dir/nested/link"), WASI_ESUCCESS);
  EQUAL(set_times(ROOT, 0, "file", 1000000003, 2000000004, both), WASI_ESUCCESS);
  EQUAL(stat_path(ROOT, 0, "file"), WASI_ESUCCESS);
  EQUAL(get64(OUT + 40), 1000000003);
  EQUAL(get64(OUT + 48), 2000000004);
  EQUAL(set_times(ROOT, FOLLOW, "dir/nested/link", 0, 5000000005, WASI_FSTFLAG_MTIM), WASI_ESUCCESS);
  EQUAL(stat_path(ROOT, 0, "file"), WASI_ESUCCESS);
  EQUAL(get64(OUT + 40), 1000000003);
  EQUAL(get64(OUT + 48), 5000000005);
  EQUAL(set_times(ROOT, 0, "link", 6000000006, 6000000006, both), WASI_ESUCCESS);
  EQUAL(stat_path(ROOT, 0, "file"), WASI_ESUCCESS);
  EQUAL(get64(OUT + 48), 5000000005);
  EQUAL(stat_path(ROOT, 0, "link"), WASI_ESUCCESS);
  EQUAL(get64(OUT + 48), 6000000006);
  EQUAL(set_times(ROOT, 0, "dir/", 7000000007, 7000000007, both), WASI_ESUCCESS);
  EQUAL(stat_path(ROOT, 0, "dir"), WASI_ESUCCESS);
  EQUAL(get64(OUT + 48), 7000000007);
  EQUAL(set_times(ROOT, 0, "missing", 0, 0, both), WASI_ENOENT);
  EQUAL(set_times(ROOT, FOLLOW, "missing", 0, 0, both), WASI_ENOENT);
  EQUAL(set_times(ROOT, 0, "file/", 0, 0, both), WASI_ENOTDIR);
  EQUAL(set_times(ROOT, 0, "file", 0, 0, WASI_FSTFLAG_MTIM | WASI_FSTFLAG_MTIM_NOW), WASI_EINVAL);
  EQUAL(set_times(ROOT, 2, "file", 0, 0, both), WASI_EINVAL);
}

static void makes_and_removes_directories(void) {
  EQUAL(make_directory(ROOT, "new"), WASI_ESUCCESS);
  EQUAL(make_directory(ROOT, "new/inner/"), WASI_ESUCCESS);
  EQUAL(make_directory(ROOT, "dir/../new/other"), WASI_ESUCCESS);
  CHECK(host_has("root/new/inner") && host_has("root/new/other"));
  EQUAL(make_directory(ROOT, "new"), WASI_EEXIST);
  EQUAL(make_directory(ROOT, "file"), WASI_EEXIST);
  EQUAL(make_directory(ROOT, "."), WASI_EEXIST);
  EQUAL(make_directory(ROOT, "dir/.."), WASI_EEXIST);
  EQUAL(make_directory(ROOT, "missing/.."), WASI_ENOENT);
  EQUAL(make_directory(ROOT, "missing/new"), WASI_ENOENT);
  EQUAL(make_directory(ROOT, "file/new"), WASI_ENOTDIR);
  EQUAL(make_directory(ROOT, ""), WASI_ENOENT);
  EQUAL(remove_directory(ROOT, "new"), WASI_ENOTEMPTY);
  EQUAL(remove_directory(ROOT, "new/inner"), WASI_ESUCCESS);
  EQUAL(remove_directory(ROOT, "new/other///"), WASI_ESUCCESS);
  EQUAL(remove_directory(ROOT, "new"), WASI_ESUCCESS);
  EQUAL(remove_directory(ROOT, "new"), WASI_ENOENT);
  EQUAL(remove_directory(ROOT, "file"), WASI_ENOTDIR);
  EQUAL(remove_directory(ROOT, "file/"), WASI_ENOTDIR);
  EQUAL(remove_directory(ROOT, "."), WASI_EINVAL);
  EQUAL(make_symlink("dir", ROOT, "link"), WASI_ESUCCESS);
  EQUAL(remove_directory(ROOT, "link"), WASI_ENOTDIR);
  EQUAL(make_directory(ROOT, "link"), WASI_EEXIST);
}

static void unlinks(void) {
  EQUAL(make_symlink("file", ROOT, "link"), WASI_ESUCCESS);
  EQUAL(unlink_file(ROOT, "dir"), WASI_EISDIR);
  EQUAL(unlink_file(ROOT, "dir/"), WASI_EISDIR);
  EQUAL(unlink_file(ROOT, "."), WASI_EISDIR);
  EQUAL(unlink_file(ROOT, "file/"), WASI_ENOTDIR);
  EQUAL(unlink_file(ROOT, "missing"), WASI_ENOENT);
  EQUAL(unlink_file(ROOT, "link"), WASI_ESUCCESS);
  CHECK(host_has("root/file") && !host_has("root/link"));
  EQUAL(unlink_file(ROOT, "dir/nested/deep"), WASI_ESUCCESS);
  CHECK(!host_has("root/dir/nested/deep"));
  uint32_t fd = must_open(ROOT, "file", 0, READ_ONLY);
  EQUAL(unlink_file(ROOT, "file"), WASI_ESUCCESS);
  EQUAL(read_bytes(fd, 10), WASI_ESUCCESS);
  EQUAL(get32(OUT), 4);
}

static void makes_and_reads_symlinks(void) {
  EQUAL(make_symlink("some/where", ROOT, "dir/link"), WASI_ESUCCESS);
  EQUAL(read_link(ROOT, "dir/link", 100), WASI_ESUCCESS);
  EQUAL(get32(OUT), 10);
  CHECK(memcmp(guest_bytes(BUFFER), "some/where\0", 11) == 0);
  EQUAL(read_link(ROOT, "dir/link", 4), WASI_ESUCCESS);
  EQUAL(get32(OUT), 4);
  EQUAL(read_link(ROOT, "file", 100), WASI_EINVAL);
  EQUAL(read_link(ROOT, "dir/", 100), WASI_EINVAL);
  EQUAL(read_link(ROOT, ".", 100), WASI_EINVAL);
  EQUAL(read_link(ROOT, "missing", 100), WASI_ENOENT);
  EQUAL(read_link(ROOT, "dir/link/", 100), WASI_ENOENT);
  EQUAL(make_symlink("x", ROOT, "file"), WASI_EEXIST);
  EQUAL(make_symlink("x", ROOT, "file/"), WASI_EEXIST);
  EQUAL(make_symlink("x", ROOT, "dir/"), WASI_EEXIST);
  EQUAL(make_symlink("x", ROOT, "."), WASI_EEXIST);
  EQUAL(make_symlink("x", ROOT, "new/"), WASI_ENOENT);
  EQUAL(make_symlink("", ROOT, "new"), WASI_ENOENT);
  EQUAL(make_symlink("/absolute", ROOT, "new"), WASI_EPERM);
  CHECK(!host_has("root/new"));
}

static void links(void) {
  EQUAL(make_link(ROOT, 0, "file", ROOT, "dir/hard"), WASI_ESUCCESS);
  CHECK(host_holds("root/dir/hard", "text"));
  EQUAL(stat_path(ROOT, 0, "file"), WASI_ESUCCESS);
  EQUAL(get64(OUT + 24), 2);
  EQUAL(make_link(ROOT, 0, "file", ROOT, "dir/hard"), WASI_EEXIST);
  EQUAL(make_link(ROOT, 0, "file", ROOT, "dir"), WASI_EEXIST);
  EQUAL(make_link(ROOT, 0, "file", ROOT, "."), WASI_EEXIST);
  EQUAL(make_link(ROOT, 0, "file", ROOT, "new/"), WASI_ENOENT);
  EQUAL(make_link(ROOT, 0, "missing", ROOT, "new"), WASI_ENOENT);
  EQUAL(make_link(ROOT, 0, "dir", ROOT, "new"), WASI_EPERM);
  EQUAL(make_link(ROOT, 0, "dir/", ROOT, "new"), WASI_EPERM);
  EQUAL(make_link(ROOT, 0, "file/", ROOT, "new"), WASI_ENOTDIR);
  EQUAL(make_link(ROOT, 2, "file", ROOT, "new"), WASI_EINVAL);
  EQUAL(make_symlink("file", ROOT, "soft"), WASI_ESUCCESS);
  EQUAL(make_symlink("nowhere", ROOT, "dangling"), WASI_ESUCCESS);
  EQUAL(make_link(ROOT, 0, "soft", ROOT, "soft2"), WASI_ESUCCESS);
  EQUAL(stat_path(ROOT, 0, "soft2"), WASI_ESUCCESS);
  EQUAL(get64(OUT + 16), WASI_FILETYPE_SYMBOLIC_LINK);
  EQUAL(make_link(ROOT, FOLLOW, "soft", ROOT, "hard2"), WASI_ESUCCESS);
  EQUAL(stat_path(ROOT, 0, "hard2"), WASI_ESUCCESS);
  EQUAL(get64(OUT + 16), WASI_FILETYPE_REGULAR_FILE);
  EQUAL(make_link(ROOT, FOLLOW, "dangling", ROOT, "new"), WASI_ENOENT);
  CHECK(!host_has("root/new"));
}

static void renames(void) {
  uint32_t dir = must_open_directory(ROOT, "dir");
  EQUAL(rename_path(ROOT, "file", dir, "nested/moved"), WASI_ESUCCESS);
  CHECK(!host_has("root/file") && host_holds("root/dir/nested/moved", "text"));
  EQUAL(rename_path(dir, "nested/moved", ROOT, "dir/nested/deep"), WASI_ESUCCESS);
  CHECK(host_holds("root/dir/nested/deep", "text"));
  EQUAL(make_directory(ROOT, "empty"), WASI_ESUCCESS);
  EQUAL(rename_path(ROOT, "dir/nested/", ROOT, "empty/"), WASI_ESUCCESS);
  CHECK(host_has("root/empty/deep"));
  EQUAL(rename_path(ROOT, "empty", ROOT, "dir"), WASI_ESUCCESS);
  EQUAL(rename_path(ROOT, "missing", ROOT, "x"), WASI_ENOENT);
  EQUAL(rename_path(ROOT, "dir", ROOT, "dir/inner"), WASI_EINVAL);
  host_file("root/file", "new");
  EQUAL(rename_path(ROOT, "file", ROOT, "dir"), WASI_EISDIR);
  EQUAL(rename_path(ROOT, "dir", ROOT, "file"), WASI_ENOTDIR);
  EQUAL(rename_path(ROOT, "file/", ROOT, "x"), WASI_ENOTDIR);
  EQUAL(rename_path(ROOT, "file", ROOT, "x/"), WASI_ENOTDIR);
  EQUAL(rename_path(ROOT, ".", ROOT, "x"), WASI_EBUSY);
  EQUAL(rename_path(ROOT, "dir", ROOT, "dir/.."), WASI_EBUSY);
  EQUAL(make_directory(ROOT, "other"), WASI_ESUCCESS);
  EQUAL(rename_path(ROOT, "other", ROOT, "dir"), WASI_ENOTEMPTY);
  /* A link is renamed, not what it points to. */
  EQUAL(make_symlink("dir", ROOT, "link"), WASI_ESUCCESS);
  EQUAL(rename_path(ROOT, "link", ROOT, "link2"), WASI_ESUCCESS);
  CHECK(host_has("root/dir") && host_has("root/link2") && !host_has("root/link"));
}

/* 255 bytes a name, 4095 a path. */
static void keeps_length_limits(void) {
  char name[300], path[5000];
  memset(name, 'n', sizeof name);
  name[255] = '\0';
  EQUAL(open_path(ROOT, name, WASI_OFLAG_CREAT, READ_WRITE, 0), WASI_ESUCCESS);
  EQUAL(unlink_file(ROOT, name), WASI_ESUCCESS);
  EQUAL(make_directory(ROOT, name), WASI_ESUCCESS);
  name[255] = 'n';
  name[256] = '\0';
  EQUAL(open_path(ROOT, name, WASI_OFLAG_CREAT, READ_WRITE, 0), WASI_ENAMETOOLONG);
  EQUAL(open_path(ROOT, name, 0, READ_WRITE, 0), WASI_ENAMETOOLONG);
  EQUAL(stat_path(ROOT, 0, name), WASI_ENAMETOOLONG);
  EQUAL(make_directory(ROOT, name), WASI_ENAMETOOLONG);
  EQUAL(unlink_file(ROOT, name), WASI_ENAMETOOLONG);
  EQUAL(remove_directory(ROOT, name), WASI_ENAMETOOLONG);
  EQUAL(rename_path(ROOT, "file", ROOT, name), WASI_ENAMETOOLONG);
  EQUAL(make_symlink("x", ROOT, name), WASI_ENAMETOOLONG);
  EQUAL(make_link(ROOT, 0, "file", ROOT, name), WASI_ENAMETOOLONG);
  EQUAL(set_times(ROOT, 0, name, 0, 0, WASI_FSTFLAG_MTIM), WASI_ENAMETOOLONG);
  strcat(name, "/x");
  EQUAL(open_path(ROOT, name, 0, READ_WRITE, 0), WASI_ENAMETOOLONG);
  for (size_t i = 0; i < sizeof path; i++) {
    path[i] = i % 2 == 0 ? '.' : '/';
  }
  memcpy(path + 4091, "file", 5);
  path[4090] = '/';
  EQUAL(strlen(path), 4095);
  EQUAL(open_path(ROOT, path, 0, READ_ONLY, 0), WASI_ESUCCESS);
  EQUAL(stat_path(ROOT, 0, path), WASI_ESUCCESS);
  memcpy(path + 4091, "/file", 6);
  EQUAL(open_path(ROOT, path, 0, READ_ONLY, 0), WASI_ENAMETOOLONG);
  EQUAL(unlink_file(ROOT, path), WASI_ENAMETOOLONG);
  EQUAL(make_symlink(path, ROOT, "link"), WASI_ENAMETOOLONG);
  CHECK(host_has("root/file"));
}

/* Deeper than descriptors or a path could count, step by step, and back again. */
static void goes_deep_and_back(void) {
  char path[4000] = "";
  for (int i = 0; i < 60; i++) {
    strcat(path, i == 0 ? "d" : "/d");
    EQUAL(make_directory(ROOT, path), WASI_ESUCCESS);
  }
  for (int i = 0; i < 60; i++) {
    strcat(path, "/..");
  }
  strcat(path, "/file");
  EQUAL(open_path(ROOT, path, 0, READ_ONLY, 0), WASI_ESUCCESS);
  EQUAL(read_bytes(opened(), 10), WASI_ESUCCESS);
  EQUAL(get32(OUT), 4);
}

static void limits_links(void) {
  char name[16], target[16];
  EQUAL(make_symlink("file", ROOT, "l0"), WASI_ESUCCESS);
  for (int i = 1; i < 45; i++) {
    name[0] = target[0] = 'l';
    name[1] = (char)('0' + i / 10), name[2] = (char)('0' + i % 10), name[3] = '\0';
    target[1] = (char)('0' + (i - 1) / 10), target[2] = (char)('0' + (i - 1) % 10), target[3] = '\0';
    EQUAL(make_symlink(i == 1 ? "l0" : target, ROOT, name), WASI_ESUCCESS);
  }
  EQUAL(open_path(ROOT, "l39", 0, READ_ONLY, 0), WASI_ESUCCESS); /* 40 links */
  EQUAL(open_path(ROOT, "l40", 0, READ_ONLY, 0), WASI_ELOOP);
  EQUAL(set_times(ROOT, FOLLOW, "l39", 0, 0, 0), WASI_ESUCCESS);
  EQUAL(set_times(ROOT, FOLLOW, "l40", 0, 0, 0), WASI_ELOOP);
  EQUAL(make_symlink("loop", ROOT, "loop"), WASI_ESUCCESS);
  EQUAL(make_symlink("../dir/b", ROOT, "dir/a"), WASI_ESUCCESS);
  EQUAL(make_symlink("a", ROOT, "dir/b"), WASI_ESUCCESS);
  EQUAL(open_path(ROOT, "loop", 0, READ_ONLY, 0), WASI_ELOOP);
  EQUAL(open_path(ROOT, "loop/x", 0, READ_ONLY, 0), WASI_ELOOP);
  EQUAL(open_path(ROOT, "dir/a", 0, READ_ONLY, 0), WASI_ELOOP);
  EQUAL(stat_path(ROOT, FOLLOW, "dir/b/.."), WASI_ELOOP);
  EQUAL(make_link(ROOT, FOLLOW, "loop", ROOT, "new"), WASI_ELOOP);
  EQUAL(make_link(ROOT, 0, "loop", ROOT, "new"), WASI_ESUCCESS);
  EQUAL(unlink_file(ROOT, "loop"), WASI_ESUCCESS);
}

/* A NUL inside a path would hide what follows it from the host. */
static void refuses_nul(void) {
  memcpy(guest_bytes(PATH_A), "file\0x", 6);
  EQUAL(wasi_path_open(guest, ROOT, 0, PATH_A, 6, 0, 0, 0, 0, OUT), WASI_EINVAL);
  EQUAL(wasi_path_open(guest, ROOT, 0, PATH_A, 5, 0, 0, 0, 0, OUT), WASI_EINVAL);
  EQUAL(wasi_path_open(guest, ROOT, 0, PATH_A + 4, 1, 0, 0, 0, 0, OUT), WASI_EINVAL);
  EQUAL(wasi_path_unlink_file(guest, ROOT, PATH_A, 5), WASI_EINVAL);
  EQUAL(wasi_path_symlink(guest, PATH_A, 6, ROOT, PATH_A, 1), WASI_EINVAL);
  CHECK(host_has("root/file"));
}

/* Names are bytes to the host: those that are no UTF-8 work, too. */
static void takes_any_bytes(void) {
  EQUAL(open_path(ROOT, "caf\xc3\xa9 \xff\x01", WASI_OFLAG_CREAT, READ_WRITE, 0), WASI_ESUCCESS);
  CHECK(host_has("root/caf\xc3\xa9 \xff\x01"));
}

const struct wasi_test path_tests[] = {
    EVERY(opens) EVERY(opens_directories) EVERY(creates_and_truncates) EVERY(follows_links_only_on_request)
        EVERY(stats) EVERY(sets_times) EVERY(makes_and_removes_directories) EVERY(unlinks)
            EVERY(makes_and_reads_symlinks) EVERY(links) EVERY(renames) EVERY(keeps_length_limits)
                EVERY(goes_deep_and_back) EVERY(limits_links) EVERY(refuses_nul) EVERY(takes_any_bytes){0}};
