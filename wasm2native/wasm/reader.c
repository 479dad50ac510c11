/* The sticky reader: bytes, LEB128 numbers, names, types. Spec 5.2, 5.3. */
#include "reader.h"

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

/* The feature of a heap type's code, also of those that only later standards have; WASM_FEATURE_COUNT: no
 * such type. */
static enum wasm_feature heap_type_feature(int64_t code) {
  switch (code) {
  case WASM_FUNCREF - 0x80:
  case WASM_EXTERNREF - 0x80:
    return WASM_FEATURE_REFERENCE_TYPES;
  case 0x69 - 0x80: /* exn */
  case 0x74 - 0x80: /* noexn */
    return WASM_FEATURE_EXCEPTIONS;
  case 0x6a - 0x80: /* array */
  case 0x6b - 0x80: /* struct */
  case 0x6c - 0x80: /* i31 */
  case 0x6d - 0x80: /* eq */
  case 0x6e - 0x80: /* any */
  case 0x71 - 0x80: /* none */
  case 0x72 - 0x80: /* noextern */
  case 0x73 - 0x80: /* nofunc */
    return WASM_FEATURE_GC;
  default:
    return code >= 0 ? WASM_FEATURE_FUNCTION_REFERENCES : WASM_FEATURE_COUNT;
  }
}

enum wasm_feature wasm_type_feature(enum wasm_type type) {
  return type == WASM_V128   ? WASM_FEATURE_SIMD
         : wasm_is_ref(type) ? WASM_FEATURE_REFERENCE_TYPES
                             : WASM_FEATURE_MVP;
}

static enum wasm_type checked_type(struct wasm_reader *r, wasm_features features, size_t offset,
                                   unsigned code, enum wasm_feature feature, const char *malformed) {
  if (feature == WASM_FEATURE_COUNT) {
    wasm_reader_fail_at(r, offset, malformed);
  } else if ((features & wasm_features_checked() & WASM_FEATURE_BIT(feature)) == 0) {
    wasm_reader_needs(r, offset, feature);
  }
  return wasm_reader_failed(r) ? WASM_I32 : (enum wasm_type)code;
}

enum wasm_type wasm_read_heap_type(struct wasm_reader *r, wasm_features features) {
  size_t offset = wasm_reader_offset(r);
  int64_t code = wasm_read_s33(r);
  if (code < 0 && wasm_reader_offset(r) - offset > 1) {
    wasm_reader_fail_at(r, offset, "malformed heap type"); /* abstract types are single bytes */
  }
  return checked_type(r, features, offset, (unsigned)code & 0x7f, heap_type_feature(code),
                      "malformed heap type");
}

/* A reference type is an abstract heap type's code, or a prefix and a heap type (spec 3.0, 5.3.3). */
static enum wasm_feature ref_type_feature(uint8_t code) {
  if (code == 0x63 || code == 0x64) {
    return WASM_FEATURE_FUNCTION_REFERENCES;
  }
  return code < 0x80 && code >= 0x40 ? heap_type_feature(code - 0x80) : WASM_FEATURE_COUNT;
}

enum wasm_type wasm_read_ref_type(struct wasm_reader *r, wasm_features features) {
  size_t offset = wasm_reader_offset(r);
  uint8_t code = wasm_read_u8(r);
  return checked_type(r, features, offset, code, ref_type_feature(code), "malformed reference type");
}

enum wasm_type wasm_read_value_type(struct wasm_reader *r, wasm_features features) {
  size_t offset = wasm_reader_offset(r);
  uint8_t code = wasm_read_u8(r);
  if (wasm_is_num((enum wasm_type)code)) {
    return (enum wasm_type)code;
  }
  enum wasm_feature feature = code == WASM_V128 ? WASM_FEATURE_SIMD : ref_type_feature(code);
  return checked_type(r, features, offset, code, feature, "malformed value type");
}
