/* What the files of lower/ share: the state of a module and of a function being lowered. */
#ifndef LOWER_INTERNAL_H
#define LOWER_INTERNAL_H

#include "abi.h"
#include "hint.h"
#include "insn.h"
#include "lower.h"

/* The records of layout.def as LLVM types. */
enum abi_struct {
#define STRUCT(name) ABI_##name,
#define FIELD(name, kind, type, field)
#define END(name)
#include "layout.def"
  ABI_STRUCT_COUNT
};

/* The functions of functions.def. */
enum abi_function {
#define FUNCTION(name, result, params) ABI_OP_##name,
#include "functions.def"
  ABI_FUNCTION_COUNT
};

/* What a load or store touches, for alias analysis: these never overlap each other. */
enum access {
  ACCESS_MEMORY,   /* linear memory */
  ACCESS_GLOBAL,   /* cells of globals */
  ACCESS_TABLE,    /* table entries */
  ACCESS_RECORD,   /* fields of runtime records that change: sizes, the place of table entries */
  ACCESS_CONSTANT, /* fields that never change after instantiation */
  ACCESS_COUNT
};

#define NO_SLOT WASMRT_NULL_SLOT

/* A function attribute that holds the index in the Wasm module; it survives cloning by the optimiser. */
#define LOWER_INDEX_ATTRIBUTE "wasm-index"

struct lower_func {
  LLVMValueRef value; /* what a direct call calls; NULL: an import in the instance model */
  LLVMTypeRef type;   /* NULL: not declared yet */
};

/*
 * A table whose contents are known at compile time (static model): `entries` holds function indices or
 * WASM_NO_INDEX. See table.c.
 */
struct lower_table {
  bool is_known;
  uint32_t size;
  uint32_t *entries;
  bool *is_called; /* divided modules: if not NULL, there are calls through the table. Where it has arrays for
                      types (has_code_arrays), per type class: of that class */
};

/* Where a type and its subtypes stand among all types (table.c). */
struct lower_rank {
  uint32_t first, last;
};

/* The code of a known table as constants. */
struct lower_table_code {
  LLVMValueRef records;  /* array of {code, rank of the type}, or NULL until needed */
  LLVMValueRef *by_type; /* per type class: array of code pointers, or NULL until needed */
};

/*
 * A part of a module: functions that become one LLVM module, and copies of small ones that they call in other
 * parts. The main part holds all that is no function of the module: data, tables, the descriptor. It is the
 * first and has no functions, unless it is the only one and has them all.
 */
struct lower_part {
  bool is_main;
  uint32_t begin, end; /* its functions */
  uint32_t *copies;
  uint32_t copy_count;
};

/* What is known of a module before any of it is lowered. Parts are lowered by several threads, which only
 * read it. */
struct lower_plan {
  const struct wasm_module *wasm;
  const struct lower_options *options;
  struct arena *arena;
  struct lower_part *parts;
  uint32_t part_count;
  bool is_divided; /* there are several parts: they name each other's functions and data by symbols */
  bool *is_shared; /* in a divided module, per function: another part names it */
  struct lower_table *tables;
  bool has_code_arrays;     /* known tables have an array for each type (table.c) */
  struct lower_rank *ranks; /* per type index, in the static model */
  uint32_t *slots;          /* per function: the place in the descriptor's references, or NO_SLOT */
  uint32_t *references;     /* slot to function index */
  uint32_t reference_count;
};

/* One part while it is lowered. */
struct lower_module {
  const struct lower_plan *plan;
  const struct lower_part *part;
  const struct wasm_module *wasm;
  const struct lower_options *options;
  struct arena *arena;
  LLVMContextRef context;
  LLVMModuleRef llvm;
  LLVMTargetDataRef layout;
  bool is_x86;         /* else arm64 */
  bool has_tail_calls; /* own functions have the convention that allows them (convention.c) */

  LLVMTypeRef void_, i1, i8, i16, i32, i64, f32, f64, ptr, v128;
  LLVMTypeRef abi[ABI_STRUCT_COUNT];
  LLVMTypeRef cell;          /* of a global in the instance */
  LLVMTypeRef instance_type; /* LOWER_INSTANCE_* */
  struct {
    LLVMValueRef value;
    LLVMTypeRef type;
  } ops[ABI_FUNCTION_COUNT];

  LLVMValueRef access_tags[ACCESS_COUNT]; /* metadata */
  unsigned tbaa_kind, invariant_load_kind;
  LLVMAttributeRef nounwind, cold, noreturn, noundef, no_inlining, optsize, minsize;
  LLVMValueRef sideeffect;
  LLVMTypeRef sideeffect_type;

