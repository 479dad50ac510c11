/*
 * Runs the chains of tail calls of tests/embed/guests/tail.s in an executable. Elsewhere it says what they
 * must come to.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#ifdef __wasm__
uint64_t ring(uint64_t n), ping(uint64_t n), pong(void), outside(uint64_t n), results_sum(uint64_t n),
    deep(uint64_t n);
uint64_t leap(uint32_t entry, uint64_t n);
void set_entry(uint32_t to, uint32_t from);
uint64_t next(uint64_t n);

static uint32_t entry_of(void (*function)(void)) {
  return (uint32_t)(uintptr_t)function;
}

/* The import of tail.s. */
uint64_t next(uint64_t n) {
  return n + 1;
}
#else
static void set_entry(uint32_t to, uint32_t from) {
  (void)to, (void)from;
}

static uint64_t ring(uint64_t n) {
  return 23 * n * (n + 1) + 378 * n;
}

static uint64_t results_sum(uint64_t n) {
  return 14 * n + 2 - 3 + 4;
}

static uint64_t ping(uint64_t n) {
  return 42 + 0 * n;
}

static uint64_t outside(uint64_t n) {
  return n + 1;
}

static uint64_t leap(uint32_t entry, uint64_t n) {
  (void)entry, (void)n;
  return 42;
}

#define entry_of(function) 0u
#endif

int main(int argc, char **argv) {
  const uint64_t n = strtoull(argc > 1 ? argv[1] : "3400000", NULL, 10);
  set_entry(1, entry_of((void (*)(void))pong));
  set_entry(2, entry_of((void (*)(void))ping));
  printf("ring %llu\n", (unsigned long long)ring(n));
  printf("results %llu\n", (unsigned long long)results_sum(n));
  printf("ping %llu\n", (unsigned long long)ping(n));
  printf("leap %llu\n", (unsigned long long)leap(2, n));
  printf("outside %llu\n", (unsigned long long)outside(n));
  return 0;
}
