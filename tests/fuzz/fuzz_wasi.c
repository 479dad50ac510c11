/*
 * libFuzzer's entry for WASI: any bytes become a sequence of calls with valid and invalid arguments, on an
 * instance with a mount, a read-only mount, one of /proc's magic links, the same of virtual file systems,
 * sockets and pipes. Beyond what sanitizers see in libwasmrt/wasi, it is checked that
 *
 * - every call returns an errno of WASI,
 * - it writes nothing into memory but its results, and these only if it succeeds,
 * - nothing outside of the mounts, and nothing at all in the read-only one, changes or is read,
 * - the process's descriptors are those of the guest's table and those of before,
 * - what virtual file systems are asked is what wasmrt_fs.h says, and nothing changes in a read-only one,
 * - lines of traces hold nothing but printable characters.
 *
 * The environment: FUZZ_WASI_PRINT prints the calls, and checks after each; FUZZ_WASI_RACE starts the threads
 * of race.h; TMPDIR is where the mounts are made.
 */
#define _GNU_SOURCE
#include "calls.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "arguments.h"
#include "memory_fs.h"
#include "race.h"
#include "surroundings.h"

/* More calls than bytes make sense in one run. */
#define STEP_LIMIT 1000
#define CHECK_INTERVAL 64

/* What wasi_unstable has of its own, beside aliases. */
#define UNSTABLE_SAME(...)
#define UNSTABLE_OWN(...) __VA_ARGS__
#define UNSTABLE_NONE(...)
#define WASI(name, unstable, params, result)                                                                 \
  UNSTABLE_##unstable(                                                                                       \
      static uint32_t call_unstable_##name(const uint64_t *values) {                                         \
        return wasi_unstable_##name(guest params);                                                           \
      } static uint32_t trace_unstable_##name(const uint64_t *values) {                                      \
        return wasi_unstable_public_##name(guest params);                                                    \
      })
#include "wasi.def"
/* The same as modules call them, which may print the call. */
#define WASI(name, unstable, params, result)                                                                 \
  static uint32_t trace_##name(const uint64_t *values) {                                                     \
    (void)values;                                                                                            \
    CALL_##result(wasi_public_##name(guest params));                                                         \
  }
#include "wasi.def"

static const struct function {
  const char *name;
  uint32_t (*call)(const uint64_t *values);
  uint32_t (*trace)(const uint64_t *values);
  uint16_t kinds[PARAMETERS];
} functions[] = {
#define WASI(name, unstable, params, result) {#name, call_##name, trace_##name, ROW_##name},
#include "wasi.def"
#define WASI(name, unstable, params, result)                                                                 \
  UNSTABLE_##unstable(                                                                                       \
      {"wasi_unstable." #name, call_unstable_##name, trace_unstable_##name, ROW_unstable_##name}, )
#include "wasi.def"
};
#define FUNCTIONS (sizeof functions / sizeof *functions)

struct wasmrt_instance *guest;
jmp_buf guest_exit;
uint32_t guest_status;

static struct wasmrt_instance instance;
static struct wasmrt_memory memory;
static uint8_t *before_call; /* a copy of the memory */
static bool printing, racing;
static timer_t alarm_clock;

/* In place of core's. */
_Noreturn void wasmrt_exit(struct wasmrt_instance *caller, uint32_t status) {
  (void)caller;
  guest_status = status;
  longjmp(guest_exit, 1);
}

/* Of memory_fs.c, which checks that the runtime keeps what wasmrt_fs.h promises. */
_Noreturn void harness_fail(const char *file, int line, const char *text, uint64_t value) {
  fail("%s:%d: %s, with %llu", file, line, text, (unsigned long long)value);
}

/* ---- The process ------------------------------------------------------------------------------------ */

/* A call that blocks is interrupted: after a while, and again should the signal come before it sleeps. */
static void set_alarm(bool on) {
  const struct itimerspec times = {.it_value.tv_nsec = on ? 4000000 : 0, .it_interval.tv_nsec = 1000000};
  timer_settime(alarm_clock, 0, &times, NULL);
}

static void ignore(int number) {
  (void)number;
}

static void limit(int resource, rlim_t soft) {
  struct rlimit limits;
  getrlimit(resource, &limits);
  limits.rlim_cur = soft;
  setrlimit(resource, &limits);
}

static void end_process(void) {
  race_hold_files(true);
  surroundings_remove();
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv) {
  (void)argc, (void)argv;
  printing = getenv("FUZZ_WASI_PRINT") != NULL;
  racing = getenv("FUZZ_WASI_RACE") != NULL;
  const struct sigaction action = {.sa_handler = ignore}; /* without SA_RESTART */
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN};
  sigaction(SIGRTMIN, &action, NULL);
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);
  if (timer_create(CLOCK_MONOTONIC, &event, &alarm_clock) != 0) {
    fail("no timer");
  }
  limit(RLIMIT_FSIZE, 1 << 18); /* not the whole disk */
  limit(RLIMIT_NOFILE, 200);
  surroundings_make();
  surroundings_refill();
  atexit(end_process);
  memory = (struct wasmrt_memory){.base = malloc(GUEST_SIZE), .size = GUEST_SIZE, .page_log2 = 0};
  before_call = malloc(GUEST_SIZE);
  memset(memory.base, 0, GUEST_SIZE);
  if (racing) {
    surroundings_move = true;
    race_begin(memory.base, GUEST_SIZE);
  }
  return 0;
}

