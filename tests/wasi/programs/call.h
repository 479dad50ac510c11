/*
 * What the programs named after a function of WASI share: all functions as they are imported, with pointers
 * as numbers so that a program can pass what no libc would, and the outcome of a call as a line of text.
 * Layouts and numbers are those of the libc's <wasi/api.h>, not the project's.
 */
#ifndef CALL_H
#define CALL_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wasi/api.h>

#define TYPE_i uint32_t
#define TYPE_I uint64_t
#define TYPE_V void
#define PARAMS0() void
#define PARAMS1(a) TYPE_##a
#define PARAMS2(a, b) TYPE_##a, TYPE_##b
#define PARAMS3(a, b, c) PARAMS2(a, b), TYPE_##c
#define PARAMS4(a, b, c, d) PARAMS3(a, b, c), TYPE_##d
#define PARAMS5(a, b, c, d, e) PARAMS4(a, b, c, d), TYPE_##e
#define PARAMS6(a, b, c, d, e, f) PARAMS5(a, b, c, d, e), TYPE_##f
#define PARAMS7(a, b, c, d, e, f, g) PARAMS6(a, b, c, d, e, f), TYPE_##g
#define PARAMS9(a, b, c, d, e, f, g, h, i) PARAMS7(a, b, c, d, e, f, g), TYPE_##h, TYPE_##i
#define WASI(name, unstable, params, result)                                                                 \
  __attribute__((import_module("wasi_snapshot_preview1"),                                                    \
                 import_name(#name))) extern TYPE_##result w_##name(params);
#include "wasi.def"

/* Numbers that are never right: an address whose bytes are not in memory, and a descriptor that is not open.
 */
#define NOWHERE 0xfffffff0u
#define NO_FD 1000u
#define RIGHTS_ALL ((UINT64_C(1) << 30) - 1)
#define FOLLOW __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW

static inline uint32_t at(const void *pointer) {
  return (uint32_t)(uintptr_t)pointer;
}

/* A path or text as the two arguments that a function takes. */
#define TEXT(text) at(text), (uint32_t)strlen(text)

/* A list of one buffer, for the calls that take lists. */
static inline uint32_t buffer_list(const void *buffer, uint32_t length) {
  static uint32_t lists[16][2];
  static unsigned next;
  uint32_t *list = lists[next++ % 16];
  list[0] = at(buffer);
  list[1] = length;
  return at(list);
}

static const char *error_name(uint32_t error) {
  static const char *const names[] = {
      "success",     "2BIG",           "ACCES",       "ADDRINUSE",   "ADDRNOTAVAIL",
      "AFNOSUPPORT", "AGAIN",          "ALREADY",     "BADF",        "BADMSG",
      "BUSY",        "CANCELED",       "CHILD",       "CONNABORTED", "CONNREFUSED",
      "CONNRESET",   "DEADLK",         "DESTADDRREQ", "DOM",         "DQUOT",
      "EXIST",       "FAULT",          "FBIG",        "HOSTUNREACH", "IDRM",
      "ILSEQ",       "INPROGRESS",     "INTR",        "INVAL",       "IO",
      "ISCONN",      "ISDIR",          "LOOP",        "MFILE",       "MLINK",
      "MSGSIZE",     "MULTIHOP",       "NAMETOOLONG", "NETDOWN",     "NETRESET",
      "NETUNREACH",  "NFILE",          "NOBUFS",      "NODEV",       "NOENT",
      "NOEXEC",      "NOLCK",          "NOLINK",      "NOMEM",       "NOMSG",
      "NOPROTOOPT",  "NOSPC",          "NOSYS",       "NOTCONN",     "NOTDIR",
      "NOTEMPTY",    "NOTRECOVERABLE", "NOTSOCK",     "NOTSUP",      "NOTTY",
      "NXIO",        "OVERFLOW",       "OWNERDEAD",   "PERM",        "PIPE",
      "PROTO",       "PROTONOSUPPORT", "PROTOTYPE",   "RANGE",       "ROFS",
      "SPIPE",       "SRCH",           "STALE",       "TIMEDOUT",    "TXTBSY",
      "XDEV",        "NOTCAPABLE"};
  return error < sizeof names / sizeof *names ? names[error] : "no such error";
}

/* Prints what was tried and what came of it. */
static uint32_t show(const char *what, uint32_t error) {
  printf("%s: %s\n", what, error_name(error));
  return error;
}

/* Opens, which has to succeed, for all that what is opened allows. */
static inline uint32_t opened(uint32_t directory, const char *path, uint32_t flags, uint32_t fd_flags) {
  const int is_directory = (flags & __WASI_OFLAGS_DIRECTORY) != 0;
  const uint64_t writing =
      __WASI_RIGHTS_FD_WRITE | __WASI_RIGHTS_FD_ALLOCATE | __WASI_RIGHTS_FD_FILESTAT_SET_SIZE;
  uint32_t fd = NO_FD;
  uint32_t error =
      w_path_open(directory, FOLLOW, TEXT(path), flags, is_directory ? RIGHTS_ALL & ~writing : RIGHTS_ALL,
                  RIGHTS_ALL, fd_flags, at(&fd));
  if (error != 0) {
    printf("cannot open %s: %s\n", path, error_name(error));
    exit(1);
  }
  return fd;
}
/* The same to read only, as it has to be below a read-only directory. */
static inline uint32_t opened_to_read(uint32_t directory, const char *path) {
  const uint64_t writing =
      __WASI_RIGHTS_FD_WRITE | __WASI_RIGHTS_FD_ALLOCATE | __WASI_RIGHTS_FD_FILESTAT_SET_SIZE;
  uint32_t fd = NO_FD;
  uint32_t error =
      w_path_open(directory, FOLLOW, TEXT(path), 0, RIGHTS_ALL & ~writing, RIGHTS_ALL, 0, at(&fd));
  if (error != 0) {
    printf("cannot open %s: %s\n", path, error_name(error));
    exit(1);
  }
  return fd;
}
/* Gives all rights of a descriptor up. */
static inline uint32_t without_rights(uint32_t fd) {
  if (w_fd_fdstat_set_rights(fd, 0, 0) != 0) {
    printf("cannot give up rights\n");
    exit(1);
  }
  return fd;
}

#define CREATE __WASI_OFLAGS_CREAT
#define DIRECTORY __WASI_OFLAGS_DIRECTORY
/* Descriptors of programs with "--dir=@/work::/ --dir=@/frozen::/frozen:ro". */
#define ROOT 3u
#define FROZEN 4u

#endif
