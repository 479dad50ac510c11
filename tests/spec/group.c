/*
 * The processes of a script at run time: see plan.h. In the instance model there is one. In the static model
 * a process holds one module of that model, the group's subject, and with it every instance that it has
 * anything to do with, in the instance model: those that it imports from, directly or not, and those that
 * share a memory, table or global with them. What the script does with these is repeated in the group
 * ("replay") without being counted; the imports of the subject are symbols that lead to them (run/imports.c).
 */
#include <stdlib.h>
#include <string.h>

#include "lower.h"
#include "plan.h"

/* The slot of a symbol of the static model, one for functions and one for globals of that name. */
static unsigned symbol_slot(struct spec_plan *plan, const char *name, bool is_global) {
  unsigned slot = 0;
  for (unsigned i = 0; i < plan->symbol_count; i++) {
    if (plan->symbols[i].is_global == is_global) {
      if (strcmp(plan->symbols[i].name, name) == 0) {
        return slot;
      }
      slot++;
    }
  }
  if (plan->symbol_count == plan->symbol_capacity) {
    unsigned capacity = plan->symbol_capacity * 2 + 16;
    struct spec_symbol *larger = ARENA_ARRAY(&plan->arena, struct spec_symbol, capacity);
    if (plan->symbol_count > 0) {
      memcpy(larger, plan->symbols, plan->symbol_count * sizeof *larger);
    }
    plan->symbols = larger;
    plan->symbol_capacity = capacity;
  }
  plan->symbols[plan->symbol_count++] = (struct spec_symbol){name, is_global};
  return slot;
}

/* Lines that lead the imports of a group's subject to the instances that it imports from. */
static void write_imports(struct spec_plan *plan, struct spec_group *group, int line) {
  const struct spec_instance *instance = &plan->instances[group->subject];
  for (unsigned i = 0; i < instance->link_count; i++) {
    const struct wasm_import *import = instance->links[i].import;
    bool is_global = import->kind == WASM_EXTERN_GLOBAL;
    if (!is_global && import->kind != WASM_EXTERN_FUNC) {
      continue;
    }
    unsigned slot = symbol_slot(plan, lower_import_symbol(&plan->arena, import), is_global);
    fprintf(group->stream, "import %d %s %u %u", line, is_global ? "global" : "function", slot,
            instance->links[i].provider);
    char *name = arena_copy(&plan->arena, (const char *)import->name.data, import->name.size);
    spec_write_word(group->stream, name);
    fputc('\n', group->stream);
  }
}

static bool is_member(const struct spec_group *group, unsigned instance) {
  return group->members[instance];
}

/* Whether an instance shares a memory, table or global with the members of a group other than its subject. */
static bool shares_state(const struct spec_plan *plan, const struct spec_group *group, unsigned number) {
  const struct spec_instance *instance = &plan->instances[number];
  for (unsigned i = 0; i < instance->link_count; i++) {
    const struct spec_link *link = &instance->links[i];
    if (link->import->kind != WASM_EXTERN_FUNC && is_member(group, link->provider)) {
      return true;
    }
  }
  return false;
}

static void add_members(const struct spec_plan *plan, struct spec_group *group, unsigned number) {
  const struct spec_instance *instance = &plan->instances[number];
  for (unsigned i = 0; i < instance->link_count; i++) {
    unsigned provider = instance->links[i].provider;
    if (!is_member(group, provider)) {
      group->members[provider] = true;
      add_members(plan, group, provider);
    }
  }
}

static void write_events(const struct spec_plan *plan, struct spec_group *group, const bool *already) {
  for (unsigned i = 0; i < plan->event_count; i++) {
    const struct spec_event *event = &plan->events[i];
    if (is_member(group, event->instance) && (already == NULL || !already[event->instance])) {
      fprintf(group->stream, "replay %s", event->text);
    }
  }
}

/* Lets an instance that shares state with a group take part in it, with all that it imports from. */
static void join(struct spec_plan *plan, struct spec_group *group, unsigned number) {
  bool *already = ARENA_ARRAY(&plan->arena, bool, plan->command_count + 1);
  memcpy(already, group->members, (plan->command_count + 1) * sizeof *already);
  already[number] = true;
  group->members[number] = true;
  add_members(plan, group, number);
  write_events(plan, group, already);
}

