/*
 * Attempts to leave the only writable mount, and to change the read-only one.
 *
 * options: --dir=@/work::/ --dir=@/frozen::/frozen:ro
 * before: mkdir outside work/dir frozen/dir; echo secret >outside/secret; echo text >frozen/file
 * before: ln -s ../outside/secret work/relative; ln -s "$PWD/outside/secret" work/absolute
 * before: ln -s .. work/dir/up; ln -s dir/up/.. work/winding; ln -s / work/slash
 * before: ln -s ../frozen/file work/across
 * after: cat outside/secret frozen/file; ls outside frozen
 */

#include "guest.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static void try_path(const char *path) {
  struct stat status;
  char text[200];
  printf("-- %s\n", path);
  show("open", open(path, O_RDONLY));
  show("create", open(path, O_RDWR | O_CREAT, 0666));
  show("truncate", open(path, O_RDWR | O_TRUNC));
  show("stat", stat(path, &status));
  show("directory", opendir(path) == NULL ? -1 : 0);
  snprintf(text, sizeof text, "%s/new", path);
  show("mkdir", mkdir(text, 0777));
  show("symlink", symlink("x", text));
  show("link", link("/here", text));
  show("rename", rename("/here", text));
  show("unlink", unlink(text));
}

int main(void) {
  close(open("/here", O_RDWR | O_CREAT, 0666));
  const char *const paths[] = {
      "/..",        "/../outside/secret", "/dir/../../outside/secret", "/relative", "/absolute",
      "/dir/up/..", "/winding",           "/slash/etc/passwd",         "/slash",    "/across"};
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
    try_path(paths[i]);
  }
  printf("-- read-only\n");
  SHOW(close(open("/frozen/file", O_RDONLY)));
  SHOW(open("/frozen/file", O_RDWR));
  SHOW(open("/frozen/file", O_WRONLY));
  SHOW(open("/frozen/file", O_RDONLY | O_TRUNC));
  SHOW(open("/frozen/new", O_RDONLY | O_CREAT, 0666));
  SHOW(mkdir("/frozen/new", 0777));
  SHOW(rmdir("/frozen/dir"));
  SHOW(unlink("/frozen/file"));
  SHOW(rename("/frozen/file", "/frozen/new"));
  SHOW(rename("/here", "/frozen/new"));
  SHOW(rename("/frozen/file", "/new"));
  SHOW(link("/frozen/file", "/new"));
  SHOW(symlink("file", "/frozen/new"));
  SHOW(utimensat(AT_FDCWD, "/frozen/file", NULL, 0));
  SHOW(truncate("/frozen/file", 0));
  int fd = open("/frozen/file", O_RDONLY);
  SHOW(futimens(fd, NULL));
  SHOW(ftruncate(fd, 0));
  SHOW(write(fd, "x", 1));
  return 0;
}
