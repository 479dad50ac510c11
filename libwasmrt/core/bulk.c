/*
 * Bulk operations on tables, and on memories from data segments. memory.copy and memory.fill are compiled
 * inline. Specification: 4.4.6 (table instructions), 4.4.7 (memory instructions).
 *
 * Each checks its whole range first and traps before it writes anything. Ranges are compared without forming
 * their ends, which may overflow. A segment that was dropped has no entries.
 */
#include <string.h>

#include "internal.h"

#include "operations.h"

static bool fits(uint64_t begin, uint64_t count, uint64_t size) {
  return count <= size && begin <= size - count;
}

static void check(bool ok, uint32_t trap) {
  if (!ok) {
    wasmrt_raise(trap);
  }
}

/* The drop flag of a data segment; those of element segments come first. */
static uint8_t *data_dropped(struct wasmrt_instance *instance, uint32_t segment) {
  return &instance->dropped[instance->module->element_count + segment];
}

void wasmrt_op_memory_init(struct wasmrt_instance *instance, uint32_t memory, uint32_t segment, uint64_t to,
                           uint64_t from, uint64_t count) {
  wasmrt_check_stack();
  const struct wasmrt_memory *target = instance->memories[memory];
  const struct wasmrt_data *data = &instance->module->data[segment];
  const uint64_t available = *data_dropped(instance, segment) ? 0 : data->size;
  check(fits(from, count, available) && fits(to, count, target->size), WASMRT_TRAP_MEMORY_OUT_OF_BOUNDS);
  if (count > 0) {
    memcpy(target->base + to, data->bytes + from, count);
  }
}

void wasmrt_op_data_drop(struct wasmrt_instance *instance, uint32_t segment) {
  *data_dropped(instance, segment) = 1;
}

void wasmrt_op_table_fill(struct wasmrt_instance *instance, uint32_t table, uint64_t to, void *reference,
                          uint64_t count) {
  wasmrt_check_stack();
  const struct wasmrt_table *target = instance->tables[table];
  check(fits(to, count, target->size), WASMRT_TRAP_TABLE_OUT_OF_BOUNDS);
  for (uint64_t i = 0; i < count; i++) {
    target->entries[to + i] = reference;
  }
}

void wasmrt_op_table_copy(struct wasmrt_instance *instance, uint32_t to_table, uint32_t from_table,
                          uint64_t to, uint64_t from, uint64_t count) {
  wasmrt_check_stack();
  const struct wasmrt_table *target = instance->tables[to_table];
  const struct wasmrt_table *source = instance->tables[from_table];
  check(fits(from, count, source->size) && fits(to, count, target->size), WASMRT_TRAP_TABLE_OUT_OF_BOUNDS);
  if (count > 0) {
    memmove(target->entries + to, source->entries + from, count * sizeof(void *));
  }
}

/* The reference that an element segment's slot stands for. */
static void *slot_reference(struct wasmrt_instance *instance, uint32_t slot) {
  return slot == WASMRT_NULL_SLOT ? NULL : &instance->functions[slot];
}

void wasmrt_op_table_init(struct wasmrt_instance *instance, uint32_t table, uint32_t segment, uint64_t to,
                          uint64_t from, uint64_t count) {
  wasmrt_check_stack();
  const struct wasmrt_table *target = instance->tables[table];
  const struct wasmrt_element *element = &instance->module->elements[segment];
  const uint64_t available = instance->dropped[segment] ? 0 : element->count;
  check(fits(from, count, available) && fits(to, count, target->size), WASMRT_TRAP_TABLE_OUT_OF_BOUNDS);
  for (uint64_t i = 0; i < count; i++) {
    target->entries[to + i] = element->slots != NULL ? slot_reference(instance, element->slots[from + i])
                                                     : instance->elements[segment][from + i];
  }
}

void wasmrt_op_elem_drop(struct wasmrt_instance *instance, uint32_t segment) {
  instance->dropped[segment] = 1;
}
