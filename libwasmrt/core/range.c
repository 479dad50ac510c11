/*
 * The registry of address ranges that the signal handler consults: code of modules, and reservations of
 * memories.
 *
 * Slots lie in chunks that are never freed. A slot's state counts its users in the low half, and its lives in
 * the high half: a reader takes a range for valid if the state was the same, and the slot in use, before and
 * after.
 */
#define _GNU_SOURCE
#include <stdatomic.h>
#include <sys/mman.h>

#include "internal.h"

enum { FIRST_SLOTS = 32, MORE_SLOTS = 1024 };

/* Users of a slot that is being filled in or emptied. */
#define BUSY UINT32_MAX

struct slot {
  _Atomic uint64_t state;
  _Atomic uintptr_t begin, end;
  _Atomic(const void *) owner;
};

struct chunk {
  _Atomic(struct chunk *) next;
  size_t count;
  struct slot slots[];
};

struct wasmrt_ranges {
  _Atomic(struct chunk *) more;
  struct slot first[FIRST_SLOTS];
};

struct wasmrt_ranges wasmrt_text_ranges;
struct wasmrt_ranges wasmrt_memory_ranges;

static uint32_t users(uint64_t state) {
  return (uint32_t)state;
}

static bool in_use(uint64_t state) {
  return users(state) != 0 && users(state) != BUSY;
}

static uint64_t with_users(uint64_t state, uint32_t count) {
  return (state & ~(uint64_t)UINT32_MAX) | count;
}

/* Goes through all slots: pass NULL to begin. */
struct cursor {
  struct chunk *chunk;
  struct slot *slot, *end;
};

static struct slot *next_slot(struct wasmrt_ranges *ranges, struct cursor *at) {
  if (at->slot == NULL) {
    at->slot = ranges->first;
    at->end = ranges->first + FIRST_SLOTS;
  } else if (at->slot == at->end) {
    at->chunk = atomic_load(at->chunk == NULL ? &ranges->more : &at->chunk->next);
    if (at->chunk == NULL) {
      return NULL;
    }
    at->slot = at->chunk->slots;
    at->end = at->slot + at->chunk->count;
  }
  return at->slot++;
}

/* Adds a chunk of slots and lets the cursor begin there. */
static bool add_chunk(struct wasmrt_ranges *ranges, struct cursor *at) {
  const size_t size = sizeof(struct chunk) + MORE_SLOTS * sizeof(struct slot);
  struct chunk *fresh = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (fresh == MAP_FAILED) {
    return false;
  }
  fresh->count = MORE_SLOTS;
  /* Newer chunks go in front, so that all that a cursor has seen stays reachable behind. */
  struct chunk *first = atomic_load(&ranges->more);
  do {
    atomic_store(&fresh->next, first);
  } while (!atomic_compare_exchange_weak(&ranges->more, &first, fresh));
  *at = (struct cursor){.chunk = fresh, .slot = fresh->slots, .end = fresh->slots + MORE_SLOTS};
  return true;
}

/* Adds a user to the owner's range. */
static bool share(struct wasmrt_ranges *ranges, const void *owner) {
  struct cursor at = {0};
  for (struct slot *slot; (slot = next_slot(ranges, &at)) != NULL;) {
    uint64_t state = atomic_load(&slot->state);
    while (in_use(state) && atomic_load(&slot->owner) == owner) {
      if (atomic_compare_exchange_weak(&slot->state, &state, state + 1)) {
        return true;
      }
    }
  }
  return false;
}

bool wasmrt_range_add(struct wasmrt_ranges *ranges, const void *begin, const void *end, const void *owner) {
  if (share(ranges, owner)) {
    return true;
  }
  struct cursor at = {0};
  for (;;) {
    struct slot *slot = next_slot(ranges, &at);
    if (slot == NULL) {
      struct cursor fresh;
      if (!add_chunk(ranges, &fresh)) {
        return false;
      }
      at = fresh;
      continue;
    }
    uint64_t state = atomic_load(&slot->state);
    const uint64_t life = (state >> 32) + 1;
    if (users(state) == 0 && atomic_compare_exchange_strong(&slot->state, &state, life << 32 | BUSY)) {
      atomic_store(&slot->begin, (uintptr_t)begin);
      atomic_store(&slot->end, (uintptr_t)end);
      atomic_store(&slot->owner, owner);
      atomic_store(&slot->state, life << 32 | 1);
      return true;
    }
  }
}

void wasmrt_range_remove(struct wasmrt_ranges *ranges, const void *owner) {
  struct cursor at = {0};
  for (struct slot *slot; (slot = next_slot(ranges, &at)) != NULL;) {
    uint64_t state = atomic_load(&slot->state);
    while (in_use(state) && atomic_load(&slot->owner) == owner) {
      if (users(state) > 1) {
        if (atomic_compare_exchange_weak(&slot->state, &state, state - 1)) {
          return;
        }
      } else if (atomic_compare_exchange_weak(&slot->state, &state, with_users(state, BUSY))) {
        atomic_store(&slot->owner, NULL);
        atomic_store(&slot->state, with_users(state, 0));
        return;
      }
    }
  }
}

/* The owner of the slot's range if that holds `address`. */
static const void *owner_of(struct slot *slot, uintptr_t address) {
  const uint64_t state = atomic_load(&slot->state);
  if (!in_use(state)) {
    return NULL;
  }
  const uintptr_t begin = atomic_load(&slot->begin);
  const uintptr_t end = atomic_load(&slot->end);
  const void *owner = atomic_load(&slot->owner);
  const uint64_t after = atomic_load(&slot->state);
  const bool is_same = in_use(after) && after >> 32 == state >> 32;
  return is_same && begin <= address && address < end ? owner : NULL;
}

const void *wasmrt_range_find(struct wasmrt_ranges *ranges, uintptr_t address) {
  struct cursor at = {0};
  for (struct slot *slot; (slot = next_slot(ranges, &at)) != NULL;) {
    const void *owner = owner_of(slot, address);
    if (owner != NULL) {
      return owner;
    }
  }
  return NULL;
}

void wasmrt_range_visit(struct wasmrt_ranges *ranges, uintptr_t address, wasmrt_range_visitor *visitor,
                        void *context) {
  struct cursor at = {0};
  for (struct slot *slot; (slot = next_slot(ranges, &at)) != NULL;) {
    const void *owner = owner_of(slot, address);
    if (owner != NULL) {
      visitor(context, owner);
    }
  }
}
