/* Declares what wasi-libc leaves out and the programs of this folder mention: included before each of their
 * files
 * (-include), defined in posix.c. */
#ifndef TESTS_PROGRAMS_WASI_POSIX_H
#define TESTS_PROGRAMS_WASI_POSIX_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/types.h>

int system(const char *command);
FILE *tmpfile(void);
char *tmpnam(char *buffer);
int chmod(const char *path, mode_t mode);
int fchmod(int fd, mode_t mode);
mode_t umask(mode_t mask);
int chown(const char *path, uid_t uid, gid_t gid);
int fchown(int fd, uid_t uid, gid_t gid);
uid_t getuid(void);
uid_t geteuid(void);

/* For calls of fcntl, which refuses them. */
#ifndef F_SETLK
#define F_GETLK 12
#define F_SETLK 13
#define F_RDLCK 0
#define F_WRLCK 1
#define F_UNLCK 2
#endif

#ifndef L_tmpnam
#define L_tmpnam 20
#endif

#endif
