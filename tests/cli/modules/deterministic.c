/*
 * The deterministic profile: NaNs that instructions generate are canonical and positive, and relaxed vector
 * instructions have the first of the results that the standard lists. Compares both with a model in integers
 * and plain arithmetic, prints a sum over all results, and exits with 1 if one differs.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <wasm_simd128.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static unsigned failures;
static uint64_t sum = 14695981039346656037u;

static void check(const char *what, const void *found, const void *wanted, size_t size) {
  const uint8_t *bytes = found;
  for (size_t i = 0; i < size; i++) {
    sum = (sum ^ bytes[i]) * 1099511628211u;
  }
  if (memcmp(found, wanted, size) != 0 && failures++ < 20) {
    printf("%s:", what);
    for (size_t i = 0; i < size; i++) {
      printf(" %02x/%02x", bytes[i], ((const uint8_t *)wanted)[i]);
    }
    printf("\n");
  }
}

/* Read from memory, lest the C compiler compute with them. */
static volatile const uint32_t floats[] = {
    0,          0x80000000, 0x3f800000, 0xbf800000, 0x7f800000, 0xff800000, 0x7fc00000, 0xffc00000,
    0x7fa00001, 0xff800123, 0x7fffffff, 1,          0x80000001, 0x4effffff, 0x4f000000, 0xcf000000,
    0xcf000001, 0x4f7fffff, 0x4f800000, 0x3f7fffff, 0x3f8ccccd, 0x7f7fffff, 0xbf7fffff, 0x501502f9};

static float float_of(size_t i) {
  uint32_t bits = floats[i % COUNT(floats)];
  float number;
  memcpy(&number, &bits, 4);
  return number;
}

/* The same kinds of number as doubles, by their bits. */
static double double_of(size_t i) {
  uint32_t bits = floats[i % COUNT(floats)];
  uint32_t exponent = bits >> 23 & 0xff;
  uint64_t wide = (uint64_t)(bits >> 31) << 63 | (uint64_t)(bits & 0x7fffff) << 29;
  wide |= (uint64_t)(exponent == 0xff ? 0x7ff : exponent ? exponent + 896 : 0) << 52;
  double number;
  memcpy(&number, &wide, 8);
  return number;
}

static uint32_t bits32(float number) {
  uint32_t bits;
  memcpy(&bits, &number, 4);
  return bits;
}

static uint64_t bits64(double number) {
  uint64_t bits;
  memcpy(&bits, &number, 8);
  return bits;
}

static int is_nan32(uint32_t bits) {
  return (bits & 0x7fffffff) > 0x7f800000;
}

static int is_nan64(uint64_t bits) {
  return (bits & INT64_MAX) > UINT64_C(0x7ff) << 52;
}

static void check_float(const char *what, float found) {
  uint32_t bits = bits32(found), wanted = is_nan32(bits) ? 0x7fc00000 : bits;
  check(what, &bits, &wanted, 4);
}

static void check_double(const char *what, double found) {
  uint64_t bits = bits64(found), wanted = is_nan64(bits) ? UINT64_C(0x7ff8) << 48 : bits;
  check(what, &bits, &wanted, 8);
}

static void check_floats(const char *what, v128_t found) {
  float lanes[4];
  wasm_v128_store(lanes, found);
  for (int i = 0; i < 4; i++) {
    check_float(what, lanes[i]);
  }
}

static void check_doubles(const char *what, v128_t found) {
  double lanes[2];
  wasm_v128_store(lanes, found);
  check_double(what, lanes[0]);
  check_double(what, lanes[1]);
}

static void scalars(float a, float b, double x, double y) {
  check_float("f32.add", a + b);
  check_float("f32.sub", a - b);
  check_float("f32.mul", a * b);
  check_float("f32.div", a / b);
  check_float("f32.min", __builtin_wasm_min_f32(a, b));
  check_float("f32.max", __builtin_wasm_max_f32(a, b));
  check_float("f32.min of one", __builtin_wasm_min_f32(a, 1));
  check_float("f32.sqrt", __builtin_sqrtf(a));
  check_float("f32.ceil", __builtin_ceilf(a));
  check_float("f32.floor", __builtin_floorf(a));
  check_float("f32.trunc", __builtin_truncf(a));
  check_float("f32.nearest", __builtin_rintf(a));
  check_float("f32.demote", (float)x);
  check_float("sum of sums", (a + b) - (a * b));
  check_double("f64.add", x + y);
  check_double("f64.sub", x - y);
  check_double("f64.mul", x * y);
  check_double("f64.div", x / y);
  check_double("f64.min", __builtin_wasm_min_f64(x, y));
  check_double("f64.max", __builtin_wasm_max_f64(x, y));
  check_double("f64.sqrt", __builtin_sqrt(x));
  check_double("f64.ceil", __builtin_ceil(x));
  check_double("f64.floor", __builtin_floor(x));
  check_double("f64.trunc", __builtin_trunc(x));
  check_double("f64.nearest", __builtin_rint(x));
  check_double("f64.promote", a);
}

