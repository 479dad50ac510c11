/*
 * Reads a directory tree: names, kinds and sizes, breadth first, entries sorted. Nothing but directories is
 * opened, so that a FIFO or a device does no harm before it is refused.
 */
#define _GNU_SOURCE
#include "scan.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

struct scan {
  struct scan_tree *tree;
  size_t room; /* for nodes */
  const struct stat *excluded;
  uint64_t limit;
  struct arena *arena;
  struct diag_sink *sink;
};

static bool fail(const struct scan *scan, const char *what, const char *path) {
  return diag_error(scan->sink, DIAG_IO, "--embed: cannot %s '%s': %s", what, path, strerror(errno));
}

static struct scan_node *add_node(struct scan *scan) {
  struct scan_tree *tree = scan->tree;
  if (tree->count == scan->room) {
    struct scan_node *nodes = ARENA_ARRAY(scan->arena, struct scan_node, 2 * scan->room);
    memcpy(nodes, tree->nodes, tree->count * sizeof *nodes);
    tree->nodes = nodes;
    scan->room *= 2;
  }
  return &tree->nodes[tree->count++];
}

/* Adds to the size of the image; what is beyond every limit does not overflow. */
static bool add_size(struct scan *scan, uint64_t size) {
  if (size > scan->limit || scan->tree->size > scan->limit - size) {
    return diag_error(scan->sink, DIAG_OPTION,
                      "--embed: '%s' is too large: an executable holds up to %llu MiB of trees",
                      scan->tree->nodes[0].path, (unsigned long long)(WASMRT_TREES_MAX >> 20));
  }
  scan->tree->size += size;
  return true;
}

static const char *kind_name(mode_t mode) {
  return S_ISSOCK(mode)   ? "socket"
         : S_ISFIFO(mode) ? "FIFO"
         : S_ISCHR(mode)  ? "character device"
         : S_ISBLK(mode)  ? "block device"
                          : "file of an unknown type";
}

static bool read_link(struct scan *scan, struct scan_node *node) {
  /* What fstat says of a link's size is not true everywhere. */
  char text[4096];
  const ssize_t length = readlink(node->path, text, sizeof text);
  if (length < 0) {
    return fail(scan, "read the link", node->path);
  }
  if ((size_t)length == sizeof text) {
    errno = ENAMETOOLONG;
    return fail(scan, "read the link", node->path);
  }
  node->text = arena_copy(scan->arena, text, (size_t)length);
  node->node.size = (uint64_t)length;
  return true;
}

/* Completes a node that has its path and name. */
static bool inspect(struct scan *scan, struct scan_node *node, const struct stat *status) {
  node->device = status->st_dev;
  node->inode = status->st_ino;
  node->node.link_count = 1;
  uint64_t size = sizeof(struct wasmrt_tree_node) + strlen(node->name) + 1;
  if (S_ISDIR(status->st_mode)) {
    node->node.kind = WASMRT_TREE_DIRECTORY;
    node->node.link_count = 2;
  } else if (S_ISREG(status->st_mode)) {
    node->node.kind = WASMRT_TREE_FILE;
    node->node.size = (uint64_t)status->st_size;
    size += node->node.size;
  } else if (S_ISLNK(status->st_mode)) {
    node->node.kind = WASMRT_TREE_LINK;
    if (!read_link(scan, node)) {
      return false;
    }
    size += node->node.size + 1;
  } else {
    return diag_error(scan->sink, DIAG_IO,
                      "--embed: '%s' is a %s; only files, directories and symbolic links can be in a tree",
                      node->path, kind_name(status->st_mode));
  }
  return add_size(scan, size);
}

static int compare_names(const void *left, const void *right) {
  return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* The names in a directory, sorted as bytes. */
static const char **read_names(struct scan *scan, const char *path, size_t *count) {
  DIR *directory = opendir(path);
  if (!directory) {
    fail(scan, "open", path);
    return NULL;
  }
  size_t room = 16;
  const char **names = ARENA_ARRAY(scan->arena, const char *, room);
  *count = 0;
  errno = 0;
  for (const struct dirent *entry; (entry = readdir(directory)); errno = 0) {
    const char *name = entry->d_name;
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
      continue;
    }
    if (*count == room) {
      const char **more = ARENA_ARRAY(scan->arena, const char *, 2 * room);
      memcpy(more, names, room * sizeof *names);
      names = more;
      room *= 2;
    }
    names[(*count)++] = arena_copy(scan->arena, name, strlen(name));
  }
  const int error = errno;
  closedir(directory);
  if (error != 0) {
    errno = error;
    fail(scan, "read", path);
    return NULL;
  }
  qsort(names, *count, sizeof *names, compare_names);
  return names;
}

static bool is_excluded(const struct scan *scan, const struct stat *status) {
  return scan->excluded && scan->excluded->st_dev == status->st_dev &&
         scan->excluded->st_ino == status->st_ino;
}

static bool add_entries(struct scan *scan, size_t index) {
  const char *path = scan->tree->nodes[index].path;
  size_t name_count;
  const char **names = read_names(scan, path, &name_count);
  if (!names) {
    return false;
  }
  const size_t first = scan->tree->count;
  for (size_t i = 0; i < name_count; i++) {
    const char *entry_path = arena_printf(scan->arena, "%s/%s", path, names[i]);
    struct stat status;
    if (lstat(entry_path, &status) != 0) {
      return fail(scan, "inspect", entry_path);
    }
    if (is_excluded(scan, &status)) {
      continue;
    }
    struct scan_node *node = add_node(scan);
    node->path = entry_path;
    node->name = names[i];
    node->node.name_length =
        (uint32_t)strlen(names[i]); /* a file system's limit is 255, or not far from it */
    if (!inspect(scan, node, &status)) {
      return false;
    }
    scan->tree->nodes[index].node.link_count += node->node.kind == WASMRT_TREE_DIRECTORY;
  }
  scan->tree->nodes[index].node.content = first;
  scan->tree->nodes[index].node.size = scan->tree->count - first;
  return true;
}

bool scan_directory(const char *directory, const struct stat *excluded, uint64_t limit, struct arena *arena,
                    struct diag_sink *sink, struct scan_tree *tree) {
  enum { FIRST_ROOM = 64 };
  *tree = (struct scan_tree){.nodes = ARENA_ARRAY(arena, struct scan_node, FIRST_ROOM)};
  struct scan scan = {
      .tree = tree, .room = FIRST_ROOM, .excluded = excluded, .limit = limit, .arena = arena, .sink = sink};
  struct scan_node *root = add_node(&scan);
  root->path = directory;
  root->name = "";
  struct stat status;
  /* Only here links are followed: DIR may be one. */
  if (stat(directory, &status) != 0) {
    return fail(&scan, "open", directory);
  }
  if (!S_ISDIR(status.st_mode)) {
    errno = ENOTDIR;
    return fail(&scan, "open", directory);
  }
  if (!add_size(&scan, sizeof(struct wasmrt_tree) + WASMRT_TREE_ALIGNMENT) ||
      !inspect(&scan, root, &status)) {
    return false;
  }
  for (size_t i = 0; i < tree->count; i++) {
    if (tree->nodes[i].node.kind == WASMRT_TREE_DIRECTORY && !add_entries(&scan, i)) {
      return false;
    }
  }
  return true;
}
