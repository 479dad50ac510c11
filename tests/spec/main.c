/*
 * spec-script: runs one script of the specification's tests through the real path. Validates and compiles its
 * modules, links them with spec-run (run/) to one executable for the target, and becomes that executable.
 *
 *   spec-script [option...] --work=DIR --runner=ARCHIVE SCRIPT.json
 *
 * Prints a line for each failure, why commands were skipped, and in the end "NAME: N passed, N failed, N
 * skipped".
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "link.h"
#include "plan.h"

struct settings {
  struct wasm2native_options compile;
  const char *work;     /* folder for objects and the executable */
  const char *runner;   /* libspec-run.a of the target */
  const char *emulator; /* program that runs executables of the target, or NULL */
  const char *script;
};

static _Noreturn void stop(const char *what, const char *detail) {
  fprintf(stderr, "spec-script: %s: %s\n", what, detail);
  exit(2);
}

/* The value of "--name=value", or NULL. */
static const char *value_of(const char *argument, const char *name) {
  size_t length = strlen(name);
  return strncmp(argument, name, length) == 0 && argument[length] == '=' ? argument + length + 1 : NULL;
}

static void read_option(struct settings *settings, const char *argument) {
  struct wasm2native_options *compile = &settings->compile;
  const char *value;
  if ((value = value_of(argument, "--model")) != NULL && strcmp(value, "static") == 0) {
    compile->model = WASM2NATIVE_MODEL_STATIC;
  } else if (value != NULL && strcmp(value, "instance") == 0) {
    compile->model = WASM2NATIVE_MODEL_INSTANCE;
  } else if ((value = value_of(argument, "--bounds")) != NULL && strcmp(value, "guard") == 0) {
    compile->bounds = WASM2NATIVE_BOUNDS_GUARD;
  } else if (value != NULL && strcmp(value, "check") == 0) {
    compile->bounds = WASM2NATIVE_BOUNDS_CHECK;
  } else if ((value = value_of(argument, "--opt")) != NULL && value[0] >= '0' && value[0] <= '3' &&
             value[1] == 0) {
    compile->opt_level = (unsigned)(value[0] - '0');
  } else if (strcmp(argument, "--opt=s") == 0 || strcmp(argument, "--opt=z") == 0) {
    compile->opt_level = 2;
    compile->size_level = strcmp(argument, "--opt=s") == 0 ? 1 : 2;
  } else if ((value = value_of(argument, "--target")) != NULL) {
    compile->target = value;
  } else if ((value = value_of(argument, "--cpu")) != NULL) {
    compile->cpu = value;
  } else if (strcmp(argument, "--deterministic") == 0) {
    compile->deterministic = true;
  } else if ((value = value_of(argument, "--partition-size")) != NULL && strspn(value, "0123456789") > 0) {
    compile->partition_size = strtoull(value, NULL, 10);
  } else if ((value = value_of(argument, "--work")) != NULL) {
    settings->work = value;
  } else if ((value = value_of(argument, "--runner")) != NULL) {
    settings->runner = value;
  } else if ((value = value_of(argument, "--emulator")) != NULL) {
    settings->emulator = value;
  } else if (argument[0] != '-' && settings->script == NULL) {
    settings->script = argument;
  } else {
    stop("bad argument", argument);
  }
}

/* "core/i32" for ".../core/i32/i32.json". */
static const char *title_of(const char *directory) {
  const char *title = strrchr(directory, '/');
  while (title != NULL && title > directory && title[-1] != '/') {
    title--;
  }
  return title == NULL ? directory : title;
}

static void show_diag(void *context, const struct diag *diag) {
  (void)context;
  diag_print(stdout, diag);
}

/* Writes the command file and gives its path. */
static const char *write_commands(struct spec_plan *plan, const char *work) {
  const char *path = arena_printf(&plan->arena, "%s/commands", work);
  FILE *out = fopen(path, "w");
  if (out == NULL) {
    stop(path, strerror(errno));
  }
  for (unsigned i = 0; i < plan->group_count; i++) {
    fwrite(plan->groups[i].text, 1, plan->groups[i].size, out);
  }
  if (fclose(out) != 0) {
    stop(path, strerror(errno));
  }
  return path;
}

/* Writes where the imports of static modules lead to, as an input for the linker. */
static const char *write_symbols(struct spec_plan *plan, const char *work) {
  const char *path = arena_printf(&plan->arena, "%s/symbols", work);
  FILE *out = fopen(path, "w");
  if (out == NULL) {
    stop(path, strerror(errno));
  }
  spec_group_write_symbols(plan, out);
  if (fclose(out) != 0) {
    stop(path, strerror(errno));
  }
  return path;
}

