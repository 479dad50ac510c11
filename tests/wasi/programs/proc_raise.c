/*
 * proc_raise: signals that a program without handlers ignores, those that it must not send, and one
 * that ends it.
 * status: 134
 */
#include "call.h"

/* As preview 1 numbers them; the libc has dropped them. */
enum { ABRT = 6, CHLD = 16, CONT = 17, STOP = 18, TSTP = 19, URG = 22, WINCH = 27 };

int main(void) {
  show("none", w_proc_raise(0));
  show("CHLD", w_proc_raise(CHLD));
  show("URG", w_proc_raise(URG));
  show("WINCH", w_proc_raise(WINCH));
  show("CONT", w_proc_raise(CONT));
  show("STOP", w_proc_raise(STOP));
  show("TSTP", w_proc_raise(TSTP));
  show("no signal", w_proc_raise(31));
  show("no signal either", w_proc_raise(255));
  fflush(stdout);
  show("ABRT", w_proc_raise(ABRT));
  return 1;
}
