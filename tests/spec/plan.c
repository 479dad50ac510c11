/* See plan.h. */
#include "plan.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

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

/* Why the static model cannot run a module here, or NULL: only imports that are symbols of the runner will
 * link. */
static const char *static_obstacle(const struct wasm_module *module) {
  for (uint32_t i = 0; i < module->import_count; i++) {
    const struct wasm_import *import = &module->imports[i];
    if (!slice_equal(import->module, slice_of("spectest"))) {
      return "static model: imports from another module";
    }
    if (import->kind == WASM_EXTERN_MEMORY || import->kind == WASM_EXTERN_TABLE) {
      return "static model: imports a memory or table";
    }
  }
  return NULL;
}

/* Opens and compiles the command's module; its number, which is taken even if that fails. */
static unsigned add_subject(struct spec_plan *plan, const cJSON *command) {
  struct spec_subject *subject = open_subject(plan, command);
  unsigned number = plan->subject_count++;
  if (subject->verdict != SPEC_VALID) {
    return number;
  }
  if (is_static(plan) && static_obstacle(&subject->module) != NULL) {
    subject->verdict = SPEC_REFUSED;
    subject->message = static_obstacle(&subject->module);
    return number;
  }
  const char *object = arena_printf(&plan->arena, "%s/m%u.o", plan->output, number);
  struct wasm2native_options options = *plan->compile;
  options.name = arena_printf(&plan->arena, "m%u", number);
  if (spec_subject_compile(subject, spec_string(command, "filename"), object, &options, &plan->arena)) {
    plan->objects[number] = object;
  }
  return number;
}

static struct spec_group *add_group(struct spec_plan *plan) {
  struct spec_group *group = &plan->groups[plan->group_count++];
  group->stream = open_memstream(&group->text, &group->size);
  if (group->stream == NULL) {
    arena_out_of_memory(0);
  }
  fputs("group\n", group->stream);
  return group;
}

/* A skipped module does not change the memories, tables and globals of instances that it would have imported;
 * what the script says of these from here on is not about this run. */
static void mark_stale(struct spec_plan *plan, const struct spec_subject *subject) {
  const struct wasm_module *module = &subject->module;
  for (unsigned i = 0; i < plan->registered.count; i++) {
    bool is_imported = !subject->is_decoded;
    for (uint32_t k = 0; subject->is_decoded && k < module->import_count; k++) {
      const struct wasm_import *import = &module->imports[k];
      is_imported = is_imported || (import->kind != WASM_EXTERN_FUNC &&
                                    slice_equal(slice_of(plan->registered.rows[i].name), import->module));
    }
    plan->instances[plan->registered.rows[i].index].is_stale |= is_imported;
  }
}

/*
 * Makes the next instance's entry from a subject. The instance model runs the script in one process; the
 * static model has one instance in a process, and no instance sees another, so each has a group of its own.
 */
static struct spec_instance *add_instance(struct spec_plan *plan, unsigned subject_number) {
  const struct spec_subject *subject = &plan->subjects[subject_number];
  struct spec_instance *instance = &plan->instances[plan->instance_count++];
  *instance = (struct spec_instance){.state = SPEC_LIVE, .reason = subject->message};
  if (subject->verdict == SPEC_REFUSED) {
    note_reason(plan, subject->message, 0);
    mark_stale(plan, subject);
  }
  if (subject->verdict != SPEC_VALID) {
    instance->state = subject->verdict == SPEC_REFUSED ? SPEC_SKIPPED : SPEC_FAILED;
  }
  for (uint32_t i = 0; instance->state == SPEC_LIVE && i < subject->module.import_count; i++) {
    unsigned source = registered_instance(plan, subject->module.imports[i].module);
    if (source != SPEC_NONE && plan->instances[source].state != SPEC_LIVE) {
      instance->state = plan->instances[source].state;
      instance->reason = plan->instances[source].reason;
    }
  }
  if (instance->state == SPEC_LIVE) {
    if (is_static(plan) || plan->group_count == 0) {
      add_group(plan);
    }
    instance->group = plan->group_count - 1;
  }
  return instance;
}

static FILE *group_of(const struct spec_plan *plan, const struct spec_instance *instance) {
  return plan->groups[instance->group].stream;
}

/* Commands. */

static void instantiate(struct spec_plan *plan, const cJSON *command, unsigned subject, const char *name) {
  const struct spec_instance *instance = add_instance(plan, subject);
  plan->current = plan->instance_count - 1;
  name_set(&plan->instance_names, name, plan->current);
  if (instance->state == SPEC_LIVE) {
    fprintf(group_of(plan, instance), "instantiate %d %u %u\n", spec_line(command), plan->current, subject);
  }
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

static void plan_register(struct spec_plan *plan, const cJSON *command) {
  const struct spec_instance *instance = target(plan, command, spec_string(command, "name"));
  const char *name = spec_string(command, "as");
  if (instance == NULL || name == NULL) {
    return;
  }
  unsigned index = (unsigned)(instance - plan->instances);
  name_set(&plan->registered, name, index);
  if (instance->state == SPEC_LIVE) {
    fprintf(group_of(plan, instance), "register %d %u", spec_line(command), index);
    spec_write_word(group_of(plan, instance), name);
    fputc('\n', group_of(plan, instance));
  }
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
  if (instance->state == SPEC_SKIPPED || (instance->state == SPEC_LIVE && instance->is_stale)) {
    skip(plan,
         instance->is_stale ? "of an instance that a skipped module would have changed" : instance->reason);
    return;
  }
  if (instance->state == SPEC_FAILED) {
    plan->failed++; /* its module's failure was printed */
    return;
  }
  char *line = NULL;
  size_t size = 0;
  FILE *out = open_memstream(&line, &size);
  if (out == NULL) {
    arena_out_of_memory(0);
  }
  fprintf(out, "%s %d %u %s", kind, spec_line(command), (unsigned)(instance - plan->instances), act);
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
    fputs(line, group_of(plan, instance));
  } else {
    skip(plan, "a value of a type that the runner does not know");
  }
  free(line);
}

/* A module that validates but cannot be linked, or whose instantiation traps. */
static void plan_rejected_instance(struct spec_plan *plan, const cJSON *command) {
  const char *kind = spec_string(command, "type"), *text = spec_string(command, "text");
  if (is_static(plan) && strcmp(kind, "assert_unlinkable") == 0) {
    skip(plan, "static model: imports are the linker's");
    return;
  }
  unsigned subject = add_subject(plan, command);
  const struct spec_instance *instance = add_instance(plan, subject);
  if (instance->state == SPEC_SKIPPED) {
    skip(plan, instance->reason);
  } else if (instance->state == SPEC_FAILED) {
    fail(plan, command, "%s: %s", spec_string(command, "filename"), instance->reason);
  } else {
    FILE *out = group_of(plan, instance);
    fprintf(out, "%s %d %u", kind, spec_line(command), subject);
    spec_write_word(out, text == NULL ? "" : text);
    fputc('\n', out);
  }
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

void spec_plan_script(struct spec_plan *plan, const cJSON *script) {
  const cJSON *commands = cJSON_GetObjectItemCaseSensitive(script, "commands"), *command;
  unsigned count = (unsigned)cJSON_GetArraySize(commands) + 1;
  struct arena *arena = &plan->arena;
  plan->command_count = count - 1;
  plan->subjects = ARENA_ARRAY(arena, struct spec_subject, count);
  plan->objects = ARENA_ARRAY(arena, const char *, count);
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
