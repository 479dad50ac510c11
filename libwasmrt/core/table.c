/*
 * Tables of references. Compiled code reads `entries` and `size` inline; growing may move the entries.
 * Specification: 4.2.7 (table instances), 4.5.3.2 (allocation), 4.5.3.7 (growing).
 */
#define _GNU_SOURCE
#include <string.h>
#include <sys/mman.h>

#include "internal.h"

#include "needs.h"
#include "operations.h"

enum wasmrt_status wasmrt_table_create(struct wasmrt_table_record *record, const struct wasmrt_limits *limits,
                                       void **storage, uint64_t max_entries, struct wasmrt_error *error) {
  memset(record, 0, sizeof *record);
  const uint64_t most = max_entries == 0 ? WASMRT_TABLE_MAX : max_entries;
  if (limits->min > most) {
    return wasmrt_fail(error, WASMRT_ERROR_MEMORY, "a table's smallest size exceeds the limit", NULL);
  }
  record->declared_max = limits->max;
  record->is_64 = (limits->flags & WASMRT_LIMITS_64) != 0;
  record->capacity = limits->min;
  record->table = (struct wasmrt_table){.entries = storage,
                                        .size = limits->min,
                                        .max = limits->max < most ? limits->max : most,
                                        .type = limits->type};
  return WASMRT_OK;
}

void wasmrt_table_destroy(struct wasmrt_table_record *record) {
  if (record->mapping != NULL) {
    munmap(record->mapping, record->capacity * sizeof(void *));
    record->mapping = NULL;
  }
}

/* Moves the entries to a mapping with room for `size` at least. */
static bool enlarge(struct wasmrt_table_record *record, uint64_t size) {
  struct wasmrt_table *table = &record->table;
  uint64_t capacity = size < 512 ? 512 : size;
  if (capacity < 2 * record->capacity && 2 * record->capacity <= table->max) {
    capacity = 2 * record->capacity; /* growing one by one stays linear */
  }
  void *mapping;
  if (record->mapping != NULL) {
    mapping =
        mremap(record->mapping, record->capacity * sizeof(void *), capacity * sizeof(void *), MREMAP_MAYMOVE);
  } else {
    mapping =
        mmap(NULL, capacity * sizeof(void *), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  }
  if (mapping == MAP_FAILED) {
    return false;
  }
  if (record->mapping == NULL && table->size > 0) {
    memcpy(mapping, table->entries, table->size * sizeof(void *));
  }
  record->mapping = mapping;
  record->capacity = capacity;
  table->entries = mapping;
  return true;
}

static uint64_t grow(struct wasmrt_table *table, uint64_t count, void *reference) {
  struct wasmrt_table_record *record = (struct wasmrt_table_record *)table;
  const uint64_t old = table->size;
  if (count > table->max || old > table->max - count) {
    return UINT64_MAX;
  }
  if (old + count > record->capacity && !enlarge(record, old + count)) {
    return UINT64_MAX;
  }
  for (uint64_t i = 0; i < count; i++) {
    table->entries[old + i] = reference;
  }
  table->size = old + count;
  return old;
}

uint64_t wasmrt_op_table_grow(struct wasmrt_instance *instance, uint32_t table, void *reference,
                              uint64_t count) {
  WASMRT_NEEDS("wasmrt_op_table_grow", NEED_DATA(mmap) NEED(mremap));
  wasmrt_check_stack();
  return grow(instance->tables[table], count, reference);
}

bool wasmrt_table_takes(const struct wasmrt_table *table, const void *reference) {
  return wasmrt_reference_fits(table->type, reference, ((const struct wasmrt_table_record *)table)->alone);
}

uint64_t wasmrt_table_grow(struct wasmrt_table *table, uint64_t count, void *reference) {
  return wasmrt_table_takes(table, reference) ? grow(table, count, reference) : UINT64_MAX;
}

uint64_t wasmrt_table_size(const struct wasmrt_table *table) {
  return table->size;
}

bool wasmrt_table_get(const struct wasmrt_table *table, uint64_t index, void **reference) {
  if (index >= table->size) {
    return false;
  }
  *reference = table->entries[index];
  return true;
}

bool wasmrt_table_set(struct wasmrt_table *table, uint64_t index, void *reference) {
  if (index >= table->size || !wasmrt_table_takes(table, reference)) {
    return false;
  }
  table->entries[index] = reference;
  return true;
}
