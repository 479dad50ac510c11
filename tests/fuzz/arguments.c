/* Arguments of WASI calls from a fuzzer's bytes (arguments.h). */
#define _GNU_SOURCE
#include "arguments.h"

#include <limits.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

uint8_t input_byte(struct input *input) {
  if (input->left == 0) {
    return 0;
  }
  input->left--;
  return *input->at++;
}

uint64_t input_number(struct input *input, unsigned bytes) {
  uint64_t number = 0;
  while (bytes-- > 0) {
    number = number << 8 | input_byte(input);
  }
  return number;
}

/* What all choices for one call have at hand. */
struct choice {
  struct input *input;
  uint8_t *memory;
  const struct live *live;
  unsigned places; /* used so far, so that two things seldom lie upon each other */
  struct arguments *arguments;
};

static uint32_t choose_descriptor(struct choice *choice, enum kind kind) {
  static const uint32_t special[] = {0, 1, 2, 3, 4, 63, 64, 127, 128, INT32_MAX, 0x80000000, UINT32_MAX};
  const struct live *live = choice->live;
  const uint8_t byte = input_byte(choice->input);
  if (byte >= 248 || live->all_count == 0) {
    return special[byte % COUNT(special)];
  }
  if (kind == KIND_DIRECTORY && byte < 224 && live->directory_count > 0) {
    return live->directories[byte % live->directory_count];
  }
  if (kind == KIND_CLOSED ? byte < 224 : byte < 128) { /* one of the newest */
    return live->all[live->all_count - 1 - byte % 4 % live->all_count];
  }
  return live->all[byte % live->all_count];
}

static uint64_t choose_rights(struct choice *choice) {
  const uint64_t file = WASI_RIGHT_FD_READ | WASI_RIGHT_FD_WRITE | WASI_RIGHT_FD_SEEK | WASI_RIGHT_FD_TELL |
                        WASI_RIGHT_FD_FILESTAT_GET | WASI_RIGHT_FD_FDSTAT_SET_FLAGS | WASI_RIGHT_FD_SYNC |
                        WASI_RIGHT_POLL_FD_READWRITE;
  const uint64_t writing =
      WASI_RIGHT_FD_WRITE | WASI_RIGHT_FD_ALLOCATE | WASI_RIGHT_FD_FILESTAT_SET_SIZE | WASI_RIGHT_FD_READ;
  const uint8_t byte = input_byte(choice->input);
  switch (byte % 8) {
  case 0:
  case 1:
    return WASI_RIGHTS_ALL & ~writing; /* what a directory can have */
  case 2:
    return file;
  case 3:
    return file & ~WASI_RIGHT_FD_WRITE;
  case 4:
    return UINT64_C(1) << byte / 8;
  case 5:
    return WASI_RIGHTS_ALL & ~(UINT64_C(1) << byte / 8);
  case 6:
    return byte == 6 ? 0 : WASI_RIGHTS_ALL;
  default:
    return byte == 7    ? UINT64_MAX
           : byte == 15 ? input_number(choice->input, 4)
                        : WASI_RIGHT_FD_READDIR | file;
  }
}

static uint64_t choose_offset(struct choice *choice) {
  static const uint64_t special[] = {0,
                                     1,
                                     2,
                                     3,
                                     4,
                                     5,
                                     8,
                                     100,
                                     4095,
                                     4096,
                                     65536,
                                     0x7fffffff,
                                     0x80000000,
                                     0xffffffff,
                                     0x100000000,
                                     INT64_MAX - 4096,
                                     INT64_MAX - 1,
                                     INT64_MAX,
                                     UINT64_C(1) << 63,
                                     UINT64_MAX - 1,
                                     UINT64_MAX,
                                     UINT64_C(1000000000) * UINT32_MAX};
  const uint8_t byte = input_byte(choice->input);
  return byte < 248 ? special[byte % COUNT(special)] : input_number(choice->input, byte & 7);
}

