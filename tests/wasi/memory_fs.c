/* The file system in memory (memory_fs.h). */
#define _GNU_SOURCE
#include "memory_fs.h"

#include <stdlib.h>

#include "harness.h"

struct memory_entry {
  struct memory_entry *next; /* in the order of cookies */
  uint64_t cookie;
  struct memory_node *node;
  char name[256];
};

/* A file, a link, whose bytes are its text, or a directory, which has entries. */
struct memory_node {
  uint8_t type;
  unsigned links, opened;
  uint64_t inode, accessed, modified, changed;
  uint8_t *bytes;
  size_t size;
  struct memory_entry *entries;
};

/* ---- The tree ------------------------------------------------------------------------------------------ */

static struct memory_node *make_node(struct memory_fs *fs, uint8_t type) {
  struct memory_node *node = calloc(1, sizeof *node);
  CHECK(node != NULL);
  node->type = type;
  node->inode = ++fs->last_inode;
  node->accessed = node->modified = node->changed = ++fs->clock;
  return node;
}

static void release(struct memory_node *node) {
  if (node->links == 0 && node->opened == 0) {
    CHECK(node->entries == NULL);
    free(node->bytes);
    free(node);
  }
}

static struct memory_entry *find_entry(const struct memory_node *directory, const char *name, size_t length) {
  for (struct memory_entry *entry = directory->entries; entry != NULL; entry = entry->next) {
    if (strlen(entry->name) == length && memcmp(entry->name, name, length) == 0) {
      return entry;
    }
  }
  return NULL;
}

/* What the runtime promises of every path. */
static void check_path(const char *path) {
  CHECK(strlen(path) < 4096);
  for (size_t at = 0; path[0] != '\0';) {
    size_t length = strcspn(path + at, "/");
    CHECK(length > 0 && length < 256);
    CHECK(!(length == 1 && path[at] == '.') && !(length == 2 && path[at] == '.' && path[at + 1] == '.'));
    at += length;
    if (path[at] == '\0') {
      break;
    }
    at++;
  }
}

/* The node of a path's first `length` bytes, or NULL. */
static struct memory_node *find_part(struct memory_fs *fs, const char *path, size_t length) {
  struct memory_node *node = fs->root;
  for (size_t at = 0; at < length && node != NULL;) {
    size_t name_length = strcspn(path + at, "/");
    struct memory_entry *entry =
        node->type == WASMRT_FS_DIRECTORY ? find_entry(node, path + at, name_length) : NULL;
    node = entry == NULL ? NULL : entry->node;
    at += name_length + 1;
  }
  return node;
}

static struct memory_node *find(struct memory_fs *fs, const char *path) {
  check_path(path);
  return find_part(fs, path, strlen(path));
}

/* The directory that a path's last name lies in, which the runtime has seen to be one. */
static struct memory_node *find_parent(struct memory_fs *fs, const char *path, const char **name) {
  check_path(path);
  CHECK(path[0] != '\0');
  const char *slash = strrchr(path, '/');
  *name = slash == NULL ? path : slash + 1;
  struct memory_node *parent = find_part(fs, path, slash == NULL ? 0 : (size_t)(slash - path));
  CHECK(parent != NULL && parent->type == WASMRT_FS_DIRECTORY);
  return parent;
}

static void add_entry(struct memory_fs *fs, const char *path, struct memory_node *node) {
  const char *name;
  struct memory_node *parent = find_parent(fs, path, &name);
  CHECK(find_entry(parent, name, strlen(name)) == NULL);
  struct memory_entry *entry = calloc(1, sizeof *entry), **end = &parent->entries;
  CHECK(entry != NULL);
  entry->cookie = ++fs->last_cookie;
  entry->node = node;
  strcpy(entry->name, name);
  while (*end != NULL) {
    end = &(*end)->next;
  }
  *end = entry;
  node->links++;
  parent->modified = parent->changed = node->changed = ++fs->clock;
}

static void remove_entry(struct memory_fs *fs, const char *path) {
  const char *name;
  struct memory_node *parent = find_parent(fs, path, &name);
  struct memory_entry *entry = find_entry(parent, name, strlen(name)), **at = &parent->entries;
  CHECK(entry != NULL);
  while (*at != entry) {
    at = &(*at)->next;
  }
  *at = entry->next;
  entry->node->links--;
  parent->modified = parent->changed = entry->node->changed = ++fs->clock;
  release(entry->node);
  free(entry);
}

