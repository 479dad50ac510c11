/* Measures how long processes take from start to end. Usage: start ROUNDS PROGRAM PROGRAM: starts both in
 * turn, prints the median of each in microseconds. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

enum { PROGRAMS = 2 };

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static double run(char *program, const posix_spawn_file_actions_t *actions) {
  char *argv[] = {program, NULL}, *envp[] = {NULL};
  pid_t pid;
  int status;
  double start = now();
  if (posix_spawn(&pid, program, actions, NULL, argv, envp) != 0 || waitpid(pid, &status, 0) != pid ||
      status != 0) {
    fprintf(stderr, "start: %s did not run\n", program);
    exit(1);
  }
  return now() - start;
}

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

int main(int argc, char **argv) {
  size_t rounds = argc == 4 ? (size_t)atoi(argv[1]) : 0;
  double *times[PROGRAMS];
  if (rounds == 0) {
    fprintf(stderr, "usage: start ROUNDS PROGRAM PROGRAM\n");
    return 2;
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  for (int i = 0; i < PROGRAMS; i++) {
    times[i] = calloc(rounds, sizeof *times[i]);
    if (times[i] == NULL) {
      return 1;
    }
  }
  for (size_t round = 0; round < rounds; round++) {
    for (int i = 0; i < PROGRAMS; i++) {
      times[i][round] = run(argv[2 + i], &actions);
    }
  }
  for (int i = 0; i < PROGRAMS; i++) {
    qsort(times[i], rounds, sizeof *times[i], compare);
    printf("%.1f ", times[i][rounds / 2]);
    free(times[i]);
  }
  printf("\n");
  posix_spawn_file_actions_destroy(&actions);
  return 0;
}
