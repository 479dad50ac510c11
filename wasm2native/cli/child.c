/*
 * Compilation in a child process, with a directory of its own for temporary files: whatever ends it, Ctrl-C
 * or a crash too, this process is there to remove what it leaves.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli.h"
#include "output.h"

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *place) {
  (void)status;
  (void)kind;
  (void)place;
  remove(path);
  return 0;
}

/* Removes a directory with all that is in it: the result, or what a crash left behind. */
static void remove_directory(const char *path) {
  nftw(path, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

/* The signals by which people end a process, unless they are ignored as under nohup, and that of the child's
 * end. */
static sigset_t ending_signals(void) {
  static const int candidates[] = {SIGHUP, SIGINT, SIGTERM};
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++) {
    struct sigaction action;
    sigaction(candidates[i], NULL, &action);
    if (action.sa_handler != SIG_IGN) {
      sigaddset(&set, candidates[i]);
    }
  }
  return set;
}

/* Waits for the child with the signals blocked, and passes them on. Returns its wait status; *signal is the
 * last one. */
static int wait_for(pid_t child, const sigset_t *signals, int *signal) {
  int status;
  *signal = 0;
  while (waitpid(child, &status, WNOHANG) == 0) {
    siginfo_t info;
    const int number = sigwaitinfo(signals, &info);
    if (number > 0 && number != SIGCHLD) {
      *signal = number;
      kill(child, number);
    }
  }
  return status;
}

/* A new directory for temporary files, or NULL after an error message. */
static char *make_directory(struct cli *cli) {
  const char *const wanted = getenv("TMPDIR");
  const char *const parents[] = {wanted && *wanted ? wanted : "/tmp", "/tmp"};
  char *directory = NULL;
  for (size_t i = 0; i < sizeof parents / sizeof *parents; i++) {
    directory = arena_printf(&cli->arena, "%s/wasm2native-XXXXXX", parents[i]);
    if (mkdtemp(directory)) {
      return directory;
    }
  }
  cli_error("cannot create a directory '%s': %s", directory, strerror(errno));
  return NULL;
}

/* Compiles to `output` with temporary files in `directory`. *signal is the one that this process should end
 * by, or 0. */
static bool compile_in_child(struct cli *cli, const char *directory, const char *output,
                             const sigset_t *signals, const sigset_t *old_mask, int *signal) {
  const pid_t child = fork();
  if (child == 0) {
    sigprocmask(SIG_SETMASK, old_mask, NULL);
    setenv("TMPDIR", directory, 1);
    _exit(cli_compile(cli, output) ? EXIT_SUCCESS : EXIT_FAILURE);
  }
  if (child < 0) {
    return cli_error("cannot start a process: %s", strerror(errno));
  }
  const int status = wait_for(child, signals, signal);
  if (WIFEXITED(status)) {
    return WEXITSTATUS(status) == EXIT_SUCCESS;
  }
  output_remove_unfinished(output, child, &cli->arena);
  return *signal == 0 && cli_error("the compiler crashed: %s", strsignal(WTERMSIG(status)));
}

static bool open_result(const char *file, int *result) {
  *result = open(file, O_RDONLY | O_CLOEXEC);
  return *result >= 0 || cli_error("cannot open '%s': %s", file, strerror(errno));
}

bool cli_compile_apart(struct cli *cli, const char *output, int *result) {
  sigset_t old_mask;
  signal(SIGCHLD, SIG_DFL); /* may have been ignored, and then nobody could be waited for */
  const sigset_t signals = ending_signals();
  sigprocmask(SIG_BLOCK, &signals, &old_mask);
  bool ok = false;
  int ending_signal = 0;
  char *const directory = make_directory(cli);
  if (directory) {
    const char *const file = output ? output : arena_printf(&cli->arena, "%s/a.out", directory);
    ok = compile_in_child(cli, directory, file, &signals, &old_mask, &ending_signal) &&
         (!result || open_result(file, result));
    remove_directory(directory);
  }
  sigprocmask(SIG_SETMASK, &old_mask, NULL);
  if (ending_signal) {
    raise(ending_signal);
  }
  return ok;
}
