/* A whole module: what it declares, its functions, its sections. Spec 5.5. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gen.h"

static const char *const imports[] = {"log-i32", "log-i64", "log-f32", "log-f64"};

const char *results_of(const char *type) {
  return strchr(type, ':') + 1;
}

unsigned type_index(struct gen *g, const char *type) {
  for (unsigned i = 0; i < g->type_count; i++) {
    if (strcmp(g->types[i], type) == 0) {
      return i;
    }
  }
  if (g->type_count == TYPES_MAX) {
    abort(); /* bodies are too short for so many */
  }
  snprintf(g->types[g->type_count], TEXT_MAX, "%s", type);
  return g->type_count++;
}

/* What the module declares. */

static void random_type(struct gen *g, char *type, bool has_references) {
  static const char letters[] = "iiiIIfFvprRN"; /* the last two only with typed references */
  static const unsigned result_counts[] = {0, 1, 1, 1, 1, 1, 2, 3};
  unsigned counts[2] = {random_below(&g->random, 6), result_counts[random_below(&g->random, 8)]};
  if (random_chance(&g->random, 5)) {
    counts[0] = 12; /* more than there are registers */
  }
  for (unsigned part = 0; part < 2; part++) {
    for (unsigned i = 0; i < counts[part]; i++) {
      char letter = letters[random_below(&g->random, sizeof letters - (has_references ? 1 : 3))];
      *type++ = letter == 'v' && !g->profile.simd ? 'F' : letter;
    }
    *type++ = part == 0 ? ':' : 0;
  }
}

static void add_function(struct gen *g, const char *type) {
  struct gen_function *function = &g->functions[g->function_count++];
  function->type_index = type_index(g, type);
  function->type = g->types[function->type_index];
  function->is_leaf = false;
}

static void choose_functions(struct gen *g) {
  char type[TEXT_MAX];
  g->import_count = sizeof imports / sizeof imports[0];
  for (unsigned i = 0; i < g->import_count; i++) {
    snprintf(type, sizeof type, "%c:", "iIfF"[i]);
    add_function(g, type);
  }
  unsigned count = 2 + random_below(&g->random, 3);
  g->referenced = g->import_count; /* its own type names no such reference */
  for (unsigned i = 0; i < count; i++) {
    /* Some have a type that there is already, for the sake of indirect and tail
     * calls. */
    if (i > 0 && random_chance(&g->random, 40)) {
      snprintf(type, sizeof type, "%s", g->functions[g->import_count + random_below(&g->random, i)].type);
    } else {
      random_type(g, type, g->profile.references && i > 0);
    }
    add_function(g, type);
    g->functions[g->function_count - 1].is_leaf = random_chance(&g->random, 30);
  }
  for (unsigned i = 0; i < TABLE_SIZE; i++) {
    g->slots[i] = random_chance(&g->random, 90)
                      ? g->import_count + random_below(&g->random, g->function_count - g->import_count)
                      : g->function_count;
    if (random_chance(&g->random, 5)) {
      g->slots[i] = 0;
    }
  }
}

static void choose_globals(struct gen *g) {
  static const char letters[] = "iiIIfFvpriIfFvR"; /* the last only with typed references */
  for (unsigned i = 0; i < sizeof letters - (g->profile.references ? 1 : 2); i++) {
    if (letters[i] != 'v' || g->profile.simd) {
      g->globals[g->global_count++] =
          (struct gen_global){letters[i], random_chance(&g->random, 80), random_chance(&g->random, 50)};
    }
  }
  g->fuel = g->global_count++; /* these two have no letter, so that nothing else
                                  uses them */
  g->depth = g->global_count++;
}

static void choose_memories(struct gen *g) {
  g->memory_count = 1 + (g->profile.multi_memory ? random_below(&g->random, MEMORIES_MAX) : 0);
  for (unsigned i = 0; i < g->memory_count; i++) {
    struct gen_memory *memory = &g->memories[i];
    memory->is64 = g->profile.memory64 && random_chance(&g->random, 40);
    if (g->profile.page_sizes && random_chance(&g->random, 40)) {
      memory->page_log = 0;
      memory->min = 4096 + random_below(&g->random, 5000);
      memory->max = memory->min + random_below(&g->random, 3);
      memory->safe = 0x7ff;
    } else {
      memory->page_log = 16;
      memory->min = i > 0 && random_chance(&g->random, 5) ? 0 : 1;
      memory->max = random_chance(&g->random, 40) ? 4 : 1;
      memory->safe = 0xfff;
    }
  }
}

