/* Prints modules for people: wasm2native inspect. */
#ifndef WASM_DUMP_H
#define WASM_DUMP_H

#include <stdio.h>

#include "insn.h"

/* Sections, imports, exports, memories, tables, globals, custom sections and features used, in lines. */
void wasm_module_dump(FILE *stream, const struct wasm_module *module);

/* One instruction in text form, without a line end. */
void wasm_insn_print(FILE *stream, const struct wasm_insn *insn);

#endif
