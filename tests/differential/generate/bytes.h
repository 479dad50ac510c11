/* A growing buffer for the binary format, spec 5.2, and the generator's random
 * numbers. */
#ifndef DIFFERENTIAL_BYTES_H
#define DIFFERENTIAL_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes {
  uint8_t *data;
  size_t size, capacity;
};

void put_byte(struct bytes *out, uint8_t byte);
void put_data(struct bytes *out, const void *data, size_t size);
void put_unsigned(struct bytes *out, uint64_t value);
void put_signed(struct bytes *out, int64_t value);
/* The low `size` bytes of a number, little-endian. */
void put_fixed(struct bytes *out, uint64_t value, unsigned size);
void put_name(struct bytes *out, const char *name);

/* A sequence of numbers that depends on nothing but its seed. */
struct random {
  uint64_t state;
};

uint64_t random_next(struct random *random);
/* Below `limit`, which is not 0. */
unsigned random_below(struct random *random, unsigned limit);
bool random_chance(struct random *random, unsigned percent);

#endif
