/*
 * A sticky reader over bytes: it remembers its first failure, then returns zeros and stays at the end, so
 * that callers ask reader_failed() once per item instead of after every read.
 */
#ifndef WASM_READER_H
#define WASM_READER_H

#include "diag.h"
#include "feature.h"
#include "types.h"

struct wasm_reader {
  const uint8_t *start; /* first byte of the slice read */
  const uint8_t *at;
  const uint8_t *end;
  size_t offset;         /* in the file, of `start` */
  const char *error;     /* the first failure, or NULL */
  size_t error_offset;   /* in the file */
  enum diag_phase phase; /* of the failure: malformed or, where syntax alone does not decide, another */
};

/* A reader over `bytes`, which lie at `offset` in the file. */
struct wasm_reader wasm_reader_make(struct slice bytes, size_t offset);

static inline bool wasm_reader_failed(const struct wasm_reader *r) {
  return r->error != NULL;
}
static inline bool wasm_reader_at_end(const struct wasm_reader *r) {
  return r->at == r->end;
}
static inline size_t wasm_reader_left(const struct wasm_reader *r) {
  return (size_t)(r->end - r->at);
}
static inline size_t wasm_reader_offset(const struct wasm_reader *r) {
  return r->offset + (size_t)(r->at - r->start);
}

/* Fails at the current place unless it has failed before; `message` must be a literal or live in an arena. */
void wasm_reader_fail(struct wasm_reader *r, const char *message);
void wasm_reader_fail_at(struct wasm_reader *r, size_t offset, const char *message);

/* The same for what is well-formed but fails in another phase, or needs a feature that is off. */
void wasm_reader_fail_as(struct wasm_reader *r, enum diag_phase phase, size_t offset, const char *message);
void wasm_reader_needs(struct wasm_reader *r, size_t offset, enum wasm_feature feature);

uint8_t wasm_read_u8(struct wasm_reader *r);
uint32_t wasm_read_u32_le(struct wasm_reader *r); /* four bytes */
uint64_t wasm_read_u64_le(struct wasm_reader *r);

/* LEB128, spec 5.2.2: at most ceil(N/7) bytes, no stray bits. */
uint64_t wasm_read_unsigned(struct wasm_reader *r, unsigned bits);
/* A size or an offset, of 64 bits; whether it fits where it stands is the validator's question. Unless
 * `is_wide` those of 32 bits have at most five bytes, as before memory64. */
uint64_t wasm_read_size(struct wasm_reader *r, bool is_wide);
int64_t wasm_read_signed(struct wasm_reader *r, unsigned bits);

static inline uint32_t wasm_read_u32(struct wasm_reader *r) {
  if (r->at != r->end && *r->at < 0x80) {
    return *r->at++; /* nearly all are this short */
  }
  return (uint32_t)wasm_read_unsigned(r, 32);
}
static inline uint64_t wasm_read_u64(struct wasm_reader *r) {
  return wasm_read_unsigned(r, 64);
}
static inline int32_t wasm_read_s32(struct wasm_reader *r) {
  return (int32_t)wasm_read_signed(r, 32);
}
static inline int64_t wasm_read_s33(struct wasm_reader *r) {
  return wasm_read_signed(r, 33);
}
static inline int64_t wasm_read_s64(struct wasm_reader *r) {
  return wasm_read_signed(r, 64);
}

struct slice wasm_read_bytes(struct wasm_reader *r, size_t size);

/* A name: length and UTF-8 (spec 5.2.4); fails on malformed UTF-8. */
struct slice wasm_read_name(struct wasm_reader *r);

/* The element count of a vector whose elements take at least `min_size` bytes each; fails if the input is
 * shorter. */
uint32_t wasm_read_count(struct wasm_reader *r, size_t min_size);

/*
 * A value type, a reference type, a heap type as the nullable reference to it (spec 5.3). Types of features
 * that are not in `features` are unsupported; the features of others are added to *used. Type indices are
 * only limited, not looked up.
 */
wasm_type wasm_read_value_type(struct wasm_reader *r, wasm_features features, wasm_features *used);
wasm_type wasm_read_ref_type(struct wasm_reader *r, wasm_features features, wasm_features *used);
wasm_type wasm_read_heap_type(struct wasm_reader *r, wasm_features features, wasm_features *used);

#endif
