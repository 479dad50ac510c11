/*
 * A line on a terminal that says what a long compilation is at. It appears after a second, and only if
 * standard error is a terminal; messages have to go through progress_print, which keeps the two apart.
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <pthread.h>
#include <stdbool.h>
#include <time.h>

#include "wasm2native.h"

struct progress {
  bool is_shown; /* there is a thread that draws; what follows is for it */
  pthread_t thread;
  pthread_mutex_t mutex; /* guards the rest, and standard error */
  pthread_cond_t ended;
  bool is_over;
  bool is_drawn; /* the terminal's current line is ours */
  enum wasm2native_phase phase;
  uint32_t done, total; /* partitions; a total of 1 is not shown */
  struct timespec start;
};

void progress_begin(struct progress *progress);
void progress_phase(struct progress *progress, enum wasm2native_phase phase, uint32_t done, uint32_t total);
void progress_print(struct progress *progress, const char *line);
void progress_end(struct progress *progress);

#endif
