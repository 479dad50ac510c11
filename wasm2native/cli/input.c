/* Reads a module: a whole file, or standard input. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

/* Grows the buffer so that at least one further byte fits. */
static void grow(struct cli_input *input, size_t *capacity) {
  const size_t wanted = *capacity < 65536 ? 65536 : *capacity * 2;
  void *const bytes = realloc(input->bytes, wanted);
  if (bytes == NULL) {
    arena_out_of_memory(wanted);
  }
  input->bytes = bytes;
  *capacity = wanted;
}

static bool read_all(struct cli_input *input, int fd, size_t capacity) {
  for (;;) {
    if (input->size == capacity) {
      grow(input, &capacity);
    }
    const ssize_t count = read(fd, (char *)input->bytes + input->size, capacity - input->size);
    if (count == 0) {
      return true;
    }
    if (count < 0 && errno != EINTR) {
      return cli_error("cannot read '%s': %s", input->name, strerror(errno));
    }
    input->size += count > 0 ? (size_t)count : 0;
  }
}

bool cli_input_read(struct cli_input *input, const char *file) {
  const bool is_standard_input = strcmp(file, "-") == 0;
  *input = (struct cli_input){.name = is_standard_input ? "<stdin>" : file};
  const int fd = is_standard_input ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    return cli_error("cannot open '%s': %s", file, strerror(errno));
  }
  // One byte more than the file has, so that the read after the last finds room and returns 0.
  struct stat status;
  size_t capacity = 0;
  if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0) {
    capacity = (size_t)status.st_size + 1;
    input->bytes = malloc(capacity);
    if (input->bytes == NULL) {
      arena_out_of_memory(capacity);
    }
  }
  const bool ok = read_all(input, fd, capacity);
  if (!is_standard_input) {
    close(fd);
  }
  if (!ok) {
    cli_input_free(input);
  }
  return ok;
}

void cli_input_free(struct cli_input *input) {
  free(input->bytes);
  input->bytes = NULL;
}
