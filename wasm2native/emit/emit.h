/*
 * From LLVM IR to files: the target machine, the optimisation pipeline, and the output of objects, assembly
 * or IR.
 */
#ifndef EMIT_EMIT_H
#define EMIT_EMIT_H

#include <llvm-c/Core.h>
#include <llvm-c/TargetMachine.h>

#include "arena.h"
#include "diag.h"

struct emit_options {
  const char *triple;
  const char *cpu;          /* NULL: the target's baseline; "native": this machine's */
  const char *cpu_features; /* "+avx2,-bmi2" or NULL */
  unsigned opt_level;       /* 0 to 3 */
  unsigned size_level;      /* 0, 1 for -Os, 2 for -Oz */
};

/* The CPU that code is for. */
struct emit_target {
  const char *cpu;      /* as used; in the arena, as the next */
  const char *features; /* as given to LLVM */
  const char *required; /* what the CPU must have beyond the baseline, as in wasmrt_module.cpu_features */
};

/* Reports unknown triples, CPUs and features; false on error. */
bool emit_target_find(const struct emit_options *options, struct arena *arena, struct diag_sink *sink,
                      struct emit_target *target);

/* What makes position-independent code of one LLVM module. Neither part may be used by two threads, nor the
 * layout for two contexts, whose types it remembers. */
struct emit_machine {
  LLVMTargetMachineRef machine;
  LLVMTargetDataRef layout;
};

void emit_machine_make(const struct emit_options *options, const struct emit_target *target,
                       struct emit_machine *machine);
void emit_machine_free(struct emit_machine *machine);

/* Sends the context's diagnostics to the sink, for as long as both live. */
void emit_watch(LLVMContextRef context, struct diag_sink *sink);

/* Verifies the module; a broken one is a mistake of ours, reported as internal. */
bool emit_verify(LLVMModuleRef module, struct diag_sink *sink);

/* Runs the mid-level pipeline of the chosen level. */
bool emit_optimize(LLVMModuleRef module, const struct emit_machine *machine,
                   const struct emit_options *options, struct diag_sink *sink);

enum emit_form { EMIT_OBJECT, EMIT_ASSEMBLY, EMIT_IR, EMIT_BITCODE };

/* Writes the module to `path`, which is created or truncated. */
bool emit_file(LLVMModuleRef module, const struct emit_machine *machine, enum emit_form form,
               const char *path, struct diag_sink *sink);

#endif