/* Instructions that only change or copy signs and lanes leave NaNs as they are. */
static void payloads(float a, float b) {
  uint32_t sign = 0x80000000, bits = bits32(-a), wanted = bits32(a) ^ sign;
  check("f32.neg", &bits, &wanted, 4);
  bits = bits32(__builtin_fabsf(a)), wanted = bits32(a) & ~sign;
  check("f32.abs", &bits, &wanted, 4);
  bits = bits32(__builtin_copysignf(a, b)), wanted = (bits32(a) & ~sign) | (bits32(b) & sign);
  check("f32.copysign", &bits, &wanted, 4);
  v128_t found = wasm_f32x4_pmin(wasm_f32x4_splat(a), wasm_f32x4_splat(b));
  bits = (uint32_t)wasm_i32x4_extract_lane(found, 3), wanted = bits32(b < a ? b : a);
  check("f32x4.pmin", &bits, &wanted, 4);
}

static int32_t saturated(double number) {
  return number != number          ? 0
         : number >= 2147483647.0  ? INT32_MAX
         : number <= -2147483648.0 ? INT32_MIN
                                   : (int32_t)number;
}

static uint32_t saturated_unsigned(double number) {
  return !(number > 0) ? 0 : number >= 4294967295.0 ? UINT32_MAX : (uint32_t)number;
}

static float least(float a, float b, int sign) {
  uint32_t bits = a != a || b != b        ? 0x7fc00000
                  : a == b                ? (sign > 0 ? bits32(a) | bits32(b) : bits32(a) & bits32(b))
                  : (a < b) == (sign > 0) ? bits32(a)
                                          : bits32(b);
  float number;
  memcpy(&number, &bits, 4);
  return number;
}

static void relaxed_floats(const float *a, const float *b, const float *c, const double *x) {
  v128_t va = wasm_v128_load(a), vb = wasm_v128_load(b), vc = wasm_v128_load(c), vx = wasm_v128_load(x);
  float added[4], subtracted[4], min[4], max[4], found[4];
  int32_t truncated[4], of_doubles[4] = {saturated(x[0]), saturated(x[1])};
  uint32_t unsigned_[4], of_doubles_unsigned[4] = {saturated_unsigned(x[0]), saturated_unsigned(x[1])};
  for (int i = 0; i < 4; i++) {
    volatile float product = a[i] * b[i], negative = -a[i] * b[i];
    added[i] = product + c[i];
    subtracted[i] = negative + c[i];
    min[i] = least(a[i], b[i], 1);
    max[i] = least(a[i], b[i], -1);
    truncated[i] = saturated(a[i]);
    unsigned_[i] = saturated_unsigned(a[i]);
  }
  wasm_v128_store(found, wasm_f32x4_relaxed_madd(va, vb, vc));
  check("f32x4.relaxed_madd", found, added, 16);
  check_floats("f32x4.relaxed_madd", wasm_v128_load(found));
  wasm_v128_store(found, wasm_f32x4_relaxed_nmadd(va, vb, vc));
  check("f32x4.relaxed_nmadd", found, subtracted, 16);
  wasm_v128_store(found, wasm_f32x4_relaxed_min(va, vb));
  check("f32x4.relaxed_min", found, min, 16);
  wasm_v128_store(found, wasm_f32x4_relaxed_max(va, vb));
  check("f32x4.relaxed_max", found, max, 16);
  wasm_v128_store(found, wasm_i32x4_relaxed_trunc_f32x4(va));
  check("i32x4.relaxed_trunc_f32x4_s", found, truncated, 16);
  wasm_v128_store(found, wasm_u32x4_relaxed_trunc_f32x4(va));
  check("i32x4.relaxed_trunc_f32x4_u", found, unsigned_, 16);
  wasm_v128_store(found, wasm_i32x4_relaxed_trunc_f64x2_zero(vx));
  check("i32x4.relaxed_trunc_f64x2_s_zero", found, of_doubles, 16);
  wasm_v128_store(found, wasm_u32x4_relaxed_trunc_f64x2_zero(vx));
  check("i32x4.relaxed_trunc_f64x2_u_zero", found, of_doubles_unsigned, 16);
  check_floats("f32x4.add", wasm_f32x4_add(va, vb));
  check_floats("f32x4.div", wasm_f32x4_div(va, vb));
  check_floats("f32x4.sqrt", wasm_f32x4_sqrt(va));
  check_floats("f32x4.min", wasm_f32x4_min(va, vb));
  check_floats("f32x4.max", wasm_f32x4_max(va, vb));
  check_floats("f32x4.nearest", wasm_f32x4_nearest(va));
  check_floats("f32x4.demote_f64x2_zero", wasm_f32x4_demote_f64x2_zero(vx));
  check_doubles("f64x2.promote_low_f32x4", wasm_f64x2_promote_low_f32x4(va));
  check_doubles("f64x2.mul", wasm_f64x2_mul(vx, wasm_f64x2_promote_low_f32x4(vb)));
  check_doubles("f64x2.relaxed_madd", wasm_f64x2_relaxed_madd(vx, vx, wasm_f64x2_promote_low_f32x4(vb)));
  check_doubles("f64x2.relaxed_min", wasm_f64x2_relaxed_min(vx, wasm_f64x2_promote_low_f32x4(vb)));
}

