/* Descriptors themselves: fd_close, fd_renumber, fd_fdstat_*, fd_prestat_*. */
#define _GNU_SOURCE
#include <fcntl.h>

#include "preview1.h"

uint32_t wasi_fd_close(struct wasmrt_instance *caller, uint32_t fd) {
  WASI_NEEDS(fd_close, NEEDS_REMOVE);
  struct wasi_descriptor *descriptor;
  uint32_t error = wasi_descriptor(caller, fd, 0, &descriptor);
  if (error != WASI_ESUCCESS) {
    return error;
  }
  wasi_remove(descriptor);
  return WASI_ESUCCESS;
}
WASI_SAME_UNSTABLE(fd_close);

/* Moves `from` to the number `to`, which must be open and is closed. */
uint32_t wasi_fd_renumber(struct wasmrt_instance *caller, uint32_t from, uint32_t to) {
  WASI_NEEDS(fd_renumber, NEEDS_REMOVE);
  struct wasi_descriptor *source, *target;
  uint32_t error = wasi_descriptor(caller, from, 0, &source);
  if (error == WASI_ESUCCESS) {
    error = wasi_descriptor(caller, to, 0, &target);
  }
  if (error != WASI_ESUCCESS || source == target) {
    return error;
  }
  wasi_remove(target);
  *target = *source;
  *source = (struct wasi_descriptor){0};
  return WASI_ESUCCESS;
}
WASI_SAME_UNSTABLE(fd_renumber);

static uint16_t guest_flags(int host_flags) {
  uint16_t flags = 0;
  if ((host_flags & O_APPEND) != 0) {
    flags |= WASI_FDFLAG_APPEND;
  }
  if ((host_flags & O_NONBLOCK) != 0) {
    flags |= WASI_FDFLAG_NONBLOCK;
  }
  /* O_SYNC contains O_DSYNC, and is all that Linux has for O_RSYNC. */
  if ((host_flags & O_SYNC) == O_SYNC) {
    flags |= WASI_FDFLAG_SYNC | WASI_FDFLAG_RSYNC | WASI_FDFLAG_DSYNC;
  } else if ((host_flags & O_DSYNC) != 0) {
    flags |= WASI_FDFLAG_DSYNC;
  }
  return flags;
}

uint32_t wasi_fd_fdstat_get(struct wasmrt_instance *caller, uint32_t fd, uint32_t address) {
  WASI_NEEDS(fd_fdstat_get, NEED_ARGUMENT(fcntl, 1, F_GETFL));
  struct wasi_descriptor *descriptor;
  uint32_t error = wasi_descriptor(caller, fd, 0, &descriptor);
  if (error != WASI_ESUCCESS) {
    return error;
  }
  uint16_t flags = descriptor->flags;
  if (descriptor->fs == NULL) {
    int host_flags = fcntl(descriptor->host, F_GETFL);
    if (host_flags < 0) {
      return wasi_errno(errno);
    }
    flags = guest_flags(host_flags);
  }
  struct wasi_fdstat status = {.filetype = descriptor->filetype,
                               .flags = flags,
                               .rights_base = descriptor->rights_base,
                               .rights_inheriting = descriptor->rights_inheriting};
  return wasmrt_guest_write(caller, address, &status, sizeof status) ? WASI_ESUCCESS : WASI_EFAULT;
}
WASI_SAME_UNSTABLE(fd_fdstat_get);

