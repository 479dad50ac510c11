/*
 * Whether a module declares WASI's functions with the types that they have. In executables the linker binds
 * imports by their names alone; a function that is called with another type takes what lies in registers and
 * on the stack for arguments, and a caller takes it for results. Specification: 4.5.4 (instantiation), 3.5.9
 * (import matching).
 */
#define _GNU_SOURCE
#include "preview1.h"

#include "letters.h"

/* Names and signatures in turn, each followed by NUL. */
static const char functions[] =
#define WASI(name, unstable, params, result) #name "\0" params ":" LETTER_##result "\0"
#include "wasi.def"
    ;

static uint32_t kind_of(char letter) {
  return letter == 'i' ? WASMRT_I32 : letter == 'I' ? WASMRT_I64 : 0;
}

static bool has_signature(const struct wasmrt_deftype *type, const char *signature) {
  const uint32_t count = type->param_count + type->result_count;
  for (uint32_t i = 0; i <= count; i++) {
    if (i == type->param_count && *signature++ != ':') {
      return false;
    }
    if (i < count && kind_of(*signature++) != type->kinds[i]) {
      return false;
    }
  }
  return *signature == '\0';
}

/* The signature of a function; NULL if WASI has none of that name. */
static const char *find_signature(const char *name) {
  for (const char *at = functions; *at != '\0'; at += strlen(at) + 1) {
    const bool found = strcmp(at, name) == 0;
    at += strlen(at) + 1;
    if (found) {
      return at;
    }
  }
  return NULL;
}

const struct wasmrt_import *wasi_find_mistyped(const struct wasmrt_module *module) {
  for (uint32_t i = 0; i < module->import_count; i++) {
    const struct wasmrt_import *import = &module->imports[i];
    const bool is_wasi =
        strcmp(import->module, "wasi_snapshot_preview1") == 0 || strcmp(import->module, "wasi_unstable") == 0;
    if (import->kind != WASMRT_FUNC || !is_wasi) {
      continue;
    }
    const char *signature = find_signature(import->name);
    if (signature != NULL && !has_signature(&module->types[import->type], signature)) {
      return import;
    }
  }
  return NULL;
}
