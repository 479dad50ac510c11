/*
 * Names below a directory: path_create_directory, path_link, path_open, path_readlink, path_remove_directory,
 * path_rename, path_symlink, path_unlink_file. All resolve through resolve.c, and all that change anything
 * ask for a descriptor that is not read-only first.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "preview1.h"

/* Decodes the path of a call that creates, removes or renames a name, and finds its place. */
static uint32_t find_entry(struct wasmrt_instance *caller, uint32_t fd, uint64_t rights, uint32_t path,
                           uint32_t length, uint32_t dots, struct wasi_place *place) {
  struct wasi_descriptor *descriptor;
  uint32_t error = wasi_writable_descriptor(caller, fd, rights, &descriptor);
  if (error == WASI_ESUCCESS) {
    error = wasi_guest_path(caller, path, length, place->path);
  }
  if (error != WASI_ESUCCESS) {
    return error;
  }
  return wasi_place_entry(wasi_state(caller), descriptor, place, dots);
}

/* The end of such a call: what the system call said, as the guest's error. */
static uint32_t finish(struct wasi_place *place, int status) {
  uint32_t error = status == 0 ? WASI_ESUCCESS : wasi_errno(errno);
  wasi_place_close(place);
  return error;
}

uint32_t wasi_path_create_directory(struct wasmrt_instance *caller, uint32_t fd, uint32_t path,
                                    uint32_t length) {
  WASI_NEEDS(path_create_directory, NEEDS_RESOLVE NEED_PATH(mkdirat));
  struct wasi_place place;
  uint32_t error =
      find_entry(caller, fd, WASI_RIGHT_PATH_CREATE_DIRECTORY, path, length, WASI_EEXIST, &place);
  if (error != WASI_ESUCCESS) {
    return error;
  }
  return place.fs != NULL ? wasi_virtual_mkdir(&place) : finish(&place, mkdirat(place.dir, place.name, 0777));
}
WASI_SAME_UNSTABLE(path_create_directory);

uint32_t wasi_path_remove_directory(struct wasmrt_instance *caller, uint32_t fd, uint32_t path,
                                    uint32_t length) {
  WASI_NEEDS(path_remove_directory, NEEDS_RESOLVE NEED_PATH(unlinkat));
  struct wasi_place place;
  uint32_t error =
      find_entry(caller, fd, WASI_RIGHT_PATH_REMOVE_DIRECTORY, path, length, WASI_EINVAL, &place);
  if (error != WASI_ESUCCESS) {
    return error;
  }
  return place.fs != NULL ? wasi_virtual_rmdir(&place)
                          : finish(&place, unlinkat(place.dir, place.name, AT_REMOVEDIR));
}
WASI_SAME_UNSTABLE(path_remove_directory);

uint32_t wasi_path_unlink_file(struct wasmrt_instance *caller, uint32_t fd, uint32_t path, uint32_t length) {
  WASI_NEEDS(path_unlink_file, NEEDS_RESOLVE NEED_PATH(unlinkat));
  struct wasi_place place;
  uint32_t error = find_entry(caller, fd, WASI_RIGHT_PATH_UNLINK_FILE, path, length, WASI_EISDIR, &place);
  if (error != WASI_ESUCCESS) {
    return error;
  }
  return place.fs != NULL ? wasi_virtual_unlink(&place) : finish(&place, unlinkat(place.dir, place.name, 0));
}
WASI_SAME_UNSTABLE(path_unlink_file);

/*
 * What a link says is not resolved before somebody follows it, and then it cannot leave the mount. Absolute
 * ones never could be followed, and would only be traps for the host's own programs.
 */
uint32_t wasi_path_symlink(struct wasmrt_instance *caller, uint32_t target, uint32_t target_length,
                           uint32_t fd, uint32_t path, uint32_t length) {
  WASI_NEEDS(path_symlink, NEEDS_RESOLVE NEED_PATH(symlinkat));
  struct wasi_place place;
  char text[PATH_MAX];
  uint32_t error = wasi_guest_path(caller, target, target_length, text);
  if (error == WASI_ESUCCESS) {
    error = find_entry(caller, fd, WASI_RIGHT_PATH_SYMLINK, path, length, WASI_EEXIST, &place);
  }
  if (error != WASI_ESUCCESS) {
    return error;
  }
  return place.fs != NULL ? wasi_virtual_symlink(text, &place)
                          : finish(&place, symlinkat(text, place.dir, place.name));
}
WASI_SAME_UNSTABLE(path_symlink);

