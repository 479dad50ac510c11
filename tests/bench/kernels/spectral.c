/* The spectral norm of an infinite matrix given by a formula, by the power method: divisions of integers as
 * doubles. */
#include "kernel.h"

#include <math.h>

enum { N = 600, ROUNDS = 8 };

static double u[N], v[N], w[N];

static double element(int i, int j) {
  return 1.0 / ((i + j) * (i + j + 1) / 2 + i + 1);
}

static void multiply(const double *from, double *to) {
  for (int i = 0; i < N; i++) {
    double sum = 0;
    for (int j = 0; j < N; j++) {
      sum += element(i, j) * from[j];
    }
    to[i] = sum;
  }
}

static void multiply_transposed(const double *from, double *to) {
  for (int i = 0; i < N; i++) {
    double sum = 0;
    for (int j = 0; j < N; j++) {
      sum += element(j, i) * from[j];
    }
    to[i] = sum;
  }
}

uint64_t kernel(void) {
  for (int i = 0; i < N; i++) {
    u[i] = 1;
  }
  for (int round = 0; round < ROUNDS; round++) {
    multiply(u, w);
    multiply_transposed(w, v);
    multiply(v, w);
    multiply_transposed(w, u);
  }
  double uv = 0, vv = 0;
  for (int i = 0; i < N; i++) {
    uv += u[i] * v[i];
    vv += v[i] * v[i];
  }
  return mix_double(0, sqrt(uv / vv));
}
