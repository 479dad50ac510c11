/* Listeners: what --listen takes and refuses, and connections by a real client. */
#include "harness.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#define LISTENER 5u

/* A listener on a port that the host chooses, as LISTENER; returns the port. */
static uint16_t open_listener(const char *address) {
  CHECK(wasmrt_wasi_open_listener(guest, address, NULL) == NULL);
  struct sockaddr_storage bound;
  socklen_t length = sizeof bound;
  CHECK(getsockname(wasi_state(guest)->descriptors[LISTENER].host, (struct sockaddr *)&bound, &length) == 0);
  return ntohs(((struct sockaddr_in *)&bound)->sin_port);
}

/* The other side; -1 if it is not let in. */
static int connect_to(const char *host, uint16_t port) {
  struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port)};
  struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
  bool old = strchr(host, ':') == NULL;
  CHECK(inet_pton(old ? AF_INET : AF_INET6, host, old ? (void *)&v4.sin_addr : (void *)&v6.sin6_addr) == 1);
  int client = socket(old ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int status = old ? connect(client, (struct sockaddr *)&v4, sizeof v4)
                   : connect(client, (struct sockaddr *)&v6, sizeof v6);
  if (client >= 0 && status != 0) {
    close(client);
    client = -1;
  }
  return client;
}

static bool has_ipv6(void) {
  struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
  int probe = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  bool has = probe >= 0 && bind(probe, (struct sockaddr *)&address, sizeof address) == 0;
  if (probe >= 0) {
    close(probe);
  }
  return has;
}

static void refuses_what_is_no_address(void) {
  static const char *const wrong[] = {
      "",
      ":",
      "80",
      "127.0.0.1",
      "127.0.0.1:",
      "127.0.0.1:65536",
      "127.0.0.1:99999999999999999999",
      "127.0.0.1:-1",
      "127.0.0.1:+1",
      "127.0.0.1:8 0",
      "127.0.0.1:http",
      "127.0.0:80",
      "256.0.0.1:80",
      "example.org:80",
      "::1:80",
      "[::1]",
      "[::1:80",
      "::1]:80",
      "[]:80",
      "[127.0.0.1]:80",
      "[0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000]:80",
      "a-name-that-is-much-longer-than-every-numeric-address-can-possibly-be:80"};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    const char *problem = wasmrt_wasi_open_listener(guest, wrong[i], NULL);
    CHECK(problem != NULL && strncmp(problem, "a listener needs HOST:PORT", 26) == 0);
  }
  EQUAL(wasi_fd_fdstat_get(guest, LISTENER, OUT), WASI_EBADF);
}

static void says_why_not(void) {
  char address[PATH_MAX];
  join_number(address, "127.0.0.1:", open_listener("localhost:0"));
  const char *problem = wasmrt_wasi_open_listener(guest, address, NULL);
  CHECK(problem != NULL && strcmp(problem, "the address is in use: ") == 0);
  problem = wasmrt_wasi_open_listener(guest, "192.0.2.1:0", NULL); /* an address for documentation */
  CHECK(problem != NULL && strcmp(problem, "this machine has no such address: ") == 0);
  EQUAL(wasi_fd_fdstat_get(guest, LISTENER + 1, OUT), WASI_EBADF);
}

/* The line that tells the port that was chosen. */
static void announces_chosen_ports(void) {
  int pipes[2], error = dup(STDERR_FILENO);
  CHECK(pipe(pipes) == 0 && dup2(pipes[1], STDERR_FILENO) >= 0);
  const char *problem = wasmrt_wasi_open_listener(guest, "127.0.0.1:0", "program");
  dup2(error, STDERR_FILENO);
  close(error);
  close(pipes[1]);
  CHECK(problem == NULL);
  char text[100] = "", expected[PATH_MAX];
  CHECK(read(pipes[0], text, sizeof text - 1) > 0);
  close(pipes[0]);
  struct sockaddr_in bound;
  socklen_t length = sizeof bound;
  CHECK(getsockname(wasi_state(guest)->descriptors[LISTENER].host, (struct sockaddr *)&bound, &length) == 0);
  CHECK(bound.sin_addr.s_addr == htonl(INADDR_LOOPBACK));
  join_number(expected, "program: listening on 127.0.0.1:", ntohs(bound.sin_port));
  size_t used = strlen(expected);
  CHECK(memcmp(text, expected, used) == 0 && strcmp(text + used, "\n") == 0);
}

