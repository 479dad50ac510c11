/* What can stand for an import, by types; limits are in test_store.c. And types as text. */
#include <stdio.h>

#include "guest.h"

#define ABSTRACT(name) (WASMRT_HEAP_ABSTRACT | WASMRT_HEAP_##name)
#define NULLABLE(heap) ((uint32_t)(heap) << 8 | WASMRT_REF_NULL)
#define NON_NULL(heap) ((uint32_t)(heap) << 8 | WASMRT_REF)

/* B is a subtype of A; C looks like A. */
enum { A, B, C, DEFINED };

static const uint32_t kinds[] = {WASMRT_I32, WASMRT_I32};
static const struct wasmrt_deftype rows[DEFINED] = {{.kind = WASMRT_TYPE_FUNC,
                                                     .super = WASMRT_NO_TYPE,
                                                     .group_size = 1,
                                                     .param_count = 1,
                                                     .result_count = 1,
                                                     .kinds = kinds},
                                                    {.kind = WASMRT_TYPE_FUNC,
                                                     .super = A,
                                                     .group_size = 1,
                                                     .param_count = 1,
                                                     .result_count = 1,
                                                     .kinds = kinds},
                                                    FUNCTION_TYPE(1, 1, kinds)};
static const struct wasmrt_type *types[DEFINED];

/* Whether an object can be imported by a module that declares one of each kind. */
static bool matches(const struct wasmrt_import *import, const struct wasmrt_limits *table,
                    const struct wasmrt_global *global, const struct wasmrt_extern *object) {
  const struct wasmrt_module module = {
      .types = rows, .type_count = DEFINED, .tables = table, .globals = global};
  const char *why = NULL;
  const bool result = wasmrt_import_matches(&module, import, types, object, &why);
  ck_assert(why != NULL || result);
  return result;
}

START_TEST(functions_match_by_subtyping) {
  ck_assert(wasmrt_types_intern(rows, DEFINED, types));
  static const char *const accepted[] = {"AB", "B", "C"}; /* by a declaration of A, B, C */
  for (uint32_t declared = 0; declared < DEFINED; declared++) {
    for (uint32_t actual = 0; actual < DEFINED; actual++) {
      struct wasmrt_binding binding = {.type = types[actual], .callback = add_one_hundred};
      struct wasmrt_funcref function = wasmrt_host_funcref(&binding);
      const struct wasmrt_import import = {.kind = WASMRT_FUNC, .type = declared};
      const struct wasmrt_extern object = {.type.kind = WASMRT_FUNC, .of.function = &function};
      const bool expected = strchr(accepted[declared], "ABC"[actual]) != NULL;
      ck_assert_msg(matches(&import, NULL, NULL, &object) == expected, "%u, %u", declared, actual);
    }
  }
}
END_TEST

/* Declared types have the module's numbers, actual ones canonical numbers. */
static bool global_matches(uint32_t declared, uint32_t actual, bool is_mutable, bool is_actually_mutable,
                           bool is_static) {
  static const struct wasmrt_instance single;
  const struct wasmrt_import import = {.kind = WASMRT_GLOBAL};
  const struct wasmrt_global global = {.type = declared, .is_mutable = is_mutable};
  const struct wasmrt_extern object = {
      .type = {.kind = WASMRT_GLOBAL, .type = actual, .is_mutable = is_actually_mutable},
      .alone = is_static ? &single : NULL};
  return matches(&import, NULL, &global, &object);
}

START_TEST(globals_match_by_subtyping_unless_they_change) {
  ck_assert(wasmrt_types_intern(rows, DEFINED, types));
  const uint32_t a = types[A]->number, b = types[B]->number, c = types[C]->number;
  const struct {
    uint32_t declared, actual;
    bool is_same, is_subtype;
  } cases[] = {{WASMRT_I32, WASMRT_I32, true, true},
               {WASMRT_I32, WASMRT_I64, false, false},
               {NULLABLE(A), NULLABLE(a), true, true},
               {NULLABLE(A), NON_NULL(a), false, true},
               {NON_NULL(A), NULLABLE(a), false, false},
               {NULLABLE(A), NULLABLE(b), false, true},
               {NULLABLE(B), NULLABLE(a), false, false},
               {NULLABLE(A), NULLABLE(c), false, false},
               {WASMRT_FUNCREF, NON_NULL(b), false, true},
               {NULLABLE(A), WASMRT_FUNCREF, false, false},
               {NULLABLE(A), NULLABLE(ABSTRACT(NOFUNC)), false, true},
               {WASMRT_EXTERNREF, WASMRT_FUNCREF, false, false}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const uint32_t declared = cases[i].declared, actual = cases[i].actual;
    ck_assert_msg(global_matches(declared, actual, true, true, false) == cases[i].is_same, "%zu", i);
    ck_assert_msg(global_matches(declared, actual, false, false, false) == cases[i].is_subtype, "%zu", i);
    ck_assert(!global_matches(declared, actual, true, false, false));
    ck_assert(!global_matches(declared, actual, false, true, false));
  }
  /* Nobody else can call the functions of a module in the static model. */
  ck_assert(global_matches(WASMRT_I32, WASMRT_I32, true, true, true));
  ck_assert(global_matches(WASMRT_EXTERNREF, WASMRT_EXTERNREF, true, true, true));
  ck_assert(!global_matches(WASMRT_FUNCREF, WASMRT_FUNCREF, true, true, true));
  ck_assert(!global_matches(WASMRT_FUNCREF, NON_NULL(a), false, false, true));
}
END_TEST

