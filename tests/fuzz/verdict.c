/* Runs decoder and validator on one module and sums up their diagnostics. */
#define _GNU_SOURCE
#include "verdict.h"

#include <stdlib.h>
#include <time.h>

#include "check.h"
#include "dump.h"

/* An error that is not about a missing feature or a limit decides, whatever came before it. */
static void collect(void *context, const struct diag *diag) {
  struct result *result = context;
  bool is_bad = diag->phase == DIAG_MALFORMED || diag->phase == DIAG_INVALID;
  if (result->verdict == VERDICT_VALID || (result->verdict == VERDICT_UNSUPPORTED && is_bad)) {
    result->verdict = is_bad ? VERDICT_BAD : VERDICT_UNSUPPORTED;
    result->phase = diag->phase;
    result->offset = diag->offset;
    snprintf(result->message, sizeof result->message, "%s", diag->message);
  }
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

struct result judge(struct slice bytes, wasm_features features) {
  struct result result = {.verdict = VERDICT_VALID};
  struct diag_sink sink = {.handler = collect, .context = &result};
  struct arena arena = {0};
  struct wasm_module module;
  uint8_t *copy = malloc(bytes.size > 0 ? bytes.size : 1);
  if (copy == NULL) {
    arena_out_of_memory(bytes.size);
  }
  memcpy(copy, bytes.data, bytes.size);
  double start = now();
  bool is_valid = wasm_module_decode((struct slice){copy, bytes.size}, features, &arena, &sink, &module) &&
                  check_module(&module, features, &arena, &sink);
  result.seconds = now() - start;
  if (is_valid != (result.verdict == VERDICT_VALID)) {
    fprintf(stderr, "the returned value and the diagnostics disagree\n");
    abort();
  }
  result.used = is_valid ? module.used : 0;
  arena_free(&arena);
  free(copy);
  return result;
}
