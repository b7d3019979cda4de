/* Maps of keyed state: see state.h for the interface, state_private.h for the layout.
 * A batch is looked up in three passes where the table is larger than a cache: prefetch index entries,
 * prefetch the slots they name, then compare and insert (Chen 2004, group prefetching). */
#include "base/alloc.h"
#include "runtime/state_private.h"

enum { PREFETCH_FROM_BYTES = 1 << 19, FIRST_INDEX = 32, POOLED_PAGES_MAX = 64, SPARES_MAX = 4 };

page rn_page_new(rn_state *state, size_t bytes) {
  page p = {.raw = rn_malloc(bytes + 64)};
  p.slots = (uint8_t *)(((uintptr_t)p.raw + 63) & ~(uintptr_t)63);
  state->bytes += bytes;
  return p;
}
void rn_page_free(rn_state *state, page p, size_t bytes) {
  state->bytes -= bytes;
  rn_free(p.raw);
}

static unsigned page_class(size_t number) { return number < PAGE_CLASSES ? (unsigned)number : PAGE_CLASSES - 1; }
static size_t page_bytes(const rn_map *map, size_t number) {
  return (size_t)(FIRST_PAGE_SLOTS << page_class(number)) * map->slot_size;
}

/* --- slots ------------------------------------------------------------------------------------------------ */

static inline rn_ref heap_key(const slot_head *head) {
  rn_ref ref;
  memcpy(&ref, head->key + 1, sizeof ref);
  return ref;
}

rn_slice rn_slot_key(const rn_map *map, const uint8_t *slot) {
  const slot_head *head = head_of(map, slot);
  if (head->flags & KEY_IN_HEAP) return rn_state_load(map->state, heap_key(head));
  const char *key = (const char *)head + map->key_offset;
  return rn_slice_make(key, map->spec.key_size ? map->spec.key_size : head->key[0]);
}

rn_slice rn_table_key(const rn_table *table, const uint8_t *slot) { return rn_slot_key(table->map, slot); }

uint64_t rn_table_hash(const rn_table *table, const uint8_t *slot) {
  return (uint64_t)head_of(table->map, slot)->hash << 32;
}

static inline bool same_key(const rn_map *map, const slot_head *head, const char *key, uint32_t length) {
  if (map->spec.key_size == 9) { /* one BIGINT */
    uint64_t a, b;
    memcpy(&a, head->key, 8);
    memcpy(&b, key, 8);
    return a == b && head->key[8] == (uint8_t)key[8];
  }
  if (map->spec.key_size) return memcmp(head->key, key, map->spec.key_size) == 0;
  if (!(head->flags & KEY_IN_HEAP)) return head->key[0] == length && memcmp(head->key + 1, key, length) == 0;
  rn_slice s = rn_state_load(map->state, heap_key(head));
  return s.len == length && memcmp(s.ptr, key, length) == 0;
}

static void add_page(rn_table *t) {
  rn_map *map = t->map;
  unsigned index = page_class(t->pages.len);
  page p;
  if (map->pool[index].len) p = map->pool[index].data[--map->pool[index].len];
  else p = rn_page_new(map->state, page_bytes(map, t->pages.len));
  RN_VEC_PUSH(&t->pages, p);
}

static uint32_t slots_of_pages(size_t pages) {
  return pages <= PAGE_CLASSES ? FIRST_PAGE_SLOTS * ((1u << pages) - 1)
                               : DOUBLED_SLOTS + (uint32_t)(pages - PAGE_CLASSES) * LARGEST_PAGE_SLOTS;
}

/* --- index ------------------------------------------------------------------------------------------------ */

static inline uint32_t home_of(const rn_table *t, uint32_t hash) { /* spread again: a task has few of the key groups */
  return (uint32_t)((uint64_t)(hash * 0x9E3779B1u) * t->capacity >> 32);
}
static inline uint32_t after(const rn_table *t, uint32_t at) { return at + 1 < t->capacity ? at + 1 : 0; }
static inline uint32_t before(const rn_table *t, uint32_t at) { return at ? at - 1 : t->capacity - 1; }
static inline uint32_t index_limit(uint32_t capacity) { return capacity - capacity / 5; }
/* Slot + 1 that an entry may name for the hash; 0: it does not. */
static inline uint32_t entry_slot(const rn_table *t, uint32_t entry, uint32_t hash) {
  return (entry ^ hash) & t->tags ? 0 : entry & ~t->tags;
}

