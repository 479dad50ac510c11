/* The rules of drop, select and variables (spec 3.3.3 to 3.3.5). */
#include "rules.h"

#include <inttypes.h>

bool check_drop(struct checker *c) {
  wasm_type type;
  return check_pop_any(c, &type);
}

static bool select_with_type(struct checker *c) {
  if (c->insn.imm.select.count != 1) {
    return check_fail(c, "invalid result arity: select has %" PRIu32 " result types",
                      c->insn.imm.select.count);
  }
  wasm_type type = c->insn.imm.select.types[0];
  return check_value_type(c, type) && check_pop(c, WASM_I32) && check_pop(c, type) && check_pop(c, type) &&
         check_push(c, type);
}

static bool select_without_type(struct checker *c) {
  wasm_type second;
  wasm_type first;
  if (!check_pop(c, WASM_I32) || !check_pop_any(c, &second) || !check_pop_any(c, &first)) {
    return false;
  }
  if (wasm_is_ref(first) || wasm_is_ref(second)) {
    return check_fail(c, "type mismatch in select: references need a select with a type");
  }
  if (first != second && first != WASM_BOTTOM && second != WASM_BOTTOM) {
    return check_fail(c, "type mismatch in select: expected %s, found %s", wasm_type_name(first).text,
                      wasm_type_name(second).text);
  }
  return check_push(c, first == WASM_BOTTOM ? second : first);
}

bool check_select(struct checker *c) {
  return wasm_insn_info(&c->insn)->imm == WASM_IMM_SELECT ? select_with_type(c) : select_without_type(c);
}

static bool find_local(struct checker *c, wasm_type *type) {
  uint32_t index = c->insn.imm.index;
  const struct wasm_func *func = &c->module->funcs[c->function];
  if (index < c->params.count) {
    *type = c->params.types[index];
    return true;
  }
  index -= c->params.count;
  if (index >= func->local_total) {
    return check_fail(c, "unknown local %" PRIu32 " in %s", c->insn.imm.index, check_text(c));
  }
  if (index < CHECK_DIRECT_LOCALS) {
    *type = c->direct_locals[index];
    return true;
  }
  uint32_t low = 0;
  for (uint32_t high = func->locals_count; high - low > 1;) { /* the local is in a run of [low, high) */
    uint32_t middle = low + (high - low) / 2;
    if (c->local_ends[middle - 1] <= index) {
      low = middle;
    } else {
      high = middle;
    }
  }
  *type = func->locals[low].type;
  return true;
}

/*
 * A local without a default value has none until it is set; what is set in a block counts up to its end
 * (spec 3.3.4, 7.3). NULL for locals that always have a value.
 */
static uint8_t *setting_of(struct checker *c, wasm_type type) {
  uint32_t index = c->insn.imm.index;
  return wasm_is_defaultable(type) || index < c->params.count ? NULL : &c->is_set[index - c->params.count];
}

static bool set_local(struct checker *c, wasm_type type) {
  uint8_t *is_set = setting_of(c, type);
  if (is_set != NULL && !*is_set) {
    *is_set = 1;
    check_push_setting(c, c->insn.imm.index - c->params.count);
  }
  return true;
}

bool check_local_get(struct checker *c) {
  wasm_type type = WASM_BOTTOM;
  if (!find_local(c, &type)) {
    return false;
  }
  const uint8_t *is_set = setting_of(c, type);
  if (is_set != NULL && !*is_set) {
    return check_fail(c, "uninitialized local %" PRIu32 " of type %s", c->insn.imm.index,
                      wasm_type_name(type).text);
  }
  return check_push(c, type);
}

bool check_local_set(struct checker *c) {
  wasm_type type = WASM_BOTTOM;
  return find_local(c, &type) && check_pop(c, type) && set_local(c, type);
}

bool check_local_tee(struct checker *c) {
  wasm_type type = WASM_BOTTOM;
  return find_local(c, &type) && check_pop(c, type) && set_local(c, type) && check_push(c, type);
}

bool check_global_get(struct checker *c) {
  uint32_t index = c->insn.imm.index;
  if (!check_has_global(c, index)) {
    return false;
  }
  const struct wasm_global *global = &c->module->globals[index];
  if (c->is_constant && index >= c->constant_globals) {
    return check_fail(c, "unknown global %" PRIu32 ": a constant expression may not name it", index);
  }
  if (c->is_constant && global->is_mutable) {
    return check_fail(c, "constant expression required: global %" PRIu32 " is mutable", index);
  }
  if (c->is_constant && !global->is_import && !check_need(c, WASM_FEATURE_EXTENDED_CONST)) {
    return false; /* only imported ones in the standard before */
  }
  return check_push(c, global->type);
}

bool check_global_set(struct checker *c) {
  uint32_t index = c->insn.imm.index;
  if (!check_has_global(c, index)) {
    return false;
  }
  if (!c->module->globals[index].is_mutable) {
    return check_fail(c, "global %" PRIu32 " is immutable", index);
  }
  return check_pop(c, c->module->globals[index].type);
}
