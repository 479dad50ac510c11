/* A command without a C library: _start does what the macro WHAT says, and nothing when there is no such
 * macro. */
__attribute__((import_module("wasi_snapshot_preview1"), import_name("proc_exit"))) _Noreturn void
proc_exit(unsigned status);
__attribute__((import_module("env"), import_name("embed"))) unsigned embed(void);

__attribute__((noinline)) int inner(volatile int *place) {
  return *place;
}

__attribute__((noinline)) int outer(int distance) {
  return inner((volatile int *)(0x7fffff00u + (unsigned)distance)) + 1;
}

__attribute__((noinline)) unsigned recurse(unsigned n) {
  return n == 0xffffffff ? n : (recurse(n + 1) >> 1) + n;
}

/* How many pages there can be. */
unsigned grow(void) {
  while (__builtin_wasm_memory_grow(0, 1) != (__SIZE_TYPE__)-1) {
  }
  return (unsigned)__builtin_wasm_memory_size(0);
}

#if defined(WHAT)
__attribute__((export_name("_start"))) void _start(void) {
  WHAT;
}
#else
__attribute__((export_name("other"))) int other(void) {
  return outer(1);
}
#endif
