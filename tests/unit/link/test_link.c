/* Tests of wasm2native/link: executables and shared objects from small objects made here, and everything that
 * fails. */
#define _GNU_SOURCE
#include "link.h"

#include <check.h>
#include <dirent.h>
#include <elf.h>
#include <llvm-c/Core.h>
#include <llvm-c/IRReader.h>
#include <llvm-c/Target.h>
#include <llvm-c/TargetMachine.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const triples[] = {
    [LINK_X86_64] = "x86_64-linux-musl", [LINK_AARCH64] = "aarch64-linux-musl"};
static const unsigned machines[] = {[LINK_X86_64] = EM_X86_64, [LINK_AARCH64] = EM_AARCH64};

/* Every test runs in a process and a directory of its own. */
static struct arena arena;
static char directory[] = "/tmp/test_link-XXXXXX";
static char errors[4096];
static unsigned error_count;

static void collect(void *context, const struct diag *diag) {
  (void)context;
  ck_assert_int_eq(diag->severity, DIAG_ERROR);
  strncat(errors, diag->message, sizeof errors - strlen(errors) - 1);
  error_count++;
}

static struct diag_sink sink = {.handler = collect};

static void setup(void) {
  ck_assert_ptr_nonnull(mkdtemp(directory));
  ck_assert_int_eq(chdir(directory), 0);
}

static unsigned count_files(void) {
  unsigned count = 0;
  DIR *const files = opendir(".");
  for (const struct dirent *entry; (entry = readdir(files));) {
    count += entry->d_name[0] != '.';
  }
  closedir(files);
  return count;
}

static void teardown(void) {
  DIR *const files = opendir(".");
  for (const struct dirent *entry; (entry = readdir(files));) {
    unlink(entry->d_name);
  }
  closedir(files);
  rmdir(directory);
  arena_free(&arena);
}

/* Compiles LLVM IR to an object file. */
static const char *object(enum link_arch arch, const char *file, const char *text) {
  LLVMInitializeX86TargetInfo();
  LLVMInitializeX86Target();
  LLVMInitializeX86TargetMC();
  LLVMInitializeX86AsmPrinter();
  LLVMInitializeAArch64TargetInfo();
  LLVMInitializeAArch64Target();
  LLVMInitializeAArch64TargetMC();
  LLVMInitializeAArch64AsmPrinter();
  char *message = NULL;
  LLVMContextRef context = LLVMContextCreate();
  LLVMModuleRef module;
  LLVMMemoryBufferRef buffer = LLVMCreateMemoryBufferWithMemoryRangeCopy(text, strlen(text), file);
  ck_assert_msg(!LLVMParseIRInContext(context, buffer, &module, &message), "%s", message);
  LLVMTargetRef target;
  ck_assert(!LLVMGetTargetFromTriple(triples[arch], &target, &message));
  LLVMTargetMachineRef machine = LLVMCreateTargetMachine(
      target, triples[arch], "generic", "", LLVMCodeGenLevelDefault, LLVMRelocPIC, LLVMCodeModelSmall);
  ck_assert(!LLVMTargetMachineEmitToFile(machine, module, (char *)file, LLVMObjectFile, &message));
  LLVMDisposeTargetMachine(machine);
  LLVMDisposeModule(module);
  LLVMContextDispose(context);
  return file;
}

static struct link_job executable(enum link_arch arch, const char *const *inputs, size_t count) {
  return (struct link_job){.kind = LINK_EXECUTABLE,
                           .arch = arch,
                           .library_dir = link_library_dir(&arena),
                           .inputs = inputs,
                           .input_count = count,
                           .output = "program"};
}

static const char program_text[] = "define i32 @main() { ret i32 7 }";

static uint8_t *read_elf(const char *file, Elf64_Ehdr *header) {
  FILE *const stream = fopen(file, "rb");
  ck_assert_ptr_nonnull(stream);
  struct stat status;
  ck_assert_int_eq(fstat(fileno(stream), &status), 0);
  uint8_t *const bytes = malloc((size_t)status.st_size);
  ck_assert_uint_eq(fread(bytes, 1, (size_t)status.st_size, stream), (size_t)status.st_size);
  fclose(stream);
  memcpy(header, bytes, sizeof *header);
  ck_assert_int_eq(memcmp(header->e_ident, ELFMAG, SELFMAG), 0);
  return bytes;
}