static struct spec_group *open_group(struct spec_plan *plan) {
  struct spec_group *group = &plan->groups[plan->group_count++];
  group->subject = SPEC_NONE;
  group->stream = open_memstream(&group->text, &group->size);
  if (group->stream == NULL) {
    arena_out_of_memory(0);
  }
  fputs("group\n", group->stream);
  return group;
}

/* The group of a static instance. */
static struct spec_group *open_static_group(struct spec_plan *plan, unsigned number, int line) {
  struct spec_group *group = open_group(plan);
  group->members = ARENA_ARRAY(&plan->arena, bool, plan->command_count + 1);
  add_members(plan, group, number);
  for (bool grew = true; grew;) {
    grew = false;
    for (unsigned i = 0; i < number; i++) {
      if (!is_member(group, i) && plan->instances[i].can_provide && shares_state(plan, group, i)) {
        group->members[i] = grew = true;
        add_members(plan, group, i);
      }
    }
  }
  write_events(plan, group, NULL);
  group->subject = number;
  write_imports(plan, group, line);
  return group;
}

/* What the script says of instances whose state a new one shares is about that one, too: it is counted in the
 * new one's group, or not at all where that was skipped. */
static void take_over(struct spec_plan *plan, const struct spec_instance *instance, unsigned depth) {
  for (unsigned i = 0; i < instance->link_count && depth <= plan->instance_count; i++) {
    struct spec_instance *provider = &plan->instances[instance->links[i].provider];
    if (instance->links[i].import->kind == WASM_EXTERN_FUNC) {
      continue;
    }
    const struct spec_instance *newest = &plan->instances[plan->instance_count - 1];
    if (newest->state == SPEC_LIVE) {
      provider->group = newest->group;
    } else {
      provider->is_stale = true;
    }
    take_over(plan, provider, depth + 1);
  }
}

void spec_group_enter(struct spec_plan *plan, unsigned number, int line) {
  struct spec_instance *instance = &plan->instances[number];
  if (plan->compile->model != WASM2NATIVE_MODEL_STATIC) {
    instance->group = 0;
    if (plan->group_count == 0) {
      open_group(plan);
    }
    return;
  }
  for (unsigned i = 0; instance->can_provide && i < plan->group_count; i++) {
    if (shares_state(plan, &plan->groups[i], number)) {
      join(plan, &plan->groups[i], number);
    }
  }
  if (instance->state == SPEC_LIVE) {
    open_static_group(plan, number, line);
    instance->group = plan->group_count - 1;
  }
  take_over(plan, instance, 0);
}

void spec_group_write(struct spec_plan *plan, unsigned number, const char *text, const char *replay) {
  const struct spec_instance *instance = &plan->instances[number];
  bool is_counted = instance->state == SPEC_LIVE && !instance->is_stale;
  if (is_counted) {
    fputs(text, plan->groups[instance->group].stream);
  }
  if (plan->compile->model != WASM2NATIVE_MODEL_STATIC || !instance->can_provide) {
    return;
  }
  for (unsigned i = 0; i < plan->group_count; i++) {
    if (is_member(&plan->groups[i], number) && !(is_counted && instance->group == i)) {
      fprintf(plan->groups[i].stream, "replay %s", replay);
    }
  }
  if (plan->event_count == plan->event_capacity) {
    unsigned capacity = plan->event_capacity * 2 + 64;
    struct spec_event *larger = ARENA_ARRAY(&plan->arena, struct spec_event, capacity);
    if (plan->event_count > 0) {
      memcpy(larger, plan->events, plan->event_count * sizeof *larger);
    }
    plan->events = larger;
    plan->event_capacity = capacity;
  }
  plan->events[plan->event_count++] =
      (struct spec_event){number, arena_copy(&plan->arena, replay, strlen(replay))};
}

bool spec_group_needs_provider(const struct spec_plan *plan, unsigned number) {
  for (unsigned i = 0; i < plan->group_count; i++) {
    if (plan->groups[i].members != NULL && is_member(&plan->groups[i], number)) {
      return true;
    }
  }
  return false;
}

void spec_group_write_symbols(const struct spec_plan *plan, FILE *out) {
  unsigned slots[2] = {0, 0};
  for (unsigned i = 0; i < plan->symbol_count; i++) {
    const struct spec_symbol *symbol = &plan->symbols[i];
    fprintf(out, "\"%s\" = spec_%s_%u;\n", symbol->name, symbol->is_global ? "global" : "function",
            slots[symbol->is_global]++);
  }
}