/* ---- The guest -------------------------------------------------------------------------------------- */

/* The host's ends of what a guest is given beside directories. */
enum { FIFO, FROZEN_FIFO, NULL_DEVICE, PIPE, PIPE_END, STREAM, DATAGRAM, CLIENT, HOST_ENDS };
static int host_ends[HOST_ENDS];

/* What would block on an ordinary system has another end here, held open. */
static void open_host_ends(int guests[4]) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  socklen_t length = sizeof(sa_family_t);
  int pair[2];
  host_ends[FIFO] = open("root/fifo", O_RDWR | O_CLOEXEC);
  host_ends[FROZEN_FIFO] = open("frozen/fifo", O_RDWR | O_CLOEXEC);
  host_ends[NULL_DEVICE] = open("/dev/null", O_RDWR | O_CLOEXEC);
  bool made = pipe2(host_ends + PIPE, O_CLOEXEC) == 0 && write(host_ends[PIPE_END], "to be read", 10) == 10;
  made &= socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0;
  host_ends[STREAM] = pair[0], guests[0] = pair[1];
  made &= socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, pair) == 0;
  host_ends[DATAGRAM] = pair[0], guests[1] = pair[1];
  made &= write(host_ends[STREAM], "stream", 6) == 6 && write(host_ends[DATAGRAM], "datagram", 8) == 8;
  made &= socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0 && close(pair[0]) == 0;
  guests[2] = pair[1];
  guests[3] = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  host_ends[CLIENT] = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  made &= bind(guests[3], (struct sockaddr *)&address, length) == 0 && listen(guests[3], 4) == 0;
  length = sizeof address;
  made &= getsockname(guests[3], (struct sockaddr *)&address, &length) == 0 &&
          connect(host_ends[CLIENT], (struct sockaddr *)&address, length) == 0;
  if (!made) {
    fail("pipes and sockets: %s", strerror(errno));
  }
}

/* The standard streams become what a fuzzer can lose. */
static void replace_stream(struct wasi *wasi, uint32_t fd, int host) {
  struct wasi_descriptor *stream = &wasi->descriptors[fd];
  *stream = (struct wasi_descriptor){.open = true, .host = host, .borrowed = true};
  if (!wasi_inspect(host, &stream->filetype, &stream->rights_base)) {
    fail("stream %u", fd);
  }
}

/* Virtual file systems, one of them mounted read-only. */
static struct memory_fs virtual_fs, frozen_fs;
static uint64_t frozen_clock;

static void fill_virtual(struct memory_fs *fs) {
  static const char *const links[][2] = {
      {"..", "up"},        {"../outside", "out"},    {"/etc/passwd", "absolute"},
      {"loop", "loop"},    {"dir/nested", "inside"}, {"dir/nested/deep", "inside_file"},
      {"inside", "chain"}, {"file/", "trailing"},    {"new", "dangling"}};
  memory_fs_begin(fs);
  memory_fs_add_directory(fs, "dir");
  memory_fs_add_directory(fs, "dir/nested");
  memory_fs_add_directory(fs, "moving");
  memory_fs_add_file(fs, "file", "some text in a file");
  memory_fs_add_file(fs, "empty", "");
  memory_fs_add_file(fs, "dir/nested/deep", "deep");
  for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
    memory_fs_add_link(fs, links[i][1], links[i][0]);
  }
}

/* `lie` makes some of the first file system's answers wrong. */
static void mount_virtual(struct wasi *wasi, uint8_t lie) {
  fill_virtual(&virtual_fs);
  fill_virtual(&frozen_fs);
  frozen_clock = frozen_fs.clock;
  if (wasi_mount_virtual(wasi, &memory_fs_functions, &virtual_fs, "/virtual", false) != WASI_ESUCCESS ||
      wasi_mount_virtual(wasi, &memory_fs_functions, &frozen_fs, "/virtual_frozen", true) != WASI_ESUCCESS) {
    fail("the virtual file systems cannot be mounted");
  }
  virtual_fs.most = lie < 64 ? lie : 0;
  virtual_fs.excess = lie >= 250 ? (size_t)1 << (lie - 250) * 10 : 0;
  virtual_fs.failure = lie >= 240 && lie < 250 ? lie - 230u : 0;
}