static bool link_runner(struct spec_plan *plan, const struct settings *settings, const char *output) {
  const char **inputs = ARENA_ARRAY(&plan->arena, const char *, 2 * plan->subject_count + 2);
  struct link_job job = {
      .kind = LINK_EXECUTABLE,
      .arch = LINK_X86_64,
      .library_dir = link_library_dir(&plan->arena),
      .inputs = inputs,
      .output = output,
      .keep_symbols = true, /* for whoever looks into a crash */
  };
  if (strncmp(settings->compile.target, "aarch64", 7) == 0) {
    job.arch = LINK_AARCH64;
  }
  for (unsigned i = 0; i < plan->subject_count; i++) {
    if (plan->objects[i] != NULL && plan->subjects[i].is_used) {
      inputs[job.input_count++] = plan->objects[i];
    }
    if (plan->providers[i] != NULL) {
      inputs[job.input_count++] = plan->providers[i];
    }
  }
  if (plan->symbol_count > 0) {
    inputs[job.input_count++] = write_symbols(plan, settings->work);
  }
  inputs[job.input_count++] = settings->runner;
  struct diag_sink sink = {.handler = show_diag, .file = plan->title};
  return link_run(&job, &plan->arena, &sink, NULL);
}

/* What was to run has failed, as many commands as the groups hold. */
static void fail_groups(struct spec_plan *plan) {
  for (unsigned i = 0; i < plan->group_count; i++) {
    for (const char *line = plan->groups[i].text; *line != 0; line += strcspn(line, "\n") + 1) {
      if (strncmp(line, "a", 1) == 0) { /* assertions and actions; see run/run.h */
        plan->failed++;
      }
    }
  }
}

static void print_totals(const struct spec_plan *plan) {
  printf("%s: %u passed, %u failed, %u skipped\n", plan->title, plan->passed, plan->failed, plan->skipped);
}

/* Becomes the runner, under the emulator if there is one. */
static void run(struct spec_plan *plan, const struct settings *settings, const char *program) {
  const char *commands = write_commands(plan, settings->work);
  char counts[3][16];
  snprintf(counts[0], sizeof counts[0], "%u", plan->passed);
  snprintf(counts[1], sizeof counts[1], "%u", plan->failed);
  snprintf(counts[2], sizeof counts[2], "%u", plan->skipped);
  const char *words[9], **next = words;
  if (settings->emulator != NULL) {
    *next++ = settings->emulator;
  }
  *next++ = program;
  *next++ = commands;
  *next++ = plan->title;
  for (int i = 0; i < 3; i++) {
    *next++ = counts[i];
  }
  if (settings->emulator != NULL) {
    *next++ = "lazy"; /* qemu-user takes long over large reservations */
  }
  *next = NULL;
  fflush(stdout);
  execvp(words[0], (char *const *)words);
  stop(words[0], strerror(errno));
}

int main(int argc, char **argv) {
  struct settings settings = {0};
  wasm2native_options_default(&settings.compile);
  settings.compile.emit = WASM2NATIVE_EMIT_OBJ;
  settings.compile.model = WASM2NATIVE_MODEL_INSTANCE;
  settings.compile.target = "x86_64-linux-musl";
  for (int i = 1; i < argc; i++) {
    read_option(&settings, argv[i]);
  }
  if (settings.script == NULL || settings.work == NULL || settings.runner == NULL) {
    stop("usage", "spec-script [option...] --work=DIR --runner=ARCHIVE SCRIPT.json");
  }

  char *directory = strdup(settings.script), *slash = strrchr(directory, '/');
  if (slash == NULL) {
    stop(settings.script, "its folder is not part of the name");
  }
  *slash = 0;
  cJSON *script = spec_script_read(settings.script);
  if (script == NULL) {
    return 2;
  }
  struct spec_plan plan = {.compile = &settings.compile,
                           .title = title_of(directory),
                           .directory = directory,
                           .output = settings.work};
  spec_plan_script(&plan, script);
  cJSON_Delete(script);
  for (unsigned i = 0; i < plan.reason_count; i++) {
    printf("SKIP %s: %u commands: %s\n", plan.title, plan.reasons[i].count, plan.reasons[i].text);
  }

  const char *program = arena_printf(&plan.arena, "%s/spec-run", settings.work);
  if (plan.group_count == 0) {
    print_totals(&plan);
  } else if (link_runner(&plan, &settings, program)) {
    run(&plan, &settings, program);
  } else {
    fail_groups(&plan);
    print_totals(&plan);
  }
  spec_plan_free(&plan);
  free(directory);
  return 0;
}
