/* Messages of the command line itself; those about modules come from the library. */
#include <stdarg.h>

#include "cli.h"

static void print(const char *severity, const char *format, va_list arguments) {
  fprintf(stderr, "wasm2native: %s: ", severity);
  vfprintf(stderr, format, arguments);
  putc('\n', stderr);
}

bool cli_error(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  print("error", format, arguments);
  va_end(arguments);
  return false;
}

void cli_warning(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  print("warning", format, arguments);
  va_end(arguments);
}
