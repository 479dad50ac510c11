/*
 * Files by a libc: open in all its ways, read, write, seek, truncate, links, renames, times, stdio.
 *
 * options: --dir=@/work::/
 */

#include "guest.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static char buffer[100000];

static void show_file(const char *path) {
  FILE *file = fopen(path, "r");
  if (file == NULL) {
    printf("%s: %s\n", path, guest_error());
    return;
  }
  size_t size = fread(buffer, 1, sizeof buffer - 1, file);
  buffer[size] = '\0';
  printf("%s: %zu bytes: %.40s\n", path, size, buffer);
  fclose(file);
}

static void show_type(const char *path) {
  struct stat status;
  if (lstat(path, &status) != 0) {
    printf("%s: %s\n", path, guest_error());
    return;
  }
  printf("%s: %s, %ld bytes, %ld links\n", path,
         S_ISREG(status.st_mode)   ? "file"
         : S_ISDIR(status.st_mode) ? "directory"
         : S_ISLNK(status.st_mode) ? "link"
                                   : "other",
         S_ISREG(status.st_mode) ? (long)status.st_size : 0L,
         S_ISDIR(status.st_mode) ? 0L : (long)status.st_nlink);
}

static void opening(void) {
  SHOW(open("/missing", O_RDONLY));
  SHOW(open("/new/", O_RDWR | O_CREAT, 0666));
  int fd = open("/new", O_RDWR | O_CREAT | O_EXCL, 0666);
  SHOW(fd >= 3);
  SHOW(open("/new", O_RDWR | O_CREAT | O_EXCL, 0666));
  SHOW(write(fd, "0123456789", 10));
  SHOW(lseek(fd, -4, SEEK_END));
  SHOW(read(fd, buffer, 10));
  SHOW(lseek(fd, -100, SEEK_CUR));
  SHOW(pwrite(fd, "AB", 2, 20));
  SHOW(pread(fd, buffer, 100, 8));
  SHOW(ftruncate(fd, 12));
  SHOW(lseek(fd, 0, SEEK_CUR));
  SHOW(fsync(fd));
  SHOW(fdatasync(fd));
  SHOW(posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL));
  SHOW(close(fd));
  SHOW(close(fd));
  SHOW(write(fd, "x", 1));
  show_file("/new");
  fd = open("/new", O_WRONLY | O_APPEND);
  SHOW(write(fd, "end", 3));
  SHOW(close(fd));
  show_file("/new");
  fd = open("/new", O_WRONLY | O_TRUNC);
  SHOW(close(fd));
  show_file("/new");
  SHOW(open("/", O_WRONLY));
  SHOW(open("/new", O_RDONLY | O_DIRECTORY));
}

static void vectors(void) {
  struct iovec parts[100];
  for (int i = 0; i < 100; i++) {
    buffer[i] = (char)('a' + i % 26);
    parts[i] = (struct iovec){.iov_base = buffer + i, .iov_len = 1};
  }
  int fd = open("/vectors", O_RDWR | O_CREAT, 0666);
  SHOW(writev(fd, parts, 100));
  memset(buffer, 0, sizeof buffer);
  parts[0] = (struct iovec){.iov_base = buffer, .iov_len = 3};
  parts[1] = (struct iovec){.iov_base = buffer + 50, .iov_len = 4};
  SHOW(lseek(fd, 26, SEEK_SET));
  SHOW(readv(fd, parts, 2));
  printf("%s %s\n", buffer, buffer + 50);
  close(fd);
}

static void names(void) {
  SHOW(mkdir("/dir", 0777));
  SHOW(mkdir("/dir", 0777));
  SHOW(mkdir("/dir/inner/", 0777));
  SHOW(rename("/vectors", "/dir/inner/moved"));
  show_type("/dir/inner/moved");
  show_type("/vectors");
  SHOW(rename("/dir/inner", "/inner"));
  SHOW(rename("/inner", "/new"));
  SHOW(rmdir("/inner"));
  SHOW(unlink("/inner"));
  SHOW(link("/inner/moved", "/hard"));
  show_type("/hard");
  SHOW(unlink("/inner/moved"));
  show_type("/hard");
  SHOW(rmdir("/inner"));
  SHOW(symlink("hard", "/soft"));
  SHOW(symlink("/hard", "/absolute"));
  show_type("/soft");
  memset(buffer, 0, 100);
  SHOW(readlink("/soft", buffer, 100));
  printf("%s\n", buffer);
  show_file("/soft");
  SHOW(open("/soft", O_RDONLY | O_NOFOLLOW));
  SHOW(unlink("/soft"));
  SHOW(access("/hard", R_OK | W_OK));
  SHOW(access("/soft", F_OK));
  SHOW(remove("/hard"));
  SHOW(remove("/dir"));
  SHOW(unlink("/missing"));
  SHOW(rmdir("/missing"));
}

static void times(void) {
  struct timespec both[2] = {{.tv_sec = 1000, .tv_nsec = 5}, {.tv_sec = 2000, .tv_nsec = 999999999}};
  struct stat status;
  SHOW(utimensat(AT_FDCWD, "/new", both, 0));
  SHOW(stat("/new", &status));
  printf("%lld.%ld %lld.%ld\n", (long long)status.st_atim.tv_sec, status.st_atim.tv_nsec,
         (long long)status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
  int fd = open("/new", O_RDWR);
  both[0].tv_sec = 1700000001;
  SHOW(futimens(fd, both));
  SHOW(fstat(fd, &status));
  printf("%lld\n", (long long)status.st_atim.tv_sec);
  close(fd);
}

static void stdio(void) {
  FILE *file = fopen("/lines", "w+");
  for (int i = 0; i < 10000; i++) {
    fprintf(file, "line %d\n", i);
  }
  printf("%ld\n", ftell(file));
  fseek(file, 50000, SEEK_SET);
  printf("%s", fgets(buffer, 100, file));
  printf("%s", fgets(buffer, 100, file));
  fseek(file, -5, SEEK_END);
  printf("%s", fgets(buffer, 100, file));
  printf("%d %d\n", fgets(buffer, 100, file) == NULL, feof(file));
  fclose(file);
  file = fopen("/lines", "a");
  fputs("last\n", file);
  fclose(file);
  struct stat status;
  stat("/lines", &status);
  printf("%ld\n", (long)status.st_size);
}

int main(void) {
  opening();
  vectors();
  names();
  times();
  stdio();
  return 0;
}