uint32_t wasi_path_readlink(struct wasmrt_instance *caller, uint32_t fd, uint32_t path, uint32_t length,
                            uint32_t buffer, uint32_t buffer_length, uint32_t result) {
  WASI_NEEDS(path_readlink, NEEDS_RESOLVE);
  struct wasi_descriptor *descriptor;
  struct wasi_place place;
  uint8_t *bytes = wasmrt_guest(caller, buffer, buffer_length);
  if (bytes == NULL || wasmrt_guest(caller, result, sizeof(uint32_t)) == NULL) {
    return WASI_EFAULT;
  }
  uint32_t error = wasi_descriptor(caller, fd, WASI_RIGHT_PATH_READLINK, &descriptor);
  if (error == WASI_ESUCCESS) {
    error = wasi_guest_path(caller, path, length, place.path);
  }
  if (error == WASI_ESUCCESS) {
    error = wasi_place_object(wasi_state(caller), descriptor, &place, false);
  }
  if (error != WASI_ESUCCESS) {
    return error;
  }
  /* A text longer than the buffer is cut, as readlink does. */
  uint32_t used_length;
  if (place.fs != NULL) {
    error = wasi_virtual_readlink(&place, bytes, buffer_length, &used_length);
  } else {
    ssize_t used = readlinkat(place.dir, place.name, (char *)bytes, buffer_length);
    error = finish(&place, used < 0 ? -1 : 0);
    used_length = (uint32_t)used;
  }
  if (error != WASI_ESUCCESS) {
    return error;
  }
  wasmrt_guest_write(caller, result, &used_length, sizeof used_length);
  return WASI_ESUCCESS;
}
WASI_SAME_UNSTABLE(path_readlink);

uint32_t wasi_path_rename(struct wasmrt_instance *caller, uint32_t old_fd, uint32_t old_path,
                          uint32_t old_length, uint32_t new_fd, uint32_t new_path, uint32_t new_length) {
  WASI_NEEDS(path_rename, NEEDS_RESOLVE NEED_PATH(renameat));
  struct wasi_place from, to;
  uint32_t error =
      find_entry(caller, old_fd, WASI_RIGHT_PATH_RENAME_SOURCE, old_path, old_length, WASI_EBUSY, &from);
  if (error != WASI_ESUCCESS) {
    return error;
  }
  error = find_entry(caller, new_fd, WASI_RIGHT_PATH_RENAME_TARGET, new_path, new_length, WASI_EBUSY, &to);
  if (error == WASI_ESUCCESS && (from.fs != NULL || to.fs != NULL)) {
    error = wasi_virtual_rename(wasi_state(caller), &from, &to);
    wasi_place_close(&to);
  } else if (error == WASI_ESUCCESS) {
    error = finish(&to, renameat(from.dir, from.name, to.dir, to.name));
  }
  wasi_place_close(&from);
  return error;
}
WASI_SAME_UNSTABLE(path_rename);

/*
 * A link into a writable mount would make a file of a read-only one writable under its second name, so the
 * old name's mount has to be writable too.
 */
uint32_t wasi_path_link(struct wasmrt_instance *caller, uint32_t old_fd, uint32_t flags, uint32_t old_path,
                        uint32_t old_length, uint32_t new_fd, uint32_t new_path, uint32_t new_length) {
  WASI_NEEDS(path_link, NEEDS_RESOLVE NEED_PATH(linkat));
  struct wasi_descriptor *descriptor;
  struct wasi_place from, to;
  uint32_t error = wasi_writable_descriptor(caller, old_fd, WASI_RIGHT_PATH_LINK_SOURCE, &descriptor);
  if (error == WASI_ESUCCESS && (flags & ~WASI_LOOKUP_SYMLINK_FOLLOW) != 0) {
    error = WASI_EINVAL;
  }
  if (error == WASI_ESUCCESS) {
    error = wasi_guest_path(caller, old_path, old_length, from.path);
  }
  if (error == WASI_ESUCCESS) {
    error =
        wasi_place_object(wasi_state(caller), descriptor, &from, (flags & WASI_LOOKUP_SYMLINK_FOLLOW) != 0);
  }
  if (error != WASI_ESUCCESS) {
    return error;
  }
  error = find_entry(caller, new_fd, WASI_RIGHT_PATH_LINK_TARGET, new_path, new_length, WASI_EEXIST, &to);
  if (error == WASI_ESUCCESS && (from.fs != NULL || to.fs != NULL)) {
    error = wasi_virtual_link(&from, &to);
    wasi_place_close(&to);
  } else if (error == WASI_ESUCCESS) {
    error = finish(&to, linkat(from.dir, from.name, to.dir, to.name, 0));
  }
  wasi_place_close(&from);
  return error;
}
WASI_SAME_UNSTABLE(path_link);

