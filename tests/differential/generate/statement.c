/* Statements: what changes locals, globals, memories and tables, and structured
 * control. Spec 3.3. */
#include <stdio.h>
#include <string.h>

#include "gen.h"

static void gen_variable(struct gen *g, enum wasm_opcode op, unsigned number) {
  gen_op(g, op);
  put_unsigned(&g->out, number);
}

static char any_letter(struct gen *g) {
  static const char letters[] = "iiIIfFvprRN"; /* the last two only with typed references */
  char letter = letters[random_below(&g->random, sizeof letters - (g->profile.references ? 1 : 3))];
  return letter == 'v' && !g->profile.simd ? 'i' : letter;
}

static unsigned any_nan(char letter) {
  return letter == 'f' ? NAN32 : letter == 'F' ? NAN64 : CLEAN;
}

void gen_take(struct gen *g, const char *letters) {
  for (size_t i = strcspn(letters, ":"); i-- > 0;) {
    unsigned local = pick_local(g, letters[i]);
    if (local == LOCALS_MAX || random_chance(&g->random, 15)) {
      gen_op(g, WASM_OP_DROP);
    } else {
      gen_variable(g, WASM_OP_LOCAL_SET, local);
    }
  }
}

void gen_statements(struct gen *g, unsigned count, unsigned depth) {
  while (count-- > 0 && g->budget > 0) {
    gen_statement(g, depth);
  }
}

/* Labels. */

static bool push_label(struct gen *g, const char *types) {
  if (g->label_count == LABELS_MAX) {
    return false;
  }
  g->labels[g->label_count++] = types;
  return true;
}

static void gen_end(struct gen *g) {
  gen_op(g, WASM_OP_END);
  g->label_count--;
}

/* The values that the label wants, then the branch. */
static void gen_branch(struct gen *g, unsigned depth) {
  unsigned label = random_below(&g->random, g->label_count);
  const char *types = g->labels[label];
  if (types == NULL) {
    return;
  }
  bool is_conditional = random_chance(&g->random, 85);
  gen_expressions(g, types, depth);
  if (is_conditional) {
    gen_expression(g, 'i', depth, CLEAN);
    gen_variable(g, WASM_OP_BR_IF, g->label_count - 1 - label);
    gen_take(g, types);
  } else {
    gen_variable(g, WASM_OP_BR, g->label_count - 1 - label);
  }
}

/* Nested blocks, one behind each case, and br_table to them or to a label
 * further out that carries nothing.
 */
static void gen_switch(struct gen *g, unsigned depth) {
  unsigned cases = 1 + random_below(&g->random, 4);
  for (unsigned i = 0; i < cases; i++) {
    gen_op(g, WASM_OP_BLOCK);
    gen_block_type(g, ":");
  }
  unsigned base = g->label_count;
  for (unsigned i = 0; i < cases && push_label(g, ""); i++) {
  }
  if (g->label_count != base + cases) { /* too deep: no branches */
    g->label_count = base;
    for (unsigned i = 0; i < cases; i++) {
      gen_op(g, WASM_OP_END);
    }
    return;
  }
  gen_expression(g, 'i', depth, CLEAN);
  if (random_chance(&g->random, 70)) {
    gen_i32(g, 7);
    gen_op(g, WASM_OP_I32_AND);
  }
  gen_op(g, WASM_OP_BR_TABLE);
  unsigned targets = random_below(&g->random, 7);
  put_unsigned(&g->out, targets);
  for (unsigned i = 0; i <= targets; i++) {
    unsigned target = random_below(&g->random, cases);
    unsigned outer = random_below(&g->random, g->label_count);
    /* Loops that count their fuel carry nothing, too: going round is as good as
     * leaving. */
    bool fits = random_chance(&g->random, 15) && g->labels[outer] != NULL && g->labels[outer][0] == 0;
    put_unsigned(&g->out, fits ? g->label_count - 1 - outer : target);
  }
  for (unsigned i = 0; i < cases; i++) {
    gen_end(g);
    gen_statements(g, random_below(&g->random, 3), depth);
  }
}

/* local = count; loop { ...; if (--local != 0) again }: what an optimiser knows
 * best. */
static void gen_counted_loop(struct gen *g, unsigned depth) {
  if (g->loop_depth == 2 || g->label_count + 1 >= LABELS_MAX) {
    return;
  }
  unsigned counter = g->counters + g->loop_depth++;
  unsigned from = g->label_count;
  gen_i32(g, (int32_t)(1 + random_below(&g->random, 12)));
  gen_variable(g, WASM_OP_LOCAL_SET, counter);
  gen_op(g, WASM_OP_LOOP);
  gen_block_type(g, ":");
  /* Branching back to its label would not count: the body sees a block inside
   * it. */
  push_label(g, NULL);
  gen_op(g, WASM_OP_BLOCK);
  gen_block_type(g, ":");
  push_label(g, "");
  gen_statements(g, 1 + random_below(&g->random, 5), depth);
  gen_end(g);
  gen_variable(g, WASM_OP_LOCAL_GET, counter);
  gen_i32(g, 1);
  gen_op(g, WASM_OP_I32_SUB);
  gen_variable(g, WASM_OP_LOCAL_TEE, counter);
  gen_variable(g, WASM_OP_BR_IF, 0);
  gen_end(g);
  g->label_count = from;
  g->loop_depth--;
}

