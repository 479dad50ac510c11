/*
 * Between C and compiled code on AArch64, AAPCS64 as Linux uses it: entering, unwinding, host functions.
 * internal.h has the contracts.
 */
#if defined(__aarch64__)

        .macro  function name
        .section .text.\name, "ax", @progbits
        .globl  \name
        .hidden \name
        .type   \name, @function
        .p2align 4
\name:
        .cfi_startproc
        .endm

        .macro  end_function name
        .cfi_endproc
        .size   \name, . - \name
        .endm

/* uint32_t wasmrt_enter(code, instance, slots, entry, void **sp, void *stack) */
function wasmrt_enter
        stp     x29, x30, [sp, #-160]!
        .cfi_def_cfa_offset 160
        .cfi_offset x29, -160
        .cfi_offset x30, -152
        mov     x29, sp
        .cfi_def_cfa_register x29
        stp     x19, x20, [sp, #16]
        stp     x21, x22, [sp, #32]
        stp     x23, x24, [sp, #48]
        stp     x25, x26, [sp, #64]
        stp     x27, x28, [sp, #80]
        stp     d8, d9, [sp, #96]
        stp     d10, d11, [sp, #112]
        stp     d12, d13, [sp, #128]
        stp     d14, d15, [sp, #144]
        str     x29, [x4]
        cbz     x5, .Lcall
        mov     sp, x5
.Lcall:
        blr     x3
        mov     w0, #0
.Lleave:
        mov     sp, x29
        ldp     x19, x20, [sp, #16]
        ldp     x21, x22, [sp, #32]
        ldp     x23, x24, [sp, #48]
        ldp     x25, x26, [sp, #64]
        ldp     x27, x28, [sp, #80]
        ldp     d8, d9, [sp, #96]
        ldp     d10, d11, [sp, #112]
        ldp     d12, d13, [sp, #128]
        ldp     d14, d15, [sp, #144]
        ldp     x29, x30, [sp], #160
        .cfi_def_cfa sp, 0
        ret
end_function wasmrt_enter

/* void wasmrt_unwind(void *sp, uint32_t status): in the same section, since it ends in wasmrt_enter */
        .globl  wasmrt_unwind
        .hidden wasmrt_unwind
        .type   wasmrt_unwind, @function
wasmrt_unwind:
        .cfi_startproc
        mov     x29, x0
        mov     w0, w1
        b       .Lleave
        .cfi_endproc
        .size   wasmrt_unwind, . - wasmrt_unwind

/* The code of a callback: binding in x0, arguments of any type. Stores the registers as wasmrt_callback_call reads them. */
function wasmrt_callback_trampoline
        stp     x29, x30, [sp, #-144]!
        .cfi_def_cfa_offset 144
        .cfi_offset x29, -144
        .cfi_offset x30, -136
        mov     x29, sp
        stp     x1, x2, [sp, #16]
        stp     x3, x4, [sp, #32]
        stp     x5, x6, [sp, #48]
        str     x7, [sp, #64]
        stp     d0, d1, [sp, #72]
        stp     d2, d3, [sp, #88]
        stp     d4, d5, [sp, #104]
        stp     d6, d7, [sp, #120]
        add     x1, sp, #16
        add     x2, sp, #144
        bl      wasmrt_callback_call
        fmov    d0, x0
        ldp     x29, x30, [sp], #144
        .cfi_def_cfa_offset 0
        .cfi_restore x29
        .cfi_restore x30
        ret
end_function wasmrt_callback_trampoline

/* The code of a native function: checks the stack, puts the caller in the binding's place and goes on to the function. */
function wasmrt_native_trampoline
        adrp    x16, :gottprel:wasmrt_thread
        ldr     x16, [x16, #:gottprel_lo12:wasmrt_thread]
        mrs     x17, tpidr_el0
        add     x16, x16, x17
        ldp     x16, x17, [x16]
        sub     x16, sp, x16
        cmp     x16, x17
        b.lo    .Lexhausted
        ldp     x0, x16, [x0]
        br      x16
.Lexhausted:
        stp     x29, x30, [sp, #-16]!
        .cfi_def_cfa_offset 16
        .cfi_offset x29, -16
        .cfi_offset x30, -8
        mov     x29, sp
        bl      wasmrt_native_exhausted
end_function wasmrt_native_trampoline

/* uint64_t wasmrt_invoke(code, registers, stack, count, uint64_t *real) */
function wasmrt_invoke
        stp     x29, x30, [sp, #-32]!
        .cfi_def_cfa_offset 32
        .cfi_offset x29, -32
        .cfi_offset x30, -24
        mov     x29, sp
        .cfi_def_cfa_register x29
        str     x19, [sp, #16]
        .cfi_offset x19, -16
        mov     x19, x4
        mov     x16, x0
        mov     x9, x1
        add     x10, x3, #1
        lsl     x10, x10, #3
        and     x10, x10, #-16
        sub     sp, sp, x10
        mov     x11, #0
.Lcopy:
        cmp     x11, x3
        b.hs    .Lcopied
        ldr     x12, [x2, x11, lsl #3]
        str     x12, [sp, x11, lsl #3]
        add     x11, x11, #1
        b       .Lcopy
.Lcopied:
        ldp     x0, x1, [x9]
        ldp     x2, x3, [x9, #16]
        ldp     x4, x5, [x9, #32]
        ldp     x6, x7, [x9, #48]
        ldp     d0, d1, [x9, #64]
        ldp     d2, d3, [x9, #80]
        ldp     d4, d5, [x9, #96]
        ldp     d6, d7, [x9, #112]
        blr     x16
        str     d0, [x19]
        mov     sp, x29
        ldr     x19, [sp, #16]
        ldp     x29, x30, [sp], #32
        .cfi_def_cfa sp, 0
        ret
end_function wasmrt_invoke

#endif

        .section .note.GNU-stack, "", %progbits
