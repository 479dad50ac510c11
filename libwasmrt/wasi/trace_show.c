/* What traces show of WASI's structures. An executable links what its functions name. */
#define _GNU_SOURCE
#include "preview1.h"

/* Entries that are shown of a list. */
enum { MOST = 8 };

#define FILETYPES                                                                                            \
  "UNKNOWN,BLOCK_DEVICE,CHARACTER_DEVICE,DIRECTORY,REGULAR_FILE,SOCKET_DGRAM,SOCKET_STREAM,SYMBOLIC_LINK}"
#define CLOCKS "REALTIME,MONOTONIC,PROCESS_CPUTIME_ID,THREAD_CPUTIME_ID}"

static void put_member(struct wasi_call *call, const char *name, uint64_t value) {
  wasi_put_text(call, name);
  wasi_put_number(call, value);
}

bool wasi_show_fdstat(struct wasi_call *call, const uint64_t *value) {
  struct wasi_fdstat stat;
  if (!wasmrt_guest_read(call->caller, (uint32_t)value[0], &stat, sizeof stat)) {
    return false;
  }
  wasi_put_text(call, "{filetype=");
  wasi_put_name(call, FILETYPES, stat.filetype);
  wasi_put_text(call, ", flags=");
  wasi_put_flags(call, "APPEND,DSYNC,NONBLOCK,RSYNC,SYNC}", stat.flags);
  wasi_put_text(call, ", base=");
  wasi_put_hex(call, stat.rights_base);
  wasi_put_text(call, ", inheriting=");
  wasi_put_hex(call, stat.rights_inheriting);
  wasi_put_text(call, "}");
  return true;
}

static bool put_filestat(struct wasi_call *call, uint64_t filetype, uint64_t size, uint64_t links,
                         uint64_t time) {
  wasi_put_text(call, "{filetype=");
  wasi_put_name(call, FILETYPES, filetype);
  put_member(call, ", size=", size);
  put_member(call, ", nlink=", links);
  put_member(call, ", mtim=", time);
  wasi_put_text(call, "}");
  return true;
}

bool wasi_show_filestat(struct wasi_call *call, const uint64_t *value) {
  struct wasi_filestat stat;
  return wasmrt_guest_read(call->caller, (uint32_t)value[0], &stat, sizeof stat) &&
         put_filestat(call, stat.filetype, stat.size, stat.link_count, stat.modification_time);
}

bool wasi_show_unstable_filestat(struct wasi_call *call, const uint64_t *value) {
  struct wasi_unstable_filestat stat;
  return wasmrt_guest_read(call->caller, (uint32_t)value[0], &stat, sizeof stat) &&
         put_filestat(call, stat.filetype, stat.size, stat.link_count, stat.modification_time);
}

bool wasi_show_prestat(struct wasi_call *call, const uint64_t *value) {
  struct wasi_prestat prestat;
  if (!wasmrt_guest_read(call->caller, (uint32_t)value[0], &prestat, sizeof prestat)) {
    return false;
  }
  wasi_put_text(call, "{tag=");
  wasi_put_name(call, "DIR}", prestat.tag);
  put_member(call, ", name_len=", prestat.name_length);
  wasi_put_text(call, "}");
  return true;
}

/* Of (buffer, its length, cookie, address of what was used): how many entries are in it as a whole. */
bool wasi_show_entries(struct wasi_call *call, const uint64_t *value) {
  uint32_t used, at = 0, count = 0;
  struct wasi_dirent entry;
  if (!wasmrt_guest_read(call->caller, (uint32_t)value[3], &used, sizeof used) ||
      wasmrt_guest(call->caller, (uint32_t)value[0], used) == NULL) {
    return false;
  }
  while (used - at >= sizeof entry &&
         wasmrt_guest_read(call->caller, (uint32_t)value[0] + at, &entry, sizeof entry) &&
         entry.name_length <= used - at - sizeof entry) {
    at += (uint32_t)sizeof entry + entry.name_length;
    count++;
  }
  put_member(call, "[", count);
  wasi_put_text(call, count == 1 ? " entry]" : " entries]");
  return true;
}

