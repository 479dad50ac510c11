/*
 * A program with what compilers emit: loops, switches, indirect calls, 64-bit and floating-point arithmetic,
 * copies of memory. run.sh compiles it to WebAssembly with several options, as modules to damage.
 */
typedef unsigned int u32;
typedef unsigned long long u64;

static u32 table[256];
static double matrix[16][16];
static char text[4096];
u32 counter;

static u32 hash(const char *bytes, u32 size) {
  u32 value = 2166136261u;
  for (u32 i = 0; i < size; i++) {
    value = (value ^ (unsigned char)bytes[i]) * 16777619u;
  }
  return value;
}

static u64 rotate(u64 value, u32 by) {
  return value << (by & 63) | value >> (-by & 63);
}

static double product(u32 row, u32 column) {
  double sum = 0;
  for (u32 i = 0; i < 16; i++) {
    sum += matrix[row][i] * matrix[i][column];
  }
  return sum;
}

static float mean(const float *values, u32 count) {
  float sum = 0;
  for (u32 i = 0; i < count; i++) {
    sum += values[i];
  }
  return count > 0 ? sum / (float)count : 0;
}

u32 run(u32 operation, u32 a, u32 b) {
  switch (operation) {
  case 0:
    return a + b;
  case 1:
    return b != 0 ? a / b : 0;
  case 2:
    return (u32)rotate((u64)a << 32 | b, a);
  case 3:
    return hash(text, a & 4095);
  case 4:
    __builtin_memcpy(text, text + 2048, a & 2047);
    return a;
  case 5:
    __builtin_memset(text, (int)b, a & 4095);
    return b;
  case 6:
    return (u32)(int)product(a & 15, b & 15);
  case 7:
    return (u32)(int)mean((const float *)(const void *)table, a & 255);
  case 8:
    return (u32)__builtin_popcount(a) + (u32)__builtin_clz(b | 1);
  default:
    return table[a & 255]++;
  }
}

static u32 first(u32 a) {
  return run(0, a, counter++);
}

static u32 second(u32 a) {
  return run(3, a, counter--);
}

u32 (*volatile functions[2])(u32) = {first, second};

u32 apply(u32 which, u32 a) {
  return functions[which & 1](a);
}

long long convert(double value, int by) {
  return (long long)value + (signed char)by + (short)by;
}
