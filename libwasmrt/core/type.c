/*
 * Canonical function types: one record for equal types of all modules and host functions of the process, so
 * that a call_indirect compares two pointers. Records are never freed; there are as many as there are
 * different types. Specification: 2.3.6, 4.4.8 (call_indirect).
 *
 * Everything is lock-free: stores on different threads are instantiated at once, and a fork may come at any
 * time.
 */
#define _GNU_SOURCE
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

#include "internal.h"

enum { BUCKETS = 256, CHUNK = 65536 };

struct chunk {
  atomic_size_t used;
  _Alignas(16) uint8_t bytes[];
};

static _Atomic(const struct wasmrt_type *) buckets[BUCKETS];
static _Atomic(struct chunk *) current;

/* Room for a record of at most some KiB; never given back. */
static void *allocate(size_t size) {
  size = (size + 15) & ~(size_t)15;
  const size_t room = CHUNK - sizeof(struct chunk);
  for (;;) {
    struct chunk *chunk = atomic_load(&current);
    if (chunk != NULL) {
      size_t offset = atomic_load(&chunk->used);
      if (offset <= room - size) {
        if (atomic_compare_exchange_weak(&chunk->used, &offset, offset + size)) {
          return chunk->bytes + offset;
        }
        continue;
      }
    }
    struct chunk *fresh = mmap(NULL, CHUNK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (fresh == MAP_FAILED) {
      return NULL;
    }
    if (!atomic_compare_exchange_strong(&current, &chunk, fresh)) {
      munmap(fresh, CHUNK); /* another thread was first */
    }
  }
}

static const struct wasmrt_type *find(const struct wasmrt_type *type, const struct wasmrt_type *end,
                                      uint32_t param_count, uint32_t result_count, const uint8_t *kinds) {
  for (; type != end; type = type->next) {
    if (type->param_count == param_count && type->result_count == result_count &&
        (param_count + result_count == 0 || memcmp(type->kinds, kinds, param_count + result_count) == 0)) {
      return type;
    }
  }
  return NULL;
}

const struct wasmrt_type *wasmrt_type_intern(uint32_t param_count, uint32_t result_count,
                                             const uint8_t *kinds) {
  if (param_count > WASMRT_VALUES_MAX || result_count > WASMRT_VALUES_MAX) {
    return NULL;
  }
  const uint32_t count = param_count + result_count;
  uint32_t hash = param_count * 31 + result_count;
  for (uint32_t i = 0; i < count; i++) {
    hash = (hash ^ kinds[i]) * 16777619u;
  }
  _Atomic(const struct wasmrt_type *) *bucket = &buckets[(hash ^ hash >> 16) % BUCKETS];

  const struct wasmrt_type *head = atomic_load(bucket);
  const struct wasmrt_type *known = find(head, NULL, param_count, result_count, kinds);
  if (known != NULL) {
    return known;
  }
  struct wasmrt_type *type = allocate(sizeof *type + count);
  if (type == NULL) {
    return NULL;
  }
  type->param_count = param_count;
  type->result_count = result_count;
  if (count > 0) {
    memcpy(type->kinds, kinds, count);
  }
  for (;;) {
    type->next = head;
    const struct wasmrt_type *seen = head;
    if (atomic_compare_exchange_strong(bucket, &head, type)) {
      return type;
    }
    /* Others came first: perhaps with this very type. */
    known = find(head, seen, param_count, result_count, kinds);
    if (known != NULL) {
      return known;
    }
  }
}

/* The value type of a letter of a signature, or 0. */
static uint8_t letter_kind(char letter) {
  switch (letter) {
  case 'i':
    return WASMRT_I32;
  case 'I':
    return WASMRT_I64;
  case 'f':
    return WASMRT_F32;
  case 'F':
    return WASMRT_F64;
  case 'r':
    return WASMRT_EXTERNREF;
  case 'p':
    return WASMRT_FUNCREF;
  default:
    return 0;
  }
}

const struct wasmrt_type *wasmrt_type_parse(const char *signature) {
  uint8_t kinds[2 * WASMRT_VALUES_MAX];
  uint32_t counts[2] = {0, 0};
  int side = 0;
  for (; *signature != '\0'; signature++) {
    if (*signature == ':') {
      if (++side > 1) {
        return NULL;
      }
      continue;
    }
    const uint8_t kind = letter_kind(*signature);
    if (kind == 0 || counts[side] == WASMRT_VALUES_MAX) {
      return NULL;
    }
    kinds[counts[0] + counts[1]] = kind;
    counts[side]++;
  }
  return side == 1 ? wasmrt_type_intern(counts[0], counts[1], kinds) : NULL;
}