/* A static PIE that nothing can write and execute in the same place. */
static void check_hardening(const uint8_t *bytes, const Elf64_Ehdr *header) {
  bool has_stack = false;
  bool has_relro = false;
  for (unsigned i = 0; i < header->e_phnum; i++) {
    Elf64_Phdr segment;
    memcpy(&segment, bytes + header->e_phoff + i * sizeof segment, sizeof segment);
    ck_assert_uint_ne(segment.p_type, PT_INTERP);
    ck_assert((segment.p_flags & (PF_W | PF_X)) != (PF_W | PF_X));
    has_stack |= segment.p_type == PT_GNU_STACK;
    has_relro |= segment.p_type == PT_GNU_RELRO;
  }
  ck_assert(has_stack);
  ck_assert(has_relro);
}

static unsigned count_symbol_tables(const uint8_t *bytes, const Elf64_Ehdr *header) {
  unsigned count = 0;
  for (unsigned i = 0; i < header->e_shnum; i++) {
    Elf64_Shdr section;
    memcpy(&section, bytes + header->e_shoff + i * sizeof section, sizeof section);
    count += section.sh_type == SHT_SYMTAB;
  }
  return count;
}

START_TEST(makes_executables) {
  const enum link_arch arch = (enum link_arch)_i;
  const char *const inputs[] = {object(arch, "main.o", program_text)};
  struct link_job job = executable(arch, inputs, 1);
  for (unsigned keep = 0; keep < 2; keep++) {
    job.keep_symbols = keep;
    ck_assert_msg(link_run(&job, &arena, &sink, NULL), "%s", errors);
    Elf64_Ehdr header;
    uint8_t *const bytes = read_elf("program", &header);
    ck_assert_uint_eq(header.e_type, ET_DYN);
    ck_assert_uint_eq(header.e_machine, machines[arch]);
    check_hardening(bytes, &header);
    ck_assert_uint_eq(count_symbol_tables(bytes, &header), keep);
    free(bytes);
  }
  struct stat status;
  ck_assert_int_eq(stat("program", &status), 0);
  ck_assert_uint_eq(status.st_mode & S_IXUSR, S_IXUSR);
  ck_assert_int_lt(status.st_size, 65536);
  ck_assert_uint_eq(count_files(), 2);
#ifdef __x86_64__
  const enum link_arch host = LINK_X86_64;
#else
  const enum link_arch host = LINK_AARCH64;
#endif
  if (arch == host) {
    ck_assert_int_eq(system("./program"), 7 << 8);
  }
}
END_TEST

/* Names of imports may hold anything, and there may be many. */
START_TEST(lists_undefined_symbols) {
  const enum link_arch arch = (enum link_arch)_i;
  char text[20000] = "declare i32 @\"w2n.my env.line\\0Aend\"()\ndefine i32 @main() {\n"
                     "  %r = call i32 @\"w2n.my env.line\\0Aend\"()\n";
  char *end = text + strlen(text);
  for (int i = 0; i < 50; i++) {
    end += sprintf(end, "  call void @w2n.env.f%d()\n", i);
  }
  end += sprintf(end, "  ret i32 %%r\n}\n");
  for (int i = 0; i < 50; i++) {
    end += sprintf(end, "declare void @w2n.env.f%d()\n", i);
  }
  const char *const inputs[] = {object(arch, "main.o", text)};
  const struct link_job job = executable(arch, inputs, 1);
  struct link_undefined_list undefined;
  ck_assert(!link_run(&job, &arena, &sink, &undefined));
  ck_assert_uint_eq(undefined.count, 51);
  bool has_line_end = false;
  unsigned numbered = 0;
  for (size_t i = 0; i < undefined.count; i++) {
    has_line_end |= strcmp(undefined.items[i].symbol, "w2n.my env.line\nend") == 0;
    numbered += strncmp(undefined.items[i].symbol, "w2n.env.f", 9) == 0;
    ck_assert_str_ne(undefined.items[i].referenced_by, "");
  }
  ck_assert(has_line_end);
  ck_assert_uint_eq(numbered, 50);
  ck_assert_uint_eq(error_count, 0);
  ck_assert_uint_eq(count_files(), 1);

  ck_assert(!link_run(&job, &arena, &sink, NULL));
  ck_assert_uint_eq(error_count, 51);
  ck_assert_ptr_nonnull(strstr(errors, "undefined symbol: w2n.env.f49; referenced by "));
}
END_TEST

