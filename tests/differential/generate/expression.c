/* Expressions: a value of a wanted type, by an instruction of the opcode table
 * or one that is typed by a rule of its own. Spec 3.3. */
#include <string.h>

#include "gen.h"

static bool is_relaxed(const struct wasm_opcode_info *info) {
  return info->prefix == 0xfd && info->code >= 0x100;
}

static bool is_enabled(const struct gen *g, const struct wasm_opcode_info *info) {
  if (info->prefix == 0xfe || strcmp(info->signature, "*") == 0) {
    return false;
  }
  switch (info->imm) {
  case WASM_IMM_NONE:
  case WASM_IMM_LANE:
  case WASM_IMM_LANES16:
    break;
  case WASM_IMM_MEMARG:
  case WASM_IMM_MEMARG_LANE:
    return g->memory_count > 0 && (info->prefix == 0 || g->profile.simd);
  default:
    return false; /* constants, and what statements do */
  }
  if (info->prefix == 0xfd) {
    return is_relaxed(info) ? g->profile.relaxed : g->profile.simd;
  }
  return (info->prefix != 0 || info->code >= 0x45) &&
         (info->feature != WASM_FEATURE_WIDE_ARITHMETIC || g->profile.wide);
}

static bool has_results(const struct wasm_opcode_info *info, const char *results) {
  return strcmp(results_of(info->signature), results) == 0;
}

/* How NaNs of unknown bits may come in: in lanes of this shape. */
static unsigned lanes_taint(unsigned shape) {
  return shape == WASM_SHAPE_F32 || shape == WASM_SHAPE_F32X4   ? NAN32
         : shape == WASM_SHAPE_F64 || shape == WASM_SHAPE_F64X2 ? NAN64
                                                                : CLEAN;
}

/* Instructions that look at their operands as numbers: for them one NaN is as
 * good as another. */
static unsigned operand_taint(const struct wasm_opcode_info *info, unsigned operand) {
  if (info->kind == WASM_KIND_reinterpret || info->kind == WASM_KIND_store ||
      info->kind == WASM_KIND_store_lane || info->kind == WASM_KIND_load_lane ||
      (info->oper == WASM_OPER_COPYSIGN && operand == 1)) {
    return CLEAN;
  }
  if (info->kind == WASM_KIND_replace_lane) {
    return lanes_taint(info->shape);
  }
  return lanes_taint(info->from != WASM_SHAPE__ ? info->from : info->shape);
}

static enum taint result_taint(const struct wasm_opcode_info *info, enum taint operands) {
  switch (info->kind) {
  case WASM_KIND_load:
  case WASM_KIND_load_zero:
  case WASM_KIND_load_splat:
  case WASM_KIND_load_lane:
  case WASM_KIND_reinterpret:
  case WASM_KIND_convert:
  case WASM_KIND_convert_low:
  case WASM_KIND_test:
  case WASM_KIND_compare:
    return CLEAN;
  case WASM_KIND_extract_lane:
  case WASM_KIND_replace_lane:
  case WASM_KIND_splat:
    return operands;
  default:
    break;
  }
  if (info->oper == WASM_OPER_ABS || info->oper == WASM_OPER_NEG || info->oper == WASM_OPER_COPYSIGN) {
    return operands;
  }
  char result = *results_of(info->signature);
  return result == 'f' || result == 'F' || result == 'v' ? (enum taint)lanes_taint(info->shape) : CLEAN;
}

static enum wasm_opcode pick_op(struct gen *g, const char *results) {
  unsigned count = 0;
  enum wasm_opcode picked = WASM_OP_COUNT;
  for (unsigned op = 0; op < WASM_OP_COUNT; op++) {
    const struct wasm_opcode_info *info = &wasm_opcode_info[op];
    if (is_enabled(g, info) && has_results(info, results)) {
      count++;
    }
  }
  if (count == 0) {
    return picked;
  }
  unsigned wanted = random_below(&g->random, count);
  for (unsigned op = 0; op < WASM_OP_COUNT; op++) {
    const struct wasm_opcode_info *info = &wasm_opcode_info[op];
    if (is_enabled(g, info) && has_results(info, results) && wanted-- == 0) {
      picked = (enum wasm_opcode)op;
    }
  }
  return picked;
}

