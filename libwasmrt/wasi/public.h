/*
 * The functions of wasi.def: their prototypes, and what modules call, for each one that asks whether the call
 * is to be printed (--trace) and goes on to the function itself. A file that defines wasi_NAME makes it
 * public by a macro below; the compiler drops what a file does not make public.
 *
 * In the static code model an import is a call of the symbol "w2n.MODULE.NAME", so that is what the public
 * functions are called for the linker.
 */
#ifndef WASI_PUBLIC_H
#define WASI_PUBLIC_H

#include "trace.h"
#include "wire.h"

#define TYPE_i uint32_t
#define TYPE_I uint64_t
#define TYPE_V void

/* Rows' parameters become lists that begin with their number. What is made of those: */
#define PARAMS0() (0, )
#define PARAMS1(a) (1, a)
#define PARAMS2(a, b) (2, a, b)
#define PARAMS3(a, b, c) (3, a, b, c)
#define PARAMS4(a, b, c, d) (4, a, b, c, d)
#define PARAMS5(a, b, c, d, e) (5, a, b, c, d, e)
#define PARAMS6(a, b, c, d, e, f) (6, a, b, c, d, e, f)
#define PARAMS7(a, b, c, d, e, f, g) (7, a, b, c, d, e, f, g)
#define PARAMS9(a, b, c, d, e, f, g, h, i) (9, a, b, c, d, e, f, g, h, i)

/* their declarations, */
#define DECLARE(list) DECLARE_ list
#define DECLARE_(n, ...) DECLARE_##n(__VA_ARGS__)
#define DECLARE_0(none)
#define DECLARE_1(a) , TYPE_##a p0
#define DECLARE_2(a, b) DECLARE_1(a), TYPE_##b p1
#define DECLARE_3(a, b, c) DECLARE_2(a, b), TYPE_##c p2
#define DECLARE_4(a, b, c, d) DECLARE_3(a, b, c), TYPE_##d p3
#define DECLARE_5(a, b, c, d, e) DECLARE_4(a, b, c, d), TYPE_##e p4
#define DECLARE_6(a, b, c, d, e, f) DECLARE_5(a, b, c, d, e), TYPE_##f p5
#define DECLARE_7(a, b, c, d, e, f, g) DECLARE_6(a, b, c, d, e, f), TYPE_##g p6
#define DECLARE_9(a, b, c, d, e, f, g, h, i) DECLARE_7(a, b, c, d, e, f, g), TYPE_##h p7, TYPE_##i p8

/* their names, 0 if there are none, */
#define NAMES(list) NAMES_ list
#define NAMES_(n, ...) NAMES_##n
#define NAMES_0 0
#define NAMES_1 p0
#define NAMES_2 NAMES_1, p1
#define NAMES_3 NAMES_2, p2
#define NAMES_4 NAMES_3, p3
#define NAMES_5 NAMES_4, p4
#define NAMES_6 NAMES_5, p5
#define NAMES_7 NAMES_6, p6
#define NAMES_9 NAMES_7, p7, p8

/* their names behind another argument, */
#define PASS(list) PASS_ list
#define PASS_(n, ...) PASS_##n
#define PASS_0
#define PASS_1 , NAMES_1
#define PASS_2 , NAMES_2
#define PASS_3 , NAMES_3
#define PASS_4 , NAMES_4
#define PASS_5 , NAMES_5
#define PASS_6 , NAMES_6
#define PASS_7 , NAMES_7
#define PASS_9 , NAMES_9

