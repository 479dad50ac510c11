/*
 * Vector operations in the surroundings for which the lowering and its peepholes have forms of their own,
 * compared with the same computed lane by lane. Exits with 1 if one differs.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <wasm_simd128.h>

static unsigned failures;

static void check(const char *what, v128_t found, const void *wanted) {
  uint8_t bytes[16];
  wasm_v128_store(bytes, found);
  if (memcmp(bytes, wanted, 16) != 0 && failures++ < 20) {
    printf("%s:", what);
    for (int i = 0; i < 16; i++) {
      printf(" %02x/%02x", bytes[i], ((const uint8_t *)wanted)[i]);
    }
    printf("\n");
  }
}

static void check_number(const char *what, uint64_t found, uint64_t wanted) {
  if (found != wanted && failures++ < 20) {
    printf("%s: %llx/%llx\n", what, (unsigned long long)found, (unsigned long long)wanted);
  }
}

/* Indices that are known to be below 16, and some that only seem to be. */
static void swizzles(const uint8_t *a, const uint8_t *b) {
  v128_t va = wasm_v128_load(a), vb = wasm_v128_load(b);
  uint8_t masked[16], shifted[16], least[16], plain[16], loose[16];
  for (int i = 0; i < 16; i++) {
    masked[i] = a[b[i] & 15];
    shifted[i] = a[b[i] >> 4];
    least[i] = a[b[i] < 15 ? b[i] : 15];
    plain[i] = b[i] < 16 ? a[b[i]] : 0;
    loose[i] = (b[i] | 0x70) < 16 ? a[b[i] & 15] : 0;
  }
  check("masked index", wasm_i8x16_swizzle(va, wasm_v128_and(vb, wasm_i8x16_splat(15))), masked);
  check("shifted index", wasm_i8x16_swizzle(va, wasm_u8x16_shr(vb, 4)), shifted);
  check("least index", wasm_i8x16_swizzle(va, wasm_u8x16_min(vb, wasm_i8x16_splat(15))), least);
  check("any index", wasm_i8x16_swizzle(va, vb), plain);
  check("index with high bits", wasm_i8x16_swizzle(va, wasm_v128_or(vb, wasm_i8x16_splat(0x70))), loose);
}

static int16_t rounded(int a, int b) {
  int product = (a * b + 0x4000) >> 15;
  return (int16_t)(product > 32767 ? 32767 : product);
}

static uint8_t saturated(int number) {
  return (uint8_t)(number < 0 ? 0 : number > 255 ? 255 : number);
}

static void words(const int16_t *a, const int16_t *b) {
  v128_t va = wasm_v128_load(a), vb = wasm_v128_load(b);
  int16_t half[8], least[8], both[8];
  uint8_t high[16], low[16], plain[16], shifted[16];
  for (int i = 0; i < 8; i++) {
    half[i] = rounded(a[i], 0x4000);
    least[i] = rounded(a[i], -32768);
    both[i] = rounded(a[i], b[i]);
    high[i] = (uint8_t)((uint16_t)a[i] >> 8), high[i + 8] = (uint8_t)((uint16_t)b[i] >> 8);
    low[i] = (uint8_t)a[i], low[i + 8] = (uint8_t)b[i];
    plain[i] = saturated(a[i]), plain[i + 8] = saturated(b[i]);
    shifted[i] = saturated((uint16_t)a[i] >> 7), shifted[i + 8] = saturated(b[i] & 0x1ff);
  }
  check("q15mulr by a half", wasm_i16x8_q15mulr_sat(va, wasm_i16x8_splat(0x4000)), half);
  check("q15mulr by the least", wasm_i16x8_q15mulr_sat(wasm_i16x8_splat(-32768), va), least);
  check("q15mulr", wasm_i16x8_q15mulr_sat(va, vb), both);
  check("high bytes", wasm_u8x16_narrow_i16x8(wasm_u16x8_shr(va, 8), wasm_u16x8_shr(vb, 8)), high);
  v128_t mask = wasm_i16x8_splat(255);
  check("low bytes", wasm_u8x16_narrow_i16x8(wasm_v128_and(va, mask), wasm_v128_and(vb, mask)), low);
  check("narrow", wasm_u8x16_narrow_i16x8(va, vb), plain);
  mask = wasm_i16x8_splat(0x1ff);
  check("nine bits", wasm_u8x16_narrow_i16x8(wasm_u16x8_shr(va, 7), wasm_v128_and(vb, mask)), shifted);
}

