/*
 * The main function of executables: reads the guest's options, gives the guest its stack, instantiates the
 * program's module and calls its function _start.
 *
 * Exit status: the guest's own; 134 after a trap, as after abort(); 2 if the guest could not be started.
 * Needs no stdio, no malloc and no threads, and of WASI only what the guest imports.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "internal.h"

#include "confine.h"
#include "options.h"

enum { STATUS_TRAP = 134, STATUS_UNABLE = 2 };
enum { STACK_SIZE = 8 << 20, STACK_SIZE_LEAST = 256 << 10, STACK_GUARD = 65536 };

/* The linker brings it only if the guest uses WASI. */
__attribute__((weak)) int wasmrt_wasi_configure(struct wasmrt_instance *instance, int argc, char **argv,
                                                char **environment,
                                                const struct wasmrt_guest_options *options);

/* The same if it accepts connections. */
__attribute__((weak)) const char *wasmrt_wasi_open_listener(struct wasmrt_instance *instance,
                                                            const char *address, const char *program);

/* Written by the compiler. */
extern const struct wasmrt_program wasmrt_program_record;

int main(int argc, char **argv, char **environment);

/* What main hands over to the guest's stack. */
struct process {
  int argc;
  char **argv;
  char **environment;
  struct wasmrt_guest_options options;
  int status;
};

/* ---- Messages --------------------------------------------------------------------------------------- */

/* Writes texts up to a NULL to the standard error stream, as one write where possible. */
static void print(const char *const texts[]) {
  enum { MOST = 8 };
  struct iovec parts[MOST];
  int count = 0;
  for (; texts[count] != NULL && count < MOST; count++) {
    parts[count] = (struct iovec){.iov_base = (void *)texts[count], .iov_len = strlen(texts[count])};
  }
  (void)!writev(STDERR_FILENO, parts, count);
}

/* The guest's text as far as it fits, without control characters: a terminal would obey them. */
static const char *harmless(const char *text, char *buffer, size_t size) {
  size_t length = 0;
  for (; text[length] != '\0' && length < size - 1; length++) {
    const unsigned char byte = (unsigned char)text[length], next = (unsigned char)text[length + 1];
    /* In UTF-8, 0xc2 begins the second set of control characters. */
    const bool is_control = byte < 0x20 || byte == 0x7f || (byte == 0xc2 && next >= 0x80 && next < 0xa0);
    buffer[length] = is_control ? '?' : text[length];
  }
  buffer[length] = '\0';
  return buffer;
}

static const char *program_name(const struct process *process) {
  return process->argc > 0 ? process->argv[0] : "wasm";
}

static int unable(const struct process *process, const char *what, const char *which) {
  const char *const texts[] = {program_name(process), ": ", what, which, "\n", NULL};
  print(texts);
  return STATUS_UNABLE;
}

/*
 *   wasm trap: out of bounds memory access
 *     0: fib (func 12)
 *     1: _start (func 3)
 */
static void print_trap(const struct wasmrt_error *error) {
  char text[256];
  const char *const first[] = {"wasm trap: ", harmless(error->message, text, sizeof text), "\n", NULL};
  print(first);
  for (uint32_t i = 0; i < error->frame_count; i++) {
    const struct wasmrt_frame *frame = &error->frames[i];
    char level[21], function[21];
    const char *name = frame->name == NULL ? "" : harmless(frame->name, text, sizeof text);
    const char *const line[] = {i < 10 ? "    " : "   ",
                                wasmrt_decimal(i, level),
                                ": ",
                                name,
                                *name == '\0' ? "(func " : " (func ",
                                wasmrt_decimal(frame->function, function),
                                ")\n",
                                NULL};
    print(line);
  }
  if (error->frame_count == WASMRT_BACKTRACE_MAX) {
    const char *const more[] = {"     ...\n", NULL};
    print(more);
  }
}

/* The exit status for how the guest ended. */
static int report(const struct process *process, enum wasmrt_status status,
                  const struct wasmrt_error *error) {
  switch (status) {
  case WASMRT_OK:
    return 0;
  case WASMRT_ERROR_EXIT:
    return (int)error->exit_status;
  case WASMRT_ERROR_TRAP:
    print_trap(error);
    return STATUS_TRAP;
  default:
    return unable(process, error->message, "");
  }
}