/* At the head of other loops: without fuel, leave the function. */
static void gen_burn(struct gen *g) {
  gen_variable(g, WASM_OP_GLOBAL_GET, g->fuel);
  gen_op(g, WASM_OP_I32_EQZ);
  gen_op(g, WASM_OP_IF);
  put_byte(&g->out, 0x40);
  for (const char *letter = results_of(g->function->type); *letter != 0; letter++) {
    gen_zero(g, *letter);
  }
  gen_variable(g, WASM_OP_BR, g->label_count); /* the function's own block */
  gen_op(g, WASM_OP_END);
  gen_variable(g, WASM_OP_GLOBAL_GET, g->fuel);
  gen_i32(g, 1);
  gen_op(g, WASM_OP_I32_SUB);
  gen_variable(g, WASM_OP_GLOBAL_SET, g->fuel);
}

static void gen_arm(struct gen *g, const char *type, unsigned depth) {
  const char *results = results_of(type);
  gen_take(g, type);
  gen_statements(g, random_below(&g->random, 4), depth);
  gen_expressions(g, results, depth);
}

static void random_letters(struct gen *g, char *text, unsigned limit) {
  unsigned count = random_below(&g->random, limit);
  for (unsigned i = 0; i < count; i++) {
    text[i] = any_letter(g);
  }
  text[count] = 0;
}

void gen_construct(struct gen *g, const char *results, unsigned depth) {
  char params[4] = "", type[TEXT_MAX];
  if (random_chance(&g->random, 25)) {
    random_letters(g, params, sizeof params);
  }
  snprintf(type, sizeof type, "%s:%s", params, results);
  unsigned choice = random_below(&g->random, 100);
  if (g->label_count == LABELS_MAX) {
    gen_expressions(g, results, 0);
    return;
  }
  gen_expressions(g, params, depth);
  if (choice < 40) {
    gen_op(g, WASM_OP_BLOCK);
    gen_block_type(g, type);
    push_label(g, results_of(type));
    gen_arm(g, type, depth);
  } else if (choice < 55 && !g->function->is_leaf) {
    gen_op(g, WASM_OP_LOOP);
    gen_block_type(g, type);
    push_label(g, params);
    gen_burn(g);
    gen_arm(g, type, depth);
  } else {
    gen_expression(g, 'i', depth, CLEAN);
    gen_op(g, WASM_OP_IF);
    gen_block_type(g, type);
    push_label(g, results_of(type));
    gen_arm(g, type, depth);
    if (strcmp(params, results) != 0 || random_chance(&g->random, 60)) {
      gen_op(g, WASM_OP_ELSE);
      gen_arm(g, type, depth);
    }
  }
  gen_end(g);
}

/* Bulk operations: short ones mostly, and ends that do not fit now and then. */
static void gen_length(struct gen *g, bool is64, unsigned limit) {
  unsigned choice = random_below(&g->random, 100);
  if (choice < 55) {
    gen_index(g, is64, random_below(&g->random, limit));
  } else {
    gen_expression(g, is64 ? 'I' : 'i', 1, CLEAN);
    if (choice < 98) {
      gen_index(g, is64, limit - 1);
      gen_op(g, is64 ? WASM_OP_I64_AND : WASM_OP_I32_AND);
    }
  }
}

/* An address without a memarg: its offset is lost. */
static void gen_plain_address(struct gen *g, unsigned memory, unsigned depth) {
  (void)gen_address(g, memory, depth);
}

static void gen_bulk(struct gen *g, unsigned depth) {
  unsigned memory = random_below(&g->random, g->memory_count),
           other = random_below(&g->random, g->memory_count);
  bool is64 = g->memories[memory].is64, is64_other = g->memories[other].is64;
  unsigned segment = g->data_count > 0 ? random_below(&g->random, g->data_count) : 0;
  gen_plain_address(g, memory, depth);
  switch (random_below(&g->random, g->data_count > 0 ? 4 : 2)) {
  case 0:
    gen_expression(g, 'i', depth, CLEAN);
    gen_length(g, is64, 64);
    gen_variable(g, WASM_OP_MEMORY_FILL, memory);
    break;
  case 1:
    gen_plain_address(g, other, depth);
    gen_length(g, is64 && is64_other, 64);
    gen_variable(g, WASM_OP_MEMORY_COPY, memory);
    put_unsigned(&g->out, other);
    break;
  case 2:
    gen_length(g, false, 4);
    gen_length(g, false, 8);
    gen_variable(g, WASM_OP_MEMORY_INIT, segment);
    put_unsigned(&g->out, memory);
    break;
  default:
    gen_op(g, WASM_OP_DROP);
    gen_variable(g, WASM_OP_DATA_DROP, segment);
    break;
  }
}

/* Only in tables that may be written; others the compiler turns into constants.
 */
