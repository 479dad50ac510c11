/* Messages, progress and the report: all that leaves a compilation beside its output. */
#include "driver.h"

#include <stdlib.h>
#include <sys/resource.h>

const char *wasm2native_phase_name(enum wasm2native_phase phase) {
  static const char *const names[WASM2NATIVE_PHASE_COUNT] = {"read",     "decode", "check", "lower",
                                                             "optimize", "emit",   "link"};
  return names[phase];
}

void driver_pass_on(void *context, const struct diag *diag) {
  struct compilation *c = context;
  if (!c->options->message) {
    return;
  }
  char *line = NULL;
  size_t size = 0;
  FILE *stream = open_memstream(&line, &size);
  if (!stream) {
    return;
  }
  diag_print(stream, diag);
  fclose(stream);
  if (size && line[size - 1] == '\n') {
    line[size - 1] = '\0';
  }
  pthread_mutex_lock(&c->mutex);
  c->options->message(c->options->context, line, diag->severity == DIAG_ERROR);
  pthread_mutex_unlock(&c->mutex);
  free(line);
}

void driver_message(struct compilation *c, const char *line) {
  if (c->options->verbose && c->options->message) {
    pthread_mutex_lock(&c->mutex);
    c->options->message(c->options->context, line, false);
    pthread_mutex_unlock(&c->mutex);
  }
}

double driver_seconds_since(const struct timespec *start, clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (double)(now.tv_sec - start->tv_sec) + (double)(now.tv_nsec - start->tv_nsec) * 1e-9;
}

/* The linker has threads of its own, and runs alone. */
static clockid_t cpu_clock(enum wasm2native_phase phase) {
  return phase == WASM2NATIVE_PHASE_LINK ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_THREAD_CPUTIME_ID;
}

void driver_clock_end(struct compilation *c, struct phase_clock *clock) {
  struct wasm2native_report *report = c->options->report;
  if (!report || !clock->is_running) {
    return;
  }
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  uint64_t peak = (uint64_t)usage.ru_maxrss * 1024;
  pthread_mutex_lock(&c->mutex);
  report->seconds[clock->phase] += driver_seconds_since(&clock->wall, CLOCK_MONOTONIC);
  report->cpu_seconds[clock->phase] += driver_seconds_since(&clock->cpu, cpu_clock(clock->phase));
  if (peak > report->peak_bytes[clock->phase]) {
    report->peak_bytes[clock->phase] = peak;
  }
  pthread_mutex_unlock(&c->mutex);
  clock->is_running = false;
}

void driver_clock_begin(struct compilation *c, struct phase_clock *clock, enum wasm2native_phase phase) {
  driver_clock_end(c, clock);
  clock->phase = phase;
  clock->is_running = true;
  clock_gettime(CLOCK_MONOTONIC, &clock->wall);
  clock_gettime(cpu_clock(phase), &clock->cpu);
}

void driver_progress(struct compilation *c, enum wasm2native_phase phase, uint32_t done, uint32_t total) {
  if (c->options->progress) {
    pthread_mutex_lock(&c->mutex);
    c->options->progress(c->options->context, phase, done, total);
    pthread_mutex_unlock(&c->mutex);
  }
}

void driver_phase(struct compilation *c, enum wasm2native_phase phase) {
  driver_clock_begin(c, &c->clock, phase);
  driver_progress(c, phase, 0, 1);
}

void driver_report_part(struct compilation *c, double seconds) {
  struct wasm2native_report *report = c->options->report;
  if (report) {
    pthread_mutex_lock(&c->mutex);
    report->longest_partition = seconds > report->longest_partition ? seconds : report->longest_partition;
    pthread_mutex_unlock(&c->mutex);
  }
}