/* ---- The guest -------------------------------------------------------------------------------------- */

/* The exported function _start, without parameters and results; NULL if there is none. */
static const struct wasmrt_funcref *find_start(const struct wasmrt_instance *instance) {
  const struct wasmrt_module *module = instance->module;
  for (uint32_t i = 0; i < module->export_count; i++) {
    const struct wasmrt_export *export = &module->exports[i];
    if (export->kind == WASMRT_FUNC && strcmp(export->name, "_start") == 0) {
      const struct wasmrt_funcref *function = &instance->functions[export->index];
      return function->type->param_count + function->type->result_count == 0 ? function : NULL;
    }
  }
  return NULL;
}

/* After all else that is granted, so that listeners have the numbers that follow. */
static int open_listeners(struct wasmrt_instance *instance, const struct process *process) {
  for (size_t i = 0; i < process->options.listen_count; i++) {
    const char *address = process->options.listen[i];
    const char *problem = wasmrt_wasi_open_listener == NULL
                              ? "does not import sock_accept, and so cannot listen at "
                              : wasmrt_wasi_open_listener(instance, address, program_name(process));
    if (problem != NULL) {
      return unable(process, problem, address);
    }
  }
  return 0;
}

static int configure_wasi(struct wasmrt_instance *instance, const struct process *process) {
  if (wasmrt_wasi_configure == NULL) {
    return open_listeners(instance, process);
  }
  const int problem =
      wasmrt_wasi_configure(instance, process->argc, process->argv, process->environment, &process->options);
  if (problem == 0) {
    return open_listeners(instance, process);
  }
  const char *name = problem > 0 ? process->options.mounts[problem - 1].host : "";
  const char *what = errno == ENOENT    ? "no such directory: "
                     : errno == ENOTDIR ? "not a directory: "
                     : errno == EACCES  ? "no permission to open "
                                        : "cannot open ";
  return unable(process, problem > 0 ? what : "not enough memory", name);
}

/* Says on one line what the kernel lacks, and goes on unless confinement was asked for. */
static int confine(const struct wasmrt_instance *instance, const struct process *process) {
  const enum wasmrt_confinement wanted = process->options.confinement;
  const char *problem = wanted == WASMRT_NO_CONFINE ? NULL : wasmrt_confine(instance, &process->options);
  if (problem == NULL) {
    return 0;
  }
  if (wanted == WASMRT_CONFINE) {
    return unable(process, problem, "");
  }
  const char *const texts[] = {program_name(process), ": warning: ", problem,
                               " (--no-confine to run without this message)\n", NULL};
  print(texts);
  return 0;
}

/* Runs on the guest's stack; `code` is the struct process. */
static void run(void *code, void *instance_slot, uint64_t *slots) {
  (void)instance_slot;
  (void)slots;
  struct process *process = code;
  const struct wasmrt_instance_options options = {.max_memory = process->options.max_memory};
  struct wasmrt_error error;
  struct wasmrt_instance *instance;
  enum wasmrt_status status = WASMRT_OK;
  if (wasmrt_program_record.check_cpu != NULL) {
    status = wasmrt_program_record.check_cpu(wasmrt_program_record.module, &error);
  }
  if (status == WASMRT_OK) {
    status = wasmrt_instance_create(wasmrt_program_record.module, &options,
                                    (wasmrt_resolve *)wasmrt_program_record.resolve, NULL, &instance, &error);
  }
  if (status == WASMRT_OK) {
    instance->trace = process->options.trace;
    process->status = configure_wasi(instance, process);
    if (process->status == 0) {
      process->status = confine(instance, process);
    }
    if (process->status != 0) {
      return;
    }
    status = wasmrt_instance_start(instance, &error);
  }
  if (status == WASMRT_OK) {
    const struct wasmrt_funcref *start = find_start(instance);
    if (start == NULL) {
      process->status = unable(process, "the module exports no function _start: it is no command", "");
      return;
    }
    status = wasmrt_protect(start->entry, start->code, start->instance, NULL, &error);
  }
  process->status = report(process, status, &error);
}

