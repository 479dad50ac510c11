/*
 * wasmrt_wasi.h - what a host program grants to guests that use WASI preview 1.
 *
 * SYNOPSIS
 *   struct wasmrt_wasi *wasi = wasmrt_wasi_create();
 *   const char *const arguments[] = {"app", "--verbose"};
 *   wasmrt_wasi_set_arguments(wasi, 2, arguments, &error);
 *   wasmrt_wasi_inherit_streams(wasi, &error);
 *   wasmrt_wasi_mount(wasi, "data", "/data", WASMRT_WASI_READ_ONLY, &error);
 *
 *   const struct wasmrt_instance_options options = {.wasi = wasi};
 *   if (wasmrt_instantiate(store, &app_module, &options, &app, &error) == WASMRT_OK &&
 *       wasmrt_call(wasmrt_find_function(app, "_start"), NULL, &error) == WASMRT_ERROR_EXIT)
 *     printf("it ended with status %u\n", error.exit_status);
 *   wasmrt_store_destroy(store);
 *   wasmrt_wasi_destroy(wasi);
 *
 * DESCRIPTION
 *   A struct wasmrt_wasi describes what guests get: arguments, environment, streams, directories, and where
 *   time, random bytes and sleep come from. It is made, filled in, and named by the options of any number of
 *   instances. Each of them has a state of its own: its open descriptors, its clocks, its random bytes.
 *
 *   Imports from the modules wasi_snapshot_preview1 and wasi_unstable are then bound to the functions of
 *   https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md, all 46 of them. What the store
 * defines or has registered under these names goes first. The state is there before the guest's start
 * function runs and goes, with all that the guest has open, when the store is destroyed. An instance without
 * a description has no WASI: its imports are unknown.
 *
 * DEFAULTS
 *   A description that nothing was added to grants nothing, and what it lets guests do is the same each time:
 * no arguments, no environment, no directories, no listeners; standard input is at its end, what is written
 * to standard output and error is dropped; clocks that begin at a fixed time and go on by a step with each
 * reading; random bytes of a generator with a fixed seed; sleeping that returns at once and lets these clocks
 * go on. What is the system's is asked for by name, below.
 *
 * HOW A GUEST ENDS
 *   proc_exit and proc_raise unwind to the wasmrt_call, or wasmrt_instantiate, that entered the guest. It
 * returns WASMRT_ERROR_EXIT with error.exit_status: that of proc_exit, or 128 and the signal's number. The
 * process goes on. A command whose main function returns 0 returns from _start instead, with WASMRT_OK.
 *
 * ERRORS
 *   Functions return a status and describe what happened in a struct wasmrt_error, which may be NULL:
 *   WASMRT_ERROR_ARGUMENT for misuse and for what cannot be opened, WASMRT_ERROR_MEMORY if there is no
 * memory. What fails changes nothing. Once an instance uses a description it does not change any more: every
 * function that would change it fails with WASMRT_ERROR_ARGUMENT.
 *
 *   Callbacks return 0 or a number of wasmrt_errno.h, which the guest gets as its error. What they were to
 * give does not count then.
 *
 * OWNERSHIP
 *   A description outlives the instances that use it. Strings and structures that are given to it are copied;
 * what pointers to users' data, callbacks and descriptors refer to outlives the instances.
 *
 * THREADS
 *   A description is filled in by one thread. After that, any number of threads may make and run instances of
 * it at once. Callbacks run on the thread that runs the guest: those of one description for guests on several
 * threads run at once. A callback must not call into the instance that it works for, nor let its memory grow;
 * an override (below) may.
 *
 * STATIC MODULES
 *   The linker binds the imports of modules that were compiled with --single-instance, to the same functions.
 * These obey a description like all others, except that nothing can override them, neither by
 * wasmrt_wasi_override nor in the store; and without a description they grant nothing: there is no
 * descriptor, no argument, and for time, random bytes and sleep the guest gets WASMRT_WASI_ENOTCAPABLE.
 */
#ifndef WASMRT_WASI_H
#define WASMRT_WASI_H