static void gen_lanes(struct gen *g, const struct wasm_opcode_info *info) {
  if (info->imm == WASM_IMM_LANE) {
    put_byte(&g->out, (uint8_t)random_below(&g->random, info->n));
  } else if (info->imm == WASM_IMM_LANES16) {
    /* Half of them in an order for which machines have an instruction. */
    unsigned first = random_below(&g->random, 32), step = random_below(&g->random, 4);
    bool is_regular = random_chance(&g->random, 50);
    for (unsigned i = 0; i < 16; i++) {
      put_byte(&g->out, (uint8_t)(is_regular ? (first + i * step) % 32 : random_below(&g->random, 32)));
    }
  } else if (info->imm == WASM_IMM_MEMARG_LANE) {
    put_byte(&g->out, (uint8_t)random_below(&g->random, 16u >> info->n));
  }
}

static void gen_memarg(struct gen *g, const struct wasm_opcode_info *info, unsigned memory, uint64_t offset) {
  unsigned align = random_below(&g->random, info->n + 1u);
  put_unsigned(&g->out, memory == 0 ? align : align | 0x40);
  if (memory != 0) {
    put_unsigned(&g->out, memory);
  }
  put_unsigned(&g->out, offset);
}

bool gen_table_op(struct gen *g, const char *results, unsigned depth, enum taint *taint) {
  enum wasm_opcode op = pick_op(g, results);
  /* Conversions that trap end most calls at once: let them be rarer than the
   * others. */
  if (op != WASM_OP_COUNT && wasm_opcode_info[op].kind == WASM_KIND_truncate &&
      random_chance(&g->random, 70)) {
    op = pick_op(g, results);
  }
  if (op == WASM_OP_COUNT) {
    return false;
  }
  const struct wasm_opcode_info *info = &wasm_opcode_info[op];
  unsigned memory = 0, operands = CLEAN;
  uint64_t offset = 0;
  for (unsigned i = 0; info->signature[i] != ':'; i++) {
    char letter = info->signature[i];
    if (letter == 'a') {
      memory = random_below(&g->random, g->memory_count);
      offset = gen_address(g, memory, depth);
      continue;
    }
    unsigned taint_here = gen_expression(g, letter, depth, operand_taint(info, i));
    operands |= info->oper == WASM_OPER_COPYSIGN && i == 1 ? CLEAN : taint_here;
  }
  if (info->kind == WASM_KIND_divide && random_chance(&g->random, 75)) {
    bool is64 = info->shape == WASM_SHAPE_I64;
    gen_index(g, is64, 1);
    gen_op(g, is64 ? WASM_OP_I64_OR : WASM_OP_I32_OR);
  }
  gen_op(g, op);
  if (info->imm == WASM_IMM_MEMARG || info->imm == WASM_IMM_MEMARG_LANE) {
    gen_memarg(g, info, memory, offset);
  }
  gen_lanes(g, info);
  *taint = result_taint(info, (enum taint)operands);
  return true;
}

/* Sums and masks of an address type. */
static void gen_address_op(struct gen *g, bool is64, enum wasm_opcode op32, enum wasm_opcode op64) {
  gen_op(g, is64 ? op64 : op32);
}

static void gen_masked(struct gen *g, bool is64, uint64_t mask, unsigned depth) {
  gen_expression(g, is64 ? 'I' : 'i', depth, CLEAN);
  gen_index(g, is64, mask);
  gen_address_op(g, is64, WASM_OP_I32_AND, WASM_OP_I64_AND);
}

/* counter * stride + base, for the innermost counted loop or one around it. */
static void gen_affine(struct gen *g, const struct gen_memory *memory) {
  bool is64 = memory->is64;
  gen_op(g, WASM_OP_LOCAL_GET);
  put_unsigned(&g->out, g->counters + random_below(&g->random, g->loop_depth));
  if (is64) {
    gen_op(g, WASM_OP_I64_EXTEND_I32_U);
  }
  gen_index(g, is64,
            random_chance(&g->random, 60) ? 1u << random_below(&g->random, 5) : random_below(&g->random, 20));
  gen_address_op(g, is64, WASM_OP_I32_MUL, WASM_OP_I64_MUL);
  gen_index(g, is64, random_below(&g->random, memory->safe / 2));
  gen_address_op(g, is64, WASM_OP_I32_ADD, WASM_OP_I64_ADD);
}

