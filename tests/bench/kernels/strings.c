/* String scanning: words, lines and numbers counted byte by byte, and a search by Horspool's method. */
#include "kernel.h"

#include <string.h>

enum { LENGTH = 2000000 };

static char text[LENGTH + 1];

static void fill(void) {
  uint64_t seed = 99;
  size_t i = 0;
  while (i < LENGTH) {
    uint32_t length = 1 + next_random(&seed) % 9, kind = next_random(&seed) % 8;
    for (uint32_t j = 0; j < length && i < LENGTH; j++) {
      text[i++] = kind == 0 ? (char)('0' + next_random(&seed) % 10) : (char)('a' + next_random(&seed) % 20);
    }
    if (i < LENGTH) {
      text[i++] = kind == 7 ? '\n' : ' ';
    }
  }
  text[LENGTH] = 0;
}

static size_t search(const char *from, size_t length, const char *word) {
  size_t skip[256], n = strlen(word), found = 0;
  for (size_t i = 0; i < 256; i++) {
    skip[i] = n;
  }
  for (size_t i = 0; i + 1 < n; i++) {
    skip[(unsigned char)word[i]] = n - 1 - i;
  }
  for (size_t at = 0; at + n <= length; at += skip[(unsigned char)from[at + n - 1]]) {
    size_t i = n;
    while (i > 0 && from[at + i - 1] == word[i - 1]) {
      i--;
    }
    found += i == 0;
  }
  return found;
}

uint64_t kernel(void) {
  static const char *const words[] = {"ab", "tea", "lead", "habit", "matter", "0123"};
  if (text[0] == 0) {
    fill();
  }
  uint64_t sum = 0, words_seen = 0, lines = 0, numbers = 0, number = 0;
  int in_word = 0;
  for (const char *p = text; *p != 0; p++) {
    char c = *p;
    int is_space = c == ' ' || c == '\n' || c == '\t';
    words_seen += (uint64_t)(!is_space && !in_word);
    in_word = !is_space;
    lines += c == '\n';
    if (c >= '0' && c <= '9') {
      number = number * 10 + (uint64_t)(c - '0');
    } else {
      numbers += number;
      number = 0;
    }
  }
  sum = mix(mix(mix(sum, words_seen), lines), numbers);
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
    sum = mix(sum, search(text, LENGTH, words[i]));
  }
  for (const char *p = text; (p = strchr(p, '\n')) != NULL; p++) {
    sum += (uint64_t)(p - text);
  }
  return sum;
}
