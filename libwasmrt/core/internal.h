/*
 * What the files of core/ share: the runtime's own side of memories, tables and instances, the state of a
 * thread that runs compiled code, and the registry that the signal handler reads. wasi/ and compiled code see
 * none of this.
 *
 * A static executable links only what start.c reaches (instance, memory, table, bulk, type, range, trap,
 * signal, backtrace); nothing among that uses malloc, stdio or threads. The rest is for embedders.
 */
#ifndef WASMRT_INTERNAL_H
#define WASMRT_INTERNAL_H

#include "abi.h" /* before wasmrt.h, which leaves the enumerations to it then */

#include "wasmrt.h"

/* ---- Types (type.c) --------------------------------------------------------------------------------- */

/* Canonical types (struct wasmrt_type, layout.def) live as long as the process. */

/* wasmrt_type.flags of functions: values that the host passes as parameters or returns as results need a
 * look. */
#define WASMRT_TYPE_CHECKS_PARAMS 2u
#define WASMRT_TYPE_CHECKS_RESULTS 4u

enum { WASMRT_VALUES_MAX = 1000 }; /* parameters, and results, of a function */

/* Fills in the canonical types of a module. False if there is no memory, or a row that validation forbids.
 * Lock-free. */
bool wasmrt_types_intern(const struct wasmrt_deftype *rows, uint32_t count, const struct wasmrt_type **types);
/*
 * The canonical type of functions that is final and alone in its group; type numbers in `kinds` are
 * canonical. NULL if there is no memory, or more values than WASMRT_VALUES_MAX.
 */
const struct wasmrt_type *wasmrt_type_intern(uint32_t param_count, uint32_t result_count,
                                             const uint32_t *kinds);
/* The same from a signature "ii:i"; also NULL if that is malformed. */
const struct wasmrt_type *wasmrt_type_parse(const char *signature);
/* The type of a canonical number, or NULL. */
const struct wasmrt_type *wasmrt_type_numbered(uint32_t number);

/* subtype.c. Whether a value type is a reference type; whether it is one that exists in this process. */
bool wasmrt_is_reference(uint32_t kind);
bool wasmrt_is_known_reference(uint32_t kind);
/* A value type of a module with canonical type numbers. */
uint32_t wasmrt_kind_canonical(uint32_t kind, const struct wasmrt_type *const *types);
/*
 * An instance if it is one of the static model, else NULL; the same for that of a function. Functions of the
 * static model have a convention of their module's own and take no instance: nobody else's code may call
 * them, nor they others.
 */
const struct wasmrt_instance *wasmrt_alone(const struct wasmrt_instance *instance);
const struct wasmrt_instance *wasmrt_alone_of(const struct wasmrt_funcref *function);
/*
 * Whether a reference that comes from the host is of this type (canonical), so that compiled code may rely on
 * it. `alone` is the instance that gets it, if that is one of the static model, else NULL.
 */
bool wasmrt_reference_fits(uint32_t kind, const void *reference, const struct wasmrt_instance *alone);
/* The same for all references among the values in `slots`. */
bool wasmrt_values_fit(const uint32_t *kinds, uint32_t count, const uint64_t *slots,
                       const struct wasmrt_instance *alone);

/* ---- Ranges of addresses (range.c) ------------------------------------------------------------------ */

/*
 * Ranges of addresses that the signal handler asks for: code of modules, and reservations of memories. Adding
 * and removing is lock-free, finding is async-signal-safe as well.
 */
struct wasmrt_ranges;
extern struct wasmrt_ranges wasmrt_text_ranges;
extern struct wasmrt_ranges wasmrt_memory_ranges;

/* Adds [begin, end) for `owner`, or counts one user more if the owner's range is there. False: no memory. */
bool wasmrt_range_add(struct wasmrt_ranges *ranges, const void *begin, const void *end, const void *owner);
/* Takes away one user of the owner's range, and with the last one the range. */
void wasmrt_range_remove(struct wasmrt_ranges *ranges, const void *owner);
/* The owner of a range that holds `address`, or NULL. */
const void *wasmrt_range_find(struct wasmrt_ranges *ranges, uintptr_t address);
/* Calls the visitor for every such owner: modules that were linked together have one range. */
typedef void wasmrt_range_visitor(void *context, const void *owner);
void wasmrt_range_visit(struct wasmrt_ranges *ranges, uintptr_t address, wasmrt_range_visitor *visitor,
                        void *context);

