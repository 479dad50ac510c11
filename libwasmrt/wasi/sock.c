/* Sockets: sock_recv, sock_send, sock_shutdown, on those that the host granted and that listen.c accepted. */
#define _GNU_SOURCE
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "preview1.h"

/* All of a message's pieces: a message cannot be cut, so more than one batch is too many. */
static uint32_t gather_message(struct wasmrt_instance *caller, uint32_t address, uint32_t count,
                               struct iovec vectors[WASI_BATCH]) {
  if (count > WASI_BATCH) {
    return WASI_EMSGSIZE;
  }
  uint64_t total;
  return wasi_gather(caller, address, count, vectors, &total) < 0 ? WASI_EFAULT : WASI_ESUCCESS;
}

uint32_t wasi_sock_recv(struct wasmrt_instance *caller, uint32_t fd, uint32_t iovs, uint32_t count,
                        uint32_t flags, uint32_t result, uint32_t result_flags) {
  WASI_NEEDS(sock_recv, NEED(recvmsg));
  struct wasi_descriptor *socket;
  struct iovec vectors[WASI_BATCH];
  uint32_t error = wasi_socket(caller, fd, WASI_RIGHT_FD_READ, &socket);
  if (error == WASI_ESUCCESS && (flags & ~(WASI_RIFLAG_RECV_PEEK | WASI_RIFLAG_RECV_WAITALL)) != 0) {
    error = WASI_EINVAL;
  }
  if (error == WASI_ESUCCESS) {
    error = gather_message(caller, iovs, count, vectors);
  }
  if (error == WASI_ESUCCESS && (wasmrt_guest(caller, result, sizeof(uint32_t)) == NULL ||
                                 wasmrt_guest(caller, result_flags, sizeof(uint16_t)) == NULL)) {
    error = WASI_EFAULT;
  }
  if (error != WASI_ESUCCESS) {
    return error;
  }
  struct msghdr message = {.msg_iov = vectors, .msg_iovlen = (int)count};
  int host_flags = ((flags & WASI_RIFLAG_RECV_PEEK) != 0 ? MSG_PEEK : 0) |
                   ((flags & WASI_RIFLAG_RECV_WAITALL) != 0 ? MSG_WAITALL : 0);
  ssize_t done = recvmsg(socket->host, &message, host_flags);
  if (done < 0) {
    return wasi_errno(errno);
  }
  uint32_t received = (uint32_t)done;
  uint16_t truncated = (message.msg_flags & MSG_TRUNC) != 0 ? WASI_ROFLAG_RECV_DATA_TRUNCATED : 0;
  wasmrt_guest_write(caller, result, &received, sizeof received);
  wasmrt_guest_write(caller, result_flags, &truncated, sizeof truncated);
  return WASI_ESUCCESS;
}
WASI_SAME_UNSTABLE(sock_recv);

uint32_t wasi_sock_send(struct wasmrt_instance *caller, uint32_t fd, uint32_t iovs, uint32_t count,
                        uint32_t flags, uint32_t result) {
  WASI_NEEDS(sock_send, NEED_ARGUMENT(sendmsg, 2, MSG_NOSIGNAL));
  struct wasi_descriptor *socket;
  struct iovec vectors[WASI_BATCH];
  uint32_t error = wasi_socket(caller, fd, WASI_RIGHT_FD_WRITE, &socket);
  if (error == WASI_ESUCCESS && flags != 0) {
    error = WASI_EINVAL;
  }
  if (error == WASI_ESUCCESS) {
    error = gather_message(caller, iovs, count, vectors);
  }
  if (error == WASI_ESUCCESS && wasmrt_guest(caller, result, sizeof(uint32_t)) == NULL) {
    error = WASI_EFAULT;
  }
  if (error != WASI_ESUCCESS) {
    return error;
  }
  struct msghdr message = {.msg_iov = vectors, .msg_iovlen = (int)count};
  /* A peer that has gone is an error of the guest's call, not a signal to the host. */
  ssize_t done = sendmsg(socket->host, &message, MSG_NOSIGNAL);
  if (done < 0) {
    return wasi_errno(errno);
  }
  uint32_t sent = (uint32_t)done;
  wasmrt_guest_write(caller, result, &sent, sizeof sent);
  return WASI_ESUCCESS;
}
WASI_SAME_UNSTABLE(sock_send);

uint32_t wasi_sock_shutdown(struct wasmrt_instance *caller, uint32_t fd, uint32_t how) {
  WASI_NEEDS(sock_shutdown, NEED(shutdown));
  static const int directions[] = {-1, SHUT_RD, SHUT_WR, SHUT_RDWR};
  struct wasi_descriptor *socket;
  uint32_t error = wasi_socket(caller, fd, WASI_RIGHT_SOCK_SHUTDOWN, &socket);
  if (error != WASI_ESUCCESS) {
    return error;
  }
  if (how == 0 || how > (WASI_SDFLAG_RD | WASI_SDFLAG_WR)) {
    return WASI_EINVAL;
  }
  return shutdown(socket->host, directions[how]) == 0 ? WASI_ESUCCESS : wasi_errno(errno);
}
WASI_SAME_UNSTABLE(sock_shutdown);
