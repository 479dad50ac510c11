/* The guest that calls what is linked in as env.attack (attack.c), all of it if it has arguments; it uses
 * files itself, so that the system calls for paths are allowed where a directory was granted. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

void attack(unsigned everything) __attribute__((import_module("env"), import_name("attack")));

int main(int argc, char **argv) {
  int file = open("/open/file", O_RDWR | O_CREAT, 0600);
  printf("the guest's file: %s\n", file >= 0 && write(file, "text", 4) == 4 ? "written" : "not there");
  mkdir("/open/directory", 0700);
  rename("/open/file", "/open/directory/file");
  rename("/open/directory/file", "/open/file");
  unlink("/open/nothing");
  fflush(stdout);
  attack(argc > 1);
  return 0;
}
