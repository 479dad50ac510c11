/*
 * Lowering: from a validated module to LLVM IR, in one of two code models (docs/architecture.md). Nothing is
 * checked again here; what validation promises is relied on.
 */
#ifndef LOWER_LOWER_H
#define LOWER_LOWER_H

#include <llvm-c/Core.h>
#include <llvm-c/Target.h>

#include "module.h"

enum lower_model { LOWER_STATIC, LOWER_INSTANCE };
enum lower_bounds { LOWER_GUARD, LOWER_CHECK };

struct lower_options {
  enum lower_model model;
  enum lower_bounds bounds;
  bool is_deterministic;    /* the deterministic profile: canonical NaNs, relaxed vectors without choice */
  bool is_optimized;        /* passes run between lower_module() and lower_finish() */
  bool has_fma;             /* the CPU multiplies and adds in one instruction */
  bool has_avx512;          /* x86: AVX-512 with its instructions for 128 bits, on words and quadwords */
  bool has_dot;             /* the CPU adds products of bytes by fours: vpdpbusd, sdot */
  const char *name;         /* prefix of the descriptor's symbol */
  const char *description;  /* what the module was compiled with, for the descriptor */
  const char *cpu_features; /* needed beyond the target's baseline */
  uint64_t part_size;       /* divide code that is larger than this, in bytes; 0: never */
  unsigned size_level;      /* 1: code is to be small; 2: as small as can be */
  bool copies_small;        /* small functions are copied to the parts that call them, to be inlined */

  /* An executable: emit its struct wasmrt_program with these options. */
  bool is_program;
  const char *const *guest_options;
  size_t guest_option_count;
};

/*
 * Can the module be lowered in the static model? It cannot where it imports a memory or a table, which static
 * code would have to reach through a pointer. Reports the first obstacle to `sink` if that is not NULL.
 */
bool lower_static_possible(const struct wasm_module *wasm, struct diag_sink *sink);

/*
 * How a validated module is lowered: in one part or, if its code is large, in several, each an LLVM module of
 * its own (plan.c). It depends on the module and the options only. It lives in the arena and borrows the
 * rest; any number of threads may read it.
 */
struct lower_plan;
const struct lower_plan *lower_plan_make(const struct wasm_module *wasm, const struct lower_options *options,
                                         struct arena *arena);
uint32_t lower_part_count(const struct lower_plan *plan);

/*
 * Lowers a part into a new LLVM module in `context`, for a target with this triple and layout. The arena
 * holds what lives as long as the call. The result is complete but for lower_finish().
 */
LLVMModuleRef lower_part(const struct lower_plan *plan, uint32_t part, LLVMContextRef context,
                         const char *triple, LLVMTargetDataRef layout, struct arena *arena);

/*
 * To be called after optimisation, before code generation: turns trap markers into what they promise
 * (marker.c), and adds the table of function names for the functions that are left.
 */
void lower_finish(LLVMModuleRef module, const struct lower_plan *plan, uint32_t part,
                  LLVMTargetDataRef layout, struct arena *arena);

/* The symbol of an imported function or global in the static model. */
const char *lower_import_symbol(struct arena *arena, const struct wasm_import *import);

/*
 * A module that defines the functions of `imports`: each traps when called, or returns zeros. For imports
 * that nothing else provides.
 */
LLVMModuleRef lower_missing_imports(const struct wasm_module *wasm, const struct wasm_import *const *imports,
                                    size_t import_count, bool trap, LLVMContextRef context,
                                    const char *triple, LLVMTargetDataRef layout, struct arena *arena);

#endif
