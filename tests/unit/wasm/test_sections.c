/*
 * Tests of the section decoder: wasm2native/wasm/sections.c, typesection.c, imports.c, segments.c, bodies.c,
 * names.c and, for what it found, dump.c. Each case is the smallest module that shows a rule of the binary
 * format (spec 5.5).
 */
#include "module.h"

#include <check.h>
#include <stdlib.h>

#include "dump.h"

#define HEADER 0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00
#define RAW(...) {(const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__})}
#define MODULE(...) RAW(HEADER, __VA_ARGS__)

#define ALL UINT32_MAX
#define WITHOUT(feature) (~WASM_FEATURE_BIT(WASM_FEATURE_##feature))
#define ONE_TYPE 0x01, 0x04, 0x01, 0x60, 0x00, 0x00 /* () -> () */
#define ONE_FUNC 0x03, 0x02, 0x01, 0x00
#define ONE_BODY 0x0a, 0x04, 0x01, 0x02, 0x00, 0x0b

static struct arena arena;
static struct diag_sink sink;
static struct wasm_module module;
static char message[1200];
static enum diag_phase phase;
static size_t offset;

static void keep(void *context, const struct diag *diag) {
  (void)context;
  snprintf(message, sizeof message, "%s", diag->message);
  phase = diag->phase;
  offset = diag->offset;
}

static void setup(void) {
  sink = (struct diag_sink){.handler = keep};
}

static void teardown(void) {
  arena_free(&arena);
}

