/*
 * wasmrt.h - run WebAssembly modules that wasm2native compiled ahead of time, from C or C++.
 *
 * SYNOPSIS
 *   extern const struct wasmrt_module plugin_module;           // from plugin.o
 *
 *   struct wasmrt_error error;
 *   struct wasmrt_instance *instance;
 *   struct wasmrt_store *store = wasmrt_store_create();
 *   if (wasmrt_instantiate(store, &plugin_module, NULL, &instance, &error) != WASMRT_OK)
 *     fprintf(stderr, "%s\n", error.message);
 *   struct wasmrt_funcref *add = wasmrt_find_function(instance, "add");
 *   uint64_t slots[2] = {1, 2};
 *   if (wasmrt_call(add, slots, &error) == WASMRT_OK)
 *     printf("%d\n", (int)slots[0]);
 *   wasmrt_store_destroy(store);
 *
 * VALUES
 *   Parameters, results and globals travel in slots of 8 bytes. An i32 or f32 lies in the low half (its
 *   bit pattern; the high half is ignored on input and zero on output), a v128 takes
 *   two slots, a reference is a pointer, NULL is the null reference. A funcref is a struct wasmrt_funcref *,
 *   an externref any pointer of the host's. Of other hierarchies of types (anyref, exnref) the host has only
 * null.
 *
 * SIGNATURES
 *   Function types are written "PARAMETERS:RESULTS" with a letter for each value: i (i32), I (i64), f
 *   (f32), F (f64), r (externref), p (funcref). "iI:f" takes an i32 and an i64 and returns an f32; ":"
 *   takes and returns nothing.
 *
 * ERRORS
 *   are values: functions that can fail return a status and describe what happened in a struct
 *   wasmrt_error of the caller's, which may be NULL. The library prints nothing and never ends the
 *   process.
 *
 * LIFETIMES
 *   A store owns its instances, their memories and tables, and what was defined in it; everything lives
 *   until wasmrt_store_destroy. Modules are immutable data and outlive the stores that use them.
 *
 * STATIC MODULES
 *   A module that was compiled with --single-instance can be instantiated once in a process. The linker
 *   binds its imports, and its functions can be called by the host only, not imported by other modules.
 *
 * THREADS
 *   A store and all that belongs to it are used by one thread at a time. Different stores can be used
 *   by different threads at once, also with the same modules. Threads need no preparation.
 *
 * SIGNALS
 *   The first instantiation installs handlers for SIGSEGV and SIGBUS. They act only on faults of
 *   compiled code in its own memories or at the end of its stack; every other signal goes to the
 *   handler that was installed before. A host that installs handlers later should call the previous one
 *   for faults that are not its own. Each thread that runs compiled code gets an alternate signal
 *   stack, unless it already has one.
 *
 * STACK
 *   Compiled code runs on its caller's stack. Some 192 KiB at the low end of every thread's stack,
 *   of stacks below 1 MiB three sixteenths but at least 48 KiB, are kept for host functions: compiled code
 * that reaches that zone traps, host code that it calls may use it. On a stack below 64 KiB every call traps.
 *   Neither longjmp nor a C++ exception may leave a host function: the compiled code between
 *   cannot be unwound so.
 */
#ifndef WASMRT_H
#define WASMRT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct wasmrt_module;   /* a compiled module: the symbol NAME_module of its object */
struct wasmrt_store;    /* instances that can see each other */
struct wasmrt_instance; /* an instantiated module */
struct wasmrt_funcref;  /* a function */
struct wasmrt_memory;   /* a linear memory */
struct wasmrt_table;    /* a table of references */
struct wasmrt_library;  /* a shared object with compiled modules */
struct wasmrt_type;     /* a type of functions, of WebAssembly as a whole: equal types are one */
struct wasmrt_wasi;     /* what guests are granted of WASI: wasmrt_wasi.h */

