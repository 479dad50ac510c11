/* The commands: each turns a parsed command line into calls of the library and an exit status. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "cli.h"
#include "dump.h"
#include "progress.h"

static void print_message(void *context, const char *line, bool is_error) {
  (void)is_error;
  progress_print(context, line);
}

static void show_phase(void *context, enum wasm2native_phase phase, uint32_t done, uint32_t total) {
  progress_phase(context, phase, done, total);
}

static void print_report(const struct wasm2native_report *report) {
  double seconds = 0, cpu_seconds = 0;
  uint64_t peak = 0;
  fprintf(stderr, "%-10s %10s %10s %12s\n", "phase", "seconds", "CPU", "peak MiB");
  for (int i = 0; i < WASM2NATIVE_PHASE_COUNT; i++) {
    fprintf(stderr, "%-10s %10.3f %10.3f %12.1f\n", wasm2native_phase_name((enum wasm2native_phase)i),
            report->seconds[i], report->cpu_seconds[i], (double)report->peak_bytes[i] / (1 << 20));
    seconds += report->seconds[i];
    cpu_seconds += report->cpu_seconds[i];
    peak = report->peak_bytes[i] > peak ? report->peak_bytes[i] : peak;
  }
  fprintf(stderr, "%-10s %10.3f %10.3f %12.1f\n", "total", seconds, cpu_seconds, (double)peak / (1 << 20));
  if (report->partition_count > 1) {
    fprintf(stderr, "%u partitions on %u threads, whose times are added up; the longest took %.3f s\n",
            report->partition_count, report->threads, report->longest_partition);
  }
  fprintf(stderr, "elapsed: %.3f s\n", report->elapsed_seconds);
}

bool cli_compile(struct cli *cli, const char *output) {
  struct cli_input input;
  if (!cli_input_read(&input, cli->files[0])) {
    return false;
  }
  struct progress progress;
  struct wasm2native_report report = {0};
  struct wasm2native_options options = cli->options;
  options.message = print_message;
  options.progress = show_phase;
  options.context = &progress;
  options.report = cli->time_report ? &report : NULL;

  progress_begin(&progress);
  const bool ok = wasm2native_compile(input.bytes, input.size, input.name, output, &options);
  progress_end(&progress);
  cli_input_free(&input);
  if (ok && cli->time_report) {
    print_report(&report);
  }
  return ok;
}

/* What cc would call the output: a.out, or the module's name in the current directory with the result's
 * suffix. */
static const char *default_output(struct cli *cli) {
  static const char *const suffixes[] = {
      [WASM2NATIVE_EMIT_OBJ] = ".o",      [WASM2NATIVE_EMIT_ASM] = ".s",
      [WASM2NATIVE_EMIT_LLVM_IR] = ".ll", [WASM2NATIVE_EMIT_BITCODE] = ".bc",
      [WASM2NATIVE_EMIT_SHARED] = ".so",
  };
  const enum wasm2native_emit emit = cli->options.emit;
  if (emit == WASM2NATIVE_EMIT_EXE) {
    return "a.out";
  }
  const char *const file = cli->files[0];
  if (strcmp(file, "-") == 0) {
    cli_error("a module from standard input needs -o");
    return NULL;
  }
  const char *const slash = strrchr(file, '/');
  const char *const name = slash ? slash + 1 : file;
  const char *const dot = strrchr(name, '.');
  const size_t length = dot && dot != name ? (size_t)(dot - name) : strlen(name);
  return arena_printf(&cli->arena, "%.*s%s", (int)length, name, suffixes[emit]);
}

static bool compile(struct cli *cli) {
  if (cli->output && strcmp(cli->output, "-") == 0) {
    return cli_compile_to_stdout(cli);
  }
  const char *const output = cli->output ? cli->output : default_output(cli);
  if (!output) {
    return false;
  }
  if (strcmp(output, cli->files[0]) == 0) {
    return cli_error("the output '%s' is the input", output);
  }
  return cli_compile_apart(cli, output, NULL);
}

static void print_line(void *context, const char *line, bool is_error) {
  (void)context;
  (void)is_error;
  fprintf(stderr, "%s\n", line);
}

static bool validate(struct cli *cli) {
  struct wasm2native_options options = cli->options;
  options.message = print_line;
  bool ok = true;
  for (size_t i = 0; i < cli->file_count; i++) {
    struct cli_input input;
    if (!cli_input_read(&input, cli->files[i])) {
      ok = false;
      continue;
    }
    ok = wasm2native_validate(input.bytes, input.size, input.name, &options) && ok;
    cli_input_free(&input);
  }
  return ok;
}

static void print_diag(void *context, const struct diag *diag) {
  (void)context;
  diag_print(stderr, diag);
}

/*
 * Prints what a module says of itself, even where its functions are invalid or need what the compiler does
 * not know: they are checked because the features that they use are among what is printed.
 */
static bool inspect(struct cli *cli) {
  struct cli_input input;
  if (!cli_input_read(&input, cli->files[0])) {
    return false;
  }
  wasm_features features = wasm_features_checked();
  struct slice bad;
  if (cli->options.features) {
    wasm_features_parse(cli->options.features, &features, &bad);
  }
  struct diag_sink sink = {.handler = print_diag, .file = input.name};
  struct wasm_module module;
  const struct slice bytes = {input.bytes, input.size};
  bool ok = wasm_module_decode(bytes, features, &cli->arena, &sink, &module);
  if (ok) {
    ok = check_module(&module, features, &cli->arena, &sink);
    wasm_module_dump(stdout, &module);
  }
  cli_input_free(&input);
  return ok;
}

int cli_execute(struct cli *cli) {
  if (cli->information != CLI_NO_INFORMATION) {
    cli_print_information(cli, stdout);
    return EXIT_SUCCESS;
  }
  bool ok = false;
  switch (cli->command) {
  case CLI_COMPILE:
    ok = compile(cli);
    break;
  case CLI_RUN:
    return cli_run(cli);
  case CLI_VALIDATE:
    ok = validate(cli);
    break;
  case CLI_INSPECT:
    ok = inspect(cli);
    break;
  }
  return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
