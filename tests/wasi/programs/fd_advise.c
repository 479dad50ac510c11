/*
 * fd_advise: every advice on a file, and what cannot be advised.
 * options: --dir=@/work::/
 */
#include "call.h"

int main(void) {
  uint32_t file = opened(ROOT, "file", CREATE, 0);
  for (uint32_t advice = 0; advice < 6; advice++) {
    show("an advice", w_fd_advise(file, 0, 100, advice));
  }
  show("beyond the end", w_fd_advise(file, 1000, 1000, 0));
  show("no advice", w_fd_advise(file, 0, 0, 6));
  show("an offset that is too large", w_fd_advise(file, UINT64_C(1) << 63, 0, 0));
  show("a length that is too large", w_fd_advise(file, 0, UINT64_C(1) << 63, 0));
  show("an end that is too large", w_fd_advise(file, INT64_MAX, INT64_MAX, 0));
  show("a directory", w_fd_advise(ROOT, 0, 0, 0));
  show("no descriptor", w_fd_advise(NO_FD, 0, 0, 0));
  show("no right", w_fd_advise(without_rights(file), 0, 0, 0));
  return 0;
}
