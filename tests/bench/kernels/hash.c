/* A hash table of integers with linear probing: insertions, look-ups of which half fail, deletions. */
#include "kernel.h"

#include <string.h>

enum { SLOTS = 1 << 18, COUNT = 150000 };

struct slot {
  uint32_t key;
  uint32_t value;
};

static struct slot table[SLOTS];

static uint32_t home(uint32_t key) {
  return (key * 2654435769u) >> (32 - 18);
}

static struct slot *find(uint32_t key) {
  uint32_t i = home(key);
  while (table[i].key != 0 && table[i].key != key) {
    i = (i + 1) % SLOTS;
  }
  return &table[i];
}

static void erase(struct slot *hole) {
  uint32_t i = (uint32_t)(hole - table), j = i;
  for (;;) {
    j = (j + 1) % SLOTS;
    if (table[j].key == 0) {
      break;
    }
    if (((j - home(table[j].key)) % SLOTS) >= ((j - i) % SLOTS)) {
      table[i] = table[j];
      i = j;
    }
  }
  table[i].key = 0;
}

uint64_t kernel(void) {
  memset(table, 0, sizeof table);
  uint64_t seed = 7, sum = 0;
  for (uint32_t i = 0; i < COUNT; i++) {
    uint32_t key = next_random(&seed) | 1;
    struct slot *slot = find(key);
    slot->key = key;
    slot->value += i;
  }
  for (int round = 0; round < 6; round++) {
    seed = 7;
    for (uint32_t i = 0; i < COUNT; i++) {
      uint32_t key = next_random(&seed) | 1;
      struct slot *slot = find(key + (i & 1) * 2);
      sum += slot->key != 0 ? slot->value : 1;
    }
  }
  seed = 7;
  for (uint32_t i = 0; i < COUNT; i++) {
    uint32_t key = next_random(&seed) | 1;
    struct slot *slot = find(key);
    if (slot->key != 0 && i % 3 != 0) {
      erase(slot);
    }
  }
  for (uint32_t i = 0; i < SLOTS; i++) {
    sum = mix(sum, table[i].key);
  }
  return sum;
}
