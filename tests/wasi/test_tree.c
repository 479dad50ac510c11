/* Trees in memory: their functions called as the runtime calls them, and through a guest's descriptors. */
#include "harness.h"
#include "tree.h"

#include <stdlib.h>

/*
 * What the compiler would put into an executable, by hand: a tree with a directory, a file and two links. The
 * harness begins with none, so that only these tests see it.
 */
enum { ROOT_NODE, DIRECTORY_NODE, LINK_NODE, LOOP_NODE, FILE_NODE, NODE_COUNT };

struct embedded {
  uint64_t count;
  struct wasmrt_tree_mount mounts[2];
  char guest[16], second_guest[16];
  struct wasmrt_tree tree;
  struct wasmrt_tree_node nodes[NODE_COUNT];
  char names[NODE_COUNT][8];
  char link[16], loop[16], content[16];
};
#define PLACE_IN_TREE(member) (offsetof(struct embedded, member) - offsetof(struct embedded, tree))
#define NODE(which, type, its_name, from, bytes, links)                                                      \
  [which] = {.name = PLACE_IN_TREE(names[which]),                                                            \
             .name_length = sizeof(its_name) - 1,                                                            \
             .kind = (type),                                                                                 \
             .content = (from),                                                                              \
             .size = (bytes),                                                                                \
             .link_count = (links)}

struct embedded test_trees __asm__(WASMRT_TREES_SYMBOL) = {
    .mounts = {{offsetof(struct embedded, guest), offsetof(struct embedded, tree)},
               {offsetof(struct embedded, second_guest), offsetof(struct embedded, tree)}},
    .guest = "/tree",
    .second_guest = "again",
    .tree = {.size = sizeof(struct embedded) - offsetof(struct embedded, tree),
             .nodes = PLACE_IN_TREE(nodes),
             .node_count = NODE_COUNT,
             .time = 123456789,
             .device = WASMRT_TREE_DEVICE},
    .nodes = {NODE(ROOT_NODE, WASMRT_TREE_DIRECTORY, "", DIRECTORY_NODE, 3, 3),
              NODE(DIRECTORY_NODE, WASMRT_TREE_DIRECTORY, "dir", FILE_NODE, 1, 2),
              NODE(LINK_NODE, WASMRT_TREE_LINK, "link", PLACE_IN_TREE(link), 8, 1),
              NODE(LOOP_NODE, WASMRT_TREE_LINK, "loop", PLACE_IN_TREE(loop), 4, 1),
              NODE(FILE_NODE, WASMRT_TREE_FILE, "file", PLACE_IN_TREE(content), 10, 1)},
    .names = {"", "dir", "link", "loop", "file"},
    .link = "dir/file",
    .loop = "loop",
    .content = "0123456789",
};

static const struct wasmrt_fs *const fs = &wasmrt_tree_fs;

static void *find(struct wasmrt_tree *tree, const char *path) {
  void *file;
  EQUAL(fs->open(tree, path, WASMRT_FS_READ, &file), 0);
  return file;
}

static struct wasmrt_fs_stat stat_of(struct wasmrt_tree *tree, const char *path) {
  struct wasmrt_fs_stat status;
  EQUAL(fs->stat(tree, path, &status), 0);
  return status;
}

static bool holds(struct wasmrt_tree *tree, const char *path, const char *text) {
  char buffer[64];
  const struct iovec vector = {buffer, sizeof buffer};
  size_t done;
  EQUAL(fs->read(tree, find(tree, path), &vector, 1, 0, &done), 0);
  return done == strlen(text) && memcmp(buffer, text, done) == 0;
}

static bool is_there(struct wasmrt_tree *tree, const char *path) {
  struct wasmrt_fs_stat status;
  const uint32_t error = fs->stat(tree, path, &status);
  CHECK(error == 0 || error == WASI_ENOENT);
  return error == 0;
}

/* "NAME/NAME/...": the entries in the order of their cookies. */
static void list(struct wasmrt_tree *tree, const char *path, char text[256]) {
  struct wasmrt_fs_entry entry;
  void *directory = find(tree, path);
  uint64_t cookie = 0;
  text[0] = '\0';
  for (;;) {
    EQUAL(fs->readdir(tree, directory, cookie, &entry), 0);
    if (entry.name == NULL) {
      return;
    }
    CHECK(entry.next > cookie && strlen(text) + strlen(entry.name) + 2 < 256);
    cookie = entry.next;
    strcat(strcat(text, entry.name), entry.type == WASMRT_FS_DIRECTORY ? "/ " : " ");
  }
}

