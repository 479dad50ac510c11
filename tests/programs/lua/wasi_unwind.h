/* Lua's error handling for WebAssembly without exceptions: included before each of Lua's files (-include).
 *
 * Lua throws through two macros, which use longjmp unless they are defined before. WASI has no longjmp, so
 * the linked module goes through Binaryen's asyncify pass, which lets a call leave every frame above it:
 * after each call that may do so an instrumented function looks at the state "unwinding" and returns. A throw
 * is such an unwinding which the innermost protected call, not instrumented itself since it calls
 * stop_unwind, ends. The saved frames are never rewound, so their buffer is reused by the next throw. Errors,
 * pcall and coroutines all work. */
#ifndef TESTS_PROGRAMS_LUA_WASI_UNWIND_H
#define TESTS_PROGRAMS_LUA_WASI_UNWIND_H

/* Starts to unwind; what follows the call is not reached. In a file of its own: it must not be inlined. */
void wasi_start_unwind(void);

__attribute__((import_module("asyncify"), import_name("stop_unwind"))) void wasi_stop_unwind(void);

#define luai_jmpbuf int
#define LUAI_THROW(L, c) (wasi_start_unwind(), __builtin_trap())
#define LUAI_TRY(L, c, a) a if ((c)->status != LUA_OK) wasi_stop_unwind();

#endif