uint64_t gen_address(struct gen *g, unsigned number, unsigned depth) {
  const struct gen_memory *memory = &g->memories[number];
  struct random *random = &g->random;
  bool is64 = memory->is64;
  unsigned choice = random_below(random, 100);
  uint64_t end = (uint64_t)memory->min << memory->page_log;
  if (g->loop_depth > 0 && choice < 40) {
    gen_affine(g, memory);
  } else if (choice < 70) {
    gen_masked(g, is64, memory->safe, depth);
  } else if (choice < 94) {
    gen_index(g, is64, random_below(random, memory->safe));
  } else if (choice < 97) {
    gen_index(g, is64, end - 1 - random_below(random, 24));
    return random_chance(random, 80) ? 0 : random_below(random, 24);
  } else if (choice < 98) {
    gen_expression(g, is64 ? 'I' : 'i', depth, CLEAN);
    return random_below(random, 4);
  } else {
    static const uint64_t far[] = {0xffffffff,        0xfffffff0,       0x80000000, 0x7fffffff,
                                   0x10000,           0xfffc,           UINT64_MAX, UINT64_C(1) << 63,
                                   UINT64_C(1) << 32, UINT64_C(1) << 47};
    gen_masked(g, is64, memory->safe, depth);
    return far[random_below(random, is64 ? 10 : 6)];
  }
  return random_chance(random, 60) ? 0 : random_below(random, memory->safe / 4 + 1);
}

void gen_table_index(struct gen *g, unsigned table, unsigned depth) {
  bool is64 = g->tables[table].is64;
  unsigned choice = random_below(&g->random, 100);
  if (choice < 50) {
    gen_index(g, is64, random_below(&g->random, TABLE_SIZE));
  } else if (choice < 96) {
    gen_masked(g, is64, 7, depth);
  } else if (choice < 98) {
    gen_index(g, is64, random_below(&g->random, 2 * TABLE_SIZE));
  } else {
    gen_expression(g, is64 ? 'I' : 'i', depth, CLEAN);
  }
}

unsigned pick_local(struct gen *g, char letter) {
  unsigned first = random_below(&g->random, g->general_count);
  for (unsigned i = 0; i < g->general_count; i++) {
    unsigned local = (first + i) % g->general_count;
    if (g->locals[local] == letter) {
      return local;
    }
  }
  return LOCALS_MAX;
}

unsigned pick_global(struct gen *g, char letter, bool is_mutable) {
  unsigned first = random_below(&g->random, g->global_count);
  for (unsigned i = 0; i < g->global_count; i++) {
    unsigned global = (first + i) % g->global_count;
    if (g->globals[global].letter == letter && (g->globals[global].is_mutable || !is_mutable)) {
      return global;
    }
  }
  return GLOBALS_MAX;
}

unsigned pick_table(struct gen *g, char letter, bool is_written) {
  unsigned first = random_below(&g->random, g->table_count);
  for (unsigned i = 0; i < g->table_count; i++) {
    unsigned table = (first + i) % g->table_count;
    if (g->tables[table].letter == letter && (g->tables[table].is_written || !is_written)) {
      return table;
    }
  }
  return TABLES_MAX;
}

void gen_expressions(struct gen *g, const char *letters, unsigned depth) {
  for (; *letters != 0 && *letters != ':'; letters++) {
    gen_expression(g, *letters, depth, *letters == 'f' ? NAN32 : *letters == 'F' ? NAN64 : CLEAN);
  }
}

/* Which function to call for these results: as a number, or as a slot of table
 * 0 that holds it at first. */
