/* The linker as a function, in C++ behind this header. */
#ifndef LINK_LLD_H
#define LINK_LLD_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Runs ld.lld with `arguments` (arguments[0] is the program's name, a NULL ends them) inside this process,
 * one call at a time. Returns whether it succeeded. *output is what it printed, for free(); "" where that was
 * nothing.
 */
bool lld_run(const char *const *arguments, char **output);

#ifdef __cplusplus
}
#endif

#endif