  struct lower_func *funcs; /* for lower_func() */
  struct lower_table_code *tables;
  LLVMTypeRef *func_types;   /* per type index: own functions */
  LLVMTypeRef *import_types; /* per type index: C functions that take an instance first */
  LLVMValueRef *entries;     /* per type index: entry(code, instance, slots), or NULL until needed */
  LLVMValueRef *globals;     /* static model: the variables, for lower_global_variable() */
  LLVMValueRef instance;     /* static model: the one instance */
  LLVMValueRef memory_symbol;
};

/* The parts of an instance: its header, arguments that find no register, the cells of its globals. */
enum { LOWER_INSTANCE_HEADER, LOWER_INSTANCE_ARGUMENTS, LOWER_INSTANCE_CELLS };

/* What a call calls. */
struct lower_callee {
  uint32_t type; /* index */
  LLVMValueRef code;
  LLVMValueRef instance; /* its first argument, or NULL if it takes none */
  bool is_own;           /* has the convention of the module's own functions, else that of C */
};

enum frame_kind { FRAME_FUNCTION, FRAME_BLOCK, FRAME_LOOP, FRAME_IF, FRAME_ELSE };

/* An open block. Values that enter its label are phis: `phis` of `label`. */
struct frame {
  enum frame_kind kind;
  bool is_dead;    /* opened in unreachable code: nothing of it is emitted */
  uint32_t height; /* of the value stack below its parameters */
  uint32_t param_count, result_count, label_arity;
  const wasm_type *results; /* types */
  LLVMBasicBlockRef label;  /* where branches go: the end, or a loop's header */
  LLVMBasicBlockRef else_;
  LLVMValueRef *phis;
  LLVMValueRef *params; /* if: kept for the else branch */
  bool has_branch;      /* some branch goes to the end */
};

struct lower_function {
  struct lower_module *m;
  LLVMBuilderRef b;
  LLVMBuilderRef entry; /* inserts at the end of the entry block, before its branch */
  const struct wasm_func *wasm;
  const struct wasm_func_type *type;
  LLVMValueRef value;
  LLVMValueRef instance; /* the instance pointer */
  LLVMValueRef result_buffer;
  LLVMValueRef call_buffer; /* where callees write two and more results */
  uint32_t call_buffer_slots;
  struct wasm_hints hints;
  LLVMValueRef memory_base; /* of memory 0, or NULL until needed */
  LLVMValueRef *locals;     /* allocas, or NULL until needed: see lower_local() */
  wasm_type *local_types;   /* of those that are no parameters */
  LLVMBasicBlockRef traps[WASMRT_TRAP_COUNT];
  bool reachable;

  LLVMValueRef *stack;
  uint32_t depth, stack_capacity;
  struct frame *frames;
  uint32_t frame_count, frame_capacity;
  struct arena *arena; /* of the function */
};

/* One function per family of instructions; a family that is missing is a link error. */
typedef void lower_kind(struct lower_function *f, const struct wasm_insn *insn,
                        const struct wasm_opcode_info *info);
#define LOWERED_0(name)
#define LOWERED_1(name) lower_kind lower_##name;
#define KIND(name, live, lowered) LOWERED_##lowered(name)
#include "kinds.def"
#undef LOWERED_0
#undef LOWERED_1

/* ---- abi.c */
void lower_abi_init(struct lower_module *m);
LLVMValueRef lower_op(struct lower_module *m, enum abi_function function);
/* Calls a runtime function; `args` without the instance. */
LLVMValueRef lower_call_op(struct lower_function *f, enum abi_function function, const LLVMValueRef *args,
                           unsigned arg_count);
LLVMTypeRef lower_type(const struct lower_module *m, wasm_type type);
/* A field's address, and loads of fields. */
LLVMValueRef lower_field(struct lower_function *f, LLVMValueRef record, enum abi_struct type, unsigned field);
LLVMValueRef lower_load_field(struct lower_function *f, LLVMValueRef record, enum abi_struct type,
                              unsigned field, enum access access);

/* ---- stack.c: the value stack */
void lower_push(struct lower_function *f, LLVMValueRef value);
LLVMValueRef lower_pop(struct lower_function *f);
/* An index or count as an i64: the operand itself if it is one, else an i32 zero-extended. */
LLVMValueRef lower_pop_index(struct lower_function *f, bool is_wide);

