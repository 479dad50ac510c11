/*
 * The types in wasi.def as signatures, "iiiI:i". For files that expand its rows to data; preview1.h comes
 * before. A list of parameters becomes a row of strings.
 */
#ifndef WASI_LETTERS_H
#define WASI_LETTERS_H

#define LETTER_i "i"
#define LETTER_I "I"
#define LETTER_V ""
#define PARAMS0() ""
#define PARAMS1(a) LETTER_##a
#define PARAMS2(a, b) LETTER_##a LETTER_##b
#define PARAMS3(a, b, c) PARAMS2(a, b) LETTER_##c
#define PARAMS4(a, b, c, d) PARAMS2(a, b) PARAMS2(c, d)
#define PARAMS5(a, b, c, d, e) PARAMS4(a, b, c, d) LETTER_##e
#define PARAMS6(a, b, c, d, e, f) PARAMS4(a, b, c, d) PARAMS2(e, f)
#define PARAMS7(a, b, c, d, e, f, g) PARAMS4(a, b, c, d) PARAMS3(e, f, g)
#define PARAMS9(a, b, c, d, e, f, g, h, i) PARAMS4(a, b, c, d) PARAMS5(e, f, g, h, i)

#endif
