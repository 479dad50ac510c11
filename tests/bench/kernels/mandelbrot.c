/* The Mandelbrot set: a loop of multiplications that ends at a different count for each pixel. */
#include "kernel.h"

enum { WIDTH = 640, HEIGHT = 400, LIMIT = 200 };

uint64_t kernel(void) {
  uint64_t sum = 0;
  for (int row = 0; row < HEIGHT; row++) {
    for (int column = 0; column < WIDTH; column++) {
      double cx = 3.0 * column / WIDTH - 2.0, cy = 2.0 * row / HEIGHT - 1.0;
      double x = 0, y = 0;
      uint32_t count = 0;
      while (count < LIMIT && x * x + y * y < 4.0) {
        double next = x * x - y * y + cx;
        y = 2 * x * y + cy;
        x = next;
        count++;
      }
      sum += count * (uint32_t)(row ^ column);
    }
  }
  return sum;
}
