/* The compiler as a library: embed_compiler LIBRARY_DIR MODULE OUTPUT. Prints its messages to standard
 * output. */
#include <stdio.h>
#include <stdlib.h>
#include <wasm2native.h>

static void print(void *context, const char *line, bool is_error) {
  (void)context;
  printf("%s%s\n", is_error ? "" : "note: ", line);
}

int main(int argc, char **argv) {
  static char bytes[1 << 20];
  if (argc != 4) {
    return 2;
  }
  FILE *const file = fopen(argv[2], "rb");
  if (!file) {
    return 2;
  }
  const size_t size = fread(bytes, 1, sizeof bytes, file);
  fclose(file);
  struct wasm2native_options options;
  wasm2native_options_default(&options);
  options.library_dir = argv[1];
  options.message = print;
  return wasm2native_compile(bytes, size, argv[2], argv[3], &options) ? EXIT_SUCCESS : EXIT_FAILURE;
}
