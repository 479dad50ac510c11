/*
 * The descriptors of a script's modules by number: m0_module and so on, then from 1000 on p0_module and so
 * on, the same modules for others to import from. They are weak references, so that one object serves scripts
 * with any number of modules.
 */
#include "run.h"

/* clang-format off */
#define TEN(n) MODULE(n##0) MODULE(n##1) MODULE(n##2) MODULE(n##3) MODULE(n##4) \
               MODULE(n##5) MODULE(n##6) MODULE(n##7) MODULE(n##8) MODULE(n##9)
#define HUNDRED(n) TEN(n##0) TEN(n##1) TEN(n##2) TEN(n##3) TEN(n##4) \
                   TEN(n##5) TEN(n##6) TEN(n##7) TEN(n##8) TEN(n##9)
#define THOUSAND                                                                          \
  TEN() TEN(1) TEN(2) TEN(3) TEN(4) TEN(5) TEN(6) TEN(7) TEN(8) TEN(9) HUNDRED(1) HUNDRED(2) \
  HUNDRED(3) HUNDRED(4) HUNDRED(5) HUNDRED(6) HUNDRED(7) HUNDRED(8) HUNDRED(9)

#define MODULE(n)                                                                             \
  extern const struct wasmrt_module m##n##_module __attribute__((weak)); \
  extern const struct wasmrt_module p##n##_module __attribute__((weak));
THOUSAND
#undef MODULE

#define MODULE(n) &m##n##_module,
static const struct wasmrt_module *const modules[] = {THOUSAND
#undef MODULE
#define MODULE(n) &p##n##_module,
THOUSAND};
#undef MODULE
/* clang-format on */

const struct wasmrt_module *spec_module(unsigned number) {
  return number < sizeof modules / sizeof modules[0] ? modules[number] : NULL;
}
