/*
 * Paths in virtual file systems (wasmrt_fs.h): what resolve.c is for those of the host.
 *
 * A walk keeps the path of the directory that it has reached, which begins with that of the descriptor it
 * started from. It grows by names that are neither "." nor ".." and hold no '/', and is never cut shorter
 * than it was at the start. Links are read as text and their text is walked. So the file system gets no path
 * that leaves the descriptor's directory, and never has to follow a link.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "preview1.h"

/* As many links in one resolution as of the host's. */
#define LINK_LIMIT 40

/* What is looked for: a name to be created, removed or renamed; what a name denotes, be it a link; what a
 * link in the end denotes. */
enum target { NAME, OBJECT, FINAL_OBJECT };

struct walk {
  const struct wasmrt_fs *fs;
  void *fs_user;
  size_t start, length; /* of `at`: when the walk began, and now */
  const char *next;     /* in `rest` */
  unsigned links;
  bool has_name;                /* `at` ends in the name that was looked for */
  bool found;                   /* there is something at `at`, */
  struct wasmrt_fs_stat status; /* and this is it */
  bool slash;                   /* the name was followed by slashes */
  char at[PATH_MAX];            /* a clean path */
  char rest[2 * PATH_MAX];      /* what is still to be walked */
};

/* Looks at where the walk is. That there is nothing is no error yet. */
static uint32_t look(struct walk *walk) {
  uint32_t error = walk->fs->stat(walk->fs_user, walk->at, &walk->status);
  walk->found = error == WASI_ESUCCESS;
  return error == WASI_ENOENT ? WASI_ESUCCESS : error;
}

static uint32_t enter(struct walk *walk, const char *name, size_t length) {
  const size_t begin = walk->length == 0 ? 0 : walk->length + 1;
  if (length > NAME_MAX || begin + length >= sizeof walk->at) {
    return WASI_ENAMETOOLONG;
  }
  if (begin > 0) {
    walk->at[begin - 1] = '/';
  }
  memcpy(walk->at + begin, name, length);
  walk->length = begin + length;
  walk->at[walk->length] = '\0';
  return look(walk);
}

static uint32_t leave(struct walk *walk) {
  if (walk->length == walk->start) {
    return WASI_EPERM;
  }
  while (walk->length > walk->start && walk->at[walk->length - 1] != '/') {
    walk->length--;
  }
  if (walk->length > walk->start) { /* the slash before the name; the start has none at its end */
    walk->length--;
  }
  walk->at[walk->length] = '\0';
  return WASI_ESUCCESS;
}

/* Puts the text of the link that the walk is at in place of its name. */
static uint32_t splice_link(struct walk *walk) {
  char target[PATH_MAX];
  size_t length = 0;
  if (walk->fs->readlink == NULL) {
    return WASI_EIO;
  }
  uint32_t error = walk->fs->readlink(walk->fs_user, walk->at, target, sizeof target, &length);
  if (error != WASI_ESUCCESS) {
    return error;
  }
  if (length > sizeof target || memchr(target, '\0', length) != NULL) {
    return WASI_EIO;
  }
  if (length == 0) {
    return WASI_ENOENT;
  }
  if (target[0] == '/') {
    return WASI_EPERM;
  }
  if (++walk->links > LINK_LIMIT) {
    return WASI_ELOOP;
  }
  const size_t rest_size = strlen(walk->next) + 1;
  if (length == sizeof target || length + rest_size > sizeof walk->rest) {
    return WASI_ENAMETOOLONG;
  }
  memmove(walk->rest + length, walk->next, rest_size);
  memcpy(walk->rest, target, length);
  walk->next = walk->rest;
  return leave(walk);
}

/* One name, which may be the last. `*ends`: the walk is over. */
static uint32_t step(struct walk *walk, enum target target, const char *name, size_t length, bool *ends) {
  const bool is_last = walk->next[strspn(walk->next, "/")] == '\0';
  uint32_t error = enter(walk, name, length);
  walk->slash = is_last && *walk->next == '/';
  walk->has_name = is_last && (target == NAME || !walk->slash);
  *ends = walk->has_name;
  if (error != WASI_ESUCCESS || (walk->has_name && (target == NAME || !walk->found))) {
    return error;
  }
  if (!walk->found) {
    return WASI_ENOENT;
  }
  if (walk->status.type == WASMRT_FS_SYMBOLIC_LINK && !(walk->has_name && target == OBJECT)) {
    *ends = false;
    return splice_link(walk);
  }
  return walk->has_name || walk->status.type == WASMRT_FS_DIRECTORY ? WASI_ESUCCESS : WASI_ENOTDIR;
}

