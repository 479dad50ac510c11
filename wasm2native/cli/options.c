/*
 * Options: one table for parsing, help and suggestions, and the rules that span several of them. The grammar
 * is cc's: options and files in any order, "--option=value" or "--option value", "-ofile" or "-o file", "--"
 * before names that look like options; the last of contradictory options counts.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "feature.h"

/* Long options match whole words, as does a short one but for its value. */
static bool is_long(const struct cli_option *option) {
  return option->name[1] == '-';
}

static bool set_output(struct cli *cli, const char *value) {
  cli->output = value;
  return true;
}

static bool set_emit(struct cli *cli, const char *value) {
  static const struct cli_keyword kinds[] = {
      {"exe", WASM2NATIVE_EMIT_EXE},
      {"obj", WASM2NATIVE_EMIT_OBJ},
      {"asm", WASM2NATIVE_EMIT_ASM},
      {"llvm-ir", WASM2NATIVE_EMIT_LLVM_IR},
      {"bitcode", WASM2NATIVE_EMIT_BITCODE},
      {"shared", WASM2NATIVE_EMIT_SHARED},
      {NULL, 0},
  };
  int emit;
  if (!cli_parse_keyword("--emit", value, kinds, &emit)) {
    return false;
  }
  cli->options.emit = (enum wasm2native_emit)emit;
  return true;
}

static bool set_object(struct cli *cli, const char *value) {
  (void)value;
  return set_emit(cli, "obj");
}

static bool set_assembly(struct cli *cli, const char *value) {
  (void)value;
  return set_emit(cli, "asm");
}

static bool set_level(struct cli *cli, const char *value) {
  const bool is_size = strcmp(value, "s") == 0 || strcmp(value, "z") == 0;
  const char *const digit = *value ? value : "1"; /* as cc's plain -O */
  if (!is_size && (strspn(digit, "0123") != 1 || digit[1] != '\0')) {
    return cli_error("unknown optimisation level '-O%s': expected 0, 1, 2, 3, s or z", value);
  }
  cli->options.opt_level = is_size ? 2 : (unsigned)(*digit - '0');
  cli->options.size_level = is_size ? (*value == 's' ? 1 : 2) : 0;
  return true;
}

static bool set_target(struct cli *cli, const char *value) {
  cli->options.target = cli_parse_target(value);
  return cli->options.target != NULL;
}

static bool set_cpu(struct cli *cli, const char *value) {
  cli->options.cpu = value;
  return true;
}

static bool set_cpu_features(struct cli *cli, const char *value) {
  cli->options.cpu_features = value;
  return true;
}

static bool set_debug(struct cli *cli, const char *value) {
  (void)value;
  cli->options.debug_info = true;
  return true;
}

static bool set_deterministic(struct cli *cli, const char *value) {
  (void)value;
  cli->options.deterministic = true;
  return true;
}

static bool set_features(struct cli *cli, const char *value) {
  wasm_features features = wasm_features_default();
  struct slice bad;
  if (strcmp(value, "help") == 0) {
    cli->information = CLI_FEATURES;
    return true;
  }
  if (!wasm_features_parse(value, &features, &bad)) {
    return cli_error(
        "unknown or unsupported feature '%.*s' in option '--features'; '--features=help' lists them",
        (int)bad.size, (const char *)bad.data);
  }
  cli->options.features = value;
  return true;
}

static bool set_model(struct cli *cli, const char *value) {
  static const struct cli_keyword models[] = {
      {"static", WASM2NATIVE_MODEL_STATIC},
      {"instance", WASM2NATIVE_MODEL_INSTANCE},
      {NULL, 0},
  };
  int model;
  if (!cli_parse_keyword("--model", value, models, &model)) {
    return false;
  }
  cli->options.model = (enum wasm2native_model)model;
  return true;
}

static bool set_single_instance(struct cli *cli, const char *value) {
  (void)value;
  return set_model(cli, "static");
}

static bool set_bounds(struct cli *cli, const char *value) {
  static const struct cli_keyword modes[] = {
      {"guard", WASM2NATIVE_BOUNDS_GUARD},
      {"check", WASM2NATIVE_BOUNDS_CHECK},
      {NULL, 0},
  };
  int bounds;
  if (!cli_parse_keyword("--bounds", value, modes, &bounds)) {
    return false;
  }
  cli->options.bounds = (enum wasm2native_bounds)bounds;
  return true;
}

