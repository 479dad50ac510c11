/*
 * What the imports of static modules lead to (imports.c). spec_function_N enters the function in row N of
 * spec_functions as an instance-model module would: its instance in place of the caller, which is the first
 * argument of every import, and all other arguments as they are. spec_global_N is the cell of a global.
 */
        .altmacro

        .macro function number
        .globl  spec_function_\number
        .type   spec_function_\number, %function
spec_function_\number:
#if defined(__x86_64__)
        movq    spec_functions+16*\number+8(%rip), %rdi
        jmpq    *spec_functions+16*\number(%rip)
#else
        adrp    x17, spec_functions+16*\number
        add     x17, x17, :lo12:spec_functions+16*\number
        ldp     x16, x0, [x17]
        br      x16
#endif
        .size   spec_function_\number, . - spec_function_\number
        .endm

        .macro global number
        .globl  spec_global_\number
        .type   spec_global_\number, %object
        .size   spec_global_\number, 16
spec_global_\number:
        .zero   16
        .endm

        /* SPEC_IMPORTS_MAX in imports.c */
        .text
        .set    row, 0
        .rept   256
        function %row
        .set    row, row + 1
        .endr

        .bss
        .balign 16
        .globl  spec_functions
        .type   spec_functions, %object
        .size   spec_functions, 16 * 256
spec_functions:
        .zero   16 * 256
        .globl  spec_globals
        .type   spec_globals, %object
        .size   spec_globals, 16 * 256
spec_globals:
        .set    row, 0
        .rept   256
        global  %row
        .set    row, row + 1
        .endr

        .section .note.GNU-stack, "", %progbits
