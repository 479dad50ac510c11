/*
 * Linear memories: address space is reserved once, pages become accessible as the memory grows.
 * Specification: 4.2.8 (memory instances), 4.5.3.3 (allocation), 4.5.3.8 (growing).
 *
 * Guard mode reserves WASMRT_GUARD_BELOW + WASMRT_RESERVATION, so that whatever 32-bit address and offset
 * compiled code adds up, the access hits the memory or faults. Its base never moves. Check mode maps what is
 * needed and no more; compiled code compares before each access and reads the base from struct wasmrt_memory
 * each time. In the static model the base is a constant, in either mode.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>

#include "internal.h"

#include "needs.h"
#include "operations.h"

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE                                                                                  \
  0x100000 /* older systems take the address for a hint, so the result is compared */
#endif

/* What a 32-bit address reaches, and what the address space of a process might hold of a 64-bit memory. */
#define MOST_BYTES (UINT64_C(1) << 32)
#define MOST_BYTES_64 (UINT64_C(1) << 46)
/* What is reserved of that where a memory cannot move, if that suffices: emulators keep books on every page.
 */
#define MOST_BYTES_STATIC (UINT64_C(1) << 34)

/* Reservations begin at a multiple of this, and memories beyond twice as much ask for pages of this size. */
#define HUGE_PAGE (UINT64_C(2) << 20)

#define RESERVE (MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE)

static struct wasmrt_memory_record *record_of(const struct wasmrt_memory *memory) {
  return (struct wasmrt_memory_record *)memory;
}

static uint64_t round_up(uint64_t bytes, uint64_t unit) {
  return (bytes + unit - 1) & ~(unit - 1);
}

static uint64_t page_size(void) {
  return (uint64_t)getauxval(AT_PAGESZ); /* in a static executable much smaller than sysconf */
}

static enum wasmrt_status fail_to_reserve(struct wasmrt_error *error) {
  return wasmrt_fail(
      error, WASMRT_ERROR_MEMORY,
      "cannot reserve 8 GiB of address space for a memory; where it is limited (ulimit -v), compile "
      "with --bounds=check",
      NULL);
}

/* Reserves for guard mode, with the base at a multiple of HUGE_PAGE. */
static enum wasmrt_status reserve_guarded(struct wasmrt_memory_record *record, struct wasmrt_error *error) {
  const uint64_t size = WASMRT_GUARD_BELOW + WASMRT_RESERVATION;
  uint8_t *all = mmap(NULL, size + HUGE_PAGE, PROT_NONE, RESERVE, -1, 0);
  if (all == MAP_FAILED) {
    return fail_to_reserve(error);
  }
  const uint64_t before =
      round_up((uintptr_t)all + WASMRT_GUARD_BELOW, HUGE_PAGE) - WASMRT_GUARD_BELOW - (uintptr_t)all;
  if (before > 0) {
    munmap(all, before);
  }
  if (before < HUGE_PAGE) {
    munmap(all + before + size, HUGE_PAGE - before);
  }
  record->mapping = all + before;
  record->mapping_size = size;
  record->memory.base = record->mapping + WASMRT_GUARD_BELOW;
  return WASMRT_OK;
}

/* Maps [begin, begin + size) at exactly that place. */
static bool map_fixed(struct wasmrt_memory_record *record, uintptr_t begin, uint64_t size) {
  void *wanted = (void *)begin;
  void *got = mmap(wanted, size, PROT_NONE, RESERVE | MAP_FIXED_NOREPLACE, -1, 0);
  if (got == MAP_FAILED) {
    return false;
  }
  if (got != wanted) {
    munmap(got, size);
    errno = EEXIST;
    return false;
  }
  record->mapping = got;
  record->mapping_size = size;
  record->memory.base = (uint8_t *)WASMRT_STATIC_MEMORY_BASE;
  return true;
}

