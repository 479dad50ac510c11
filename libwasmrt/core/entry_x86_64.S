/* Where an executable begins on x86-64: the kernel jumps here, with the arguments on the stack. relocate.c has the rest. */
#if defined(__x86_64__)

        .section .text._start, "ax", @progbits
        .globl  _start
        .type   _start, @function
_start:
        xorl    %ebp, %ebp              # backtraces end here
        movq    %rsp, %rbx
        andq    $-16, %rsp
        call    wasmrt_relocate
        movq    %rbx, %rdi
        call    wasmrt_begin
        .size   _start, . - _start

#endif
        .section .note.GNU-stack, "", @progbits
