/*
 * Tables (spec 4.4.6).
 *
 * Known tables: in the static model a table that nothing can write after its active segments (no import or
 * export, no instruction but call_indirect names it) has contents that are known here. Such a table does not
 * exist at run time. Calls through it check the index against a constant and look the code up in constant
 * arrays:
 *
 * - by type, one array of code pointers for each type that calls name, whose wrong-type and null slots point
 * to functions that trap, so that the only check is that of the index; or
 * - where that would take too much space, one array of {code, rank of the type}: types are ranked such that
 * the subtypes of each follow it (spec 3.3.7: they form trees), so that one comparison asks for all of them.
 */
#include <stdio.h>
#include <string.h>

#include "internal.h"
#include "match.h"

enum { KNOWN_TABLE_SPACE = 1 << 14 }; /* entries in all per-type arrays of a module */

LLVMValueRef lower_table_record(struct lower_function *f, uint32_t table) {
  LLVMValueRef list = lower_load_field(f, f->instance, ABI_instance, WASMRT_instance_tables, ACCESS_CONSTANT);
  LLVMValueRef at = LLVMConstInt(f->m->i64, table, 0);
  LLVMValueRef record = LLVMBuildLoad2(f->b, f->m->ptr, LLVMBuildGEP2(f->b, f->m->ptr, list, &at, 1, ""), "");
  lower_set_access(f, record, ACCESS_CONSTANT);
  return record;
}

bool lower_table_is_wide(const struct lower_function *f, uint32_t table) {
  return f->m->wasm->tables[table].limits.is_64;
}

/* A number of entries as the table's address type. */
static void push_entries(struct lower_function *f, uint32_t table, LLVMValueRef entries) {
  lower_push(f, lower_table_is_wide(f, table) ? entries : LLVMBuildTrunc(f->b, entries, f->m->i32, ""));
}

/* The address of an entry, checked against the table's size. */
static LLVMValueRef entry_address(struct lower_function *f, uint32_t table, LLVMValueRef index) {
  LLVMValueRef record = lower_table_record(f, table);
  LLVMValueRef size = lower_load_field(f, record, ABI_table, WASMRT_table_size, ACCESS_RECORD);
  lower_trap_if(f, LLVMBuildICmp(f->b, LLVMIntUGE, index, size, ""), WASMRT_TRAP_TABLE_OUT_OF_BOUNDS);
  LLVMValueRef entries = lower_load_field(f, record, ABI_table, WASMRT_table_entries, ACCESS_RECORD);
  return LLVMBuildGEP2(f->b, f->m->ptr, entries, &index, 1, "");
}

void lower_table_get(struct lower_function *f, const struct wasm_insn *insn,
                     const struct wasm_opcode_info *info) {
  (void)info;
  LLVMValueRef value = LLVMBuildLoad2(
      f->b, f->m->ptr,
      entry_address(f, insn->imm.index, lower_pop_index(f, lower_table_is_wide(f, insn->imm.index))), "");
  lower_set_access(f, value, ACCESS_TABLE);
  lower_push(f, value);
}

void lower_table_set(struct lower_function *f, const struct wasm_insn *insn,
                     const struct wasm_opcode_info *info) {
  (void)info;
  LLVMValueRef value = lower_pop(f);
  LLVMValueRef address =
      entry_address(f, insn->imm.index, lower_pop_index(f, lower_table_is_wide(f, insn->imm.index)));
  lower_set_access(f, LLVMBuildStore(f->b, value, address), ACCESS_TABLE);
}

void lower_table_size(struct lower_function *f, const struct wasm_insn *insn,
                      const struct wasm_opcode_info *info) {
  (void)info;
  LLVMValueRef record = lower_table_record(f, insn->imm.index);
  LLVMValueRef size = lower_load_field(f, record, ABI_table, WASMRT_table_size, ACCESS_RECORD);
  push_entries(f, insn->imm.index, size);
}

