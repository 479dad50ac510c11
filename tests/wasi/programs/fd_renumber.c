/*
 * fd_renumber: a descriptor takes the place of another, which is closed; also of a preopened directory.
 * options: --dir=@/work::/ --dir=@/frozen::/frozen:ro
 * after: cat work/one work/two
 */
#include "call.h"

int main(void) {
  uint32_t one = opened(ROOT, "one", CREATE, 0), two = opened(ROOT, "two", CREATE, 0), count;
  __wasi_prestat_t prestat;
  show("over another", w_fd_renumber(one, two));
  show("to the old number", w_fd_write(one, buffer_list("1\n", 2), 1, at(&count)));
  show("to the new number", w_fd_write(two, buffer_list("2\n", 2), 1, at(&count)));
  show("to itself", w_fd_renumber(two, two));
  show("to the new number", w_fd_write(two, buffer_list("3\n", 2), 1, at(&count)));
  show("to a number that is free", w_fd_renumber(two, one));
  show("from a number that is free", w_fd_renumber(one, two));
  show("over a preopened directory", w_fd_renumber(two, FROZEN));
  show("its name", w_fd_prestat_get(FROZEN, at(&prestat)));
  show("a write there", w_fd_write(FROZEN, buffer_list("4\n", 2), 1, at(&count)));
  show("a preopened directory itself", w_fd_renumber(ROOT, FROZEN));
  show("its name there", w_fd_prestat_get(FROZEN, at(&prestat)));
  show("its old number", w_fd_close(ROOT));
  printf("opened as %u\n", opened(FROZEN, "one", 0, 0));
  return 0;
}
