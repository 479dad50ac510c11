/*
 * Bad input: every prefix of many modules and a large number of single-byte mutations are decoded and
 * validated, with the sanitizers on. Each has to end in a verdict within a second; and each verdict has to be
 * that of another engine, Node's WebAssembly.validate, or to differ for a reason that `explanations` gives.
 *
 *   bad_input [--mutations=N] [--seed=N] [--prefix-bytes=N] [--node=COMMAND] FILE.wasm...
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "verdict.h"

#define BATCH 256 /* modules on the way to Node: their answers fit any pipe */
#define SLOWEST 1.0

struct file {
  const char *path;
  struct slice bytes;
};

struct node {
  FILE *to;
  FILE *from;
  pid_t pid;
};

struct entry {
  struct slice bytes; /* owned */
  const char *path;
  size_t place; /* length of the prefix, or offset of the mutated byte */
  struct result result;
};

struct run {
  struct node *node; /* or NULL */
  struct entry entries[BATCH];
  size_t entry_count;
  uint64_t verdicts[3];
  uint64_t agreements;
  uint64_t failures;
  double slowest;
};

/*
 * Why Node 20 (V8 11.3) refuses what is valid here: it lacks a feature, without which the module is refused
 * here as well. (What Node knows and we do not has the verdict "unsupported", which is not compared.)
 */
static struct {
  enum wasm_feature lacking;
  const char *why;
  uint64_t count;
} refusals[] = {
    {WASM_FEATURE_EXTENDED_CONST,
     "constant expressions with arithmetic or the module's own globals: behind a flag", 0},
    {WASM_FEATURE_RELAXED_SIMD, "relaxed vector instructions: behind a flag", 0},
    {WASM_FEATURE_FUNCTION_REFERENCES, "typed references, recursive types, casts: behind a flag", 0},
    {WASM_FEATURE_GC, "instructions on structures, arrays and i31: behind a flag", 0},
    {WASM_FEATURE_MEMORY64, "64-bit limits and offsets, also overlong encodings of small ones: behind a flag",
     0},
    {WASM_FEATURE_MULTI_MEMORY, "several memories, also overlong encodings of memory index 0: absent", 0},
    {WASM_FEATURE_CUSTOM_PAGE_SIZES, "memories with one-byte pages: absent", 0},
    {WASM_FEATURE_WIDE_ARITHMETIC, "128-bit integer arithmetic: absent", 0},
};

/* Why Node 20 accepts what is refused here, with the beginning of our message: its own mistakes. */
static struct {
  const char *message;
  const char *why;
  uint64_t count;
} acceptances[] = {
    {"misaligned atomic access",
     "atomic accesses have to be aligned naturally; Node 20 takes any smaller alignment", 0},
    {"malformed reference type", "Node takes a number type as that of an element segment without elements",
     0},
};

static bool explain_refusal(const struct entry *entry) {
  for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
    wasm_features without = wasm_features_checked() & ~WASM_FEATURE_BIT(refusals[i].lacking);
    if (judge(entry->bytes, without).verdict != VERDICT_VALID) {
      refusals[i].count++;
      return true;
    }
  }
  return false;
}

static bool explain_acceptance(const struct entry *entry) {
  for (size_t i = 0; i < sizeof acceptances / sizeof acceptances[0]; i++) {
    const char *message = acceptances[i].message;
    if (strncmp(entry->result.message, message, strlen(message)) == 0) {
      acceptances[i].count++;
      return true;
    }
  }
  return false;
}

static void fail(struct run *run, const struct entry *entry, const char *what) {
  static const char *const verdicts[] = {"bad", "valid", "unsupported"};
  run->failures++;
  printf("FAILED: %s at %zu: %s (here: %s, 0x%zx %s)\n", entry->path, entry->place, what,
         verdicts[entry->result.verdict], entry->result.offset, entry->result.message);
  if (run->failures <= 20) {
    char name[64];
    snprintf(name, sizeof name, "disagreement-%" PRIu64 ".wasm", run->failures);
    FILE *stream = fopen(name, "wb");
    if (stream != NULL) {
      fwrite(entry->bytes.data, 1, entry->bytes.size, stream);
      fclose(stream);
    }
  }
}

