/* Bulk operations: bounds first, nothing written on a trap, no overflow, dropped segments. */
#include "guest.h"

enum { ENTRIES = 6 };

static struct wasmrt_memory memory;
static struct wasmrt_table tables[2];
static struct wasmrt_module module;
static struct wasmrt_instance instance;
static uint8_t bytes[16];
static void *entries[2][ENTRIES];
static uint8_t dropped[4]; /* two element segments, two data segments */
static struct wasmrt_funcref functions[3];
static void *computed[2] = {&bytes[0], &bytes[1]};
static void **element_storage[2] = {NULL, computed};

static void set_up(void) {
  static const uint32_t slots[] = {0, WASMRT_NULL_SLOT, 2};
  static const struct wasmrt_element elements[] = {{slots, 3}, {NULL, 2}};
  static const struct wasmrt_data data[] = {{(const uint8_t *)"abcd", 4}, {NULL, 0}};
  static struct wasmrt_memory *memories[] = {&memory};
  static struct wasmrt_table *table_list[] = {&tables[0], &tables[1]};
  memset(bytes, '.', sizeof bytes);
  memset(entries, 0, sizeof entries);
  memset(dropped, 0, sizeof dropped);
  memory = (struct wasmrt_memory){.base = bytes, .size = sizeof bytes};
  for (int i = 0; i < 2; i++) {
    tables[i] = (struct wasmrt_table){.entries = entries[i], .size = ENTRIES};
  }
  module = (struct wasmrt_module){.element_count = 2, .data_count = 2, .elements = elements, .data = data};
  instance = (struct wasmrt_instance){.module = &module,
                                      .memories = memories,
                                      .tables = table_list,
                                      .functions = functions,
                                      .elements = element_storage,
                                      .dropped = dropped};
}

/* An operation with the arguments of most of them, run such that it can trap. */
struct operation {
  enum { MEMORY_INIT, TABLE_INIT, TABLE_COPY, TABLE_FILL } what;
  uint32_t first, second;
  uint64_t to, from, count;
};

static void run(void *code, void *unused, uint64_t *slots) {
  (void)unused, (void)slots;
  const struct operation *o = code;
  switch (o->what) {
  case MEMORY_INIT:
    wasmrt_op_memory_init(&instance, o->first, o->second, o->to, o->from, o->count);
    break;
  case TABLE_INIT:
    wasmrt_op_table_init(&instance, o->first, o->second, o->to, o->from, o->count);
    break;
  case TABLE_COPY:
    wasmrt_op_table_copy(&instance, o->first, o->second, o->to, o->from, o->count);
    break;
  case TABLE_FILL:
    wasmrt_op_table_fill(&instance, o->first, o->to, &bytes[o->from], o->count);
    break;
  }
}

static enum wasmrt_status perform(struct operation operation) {
  return wasmrt_protect(run, &operation, NULL, NULL, &error);
}

START_TEST(memory_init) {
  set_up();
  ck_assert_int_eq(perform((struct operation){MEMORY_INIT, 0, 0, 12, 0, 4}), WASMRT_OK);
  ck_assert_int_eq(perform((struct operation){MEMORY_INIT, 0, 0, 0, 3, 1}), WASMRT_OK);
  ck_assert_mem_eq(bytes, "d...........abcd", 16);
  ck_assert_int_eq(perform((struct operation){MEMORY_INIT, 0, 0, 16, 4, 0}), WASMRT_OK);
  ck_assert_int_eq(perform((struct operation){MEMORY_INIT, 0, 1, 16, 0, 0}), WASMRT_OK);
  static const uint64_t wrong[][3] = {{13, 0, 4},         {0, 1, 4},          {17, 0, 0},        {0, 5, 0},
                                      {UINT64_MAX, 0, 2}, {0, UINT64_MAX, 2}, {0, 0, UINT64_MAX}};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    ck_assert_trap(perform((struct operation){MEMORY_INIT, 0, 0, wrong[i][0], wrong[i][1], wrong[i][2]}),
                   WASMRT_TRAP_MEMORY_OUT_OF_BOUNDS);
  }
  ck_assert_mem_eq(bytes, "d...........abcd", 16);
}
END_TEST

START_TEST(data_drop) {
  set_up();
  wasmrt_op_data_drop(&instance, 0);
  ck_assert_mem_eq(dropped, "\0\0\1\0", 4);
  ck_assert_int_eq(perform((struct operation){MEMORY_INIT, 0, 0, 16, 0, 0}), WASMRT_OK);
  ck_assert_trap(perform((struct operation){MEMORY_INIT, 0, 0, 0, 0, 1}), WASMRT_TRAP_MEMORY_OUT_OF_BOUNDS);
  ck_assert_trap(perform((struct operation){MEMORY_INIT, 0, 0, 0, 1, 0}), WASMRT_TRAP_MEMORY_OUT_OF_BOUNDS);
}
END_TEST

