/*
 * The operand stack and the control stack (spec 7.3.1). Both grow by doubling and are kept from function to
 * function. Runs of types are compared and pushed as memory, so that long parameter lists cost little more
 * than short ones.
 */
#include "rules.h"

#include <inttypes.h>
#include <stdlib.h>

/* realloc to at least `needed` elements, doubling. */
static void *grow(void *array, uint32_t *capacity, uint32_t needed, size_t size) {
  if (needed <= *capacity) {
    return array;
  }
  uint32_t grown = *capacity < 64 ? 64 : *capacity * 2;
  *capacity = grown < needed ? needed : grown;
  void *moved = realloc(array, *capacity * size);
  if (moved == NULL) {
    arena_out_of_memory(*capacity * size);
  }
  return moved;
}

static bool reserve_operands(struct checker *c, uint32_t count) {
  if (count > WASM_MAX_OPERANDS - c->operand_count) {
    return check_fail_as(c, DIAG_UNSUPPORTED, "too many operands on the stack, the limit is %" PRIu32,
                         WASM_MAX_OPERANDS);
  }
  c->operands = grow(c->operands, &c->operand_capacity, c->operand_count + count, sizeof *c->operands);
  if (c->operand_capacity > WASM_MAX_OPERANDS) {
    c->operand_capacity = WASM_MAX_OPERANDS; /* check_push() asks only where this is reached */
  }
  return true;
}

bool check_push(struct checker *c, wasm_type type) {
  if (c->operand_count == c->operand_capacity && !reserve_operands(c, 1)) {
    return false;
  }
  c->operands[c->operand_count++] = type;
  return true;
}

/*
 * A call or branch of two bytes may pass a thousand values, and the lowering makes each of them: without a
 * limit on their sum, a module of megabytes would ask for a hundred gigabytes. Whatever is popped has been
 * pushed, so pushes are what is counted; and besides what is compared without a push: the labels of br_table,
 * each of which takes the same values once more, and the results of tail calls, which are the function's.
 */
bool check_spread(struct checker *c, uint64_t count, uint64_t narrow) {
  if (count <= narrow) {
    return true;
  }
  c->spread += count - narrow;
  return c->spread <= WASM_MAX_SPREAD + c->module->bytes.size ||
         check_fail_as(c, DIAG_UNSUPPORTED,
                       "the module's blocks, branches and calls pass too many values: the limit is %" PRIu32
                       " and one a byte of the module",
                       WASM_MAX_SPREAD);
}

bool check_push_types(struct checker *c, struct check_types types) {
  if (types.count == 0) {
    return true;
  }
  if (!check_spread(c, types.count, CHECK_NARROW) || !reserve_operands(c, types.count)) {
    return false;
  }
  memcpy(c->operands + c->operand_count, types.types, types.count * sizeof *types.types);
  c->operand_count += types.count;
  return true;
}

static uint32_t available(struct checker *c) {
  return c->operand_count - check_top_frame(c)->height;
}

static bool fail_mismatch(struct checker *c, wasm_type expected, const char *found) {
  return check_fail(c, "type mismatch in %s: expected %s, found %s", check_text(c),
                    wasm_type_name(expected).text, found);
}

bool check_pop(struct checker *c, wasm_type expected) {
  if (available(c) == 0) {
    return check_top_frame(c)->is_unreachable || fail_mismatch(c, expected, "nothing on the stack");
  }
  wasm_type found = c->operands[--c->operand_count];
  return wasm_type_matches(c->module, found, expected) ||
         fail_mismatch(c, expected, wasm_type_name(found).text);
}

bool check_pop_any(struct checker *c, wasm_type *type) {
  *type = WASM_BOTTOM;
  if (available(c) == 0) {
    return check_top_frame(c)->is_unreachable || fail_mismatch(c, WASM_BOTTOM, "nothing on the stack");
  }
  *type = c->operands[--c->operand_count];
  return true;
}

bool check_match_types(struct checker *c, struct check_types types) {
  uint32_t have = available(c);
  if (types.count == 0) {
    return true;
  }
  if (have >= types.count && memcmp(c->operands + c->operand_count - types.count, types.types,
                                    types.count * sizeof *types.types) == 0) {
    return true;
  }
  uint32_t present = have < types.count ? have : types.count;
  for (uint32_t i = 1; i <= present; i++) {
    wasm_type expected = types.types[types.count - i];
    wasm_type found = c->operands[c->operand_count - i];
    if (!wasm_type_matches(c->module, found, expected)) {
      return fail_mismatch(c, expected, wasm_type_name(found).text);
    }
  }
  return present == types.count || check_top_frame(c)->is_unreachable ||
         fail_mismatch(c, types.types[types.count - present - 1], "nothing on the stack");
}

bool check_pop_types(struct checker *c, struct check_types types) {
  if (!check_match_types(c, types)) {
    return false;
  }
  uint32_t have = available(c);
  c->operand_count -= have < types.count ? have : types.count;
  return true;
}

void check_set_unreachable(struct checker *c) {
  struct check_frame *frame = check_top_frame(c);
  c->operand_count = frame->height;
  frame->is_unreachable = true;
}

bool check_push_frame(struct checker *c, enum wasm_kind kind, struct check_types params,
                      struct check_types results) {
  if (c->frame_count > WASM_MAX_NESTING) {
    return check_fail_as(c, DIAG_UNSUPPORTED, "blocks are nested too deeply, the limit is %" PRIu32,
                         WASM_MAX_NESTING);
  }
  c->frames = grow(c->frames, &c->frame_capacity, c->frame_count + 1, sizeof *c->frames);
  c->frames[c->frame_count++] = (struct check_frame){
      .kind = kind,
      .height = c->operand_count,
      .settings = c->setting_count,
      .params = params,
      .results = results,
  };
  return check_push_types(c, params);
}

bool check_pop_frame(struct checker *c, struct check_frame *frame) {
  *frame = *check_top_frame(c);
  if (!check_pop_types(c, frame->results)) {
    return false;
  }
  uint32_t left = available(c);
  if (left != 0) {
    return check_fail(c,
                      "type mismatch in %s: %" PRIu32 " more value%s on the stack than the block has results",
                      check_text(c), left, left > 1 ? "s" : "");
  }
  check_pop_settings(c, frame->settings);
  c->frame_count--;
  return true;
}

void check_push_setting(struct checker *c, uint32_t local) {
  c->settings = grow(c->settings, &c->setting_capacity, c->setting_count + 1, sizeof *c->settings);
  c->settings[c->setting_count++] = local;
}

void check_pop_settings(struct checker *c, uint32_t count) {
  while (c->setting_count > count) {
    c->is_set[c->settings[--c->setting_count]] = 0;
  }
}

void check_free_stacks(struct checker *c) {
  free(c->operands);
  free(c->frames);
  free(c->local_ends);
  free(c->settings);
  arena_free(&c->scratch);
}
