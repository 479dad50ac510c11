/* Values of options: targets, sizes, mounts, addresses and keywords, from their usual spellings to the one
 * that the library takes. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "scopes.h"

size_t cli_distance(const char *a, const char *b) {
  enum { LONGEST = 64 };
  const size_t a_length = strlen(a);
  const size_t b_length = strlen(b);
  if (a_length >= LONGEST || b_length >= LONGEST) {
    return SIZE_MAX;
  }
  // Row i of the usual table: the distances between the first i letters of `a` and every beginning of `b`.
  size_t row[LONGEST];
  for (size_t j = 0; j <= b_length; j++) {
    row[j] = j;
  }
  for (size_t i = 1; i <= a_length; i++) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b_length; j++) {
      size_t best = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = row[j];
      if (row[j] + 1 < best) {
        best = row[j] + 1;
      }
      if (row[j - 1] + 1 < best) {
        best = row[j - 1] + 1;
      }
      row[j] = best;
    }
  }
  return row[b_length];
}

bool cli_parse_keyword(const char *option, const char *text, const struct cli_keyword *keywords, int *value) {
  char expected[256] = "";
  for (const struct cli_keyword *keyword = keywords; keyword->name; keyword++) {
    if (strcmp(text, keyword->name) == 0) {
      *value = keyword->value;
      return true;
    }
    if (keyword != keywords) {
      strcat(expected, keyword[1].name ? ", " : " or ");
    }
    strcat(expected, keyword->name);
  }
  return cli_error("unknown value '%s' of option '%s': expected %s", text, option, expected);
}

/* Is `word` in the list of words that blanks separate? */
static bool is_one_of(const char *list, const char *word, size_t length) {
  for (; *list; list += *list == ' ') {
    const size_t entry = strcspn(list, " ");
    if (entry == length && strncmp(list, word, length) == 0) {
      return true;
    }
    list += entry;
  }
  return false;
}

/* Steps over "-" and a word of the list, if that is what follows. */
static bool skip_part(const char **text, const char *list) {
  if (**text != '-') {
    return false;
  }
  const size_t length = strcspn(*text + 1, "-");
  if (!is_one_of(list, *text + 1, length)) {
    return false;
  }
  *text += 1 + length;
  return true;
}

/*
 * ARCH[-VENDOR][-linux[-ENVIRONMENT]]. The environment does not matter: code is the same for all C libraries,
 * and executables bring their own.
 */
const char *cli_parse_target(const char *text) {
  static const struct {
    const char *spellings;
    const char *triple;
  } targets[] = {
      {"x86_64 amd64 x86-64 x64", "x86_64-linux-musl"},
      {"aarch64 arm64", "aarch64-linux-musl"},
  };
  for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
    // "x86-64" holds a hyphen: every spelling is tried as a beginning.
    for (const char *word = targets[i].spellings; *word; word += *word == ' ') {
      const size_t length = strcspn(word, " ");
      const char *rest = text + length;
      if (strncasecmp(text, word, length) == 0 && (*rest == '\0' || *rest == '-')) {
        skip_part(&rest, "unknown pc none");
        if (skip_part(&rest, "linux")) {
          skip_part(&rest, "musl gnu");
        }
        if (*rest == '\0') {
          return targets[i].triple;
        }
      }
      word += length;
    }
  }
  cli_error("unknown target '%s'; supported are x86_64-linux (amd64) and aarch64-linux (arm64)", text);
  return NULL;
}

bool cli_parse_bytes(const char *option, const char *text, uint64_t *size) {
  static const char suffixes[] = "KMGT";
  char *end;
  errno = 0;
  *size = isdigit((unsigned char)*text) ? strtoull(text, &end, 0) : 0;
  bool ok = isdigit((unsigned char)*text) && errno == 0;
  if (ok && *end) {
    const char *const suffix = strchr(suffixes, toupper((unsigned char)*end));
    const unsigned shift = suffix ? 10 * (unsigned)(suffix - suffixes + 1) : 0;
    end += suffix ? 1 : 0;
    if (suffix && strcmp(end, "iB") == 0) {
      end += 2;
    }
    ok = suffix && *end == '\0' && *size <= UINT64_MAX >> shift;
    *size <<= shift;
  }
  return ok ||
         cli_error("option '%s' needs a number of bytes, with K, M, G or T behind it if need be, not '%s'",
                   option, text);
}

const char *cli_parse_size(struct cli *cli, const char *option, const char *text) {
  uint64_t size;
  return cli_parse_bytes(option, text, &size) ? arena_printf(&cli->arena, "%s=%" PRIu64, option, size) : NULL;
}

bool cli_parse_count(const char *option, const char *text, unsigned most, unsigned *count) {
  char *end;
  errno = 0;
  const unsigned long value = isdigit((unsigned char)*text) ? strtoul(text, &end, 10) : 0;
  if (value == 0 || value > most || errno != 0 || *end) {
    return cli_error("option '%s' needs a number from 1 to %u, not '%s'", option, most, text);
  }
  *count = (unsigned)value;
  return true;
}

