/* What the guest programs share: the outcome of a call as one line of text. */
#ifndef GUEST_H
#define GUEST_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *guest_error(void) {
  switch (errno) {
#define NAME(error)                                                                                          \
  case error:                                                                                                \
    return #error
    NAME(EACCES);
    NAME(EBADF);
    NAME(EEXIST);
    NAME(EINVAL);
    NAME(EISDIR);
    NAME(ELOOP);
    NAME(ENAMETOOLONG);
    NAME(ENOENT);
    NAME(ENOTCAPABLE);
    NAME(ENOTDIR);
    NAME(ENOTEMPTY);
    NAME(ENOTSUP);
    NAME(EPERM);
    NAME(EROFS);
    NAME(ESPIPE);
    NAME(EXDEV);
#undef NAME
  default:
    return strerror(errno);
  }
}

/* Prints "what: result", or the error's name where the result is negative. */
static long show(const char *what, long result) {
  if (result < 0) {
    printf("%s: %s\n", what, guest_error());
  } else {
    printf("%s: %ld\n", what, result);
  }
  return result;
}
#define SHOW(call) show(#call, (long)(call))

#endif
