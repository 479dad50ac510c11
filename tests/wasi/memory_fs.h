/*
 * A file system in memory behind wasmrt_fs.h, for the tests: everything that the interface offers, in the
 * simplest way, and a few lies on demand. It relies on what the runtime promises and checks that it is kept.
 */
#ifndef WASI_TEST_MEMORY_FS_H
#define WASI_TEST_MEMORY_FS_H

#include <sys/stat.h>

#include "wasmrt_fs.h"

struct memory_fs {
  struct memory_node *root;
  uint64_t clock, last_inode, last_cookie;
  unsigned open_files;
  uint32_t failure; /* not 0: what every call on an open file returns */
  size_t excess;    /* how much more each transfer claims than it did */
  size_t most;      /* not 0: how much a transfer moves at most */
};

extern const struct wasmrt_fs memory_fs_functions;

void memory_fs_begin(struct memory_fs *fs);
/* All files have to be closed by now. */
void memory_fs_end(struct memory_fs *fs);

/* The owner's side, of clean paths; each must succeed. */
void memory_fs_add_file(struct memory_fs *fs, const char *path, const char *text);
void memory_fs_add_directory(struct memory_fs *fs, const char *path);
void memory_fs_add_link(struct memory_fs *fs, const char *path, const char *text);
void memory_fs_remove(struct memory_fs *fs, const char *path);
/* Size, links, inode and times of change. */
void memory_fs_stat(struct memory_fs *fs, const char *path, struct stat *status);
bool memory_fs_has(struct memory_fs *fs, const char *path);
/* Whether the file holds exactly this text, or the link has it. */
bool memory_fs_holds(struct memory_fs *fs, const char *path, const char *text);

#endif