static bool set_missing(struct cli *cli, const char *value) {
  static const struct cli_keyword reactions[] = {
      {"error", WASM2NATIVE_MISSING_ERROR},
      {"trap", WASM2NATIVE_MISSING_TRAP},
      {"zero", WASM2NATIVE_MISSING_ZERO},
      {NULL, 0},
  };
  int missing;
  if (!cli_parse_keyword("--missing-imports", value, reactions, &missing)) {
    return false;
  }
  cli->options.missing = (enum wasm2native_missing)missing;
  return true;
}

static bool set_name(struct cli *cli, const char *value) {
  cli->options.name = value;
  return cli_check_name(value);
}

/* Options for the executable's own start: collected, and read by the runtime. */
static bool add_guest_option(struct cli *cli, const char *word) {
  if (word) {
    cli->guest_options[cli->options.guest_option_count++] = word;
  }
  return word != NULL;
}

static bool add_mount(struct cli *cli, const char *value) {
  return add_guest_option(cli, cli_parse_mount(cli, value));
}

static bool add_tree(struct cli *cli, const char *value) {
  struct wasm2native_tree *tree = &cli->embeds[cli->options.embed_count];
  if (!cli_parse_tree(cli, value, tree)) {
    return false;
  }
  for (size_t i = 0; i < cli->options.embed_count; i++) {
    if (strcmp(cli->embeds[i].guest, tree->guest) == 0) {
      return cli_error("two directories are embedded as '%s': '%s' and '%s'", tree->guest,
                       cli->embeds[i].directory, tree->directory);
    }
  }
  cli->options.embed_count++;
  return true;
}

static bool add_variable(struct cli *cli, const char *value) {
  return cli_check_variable(value) && add_guest_option(cli, arena_printf(&cli->arena, "--env=%s", value));
}

static bool add_listener(struct cli *cli, const char *value) {
  return cli_check_address(value) && add_guest_option(cli, arena_printf(&cli->arena, "--listen=%s", value));
}

static bool inherit_environment(struct cli *cli, const char *value) {
  (void)value;
  return add_guest_option(cli, "--inherit-env");
}

static bool set_max_memory(struct cli *cli, const char *value) {
  return add_guest_option(cli, cli_parse_size(cli, "--max-memory", value));
}

static bool set_stack_size(struct cli *cli, const char *value) {
  return add_guest_option(cli, cli_parse_size(cli, "--stack-size", value));
}

static bool add_trace(struct cli *cli, const char *value) {
  return cli_check_trace(value) && add_guest_option(cli, arena_printf(&cli->arena, "--trace=%s", value));
}

static bool set_confined(struct cli *cli, const char *value) {
  (void)value;
  return add_guest_option(cli, "--confine");
}

static bool set_unconfined(struct cli *cli, const char *value) {
  (void)value;
  return add_guest_option(cli, "--no-confine");
}

static bool set_sealed(struct cli *cli, const char *value) {
  (void)value;
  return add_guest_option(cli, "--sealed");
}

static bool set_verbose(struct cli *cli, const char *value) {
  (void)value;
  cli->options.verbose = true;
  return true;
}

static bool set_threads(struct cli *cli, const char *value) {
  return cli_parse_count("-j", value, 1024, &cli->options.threads);
}

static bool set_partition_size(struct cli *cli, const char *value) {
  return cli_parse_bytes("--partition-size", value, &cli->options.partition_size);
}

static bool set_time_report(struct cli *cli, const char *value) {
  (void)value;
  cli->time_report = true;
  return true;
}

static bool ask_for_version(struct cli *cli, const char *value) {
  (void)value;
  cli->information = CLI_VERSION;
  return true;
}

static bool ask_for_help(struct cli *cli, const char *value) {
  (void)value;
  cli->information = CLI_HELP;
  return true;
}

#define COMPILE (1u << CLI_COMPILE)
#define BUILD (1u << CLI_COMPILE | 1u << CLI_RUN)
#define ALL (1u << CLI_COMPILE | 1u << CLI_RUN | 1u << CLI_VALIDATE | 1u << CLI_INSPECT)

