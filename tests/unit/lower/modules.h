/* Small modules for the tests of the lowering, put together from bytes, and the IR that becomes of them. */
#ifndef TEST_LOWER_MODULES_H
#define TEST_LOWER_MODULES_H

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <llvm-c/Analysis.h>
#include <llvm-c/Error.h>
#include <llvm-c/TargetMachine.h>
#include <llvm-c/Transforms/PassBuilder.h>

#include "internal.h"

struct built {
  uint8_t bytes[4096];
  size_t size;
};

static inline void put(struct built *built, const uint8_t *bytes, size_t size) {
  ck_assert_uint_le(built->size + size, sizeof built->bytes);
  memcpy(built->bytes + built->size, bytes, size);
  built->size += size;
}

static inline void put_section(struct built *built, uint8_t id, const uint8_t *bytes, size_t size) {
  ck_assert_uint_lt(size, 128);
  put(built, (const uint8_t[]){id, (uint8_t)size}, 2);
  put(built, bytes, size);
}

#define PUT_SECTION(built, id, ...)                                                                          \
  put_section((built), (id), (const uint8_t[]){__VA_ARGS__}, sizeof(const uint8_t[]){__VA_ARGS__})

static inline void put_header(struct built *built) {
  *built = (struct built){0};
  put(built, (const uint8_t[]){0, 'a', 's', 'm', 1, 0, 0, 0}, 8);
}

/* One function (`address`) -> i32 with this body (which needs its `end`), exported as "f", beside one memory.
 */
static inline void put_memory_function(struct built *built, uint8_t address, const uint8_t *memory,
                                       size_t memory_size, const uint8_t *body, size_t size) {
  put_header(built);
  PUT_SECTION(built, 1, 1, 0x60, 1, address, 1, 0x7f);
  PUT_SECTION(built, 3, 1, 0);
  put(built, (const uint8_t[]){5, (uint8_t)(memory_size + 1), 1}, 3);
  put(built, memory, memory_size);
  PUT_SECTION(built, 7, 1, 1, 'f', 0, 0);
  ck_assert_uint_lt(size, 120);
  put(built, (const uint8_t[]){10, (uint8_t)(size + 3), 1, (uint8_t)(size + 1), 0}, 5);
  put(built, body, size);
}

/* The same with an i32 for a parameter and a memory of one page. */
static inline void put_function(struct built *built, const uint8_t *body, size_t size) {
  put_memory_function(built, 0x7f, (const uint8_t[]){0, 1}, 2, body, size);
}

#define PUT_FUNCTION(built, ...)                                                                             \
  put_function((built), (const uint8_t[]){__VA_ARGS__}, sizeof(const uint8_t[]){__VA_ARGS__})

/* A decoded module with its LLVM module for x86-64. */
struct lowered {
  struct arena arena;
  struct wasm_module wasm;
  struct lower_options options;
  const struct lower_plan *plan;
  LLVMContextRef context;
  LLVMTargetMachineRef machine;
  LLVMTargetDataRef layout;
  LLVMModuleRef module;
};

/* `used` is what the module is said to use beyond what modules use by default. */
static inline void lowered_begin_with(struct lowered *l, const struct built *built, enum lower_model model,
                                      enum lower_bounds bounds, wasm_features used) {
  static const char triple[] = "x86_64-unknown-linux-musl";
  *l = (struct lowered){.options = {.model = model, .bounds = bounds, .name = "test"}};
  LLVMInitializeX86TargetInfo();
  LLVMInitializeX86Target();
  LLVMInitializeX86TargetMC();
  LLVMTargetRef target;
  ck_assert(!LLVMGetTargetFromTriple(triple, &target, NULL));
  l->machine = LLVMCreateTargetMachine(target, triple, "x86-64-v2", "", LLVMCodeGenLevelDefault, LLVMRelocPIC,
                                       LLVMCodeModelDefault);
  l->layout = LLVMCreateTargetDataLayout(l->machine);
  l->context = LLVMContextCreate();
  struct diag_sink sink = {0};
  ck_assert(wasm_module_decode((struct slice){built->bytes, built->size}, wasm_features_default(), &l->arena,
                               &sink, &l->wasm));
  l->wasm.used = (wasm_features_default() & ~WASM_FEATURE_BIT(WASM_FEATURE_TAIL_CALL)) | used;
  l->plan = lower_plan_make(&l->wasm, &l->options, &l->arena);
  l->module = lower_part(l->plan, 0, l->context, triple, l->layout, &l->arena);
  ck_assert(!LLVMVerifyModule(l->module, LLVMAbortProcessAction, NULL));
}

static inline void lowered_begin(struct lowered *l, const struct built *built, enum lower_model model,
                                 enum lower_bounds bounds) {
  lowered_begin_with(l, built, model, bounds, 0);
}

/* Optimises as -O2 does, resolves what lower_finish() resolves, and returns the IR for LLVMDisposeMessage().
 */
static inline char *lowered_optimize(struct lowered *l, const char *passes) {
  LLVMPassBuilderOptionsRef tuning = LLVMCreatePassBuilderOptions();
  LLVMPassBuilderOptionsSetLoopVectorization(tuning, 1);
  ck_assert_ptr_null(LLVMRunPasses(l->module, passes, l->machine, tuning));
  LLVMDisposePassBuilderOptions(tuning);
  l->options.is_optimized = strcmp(passes, "default<O0>") != 0;
  lower_finish(l->module, l->plan, 0, l->layout, &l->arena);
  ck_assert(!LLVMVerifyModule(l->module, LLVMAbortProcessAction, NULL));
  return LLVMPrintModuleToString(l->module);
}

static inline void lowered_end(struct lowered *l) {
  LLVMDisposeModule(l->module);
  LLVMContextDispose(l->context);
  LLVMDisposeTargetData(l->layout);
  LLVMDisposeTargetMachine(l->machine);
  arena_free(&l->arena);
}

static inline unsigned occurrences(const char *text, const char *word) {
  unsigned count = 0;
  for (; (text = strstr(text, word)); text++) {
    count++;
  }
  return count;
}

static inline int run_suite(Suite *suite) {
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
