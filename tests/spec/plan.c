/* See plan.h. */
#include "plan.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "lower.h"

static bool is_static(const struct spec_plan *plan) {
  return plan->compile->model == WASM2NATIVE_MODEL_STATIC;
}

/* Results that are known before anything runs. */

__attribute__((format(printf, 3, 4))) static void fail(struct spec_plan *plan, const cJSON *command,
                                                       const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  printf("FAIL %s:%d: %s: ", plan->title, spec_line(command), spec_string(command, "type"));
  vprintf(format, arguments);
  putchar('\n');
  va_end(arguments);
  plan->failed++;
}

/* Notes that `count` commands, or a module without any, were left out for a reason. */
static void note_reason(struct spec_plan *plan, const char *text, unsigned count) {
  for (unsigned i = 0; i < plan->reason_count; i++) {
    if (strcmp(plan->reasons[i].text, text) == 0) {
      plan->reasons[i].count += count;
      return;
    }
  }
  plan->reasons[plan->reason_count++] = (struct spec_reason){text, count};
}

static void skip(struct spec_plan *plan, const char *reason) {
  plan->skipped++;
  note_reason(plan, reason, 1);
}

/* Names. */

static void name_set(struct spec_names *names, const char *name, unsigned index) {
  if (name != NULL) {
    names->rows[names->count++] = (struct spec_name){name, index};
  }
}

/* The latest meaning of a name. */
static unsigned name_get(const struct spec_names *names, const char *name) {
  for (unsigned i = names->count; i-- > 0;) {
    if (strcmp(names->rows[i].name, name) == 0) {
      return names->rows[i].index;
    }
  }
  return SPEC_NONE;
}

/* Import names are slices of the binary, names in scripts are strings with SPEC_NUL for U+0000. */
static unsigned registered_instance(const struct spec_plan *plan, struct slice name) {
  for (unsigned i = plan->registered.count; i-- > 0;) {
    if (slice_equal(slice_of(plan->registered.rows[i].name), name)) {
      return plan->registered.rows[i].index;
    }
  }
  return SPEC_NONE;
}

/* Modules. */

/* Reads and validates the command's module, without compiling it. */
static struct spec_subject *open_subject(struct spec_plan *plan, const cJSON *command) {
  struct spec_subject *subject = &plan->subjects[plan->subject_count];
  const char *file = spec_string(command, "filename");
  if (file == NULL) {
    *subject = (struct spec_subject){.verdict = SPEC_BROKEN, .message = "the command names no file"};
  } else {
    spec_subject_open(subject, arena_printf(&plan->arena, "%s/%s", plan->directory, file), &plan->arena);
  }
  return subject;
}

/* Why the static model cannot run a module, or NULL. */
static const char *static_obstacle(const struct wasm_module *module) {
  return lower_static_possible(module, NULL) ? NULL : "static model: imports a memory or table";
}

/* Compiles a module as NAME_module, to the path of an object, or NULL. */
static const char *compile(struct spec_plan *plan, struct spec_subject *subject, const char *file,
                           const char *name, enum wasm2native_model model) {
  const char *object = arena_printf(&plan->arena, "%s/%s.o", plan->output, name);
  struct wasm2native_options options = *plan->compile;
  options.name = name;
  options.model = model;
  return spec_subject_compile(subject, file, object, &options, &plan->arena) ? object : NULL;
}

/* Opens and compiles the command's module; its number, which is taken even if that fails. */
static unsigned add_subject(struct spec_plan *plan, const cJSON *command) {
  struct spec_subject *subject = open_subject(plan, command);
  unsigned number = plan->subject_count++;
  if (subject->verdict != SPEC_VALID) {
    return number;
  }
  subject->file = arena_printf(&plan->arena, "%s", spec_string(command, "filename"));
  subject->can_provide = true;
  if (is_static(plan) && static_obstacle(&subject->module) != NULL) {
    subject->verdict = SPEC_REFUSED;
    subject->message = static_obstacle(&subject->module);
    return number;
  }
  plan->objects[number] =
      compile(plan, subject, subject->file, arena_printf(&plan->arena, "m%u", number), plan->compile->model);
  subject->can_provide = plan->objects[number] != NULL;
  return number;
}

/* What an instance imports from others, by the names that are registered now. */
static void find_links(struct spec_plan *plan, struct spec_instance *instance,
                       const struct wasm_module *module) {
  instance->links = ARENA_ARRAY(&plan->arena, struct spec_link, module->import_count);
  for (uint32_t i = 0; i < module->import_count; i++) {
    unsigned provider = registered_instance(plan, module->imports[i].module);
    if (provider != SPEC_NONE) {
      instance->links[instance->link_count++] = (struct spec_link){&module->imports[i], provider};
    }
  }
}