static const struct {
  wasm_features features;
  enum diag_phase phase;
  const char *message; /* its beginning */
  struct slice bytes;
} refused[] = {
    /* The header, and the frames of sections. */
    {ALL, DIAG_MALFORMED, "unexpected end", {NULL, 0}},
    {ALL, DIAG_MALFORMED, "unexpected end", RAW(0x00, 0x61, 0x73)},
    {ALL, DIAG_MALFORMED, "magic header not detected", RAW(0x00, 0x61, 0x73, 0x6e, 1, 0, 0, 0)},
    {ALL, DIAG_MALFORMED, "unknown binary version", RAW(0x00, 0x61, 0x73, 0x6d, 2, 0, 0, 0)},
    {ALL, DIAG_MALFORMED, "unexpected end", RAW(0x00, 0x61, 0x73, 0x6d, 1, 0, 0)},
    {ALL, DIAG_MALFORMED, "malformed section id", MODULE(0x0e, 0x00)},
    {ALL, DIAG_UNSUPPORTED, "unsupported: needs feature exceptions", MODULE(0x0d, 0x01, 0x00)},
    {ALL, DIAG_MALFORMED, "length out of bounds", MODULE(0x01, 0x05, 0x00)},
    {ALL, DIAG_MALFORMED, "unexpected end", MODULE(0x01)},
    {ALL, DIAG_MALFORMED, "unexpected content after last section",
     MODULE(0x01, 0x01, 0x00, 0x01, 0x01, 0x00)},
    {ALL, DIAG_MALFORMED, "unexpected content after last section",
     MODULE(0x03, 0x01, 0x00, 0x01, 0x01, 0x00)},
    {ALL, DIAG_MALFORMED, "unexpected content after last section",
     MODULE(0x0a, 0x01, 0x00, 0x0c, 0x01, 0x00)},
    {ALL, DIAG_MALFORMED, "section size mismatch", MODULE(0x01, 0x02, 0x00, 0x00)},
    {ALL, DIAG_MALFORMED, "unexpected end", MODULE(0x01, 0x03, 0x01, 0x60, 0x00)},
    {ALL, DIAG_MALFORMED, "unexpected end", MODULE(0x00, 0x00)}, /* a custom section without name */
    {ALL, DIAG_MALFORMED, "malformed UTF-8 encoding", MODULE(0x00, 0x02, 0x01, 0xff)},
    /* Types. */
    {ALL, DIAG_MALFORMED, "malformed type", MODULE(0x01, 0x04, 0x01, 0x61, 0x00, 0x00)},
    {WITHOUT(FUNCTION_REFERENCES), DIAG_UNSUPPORTED, "unsupported: needs feature function-references",
     MODULE(0x01, 0x03, 0x01, 0x5f, 0x00)},
    {WITHOUT(FUNCTION_REFERENCES), DIAG_UNSUPPORTED, "unsupported: needs feature function-references",
     MODULE(0x01, 0x06, 0x01, 0x50, 0x00, 0x60, 0x00, 0x00)},
    {WITHOUT(FUNCTION_REFERENCES), DIAG_UNSUPPORTED, "unsupported: needs feature function-references",
     MODULE(0x01, 0x06, 0x01, 0x4e, 0x01, 0x60, 0x00, 0x00)},
    {ALL, DIAG_MALFORMED, "malformed type", MODULE(0x01, 0x05, 0x01, 0x50, 0x00, 0x50, 0x00)},
    {ALL, DIAG_MALFORMED, "malformed type", MODULE(0x01, 0x05, 0x01, 0x4e, 0x01, 0x4e, 0x00)},
    {ALL, DIAG_MALFORMED, "malformed mutability", MODULE(0x01, 0x04, 0x01, 0x5e, 0x7f, 0x02)},
    {ALL, DIAG_MALFORMED, "malformed value type", MODULE(0x01, 0x04, 0x01, 0x5e, 0x79, 0x00)},
    {ALL, DIAG_MALFORMED, "malformed value type", MODULE(0x01, 0x05, 0x01, 0x60, 0x01, 0x78, 0x00)},
    {ALL, DIAG_MALFORMED, "unexpected end", MODULE(0x01, 0x04, 0x01, 0x5f, 0x02, 0x7f)},
    {ALL, DIAG_MALFORMED, "unexpected end", MODULE(0x01, 0x06, 0x01, 0x4e, 0x02, 0x60, 0x00, 0x00)},
    {ALL, DIAG_INVALID, "sub type with more than one supertype",
     MODULE(0x01, 0x0b, 0x02, 0x60, 0x00, 0x00, 0x50, 0x02, 0x00, 0x00, 0x60, 0x00, 0x00)},
    {ALL, DIAG_INVALID, "unknown type 1000000 as supertype",
     MODULE(0x01, 0x09, 0x01, 0x50, 0x01, 0xc0, 0x84, 0x3d, 0x60, 0x00, 0x00)},
    {ALL, DIAG_MALFORMED, "malformed value type", MODULE(0x01, 0x05, 0x01, 0x60, 0x01, 0x40, 0x00)},
    {WITHOUT(SIMD), DIAG_UNSUPPORTED, "unsupported: needs feature simd",
     MODULE(0x01, 0x05, 0x01, 0x60, 0x01, 0x7b, 0)},
    {WITHOUT(MULTI_VALUE), DIAG_UNSUPPORTED, "unsupported: needs feature multi-value",
     MODULE(0x01, 0x06, 0x01, 0x60, 0x00, 0x02, 0x7f, 0x7f)},
    {ALL, DIAG_MALFORMED, "unexpected end", MODULE(0x01, 0x05, 0xff, 0xff, 0xff, 0xff, 0x0f)},
    /* Imports. */
    {ALL, DIAG_MALFORMED, "malformed import kind", MODULE(0x02, 0x05, 0x01, 0x00, 0x00, 0x05, 0x00)},
    {ALL, DIAG_UNSUPPORTED, "unsupported: needs feature exceptions", MODULE(0x02, 0x06, 1, 0, 0, 0x04, 0, 0)},
    {ALL, DIAG_MALFORMED, "malformed UTF-8 encoding", MODULE(0x02, 0x06, 0x01, 0x01, 0xff, 0x00, 0x00, 0x00)},
    {ALL, DIAG_MALFORMED, "malformed mutability", MODULE(0x02, 0x06, 0x01, 0x00, 0x00, 0x03, 0x7f, 0x02)},
    {WITHOUT(MUTABLE_GLOBALS), DIAG_UNSUPPORTED, "unsupported: needs feature mutable-globals",
     MODULE(0x02, 0x06, 0x01, 0x00, 0x00, 0x03, 0x7f, 0x01)},
    /* Tables and memories. */
    {ALL, DIAG_MALFORMED, "malformed reference type", MODULE(0x04, 0x04, 0x01, 0x7f, 0x00, 0x00)},
    {WITHOUT(REFERENCE_TYPES), DIAG_UNSUPPORTED, "unsupported: needs feature reference-types",
     MODULE(0x04, 0x04, 0x01, 0x6f, 0x00, 0x00)},
    {WITHOUT(FUNCTION_REFERENCES), DIAG_UNSUPPORTED, "unsupported: needs feature function-references",
     MODULE(0x04, 0x09, 0x01, 0x40, 0x00, 0x70, 0x00, 0x00, 0xd0, 0x70, 0x0b)},
    {ALL, DIAG_MALFORMED, "malformed table", MODULE(0x04, 0x09, 1, 0x40, 0x01, 0x70, 0, 0, 0xd0, 0x70, 0x0b)},
    {ALL, DIAG_MALFORMED, "unexpected end", MODULE(0x04, 0x06, 0x01, 0x40, 0x00, 0x70, 0x00, 0x00)},
    /* An imported table has no initial value. */
    {ALL, DIAG_MALFORMED, "malformed reference type",
     MODULE(0x02, 0x0b, 1, 0, 0, 1, 0x40, 0x00, 0x70, 0, 0xd0, 0x70, 0x0b)},
    {ALL, DIAG_MALFORMED, "malformed limits flags", MODULE(0x04, 0x05, 0x01, 0x70, 0x03, 0x00, 0x00)},
    {ALL, DIAG_MALFORMED, "malformed limits flags", MODULE(0x05, 0x03, 0x01, 0x10, 0x00)},
    {WITHOUT(THREADS), DIAG_UNSUPPORTED, "unsupported: needs feature threads",
     MODULE(0x05, 0x04, 1, 0x03, 0, 0)},
    {WITHOUT(MEMORY64), DIAG_UNSUPPORTED, "unsupported: needs feature memory64",
     MODULE(0x05, 0x03, 1, 0x04, 0)},
    {WITHOUT(CUSTOM_PAGE_SIZES), DIAG_UNSUPPORTED, "unsupported: needs feature custom-page-sizes",
     MODULE(0x05, 0x04, 1, 0x08, 0, 0)},
    {ALL, DIAG_MALFORMED, "malformed custom page size", MODULE(0x05, 0x04, 1, 0x08, 0, 64)},
    {WITHOUT(MEMORY64), DIAG_MALFORMED, "integer representation too long",
     MODULE(0x05, 0x08, 1, 0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00)},
    /* Globals and constant expressions. */
    {ALL, DIAG_MALFORMED, "malformed mutability", MODULE(0x06, 0x06, 0x01, 0x7f, 0x02, 0x41, 0x00, 0x0b)},
    {ALL, DIAG_MALFORMED, "unexpected end", MODULE(0x06, 0x05, 0x01, 0x7f, 0x00, 0x41, 0x00)},
    {ALL, DIAG_MALFORMED, "unexpected end",
     MODULE(0x06, 0x08, 0x01, 0x7f, 0x00, 0x02, 0x40, 0x41, 0x00, 0x0b)},
    {ALL, DIAG_MALFORMED, "illegal opcode", MODULE(0x06, 0x05, 0x01, 0x7f, 0x00, 0xff, 0x0b)},
    /* Exports and start. */
    {ALL, DIAG_MALFORMED, "malformed export kind", MODULE(0x07, 0x04, 0x01, 0x00, 0x05, 0x00)},
    {ALL, DIAG_INVALID, "unknown start function", MODULE(0x08, 0x05, 0xff, 0xff, 0xff, 0xff, 0x0f)},
    {ALL, DIAG_MALFORMED, "section size mismatch", MODULE(0x08, 0x02, 0x00, 0x00)},
    /* Segments. */
    {ALL, DIAG_MALFORMED, "malformed elements segment kind", MODULE(0x09, 0x03, 0x01, 0x08, 0x00)},
    {ALL, DIAG_MALFORMED, "malformed element kind", MODULE(0x09, 0x04, 0x01, 0x01, 0x01, 0x00)},
    {WITHOUT(BULK_MEMORY), DIAG_UNSUPPORTED, "unsupported: needs feature bulk-memory",
     MODULE(0x09, 0x04, 0x01, 0x01, 0x00, 0x00)},
    {WITHOUT(REFERENCE_TYPES), DIAG_UNSUPPORTED, "unsupported: needs feature reference-types",
     MODULE(0x09, 0x04, 0x01, 0x03, 0x00, 0x00)},
    {ALL, DIAG_MALFORMED, "malformed data segment kind", MODULE(0x0b, 0x03, 0x01, 0x03, 0x00)},
    {WITHOUT(BULK_MEMORY), DIAG_UNSUPPORTED, "unsupported: needs feature bulk-memory",
     MODULE(0x0b, 0x03, 0x01, 0x01, 0x00)},
    {ALL, DIAG_MALFORMED, "unexpected end", MODULE(0x0b, 0x04, 0x01, 0x01, 0x02, 0x00)},
    {ALL, DIAG_MALFORMED, "data count and data section", MODULE(0x0c, 0x01, 0x01)},
    {ALL, DIAG_MALFORMED, "data count and data section",
     MODULE(0x0c, 0x01, 0x00, 0x0b, 0x03, 0x01, 0x01, 0x00)},
    {WITHOUT(BULK_MEMORY), DIAG_UNSUPPORTED, "unsupported: needs feature bulk-memory",
     MODULE(0x0c, 0x01, 0x00)},
    /* Bodies. */
    {ALL, DIAG_MALFORMED, "function and code section have inconsistent", MODULE(ONE_TYPE, ONE_FUNC)},
    {ALL, DIAG_MALFORMED, "function and code section have inconsistent", MODULE(ONE_TYPE, ONE_BODY)},
    {ALL, DIAG_MALFORMED, "unexpected end", MODULE(ONE_TYPE, ONE_FUNC, 0x0a, 0x04, 0x01, 0x03, 0x00, 0x0b)},
    {ALL, DIAG_MALFORMED, "unexpected end", MODULE(ONE_TYPE, ONE_FUNC, 0x0a, 0x02, 0x01, 0x00)},
    {ALL, DIAG_MALFORMED, "section size mismatch",
     MODULE(ONE_TYPE, ONE_FUNC, 0x0a, 0x04, 0x01, 0x01, 0x00, 0x0b)},
    {ALL, DIAG_MALFORMED, "too many locals",
     MODULE(ONE_TYPE, ONE_FUNC, 0x0a, 0x10, 0x01, 0x0e, 0x02, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x7f, 0x01, 0x7f,
            0x0b, 0x0b, 0x0b, 0x0b, 0x0b)},
    {ALL, DIAG_UNSUPPORTED, "too many locals: 4294967295, the limit is 50000",
     MODULE(ONE_TYPE, ONE_FUNC, 0x0a, 0x0a, 0x01, 0x08, 0x01, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x7f, 0x0b)},
    {ALL, DIAG_UNSUPPORTED, "too many locals: 50001, the limit is 50000",
     MODULE(ONE_TYPE, ONE_FUNC, 0x0a, 0x08, 0x01, 0x06, 0x01, 0xd1, 0x86, 0x03, 0x7f, 0x0b)},
    {ALL, DIAG_MALFORMED, "malformed value type",
     MODULE(ONE_TYPE, ONE_FUNC, 0x0a, 0x06, 1, 0x04, 1, 1, 0x40, 0x0b)},
    {ALL, DIAG_UNSUPPORTED, "too many bytes in a function body",
     MODULE(ONE_TYPE, ONE_FUNC, 0x0a, 0x06, 0x01, 0x80, 0x80, 0x80, 0x08, 0x0b)},
};