#define FILE_OF(path, text) {path, text, sizeof(text) - 1}

static void makes_directories(void) {
  static const struct wasmrt_tree_file files[] = {
      FILE_OF("b/c/d", "deep"), FILE_OF("a", "first"),   FILE_OF("b.c", "dot"),       FILE_OF("b/c!", "mark"),
      FILE_OF("empty/", ""),    FILE_OF("b/", ""),       FILE_OF("\xc3\xa9", "utf8"), FILE_OF("b/c/", ""),
      FILE_OF("x/y/z/", ""),    FILE_OF("b/e f", "gap"), FILE_OF("ab", "longer"),     FILE_OF("b/", ""),
  };
  struct wasmrt_tree *tree = wasmrt_tree_create(files, sizeof files / sizeof *files);
  char text[256];
  CHECK(tree != NULL);
  list(tree, "", text);
  CHECK(strcmp(text, "a ab b/ b.c empty/ x/ \xc3\xa9 ") == 0);
  list(tree, "b", text);
  CHECK(strcmp(text, "c/ c! e f ") == 0);
  list(tree, "x/y", text);
  CHECK(strcmp(text, "z/ ") == 0);
  list(tree, "empty", text);
  CHECK(text[0] == '\0');
  CHECK(holds(tree, "a", "first") && holds(tree, "ab", "longer") && holds(tree, "b.c", "dot"));
  CHECK(holds(tree, "b/c/d", "deep") && holds(tree, "b/c!", "mark") && holds(tree, "b/e f", "gap"));
  CHECK(holds(tree, "\xc3\xa9", "utf8"));
  CHECK(!is_there(tree, "aa") && !is_there(tree, "abc") && !is_there(tree, "b/c/dd") && !is_there(tree, "0"));
  CHECK(!is_there(tree, "a/b") && !is_there(tree, "b/c/d/e") && !is_there(tree, "zz") &&
        !is_there(tree, "b/C"));
  EQUAL(stat_of(tree, "").type, WASMRT_FS_DIRECTORY);
  EQUAL(stat_of(tree, "").links, 5);
  EQUAL(stat_of(tree, "b").links, 3);
  EQUAL(stat_of(tree, "b/c/d").size, 4);
  EQUAL(stat_of(tree, "b/c/d").links, 1);
  CHECK(stat_of(tree, "b/c/d").inode != stat_of(tree, "b/c").inode);
  wasmrt_tree_destroy(tree);
}

/* Halving finds every name, and none between them. */
static void finds_among_many(void) {
  enum { COUNT = 300 };
  static char paths[COUNT][PATH_MAX];
  static struct wasmrt_tree_file files[COUNT];
  for (unsigned i = 0; i < COUNT; i++) {
    join_number(paths[i], "dir/", i * 7919 % COUNT * 2); /* in no order */
    files[i] = (struct wasmrt_tree_file){paths[i], paths[i] + 4, strlen(paths[i]) - 4};
  }
  struct wasmrt_tree *tree = wasmrt_tree_create(files, COUNT);
  for (unsigned i = 0; i < 2 * COUNT; i++) {
    char path[PATH_MAX];
    join_number(path, "dir/", i);
    CHECK(i % 2 == 0 ? holds(tree, path, path + 4) : !is_there(tree, path));
  }
  wasmrt_tree_destroy(tree);
}

/* Contents stay where they are. */
static void borrows_contents(void) {
  static char content[] = "before";
  const struct wasmrt_tree_file file = {"file", content, 6};
  struct wasmrt_tree *tree = wasmrt_tree_create(&file, 1);
  memcpy(content, "behind", 6);
  CHECK(holds(tree, "file", "behind"));
  wasmrt_tree_destroy(tree);
  tree = wasmrt_tree_create(NULL, 0);
  CHECK(tree != NULL && stat_of(tree, "").type == WASMRT_FS_DIRECTORY && !is_there(tree, "file"));
  wasmrt_tree_destroy(tree);
}

