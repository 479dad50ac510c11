/* One module of a script: what the decoder and the validator say about it, and its compilation to an object.
 */
#ifndef SPEC_SUBJECT_H
#define SPEC_SUBJECT_H

#include "arena.h"
#include "module.h"
#include "wasm2native.h"

enum spec_verdict {
  SPEC_VALID,
  SPEC_MALFORMED,
  SPEC_INVALID,
  SPEC_REFUSED, /* needs a feature that the compiler has not: `message` is "needs feature X" */
  SPEC_BROKEN,  /* another error: compiling failed, a limit was passed, the file is missing */
};

struct spec_subject {
  enum spec_verdict verdict;
  const char *message;       /* why it is not valid */
  bool needs_feature;        /* refused, and not for this mode only */
  bool can_provide;          /* compiles in the instance model */
  bool is_used;              /* by an instance that is to live */
  const char *file;          /* its name */
  bool is_decoded;           /* `module` is complete, valid or not */
  struct wasm_module module; /* if is_decoded */
  uint8_t *bytes;
  size_t size;
};

/* Reads, decodes and validates; everything lives as long as the arena and until spec_subject_close(). */
void spec_subject_open(struct spec_subject *subject, const char *path, struct arena *arena);
void spec_subject_close(struct spec_subject *subject);

/*
 * Compiles a valid module to the object `output` with the descriptor NAME_module, through the public
 * interface; on failure the verdict becomes SPEC_REFUSED or SPEC_BROKEN.
 */
bool spec_subject_compile(struct spec_subject *subject, const char *path, const char *output,
                          const struct wasm2native_options *options, struct arena *arena);

/* "valid", "malformed" and so on. */
const char *spec_verdict_name(enum spec_verdict verdict);

#endif