static void resize(struct memory_node *node, size_t size) {
  node->bytes = realloc(node->bytes, size + 1);
  CHECK(node->bytes != NULL);
  if (size > node->size) {
    memset(node->bytes + node->size, 0, size - node->size);
  }
  node->size = size;
}

/* ---- Open files ---------------------------------------------------------------------------------------- */

static uint32_t open_file(void *user, const char *path, uint32_t flags, void **file) {
  struct memory_fs *fs = user;
  struct memory_node *node = find(fs, path);
  if (node == NULL) {
    CHECK((flags & WASMRT_FS_CREATE) != 0);
    node = make_node(fs, WASMRT_FS_REGULAR_FILE);
    add_entry(fs, path, node);
  } else {
    CHECK((flags & WASMRT_FS_EXCLUSIVE) == 0);
  }
  CHECK(node->type != WASMRT_FS_SYMBOLIC_LINK);
  CHECK((node->type == WASMRT_FS_DIRECTORY) == ((flags & WASMRT_FS_OPEN_DIRECTORY) != 0));
  CHECK(node->type != WASMRT_FS_DIRECTORY ||
        (flags & (WASMRT_FS_WRITE | WASMRT_FS_CREATE | WASMRT_FS_TRUNCATE)) == 0);
  if ((flags & WASMRT_FS_TRUNCATE) != 0) {
    resize(node, 0);
    node->modified = node->changed = ++fs->clock;
  }
  node->opened++;
  fs->open_files++;
  *file = node;
  return 0;
}

static void close_file(void *user, void *file) {
  struct memory_fs *fs = user;
  struct memory_node *node = file;
  CHECK(fs->open_files > 0 && node->opened > 0);
  fs->open_files--;
  node->opened--;
  release(node);
}

static uint32_t read_file(void *user, void *file, const struct iovec *buffers, int count, uint64_t offset,
                          size_t *done) {
  struct memory_fs *fs = user;
  struct memory_node *node = file;
  size_t total = 0;
  CHECK(node->type == WASMRT_FS_REGULAR_FILE);
  for (int i = 0; i < count && offset < node->size; i++) {
    size_t part = buffers[i].iov_len;
    part = part > node->size - offset ? node->size - (size_t)offset : part;
    part = fs->most > 0 && part > fs->most - total ? fs->most - total : part;
    memcpy(buffers[i].iov_base, node->bytes + offset, part);
    total += part;
    offset += part;
  }
  *done = total + fs->excess;
  return fs->failure;
}

static uint32_t write_file(void *user, void *file, const struct iovec *buffers, int count, uint64_t offset,
                           size_t *done) {
  struct memory_fs *fs = user;
  struct memory_node *node = file;
  size_t total = 0;
  CHECK(node->type == WASMRT_FS_REGULAR_FILE);
  if (offset > 1 << 20) {
    return WASMRT_WASI_EFBIG;
  }
  for (int i = 0; i < count && fs->failure == 0; i++) {
    size_t part = buffers[i].iov_len;
    part = fs->most > 0 && part > fs->most - total ? fs->most - total : part;
    if (part > 0 && offset + part > node->size) {
      resize(node, (size_t)offset + part);
    }
    if (part > 0) {
      memcpy(node->bytes + offset, buffers[i].iov_base, part);
    }
    total += part;
    offset += part;
  }
  node->modified = node->changed = ++fs->clock;
  *done = total + fs->excess;
  return fs->failure;
}

static void fill_status(const struct memory_node *node, struct wasmrt_fs_stat *status) {
  *status = (struct wasmrt_fs_stat){.device = 77,
                                    .inode = node->inode,
                                    .links = node->links,
                                    .size = node->size,
                                    .accessed = node->accessed,
                                    .modified = node->modified,
                                    .changed = node->changed,
                                    .type = node->type};
}

static uint32_t stat_file(void *user, void *file, struct wasmrt_fs_stat *status) {
  fill_status(file, status);
  return ((struct memory_fs *)user)->failure;
}

