/*
 * Between C and compiled code on x86-64, System V calling convention: entering, unwinding, host functions.
 * internal.h has the contracts.
 */
#if defined(__x86_64__)

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
        pushq   %rbp
        .cfi_def_cfa_offset 16
        .cfi_offset %rbp, -16
        movq    %rsp, %rbp
        .cfi_def_cfa_register %rbp
        pushq   %rbx
        pushq   %r12
        pushq   %r13
        pushq   %r14
        pushq   %r15
        subq    $8, %rsp
        .cfi_offset %rbx, -24
        .cfi_offset %r12, -32
        .cfi_offset %r13, -40
        .cfi_offset %r14, -48
        .cfi_offset %r15, -56
        movq    %rsp, (%r8)
        testq   %r9, %r9
        cmovneq %r9, %rsp
        callq   *%rcx
        xorl    %eax, %eax
.Lleave:
        leaq    -40(%rbp), %rsp
        popq    %r15
        popq    %r14
        popq    %r13
        popq    %r12
        popq    %rbx
        popq    %rbp
        .cfi_def_cfa %rsp, 8
        retq
end_function wasmrt_enter

/* void wasmrt_unwind(void *sp, uint32_t status): in the same section, since it ends in wasmrt_enter */
        .globl  wasmrt_unwind
        .hidden wasmrt_unwind
        .type   wasmrt_unwind, @function
wasmrt_unwind:
        .cfi_startproc
        movl    %esi, %eax
        leaq    48(%rdi), %rbp
        jmp     .Lleave
        .cfi_endproc
        .size   wasmrt_unwind, . - wasmrt_unwind

/* The code of a callback: binding in rdi, arguments of any type. Stores the registers as wasmrt_callback_call reads them. */
function wasmrt_callback_trampoline
        pushq   %rbp
        .cfi_def_cfa_offset 16
        .cfi_offset %rbp, -16
        movq    %rsp, %rbp
        .cfi_def_cfa_register %rbp
        subq    $112, %rsp
        movq    %rsi, (%rsp)
        movq    %rdx, 8(%rsp)
        movq    %rcx, 16(%rsp)
        movq    %r8, 24(%rsp)
        movq    %r9, 32(%rsp)
        movsd   %xmm0, 40(%rsp)
        movsd   %xmm1, 48(%rsp)
        movsd   %xmm2, 56(%rsp)
        movsd   %xmm3, 64(%rsp)
        movsd   %xmm4, 72(%rsp)
        movsd   %xmm5, 80(%rsp)
        movsd   %xmm6, 88(%rsp)
        movsd   %xmm7, 96(%rsp)
        movq    %rsp, %rsi
        leaq    16(%rbp), %rdx
        callq   wasmrt_callback_call
        movq    %rax, %xmm0
        leave
        .cfi_def_cfa %rsp, 8
        retq
end_function wasmrt_callback_trampoline

/* The code of a native function: checks the stack, puts the caller in the binding's place and goes on to the function. */
function wasmrt_native_trampoline
        movq    wasmrt_thread@gottpoff(%rip), %rax
        movq    %rsp, %r11
        subq    %fs:(%rax), %r11
        cmpq    %fs:8(%rax), %r11
        jb      .Lexhausted
        movq    8(%rdi), %rax
        movq    (%rdi), %rdi
        jmpq    *%rax
.Lexhausted:
        pushq   %rbp
        .cfi_def_cfa_offset 16
        .cfi_offset %rbp, -16
        movq    %rsp, %rbp
        .cfi_def_cfa_register %rbp
        callq   wasmrt_native_exhausted
end_function wasmrt_native_trampoline

/* uint64_t wasmrt_invoke(code, registers, stack, count, uint64_t *real) */
function wasmrt_invoke
        pushq   %rbp
        .cfi_def_cfa_offset 16
        .cfi_offset %rbp, -16
        movq    %rsp, %rbp
        .cfi_def_cfa_register %rbp
        pushq   %rbx
        pushq   %r12
        .cfi_offset %rbx, -24
        .cfi_offset %r12, -32
        movq    %r8, %rbx
        movq    %rdi, %r11
        movq    %rsi, %rax
        leaq    (,%rcx,8), %r10
        subq    %r10, %rsp
        andq    $-16, %rsp
        xorl    %r10d, %r10d
.Lcopy:
        cmpq    %rcx, %r10
        jae     .Lcopied
        movq    (%rdx,%r10,8), %r12
        movq    %r12, (%rsp,%r10,8)
        incq    %r10
        jmp     .Lcopy
.Lcopied:
        movq    (%rax), %rdi
        movq    8(%rax), %rsi
        movq    16(%rax), %rdx
        movq    24(%rax), %rcx
        movq    32(%rax), %r8
        movq    40(%rax), %r9
        movsd   48(%rax), %xmm0
        movsd   56(%rax), %xmm1
        movsd   64(%rax), %xmm2
        movsd   72(%rax), %xmm3
        movsd   80(%rax), %xmm4
        movsd   88(%rax), %xmm5
        movsd   96(%rax), %xmm6
        movsd   104(%rax), %xmm7
        callq   *%r11
        movsd   %xmm0, (%rbx)
        leaq    -16(%rbp), %rsp
        popq    %r12
        popq    %rbx
        popq    %rbp
        .cfi_def_cfa %rsp, 8
        retq
end_function wasmrt_invoke

#endif

        .section .note.GNU-stack, "", @progbits
