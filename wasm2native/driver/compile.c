/*
 * The route of a module: decode, check, lower, optimise, emit, link. One call each, in that order
 * (docs/architecture.md); this is where to begin reading.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "abi.h"
#include "check.h"
#include "emit.h"
#include "link.h"
#include "lower.h"
#include "output.h"
#include "wasm2native.h"

const char *wasm2native_version(void) {
  return WASM2NATIVE_VERSION;
}

const char *wasm2native_phase_name(enum wasm2native_phase phase) {
  static const char *const names[WASM2NATIVE_PHASE_COUNT] = {"read",     "decode", "check", "lower",
                                                             "optimize", "emit",   "link"};
  return names[phase];
}

void wasm2native_options_default(struct wasm2native_options *options) {
  *options = (struct wasm2native_options){.opt_level = 2};
}

/* One compilation. */
struct compilation {
  const struct wasm2native_options *options;
  const char *output;
  struct arena arena;
  struct diag_sink sink;
  struct wasm_module wasm;
  wasm_features features;
  const char *triple;
  enum link_arch arch;

  struct lower_options lower;
  struct emit_options emit;
  struct emit_target target;
  const struct lower_plan *plan;
  LLVMContextRef context;
  LLVMModuleRef module;

  enum wasm2native_phase phase;
  struct timespec phase_start;
};

/* ---- Messages, progress and the report */

static void pass_on(void *context, const struct diag *diag) {
  const struct wasm2native_options *options = context;
  if (!options->message) {
    return;
  }
  char *line = NULL;
  size_t size = 0;
  FILE *stream = open_memstream(&line, &size);
  if (!stream) {
    return;
  }
  diag_print(stream, diag);
  fclose(stream);
  if (size && line[size - 1] == '\n') {
    line[size - 1] = '\0';
  }
  options->message(options->context, line, diag->severity == DIAG_ERROR);
  free(line);
}

static void end_phase(struct compilation *c) {
  struct wasm2native_report *report = c->options->report;
  if (!report) {
    return;
  }
  struct timespec now;
  struct rusage usage;
  clock_gettime(CLOCK_MONOTONIC, &now);
  getrusage(RUSAGE_SELF, &usage);
  report->seconds[c->phase] +=
      (double)(now.tv_sec - c->phase_start.tv_sec) + (double)(now.tv_nsec - c->phase_start.tv_nsec) * 1e-9;
  report->peak_bytes[c->phase] = (uint64_t)usage.ru_maxrss * 1024;
}

static void begin_phase(struct compilation *c, enum wasm2native_phase phase) {
  end_phase(c);
  c->phase = phase;
  clock_gettime(CLOCK_MONOTONIC, &c->phase_start);
  if (c->options->progress) {
    c->options->progress(c->options->context, phase);
  }
}

/* ---- Setting up */

static bool set_up(struct compilation *c, const struct wasm2native_options *options, const char *input_name) {
  *c = (struct compilation){.options = options, .phase = WASM2NATIVE_PHASE_READ};
  c->sink = (struct diag_sink){
      .handler = pass_on, .context = (void *)(uintptr_t)options, .file = input_name, .error_limit = 20};
  clock_gettime(CLOCK_MONOTONIC, &c->phase_start);
  if (options->report) {
    memset(options->report, 0, sizeof *options->report);
  }
  if (options->opt_level > 3 || options->size_level > 2) {
    return diag_error(&c->sink, DIAG_OPTION, "optimisation levels are 0 to 3, those for size 0 to 2");
  }
  c->features = wasm_features_default();
  struct slice bad;
  if (options->features && !wasm_features_parse(options->features, &c->features, &bad)) {
    return diag_error(&c->sink, DIAG_OPTION, "--features: '%.*s' is unknown or not supported", (int)bad.size,
                      (const char *)bad.data);
  }
  return true;
}

static bool set_target(struct compilation *c) {
#if defined(__aarch64__)
  const char *host = "aarch64-unknown-linux-musl";
#else
  const char *host = "x86_64-unknown-linux-musl";
#endif
  c->triple = c->options->target ? c->options->target : host;
  if (strncmp(c->triple, "aarch64-", strlen("aarch64-")) == 0) {
    c->arch = LINK_AARCH64;
  } else if (strncmp(c->triple, "x86_64-", strlen("x86_64-")) == 0) {
    c->arch = LINK_X86_64;
  } else {
    return diag_error(&c->sink, DIAG_OPTION, "unsupported target '%s'", c->triple);
  }
  return true;
}

