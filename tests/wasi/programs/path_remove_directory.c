/*
 * path_remove_directory: empty directories, and what is none.
 * options: --dir=@/work::/ --dir=@/frozen::/frozen:ro
 * before: touch work/file && mkdir work/a work/b work/full work/full/x work/target frozen/dir
 * before: ln -s target work/link && ln -s /tmp work/out
 * after: ls -F work frozen
 */
#include "call.h"

int main(void) {
  show("a directory", w_path_remove_directory(ROOT, TEXT("a")));
  show("again", w_path_remove_directory(ROOT, TEXT("a")));
  show("with a slash behind", w_path_remove_directory(ROOT, TEXT("b/")));
  show("one that is not empty", w_path_remove_directory(ROOT, TEXT("full")));
  show("a file", w_path_remove_directory(ROOT, TEXT("file")));
  show("a file with a slash behind", w_path_remove_directory(ROOT, TEXT("file/")));
  show("a link", w_path_remove_directory(ROOT, TEXT("link")));
  show("a link with a slash behind", w_path_remove_directory(ROOT, TEXT("link/")));
  show("itself", w_path_remove_directory(ROOT, TEXT(".")));
  show("a directory by .", w_path_remove_directory(ROOT, TEXT("target/.")));
  show("a directory by ..", w_path_remove_directory(ROOT, TEXT("full/x/..")));
  show("outside", w_path_remove_directory(ROOT, TEXT("..")));
  show("outside by a link", w_path_remove_directory(ROOT, TEXT("out/x")));
  show("an absolute path", w_path_remove_directory(ROOT, TEXT("/full")));
  show("an empty path", w_path_remove_directory(ROOT, TEXT("")));
  show("a read-only place", w_path_remove_directory(FROZEN, TEXT("dir")));
  show("a path that is not in memory", w_path_remove_directory(ROOT, NOWHERE, 100));
  show("in a file", w_path_remove_directory(opened(ROOT, "file", 0, 0), TEXT("full")));
  show("no descriptor", w_path_remove_directory(NO_FD, TEXT("full")));
  show("no right", w_path_remove_directory(without_rights(opened(ROOT, ".", DIRECTORY, 0)), TEXT("target")));
  return 0;
}
