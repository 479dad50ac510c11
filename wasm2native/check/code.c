/*
 * Function bodies and constant expressions (spec 3.3.10, 3.4.4): the loop over instructions, which picks the
 * signature or the rule of each. One error ends a body; the caller goes on with the next.
 */
#include "rules.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

check_rule *check_rule_of(enum wasm_kind kind) {
  static check_rule *const rules[WASM_KIND_COUNT] = {
      [WASM_KIND_unreachable] = check_unreachable,
      [WASM_KIND_block] = check_block,
      [WASM_KIND_loop] = check_loop,
      [WASM_KIND_if_] = check_if,
      [WASM_KIND_else_] = check_else,
      [WASM_KIND_end] = check_end,
      [WASM_KIND_br] = check_br,
      [WASM_KIND_br_if] = check_br_if,
      [WASM_KIND_br_table] = check_br_table,
      [WASM_KIND_return_] = check_return,
      [WASM_KIND_call] = check_call,
      [WASM_KIND_call_indirect] = check_call_indirect,
      [WASM_KIND_return_call] = check_return_call,
      [WASM_KIND_return_call_indirect] = check_return_call_indirect,
      [WASM_KIND_drop] = check_drop,
      [WASM_KIND_select] = check_select,
      [WASM_KIND_local_get] = check_local_get,
      [WASM_KIND_local_set] = check_local_set,
      [WASM_KIND_local_tee] = check_local_tee,
      [WASM_KIND_global_get] = check_global_get,
      [WASM_KIND_global_set] = check_global_set,
      [WASM_KIND_table_get] = check_table_get,
      [WASM_KIND_table_set] = check_table_set,
      [WASM_KIND_table_size] = check_table_size,
      [WASM_KIND_table_grow] = check_table_grow,
      [WASM_KIND_table_fill] = check_table_fill,
      [WASM_KIND_table_copy] = check_table_copy,
      [WASM_KIND_table_init] = check_table_init,
      [WASM_KIND_memory_copy] = check_memory_copy,
      [WASM_KIND_ref_null] = check_ref_null,
      [WASM_KIND_ref_is_null] = check_ref_is_null,
      [WASM_KIND_ref_func] = check_ref_func,
      [WASM_KIND_ref_as_non_null] = check_ref_as_non_null,
      [WASM_KIND_br_on_null] = check_br_on_null,
      [WASM_KIND_br_on_non_null] = check_br_on_non_null,
      [WASM_KIND_call_ref] = check_call_ref,
      [WASM_KIND_return_call_ref] = check_return_call_ref,
      [WASM_KIND_ref_test] = check_ref_test,
      [WASM_KIND_ref_cast] = check_ref_cast,
      [WASM_KIND_br_on_cast] = check_br_on_cast,
      [WASM_KIND_br_on_cast_fail] = check_br_on_cast_fail,
      [WASM_KIND_struct_new] = check_struct_new,
      [WASM_KIND_struct_new_default] = check_struct_new_default,
      [WASM_KIND_struct_get] = check_struct_get,
      [WASM_KIND_struct_set] = check_struct_set,
      [WASM_KIND_array_new] = check_array_new,
      [WASM_KIND_array_new_default] = check_array_new_default,
      [WASM_KIND_array_new_fixed] = check_array_new_fixed,
      [WASM_KIND_array_new_data] = check_array_new_data,
      [WASM_KIND_array_new_elem] = check_array_new_elem,
      [WASM_KIND_array_get] = check_array_get,
      [WASM_KIND_array_set] = check_array_set,
      [WASM_KIND_array_len] = check_array_len,
      [WASM_KIND_array_fill] = check_array_fill,
      [WASM_KIND_array_copy] = check_array_copy,
      [WASM_KIND_array_init_data] = check_array_init_data,
      [WASM_KIND_array_init_elem] = check_array_init_elem,
      [WASM_KIND_ref_eq] = check_ref_eq,
      [WASM_KIND_ref_i31] = check_ref_i31,
      [WASM_KIND_i31_get] = check_i31_get,
      [WASM_KIND_any_convert_extern] = check_any_convert_extern,
      [WASM_KIND_extern_convert_any] = check_extern_convert_any,
  };
  return rules[kind];
}

static struct slice function_name(const struct checker *c) {
  return c->function == DIAG_NO_FUNCTION ? (struct slice){NULL, 0} : c->module->funcs[c->function].name;
}

static void report(struct checker *c, enum diag_phase phase, const char *format, va_list arguments) {
  char message[256]; /* of our words and numbers: no names of the input */
  vsnprintf(message, sizeof message, format, arguments);
  diag_error_at(c->sink, phase, c->insn.offset, c->function, function_name(c), "%s", message);
}

bool check_fail(struct checker *c, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  report(c, DIAG_INVALID, format, arguments);
  va_end(arguments);
  return false;
}

bool check_fail_as(struct checker *c, enum diag_phase phase, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  report(c, phase, format, arguments);
  va_end(arguments);
  return false;
}

const char *check_text(const struct checker *c) {
  return wasm_insn_info(&c->insn)->text;
}

