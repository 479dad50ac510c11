/*
 * From a plan to a linked result: objects in a temporary directory, the link, and what to do about imports
 * that nothing provides.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "driver.h"

/* The symbols of imports in the static model, sorted: there may be a million of each. */
struct import_symbol {
  const char *symbol;
  const struct wasm_import *import;
};

/* By symbol, then by place. */
static int compare_symbols(const void *left, const void *right) {
  const struct import_symbol *a = left, *b = right;
  int order = strcmp(a->symbol, b->symbol);
  return order != 0 ? order : (a->import > b->import) - (a->import < b->import);
}

static int compare_to_symbol(const void *key, const void *item) {
  return strcmp(key, ((const struct import_symbol *)item)->symbol);
}

static struct import_symbol *sort_symbols(struct compilation *c) {
  struct import_symbol *symbols = ARENA_ARRAY(&c->arena, struct import_symbol, c->wasm.import_count);
  for (uint32_t i = 0; i < c->wasm.import_count; i++) {
    const struct wasm_import *import = &c->wasm.imports[i];
    symbols[i] = (struct import_symbol){lower_import_symbol(&c->arena, import), import};
  }
  qsort(symbols, c->wasm.import_count, sizeof *symbols, compare_symbols);
  return symbols;
}

/* For each undefined symbol the import that it stands for, or NULL. */
static const struct wasm_import **find_imports(struct compilation *c,
                                               const struct link_undefined_list *undefined) {
  const struct import_symbol *symbols = sort_symbols(c);
  const struct wasm_import **imports = ARENA_ARRAY(&c->arena, const struct wasm_import *, undefined->count);
  for (size_t i = 0; i < undefined->count; i++) {
    const struct import_symbol *found = bsearch(undefined->items[i].symbol, symbols, c->wasm.import_count,
                                                sizeof *symbols, compare_to_symbol);
    imports[i] = found ? found->import : NULL;
  }
  return imports;
}

static const char *limits_text(struct compilation *c, const struct wasm_limits *limits, const char *unit) {
  return limits->has_max
             ? arena_printf(&c->arena, "%" PRIu64 " to %" PRIu64 " %s", limits->min, limits->max, unit)
             : arena_printf(&c->arena, "%" PRIu64 " or more %s", limits->min, unit);
}

bool driver_report_missing_import(struct compilation *c, const struct wasm_import *import) {
  static const char *const kinds[] = {[WASM_EXTERN_FUNC] = "function",
                                      [WASM_EXTERN_TABLE] = "table",
                                      [WASM_EXTERN_MEMORY] = "memory",
                                      [WASM_EXTERN_GLOBAL] = "global"};
  const struct wasm_module *wasm = &c->wasm;
  const char *type = "";
  switch (import->kind) {
  case WASM_EXTERN_FUNC:
    type = wasm_func_type_print(&c->arena, wasm_func_type_of(wasm, import->index));
    break;
  case WASM_EXTERN_TABLE:
    type = limits_text(c, &wasm->tables[import->index].limits, "entries");
    break;
  case WASM_EXTERN_MEMORY:
    type = limits_text(c, &wasm->memories[import->index].limits, "pages");
    break;
  case WASM_EXTERN_GLOBAL:
    type = arena_printf(&c->arena, "%s", wasm_type_name(wasm->globals[import->index].type).text);
    break;
  case WASM_EXTERN_TAG:
    break;
  }
  return diag_error_at(&c->sink, DIAG_LINK, import->offset, DIAG_NO_FUNCTION, (struct slice){0},
                       "nothing provides the imported %s %.*s.%.*s: %s", kinds[import->kind],
                       (int)import->module.size, (const char *)import->module.data, (int)import->name.size,
                       (const char *)import->name.data, type);
}

static bool report_missing(struct compilation *c, const struct link_undefined_list *undefined,
                           const struct wasm_import *const *imports) {
  for (size_t i = 0; i < undefined->count; i++) {
    if (imports[i]) {
      driver_report_missing_import(c, imports[i]);
    } else {
      diag_error(&c->sink, DIAG_LINK, "undefined symbol %s, referenced by %s", undefined->items[i].symbol,
                 undefined->items[i].referenced_by);
    }
  }
  return false;
}

static bool are_functions(const struct wasm_import *const *imports, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (!imports[i] || imports[i]->kind != WASM_EXTERN_FUNC) {
      return false;
    }
  }
  return true;
}

static bool emit_missing(struct compilation *c, const struct wasm_import *const *imports, size_t count,
                         const char *path) {
  bool trap = c->options->missing == WASM2NATIVE_MISSING_TRAP;
  struct emit_machine machine;
  LLVMContextRef context = LLVMContextCreate();
  emit_watch(context, &c->sink);
  emit_machine_make(&c->emit, &c->target, &machine);
  LLVMModuleRef module =
      lower_missing_imports(&c->wasm, imports, count, trap, context, c->triple, machine.layout, &c->arena);
  bool ok = emit_verify(module, &c->sink) && emit_file(module, &machine, EMIT_OBJECT, path, &c->sink);
  LLVMDisposeModule(module);
  emit_machine_free(&machine);
  LLVMContextDispose(context);
  return ok;
}

