/*
 * Private to the validator: the state of checking one body or constant expression, its stacks, and the rules
 * of instructions. The algorithm is that of the specification's appendix (7.3): a stack of operand types and
 * one of control frames, where operands below an unreachable point have whatever type is asked for.
 */
#ifndef CHECK_RULES_H
#define CHECK_RULES_H

#include "check.h"
#include "insn.h"
#include "match.h"

#define CHECK_DIRECT_LOCALS 64 /* locals whose types are found without a search */

/* A run of value types: of parameters, results, operands. */
struct check_types {
  const wasm_type *types;
  uint32_t count;
};

struct check_frame {
  enum wasm_kind kind; /* block, loop, if_ or else_; the body is a block */
  bool is_unreachable;
  uint32_t height;   /* of the operand stack where the block begins, without its parameters */
  uint32_t settings; /* how many locals without a default had been set there */
  struct check_types params;
  struct check_types results;
};

struct checker {
  struct wasm_module *module;
  wasm_features features;
  wasm_features used;
  struct diag_sink *sink;
  struct arena scratch; /* label vectors of one function, and names while the module is checked */

  /* The code that is being checked. */
  uint32_t function; /* or DIAG_NO_FUNCTION for constant expressions */
  bool is_constant;
  uint32_t constant_globals; /* those that a constant expression may name */
  struct wasm_insn insn;

  uint64_t spread; /* values passed so far, see check_spread() */

  /* Stacks, kept from body to body. */
  wasm_type *operands;
  uint32_t operand_count;
  uint32_t operand_capacity;
  struct check_frame *frames;
  uint32_t frame_count;
  uint32_t frame_capacity;

  /* Locals: the parameters, the first few by index, and the runs by the index after their last local. */
  struct check_types params;
  wasm_type direct_locals[CHECK_DIRECT_LOCALS];
  uint64_t *local_ends;
  uint32_t local_ends_capacity;

  /* Locals without a default: which have been set, and those in the order in which they were. All zeros
   * between functions, so that it costs what is set and not what is declared. */
  uint8_t is_set[WASM_MAX_LOCALS];
  uint32_t *settings;
  uint32_t setting_count;
  uint32_t setting_capacity;
};

/* Reports an error at the current instruction. Always false. */
bool check_fail(struct checker *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool check_fail_as(struct checker *c, enum diag_phase phase, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Notes that the module uses `feature`; an error if that is off. */
bool check_need(struct checker *c, enum wasm_feature feature);

/* "i32.add": the current instruction, for messages. */
const char *check_text(const struct checker *c);

/* stack.c: operands. */
bool check_push(struct checker *c, wasm_type type);
bool check_push_types(struct checker *c, struct check_types types);
bool check_pop(struct checker *c, wasm_type expected);
bool check_pop_any(struct checker *c, wasm_type *type); /* WASM_BOTTOM where it is unknown */
bool check_pop_types(struct checker *c, struct check_types types);
bool check_pop_ref(struct checker *c, wasm_type *type); /* reference.c: WASM_BOTTOM_REF where it is unknown */
bool check_match_types(struct checker *c, struct check_types types); /* pops nothing */
void check_set_unreachable(struct checker *c);
enum { CHECK_NARROW = 4 }; /* values that any instruction may pass */
/* Counts `count` values that something passes, of which `narrow` are taken for granted. */
bool check_spread(struct checker *c, uint64_t count, uint64_t narrow);

/* stack.c: frames. */
bool check_push_frame(struct checker *c, enum wasm_kind kind, struct check_types params,
                      struct check_types results);
bool check_pop_frame(struct checker *c, struct check_frame *frame);
static inline struct check_frame *check_top_frame(struct checker *c) {
  return &c->frames[c->frame_count - 1];
}

/* Notes that a local (without the parameters) has been set; the end of the block forgets it. */
void check_push_setting(struct checker *c, uint32_t local);
void check_pop_settings(struct checker *c, uint32_t count); /* down to so many */

void check_free_stacks(struct checker *c);

/* type.c: the type section; a value type whose indices exist; a type definition of a kind. */
bool check_types(struct checker *c);
bool check_value_type(struct checker *c, wasm_type type);
bool check_has_type_of_kind(struct checker *c, uint32_t index, enum wasm_type_kind kind);
bool check_has_func_type(struct checker *c, uint32_t index);

/* control.c: what a branch to a label takes; calls and tail calls of something of this type. */
bool check_label_types(struct checker *c, uint32_t label, struct check_types *types);
bool check_call_type(struct checker *c, const struct wasm_func_type *type);
bool check_return_call_type(struct checker *c, const struct wasm_func_type *type);

/* module.c: indices into the module; false and an error if there is no such thing. */
bool check_has_func(struct checker *c, uint32_t index);
bool check_has_table(struct checker *c, uint32_t index);
bool check_has_memory(struct checker *c, uint32_t index);
bool check_has_global(struct checker *c, uint32_t index);
bool check_has_element(struct checker *c, uint32_t index);
bool check_has_data(struct checker *c, uint32_t index);

/* The type of addresses, sizes and indices of a memory or table. */
wasm_type check_address_type(const struct wasm_limits *limits);

/* code.c: a body; a constant expression that has one result of type `type`. */
bool check_function(struct checker *c, uint32_t function);
bool check_constant(struct checker *c, const struct wasm_expr *expr, wasm_type type, uint32_t globals);

/* signature.c: rows of opcodes.def with a signature. */
bool check_signature(struct checker *c, const struct wasm_opcode_info *info);

/* Rules of the kinds whose signature is "*": control.c, variable.c, reference.c, aggregate.c,
 * table.c. */
typedef bool check_rule(struct checker *c);
check_rule check_unreachable, check_block, check_loop, check_if, check_else, check_end, check_br, check_br_if,
    check_br_table, check_return, check_call, check_call_indirect, check_return_call,
    check_return_call_indirect;
check_rule check_drop, check_select, check_local_get, check_local_set, check_local_tee, check_global_get,
    check_global_set;
check_rule check_ref_null, check_ref_is_null, check_ref_func, check_ref_as_non_null, check_br_on_null,
    check_br_on_non_null, check_call_ref, check_return_call_ref, check_ref_test, check_ref_cast,
    check_br_on_cast, check_br_on_cast_fail;
check_rule check_struct_new, check_struct_new_default, check_struct_get, check_struct_set, check_array_new,
    check_array_new_default, check_array_new_fixed, check_array_new_data, check_array_new_elem,
    check_array_get, check_array_set, check_array_len, check_array_fill, check_array_copy,
    check_array_init_data, check_array_init_elem, check_ref_eq, check_ref_i31, check_i31_get,
    check_any_convert_extern, check_extern_convert_any;
check_rule check_table_get, check_table_set, check_table_size, check_table_grow, check_table_fill,
    check_table_copy, check_table_init, check_memory_copy;

/* The rule of a kind, or NULL. */
check_rule *check_rule_of(enum wasm_kind kind);

#endif
