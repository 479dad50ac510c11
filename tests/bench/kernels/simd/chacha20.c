/* The ChaCha20 stream cipher (RFC 8439, 2.3), four blocks at a time, a word of each in a vector: additions,
 * rotations, a transposition. Vector types say all of it. */
#include "../kernel.h"

#include <string.h>

enum { LENGTH = 1 << 20 };

typedef uint32_t words __attribute__((vector_size(16)));

static uint8_t data[LENGTH];

static inline words rotate(words x, int n) {
  return x << n | x >> (32 - n);
}

static inline void quarter(words *x, int a, int b, int c, int d) {
  x[a] += x[b], x[d] = rotate(x[d] ^ x[a], 16);
  x[c] += x[d], x[b] = rotate(x[b] ^ x[c], 12);
  x[a] += x[b], x[d] = rotate(x[d] ^ x[a], 8);
  x[c] += x[d], x[b] = rotate(x[b] ^ x[c], 7);
}

static inline void add_row(uint8_t *to, words key) {
  words row;
  memcpy(&row, to, sizeof row);
  row ^= key;
  memcpy(to, &row, sizeof row);
}

/* Encrypts 256 bytes: the words i to i + 3 of the four blocks become 16 bytes of each. */
static void four_blocks(uint8_t *to, const words *state) {
  words x[16];
  memcpy(x, state, sizeof x);
  for (int round = 0; round < 10; round++) {
    quarter(x, 0, 4, 8, 12);
    quarter(x, 1, 5, 9, 13);
    quarter(x, 2, 6, 10, 14);
    quarter(x, 3, 7, 11, 15);
    quarter(x, 0, 5, 10, 15);
    quarter(x, 1, 6, 11, 12);
    quarter(x, 2, 7, 8, 13);
    quarter(x, 3, 4, 9, 14);
  }
  for (int i = 0; i < 16; i++) {
    x[i] += state[i];
  }
  for (int i = 0; i < 16; i += 4, to += 16) {
    words low01 = __builtin_shufflevector(x[i], x[i + 1], 0, 4, 1, 5);
    words low23 = __builtin_shufflevector(x[i + 2], x[i + 3], 0, 4, 1, 5);
    words high01 = __builtin_shufflevector(x[i], x[i + 1], 2, 6, 3, 7);
    words high23 = __builtin_shufflevector(x[i + 2], x[i + 3], 2, 6, 3, 7);
    add_row(to, __builtin_shufflevector(low01, low23, 0, 1, 4, 5));
    add_row(to + 64, __builtin_shufflevector(low01, low23, 2, 3, 6, 7));
    add_row(to + 128, __builtin_shufflevector(high01, high23, 0, 1, 4, 5));
    add_row(to + 192, __builtin_shufflevector(high01, high23, 2, 3, 6, 7));
  }
}

static void encrypt(uint8_t *to, size_t length) {
  static const uint8_t nonce[12] = {0, 0, 0, 9, 0, 0, 0, 0x4a};
  uint32_t words_of_state[16] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};
  words state[16];
  for (uint32_t i = 0; i < 8; i++) {
    words_of_state[4 + i] = 0x03020100 + i * 0x04040404;
  }
  memcpy(words_of_state + 13, nonce, sizeof nonce);
  for (int i = 0; i < 16; i++) {
    state[i] = (words){0, 0, 0, 0} + words_of_state[i];
  }
  state[12] = (words){1, 2, 3, 4};
  for (size_t i = 0; i < length; i += 256) {
    four_blocks(to + i, state);
    state[12] += 4;
  }
}

uint64_t kernel(void) {
  memset(data, 0, LENGTH);
  encrypt(data, LENGTH);
  /* RFC 8439, 2.3.2: the first block of this key and nonce begins so. */
  static const uint8_t first[8] = {0x10, 0xf1, 0xe7, 0xe4, 0xd1, 0x3b, 0x59, 0x15};
  uint64_t sum = (uint64_t)memcmp(data, first, sizeof first);
  for (size_t i = 0; i < LENGTH; i += 4093) {
    sum = mix(sum, data[i]);
  }
  return sum;
}
