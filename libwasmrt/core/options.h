/* The parser of guest options (options.c), for start.c. */
#ifndef WASMRT_OPTIONS_H
#define WASMRT_OPTIONS_H

#include "guest_options.h"

/* Bytes of storage that wasmrt_options_parse needs for these words. */
size_t wasmrt_options_storage(const char *baked, const char *variable);

/*
 * Fills in `options` from the words of `baked` (each NUL-terminated, ended by an empty one) and then those of
 * `variable` (the value of WASMRT_OPTIONS, or NULL). `storage` is aligned as for malloc, and holds all
 * strings and arrays. Returns NULL, or what is wrong with the word *culprit.
 */
const char *wasmrt_options_parse(const char *baked, const char *variable,
                                 struct wasmrt_guest_options *options, void *storage, const char **culprit);

/* Adds the scopes of a list, "fs,clock", to *set. False if one is unknown. */
bool wasmrt_trace_parse(const char *scopes, uint32_t *set);

#endif
