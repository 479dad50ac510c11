/* What a file is and when it changed: fd_filestat_get, path_filestat_get, *_filestat_set_times. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "preview1.h"

/* get_status, get_unstable_status */
#define NEEDS_STATUS NEED(fstat) NEED_ARGUMENT(getsockopt, 1, SOL_SOCKET) NEED(close)

static uint8_t filetype(int host, mode_t mode) {
  switch (mode & S_IFMT) {
  case S_IFREG:
    return WASI_FILETYPE_REGULAR_FILE;
  case S_IFDIR:
    return WASI_FILETYPE_DIRECTORY;
  case S_IFLNK:
    return WASI_FILETYPE_SYMBOLIC_LINK;
  case S_IFCHR:
    return WASI_FILETYPE_CHARACTER_DEVICE;
  case S_IFBLK:
    return WASI_FILETYPE_BLOCK_DEVICE;
  case S_IFSOCK: {
    int type = SOCK_STREAM; /* stays for a socket that is only named by a path */
    socklen_t length = sizeof type;
    getsockopt(host, SOL_SOCKET, SO_TYPE, &type, &length);
    return type == SOCK_DGRAM ? WASI_FILETYPE_SOCKET_DGRAM : WASI_FILETYPE_SOCKET_STREAM;
  }
  default:
    return WASI_FILETYPE_UNKNOWN;
  }
}

