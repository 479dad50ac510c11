/* See bytes.h. */
#include "bytes.h"

#include <stdlib.h>
#include <string.h>

void put_data(struct bytes *out, const void *data, size_t size) {
  if (out->capacity - out->size < size) {
    out->capacity = out->capacity * 2 + size + 256;
    out->data = realloc(out->data, out->capacity);
    if (out->data == NULL) {
      abort();
    }
  }
  if (size > 0) {
    memcpy(out->data + out->size, data, size);
  }
  out->size += size;
}

void put_byte(struct bytes *out, uint8_t byte) {
  put_data(out, &byte, 1);
}

void put_unsigned(struct bytes *out, uint64_t value) {
  while (value >= 0x80) {
    put_byte(out, (uint8_t)(value | 0x80));
    value >>= 7;
  }
  put_byte(out, (uint8_t)value);
}

void put_signed(struct bytes *out, int64_t value) {
  while (value < -64 || value > 63) {
    put_byte(out, (uint8_t)(value | 0x80));
    value >>= 7;
  }
  put_byte(out, (uint8_t)(value & 0x7f));
}

void put_fixed(struct bytes *out, uint64_t value, unsigned size) {
  for (unsigned i = 0; i < size; i++) {
    put_byte(out, (uint8_t)(value >> (8 * i)));
  }
}

void put_name(struct bytes *out, const char *name) {
  put_unsigned(out, strlen(name));
  put_data(out, name, strlen(name));
}

/* splitmix64: every seed gives a good sequence, also the small ones that people
 * write. */
uint64_t random_next(struct random *random) {
  random->state += UINT64_C(0x9e3779b97f4a7c15);
  uint64_t z = random->state;
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  return z ^ (z >> 31);
}

unsigned random_below(struct random *random, unsigned limit) {
  return (unsigned)((random_next(random) >> 32) % limit);
}

bool random_chance(struct random *random, unsigned percent) {
  return random_below(random, 100) < percent;
}
