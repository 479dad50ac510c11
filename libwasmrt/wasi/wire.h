/*
 * What WASI preview 1 lays into the guest's memory, and its numbers. The structs have the guest's layout,
 * with every padding byte named so that none of the host's stack leaks through one; wasmrt_guest_read and
 * _write copy them.
 */
#ifndef WASI_WIRE_H
#define WASI_WIRE_H

#include <stddef.h>
#include <stdint.h>

#include "wasmrt_errno.h"

enum wasi_errno {
  WASI_ESUCCESS,
#define ERRNO(name) WASI_E##name,
  WASMRT_WASI_ERRNOS(ERRNO)
#undef ERRNO
      WASI_ENOTCAPABLE,
};

enum wasi_filetype {
  WASI_FILETYPE_UNKNOWN,
  WASI_FILETYPE_BLOCK_DEVICE,
  WASI_FILETYPE_CHARACTER_DEVICE,
  WASI_FILETYPE_DIRECTORY,
  WASI_FILETYPE_REGULAR_FILE,
  WASI_FILETYPE_SOCKET_DGRAM,
  WASI_FILETYPE_SOCKET_STREAM,
  WASI_FILETYPE_SYMBOLIC_LINK,
};

#define WASI_RIGHT_FD_DATASYNC (UINT64_C(1) << 0)
#define WASI_RIGHT_FD_READ (UINT64_C(1) << 1)
#define WASI_RIGHT_FD_SEEK (UINT64_C(1) << 2)
#define WASI_RIGHT_FD_FDSTAT_SET_FLAGS (UINT64_C(1) << 3)
#define WASI_RIGHT_FD_SYNC (UINT64_C(1) << 4)
#define WASI_RIGHT_FD_TELL (UINT64_C(1) << 5)
#define WASI_RIGHT_FD_WRITE (UINT64_C(1) << 6)
#define WASI_RIGHT_FD_ADVISE (UINT64_C(1) << 7)
#define WASI_RIGHT_FD_ALLOCATE (UINT64_C(1) << 8)
#define WASI_RIGHT_PATH_CREATE_DIRECTORY (UINT64_C(1) << 9)
#define WASI_RIGHT_PATH_CREATE_FILE (UINT64_C(1) << 10)
#define WASI_RIGHT_PATH_LINK_SOURCE (UINT64_C(1) << 11)
#define WASI_RIGHT_PATH_LINK_TARGET (UINT64_C(1) << 12)
#define WASI_RIGHT_PATH_OPEN (UINT64_C(1) << 13)
#define WASI_RIGHT_FD_READDIR (UINT64_C(1) << 14)
#define WASI_RIGHT_PATH_READLINK (UINT64_C(1) << 15)
#define WASI_RIGHT_PATH_RENAME_SOURCE (UINT64_C(1) << 16)
#define WASI_RIGHT_PATH_RENAME_TARGET (UINT64_C(1) << 17)
#define WASI_RIGHT_PATH_FILESTAT_GET (UINT64_C(1) << 18)
#define WASI_RIGHT_PATH_FILESTAT_SET_SIZE (UINT64_C(1) << 19)
#define WASI_RIGHT_PATH_FILESTAT_SET_TIMES (UINT64_C(1) << 20)
#define WASI_RIGHT_FD_FILESTAT_GET (UINT64_C(1) << 21)
#define WASI_RIGHT_FD_FILESTAT_SET_SIZE (UINT64_C(1) << 22)
#define WASI_RIGHT_FD_FILESTAT_SET_TIMES (UINT64_C(1) << 23)
#define WASI_RIGHT_PATH_SYMLINK (UINT64_C(1) << 24)
#define WASI_RIGHT_PATH_REMOVE_DIRECTORY (UINT64_C(1) << 25)
#define WASI_RIGHT_PATH_UNLINK_FILE (UINT64_C(1) << 26)
#define WASI_RIGHT_POLL_FD_READWRITE (UINT64_C(1) << 27)
#define WASI_RIGHT_SOCK_SHUTDOWN (UINT64_C(1) << 28)
#define WASI_RIGHT_SOCK_ACCEPT (UINT64_C(1) << 29)
#define WASI_RIGHTS_ALL ((UINT64_C(1) << 30) - 1)

#define WASI_FDFLAG_APPEND 1u
#define WASI_FDFLAG_DSYNC 2u
#define WASI_FDFLAG_NONBLOCK 4u
#define WASI_FDFLAG_RSYNC 8u
#define WASI_FDFLAG_SYNC 16u
#define WASI_FDFLAGS_ALL 31u

#define WASI_LOOKUP_SYMLINK_FOLLOW 1u

#define WASI_OFLAG_CREAT 1u
#define WASI_OFLAG_DIRECTORY 2u
#define WASI_OFLAG_EXCL 4u
#define WASI_OFLAG_TRUNC 8u
#define WASI_OFLAGS_ALL 15u

