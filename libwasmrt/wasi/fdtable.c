/*
 * The guest's descriptors: numbers, rights, and the host descriptors behind them. A guest can only ever name
 * what is in its table, which is what makes the host's other descriptors unreachable.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "preview1.h"

#define RIGHTS_COMMON                                                                                        \
  (WASI_RIGHT_FD_FDSTAT_SET_FLAGS | WASI_RIGHT_FD_SYNC | WASI_RIGHT_FD_DATASYNC |                            \
   WASI_RIGHT_FD_FILESTAT_GET | WASI_RIGHT_FD_FILESTAT_SET_TIMES | WASI_RIGHT_FD_ADVISE)
#define RIGHTS_STREAM                                                                                        \
  (RIGHTS_COMMON | WASI_RIGHT_FD_READ | WASI_RIGHT_FD_WRITE | WASI_RIGHT_POLL_FD_READWRITE)
#define RIGHTS_SEEK (WASI_RIGHT_FD_SEEK | WASI_RIGHT_FD_TELL)
#define RIGHTS_FILE (RIGHTS_STREAM | RIGHTS_SEEK | WASI_RIGHT_FD_ALLOCATE | WASI_RIGHT_FD_FILESTAT_SET_SIZE)
#define RIGHTS_PATH                                                                                          \
  (WASI_RIGHT_PATH_CREATE_DIRECTORY | WASI_RIGHT_PATH_CREATE_FILE | WASI_RIGHT_PATH_LINK_SOURCE |            \
   WASI_RIGHT_PATH_LINK_TARGET | WASI_RIGHT_PATH_OPEN | WASI_RIGHT_FD_READDIR | WASI_RIGHT_PATH_READLINK |   \
   WASI_RIGHT_PATH_RENAME_SOURCE | WASI_RIGHT_PATH_RENAME_TARGET | WASI_RIGHT_PATH_FILESTAT_GET |            \
   WASI_RIGHT_PATH_FILESTAT_SET_SIZE | WASI_RIGHT_PATH_FILESTAT_SET_TIMES | WASI_RIGHT_PATH_SYMLINK |        \
   WASI_RIGHT_PATH_REMOVE_DIRECTORY | WASI_RIGHT_PATH_UNLINK_FILE)
#define RIGHTS_SOCKET (RIGHTS_STREAM | WASI_RIGHT_SOCK_SHUTDOWN | WASI_RIGHT_SOCK_ACCEPT)

/* What only makes sense for directories, and what never does. */
#define RIGHTS_NOT_DIRECTORY (RIGHTS_FILE & ~RIGHTS_COMMON)

uint64_t wasi_sensible_rights(uint8_t filetype) {
  switch (filetype) {
  case WASI_FILETYPE_REGULAR_FILE:
    return RIGHTS_FILE;
  case WASI_FILETYPE_DIRECTORY:
    return RIGHTS_COMMON | RIGHTS_PATH;
  default:
    return RIGHTS_STREAM;
  }
}

bool wasi_inspect(int host, uint8_t *filetype, uint64_t *rights) {
  struct stat status;
  if (fstat(host, &status) != 0) {
    return false;
  }
  switch (status.st_mode & S_IFMT) {
  case S_IFREG:
    *filetype = WASI_FILETYPE_REGULAR_FILE;
    *rights = RIGHTS_FILE;
    break;
  case S_IFDIR:
    *filetype = WASI_FILETYPE_DIRECTORY;
    *rights = RIGHTS_COMMON | RIGHTS_PATH;
    break;
  case S_IFCHR: {
    struct winsize size;
    *filetype = WASI_FILETYPE_CHARACTER_DEVICE;
    /* A libc takes a character device that cannot seek for a terminal, so this right has to tell them apart.
     */
    *rights = ioctl(host, TIOCGWINSZ, &size) == 0 ? RIGHTS_STREAM : RIGHTS_STREAM | RIGHTS_SEEK;
    break;
  }
  case S_IFBLK:
    *filetype = WASI_FILETYPE_BLOCK_DEVICE;
    *rights = RIGHTS_STREAM | RIGHTS_SEEK;
    break;
  case S_IFSOCK: {
    int type = SOCK_STREAM;
    socklen_t length = sizeof type;
    getsockopt(host, SOL_SOCKET, SO_TYPE, &type, &length);
    *filetype = type == SOCK_DGRAM ? WASI_FILETYPE_SOCKET_DGRAM : WASI_FILETYPE_SOCKET_STREAM;
    *rights = RIGHTS_SOCKET;
    break;
  }
  default: /* a pipe; the host answers a seek with ESPIPE, which is what programs test for */
    *filetype = WASI_FILETYPE_UNKNOWN;
    *rights = RIGHTS_STREAM | RIGHTS_SEEK;
    break;
  }
  return true;
}

/* The error for a descriptor without `missing`: what the host would say of its type, if it is the type's
 * fault. */
