/*
 * Arenas: memory that is released all at once. Nothing in wasm/, check/ or lower/ frees single objects.
 * Running out of memory ends the process through arena_out_of_memory(); callers never see NULL.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena_block;
struct arena {
  struct arena_block *last;
  size_t used; /* bytes handed out, for --time-report */
};

/* `count` objects of `size` bytes, zeroed and aligned for any type. A product that overflows is out of
 * memory. */
void *arena_alloc(struct arena *arena, size_t count, size_t size);

#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), 1, sizeof(type)))
#define ARENA_ARRAY(arena, type, count) ((type *)arena_alloc((arena), (count), sizeof(type)))

/* A NUL-terminated copy of `length` bytes. */
char *arena_copy(struct arena *arena, const char *bytes, size_t length);

/* printf into the arena. */
char *arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Forgets all objects but keeps one block for reuse. */
void arena_reset(struct arena *arena);
void arena_free(struct arena *arena);

/* Prints a message and exits with status 1. */
_Noreturn void arena_out_of_memory(size_t bytes);

#endif