#include "wasmrt.h"
#include "wasmrt_errno.h"
#include "wasmrt_fs.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A description with the defaults. NULL if there is no memory. */
struct wasmrt_wasi *wasmrt_wasi_create(void);
/* Destroys it, after all instances that use it. Destroying NULL does nothing. */
void wasmrt_wasi_destroy(struct wasmrt_wasi *wasi);

/* ---- Arguments and environment ---------------------------------------------------------------------- */

/*
 * The guest's arguments, in place of those given before. The first is by custom the program's name. Arguments
 * are bytes without NUL; WASI asks for UTF-8, which nothing checks.
 */
enum wasmrt_status wasmrt_wasi_set_arguments(struct wasmrt_wasi *wasi, size_t count,
                                             const char *const *arguments, struct wasmrt_error *error);

/*
 * Adds a variable to the guest's environment; of equal names the last one counts. A name must not be empty or
 * contain '='.
 */
enum wasmrt_status wasmrt_wasi_add_variable(struct wasmrt_wasi *wasi, const char *name, const char *value,
                                            struct wasmrt_error *error);

/* Adds all variables that the process has now, except those whose names are there already. */
enum wasmrt_status wasmrt_wasi_inherit_environment(struct wasmrt_wasi *wasi, struct wasmrt_error *error);

/* ---- Standard streams ------------------------------------------------------------------------------- */

enum wasmrt_wasi_stream_kind {
  WASMRT_WASI_STREAM_NULL,       /* always at its end; what is written is dropped */
  WASMRT_WASI_STREAM_ABSENT,     /* there is no such descriptor: WASMRT_WASI_EBADF */
  WASMRT_WASI_STREAM_DESCRIPTOR, /* a descriptor of the host's */
  WASMRT_WASI_STREAM_CALLBACK,   /* functions of the host's */
};

/*
 * A callback for reading and one for writing: both move up to `size` bytes, at least 1, and say in `*done`
 * how many. Less than all is no error: the guest asks again. A read of 0 bytes is the end. The bytes lie in
 * the guest's memory, and are only the callback's while it runs.
 */
typedef uint32_t wasmrt_wasi_read(void *user, void *bytes, size_t size, size_t *done);
typedef uint32_t wasmrt_wasi_write(void *user, const void *bytes, size_t size, size_t *done);

/* A standard stream. Members that do not belong to the kind are ignored. */
struct wasmrt_wasi_stream {
  enum wasmrt_wasi_stream_kind kind;
  /*
   * DESCRIPTOR: open until the last instance is gone, and not closed with it. Guests may read from stream 0,
   * write to streams 1 and 2, and seek if the descriptor can, but change neither its flags nor the file's
   * times and size. A stream for which a guest waits can keep its thread waiting.
   */
  int descriptor;
  /* CALLBACK. NULL is the end, or drops what is written. poll_oneoff takes such a stream to be ready always.
   */
  wasmrt_wasi_read *read;
  wasmrt_wasi_write *write;
  void *user;
  bool is_terminal; /* CALLBACK: guests take it for a terminal, and write line by line */
};

/* Stream 0 is standard input, 1 output, 2 error. A later call for the same stream replaces it. */
enum wasmrt_status wasmrt_wasi_set_stream(struct wasmrt_wasi *wasi, int number,
                                          const struct wasmrt_wasi_stream *stream,
                                          struct wasmrt_error *error);

/* Descriptors 0, 1 and 2 of the process for all three. One that is closed is absent. */
enum wasmrt_status wasmrt_wasi_inherit_streams(struct wasmrt_wasi *wasi, struct wasmrt_error *error);

/* ---- Clocks ----------------------------------------------------------------------------------------- */

/* The clocks, numbered as in WASI: the wall clock (since 1970-01-01 00:00 UTC), one that never goes back, and
 * the CPU time of the process and of the thread. */
enum wasmrt_wasi_clock_id {
  WASMRT_WASI_REALTIME,
  WASMRT_WASI_MONOTONIC,
  WASMRT_WASI_PROCESS_CPUTIME,
  WASMRT_WASI_THREAD_CPUTIME,
};

enum wasmrt_wasi_clock_kind {
  WASMRT_WASI_CLOCK_FIXED,
  WASMRT_WASI_CLOCK_SYSTEM,
  WASMRT_WASI_CLOCK_CALLBACK,
};

