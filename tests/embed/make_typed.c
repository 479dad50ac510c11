/* make_typed FILE MORE_TYPES writes the module of test_typed.c: functions of types that look equal and are
 * not, and every way to call them by reference. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BYTES(...)                                                                                           \
  (const uint8_t[]){__VA_ARGS__}, sizeof(const uint8_t[]) {                                                  \
    __VA_ARGS__                                                                                              \
  }

static FILE *output;

static void write_bytes(const uint8_t *bytes, size_t size) {
  if (fwrite(bytes, 1, size, output) != size) {
    abort();
  }
}

static void write_section(uint8_t id, const uint8_t *bytes, size_t size) {
  const uint8_t head[] = {id, (uint8_t)(size % 128 + 128), (uint8_t)(size / 128)};
  write_bytes(head, sizeof head);
  write_bytes(bytes, size);
}

static uint8_t exports[1024];
static size_t exports_size = 1; /* after their number */

static void export(const char *name, uint8_t kind, uint8_t index) {
  const size_t length = strlen(name);
  exports[0]++;
  exports[exports_size++] = (uint8_t)length;
  memcpy(exports + exports_size, name, length);
  exports_size += length;
  exports[exports_size++] = kind;
  exports[exports_size++] = index;
}

/* Types 0, 2, 5 and 6 all take an i32 and return one. After them come as many others as asked for, which
 * nobody uses. */
static const uint8_t types[] = {
    0x60, 1, 0x7f, 1,    0x7f,                   /* 0 */
    0x60, 2, 0x64, 0,    0x7f, 1,    0x7f,       /* 1: takes a (ref 0) and an i32 */
    0x4e, 2, 0x60, 1,    0x7f, 1,    0x7f,       /* 2: like 0, but in a group of two */
    0x60, 0, 0,                                  /* 3: its other one */
    0x60, 2, 0x63, 0,    0x7f, 1,    0x7f,       /* 4: takes a (ref null 0) and an i32 */
    0x50, 0, 0x60, 1,    0x7f, 1,    0x7f,       /* 5: may have subtypes */
    0x4f, 1, 5,    0x60, 1,    0x7f, 1,    0x7f, /* 6: its subtype */
    0x60, 0, 1,    0x64, 0,                      /* 7: returns a (ref 0) */
    0x60, 2, 0x7f, 0x7f, 1,    0x7f,             /* 8 */
    0x60, 1, 0x70, 1,    0x7f};                  /* 9: takes a funcref */
enum { GROUPS = 9, MOST = 4096 };

static void write_types(unsigned more) {
  static uint8_t section[2 + sizeof types + 3 * MOST];
  section[0] = (uint8_t)((GROUPS + more) % 128 + 128);
  section[1] = (uint8_t)((GROUPS + more) / 128);
  memcpy(section + 2, types, sizeof types);
  size_t size = 2 + sizeof types;
  for (unsigned i = 0; i < more; i++) {
    memcpy(section + size, (const uint8_t[]){0x60, 0, 0}, 3);
    size += 3;
  }
  write_section(1, section, size);
}

