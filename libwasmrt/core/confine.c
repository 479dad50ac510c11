/*
 * Executables confine themselves before the guest's first instruction. The sandbox of WebAssembly is the
 * first wall; this is a second, the kernel's, for whatever might break through: machine code that runs in the
 * process, by an error of the compiler or the runtime, finds what the guest was granted and nothing else.
 *
 * Two parts:
 *
 * - A seccomp filter (Linux 3.17) allows the system calls of the functions that are linked (needs.h) and
 * makes all others fail with EPERM. What takes a path is allowed only where the guest was granted a directory
 * of the host's. Arguments are looked at where the number alone would allow more than is needed: memory never
 * becomes executable, fcntl and ioctl do what is listed, a signal can only be sent to oneself. What is not
 * listed is refused, also what kernels to come bring, and the numbers of the CPU's other instruction sets.
 * - Landlock (Linux 5.13) confines what takes a path to the granted trees, which a filter cannot: it sees
 * where a path lies in memory, not what it says. Below read-only mounts nothing can be written. It keeps the
 * process from TCP ports, abstract sockets and signals to others, too. All that the filter does on its own
 * where there is no mount, so that such a program is confined without it.
 *
 * The kernel interface is used directly: libseccomp is larger than all of libwasmrt and needs malloc. A
 * refused call fails instead of ending the process, since libraries try calls and fall back to others, as
 * resolve.c does from openat2.
 *
 * What stays possible for machine code in a program with a mount: to learn and set what is not the contents
 * of files elsewhere (stat, times), which Landlock does not look at.
 */
#define _GNU_SOURCE
#include "confine.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/types.h>
#include <unistd.h>

#include "needs.h"

/* In wasi/state.c, if the guest uses WASI: the host's descriptor of a mount. */
__attribute__((weak)) int wasmrt_wasi_mounted(const struct wasmrt_instance *instance, size_t mount);

/* The lists of all functions that are linked, one after the other. */
extern const struct wasmrt_need __start_wasmrt_needs[] __attribute__((visibility("hidden")));
extern const struct wasmrt_need __stop_wasmrt_needs[] __attribute__((visibility("hidden")));

/* ---- The filter: <linux/filter.h>, <linux/seccomp.h>, <linux/audit.h>, which musl does not bring ------- */

#define SECCOMP_SET_MODE_FILTER 1
/* Without it kernels before 5.16 slow the program down by a mitigation against what it could do anyway: read
 * its own memory. */
#define SECCOMP_FILTER_FLAG_SPEC_ALLOW 4u
#define SECCOMP_RET_ERRNO 0x00050000u
#define SECCOMP_RET_ALLOW 0x7fff0000u

#define LOAD 0x20u   /* BPF_LD | BPF_W | BPF_ABS */
#define JUMP 0x05u   /* BPF_JMP | BPF_JA */
#define IF_EQ 0x15u  /* BPF_JMP | BPF_JEQ | BPF_K */
#define IF_GE 0x35u  /* BPF_JMP | BPF_JGE | BPF_K */
#define IF_ANY 0x45u /* BPF_JMP | BPF_JSET | BPF_K */
#define RETURN 0x06u /* BPF_RET | BPF_K */

/* struct seccomp_data: where the parts of a system call lie. */
#define NUMBER 0
#define ARCH 4
#define ARGUMENT(n) (16 + 8 * (n)) /* its low half; both targets are little endian */

#if defined(__x86_64__)
#define AUDIT_ARCH 0xc000003eu
#elif defined(__aarch64__)
#define AUDIT_ARCH 0xc00000b7u
#else
#error "this architecture's number is not known here"
#endif

struct instruction {
  uint16_t code;
  uint8_t if_true, if_false; /* instructions to skip */
  uint32_t value;
};

/* struct sock_fprog */
struct program {
  uint16_t length;
  const struct instruction *code;
};

