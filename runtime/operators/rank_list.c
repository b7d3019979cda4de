/* See rank_list.h. */
#include "runtime/operators/rank_list.h"

static const uint32_t nested[] = {offsetof(rn_ranked, key), offsetof(rn_ranked, row)};
const rn_ref_spec rn_ranked_refs = {.element_size = sizeof(rn_ranked), .nested_count = 2, .nested = nested};

/* < 0: the entry comes before the key. Keys of a node are prefix-free or of one length, so that zeros at the end of a
 * prefix never decide. */
static int compare(rn_state *state, const rn_ranked *entry, rn_slice key, const char *prefix) {
  int by_prefix = memcmp(entry->prefix, prefix, RN_RANKED_PREFIX);
  if (by_prefix || !entry->key) return by_prefix;
  return rn_sort_key_compare(rn_state_load(state, entry->key), key);
}

static void make_prefix(rn_slice key, char *prefix) {
  memset(prefix, 0, RN_RANKED_PREFIX);
  memcpy(prefix, key.ptr, key.len < RN_RANKED_PREFIX ? key.len : RN_RANKED_PREFIX);
}

uint32_t rn_ranked_place(rn_state *state, rn_ref list, rn_slice key, bool latest) {
  uint32_t low = 0, high = rn_list_count(state, list);
  char prefix[RN_RANKED_PREFIX];
  make_prefix(key, prefix);
  /* most rows of a stream do not make it: the last one first */
  if (high) {
    int last = compare(state, rn_ranked_at(state, list, high - 1), key, prefix);
    if (last < 0 || (last == 0 && !latest)) return high;
  }
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    int order = compare(state, rn_ranked_at(state, list, middle), key, prefix);
    if (order < 0 || (order == 0 && !latest)) low = middle + 1;
    else high = middle;
  }
  return low;
}

bool rn_ranked_insert(rn_state *state, rn_ref *list, uint32_t place, rn_slice key, rn_slice row, uint32_t most,
                      rn_ranked *fallen) {
  rn_ranked entry = {.row = rn_state_store(state, row.ptr, row.len)};
  make_prefix(key, entry.prefix);
  if (key.len > RN_RANKED_PREFIX) entry.key = rn_state_store(state, key.ptr, key.len);
  uint32_t count = rn_list_count(state, *list);
  bool full = count == most;
  if (full) memcpy(fallen, rn_list_at(state, *list, count - 1), sizeof *fallen);
  else (void)rn_list_push(state, list, sizeof entry, most <= 64 ? most : 0);
  for (uint32_t i = full ? count - 1 : count; i > place; i--)
    memcpy(rn_list_at(state, *list, i), rn_list_at(state, *list, i - 1), sizeof entry);
  memcpy(rn_list_at(state, *list, place), &entry, sizeof entry);
  return full;
}
