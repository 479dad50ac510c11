/* Words and values of the command file: reading, comparing, printing. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"

#define ANYREF ((WASMRT_HEAP_ABSTRACT | WASMRT_HEAP_ANY) << 8 | WASMRT_REF_NULL)
#define EXNREF ((WASMRT_HEAP_ABSTRACT | WASMRT_HEAP_EXN) << 8 | WASMRT_REF_NULL)

/* References are known by the top of their hierarchy; "ref" is any. */
static const struct type_name {
  uint32_t type;
  const char *name;
} type_names[] = {{WASMRT_I32, "i32"},
                  {WASMRT_I64, "i64"},
                  {WASMRT_F32, "f32"},
                  {WASMRT_F64, "f64"},
                  {WASMRT_V128, "v128"},
                  {WASMRT_FUNCREF, "funcref"},
                  {WASMRT_EXTERNREF, "externref"},
                  {ANYREF, "anyref"},
                  {EXNREF, "exnref"},
                  {0, "ref"}};

enum { TYPE_COUNT = sizeof type_names / sizeof type_names[0] };

/* References to the host are numbers; that of 0 must not be the null reference. */
#define EXTERNREF_BIAS 1

static const char *type_name(uint32_t type) {
  for (size_t i = 0; i < TYPE_COUNT; i++) {
    if (wasmrt_kind_matches(type, type_names[i].type)) {
      return type_names[i].name;
    }
  }
  return "unknown";
}

static bool is_reference(uint32_t type) {
  return type == 0 || (type & 0xff) == WASMRT_REF || (type & 0xff) == WASMRT_REF_NULL;
}

bool spec_is_of_type(uint32_t type, uint32_t expected) {
  return expected == 0 ? is_reference(type) : wasmrt_kind_matches(type, expected);
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

unsigned spec_slots(uint32_t type) {
  return type == WASMRT_V128 ? 2 : 1;
}

/* A number in hexadecimal or the class of a NaN, up to `stop`; the character after it, or NULL. */
static const char *parse_bits(const char *text, const char *stop, uint64_t *bits, uint8_t *kind) {
  size_t length = strcspn(text, stop);
  *kind = SPEC_BITS;
  if (length == 9 && strncmp(text, "canonical", length) == 0) {
    *kind = SPEC_CANONICAL_NAN;
  } else if (length == 10 && strncmp(text, "arithmetic", length) == 0) {
    *kind = SPEC_ARITHMETIC_NAN;
  } else {
    char *end;
    *bits = strtoull(text, &end, 16);
    return length > 0 && end == text + length ? end : NULL;
  }
  return text + length;
}

/* "f32:LANE,LANE,LANE,LANE" */
static bool parse_lanes(const char *text, struct spec_value *value) {
  char *end;
  unsigned width = (unsigned)strtoul(text + 1, &end, 10);
  if (*end != ':' || width < 8 || width > 64) {
    return false;
  }
  value->kind = SPEC_LANES;
  value->lane_bits = (uint8_t)width;
  const char *at = end;
  for (unsigned i = 0; i < 128 / width; i++) {
    uint64_t lane = 0;
    at = parse_bits(at + 1, ",", &lane, &value->lane_kinds[i]);
    if (at == NULL || (*at == 0) != (i + 1 == 128 / width)) {
      return false;
    }
    value->bits[i * width / 64] |= lane << (i * width % 64);
  }
  return true;
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
    if (value->type == WASMRT_V128) {
      return parse_lanes(text, value);
    }
    if (strcmp(text, "null") == 0) {
      return is_reference(value->type);
    }
    if (strcmp(text, "any") == 0) {
      value->kind = SPEC_ANY_REFERENCE;
      return true;
    }
    uint8_t kind;
    const char *end = parse_bits(text, "", &value->bits[0], &kind);
    value->kind = kind;
    value->bits[0] += value->type == WASMRT_EXTERNREF ? EXTERNREF_BIAS : 0;
    return end != NULL && *end == 0;
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

/* Compares a number of this width, as a float where a class of NaNs is expected. */
static bool number_matches(unsigned kind, unsigned width, uint64_t expected, uint64_t bits) {
  uint64_t quiet = width == 32 ? UINT64_C(0x7fc00000) : UINT64_C(0x7ff8000000000000);
  uint64_t magnitude = bits & (width == 32 ? UINT64_C(0x7fffffff) : UINT64_C(0x7fffffffffffffff));
  switch (kind) {
  case SPEC_CANONICAL_NAN:
    return magnitude == quiet;
  case SPEC_ARITHMETIC_NAN:
    return (magnitude & quiet) == quiet;
  default:
    return bits == expected;
  }
}

static bool lanes_match(const struct spec_value *expected, const uint64_t *slots) {
  unsigned width = expected->lane_bits;
  uint64_t mask = width == 64 ? UINT64_MAX : (UINT64_C(1) << width) - 1;
  for (unsigned i = 0; i < 128 / width; i++) {
    unsigned slot = i * width / 64, shift = i * width % 64;
    if (!number_matches(expected->lane_kinds[i], width, expected->bits[slot] >> shift & mask,
                        slots[slot] >> shift & mask)) {
      return false;
    }
  }
  return true;
}

static bool matches(const struct spec_value *expected, uint32_t type, const uint64_t *slots) {
  if (!spec_is_of_type(type, expected->type)) {
    return false;
  }
  switch (expected->kind) {
  case SPEC_LANES:
    return lanes_match(expected, slots);
  case SPEC_ANY_REFERENCE:
    return slots[0] != 0;
  default:
    return number_matches(expected->kind, type == WASMRT_F32 ? 32 : 64, expected->bits[0], slots[0]);
  }
}

bool spec_matches(const struct spec_expected *expected, uint32_t type, const uint64_t *slots) {
  for (unsigned i = 0; i < expected->count; i++) {
    if (matches(&expected->choices[i], type, slots)) {
      return true;
    }
  }
  return false;
}

void spec_print_value(char *text, size_t size, uint32_t type, const uint64_t *slots) {
  size_t used = strlen(text);
  if (is_reference(type) && slots[0] == 0) {
    snprintf(text + used, size - used, " %s:null", type_name(type));
  } else if (type == WASMRT_V128) {
    snprintf(text + used, size - used, " v128:%016" PRIx64 "%016" PRIx64, slots[1], slots[0]);
  } else {
    snprintf(text + used, size - used, " %s:%" PRIx64, type_name(type),
             slots[0] - (wasmrt_kind_matches(type, WASMRT_EXTERNREF) ? EXTERNREF_BIAS : 0));
  }
}

void spec_print_expected(char *text, size_t size, const struct spec_expected *expected) {
  static const char *const kinds[] = {"", "canonical", "arithmetic", "any"};
  for (unsigned i = 0; i < expected->count; i++) {
    const struct spec_value *value = &expected->choices[i];
    if (value->kind == SPEC_BITS || value->kind == SPEC_LANES) {
      spec_print_value(text, size, value->type, value->bits);
    } else {
      size_t used = strlen(text);
      snprintf(text + used, size - used, " %s:%s", type_name(value->type), kinds[value->kind]);
    }
  }
}
