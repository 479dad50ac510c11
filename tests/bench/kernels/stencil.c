/* A five-point stencil: heat spreading over a plate, two arrays in turn. */
#include "kernel.h"

enum { N = 512, STEPS = 60 };

static double plate[2][N][N];

uint64_t kernel(void) {
  for (int i = 0; i < N; i++) {
    for (int j = 0; j < N; j++) {
      plate[0][i][j] = plate[1][i][j] = i == 0 ? 100.0 : (i * 31 + j * 17) % 23;
    }
  }
  for (int step = 0; step < STEPS; step++) {
    double(*from)[N] = plate[step % 2], (*to)[N] = plate[(step + 1) % 2];
    for (int i = 1; i < N - 1; i++) {
      for (int j = 1; j < N - 1; j++) {
        to[i][j] =
            0.5 * from[i][j] + 0.125 * (from[i - 1][j] + from[i + 1][j] + from[i][j - 1] + from[i][j + 1]);
      }
    }
  }
  uint64_t sum = 0;
  for (int i = 0; i < N; i++) {
    sum = mix_double(sum, plate[STEPS % 2][i][i * 5 % N]);
  }
  return sum;
}
