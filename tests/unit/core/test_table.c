/* Tables, from the host and in growth. */
#include "guest.h"

static struct wasmrt_table_record record;
static void *storage[4];
static int objects[4];

static void create(uint64_t min, uint64_t max, uint64_t most) {
  const struct wasmrt_limits limits = {.min = min, .max = max, .type = WASMRT_EXTERNREF};
  memset(storage, 0, sizeof storage);
  ck_assert_int_eq(wasmrt_table_create(&record, &limits, storage, most, &error), WASMRT_OK);
}

START_TEST(get_and_set) {
  create(4, 4, 0);
  void *reference = &objects[0];
  ck_assert(wasmrt_table_get(&record.table, 3, &reference));
  ck_assert_ptr_null(reference);
  ck_assert(wasmrt_table_set(&record.table, 3, &objects[1]));
  ck_assert(wasmrt_table_get(&record.table, 3, &reference));
  ck_assert_ptr_eq(reference, &objects[1]);
  ck_assert(!wasmrt_table_set(&record.table, 4, &objects[1]));
  ck_assert(!wasmrt_table_get(&record.table, UINT64_MAX, &reference));
  wasmrt_table_destroy(&record);
}
END_TEST

START_TEST(growth_keeps_entries) {
  create(2, UINT64_MAX, 0);
  storage[1] = &objects[1];
  uint64_t size = 2;
  for (uint64_t step = 1; step < 5000; step = step * 3 + 1) {
    ck_assert_uint_eq(wasmrt_table_grow(&record.table, step, &objects[2]), size);
    size += step;
    ck_assert_uint_eq(wasmrt_table_size(&record.table), size);
    ck_assert_ptr_eq(record.table.entries[1], &objects[1]);
    ck_assert_ptr_eq(record.table.entries[2], &objects[2]);
    ck_assert_ptr_eq(record.table.entries[size - 1], &objects[2]);
  }
  wasmrt_table_destroy(&record);
}
END_TEST

START_TEST(growth_has_limits) {
  create(2, 10, 0);
  ck_assert_uint_eq(wasmrt_table_grow(&record.table, 9, NULL), UINT64_MAX);
  ck_assert_uint_eq(wasmrt_table_grow(&record.table, UINT64_MAX, NULL), UINT64_MAX);
  ck_assert_uint_eq(wasmrt_table_grow(&record.table, UINT64_MAX - 1, NULL), UINT64_MAX);
  ck_assert_uint_eq(wasmrt_table_grow(&record.table, 8, NULL), 2);
  ck_assert_uint_eq(wasmrt_table_grow(&record.table, 0, NULL), 10);
  ck_assert_uint_eq(wasmrt_table_grow(&record.table, 1, NULL), UINT64_MAX);
  wasmrt_table_destroy(&record);
  create(2, UINT64_MAX, 5);
  ck_assert_uint_eq(wasmrt_table_grow(&record.table, 4, NULL), UINT64_MAX);
  ck_assert_uint_eq(record.declared_max, UINT64_MAX);
  wasmrt_table_destroy(&record);
  create(0, UINT64_MAX, 0);
  ck_assert_uint_eq(wasmrt_table_grow(&record.table, WASMRT_TABLE_MAX + 1, NULL), UINT64_MAX);
  ck_assert_uint_eq(wasmrt_table_grow(&record.table, WASMRT_TABLE_MAX, NULL), 0);
  wasmrt_table_destroy(&record);
  const struct wasmrt_limits limits = {.min = 6, .max = UINT64_MAX, .type = WASMRT_FUNCREF};
  ck_assert_int_eq(wasmrt_table_create(&record, &limits, storage, 5, &error), WASMRT_ERROR_MEMORY);
}
END_TEST

int main(void) {
  const TTest *const tests[] = {get_and_set, growth_keeps_entries, growth_has_limits};
  return run_suite("table", tests, sizeof tests / sizeof *tests);
}