static void refuses_paths(void) {
  static char longest[4097], name[300];
  memset(name, 'n', sizeof name - 1);
  memset(longest, 'l', sizeof longest - 1);
  for (size_t i = 100; i < sizeof longest - 1; i += 100) {
    longest[i] = '/';
  }
  const char *const bad[] = {"",    "/",   "/a",   "a//b",   "a//", ".",    "..",
                             "./a", "a/.", "a/..", "a/../b", name,  longest};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    const struct wasmrt_tree_file files[] = {{"fine", "", 0}, {bad[i], "", 0}};
    errno = 0;
    CHECK(wasmrt_tree_create(files, 2) == NULL && errno == EINVAL);
  }
  static const char *const pairs[][2] = {
      {"a", "a"}, {"a", "a/"}, {"a/b", "a"}, {"a/b/c", "a/b"}, {"x/a", "x/a"}};
  for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
    const struct wasmrt_tree_file files[] = {{"fine", "", 0}, {pairs[i][0], "", 0}, {pairs[i][1], "", 0}};
    errno = 0;
    CHECK(wasmrt_tree_create(files, 3) == NULL && errno == EINVAL);
  }
  longest[4095] = '\0';
  const struct wasmrt_tree_file file = {longest, "end", 3};
  struct wasmrt_tree *tree = wasmrt_tree_create(&file, 1);
  CHECK(tree != NULL && holds(tree, longest, "end"));
  wasmrt_tree_destroy(tree);
}

/* Offsets are the guest's, of any size; nothing beyond a file's end is ever read. */
static void keeps_within_files(void) {
  static const struct wasmrt_tree_file files[] = {FILE_OF("file", "0123456789"), FILE_OF("next", "secret"),
                                                  FILE_OF("empty", "")};
  struct wasmrt_tree *tree = wasmrt_tree_create(files, 3);
  char a[4], b[100];
  const struct iovec vectors[] = {{a, 4}, {NULL, 0}, {b, 100}};
  void *file = find(tree, "file");
  size_t done;
  EQUAL(fs->read(tree, file, vectors, 3, 1, &done), 0);
  CHECK(done == 9 && memcmp(a, "1234", 4) == 0 && memcmp(b, "56789", 5) == 0);
  static const uint64_t beyond[] = {10, 11, 1000, INT64_MAX, UINT64_MAX - 3, UINT64_MAX};
  for (size_t i = 0; i < sizeof beyond / sizeof *beyond; i++) {
    EQUAL(fs->read(tree, file, vectors, 3, beyond[i], &done), 0);
    EQUAL(done, 0);
  }
  EQUAL(fs->read(tree, find(tree, "empty"), vectors, 3, 0, &done), 0);
  EQUAL(done, 0);
  EQUAL(fs->read(tree, find(tree, ""), vectors, 3, 0, &done), WASI_EISDIR);
  wasmrt_tree_destroy(tree);
}

static void keeps_within_directories(void) {
  static const struct wasmrt_tree_file files[] = {FILE_OF("a/1", ""), FILE_OF("a/2", ""), FILE_OF("b/3", "")};
  struct wasmrt_tree *tree = wasmrt_tree_create(files, 3);
  struct wasmrt_fs_entry entry;
  static const uint64_t beyond[] = {2, 3, 1000, INT64_MAX, UINT64_MAX};
  for (size_t i = 0; i < sizeof beyond / sizeof *beyond; i++) {
    entry.name = "";
    EQUAL(fs->readdir(tree, find(tree, "a"), beyond[i], &entry), 0);
    CHECK(entry.name == NULL);
  }
  EQUAL(fs->readdir(tree, find(tree, "a"), 1, &entry), 0);
  CHECK(strcmp(entry.name, "2") == 0 && entry.inode == stat_of(tree, "a/2").inode);
  EQUAL(fs->readdir(tree, find(tree, "a/1"), 0, &entry), WASI_ENOTDIR);
  wasmrt_tree_destroy(tree);
}

static void is_read_only(void) {
  static const struct wasmrt_tree_file file = FILE_OF("file", "text");
  struct wasmrt_tree *tree = wasmrt_tree_create(&file, 1);
  void *opened;
  EQUAL(fs->open(tree, "file", WASMRT_FS_READ | WASMRT_FS_WRITE, &opened), WASI_EROFS);
  EQUAL(fs->open(tree, "file", WASMRT_FS_READ | WASMRT_FS_TRUNCATE, &opened), WASI_EROFS);
  EQUAL(fs->open(tree, "new", WASMRT_FS_READ | WASMRT_FS_CREATE, &opened), WASI_ENOENT);
  CHECK(fs->write == NULL && fs->unlink == NULL && fs->rename == NULL && fs->mkdir == NULL);
  wasmrt_tree_destroy(tree);
}

