/* Base64, there and back, 12 bytes to 16 letters at a time: table lookups by byte shuffles, shifts within
 * lanes, comparisons. */
#include "../kernel.h"
#include "vector.h"

enum { LENGTH = 3 << 18, LETTERS = LENGTH / 3 * 4, SLACK = 16 };

static uint8_t data[LENGTH + SLACK], back[LENGTH + SLACK], letters[LETTERS];

/* Letters of numbers below 64 by what must be added to them, found by their range: 26..51 are range 0, then
 * every digit, plus and slash one of its own, 13 for those below 26. */
static vector encode(vector three_bytes) {
  vector order = vector_bytes(1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10);
  vector distances = vector_bytes('a' - 26, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52,
                                  '0' - 52, '0' - 52, '0' - 52, '0' - 52, '+' - 62, '/' - 63, 'A', 0, 0);
  vector in = vector_swizzle(three_bytes, order);
  vector low = vector_or(vector_and(vector_right32(in, 10), vector_splat32(0x3f)),
                         vector_and(vector_left32(in, 4), vector_splat32(0x3f00)));
  vector high = vector_or(vector_and(vector_right32(in, 6), vector_splat32(0x3f0000)),
                          vector_and(vector_left32(in, 8), vector_splat32(0x3f000000)));
  vector number = vector_or(low, high);
  vector range = vector_sub_saturated_u8(number, vector_splat8(51));
  vector is_capital = vector_greater8(vector_splat8(26), number);
  range = vector_or(range, vector_and(is_capital, vector_splat8(13)));
  return vector_add8(number, vector_swizzle(distances, range));
}

/* The reverse. A letter is one if no bit is set both in the row of its low and of its high digit. */
static vector decode(vector in, vector *bad) {
  vector rows_low = vector_bytes(0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x13, 0x1a, 0x1b,
                                 0x1b, 0x1b, 0x1a);
  vector rows_high = vector_bytes(0x10, 0x10, 0x01, 0x02, 0x04, 0x08, 0x04, 0x08, 0x10, 0x10, 0x10, 0x10,
                                  0x10, 0x10, 0x10, 0x10);
  vector distances =
      vector_bytes(0, 63 - '/', 62 - '+', 52 - '0', -'A', -'A', 26 - 'a', 26 - 'a', 0, 0, 0, 0, 0, 0, 0, 0);
  vector order = vector_bytes(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, 255, 255, 255, 255);
  vector high = vector_and(vector_right32(in, 4), vector_splat8(15));
  vector low = vector_and(in, vector_splat8(15));
  vector is_slash = vector_equal8(in, vector_splat8('/'));
  *bad = vector_or(*bad, vector_and(vector_swizzle(rows_low, low), vector_swizzle(rows_high, high)));
  vector number = vector_add8(in, vector_swizzle(distances, vector_add8(high, is_slash)));
  vector pairs =
      vector_or(vector_and(vector_left16(number, 6), vector_splat16(0xfc0)), vector_right16(number, 8));
  return vector_swizzle(vector_dot16(pairs, vector_splat32(1 << 16 | 1 << 12)), order);
}

uint64_t kernel(void) {
  if (data[1] == 0) {
    uint64_t state = 1;
    for (size_t i = 0; i < LENGTH; i++) {
      data[i] = (uint8_t)next_random(&state);
    }
    data[1] = 1;
  }
  for (size_t i = 0; i < LENGTH / 12; i++) {
    vector_store(letters + i * 16, encode(vector_load(data + i * 12)));
  }
  vector bad = vector_splat8(0);
  for (size_t i = 0; i < LENGTH / 12; i++) {
    vector_store(back + i * 12, decode(vector_load(letters + i * 16), &bad));
  }
  for (size_t i = 0; i < LENGTH; i += 16) {
    bad = vector_or(bad, vector_xor(vector_load(data + i), vector_load(back + i)));
  }
  uint64_t sum = (uint64_t)vector_is_zero(bad);
  for (size_t i = 0; i < LETTERS; i += 4099) {
    sum = mix(sum, letters[i]);
  }
  return sum;
}
