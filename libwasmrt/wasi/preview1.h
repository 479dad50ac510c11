/*
 * What the files of wasi/ share: prototypes of the functions in wasi.def, the state of an instance, its
 * descriptors, and the resolution of paths.
 *
 * A call passes three layers: the wasi_ function decodes the guest's side (guest.h, wire.h), finds its
 * descriptor and checks rights (fdtable.c), and makes system calls, those on paths through resolve.c only.
 *
 * In static executables only what the guest imports is linked, so no file may refer to functions it does not
 * need.
 */
#ifndef WASI_PREVIEW1_H
#define WASI_PREVIEW1_H

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>

#include "guest.h"
#include "needs.h"
#include "public.h"
#include "wasi.h"
#include "wasmrt_fs.h"
#include "wire.h"

/*
 * The first statement of a function: the system calls that it makes (needs.h), also through the functions
 * below, for which there are names. Every function has a list, if only NEED_NOTHING; a test looks for it.
 */
#define WASI_NEEDS(name, needs) WASMRT_NEEDS("wasi_" #name, needs)
#define WASI_UNSTABLE_NEEDS(name, needs) WASMRT_NEEDS("wasi_unstable_" #name, needs)

/* wasi_inspect */
#define NEEDS_INSPECT NEED(fstat) NEED_ARGUMENT(ioctl, 1, TIOCGWINSZ) NEED_ARGUMENT(getsockopt, 1, SOL_SOCKET)
/* wasi_insert */
#define NEEDS_INSERT NEED_ARGUMENT(fcntl, 1, F_DUPFD_CLOEXEC) NEED(close) NEED_DATA(mmap) NEED(mremap)
/* wasi_remove */
#define NEEDS_REMOVE NEED(close) NEED(munmap)
/* wasi_resolve_open, wasi_place_entry, wasi_place_object, wasi_place_close */
#define NEEDS_RESOLVE NEED_PATH(openat2) NEED_PATH(openat) NEED_PATH(readlinkat) NEED(close)
#ifndef SYS_openat2
#define SYS_openat2 437
#endif

/*
 * Where fd_readdir has been in a directory: the host's positions that cookies 1, 2, ... stand for. The host's
 * own are 64 bits wide on some file systems, and a 32-bit libc's telldir would cut them.
 */
struct wasi_positions {
  uint32_t count, limit;
  int64_t hosts[];
};
/* No table grows beyond so many: a guest that changes what it lists gets new cookies without end. */
#define WASI_POSITIONS_MAX (UINT32_C(1) << 24)

/*
 * A descriptor of the guest's: one of the host's, or a file of a virtual file system (`fs` not NULL). What
 * acts on a descriptor asks which it is; what forgot to would find a host descriptor of -1 and fail.
 */
struct wasi_descriptor {
  bool open;        /* false: this number is free, and all else is 0 */
  uint8_t filetype; /* enum wasi_filetype */
  bool read_only;   /* opened through a read-only mount: nothing below it may change */
  bool borrowed;    /* the host's own, not closed with it: the standard streams */
  int host;         /* the host's descriptor; -1 of a virtual file */
  uint64_t rights_base, rights_inheriting;
  const char *preopen;              /* a mount's name as the guest sees it, else NULL */
  struct wasi_positions *positions; /* from the first fd_readdir on, else NULL */

  /* Virtual files only. */
  const struct wasmrt_fs *fs;
  void *fs_user, *file;
  char *path; /* of a directory below the mount, a mapping of PATH_MAX bytes; NULL for the mount's root */
  uint64_t position;
  uint16_t flags; /* WASI_FDFLAG_* */
};

/* Virtual files get numbers below this one. They use up memory of the host's, and nothing else limits how
 * many a guest opens. */
#define WASI_VIRTUAL_MAX 16384u

/* Appends a directory's entry to a guest's buffer as far as it fits. */
static inline void wasi_append_entry(uint8_t *buffer, uint32_t length, uint32_t *used,
                                     const struct wasi_dirent *header, const char *name) {
  const uint32_t room = length - *used, header_part = room < sizeof *header ? room : sizeof *header;
  const uint32_t left = room - header_part,
                 name_part = left < header->name_length ? left : header->name_length;
  memcpy(buffer + *used, header, header_part);
  memcpy(buffer + *used + header_part, name, name_part);
  *used += header_part + name_part;
}

