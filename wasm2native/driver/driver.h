/* What the files of driver/ share: one compilation. */
#ifndef DRIVER_DRIVER_H
#define DRIVER_DRIVER_H

#include <pthread.h>
#include <time.h>

#include "embed.h"
#include "emit.h"
#include "link.h"
#include "lower.h"
#include "wasm2native.h"

/* The phase that a thread is in, and since when. */
struct phase_clock {
  enum wasm2native_phase phase;
  bool is_running;
  struct timespec wall, cpu;
};

struct compilation {
  const struct wasm2native_options *options;
  const char *output;
  struct arena arena;
  struct diag_sink sink;
  struct wasm_module wasm;
  wasm_features features;
  const char *triple;
  enum link_arch arch;
  struct lower_options lower;
  struct emit_options emit;
  struct emit_target target;
  const struct lower_plan *plan;
  struct phase_clock clock; /* of the thread that compiles */
  struct timespec start;
  pthread_mutex_t mutex; /* held while a function of the caller runs or its report changes */
};

/* ---- report.c: messages, progress and the report. All may be called from several threads. */
void driver_pass_on(void *context, const struct diag *diag);
void driver_message(struct compilation *c, const char *line);
double driver_seconds_since(const struct timespec *start, clockid_t clock);
/* A phase ends with the next or by clock_end(). */
void driver_clock_begin(struct compilation *c, struct phase_clock *clock, enum wasm2native_phase phase);
void driver_clock_end(struct compilation *c, struct phase_clock *clock);
void driver_progress(struct compilation *c, enum wasm2native_phase phase, uint32_t done, uint32_t total);
/* What clock_begin() and progress() do for a phase of the whole module. */
void driver_phase(struct compilation *c, enum wasm2native_phase phase);
/* A part took that long, from its begin to its end. */
void driver_report_part(struct compilation *c, double seconds);

/* ---- parts.c: lowers, optimises and emits every part of the plan, part i to paths[i]. */
bool driver_make_parts(struct compilation *c, enum emit_form form, const char *const *paths);

/* ---- provided.c: reports imports that are declared with other types than what libwasmrt provides has. */
bool driver_check_provided(struct compilation *c);

/* ---- objects.c: the same for objects, which are then linked to the output. */
bool driver_link(struct compilation *c);
/* Always false. */
bool driver_report_missing_import(struct compilation *c, const struct wasm_import *import);

#endif
