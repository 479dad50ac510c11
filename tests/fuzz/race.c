/* Threads that work against the fuzzed guest (race.h). */
#define _GNU_SOURCE
#include "race.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static bool racing;
static pthread_mutex_t files = PTHREAD_MUTEX_INITIALIZER, bytes = PTHREAD_MUTEX_INITIALIZER;
static uint8_t *guest_memory;
static size_t guest_size;

/* Mutexes are not fair: without a pause the guest's thread would hardly ever get one. */
static void pause_briefly(void) {
  const struct timespec time = {.tv_nsec = 1000};
  nanosleep(&time, NULL);
}

/* Swaps again and again without a pause, so that some come between two system calls of the guest's thread. */
static void swap_often(uint32_t turn) {
  static const char *const exchanged[][2] = {
      {"root/file", "root/swap_file"},  {"root/swap", "root/swap_b"}, {"root/dir", "root/out"},
      {"root/swap", "root/dir/nested"}, {"root/moving", "root/up"},   {"root/inside", "root/absolute"},
  };
  const char *const *pair = exchanged[turn % (sizeof exchanged / sizeof *exchanged)];
  for (int i = 0; i < 51; i++) {
    renameat2(AT_FDCWD, pair[0], AT_FDCWD, pair[1], RENAME_EXCHANGE);
  }
}

static void *swap_files(void *unused) {
  for (uint32_t turn = 0;; turn++) {
    race_hold_files(true);
    swap_often(turn);
    if (turn % 3 == 0) {
      renameat(AT_FDCWD, "root/moving", AT_FDCWD, "elsewhere/moving");
    } else if (turn % 3 == 1) {
      renameat2(AT_FDCWD, "elsewhere/moving", AT_FDCWD, "root/moving", RENAME_NOREPLACE);
    }
    race_hold_files(false);
    pause_briefly();
  }
  return unused;
}

/* Puts numbers and names where others are; the accesses are not atomic, as those of a guest need not be. */
static void *change_memory(void *unused) {
  static const char *const texts[] = {"../", "/", "..", "out/", "\0", "\xff\xff\xff\xff", "\x01\x60\0"};
  uint32_t state = 1;
  for (;;) {
    state = state * 1664525u + 1013904223u;
    const char *text = texts[state >> 8 & 7 % (sizeof texts / sizeof *texts)];
    const size_t length = 1 + (state >> 12 & 3);
    const size_t at = (state >> 16) * 3 % (guest_size - length);
    race_hold_memory(true);
    for (size_t i = 0; i < length && i <= strlen(text); i++) {
      *(volatile uint8_t *)(guest_memory + at + i) = (uint8_t)text[i];
    }
    race_hold_memory(false);
    pause_briefly();
  }
  return unused;
}

void race_begin(uint8_t *memory, size_t size) {
  pthread_t thread;
  sigset_t all, before;
  racing = true;
  guest_memory = memory;
  guest_size = size;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before); /* signals are for the thread that runs the guest */
  pthread_create(&thread, NULL, swap_files, NULL);
  pthread_create(&thread, NULL, change_memory, NULL);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void hold(pthread_mutex_t *mutex, bool hold_it) {
  if (racing && hold_it) {
    pthread_mutex_lock(mutex);
  } else if (racing) {
    pthread_mutex_unlock(mutex);
  }
}

void race_hold_files(bool hold_them) {
  hold(&files, hold_them);
}

void race_hold_memory(bool hold_it) {
  hold(&bytes, hold_it);
}
