/* The guests as the build compiles them, and what the hosts of these tests have in common. */
#ifndef EMBED_MODULES_H
#define EMBED_MODULES_H

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "wasmrt.h"

extern const struct wasmrt_module plugin_guard_module;  /* -O2 */
extern const struct wasmrt_module plugin_check_module;  /* -O2 --bounds=check */
extern const struct wasmrt_module plugin_plain_module;  /* -O0 */
extern const struct wasmrt_module plugin_static_module; /* --single-instance --bounds=check */

/* What the plugin logged last. */
struct journal {
  char text[64];
  struct wasmrt_instance *caller;
};

static inline enum wasmrt_status log_text(void *user, struct wasmrt_instance *caller, uint64_t *slots,
                                          struct wasmrt_error *error) {
  struct journal *journal = user;
  if (slots[1] >= sizeof journal->text) {
    return wasmrt_error_set(error, WASMRT_ERROR_HOST, "too much to log");
  }
  if (!wasmrt_memory_read(wasmrt_instance_memory(caller), slots[0], journal->text, slots[1])) {
    return wasmrt_error_trap(error, WASMRT_TRAP_MEMORY_OUT_OF_BOUNDS);
  }
  journal->text[slots[1]] = '\0';
  journal->caller = caller;
  return WASMRT_OK;
}

static inline double twice(struct wasmrt_instance *caller, double value) {
  (void)caller;
  return 2 * value;
}

/* Calls the plugin's function "recurse_host" for even numbers, adds 100 to odd ones below 1000. */
static inline enum wasmrt_status call_back(void *user, struct wasmrt_instance *caller, uint64_t *slots,
                                           struct wasmrt_error *error) {
  (void)user;
  if (slots[0] < 1000 && slots[0] % 2 == 1) {
    slots[0] += 100;
    return WASMRT_OK;
  }
  return wasmrt_call(wasmrt_find_function(caller, "recurse_host"), slots, error);
}

static inline struct wasmrt_store *make_store(struct journal *journal) {
  struct wasmrt_error error;
  struct wasmrt_store *store = wasmrt_store_create();
  const struct wasmrt_native_function native = {"twice", "F:F", (void (*)(void))twice};
  if (store == NULL ||
      wasmrt_define_function(store, "host", "log", "ii:", log_text, journal, &error) != WASMRT_OK ||
      wasmrt_define_function(store, "host", "call_back", "i:i", call_back, NULL, &error) != WASMRT_OK ||
      wasmrt_define_native(store, "host", &native, 1, &error) != WASMRT_OK) {
    abort();
  }
  return store;
}

static inline double as_double(uint64_t bits) {
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static inline uint64_t double_bits(double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

static inline uint64_t float_bits(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

#endif