static bool run_link(struct compilation *c, const struct link_job *job,
                     struct link_undefined_list *undefined) {
  driver_message(c, link_command(job, &c->arena));
  return link_run(job, &c->arena, &c->sink, undefined);
}

/* The objects of the parts as one; then the symbols by which they know each other do not clash with others.
 */
static bool join_objects(struct compilation *c, const char *const *objects, uint32_t count) {
  struct link_job job = {.kind = LINK_RELOCATABLE,
                         .arch = c->arch,
                         .inputs = objects,
                         .input_count = count,
                         .output = c->output};
  return run_link(c, &job, NULL);
}

/* Looks at the trees that become part of the program; done first, so that their errors come at once. */
static bool scan_trees(struct compilation *c, const struct link_embed **embed) {
  const struct wasm2native_options *options = c->options;
  struct link_tree *trees = ARENA_ARRAY(&c->arena, struct link_tree, options->embed_count);
  for (size_t i = 0; i < options->embed_count; i++) {
    trees[i] = (struct link_tree){options->embeds[i].directory, options->embeds[i].guest};
  }
  struct link_embed_job *job = ARENA_NEW(&c->arena, struct link_embed_job);
  *job = (struct link_embed_job){
      .trees = trees, .count = options->embed_count, .time = options->embed_time, .excluded = c->output};
  *embed = options->embed_count > 0 ? link_embed_scan(job, &c->arena, &c->sink) : NULL;
  return *embed || options->embed_count == 0;
}

/*
 * Links the objects, and that of the trees if there is one (else NULL); a second time with definitions of the
 * missing imports if they may be missing.
 */
static bool link_objects(struct compilation *c, const char *const *objects, uint32_t object_count,
                         const char *tree_object, const char *missing_object) {
  const struct wasm2native_options *options = c->options;
  const char **inputs = ARENA_ARRAY(&c->arena, const char *, object_count + options->link_input_count + 2);
  size_t count = 0;
  for (uint32_t i = 0; i < object_count; i++) {
    inputs[count++] = objects[i];
  }
  if (tree_object) {
    inputs[count++] = tree_object;
  }
  for (size_t i = 0; i < options->link_input_count; i++) {
    inputs[count++] = options->link_inputs[i];
  }
  struct link_job job = {
      .kind = options->emit == WASM2NATIVE_EMIT_EXE ? LINK_EXECUTABLE : LINK_SHARED,
      .arch = c->arch,
      .library_dir = options->library_dir ? options->library_dir : link_library_dir(&c->arena),
      .inputs = inputs,
      .input_count = count,
      .output = c->output,
      .keep_symbols = options->debug_info,
  };
  struct link_undefined_list undefined = {0};
  if (run_link(c, &job, &undefined)) {
    return true;
  }
  const struct wasm_import **imports = find_imports(c, &undefined);
  if (c->sink.error_count > 0 || options->missing == WASM2NATIVE_MISSING_ERROR ||
      !are_functions(imports, undefined.count)) {
    return report_missing(c, &undefined, imports);
  }
  if (!emit_missing(c, imports, undefined.count, missing_object)) {
    return false;
  }
  inputs[job.input_count++] = missing_object;
  return run_link(c, &job, NULL);
}

/* Makes the objects, with the trees' (NULL: none) written last of all, and links them. */
static bool make_and_link(struct compilation *c, const char *const *objects, uint32_t count,
                          const struct link_embed *embed, const char *tree_object, const char *missing) {
  if (!driver_make_parts(c, EMIT_OBJECT, objects)) {
    return false;
  }
  driver_phase(c, WASM2NATIVE_PHASE_LINK);
  if (c->options->emit == WASM2NATIVE_EMIT_OBJ) {
    return join_objects(c, objects, count);
  }
  return (!embed || link_embed_write(embed, c->arch, tree_object, &c->arena, &c->sink)) &&
         link_objects(c, objects, count, embed ? tree_object : NULL, missing);
}

/* Objects for the linker lie in a directory of their own, which is removed at once. */
bool driver_link(struct compilation *c) {
  const struct link_embed *embed;
  if (!scan_trees(c, &embed)) {
    return false;
  }
  const char *base = getenv("TMPDIR");
  char *directory = arena_printf(&c->arena, "%s/wasm2native-XXXXXX", base && *base ? base : "/tmp");
  if (!mkdtemp(directory)) {
    return diag_error(&c->sink, DIAG_IO, "cannot make a temporary directory %s: %s", directory,
                      strerror(errno));
  }
  uint32_t count = lower_part_count(c->plan);
  const char **objects = ARENA_ARRAY(&c->arena, const char *, count);
  for (uint32_t i = 0; i < count; i++) {
    objects[i] = arena_printf(&c->arena, "%s/part%u.o", directory, i);
  }
  char *missing = arena_printf(&c->arena, "%s/missing.o", directory);
  char *trees = arena_printf(&c->arena, "%s/trees.o", directory);
  bool ok = make_and_link(c, objects, count, embed, trees, missing);
  for (uint32_t i = 0; i < count; i++) {
    unlink(objects[i]);
  }
  unlink(trees);
  unlink(missing);
  rmdir(directory);
  return ok;
}
