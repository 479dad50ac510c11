/* Descriptors: rights, flags, renumbering, preopens, and what else is done to an open file but reading and
 * writing. */
#include "harness.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static uint64_t base_rights(uint32_t fd) {
  EQUAL(wasi_fd_fdstat_get(guest, fd, OUT), WASI_ESUCCESS);
  return get64(OUT + 8);
}

static uint16_t flags_of(uint32_t fd) {
  EQUAL(wasi_fd_fdstat_get(guest, fd, OUT), WASI_ESUCCESS);
  return (uint16_t)(get32(OUT) >> 16);
}

static void names_preopens(void) {
  EQUAL(wasi_fd_prestat_get(guest, ROOT, OUT), WASI_ESUCCESS);
  EQUAL(get32(OUT), 0);
  EQUAL(get32(OUT + 4), 1);
  EQUAL(wasi_fd_prestat_get(guest, FROZEN, OUT), WASI_ESUCCESS);
  EQUAL(get32(OUT + 4), 7);
  EQUAL(wasi_fd_prestat_dir_name(guest, FROZEN, BUFFER, 7), WASI_ESUCCESS);
  CHECK(memcmp(guest_bytes(BUFFER), "/frozen\0", 8) == 0);
  EQUAL(wasi_fd_prestat_dir_name(guest, FROZEN, BUFFER, 6), WASI_ENAMETOOLONG);
  EQUAL(wasi_fd_prestat_dir_name(guest, FROZEN, BUFFER, 100), WASI_ESUCCESS);
  /* What is not a preopen must end a libc's search for them. */
  EQUAL(wasi_fd_prestat_get(guest, 5, OUT), WASI_EBADF);
  uint32_t fd = must_open(ROOT, "dir", 0, 0);
  EQUAL(wasi_fd_prestat_get(guest, fd, OUT), WASI_EBADF);
  EQUAL(wasi_fd_prestat_dir_name(guest, fd, BUFFER, 100), WASI_EBADF);
  EQUAL(wasi_fd_prestat_get(guest, 0, OUT), WASI_EBADF);
}

static void closes(void) {
  uint32_t fd = must_open(ROOT, "file", 0, READ_ONLY);
  int host = wasi_state(guest)->descriptors[fd].host;
  EQUAL(wasi_fd_close(guest, fd), WASI_ESUCCESS);
  EQUAL(fcntl(host, F_GETFD), -1);
  EQUAL(wasi_fd_close(guest, fd), WASI_EBADF);
  EQUAL(must_open(ROOT, "file", 0, READ_ONLY), fd); /* the lowest free number */
  EQUAL(wasi_fd_close(guest, ROOT), WASI_ESUCCESS);
  EQUAL(open_path(ROOT, "file", 0, READ_ONLY, 0), WASI_EBADF);
}

/* The host's own streams stay open for the host. */
static void closing_a_stream_spares_the_host(void) {
  EQUAL(wasi_fd_close(guest, 2), WASI_ESUCCESS);
  EQUAL(write_text(2, "x"), WASI_EBADF);
  CHECK(fcntl(2, F_GETFD) != -1);
}

static void opens_many(void) {
  for (uint32_t i = 5; i < 200; i++) {
    EQUAL(must_open(ROOT, "file", 0, READ_ONLY), i);
  }
  EQUAL(wasi_fd_close(guest, 100), WASI_ESUCCESS);
  EQUAL(must_open(ROOT, "file", 0, READ_ONLY), 100);
  EQUAL(stat_path(ROOT, 0, "file"), WASI_ESUCCESS);
}

