/*
 * A small assembler for the tables: bodies of functions as lists of instructions by the names of the opcode
 * table, and the module that holds them. Types and immediates are only as many as the tables use.
 */
#define _GNU_SOURCE
#include "code.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "opcode.h"

void bytes_put(struct bytes *bytes, const void *data, size_t size) {
  if (bytes->size + size > bytes->capacity) {
    bytes->capacity = (bytes->size + size) * 2;
    bytes->data = realloc(bytes->data, bytes->capacity);
    if (!bytes->data) {
      abort();
    }
  }
  if (size > 0) {
    memcpy(bytes->data + bytes->size, data, size);
    bytes->size += size;
  }
}

void bytes_put_u8(struct bytes *bytes, unsigned byte) {
  bytes_put(bytes, &(uint8_t){(uint8_t)byte}, 1);
}

void bytes_put_leb(struct bytes *bytes, uint64_t number) {
  for (; number >= 0x80; number >>= 7) {
    bytes_put_u8(bytes, (unsigned)(number & 0x7f) | 0x80);
  }
  bytes_put_u8(bytes, (unsigned)number);
}

void bytes_free(struct bytes *bytes) {
  free(bytes->data);
  *bytes = (struct bytes){0};
}

/* Signed: the last byte holds the sign in bit 6. */
static void put_signed(struct bytes *bytes, int64_t number) {
  while (number < -64 || number > 63) {
    bytes_put_u8(bytes, ((unsigned)number & 0x7f) | 0x80);
    number = (number - (number & 0x7f)) / 128;
  }
  bytes_put_u8(bytes, (unsigned)number & 0x7f);
}

static unsigned type_code(char letter) {
  switch (letter) {
  case 'i':
    return 0x7f;
  case 'I':
    return 0x7e;
  case 'f':
    return 0x7d;
  case 'F':
    return 0x7c;
  case 'v':
    return 0x7b;
  default:
    return 0;
  }
}

static const struct wasm_opcode_info *find_opcode(const char *name) {
  for (unsigned i = 0; i < WASM_OP_COUNT; i++) {
    if (strcmp(wasm_opcode_info[i].text, name) == 0) {
      return &wasm_opcode_info[i];
    }
  }
  return NULL;
}

/* The next number of the instruction's words, or `other` where there is none. */
static int64_t next_number(char **words, int64_t other) {
  char *end;
  int64_t number = strtoll(*words, &end, 0);
  if (end == *words) {
    return other;
  }
  *words = end;
  return number;
}

/* Sixteen bytes: those that are given, over and over. */
static void put_pattern(struct bytes *body, char **words) {
  uint8_t pattern[16];
  unsigned count = 0;
  for (int64_t number; count < 16 && (number = next_number(words, INT64_MIN)) != INT64_MIN;) {
    pattern[count++] = (uint8_t)number;
  }
  for (unsigned i = 0; i < 16; i++) {
    bytes_put_u8(body, count ? pattern[i % count] : 0);
  }
}

static void put_double(struct bytes *body, char **words, bool is_wide) {
  char *end;
  double number = strtod(*words, &end);
  float narrow = (float)number;
  *words = end;
  bytes_put(body, is_wide ? (const void *)&number : &narrow, is_wide ? 8 : 4);
}

static const char *put_immediates(struct bytes *body, const struct wasm_opcode_info *info, char **words) {
  switch (info->imm) {
  case WASM_IMM_NONE:
    return NULL;
  case WASM_IMM_MEMARG:
  case WASM_IMM_MEMARG_LANE:
    bytes_put_leb(body, 0);
    bytes_put_leb(body, (uint64_t)next_number(words, 0)); /* the offset */
    if (info->imm == WASM_IMM_MEMARG_LANE) {
      bytes_put_u8(body, (unsigned)next_number(words, 1));
    }
    return NULL;
  case WASM_IMM_LANE:
    bytes_put_u8(body, (unsigned)next_number(words, 1));
    return NULL;
  case WASM_IMM_V128:
  case WASM_IMM_LANES16:
    put_pattern(body, words);
    return NULL;
  case WASM_IMM_LOCAL:
  case WASM_IMM_LABEL:
  case WASM_IMM_FUNC:
  case WASM_IMM_MEMORY:
    bytes_put_leb(body, (uint64_t)next_number(words, 0));
    return NULL;
  case WASM_IMM_I32:
  case WASM_IMM_I64:
    put_signed(body, next_number(words, 0));
    return NULL;
  case WASM_IMM_F32:
  case WASM_IMM_F64:
    put_double(body, words, info->imm == WASM_IMM_F64);
    return NULL;
  case WASM_IMM_BLOCK:
    *words += strspn(*words, " ");
    if (type_code(**words)) {
      bytes_put_u8(body, type_code(*(*words)++));
    } else {
      bytes_put_u8(body, 0x40);
    }
    return NULL;
  default:
    return "an instruction whose immediates the tables do not know";
  }
}

