/* SHA-256 of four megabytes: rotations and additions of words, rounds that depend on each other. */
#include "kernel.h"

#include <string.h>

enum { LENGTH = 4 << 20 };

static uint8_t data[LENGTH];
static uint32_t k[64];

/* The constants are the fractions of the cube roots of the first primes; computed here in integers. */
static uint32_t root_fraction(uint32_t prime) {
  /* The largest r with r^3 <= prime * 2^96, of which the low 32 bits are wanted. */
  uint64_t low = 0, high = (uint64_t)1 << 36;
  while (high - low > 1) {
    uint64_t r = low + (high - low) / 2;
    unsigned __int128 square = (unsigned __int128)r * r;
    unsigned __int128 bound = ((unsigned __int128)prime << 96) / r;
    if (square <= bound) {
      low = r;
    } else {
      high = r;
    }
  }
  return (uint32_t)low;
}

static void prepare(void) {
  int count = 0;
  for (uint32_t n = 2; count < 64; n++) {
    uint32_t d = 2;
    while (d * d <= n && n % d != 0) {
      d++;
    }
    if (d * d > n) {
      k[count++] = root_fraction(n);
    }
  }
  for (size_t i = 0; i < LENGTH; i++) {
    data[i] = (uint8_t)(i * 131 + (i >> 8));
  }
}

static uint32_t rotate(uint32_t x, int n) {
  return x >> n | x << (32 - n);
}

static void block(uint32_t *state, const uint8_t *from) {
  uint32_t w[64], s[8];
  for (int i = 0; i < 16; i++) {
    w[i] = (uint32_t)from[4 * i] << 24 | (uint32_t)from[4 * i + 1] << 16 | (uint32_t)from[4 * i + 2] << 8 |
           from[4 * i + 3];
  }
  for (int i = 16; i < 64; i++) {
    uint32_t x = w[i - 15], y = w[i - 2];
    w[i] = w[i - 16] + w[i - 7] + (rotate(x, 7) ^ rotate(x, 18) ^ x >> 3) +
           (rotate(y, 17) ^ rotate(y, 19) ^ y >> 10);
  }
  memcpy(s, state, sizeof s);
  for (int i = 0; i < 64; i++) {
    uint32_t a = s[0], e = s[4];
    uint32_t t1 =
        s[7] + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & s[5]) ^ (~e & s[6])) + k[i] + w[i];
    uint32_t t2 = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & s[1]) ^ (a & s[2]) ^ (s[1] & s[2]));
    memmove(s + 1, s, 7 * sizeof *s);
    s[4] += t1;
    s[0] = t1 + t2;
  }
  for (int i = 0; i < 8; i++) {
    state[i] += s[i];
  }
}

uint64_t kernel(void) {
  uint32_t state[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                       0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  if (k[0] == 0) {
    prepare();
  }
  for (size_t i = 0; i < LENGTH; i += 64) {
    block(state, data + i);
  }
  return (uint64_t)state[0] << 32 | state[7];
}