/* Other errors come as messages of one line each; what was there before stays. */
START_TEST(reports_other_errors) {
  static const char text[] =
      "declare void @missing()\ndefine i32 @main() {\n  call void @missing()\n  ret i32 0\n}\n";
  const char *const inputs[] = {object(LINK_X86_64, "a.o", text), object(LINK_X86_64, "b.o", program_text)};
  FILE *const old = fopen("program", "w");
  fputs("old", old);
  fclose(old);
  const struct link_job job = executable(LINK_X86_64, inputs, 2);
  struct link_undefined_list undefined;
  ck_assert(!link_run(&job, &arena, &sink, &undefined));
  ck_assert_uint_eq(error_count, 1);
  ck_assert_ptr_nonnull(strstr(errors, "duplicate symbol: main; defined at "));
  ck_assert_ptr_null(strchr(errors, '\n'));
  ck_assert_uint_eq(undefined.count, 0); /* lld does not come to look for them */
  struct stat status;
  ck_assert_int_eq(stat("program", &status), 0);
  ck_assert_int_eq(status.st_size, 3);
  ck_assert_uint_eq(count_files(), 3);
}
END_TEST

static void write_file(const char *file, const char *bytes, size_t size) {
  FILE *const stream = fopen(file, "wb");
  fwrite(bytes, 1, size, stream);
  fclose(stream);
}

static const struct {
  enum link_arch arch;
  const char *input;
  const char *output;
  const char *error;
} failures[] = {
    {LINK_X86_64, "absent.o", "program", "cannot open absent.o: No such file or directory"},
    {LINK_X86_64, "main.o", "absent/program", "cannot create 'absent/program': No such file or directory"},
    {LINK_X86_64, "main.o", "/", "cannot open output file /: Is a directory"},
    {LINK_AARCH64, "main.o", "program", "main.o is incompatible with aarch64linux"},
    {LINK_X86_64, "text.o", "program", "text.o:1: "},
};

START_TEST(reports_bad_files) {
  object(LINK_X86_64, "main.o", program_text);
  write_file("text.o", "hello\n", 6);
  const char *const inputs[] = {failures[_i].input};
  struct link_job job = executable(failures[_i].arch, inputs, 1);
  job.output = failures[_i].output;
  struct link_undefined_list undefined;
  ck_assert(!link_run(&job, &arena, &sink, &undefined));
  ck_assert_uint_eq(error_count, 1);
  ck_assert_msg(strncmp(errors, failures[_i].error, strlen(failures[_i].error)) == 0, "%s", errors);
  ck_assert_uint_eq(undefined.count, 0);
  ck_assert_uint_eq(count_files(), 2);
}
END_TEST

/* What lld calls fatal does not end the process, but it is the last that lld does there. */
START_TEST(survives_fatal_errors) {
  object(LINK_X86_64, "main.o", program_text);
  Elf64_Ehdr header;
  uint8_t *const bytes = read_elf("main.o", &header);
  write_file("short.o", (const char *)bytes, 200);
  free(bytes);
  const char *const inputs[] = {"short.o"};
  const struct link_job job = executable(LINK_X86_64, inputs, 1);
  ck_assert(!link_run(&job, &arena, &sink, NULL));
  ck_assert_uint_eq(error_count, 1);
  ck_assert_ptr_nonnull(strstr(errors, "short.o: "));
  ck_assert(!link_run(&job, &arena, &sink, NULL));
  ck_assert_uint_eq(error_count, 2);
  ck_assert_ptr_nonnull(strstr(errors, "cannot run again"));
  ck_assert_uint_eq(count_files(), 2);
  teardown();
  _exit(EXIT_SUCCESS); /* lld leaves memory behind, which a leak checker would report */
}
END_TEST

/* Handlers of the embedder's, for traps above all, stay in place. */
START_TEST(leaves_signal_handlers_alone) {
  static const int signals[] = {SIGSEGV, SIGBUS, SIGABRT, SIGILL,  SIGFPE,
                                SIGTRAP, SIGINT, SIGTERM, SIGPIPE, SIGUSR1};
  struct sigaction before[sizeof signals / sizeof *signals];
  stack_t stack_before;
  stack_t stack_after;
  const char *const inputs[] = {object(LINK_X86_64, "main.o", program_text)};
  const struct link_job job = executable(LINK_X86_64, inputs, 1);
  for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
    sigaction(signals[i], NULL, &before[i]);
  }
  sigaltstack(NULL, &stack_before);
  ck_assert(link_run(&job, &arena, &sink, NULL));
  for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
    struct sigaction after;
    sigaction(signals[i], NULL, &after);
    ck_assert_msg(after.sa_handler == before[i].sa_handler, "the handler of signal %d changed", signals[i]);
  }
  sigaltstack(NULL, &stack_after);
  ck_assert_ptr_eq(stack_after.ss_sp, stack_before.ss_sp);
}
END_TEST

