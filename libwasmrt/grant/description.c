/* Descriptions of WASI, and the functions of wasmrt_wasi.h that fill them in. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../wasi/preview1.h"
#include "description.h"
#include "options.h"

extern char **environ;

static enum wasmrt_status fail_for_memory(struct wasmrt_error *error) {
  return wasmrt_fail(error, WASMRT_ERROR_MEMORY, "not enough memory for a description of WASI", NULL);
}

static enum wasmrt_status refuse(struct wasmrt_error *error, const char *why) {
  return wasmrt_fail(error, WASMRT_ERROR_ARGUMENT, why, NULL);
}

/* What every function that changes a description asks first. */
static enum wasmrt_status check_unused(struct wasmrt_wasi *wasi, struct wasmrt_error *error) {
  return atomic_load_explicit(&wasi->is_used, memory_order_relaxed)
             ? refuse(error, "an instance uses the description of WASI: it cannot be changed")
             : WASMRT_OK;
}

/* ---- Life ------------------------------------------------------------------------------------------- */

struct wasmrt_wasi *wasmrt_wasi_create(void) {
  struct wasmrt_wasi *wasi = calloc(1, sizeof *wasi);
  if (wasi == NULL) {
    return NULL;
  }
  wasi->provider = &grant_provider;
  for (int id = 0; id < 4; id++) {
    wasi->clocks[id] = (struct wasmrt_wasi_clock){.step = 1000000};
  }
  wasi->clocks[WASMRT_WASI_REALTIME].start = UINT64_C(1577836800) * 1000000000;
  return wasi;
}

static void free_strings(char **strings, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    free(strings[i]);
  }
  free(strings);
}

void wasmrt_wasi_destroy(struct wasmrt_wasi *wasi) {
  if (wasi == NULL) {
    return;
  }
  free_strings(wasi->arguments, wasi->argument_count);
  free_strings(wasi->variables, wasi->variable_count);
  for (uint32_t i = 0; i < wasi->mount_count; i++) {
    if (wasi->mounts[i].fs == NULL) {
      close(wasi->mounts[i].host);
    }
    free(wasi->mounts[i].guest);
  }
  free(wasi->mounts);
  for (uint32_t i = 0; i < wasi->listener_count; i++) {
    if (wasi->listeners[i].owned) {
      close(wasi->listeners[i].socket);
    }
  }
  free(wasi->listeners);
  free(wasi);
}

/* Makes room for one element more. */
static bool extend(void *array, uint32_t count, size_t size) {
  void **elements = array;
  void *larger = realloc(*elements, ((size_t)count + 1) * size);
  if (larger == NULL) {
    return false;
  }
  *elements = larger;
  return true;
}

/* ---- Arguments and environment ---------------------------------------------------------------------- */

enum wasmrt_status wasmrt_wasi_set_arguments(struct wasmrt_wasi *wasi, size_t count,
                                             const char *const *arguments, struct wasmrt_error *error) {
  enum wasmrt_status status = check_unused(wasi, error);
  if (status != WASMRT_OK) {
    return status;
  }
  /* WASI counts them, and their bytes, in 32 bits. */
  uint64_t size = 0;
  for (size_t i = 0; i < count && size <= INT32_MAX; i++) {
    size += strlen(arguments[i]) + 1;
  }
  if (size > INT32_MAX) {
    return refuse(error, "the arguments are too long");
  }
  char **copies = calloc(count + 1, sizeof *copies);
  if (copies == NULL) {
    return fail_for_memory(error);
  }
  for (size_t i = 0; i < count; i++) {
    copies[i] = strdup(arguments[i]);
    if (copies[i] == NULL) {
      free_strings(copies, (uint32_t)i);
      return fail_for_memory(error);
    }
  }
  free_strings(wasi->arguments, wasi->argument_count);
  wasi->arguments = copies;
  wasi->argument_count = (uint32_t)count;
  return WASMRT_OK;
}

/* The place of the variable whose name these bytes are; variable_count if there is none. */
static uint32_t find_variable(const struct wasmrt_wasi *wasi, const char *name, size_t length) {
  uint32_t i = 0;
  while (i < wasi->variable_count &&
         (strncmp(wasi->variables[i], name, length) != 0 || wasi->variables[i][length] != '=')) {
    i++;
  }
  return i;
}

/* Takes "NAME=VALUE", which malloc made, in place of a variable of that name. */
static enum wasmrt_status put_variable(struct wasmrt_wasi *wasi, char *variable, size_t name_length,
                                       struct wasmrt_error *error) {
  const uint32_t place = find_variable(wasi, variable, name_length);
  if (place == wasi->variable_count) {
    if (!extend(&wasi->variables, wasi->variable_count, sizeof *wasi->variables)) {
      free(variable);
      return fail_for_memory(error);
    }
    wasi->variables[wasi->variable_count++] = NULL;
  }
  free(wasi->variables[place]);
  wasi->variables[place] = variable;
  return WASMRT_OK;
}

