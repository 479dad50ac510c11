/* Recurses for ever, without WebAssembly's own stack in memory. */
__attribute__((noinline)) static int deeper(volatile int *depth) {
  return ++*depth ? deeper(depth) + *depth : 0;
}

int main(void) {
  int depth = 1;
  return deeper(&depth);
}
