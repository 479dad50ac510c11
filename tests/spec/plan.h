/*
 * From the commands of a script to what is left to do at run time: decides what the compiler alone can
 * decide, compiles the modules, and writes the rest as lines of the command file (run/commands.h).
 */
#ifndef SPEC_PLAN_H
#define SPEC_PLAN_H

#include "script.h"
#include "subject.h"

/* The commands of one process at run time. */
struct spec_group {
  FILE *stream;
  char *text;
  size_t size;
};

/* An instance that the script asked for. It has a number even if it never comes to be. */
struct spec_instance {
  enum { SPEC_LIVE, SPEC_SKIPPED, SPEC_FAILED } state;
  const char *reason; /* not live: why */
  bool is_stale;      /* a skipped module may have changed it */
  unsigned group;
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
  unsigned subject_count;
  struct spec_instance *instances;
  unsigned instance_count;
  struct spec_group *groups;
  unsigned group_count;
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

#endif
