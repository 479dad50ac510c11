/* Directories: fd_readdir. */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
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

/* So many cookies fit into the first page of a table. */
#define FIRST_POSITIONS ((4096 - sizeof(struct wasi_positions)) / sizeof(int64_t))

static bool grow_positions(struct wasi_positions **positions) {
  if (*positions != NULL && (*positions)->limit >= WASI_POSITIONS_MAX) {
    return false;
  }
  uint32_t limit = *positions == NULL ? (uint32_t)FIRST_POSITIONS : (*positions)->limit * 2;
  size_t size = wasi_positions_size(limit);
  void *grown = *positions == NULL
                    ? mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
                    : mremap(*positions, wasi_positions_size((*positions)->limit), size, MREMAP_MAYMOVE);
  if (grown == MAP_FAILED) {
    return false;
  }
  *positions = grown;
  (*positions)->limit = limit;
  return true;
}

/*
 * The cookie of a host position that follows `cookie`; 0 if there is no memory. A position read again keeps
 * its cookie. One that is new there, since the directory has changed, gets a new cookie, so that the old ones
 * stay true.
 */
static uint64_t next_cookie(struct wasi_positions **positions, uint64_t cookie, int64_t host) {
  if (*positions != NULL && cookie < (*positions)->count && (*positions)->hosts[cookie] == host) {
    return cookie + 1;
  }
  if ((*positions == NULL || (*positions)->count == (*positions)->limit) && !grow_positions(positions)) {
    return 0;
  }
  (*positions)->hosts[(*positions)->count++] = host;
  return (*positions)->count;
}

/* Some file systems leave the type of an entry to be asked for, which a libc's readdir does not do. */
static uint8_t entry_type(int directory, const char *name, uint8_t type) {
  struct stat status;
  if (type == DT_UNKNOWN && fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0) {
    return (uint8_t)IFTODT(status.st_mode);
  }
  return type;
}

/*
 * Converts a block of host entries behind `cookie`, until the guest's buffer is full; the last entry may then
 * be cut off. Returns the last entry's cookie, or 0 if there is no memory.
 */
static uint64_t convert(struct wasi_descriptor *directory, uint64_t cookie, const uint8_t *block, size_t size,
                        uint8_t *buffer, uint32_t length, uint32_t *used) {
  uint16_t entry_size;
  for (size_t at = 0; at < size && *used < length; at += entry_size) {
    struct host_entry entry;
    memcpy(&entry, block + at, HOST_ENTRY_HEADER);
    entry_size = entry.size;
    cookie = next_cookie(&directory->positions, cookie, entry.next);
    if (cookie == 0) {
      return 0;
    }
    const char *name = (const char *)block + at + HOST_ENTRY_HEADER;
    struct wasi_dirent header = {.next = cookie,
                                 .inode = entry.inode,
                                 .name_length = (uint32_t)strlen(name),
                                 .filetype = filetype(entry_type(directory->host, name, entry.type))};
    wasi_append_entry(buffer, length, used, &header, name);
  }
  return cookie;
}

/* Moves the host's descriptor to where a cookie stands. Going back to the start forgets all cookies, as
 * rewinddir may. */
static uint32_t go_to(struct wasi_descriptor *descriptor, uint64_t cookie) {
  struct wasi_positions *positions = descriptor->positions;
  off_t host = 0;
  if (cookie == 0 && positions != NULL) {
    positions->count = 0;
  } else if (cookie > 0) {
    if (positions == NULL || cookie > positions->count) {
      return WASI_EINVAL;
    }
    host = positions->hosts[cookie - 1];
  }
  return lseek(descriptor->host, host, SEEK_SET) < 0 ? wasi_errno(errno) : WASI_ESUCCESS;
}

/* Fills the buffer with entries of a host's directory. */
static uint32_t list_host(struct wasi_descriptor *descriptor, uint64_t cookie, uint8_t *buffer,
                          uint32_t length, uint32_t *used) {
  uint32_t error = go_to(descriptor, cookie);
  if (error != WASI_ESUCCESS) {
    return error;
  }
  *used = 0;
  while (*used < length) {
    _Alignas(struct host_entry) uint8_t block[2048];
    long size = syscall(SYS_getdents64, descriptor->host, block, sizeof block);
    if (size < 0) {
      return wasi_errno(errno);
    }
    if (size == 0) {
      break;
    }
    cookie = convert(descriptor, cookie, block, (size_t)size, buffer, length, used);
    if (cookie == 0) {
      return WASI_ENOMEM;
    }
  }
  return WASI_ESUCCESS;
}

/*
 * Fills the buffer with entries from a cookie on; 0 is the start. Fewer bytes than the buffer has mean the
 * end. A cookie stands for the host's own position in the directory, so it stays true while others add and
 * remove entries, and the guest may go on from any entry that it saw, also from one that was cut off.
 */
uint32_t wasi_fd_readdir(struct wasmrt_instance *caller, uint32_t fd, uint32_t address, uint32_t length,
                         uint64_t cookie, uint32_t result) {
  WASI_NEEDS(fd_readdir, NEED(lseek) NEED(getdents64) NEED_PATH(newfstatat) NEED_DATA(mmap) NEED(mremap));
  struct wasi_descriptor *descriptor;
  uint32_t error = wasi_descriptor(caller, fd, WASI_RIGHT_FD_READDIR, &descriptor);
  if (error != WASI_ESUCCESS) {
    return error;
  }
  uint8_t *buffer = wasmrt_guest(caller, address, length);
  if (buffer == NULL || wasmrt_guest(caller, result, sizeof(uint32_t)) == NULL) {
    return WASI_EFAULT;
  }
  uint32_t used;
  error = descriptor->fs != NULL ? wasi_virtual_readdir(descriptor, cookie, buffer, length, &used)
                                 : list_host(descriptor, cookie, buffer, length, &used);
  if (error != WASI_ESUCCESS) {
    return error;
  }
  wasmrt_guest_write(caller, result, &used, sizeof used);
  return WASI_ESUCCESS;
}
WASI_SAME_UNSTABLE(fd_readdir);