// clang-format off
const struct cli_option cli_options[] = {
    {"-o", "FILE", COMPILE, "where the result goes (- is standard output)", set_output},
    {"-c", NULL, COMPILE, "make an object file, as --emit=obj", set_object},
    {"-S", NULL, COMPILE, "make an assembly file, as --emit=asm", set_assembly},
    {"--emit", "KIND", COMPILE, "exe (the default), obj, asm, llvm-ir, bitcode or shared", set_emit},
    {"-O", "LEVEL", BUILD, "-O0, -O1, -O2 (the default), -O3 for speed, -Os, -Oz for size", set_level},
    {"--target", "TARGET", BUILD, "x86_64-linux or aarch64-linux; this machine's if not given", set_target},
    {"--cpu", "NAME", BUILD, "use what this CPU has; \"native\" is this machine's", set_cpu},
    {"--cpu-features", "LIST", BUILD, "add or remove CPU features, as +avx2,-bmi2", set_cpu_features},
    {"-g", NULL, BUILD, "keep the symbol table", set_debug},
    {"--features", "LIST", ALL, "WebAssembly features to accept, as 2.0,-simd; \"help\" lists them", set_features},
    {"--deterministic", NULL, BUILD, "the same results on every CPU: NaNs, relaxed SIMD", set_deterministic},
    {"--model", "MODEL", BUILD, "static (one instance; for executables) or instance (any number)", set_model},
    {"--single-instance", NULL, COMPILE, "as --model=static", set_single_instance},
    {"--bounds", "MODE", BUILD, "guard memory by guard pages (the default) or check every access", set_bounds},
    {"--name", "NAME", COMPILE, "the descriptor's symbol is NAME_module", set_name},
    {"--missing-imports", "HOW", BUILD, "error (the default), trap when called, or return zero", set_missing},
    {"--dir", "HOST::GUEST[:ro]", BUILD, "let the program use the directory HOST, as GUEST", add_mount},
    {"--embed", "DIR::GUEST", BUILD, "put the tree DIR into the program, which can read it as GUEST", add_tree},
    {"--env", "NAME=VALUE", BUILD, "put a variable into the program's environment", add_variable},
    {"--inherit-env", NULL, BUILD, "give the program the environment that it is started in", inherit_environment},
    {"--listen", "HOST:PORT", BUILD, "let the program accept TCP connections there", add_listener},
    {"--max-memory", "BYTES", BUILD, "the most that the program's memory may grow to", set_max_memory},
    {"--stack-size", "BYTES", BUILD, "the size of the program's stack", set_stack_size},
    {"--trace", "wasi[:SCOPE,...]", BUILD, "print the program's calls of WASI on standard error", add_trace},
    {"--confine", NULL, BUILD, "do not start the program where the kernel cannot confine it", set_confined},
    {"--no-confine", NULL, BUILD, "do not let the program give up what it was not granted", set_unconfined},
    {"--sealed", NULL, COMPILE, "let no WASMRT_OPTIONS change what was granted here", set_sealed},
    {"-j", "N", BUILD, "work on up to N partitions of a large module at a time; all CPUs if not given", set_threads},
    {"--partition-size", "BYTES", BUILD, "divide larger code, into partitions of about this size (512K)", set_partition_size},
    {"--time-report", NULL, BUILD, "say where time and memory went", set_time_report},
    {"-v", NULL, BUILD, "show what is divided, and the link as a command", set_verbose},
    {"--version", NULL, ALL, "print the version", ask_for_version},
    {"--help", NULL, ALL, "print this help; \"wasm2native run --help\" prints that of a command", ask_for_help},
    {"-h", NULL, ALL, NULL, ask_for_help},
    {NULL, NULL, 0, NULL, NULL},
};
// clang-format on

/* The words that are left. */
struct words {
  char **at;
  char **end;
};

/* Does `word` name this option? If so, *value is the value that is part of it, or NULL. */
static bool matches(const struct cli_option *option, const char *word, const char **value) {
  const size_t length = strlen(option->name);
  *value = NULL;
  if (strncmp(word, option->name, length) != 0) {
    return false;
  }
  const char *const rest = word + length;
  if (is_long(option)) {
    *value = *rest == '=' ? rest + 1 : NULL;
    return *rest == '\0' || *rest == '=';
  }
  if (option->apply == set_level) {
    *value = rest; /* never the next word */
    return true;
  }
  *value = *rest ? rest : NULL;
  return *rest == '\0' || option->value;
}

static bool unknown_option(const struct cli *cli, const char *word) {
  const size_t length = strcspn(word, "=");
  char name[64];
  const char *nearest = NULL;
  size_t nearest_distance = 3; /* what is further away is no slip of the finger */
  if (length < sizeof name) {
    memcpy(name, word, length);
    name[length] = '\0';
    for (const struct cli_option *option = cli_options; option->name; option++) {
      const size_t distance = is_long(option) ? cli_distance(name, option->name) : SIZE_MAX;
      if (option->commands >> cli->command & 1 && distance < nearest_distance) {
        nearest = option->name;
        nearest_distance = distance;
      }
    }
  }
  if (nearest) {
    return cli_error("unknown option '%.*s'; did you mean '%s'?", (int)length, word, nearest);
  }
  return cli_error("unknown option '%.*s'", (int)length, word);
}

