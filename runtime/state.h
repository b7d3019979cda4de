/* Keyed state: the one place that stores anything between batches.
 *
 * Keys belong to one of RN_KEY_GROUPS key groups (hash of the encoded partition key), the unit of
 * ownership, snapshot and rescaling. Memory is pages; inside a page references are handles, never
 * pointers, so that pages can be written as they are. Dirty tracking, serialisation and memory
 * accounting are done here once for all operators. The interface is batch-wise: encode and hash all
 * keys, prefetch, then touch. A slot pointer is valid until the next call that may insert into the same
 * map. Not thread-safe: a state belongs to one task.
 *
 * (Contract that other modules rely on; the owner of state.c extends this header: maps by key and
 * namespace, lists, ordered maps, key encoding.) */
#ifndef RN_RUNTIME_STATE_H
#define RN_RUNTIME_STATE_H
#include "runtime/batch.h"
#include "runtime/snapshot.h"

typedef struct rn_state rn_state;

/* The key group of a key hash: the same function routes rows in hash exchanges. */
static inline uint16_t rn_key_group(uint64_t hash) { return (uint16_t)(hash >> 57); }
/* Groups [*first, *last) owned by subtask of parallelism. */
static inline void rn_key_group_range(unsigned subtask, unsigned parallelism, uint16_t *first, uint16_t *last) {
  *first = (uint16_t)((unsigned)RN_KEY_GROUPS * subtask / parallelism);
  *last = (uint16_t)((unsigned)RN_KEY_GROUPS * (subtask + 1) / parallelism);
}
static inline unsigned rn_key_group_owner(uint16_t group, unsigned parallelism) {
  return (((unsigned)group + 1) * parallelism - 1) / (unsigned)RN_KEY_GROUPS;
}

rn_state *rn_state_open(const char *operator_id, uint64_t hash_seed, uint16_t first_group, uint16_t last_group);
void rn_state_close(rn_state *state);
size_t rn_state_bytes(const rn_state *state); /* memory held */
size_t rn_state_rows(const rn_state *state);  /* live entries */
/* Puts a blob per group touched since the last snapshot (a base when deltas exceed half of it). */
rn_status rn_state_snapshot(rn_state *state, rn_snapshot *out, rn_error *err);
/* Applies one stored blob; blobs of foreign groups are ignored. */
rn_status rn_state_restore(rn_state *state, const rn_blob *blob, rn_error *err);

/* Encoded keys of a batch's live rows: one encoding serves hashing, comparison and state.
 * Encoding: null bits, then fixed-width values little-endian, then strings as varint length + bytes. */
typedef struct rn_keys {
  uint32_t count;          /* = live rows of the batch */
  const uint64_t *hashes;
  const char *const *keys; /* encoded bytes */
  const uint32_t *lengths;
} rn_keys;
/* Encodes key columns of the live rows; memory from `arena`. */
void rn_keys_encode(rn_keys *out, const rn_batch *batch, const uint32_t *key_columns, uint32_t key_count,
                    uint64_t seed, rn_arena *arena);
/* Decodes one encoded key into row `row` of the columns (one per key column, types as encoded). Text
 * points into `key`. */
void rn_key_decode(const char *key, uint32_t length, rn_column *columns, uint32_t key_count, uint32_t row,
                   uint32_t capacity, rn_arena *arena);

#endif
