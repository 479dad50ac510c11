/*
 * Printing calls of WASI's functions, as strace does system calls (--trace): one line a call, with the
 * parameters decoded and the result.
 *
 *   fd_write(fd=1, iovs=[{"hello\n", 6}], nwritten=6) = 0
 *   path_open(fd=3, dirflags=0, path="none", oflags=0, ..., opened=0x10ff4) = 44 ENOENT
 *
 * Everything in a line comes from the guest, and is shown such that it can do no harm: numbers are only
 * looked up if they are inside a list, addresses only followed inside linear memory, and bytes other than
 * printable ASCII are escaped, so that no terminal obeys them. A line has a limit, beyond which "..." stands
 * for the rest, and is written at once, so that lines never mix.
 */
#ifndef WASI_TRACE_H
#define WASI_TRACE_H

#include <stdbool.h>
#include <stdint.h>

#include "abi.h"
#include "guest_options.h"

/* The longest line, with its end. */
#define WASI_TRACE_LINE 1024

/* A call that is being printed. */
struct wasi_call {
  struct wasmrt_instance *caller;
  const struct wasi_traced *function;
  const char *text;      /* what is left of function->text */
  const uint64_t *value; /* of the next directive */
  bool is_done;          /* the call has returned: */
  uint32_t result;
  bool is_cut;
  uint32_t length, limit; /* of the line, and where the part that may be cut ends */
  char line[WASI_TRACE_LINE];
};

/*
 * Prints what `value` points to in the values of the call. False, and nothing printed, if that is not all in
 * linear memory.
 */
typedef bool wasi_show(struct wasi_call *call, const uint64_t *value);

/* A function that can be traced (trace.def). */
struct wasi_traced {
  const char *text; /* its name, and what follows it */
  uint32_t (*run)(struct wasmrt_instance *caller, const uint64_t *values);
  wasi_show *show; /* for the directives of its own, or NULL */
};

/* Calls the function and prints the call. The values are its parameters, 32-bit ones zero-extended. */
uint32_t wasi_trace(struct wasmrt_instance *caller, const struct wasi_traced *function,
                    const uint64_t *values);

/* ---- For trace_show.c ------------------------------------------------------------------------------- */

void wasi_put_text(struct wasi_call *call, const char *text);
void wasi_put_number(struct wasi_call *call, uint64_t number);
void wasi_put_hex(struct wasi_call *call, uint64_t number);
/* Entry `index` of names that are separated by commas and ended by '}'; the number if there is none. */
void wasi_put_name(struct wasi_call *call, const char *names, uint64_t index);
/* The names of the bits of a set. */
void wasi_put_flags(struct wasi_call *call, const char *names, uint64_t set);
/* "EBADF" for 8; nothing for 0. */
void wasi_put_errno(struct wasi_call *call, uint32_t error);

wasi_show wasi_show_fdstat, wasi_show_filestat, wasi_show_unstable_filestat, wasi_show_prestat,
    wasi_show_entries, wasi_show_poll, wasi_show_unstable_poll;

#endif
