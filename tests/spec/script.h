/*
 * The scripts of the specification's test suite, as `wasm-tools json-from-wast` writes them: a JSON list of
 * commands and the binary modules that it names.
 */
#ifndef SPEC_SCRIPT_H
#define SPEC_SCRIPT_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Reads a whole file; NULL, with a message on stderr, where that fails. The caller frees it. */
uint8_t *spec_read_file(const char *path, size_t *size);

/* Parses a script; NULL, with a message on stderr, where that fails. Released by cJSON_Delete(). */
cJSON *spec_script_read(const char *path);

/* The string at `key`, or NULL. A NUL character in it reads as SPEC_NUL. */
const char *spec_string(const cJSON *object, const char *key);
int spec_line(const cJSON *command);

/* cJSON ends strings at NUL, which names may hold: U+0000 is read as this character of a private plane
 * instead. */
#define SPEC_NUL "\xf4\x8f\xbf\xbd"

/* Writes " " and `text` as one word: bytes other than letters, digits and a few signs as %XX, and no bytes as
 * "%". */
void spec_write_word(FILE *out, const char *text);

/*
 * Writes " TYPE:VALUE": numbers in hexadecimal, references as "null", a number, or (expected only) "any".
 * Expected values may also be "f32:canonical", "f32:arithmetic", and "either:COUNT" followed by the
 * alternatives. Returns false for a value of a type that the runner does not know.
 */
bool spec_write_value(FILE *out, const cJSON *value, bool is_expected);

#endif
