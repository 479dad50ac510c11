/* One program of libjpeg-turbo's two, and a third that draws a picture for them: what runs is named by the
 * first argument.
 *
 *   main draw WIDTH HEIGHT FILE.ppm | main cjpeg ARGUMENT... | main djpeg ARGUMENT...
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* cjpeg.c and djpeg.c, whose main functions are renamed when they are compiled. */
int cjpeg_main(int argc, char **argv);
int djpeg_main(int argc, char **argv);

/* Steps until a point leaves the Mandelbrot set, in numbers of 12 bits of fraction. */
static uint32_t escape(int32_t x0, int32_t y0) {
  int32_t x = 0, y = 0;
  uint32_t steps = 0;
  while (steps < 255 && x * x + y * y < 4 << 24) {
    int32_t next = (x * x - y * y) / 4096 + x0;
    y = x * y / 2048 + y0;
    x = next;
    steps++;
  }
  return steps;
}

/* Smooth areas, sharp edges, fine detail and noise: all that a codec of photographs meets. */
static int draw(int32_t width, int32_t height, const char *path) {
  FILE *file = fopen(path, "wb");
  if (!file) {
    perror(path);
    return 1;
  }
  fprintf(file, "P6\n%d %d\n255\n", (int)width, (int)height);
  uint32_t noise = 1;
  for (int32_t y = 0; y < height; y++) {
    for (int32_t x = 0; x < width; x++) {
      noise = noise * 1664525 + 1013904223;
      uint32_t steps = escape(x * 14336 / width - 10240, y * 10240 / height - 5120);
      uint32_t grain = x > width / 2 && y > height / 2 ? noise >> 26 : 0;
      uint32_t stripes = (x / 4 + y / 6) % 2 && y < height / 4 ? 90 : 0;
      putc((int)(steps * 7 + grain) & 255, file);
      putc((int)((uint32_t)(x * 255 / width) / 2 + stripes + grain), file);
      putc((int)((uint32_t)(y * 191 / height) + grain), file);
    }
  }
  return fclose(file) != 0;
}

int main(int argc, char **argv) {
  if (argc == 5 && strcmp(argv[1], "draw") == 0) {
    return draw(atoi(argv[2]), atoi(argv[3]), argv[4]);
  }
  if (argc > 1 && strcmp(argv[1], "cjpeg") == 0) {
    return cjpeg_main(argc - 1, argv + 1);
  }
  if (argc > 1 && strcmp(argv[1], "djpeg") == 0) {
    return djpeg_main(argc - 1, argv + 1);
  }
  fputs("usage: main draw WIDTH HEIGHT FILE | main cjpeg ... | main djpeg ...\n", stderr);
  return 2;
}
