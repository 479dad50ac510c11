/* The tables of WASI's functions, to be given to wasmrt_define_native in the instance model. */
#ifndef WASMRT_WASI_FUNCTIONS_H
#define WASMRT_WASI_FUNCTIONS_H

#include "wasmrt.h"

/* Of the module wasi_snapshot_preview1, all 46. */
extern const struct wasmrt_native_function wasmrt_wasi_functions[];
extern const size_t wasmrt_wasi_function_count;

/* Of the older wasi_unstable, 45. */
extern const struct wasmrt_native_function wasmrt_wasi_unstable_functions[];
extern const size_t wasmrt_wasi_unstable_function_count;

#endif
