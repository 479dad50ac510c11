/*
 * Golden tests of machine code: compiles the functions of a table for several CPUs and compares the
 * instructions that they become with those that the table gives.
 *
 *   code-test [--update | --complete] TABLE...
 *
 * A table has one function a line,
 *
 *   i8x16.swizzle                                                        | paddusb pshufb | = | = | tbl
 *   a name (vi:v:i) local.get 0, local.get 1, i32.const 3, i8x16.shl ... | psllw pand     | = | = | shl
 *
 * an instruction whose operands are the parameters, or a body with the types of parameters, results and
 * locals (i I f F v). Then come the instructions expected for x86-64-v2, x86-64-v3, x86-64-v4 and arm64's
 * baseline, in any order; "=" stands for those of the column before. The v that AVX puts before the names of
 * older instructions is left out, and so are copies between registers and what every function has
 * (assembly.c). A cell with "..." allows others as well, and
 * "!word" forbids one. "?" expects nothing. Lines that begin with "@" set what the module is like: @memory64,
 * @small-pages, @deterministic, @dot (CPUs with dot products). --update writes what was found into the
 * tables; look at the difference before you keep it. --complete compiles nothing and looks for instructions
 * of vectors and of wide arithmetic that no table has.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "code.h"
#include "opcode.h"
#include "wasm2native.h"

static const struct {
  const char *target, *cpu;
} cpus[CODE_CPUS] = {{"x86_64-unknown-linux-musl", "x86-64-v2"},
                     {"x86_64-unknown-linux-musl", "x86-64-v3"},
                     {"x86_64-unknown-linux-musl", "x86-64-v4"},
                     {"aarch64-unknown-linux-musl", NULL}};

static void *grow(void *items, size_t count, size_t size) {
  items = realloc(items, count * size);
  if (!items) {
    abort();
  }
  return items;
}

static char *trim(char *text) {
  text += strspn(text, " ");
  for (size_t length = strlen(text); length > 0 && text[length - 1] == ' ';) {
    text[--length] = '\0';
  }
  return text;
}

static bool fail(const struct table *table, unsigned line, const char *message) {
  printf("%s:%u: %s\n", table->path, line, message);
  return false;
}

static bool read_row(struct table *table, unsigned line, const char *text) {
  table->rows = grow(table->rows, table->row_count + 1, sizeof *table->rows);
  struct row *row = &table->rows[table->row_count++];
  *row = (struct row){.line = line, .copy = strdup(text)};
  char *save = NULL;
  row->name = trim(strtok_r(row->copy, "|", &save));
  for (unsigned cpu = 0; cpu < CODE_CPUS; cpu++) {
    char *cell = strtok_r(NULL, "|", &save);
    row->cells[cpu] = cell ? trim(cell) : NULL;
  }
  char *name = strdup(row->name); /* the assembler takes its text apart */
  char *kept = row->name;
  row->name = name;
  const char *error = assemble_row(row);
  row->name = kept;
  free(name);
  return error ? fail(table, line, error) : true;
}

static bool read_directive(struct table *table, unsigned line, const char *word) {
  bool *const flags[] = {&table->memory_is_64, &table->memory_has_small_pages, &table->is_deterministic,
                         &table->has_dot};
  static const char *const names[] = {"@memory64", "@small-pages", "@deterministic", "@dot"};
  for (unsigned i = 0; i < sizeof flags / sizeof flags[0]; i++) {
    if (strcmp(word, names[i]) == 0) {
      *flags[i] = true;
      return true;
    }
  }
  return fail(table, line, "no such directive");
}

static bool read_table(struct table *table) {
  FILE *file = fopen(table->path, "r");
  if (!file) {
    perror(table->path);
    return false;
  }
  bool ok = true;
  char *line = NULL;
  size_t capacity = 0;
  for (unsigned number = 1; getline(&line, &capacity, file) > 0; number++) {
    line[strcspn(line, "\n")] = '\0';
    table->lines = grow(table->lines, table->line_count + 1, sizeof *table->lines);
    table->lines[table->line_count++] = strdup(line);
    if (line[0] == '@') {
      ok = read_directive(table, number, line) && ok;
    } else if (line[0] && line[0] != '#') {
      ok = read_row(table, number, line) && ok;
    }
  }
  free(line);
  fclose(file);
  return ok;
}

static void print_message(void *context, const char *line, bool is_error) {
  (void)context, (void)is_error;
  puts(line);
}

