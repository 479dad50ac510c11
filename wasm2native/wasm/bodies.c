/* The code section: locals and the extent of each body (spec 5.5.13). */
#include "sections.h"

/*
 * Runs of locals. Their sum is computed in 64 bits: the format allows 2^32 - 1 locals, which a few bytes can
 * name, so what depends on the sum has to wait for the limit below.
 */
static void decode_locals(struct wasm_decoder *d, struct wasm_func *func) {
  size_t offset = wasm_reader_offset(&d->r);
  func->locals_count = wasm_read_count(&d->r, 2);
  struct wasm_locals *locals = ARENA_ARRAY(d->arena, struct wasm_locals, func->locals_count);
  uint64_t total = 0;
  for (uint32_t i = 0; i < func->locals_count && !wasm_reader_failed(&d->r); i++) {
    locals[i].count = wasm_read_u32(&d->r);
    locals[i].type = wasm_decoder_value_type(d);
    total += locals[i].count;
  }
  if (total > UINT32_MAX) {
    wasm_reader_fail_at(&d->r, offset, "too many locals: more than 4294967295");
  }
  wasm_decoder_limit(d, offset, total, WASM_MAX_LOCALS, "locals");
  func->local_total = (uint32_t)total;
  func->locals = locals;
}

static void decode_body(struct wasm_decoder *d, struct wasm_func *func) {
  size_t offset = wasm_reader_offset(&d->r);
  uint32_t size = wasm_read_u32(&d->r);
  wasm_decoder_limit(d, offset, size, WASM_MAX_BODY_SIZE, "bytes in a function body");
  size_t body_offset = wasm_reader_offset(&d->r);
  struct slice body = wasm_read_bytes(&d->r, size);
  if (wasm_reader_failed(&d->r)) {
    return;
  }
  /* The locals may not pass the end of the body, so they are read through a reader of its own. */
  struct wasm_reader section = d->r;
  d->r = wasm_reader_make(body, body_offset);
  decode_locals(d, func);
  if (wasm_reader_failed(&d->r)) {
    return;
  }
  func->offset = wasm_reader_offset(&d->r);
  func->locals_size = (uint32_t)(func->offset - body_offset); /* at most WASM_MAX_BODY_SIZE */
  func->body = wasm_read_bytes(&d->r, wasm_reader_left(&d->r));
  d->r = section;
}

void wasm_decode_code(struct wasm_decoder *d) {
  struct wasm_module *module = d->module;
  d->code_offset = wasm_reader_offset(&d->r);
  d->body_count = wasm_decoder_count(d, 1, WASM_MAX_FUNCS, "function bodies");
  if (d->body_count != module->func_count - module->func_import_count) {
    wasm_reader_fail_at(&d->r, d->code_offset, "function and code section have inconsistent lengths");
  }
  for (uint32_t i = module->func_import_count; i < module->func_count && !wasm_reader_failed(&d->r); i++) {
    decode_body(d, &module->funcs[i]);
  }
}
