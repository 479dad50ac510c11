/* A module without tail calls, between two calls of one that has them. */
typedef unsigned long long u64;

__attribute__((import_module("host"), import_name("again"))) u64 again(u64 value);

__attribute__((export_name("next"), noinline)) u64 next(u64 value) {
  if (value == 0) {
    __builtin_trap();
  }
  return again(value - 1) + 1;
}
