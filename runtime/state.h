/* Keyed state: the one place that stores anything between batches.
 *
 * Keys belong to one of RN_KEY_GROUPS key groups (hash of the encoded partition key), the unit of
 * ownership, snapshot and rescaling. Memory is pages; inside a page references are handles, never
 * pointers, so that pages can be written as they are. Dirty tracking, serialisation and memory
 * accounting are done here once for all operators. The interface is batch-wise: encode and hash all
 * keys, prefetch, then touch. A slot pointer is valid until the next call that may insert into the same
 * map. Not thread-safe: a state belongs to one task.
 *
 *   heap    (state_heap.c)    values of variable length, named by rn_ref; lists (rings) of fixed elements
 *   map     (state_map.c)     key + namespace -> slot: key and accumulators side by side
 *   buffer  (state_buffer.c)  rows waiting in an order (time), taken from the front
 *   keys    (state_keys.c)    encoding of keys and rows
 *   ttl     (state_ttl.c)     entries that nobody has written for a time go
 *   state   (state.c)         which maps and buffers there are; snapshots */
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

/* --- heap ------------------------------------------------------------------------------------------------- */
/* A value of variable length; 0: none. A slot owns what its refs name. */
typedef uint64_t rn_ref;
rn_ref rn_state_store(rn_state *state, const void *data, size_t len); /* never 0 */
rn_slice rn_state_load(const rn_state *state, rn_ref ref);            /* 0: empty */
void rn_state_release(rn_state *state, rn_ref ref);                   /* 0 is fine */
/* Stores in place of `old` (may be 0), reusing its block when the bytes fit. */
rn_ref rn_state_replace(rn_state *state, rn_ref old, const void *data, size_t len);
/* Makes the value `more` bytes longer (they are undefined) and gives all of it; *ref may be 0. Grows ahead, so that many
 * small extensions move it seldom. What rn_state_load gave for *ref is invalid then. */
char *rn_state_extend(rn_state *state, rn_ref *ref, size_t more);
/* May the value become `more` bytes longer (RN_GATHERED_BYTES_MAX)? False: the caller leaves it as it is, and the operator
 * fails when it is done with its batch or watermark (rn_state_is_full): aggregates have no errors of their own. */
bool rn_state_may_extend(rn_state *state, rn_ref ref, size_t more);
bool rn_state_is_full(const rn_state *state);
void rn_state_cut(rn_state *state, rn_ref ref, size_t len); /* the value keeps its first len bytes, where they are */

/* Lists: a ring of elements of one size in a heap block; the ref is 0 while nothing was pushed. Element
 * pointers are valid until the next push to the same list. */
uint32_t rn_list_count(const rn_state *state, rn_ref list);
uint8_t *rn_list_at(rn_state *state, rn_ref list, uint32_t index); /* 0: oldest */
/* A new element at the end, zeroed. most: the list will never hold more (room is made for no more); 0: not known. */
uint8_t *rn_list_push(rn_state *state, rn_ref *list, uint32_t element_size, uint32_t most);
void rn_list_pop(rn_state *state, rn_ref list); /* the oldest; its own refs are the caller's matter */

/* The first element from `from` on whose 32-bit word at `offset` is `value`; the list's count: none. */
uint32_t rn_list_find(const rn_state *state, rn_ref list, uint32_t from, uint32_t offset, uint32_t value);

/* Asks for the memory of a list ahead of its use: stage 0 its head, later stage 1 its oldest element and the place
 * of the next one. */
void rn_list_prefetch(rn_state *state, rn_ref list, unsigned stage);

/* --- maps ------------------------------------------------------------------------------------------------- */
typedef struct rn_map rn_map;
/* Where a slot's value holds refs. A list may hold elements that hold refs themselves. */
typedef struct rn_ref_spec {
  uint32_t offset;        /* in the value */
  uint32_t element_size;  /* 0: bytes; else a list of such elements */
  uint32_t nested_count;  /* refs (to bytes) in each element .. */
  const uint32_t *nested; /* .. at these offsets */
  bool stamped;           /* elements live as long as the map says, each by itself: rn_element_size(), rn_element_write() */
} rn_ref_spec;