START_TEST(refused_modules) {
  ck_assert(!wasm_module_decode(refused[_i].bytes, refused[_i].features, &arena, &sink, &module));
  ck_assert_uint_eq(sink.error_count, 1);
  ck_assert_msg(strncmp(message, refused[_i].message, strlen(refused[_i].message)) == 0,
                "case %d: \"%s\", not \"%s\"", _i, message, refused[_i].message);
  ck_assert_int_eq(phase, refused[_i].phase);
  ck_assert_uint_le(offset, refused[_i].bytes.size);
}
END_TEST

#define FUNCTION_TYPES (WASM_FEATURE_BIT(WASM_FEATURE_FUNCTION_REFERENCES))
#define GC_TYPES (FUNCTION_TYPES | WASM_FEATURE_BIT(WASM_FEATURE_GC))

static const struct {
  wasm_features used;
  struct slice bytes;
} accepted[] = {
    {0, RAW(HEADER)},
    {0, MODULE(0x00, 0x01, 0x00)},
    {0, MODULE(ONE_TYPE, 0x00, 0x02, 0x01, 'x', ONE_FUNC, 0x00, 0x02, 0x01, 'x', ONE_BODY)},
    {0, MODULE(ONE_TYPE, 0x03, 0x01, 0x00, 0x0a, 0x01, 0x00)},
    {0, MODULE(0x04, 0x04, 0x01, 0x70, 0x00, 0x00)},
    {WASM_FEATURE_BIT(WASM_FEATURE_REFERENCE_TYPES), MODULE(0x04, 0x04, 0x01, 0x6f, 0x00, 0x00)},
    {FUNCTION_TYPES, MODULE(0x01, 0x06, 0x01, 0x60, 0x01, 0x63, 0x00, 0x00)},
    {FUNCTION_TYPES, MODULE(0x04, 0x09, 0x01, 0x40, 0x00, 0x70, 0x00, 0x00, 0xd0, 0x70, 0x0b)},
    {GC_TYPES, MODULE(0x01, 0x03, 0x01, 0x5f, 0x00)},
    {GC_TYPES, MODULE(0x01, 0x04, 0x01, 0x5e, 0x78, 0x01)},
    {GC_TYPES, MODULE(0x01, 0x03, 0x01, 0x4e, 0x00)}, /* a group of nothing */
    {GC_TYPES, MODULE(0x01, 0x05, 0x01, 0x60, 0x01, 0x6e, 0x00)},
    {FUNCTION_TYPES | WASM_FEATURE_BIT(WASM_FEATURE_EXCEPTIONS),
     MODULE(0x01, 0x05, 0x01, 0x60, 0x01, 0x69, 0)},
    {WASM_FEATURE_BIT(WASM_FEATURE_BULK_MEMORY), MODULE(0x0c, 0x01, 0x00)},
    {WASM_FEATURE_BIT(WASM_FEATURE_BULK_MEMORY), MODULE(0x0b, 0x03, 0x01, 0x01, 0x00)},
    {WASM_FEATURE_BIT(WASM_FEATURE_MUTABLE_GLOBALS), MODULE(0x02, 0x06, 0x01, 0x00, 0x00, 0x03, 0x7f, 0x01)},
    {WASM_FEATURE_BIT(WASM_FEATURE_SIMD), MODULE(0x01, 0x05, 0x01, 0x60, 0x01, 0x7b, 0)},
    {WASM_FEATURE_BIT(WASM_FEATURE_THREADS), MODULE(0x05, 0x04, 1, 0x03, 0, 0)},
    {WASM_FEATURE_BIT(WASM_FEATURE_MEMORY64), MODULE(0x05, 0x03, 1, 0x04, 0)},
    {WASM_FEATURE_BIT(WASM_FEATURE_MEMORY64), MODULE(0x05, 0x08, 1, 0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00)},
};

