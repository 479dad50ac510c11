/*
 * Reservations of address space that an emulator need not know of. qemu-user notes every page of a mapping,
 * 2 million of them for each memory in guard mode, twice, which took most of the time of a test run. Where
 * the tests run under it, what libwasmrt maps without any access is left unmapped, at addresses that nobody
 * else is given: an access faults as before. These definitions come before libc's in the executable of the
 * tests.
 */
#include <errno.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "run.h"

/* Only what is at least this large is worth it; and where reservations go that may lie anywhere, which is far
 * above what the emulator hands out. */
#define LARGE ((size_t)1 << 28)
#define PLACE ((uintptr_t)1 << 44)
#define ALIGNMENT ((uintptr_t)1 << 21)

enum { RESERVATIONS_MAX = 1024 };

struct reservation {
  uintptr_t begin, end;           /* what libwasmrt takes for mapped */
  uintptr_t used_begin, used_end; /* what is */
};

static struct {
  bool enabled;
  uintptr_t next;
  unsigned count;
  struct reservation rows[RESERVATIONS_MAX];
} lazy = {.next = PLACE};

void spec_reserve_lazily(void) {
  lazy.enabled = true;
}

static struct reservation *find(uintptr_t begin, uintptr_t end) {
  for (unsigned i = 0; i < lazy.count; i++) {
    if (begin < lazy.rows[i].end && end > lazy.rows[i].begin) {
      return &lazy.rows[i];
    }
  }
  return NULL;
}

static void *system_map(void *address, size_t size, int protection, int flags, int file, off_t offset) {
  return (void *)syscall(SYS_mmap, address, size, protection, flags, file, offset);
}

void *mmap(void *address, size_t size, int protection, int flags, int file, off_t offset) {
  if (!lazy.enabled || protection != PROT_NONE || size < LARGE || lazy.count == RESERVATIONS_MAX) {
    return system_map(address, size, protection, flags, file, offset);
  }
  uintptr_t begin = (uintptr_t)address;
  if (address == NULL) {
    begin = lazy.next;
    lazy.next += (size + 2 * ALIGNMENT - 1) & -ALIGNMENT;
  } else if (find(begin, begin + size) != NULL) {
    errno = EEXIST;
    return MAP_FAILED;
  }
  lazy.rows[lazy.count++] = (struct reservation){.begin = begin, .end = begin + size};
  return (void *)begin;
}

int mprotect(void *address, size_t size, int protection) {
  const uintptr_t begin = (uintptr_t)address, end = begin + size;
  struct reservation *row = find(begin, end);
  if (row == NULL) {
    return (int)syscall(SYS_mprotect, address, size, protection);
  }
  /* libwasmrt makes the pages of a memory accessible from the first one on, and each of them once. */
  if (begin < row->begin || end > row->end || (row->used_end != 0 && begin != row->used_end)) {
    errno = ENOMEM;
    return -1;
  }
  const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED;
  if (system_map(address, size, protection, flags, -1, 0) == MAP_FAILED) {
    return -1;
  }
  row->used_begin = row->used_end == 0 ? begin : row->used_begin;
  row->used_end = end;
  return 0;
}

/* Libwasmrt cuts a reservation's ends off before it is used, and later unmaps all of it. */
int munmap(void *address, size_t size) {
  const uintptr_t begin = (uintptr_t)address, end = begin + size;
  struct reservation *row = find(begin, end);
  if (row == NULL) {
    return (int)syscall(SYS_munmap, address, size);
  }
  int result = 0;
  if (row->used_end != 0 && begin <= row->used_begin && end >= row->used_end) {
    result = (int)syscall(SYS_munmap, row->used_begin, row->used_end - row->used_begin);
    row->used_begin = row->used_end = 0;
  }
  if (begin <= row->begin && end >= row->end) {
    *row = lazy.rows[--lazy.count];
  } else if (begin <= row->begin) {
    row->begin = end;
  } else {
    row->end = begin;
  }
  return result;
}
