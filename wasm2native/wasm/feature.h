/* Sets of features (proposals), from feature.def. */
#ifndef WASM_FEATURE_H
#define WASM_FEATURE_H

#include <stdbool.h>
#include <stdint.h>

#include "slice.h"

enum wasm_feature {
#define FEATURE(id, name, version, checked, supported) WASM_FEATURE_##id,
#include "feature.def"
  WASM_FEATURE_COUNT
};

/* Bit n is feature n. */
typedef uint32_t wasm_features;
#define WASM_FEATURE_BIT(feature) ((wasm_features)1 << (feature))

/* Everything that is switched on where no option says otherwise: all supported features. */
wasm_features wasm_features_default(void);

/* Everything that decoder and validator know; they treat other features as off, whatever set they are given.
 */
wasm_features wasm_features_checked(void);

/* "simd" and so on. */
const char *wasm_feature_name(enum wasm_feature feature);

/* "unsupported: needs feature simd" and so on. */
const char *wasm_feature_missing(enum wasm_feature feature);

/* The feature called `name`, or WASM_FEATURE_COUNT. */
enum wasm_feature wasm_feature_find(struct slice name);

/* Does the lowering know it? */
bool wasm_feature_supported(enum wasm_feature feature);

/*
 * Applies the value of --features to *features: a comma-separated list of names, each with an optional "+" or
 * "-"; "mvp", "2.0", "3.0" and "all" name sets, of which what is supported counts, and, when first, replace
 * *features. On error returns false and points *bad at the word that is at fault: unknown, or not supported.
 */
bool wasm_features_parse(const char *list, wasm_features *features, struct slice *bad);

#endif
