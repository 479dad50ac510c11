/*
 * Machine code in the process of a program, as after an escape: it is linked into the executable and called
 * by the guest as env.attack, and asks the kernel for everything that nobody granted. Prints a line for each.
 *
 * Descriptors 3 and 4 are the mounts: "open", which can be written, and "frozen", which cannot. Of the libc
 * it uses syscall() only: no fallback, no check stands between this code and the kernel.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

struct wasmrt_instance;
void attack(struct wasmrt_instance *caller, uint32_t everything) __asm__("w2n.env.attack");

enum { OPEN = 3, FROZEN = 4 };
struct open_how {
  uint64_t flags, mode, resolve;
};

/* As "what: EPERM"; what succeeds is "what: done". writev to 1 is what a guest that prints needs anyway. */
static long say(const char *what, long result) {
  const char *verdict = result >= 0       ? "done"
                        : errno == EPERM  ? "EPERM"
                        : errno == EACCES ? "EACCES"
                        : errno == EBADF  ? "EBADF"
                                          : "another error";
  struct iovec parts[] = {
      {(void *)what, strlen(what)}, {": ", 2}, {(void *)verdict, strlen(verdict)}, {"\n", 1}};
  syscall(SYS_writev, 1, parts, 4);
  return result;
}
#define SAY(what, number, ...) say(what, syscall(number, __VA_ARGS__))

static void open_files(void) {
  const struct open_how how = {.flags = O_RDONLY};
  struct stat status;
  SAY("fstat of what it was started with", SYS_fstat, 9, &status);
  SAY("openat /etc/passwd", SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY);
  SAY("openat2 /etc/passwd", SYS_openat2, AT_FDCWD, "/etc/passwd", &how, sizeof how);
  SAY("openat /etc/passwd below a mount", SYS_openat, OPEN, "/etc/passwd", O_RDONLY);
  SAY("openat ../outside", SYS_openat, OPEN, "../outside", O_RDONLY);
  SAY("openat2 ../outside", SYS_openat2, OPEN, "../outside", &how, sizeof how);
  SAY("openat of a link to /etc/passwd", SYS_openat, OPEN, "passwd", O_RDONLY);
  SAY("openat of a directory", SYS_openat, AT_FDCWD, "/", O_RDONLY | O_DIRECTORY);
  SAY("openat to create a file", SYS_openat, AT_FDCWD, "created", O_CREAT | O_WRONLY, 0600);
  SAY("openat of /proc/self/mem", SYS_openat, AT_FDCWD, "/proc/self/mem", O_RDWR);
  int path = (int)syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_PATH);
  if (path >= 0) {
    char name[] = "/proc/self/fd/x";
    name[sizeof name - 2] = (char)('0' + path % 10);
    SAY("openat of a file that O_PATH has found", SYS_openat, AT_FDCWD, name, O_RDONLY);
  }
}

static void use_mounts(void) {
  SAY("writable: create", SYS_openat, OPEN, "created", O_CREAT | O_WRONLY, 0600);
  SAY("writable: truncate", SYS_openat, OPEN, "file", O_WRONLY | O_TRUNC);
  SAY("writable: unlink", SYS_unlinkat, OPEN, "created", 0);
  SAY("read-only: read", SYS_openat, FROZEN, "file", O_RDONLY);
  SAY("read-only: write", SYS_openat, FROZEN, "file", O_WRONLY);
  SAY("read-only: read and write", SYS_openat, FROZEN, "file", O_RDWR);
  SAY("read-only: truncate", SYS_openat, FROZEN, "file", O_RDONLY | O_TRUNC);
  SAY("read-only: create", SYS_openat, FROZEN, "created", O_CREAT | O_RDONLY, 0600);
  SAY("read-only: unlink", SYS_unlinkat, FROZEN, "file", 0);
  SAY("read-only: rename away", SYS_renameat, FROZEN, "file", OPEN, "stolen");
  SAY("unlink outside", SYS_unlinkat, AT_FDCWD, "outside", 0);
  SAY("rename outside", SYS_renameat, AT_FDCWD, "outside", OPEN, "stolen");
}