START_TEST(accepted_modules) {
  ck_assert_msg(wasm_module_decode(accepted[_i].bytes, ALL, &arena, &sink, &module), "%s", message);
  ck_assert_uint_eq(module.used, accepted[_i].used | WASM_FEATURE_BIT(WASM_FEATURE_MVP));
  ck_assert_uint_eq(sink.error_count, 0);
}
END_TEST

/* One of everything, with the name section, to be looked at in full. */
static const struct slice whole = MODULE(
    0x01, 0x0a, 0x02, 0x60, 0x00, 0x00, 0x60, 0x02, 0x7f, 0x7e, 0x01, 0x7d, /* two types */
    0x02, 0x19, 0x04, 0x01, 'm', 0x01, 'f', 0x00, 0x01, 0x01, 'm', 0x01, 't', 0x01, 0x70, 0x01, 0x01,
    0x02,                                                       /* imports */
    0x00, 0x00, 0x03, 0x7f, 0x00, 0x00, 0x00, 0x00, 0x00,       /* ... */
    0x03, 0x02, 0x01, 0x00,                                     /* a function */
    0x04, 0x04, 0x01, 0x6f, 0x00, 0x05,                         /* a table */
    0x05, 0x04, 0x01, 0x01, 0x01, 0x02,                         /* a memory */
    0x06, 0x06, 0x01, 0x7e, 0x01, 0x42, 0x07, 0x0b,             /* a global */
    0x07, 0x05, 0x01, 0x01, 'r', 0x00, 0x02,                    /* an export */
    0x08, 0x01, 0x02,                                           /* start */
    0x09, 0x07, 0x01, 0x00, 0x41, 0x03, 0x0b, 0x01, 0x02,       /* an element segment */
    0x0c, 0x01, 0x01,                                           /* data count */
    0x0a, 0x08, 0x01, 0x06, 0x02, 0x01, 0x7f, 0x03, 0x7c, 0x0b, /* a body */
    0x0b, 0x05, 0x01, 0x01, 0x02, 'h', 'i',                     /* a data segment */
    0x00, 0x11, 0x04, 'n', 'a', 'm', 'e', 0x00, 0x03, 0x02, 'm', 'y', 0x01, 0x05, 0x01, 0x02, 0x02, 'g', 'o');

