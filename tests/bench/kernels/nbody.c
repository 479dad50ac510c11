/* The planets of the solar system and the sun: gravity between all pairs, square roots and divisions. */
#include "kernel.h"

#include <math.h>

enum { BODIES = 5, STEPS = 600000 };

struct body {
  double x[3];
  double v[3];
  double mass;
};

static const struct body start[BODIES] = {
    {{0, 0, 0}, {0, 0, 0}, 39.47841760435743},
    {{4.84143144246472090e+00, -1.16032004402742839e+00, -1.03622044471123109e-01},
     {6.06326392995832000e-01, 2.81198684491626000e+00, -2.52183616598876300e-02},
     3.76936749096219400e-02},
    {{8.34336671824457987e+00, 4.12479856412430479e+00, -4.03523417114321035e-01},
     {-1.01077434617879000e+00, 1.82566237123041000e+00, 8.41576137658415000e-03},
     1.12863261319687500e-02},
    {{1.28943695621391310e+01, -1.51111514016986312e+01, -2.23307578892655734e-01},
     {1.08279100644153000e+00, 8.68713018169608000e-01, -1.08326374013636000e-02},
     1.72372405705971000e-03},
    {{1.53796971148509165e+01, -2.59193146099879641e+01, 1.79258772950371181e-01},
     {9.79090732243898000e-01, 5.94698998647676000e-01, -3.47559555078105000e-02},
     2.03368686992463000e-03},
};

static void advance(struct body *bodies, double dt) {
  for (int i = 0; i < BODIES; i++) {
    struct body *a = &bodies[i];
    for (int j = i + 1; j < BODIES; j++) {
      struct body *b = &bodies[j];
      double d[3], square = 0;
      for (int k = 0; k < 3; k++) {
        d[k] = a->x[k] - b->x[k];
        square += d[k] * d[k];
      }
      double magnitude = dt / (square * sqrt(square));
      for (int k = 0; k < 3; k++) {
        a->v[k] -= d[k] * b->mass * magnitude;
        b->v[k] += d[k] * a->mass * magnitude;
      }
    }
  }
  for (int i = 0; i < BODIES; i++) {
    for (int k = 0; k < 3; k++) {
      bodies[i].x[k] += dt * bodies[i].v[k];
    }
  }
}

uint64_t kernel(void) {
  struct body bodies[BODIES];
  for (int i = 0; i < BODIES; i++) {
    bodies[i] = start[i];
  }
  for (int step = 0; step < STEPS; step++) {
    advance(bodies, 0.001);
  }
  uint64_t sum = 0;
  for (int i = 0; i < BODIES; i++) {
    for (int k = 0; k < 3; k++) {
      sum = mix_double(sum, bodies[i].x[k] / 1000);
    }
  }
  return sum;
}