/* ---- shape.c: what the shape columns of the opcode table mean */
bool lower_is_vector(unsigned shape);
bool lower_is_float(unsigned shape);
/* The LLVM type of a shape: a number, or a vector of lanes. */
LLVMTypeRef lower_lanes_type(const struct lower_module *m, unsigned shape);
/* Pops an operand as this shape: a v128 is on the stack as <2 x i64> and is seen as its lanes here. */
LLVMValueRef lower_pop_as(struct lower_function *f, unsigned shape);
LLVMValueRef lower_broadcast(struct lower_function *f, LLVMValueRef lane, LLVMTypeRef type);
/* Lanes of a (and, from their count on, b) in the order of `lanes`. */
LLVMValueRef lower_shuffled(struct lower_function *f, LLVMValueRef a, LLVMValueRef b, const uint8_t *lanes,
                            unsigned count);
/* Calls an intrinsic that is overloaded on the type of its first operand, with one to three operands. */
LLVMValueRef lower_intrinsic(struct lower_function *f, const char *name, LLVMValueRef a, LLVMValueRef b,
                             LLVMValueRef c);
/* Calls one of a target, overloaded on its result or not at all, with one or two operands. */
LLVMValueRef lower_target_intrinsic(struct lower_function *f, const char *name, LLVMTypeRef overload,
                                    LLVMValueRef a, LLVMValueRef b);
/* Calls any: overloaded on these types, with these operands. */
LLVMValueRef lower_call_intrinsic(struct lower_function *f, const char *name, LLVMTypeRef *overload,
                                  unsigned overload_count, LLVMValueRef *args, unsigned count);

/* ---- numeric.c */
LLVMValueRef lower_quiet(struct lower_function *f, LLVMValueRef value);
/* What arithmetic resulted in: the deterministic profile makes NaNs canonical. */
LLVMValueRef lower_canonical(struct lower_function *f, LLVMValueRef value);
LLVMValueRef lower_canonical_nan(struct lower_function *f, LLVMTypeRef type);
/* `value` without that, for arithmetic that results in a NaN itself where it is one. */
LLVMValueRef lower_raw(LLVMValueRef value);
LLVMValueRef lower_float_sum(struct lower_function *f, LLVMValueRef a, LLVMValueRef b);

/* ---- extreme.c: the least and greatest of floats, and the machine's own, on vectors */
LLVMValueRef lower_float_extreme(struct lower_function *f, bool is_min, LLVMValueRef a, LLVMValueRef b);
LLVMValueRef lower_x86_extreme(struct lower_function *f, bool is_min, LLVMValueRef a, LLVMValueRef b);
LLVMValueRef lower_neon_extreme(struct lower_function *f, bool is_min, LLVMValueRef a, LLVMValueRef b);

/* ---- memory.c: the address of an access of `size` bytes, and loads and stores there */
LLVMValueRef lower_address(struct lower_function *f, const struct wasm_insn *insn, unsigned size);
LLVMValueRef lower_load_at(struct lower_function *f, LLVMTypeRef type, LLVMValueRef address);
void lower_store_at(struct lower_function *f, LLVMValueRef value, LLVMValueRef address);
unsigned lower_shape_size(unsigned shape);

/* ---- plan.c */
/* Is an expression a single constant? Then that is *insn. */
bool lower_is_constant(const struct wasm_module *wasm, const struct wasm_expr *expr, struct wasm_insn *insn);

/* ---- module.c */
bool lower_is_x86(const char *triple);
/* A function of the module or import, declared where it is first asked for: a part names few of them all. */
const struct lower_func *lower_func(struct lower_module *m, uint32_t index);
/* Static model: the variable of a global. */
LLVMValueRef lower_global_variable(struct lower_module *m, uint32_t index);
/* Constant data of the main part that others name: its definition or, if `initializer` is NULL, its
 * declaration. `name` ends in a letter (see module.c). */
LLVMValueRef lower_shared_constant(struct lower_module *m, LLVMTypeRef type, const char *name,
                                   LLVMValueRef initializer);
/* The symbol of the function names of a part. */
const char *lower_symbols_name(const struct lower_plan *plan, uint32_t part, struct arena *arena);

/* ---- variable.c */
LLVMValueRef lower_global_address(struct lower_function *f, uint32_t index);

/* ---- function.c */
void lower_function_body(struct lower_module *m, uint32_t index);
void lower_function_begin(struct lower_function *f, struct lower_module *m, LLVMValueRef value,
                          LLVMValueRef instance);
void lower_function_end(struct lower_function *f, LLVMBasicBlockRef body);
/* The value of a constant expression, computed at the function's current place. */
LLVMValueRef lower_expression(struct lower_function *f, const struct wasm_expr *expr);
void lower_instruction(struct lower_function *f, const struct wasm_insn *insn);
void lower_set_attributes(struct lower_module *m, LLVMValueRef function);
/* The alloca of a local. */
LLVMValueRef lower_local(struct lower_function *f, uint32_t index);

