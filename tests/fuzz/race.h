/*
 * Threads that work against the fuzzed guest: one swaps directories and files of its mount for links that
 * lead out, and moves a directory out of the mount and back; one changes the guest's memory, as another
 * thread of a guest could.
 */
#ifndef FUZZ_RACE_H
#define FUZZ_RACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Starts both. They go on until the process ends. */
void race_begin(uint8_t *memory, size_t size);
/* Keeps the mount, or the memory, as it is until the next call with false. Does nothing if there are no
 * threads. */
void race_hold_files(bool hold);
void race_hold_memory(bool hold);

#endif
