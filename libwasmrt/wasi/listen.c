/*
 * Listeners: the sockets of --listen, and sock_accept. They share a file for a reason: core refers to
 * wasmrt_wasi_open_listener weakly, which does not make the linker look for it, while every guest that
 * accepts connections pulls this file in by wasi_sock_accept.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "preview1.h"

/* Where to listen. */
struct place {
  union {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
  } address;
  socklen_t size;
};

/* A port number; -1 if the text is none. */
static int parse_port(const char *text) {
  int port = 0;
  const char *at = text;
  for (; *at >= '0' && *at <= '9' && port <= UINT16_MAX; at++) {
    port = 10 * port + (*at - '0');
  }
  return at == text || *at != '\0' || port > UINT16_MAX ? -1 : port;
}

/* A numeric host: IPv6 in brackets, IPv4, "localhost"; "" and "*" are every address of the machine. */
static bool parse_host(const char *host, in_port_t port, struct place *place) {
  char text[INET6_ADDRSTRLEN + sizeof "[]"];
  const size_t length = strlen(host);
  *place = (struct place){.size = sizeof place->address.v6};
  place->address.v6.sin6_family = AF_INET6;
  place->address.v6.sin6_port = port;
  if (length == 0 || strcmp(host, "*") == 0) {
    return true; /* all zero is the address */
  }
  if (length >= sizeof text) {
    return false;
  }
  if (host[0] == '[' && host[length - 1] == ']') {
    memcpy(text, host + 1, length - 2);
    text[length - 2] = '\0';
    return inet_pton(AF_INET6, text, &place->address.v6.sin6_addr) == 1;
  }
  place->size = sizeof place->address.v4;
  place->address.v4 = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = port};
  return inet_pton(AF_INET, strcmp(host, "localhost") == 0 ? "127.0.0.1" : host,
                   &place->address.v4.sin_addr) == 1;
}

static bool parse_place(const char *address, struct place *place) {
  char host[INET6_ADDRSTRLEN + sizeof "[]"];
  const char *colon = strrchr(address, ':');
  const int port = colon == NULL ? -1 : parse_port(colon + 1);
  if (port < 0 || (size_t)(colon - address) >= sizeof host) {
    return false;
  }
  memcpy(host, address, (size_t)(colon - address));
  host[colon - address] = '\0';
  return parse_host(host, htons((uint16_t)port), place);
}

/*
 * A socket that listens there, or -1. It blocks, as a socket does that a program opens itself: a guest that
 * wants it otherwise says so by fd_fdstat_set_flags.
 */
