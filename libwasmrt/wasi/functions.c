/*
 * The tables of all functions, for the instance model, where imports are found by name at instantiation. They
 * are in a file of their own since they reach everything: an executable of the static model never links it.
 */
#define _GNU_SOURCE
#include "preview1.h"

#include "functions.h"

/* The first of a signature's letters stands without a comma before it; so a list is a row of strings. */
#define LETTER_i "i"
#define LETTER_I "I"
#define LETTER_V ""
#define PARAMS0() ""
#define PARAMS1(a) LETTER_##a
#define PARAMS2(a, b) LETTER_##a LETTER_##b
#define PARAMS3(a, b, c) PARAMS2(a, b) LETTER_##c
#define PARAMS4(a, b, c, d) PARAMS2(a, b) PARAMS2(c, d)
#define PARAMS5(a, b, c, d, e) PARAMS4(a, b, c, d) LETTER_##e
#define PARAMS6(a, b, c, d, e, f) PARAMS4(a, b, c, d) PARAMS2(e, f)
#define PARAMS7(a, b, c, d, e, f, g) PARAMS4(a, b, c, d) PARAMS3(e, f, g)
#define PARAMS9(a, b, c, d, e, f, g, h, i) PARAMS4(a, b, c, d) PARAMS5(e, f, g, h, i)

const struct wasmrt_native_function wasmrt_wasi_functions[] = {
#define WASI(name, unstable, params, result) {#name, params ":" LETTER_##result, (void (*)(void))wasi_##name},
#include "wasi.def"
};
const size_t wasmrt_wasi_function_count = sizeof wasmrt_wasi_functions / sizeof *wasmrt_wasi_functions;

#define UNSTABLE_SAME(...) __VA_ARGS__
#define UNSTABLE_OWN(...) __VA_ARGS__
#define UNSTABLE_NONE(...)
const struct wasmrt_native_function wasmrt_wasi_unstable_functions[] = {
#define WASI(name, unstable, params, result)                                                                 \
  UNSTABLE_##unstable({#name, params ":" LETTER_##result, (void (*)(void))wasi_unstable_##name}, )
#include "wasi.def"
};
const size_t wasmrt_wasi_unstable_function_count =
    sizeof wasmrt_wasi_unstable_functions / sizeof *wasmrt_wasi_unstable_functions;