/* ---- Memories (memory.c) ---------------------------------------------------------------------------- */

#define WASMRT_MEMORY_GUARDED 1u /* surrounded by what guard mode needs */
#define WASMRT_MEMORY_MOVABLE 2u /* explicit checks: may move when it grows */

struct wasmrt_runtime;

/* A memory, as it is created. struct wasmrt_memory is its first member, and all memories are made by
 * memory.c. */
struct wasmrt_memory_record {
  struct wasmrt_memory memory;
  uint8_t *mapping;
  uint64_t mapping_size;
  uint64_t committed;           /* bytes from the base that are readable and writable */
  uint64_t declared_max;        /* pages, UINT64_MAX: none; imports are matched with this */
  bool is_64;                   /* its address type is i64 */
  struct wasmrt_runtime *users; /* instances whose memory 0 this is */
};

enum wasmrt_memory_mode {
  WASMRT_MEMORY_GUARD,        /* reservation and guard pages */
  WASMRT_MEMORY_CHECK,        /* explicit checks, moves when it grows */
  WASMRT_MEMORY_STATIC_GUARD, /* at WASMRT_STATIC_MEMORY_BASE */
  WASMRT_MEMORY_STATIC_CHECK,
};

/* Makes a memory of the smallest size. `max_bytes` limits its growth, 0 does not. */
enum wasmrt_status wasmrt_memory_create(struct wasmrt_memory_record *record,
                                        const struct wasmrt_limits *limits, enum wasmrt_memory_mode mode,
                                        uint64_t max_bytes, struct wasmrt_error *error);
/* Undoes wasmrt_memory_create; does nothing to a record of zeros. */
void wasmrt_memory_destroy(struct wasmrt_memory_record *record);

/* ---- Tables (table.c) ------------------------------------------------------------------------------- */

struct wasmrt_table_record {
  struct wasmrt_table table;
  void **mapping; /* of `capacity` entries, once the table has outgrown what it was given */
  uint64_t capacity;
  uint64_t declared_max;
  bool is_64;
  const struct wasmrt_instance *alone; /* whose it is in the static model, else NULL */
};

enum { WASMRT_TABLE_MAX = 10000000 };

/* Checks limits and fills in the record. `storage` holds limits->min entries of NULL and outlives the table.
 */
enum wasmrt_status wasmrt_table_create(struct wasmrt_table_record *record, const struct wasmrt_limits *limits,
                                       void **storage, uint64_t max_entries, struct wasmrt_error *error);
void wasmrt_table_destroy(struct wasmrt_table_record *record);
/* Whether the host may put this reference into the table. */
bool wasmrt_table_takes(const struct wasmrt_table *table, const void *reference);

/* ---- Instances (instance.c) ------------------------------------------------------------------------- */

/* What funcref.instance points to for functions of the host. The assembly knows the first two members. */
struct wasmrt_binding {
  struct wasmrt_instance *caller;
  void (*native)(void);
  const struct wasmrt_type *type;
  wasmrt_callback *callback;
  void *user;
};

/* The runtime's own side of an instance (instance.runtime). All its parts lie in one block. */
struct wasmrt_runtime {
  struct wasmrt_instance *instance;
  struct wasmrt_store *store;
  struct wasmrt_runtime *next;      /* in the store */
  struct wasmrt_runtime *next_user; /* of the same memory 0 */
  struct wasmrt_memory_record *memories;
  struct wasmrt_table_record *tables;
  struct wasmrt_binding *bindings;
  const struct wasmrt_wasi *wasi; /* what gave the instance its state of WASI, or NULL */
  size_t block_size;
  bool is_registered; /* its code among wasmrt_text_ranges */
};

/* Finds what an import of an instance, whose types are known, is bound to; false if there is nothing of that
 * name. */
typedef bool wasmrt_resolve(void *context, const struct wasmrt_instance *instance,
                            const struct wasmrt_import *import, struct wasmrt_extern *object);

/*
 * bind.c: binds the imports of an instance in the instance model. An executable of the static model does not
 * link it: instance.c names it weakly there, and program.c, which an executable's compiler names, brings it.
 */
