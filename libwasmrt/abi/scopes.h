/*
 * The groups of functions whose calls an executable can print, by --trace=wasi:SCOPE,... The compiler checks the words
 * that it bakes in, the runtime those of WASMRT_OPTIONS; wasi/trace.def says which function is in which.
 */
#ifndef WASMRT_SCOPES_H
#define WASMRT_SCOPES_H

/* In the order of their bits. */
#define WASMRT_TRACE_SCOPES(SCOPE) \
  SCOPE(args)                      \
  SCOPE(clock)                     \
  SCOPE(env)                       \
  SCOPE(fd)                        \
  SCOPE(fs)                        \
  SCOPE(poll)                      \
  SCOPE(proc)                      \
  SCOPE(random)                    \
  SCOPE(sock)

#define WASMRT_TRACE_SCOPE(name) WASMRT_TRACE_##name,
enum wasmrt_trace_scope { WASMRT_TRACE_SCOPES(WASMRT_TRACE_SCOPE) WASMRT_TRACE_SCOPE_COUNT };
#undef WASMRT_TRACE_SCOPE
#define WASMRT_TRACE_ALL ((1u << WASMRT_TRACE_SCOPE_COUNT) - 1)

#endif