static const char *model_name(enum lower_model model) {
  return model == LOWER_STATIC ? "static" : "instance";
}

/* ---- The route */

static bool decode_and_check(struct compilation *c, const void *bytes, size_t size) {
  begin_phase(c, WASM2NATIVE_PHASE_DECODE);
  if (!wasm_module_decode((struct slice){bytes, size}, c->features, &c->arena, &c->sink, &c->wasm)) {
    return false;
  }
  begin_phase(c, WASM2NATIVE_PHASE_CHECK);
  return check_module(&c->wasm, c->features, &c->arena, &c->sink);
}

static bool lower(struct compilation *c) {
  begin_phase(c, WASM2NATIVE_PHASE_LOWER);
  c->plan = lower_plan_make(&c->wasm, &c->lower, &c->arena);
  c->module = lower_part(c->plan, 0, c->context, c->triple, c->target.layout, &c->arena);
  return emit_verify(c->module, &c->sink);
}

static bool optimize(struct compilation *c) {
  begin_phase(c, WASM2NATIVE_PHASE_OPTIMIZE);
  if (!emit_optimize(c->module, &c->target, &c->emit, &c->sink)) {
    return false;
  }
  lower_finish(c->module, c->plan, 0, c->target.layout, &c->arena);
  return true;
}

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