static char *read_file(const char *path) {
  FILE *file = fopen(path, "r");
  char *text = NULL;
  size_t capacity = 0;
  if (!file || getdelim(&text, &capacity, '\0', file) < 0) {
    perror(path);
    exit(2);
  }
  fclose(file);
  return text;
}

/* Compiles the table's module for one CPU and reads what became of its functions. */
static bool compile(struct table *table, unsigned cpu, const struct bytes *module) {
  char path[] = "/tmp/code-test-XXXXXX.s";
  int descriptor = mkstemps(path, 2);
  struct wasm2native_options options;
  wasm2native_options_default(&options);
  options.emit = WASM2NATIVE_EMIT_ASM;
  options.model = WASM2NATIVE_MODEL_STATIC;
  options.target = cpus[cpu].target;
  options.cpu = cpus[cpu].cpu;
  if (table->has_dot) {
    options.cpu_features = cpus[cpu].cpu ? "+avxvnni" : "+dotprod";
  }
  options.deterministic = table->is_deterministic;
  options.message = print_message;
  bool ok = descriptor >= 0 && wasm2native_compile(module->data, module->size, table->path, path, &options);
  if (ok) {
    char *text = read_file(path);
    read_assembly(table, cpu, text);
    free(text);
  }
  close(descriptor);
  unlink(path);
  return ok;
}

/* ---- Comparing */

struct words {
  char *text;
  char *items[256];
  unsigned count;
};

static int compare_words(const void *left, const void *right) {
  return strcmp(*(char *const *)left, *(char *const *)right);
}