START_TEST(tables_match_exactly) {
  ck_assert(wasmrt_types_intern(rows, DEFINED, types));
  const uint32_t a = types[A]->number, b = types[B]->number;
  const struct {
    uint32_t declared, actual;
    bool expected;
  } cases[] = {{NULLABLE(A), NULLABLE(a), true},       {NULLABLE(A), NULLABLE(b), false},
               {NULLABLE(A), NON_NULL(a), false},      {WASMRT_FUNCREF, NULLABLE(a), false},
               {NULLABLE(B), NULLABLE(b), true},       {NULLABLE(A), WASMRT_FUNCREF, false},
               {WASMRT_FUNCREF, WASMRT_FUNCREF, true}, {WASMRT_EXTERNREF, WASMRT_FUNCREF, false}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const struct wasmrt_import import = {.kind = WASMRT_TABLE};
    const struct wasmrt_limits declared = {.max = UINT64_MAX, .type = cases[i].declared};
    struct wasmrt_table_record record = {.table.type = cases[i].actual, .declared_max = UINT64_MAX};
    struct wasmrt_extern object = {.type.kind = WASMRT_TABLE, .of.table = &record.table};
    ck_assert_msg(matches(&import, &declared, NULL, &object) == cases[i].expected, "%zu", i);
    static const struct wasmrt_instance single;
    record.alone = &single;
    ck_assert(!matches(&import, &declared, NULL, &object));
  }
}
END_TEST

START_TEST(types_as_text) {
  const struct {
    uint32_t kind;
    const char *text;
  } cases[] = {{WASMRT_I32, "i32"},
               {WASMRT_V128, "v128"},
               {WASMRT_FUNCREF, "funcref"},
               {WASMRT_EXTERNREF, "externref"},
               {NULLABLE(ABSTRACT(ANY)), "anyref"},
               {NULLABLE(ABSTRACT(EQ)), "eqref"},
               {NULLABLE(ABSTRACT(I31)), "i31ref"},
               {NULLABLE(ABSTRACT(STRUCT)), "structref"},
               {NULLABLE(ABSTRACT(ARRAY)), "arrayref"},
               {NULLABLE(ABSTRACT(EXN)), "exnref"},
               {NULLABLE(ABSTRACT(NONE)), "nullref"},
               {NULLABLE(ABSTRACT(NOFUNC)), "nullfuncref"},
               {NULLABLE(ABSTRACT(NOEXTERN)), "nullexternref"},
               {NULLABLE(ABSTRACT(NOEXN)), "nullexnref"},
               {NON_NULL(ABSTRACT(FUNC)), "(ref func)"},
               {NON_NULL(ABSTRACT(NOEXTERN)), "(ref noextern)"},
               {NON_NULL(0), "(ref 0)"},
               {NULLABLE(1048575), "(ref null 1048575)"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const struct wasmrt_extern_type type = {.kind = WASMRT_GLOBAL, .type = cases[i].kind};
    char text[64], expected[64];
    snprintf(expected, sizeof expected, "(global %s)", cases[i].text);
    wasmrt_type_describe(&type, text, sizeof text);
    ck_assert_str_eq(text, expected);
  }
  const uint32_t values[] = {NON_NULL(3), WASMRT_F64};
  const struct wasmrt_extern_type function = {.kind = WASMRT_FUNC, .signature = {1, 1, values}};
  char text[64], cut[12];
  wasmrt_type_describe(&function, text, sizeof text);
  ck_assert_str_eq(text, "(func (param (ref 3)) (result f64))");
  wasmrt_type_describe(&function, cut, sizeof cut);
  ck_assert_str_eq(cut, "(func (para");
}
END_TEST

int main(void) {
  const TTest *const tests[] = {functions_match_by_subtyping, globals_match_by_subtyping_unless_they_change,
                                tables_match_exactly, types_as_text};
  return run_suite("match", tests, sizeof tests / sizeof *tests);
}
