/*
 * wasmrt_errno.h - the error numbers of WASI, as host functions and file systems return them to guests.
 *
 * DESCRIPTION
 *   WASMRT_WASI_ESUCCESS is 0, and each row below is a number WASMRT_WASI_E<NAME>, from 1 on: the same errors
 * as those of the host's <errno.h>, but numbered by WASI. WASMRT_WASI_ENOENT is 44 everywhere.
 */
#ifndef WASMRT_ERRNO_H
#define WASMRT_ERRNO_H

/* clang-format off */
#define WASMRT_WASI_ERRNOS(ROW) \
  ROW(2BIG)             /* argument list too long */ \
  ROW(ACCES)            /* permission denied by the file system */ \
  ROW(ADDRINUSE)        /* address in use */ \
  ROW(ADDRNOTAVAIL)     /* address not available */ \
  ROW(AFNOSUPPORT)      /* address family not supported */ \
  ROW(AGAIN)            /* nothing there yet, or no room yet */ \
  ROW(ALREADY)          /* already in progress */ \
  ROW(BADF)             /* not an open descriptor */ \
  ROW(BADMSG)           /* bad message */ \
  ROW(BUSY)             /* in use */ \
  ROW(CANCELED)         /* cancelled */ \
  ROW(CHILD)            /* no child processes */ \
  ROW(CONNABORTED)      /* connection aborted */ \
  ROW(CONNREFUSED)      /* connection refused */ \
  ROW(CONNRESET)        /* connection reset */ \
  ROW(DEADLK)           /* would deadlock */ \
  ROW(DESTADDRREQ)      /* needs a destination */ \
  ROW(DOM)              /* outside of the function's domain */ \
  ROW(DQUOT)            /* quota exceeded */ \
  ROW(EXIST)            /* exists already */ \
  ROW(FAULT)            /* bad address */ \
  ROW(FBIG)             /* file too large */ \
  ROW(HOSTUNREACH)      /* host is unreachable */ \
  ROW(IDRM)             /* identifier removed */ \
  ROW(ILSEQ)            /* illegal byte sequence */ \
  ROW(INPROGRESS)       /* in progress */ \
  ROW(INTR)             /* interrupted */ \
  ROW(INVAL)            /* invalid argument */ \
  ROW(IO)               /* input or output failed */ \
  ROW(ISCONN)           /* is connected */ \
  ROW(ISDIR)            /* is a directory */ \
  ROW(LOOP)             /* too many symbolic links */ \
  ROW(MFILE)            /* too many open descriptors */ \
  ROW(MLINK)            /* too many links */ \
  ROW(MSGSIZE)          /* message too long */ \
  ROW(MULTIHOP)         /* reserved */ \
  ROW(NAMETOOLONG)      /* name too long */ \
  ROW(NETDOWN)          /* network is down */ \
  ROW(NETRESET)         /* connection aborted by the network */ \
  ROW(NETUNREACH)       /* network is unreachable */ \
  ROW(NFILE)            /* too many open files in the system */ \
  ROW(NOBUFS)           /* no buffer space */ \
  ROW(NODEV)            /* no such device */ \
  ROW(NOENT)            /* does not exist */ \
  ROW(NOEXEC)           /* not an executable */ \
  ROW(NOLCK)            /* no locks left */ \
  ROW(NOLINK)           /* reserved */ \
  ROW(NOMEM)            /* no memory */ \
  ROW(NOMSG)            /* no such message */ \
  ROW(NOPROTOOPT)       /* protocol not available */ \
  ROW(NOSPC)            /* no space left */ \
  ROW(NOSYS)            /* no such function */ \
  ROW(NOTCONN)          /* not connected */ \
  ROW(NOTDIR)           /* not a directory, nor a link to one */ \
  ROW(NOTEMPTY)         /* directory is not empty */ \
  ROW(NOTRECOVERABLE)   /* state not recoverable */ \
  ROW(NOTSOCK)          /* not a socket */ \
  ROW(NOTSUP)           /* not supported */ \
  ROW(NOTTY)            /* not a terminal */ \
  ROW(NXIO)             /* no such device or address */ \
  ROW(OVERFLOW)         /* value too large for its type */ \
  ROW(OWNERDEAD)        /* previous owner died */ \
  ROW(PERM)             /* not permitted; a path that leaves its mount */ \
  ROW(PIPE)             /* nobody reads */ \
  ROW(PROTO)            /* protocol error */ \
  ROW(PROTONOSUPPORT)   /* protocol not supported */ \
  ROW(PROTOTYPE)        /* wrong type of protocol */ \
  ROW(RANGE)            /* result too large */ \
  ROW(ROFS)             /* read-only */ \
  ROW(SPIPE)            /* cannot seek */ \
  ROW(SRCH)             /* no such process */ \
  ROW(STALE)            /* file is gone */ \
  ROW(TIMEDOUT)         /* timed out */ \
  ROW(TXTBSY)           /* text file is busy */ \
  ROW(XDEV)             /* on different file systems */
/* clang-format on */

enum wasmrt_wasi_errno {
  WASMRT_WASI_ESUCCESS,
#define WASMRT_WASI_ERRNO(name) WASMRT_WASI_E##name,
  WASMRT_WASI_ERRNOS(WASMRT_WASI_ERRNO)
#undef WASMRT_WASI_ERRNO
      WASMRT_WASI_ENOTCAPABLE, /* the descriptor lacks a right */
};

#endif
