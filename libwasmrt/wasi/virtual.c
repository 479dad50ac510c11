/*
 * Open files of virtual file systems (wasmrt_fs.h), where functions on descriptors leave the host's for
 * these.
 *
 * An implementation is part of the host program and as trusted as that; all the same what it says is held to
 * what it was asked, so that a wrong count is an error of input and output instead of a guest's wrong memory.
 */
#define _GNU_SOURCE
#include <unistd.h>

#include "preview1.h"

uint32_t wasi_insert_virtual(struct wasi *wasi, struct wasi_descriptor descriptor, uint32_t from,
                             uint32_t *fd) {
  descriptor.host = -1;
  return wasi_insert(wasi, descriptor, from, fd);
}

/*
 * Cuts the vectors so that they hold no more than the host's own calls move at once, and returns their total.
 * Each is inside linear memory, but they may overlap and add up to more than a count can say.
 */
static uint32_t cut(struct iovec *vectors, int *count) {
  uint32_t total = 0;
  for (int i = 0; i < *count; i++) {
    size_t room = INT32_MAX - total;
    if (vectors[i].iov_len > room) {
      vectors[i].iov_len = room;
      *count = i + 1;
    }
    total += (uint32_t)vectors[i].iov_len;
  }
  return total;
}

/* The end of a transfer of at most `total` bytes that began at `offset`; `moves` if it moves the position. */
static uint32_t finish(struct wasi_descriptor *descriptor, uint64_t offset, bool moves, size_t done,
                       uint32_t total, uint32_t *result) {
  if (done > total) {
    return WASI_EIO;
  }
  if (moves) {
    descriptor->position = offset + done;
  }
  *result = (uint32_t)done;
  return WASI_ESUCCESS;
}

uint32_t wasi_virtual_read(struct wasi_descriptor *descriptor, struct iovec *vectors, int count,
                           int64_t offset, uint32_t *done) {
  const uint64_t at = offset < 0 ? descriptor->position : (uint64_t)offset;
  const uint32_t total = cut(vectors, &count);
  size_t used = 0;
  if (descriptor->fs->read == NULL) {
    return WASI_ENOTSUP;
  }
  uint32_t error = descriptor->fs->read(descriptor->fs_user, descriptor->file, vectors, count, at, &used);
  return error != WASI_ESUCCESS ? error : finish(descriptor, at, offset < 0, used, total, done);
}

/* Where a write without an offset goes. */
static uint32_t find_end(const struct wasi_descriptor *descriptor, uint64_t *offset) {
  struct wasi_filestat status;
  uint32_t error = wasi_virtual_status(descriptor, &status);
  if (error == WASI_ESUCCESS) {
    *offset = status.size;
  }
  return error;
}

uint32_t wasi_virtual_write(struct wasi_descriptor *descriptor, struct iovec *vectors, int count,
                            int64_t offset, uint32_t *done) {
  uint64_t at = offset < 0 ? descriptor->position : (uint64_t)offset;
  const uint32_t total = cut(vectors, &count);
  size_t used = 0;
  uint32_t error = WASI_ESUCCESS;
  if (descriptor->fs->write == NULL) {
    return WASI_EROFS;
  }
  if (offset < 0 && (descriptor->flags & WASI_FDFLAG_APPEND) != 0) {
    error = find_end(descriptor, &at);
  }
  /* The last byte has an offset that a guest can seek to. */
  if (error == WASI_ESUCCESS && (at > INT64_MAX || total > INT64_MAX - at)) {
    error = WASI_EFBIG;
  }
  if (error == WASI_ESUCCESS) {
    error = descriptor->fs->write(descriptor->fs_user, descriptor->file, vectors, count, at, &used);
  }
  return error != WASI_ESUCCESS ? error : finish(descriptor, at, offset < 0, used, total, done);
}

uint32_t wasi_virtual_seek(struct wasi_descriptor *descriptor, int64_t offset, int whence,
                           uint64_t *position) {
  uint64_t from = whence == SEEK_CUR ? descriptor->position : 0;
  int64_t to;
  if (whence == SEEK_END) {
    uint32_t error = find_end(descriptor, &from);
    if (error != WASI_ESUCCESS) {
      return error;
    }
  }
  if (from > INT64_MAX || __builtin_add_overflow((int64_t)from, offset, &to)) {
    return WASI_EOVERFLOW;
  }
  if (to < 0) {
    return WASI_EINVAL;
  }
  descriptor->position = *position = (uint64_t)to;
  return WASI_ESUCCESS;
}

/* The guest's form of a status. */
static struct wasi_filestat guest_status(const struct wasmrt_fs_stat *from) {
  return (struct wasi_filestat){.device = from->device,
                                .inode = from->inode,
                                .filetype = from->type,
                                .link_count = from->links,
                                .size = from->size,
                                .access_time = from->accessed,
                                .modification_time = from->modified,
                                .change_time = from->changed};
}

uint32_t wasi_virtual_status(const struct wasi_descriptor *descriptor, struct wasi_filestat *status) {
  struct wasmrt_fs_stat from = {0};
  /* A stream of the host program's has nothing to tell but what it is. */
  if (descriptor->fs->stat_file == NULL) {
    *status = (struct wasi_filestat){.filetype = descriptor->filetype, .link_count = 1};
    return WASI_ESUCCESS;
  }
  uint32_t error = descriptor->fs->stat_file(descriptor->fs_user, descriptor->file, &from);
  *status = guest_status(&from);
  return error;
}