static void renumbers(void) {
  uint32_t file = must_open(ROOT, "file", 0, READ_WRITE), dir = must_open_directory(ROOT, "dir");
  int replaced = wasi_state(guest)->descriptors[dir].host;
  EQUAL(wasi_fd_renumber(guest, file, dir), WASI_ESUCCESS);
  EQUAL(fcntl(replaced, F_GETFD), -1);
  EQUAL(wasi_fd_close(guest, file), WASI_EBADF);
  EQUAL(read_bytes(dir, 10), WASI_ESUCCESS);
  EQUAL(get32(OUT), 4);
  EQUAL(wasi_fd_renumber(guest, dir, file), WASI_EBADF); /* the target must be open */
  EQUAL(wasi_fd_renumber(guest, dir, dir), WASI_ESUCCESS);
  EQUAL(read_bytes(dir, 10), WASI_ESUCCESS);
  /* Over a preopen: what was moved there is none. */
  EQUAL(wasi_fd_renumber(guest, dir, ROOT), WASI_ESUCCESS);
  EQUAL(wasi_fd_prestat_get(guest, ROOT, OUT), WASI_EBADF);
}

static void reports_types_and_rights(void) {
  EQUAL(wasi_fd_fdstat_get(guest, ROOT, OUT), WASI_ESUCCESS);
  EQUAL(get32(OUT) & 0xff, WASI_FILETYPE_DIRECTORY);
  EQUAL(get32(OUT) >> 16, 0);
  EQUAL(get64(OUT + 8) & (WASI_RIGHT_FD_READ | WASI_RIGHT_FD_WRITE | WASI_RIGHT_FD_SEEK), 0);
  CHECK((get64(OUT + 8) & WASI_RIGHT_PATH_OPEN) != 0);
  EQUAL(get64(OUT + 16), ALL);
  uint32_t fd = must_open(ROOT, "file", 0, READ_ONLY);
  EQUAL(wasi_fd_fdstat_get(guest, fd, OUT), WASI_ESUCCESS);
  EQUAL(get32(OUT) & 0xff, WASI_FILETYPE_REGULAR_FILE);
  EQUAL(get64(OUT + 8), READ_ONLY);
  EQUAL(get64(OUT + 16), READ_ONLY);
  /* Rights that a type has no use for are dropped. */
  fd = must_open(ROOT, "dir", 0, WASI_RIGHT_FD_READ | WASI_RIGHT_FD_SEEK | WASI_RIGHT_PATH_OPEN);
  EQUAL(base_rights(fd), WASI_RIGHT_PATH_OPEN);
}

static void demands_rights(void) {
  uint32_t fd = must_open(ROOT, "file", 0, 0);
  put_vector(0, BUFFER, 4);
  EQUAL(wasi_fd_read(guest, fd, VECTORS, 1, OUT), WASI_ENOTCAPABLE);
  EQUAL(wasi_fd_write(guest, fd, VECTORS, 1, OUT), WASI_ENOTCAPABLE);
  EQUAL(wasi_fd_pread(guest, fd, VECTORS, 1, 0, OUT), WASI_ENOTCAPABLE);
  EQUAL(wasi_fd_pwrite(guest, fd, VECTORS, 1, 0, OUT), WASI_ENOTCAPABLE);
  EQUAL(wasi_fd_seek(guest, fd, 0, 0, OUT), WASI_ENOTCAPABLE);
  EQUAL(wasi_fd_tell(guest, fd, OUT), WASI_ENOTCAPABLE);
  EQUAL(wasi_fd_sync(guest, fd), WASI_ENOTCAPABLE);
  EQUAL(wasi_fd_datasync(guest, fd), WASI_ENOTCAPABLE);
  EQUAL(wasi_fd_advise(guest, fd, 0, 0, 0), WASI_ENOTCAPABLE);
  EQUAL(wasi_fd_allocate(guest, fd, 0, 10), WASI_ENOTCAPABLE);
  EQUAL(wasi_fd_filestat_get(guest, fd, OUT), WASI_ENOTCAPABLE);
  EQUAL(wasi_fd_filestat_set_size(guest, fd, 0), WASI_ENOTCAPABLE);
  EQUAL(wasi_fd_filestat_set_times(guest, fd, 0, 0, 0), WASI_ENOTCAPABLE);
  EQUAL(wasi_fd_fdstat_set_flags(guest, fd, 0), WASI_ENOTCAPABLE);
  /* A descriptor's type explains itself better. */
  EQUAL(wasi_fd_readdir(guest, fd, BUFFER, 100, 0, OUT), WASI_ENOTDIR);
  EQUAL(open_path(fd, "x", 0, 0, 0), WASI_ENOTDIR);
  EQUAL(read_bytes(ROOT, 10), WASI_EISDIR);
  EQUAL(write_text(ROOT, "x"), WASI_EISDIR);
  EQUAL(wasi_fd_seek(guest, ROOT, 0, 1, OUT), WASI_EISDIR);
}

