/* A bytecode interpreter: a switch in a loop over a stack machine that sieves primes and computes with them.
 */
#include "kernel.h"

enum op { PUSH, LOCAL, STORE, ADD, SUB, MUL, MOD, LESS, JUMP, JUMP_IF, LOAD_AT, STORE_AT, HALT };

struct insn {
  enum op op;
  int32_t operand;
};

enum { LIMIT = 200000 };

static int32_t memory[LIMIT];

/* Locals: 0 i, 1 j, 2 sum. */
static const struct insn program[] = {
    {PUSH, 2},  {STORE, 0},    {PUSH, 0},     {STORE, 2},    /*  0: i = 2, sum = 0 */
    {LOCAL, 0}, {PUSH, LIMIT}, {LESS, 0},     {JUMP_IF, 9},  /*  4: if i < LIMIT goto 9 */
    {HALT, 0},                                               /*  8 */
    {LOCAL, 0}, {LOAD_AT, 0},  {JUMP_IF, 36},                /*  9: if memory[i] goto 36 */
    {LOCAL, 2}, {PUSH, 31},    {MUL, 0},      {LOCAL, 0},    /* 12: sum = (sum * 31 + i) % 65521 */
    {ADD, 0},   {PUSH, 65521}, {MOD, 0},      {STORE, 2},    /* 16 */
    {LOCAL, 0}, {LOCAL, 0},    {ADD, 0},      {STORE, 1},    /* 20: j = i + i */
    {LOCAL, 1}, {PUSH, LIMIT}, {LESS, 0},     {JUMP_IF, 29}, /* 24: if j < LIMIT goto 29 */
    {JUMP, 36},                                              /* 28 */
    {PUSH, 1},  {LOCAL, 1},    {STORE_AT, 0},                /* 29: memory[j] = 1 */
    {LOCAL, 1}, {LOCAL, 0},    {ADD, 0},      {JUMP, 23},    /* 32: j = j + i, goto 24 by its store */
    {LOCAL, 0}, {PUSH, 1},     {ADD, 0},      {STORE, 0},    /* 36: i = i + 1 */
    {JUMP, 4},                                               /* 40 */
};

static int32_t interpret(const struct insn *code) {
  int32_t stack[16], locals[3] = {0}, *top = stack;
  for (const struct insn *pc = code;; pc++) {
    switch (pc->op) {
    case PUSH:
      *top++ = pc->operand;
      break;
    case LOCAL:
      *top++ = locals[pc->operand];
      break;
    case STORE:
      locals[pc->operand] = *--top;
      break;
    case ADD:
      top--;
      top[-1] += top[0];
      break;
    case SUB:
      top--;
      top[-1] -= top[0];
      break;
    case MUL:
      top--;
      top[-1] *= top[0];
      break;
    case MOD:
      top--;
      top[-1] %= top[0];
      break;
    case LESS:
      top--;
      top[-1] = top[-1] < top[0];
      break;
    case JUMP:
      pc = code + pc->operand - 1;
      break;
    case JUMP_IF:
      if (*--top != 0) {
        pc = code + pc->operand - 1;
      }
      break;
    case LOAD_AT:
      top[-1] = memory[top[-1]];
      break;
    case STORE_AT:
      top -= 2;
      memory[top[1]] = top[0];
      break;
    case HALT:
      return locals[2];
    }
  }
}

uint64_t kernel(void) {
  uint64_t sum = 0;
  for (int round = 0; round < 3; round++) {
    for (int i = 0; i < LIMIT; i++) {
      memory[i] = 0;
    }
    sum = mix(sum, (uint64_t)interpret(program));
  }
  return sum;
}
