/*
 * Backtraces: compiled code keeps a frame record (saved frame pointer, return address) per function on x86-64
 * and AArch64 alike, so walking them needs no tables. Runs in the signal handler: reads only the stack,
 * within bounds, the registry of code and the descriptors.
 */
#include "internal.h"

/* The function that holds `pc`: of all symbols, the one that begins nearest before it. */
struct search {
  uintptr_t pc;
  uintptr_t code; /* where the best symbol's function begins */
  const struct wasmrt_symbol *symbol;
  const struct wasmrt_module *module;
};

static void search_list(struct search *search, const struct wasmrt_module *module,
                        const struct wasmrt_symbol *symbol) {
  for (; symbol->code != 0; symbol++) {
    const uintptr_t code = (uintptr_t)symbol + (uintptr_t)(intptr_t)symbol->code;
    if (code <= search->pc && (search->symbol == NULL || code > search->code)) {
      search->code = code;
      search->symbol = symbol;
      search->module = module;
    }
  }
}

static void search_module(void *context, const void *owner) {
  const struct wasmrt_module *module = owner;
  for (uint32_t i = 0; i < module->symbol_list_count; i++) {
    search_list(context, module, module->symbols[i]);
  }
}

/* The name under which a function is exported; NULL if it is not. */
static const char *export_name(const struct wasmrt_module *module, uint32_t function) {
  for (uint32_t i = 0; i < module->export_count; i++) {
    const struct wasmrt_export *export = &module->exports[i];
    if (export->kind == WASMRT_FUNC && module->references[export->index].function == function) {
      return export->name;
    }
  }
  return NULL;
}

static void add_frame(struct wasmrt_error *error, uintptr_t pc) {
  struct search search = {.pc = pc};
  wasmrt_range_visit(&wasmrt_text_ranges, pc, search_module, &search);
  const struct wasmrt_symbol *symbol = search.symbol;
  if (symbol == NULL || symbol->function == UINT32_MAX) {
    return; /* the runtime's or the host's, or no function of the module: entries and stubs */
  }
  struct wasmrt_frame *frame = &error->frames[error->frame_count++];
  frame->module = search.module;
  frame->function = symbol->function;
  frame->name =
      symbol->name != 0 ? (const char *)symbol + symbol->name : export_name(search.module, symbol->function);
}

/* Reads the stack as it lies, through whatever a sanitizer thinks of it. */
__attribute__((no_sanitize("address", "undefined"))) void
wasmrt_backtrace(struct wasmrt_error *error, uintptr_t pc, uintptr_t fp, uintptr_t begin, uintptr_t end) {
  if (error == NULL) {
    return;
  }
  if (pc != 0 && error->frame_count < WASMRT_BACKTRACE_MAX) {
    add_frame(error, pc);
  }
  /* Host code may have been built without frame pointers: then fp can be anything. */
  while (error->frame_count < WASMRT_BACKTRACE_MAX && fp % sizeof(uintptr_t) == 0 && begin <= fp &&
         fp < end && end - fp >= 2 * sizeof(uintptr_t)) {
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
