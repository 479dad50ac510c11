/*
 * The command line: parses options, calls the library, prints. What it decides itself is the grammar of the
 * options, default names of outputs and exit codes, all as cc has them. Messages go to standard error.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "arena.h"
#include "wasm2native.h"

enum cli_command { CLI_COMPILE, CLI_RUN, CLI_VALIDATE, CLI_INSPECT };
enum cli_information { CLI_NO_INFORMATION, CLI_HELP, CLI_VERSION, CLI_FEATURES };

/* A parsed command line. Strings are those of argv or live in the arena. */
struct cli {
  struct arena arena;
  enum cli_command command;
  enum cli_information information; /* to be printed instead of doing anything */
  struct wasm2native_options options;
  const char *output; /* -o, or NULL */
  const char **files; /* modules: exactly one, but for validate */
  size_t file_count;
  char **program_arguments; /* run: the program's argv, its name first, ended by NULL */
  bool time_report;

  const char **guest_options; /* the arrays behind options.guest_options, link_inputs and embeds */
  const char **link_inputs;
  struct wasm2native_tree *embeds;
};

/* One option: a row of the table that parsing, help and suggestions read. */
struct cli_option {
  const char *name;  /* "-o" or "--emit" */
  const char *value; /* what its value is called in the help, or NULL if it has none */
  unsigned commands; /* bit n: known to command n */
  const char *help;
  bool (*apply)(struct cli *cli, const char *value); /* false after an error message */
};

/* options.c. The table ends with a row without a name. cli_parse returns false after an error message. */
extern const struct cli_option cli_options[];
bool cli_parse(struct cli *cli, int argc, char **argv);

/* values.c: values of options. What returns NULL or false has printed an error message. */
struct cli_keyword {
  const char *name; /* NULL ends a list */
  int value;
};
bool cli_parse_keyword(const char *option, const char *text, const struct cli_keyword *keywords, int *value);
const char *cli_parse_target(const char *text);
bool cli_parse_count(const char *option, const char *text, unsigned most, unsigned *count);
bool cli_parse_bytes(const char *option, const char *text, uint64_t *size);
const char *cli_parse_size(struct cli *cli, const char *option, const char *text);
const char *cli_parse_mount(struct cli *cli, const char *text);
bool cli_parse_tree(struct cli *cli, const char *text, struct wasm2native_tree *tree);
/* Nanoseconds from the seconds of SOURCE_DATE_EPOCH; 0 if that is not set. */
bool cli_source_date(uint64_t *time);
bool cli_check_variable(const char *text);
bool cli_check_address(const char *text);
bool cli_check_trace(const char *text);
bool cli_check_name(const char *text);
/* How many letters have to be inserted, removed or replaced to make one of the other. */
size_t cli_distance(const char *a, const char *b);

/* help.c */
void cli_print_information(const struct cli *cli, FILE *stream);

/* input.c: a whole file, or standard input for "-". */
struct cli_input {
  const char *name; /* for messages */
  void *bytes;
  size_t size;
};
bool cli_input_read(struct cli_input *input, const char *file);
void cli_input_free(struct cli_input *input);

/* commands.c: the exit status. */
int cli_execute(struct cli *cli);
/* Compiles the module of *cli to the file `output`. */
bool cli_compile(struct cli *cli, const char *output);

/*
 * child.c: the same in a child process, so that no temporary file stays. `output` may be NULL if `result` is
 * not: the result is then opened for reading and has no name.
 */
bool cli_compile_apart(struct cli *cli, const char *output, int *result);

/* run.c. cli_run executes the module in place of this process, and returns an exit status if that was not
 * possible. */
int cli_run(struct cli *cli);
bool cli_compile_to_stdout(struct cli *cli);

/* messages.c: "wasm2native: error: ...". cli_error returns false, so that callers can return its value. */
bool cli_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void cli_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
