/* Runs a program on a kernel that lacks system calls: "without NUMBER... -- PROGRAM ARGUMENT..." makes these
 * fail with ENOSYS, and for "NUMBER=FIRST" with EINVAL those whose first argument is FIRST. */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

int main(int argc, char **argv) {
  struct sock_filter code[160] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0)};
  unsigned short length = 1;
  int i = 1;
  for (; i < argc && i < 30 && strcmp(argv[i], "--") != 0; i++) {
    const char *first = strchr(argv[i], '=');
    const unsigned number = (unsigned)atoi(argv[i]);
    code[length++] =
        (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, first != NULL ? 4 : 1);
    if (first != NULL) {
      code[length++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 16);
      code[length++] =
          (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)atoi(first + 1), 0, 1);
      code[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EINVAL);
      code[length++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0);
    } else {
      code[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS);
    }
  }
  code[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  const struct sock_fprog program = {length, code};
  if (i + 1 >= argc || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) != 0) {
    fprintf(stderr, "usage: without NUMBER... -- PROGRAM ARGUMENT...\n");
    return 2;
  }
  execv(argv[i + 1], argv + i + 1);
  perror(argv[i + 1]);
  return 2;
}
