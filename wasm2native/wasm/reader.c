/* The sticky reader: bytes, LEB128 numbers, names, types. Spec 5.2, 5.3. */
#include "reader.h"

#include "module.h"

struct wasm_reader wasm_reader_make(struct slice bytes, size_t offset) {
  static const uint8_t nothing[1];
  const uint8_t *start = bytes.size > 0 ? bytes.data : nothing;
  return (struct wasm_reader){.start = start, .at = start, .end = start + bytes.size, .offset = offset};
}

void wasm_reader_fail_as(struct wasm_reader *r, enum diag_phase phase, size_t offset, const char *message) {
  if (r->error == NULL) {
    r->error = message;
    r->error_offset = offset;
    r->phase = phase;
    r->at = r->end;
  }
}

void wasm_reader_fail(struct wasm_reader *r, const char *message) {
  wasm_reader_fail_as(r, DIAG_MALFORMED, wasm_reader_offset(r), message);
}

void wasm_reader_fail_at(struct wasm_reader *r, size_t offset, const char *message) {
  wasm_reader_fail_as(r, DIAG_MALFORMED, offset, message);
}

void wasm_reader_needs(struct wasm_reader *r, size_t offset, enum wasm_feature feature) {
  wasm_reader_fail_as(r, DIAG_UNSUPPORTED, offset, wasm_feature_missing(feature));
}

static const char unexpected_end[] = "unexpected end of section or function";

uint8_t wasm_read_u8(struct wasm_reader *r) {
  if (r->at == r->end) {
    wasm_reader_fail(r, unexpected_end);
    return 0;
  }
  return *r->at++;
}

struct slice wasm_read_bytes(struct wasm_reader *r, size_t size) {
  if (wasm_reader_left(r) < size) {
    wasm_reader_fail(r, unexpected_end);
    return (struct slice){r->end, 0};
  }
  struct slice bytes = {r->at, size};
  r->at += size;
  return bytes;
}

static uint64_t read_little_endian(struct wasm_reader *r, size_t size) {
  struct slice bytes = wasm_read_bytes(r, size);
  uint64_t value = 0;
  for (size_t i = 0; i < bytes.size; i++) {
    value |= (uint64_t)bytes.data[i] << (8 * i);
  }
  return value;
}

uint32_t wasm_read_u32_le(struct wasm_reader *r) {
  return (uint32_t)read_little_endian(r, 4);
}

uint64_t wasm_read_u64_le(struct wasm_reader *r) {
  return read_little_endian(r, 8);
}

/*
 * The bits of a LEB128 number of `bits` bits, sign-extended to 64 if it is signed. In the last byte that
 * `bits` allow, what lies above them has to be zero, or copies of the sign.
 */
static uint64_t read_leb(struct wasm_reader *r, unsigned bits, bool is_signed) {
  size_t offset = wasm_reader_offset(r);
  uint64_t value = 0;
  uint8_t byte = 0x80;
  unsigned shift = 0;
  for (; (byte & 0x80) != 0; shift += 7) {
    if (r->at == r->end) {
      wasm_reader_fail(r, unexpected_end);
      return 0;
    }
    byte = *r->at++;
    if (shift + 7 >= bits) {
      unsigned payload = bits - shift; /* bits of this byte that count, 1 to 7 */
      uint8_t above = (uint8_t)((byte & 0x7f) >> (is_signed ? payload - 1 : payload));
      uint8_t all = (uint8_t)(0x7f >> (is_signed ? payload - 1 : payload));
      if ((byte & 0x80) != 0) {
        wasm_reader_fail_at(r, offset, "integer representation too long");
        return 0;
      }
      if (above != 0 && !(is_signed && above == all)) {
        wasm_reader_fail_at(r, offset, "integer too large");
        return 0;
      }
    }
    value |= (uint64_t)(byte & 0x7f) << shift;
  }
  if (is_signed && shift < 64 && (byte & 0x40) != 0) {
    value |= ~UINT64_C(0) << shift;
  }
  return value;
}

uint64_t wasm_read_unsigned(struct wasm_reader *r, unsigned bits) {
  return read_leb(r, bits, false);
}

uint64_t wasm_read_size(struct wasm_reader *r, bool is_wide) {
  size_t offset = wasm_reader_offset(r);
  uint64_t size = wasm_read_unsigned(r, 64);
  if (!is_wide && size <= UINT32_MAX && wasm_reader_offset(r) - offset > 5) {
    wasm_reader_fail_at(r, offset, "integer representation too long");
    return 0;
  }
  return size;
}

int64_t wasm_read_signed(struct wasm_reader *r, unsigned bits) {
  return (int64_t)read_leb(r, bits, true);
}

/* The number of bytes of the UTF-8 sequence at `at`, or 0: overlong forms, surrogates and > U+10FFFF are
 * none. */
static size_t utf8_length(const uint8_t *at, size_t left) {
  uint8_t lead = at[0];
  size_t length = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
  if (length > left) {
    return 0;
  }
  for (size_t i = 1; i < length; i++) {
    if ((at[i] & 0xc0) != 0x80) {
      return 0;
    }
  }
  if ((lead == 0xe0 && at[1] < 0xa0) || (lead == 0xed && at[1] > 0x9f) || (lead == 0xf0 && at[1] < 0x90) ||
      (lead == 0xf4 && at[1] > 0x8f)) {
    return 0;
  }
  return length;
}

