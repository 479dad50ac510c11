/*
 * Canonical types: one record for equal types of all modules and host functions of the process, so that
 * equality is a comparison of two pointers, and a subtype check a load more (struct wasmrt_type). Records are
 * never freed; there are as many as there are different types. Specification: 3.3.1 (rolling and
 * equivalence), 3.3.7 (subtyping).
 *
 * Types are equal if their recursive groups are, and their places in them; so what is interned is groups. In
 * a group a type of its own is known by its place, any other by its canonical number, and the two are never
 * confused: a type that takes itself is another than one that takes a type that takes itself.
 *
 * Everything is lock-free: stores on different threads are instantiated at once, and a fork may come at any
 * time.
 */
#define _GNU_SOURCE
#include <stdatomic.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>

#include "internal.h"

enum { CHUNK = 65536 };

/* Canonical numbers stay below this, which marks places in the group at hand. */
#define OWN 0x400000u

/* A node of a tree over the bits of hashes, in which a node that is reached is there to stay. */
struct group {
  _Atomic(struct group *) children[4];
  uint64_t hash;
  uint32_t count;
  struct wasmrt_type types[];
};

static _Atomic(struct group *) root;

/* ---- Memory ----------------------------------------------------------------------------------------- */

struct chunk {
  atomic_size_t used;
  _Alignas(16) uint8_t bytes[];
};

static _Atomic(struct chunk *) current;

static void *map(size_t size) {
  void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED ? NULL : memory;
}

/* Room that is never given back. */
static void *allocate(size_t size) {
  size = (size + 15) & ~(size_t)15;
  const size_t room = CHUNK - sizeof(struct chunk);
  if (size > room / 4) {
    return map(size);
  }
  for (;;) {
    struct chunk *chunk = atomic_load(&current);
    if (chunk != NULL) {
      size_t offset = atomic_load(&chunk->used);
      if (offset <= room - size) {
        if (atomic_compare_exchange_weak(&chunk->used, &offset, offset + size)) {
          return chunk->bytes + offset;
        }
        continue;
      }
    }
    struct chunk *fresh = map(CHUNK);
    if (fresh == NULL) {
      return NULL;
    }
    if (!atomic_compare_exchange_strong(&current, &chunk, fresh)) {
      munmap(fresh, CHUNK); /* another thread was first */
    }
  }
}

/* ---- Numbers ---------------------------------------------------------------------------------------- */

/* Types by number: part p holds FIRST_PART << p of them. */
enum { FIRST_PART_LOG2 = 6, PARTS = 23 - FIRST_PART_LOG2 };
typedef _Atomic(const struct wasmrt_type *) numbered;
static _Atomic(numbered *) parts[PARTS];
static _Atomic uint32_t next_number;

/* The place of a number; NULL if there is none yet, and no memory for it. */
static numbered *place_of(uint32_t number, bool make) {
  const uint32_t biased = number + (1u << FIRST_PART_LOG2);
  const unsigned part = 31 - (unsigned)__builtin_clz(biased) - FIRST_PART_LOG2;
  const uint32_t count = 1u << (part + FIRST_PART_LOG2);
  numbered *places = atomic_load(&parts[part]);
  if (places == NULL && make) {
    numbered *fresh = allocate(count * sizeof *fresh);
    /* If another thread was first, this one's is left alone: no more than one for each thread and part. */
    if (fresh == NULL || atomic_compare_exchange_strong(&parts[part], &places, fresh)) {
      places = fresh;
    }
  }
  return places == NULL ? NULL : &places[biased - count];
}

const struct wasmrt_type *wasmrt_type_numbered(uint32_t number) {
  if (number >= OWN) {
    return NULL;
  }
  const numbered *place = place_of(number, false);
  return place == NULL ? NULL : atomic_load(place);
}

/* Takes `count` successive numbers. */
static bool take_numbers(uint32_t count, uint32_t *first) {
  *first = atomic_load(&next_number);
  do {
    if (count > OWN - *first) {
      return false;
    }
  } while (!atomic_compare_exchange_weak(&next_number, first, *first + count));
  return true;
}

/* ---- Groups ----------------------------------------------------------------------------------------- */

