/*
 * A call's arguments, made from the bytes that a fuzzer supplies: numbers biased towards the edges, pointers
 * into the guest's memory and past it, with what they point to.
 */
#ifndef FUZZ_ARGUMENTS_H
#define FUZZ_ARGUMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wasi_rows.h"

#define PARAMETERS 9
/* Not a whole number of 64 KiB pages: memories with pages of a byte may have any size. */
#define GUEST_SIZE 0x6001u

/* What is left of the fuzzer's bytes; zeros follow. */
struct input {
  const uint8_t *at;
  size_t left;
};
uint8_t input_byte(struct input *input);
uint64_t input_number(struct input *input, unsigned bytes);

/* Bytes of the guest that a call may write. */
struct range {
  uint32_t address;
  uint64_t length;
  bool by_success; /* only if it succeeds */
};

struct arguments {
  uint64_t values[PARAMETERS];
  struct range writable[80];
  unsigned writable_count;
};

/* The guest's descriptors: all, and those of directories; in the order of their numbers. */
struct live {
  uint32_t all[64], directories[64];
  unsigned all_count, directory_count;
};

/* Chooses values for parameters of these kinds and lays what they point to into `memory`, GUEST_SIZE bytes.
 */
void arguments_choose(struct input *input, const uint16_t kinds[PARAMETERS], const struct live *live,
                      uint8_t *memory, struct arguments *arguments);

#endif
