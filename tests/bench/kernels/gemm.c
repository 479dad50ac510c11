/* Dense linear algebra: C += A * B on matrices of doubles, in the order that suits the cache. */
#include "kernel.h"

enum { N = 320 };

static double a[N][N], b[N][N], c[N][N];

uint64_t kernel(void) {
  for (int i = 0; i < N; i++) {
    for (int j = 0; j < N; j++) {
      a[i][j] = (i * j + 1) % 17 / 4.0;
      b[i][j] = (i - j + N) % 13 / 8.0;
      c[i][j] = 0;
    }
  }
  for (int i = 0; i < N; i++) {
    for (int k = 0; k < N; k++) {
      for (int j = 0; j < N; j++) {
        c[i][j] += a[i][k] * b[k][j];
      }
    }
  }
  uint64_t sum = 0;
  for (int i = 0; i < N; i++) {
    sum = mix_double(sum, c[i][i * 7 % N]);
  }
  return sum;
}
