/*
 * Trees of files that an embedder has in memory (wasmrt_fs.h): makes an image as in abi/tree.h, whose
 * contents stay where they are. Executables made by the compiler do not link this file; it may allocate.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tree.h"
#include "wasmrt_fs.h"

/* A file with its path as names, in the order of paths: a directory's files are neighbours, at every level.
 */
struct item {
  const char *path;
  const struct wasmrt_tree_file *file;
};

/* A directory of the tree: the items below it, and how much of their paths leads to it. */
struct range {
  size_t begin, end, prefix;
};

struct builder {
  struct item *items;
  size_t item_count;
  struct wasmrt_tree *tree;
  struct wasmrt_tree_node *nodes;
  struct range *ranges; /* of nodes that are directories */
  char *names;          /* where the next one goes */
};

/* By bytes, '/' before all others, so that "a/b" comes before "a.b" and all of "a/" together. */
static int compare_items(const void *left, const void *right) {
  const unsigned char *a = (const unsigned char *)((const struct item *)left)->path;
  const unsigned char *b = (const unsigned char *)((const struct item *)right)->path;
  while (*a == *b && *a != '\0') {
    a++, b++;
  }
  const int rank_a = *a == '/'    ? 1
                     : *a == '\0' ? 0
                                  : *a + 1,
            rank_b = *b == '/'    ? 1
                     : *b == '\0' ? 0
                                  : *b + 1;
  return rank_a - rank_b;
}

/* Is the path one that a guest could name? Adds up how many names it has, and their lengths with terminators.
 */
static bool check_path(const char *path, size_t *name_count, size_t *name_size) {
  enum { PATH_LIMIT = 4096, NAME_LIMIT = 255 };
  if (*path == '\0' || strlen(path) >= PATH_LIMIT) {
    return false;
  }
  while (*path != '\0') {
    const char *slash = strchr(path, '/');
    const size_t length = slash != NULL ? (size_t)(slash - path) : strlen(path);
    const bool is_dots = path[0] == '.' && (length == 1 || (length == 2 && path[1] == '.'));
    if (length == 0 || length > NAME_LIMIT || is_dots) {
      return false;
    }
    *name_count += 1;
    *name_size += length + 1;
    path += length + (slash != NULL ? 1 : 0);
  }
  return true;
}

static size_t name_length(const char *path) {
  const char *slash = strchr(path, '/');
  return slash != NULL ? (size_t)(slash - path) : strlen(path);
}

/* Makes a node of the items from `begin` on that share a name; they end at `end`. False if they contradict
 * each other. */
static bool add_node(struct builder *builder, size_t begin, size_t end, size_t prefix) {
  const struct item *first = &builder->items[begin];
  const char *name = first->path + prefix;
  const size_t length = name_length(name);
  struct wasmrt_tree_node *node = &builder->nodes[builder->tree->node_count];
  node->name = (uint32_t)(builder->names - (char *)builder->tree);
  node->name_length = (uint32_t)length;
  memcpy(builder->names, name, length);
  builder->names += length + 1;
  node->link_count = 1;
  if (name[length] == '\0') {
    if (end - begin > 1) {
      return false; /* twice, or a directory as well */
    }
    node->kind = WASMRT_TREE_FILE;
    node->content = (uintptr_t)first->file->data - (uintptr_t)builder->tree;
    node->size = first->file->size;
  } else {
    node->kind = WASMRT_TREE_DIRECTORY;
    node->link_count = 2;
    size_t inner = begin;
    while (inner < end && builder->items[inner].path[prefix + length + 1] == '\0') {
      inner++; /* "name/" says only that there is such a directory */
    }
    builder->ranges[builder->tree->node_count] = (struct range){inner, end, prefix + length + 1};
  }
  builder->tree->node_count++;
  return true;
}

/* Makes the entries of a directory. */
static bool add_entries(struct builder *builder, size_t index) {
  const struct range range = builder->ranges[index];
  struct wasmrt_tree_node *directory = &builder->nodes[index];
  directory->content = builder->tree->node_count;
  for (size_t begin = range.begin, end; begin < range.end; begin = end) {
    const char *name = builder->items[begin].path + range.prefix;
    const size_t length = name_length(name);
    for (end = begin + 1; end < range.end; end++) {
      const char *other = builder->items[end].path + range.prefix;
      if (name_length(other) != length || memcmp(other, name, length) != 0) {
        break;
      }
    }
    if (!add_node(builder, begin, end, range.prefix)) {
      return false;
    }
    directory->link_count += builder->nodes[builder->tree->node_count - 1].kind == WASMRT_TREE_DIRECTORY;
    directory->size++;
  }
  return true;
}

/* Directories are met in the order of their nodes, so that every entry follows its directory. */
static bool add_all(struct builder *builder) {
  static uint64_t made;
  builder->tree->nodes = sizeof *builder->tree;
  builder->tree->node_count = 1;
  builder->tree->device = WASMRT_TREE_DEVICE_MADE + __atomic_fetch_add(&made, 1, __ATOMIC_RELAXED);
  builder->nodes[0] = (struct wasmrt_tree_node){.kind = WASMRT_TREE_DIRECTORY, .link_count = 2};
  builder->nodes[0].name = (uint32_t)(builder->names++ - (char *)builder->tree);
  builder->ranges[0] = (struct range){0, builder->item_count, 0};
  for (size_t i = 0; i < builder->tree->node_count; i++) {
    if (builder->nodes[i].kind == WASMRT_TREE_DIRECTORY && !add_entries(builder, i)) {
      return false;
    }
  }
  return true;
}

/* Allocates what the image of so many names needs at most. */
static bool allocate(struct builder *builder, size_t name_count, size_t name_size) {
  const size_t nodes = name_count + 1;
  const size_t size = sizeof *builder->tree + nodes * sizeof *builder->nodes + name_size + 1;
  if (size > UINT32_MAX) { /* names' offsets have 32 bits; nowhere near an overflow */
    return false;
  }
  builder->tree = calloc(1, size);
  builder->ranges = calloc(nodes, sizeof *builder->ranges);
  if (builder->tree == NULL || builder->ranges == NULL) {
    return false;
  }
  builder->tree->size = size;
  builder->nodes = (struct wasmrt_tree_node *)(builder->tree + 1);
  builder->names = (char *)(builder->nodes + nodes);
  return true;
}

struct wasmrt_tree *wasmrt_tree_create(const struct wasmrt_tree_file *files, size_t count) {
  struct builder builder = {.items = calloc(count + 1, sizeof *builder.items), .item_count = count};
  size_t name_count = 0, name_size = 0;
  int error = builder.items == NULL ? ENOMEM : 0;
  for (size_t i = 0; i < count && error == 0; i++) {
    builder.items[i] = (struct item){files[i].path, &files[i]};
    error = check_path(files[i].path, &name_count, &name_size) ? 0 : EINVAL;
  }
  if (error == 0 && !allocate(&builder, name_count, name_size)) {
    error = ENOMEM;
  }
  if (error == 0) {
    qsort(builder.items, count, sizeof *builder.items, compare_items);
    error = add_all(&builder) ? 0 : EINVAL;
  }
  free(builder.items);
  free(builder.ranges);
  if (error != 0) {
    free(builder.tree);
    errno = error;
    return NULL;
  }
  return builder.tree;
}

void wasmrt_tree_destroy(struct wasmrt_tree *tree) {
  free(tree);
}
