/* Validation of UTF-8, 16 bytes at a time: what is wrong with two bytes in a row is found by three table
 * lookups, whose rows have a bit for each error (Keiser and Lemire). */
#include "../kernel.h"
#include "vector.h"

#include <stdbool.h>

enum { LENGTH = 1 << 20 };

static uint8_t text[LENGTH];

/* The errors that two bytes show. The last is none if the bytes before them ask for it. */
enum {
  TOO_SHORT = 1,  /* 11...... then no 10...... */
  TOO_LONG = 2,   /* 0....... then 10...... */
  OVERLONG_3 = 4, /* 11100000 100..... */
  TOO_LARGE = 8,  /* 11110100 1001...., 11110100 101....., 11110101 and above */
  SURROGATE = 16, /* 11101101 101..... */
  OVERLONG_2 = 32,
  OVERLONG_4 = 64, /* 11110000 1000...., and 11110101 and above with 1000.... */
  TWO_MORE = 128,  /* 10...... 10...... */
  ANY = TOO_SHORT | TOO_LONG | TWO_MORE,
  ABOVE = ANY | TOO_LARGE | OVERLONG_4,
};

static vector errors_of_pairs(vector in, vector first) {
  vector first_high =
      vector_bytes(TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TWO_MORE,
                   TWO_MORE, TWO_MORE, TWO_MORE, TOO_SHORT | OVERLONG_2, TOO_SHORT,
                   TOO_SHORT | OVERLONG_3 | SURROGATE, TOO_SHORT | TOO_LARGE | OVERLONG_4);
  vector first_low =
      vector_bytes(ANY | OVERLONG_3 | OVERLONG_2 | OVERLONG_4, ANY | OVERLONG_2, ANY, ANY, ANY | TOO_LARGE,
                   ABOVE, ABOVE, ABOVE, ABOVE, ABOVE, ABOVE, ABOVE, ABOVE, ABOVE | SURROGATE, ABOVE, ABOVE);
  enum { ALL = TOO_LONG | OVERLONG_2 | TWO_MORE };
  vector second_high =
      vector_bytes(TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,
                   ALL | OVERLONG_3 | OVERLONG_4, ALL | OVERLONG_3 | TOO_LARGE, ALL | SURROGATE | TOO_LARGE,
                   ALL | SURROGATE | TOO_LARGE, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT);
  vector digit = vector_splat8(15);
  vector a = vector_swizzle(first_high, vector_and(vector_right16(first, 4), digit));
  vector b = vector_swizzle(first_low, vector_and(first, digit));
  vector c = vector_swizzle(second_high, vector_and(vector_right16(in, 4), digit));
  return vector_and(vector_and(a, b), c);
}

static bool is_valid(const uint8_t *from, size_t length) {
  vector top = vector_splat8(0x80), zero = vector_splat8(0);
  vector error = zero, previous = zero, unfinished = zero;
  vector greatest = vector_bytes(255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0xf0 - 1,
                                 0xe0 - 1, 0xc0 - 1);
  for (size_t i = 0; i < length; i += 16) {
    vector in = vector_load(from + i);
    if (vector_is_zero(vector_and(in, top))) {
      error = vector_or(error, unfinished);
      unfinished = zero;
    } else {
      vector pairs = errors_of_pairs(in, vector_before(in, previous, 1));
      vector third = vector_sub_saturated_u8(vector_before(in, previous, 2), vector_splat8(0xe0 - 0x80));
      vector fourth = vector_sub_saturated_u8(vector_before(in, previous, 3), vector_splat8(0xf0 - 0x80));
      error = vector_or(error, vector_xor(vector_and(vector_or(third, fourth), top), pairs));
      unfinished = vector_sub_saturated_u8(in, greatest);
    }
    previous = in;
  }
  return vector_is_zero(vector_or(error, unfinished));
}

/* Writes a character's bytes; returns how many. */
static size_t put(uint8_t *to, uint32_t c) {
  if (c < 0x80) {
    to[0] = (uint8_t)c;
    return 1;
  }
  size_t more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
  to[0] = (uint8_t)(0xff00 >> (more + 1) | c >> (6 * more));
  for (size_t i = 1; i <= more; i++) {
    to[i] = (uint8_t)(0x80 | (c >> (6 * (more - i)) & 0x3f));
  }
  return more + 1;
}

static void write_text(void) {
  uint64_t state = 1;
  size_t at = 0;
  while (at < LENGTH - 64) {
    static const uint32_t kinds[] = {0x80, 0x80, 0x800, 0x800, 0xd800, 0x110000};
    uint32_t below = kinds[next_random(&state) % 6];
    for (uint32_t run = next_random(&state) % 12; run > 0; run--) {
      uint32_t c = next_random(&state) % below;
      at += put(text + at, c - 0xd800 < 0x800 ? '?' : c);
    }
  }
  while (at < LENGTH) {
    text[at++] = '.';
  }
}

uint64_t kernel(void) {
  if (text[LENGTH - 1] == 0) {
    write_text();
  }
  uint64_t sum = is_valid(text, LENGTH);
  /* Every byte of the beginning, spoilt in turn. */
  for (size_t i = 0; i < 256; i++) {
    uint8_t was = text[i];
    text[i] = (uint8_t)(was ^ (0x80 >> i % 8));
    sum = sum * 2 + is_valid(text, 512);
    text[i] = was;
    if (i % 64 == 63) {
      sum = mix(0, sum);
    }
  }
  return sum;
}