/* A module that could not even be decoded may have imported, and changed, anything. */
static void mark_all_stale(struct spec_plan *plan) {
  for (unsigned i = 0; i < plan->registered.count; i++) {
    plan->instances[plan->registered.rows[i].index].is_stale = true;
  }
}

/* Makes the next instance's entry from a subject, and its group. */
static struct spec_instance *add_instance(struct spec_plan *plan, unsigned subject_number, int line) {
  struct spec_subject *subject = &plan->subjects[subject_number];
  struct spec_instance *instance = &plan->instances[plan->instance_count++];
  *instance = (struct spec_instance){.state = SPEC_LIVE,
                                     .reason = subject->message,
                                     .subject = subject_number,
                                     .can_provide = subject->can_provide};
  if (subject->verdict != SPEC_VALID) {
    instance->state = subject->verdict == SPEC_REFUSED ? SPEC_SKIPPED : SPEC_FAILED;
  }
  if (subject->verdict == SPEC_REFUSED) {
    note_reason(plan, subject->message, 0);
  }
  if (!subject->is_decoded) {
    mark_all_stale(plan);
    return instance;
  }
  find_links(plan, instance, &subject->module);
  for (unsigned i = 0; i < instance->link_count; i++) {
    const struct spec_instance *source = &plan->instances[instance->links[i].provider];
    instance->can_provide = instance->can_provide && source->can_provide;
    if (instance->state == SPEC_LIVE && !source->can_provide) {
      instance->state = source->state;
      instance->reason = source->reason;
    }
  }
  subject->is_used = subject->is_used || instance->state == SPEC_LIVE;
  spec_group_enter(plan, plan->instance_count - 1, line);
  return instance;
}

/* Commands. */

static void instantiate(struct spec_plan *plan, const cJSON *command, unsigned subject, const char *name) {
  add_instance(plan, subject, spec_line(command));
  plan->current = plan->instance_count - 1;
  name_set(&plan->instance_names, name, plan->current);
  const char *format = "instantiate %d %u %u\n";
  spec_group_write(
      plan, plan->current, arena_printf(&plan->arena, format, spec_line(command), plan->current, subject),
      arena_printf(&plan->arena, format, spec_line(command), plan->current, SPEC_PROVIDER + subject));
}

static void report_broken(struct spec_plan *plan, const cJSON *command, unsigned subject) {
  const struct spec_subject *it = &plan->subjects[subject];
  if (it->verdict != SPEC_VALID && it->verdict != SPEC_REFUSED) {
    fail(plan, command, "%s: expected a valid module, got: %s: %s", spec_string(command, "filename"),
         spec_verdict_name(it->verdict), it->message);
  }
}

static void plan_module(struct spec_plan *plan, const cJSON *command) {
  unsigned subject = add_subject(plan, command);
  report_broken(plan, command, subject);
  instantiate(plan, command, subject, spec_string(command, "name"));
}

static void plan_definition(struct spec_plan *plan, const cJSON *command) {
  plan->definition = add_subject(plan, command);
  report_broken(plan, command, plan->definition);
  name_set(&plan->definition_names, spec_string(command, "name"), plan->definition);
}

static void plan_instance(struct spec_plan *plan, const cJSON *command) {
  const char *name = spec_string(command, "module");
  unsigned subject = name == NULL ? plan->definition : name_get(&plan->definition_names, name);
  if (subject == SPEC_NONE) {
    fail(plan, command, "unknown module definition");
  } else {
    instantiate(plan, command, subject, spec_string(command, "instance"));
  }
}

/* The instance that a command is about, or NULL after a failure. */
static const struct spec_instance *target(struct spec_plan *plan, const cJSON *command, const char *name) {
  unsigned index = name == NULL ? plan->current : name_get(&plan->instance_names, name);
  if (index != SPEC_NONE) {
    return &plan->instances[index];
  }
  fail(plan, command, "unknown instance");
  return NULL;
}

static FILE *open_line(char **line, size_t *size) {
  FILE *out = open_memstream(line, size);
  if (out == NULL) {
    arena_out_of_memory(0);
  }
  return out;
}

