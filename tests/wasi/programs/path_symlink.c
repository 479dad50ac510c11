/*
 * path_symlink: links to what is there and to what is not, and targets that no link may have.
 * options: --dir=@/work::/ --dir=@/frozen::/frozen:ro
 * before: touch work/file; mkdir work/dir
 * after: cd work && readlink up nothing sub dir/inner absolute; ls -F .
 */
#include "call.h"

static uint32_t make(const char *target, uint32_t fd, const char *path) {
  return w_path_symlink(TEXT(target), fd, TEXT(path));
}

int main(void) {
  char text[5000];
  memset(text, 't', sizeof text);
  show("a link", make("file", ROOT, "sub"));
  show("to nothing", make("missing", ROOT, "nothing"));
  show("in a directory", make("../file", ROOT, "dir/inner"));
  show("that cannot be followed", make("../../etc/passwd", ROOT, "up"));
  show("again", make("file", ROOT, "sub"));
  show("where a file is", make("file", ROOT, "file"));
  show("where a directory is", make("file", ROOT, "dir"));
  show("with a slash behind", make("file", ROOT, "slash/"));
  show("an absolute target", make("/etc/passwd", ROOT, "absolute"));
  show("an empty target", make("", ROOT, "empty"));
  show("an empty path", make("file", ROOT, ""));
  show("in a directory that is missing", make("file", ROOT, "missing/link"));
  show("outside", make("file", ROOT, "../link"));
  show("a target that is too long", w_path_symlink(at(text), 4096, ROOT, TEXT("long")));
  show("a name that is too long", w_path_symlink(TEXT("file"), ROOT, at(text), 256));
  show("a target with a NUL", w_path_symlink(at("a\0b"), 3, ROOT, TEXT("nul")));
  show("a read-only place", make("file", FROZEN, "link"));
  show("a target that is not in memory", w_path_symlink(NOWHERE, 100, ROOT, TEXT("link")));
  show("a path that is not in memory", w_path_symlink(TEXT("file"), ROOT, NOWHERE, 100));
  show("in a file", make("file", opened(ROOT, "file", 0, 0), "link"));
  show("no descriptor", make("file", NO_FD, "link"));
  show("no right", make("file", without_rights(opened(ROOT, ".", DIRECTORY, 0)), "link"));
  return 0;
}
