/*
 * Directory trees in memory as a file system (wasmrt_fs.h): images that the compiler has put into an
 * executable, or tree_files.c has made, in the format of abi/tree.h. They are served where they lie; nothing
 * is copied but what a guest reads, and nothing is allocated. What changes a file system is left out of the
 * table, and so is EROFS.
 *
 * Images are trusted. What comes from the guest are paths, which the runtime has made clean, offsets and
 * cookies: each is held to its bounds here.
 */
#include <string.h>

#include "tree.h"
#include "wasmrt_fs.h"

static const char *bytes_at(const struct wasmrt_tree *tree, uint64_t offset) {
  /* By way of an integer: contents of images that were made at run time lie elsewhere in memory. */
  return (const char *)((uintptr_t)tree + (uintptr_t)offset);
}

static const struct wasmrt_tree_node *nodes_of(const struct wasmrt_tree *tree) {
  return (const struct wasmrt_tree_node *)bytes_at(tree, tree->nodes);
}

/* The entry of a directory with this name, or NULL. */
static const struct wasmrt_tree_node *find_entry(const struct wasmrt_tree *tree,
                                                 const struct wasmrt_tree_node *directory, const char *name,
                                                 size_t length) {
  const struct wasmrt_tree_node *entries = nodes_of(tree) + directory->content;
  uint64_t begin = 0, end = directory->size;
  while (begin < end) {
    const uint64_t middle = begin + (end - begin) / 2;
    const struct wasmrt_tree_node *entry = &entries[middle];
    int order =
        memcmp(name, bytes_at(tree, entry->name), length < entry->name_length ? length : entry->name_length);
    if (order == 0) {
      order = length < entry->name_length ? -1 : length > entry->name_length;
    }
    if (order == 0) {
      return entry;
    }
    if (order < 0) {
      end = middle;
    } else {
      begin = middle + 1;
    }
  }
  return NULL;
}

/* What a path names, or NULL. */
static const struct wasmrt_tree_node *find(const struct wasmrt_tree *tree, const char *path) {
  const struct wasmrt_tree_node *node = nodes_of(tree);
  while (*path != '\0' && node != NULL) {
    const char *slash = strchr(path, '/');
    const size_t length = slash != NULL ? (size_t)(slash - path) : strlen(path);
    node = node->kind == WASMRT_TREE_DIRECTORY ? find_entry(tree, node, path, length) : NULL;
    path += slash != NULL ? length + 1 : length;
  }
  return node;
}

static uint8_t type_of(const struct wasmrt_tree_node *node) {
  return node->kind == WASMRT_TREE_DIRECTORY ? WASMRT_FS_DIRECTORY
         : node->kind == WASMRT_TREE_LINK    ? WASMRT_FS_SYMBOLIC_LINK
                                             : WASMRT_FS_REGULAR_FILE;
}

static uint64_t inode_of(const struct wasmrt_tree *tree, const struct wasmrt_tree_node *node) {
  return (uint64_t)(node - nodes_of(tree)) + 1;
}

/* ---- The table -------------------------------------------------------------------------------------- */

static uint32_t tree_open(void *fs, const char *path, uint32_t flags, void **file) {
  const struct wasmrt_tree_node *node = find(fs, path);
  if (node == NULL) {
    return WASMRT_WASI_ENOENT;
  }
  if ((flags & (WASMRT_FS_WRITE | WASMRT_FS_CREATE | WASMRT_FS_TRUNCATE)) != 0) {
    return WASMRT_WASI_EROFS;
  }
  *file = (void *)(uintptr_t)node;
  return WASMRT_WASI_ESUCCESS;
}

static uint32_t tree_read(void *fs, void *file, const struct iovec *buffers, int count, uint64_t offset,
                          size_t *done) {
  const struct wasmrt_tree_node *node = file;
  *done = 0;
  if (node->kind != WASMRT_TREE_FILE) {
    return WASMRT_WASI_EISDIR;
  }
  for (int i = 0; i < count && offset < node->size; i++) {
    const uint64_t left = node->size - offset;
    const size_t size = buffers[i].iov_len < left ? buffers[i].iov_len : (size_t)left;
    if (size > 0) { /* an empty buffer may have no address */
      memcpy(buffers[i].iov_base, bytes_at(fs, node->content + offset), size);
    }
    offset += size;
    *done += size;
  }
  return WASMRT_WASI_ESUCCESS;
}

static uint32_t tree_stat_file(void *fs, void *file, struct wasmrt_fs_stat *status) {
  const struct wasmrt_tree *tree = fs;
  const struct wasmrt_tree_node *node = file;
  *status = (struct wasmrt_fs_stat){.device = tree->device,
                                    .inode = inode_of(tree, node),
                                    .links = node->link_count,
                                    .size = node->kind == WASMRT_TREE_DIRECTORY ? 0 : node->size,
                                    .accessed = tree->time,
                                    .modified = tree->time,
                                    .changed = tree->time,
                                    .type = type_of(node)};
  return WASMRT_WASI_ESUCCESS;
}

/* An entry's cookie is its number in the directory, from 1 on. */
static uint32_t tree_readdir(void *fs, void *directory, uint64_t cookie, struct wasmrt_fs_entry *entry) {
  const struct wasmrt_tree *tree = fs;
  const struct wasmrt_tree_node *node = directory;
  *entry = (struct wasmrt_fs_entry){.name = NULL};
  if (node->kind != WASMRT_TREE_DIRECTORY) {
    return WASMRT_WASI_ENOTDIR;
  }
  if (cookie < node->size) {
    const struct wasmrt_tree_node *found = nodes_of(tree) + node->content + cookie;
    *entry = (struct wasmrt_fs_entry){.next = cookie + 1,
                                      .inode = inode_of(tree, found),
                                      .name = bytes_at(tree, found->name),
                                      .type = type_of(found)};
  }
  return WASMRT_WASI_ESUCCESS;
}

static uint32_t tree_stat(void *fs, const char *path, struct wasmrt_fs_stat *status) {
  const struct wasmrt_tree_node *node = find(fs, path);
  return node == NULL ? WASMRT_WASI_ENOENT : tree_stat_file(fs, (void *)(uintptr_t)node, status);
}

static uint32_t tree_readlink(void *fs, const char *path, char *text, size_t size, size_t *length) {
  const struct wasmrt_tree_node *node = find(fs, path);
  if (node == NULL || node->kind != WASMRT_TREE_LINK) {
    return node == NULL ? WASMRT_WASI_ENOENT : WASMRT_WASI_EINVAL;
  }
  *length = node->size < size ? (size_t)node->size : size;
  memcpy(text, bytes_at(fs, node->content), *length);
  return WASMRT_WASI_ESUCCESS;
}

const struct wasmrt_fs wasmrt_tree_fs = {.open = tree_open,
                                         .read = tree_read,
                                         .stat_file = tree_stat_file,
                                         .readdir = tree_readdir,
                                         .stat = tree_stat,
                                         .readlink = tree_readlink};