static void choose_tables(struct gen *g) {
  g->table_count = 2 + random_below(&g->random, 2);
  for (unsigned i = 0; i < g->table_count; i++) {
    g->tables[i].letter = i == 1 ? 'r' : i == 2 && g->profile.references ? 'R' : 'p';
    g->tables[i].is64 = g->profile.memory64 && random_chance(&g->random, 30);
    g->tables[i].is_written = random_chance(&g->random, 60);
  }
}

static void choose_segments(struct gen *g) {
  g->element_count = 1 + random_below(&g->random, SEGMENTS_MAX - 1);
  for (unsigned i = 0; i < g->element_count; i++) {
    struct gen_segment *segment = &g->elements[i];
    *segment = (struct gen_segment){'p', i > 0 && random_chance(&g->random, 50), 0, TABLE_SIZE};
    if (i > 0) {
      segment->table = random_below(&g->random, g->table_count);
      segment->size = 4 + random_below(&g->random, 4);
      segment->letter = g->tables[segment->table].letter;
      segment->is_passive = segment->is_passive || segment->table == 0;
    }
  }
  g->data_count = random_below(&g->random, SEGMENTS_MAX);
  for (unsigned i = 0; i < g->data_count; i++) {
    g->data[i] =
        (struct gen_segment){0, random_chance(&g->random, 50), random_below(&g->random, g->memory_count),
                             random_below(&g->random, 64)};
    g->data[i].is_passive = g->data[i].is_passive || g->memories[g->data[i].table].min == 0;
  }
}

/* Functions. */

static void put_section(struct bytes *module, uint8_t number, struct bytes *content) {
  put_byte(module, number);
  put_unsigned(module, content->size);
  put_data(module, content->data, content->size);
  content->size = 0;
}

static void choose_locals(struct gen *g) {
  static const char general[] = "iiIIfFvvprR"; /* the last only with typed references */
  const char *type = g->function->type;
  g->local_count = 0;
  while (type[g->local_count] != ':') {
    g->locals[g->local_count] = type[g->local_count];
    g->local_count++;
  }
  for (unsigned i = 0; i < sizeof general - (g->profile.references ? 1 : 2); i++) {
    g->locals[g->local_count++] = general[i] == 'v' && !g->profile.simd ? 'F' : general[i];
  }
  g->general_count = g->local_count;
  for (unsigned i = 0; i < 3; i++) {
    g->scratch[i] = g->local_count;
    g->locals[g->local_count++] = i == 2 && !g->profile.simd ? 'i' : "fFv"[i];
  }
  g->counters = g->local_count;
  g->locals[g->local_count++] = 'i';
  g->locals[g->local_count++] = 'i';
}

static void gen_global_op(struct gen *g, enum wasm_opcode op, unsigned global) {
  gen_op(g, op);
  put_unsigned(&g->out, global);
}

/* global += delta */
static void gen_count(struct gen *g, unsigned global, int32_t delta) {
  gen_global_op(g, WASM_OP_GLOBAL_GET, global);
  gen_i32(g, delta);
  gen_op(g, WASM_OP_I32_ADD);
  gen_global_op(g, WASM_OP_GLOBAL_SET, global);
}

/* Returns zeros at once if there is no fuel left or calls are nested too
 * deeply. */
static void gen_enter(struct gen *g) {
  gen_global_op(g, WASM_OP_GLOBAL_GET, g->fuel);
  gen_op(g, WASM_OP_I32_EQZ);
  gen_global_op(g, WASM_OP_GLOBAL_GET, g->depth);
  gen_i32(g, 20);
  gen_op(g, WASM_OP_I32_GT_U);
  gen_op(g, WASM_OP_I32_OR);
  gen_op(g, WASM_OP_IF);
  put_byte(&g->out, 0x40);
  for (const char *letter = results_of(g->function->type); *letter != 0; letter++) {
    gen_zero(g, *letter);
  }
  gen_op(g, WASM_OP_RETURN);
  gen_op(g, WASM_OP_END);
  gen_count(g, g->fuel, -1);
  gen_count(g, g->depth, 1);
}

static void put_body(struct bytes *code, const struct gen *g, unsigned first_local) {
  struct bytes locals = {0};
  put_unsigned(&locals, g->local_count - first_local);
  for (unsigned i = first_local; i < g->local_count; i++) {
    put_unsigned(&locals, 1);
    put_type(g, &locals, g->locals[i]);
  }
  put_unsigned(code, locals.size + g->out.size);
  put_data(code, locals.data, locals.size);
  put_data(code, g->out.data, g->out.size);
  free(locals.data);
}

