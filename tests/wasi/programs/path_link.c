/*
 * path_link: second names of files and of links, and what cannot have any.
 * options: --dir=@/work::/ --dir=@/frozen::/frozen:ro
 * before: echo text >work/file && mkdir work/dir && ln -s file work/link
 * before: ln -s /etc/passwd work/out && echo text >frozen/file
 * after: cd work && ls -F . dir && stat -c %h file
 */
#include "call.h"

static uint32_t make(uint32_t from, uint32_t flags, const char *old, uint32_t to, const char *new) {
  return w_path_link(from, flags, TEXT(old), to, TEXT(new));
}

int main(void) {
  show("a file", make(ROOT, 0, "file", ROOT, "second"));
  show("into a directory", make(ROOT, 0, "file", opened(ROOT, "dir", DIRECTORY, 0), "third"));
  show("a link", make(ROOT, 0, "link", ROOT, "link2"));
  show("a link followed", make(ROOT, FOLLOW, "link", ROOT, "fourth"));
  show("a link to the outside", make(ROOT, 0, "out", ROOT, "out2"));
  show("what it points to", make(ROOT, FOLLOW, "out", ROOT, "passwd"));
  show("from outside", make(ROOT, 0, "../frozen/file", ROOT, "frozen"));
  show("to outside", make(ROOT, 0, "file", ROOT, "../file"));
  show("over a file", make(ROOT, 0, "file", ROOT, "second"));
  show("over itself", make(ROOT, 0, "file", ROOT, "file"));
  show("a directory", make(ROOT, 0, "dir", ROOT, "dir2"));
  show("with a slash behind", make(ROOT, 0, "file/", ROOT, "fifth"));
  show("to a name with a slash behind", make(ROOT, 0, "file", ROOT, "fifth/"));
  show("missing", make(ROOT, 0, "missing", ROOT, "fifth"));
  show("to a directory that is missing", make(ROOT, 0, "file", ROOT, "missing/fifth"));
  show("an empty path", make(ROOT, 0, "", ROOT, "fifth"));
  show("to an empty path", make(ROOT, 0, "file", ROOT, ""));
  show("no flag", make(ROOT, 2, "file", ROOT, "fifth"));
  show("from a read-only place", make(FROZEN, 0, "file", ROOT, "fifth"));
  show("to a read-only place", make(ROOT, 0, "file", FROZEN, "fifth"));
  show("a path that is not in memory", w_path_link(ROOT, 0, NOWHERE, 100, ROOT, TEXT("fifth")));
  show("to a path that is not", w_path_link(ROOT, 0, TEXT("file"), ROOT, NOWHERE, 100));
  show("no descriptor", make(NO_FD, 0, "file", ROOT, "fifth"));
  show("to no descriptor", make(ROOT, 0, "file", NO_FD, "fifth"));
  uint32_t dull = without_rights(opened(ROOT, ".", DIRECTORY, 0));
  show("no right", make(dull, 0, "file", ROOT, "fifth"));
  show("no right there", make(ROOT, 0, "file", dull, "fifth"));
  return 0;
}
