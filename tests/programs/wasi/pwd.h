/* The user database, which WASI has not: nobody is found. */
#ifndef TESTS_PROGRAMS_WASI_PWD_H
#define TESTS_PROGRAMS_WASI_PWD_H

#include <sys/types.h>

struct passwd {
  char *pw_name;
  char *pw_dir;
};

struct passwd *getpwuid(uid_t uid);

#endif