static bool parse_option(struct cli *cli, struct words *words) {
  const char *const word = *words->at++;
  const char *value;
  const struct cli_option *option = cli_options;
  while (option->name && !(option->commands >> cli->command & 1 && matches(option, word, &value))) {
    option++;
  }
  if (!option->name) {
    return unknown_option(cli, word);
  }
  if (!option->value && value) {
    return cli_error("option '%s' takes no value", option->name);
  }
  if (option->value && !value) {
    if (words->at == words->end) {
      return cli_error("option '%s' needs a value", option->name);
    }
    value = *words->at++;
  }
  return option->apply(cli, value);
}

static bool has_suffix(const char *text, const char *suffix) {
  const size_t length = strlen(text);
  return length > strlen(suffix) && strcmp(text + length - strlen(suffix), suffix) == 0;
}

/* A word that is no option: a module, or an object or archive for the link. */
static void add_file(struct cli *cli, const char *word) {
  if (cli->command == CLI_COMPILE && (has_suffix(word, ".o") || has_suffix(word, ".a"))) {
    cli->link_inputs[cli->options.link_input_count++] = word;
  } else {
    cli->files[cli->file_count++] = word;
  }
}

static bool parse_words(struct cli *cli, struct words words) {
  bool only_files = false;
  while (words.at != words.end) {
    const char *const word = *words.at;
    if (!only_files && strcmp(word, "--") == 0) {
      only_files = true;
      words.at++;
    } else if (!only_files && word[0] == '-' && word[1]) {
      if (!parse_option(cli, &words)) {
        return false;
      }
    } else {
      add_file(cli, word);
      if (cli->command == CLI_RUN) {
        // What follows is the program's, which sees the module as its name; a first "--" only says so.
        cli->program_arguments = words.at;
        if (words.at + 1 != words.end && strcmp(words.at[1], "--") == 0) {
          words.at[1] = words.at[0];
          cli->program_arguments++;
        }
        return true;
      }
      words.at++;
    }
  }
  return true;
}

/* What the options say together. */
static bool check_combination(const struct cli *cli) {
  if (cli->file_count == 0) {
    return cli_error("no input files");
  }
  if (cli->file_count > 1 && cli->command != CLI_VALIDATE) {
    return cli_error("more than one module: '%s' and '%s'", cli->files[0], cli->files[1]);
  }
  const enum wasm2native_emit emit = cli->options.emit;
  if (emit != WASM2NATIVE_EMIT_EXE && cli->options.embed_count > 0) {
    return cli_error(
        "option '--embed' is for executables: objects and shared objects hold no directory trees");
  }
  if (emit != WASM2NATIVE_EMIT_EXE && cli->options.guest_option_count > 0) {
    cli_warning("'%s' has no effect: only executables carry it", cli->guest_options[0]);
  }
  if (emit != WASM2NATIVE_EMIT_EXE && emit != WASM2NATIVE_EMIT_SHARED && cli->options.link_input_count > 0) {
    cli_warning("'%s' is not used: nothing is linked", cli->link_inputs[0]);
  }
  return true;
}

/* The CPUs that this process may use. */
static unsigned cpu_count(void) {
  cpu_set_t set;
  return sched_getaffinity(0, sizeof set, &set) == 0 ? (unsigned)CPU_COUNT(&set) : 1;
}

bool cli_parse(struct cli *cli, int argc, char **argv) {
  static const struct cli_keyword commands[] = {
      {"run", CLI_RUN}, {"validate", CLI_VALIDATE}, {"inspect", CLI_INSPECT}, {NULL, 0}};
  struct words words = {argv + (argc > 0), argv + argc};
  for (const struct cli_keyword *command = commands; words.at != words.end && command->name; command++) {
    if (strcmp(*words.at, command->name) == 0) {
      cli->command = (enum cli_command)command->value;
      words.at++;
      break;
    }
  }
  // No list is longer than the command line.
  const size_t most = (size_t)argc + 1;
  cli->files = ARENA_ARRAY(&cli->arena, const char *, most);
  cli->guest_options = ARENA_ARRAY(&cli->arena, const char *, most);
  cli->link_inputs = ARENA_ARRAY(&cli->arena, const char *, most);
  cli->embeds = ARENA_ARRAY(&cli->arena, struct wasm2native_tree, most);
  wasm2native_options_default(&cli->options);
  cli->options.threads = cpu_count();
  cli->options.guest_options = cli->guest_options;
  cli->options.link_inputs = cli->link_inputs;
  cli->options.embeds = cli->embeds;
  return parse_words(cli, words) && (cli->information != CLI_NO_INFORMATION || check_combination(cli)) &&
         (cli->options.embed_count == 0 || cli_source_date(&cli->options.embed_time));
}
