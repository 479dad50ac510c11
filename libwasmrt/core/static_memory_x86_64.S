/*
 * Where memory 0 of a static module lies, as an absolute symbol for the addresses of compiled code (WASMRT_STATIC_MEMORY_BASE
 * in abi.h). Defined here and not on the linker's command line: the linker then refuses a reference relative to the pc,
 * which would be wrong in code that is loaded anywhere.
 */
#if defined(__x86_64__)
	.globl	wasm_memory
	.hidden	wasm_memory
	wasm_memory = 0x10000000
#endif
	.section .note.GNU-stack,"",%progbits
