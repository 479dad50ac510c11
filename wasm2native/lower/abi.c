/*
 * The compiler's side of libwasmrt/abi: records of layout.def as LLVM struct types, functions of
 * functions.def as declarations. The target's data layout decides the offsets.
 */
#include <string.h>

#include "internal.h"

#define KIND_VOID 0
#define KIND_PTR 1
#define KIND_U64 2
#define KIND_U32 3
#define KIND_U8 4

struct abi_field {
  uint8_t record;
  uint8_t kind;
};

static const struct abi_field abi_fields[] = {
#define STRUCT(name)
#define FIELD(name, kind, type, field) {ABI_##name, KIND_##kind},
#define END(name)
#include "layout.def"
};

static const char *const abi_names[] = {
#define STRUCT(name) "wasmrt_" #name,
#define FIELD(name, kind, type, field)
#define END(name)
#include "layout.def"
};

static const struct {
  const char *symbol;
  uint8_t result;
  uint8_t param_count;
  uint8_t params[5];
} abi_functions[] = {
#define PARAMS1(a)                                                                                           \
  1, {                                                                                                       \
    KIND_##a                                                                                                 \
  }
#define PARAMS2(a, b)                                                                                        \
  2, {                                                                                                       \
    KIND_##a, KIND_##b                                                                                       \
  }
#define PARAMS3(a, b, c)                                                                                     \
  3, {                                                                                                       \
    KIND_##a, KIND_##b, KIND_##c                                                                             \
  }
#define PARAMS4(a, b, c, d)                                                                                  \
  4, {                                                                                                       \
    KIND_##a, KIND_##b, KIND_##c, KIND_##d                                                                   \
  }
#define PARAMS5(a, b, c, d, e)                                                                               \
  5, {                                                                                                       \
    KIND_##a, KIND_##b, KIND_##c, KIND_##d, KIND_##e                                                         \
  }
#define FUNCTION(name, result, params) {"wasmrt_op_" #name, KIND_##result, params},
#include "functions.def"
};

static LLVMTypeRef kind_type(const struct lower_module *m, unsigned kind) {
  const LLVMTypeRef types[] = {m->void_, m->ptr, m->i64, m->i32, m->i8};
  return types[kind];
}

static LLVMAttributeRef enum_attribute(const struct lower_module *m, const char *name) {
  return LLVMCreateEnumAttribute(m->context, LLVMGetEnumAttributeKindForName(name, strlen(name)), 0);
}

/* Type-based alias tags: each kind of access is a type of its own below one root, so none aliases another. */
static void make_access_tags(struct lower_module *m) {
  static const char *const names[ACCESS_COUNT] = {"linear memory", "global", "table entry", "record",
                                                  "constant"};
  LLVMMetadataRef root_name = LLVMMDStringInContext2(m->context, "wasm2native", strlen("wasm2native"));
  LLVMMetadataRef root = LLVMMDNodeInContext2(m->context, &root_name, 1);
  LLVMMetadataRef zero = LLVMValueAsMetadata(LLVMConstInt(m->i64, 0, 0));
  for (unsigned i = 0; i < ACCESS_COUNT; i++) {
    LLVMMetadataRef name = LLVMMDStringInContext2(m->context, names[i], strlen(names[i]));
    LLVMMetadataRef type_operands[] = {name, root, zero};
    LLVMMetadataRef type = LLVMMDNodeInContext2(m->context, type_operands, 3);
    LLVMMetadataRef tag_operands[] = {type, type, zero};
    m->access_tags[i] = LLVMMetadataAsValue(m->context, LLVMMDNodeInContext2(m->context, tag_operands, 3));
  }
  m->tbaa_kind = LLVMGetMDKindIDInContext(m->context, "tbaa", strlen("tbaa"));
  m->invariant_load_kind = LLVMGetMDKindIDInContext(m->context, "invariant.load", strlen("invariant.load"));
}