static void decode_whole(void) {
  ck_assert_msg(wasm_module_decode(whole, ALL, &arena, &sink, &module), "0x%zx: %s", offset, message);
}

START_TEST(index_spaces_begin_with_imports) {
  decode_whole();
  ck_assert_uint_eq(module.type_count, 2);
  ck_assert_uint_eq(module.import_count, 4);
  ck_assert_uint_eq(module.func_count, 3);
  ck_assert_uint_eq(module.func_import_count, 2);
  ck_assert(module.funcs[0].is_import && module.funcs[1].is_import && !module.funcs[2].is_import);
  ck_assert_uint_eq(module.funcs[0].type, 1);
  ck_assert_uint_eq(module.table_count, 2);
  ck_assert(module.tables[0].is_import && module.tables[0].limits.has_max &&
            module.tables[0].limits.max == 2);
  ck_assert_uint_eq(module.tables[1].type, WASM_EXTERNREF);
  ck_assert_uint_eq(module.global_count, 2);
  ck_assert(module.globals[0].is_import && module.globals[1].is_mutable);
  ck_assert_ptr_eq(wasm_import_of(&module, WASM_EXTERN_FUNC, 1), &module.imports[3]);
  ck_assert_ptr_eq(wasm_import_of(&module, WASM_EXTERN_GLOBAL, 0), &module.imports[2]);
  const struct wasm_func_type *type = wasm_func_type_of(&module, 0);
  ck_assert_uint_eq(type->param_count, 2);
  ck_assert_uint_eq(type->params[1], WASM_I64);
  ck_assert_uint_eq(type->results[0], WASM_F32);
}
END_TEST