START_TEST(table_init) {
  set_up();
  entries[0][1] = &bytes[5];
  ck_assert_int_eq(perform((struct operation){TABLE_INIT, 0, 0, 0, 0, 3}), WASMRT_OK);
  ck_assert_ptr_eq(entries[0][0], &functions[0]);
  ck_assert_ptr_null(entries[0][1]);
  ck_assert_ptr_eq(entries[0][2], &functions[2]);
  ck_assert_int_eq(perform((struct operation){TABLE_INIT, 1, 1, 5, 1, 1}), WASMRT_OK);
  ck_assert_ptr_eq(entries[1][5], computed[1]);
  static const uint64_t wrong[][3] = {{4, 0, 3}, {0, 1, 3},          {7, 0, 0},
                                      {0, 4, 0}, {UINT64_MAX, 0, 2}, {0, UINT64_MAX, 2}};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    ck_assert_trap(perform((struct operation){TABLE_INIT, 1, 0, wrong[i][0], wrong[i][1], wrong[i][2]}),
                   WASMRT_TRAP_TABLE_OUT_OF_BOUNDS);
  }
  ck_assert_ptr_null(entries[1][4]);
  wasmrt_op_elem_drop(&instance, 1);
  ck_assert_int_eq(perform((struct operation){TABLE_INIT, 1, 1, 6, 0, 0}), WASMRT_OK);
  ck_assert_trap(perform((struct operation){TABLE_INIT, 1, 1, 0, 0, 1}), WASMRT_TRAP_TABLE_OUT_OF_BOUNDS);
}
END_TEST

START_TEST(table_copy) {
  set_up();
  for (int i = 0; i < ENTRIES; i++) {
    entries[0][i] = &bytes[i];
  }
  ck_assert_int_eq(perform((struct operation){TABLE_COPY, 1, 0, 4, 1, 2}), WASMRT_OK);
  ck_assert_ptr_eq(entries[1][4], &bytes[1]);
  ck_assert_ptr_eq(entries[1][5], &bytes[2]);
  /* Overlapping, both ways. */
  ck_assert_int_eq(perform((struct operation){TABLE_COPY, 0, 0, 1, 0, 5}), WASMRT_OK);
  ck_assert_ptr_eq(entries[0][5], &bytes[4]);
  ck_assert_ptr_eq(entries[0][1], &bytes[0]);
  ck_assert_int_eq(perform((struct operation){TABLE_COPY, 0, 0, 0, 1, 5}), WASMRT_OK);
  ck_assert_ptr_eq(entries[0][4], &bytes[4]);
  ck_assert_int_eq(perform((struct operation){TABLE_COPY, 0, 1, 6, 6, 0}), WASMRT_OK);
  static const uint64_t wrong[][3] = {{5, 0, 2}, {0, 5, 2},          {7, 0, 0},
                                      {0, 7, 0}, {UINT64_MAX, 0, 2}, {0, UINT64_MAX, 2}};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    ck_assert_trap(perform((struct operation){TABLE_COPY, 0, 1, wrong[i][0], wrong[i][1], wrong[i][2]}),
                   WASMRT_TRAP_TABLE_OUT_OF_BOUNDS);
  }
  ck_assert_ptr_eq(entries[0][4], &bytes[4]);
}
END_TEST

START_TEST(table_fill) {
  set_up();
  ck_assert_int_eq(perform((struct operation){TABLE_FILL, 1, 0, 2, 7, 4}), WASMRT_OK);
  ck_assert_ptr_null(entries[1][1]);
  ck_assert_ptr_eq(entries[1][2], &bytes[7]);
  ck_assert_ptr_eq(entries[1][5], &bytes[7]);
  ck_assert_int_eq(perform((struct operation){TABLE_FILL, 1, 0, 6, 7, 0}), WASMRT_OK);
  ck_assert_trap(perform((struct operation){TABLE_FILL, 1, 0, 5, 3, 2}), WASMRT_TRAP_TABLE_OUT_OF_BOUNDS);
  ck_assert_trap(perform((struct operation){TABLE_FILL, 1, 0, 7, 3, 0}), WASMRT_TRAP_TABLE_OUT_OF_BOUNDS);
  ck_assert_trap(perform((struct operation){TABLE_FILL, 1, 0, 2, 3, UINT64_MAX}),
                 WASMRT_TRAP_TABLE_OUT_OF_BOUNDS);
  ck_assert_ptr_eq(entries[1][5], &bytes[7]);
}
END_TEST

int main(void) {
  const TTest *const tests[] = {memory_init, data_drop, table_init, table_copy, table_fill};
  return run_suite("bulk", tests, sizeof tests / sizeof *tests);
}
