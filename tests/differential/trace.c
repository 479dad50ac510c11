/*
 * trace: compiles modules and runs them on the target, in one executable for all (run/).
 *
 *   trace [option...] --work=DIR --runner=ARCHIVE MODULE.wasm...
 *
 *   --model=static|instance --opt=0|1|2|3[d] --bounds=guard|check --target=TRIPLE --cpu=NAME --emulator=PROGRAM
 *
 * A level with a d is compiled --deterministic. Prints what run/main.c prints; a module that does not compile is said
 * to be so there, and why on stderr.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "diag.h"
#include "link.h"
#include "wasm2native.h"

struct settings {
  struct wasm2native_options compile;
  const char *work;     /* folder for objects and the executable */
  const char *runner;   /* libdifferential-run.a of the target */
  const char *emulator; /* program that runs executables of the target, or NULL */
};

static _Noreturn void stop(const char *what, const char *detail) {
  fprintf(stderr, "trace: %s: %s\n", what, detail);
  exit(2);
}

/* The value of "--name=value", or NULL. */
static const char *value_of(const char *argument, const char *name) {
  size_t length = strlen(name);
  return strncmp(argument, name, length) == 0 && argument[length] == '=' ? argument + length + 1 : NULL;
}

/* True if the argument is an option, false if it is a module's path. */
static bool read_option(struct settings *settings, const char *argument) {
  struct wasm2native_options *compile = &settings->compile;
  const char *value;
  if ((value = value_of(argument, "--model")) != NULL) {
    compile->model = strcmp(value, "static") == 0 ? WASM2NATIVE_MODEL_STATIC : WASM2NATIVE_MODEL_INSTANCE;
  } else if ((value = value_of(argument, "--bounds")) != NULL) {
    compile->bounds = strcmp(value, "check") == 0 ? WASM2NATIVE_BOUNDS_CHECK : WASM2NATIVE_BOUNDS_GUARD;
  } else if ((value = value_of(argument, "--opt")) != NULL) {
    char *end;
    compile->opt_level = (unsigned)strtoul(value, &end, 10);
    compile->deterministic = *end == 'd';
  } else if ((value = value_of(argument, "--target")) != NULL) {
    compile->target = value;
  } else if ((value = value_of(argument, "--cpu")) != NULL) {
    compile->cpu = value;
  } else if ((value = value_of(argument, "--work")) != NULL) {
    settings->work = value;
  } else if ((value = value_of(argument, "--runner")) != NULL) {
    settings->runner = value;
  } else if ((value = value_of(argument, "--emulator")) != NULL) {
    settings->emulator = value;
  } else if (argument[0] == '-') {
    stop("bad argument", argument);
  } else {
    return false;
  }
  return true;
}

static void show_line(void *context, const char *line, bool is_error) {
  (void)context;
  (void)is_error;
  fprintf(stderr, "%s\n", line);
}

static void show_diag(void *context, const struct diag *diag) {
  (void)context;
  diag_print(stderr, diag);
}

static bool compile_module(const struct settings *settings, const char *path, const char *output,
                           const char *name) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) {
    stop(path, strerror(errno));
  }
  char *bytes = NULL;
  size_t size = 0, count;
  do {
    bytes = realloc(bytes, size + 65536);
    if (bytes == NULL) {
      stop(path, "out of memory");
    }
    count = fread(bytes + size, 1, 65536, file);
    size += count;
  } while (count > 0);
  fclose(file);
  struct wasm2native_options options = settings->compile;
  options.name = name;
  options.message = show_line;
  bool is_compiled = wasm2native_compile(bytes, size, path, output, &options);
  free(bytes);
  return is_compiled;
}

/* "12" for ".../12.wasm" */
static char *title_of(const char *path, struct arena *arena) {
  const char *slash = strrchr(path, '/'), *name = slash == NULL ? path : slash + 1;
  return arena_copy(arena, name, strcspn(name, "."));
}

/* Links the objects with the runner; the executable's path, or NULL. */
static char *link_program(const struct settings *settings, const char **inputs, size_t count,
                          struct arena *arena) {
  char *output = arena_printf(arena, "%s/program", settings->work);
  inputs[count++] = settings->runner;
  struct link_job job = {
      .kind = LINK_EXECUTABLE,
      .arch = strncmp(settings->compile.target, "aarch64", 7) == 0 ? LINK_AARCH64 : LINK_X86_64,
      .library_dir = link_library_dir(arena),
      .inputs = inputs,
      .input_count = count,
      .output = output,
      .keep_symbols = true, /* for whoever looks into a crash */
  };
  struct diag_sink sink = {.handler = show_diag, .file = output};
  return link_run(&job, arena, &sink, NULL) ? output : NULL;
}

int main(int argc, char **argv) {
  struct settings settings = {0};
  wasm2native_options_default(&settings.compile);
  settings.compile.emit = WASM2NATIVE_EMIT_OBJ;
  settings.compile.model = WASM2NATIVE_MODEL_INSTANCE;
  settings.compile.target = "x86_64-linux-musl";
  struct arena arena = {0};
  const char **inputs = ARENA_ARRAY(&arena, const char *, (size_t)argc + 1);
  char **words = ARENA_ARRAY(&arena, char *, (size_t)argc + 4);
  size_t input_count = 0, word_count = 3;
  const char **modules = ARENA_ARRAY(&arena, const char *, (size_t)argc);
  unsigned module_count = 0;
  for (int i = 1; i < argc; i++) {
    if (!read_option(&settings, argv[i])) {
      modules[module_count++] = argv[i];
    }
  }
  if (module_count == 0 || settings.work == NULL || settings.runner == NULL) {
    stop("usage", "trace [option...] --work=DIR --runner=ARCHIVE MODULE.wasm...");
  }
  for (unsigned i = 0; i < module_count; i++) {
    char *object = arena_printf(&arena, "%s/m%u.o", settings.work, i);
    if (compile_module(&settings, modules[i], object, arena_printf(&arena, "m%u", i))) {
      inputs[input_count++] = object;
    }
    words[word_count++] = title_of(modules[i], &arena);
  }
  words[0] = arena_printf(&arena, "%s", settings.emulator == NULL ? "" : settings.emulator);
  words[1] = link_program(&settings, inputs, input_count, &arena);
  if (words[1] == NULL) {
    return 2;
  }
  words[2] = arena_printf(&arena, "%s", settings.emulator == NULL ? "--" : "--lazy");
  char **command = settings.emulator == NULL ? words + 1 : words;
  execvp(command[0], command);
  stop(command[0], strerror(errno));
}
