/*
 * What a program has that was granted nothing: its streams and its arguments.
 * arguments: one "two words" ""
 * input: typed
 */
#include "guest.h"

#include <fcntl.h>
#include <unistd.h>

extern char **environ;

int main(int argc, char **argv) {
  for (int i = 1; i < argc; i++) {
    printf("argument %d: '%s'\n", i, argv[i]);
  }
  printf("environment: %d\n", environ != NULL && environ[0] != NULL);
  printf("HOME: %d, WASMRT_OPTIONS: %d\n", getenv("HOME") != NULL, getenv("WASMRT_OPTIONS") != NULL);
  printf("file: %d\n", open("/etc/passwd", O_RDONLY) >= 0);
  printf("directory: %d\n", open(".", O_RDONLY) >= 0);
  char text[100] = "";
  printf("input: %zd %s", read(0, text, sizeof text - 1), text);
  printf("end: %zd\n", read(0, text, sizeof text));
  printf("write to input: %zd\n", write(0, "x", 1));
  printf("read from output: %zd\n", read(1, text, 1));
  printf("terminals: %d %d\n", isatty(0), isatty(1));
  printf("seek: %lld\n", (long long)lseek(1, 0, SEEK_CUR));
  fflush(stdout);
  printf("closed: %d\n", close(2));
  printf("closed again: %d\n", close(2));
  return 0;
}
