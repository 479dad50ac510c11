/* Quicksort with insertion sort for short runs, and a heap sort, of random integers. */
#include "kernel.h"

enum { COUNT = 400000 };

static int32_t numbers[COUNT];

static void swap(int32_t *a, int32_t *b) {
  int32_t t = *a;
  *a = *b;
  *b = t;
}

static void insertion_sort(int32_t *from, int32_t *to) {
  for (int32_t *p = from + 1; p < to; p++) {
    int32_t value = *p, *q = p;
    for (; q > from && q[-1] > value; q--) {
      *q = q[-1];
    }
    *q = value;
  }
}

static void quick_sort(int32_t *from, int32_t *to) {
  while (to - from > 16) {
    int32_t pivot = from[(to - from) / 2];
    int32_t *low = from, *high = to - 1;
    while (low <= high) {
      while (*low < pivot) {
        low++;
      }
      while (*high > pivot) {
        high--;
      }
      if (low <= high) {
        swap(low++, high--);
      }
    }
    quick_sort(from, high + 1);
    from = low;
  }
  insertion_sort(from, to);
}

static void sift_down(int32_t *heap, int root, int count) {
  for (int child; (child = 2 * root + 1) < count; root = child) {
    child += child + 1 < count && heap[child + 1] > heap[child];
    if (heap[root] >= heap[child]) {
      return;
    }
    swap(&heap[root], &heap[child]);
  }
}

static void heap_sort(int32_t *heap, int count) {
  for (int i = count / 2; i-- > 0;) {
    sift_down(heap, i, count);
  }
  while (count-- > 1) {
    swap(&heap[0], &heap[count]);
    sift_down(heap, 0, count);
  }
}

static uint64_t fill_and_sum(uint64_t seed) {
  uint64_t sum = 0;
  for (int i = 0; i < COUNT; i++) {
    if (i % 1000 == 0) {
      sum = mix(sum, (uint64_t)numbers[i]);
    }
    numbers[i] = (int32_t)next_random(&seed);
  }
  return sum;
}

uint64_t kernel(void) {
  fill_and_sum(1);
  quick_sort(numbers, numbers + COUNT);
  uint64_t sum = fill_and_sum(2);
  heap_sort(numbers, COUNT);
  return sum + fill_and_sum(3);
}