static uint32_t set_size(void *user, void *file, uint64_t size) {
  struct memory_fs *fs = user;
  struct memory_node *node = file;
  CHECK(node->type == WASMRT_FS_REGULAR_FILE);
  if (size > 1 << 20) {
    return WASMRT_WASI_EFBIG;
  }
  resize(node, (size_t)size);
  node->modified = node->changed = ++fs->clock;
  return fs->failure;
}

static uint32_t allocate(void *user, void *file, uint64_t offset, uint64_t length) {
  struct memory_node *node = file;
  if (offset > 1 << 20 || length > 1 << 20) {
    return WASMRT_WASI_ENOSPC;
  }
  return offset + length > node->size ? set_size(user, file, offset + length) : 0;
}

static uint32_t set_node_times(struct memory_fs *fs, struct memory_node *node, const uint64_t *accessed,
                               const uint64_t *modified) {
  node->accessed = accessed == NULL ? node->accessed : *accessed;
  node->modified = modified == NULL ? node->modified : *modified;
  node->changed = ++fs->clock;
  return 0;
}

static uint32_t set_file_times(void *user, void *file, const uint64_t *accessed, const uint64_t *modified) {
  return set_node_times(user, file, accessed, modified);
}

static uint32_t sync_file(void *user, void *file, bool data_only) {
  (void)file, (void)data_only;
  return ((struct memory_fs *)user)->failure;
}

static uint32_t read_directory(void *user, void *directory, uint64_t cookie, struct wasmrt_fs_entry *found) {
  struct memory_node *node = directory;
  CHECK(node->type == WASMRT_FS_DIRECTORY && cookie < UINT64_C(1) << 63);
  const struct memory_entry *entry = node->entries;
  while (entry != NULL && entry->cookie <= cookie) {
    entry = entry->next;
  }
  found->name = NULL;
  if (entry != NULL) {
    *found = (struct wasmrt_fs_entry){
        .next = entry->cookie, .inode = entry->node->inode, .name = entry->name, .type = entry->node->type};
  }
  return ((struct memory_fs *)user)->failure;
}

/* ---- Names --------------------------------------------------------------------------------------------- */

static uint32_t stat_node(void *user, const char *path, struct wasmrt_fs_stat *status) {
  const struct memory_node *node = find(user, path);
  if (node == NULL) {
    return WASMRT_WASI_ENOENT;
  }
  fill_status(node, status);
  return 0;
}

static uint32_t read_link_text(void *user, const char *path, char *text, size_t size, size_t *length) {
  struct memory_fs *fs = user;
  const struct memory_node *node = find(fs, path);
  CHECK(node != NULL && node->type == WASMRT_FS_SYMBOLIC_LINK);
  *length = node->size < size ? node->size : size;
  memcpy(text, node->bytes, *length);
  *length += fs->excess;
  return 0;
}

static uint32_t make_directory_node(void *user, const char *path) {
  CHECK(find(user, path) == NULL);
  add_entry(user, path, make_node(user, WASMRT_FS_DIRECTORY));
  return 0;
}

static uint32_t remove_directory_node(void *user, const char *path) {
  struct memory_node *node = find(user, path);
  CHECK(node != NULL && node->type == WASMRT_FS_DIRECTORY);
  if (node->entries != NULL) {
    return WASMRT_WASI_ENOTEMPTY;
  }
  remove_entry(user, path);
  return 0;
}

static uint32_t remove_file(void *user, const char *path) {
  struct memory_node *node = find(user, path);
  CHECK(node != NULL && node->type != WASMRT_FS_DIRECTORY);
  remove_entry(user, path);
  return 0;
}

static uint32_t rename_node(void *user, const char *from, const char *to) {
  struct memory_node *node = find(user, from), *there = find(user, to);
  size_t length = strlen(from);
  CHECK(node != NULL && strcmp(from, to) != 0);
  CHECK(!(strncmp(from, to, length) == 0 && to[length] == '/'));
  if (there != NULL) {
    CHECK((node->type == WASMRT_FS_DIRECTORY) == (there->type == WASMRT_FS_DIRECTORY));
    if (there->entries != NULL) {
      return WASMRT_WASI_ENOTEMPTY;
    }
    if (node == there) {
      return 0;
    }
    remove_entry(user, to);
  }
  node->opened++;
  remove_entry(user, from);
  node->opened--;
  add_entry(user, to, node);
  return 0;
}