/* ---- control.c */
void lower_return_values(struct lower_function *f);
LLVMBasicBlockRef lower_block_new(struct lower_function *f, const char *name);
void lower_frame_function(struct lower_function *f);

/* ---- convention.c */
/* The LLVM type of functions of the module itself, or of C functions. */
LLVMTypeRef lower_func_type(const struct lower_module *m, const struct wasm_func_type *type, bool is_own);
/* Adds an internal function of a type and convention. */
LLVMValueRef lower_add_function(struct lower_module *m, const char *name, LLVMTypeRef type, bool is_own);
/* The slots of the instance that own functions of a type take for parameters without registers. */
uint32_t lower_argument_slots(const struct lower_module *m, const struct wasm_func_type *type);
/* The parameters of f->value, which is of this convention. Before anything else is emitted. */
LLVMValueRef *lower_parameters(struct lower_function *f, const struct wasm_func_type *type, bool is_own);
/* Calls with these parameters. `results`: where two and more results go, else NULL. */
LLVMValueRef lower_build_call(struct lower_function *f, const struct lower_callee *callee,
                              const LLVMValueRef *values, LLVMValueRef results);
/* The slots that a value takes: one, or two for v128; and all results of a type. */
uint32_t lower_slot_width(unsigned type);
uint32_t lower_result_slots(const struct wasm_func_type *type);
LLVMValueRef lower_load_slot(struct lower_module *m, LLVMBuilderRef b, unsigned type, LLVMValueRef slots,
                             uint32_t slot);
/* Stores a value into its slot, whose upper half a narrow one leaves zero. */
void lower_store_slot(struct lower_module *m, LLVMBuilderRef b, LLVMValueRef value, LLVMValueRef slots,
                      uint32_t index);

/* ---- bridge.c */
LLVMValueRef lower_entry(struct lower_module *m, uint32_t type);
LLVMValueRef lower_import_wrapper(struct lower_module *m, uint32_t function);
LLVMValueRef lower_adaptor(struct lower_module *m, uint32_t function);

/* ---- reference.c */
LLVMValueRef lower_ref_func_value(struct lower_function *f, uint32_t function);
/* Whether a function reference that is not null is to a function of this type of the module, or a subtype. */
LLVMValueRef lower_has_type(struct lower_function *f, LLVMValueRef reference, uint32_t type);
/* Whether a reference is of this type, which is of the hierarchy of its static type. */
LLVMValueRef lower_is_of_type(struct lower_function *f, LLVMValueRef reference, wasm_type type);
/* Traps unless a value that comes from C code is of its type. */
void lower_check_foreign(struct lower_function *f, LLVMValueRef value, wasm_type type);

/* ---- table.c */
LLVMValueRef lower_known_table_code(struct lower_function *f, uint32_t table, uint32_t type,
                                    LLVMValueRef index);
bool lower_table_is_wide(const struct lower_function *f, uint32_t table);
LLVMValueRef lower_table_record(struct lower_function *f, uint32_t table);
void lower_find_known_tables(struct lower_plan *plan);
/* In the main part of a divided module: the arrays that calls in other parts use. */
void lower_define_known_tables(struct lower_module *m);

/* ---- trap.c */
void lower_trap(struct lower_function *f, enum wasmrt_trap_code code);
void lower_trap_if(struct lower_function *f, LLVMValueRef condition, enum wasmrt_trap_code code);
LLVMBasicBlockRef lower_trap_block(struct lower_function *f, enum wasmrt_trap_code code);

/* ---- marker.c */
void lower_keep_load(struct lower_function *f, LLVMValueRef load);
void lower_resolve_markers(LLVMModuleRef module, bool is_optimized, struct arena *arena);

/* demand.c */
/* Is the last byte of this load sure to be loaded, for the sake of what is made of it? */
bool lower_needs_last_byte(LLVMValueRef load);

/* ---- memory.c */
/* Gives the symbol of memory 0 its address, after optimisation. */
void lower_resolve_memory(struct lower_module *m);
void lower_set_access(struct lower_function *f, LLVMValueRef instruction, enum access access);

/* ---- peephole.c */
/* Gives the code generator forms that it has the machine's instructions for, after optimisation. */
void lower_peepholes(LLVMModuleRef module, const struct lower_options *options);

/* ---- descriptor.c */
void lower_references_collect(struct lower_plan *plan);
void lower_descriptor(struct lower_module *m);

/* ---- initialize.c */
LLVMValueRef lower_initialize(struct lower_module *m);

#endif
