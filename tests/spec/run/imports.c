/*
 * The imports of the one module in the static model that a process may hold, where other instances provide
 * them. They are symbols, as for any C host: functions of imports.S that enter what is bound here, and cells
 * that are kept equal to the globals of the instance model, which lie in their instances.
 */
#include <string.h>

#include "abi.h"
#include "run.h"

enum { SPEC_IMPORTS_MAX = 256 };

struct function_row {
  void *code, *instance;
};

struct cell {
  uint64_t bits[2];
};

extern struct function_row spec_functions[SPEC_IMPORTS_MAX];
extern struct cell spec_globals[SPEC_IMPORTS_MAX];

static struct {
  struct wasmrt_extern global;
  unsigned slot;
  struct cell last; /* what both cells held when they were last compared */
} bound[SPEC_IMPORTS_MAX];
static unsigned bound_count;

bool spec_bind_function(unsigned slot, const struct wasmrt_extern *object) {
  if (slot >= SPEC_IMPORTS_MAX || object->type.kind != WASMRT_FUNC || object->of.function == NULL) {
    return false;
  }
  spec_functions[slot] = (struct function_row){object->of.function->code, object->of.function->instance};
  return true;
}

bool spec_bind_global(unsigned slot, const struct wasmrt_extern *object) {
  if (slot >= SPEC_IMPORTS_MAX || bound_count == SPEC_IMPORTS_MAX || object->type.kind != WASMRT_GLOBAL) {
    return false;
  }
  wasmrt_global_get(object, spec_globals[slot].bits);
  bound[bound_count].global = *object;
  bound[bound_count].slot = slot;
  bound[bound_count++].last = spec_globals[slot];
  return true;
}

void spec_globals_agree(void) {
  for (unsigned i = 0; i < bound_count; i++) {
    struct cell *mine = &spec_globals[bound[i].slot], *last = &bound[i].last;
    if (memcmp(mine, last, sizeof *mine) != 0) {
      wasmrt_global_set(&bound[i].global, mine->bits);
    }
    wasmrt_global_get(&bound[i].global, mine->bits);
    *last = *mine;
  }
}