static void plan_register(struct spec_plan *plan, const cJSON *command) {
  const struct spec_instance *instance = target(plan, command, spec_string(command, "name"));
  const char *name = spec_string(command, "as");
  if (instance == NULL || name == NULL) {
    return;
  }
  unsigned index = (unsigned)(instance - plan->instances);
  name_set(&plan->registered, name, index);
  char *line = NULL;
  size_t size = 0;
  FILE *out = open_line(&line, &size);
  fprintf(out, "register %d %u", spec_line(command), index);
  spec_write_word(out, name);
  fputc('\n', out);
  fclose(out);
  spec_group_write(plan, index, line, line);
  free(line);
}

static bool write_values(FILE *out, const cJSON *values, bool are_expected) {
  const cJSON *value;
  fprintf(out, " %d", cJSON_GetArraySize(values));
  cJSON_ArrayForEach(value, values) {
    if (!spec_write_value(out, value, are_expected)) {
      return false;
    }
  }
  return true;
}

/* Whether the command's result is a list of values, and not the text of a trap. */
static bool has_results(const char *kind) {
  return strcmp(kind, "assert_return") == 0;
}

static void plan_action(struct spec_plan *plan, const cJSON *command) {
  const cJSON *action = cJSON_GetObjectItemCaseSensitive(command, "action");
  const char *kind = spec_string(command, "type"), *act = spec_string(action, "type");
  const char *field = spec_string(action, "field"), *text = spec_string(command, "text");
  const struct spec_instance *instance = target(plan, command, spec_string(action, "module"));
  if (instance == NULL) {
    return;
  }
  if (act == NULL || field == NULL) {
    fail(plan, command, "not an action that the runner knows");
    return;
  }
  char *line = NULL;
  size_t size = 0;
  FILE *out = open_line(&line, &size);
  unsigned index = (unsigned)(instance - plan->instances);
  fprintf(out, "%s %d %u %s", kind, spec_line(command), index, act);
  spec_write_word(out, field);
  bool known = write_values(out, cJSON_GetObjectItemCaseSensitive(action, "args"), false);
  if (has_results(kind)) {
    known = known && write_values(out, cJSON_GetObjectItemCaseSensitive(command, "expected"), true);
  } else {
    spec_write_word(out, text == NULL ? "" : text);
  }
  fputc('\n', out);
  fclose(out);
  if (known) {
    spec_group_write(plan, index, line, line);
  }
  free(line);
  if (instance->state == SPEC_FAILED) {
    plan->failed++; /* its module's failure was printed */
  } else if (instance->state == SPEC_SKIPPED) {
    skip(plan, instance->reason);
  } else if (instance->is_stale) {
    skip(plan, "of an instance that a skipped module would have changed");
  } else if (!known) {
    skip(plan, "a value of a type that the runner does not know");
  }
}

/* A module that validates but cannot be linked, or whose instantiation traps. */
static void plan_rejected_instance(struct spec_plan *plan, const cJSON *command) {
  const char *kind = spec_string(command, "type"), *text = spec_string(command, "text");
  if (is_static(plan) && strcmp(kind, "assert_unlinkable") == 0) {
    skip(plan, "static model: imports are the linker's");
    return;
  }
  unsigned subject = add_subject(plan, command);
  const struct spec_instance *instance = add_instance(plan, subject, spec_line(command));
  if (instance->state == SPEC_SKIPPED) {
    skip(plan, instance->reason);
  } else if (instance->state == SPEC_FAILED) {
    fail(plan, command, "%s: %s", spec_string(command, "filename"), instance->reason);
  }
  char *lines[2] = {NULL, NULL};
  for (unsigned i = 0; i < 2; i++) {
    size_t size = 0;
    FILE *out = open_line(&lines[i], &size);
    fprintf(out, "%s %d %u", kind, spec_line(command), i * SPEC_PROVIDER + subject);
    spec_write_word(out, text == NULL ? "" : text);
    fputc('\n', out);
    fclose(out);
  }
  spec_group_write(plan, (unsigned)(instance - plan->instances), lines[0], lines[1]);
  free(lines[0]);
  free(lines[1]);
}

/*
 * A module that must not decode, or must not validate. Where it is refused for a feature it was rejected, but
 * not for the reason that is tested: see count_refused().
 */
static void plan_rejected_module(struct spec_plan *plan, const cJSON *command, enum spec_verdict expected) {
  struct spec_subject *subject = open_subject(plan, command);
  if (subject->verdict == expected) {
    plan->passed++;
  } else if (subject->verdict == SPEC_REFUSED) {
    plan->refused[plan->refused_count++] = subject->message;
  } else {
    fail(plan, command, "%s: expected %s (\"%s\"), got %s: %s", spec_string(command, "filename"),
         spec_verdict_name(expected), spec_string(command, "text"), spec_verdict_name(subject->verdict),
         subject->message == NULL ? "no message" : subject->message);
  }
  spec_subject_close(subject);
}

