/*
 * A directory tree inside the executable: reading, listing, its links; nobody can change it or leave it.
 *
 * tree: mkdir sub sub/deeper empty many; echo content >file; : >'empty file'; echo e >é
 * tree: printf 'a b' >'with space'; seq 200000 >sub/big; echo deep >sub/deeper/deep
 * tree: for i in $(seq 1000); do echo $i >many/$i; done
 * tree: ln -s sub/deeper/deep link; ln -s link again; ln -s sub/deeper d; ln -s nowhere dangling
 * tree: ln -s ../../file sub/deeper/up; ln -s loop loop; ln -s ../outside out
 * tree: ln -s sub/../../tree around; ln -s /tree/file absolute
 * options: --embed=@/tree::/tree --embed=@/tree/sub::/other --dir=@/work::/work
 * before: rm -r tree; echo secret >outside; echo mine >work/file
 * after: ls work; cat work/file
 */

#include "guest.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static void show_file(const char *path) {
  char text[64];
  const int fd = open(path, O_RDONLY);
  const ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
  if (length < 0) {
    printf("%s: %s\n", path, guest_error());
    return;
  }
  text[length] = '\0';
  printf("%s: %s%s", path, text, length > 0 && text[length - 1] == '\n' ? "" : "\n");
  close(fd);
}

static const char *type(mode_t mode) {
  return S_ISDIR(mode) ? "directory" : S_ISREG(mode) ? "file" : S_ISLNK(mode) ? "link" : "?";
}

static void show_status(const char *path, int follow) {
  struct stat status;
  if ((follow ? stat(path, &status) : lstat(path, &status)) != 0) {
    printf("%s: %s\n", path, guest_error());
    return;
  }
  printf("%s: %s of %ld bytes, %ld links, changed at %ld\n", path, type(status.st_mode), (long)status.st_size,
         (long)status.st_nlink, (long)status.st_mtime);
}

static void list(const char *path) {
  DIR *directory = opendir(path);
  if (directory == NULL) {
    printf("%s: %s\n", path, guest_error());
    return;
  }
  printf("%s:", path);
  for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
    struct stat status;
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
      continue;
    }
    if (fstatat(dirfd(directory), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0 ||
        status.st_ino != entry->d_ino) {
      printf("(%s is another)", entry->d_name);
    }
    printf(" '%s' (%d)", entry->d_name, entry->d_type);
  }
  printf("\n");
  closedir(directory);
}

static void read_big(void) {
  char buffer[1000], line[16];
  unsigned long sum = 0, size = 0;
  ssize_t length;
  const int fd = open("/tree/sub/big", O_RDONLY);
  while ((length = read(fd, buffer, sizeof buffer)) > 0) {
    for (ssize_t i = 0; i < length; i++) {
      sum = sum * 31 + (unsigned char)buffer[i];
    }
    size += (unsigned long)length;
  }
  printf("big: %lu bytes, sum %lu\n", size, sum);
  SHOW(lseek(fd, -7, SEEK_END));
  SHOW(read(fd, line, sizeof line));
  printf("%.6s\n", line);
  SHOW(pread(fd, line, 6, 108894));
  printf("%.5s\n", line);
  SHOW(lseek(fd, 0, SEEK_CUR));
  SHOW(lseek(fd, 5000000, SEEK_SET));
  SHOW(read(fd, line, sizeof line));
  SHOW(lseek(fd, -1, SEEK_SET));
  const struct iovec vectors[] = {{line, 2}, {buffer, 4}};
  SHOW(lseek(fd, 2, SEEK_SET));
  SHOW(readv(fd, vectors, 2));
  printf("%.1s %.1s\n", line, buffer);
  SHOW(close(fd));
}