START_TEST(definitions_point_into_the_input) {
  decode_whole();
  const struct wasm_func *func = &module.funcs[2];
  ck_assert_uint_eq(func->locals_count, 2);
  ck_assert_uint_eq(func->local_total, 4);
  ck_assert_uint_eq(func->locals[1].type, WASM_F64);
  ck_assert_uint_eq(func->body.size, 1);
  ck_assert_ptr_eq(func->body.data, whole.data + func->offset);
  ck_assert_uint_eq(module.globals[1].init.code.size, 2);
  ck_assert_uint_eq(whole.data[module.globals[1].init.offset], 0x42);
  ck_assert_uint_eq(module.elements[0].count, 1);
  ck_assert_uint_eq(module.elements[0].funcs[0], 2);
  ck_assert_ptr_null(module.elements[0].exprs);
  ck_assert_int_eq(module.data[0].mode, WASM_SEGMENT_PASSIVE);
  ck_assert(slice_equal(module.data[0].bytes, slice_of("hi")));
  ck_assert(module.has_data_count);
  ck_assert_uint_eq(module.start, 2);
  ck_assert(slice_equal(module.exports[0].name, slice_of("r")));
  ck_assert(slice_equal(module.name, slice_of("my")));
  ck_assert(slice_equal(func->name, slice_of("go")));
}
END_TEST

