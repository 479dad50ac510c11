/* Tests of wasm2native/lower/plan.c and module.c: how a module is divided, and what its parts know of each
 * other. */
#include "modules.h"

enum { ENTRY, SMALL, LARGE, ALONE, CALLED_BY_SMALL };

/*
 * entry() (exported) calls small() and large(); small() calls another function; nobody calls alone(), which
 * calls nobody; large() is too large to be copied.
 */
static void put_five_functions(struct built *built) {
  static const uint8_t entry[] = {6, 0, 0x10, SMALL, 0x10, LARGE, 0x0b};
  static const uint8_t small[] = {4, 0, 0x10, CALLED_BY_SMALL, 0x0b};
  static const uint8_t leaf[] = {2, 0, 0x0b};
  enum { NOPS = 120, FIXED = sizeof entry + sizeof small + 2 * sizeof leaf };
  put_header(built);
  PUT_SECTION(built, 1, 1, 0x60, 0, 0);
  PUT_SECTION(built, 3, 5, 0, 0, 0, 0, 0);
  PUT_SECTION(built, 7, 1, 1, 'f', 0, ENTRY);
  put(built, (const uint8_t[]){10, (FIXED + NOPS + 4) % 128 | 128, 1, 5}, 4);
  put(built, entry, sizeof entry);
  put(built, small, sizeof small);
  put(built, (const uint8_t[]){NOPS + 2, 0}, 2);
  for (int i = 0; i < NOPS; i++) {
    put(built, (const uint8_t[]){0x01}, 1);
  }
  put(built, (const uint8_t[]){0x0b}, 1);
  put(built, leaf, sizeof leaf);
  put(built, leaf, sizeof leaf);
}

struct divided {
  struct arena arena;
  struct built built;
  struct wasm_module wasm;
  struct lower_options options;
  const struct lower_plan *plan;
};

static void divide(struct divided *d, uint64_t size, bool copies_small) {
  *d = (struct divided){.options = {.model = LOWER_INSTANCE, .name = "test", .part_size = size}};
  d->options.copies_small = copies_small;
  put_five_functions(&d->built);
  struct diag_sink sink = {0};
  ck_assert(wasm_module_decode((struct slice){d->built.bytes, d->built.size}, wasm_features_default(),
                               &d->arena, &sink, &d->wasm));
  d->plan = lower_plan_make(&d->wasm, &d->options, &d->arena);
}

START_TEST(leaves_small_modules_whole) {
  /* Half as much again as two thirds of all numbers is none that there is. */
  static const uint64_t sizes[] = {0, 1 << 20, UINT64_MAX / 3 * 2, UINT64_MAX / 3 * 2 + 2, UINT64_MAX};
  struct divided d;
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    divide(&d, sizes[i], true);
    ck_assert_uint_eq(lower_part_count(d.plan), 1);
    ck_assert(d.plan->parts[0].is_main);
    ck_assert_uint_eq(d.plan->parts[0].begin, 0);
    ck_assert_uint_eq(d.plan->parts[0].end, 5);
    arena_free(&d.arena);
  }
}
END_TEST

START_TEST(divides_in_order) {
  struct divided d;
  divide(&d, 1, true);
  ck_assert_uint_eq(lower_part_count(d.plan), 6);
  ck_assert(d.plan->parts[0].is_main);
  ck_assert_uint_eq(d.plan->parts[0].begin, d.plan->parts[0].end);
  for (uint32_t i = 1; i < 6; i++) {
    ck_assert(!d.plan->parts[i].is_main);
    ck_assert_uint_eq(d.plan->parts[i].begin, i - 1);
    ck_assert_uint_eq(d.plan->parts[i].end, i);
  }
  arena_free(&d.arena);
}
END_TEST

