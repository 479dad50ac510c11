/* A recursive search: all ways to place queens that attack no other, by bit sets. */
#include "kernel.h"

enum { N = 13 };

static uint32_t board[N];
static uint64_t sum;

static uint32_t place(int row, uint32_t columns, uint32_t left, uint32_t right) {
  if (row == N) {
    sum = sum * 31 + board[0] * board[N - 1] + board[N / 2];
    return 1;
  }
  uint32_t count = 0, free = ~(columns | left | right) & ((1u << N) - 1);
  while (free != 0) {
    uint32_t queen = free & -free;
    free ^= queen;
    board[row] = queen;
    count += place(row + 1, columns | queen, (left | queen) << 1, (right | queen) >> 1);
  }
  return count;
}

uint64_t kernel(void) {
  sum = 0;
  return mix(sum, place(0, 0, 0, 0)) + sum;
}