enum wasmrt_status wasmrt_wasi_add_variable(struct wasmrt_wasi *wasi, const char *name, const char *value,
                                            struct wasmrt_error *error) {
  enum wasmrt_status status = check_unused(wasi, error);
  if (status != WASMRT_OK) {
    return status;
  }
  const size_t name_length = strlen(name), value_length = strlen(value);
  if (name_length == 0 || strchr(name, '=') != NULL) {
    return refuse(error, "the name of a variable is empty or contains '='");
  }
  if (name_length > INT32_MAX || value_length > INT32_MAX) {
    return refuse(error, "a variable is too long");
  }
  char *variable = malloc(name_length + value_length + 2);
  if (variable == NULL) {
    return fail_for_memory(error);
  }
  memcpy(variable, name, name_length);
  variable[name_length] = '=';
  memcpy(variable + name_length + 1, value, value_length + 1);
  return put_variable(wasi, variable, name_length, error);
}

enum wasmrt_status wasmrt_wasi_inherit_environment(struct wasmrt_wasi *wasi, struct wasmrt_error *error) {
  enum wasmrt_status status = check_unused(wasi, error);
  for (char **at = environ; status == WASMRT_OK && at != NULL && *at != NULL; at++) {
    const char *end = strchr(*at, '=');
    const size_t length = end == NULL ? 0 : (size_t)(end - *at);
    if (length == 0 || find_variable(wasi, *at, length) < wasi->variable_count) {
      continue;
    }
    char *copy = strdup(*at);
    status = copy == NULL ? fail_for_memory(error) : put_variable(wasi, copy, length, error);
  }
  return status;
}

/* ---- Streams ---------------------------------------------------------------------------------------- */

enum wasmrt_status wasmrt_wasi_set_stream(struct wasmrt_wasi *wasi, int number,
                                          const struct wasmrt_wasi_stream *stream,
                                          struct wasmrt_error *error) {
  enum wasmrt_status status = check_unused(wasi, error);
  if (status != WASMRT_OK) {
    return status;
  }
  if (number < 0 || number > 2) {
    return refuse(error, "there are streams 0, 1 and 2 only");
  }
  if (stream->kind > WASMRT_WASI_STREAM_CALLBACK) {
    return refuse(error, "a stream has none of the kinds that there are");
  }
  if (stream->kind == WASMRT_WASI_STREAM_DESCRIPTOR && fcntl(stream->descriptor, F_GETFD) < 0) {
    return refuse(error, "a stream's descriptor is not open");
  }
  wasi->streams[number] = *stream;
  return WASMRT_OK;
}

enum wasmrt_status wasmrt_wasi_inherit_streams(struct wasmrt_wasi *wasi, struct wasmrt_error *error) {
  enum wasmrt_status status = check_unused(wasi, error);
  for (int number = 0; number < 3 && status == WASMRT_OK; number++) {
    const bool is_open = fcntl(number, F_GETFD) >= 0;
    wasi->streams[number] = (struct wasmrt_wasi_stream){
        .kind = is_open ? WASMRT_WASI_STREAM_DESCRIPTOR : WASMRT_WASI_STREAM_ABSENT, .descriptor = number};
  }
  return status;
}

/* ---- Clocks, random bytes, sleeping ----------------------------------------------------------------- */

enum wasmrt_status wasmrt_wasi_set_clock(struct wasmrt_wasi *wasi, enum wasmrt_wasi_clock_id id,
                                         const struct wasmrt_wasi_clock *clock, struct wasmrt_error *error) {
  enum wasmrt_status status = check_unused(wasi, error);
  if (status != WASMRT_OK) {
    return status;
  }
  if ((uint32_t)id > WASMRT_WASI_THREAD_CPUTIME || (uint32_t)clock->kind > WASMRT_WASI_CLOCK_CALLBACK) {
    return refuse(error, "there is no such clock, or no such kind");
  }
  if (clock->kind == WASMRT_WASI_CLOCK_CALLBACK && clock->callback == NULL) {
    return refuse(error, "a clock lacks its callback");
  }
  wasi->clocks[id] = *clock;
  return WASMRT_OK;
}

enum wasmrt_status wasmrt_wasi_system_clocks(struct wasmrt_wasi *wasi, struct wasmrt_error *error) {
  enum wasmrt_status status = check_unused(wasi, error);
  for (int id = 0; id < 4 && status == WASMRT_OK; id++) {
    wasi->clocks[id] = (struct wasmrt_wasi_clock){.kind = WASMRT_WASI_CLOCK_SYSTEM};
  }
  return status;
}

