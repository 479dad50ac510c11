/* A directory tree as it was found, its nodes in the order of an image (abi/tree.h). For embed.c. */
#ifndef LINK_SCAN_H
#define LINK_SCAN_H

#include <sys/stat.h>

#include "embed.h"
#include "tree.h"

struct scan_node {
  struct wasmrt_tree_node node; /* content is set for directories, name for none */
  const char *path;             /* in the file system */
  const char *name;
  const char *text; /* of a link */
  dev_t device;
  ino_t inode;
};

struct scan_tree {
  struct scan_node *nodes;
  size_t count;
  uint64_t size; /* of the image, with WASMRT_TREE_ALIGNMENT */
};

/*
 * Looks at everything below `directory`, without the file `excluded` (NULL: none). False after a diagnostic,
 * which is also given where the image would be larger than `limit` bytes.
 */
bool scan_directory(const char *directory, const struct stat *excluded, uint64_t limit, struct arena *arena,
                    struct diag_sink *sink, struct scan_tree *tree);

#endif