/*
 * The group that is being interned: its rows, the index of the first of them in their module, and the
 * canonical types of those before. Without a module, for a type of the host's, numbers are canonical already
 * and `before` is NULL.
 */
struct rows {
  const struct wasmrt_deftype *rows;
  uint32_t first, count;
  const struct wasmrt_type *const *before;
};

static bool has_number(uint32_t kind) {
  const uint32_t code = kind & 0xff;
  return (code == WASMRT_REF || code == WASMRT_REF_NULL) && kind >> 8 < WASMRT_HEAP_ABSTRACT;
}

/* An index of the module as a canonical number, or as OWN and the place in the group. */
static uint32_t normal_index(const struct rows *group, uint32_t index) {
  if (index == WASMRT_NO_TYPE || group->before == NULL) {
    return index;
  }
  return index >= group->first ? OWN | (index - group->first) : group->before[index]->number;
}

static uint32_t normal_kind(const struct rows *group, uint32_t kind) {
  return has_number(kind) ? normal_index(group, kind >> 8) << 8 | (kind & 0xff) : kind;
}

/* The same for what stands in the record of a group, where all numbers are canonical. */
static uint32_t normal_number(const struct group *group, uint32_t number) {
  const uint32_t place = number - group->types[0].number;
  return place < group->count ? OWN | place : number;
}

static uint32_t normal_canonical_kind(const struct group *group, uint32_t kind) {
  return has_number(kind) ? normal_number(group, kind >> 8) << 8 | (kind & 0xff) : kind;
}

static uint32_t canonical_super(const struct group *group, const struct wasmrt_type *type) {
  return type->depth == 0 ? WASMRT_NO_TYPE : normal_number(group, type->supers[type->depth - 1]->number);
}

static bool same_type(const struct group *group, const struct wasmrt_type *type, const struct rows *rows,
                      const struct wasmrt_deftype *row) {
  if (type->kind != row->kind || (type->flags & WASMRT_TYPE_FINAL) != row->flags ||
      type->param_count != row->param_count || type->result_count != row->result_count ||
      canonical_super(group, type) != normal_index(rows, row->super)) {
    return false;
  }
  for (uint32_t i = 0; i < row->param_count + row->result_count; i++) {
    if (normal_canonical_kind(group, type->kinds[i]) != normal_kind(rows, row->kinds[i])) {
      return false;
    }
  }
  return true;
}

static bool same_group(const struct group *group, const struct rows *rows) {
  for (uint32_t i = 0; i < rows->count; i++) {
    if (!same_type(group, &group->types[i], rows, &rows->rows[i])) {
      return false;
    }
  }
  return true;
}

/*
 * Hashes are seeded with what the process was given at its start, so that no module can be made such that its
 * types collide.
 */
static uint64_t seed(void) {
  uint64_t value = 0;
  const void *random = (const void *)getauxval(AT_RANDOM); /* 16 bytes */
  if (random != NULL) {
    memcpy(&value, random, sizeof value);
  }
  return value;
}

__extension__ typedef unsigned __int128 wide;

static uint64_t mixed(uint64_t hash, uint64_t word) {
  const wide product = (wide)(hash ^ word) * (hash | UINT64_C(0x9e3779b97f4a7c15));
  return (uint64_t)product ^ (uint64_t)(product >> 64) ^ word * UINT64_C(0xd6e8feb86659fd93);
}

static uint64_t hash_of(const struct rows *group) {
  uint64_t hash = mixed(seed(), group->count);
  for (uint32_t i = 0; i < group->count; i++) {
    const struct wasmrt_deftype *row = &group->rows[i];
    hash = mixed(hash, (uint64_t)row->kind << 32 | row->flags);
    hash = mixed(hash, (uint64_t)normal_index(group, row->super) << 32 | row->param_count);
    hash = mixed(hash, row->result_count);
    for (uint32_t k = 0; k < row->param_count + row->result_count; k++) {
      hash = mixed(hash, normal_kind(group, row->kinds[k]));
    }
  }
  return mixed(hash, group->count);
}

/* The supertype of a row; those of its group before it are made already. */
static const struct wasmrt_type *super_of(const struct rows *rows, const struct group *group,
                                          uint32_t super) {
  return super >= rows->first ? &group->types[super - rows->first] : rows->before[super];
}