enum wasmrt_status wasmrt_wasi_seed_random(struct wasmrt_wasi *wasi, uint64_t seed,
                                           struct wasmrt_error *error) {
  enum wasmrt_status status = check_unused(wasi, error);
  if (status == WASMRT_OK) {
    wasi->random_kind = GRANT_RANDOM_SEEDED;
    wasi->seed = seed;
  }
  return status;
}

enum wasmrt_status wasmrt_wasi_set_random(struct wasmrt_wasi *wasi, wasmrt_wasi_random_callback *callback,
                                          void *user, struct wasmrt_error *error) {
  enum wasmrt_status status = check_unused(wasi, error);
  if (status != WASMRT_OK) {
    return status;
  }
  if (callback == NULL) {
    return refuse(error, "there is no callback for random bytes");
  }
  wasi->random_kind = GRANT_RANDOM_CALLBACK;
  wasi->random = callback;
  wasi->random_user = user;
  return WASMRT_OK;
}

enum wasmrt_status wasmrt_wasi_system_random(struct wasmrt_wasi *wasi, struct wasmrt_error *error) {
  enum wasmrt_status status = check_unused(wasi, error);
  if (status == WASMRT_OK) {
    wasi->random_kind = GRANT_RANDOM_SYSTEM;
  }
  return status;
}

enum wasmrt_status wasmrt_wasi_set_sleep(struct wasmrt_wasi *wasi, wasmrt_wasi_sleep_callback *callback,
                                         void *user, struct wasmrt_error *error) {
  enum wasmrt_status status = check_unused(wasi, error);
  if (status == WASMRT_OK) {
    wasi->system_sleeps = false;
    wasi->sleep = callback;
    wasi->sleep_user = user;
  }
  return status;
}

enum wasmrt_status wasmrt_wasi_set_yield(struct wasmrt_wasi *wasi, wasmrt_wasi_yield_callback *callback,
                                         void *user, struct wasmrt_error *error) {
  enum wasmrt_status status = check_unused(wasi, error);
  if (status == WASMRT_OK) {
    wasi->system_yields = false;
    wasi->yield = callback;
    wasi->yield_user = user;
  }
  return status;
}

enum wasmrt_status wasmrt_wasi_system_sleep(struct wasmrt_wasi *wasi, struct wasmrt_error *error) {
  enum wasmrt_status status = check_unused(wasi, error);
  if (status == WASMRT_OK) {
    wasi->system_sleeps = wasi->system_yields = true;
    wasi->sleep = NULL;
    wasi->yield = NULL;
  }
  return status;
}

/* ---- Files ------------------------------------------------------------------------------------------ */

/* Whether something can be mounted under this name. */
static enum wasmrt_status check_mount(struct wasmrt_wasi *wasi, const char *guest, uint32_t flags,
                                      struct wasmrt_error *error) {
  enum wasmrt_status status = check_unused(wasi, error);
  if (status != WASMRT_OK) {
    return status;
  }
  if ((flags & ~(uint32_t)WASMRT_WASI_READ_ONLY) != 0) {
    return refuse(error, "a mount has flags that do not exist");
  }
  if (*guest == '\0' || strlen(guest) > INT32_MAX) {
    return refuse(error, "the name of a mount is empty or too long");
  }
  for (uint32_t i = 0; i < wasi->mount_count; i++) {
    if (strcmp(wasi->mounts[i].guest, guest) == 0) {
      return wasmrt_fail(error, WASMRT_ERROR_ARGUMENT, "already mounted: ", guest, NULL);
    }
  }
  return WASMRT_OK;
}

static enum wasmrt_status add_mount(struct wasmrt_wasi *wasi, struct grant_mount mount, const char *guest,
                                    struct wasmrt_error *error) {
  mount.guest = strdup(guest);
  if (mount.guest == NULL || !extend(&wasi->mounts, wasi->mount_count, sizeof *wasi->mounts)) {
    free(mount.guest);
    return fail_for_memory(error);
  }
  wasi->mounts[wasi->mount_count++] = mount;
  return WASMRT_OK;
}

enum wasmrt_status wasmrt_wasi_mount(struct wasmrt_wasi *wasi, const char *host, const char *guest,
                                     uint32_t flags, struct wasmrt_error *error) {
  enum wasmrt_status status = check_mount(wasi, guest, flags, error);
  if (status != WASMRT_OK) {
    return status;
  }
  struct grant_mount mount = {.host = open(host, O_RDONLY | O_DIRECTORY | O_CLOEXEC),
                              .read_only = (flags & WASMRT_WASI_READ_ONLY) != 0};
  if (mount.host < 0) {
    return wasmrt_fail(error, WASMRT_ERROR_ARGUMENT, "cannot open the directory to mount: ", host, ": ",
                       strerror(errno), NULL);
  }
  status = add_mount(wasi, mount, guest, error);
  if (status != WASMRT_OK) {
    close(mount.host);
  }
  return status;
}