/* The host's flags for an open. Which rights were asked for decides between reading and writing, not a flag.
 */
static int host_flags(uint32_t lookup, uint32_t open_flags, uint64_t rights, uint32_t fd_flags) {
  bool writes =
      (rights & (WASI_RIGHT_FD_WRITE | WASI_RIGHT_FD_ALLOCATE | WASI_RIGHT_FD_FILESTAT_SET_SIZE)) != 0;
  bool reads = (rights & (WASI_RIGHT_FD_READ | WASI_RIGHT_FD_READDIR)) != 0;
  /* Never as the process's terminal, and never inherited by a program that the host starts. */
  int flags = O_CLOEXEC | O_NOCTTY | (!writes ? O_RDONLY : reads ? O_RDWR : O_WRONLY);
  if ((lookup & WASI_LOOKUP_SYMLINK_FOLLOW) == 0) {
    flags |= O_NOFOLLOW;
  }
  if ((open_flags & WASI_OFLAG_CREAT) != 0) {
    flags |= O_CREAT;
  }
  if ((open_flags & WASI_OFLAG_DIRECTORY) != 0) {
    flags |= O_DIRECTORY;
  }
  if ((open_flags & WASI_OFLAG_EXCL) != 0) {
    flags |= O_EXCL;
  }
  if ((open_flags & WASI_OFLAG_TRUNC) != 0) {
    flags |= O_TRUNC;
  }
  if ((fd_flags & WASI_FDFLAG_APPEND) != 0) {
    flags |= O_APPEND;
  }
  if ((fd_flags & WASI_FDFLAG_NONBLOCK) != 0) {
    flags |= O_NONBLOCK;
  }
  if ((fd_flags & WASI_FDFLAG_DSYNC) != 0) {
    flags |= O_DSYNC;
  }
  if ((fd_flags & (WASI_FDFLAG_SYNC | WASI_FDFLAG_RSYNC)) != 0) {
    flags |= O_SYNC;
  }
  return flags;
}

/*
 * Finds the directory of such an open and checks its own rights. Whoever may open files with the right to set
 * their size can truncate them in a second step, so that right among those that the directory hands down is
 * as good as its own: Go opens directories with the one but not the other, and creates files through them
 * with O_TRUNC.
 */
static uint32_t find_directory(struct wasmrt_instance *caller, uint32_t fd, uint32_t open_flags,
                               struct wasi_descriptor **directory) {
  uint64_t rights = WASI_RIGHT_PATH_OPEN;
  if ((open_flags & WASI_OFLAG_CREAT) != 0) {
    rights |= WASI_RIGHT_PATH_CREATE_FILE;
  }
  uint32_t error = wasi_descriptor(caller, fd, rights, directory);
  if (error == WASI_ESUCCESS && (open_flags & WASI_OFLAG_TRUNC) != 0 &&
      ((*directory)->rights_inheriting & WASI_RIGHT_FD_FILESTAT_SET_SIZE) == 0) {
    error = wasi_descriptor(caller, fd, WASI_RIGHT_PATH_FILESTAT_SET_SIZE, directory);
  }
  return error;
}