/* One instruction: its name and its immediates. */
static const char *assemble_instruction(struct bytes *body, char *text,
                                        const struct wasm_opcode_info **found) {
  char *name = text + strspn(text, " "), *words = name + strcspn(name, " ");
  char end = *words;
  *words = '\0';
  *found = find_opcode(name);
  *words = end;
  if (!*found) {
    return "no such instruction";
  }
  if ((*found)->prefix) {
    bytes_put_u8(body, (*found)->prefix);
    bytes_put_leb(body, (*found)->code);
  } else {
    bytes_put_u8(body, (*found)->code);
  }
  const char *error = put_immediates(body, *found, &words);
  return error ? error : words[strspn(words, " ")] != '\0' ? "words after an instruction" : NULL;
}

/* A row that is only an instruction: its operands are the parameters. */
static const char *assemble_single(struct row *row, char *text) {
  struct bytes instruction = {0};
  const struct wasm_opcode_info *info;
  const char *error = assemble_instruction(&instruction, text, &info);
  if (!error && (strlen(info->signature) + 1 >= sizeof row->signature || info->signature[0] == '*')) {
    error = "an instruction that needs a signature";
  }
  if (!error) {
    snprintf(row->signature, sizeof row->signature, "%s:", info->signature);
    for (unsigned i = 0; row->signature[i] != ':'; i++) {
      row->signature[i] = row->signature[i] == 'a' ? 'i' : row->signature[i];
      bytes_put_u8(&row->body, 0x20); /* local.get */
      bytes_put_leb(&row->body, i);
    }
    bytes_put(&row->body, instruction.data, instruction.size);
  }
  bytes_free(&instruction);
  return error;
}

const char *assemble_row(struct row *row) {
  char *open = strchr(row->name, '('), *close = open ? strchr(open, ')') : NULL;
  const char *error = NULL;
  if (!open) {
    error = assemble_single(row, row->name);
  } else if (!close || (size_t)(close - open) > sizeof row->signature - 2) {
    error = "no signature in parentheses";
  } else {
    *close = '\0';
    snprintf(row->signature, sizeof row->signature, "%s:", open + 1);
    char *save = NULL;
    for (char *text = strtok_r(close + 1, ",", &save); text && !error; text = strtok_r(NULL, ",", &save)) {
      const struct wasm_opcode_info *info;
      error = assemble_instruction(&row->body, text, &info);
    }
  }
  bytes_put_u8(&row->body, 0x0b);
  return error;
}

static void put_section(struct bytes *module, unsigned id, struct bytes *contents) {
  bytes_put_u8(module, id);
  bytes_put_leb(module, contents->size);
  bytes_put(module, contents->data, contents->size);
  bytes_free(contents);
}

/* The letters up to the colon as a list of types; returns what follows. */
static const char *put_types(struct bytes *bytes, const char *letters) {
  size_t count = strcspn(letters, ":");
  bytes_put_leb(bytes, count);
  for (size_t i = 0; i < count; i++) {
    bytes_put_u8(bytes, type_code(letters[i]));
  }
  return letters + count + (letters[count] == ':');
}

static void put_body(struct bytes *code, const struct row *row) {
  const char *locals = strchr(strchr(row->signature, ':') + 1, ':') + 1;
  size_t count = strcspn(locals, ":");
  struct bytes body = {0};
  bytes_put_leb(&body, count);
  for (size_t i = 0; i < count; i++) {
    bytes_put_u8(&body, 1);
    bytes_put_u8(&body, type_code(locals[i]));
  }
  bytes_put(&body, row->body.data, row->body.size);
  bytes_put_leb(code, body.size);
  bytes_put(code, body.data, body.size);
  bytes_free(&body);
}

void assemble_module(const struct table *table, struct bytes *module) {
  struct bytes types = {0}, funcs = {0}, memory = {0}, exports = {0}, code = {0};
  struct bytes *const counted[] = {&types, &funcs, &exports, &code};
  for (unsigned i = 0; i < sizeof counted / sizeof counted[0]; i++) {
    bytes_put_leb(counted[i], table->row_count);
  }
  for (size_t i = 0; i < table->row_count; i++) {
    char name[24];
    int length = snprintf(name, sizeof name, "%zu", i);
    bytes_put_u8(&types, 0x60);
    put_types(&types, put_types(&types, table->rows[i].signature));
    bytes_put_leb(&funcs, i);
    bytes_put_leb(&exports, (uint64_t)length);
    bytes_put(&exports, name, (size_t)length);
    bytes_put_u8(&exports, 0);
    bytes_put_leb(&exports, i);
    put_body(&code, &table->rows[i]);
  }
  bytes_put_u8(&memory, 1);
  bytes_put_u8(&memory, (table->memory_is_64 ? 4 : 0) | (table->memory_has_small_pages ? 8 : 0));
  bytes_put_u8(&memory, 1);
  if (table->memory_has_small_pages) {
    bytes_put_u8(&memory, 0);
  }
  bytes_put(module, "\0asm\1\0\0\0", 8);
  put_section(module, 1, &types);
  put_section(module, 3, &funcs);
  put_section(module, 5, &memory);
  put_section(module, 7, &exports);
  put_section(module, 10, &code);
}