static bool report_missing_import(struct compilation *c, const struct wasm_import *import) {
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

/* Objects can define functions for a module in the instance model, but nothing else that it may import. */
static bool check_program_imports(struct compilation *c) {
  bool ok = true;
  for (uint32_t i = 0; i < c->wasm.import_count; i++) {
    if (c->wasm.imports[i].kind != WASM_EXTERN_FUNC) {
      ok = report_missing_import(c, &c->wasm.imports[i]);
    }
  }
  return ok;
}

static bool report_missing(struct compilation *c, const struct link_undefined_list *undefined,
                           const struct wasm_import *const *imports) {
  for (size_t i = 0; i < undefined->count; i++) {
    if (imports[i]) {
      report_missing_import(c, imports[i]);
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
  LLVMModuleRef module = lower_missing_imports(&c->wasm, imports, count, trap, c->context, c->triple,
                                               c->target.layout, &c->arena);
  bool ok = emit_verify(module, &c->sink) && emit_file(module, &c->target, EMIT_OBJECT, path, &c->sink);
  LLVMDisposeModule(module);
  return ok;
}

static void show_command(struct compilation *c, const struct link_job *job) {
  if (c->options->verbose && c->options->message) {
    c->options->message(c->options->context, link_command(job, &c->arena), false);
  }
}

/* Links `object`; a second time with definitions of the missing imports if they may be missing. */
static bool link_object(struct compilation *c, const char *object, const char *missing_object) {
  const struct wasm2native_options *options = c->options;
  const char **inputs = ARENA_ARRAY(&c->arena, const char *, options->link_input_count + 2);
  size_t count = 0;
  inputs[count++] = object;
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
  show_command(c, &job);
  if (link_run(&job, &c->arena, &c->sink, &undefined)) {
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
  show_command(c, &job);
  return link_run(&job, &c->arena, &c->sink, NULL);
}

/* Objects for the linker lie in a directory of their own, which is removed at once. */
static bool emit_and_link(struct compilation *c) {
  const char *base = getenv("TMPDIR");
  char *directory = arena_printf(&c->arena, "%s/wasm2native-XXXXXX", base && *base ? base : "/tmp");
  if (!mkdtemp(directory)) {
    return diag_error(&c->sink, DIAG_IO, "cannot make a temporary directory %s: %s", directory,
                      strerror(errno));
  }
  char *object = arena_printf(&c->arena, "%s/module.o", directory);
  char *missing = arena_printf(&c->arena, "%s/missing.o", directory);
  bool ok = emit_file(c->module, &c->target, EMIT_OBJECT, object, &c->sink);
  if (ok) {
    begin_phase(c, WASM2NATIVE_PHASE_LINK);
    ok = link_object(c, object, missing);
  }
  unlink(object);
  unlink(missing);
  rmdir(directory);
  return ok;
}

static bool emit(struct compilation *c) {
  static const enum emit_form forms[] = {[WASM2NATIVE_EMIT_OBJ] = EMIT_OBJECT,
                                         [WASM2NATIVE_EMIT_ASM] = EMIT_ASSEMBLY,
                                         [WASM2NATIVE_EMIT_LLVM_IR] = EMIT_IR,
                                         [WASM2NATIVE_EMIT_BITCODE] = EMIT_BITCODE};
  begin_phase(c, WASM2NATIVE_PHASE_EMIT);
  if (c->options->emit == WASM2NATIVE_EMIT_EXE || c->options->emit == WASM2NATIVE_EMIT_SHARED) {
    return emit_and_link(c);
  }
  struct output output;
  if (!output_begin(&output, c->output, &c->arena, &c->sink)) {
    return false;
  }
  if (emit_file(c->module, &c->target, forms[c->options->emit], output.path, &c->sink)) {
    return output_commit(&output, &c->sink);
  }
  output_discard(&output);
  return false;
}

/* Is `word` one of a comma-separated list? */
static bool has_word(const char *list, const char *word) {
  size_t length = strlen(word);
  for (const char *at = list; *at; at += *at == ',') {
    size_t size = strcspn(at, ",");
    if (size == length && memcmp(at, word, length) == 0) {
      return true;
    }
    at += size;
  }
  return false;
}

/* Options of the lowering from those of the compilation; reports what cannot be. */
static bool set_lowering(struct compilation *c) {
  const struct wasm2native_options *options = c->options;
  bool is_exe = options->emit == WASM2NATIVE_EMIT_EXE;
  bool wants_static =
      options->model == WASM2NATIVE_MODEL_STATIC ||
      (options->model == WASM2NATIVE_MODEL_DEFAULT && is_exe && lower_static_possible(&c->wasm, NULL));
  if (wants_static && !lower_static_possible(&c->wasm, &c->sink)) {
    return false;
  }
  if (is_exe && !wants_static && !check_program_imports(c)) {
    return false;
  }
  c->lower = (struct lower_options){
      .model = wants_static ? LOWER_STATIC : LOWER_INSTANCE,
      .bounds = options->bounds == WASM2NATIVE_BOUNDS_CHECK ? LOWER_CHECK : LOWER_GUARD,
      .is_deterministic = options->deterministic,
      .is_optimized = options->opt_level > 0,
      .has_fma = c->arch == LINK_AARCH64 || has_word(c->target.required, "fma"),
      .has_avx512 = has_word(c->target.required, "avx512vl") && has_word(c->target.required, "avx512dq"),
      .has_dot = has_word(c->target.required, "dotprod") || has_word(c->target.required, "avxvnni") ||
                 (has_word(c->target.required, "avx512vl") && has_word(c->target.required, "avx512vnni")),
      .size_level = options->size_level,
      .name = options->name ? options->name : "wasm",
      .cpu_features = c->target.required,
      .is_program = is_exe,
      .guest_options = options->guest_options,
      .guest_option_count = options->guest_option_count,
  };
  c->lower.description = arena_printf(&c->arena, "%s %s cpu=%s model=%s bounds=%s%s", WASM2NATIVE_VERSION,
                                      c->triple, c->target.cpu, model_name(c->lower.model),
                                      c->lower.bounds == LOWER_CHECK ? "check" : "guard",
                                      c->lower.is_deterministic ? " deterministic" : "");
  return true;
}

static bool compile_module(struct compilation *c) {
  return lower(c) && optimize(c) && emit(c);
}

bool wasm2native_compile(const void *bytes, size_t size, const char *input_name, const char *output,
                         const struct wasm2native_options *options) {
  struct compilation c;
  bool ok = set_up(&c, options, input_name) && set_target(&c) && decode_and_check(&c, bytes, size);
  if (ok) {
    c.output = output;
    c.emit = (struct emit_options){.triple = c.triple,
                                   .cpu = options->cpu,
                                   .cpu_features = options->cpu_features,
                                   .opt_level = options->opt_level,
                                   .size_level = options->size_level};
    ok = emit_target_make(&c.emit, &c.arena, &c.sink, &c.target);
    if (ok) {
      c.context = LLVMContextCreate();
      emit_watch(c.context, &c.sink);
      ok = set_lowering(&c) && compile_module(&c);
      if (c.module) {
        LLVMDisposeModule(c.module);
      }
      LLVMContextDispose(c.context);
      emit_target_free(&c.target);
    }
  }
  end_phase(&c);
  arena_free(&c.arena);
  return ok;
}

bool wasm2native_validate(const void *bytes, size_t size, const char *input_name,
                          const struct wasm2native_options *options) {
  struct compilation c;
  bool ok = set_up(&c, options, input_name) && decode_and_check(&c, bytes, size);
  end_phase(&c);
  arena_free(&c.arena);
  return ok;
}