/* Lines of a trace hold nothing that a terminal would obey, whatever the guest's strings are. */
static void check_line(void *user, const char *line, size_t length) {
  (void)user;
  bool good = length > 0 && length <= WASI_TRACE_LINE && line[length - 1] == '\n';
  for (size_t i = 0; i + 1 < length; i++) {
    good &= line[i] >= ' ' && line[i] <= '~';
  }
  if (!good) {
    fail("a traced line: %.*s", (int)length, line);
  }
}

static void begin_guest(enum wasi_resolution way, bool with_memory, uint8_t lie) {
  static const struct wasmrt_mount mounts[] = {{"root", "/", false},
                                               {"frozen", "/frozen", true},
                                               {"/proc/self/fd", "/fds", false},
                                               {"root/moving", "/m", false}};
  static const char *const variables[] = {"HOME=/", "EMPTY="};
  static const struct wasmrt_guest_options options = {
      .mounts = mounts, .mount_count = sizeof mounts / sizeof *mounts, .env = variables, .env_count = 2};
  static char *arguments[] = {"program", "", "argument", NULL};
  static const struct wasmrt_module module;
  int sockets[4];
  race_hold_files(true);
  surroundings_refill();
  open_host_ends(sockets);
  descriptors_note();
  instance = (struct wasmrt_instance){
      .memory = with_memory ? &memory : NULL, .memory_base = memory.base, .module = &module};
  guest = &instance;
  if (wasmrt_wasi_configure(guest, 3, arguments, NULL, &options) != 0) {
    fail("the guest cannot be configured");
  }
  race_hold_files(false);
  struct wasi *wasi = wasi_state(guest);
  wasi->resolution = way;
  wasi->trace_line = check_line;
  replace_stream(wasi, 0, host_ends[PIPE]);
  replace_stream(wasi, 1, host_ends[NULL_DEVICE]);
  replace_stream(wasi, 2, host_ends[PIPE_END]);
  mount_virtual(wasi, lie);
  for (int i = 0; i < 4; i++) {
    struct wasi_descriptor descriptor = {.host = sockets[i], .rights_inheriting = WASI_RIGHTS_ALL};
    uint32_t fd;
    descriptors_hand_over(sockets[i]);
    if (!wasi_inspect(sockets[i], &descriptor.filetype, &descriptor.rights_base) ||
        wasi_insert(wasi, descriptor, 3, &fd) != WASI_ESUCCESS) {
      fail("socket %d", i);
    }
  }
}

static void check_all(void) {
  race_hold_files(true);
  surroundings_check();
  race_hold_files(false);
  descriptors_check(wasi_state(guest));
  if (frozen_fs.clock != frozen_clock) {
    fail("the read-only virtual file system has changed");
  }
}

static void end_guest(void) {
  check_all();
  wasmrt_wasi_release(guest);
  descriptors_check(NULL);
  memory_fs_end(&virtual_fs); /* all its files are closed */
  memory_fs_end(&frozen_fs);
  for (int i = 0; i < HOST_ENDS; i++) {
    close(host_ends[i]);
  }
}

/* ---- Calls ------------------------------------------------------------------------------------------ */

static void print_call(const struct function *function, const uint64_t *values) {
  fprintf(stderr, "%s(", function->name);
  for (int i = 0; i < PARAMETERS && function->kinds[i] != KIND_NONE; i++) {
    fprintf(stderr, "%s%#llx", i == 0 ? "" : ", ", (unsigned long long)values[i]);
    if (function->kinds[i] == KIND_PATH && values[i] + values[i + 1] <= GUEST_SIZE) {
      fprintf(stderr, " \"%.*s\"", (int)values[i + 1], (const char *)memory.base + values[i]);
    }
  }
  fputs(")", stderr);
}

