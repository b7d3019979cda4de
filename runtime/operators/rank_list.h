/* The best rows of a group, in order: a list in keyed state, each row with its sort key. Used by op_rank.c.
 * The first 16 bytes of a key lie in the list itself, so that most comparisons touch nothing else. */
#ifndef RN_RUNTIME_OPERATORS_RANK_LIST_H
#define RN_RUNTIME_OPERATORS_RANK_LIST_H
#include "runtime/operators/sort_key.h"
#include "runtime/state.h"

enum { RN_RANKED_PREFIX = 16 };
typedef struct rn_ranked {
  char prefix[RN_RANKED_PREFIX]; /* padded with zeros */
  rn_ref key;                    /* the whole of a longer key; 0: the prefix is all */
  rn_ref row;
} rn_ranked;

extern const rn_ref_spec rn_ranked_refs; /* of a slot that begins with the list */

static inline const rn_ranked *rn_ranked_at(rn_state *state, rn_ref list, uint32_t i) {
  return (const rn_ranked *)(void *)rn_list_at(state, list, i);
}
/* Where a row with this key goes: behind those that sort alike, or before them (`latest`). */
uint32_t rn_ranked_place(rn_state *state, rn_ref list, rn_slice key, bool latest);
/* Puts a row in at its place (0: first); those behind move on, and where `most` are there already the last one falls
 * out into *fallen, whose refs the caller releases. False: nothing fell out. */
bool rn_ranked_insert(rn_state *state, rn_ref *list, uint32_t place, rn_slice key, rn_slice row, uint32_t most,
                      rn_ranked *fallen);

#endif