static void count_many(void) {
  static char seen[1001];
  int count = 0, wrong = 0;
  DIR *directory = opendir("/tree/many");
  for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
    const int number = atoi(entry->d_name);
    if (number > 0) {
      count++;
      wrong += seen[number]++;
    }
  }
  printf("many: %d files, %d twice\n", count, wrong);
  rewinddir(directory);
  for (int i = 0; i < 500; i++) {
    readdir(directory);
  }
  const long place = telldir(directory);
  char name[32];
  strcpy(name, readdir(directory)->d_name);
  for (int i = 0; i < 300; i++) {
    readdir(directory);
  }
  seekdir(directory, place);
  printf("back at the same entry: %d\n", strcmp(readdir(directory)->d_name, name) == 0);
  closedir(directory);
  for (int i = 1; i <= 1000; i += 111) {
    char path[32];
    sprintf(path, "/tree/many/%d", i);
    show_file(path);
  }
}

static void try_to_leave(void) {
  static const char *const paths[] = {"/tree/..",          "/tree/../outside",  "/tree/sub/../../outside",
                                      "/tree/out",         "/tree/around/file", "/tree/absolute",
                                      "/tree/loop",        "/tree/loop/file",   "/tree/dangling",
                                      "/tree/file/",       "/tree/file/.",      "/tree/file/..",
                                      "/tree/link/",       "/tree/empty/file",  "/tree//sub/./deeper//deep",
                                      "/tree/sub/../file", "/tree/d/deep",      "/tree/d/../big",
                                      "/tree/d/up",        "/tree/again",       "/other/deeper/deep",
                                      "/other/../file",    "/other/deeper/up",  "/tree/file\n",
                                      "/tree/File"};
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
    show_file(paths[i]);
  }
}

static void try_to_change(void) {
  struct stat status;
  const struct timespec times[2] = {{1, 0}, {1, 0}};
  SHOW(open("/tree/file", O_WRONLY));
  SHOW(open("/tree/file", O_RDWR));
  SHOW(open("/tree/file", O_RDONLY | O_TRUNC));
  SHOW(open("/tree/new", O_WRONLY | O_CREAT, 0666));
  SHOW(open("/tree/new", O_RDONLY | O_CREAT, 0666));
  SHOW(open("/tree/sub", O_WRONLY));
  SHOW(unlink("/tree/file"));
  SHOW(rmdir("/tree/empty"));
  SHOW(mkdir("/tree/new", 0777));
  SHOW(rename("/tree/file", "/tree/new"));
  SHOW(rename("/tree/file", "/work/new"));
  SHOW(rename("/work/file", "/tree/new"));
  SHOW(link("/tree/file", "/tree/new"));
  SHOW(link("/tree/file", "/work/new"));
  SHOW(link("/work/file", "/tree/new"));
  SHOW(symlink("file", "/tree/new"));
  SHOW(truncate("/tree/file", 0));
  SHOW(utimensat(AT_FDCWD, "/tree/file", times, 0));
  const int fd = open("/tree/file", O_RDONLY);
  SHOW(write(fd, "x", 1));
  SHOW(pwrite(fd, "x", 1, 0));
  SHOW(ftruncate(fd, 0));
  SHOW(futimens(fd, times));
  SHOW(fstat(fd, &status));
  printf("%s of %ld bytes\n", type(status.st_mode), (long)status.st_size);
  SHOW(close(fd));
  show_file("/tree/file");
}

int main(void) {
  char text[64] = "";
  list("/tree");
  list("/tree/sub");
  list("/tree/empty");
  list("/other");
  list("/tree/d");
  list("/tree/nothing");
  list("/tree/file");
  show_file("/tree/file");
  show_file("/tree/empty file");
  show_file("/tree/with space");
  show_file("/tree/\xc3\xa9");
  show_status("/tree", 1);
  show_status("/tree/file", 1);
  show_status("/tree/link", 1);
  show_status("/tree/link", 0);
  show_status("/tree/sub/big", 1);
  show_status("/tree/empty", 1);
  show_status("/tree/nothing", 1);
  SHOW(readlink("/tree/link", text, sizeof text));
  printf("%s\n", text);
  SHOW(readlink("/tree/file", text, sizeof text));
  SHOW(open("/tree/link", O_RDONLY | O_NOFOLLOW));
  SHOW(open("/tree/file", O_RDONLY | O_DIRECTORY));
  SHOW(access("/tree/file", R_OK));
  read_big();
  count_many();
  try_to_leave();
  try_to_change();
  return 0;
}