typedef struct rn_map_spec {
  uint8_t id;             /* unique within the state; part of what is stored */
  uint32_t key_size;      /* rn_key_fixed_size(); 0: keys of variable length */
  uint32_t value_size;    /* zeroed when a key is inserted */
  uint32_t value_align;   /* 8 or 16 */
  uint32_t ref_count;
  const rn_ref_spec *refs; /* copied */
  bool transient;         /* can be derived from the rest: never stored */
  uint8_t tags;           /* words of rn_table_tag() beside each slot: 0 or 1 */
  uint8_t lead;           /* bytes before the slot, stored with it and of no alignment: they fill the gap behind the key */
  bool plain;             /* transient, key_size 0: no keys and no index, entries come by rn_table_append() */
  int64_t ttl_us;         /* > 0: entries that were not written for so long are gone; namespace 0 only, no lead, no tags */
  rn_map *owner;          /* of a map with ttl_us: entries go with that map's entry instead (rn_table_adopt) */
} rn_map_spec;

typedef struct rn_table rn_table; /* one namespace of a map: a slice, a window end; 0 where there are none */

/* Made at open, before anything is restored. */
rn_map *rn_state_map(rn_state *state, const rn_map_spec *spec);
rn_table *rn_map_table(rn_map *map, int64_t ns);      /* made when missing */
rn_table *rn_map_find(rn_map *map, int64_t ns);       /* NULL: nothing there */
uint32_t rn_map_table_count(const rn_map *map);
rn_table *rn_map_table_at(rn_map *map, uint32_t index); /* in ascending order of namespace */
uint32_t rn_map_lower_bound(const rn_map *map, int64_t ns); /* index of the first namespace >= ns */
void rn_map_drop(rn_map *map, int64_t ns);            /* the namespace with everything in it */
int64_t rn_table_namespace(const rn_table *table);
uint32_t rn_table_live(const rn_table *table);        /* entries */

struct rn_keys;
/* Finds or inserts keys which[0..n) (NULL: the first n) and marks them as changed. slots[i] is the value of
 * key which[i]; values do not move until they are erased or the namespace is dropped. is_new may be NULL. */
void rn_table_upsert(rn_table *table, const struct rn_keys *keys, const uint16_t *which, uint32_t n,
                     uint8_t **slots, bool *is_new);
/* One key; hash as rn_keys_encode gives it. */
uint8_t *rn_table_upsert_one(rn_table *table, uint64_t hash, const char *key, uint32_t length, bool *is_new);
uint8_t *rn_table_find(const rn_table *table, uint64_t hash, const char *key, uint32_t length); /* NULL */
void rn_table_touch(rn_table *table, uint8_t *slot); /* marks as changed what was found by find or iteration */
void rn_table_erase(rn_table *table, uint8_t *slot); /* releases its refs */
/* A new slot of a plain map, zeroed. */
uint8_t *rn_table_append(rn_table *table);
/* No more keys are expected: the index goes (it is made again when a key is looked up after all). */
void rn_table_seal(rn_table *table);
/* A word beside a slot of a map with tags, 0 when the entry is made or restored; never stored. Not with a lead. */
static inline uint32_t *rn_table_tag(const uint8_t *slot) { return (uint32_t *)(void *)(uintptr_t)(slot - sizeof(uint32_t)); }
/* Position of a slot for rn_table_at. */
uint32_t rn_table_position(const rn_table *table, const uint8_t *slot);
void rn_table_prefetch(const rn_table *table, uint32_t position);
void rn_table_prefetch_index(const rn_table *table, const uint8_t *slot); /* for erase */
/* Iteration in order of insertion: positions below rn_table_end; NULL where an entry was erased. */
uint32_t rn_table_end(const rn_table *table);
uint8_t *rn_table_at(const rn_table *table, uint32_t position);
rn_slice rn_table_key(const rn_table *table, const uint8_t *slot);
uint64_t rn_table_hash(const rn_table *table, const uint8_t *slot); /* fit for this module: upper half only */

/* --- time to live ------------------------------------------------------------------------------------------- */
/* Idle state goes (DIALECT 9: table.exec.state.ttl). An entry is written by an upsert and by rn_table_touch(), not by being
 * found. One that was last written ttl_us ago or before is not found any more, an upsert gives it anew, and
 * rn_state_expire() takes it away. Times are those of the state's clock, which stands until it is set; they are stored, so
 * that what was idle before a restart is so behind it. A job may go on with another ttl, or with one where it had none. */
void rn_state_set_now(rn_state *state, int64_t now_us);
/* The largest time by which idle entries should be looked for; 0: no map has a ttl. */
int64_t rn_state_ttl(const rn_state *state);
/* Visits up to `visits` entries and takes away those that have expired, and expired elements of lists. true: all
 * entries have been visited since it said so last. */
bool rn_state_expire(rn_state *state, uint32_t visits);
/* The entry of a map with an owner belongs to that entry of the owner's; its key must begin with the owner's key, as
 * rn_put_bytes writes it. true: it is new, or was another's: it is zeroed. */
