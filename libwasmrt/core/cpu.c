/*
 * Which features this CPU has, by LLVM's names of them: a module that was compiled for more than the target's
 * baseline is refused with a clear message, in place of an illegal instruction some time later.
 */
#include <string.h>

#include "internal.h"

struct feature {
  char name[20];
  uint8_t word; /* in the words of the CPU's description, see read_words */
  uint8_t bit;
  uint8_t state; /* register state that the system must save for it */
};

#if defined(__x86_64__)
#include <cpuid.h>

enum { W1C, W1D, W7B, W7C, W7D, W71A, W71D, WX1C, WX1D, WD1A, WX8B, W14B, W19B, WORDS };
enum { NONE, AVX, AVX512, AMX };

// clang-format off
static const struct feature features[] = {
    {"64bit", WX1D, 29, NONE},   {"adx", W7B, 19, NONE},       {"aes", W1C, 25, NONE},
    {"amx-bf16", W7D, 22, AMX},  {"amx-complex", W71D, 8, AMX}, {"amx-fp16", W71A, 21, AMX},
    {"amx-int8", W7D, 25, AMX},  {"amx-tile", W7D, 24, AMX},   {"avx", W1C, 28, AVX},
    {"avx2", W7B, 5, AVX},       {"avx512bf16", W71A, 5, AVX512}, {"avx512bitalg", W7C, 12, AVX512},
    {"avx512bw", W7B, 30, AVX512}, {"avx512cd", W7B, 28, AVX512}, {"avx512dq", W7B, 17, AVX512},
    {"avx512f", W7B, 16, AVX512}, {"avx512fp16", W7D, 23, AVX512}, {"avx512ifma", W7B, 21, AVX512},
    {"avx512vbmi", W7C, 1, AVX512}, {"avx512vbmi2", W7C, 6, AVX512}, {"avx512vl", W7B, 31, AVX512},
    {"avx512vnni", W7C, 11, AVX512}, {"avx512vp2intersect", W7D, 8, AVX512},
    {"avx512vpopcntdq", W7C, 14, AVX512}, {"avxifma", W71A, 23, AVX}, {"avxneconvert", W71D, 5, AVX},
    {"avxvnni", W71A, 4, AVX},   {"avxvnniint16", W71D, 10, AVX}, {"avxvnniint8", W71D, 4, AVX},
    {"bmi", W7B, 3, NONE},       {"bmi2", W7B, 8, NONE},       {"cldemote", W7C, 25, NONE},
    {"clflushopt", W7B, 23, NONE}, {"clwb", W7B, 24, NONE},    {"clzero", WX8B, 0, NONE},
    {"cmov", W1D, 15, NONE},     {"cmpccxadd", W71A, 7, NONE}, {"crc32", W1C, 20, NONE},
    {"cx16", W1C, 13, NONE},     {"cx8", W1D, 8, NONE},        {"enqcmd", W7C, 29, NONE},
    {"evex512", W7B, 16, AVX512}, {"f16c", W1C, 29, AVX},      {"fma", W1C, 12, AVX},
    {"fma4", WX1C, 16, AVX},     {"fsgsbase", W7B, 0, NONE},   {"fxsr", W1D, 24, NONE},
    {"gfni", W7C, 8, NONE},      {"hle", W7B, 4, NONE},        {"hreset", W71A, 22, NONE},
    {"invpcid", W7B, 10, NONE},  {"kl", W7C, 23, NONE},        {"lwp", WX1C, 15, NONE},
    {"lzcnt", WX1C, 5, NONE},    {"mmx", W1D, 23, NONE},       {"movbe", W1C, 22, NONE},
    {"movdir64b", W7C, 28, NONE}, {"movdiri", W7C, 27, NONE},  {"mwaitx", WX1C, 29, NONE},
    {"pclmul", W1C, 1, NONE},    {"pconfig", W7D, 18, NONE},   {"pku", W7C, 4, NONE},
    {"popcnt", W1C, 23, NONE},   {"prefetchi", W71D, 14, NONE}, {"prfchw", WX1C, 8, NONE},
    {"ptwrite", W14B, 4, NONE},  {"raoint", W71A, 3, NONE},    {"rdpid", W7C, 22, NONE},
    {"rdpru", WX8B, 4, NONE},    {"rdrnd", W1C, 30, NONE},     {"rdseed", W7B, 18, NONE},
    {"rtm", W7B, 11, NONE},      {"sahf", WX1C, 0, NONE},      {"serialize", W7D, 14, NONE},
    {"sgx", W7B, 2, NONE},       {"sha", W7B, 29, NONE},       {"sha512", W71A, 0, AVX},
    {"shstk", W7C, 7, NONE},     {"sm3", W71A, 1, AVX},        {"sm4", W71A, 2, AVX},
    {"sse", W1D, 25, NONE},      {"sse2", W1D, 26, NONE},      {"sse3", W1C, 0, NONE},
    {"sse4.1", W1C, 19, NONE},   {"sse4.2", W1C, 20, NONE},    {"sse4a", WX1C, 6, NONE},
    {"ssse3", W1C, 9, NONE},     {"tbm", WX1C, 21, NONE},      {"tsxldtrk", W7D, 16, NONE},
    {"uintr", W7D, 5, NONE},     {"usermsr", W71D, 15, NONE},  {"vaes", W7C, 9, AVX},
    {"vpclmulqdq", W7C, 10, AVX}, {"waitpkg", W7C, 5, NONE},   {"wbnoinvd", WX8B, 9, NONE},
    {"widekl", W19B, 2, NONE},   {"x87", W1D, 0, NONE},        {"xop", WX1C, 11, AVX},
    {"xsave", W1C, 26, NONE},    {"xsavec", WD1A, 1, NONE},    {"xsaveopt", WD1A, 0, NONE},
    {"xsaves", WD1A, 3, NONE},
};
// clang-format on

