/*
 * fd_tell: where reading and writing have got to.
 * options: --dir=@/work::/
 */
#include "call.h"

int main(void) {
  uint32_t file = opened(ROOT, "file", CREATE, 0), count;
  uint64_t position = 77;
  show("at the start", w_fd_tell(file, at(&position)));
  printf("%llu\n", (unsigned long long)position);
  w_fd_write(file, buffer_list("12345", 5), 1, at(&count));
  show("after a write", w_fd_tell(file, at(&position)));
  printf("%llu\n", (unsigned long long)position);
  w_fd_seek(file, UINT64_C(1) << 40, 0, at(&position));
  show("after a seek", w_fd_tell(file, at(&position)));
  printf("%llu\n", (unsigned long long)position);
  show("a directory", w_fd_tell(ROOT, at(&position)));
  show("no descriptor", w_fd_tell(NO_FD, at(&position)));
  show("no place", w_fd_tell(file, NOWHERE));
  show("no right", w_fd_tell(without_rights(file), at(&position)));
  return 0;
}