/* A subscription of the older module's as one of the newer's. */
static inline struct wasi_subscription wasi_renewed(const struct wasi_unstable_subscription *from) {
  struct wasi_subscription subscription = {.userdata = from->userdata, .type = from->type};
  if (from->type == WASI_EVENT_CLOCK) {
    subscription.clock.id = from->clock.id;
    subscription.clock.timeout = from->clock.timeout;
    subscription.clock.flags = from->clock.flags;
  } else {
    subscription.descriptor = from->descriptor;
  }
  return subscription;
}

static inline size_t wasi_positions_size(uint32_t limit) {
  return sizeof(struct wasi_positions) + limit * sizeof(int64_t);
}

/* How paths are kept below their mount. */
enum wasi_resolution { WASI_RESOLVE_UNKNOWN, WASI_RESOLVE_OPENAT2, WASI_RESOLVE_WALK };

struct pollfd;

/*
 * What an embedder supplies in place of the system (grant/supply.c). The functions return 0 or an error of
 * WASI's.
 */
struct wasi_supply {
  /* Reads a clock, or its resolution, in nanoseconds. `id` is that of a clock which exists. */
  uint32_t (*clock)(struct wasi_supply *supply, uint32_t id, bool resolution, uint64_t *nanoseconds);
  uint32_t (*random)(struct wasi_supply *supply, uint8_t *bytes, size_t count);
  uint32_t (*yield)(struct wasi_supply *supply);
  /*
   * Polls descriptors, and sleeps so long, or does what stands for it, unless one is ready; UINT64_MAX is for
   * ever.
   * `*slept` receives how much of the time has passed for the guest.
   */
  uint32_t (*wait)(struct wasi_supply *supply, struct pollfd *polled, uint32_t count, uint64_t nanoseconds,
                   uint64_t *slept);
};

/* Takes a line of a trace, which ends with '\n'. */
typedef void wasi_trace_line(void *user, const char *line, size_t length);

struct wasi {
  struct wasi_supply *supply; /* NULL in executables: the system */
  struct wasi_descriptor *descriptors;
  uint32_t descriptor_slots;
  enum wasi_resolution resolution;
  uint32_t argument_count, variable_count;
  char *const *arguments;
  wasi_trace_line *trace_line; /* where lines of a trace go; NULL: to standard error */
  void *trace_user;
  size_t mapping_size;     /* of this struct with its variables */
  const char *variables[]; /* "KEY=VALUE" */
};

/* errno.c: a host error as the guest's; 0 stays 0. */
uint32_t wasi_errno(int host_error);

/* state.c: the state of an instance, NULL if it was granted nothing. */
struct wasi *wasi_state(struct wasmrt_instance *instance);
/* Gives an instance an empty state with room for so many variables. NULL if there is no memory. */
struct wasi *wasi_state_create(struct wasmrt_instance *instance, size_t variable_limit);
/* Grants a stream of the host's under this number. False, and errno, if that fails. */
bool wasi_grant_stream(struct wasi *wasi, uint32_t number, int host);
/* Grants the directory `path`, relative to `dir`, as `guest`, a string that outlives the instance. False, and
 * errno, if that fails. */
bool wasi_grant_directory(struct wasi *wasi, int dir, const char *path, const char *guest, bool read_only);

/* listen.c: opens a socket that listens at "HOST:PORT" and says which port that is. Returns NULL, or what is
 * wrong, to be followed by the address. */
const char *wasi_listen(const char *address, int *host, uint16_t *port);

/* clock.c, random.c: the system's own. */
uint32_t wasi_system_clock(uint32_t id, bool resolution, uint64_t *nanoseconds);
uint32_t wasi_system_random(uint8_t *bytes, size_t count);

/* fdtable.c */

/* Finds a descriptor. EBADF if there is none; ENOTCAPABLE, or what fits its type better, if it lacks a right.
 */
uint32_t wasi_descriptor(struct wasmrt_instance *instance, uint32_t fd, uint64_t rights,
                         struct wasi_descriptor **descriptor);
/* The same for what changes the file system: EROFS below a read-only mount. */
uint32_t wasi_writable_descriptor(struct wasmrt_instance *instance, uint32_t fd, uint64_t rights,
                                  struct wasi_descriptor **descriptor);
/* The same for sockets: ENOTSOCK if it is none. */
uint32_t wasi_socket(struct wasmrt_instance *instance, uint32_t fd, uint64_t rights,
                     struct wasi_descriptor **descriptor);