void lower_abi_init(struct lower_module *m) {
  m->void_ = LLVMVoidTypeInContext(m->context);
  m->i1 = LLVMInt1TypeInContext(m->context);
  m->i8 = LLVMInt8TypeInContext(m->context);
  m->i16 = LLVMInt16TypeInContext(m->context);
  m->i32 = LLVMInt32TypeInContext(m->context);
  m->i64 = LLVMInt64TypeInContext(m->context);
  m->f32 = LLVMFloatTypeInContext(m->context);
  m->f64 = LLVMDoubleTypeInContext(m->context);
  m->ptr = LLVMPointerTypeInContext(m->context, 0);
  m->v128 = LLVMVectorType(m->i64, 2);

  LLVMTypeRef fields[64];
  unsigned row = 0;
  for (unsigned s = 0; s < ABI_STRUCT_COUNT; s++) {
    unsigned count = 0;
    while (row < sizeof abi_fields / sizeof abi_fields[0] && abi_fields[row].record == s) {
      fields[count++] = kind_type(m, abi_fields[row++].kind);
    }
    m->abi[s] = LLVMStructCreateNamed(m->context, abi_names[s]);
    LLVMStructSetBody(m->abi[s], fields, count, 0);
  }
  m->nounwind = enum_attribute(m, "nounwind");
  m->noreturn = enum_attribute(m, "noreturn");
  m->cold = enum_attribute(m, "cold");
  m->noundef = enum_attribute(m, "noundef");
  m->no_inlining = enum_attribute(m, "noinline");
  m->optsize = enum_attribute(m, "optsize");
  m->minsize = enum_attribute(m, "minsize");
  make_access_tags(m);
}

LLVMValueRef lower_op(struct lower_module *m, enum abi_function function) {
  if (!m->ops[function].value) {
    LLVMTypeRef params[6] = {m->ptr};
    unsigned count = abi_functions[function].param_count;
    for (unsigned i = 0; i < count; i++) {
      params[i + 1] = kind_type(m, abi_functions[function].params[i]);
    }
    LLVMTypeRef type = LLVMFunctionType(kind_type(m, abi_functions[function].result), params, count + 1, 0);
    LLVMValueRef value = LLVMAddFunction(m->llvm, abi_functions[function].symbol, type);
    LLVMAddAttributeAtIndex(value, LLVMAttributeFunctionIndex, m->nounwind);
    if (function == ABI_OP_trap || function == ABI_OP_missing_import) {
      LLVMAddAttributeAtIndex(value, LLVMAttributeFunctionIndex, m->noreturn);
      LLVMAddAttributeAtIndex(value, LLVMAttributeFunctionIndex, m->cold);
    }
    m->ops[function].value = value;
    m->ops[function].type = type;
  }
  return m->ops[function].value;
}

LLVMValueRef lower_call_op(struct lower_function *f, enum abi_function function, const LLVMValueRef *args,
                           unsigned arg_count) {
  LLVMValueRef all[6] = {f->instance};
  for (unsigned i = 0; i < arg_count; i++) {
    all[i + 1] = args[i];
  }
  LLVMValueRef callee = lower_op(f->m, function);
  return LLVMBuildCall2(f->b, f->m->ops[function].type, callee, all, arg_count + 1, "");
}

LLVMTypeRef lower_type(const struct lower_module *m, wasm_type type) {
  switch (type) {
  case WASM_I32:
    return m->i32;
  case WASM_I64:
    return m->i64;
  case WASM_F32:
    return m->f32;
  case WASM_F64:
    return m->f64;
  case WASM_V128:
    return m->v128;
  default: /* references */
    return m->ptr;
  }
}

LLVMValueRef lower_field(struct lower_function *f, LLVMValueRef record, enum abi_struct type,
                         unsigned field) {
  return LLVMBuildStructGEP2(f->b, f->m->abi[type], record, field, "");
}

LLVMValueRef lower_load_field(struct lower_function *f, LLVMValueRef record, enum abi_struct type,
                              unsigned field, enum access access) {
  LLVMTypeRef field_type = LLVMStructGetTypeAtIndex(f->m->abi[type], field);
  LLVMValueRef value = LLVMBuildLoad2(f->b, field_type, lower_field(f, record, type, field), "");
  lower_set_access(f, value, access);
  return value;
}

void lower_set_access(struct lower_function *f, LLVMValueRef instruction, enum access access) {
  LLVMSetMetadata(instruction, f->m->tbaa_kind, f->m->access_tags[access]);
  if (access == ACCESS_CONSTANT) {
    LLVMSetMetadata(instruction, f->m->invariant_load_kind,
                    LLVMMetadataAsValue(f->m->context, LLVMMDNodeInContext2(f->m->context, NULL, 0)));
  }
}
