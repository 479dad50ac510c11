/* What the compiled clang compiles: some of everything that C has, printed. Usage: program [WORD...] */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct tree {
  struct tree *left, *right;
  const char *word;
  unsigned count;
};

static struct tree *insert(struct tree *tree, const char *word) {
  if (!tree) {
    tree = calloc(1, sizeof *tree);
    tree->word = word;
  }
  int order = strcmp(word, tree->word);
  if (order < 0) {
    tree->left = insert(tree->left, word);
  } else if (order > 0) {
    tree->right = insert(tree->right, word);
  } else {
    tree->count++;
  }
  return tree;
}

static void print(const struct tree *tree, int depth) {
  if (tree) {
    print(tree->left, depth + 1);
    printf("%*s%s: %u\n", depth * 2, "", tree->word, tree->count);
    print(tree->right, depth + 1);
  }
}

static double fraction(double number) {
  return number - floor(number);
}

static int by_fraction(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  if (fraction(x) == fraction(y)) {
    return (x > y) - (x < y);
  }
  return fraction(x) > fraction(y) ? 1 : -1;
}

static double add(double a, double b) {
  return a + b;
}

static double multiply(double a, double b) {
  return a * b;
}

static uint64_t hash(const unsigned char *bytes, size_t size) {
  uint64_t h = 0xcbf29ce484222325;
  for (size_t i = 0; i < size; i++) {
    h = (h ^ bytes[i]) * 0x100000001b3;
  }
  return h;
}

int main(int argc, char **argv) {
  static const char *const words[] = {"tables", "traps", "memories", "traps", "globals", "tables", "traps"};
  struct tree *tree = NULL;
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    tree = insert(tree, words[i]);
  }
  for (int i = 1; i < argc; i++) {
    tree = insert(tree, argv[i]);
  }
  print(tree, 0);

  double numbers[12];
  for (int i = 0; i < 12; i++) {
    numbers[i] = sqrt(i * 7 + 2);
  }
  qsort(numbers, 12, sizeof *numbers, by_fraction);
  double (*const operations[])(double, double) = {add, multiply};
  for (int i = 0; i < 12; i++) {
    printf("%.6f %.6f\n", numbers[i], operations[i % 2](numbers[i], 3));
  }

  char text[64];
  int length = snprintf(text, sizeof text, "%08x|%-6s|%+d|%5.1e", 0xbeef, "ab", 42, 12345.678);
  printf("%s %016llx\n", text, (unsigned long long)hash((unsigned char *)text, (size_t)length));
  switch (argc) {
  case 1:
    puts("no words");
    break;
  case 2:
    puts("a word");
    break;
  default:
    puts("words");
    break;
  }
  return argc;
}
