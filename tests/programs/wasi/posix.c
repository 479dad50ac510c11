/* What wasi-libc leaves out: WASI preview 1 has no processes, file modes or owners. What asks for a process
 * or for a temporary file fails; what sets a mode or an owner does nothing, as on a file system that keeps
 * none. */
#include "posix.h"

#include "pwd.h"
#include <errno.h>
#include <stddef.h>

int system(const char *command) {
  (void)command;
  errno = ENOSYS;
  return -1;
}

FILE *tmpfile(void) {
  errno = ENOSYS;
  return NULL;
}

char *tmpnam(char *buffer) {
  (void)buffer;
  return NULL;
}

int chmod(const char *path, mode_t mode) {
  (void)path;
  (void)mode;
  return 0;
}

int fchmod(int fd, mode_t mode) {
  (void)fd;
  (void)mode;
  return 0;
}

mode_t umask(mode_t mask) {
  (void)mask;
  return 0;
}

int chown(const char *path, uid_t uid, gid_t gid) {
  (void)path;
  (void)uid;
  (void)gid;
  return 0;
}

int fchown(int fd, uid_t uid, gid_t gid) {
  (void)fd;
  (void)uid;
  (void)gid;
  return 0;
}

uid_t getuid(void) {
  return 0;
}

uid_t geteuid(void) {
  return 0;
}

struct passwd *getpwuid(uid_t uid) {
  (void)uid;
  return NULL;
}
