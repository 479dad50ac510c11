/* What LLVM-C cannot tell about CPUs, from the C++ interface. */
#ifndef EMIT_SUBTARGET_H
#define EMIT_SUBTARGET_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Does the target of this triple know the CPU? */
bool subtarget_knows_cpu(const char *triple, const char *cpu);

/*
 * The features that `cpu` with `features` has beyond those of `baseline`, as "avx,avx2", for free(). Names
 * are LLVM's; properties that only tune code for speed are left out.
 */
char *subtarget_required(const char *triple, const char *cpu, const char *features, const char *baseline);

#ifdef __cplusplus
}
#endif

#endif
