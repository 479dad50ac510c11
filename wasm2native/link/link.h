/*
 * Linking: from objects to a static executable, a shared object or a single object, with lld inside this
 * process. Nothing but the files of the library directory is needed: no compiler, no linker, no sysroot.
 */
#ifndef LINK_LINK_H
#define LINK_LINK_H

#include <stdbool.h>
#include <stddef.h>

#include "arena.h"
#include "diag.h"

enum link_kind {
  LINK_EXECUTABLE, /* a static PIE on musl with libwasmrt */
  LINK_SHARED,     /* a shared object whose runtime functions its host provides */
  LINK_RELOCATABLE /* one object made of several */
};

enum link_arch { LINK_X86_64, LINK_AARCH64 };

struct link_job {
  enum link_kind kind;
  enum link_arch arch;
  const char *library_dir;   /* as link_library_dir() gives it; only for LINK_EXECUTABLE */
  const char *const *inputs; /* objects and archives, in order */
  size_t input_count;
  const char *output;
  bool keep_symbols; /* else executables and shared objects are stripped */
};

/* A symbol that nothing defines, and the file that refers to it. Both live in the arena. */
struct link_undefined {
  const char *symbol;
  const char *referenced_by; /* "" if unknown */
};

struct link_undefined_list {
  struct link_undefined *items;
  size_t count;
};

/*
 * Links. A regular output file appears complete, by a rename, or not at all. Returns false if that failed:
 * every undefined symbol is then in `undefined`, and whatever else went wrong was reported to `sink`; either
 * may be empty, not both. If `undefined` is NULL, undefined symbols are reported as errors like all others.
 */
bool link_run(const struct link_job *job, struct arena *arena, struct diag_sink *sink,
              struct link_undefined_list *undefined);

/* The job as a command for a shell. */
char *link_command(const struct link_job *job, struct arena *arena);

/*
 * Where <arch>-linux-musl/ with libwasmrt.a and musl lies: ../lib/wasm2native from the running program's own
 * folder, or else below the prefix that this library was configured for.
 */
char *link_library_dir(struct arena *arena);

#endif