static void read_leaf(uint32_t leaf, uint32_t subleaf, uint32_t registers[4]) {
  if (!__get_cpuid_count(leaf, subleaf, &registers[0], &registers[1], &registers[2], &registers[3])) {
    memset(registers, 0, 4 * sizeof *registers);
  }
}

static void read_words(uint32_t words[WORDS]) {
  uint32_t leaf[4]; /* eax, ebx, ecx, edx */
  read_leaf(1, 0, leaf);
  words[W1C] = leaf[2], words[W1D] = leaf[3];
  read_leaf(7, 0, leaf);
  words[W7B] = leaf[1], words[W7C] = leaf[2], words[W7D] = leaf[3];
  read_leaf(7, 1, leaf);
  words[W71A] = leaf[0], words[W71D] = leaf[3];
  read_leaf(0x80000001, 0, leaf);
  words[WX1C] = leaf[2], words[WX1D] = leaf[3];
  read_leaf(0xd, 1, leaf);
  words[WD1A] = leaf[0];
  read_leaf(0x80000008, 0, leaf);
  words[WX8B] = leaf[1];
  read_leaf(0x14, 0, leaf);
  words[W14B] = leaf[1];
  read_leaf(0x19, 0, leaf);
  words[W19B] = leaf[1];
}

/* Whether the system saves the registers: bits of XCR0. */
static bool has_state(const uint32_t words[WORDS], uint8_t state) {
  static const uint32_t masks[] = {[NONE] = 0, [AVX] = 0x6, [AVX512] = 0xe6, [AMX] = 0x60000};
  uint32_t low = 0, high;
  if (words[W1C] & 1u << 27) {
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  }
  return (low & masks[state]) == masks[state];
}

#elif defined(__aarch64__)
#include <sys/auxv.h>

enum { HW1, HW2, WORDS };
enum { NONE };