static uint32_t choose_small(struct choice *choice, uint32_t most) {
  const uint8_t byte = input_byte(choice->input);
  if (byte < 240) {
    return byte < 112 ? 0 : byte % (most + 1);
  }
  return byte < 254 ? byte & 31 : (uint32_t)input_number(choice->input, 4);
}

/* An address for `size` bytes: mostly inside, often at the very end, sometimes across it or beyond. */
static uint32_t choose_place(struct choice *choice, uint64_t size) {
  const uint8_t byte = input_byte(choice->input);
  const uint32_t room = size < GUEST_SIZE ? GUEST_SIZE - (uint32_t)size : 0;
  const uint32_t own = 64 + 0x1100 * choice->places++; /* more than the longest path */
  if (byte >= 200) {
    switch (byte % 8) {
    case 0:
    case 1:
      return room + 1 + byte / 8 % 8;
    case 2:
      return GUEST_SIZE + byte / 8 % 8;
    case 3:
      return UINT32_MAX - byte / 8 % 8;
    default:
      break;
    }
  }
  switch (byte % 16) {
  default:
    return (own + byte / 16) % (room + 1);
  case 9:
  case 10:
    return room;
  case 11:
    return room - byte / 16 % (room + 1);
  case 12:
    return (uint32_t)input_number(choice->input, 2) % GUEST_SIZE;
  case 13:
    return byte / 16 * (uint32_t)sizeof(uint32_t);
  }
}

/* A length of a buffer or count of a list. */
static uint32_t choose_length(struct choice *choice) {
  static const uint32_t special[] = {
      0,          1,          2,         3,         4,    8,    24,   25,     30,         64,
      65,         100,        256,       1000,      4095, 4096, 4097, 0x4000, GUEST_SIZE, GUEST_SIZE + 1,
      0x1fffffff, 0x20000000, INT32_MAX, UINT32_MAX};
  return special[input_byte(choice->input) % COUNT(special)];
}

static void may_write(struct choice *choice, uint32_t address, uint64_t length, bool by_success) {
  struct arguments *arguments = choice->arguments;
  if (arguments->writable_count < COUNT(arguments->writable)) {
    arguments->writable[arguments->writable_count++] = (struct range){address, length, by_success};
  }
}

static bool is_inside(uint32_t address, uint64_t length) {
  return length <= GUEST_SIZE && address <= GUEST_SIZE - length;
}

/* Copies into the guest what fits there. */
static void put(struct choice *choice, uint32_t address, const void *from, size_t size) {
  if (address < GUEST_SIZE) {
    const size_t room = GUEST_SIZE - address;
    memcpy(choice->memory + address, from, size < room ? size : room);
  }
}

/* ---- Paths ------------------------------------------------------------------------------------------ */

/* Names of the mounts' files (surroundings.c) and some that are not there; the first are used most. */
static const char *const names[] = {
    "file",     "new",
    "dir",      "other",
    "inside",   "inside_file",
    "empty",    "fifo",
    "moving",   "swap",
    "nested",   "deep",
    "..",       ".",
    "up",       "out",
    "out_file", "absolute",
    "secret",   "outside",
    "loop",     "loop_a",
    "dangling", "null",
    "zero",     "full",
    "socket",   "proc_root",
    "proc_cwd", "around",
    "chain",    "swap_file",
    "root",     "frozen",
    "",         "elsewhere",
    "proc_fd",  "very_long_link",
    "0",        "3",
    "4",        "5",
    "7",        "9",
    "link",     "trailing",
    "dir ",     "...",
    "..a",      "\xff\xfe",
    "a\nb",
};
#define COMMON_NAMES 8
/* Paths of this form lead out by one mistake. */
static const char *const whole[] = {
    "../outside/secret",
    "dir/../../outside/secret",
    "dir/nested/../../../outside/secret",
    "out/secret",
    "up/outside/secret",
    "/etc/passwd",
    "absolute/secret",
    "proc_root/etc/passwd",
    "around/../outside/secret",
    "./..",
    "dir/..",
    "dir/../..",
    "moving/../../outside/secret",
    "moving/../secret",
    "swap/secret",
    "swap/../file",
    "file/",
    "file/.",
    "file/..",
    "dir/",
    "dir//nested///deep",
    "inside/deep/",
    "out_file/",
    "new/",
    "fifo/",
    "dangling/",
    ".",
    "./",
    "..",
    "../",
    "loop/x",
    "chain/deep",
    "outside/secret",
    "frozen/../../outside",
    "..//..//..//..//etc/passwd",
    "socket/",
};

