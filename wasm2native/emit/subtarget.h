/* What LLVM-C cannot tell or set, from the C++ interface. */
#ifndef EMIT_SUBTARGET_H
#define EMIT_SUBTARGET_H

#include <stdbool.h>
#include <stddef.h>

#include <llvm-c/Types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Makes LLVM's targets known; to be called first. Several threads may, where LLVM's own function is for one.
 */
void subtarget_initialize(void);

/* Does the target of this triple know the CPU? */
bool subtarget_knows_cpu(const char *triple, const char *cpu);

/* Does it know the feature, "avx2" without a sign? */
bool subtarget_knows_feature(const char *triple, const char *feature, size_t length);

/* Has the CPU with these features all of a list as "+sse4.1,+popcnt"? */
bool subtarget_has(const char *triple, const char *cpu, const char *features, const char *list);

/*
 * The features that `cpu` with `features` has beyond those of `baseline`, as "avx,avx2", for free(). Names
 * are LLVM's; properties that only tune code for speed are left out.
 */
char *subtarget_required(const char *triple, const char *cpu, const char *features, const char *baseline);

/*
 * Chooses code generation passes for a context and a target. On x86-64 constant hoisting would load the
 * address of static memory into a register, where a displacement costs nothing. LLVM's own switch for that is
 * the process's.
 */
void subtarget_choose_passes(LLVMContextRef context, const char *triple);

#ifdef __cplusplus
}
#endif

#endif