const char *cli_parse_mount(struct cli *cli, const char *text) {
  const char *const separator = strstr(text, "::");
  const char *const guest = separator ? separator + 2 : text;
  if (separator == text || *guest == '\0' || strcmp(guest, ":ro") == 0) {
    cli_error("option '--dir' needs HOST::GUEST[:ro] or HOST, not '%s'", text);
    return NULL;
  }
  if (separator) {
    return arena_printf(&cli->arena, "--dir=%s", text);
  }
  // HOST[:ro] alone is seen under its own name.
  size_t length = strlen(text);
  const bool is_read_only = length > 3 && strcmp(text + length - 3, ":ro") == 0;
  length -= is_read_only ? 3 : 0;
  return arena_printf(&cli->arena, "--dir=%.*s::%s", (int)length, text, text);
}

bool cli_parse_tree(struct cli *cli, const char *text, struct wasm2native_tree *tree) {
  const char *const separator = strstr(text, "::");
  const char *const guest = separator ? separator + 2 : text;
  if (separator == text || *guest == '\0') {
    return cli_error("option '--embed' needs DIR::GUEST or DIR, not '%s'", text);
  }
  const size_t length = separator ? (size_t)(separator - text) : strlen(text);
  *tree = (struct wasm2native_tree){arena_copy(&cli->arena, text, length), guest};
  return true;
}

bool cli_source_date(uint64_t *time) {
  const char *const text = getenv("SOURCE_DATE_EPOCH");
  char *end;
  *time = 0;
  if (!text || !*text) {
    return true;
  }
  errno = 0;
  const uint64_t seconds = isdigit((unsigned char)*text) ? strtoull(text, &end, 10) : 0;
  if (!isdigit((unsigned char)*text) || errno != 0 || *end || seconds > UINT64_MAX / 1000000000) {
    return cli_error("SOURCE_DATE_EPOCH needs to be a number of seconds, not '%s'", text);
  }
  *time = seconds * 1000000000;
  return true;
}

bool cli_check_variable(const char *text) {
  const char *const equals = strchr(text, '=');
  return (equals && equals != text) || cli_error("option '--env' needs NAME=VALUE, not '%s'", text);
}

// The host as the runtime takes it: numeric, "localhost", or "*" or nothing for every address.
static bool is_host(const char *text, size_t length) {
  char host[INET6_ADDRSTRLEN];
  unsigned char address[sizeof(struct in6_addr)];
  const bool in_brackets = length >= 2 && text[0] == '[' && text[length - 1] == ']';
  text += in_brackets;
  length -= in_brackets ? 2 : 0;
  if (length >= sizeof host) {
    return false;
  }
  memcpy(host, text, length);
  host[length] = '\0';
  if (in_brackets) {
    return inet_pton(AF_INET6, host, address) == 1;
  }
  return length == 0 || strcmp(host, "*") == 0 || strcmp(host, "localhost") == 0 ||
         inet_pton(AF_INET, host, address) == 1;
}

bool cli_check_address(const char *text) {
  const char *const colon = strrchr(text, ':');
  unsigned port = 0;
  const char *at = colon ? colon + 1 : "";
  bool ok = isdigit((unsigned char)*at) && is_host(text, (size_t)(colon - text));
  for (; ok && *at; at++) {
    port = 10 * port + (unsigned)(*at - '0');
    ok = isdigit((unsigned char)*at) && port <= UINT16_MAX;
  }
  return ok || cli_error("option '--listen' needs HOST:PORT with a numeric host, such as 127.0.0.1:8080, "
                         "[::1]:8080, localhost:8080 or *:8080, not '%s'",
                         text);
}

/* "wasi", or "wasi:fs,clock". */
bool cli_check_trace(const char *text) {
#define SCOPE(name) #name " "
  static const char scopes[] = WASMRT_TRACE_SCOPES(SCOPE);
#undef SCOPE
  const char *at = text + strcspn(text, ":");
  bool ok = at - text == 4 && memcmp(text, "wasi", 4) == 0;
  while (ok && *at) {
    const size_t length = strcspn(++at, ",");
    ok = is_one_of(scopes, at, length);
    at += length;
  }
#define SCOPE(name) " " #name
  return ok ||
         cli_error("option '--trace' needs wasi or wasi:SCOPE,... of" WASMRT_TRACE_SCOPES(SCOPE) ", not '%s'",
                   text);
#undef SCOPE
}

bool cli_check_name(const char *text) {
  bool ok = isalpha((unsigned char)*text) || *text == '_';
  for (const char *at = text; *at; at++) {
    ok = ok && (isalnum((unsigned char)*at) || *at == '_');
  }
  return ok || cli_error("option '--name' needs a C identifier, not '%s'", text);
}