static void plan_command(struct spec_plan *plan, const cJSON *command) {
  const char *kind = spec_string(command, "type");
  if (kind == NULL) {
    fail(plan, command, "a command without a type");
  } else if (strcmp(kind, "module") == 0) {
    plan_module(plan, command);
  } else if (strcmp(kind, "module_definition") == 0) {
    plan_definition(plan, command);
  } else if (strcmp(kind, "module_instance") == 0) {
    plan_instance(plan, command);
  } else if (strcmp(kind, "register") == 0) {
    plan_register(plan, command);
  } else if (strcmp(kind, "assert_malformed") == 0) {
    plan_rejected_module(plan, command, SPEC_MALFORMED);
  } else if (strcmp(kind, "assert_invalid") == 0) {
    plan_rejected_module(plan, command, SPEC_INVALID);
  } else if (strcmp(kind, "assert_unlinkable") == 0 || strcmp(kind, "assert_uninstantiable") == 0) {
    plan_rejected_instance(plan, command);
  } else if (strcmp(kind, "action") == 0 || strcmp(kind, "assert_return") == 0 ||
             strcmp(kind, "assert_trap") == 0 || strcmp(kind, "assert_exhaustion") == 0 ||
             strcmp(kind, "assert_exception") == 0) {
    plan_action(plan, command);
  } else {
    fail(plan, command, "unknown command");
  }
}

/*
 * Refusals of modules that had to be rejected are right in a script that needs no missing feature otherwise:
 * it was written for engines with and without it. In a script for the feature they say nothing.
 */
static void count_refused(struct spec_plan *plan) {
  bool needs_feature = false;
  for (unsigned i = 0; i < plan->subject_count; i++) {
    needs_feature = needs_feature || plan->subjects[i].needs_feature;
  }
  for (unsigned i = 0; i < plan->refused_count; i++) {
    if (needs_feature) {
      skip(plan, plan->refused[i]);
    } else {
      plan->passed++;
    }
  }
}

/* Modules that static ones import from. */
static void compile_providers(struct spec_plan *plan) {
  for (unsigned i = 0; i < plan->instance_count; i++) {
    unsigned number = plan->instances[i].subject;
    if (spec_group_needs_provider(plan, i) && plan->providers[number] == NULL) {
      struct spec_subject subject = plan->subjects[number];
      subject.verdict = SPEC_VALID;
      plan->providers[number] =
          compile(plan, &subject, subject.file, arena_printf(&plan->arena, "p%u", number),
                  WASM2NATIVE_MODEL_INSTANCE);
    }
  }
}

void spec_plan_script(struct spec_plan *plan, const cJSON *script) {
  const cJSON *commands = cJSON_GetObjectItemCaseSensitive(script, "commands"), *command;
  unsigned count = (unsigned)cJSON_GetArraySize(commands) + 1;
  struct arena *arena = &plan->arena;
  plan->command_count = count - 1;
  plan->subjects = ARENA_ARRAY(arena, struct spec_subject, count);
  plan->objects = ARENA_ARRAY(arena, const char *, count);
  plan->providers = ARENA_ARRAY(arena, const char *, count);
  plan->instances = ARENA_ARRAY(arena, struct spec_instance, count);
  plan->groups = ARENA_ARRAY(arena, struct spec_group, count);
  plan->reasons = ARENA_ARRAY(arena, struct spec_reason, count);
  plan->refused = ARENA_ARRAY(arena, const char *, count);
  plan->instance_names.rows = ARENA_ARRAY(arena, struct spec_name, count);
  plan->definition_names.rows = ARENA_ARRAY(arena, struct spec_name, count);
  plan->registered.rows = ARENA_ARRAY(arena, struct spec_name, count);
  plan->current = plan->definition = SPEC_NONE;
  cJSON_ArrayForEach(command, commands) plan_command(plan, command);
  count_refused(plan);
  compile_providers(plan);
  for (unsigned i = 0; i < plan->group_count; i++) {
    fclose(plan->groups[i].stream);
  }
}

void spec_plan_free(struct spec_plan *plan) {
  for (unsigned i = 0; i < plan->subject_count; i++) {
    spec_subject_close(&plan->subjects[i]);
  }
  for (unsigned i = 0; i < plan->group_count; i++) {
    free(plan->groups[i].text);
  }
  arena_free(&plan->arena);
}