static uint32_t make_link_node(void *user, const char *text, const char *path) {
  struct memory_node *node = make_node(user, WASMRT_FS_SYMBOLIC_LINK);
  CHECK(find(user, path) == NULL && strlen(text) < 4096);
  resize(node, strlen(text));
  memcpy(node->bytes, text, node->size);
  add_entry(user, path, node);
  return 0;
}

static uint32_t link_node(void *user, const char *from, const char *to) {
  struct memory_node *node = find(user, from);
  CHECK(node != NULL && node->type != WASMRT_FS_DIRECTORY && find(user, to) == NULL);
  add_entry(user, to, node);
  return 0;
}

static uint32_t set_path_times(void *user, const char *path, const uint64_t *accessed,
                               const uint64_t *modified) {
  struct memory_node *node = find(user, path);
  CHECK(node != NULL);
  return set_node_times(user, node, accessed, modified);
}

const struct wasmrt_fs memory_fs_functions = {
    .open = open_file,
    .close = close_file,
    .read = read_file,
    .write = write_file,
    .stat_file = stat_file,
    .set_size = set_size,
    .allocate = allocate,
    .set_file_times = set_file_times,
    .sync = sync_file,
    .readdir = read_directory,
    .stat = stat_node,
    .readlink = read_link_text,
    .mkdir = make_directory_node,
    .rmdir = remove_directory_node,
    .unlink = remove_file,
    .rename = rename_node,
    .symlink = make_link_node,
    .link = link_node,
    .set_times = set_path_times,
};

/* ---- The owner ----------------------------------------------------------------------------------------- */

void memory_fs_begin(struct memory_fs *fs) {
  *fs = (struct memory_fs){0};
  fs->root = make_node(fs, WASMRT_FS_DIRECTORY);
  fs->root->links = 1;
}

static void remove_all(struct memory_fs *fs, struct memory_node *directory) {
  while (directory->entries != NULL) {
    struct memory_entry *entry = directory->entries;
    directory->entries = entry->next;
    remove_all(fs, entry->node);
    entry->node->links--;
    release(entry->node);
    free(entry);
  }
}

void memory_fs_end(struct memory_fs *fs) {
  EQUAL(fs->open_files, 0);
  remove_all(fs, fs->root);
  fs->root->links = 0;
  release(fs->root);
}

void memory_fs_add_file(struct memory_fs *fs, const char *path, const char *text) {
  struct memory_node *node = find(fs, path);
  if (node == NULL) {
    node = make_node(fs, WASMRT_FS_REGULAR_FILE);
    add_entry(fs, path, node);
  }
  resize(node, strlen(text));
  memcpy(node->bytes, text, node->size);
}

void memory_fs_add_directory(struct memory_fs *fs, const char *path) {
  make_directory_node(fs, path);
}

void memory_fs_add_link(struct memory_fs *fs, const char *path, const char *text) {
  make_link_node(fs, text, path);
}

void memory_fs_remove(struct memory_fs *fs, const char *path) {
  const struct memory_node *node = find(fs, path);
  CHECK(node != NULL && node->entries == NULL);
  remove_entry(fs, path);
}

void memory_fs_stat(struct memory_fs *fs, const char *path, struct stat *status) {
  const struct memory_node *node = find(fs, path);
  CHECK(node != NULL);
  memset(status, 0, sizeof *status);
  status->st_ino = node->inode;
  status->st_nlink = node->links;
  status->st_size = (off_t)node->size;
  status->st_mtim.tv_nsec = (long)node->modified;
  status->st_ctim.tv_nsec = (long)node->changed;
}

bool memory_fs_has(struct memory_fs *fs, const char *path) {
  return find(fs, path) != NULL;
}

bool memory_fs_holds(struct memory_fs *fs, const char *path, const char *text) {
  const struct memory_node *node = find(fs, path);
  return node != NULL && node->size == strlen(text) && memcmp(node->bytes, text, node->size) == 0;
}
