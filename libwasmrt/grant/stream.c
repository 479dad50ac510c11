/*
 * Standard streams that an embedder's callbacks serve, or nobody: files of a small virtual file system. They
 * have no position, so their guests lack the right to seek.
 */
#define _GNU_SOURCE
#include "../wasi/preview1.h"
#include "description.h"

/* Fills the first buffer that has room only: a second call might wait for what is not there yet. */
static uint32_t read_stream(void *fs, void *file, const struct iovec *buffers, int count, uint64_t offset,
                            size_t *done) {
  (void)fs, (void)offset;
  const struct wasmrt_wasi_stream *stream = file;
  while (count > 0 && buffers->iov_len == 0) {
    buffers++, count--;
  }
  *done = 0;
  if (count == 0 || stream->kind == WASMRT_WASI_STREAM_NULL || stream->read == NULL) {
    return WASI_ESUCCESS;
  }
  const uint32_t error = stream->read(stream->user, buffers->iov_base, buffers->iov_len, done);
  return error == WASI_ESUCCESS && *done > buffers->iov_len ? WASI_EIO : error;
}

/* Writes buffer after buffer until one is not taken as a whole. What was taken before an error counts. */
static uint32_t write_stream(void *fs, void *file, const struct iovec *buffers, int count, uint64_t offset,
                             size_t *done) {
  (void)fs, (void)offset;
  const struct wasmrt_wasi_stream *stream = file;
  *done = 0;
  for (int i = 0; i < count; i++) {
    const size_t size = buffers[i].iov_len;
    size_t some = size;
    if (size > 0 && stream->kind != WASMRT_WASI_STREAM_NULL && stream->write != NULL) {
      some = 0;
      uint32_t error = stream->write(stream->user, buffers[i].iov_base, size, &some);
      error = error == WASI_ESUCCESS && some > size ? WASI_EIO : error;
      if (error != WASI_ESUCCESS) {
        return *done > 0 ? WASI_ESUCCESS : error;
      }
    }
    *done += some;
    if (some < size) {
      break;
    }
  }
  return WASI_ESUCCESS;
}

static uint8_t type_of(const struct wasmrt_wasi_stream *stream) {
  return stream->kind == WASMRT_WASI_STREAM_CALLBACK && stream->is_terminal ? WASMRT_FS_CHARACTER_DEVICE
                                                                            : WASMRT_FS_UNKNOWN;
}

static uint32_t stat_stream(void *fs, void *file, struct wasmrt_fs_stat *status) {
  (void)fs;
  *status = (struct wasmrt_fs_stat){.links = 1, .type = type_of(file)};
  return WASI_ESUCCESS;
}

static const struct wasmrt_fs streams = {
    .read = read_stream, .write = write_stream, .stat_file = stat_stream};

bool grant_stream(struct wasi *state, uint32_t number, const struct wasmrt_wasi_stream *stream) {
  struct wasi_descriptor descriptor = {.filetype = type_of(stream),
                                       .host = -1,
                                       .fs = &streams,
                                       .file = (void *)(uintptr_t)stream, /* nothing writes to it */
                                       .rights_base =
                                           WASI_RIGHT_FD_FILESTAT_GET | WASI_RIGHT_POLL_FD_READWRITE};
  uint32_t fd;
  switch (stream->kind) {
  case WASMRT_WASI_STREAM_ABSENT:
    return true;
  case WASMRT_WASI_STREAM_DESCRIPTOR:
    return wasi_grant_stream(state, number, stream->descriptor);
  default:
    descriptor.rights_base |=
        number == 0 ? WASI_RIGHT_FD_READ : WASI_RIGHT_FD_WRITE | WASI_RIGHT_FD_SYNC | WASI_RIGHT_FD_DATASYNC;
    return wasi_insert_virtual(state, descriptor, number, &fd) == WASI_ESUCCESS;
  }
}
