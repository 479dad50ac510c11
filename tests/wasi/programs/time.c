/* Clocks, sleeping, polling, random bytes. */
#include "guest.h"

#include <poll.h>
#include <sched.h>
#include <time.h>
#include <unistd.h>

static long long milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static void took(const char *what, long long begin, long long least, long long most) {
  long long time = milliseconds() - begin;
  if (time >= least && time <= most) {
    printf("%s: ok\n", what);
  } else {
    printf("%s: %lld ms\n", what, time);
  }
}

int main(void) {
  struct timespec now, later, resolution;
  clock_gettime(CLOCK_REALTIME, &now);
  printf("year: %d\n", now.tv_sec > 1700000000 && now.tv_sec < 4000000000);
  printf("time: %d\n", time(NULL) - now.tv_sec <= 1);
  clock_getres(CLOCK_MONOTONIC, &resolution);
  printf("resolution: %d\n", resolution.tv_sec == 0 && resolution.tv_nsec > 0);

  long long begin = milliseconds();
  struct timespec span = {.tv_nsec = 50000000};
  SHOW(nanosleep(&span, NULL));
  took("nanosleep", begin, 49, 2000);
  begin = milliseconds();
  clock_gettime(CLOCK_MONOTONIC, &later);
  later.tv_nsec += 50000000;
  later.tv_sec += later.tv_nsec / 1000000000;
  later.tv_nsec %= 1000000000;
  SHOW(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &later, NULL));
  took("absolute", begin, 49, 2000);
  begin = milliseconds();
  SHOW(usleep(1000));
  took("usleep", begin, 1, 2000);

  struct pollfd polled[2] = {{.fd = 1, .events = POLLOUT}, {.fd = 99, .events = POLLIN}};
  SHOW(poll(polled, 1, 5000));
  SHOW(polled[0].revents == POLLOUT);
  SHOW(poll(polled, 2, 5000) >= 1);
  SHOW(polled[1].revents == POLLNVAL);
  SHOW(sched_yield());

  unsigned char random[2][64];
  SHOW(getentropy(random[0], 64));
  SHOW(getentropy(random[1], 64));
  SHOW(memcmp(random[0], random[1], 64) != 0);
  return 0;
}