static LLVMValueRef number(struct lower_function *f, uint32_t value) {
  return LLVMConstInt(f->m->i32, value, 0);
}

void lower_table_grow(struct lower_function *f, const struct wasm_insn *insn,
                      const struct wasm_opcode_info *info) {
  (void)info;
  LLVMValueRef delta = lower_pop_index(f, lower_table_is_wide(f, insn->imm.index)), value = lower_pop(f);
  LLVMValueRef args[] = {number(f, insn->imm.index), value, delta};
  push_entries(f, insn->imm.index, lower_call_op(f, ABI_OP_table_grow, args, 3));
}

void lower_table_fill(struct lower_function *f, const struct wasm_insn *insn,
                      const struct wasm_opcode_info *info) {
  (void)info;
  bool is_wide = lower_table_is_wide(f, insn->imm.index);
  LLVMValueRef count = lower_pop_index(f, is_wide), value = lower_pop(f), first = lower_pop_index(f, is_wide);
  LLVMValueRef args[] = {number(f, insn->imm.index), first, value, count};
  lower_call_op(f, ABI_OP_table_fill, args, 4);
}

void lower_table_copy(struct lower_function *f, const struct wasm_insn *insn,
                      const struct wasm_opcode_info *info) {
  (void)info;
  uint32_t target = insn->imm.pair.first, origin = insn->imm.pair.second;
  bool target_wide = lower_table_is_wide(f, target), origin_wide = lower_table_is_wide(f, origin);
  LLVMValueRef count = lower_pop_index(f, target_wide && origin_wide);
  LLVMValueRef source = lower_pop_index(f, origin_wide), destination = lower_pop_index(f, target_wide);
  LLVMValueRef args[] = {number(f, target), number(f, origin), destination, source, count};
  lower_call_op(f, ABI_OP_table_copy, args, 5);
}

void lower_table_init(struct lower_function *f, const struct wasm_insn *insn,
                      const struct wasm_opcode_info *info) {
  (void)info;
  LLVMValueRef count = lower_pop_index(f, false), source = lower_pop_index(f, false);
  LLVMValueRef destination = lower_pop_index(f, lower_table_is_wide(f, insn->imm.pair.second));
  LLVMValueRef args[] = {number(f, insn->imm.pair.second), number(f, insn->imm.pair.first), destination,
                         source, count};
  lower_call_op(f, ABI_OP_table_init, args, 5);
}

void lower_elem_drop(struct lower_function *f, const struct wasm_insn *insn,
                     const struct wasm_opcode_info *info) {
  (void)info;
  LLVMValueRef segment = number(f, insn->imm.index);
  lower_call_op(f, ABI_OP_elem_drop, &segment, 1);
}

/* ---- Known tables */

/* Rules out tables that a body names by anything but call_indirect. */
static void find_uses(struct lower_plan *plan, const struct wasm_func *func, struct arena *scratch) {
  struct wasm_walk walk = wasm_walk_make(func->body, func->offset, plan->wasm->used, scratch);
  struct wasm_insn insn;
  while (wasm_walk_next(&walk, &insn)) {
    switch (wasm_insn_info(&insn)->imm) {
    case WASM_IMM_TABLE:
      plan->tables[insn.imm.index].is_known = false;
      break;
    case WASM_IMM_TABLE_TABLE:
      plan->tables[insn.imm.pair.first].is_known = false;
      plan->tables[insn.imm.pair.second].is_known = false;
      break;
    case WASM_IMM_ELEM_TABLE:
      plan->tables[insn.imm.pair.second].is_known = false;
      break;
    default:
      break;
    }
  }
}

/* Writes the active segments into the known tables; a segment that cannot be placed makes its table unknown.
 */
