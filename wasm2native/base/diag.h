/*
 * Diagnostics: what went wrong, where, and in which phase. Library code reports through a sink and returns
 * false; it neither prints nor exits. Printed as
 *
 *   a.wasm:0x1a3: error: in func 12 "fib": type mismatch in i32.add: expected i32, found f32
 *
 * The offset is that of the byte in the file, as wasm-objdump shows it.
 */
#ifndef BASE_DIAG_H
#define BASE_DIAG_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "slice.h"

enum diag_phase {
  DIAG_MALFORMED,   /* not the binary format (spec 5) */
  DIAG_INVALID,     /* does not validate (spec 3) */
  DIAG_UNSUPPORTED, /* valid, but needs a feature that is off or absent, or passes a limit */
  DIAG_IO,          /* files */
  DIAG_OPTION,      /* contradictory or impossible options */
  DIAG_LINK,        /* the linker's, and imports that nothing provides */
  DIAG_INTERNAL,    /* LLVM's, and our own mistakes */
};

enum diag_severity { DIAG_ERROR, DIAG_WARNING, DIAG_NOTE };

#define DIAG_NO_OFFSET SIZE_MAX
#define DIAG_NO_FUNCTION UINT32_MAX

struct diag {
  enum diag_severity severity;
  enum diag_phase phase;
  const char *file;           /* as the user named it, or NULL */
  size_t offset;              /* in the file, or DIAG_NO_OFFSET */
  uint32_t function;          /* index in the module, or DIAG_NO_FUNCTION */
  struct slice function_name; /* empty where none is known */
  const char *message;        /* without a line end */
};

typedef void diag_handler(void *context, const struct diag *diag);

struct diag_sink {
  diag_handler *handler; /* NULL: nothing is passed on */
  void *context;
  const char *file; /* put into every diagnostic that has no file of its own */
  unsigned error_count;
  unsigned error_limit; /* further errors are counted, not passed on; 0: no limit */
};

/* Fills in the sink's file and passes `diag` on. */
void diag_report(struct diag_sink *sink, const struct diag *diag);

/* An error without a place in a module. Always returns false, so that callers can return its value. */
bool diag_error(struct diag_sink *sink, enum diag_phase phase, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* An error at an offset, in a function or not. Always returns false. */
bool diag_error_at(struct diag_sink *sink, enum diag_phase phase, size_t offset, uint32_t function,
                   struct slice function_name, const char *format, ...) __attribute__((format(printf, 6, 7)));

/* One line in the form above, control characters of names escaped. */
void diag_print(FILE *stream, const struct diag *diag);

/* A name of the input, with quotes, backslashes and control characters as \hh. */
void diag_print_escaped(FILE *stream, struct slice text);

#endif
