/*
 * sock_send: from several buffers, to a peer that has gone, and to what is no socket.
 * options: --listen=127.0.0.1:0 --dir=@/work::/
 * client: connect receive connect close
 * after: cat client
 */
#include "call.h"

int main(void) {
  uint32_t fd = NO_FD, count = 0, error = 0;
  char byte;
  w_sock_accept(4, 0, at(&fd));
  show("some", w_sock_send(fd, buffer_list("some ", 5), 1, 0, at(&count)));
  printf("%u bytes\n", count);
  const uint32_t three[] = {at("from "), 5, at(""), 0, at("several\n"), 8};
  show("from several", w_sock_send(fd, at(three), 3, 0, at(&count)));
  printf("%u bytes\n", count);
  show("nothing", w_sock_send(fd, 0, 0, 0, at(&count)));
  show("by fd_write", w_fd_write(fd, buffer_list("by fd_write\n", 12), 1, at(&count)));
  show("a flag", w_sock_send(fd, buffer_list("x", 1), 1, 1, at(&count)));
  show("buffers that are not in memory",
       w_sock_send(fd, buffer_list((void *)NOWHERE, 100), 1, 0, at(&count)));
  show("a list that is not in memory", w_sock_send(fd, NOWHERE, 1, 0, at(&count)));
  show("no place", w_sock_send(fd, buffer_list("x", 1), 1, 0, NOWHERE));
  show("to a stream", w_sock_send(1, buffer_list("x", 1), 1, 0, at(&count)));
  show("to a file", w_sock_send(opened(ROOT, "file", CREATE, 0), buffer_list("x", 1), 1, 0, at(&count)));
  show("to no descriptor", w_sock_send(NO_FD, buffer_list("x", 1), 1, 0, at(&count)));
  show("without a right", w_sock_send(without_rights(fd), buffer_list("x", 1), 1, 0, at(&count)));
  show("the end", w_fd_close(fd));
  w_sock_accept(4, 0, at(&fd));
  w_fd_read(fd, buffer_list(&byte, 1), 1, at(&count)); /* until the peer has gone */
  for (int i = 0; i < 1000 && error == 0; i++) {
    error = w_sock_send(fd, buffer_list("x", 1), 1, 0, at(&count));
  }
  printf("to a peer that has gone: %d\n", error == __WASI_ERRNO_PIPE || error == __WASI_ERRNO_CONNRESET);
  return 0;
}
