/*
 * Equivalence of types (spec 3.2.1): two recursive groups are equivalent if they are equal word by word once
 * each reference to a type of the group itself is written as the place there, and each other reference as the
 * class of its type. So a group is looked up as a string of words, in a balanced tree: a hash table would be
 * at the mercy of whoever makes the module.
 */
#define _GNU_SOURCE /* tdestroy */

#include "canonical.h"

#include <search.h>

struct group {
  uint32_t first;
  size_t count;
  uint32_t *words;
};

static int compare_groups(const void *left, const void *right) {
  const struct group *a = left;
  const struct group *b = right;
  if (a->count != b->count) {
    return a->count < b->count ? -1 : 1;
  }
  return memcmp(a->words, b->words, a->count * sizeof *a->words);
}

/* Places within the group, apart from classes and from indices of types that do not exist (which the
 * validator refuses). */
#define PLACE 0x400000u
#define UNKNOWN 0x200000u

static uint32_t write_index(const struct wasm_type_def *types, uint32_t first, uint32_t size,
                            uint32_t index) {
  return index < first          ? types[index].class
         : index - first < size ? PLACE | (index - first)
                                : UNKNOWN | index;
}

static uint32_t write_type(const struct wasm_type_def *types, uint32_t first, uint32_t size, wasm_type type) {
  uint32_t heap = wasm_heap_of(type);
  if (!wasm_is_ref(type) || !wasm_heap_is_index(heap)) {
    return type;
  }
  return write_index(types, first, size, heap) << 8 | (type & 0xff);
}

static size_t word_count(const struct wasm_type_def *def) {
  return def->kind == WASM_TYPE_FUNC ? (size_t)4 + def->func.param_count + def->func.result_count
                                     : (size_t)3 + 2 * (size_t)def->fields.field_count;
}

/* The words of one definition; returns the place behind them. */
static uint32_t *write_def(uint32_t *at, const struct wasm_type_def *types, uint32_t first, uint32_t size,
                           const struct wasm_type_def *def) {
  *at++ = (uint32_t)def->kind | (def->is_final ? 0x100u : 0);
  *at++ = def->super == WASM_NO_INDEX ? WASM_NO_INDEX : write_index(types, first, size, def->super);
  if (def->kind == WASM_TYPE_FUNC) {
    *at++ = def->func.param_count;
    *at++ = def->func.result_count;
    for (uint32_t i = 0; i < def->func.param_count; i++) {
      *at++ = write_type(types, first, size, def->func.params[i]);
    }
    for (uint32_t i = 0; i < def->func.result_count; i++) {
      *at++ = write_type(types, first, size, def->func.results[i]);
    }
    return at;
  }
  *at++ = def->fields.field_count;
  for (uint32_t i = 0; i < def->fields.field_count; i++) {
    *at++ = write_type(types, first, size, def->fields.fields[i].type);
    *at++ = def->fields.fields[i].is_mutable;
  }
  return at;
}

/*
 * Depth, and a supertype that lies far above if there is one: `jump` skips as many levels as the two jumps
 * before it together where these are equally long, so that any supertype is found in O(log depth) steps. A
 * supertype that does not come before its subtype is an error that the validator reports.
 */
static void set_ancestry(struct wasm_type_def *types, uint32_t index) {
  struct wasm_type_def *def = &types[index];
  def->jump = index;
  if (def->super >= index) {
    return;
  }
  const struct wasm_type_def *super = &types[def->super];
  const struct wasm_type_def *far = &types[super->jump];
  const struct wasm_type_def *farther = &types[far->jump];
  def->depth = super->depth + 1;
  def->jump = super->depth - far->depth == far->depth - farther->depth ? far->jump : def->super;
}

void wasm_canonical_add(struct wasm_canonical *canonical, struct wasm_type_def *types, uint32_t first,
                        uint32_t size) {
  struct group *group = ARENA_NEW(&canonical->arena, struct group);
  group->first = first;
  for (uint32_t i = first; i < first + size; i++) {
    group->count += word_count(&types[i]);
  }
  group->words = ARENA_ARRAY(&canonical->arena, uint32_t, group->count);
  uint32_t *at = group->words;
  for (uint32_t i = first; i < first + size; i++) {
    at = write_def(at, types, first, size, &types[i]);
  }
  struct group *const *found = tsearch(group, &canonical->groups, compare_groups);
  if (found == NULL) {
    arena_out_of_memory(sizeof *group);
  }
  for (uint32_t i = 0; i < size; i++) {
    types[first + i].class = (*found)->first + i;
    set_ancestry(types, first + i);
  }
}

static void keep(void *group) {
  (void)group; /* of the arena */
}

void wasm_canonical_free(struct wasm_canonical *canonical) {
  tdestroy(canonical->groups, keep);
  arena_free(&canonical->arena);
}
