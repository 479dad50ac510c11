/*
 * Error values: status, message, backtrace. Messages are put together without stdio, since static executables
 * use the same functions.
 */
#include <stdarg.h>
#include <string.h>

#include "internal.h"

static const char *const trap_messages[] = {
#define TRAP(name, message) [WASMRT_TRAP_##name] = message,
#include "traps.def"
};

const char *wasmrt_trap_message(uint32_t trap) {
  return trap < sizeof trap_messages / sizeof *trap_messages ? trap_messages[trap] : "unknown trap";
}

static void begin(struct wasmrt_error *error, enum wasmrt_status status) {
  error->status = status;
  error->trap = WASMRT_TRAP_NONE;
  error->exit_status = 0;
  error->frame_count = 0;
  error->message[0] = '\0';
}

/* Appends to the message what fits. */
static void append(struct wasmrt_error *error, const char *text) {
  const size_t length = strlen(error->message);
  const size_t room = sizeof error->message - 1 - length;
  size_t count = strlen(text);
  count = count < room ? count : room;
  memcpy(error->message + length, text, count);
  error->message[length + count] = '\0';
}

enum wasmrt_status wasmrt_fail(struct wasmrt_error *error, enum wasmrt_status status, ...) {
  if (error != NULL) {
    begin(error, status);
    va_list texts;
    va_start(texts, status);
    for (const char *text; (text = va_arg(texts, const char *)) != NULL;) {
      append(error, text);
    }
    va_end(texts);
  }
  return status;
}

char *wasmrt_decimal(uint64_t number, char text[21]) {
  char digits[21];
  size_t count = 0;
  do {
    digits[count++] = (char)('0' + number % 10);
    number /= 10;
  } while (number != 0);
  for (size_t i = 0; i < count; i++) {
    text[i] = digits[count - 1 - i];
  }
  text[count] = '\0';
  return text;
}

void wasmrt_trap_describe(struct wasmrt_error *error, uint32_t trap) {
  if (error != NULL) {
    begin(error, WASMRT_ERROR_TRAP);
    error->trap = trap;
    append(error, wasmrt_trap_message(trap));
  }
}

enum wasmrt_status wasmrt_error_set(struct wasmrt_error *error, enum wasmrt_status status,
                                    const char *message) {
  return wasmrt_fail(error, status, message, NULL);
}

enum wasmrt_status wasmrt_error_trap(struct wasmrt_error *error, uint32_t trap) {
  wasmrt_trap_describe(error, trap);
  return WASMRT_ERROR_TRAP;
}

enum wasmrt_status wasmrt_error_exit(struct wasmrt_error *error, uint32_t exit_status) {
  char text[21];
  wasmrt_fail(error, WASMRT_ERROR_EXIT, "exit with status ", wasmrt_decimal(exit_status, text), NULL);
  if (error != NULL) {
    error->exit_status = exit_status;
  }
  return WASMRT_ERROR_EXIT;
}