static void place_segments(struct lower_plan *plan) {
  for (uint32_t i = 0; i < plan->wasm->element_count; i++) {
    const struct wasm_element *element = &plan->wasm->elements[i];
    if (element->mode != WASM_SEGMENT_ACTIVE || !plan->tables[element->table].is_known) {
      continue;
    }
    struct lower_table *table = &plan->tables[element->table];
    struct wasm_insn start;
    bool has_place = element->funcs && lower_is_constant(plan->wasm, &element->start, &start) &&
                     (uint64_t)start.imm.i32 + element->count <= table->size;
    if (!has_place) {
      table->is_known = false;
      continue;
    }
    for (uint32_t k = 0; k < element->count; k++) {
      table->entries[start.imm.i32 + k] = element->funcs[k];
    }
  }
}

/*
 * Ranks types by a walk through the trees of subtypes: a type's `first`, then all that lies below it, up to
 * `last`. Supertypes have lower indices than their subtypes, so that two passes are enough.
 */
static void rank_types(struct lower_plan *plan) {
  uint32_t count = plan->wasm->type_count;
  const struct wasm_type_def *types = plan->wasm->types;
  plan->ranks = ARENA_ARRAY(plan->arena, struct lower_rank, count);
  uint32_t *sizes = ARENA_ARRAY(plan->arena, uint32_t, count),
           *next = ARENA_ARRAY(plan->arena, uint32_t, count);
  for (uint32_t i = count; i-- > 0;) {
    if (types[i].class == i) {
      sizes[i]++;
      if (types[i].super != WASM_NO_INDEX) {
        sizes[types[types[i].super].class] += sizes[i];
      }
    }
  }
  uint32_t root = 0;
  for (uint32_t i = 0; i < count; i++) {
    uint32_t class = types[i].class;
    if (class != i) {
      plan->ranks[i] = plan->ranks[class];
      continue;
    }
    uint32_t *place = types[i].super == WASM_NO_INDEX ? &root : &next[types[types[i].super].class];
    plan->ranks[i] = (struct lower_rank){*place, *place + sizes[i] - 1};
    next[i] = *place + 1;
    *place += sizes[i];
  }
}

void lower_find_known_tables(struct lower_plan *plan) {
  const struct wasm_module *wasm = plan->wasm;
  plan->tables = ARENA_ARRAY(plan->arena, struct lower_table, wasm->table_count);
  if (plan->options->model != LOWER_STATIC) {
    return;
  }
  /* The last condition: size fields alone must not make us, or the program, large. */
  uint64_t space = wasm->bytes.size;
  for (uint32_t i = 0; i < wasm->table_count; i++) {
    uint64_t size = wasm->tables[i].limits.min;
    plan->tables[i].is_known = !wasm->tables[i].is_import && !wasm->tables[i].has_init &&
                               wasm_heap_top(wasm, wasm_heap_of(wasm->tables[i].type)) == WASM_HEAP_FUNC &&
                               !wasm->tables[i].limits.is_64 && size <= space;
    space -= plan->tables[i].is_known ? size : 0;
  }
  for (uint32_t i = 0; i < wasm->export_count; i++) {
    if (wasm->exports[i].kind == WASM_EXTERN_TABLE) {
      plan->tables[wasm->exports[i].index].is_known = false;
    }
  }
  struct arena scratch = {0};
  for (uint32_t i = wasm->func_import_count; i < wasm->func_count; i++) {
    find_uses(plan, &wasm->funcs[i], &scratch);
    arena_reset(&scratch);
  }
  uint64_t total = 0; /* each table counts as one entry more, for what it takes itself */
  for (uint32_t i = 0; i < wasm->table_count; i++) {
    struct lower_table *table = &plan->tables[i];
    if (!table->is_known) {
      continue;
    }
    table->size = (uint32_t)wasm->tables[i].limits.min;
    table->entries = ARENA_ARRAY(plan->arena, uint32_t, table->size);
    total += table->size + UINT64_C(1);
    for (uint32_t k = 0; k < table->size; k++) {
      table->entries[k] = WASM_NO_INDEX;
    }
  }
  plan->has_code_arrays = total * wasm->type_count <= KNOWN_TABLE_SPACE;
  rank_types(plan);
  arena_free(&scratch);
  place_segments(plan);
}

