/* Output files that appear complete or not at all. See output.h. */
#define _GNU_SOURCE
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_renamed(const struct output *output) {
  return output->path != output->final;
}

/* The file behind the symbolic links of `name`, or NULL: a rename would replace a link itself. */
static const char *resolve_links(const char *name, struct arena *arena) {
  char *const real = realpath(name, NULL);
  if (real == NULL) {
    return NULL;
  }
  const char *const copy = arena_copy(arena, real, strlen(real));
  free(real);
  return copy;
}

static const char *temporary_name(const char *final, pid_t process, unsigned attempt, struct arena *arena) {
  return arena_printf(arena, "%s.tmp%ld-%u", final, (long)process, attempt);
}

bool output_begin(struct output *output, const char *name, struct arena *arena, struct diag_sink *sink) {
  struct stat status;
  output->final = output->path = name;
  if (stat(name, &status) == 0) {
    if (!S_ISREG(status.st_mode)) {
      return true;
    }
    output->final = resolve_links(name, arena);
    if (output->final == NULL) {
      return diag_error(sink, DIAG_IO, "cannot replace '%s': %s", name, strerror(errno));
    }
  }
  // mkstemp would do, but for its mode 0600, which the final file would keep.
  int fd = -1;
  for (unsigned attempt = 0; fd < 0; attempt++) {
    output->path = temporary_name(output->final, getpid(), attempt, arena);
    fd = open(output->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0 && errno != EEXIST) {
      return diag_error(sink, DIAG_IO, "cannot create '%s': %s", name, strerror(errno));
    }
  }
  close(fd);
  return true;
}

bool output_commit(const struct output *output, struct diag_sink *sink) {
  if (is_renamed(output) && rename(output->path, output->final) != 0) {
    diag_error(sink, DIAG_IO, "cannot write '%s': %s", output->final, strerror(errno));
    output_discard(output);
    return false;
  }
  return true;
}

void output_discard(const struct output *output) {
  if (is_renamed(output)) {
    unlink(output->path);
  }
}

void output_remove_unfinished(const char *name, pid_t process, struct arena *arena) {
  const char *const real = resolve_links(name, arena);
  const char *const final = real != NULL ? real : name;
  unsigned attempt = 0;
  while (unlink(temporary_name(final, process, attempt, arena)) == 0) {
    attempt++;
  }
}
