/* The command wasm2native: parse, do, and tell by the exit status: 0, or 1 after an error message. */
#include <stdlib.h>

#include "cli.h"

/* Output may have been lost only when it was flushed, as on a full disk. */
static bool close_output(void) {
  return (!ferror(stdout) && fflush(stdout) == 0) || cli_error("cannot write to standard output");
}

int main(int argc, char **argv) {
  struct cli cli = {.command = CLI_COMPILE};
  int status = EXIT_FAILURE;
  if (cli_parse(&cli, argc, argv)) {
    status = cli_execute(&cli);
  }
  arena_free(&cli.arena);
  return close_output() ? status : EXIT_FAILURE;
}