static int open_socket(const struct place *place) {
  const int on = 1, off = 0;
  const int host = socket(place->address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (host < 0) {
    return -1;
  }
  /* Connections of a server that has just ended do not keep the next one from its port. */
  bool good = setsockopt(host, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0;
  if (good && place->address.any.sa_family == AF_INET6) {
    /* Every address means those of IPv4, too. */
    const bool every = IN6_IS_ADDR_UNSPECIFIED(&place->address.v6.sin6_addr);
    good = setsockopt(host, IPPROTO_IPV6, IPV6_V6ONLY, every ? &off : &on, sizeof on) == 0;
  }
  if (good && bind(host, &place->address.any, place->size) == 0 && listen(host, SOMAXCONN) == 0) {
    return host;
  }
  const int error = errno;
  close(host);
  errno = error;
  return -1;
}

/* The same for every address on a machine without IPv6. */
static int open_listener(struct place *place, bool every) {
  const int host = open_socket(place);
  if (host >= 0 || !every || errno != EAFNOSUPPORT) {
    return host;
  }
  const in_port_t port = place->address.v6.sin6_port;
  *place = (struct place){.size = sizeof place->address.v4};
  place->address.v4.sin_family = AF_INET;
  place->address.v4.sin_port = port;
  return open_socket(place);
}

static const char *reason(int error) {
  switch (error) {
  case EADDRINUSE:
    return "the address is in use: ";
  case EADDRNOTAVAIL:
    return "this machine has no such address: ";
  case EACCES:
  case EPERM:
    return "no permission to listen at ";
  case EAFNOSUPPORT:
    return "this machine has not the protocol of ";
  default:
    return "cannot listen at ";
  }
}

/* Says which port the host has chosen for "HOST:0": nothing else could tell a client. */
static void announce(const char *program, const char *address, const struct place *place) {
  char digits[6], *digit = digits + sizeof digits;
  /* Both families have their port at the same place. */
  for (unsigned port = ntohs(place->address.v4.sin_port); port != 0; port /= 10) {
    *--digit = (char)('0' + port % 10);
  }
  const size_t host_length = (size_t)(strrchr(address, ':') - address) + 1;
  struct iovec parts[] = {{.iov_base = (void *)program, .iov_len = strlen(program)},
                          {.iov_base = ": listening on ", .iov_len = 15},
                          {.iov_base = (void *)address, .iov_len = host_length},
                          {.iov_base = digit, .iov_len = (size_t)(digits + sizeof digits - digit)},
                          {.iov_base = "\n", .iov_len = 1}};
  (void)!writev(STDERR_FILENO, parts, sizeof parts / sizeof *parts);
}

/* The same for "HOST:PORT"; `*place` receives the address with the port that the host has chosen. */
static const char *listen_at(const char *address, struct place *place, bool *chosen, int *host) {
  if (!parse_place(address, place)) {
    return "a listener needs HOST:PORT with a numeric host, such as 127.0.0.1:8080, [::1]:8080 or *:8080, "
           "not ";
  }
  *chosen = place->address.v4.sin_port == 0;
  *host = open_listener(place, address[0] == ':' || address[0] == '*');
  if (*host < 0) {
    return reason(errno);
  }
  if (getsockname(*host, &place->address.any, &place->size) != 0) {
    close(*host);
    return reason(errno);
  }
  return NULL;
}

const char *wasi_listen(const char *address, int *host, uint16_t *port) {
  struct place place;
  bool chosen;
  const char *problem = listen_at(address, &place, &chosen, host);
  *port =
      problem == NULL ? ntohs(place.address.v4.sin_port) : 0; /* both families have it at the same place */
  return problem;
}

const char *wasmrt_wasi_open_listener(struct wasmrt_instance *instance, const char *address,
                                      const char *program) {
  struct place place;
  bool chosen;
  struct wasi_descriptor listener = {.filetype = 0};
  const char *problem = listen_at(address, &place, &chosen, &listener.host);
  if (problem != NULL) {
    return problem;
  }
  if (!wasi_inspect(listener.host, &listener.filetype, &listener.rights_base)) {
    close(listener.host);
    return reason(errno);
  }
  listener.rights_inheriting = listener.rights_base;
  uint32_t number;
  if (wasi_insert(wasi_state(instance), listener, 3, &number) != WASI_ESUCCESS) {
    return "not enough memory to listen at ";
  }
  if (chosen && program != NULL) {
    announce(program, address, &place);
  }
  return NULL;
}

uint32_t wasi_sock_accept(struct wasmrt_instance *caller, uint32_t fd, uint32_t flags, uint32_t result) {
  /* musl's accept4 tries accept where it gets EINVAL, which is what a socket gives that does not listen. */
  WASI_NEEDS(sock_accept, NEED(accept4) NEED(accept) NEEDS_INSPECT NEEDS_INSERT);
  struct wasi_descriptor *listener;
  uint32_t error = wasi_socket(caller, fd, WASI_RIGHT_SOCK_ACCEPT, &listener);
  if (error != WASI_ESUCCESS) {
    return error;
  }
  if ((flags & ~WASI_FDFLAG_NONBLOCK) != 0) {
    return WASI_EINVAL;
  }
  if (wasmrt_guest(caller, result, sizeof(uint32_t)) == NULL) {
    return WASI_EFAULT;
  }
  struct wasi_descriptor accepted = {
      .host = accept4(listener->host, NULL, NULL,
                      SOCK_CLOEXEC | ((flags & WASI_FDFLAG_NONBLOCK) != 0 ? SOCK_NONBLOCK : 0))};
  if (accepted.host < 0 || !wasi_inspect(accepted.host, &accepted.filetype, &accepted.rights_base)) {
    error = wasi_errno(errno);
    if (accepted.host >= 0) {
      close(accepted.host);
    }
    return error;
  }
  accepted.rights_base &= listener->rights_inheriting;
  uint32_t number;
  error = wasi_insert(wasi_state(caller), accepted, 0, &number);
  if (error == WASI_ESUCCESS) {
    wasmrt_guest_write(caller, result, &number, sizeof number);
  }
  return error;
}
WASI_PUBLIC(sock_accept);