/* Rights and flags of an open, checked against the directory it goes through. */
static uint32_t check_open(const struct wasi_descriptor *directory, uint32_t lookup, uint32_t open_flags,
                           uint64_t rights, uint64_t inheriting, uint32_t fd_flags) {
  if ((lookup & ~WASI_LOOKUP_SYMLINK_FOLLOW) != 0 || (open_flags & ~WASI_OFLAGS_ALL) != 0 ||
      (fd_flags & ~WASI_FDFLAGS_ALL) != 0) {
    return WASI_EINVAL;
  }
  /* A directory cannot be created by opening it; Linux says so only since 6.4. */
  if ((open_flags & WASI_OFLAG_CREAT) != 0 && (open_flags & WASI_OFLAG_DIRECTORY) != 0) {
    return WASI_EINVAL;
  }
  if (((rights | inheriting) & ~directory->rights_inheriting) != 0) {
    return WASI_ENOTCAPABLE;
  }
  /* Synchronised files need the rights to synchronise, as their own or to hand down. */
  const uint64_t held = directory->rights_base | directory->rights_inheriting;
  if (((fd_flags & (WASI_FDFLAG_SYNC | WASI_FDFLAG_RSYNC)) != 0 && (held & WASI_RIGHT_FD_SYNC) == 0) ||
      ((fd_flags & WASI_FDFLAG_DSYNC) != 0 && (held & (WASI_RIGHT_FD_SYNC | WASI_RIGHT_FD_DATASYNC)) == 0)) {
    return WASI_ENOTCAPABLE;
  }
  const uint64_t writing = WASI_RIGHT_FD_WRITE | WASI_RIGHT_FD_ALLOCATE | WASI_RIGHT_FD_FILESTAT_SET_SIZE;
  if (directory->read_only &&
      ((rights & writing) != 0 || (open_flags & (WASI_OFLAG_CREAT | WASI_OFLAG_TRUNC)) != 0)) {
    return WASI_EROFS;
  }
  return WASI_ESUCCESS;
}

/* Opens a path of the host's; fills in what is not rights, and the rights that are sensible. */
static uint32_t open_host(struct wasi *wasi, int directory, const char *path, int flags,
                          struct wasi_descriptor *opened, uint64_t *sensible) {
  opened->host = wasi_resolve_open(wasi, directory, path, flags, 0666);
  if (opened->host < 0) {
    return wasi_errno(-opened->host);
  }
  if (!wasi_inspect(opened->host, &opened->filetype, sensible)) {
    uint32_t error = wasi_errno(errno);
    close(opened->host);
    return error;
  }
  return WASI_ESUCCESS;
}

uint32_t wasi_path_open(struct wasmrt_instance *caller, uint32_t fd, uint32_t lookup, uint32_t path,
                        uint32_t length, uint32_t open_flags, uint64_t rights, uint64_t inheriting,
                        uint32_t fd_flags, uint32_t result) {
  WASI_NEEDS(path_open, NEEDS_RESOLVE NEEDS_INSPECT NEEDS_INSERT);
  struct wasi_descriptor *directory;
  char name[PATH_MAX];
  uint32_t error = find_directory(caller, fd, open_flags, &directory);
  if (error == WASI_ESUCCESS) {
    error = check_open(directory, lookup, open_flags, rights, inheriting, fd_flags);
  }
  if (error == WASI_ESUCCESS) {
    error = wasi_guest_path(caller, path, length, name);
  }
  if (error == WASI_ESUCCESS && wasmrt_guest(caller, result, sizeof(uint32_t)) == NULL) {
    error = WASI_EFAULT;
  }
  if (error != WASI_ESUCCESS) {
    return error;
  }
  struct wasi *wasi = wasi_state(caller);
  struct wasi_descriptor opened = {
      .host = -1, .read_only = directory->read_only, .rights_inheriting = inheriting};
  const int flags = host_flags(lookup, open_flags, rights, fd_flags);
  uint64_t sensible;
  if (directory->fs != NULL) {
    error = wasi_virtual_open(directory, name, flags, fd_flags, &opened);
    sensible = wasi_sensible_rights(opened.filetype);
  } else {
    error = open_host(wasi, directory->host, name, flags, &opened, &sensible);
  }
  if (error != WASI_ESUCCESS) {
    return error;
  }
  /* Rights that the type has no use for are dropped, as preview 1 allows. */
  opened.rights_base = rights & sensible;
  uint32_t number;
  error = wasi_insert(wasi, opened, 0, &number);
  if (error == WASI_ESUCCESS) {
    wasmrt_guest_write(caller, result, &number, sizeof number);
  }
  return error;
}
WASI_SAME_UNSTABLE(path_open);