/* One right of the directory taken away: just the calls that need it fail. */
static void demands_directory_rights(void) {
  EQUAL(make_symlink("file", ROOT, "link"), WASI_ESUCCESS);
#define WITHOUT(right, call)                                                                                 \
  do {                                                                                                       \
    uint32_t fd = must_open_directory(ROOT, ".");                                                            \
    EQUAL(wasi_fd_fdstat_set_rights(guest, fd, base_rights(fd) & ~(right), DIRECTORY), WASI_ESUCCESS);       \
    EQUAL(call, WASI_ENOTCAPABLE);                                                                           \
    EQUAL(wasi_fd_close(guest, fd), WASI_ESUCCESS);                                                          \
  } while (0)
  WITHOUT(WASI_RIGHT_PATH_OPEN, open_path(fd, "file", 0, 0, 0));
  WITHOUT(WASI_RIGHT_PATH_CREATE_FILE, open_path(fd, "new", WASI_OFLAG_CREAT, 0, 0));
  WITHOUT(WASI_RIGHT_PATH_FILESTAT_SET_SIZE, open_path(fd, "file", WASI_OFLAG_TRUNC, 0, 0));
  WITHOUT(WASI_RIGHT_PATH_CREATE_DIRECTORY, make_directory(fd, "new"));
  WITHOUT(WASI_RIGHT_PATH_REMOVE_DIRECTORY, remove_directory(fd, "dir"));
  WITHOUT(WASI_RIGHT_PATH_UNLINK_FILE, unlink_file(fd, "file"));
  WITHOUT(WASI_RIGHT_PATH_SYMLINK, make_symlink("file", fd, "new"));
  WITHOUT(WASI_RIGHT_PATH_READLINK, read_link(fd, "link", 10));
  WITHOUT(WASI_RIGHT_PATH_FILESTAT_GET, stat_path(fd, 0, "file"));
  WITHOUT(WASI_RIGHT_PATH_FILESTAT_SET_TIMES, set_times(fd, 0, "file", 0, 0, 0));
  WITHOUT(WASI_RIGHT_PATH_LINK_SOURCE, make_link(fd, 0, "file", ROOT, "new"));
  WITHOUT(WASI_RIGHT_PATH_LINK_TARGET, make_link(ROOT, 0, "file", fd, "new"));
  WITHOUT(WASI_RIGHT_PATH_RENAME_SOURCE, rename_path(fd, "file", ROOT, "new"));
  WITHOUT(WASI_RIGHT_PATH_RENAME_TARGET, rename_path(ROOT, "file", fd, "new"));
  WITHOUT(WASI_RIGHT_FD_READDIR, wasi_fd_readdir(guest, fd, BUFFER, 100, 0, OUT));
  CHECK(!host_has("root/new"));
  CHECK(host_holds("root/file", "text"));
}

/* Truncating is possible with the directory's right to do so, or with the one that opened files inherit. */
static void truncates_with_either_right(void) {
  uint32_t fd = must_open_directory(ROOT, ".");
  EQUAL(wasi_fd_fdstat_set_rights(guest, fd, base_rights(fd) & ~WASI_RIGHT_PATH_FILESTAT_SET_SIZE, ALL),
        WASI_ESUCCESS);
  EQUAL(open_path(fd, "file", WASI_OFLAG_TRUNC, READ_WRITE, 0), WASI_ESUCCESS);
  CHECK(host_holds("root/file", ""));
  EQUAL(open_path(fd, "new", WASI_OFLAG_CREAT | WASI_OFLAG_TRUNC, READ_WRITE, 0), WASI_ESUCCESS);
  EQUAL(wasi_fd_fdstat_set_rights(guest, fd, base_rights(fd), ALL & ~WASI_RIGHT_FD_FILESTAT_SET_SIZE),
        WASI_ESUCCESS);
  EQUAL(open_path(fd, "file", WASI_OFLAG_TRUNC, READ_WRITE, 0), WASI_ENOTCAPABLE);
}

