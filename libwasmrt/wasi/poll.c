/* Waiting: poll_oneoff, for clocks and descriptors, in one ppoll. */
#define _GNU_SOURCE
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>

#include "preview1.h"

/* Time is mostly read without a system call, but not under every kernel. */
#define NEEDS_POLL                                                                                           \
  NEED(ppoll) NEED(clock_gettime) NEED_ARGUMENT(ioctl, 1, FIONREAD) NEED_DATA(mmap) NEED(munmap)

/* So many subscriptions need no memory but the stack's. */
#define FEW 32

/* Reads subscription `index` of the array at `address`, in the layout of one of the two modules. */
typedef bool subscription_reader(struct wasmrt_instance *caller, uint32_t address, uint32_t index,
                                 struct wasi_subscription *subscription);

static bool read_subscription(struct wasmrt_instance *caller, uint32_t address, uint32_t index,
                              struct wasi_subscription *subscription) {
  return wasmrt_guest_read(caller, address + index * (uint32_t)sizeof *subscription, subscription,
                           sizeof *subscription);
}

static bool read_unstable_subscription(struct wasmrt_instance *caller, uint32_t address, uint32_t index,
                                       struct wasi_subscription *subscription) {
  struct wasi_unstable_subscription from;
  if (!wasmrt_guest_read(caller, address + index * (uint32_t)sizeof from, &from, sizeof from)) {
    return false;
  }
  *subscription = wasi_renewed(&from);
  return true;
}

/* One call. Subscriptions are read anew whenever they are needed; whatever the guest makes of that is checked
 * again. */
struct wait {
  struct wasmrt_instance *caller;
  subscription_reader *reader;
  uint32_t subscriptions, events, count; /* the two guest arrays, and how many subscriptions */
  struct pollfd *polled;                 /* one a subscription; fd -1 where it is none of a descriptor */
  struct wasi_supply *supply;            /* what stands in for the system's clocks, or NULL */
  uint64_t started[2], now[2];           /* nanoseconds of WASI_CLOCK_REALTIME and WASI_CLOCK_MONOTONIC */
};

static uint32_t read_clocks(struct wasi_supply *supply, uint64_t now[2]) {
  uint32_t error = WASI_ESUCCESS;
  for (uint32_t id = 0; id < 2 && error == WASI_ESUCCESS; id++) {
    error =
        supply == NULL ? wasi_system_clock(id, false, &now[id]) : supply->clock(supply, id, false, &now[id]);
  }
  return error;
}

/* How long a clock subscription has to wait yet; 0 if its time has come. False if there is no such clock to
 * wait for. */
static bool remaining_time(const struct wait *wait, const struct wasi_subscription *subscription,
                           uint64_t *remaining) {
  uint32_t id = subscription->clock.id;
  if (id != WASI_CLOCK_REALTIME && id != WASI_CLOCK_MONOTONIC) {
    return false;
  }
  uint64_t deadline = subscription->clock.timeout;
  if ((subscription->clock.flags & WASI_SUBSCRIPTION_CLOCK_ABSTIME) == 0) {
    /* A relative time on the wall clock is a span, too, and does not care for the clock being set. */
    id = WASI_CLOCK_MONOTONIC;
    deadline = deadline > UINT64_MAX - wait->started[id] ? UINT64_MAX : wait->started[id] + deadline;
  }
  *remaining = deadline > wait->now[id] ? deadline - wait->now[id] : 0;
  *remaining -= *remaining == UINT64_MAX ? 1 : 0; /* which would mean that nothing is waited for */
  return true;
}

/*
 * Finds the host descriptor of a subscription, if the guest may wait for it: -1 for a virtual file that is
 * ready. Of virtual files `*bytes` receives how many can be read or written, of the host's 0.
 */
static uint32_t find_polled(const struct wait *wait, const struct wasi_subscription *subscription, int *host,
                            uint64_t *bytes) {
  struct wasi_descriptor *descriptor;
  uint64_t rights = WASI_RIGHT_POLL_FD_READWRITE |
                    (subscription->type == WASI_EVENT_FD_READ ? WASI_RIGHT_FD_READ : WASI_RIGHT_FD_WRITE);
  uint32_t error = wasi_descriptor(wait->caller, subscription->descriptor, rights, &descriptor);
  if (error == WASI_ESUCCESS) {
    const bool writing = subscription->type == WASI_EVENT_FD_WRITE;
    *bytes = 0;
    *host = descriptor->fs != NULL ? wasi_virtual_poll(descriptor, writing, bytes) : descriptor->host;
  }
  return error;
}

