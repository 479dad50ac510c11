/* Runs the commands of one group: instantiates, calls, and compares what happened with what was expected. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"

enum { TEXT_MAX = 2048 };

/* What an action did. */
struct outcome {
  enum wasmrt_status status;
  struct wasmrt_error error;
  struct wasmrt_signature signature; /* of the results: `kinds` begins with them */
  uint64_t slots[SPEC_VALUES_MAX];
};

struct run {
  const char *title;
  struct spec_tally *tally;
  struct wasmrt_store *store;
  struct wasmrt_instance **instances; /* by the plan's numbers, NULL where instantiation failed */
  unsigned instance_count;
  const char *kind; /* of the command that is running */
  bool is_replay;
  char action[TEXT_MAX];
  struct outcome outcome;
};

__attribute__((format(printf, 2, 3))) static void fail(struct run *run, const char *format, ...) {
  /* The group that counts a command says what came of it; but without an instance nothing here is right. */
  if (run->is_replay && strcmp(run->kind, "instantiate") != 0 && strcmp(run->kind, "import") != 0) {
    return;
  }
  va_list arguments;
  va_start(arguments, format);
  printf("FAIL %s:%d: %s%s: ", run->title, run->tally->line, run->kind, run->action);
  vprintf(format, arguments);
  putchar('\n');
  fflush(stdout);
  va_end(arguments);
  run->tally->failed++;
}

static void pass(struct run *run) {
  run->tally->passed += !run->is_replay;
}

static struct wasmrt_instance *instance_at(const struct run *run, unsigned number) {
  return number < run->instance_count ? run->instances[number] : NULL;
}

static void set_instance(struct run *run, unsigned number, struct wasmrt_instance *instance) {
  if (number >= run->instance_count) {
    unsigned count = number * 2 + 16;
    struct wasmrt_instance **larger = realloc(run->instances, count * sizeof *larger);
    if (larger == NULL) {
      abort();
    }
    memset(larger + run->instance_count, 0, (count - run->instance_count) * sizeof *larger);
    run->instances = larger;
    run->instance_count = count;
  }
  run->instances[number] = instance;
}

/* Finds an export by a name that may hold NULs. */
static bool find(const struct wasmrt_instance *instance, const char *name, size_t size,
                 struct wasmrt_extern *object) {
  const struct wasmrt_module *module = wasmrt_instance_module(instance);
  for (uint32_t i = 0; i < wasmrt_module_export_count(module); i++) {
    struct wasmrt_item item;
    wasmrt_module_export(module, i, &item);
    if (item.name_length == size && memcmp(item.name, name, size) == 0) {
      return wasmrt_export_at(instance, i, object);
    }
  }
  return false;
}

static bool read_arguments(struct run *run, char **line, const struct wasmrt_signature *signature) {
  unsigned count = 0;
  if (!spec_next_number(line, &count) || count > SPEC_VALUES_MAX) {
    return false;
  }
  for (unsigned i = 0, slot = 0; i < count; i++) {
    struct spec_value value;
    if (!spec_next_value(line, &value)) {
      return false;
    }
    spec_print_value(run->action, sizeof run->action, value.type, value.bits);
    if (i < signature->param_count && !spec_is_of_type(signature->kinds[i], value.type)) {
      return false;
    }
    memcpy(&run->outcome.slots[slot], value.bits, spec_slots(value.type) * sizeof value.bits[0]);
    slot += spec_slots(value.type);
  }
  return count == signature->param_count && signature->result_count <= SPEC_VALUES_MAX;
}

static void call(struct run *run, const struct wasmrt_funcref *function) {
  struct outcome *outcome = &run->outcome;
  outcome->status = wasmrt_call(function, outcome->slots, &outcome->error);
  outcome->signature.kinds += outcome->signature.param_count;
}

