/* Inside of keyed state, shared by state*.c only: see state.h.
 *
 * A table (one namespace of a map) is an index of 4-byte entries over slots in pages. Slots never move and lie in order
 * of insertion; what refers to one is its number, so pages hold no pointers. An entry is the slot's number + 1 and, in
 * the bits that numbers of this table leave free, the same bits of the hash: 11 of them at a million slots, so that
 * nearly every slot that is looked at is the one (as the tags of a Swiss table, but as many as there is room for). The
 * index is probed linearly at a load of 1/2 to 4/5, any size (Lemire 2019, fast range): 5 to 8 bytes an entry. */
#ifndef RN_RUNTIME_STATE_PRIVATE_H
#define RN_RUNTIME_STATE_PRIVATE_H
#include "runtime/state.h"

enum { SLOT_LIVE = 1, SLOT_DIRTY = 2, SLOT_SAVED = 4 /* some stored blob has it */, KEY_IN_HEAP = 8 };

typedef struct slot_head {
  uint32_t hash; /* upper half of the key's hash: index position and, in its top 7 bits, the key group */
  uint8_t flags;
  uint8_t key[]; /* of fixed size: its bytes; else a byte of length, then the bytes or, KEY_IN_HEAP, an rn_ref */
} slot_head;

/* An entry that was erased between others: no slot's number, so only the bits of the hash are set. */
#define INDEX_GONE 0x80000000u

enum { FIRST_PAGE_SLOTS = 16, PAGE_CLASSES = 9, /* pages double up to here */ LARGEST_PAGE_SLOTS = 4096,
       DOUBLED_SLOTS = FIRST_PAGE_SLOTS * ((1 << PAGE_CLASSES) - 1), VARIABLE_KEY_INLINE = 26 };

typedef struct page {
  void *raw;
  uint8_t *slots; /* 64-byte aligned */
} page;

struct rn_table {
  rn_map *map;
  int64_t ns;
  uint32_t *index; /* bits of the hash | slot number + 1; 0: free; INDEX_GONE; NULL: no index */
  uint32_t capacity, used; /* entries that are not free */
  uint32_t tags;           /* which bits of an entry are the hash's */
  uint32_t moves;          /* how often entries moved, or came before the end of their stretch */
  uint32_t live, end;
  RN_VEC(page) pages;
  uint32_t clean_end; /* slots from here on came since the last snapshot: dirty ones are not listed */
  RN_VEC(uint32_t) dirty; /* slots below clean_end with SLOT_DIRTY; may hold erased ones */
  RN_VEC(uint32_t) holes; /* erased slots, to be used again */
  uint64_t saved_groups[RN_KEY_GROUPS / 64]; /* groups whose stored blobs have entries of this namespace */
};

typedef struct spare_index {
  uint32_t *index;
  uint32_t capacity;
} spare_index;

struct rn_map {
  rn_state *state;
  rn_map_spec spec;
  uint32_t key_offset, key_area, value_offset, slot_size; /* key_offset: of the bytes, from the slot's start */
  uint32_t stamp_offset; /* of the stamp, from the value; 0: no ttl */
  RN_VEC(rn_table *) tables; /* ascending namespaces */
  RN_VEC(page) pool[PAGE_CLASSES]; /* pages of dropped tables: windows come and go at a steady pace */
  RN_VEC(spare_index) spares;      /* .. and indexes, of these and of sealed tables */
  uint32_t expected;               /* entries of the last one: the next will have about as many */
};

typedef struct chunk { /* of a buffer: rows side by side; lies at a multiple of its usual size, so a row knows it */
  uint32_t used, capacity, rows; /* rows still referred to */
  uint32_t unused;
  char data[];
} chunk;

struct rn_buffer {
  rn_state *state;
  uint8_t id;
  RN_VEC(rn_buffered) entries; /* from `first` on, in order of arrival but for what was sorted: up to `sorted` */
  size_t first, sorted;
  int64_t largest;
  chunk *current;
  int64_t cut; /* everything up to here was removed since the last snapshot; INT64_MIN: nothing */
  uint64_t cut_groups[RN_KEY_GROUPS / 64]; /* .. of saved rows, by group */
  size_t unsaved_bytes; /* of rows that no snapshot has */
};

typedef struct heap_page {
  char *data;
  uint32_t used, size;
} heap_page;

enum { HEAP_PAGE = 64 << 10, HEAP_CLASSES = 24 };