/* ---- poll_oneoff ------------------------------------------------------------------------------------ */

static void put_event_type(struct wasi_call *call, uint64_t type) {
  wasi_put_text(call, "{");
  wasi_put_name(call, "clock,fd_read,fd_write}", type);
}

static bool put_known(struct wasi_call *call, const struct wasi_subscription *subscription) {
  put_event_type(call, subscription->type);
  if (subscription->type == WASI_EVENT_CLOCK) {
    wasi_put_text(call, " ");
    wasi_put_name(call, CLOCKS, subscription->clock.id);
    put_member(call, ", timeout=", subscription->clock.timeout);
    wasi_put_text(call, ", flags=");
    wasi_put_flags(call, "ABSTIME}", subscription->clock.flags);
  } else {
    put_member(call, " fd=", subscription->descriptor);
  }
  return true;
}

static bool put_subscription(struct wasi_call *call, uint32_t address) {
  struct wasi_subscription subscription;
  return wasmrt_guest_read(call->caller, address, &subscription, sizeof subscription) &&
         put_known(call, &subscription);
}

static bool put_unstable_subscription(struct wasi_call *call, uint32_t address) {
  struct wasi_unstable_subscription older;
  if (!wasmrt_guest_read(call->caller, address, &older, sizeof older)) {
    return false;
  }
  const struct wasi_subscription subscription = wasi_renewed(&older);
  return put_known(call, &subscription);
}

static bool put_event(struct wasi_call *call, uint32_t address) {
  struct wasi_event event;
  if (!wasmrt_guest_read(call->caller, address, &event, sizeof event)) {
    return false;
  }
  put_event_type(call, event.type);
  put_member(call, " userdata=", event.userdata);
  if (event.error != WASI_ESUCCESS) {
    wasi_put_text(call, ", error=");
    wasi_put_errno(call, event.error);
  }
  if (event.type != WASI_EVENT_CLOCK) {
    put_member(call, ", nbytes=", event.byte_count);
    wasi_put_text(call, ", flags=");
    wasi_put_flags(call, "HANGUP}", event.flags);
  }
  return true;
}

static bool put_list(struct wasi_call *call, uint64_t address, uint32_t count, uint32_t size,
                     bool (*put)(struct wasi_call *call, uint32_t address)) {
  if (wasmrt_guest_array(call->caller, (uint32_t)address, count, size) == NULL) {
    return false;
  }
  wasi_put_text(call, "[");
  for (uint32_t i = 0; i < count; i++) {
    wasi_put_text(call, i > 0 ? ", " : "");
    if (i == MOST || !put(call, (uint32_t)address + i * size)) {
      wasi_put_text(call, "...");
      break;
    }
    wasi_put_text(call, "}");
  }
  wasi_put_text(call, "]");
  return true;
}

/* The events that came: of (their address, how many there is room for, address of how many came). */
static bool show_events(struct wasi_call *call, const uint64_t *value) {
  uint32_t count;
  return wasmrt_guest_read(call->caller, (uint32_t)value[2], &count, sizeof count) &&
         put_list(call, value[0], count, sizeof(struct wasi_event), put_event);
}

/* Before the call the subscriptions, (their address, that of the events, their number); after it the events.
 */
bool wasi_show_poll(struct wasi_call *call, const uint64_t *value) {
  return call->is_done ? show_events(call, value)
                       : put_list(call, value[0], (uint32_t)value[2], sizeof(struct wasi_subscription),
                                  put_subscription);
}

bool wasi_show_unstable_poll(struct wasi_call *call, const uint64_t *value) {
  return call->is_done ? show_events(call, value)
                       : put_list(call, value[0], (uint32_t)value[2],
                                  sizeof(struct wasi_unstable_subscription), put_unstable_subscription);
}