/* The words of a text, sorted; the v of AVX is left out for x86-64. */
static void split(struct words *words, const char *text, bool is_x86) {
  *words = (struct words){.text = strdup(text)};
  char *save = NULL;
  for (char *word = strtok_r(words->text, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
    if (words->count == sizeof words->items / sizeof words->items[0]) {
      break;
    }
    words->items[words->count++] = word + (is_x86 && word[0] == 'v');
  }
  qsort(words->items, words->count, sizeof words->items[0], compare_words);
}

static bool contains(const struct words *words, const char *word) {
  for (unsigned i = 0; i < words->count; i++) {
    if (strcmp(words->items[i], word) == 0) {
      return true;
    }
  }
  return false;
}

static bool is_open(const char *cell) {
  return strstr(cell, "...") || strchr(cell, '!');
}

static bool matches(const char *cell, const char *actual, bool is_x86) {
  struct words expected, found;
  split(&expected, cell, is_x86);
  split(&found, actual, is_x86);
  bool ok = is_open(cell) || expected.count == found.count;
  for (unsigned i = 0; i < expected.count && ok; i++) {
    const char *word = expected.items[i];
    if (word[0] == '!') {
      ok = !contains(&found, word + 1);
    } else if (strcmp(word, "...") != 0) {
      ok = is_open(cell) ? contains(&found, word) : strcmp(word, found.items[i]) == 0;
    }
  }
  free(expected.text);
  free(found.text);
  return ok;
}

/* What the cell expects, "=" resolved. */
static const char *expected(const struct row *row, unsigned cpu) {
  while (cpu > 0 && row->cells[cpu] && strcmp(row->cells[cpu], "=") == 0) {
    cpu--;
  }
  return row->cells[cpu];
}

static bool compare(const struct table *table, unsigned *passed, unsigned *failed) {
  for (size_t i = 0; i < table->row_count; i++) {
    const struct row *row = &table->rows[i];
    for (unsigned cpu = 0; cpu < CODE_CPUS; cpu++) {
      const char *cell = expected(row, cpu), *actual = row->actual[cpu] ? row->actual[cpu] : "(no code)";
      if (cell && strcmp(cell, "?") != 0 && matches(cell, actual, cpu < CODE_CPUS - 1)) {
        ++*passed;
      } else if (!cell || strcmp(cell, "?") != 0) {
        ++*failed;
        printf("%s:%u: %s for %s\n  expected: %s\n  found:    %s\n", table->path, row->line, row->name,
               cpus[cpu].cpu ? cpus[cpu].cpu : "arm64", cell ? cell : "(nothing)", actual);
      }
    }
  }
  return *failed == 0;
}

/* ---- Updating */

static void print_plain(FILE *file, const char *actual, bool is_x86) {
  char *copy = strdup(actual), *save = NULL;
  for (char *word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
    fprintf(file, " %s", word + (is_x86 && word[0] == 'v'));
  }
  free(copy);
}

static void update_row(FILE *file, const struct row *row) {
  fprintf(file, "%-36s", row->name);
  for (unsigned cpu = 0; cpu < CODE_CPUS; cpu++) {
    const char *cell = row->cells[cpu], *actual = row->actual[cpu] ? row->actual[cpu] : "";
    bool is_x86 = cpu < CODE_CPUS - 1;
    fputs(" |", file);
    if (cell && (is_open(cell) || strcmp(cell, "?") == 0)) {
      fprintf(file, " %s", cell);
    } else if (cpu > 0 && matches(row->actual[cpu - 1] ? row->actual[cpu - 1] : "", actual, is_x86)) {
      fputs(" =", file);
    } else {
      print_plain(file, actual, is_x86);
    }
  }
  fputc('\n', file);
}

static bool update(const struct table *table) {
  FILE *file = fopen(table->path, "w");
  if (!file) {
    perror(table->path);
    return false;
  }
  size_t next = 0;
  for (size_t i = 0; i < table->line_count; i++) {
    if (next < table->row_count && table->rows[next].line == i + 1) {
      update_row(file, &table->rows[next++]);
    } else {
      fprintf(file, "%s\n", table->lines[i]);
    }
  }
  return fclose(file) == 0;
}

/* ---- Which instructions the tables have */

static void note_instructions(const struct table *table, bool *seen) {
  for (size_t i = 0; i < table->row_count; i++) {
    for (unsigned op = 0; op < WASM_OP_COUNT; op++) {
      const char *name = wasm_opcode_info[op].text, *at = strstr(table->rows[i].name, name);
      for (; at && !seen[op]; at = strstr(at + 1, name)) {
        char before = at == table->rows[i].name ? ' ' : at[-1], after = at[strlen(name)];
        seen[op] = before == ' ' && (after == ' ' || after == ',' || after == '\0');
      }
    }
  }
}

static bool report_missing(const bool *seen, unsigned *passed, unsigned *failed) {
  for (unsigned op = 0; op < WASM_OP_COUNT; op++) {
    unsigned feature = wasm_opcode_info[op].feature;
    if (feature == WASM_FEATURE_SIMD || feature == WASM_FEATURE_RELAXED_SIMD ||
        feature == WASM_FEATURE_WIDE_ARITHMETIC) {
      ++*(seen[op] ? passed : failed);
      if (!seen[op]) {
        printf("no table has %s\n", wasm_opcode_info[op].text);
      }
    }
  }
  return *failed == 0;
}

static void free_table(struct table *table) {
  for (size_t i = 0; i < table->row_count; i++) {
    bytes_free(&table->rows[i].body);
    free(table->rows[i].copy);
    for (unsigned cpu = 0; cpu < CODE_CPUS; cpu++) {
      free(table->rows[i].actual[cpu]);
    }
  }
  for (size_t i = 0; i < table->line_count; i++) {
    free(table->lines[i]);
  }
  free(table->rows);
  free(table->lines);
}

enum mode { COMPARE, UPDATE, COMPLETE };

static bool run(const char *path, enum mode mode, bool *seen, unsigned *passed, unsigned *failed) {
  struct table table = {.path = path};
  struct bytes module = {0};
  bool ok = read_table(&table);
  if (mode == COMPLETE) {
    note_instructions(&table, seen);
    free_table(&table);
    return ok;
  }
  if (ok) {
    assemble_module(&table, &module);
  }
  for (unsigned cpu = 0; cpu < CODE_CPUS && ok; cpu++) {
    ok = compile(&table, cpu, &module);
  }
  ok = ok && (mode == UPDATE ? update(&table) : compare(&table, passed, failed));
  bytes_free(&module);
  free_table(&table);
  return ok;
}

int main(int argc, char **argv) {
  static bool seen[WASM_OP_COUNT];
  const char *first = argc > 1 ? argv[1] : "";
  enum mode mode = strcmp(first, "--update") == 0     ? UPDATE
                   : strcmp(first, "--complete") == 0 ? COMPLETE
                                                      : COMPARE;
  int begin = mode == COMPARE ? 1 : 2;
  unsigned passed = 0, failed = 0;
  bool ok = argc > begin;
  for (int i = begin; i < argc; i++) {
    ok = run(argv[i], mode, seen, &passed, &failed) && ok;
  }
  if (mode == COMPLETE) {
    ok = report_missing(seen, &passed, &failed) && ok;
  }
  printf("%u passed, %u failed, 0 skipped\n", passed, failed + (!ok && failed == 0));
  return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
