/*
 * libwasm2native: from the bytes of a WebAssembly module to native code.
 *
 * One call compiles one module. Calls may run on different threads at once; linking is serialised inside the
 * library. Nothing is printed; errors go to a callback.
 */
#ifndef WASM2NATIVE_H
#define WASM2NATIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* "0.1.0" */
const char *wasm2native_version(void);

enum wasm2native_emit {
  WASM2NATIVE_EMIT_EXE,     /* a static executable */
  WASM2NATIVE_EMIT_OBJ,     /* a relocatable object */
  WASM2NATIVE_EMIT_ASM,     /* assembly text */
  WASM2NATIVE_EMIT_LLVM_IR, /* optimised LLVM IR as text */
  WASM2NATIVE_EMIT_BITCODE, /* the same as bitcode */
  WASM2NATIVE_EMIT_SHARED,  /* a shared object to load at run time */
};

enum wasm2native_model {
  WASM2NATIVE_MODEL_DEFAULT, /* static for executables, instance for the rest */
  WASM2NATIVE_MODEL_STATIC,  /* one instance, fixed addresses */
  WASM2NATIVE_MODEL_INSTANCE /* any number of instances */
};

enum wasm2native_bounds {
  WASM2NATIVE_BOUNDS_GUARD, /* reservation and guard pages */
  WASM2NATIVE_BOUNDS_CHECK  /* an explicit compare before every access */
};

enum wasm2native_missing {
  WASM2NATIVE_MISSING_ERROR, /* an import that nothing provides is a link error */
  WASM2NATIVE_MISSING_TRAP,  /* calling it traps */
  WASM2NATIVE_MISSING_ZERO   /* calling it returns zeros */
};

/* Phases of a compilation, for progress and the time report. */
enum wasm2native_phase {
  WASM2NATIVE_PHASE_READ,
  WASM2NATIVE_PHASE_DECODE,
  WASM2NATIVE_PHASE_CHECK,
  WASM2NATIVE_PHASE_LOWER,
  WASM2NATIVE_PHASE_OPTIMIZE,
  WASM2NATIVE_PHASE_EMIT,
  WASM2NATIVE_PHASE_LINK,
  WASM2NATIVE_PHASE_COUNT
};

/* "decode" and so on. */
const char *wasm2native_phase_name(enum wasm2native_phase phase);

/* Callbacks of one compilation run one at a time, but not always on the thread that called. */

/* One message, as `file:0x1a3: error: in func 12 "fib": what and why` without a line end. Valid during the
 * call. */
typedef void wasm2native_message(void *context, const char *line, bool is_error);

/*
 * Called when a phase begins, with `total` 1; for a progress line. Large modules are divided into partitions,
 * which are lowered, optimised and emitted each on its own: for these it is called with the phase "optimize"
 * whenever another of `total` is done.
 */
typedef void wasm2native_progress(void *context, enum wasm2native_phase phase, uint32_t done, uint32_t total);

/* What each phase took. Times are added up over threads. */
struct wasm2native_report {
  double seconds[WASM2NATIVE_PHASE_COUNT];      /* wall time */
  double cpu_seconds[WASM2NATIVE_PHASE_COUNT];  /* CPU time */
  uint64_t peak_bytes[WASM2NATIVE_PHASE_COUNT]; /* the process's peak resident size at the phase's end */
  double elapsed_seconds;                       /* wall time of the whole */
  double longest_partition;                     /* wall time of the partition that took longest */
  uint32_t partition_count;
  unsigned threads;
};

/* A directory to put into an executable, and the name by which the guest knows it. */
struct wasm2native_tree {
  const char *directory;
  const char *guest;
};

/* All strings are borrowed for the duration of the call. Initialise with wasm2native_options_default(). */
struct wasm2native_options {
  enum wasm2native_emit emit;
  enum wasm2native_model model;
  enum wasm2native_bounds bounds;
  enum wasm2native_missing missing;
  unsigned opt_level;  /* 0 to 3 */
  unsigned size_level; /* 0; 1 for -Os, 2 for -Oz (with opt_level 2) */
  bool debug_info;     /* -g: keep the symbol table; backtraces have names in any case */
  bool deterministic;  /* the standard's deterministic profile: the same results on every CPU */
  bool verbose;        /* report partitions and link commands through `message` */
  unsigned threads;    /* that may work on partitions at a time; 0 is 1. It changes no bit of the result */
  uint64_t partition_size;  /* bytes of code in a partition, 0: the default; assembly and IR are one */
  const char *target;       /* triple, or NULL for the host's architecture with musl */
  const char *cpu;          /* CPU name, "native", or NULL for the target's baseline */
  const char *cpu_features; /* "+avx2,-bmi2" or NULL */
  const char *features;     /* as --features, or NULL for the default */
  const char *name;         /* module name for symbols: NAME_module; NULL: "wasm" */
  const char *library_dir;  /* where <arch>-linux-musl/ with libwasmrt.a and musl lies; NULL: found from the
                               executable */

  /* Executables: options baked in, each as in WASMRT_OPTIONS ("--dir=.::/"). */
  const char *const *guest_options;
  size_t guest_option_count;

  /*
   * Executables only: directory trees to be part of it, which the guest can read, and nobody change.
   * `embed_time` is when everything in them is said to have changed, in nanoseconds since 1970: the trees'
   * own times are not kept, so that the same contents make the same executable. The output is left out,
   * should it lie in a tree.
   */
  const struct wasm2native_tree *embeds;
  size_t embed_count;
  uint64_t embed_time;

  /* Executables and shared objects: further objects and archives for the link, in order. An executable that
   * has any does not confine itself unless "--confine" is among its options. */
  const char *const *link_inputs;
  size_t link_input_count;

  wasm2native_message *message;
  wasm2native_progress *progress;
  void *context;
  struct wasm2native_report *report; /* filled in if not NULL */
};

void wasm2native_options_default(struct wasm2native_options *options);

/*
 * Compiles `bytes`, which messages call `input_name`, to the file `output`. The file is written under a
 * temporary name in the same directory and renamed, so it is complete or absent. Returns false after at least
 * one error message.
 */
bool wasm2native_compile(const void *bytes, size_t size, const char *input_name, const char *output,
                         const struct wasm2native_options *options);

/* Decodes and validates only. */
bool wasm2native_validate(const void *bytes, size_t size, const char *input_name,
                          const struct wasm2native_options *options);

#ifdef __cplusplus
}
#endif

#endif