/* ---- Constants -------------------------------------------------------------------------------------- */

#ifndef WASMRT_ABI_H /* the runtime itself has these from the contract with the compiler; a test compares    \
                        them */
/*
 * Value types. Numbers and vectors have their codes of the binary format. References have theirs in the low
 * byte, and the heap type above: the number of a type, or WASMRT_HEAP_ABSTRACT and its code of the binary
 * format.
 */
enum wasmrt_value_type {
  WASMRT_I32 = 0x7f,
  WASMRT_I64 = 0x7e,
  WASMRT_F32 = 0x7d,
  WASMRT_F64 = 0x7c,
  WASMRT_V128 = 0x7b,
  WASMRT_REF_NULL = 0x63,
  WASMRT_REF = 0x64,
};

#define WASMRT_HEAP_ABSTRACT 0x800000u
enum wasmrt_heap_type {
  WASMRT_HEAP_NOEXN = 0x74,
  WASMRT_HEAP_NOFUNC = 0x73,
  WASMRT_HEAP_NOEXTERN = 0x72,
  WASMRT_HEAP_NONE = 0x71,
  WASMRT_HEAP_FUNC = 0x70,
  WASMRT_HEAP_EXTERN = 0x6f,
  WASMRT_HEAP_ANY = 0x6e,
  WASMRT_HEAP_EQ = 0x6d,
  WASMRT_HEAP_I31 = 0x6c,
  WASMRT_HEAP_STRUCT = 0x6b,
  WASMRT_HEAP_ARRAY = 0x6a,
  WASMRT_HEAP_EXN = 0x69,
};
#define WASMRT_FUNCREF 0x80007063u
#define WASMRT_EXTERNREF 0x80006f63u

enum wasmrt_extern_kind {
  WASMRT_FUNC = 0,
  WASMRT_TABLE = 1,
  WASMRT_MEMORY = 2,
  WASMRT_GLOBAL = 3,
  WASMRT_TAG = 4
};

/* Why execution trapped; wasmrt_trap_message() gives the specification's words. */
enum wasmrt_trap_code {
  WASMRT_TRAP_NONE,
  WASMRT_TRAP_UNREACHABLE,
  WASMRT_TRAP_MEMORY_OUT_OF_BOUNDS,
  WASMRT_TRAP_TABLE_OUT_OF_BOUNDS,
  WASMRT_TRAP_UNDEFINED_ELEMENT,
  WASMRT_TRAP_UNINITIALIZED_ELEMENT,
  WASMRT_TRAP_INDIRECT_CALL_TYPE_MISMATCH,
  WASMRT_TRAP_INTEGER_DIVIDE_BY_ZERO,
  WASMRT_TRAP_INTEGER_OVERFLOW,
  WASMRT_TRAP_INVALID_CONVERSION_TO_INTEGER,
  WASMRT_TRAP_STACK_EXHAUSTED,
  WASMRT_TRAP_MISSING_IMPORT,
  WASMRT_TRAP_HOST,
  WASMRT_TRAP_NULL_REFERENCE,
  WASMRT_TRAP_CAST_FAILURE,
  WASMRT_TRAP_ARRAY_OUT_OF_BOUNDS,
  WASMRT_TRAP_UNCAUGHT_EXCEPTION,
  WASMRT_TRAP_UNALIGNED_ATOMIC,
  WASMRT_TRAP_EXPECTED_SHARED_MEMORY,
  WASMRT_TRAP_OUT_OF_MEMORY,
  WASMRT_TRAP_INTERRUPTED,
  WASMRT_TRAP_OUT_OF_FUEL,
  WASMRT_TRAP_NULL_FUNCTION_REFERENCE,
};
#endif

const char *wasmrt_trap_message(uint32_t trap);

/* ---- Errors ----------------------------------------------------------------------------------------- */

