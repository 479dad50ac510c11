/*
 * What a function is made of: the mnemonics of assembly text, without what every function has (the frame
 * record and the return) and without copies between registers of one kind, which depend on where operands
 * happen to lie.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define _GNU_SOURCE
#include "code.h"

static bool begins_with(const char *text, const char *prefix) {
  return strncmp(text, prefix, strlen(prefix)) == 0;
}

static bool is_one_of(const char *word, const char *const *words) {
  for (; *words && strcmp(word, *words) != 0; words++) {
  }
  return *words != NULL;
}

/* Saving and restoring of the frame pointer, and the return. */
static bool is_frame(const char *mnemonic, const char *operands) {
  static const char *const returns[] = {"ret", "retq", NULL};
  static const char *const pairs[] = {"stp", "ldp", NULL};
  static const char *const stack[] = {"pushq", "popq", NULL};
  static const char *const copies[] = {"movq", "mov", NULL};
  return is_one_of(mnemonic, returns) || (is_one_of(mnemonic, stack) && strcmp(operands, "%rbp") == 0) ||
         (is_one_of(mnemonic, pairs) && begins_with(operands, "x29, x30")) ||
         (is_one_of(mnemonic, copies) &&
          (strcmp(operands, "%rsp, %rbp") == 0 || strcmp(operands, "x29, sp") == 0));
}

/* A copy of a whole register to another of the same kind; constants and memory are none. */
static bool is_copy(const char *mnemonic, const char *operands) {
  static const char *const always[] = {"movaps",  "movapd",  "movdqa",  "movups",    "movdqu",
                                       "vmovaps", "vmovapd", "vmovdqa", "vmovdqa64", NULL};
  static const char *const general[] = {"movl", "movq", "mov", NULL};
  if (strchr(operands, '(') || strchr(operands, '[') || strchr(operands, '$') || strchr(operands, '#')) {
    return false;
  }
  if (is_one_of(mnemonic, always)) {
    return true;
  }
  const char *second = strstr(operands, ", ");
  if (!is_one_of(mnemonic, general) || !second) {
    return false;
  }
  bool is_vector = strstr(operands, "%xmm") || operands[0] == 'v', is_lane = strchr(operands, '[') != NULL;
  bool both = operands[0] == 'v' && second[2] == 'v';
  return is_vector ? both && !is_lane : true;
}

static void append(char **list, const char *word) {
  size_t length = *list ? strlen(*list) : 0;
  *list = realloc(*list, length + strlen(word) + 2);
  if (!*list) {
    abort();
  }
  sprintf(*list + length, "%s%s", length ? " " : "", word);
}

/* An instruction: a tab, its mnemonic, and its operands after another. */
static void read_instruction(char **list, char *line) {
  char *mnemonic = line + 1;
  if (*mnemonic == '{') { /* the encoding */
    mnemonic += strcspn(mnemonic, "}") + 1;
    mnemonic += strspn(mnemonic, " \t");
  }
  char *operands = mnemonic + strcspn(mnemonic, " \t");
  if (*operands) {
    *operands++ = '\0';
    operands += strspn(operands, " \t");
  }
  char *comment = strstr(operands, " #");
  if (comment) {
    comment[strcspn(comment, "\t")] = '\0';
  }
  size_t length = strcspn(operands, "\t");
  operands[length] = '\0';
  while (length > 0 && operands[length - 1] == ' ') {
    operands[--length] = '\0';
  }
  if (!is_frame(mnemonic, operands) && !is_copy(mnemonic, operands)) {
    append(list, mnemonic);
  }
}

void read_assembly(struct table *table, unsigned cpu, char *assembly) {
  struct row *row = NULL;
  char *save = NULL;
  for (char *line = strtok_r(assembly, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
    if (begins_with(line, "func.")) {
      size_t index = strtoul(line + strlen("func."), NULL, 10);
      row = index < table->row_count ? &table->rows[index] : NULL;
      if (row && !row->actual[cpu]) {
        append(&row->actual[cpu], "");
      }
    } else if (begins_with(line, ".Lfunc_end") || begins_with(line, "entry")) {
      row = NULL;
    } else if (row && line[0] == '\t' && line[1] != '.' && line[1] != '#' && line[1] != '/') {
      read_instruction(&row->actual[cpu], line);
    }
  }
}