static void relaxed_integers(const int8_t *a, const int8_t *b, const int8_t *c) {
  v128_t va = wasm_v128_load(a), vb = wasm_v128_load(b), vc = wasm_v128_load(c);
  int8_t found[16], wanted[16];
  int16_t a16[8], b16[8], words[8], dots[8];
  int32_t sums[4];
  for (int i = 0; i < 16; i++) {
    wanted[i] = (uint8_t)b[i] < 16 ? a[b[i]] : 0;
  }
  wasm_v128_store(found, wasm_i8x16_relaxed_swizzle(va, vb));
  check("i8x16.relaxed_swizzle", found, wanted, 16);
  for (int i = 0; i < 16; i++) {
    wanted[i] = (int8_t)((a[i] & c[i]) | (b[i] & ~c[i]));
  }
  wasm_v128_store(found, wasm_i8x16_relaxed_laneselect(va, vb, vc));
  check("i8x16.relaxed_laneselect", found, wanted, 16);
  wasm_v128_store(found, wasm_i16x8_relaxed_laneselect(va, vb, vc));
  check("i16x8.relaxed_laneselect", found, wanted, 16);
  wasm_v128_store(found, wasm_i32x4_relaxed_laneselect(va, vb, vc));
  check("i32x4.relaxed_laneselect", found, wanted, 16);
  wasm_v128_store(found, wasm_i64x2_relaxed_laneselect(va, vb, vc));
  check("i64x2.relaxed_laneselect", found, wanted, 16);
  memcpy(a16, a, 16);
  memcpy(b16, b, 16);
  memcpy(sums, c, 16);
  for (int i = 0; i < 8; i++) {
    int32_t product = (a16[i] * b16[i] + 0x4000) >> 15;
    int32_t dot = a[2 * i] * b[2 * i] + a[2 * i + 1] * b[2 * i + 1];
    words[i] = (int16_t)(product > INT16_MAX ? INT16_MAX : product);
    dots[i] = (int16_t)(dot > INT16_MAX ? INT16_MAX : dot);
    sums[i / 2] = (int32_t)((uint32_t)sums[i / 2] + (uint32_t)(int32_t)dots[i]);
  }
  wasm_v128_store(found, wasm_i16x8_relaxed_q15mulr(va, vb));
  check("i16x8.relaxed_q15mulr_s", found, words, 16);
  wasm_v128_store(found, wasm_i16x8_relaxed_dot_i8x16_i7x16(va, vb));
  check("i16x8.relaxed_dot_i8x16_i7x16_s", found, dots, 16);
  wasm_v128_store(found, wasm_i32x4_relaxed_dot_i8x16_i7x16_add(va, vb, vc));
  check("i32x4.relaxed_dot_i8x16_i7x16_add_s", found, sums, 16);
}

int main(void) {
  for (size_t i = 0; i < COUNT(floats); i++) {
    for (size_t k = 0; k < COUNT(floats); k++) {
      scalars(float_of(i), float_of(k), double_of(i), double_of(k));
      payloads(float_of(i), float_of(k));
      float a[4], b[4], c[4];
      double x[2] = {double_of(i), double_of(k + i)};
      for (size_t lane = 0; lane < 4; lane++) {
        a[lane] = float_of(i + lane);
        b[lane] = float_of(k + 2 * lane);
        c[lane] = float_of(i + k + 3 * lane);
      }
      relaxed_floats(a, b, c, x);
    }
  }
  int8_t bytes[3][16];
  uint32_t random = 1;
  for (int round = 0; round < 500; round++) {
    for (int i = 0; i < 48; i++) {
      random = random * 1664525 + 1013904223;
      bytes[i / 16][i % 16] = (int8_t)(random >> 28 < 6 ? -128 : random >> 24);
    }
    relaxed_integers(bytes[0], bytes[1], bytes[2]);
  }
  printf("%08x%08x\n", (unsigned)(sum >> 32), (unsigned)sum);
  return failures > 0;
}
