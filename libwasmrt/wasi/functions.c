/*
 * The tables of all functions, for the instance model, where imports are found by name at instantiation. They
 * are in a file of their own since they reach everything: an executable of the static model never links it.
 */
#define _GNU_SOURCE
#include "preview1.h"

#include "functions.h"
#include "letters.h"

const struct wasmrt_native_function wasmrt_wasi_functions[] = {
#define WASI(name, unstable, params, result)                                                                 \
  {#name, params ":" LETTER_##result, (void (*)(void))wasi_public_##name},
#include "wasi.def"
};
const size_t wasmrt_wasi_function_count = sizeof wasmrt_wasi_functions / sizeof *wasmrt_wasi_functions;

#define UNSTABLE_SAME(...) __VA_ARGS__
#define UNSTABLE_OWN(...) __VA_ARGS__
#define UNSTABLE_NONE(...)
const struct wasmrt_native_function wasmrt_wasi_unstable_functions[] = {
#define WASI(name, unstable, params, result)                                                                 \
  UNSTABLE_##unstable({#name, params ":" LETTER_##result, (void (*)(void))wasi_unstable_public_##name}, )
#include "wasi.def"
};
const size_t wasmrt_wasi_unstable_function_count =
    sizeof wasmrt_wasi_unstable_functions / sizeof *wasmrt_wasi_unstable_functions;
