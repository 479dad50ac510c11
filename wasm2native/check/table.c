/* The rules of table instructions, and of memory.copy, which names two memories (spec 3.3.6, 3.3.7). */
#include "rules.h"

#include <inttypes.h>

static const struct wasm_table *table_at(const struct checker *c, uint32_t index) {
  return &c->module->tables[index];
}

/* Of two address types, that of the number of elements that can be copied between them. */
static wasm_type smaller(wasm_type a, wasm_type b) {
  return a == WASM_I32 || b == WASM_I32 ? WASM_I32 : WASM_I64;
}

bool check_table_get(struct checker *c) {
  uint32_t index = c->insn.imm.index;
  return check_has_table(c, index) && check_pop(c, check_address_type(&table_at(c, index)->limits)) &&
         check_push(c, table_at(c, index)->type);
}

bool check_table_set(struct checker *c) {
  uint32_t index = c->insn.imm.index;
  return check_has_table(c, index) && check_pop(c, table_at(c, index)->type) &&
         check_pop(c, check_address_type(&table_at(c, index)->limits));
}

bool check_table_size(struct checker *c) {
  uint32_t index = c->insn.imm.index;
  return check_has_table(c, index) && check_push(c, check_address_type(&table_at(c, index)->limits));
}

bool check_table_grow(struct checker *c) {
  uint32_t index = c->insn.imm.index;
  if (!check_has_table(c, index)) {
    return false;
  }
  wasm_type address = check_address_type(&table_at(c, index)->limits);
  return check_pop(c, address) && check_pop(c, table_at(c, index)->type) && check_push(c, address);
}

bool check_table_fill(struct checker *c) {
  uint32_t index = c->insn.imm.index;
  if (!check_has_table(c, index)) {
    return false;
  }
  wasm_type address = check_address_type(&table_at(c, index)->limits);
  return check_pop(c, address) && check_pop(c, table_at(c, index)->type) && check_pop(c, address);
}

static bool fail_element_types(struct checker *c, wasm_type destination, wasm_type source) {
  return check_fail(c, "type mismatch in %s: expected %s, found %s", check_text(c),
                    wasm_type_name(destination).text, wasm_type_name(source).text);
}

bool check_table_copy(struct checker *c) {
  uint32_t to = c->insn.imm.pair.first;
  uint32_t from = c->insn.imm.pair.second;
  if (!check_has_table(c, to) || !check_has_table(c, from)) {
    return false;
  }
  if (!wasm_type_matches(c->module, table_at(c, from)->type, table_at(c, to)->type)) {
    return fail_element_types(c, table_at(c, to)->type, table_at(c, from)->type);
  }
  wasm_type to_address = check_address_type(&table_at(c, to)->limits);
  wasm_type from_address = check_address_type(&table_at(c, from)->limits);
  return check_pop(c, smaller(to_address, from_address)) && check_pop(c, from_address) &&
         check_pop(c, to_address);
}

bool check_table_init(struct checker *c) {
  uint32_t segment = c->insn.imm.pair.first;
  uint32_t table = c->insn.imm.pair.second;
  if (!check_has_table(c, table) || !check_has_element(c, segment)) {
    return false;
  }
  if (!wasm_type_matches(c->module, c->module->elements[segment].type, table_at(c, table)->type)) {
    return fail_element_types(c, table_at(c, table)->type, c->module->elements[segment].type);
  }
  return check_pop(c, WASM_I32) && check_pop(c, WASM_I32) &&
         check_pop(c, check_address_type(&table_at(c, table)->limits));
}

bool check_memory_copy(struct checker *c) {
  uint32_t to = c->insn.imm.pair.first;
  uint32_t from = c->insn.imm.pair.second;
  if (!check_has_memory(c, to) || !check_has_memory(c, from)) {
    return false;
  }
  wasm_type to_address = check_address_type(&c->module->memories[to].limits);
  wasm_type from_address = check_address_type(&c->module->memories[from].limits);
  return check_pop(c, smaller(to_address, from_address)) && check_pop(c, from_address) &&
         check_pop(c, to_address);
}
