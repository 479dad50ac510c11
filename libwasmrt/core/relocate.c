/*
 * The start of an executable, before its C library is ready. The executable lies where the kernel put it, so
 * that it has to add that address to the pointers in its data, and nobody else does: it has no dynamic
 * linker. The linker packs the places of these pointers (DT_RELR), 63 in a word in place of 24 bytes for
 * each, which the start code of older versions of musl does not read.
 *
 * Until wasmrt_relocate returns no pointer in data may be used, hence neither a global of another file nor a
 * call through the global offset table.
 */
#include <elf.h>
#include <stddef.h>
#include <stdint.h>

enum { RELATIVE_X86_64 = 8, RELATIVE_AARCH64 = 1027, TAG_RELRSZ = 35, TAG_RELR = 36, TAGS };
#if defined(__x86_64__)
enum { RELATIVE = RELATIVE_X86_64 };
#else
enum { RELATIVE = RELATIVE_AARCH64 };
#endif

/* Called by _start (entry_*.S). */
void wasmrt_relocate(void);
_Noreturn void wasmrt_begin(uintptr_t *stack);

/* Defined by the linker: the begin of the file in memory, which is linked at address 0; and its tables. */
extern const char __ehdr_start[] __attribute__((visibility("hidden")));
extern const Elf64_Dyn _DYNAMIC[] __attribute__((visibility("hidden")));

/* musl's. It calls main, and exits. */
_Noreturn void __libc_start_main(int (*main)(int, char **, char **), int argc, char **argv,
                                 void (*init)(void), void (*fini)(void), void (*unload)(void));
int main(int argc, char **argv, char **environment);

/* An even word is the address of a pointer, an odd one a bitmap of the 63 words that follow. */
static void relocate_packed(uintptr_t base, const uintptr_t *words, size_t count) {
  uintptr_t *where = NULL;
  for (; count > 0; count--, words++) {
    if ((*words & 1) == 0) {
      where = (uintptr_t *)(base + *words);
      *where++ += base;
      continue;
    }
    uintptr_t *at = where;
    for (uintptr_t bits = *words >> 1; bits != 0; bits >>= 1, at++) {
      if (bits & 1) { /* the others may be no memory at all */
        *at += base;
      }
    }
    where += 63;
  }
}

void wasmrt_relocate(void) {
  const uintptr_t base = (uintptr_t)__ehdr_start;
  uintptr_t values[TAGS] = {0};
  for (const Elf64_Dyn *entry = _DYNAMIC; entry->d_tag != DT_NULL; entry++) {
    if ((uint64_t)entry->d_tag < TAGS) {
      values[entry->d_tag] = entry->d_un.d_val;
    }
  }
  const Elf64_Rela *rows = (const Elf64_Rela *)(base + values[DT_RELA]);
  for (size_t i = 0; i < values[DT_RELASZ] / sizeof *rows; i++) {
    if (ELF64_R_TYPE(rows[i].r_info) == RELATIVE) {
      *(uintptr_t *)(base + rows[i].r_offset) = base + (uintptr_t)rows[i].r_addend;
    }
  }
  relocate_packed(base, (const uintptr_t *)(base + values[TAG_RELR]), values[TAG_RELRSZ] / sizeof(uintptr_t));
}

/* The stack holds the number of arguments and the arguments. musl finds what else there is behind them. */
_Noreturn void wasmrt_begin(uintptr_t *stack) {
  __libc_start_main(main, (int)*stack, (char **)(stack + 1), NULL, NULL, NULL);
}