/* Makes `index`, all zero, the table's. */
static void set_index(rn_table *t, uint32_t *index, uint32_t capacity) {
  uint32_t most = capacity > t->end ? capacity : t->end; /* numbers that come while this index is used are not larger */
  if (most >= INDEX_GONE - 1) rn_oom();
  t->tags = ~(UINT32_MAX >> __builtin_clz(most + 1));
  t->index = index;
  t->capacity = capacity;
  t->used = t->live;
  t->moves++;
  uint32_t number = 0, size = t->map->slot_size, tags = t->tags;
  for (size_t p = 0; number < t->end && t->live; p++) {
    const uint8_t *slot = t->pages.data[p].slots;
    uint32_t last = number + ((uint32_t)FIRST_PAGE_SLOTS << page_class(p));
    if (last > t->end) last = t->end;
    for (; number < last; slot += size) {
      const slot_head *head = (const slot_head *)(const void *)slot;
      number++;
      if (!(head->flags & SLOT_LIVE)) continue;
      uint32_t at = home_of(t, head->hash);
      while (index[at]) at = after(t, at);
      index[at] = (head->hash & tags) | number;
    }
  }
}

static void drop_index(rn_table *t) {
  rn_map *map = t->map;
  if (!t->index) return;
  spare_index spare = {t->index, t->capacity};
  map->expected = t->live;
  t->index = NULL;
  if (spare.capacity > FIRST_INDEX && map->spares.len < SPARES_MAX) {
    RN_VEC_PUSH(&map->spares, spare);
    return;
  }
  map->state->bytes -= (size_t)spare.capacity * sizeof *spare.index;
  rn_free(spare.index);
}

/* The index of a table that has none: new, or sealed. A spare one saves a new table the growing, when it is about as
 * large as tables of this map were lately. */
static void make_index(rn_table *t) {
  rn_map *map = t->map;
  uint32_t entries = t->live ? t->live : map->expected, capacity = FIRST_INDEX;
  while (index_limit(capacity) <= entries) capacity += capacity / 2;
  for (size_t i = map->spares.len; i-- > 0;) {
    spare_index spare = map->spares.data[i];
    if (spare.capacity < capacity || spare.capacity / 2 > capacity) continue;
    map->spares.data[i] = map->spares.data[--map->spares.len];
    memset(spare.index, 0, (size_t)spare.capacity * sizeof *spare.index);
    set_index(t, spare.index, spare.capacity);
    return;
  }
  if (!t->live) capacity = FIRST_INDEX; /* it may have few */
  map->state->bytes += (size_t)capacity * sizeof *t->index;
  set_index(t, rn_calloc(capacity, sizeof *t->index), capacity);
}

/* The index is full, be it of entries that were erased: those go, or it grows. */
static void renew_index(rn_table *t) {
  uint32_t old = t->capacity, capacity = old;
  if (t->live > index_limit(old) / 3 * 2) {
    capacity += old / 2;
    rn_free(t->index);
    t->map->state->bytes += (size_t)(capacity - old) * sizeof *t->index;
    set_index(t, rn_calloc(capacity, sizeof *t->index), capacity);
    return;
  }
  memset(t->index, 0, (size_t)capacity * sizeof *t->index);
  set_index(t, t->index, capacity);
}

/* Takes out the entry at `at`. Where a stretch of entries ends nothing needs to remember it. */
static void clear_entry(rn_table *t, uint32_t at) {
  if (t->index[after(t, at)]) {
    t->index[at] = INDEX_GONE;
    return;
  }
  t->index[at] = 0;
  t->used--;
  for (at = before(t, at); t->index[at] == INDEX_GONE; at = before(t, at)) {
    t->index[at] = 0;
    t->used--;
  }
}

/* Index position of a live slot, whose value is given. */
static uint32_t place_of(const rn_table *t, const uint8_t *value) {
  uint32_t hash = head_of(t->map, value)->hash, at = home_of(t, hash);
  for (;; at = after(t, at)) {
    uint32_t slot = entry_slot(t, t->index[at], hash);
    if (slot && table_slot(t, slot - 1) + t->map->value_offset == value) return at;
  }
}

