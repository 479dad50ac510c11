/*
 * Results that do not stay: `run` executes them, `-o -` copies them to standard output.
 *
 * A child process compiles into a temporary directory, so that whatever ends the compilation, Ctrl-C or a
 * crash too, this process is there to remove the directory.
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

/*
 * Compiles to `file` in a child process, and removes `directory` if that failed. Does not return if a signal
 * ended the compilation: it then ends this process too.
 */
static bool compile_in_child(struct cli *cli, const char *directory, const char *file,
                             const sigset_t *old_mask) {
  const sigset_t signals = ending_signals();
  const pid_t child = fork();
  if (child == 0) {
    sigprocmask(SIG_SETMASK, old_mask, NULL);
    setenv("TMPDIR", directory, 1); /* so that temporary files of the compilation go the same way */
    _exit(cli_compile(cli, file) ? EXIT_SUCCESS : EXIT_FAILURE);
  }
  if (child < 0) {
    remove_directory(directory);
    return cli_error("cannot start a process: %s", strerror(errno));
  }
  int signal;
  const int status = wait_for(child, &signals, &signal);
  const bool ok = WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS;
  if (ok && !signal) {
    return true;
  }
  remove_directory(directory);
  if (signal) {
    sigprocmask(SIG_SETMASK, old_mask, NULL);
    raise(signal);
  }
  return !WIFSIGNALED(status) ? false : cli_error("the compiler crashed: %s", strsignal(WTERMSIG(status)));
}

/* Compiles, and opens the result, whose name is gone by then. Returns -1 after an error message. */
static int compile_and_open(struct cli *cli) {
  const char *const parent = getenv("TMPDIR");
  char *const directory =
      arena_printf(&cli->arena, "%s/wasm2native-XXXXXX", parent && *parent ? parent : "/tmp");
  const sigset_t signals = ending_signals();
  sigset_t old_mask;
  sigprocmask(SIG_BLOCK, &signals, &old_mask);
  int fd = -1;
  if (!mkdtemp(directory)) {
    cli_error("cannot create a directory '%s': %s", directory, strerror(errno));
  } else {
    const char *const file = arena_printf(&cli->arena, "%s/a.out", directory);
    if (compile_in_child(cli, directory, file, &old_mask)) {
      fd = open(file, O_RDONLY | O_CLOEXEC);
      if (fd < 0) {
        cli_error("cannot open '%s': %s", file, strerror(errno));
      }
      remove_directory(directory);
    }
  }
  sigprocmask(SIG_SETMASK, &old_mask, NULL);
  return fd;
}

int cli_run(struct cli *cli) {
  const int fd = compile_and_open(cli);
  if (fd >= 0) {
    fexecve(fd, cli->program_arguments, environ);
    cli_error("cannot execute the compiled program: %s%s", strerror(errno),
              errno == EACCES ? "; set TMPDIR to a directory from which programs may be run" : "");
    close(fd);
  }
  return EXIT_FAILURE;
}

bool cli_compile_to_stdout(struct cli *cli) {
  const int fd = compile_and_open(cli);
  if (fd < 0) {
    return false;
  }
  char buffer[65536];
  ssize_t count;
  while ((count = read(fd, buffer, sizeof buffer)) > 0) {
    fwrite(buffer, 1, (size_t)count, stdout); /* main asks for errors */
  }
  close(fd);
  return count == 0 || cli_error("cannot read the result: %s", strerror(errno));
}
