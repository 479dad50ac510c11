/* fd_readdir: entries, cookies, small buffers, changes while reading. */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILES 300

/* What a whole reading of a directory found. */
static struct {
  unsigned count, calls;
  bool dot, dotdot, file, fifo, link;
  unsigned seen[FILES];
} found;

static void note(const char *name, uint32_t length, uint8_t type) {
  char text[256] = "";
  memcpy(text, name, length);
  found.count++;
  if (strcmp(text, ".") == 0) {
    found.dot = type == WASI_FILETYPE_DIRECTORY;
  } else if (strcmp(text, "..") == 0) {
    found.dotdot = type == WASI_FILETYPE_DIRECTORY;
  } else if (strcmp(text, "file") == 0) {
    found.file = type == WASI_FILETYPE_REGULAR_FILE;
  } else if (strcmp(text, "fifo") == 0) {
    found.fifo = type == WASI_FILETYPE_UNKNOWN;
  } else if (strcmp(text, "link") == 0) {
    found.link = type == WASI_FILETYPE_SYMBOLIC_LINK;
  } else if (strncmp(text, "entry-", 6) == 0) {
    found.seen[atoi(text + 6)]++;
  }
}

/* Reads as a libc does: from the cookie of the last whole entry, until a call leaves room in the buffer. */
static void read_all(uint32_t fd, uint32_t size, void (*between)(uint64_t cookie)) {
  memset(&found, 0, sizeof found);
  uint64_t cookie = 0;
  for (;;) {
    memset(guest_bytes(BUFFER + size), 0x55, 8);
    EQUAL(wasi_fd_readdir(guest, fd, BUFFER, size, cookie, OUT), WASI_ESUCCESS);
    EQUAL(get64(BUFFER + size), UINT64_C(0x5555555555555555));
    uint32_t used = get32(OUT), at = BUFFER, whole = 0;
    CHECK(used <= size);
    while (at + 24 <= BUFFER + used) {
      uint32_t length = get32(at + 16);
      if (at + 24 + length > BUFFER + used) {
        break;
      }
      note(guest_bytes(at + 24), length, *(uint8_t *)guest_bytes(at + 20));
      cookie = get64(at);
      at += 24 + length;
      whole++;
    }
    found.calls++;
    CHECK(found.calls < 2000);
    if (used < size) {
      return;
    }
    CHECK(whole > 0);
    if (between != NULL) {
      between(cookie);
    }
  }
}

static void make_files(void) {
  for (int i = 0; i < FILES; i++) {
    char name[PATH_MAX];
    join_number(name, "root/dir/entry-", (uint64_t)i);
    host_file(name, "");
  }
}

static void lists(void) {
  CHECK(mkfifo("root/fifo", 0666) == 0 && symlink("nowhere", "root/link") == 0);
  read_all(ROOT, BUFFER_SIZE - 8, NULL);
  EQUAL(found.count, 6);
  EQUAL(found.calls, 1);
  CHECK(found.dot && found.dotdot && found.file && found.fifo && found.link);
  struct stat status;
  host_status("root/file", &status);
  for (uint32_t at = BUFFER; at < BUFFER + get32(OUT); at += 24 + get32(at + 16)) {
    CHECK(get64(at) >= 1 && get64(at) <= 6); /* small numbers, whatever the file system's positions are */
    if (get32(at + 16) == 4 && memcmp(guest_bytes(at + 24), "file", 4) == 0) {
      EQUAL(get64(at + 8), status.st_ino);
      EQUAL(get32(at + 20), WASI_FILETYPE_REGULAR_FILE); /* with padding that tells nothing */
    }
  }
}

static void fills_small_buffers(void) {
  make_files();
  uint32_t dir = must_open_directory(ROOT, "dir");
  const uint32_t sizes[] = {40, 41, 63, 64, 100, 256, 1000, 4096, 30000};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    read_all(dir, sizes[i], NULL);
    EQUAL(found.count, FILES + 3);
    CHECK(found.dot && found.dotdot);
    for (int file = 0; file < FILES; file++) {
      EQUAL(found.seen[file], 1);
    }
  }
}

/* Less than an entry, even less than its header: the buffer is filled, so that the guest knows there is more.
 */
static void cuts_entries(void) {
  for (uint32_t size = 0; size < 25; size++) {
    EQUAL(wasi_fd_readdir(guest, ROOT, BUFFER, size, 0, OUT), WASI_ESUCCESS);
    EQUAL(get32(OUT), size);
  }
}

