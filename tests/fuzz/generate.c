/*
 * The entry of libFuzzer's targets without libFuzzer: bytes from a generator
 * whose seed decides all of them, or from files.
 *
 *   TARGET [--seed=N] [--runs=N] [--seconds=N] [--size=N] [FILE...]
 *
 * Ends after so many runs, or so many seconds; the last line says how many
 * there were. A run that fails can be repeated alone: before it is begun its
 * bytes are written to --keep=FILE, if that is given.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#define SIZE_LIMIT 65536
static uint8_t bytes[SIZE_LIMIT];

/* splitmix64 */
static uint64_t draw(uint64_t *state) {
  uint64_t mixed = *state += 0x9e3779b97f4a7c15;
  mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9;
  mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111eb;
  return mixed ^ mixed >> 31;
}

static bool run_file(const char *path) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) {
    perror(path);
    return false;
  }
  const size_t size = fread(bytes, 1, sizeof bytes, file);
  fclose(file);
  LLVMFuzzerTestOneInput(bytes, size);
  return true;
}

static void keep(const char *path, size_t size) {
  FILE *file = fopen(path, "wb");
  if (file == NULL || fwrite(bytes, 1, size, file) != size || fclose(file) != 0) {
    perror(path);
    exit(EXIT_FAILURE);
  }
}

static void keep_in(const char *directory, uint64_t run, size_t size) {
  char path[4096];
  snprintf(path, sizeof path, "%s/generated-%" PRIu64, directory, run);
  keep(path, size);
}

static const char *value_of(const char *word, const char *option) {
  const size_t length = strlen(option);
  return strncmp(word, option, length) == 0 ? word + length : NULL;
}

int main(int argc, char **argv) {
  uint64_t seed = 1, runs = UINT64_MAX, seconds = UINT64_MAX, limit = 2048;
  const char *kept = NULL, *corpus = NULL, *value;
  int file = 1;
  for (; file < argc && argv[file][0] == '-'; file++) {
    if ((value = value_of(argv[file], "--seed=")) != NULL) {
      seed = strtoull(value, NULL, 10);
    } else if ((value = value_of(argv[file], "--runs=")) != NULL) {
      runs = strtoull(value, NULL, 10);
    } else if ((value = value_of(argv[file], "--seconds=")) != NULL) {
      seconds = strtoull(value, NULL, 10);
    } else if ((value = value_of(argv[file], "--size=")) != NULL) {
      limit = strtoull(value, NULL, 10) % SIZE_LIMIT;
    } else if ((value = value_of(argv[file], "--keep=")) != NULL) {
      kept = value;
    } else if ((value = value_of(argv[file], "--corpus=")) != NULL) {
      corpus = value;
    } else {
      fprintf(stderr, "unknown option '%s'\n", argv[file]);
      return 2;
    }
  }
  if (LLVMFuzzerInitialize != NULL && corpus == NULL) {
    LLVMFuzzerInitialize(&argc, &argv);
  }
  if (file < argc) {
    for (; file < argc; file++) {
      if (!run_file(argv[file])) {
        return EXIT_FAILURE;
      }
    }
    return EXIT_SUCCESS;
  }
  const time_t begin = time(NULL);
  uint64_t run = 0, state = seed;
  for (; run < runs && (uint64_t)(time(NULL) - begin) < seconds; run++) {
    const size_t size = draw(&state) % (limit + 1);
    for (size_t i = 0; i < size; i++) {
      bytes[i] = (uint8_t)draw(&state);
    }
    if (kept != NULL) {
      keep(kept, size);
    }
    if (corpus != NULL) {
      keep_in(corpus, run, size);
    } else {
      LLVMFuzzerTestOneInput(bytes, size);
    }
  }
  printf("seed %" PRIu64 ": %" PRIu64 " runs, nothing found\n", seed, run);
  return EXIT_SUCCESS;
}
