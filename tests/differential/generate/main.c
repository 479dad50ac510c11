/*
 * generate [--seed=N] [--count=N] [--features=LIST] [--drop=NUMBER,...]
 * [--nodes] DIRECTORY
 *
 * Writes COUNT (1) modules, DIRECTORY/SEED.wasm and so on with rising seeds
 * (from 1). LIST names the proposals that modules may use, each in some of
 * them: simd relaxed wide memory64 multi-memory page-sizes tail-calls
 * references; without it all but relaxed. --drop leaves out
 * expressions and statements by their numbers, which --nodes prints, each with
 * the last number inside it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gen.h"

enum { DROPPED_MAX = 4096 };

static bool draw(struct random *random, const char *features, const char *name, unsigned percent) {
  bool is_drawn = random_chance(random, percent); /* also where it does not count: the rest stays the same */
  const char *found = strstr(features, name);
  return is_drawn && found != NULL && (found[strlen(name)] == ',' || found[strlen(name)] == 0);
}

static struct profile draw_profile(struct random *random, const char *features) {
  struct profile profile;
  profile.simd = draw(random, features, "simd", 70);
  profile.relaxed = draw(random, features, "relaxed", 40) && profile.simd;
  profile.wide = draw(random, features, "wide", 50);
  profile.memory64 = draw(random, features, "memory64", 40);
  profile.multi_memory = draw(random, features, "multi-memory", 40);
  profile.page_sizes = draw(random, features, "page-sizes", 15);
  profile.tail_calls = draw(random, features, "tail-calls", 40);
  profile.references = draw(random, features, "references", 40);
  return profile;
}

static bool write_module(const struct gen *options, uint64_t seed, const char *features,
                         const char *directory) {
  struct gen *g = calloc(1, sizeof *g);
  if (g == NULL) {
    return false;
  }
  struct bytes module = {0};
  *g = *options;
  g->random.state = seed;
  g->profile = draw_profile(&g->random, features);
  gen_module(g, &module);
  char path[4096];
  snprintf(path, sizeof path, "%s/%llu.wasm", directory, (unsigned long long)seed);
  FILE *file = fopen(path, "wb");
  bool is_written = file != NULL && fwrite(module.data, 1, module.size, file) == module.size;
  if ((file != NULL && fclose(file) != 0) || !is_written) {
    fprintf(stderr, "generate: %s: %s\n", path, strerror(errno));
    is_written = false;
  }
  free(module.data);
  free(g->out.data);
  free(g);
  return is_written;
}

/* "--name=value" to its value, or NULL. */
static const char *value_of(const char *argument, const char *name) {
  size_t length = strlen(name);
  return strncmp(argument, name, length) == 0 && argument[length] == '=' ? argument + length + 1 : NULL;
}

int main(int argc, char **argv) {
  static struct gen options;
  static unsigned dropped[DROPPED_MAX];
  uint64_t seed = 1, count = 1;
  const char *features = "simd,wide,memory64,multi-memory,page-sizes,tail-calls,references",
             *directory = NULL, *value;
  options.dropped = dropped;
  for (int i = 1; i < argc; i++) {
    if ((value = value_of(argv[i], "--seed")) != NULL) {
      seed = strtoull(value, NULL, 10);
    } else if ((value = value_of(argv[i], "--count")) != NULL) {
      count = strtoull(value, NULL, 10);
    } else if ((value = value_of(argv[i], "--features")) != NULL) {
      features = value;
    } else if ((value = value_of(argv[i], "--drop")) != NULL) {
      for (char *next; *value != 0 && options.dropped_count < DROPPED_MAX;
           value = *next == ',' ? next + 1 : next) {
        dropped[options.dropped_count++] = (unsigned)strtoul(value, &next, 10);
      }
    } else if (strcmp(argv[i], "--nodes") == 0) {
      options.prints_nodes = true;
    } else if (argv[i][0] != '-' && directory == NULL) {
      directory = argv[i];
    } else {
      fprintf(stderr, "generate: bad argument '%s'\n", argv[i]);
      return 2;
    }
  }
  if (directory == NULL) {
    fprintf(stderr, "usage: generate [--seed=N] [--count=N] [--features=LIST] "
                    "[--drop=NUMBER,...] [--nodes] DIRECTORY\n");
    return 2;
  }
  for (uint64_t i = 0; i < count; i++) {
    if (!write_module(&options, seed + i, features, directory)) {
      return 1;
    }
  }
  return 0;
}