enum wasmrt_status {
  WASMRT_OK,
  WASMRT_ERROR_TRAP,   /* execution trapped: see wasmrt_error.trap */
  WASMRT_ERROR_EXIT,   /* the guest ended itself (proc_exit): see wasmrt_error.exit_status */
  WASMRT_ERROR_LINK,   /* an import is unknown or has an incompatible type */
  WASMRT_ERROR_MODULE, /* not for this runtime or CPU, or a static module that has its one instance already */
  WASMRT_ERROR_MEMORY, /* no memory or address space left, or a limit of the options is in the way */
  WASMRT_ERROR_ARGUMENT, /* misuse: a bad signature, a name that is taken, ... */
  WASMRT_ERROR_HOST,     /* for host functions: whatever went wrong there */
};

/* A frame of a Wasm backtrace. Names live as long as the module. */
struct wasmrt_frame {
  const struct wasmrt_module *module;
  const char *name;  /* from the module's name section or exports; NULL if it has none */
  uint32_t function; /* index in the module */
};

enum { WASMRT_BACKTRACE_MAX = 32, WASMRT_MESSAGE_MAX = 256 };

/* What happened. Meaningful only after a function returned something other than WASMRT_OK. */
struct wasmrt_error {
  enum wasmrt_status status;
  uint32_t trap;        /* WASMRT_ERROR_TRAP: a WASMRT_TRAP_* code */
  uint32_t exit_status; /* WASMRT_ERROR_EXIT */
  uint32_t frame_count; /* innermost first; at most WASMRT_BACKTRACE_MAX */
  struct wasmrt_frame frames[WASMRT_BACKTRACE_MAX];
  char message[WASMRT_MESSAGE_MAX]; /* for traps begins with the specification's words; cut if too long */
};

/* Fills in `error` (which may be NULL) and returns `status`: how host functions fail with a message of their
 * own. */
enum wasmrt_status wasmrt_error_set(struct wasmrt_error *error, enum wasmrt_status status,
                                    const char *message);
/* As if compiled code had trapped with that code, or ended itself: to be returned by a host function. */
enum wasmrt_status wasmrt_error_trap(struct wasmrt_error *error, uint32_t trap);
enum wasmrt_status wasmrt_error_exit(struct wasmrt_error *error, uint32_t exit_status);

/* ---- Types ------------------------------------------------------------------------------------------ */

/* The type of a function: `kinds` holds the value types of the parameters and then those of the results. */
struct wasmrt_signature {
  uint32_t param_count;
  uint32_t result_count;
  const uint32_t *kinds;
};

/* The type of an import, export or object of the host. Fields that do not belong to the kind are 0. */
struct wasmrt_extern_type {
  enum wasmrt_extern_kind kind;
  struct wasmrt_signature signature; /* functions */
  uint64_t min, max; /* tables: entries, memories: pages; max is UINT64_MAX if there is none */
  uint32_t type;     /* tables: type of the entries, globals: type of the value */
  uint32_t number;   /* functions: the number of their type */
  bool is_mutable;   /* globals */
};

/*
 * Reference types with a type number, (ref 3) in the text format, are written WASMRT_REF | number << 8, or
 * with WASMRT_REF_NULL if they include null. In an item of a module the number is an index of that module's
 * types. Everywhere else it is that of a struct wasmrt_type: it is good for the process, in which equal types
 * of all modules (and equal recursive groups of types) have one number.
 */

/* Type `index` of a module. NULL if there is none, or no memory. */
const struct wasmrt_type *wasmrt_module_type(const struct wasmrt_module *module, uint32_t index);
/* The type of functions of this signature, final and without supertype. NULL if there is none, or no memory.
 */
const struct wasmrt_type *wasmrt_type_make(const struct wasmrt_signature *signature);
/* Its parameters and results; none if it is not a type of functions. */
struct wasmrt_signature wasmrt_type_signature(const struct wasmrt_type *type);
/* The type of references to it. */
uint32_t wasmrt_type_reference(const struct wasmrt_type *type, bool is_nullable);
/* Subtyping: of types, and of value types. */
bool wasmrt_is_subtype(const struct wasmrt_type *type, const struct wasmrt_type *other);
bool wasmrt_kind_matches(uint32_t kind, uint32_t other);