static inline void mark(rn_table *t, slot_head *head, uint32_t number) {
  if (head->flags & SLOT_DIRTY) return;
  head->flags |= SLOT_DIRTY;
  if (number < t->clean_end && !t->map->spec.transient) RN_VEC_PUSH(&t->dirty, number);
}

/* A zeroed slot, dirty. */
static slot_head *new_slot(rn_table *t, uint32_t hash, uint32_t *number) {
  if (t->holes.len) {
    *number = t->holes.data[--t->holes.len];
  } else {
    if (t->end == slots_of_pages(t->pages.len)) add_page(t);
    *number = t->end++;
  }
  slot_head *head = (slot_head *)(void *)table_slot(t, *number);
  memset(head, 0, t->map->slot_size);
  head->hash = hash;
  head->flags = SLOT_LIVE;
  mark(t, head, *number);
  t->live++;
  return head;
}

/* A new entry; index position `at` is free, the first one from its home on. */
static uint8_t *insert(rn_table *t, uint32_t at, uint32_t hash, const char *key, uint32_t length) {
  rn_map *map = t->map;
  uint32_t number;
  slot_head *head = new_slot(t, hash, &number);
  if (length <= map->key_area) {
    if (!map->spec.key_size) head->key[0] = (uint8_t)length;
    memcpy((uint8_t *)head + map->key_offset, key, length);
  } else {
    rn_ref ref = rn_state_store(map->state, key, length);
    memcpy(head->key + 1, &ref, sizeof ref);
    head->flags |= KEY_IN_HEAP;
  }
  if (t->used >= t->live) { /* entries were erased: perhaps on the way here (live counts the new one already) */
    uint32_t first = home_of(t, hash);
    while (t->index[first] && t->index[first] != INDEX_GONE) first = after(t, first);
    t->moves += first != at;
    t->used -= first != at;
    at = first;
  }
  t->index[at] = (hash & t->tags) | (number + 1);
  if (++t->used >= index_limit(t->capacity)) renew_index(t);
  return (uint8_t *)head + map->value_offset;
}

uint8_t *rn_table_append(rn_table *t) {
  uint32_t number;
  return (uint8_t *)new_slot(t, 0, &number) + t->map->value_offset;
}

void rn_table_seal(rn_table *t) { drop_index(t); }

static inline uint8_t *upsert(rn_table *t, uint32_t at, uint32_t hash, const char *key, uint32_t length, bool *is_new) {
  for (;; at = after(t, at)) {
    uint32_t entry = t->index[at], number = entry_slot(t, entry, hash);
    if (number) {
      uint8_t *slot = table_slot(t, --number);
      slot_head *head = (slot_head *)(void *)slot;
      if (!same_key(t->map, head, key, length)) continue;
      mark(t, head, number);
      *is_new = false;
      return slot + t->map->value_offset;
    }
    if (entry) continue;
    *is_new = true;
    return insert(t, at, hash, key, length);
  }
}

/* Number of a live slot. */
static uint32_t number_of(const rn_table *t, const uint8_t *value) {
  if (!t->index) make_index((rn_table *)(uintptr_t)t);
  return (t->index[place_of(t, value)] & ~t->tags) - 1;
}

/* Where an entry of the hash may be, or is not. */
static inline uint32_t first_candidate(const rn_table *t, uint32_t at, uint32_t hash) {
  while (t->index[at] && !entry_slot(t, t->index[at], hash)) at = after(t, at);
  return at;
}

