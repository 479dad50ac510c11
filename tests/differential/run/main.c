/*
 * The part of the differential tests that runs on the target: an executable linked from this folder, the
 * modules of one batch (m0_module and so on), libwasmrt and musl. `program --|--lazy NAME...`, a name for
 * each module, calls every exported function of each module three times with edge values, and prints what can
 * be seen of it: results, traps, what was passed to the host, and after each call that returned the sizes and
 * contents of exported memories, tables and globals. oracle.py prints the same for another engine.
 *
 * Each module is instantiated in a process of its own, and called in a copy of that. After a trap the rest of
 * the calls goes to the instance of a new copy: what a trap leaves behind is not promised
 * (docs/architecture.md).
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run.h"
#include "trace.h"

enum { ROUNDS = 3, SECONDS = 60, TRAPPED = 17, SLOTS_MAX = 64 };

/* What the processes of one module share: the call to begin with. */
static volatile unsigned *next_call;

/* Other engines do not tell these apart. */
static const char *trap_name(const struct wasmrt_error *error) {
  switch (error->trap) {
  case WASMRT_TRAP_UNDEFINED_ELEMENT:
    return wasmrt_trap_message(WASMRT_TRAP_TABLE_OUT_OF_BOUNDS);
  case WASMRT_TRAP_NULL_FUNCTION_REFERENCE:
    return wasmrt_trap_message(WASMRT_TRAP_NULL_REFERENCE);
  default:
    return wasmrt_trap_message(error->trap);
  }
}

static void print_failure(const struct wasmrt_error *error) {
  if (error->status == WASMRT_ERROR_TRAP) {
    printf("trap: %s\n", trap_name(error));
  } else {
    printf("error: %s\n", error->message);
  }
}

/* Position and content of every word count. */
static uint64_t hash(const uint8_t *data, uint64_t size) {
  uint64_t sum = 0;
  for (uint64_t i = 0; i < size; i += 8) {
    uint64_t word = 0;
    memcpy(&word, data + i, size - i < 8 ? (size_t)(size - i) : 8);
    sum += (word ^ word >> 29) * (2 * i + UINT64_C(0x9e3779b97f4a7c15));
  }
  return sum;
}

static void print_table(const struct wasmrt_table *table) {
  uint64_t size = wasmrt_table_size(table);
  printf(" %" PRIu64 " ", size);
  for (uint64_t i = 0; i < size && i < 64; i++) {
    void *reference = NULL;
    wasmrt_table_get(table, i, &reference);
    putchar(reference == NULL ? '-' : '+');
  }
}

/* Everything exported that is not a function. */
static void print_state(const struct wasmrt_instance *instance) {
  const struct wasmrt_module *module = wasmrt_instance_module(instance);
  for (uint32_t i = 0; i < wasmrt_module_export_count(module); i++) {
    struct wasmrt_item item;
    struct wasmrt_extern object;
    wasmrt_module_export(module, i, &item);
    if (item.type.kind == WASMRT_FUNC || !wasmrt_export_at(instance, i, &object)) {
      continue;
    }
    if (item.type.kind == WASMRT_GLOBAL && object.type.type == WASMRT_V128) {
      continue;
    }
    printf("  %s", item.name);
    if (item.type.kind == WASMRT_MEMORY) {
      uint64_t size = wasmrt_memory_size(object.of.memory);
      printf(" %" PRIu64 " %016" PRIx64, size, hash(wasmrt_memory_data(object.of.memory), size));
    } else if (item.type.kind == WASMRT_TABLE) {
      print_table(object.of.table);
    } else {
      uint64_t value[2] = {0};
      wasmrt_global_get(&object, value);
      trace_value(object.type.type, value[0]);
    }
    putchar('\n');
  }
}

/* False where a value cannot be passed or printed by every engine. */
static bool is_plain(const struct wasmrt_signature *signature) {
  for (uint32_t i = 0; i < signature->param_count + signature->result_count; i++) {
    if (signature->kinds[i] == WASMRT_V128) {
      return false;
    }
  }
  return signature->param_count <= SLOTS_MAX && signature->result_count <= SLOTS_MAX;
}

