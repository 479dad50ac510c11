/*
 * The options of an executable's guest: words such as --dir=HOST::GUEST:ro, baked in at compile time and,
 * unless
 * --sealed is among those, followed by the words of the environment variable WASMRT_OPTIONS.
 *
 * Words of the variable are separated by white space. Single quotes keep everything literally, in double
 * quotes and outside of quotes a backslash keeps the next character. An option's value may follow after '='
 * or be the next word.
 */
#include <string.h>

#include "options.h"

struct parser {
  struct wasmrt_guest_options *options;
  struct wasmrt_mount *mounts;
  const char **env, **listen;
  const char *pending; /* an option whose value is still to come */
  const char *culprit;
};

static size_t count_words(const char *baked, const char *variable) {
  size_t count = variable == NULL ? 0 : strlen(variable) / 2 + 1;
  for (; *baked != '\0'; baked += strlen(baked) + 1) {
    count++;
  }
  return count;
}

static size_t text_size(const char *baked, const char *variable) {
  size_t size = variable == NULL ? 0 : strlen(variable) + 1;
  for (; *baked != '\0'; baked += strlen(baked) + 1) {
    size += strlen(baked) + 1;
  }
  return size;
}

size_t wasmrt_options_storage(const char *baked, const char *variable) {
  return count_words(baked, variable) * (sizeof(struct wasmrt_mount) + 2 * sizeof(char *)) +
         text_size(baked, variable);
}

/* ---- Values ----------------------------------------------------------------------------------------- */

/* "HOST::GUEST", "HOST::GUEST:ro", or "HOST", which the guest sees under the same name. Cuts the text up. */
static const char *add_mount(struct parser *parser, char *value) {
  struct wasmrt_mount mount = {.host = value, .guest = value};
  const size_t length = strlen(value);
  if (length > 3 && strcmp(value + length - 3, ":ro") == 0) {
    mount.read_only = true;
    value[length - 3] = '\0';
  }
  /* strstr would be a tenth of the runtime in a static executable. */
  char *separator = strchr(value, ':');
  while (separator != NULL && separator[1] != ':') {
    separator = strchr(separator + 1, ':');
  }
  if (separator != NULL) {
    *separator = '\0';
    mount.guest = separator + 2;
  }
  if (*mount.host == '\0' || *mount.guest == '\0') {
    return "--dir needs HOST::GUEST[:ro]";
  }
  parser->mounts[parser->options->mount_count++] = mount;
  return NULL;
}

static const char *add_variable(struct parser *parser, char *value) {
  if (*value == '=' || strchr(value, '=') == NULL) {
    return "--env needs NAME=VALUE";
  }
  parser->env[parser->options->env_count++] = value;
  return NULL;
}

/* What it means is for the WASI layer, which is there only if the guest can use it. */
static const char *add_listener(struct parser *parser, char *value) {
  parser->listen[parser->options->listen_count++] = value;
  return NULL;
}

/* Bytes, with K, M or G for the powers of 1024. Less than 2^63, so that rounding up cannot overflow. */
static const char *parse_size(const char *value, uint64_t *size) {
  static const char *const message = "a size in bytes is needed, such as 65536, 64K, 16M or 1G";
  uint64_t number = 0;
  const char *at = value;
  for (; *at >= '0' && *at <= '9'; at++) {
    if (number > (INT64_MAX - 9) / 10) {
      return message;
    }
    number = 10 * number + (uint64_t)(*at - '0');
  }
  const unsigned shift = *at == 'K' || *at == 'k'   ? 10
                         : *at == 'M' || *at == 'm' ? 20
                         : *at == 'G' || *at == 'g' ? 30
                                                    : 0;
  if (at == value || number == 0 || at[shift != 0] != '\0' || number > (uint64_t)INT64_MAX >> shift) {
    return message;
  }
  *size = number << shift;
  return NULL;
}

static const char *set_max_memory(struct parser *parser, char *value) {
  return parse_size(value, &parser->options->max_memory);
}

static const char *set_stack_size(struct parser *parser, char *value) {
  return parse_size(value, &parser->options->stack_size);
}

bool wasmrt_trace_parse(const char *scopes, uint32_t *set) {
#define SCOPE(name) #name "\0"
  static const char names[] = WASMRT_TRACE_SCOPES(SCOPE);
#undef SCOPE
  for (;; scopes++) {
    const size_t length = strcspn(scopes, ",");
    const char *name = names;
    uint32_t bit = 1;
    while (*name != '\0' && (strlen(name) != length || memcmp(name, scopes, length) != 0)) {
      name += strlen(name) + 1;
      bit <<= 1;
    }
    if (*name == '\0') {
      return false;
    }
    *set |= bit;
    scopes += length;
    if (*scopes == '\0') {
      return true;
    }
  }
}

