/* Linear memories: modes, growth and its limits, views. */
#define _GNU_SOURCE
#include <errno.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "guest.h"

static struct wasmrt_memory_record record;

static enum wasmrt_status create(enum wasmrt_memory_mode mode, uint64_t min, uint64_t max,
                                 uint64_t max_bytes) {
  const struct wasmrt_limits limits = {.min = min, .max = max, .page_log2 = 16};
  return wasmrt_memory_create(&record, &limits, mode, max_bytes, &error);
}

/* Whether a page can be reached: the system call fails where access would. */
static bool is_accessible(const uint8_t *address) {
  int pipes[2];
  ck_assert_int_eq(pipe(pipes), 0);
  const bool result = write(pipes[1], address, 1) == 1;
  ck_assert(result || errno == EFAULT);
  close(pipes[0]);
  close(pipes[1]);
  return result;
}

START_TEST(guarded) {
  ck_assert_int_eq(create(WASMRT_MEMORY_GUARD, 1, UINT64_MAX, 0), WASMRT_OK);
  uint8_t *base = record.memory.base;
  ck_assert_uint_eq((uintptr_t)base % (2 << 20), 0);
  ck_assert_uint_eq(record.memory.size, 65536);
  ck_assert_uint_eq(record.memory.max_pages, 65536);
  ck_assert(is_accessible(base) && is_accessible(base + 65535));
  ck_assert(!is_accessible(base - 1) && !is_accessible(base - WASMRT_GUARD_BELOW));
  ck_assert(!is_accessible(base + 65536) && !is_accessible(base + WASMRT_RESERVATION - 1));
  ck_assert_ptr_eq(wasmrt_range_find(&wasmrt_memory_ranges, (uintptr_t)base - WASMRT_GUARD_BELOW), &record);
  ck_assert_ptr_eq(wasmrt_range_find(&wasmrt_memory_ranges, (uintptr_t)base + WASMRT_RESERVATION - 1),
                   &record);
  wasmrt_memory_destroy(&record);
  ck_assert_ptr_null(wasmrt_range_find(&wasmrt_memory_ranges, (uintptr_t)base));
}
END_TEST

static const enum wasmrt_memory_mode modes[] = {WASMRT_MEMORY_GUARD, WASMRT_MEMORY_CHECK,
                                                WASMRT_MEMORY_STATIC_GUARD, WASMRT_MEMORY_STATIC_CHECK};

/* A sanitizer's shadow memory lies where static memories do, and needs more address space than a test can
 * leave. */
static bool is_possible(enum wasmrt_memory_mode mode) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  const bool is_sanitized = true;
#elif defined(__has_feature)
  const bool is_sanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
  const bool is_sanitized = false;
#endif
  return !is_sanitized || mode == WASMRT_MEMORY_GUARD || mode == WASMRT_MEMORY_CHECK;
}

START_TEST(growth) {
  for (size_t i = 0; i < 4; i++) {
    if (!is_possible(modes[i])) {
      continue;
    }
    ck_assert_int_eq(create(modes[i], 1, 40, 0), WASMRT_OK);
    struct wasmrt_memory *memory = &record.memory;
    memory->base[65535] = 77;
    ck_assert_uint_eq(wasmrt_memory_grow(memory, 0), 1);
    ck_assert_uint_eq(wasmrt_memory_grow(memory, 2), 1);
    ck_assert_uint_eq(wasmrt_memory_size(memory), 3 * 65536);
    ck_assert_uint_eq(memory->base[65535], 77);
    ck_assert_uint_eq(memory->base[3 * 65536 - 1], 0);
    ck_assert_uint_eq(wasmrt_memory_grow(memory, 38), UINT64_MAX);
    ck_assert_uint_eq(wasmrt_memory_grow(memory, UINT64_MAX), UINT64_MAX);
    ck_assert_uint_eq(wasmrt_memory_grow(memory, UINT64_MAX - 2), UINT64_MAX);
    ck_assert_uint_eq(wasmrt_memory_size(memory), 3 * 65536);
    ck_assert_uint_eq(wasmrt_memory_grow(memory, 37), 3);
    memory->base[40 * 65536 - 1] = 1;
    ck_assert_uint_eq(wasmrt_memory_grow(memory, 1), UINT64_MAX);
    ck_assert_uint_eq(wasmrt_memory_grow(memory, 0), 40);
    wasmrt_memory_destroy(&record);
  }
}
END_TEST