#define WASI_FSTFLAG_ATIM 1u
#define WASI_FSTFLAG_ATIM_NOW 2u
#define WASI_FSTFLAG_MTIM 4u
#define WASI_FSTFLAG_MTIM_NOW 8u
#define WASI_FSTFLAGS_ALL 15u

enum wasi_clock { WASI_CLOCK_REALTIME, WASI_CLOCK_MONOTONIC, WASI_CLOCK_PROCESS, WASI_CLOCK_THREAD };
enum wasi_event_type { WASI_EVENT_CLOCK, WASI_EVENT_FD_READ, WASI_EVENT_FD_WRITE };

#define WASI_SUBSCRIPTION_CLOCK_ABSTIME 1u
#define WASI_EVENT_FD_HANGUP 1u

#define WASI_RIFLAG_RECV_PEEK 1u
#define WASI_RIFLAG_RECV_WAITALL 2u
#define WASI_ROFLAG_RECV_DATA_TRUNCATED 1u
#define WASI_SDFLAG_RD 1u
#define WASI_SDFLAG_WR 2u

struct wasi_iovec {
  uint32_t address, length;
};

struct wasi_fdstat {
  uint8_t filetype, padding0;
  uint16_t flags;
  uint32_t padding1;
  uint64_t rights_base, rights_inheriting;
};

struct wasi_prestat {
  uint32_t tag; /* 0: a directory; a byte and padding in the guest's eyes */
  uint32_t name_length;
};

struct wasi_filestat {
  uint64_t device, inode;
  uint8_t filetype, padding[7];
  uint64_t link_count, size, access_time, modification_time, change_time;
};

/* wasi_unstable counts links in 32 bits, and so packs tighter. */
struct wasi_unstable_filestat {
  uint64_t device, inode;
  uint8_t filetype, padding[3];
  uint32_t link_count;
  uint64_t size, access_time, modification_time, change_time;
};

struct wasi_dirent {
  uint64_t next, inode;
  uint32_t name_length;
  uint8_t filetype, padding[3];
};

struct wasi_subscription {
  uint64_t userdata;
  uint8_t type, padding0[7];
  union {
    struct {
      uint32_t id, padding1;
      uint64_t timeout, precision;
      uint16_t flags, padding2[3];
    } clock;
    uint32_t descriptor;
  };
};

/* wasi_unstable has one more member in the clock's part, an identifier that nothing uses. */
struct wasi_unstable_subscription {
  uint64_t userdata;
  uint8_t type, padding0[7];
  union {
    struct {
      uint64_t identifier;
      uint32_t id, padding1;
      uint64_t timeout, precision;
      uint16_t flags, padding2[3];
    } clock;
    uint32_t descriptor;
  };
};

struct wasi_event {
  uint64_t userdata;
  uint16_t error;
  uint8_t type, padding0[5];
  uint64_t byte_count;
  uint16_t flags, padding1[3];
};

#define LAYOUT(type, size) _Static_assert(sizeof(struct type) == (size), #type)
#define PLACE(type, field, offset) _Static_assert(offsetof(struct type, field) == (offset), #type "." #field)
LAYOUT(wasi_iovec, 8);
LAYOUT(wasi_fdstat, 24);
PLACE(wasi_fdstat, flags, 2);
PLACE(wasi_fdstat, rights_base, 8);
LAYOUT(wasi_prestat, 8);
PLACE(wasi_prestat, name_length, 4);
LAYOUT(wasi_filestat, 64);
PLACE(wasi_filestat, link_count, 24);
PLACE(wasi_filestat, change_time, 56);
LAYOUT(wasi_unstable_filestat, 56);
PLACE(wasi_unstable_filestat, link_count, 20);
PLACE(wasi_unstable_filestat, size, 24);
LAYOUT(wasi_dirent, 24);
PLACE(wasi_dirent, name_length, 16);
PLACE(wasi_dirent, filetype, 20);
LAYOUT(wasi_subscription, 48);
PLACE(wasi_subscription, clock.id, 16);
PLACE(wasi_subscription, clock.timeout, 24);
PLACE(wasi_subscription, clock.flags, 40);
PLACE(wasi_subscription, descriptor, 16);
LAYOUT(wasi_unstable_subscription, 56);
PLACE(wasi_unstable_subscription, clock.timeout, 32);
PLACE(wasi_unstable_subscription, clock.flags, 48);
PLACE(wasi_unstable_subscription, descriptor, 16);
LAYOUT(wasi_event, 32);
PLACE(wasi_event, error, 8);
PLACE(wasi_event, type, 10);
PLACE(wasi_event, byte_count, 16);
PLACE(wasi_event, flags, 24);
#undef LAYOUT
#undef PLACE

#endif