/* Of an entry with a time to live. */
typedef struct stamp {
  int64_t written; /* when; not of an entry with an owner */
  int64_t born;    /* when; of an entry with an owner: when that was born */
} stamp;

struct rn_state {
  const char *operator_id;
  uint64_t seed;
  uint16_t first_group, last_group;
  size_t bytes;
  bool full; /* rn_state_may_extend said no */
  RN_VEC(rn_map *) maps;
  RN_VEC(rn_buffer *) buffers;
  RN_VEC(heap_page) heap;
  uint32_t heap_current; /* page that small blocks are cut from + 1; 0: none */
  rn_ref heap_free[HEAP_CLASSES];
  RN_VEC(uint32_t) heap_holes; /* numbers of freed large pages */
  rn_builder removed[RN_KEY_GROUPS]; /* records of erased entries and dropped namespaces, until the next snapshot */
  uint64_t base_bytes[RN_KEY_GROUPS], delta_bytes[RN_KEY_GROUPS]; /* stored, by group; a base counts one more */
  uint64_t entry_bytes; /* of an entry in the last snapshot, on average */
  int64_t now_us;       /* for entries with a time to live */
  uint32_t swept_map, swept; /* where rn_state_expire() goes on: a map and a slot */
};

/* Records of a blob. */
enum { RECORD_DROP = 1, RECORD_ERASE = 2, RECORD_ENTRIES = 3, RECORD_CUT = 4, RECORD_ROWS = 5, RECORD_STAMPED = 6 /* entries of a map with a ttl */,
       RECORD_END = 0 };

static inline unsigned group_of(uint32_t half_hash) { return half_hash >> 25; }
static inline bool bit_get(const uint64_t *bits, unsigned i) { return bits[i >> 6] >> (i & 63) & 1; }
static inline void bit_set(uint64_t *bits, unsigned i) { bits[i >> 6] |= 1ull << (i & 63); }

static inline uint8_t *table_slot(const rn_table *t, uint32_t number) {
  uint32_t size = t->map->slot_size;
  if (number < DOUBLED_SLOTS) {
    uint32_t page_number = 31u - (uint32_t)__builtin_clz(number / FIRST_PAGE_SLOTS + 1);
    uint32_t first = FIRST_PAGE_SLOTS * ((1u << page_number) - 1);
    return t->pages.data[page_number].slots + (size_t)(number - first) * size;
  }
  uint32_t beyond = number - DOUBLED_SLOTS;
  return t->pages.data[PAGE_CLASSES + beyond / LARGEST_PAGE_SLOTS].slots + (size_t)(beyond % LARGEST_PAGE_SLOTS) * size;
}
static inline slot_head *head_of(const rn_map *map, const uint8_t *value) {
  return (slot_head *)(uintptr_t)(value - map->value_offset);
}
rn_slice rn_slot_key(const rn_map *map, const uint8_t *slot);
static inline stamp *stamp_of(const rn_map *map, const uint8_t *value) {
  return (stamp *)(void *)(uintptr_t)(value + map->stamp_offset);
}
static inline bool is_idle(const rn_map *map, int64_t written) { return map->state->now_us - written >= map->spec.ttl_us; }
static inline bool has_expired(const rn_map *map, const uint8_t *value) {
  return map->stamp_offset && !map->spec.owner && is_idle(map, stamp_of(map, value)->written);
}
/* The entry is written now: true when it is new or had expired; then its value is all zero. */
bool rn_slot_write(rn_map *map, uint8_t *value);
/* The value is all zero again, what it referred to is released; the key stays. */
void rn_slot_clear(rn_map *map, uint8_t *value);
/* An entry as it was stored; not dirty. */
uint8_t *rn_table_restore(rn_table *table, uint32_t half_hash, const char *key, uint32_t length);
void rn_table_forget(rn_table *table, uint32_t half_hash, const char *key, uint32_t length); /* RECORD_ERASE */
void rn_map_forget(rn_map *map, int64_t ns, unsigned group); /* RECORD_DROP: entries of one group */
void rn_map_close(rn_map *map);
void rn_buffer_close(rn_buffer *buffer);
void rn_buffer_forget(rn_buffer *buffer, int64_t upto, unsigned group); /* RECORD_CUT */
void rn_buffer_restore(rn_buffer *buffer, int64_t order, uint16_t group, const char *row, uint32_t length);
void rn_heap_close(rn_state *state);

/* Cache-line aligned memory, counted. */
page rn_page_new(rn_state *state, size_t bytes);
void rn_page_free(rn_state *state, page p, size_t bytes);

#endif
