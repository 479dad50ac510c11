/*
 * path_rename: files, directories and links, over others, and what cannot be renamed.
 * options: --dir=@/work::/ --dir=@/frozen::/frozen:ro
 * before: cd work && echo 1 >a && echo 2 >b && mkdir d e full full/x && ln -s a link
 * before: ln -s /tmp out && echo text >../frozen/file
 * after: cd work && ls -F . full && cat b2 && cat ../frozen/file
 */
#include "call.h"

static uint32_t move(uint32_t from, const char *old, uint32_t to, const char *new) {
  return w_path_rename(from, TEXT(old), to, TEXT(new));
}

int main(void) {
  show("a file", move(ROOT, "a", ROOT, "a2"));
  show("again", move(ROOT, "a", ROOT, "a2"));
  show("over another", move(ROOT, "a2", ROOT, "b"));
  show("over itself", move(ROOT, "b", ROOT, "b"));
  show("into a directory", move(ROOT, "b", opened(ROOT, "full", DIRECTORY, 0), "b"));
  show("and out of it", move(opened(ROOT, "full", DIRECTORY, 0), "b", ROOT, "b2"));
  show("a link", move(ROOT, "link", ROOT, "link2"));
  show("a directory", move(ROOT, "d", ROOT, "d2"));
  show("with slashes behind", move(ROOT, "d2/", ROOT, "d3/"));
  show("over an empty one", move(ROOT, "d3", ROOT, "e"));
  show("over a full one", move(ROOT, "e", ROOT, "full"));
  show("into itself", move(ROOT, "full", ROOT, "full/inner"));
  show("over a file", move(ROOT, "e", ROOT, "b2"));
  show("a file over a directory", move(ROOT, "b2", ROOT, "e"));
  show("a file with a slash behind", move(ROOT, "b2/", ROOT, "b3"));
  show("to a name with a slash behind", move(ROOT, "b2", ROOT, "b3/"));
  show("itself", move(ROOT, ".", ROOT, "x"));
  show("over itself", move(ROOT, "e", ROOT, "."));
  show("missing", move(ROOT, "missing", ROOT, "x"));
  show("to a directory that is missing", move(ROOT, "b2", ROOT, "missing/x"));
  show("from outside", move(ROOT, "../frozen/file", ROOT, "x"));
  show("to outside", move(ROOT, "b2", ROOT, "../x"));
  show("to outside by a link", move(ROOT, "b2", ROOT, "out/x"));
  show("an empty path", move(ROOT, "", ROOT, "x"));
  show("to an empty path", move(ROOT, "b2", ROOT, ""));
  show("from a read-only place", move(FROZEN, "file", ROOT, "x"));
  show("to a read-only place", move(ROOT, "b2", FROZEN, "x"));
  show("a path that is not in memory", w_path_rename(ROOT, NOWHERE, 100, ROOT, TEXT("x")));
  show("to a path that is not", w_path_rename(ROOT, TEXT("b2"), ROOT, NOWHERE, 100));
  show("no descriptor", move(NO_FD, "b2", ROOT, "x"));
  show("to no descriptor", move(ROOT, "b2", NO_FD, "x"));
  uint32_t dull = without_rights(opened(ROOT, ".", DIRECTORY, 0));
  show("no right", move(dull, "b2", ROOT, "x"));
  show("no right there", move(ROOT, "b2", dull, "x"));
  return 0;
}