enum wasmrt_status wasmrt_wasi_mount_fs(struct wasmrt_wasi *wasi, const struct wasmrt_fs *fs, void *user,
                                        const char *guest, uint32_t flags, struct wasmrt_error *error) {
  enum wasmrt_status status = check_mount(wasi, guest, flags, error);
  if (status != WASMRT_OK) {
    return status;
  }
  if (fs->open == NULL || fs->stat == NULL || fs->stat_file == NULL) {
    return refuse(error, "a file system to be mounted lacks open, stat or stat_file");
  }
  const struct grant_mount mount = {
      .host = -1, .fs = fs, .fs_user = user, .read_only = (flags & WASMRT_WASI_READ_ONLY) != 0};
  return add_mount(wasi, mount, guest, error);
}

static enum wasmrt_status put_listener(struct wasmrt_wasi *wasi, int socket, bool owned,
                                       struct wasmrt_error *error) {
  if (!extend(&wasi->listeners, wasi->listener_count, sizeof *wasi->listeners)) {
    return fail_for_memory(error);
  }
  wasi->listeners[wasi->listener_count++] = (struct grant_listener){.socket = socket, .owned = owned};
  return WASMRT_OK;
}

enum wasmrt_status wasmrt_wasi_listen(struct wasmrt_wasi *wasi, const char *address, uint16_t *port,
                                      struct wasmrt_error *error) {
  enum wasmrt_status status = check_unused(wasi, error);
  if (status != WASMRT_OK) {
    return status;
  }
  int socket;
  uint16_t chosen;
  const char *problem = wasi_listen(address, &socket, &chosen);
  if (problem != NULL) {
    return wasmrt_fail(error, WASMRT_ERROR_ARGUMENT, problem, address, NULL);
  }
  status = put_listener(wasi, socket, true, error);
  if (status != WASMRT_OK) {
    close(socket);
  } else if (port != NULL) {
    *port = chosen;
  }
  return status;
}

enum wasmrt_status wasmrt_wasi_add_listener(struct wasmrt_wasi *wasi, int socket,
                                            struct wasmrt_error *error) {
  enum wasmrt_status status = check_unused(wasi, error);
  if (status != WASMRT_OK) {
    return status;
  }
  int listens = 0;
  socklen_t length = sizeof listens;
  if (getsockopt(socket, SOL_SOCKET, SO_ACCEPTCONN, &listens, &length) != 0 || !listens) {
    return refuse(error, "a listener is no socket that listens");
  }
  return put_listener(wasi, socket, false, error);
}

/* ---- Functions -------------------------------------------------------------------------------------- */

enum wasmrt_status wasmrt_wasi_override(struct wasmrt_wasi *wasi, const char *name, wasmrt_callback *callback,
                                        void *user, struct wasmrt_error *error) {
  enum wasmrt_status status = check_unused(wasi, error);
  if (status != WASMRT_OK) {
    return status;
  }
  const uint32_t index = grant_find_function(name, strlen(name));
  if (index == GRANT_FUNCTIONS || callback == NULL) {
    return wasmrt_fail(error, WASMRT_ERROR_ARGUMENT,
                       "WASI has no function, or the override no callback: ", name, NULL);
  }
  if (wasi->overrides[index].callback != NULL) {
    return wasmrt_fail(error, WASMRT_ERROR_ARGUMENT, "already overridden: ", name, NULL);
  }
  wasi->overrides[index].callback = callback;
  wasi->overrides[index].user = user;
  return WASMRT_OK;
}

enum wasmrt_status wasmrt_wasi_trace(struct wasmrt_wasi *wasi, const char *scopes,
                                     wasmrt_wasi_trace_callback *line, void *user,
                                     struct wasmrt_error *error) {
  uint32_t set = scopes == NULL ? WASMRT_TRACE_ALL : 0;
  const enum wasmrt_status status = check_unused(wasi, error);
  if (status != WASMRT_OK) {
    return status;
  }
  if (scopes != NULL && !wasmrt_trace_parse(scopes, &set)) {
#define SCOPE(name) " " #name
    return wasmrt_fail(error, WASMRT_ERROR_ARGUMENT, "traces have the scopes" WASMRT_TRACE_SCOPES(SCOPE),
                       ", not ", scopes, NULL);
#undef SCOPE
  }
  wasi->trace = set;
  wasi->trace_line = line;
  wasi->trace_user = user;
  return WASMRT_OK;
}
