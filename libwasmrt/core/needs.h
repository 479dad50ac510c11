/*
 * What the code of executables asks of the kernel: each function that a guest can reach says which system
 * calls it makes, so that all others can be refused once the guest runs. The first statement in it is
 *
 *   WASMRT_NEEDS("its symbol", NEED(close) NEED_ARGUMENT(fcntl, 1, F_GETFL));
 *
 * which is no code: it stands there because the assembler has to know the symbol.
 *
 * Each list is a section that is linked to its function's (SHF_LINK_ORDER): the linker keeps it if and only
 * if it keeps the function, so that an executable's list is what its guest imports need and no more. Lists
 * hold what the function makes of system calls itself or through static functions and others that all
 * executables have; numbers come several times, which costs nothing but four bytes.
 *
 * A system call is allowed if any entry of the lists allows it.
 */
#ifndef WASMRT_NEEDS_H
#define WASMRT_NEEDS_H

#include <stdint.h>
#include <sys/syscall.h>

struct wasmrt_need {
  uint16_t call;  /* its number, and above that WASMRT_NEED_... */
  uint16_t value; /* of the argument, for WASMRT_NEED_ARGUMENT */
};

/* The kinds of entries. Macros, since the assembler sees them. */
#define WASMRT_NEED_ANY 0      /* with any arguments */
#define WASMRT_NEED_PATH 1     /* of a path: only where the guest was granted a directory of the host's */
#define WASMRT_NEED_DATA 2     /* memory protection, third argument: reading and writing, not executing */
#define WASMRT_NEED_SELF 3     /* the first argument is this thread's number */
#define WASMRT_NEED_ARGUMENT 8 /* + n: argument n, counted from 0, is the value */

/* Only what is linked into executables keeps lists: nobody reads them elsewhere. */
#ifdef WASMRT_FOR_EXECUTABLES
#define WASMRT_NEED_TEXT(word) #word
#define WASMRT_NEED_LINE(kind, number, value)                                                                \
  ".short " WASMRT_NEED_TEXT(number) " | (" WASMRT_NEED_TEXT(kind) ") << 12, " WASMRT_NEED_TEXT(value) "\n"
#define WASMRT_NEEDS(symbol, needs)                                                                          \
  __asm__(".pushsection wasmrt_needs,\"ao\",%progbits," symbol "\n.balign 2\n" needs ".popsection")
#else
#define WASMRT_NEEDS(symbol, needs) ((void)0)
#endif

#define NEED_NOTHING ""
#define NEED(call) WASMRT_NEED_LINE(WASMRT_NEED_ANY, SYS_##call, 0)
#define NEED_PATH(call) WASMRT_NEED_LINE(WASMRT_NEED_PATH, SYS_##call, 0)
#define NEED_DATA(call) WASMRT_NEED_LINE(WASMRT_NEED_DATA, SYS_##call, 0)
#define NEED_SELF(call) WASMRT_NEED_LINE(WASMRT_NEED_SELF, SYS_##call, 0)
#define NEED_ARGUMENT(call, n, value) WASMRT_NEED_LINE(WASMRT_NEED_ARGUMENT + n, SYS_##call, value)

#endif