/* What the host has to be asked of when it passes values of these types: those that not every pointer has. */
static bool is_checked(const uint32_t *kinds, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    const uint32_t code = kinds[i] & 0xff;
    if ((code == WASMRT_REF || code == WASMRT_REF_NULL) && kinds[i] != WASMRT_EXTERNREF) {
      return true;
    }
  }
  return false;
}

/* Fills in type `i` of a group; its parts lie at *words and, if it can have subtypes, *lists. */
static void fill_type(struct group *group, const struct rows *rows, uint32_t i, uint32_t **words,
                      const struct wasmrt_type ***lists) {
  const struct wasmrt_deftype *row = &rows->rows[i];
  struct wasmrt_type *type = &group->types[i];
  const uint32_t base = group->types[0].number, count = row->param_count + row->result_count;
  for (uint32_t k = 0; k < count; k++) {
    const uint32_t kind = normal_kind(rows, row->kinds[k]);
    const bool is_own = has_number(kind) && (kind >> 8 & OWN) != 0;
    (*words)[k] = is_own ? (base + (kind >> 8 & ~OWN)) << 8 | (kind & 0xff) : kind;
  }
  type->kind = row->kind;
  type->param_count = row->param_count;
  type->result_count = row->result_count;
  type->kinds = *words;
  type->depth = row->super == WASMRT_NO_TYPE ? 0 : super_of(rows, group, row->super)->depth + 1;
  type->flags = row->flags;
  if (row->kind == WASMRT_TYPE_FUNC) {
    type->flags |= is_checked(type->kinds, row->param_count) ? WASMRT_TYPE_CHECKS_PARAMS : 0;
    type->flags |=
        is_checked(type->kinds + row->param_count, row->result_count) ? WASMRT_TYPE_CHECKS_RESULTS : 0;
  }
  if (row->super != WASMRT_NO_TYPE) {
    type->supers =
        super_of(rows, group, row->super)->supers; /* which ends with that itself, as it has subtypes */
  }
  if (!(row->flags & WASMRT_TYPE_FINAL)) {
    const struct wasmrt_type **list = *lists;
    if (type->depth > 0) {
      memcpy(list, type->supers, type->depth * sizeof *list);
    }
    list[type->depth] = type;
    type->supers = list;
    *lists += type->depth + 1;
  }
  *words += count;
}

/* The entries of a row's list for its subtypes. Validation bounds the depth of the hierarchy, and so this
 * loop. */
static uint64_t list_length(const struct rows *rows, uint32_t i) {
  if (rows->rows[i].flags & WASMRT_TYPE_FINAL) {
    return 0;
  }
  uint64_t length = 1;
  uint32_t super = rows->rows[i].super;
  for (; super != WASMRT_NO_TYPE && super >= rows->first; super = rows->rows[super - rows->first].super) {
    length++;
  }
  return super == WASMRT_NO_TYPE ? length : length + rows->before[super]->depth + 1;
}

/* Makes the record of a group. NULL if there is no memory, or no number left. */
static struct group *make_group(const struct rows *rows, uint64_t hash) {
  uint64_t words = 0, lists = 0;
  uint32_t number;
  for (uint32_t i = 0; i < rows->count; i++) {
    const struct wasmrt_deftype *row = &rows->rows[i];
    words += (uint64_t)row->param_count + row->result_count;
  }
  for (uint32_t i = 0; i < rows->count; i++) {
    lists += list_length(rows, i);
  }
  if (!take_numbers(rows->count, &number)) {
    return NULL;
  }
  struct group *group = allocate(sizeof *group + rows->count * sizeof group->types[0] +
                                 lists * sizeof(void *) + words * sizeof(uint32_t));
  if (group == NULL) {
    return NULL;
  }
  const struct wasmrt_type **list = (const struct wasmrt_type **)(void *)&group->types[rows->count];
  uint32_t *word = (uint32_t *)(list + lists);
  group->hash = hash;
  group->count = rows->count;
  for (uint32_t i = 0; i < rows->count; i++) {
    numbered *place = place_of(number + i, true);
    if (place == NULL) {
      return NULL;
    }
    group->types[i].number = number + i;
    fill_type(group, rows, i, &word, &list);
    atomic_store(place, &group->types[i]);
  }
  return group;
}