/* What a call may not write must be as it was. */
static void check_memory(const struct function *function, const struct arguments *arguments, uint32_t error) {
  for (unsigned i = 0; i < arguments->writable_count; i++) {
    const struct range *range = &arguments->writable[i];
    if (range->by_success && error != WASI_ESUCCESS) {
      continue;
    }
    if (range->address < GUEST_SIZE) {
      const size_t room = GUEST_SIZE - range->address;
      const size_t length = range->length < room ? (size_t)range->length : room;
      if (surroundings_secret(memory.base + range->address, length)) {
        fail("%s read a file outside of the mounts", function->name);
      }
      memcpy(before_call + range->address, memory.base + range->address, length);
    }
  }
  if (!racing && memcmp(before_call, memory.base, GUEST_SIZE) != 0) {
    uint32_t at = 0;
    while (before_call[at] == memory.base[at]) {
      at++;
    }
    fail("%s = %u wrote at %#x, which is none of its results", function->name, error, at);
  }
}

static void list_live(struct live *live) {
  const struct wasi *wasi = wasi_state(guest);
  live->all_count = live->directory_count = 0;
  for (uint32_t fd = 0; fd < wasi->descriptor_slots && live->all_count < 64; fd++) {
    if (wasi->descriptors[fd].open) {
      live->all[live->all_count++] = fd;
      if (wasi->descriptors[fd].filetype == WASI_FILETYPE_DIRECTORY) {
        live->directories[live->directory_count++] = fd;
      }
    }
  }
}

/* Some functions more often than others, so that there is something for the others to work on. */
static const struct function *choose_function(struct input *input) {
  static const char *const often[] = {"path_open",  "path_open",        "path_open",    "fd_read",
                                      "fd_write",   "path_rename",      "path_symlink", "path_link",
                                      "fd_readdir", "path_filestat_get"};
  const uint8_t byte = input_byte(input);
  if (byte < 3 * FUNCTIONS) {
    return &functions[byte % FUNCTIONS];
  }
  const char *name = often[byte % (sizeof often / sizeof *often)];
  const struct function *function = functions;
  while (strcmp(function->name, name) != 0) {
    function++;
  }
  return function;
}

static void step(struct input *input) {
  static struct live live;
  static struct arguments arguments; /* kept across longjmp */
  static const struct function *function;
  list_live(&live);
  function = choose_function(input);
  race_hold_memory(true);
  arguments_choose(input, function->kinds, &live, memory.base, &arguments);
  memcpy(before_call, memory.base, GUEST_SIZE);
  if (printing) {
    print_call(function, arguments.values);
  }
  /* A wait whose times change while it sleeps would have no end that is known here. */
  static bool waits;
  waits = strstr(function->name, "poll_oneoff") != NULL;
  if (!waits) {
    race_hold_memory(false);
  }
  static uint32_t error;
  error = WASI_ESUCCESS;
  set_alarm(true);
  if (setjmp(guest_exit) == 0) {
    error = (guest->trace != 0 ? function->trace : function->call)(arguments.values);
  }
  set_alarm(false);
  if (waits) {
    race_hold_memory(false);
  }
  if (printing) {
    fprintf(stderr, " = %u\n", error);
  }
  if (error > WASI_ENOTCAPABLE) {
    fail("%s returned %u, which is no errno", function->name, error);
  }
  check_memory(function, &arguments, error);
}

/* Opens what is being swapped again and again: what is checked and what is opened must be the same. */
static void open_swapped(void) {
  static const char *const paths[] = {
      "file", "swap/secret", "dir/nested/../../file", "moving/../swap/secret", "swap_file", "dir/secret"};
  for (uint32_t i = 0; i < 120; i++) {
    const char *path = paths[i % (sizeof paths / sizeof *paths)];
    const uint32_t result = 0, text = 64, length = (uint32_t)strlen(path);
    uint32_t fd;
    race_hold_memory(true);
    memcpy(memory.base + text, path, length);
    const uint32_t error = wasi_path_open(guest, 3, WASI_LOOKUP_SYMLINK_FOLLOW, text, length, 0,
                                          WASI_RIGHT_FD_READ, 0, 0, result);
    memcpy(&fd, memory.base + result, sizeof fd);
    race_hold_memory(false);
    if (error == WASI_ESUCCESS) {
      descriptors_check(wasi_state(guest));
      wasi_fd_close(guest, fd);
    }
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  struct input input = {bytes, size};
  const uint8_t byte = input_byte(&input);
  begin_guest(byte % 2 == 0 ? WASI_RESOLVE_OPENAT2 : WASI_RESOLVE_WALK, byte < 250, input_byte(&input));
  guest->trace = byte / 2 % 2 == 0 ? 0 : WASMRT_TRACE_ALL;
  if (racing && instance.memory != NULL) {
    open_swapped();
  }
  for (unsigned i = 1; input.left > 0 && i <= STEP_LIMIT; i++) {
    step(&input);
    if (printing || i % CHECK_INTERVAL == 0) {
      check_all();
    }
  }
  end_guest();
  return 0;
}