typedef uint32_t wasmrt_wasi_clock_callback(void *user, enum wasmrt_wasi_clock_id id, uint64_t *nanoseconds);

/* A clock. All times are nanoseconds. Members that do not belong to the kind are ignored. */
struct wasmrt_wasi_clock {
  enum wasmrt_wasi_clock_kind kind;
  /*
   * FIXED: an instance's first reading is `start`, and each reading, also one by poll_oneoff, puts the clock
   * on by `step`. What the guest sleeps, whoever sleeps for it, puts on the first two clocks. By default the
   * wall clock starts at 2020-01-01 00:00 UTC, the others at 0, and the step is a millisecond. With a step of
   * 0 a guest that waits for time to pass, by looking at the clock, waits for ever.
   */
  uint64_t start, step;
  wasmrt_wasi_clock_callback *callback; /* CALLBACK */
  void *user;
  uint64_t resolution; /* what clock_res_get says; 0: the step or the system's, else 1 */
};

/* Replaces a clock. */
enum wasmrt_status wasmrt_wasi_set_clock(struct wasmrt_wasi *wasi, enum wasmrt_wasi_clock_id id,
                                         const struct wasmrt_wasi_clock *clock, struct wasmrt_error *error);

/* All four clocks of the system. CPU times are those of the host's process and thread. */
enum wasmrt_status wasmrt_wasi_system_clocks(struct wasmrt_wasi *wasi, struct wasmrt_error *error);

/* ---- Random bytes ----------------------------------------------------------------------------------- */

typedef uint32_t wasmrt_wasi_random_callback(void *user, void *bytes, size_t size);

/*
 * A generator: ChaCha20 (RFC 8439, section 2.4) with the seed as first eight bytes of the key, little endian,
 * zeros for the rest of it and the nonce, and blocks counted from 0. Every instance gets the bytes of this
 * stream from its beginning, in all versions of this library. The default is seed 0. Who knows the seed knows
 * the bytes: keys that a guest makes are no secret then.
 */
enum wasmrt_status wasmrt_wasi_seed_random(struct wasmrt_wasi *wasi, uint64_t seed,
                                           struct wasmrt_error *error);
/* A function of the host's, which fills all bytes. */
enum wasmrt_status wasmrt_wasi_set_random(struct wasmrt_wasi *wasi, wasmrt_wasi_random_callback *callback,
                                          void *user, struct wasmrt_error *error);
/* The system's generator, getrandom(2). */
enum wasmrt_status wasmrt_wasi_system_random(struct wasmrt_wasi *wasi, struct wasmrt_error *error);

/* ---- Sleeping --------------------------------------------------------------------------------------- */

/*
 * Called where a guest would sleep: in poll_oneoff, when none of its descriptors is ready and none of its
 * clocks' times has come, with the time until the first of these. It may return at once. When it has returned
 * 0 that time has passed for the guest, whatever its clocks show, and fixed clocks have gone on by it.
 */
typedef uint32_t wasmrt_wasi_sleep_callback(void *user, uint64_t nanoseconds);
/* Called for sched_yield. */
typedef uint32_t wasmrt_wasi_yield_callback(void *user);

/*
 * Who sleeps and yields for guests. NULL is the default, which returns at once. A guest that waits for
 * descriptors of the host's too has them looked at before and after the callback; one that waits for nothing
 * else has the system wait.
 */
enum wasmrt_status wasmrt_wasi_set_sleep(struct wasmrt_wasi *wasi, wasmrt_wasi_sleep_callback *callback,
                                         void *user, struct wasmrt_error *error);
enum wasmrt_status wasmrt_wasi_set_yield(struct wasmrt_wasi *wasi, wasmrt_wasi_yield_callback *callback,
                                         void *user, struct wasmrt_error *error);
/* The system sleeps, and wakes up when a descriptor is ready, and yields. */
enum wasmrt_status wasmrt_wasi_system_sleep(struct wasmrt_wasi *wasi, struct wasmrt_error *error);

/* ---- Files ------------------------------------------------------------------------------------------ */

/* Flags of mounts. */
enum {
  WASMRT_WASI_READ_ONLY = 1, /* nothing below it can be changed: WASMRT_WASI_EROFS */
};

