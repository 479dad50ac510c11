/* Open files: fd_advise, fd_allocate, fd_sync, fd_datasync, fd_seek, fd_tell, fd_filestat_set_size. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "preview1.h"

uint32_t wasi_fd_advise(struct wasmrt_instance *caller, uint32_t fd, uint64_t offset, uint64_t length,
                        uint32_t advice) {
  WASI_NEEDS(fd_advise, NEED(fadvise64));
  static const int advices[] = {POSIX_FADV_NORMAL,   POSIX_FADV_SEQUENTIAL, POSIX_FADV_RANDOM,
                                POSIX_FADV_WILLNEED, POSIX_FADV_DONTNEED,   POSIX_FADV_NOREUSE};
  struct wasi_descriptor *descriptor;
  uint32_t error = wasi_descriptor(caller, fd, WASI_RIGHT_FD_ADVISE, &descriptor);
  if (error != WASI_ESUCCESS) {
    return error;
  }
  if (advice >= sizeof advices / sizeof *advices || offset > INT64_MAX || length > INT64_MAX) {
    return WASI_EINVAL;
  }
  if (descriptor->fs != NULL) { /* which has its contents wherever it likes */
    return WASI_ESUCCESS;
  }
  return wasi_errno(posix_fadvise(descriptor->host, (off_t)offset, (off_t)length, advices[advice]));
}
WASI_SAME_UNSTABLE(fd_advise);

uint32_t wasi_fd_allocate(struct wasmrt_instance *caller, uint32_t fd, uint64_t offset, uint64_t length) {
  WASI_NEEDS(fd_allocate, NEED(fallocate));
  struct wasi_descriptor *descriptor;
  uint32_t error = wasi_writable_descriptor(caller, fd, WASI_RIGHT_FD_ALLOCATE, &descriptor);
  if (error != WASI_ESUCCESS) {
    return error;
  }
  if (offset > INT64_MAX || length > INT64_MAX) {
    return WASI_EINVAL;
  }
  if (descriptor->fs != NULL) {
    return wasi_virtual_allocate(descriptor, offset, length);
  }
  /* Not posix_fallocate: glibc emulates it by writing where the file system cannot, and says so nowhere. */
  return fallocate(descriptor->host, 0, (off_t)offset, (off_t)length) == 0 ? WASI_ESUCCESS
                                                                           : wasi_errno(errno);
}
WASI_SAME_UNSTABLE(fd_allocate);

uint32_t wasi_fd_sync(struct wasmrt_instance *caller, uint32_t fd) {
  WASI_NEEDS(fd_sync, NEED(fsync));
  struct wasi_descriptor *descriptor;
  uint32_t error = wasi_descriptor(caller, fd, WASI_RIGHT_FD_SYNC, &descriptor);
  if (error != WASI_ESUCCESS) {
    return error;
  }
  if (descriptor->fs != NULL) {
    return wasi_virtual_sync(descriptor, false);
  }
  return fsync(descriptor->host) == 0 ? WASI_ESUCCESS : wasi_errno(errno);
}
WASI_SAME_UNSTABLE(fd_sync);

uint32_t wasi_fd_datasync(struct wasmrt_instance *caller, uint32_t fd) {
  WASI_NEEDS(fd_datasync, NEED(fdatasync));
  struct wasi_descriptor *descriptor;
  uint32_t error = wasi_descriptor(caller, fd, WASI_RIGHT_FD_DATASYNC, &descriptor);
  if (error != WASI_ESUCCESS) {
    return error;
  }
  if (descriptor->fs != NULL) {
    return wasi_virtual_sync(descriptor, true);
  }
  return fdatasync(descriptor->host) == 0 ? WASI_ESUCCESS : wasi_errno(errno);
}
WASI_SAME_UNSTABLE(fd_datasync);

/* Seeks by a host's whence. Asking for the position needs less than changing it. */
static uint32_t seek(struct wasmrt_instance *caller, uint32_t fd, int64_t offset, int whence,
                     uint32_t result) {
  struct wasi_descriptor *descriptor;
  bool only_tells = whence == SEEK_CUR && offset == 0;
  uint32_t error = wasi_descriptor(caller, fd, WASI_RIGHT_FD_SEEK, &descriptor);
  if (error == WASI_ENOTCAPABLE && only_tells) {
    error = wasi_descriptor(caller, fd, WASI_RIGHT_FD_TELL, &descriptor);
  }
  if (error != WASI_ESUCCESS) {
    return error;
  }
  if (wasmrt_guest(caller, result, sizeof(uint64_t)) == NULL) {
    return WASI_EFAULT;
  }
  uint64_t position;
  if (descriptor->fs != NULL) {
    error = wasi_virtual_seek(descriptor, offset, whence, &position);
  } else {
    off_t host = lseek(descriptor->host, (off_t)offset, whence);
    error = host < 0 ? wasi_errno(errno) : WASI_ESUCCESS;
    position = (uint64_t)host;
  }
  if (error != WASI_ESUCCESS) {
    return error;
  }
  wasmrt_guest_write(caller, result, &position, sizeof position);
  return WASI_ESUCCESS;
}

uint32_t wasi_fd_seek(struct wasmrt_instance *caller, uint32_t fd, uint64_t offset, uint32_t whence,
                      uint32_t result) {
  WASI_NEEDS(fd_seek, NEED(lseek));
  static const int whences[] = {SEEK_SET, SEEK_CUR, SEEK_END};
  if (whence >= sizeof whences / sizeof *whences) {
    return WASI_EINVAL;
  }
  return seek(caller, fd, (int64_t)offset, whences[whence], result);
}
WASI_PUBLIC(fd_seek);

/* The older module numbers them differently. */
uint32_t wasi_unstable_fd_seek(struct wasmrt_instance *caller, uint32_t fd, uint64_t offset, uint32_t whence,
                               uint32_t result) {
  WASI_UNSTABLE_NEEDS(fd_seek, NEED(lseek));
  static const int whences[] = {SEEK_CUR, SEEK_END, SEEK_SET};
  if (whence >= sizeof whences / sizeof *whences) {
    return WASI_EINVAL;
  }
  return seek(caller, fd, (int64_t)offset, whences[whence], result);
}
WASI_UNSTABLE_PUBLIC(fd_seek);

uint32_t wasi_fd_tell(struct wasmrt_instance *caller, uint32_t fd, uint32_t result) {
  WASI_NEEDS(fd_tell, NEED(lseek));
  return seek(caller, fd, 0, SEEK_CUR, result);
}
WASI_SAME_UNSTABLE(fd_tell);

uint32_t wasi_fd_filestat_set_size(struct wasmrt_instance *caller, uint32_t fd, uint64_t size) {
  WASI_NEEDS(fd_filestat_set_size, NEED(ftruncate));
  struct wasi_descriptor *descriptor;
  uint32_t error = wasi_writable_descriptor(caller, fd, WASI_RIGHT_FD_FILESTAT_SET_SIZE, &descriptor);
  if (error != WASI_ESUCCESS) {
    return error;
  }
  if (size > INT64_MAX) {
    return WASI_EINVAL;
  }
  if (descriptor->fs != NULL) {
    return wasi_virtual_set_size(descriptor, size);
  }
  return ftruncate(descriptor->host, (off_t)size) == 0 ? WASI_ESUCCESS : wasi_errno(errno);
}
WASI_SAME_UNSTABLE(fd_filestat_set_size);