static void upsert_all(rn_table *t, const rn_keys *keys, const uint16_t *which, uint32_t n, uint8_t **slots, bool *is_new) {
  bool ignored;
  if (!t->index) make_index(t);
  if ((size_t)t->live * t->map->slot_size > PREFETCH_FROM_BYTES) {
    enum { GROUP = 64 };
    uint32_t places[GROUP];
    for (uint32_t first = 0; first < n; first += GROUP) {
      uint32_t count = n - first < GROUP ? n - first : GROUP, moves = t->moves;
      for (uint32_t i = 0; i < count; i++) {
        places[i] = home_of(t, (uint32_t)(keys->hashes[which ? which[first + i] : first + i] >> 32));
        __builtin_prefetch(&t->index[places[i]]);
      }
      for (uint32_t i = 0; i < count; i++) {
        uint32_t hash = (uint32_t)(keys->hashes[which ? which[first + i] : first + i] >> 32);
        places[i] = first_candidate(t, places[i], hash);
        uint32_t slot = t->index[places[i]] & ~t->tags;
        if (slot) __builtin_prefetch(table_slot(t, slot - 1), 1);
      }
      for (uint32_t i = 0; i < count; i++) {
        uint32_t k = which ? which[first + i] : first + i, hash = (uint32_t)(keys->hashes[k] >> 32);
        uint32_t at = moves == t->moves ? places[i] : home_of(t, hash);
        slots[first + i] = upsert(t, at, hash, keys->keys[k], keys->lengths[k], is_new ? &is_new[first + i] : &ignored);
      }
    }
    return;
  }
  for (uint32_t i = 0; i < n; i++) {
    uint32_t k = which ? which[i] : i, hash = (uint32_t)(keys->hashes[k] >> 32);
    slots[i] = upsert(t, home_of(t, hash), hash, keys->keys[k], keys->lengths[k], is_new ? &is_new[i] : &ignored);
  }
}

void rn_table_upsert(rn_table *t, const rn_keys *keys, const uint16_t *which, uint32_t n, uint8_t **slots, bool *is_new) {
  upsert_all(t, keys, which, n, slots, is_new);
  for (uint32_t i = 0; i < n && t->map->stamp_offset; i++) {
    bool renewed = rn_slot_write(t->map, slots[i]);
    if (is_new) is_new[i] |= renewed;
  }
}

uint8_t *rn_table_upsert_one(rn_table *t, uint64_t hash, const char *key, uint32_t length, bool *is_new) {
  bool ignored;
  if (!is_new) is_new = &ignored;
  if (!t->index) make_index(t);
  uint32_t half = (uint32_t)(hash >> 32);
  uint8_t *value = upsert(t, home_of(t, half), half, key, length, is_new);
  if (t->map->stamp_offset) *is_new |= rn_slot_write(t->map, value);
  return value;
}

/* Index position of a key; false: not there. */
static bool find(const rn_table *t, uint32_t hash, const char *key, uint32_t length, uint32_t *position) {
  if (!t->index && !t->live) return false;
  if (!t->index) make_index((rn_table *)(uintptr_t)t);
  for (uint32_t at = home_of(t, hash); t->index[at]; at = after(t, at)) {
    uint32_t slot = entry_slot(t, t->index[at], hash);
    if (!slot || !same_key(t->map, (const slot_head *)(void *)table_slot(t, slot - 1), key, length)) continue;
    *position = at;
    return true;
  }
  return false;
}

uint8_t *rn_table_find(const rn_table *t, uint64_t hash, const char *key, uint32_t length) {
  uint32_t at;
  if (!find(t, (uint32_t)(hash >> 32), key, length, &at)) return NULL;
  uint8_t *value = table_slot(t, (t->index[at] & ~t->tags) - 1) + t->map->value_offset;
  return has_expired(t->map, value) ? NULL : value;
}

void rn_table_touch(rn_table *t, uint8_t *slot) {
  slot_head *head = head_of(t->map, slot);
  if (t->map->stamp_offset && !t->map->spec.owner) stamp_of(t->map, slot)->written = t->map->state->now_us;
  if (head->flags & SLOT_DIRTY) return;
  mark(t, head, number_of(t, slot));
}

static void release_refs(rn_map *map, uint8_t *slot) {
  rn_state *state = map->state;
  for (uint32_t r = 0; r < map->spec.ref_count; r++) {
    const rn_ref_spec *spec = &map->spec.refs[r];
    rn_ref ref;
    memcpy(&ref, slot + spec->offset, sizeof ref);
    for (uint32_t i = 0, n = spec->nested_count && ref ? rn_list_count(state, ref) : 0; i < n; i++) {
      for (uint32_t k = 0; k < spec->nested_count; k++) {
        rn_ref nested;
        memcpy(&nested, rn_list_at(state, ref, i) + spec->nested[k], sizeof nested);
        rn_state_release(state, nested);
      }
    }
    rn_state_release(state, ref);
  }
}