START_TEST(static_address) {
  if (!is_possible(WASMRT_MEMORY_STATIC_GUARD)) {
    return;
  }
  ck_assert_int_eq(create(WASMRT_MEMORY_STATIC_GUARD, 1, 1, 0), WASMRT_OK);
  ck_assert_uint_eq((uintptr_t)record.memory.base, WASMRT_STATIC_MEMORY_BASE);
  /* A second one has no place. */
  struct wasmrt_memory_record first = record;
  ck_assert_int_eq(create(WASMRT_MEMORY_STATIC_CHECK, 1, 1, 0), WASMRT_ERROR_MEMORY);
  ck_assert_ptr_nonnull(strstr(error.message, "--model=instance"));
  ck_assert_int_eq(create(WASMRT_MEMORY_STATIC_GUARD, 1, 1, 0), WASMRT_ERROR_MEMORY);
  ck_assert_ptr_nonnull(strstr(error.message, "--model=instance"));
  wasmrt_memory_destroy(&first);
  ck_assert_int_eq(create(WASMRT_MEMORY_STATIC_GUARD, 0, 0, 0), WASMRT_OK);
  wasmrt_memory_destroy(&record);
}
END_TEST

/* It reserves what it may grow to, which for a 64-bit memory would be all that there is. */
START_TEST(static_memories_of_64_bits) {
  if (!is_possible(WASMRT_MEMORY_STATIC_CHECK)) {
    return;
  }
  const struct wasmrt_limits limits = {
      .min = 1, .max = UINT64_MAX, .page_log2 = 16, .flags = WASMRT_LIMITS_64};
  ck_assert_int_eq(wasmrt_memory_create(&record, &limits, WASMRT_MEMORY_STATIC_CHECK, 0, &error), WASMRT_OK);
  ck_assert_uint_le(record.mapping_size, UINT64_C(1) << 36);
  ck_assert_uint_gt(record.mapping_size, UINT64_C(1) << 32);
  ck_assert_uint_eq(wasmrt_memory_grow(&record.memory, 65536), 1);
  record.memory.base[UINT64_C(1) << 32] = 1;
  ck_assert_uint_eq(wasmrt_memory_grow(&record.memory, UINT64_C(1) << 20), UINT64_MAX);
  wasmrt_memory_destroy(&record);
}
END_TEST

START_TEST(moving_memories_tell_their_users) {
  struct wasmrt_instance instances[2] = {{0}, {0}};
  struct wasmrt_runtime second = {.instance = &instances[1]};
  struct wasmrt_runtime first = {.instance = &instances[0], .next_user = &second};
  ck_assert_int_eq(create(WASMRT_MEMORY_CHECK, 1, UINT64_MAX, 0), WASMRT_OK);
  record.users = &first;
  for (int i = 0; i < 12; i++) {
    ck_assert_uint_ne(wasmrt_memory_grow(&record.memory, UINT64_C(1) << i), UINT64_MAX);
    ck_assert_ptr_eq(instances[0].memory_base, record.memory.base);
    ck_assert_ptr_eq(instances[1].memory_base, record.memory.base);
  }
  wasmrt_memory_destroy(&record);
}
END_TEST

START_TEST(growth_limits) {
  for (size_t i = 0; i < 2; i++) {
    ck_assert_int_eq(create(modes[i], 65537, UINT64_MAX, 0), WASMRT_ERROR_MEMORY);
    ck_assert_int_eq(create(modes[i], UINT64_MAX, UINT64_MAX, 0), WASMRT_ERROR_MEMORY);
    ck_assert_int_eq(create(modes[i], 3, 5, 2 * 65536), WASMRT_ERROR_MEMORY);
    /* What is no whole page does not count. */
    ck_assert_int_eq(create(modes[i], 2, 5, 3 * 65536 - 1), WASMRT_OK);
    ck_assert_uint_eq(wasmrt_memory_grow(&record.memory, 1), UINT64_MAX);
    ck_assert_uint_eq(record.declared_max, 5);
    wasmrt_memory_destroy(&record);
    ck_assert_int_eq(create(modes[i], 0, UINT64_MAX, 0), WASMRT_OK);
    ck_assert_uint_eq(wasmrt_memory_grow(&record.memory, 65537), UINT64_MAX);
    ck_assert_uint_eq(wasmrt_memory_grow(&record.memory, 1), 0);
    wasmrt_memory_destroy(&record);
  }
}
END_TEST

START_TEST(largest_memory) {
  ck_assert_int_eq(create(WASMRT_MEMORY_GUARD, 0, UINT64_MAX, 0), WASMRT_OK);
  ck_assert_uint_eq(wasmrt_memory_grow(&record.memory, 65536), 0);
  uint8_t *last = record.memory.base + UINT32_MAX;
  *last = 9;
  ck_assert(!is_accessible(last + 1));
  uint8_t byte;
  ck_assert(wasmrt_memory_read(&record.memory, UINT32_MAX, &byte, 1));
  ck_assert_uint_eq(byte, 9);
  wasmrt_memory_destroy(&record);
}
END_TEST

