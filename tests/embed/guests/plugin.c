/* A plugin without a C library: exports of all kinds, host functions, and every way to go wrong. */
#define EXPORT(name) __attribute__((export_name(name), noinline))
#define IMPORT(name) __attribute__((import_module("host"), import_name(name)))

typedef unsigned int u32;
typedef unsigned long long u64;

IMPORT("log") void host_log(const char *text, u32 length);
IMPORT("twice") double host_twice(double value);
IMPORT("call_back") u32 host_call_back(u32 value);

static u32 counter;
static char buffer[256];
static u32 numbers[1000];

EXPORT("add") u32 add(u32 a, u32 b) {
  return a + b;
}

EXPORT("mix") double mix(u32 a, u64 b, float c, double d) {
  return a + (double)b + c + host_twice(d);
}

EXPORT("count") u32 count(void) {
  return ++counter;
}

EXPORT("fib") u32 fib(u32 n) {
  return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

EXPORT("buffer") char *get_buffer(void) {
  return buffer;
}

EXPORT("greet") void greet(u32 length) {
  for (u32 i = 0; i < length; i++) {
    buffer[i] = (char)(buffer[i] >= 'a' && buffer[i] <= 'z' ? buffer[i] - 32 : buffer[i]);
  }
  host_log(buffer, length);
}

EXPORT("sum") u32 sum(u32 n) {
  u32 total = 0;
  for (u32 i = 0; i < n; i++) {
    numbers[i] = i * i;
  }
  for (u32 i = 0; i < n; i++) {
    total += numbers[i];
  }
  return total;
}

EXPORT("peek") u32 peek(u32 address) {
  return *(volatile unsigned char *)address;
}

EXPORT("poke") void poke(u32 address, u32 value) {
  *(volatile unsigned char *)address = (unsigned char)value;
}

EXPORT("grow") u32 grow(u32 pages) {
  return (u32)__builtin_wasm_memory_grow(0, pages);
}

EXPORT("divide") u32 divide(u32 a, u32 b) {
  return a / b;
}

EXPORT("unreachable") void unreachable(void) {
  __builtin_trap();
}

/* Neither a loop in disguise nor in need of the stack that C keeps in linear memory. */
EXPORT("recurse") u32 recurse(u32 n) {
  return n == 0xffffffff ? n : (recurse(n + 1) >> 1) + n;
}

/* Recurses through the host, and copies memory at every level. */
EXPORT("recurse_host") u32 recurse_host(u32 n) {
  __builtin_memmove(buffer, buffer + n % 100, n % 100);
  return host_call_back(n + 1) + 1;
}

EXPORT("call_back") u32 call_back(u32 value) {
  return host_call_back(value) + 1;
}

static u32 zero(void) {
  return 0;
}
static u32 one(void) {
  return 1;
}
static double half(double value) {
  return value / 2;
}
static void *volatile table[] = {(void *)zero, (void *)one, (void *)half, 0};

EXPORT("indirect") u32 indirect(u32 which) {
  return ((u32(*)(void))table[which])();
}