enum wasmrt_status wasmrt_bind_imports(struct wasmrt_instance *instance, wasmrt_resolve *resolve,
                                       void *context, struct wasmrt_error *error);

/* Makes an instance and binds its imports, but runs none of its code. */
enum wasmrt_status wasmrt_instance_create(const struct wasmrt_module *module,
                                          const struct wasmrt_instance_options *options,
                                          wasmrt_resolve *resolve, void *context,
                                          struct wasmrt_instance **instance, struct wasmrt_error *error);
/* Runs its initialisation and start function, on a thread that is prepared. */
enum wasmrt_status wasmrt_instance_start(struct wasmrt_instance *instance, struct wasmrt_error *error);
void wasmrt_instance_destroy(struct wasmrt_instance *instance);
/* The same for an instance none of whose code has run: one of the static model may be made again. */
void wasmrt_instance_discard(struct wasmrt_instance *instance);

/* Finds an export by a name that may contain NULs. */
bool wasmrt_export_named(const struct wasmrt_instance *instance, const char *name, size_t length,
                         struct wasmrt_extern *object);

/* The type of an import as the module declares it. */
struct wasmrt_extern_type wasmrt_import_type(const struct wasmrt_module *module,
                                             const struct wasmrt_import *import);
/*
 * Whether `object` can stand for what the import declares (spec 4.5.4); if not, `why` says it in a few words.
 * `types` are the canonical types of the module.
 */
bool wasmrt_import_matches(const struct wasmrt_module *module, const struct wasmrt_import *import,
                           const struct wasmrt_type *const *types, const struct wasmrt_extern *object,
                           const char **why);

/* A type in the text format, cut to `size`: "(func (param i32) (result i64))". */
void wasmrt_type_describe(const struct wasmrt_extern_type *type, char *text, size_t size);

/* NULL if the module is for this runtime, else why it is not. */
const char *wasmrt_module_unfit(const struct wasmrt_module *module);
/*
 * cpu.c: fails unless the module is for this runtime and this CPU has all features that it was compiled for.
 * To be called before it is instantiated; an executable that needs the baseline only does not link it.
 */
wasmrt_check wasmrt_check_cpu;

/* ---- Errors (error.c) ------------------------------------------------------------------------------- */

/* Fills in an error (NULL is allowed) with the concatenation of the texts up to a NULL, and returns the
 * status. */
enum wasmrt_status wasmrt_fail(struct wasmrt_error *error, enum wasmrt_status status, ...)
    __attribute__((sentinel));
/* Writes a number in decimal and returns `text`, which has room for 21 characters. */
char *wasmrt_decimal(uint64_t number, char text[21]);

/* ---- Entering and leaving compiled code: trap.c, stack.c, signal_posix.c, thread.c, transition_*.S ----- */

/* A call into compiled code that is going on, on the stack of wasmrt_protect. */
struct wasmrt_activation {
  void *sp; /* where wasmrt_unwind goes back to */
  struct wasmrt_activation *previous;
  struct wasmrt_error *error;
  unsigned host_depth; /* of the thread, when this began */
};

/*
 * A thread that runs compiled code. Its stack, from the low end:
 *
 *   stack_low           what host functions still have when the zone has been opened
 *   zone_low, zone_end  the zone: inaccessible; compiled code that touches it traps
 *   stack_limit         host functions are not begun below this: the call traps instead
 *
 * When a host function reaches the zone, it is opened, and closed again when the stack has unwound. The
 * compiled code that may reach below the open zone then cannot call host functions, so these always have what
 * is below.
 */
struct wasmrt_thread {
  uintptr_t stack_low;     /* 0, like all the others: not known */
  uintptr_t stack_reserve; /* stack_limit - stack_low. The assembly knows these two members */
  uintptr_t zone_low, zone_end;
  struct wasmrt_activation *top;
  unsigned host_depth; /* host callbacks in the innermost activation */
  bool zone_is_open;
  bool is_prepared;
  bool owns_stack; /* an executable's stack: nothing of a host's lies on it */
};

extern _Thread_local struct wasmrt_thread wasmrt_thread __attribute__((tls_model("initial-exec")));

/* Signals may come on a stack as small as this. */
enum { WASMRT_SIGNAL_STACK = 65536 };