/* ---- Modules ---------------------------------------------------------------------------------------- */

/* A module's name, "" if it has none, and a description of how it was compiled (target, CPU, features,
 * model). */
const char *wasmrt_module_name(const struct wasmrt_module *module);
const char *wasmrt_module_options(const struct wasmrt_module *module);

/* An import or export of a module. Names are NUL-terminated, and may contain NULs: hence the lengths. */
struct wasmrt_item {
  const char *module; /* imports: the name of the module it comes from, else NULL */
  size_t module_length;
  const char *name;
  size_t name_length;
  struct wasmrt_extern_type type;
};

uint32_t wasmrt_module_import_count(const struct wasmrt_module *module);
uint32_t wasmrt_module_export_count(const struct wasmrt_module *module);
/* `index` must be less than the count. */
void wasmrt_module_import(const struct wasmrt_module *module, uint32_t index, struct wasmrt_item *item);
void wasmrt_module_export(const struct wasmrt_module *module, uint32_t index, struct wasmrt_item *item);

/*
 * Opens a shared object, which is trusted like any other code of the process, and finds modules in it by name
 * (the symbol NAME_module; NULL: there is none). Close it after the last store that uses its modules is
 * destroyed. The modules find the runtime in the program, which has to export it: link it with
 * -Wl,--export-dynamic-symbol='wasmrt_op_*', as CMake does by itself, or with -rdynamic.
 */
enum wasmrt_status wasmrt_library_open(const char *path, struct wasmrt_library **library,
                                       struct wasmrt_error *error);
const struct wasmrt_module *wasmrt_library_module(struct wasmrt_library *library, const char *name);
void wasmrt_library_close(struct wasmrt_library *library);

/* ---- Stores and instances --------------------------------------------------------------------------- */

/* NULL if there is no memory. Destroying NULL does nothing. No code of the store's instances may be running.
 */
struct wasmrt_store *wasmrt_store_create(void);
void wasmrt_store_destroy(struct wasmrt_store *store);

/* Zero everywhere, and NULL for a pointer to it, mean the defaults. */
struct wasmrt_instance_options {
  uint64_t max_memory; /* bytes that a memory of the instance may grow to; 0: what the module declares */
  uint64_t max_table;  /* entries that a table of the instance may grow to; 0: 10,000,000 */
  void *user;          /* see wasmrt_instance_user */
  const struct wasmrt_wasi *wasi; /* what serves imports from WASI (wasmrt_wasi.h); NULL: they are unknown */
};

/*
 * Instantiates `module`: checks that it fits this runtime and CPU, resolves its imports among what was
 * registered and defined in the store and then among WASI's functions if the options say so, runs its
 * initialisation and its start function.
 *
 * Fails with WASMRT_ERROR_LINK and a message that begins with "unknown import" or "incompatible import type";
 * with WASMRT_ERROR_TRAP if an active segment does not fit or the start function traps. What an instance that
 * failed so had already written to imported memories and tables stays there, as the specification demands;
 * functions that it put into tables stay callable.
 */
enum wasmrt_status wasmrt_instantiate(struct wasmrt_store *store, const struct wasmrt_module *module,
                                      const struct wasmrt_instance_options *options,
                                      struct wasmrt_instance **instance, struct wasmrt_error *error);

/*
 * From now on imports from the module `name` are resolved among the exports of `instance`. A name may be
 * registered again; the last one counts. Definitions under the same name (see below) go first.
 */
enum wasmrt_status wasmrt_register(struct wasmrt_store *store, const char *name,
                                   struct wasmrt_instance *instance, struct wasmrt_error *error);

