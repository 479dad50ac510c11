/* Directories: fd_readdir. */
#define _GNU_SOURCE
#include <dirent.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "preview1.h"

/* As getdents64 lays it out. */
struct host_entry {
  uint64_t inode;
  int64_t next;
  uint16_t size;
  uint8_t type;
  char name[];
};
#define HOST_ENTRY_HEADER offsetof(struct host_entry, name)

static uint8_t filetype(uint8_t host_type) {
  switch (host_type) {
  case DT_REG:
    return WASI_FILETYPE_REGULAR_FILE;
  case DT_DIR:
    return WASI_FILETYPE_DIRECTORY;
  case DT_LNK:
    return WASI_FILETYPE_SYMBOLIC_LINK;
  case DT_CHR:
    return WASI_FILETYPE_CHARACTER_DEVICE;
  case DT_BLK:
    return WASI_FILETYPE_BLOCK_DEVICE;
  case DT_SOCK:
    return WASI_FILETYPE_SOCKET_STREAM;
  default:
    return WASI_FILETYPE_UNKNOWN;
  }
}

/* Appends bytes to the guest's buffer as far as they fit. */
static void append(uint8_t *buffer, uint32_t length, uint32_t *used, const void *from, size_t size) {
  size_t room = length - *used;
  size_t part = size < room ? size : room;
  memcpy(buffer + *used, from, part);
  *used += (uint32_t)part;
}

/* Converts a block of host entries, until the guest's buffer is full; the last entry may then be cut off. */
static void convert(const uint8_t *block, size_t size, uint8_t *buffer, uint32_t length, uint32_t *used) {
  uint16_t entry_size;
  for (size_t at = 0; at < size && *used < length; at += entry_size) {
    struct host_entry entry;
    memcpy(&entry, block + at, HOST_ENTRY_HEADER);
    entry_size = entry.size;
    const char *name = (const char *)block + at + HOST_ENTRY_HEADER;
    struct wasi_dirent header = {.next = (uint64_t)entry.next,
                                 .inode = entry.inode,
                                 .name_length = (uint32_t)strlen(name),
                                 .filetype = filetype(entry.type)};
    append(buffer, length, used, &header, sizeof header);
    append(buffer, length, used, name, header.name_length);
  }
}

/*
 * Fills the buffer with entries from a cookie on; 0 is the start. Fewer bytes than the buffer has mean the
 * end. A cookie is the host's own position in the directory, so it stays true while others add and remove
 * entries, and nothing is remembered between calls: the guest may go on from any entry that it saw, also from
 * one that was cut off.
 */
uint32_t wasi_fd_readdir(struct wasmrt_instance *caller, uint32_t fd, uint32_t address, uint32_t length,
                         uint64_t cookie, uint32_t result) {
  struct wasi_descriptor *descriptor;
  uint32_t error = wasi_descriptor(caller, fd, WASI_RIGHT_FD_READDIR, &descriptor);
  if (error != WASI_ESUCCESS) {
    return error;
  }
  uint8_t *buffer = wasmrt_guest(caller, address, length);
  if (buffer == NULL || wasmrt_guest(caller, result, sizeof(uint32_t)) == NULL) {
    return WASI_EFAULT;
  }
  if (lseek(descriptor->host, (off_t)cookie, SEEK_SET) < 0) {
    return wasi_errno(errno);
  }
  uint32_t used = 0;
  while (used < length) {
    _Alignas(struct host_entry) uint8_t block[2048];
    long size = syscall(SYS_getdents64, descriptor->host, block, sizeof block);
    if (size < 0) {
      return wasi_errno(errno);
    }
    if (size == 0) {
      break;
    }
    convert(block, (size_t)size, buffer, length, &used);
  }
  wasmrt_guest_write(caller, result, &used, sizeof used);
  return WASI_ESUCCESS;
}
WASI_SAME_UNSTABLE(fd_readdir);
