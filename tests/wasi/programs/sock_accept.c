/*
 * sock_accept: from a listener that blocks and one that does not, and what is no listener.
 * options: --listen=127.0.0.1:0 --dir=@/work::/
 * client: wait:ready connect receive wait:blocking connect receive
 * after: cat client
 */
#include "call.h"

#define LISTENER 4u /* listeners follow the directories */

int main(void) {
  uint32_t fd = NO_FD, count;
  __wasi_fdstat_t status;
  w_fd_fdstat_get(LISTENER, at(&status));
  printf("type %d, flags %d\n", status.fs_filetype, status.fs_flags);
  show("its name", w_fd_prestat_get(LISTENER, at(&status)));
  w_fd_fdstat_set_flags(LISTENER, __WASI_FDFLAGS_NONBLOCK);
  show("nobody", w_sock_accept(LISTENER, 0, at(&fd)));
  fprintf(stderr, "ready\n");
  __wasi_subscription_t subscription = {.u.tag = __WASI_EVENTTYPE_FD_READ,
                                        .u.u.fd_read.file_descriptor = LISTENER};
  __wasi_event_t event;
  show("waiting for somebody", w_poll_oneoff(at(&subscription), at(&event), 1, at(&count)));
  show("no flag", w_sock_accept(LISTENER, 32, at(&fd)));
  show("a flag for files", w_sock_accept(LISTENER, __WASI_FDFLAGS_APPEND, at(&fd)));
  show("no place", w_sock_accept(LISTENER, 0, NOWHERE));
  show("somebody", w_sock_accept(LISTENER, __WASI_FDFLAGS_NONBLOCK, at(&fd)));
  w_fd_fdstat_get(fd, at(&status));
  printf("%u: type %d, flags %d\n", fd, status.fs_filetype, status.fs_flags);
  show("what it has said", w_fd_read(fd, buffer_list(&event, 1), 1, at(&count)));
  show("an answer", w_fd_write(fd, buffer_list("first\n", 6), 1, at(&count)));
  show("from a connection", w_sock_accept(fd, 0, at(&count)));
  show("the end", w_fd_close(fd));
  w_fd_fdstat_set_flags(LISTENER, 0);
  fprintf(stderr, "blocking\n");
  show("somebody else", w_sock_accept(LISTENER, 0, at(&fd)));
  show("an answer", w_fd_write(fd, buffer_list("second\n", 7), 1, at(&count)));
  show("the end", w_fd_close(fd));
  show("a stream", w_sock_accept(0, 0, at(&fd)));
  show("a directory", w_sock_accept(ROOT, 0, at(&fd)));
  show("no descriptor", w_sock_accept(NO_FD, 0, at(&fd)));
  show("no right", w_sock_accept(without_rights(LISTENER), 0, at(&fd)));
  return 0;
}