START_TEST(little_address_space) {
  if (!is_possible(WASMRT_MEMORY_STATIC_CHECK)) {
    return;
  }
  const struct rlimit limit = {UINT64_C(2) << 30, UINT64_C(2) << 30};
  ck_assert_int_eq(setrlimit(RLIMIT_AS, &limit), 0);
  ck_assert_int_eq(create(WASMRT_MEMORY_GUARD, 1, 1, 0), WASMRT_ERROR_MEMORY);
  ck_assert_ptr_nonnull(strstr(error.message, "--bounds=check"));
  ck_assert_int_eq(create(WASMRT_MEMORY_STATIC_GUARD, 1, 1, 0), WASMRT_ERROR_MEMORY);
  ck_assert_ptr_nonnull(strstr(error.message, "--bounds=check"));
  /* A static memory gets as much as there is. */
  ck_assert_int_eq(create(WASMRT_MEMORY_STATIC_CHECK, 1, UINT64_MAX, 0), WASMRT_OK);
  ck_assert_uint_eq(record.memory.max_pages, 16384);
  ck_assert_uint_eq(wasmrt_memory_grow(&record.memory, 16383), 1);
  ck_assert_uint_eq(wasmrt_memory_grow(&record.memory, 1), UINT64_MAX);
  wasmrt_memory_destroy(&record);
  ck_assert_int_eq(create(WASMRT_MEMORY_CHECK, 1, UINT64_MAX, 0), WASMRT_OK);
  ck_assert_uint_eq(wasmrt_memory_grow(&record.memory, 16000), 1);
  ck_assert_uint_eq(wasmrt_memory_grow(&record.memory, 30000), UINT64_MAX);
  ck_assert_uint_eq(record.memory.size, UINT64_C(16001) << 16);
  wasmrt_memory_destroy(&record);
}
END_TEST

START_TEST(views) {
  ck_assert_int_eq(create(WASMRT_MEMORY_GUARD, 1, 1, 0), WASMRT_OK);
  const struct wasmrt_memory *memory = &record.memory;
  uint8_t *base = wasmrt_memory_data(memory);
  ck_assert_ptr_eq(wasmrt_memory_view(memory, 0, 65536), base);
  ck_assert_ptr_eq(wasmrt_memory_view(memory, 65535, 1), base + 65535);
  ck_assert_ptr_eq(wasmrt_memory_view(memory, 65536, 0), base + 65536);
  ck_assert_ptr_null(wasmrt_memory_view(memory, 65536, 1));
  ck_assert_ptr_null(wasmrt_memory_view(memory, 65537, 0));
  ck_assert_ptr_null(wasmrt_memory_view(memory, 1, UINT64_MAX));
  ck_assert_ptr_null(wasmrt_memory_view(memory, UINT64_MAX, 1));
  ck_assert_ptr_null(wasmrt_memory_view(memory, UINT64_MAX, 2));
  const uint32_t value = 0x01020304;
  uint32_t copy = 0;
  ck_assert(wasmrt_memory_write(&record.memory, 65532, &value, 4));
  ck_assert(wasmrt_memory_read(memory, 65532, &copy, 4));
  ck_assert_uint_eq(copy, value);
  ck_assert_uint_eq(base[65532], 4);
  ck_assert(!wasmrt_memory_write(&record.memory, 65533, &value, 4));
  ck_assert(!wasmrt_memory_read(memory, 65533, &copy, 4));
  ck_assert_uint_eq(base[65535], 1);
  wasmrt_memory_destroy(&record);
}
END_TEST

START_TEST(small_pages) {
  const struct wasmrt_limits limits = {.min = 3, .max = 100000, .page_log2 = 0};
  ck_assert_int_eq(wasmrt_memory_create(&record, &limits, WASMRT_MEMORY_CHECK, 0, &error), WASMRT_OK);
  ck_assert_uint_eq(record.memory.size, 3);
  ck_assert_uint_eq(wasmrt_memory_grow(&record.memory, 5000), 3);
  ck_assert_uint_eq(record.memory.size, 5003);
  record.memory.base[5002] = 1;
  ck_assert_uint_eq(wasmrt_memory_grow(&record.memory, 100000), UINT64_MAX);
  wasmrt_memory_destroy(&record);
}
END_TEST

int main(void) {
  const TTest *const tests[] = {guarded,
                                growth,
                                static_address,
                                static_memories_of_64_bits,
                                moving_memories_tell_their_users,
                                growth_limits,
                                largest_memory,
                                little_address_space,
                                views,
                                small_pages};
  return run_suite("memory", tests, sizeof tests / sizeof *tests);
}