const struct wasmrt_module *wasmrt_instance_module(const struct wasmrt_instance *instance);
struct wasmrt_store *wasmrt_instance_store(const struct wasmrt_instance *instance);
/* Memory 0, imported or not; NULL if there is none. */
struct wasmrt_memory *wasmrt_instance_memory(const struct wasmrt_instance *instance);
/* The pointer of the options; free for the host's use. */
void *wasmrt_instance_user(const struct wasmrt_instance *instance);
void wasmrt_instance_set_user(struct wasmrt_instance *instance, void *user);

/* An object that a module exports or that the host defines. */
struct wasmrt_extern {
  struct wasmrt_extern_type type;
  const struct wasmrt_instance *alone; /* whose it is, if that is a module in the static model */
  union {
    struct wasmrt_funcref *function;
    struct wasmrt_table *table;
    struct wasmrt_memory *memory;
    void *global; /* its value */
  } of;
};

/* Finds an export by name; by its place in the module. False if there is none. */
bool wasmrt_find(const struct wasmrt_instance *instance, const char *name, struct wasmrt_extern *object);
bool wasmrt_export_at(const struct wasmrt_instance *instance, uint32_t index, struct wasmrt_extern *object);
/* Finds an export of that name and kind; NULL if there is none. */
struct wasmrt_funcref *wasmrt_find_function(const struct wasmrt_instance *instance, const char *name);
struct wasmrt_table *wasmrt_find_table(const struct wasmrt_instance *instance, const char *name);
struct wasmrt_memory *wasmrt_find_memory(const struct wasmrt_instance *instance, const char *name);

/* ---- Functions -------------------------------------------------------------------------------------- */

struct wasmrt_signature wasmrt_function_signature(const struct wasmrt_funcref *function);
const struct wasmrt_type *wasmrt_function_type(const struct wasmrt_funcref *function);

/*
 * Calls a function. `slots` holds the parameters, then the results, and has room for whichever are more; it
 * may be NULL if there are none. Allocates nothing. May be called from host functions, to any depth; a trap
 * unwinds to the innermost call. A reference that is not of its parameter's type is WASMRT_ERROR_ARGUMENT: a
 * null for (ref ...), a function of another type, anything but null where the host can have no values.
 */
enum wasmrt_status wasmrt_call(const struct wasmrt_funcref *function, uint64_t *slots,
                               struct wasmrt_error *error);

/* ---- Globals, tables, memories ---------------------------------------------------------------------- */

/*
 * Reads or writes a global, in one slot, or two for a v128. wasmrt_global_set returns false, and writes
 * nothing, if it is not mutable or the value is a reference that is not of its type.
 */
void wasmrt_global_get(const struct wasmrt_extern *global, uint64_t *slots);
bool wasmrt_global_set(const struct wasmrt_extern *global, const uint64_t *slots);

uint64_t wasmrt_table_size(const struct wasmrt_table *table);
/*
 * False if `index` is not less than the size, or the reference not of the type of the entries. References to
 * functions are struct wasmrt_funcref *.
 */
bool wasmrt_table_get(const struct wasmrt_table *table, uint64_t index, void **reference);
bool wasmrt_table_set(struct wasmrt_table *table, uint64_t index, void *reference);
/* Returns the former size, or UINT64_MAX if it cannot grow or the reference is not of the type of the
 * entries. */
uint64_t wasmrt_table_grow(struct wasmrt_table *table, uint64_t count, void *reference);