bool rn_table_adopt(rn_table *table, uint8_t *slot, const rn_table *owners, const uint8_t *owner, bool is_new);
bool rn_table_owns(const rn_table *table, const uint8_t *slot, const rn_table *owners, const uint8_t *owner);
/* Of elements of a stamped list: bytes of each, given those of the operator's struct; written now; gone? */
uint32_t rn_element_size(const rn_map *map, uint32_t size);
void rn_element_write(const rn_map *map, uint8_t *element, uint32_t size);
bool rn_element_expired(const rn_map *map, const uint8_t *element, uint32_t size);

/* --- buffers ---------------------------------------------------------------------------------------------- */
/* Rows (encoded) kept in ascending order of `order`, then arrival. */
typedef struct rn_buffer rn_buffer;
typedef struct rn_buffered {
  int64_t order;
  const char *row;
  uint32_t length;
  uint16_t group;
  bool saved; /* private: some stored blob has it */
} rn_buffered;
rn_buffer *rn_state_buffer(rn_state *state, uint8_t id); /* at open */
void rn_buffer_add(rn_buffer *buffer, int64_t order, uint16_t group, const char *row, uint32_t length);
size_t rn_buffer_count(const rn_buffer *buffer);
int64_t rn_buffer_least(rn_buffer *buffer);   /* smallest order; INT64_MAX: empty */
int64_t rn_buffer_largest(rn_buffer *buffer); /* INT64_MIN: empty */
/* Rows with order <= upto, sorted: *rows is valid until rn_buffer_remove or the next add. */
size_t rn_buffer_peek(rn_buffer *buffer, int64_t upto, const rn_buffered **rows);
void rn_buffer_remove(rn_buffer *buffer, int64_t upto); /* forgets them */

/* --- keys ------------------------------------------------------------------------------------------------- */
/* Encoded keys of a batch's live rows: one encoding serves hashing, comparison and state.
 * Encoding: null bits, then fixed-width values little-endian, then strings as varint length + bytes
 * (nested values: the same, field by field and element by element). -0.0 is stored as 0.0 and every NaN
 * as one. Keys of fixed size lie `stride` bytes apart, padded with zeros to whole words. */
typedef struct rn_keys {
  uint32_t count;          /* = live rows of the batch */
  const uint64_t *hashes;
  const char *const *keys; /* encoded bytes */
  const uint32_t *lengths;
  uint32_t stride;         /* keys of fixed size: keys[i] == keys[0] + i * stride; 0: not */
} rn_keys;
/* Encodes key columns of the live rows; memory from `arena`. */
void rn_keys_encode(rn_keys *out, const rn_batch *batch, const uint32_t *key_columns, uint32_t key_count,
                    uint64_t seed, rn_arena *arena);
/* The same without hashes: whole rows for buffers. key_columns NULL: the first key_count columns. */
void rn_rows_encode(rn_keys *out, const rn_batch *batch, const uint32_t *key_columns, uint32_t key_count,
                    rn_arena *arena);
/* One value, for sets of DISTINCT values. */
void rn_value_encode(rn_builder *out, const rn_column *column, uint32_t row);
/* Reads what rn_value_encode wrote for a column of that type into row `row`; gives its end. Text points into `from`. */
const char *rn_value_decode(const char *from, rn_column *column, uint32_t row, uint32_t capacity, rn_arena *arena);
void rn_value_set_null(rn_column *column, uint32_t row, uint32_t capacity, rn_arena *arena); /* with harmless data */
/* Decodes one encoded key into row `row` of the columns (one per key column, types as encoded). Text
 * points into `key`. */
void rn_key_decode(const char *key, uint32_t length, rn_column *columns, uint32_t key_count, uint32_t row,
                   uint32_t capacity, rn_arena *arena);
/* Decodes many: keys[i] into row first_row + i. */
void rn_keys_decode(const rn_slice *keys, uint32_t count, rn_column *columns, uint32_t key_count, uint32_t first_row,
                    uint32_t capacity, rn_arena *arena);
/* The same for columns k with wanted[k] (NULL: all); the others are not touched. */
void rn_keys_decode_some(const rn_slice *keys, uint32_t count, rn_column *columns, uint32_t key_count, const bool *wanted,
                         uint32_t first_row, uint32_t capacity, rn_arena *arena);
/* Bytes of every encoded key of these types; 0: they vary, or there are no columns. */
uint32_t rn_key_fixed_size(const rn_type *const *types, uint32_t count);

#endif
