/* Sort keys: values encoded so that memcmp of the bytes gives their order (the normalised keys of System R's sort, as
 * in Graefe 2006, Implementing Sorting in Database Systems). One encoding serves sorting, comparison and state.
 * NaN is the largest number, -0.0 equals 0.0, text goes by code point. */
#ifndef RN_RUNTIME_OPERATORS_SORT_KEY_H
#define RN_RUNTIME_OPERATORS_SORT_KEY_H
#include "runtime/batch.h"
#include "runtime/plan.h"

/* Appends the row's values of the items' columns. */
void rn_sort_key_append(rn_builder *out, const rn_column *columns, const rn_sort_item *items, uint32_t count, uint32_t row);
/* The first 8 bytes as a number that orders alike; shorter keys are padded with zeros. */
static inline uint64_t rn_sort_prefix(const char *key, size_t length) {
  uint64_t prefix = 0;
  memcpy(&prefix, key, length < 8 ? length : 8);
  return __builtin_bswap64(prefix);
}
static inline int rn_sort_key_compare(rn_slice a, rn_slice b) {
  int by_bytes = memcmp(a.ptr, b.ptr, a.len < b.len ? a.len : b.len);
  return by_bytes ? by_bytes : (a.len > b.len) - (a.len < b.len);
}

#endif
