/* Vectors of 128 bits for the benchmark's SIMD kernels: one name for each operation that they use, mapped by
 * hand to the intrinsics of each machine, so that the native build runs what a person would have written for
 * it. On WebAssembly they are those of wasm_simd128.h (Wasm 2.0, 4.4.3). Operations that mean the same
 * everywhere are left to the compilers' vector types. */
#ifndef TESTS_BENCH_KERNELS_SIMD_VECTOR_H
#define TESTS_BENCH_KERNELS_SIMD_VECTOR_H

#include <stdint.h>

#if defined __wasm_simd128__

#include <wasm_simd128.h>

typedef v128_t vector;

#define vector_bytes(...) wasm_u8x16_const(__VA_ARGS__)
#define vector_splat8(x) wasm_i8x16_splat((int8_t)(x))
#define vector_splat16(x) wasm_i16x8_splat((int16_t)(x))
#define vector_splat32(x) wasm_i32x4_splat((int32_t)(x))
#define vector_load(from) wasm_v128_load(from)
#define vector_store(to, v) wasm_v128_store(to, v)

#define vector_and(a, b) wasm_v128_and(a, b)
#define vector_or(a, b) wasm_v128_or(a, b)
#define vector_xor(a, b) wasm_v128_xor(a, b)
#define vector_add8(a, b) wasm_i8x16_add(a, b)
#define vector_add16(a, b) wasm_i16x8_add(a, b)
#define vector_add32(a, b) wasm_i32x4_add(a, b)
#define vector_sub16(a, b) wasm_i16x8_sub(a, b)
#define vector_sub_saturated_u8(a, b) wasm_u8x16_sub_sat(a, b)
#define vector_equal8(a, b) wasm_i8x16_eq(a, b)
#define vector_greater8(a, b) wasm_i8x16_gt(a, b)
#define vector_left16(v, n) wasm_i16x8_shl(v, n)
#define vector_left32(v, n) wasm_i32x4_shl(v, n)
#define vector_right16(v, n) wasm_u16x8_shr(v, n)
#define vector_right32(v, n) wasm_u32x4_shr(v, n)
#define vector_right16_signed(v, n) wasm_i16x8_shr(v, n)
#define vector_right32_signed(v, n) wasm_i32x4_shr(v, n)
#define vector_is_zero(v) (!wasm_v128_any_true(v))
#define vector_dot16(a, b) wasm_i32x4_dot_i16x8(a, b)
#define vector_multiply_q15(a, b) wasm_i16x8_q15mulr_sat(a, b)
#define vector_widen_low8(v) wasm_u16x8_extend_low_u8x16(v)
#define vector_widen_high8(v) wasm_u16x8_extend_high_u8x16(v)
#define vector_narrow32(low, high) wasm_i16x8_narrow_i32x4(low, high)
#define vector_narrow16_u8(low, high) wasm_u8x16_narrow_i16x8(low, high)
#define vector_swizzle(table, indices) wasm_i8x16_swizzle(table, indices)
#define vector_even32(a, b) wasm_i32x4_shuffle(a, b, 0, 2, 4, 6)
#define vector_odd32(a, b) wasm_i32x4_shuffle(a, b, 1, 3, 5, 7)
#define vector_zip_low8(a, b) wasm_i8x16_shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define vector_zip_high8(a, b)                                                                               \
  wasm_i8x16_shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
#define vector_zip_low16(a, b) wasm_i16x8_shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define vector_zip_high16(a, b) wasm_i16x8_shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
#define vector_before(v, previous, n)                                                                        \
  wasm_i8x16_shuffle(previous, v, 16 - n, 17 - n, 18 - n, 19 - n, 20 - n, 21 - n, 22 - n, 23 - n, 24 - n,    \
                     25 - n, 26 - n, 27 - n, 28 - n, 29 - n, 30 - n, 31 - n)

#elif defined __SSE4_1__

#include <immintrin.h>

typedef __m128i vector;
typedef uint8_t vector_constant __attribute__((vector_size(16)));

