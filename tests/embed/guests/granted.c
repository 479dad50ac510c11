/* A command that uses what it was granted through its C library; its first argument says what. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Copies standard input to standard output in capitals. */
static int shout(void) {
  int c;
  while ((c = getchar()) != EOF) {
    putchar(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  }
  return 0;
}

static int list(const char *path) {
  DIR *directory = opendir(path);
  if (directory == NULL) {
    printf("%s: %s\n", path, strerror(errno));
    return 1;
  }
  int count = 0;
  while (readdir(directory) != NULL) {
    count++;
  }
  printf("%s: %d\n", path, count);
  closedir(directory);
  return 0;
}

static int show(const char *path) {
  char line[100];
  FILE *file = fopen(path, "r");
  if (file == NULL) {
    printf("%s: %s\n", path, strerror(errno));
    return 1;
  }
  while (fgets(line, sizeof line, file) != NULL) {
    fputs(line, stdout);
  }
  fclose(file);
  return 0;
}

static int nap(void) {
  const time_t before = time(NULL);
  sleep(100000);
  printf("slept %lld\n", (long long)(time(NULL) - before));
  return 0;
}

/* Tries whatever a guest could try; prints what succeeds. */
static int try_everything(int argc) {
  unsigned char random[16] = {0};
  if (argc != 0 || getenv("HOME") != NULL || getenv("PATH") != NULL) {
    puts("arguments or variables");
  }
  if (opendir("/") != NULL || opendir(".") != NULL || fopen("/etc/passwd", "r") != NULL ||
      fopen("file", "w") != NULL) {
    puts("files");
  }
  for (int fd = 0; fd < 100; fd++) {
    char byte;
    if (read(fd, &byte, 1) > 0) {
      puts("descriptors");
    }
  }
  getentropy(random, sizeof random);
  struct timespec wall;
  clock_gettime(CLOCK_REALTIME, &wall);
  sleep(1000000);
  /* All of this is the same each time. */
  printf("%lld %02x%02x\n", (long long)wall.tv_sec, random[0], random[15]);
  exit(random[0]);
}

int main(int argc, char **argv) {
  const char *what = argc > 1 ? argv[1] : "everything";
  const char *which = argc > 2 ? argv[2] : "";
  if (strcmp(what, "shout") == 0) {
    return shout();
  } else if (strcmp(what, "list") == 0) {
    return list(which);
  } else if (strcmp(what, "show") == 0) {
    return show(which);
  } else if (strcmp(what, "nap") == 0) {
    return nap();
  } else if (strcmp(what, "exit") == 0) {
    exit(atoi(which));
  } else if (strcmp(what, "greet") == 0) {
    printf("hello, %s\n", getenv(which) == NULL ? "nobody" : getenv(which));
    fprintf(stderr, "greeted\n");
    return 0;
  }
  return try_everything(argc);
}
