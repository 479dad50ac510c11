/*
 * Directories by a libc: many entries, types, seeking back, changes while reading, directories as bases.
 *
 * options: --dir=@/work::/
 */

#include "guest.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILES 1000
static int seen[FILES];

static int compare(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void list(const char *path) {
  char *names[16];
  int count = 0;
  DIR *directory = opendir(path);
  if (directory == NULL) {
    printf("%s: %s\n", path, guest_error());
    return;
  }
  for (struct dirent *entry; (entry = readdir(directory)) != NULL && count < 16;) {
    char text[300];
    snprintf(text, sizeof text, "%s (%d)", entry->d_name, entry->d_type);
    names[count++] = strdup(text);
  }
  closedir(directory);
  qsort(names, (size_t)count, sizeof *names, compare);
  printf("%s:", path);
  for (int i = 0; i < count; i++) {
    printf(" %s", names[i]);
  }
  printf("\n");
}

static int count_entries(DIR *directory, int removing) {
  int count = 0;
  for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
    if (strncmp(entry->d_name, "file-", 5) == 0) {
      seen[atoi(entry->d_name + 5)]++;
      count++;
      if (removing && unlinkat(AT_FDCWD, entry->d_name, 0) == 0) {
        printf("removed outside of the directory\n");
      }
      char path[300];
      snprintf(path, sizeof path, "/many/%s", entry->d_name);
      if (removing && unlink(path) != 0) {
        printf("%s: %s\n", path, guest_error());
      }
    }
  }
  return count;
}

int main(void) {
  mkdir("/many", 0777);
  mkdir("/few", 0777);
  mkdir("/few/dir", 0777);
  close(open("/few/file", O_CREAT | O_WRONLY, 0666));
  symlink("nowhere", "/few/link");
  list("/few");
  list("/few/dir");
  list("/missing");
  list("/few/file");
  for (int i = 0; i < FILES; i++) {
    char path[64];
    snprintf(path, sizeof path, "/many/file-%d", i);
    int fd = open(path, O_CREAT | O_WRONLY, 0666);
    if (fd < 0) {
      printf("%s: %s\n", path, guest_error());
    }
    close(fd);
  }
  DIR *directory = opendir("/many");
  printf("%d files\n", count_entries(directory, 0));
  rewinddir(directory);
  printf("%d files\n", count_entries(directory, 0));
  rewinddir(directory);
  for (int i = 0; i < 500; i++) {
    readdir(directory);
  }
  long place = telldir(directory);
  struct dirent *entry = readdir(directory);
  char name[300];
  strcpy(name, entry->d_name);
  for (int i = 0; i < 100; i++) {
    readdir(directory);
  }
  seekdir(directory, place);
  entry = readdir(directory);
  printf("back at the same entry: %d\n", strcmp(name, entry->d_name) == 0);
  closedir(directory);
  for (int i = 0; i < FILES; i++) {
    if (seen[i] != 2) {
      printf("file-%d was seen %d times\n", i, seen[i]);
    }
  }
  directory = opendir("/many");
  printf("%d files removed while reading\n", count_entries(directory, 1));
  closedir(directory);
  SHOW(rmdir("/many"));

  int base = open("/few", O_RDONLY | O_DIRECTORY);
  SHOW(close(openat(base, "file", O_RDONLY)));
  SHOW(mkdirat(base, "dir/inner", 0777));
  SHOW(unlinkat(base, "dir/inner", AT_REMOVEDIR));
  SHOW(renameat(base, "file", base, "dir/file"));
  SHOW(faccessat(base, "dir/file", R_OK, 0));
  SHOW(openat(base, "../few/dir", O_RDONLY));
  SHOW(openat(base, "dir/../../few", O_RDONLY));
  list("/few/dir");
  char byte;
  SHOW(read(base, &byte, 1));
  SHOW(lseek(base, 0, SEEK_SET));
  SHOW(close(base));
  return 0;
}
