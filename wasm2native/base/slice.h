/* A borrowed run of bytes: names and segments are slices of the input, never copies. */
#ifndef BASE_SLICE_H
#define BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct slice {
  const uint8_t *data;
  size_t size;
};

static inline bool slice_equal(struct slice a, struct slice b) {
  return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

static inline struct slice slice_of(const char *text) {
  return (struct slice){(const uint8_t *)text, strlen(text)};
}

#endif