static void is_a_stream_socket(void) {
  open_listener("127.0.0.1:0");
  EQUAL(wasi_fd_fdstat_get(guest, LISTENER, OUT), WASI_ESUCCESS);
  EQUAL(get32(OUT), WASI_FILETYPE_SOCKET_STREAM); /* and no flags: it blocks */
  CHECK((get64(OUT + 8) & WASI_RIGHT_SOCK_ACCEPT) != 0);
  CHECK((fcntl(wasi_state(guest)->descriptors[LISTENER].host, F_GETFD) & FD_CLOEXEC) != 0);
  EQUAL(wasi_fd_prestat_get(guest, LISTENER, OUT), WASI_EBADF);
  EQUAL(wasi_fd_seek(guest, LISTENER, 0, 0, OUT), WASI_ENOTCAPABLE);
  EQUAL(wasi_fd_filestat_get(guest, LISTENER, OUT), WASI_ESUCCESS);
  EQUAL(*(uint8_t *)guest_bytes(OUT + 16), WASI_FILETYPE_SOCKET_STREAM);
  put_vector(0, BUFFER, 1);
  EQUAL(wasi_sock_recv(guest, LISTENER, VECTORS, 1, 0, OUT, OUT + 8), WASI_ENOTCONN);
  EQUAL(wasi_sock_send(guest, LISTENER, VECTORS, 1, 0, OUT), WASI_EPIPE);
}

/* Every address means IPv6 and IPv4; one address means no other. */
static void listens_where_told(void) {
  uint16_t port = open_listener("*:0");
  int client = connect_to("127.0.0.1", port);
  CHECK(client >= 0);
  close(client);
  if (!has_ipv6()) {
    return;
  }
  client = connect_to("::1", port);
  CHECK(client >= 0);
  close(client);
  EQUAL(wasi_fd_close(guest, LISTENER), WASI_ESUCCESS);
  port = open_listener("[::1]:0");
  client = connect_to("::1", port);
  CHECK(client >= 0);
  close(client);
  CHECK(connect_to("127.0.0.1", port) < 0);
  EQUAL(wasi_fd_close(guest, LISTENER), WASI_ESUCCESS);
  CHECK(connect_to("::1", port) < 0);
}

/* One subscription for `fd`, beside a clock of two seconds; returns the number of the kind of event that
 * came. */
static uint32_t wait_for(uint32_t fd, uint8_t type) {
  uint8_t *in = guest_bytes(BUFFER);
  memset(in, 0, 96);
  in[8] = type;
  put32(BUFFER + 16, fd);
  in[48] = 1; /* userdata of the clock */
  put32(BUFFER + 48 + 16, WASI_CLOCK_MONOTONIC);
  const uint64_t span = 2000000000;
  memcpy(guest_bytes(BUFFER + 48 + 24), &span, sizeof span);
  EQUAL(wasi_poll_oneoff(guest, BUFFER, BUFFER + 256, 2, OUT), WASI_ESUCCESS);
  EQUAL(get32(OUT), 1);
  EQUAL(get32(BUFFER + 256 + 8) & 0xffff, WASI_ESUCCESS);
  return *(uint8_t *)guest_bytes(BUFFER + 256 + 10);
}