void rn_slot_clear(rn_map *map, uint8_t *value) {
  release_refs(map, value);
  memset(value - map->spec.lead, 0, map->spec.lead + map->spec.value_size);
}

static void release_key(rn_map *map, uint8_t *slot) {
  const slot_head *head = head_of(map, slot);
  if (head->flags & KEY_IN_HEAP) rn_state_release(map->state, heap_key(head));
}

/* Takes the entry out of index and slots. */
static void remove_at(rn_table *t, uint32_t at) {
  uint32_t number = (t->index[at] & ~t->tags) - 1;
  uint8_t *slot = table_slot(t, number);
  release_refs(t->map, slot + t->map->value_offset);
  release_key(t->map, slot + t->map->value_offset);
  ((slot_head *)(void *)slot)->flags = 0;
  RN_VEC_PUSH(&t->holes, number);
  t->live--;
  clear_entry(t, at);
}

void rn_table_erase(rn_table *t, uint8_t *slot) {
  rn_map *map = t->map;
  slot_head *head = head_of(map, slot);
  rn_slice key = rn_slot_key(map, slot);
  if (head->flags & SLOT_SAVED) {
    rn_builder *b = &map->state->removed[group_of(head->hash)];
    rn_put_u8(b, RECORD_ERASE);
    rn_put_u8(b, map->spec.id);
    rn_put_i64(b, t->ns);
    rn_put_u32(b, head->hash);
    rn_put_bytes(b, key.ptr, key.len);
  }
  if (!t->index) make_index(t);
  remove_at(t, place_of(t, slot));
}

uint32_t rn_table_end(const rn_table *t) { return t->end; }
uint8_t *rn_table_at(const rn_table *t, uint32_t position) {
  uint8_t *slot = table_slot(t, position);
  return ((const slot_head *)(void *)slot)->flags & SLOT_LIVE ? slot + t->map->value_offset : NULL;
}
uint32_t rn_table_position(const rn_table *t, const uint8_t *slot) { return number_of(t, slot); }
void rn_table_prefetch(const rn_table *t, uint32_t position) {
  const uint8_t *slot = table_slot(t, position);
  __builtin_prefetch(slot, 1);
  __builtin_prefetch(slot + t->map->slot_size - 1, 1);
}
void rn_table_prefetch_index(const rn_table *t, const uint8_t *slot) {
  if (t->index) __builtin_prefetch(&t->index[home_of(t, head_of(t->map, slot)->hash)], 1);
}
uint32_t rn_table_live(const rn_table *t) { return t->live; }
int64_t rn_table_namespace(const rn_table *t) { return t->ns; }

uint8_t *rn_table_restore(rn_table *t, uint32_t half_hash, const char *key, uint32_t length) {
  bool fresh;
  if (!t->index) make_index(t);
  uint32_t dirty = (uint32_t)t->dirty.len;
  uint8_t *value = upsert(t, home_of(t, half_hash), half_hash, key, length, &fresh);
  if (!fresh) rn_slot_clear(t->map, value); /* a later delta: the old value goes */
  t->dirty.len = dirty;
  t->clean_end = t->end;
  slot_head *head = head_of(t->map, value);
  head->flags = (uint8_t)((head->flags & ~SLOT_DIRTY) | SLOT_SAVED);
  bit_set(t->saved_groups, group_of(half_hash));
  return value;
}

void rn_table_forget(rn_table *t, uint32_t half_hash, const char *key, uint32_t length) {
  uint32_t at;
  if (find(t, half_hash, key, length, &at)) remove_at(t, at);
}

/* --- namespaces --------------------------------------------------------------------------------------------- */

uint32_t rn_map_lower_bound(const rn_map *map, int64_t ns) {
  uint32_t low = 0, high = (uint32_t)map->tables.len;
  while (low < high) {
    uint32_t middle = (low + high) / 2;
    if (map->tables.data[middle]->ns < ns) low = middle + 1;
    else high = middle;
  }
  return low;
}

rn_table *rn_map_find(rn_map *map, int64_t ns) {
  uint32_t at = rn_map_lower_bound(map, ns);
  return at < map->tables.len && map->tables.data[at]->ns == ns ? map->tables.data[at] : NULL;
}