static void dump_has(const char *const *lines, size_t count) {
  static char text[4096];
  FILE *stream = tmpfile();
  ck_assert_ptr_nonnull(stream);
  wasm_module_dump(stream, &module);
  rewind(stream);
  text[fread(text, 1, sizeof text - 1, stream)] = '\0';
  fclose(stream);
  for (size_t i = 0; i < count; i++) {
    ck_assert_msg(strstr(text, lines[i]) != NULL, "no \"%s\" in:\n%s", lines[i], text);
  }
}

START_TEST(inspect_shows_all_of_it) {
  static const char *const lines[] = {
      "module \"my\": ",
      "features: mvp bulk-memory reference-types\n",
      "  func 0 \"m\" \"f\": (i32, i64) -> f32\n",
      "  table 0 \"m\" \"t\": 1..2 funcref\n",
      "  global 0 \"\" \"\": i32\n",
      "exports: 1\n  func 2 \"r\": () -> ()\n",
      "  table 1: 5.. externref\n",
      "  memory 0: 1..2 pages of 65536 bytes\n",
      "  global 1: mut i64\n",
      "start: func 2 \"go\"\n",
      " custom     17 bytes \"name\"\n",
  };
  decode_whole();
  dump_has(lines, sizeof lines / sizeof lines[0]);
}
END_TEST

START_TEST(inspect_shows_type_definitions) {
  const struct slice bytes = MODULE(0x01, 0x19, 0x03, 0x60, 0x01, 0x63, 0x00, 0x01, 0x64, 0x70, /* type 0 */
                                    0x4e, 0x02, 0x50, 0x00, 0x5f, 0x01, 0x64, 0x02, 0x01, /* types 1 and 2 */
                                    0x4f, 0x01, 0x01, 0x5f, 0x00, 0x5e, 0x77, 0x00, 0x02, 0x05, 1, 0, 0, 0,
                                    3); /* 3; func of type 3 */
  static const char *const lines[] = {
      "features: mvp function-references gc\n",
      "types: 4\n",
      "  type 0: ((ref null 0)) -> (ref func)\n",
      "  type 1 of 1..2: open, struct {mut (ref 2)}\n",
      "  type 2 of 1..2: sub 1, struct {}\n",
      "  type 3: array {i16}\n",
      "unknown type 3\n",
  };
  ck_assert_msg(wasm_module_decode(bytes, ALL, &arena, &sink, &module), "0x%zx: %s", offset, message);
  dump_has(lines, sizeof lines / sizeof lines[0]);
}
END_TEST

/* Decoded, but not valid: inspect follows no index beyond the end. */
START_TEST(inspect_survives_wrong_indices) {
  const struct slice bytes = MODULE(0x02, 0x05, 0x01, 0x00, 0x00, 0x00, 0x63, 0x07, 0x07, 0x02, 0x00, 0x02,
                                    0x09, 0x00, 0x03, 0x09, 0x08, 0x01, 0x55);
  ck_assert_msg(wasm_module_decode(bytes, ALL, &arena, &sink, &module), "%s", message);
  FILE *stream = fopen("/dev/null", "w");
  ck_assert_ptr_nonnull(stream);
  wasm_module_dump(stream, &module);
  fclose(stream);
}
END_TEST

