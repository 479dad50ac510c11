/*
 * libFuzzer's entry for the options of a guest: any bytes become baked words and a value of WASMRT_OPTIONS,
 * made of options, their values, quotes and spaces. What the parser says must lie in the storage that it
 * asked for, no larger.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"

#define TEXT_LIMIT 2048

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

struct text {
  char bytes[TEXT_LIMIT + 64];
  size_t length;
};

static void append(struct text *text, const char *from, size_t length) {
  if (text->length + length < TEXT_LIMIT) {
    memcpy(text->bytes + text->length, from, length);
    text->length += length;
  }
}

/* Takes pieces until a byte ends the text, or all are used up. `separator` stands between words. */
static void compose(struct text *text, const uint8_t **at, const uint8_t *end, char separator) {
  static const char *const pieces[] = {
      "--dir",
      "--env",
      "--max-memory",
      "--stack-size",
      "--inherit-env",
      "--sealed",
      "--dir=",
      "--env=",
      "--listen",
      "--listen=",
      "--confine",
      "--no-confine",
      "--trace=",
      "--trace",
      "wasi:fs,clock",
      "a::b",
      "a:b::c",
      ":ro",
      "::",
      ":",
      "A=B",
      "=",
      "'",
      "\"",
      "\\",
      "1G",
      "18446744073709551616",
      "9223372036854775807",
      "8589934592G",
      "65536",
      "0x10",
      "-1",
      "localhost:80",
      "[::1]:0",
      "*:65536",
      "--",
      "-",
      "wasi",
      ",",
      "0",
  };
  text->length = 0;
  for (; *at < end && **at != 0xff; (*at)++) {
    const uint8_t byte = **at;
    if (byte < 160) {
      const char *piece = pieces[byte % (sizeof pieces / sizeof *pieces)];
      append(text, piece, strlen(piece));
    } else if (byte < 230) {
      append(text, &separator, 1);
    } else {
      append(text, (const char[]){(char)(byte == 0xfe ? '\t' : byte - 200)}, 1);
    }
  }
  *at += *at < end;
  memset(text->bytes + text->length, 0, 2);
}

/* A copy of just the size, so that a sanitizer sees what is read beyond it. */
static char *copy(const char *from, size_t size) {
  char *bytes = malloc(size);
  memcpy(bytes, from, size);
  return bytes;
}

static void check_string(const char *string, const char *storage, size_t size) {
  if (string < storage || string >= storage + size ||
      memchr(string, '\0', size - (size_t)(string - storage)) == NULL) {
    fprintf(stderr, "fuzz_options: a string outside of the storage\n");
    abort();
  }
}

static void check(const struct wasmrt_guest_options *options, const char *storage, size_t size) {
  for (size_t i = 0; i < options->mount_count; i++) {
    check_string(options->mounts[i].host, storage, size);
    check_string(options->mounts[i].guest, storage, size);
  }
  for (size_t i = 0; i < options->env_count; i++) {
    check_string(options->env[i], storage, size);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  static struct text baked, variable;
  const uint8_t *at = bytes, *end = bytes + size;
  compose(&baked, &at, end, '\0');
  compose(&variable, &at, end, ' ');
  /* Baked words are ended by an empty one, so there is none before the end. */
  char *words = copy(baked.bytes, baked.length + 2);
  char *value = size % 8 == 7 ? NULL : copy(variable.bytes, variable.length + 1);
  const size_t storage_size = wasmrt_options_storage(words, value);
  char *storage = malloc(storage_size);
  struct wasmrt_guest_options options;
  const char *culprit;
  const char *problem = wasmrt_options_parse(words, value, &options, storage, &culprit);
  if (problem == NULL) {
    check(&options, storage, storage_size);
  } else if (culprit != NULL) {
    check_string(culprit, storage, storage_size);
  }
  free(storage);
  free(value);
  free(words);
  return 0;
}
