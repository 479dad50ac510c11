/*
 * The sandbox of paths: every path of a guest is resolved here, below the directory that it is relative to,
 * and by no means outside of it. All of WASI's path security rests on this file.
 *
 * Two ways, the same results:
 *
 * - openat2 with RESOLVE_BENEATH: the kernel refuses any step that leaves the directory, whatever happens to
 * the tree meanwhile, and RESOLVE_NO_MAGICLINKS refuses the links of /proc that jump to open files.
 * Linux 5.6.
 * - A walk, component by component, where the kernel lacks openat2 or a filter forbids it. Its safety rests
 * on one rule: each system call gets one name, without '/', never "..", and with O_NOFOLLOW, relative to a
 * descriptor that was reached in the same way. No such step can go up or sideways. Links are read as text and
 * their text is walked. ".." walks the names so far, less one, again from the start; at the start itself it
 * is refused.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "preview1.h"

/* As in <linux/openat2.h>, which musl does not bring. */
struct open_how {
  uint64_t flags, mode, resolve;
};
#define RESOLVE_NO_MAGICLINKS 0x02u
#define RESOLVE_BENEATH 0x08u

/* As many links in one resolution as Linux follows. */
#define LINK_LIMIT 40

#define OPEN_DIRECTORY (O_PATH | O_DIRECTORY | O_CLOEXEC)

/* openat2 says EAGAIN when a rename elsewhere made a ".." uncertain. Rare, so a busy system gets many more
 * chances. */
#define RACE_RETRIES 1000

