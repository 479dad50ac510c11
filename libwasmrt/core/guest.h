/*
 * The guest's memory as host functions see it: every pointer that a guest passes is an offset into memory 0
 * of the calling instance and is checked here, in one place, before it becomes a host pointer.
 *
 * Values in linear memory are little endian (spec 4.4.7) and may lie at any alignment, so they are copied,
 * never dereferenced in place.
 */
#ifndef WASMRT_GUEST_H
#define WASMRT_GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "abi.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "guest values are copied as they lie");

/* Ends the calling guest with this exit status: unwinds to the outermost entry of the instance. Defined by
 * core. */
_Noreturn void wasmrt_exit(struct wasmrt_instance *instance, uint32_t status);

/*
 * The host address of `length` bytes at `address` of memory 0, or NULL if they do not all lie inside it. The
 * sum of address and length is never formed, so that it cannot overflow. No byte is touched through a pointer
 * to zero bytes, so those are valid at every address; guests do pass dangling pointers for empty slices.
 */
static inline uint8_t *wasmrt_guest(const struct wasmrt_instance *instance, uint32_t address,
                                    uint64_t length) {
  const struct wasmrt_memory *memory = instance->memory;
  if (length == 0) {
    return (uint8_t *)(uintptr_t)instance;
  }
  if (memory == NULL || length > memory->size || address > memory->size - length) {
    return NULL;
  }
  return memory->base + address;
}

/* Like wasmrt_guest for an array; count * size is formed in 64 bits, where it fits. */
static inline uint8_t *wasmrt_guest_array(const struct wasmrt_instance *instance, uint32_t address,
                                          uint32_t count, uint32_t size) {
  return wasmrt_guest(instance, address, (uint64_t)count * size);
}

/* Copies out of the guest; false if [address, address + size) is not all inside memory 0. */
static inline bool wasmrt_guest_read(const struct wasmrt_instance *instance, uint32_t address, void *to,
                                     size_t size) {
  const uint8_t *from = wasmrt_guest(instance, address, size);
  if (from == NULL) {
    return false;
  }
  memcpy(to, from, size);
  return true;
}

/* Copies into the guest; false, and nothing written, if [address, address + size) is not all inside memory 0.
 */
static inline bool wasmrt_guest_write(const struct wasmrt_instance *instance, uint32_t address,
                                      const void *from, size_t size) {
  uint8_t *to = wasmrt_guest(instance, address, size);
  if (to == NULL) {
    return false;
  }
  memcpy(to, from, size);
  return true;
}

#endif
