/* Multiplies matrices of floats by blocks of 4 rows and 8 columns that stay in registers: broadcasts,
 * multiplications, additions. Vector types say all of it. Products have names, since C lets compilers fuse
 * what one expression multiplies and adds, and WebAssembly does not. */
#include "../kernel.h"

#include <string.h>

enum { N = 256 };

typedef float floats __attribute__((vector_size(16)));

static float a[N][N], b[N][N], c[N][N];

static inline floats load(const float *from) {
  floats v;
  memcpy(&v, from, sizeof v);
  return v;
}

static void block(int row, int column) {
  floats sums[4][2] = {0};
  for (int k = 0; k < N; k++) {
    floats left = load(&b[k][column]), right = load(&b[k][column + 4]);
    for (int i = 0; i < 4; i++) {
      floats left_product = a[row + i][k] * left, right_product = a[row + i][k] * right;
      sums[i][0] += left_product;
      sums[i][1] += right_product;
    }
  }
  for (int i = 0; i < 4; i++) {
    memcpy(&c[row + i][column], sums[i], sizeof sums[i]);
  }
}

uint64_t kernel(void) {
  if (a[0][0] == 0) {
    for (int i = 0; i < N; i++) {
      for (int j = 0; j < N; j++) {
        a[i][j] = (float)((i * j + 1) % 17) / 4;
        b[i][j] = (float)((i - j + N) % 13) / 8;
      }
    }
  }
  for (int column = 0; column < N; column += 8) {
    for (int row = 0; row < N; row += 4) {
      block(row, column);
    }
  }
  uint64_t sum = 0;
  for (int i = 0; i < N; i++) {
    sum = mix_double(sum, (double)c[i][i * 7 % N]);
  }
  return sum;
}
