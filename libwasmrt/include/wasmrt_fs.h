/*
 * wasmrt_fs.h - file systems that a host program implements for its guests.
 *
 * SYNOPSIS
 *   static uint32_t open_file(void *fs, const char *path, uint32_t flags, void **file) { ... }
 *   ...
 *   static const struct wasmrt_fs files = {
 *       .open = open_file, .close = close_file, .read = read_file, .stat = stat_path, .stat_file = stat_file,
 *       .readdir = read_directory};
 *
 *   wasmrt_wasi_mount_fs(wasi, &files, &my_files, "/data", 0);      // wasmrt_wasi.h
 *
 * DESCRIPTION
 *   A struct wasmrt_fs is a table of functions that serve what a guest does below a mount. The first
 *   argument of each is the pointer that was given with the mount. A function returns 0 or an error of
 *   wasmrt_errno.h, which is what the guest gets; nothing that it was to fill in counts after an error.
 *
 * PATHS
 *   are relative to the mount: names joined by single slashes, "" for the mount's root, without a slash
 *   at either end, never with "." or ".." or a name that is empty or longer than 255 bytes, and shorter
 *   than 4096 bytes in all. The runtime makes them of what the guest says: it looks at each directory on
 *   the way by stat and follows symbolic links, which it reads by readlink. So a guest cannot leave its
 *   mount whatever the file system does, and no function has to follow links: a path means the link if
 *   there is one. Before a call the runtime has also checked that the path's parent is a directory, and
 *   what each function's comment says. Only who lets several stores change one file system at the same
 *   time has to check it again.
 *
 * FILES
 *   A file that the guest has open is a pointer of the file system's own, from open until close.
 *   Directories are opened, too. Positions, append mode and rights are the runtime's: reads and writes
 *   say where. A file stays usable after its name was removed. What a guest names relative to an open
 *   directory is looked for at the path that this had when it was opened, or has got from the same
 *   guest's renaming since, if there still are directories all the way there. A guest has no more than
 *   16384 descriptors if they stand for such files: then it gets WASMRT_WASI_EMFILE.
 *
 * NULL MEMBERS
 *   A file system leaves out what it does not offer. A guest that asks for a change then gets
 *   WASMRT_WASI_EROFS if there is no write either, else WASMRT_WASI_ENOTSUP, which is also what it gets
 *   for reading. Members that mean something else when they are NULL say so. A file system for mounts
 *   needs open, stat and stat_file.
 *
 * OWNERSHIP AND THREADS
 *   The table and the pointer of the mount have to outlive the instances that use them. An instance
 *   closes what its guest has left open when its store is destroyed. Functions are called by the thread
 *   that runs the guest: stores used by several threads at once call one file system at once, and it has
 *   to see to that. Functions must not call into the instance that calls them, nor keep pointers to the
 *   buffers or paths that they are given, which point into the guest's memory or to the runtime's stack.
 */
#ifndef WASMRT_FS_H
#define WASMRT_FS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include "wasmrt_errno.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Types of files, numbered as in WASI. */
enum wasmrt_fs_type {
  WASMRT_FS_UNKNOWN = 0, /* a pipe, for one */
  WASMRT_FS_BLOCK_DEVICE = 1,
  WASMRT_FS_CHARACTER_DEVICE = 2,
  WASMRT_FS_DIRECTORY = 3,
  WASMRT_FS_REGULAR_FILE = 4,
  WASMRT_FS_SYMBOLIC_LINK = 7,
};

/* How a file is opened. */
enum wasmrt_fs_open {
  WASMRT_FS_READ = 1,
  WASMRT_FS_WRITE = 2,
  WASMRT_FS_CREATE = 4,          /* makes an empty regular file if there is none */
  WASMRT_FS_EXCLUSIVE = 8,       /* with CREATE: WASMRT_WASI_EEXIST if there is one */
  WASMRT_FS_TRUNCATE = 16,       /* with WRITE or not: what is there becomes empty */
  WASMRT_FS_OPEN_DIRECTORY = 32, /* it is a directory that is opened, to be looked at and listed */
};

/* What is known of a file. Times are nanoseconds since 1970-01-01 00:00 UTC. */
struct wasmrt_fs_stat {
  uint64_t device; /* with inode tells files apart */
  uint64_t inode;
  uint64_t links;
  uint64_t size;
  uint64_t accessed, modified, changed;
  uint8_t type; /* enum wasmrt_fs_type */
};

/* An entry of a directory. */
struct wasmrt_fs_entry {
  uint64_t next;    /* the cookie from which listing goes on */
  uint64_t inode;   /* as in struct wasmrt_fs_stat */
  const char *name; /* stays valid until the next call of the same file system; NULL behind the last entry */
  uint8_t type;     /* enum wasmrt_fs_type */
};

struct wasmrt_fs {
  /* ---- Open files ------------------------------------------------------------------------------------ */

  /*
   * Opens what the path names with `flags` of enum wasmrt_fs_open. Without CREATE there is something. It is a
   * directory if and only if OPEN_DIRECTORY is given, with READ alone; it never is a symbolic link. CREATE,
   * WRITE and TRUNCATE are not given if there is no write, nor through a read-only mount.
   */
  uint32_t (*open)(void *fs, const char *path, uint32_t flags, void **file);

  /* Called once for each open that succeeded. NULL: there is nothing to do. */
  void (*close)(void *fs, void *file);

