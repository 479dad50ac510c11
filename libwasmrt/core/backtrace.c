/*
 * Backtraces: compiled code keeps a frame record (saved frame pointer, return address) per function on x86-64
 * and AArch64 alike, so walking them needs no tables. Runs in the signal handler: reads only the stack,
 * within bounds, the registry of code and the descriptors.
 */
#include "internal.h"

/* The function that holds `pc`: the one that begins nearest before it. NULL if no symbol does. */
static const struct wasmrt_symbol *find_symbol(const struct wasmrt_module *module, uintptr_t pc) {
  const struct wasmrt_symbol *best = NULL;
  uintptr_t best_code = 0;
  for (uint32_t i = 0; i < module->symbol_count; i++) {
    const struct wasmrt_symbol *symbol = &module->symbols[i];
    const uintptr_t code = (uintptr_t)symbol + (uintptr_t)(intptr_t)symbol->code;
    if (code <= pc && (best == NULL || code > best_code)) {
      best = symbol;
      best_code = code;
    }
  }
  return best;
}

static void add_frame(struct wasmrt_error *error, uintptr_t pc) {
  const struct wasmrt_module *module = wasmrt_range_find(&wasmrt_text_ranges, pc);
  if (module == NULL) {
    return; /* the runtime's or the host's */
  }
  const struct wasmrt_symbol *symbol = find_symbol(module, pc);
  if (symbol == NULL || symbol->function == UINT32_MAX) {
    return; /* code that belongs to no function of the module: entries and stubs */
  }
  struct wasmrt_frame *frame = &error->frames[error->frame_count++];
  frame->module = module;
  frame->function = symbol->function;
  frame->name = symbol->name == 0 ? NULL : (const char *)symbol + symbol->name;
}

/* Reads the stack as it lies, through whatever a sanitizer thinks of it. */
__attribute__((no_sanitize("address", "undefined"))) void
wasmrt_backtrace(struct wasmrt_error *error, uintptr_t pc, uintptr_t fp, uintptr_t end) {
  if (error == NULL) {
    return;
  }
  if (pc != 0 && error->frame_count < WASMRT_BACKTRACE_MAX) {
    add_frame(error, pc);
  }
  /* Host code may have been built without frame pointers: then fp can be anything. */
  while (error->frame_count < WASMRT_BACKTRACE_MAX && fp % sizeof(uintptr_t) == 0 && fp < end &&
         end - fp >= 2 * sizeof(uintptr_t)) {
    const uintptr_t *record = (const uintptr_t *)fp;
    if (record[1] != 0) {
      add_frame(error, record[1] - 1); /* a call may be the last instruction of its function */
    }
    if (record[0] <= fp) {
      return; /* callers lie above */
    }
    fp = record[0];
  }
}
