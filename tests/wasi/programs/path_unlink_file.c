/*
 * path_unlink_file: files and links, and what is a directory.
 * options: --dir=@/work::/ --dir=@/frozen::/frozen:ro
 * before: cd work && touch a b && mkdir dir && ln -s dir link && ln -s b link2
 * before: ln -s /tmp out && touch ../frozen/file
 * after: ls -F work frozen
 */
#include "call.h"

int main(void) {
  uint32_t open = opened(ROOT, "a", 0, 0), count;
  show("a file", w_path_unlink_file(ROOT, TEXT("a")));
  show("a write to it", w_fd_write(open, buffer_list("x", 1), 1, at(&count)));
  show("again", w_path_unlink_file(ROOT, TEXT("a")));
  show("with a slash behind", w_path_unlink_file(ROOT, TEXT("b/")));
  show("a directory", w_path_unlink_file(ROOT, TEXT("dir")));
  show("a directory with a slash behind", w_path_unlink_file(ROOT, TEXT("dir/")));
  show("itself", w_path_unlink_file(ROOT, TEXT(".")));
  show("a link with a slash behind", w_path_unlink_file(ROOT, TEXT("link/")));
  show("a link to a directory", w_path_unlink_file(ROOT, TEXT("link")));
  show("a link to a file", w_path_unlink_file(ROOT, TEXT("link2")));
  show("a link to the outside", w_path_unlink_file(ROOT, TEXT("out")));
  show("outside", w_path_unlink_file(ROOT, TEXT("../frozen/file")));
  show("an absolute path", w_path_unlink_file(ROOT, TEXT("/b")));
  show("an empty path", w_path_unlink_file(ROOT, TEXT("")));
  show("below a file", w_path_unlink_file(ROOT, TEXT("b/x")));
  show("a read-only place", w_path_unlink_file(FROZEN, TEXT("file")));
  show("a path that is not in memory", w_path_unlink_file(ROOT, NOWHERE, 100));
  show("in a file", w_path_unlink_file(open, TEXT("b")));
  show("no descriptor", w_path_unlink_file(NO_FD, TEXT("b")));
  show("no right", w_path_unlink_file(without_rights(opened(ROOT, ".", DIRECTORY, 0)), TEXT("b")));
  return 0;
}
