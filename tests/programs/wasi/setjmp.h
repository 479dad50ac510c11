/* Debian 12's wasi-libc has no <setjmp.h>. Lua includes it and, with lua/wasi_unwind.h, needs nothing that is
 * in it. */
