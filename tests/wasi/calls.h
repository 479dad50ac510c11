/* Every function of WASI behind one type, so that a table can hold them: call_NAME(values). */
#ifndef WASI_TEST_CALLS_H
#define WASI_TEST_CALLS_H

#include "harness.h"

#define PARAMS0()
#define PARAMS1(a) , (TYPE_##a)values[0]
#define PARAMS2(a, b) PARAMS1(a), (TYPE_##b)values[1]
#define PARAMS3(a, b, c) PARAMS2(a, b), (TYPE_##c)values[2]
#define PARAMS4(a, b, c, d) PARAMS3(a, b, c), (TYPE_##d)values[3]
#define PARAMS5(a, b, c, d, e) PARAMS4(a, b, c, d), (TYPE_##e)values[4]
#define PARAMS6(a, b, c, d, e, f) PARAMS5(a, b, c, d, e), (TYPE_##f)values[5]
#define PARAMS7(a, b, c, d, e, f, g) PARAMS6(a, b, c, d, e, f), (TYPE_##g)values[6]
#define PARAMS9(a, b, c, d, e, f, g, h, i)                                                                   \
  PARAMS7(a, b, c, d, e, f, g), (TYPE_##h)values[7], (TYPE_##i)values[8]
#define CALL_i(call) return call
#define CALL_V(call)                                                                                         \
  call;                                                                                                      \
  return 0
#define WASI(name, unstable, params, result)                                                                 \
  static uint32_t call_##name(const uint64_t *values) {                                                      \
    (void)values;                                                                                            \
    CALL_##result(wasi_##name(guest params));                                                                \
  }
#include "wasi.def"

#endif