/* WASI counts nanoseconds from 1970 and knows nothing before. */
static uint64_t nanoseconds(struct timespec time) {
  return time.tv_sec < 0 ? 0 : (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static uint32_t host_status(int host, struct wasi_filestat *status) {
  struct stat from;
  if (fstat(host, &from) != 0) {
    return wasi_errno(errno);
  }
  *status = (struct wasi_filestat){.device = from.st_dev,
                                   .inode = from.st_ino,
                                   .filetype = filetype(host, from.st_mode),
                                   .link_count = from.st_nlink,
                                   .size = (uint64_t)from.st_size,
                                   .access_time = nanoseconds(from.st_atim),
                                   .modification_time = nanoseconds(from.st_mtim),
                                   .change_time = nanoseconds(from.st_ctim)};
  return WASI_ESUCCESS;
}

/* Lays a status into the guest's memory, in the layout of one of the two modules. */
typedef bool status_writer(struct wasmrt_instance *caller, uint32_t address,
                           const struct wasi_filestat *status);

static bool write_status(struct wasmrt_instance *caller, uint32_t address,
                         const struct wasi_filestat *status) {
  return wasmrt_guest_write(caller, address, status, sizeof *status);
}

static bool write_unstable_status(struct wasmrt_instance *caller, uint32_t address,
                                  const struct wasi_filestat *status) {
  struct wasi_unstable_filestat unstable = {.device = status->device,
                                            .inode = status->inode,
                                            .filetype = status->filetype,
                                            .link_count = (uint32_t)status->link_count,
                                            .size = status->size,
                                            .access_time = status->access_time,
                                            .modification_time = status->modification_time,
                                            .change_time = status->change_time};
  return wasmrt_guest_write(caller, address, &unstable, sizeof unstable);
}

static uint32_t get_open(struct wasmrt_instance *caller, uint32_t fd, uint32_t address,
                         status_writer *writer) {
  struct wasi_descriptor *descriptor;
  struct wasi_filestat status;
  uint32_t error = wasi_descriptor(caller, fd, WASI_RIGHT_FD_FILESTAT_GET, &descriptor);
  if (error == WASI_ESUCCESS) {
    error = descriptor->fs != NULL ? wasi_virtual_status(descriptor, &status)
                                   : host_status(descriptor->host, &status);
  }
  if (error != WASI_ESUCCESS) {
    return error;
  }
  return writer(caller, address, &status) ? WASI_ESUCCESS : WASI_EFAULT;
}

/*
 * Opens what the path denotes, without access to its contents (O_PATH), and looks at that: the resolution
 * decides what it is and no second look-up by name can be raced.
 */
static uint32_t host_path_status(struct wasi *wasi, int directory, const char *path, bool follow,
                                 struct wasi_filestat *status) {
  int host = wasi_resolve_open(wasi, directory, path, O_PATH | O_CLOEXEC | (follow ? 0 : O_NOFOLLOW), 0);
  if (host < 0) {
    return wasi_errno(-host);
  }
  uint32_t error = host_status(host, status);
  close(host);
  return error;
}

static uint32_t get_named(struct wasmrt_instance *caller, uint32_t fd, uint32_t flags, uint32_t path,
                          uint32_t length, uint32_t address, status_writer *writer) {
  struct wasi_descriptor *descriptor;
  char name[PATH_MAX];
  uint32_t error = wasi_descriptor(caller, fd, WASI_RIGHT_PATH_FILESTAT_GET, &descriptor);
  if (error == WASI_ESUCCESS) {
    error = wasi_guest_path(caller, path, length, name);
  }
  if (error != WASI_ESUCCESS) {
    return error;
  }
  if ((flags & ~WASI_LOOKUP_SYMLINK_FOLLOW) != 0) {
    return WASI_EINVAL;
  }
  const bool follow = (flags & WASI_LOOKUP_SYMLINK_FOLLOW) != 0;
  struct wasi_filestat status;
  error = descriptor->fs != NULL
              ? wasi_virtual_path_status(descriptor, name, follow, &status)
              : host_path_status(wasi_state(caller), descriptor->host, name, follow, &status);
  if (error != WASI_ESUCCESS) {
    return error;
  }
  return writer(caller, address, &status) ? WASI_ESUCCESS : WASI_EFAULT;
}

uint32_t wasi_fd_filestat_get(struct wasmrt_instance *caller, uint32_t fd, uint32_t address) {
  WASI_NEEDS(fd_filestat_get, NEEDS_STATUS);
  return get_open(caller, fd, address, write_status);
}
WASI_PUBLIC(fd_filestat_get);

uint32_t wasi_unstable_fd_filestat_get(struct wasmrt_instance *caller, uint32_t fd, uint32_t address) {
  WASI_UNSTABLE_NEEDS(fd_filestat_get, NEEDS_STATUS);
  return get_open(caller, fd, address, write_unstable_status);
}
WASI_UNSTABLE_PUBLIC(fd_filestat_get);

uint32_t wasi_path_filestat_get(struct wasmrt_instance *caller, uint32_t fd, uint32_t flags, uint32_t path,
                                uint32_t length, uint32_t address) {
  WASI_NEEDS(path_filestat_get, NEEDS_RESOLVE NEEDS_STATUS);
  return get_named(caller, fd, flags, path, length, address, write_status);
}
WASI_PUBLIC(path_filestat_get);

uint32_t wasi_unstable_path_filestat_get(struct wasmrt_instance *caller, uint32_t fd, uint32_t flags,
                                         uint32_t path, uint32_t length, uint32_t address) {
  WASI_UNSTABLE_NEEDS(path_filestat_get, NEEDS_RESOLVE NEEDS_STATUS);
  return get_named(caller, fd, flags, path, length, address, write_unstable_status);
}
WASI_UNSTABLE_PUBLIC(path_filestat_get);

/* One of the two times: the value if `set`, the host's time if `now`, else unchanged. False if both are asked
 * for. */
static bool choose_time(uint64_t value, bool set, bool now, struct timespec *time) {
  time->tv_sec = (time_t)(value / 1000000000u);
  time->tv_nsec = set ? (long)(value % 1000000000u) : now ? UTIME_NOW : UTIME_OMIT;
  return !(set && now);
}

static uint32_t choose_times(uint64_t accessed, uint64_t modified, uint32_t flags, struct timespec times[2]) {
  bool valid = (flags & ~WASI_FSTFLAGS_ALL) == 0;
  valid &= choose_time(accessed, flags & WASI_FSTFLAG_ATIM, flags & WASI_FSTFLAG_ATIM_NOW, &times[0]);
  valid &= choose_time(modified, flags & WASI_FSTFLAG_MTIM, flags & WASI_FSTFLAG_MTIM_NOW, &times[1]);
  return valid ? WASI_ESUCCESS : WASI_EINVAL;
}

uint32_t wasi_fd_filestat_set_times(struct wasmrt_instance *caller, uint32_t fd, uint64_t accessed,
                                    uint64_t modified, uint32_t flags) {
  WASI_NEEDS(fd_filestat_set_times, NEED_ARGUMENT(utimensat, 1, 0));
  struct wasi_descriptor *descriptor;
  struct timespec times[2];
  /* The host lets an owner set the times through a descriptor that cannot write, so a read-only mount has to
   * ask. */
  uint32_t error = wasi_writable_descriptor(caller, fd, WASI_RIGHT_FD_FILESTAT_SET_TIMES, &descriptor);
  if (error == WASI_ESUCCESS) {
    error = choose_times(accessed, modified, flags, times);
  }
  if (error != WASI_ESUCCESS) {
    return error;
  }
  if (descriptor->fs != NULL) {
    return wasi_virtual_set_times(wasi_state(caller), descriptor, times);
  }
  return futimens(descriptor->host, times) == 0 ? WASI_ESUCCESS : wasi_errno(errno);
}
WASI_SAME_UNSTABLE(fd_filestat_set_times);

uint32_t wasi_path_filestat_set_times(struct wasmrt_instance *caller, uint32_t fd, uint32_t lookup,
                                      uint32_t path, uint32_t length, uint64_t accessed, uint64_t modified,
                                      uint32_t flags) {
  WASI_NEEDS(path_filestat_set_times, NEEDS_RESOLVE NEED_PATH(utimensat));
  struct wasi_descriptor *descriptor;
  struct wasi_place place;
  struct timespec times[2];
  uint32_t error = wasi_writable_descriptor(caller, fd, WASI_RIGHT_PATH_FILESTAT_SET_TIMES, &descriptor);
  if (error == WASI_ESUCCESS) {
    error = choose_times(accessed, modified, flags, times);
  }
  if (error == WASI_ESUCCESS && (lookup & ~WASI_LOOKUP_SYMLINK_FOLLOW) != 0) {
    error = WASI_EINVAL;
  }
  if (error == WASI_ESUCCESS) {
    error = wasi_guest_path(caller, path, length, place.path);
  }
  if (error == WASI_ESUCCESS) {
    error =
        wasi_place_object(wasi_state(caller), descriptor, &place, (lookup & WASI_LOOKUP_SYMLINK_FOLLOW) != 0);
  }
  if (error != WASI_ESUCCESS) {
    return error;
  }
  if (place.fs != NULL) {
    return wasi_virtual_path_set_times(wasi_state(caller), &place, times);
  }
  /* Never followed here: the place is where following has already ended. */
  if (utimensat(place.dir, place.name, times, AT_SYMLINK_NOFOLLOW) != 0) {
    error = wasi_errno(errno);
  }
  wasi_place_close(&place);
  return error;
}
WASI_SAME_UNSTABLE(path_filestat_set_times);