static void compare(struct run *run, const struct entry *entry, bool node_accepts) {
  if (entry->result.verdict == VERDICT_UNSUPPORTED) {
    return;
  }
  if ((entry->result.verdict == VERDICT_VALID) == node_accepts) {
    run->agreements++;
    return;
  }
  if (!(node_accepts ? explain_acceptance(entry) : explain_refusal(entry))) {
    fail(run, entry, node_accepts ? "Node accepts it" : "Node refuses it");
  }
}

static void flush(struct run *run) {
  if (run->node != NULL && run->entry_count > 0) {
    for (size_t i = 0; i < run->entry_count; i++) {
      uint32_t size = (uint32_t)run->entries[i].bytes.size;
      uint8_t header[4] = {(uint8_t)size, (uint8_t)(size >> 8), (uint8_t)(size >> 16), (uint8_t)(size >> 24)};
      fwrite(header, 1, sizeof header, run->node->to);
      fwrite(run->entries[i].bytes.data, 1, size, run->node->to);
    }
    fflush(run->node->to);
    for (size_t i = 0; i < run->entry_count; i++) {
      int answer = getc(run->node->from);
      if (answer == EOF) {
        fprintf(stderr, "node ended early\n");
        exit(1);
      }
      compare(run, &run->entries[i], answer == 1);
    }
  }
  for (size_t i = 0; i < run->entry_count; i++) {
    free((void *)run->entries[i].bytes.data);
  }
  run->entry_count = 0;
}

/* The features noted as used are all that a module needs. */
static bool is_valid_with_what_it_uses(struct entry *entry) {
  struct result again = judge(entry->bytes, entry->result.used);
  memcpy(entry->result.message, again.message, sizeof again.message);
  return again.verdict == VERDICT_VALID;
}

/* Judges the `size` bytes at `bytes`, which are copied, with the byte at `changed` (if within) replaced. */
static void try_module(struct run *run, const struct file *file, size_t size, size_t changed, uint8_t byte) {
  uint8_t *copy = malloc(size + 1);
  if (copy == NULL) {
    arena_out_of_memory(size);
  }
  memcpy(copy, file->bytes.data, size);
  if (changed < size) {
    copy[changed] = byte;
  }
  struct entry *entry = &run->entries[run->entry_count++];
  *entry =
      (struct entry){.bytes = {copy, size}, .path = file->path, .place = changed < size ? changed : size};
  entry->result = judge(entry->bytes, wasm_features_checked());
  run->verdicts[entry->result.verdict]++;
  run->slowest = entry->result.seconds > run->slowest ? entry->result.seconds : run->slowest;
  if (entry->result.seconds > SLOWEST) {
    fail(run, entry, "it takes more than a second");
  }
  if (entry->result.verdict == VERDICT_VALID && !is_valid_with_what_it_uses(entry)) {
    fail(run, entry, "it needs a feature that it is not said to use");
  }
  if (run->entry_count == BATCH) {
    flush(run);
  }
}

/* xorshift64*: the same mutations in every run. */
static uint64_t next_random(uint64_t *state) {
  *state ^= *state >> 12;
  *state ^= *state << 25;
  *state ^= *state >> 27;
  return *state * UINT64_C(0x2545f4914f6cdd1d);
}

/* One byte of one module; half of the mutations are small changes, which more often leave the module
 * decodable. */
static void mutate(struct run *run, const struct file *files, size_t file_count, uint64_t *state) {
  const struct file *file = &files[next_random(state) % file_count];
  size_t place = file->bytes.size > 8 ? 8 + next_random(state) % (file->bytes.size - 8) : 0;
  uint8_t byte = file->bytes.data[place];
  switch (next_random(state) % 4) {
  case 0:
    byte ^= (uint8_t)(1u << next_random(state) % 8);
    break;
  case 1:
    byte = (uint8_t)(byte + 1 - 2 * (next_random(state) % 2));
    break;
  default:
    byte = (uint8_t)next_random(state);
  }
  try_module(run, file, file->bytes.size, place, byte);
}

static struct slice read_file(const char *path) {
  FILE *stream = fopen(path, "rb");
  if (stream == NULL || fseek(stream, 0, SEEK_END) != 0) {
    fprintf(stderr, "%s: cannot be read\n", path);
    exit(1);
  }
  size_t size = (size_t)ftell(stream);
  uint8_t *bytes = malloc(size + 1);
  rewind(stream);
  if (bytes == NULL || fread(bytes, 1, size, stream) != size) {
    fprintf(stderr, "%s: cannot be read\n", path);
    exit(1);
  }
  fclose(stream);
  return (struct slice){bytes, size};
}