static uint32_t refusal(const struct wasi_descriptor *descriptor, uint64_t missing) {
  if (descriptor->filetype == WASI_FILETYPE_DIRECTORY && (missing & RIGHTS_NOT_DIRECTORY) != 0) {
    return WASI_EISDIR;
  }
  if (descriptor->filetype != WASI_FILETYPE_DIRECTORY && (missing & RIGHTS_PATH) != 0) {
    return WASI_ENOTDIR;
  }
  const bool is_stream =
      descriptor->filetype == WASI_FILETYPE_CHARACTER_DEVICE || descriptor->filetype == WASI_FILETYPE_UNKNOWN;
  if (is_stream && (missing & RIGHTS_SEEK) != 0) {
    return WASI_ESPIPE;
  }
  return WASI_ENOTCAPABLE;
}

uint32_t wasi_descriptor(struct wasmrt_instance *instance, uint32_t fd, uint64_t rights,
                         struct wasi_descriptor **descriptor) {
  struct wasi *wasi = wasi_state(instance);
  if (wasi == NULL || fd >= wasi->descriptor_slots || !wasi->descriptors[fd].open) {
    return WASI_EBADF;
  }
  *descriptor = &wasi->descriptors[fd];
  uint64_t missing = rights & ~(*descriptor)->rights_base;
  return missing == 0 ? WASI_ESUCCESS : refusal(*descriptor, missing);
}

uint32_t wasi_writable_descriptor(struct wasmrt_instance *instance, uint32_t fd, uint64_t rights,
                                  struct wasi_descriptor **descriptor) {
  uint32_t error = wasi_descriptor(instance, fd, rights, descriptor);
  if (error != WASI_ESUCCESS) {
    return error;
  }
  return (*descriptor)->read_only ? WASI_EROFS : WASI_ESUCCESS;
}

uint32_t wasi_socket(struct wasmrt_instance *instance, uint32_t fd, uint64_t rights,
                     struct wasi_descriptor **descriptor) {
  uint32_t error = wasi_descriptor(instance, fd, 0, descriptor);
  if (error != WASI_ESUCCESS) {
    return error;
  }
  const uint8_t type = (*descriptor)->filetype;
  if ((*descriptor)->fs != NULL ||
      (type != WASI_FILETYPE_SOCKET_STREAM && type != WASI_FILETYPE_SOCKET_DGRAM)) {
    return WASI_ENOTSOCK;
  }
  return wasi_descriptor(instance, fd, rights, descriptor);
}

/*
 * Makes room for more descriptors. The table is its own mapping: a hello world needs no heap for it. The host
 * limits how many of its own are open, and WASI_VIRTUAL_MAX the rest, so that the numbers cannot overflow.
 */
static bool grow_table(struct wasi *wasi) {
  uint32_t slots = wasi->descriptor_slots == 0 ? 64 : wasi->descriptor_slots * 2;
  size_t size = slots * sizeof(struct wasi_descriptor);
  void *table = wasi->descriptors == NULL
                    ? mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
                    : mremap(wasi->descriptors, wasi->descriptor_slots * sizeof(struct wasi_descriptor), size,
                             MREMAP_MAYMOVE);
  if (table == MAP_FAILED) {
    return false;
  }
  wasi->descriptors = table; /* what is new is 0: free numbers */
  wasi->descriptor_slots = slots;
  return true;
}

uint32_t wasi_insert(struct wasi *wasi, struct wasi_descriptor descriptor, uint32_t from, uint32_t *fd) {
  /*
   * If the process was started with a standard stream closed, the first file to be opened gets the stream's
   * number, and what the host prints there (a trap's message) would land in the guest's file.
   */
  if (!descriptor.borrowed && descriptor.host >= 0 && descriptor.host <= STDERR_FILENO) {
    int moved = fcntl(descriptor.host, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    uint32_t error = wasi_errno(errno);
    close(descriptor.host);
    if (moved < 0) {
      return error;
    }
    descriptor.host = moved;
  }
  uint32_t slot = from;
  while (slot < wasi->descriptor_slots && wasi->descriptors[slot].open) {
    slot++;
  }
  if (descriptor.fs != NULL && slot >= WASI_VIRTUAL_MAX) {
    wasi_remove(&descriptor);
    return WASI_EMFILE;
  }
  if (slot >= wasi->descriptor_slots && !grow_table(wasi)) {
    wasi_remove(&descriptor);
    return WASI_ENOMEM;
  }
  descriptor.open = true;
  wasi->descriptors[slot] = descriptor;
  *fd = slot;
  return WASI_ESUCCESS;
}

void wasi_remove(struct wasi_descriptor *descriptor) {
  if (descriptor->fs != NULL) {
    wasi_virtual_close(descriptor);
  } else if (!descriptor->borrowed) {
    close(descriptor->host);
  }
  if (descriptor->positions != NULL) {
    munmap(descriptor->positions, wasi_positions_size(descriptor->positions->limit));
  }
  *descriptor = (struct wasi_descriptor){0};
}