static void rights_only_shrink(void) {
  uint32_t fd = must_open(ROOT, "file", 0, READ_WRITE);
  EQUAL(wasi_fd_fdstat_set_rights(guest, fd, WASI_RIGHT_FD_READ, 0), WASI_ESUCCESS);
  EQUAL(base_rights(fd), WASI_RIGHT_FD_READ);
  EQUAL(write_text(fd, "x"), WASI_ENOTCAPABLE);
  EQUAL(wasi_fd_fdstat_set_rights(guest, fd, READ_WRITE, 0), WASI_ENOTCAPABLE);
  EQUAL(wasi_fd_fdstat_set_rights(guest, fd, WASI_RIGHT_FD_READ, 1), WASI_ENOTCAPABLE);
  EQUAL(wasi_fd_fdstat_set_rights(guest, fd, WASI_RIGHT_FD_READ | UINT64_C(1) << 63, 0), WASI_ENOTCAPABLE);
  EQUAL(base_rights(fd), WASI_RIGHT_FD_READ);
}

/* Nothing opened through a directory has more than the directory hands down. */
static void rights_are_inherited(void) {
  EQUAL(wasi_fd_fdstat_set_rights(guest, ROOT, base_rights(ROOT), READ_ONLY), WASI_ESUCCESS);
  EQUAL(open_path(ROOT, "file", 0, READ_WRITE, 0), WASI_ENOTCAPABLE);
  EQUAL(wasi_path_open(guest, ROOT, 0, PATH_A, 4, 0, 0, WASI_RIGHT_FD_WRITE, 0, OUT), WASI_ENOTCAPABLE);
  EQUAL(open_path(ROOT, "file", 0, READ_ONLY | UINT64_C(1) << 40, 0), WASI_ENOTCAPABLE);
  EQUAL(open_path(ROOT, "file", 0, READ_ONLY, 0), WASI_ESUCCESS);
}

static void sets_flags(void) {
  uint32_t fd = must_open(ROOT, "file", 0, READ_WRITE);
  EQUAL(flags_of(fd), 0);
  EQUAL(wasi_fd_fdstat_set_flags(guest, fd, WASI_FDFLAG_APPEND | WASI_FDFLAG_NONBLOCK), WASI_ESUCCESS);
  EQUAL(flags_of(fd), WASI_FDFLAG_APPEND | WASI_FDFLAG_NONBLOCK);
  EQUAL(write_text(fd, "more"), WASI_ESUCCESS);
  CHECK(host_holds("root/file", "textmore"));
  EQUAL(wasi_fd_fdstat_set_flags(guest, fd, 0), WASI_ESUCCESS);
  EQUAL(flags_of(fd), 0);
  EQUAL(wasi_fd_fdstat_set_flags(guest, fd, WASI_FDFLAG_SYNC), WASI_ENOTSUP);
  EQUAL(wasi_fd_fdstat_set_flags(guest, fd, WASI_FDFLAG_DSYNC), WASI_ENOTSUP);
  EQUAL(wasi_fd_fdstat_set_flags(guest, fd, 32), WASI_EINVAL);
}