static void quadwords(const uint64_t *a, const uint64_t *b, unsigned count) {
  v128_t va = wasm_v128_load(a), vb = wasm_v128_load(b);
  uint64_t left[2], right[2], product[2];
  int64_t arithmetic[2];
  for (int i = 0; i < 2; i++) {
    left[i] = a[i] << (count & 63);
    right[i] = a[i] >> (count & 63);
    arithmetic[i] = (int64_t)a[i] >> (count & 63);
    product[i] = a[i] * b[i];
  }
  check("i64x2.shl", wasm_i64x2_shl(va, count), left);
  check("i64x2.shr_u", wasm_u64x2_shr(va, count), right);
  check("i64x2.shr_s", wasm_i64x2_shr(va, count), arithmetic);
  check("i64x2.mul", wasm_i64x2_mul(va, vb), product);
}

/* Masks of lanes, of comparisons or not, in conditions and as numbers. */
static void masks(const uint8_t *a, const uint8_t *b) {
  v128_t va = wasm_v128_load(a), vb = wasm_v128_load(b), is_equal = wasm_i8x16_eq(va, vb);
  v128_t is_equal32 = wasm_i32x4_eq(va, vb), is_equal16 = wasm_i16x8_eq(va, vb),
         is_equal64 = wasm_i64x2_eq(va, vb);
  unsigned bits = 0, bits16 = 0, bits32 = 0, bits64 = 0;
  for (unsigned i = 0; i < 16; i++) {
    bits |= (unsigned)(a[i] == b[i]) << i;
    bits16 |= (unsigned)(i % 2 == 0 && memcmp(a + i, b + i, 2) == 0) << i / 2;
    bits32 |= (unsigned)(i % 4 == 0 && memcmp(a + i, b + i, 4) == 0) << i / 4;
    bits64 |= (unsigned)(i % 8 == 0 && memcmp(a + i, b + i, 8) == 0) << i / 8;
  }
  check_number("bitmask", wasm_i8x16_bitmask(is_equal), bits);
  check_number("bitmask 16", wasm_i16x8_bitmask(is_equal16), bits16);
  check_number("bitmask 32", wasm_i32x4_bitmask(is_equal32), bits32);
  check_number("bitmask 64", wasm_i64x2_bitmask(is_equal64), bits64);
  check_number("none", wasm_i8x16_bitmask(is_equal) ? 3 : 4, bits ? 3 : 4);
  check_number("all", wasm_i8x16_bitmask(is_equal) == 0xffff ? 3 : 4, bits == 0xffff ? 3 : 4);
  check_number("not all", wasm_i16x8_bitmask(is_equal16) != 0xff ? 3 : 4, bits16 != 0xff ? 3 : 4);
  check_number("none 32", wasm_i32x4_bitmask(is_equal32) == 0 ? 3 : 4, bits32 == 0 ? 3 : 4);
  check_number("all 64", wasm_i64x2_bitmask(is_equal64) == 3 ? 3 : 4, bits64 == 3 ? 3 : 4);
  check_number("all_true", wasm_i8x16_all_true(is_equal) ? 3 : 4, bits == 0xffff ? 3 : 4);
  check_number("any_true", wasm_v128_any_true(is_equal) ? 3 : 4, bits ? 3 : 4);
  check_number("all_true 16", wasm_i16x8_all_true(is_equal16), bits16 == 0xff);
  check_number("all_true 64", wasm_i64x2_all_true(is_equal64), bits64 == 3);
}

/* Among them signalling NaNs, which comparisons and selects leave as they are. */
static volatile const uint32_t numbers[] = {0,          0x80000000, 0x3f800000, 0xbf800000,
                                            0x7f800000, 0xff800000, 0x7fc00000, 0x7fa00001,
                                            0xffa00001, 0x42f00000, 0x43800000, 1};

static uint32_t bits_of(float number) {
  uint32_t bits;
  memcpy(&bits, &number, 4);
  return bits;
}

static int is_nan(uint32_t bits) {
  return (bits & 0x7fffffff) > 0x7f800000;
}

static uint32_t extreme(uint32_t a, uint32_t b, int is_min) {
  float x, y;
  memcpy(&x, &a, 4);
  memcpy(&y, &b, 4);
  return x == y ? (is_min ? a | b : a & b) : (x < y) == is_min ? a : b;
}