#define vector_bytes(...) ((__m128i)(vector_constant){__VA_ARGS__})
#define vector_splat8(x) _mm_set1_epi8((char)(x))
#define vector_splat16(x) _mm_set1_epi16((short)(x))
#define vector_splat32(x) _mm_set1_epi32((int)(x))
#define vector_load(from) _mm_loadu_si128((const __m128i *)(from))
#define vector_store(to, v) _mm_storeu_si128((__m128i *)(to), v)

#define vector_and(a, b) _mm_and_si128(a, b)
#define vector_or(a, b) _mm_or_si128(a, b)
#define vector_xor(a, b) _mm_xor_si128(a, b)
#define vector_add8(a, b) _mm_add_epi8(a, b)
#define vector_add16(a, b) _mm_add_epi16(a, b)
#define vector_add32(a, b) _mm_add_epi32(a, b)
#define vector_sub16(a, b) _mm_sub_epi16(a, b)
#define vector_sub_saturated_u8(a, b) _mm_subs_epu8(a, b)
#define vector_equal8(a, b) _mm_cmpeq_epi8(a, b)
#define vector_greater8(a, b) _mm_cmpgt_epi8(a, b)
#define vector_left16(v, n) _mm_slli_epi16(v, n)
#define vector_left32(v, n) _mm_slli_epi32(v, n)
#define vector_right16(v, n) _mm_srli_epi16(v, n)
#define vector_right32(v, n) _mm_srli_epi32(v, n)
#define vector_right16_signed(v, n) _mm_srai_epi16(v, n)
#define vector_right32_signed(v, n) _mm_srai_epi32(v, n)
#define vector_is_zero(v) _mm_testz_si128(v, v)
#define vector_dot16(a, b) _mm_madd_epi16(a, b)
#define vector_multiply_q15(a, b) _mm_mulhrs_epi16(a, b)
#define vector_widen_low8(v) _mm_cvtepu8_epi16(v)
#define vector_widen_high8(v) _mm_unpackhi_epi8(v, _mm_setzero_si128())
#define vector_narrow32(low, high) _mm_packs_epi32(low, high)
#define vector_narrow16_u8(low, high) _mm_packus_epi16(low, high)
#define vector_swizzle(table, indices) _mm_shuffle_epi8(table, indices)
#define vector_shuffle32(a, b, order)                                                                        \
  _mm_castps_si128(_mm_shuffle_ps(_mm_castsi128_ps(a), _mm_castsi128_ps(b), order))
#define vector_even32(a, b) vector_shuffle32(a, b, _MM_SHUFFLE(2, 0, 2, 0))
#define vector_odd32(a, b) vector_shuffle32(a, b, _MM_SHUFFLE(3, 1, 3, 1))
#define vector_zip_low8(a, b) _mm_unpacklo_epi8(a, b)
#define vector_zip_high8(a, b) _mm_unpackhi_epi8(a, b)
#define vector_zip_low16(a, b) _mm_unpacklo_epi16(a, b)
#define vector_zip_high16(a, b) _mm_unpackhi_epi16(a, b)
#define vector_before(v, previous, n) _mm_alignr_epi8(v, previous, 16 - n)

#elif defined __aarch64__

#include <arm_neon.h>

typedef uint8x16_t vector;

#define vector_s8(v) vreinterpretq_s8_u8(v)
#define vector_s16(v) vreinterpretq_s16_u8(v)
#define vector_u16(v) vreinterpretq_u16_u8(v)
#define vector_s32(v) vreinterpretq_s32_u8(v)
#define vector_u32(v) vreinterpretq_u32_u8(v)
#define vector_of_s16(v) vreinterpretq_u8_s16(v)
#define vector_of_u16(v) vreinterpretq_u8_u16(v)
#define vector_of_s32(v) vreinterpretq_u8_s32(v)
#define vector_of_u32(v) vreinterpretq_u8_u32(v)

