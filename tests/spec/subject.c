/* See subject.h. The phase of the first diagnostic decides between malformed, invalid and refused. */
#include "subject.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "script.h"

struct messages {
  struct arena *arena;
  struct spec_subject *subject;
};

static const char *needs_feature(const char *message, struct arena *arena) {
  const char *found = strstr(message, "needs feature ");
  return found == NULL ? NULL : arena_copy(arena, found, strcspn(found, ",;\n"));
}

static void take_diag(void *context, const struct diag *diag) {
  struct messages *messages = context;
  struct spec_subject *subject = messages->subject;
  if (diag->severity != DIAG_ERROR || subject->verdict != SPEC_VALID) {
    return;
  }
  subject->message = arena_printf(messages->arena, "%s", diag->message);
  subject->verdict = SPEC_BROKEN;
  if (diag->phase == DIAG_MALFORMED) {
    subject->verdict = SPEC_MALFORMED;
  } else if (diag->phase == DIAG_INVALID) {
    subject->verdict = SPEC_INVALID;
  } else if (diag->phase == DIAG_UNSUPPORTED && needs_feature(diag->message, messages->arena) != NULL) {
    subject->message = needs_feature(diag->message, messages->arena);
    subject->verdict = SPEC_REFUSED;
    subject->needs_feature = true;
  }
}

void spec_subject_open(struct spec_subject *subject, const char *path, struct arena *arena) {
  *subject = (struct spec_subject){.verdict = SPEC_VALID};
  subject->bytes = spec_read_file(path, &subject->size);
  if (subject->bytes == NULL) {
    subject->verdict = SPEC_BROKEN;
    subject->message = "cannot read the module";
    return;
  }
  struct messages messages = {arena, subject};
  struct diag_sink sink = {.handler = take_diag, .context = &messages, .file = path};
  struct slice bytes = {subject->bytes, subject->size};
  /* Everything that the validator knows: what the lowering lacks is said by spec_subject_compile(). */
  wasm_features features = wasm_features_checked();
  subject->is_decoded = wasm_module_decode(bytes, features, arena, &sink, &subject->module);
  bool valid = subject->is_decoded && check_module(&subject->module, features, arena, &sink);
  if (valid != (subject->verdict == SPEC_VALID)) {
    subject->message =
        valid ? "an error was reported, yet the module is said to be valid" : "rejected without a message";
    subject->verdict = SPEC_BROKEN;
  }
}

void spec_subject_close(struct spec_subject *subject) {
  free(subject->bytes);
  subject->bytes = NULL;
}

static void take_line(void *context, const char *line, bool is_error) {
  struct messages *messages = context;
  if (is_error && messages->subject->verdict == SPEC_VALID) {
    const char *feature = needs_feature(line, messages->arena);
    messages->subject->needs_feature = feature != NULL;
    messages->subject->verdict = feature != NULL ? SPEC_REFUSED : SPEC_BROKEN;
    messages->subject->message = feature != NULL ? feature : arena_printf(messages->arena, "%s", line);
  }
}

bool spec_subject_compile(struct spec_subject *subject, const char *path, const char *output,
                          const struct wasm2native_options *options, struct arena *arena) {
  struct messages messages = {arena, subject};
  struct wasm2native_options mine = *options;
  mine.message = take_line;
  mine.context = &messages;
  bool compiled = wasm2native_compile(subject->bytes, subject->size, path, output, &mine);
  if (compiled != (subject->verdict == SPEC_VALID)) {
    subject->message = compiled ? "compiled with an error message" : "not compiled, without a message";
    subject->verdict = SPEC_BROKEN;
  }
  return subject->verdict == SPEC_VALID;
}

const char *spec_verdict_name(enum spec_verdict verdict) {
  static const char *const names[] = {"valid", "malformed", "invalid", "refused", "broken"};
  return names[verdict];
}