/*
 * More than all functions of WASI together need. An entry takes at most 7 instructions: a leaf's last two and
 * four of its own, or a branch of two.
 */
enum { MOST_ENTRIES = 128, MOST_CODE = 4 + 8 * MOST_ENTRIES };
/* Entries in a leaf of the tree: few, and no jump in it is too long for its 8 bits. */
enum { LEAF = 6 };
/* A jump to the end of the leaf, where the call is allowed. */
enum { ALLOWED = 255 };

struct filter {
  bool has_mount;
  bool takes_paths;
  unsigned count, length;
  /* In ascending order: number << 20 | kind << 16 | value. */
  uint32_t entries[MOST_ENTRIES];
  struct instruction code[MOST_CODE];
};

static uint32_t number_of(uint32_t entry) {
  return entry >> 20;
}

static uint32_t kind_of(uint32_t entry) {
  return entry >> 16 & 15;
}

static void add_entry(struct filter *filter, uint32_t entry) {
  unsigned place = filter->count;
  while (place > 0 && filter->entries[place - 1] > entry) {
    place--;
  }
  if (place > 0 && filter->entries[place - 1] == entry) {
    return;
  }
  if (filter->count == MOST_ENTRIES) {
    __builtin_trap(); /* the runtime's own lists have outgrown the table: a test with all functions shows it
                       */
  }
  for (unsigned i = filter->count++; i > place; i--) {
    filter->entries[i] = filter->entries[i - 1];
  }
  filter->entries[place] = entry;
}

static void collect(struct filter *filter) {
  for (const struct wasmrt_need *need = __start_wasmrt_needs; need < __stop_wasmrt_needs; need++) {
    uint32_t kind = need->call >> 12;
    if (kind == WASMRT_NEED_PATH) {
      if (!filter->has_mount) {
        continue;
      }
      filter->takes_paths = true;
      kind = WASMRT_NEED_ANY;
    }
    add_entry(filter, (need->call & 0xfffu) << 20 | kind << 16 | need->value);
  }
}

static void put(struct filter *filter, uint16_t code, uint32_t value, uint8_t if_true, uint8_t if_false) {
  filter->code[filter->length++] = (struct instruction){code, if_true, if_false, value};
}

/* Allows a call of an entry's number whose argument is as it says, and else goes on. */
static void put_argument(struct filter *filter, uint32_t entry) {
  const uint32_t kind = kind_of(entry);
  if (kind == WASMRT_NEED_DATA) {
    put(filter, LOAD, ARGUMENT(2), 0, 0);
    put(filter, IF_ANY, ~(uint32_t)(PROT_READ | PROT_WRITE), 0, ALLOWED);
  } else if (kind == WASMRT_NEED_SELF) {
    put(filter, LOAD, ARGUMENT(0), 0, 0);
    put(filter, IF_EQ, (uint32_t)syscall(SYS_gettid), ALLOWED, 0);
  } else {
    /* Both halves: the value may be that of a pointer. */
    put(filter, LOAD, ARGUMENT(kind - WASMRT_NEED_ARGUMENT) + 4, 0, 0);
    put(filter, IF_EQ, 0, 0, 2);
    put(filter, LOAD, ARGUMENT(kind - WASMRT_NEED_ARGUMENT), 0, 0);
    put(filter, IF_EQ, entry & 0xffff, ALLOWED, 0);
  }
}