static uint32_t walk_rest(struct walk *walk, enum target target) {
  for (;;) {
    const char *name = walk->next + strspn(walk->next, "/");
    const size_t length = strcspn(name, "/");
    uint32_t error = WASI_ESUCCESS;
    walk->next = name + length;
    if (length == 0) { /* all walked: what is meant is the directory itself */
      walk->has_name = false;
      error = look(walk);
      return error == WASI_ESUCCESS && !walk->found ? WASI_ENOENT : error;
    }
    if (length == 2 && memcmp(name, "..", 2) == 0) {
      error = leave(walk);
    } else if (length != 1 || *name != '.') {
      bool ends;
      error = step(walk, target, name, length, &ends);
      if (ends) {
        return error;
      }
    }
    if (error != WASI_ESUCCESS) {
      return error;
    }
  }
}

/*
 * Goes to where a descriptor's directory is, and looks at each directory on the way there again: somebody may
 * have removed one since, and then no path below means anything, or put a link in its place, which a file
 * system that follows links would follow out of the mount.
 */
static uint32_t go_to_start(struct walk *walk, const char *start) {
  walk->length = 0;
  walk->at[0] = '\0';
  uint32_t error = look(walk);
  while (error == WASI_ESUCCESS && walk->found && walk->status.type == WASMRT_FS_DIRECTORY) {
    if (*start == '\0') {
      walk->start = walk->length;
      return WASI_ESUCCESS;
    }
    const size_t length = strcspn(start, "/");
    error = enter(walk, start, length);
    start += length + (start[length] == '/');
  }
  return error != WASI_ESUCCESS ? error : WASI_ENOENT;
}

/* Walks a path by wasi_guest_path. */
static uint32_t walk_path(struct walk *walk, const struct wasi_descriptor *directory, const char *path,
                          enum target target) {
  walk->fs = directory->fs;
  walk->fs_user = directory->fs_user;
  walk->links = 0;
  walk->has_name = walk->found = walk->slash = false;
  walk->status = (struct wasmrt_fs_stat){0};
  memcpy(walk->rest, path, strlen(path) + 1);
  walk->next = walk->rest;
  uint32_t error = go_to_start(walk, directory->path == NULL ? "" : directory->path);
  return error != WASI_ESUCCESS ? error : walk_rest(walk, target);
}

/* ---- Places ------------------------------------------------------------------------------------------ */

static void fill_place(const struct walk *walk, struct wasi_place *place) {
  place->fs_user = walk->fs_user;
  place->found = walk->found;
  place->slash = walk->slash;
  place->filetype = walk->status.type;
  memcpy(place->path, walk->at, walk->length + 1);
}

uint32_t wasi_virtual_entry(const struct wasi_descriptor *directory, struct wasi_place *place,
                            uint32_t dots) {
  struct walk walk;
  uint32_t error = walk_path(&walk, directory, place->path, NAME);
  if (error == WASI_ESUCCESS && !walk.has_name) {
    error = dots;
  }
  fill_place(&walk, place);
  return error;
}

uint32_t wasi_virtual_object(const struct wasi_descriptor *directory, struct wasi_place *place, bool follow) {
  struct walk walk;
  uint32_t error = walk_path(&walk, directory, place->path, follow ? FINAL_OBJECT : OBJECT);
  if (error == WASI_ESUCCESS && !walk.found) {
    error = WASI_ENOENT;
  }
  fill_place(&walk, place);
  return error;
}

uint32_t wasi_virtual_path_status(const struct wasi_descriptor *directory, const char *path, bool follow,
                                  struct wasi_filestat *status) {
  struct walk walk;
  uint32_t error = walk_path(&walk, directory, path, follow ? FINAL_OBJECT : OBJECT);
  if (error != WASI_ESUCCESS) {
    return error;
  }
  *status = wasi_virtual_guest_status(&walk.status);
  return walk.found ? WASI_ESUCCESS : WASI_ENOENT;
}

