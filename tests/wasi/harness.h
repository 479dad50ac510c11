/*
 * The tests of libwasmrt/wasi: a guest without code. A test calls the WASI functions as compiled code would,
 * on a fake instance whose memory is a malloc'ed page (so that a sanitizer sees the first byte beyond it) and
 * whose mounts lie in a fresh directory.
 *
 * Run by Check on the host; where there is no Check, as under qemu-user, by a few lines of main.c
 * (WASI_TEST_PLAIN).
 */
#ifndef WASI_TEST_HARNESS_H
#define WASI_TEST_HARNESS_H

#define _GNU_SOURCE
#include <setjmp.h>
#include <sys/stat.h>

#include "preview1.h"

#ifdef WASI_TEST_PLAIN
_Noreturn void harness_fail(const char *file, int line, const char *text, uint64_t value);
#define CHECK(condition) ((condition) ? (void)0 : harness_fail(__FILE__, __LINE__, #condition, 0))
#define EQUAL(expression, expected)                                                                          \
  do {                                                                                                       \
    uint64_t harness_value = (uint64_t)(expression);                                                         \
    if (harness_value != (uint64_t)(expected)) {                                                             \
      harness_fail(__FILE__, __LINE__, #expression " == " #expected, harness_value);                         \
    }                                                                                                        \
  } while (0)
#else
#include <check.h>
#define CHECK(condition) ck_assert(condition)
#define EQUAL(expression, expected) ck_assert_uint_eq((uint64_t)(expression), (uint64_t)(expected))
#endif

/*
 * A row of a file's tests. BOTH are run once for each way of resolving the host's paths, EVERY also with the
 * same mounts as virtual file systems, HOST_AND_VIRTUAL with one way of the host's and these.
 */
enum harness_way { WAY_OPENAT2 = 1, WAY_WALK = 2, WAY_VIRTUAL = 4 };
struct wasi_test {
  const char *name;
  void (*run)(void);
  unsigned ways;
};
#define ONCE(name) {#name, name, WAY_WALK},
#define BOTH(name) {#name, name, WAY_OPENAT2 | WAY_WALK},
#define EVERY(name) {#name, name, WAY_OPENAT2 | WAY_WALK | WAY_VIRTUAL},
#define HOST_AND_VIRTUAL(name) {#name, name, WAY_WALK | WAY_VIRTUAL},

/* The files' tests, ended by an empty row. */
extern const struct wasi_test table_tests[], memory_tests[], process_tests[], fd_tests[], io_tests[],
    path_tests[], escape_tests[], read_only_tests[], readdir_tests[], poll_tests[], sock_tests[],
    random_tests[], listen_tests[], virtual_tests[], virtual_path_tests[], trace_tests[], tree_tests[];

/* The guest's memory: one page, with places that tests use. */
#define MEMORY_SIZE 65536u
#define OUT 64u /* results */
#define VECTORS 512u
#define PATH_A 4096u
#define PATH_B 12288u
#define BUFFER 20480u
#define BUFFER_SIZE 40960u

/* Descriptors that every test begins with: "root" as "/", "frozen" read-only as "/frozen". */
#define ROOT 3u
#define FROZEN 4u

#define ALL WASI_RIGHTS_ALL
#define READ_WRITE                                                                                           \
  (WASI_RIGHT_FD_READ | WASI_RIGHT_FD_WRITE | WASI_RIGHT_FD_SEEK | WASI_RIGHT_FD_TELL | FILE_COMMON)
#define READ_ONLY (WASI_RIGHT_FD_READ | WASI_RIGHT_FD_SEEK | WASI_RIGHT_FD_TELL | FILE_COMMON)
#define FILE_COMMON                                                                                          \
  (WASI_RIGHT_FD_FILESTAT_GET | WASI_RIGHT_FD_FILESTAT_SET_TIMES | WASI_RIGHT_FD_FDSTAT_SET_FLAGS |          \
   WASI_RIGHT_FD_SYNC | WASI_RIGHT_FD_DATASYNC | WASI_RIGHT_FD_ADVISE | WASI_RIGHT_POLL_FD_READWRITE)
#define DIRECTORY                                                                                            \
  (ALL &                                                                                                     \
   ~(WASI_RIGHT_FD_READ | WASI_RIGHT_FD_WRITE | WASI_RIGHT_FD_ALLOCATE | WASI_RIGHT_FD_FILESTAT_SET_SIZE))

extern struct wasmrt_instance *guest;
extern char *guest_environment[];

/* Ends what runs with the guest's exit status, for CATCH_EXIT. */
extern jmp_buf guest_exit;
extern uint32_t guest_status;
#define CATCH_EXIT(call) (setjmp(guest_exit) == 0 ? ((void)(call), false) : true)

/* Before and after each test: an instance with mounts in a new scratch directory, which is the current
 * directory. */
void harness_begin(enum harness_way way);
bool harness_is_virtual(void);
void harness_end(void);
/* The same instance configured otherwise; everything that was open is closed. */
void harness_configure(int argc, char **argv, const struct wasmrt_guest_options *options);

/* Guest memory. */
uint32_t get32(uint32_t address);
uint64_t get64(uint32_t address);
void put32(uint32_t address, uint32_t value);
void *guest_bytes(uint32_t address);
/* Puts a string without terminator; returns its length. */
uint32_t put_text(uint32_t address, const char *text);
/* Puts one iovec at VECTORS + 8 * index. */
void put_vector(uint32_t index, uint32_t address, uint32_t length);

/* Calls with their paths put at PATH_A and PATH_B. */
uint32_t open_path(uint32_t fd, const char *path, uint32_t open_flags, uint64_t rights, uint32_t fd_flags);
uint32_t open_link(uint32_t fd, const char *path, uint32_t open_flags, uint64_t rights, uint32_t fd_flags);
uint32_t make_directory(uint32_t fd, const char *path);
uint32_t remove_directory(uint32_t fd, const char *path);
uint32_t unlink_file(uint32_t fd, const char *path);
uint32_t make_symlink(const char *target, uint32_t fd, const char *path);
uint32_t make_link(uint32_t old_fd, uint32_t flags, const char *old_path, uint32_t new_fd,
                   const char *new_path);
uint32_t rename_path(uint32_t old_fd, const char *old_path, uint32_t new_fd, const char *new_path);
uint32_t read_link(uint32_t fd, const char *path, uint32_t length);
uint32_t stat_path(uint32_t fd, uint32_t flags, const char *path); /* at OUT */
uint32_t set_times(uint32_t fd, uint32_t lookup, const char *path, uint64_t accessed, uint64_t modified,
                   uint32_t flags);
/* The number of the descriptor that open_path opened. */
uint32_t opened(void);
/* Opens, which must succeed, and returns the number. */
uint32_t must_open(uint32_t fd, const char *path, uint32_t open_flags, uint64_t rights);
/* A directory with all rights that one can have and hand down. */
uint32_t must_open_directory(uint32_t fd, const char *path);
/* Reads or writes one buffer; the count is at OUT. */
uint32_t write_text(uint32_t fd, const char *text);
uint32_t read_bytes(uint32_t fd, uint32_t length); /* to BUFFER */

/* Text without printf: musl's needs long double, whose functions are in no library that a cross build could
 * link. */
void join(char to[PATH_MAX], const char *head, const char *tail);
void join_number(char to[PATH_MAX], const char *head, uint64_t number);

/* The host's side; in virtual mounts, which are "root/" and "frozen/", too, that of whoever implements them.
 */
void host_file(const char *path, const char *text);
void host_link(const char *text, const char *path);
void host_remove(const char *path);
/* Size, links, inode and times of change; there has to be something. */
void host_status(const char *path, struct stat *status);
bool host_has(const char *path); /* also a dangling link */
/* Whether the file holds exactly this text. */
bool host_holds(const char *path, const char *text);

#endif
