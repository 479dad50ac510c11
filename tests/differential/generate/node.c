/* Numbers for expressions and statements, by which a module that shows a
 * difference is made smaller. */
#include <stdio.h>

#include "gen.h"

unsigned node_begin(struct gen *g) {
  return g->node_count++;
}

bool node_end(struct gen *g, unsigned number) {
  for (unsigned i = 0; i < g->dropped_count; i++) {
    if (g->dropped[i] == number) {
      return true;
    }
  }
  if (g->prints_nodes) {
    printf("%u %u\n", number, g->node_count - 1);
  }
  return false;
}
