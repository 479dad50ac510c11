/* random_get: fills all of a buffer, of any length, and nothing else. */
#include "call.h"

static unsigned char buffer[1 << 20];

int main(void) {
  unsigned char small[2][34] = {{0}, {0}};
  show("some", w_random_get(at(small[0] + 1), 32));
  show("others", w_random_get(at(small[1] + 1), 32));
  printf("different: %d\n", memcmp(small[0], small[1], 34) != 0);
  printf("nothing else: %d\n", small[0][0] + small[0][33] + small[1][0] + small[1][33] == 0);
  show("many", w_random_get(at(buffer), sizeof buffer));
  unsigned long zeros = 0;
  for (unsigned i = 0; i < sizeof buffer; i++) {
    zeros += buffer[i] == 0;
  }
  printf("every 256th is zero, about: %d\n", zeros > 3500 && zeros < 4700);
  show("nothing", w_random_get(at(small), 0));
  show("no place", w_random_get(NOWHERE, 100));
  return 0;
}
