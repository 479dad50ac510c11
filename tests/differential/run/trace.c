/* See trace.h. The functions of the host have the symbols by which the static model finds them. */
#include "trace.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

uint32_t trace_seed(unsigned call) {
  return (call + 1) * UINT32_C(2654435761);
}

uint64_t trace_argument(uint32_t type, uint32_t *state) {
  static const uint32_t i32[] = {0, 1,  0xffffffff, 0x80000000, 0x7fffffff, 2,
                                 8, 31, 100,        0xff,       0x1000,     0xfffffff0};
  static const uint64_t i64[] = {0,         1,          UINT64_MAX, UINT64_C(1) << 63,
                                 INT64_MAX, 2,          8,          63,
                                 100,       UINT32_MAX, 4096,       UINT64_C(0xffffffff00000001)};
  static const uint32_t f32[] = {0,          0x80000000, 0x3f800000, 0xbf800000, 0x7f800000, 0xff800000,
                                 0x7fc00000, 0x00000001, 0x7f7fffff, 0x40200000, 0x4f000000, 0xc1200000};
  static const uint64_t f64[] = {0,
                                 UINT64_C(1) << 63,
                                 0x3ff0000000000000,
                                 0xbff0000000000000,
                                 0x7ff0000000000000,
                                 0xfff0000000000000,
                                 0x7ff8000000000000,
                                 1,
                                 0x7fefffffffffffff,
                                 0x4004000000000000,
                                 0x41e0000000000000,
                                 0xc024000000000000};
  *state = *state * UINT32_C(1664525) + UINT32_C(1013904223);
  uint32_t choice = (*state >> 8) % 12;
  switch (type) {
  case WASMRT_I32:
    return i32[choice];
  case WASMRT_I64:
    return i64[choice];
  case WASMRT_F32:
    return f32[choice];
  case WASMRT_F64:
    return f64[choice];
  default:
    return 0;
  }
}

void trace_value(uint32_t type, uint64_t value) {
  switch (type) {
  case WASMRT_I32:
    printf(" i32:%" PRIx32, (uint32_t)value);
    break;
  case WASMRT_I64:
    printf(" i64:%" PRIx64, value);
    break;
  case WASMRT_F32:
    if (((uint32_t)value & 0x7fffffff) > 0x7f800000) {
      printf(" f32:nan");
    } else {
      printf(" f32:%" PRIx32, (uint32_t)value);
    }
    break;
  case WASMRT_F64:
    if ((value & INT64_MAX) > UINT64_C(0x7ff0000000000000)) {
      printf(" f64:nan");
    } else {
      printf(" f64:%" PRIx64, value);
    }
    break;
  default:
    printf(value == 0 ? " null" : " ref");
    break;
  }
}

#define SYMBOL(name) __asm__("w2n.fuzzing-support." name)

void log_i32(struct wasmrt_instance *caller, uint32_t value) SYMBOL("log-i32");
void log_i64(struct wasmrt_instance *caller, uint64_t value) SYMBOL("log-i64");
void log_f32(struct wasmrt_instance *caller, float value) SYMBOL("log-f32");
void log_f64(struct wasmrt_instance *caller, double value) SYMBOL("log-f64");

static void trace_log(uint32_t type, uint64_t value) {
  printf("  log");
  trace_value(type, value);
  putchar('\n');
}

void log_i32(struct wasmrt_instance *caller, uint32_t value) {
  (void)caller;
  trace_log(WASMRT_I32, value);
}

void log_i64(struct wasmrt_instance *caller, uint64_t value) {
  (void)caller;
  trace_log(WASMRT_I64, value);
}

void log_f32(struct wasmrt_instance *caller, float value) {
  (void)caller;
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  trace_log(WASMRT_F32, bits);
}

void log_f64(struct wasmrt_instance *caller, double value) {
  (void)caller;
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  trace_log(WASMRT_F64, bits);
}

bool trace_define(struct wasmrt_store *store) {
  const struct wasmrt_native_function functions[] = {
      {"log-i32", "i:", (void (*)(void))log_i32},
      {"log-i64", "I:", (void (*)(void))log_i64},
      {"log-f32", "f:", (void (*)(void))log_f32},
      {"log-f64", "F:", (void (*)(void))log_f64},
  };
  struct wasmrt_error error;
  if (wasmrt_define_native(store, "fuzzing-support", functions, sizeof functions / sizeof functions[0],
                           &error)) {
    printf("error: %s\n", error.message);
    return false;
  }
  return true;
}