static LLVMValueRef code_of(struct lower_module *m, uint32_t function) {
  bool is_import = m->wasm->funcs[function].is_import;
  return is_import ? lower_import_wrapper(m, function) : lower_func(m, function)->value;
}

/* A function of a type that traps: what an unusable slot of that type's array points to. */
static LLVMValueRef trap_function(struct lower_module *m, uint32_t type_class, enum wasmrt_trap_code code) {
  char name[32];
  snprintf(name, sizeof name, "trap.%u.%u", (unsigned)code, type_class);
  LLVMValueRef function = lower_add_function(m, name, m->func_types[type_class], true);
  LLVMBuilderRef b = LLVMCreateBuilderInContext(m->context);
  LLVMPositionBuilderAtEnd(b, LLVMAppendBasicBlockInContext(m->context, function, ""));
  LLVMValueRef callee = lower_op(m, ABI_OP_trap);
  LLVMValueRef args[] = {m->instance, LLVMConstInt(m->i32, code, 0)};
  LLVMBuildCall2(b, m->ops[ABI_OP_trap].type, callee, args, 2, "");
  LLVMBuildUnreachable(b);
  LLVMDisposeBuilder(b);
  return function;
}

/* Code pointers for calls of one type. In other parts than the main one only their name is known. */
static LLVMValueRef array_by_type(struct lower_module *m, uint32_t index, uint32_t type_class) {
  const struct lower_table *table = &m->plan->tables[index];
  struct lower_table_code *code = &m->tables[index];
  if (!code->by_type) {
    code->by_type = ARENA_ARRAY(m->arena, LLVMValueRef, m->wasm->type_count);
  }
  if (code->by_type[type_class]) {
    return code->by_type[type_class];
  }
  LLVMTypeRef type = LLVMArrayType2(m->ptr, table->size);
  LLVMValueRef initializer = NULL;
  if (m->part->is_main) {
    LLVMValueRef mismatch = trap_function(m, type_class, WASMRT_TRAP_INDIRECT_CALL_TYPE_MISMATCH);
    LLVMValueRef null = trap_function(m, type_class, WASMRT_TRAP_UNINITIALIZED_ELEMENT);
    LLVMValueRef *pointers = ARENA_ARRAY(m->arena, LLVMValueRef, table->size);
    for (uint32_t i = 0; i < table->size; i++) {
      uint32_t function = table->entries[i];
      if (function == WASM_NO_INDEX) {
        pointers[i] = null;
      } else {
        uint32_t actual = m->wasm->funcs[function].type;
        pointers[i] = wasm_heap_matches(m->wasm, actual, type_class) ? code_of(m, function) : mismatch;
      }
    }
    initializer = LLVMConstArray2(m->ptr, pointers, table->size);
  }
  char name[32];
  snprintf(name, sizeof name, "%u.%u.table", index, type_class);
  return code->by_type[type_class] = lower_shared_constant(m, type, name, initializer);
}

static LLVMTypeRef code_record_type(struct lower_module *m) {
  LLVMTypeRef fields[] = {m->ptr, m->i32};
  return LLVMStructTypeInContext(m->context, fields, 2, 0);
}

