/* What decoder and validator say of a module, for the tests in this folder. */
#ifndef FUZZ_VERDICT_H
#define FUZZ_VERDICT_H

#include "module.h"

enum verdict { VERDICT_BAD, VERDICT_VALID, VERDICT_UNSUPPORTED };

struct result {
  enum verdict verdict;
  enum diag_phase phase; /* of the first error that decides */
  size_t offset;
  char message[160];
  wasm_features used; /* of a valid module */
  double seconds;
};

/* Decodes and validates a private copy of the bytes, so that the sanitizer sees reads beyond them. */
struct result judge(struct slice bytes, wasm_features features);

#endif