bool check_need(struct checker *c, enum wasm_feature feature) {
  c->used |= WASM_FEATURE_BIT(feature);
  return (c->features & WASM_FEATURE_BIT(feature)) != 0 ||
         check_fail_as(c, DIAG_UNSUPPORTED, "%s", wasm_feature_missing(feature));
}

/* Which instructions are constant (spec 3.3.10): those of the table's flag, the extended ones with their
 * proposal. */
static bool check_is_constant(struct checker *c, const struct wasm_opcode_info *info) {
  if (info->flag == WASM_FLAG_EXTENDED) {
    return check_need(c, WASM_FEATURE_EXTENDED_CONST);
  }
  return info->flag == WASM_FLAG_CONST ||
         check_fail(c, "constant expression required: %s is not constant", info->text);
}

static bool check_insn(struct checker *c) {
  const struct wasm_opcode_info *info = wasm_insn_info(&c->insn);
  c->used |= WASM_FEATURE_BIT(info->feature);
  if (c->is_constant && !check_is_constant(c, info)) {
    return false;
  }
  if (info->signature[0] != '*') {
    return check_signature(c, info);
  }
  return check_rule_of((enum wasm_kind)info->kind)(c);
}

static bool fail_walk(struct checker *c, const struct wasm_reader *r) {
  return diag_error_at(c->sink, r->phase, r->error_offset, c->function, function_name(c), "%s", r->error);
}

/* All instructions of `code`; the frame of the whole is on the control stack. */
static bool check_code(struct checker *c, struct slice code, size_t offset) {
  struct wasm_walk walk = wasm_walk_make(code, offset, c->features, &c->scratch);
  while (wasm_walk_next(&walk, &c->insn)) {
    if (!check_insn(c)) {
      return false;
    }
    if (c->frame_count == 0) {
      break;
    }
  }
  c->used |= walk.used;
  if (wasm_reader_failed(&walk.reader)) {
    return fail_walk(c, &walk.reader);
  }
  if (!wasm_reader_at_end(&walk.reader)) {
    wasm_reader_fail(&walk.reader, "section size mismatch: bytes follow the end of the function");
    return fail_walk(c, &walk.reader);
  }
  if (c->frame_count > 0 && !c->is_constant) {
    wasm_reader_fail(&walk.reader, "END opcode expected: the function ends inside a block");
    return fail_walk(c, &walk.reader);
  }
  return true;
}

static void start_code(struct checker *c, struct check_types results) {
  c->operand_count = 0;
  c->frame_count = 0;
  check_push_frame(c, WASM_KIND_block, (struct check_types){NULL, 0}, results);
}

/*
 * The types of the locals without their expansion, which could be a thousand times the size of the body: the
 * first few by index, and for the others the index after each run.
 */
static bool set_locals(struct checker *c, const struct wasm_func *func) {
  if (func->locals_count > c->local_ends_capacity) {
    free(c->local_ends);
    c->local_ends = malloc(func->locals_count * sizeof *c->local_ends);
    if (c->local_ends == NULL) {
      arena_out_of_memory(func->locals_count * sizeof *c->local_ends);
    }
    c->local_ends_capacity = func->locals_count;
  }
  uint64_t end = 0;
  for (uint32_t i = 0; i < func->locals_count; i++) {
    uint64_t begin = end;
    if (!check_value_type(c, func->locals[i].type)) {
      return false;
    }
    end += func->locals[i].count;
    c->local_ends[i] = end;
    if (begin < CHECK_DIRECT_LOCALS) {
      uint64_t direct_end = end < CHECK_DIRECT_LOCALS ? end : CHECK_DIRECT_LOCALS;
      for (uint64_t k = begin; k < direct_end; k++) {
        c->direct_locals[k] = func->locals[i].type;
      }
    }
  }
  return true;
}

bool check_function(struct checker *c, uint32_t function) {
  const struct wasm_func *func = &c->module->funcs[function];
  const struct wasm_func_type *type = wasm_func_type_at(c->module, func->type);
  c->function = function;
  c->is_constant = false;
  c->params = (struct check_types){type->params, type->param_count};
  c->insn.offset = func->offset;
  if (!set_locals(c, func) || !check_spread(c, type->param_count, func->body.size)) {
    return false;
  }
  start_code(c, (struct check_types){type->results, type->result_count});
  bool is_valid = check_code(c, func->body, func->offset);
  check_pop_settings(c, 0);
  arena_reset(&c->scratch);
  return is_valid;
}

bool check_constant(struct checker *c, const struct wasm_expr *expr, wasm_type type, uint32_t globals) {
  c->function = DIAG_NO_FUNCTION;
  c->is_constant = true;
  c->constant_globals = globals;
  start_code(c, (struct check_types){&type, 1});
  if (!check_code(c, expr->code, expr->offset)) {
    return false;
  }
  /* The `end`, which is not part of the slice. */
  c->insn.opcode = WASM_OP_END;
  c->insn.offset = expr->offset + expr->code.size;
  return check_end(c);
}
