/*
 * Instances of a description: the functions that their imports are bound to, and the state that these work
 * with. The table at the end is what core knows of all this.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../wasi/preview1.h"
#include "description.h"

#include "../wasi/functions.h"

static enum wasmrt_status fail_for_memory(struct wasmrt_error *error) {
  return wasmrt_fail(error, WASMRT_ERROR_MEMORY, "not enough memory for an instance's WASI", NULL);
}

/* ---- Functions -------------------------------------------------------------------------------------- */

static bool is_name(const char *name, const char *bytes, size_t length) {
  return strlen(name) == length && memcmp(name, bytes, length) == 0;
}

uint32_t grant_find_function(const char *name, size_t length) {
  uint32_t index = 0;
  while (index < GRANT_FUNCTIONS && !is_name(wasmrt_wasi_functions[index].name, name, length)) {
    index++;
  }
  return index;
}

static bool is_preview1(const struct wasmrt_import *import) {
  return is_name("wasi_snapshot_preview1", import->module, import->module_length);
}

static bool is_unstable(const struct wasmrt_import *import) {
  return is_name("wasi_unstable", import->module, import->module_length);
}

static const struct wasmrt_native_function *find_unstable(const char *name) {
  for (size_t i = 0; i < wasmrt_wasi_unstable_function_count; i++) {
    if (strcmp(wasmrt_wasi_unstable_functions[i].name, name) == 0) {
      return &wasmrt_wasi_unstable_functions[i];
    }
  }
  return NULL;
}

/*
 * A function that both modules share is overridden in both. Of those that differ wasi_unstable's is withheld
 * where the other is overridden: a guest must not get around what the host put there.
 */
static bool resolve(const struct wasmrt_wasi *wasi, const struct wasmrt_import *import,
                    struct wasmrt_provided *function) {
  if (!is_preview1(import) && !is_unstable(import)) {
    return false;
  }
  const uint32_t index = grant_find_function(import->name, import->name_length);
  if (index == GRANT_FUNCTIONS) {
    return false;
  }
  const struct wasmrt_native_function *native = &wasmrt_wasi_functions[index];
  bool is_shared = true;
  if (is_unstable(import)) {
    const struct wasmrt_native_function *own = find_unstable(native->name);
    if (own == NULL) {
      return false;
    }
    is_shared = own->code == native->code;
    native = own;
  }
  *function = (struct wasmrt_provided){.signature = native->signature};
  if (wasi->overrides[index].callback != NULL) {
    function->callback = wasi->overrides[index].callback;
    function->user = wasi->overrides[index].user;
    return is_shared;
  }
  function->native = native->code;
  return true;
}

enum wasmrt_status wasmrt_wasi_call(struct wasmrt_instance *caller, const char *name, uint64_t *slots,
                                    struct wasmrt_error *error) {
  const uint32_t index = grant_find_function(name, strlen(name));
  if (index == GRANT_FUNCTIONS || wasi_state(caller) == NULL) {
    return wasmrt_fail(error, WASMRT_ERROR_ARGUMENT,
                       index == GRANT_FUNCTIONS ? "WASI has no function of the name "
                                                : "no WASI for a call of ",
                       name, NULL);
  }
  const struct wasmrt_native_function *function = &wasmrt_wasi_functions[index];
  return wasmrt_call_native(caller, function->signature, function->code, slots, error);
}

/* ---- State ------------------------------------------------------------------------------------------ */

/*
 * What only an instance of the static model has to be asked, as the linker has bound its imports by their
 * names alone. The types of all functions are equal in both modules.
 */
static enum wasmrt_status check_linked(const struct wasmrt_wasi *wasi, const struct wasmrt_instance *instance,
                                       struct wasmrt_error *error) {
  const struct wasmrt_module *module = instance->module;
  for (uint32_t i = 0; i < module->import_count; i++) {
    const struct wasmrt_import *import = &module->imports[i];
    if (import->kind != WASMRT_FUNC || !(is_preview1(import) || is_unstable(import))) {
      continue;
    }
    const uint32_t index = grant_find_function(import->name, import->name_length);
    if (index == GRANT_FUNCTIONS) {
      continue; /* the host's own */
    }
    if (instance->types[import->type] != wasmrt_type_parse(wasmrt_wasi_functions[index].signature)) {
      return wasmrt_fail(error, WASMRT_ERROR_LINK,
                         "incompatible import type: the module declares another type for WASI's ",
                         import->name, NULL);
    }
    if (wasi->overrides[index].callback != NULL) {
      return wasmrt_fail(error, WASMRT_ERROR_LINK,
                         "a module in the static model imports a function that is overridden: ", import->name,
                         NULL);
    }
  }
  return WASMRT_OK;
}