static size_t long_path(uint8_t byte, char path[2 * PATH_MAX]) {
  static const size_t lengths[] = {NAME_MAX, NAME_MAX + 1, PATH_MAX - 2, PATH_MAX - 1,
                                   PATH_MAX, PATH_MAX + 1, 5000};
  const size_t length = lengths[byte % COUNT(lengths)];
  switch (byte / 16 % 4) {
  case 0: /* one long name */
    memset(path, 'n', length);
    break;
  case 1:
    for (size_t i = 0; i < length; i++) {
      path[i] = i % 2 == 0 ? '.' : '/';
    }
    break;
  case 2: /* down and up again, then a name */
    for (size_t i = 0; i < length; i++) {
      path[i] = "dir/../"[i % 7];
    }
    break;
  default:
    memset(path, '/', length);
    memcpy(path, "dir", 3);
    break;
  }
  return length;
}

static size_t choose_text(struct choice *choice, char path[2 * PATH_MAX]) {
  const uint8_t byte = input_byte(choice->input);
  if (byte >= 248) {
    return long_path(input_byte(choice->input), path);
  }
  if (byte >= 160) {
    const char *text = whole[byte % COUNT(whole)];
    memcpy(path, text, strlen(text));
    return strlen(text);
  }
  if (byte < 80) {
    const char *name = names[byte % (byte < 64 ? COMMON_NAMES : COUNT(names))];
    memcpy(path, name, strlen(name));
    return strlen(name);
  }
  size_t length = 0;
  for (unsigned i = 0, count = 1 + byte % 5; i < count; i++) {
    const char *name = names[input_byte(choice->input) % COUNT(names)];
    memcpy(path + length, name, strlen(name));
    length += strlen(name);
    if (i + 1 < count) {
      path[length++] = '/';
    }
  }
  return length;
}

/* A path's pointer and, in *count, its length: mostly the text's own. */
static uint32_t choose_path(struct choice *choice, uint64_t *count) {
  char text[2 * PATH_MAX];
  size_t length = choose_text(choice, text);
  const uint8_t byte = input_byte(choice->input);
  if (byte == 255 && length > 0) {
    text[length / 2] = '\0';
  }
  if (byte == 254) {
    text[length++] = '/';
  }
  const uint32_t address = choose_place(choice, length);
  put(choice, address, text, length);
  *count = byte < 240 || byte >= 254 ? length : byte < 248 ? length + byte % 4 : choose_length(choice);
  return address;
}

/* ---- Lists ------------------------------------------------------------------------------------------ */

/* Iovecs, at `address`, the first few chosen one by one and the others like them. */
static void put_vectors(struct choice *choice, uint32_t address, uint32_t count) {
  struct wasi_iovec chosen[4];
  for (uint32_t i = 0; i < count && i < 70; i++) {
    struct wasi_iovec *vector = &chosen[i % COUNT(chosen)];
    if (i < COUNT(chosen)) {
      vector->length = choose_length(choice);
      vector->address = choose_place(choice, vector->length);
      choice->places = choice->places > 4 ? 2 : choice->places;
    }
    put(choice, address + i * (uint32_t)sizeof *vector, vector, sizeof *vector);
  }
}

/* What the vectors in memory point to, as the call will find them. */
static void may_write_vectors(struct choice *choice, uint32_t address, uint64_t count) {
  struct wasi_iovec vector;
  for (uint32_t i = 0; i < count && i < 64; i++) {
    const uint32_t at = address + i * (uint32_t)sizeof vector;
    if (!is_inside(at, sizeof vector)) {
      break;
    }
    memcpy(&vector, choice->memory + at, sizeof vector);
    may_write(choice, vector.address, vector.length, false);
  }
}