static void gen_function(struct gen *g, const struct gen_function *function, struct bytes *code) {
  const char *results = results_of(function->type);
  char block[TEXT_MAX];
  g->function = function;
  g->out.size = 0;
  g->budget = 15 + (int)random_below(&g->random, 120);
  choose_locals(g);
  if (!function->is_leaf) {
    gen_enter(g);
  }
  snprintf(block, sizeof block, ":%s", results);
  gen_op(g, WASM_OP_BLOCK);
  gen_block_type(g, block);
  g->labels[0] = results;
  g->label_count = 1;
  gen_statements(g, 2 + random_below(&g->random, 10), 4);
  g->budget = g->budget > 20 ? g->budget : 20;
  gen_expressions(g, results, 3);
  gen_op(g, WASM_OP_END);
  gen_leave(g);
  gen_op(g, WASM_OP_END);
  put_body(code, g, (unsigned)strcspn(function->type, ":"));
}

/*
 * The type of a function's wrapper: hosts of most engines know no vectors, so
 * each becomes two i64, nor typed references: they become an i32 that says
 * whether they are null.
 */
static void wrapper_type(const char *type, char *wrapped) {
  for (; *type != 0; type++) {
    *wrapped++ = *type == 'v' ? 'I' : *type == 'R' || *type == 'N' ? 'i' : *type;
    if (*type == 'v') {
      *wrapped++ = 'I';
    }
  }
  *wrapped = 0;
}

static void gen_wrapper_results(struct gen *g, const char *results, unsigned first_local) {
  for (unsigned i = (unsigned)strlen(results); i-- > 0;) {
    gen_global_op(g, WASM_OP_LOCAL_SET, first_local + i);
  }
  for (unsigned i = 0; results[i] != 0; i++) {
    for (uint8_t lane = 0; lane < (results[i] == 'v' ? 2 : 1); lane++) {
      gen_global_op(g, WASM_OP_LOCAL_GET, first_local + i);
      if (results[i] == 'v') {
        gen_op(g, WASM_OP_I64X2_EXTRACT_LANE);
        put_byte(&g->out, lane);
      } else if (results[i] == 'R' || results[i] == 'N') {
        gen_op(g, WASM_OP_REF_IS_NULL);
      }
    }
  }
}

/* From what the host passed, on the stack, to a reference. */
static void gen_wrapper_reference(struct gen *g, char letter) {
  if (letter == 'N') {
    gen_op(g, WASM_OP_DROP);
    gen_zero(g, 'N');
    return;
  }
  gen_op(g, WASM_OP_IF);
  put_type(g, &g->out, 'R');
  gen_zero(g, 'R');
  gen_op(g, WASM_OP_ELSE);
  gen_zero(g, 'N');
  gen_op(g, WASM_OP_END);
}

/* What is exported in a function's place: it gets fuel first. */
static void gen_wrapper(struct gen *g, unsigned number, struct bytes *code) {
  const struct gen_function *function = &g->functions[number];
  const char *results = results_of(function->type);
  unsigned params = 0;
  g->out.size = 0;
  gen_i32(g, 200);
  gen_global_op(g, WASM_OP_GLOBAL_SET, g->fuel);
  gen_i32(g, 0);
  gen_global_op(g, WASM_OP_GLOBAL_SET, g->depth);
  for (const char *letter = function->type; *letter != ':'; letter++) {
    gen_global_op(g, WASM_OP_LOCAL_GET, params++);
    if (*letter == 'v') {
      gen_op(g, WASM_OP_I64X2_SPLAT);
      gen_global_op(g, WASM_OP_LOCAL_GET, params++);
      gen_op(g, WASM_OP_I64X2_REPLACE_LANE);
      put_byte(&g->out, 1);
    } else if (*letter == 'R' || *letter == 'N') {
      gen_wrapper_reference(g, *letter);
    }
  }
  gen_op(g, WASM_OP_CALL);
  put_unsigned(&g->out, number);
  g->local_count = params;
  if (strpbrk(results, "vRN") != NULL) {
    for (const char *letter = results; *letter != 0; letter++) {
      g->locals[g->local_count++] = *letter;
    }
    gen_wrapper_results(g, results, params);
  }
  gen_op(g, WASM_OP_END);
  put_body(code, g, params);
}