/* the elements of an array of values, behind another argument. */
#define VALUES(list) VALUES_ list
#define VALUES_(n, ...) VALUES_##n(__VA_ARGS__)
#define VALUES_0(none)
#define VALUES_1(a) , (TYPE_##a)values[0]
#define VALUES_2(a, b) VALUES_1(a), (TYPE_##b)values[1]
#define VALUES_3(a, b, c) VALUES_2(a, b), (TYPE_##c)values[2]
#define VALUES_4(a, b, c, d) VALUES_3(a, b, c), (TYPE_##d)values[3]
#define VALUES_5(a, b, c, d, e) VALUES_4(a, b, c, d), (TYPE_##e)values[4]
#define VALUES_6(a, b, c, d, e, f) VALUES_5(a, b, c, d, e), (TYPE_##f)values[5]
#define VALUES_7(a, b, c, d, e, f, g) VALUES_6(a, b, c, d, e, f), (TYPE_##g)values[6]
#define VALUES_9(a, b, c, d, e, f, g, h, i)                                                                  \
  VALUES_7(a, b, c, d, e, f, g), (TYPE_##h)values[7], (TYPE_##i)values[8]

#define UNSTABLE_SAME(...)
#define UNSTABLE_OWN(...) __VA_ARGS__
#define UNSTABLE_NONE(...)
#define PUBLIC_UNSTABLE_SAME(...) __VA_ARGS__
#define PUBLIC_UNSTABLE_OWN(...) __VA_ARGS__
#define PUBLIC_UNSTABLE_NONE(...)

/*
 * wasi_NAME and wasi_unstable_NAME are the functions; wasi_public_NAME and wasi_unstable_public_NAME what
 * modules call. The former are not inlined into the latter, as what they need (WASI_NEEDS) belongs to them.
 */
#define ALONE __attribute__((noinline))
#define WASI(name, unstable, params, result)                                                                 \
  ALONE TYPE_##result wasi_##name(struct wasmrt_instance *caller DECLARE(params));                           \
  UNSTABLE_##unstable(ALONE TYPE_##result wasi_unstable_##name(                                              \
                          struct wasmrt_instance *caller DECLARE(params));) extern __typeof__(wasi_##name)   \
      wasi_public_##name __asm__("w2n.wasi_snapshot_preview1." #name);                                       \
  PUBLIC_UNSTABLE_##unstable(                                                                                \
      extern __typeof__(wasi_##name) wasi_unstable_public_##name __asm__("w2n.wasi_unstable." #name);)
#include "wasi.def"

/* The functions behind one type, for wasi_trace. */
#define RUN_i(call) return call
#define RUN_V(call)                                                                                          \
  call;                                                                                                      \
  return WASI_ESUCCESS
#define RUN(prefix, name, params, result)                                                                    \
  static __attribute__((unused)) uint32_t prefix##run_##name(struct wasmrt_instance *caller,                 \
                                                             const uint64_t *values) {                       \
    (void)values;                                                                                            \
    RUN_##result(prefix##name(caller VALUES(params)));                                                       \
  }
#define WASI(name, unstable, params, result)                                                                 \
  RUN(wasi_, name, params, result)                                                                           \
  UNSTABLE_##unstable(RUN(wasi_unstable_, name, params, result))
#include "wasi.def"

#define FDFLAGS "%f{APPEND,DSYNC,NONBLOCK,RSYNC,SYNC}"
#define FSTFLAGS "%f{ATIM,ATIM_NOW,MTIM,MTIM_NOW}"
#define LOOKUPFLAGS "%f{SYMLINK_FOLLOW}"
#define TRACE(name, scope, show, text)                                                                       \
  enum { WASI_SCOPE_##name = 1u << WASMRT_TRACE_##scope };                                                   \
  static const struct wasi_traced wasi_traced_##name                                                         \
      __attribute__((unused)) = {#name "(" text, wasi_run_##name, show};
#define TRACE_UNSTABLE(name, show, text)                                                                     \
  static const struct wasi_traced wasi_unstable_traced_##name                                                \
      __attribute__((unused)) = {#name "(" text, wasi_unstable_run_##name, show};
#include "trace.def"

#define RETURN_i return
#define RETURN_V
#define ENTER(prefix, name, params, result)                                                                  \
  static __attribute__((unused)) TYPE_##result prefix##enter_##name(                                         \
      struct wasmrt_instance *caller DECLARE(params)) {                                                      \
    if (__builtin_expect((caller->trace & WASI_SCOPE_##name) != 0, 0)) {                                     \
      const uint64_t values[] = {NAMES(params)};                                                             \
      RETURN_##result wasi_trace(caller, &prefix##traced_##name, values);                                    \
    } else {                                                                                                 \
      RETURN_##result prefix##name(caller PASS(params));                                                     \
    }                                                                                                        \
  }
#define WASI(name, unstable, params, result)                                                                 \
  ENTER(wasi_, name, params, result) UNSTABLE_##unstable(ENTER(wasi_unstable_, name, params, result))
#include "wasi.def"

/* After the definition of wasi_NAME; WASI_SAME_UNSTABLE where wasi_unstable has the same function. */
#define WASI_PUBLIC(name)                                                                                    \
  extern __typeof__(wasi_##name) wasi_public_##name __attribute__((alias("wasi_enter_" #name)))
#define WASI_SAME_UNSTABLE(name)                                                                             \
  WASI_PUBLIC(name);                                                                                         \
  extern __typeof__(wasi_##name) wasi_unstable_public_##name __attribute__((alias("wasi_enter_" #name)))
/* After that of wasi_unstable_NAME. */
#define WASI_UNSTABLE_PUBLIC(name)                                                                           \
  extern __typeof__(wasi_##name) wasi_unstable_public_##name                                                 \
      __attribute__((alias("wasi_unstable_enter_" #name)))

#undef ALONE
#undef DECLARE
#undef ENTER
#undef FDFLAGS
#undef FSTFLAGS
#undef LOOKUPFLAGS
#undef NAMES
#undef PARAMS0
#undef PARAMS1
#undef PARAMS2
#undef PARAMS3
#undef PARAMS4
#undef PARAMS5
#undef PARAMS6
#undef PARAMS7
#undef PARAMS9
#undef PASS
#undef PUBLIC_UNSTABLE_NONE
#undef PUBLIC_UNSTABLE_OWN
#undef PUBLIC_UNSTABLE_SAME
#undef RUN
#undef UNSTABLE_NONE
#undef UNSTABLE_OWN
#undef UNSTABLE_SAME
#undef VALUES

#endif