#define vector_bytes(...) ((uint8x16_t){__VA_ARGS__})
#define vector_splat8(x) vdupq_n_u8((uint8_t)(x))
#define vector_splat16(x) vector_of_u16(vdupq_n_u16((uint16_t)(x)))
#define vector_splat32(x) vector_of_u32(vdupq_n_u32((uint32_t)(x)))
#define vector_load(from) vld1q_u8((const uint8_t *)(from))
#define vector_store(to, v) vst1q_u8((uint8_t *)(to), v)

#define vector_and(a, b) vandq_u8(a, b)
#define vector_or(a, b) vorrq_u8(a, b)
#define vector_xor(a, b) veorq_u8(a, b)
#define vector_add8(a, b) vaddq_u8(a, b)
#define vector_add16(a, b) vector_of_u16(vaddq_u16(vector_u16(a), vector_u16(b)))
#define vector_add32(a, b) vector_of_u32(vaddq_u32(vector_u32(a), vector_u32(b)))
#define vector_sub16(a, b) vector_of_u16(vsubq_u16(vector_u16(a), vector_u16(b)))
#define vector_sub_saturated_u8(a, b) vqsubq_u8(a, b)
#define vector_equal8(a, b) vceqq_u8(a, b)
#define vector_greater8(a, b) vcgtq_s8(vector_s8(a), vector_s8(b))
#define vector_left16(v, n) vector_of_u16(vshlq_n_u16(vector_u16(v), n))
#define vector_left32(v, n) vector_of_u32(vshlq_n_u32(vector_u32(v), n))
#define vector_right16(v, n) vector_of_u16(vshrq_n_u16(vector_u16(v), n))
#define vector_right32(v, n) vector_of_u32(vshrq_n_u32(vector_u32(v), n))
#define vector_right16_signed(v, n) vector_of_s16(vshrq_n_s16(vector_s16(v), n))
#define vector_right32_signed(v, n) vector_of_s32(vshrq_n_s32(vector_s32(v), n))
#define vector_is_zero(v) (vmaxvq_u8(v) == 0)
#define vector_multiply_q15(a, b) vector_of_s16(vqrdmulhq_s16(vector_s16(a), vector_s16(b)))
#define vector_widen_low8(v) vector_of_u16(vmovl_u8(vget_low_u8(v)))
#define vector_widen_high8(v) vector_of_u16(vmovl_high_u8(v))
#define vector_narrow32(low, high)                                                                           \
  vector_of_s16(vqmovn_high_s32(vqmovn_s32(vector_s32(low)), vector_s32(high)))
#define vector_narrow16_u8(low, high) vqmovun_high_s16(vqmovun_s16(vector_s16(low)), vector_s16(high))
#define vector_swizzle(table, indices) vqtbl1q_u8(table, indices)
#define vector_even32(a, b) vector_of_u32(vuzp1q_u32(vector_u32(a), vector_u32(b)))
#define vector_odd32(a, b) vector_of_u32(vuzp2q_u32(vector_u32(a), vector_u32(b)))
#define vector_zip_low8(a, b) vzip1q_u8(a, b)
#define vector_zip_high8(a, b) vzip2q_u8(a, b)
#define vector_zip_low16(a, b) vector_of_u16(vzip1q_u16(vector_u16(a), vector_u16(b)))
#define vector_zip_high16(a, b) vector_of_u16(vzip2q_u16(vector_u16(a), vector_u16(b)))
#define vector_before(v, previous, n) vextq_u8(previous, v, 16 - n)

static inline vector vector_dot16(vector a, vector b) {
  int32x4_t low = vmull_s16(vget_low_s16(vector_s16(a)), vget_low_s16(vector_s16(b)));
  return vector_of_s32(vpaddq_s32(low, vmull_high_s16(vector_s16(a), vector_s16(b))));
}

#else
#error "neither wasm32 with -msimd128, nor x86-64 with SSE4.1, nor arm64"
#endif

/* What the macros above leave open: a table lookup's indices are below 16, or at least 128 for a zero; the
 * factors of vector_multiply_q15 are not both -32768. On those the machines agree. */

#endif