/* "wasi", or "wasi:fs,clock". */
static const char *set_trace(struct parser *parser, char *value) {
  uint32_t *set = &parser->options->trace;
  if (strcmp(value, "wasi") == 0) {
    *set = WASMRT_TRACE_ALL;
    return NULL;
  }
#define SCOPE(name) " " #name
  return strncmp(value, "wasi:", 5) == 0 && wasmrt_trace_parse(value + 5, set)
             ? NULL
             : "--trace needs wasi or wasi:SCOPE,... of" WASMRT_TRACE_SCOPES(SCOPE);
#undef SCOPE
}

/* ---- Words ------------------------------------------------------------------------------------------ */

static const struct {
  char name[16];
  const char *(*set)(struct parser *parser, char *value);
} valued[] = {
    {"--dir", add_mount},
    {"--env", add_variable},
    {"--listen", add_listener},
    {"--max-memory", set_max_memory},
    {"--stack-size", set_stack_size},
    {"--trace", set_trace},
};

static const char *apply_value(struct parser *parser, const char *name, size_t length, char *value) {
  for (size_t i = 0; i < sizeof valued / sizeof *valued; i++) {
    if (strlen(valued[i].name) == length && memcmp(valued[i].name, name, length) == 0) {
      return valued[i].set(parser, value);
    }
  }
  return "unknown option";
}

static bool takes_value(const char *word) {
  for (size_t i = 0; i < sizeof valued / sizeof *valued; i++) {
    if (strcmp(valued[i].name, word) == 0) {
      return true;
    }
  }
  return false;
}

/* Applies a word. The text is the parser's, and may be kept and changed. Returns NULL, or what is wrong. */
static const char *apply(struct parser *parser, char *word) {
  parser->culprit = word;
  if (parser->pending != NULL) {
    const char *name = parser->pending;
    parser->pending = NULL;
    return apply_value(parser, name, strlen(name), word);
  }
  if (strcmp(word, "--inherit-env") == 0) {
    parser->options->inherit_env = true;
    return NULL;
  }
  if (strcmp(word, "--confine") == 0 || strcmp(word, "--no-confine") == 0) {
    parser->options->confinement = word[2] == 'c' ? WASMRT_CONFINE : WASMRT_NO_CONFINE;
    return NULL;
  }
  if (strcmp(word, "--sealed") == 0) {
    parser->options->sealed = true;
    return NULL;
  }
  if (takes_value(word)) {
    parser->pending = word;
    return NULL;
  }
  char *equals = strchr(word, '=');
  if (equals == NULL) {
    return "unknown option";
  }
  return apply_value(parser, word, (size_t)(equals - word), equals + 1);
}

static bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

/*
 * Takes the next word of the variable from *at and writes it to *text without quotes; it is never longer than
 * what it was read from. False if there is none; *open tells whether a quote was left open.
 */
static bool next_word(const char **at, char **text, bool *open) {
  const char *from = *at;
  while (is_space(*from)) {
    from++;
  }
  if (*from == '\0') {
    *at = from;
    return false;
  }
  char quote = '\0';
  char *to = *text;
  for (; *from != '\0' && (quote != '\0' || !is_space(*from)); from++) {
    if (*from == quote) {
      quote = '\0';
    } else if (quote == '\0' && (*from == '\'' || *from == '"')) {
      quote = *from;
    } else {
      if (*from == '\\' && quote != '\'' && from[1] != '\0') {
        from++;
      }
      *to++ = *from;
    }
  }
  *to = '\0';
  *open = quote != '\0';
  *text = to + 1;
  *at = from;
  return true;
}

static const char *apply_variable(struct parser *parser, const char *variable, char *text) {
  bool open = false;
  for (char *word = text; next_word(&variable, &text, &open); word = text) {
    parser->culprit = word;
    const char *problem = open ? "a quote is not closed" : apply(parser, word);
    if (problem != NULL) {
      return problem;
    }
  }
  return NULL;
}

const char *wasmrt_options_parse(const char *baked, const char *variable,
                                 struct wasmrt_guest_options *options, void *storage, const char **culprit) {
  const size_t words = count_words(baked, variable);
  struct parser parser = {.options = options, .mounts = storage};
  parser.env = (const char **)(parser.mounts + words);
  parser.listen = parser.env + words;
  char *text = (char *)(parser.listen + words);
  memset(options, 0, sizeof *options);
  options->mounts = parser.mounts;
  options->env = parser.env;
  options->listen = parser.listen;

  const char *problem = NULL;
  for (; *baked != '\0' && problem == NULL; baked += strlen(baked) + 1) {
    const size_t size = strlen(baked) + 1;
    memcpy(text, baked, size);
    problem = apply(&parser, text);
    text += size;
  }
  if (problem == NULL && variable != NULL && !options->sealed) {
    problem = apply_variable(&parser, variable, text);
  }
  if (problem == NULL && parser.pending != NULL) {
    problem = "a value is missing";
  }
  *culprit = problem != NULL ? parser.culprit : NULL;
  return problem;
}