static void opens_with_flags(void) {
  const uint16_t cases[][2] = {
      {WASI_FDFLAG_APPEND, WASI_FDFLAG_APPEND},
      {WASI_FDFLAG_DSYNC, WASI_FDFLAG_DSYNC},
      {WASI_FDFLAG_SYNC, WASI_FDFLAG_SYNC | WASI_FDFLAG_DSYNC | WASI_FDFLAG_RSYNC},
      {WASI_FDFLAG_NONBLOCK, WASI_FDFLAG_NONBLOCK},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    EQUAL(open_path(ROOT, "file", 0, READ_WRITE, cases[i][0]), WASI_ESUCCESS);
    uint32_t fd = opened();
    EQUAL(flags_of(fd), cases[i][1]);
    EQUAL(wasi_fd_fdstat_set_flags(guest, fd, cases[i][1] | WASI_FDFLAG_APPEND), WASI_ESUCCESS);
    EQUAL(wasi_fd_close(guest, fd), WASI_ESUCCESS);
  }
  EQUAL(open_path(ROOT, "file", 0, READ_WRITE, 32), WASI_EINVAL);
  EQUAL(open_path(ROOT, "file", 16, READ_WRITE, 0), WASI_EINVAL);
  EQUAL(wasi_path_open(guest, ROOT, 2, PATH_A, 4, 0, 0, 0, 0, OUT), WASI_EINVAL);
}

static void seeks_and_tells(void) {
  uint32_t fd = must_open(ROOT, "file", 0, READ_WRITE);
  EQUAL(wasi_fd_seek(guest, fd, 3, 0, OUT), WASI_ESUCCESS);
  EQUAL(get64(OUT), 3);
  EQUAL(wasi_fd_seek(guest, fd, (uint64_t)-1, 1, OUT), WASI_ESUCCESS);
  EQUAL(get64(OUT), 2);
  EQUAL(wasi_fd_seek(guest, fd, 10, 2, OUT), WASI_ESUCCESS);
  EQUAL(get64(OUT), 14);
  EQUAL(wasi_fd_tell(guest, fd, OUT), WASI_ESUCCESS);
  EQUAL(get64(OUT), 14);
  EQUAL(wasi_fd_seek(guest, fd, (uint64_t)-20, 1, OUT), WASI_EINVAL);
  EQUAL(wasi_fd_seek(guest, fd, 0, 3, OUT), WASI_EINVAL);
  /* The right to tell is enough to ask. */
  EQUAL(wasi_fd_fdstat_set_rights(guest, fd, WASI_RIGHT_FD_TELL, 0), WASI_ESUCCESS);
  EQUAL(wasi_fd_tell(guest, fd, OUT), WASI_ESUCCESS);
  EQUAL(wasi_fd_seek(guest, fd, 0, 1, OUT), WASI_ESUCCESS);
  EQUAL(wasi_fd_seek(guest, fd, 1, 1, OUT), WASI_ENOTCAPABLE);
  int pipes[2];
  CHECK(pipe(pipes) == 0);
  wasi_state(guest)->descriptors[0].host = pipes[0];
  wasi_state(guest)->descriptors[0].rights_base |= WASI_RIGHT_FD_SEEK;
  EQUAL(wasi_fd_seek(guest, 0, 0, 0, OUT), WASI_ESPIPE);
  close(pipes[0]);
  close(pipes[1]);
}

static void sets_size_and_allocates(void) {
  uint32_t fd =
      must_open(ROOT, "file", 0, READ_WRITE | WASI_RIGHT_FD_ALLOCATE | WASI_RIGHT_FD_FILESTAT_SET_SIZE);
  EQUAL(wasi_fd_filestat_set_size(guest, fd, 2), WASI_ESUCCESS);
  CHECK(host_holds("root/file", "te"));
  EQUAL(wasi_fd_filestat_set_size(guest, fd, 3), WASI_ESUCCESS);
  EQUAL(wasi_fd_filestat_get(guest, fd, OUT), WASI_ESUCCESS);
  EQUAL(get64(OUT + 32), 3);
  EQUAL(wasi_fd_filestat_set_size(guest, fd, UINT64_MAX), WASI_EINVAL);
  uint32_t error = wasi_fd_allocate(guest, fd, 10, 90);
  if (error != WASI_ENOTSUP) { /* some file systems cannot */
    EQUAL(error, WASI_ESUCCESS);
    EQUAL(wasi_fd_filestat_get(guest, fd, OUT), WASI_ESUCCESS);
    EQUAL(get64(OUT + 32), 100);
  }
  EQUAL(wasi_fd_allocate(guest, fd, UINT64_MAX, 1), WASI_EINVAL);
  EQUAL(wasi_fd_allocate(guest, fd, 0, 0), WASI_EINVAL);
}