static bool pick_function(struct gen *g, const char *results, bool may_log, unsigned *number) {
  unsigned first = random_below(&g->random, g->function_count);
  for (unsigned i = 0; i < g->function_count; i++) {
    *number = (first + i) % g->function_count;
    if ((*number >= g->import_count || may_log) &&
        strcmp(results_of(g->functions[*number].type), results) == 0) {
      return true;
    }
  }
  return false;
}

static bool pick_slot(struct gen *g, const char *results, unsigned *slot) {
  unsigned first = random_below(&g->random, TABLE_SIZE);
  for (unsigned i = 0; i < TABLE_SIZE; i++) {
    *slot = (first + i) % TABLE_SIZE;
    unsigned number = g->slots[*slot];
    if (number >= g->import_count && number < g->function_count &&
        strcmp(results_of(g->functions[number].type), results) == 0) {
      return true;
    }
  }
  return false;
}

/* What is logged can be seen. */
static void gen_arguments(struct gen *g, unsigned number, unsigned depth) {
  if (number < g->import_count) {
    gen_expression(g, g->functions[number].type[0], depth, CLEAN);
  } else {
    gen_expressions(g, g->functions[number].type, depth);
  }
}

enum call_form { CALL_PLAIN, CALL_TAIL };

static bool gen_direct_call(struct gen *g, const char *results, unsigned depth, enum call_form form) {
  unsigned number;
  if (!pick_function(g, results, form == CALL_PLAIN, &number)) {
    return false;
  }
  gen_arguments(g, number, depth);
  bool by_reference = g->profile.references && random_chance(&g->random, 50);
  if (by_reference && g->functions[number].type_index == g->functions[g->referenced].type_index) {
    gen_expression(g, random_chance(&g->random, 30) ? 'R' : 'N', depth, CLEAN);
  } else if (by_reference) {
    gen_op(g, WASM_OP_REF_FUNC);
    put_unsigned(&g->out, number);
  }
  if (form == CALL_TAIL) {
    gen_leave(g);
    gen_op(g, by_reference ? WASM_OP_RETURN_CALL_REF : WASM_OP_RETURN_CALL);
  } else {
    gen_op(g, by_reference ? WASM_OP_CALL_REF : WASM_OP_CALL);
  }
  put_unsigned(&g->out, by_reference ? g->functions[number].type_index : number);
  return true;
}

/* Mostly of a slot that holds the right type when the module begins. */
static bool gen_indirect_call(struct gen *g, const char *results, unsigned depth, enum call_form form) {
  unsigned slot;
  if (!pick_slot(g, results, &slot)) {
    return false;
  }
  unsigned number = g->slots[slot];
  gen_arguments(g, number, depth);
  if (random_chance(&g->random, 90)) {
    gen_index(g, g->tables[0].is64, slot);
  } else {
    gen_table_index(g, 0, depth);
  }
  if (form == CALL_TAIL) {
    gen_leave(g);
  }
  gen_op(g, form == CALL_TAIL ? WASM_OP_RETURN_CALL_INDIRECT : WASM_OP_CALL_INDIRECT);
  put_unsigned(&g->out, g->functions[number].type_index);
  put_unsigned(&g->out, 0);
  return true;
}

static bool gen_any_call(struct gen *g, const char *results, unsigned depth, enum call_form form) {
  if (g->function->is_leaf) {
    return false; /* only functions that count their fuel may call */
  }
  return random_chance(&g->random, 60) ? gen_direct_call(g, results, depth, form)
                                       : gen_indirect_call(g, results, depth, form);
}

bool gen_call(struct gen *g, const char *results, unsigned depth) {
  return gen_any_call(g, results, depth, CALL_PLAIN);
}

bool gen_tail_call(struct gen *g, const char *results, unsigned depth) {
  return gen_any_call(g, results, depth, CALL_TAIL);
}

static enum taint taint_of(char letter) {
  return letter == 'f' ? NAN32 : letter == 'F' ? NAN64 : CLEAN;
}

