/*
 * The part of the specification's tests that happens at run time: a static executable for the target, linked
 * from this folder, the modules of one script, libwasmrt and musl. It reads the script's command file:
 *
 *   group                     what follows, to the next group, is one process
 *   instantiate LINE INSTANCE MODULE
 *   register LINE INSTANCE NAME
 *   import LINE function|global SLOT INSTANCE FIELD
 *   assert_return LINE INSTANCE invoke FIELD COUNT ARGUMENT... COUNT EXPECTED...
 *   assert_return LINE INSTANCE get FIELD 0 COUNT EXPECTED...
 *   action|assert_trap|assert_exhaustion|assert_exception LINE INSTANCE invoke FIELD COUNT ARGUMENT... TEXT
 *   assert_unlinkable|assert_uninstantiable LINE MODULE TEXT
 *   replay COMMAND            a command that another group counts
 *
 * with words as spec_write_word() and values as spec_write_value() write them. INSTANCE is a number that the
 * script's plan gave, MODULE that of the descriptor m<MODULE>_module.
 */
#ifndef SPEC_RUN_H
#define SPEC_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wasmrt.h"

/* The descriptor of a MODULE, or NULL if the executable has none. */
const struct wasmrt_module *spec_module(unsigned number);

/* Lets an import of the static module lead to an object of another instance. */
bool spec_bind_function(unsigned slot, const struct wasmrt_extern *object);
bool spec_bind_global(unsigned slot, const struct wasmrt_extern *object);
/* Brings bound globals and their cells to the same value, after a command may have changed one of them. */
void spec_globals_agree(void);

/* Defines what modules import from "spectest". Ends the process if that fails. */
void spectest_define(struct wasmrt_store *store);

/* From now on the reservations of memories are addresses that are left unmapped (see lazy.c). */
void spec_reserve_lazily(void);

enum { SPEC_CHOICES_MAX = 8, SPEC_VALUES_MAX = 1024 };

/* One alternative of an expected value, or an argument. */
struct spec_value {
  uint32_t type; /* a value type, the top of its hierarchy for references; 0 for any reference */
  enum { SPEC_BITS, SPEC_CANONICAL_NAN, SPEC_ARITHMETIC_NAN, SPEC_ANY_REFERENCE, SPEC_LANES } kind;
  uint64_t bits[2];  /* the second for v128 */
  uint8_t lane_bits; /* SPEC_LANES: the width of a lane, and of each lane how it is compared */
  uint8_t lane_kinds[16];
};

struct spec_expected {
  unsigned count;
  struct spec_value choices[SPEC_CHOICES_MAX];
};

/* Takes the next word of *line, decoded in place; false at the end. *size may be NULL. */
bool spec_next_word(char **line, char **word, size_t *size);
bool spec_next_number(char **line, unsigned *number);
bool spec_next_value(char **line, struct spec_value *value);
bool spec_next_expected(char **line, struct spec_expected *expected);

/* The slots that a value of this type takes. */
unsigned spec_slots(uint32_t type);

/* Whether values of `type` are of the type of a struct spec_value. */
bool spec_is_of_type(uint32_t type, uint32_t expected);

bool spec_matches(const struct spec_expected *expected, uint32_t type, const uint64_t *slots);

/* Appends " TYPE:VALUE" to a text of `size` bytes, as far as it fits. */
void spec_print_value(char *text, size_t size, uint32_t type, const uint64_t *slots);
void spec_print_expected(char *text, size_t size, const struct spec_expected *expected);

/* The outcome of the commands, shared by the processes that run them. */
struct spec_tally {
  unsigned passed, failed, skipped;
  int line; /* of the command that is running */
};

/* Runs the commands of a group, which begin at `text` and end at the next group. Prints failures. */
void spec_run_group(char *text, const char *title, struct spec_tally *tally);

/* Whether the command at `line` is an assertion or action. */
bool spec_is_counted(const char *line);

#endif