static void advises_and_syncs(void) {
  uint32_t fd = must_open(ROOT, "file", 0, READ_WRITE);
  for (uint32_t advice = 0; advice < 6; advice++) {
    EQUAL(wasi_fd_advise(guest, fd, 0, 4, advice), WASI_ESUCCESS);
  }
  EQUAL(wasi_fd_advise(guest, fd, 0, 4, 6), WASI_EINVAL);
  EQUAL(wasi_fd_advise(guest, fd, UINT64_MAX, 4, 0), WASI_EINVAL);
  EQUAL(wasi_fd_sync(guest, fd), WASI_ESUCCESS);
  EQUAL(wasi_fd_datasync(guest, fd), WASI_ESUCCESS);
  EQUAL(wasi_fd_sync(guest, ROOT), WASI_ESUCCESS);
}

static void gets_status(void) {
  struct stat status;
  CHECK(stat("root/file", &status) == 0);
  uint32_t fd = must_open(ROOT, "file", 0, READ_ONLY);
  memset(guest_bytes(OUT), 0xff, 64);
  EQUAL(wasi_fd_filestat_get(guest, fd, OUT), WASI_ESUCCESS);
  EQUAL(get64(OUT), status.st_dev);
  EQUAL(get64(OUT + 8), status.st_ino);
  EQUAL(get64(OUT + 16), WASI_FILETYPE_REGULAR_FILE); /* with padding that tells nothing */
  EQUAL(get64(OUT + 24), 1);
  EQUAL(get64(OUT + 32), 4);
  EQUAL(get64(OUT + 48), (uint64_t)status.st_mtim.tv_sec * 1000000000u + (uint64_t)status.st_mtim.tv_nsec);
  EQUAL(wasi_fd_filestat_get(guest, ROOT, OUT), WASI_ESUCCESS);
  EQUAL(get64(OUT + 16), WASI_FILETYPE_DIRECTORY);
}

static void sets_times(void) {
  uint32_t fd = must_open(ROOT, "file", 0, READ_WRITE);
  EQUAL(wasi_fd_filestat_set_times(guest, fd, 1000000001, 2000000002, WASI_FSTFLAG_ATIM | WASI_FSTFLAG_MTIM),
        WASI_ESUCCESS);
  EQUAL(wasi_fd_filestat_get(guest, fd, OUT), WASI_ESUCCESS);
  EQUAL(get64(OUT + 40), 1000000001);
  EQUAL(get64(OUT + 48), 2000000002);
  EQUAL(wasi_fd_filestat_set_times(guest, fd, 5, 5, 0), WASI_ESUCCESS); /* neither */
  EQUAL(wasi_fd_filestat_set_times(guest, fd, 5, 5, WASI_FSTFLAG_MTIM_NOW), WASI_ESUCCESS);
  EQUAL(wasi_fd_filestat_get(guest, fd, OUT), WASI_ESUCCESS);
  EQUAL(get64(OUT + 40), 1000000001);
  CHECK(get64(OUT + 48) > UINT64_C(1600000000000000000));
  EQUAL(wasi_fd_filestat_set_times(guest, fd, 0, 0, WASI_FSTFLAG_ATIM | WASI_FSTFLAG_ATIM_NOW), WASI_EINVAL);
  EQUAL(wasi_fd_filestat_set_times(guest, fd, 0, 0, WASI_FSTFLAG_MTIM | WASI_FSTFLAG_MTIM_NOW), WASI_EINVAL);
  EQUAL(wasi_fd_filestat_set_times(guest, fd, 0, 0, 16), WASI_EINVAL);
}

