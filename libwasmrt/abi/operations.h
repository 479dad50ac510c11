/* Prototypes of the functions that compiled code calls, from functions.def. For the runtime, which defines them. */
#ifndef WASMRT_OPERATIONS_H
#define WASMRT_OPERATIONS_H

#include "abi.h"

#define C_TYPE_VOID void
#define C_TYPE_U32 uint32_t
#define C_TYPE_U64 uint64_t
#define C_TYPE_PTR void *
#define PARAMS1(a) , C_TYPE_##a
#define PARAMS2(a, b) , C_TYPE_##a, C_TYPE_##b
#define PARAMS3(a, b, c) , C_TYPE_##a, C_TYPE_##b, C_TYPE_##c
#define PARAMS4(a, b, c, d) , C_TYPE_##a, C_TYPE_##b, C_TYPE_##c, C_TYPE_##d
#define PARAMS5(a, b, c, d, e) , C_TYPE_##a, C_TYPE_##b, C_TYPE_##c, C_TYPE_##d, C_TYPE_##e
#define FUNCTION(name, result, params) C_TYPE_##result wasmrt_op_##name(struct wasmrt_instance *instance params);
#include "functions.def"
#undef C_TYPE_VOID
#undef C_TYPE_U32
#undef C_TYPE_U64
#undef C_TYPE_PTR
#undef PARAMS1
#undef PARAMS2
#undef PARAMS3
#undef PARAMS4
#undef PARAMS5

#endif
