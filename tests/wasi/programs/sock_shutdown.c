/*
 * sock_shutdown: either direction and both, and what is no socket.
 * options: --listen=127.0.0.1:0 --dir=@/work::/
 * client: connect receive send:question connect receive
 * after: cat client
 */
#include "call.h"

int main(void) {
  uint32_t fd = NO_FD, count = 0;
  char text[16] = "";
  w_sock_accept(4, 0, at(&fd));
  w_sock_send(fd, buffer_list("answer\n", 7), 1, 0, at(&count));
  show("no direction", w_sock_shutdown(fd, 0));
  show("no such direction", w_sock_shutdown(fd, 4));
  show("sending", w_sock_shutdown(fd, __WASI_SDFLAGS_WR));
  show("a send", w_sock_send(fd, buffer_list("x", 1), 1, 0, at(&count)));
  show("a receive", w_fd_read(fd, buffer_list(text, 16), 1, at(&count)));
  printf("%s", text);
  show("receiving", w_sock_shutdown(fd, __WASI_SDFLAGS_RD));
  show("a receive", w_fd_read(fd, buffer_list(text, 16), 1, at(&count)));
  printf("%u bytes\n", count);
  w_fd_close(fd);
  w_sock_accept(4, 0, at(&fd));
  show("both", w_sock_shutdown(fd, __WASI_SDFLAGS_RD | __WASI_SDFLAGS_WR));
  show("a send", w_sock_send(fd, buffer_list("x", 1), 1, 0, at(&count)));
  show("a stream", w_sock_shutdown(1, __WASI_SDFLAGS_WR));
  show("a file", w_sock_shutdown(opened(ROOT, "file", CREATE, 0), __WASI_SDFLAGS_WR));
  show("a directory", w_sock_shutdown(ROOT, __WASI_SDFLAGS_WR));
  show("no descriptor", w_sock_shutdown(NO_FD, __WASI_SDFLAGS_WR));
  show("no right", w_sock_shutdown(without_rights(fd), __WASI_SDFLAGS_WR));
  return 0;
}
