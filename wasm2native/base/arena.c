/*
 * Arenas: blocks of growing size, handed out from the front. Memory is zeroed when it is handed out, not when
 * a block is made, so that a reset costs nothing.
 */
#include "arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_BLOCK ((size_t)16 << 10)
#define LARGEST_BLOCK ((size_t)1 << 20) /* of those made in advance; larger objects get a block to measure   \
                                         */
#define ALIGNMENT _Alignof(max_align_t)

struct arena_block {
  struct arena_block *previous;
  size_t capacity; /* of bytes[] */
  size_t used;
  _Alignas(max_align_t) unsigned char bytes[];
};

static struct arena_block *add_block(struct arena *arena, size_t needed) {
  size_t capacity = FIRST_BLOCK;
  if (arena->last != NULL) {
    capacity = arena->last->capacity < LARGEST_BLOCK / 2 ? arena->last->capacity * 2 : LARGEST_BLOCK;
  }
  if (capacity < needed) {
    capacity = needed;
  }
  struct arena_block *block = malloc(sizeof(struct arena_block) + capacity);
  if (block == NULL) {
    arena_out_of_memory(capacity);
  }
  block->previous = arena->last;
  block->capacity = capacity;
  block->used = 0;
  arena->last = block;
  return block;
}

void *arena_alloc(struct arena *arena, size_t count, size_t size) {
  size_t bytes;
  if (__builtin_mul_overflow(count, size, &bytes) || bytes > SIZE_MAX / 2) {
    arena_out_of_memory(SIZE_MAX);
  }
  bytes = (bytes + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
  struct arena_block *block = arena->last;
  if (block == NULL || block->capacity - block->used < bytes) {
    block = add_block(arena, bytes);
  }
  void *object = block->bytes + block->used;
  block->used += bytes;
  arena->used += bytes;
  return memset(object, 0, bytes);
}

char *arena_copy(struct arena *arena, const char *bytes, size_t length) {
  if (length == SIZE_MAX) {
    arena_out_of_memory(length);
  }
  char *copy = arena_alloc(arena, length + 1, 1);
  if (length > 0) {
    memcpy(copy, bytes, length);
  }
  return copy;
}

char *arena_printf(struct arena *arena, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(NULL, 0, format, arguments);
  va_end(arguments);
  size_t size = length < 0 ? 1 : (size_t)length + 1;
  char *text = arena_alloc(arena, size, 1);
  va_start(arguments, format);
  vsnprintf(text, size, format, arguments);
  va_end(arguments);
  return text;
}

static void free_blocks(struct arena_block *block) {
  while (block != NULL) {
    struct arena_block *previous = block->previous;
    free(block);
    block = previous;
  }
}

void arena_reset(struct arena *arena) {
  arena->used = 0;
  if (arena->last != NULL) {
    free_blocks(arena->last->previous);
    arena->last->previous = NULL;
    arena->last->used = 0;
  }
}

void arena_free(struct arena *arena) {
  free_blocks(arena->last);
  arena->last = NULL;
  arena->used = 0;
}

void arena_out_of_memory(size_t bytes) {
  fprintf(stderr, "error: out of memory (%zu bytes)\n", bytes);
  exit(1);
}