/*
 * Puts `descriptor` into the lowest free number, not below `from`, taking its host descriptor or virtual file
 * over: on failure that is closed. It may move the table. Who inserts a virtual file calls
 * wasi_insert_virtual.
 */
uint32_t wasi_insert(struct wasi *wasi, struct wasi_descriptor descriptor, uint32_t from, uint32_t *fd);
/* Frees a number and what belongs to it, and closes the host's descriptor or the virtual file. */
void wasi_remove(struct wasi_descriptor *descriptor);
/* The rights that make sense for a regular file, a directory or a character device that cannot seek. */
uint64_t wasi_sensible_rights(uint8_t filetype);
/* The filetype of an open host descriptor, and the rights that make sense for it. Sets errno if false. */
bool wasi_inspect(int host, uint8_t *filetype, uint64_t *rights);

/* iovec.c */

/* Host iovecs a system call; more than that make several calls of a write, and a short read. */
#define WASI_BATCH 64

/*
 * Makes host iovecs of the guest's array: returns how many, at most WASI_BATCH, and their total length. -1 if
 * the array or one of them is not inside linear memory.
 */
int wasi_gather(struct wasmrt_instance *instance, uint32_t address, uint32_t count,
                struct iovec vectors[WASI_BATCH], uint64_t *total);

/*
 * virtual.c: the functions on open files, for those of virtual file systems.
 *
 * References to these, and to those of virtual_path.c, are weak: an executable links them only together with
 * something that makes virtual descriptors, which has to call one of the two that are not. Without such they
 * are never called.
 */
#define WASI_WEAK __attribute__((weak))

/* wasi_insert for a virtual file. */
uint32_t wasi_insert_virtual(struct wasi *wasi, struct wasi_descriptor descriptor, uint32_t from,
                             uint32_t *fd);
/* Closes the file, in place of a host's descriptor. */
WASI_WEAK void wasi_virtual_close(const struct wasi_descriptor *descriptor);
/* `offset` < 0 is the descriptor's position. The vectors may be cut. */
WASI_WEAK uint32_t wasi_virtual_read(struct wasi_descriptor *descriptor, struct iovec *vectors, int count,
                                     int64_t offset, uint32_t *done);
WASI_WEAK uint32_t wasi_virtual_write(struct wasi_descriptor *descriptor, struct iovec *vectors, int count,
                                      int64_t offset, uint32_t *done);
/* Seeks by a host's whence. */
WASI_WEAK uint32_t wasi_virtual_seek(struct wasi_descriptor *descriptor, int64_t offset, int whence,
                                     uint64_t *position);
WASI_WEAK uint32_t wasi_virtual_status(const struct wasi_descriptor *descriptor,
                                       struct wasi_filestat *status);
WASI_WEAK uint32_t wasi_virtual_set_size(const struct wasi_descriptor *descriptor, uint64_t size);
WASI_WEAK uint32_t wasi_virtual_allocate(const struct wasi_descriptor *descriptor, uint64_t offset,
                                         uint64_t length);
WASI_WEAK uint32_t wasi_virtual_sync(const struct wasi_descriptor *descriptor, bool data_only);
/* Times as futimens takes them. */
WASI_WEAK uint32_t wasi_virtual_set_times(const struct wasi *wasi, const struct wasi_descriptor *descriptor,
                                          const struct timespec from[2]);
/* A host descriptor to wait for, or -1 if the file is ready: then with at least so many bytes. */
WASI_WEAK int wasi_virtual_poll(const struct wasi_descriptor *descriptor, bool writing, uint64_t *bytes);
/* fd_readdir: fills the buffer from a cookie on. */
WASI_WEAK uint32_t wasi_virtual_readdir(const struct wasi_descriptor *directory, uint64_t cookie,
                                        uint8_t *buffer, uint32_t length, uint32_t *used);

/* tree_mount.c: grants the trees that are part of the executable; false if there is no memory. NULL if there
 * are none. */
WASI_WEAK bool wasmrt_mount_trees(struct wasi *wasi);

/* resolve.c */

/*
 * Opens `path` below the directory `dir`, as openat does, but never anything that is not below `dir`: neither
 * by "..", nor by an absolute path, nor by any symbolic link; that is EPERM. Returns a host descriptor, or
 * -errno.
 */
int wasi_resolve_open(struct wasi *wasi, int dir, const char *path, int flags, mode_t mode);