struct slice wasm_read_name(struct wasm_reader *r) {
  uint32_t size = wasm_read_u32(r);
  size_t offset = wasm_reader_offset(r);
  struct slice name = wasm_read_bytes(r, size);
  for (size_t at = 0; at < name.size;) {
    size_t length = utf8_length(name.data + at, name.size - at);
    if (length == 0) {
      wasm_reader_fail_at(r, offset + at, "malformed UTF-8 encoding");
      return (struct slice){r->end, 0};
    }
    at += length;
  }
  return name;
}

uint32_t wasm_read_count(struct wasm_reader *r, size_t min_size) {
  size_t offset = wasm_reader_offset(r);
  uint32_t count = wasm_read_u32(r);
  if (count > wasm_reader_left(r) / min_size) {
    wasm_reader_fail_at(r, offset, unexpected_end);
    return 0;
  }
  return count;
}

/* Is this the code of an abstract heap type? */
static bool is_abstract_heap(uint8_t code) {
  return code >= (WASM_HEAP_EXN & 0xff) && code <= (WASM_HEAP_NOEXN & 0xff);
}

/* The feature that has to be on for a type. */
static enum wasm_feature needed_feature(wasm_type type) {
  return type == WASM_V128                                ? WASM_FEATURE_SIMD
         : type == WASM_FUNCREF || type == WASM_EXTERNREF ? WASM_FEATURE_REFERENCE_TYPES
         : wasm_is_ref(type)                              ? WASM_FEATURE_FUNCTION_REFERENCES
                                                          : WASM_FEATURE_MVP;
}

/* The features that brought a type. */
static wasm_features type_features(wasm_type type) {
  wasm_features used = WASM_FEATURE_BIT(needed_feature(type));
  uint32_t heap = wasm_is_ref(type) ? wasm_heap_of(type) : WASM_HEAP_FUNC;
  if (heap == WASM_HEAP_EXN || heap == WASM_HEAP_NOEXN) {
    used |= WASM_FEATURE_BIT(WASM_FEATURE_EXCEPTIONS);
  } else if (!wasm_heap_is_index(heap) && heap != WASM_HEAP_FUNC && heap != WASM_HEAP_EXTERN) {
    used |= WASM_FEATURE_BIT(WASM_FEATURE_GC);
  }
  return used;
}

/* Fails if the feature that a type needs is off; else notes what it uses. */
static void use_type(struct wasm_reader *r, wasm_features features, wasm_features *used, size_t offset,
                     wasm_type type) {
  enum wasm_feature feature = needed_feature(type);
  if ((features & wasm_features_checked() & WASM_FEATURE_BIT(feature)) == 0) {
    wasm_reader_needs(r, offset, feature);
  } else {
    *used |= type_features(type);
  }
}

/* A heap type: a type index, or an abstract one, which is a single byte. */
static uint32_t read_heap(struct wasm_reader *r) {
  size_t offset = wasm_reader_offset(r);
  int64_t code = wasm_read_s33(r);
  bool is_single = wasm_reader_offset(r) - offset == 1;
  if (code >= WASM_MAX_TYPES) {
    wasm_reader_fail_as(r, DIAG_INVALID, offset, "unknown type in a reference: there are not so many");
  } else if (code < 0 && !(is_single && is_abstract_heap((uint8_t)(code & 0x7f)))) {
    wasm_reader_fail_at(r, offset, "malformed heap type");
  }
  return wasm_reader_failed(r) ? WASM_HEAP_FUNC
         : code >= 0           ? (uint32_t)code
                               : WASM_HEAP_ABSTRACT | (uint32_t)(code & 0x7f);
}

wasm_type wasm_read_heap_type(struct wasm_reader *r, wasm_features features, wasm_features *used) {
  size_t offset = wasm_reader_offset(r);
  wasm_type type = WASM_REF_NULL(read_heap(r));
  use_type(r, features, used, offset, type);
  return type;
}

/* The type that `code` begins; for a failure, `malformed` is the message. An abstract heap type's code is
 * short for the nullable reference to it (spec 5.3.4). */
static wasm_type read_type(struct wasm_reader *r, wasm_features features, wasm_features *used, size_t offset,
                           uint8_t code, const char *malformed) {
  wasm_type type = WASM_V128;
  if (code == 0x63 || code == 0x64) {
    /* The form is of function references, whatever the heap type. */
    use_type(r, features, used, offset, WASM_REF(0));
    uint32_t heap = read_heap(r);
    *used |= type_features(WASM_REF(heap));
    return code == 0x63 ? WASM_REF_NULL(heap) : WASM_REF(heap);
  }
  if (is_abstract_heap(code)) {
    type = WASM_REF_NULL(WASM_HEAP_ABSTRACT | code);
  } else if (code != WASM_V128) {
    wasm_reader_fail_at(r, offset, malformed);
  }
  use_type(r, features, used, offset, type);
  return type;
}

wasm_type wasm_read_ref_type(struct wasm_reader *r, wasm_features features, wasm_features *used) {
  size_t offset = wasm_reader_offset(r);
  uint8_t code = wasm_read_u8(r);
  return read_type(r, features, used, offset, code == WASM_V128 ? 0 : code, "malformed reference type");
}

wasm_type wasm_read_value_type(struct wasm_reader *r, wasm_features features, wasm_features *used) {
  size_t offset = wasm_reader_offset(r);
  uint8_t code = wasm_read_u8(r);
  return wasm_is_num(code) ? code : read_type(r, features, used, offset, code, "malformed value type");
}
