/* The progress line: drawn by a thread of its own, since one phase may take minutes. See progress.h. */
#define _GNU_SOURCE
#include "progress.h"

#include <stdio.h>
#include <unistd.h>

/* With the mutex held. */
static void erase(struct progress *progress) {
  if (progress->is_drawn) {
    fputs("\r\033[K", stderr);
    progress->is_drawn = false;
  }
}

static void draw(struct progress *progress, const struct timespec *now) {
  erase(progress);
  if (progress->total > 1) {
    fprintf(stderr, "[%u/%u] ", progress->done, progress->total);
  }
  fprintf(stderr, "%s, %ld s", wasm2native_phase_name(progress->phase),
          (long)(now->tv_sec - progress->start.tv_sec));
  fflush(stderr);
  progress->is_drawn = true;
}

static void *draw_every_second(void *context) {
  struct progress *const progress = context;
  struct timespec next = progress->start;
  pthread_mutex_lock(&progress->mutex);
  for (;;) {
    next.tv_sec++;
    int error = 0;
    while (!progress->is_over && error == 0) {
      error = pthread_cond_timedwait(&progress->ended, &progress->mutex, &next);
    }
    if (progress->is_over) {
      break;
    }
    draw(progress, &next);
  }
  erase(progress);
  pthread_mutex_unlock(&progress->mutex);
  return NULL;
}

void progress_begin(struct progress *progress) {
  pthread_condattr_t attributes;
  *progress = (struct progress){.is_shown = isatty(STDERR_FILENO)};
  if (!progress->is_shown) {
    return;
  }
  clock_gettime(CLOCK_MONOTONIC, &progress->start);
  pthread_mutex_init(&progress->mutex, NULL);
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  pthread_cond_init(&progress->ended, &attributes);
  pthread_condattr_destroy(&attributes);
  // Without a thread there is no line, but all else works.
  progress->is_shown = pthread_create(&progress->thread, NULL, draw_every_second, progress) == 0;
}

void progress_phase(struct progress *progress, enum wasm2native_phase phase, uint32_t done, uint32_t total) {
  if (progress->is_shown) {
    pthread_mutex_lock(&progress->mutex);
    progress->phase = phase;
    progress->done = done;
    progress->total = total;
    pthread_mutex_unlock(&progress->mutex);
  }
}

void progress_print(struct progress *progress, const char *line) {
  if (!progress->is_shown) {
    fprintf(stderr, "%s\n", line);
    return;
  }
  pthread_mutex_lock(&progress->mutex);
  erase(progress);
  fprintf(stderr, "%s\n", line);
  pthread_mutex_unlock(&progress->mutex);
}

void progress_end(struct progress *progress) {
  if (!progress->is_shown) {
    return;
  }
  pthread_mutex_lock(&progress->mutex);
  progress->is_over = true;
  pthread_cond_signal(&progress->ended);
  pthread_mutex_unlock(&progress->mutex);
  pthread_join(progress->thread, NULL);
  pthread_cond_destroy(&progress->ended);
  pthread_mutex_destroy(&progress->mutex);
}