static void floats(uint32_t a, uint32_t b) {
  float x, y;
  memcpy(&x, &a, 4);
  memcpy(&y, &b, 4);
  v128_t vx = wasm_i32x4_splat((int32_t)a), vy = wasm_i32x4_splat((int32_t)b);
  v128_t zero = wasm_f32x4_const_splat(0), most = wasm_f32x4_const_splat(127);
  uint32_t clamped = x > 0 ? a : 0, wanted[4];
  clamped = clamped && x > 127 ? 0x42fe0000 : clamped;
  for (int i = 0; i < 4; i++) {
    wanted[i] = clamped;
  }
  check("clamp by pmin and pmax", wasm_f32x4_pmin(wasm_f32x4_pmax(zero, vx), most), wanted);
  check_number("clamp by select", bits_of(x > 0 ? x : 0), x > 0 ? a : 0);
  check_number("pmin", (uint32_t)wasm_i32x4_extract_lane(wasm_f32x4_pmin(vx, vy), 2), y < x ? b : a);
  check_number("pmax", (uint32_t)wasm_i32x4_extract_lane(wasm_f32x4_pmax(vx, vy), 2), x < y ? b : a);
  uint32_t min = (uint32_t)wasm_i32x4_extract_lane(wasm_f32x4_min(vx, vy), 1);
  uint32_t max = (uint32_t)wasm_i32x4_extract_lane(wasm_f32x4_max(vx, vy), 1);
  uint32_t scalar = bits_of(__builtin_wasm_min_f32(x, y));
  if (is_nan(a) || is_nan(b)) { /* quiet ones */
    check_number("min of NaN", min & max & scalar & 0x7fc00000, 0x7fc00000);
  } else {
    check_number("min", min, extreme(a, b, 1));
    check_number("max", max, extreme(a, b, 0));
    check_number("f32.min", scalar, extreme(a, b, 1));
  }
}

static void conversions(const uint32_t *a) {
  v128_t va = wasm_v128_load(a);
  double low[2] = {a[0], a[1]}, doubles[2] = {a[2] * 1.5 - 100, a[3] / 3.0};
  uint32_t whole[4], from_doubles[4] = {0};
  float lanes[4];
  for (int i = 0; i < 4; i++) {
    lanes[i] = i == 0 ? (float)a[i] * 4 - 5e9f : (float)a[i];
    whole[i] = !(lanes[i] > 0) ? 0 : lanes[i] >= 4294967296.0f ? UINT32_MAX : (uint32_t)lanes[i];
  }
  for (int i = 0; i < 2; i++) {
    from_doubles[i] = !(doubles[i] > 0) ? 0 : doubles[i] >= 4294967295.0 ? UINT32_MAX : (uint32_t)doubles[i];
  }
  check("f64x2.convert_low_i32x4_u", wasm_f64x2_convert_low_u32x4(va), low);
  check("i32x4.trunc_sat_f32x4_u", wasm_u32x4_trunc_sat_f32x4(wasm_v128_load(lanes)), whole);
  check("i32x4.trunc_sat_f64x2_u_zero", wasm_u32x4_trunc_sat_f64x2_zero(wasm_v128_load(doubles)),
        from_doubles);
}

int main(void) {
  uint32_t random = 1, data[2][4];
  for (unsigned round = 0; round < 4000; round++) {
    for (unsigned i = 0; i < 8; i++) {
      random = random * 1664525 + 1013904223;
      uint32_t value = random >> 16;
      random = random * 1664525 + 1013904223;
      data[i / 4][i % 4] = round % 8 == 0 ? 0x80008000 : value << 16 | random >> 16;
    }
    if (round % 4 == 1) {
      memcpy(data[1], data[0], round % 16 + 1);
    }
    swizzles((const uint8_t *)data[0], (const uint8_t *)data[1]);
    words((const int16_t *)data[0], (const int16_t *)data[1]);
    uint64_t wide[2][2];
    memcpy(wide, data, sizeof wide);
    quadwords(wide[0], wide[1], round);
    masks((const uint8_t *)data[0], (const uint8_t *)data[1]);
    conversions(data[0]);
  }
  for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
    for (size_t k = 0; k < sizeof numbers / sizeof numbers[0]; k++) {
      floats(numbers[i], numbers[k]);
    }
  }
  return failures > 0;
}