/* The module of a plugin: its symbols are seen from outside, and the runtime's come from its host. */
START_TEST(makes_shared_objects) {
  const enum link_arch arch = (enum link_arch)_i;
  const char *const inputs[] = {object(arch, "a.o",
                                       "declare void @wasmrt_op_trap(ptr, i32)\n"
                                       "@wasm_module = constant ptr @f\n"
                                       "define internal void @f(ptr %i) {\n"
                                       "  call void @wasmrt_op_trap(ptr %i, i32 1)\n  ret void\n}\n")};
  const struct link_job job = {
      .kind = LINK_SHARED, .arch = arch, .inputs = inputs, .input_count = 1, .output = "plugin.so"};
  ck_assert_msg(link_run(&job, &arena, &sink, NULL), "%s", errors);
  Elf64_Ehdr header;
  uint8_t *const bytes = read_elf("plugin.so", &header);
  ck_assert_uint_eq(header.e_type, ET_DYN);
  ck_assert_uint_eq(header.e_machine, machines[arch]);
  struct stat status;
  ck_assert_int_eq(stat("plugin.so", &status), 0);
  ck_assert_ptr_nonnull(memmem(bytes, (size_t)status.st_size, "wasm_module", 12));
  free(bytes);
}
END_TEST

START_TEST(prints_commands_for_a_shell) {
  const char *const inputs[] = {"it's a.o", "-x.o", "@y.o", "plain.o", ""};
  struct link_job job = executable(LINK_X86_64, inputs, 5);
  job.library_dir = "/lib dir";
  const char *const command = link_command(&job, &arena);
  ck_assert_ptr_nonnull(strstr(command, " 'it'\\''s a.o' ./-x.o ./@y.o plain.o '' "));
  ck_assert_ptr_nonnull(strstr(command, " '/lib dir/x86_64-linux-musl/libwasmrt.a' "));
  ck_assert_ptr_nonnull(strstr(command, " -o program "));
  ck_assert_int_eq(strncmp(command, "ld.lld -m elf_x86_64 ", 21), 0);
}
END_TEST

/* Names that lld would take for options or response files. */
START_TEST(takes_odd_names) {
  object(LINK_X86_64, "@y.o", program_text);
  rename("@y.o", "-x.o");
  const char *const inputs[] = {"-x.o"};
  struct link_job job = executable(LINK_X86_64, inputs, 1);
  job.output = "@out";
  ck_assert_msg(link_run(&job, &arena, &sink, NULL), "%s", errors);
  ck_assert_int_eq(access("@out", X_OK), 0);
}
END_TEST

static void *link_in_thread(void *output) {
  const char *const inputs[] = {"main.o"};
  struct arena own = {0};
  struct diag_sink silent = {0};
  struct link_job job = executable(LINK_AARCH64, inputs, 1);
  job.library_dir = link_library_dir(&own);
  job.output = output;
  bool ok = true;
  for (int i = 0; i < 5; i++) {
    ok = link_run(&job, &own, &silent, NULL) && ok;
  }
  arena_free(&own);
  return ok ? output : NULL;
}

START_TEST(links_from_several_threads) {
  object(LINK_AARCH64, "main.o", program_text);
  pthread_t threads[3];
  char outputs[3][8] = {"one", "two", "three"};
  for (int i = 0; i < 3; i++) {
    ck_assert_int_eq(pthread_create(&threads[i], NULL, link_in_thread, outputs[i]), 0);
  }
  for (int i = 0; i < 3; i++) {
    void *result;
    pthread_join(threads[i], &result);
    ck_assert_ptr_eq(result, outputs[i]);
  }
  ck_assert_uint_eq(count_files(), 4);
}
END_TEST

int main(void) {
  TCase *const tests = tcase_create("link");
  tcase_add_checked_fixture(tests, setup, teardown);
  tcase_set_timeout(tests, 60);
  tcase_add_loop_test(tests, makes_executables, LINK_X86_64, LINK_AARCH64 + 1);
  tcase_add_loop_test(tests, lists_undefined_symbols, LINK_X86_64, LINK_AARCH64 + 1);
  tcase_add_test(tests, reports_other_errors);
  tcase_add_loop_test(tests, reports_bad_files, 0, sizeof failures / sizeof *failures);
  tcase_add_exit_test(tests, survives_fatal_errors, EXIT_SUCCESS);
  tcase_add_test(tests, leaves_signal_handlers_alone);
  tcase_add_loop_test(tests, makes_shared_objects, LINK_X86_64, LINK_AARCH64 + 1);
  tcase_add_test(tests, prints_commands_for_a_shell);
  tcase_add_test(tests, takes_odd_names);
  tcase_add_test(tests, links_from_several_threads);
  Suite *const suite = suite_create("link");
  suite_add_tcase(suite, tests);
  SRunner *const runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  const int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
