/*
 * path_create_directory: directories, with and without a slash behind, and where none can be made.
 * options: --dir=@/work::/ --dir=@/frozen::/frozen:ro
 * before: touch work/file; ln -s nowhere work/dangling; ln -s / work/out
 * after: ls -F work
 */
#include "call.h"

int main(void) {
  char name[300];
  memset(name, 'n', sizeof name);
  show("a directory", w_path_create_directory(ROOT, TEXT("dir")));
  show("again", w_path_create_directory(ROOT, TEXT("dir")));
  show("inside of it", w_path_create_directory(ROOT, TEXT("dir/inner/")));
  show("through ..", w_path_create_directory(ROOT, TEXT("dir/../other")));
  show("where a file is", w_path_create_directory(ROOT, TEXT("file")));
  show("below a file", w_path_create_directory(ROOT, TEXT("file/dir")));
  show("where a link is", w_path_create_directory(ROOT, TEXT("dangling")));
  show("below what is not there", w_path_create_directory(ROOT, TEXT("missing/dir")));
  show("itself", w_path_create_directory(ROOT, TEXT(".")));
  show("an empty path", w_path_create_directory(ROOT, TEXT("")));
  show("an absolute path", w_path_create_directory(ROOT, TEXT("/dir2")));
  show("outside", w_path_create_directory(ROOT, TEXT("../dir2")));
  show("outside by a link", w_path_create_directory(ROOT, TEXT("out/dir2")));
  show("a name that is too long", w_path_create_directory(ROOT, at(name), sizeof name));
  show("a name with a NUL", w_path_create_directory(ROOT, at("a\0b"), 3));
  show("a read-only place", w_path_create_directory(FROZEN, TEXT("dir")));
  show("in a file", w_path_create_directory(opened(ROOT, "file", 0, 0), TEXT("dir")));
  show("a path that is not in memory", w_path_create_directory(ROOT, NOWHERE, 100));
  show("no descriptor", w_path_create_directory(NO_FD, TEXT("dir2")));
  show("no right", w_path_create_directory(without_rights(opened(ROOT, ".", DIRECTORY, 0)), TEXT("dir2")));
  return 0;
}
