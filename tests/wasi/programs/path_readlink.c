/*
 * path_readlink: the text of a link, whole or cut, and what is no link.
 * options: --dir=@/work::/
 * before: touch work/file && mkdir work/dir && ln -s some/text work/link
 * before: ln -s /etc/passwd work/out && ln -s dir work/inner
 */
#include "call.h"

static void try(const char *what, const char *path, uint32_t length) {
  char text[64] = "";
  uint32_t used = 0;
  show(what, w_path_readlink(ROOT, TEXT(path), at(text), length, at(&used)));
  printf("  %u bytes: '%.64s'\n", used, text);
}

int main(void) {
  char text[64];
  uint32_t used;
  try("a link", "link", 64);
  try("a buffer that fits", "link", 9);
  try("a buffer that is too short", "link", 4);
  try("a buffer of nothing", "link", 0);
  try("a link to the outside", "out", 64);
  try("a link with a slash behind", "inner/", 64);
  try("a file", "file", 64);
  try("a directory", "dir", 64);
  try("missing", "missing", 64);
  try("below a file", "file/x", 64);
  try("outside", "../x", 64);
  try("an empty path", "", 64);
  show("a path that is not in memory", w_path_readlink(ROOT, NOWHERE, 100, at(text), 64, at(&used)));
  show("no place for the text", w_path_readlink(ROOT, TEXT("link"), NOWHERE, 64, at(&used)));
  show("no place", w_path_readlink(ROOT, TEXT("link"), at(text), 64, NOWHERE));
  show("in a file", w_path_readlink(opened(ROOT, "file", 0, 0), TEXT("link"), at(text), 64, at(&used)));
  show("no descriptor", w_path_readlink(NO_FD, TEXT("link"), at(text), 64, at(&used)));
  uint32_t dull = without_rights(opened(ROOT, ".", DIRECTORY, 0));
  show("no right", w_path_readlink(dull, TEXT("link"), at(text), 64, at(&used)));
  return 0;
}