/*
 * Mounts the directory `host` as `guest`, which is an absolute path by custom. Mounts are descriptors 3, 4,
 * ... of the guest in the order in which they are added; a name may be mounted once. The directory is opened
 * here, so that it stays the same whatever happens to its name; each instance opens it anew. Guests reach
 * what lies below it and nothing else: ".." and symbolic links that lead out of it give WASMRT_WASI_EPERM.
 */
enum wasmrt_status wasmrt_wasi_mount(struct wasmrt_wasi *wasi, const char *host, const char *guest,
                                     uint32_t flags, struct wasmrt_error *error);

/*
 * Mounts a virtual file system (wasmrt_fs.h), whose functions get `user`. It opens its root when an instance
 * is made, and may fail then. All else is as above; `fs` is not copied.
 */
enum wasmrt_status wasmrt_wasi_mount_fs(struct wasmrt_wasi *wasi, const struct wasmrt_fs *fs, void *user,
                                        const char *guest, uint32_t flags, struct wasmrt_error *error);

/*
 * Opens a TCP socket that listens at `address`, for sock_accept: "HOST:PORT" where the host is "localhost", a
 * numeric address, of IPv6 in brackets, or "*" or nothing for every address of the machine. If the port is 0
 * the system chooses one. `*port`, unless NULL, receives the port. All instances accept from the same socket,
 * which is closed with the description: none can shut it down, but a guest that makes it return at once when
 * nobody connects (O_NONBLOCK) does so for all. Listeners are the descriptors that follow those of the
 * mounts, in the order in which they are added.
 */
enum wasmrt_status wasmrt_wasi_listen(struct wasmrt_wasi *wasi, const char *address, uint16_t *port,
                                      struct wasmrt_error *error);
/* The same with a socket of the host's, which keeps it open until the last instance is gone, and closes it.
 */
enum wasmrt_status wasmrt_wasi_add_listener(struct wasmrt_wasi *wasi, int socket, struct wasmrt_error *error);

/* ---- Single functions ------------------------------------------------------------------------------- */

/*
 * Puts a function of the host's in the place of the one of this name, "fd_write" for one, for both modules.
 * It is called as other functions of the host are (wasmrt_callback): `slots` holds the guest's arguments and
 * receives the error number, `caller` is the instance. A pointer of the guest's is an offset in its memory,
 * which only wasmrt_memory_read and its siblings check. A function can be overridden once.
 *
 * In wasi_unstable the functions fd_filestat_get, fd_seek, path_filestat_get and poll_oneoff have other
 * layouts or numbers. Where one of them is overridden, imports of it from wasi_unstable are unknown, unless
 * the store defines it.
 */
enum wasmrt_status wasmrt_wasi_override(struct wasmrt_wasi *wasi, const char *name, wasmrt_callback *callback,
                                        void *user, struct wasmrt_error *error);

/*
 * Calls the function of wasi_snapshot_preview1 that has this name, overridden or not, for `caller`, which
 * must have a description: so an override calls on to what it stands for. `slots` is as above. Returns
 * WASMRT_ERROR_EXIT if the function ended the guest, which an override returns in turn; WASMRT_ERROR_ARGUMENT
 * if there is no such function.
 */
enum wasmrt_status wasmrt_wasi_call(struct wasmrt_instance *caller, const char *name, uint64_t *slots,
                                    struct wasmrt_error *error);

/* ---- Tracing ---------------------------------------------------------------------------------------- */

/* Takes a line of a trace: `length` bytes of printable ASCII, the last of which is '\n'. */
typedef void wasmrt_wasi_trace_callback(void *user, const char *line, size_t length);

/*
 * Prints the calls of WASI's functions, with arguments and results, as executables do with --trace
 * (docs/programs.md). `scopes` are those to print, "fs,clock", of args, clock, env, fd, fs, poll, proc,
 * random and sock; NULL means all. `line` takes each line; NULL writes it to standard error, by one write(2).
 * The functions called are those of WASI: one that an override stands for is printed only if that calls on to
 * it, and what the store defines is not.
 */
enum wasmrt_status wasmrt_wasi_trace(struct wasmrt_wasi *wasi, const char *scopes,
                                     wasmrt_wasi_trace_callback *line, void *user,
                                     struct wasmrt_error *error);

#ifdef __cplusplus
}
#endif

#endif
