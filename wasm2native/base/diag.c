/* Diagnostics: formatting, counting and printing. See diag.h. */
#include "diag.h"

#include <inttypes.h>

#define MESSAGE_SIZE 1024 /* longer messages are cut: names in them come from the input */

void diag_report(struct diag_sink *sink, const struct diag *diag) {
  struct diag filled = *diag;
  if (filled.file == NULL) {
    filled.file = sink->file;
  }
  if (filled.severity == DIAG_ERROR) {
    sink->error_count++;
    if (sink->error_limit != 0 && sink->error_count > sink->error_limit) {
      return;
    }
  }
  if (sink->handler != NULL) {
    sink->handler(sink->context, &filled);
  }
}

static void report_error(struct diag_sink *sink, enum diag_phase phase, size_t offset, uint32_t function,
                         struct slice function_name, const char *format, va_list arguments) {
  char message[MESSAGE_SIZE];
  int length = vsnprintf(message, sizeof message, format, arguments);
  if (length >= (int)sizeof message) {
    memcpy(message + sizeof message - 4, "...", 4);
  }
  diag_report(sink, &(struct diag){
                        .severity = DIAG_ERROR,
                        .phase = phase,
                        .offset = offset,
                        .function = function,
                        .function_name = function_name,
                        .message = message,
                    });
}

bool diag_error(struct diag_sink *sink, enum diag_phase phase, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  report_error(sink, phase, DIAG_NO_OFFSET, DIAG_NO_FUNCTION, (struct slice){NULL, 0}, format, arguments);
  va_end(arguments);
  return false;
}

bool diag_error_at(struct diag_sink *sink, enum diag_phase phase, size_t offset, uint32_t function,
                   struct slice function_name, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  report_error(sink, phase, offset, function, function_name, format, arguments);
  va_end(arguments);
  return false;
}

void diag_print_escaped(FILE *stream, struct slice text) {
  for (size_t i = 0; i < text.size; i++) {
    uint8_t byte = text.data[i];
    if (byte < 0x20 || byte == 0x7f || byte == '"' || byte == '\\') {
      fprintf(stream, "\\%02x", byte);
    } else {
      putc(byte, stream);
    }
  }
}

void diag_print(FILE *stream, const struct diag *diag) {
  static const char *const severities[] = {
      [DIAG_ERROR] = "error", [DIAG_WARNING] = "warning", [DIAG_NOTE] = "note"};
  if (diag->file != NULL) {
    fputs(diag->file, stream);
    if (diag->offset != DIAG_NO_OFFSET) {
      fprintf(stream, ":0x%zx", diag->offset);
    }
    fputs(": ", stream);
  }
  fprintf(stream, "%s: ", severities[diag->severity]);
  if (diag->function != DIAG_NO_FUNCTION) {
    fprintf(stream, "in func %" PRIu32, diag->function);
    if (diag->function_name.size > 0) {
      fputs(" \"", stream);
      diag_print_escaped(stream, diag->function_name);
      putc('"', stream);
    }
    fputs(": ", stream);
  }
  /* A message is a sentence of ours, in which names of the input may stand: quotes stay, control characters
   * do not. */
  for (const char *at = diag->message; *at != '\0'; at++) {
    unsigned char byte = (unsigned char)*at;
    if (byte < 0x20 || byte == 0x7f) {
      fprintf(stream, "\\%02x", byte);
    } else {
      putc(byte, stream);
    }
  }
  putc('\n', stream);
}