/* Two trees are two devices: a guest that compares files by device and inode does not take one for the other.
 */
static void tells_trees_apart(void) {
  static const struct wasmrt_tree_file file = FILE_OF("file", "text");
  struct wasmrt_tree *one = wasmrt_tree_create(&file, 1), *two = wasmrt_tree_create(&file, 1);
  CHECK(stat_of(one, "file").device != stat_of(two, "file").device);
  EQUAL(stat_of(one, "file").device, stat_of(one, "").device);
  wasmrt_tree_destroy(one);
  wasmrt_tree_destroy(two);
}

static void reads_images(void) {
  struct wasmrt_tree *tree = &test_trees.tree;
  char text[256];
  size_t length;
  list(tree, "", text);
  CHECK(strcmp(text, "dir/ link loop ") == 0);
  CHECK(holds(tree, "dir/file", "0123456789"));
  EQUAL(stat_of(tree, "link").type, WASMRT_FS_SYMBOLIC_LINK);
  EQUAL(stat_of(tree, "link").size, 8);
  EQUAL(stat_of(tree, "dir").modified, 123456789);
  CHECK(!is_there(tree, "link/file"));
  EQUAL(fs->readlink(tree, "link", text, sizeof text, &length), 0);
  CHECK(length == 8 && memcmp(text, "dir/file", 8) == 0);
  EQUAL(fs->readlink(tree, "link", text, 3, &length), 0);
  EQUAL(length, 3);
  EQUAL(fs->readlink(tree, "dir", text, sizeof text, &length), WASI_EINVAL);
  EQUAL(fs->readlink(tree, "nothing", text, sizeof text, &length), WASI_ENOENT);
}

/* ---- As a guest sees it ----------------------------------------------------------------------------- */

/* The trees follow the mounts. */
enum { TREE = 5, AGAIN = 6 };

static void embed(void) {
  static const struct wasmrt_mount mounts[] = {{"root", "/", false}, {"frozen", "/frozen", true}};
  static const struct wasmrt_guest_options options = {.mounts = mounts, .mount_count = 2};
  test_trees.count = 2;
  harness_configure(0, NULL, &options);
  test_trees.count = 0;
}

static void are_mounted(void) {
  static const struct {
    uint32_t fd;
    const char *name;
  } mounts[] = {{TREE, "/tree"}, {AGAIN, "again"}};
  embed();
  for (size_t i = 0; i < 2; i++) {
    EQUAL(wasi_fd_prestat_get(guest, mounts[i].fd, OUT), WASI_ESUCCESS);
    EQUAL(get32(OUT + 4), strlen(mounts[i].name));
    EQUAL(wasi_fd_prestat_dir_name(guest, mounts[i].fd, BUFFER, get32(OUT + 4)), WASI_ESUCCESS);
    CHECK(memcmp(guest_bytes(BUFFER), mounts[i].name, strlen(mounts[i].name)) == 0);
    EQUAL(read_bytes(must_open(mounts[i].fd, "dir/file", 0, READ_ONLY), 100), WASI_ESUCCESS);
    CHECK(get32(OUT) == 10 && memcmp(guest_bytes(BUFFER), "0123456789", 10) == 0);
  }
  EQUAL(wasi_fd_prestat_get(guest, AGAIN + 1, OUT), WASI_EBADF);
  /* Beside them, the host's directories are what they were. */
  EQUAL(read_bytes(must_open(ROOT, "file", 0, READ_ONLY), 100), WASI_ESUCCESS);
  CHECK(get32(OUT) == 4 && memcmp(guest_bytes(BUFFER), "text", 4) == 0);
}