/* A stream's file may be somebody else's, so a guest cannot cut it short or backdate it. */
static void streams_have_few_rights(void) {
  EQUAL(wasi_fd_filestat_set_size(guest, 1, 0), WASI_ENOTCAPABLE);
  EQUAL(wasi_fd_filestat_set_times(guest, 1, 0, 0, 0), WASI_ENOTCAPABLE);
  EQUAL(wasi_fd_allocate(guest, 1, 0, 1), WASI_ENOTCAPABLE);
  EQUAL(read_bytes(1, 1), WASI_ENOTCAPABLE);
  EQUAL(write_text(0, "x"), WASI_ENOTCAPABLE);
  for (uint32_t stream = 0; stream < 3; stream++) {
    EQUAL(wasi_fd_fdstat_set_flags(guest, stream, WASI_FDFLAG_NONBLOCK), WASI_ENOTCAPABLE);
  }
}

/* prog >> log: what others wrote there before is not the guest's to overwrite. */
static void appending_stream_only_appends(void) {
  int saved = dup(1), log = open("outside/secret", O_WRONLY | O_APPEND);
  dup2(log, 1);
  close(log);
  struct wasmrt_guest_options options = {.env_count = 0};
  harness_configure(0, NULL, &options);
  EQUAL(wasi_fd_fdstat_set_flags(guest, 1, 0), WASI_ENOTCAPABLE);
  EQUAL(wasi_fd_seek(guest, 1, 0, 0, OUT), WASI_ENOTCAPABLE);
  put_vector(0, BUFFER, put_text(BUFFER, "over"));
  EQUAL(wasi_fd_pwrite(guest, 1, VECTORS, 1, 0, OUT), WASI_ENOTCAPABLE);
  EQUAL(write_text(1, "more"), WASI_ESUCCESS);
  EQUAL(wasi_fd_tell(guest, 1, OUT), WASI_ESUCCESS);
  EQUAL(get64(OUT), 10);
  dup2(saved, 1);
  close(saved);
  CHECK(host_holds("outside/secret", "secretmore"));
}

/* prog < /etc grants no directory. */
static void stream_directory_is_no_preopen(void) {
  int saved = dup(0), directory = open("outside", O_RDONLY | O_DIRECTORY);
  dup2(directory, 0);
  close(directory);
  struct wasmrt_guest_options options = {.env_count = 0};
  harness_configure(0, NULL, &options);
  EQUAL(open_path(0, "secret", 0, 0, 0), WASI_ENOTCAPABLE);
  EQUAL(stat_path(0, 0, "secret"), WASI_ENOTCAPABLE);
  EQUAL(wasi_fd_readdir(guest, 0, BUFFER, 100, 0, OUT), WASI_ENOTCAPABLE);
  EQUAL(wasi_fd_prestat_get(guest, 0, OUT), WASI_EBADF);
  dup2(saved, 0);
  close(saved);
}

const struct wasi_test fd_tests[] = {
    ONCE(names_preopens) ONCE(closes) ONCE(closing_a_stream_spares_the_host) ONCE(opens_many) ONCE(renumbers)
        ONCE(reports_types_and_rights) HOST_AND_VIRTUAL(demands_rights)
            HOST_AND_VIRTUAL(demands_directory_rights) HOST_AND_VIRTUAL(truncates_with_either_right)
                HOST_AND_VIRTUAL(rights_only_shrink) HOST_AND_VIRTUAL(rights_are_inherited)
                    HOST_AND_VIRTUAL(sets_flags) HOST_AND_VIRTUAL(opens_with_flags) ONCE(seeks_and_tells)
                        HOST_AND_VIRTUAL(sets_size_and_allocates) HOST_AND_VIRTUAL(advises_and_syncs)
                            ONCE(gets_status) HOST_AND_VIRTUAL(sets_times) ONCE(streams_have_few_rights)
                                ONCE(appending_stream_only_appends) ONCE(stream_directory_is_no_preopen){0}};
