/* Target machines: triple, CPU, features, and what the result requires of the CPU that runs it. */
#include <stdlib.h>
#include <string.h>

#include <llvm-c/Target.h>

#include "emit.h"
#include "subtarget.h"

static bool is_x86(const char *triple) {
  return strncmp(triple, "x86_64", strlen("x86_64")) == 0;
}

/* The least that every supported CPU has: for x86-64 the level with SSE4.1, which Wasm's rounding and SIMD
 * need. */
static const char *baseline_cpu(const char *triple) {
  return is_x86(triple) ? "x86-64-v2" : "generic";
}

static char *take_message(struct arena *arena, char *message) {
  char *copy = arena_printf(arena, "%s", message);
  LLVMDisposeMessage(message);
  return copy;
}

/* A list of words as +avx2 or -bmi2. LLVM would print that it ignores others. */
static bool check_features(const struct emit_options *options, struct diag_sink *sink) {
  for (const char *word = options->cpu_features; word && *word; word += *word == ',') {
    size_t length = strcspn(word, ",");
    bool has_sign = *word == '+' || *word == '-';
    if (!has_sign || !subtarget_knows_feature(options->triple, word + 1, length - 1)) {
      return diag_error(sink, DIAG_OPTION,
                        "unknown CPU feature '%.*s' for %s: expected a list as +NAME,-NAME", (int)length,
                        word, options->triple);
    }
    word += length;
  }
  return true;
}

/* "native" is only possible for this machine's own architecture. */
static bool choose_cpu(const struct emit_options *options, struct arena *arena, struct diag_sink *sink,
                       struct emit_target *target) {
  const char *extra = options->cpu_features ? options->cpu_features : "";
  target->cpu = options->cpu ? options->cpu : baseline_cpu(options->triple);
  target->features = extra;
  if (strcmp(target->cpu, "native") == 0) {
    char *host = take_message(arena, LLVMGetDefaultTargetTriple());
    if (is_x86(host) != is_x86(options->triple)) {
      return diag_error(sink, DIAG_OPTION, "--cpu=native: this machine is no %s", options->triple);
    }
    /* With the list of features: the CPU's name may promise what a virtual machine masks. */
    target->cpu = take_message(arena, LLVMGetHostCPUName());
    target->features = arena_printf(arena, "%s%s%s", take_message(arena, LLVMGetHostCPUFeatures()),
                                    *extra ? "," : "", extra);
  } else if (!subtarget_knows_cpu(options->triple, target->cpu)) {
    return diag_error(sink, DIAG_OPTION, "unknown CPU '%s' for %s", target->cpu, options->triple);
  }
  /* The lowering names such instructions (rounding, vectors), and LLVM aborts where the CPU has not got them.
   */
  const char *needed = is_x86(options->triple) ? "+sse4.1" : "+neon";
  if (!subtarget_has(options->triple, target->cpu, target->features, needed)) {
    return diag_error(sink, DIAG_OPTION, "the CPU '%s'%s%s has no %s, which compiled code needs", target->cpu,
                      *extra ? " with " : "", extra, needed + 1);
  }
  char *required =
      subtarget_required(options->triple, target->cpu, target->features, baseline_cpu(options->triple));
  target->required = arena_printf(arena, "%s", required);
  free(required);
  return true;
}

static LLVMTargetRef find_target(const char *triple, char **message) {
  LLVMTargetRef target;
  return LLVMGetTargetFromTriple(triple, &target, message) ? NULL : target;
}

bool emit_target_find(const struct emit_options *options, struct arena *arena, struct diag_sink *sink,
                      struct emit_target *target) {
  char *message;
  subtarget_initialize();
  if (!find_target(options->triple, &message)) {
    return diag_error(sink, DIAG_OPTION, "%s", take_message(arena, message));
  }
  return check_features(options, sink) && choose_cpu(options, arena, sink, target);
}

void emit_machine_make(const struct emit_options *options, const struct emit_target *target,
                       struct emit_machine *machine) {
  static const LLVMCodeGenOptLevel levels[] = {LLVMCodeGenLevelNone, LLVMCodeGenLevelLess,
                                               LLVMCodeGenLevelDefault, LLVMCodeGenLevelAggressive};
  char *message;
  machine->machine = LLVMCreateTargetMachine(find_target(options->triple, &message), options->triple,
                                             target->cpu, target->features, levels[options->opt_level],
                                             LLVMRelocPIC, LLVMCodeModelDefault);
  machine->layout = LLVMCreateTargetDataLayout(machine->machine);
}

void emit_machine_free(struct emit_machine *machine) {
  LLVMDisposeTargetData(machine->layout);
  LLVMDisposeTargetMachine(machine->machine);
}