static enum taint gen_leaf(struct gen *g, char letter) {
  unsigned choice = random_below(&g->random, 100);
  unsigned number;
  if (choice < 45 && (number = pick_local(g, letter)) != LOCALS_MAX) {
    gen_op(g, WASM_OP_LOCAL_GET);
    put_unsigned(&g->out, number);
    return taint_of(letter);
  }
  if (choice < 55 && letter == 'i' && g->loop_depth > 0) {
    gen_op(g, WASM_OP_LOCAL_GET);
    put_unsigned(&g->out, g->counters + random_below(&g->random, g->loop_depth));
    return CLEAN;
  }
  if (choice < 65 && (number = pick_global(g, letter, false)) != GLOBALS_MAX) {
    gen_op(g, WASM_OP_GLOBAL_GET);
    put_unsigned(&g->out, number);
    return taint_of(letter);
  }
  gen_constant(g, letter);
  return CLEAN;
}

static enum taint gen_select(struct gen *g, char letter, unsigned depth, unsigned allowed) {
  unsigned taint = gen_expression(g, letter, depth, allowed);
  taint |= gen_expression(g, letter, depth, allowed);
  gen_expression(g, 'i', depth, CLEAN);
  if (is_reference(letter) || random_chance(&g->random, 20)) {
    gen_op(g, WASM_OP_SELECT_T);
    put_unsigned(&g->out, 1);
    put_type(g, &g->out, letter);
  } else {
    gen_op(g, WASM_OP_SELECT);
  }
  return (enum taint)taint;
}

/* What has an address as its result, or asks a reference whether it is null. */
static bool gen_size(struct gen *g, char letter, unsigned depth) {
  unsigned memory = g->memory_count > 0 ? random_below(&g->random, g->memory_count) : 0;
  unsigned table = random_below(&g->random, g->table_count);
  bool fits_memory = g->memory_count > 0 && g->memories[memory].is64 == (letter == 'I');
  bool fits_table = g->tables[table].is64 == (letter == 'I');
  unsigned choice = random_below(&g->random, 10);
  if (choice < 3 && letter == 'i') {
    gen_expression(g, "prR"[random_below(&g->random, g->profile.references ? 3 : 2)], depth, CLEAN);
    gen_op(g, WASM_OP_REF_IS_NULL);
  } else if (choice < 5 && fits_memory) {
    gen_op(g, WASM_OP_MEMORY_SIZE);
    put_unsigned(&g->out, memory);
  } else if (choice < 6 && fits_memory) {
    gen_masked(g, g->memories[memory].is64, 1, depth);
    gen_op(g, WASM_OP_MEMORY_GROW);
    put_unsigned(&g->out, memory);
  } else if (choice < 8 && fits_table) {
    gen_op(g, WASM_OP_TABLE_SIZE);
    put_unsigned(&g->out, table);
  } else if (fits_table && g->tables[table].is_written) {
    gen_expression(g, g->tables[table].letter, depth, CLEAN);
    gen_masked(g, g->tables[table].is64, 3, depth);
    gen_op(g, WASM_OP_TABLE_GROW);
    put_unsigned(&g->out, table);
  } else {
    return false;
  }
  return true;
}

/* A value that a branch may take away with it. */
static bool gen_branch_value(struct gen *g, char letter, unsigned depth) {
  unsigned first = random_below(&g->random, g->label_count);
  for (unsigned i = 0; i < g->label_count; i++) {
    unsigned label = (first + i) % g->label_count;
    if (g->labels[label] != NULL && g->labels[label][0] == letter && g->labels[label][1] == 0) {
      gen_expression(g, letter, depth, taint_of(letter));
      gen_expression(g, 'i', depth, CLEAN);
      gen_op(g, WASM_OP_BR_IF);
      put_unsigned(&g->out, g->label_count - 1 - label);
      return true;
    }
  }
  return false;
}

/* Leaves one of the numbers that wide arithmetic results in. */
static bool gen_half(struct gen *g, unsigned depth) {
  enum taint taint;
  if (!gen_table_op(g, "II", depth, &taint)) {
    return false;
  }
  if (random_chance(&g->random, 50)) {
    gen_op(g, WASM_OP_DROP);
  } else {
    gen_take(g, "I");
  }
  return true;
}