/*
 * Sets up `polled` and returns the longest time to sleep, UINT64_MAX for no limit. What is wrong with a
 * subscription is an event of its own, and such an event comes at once.
 */
static uint64_t prepare(struct wait *wait) {
  uint64_t sleep = UINT64_MAX;
  for (uint32_t i = 0; i < wait->count; i++) {
    struct wasi_subscription subscription;
    uint64_t remaining = UINT64_MAX;
    bool valid = wait->reader(wait->caller, wait->subscriptions, i, &subscription);
    wait->polled[i] = (struct pollfd){.fd = -1};
    if (valid && subscription.type == WASI_EVENT_CLOCK) {
      valid = remaining_time(wait, &subscription, &remaining);
    } else if (valid && subscription.type <= WASI_EVENT_FD_WRITE) {
      uint64_t bytes;
      valid = find_polled(wait, &subscription, &wait->polled[i].fd, &bytes) == WASI_ESUCCESS;
      wait->polled[i].events = subscription.type == WASI_EVENT_FD_READ ? POLLIN : POLLOUT;
      if (wait->polled[i].fd < 0) {
        remaining = 0;
      }
    } else {
      valid = false;
    }
    if (!valid) {
      remaining = 0;
    }
    if (remaining < sleep) {
      sleep = remaining;
    }
  }
  return sleep;
}

/* What happened to a descriptor; false if nothing. */
static bool descriptor_event(const struct wait *wait, const struct wasi_subscription *subscription,
                             short happened, struct wasi_event *event) {
  int host = -1;
  uint64_t bytes = 0;
  event->error = (uint16_t)find_polled(wait, subscription, &host, &bytes);
  event->byte_count = bytes;
  if (event->error != WASI_ESUCCESS || host < 0) {
    return true;
  }
  if (happened == 0) {
    return false;
  }
  if ((happened & POLLNVAL) != 0) {
    event->error = WASI_EBADF;
  }
  if ((happened & (POLLHUP | POLLERR)) != 0) {
    event->flags = WASI_EVENT_FD_HANGUP;
  }
  int readable = 0;
  if (subscription->type == WASI_EVENT_FD_WRITE) {
    event->byte_count = 1; /* at least, and the host does not say more */
  } else if (bytes == 0 && ioctl(host, FIONREAD, &readable) == 0 && readable > 0) {
    event->byte_count = (uint64_t)readable;
  }
  return true;
}

/* The event of a subscription; false if it has none yet. */
static bool find_event(const struct wait *wait, uint32_t index, struct wasi_event *event) {
  struct wasi_subscription subscription;
  *event = (struct wasi_event){.error = WASI_EFAULT};
  if (!wait->reader(wait->caller, wait->subscriptions, index, &subscription)) {
    return true;
  }
  *event = (struct wasi_event){.userdata = subscription.userdata, .type = subscription.type};
  if (subscription.type == WASI_EVENT_FD_READ || subscription.type == WASI_EVENT_FD_WRITE) {
    return descriptor_event(wait, &subscription, wait->polled[index].revents, event);
  }
  uint64_t remaining = 0;
  if (subscription.type != WASI_EVENT_CLOCK) {
    event->error = WASI_EINVAL;
  } else if (!remaining_time(wait, &subscription, &remaining)) {
    event->error = subscription.clock.id <= WASI_CLOCK_THREAD ? WASI_ENOTSUP : WASI_EINVAL;
  }
  return remaining == 0;
}

static uint32_t report(const struct wait *wait) {
  uint32_t reported = 0;
  for (uint32_t i = 0; i < wait->count; i++) {
    struct wasi_event event;
    if (find_event(wait, i, &event)) {
      wasmrt_guest_write(wait->caller, wait->events + reported * (uint32_t)sizeof event, &event,
                         sizeof event);
      reported++;
    }
  }
  return reported;
}

