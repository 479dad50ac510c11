/*
 * What is found out about a module before any of it is lowered: what tables hold and what is referred to;
 * and, of a large one, how it is divided into parts.
 *
 * LLVM's memory grows with the module that it is given, and it uses one thread. So code beyond a size is
 * divided: each part is an LLVM module of its own, lowered, optimised and emitted by itself. Functions keep
 * their order, since compilers and linkers put what belongs together side by side. A function that only its
 * own part names stays internal there, so that it can be inlined and dropped as before; small functions are
 * copied to the parts that call them. Nothing here depends on the number of threads.
 */
#include <string.h>

#include "internal.h"

enum {
  MOST_PARTS = 1000,
  FUNCTION_COST = 32, /* what a function takes beyond its code, in bytes of code */
  SMALL_FUNCTION =
      96 /* bytes of code that are worth a copy; half of it for what is called by a copy, and so on */
};

bool lower_is_constant(const struct wasm_module *wasm, const struct wasm_expr *expr, struct wasm_insn *insn) {
  struct arena scratch = {0};
  struct wasm_walk walk = wasm_walk_make(expr->code, expr->offset, wasm->used, &scratch);
  struct wasm_insn next;
  bool is_constant = wasm_walk_next(&walk, insn) && wasm_insn_info(insn)->kind == WASM_KIND_constant &&
                     (!wasm_walk_next(&walk, &next) || next.opcode == WASM_OP_END);
  arena_free(&scratch);
  return is_constant;
}

/* ---- The parts' functions */

static uint64_t cost(const struct lower_plan *plan, uint32_t function) {
  return plan->wasm->funcs[function].body.size + FUNCTION_COST;
}

/* How much code a part takes: the whole divided evenly, so that none is left with little. 0: the module is
 * not divided. */
static uint64_t choose_part_size(const struct lower_plan *plan) {
  uint64_t total = 0, wanted = plan->options->part_size;
  for (uint32_t i = plan->wasm->func_import_count; i < plan->wasm->func_count; i++) {
    total += cost(plan, i);
  }
  /* Half of `wanted` is not added to it: the sum may be more than any number. */
  if (wanted == 0 || total <= wanted || total - wanted <= wanted / 2) {
    return 0;
  }
  uint64_t count = (total + wanted / 2) / wanted;
  count = count < MOST_PARTS ? count : MOST_PARTS;
  return (total + count - 1) / count;
}

static struct lower_part *add_part(struct lower_plan *plan, uint32_t begin, uint32_t end) {
  struct lower_part *part = &plan->parts[plan->part_count++];
  part->begin = begin;
  part->end = end;
  return part;
}

static void assign_functions(struct lower_plan *plan) {
  uint32_t first = plan->wasm->func_import_count, end = plan->wasm->func_count;
  uint64_t size = choose_part_size(plan);
  if (size == 0) {
    plan->parts = ARENA_NEW(plan->arena, struct lower_part);
    add_part(plan, first, end)->is_main = true;
    return;
  }
  plan->is_divided = true;
  plan->parts = ARENA_ARRAY(plan->arena, struct lower_part, MOST_PARTS + 2);
  add_part(plan, 0, 0)->is_main = true;
  uint64_t used = 0;
  for (uint32_t i = first; i < end; i++) {
    used += cost(plan, i);
    if (used >= size || i + 1 == end) {
      add_part(plan, first, i + 1);
      first = i + 1;
      used = 0;
    }
  }
}

/* ---- What parts name of each other */

/* The state of the walk over one part after the other. */
struct sharing {
  struct lower_plan *plan;
  uint32_t part;
  uint32_t *seen; /* per function: the last part that is known to name it */
  uint64_t space; /* for copies that are still possible in this part */
  struct arena scratch;
};

static bool is_own(const struct lower_part *part, uint32_t function) {
  return function >= part->begin && function < part->end;
}

/* The part names a function of another: `largest` is the size up to which it gets a copy. */
static void name_function(struct sharing *sharing, uint32_t function, size_t largest) {
  struct lower_plan *plan = sharing->plan;
  struct lower_part *part = &plan->parts[sharing->part];
  if (plan->wasm->funcs[function].is_import || is_own(part, function) ||
      sharing->seen[function] == sharing->part) {
    return;
  }
  sharing->seen[function] = sharing->part;
  plan->is_shared[function] = true;
  if (plan->wasm->funcs[function].body.size <= largest && cost(plan, function) <= sharing->space) {
    sharing->space -= cost(plan, function);
    part->copies[part->copy_count++] = function;
  }
}

