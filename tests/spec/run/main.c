/*
 * spec-run COMMANDS TITLE PASSED FAILED SKIPPED [lazy]: runs a command file (see run.h), each group in a
 * process of its own, so that a crash or an endless loop costs its group only, and so that every group has
 * the addresses of the static model to itself. Adds to the given counts, and prints the total as the last
 * line.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run.h"

enum { GROUP_SECONDS = 300 };

/* The file's text, writable and ended by NUL. */
static char *read_commands(const char *path) {
  struct stat status;
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0 || fstat(file, &status) != 0) {
    perror(path);
    exit(2);
  }
  char *text = malloc((size_t)status.st_size + 1);
  size_t used = 0;
  ssize_t count = 1;
  while (text != NULL && used < (size_t)status.st_size && count > 0) {
    count = read(file, text + used, (size_t)status.st_size - used);
    used += count > 0 ? (size_t)count : 0;
  }
  if (text == NULL || count < 0) {
    perror(path);
    exit(2);
  }
  close(file);
  text[used] = 0;
  return text;
}

static char *next_line(char *text) {
  text += strcspn(text, "\n");
  return *text == 0 ? text : text + 1;
}

/* The number of assertions and actions of a group, and where the next one begins. */
static unsigned measure_group(char *text, char **next) {
  unsigned count = 0;
  for (; *text != 0 && strncmp(text, "group", 5) != 0; text = next_line(text)) {
    count += spec_is_counted(text);
  }
  *next = text;
  return count;
}

/* Runs one group in a child; whatever it left undone has failed. */
static void run_group(char *text, unsigned count, const char *title, struct spec_tally *tally) {
  unsigned before = tally->passed + tally->failed;
  fflush(stdout);
  pid_t child = fork();
  if (child < 0) {
    perror("fork");
    exit(2);
  }
  if (child == 0) {
    alarm(GROUP_SECONDS);
    spec_run_group(text, title, tally);
    fflush(stdout);
    _exit(0);
  }
  int status = 0;
  if (waitpid(child, &status, 0) < 0) {
    perror("waitpid");
    exit(2);
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
    return;
  }
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM) {
    printf("FAIL %s:%d: not done after %d seconds\n", title, tally->line, GROUP_SECONDS);
  } else if (WIFSIGNALED(status)) {
    printf("FAIL %s:%d: crashed: %s\n", title, tally->line, strsignal(WTERMSIG(status)));
  } else {
    printf("FAIL %s:%d: the process ended with status %d\n", title, tally->line, WEXITSTATUS(status));
  }
  unsigned done = tally->passed + tally->failed - before;
  tally->failed += done < count ? count - done : 1;
}

int main(int argc, char **argv) {
  if (argc != 6 && (argc != 7 || strcmp(argv[6], "lazy") != 0)) {
    fprintf(stderr, "usage: %s COMMANDS TITLE PASSED FAILED SKIPPED [lazy]\n", argv[0]);
    return 2;
  }
  struct spec_tally *tally =
      mmap(NULL, sizeof *tally, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (tally == MAP_FAILED) {
    perror("mmap");
    return 2;
  }
  tally->passed = (unsigned)strtoul(argv[3], NULL, 10);
  tally->failed = (unsigned)strtoul(argv[4], NULL, 10);
  tally->skipped = (unsigned)strtoul(argv[5], NULL, 10);
  if (argc == 7) {
    spec_reserve_lazily();
  }
  char *text = read_commands(argv[1]), *next;
  while (*text != 0) {
    text = next_line(text); /* past "group" */
    unsigned count = measure_group(text, &next);
    run_group(text, count, argv[2], tally);
    text = next;
  }
  printf("%s: %u passed, %u failed, %u skipped\n", argv[2], tally->passed, tally->failed, tally->skipped);
  return 0;
}