/* Sleeps until something happens; ppoll may wake too early, so the system's clocks have the last word. */
static uint32_t wait_with_system(struct wait *wait, uint64_t nanoseconds) {
  struct timespec timeout = {.tv_sec = (time_t)(nanoseconds / 1000000000u),
                             .tv_nsec = (long)(nanoseconds % 1000000000u)};
  if (ppoll(wait->polled, wait->count, nanoseconds == UINT64_MAX ? NULL : &timeout, NULL) < 0) {
    if (errno != EINTR) {
      return wasi_errno(errno);
    }
    for (uint32_t i = 0; i < wait->count; i++) {
      wait->polled[i].revents = 0;
    }
  }
  return read_clocks(NULL, wait->now);
}

/*
 * With an embedder's clocks the time slept counts, whatever they show: they may stand still, and sleeping
 * again and again until they have gone on would take for ever. So `now` is when the call began and what was
 * slept since.
 */
static uint32_t wait_with_supply(struct wait *wait, uint64_t nanoseconds) {
  uint64_t slept = 0;
  uint32_t error = wait->supply->wait(wait->supply, wait->polled, wait->count, nanoseconds, &slept);
  for (int i = 0; i < 2; i++) {
    wait->now[i] = slept > UINT64_MAX - wait->now[i] ? UINT64_MAX : wait->now[i] + slept;
  }
  return error;
}

static uint32_t wait_for_events(struct wait *wait, uint32_t *reported) {
  uint32_t error = read_clocks(wait->supply, wait->started);
  memcpy(wait->now, wait->started, sizeof wait->now);
  *reported = 0;
  while (error == WASI_ESUCCESS && *reported == 0) {
    const uint64_t sleep = prepare(wait);
    error = wait->supply == NULL ? wait_with_system(wait, sleep) : wait_with_supply(wait, sleep);
    if (error == WASI_ESUCCESS) {
      *reported = report(wait);
    }
  }
  return error;
}

static uint32_t poll_oneoff(struct wasmrt_instance *caller, uint32_t subscriptions, uint32_t events,
                            uint32_t count, uint32_t result, subscription_reader *reader,
                            uint32_t subscription_size) {
  const struct wasi *wasi = wasi_state(caller);
  if (count == 0) {
    return WASI_EINVAL;
  }
  if (wasi == NULL) {
    return WASI_ENOTCAPABLE;
  }
  if (wasmrt_guest_array(caller, subscriptions, count, subscription_size) == NULL ||
      wasmrt_guest_array(caller, events, count, sizeof(struct wasi_event)) == NULL ||
      wasmrt_guest(caller, result, sizeof(uint32_t)) == NULL) {
    return WASI_EFAULT;
  }
  struct pollfd few[FEW];
  struct wait wait = {.caller = caller,
                      .reader = reader,
                      .subscriptions = subscriptions,
                      .events = events,
                      .count = count,
                      .polled = few,
                      .supply = wasi->supply};
  size_t size = count * sizeof(struct pollfd);
  if (count > FEW) {
    wait.polled = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (wait.polled == MAP_FAILED) {
      return WASI_ENOMEM;
    }
  }
  uint32_t reported;
  uint32_t error = wait_for_events(&wait, &reported);
  if (count > FEW) {
    munmap(wait.polled, size);
  }
  if (error == WASI_ESUCCESS) {
    wasmrt_guest_write(caller, result, &reported, sizeof reported);
  }
  return error;
}

uint32_t wasi_poll_oneoff(struct wasmrt_instance *caller, uint32_t subscriptions, uint32_t events,
                          uint32_t count, uint32_t result) {
  WASI_NEEDS(poll_oneoff, NEEDS_POLL);
  return poll_oneoff(caller, subscriptions, events, count, result, read_subscription,
                     sizeof(struct wasi_subscription));
}
WASI_PUBLIC(poll_oneoff);

uint32_t wasi_unstable_poll_oneoff(struct wasmrt_instance *caller, uint32_t subscriptions, uint32_t events,
                                   uint32_t count, uint32_t result) {
  WASI_UNSTABLE_NEEDS(poll_oneoff, NEEDS_POLL);
  return poll_oneoff(caller, subscriptions, events, count, result, read_unstable_subscription,
                     sizeof(struct wasi_unstable_subscription));
}
WASI_UNSTABLE_PUBLIC(poll_oneoff);
