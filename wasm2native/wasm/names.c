/*
 * The name section (spec 7.7.2): the module's name and those of functions. It is a custom section, so an
 * error in it only ends the reading of it.
 */
#include "sections.h"

enum { SUBSECTION_MODULE, SUBSECTION_FUNCTIONS };

static void decode_function_names(struct wasm_module *module, struct wasm_reader *r) {
  uint32_t count = wasm_read_count(r, 2);
  for (uint32_t i = 0; i < count; i++) {
    uint32_t index = wasm_read_u32(r);
    struct slice name = wasm_read_name(r);
    if (wasm_reader_failed(r)) {
      return;
    }
    if (index < module->func_count) {
      module->funcs[index].name = name;
    }
  }
}

void wasm_decode_names(struct wasm_module *module, struct slice section, size_t offset) {
  struct wasm_reader r = wasm_reader_make(section, offset);
  while (!wasm_reader_at_end(&r)) {
    uint8_t id = wasm_read_u8(&r);
    uint32_t size = wasm_read_u32(&r);
    size_t at = wasm_reader_offset(&r);
    struct wasm_reader contents = wasm_reader_make(wasm_read_bytes(&r, size), at);
    if (wasm_reader_failed(&r)) {
      return;
    }
    if (id == SUBSECTION_MODULE) {
      struct slice name = wasm_read_name(&contents);
      module->name = wasm_reader_failed(&contents) ? module->name : name;
    } else if (id == SUBSECTION_FUNCTIONS) {
      decode_function_names(module, &contents);
    }
  }
}