/* stack.c: lays out the zone within [low, high), the stack of this thread, and closes it. */
void wasmrt_stack_protect(struct wasmrt_thread *thread, uintptr_t low, uintptr_t high);
/* Opens the zone for good, before the stack is given to somebody else. */
void wasmrt_stack_unprotect(struct wasmrt_thread *thread);
/* For a host function that needs more stack; async-signal-safe. */
bool wasmrt_stack_open_zone(struct wasmrt_thread *thread);
/* Closes the zone again if the stack has unwound above it. */
void wasmrt_stack_close_zone(struct wasmrt_thread *thread);
/* Installs the handlers of the process; may be called again. */
void wasmrt_signals_install(void);
/* Gives this thread what it needs to run compiled code. False if there is no memory. Not for executables. */
bool wasmrt_thread_prepare(void);

/* Calls entry(code, instance, slots) such that traps come back here. */
enum wasmrt_status wasmrt_protect(wasmrt_entry *entry, void *code, void *instance, uint64_t *slots,
                                  struct wasmrt_error *error);
/* Whether so little stack is left that no host function may be begun. */
static inline bool wasmrt_stack_is_low(void) {
  const struct wasmrt_thread *thread = &wasmrt_thread;
  /* A stack that is not the thread's own (a coroutine's) lies outside of [low, limit), whichever side. */
  return (uintptr_t)__builtin_frame_address(0) - thread->stack_low < thread->stack_reserve;
}
/* What every operation begins with: traps if the stack is low. */
static inline void wasmrt_check_stack(void);

/* Ends the innermost activation by a trap with its standard message, and with a backtrace from here. */
_Noreturn void wasmrt_raise(uint32_t trap);
/* The same where the error is filled in already; without a backtrace. */
_Noreturn void wasmrt_raise_host(enum wasmrt_status status);
_Noreturn void wasmrt_leave(enum wasmrt_status status);

static inline void wasmrt_check_stack(void) {
  if (__builtin_expect(wasmrt_stack_is_low(), 0)) {
    wasmrt_raise(WASMRT_TRAP_STACK_EXHAUSTED);
  }
}

/* Fills in status, trap and message only; no backtrace. */
void wasmrt_trap_describe(struct wasmrt_error *error, uint32_t trap);
/* Appends the frames of compiled code from `pc` (0: none) and the frame record `fp` on. All records lie
 * between the stack addresses `begin` and `end`. */
void wasmrt_backtrace(struct wasmrt_error *error, uintptr_t pc, uintptr_t fp, uintptr_t begin, uintptr_t end);

/*
 * In assembly. wasmrt_enter calls entry(code, instance, slots), on `stack` unless that is NULL, stores where
 * to unwind to in *sp, and returns 0; or, when wasmrt_unwind was called with that sp, its status.
 */
uint32_t wasmrt_enter(void *code, void *instance, uint64_t *slots, wasmrt_entry *entry, void **sp,
                      void *stack);
_Noreturn void wasmrt_unwind(void *sp, uint32_t status);
/* funcref.code of host functions: callbacks of any type, and C functions of their own type. */
void wasmrt_callback_trampoline(void);
void wasmrt_native_trampoline(void);
/*
 * Calls a C function: `registers` are the integer and then the floating point argument registers, `count`
 * words of stack arguments follow. Returns the integer result, and the floating point result in *real.
 */
uint64_t wasmrt_invoke(void (*code)(void), const uint64_t *registers, const uint64_t *stack, size_t count,
                       uint64_t *real);

/* ---- Host functions (host.c) ------------------------------------------------------------------------ */

/* Called by wasmrt_callback_trampoline with the argument registers (layout as above) and stack arguments. */
uint64_t wasmrt_callback_call(struct wasmrt_binding *binding, const uint64_t *registers,
                              const uint64_t *stack);
/* Called by wasmrt_native_trampoline when the stack is low. */
_Noreturn void wasmrt_native_exhausted(void);
/* Whether a function is the host's, so that its funcref.instance is a struct wasmrt_binding. */
bool wasmrt_is_host_function(const struct wasmrt_funcref *function);
/* Makes a funcref for a binding whose members but `caller` are set. */
struct wasmrt_funcref wasmrt_host_funcref(struct wasmrt_binding *binding);

#endif
