/* Sockets that the host granted, and everything that is none. */
#include "harness.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

/* Descriptor 0 becomes a socket; returns the other end. */
static int use_socket(int type) {
  int pair[2];
  CHECK(socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, pair) == 0);
  struct wasi_descriptor *descriptor = &wasi_state(guest)->descriptors[0];
  *descriptor = (struct wasi_descriptor){.open = true, .host = pair[0]};
  CHECK(wasi_inspect(pair[0], &descriptor->filetype, &descriptor->rights_base));
  descriptor->rights_inheriting = descriptor->rights_base;
  return pair[1];
}

static void refuses_what_is_no_socket(void) {
  uint32_t fd = must_open(ROOT, "file", 0, READ_WRITE);
  put_vector(0, BUFFER, 2);
  EQUAL(wasi_sock_shutdown(guest, fd, 1), WASI_ENOTSOCK);
  EQUAL(wasi_sock_recv(guest, fd, VECTORS, 1, 0, OUT, OUT + 8), WASI_ENOTSOCK);
  EQUAL(wasi_sock_send(guest, fd, VECTORS, 1, 0, OUT), WASI_ENOTSOCK);
  EQUAL(wasi_sock_accept(guest, fd, 0, OUT), WASI_ENOTSOCK);
  EQUAL(wasi_sock_accept(guest, ROOT, 0, OUT), WASI_ENOTSOCK);
}

static void sends_and_receives(void) {
  int other = use_socket(SOCK_STREAM);
  EQUAL(wasi_fd_fdstat_get(guest, 0, OUT), WASI_ESUCCESS);
  EQUAL(get32(OUT) & 0xff, WASI_FILETYPE_SOCKET_STREAM);
  put_vector(0, BUFFER, put_text(BUFFER, "hello"));
  EQUAL(wasi_sock_send(guest, 0, VECTORS, 1, 0, OUT), WASI_ESUCCESS);
  EQUAL(get32(OUT), 5);
  char text[8];
  EQUAL(read(other, text, sizeof text), 5);
  CHECK(write(other, "abcdef", 6) == 6);
  put_vector(0, BUFFER, 3);
  EQUAL(wasi_sock_recv(guest, 0, VECTORS, 1, WASI_RIFLAG_RECV_PEEK, OUT, OUT + 8), WASI_ESUCCESS);
  EQUAL(wasi_sock_recv(guest, 0, VECTORS, 1, WASI_RIFLAG_RECV_WAITALL, OUT, OUT + 8), WASI_ESUCCESS);
  EQUAL(get32(OUT), 3);
  CHECK(memcmp(guest_bytes(BUFFER), "abc", 3) == 0);
  EQUAL(read_bytes(0, 10), WASI_ESUCCESS);
  EQUAL(get32(OUT), 3);
  EQUAL(wasi_sock_recv(guest, 0, VECTORS, 1, 4, OUT, OUT + 8), WASI_EINVAL);
  EQUAL(wasi_sock_send(guest, 0, VECTORS, 1, 1, OUT), WASI_EINVAL);
  EQUAL(wasi_sock_send(guest, 0, VECTORS, WASI_BATCH + 1, 0, OUT), WASI_EMSGSIZE);
  EQUAL(wasi_sock_shutdown(guest, 0, 0), WASI_EINVAL);
  EQUAL(wasi_sock_shutdown(guest, 0, 4), WASI_EINVAL);
  EQUAL(wasi_sock_shutdown(guest, 0, WASI_SDFLAG_WR), WASI_ESUCCESS);
  EQUAL(read(other, text, sizeof text), 0);
  /* A peer that has gone is an error, not a signal. */
  close(other);
  EQUAL(wasi_sock_send(guest, 0, VECTORS, 1, 0, OUT), WASI_EPIPE);
}

static void cuts_datagrams(void) {
  int other = use_socket(SOCK_DGRAM);
  EQUAL(wasi_fd_fdstat_get(guest, 0, OUT), WASI_ESUCCESS);
  EQUAL(get32(OUT) & 0xff, WASI_FILETYPE_SOCKET_DGRAM);
  CHECK(write(other, "abcdef", 6) == 6);
  put_vector(0, BUFFER, 3);
  EQUAL(wasi_sock_recv(guest, 0, VECTORS, 1, 0, OUT, OUT + 8), WASI_ESUCCESS);
  EQUAL(get32(OUT), 3);
  EQUAL(get32(OUT + 8) & 0xffff, WASI_ROFLAG_RECV_DATA_TRUNCATED);
  close(other);
}

static void accepts(void) {
  close(use_socket(SOCK_STREAM));
  EQUAL(wasi_sock_accept(guest, 0, 0, OUT), WASI_EINVAL); /* not listening */
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), client = -1;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  CHECK(bind(listener, (struct sockaddr *)&address, sizeof address) == 0 && listen(listener, 1) == 0);
  CHECK(getsockname(listener, (struct sockaddr *)&address, &length) == 0);
  close(wasi_state(guest)->descriptors[0].host);
  wasi_state(guest)->descriptors[0].host = listener;
  EQUAL(wasi_sock_accept(guest, 0, 0, OUT), WASI_EAGAIN);
  client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  CHECK(connect(client, (struct sockaddr *)&address, sizeof address) == 0);
  EQUAL(wasi_sock_accept(guest, 0, 32, OUT), WASI_EINVAL);
  EQUAL(wasi_sock_accept(guest, 0, WASI_FDFLAG_NONBLOCK, OUT), WASI_ESUCCESS);
  uint32_t fd = opened();
  EQUAL(fd, 5);
  EQUAL(read_bytes(fd, 1), WASI_EAGAIN);
  EQUAL(wasi_fd_prestat_get(guest, fd, OUT), WASI_EBADF);
  EQUAL(write_text(fd, "hi"), WASI_ESUCCESS);
  char text[4];
  EQUAL(read(client, text, sizeof text), 2);
  close(client);
}

const struct wasi_test sock_tests[] = {ONCE(refuses_what_is_no_socket) ONCE(sends_and_receives)
                                           ONCE(cuts_datagrams) ONCE(accepts){0}};
