/*
 * The host around the fuzzed guest: the directories that it is granted, those that it must not touch, and the
 * process's descriptors, with checks that what is not the guest's stays as it was. What does not is reported,
 * and ends the process with SIGABRT.
 *
 *   outside/     never granted; links in the mounts lead here
 *   elsewhere/   never granted; other processes move directories between it and the mount
 *   frozen/      granted read-only
 *   root/        granted, and made anew for each run
 *
 * Files that the guest must not read hold a secret, drawn anew in each process, so that the fuzzer cannot
 * have it in its bytes.
 */
#ifndef FUZZ_SURROUNDINGS_H
#define FUZZ_SURROUNDINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "preview1.h"

/* Prints like printf, and aborts. */
_Noreturn void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Makes a scratch directory with all of these, and goes there; removes it. */
void surroundings_make(void);
void surroundings_remove(void);
/* Makes root/ anew, and elsewhere/ as it was. */
void surroundings_refill(void);
/* Compares outside/, elsewhere/ and frozen/ with how they were made: names, status, contents, and times, of
 * which those of access count for files, but not frozen's. */
void surroundings_check(void);
/* Whether a secret, or a part of one, lies in these bytes. */
bool surroundings_secret(const uint8_t *bytes, size_t size);
/* With this, elsewhere/ may get and lose entries. */
extern bool surroundings_move;

/* Notes which descriptors the process has open; that this one is the guest's from now on. */
void descriptors_note(void);
void descriptors_hand_over(int host);
/* Compares: no other ones but those in the guest's table, each once, and none of a file outside of the
 * mounts. */
void descriptors_check(const struct wasi *wasi);

#endif