static enum wasmrt_status reserve_static(struct wasmrt_memory_record *record, bool guarded,
                                         uint64_t min_bytes, struct wasmrt_error *error) {
  struct wasmrt_memory *memory = &record->memory;
  bool done;
  if (guarded) {
    done = map_fixed(record, WASMRT_STATIC_MEMORY_BASE - WASMRT_GUARD_BELOW,
                     WASMRT_GUARD_BELOW + WASMRT_RESERVATION);
  } else {
    /* It cannot move: take as much as the address space allows, and grow no further. */
    if (memory->max_pages > MOST_BYTES_STATIC >> memory->page_log2 && min_bytes <= MOST_BYTES_STATIC) {
      memory->max_pages = MOST_BYTES_STATIC >> memory->page_log2;
    }
    uint64_t bytes = memory->max_pages << memory->page_log2;
    bytes = bytes == 0 ? 1 : bytes;
    done = map_fixed(record, WASMRT_STATIC_MEMORY_BASE, round_up(bytes, page_size()));
    while (!done && errno == ENOMEM && bytes / 2 >= min_bytes && bytes > 1) {
      bytes /= 2;
      memory->max_pages = bytes >> memory->page_log2;
      done = map_fixed(record, WASMRT_STATIC_MEMORY_BASE, round_up(bytes, page_size()));
    }
  }
  if (done) {
    return WASMRT_OK;
  }
  if (errno == EEXIST) {
    return wasmrt_fail(
        error, WASMRT_ERROR_MEMORY,
        "the addresses from 0x10000000 on, where a module in the static model has its memory, are in "
        "use; compile with --model=instance",
        NULL);
  }
  return guarded ? fail_to_reserve(error)
                 : wasmrt_fail(error, WASMRT_ERROR_MEMORY, "not enough address space for a memory", NULL);
}

/* Maps the smallest size for check mode; at least a page, so that there is a base. */
static enum wasmrt_status map_movable(struct wasmrt_memory_record *record, uint64_t bytes,
                                      struct wasmrt_error *error) {
  const uint64_t size = round_up(bytes == 0 ? 1 : bytes, page_size());
  uint8_t *mapping = mmap(NULL, size, PROT_READ | PROT_WRITE, RESERVE, -1, 0);
  if (mapping == MAP_FAILED) {
    return wasmrt_fail(error, WASMRT_ERROR_MEMORY, "not enough memory for a linear memory", NULL);
  }
  record->mapping = mapping;
  record->mapping_size = size;
  record->memory.base = mapping;
  record->committed = size;
  return WASMRT_OK;
}

/* Enlarges a movable memory's mapping, and tells those who know its base. */
static bool move(struct wasmrt_memory_record *record, uint64_t bytes) {
  const uint64_t size = round_up(bytes, page_size());
  uint8_t *mapping = mremap(record->mapping, record->mapping_size, size, MREMAP_MAYMOVE);
  if (mapping == MAP_FAILED) {
    return false;
  }
  record->mapping = mapping;
  record->mapping_size = size;
  record->committed = size;
  record->memory.base = mapping;
  for (struct wasmrt_runtime *user = record->users; user != NULL; user = user->next_user) {
    user->instance->memory_base = mapping;
  }
  return true;
}

/* Makes `bytes` accessible, of which those up to the size are already. */
static bool commit(struct wasmrt_memory_record *record, uint64_t bytes) {
  struct wasmrt_memory *memory = &record->memory;
  if (bytes > record->committed) {
    if (memory->flags & WASMRT_MEMORY_MOVABLE) {
      if (!move(record, bytes)) {
        return false;
      }
    } else {
      const uint64_t end = round_up(bytes, page_size());
      if (mprotect(memory->base + record->committed, end - record->committed, PROT_READ | PROT_WRITE) != 0) {
        return false;
      }
      record->committed = end;
    }
    if (record->committed >= 2 * HUGE_PAGE) {
      (void)madvise(memory->base, record->committed, MADV_HUGEPAGE); /* only faster */
    }
  }
  memory->size = bytes;
  return true;
}

static enum wasmrt_status reserve(struct wasmrt_memory_record *record, enum wasmrt_memory_mode mode,
                                  uint64_t min_bytes, struct wasmrt_error *error) {
  switch (mode) {
  case WASMRT_MEMORY_GUARD:
    record->memory.flags = WASMRT_MEMORY_GUARDED;
    return reserve_guarded(record, error);
  case WASMRT_MEMORY_CHECK:
    record->memory.flags = WASMRT_MEMORY_MOVABLE;
    return map_movable(record, min_bytes, error);
  case WASMRT_MEMORY_STATIC_GUARD:
    record->memory.flags = WASMRT_MEMORY_GUARDED;
    return reserve_static(record, true, min_bytes, error);
  case WASMRT_MEMORY_STATIC_CHECK:
    return reserve_static(record, false, min_bytes, error);
  }
  return WASMRT_ERROR_ARGUMENT;
}

