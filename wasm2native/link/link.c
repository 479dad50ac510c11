/*
 * Linking, the last step of the pipeline: composes lld's command line, keeps unfinished output out of sight,
 * and turns what lld prints into diagnostics.
 */
#define _GNU_SOURCE
#include "link.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lld.h"
#include "output.h"

/* lld begins every message with the name that it was called by. */
#define LINKER "ld.lld"

struct arch {
  const char *emulation;
  const char *directory;
  const char *max_page_size;
};

/* arm64 kernels have pages of up to 64 KiB. As segments share file pages, that costs address space, not file
 * size. */
static const struct arch arches[] = {
    [LINK_X86_64] = {"elf_x86_64", "x86_64-linux-musl", "max-page-size=4096"},
    [LINK_AARCH64] = {"aarch64linux", "aarch64-linux-musl", "max-page-size=65536"},
};

struct arguments {
  const char **words;
  size_t count;
};

static void add(struct arguments *arguments, const char *word) {
  arguments->words[arguments->count++] = word;
}

static void add_words(struct arguments *arguments, const char *const *words, size_t count) {
  for (size_t i = 0; i < count; i++) {
    add(arguments, words[i]);
  }
}

static void add_library_file(struct arguments *arguments, const struct link_job *job, struct arena *arena,
                             const char *name) {
  add(arguments, arena_printf(arena, "%s/%s/%s", job->library_dir, arches[job->arch].directory, name));
}

/* A file's name, where lld would take it for an option or a response file too. */
static const char *file_word(const char *name, struct arena *arena) {
  return name[0] == '-' || name[0] == '@' ? arena_printf(arena, "./%s", name) : name;
}

static void add_inputs(struct arguments *arguments, const struct link_job *job, struct arena *arena) {
  for (size_t i = 0; i < job->input_count; i++) {
    add(arguments, file_word(job->inputs[i], arena));
  }
}

static void add_executable(struct arguments *arguments, const struct link_job *job, struct arena *arena) {
  add(arguments, "-static");
  add(arguments, "-pie");
  add(arguments, "--no-dynamic-linker");
  add(arguments, "--pack-dyn-relocs=relr"); /* core/relocate.c reads them */
  add_library_file(arguments, job, arena, "crti.o");
  add_inputs(arguments, job, arena);
  add(arguments, "--start-group");
  add_library_file(arguments, job, arena, "libwasmrt.a");
  add_library_file(arguments, job, arena, "libc.a");
  add(arguments, "--end-group");
  add_library_file(arguments, job, arena, "crtn.o");
}

/* The words of the command, ended by a NULL. */
static struct arguments compose(const struct link_job *job, const char *output, struct arena *arena) {
  enum { FIXED_WORDS = 40 };
  struct arguments arguments = {ARENA_ARRAY(arena, const char *, FIXED_WORDS + job->input_count), 0};
  // clang-format off
  const char *const common[] = {LINKER, "-m", arches[job->arch].emulation, "-o", file_word(output, arena),
                                "--error-limit=0", "--no-demangle"};
  const char *const final[] = {
      "-z", "now", "-z", "relro", "-z", "text", "-z", "noexecstack", "-z", arches[job->arch].max_page_size,
      "--gc-sections", "--build-id=none", "--hash-style=gnu"};
  // clang-format on
  add_words(&arguments, common, sizeof common / sizeof *common);
  if (job->kind == LINK_RELOCATABLE) {
    add(&arguments, "-r");
    add_inputs(&arguments, job, arena);
    add(&arguments, NULL);
    return arguments;
  }
  add_words(&arguments, final, sizeof final / sizeof *final);
  if (!job->keep_symbols) {
    add(&arguments, "--strip-all");
  }
  if (job->kind == LINK_EXECUTABLE) {
    add_executable(&arguments, job, arena);
  } else {
    add(&arguments, "-shared");
    add_inputs(&arguments, job, arena);
  }
  add(&arguments, NULL);
  return arguments;
}

/* `word` as a shell reads it back. */
static char *quoted(const char *word, struct arena *arena) {
  static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./,:@%";
  const size_t length = strlen(word);
  if (length > 0 && strspn(word, plain) == length) {
    return arena_copy(arena, word, length);
  }
  char *const text = ARENA_ARRAY(arena, char, 4 * length + 3);
  char *end = text;
  *end++ = '\'';
  for (; *word; word++) {
    if (*word == '\'') {
      end = stpcpy(end, "'\\''");
    } else {
      *end++ = *word;
    }
  }
  *end = '\'';
  return text;
}

char *link_command(const struct link_job *job, struct arena *arena) {
  const struct arguments arguments = compose(job, job->output, arena);
  const char **const words = ARENA_ARRAY(arena, const char *, arguments.count);
  size_t length = 0;
  size_t count = 0;
  for (; arguments.words[count]; count++) {
    words[count] = quoted(arguments.words[count], arena);
    length += strlen(words[count]) + 1;
  }
  char *const text = ARENA_ARRAY(arena, char, length + 1);
  char *end = text;
  for (size_t i = 0; i < count; i++) {
    if (i > 0) {
      *end++ = ' ';
    }
    end = stpcpy(end, words[i]);
  }
  return text;
}