static void follow_their_links(void) {
  embed();
  EQUAL(read_bytes(must_open(TREE, "link", 0, READ_ONLY), 3), WASI_ESUCCESS);
  CHECK(memcmp(guest_bytes(BUFFER), "012", 3) == 0);
  EQUAL(open_link(TREE, "link", 0, READ_ONLY, 0), WASI_ELOOP);
  EQUAL(open_path(TREE, "loop", 0, READ_ONLY, 0), WASI_ELOOP);
  EQUAL(open_path(TREE, "loop/file", 0, READ_ONLY, 0), WASI_ELOOP);
  EQUAL(read_link(TREE, "link", 100), WASI_ESUCCESS);
  CHECK(get32(OUT) == 8 && memcmp(guest_bytes(BUFFER), "dir/file", 8) == 0);
  EQUAL(stat_path(TREE, 0, "link"), WASI_ESUCCESS);
  EQUAL(*(uint8_t *)guest_bytes(OUT + 16), WASI_FILETYPE_SYMBOLIC_LINK);
  EQUAL(stat_path(TREE, WASI_LOOKUP_SYMLINK_FOLLOW, "link"), WASI_ESUCCESS);
  EQUAL(*(uint8_t *)guest_bytes(OUT + 16), WASI_FILETYPE_REGULAR_FILE);
  EQUAL(get64(OUT + 32), 10);
}

/* ".." is the runtime's to refuse, in a tree as in the host's directories. */
static void cannot_be_left(void) {
  static const char *const paths[] = {"..", "../outside/secret", "dir/../../outside/secret", "dir/../..",
                                      "/"};
  embed();
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
    EQUAL(open_path(TREE, paths[i], 0, READ_ONLY, 0), WASI_EPERM);
    EQUAL(stat_path(TREE, 0, paths[i]), WASI_EPERM);
  }
  const uint32_t dir = must_open_directory(TREE, "dir");
  EQUAL(open_path(dir, "../link", 0, READ_ONLY, 0), WASI_EPERM);
}

/* Neither by path nor by descriptor, nor as one side of what takes two paths. */
static void refuse_changes(void) {
  embed();
  EQUAL(open_path(TREE, "dir/file", 0, READ_WRITE, 0), WASI_EROFS);
  EQUAL(open_path(TREE, "dir/file", WASI_OFLAG_TRUNC, READ_ONLY, 0), WASI_EROFS);
  EQUAL(open_path(TREE, "new", WASI_OFLAG_CREAT, READ_ONLY, 0), WASI_EROFS);
  EQUAL(make_directory(TREE, "new"), WASI_EROFS);
  EQUAL(remove_directory(TREE, "dir"), WASI_EROFS);
  EQUAL(unlink_file(TREE, "dir/file"), WASI_EROFS);
  EQUAL(make_symlink("file", TREE, "new"), WASI_EROFS);
  EQUAL(make_link(TREE, 0, "dir/file", TREE, "new"), WASI_EROFS);
  EQUAL(make_link(TREE, 0, "dir/file", ROOT, "new"), WASI_EROFS);
  EQUAL(make_link(ROOT, 0, "file", TREE, "new"), WASI_EROFS);
  EQUAL(rename_path(TREE, "dir/file", ROOT, "new"), WASI_EROFS);
  EQUAL(rename_path(ROOT, "file", TREE, "new"), WASI_EROFS);
  EQUAL(set_times(TREE, 0, "dir/file", 1, 1, WASI_FSTFLAG_ATIM | WASI_FSTFLAG_MTIM), WASI_EROFS);
  const uint32_t fd = must_open(TREE, "dir/file", 0, READ_ONLY);
  CHECK(write_text(fd, "x") != WASI_ESUCCESS);
  CHECK(wasi_fd_filestat_set_size(guest, fd, 0) != WASI_ESUCCESS);
  CHECK(wasi_fd_allocate(guest, fd, 0, 100) != WASI_ESUCCESS);
  EQUAL(wasi_fd_filestat_set_times(guest, TREE, 1, 1, WASI_FSTFLAG_MTIM_NOW), WASI_EROFS);
  CHECK(memcmp(test_trees.content, "0123456789", 11) == 0 && host_holds("root/file", "text"));
  CHECK(!host_has("root/new"));
}

const struct wasi_test tree_tests[] = {
    ONCE(makes_directories) ONCE(finds_among_many) ONCE(borrows_contents) ONCE(refuses_paths)
        ONCE(keeps_within_files) ONCE(keeps_within_directories) ONCE(is_read_only) ONCE(tells_trees_apart)
            ONCE(reads_images) ONCE(are_mounted) ONCE(follow_their_links) ONCE(cannot_be_left)
                ONCE(refuse_changes){0}};
