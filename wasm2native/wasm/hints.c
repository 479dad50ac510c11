/*
 * Branch hints. The section is a custom one (spec 7.7), so nothing in it makes a module invalid: what is
 * malformed ends the reading, of the section or of a function's hints, and hints that no instruction is at
 * are passed over. Functions and the offsets of their hints must be in ascending order, each at most once;
 * the reading ends where they are not.
 */
#include "hint.h"

#include "sections.h"

/* One hint: the offset, and what is said, which is one byte in the proposal; anything else says nothing. */
static enum wasm_hint read_hint(struct wasm_reader *r, uint32_t *offset) {
  *offset = wasm_read_u32(r);
  struct slice value = wasm_read_bytes(r, wasm_read_u32(r));
  if (value.size != 1 || value.data[0] > 1) {
    return WASM_HINT_NONE;
  }
  return value.data[0] ? WASM_HINT_LIKELY : WASM_HINT_UNLIKELY;
}

/* The next function's hints, which are read only to find their end. */
static bool read_function(struct wasm_reader *r, struct wasm_hinted *hinted) {
  hinted->func = wasm_read_u32(r);
  hinted->count = wasm_read_count(r, 3);
  const uint8_t *begin = r->at;
  for (uint32_t i = 0; i < hinted->count && !wasm_reader_failed(r); i++) {
    uint32_t offset;
    read_hint(r, &offset);
  }
  hinted->bytes = (struct slice){begin, (size_t)(r->at - begin)};
  return !wasm_reader_failed(r);
}

/* Reads what is well-formed, in order and of functions that have bodies, into `list` unless that is NULL. */
static uint32_t read_functions(const struct wasm_module *module, struct slice section,
                               struct wasm_hinted *list) {
  struct wasm_reader r = wasm_reader_make(section, 0);
  uint32_t announced = wasm_read_count(&r, 2), count = 0;
  struct wasm_hinted hinted = {0};
  for (uint32_t i = 0, least = module->func_import_count; i < announced; i++) {
    if (!read_function(&r, &hinted) || hinted.func < least || hinted.func >= module->func_count) {
      break;
    }
    if (list) {
      list[count] = hinted;
    }
    count++;
    least = hinted.func + 1;
  }
  return count;
}

void wasm_decode_hints(struct wasm_module *module, struct slice section, struct arena *arena) {
  module->hinted_count = read_functions(module, section, NULL);
  module->hinted = ARENA_ARRAY(arena, struct wasm_hinted, module->hinted_count);
  read_functions(module, section, module->hinted);
}

struct wasm_hints wasm_hints_of(const struct wasm_module *module, uint32_t func) {
  uint32_t low = 0, high = module->hinted_count;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (module->hinted[middle].func < func) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  struct wasm_hints hints = {0};
  if (low < module->hinted_count && module->hinted[low].func == func) {
    hints.reader = wasm_reader_make(module->hinted[low].bytes, 0);
    hints.left = module->hinted[low].count;
    hints.base = module->funcs[func].offset - module->funcs[func].locals_size;
  }
  return hints;
}

enum wasm_hint wasm_hint_at(struct wasm_hints *hints, size_t offset) {
  while (hints->left > 0 && hints->at < offset) {
    size_t last = hints->at;
    uint32_t distance;
    hints->left--;
    hints->hint = read_hint(&hints->reader, &distance);
    hints->at = hints->base + distance;
    if (hints->at <= last) {
      hints->left = 0;
      hints->at = 0;
    }
  }
  return hints->at == offset ? hints->hint : WASM_HINT_NONE;
}