rn_table *rn_map_table(rn_map *map, int64_t ns) {
  uint32_t at = rn_map_lower_bound(map, ns);
  if (at < map->tables.len && map->tables.data[at]->ns == ns) return map->tables.data[at];
  rn_table *t = rn_calloc(1, sizeof *t);
  t->map = map;
  t->ns = ns;
  RN_VEC_PUSH(&map->tables, t);
  memmove(&map->tables.data[at + 1], &map->tables.data[at], (map->tables.len - 1 - at) * sizeof(rn_table *));
  map->tables.data[at] = t;
  return t;
}

uint32_t rn_map_table_count(const rn_map *map) { return (uint32_t)map->tables.len; }
rn_table *rn_map_table_at(rn_map *map, uint32_t index) { return map->tables.data[index]; }

static void free_table(rn_table *t, bool keep_pages) {
  rn_map *map = t->map;
  rn_state *state = map->state;
  for (uint32_t i = 0; i < t->end; i++) { /* heap blocks are the only thing a slot owns */
    uint8_t *slot = map->spec.ref_count || (!map->spec.key_size && !map->spec.plain) ? rn_table_at(t, i) : NULL;
    if (!slot) continue;
    release_refs(map, slot);
    release_key(map, slot);
  }
  drop_index(t);
  for (size_t i = 0; i < t->pages.len; i++) {
    unsigned index = page_class(i);
    if (keep_pages && map->pool[index].len < POOLED_PAGES_MAX) RN_VEC_PUSH(&map->pool[index], t->pages.data[i]);
    else rn_page_free(state, t->pages.data[i], page_bytes(map, i));
  }
  RN_VEC_FREE(&t->pages);
  RN_VEC_FREE(&t->dirty);
  RN_VEC_FREE(&t->holes);
  rn_free(t);
}

void rn_map_drop(rn_map *map, int64_t ns) {
  uint32_t at = rn_map_lower_bound(map, ns);
  if (at == map->tables.len || map->tables.data[at]->ns != ns) return;
  rn_table *t = map->tables.data[at];
  for (unsigned g = 0; g < RN_KEY_GROUPS; g++) {
    if (!bit_get(t->saved_groups, g)) continue;
    rn_builder *b = &map->state->removed[g];
    rn_put_u8(b, RECORD_DROP);
    rn_put_u8(b, map->spec.id);
    rn_put_i64(b, ns);
  }
  free_table(t, true);
  map->tables.len--;
  memmove(&map->tables.data[at], &map->tables.data[at + 1], (map->tables.len - at) * sizeof(rn_table *));
}

void rn_map_forget(rn_map *map, int64_t ns, unsigned group) {
  rn_table *t = rn_map_find(map, ns);
  if (!t) return;
  if (!t->index) make_index(t);
  for (uint32_t i = 0; i < t->end; i++) {
    uint8_t *slot = rn_table_at(t, i);
    if (!slot || group_of(head_of(map, slot)->hash) != group) continue;
    remove_at(t, place_of(t, slot));
  }
  if (t->live) return;
  uint32_t at = rn_map_lower_bound(map, ns);
  free_table(t, true);
  map->tables.len--;
  memmove(&map->tables.data[at], &map->tables.data[at + 1], (map->tables.len - at) * sizeof(rn_table *));
}

void rn_map_close(rn_map *map) {
  for (size_t i = 0; i < map->tables.len; i++) free_table(map->tables.data[i], false);
  for (unsigned k = 0; k < PAGE_CLASSES; k++) {
    for (size_t i = 0; i < map->pool[k].len; i++) rn_free(map->pool[k].data[i].raw);
    RN_VEC_FREE(&map->pool[k]);
  }
  for (size_t i = 0; i < map->spares.len; i++) rn_free(map->spares.data[i].index);
  RN_VEC_FREE(&map->spares);
  RN_VEC_FREE(&map->tables);
  for (uint32_t r = 0; r < map->spec.ref_count; r++) rn_free((void *)(uintptr_t)map->spec.refs[r].nested);
  rn_free((void *)(uintptr_t)map->spec.refs);
  rn_free(map);
}