static int open_beneath(int dir, const char *path, int flags, mode_t mode) {
  struct open_how how = {.flags = (uint64_t)(unsigned)flags,
                         .mode = (flags & O_CREAT) != 0 ? mode : 0,
                         .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
  for (int attempt = 0;; attempt++) {
    long result = syscall(SYS_openat2, dir, path, &how, sizeof how);
    if (result >= 0) {
      return (int)result;
    }
    if (errno != EINTR && (errno != EAGAIN || attempt == RACE_RETRIES)) {
      return -errno;
    }
  }
}

/* The state of a walk. */
struct walk {
  int root; /* where it began */
  int at;   /* the directory reached; root, or open only for the walk */
  unsigned links;
  size_t depth_length;     /* of `reached` */
  char reached[PATH_MAX];  /* the names from root to `at`, each followed by NUL; none is a link or ".." */
  char rest[2 * PATH_MAX]; /* what is still to be walked */
};

/* Goes to another directory, which the walk then owns. */
static void move_to(struct walk *walk, int directory) {
  if (walk->at != walk->root) {
    close(walk->at);
  }
  walk->at = directory;
}

/* One step down. The only place where the walk opens a directory. */
static int step_down(int at, const char *name) {
  int directory = openat(at, name, OPEN_DIRECTORY | O_NOFOLLOW);
  return directory < 0 ? -errno : directory;
}

static int enter(struct walk *walk, const char *name) {
  size_t size = strlen(name) + 1;
  if (walk->depth_length + size > sizeof walk->reached) {
    return -ENAMETOOLONG;
  }
  int directory = step_down(walk->at, name);
  if (directory < 0) {
    return directory;
  }
  memcpy(walk->reached + walk->depth_length, name, size);
  walk->depth_length += size;
  move_to(walk, directory);
  return 0;
}

/*
 * "..": forgets the last name and walks the others again. Asking the kernel for ".." would go wherever the
 * directory has been moved to by now.
 */
static int leave(struct walk *walk) {
  if (walk->depth_length == 0) {
    return -EXDEV;
  }
  do {
    walk->depth_length--;
  } while (walk->depth_length > 0 && walk->reached[walk->depth_length - 1] != '\0');
  move_to(walk, walk->root);
  for (size_t i = 0; i < walk->depth_length; i += strlen(walk->reached + i) + 1) {
    int directory = step_down(walk->at, walk->reached + i);
    if (directory < 0) {
      return directory;
    }
    move_to(walk, directory);
  }
  return 0;
}

/*
 * If `name` is a symbolic link, puts its text in place of the name: before `rest`, what follows the name.
 * Returns 1 if it did, 0 if it is no link or not there, or -errno.
 */
static int splice_link(struct walk *walk, const char *name, const char *rest) {
  char target[PATH_MAX];
  ssize_t length = readlinkat(walk->at, name, target, sizeof target);
  if (length < 0) {
    return errno == EINVAL || errno == ENOENT ? 0 : -errno;
  }
  if (target[0] == '/') {
    return -EXDEV;
  }
  if (++walk->links > LINK_LIMIT) {
    return -ELOOP;
  }
  size_t rest_size = strlen(rest) + 1;
  if ((size_t)length >= sizeof target || (size_t)length + rest_size > sizeof walk->rest) {
    return -ENAMETOOLONG;
  }
  memmove(walk->rest + length, rest, rest_size);
  memcpy(walk->rest, target, (size_t)length);
  return 1;
}

/*
 * Opens the last component. If it has become a link since it was looked at, O_NOFOLLOW fails, or with O_PATH
 * opens the link itself, which leads nowhere.
 */
static int open_last(const struct walk *walk, const char *name, int flags, mode_t mode) {
  int host = openat(walk->at, name, flags | O_NOFOLLOW, mode);
  return host < 0 ? -errno : host;
}

static int walk_path(struct walk *walk, int flags, mode_t mode) {
  bool exclusive = (flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL);
  bool follow = (flags & O_NOFOLLOW) == 0 && !exclusive;
  for (;;) {
    char name[NAME_MAX + 1];
    const char *begin = walk->rest + strspn(walk->rest, "/");
    size_t length = strcspn(begin, "/");
    const char *rest = begin + length;
    if (length == 0) { /* all walked: what is meant is the directory itself */
      int host = openat(walk->at, ".", flags & ~O_NOFOLLOW, mode);
      return host < 0 ? -errno : host;
    }
    if (length > NAME_MAX) {
      return -ENAMETOOLONG;
    }
    memcpy(name, begin, length);
    name[length] = '\0';
    int status = 0;
    if (strcmp(name, "..") == 0) {
      status = leave(walk);
    } else if (strcmp(name, ".") != 0) {
      bool last = *rest == '\0';
      status = last ? 0 : enter(walk, name);
      bool may_be_link = last ? follow : status == -ENOTDIR || status == -ELOOP;
      int spliced = may_be_link ? splice_link(walk, name, rest) : 0;
      if (spliced > 0) {
        continue;
      }
      if (spliced < 0) {
        return spliced;
      }
      if (last) {
        return open_last(walk, name, flags, mode);
      }
    }
    if (status < 0) {
      return status;
    }
    memmove(walk->rest, rest, strlen(rest) + 1);
  }
}

static int open_by_walk(int dir, const char *path, int flags, mode_t mode) {
  struct walk walk;
  size_t size = strlen(path) + 1;
  if (path[0] == '\0') {
    return -ENOENT;
  }
  if (path[0] == '/') {
    return -EXDEV;
  }
  if (size > PATH_MAX) {
    return -ENAMETOOLONG;
  }
  if ((flags & O_CREAT) != 0 && path[size - 2] == '/') { /* as the kernel says of creating "name/" */
    return -EISDIR;
  }
  walk.root = walk.at = dir;
  walk.links = 0;
  walk.depth_length = 0;
  memcpy(walk.rest, path, size);
  int result = walk_path(&walk, flags, mode);
  move_to(&walk, dir);
  return result;
}

int wasi_resolve_open(struct wasi *wasi, int dir, const char *path, int flags, mode_t mode) {
  if (wasi->resolution == WASI_RESOLVE_UNKNOWN) {
    /* Old kernels and qemu-user say ENOSYS, a seccomp filter may say anything; a mount can always be opened
     * again. */
    int probe = open_beneath(dir, ".", OPEN_DIRECTORY, 0);
    wasi->resolution = probe < 0 ? WASI_RESOLVE_WALK : WASI_RESOLVE_OPENAT2;
    if (probe >= 0) {
      close(probe);
    }
  }
  int host = wasi->resolution == WASI_RESOLVE_OPENAT2 ? open_beneath(dir, path, flags, mode)
                                                      : open_by_walk(dir, path, flags, mode);
  /* For the guest, leaving its mount is forbidden, not a matter of devices. */
  return host == -EXDEV ? -EPERM : host;
}

uint32_t wasi_guest_path(struct wasmrt_instance *instance, uint32_t address, uint32_t length,
                         char path[PATH_MAX]) {
  const uint8_t *bytes = wasmrt_guest(instance, address, length);
  if (bytes == NULL) {
    return WASI_EFAULT;
  }
  if (length == 0) {
    return WASI_ENOENT;
  }
  if (length >= PATH_MAX) {
    return WASI_ENAMETOOLONG;
  }
  /* The copy is what is checked and used: another thread of the guest cannot change it in between. */
  memcpy(path, bytes, length);
  path[length] = '\0';
  /* The host would take what is before a NUL for the whole path. */
  if (memchr(path, '\0', length) != NULL) {
    return WASI_EINVAL;
  }
  return path[0] == '/' ? WASI_EPERM : WASI_ESUCCESS;
}

/* Where the last component of a relative path begins; slashes at the end belong to it. */
static char *last_component(char *path) {
  size_t begin = strlen(path);
  while (begin > 0 && path[begin - 1] == '/') {
    begin--;
  }
  while (begin > 0 && path[begin - 1] != '/') {
    begin--;
  }
  return path + begin;
}

static bool is_dots(const char *name) {
  size_t length = strcspn(name, "/");
  return (length == 1 && name[0] == '.') || (length == 2 && name[0] == '.' && name[1] == '.');
}

/* Opens all of place->path as the place's directory, with `name` in it. */
static uint32_t open_place(struct wasi *wasi, int dir, struct wasi_place *place, const char *name) {
  int host = wasi_resolve_open(wasi, dir, place->path, OPEN_DIRECTORY, 0);
  if (host < 0) {
    return wasi_errno(-host);
  }
  place->dir = host;
  place->owned = true;
  place->name = name;
  return WASI_ESUCCESS;
}

/* The place of the last component `name`, a pointer into place->path. */
static uint32_t open_parent(struct wasi *wasi, int dir, struct wasi_place *place, char *name) {
  if (name > place->path) {
    name[-1] = '\0';
    return open_place(wasi, dir, place, name);
  }
  place->dir = dir;
  place->owned = false;
  place->name = name;
  return WASI_ESUCCESS;
}

void wasi_place_close(struct wasi_place *place) {
  if (place->fs == NULL && place->owned) {
    close(place->dir);
  }
}

uint32_t wasi_place_entry(struct wasi *wasi, const struct wasi_descriptor *directory,
                          struct wasi_place *place, uint32_t dots) {
  place->fs = directory->fs;
  if (directory->fs != NULL) {
    return wasi_virtual_entry(directory, place, dots);
  }
  char *name = last_component(place->path);
  if (!is_dots(name)) {
    return open_parent(wasi, directory->host, place, name);
  }
  /* Resolved all the same, for the error of a path that leaves the mount. */
  uint32_t error = open_place(wasi, directory->host, place, ".");
  if (error != WASI_ESUCCESS) {
    return error;
  }
  wasi_place_close(place);
  return dots;
}

uint32_t wasi_place_object(struct wasi *wasi, const struct wasi_descriptor *directory,
                           struct wasi_place *place, bool follow) {
  const int dir = directory->host;
  place->fs = directory->fs;
  if (directory->fs != NULL) {
    return wasi_virtual_object(directory, place, follow);
  }
  for (unsigned links = 0; links <= LINK_LIMIT; links++) {
    char *name = last_component(place->path);
    if (is_dots(name) || strchr(name, '/') != NULL) {
      return open_place(wasi, dir, place, ".");
    }
    uint32_t error = open_parent(wasi, dir, place, name);
    if (error != WASI_ESUCCESS || !follow) {
      return error;
    }
    char target[PATH_MAX];
    ssize_t length = readlinkat(place->dir, place->name, target, sizeof target);
    /* No link, or nothing there, which is for the operation to report. */
    if (length < 0 && (errno == EINVAL || errno == ENOENT)) {
      return WASI_ESUCCESS;
    }
    int failure = errno;
    wasi_place_close(place);
    if (length < 0) {
      return wasi_errno(failure);
    }
    size_t parent_length = (size_t)(name - place->path);
    if (target[0] == '/') {
      return WASI_EPERM;
    }
    if (parent_length + (size_t)length >= sizeof place->path) {
      return WASI_ENAMETOOLONG;
    }
    if (parent_length > 0) {
      place->path[parent_length - 1] = '/';
    }
    memcpy(name, target, (size_t)length);
    name[length] = '\0';
  }
  return WASI_ELOOP;
}
