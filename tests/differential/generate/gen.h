/*
 * The generator of modules for differential tests: what its files share. A
 * module follows from its seed alone, is valid, ends (loops and calls consume a
 * bounded fuel), and has one behaviour: the bits of NaNs, which the standard
 * leaves open (spec 4.3.3), are made canonical before anything but a NaN could
 * come of them.
 *
 * Types are letters as in opcodes.def: i I f F v, p for funcref and r for
 * externref, and R and N for references, that may and may not be null, to
 * functions of one type of the module; function types are strings
 * "PARAMETERS:RESULTS".
 */
#ifndef DIFFERENTIAL_GEN_H
#define DIFFERENTIAL_GEN_H

#include "bytes.h"
#include "opcode.h"

enum {
  TYPES_MAX = 1024,
  FUNCTIONS_MAX = 32,
  GLOBALS_MAX = 24,
  MEMORIES_MAX = 3,
  TABLES_MAX = 4,
  SEGMENTS_MAX = 6,
  LOCALS_MAX = 64,
  LABELS_MAX = 40,
  TABLE_SIZE = 12, /* entries that every table has at least */
  TEXT_MAX = 48,   /* a function type as text */
};

/* Which proposals beyond the standard's version 2 a module may use. */
struct profile {
  bool simd, relaxed, wide, memory64, multi_memory, page_sizes, tail_calls, references;
};

/*
 * What is known of the bits of a value that has just been computed: NAN32 and
 * NAN64 say that NaNs among its lanes of that width may have any payload.
 */
enum taint { CLEAN = 0, NAN32 = 1, NAN64 = 2 };

struct gen_function {
  const char *type;
  unsigned type_index;
  bool is_leaf; /* calls nothing, and its loops are counted: needs no fuel */
};

struct gen_global {
  char letter;
  bool is_mutable, is_exported;
};

struct gen_memory {
  bool is64;
  unsigned page_log; /* of the page size: 16 or 0 */
  uint32_t min, max; /* pages */
  uint32_t safe;     /* addresses up to this mask, and some more, are within */
};

struct gen_table {
  char letter;
  bool is64, is_written; /* by instructions; then it is exported, too */
};

struct gen_segment {
  char letter; /* of its references, or 0 for data */
  bool is_passive;
  unsigned table, size;
};

struct gen {
  struct profile profile;
  struct random random;
  struct bytes out; /* the body of the current function */

  char types[TYPES_MAX][TEXT_MAX];
  unsigned type_count;
  struct gen_function functions[FUNCTIONS_MAX];
  unsigned wrapper_types[FUNCTIONS_MAX];
  unsigned import_count, function_count; /* the latter with imports */
  unsigned referenced;                   /* the function whose type is that of R and N */
  struct gen_global globals[GLOBALS_MAX];
  unsigned global_count, fuel, depth; /* the last two: globals */
  struct gen_memory memories[MEMORIES_MAX];
  unsigned memory_count;
  struct gen_table tables[TABLES_MAX];
  unsigned table_count;
  unsigned slots[TABLE_SIZE]; /* what table 0 holds at first: functions */
  struct gen_segment elements[SEGMENTS_MAX], data[SEGMENTS_MAX];
  unsigned element_count, data_count;

  /* The current function. */
  const struct gen_function *function;
  char locals[LOCALS_MAX];
  unsigned local_count, general_count; /* all, and those that statements may set */
  unsigned scratch[3];                 /* locals for canonical NaNs: f, F, v */
  unsigned counters, loop_depth;       /* the first of the locals that count loops,
                                          how many are counting */
  const char *labels[LABELS_MAX];      /* the types that a branch carries, outermost first */
  unsigned label_count;
  int budget; /* instructions that it may still grow by, more or less */

  /* Every expression and statement has a number; those that are dropped are
   * generated and thrown away. */
  unsigned node_count;
  const unsigned *dropped;
  unsigned dropped_count;
  bool prints_nodes;
};

/* The part of a function type behind the colon. */
const char *results_of(const char *type);
/* The index of this type among the module's, added to them if need be. */
unsigned type_index(struct gen *g, const char *type);

/* op.c */
void gen_op(struct gen *g, enum wasm_opcode op);
void gen_i32(struct gen *g, int32_t value);
void gen_i64(struct gen *g, int64_t value);
/* An integer constant of an address type. */
void gen_index(struct gen *g, bool is64, uint64_t value);
void gen_constant(struct gen *g, char letter);
/* The constant to which dropped expressions shrink. */
void gen_zero(struct gen *g, char letter);
void gen_block_type(struct gen *g, const char *type);
/* A value type as the binary format has it. */
void put_type(const struct gen *g, struct bytes *out, char letter);
bool is_reference(char letter);
void gen_canonical(struct gen *g, char letter, enum taint taint);

/* expression.c */
/* A value of the type; its taint is one of those in `allowed`, a set of them.
 */
enum taint gen_expression(struct gen *g, char letter, unsigned depth, unsigned allowed);
/* Values of the types up to the string's end or colon. */
void gen_expressions(struct gen *g, const char *letters, unsigned depth);
/* An opcode of the table with exactly these results, and its operands; false if
 * there is none. */
bool gen_table_op(struct gen *g, const char *results, unsigned depth, enum taint *taint);
/* An address for an access of up to 16 bytes in this memory, and an offset for
 * its memarg. */
uint64_t gen_address(struct gen *g, unsigned memory, unsigned depth);
/* An index of a table, mostly within it. */
void gen_table_index(struct gen *g, unsigned table, unsigned depth);
/* A call whose results are these; false if no function has them. */
bool gen_call(struct gen *g, const char *results, unsigned depth);
/* The same as the function's last act. */
bool gen_tail_call(struct gen *g, const char *results, unsigned depth);
/* An index of a local that may be set, or LOCALS_MAX. */
unsigned pick_local(struct gen *g, char letter);
unsigned pick_global(struct gen *g, char letter, bool is_mutable);
unsigned pick_table(struct gen *g, char letter, bool is_written);

/* statement.c */
void gen_statement(struct gen *g, unsigned depth);
void gen_statements(struct gen *g, unsigned count, unsigned depth);
/* Takes the values of these types from the stack, the last one first, into
 * locals. */
void gen_take(struct gen *g, const char *letters);
/* A block, loop or if with parameters and results that leaves these results. */
void gen_construct(struct gen *g, const char *results, unsigned depth);
void gen_return(struct gen *g, unsigned depth);
/* The depth of calls goes down before the function is left, but for those that
 * do not count it. */
void gen_leave(struct gen *g);

/* node.c */
/* The number of the next expression or statement, which begins here. */
unsigned node_begin(struct gen *g);
/* Ends it; true if it is to be dropped: the caller then goes back to where it
 * began. */
bool node_end(struct gen *g, unsigned number);

/* module.c */
void gen_module(struct gen *g, struct bytes *module);

#endif
