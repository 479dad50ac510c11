/* Words and values of the command file: reading, comparing, printing. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"

static const struct type_name {
  uint8_t type;
  const char *name;
} type_names[] = {{WASMRT_I32, "i32"}, {WASMRT_I64, "i64"},         {WASMRT_F32, "f32"},
                  {WASMRT_F64, "f64"}, {WASMRT_FUNCREF, "funcref"}, {WASMRT_EXTERNREF, "externref"},
                  {0, "ref"}};

enum { TYPE_COUNT = sizeof type_names / sizeof type_names[0] };

/* References to the host are numbers; that of 0 must not be the null reference. */
#define EXTERNREF_BIAS 1

static const char *type_name(uint8_t type) {
  for (size_t i = 0; i < TYPE_COUNT; i++) {
    if (type_names[i].type == type) {
      return type_names[i].name;
    }
  }
  return "unknown";
}

static bool is_reference(uint8_t type) {
  return type == 0 || type == WASMRT_FUNCREF || type == WASMRT_EXTERNREF;
}

/* Turns each %XX into its byte, and a lone % into nothing; the new length. */
static size_t decode_word(char *word) {
  char *to = word;
  for (const char *from = word; *from != 0;) {
    if (*from != '%') {
      *to++ = *from++;
      continue;
    }
    if (from[1] == 0) {
      break;
    }
    char digits[3] = {from[1], from[2], 0};
    *to++ = (char)strtoul(digits, NULL, 16);
    from += from[2] == 0 ? 2 : 3;
  }
  *to = 0;
  return (size_t)(to - word);
}

bool spec_next_word(char **line, char **word, size_t *size) {
  char *start = *line + strspn(*line, " ");
  if (*start == 0) {
    return false;
  }
  char *end = start + strcspn(start, " ");
  *line = *end == 0 ? end : end + 1;
  *end = 0;
  *word = start;
  size_t length = decode_word(start);
  if (size != NULL) {
    *size = length;
  }
  return true;
}

bool spec_next_number(char **line, unsigned *number) {
  char *word, *end;
  if (!spec_next_word(line, &word, NULL)) {
    return false;
  }
  *number = (unsigned)strtoul(word, &end, 10);
  return end != word && *end == 0;
}

static bool parse_value(const char *word, struct spec_value *value) {
  const char *colon = strchr(word, ':');
  for (size_t i = 0; colon != NULL && i < TYPE_COUNT; i++) {
    if (strlen(type_names[i].name) != (size_t)(colon - word) ||
        strncmp(type_names[i].name, word, colon - word) != 0) {
      continue;
    }
    *value = (struct spec_value){.type = type_names[i].type, .kind = SPEC_BITS};
    const char *text = colon + 1;
    if (strcmp(text, "null") == 0) {
      return is_reference(value->type);
    }
    if (strcmp(text, "any") == 0) {
      value->kind = SPEC_ANY_REFERENCE;
    } else if (strcmp(text, "canonical") == 0) {
      value->kind = SPEC_CANONICAL_NAN;
    } else if (strcmp(text, "arithmetic") == 0) {
      value->kind = SPEC_ARITHMETIC_NAN;
    } else {
      char *end;
      value->bits = strtoull(text, &end, 16) + (value->type == WASMRT_EXTERNREF ? EXTERNREF_BIAS : 0);
      return end != text && *end == 0;
    }
    return true;
  }
  return false;
}

bool spec_next_value(char **line, struct spec_value *value) {
  char *word;
  return spec_next_word(line, &word, NULL) && parse_value(word, value);
}

bool spec_next_expected(char **line, struct spec_expected *expected) {
  char *word;
  expected->count = 1;
  if (!spec_next_word(line, &word, NULL)) {
    return false;
  }
  if (strncmp(word, "either:", 7) != 0) {
    return parse_value(word, &expected->choices[0]);
  }
  expected->count = (unsigned)strtoul(word + 7, NULL, 10);
  if (expected->count > SPEC_CHOICES_MAX) {
    return false;
  }
  for (unsigned i = 0; i < expected->count; i++) {
    if (!spec_next_value(line, &expected->choices[i])) {
      return false;
    }
  }
  return true;
}

static bool matches(const struct spec_value *expected, uint8_t type, uint64_t bits) {
  if (expected->type != type && !(expected->type == 0 && is_reference(type))) {
    return false;
  }
  uint64_t quiet = type == WASMRT_F32 ? UINT64_C(0x7fc00000) : UINT64_C(0x7ff8000000000000);
  uint64_t magnitude = bits & (type == WASMRT_F32 ? UINT64_C(0x7fffffff) : UINT64_C(0x7fffffffffffffff));
  switch (expected->kind) {
  case SPEC_CANONICAL_NAN:
    return magnitude == quiet;
  case SPEC_ARITHMETIC_NAN:
    return (magnitude & quiet) == quiet;
  case SPEC_ANY_REFERENCE:
    return bits != 0;
  default:
    return bits == expected->bits;
  }
}

bool spec_matches(const struct spec_expected *expected, uint8_t type, uint64_t bits) {
  for (unsigned i = 0; i < expected->count; i++) {
    if (matches(&expected->choices[i], type, bits)) {
      return true;
    }
  }
  return false;
}

void spec_print_value(char *text, size_t size, uint8_t type, uint64_t bits) {
  size_t used = strlen(text);
  if (is_reference(type) && bits == 0) {
    snprintf(text + used, size - used, " %s:null", type_name(type));
  } else {
    snprintf(text + used, size - used, " %s:%" PRIx64, type_name(type),
             bits - (type == WASMRT_EXTERNREF ? EXTERNREF_BIAS : 0));
  }
}

void spec_print_expected(char *text, size_t size, const struct spec_expected *expected) {
  static const char *const kinds[] = {"", "canonical", "arithmetic", "any"};
  for (unsigned i = 0; i < expected->count; i++) {
    const struct spec_value *value = &expected->choices[i];
    if (value->kind == SPEC_BITS) {
      spec_print_value(text, size, value->type, value->bits);
    } else {
      size_t used = strlen(text);
      snprintf(text + used, size - used, " %s:%s", type_name(value->type), kinds[value->kind]);
    }
  }
}
