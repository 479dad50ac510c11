/* Tables of machine code: functions in WebAssembly's text, and the instructions that each should become. */
#ifndef TEST_CODE_H
#define TEST_CODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The CPUs whose code the tables give, in the order of their columns. */
enum { CODE_CPUS = 4 };

/* Bytes that grow. */
struct bytes {
  uint8_t *data;
  size_t size, capacity;
};

void bytes_put(struct bytes *bytes, const void *data, size_t size);
void bytes_put_u8(struct bytes *bytes, unsigned byte);
void bytes_put_leb(struct bytes *bytes, uint64_t number);
void bytes_free(struct bytes *bytes);

/* A row of a table: a function, and for each CPU what is expected. */
struct row {
  unsigned line;
  char *text; /* as it stands, for messages and updates; the others point into a copy */
  char *copy;
  char *name;              /* of the row */
  char *cells[CODE_CPUS];  /* NULL where the line has none */
  char signature[64];      /* "parameters:results:locals" in i I f F v */
  struct bytes body;       /* the function's instructions */
  char *actual[CODE_CPUS]; /* the mnemonics that were found, separated by blanks */
};

/* A table: one module. */
struct table {
  const char *path;
  bool memory_is_64, memory_has_small_pages, is_deterministic, has_dot;
  struct row *rows;
  size_t row_count;
  char **lines; /* all lines of the file */
  size_t line_count;
};

/* Fills in the signature and body of a row from its text; the message of what is wrong with it, or NULL. */
const char *assemble_row(struct row *row);

/* The module whose functions are the rows, in order. */
void assemble_module(const struct table *table, struct bytes *module);

/* Fills in actual[cpu] of the rows from assembly text, in which function n is called func.n. */
void read_assembly(struct table *table, unsigned cpu, char *assembly);

#endif
