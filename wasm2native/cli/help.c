/* --help, --version and --features=help. */
#include <inttypes.h>
#include <string.h>

#include "cli.h"
#include "feature.h"

static void print_options(const struct cli *cli, FILE *stream) {
  enum { NAME_WIDTH = 26 };
  fputs("\nOptions:\n", stream);
  for (const struct cli_option *option = cli_options; option->name; option++) {
    if (!(option->commands >> cli->command & 1) || !option->help) {
      continue;
    }
    char name[64];
    const char *const separator = option->name[1] == '-' ? "=" : strcmp(option->name, "-O") == 0 ? "" : " ";
    snprintf(name, sizeof name, "%s%s%s", option->name, option->value ? separator : "",
             option->value ? option->value : "");
    fprintf(stream, "  %-*s %s\n", NAME_WIDTH, name, option->help);
  }
}

static void print_help(const struct cli *cli, FILE *stream) {
  static const char *const usage[] = {
      [CLI_COMPILE] =
          "Usage: wasm2native [OPTION...] MODULE [OBJECT|ARCHIVE...]\n"
          "       wasm2native run [OPTION...] MODULE [--] [ARGUMENT...]\n"
          "       wasm2native validate [OPTION...] MODULE...\n"
          "       wasm2native inspect [OPTION...] MODULE\n"
          "\n"
          "Compiles a WebAssembly module to a native executable, a.out unless -o says otherwise. MODULE\n"
          "is a file in the binary format, or - for standard input; OBJECTs and ARCHIVEs (.o, .a) are\n"
          "linked to it and may define functions that it imports.\n",
      [CLI_RUN] =
          "Usage: wasm2native run [OPTION...] MODULE [--] [ARGUMENT...]\n"
          "\n"
          "Compiles a WebAssembly module and runs it with the ARGUMENTs, leaving nothing behind. The exit\n"
          "status is the program's.\n",
      [CLI_VALIDATE] =
          "Usage: wasm2native validate [OPTION...] MODULE...\n"
          "\n"
          "Says nothing and exits with status 0 if every MODULE is valid, with 1 and the reasons if not.\n",
      [CLI_INSPECT] =
          "Usage: wasm2native inspect [OPTION...] MODULE\n"
          "\n"
          "Prints a module's sections, imports, exports, memories, tables, globals and the features that\n"
          "it uses.\n",
  };
  fputs(usage[cli->command], stream);
  print_options(cli, stream);
}

static void print_features(FILE *stream) {
  const wasm_features enabled = wasm_features_default();
  fputs("Features (and the sets mvp, 2.0, 3.0 and all), combined as --features=2.0,-multi-value:\n", stream);
  for (unsigned i = 0; i < WASM_FEATURE_COUNT; i++) {
    const enum wasm_feature feature = (enum wasm_feature)i;
    const char *const state = enabled & WASM_FEATURE_BIT(feature) ? "on by default"
                              : wasm_feature_supported(feature)   ? "off by default"
                                                                  : "not supported yet";
    fprintf(stream, "  %-26s %s\n", wasm_feature_name(feature), state);
  }
}

void cli_print_information(const struct cli *cli, FILE *stream) {
  switch (cli->information) {
  case CLI_HELP:
    print_help(cli, stream);
    break;
  case CLI_VERSION:
    fprintf(stream, "wasm2native %s\n", wasm2native_version());
    break;
  case CLI_FEATURES:
    print_features(stream);
    break;
  case CLI_NO_INFORMATION:
    break;
  }
}
