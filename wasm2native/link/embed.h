/*
 * Directory trees for executables: read from the file system and written, in the format of abi/tree.h, to an
 * object that is linked to the program. The same tree gives the same bytes: entries are sorted, times are one
 * for all, owners and permissions are left out.
 */
#ifndef LINK_EMBED_H
#define LINK_EMBED_H

#include <stdint.h>

#include "link.h"

/* A directory of this machine, and the name by which the guest is to know it. */
struct link_tree {
  const char *directory;
  const char *guest;
};

struct link_embed_job {
  const struct link_tree *trees;
  size_t count;
  uint64_t time;        /* in nanoseconds since 1970 */
  const char *excluded; /* a file that is left out, should it lie in a tree: the program to be made */
};

struct link_embed;

/*
 * Looks at everything in the trees, and opens nothing but directories: what is neither file nor directory nor
 * symbolic link is an error, as are trees that are too large. Links are kept as they are. NULL after a
 * diagnostic. The result lives in the arena.
 */
const struct link_embed *link_embed_scan(const struct link_embed_job *job, struct arena *arena,
                                         struct diag_sink *sink);

/*
 * Writes the object, with the contents that the files have now; their sizes have to be those that were seen.
 * Contents go through a small buffer, whatever their sizes. False after a diagnostic.
 */
bool link_embed_write(const struct link_embed *embed, enum link_arch arch, const char *output,
                      struct arena *arena, struct diag_sink *sink);

#endif