/* The entries from `begin` to `end`, one number after the other, then: refused, allowed. */
static void put_leaf(struct filter *filter, unsigned begin, unsigned end) {
  const unsigned first = filter->length;
  while (begin < end) {
    const uint32_t number = number_of(filter->entries[begin]);
    const bool unconditional = kind_of(filter->entries[begin]) == WASMRT_NEED_ANY; /* comes first */
    const unsigned test = filter->length;
    put(filter, IF_EQ, number, unconditional ? ALLOWED : 0, 0);
    for (; begin < end && number_of(filter->entries[begin]) == number; begin++) {
      if (!unconditional) {
        put_argument(filter, filter->entries[begin]);
      }
    }
    if (!unconditional) {
      put(filter, RETURN, SECCOMP_RET_ERRNO | EPERM, 0, 0);
      filter->code[test].if_false = (uint8_t)(filter->length - test - 1);
    }
  }
  put(filter, RETURN, SECCOMP_RET_ERRNO | EPERM, 0, 0);
  for (unsigned i = first; i < filter->length; i++) {
    struct instruction *at = &filter->code[i];
    const uint8_t distance = (uint8_t)(filter->length - i - 1);
    at->if_true = at->if_true == ALLOWED ? distance : at->if_true;
    at->if_false = at->if_false == ALLOWED ? distance : at->if_false;
  }
  put(filter, RETURN, SECCOMP_RET_ALLOW, 0, 0);
}

/*
 * A binary search for the number: the kernel runs the filter for each of its some 500 numbers when it is
 * installed, and notes which are allowed whatever the arguments are. From then on these cost nothing.
 */
static void put_tree(struct filter *filter, unsigned begin, unsigned end) {
  unsigned middle = begin + (end - begin) / 2;
  while (middle < end && number_of(filter->entries[middle]) == number_of(filter->entries[middle - 1])) {
    middle++;
  }
  if (end - begin <= LEAF || middle == end) {
    put_leaf(filter, begin, end);
    return;
  }
  put(filter, IF_GE, number_of(filter->entries[middle]), 0, 1);
  const unsigned jump = filter->length;
  put(filter, JUMP, 0, 0, 0);
  put_tree(filter, begin, middle);
  filter->code[jump].value = filter->length - jump - 1;
  put_tree(filter, middle, end);
}

/* x32's numbers, which share the architecture's number, are beyond all others and so in no list. */
static void put_filter(struct filter *filter) {
  put(filter, LOAD, ARCH, 0, 0);
  put(filter, IF_EQ, AUDIT_ARCH, 1, 0);
  put(filter, RETURN, SECCOMP_RET_ERRNO | EPERM, 0, 0);
  put(filter, LOAD, NUMBER, 0, 0);
  put_tree(filter, 0, filter->count);
}

/* A kernel that has filters fails to read one at no address; it could say so itself only from 4.14 on. */
static bool has_filters(void) {
  return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, NULL) != 0 && errno == EFAULT;
}

static bool install(const struct filter *filter) {
  const struct program program = {(uint16_t)filter->length, filter->code};
  return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, &program) == 0 ||
         syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0; /* before Linux 4.17 */
}

/* ---- Landlock: <linux/landlock.h> --------------------------------------------------------------------- */

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif

struct ruleset {
  uint64_t files, network, scopes;
};

struct path_rule {
  uint64_t allowed;
  int32_t directory;
} __attribute__((packed));

#define CREATE_RULESET_VERSION 1u
#define RULE_PATH_BENEATH 1

#define FS_WRITE_FILE (1u << 1)
#define FS_READ_FILE (1u << 2)
#define FS_READ_DIR (1u << 3)
#define FS_REMOVE_DIR (1u << 4)
#define FS_REMOVE_FILE (1u << 5)
#define FS_MAKE_DIR (1u << 7)
#define FS_MAKE_REG (1u << 8)
#define FS_MAKE_SYM (1u << 12)
#define FS_REFER (1u << 13)    /* version 2: to rename and link across directories */
#define FS_TRUNCATE (1u << 14) /* version 3 */
#define FS_ALL_1 ((1u << 13) - 1)
/* Not among them: ioctl on devices (version 5), which the filter restricts to what tells terminals. */

#define FS_READ (FS_READ_FILE | FS_READ_DIR)
/* All of version 3 but executing, and making devices, sockets and FIFOs, which WASI cannot. */
#define FS_WRITE                                                                                             \
  (FS_READ | FS_WRITE_FILE | FS_REMOVE_DIR | FS_REMOVE_FILE | FS_MAKE_DIR | FS_MAKE_REG | FS_MAKE_SYM |      \
   FS_REFER | FS_TRUNCATE)