/* Functions that need neither fuel nor another type are exported as they are.
 */
static bool has_wrapper(const struct gen_function *function) {
  return !function->is_leaf || strpbrk(function->type, "vRN") != NULL;
}

/* Sections. */

static void put_types(struct gen *g, struct bytes *out) {
  put_unsigned(out, g->type_count);
  for (unsigned i = 0; i < g->type_count; i++) {
    const char *part = g->types[i];
    put_byte(out, 0x60);
    for (unsigned k = 0; k < 2; k++) {
      size_t count = strcspn(part, ":");
      put_unsigned(out, count);
      for (size_t j = 0; j < count; j++) {
        put_type(g, out, part[j]);
      }
      part = results_of(g->types[i]);
    }
  }
}

static void put_imports(struct gen *g, struct bytes *out) {
  put_unsigned(out, g->import_count);
  for (unsigned i = 0; i < g->import_count; i++) {
    put_name(out, "fuzzing-support");
    put_name(out, imports[i]);
    put_byte(out, 0);
    put_unsigned(out, g->functions[i].type_index);
  }
}

static void put_tables(struct gen *g, struct bytes *out) {
  put_unsigned(out, g->table_count);
  for (unsigned i = 0; i < g->table_count; i++) {
    put_type(g, out, g->tables[i].letter);
    put_byte(out, (uint8_t)((g->tables[i].is64 ? 4 : 0) | 1));
    put_unsigned(out, TABLE_SIZE);
    put_unsigned(out, TABLE_SIZE + 3 * i);
  }
}

static void put_memories(struct gen *g, struct bytes *out) {
  put_unsigned(out, g->memory_count);
  for (unsigned i = 0; i < g->memory_count; i++) {
    const struct gen_memory *memory = &g->memories[i];
    put_byte(out, (uint8_t)(1 | (memory->is64 ? 4 : 0) | (memory->page_log == 0 ? 8 : 0)));
    put_unsigned(out, memory->min);
    put_unsigned(out, memory->max);
    if (memory->page_log == 0) {
      put_unsigned(out, 0);
    }
  }
}

static void put_globals(struct gen *g, struct bytes *out) {
  put_unsigned(out, g->global_count);
  for (unsigned i = 0; i < g->global_count; i++) {
    const struct gen_global *global = &g->globals[i];
    bool is_own = global->letter == 0;
    put_type(g, out, is_own ? 'i' : global->letter);
    put_byte(out, is_own || global->is_mutable);
    g->out.size = 0;
    if (is_own) {
      gen_zero(g, 'i');
    } else {
      gen_constant(g, global->letter);
    }
    gen_op(g, WASM_OP_END);
    put_data(out, g->out.data, g->out.size);
  }
}

static void put_export(struct bytes *out, unsigned *count, char letter, uint8_t kind, unsigned name,
                       unsigned index) {
  char text[16];
  snprintf(text, sizeof text, "%c%u", letter, name);
  put_name(out, text);
  put_byte(out, kind);
  put_unsigned(out, index);
  ++*count;
}

static void put_exports(struct gen *g, struct bytes *out) {
  struct bytes list = {0};
  unsigned count = 0, wrapper = g->function_count;
  for (unsigned i = g->import_count; i < g->function_count; i++) {
    put_export(&list, &count, 'f', 0, i, has_wrapper(&g->functions[i]) ? wrapper++ : i);
  }
  for (unsigned i = 0; i < g->table_count; i++) {
    if (g->tables[i].is_written && g->tables[i].letter != 'R') { /* others the host could write */
      put_export(&list, &count, 't', 1, i, i);
    }
  }
  for (unsigned i = 0; i < g->memory_count; i++) {
    put_export(&list, &count, 'm', 2, i, i);
  }
  for (unsigned i = 0; i < g->global_count; i++) {
    if (g->globals[i].is_exported && strchr("vR", g->globals[i].letter) == NULL) {
      put_export(&list, &count, 'g', 3, i, i);
    }
  }
  put_unsigned(out, count);
  put_data(out, list.data, list.size);
  free(list.data);
}

/* An expression of a reference, or null. */
static void put_reference(struct gen *g, struct bytes *out, char letter, unsigned function) {
  g->out.size = 0;
  if (letter == 'R' && function % 2 == 0) {
    gen_zero(g, 'N');
  } else if (letter == 'p' && function < g->function_count) {
    gen_op(g, WASM_OP_REF_FUNC);
    put_unsigned(&g->out, function);
  } else {
    gen_zero(g, letter);
  }
  gen_op(g, WASM_OP_END);
  put_data(out, g->out.data, g->out.size);
}