uint32_t wasi_virtual_parent_status(const struct wasi_descriptor *directory, struct wasmrt_fs_stat *status) {
  struct walk walk;
  walk.fs = directory->fs;
  walk.fs_user = directory->fs_user;
  walk.status = (struct wasmrt_fs_stat){0};
  uint32_t error = go_to_start(&walk, directory->path == NULL ? "" : directory->path);
  if (error == WASI_ESUCCESS && walk.length > 0) {
    walk.start = 0;
    error = leave(&walk);
  }
  if (error == WASI_ESUCCESS) {
    error = look(&walk);
  }
  if (error == WASI_ESUCCESS && !walk.found) {
    error = WASI_ENOENT;
  }
  *status = walk.status;
  return error;
}

/* ---- Opening ----------------------------------------------------------------------------------------- */

/* What Linux says of opening a file of this type with these flags. */
static uint32_t check_existing(uint8_t type, int flags) {
  const bool is_directory = type == WASMRT_FS_DIRECTORY;
  if ((flags & O_CREAT) != 0 && (flags & O_EXCL) != 0) {
    return WASI_EEXIST;
  }
  if ((flags & O_DIRECTORY) != 0 && !is_directory) {
    return WASI_ENOTDIR;
  }
  if (type == WASMRT_FS_SYMBOLIC_LINK) {
    return WASI_ELOOP;
  }
  if (is_directory && ((flags & O_ACCMODE) != O_RDONLY || (flags & (O_CREAT | O_TRUNC)) != 0)) {
    return WASI_EISDIR;
  }
  return WASI_ESUCCESS;
}

/* How the file system is to open what the walk has come to. */
static uint32_t open_flags(const struct walk *walk, int flags) {
  if (walk->found && walk->status.type == WASMRT_FS_DIRECTORY) {
    return WASMRT_FS_READ | WASMRT_FS_OPEN_DIRECTORY;
  }
  uint32_t result = (flags & O_ACCMODE) == O_RDONLY   ? WASMRT_FS_READ
                    : (flags & O_ACCMODE) == O_WRONLY ? WASMRT_FS_WRITE
                                                      : WASMRT_FS_READ | WASMRT_FS_WRITE;
  if (!walk->found) {
    result |= WASMRT_FS_CREATE | ((flags & O_EXCL) != 0 ? WASMRT_FS_EXCLUSIVE : 0);
  }
  return result | ((flags & O_TRUNC) != 0 ? WASMRT_FS_TRUNCATE : 0);
}