/* One function after another: its name, its type, its body. */
static const struct {
  const char *name;
  uint8_t type, size;
  uint8_t body[12];
} functions[] = {
    {"inc", 0, 6, {0x20, 0, 0x41, 1, 0x6a, 0x0b}},      /* 1: adds 1 */
    {"other", 2, 6, {0x20, 0, 0x41, 2, 0x6a, 0x0b}},    /* 2: adds 2 */
    {"open", 5, 6, {0x20, 0, 0x41, 3, 0x6a, 0x0b}},     /* 3: adds 3 */
    {"sub", 6, 6, {0x20, 0, 0x41, 4, 0x6a, 0x0b}},      /* 4: adds 4 */
    {"apply", 1, 7, {0x20, 1, 0x20, 0, 0x14, 0, 0x0b}}, /* call_ref */
    {"apply_null", 4, 7, {0x20, 1, 0x20, 0, 0x14, 0, 0x0b}},
    {"indirect", 8, 8, {0x20, 1, 0x20, 0, 0x11, 0, 0, 0x0b}},      /* call_indirect 0, type 0 */
    {"indirect_open", 8, 8, {0x20, 1, 0x20, 0, 0x11, 5, 0, 0x0b}}, /* type 5 */
    {"through", 8, 9, {0x20, 1, 0x20, 0, 0x25, 1, 0x14, 0, 0x0b}}, /* table.get 1, call_ref */
    {"call_global", 0, 7, {0x20, 0, 0x23, 1, 0x14, 0, 0x0b}},
    {"call_kept", 0, 7, {0x20, 0, 0x23, 0, 0x14, 0, 0x0b}},        /* the imported global */
    {"call_made", 0, 7, {0x20, 0, 0x10, 0, 0x14, 0, 0x0b}},        /* what the import returns */
    {"is_open", 9, 6, {0x20, 0, 0xfb, 0x14, 5, 0x0b}},             /* ref.test */
    {"initial", 8, 9, {0x20, 1, 0x20, 0, 0x25, 2, 0x14, 0, 0x0b}}, /* table.get 2, call_ref */
    {"known", 8, 8, {0x20, 1, 0x20, 0, 0x11, 0, 3, 0x0b}},         /* call_indirect 3, type 0 */
    {"known_open", 8, 8, {0x20, 1, 0x20, 0, 0x11, 5, 3, 0x0b}},    /* type 5 */
};
enum { FUNCTIONS = sizeof functions / sizeof *functions };

static void write_functions(void) {
  uint8_t section[1 + FUNCTIONS] = {FUNCTIONS};
  for (size_t i = 0; i < FUNCTIONS; i++) {
    section[1 + i] = functions[i].type;
    export(functions[i].name, 0, (uint8_t)(i + 1));
  }
  write_section(3, section, sizeof section);
}

static void write_bodies(void) {
  uint8_t section[FUNCTIONS * 16] = {FUNCTIONS};
  size_t size = 1;
  for (size_t i = 0; i < FUNCTIONS; i++) {
    section[size++] = (uint8_t)(functions[i].size + 1);
    section[size++] = 0; /* locals */
    memcpy(section + size, functions[i].body, functions[i].size);
    size += functions[i].size;
  }
  write_section(10, section, size);
}

int main(int argc, char **argv) {
  const unsigned long more = argc == 3 ? strtoul(argv[2], NULL, 10) : MOST;
  output = more < MOST ? fopen(argv[1], "wb") : NULL;
  if (output == NULL) {
    return EXIT_FAILURE;
  }
  write_bytes(BYTES(0, 'a', 's', 'm', 1, 0, 0, 0));
  write_types((unsigned)more);
  /* A function of type 7 and a (mut (ref null 0)). */
  write_section(2, BYTES(2, 3, 'e', 'n', 'v', 4, 'm', 'a', 'k', 'e', 0, 7, 3, 'e', 'n', 'v', 4, 'k', 'e', 'p',
                         't', 3, 0x63, 0, 1));
  write_functions();
  export("table", 1, 0);
  export("typed", 1, 1);
  export("full", 1, 2);
  export("global", 3, 1);
  write_section(4, BYTES(4, 0x70, 0, 4,                         /* funcref */
                         0x63, 0, 0, 2,                         /* (ref null 0) */
                         0x40, 0, 0x64, 0, 0, 3, 0xd2, 1, 0x0b, /* (ref 0), at first "inc" */
                         0x70, 0, 5));                          /* nobody writes it */
  write_section(6, BYTES(1, 0x64, 0, 1, 0xd2, 1, 0x0b));        /* (mut (ref 0)), at first "inc" */
  write_section(7, exports, exports_size);
  write_section(9, BYTES(1, 2, 3, 0x41, 0, 0x0b, 0, 4, 1, 2, 3, 4)); /* "inc", "other", "open", "sub" */
  write_bodies();
  return fclose(output) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