/* The part calls through a known table. */
static void name_table(struct lower_plan *plan, uint32_t type, uint32_t index) {
  struct lower_table *table = &plan->tables[index];
  if (!table->is_known) {
    return;
  }
  if (!table->is_called) {
    table->is_called = ARENA_ARRAY(plan->arena, bool, plan->has_code_arrays ? plan->wasm->type_count : 1);
  }
  table->is_called[plan->has_code_arrays ? plan->wasm->types[type].class : 0] = true;
}

static void walk_body(struct sharing *sharing, uint32_t index, size_t largest) {
  const struct wasm_func *func = &sharing->plan->wasm->funcs[index];
  struct wasm_walk walk =
      wasm_walk_make(func->body, func->offset, sharing->plan->wasm->used, &sharing->scratch);
  struct wasm_insn insn;
  while (wasm_walk_next(&walk, &insn)) {
    switch (wasm_insn_info(&insn)->imm) {
    case WASM_IMM_FUNC:
      name_function(sharing, insn.imm.index, largest);
      break;
    case WASM_IMM_CALL_INDIRECT:
      name_table(sharing->plan, insn.imm.pair.first, insn.imm.pair.second);
      break;
    default:
      break;
    }
  }
  arena_reset(&sharing->scratch);
}

/* What copies call may be copied as well, if it is smaller the further away it is. */
static void walk_copies(struct sharing *sharing, size_t largest) {
  const struct lower_part *part = &sharing->plan->parts[sharing->part];
  for (uint32_t i = 0; i < part->copy_count;) {
    largest /= 2;
    for (uint32_t end = part->copy_count; i < end; i++) {
      walk_body(sharing, part->copies[i], largest);
    }
  }
}

/* The main part names what is referred to and what known tables hold. */
static void share_with_main(struct lower_plan *plan) {
  for (uint32_t i = 0; i < plan->reference_count; i++) {
    plan->is_shared[plan->references[i]] = true;
  }
  for (uint32_t i = 0; i < plan->wasm->table_count; i++) {
    const struct lower_table *table = &plan->tables[i];
    for (uint32_t k = 0; table->is_known && k < table->size; k++) {
      if (table->entries[k] != WASM_NO_INDEX) {
        plan->is_shared[table->entries[k]] = true;
      }
    }
  }
}

static void share_functions(struct lower_plan *plan) {
  struct sharing sharing = {.plan = plan};
  uint32_t func_count = plan->wasm->func_count;
  uint64_t part_size = choose_part_size(plan);
  size_t largest = plan->options->copies_small ? SMALL_FUNCTION : 0;
  plan->is_shared = ARENA_ARRAY(plan->arena, bool, func_count);
  share_with_main(plan);
  struct arena arena = {0};
  sharing.seen = ARENA_ARRAY(&arena, uint32_t, func_count);
  uint32_t *copies = ARENA_ARRAY(&arena, uint32_t, func_count);
  for (sharing.part = 1; sharing.part < plan->part_count; sharing.part++) {
    struct lower_part *part = &plan->parts[sharing.part];
    /* So that copies cannot make a part much larger, but tests with tiny parts have them, too. */
    sharing.space = part_size / 2 + 16 * (FUNCTION_COST + SMALL_FUNCTION);
    part->copies = copies;
    for (uint32_t i = part->begin; i < part->end; i++) {
      walk_body(&sharing, i, largest);
    }
    walk_copies(&sharing, largest);
    part->copies = ARENA_ARRAY(plan->arena, uint32_t, part->copy_count);
    if (part->copy_count) {
      memcpy(part->copies, copies, part->copy_count * sizeof *copies);
    }
  }
  arena_free(&arena);
  arena_free(&sharing.scratch);
}

const struct lower_plan *lower_plan_make(const struct wasm_module *wasm, const struct lower_options *options,
                                         struct arena *arena) {
  struct lower_plan *plan = ARENA_NEW(arena, struct lower_plan);
  *plan = (struct lower_plan){.wasm = wasm, .options = options, .arena = arena};
  lower_find_known_tables(plan);
  lower_references_collect(plan);
  assign_functions(plan);
  if (plan->is_divided) {
    share_functions(plan);
  }
  return plan;
}

uint32_t lower_part_count(const struct lower_plan *plan) {
  return plan->part_count;
}