/* Opens what a walk has come to. */
static uint32_t open_walked(const struct walk *walk, uint32_t flags, struct wasi_descriptor *opened) {
  char *path = NULL;
  if (walk->fs->write == NULL && (flags & ~(WASMRT_FS_READ | WASMRT_FS_OPEN_DIRECTORY)) != 0) {
    return WASI_EROFS;
  }
  if ((flags & WASMRT_FS_OPEN_DIRECTORY) != 0 && walk->length > 0) {
    path = mmap(NULL, PATH_MAX, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (path == MAP_FAILED) {
      return WASI_ENOMEM;
    }
    memcpy(path, walk->at, walk->length + 1);
  }
  uint32_t error = walk->fs->open(walk->fs_user, walk->at, flags, &opened->file);
  if (error != WASI_ESUCCESS) {
    if (path != NULL) {
      munmap(path, PATH_MAX);
    }
    return error;
  }
  opened->fs = walk->fs;
  opened->fs_user = walk->fs_user;
  opened->filetype = walk->found ? walk->status.type : WASI_FILETYPE_REGULAR_FILE;
  opened->path = path;
  return WASI_ESUCCESS;
}

uint32_t wasi_virtual_open(const struct wasi_descriptor *directory, const char *path, int flags,
                           uint32_t fd_flags, struct wasi_descriptor *opened) {
  const bool creates = (flags & O_CREAT) != 0;
  const bool follow = (flags & O_NOFOLLOW) == 0 && !(creates && (flags & O_EXCL) != 0);
  struct walk walk;
  if (creates && path[strlen(path) - 1] == '/') {
    return WASI_EISDIR;
  }
  uint32_t error = walk_path(&walk, directory, path, follow ? FINAL_OBJECT : OBJECT);
  if (error == WASI_ESUCCESS) {
    error = walk.found ? check_existing(walk.status.type, flags) : creates ? WASI_ESUCCESS : WASI_ENOENT;
  }
  if (error != WASI_ESUCCESS) {
    return error;
  }
  if ((fd_flags & (WASI_FDFLAG_SYNC | WASI_FDFLAG_RSYNC)) != 0) { /* which mean the same on the host */
    fd_flags |= WASI_FDFLAG_SYNC | WASI_FDFLAG_RSYNC | WASI_FDFLAG_DSYNC;
  }
  opened->flags = (uint16_t)fd_flags;
  return open_walked(&walk, open_flags(&walk, flags), opened);
}

uint32_t wasi_mount_virtual(struct wasi *wasi, const struct wasmrt_fs *fs, void *user, const char *guest,
                            bool read_only) {
  struct wasi_descriptor root = {.filetype = WASI_FILETYPE_DIRECTORY,
                                 .read_only = read_only,
                                 .rights_base = wasi_sensible_rights(WASI_FILETYPE_DIRECTORY),
                                 .rights_inheriting = WASI_RIGHTS_ALL,
                                 .preopen = guest,
                                 .fs = fs,
                                 .fs_user = user};
  if (fs->open == NULL || fs->stat == NULL || fs->stat_file == NULL) {
    return WASI_ENOTSUP;
  }
  uint32_t fd;
  uint32_t error = fs->open(user, "", WASMRT_FS_READ | WASMRT_FS_OPEN_DIRECTORY, &root.file);
  return error != WASI_ESUCCESS ? error : wasi_insert_virtual(wasi, root, 3, &fd);
}

/* ---- Names ------------------------------------------------------------------------------------------- */

uint32_t wasi_virtual_path_set_times(const struct wasi *wasi, const struct wasi_place *place,
                                     const struct timespec from[2]) {
  struct wasi_virtual_times times;
  if (place->fs->set_times == NULL) {
    return wasi_virtual_refusal(place->fs);
  }
  const uint32_t error = wasi_virtual_times(wasi, from, &times);
  return error != WASI_ESUCCESS
             ? error
             : place->fs->set_times(place->fs_user, place->path, times.chosen[0], times.chosen[1]);
}

uint32_t wasi_virtual_readlink(const struct wasi_place *place, uint8_t *text, uint32_t size,
                               uint32_t *length) {
  size_t used = 0;
  if (place->filetype != WASI_FILETYPE_SYMBOLIC_LINK) {
    return WASI_EINVAL;
  }
  if (place->fs->readlink == NULL) {
    return WASI_EIO;
  }
  uint32_t error = place->fs->readlink(place->fs_user, place->path, (char *)text, size, &used);
  *length = (uint32_t)used;
  return error == WASI_ESUCCESS && used > size ? WASI_EIO : error;
}

uint32_t wasi_virtual_mkdir(const struct wasi_place *place) {
  if (place->found) {
    return WASI_EEXIST;
  }
  if (place->fs->mkdir == NULL) {
    return wasi_virtual_refusal(place->fs);
  }
  return place->fs->mkdir(place->fs_user, place->path);
}

uint32_t wasi_virtual_rmdir(const struct wasi_place *place) {
  if (!place->found) {
    return WASI_ENOENT;
  }
  if (place->filetype != WASI_FILETYPE_DIRECTORY) {
    return WASI_ENOTDIR;
  }
  if (place->fs->rmdir == NULL) {
    return wasi_virtual_refusal(place->fs);
  }
  return place->fs->rmdir(place->fs_user, place->path);
}

uint32_t wasi_virtual_unlink(const struct wasi_place *place) {
  if (!place->found) {
    return WASI_ENOENT;
  }
  if (place->filetype == WASI_FILETYPE_DIRECTORY) {
    return WASI_EISDIR;
  }
  if (place->slash) {
    return WASI_ENOTDIR;
  }
  if (place->fs->unlink == NULL) {
    return wasi_virtual_refusal(place->fs);
  }
  return place->fs->unlink(place->fs_user, place->path);
}

/* Whether a name that is no directory can be made there. */
static uint32_t check_new(const struct wasi_place *place) {
  return place->found ? WASI_EEXIST : place->slash ? WASI_ENOENT : WASI_ESUCCESS;
}

uint32_t wasi_virtual_symlink(const char *text, const struct wasi_place *place) {
  uint32_t error = check_new(place);
  if (error != WASI_ESUCCESS) {
    return error;
  }
  if (place->fs->symlink == NULL) {
    return wasi_virtual_refusal(place->fs);
  }
  return place->fs->symlink(place->fs_user, text, place->path);
}

static bool on_same_fs(const struct wasi_place *a, const struct wasi_place *b) {
  return a->fs == b->fs && a->fs_user == b->fs_user;
}

uint32_t wasi_virtual_link(const struct wasi_place *from, const struct wasi_place *to) {
  if (!on_same_fs(from, to)) {
    return WASI_EXDEV;
  }
  uint32_t error = check_new(to);
  if (error != WASI_ESUCCESS) {
    return error;
  }
  if (from->filetype == WASI_FILETYPE_DIRECTORY) {
    return WASI_EPERM;
  }
  if (to->fs->link == NULL) {
    return wasi_virtual_refusal(to->fs);
  }
  return to->fs->link(to->fs_user, from->path, to->path);
}

/* Whether `path` is `directory` or lies within it. */
static bool is_within(const char *path, const char *directory) {
  const size_t length = strlen(directory);
  return strncmp(path, directory, length) == 0 && (path[length] == '\0' || path[length] == '/');
}

/* What Linux says of renaming one to the other, in its order. */
static uint32_t check_rename(const struct wasi_place *from, const struct wasi_place *to) {
  if (!from->found) {
    return WASI_ENOENT;
  }
  const bool is_directory = from->filetype == WASI_FILETYPE_DIRECTORY;
  if (!is_directory && (from->slash || to->slash)) {
    return WASI_ENOTDIR;
  }
  if (strcmp(from->path, to->path) != 0) {
    if (is_within(to->path, from->path)) {
      return WASI_EINVAL;
    }
    if (is_within(from->path, to->path)) {
      return WASI_ENOTEMPTY;
    }
  }
  if (to->found && is_directory != (to->filetype == WASI_FILETYPE_DIRECTORY)) {
    return is_directory ? WASI_ENOTDIR : WASI_EISDIR;
  }
  return WASI_ESUCCESS;
}

/* Descriptors of directories go where their directories go. */
static void move_descriptors(struct wasi *wasi, const struct wasi_place *from, const struct wasi_place *to) {
  const size_t from_length = strlen(from->path), to_length = strlen(to->path);
  for (uint32_t fd = 0; fd < wasi->descriptor_slots; fd++) {
    const struct wasi_descriptor *descriptor = &wasi->descriptors[fd];
    char *path = descriptor->path;
    if (path == NULL || descriptor->fs != from->fs || descriptor->fs_user != from->fs_user ||
        !is_within(path, from->path)) {
      continue;
    }
    /* One that gets too long stays, and names nothing. */
    const size_t rest_size = strlen(path + from_length) + 1;
    if (to_length + rest_size <= PATH_MAX) {
      memmove(path + to_length, path + from_length, rest_size);
      memcpy(path, to->path, to_length);
    }
  }
}

uint32_t wasi_virtual_rename(struct wasi *wasi, const struct wasi_place *from, const struct wasi_place *to) {
  if (!on_same_fs(from, to)) {
    return WASI_EXDEV;
  }
  uint32_t error = check_rename(from, to);
  if (error != WASI_ESUCCESS || strcmp(from->path, to->path) == 0) {
    return error;
  }
  if (to->fs->rename == NULL) {
    return wasi_virtual_refusal(to->fs);
  }
  error = to->fs->rename(to->fs_user, from->path, to->path);
  if (error == WASI_ESUCCESS) {
    move_descriptors(wasi, from, to);
  }
  return error;
}
