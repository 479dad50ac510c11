/*
 * Output files that appear complete or not at all: written under a temporary name beside the final one, then
 * renamed. What is no regular file (/dev/null, a pipe) is written to directly.
 */
#ifndef BASE_OUTPUT_H
#define BASE_OUTPUT_H

#include <sys/types.h>

#include "arena.h"
#include "diag.h"

struct output {
  const char *path;  /* to be written: exists and is empty, unless it is no regular file */
  const char *final; /* its name when complete; the same as path where nothing is renamed */
};

/* Creates the file. Returns false after a diagnostic. Then one of the two below has to follow. */
bool output_begin(struct output *output, const char *name, struct arena *arena, struct diag_sink *sink);

/* Gives the file its name. Returns false after a diagnostic, with nothing left behind. */
bool output_commit(const struct output *output, struct diag_sink *sink);

/* Removes what was written. */
void output_discard(const struct output *output);

/* Removes what a process that ended in between has left of an output of that name. */
void output_remove_unfinished(const char *name, pid_t process, struct arena *arena);

#endif
