/*
 * sock_recv: peeking, waiting for all, into several buffers, until the end; and what is no socket.
 * options: --listen=127.0.0.1:0 --dir=@/work::/
 * client: connect send:abcdef wait:more send:ghijklmnop finish receive
 * after: cat client
 */
#include "call.h"

static char text[64];
static uint32_t count;
static uint16_t flags;

static void receive(const char *what, uint32_t fd, uint32_t length, uint32_t how) {
  memset(text, 0, sizeof text);
  count = 99;
  flags = 99;
  show(what, w_sock_recv(fd, buffer_list(text, length), 1, how, at(&count), at(&flags)));
  printf("  %u bytes, flags %d: %.6s\n", count, flags, text);
}

int main(void) {
  uint32_t fd = NO_FD;
  w_sock_accept(4, 0, at(&fd));
  receive("peeking", fd, 3, __WASI_RIFLAGS_RECV_PEEK | __WASI_RIFLAGS_RECV_WAITALL);
  receive("the same", fd, 3, __WASI_RIFLAGS_RECV_WAITALL);
  fprintf(stderr, "more\n");
  const uint32_t three[] = {at(text), 2, at(text), 0, at(text) + 8, 6};
  show("into several", w_sock_recv(fd, at(three), 3, __WASI_RIFLAGS_RECV_WAITALL, at(&count), at(&flags)));
  printf("  %u bytes: %.1s %.6s\n", count, text, text + 9);
  show("by fd_read", w_fd_read(fd, buffer_list(text, 3), 1, at(&count)));
  receive("all that is left", fd, 64, __WASI_RIFLAGS_RECV_WAITALL);
  receive("after the end", fd, 64, 0);
  w_fd_fdstat_set_flags(fd, __WASI_FDFLAGS_NONBLOCK);
  show("no flag", w_sock_recv(fd, buffer_list(text, 64), 1, 4, at(&count), at(&flags)));
  show("buffers that are not in memory",
       w_sock_recv(fd, buffer_list((void *)NOWHERE, 100), 1, 0, at(&count), at(&flags)));
  show("a list that is not in memory", w_sock_recv(fd, NOWHERE, 1, 0, at(&count), at(&flags)));
  show("no place", w_sock_recv(fd, buffer_list(text, 64), 1, 0, NOWHERE, at(&flags)));
  show("no place for flags", w_sock_recv(fd, buffer_list(text, 64), 1, 0, at(&count), 0xffffffff));
  receive("from a listener", 4, 64, 0);
  receive("from a stream", 0, 64, 0);
  receive("from a file", opened(ROOT, "file", CREATE, 0), 64, 0);
  receive("from no descriptor", NO_FD, 64, 0);
  receive("without a right", without_rights(fd), 64, 0);
  return 0;
}