/* Errors in the name section do not make the module one; what was read before them counts. */
static const struct {
  const char *name; /* of function 0 */
  struct slice bytes;
} name_sections[] = {
    {"go", MODULE(ONE_TYPE, ONE_FUNC, ONE_BODY, 0x00, 0x0c, 4, 'n', 'a', 'm', 'e', 1, 5, 1, 0, 2, 'g', 'o')},
    {"", MODULE(ONE_TYPE, ONE_FUNC, ONE_BODY, 0x00, 0x0c, 4, 'n', 'a', 'm', 'e', 1, 5, 1, 9, 2, 'g', 'o')},
    {"", MODULE(ONE_TYPE, ONE_FUNC, ONE_BODY, 0x00, 0x0c, 4, 'n', 'a', 'm', 'e', 1, 5, 1, 0, 9, 'g', 'o')},
    {"", MODULE(ONE_TYPE, ONE_FUNC, ONE_BODY, 0x00, 0x0c, 4, 'n', 'a', 'm', 'e', 1, 5, 1, 0, 2, 0xff, 'o')},
    {"", MODULE(ONE_TYPE, ONE_FUNC, ONE_BODY, 0x00, 0x07, 4, 'n', 'a', 'm', 'e', 1, 0x7f)},
    {"a", MODULE(ONE_TYPE, ONE_FUNC, ONE_BODY, 0x00, 0x0f, 4, 'n', 'a', 'm', 'e', 1, 4, 1, 0, 1, 'a', 1, 0x7f,
                 1, 0)},
};

START_TEST(errors_in_names_are_ignored) {
  ck_assert_msg(wasm_module_decode(name_sections[_i].bytes, ALL, &arena, &sink, &module), "%s", message);
  ck_assert(slice_equal(module.funcs[0].name, slice_of(name_sections[_i].name)));
}
END_TEST

/* A few bytes that claim much: nothing may be allocated for a count that the input does not back. */
START_TEST(counts_cost_nothing) {
  static const uint8_t ids[] = {1, 2, 3, 4, 5, 6, 7, 9, 10, 11};
  for (size_t i = 0; i < sizeof ids; i++) {
    uint8_t bytes[] = {HEADER, ids[i], 0x07, 0xc0, 0x84,
                       0x3d,   0x00,   0x00, 0x00, 0x00}; /* a count of 1,000,000 */
    ck_assert(!wasm_module_decode((struct slice){bytes, sizeof bytes}, ALL, &arena, &sink, &module));
    ck_assert_uint_lt(arena.used, 10000);
  }
}
END_TEST

START_TEST(limits_are_named) {
  static uint8_t bytes[1100 + 32] = {HEADER, 0x01, 0xd1, 0x08, 0x01, 0x60, 0xcc, 0x08}; /* 1100 parameters */
  memset(bytes + 15, 0x7f, 1100);
  bytes[9] = 0xd1;
  bytes[10] = 0x08; /* 1105 bytes: count, form, two bytes of length, 1100 types, no results */
  ck_assert(!wasm_module_decode((struct slice){bytes, 11 + 1105}, ALL, &arena, &sink, &module));
  ck_assert_str_eq(message, "too many parameters: 1100, the limit is 1000");
  ck_assert_int_eq(phase, DIAG_UNSUPPORTED);
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof(array)[0]))

int main(void) {
  TCase *tests = tcase_create("sections");
  tcase_add_checked_fixture(tests, setup, teardown);
  tcase_add_loop_test(tests, refused_modules, 0, COUNT(refused));
  tcase_add_loop_test(tests, accepted_modules, 0, COUNT(accepted));
  tcase_add_test(tests, index_spaces_begin_with_imports);
  tcase_add_test(tests, definitions_point_into_the_input);
  tcase_add_test(tests, inspect_shows_all_of_it);
  tcase_add_test(tests, inspect_shows_type_definitions);
  tcase_add_test(tests, inspect_survives_wrong_indices);
  tcase_add_loop_test(tests, errors_in_names_are_ignored, 0, COUNT(name_sections));
  tcase_add_test(tests, counts_cost_nothing);
  tcase_add_test(tests, limits_are_named);
  Suite *suite = suite_create("sections");
  suite_add_tcase(suite, tests);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
