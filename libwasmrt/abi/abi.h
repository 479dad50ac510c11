/*
 * The contract between compiled code and the runtime, as C: expands layout.def, functions.def and traps.def.
 * Both libwasmrt and the compiler include it; it includes nothing of either.
 */
#ifndef WASMRT_ABI_H
#define WASMRT_ABI_H

#include <stddef.h>
#include <stdint.h>

/* Changed with every change of layout, functions or meaning; an object of another version is refused. */
#define WASMRT_ABI_VERSION 5u

/*
 * Value types take 32 bits. Numbers and vectors have their codes of the binary format (spec 5.3). References have
 * theirs, WASMRT_REF_NULL or WASMRT_REF, in the low byte, and the heap type above: the number of a type, which is an
 * index in a module's types or the number of a canonical type, or WASMRT_HEAP_ABSTRACT and its code of the binary
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

/* wasmrt_deftype.kind and flags, and those of wasmrt_type; kinds have their codes of the binary format (spec 5.3.6). */
enum wasmrt_type_kind { WASMRT_TYPE_FUNC = 0x60, WASMRT_TYPE_STRUCT = 0x5f, WASMRT_TYPE_ARRAY = 0x5e };
#define WASMRT_TYPE_FINAL 1u
#define WASMRT_NO_TYPE UINT32_MAX

/* Kinds of imports and exports have their codes of the binary format (spec 5.5.5). */
enum wasmrt_extern_kind { WASMRT_FUNC = 0, WASMRT_TABLE = 1, WASMRT_MEMORY = 2, WASMRT_GLOBAL = 3, WASMRT_TAG = 4 };

/* wasmrt_limits.flags */
#define WASMRT_LIMITS_HAS_MAX 1u
#define WASMRT_LIMITS_SHARED 2u
#define WASMRT_LIMITS_64 4u

/*
 * Does compiled code compare each access with the size, although its module is in guard mode? It does for 64-bit memories, and
 * where pages are smaller than those of the system may be.
 */
#define WASMRT_LIMITS_ALWAYS_CHECKED(limits) (((limits)->flags & WASMRT_LIMITS_64) || (limits)->page_log2 != 16)

/* wasmrt_module.flags */
#define WASMRT_MODULE_STATIC 1u       /* static code model: one instance */
#define WASMRT_MODULE_CHECK_BOUNDS 2u /* explicit bounds checks: memories need no guard and may move */

#define WASMRT_NULL_SLOT UINT32_MAX
#define WASMRT_CELL_SIZE 16u
#define WASMRT_PAGE_SIZE 65536u

/*
 * Guard mode: an access touches at most address 2^32 - 1 plus offset 2^32 - 1 plus 15 bytes, so 8 GiB and one page
 * hold every effective address. The page below the base is inaccessible as well.
 */
#define WASMRT_RESERVATION ((UINT64_C(8) << 30) + WASMRT_PAGE_SIZE)
#define WASMRT_GUARD_BELOW WASMRT_PAGE_SIZE

/* Static model: where memory 0 lies. Below 2 GiB, so that x86-64 addresses it by displacement alone. */
#define WASMRT_STATIC_MEMORY_BASE UINT64_C(0x10000000)

/*
 * The symbol of an import in the static model: "w2n." MODULE "." NAME, with '.' in MODULE as %2e, and in both '%', '@'
 * and NUL as %25, %40 and %00.
 */
#define WASMRT_IMPORT_PREFIX "w2n."
/* The suffix of the descriptor's symbol: NAME "_module". */
#define WASMRT_MODULE_SUFFIX "_module"
/* The section that holds compiled code; its ends are __start_ and __stop_ symbols. */
#define WASMRT_TEXT_SECTION "wasm_text"
/* The symbol of struct wasmrt_program in an executable. */
#define WASMRT_PROGRAM_SYMBOL "wasmrt_program_record"
/* The symbol of the wasmrt_check that an executable for more than the baseline CPU names. */
#define WASMRT_CHECK_CPU_SYMBOL "wasmrt_check_cpu"
/* The symbol of what finds the imports of an executable in the instance model. */
#define WASMRT_RESOLVE_SYMBOL "wasmrt_program_resolve"

struct wasmrt_type;
struct wasmrt_instance;
struct wasmrt_memory;
struct wasmrt_table;
struct wasmrt_funcref;
struct wasmrt_module;
struct wasmrt_error;
typedef void wasmrt_entry(void *code, void *instance, uint64_t *slots);
typedef void wasmrt_initialize(struct wasmrt_instance *instance);
typedef uint32_t wasmrt_check(const struct wasmrt_module *module, struct wasmrt_error *error); /* enum wasmrt_status */
typedef void wasmrt_code(void); /* of some type that is known from elsewhere */

#define STRUCT(name) struct wasmrt_##name {
#define FIELD(name, kind, type, field) type field;
#define END(name) \
  }               \
  ;
#include "layout.def"

_Static_assert(sizeof(struct wasmrt_instance) % WASMRT_CELL_SIZE == 0, "aligned vectors lie in the cells behind it");

#define STRUCT(name) enum wasmrt_##name##_field {
#define FIELD(name, kind, type, field) WASMRT_##name##_##field,
#define END(name) \
  }               \
  ;
#include "layout.def"

enum wasmrt_trap_code {
#define TRAP(name, message) WASMRT_TRAP_##name,
#include "traps.def"
  WASMRT_TRAP_COUNT
};

#endif