static void use_processes(void) {
  char *const words[] = {(char *)"true", NULL};
  SAY("execve", SYS_execve, "/bin/true", words, words + 1);
  SAY("execveat", SYS_execveat, AT_FDCWD, "/bin/true", words, words + 1, 0);
  if (SAY("clone", SYS_clone, SIGCHLD, 0, 0, 0, 0) == 0) {
    _exit(0);
  }
  SAY("clone3", SYS_clone3, NULL, 0);
#ifdef SYS_fork
  if (SAY("fork", SYS_fork, 0) == 0) {
    _exit(0);
  }
  if (SAY("vfork", SYS_vfork, 0) == 0) {
    _exit(0);
  }
  SAY("open /etc/passwd", SYS_open, "/etc/passwd", O_RDONLY);
#endif
  SAY("kill another process", SYS_kill, getppid(), 0);
  SAY("tkill another thread", SYS_tkill, 1, 0);
  SAY("tgkill", SYS_tgkill, 1, 1, 0);
  SAY("ptrace", SYS_ptrace, 16, 1, 0, 0);
  SAY("process_vm_readv", SYS_process_vm_readv, 1, NULL, 0, NULL, 0, 0);
  SAY("pidfd_open", SYS_pidfd_open, 1, 0);
  SAY("setuid", SYS_setuid, 0);
}

static void use_network(void) {
  const struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/run/socket"};
  SAY("socket, IPv4", SYS_socket, AF_INET, SOCK_STREAM, 0);
  SAY("socket, Unix", SYS_socket, AF_UNIX, SOCK_STREAM, 0);
  SAY("socket, netlink", SYS_socket, AF_NETLINK, SOCK_RAW, 0);
  int pair[2];
  SAY("socketpair", SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, pair);
  SAY("connect", SYS_connect, 0, &address, sizeof address);
  SAY("bind", SYS_bind, 0, &address, sizeof address);
  SAY("sendto", SYS_sendto, 0, "x", 1, 0, &address, sizeof address);
}

static uint64_t data[8192] __attribute__((aligned(65536)));

static void make_code(void) {
  SAY("mmap to execute", SYS_mmap, NULL, 65536, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0L);
  SAY("mmap to write and execute", SYS_mmap, NULL, 65536, PROT_READ | PROT_WRITE | PROT_EXEC,
      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0L);
  SAY("mprotect to execute", SYS_mprotect, data, sizeof data, PROT_READ | PROT_EXEC);
  SAY("pkey_mprotect", SYS_pkey_mprotect, data, sizeof data, PROT_READ | PROT_EXEC, -1);
  SAY("memfd_create", SYS_memfd_create, "code", 0);
  SAY("personality", SYS_personality, 0x0400000);
}

static void use_kernel(void) {
  SAY("prctl, dumpable", SYS_prctl, PR_SET_DUMPABLE, 1, 0, 0, 0);
  SAY("prctl, seccomp", SYS_prctl, PR_SET_SECCOMP, 0, NULL, 0, 0);
  SAY("seccomp", SYS_seccomp, 1, 0, NULL);
  SAY("landlock_create_ruleset", 444, NULL, 0, 1);
  SAY("io_uring_setup", 425, 1, NULL);
  SAY("bpf", SYS_bpf, 0, NULL, 0);
  SAY("mount", SYS_mount, "none", "/", "tmpfs", 0, NULL);
  SAY("chroot", SYS_chroot, "/");
  SAY("chdir", SYS_chdir, "/");
  SAY("unshare", SYS_unshare, CLONE_NEWUSER);
  SAY("setns", SYS_setns, 0, 0);
  SAY("name_to_handle_at", SYS_name_to_handle_at, AT_FDCWD, "/etc/passwd", NULL, NULL, 0);
  SAY("open_by_handle_at", SYS_open_by_handle_at, OPEN, NULL, O_RDONLY);
  SAY("ioctl TIOCSTI", SYS_ioctl, 0, 0x5412, "x");
  SAY("fcntl F_SETOWN", SYS_fcntl, 0, F_SETOWN, 1);
  SAY("userfaultfd", SYS_userfaultfd, 0);
  SAY("perf_event_open", SYS_perf_event_open, NULL, 0, -1, -1, 0);
  SAY("init_module", SYS_init_module, NULL, 0, "");
#ifdef __x86_64__
  SAY("openat as x32", 0x40000000 | SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY);
  long result; /* open is 5 there; were it allowed, it would fail with EFAULT */
  __asm__ volatile("int $0x80" : "=a"(result) : "a"(5), "b"(0), "c"(0), "d"(0) : "memory");
  errno = (int)-result;
  say("open as i386", result);
#endif
}

void attack(struct wasmrt_instance *caller, uint32_t everything) {
  (void)caller;
  open_files();
  if (everything != 0) {
    use_mounts();
    use_processes();
    use_network();
    make_code();
    use_kernel();
  }
}