/* The bytes of a memory and their number. Both may change when the memory grows or the guest runs. */
uint8_t *wasmrt_memory_data(const struct wasmrt_memory *memory);
uint64_t wasmrt_memory_size(const struct wasmrt_memory *memory);
/* Grows by that many pages of 64 KiB. Returns the former size in pages, or UINT64_MAX if it cannot grow. */
uint64_t wasmrt_memory_grow(struct wasmrt_memory *memory, uint64_t pages);
/* Copies bytes out of or into a memory. False, and nothing copied, if they are not all within it. */
bool wasmrt_memory_read(const struct wasmrt_memory *memory, uint64_t address, void *to, size_t size);
bool wasmrt_memory_write(struct wasmrt_memory *memory, uint64_t address, const void *from, size_t size);
/* A view of `size` bytes at `address`, valid until the memory grows; NULL if they are not all within it. */
void *wasmrt_memory_view(const struct wasmrt_memory *memory, uint64_t address, uint64_t size);

/* ---- The host's side -------------------------------------------------------------------------------- */

/*
 * A host function of any type: `slots` holds the parameters and receives the results. `caller` is the
 * instance that imported it (NULL if the host calls it through wasmrt_find_defined). Anything but WASMRT_OK
 * ends the guest's execution: the innermost wasmrt_call returns that status and `error`, which a function
 * that fails may fill in. So does a result that is a reference, but not of the result's type.
 */
typedef enum wasmrt_status wasmrt_callback(void *user, struct wasmrt_instance *caller, uint64_t *slots,
                                           struct wasmrt_error *error);

/*
 * A C function that compiled code calls directly: `code` is R f(struct wasmrt_instance *caller,
 * parameters...) with uint32_t, uint64_t, float, double, void * for i, I, f, F, r and p. No or one result is
 * returned; of several, each is written to an 8-byte slot of a last parameter uint64_t *results.
 */
struct wasmrt_native_function {
  const char *name;
  const char *signature;
  void (*code)(void);
};

/*
 * Definitions that modules can import from `module`. The strings and arrays are copied. They fail with
 * WASMRT_ERROR_ARGUMENT if the name is already defined or a signature or limit is wrong.
 */
enum wasmrt_status wasmrt_define_function(struct wasmrt_store *store, const char *module, const char *name,
                                          const char *signature, wasmrt_callback *callback, void *user,
                                          struct wasmrt_error *error);
/* The same for a function of any type without v128, as that of an import that takes references to functions.
 */
enum wasmrt_status wasmrt_define_typed(struct wasmrt_store *store, const char *module, const char *name,
                                       const struct wasmrt_type *type, wasmrt_callback *callback, void *user,
                                       struct wasmrt_error *error);
enum wasmrt_status wasmrt_define_native(struct wasmrt_store *store, const char *module,
                                        const struct wasmrt_native_function *functions, size_t count,
                                        struct wasmrt_error *error);
/* `max` is UINT64_MAX for none. Tables are of nullable references, and hold null at first. */
enum wasmrt_status wasmrt_define_global(struct wasmrt_store *store, const char *module, const char *name,
                                        uint32_t type, bool is_mutable, uint64_t value,
                                        struct wasmrt_error *error);
enum wasmrt_status wasmrt_define_table(struct wasmrt_store *store, const char *module, const char *name,
                                       uint32_t type, uint64_t min, uint64_t max, struct wasmrt_error *error);
/* The same with 64-bit indices (table64): modules import it as a table of i64. */
enum wasmrt_status wasmrt_define_table64(struct wasmrt_store *store, const char *module, const char *name,
                                         uint32_t type, uint64_t min, uint64_t max,
                                         struct wasmrt_error *error);
enum wasmrt_status wasmrt_define_memory(struct wasmrt_store *store, const char *module, const char *name,
                                        uint64_t min, uint64_t max, struct wasmrt_error *error);
/* Defines an object that exists already, such as another instance's export, under that name. */
enum wasmrt_status wasmrt_define(struct wasmrt_store *store, const char *module, const char *name,
                                 const struct wasmrt_extern *object, struct wasmrt_error *error);
/* Finds what an import of that name would be bound to. */
bool wasmrt_find_defined(const struct wasmrt_store *store, const char *module, const char *name,
                         struct wasmrt_extern *object);

#ifdef __cplusplus
}
#endif

#endif
