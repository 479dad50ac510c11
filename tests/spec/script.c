/* Reading scripts, and writing their names and values as words of the command file (see commands.h for its
 * form). */
#include "script.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

uint8_t *spec_read_file(const char *path, size_t *size) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) {
    fprintf(stderr, "%s: %s\n", path, strerror(errno));
    return NULL;
  }
  uint8_t *bytes = NULL;
  size_t used = 0, capacity = 0, count;
  do {
    if (capacity - used < 4096) {
      capacity = capacity * 2 + 16384;
      uint8_t *larger = realloc(bytes, capacity);
      if (larger == NULL) {
        fprintf(stderr, "%s: out of memory\n", path);
        exit(2);
      }
      bytes = larger;
    }
    count = fread(bytes + used, 1, capacity - used - 1, file);
    used += count;
  } while (count > 0);
  bool failed = ferror(file) != 0;
  fclose(file);
  if (failed) {
    fprintf(stderr, "%s: read error\n", path);
    free(bytes);
    return NULL;
  }
  bytes[used] = 0;
  *size = used;
  return bytes;
}

/* Replaces each escape \u0000 by those of SPEC_NUL, in a buffer of twice the size. */
static char *replace_nul(const char *text, size_t size) {
  char *result = malloc(size * 2 + 1), *to = result;
  if (result == NULL) {
    return NULL;
  }
  for (const char *from = text; *from != 0;) {
    if (strncmp(from, "\\u0000", 6) == 0) {
      memcpy(to, "\\udbff\\udffd", 12);
      to += 12;
      from += 6;
      continue;
    }
    if (from[0] == '\\' && from[1] != 0) {
      *to++ = *from++;
    }
    *to++ = *from++;
  }
  *to = 0;
  return result;
}

cJSON *spec_script_read(const char *path) {
  size_t size = 0;
  char *text = (char *)spec_read_file(path, &size);
  if (text == NULL) {
    return NULL;
  }
  char *clean = replace_nul(text, size);
  cJSON *script = clean == NULL ? NULL : cJSON_Parse(clean);
  free(clean);
  free(text);
  if (script == NULL || !cJSON_IsArray(cJSON_GetObjectItemCaseSensitive(script, "commands"))) {
    fprintf(stderr, "%s: not a script in JSON\n", path);
    cJSON_Delete(script);
    return NULL;
  }
  return script;
}

const char *spec_string(const cJSON *object, const char *key) {
  return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));
}

int spec_line(const cJSON *command) {
  const cJSON *line = cJSON_GetObjectItemCaseSensitive(command, "line");
  return cJSON_IsNumber(line) ? line->valueint : 0;
}

void spec_write_word(FILE *out, const char *text) {
  fputs(*text == 0 ? " %" : " ", out);
  while (*text != 0) {
    if (strncmp(text, SPEC_NUL, strlen(SPEC_NUL)) == 0) {
      fputs("%00", out);
      text += strlen(SPEC_NUL);
      continue;
    }
    unsigned char byte = (unsigned char)*text++;
    if ((byte | 32) >= 'a' && (byte | 32) <= 'z') {
      putc(byte, out);
    } else if ((byte >= '0' && byte <= '9') || strchr("_-.+*/<>=!&#$@^~|,;", byte) != NULL) {
      putc(byte, out);
    } else {
      fprintf(out, "%%%02x", byte);
    }
  }
}

/* A decimal number of `bits` bits, which may be negative, as hexadecimal, or the class of a NaN. */
static bool write_number(FILE *out, const char *value, unsigned bits) {
  if (strncmp(value, "nan:", 4) == 0) {
    fputs(value + 4, out);
    return true;
  }
  char *end = NULL;
  errno = 0;
  uint64_t number = value[0] == '-' ? (uint64_t)strtoll(value, &end, 10) : strtoull(value, &end, 10);
  if (errno != 0 || end == value || *end != 0) {
    return false;
  }
  fprintf(out, "%" PRIx64, bits < 64 ? number & ((UINT64_C(1) << bits) - 1) : number);
  return true;
}

static bool write_reference(FILE *out, const char *type, const char *value, bool is_expected) {
  static const struct {
    const char *name, *top;
    bool is_null; /* only null is of this type */
  } types[] = {{"funcref", "funcref", false},     {"nullfuncref", "funcref", true},
               {"externref", "externref", false}, {"nullexternref", "externref", true},
               {"anyref", "anyref", false},       {"eqref", "anyref", false},
               {"i31ref", "anyref", false},       {"structref", "anyref", false},
               {"arrayref", "anyref", false},     {"nullref", "anyref", true},
               {"exnref", "exnref", false},       {"nullexnref", "exnref", true},
               {"refnull", "ref", true}};
  size_t row = 0;
  while (row < sizeof types / sizeof types[0] && strcmp(type, types[row].name) != 0) {
    row++;
  }
  if (row == sizeof types / sizeof types[0]) {
    return false;
  }
  fprintf(out, " %s:", types[row].top);
  if (types[row].is_null) {
    return fputs("null", out) >= 0;
  }
  if (value == NULL) {
    return is_expected && fputs("any", out) >= 0;
  }
  if (strcmp(value, "null") == 0) {
    return fputs("null", out) >= 0;
  }
  return strcmp(type, "externref") == 0 && write_number(out, value, 64);
}

/* " v128:TYPE:LANE,LANE..." */
static bool write_lanes(FILE *out, const cJSON *value) {
  const char *type = spec_string(value, "lane_type");
  const cJSON *lanes = cJSON_GetObjectItemCaseSensitive(value, "value"), *lane;
  if (type == NULL || !cJSON_IsArray(lanes)) {
    return false;
  }
  fprintf(out, " v128:%s", type);
  unsigned bits = (unsigned)strtoul(type + 1, NULL, 10);
  char separator = ':';
  cJSON_ArrayForEach(lane, lanes) {
    fputc(separator, out);
    separator = ',';
    const char *text = cJSON_GetStringValue(lane);
    if (text == NULL || !write_number(out, text, bits)) {
      return false;
    }
  }
  return bits * (unsigned)cJSON_GetArraySize(lanes) == 128;
}

bool spec_write_value(FILE *out, const cJSON *value, bool is_expected) {
  const char *type = spec_string(value, "type");
  const char *text = spec_string(value, "value");
  if (type == NULL) {
    return false;
  }
  if (strcmp(type, "either") == 0) {
    const cJSON *choices = cJSON_GetObjectItemCaseSensitive(value, "values"), *choice;
    fprintf(out, " either:%d", cJSON_GetArraySize(choices));
    cJSON_ArrayForEach(choice, choices) {
      if (!spec_write_value(out, choice, is_expected)) {
        return false;
      }
    }
    return is_expected && cJSON_GetArraySize(choices) > 0;
  }
  if (type[0] == 'i' || type[0] == 'f') {
    if (strlen(type) == 3 && (strcmp(type + 1, "32") == 0 || strcmp(type + 1, "64") == 0)) {
      fprintf(out, " %s:", type);
      return text != NULL && write_number(out, text, type[1] == '3' ? 32 : 64);
    }
  }
  if (strcmp(type, "v128") == 0) {
    return write_lanes(out, value);
  }
  return write_reference(out, type, text, is_expected);
}
