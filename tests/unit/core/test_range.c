/* The registry of address ranges. */
#include <pthread.h>

#include "guest.h"

/* Far from anything the other tests register. */
static const void *at(uintptr_t offset) {
  return (const void *)(UINT64_C(0x100000000000) + offset);
}

static const void *find(uintptr_t offset) {
  return wasmrt_range_find(&wasmrt_memory_ranges, (uintptr_t)at(offset));
}

START_TEST(ends_of_a_range) {
  int owner = 0;
  ck_assert(wasmrt_range_add(&wasmrt_memory_ranges, at(100), at(200), &owner));
  ck_assert_ptr_null(find(99));
  ck_assert_ptr_eq(find(100), &owner);
  ck_assert_ptr_eq(find(199), &owner);
  ck_assert_ptr_null(find(200));
  wasmrt_range_remove(&wasmrt_memory_ranges, &owner);
  ck_assert_ptr_null(find(100));
}
END_TEST

START_TEST(users_share_a_range) {
  int owner = 0, other = 0;
  ck_assert(wasmrt_range_add(&wasmrt_memory_ranges, at(0), at(10), &owner));
  ck_assert(wasmrt_range_add(&wasmrt_memory_ranges, at(0), at(10), &owner));
  wasmrt_range_remove(&wasmrt_memory_ranges, &other);
  wasmrt_range_remove(&wasmrt_memory_ranges, &owner);
  ck_assert_ptr_eq(find(0), &owner);
  wasmrt_range_remove(&wasmrt_memory_ranges, &owner);
  ck_assert_ptr_null(find(0));
}
END_TEST

static void count_owner(void *context, const void *owner) {
  (void)owner;
  ++*(int *)context;
}

START_TEST(owners_of_one_range) {
  int owner = 0, other = 0, count = 0;
  ck_assert(wasmrt_range_add(&wasmrt_memory_ranges, at(0), at(10), &owner));
  ck_assert(wasmrt_range_add(&wasmrt_memory_ranges, at(0), at(10), &other));
  wasmrt_range_visit(&wasmrt_memory_ranges, (uintptr_t)at(5), count_owner, &count);
  ck_assert_int_eq(count, 2);
  wasmrt_range_remove(&wasmrt_memory_ranges, &owner);
  ck_assert_ptr_eq(find(5), &other);
  wasmrt_range_remove(&wasmrt_memory_ranges, &other);
}
END_TEST

/* More than the first chunks hold; what is removed leaves room for others. */
START_TEST(many_ranges) {
  enum { MANY = 3000 };
  static char owners[MANY];
  for (int round = 0; round < 2; round++) {
    for (uintptr_t i = 0; i < MANY; i++) {
      ck_assert(wasmrt_range_add(&wasmrt_memory_ranges, at(i * 10), at(i * 10 + 9), &owners[i]));
    }
    for (uintptr_t i = 0; i < MANY; i++) {
      ck_assert_ptr_eq(find(i * 10 + 8), &owners[i]);
      ck_assert_ptr_null(find(i * 10 + 9));
    }
    for (uintptr_t i = 0; i < MANY; i++) {
      wasmrt_range_remove(&wasmrt_memory_ranges, &owners[i]);
      ck_assert_ptr_null(find(i * 10));
    }
  }
}
END_TEST

/* Threads add and remove ranges of their own and always find those, whatever the others do. */
static void *churn(void *argument) {
  const uintptr_t number = (uintptr_t)argument;
  for (int i = 0; i < 20000; i++) {
    if (!wasmrt_range_add(&wasmrt_memory_ranges, at(number * 1000), at(number * 1000 + 500), at(number)) ||
        find(number * 1000 + 250) != at(number) || find(number * 1000 + 750) != NULL) {
      return (void *)1;
    }
    wasmrt_range_remove(&wasmrt_memory_ranges, at(number));
    if (find(number * 1000 + 250) != NULL) {
      return (void *)1;
    }
  }
  return NULL;
}

START_TEST(threads_do_not_disturb_each_other) {
  enum { THREADS = 4 };
  pthread_t threads[THREADS];
  for (uintptr_t i = 0; i < THREADS; i++) {
    ck_assert_int_eq(pthread_create(&threads[i], NULL, churn, (void *)(i + 1)), 0);
  }
  for (int i = 0; i < THREADS; i++) {
    void *failed;
    pthread_join(threads[i], &failed);
    ck_assert_ptr_null(failed);
  }
}
END_TEST

int main(void) {
  const TTest *const tests[] = {ends_of_a_range, users_share_a_range, owners_of_one_range, many_ranges,
                                threads_do_not_disturb_each_other};
  return run_suite("range", tests, sizeof tests / sizeof *tests);
}