static uint32_t choose_vectors(struct choice *choice, uint64_t *count) {
  static const uint32_t counts[] = {1,  2,  3,    4,          0,          63,         64,
                                    65, 70, 1000, 0x1fffffff, 0x20000000, 0x20000001, UINT32_MAX};
  const uint8_t byte = input_byte(choice->input);
  *count = byte < 192 ? 1 + byte % 3u : counts[byte % COUNT(counts)];
  const uint32_t address = choose_place(choice, *count < 100 ? *count * sizeof(struct wasi_iovec) : 8);
  put_vectors(choice, address, (uint32_t)*count);
  return address;
}

static struct wasi_subscription choose_subscription(struct choice *choice) {
  const uint8_t byte = input_byte(choice->input);
  struct wasi_subscription subscription = {.userdata = byte, .type = byte < 240 ? byte % 3 : byte};
  if (subscription.type == WASI_EVENT_CLOCK) {
    const uint8_t clock = input_byte(choice->input);
    subscription.clock.id = clock < 240 ? clock & 1 : clock;
    subscription.clock.timeout = choose_offset(choice);
    subscription.clock.flags = clock / 2 & 1;
  } else {
    subscription.descriptor = choose_descriptor(choice, KIND_DESCRIPTOR);
  }
  return subscription;
}

static void put_subscription(struct choice *choice, uint32_t address, const struct wasi_subscription *from,
                             bool unstable) {
  if (!unstable) {
    put(choice, address, from, sizeof *from);
    return;
  }
  struct wasi_unstable_subscription to = {.userdata = from->userdata, .type = from->type};
  if (from->type == WASI_EVENT_CLOCK) {
    to.clock.id = from->clock.id;
    to.clock.timeout = from->clock.timeout;
    to.clock.flags = from->clock.flags;
  } else {
    to.descriptor = from->descriptor;
  }
  put(choice, address, &to, sizeof to);
}

/*
 * So that no call sleeps: clocks wait for a millisecond at most, absolute ones for times long past, and
 * unless something is wrong with a subscription there is a clock among them.
 */
static void bound_waiting(struct choice *choice, uint32_t address, uint64_t count, bool unstable) {
  const uint32_t size =
      unstable ? sizeof(struct wasi_unstable_subscription) : sizeof(struct wasi_subscription);
  const uint32_t timeout = unstable ? 32 : 24;
  if (count == 0 || !is_inside(address, count * size)) {
    return;
  }
  bool bounded = false;
  for (uint32_t i = 0; i < count; i++) {
    uint8_t *at = choice->memory + address + i * size;
    if (at[8] == WASI_EVENT_CLOCK) {
      uint64_t nanoseconds;
      memcpy(&nanoseconds, at + timeout, sizeof nanoseconds);
      nanoseconds %= 1000000;
      memcpy(at + timeout, &nanoseconds, sizeof nanoseconds);
      bounded = true;
    }
  }
  if (!bounded) {
    const struct wasi_subscription clock = {.clock.id = WASI_CLOCK_MONOTONIC, .clock.timeout = 10000};
    put_subscription(choice, address + (uint32_t)(count - 1) * size, &clock, unstable);
  }
}

/* The subscriptions' pointer, the events', and the count of both. */
static void choose_subscriptions(struct choice *choice, bool unstable, uint64_t *values) {
  static const uint32_t counts[] = {0, 4, 31, 32, 33, 64, 100, 200, 0x05555556, 0x08000000, UINT32_MAX};
  const uint32_t size =
      unstable ? sizeof(struct wasi_unstable_subscription) : sizeof(struct wasi_subscription);
  const uint8_t byte = input_byte(choice->input);
  const uint32_t count = byte < 192 ? 1 + byte % 3u : counts[byte % COUNT(counts)];
  const uint64_t room = count < 256 ? count : 1;
  const uint32_t address = choose_place(choice, room * size);
  struct wasi_subscription chosen[4];
  for (uint32_t i = 0; i < room && i < count; i++) {
    if (i < COUNT(chosen)) {
      chosen[i] = choose_subscription(choice);
    }
    put_subscription(choice, address + i * size, &chosen[i % COUNT(chosen)], unstable);
  }
  values[0] = address;
  values[1] = choose_place(choice, room * sizeof(struct wasi_event));
  values[2] = count;
  may_write(choice, (uint32_t)values[1], (uint64_t)count * sizeof(struct wasi_event), false);
}

