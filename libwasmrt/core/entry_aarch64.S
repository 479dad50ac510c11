/* Where an executable begins on AArch64: the kernel jumps here, with the arguments on the stack. relocate.c has the rest. */
#if defined(__aarch64__)

        .section .text._start, "ax", @progbits
        .globl  _start
        .type   _start, @function
        .p2align 2
_start:
        mov     x29, #0                 // backtraces end here
        mov     x30, #0
        mov     x19, sp
        bl      wasmrt_relocate
        mov     x0, x19
        bl      wasmrt_begin
        .size   _start, . - _start

#endif
        .section .note.GNU-stack, "", @progbits
