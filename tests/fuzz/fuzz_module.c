/* libFuzzer's entry: any bytes get a verdict, with every feature that the validator knows and with the
 * default ones. */
#include "verdict.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  struct slice module = {bytes, size};
  struct result all = judge(module, wasm_features_checked());
  struct result some = judge(module, wasm_features_default());
  /* Fewer features never make a bad module good; a module that is fine with few is fine with all. */
  if (some.verdict == VERDICT_VALID && all.verdict != VERDICT_VALID) {
    __builtin_trap();
  }
  return 0;
}