char *link_library_dir(struct arena *arena) {
  char path[4096];
  const ssize_t length = readlink("/proc/self/exe", path, sizeof path);
  const char *const slash =
      length > 0 && (size_t)length < sizeof path ? memrchr(path, '/', (size_t)length) : NULL;
  if (slash) {
    char *const directory = arena_printf(arena, "%.*s/../lib/wasm2native", (int)(slash - path), path);
    if (access(directory, F_OK) == 0) {
      return directory;
    }
  }
  return arena_printf(arena, "%s", WASM2NATIVE_PREFIX "/lib/wasm2native");
}

/* The first of lld's messages in `text`, without the program's name, and in *rest the place where the next
 * begins. */
static struct slice next_message(const char *text, const char **rest) {
  static const char prefix[] = "\n" LINKER ": ";
  const char *const end = strstr(text, prefix);
  size_t length = end ? (size_t)(end - text) : strlen(text);
  *rest = text + length + (end ? 1 : 0);
  const size_t skip = strncmp(text, prefix + 1, strlen(prefix + 1)) == 0 ? strlen(prefix + 1) : 0;
  while (length > skip && strchr("\n ", text[length - 1])) {
    length--;
  }
  return (struct slice){(const uint8_t *)text + skip, length - skip};
}

static bool skip_word(const char **text, const char *word) {
  if (strncmp(*text, word, strlen(word)) != 0) {
    return false;
  }
  *text += strlen(word);
  return true;
}

/*
 * Reads "undefined [hidden ]symbol: NAME\n>>> referenced by FILE..." A name may hold anything that the name
 * of an import may, line ends too, so it reaches to the next ">>> ".
 */
static bool parse_undefined(const char *message, struct arena *arena, struct link_undefined *result) {
  if (!skip_word(&message, "undefined ")) {
    return false;
  }
  if (!skip_word(&message, "hidden ") && !skip_word(&message, "protected ")) {
    skip_word(&message, "internal ");
  }
  if (!skip_word(&message, "symbol: ")) {
    return false;
  }
  static const char referenced[] = "\n>>> referenced by ";
  const char *const end = strstr(message, referenced);
  result->symbol = arena_copy(arena, message, end ? (size_t)(end - message) : strlen(message));
  const char *const place = end ? end + strlen(referenced) : "";
  result->referenced_by = arena_copy(arena, place, strcspn(place, "\n"));
  return true;
}

/*
 * Reports a message as one line: its continuation lines, which begin with ">>> ", behind the first, and runs
 * of blanks, with which they are indented, as one.
 */
static void report(struct diag_sink *sink, const char *message, struct arena *arena) {
  char *const line = ARENA_ARRAY(arena, char, strlen(message) + 1);
  char *end = line;
  while (*message) {
    if (skip_word(&message, "\n>>> ")) {
      end = stpcpy(end, "; ");
    } else if (!strchr(" \n", *message)) {
      *end++ = *message++;
    } else if (message++ && end > line && end[-1] != ' ') {
      *end++ = ' ';
    }
  }
  *end = '\0';
  diag_error(sink, DIAG_LINK, "%s", line);
}

static size_t count_lines(const char *text) {
  size_t count = 1;
  while ((text = strchr(text, '\n'))) {
    text++;
    count++;
  }
  return count;
}

/* Sorts what lld printed during a link that failed. */
static void read_messages(const char *text, struct arena *arena, struct diag_sink *sink,
                          struct link_undefined_list *undefined) {
  const unsigned errors_before = sink->error_count;
  struct link_undefined *const items = ARENA_ARRAY(arena, struct link_undefined, count_lines(text));
  size_t count = 0;
  while (*text) {
    const struct slice slice = next_message(text, &text);
    const char *message = arena_copy(arena, (const char *)slice.data, slice.size);
    if (!skip_word(&message, "error: ")) {
      continue; /* a warning */
    }
    if (undefined && parse_undefined(message, arena, &items[count])) {
      count++;
    } else {
      report(sink, message, arena);
    }
  }
  if (undefined) {
    *undefined = (struct link_undefined_list){items, count};
  }
  if (count == 0 && sink->error_count == errors_before) {
    diag_error(sink, DIAG_LINK, "the linker failed without a message");
  }
}

bool link_run(const struct link_job *job, struct arena *arena, struct diag_sink *sink,
              struct link_undefined_list *undefined) {
  if (undefined) {
    *undefined = (struct link_undefined_list){NULL, 0};
  }
  struct output output;
  if (!output_begin(&output, job->output, arena, sink)) {
    return false;
  }

  const struct arguments arguments = compose(job, output.path, arena);
  char *text;
  const bool ok = lld_run(arguments.words, &text);
  if (!ok) {
    read_messages(text, arena, sink, undefined);
    output_discard(&output);
  }
  free(text);
  return ok && output_commit(&output, sink);
}
