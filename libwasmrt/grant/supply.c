/*
 * What an embedder's guests have in place of the system's clocks, random bytes and sleep: fixed clocks, a
 * generator with a seed, or the embedder's callbacks. Each instance has clocks and a generator of its own, so
 * that what one does does not show in another.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../wasi/preview1.h"
#include "description.h"

enum { BLOCK = 64 }; /* bytes that the generator makes at a time */

struct supplied {
  struct wasi_supply supply; /* the first member */
  const struct wasmrt_wasi *wasi;
  uint64_t times[4]; /* what fixed clocks show next */
  uint64_t blocks;   /* made by the generator */
  uint32_t left;     /* bytes of the last one that are not used yet: its end */
  uint8_t block[BLOCK];
};

static uint64_t sum(uint64_t a, uint64_t b) {
  return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

/* ---- Clocks ----------------------------------------------------------------------------------------- */

static uint32_t read_clock(struct wasi_supply *supply, uint32_t id, bool resolution, uint64_t *nanoseconds) {
  struct supplied *supplied = (struct supplied *)supply;
  const struct wasmrt_wasi_clock *clock = &supplied->wasi->clocks[id];
  if (resolution && clock->resolution != 0) {
    *nanoseconds = clock->resolution;
    return WASI_ESUCCESS;
  }
  switch (clock->kind) {
  case WASMRT_WASI_CLOCK_SYSTEM:
    return wasi_system_clock(id, resolution, nanoseconds);
  case WASMRT_WASI_CLOCK_CALLBACK:
    *nanoseconds = 1;
    return resolution ? WASI_ESUCCESS
                      : clock->callback(clock->user, (enum wasmrt_wasi_clock_id)id, nanoseconds);
  default:
    *nanoseconds = resolution ? clock->step + (clock->step == 0) : supplied->times[id];
    if (!resolution) {
      supplied->times[id] = sum(supplied->times[id], clock->step);
    }
    return WASI_ESUCCESS;
  }
}

/* CPU clocks do not go on while a guest sleeps. */
static void put_on_clocks(struct supplied *supplied, uint64_t nanoseconds) {
  for (int id = WASI_CLOCK_REALTIME; id <= WASI_CLOCK_MONOTONIC; id++) {
    supplied->times[id] = sum(supplied->times[id], nanoseconds);
  }
}

/* ---- Random bytes ----------------------------------------------------------------------------------- */

static uint32_t rotate(uint32_t value, int bits) {
  return value << bits | value >> (32 - bits);
}

static void quarter_round(uint32_t *state, int a, int b, int c, int d) {
  state[a] += state[b];
  state[d] = rotate(state[d] ^ state[a], 16);
  state[c] += state[d];
  state[b] = rotate(state[b] ^ state[c], 12);
  state[a] += state[b];
  state[d] = rotate(state[d] ^ state[a], 8);
  state[c] += state[d];
  state[b] = rotate(state[b] ^ state[c], 7);
}

/* The block function of ChaCha20 (RFC 8439, section 2.3), with a counter of 64 bits that takes one word of
 * the nonce. */
static void make_block(struct supplied *supplied) {
  const uint64_t seed = supplied->wasi->seed;
  const uint32_t input[16] = {0x61707865,
                              0x3320646e,
                              0x79622d32,
                              0x6b206574,
                              (uint32_t)seed,
                              (uint32_t)(seed >> 32),
                              [12] = (uint32_t)supplied->blocks,
                              (uint32_t)(supplied->blocks >> 32)};
  uint32_t state[16];
  memcpy(state, input, sizeof state);
  for (int round = 0; round < 20; round += 2) {
    for (int column = 0; column < 4; column++) {
      quarter_round(state, column, 4 + column, 8 + column, 12 + column);
    }
    for (int diagonal = 0; diagonal < 4; diagonal++) {
      quarter_round(state, diagonal, 4 + (diagonal + 1) % 4, 8 + (diagonal + 2) % 4, 12 + (diagonal + 3) % 4);
    }
  }
  for (int i = 0; i < 16; i++) {
    const uint32_t word = state[i] + input[i];
    for (int byte = 0; byte < 4; byte++) {
      supplied->block[4 * i + byte] = (uint8_t)(word >> 8 * byte);
    }
  }
  supplied->blocks++;
  supplied->left = BLOCK;
}

static uint32_t fill_random(struct wasi_supply *supply, uint8_t *bytes, size_t count) {
  struct supplied *supplied = (struct supplied *)supply;
  const struct wasmrt_wasi *wasi = supplied->wasi;
  if (wasi->random_kind == GRANT_RANDOM_SYSTEM) {
    return wasi_system_random(bytes, count);
  }
  if (wasi->random_kind == GRANT_RANDOM_CALLBACK) {
    return count == 0 ? WASI_ESUCCESS : wasi->random(wasi->random_user, bytes, count);
  }
  while (count > 0) {
    if (supplied->left == 0) {
      make_block(supplied);
    }
    const size_t some = count < supplied->left ? count : supplied->left;
    memcpy(bytes, supplied->block + BLOCK - supplied->left, some);
    supplied->left -= (uint32_t)some;
    bytes += some;
    count -= some;
  }
  return WASI_ESUCCESS;
}

/* ---- Sleeping --------------------------------------------------------------------------------------- */

/* ppoll; interrupted, nothing is ready. How many descriptors are, or -1 and errno. */
static int poll_descriptors(struct pollfd *polled, uint32_t count, uint64_t nanoseconds) {
  const struct timespec timeout = {.tv_sec = (time_t)(nanoseconds / 1000000000u),
                                   .tv_nsec = (long)(nanoseconds % 1000000000u)};
  const int ready = ppoll(polled, count, nanoseconds == UINT64_MAX ? NULL : &timeout, NULL);
  if (ready >= 0 || errno != EINTR) {
    return ready;
  }
  for (uint32_t i = 0; i < count; i++) {
    polled[i].revents = 0;
  }
  return 0;
}

/* The system sleeps, and its own clock says how long: a signal or a descriptor may have ended it early. */
static uint32_t wait_with_system(struct pollfd *polled, uint32_t count, uint64_t nanoseconds,
                                 uint64_t *slept) {
  uint64_t began, ended;
  uint32_t error = wasi_system_clock(WASI_CLOCK_MONOTONIC, false, &began);
  if (error == WASI_ESUCCESS && poll_descriptors(polled, count, nanoseconds) < 0) {
    error = wasi_errno(errno);
  }
  if (error == WASI_ESUCCESS) {
    error = wasi_system_clock(WASI_CLOCK_MONOTONIC, false, &ended);
  }
  *slept = error == WASI_ESUCCESS ? ended - began : 0;
  return error;
}

/* The callback sleeps. What became ready meanwhile is reported as well. */
static uint32_t wait_with_callback(const struct wasmrt_wasi *wasi, struct pollfd *polled, uint32_t count,
                                   uint64_t nanoseconds, uint64_t *slept) {
  const int ready = poll_descriptors(polled, count, 0);
  if (ready != 0 || nanoseconds == 0) {
    return ready < 0 ? wasi_errno(errno) : WASI_ESUCCESS;
  }
  if (wasi->sleep != NULL) {
    const uint32_t error = wasi->sleep(wasi->sleep_user, nanoseconds);
    if (error != WASI_ESUCCESS) {
      return error;
    }
  }
  *slept = nanoseconds;
  return poll_descriptors(polled, count, 0) < 0 ? wasi_errno(errno) : WASI_ESUCCESS;
}

static uint32_t wait_for_guest(struct wasi_supply *supply, struct pollfd *polled, uint32_t count,
                               uint64_t nanoseconds, uint64_t *slept) {
  struct supplied *supplied = (struct supplied *)supply;
  const struct wasmrt_wasi *wasi = supplied->wasi;
  *slept = 0;
  const uint32_t error = wasi->system_sleeps || nanoseconds == UINT64_MAX
                             ? wait_with_system(polled, count, nanoseconds, slept)
                             : wait_with_callback(wasi, polled, count, nanoseconds, slept);
  put_on_clocks(supplied, *slept);
  return error;
}

static uint32_t yield_for_guest(struct wasi_supply *supply) {
  const struct wasmrt_wasi *wasi = ((struct supplied *)supply)->wasi;
  if (wasi->system_yields) {
    sched_yield();
  }
  return wasi->yield == NULL ? WASI_ESUCCESS : wasi->yield(wasi->yield_user);
}

struct wasi_supply *grant_supply_create(const struct wasmrt_wasi *wasi) {
  struct supplied *supplied = calloc(1, sizeof *supplied);
  if (supplied == NULL) {
    return NULL;
  }
  supplied->supply = (struct wasi_supply){
      .clock = read_clock, .random = fill_random, .yield = yield_for_guest, .wait = wait_for_guest};
  supplied->wasi = wasi;
  for (int id = 0; id < 4; id++) {
    supplied->times[id] = wasi->clocks[id].start;
  }
  return &supplied->supply;
}
