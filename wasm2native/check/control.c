/* The rules of blocks, branches and calls (spec 3.3.8). */
#include "rules.h"

#include <inttypes.h>

static struct check_types params_of(const struct wasm_func_type *type) {
  return (struct check_types){type->params, type->param_count};
}

static struct check_types results_of(const struct wasm_func_type *type) {
  return (struct check_types){type->results, type->result_count};
}

static const struct check_types no_types = {NULL, 0};

static bool types_match(const struct checker *c, struct check_types sub, struct check_types super) {
  return sub.count == super.count && wasm_types_match(c->module, sub.types, super.types, sub.count);
}

bool check_unreachable(struct checker *c) {
  check_set_unreachable(c);
  return true;
}

static bool enter_block(struct checker *c, enum wasm_kind kind) {
  struct wasm_block_type block = c->insn.imm.block;
  struct check_types params = no_types;
  struct check_types results = no_types;
  if (block.form == WASM_BLOCK_VALUE) {
    if (!check_value_type(c, block.type)) {
      return false;
    }
    wasm_type *result = ARENA_NEW(&c->scratch, wasm_type);
    *result = block.type;
    results = (struct check_types){result, 1};
  } else if (block.form == WASM_BLOCK_TYPE) {
    if (!check_has_func_type(c, block.type)) {
      return false;
    }
    params = params_of(wasm_func_type_at(c->module, block.type));
    results = results_of(wasm_func_type_at(c->module, block.type));
    c->used |= WASM_FEATURE_BIT(WASM_FEATURE_MULTI_VALUE);
  }
  return check_pop_types(c, params) && check_push_frame(c, kind, params, results);
}

bool check_block(struct checker *c) {
  return enter_block(c, WASM_KIND_block);
}

bool check_loop(struct checker *c) {
  return enter_block(c, WASM_KIND_loop);
}

bool check_if(struct checker *c) {
  return check_pop(c, WASM_I32) && enter_block(c, WASM_KIND_if_);
}

bool check_else(struct checker *c) {
  struct check_frame frame;
  if (check_top_frame(c)->kind != WASM_KIND_if_) {
    return check_fail_as(c, DIAG_MALFORMED, "else without if");
  }
  return check_pop_frame(c, &frame) && check_push_frame(c, WASM_KIND_else_, frame.params, frame.results);
}

bool check_end(struct checker *c) {
  struct check_frame frame;
  if (!check_pop_frame(c, &frame)) {
    return false;
  }
  /* Without an else, the block's parameters are what a false condition leaves. */
  if (frame.kind == WASM_KIND_if_ && !types_match(c, frame.params, frame.results)) {
    return check_fail(c, "type mismatch in end: an if without else needs the same parameters and results");
  }
  return check_push_types(c, frame.results);
}

/* What a branch to the label takes: a loop's parameters, any other block's results. */
bool check_label_types(struct checker *c, uint32_t label, struct check_types *types) {
  if (label >= c->frame_count) {
    return check_fail(c, "unknown label %" PRIu32 " in %s", label, check_text(c));
  }
  const struct check_frame *frame = &c->frames[c->frame_count - 1 - label];
  *types = frame->kind == WASM_KIND_loop ? frame->params : frame->results;
  return true;
}

bool check_br(struct checker *c) {
  struct check_types types;
  if (!check_label_types(c, c->insn.imm.index, &types) || !check_pop_types(c, types)) {
    return false;
  }
  check_set_unreachable(c);
  return true;
}

bool check_br_if(struct checker *c) {
  struct check_types types;
  return check_pop(c, WASM_I32) && check_label_types(c, c->insn.imm.index, &types) &&
         check_pop_types(c, types) && check_push_types(c, types);
}

bool check_br_table(struct checker *c) {
  uint32_t count = c->insn.imm.labels.count;
  const uint32_t *labels = c->insn.imm.labels.labels;
  struct check_types last;
  if (count > WASM_MAX_BR_TABLE) {
    return check_fail_as(c, DIAG_UNSUPPORTED, "br_table has %" PRIu32 " labels, the limit is %" PRIu32, count,
                         WASM_MAX_BR_TABLE);
  }
  if (!check_pop(c, WASM_I32) || !check_label_types(c, labels[count], &last)) {
    return false;
  }
  if (!check_spread(c, (uint64_t)last.count * count, count)) {
    return false;
  }
  for (uint32_t i = 0; i < count; i++) {
    struct check_types types;
    if (!check_label_types(c, labels[i], &types)) {
      return false;
    }
    if (types.count != last.count) {
      return check_fail(
          c, "type mismatch in br_table: label %" PRIu32 " takes %" PRIu32 " values, the default %" PRIu32,
          labels[i], types.count, last.count);
    }
    if (!check_match_types(c, types)) {
      return false;
    }
  }
  if (!check_pop_types(c, last)) {
    return false;
  }
  check_set_unreachable(c);
  return true;
}

bool check_return(struct checker *c) {
  if (!check_pop_types(c, c->frames[0].results)) {
    return false;
  }
  check_set_unreachable(c);
  return true;
}

bool check_call_type(struct checker *c, const struct wasm_func_type *type) {
  return check_pop_types(c, params_of(type)) && check_push_types(c, results_of(type));
}

/* A tail call: the callee's results are the function's. */
bool check_return_call_type(struct checker *c, const struct wasm_func_type *type) {
  if (!check_spread(c, type->result_count, CHECK_NARROW)) {
    return false;
  }
  if (!types_match(c, results_of(type), c->frames[0].results)) {
    return check_fail(c, "type mismatch in %s: the callee's results do not match the function's",
                      check_text(c));
  }
  if (!check_pop_types(c, params_of(type))) {
    return false;
  }
  check_set_unreachable(c);
  return true;
}

bool check_call(struct checker *c) {
  uint32_t func = c->insn.imm.index;
  return check_has_func(c, func) && check_call_type(c, wasm_func_type_of(c->module, func));
}

bool check_return_call(struct checker *c) {
  uint32_t func = c->insn.imm.index;
  return check_has_func(c, func) && check_return_call_type(c, wasm_func_type_of(c->module, func));
}

/* Table, type and table index of an indirect call. */
static bool indirect_callee(struct checker *c, const struct wasm_func_type **type) {
  uint32_t table = c->insn.imm.pair.second;
  if (!check_has_table(c, table)) {
    return false;
  }
  if (!wasm_type_matches(c->module, c->module->tables[table].type, WASM_FUNCREF)) {
    return check_fail(c, "type mismatch in %s: expected a table of funcref, table %" PRIu32 " has %s",
                      check_text(c), table, wasm_type_name(c->module->tables[table].type).text);
  }
  if (!check_has_func_type(c, c->insn.imm.pair.first)) {
    return false;
  }
  *type = wasm_func_type_at(c->module, c->insn.imm.pair.first);
  return check_pop(c, check_address_type(&c->module->tables[table].limits));
}

bool check_call_indirect(struct checker *c) {
  const struct wasm_func_type *type = NULL;
  return indirect_callee(c, &type) && check_call_type(c, type);
}

bool check_return_call_indirect(struct checker *c) {
  const struct wasm_func_type *type = NULL;
  return indirect_callee(c, &type) && check_return_call_type(c, type);
}