static void resumes_anywhere(void) {
  make_files();
  uint32_t dir = must_open_directory(ROOT, "dir");
  EQUAL(wasi_fd_readdir(guest, dir, BUFFER, 30000, 0, OUT), WASI_ESUCCESS);
  uint32_t used = get32(OUT), at = BUFFER;
  for (int i = 0; i < 200; i++) {
    uint32_t next = at + 24 + get32(at + 16);
    EQUAL(wasi_fd_readdir(guest, dir, PATH_A, 24, get64(at), OUT), WASI_ESUCCESS);
    EQUAL(get32(OUT), 24);
    CHECK(memcmp(guest_bytes(PATH_A), guest_bytes(next), 24) == 0); /* the same entry, with the same cookie */
    at = next;
  }
  while (at + 24 + get32(at + 16) < BUFFER + used) {
    at += 24 + get32(at + 16);
  }
  EQUAL(wasi_fd_readdir(guest, dir, PATH_A, 100, get64(at), OUT), WASI_ESUCCESS);
  EQUAL(get32(OUT), 0); /* behind the last one is the end */
}

static unsigned removed;

/* Removes what was read and adds others; what has not been read yet must still come. */
static void disturb(uint64_t cookie) {
  (void)cookie;
  for (int i = 0; i < FILES; i++) {
    char name[PATH_MAX];
    if (found.seen[i] == 1) {
      join_number(name, "root/dir/entry-", (uint64_t)i);
      if (host_has(name)) {
        host_remove(name);
        removed++;
      }
      join_number(name, "root/dir/other-", (uint64_t)i);
      host_file(name, "");
    }
  }
}

static void survives_changes(void) {
  make_files();
  uint32_t dir = must_open_directory(ROOT, "dir");
  read_all(dir, 500, disturb);
  CHECK(removed > 200);
  for (int file = 0; file < FILES; file++) {
    EQUAL(found.seen[file], 1);
  }
}

static void removes_while_reading(void) {
  make_files();
  uint32_t dir = must_open_directory(ROOT, "dir");
  EQUAL(wasi_fd_readdir(guest, dir, BUFFER, 64, 0, OUT), WASI_ESUCCESS);
  uint64_t cookie = get64(BUFFER);
  host_remove("root/dir/nested/deep");
  host_remove("root/dir/nested");
  for (int i = 0; i < FILES; i++) {
    char name[PATH_MAX];
    join_number(name, "root/dir/entry-", (uint64_t)i);
    host_remove(name);
  }
  EQUAL(remove_directory(ROOT, "dir"), WASI_ESUCCESS);
  uint32_t error = wasi_fd_readdir(guest, dir, BUFFER, 64, cookie, OUT);
  CHECK(error == WASI_ENOENT || (error == WASI_ESUCCESS && get32(OUT) <= 64));
}

static void refuses(void) {
  uint32_t file = must_open(ROOT, "file", 0, READ_ONLY);
  EQUAL(wasi_fd_readdir(guest, file, BUFFER, 64, 0, OUT), WASI_ENOTDIR);
  EQUAL(wasi_fd_readdir(guest, ROOT, BUFFER, 64, UINT64_MAX, OUT), WASI_EINVAL);
  uint32_t dir = must_open(ROOT, "dir", 0, 0);
  EQUAL(wasi_fd_readdir(guest, dir, BUFFER, 64, 0, OUT), WASI_ENOTCAPABLE);
}

/* A table of cookies that cannot become larger. */
static void bounds_its_memory(void) {
  uint32_t dir = must_open_directory(ROOT, "dir");
  struct wasi_positions *full = mmap(NULL, wasi_positions_size(WASI_POSITIONS_MAX), PROT_READ | PROT_WRITE,
                                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  CHECK(full != MAP_FAILED);
  full->count = full->limit = WASI_POSITIONS_MAX;
  wasi_state(guest)->descriptors[dir].positions = full;
  EQUAL(wasi_fd_readdir(guest, dir, BUFFER, 64, WASI_POSITIONS_MAX, OUT), WASI_ENOMEM);
  EQUAL(wasi_fd_readdir(guest, dir, BUFFER, 64, 0, OUT), WASI_ESUCCESS); /* from the start there is room */
}

const struct wasi_test readdir_tests[] = {
    ONCE(lists) HOST_AND_VIRTUAL(fills_small_buffers) HOST_AND_VIRTUAL(cuts_entries)
        HOST_AND_VIRTUAL(resumes_anywhere) HOST_AND_VIRTUAL(survives_changes)
            HOST_AND_VIRTUAL(removes_while_reading) HOST_AND_VIRTUAL(refuses) ONCE(bounds_its_memory){0}};