/* The canonical group; NULL if there is no memory. */
static const struct group *intern_group(const struct rows *rows) {
  const uint64_t hash = hash_of(rows);
  struct group *fresh = NULL;
  _Atomic(struct group *) *link = &root;
  for (uint64_t bits = hash;; bits <<= 2) {
    struct group *group = atomic_load(link);
    if (group == NULL) {
      fresh = fresh == NULL ? make_group(rows, hash) : fresh;
      if (fresh == NULL || atomic_compare_exchange_strong(link, &group, fresh)) {
        return fresh;
      }
      /* Another thread was first, perhaps with this very group: `group` is now what it put there. */
    }
    if (group->hash == hash && group->count == rows->count && same_group(group, rows)) {
      return group;
    }
    link = &group->children[bits >> 62];
  }
}

/* A row's supertype comes before it and may have subtypes (spec 3.2.10): the lists of supertypes rely on it.
 */
static bool has_fit_super(const struct wasmrt_deftype *rows, uint32_t index) {
  const uint32_t super = rows[index].super;
  return super == WASMRT_NO_TYPE || (super < index && !(rows[super].flags & WASMRT_TYPE_FINAL));
}

bool wasmrt_types_intern(const struct wasmrt_deftype *rows, uint32_t count,
                         const struct wasmrt_type **types) {
  for (uint32_t i = 0; i < count; i++) {
    const bool is_large = rows[i].kind == WASMRT_TYPE_FUNC && (rows[i].param_count > WASMRT_VALUES_MAX ||
                                                               rows[i].result_count > WASMRT_VALUES_MAX);
    if (is_large || !has_fit_super(rows, i)) {
      return false;
    }
  }
  for (uint32_t first = 0; first < count; first += rows[first].group_size) {
    if (rows[first].group_size == 0 || rows[first].group_size > count - first) {
      return false;
    }
    const struct rows group = {rows + first, first, rows[first].group_size,
                               (const struct wasmrt_type *const *)types};
    const struct group *canonical = intern_group(&group);
    if (canonical == NULL) {
      return false;
    }
    for (uint32_t i = 0; i < group.count; i++) {
      types[first + i] = &canonical->types[i];
    }
  }
  return true;
}

const struct wasmrt_type *wasmrt_type_intern(uint32_t param_count, uint32_t result_count,
                                             const uint32_t *kinds) {
  if (param_count > WASMRT_VALUES_MAX || result_count > WASMRT_VALUES_MAX) {
    return NULL;
  }
  const struct wasmrt_deftype row = {.kind = WASMRT_TYPE_FUNC,
                                     .flags = WASMRT_TYPE_FINAL,
                                     .super = WASMRT_NO_TYPE,
                                     .group_size = 1,
                                     .param_count = param_count,
                                     .result_count = result_count,
                                     .kinds = kinds};
  const struct rows rows = {.rows = &row, .count = 1};
  const struct group *group = intern_group(&rows);
  return group == NULL ? NULL : &group->types[0];
}

/* The value type of a letter of a signature, or 0. */
static uint32_t letter_kind(char letter) {
  switch (letter) {
  case 'i':
    return WASMRT_I32;
  case 'I':
    return WASMRT_I64;
  case 'f':
    return WASMRT_F32;
  case 'F':
    return WASMRT_F64;
  case 'r':
    return WASMRT_EXTERNREF;
  case 'p':
    return WASMRT_FUNCREF;
  default:
    return 0;
  }
}

const struct wasmrt_type *wasmrt_type_parse(const char *signature) {
  uint32_t kinds[2 * WASMRT_VALUES_MAX];
  uint32_t counts[2] = {0, 0};
  int side = 0;
  for (; *signature != '\0'; signature++) {
    if (*signature == ':') {
      if (++side > 1) {
        return NULL;
      }
      continue;
    }
    const uint32_t kind = letter_kind(*signature);
    if (kind == 0 || counts[side] == WASMRT_VALUES_MAX) {
      return NULL;
    }
    kinds[counts[0] + counts[1]] = kind;
    counts[side]++;
  }
  return side == 1 ? wasmrt_type_intern(counts[0], counts[1], kinds) : NULL;
}
