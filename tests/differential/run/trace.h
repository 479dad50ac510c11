/* Arguments, values and the host's functions in the traces of differential tests; oracle.py has the same. */
#ifndef DIFFERENTIAL_TRACE_H
#define DIFFERENTIAL_TRACE_H

#include <stdbool.h>
#include <stdint.h>

#include "wasmrt.h"

enum { TRACE_MAX_MEMORY = 1 << 22, TRACE_MAX_TABLE = 1000 };

/* The arguments of a call follow from its number. */
uint32_t trace_seed(unsigned call);
uint64_t trace_argument(uint32_t type, uint32_t *state);

/* " i32:ff"; floating point as bits, but all NaNs alike. */
void trace_value(uint32_t type, uint64_t value);

/* Defines the functions of "fuzzing-support", which print their arguments. */
bool trace_define(struct wasmrt_store *store);

#endif