  /*
   * Reads into the buffers, in their order, from `offset` bytes behind the file's start. `*done` receives how
   * many bytes that were; fewer than there is room for is no error, 0 means the end of the file. The buffers
   * hold less than 2^31 bytes in all.
   */
  uint32_t (*read)(void *fs, void *file, const struct iovec *buffers, int count, uint64_t offset,
                   size_t *done);

  /*
   * Writes the buffers to `offset`; `*done` receives how many bytes were written. The bytes between the
   * former end of the file and `offset` become 0. Without it, and without `open` to create files, the file
   * system is read-only.
   */
  uint32_t (*write)(void *fs, void *file, const struct iovec *buffers, int count, uint64_t offset,
                    size_t *done);

  uint32_t (*stat_file)(void *fs, void *file, struct wasmrt_fs_stat *status);

  /* Cuts the file, or extends it by zeros. */
  uint32_t (*set_size)(void *fs, void *file, uint64_t size);

  /* Provides for `length` bytes from `offset` on, so that writing them does not fail for lack of space, and
   * extends the file if it is shorter. */
  uint32_t (*allocate)(void *fs, void *file, uint64_t offset, uint64_t length);

  /* Sets times; one that is NULL stays. */
  uint32_t (*set_file_times)(void *fs, void *file, const uint64_t *accessed, const uint64_t *modified);

  /* Makes what was written last; only the data matters if `data_only`. NULL: there is nothing to do. */
  uint32_t (*sync)(void *fs, void *file, bool data_only);

  /*
   * For poll_oneoff: a descriptor of the host's that is readable when the file is, or writable if `writing`;
   * -1 if the file is ready now. The runtime waits for it and does not close it. NULL: files are always
   * ready.
   */
  int (*poll)(void *fs, void *file, bool writing);

  /*
   * Finds the entry of an open directory that follows `cookie`: 0 is the start, others are the `next` of an
   * entry found before, however long ago and whatever has been added or removed since, or any number that the
   * guest makes up. A cookie is less than 2^62 and not 0. "." and ".." are the runtime's, and must not be
   * among the entries.
   */
  uint32_t (*readdir)(void *fs, void *directory, uint64_t cookie, struct wasmrt_fs_entry *entry);

  /* ---- Names ----------------------------------------------------------------------------------------- */

  /* What the path names; of a link the link itself. WASMRT_WASI_ENOENT if there is nothing. */
  uint32_t (*stat)(void *fs, const char *path, struct wasmrt_fs_stat *status);

  /*
   * The text of a symbolic link, without a terminator. `*length` receives its length. One that is longer than
   * `size` is cut there. NULL: there are no symbolic links, and no stat says so.
   */
  uint32_t (*readlink)(void *fs, const char *path, char *text, size_t size, size_t *length);

  /* Makes an empty directory, where there is nothing. */
  uint32_t (*mkdir)(void *fs, const char *path);

  /* Removes a directory. WASMRT_WASI_ENOTEMPTY if there is something in it. */
  uint32_t (*rmdir)(void *fs, const char *path);

  /* Removes a name of what is no directory. Who has it open can go on using it. */
  uint32_t (*unlink)(void *fs, const char *path);

  /*
   * Gives `from` the name `to` instead. There either is nothing, or something of the same kind, which is
   * replaced in one step: not a directory by `from` that is none, or a directory by another one, if it is
   * empty, else WASMRT_WASI_ENOTEMPTY. Neither lies within the other, and they are not the same path; two
   * names of one file stay as they are.
   */
  uint32_t (*rename)(void *fs, const char *from, const char *to);

  /* Makes a symbolic link with this text, where there is nothing. The text is the guest's, of any form; it
   * ends with a NUL and is shorter than 4096 bytes. */
  uint32_t (*symlink)(void *fs, const char *text, const char *path);

  /* Gives `from`, which is no directory, the second name `to`, where there is nothing. */
  uint32_t (*link)(void *fs, const char *from, const char *to);

  /* Like set_file_times, of a link those of the link itself. */
  uint32_t (*set_times)(void *fs, const char *path, const uint64_t *accessed, const uint64_t *modified);
};

/* ---- Files held in memory --------------------------------------------------------------------------- */

/*
 * A tree of read-only files that the host program has in memory, as a file system:
 *
 *   static const struct wasmrt_tree_file files[] = {{"lib/list.rb", text, sizeof text}, {"empty/", NULL, 0}};
 *   struct wasmrt_tree *tree = wasmrt_tree_create(files, 2);
 *   wasmrt_wasi_mount_fs(wasi, &wasmrt_tree_fs, tree, "/usr", 0);
 *
 * Listing gives entries in the order of their names as bytes. All times are 0, 1970. Any number of threads may
 * use a tree at once. Executables have the same for trees that are part of them (wasm2native --embed).
 */
struct wasmrt_tree;

struct wasmrt_tree_file {
  const char *path; /* as described under PATHS, but not ""; with a slash at its end it is a directory */
  const void *data; /* not copied: it has to outlive the tree */
  size_t size;
};

/* The functions for trees; the file system's pointer is the struct wasmrt_tree. */
extern const struct wasmrt_fs wasmrt_tree_fs;

/*
 * Makes a tree of the files, in any order, with the directories that their paths name. The array and the
 * paths are not needed afterwards. NULL with errno: EINVAL for a path that is none, and where two files have
 * the same path or a file's path is that of a directory; ENOMEM.
 */
struct wasmrt_tree *wasmrt_tree_create(const struct wasmrt_tree_file *files, size_t count);
void wasmrt_tree_destroy(struct wasmrt_tree *tree);

#ifdef __cplusplus
}
#endif

#endif