/* Performs the action that the rest of the line describes. False after a failure that has been printed. */
static bool act(struct run *run, char **line) {
  unsigned number;
  char *verb, *field;
  size_t size;
  if (!spec_next_number(line, &number) || !spec_next_word(line, &verb, NULL) ||
      !spec_next_word(line, &field, &size)) {
    fail(run, "bad line in the command file");
    return false;
  }
  snprintf(run->action, sizeof run->action, " %s \"%s\"", verb, field);
  const struct wasmrt_instance *instance = instance_at(run, number);
  struct wasmrt_extern object;
  if (instance == NULL) {
    fail(run, "the module was not instantiated");
    return false;
  }
  if (!find(instance, field, size, &object)) {
    fail(run, "no such export");
    return false;
  }
  bool is_call = strcmp(verb, "invoke") == 0;
  if (object.type.kind != (is_call ? WASMRT_FUNC : WASMRT_GLOBAL)) {
    fail(run, "the export is not a %s", is_call ? "function" : "global");
    return false;
  }
  static uint32_t global_type;
  global_type = object.type.type;
  run->outcome.signature = is_call ? wasmrt_function_signature(object.of.function)
                                   : (struct wasmrt_signature){.result_count = 1, .kinds = &global_type};
  if (!read_arguments(run, line, &run->outcome.signature)) {
    fail(run, "the arguments do not fit the function's type");
    return false;
  }
  if (is_call) {
    call(run, object.of.function);
  } else {
    run->outcome.status = WASMRT_OK;
    wasmrt_global_get(&object, run->outcome.slots);
  }
  return true;
}

/* One line about a status that was not expected. */
static const char *describe(const struct outcome *outcome) {
  static char text[WASMRT_MESSAGE_MAX + 64];
  switch (outcome->status) {
  case WASMRT_OK:
    return "it returned";
  case WASMRT_ERROR_TRAP:
    snprintf(text, sizeof text, "trap: %s", outcome->error.message);
    break;
  case WASMRT_ERROR_EXIT:
    snprintf(text, sizeof text, "exit with %u", (unsigned)outcome->error.exit_status);
    break;
  default:
    snprintf(text, sizeof text, "error %d: %s", (int)outcome->status, outcome->error.message);
    break;
  }
  return text;
}

static void check_results(struct run *run, char **line) {
  struct outcome *outcome = &run->outcome;
  char expected_text[TEXT_MAX] = "", got_text[TEXT_MAX] = "";
  unsigned count = 0;
  bool same = spec_next_number(line, &count) && count == outcome->signature.result_count;
  for (unsigned i = 0, slot = 0; i < outcome->signature.result_count; i++) {
    uint32_t type = outcome->signature.kinds[i];
    spec_print_value(got_text, sizeof got_text, type, &outcome->slots[slot]);
    slot += spec_slots(type);
  }
  for (unsigned i = 0, slot = 0; i < count; i++) {
    struct spec_expected expected;
    if (!spec_next_expected(line, &expected)) {
      fail(run, "bad value in the command file");
      return;
    }
    spec_print_expected(expected_text, sizeof expected_text, &expected);
    if (same) {
      uint32_t type = outcome->signature.kinds[i];
      same = spec_matches(&expected, type, &outcome->slots[slot]);
      slot += spec_slots(type);
    }
  }
  if (outcome->status != WASMRT_OK) {
    fail(run, "expected%s, got %s", count == 0 ? " no results" : expected_text, describe(outcome));
  } else if (!same) {
    fail(run, "expected%s, got%s", count == 0 ? " no results" : expected_text, got_text);
  } else {
    pass(run);
  }
}

/* Some expectations say more than the message ("uninitialized element 2"), some less. */
static bool same_message(const char *message, const char *expected) {
  size_t length = strlen(message), expected_length = strlen(expected);
  size_t shorter = length < expected_length ? length : expected_length;
  return shorter > 0 && strncmp(message, expected, shorter) == 0;
}

static void check_trap(struct run *run, const char *expected) {
  const struct outcome *outcome = &run->outcome;
  if (outcome->status == WASMRT_ERROR_TRAP &&
      same_message(wasmrt_trap_message(outcome->error.trap), expected) &&
      same_message(outcome->error.message, expected)) {
    pass(run);
  } else {
    fail(run, "expected trap: %s, got %s", expected, describe(outcome));
  }
}

static void run_action(struct run *run, char **line) {
  char *text = "";
  if (!act(run, line)) {
    return;
  }
  if (strcmp(run->kind, "assert_return") == 0) {
    check_results(run, line);
    return;
  }
  spec_next_word(line, &text, NULL);
  if (strcmp(run->kind, "action") == 0) {
    if (run->outcome.status == WASMRT_OK) {
      pass(run);
    } else {
      fail(run, "expected that it returns, got %s", describe(&run->outcome));
    }
  } else if (strcmp(run->kind, "assert_exception") == 0) {
    check_trap(run, wasmrt_trap_message(WASMRT_TRAP_UNCAUGHT_EXCEPTION));
  } else {
    check_trap(run, text);
  }
}