static void serves_a_client(void) {
  uint16_t port = open_listener("127.0.0.1:0");
  EQUAL(wasi_fd_fdstat_set_flags(guest, LISTENER, WASI_FDFLAG_NONBLOCK), WASI_ESUCCESS);
  EQUAL(wasi_sock_accept(guest, LISTENER, 0, OUT), WASI_EAGAIN);
  int client = connect_to("127.0.0.1", port);
  EQUAL(wait_for(LISTENER, WASI_EVENT_FD_READ), WASI_EVENT_FD_READ);
  EQUAL(wasi_sock_accept(guest, LISTENER, WASI_FDFLAG_NONBLOCK, OUT), WASI_ESUCCESS);
  uint32_t fd = opened();
  put_vector(0, BUFFER, 3);
  EQUAL(wasi_sock_recv(guest, fd, VECTORS, 1, 0, OUT, OUT + 8), WASI_EAGAIN);
  CHECK(write(client, "abcdef", 6) == 6);
  EQUAL(wait_for(fd, WASI_EVENT_FD_READ), WASI_EVENT_FD_READ);
  put_vector(0, BUFFER, 3);
  EQUAL(wasi_sock_recv(guest, fd, VECTORS, 1, WASI_RIFLAG_RECV_PEEK, OUT, OUT + 8), WASI_ESUCCESS);
  EQUAL(get32(OUT), 3);
  put_vector(0, BUFFER, 2);
  put_vector(1, BUFFER + 2, 0);
  put_vector(2, BUFFER + 2, 4);
  EQUAL(wasi_sock_recv(guest, fd, VECTORS, 3, WASI_RIFLAG_RECV_WAITALL, OUT, OUT + 8), WASI_ESUCCESS);
  EQUAL(get32(OUT), 6);
  EQUAL(get32(OUT + 8) & 0xffff, 0);
  CHECK(memcmp(guest_bytes(BUFFER), "abcdef", 6) == 0);
  EQUAL(wait_for(fd, WASI_EVENT_FD_WRITE), WASI_EVENT_FD_WRITE);
  put_vector(0, BUFFER, put_text(BUFFER, "answer"));
  EQUAL(wasi_sock_send(guest, fd, VECTORS, 1, 0, OUT), WASI_ESUCCESS);
  EQUAL(wasi_sock_shutdown(guest, fd, WASI_SDFLAG_WR), WASI_ESUCCESS);
  char text[8];
  EQUAL(recv(client, text, sizeof text, MSG_WAITALL), 6);
  CHECK(memcmp(text, "answer", 6) == 0);
  close(client);
  EQUAL(wait_for(fd, WASI_EVENT_FD_READ), WASI_EVENT_FD_READ);
  EQUAL(get32(BUFFER + 256 + 24) & 0xffff, WASI_EVENT_FD_HANGUP);
  EQUAL(wasi_sock_recv(guest, fd, VECTORS, 1, 0, OUT, OUT + 8), WASI_ESUCCESS);
  EQUAL(get32(OUT), 0);
  EQUAL(wasi_fd_close(guest, fd), WASI_ESUCCESS);
  EQUAL(wasi_sock_recv(guest, fd, VECTORS, 1, 0, OUT, OUT + 8), WASI_EBADF);
}

/* What is accepted has the rights that its listener may hand down. */
static void hands_rights_down(void) {
  uint16_t port = open_listener("127.0.0.1:0");
  const uint64_t few = WASI_RIGHT_FD_READ | WASI_RIGHT_POLL_FD_READWRITE;
  EQUAL(wasi_fd_fdstat_set_rights(guest, LISTENER, WASI_RIGHT_SOCK_ACCEPT, few), WASI_ESUCCESS);
  int client = connect_to("127.0.0.1", port);
  EQUAL(wasi_sock_accept(guest, LISTENER, 0, OUT), WASI_ESUCCESS);
  uint32_t fd = opened();
  EQUAL(wasi_fd_fdstat_get(guest, fd, OUT), WASI_ESUCCESS);
  EQUAL(get64(OUT + 8), few);
  EQUAL(write_text(fd, "x"), WASI_ENOTCAPABLE);
  EQUAL(wasi_sock_shutdown(guest, fd, WASI_SDFLAG_WR), WASI_ENOTCAPABLE);
  EQUAL(wasi_sock_accept(guest, fd, 0, OUT), WASI_ENOTCAPABLE);
  EQUAL(wasi_fd_fdstat_set_rights(guest, LISTENER, 0, 0), WASI_ESUCCESS);
  EQUAL(wasi_sock_accept(guest, LISTENER, 0, OUT), WASI_ENOTCAPABLE);
  close(client);
}

const struct wasi_test listen_tests[] = {
    ONCE(refuses_what_is_no_address) ONCE(says_why_not) ONCE(announces_chosen_ports) ONCE(is_a_stream_socket)
        ONCE(listens_where_told) ONCE(serves_a_client) ONCE(hands_rights_down){0}};