/* The same with the type of each, for calls of any type. */
static LLVMValueRef code_records(struct lower_module *m, uint32_t index) {
  const struct lower_table *table = &m->plan->tables[index];
  if (m->tables[index].records) {
    return m->tables[index].records;
  }
  LLVMTypeRef record_type = code_record_type(m);
  LLVMValueRef initializer = NULL;
  if (m->part->is_main) {
    LLVMValueRef *records = ARENA_ARRAY(m->arena, LLVMValueRef, table->size);
    for (uint32_t i = 0; i < table->size; i++) {
      uint32_t function = table->entries[i];
      bool is_null = function == WASM_NO_INDEX;
      uint32_t rank = is_null ? UINT32_MAX : m->plan->ranks[m->wasm->funcs[function].type].first;
      LLVMValueRef fields[] = {is_null ? LLVMConstNull(m->ptr) : code_of(m, function),
                               LLVMConstInt(m->i32, rank, 0)};
      records[i] = LLVMConstStructInContext(m->context, fields, 2, 0);
    }
    initializer = LLVMConstArray2(record_type, records, table->size);
  }
  char name[32];
  snprintf(name, sizeof name, "%u.table", index);
  return m->tables[index].records =
             lower_shared_constant(m, LLVMArrayType2(record_type, table->size), name, initializer);
}

void lower_define_known_tables(struct lower_module *m) {
  for (uint32_t i = 0; i < m->wasm->table_count; i++) {
    const struct lower_table *table = &m->plan->tables[i];
    if (table->is_called && !m->plan->has_code_arrays) {
      code_records(m, i);
    }
    for (uint32_t k = 0; table->is_called && m->plan->has_code_arrays && k < m->wasm->type_count; k++) {
      if (table->is_called[k]) {
        array_by_type(m, i, k);
      }
    }
  }
}

/*
 * The code of a known table's entry `index` for a call of this type. Safe: the index is compared with the
 * array's length as an unsigned number before the load; whatever the arrays hold for this type either has it
 * or a subtype of it, or traps. The rank of null, UINT32_MAX, is far from that of every type.
 */
LLVMValueRef lower_known_table_code(struct lower_function *f, uint32_t table_index, uint32_t type,
                                    LLVMValueRef index) {
  struct lower_module *m = f->m;
  const struct lower_table *table = &m->plan->tables[table_index];
  LLVMValueRef size = LLVMConstInt(m->i32, table->size, 0);
  lower_trap_if(f, LLVMBuildICmp(f->b, LLVMIntUGE, index, size, ""), WASMRT_TRAP_UNDEFINED_ELEMENT);
  LLVMValueRef at = LLVMBuildZExt(f->b, index, m->i64, "");
  if (m->plan->has_code_arrays) {
    LLVMValueRef array = array_by_type(m, table_index, m->wasm->types[type].class);
    return LLVMBuildLoad2(f->b, m->ptr, LLVMBuildGEP2(f->b, m->ptr, array, &at, 1, ""), "");
  }
  LLVMTypeRef record_type = code_record_type(m);
  LLVMValueRef record = LLVMBuildGEP2(f->b, record_type, code_records(m, table_index), &at, 1, "");
  LLVMValueRef actual =
      LLVMBuildLoad2(f->b, m->i32, LLVMBuildStructGEP2(f->b, record_type, record, 1, ""), "");
  LLVMBasicBlockRef bad = lower_block_new(f, "bad"), ok = lower_block_new(f, "ok");
  struct lower_rank rank = m->plan->ranks[type];
  LLVMValueRef distance = LLVMBuildSub(f->b, actual, LLVMConstInt(m->i32, rank.first, 0), "");
  LLVMValueRef most = LLVMConstInt(m->i32, rank.last - rank.first, 0);
  LLVMBuildCondBr(f->b, LLVMBuildICmp(f->b, LLVMIntULE, distance, most, ""), ok, bad);
  LLVMPositionBuilderAtEnd(f->b, bad);
  LLVMBuildCondBr(f->b, LLVMBuildICmp(f->b, LLVMIntEQ, actual, LLVMConstAllOnes(m->i32), ""),
                  lower_trap_block(f, WASMRT_TRAP_UNINITIALIZED_ELEMENT),
                  lower_trap_block(f, WASMRT_TRAP_INDIRECT_CALL_TYPE_MISMATCH));
  LLVMPositionBuilderAtEnd(f->b, ok);
  return LLVMBuildLoad2(f->b, m->ptr, LLVMBuildStructGEP2(f->b, record_type, record, 0, ""), "");
}
