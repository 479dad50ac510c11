/*
 * Mounts the trees that are part of an executable (--embed). The object that holds them names this function,
 * so that only executables with trees link it, and with it the code for virtual files.
 */
#define _GNU_SOURCE
#include "preview1.h"

#include "tree.h"

/* In the executable's read-only data; not there in a program that has all of this folder in it, such as a
 * test. */
WASI_WEAK extern const struct wasmrt_tree_list wasmrt_trees;

bool wasmrt_mount_trees(struct wasi *wasi) {
  const char *list = (const char *)&wasmrt_trees;
  if (list == NULL) {
    return true;
  }
  for (uint64_t i = 0; i < wasmrt_trees.count; i++) {
    const struct wasmrt_tree_mount *mount = &wasmrt_trees.mounts[i];
    /* Not const for who calls through the table; nothing writes there. */
    struct wasmrt_tree *tree = (struct wasmrt_tree *)(uintptr_t)(list + mount->image);
    if (wasi_mount_virtual(wasi, &wasmrt_tree_fs, tree, list + mount->guest, true) != WASI_ESUCCESS) {
      return false;
    }
  }
  return true;
}
