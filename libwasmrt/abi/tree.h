/*
 * Directory trees in executables (--embed), as the compiler packs them and libwasmrt/wasi/tree.c serves them: in place,
 * from read-only data, without a copy and without a relocation. All places are offsets from the begin of an image, numbers
 * are little-endian as on both targets.
 *
 * An image is a struct wasmrt_tree, a row of nodes, their names, and the contents of files and links:
 *
 * - Node 0 is the root. The entries of a directory are a run of nodes, sorted by their names as bytes, so that a name is
 *   found by halving. A run comes after its directory's own node; nodes are therefore in breadth-first order.
 * - Names and the texts of links are followed by a NUL byte, which is not counted. No name holds a '/', none is "." or "..".
 * - Times are the same for all nodes: a tree has the same image wherever and whenever it was checked out.
 *
 * Images are trusted like compiled code, since the compiler makes both: nobody checks their offsets at run time.
 */
#ifndef WASMRT_TREE_H
#define WASMRT_TREE_H

#include <stdint.h>

struct wasmrt_tree {
  uint64_t size;  /* of the image */
  uint64_t nodes; /* where they begin */
  uint64_t node_count;
  uint64_t time;   /* of everything in it, in nanoseconds since 1970 */
  uint64_t device; /* tells its inodes, which are the numbers of nodes from 1 on, from those of others */
};

enum wasmrt_tree_kind { WASMRT_TREE_DIRECTORY, WASMRT_TREE_FILE, WASMRT_TREE_LINK };

struct wasmrt_tree_node {
  uint64_t content; /* of a file or link where its bytes begin, of a directory the index of its first entry */
  uint64_t size;    /* in bytes, or entries */
  uint32_t name;    /* where it begins */
  uint32_t name_length;
  uint32_t kind;
  uint32_t link_count; /* 1, for directories 2 and one more for each directory in them */
};

/* All trees of an executable in the order of their options; offsets are from the begin of this list. */
struct wasmrt_tree_mount {
  uint64_t guest; /* the NUL-terminated name that the guest sees */
  uint64_t image; /* aligned as struct wasmrt_tree is */
};
struct wasmrt_tree_list {
  uint64_t count;
  struct wasmrt_tree_mount mounts[];
};

_Static_assert(sizeof(struct wasmrt_tree) == 40, "the layout of images");
_Static_assert(sizeof(struct wasmrt_tree_node) == 32, "the layout of images");
_Static_assert(sizeof(struct wasmrt_tree_mount) == 16, "the layout of images");

#define WASMRT_TREE_ALIGNMENT 16u

/* The device of tree 0 of an executable, of tree 1 one more, and so on: far from the numbers of the host's devices. */
#define WASMRT_TREE_DEVICE (UINT64_C(0x74726565) << 32)
/* The first one of trees that are made at run time. */
#define WASMRT_TREE_DEVICE_MADE (WASMRT_TREE_DEVICE | UINT64_C(1) << 31)

/* All images of an executable together; code reaches data by 32-bit distances. */
#define WASMRT_TREES_MAX (UINT64_C(1) << 30)

/* The symbol of the list, and that of the function which mounts the trees: naming it makes the linker look for it. */
#define WASMRT_TREES_SYMBOL "wasmrt_trees"
#define WASMRT_MOUNT_TREES_SYMBOL "wasmrt_mount_trees"

#endif