enum wasmrt_status wasmrt_memory_create(struct wasmrt_memory_record *record,
                                        const struct wasmrt_limits *limits, enum wasmrt_memory_mode mode,
                                        uint64_t max_bytes, struct wasmrt_error *error) {
  memset(record, 0, sizeof *record);
  struct wasmrt_memory *memory = &record->memory;
  const uint64_t reach = limits->flags & WASMRT_LIMITS_64 ? MOST_BYTES_64 : MOST_BYTES;
  uint64_t most = (max_bytes == 0 || max_bytes > reach ? reach : max_bytes) >> limits->page_log2;
  if (!(limits->flags & WASMRT_LIMITS_64) && most > UINT32_MAX) {
    most = UINT32_MAX; /* pages of one byte: memory.size is an i32 */
  }
  if (limits->min > most) {
    return wasmrt_fail(error, WASMRT_ERROR_MEMORY, "a memory's smallest size exceeds the limit", NULL);
  }
  record->declared_max = limits->max;
  record->is_64 = (limits->flags & WASMRT_LIMITS_64) != 0;
  memory->page_log2 = limits->page_log2;
  memory->max_pages = limits->max < most ? limits->max : most;
  const uint64_t bytes = limits->min << limits->page_log2;
  enum wasmrt_status status = reserve(record, mode, bytes, error);
  if (status != WASMRT_OK) {
    return status;
  }
  if (!commit(record, bytes)) {
    wasmrt_memory_destroy(record);
    return wasmrt_fail(error, WASMRT_ERROR_MEMORY, "not enough memory for a linear memory", NULL);
  }
  if ((memory->flags & WASMRT_MEMORY_GUARDED) &&
      !wasmrt_range_add(&wasmrt_memory_ranges, record->mapping, record->mapping + record->mapping_size,
                        record)) {
    wasmrt_memory_destroy(record);
    return wasmrt_fail(error, WASMRT_ERROR_MEMORY, "not enough memory for the registry of memories", NULL);
  }
  return WASMRT_OK;
}

void wasmrt_memory_destroy(struct wasmrt_memory_record *record) {
  if (record->mapping != NULL) {
    wasmrt_range_remove(&wasmrt_memory_ranges, record);
    munmap(record->mapping, record->mapping_size);
    memset(record, 0, sizeof *record);
  }
}

uint64_t wasmrt_memory_grow(struct wasmrt_memory *memory, uint64_t pages) {
  const uint64_t old = memory->size >> memory->page_log2;
  if (pages > memory->max_pages || old > memory->max_pages - pages) {
    return UINT64_MAX;
  }
  if (pages > 0 && !commit(record_of(memory), (old + pages) << memory->page_log2)) {
    return UINT64_MAX;
  }
  return old;
}

uint64_t wasmrt_op_memory_grow(struct wasmrt_instance *instance, uint32_t memory, uint64_t pages) {
  WASMRT_NEEDS("wasmrt_op_memory_grow",
               NEED_DATA(mprotect) NEED(mremap) NEED_ARGUMENT(madvise, 2, MADV_HUGEPAGE));
  wasmrt_check_stack();
  return wasmrt_memory_grow(instance->memories[memory], pages);
}

uint8_t *wasmrt_memory_data(const struct wasmrt_memory *memory) {
  return memory->base;
}

uint64_t wasmrt_memory_size(const struct wasmrt_memory *memory) {
  return memory->size;
}

void *wasmrt_memory_view(const struct wasmrt_memory *memory, uint64_t address, uint64_t size) {
  /* address + size is never formed: it may overflow. */
  return size <= memory->size && address <= memory->size - size ? memory->base + address : NULL;
}

bool wasmrt_memory_read(const struct wasmrt_memory *memory, uint64_t address, void *to, size_t size) {
  const void *from = wasmrt_memory_view(memory, address, size);
  if (from != NULL && size > 0) {
    memcpy(to, from, size);
  }
  return from != NULL;
}

bool wasmrt_memory_write(struct wasmrt_memory *memory, uint64_t address, const void *from, size_t size) {
  void *to = wasmrt_memory_view(memory, address, size);
  if (to != NULL && size > 0) {
    memcpy(to, from, size);
  }
  return to != NULL;
}
