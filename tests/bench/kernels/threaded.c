/*
 * The bytecode interpreter of interpreter.c as threaded code: each instruction points to the function that
 * executes it, and each of these ends by a tail call of the next.
 */
#include "kernel.h"

#ifdef __wasm__
#define OPERATION static __attribute__((target("tail-call"))) int32_t
#else
#define OPERATION static int32_t
#endif
#define NEXT(pc) __attribute__((musttail)) return (pc)->run((pc), top, top_value, locals)

struct insn;
typedef int32_t operation(const struct insn *pc, int32_t *top, int32_t top_value, int32_t *locals);

struct insn {
  operation *run;
  int32_t operand;
};

enum { LIMIT = 200000 };

static int32_t memory[LIMIT];

/* The topmost value is kept apart from the others, which end before `top`. */
OPERATION push(const struct insn *pc, int32_t *top, int32_t top_value, int32_t *locals) {
  *top++ = top_value;
  top_value = pc->operand;
  NEXT(pc + 1);
}

OPERATION local(const struct insn *pc, int32_t *top, int32_t top_value, int32_t *locals) {
  *top++ = top_value;
  top_value = locals[pc->operand];
  NEXT(pc + 1);
}

OPERATION store(const struct insn *pc, int32_t *top, int32_t top_value, int32_t *locals) {
  locals[pc->operand] = top_value;
  top_value = *--top;
  NEXT(pc + 1);
}

OPERATION add(const struct insn *pc, int32_t *top, int32_t top_value, int32_t *locals) {
  top_value += *--top;
  NEXT(pc + 1);
}

OPERATION multiply(const struct insn *pc, int32_t *top, int32_t top_value, int32_t *locals) {
  top_value *= *--top;
  NEXT(pc + 1);
}

OPERATION modulo(const struct insn *pc, int32_t *top, int32_t top_value, int32_t *locals) {
  top_value = *--top % top_value;
  NEXT(pc + 1);
}

OPERATION less(const struct insn *pc, int32_t *top, int32_t top_value, int32_t *locals) {
  top_value = *--top < top_value;
  NEXT(pc + 1);
}

OPERATION jump(const struct insn *pc, int32_t *top, int32_t top_value, int32_t *locals) {
  NEXT(pc + pc->operand);
}

OPERATION jump_if(const struct insn *pc, int32_t *top, int32_t top_value, int32_t *locals) {
  const struct insn *next = top_value != 0 ? pc + pc->operand : pc + 1;
  top_value = *--top;
  NEXT(next);
}

OPERATION load_at(const struct insn *pc, int32_t *top, int32_t top_value, int32_t *locals) {
  top_value = memory[top_value];
  NEXT(pc + 1);
}

OPERATION store_at(const struct insn *pc, int32_t *top, int32_t top_value, int32_t *locals) {
  top -= 2;
  memory[top_value] = top[1];
  top_value = top[0];
  NEXT(pc + 1);
}

OPERATION halt(const struct insn *pc, int32_t *top, int32_t top_value, int32_t *locals) {
  (void)pc, (void)top, (void)top_value;
  return locals[2];
}

/* Locals: 0 i, 1 j, 2 sum. Jumps are relative. */
static const struct insn program[] = {
    {push, 2},          {store, 0},    {push, 0},
    {store, 2}, /*  0: i = 2, sum = 0 */
    {local, 0},         {push, LIMIT}, {less, 0},
    {jump_if, 9 - 7},                                      /*  4: if i < LIMIT goto 9 */
    {halt, 0},                                             /*  8 */
    {local, 0},         {load_at, 0},  {jump_if, 36 - 11}, /*  9: if memory[i] goto 36 */
    {local, 2},         {push, 31},    {multiply, 0},
    {local, 0}, /* 12: sum = (sum * 31 + i) % 65521 */
    {add, 0},           {push, 65521}, {modulo, 0},
    {store, 2}, /* 16 */
    {local, 0},         {local, 0},    {add, 0},
    {store, 1}, /* 20: j = i + i */
    {local, 1},         {push, LIMIT}, {less, 0},
    {jump_if, 29 - 27},                               /* 24: if j < LIMIT goto 29 */
    {jump, 36 - 28},                                  /* 28 */
    {push, 1},          {local, 1},    {store_at, 0}, /* 29: memory[j] = 1 */
    {local, 1},         {local, 0},    {add, 0},
    {jump, 23 - 35}, /* 32: j = j + i, goto 24 by its store */
    {local, 0},         {push, 1},     {add, 0},
    {store, 0},     /* 36: i = i + 1 */
    {jump, 4 - 40}, /* 40 */
};

uint64_t kernel(void) {
  uint64_t sum = 0;
  for (int round = 0; round < 3; round++) {
    int32_t stack[16], locals[3] = {0};
    for (int i = 0; i < LIMIT; i++) {
      memory[i] = 0;
    }
    sum = mix(sum, (uint64_t)program->run(program, stack, 0, locals));
  }
  return sum;
}