static struct wasmrt_instance *instantiate(struct run *run, unsigned number) {
  struct wasmrt_instance *instance = NULL;
  struct outcome *outcome = &run->outcome;
  const struct wasmrt_module *module = spec_module(number);
  if (module == NULL) {
    outcome->status =
        wasmrt_error_set(&outcome->error, WASMRT_ERROR_ARGUMENT, "the module was not linked in");
  } else {
    outcome->status = wasmrt_instantiate(run->store, module, NULL, &instance, &outcome->error);
  }
  return outcome->status == WASMRT_OK ? instance : NULL;
}

static void run_instantiate(struct run *run, char **line) {
  unsigned number, module;
  if (!spec_next_number(line, &number) || !spec_next_number(line, &module)) {
    fail(run, "bad line in the command file");
    return;
  }
  set_instance(run, number, instantiate(run, module));
  if (instance_at(run, number) == NULL) {
    fail(run, "module %u: %s", module, describe(&run->outcome));
  }
}

static void run_register(struct run *run, char **line) {
  unsigned number;
  char *name;
  if (!spec_next_number(line, &number) || !spec_next_word(line, &name, NULL)) {
    fail(run, "bad line in the command file");
  } else if (instance_at(run, number) != NULL &&
             wasmrt_register(run->store, name, instance_at(run, number), &run->outcome.error) != WASMRT_OK) {
    fail(run, "%s: %s", name, run->outcome.error.message);
  }
}

static void run_rejected(struct run *run, char **line) {
  unsigned module;
  char *text;
  if (!spec_next_number(line, &module) || !spec_next_word(line, &text, NULL)) {
    fail(run, "bad line in the command file");
    return;
  }
  instantiate(run, module);
  if (strcmp(run->kind, "assert_uninstantiable") == 0) {
    check_trap(run, text);
  } else if (run->outcome.status == WASMRT_ERROR_LINK && same_message(run->outcome.error.message, text)) {
    pass(run);
  } else {
    fail(run, "expected a link error: %s, got %s", text, describe(&run->outcome));
  }
}

static void run_import(struct run *run, char **line) {
  unsigned slot, number;
  char *kind, *name;
  size_t size;
  struct wasmrt_extern object;
  if (!spec_next_word(line, &kind, NULL) || !spec_next_number(line, &slot) ||
      !spec_next_number(line, &number) || !spec_next_word(line, &name, &size)) {
    fail(run, "bad line in the command file");
  } else if (instance_at(run, number) == NULL || !find(instance_at(run, number), name, size, &object) ||
             !(strcmp(kind, "function") == 0 ? spec_bind_function : spec_bind_global)(slot, &object)) {
    fail(run, "cannot bind %s %u to \"%s\" of instance %u", kind, slot, name, number);
  }
}

static void run_command(struct run *run, char *line) {
  unsigned source_line;
  char *kind;
  run->is_replay = strncmp(line, "replay ", 7) == 0;
  line += run->is_replay ? 7 : 0;
  run->action[0] = 0;
  run->kind = "";
  memset(&run->outcome.error, 0, sizeof run->outcome.error);
  if (!spec_next_word(&line, &kind, NULL) || !spec_next_number(&line, &source_line)) {
    fail(run, "bad line in the command file");
    return;
  }
  run->kind = kind;
  run->tally->line = (int)source_line;
  if (strcmp(kind, "instantiate") == 0) {
    run_instantiate(run, &line);
  } else if (strcmp(kind, "register") == 0) {
    run_register(run, &line);
  } else if (strcmp(kind, "import") == 0) {
    run_import(run, &line);
  } else if (strcmp(kind, "assert_unlinkable") == 0 || strcmp(kind, "assert_uninstantiable") == 0) {
    run_rejected(run, &line);
  } else {
    run_action(run, &line);
  }
}

bool spec_is_counted(const char *line) {
  return strncmp(line, "group", 5) != 0 && strncmp(line, "instantiate", 11) != 0 &&
         strncmp(line, "register", 8) != 0 && strncmp(line, "import", 6) != 0 &&
         strncmp(line, "replay", 6) != 0;
}

void spec_run_group(char *text, const char *title, struct spec_tally *tally) {
  struct run run = {.title = title, .tally = tally, .store = wasmrt_store_create()};
  if (run.store == NULL) {
    fprintf(stderr, "%s: cannot make a store\n", title);
    exit(2);
  }
  spectest_define(run.store);
  while (*text != 0 && strncmp(text, "group", 5) != 0) {
    char *end = text + strcspn(text, "\n");
    char *next = *end == 0 ? end : end + 1;
    *end = 0;
    run_command(&run, text);
    spec_globals_agree();
    text = next;
  }
  wasmrt_store_destroy(run.store);
  free(run.instances);
}
