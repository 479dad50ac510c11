/* Sets of features: names, defaults, and the value of --features. */
#include "feature.h"

static const struct {
  const char *name;
  const char *missing;
  uint8_t version;
  bool checked;
  bool supported;
} table[WASM_FEATURE_COUNT] = {
#define FEATURE(id, name, version, checked, supported)                                                       \
  {name, "unsupported: needs feature " name, version, checked, supported},
#include "feature.def"
};

/* The supported features of the standards up to `version`. */
static wasm_features supported_up_to(unsigned version) {
  wasm_features set = 0;
  for (unsigned i = 0; i < WASM_FEATURE_COUNT; i++) {
    if (table[i].supported && table[i].version <= version) {
      set |= WASM_FEATURE_BIT(i);
    }
  }
  return set;
}

wasm_features wasm_features_default(void) {
  return supported_up_to(UINT8_MAX);
}

wasm_features wasm_features_checked(void) {
  wasm_features set = 0;
  for (unsigned i = 0; i < WASM_FEATURE_COUNT; i++) {
    if (table[i].checked) {
      set |= WASM_FEATURE_BIT(i);
    }
  }
  return set;
}

const char *wasm_feature_name(enum wasm_feature feature) {
  return table[feature].name;
}

const char *wasm_feature_missing(enum wasm_feature feature) {
  return table[feature].missing;
}

bool wasm_feature_supported(enum wasm_feature feature) {
  return table[feature].supported;
}

enum wasm_feature wasm_feature_find(struct slice name) {
  unsigned i = 0;
  while (i < WASM_FEATURE_COUNT && !slice_equal(name, slice_of(table[i].name))) {
    i++;
  }
  return (enum wasm_feature)i;
}

static bool find_set(struct slice name, wasm_features *set) {
  static const struct {
    const char *name;
    uint8_t version;
  } sets[] = {{"mvp", 1}, {"2.0", 2}, {"3.0", 3}, {"all", UINT8_MAX}};
  for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++) {
    if (slice_equal(name, slice_of(sets[i].name))) {
      *set = supported_up_to(sets[i].version);
      return true;
    }
  }
  return false;
}

/* One word of the list, with its sign. */
static bool apply_word(struct slice word, bool is_first, wasm_features *features) {
  char sign = 0;
  if (word.size > 0 && (word.data[0] == '+' || word.data[0] == '-')) {
    sign = (char)word.data[0];
    word.data++;
    word.size--;
  }
  wasm_features set;
  bool is_set = find_set(word, &set);
  if (!is_set) {
    enum wasm_feature feature = wasm_feature_find(word);
    if (feature == WASM_FEATURE_COUNT || (sign != '-' && !wasm_feature_supported(feature))) {
      return false;
    }
    set = WASM_FEATURE_BIT(feature);
  }
  if (sign == '-') {
    *features &= ~set | WASM_FEATURE_BIT(WASM_FEATURE_MVP);
  } else if (is_set && is_first && sign == 0) {
    *features = set;
  } else {
    *features |= set;
  }
  return true;
}

bool wasm_features_parse(const char *list, wasm_features *features, struct slice *bad) {
  bool is_first = true;
  for (const char *at = list;; is_first = false) {
    size_t length = strcspn(at, ",");
    struct slice word = {(const uint8_t *)at, length};
    if (!apply_word(word, is_first, features)) {
      *bad = word;
      return false;
    }
    if (at[length] == '\0') {
      return true;
    }
    at += length + 1;
  }
}