/* What makes references to functions of the one type of each other. */
static bool gen_typed_reference(struct gen *g, char letter, unsigned depth) {
  unsigned choice = random_below(&g->random, 10);
  if (letter == 'p' && g->profile.references) {
    gen_expression(g, choice < 5 ? 'R' : 'N', depth, CLEAN);
  } else if (letter == 'R') {
    gen_expression(g, 'N', depth, CLEAN);
  } else if (letter == 'N' && choice < 3) {
    gen_expression(g, 'R', depth, CLEAN);
    gen_op(g, WASM_OP_REF_AS_NON_NULL);
  } else if (letter == 'N' && choice < 7 && g->label_count < LABELS_MAX) {
    /* The block's result is a reference that is not null, or what follows the
     * branch that was not taken. */
    gen_op(g, WASM_OP_BLOCK);
    put_type(g, &g->out, 'N');
    g->labels[g->label_count++] = "N";
    gen_expression(g, 'R', depth, CLEAN);
    gen_op(g, WASM_OP_BR_ON_NON_NULL);
    put_unsigned(&g->out, 0);
    gen_expression(g, 'N', depth, CLEAN);
    gen_op(g, WASM_OP_END);
    g->label_count--;
  } else if (letter == 'N') {
    for (unsigned label = g->label_count; label-- > 0;) {
      if (g->labels[label] != NULL && g->labels[label][0] == 0) {
        gen_expression(g, 'R', depth, CLEAN);
        gen_op(g, WASM_OP_BR_ON_NULL);
        put_unsigned(&g->out, g->label_count - 1 - label);
        return true;
      }
    }
    return false;
  } else {
    return false;
  }
  return true;
}

static bool gen_special(struct gen *g, char letter, unsigned depth, unsigned allowed, enum taint *taint) {
  char results[2] = {letter, 0};
  unsigned choice = random_below(&g->random, 100), number;
  *taint = taint_of(letter);
  if (is_reference(letter) && choice % 4 == 3 && gen_typed_reference(g, letter, depth)) {
    return true;
  }
  if (choice < 20) {
    *taint = gen_select(g, letter, depth, allowed);
    return true;
  }
  if (choice < 40) {
    gen_construct(g, results, depth);
    return true;
  }
  if (choice < 58) {
    return gen_call(g, results, depth);
  }
  if (choice < 68 && (number = pick_local(g, letter)) != LOCALS_MAX) {
    gen_expression(g, letter, depth, taint_of(letter));
    gen_op(g, WASM_OP_LOCAL_TEE);
    put_unsigned(&g->out, number);
    return true;
  }
  if (choice < 80) {
    return (letter == 'i' || letter == 'I') && gen_size(g, letter, depth);
  }
  if (choice < 88) {
    return gen_branch_value(g, letter, depth);
  }
  if (choice < 96 && letter == 'I') {
    return gen_half(g, depth);
  }
  if (is_reference(letter) && (number = pick_table(g, letter, false)) != TABLES_MAX) {
    gen_table_index(g, number, depth);
    gen_op(g, WASM_OP_TABLE_GET);
    put_unsigned(&g->out, number);
    return true;
  }
  if (choice == 99) {
    gen_return(g, depth); /* what follows is never reached, and has any type */
    *taint = CLEAN;
    return true;
  }
  return false;
}

enum taint gen_expression(struct gen *g, char letter, unsigned depth, unsigned allowed) {
  unsigned node = node_begin(g);
  size_t start = g->out.size;
  enum taint taint = CLEAN;
  bool has_no_ops = is_reference(letter);
  g->budget--;
  char results[2] = {letter, 0};
  unsigned choice = random_below(&g->random, 100);
  if (depth == 0 || g->budget <= 0 || choice < 15) {
    taint = gen_leaf(g, letter);
  } else if (choice < (has_no_ops ? 100 : 40) && gen_special(g, letter, depth - 1, allowed, &taint)) {
    /* done */
  } else if (has_no_ops || !gen_table_op(g, results, depth - 1, &taint)) {
    taint = gen_leaf(g, letter);
  }
  if (node_end(g, node)) {
    g->out.size = start;
    gen_zero(g, letter);
    return CLEAN;
  }
  if ((taint & ~allowed) != 0) {
    gen_canonical(g, letter, taint);
    taint = CLEAN;
  }
  return taint;
}
