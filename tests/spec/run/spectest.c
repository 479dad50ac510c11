/*
 * The host module "spectest", as the specification's interpreter defines it. The functions and globals have
 * the symbols by which the static model finds them, and are defined in the store for the instance model.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"

#define SYMBOL(name) __asm__("w2n.spectest." name)

/* Printing is what these functions are for, but nothing compares it: they say that they were called, and with
 * what. */
void print(struct wasmrt_instance *caller) SYMBOL("print");
void print_i32(struct wasmrt_instance *caller, uint32_t a) SYMBOL("print_i32");
void print_i64(struct wasmrt_instance *caller, uint64_t a) SYMBOL("print_i64");
void print_f32(struct wasmrt_instance *caller, float a) SYMBOL("print_f32");
void print_f64(struct wasmrt_instance *caller, double a) SYMBOL("print_f64");
void print_i32_f32(struct wasmrt_instance *caller, uint32_t a, float b) SYMBOL("print_i32_f32");
void print_f64_f64(struct wasmrt_instance *caller, double a, double b) SYMBOL("print_f64_f64");

/* Bit patterns, as nothing here prints floating point (see quad.c). */
static void show(struct wasmrt_instance *caller, uint64_t a, uint64_t b) {
  if (getenv("SPECTEST_PRINT") != NULL) {
    printf("spectest(%s): %" PRIx64 " %" PRIx64 "\n", caller == NULL ? "no caller" : "caller", a, b);
  }
}

static uint64_t bits32(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

static uint64_t bits64(double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

void print(struct wasmrt_instance *caller) {
  show(caller, 0, 0);
}
void print_i32(struct wasmrt_instance *caller, uint32_t a) {
  show(caller, a, 0);
}
void print_i64(struct wasmrt_instance *caller, uint64_t a) {
  show(caller, a, 0);
}
void print_f32(struct wasmrt_instance *caller, float a) {
  show(caller, bits32(a), 0);
}
void print_f64(struct wasmrt_instance *caller, double a) {
  show(caller, bits64(a), 0);
}
void print_i32_f32(struct wasmrt_instance *caller, uint32_t a, float b) {
  show(caller, a, bits32(b));
}
void print_f64_f64(struct wasmrt_instance *caller, double a, double b) {
  show(caller, bits64(a), bits64(b));
}

/* The cells of the globals in the static model; bit patterns. */
struct cell {
  uint64_t value, high;
};
extern const struct cell global_i32 SYMBOL("global_i32");
extern const struct cell global_i64 SYMBOL("global_i64");
extern const struct cell global_f32 SYMBOL("global_f32");
extern const struct cell global_f64 SYMBOL("global_f64");
const struct cell global_i32 = {666, 0};
const struct cell global_i64 = {666, 0};
const struct cell global_f32 = {0x4426a666, 0};                   /* 666.6f */
const struct cell global_f64 = {UINT64_C(0x4084d4cccccccccd), 0}; /* 666.6 */

void spectest_define(struct wasmrt_store *store) {
  static const char module[] = "spectest";
  const struct wasmrt_native_function functions[] = {
      {"print", ":", (void (*)(void))print},
      {"print_i32", "i:", (void (*)(void))print_i32},
      {"print_i64", "I:", (void (*)(void))print_i64},
      {"print_f32", "f:", (void (*)(void))print_f32},
      {"print_f64", "F:", (void (*)(void))print_f64},
      {"print_i32_f32", "if:", (void (*)(void))print_i32_f32},
      {"print_f64_f64", "FF:", (void (*)(void))print_f64_f64},
  };
  struct wasmrt_error error = {0};
  bool failed =
      wasmrt_define_native(store, module, functions, sizeof functions / sizeof functions[0], &error) ||
      wasmrt_define_global(store, module, "global_i32", WASMRT_I32, false, global_i32.value, &error) ||
      wasmrt_define_global(store, module, "global_i64", WASMRT_I64, false, global_i64.value, &error) ||
      wasmrt_define_global(store, module, "global_f32", WASMRT_F32, false, global_f32.value, &error) ||
      wasmrt_define_global(store, module, "global_f64", WASMRT_F64, false, global_f64.value, &error) ||
      wasmrt_define_table(store, module, "table", WASMRT_FUNCREF, 10, 20, &error) ||
      wasmrt_define_table64(store, module, "table64", WASMRT_FUNCREF, 10, 20, &error) ||
      wasmrt_define_memory(store, module, "memory", 1, 2, &error);
  if (failed) {
    fprintf(stderr, "cannot define spectest: %s\n", error.message);
    exit(2);
  }
}