// clang-format off
static const struct feature features[] = {
    {"aes", HW1, 3, NONE},       {"altnzcv", HW2, 7, NONE},    {"bf16", HW2, 14, NONE},
    {"bti", HW2, 17, NONE},      {"ccdp", HW2, 0, NONE},       {"ccpp", HW1, 16, NONE},
    {"complxnum", HW1, 14, NONE}, {"crc", HW1, 7, NONE},       {"dit", HW1, 24, NONE},
    {"dotprod", HW1, 20, NONE},  {"fp-armv8", HW1, 0, NONE},   {"fp16fml", HW1, 23, NONE},
    {"fptoint", HW2, 8, NONE},   {"flagm", HW1, 27, NONE},     {"fullfp16", HW1, 10, NONE},
    {"i8mm", HW2, 13, NONE},     {"jsconv", HW1, 13, NONE},    {"lse", HW1, 8, NONE},
    {"lse2", HW1, 25, NONE},     {"mte", HW2, 18, NONE},       {"neon", HW1, 1, NONE},
    {"pauth", HW1, 30, NONE},    {"rand", HW2, 16, NONE},      {"rcpc", HW1, 15, NONE},
    {"rcpc-immo", HW1, 26, NONE}, {"rdm", HW1, 12, NONE},      {"sb", HW1, 29, NONE},
    {"sha2", HW1, 6, NONE},      {"sha3", HW1, 17, NONE},      {"sm4", HW1, 19, NONE},
    {"ssbs", HW1, 28, NONE},     {"sve", HW1, 22, NONE},       {"sve2", HW2, 1, NONE},
    {"sve2-aes", HW2, 2, NONE},  {"sve2-bitperm", HW2, 4, NONE}, {"sve2-sha3", HW2, 5, NONE},
    {"sve2-sm4", HW2, 6, NONE},
};
// clang-format on

static void read_words(uint32_t words[WORDS]) {
  words[HW1] = (uint32_t)getauxval(AT_HWCAP);
  words[HW2] = (uint32_t)getauxval(AT_HWCAP2);
}

static bool has_state(const uint32_t words[WORDS], uint8_t state) {
  (void)words;
  (void)state;
  return true;
}
#endif

static bool is_present(const uint32_t words[WORDS], const char *name, size_t length) {
  for (size_t i = 0; i < sizeof features / sizeof *features; i++) {
    const struct feature *feature = &features[i];
    if (strlen(feature->name) == length && memcmp(feature->name, name, length) == 0) {
      return (words[feature->word] >> feature->bit & 1) != 0 && has_state(words, feature->state);
    }
  }
  return false; /* who does not know it cannot vouch for it */
}

/* The first of the comma-separated features that this CPU lacks or that is unknown, with its length; or NULL.
 */
static const char *find_missing(const char *names, size_t *length) {
  if (names == NULL || *names == '\0') {
    return NULL;
  }
  uint32_t words[WORDS];
  read_words(words);
  while (*names != '\0') {
    const size_t all = strcspn(names, ",");
    const char *name = names + (*names == '+'); /* as LLVM writes them */
    *length = all - (size_t)(name - names);
    if (*length > 0 && *name != '-' && !is_present(words, name, *length)) {
      return name;
    }
    names += all + (names[all] == ',');
  }
  return NULL;
}

uint32_t wasmrt_check_cpu(const struct wasmrt_module *module, struct wasmrt_error *error) {
  const char *unfit = wasmrt_module_unfit(module); /* its descriptor may have another layout */
  if (unfit != NULL) {
    return wasmrt_fail(error, WASMRT_ERROR_MODULE, unfit, NULL);
  }
  size_t length;
  const char *feature = find_missing(module->cpu_features, &length);
  if (feature == NULL) {
    return WASMRT_OK;
  }
  char name[32] = "";
  memcpy(name, feature, length < sizeof name ? length : sizeof name - 1);
  return wasmrt_fail(error, WASMRT_ERROR_MODULE,
                     "the module was compiled for a CPU with a feature that this one lacks: ", name, NULL);
}
