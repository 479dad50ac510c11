/*
 * The older module wasi_unstable, beside the newer one that the libc imports: its functions and its layouts.
 *
 * options: --dir=@/work::/
 */
#include "guest.h"

#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>

#define UNSTABLE(name) __attribute__((import_module("wasi_unstable"), import_name(#name))) extern
UNSTABLE(fd_write) int old_fd_write(int fd, const void *iovs, int count, unsigned *written);
UNSTABLE(fd_seek) int old_fd_seek(int fd, int64_t offset, int whence, uint64_t *position);
UNSTABLE(fd_filestat_get) int old_fd_filestat_get(int fd, void *status);
UNSTABLE(path_filestat_get)
int old_path_filestat_get(int fd, int flags, const char *path, int length, void *status);
UNSTABLE(poll_oneoff) int old_poll_oneoff(const void *in, void *out, int count, unsigned *events);
UNSTABLE(random_get) int old_random_get(void *buffer, int length);

int main(void) {
  int fd = open("/file", O_RDWR | O_CREAT, 0666);
  const struct {
    const char *text;
    unsigned length;
  } vector = {"0123456789", 10};
  unsigned count = 0;
  uint64_t position = 0, status[7], in[14] = {0}, out[8];
  SHOW(old_fd_write(fd, &vector, 1, &count));
  SHOW(count);
  SHOW(old_fd_seek(fd, 4, 2, &position)); /* 2 is from the start */
  SHOW(old_fd_seek(fd, 1, 0, &position)); /* 0 is from here */
  SHOW(position);
  SHOW(old_fd_filestat_get(fd, status));
  printf("type %d, links %d, size %d\n", (int)(status[2] & 255), (int)(status[2] >> 32), (int)status[3]);
  SHOW(old_path_filestat_get(3, 0, "file", 4, status));
  printf("size %d\n", (int)status[3]);
  in[0] = 7;       /* userdata; a clock */
  in[3] = 1;       /* monotonic */
  in[4] = 1000000; /* a millisecond */
  in[7] = 8;       /* userdata */
  in[8] = 1;       /* to read */
  in[9] = 99;      /* what is not open */
  SHOW(old_poll_oneoff(in, out, 1, &count));
  printf("%u event, of %d\n", count, (int)out[0]);
  SHOW(old_poll_oneoff(in, out, 2, &count));
  printf("%u event, of %d, error %d\n", count, (int)out[0], (int)(out[1] & 65535));
  SHOW(old_random_get(status, sizeof status));
  return 0;
}
