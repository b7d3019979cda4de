/* The aggregate calls of one node as a unit: where their accumulators lie in a slot, FILTER and DISTINCT, and
 * batch-wise update, merge and results. Used by WINDOW_AGG, GROUP_AGG and OVER.
 *
 * DISTINCT: the values seen by a slot are entries of a map of their own, keyed by the slot's key and the
 * value's encoding, in the slot's namespace and key group; calls over the same column and filter share it. */
#ifndef RN_RUNTIME_OPERATORS_AGG_SET_H
#define RN_RUNTIME_OPERATORS_AGG_SET_H
#include "runtime/aggregate.h"

typedef struct rn_distinct { /* one set of values, shared by calls */
  rn_map *map; /* key + value -> int64 rows that have it, and a word for the operator */
  int argument, filter;
} rn_distinct;

typedef struct rn_agg_set {
  uint32_t count;
  const rn_agg_call *calls;
  const rn_agg_ops **ops;  /* of each call, or its lean ones */
  int *counted_by;         /* lean: the call that counts its values; -1: not lean */
  uint32_t *offsets;       /* of each accumulator in the slot */
  int *distinct_of;        /* index into distincts; -1: plain */
  uint32_t size, align;    /* end of the last accumulator; the slot's alignment */
  uint32_t ref_count;
  rn_ref_spec *refs;       /* for the map's spec */
  bool has_init, has_distinct;
  bool invertible;         /* every call can be subtracted; no DISTINCT */
  bool mergeable;          /* every call can be merged across slices; no DISTINCT */
  uint32_t distinct_count;
  rn_distinct *distincts;
  rn_state *state;
  rn_map *owners;          /* the map of the slots, where they have a time to live; NULL */
  uint64_t seed;
  rn_builder scratch;      /* key + value of DISTINCT */
} rn_agg_set;

/* Lays out the calls from `offset` on; memory from arena. share: calls over the same values have one count of them (or
 * that of the rows, where the argument is NOT NULL); only for who works on all calls alike, through this interface. */
void rn_agg_set_init(rn_agg_set *set, const rn_agg_call *calls, uint32_t count, uint32_t offset, bool share, rn_arena *arena);
/* Makes the maps of DISTINCT with ids from first_map_id on. owners: the map of the slots, where they have a time to live and
 * what they have seen goes with them; NULL: who drops slots drops that, too. */
void rn_agg_set_open(rn_agg_set *set, rn_state *state, uint64_t seed, uint8_t first_map_id, rn_map *owners);
void rn_agg_set_close(rn_agg_set *set);
/* A slot that is all zero becomes one that has seen nothing. */
void rn_agg_set_clear(const rn_agg_set *set, uint8_t *slot);

/* Folds rows into their slots: slots[i] belongs to batch row rows[i] (NULL: i) with key keys[which[i]] (NULL: i)
 * in namespace ns (keys and ns matter to DISTINCT only). */
void rn_agg_set_update(rn_agg_set *set, uint8_t *const *slots, const rn_batch *batch, const uint16_t *rows, uint32_t count,
                       const rn_keys *keys, const uint16_t *which, int64_t ns);
void rn_agg_set_drop_namespace(rn_agg_set *set, int64_t ns);
/* One call of them, without FILTER and DISTINCT. */
void rn_agg_set_merge(const rn_agg_set *set, uint8_t *into, const uint8_t *from);
void rn_agg_set_subtract(const rn_agg_set *set, uint8_t *from, const uint8_t *what);
void rn_agg_set_release(const rn_agg_set *set, uint8_t *slot); /* frees what the accumulators refer to */
/* Results of all calls into columns[0..count), rows first_row.. */
void rn_agg_set_results(const rn_agg_set *set, const uint8_t *const *slots, uint32_t count, rn_column *columns,
                        uint32_t first_row, uint32_t capacity, rn_arena *arena);
/* The same, where slots may change before the columns leave: nothing in them points into the state. */
void rn_agg_set_results_own(const rn_agg_set *set, const uint8_t *const *slots, uint32_t count, rn_column *columns,
                            uint32_t first_row, uint32_t capacity, rn_arena *arena);
/* Do all results of rows a and b agree? */
bool rn_agg_set_same_results(const rn_agg_set *set, const rn_column *columns, uint32_t a, uint32_t b);
/* Does the row pass the FILTER of the call? */
static inline bool rn_agg_filter(const rn_agg_call *call, const rn_batch *batch, uint32_t row) {
  if (call->filter < 0) return true;
  const rn_column *c = &batch->columns[call->filter];
  return rn_is_valid(c, row) && ((const uint8_t *)c->data)[row];
}
/* The entry of a value in the DISTINCT set of slot `owner`: made when `insert`, else NULL when it is not there. */
uint8_t *rn_agg_set_distinct(rn_agg_set *set, const rn_distinct *distinct, int64_t ns, const uint8_t *owner, uint64_t key_hash,
                             rn_slice key, rn_slice value, bool insert, bool *is_new);

#endif
