/* Reading and writing, at the position and at offsets, in one and in many buffers. */
#include "harness.h"

#include <fcntl.h>
#include <unistd.h>

static void reads_and_writes(void) {
  uint32_t fd = must_open(ROOT, "new", WASI_OFLAG_CREAT, READ_WRITE);
  EQUAL(write_text(fd, "hello world"), WASI_ESUCCESS);
  EQUAL(get32(OUT), 11);
  CHECK(host_holds("root/new", "hello world"));
  EQUAL(wasi_fd_seek(guest, fd, 6, 0, OUT), WASI_ESUCCESS);
  EQUAL(read_bytes(fd, 3), WASI_ESUCCESS);
  EQUAL(get32(OUT), 3);
  CHECK(memcmp(guest_bytes(BUFFER), "wor", 3) == 0);
  EQUAL(read_bytes(fd, 100), WASI_ESUCCESS);
  EQUAL(get32(OUT), 2);
  EQUAL(read_bytes(fd, 100), WASI_ESUCCESS);
  EQUAL(get32(OUT), 0);
}

static void scatters_and_gathers(void) {
  uint32_t fd = must_open(ROOT, "new", WASI_OFLAG_CREAT, READ_WRITE);
  put_text(BUFFER, "abcdef");
  put_vector(0, BUFFER + 4, 2);
  put_vector(1, BUFFER, 0);
  put_vector(2, BUFFER, 3);
  EQUAL(wasi_fd_write(guest, fd, VECTORS, 3, OUT), WASI_ESUCCESS);
  EQUAL(get32(OUT), 5);
  CHECK(host_holds("root/new", "efabc"));
  EQUAL(wasi_fd_seek(guest, fd, 0, 0, OUT), WASI_ESUCCESS);
  put_vector(0, BUFFER + 100, 1);
  put_vector(1, BUFFER + 200, 10);
  EQUAL(wasi_fd_read(guest, fd, VECTORS, 2, OUT), WASI_ESUCCESS);
  EQUAL(get32(OUT), 5);
  CHECK(memcmp(guest_bytes(BUFFER + 100), "e\0", 2) == 0);
  CHECK(memcmp(guest_bytes(BUFFER + 200), "fabc\0", 5) == 0);
}

/* More buffers than one system call takes. */
static void writes_many_buffers(void) {
  uint32_t fd = must_open(ROOT, "new", WASI_OFLAG_CREAT, READ_WRITE);
  for (uint32_t i = 0; i < 200; i++) {
    *(uint8_t *)guest_bytes(BUFFER + i) = (uint8_t)('a' + i % 26);
    put_vector(i, BUFFER + i, 1);
  }
  EQUAL(wasi_fd_write(guest, fd, VECTORS, 200, OUT), WASI_ESUCCESS);
  EQUAL(get32(OUT), 200);
  EQUAL(wasi_fd_pwrite(guest, fd, VECTORS, 200, 100, OUT), WASI_ESUCCESS);
  EQUAL(get32(OUT), 200);
  EQUAL(wasi_fd_tell(guest, fd, OUT), WASI_ESUCCESS);
  EQUAL(get64(OUT), 200);
  EQUAL(wasi_fd_filestat_get(guest, fd, OUT), WASI_ESUCCESS);
  EQUAL(get64(OUT + 32), 300);
  /* A read takes what fits into one call, and says so. */
  EQUAL(wasi_fd_seek(guest, fd, 0, 0, OUT), WASI_ESUCCESS);
  EQUAL(wasi_fd_read(guest, fd, VECTORS, 200, OUT), WASI_ESUCCESS);
  EQUAL(get32(OUT), WASI_BATCH);
  /* An error after the first batch comes with the next call; what was written counts. */
  put_vector(150, UINT32_MAX, 2);
  EQUAL(wasi_fd_write(guest, fd, VECTORS, 200, OUT), WASI_ESUCCESS);
  EQUAL(get32(OUT), 128);
}

static void reads_and_writes_at_offsets(void) {
  uint32_t fd = must_open(ROOT, "file", 0, READ_WRITE);
  put_vector(0, BUFFER, 2);
  EQUAL(wasi_fd_pread(guest, fd, VECTORS, 1, 1, OUT), WASI_ESUCCESS);
  EQUAL(get32(OUT), 2);
  CHECK(memcmp(guest_bytes(BUFFER), "ex", 2) == 0);
  EQUAL(wasi_fd_pread(guest, fd, VECTORS, 1, 100, OUT), WASI_ESUCCESS);
  EQUAL(get32(OUT), 0);
  put_text(BUFFER, "AB");
  EQUAL(wasi_fd_pwrite(guest, fd, VECTORS, 1, 3, OUT), WASI_ESUCCESS);
  CHECK(host_holds("root/file", "texAB"));
  EQUAL(wasi_fd_tell(guest, fd, OUT), WASI_ESUCCESS);
  EQUAL(get64(OUT), 0);
  EQUAL(wasi_fd_pread(guest, fd, VECTORS, 1, UINT64_MAX, OUT), WASI_EINVAL);
  EQUAL(wasi_fd_pwrite(guest, fd, VECTORS, 1, UINT64_C(1) << 63, OUT), WASI_EINVAL);
  /* They need the right to seek as well. */
  EQUAL(wasi_fd_fdstat_set_rights(guest, fd, WASI_RIGHT_FD_READ | WASI_RIGHT_FD_WRITE, 0), WASI_ESUCCESS);
  EQUAL(wasi_fd_pread(guest, fd, VECTORS, 1, 0, OUT), WASI_ENOTCAPABLE);
  EQUAL(wasi_fd_pwrite(guest, fd, VECTORS, 1, 0, OUT), WASI_ENOTCAPABLE);
}