/* ---- Calls ------------------------------------------------------------------------------------------ */

/* Chooses the value of parameter i, and of those that belong to it. */
static void choose(struct choice *choice, const uint16_t *kinds, unsigned i) {
  uint64_t *value = &choice->arguments->values[i];
  switch (kinds[i]) {
  case KIND_NONE:
  case KIND_COUNT:
  case KIND_LENGTH:
  case KIND_EVENTS:
    break; /* chosen with what they belong to */
  case KIND_DESCRIPTOR:
  case KIND_DIRECTORY:
  case KIND_CLOSED:
    *value = choose_descriptor(choice, (enum kind)kinds[i]);
    break;
  case KIND_RIGHTS:
    *value = choose_rights(choice);
    break;
  case KIND_OFFSET:
    *value = choose_offset(choice);
    break;
  case KIND_CLOCK:
    *value = choose_small(choice, WASI_CLOCK_THREAD);
    break;
  case KIND_ANY:
    *value = (uint32_t)choose_offset(choice);
    break;
  case KIND_PATH:
    *value = choose_path(choice, value + 1);
    break;
  case KIND_READ_VECTORS:
  case KIND_WRITE_VECTORS:
    *value = choose_vectors(choice, value + 1);
    break;
  case KIND_SUBSCRIPTIONS:
  case KIND_UNSTABLE_SUBSCRIPTIONS:
    choose_subscriptions(choice, kinds[i] == KIND_UNSTABLE_SUBSCRIPTIONS, value);
    break;
  case KIND_BUFFER:
    value[1] = choose_length(choice);
    *value = choose_place(choice, value[1]);
    may_write(choice, (uint32_t)*value, value[1], false);
    break;
  case KIND_POINTERS:
    *value = choose_place(choice, LIST_LIMIT * sizeof(uint32_t));
    may_write(choice, (uint32_t)*value, LIST_LIMIT * sizeof(uint32_t), false);
    break;
  case KIND_STRINGS:
    *value = choose_place(choice, STRINGS_LIMIT);
    may_write(choice, (uint32_t)*value, STRINGS_LIMIT, false);
    break;
  default:
    if (kinds[i] >= KIND_SMALL) {
      *value = choose_small(choice, kinds[i] - KIND_SMALL);
      break;
    }
    *value = choose_place(choice, kinds[i] - KIND_RESULT);
    may_write(choice, (uint32_t)*value, kinds[i] - KIND_RESULT, true);
    break;
  }
}

void arguments_choose(struct input *input, const uint16_t kinds[PARAMETERS], const struct live *live,
                      uint8_t *memory, struct arguments *arguments) {
  struct choice choice = {.input = input, .memory = memory, .live = live, .arguments = arguments};
  memset(arguments, 0, sizeof *arguments);
  for (unsigned i = 0; i < PARAMETERS; i++) {
    choose(&choice, kinds, i);
  }
  /* What was laid down later may have changed lists that were laid down before. */
  for (unsigned i = 0; i + 2 < PARAMETERS; i++) {
    const uint64_t *values = arguments->values + i;
    if (kinds[i] == KIND_READ_VECTORS) {
      may_write_vectors(&choice, (uint32_t)values[0], values[1]);
    } else if (kinds[i] == KIND_SUBSCRIPTIONS || kinds[i] == KIND_UNSTABLE_SUBSCRIPTIONS) {
      bound_waiting(&choice, (uint32_t)values[0], values[2], kinds[i] == KIND_UNSTABLE_SUBSCRIPTIONS);
    }
  }
}