uint32_t wasi_fd_fdstat_set_flags(struct wasmrt_instance *caller, uint32_t fd, uint32_t flags) {
  WASI_NEEDS(fd_fdstat_set_flags, NEED_ARGUMENT(fcntl, 1, F_GETFL) NEED_ARGUMENT(fcntl, 1, F_SETFL));
  struct wasi_descriptor *descriptor;
  uint32_t error = wasi_descriptor(caller, fd, WASI_RIGHT_FD_FDSTAT_SET_FLAGS, &descriptor);
  if (error != WASI_ESUCCESS) {
    return error;
  }
  if ((flags & ~WASI_FDFLAGS_ALL) != 0) {
    return WASI_EINVAL;
  }
  int old_flags = descriptor->fs != NULL ? 0 : fcntl(descriptor->host, F_GETFL);
  if (old_flags < 0) {
    return wasi_errno(errno);
  }
  const uint16_t old = descriptor->fs != NULL ? descriptor->flags : guest_flags(old_flags);
  /* Linux fixes these when it opens a file, and ignores attempts to change them; the guest should know. */
  bool sync = (flags & (WASI_FDFLAG_SYNC | WASI_FDFLAG_RSYNC)) != 0;
  bool data_sync = sync || (flags & WASI_FDFLAG_DSYNC) != 0;
  if (sync != ((old & WASI_FDFLAG_SYNC) != 0) || data_sync != ((old & WASI_FDFLAG_DSYNC) != 0)) {
    return WASI_ENOTSUP;
  }
  if (descriptor->fs != NULL) {
    const uint32_t settable = WASI_FDFLAG_APPEND | WASI_FDFLAG_NONBLOCK;
    descriptor->flags = (uint16_t)((old & ~settable) | (flags & settable));
    return WASI_ESUCCESS;
  }
  int host_flags = old_flags & ~(O_APPEND | O_NONBLOCK);
  if ((flags & WASI_FDFLAG_APPEND) != 0) {
    host_flags |= O_APPEND;
  }
  if ((flags & WASI_FDFLAG_NONBLOCK) != 0) {
    host_flags |= O_NONBLOCK;
  }
  return fcntl(descriptor->host, F_SETFL, host_flags) == 0 ? WASI_ESUCCESS : wasi_errno(errno);
}
WASI_SAME_UNSTABLE(fd_fdstat_set_flags);

/* Rights can be given up, never gained. */
uint32_t wasi_fd_fdstat_set_rights(struct wasmrt_instance *caller, uint32_t fd, uint64_t base,
                                   uint64_t inheriting) {
  WASI_NEEDS(fd_fdstat_set_rights, NEED_NOTHING);
  struct wasi_descriptor *descriptor;
  uint32_t error = wasi_descriptor(caller, fd, 0, &descriptor);
  if (error != WASI_ESUCCESS) {
    return error;
  }
  if ((base & ~descriptor->rights_base) != 0 || (inheriting & ~descriptor->rights_inheriting) != 0) {
    return WASI_ENOTCAPABLE;
  }
  descriptor->rights_base = base;
  descriptor->rights_inheriting = inheriting;
  return WASI_ESUCCESS;
}
WASI_SAME_UNSTABLE(fd_fdstat_set_rights);

/* Finds a preopened directory. */
static uint32_t find_preopen(struct wasmrt_instance *caller, uint32_t fd, const char **name) {
  struct wasi_descriptor *descriptor;
  uint32_t error = wasi_descriptor(caller, fd, 0, &descriptor);
  if (error != WASI_ESUCCESS) {
    return error;
  }
  /* A libc looks for its preopens from 3 on until EBADF: an ordinary descriptor must not look like one. */
  if (descriptor->preopen == NULL) {
    return WASI_EBADF;
  }
  *name = descriptor->preopen;
  return WASI_ESUCCESS;
}

uint32_t wasi_fd_prestat_get(struct wasmrt_instance *caller, uint32_t fd, uint32_t address) {
  WASI_NEEDS(fd_prestat_get, NEED_NOTHING);
  const char *name;
  uint32_t error = find_preopen(caller, fd, &name);
  if (error != WASI_ESUCCESS) {
    return error;
  }
  struct wasi_prestat status = {.tag = 0, .name_length = (uint32_t)strlen(name)};
  return wasmrt_guest_write(caller, address, &status, sizeof status) ? WASI_ESUCCESS : WASI_EFAULT;
}
WASI_SAME_UNSTABLE(fd_prestat_get);

/* The name has no terminator. A longer buffer is allowed, a shorter one is an error. */
uint32_t wasi_fd_prestat_dir_name(struct wasmrt_instance *caller, uint32_t fd, uint32_t address,
                                  uint32_t length) {
  WASI_NEEDS(fd_prestat_dir_name, NEED_NOTHING);
  const char *name;
  uint32_t error = find_preopen(caller, fd, &name);
  if (error != WASI_ESUCCESS) {
    return error;
  }
  if (wasmrt_guest(caller, address, length) == NULL) {
    return WASI_EFAULT;
  }
  size_t name_length = strlen(name);
  if (length < name_length) {
    return WASI_ENAMETOOLONG;
  }
  wasmrt_guest_write(caller, address, name, name_length);
  return WASI_ESUCCESS;
}
WASI_SAME_UNSTABLE(fd_prestat_dir_name);