/* All instances share the socket: none may take it from the others. */
static bool grant_listener(struct wasi *state, int socket) {
  struct wasi_descriptor descriptor = {.host = socket, .borrowed = true};
  uint32_t fd;
  if (!wasi_inspect(socket, &descriptor.filetype, &descriptor.rights_base)) {
    return false;
  }
  descriptor.rights_inheriting = descriptor.rights_base; /* of what it accepts */
  descriptor.rights_base &= ~WASI_RIGHT_SOCK_SHUTDOWN;
  return wasi_insert(state, descriptor, 3, &fd) == WASI_ESUCCESS;
}

static enum wasmrt_status grant_files(const struct wasmrt_wasi *wasi, struct wasi *state,
                                      struct wasmrt_error *error) {
  for (uint32_t i = 0; i < 3; i++) {
    if (!grant_stream(state, i, &wasi->streams[i])) {
      return fail_for_memory(error);
    }
  }
  for (uint32_t i = 0; i < wasi->mount_count; i++) {
    const struct grant_mount *mount = &wasi->mounts[i];
    if (mount->fs != NULL) {
      if (wasi_mount_virtual(state, mount->fs, mount->fs_user, mount->guest, mount->read_only) !=
          WASI_ESUCCESS) {
        return wasmrt_fail(error, WASMRT_ERROR_ARGUMENT,
                           "cannot open the root of the file system that is mounted as ", mount->guest, NULL);
      }
    } else if (!wasi_grant_directory(state, mount->host, ".", mount->guest, mount->read_only)) {
      return wasmrt_fail(error, WASMRT_ERROR_ARGUMENT, "cannot open the directory that is mounted as ",
                         mount->guest, ": ", strerror(errno), NULL);
    }
  }
  for (uint32_t i = 0; i < wasi->listener_count; i++) {
    if (!grant_listener(state, wasi->listeners[i].socket)) {
      return wasmrt_fail(error, WASMRT_ERROR_ARGUMENT, "cannot grant a socket: ", strerror(errno), NULL);
    }
  }
  return WASMRT_OK;
}

static void detach(struct wasmrt_instance *instance) {
  struct wasi *state = wasi_state(instance);
  if (state != NULL) {
    struct wasi_supply *supply = state->supply;
    instance->trace = 0;
    wasmrt_wasi_release(instance);
    free(supply);
  }
}

static enum wasmrt_status attach(const struct wasmrt_wasi *wasi, struct wasmrt_instance *instance,
                                 struct wasmrt_error *error) {
  /* The only member that changes: what the description says does not. */
  atomic_store_explicit(&((struct wasmrt_wasi *)(uintptr_t)wasi)->is_used, true, memory_order_relaxed);
  enum wasmrt_status status = WASMRT_OK;
  if (instance->module->flags & WASMRT_MODULE_STATIC) {
    status = check_linked(wasi, instance, error);
  }
  if (status != WASMRT_OK) {
    return status;
  }
  struct wasi *state = wasi_state_create(instance, wasi->variable_count);
  if (state == NULL) {
    return fail_for_memory(error);
  }
  instance->trace = wasi->trace;
  state->trace_line = wasi->trace_line;
  state->trace_user = wasi->trace_user;
  state->arguments = wasi->arguments;
  state->argument_count = wasi->argument_count;
  state->variable_count = wasi->variable_count;
  for (uint32_t i = 0; i < wasi->variable_count; i++) {
    state->variables[i] = wasi->variables[i];
  }
  state->supply = grant_supply_create(wasi);
  status = state->supply == NULL ? fail_for_memory(error) : grant_files(wasi, state, error);
  if (status != WASMRT_OK) {
    detach(instance);
  }
  return status;
}

const struct wasmrt_provider grant_provider = {.resolve = resolve, .attach = attach, .detach = detach};