static void start_node(struct node *node, const char *command) {
  int to[2];
  int from[2];
  if (pipe(to) != 0 || pipe(from) != 0) {
    perror("pipe");
    exit(1);
  }
  node->pid = fork();
  if (node->pid == 0) {
    dup2(to[0], 0);
    dup2(from[1], 1);
    close(to[0]);
    close(to[1]);
    close(from[0]);
    close(from[1]);
    execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    _exit(127);
  }
  close(to[0]);
  close(from[1]);
  node->to = fdopen(to[1], "wb");
  node->from = fdopen(from[0], "rb");
}

static void stop_node(struct node *node) {
  fclose(node->to);
  fclose(node->from);
  waitpid(node->pid, NULL, 0);
}

static int report(const struct run *run, size_t file_count) {
  printf("%zu modules: %" PRIu64 " valid, %" PRIu64 " malformed or invalid, %" PRIu64
         " unsupported; the slowest took %.1f ms\n",
         file_count, run->verdicts[VERDICT_VALID], run->verdicts[VERDICT_BAD],
         run->verdicts[VERDICT_UNSUPPORTED], run->slowest * 1e3);
  if (run->node != NULL) {
    printf("node: %" PRIu64 " verdicts agree\n", run->agreements);
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
      printf("node: %" PRIu64 " refused for want of %s (%s)\n", refusals[i].count,
             wasm_feature_name(refusals[i].lacking), refusals[i].why);
    }
    for (size_t i = 0; i < sizeof acceptances / sizeof acceptances[0]; i++) {
      printf("node: %" PRIu64 " accepted where we say \"%s\" (%s)\n", acceptances[i].count,
             acceptances[i].message, acceptances[i].why);
    }
  }
  uint64_t total =
      run->verdicts[VERDICT_VALID] + run->verdicts[VERDICT_BAD] + run->verdicts[VERDICT_UNSUPPORTED];
  printf("%" PRIu64 " passed, %" PRIu64 " failed, 0 skipped\n", total - run->failures, run->failures);
  return run->failures == 0 ? 0 : 1;
}

int main(int argc, char **argv) {
  uint64_t mutations = 100000;
  uint64_t seed = UINT64_C(0x9e3779b97f4a7c15);
  size_t prefix_bytes = SIZE_MAX;
  struct node node;
  static struct run run;
  struct file *files = calloc((size_t)argc, sizeof *files);
  size_t file_count = 0;
  for (int i = 1; i < argc && files != NULL; i++) {
    if (strncmp(argv[i], "--mutations=", 12) == 0) {
      mutations = strtoull(argv[i] + 12, NULL, 10);
    } else if (strncmp(argv[i], "--seed=", 7) == 0) {
      seed = strtoull(argv[i] + 7, NULL, 10);
    } else if (strncmp(argv[i], "--prefix-bytes=", 15) == 0) {
      prefix_bytes = strtoull(argv[i] + 15, NULL, 10);
    } else if (strncmp(argv[i], "--node=", 7) == 0) {
      start_node(&node, argv[i] + 7);
      run.node = &node;
    } else {
      files[file_count++] = (struct file){argv[i], read_file(argv[i])};
    }
  }
  if (file_count == 0) {
    fprintf(stderr,
            "usage: bad_input [--mutations=N] [--seed=N] [--prefix-bytes=N] [--node=COMMAND] FILE.wasm...\n");
    return 2;
  }
  for (size_t i = 0; i < file_count; i++) {
    size_t longest = files[i].bytes.size < prefix_bytes ? files[i].bytes.size : prefix_bytes;
    for (size_t size = 0; size <= longest; size++) {
      try_module(&run, &files[i], size, SIZE_MAX, 0);
    }
  }
  uint64_t state = seed;
  for (uint64_t i = 0; i < mutations; i++) {
    mutate(&run, files, file_count, &state);
  }
  flush(&run);
  if (run.node != NULL) {
    stop_node(run.node);
  }
  for (size_t i = 0; i < file_count; i++) {
    free((void *)files[i].bytes.data);
  }
  free(files);
  return report(&run, file_count);
}
