/* What each kernel of the benchmark defines and the harness (main.c) calls. Kernels are plain C (one C++)
 * that compiles natively and to WebAssembly, work on memory of their own and depend on nothing but their
 * parameter. */
#ifndef TESTS_BENCH_KERNEL_H
#define TESTS_BENCH_KERNEL_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Does the kernel's work once and returns a checksum of its result, the same on every machine. */
uint64_t kernel(void);

#ifdef __cplusplus
}
#endif

/* Mixes a word into a checksum. */
static inline uint64_t mix(uint64_t sum, uint64_t word) {
  sum = (sum ^ word) * 0x9e3779b97f4a7c15u;
  return sum ^ (sum >> 29);
}

/* Mixes a number into a checksum, without its last bits: compilers may contract nothing, but sums may be
 * reordered by hand in a kernel. */
static inline uint64_t mix_double(uint64_t sum, double number) {
  return mix(sum, (uint64_t)(int64_t)(number * 1e6));
}

/* A random number generator with 64 bits of state. */
static inline uint32_t next_random(uint64_t *state) {
  *state = *state * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(*state >> 33);
}

#endif