/*
 * Where a path's last component lies: a directory below the mount and the name in it. *at() system calls that
 * do not follow `name` cannot leave the mount, since it holds no '/' before its end and is not "..".
 *
 * In a virtual file system it is a clean path (wasmrt_fs.h), and what was there when it was looked up.
 */
struct wasi_place {
  int dir;
  bool owned; /* dir is to be closed */
  const char *name;

  const struct wasmrt_fs *fs; /* NULL: a place of the host's */
  void *fs_user;
  bool found, slash; /* there is something; slashes followed the name */
  uint8_t filetype;  /* of what is there */

  char path[PATH_MAX];
};

/* Copies a guest's path. Refuses those that are empty, absolute, too long, or hold a NUL. */
uint32_t wasi_guest_path(struct wasmrt_instance *instance, uint32_t address, uint32_t length,
                         char path[PATH_MAX]);
/*
 * Finds the place of place->path (by wasi_guest_path) in order to create, remove or rename what is there;
 * slashes at the end stay with the name. A path that ends in "." or ".." gives the error `dots`.
 */
uint32_t wasi_place_entry(struct wasi *wasi, const struct wasi_descriptor *directory,
                          struct wasi_place *place, uint32_t dots);
/*
 * Finds the place of what place->path denotes, following a symbolic link in the last component if `follow`.
 * Paths that denote a directory by their form ("a/", "a/..") give that directory and the name ".".
 */
uint32_t wasi_place_object(struct wasi *wasi, const struct wasi_descriptor *directory,
                           struct wasi_place *place, bool follow);
void wasi_place_close(struct wasi_place *place);

/* virtual_path.c: paths in virtual file systems. */

/* Grants a virtual file system as the directory `guest`. */
uint32_t wasi_mount_virtual(struct wasi *wasi, const struct wasmrt_fs *fs, void *user, const char *guest,
                            bool read_only);
/* wasi_place_entry and wasi_place_object. */
WASI_WEAK uint32_t wasi_virtual_entry(const struct wasi_descriptor *directory, struct wasi_place *place,
                                      uint32_t dots);
WASI_WEAK uint32_t wasi_virtual_object(const struct wasi_descriptor *directory, struct wasi_place *place,
                                       bool follow);
/* Opens a path with a host's flags; fills in what is not rights. */
WASI_WEAK uint32_t wasi_virtual_open(const struct wasi_descriptor *directory, const char *path, int flags,
                                     uint32_t fd_flags, struct wasi_descriptor *opened);
WASI_WEAK uint32_t wasi_virtual_path_status(const struct wasi_descriptor *directory, const char *path,
                                            bool follow, struct wasi_filestat *status);
WASI_WEAK uint32_t wasi_virtual_path_set_times(const struct wasi *wasi, const struct wasi_place *place,
                                               const struct timespec from[2]);
WASI_WEAK uint32_t wasi_virtual_readlink(const struct wasi_place *place, uint8_t *text, uint32_t size,
                                         uint32_t *length);
WASI_WEAK uint32_t wasi_virtual_mkdir(const struct wasi_place *place);
WASI_WEAK uint32_t wasi_virtual_rmdir(const struct wasi_place *place);
WASI_WEAK uint32_t wasi_virtual_unlink(const struct wasi_place *place);
WASI_WEAK uint32_t wasi_virtual_symlink(const char *text, const struct wasi_place *place);
/* At least one of the two places is virtual. */
WASI_WEAK uint32_t wasi_virtual_rename(struct wasi *wasi, const struct wasi_place *from,
                                       const struct wasi_place *to);
WASI_WEAK uint32_t wasi_virtual_link(const struct wasi_place *from, const struct wasi_place *to);

/* Times of access and modification as the interface takes them: `chosen` points to the values, or is NULL. */
struct wasi_virtual_times {
  uint64_t values[2];
  const uint64_t *chosen[2];
};

/* For those files: a status as the guest sees it, times from those of futimens, with what the guest's wall
 * clock shows for UTIME_NOW, and the refusal of a change that a file system does not offer. */
struct wasi_filestat wasi_virtual_guest_status(const struct wasmrt_fs_stat *from);
uint32_t wasi_virtual_times(const struct wasi *wasi, const struct timespec from[2],
                            struct wasi_virtual_times *times);
uint32_t wasi_virtual_refusal(const struct wasmrt_fs *fs);
/* What a directory's ".." names: of the mount's root itself. */
uint32_t wasi_virtual_parent_status(const struct wasi_descriptor *directory, struct wasmrt_fs_stat *status);

#endif
