/*
 * The route of a module: decode, check, lower, optimise, emit, link. One call each, in that order
 * (docs/architecture.md); this is where to begin reading.
 */
#include <ctype.h>
#include <string.h>

#include "check.h"
#include "driver.h"
#include "output.h"

/* Bytes of code that LLVM is given at once: see docs/architecture.md for what was measured. */
#define PARTITION_SIZE (UINT64_C(512) << 10)

const char *wasm2native_version(void) {
  return WASM2NATIVE_VERSION;
}

void wasm2native_options_default(struct wasm2native_options *options) {
  *options = (struct wasm2native_options){.opt_level = 2};
}

/* Symbols are made of the name: nobody else's may begin with it (lower/module.c). */
static bool is_identifier(const char *name) {
  bool ok = isalpha((unsigned char)*name) || *name == '_';
  for (; *name; name++) {
    ok = ok && (isalnum((unsigned char)*name) || *name == '_');
  }
  return ok;
}

static bool set_up(struct compilation *c, const struct wasm2native_options *options, const char *input_name) {
  *c = (struct compilation){.options = options, .mutex = PTHREAD_MUTEX_INITIALIZER};
  c->sink =
      (struct diag_sink){.handler = driver_pass_on, .context = c, .file = input_name, .error_limit = 20};
  clock_gettime(CLOCK_MONOTONIC, &c->start);
  if (options->report) {
    memset(options->report, 0, sizeof *options->report);
  }
  if (options->opt_level > 3 || options->size_level > 2) {
    return diag_error(&c->sink, DIAG_OPTION, "optimisation levels are 0 to 3, those for size 0 to 2");
  }
  if (options->name && !is_identifier(options->name)) {
    return diag_error(&c->sink, DIAG_OPTION, "the module's name has to be a C identifier, not '%s'",
                      options->name);
  }
  if (options->embed_count > 0 && options->emit != WASM2NATIVE_EMIT_EXE) {
    return diag_error(&c->sink, DIAG_OPTION, "only executables can hold directory trees");
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
  driver_phase(c, WASM2NATIVE_PHASE_DECODE);
  if (!wasm_module_decode((struct slice){bytes, size}, c->features, &c->arena, &c->sink, &c->wasm)) {
    return false;
  }
  driver_phase(c, WASM2NATIVE_PHASE_CHECK);
  return check_module(&c->wasm, c->features, &c->arena, &c->sink);
}

/* Objects can define functions for a module in the instance model, but nothing else that it may import. */
static bool check_program_imports(struct compilation *c) {
  bool ok = true;
  for (uint32_t i = 0; i < c->wasm.import_count; i++) {
    if (c->wasm.imports[i].kind != WASM_EXTERN_FUNC) {
      ok = driver_report_missing_import(c, &c->wasm.imports[i]);
    }
  }
  return ok;
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

/* What is one file to be read, and so is made of the module as a whole. */
static bool is_text(enum wasm2native_emit emit) {
  return emit == WASM2NATIVE_EMIT_ASM || emit == WASM2NATIVE_EMIT_LLVM_IR || emit == WASM2NATIVE_EMIT_BITCODE;
}

/*
 * Code of the user's own may do as it likes, and says nowhere which system calls it makes: a program with
 * such code is confined only where that is asked for, here or when it is started.
 */
static void set_guest_options(struct compilation *c) {
  const struct wasm2native_options *options = c->options;
  const char **words = ARENA_ARRAY(&c->arena, const char *, options->guest_option_count + 1);
  size_t count = 0;
  if (options->link_input_count > 0) {
    words[count++] = "--no-confine";
  }
  for (size_t i = 0; i < options->guest_option_count; i++) {
    words[count++] = options->guest_options[i];
  }
  c->lower.guest_options = words;
  c->lower.guest_option_count = count;
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
  if ((is_exe || wants_static) && !driver_check_provided(c)) {
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
      .part_size = is_text(options->emit)    ? 0
                   : options->partition_size ? options->partition_size
                                             : PARTITION_SIZE,
      .copies_small = options->opt_level > 0,
      .name = options->name ? options->name : "wasm",
      .cpu_features = c->target.required,
      .is_program = is_exe,
  };
  set_guest_options(c);
  c->lower.description = arena_printf(&c->arena, "%s %s cpu=%s model=%s bounds=%s%s", WASM2NATIVE_VERSION,
                                      c->triple, c->target.cpu, model_name(c->lower.model),
                                      c->lower.bounds == LOWER_CHECK ? "check" : "guard",
                                      c->lower.is_deterministic ? " deterministic" : "");
  return true;
}

static bool plan(struct compilation *c) {
  driver_phase(c, WASM2NATIVE_PHASE_LOWER);
  c->plan = lower_plan_make(&c->wasm, &c->lower, &c->arena);
  return true;
}

/* A module of one part becomes the output as it is. */
static bool write_output(struct compilation *c) {
  static const enum emit_form forms[] = {[WASM2NATIVE_EMIT_OBJ] = EMIT_OBJECT,
                                         [WASM2NATIVE_EMIT_ASM] = EMIT_ASSEMBLY,
                                         [WASM2NATIVE_EMIT_LLVM_IR] = EMIT_IR,
                                         [WASM2NATIVE_EMIT_BITCODE] = EMIT_BITCODE};
  struct output output;
  if (!output_begin(&output, c->output, &c->arena, &c->sink)) {
    return false;
  }
  if (driver_make_parts(c, forms[c->options->emit], &output.path)) {
    return output_commit(&output, &c->sink);
  }
  output_discard(&output);
  return false;
}

static bool produce(struct compilation *c) {
  enum wasm2native_emit emit = c->options->emit;
  bool is_linked = emit == WASM2NATIVE_EMIT_EXE || emit == WASM2NATIVE_EMIT_SHARED ||
                   (emit == WASM2NATIVE_EMIT_OBJ && lower_part_count(c->plan) > 1);
  return is_linked ? driver_link(c) : write_output(c);
}

static void tear_down(struct compilation *c) {
  driver_clock_end(c, &c->clock);
  if (c->options->report) {
    c->options->report->elapsed_seconds = driver_seconds_since(&c->start, CLOCK_MONOTONIC);
  }
  pthread_mutex_destroy(&c->mutex);
  arena_free(&c->arena);
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
    ok = emit_target_find(&c.emit, &c.arena, &c.sink, &c.target) && set_lowering(&c) && plan(&c) &&
         produce(&c);
  }
  tear_down(&c);
  return ok;
}

bool wasm2native_validate(const void *bytes, size_t size, const char *input_name,
                          const struct wasm2native_options *options) {
  struct compilation c;
  bool ok = set_up(&c, options, input_name) && decode_and_check(&c, bytes, size);
  tear_down(&c);
  return ok;
}