/* ---- The process ------------------------------------------------------------------------------------ */

static void *map(size_t size) {
  void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return memory == MAP_FAILED ? NULL : memory;
}

static bool prepare_signals(void) {
  void *memory = map(WASMRT_SIGNAL_STACK);
  const stack_t stack = {.ss_sp = memory, .ss_size = WASMRT_SIGNAL_STACK};
  wasmrt_signals_install();
  return memory != NULL && sigaltstack(&stack, NULL) == 0;
}

/* Runs the guest on a stack of its own: the system's may be small, or have no end. */
static bool run_on_stack(struct process *process) {
  const uint64_t asked = process->options.stack_size;
  uint64_t size = asked == 0 ? STACK_SIZE : asked < STACK_SIZE_LEAST ? STACK_SIZE_LEAST : asked;
  size = (size + STACK_GUARD - 1) & ~(uint64_t)(STACK_GUARD - 1);
  uint8_t *memory = map(size + STACK_GUARD);
  if (memory == NULL || mprotect(memory, STACK_GUARD, PROT_NONE) != 0) {
    return false;
  }
  uint8_t *high = memory + STACK_GUARD + size;
  wasmrt_thread.owns_stack = true;
  wasmrt_stack_protect(&wasmrt_thread, (uintptr_t)memory + STACK_GUARD, (uintptr_t)high);
  void *sp;
  wasmrt_enter(process, NULL, NULL, run, &sp, high);
  return true;
}

/*
 * Makes what only relocation had to write read-only: the module's descriptor, and with it pointers to code.
 * Dynamic linkers do this; a static executable relocates itself and musl leaves it at that.
 */
static void protect_relocated(void) {
  const Elf64_Phdr *headers = (const Elf64_Phdr *)getauxval(AT_PHDR);
  const size_t count = getauxval(AT_PHNUM);
  const uintptr_t page = getauxval(AT_PAGESZ);
  uintptr_t base = 0;
  for (size_t i = 0; i < count; i++) {
    if (headers[i].p_type == PT_PHDR) {
      base = (uintptr_t)headers - headers[i].p_vaddr;
    }
    if (headers[i].p_type == PT_GNU_RELRO) {
      const uintptr_t begin = (base + headers[i].p_vaddr) & ~(page - 1);
      const uintptr_t end = (base + headers[i].p_vaddr + headers[i].p_memsz) & ~(page - 1);
      if (begin < end) {
        (void)mprotect((void *)begin, end - begin, PROT_READ); /* without it the program runs as well */
      }
    }
  }
}

static const char *find_variable(char **environment, const char *name) {
  const size_t length = strlen(name);
  for (; *environment != NULL; environment++) {
    if (strncmp(*environment, name, length) == 0 && (*environment)[length] == '=') {
      return *environment + length + 1;
    }
  }
  return NULL;
}

int main(int argc, char **argv, char **environment) {
  struct process process = {.argc = argc, .argv = argv, .environment = environment};
  protect_relocated();
  const char *baked = wasmrt_program_record.options;
  const char *variable = find_variable(environment, "WASMRT_OPTIONS");
  void *storage = map(wasmrt_options_storage(baked, variable) + 1);
  if (storage == NULL || !prepare_signals()) {
    _exit(unable(&process, "not enough memory", ""));
  }
  const char *culprit;
  const char *problem = wasmrt_options_parse(baked, variable, &process.options, storage, &culprit);
  if (problem != NULL) {
    const char *const texts[] = {
        program_name(&process), ": guest options (WASMRT_OPTIONS): ", problem, ": '", culprit, "'\n", NULL};
    print(texts);
    _exit(STATUS_UNABLE);
  }
  if (process.options.confinement != WASMRT_NO_CONFINE) {
    wasmrt_confine_descriptors();
  }
  if (!run_on_stack(&process)) {
    _exit(unable(&process, "not enough memory for the guest's stack (--stack-size)", ""));
  }
  /* Nothing is buffered anywhere: the guest's own library has flushed what was its own. */
  _exit(process.status);
}
