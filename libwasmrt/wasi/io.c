/* Reading and writing: fd_read, fd_write, fd_pread, fd_pwrite. Data goes straight between host and linear
 * memory. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "preview1.h"

#ifndef RWF_NOAPPEND
#define RWF_NOAPPEND 0x20 /* Linux 6.9 */
#endif

/* write_at */
#define NEEDS_WRITE_AT                                                                                       \
  NEED(pwritev) NEED(pwritev2) NEED_ARGUMENT(fcntl, 1, F_GETFL) NEED_ARGUMENT(fcntl, 1, F_SETFL)

/* A read of one batch; a short read is always allowed. `offset` < 0 reads at the file's position. */
static uint32_t read_vectors(struct wasmrt_instance *caller, struct wasi_descriptor *descriptor,
                             uint32_t address, uint32_t count, off_t offset, uint32_t result_address) {
  struct iovec vectors[WASI_BATCH];
  uint64_t total;
  if (wasmrt_guest(caller, result_address, sizeof(uint32_t)) == NULL) {
    return WASI_EFAULT;
  }
  int used = wasi_gather(caller, address, count, vectors, &total);
  if (used < 0) {
    return WASI_EFAULT;
  }
  uint32_t result;
  if (descriptor->fs != NULL) {
    uint32_t error = wasi_virtual_read(descriptor, vectors, used, offset, &result);
    if (error != WASI_ESUCCESS) {
      return error;
    }
  } else {
    int host = descriptor->host;
    ssize_t done = offset < 0 ? readv(host, vectors, used) : preadv(host, vectors, used, offset);
    if (done < 0) {
      return wasi_errno(errno);
    }
    result = (uint32_t)done; /* the host moves at most 2^31 - 4096 bytes a call */
  }
  wasmrt_guest_write(caller, result_address, &result, sizeof result);
  return WASI_ESUCCESS;
}

/*
 * pwritev, also where the file was opened to append: there Linux ignores the offset of pwrite, which is not
 * what POSIX and WASI say. Kernels without RWF_NOAPPEND get the flag taken off for the moment of the call.
 */
static ssize_t write_at(int host, const struct iovec *vectors, int count, off_t offset) {
  int flags = fcntl(host, F_GETFL);
  if (flags < 0 || (flags & O_APPEND) == 0) {
    return pwritev(host, vectors, count, offset);
  }
  long done = syscall(SYS_pwritev2, host, vectors, count, (long)offset, 0L, RWF_NOAPPEND);
  if (done >= 0 || (errno != EOPNOTSUPP && errno != ENOSYS && errno != EINVAL)) {
    return done;
  }
  if (fcntl(host, F_SETFL, flags & ~O_APPEND) != 0) {
    return -1;
  }
  done = pwritev(host, vectors, count, offset);
  int error = errno;
  fcntl(host, F_SETFL, flags);
  errno = error;
  return done;
}

/* One batch of a write. `offset` < 0 writes at the file's position. */
static uint32_t write_batch(struct wasi_descriptor *descriptor, struct iovec *vectors, int count,
                            off_t offset, uint32_t *result) {
  if (descriptor->fs != NULL) {
    return wasi_virtual_write(descriptor, vectors, count, offset, result);
  }
  ssize_t done = offset < 0 ? writev(descriptor->host, vectors, count)
                            : write_at(descriptor->host, vectors, count, offset);
  *result = (uint32_t)done; /* the host moves at most 2^31 - 4096 bytes a call */
  return done < 0 ? wasi_errno(errno) : WASI_ESUCCESS;
}

/* A write, batch after batch until all is written or less of one than asked. */
static uint32_t write_vectors(struct wasmrt_instance *caller, struct wasi_descriptor *descriptor,
                              uint32_t address, uint32_t count, off_t offset, uint32_t result_address) {
  struct iovec vectors[WASI_BATCH];
  if (wasmrt_guest(caller, result_address, sizeof(uint32_t)) == NULL) {
    return WASI_EFAULT;
  }
  uint32_t result = 0;
  uint32_t error = WASI_ESUCCESS;
  do {
    uint64_t total;
    uint32_t done;
    int used = wasi_gather(caller, address, count, vectors, &total);
    error = used < 0
                ? WASI_EFAULT
                : write_batch(descriptor, vectors, used, offset < 0 ? offset : offset + (off_t)result, &done);
    if (error != WASI_ESUCCESS) {
      break;
    }
    result += done;
    address += (uint32_t)used * (uint32_t)sizeof(struct wasi_iovec);
    count -= (uint32_t)used;
    if (done < total) {
      break;
    }
  } while (count > 0 && result < INT32_MAX); /* so that the next batch cannot overflow the result */
  if (result == 0 && error != WASI_ESUCCESS) {
    return error;
  }
  /* What was written before an error counts; the error comes again with the next call. */
  wasmrt_guest_write(caller, result_address, &result, sizeof result);
  return WASI_ESUCCESS;
}

uint32_t wasi_fd_read(struct wasmrt_instance *caller, uint32_t fd, uint32_t iovs, uint32_t count,
                      uint32_t result) {
  WASI_NEEDS(fd_read, NEED(readv));
  struct wasi_descriptor *descriptor;
  uint32_t error = wasi_descriptor(caller, fd, WASI_RIGHT_FD_READ, &descriptor);
  return error != WASI_ESUCCESS ? error : read_vectors(caller, descriptor, iovs, count, -1, result);
}
WASI_SAME_UNSTABLE(fd_read);

uint32_t wasi_fd_write(struct wasmrt_instance *caller, uint32_t fd, uint32_t iovs, uint32_t count,
                       uint32_t result) {
  WASI_NEEDS(fd_write, NEED(writev));
  struct wasi_descriptor *descriptor;
  uint32_t error = wasi_descriptor(caller, fd, WASI_RIGHT_FD_WRITE, &descriptor);
  return error != WASI_ESUCCESS ? error : write_vectors(caller, descriptor, iovs, count, -1, result);
}
WASI_SAME_UNSTABLE(fd_write);

uint32_t wasi_fd_pread(struct wasmrt_instance *caller, uint32_t fd, uint32_t iovs, uint32_t count,
                       uint64_t offset, uint32_t result) {
  WASI_NEEDS(fd_pread, NEED(preadv));
  struct wasi_descriptor *descriptor;
  uint32_t error = wasi_descriptor(caller, fd, WASI_RIGHT_FD_READ | WASI_RIGHT_FD_SEEK, &descriptor);
  if (error != WASI_ESUCCESS) {
    return error;
  }
  if (offset > INT64_MAX) {
    return WASI_EINVAL;
  }
  return read_vectors(caller, descriptor, iovs, count, (off_t)offset, result);
}
WASI_SAME_UNSTABLE(fd_pread);

uint32_t wasi_fd_pwrite(struct wasmrt_instance *caller, uint32_t fd, uint32_t iovs, uint32_t count,
                        uint64_t offset, uint32_t result) {
  WASI_NEEDS(fd_pwrite, NEEDS_WRITE_AT);
  struct wasi_descriptor *descriptor;
  uint32_t error = wasi_descriptor(caller, fd, WASI_RIGHT_FD_WRITE | WASI_RIGHT_FD_SEEK, &descriptor);
  if (error != WASI_ESUCCESS) {
    return error;
  }
  if (offset > INT64_MAX) {
    return WASI_EINVAL;
  }
  return write_vectors(caller, descriptor, iovs, count, (off_t)offset, result);
}
WASI_SAME_UNSTABLE(fd_pwrite);