static void put_offset(struct gen *g, struct bytes *out, bool is64, unsigned limit) {
  g->out.size = 0;
  gen_index(g, is64, random_below(&g->random, limit));
  gen_op(g, WASM_OP_END);
  put_data(out, g->out.data, g->out.size);
}

static void put_elements(struct gen *g, struct bytes *out) {
  put_unsigned(out, g->element_count + 1);
  for (unsigned i = 0; i < g->element_count; i++) {
    const struct gen_segment *segment = &g->elements[i];
    put_unsigned(out, segment->is_passive ? 5 : 6);
    if (!segment->is_passive) {
      put_unsigned(out, segment->table);
      put_offset(g, out, g->tables[segment->table].is64, TABLE_SIZE - segment->size + 1);
    }
    put_type(g, out, segment->letter);
    put_unsigned(out, segment->size);
    for (unsigned k = 0; k < segment->size; k++) {
      put_reference(g, out, segment->letter,
                    i == 0 ? g->slots[k] : random_below(&g->random, g->function_count + 1));
    }
  }
  /* A declaration of all functions, so that ref.func may name each. */
  put_unsigned(out, 3);
  put_byte(out, 0);
  put_unsigned(out, g->function_count);
  for (unsigned i = 0; i < g->function_count; i++) {
    put_unsigned(out, i);
  }
}

static void put_data_segments(struct gen *g, struct bytes *out) {
  put_unsigned(out, g->data_count);
  for (unsigned i = 0; i < g->data_count; i++) {
    const struct gen_segment *segment = &g->data[i];
    put_unsigned(out, segment->is_passive ? 1 : 2);
    if (!segment->is_passive) {
      put_unsigned(out, segment->table);
      put_offset(g, out, g->memories[segment->table].is64, g->memories[segment->table].safe);
    }
    put_unsigned(out, segment->size);
    for (unsigned k = 0; k < segment->size; k++) {
      put_byte(out, (uint8_t)random_next(&g->random));
    }
  }
}

static void put_functions(struct gen *g, struct bytes *out) {
  unsigned wrappers = 0;
  for (unsigned i = g->import_count; i < g->function_count; i++) {
    wrappers += has_wrapper(&g->functions[i]);
  }
  put_unsigned(out, g->function_count - g->import_count + wrappers);
  for (unsigned part = 0; part < 2; part++) {
    for (unsigned i = g->import_count; i < g->function_count; i++) {
      if (part == 0) {
        put_unsigned(out, g->functions[i].type_index);
      } else if (has_wrapper(&g->functions[i])) {
        put_unsigned(out, g->wrapper_types[i]);
      }
    }
  }
}

static void put_code(struct gen *g, struct bytes *out) {
  struct bytes bodies = {0};
  unsigned count = 0;
  for (unsigned i = g->import_count; i < g->function_count; i++, count++) {
    gen_function(g, &g->functions[i], &bodies);
  }
  for (unsigned i = g->import_count; i < g->function_count; i++) {
    if (has_wrapper(&g->functions[i])) {
      char type[2 * TEXT_MAX];
      wrapper_type(g->functions[i].type, type);
      g->wrapper_types[i] = type_index(g, type);
      gen_wrapper(g, i, &bodies);
      count++;
    }
  }
  put_unsigned(out, count);
  put_data(out, bodies.data, bodies.size);
  free(bodies.data);
}

void gen_module(struct gen *g, struct bytes *module) {
  struct bytes section = {0}, code = {0};
  choose_functions(g);
  choose_globals(g);
  choose_memories(g);
  choose_tables(g);
  choose_segments(g);
  put_code(g, &code); /* first: it adds types */
  put_fixed(module, UINT64_C(0x000000016d736100), 8);
  static void (*const parts[])(struct gen *, struct bytes *) = {
      NULL,         put_types,   put_imports, put_functions, put_tables,
      put_memories, put_globals, put_exports, NULL,          put_elements};
  for (uint8_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
    if (parts[i] != NULL) {
      parts[i](g, &section);
      put_section(module, i, &section);
    }
  }
  put_unsigned(&section, g->data_count);
  put_section(module, 12, &section);
  put_section(module, 10, &code);
  put_data_segments(g, &section);
  put_section(module, 11, &section);
  free(section.data);
  free(code.data);
}