/* Linux alone would append here. */
static void writes_at_offset_of_appended_file(void) {
  EQUAL(open_path(ROOT, "file", 0, READ_WRITE, WASI_FDFLAG_APPEND), WASI_ESUCCESS);
  uint32_t fd = opened();
  EQUAL(write_text(fd, "more"), WASI_ESUCCESS);
  put_text(BUFFER, "XY");
  put_vector(0, BUFFER, 2);
  EQUAL(wasi_fd_pwrite(guest, fd, VECTORS, 1, 1, OUT), WASI_ESUCCESS);
  CHECK(host_holds("root/file", "tXYtmore"));
  EQUAL(write_text(fd, "!"), WASI_ESUCCESS);
  CHECK(host_holds("root/file", "tXYtmore!"));
}

/* The rights asked for decide how the host opens, so a guest without them cannot have more by a trick. */
static void host_modes_follow_rights(void) {
  uint32_t fd = must_open(ROOT, "file", 0, READ_ONLY);
  EQUAL(fcntl(wasi_state(guest)->descriptors[fd].host, F_GETFL) & O_ACCMODE, O_RDONLY);
  CHECK((fcntl(wasi_state(guest)->descriptors[fd].host, F_GETFD) & FD_CLOEXEC) != 0);
  fd = must_open(ROOT, "file", 0, WASI_RIGHT_FD_WRITE);
  EQUAL(fcntl(wasi_state(guest)->descriptors[fd].host, F_GETFL) & O_ACCMODE, O_WRONLY);
  fd = must_open(ROOT, "file", 0, READ_WRITE);
  EQUAL(fcntl(wasi_state(guest)->descriptors[fd].host, F_GETFL) & O_ACCMODE, O_RDWR);
  fd = must_open(ROOT, "file", 0, 0);
  EQUAL(fcntl(wasi_state(guest)->descriptors[fd].host, F_GETFL) & O_ACCMODE, O_RDONLY);
}

static void streams_reach_the_host(void) {
  int pipes[2], saved = dup(1);
  CHECK(pipe(pipes) == 0);
  dup2(pipes[1], 1);
  EQUAL(write_text(1, "printed"), WASI_ESUCCESS);
  dup2(saved, 1);
  close(saved);
  char text[16];
  EQUAL(read(pipes[0], text, sizeof text), 7);
  CHECK(memcmp(text, "printed", 7) == 0);
  close(pipes[0]);
  close(pipes[1]);
}

static void reports_host_errors(void) {
  uint32_t fd = must_open(ROOT, "file", 0, READ_WRITE);
  int full = open("/dev/full", O_RDWR | O_CLOEXEC);
  if (full >= 0) {
    int host = wasi_state(guest)->descriptors[fd].host;
    wasi_state(guest)->descriptors[fd].host = full;
    EQUAL(write_text(fd, "x"), WASI_ENOSPC);
    wasi_state(guest)->descriptors[fd].host = host;
    close(full);
  }
  EQUAL(open_path(ROOT, "file", 0, READ_ONLY, WASI_FDFLAG_NONBLOCK), WASI_ESUCCESS);
  int pipes[2];
  CHECK(pipe2(pipes, O_NONBLOCK | O_CLOEXEC) == 0);
  int host = wasi_state(guest)->descriptors[fd].host;
  wasi_state(guest)->descriptors[fd].host = pipes[0];
  EQUAL(read_bytes(fd, 10), WASI_EAGAIN);
  wasi_state(guest)->descriptors[fd].host = host;
  close(pipes[0]);
  close(pipes[1]);
}

const struct wasi_test io_tests[] = {
    HOST_AND_VIRTUAL(reads_and_writes) HOST_AND_VIRTUAL(scatters_and_gathers)
        HOST_AND_VIRTUAL(writes_many_buffers) HOST_AND_VIRTUAL(reads_and_writes_at_offsets)
            HOST_AND_VIRTUAL(writes_at_offset_of_appended_file) ONCE(host_modes_follow_rights)
                ONCE(streams_reach_the_host) ONCE(reports_host_errors){0}};