START_TEST(shares_what_others_name) {
  struct divided d;
  divide(&d, 1, true);
  ck_assert(d.plan->is_shared[ENTRY]); /* the descriptor names it */
  ck_assert(d.plan->is_shared[SMALL]);
  ck_assert(d.plan->is_shared[LARGE]);
  ck_assert(d.plan->is_shared[CALLED_BY_SMALL]);
  ck_assert(!d.plan->is_shared[ALONE]);
  const struct lower_part *part = &d.plan->parts[1 + ENTRY];
  ck_assert_uint_eq(part->copy_count, 2); /* and what the copy calls */
  ck_assert_uint_eq(part->copies[0], SMALL);
  ck_assert_uint_eq(part->copies[1], CALLED_BY_SMALL);
  ck_assert_uint_eq(d.plan->parts[1 + LARGE].copy_count, 0);
  arena_free(&d.arena);
  divide(&d, 1, false);
  ck_assert_uint_eq(d.plan->parts[1 + ENTRY].copy_count, 0);
  arena_free(&d.arena);
}
END_TEST

static LLVMModuleRef lower(struct divided *d, uint32_t part, LLVMContextRef context) {
  static const char triple[] = "x86_64-unknown-linux-musl";
  LLVMTargetRef target;
  LLVMInitializeX86TargetInfo();
  LLVMInitializeX86Target();
  LLVMInitializeX86TargetMC();
  ck_assert(!LLVMGetTargetFromTriple(triple, &target, NULL));
  LLVMTargetMachineRef machine = LLVMCreateTargetMachine(
      target, triple, "x86-64-v2", "", LLVMCodeGenLevelDefault, LLVMRelocPIC, LLVMCodeModelDefault);
  LLVMTargetDataRef layout = LLVMCreateTargetDataLayout(machine);
  LLVMModuleRef module = lower_part(d->plan, part, context, triple, layout, &d->arena);
  lower_finish(module, d->plan, part, layout, &d->arena);
  ck_assert(!LLVMVerifyModule(module, LLVMAbortProcessAction, NULL));
  LLVMDisposeTargetData(layout);
  LLVMDisposeTargetMachine(machine);
  return module;
}

static LLVMLinkage linkage(LLVMModuleRef module, const char *name) {
  LLVMValueRef function = LLVMGetNamedFunction(module, name);
  ck_assert_ptr_nonnull(function);
  return LLVMGetLinkage(function);
}

/* A million functions must not be declared in each of a hundred parts. */
START_TEST(declares_what_it_uses) {
  struct divided d;
  divide(&d, 1, true);
  LLVMContextRef context = LLVMContextCreate();
  LLVMModuleRef module = lower(&d, 1 + ENTRY, context);
  ck_assert_int_eq(linkage(module, "test:func.0"), LLVMExternalLinkage);
  ck_assert_int_eq(LLVMGetVisibility(LLVMGetNamedFunction(module, "test:func.0")), LLVMHiddenVisibility);
  ck_assert_int_eq(linkage(module, "test:func.1"), LLVMAvailableExternallyLinkage);
  ck_assert_int_eq(linkage(module, "test:func.4"), LLVMAvailableExternallyLinkage);
  LLVMValueRef large = LLVMGetNamedFunction(module, "test:func.2");
  ck_assert(large && LLVMIsDeclaration(large));
  ck_assert_int_eq(LLVMGetVisibility(large), LLVMHiddenVisibility);
  ck_assert_ptr_null(LLVMGetNamedFunction(module, "test:func.3"));
  ck_assert_ptr_null(LLVMGetNamedGlobal(module, "test_module"));
  LLVMDisposeModule(module);

  module = lower(&d, 1 + ALONE, context);
  ck_assert_int_eq(linkage(module, "test:func.3"), LLVMInternalLinkage);
  LLVMDisposeModule(module);

  module = lower(&d, 0, context);
  ck_assert_ptr_nonnull(LLVMGetNamedGlobal(module, "test_module"));
  ck_assert(LLVMIsDeclaration(LLVMGetNamedFunction(module, "test:func.0")));
  ck_assert_ptr_null(LLVMGetNamedFunction(module, "test:func.1"));
  LLVMDisposeModule(module);
  LLVMContextDispose(context);
  arena_free(&d.arena);
}
END_TEST

int main(void) {
  TCase *tests = tcase_create("plan");
  tcase_add_test(tests, leaves_small_modules_whole);
  tcase_add_test(tests, divides_in_order);
  tcase_add_test(tests, shares_what_others_name);
  tcase_add_test(tests, declares_what_it_uses);
  Suite *suite = suite_create("plan");
  suite_add_tcase(suite, tests);
  return run_suite(suite);
}
