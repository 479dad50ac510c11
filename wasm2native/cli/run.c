/* Results that do not stay: `run` executes them, `-o -` copies them to standard output. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

int cli_run(struct cli *cli) {
  int fd;
  if (cli_compile_apart(cli, NULL, &fd)) {
    fexecve(fd, cli->program_arguments, environ);
    cli_error("cannot execute the compiled program: %s%s", strerror(errno),
              errno == EACCES ? "; set TMPDIR to a directory from which programs may be run" : "");
    close(fd);
  }
  return EXIT_FAILURE;
}

bool cli_compile_to_stdout(struct cli *cli) {
  int fd;
  if (!cli_compile_apart(cli, NULL, &fd)) {
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
