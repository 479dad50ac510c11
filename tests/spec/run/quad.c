/*
 * arm64's long double is computed by functions of a compiler's library, which the runner has not, and musl's
 * printf names them. Nothing here prints floating point, so none of them is ever called.
 */
#include <stdlib.h>

#if defined(__aarch64__)
#define NEVER_CALLED(name)                                                                                   \
  void name(void);                                                                                           \
  void name(void) {                                                                                          \
    abort();                                                                                                 \
  }
NEVER_CALLED(__addtf3)
NEVER_CALLED(__extenddftf2)
NEVER_CALLED(__fixtfsi)
NEVER_CALLED(__fixunstfsi)
NEVER_CALLED(__floatsitf)
NEVER_CALLED(__floatunsitf)
NEVER_CALLED(__multf3)
NEVER_CALLED(__netf2)
NEVER_CALLED(__subtf3)
#endif
