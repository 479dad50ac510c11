/*
 * From the commands of a script to what is left to do at run time: decides what the compiler alone can
 * decide, compiles the modules, and writes the rest as lines of the command file (run/commands.h).
 */
#ifndef SPEC_PLAN_H
#define SPEC_PLAN_H

#include "script.h"
#include "subject.h"

/* The commands of one process at run time (group.c). */
struct spec_group {
  FILE *stream;
  char *text;
  size_t size;
  unsigned subject; /* static model: the instance that is of that model, and the others that take part */
  bool *members;
};

/* An import of an instance from another one. */
struct spec_link {
  const struct wasm_import *import;
  unsigned provider;
};

/* An instance that the script asked for. It has a number even if it never comes to be. */
struct spec_instance {
  enum { SPEC_LIVE, SPEC_SKIPPED, SPEC_FAILED } state;
  const char *reason; /* not live: why */
  unsigned subject;
  struct spec_link *links;
  unsigned link_count;
  bool can_provide; /* in the instance model, whatever its state is in this one */
  bool is_stale;    /* a skipped module may have changed it */
  unsigned group;   /* where its commands are counted */
};

/* What happened to an instance that others may import from, as a line of the command file. */
struct spec_event {
  unsigned instance;
  const char *text;
};

/* A symbol that static modules import. */
struct spec_symbol {
  const char *name;
  bool is_global;
};

struct spec_name {
  const char *name;
  unsigned index;
};

struct spec_names {
  struct spec_name *rows;
  unsigned count;
};

struct spec_reason {
  const char *text;
  unsigned count;
};

struct spec_plan {
  const struct wasm2native_options *compile;
  const char *title;     /* "core/i32", for messages */
  const char *directory; /* where the modules lie */
  const char *output;    /* where objects go */
  struct arena arena;

  unsigned command_count;
  struct spec_subject *subjects; /* of the modules to run, as many as command_count at most */
  const char **objects;          /* their objects, or NULL where it was not compiled */
  const char **providers;        /* the same modules in the instance model, for static ones to import from */
  unsigned subject_count;
  struct spec_instance *instances;
  unsigned instance_count;
  struct spec_group *groups;
  unsigned group_count;
  struct spec_event *events;
  unsigned event_count, event_capacity;
  struct spec_symbol *symbols;
  unsigned symbol_count, symbol_capacity;
  struct spec_reason *reasons; /* for what was skipped */
  unsigned reason_count;
  const char **refused; /* why modules that had to be rejected were refused */
  unsigned refused_count;

  struct spec_names instance_names;   /* $M to an instance */
  struct spec_names definition_names; /* $M to a subject */
  struct spec_names registered;       /* import module names to instances */
  unsigned current;                   /* the latest instance, or SPEC_NONE */
  unsigned definition;                /* the latest module definition, or SPEC_NONE */

  unsigned passed, failed, skipped;
};

#define SPEC_NONE UINT32_MAX

/* Goes through the script; prints failures. What is left to run is in the plan's groups. */
void spec_plan_script(struct spec_plan *plan, const cJSON *script);
void spec_plan_free(struct spec_plan *plan);

/* group.c */

/* In command files: of a module in the instance model that static ones import from. */
enum { SPEC_PROVIDER = 1000 };

/* Finds or makes the group of the newest instance, whose links are filled in. */
void spec_group_enter(struct spec_plan *plan, unsigned number, int line);
/* Writes a line about an instance to its group, and the other form of it to those that only import from it.
 */
void spec_group_write(struct spec_plan *plan, unsigned number, const char *text, const char *replay);
/* Whether a group has this instance for others to import from. */
bool spec_group_needs_provider(const struct spec_plan *plan, unsigned number);
/* Writes a linker script that says where the symbols of static modules lead to. */
void spec_group_write_symbols(const struct spec_plan *plan, FILE *out);

#endif