/* One call; false after a trap. */
static bool call(const struct wasmrt_instance *instance, uint32_t export_index, unsigned number) {
  struct wasmrt_item item;
  struct wasmrt_extern object;
  struct wasmrt_error error;
  uint64_t slots[SLOTS_MAX];
  wasmrt_module_export(wasmrt_instance_module(instance), export_index, &item);
  if (item.type.kind != WASMRT_FUNC || !is_plain(&item.type.signature) ||
      !wasmrt_export_at(instance, export_index, &object)) {
    return true;
  }
  const struct wasmrt_signature *signature = &item.type.signature;
  struct wasmrt_funcref *reset = wasmrt_find_function(instance, "hangLimitInitializer");
  if (reset != NULL && wasmrt_call(reset, NULL, &error) != WASMRT_OK) {
    print_failure(&error);
  }
  printf("%u %s", number, item.name);
  uint32_t state = trace_seed(number);
  for (uint32_t i = 0; i < signature->param_count; i++) {
    slots[i] = trace_argument(signature->kinds[i], &state);
    trace_value(signature->kinds[i], slots[i]);
  }
  putchar('\n');
  bool is_done = wasmrt_call(object.of.function, slots, &error) == WASMRT_OK;
  printf("  =");
  for (uint32_t i = 0; is_done && i < signature->result_count; i++) {
    trace_value(signature->kinds[signature->param_count + i], slots[i]);
  }
  if (is_done) {
    putchar('\n');
    print_state(instance);
  } else {
    putchar(' ');
    print_failure(&error);
  }
  return is_done;
}

/* Makes the module's instance; NULL after saying why not. */
static struct wasmrt_instance *instantiate(const struct wasmrt_module *module) {
  struct wasmrt_error error;
  struct wasmrt_instance *instance = NULL;
  struct wasmrt_store *store = wasmrt_store_create();
  struct wasmrt_instance_options options = {.max_memory = TRACE_MAX_MEMORY, .max_table = TRACE_MAX_TABLE};
  if (store == NULL || !trace_define(store)) {
    printf("error: no store\n");
    return NULL;
  }
  if (wasmrt_instantiate(store, module, &options, &instance, &error) != WASMRT_OK) {
    print_failure(&error);
    return NULL;
  }
  return instance;
}

static int run_calls(const struct wasmrt_instance *instance) {
  uint32_t count = wasmrt_module_export_count(wasmrt_instance_module(instance));
  while (*next_call < count * ROUNDS) {
    unsigned number = *next_call;
    *next_call = number + 1;
    if (!call(instance, number % count, number)) {
      return TRAPPED;
    }
  }
  return 0;
}

/* In a copy of this process: calls the instance, or instantiates and has copies call until all calls are
 * done. */
static int in_copy(const struct wasmrt_module *module, const struct wasmrt_instance *instance);

static void run_copies(const struct wasmrt_instance *instance) {
  while (in_copy(NULL, instance) == TRAPPED) {
  }
}

static int in_copy(const struct wasmrt_module *module, const struct wasmrt_instance *instance) {
  int status;
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    int result = 0;
    if (instance != NULL) {
      alarm(SECONDS);
      result = run_calls(instance);
    } else if ((instance = instantiate(module)) != NULL) {
      run_copies(instance);
    }
    fflush(stdout);
    _exit(result);
  }
  if (child < 0 || waitpid(child, &status, 0) != child) {
    perror("fork");
    exit(2);
  }
  if (WIFSIGNALED(status)) {
    printf("  crashed: %s\n", strsignal(WTERMSIG(status)));
    return TRAPPED; /* go on with the next call */
  }
  return WEXITSTATUS(status);
}

int main(int argc, char **argv) {
  next_call = mmap(NULL, sizeof *next_call, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (next_call == MAP_FAILED) {
    perror("mmap");
    return 2;
  }
  if (argc > 1 && strcmp(argv[1], "--lazy") == 0) {
    spec_reserve_lazily();
  }
  for (int i = 2; i < argc; i++) {
    printf("module %s\n", argv[i]);
    const struct wasmrt_module *module = spec_module((unsigned)i - 2);
    if (module != NULL) {
      *next_call = 0;
      in_copy(module, NULL);
    } else {
      printf("  not compiled\n");
    }
  }
  return 0;
}
