/*
 * Open files of virtual file systems (wasmrt_fs.h), where functions on descriptors leave the host's for
 * these.
 *
 * An implementation is part of the host program and as trusted as that; all the same what it says is held to
 * what it was asked, so that a wrong count is an error of input and output instead of a guest's wrong memory.
 */
#define _GNU_SOURCE
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "preview1.h"

uint32_t wasi_insert_virtual(struct wasi *wasi, struct wasi_descriptor descriptor, uint32_t from,
                             uint32_t *fd) {
  descriptor.host = -1;
  return wasi_insert(wasi, descriptor, from, fd);
}

void wasi_virtual_close(const struct wasi_descriptor *descriptor) {
  if (descriptor->fs->close != NULL) {
    descriptor->fs->close(descriptor->fs_user, descriptor->file);
  }
  if (descriptor->path != NULL) {
    munmap(descriptor->path, PATH_MAX);
  }
}

uint32_t wasi_virtual_refusal(const struct wasmrt_fs *fs) {
  return fs->write == NULL ? WASI_EROFS : WASI_ENOTSUP;
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

#define SYNC_FLAGS (WASI_FDFLAG_SYNC | WASI_FDFLAG_RSYNC | WASI_FDFLAG_DSYNC)

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
  if (error == WASI_ESUCCESS) {
    error = finish(descriptor, at, offset < 0, used, total, done);
  }
  if (error == WASI_ESUCCESS && (descriptor->flags & SYNC_FLAGS) != 0) {
    error = wasi_virtual_sync(descriptor, (descriptor->flags & SYNC_FLAGS) == WASI_FDFLAG_DSYNC);
  }
  return error;
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

struct wasi_filestat wasi_virtual_guest_status(const struct wasmrt_fs_stat *from) {
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
  *status = wasi_virtual_guest_status(&from);
  return error;
}

uint32_t wasi_virtual_set_size(const struct wasi_descriptor *descriptor, uint64_t size) {
  if (descriptor->fs->set_size == NULL) {
    return wasi_virtual_refusal(descriptor->fs);
  }
  return descriptor->fs->set_size(descriptor->fs_user, descriptor->file, size);
}

uint32_t wasi_virtual_allocate(const struct wasi_descriptor *descriptor, uint64_t offset, uint64_t length) {
  if (length == 0) {
    return WASI_EINVAL;
  }
  if (offset > INT64_MAX - length) {
    return WASI_EFBIG;
  }
  if (descriptor->fs->allocate == NULL) {
    return wasi_virtual_refusal(descriptor->fs);
  }
  return descriptor->fs->allocate(descriptor->fs_user, descriptor->file, offset, length);
}

uint32_t wasi_virtual_sync(const struct wasi_descriptor *descriptor, bool data_only) {
  if (descriptor->fs->sync == NULL) {
    return WASI_ESUCCESS;
  }
  return descriptor->fs->sync(descriptor->fs_user, descriptor->file, data_only);
}

uint32_t wasi_virtual_times(const struct wasi *wasi, const struct timespec from[2],
                            struct wasi_virtual_times *times) {
  uint64_t now = 0;
  uint32_t error = WASI_ESUCCESS;
  if (from[0].tv_nsec == UTIME_NOW || from[1].tv_nsec == UTIME_NOW) {
    error = wasi->supply != NULL ? wasi->supply->clock(wasi->supply, WASI_CLOCK_REALTIME, false, &now)
                                 : wasi_system_clock(WASI_CLOCK_REALTIME, false, &now);
  }
  for (int i = 0; i < 2; i++) {
    times->values[i] = from[i].tv_nsec == UTIME_NOW
                           ? now
                           : (uint64_t)from[i].tv_sec * 1000000000u + (uint64_t)from[i].tv_nsec;
    times->chosen[i] = from[i].tv_nsec == UTIME_OMIT ? NULL : &times->values[i];
  }
  return error;
}

uint32_t wasi_virtual_set_times(const struct wasi *wasi, const struct wasi_descriptor *descriptor,
                                const struct timespec from[2]) {
  struct wasi_virtual_times times;
  if (descriptor->fs->set_file_times == NULL) {
    return wasi_virtual_refusal(descriptor->fs);
  }
  const uint32_t error = wasi_virtual_times(wasi, from, &times);
  return error != WASI_ESUCCESS ? error
                                : descriptor->fs->set_file_times(descriptor->fs_user, descriptor->file,
                                                                 times.chosen[0], times.chosen[1]);
}

int wasi_virtual_poll(const struct wasi_descriptor *descriptor, bool writing, uint64_t *bytes) {
  struct wasi_filestat status;
  *bytes = 1; /* at least */
  if (descriptor->fs->poll != NULL) {
    int host = descriptor->fs->poll(descriptor->fs_user, descriptor->file, writing);
    if (host >= 0) {
      return host;
    }
  }
  if (!writing && descriptor->filetype == WASI_FILETYPE_REGULAR_FILE &&
      wasi_virtual_status(descriptor, &status) == WASI_ESUCCESS) {
    *bytes = status.size > descriptor->position ? status.size - descriptor->position : 0;
  }
  return -1;
}

/* ---- Directories ------------------------------------------------------------------------------------- */

/* Every directory begins with "." and "..", which have the cookies 0 and 1. Those of the file system follow.
 */
#define OWN_ENTRIES 2

static uint32_t own_entry(const struct wasi_descriptor *directory, uint64_t cookie,
                          struct wasmrt_fs_entry *entry) {
  struct wasmrt_fs_stat status = {0};
  uint32_t error = cookie > 0 ? wasi_virtual_parent_status(directory, &status)
                              : directory->fs->stat_file(directory->fs_user, directory->file, &status);
  *entry = (struct wasmrt_fs_entry){.next = cookie + 1,
                                    .inode = status.inode,
                                    .name = cookie > 0 ? ".." : ".",
                                    .type = WASMRT_FS_DIRECTORY};
  return error;
}

static uint32_t next_entry(const struct wasi_descriptor *directory, uint64_t cookie,
                           struct wasmrt_fs_entry *entry) {
  *entry = (struct wasmrt_fs_entry){0};
  if (cookie < OWN_ENTRIES) {
    return own_entry(directory, cookie, entry);
  }
  if (cookie > INT64_MAX) {
    return WASI_EINVAL;
  }
  uint32_t error = directory->fs->readdir(directory->fs_user, directory->file, cookie - OWN_ENTRIES, entry);
  entry->next += OWN_ENTRIES;
  return error;
}

uint32_t wasi_virtual_readdir(const struct wasi_descriptor *directory, uint64_t cookie, uint8_t *buffer,
                              uint32_t length, uint32_t *used) {
  *used = 0;
  if (directory->fs->readdir == NULL) {
    return WASI_ENOTSUP;
  }
  while (*used < length) {
    struct wasmrt_fs_entry entry;
    uint32_t error = next_entry(directory, cookie, &entry);
    if (error != WASI_ESUCCESS || entry.name == NULL) {
      return error;
    }
    cookie = entry.next;
    struct wasi_dirent header = {.next = cookie,
                                 .inode = entry.inode,
                                 .name_length = (uint32_t)strlen(entry.name),
                                 .filetype = entry.type};
    wasi_append_entry(buffer, length, used, &header, entry.name);
  }
  return WASI_ESUCCESS;
}