static void gen_table_statement(struct gen *g, unsigned depth) {
  unsigned table = pick_table(g, random_chance(&g->random, 70) ? 'p' : 'r', true);
  if (table == TABLES_MAX) {
    return;
  }
  char letter = g->tables[table].letter;
  bool is64 = g->tables[table].is64;
  unsigned source = pick_table(g, letter, false), segment = random_below(&g->random, g->element_count + 1);
  unsigned choice = random_below(&g->random, 10);
  gen_table_index(g, table, depth);
  if (choice < 4) {
    gen_expression(g, letter, depth, CLEAN);
    gen_variable(g, WASM_OP_TABLE_SET, table);
  } else if (choice < 6) {
    gen_expression(g, letter, depth, CLEAN);
    gen_length(g, is64, 4);
    gen_variable(g, WASM_OP_TABLE_FILL, table);
  } else if (choice < 8) {
    gen_table_index(g, source, depth);
    gen_length(g, is64 && g->tables[source].is64, 4);
    gen_variable(g, WASM_OP_TABLE_COPY, table);
    put_unsigned(&g->out, source);
  } else if (segment < g->element_count && g->elements[segment].letter == letter) {
    gen_length(g, false, 2);
    gen_length(g, false, 4);
    gen_variable(g, WASM_OP_TABLE_INIT, segment);
    put_unsigned(&g->out, table);
  } else {
    gen_op(g, WASM_OP_DROP);
    if (segment < g->element_count) {
      gen_variable(g, WASM_OP_ELEM_DROP, segment);
    }
  }
}

static void gen_log(struct gen *g, unsigned depth) {
  unsigned number = random_below(&g->random, g->import_count);
  gen_expression(g, g->functions[number].type[0], depth, CLEAN);
  gen_variable(g, WASM_OP_CALL, number);
}

void gen_leave(struct gen *g) {
  if (!g->function->is_leaf) {
    gen_variable(g, WASM_OP_GLOBAL_GET, g->depth);
    gen_i32(g, 1);
    gen_op(g, WASM_OP_I32_SUB);
    gen_variable(g, WASM_OP_GLOBAL_SET, g->depth);
  }
}

void gen_return(struct gen *g, unsigned depth) {
  if (random_chance(&g->random, 10)) {
    gen_op(g, WASM_OP_UNREACHABLE);
    return;
  }
  if (g->profile.tail_calls && random_chance(&g->random, 70) &&
      gen_tail_call(g, results_of(g->function->type), depth)) {
    return;
  }
  gen_expressions(g, results_of(g->function->type), depth);
  gen_leave(g);
  gen_op(g, WASM_OP_RETURN);
}

static void gen_multiple_call(struct gen *g, unsigned depth) {
  const char *results = results_of(g->functions[random_below(&g->random, g->function_count)].type);
  if (gen_call(g, results, depth)) {
    gen_take(g, results);
  }
}

static void gen_set(struct gen *g, unsigned depth, bool is_global) {
  char letter = any_letter(g);
  unsigned number = is_global ? pick_global(g, letter, true) : pick_local(g, letter);
  if (number != (is_global ? (unsigned)GLOBALS_MAX : (unsigned)LOCALS_MAX)) {
    gen_expression(g, letter, depth, any_nan(letter));
    gen_variable(g, is_global ? WASM_OP_GLOBAL_SET : WASM_OP_LOCAL_SET, number);
  }
}

static void gen_block_statement(struct gen *g, unsigned depth) {
  char results[4];
  random_letters(g, results, random_chance(&g->random, 30) ? 4 : 1);
  gen_construct(g, results, depth);
  gen_take(g, results);
}

void gen_statement(struct gen *g, unsigned depth) {
  unsigned node = node_begin(g);
  size_t start = g->out.size;
  enum taint taint;
  g->budget--;
  unsigned choice = random_below(&g->random, 100), inner = depth > 0 ? depth - 1 : 0;
  if (choice < 16) {
    gen_set(g, depth, false);
  } else if (choice < 24) {
    gen_set(g, depth, true);
  } else if (choice < 46) {
    gen_table_op(g, "", inner, &taint);
  } else if (choice < 50) {
    gen_expression(g, any_letter(g), depth, NAN32 | NAN64);
    gen_op(g, WASM_OP_DROP);
  } else if (choice < 56) {
    gen_log(g, depth);
  } else if (choice < 69 && depth > 0) {
    gen_block_statement(g, inner);
  } else if (choice < 78 && depth > 0) {
    gen_counted_loop(g, inner);
  } else if (choice < 82) {
    gen_branch(g, inner);
  } else if (choice < 84 && depth > 0) {
    gen_switch(g, inner);
  } else if (choice < 90) {
    gen_multiple_call(g, inner);
  } else if (choice < 94 && g->memory_count > 0) {
    gen_bulk(g, inner);
  } else if (choice < 97) {
    gen_table_statement(g, inner);
  } else if (choice < 99) {
    if (gen_table_op(g, "II", inner, &taint)) {
      gen_take(g, "II");
    }
  } else if (random_chance(&g->random, 30)) {
    gen_return(g, inner);
  }
  if (node_end(g, node)) {
    g->out.size = start;
  }
}
