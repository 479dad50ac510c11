/*
 * The WASI state of an instance: made when the host grants something to it, destroyed with it.
 *
 * wasi_state and wasmrt_wasi_configure share this file for a reason: core refers to configure weakly, which
 * does not make the linker look for it, while every WASI function that needs state pulls this file in by
 * wasi_state.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "preview1.h"

struct wasi *wasi_state(struct wasmrt_instance *instance) {
  return instance->wasi;
}

/*
 * A standard stream. One that the process was started without stays absent. Rights are what the stream's
 * direction needs; the file behind it may be shared with others, so neither its size, its times nor its flags
 * are the guest's to set: O_NONBLOCK would outlive it on a terminal. What was opened to append (prog >> log)
 * stays so, therefore no seeking there, which fd_pwrite needs, too.
 */
bool wasi_grant_stream(struct wasi *wasi, uint32_t number, int host) {
  const uint64_t common = WASI_RIGHT_FD_SEEK | WASI_RIGHT_FD_TELL | WASI_RIGHT_FD_ADVISE |
                          WASI_RIGHT_FD_FILESTAT_GET | WASI_RIGHT_POLL_FD_READWRITE |
                          WASI_RIGHT_SOCK_SHUTDOWN;
  const uint64_t directions[] = {
      WASI_RIGHT_FD_READ | WASI_RIGHT_SOCK_ACCEPT,
      WASI_RIGHT_FD_WRITE | WASI_RIGHT_FD_SYNC | WASI_RIGHT_FD_DATASYNC,
      WASI_RIGHT_FD_WRITE | WASI_RIGHT_FD_SYNC | WASI_RIGHT_FD_DATASYNC,
  };
  struct wasi_descriptor descriptor = {.host = host, .borrowed = true};
  uint64_t rights;
  if (!wasi_inspect(host, &descriptor.filetype, &rights)) {
    return true;
  }
  /* A stream that is a directory (prog < /tmp) would be a preopen nobody granted: it only can be looked at.
   */
  descriptor.rights_base = rights & (common | directions[number]);
  if (descriptor.filetype == WASI_FILETYPE_SOCKET_STREAM) {
    descriptor.rights_inheriting = rights; /* of what it accepts */
  }
  if ((fcntl(host, F_GETFL) & O_APPEND) != 0) {
    descriptor.rights_base &= ~WASI_RIGHT_FD_SEEK;
  }
  uint32_t fd;
  return wasi_insert(wasi, descriptor, number, &fd) == WASI_ESUCCESS;
}

bool wasi_grant_directory(struct wasi *wasi, int dir, const char *path, const char *guest, bool read_only) {
  struct wasi_descriptor descriptor = {
      .filetype = WASI_FILETYPE_DIRECTORY, .read_only = read_only, .preopen = guest};
  descriptor.host = openat(dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor.host < 0) {
    return false;
  }
  if (!wasi_inspect(descriptor.host, &descriptor.filetype, &descriptor.rights_base)) {
    const int error = errno;
    close(descriptor.host);
    errno = error;
    return false;
  }
  descriptor.rights_inheriting = WASI_RIGHTS_ALL;
  uint32_t fd;
  return wasi_insert(wasi, descriptor, 3, &fd) == WASI_ESUCCESS;
}

/* Whether variables a and b have the same key. */
static bool same_key(const char *a, const char *b) {
  while (*a == *b && *a != '=' && *a != '\0') {
    a++, b++;
  }
  return (*a == '=' || *a == '\0') && (*b == '=' || *b == '\0');
}

/* Adds a variable, unless one of its key is there already. */
static void add_variable(struct wasi *wasi, const char *variable) {
  for (uint32_t i = 0; i < wasi->variable_count; i++) {
    if (same_key(wasi->variables[i], variable)) {
      return;
    }
  }
  wasi->variables[wasi->variable_count++] = variable;
}

static size_t count_strings(char **strings) {
  size_t count = 0;
  while (strings != NULL && strings[count] != NULL) {
    count++;
  }
  return count;
}

struct wasi *wasi_state_create(struct wasmrt_instance *instance, size_t variable_limit) {
  size_t size = sizeof(struct wasi) + variable_limit * sizeof(char *);
  struct wasi *wasi = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (wasi == MAP_FAILED) {
    return NULL;
  }
  wasi->mapping_size = size;
  instance->wasi = wasi;
  return wasi;
}

int wasmrt_wasi_configure(struct wasmrt_instance *instance, int argc, char **argv, char **environment,
                          const struct wasmrt_guest_options *options) {
  if (!options->inherit_env) {
    environment = NULL;
  }
  size_t variable_limit = options->env_count + count_strings(environment);
  struct wasi *wasi = wasi_state_create(instance, variable_limit);
  if (wasi == NULL) {
    return -1;
  }
  wasi->argument_count = (uint32_t)argc;
  wasi->arguments = argv;
  /* From the last to the first, so that the last of equal keys counts, and granted ones before inherited
   * ones. */
  for (size_t i = options->env_count; i > 0; i--) {
    add_variable(wasi, options->env[i - 1]);
  }
  for (; environment != NULL && *environment != NULL; environment++) {
    add_variable(wasi, *environment);
  }

  int result = 0;
  for (uint32_t stream = 0; stream < 3 && result == 0; stream++) {
    result = wasi_grant_stream(wasi, stream, (int)stream) ? 0 : -1;
  }
  for (size_t i = 0; i < options->mount_count && result == 0; i++) {
    const struct wasmrt_mount *mount = &options->mounts[i];
    result =
        wasi_grant_directory(wasi, AT_FDCWD, mount->host, mount->guest, mount->read_only) ? 0 : (int)i + 1;
  }
  if (result == 0 && wasmrt_mount_trees != NULL && !wasmrt_mount_trees(wasi)) {
    result = -1;
  }
  if (result != 0) {
    int error = errno;
    wasmrt_wasi_release(instance);
    errno = error;
  }
  return result;
}

int wasmrt_wasi_mounted(const struct wasmrt_instance *instance, size_t mount) {
  const struct wasi *wasi = instance->wasi;
  return wasi->descriptors[3 + mount].host;
}

void wasmrt_wasi_release(struct wasmrt_instance *instance) {
  struct wasi *wasi = instance->wasi;
  if (wasi == NULL) {
    return;
  }
  instance->wasi = NULL;
  for (uint32_t fd = 0; fd < wasi->descriptor_slots; fd++) {
    if (wasi->descriptors[fd].open) {
      wasi_remove(&wasi->descriptors[fd]);
    }
  }
  if (wasi->descriptors != NULL) {
    munmap(wasi->descriptors, wasi->descriptor_slots * sizeof(struct wasi_descriptor));
  }
  munmap(wasi, wasi->mapping_size);
}