#define NETWORK 3u /* version 4: to bind and to connect TCP sockets */
#define SCOPES 3u  /* version 6: abstract Unix sockets and signals of others */

static bool add_rules(int ruleset, uint64_t handled, const struct wasmrt_instance *instance,
                      const struct wasmrt_guest_options *options) {
  for (size_t i = 0; i < options->mount_count; i++) {
    const struct path_rule rule = {.allowed = (options->mounts[i].read_only ? FS_READ : FS_WRITE) & handled,
                                   .directory = wasmrt_wasi_mounted(instance, i)};
    if (syscall(SYS_landlock_add_rule, ruleset, RULE_PATH_BENEATH, &rule, 0) != 0) {
      return false;
    }
  }
  return true;
}

static bool is_written(const struct wasmrt_guest_options *options) {
  for (size_t i = 0; i < options->mount_count; i++) {
    if (!options->mounts[i].read_only) {
      return true;
    }
  }
  return false;
}

/*
 * Confines the process to its mounts. Version 1 always refuses to rename from one directory to another, which
 * a guest with a writable mount must be able to.
 */
static const char *enter_landlock(const struct wasmrt_instance *instance,
                                  const struct wasmrt_guest_options *options) {
  const long version = syscall(SYS_landlock_create_ruleset, NULL, 0, CREATE_RULESET_VERSION);
  if (version < 1) {
    return "not confined to its directories: this kernel has no Landlock";
  }
  if (version < 2 && is_written(options)) {
    return "not confined to its directories: this kernel's Landlock is older than Linux 5.19";
  }
  struct ruleset attributes = {.files = FS_ALL_1 | (version >= 2 ? FS_REFER : 0) |
                                        (version >= 3 ? FS_TRUNCATE : 0),
                               .network = version >= 4 ? NETWORK : 0,
                               .scopes = version >= 6 ? SCOPES : 0};
  const int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0);
  const bool entered = ruleset >= 0 && add_rules(ruleset, attributes.files, instance, options) &&
                       syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
  if (ruleset >= 0) {
    close(ruleset);
  }
  return entered ? NULL : "not confined to its directories: Landlock refuses";
}

/* ---- Both -------------------------------------------------------------------------------------------- */

#ifndef SYS_close_range
#define SYS_close_range 436
#endif

void wasmrt_confine_descriptors(void) {
  /* Linux 5.9. An emulator has descriptors of its own there, and no filters. */
  if (has_filters()) {
    syscall(SYS_close_range, STDERR_FILENO + 1, ~0u, 0);
  }
}

const char *wasmrt_confine(const struct wasmrt_instance *instance,
                           const struct wasmrt_guest_options *options) {
  /* What the runtime itself needs: traps and their messages, the end of the stack, the end. */
  WASMRT_NEEDS("wasmrt_confine",
               NEED(rt_sigreturn) NEED(rt_sigaction) NEED(rt_sigprocmask) NEED_SELF(tkill) NEED_DATA(mprotect)
                   NEED_ARGUMENT(writev, 0, 2) NEED(restart_syscall) NEED(exit_group));
  struct filter filter;
  filter.has_mount = options->mount_count > 0 && wasmrt_wasi_mounted != NULL;
  filter.takes_paths = false;
  filter.count = filter.length = 0;
  collect(&filter);
  put_filter(&filter);
  if (!has_filters() || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    return "not confined: this kernel has no seccomp filters";
  }
  /* Where no call takes a path the filter is all; Landlock would only make the start longer. */
  const char *problem = filter.takes_paths ? enter_landlock(instance, options) : NULL;
  if (!install(&filter)) {
    return "not confined: this kernel refuses its seccomp filter";
  }
  return problem;
}
