/* Keyed state as a whole: opening, and snapshots by key group.
 *
 * A blob of a group is a sequence of records. A delta first tells what is gone (erased entries, dropped
 * namespaces, cut buffers), then what changed; a base holds everything of the group. Slots are written word by word
 * without the bytes that say nothing (counts and sums are small numbers: a third of the bytes), refs behind them. When the deltas would exceed half of the
 * bases, all groups get a new base: tables are not divided by group, so one pass serves them all, and an entry is
 * written once per barrier whichever it becomes. */
#include "runtime/state.h"

#include "base/alloc.h"
#include "runtime/state_private.h"

enum { PACKED_KEY_MAX = 128 };

rn_state *rn_state_open(const char *operator_id, uint64_t hash_seed, uint16_t first_group, uint16_t last_group) {
  rn_state *state = rn_calloc(1, sizeof *state);
  state->operator_id = operator_id;
  state->seed = hash_seed;
  state->first_group = first_group;
  state->last_group = last_group;
  return state;
}

void rn_state_close(rn_state *state) {
  if (!state) return;
  for (size_t i = 0; i < state->maps.len; i++) rn_map_close(state->maps.data[i]);
  for (size_t i = 0; i < state->buffers.len; i++) rn_buffer_close(state->buffers.data[i]);
  for (unsigned g = 0; g < RN_KEY_GROUPS; g++) rn_builder_free(&state->removed[g]);
  rn_heap_close(state);
  RN_VEC_FREE(&state->maps);
  RN_VEC_FREE(&state->buffers);
  rn_free(state);
}

size_t rn_state_bytes(const rn_state *state) { return state->bytes; }

size_t rn_state_rows(const rn_state *state) {
  size_t rows = 0;
  for (size_t i = 0; i < state->maps.len; i++) {
    const rn_map *map = state->maps.data[i];
    for (size_t k = 0; k < map->tables.len; k++) rows += map->tables.data[k]->live;
  }
  for (size_t i = 0; i < state->buffers.len; i++) rows += rn_buffer_count(state->buffers.data[i]);
  return rows;
}

rn_map *rn_state_map(rn_state *state, const rn_map_spec *spec) {
  rn_map *map = rn_calloc(1, sizeof *map);
  map->state = state;
  map->spec = *spec;
  rn_ref_spec *refs = rn_malloc((spec->ref_count + 1) * sizeof *refs);
  for (uint32_t r = 0; r < spec->ref_count; r++) {
    refs[r] = spec->refs[r];
    if (spec->ttl_us && refs[r].stamped) refs[r].element_size += (uint32_t)sizeof(int64_t);
    uint32_t *nested = rn_malloc((refs[r].nested_count + 1) * sizeof *nested);
    if (refs[r].nested_count) memcpy(nested, refs[r].nested, refs[r].nested_count * sizeof *nested);
    refs[r].nested = nested;
  }
  map->spec.refs = refs;
  uint32_t align = spec->value_align > 8 ? spec->value_align : 8;
  uint32_t tag = spec->tags * (uint32_t)sizeof(uint32_t) + spec->lead;
  map->key_offset = (uint32_t)offsetof(slot_head, key) + (spec->key_size ? 0 : 1);
  map->key_area = spec->plain ? 0 : spec->key_size ? spec->key_size : VARIABLE_KEY_INLINE - tag;
  map->value_offset = (map->key_offset + map->key_area + tag + align - 1) & ~(align - 1);
  uint32_t stamp_end = (spec->value_size + 7) & ~7u;
  if (spec->ttl_us) {
    map->stamp_offset = stamp_end;
    stamp_end += (uint32_t)sizeof(stamp);
  }
  map->slot_size = (map->value_offset + (spec->ttl_us ? stamp_end : spec->value_size) + align - 1) & ~(align - 1);
  RN_VEC_PUSH(&state->maps, map);
  return map;
}

rn_buffer *rn_state_buffer(rn_state *state, uint8_t id) {
  rn_buffer *b = rn_calloc(1, sizeof *b);
  b->state = state;
  b->id = id;
  b->largest = b->cut = INT64_MIN;
  RN_VEC_PUSH(&state->buffers, b);
  return b;
}

/* --- writing ------------------------------------------------------------------------------------------------ */

/* Room for n more bytes; the caller writes them and adds to len. */
static inline char *room(rn_builder *b, size_t n) {
  if (b->cap - b->len <= n) rn_builder_reserve(b, n + 1);
  return b->data + b->len;
}

static void put_refs(rn_builder *b, rn_state *state, const rn_map *map, const uint8_t *value) {
  for (uint32_t r = 0; r < map->spec.ref_count; r++) {
    const rn_ref_spec *spec = &map->spec.refs[r];
    rn_ref ref;
    memcpy(&ref, value + spec->offset, sizeof ref);
    if (!ref) continue;
    if (!spec->element_size) {
      rn_slice s = rn_state_load(state, ref);
      rn_put_bytes(b, s.ptr, s.len);
      continue;
    }
    uint32_t n = rn_list_count(state, ref);
    rn_put_varint(b, n);
    for (uint32_t i = 0; i < n; i++) {
      const uint8_t *element = rn_list_at(state, ref, i);
      rn_builder_append(b, element, spec->element_size);
      for (uint32_t k = 0; k < spec->nested_count; k++) {
        rn_ref nested;
        memcpy(&nested, element + spec->nested[k], sizeof nested);
        if (!nested) continue;
        rn_slice s = rn_state_load(state, nested);
        rn_put_bytes(b, s.ptr, s.len);
      }
    }
  }
}

/* Builders of one snapshot: which record each group's blob is in. */
typedef struct blobs {
  rn_builder data[RN_KEY_GROUPS];
  const void *open[RN_KEY_GROUPS]; /* table or buffer whose entries are being written */
  uint64_t entries;
} blobs;

static void close_record(blobs *out, unsigned g) {
  if (out->open[g]) rn_put_u8(&out->data[g], RECORD_END);
  out->open[g] = NULL;
}

/* Keys of one size are packed like values; longer ones are rare, and others have a length. */
static bool packs_keys(const rn_map *map) { return map->spec.key_size && map->spec.key_size <= PACKED_KEY_MAX; }

static inline unsigned width_of(uint64_t word) { /* 0 to 8: bytes, zeros above; 9 to 15: 8 more than bytes, ones above */
  unsigned zeros = word ? 8 - (unsigned)__builtin_clzll(word) / 8 : 0;
  unsigned ones = ~word ? 8 - (unsigned)__builtin_clzll(~word) / 8 : 1;
  return ones < zeros ? 8 + ones : zeros;
}
static inline unsigned bytes_of(unsigned width) { return width > 8 ? width - 8 : width; }

/* Words in pairs: their widths in a byte, then their bytes; what is no whole word as it is. Writes up to 8 bytes more
 * than it returns. */
static inline char *pack(char *to, const void *data, uint32_t size) {
  const char *from = data;
  while (size >= 8) {
    uint64_t a, b = 0;
    memcpy(&a, from, 8);
    from += 8;
    size -= 8;
    if (size >= 8) {
      memcpy(&b, from, 8);
      from += 8;
      size -= 8;
    }
    unsigned first = width_of(a), second = width_of(b);
    *to++ = (char)(first | second << 4);
    memcpy(to, &a, 8);
    to += bytes_of(first);
    memcpy(to, &b, 8);
    to += bytes_of(second);
  }
  memcpy(to, from, size);
  return to + size;
}
static uint32_t packed_most(uint32_t size) { return size + size / 8 + 16; }
static inline char *pack_value(char *to, const rn_map *map, const uint8_t *value) {
  if (map->spec.lead) to = pack(to, value - map->spec.lead, map->spec.lead);
  to = pack(to, value, map->spec.value_size);
  return map->stamp_offset ? pack(to, stamp_of(map, value), sizeof(stamp)) : to;
}

/* Writes a live slot; from now on it is stored and clean. This is what a task does at a barrier. */
static inline void put_entry(rn_state *state, blobs *out, rn_table *t, slot_head *head) {
  const rn_map *map = t->map;
  const uint8_t *value = (const uint8_t *)head + map->value_offset;
  unsigned g = group_of(head->hash);
  rn_builder *b = &out->data[g];
  if (out->open[g] != t) {
    close_record(out, g);
    out->open[g] = t;
    rn_put_u8(b, map->stamp_offset ? RECORD_STAMPED : RECORD_ENTRIES);
    rn_put_u8(b, map->spec.id);
    rn_put_i64(b, t->ns);
    bit_set(t->saved_groups, g);
  }
  out->entries++;
  uint32_t size = map->spec.value_size + map->spec.lead, key_size = map->spec.key_size;
  if (map->stamp_offset) size += (uint32_t)sizeof(stamp) + 8; /* packed by itself */
  if (packs_keys(map)) {
    char *begin = room(b, 5 + packed_most(key_size) + packed_most(size)), *to = begin;
    *to++ = 1; /* another entry follows; 0 (RECORD_END) ends them */
    memcpy(to, &head->hash, 4);
    to = pack(to + 4, head->key, key_size);
    b->len += (size_t)(pack_value(to, map, value) - begin);
  } else {
    rn_slice key = rn_slot_key(map, value);
    rn_put_u8(b, 1);
    rn_put_u32(b, head->hash);
    rn_put_bytes(b, key.ptr, key.len);
    char *begin = room(b, packed_most(size));
    b->len += (size_t)(pack_value(begin, map, value) - begin);
  }
  if (map->spec.ref_count) put_refs(b, state, map, value);
  head->flags = (uint8_t)((head->flags & ~SLOT_DIRTY) | SLOT_SAVED);
}

static void put_row(blobs *out, const rn_buffer *buffer, rn_buffered *e) {
  unsigned g = e->group;
  rn_builder *b = &out->data[g];
  if (out->open[g] != buffer) {
    close_record(out, g);
    out->open[g] = buffer;
    rn_put_u8(b, RECORD_ROWS);
    rn_put_u8(b, buffer->id);
  }
  rn_put_u8(b, 1);
  rn_put_i64(b, e->order);
  rn_put_bytes(b, e->row, e->length);
  e->saved = true;
}

static void put_buffer(blobs *out, rn_buffer *buffer, bool base) {
  for (unsigned g = 0; g < RN_KEY_GROUPS && buffer->cut != INT64_MIN && !base; g++) {
    if (!bit_get(buffer->cut_groups, g)) continue;
    close_record(out, g);
    rn_put_u8(&out->data[g], RECORD_CUT);
    rn_put_u8(&out->data[g], buffer->id);
    rn_put_i64(&out->data[g], buffer->cut);
  }
  for (size_t k = buffer->first; k < buffer->entries.len; k++) {
    if (base || !buffer->entries.data[k].saved) put_row(out, buffer, &buffer->entries.data[k]);
  }
  memset(buffer->cut_groups, 0, sizeof buffer->cut_groups);
  buffer->cut = INT64_MIN;
  buffer->unsaved_bytes = 0;
}

static void put_table(rn_state *state, blobs *out, rn_table *t, bool base) {
  if (base) {
    memset(t->saved_groups, 0, sizeof t->saved_groups);
    for (uint32_t s = 0; s < t->end; s++) {
      slot_head *head = (slot_head *)(void *)table_slot(t, s);
      if (head->flags & SLOT_LIVE) put_entry(state, out, t, head);
    }
  } else {
    for (size_t d = 0; d < t->dirty.len; d++) {
      slot_head *head = (slot_head *)(void *)table_slot(t, t->dirty.data[d]);
      /* not: erased, or named twice */
      if ((head->flags & SLOT_LIVE) && (head->flags & SLOT_DIRTY)) put_entry(state, out, t, head);
    }
    for (uint32_t s = t->clean_end; s < t->end; s++) {
      slot_head *head = (slot_head *)(void *)table_slot(t, s);
      if ((head->flags & SLOT_LIVE) && (head->flags & SLOT_DIRTY)) put_entry(state, out, t, head);
    }
  }
  t->dirty.len = 0;
  t->clean_end = t->end;
}

static void write_all(rn_state *state, blobs *out, bool base) {
  for (unsigned g = 0; g < RN_KEY_GROUPS; g++) {
    if (base) {
      rn_builder_free(&state->removed[g]); /* what a base does not have is gone */
    } else {
      out->data[g] = state->removed[g];
      state->removed[g] = (rn_builder){0};
    }
  }
  for (size_t i = 0; i < state->buffers.len; i++) put_buffer(out, state->buffers.data[i], base);
  for (size_t i = 0; i < state->maps.len; i++) {
    rn_map *map = state->maps.data[i];
    for (size_t k = 0; k < map->tables.len && !map->spec.transient; k++) put_table(state, out, map->tables.data[k], base);
  }
  for (unsigned g = 0; g < RN_KEY_GROUPS; g++) close_record(out, g);
}

/* Would the deltas exceed half of the bases? The size of this delta is guessed from the last snapshot. */
static bool wants_bases(const rn_state *state) {
  uint64_t bases = 0, deltas = 0;
  for (unsigned g = state->first_group; g < state->last_group; g++) {
    bases += state->base_bytes[g];
    deltas += state->delta_bytes[g] + state->removed[g].len;
  }
  for (size_t i = 0; i < state->buffers.len; i++) deltas += state->buffers.data[i]->unsaved_bytes;
  for (size_t i = 0; i < state->maps.len; i++) {
    const rn_map *map = state->maps.data[i];
    uint64_t entry = state->entry_bytes > map->slot_size ? state->entry_bytes : map->slot_size;
    for (size_t k = 0; k < map->tables.len && !map->spec.transient; k++) {
      const rn_table *t = map->tables.data[k];
      deltas += entry * (t->dirty.len + t->end - t->clean_end);
    }
  }
  return deltas > bases / 2;
}

rn_status rn_state_snapshot(rn_state *state, rn_snapshot *out, rn_error *err) {
  (void)err;
  blobs written = {0};
  bool base = wants_bases(state);
  uint64_t bytes = 0;
  for (unsigned g = state->first_group; base && g < state->last_group; g++) {
    if (state->base_bytes[g] > 1) rn_builder_reserve(&written.data[g], state->base_bytes[g] + state->base_bytes[g] / 8);
  }
  write_all(state, &written, base);
  for (unsigned g = state->first_group; g < state->last_group; g++) {
    rn_builder *data = &written.data[g];
    bool nothing_stored = state->base_bytes[g] <= 1 && !state->delta_bytes[g];
    bytes += data->len;
    if (!data->len && (!base || nothing_stored)) continue;
    /* Where nothing is stored yet a delta is everything. base_bytes counts one more, so that an empty base shows. */
    bool is_base = base || !state->base_bytes[g];
    if (is_base) {
      state->base_bytes[g] = data->len + 1;
      state->delta_bytes[g] = 0;
    } else {
      state->delta_bytes[g] += data->len;
    }
    rn_snapshot_put(out, state->operator_id, (uint16_t)g, is_base, data);
  }
  if (written.entries) state->entry_bytes = bytes / written.entries;
  for (unsigned g = 0; g < RN_KEY_GROUPS; g++) rn_builder_free(&written.data[g]);
  return RN_OK;
}

/* --- reading ------------------------------------------------------------------------------------------------ */

static rn_map *map_by_id(rn_state *state, uint8_t id) {
  for (size_t i = 0; i < state->maps.len; i++) {
    if (state->maps.data[i]->spec.id == id) return state->maps.data[i];
  }
  return NULL;
}
static rn_buffer *buffer_by_id(rn_state *state, uint8_t id) {
  for (size_t i = 0; i < state->buffers.len; i++) {
    if (state->buffers.data[i]->id == id) return state->buffers.data[i];
  }
  return NULL;
}

static const char *get_raw(rn_reader *r, size_t n) {
  if (r->bad || (size_t)(r->end - r->ptr) < n) {
    r->bad = true;
    return NULL;
  }
  const char *at = r->ptr;
  r->ptr += n;
  return at;
}

static rn_ref get_ref(rn_reader *r, rn_state *state) {
  rn_slice s = rn_get_bytes(r);
  return r->bad ? 0 : rn_state_store(state, s.ptr, s.len);
}

/* stamped: elements that may have a stamp were stored with one. */
static rn_ref get_list(rn_reader *r, const rn_map *map, const rn_ref_spec *spec, bool stamped) {
  rn_state *state = map->state;
  rn_ref list = 0;
  uint64_t n = rn_get_varint(r);
  uint32_t bare = spec->element_size - (spec->stamped && map->stamp_offset ? (uint32_t)sizeof(int64_t) : 0);
  uint32_t stored = bare + (spec->stamped && stamped ? (uint32_t)sizeof(int64_t) : 0);
  for (uint64_t i = 0; i < n && !r->bad; i++) {
    const char *bytes = get_raw(r, stored);
    if (!bytes) break;
    uint8_t *element = rn_list_push(state, &list, spec->element_size, 0);
    if (bare < spec->element_size) rn_element_write(map, element, bare);
    memcpy(element, bytes, stored < spec->element_size ? stored : spec->element_size);
    for (uint32_t k = 0; k < spec->nested_count; k++) {
      rn_ref nested;
      memcpy(&nested, element + spec->nested[k], sizeof nested);
      if (nested) nested = get_ref(r, state);
      memcpy(element + spec->nested[k], &nested, sizeof nested);
    }
  }
  return list;
}

static void unpack(rn_reader *r, void *data, uint32_t size) {
  char *to = data;
  while (size >= 8) {
    unsigned widths = rn_get_u8(r);
    for (unsigned i = 0; i < 2 && size >= 8; i++, widths >>= 4, size -= 8, to += 8) {
      unsigned width = widths & 15;
      uint64_t word = width > 8 ? UINT64_MAX : 0;
      const char *bytes = get_raw(r, bytes_of(width));
      if (!bytes) return;
      memcpy(&word, bytes, bytes_of(width));
      memcpy(to, &word, 8);
    }
  }
  const char *rest = get_raw(r, size);
  if (rest) memcpy(to, rest, size);
}

static void get_entry(rn_reader *r, rn_state *state, rn_table *t, bool stamped) {
  rn_map *map = t->map;
  uint32_t hash = rn_get_u32(r);
  char packed[PACKED_KEY_MAX + 8];
  rn_slice key = {packed, map->spec.key_size};
  if (packs_keys(map)) unpack(r, packed, map->spec.key_size);
  else key = rn_get_bytes(r);
  if (r->bad) return;
  uint8_t *value = rn_table_restore(t, hash, key.ptr, (uint32_t)key.len);
  unpack(r, value - map->spec.lead, map->spec.lead);
  unpack(r, value, map->spec.value_size);
  stamp when = {state->now_us, 0}; /* where there was no ttl time begins now; an entry and its owner agree */
  if (stamped) unpack(r, &when, sizeof when);
  if (map->stamp_offset) *stamp_of(map, value) = when;
  if (r->bad) {
    memset(value - map->spec.lead, 0, map->spec.lead + map->spec.value_size); /* half a slot may hold refs to nowhere */
    return;
  }
  for (uint32_t i = 0; i < map->spec.ref_count; i++) {
    const rn_ref_spec *spec = &map->spec.refs[i];
    rn_ref ref;
    memcpy(&ref, value + spec->offset, sizeof ref);
    if (ref) ref = spec->element_size ? get_list(r, map, spec, stamped) : get_ref(r, state);
    memcpy(value + spec->offset, &ref, sizeof ref);
  }
}

rn_status rn_state_restore(rn_state *state, const rn_blob *blob, rn_error *err) {
  if (blob->group < state->first_group || blob->group >= state->last_group) return RN_OK;
  unsigned g = blob->group;
  rn_reader r = {blob->data, blob->data + blob->len, false};
  if (blob->is_base) {
    state->base_bytes[g] = blob->len + 1;
    state->delta_bytes[g] = 0;
  } else {
    state->delta_bytes[g] += blob->len;
  }
  while (r.ptr < r.end && !r.bad) {
    uint8_t kind = rn_get_u8(&r), id = rn_get_u8(&r);
    rn_map *map = kind == RECORD_CUT || kind == RECORD_ROWS ? NULL : map_by_id(state, id);
    rn_buffer *buffer = kind == RECORD_CUT || kind == RECORD_ROWS ? buffer_by_id(state, id) : NULL;
    if (r.bad || (!map && !buffer)) break;
    if (kind == RECORD_CUT) {
      rn_buffer_forget(buffer, rn_get_i64(&r), g);
    } else if (kind == RECORD_ROWS) {
      while (rn_get_u8(&r) == 1 && !r.bad) {
        int64_t order = rn_get_i64(&r);
        rn_slice row = rn_get_bytes(&r);
        if (!r.bad) rn_buffer_restore(buffer, order, blob->group, row.ptr, (uint32_t)row.len);
      }
    } else if (kind == RECORD_DROP) {
      rn_map_forget(map, rn_get_i64(&r), g);
    } else if (kind == RECORD_ERASE) {
      rn_table *t = rn_map_find(map, rn_get_i64(&r));
      uint32_t hash = rn_get_u32(&r);
      rn_slice key = rn_get_bytes(&r);
      if (t && !r.bad) rn_table_forget(t, hash, key.ptr, (uint32_t)key.len);
    } else if (kind == RECORD_ENTRIES || kind == RECORD_STAMPED) {
      rn_table *t = rn_map_table(map, rn_get_i64(&r));
      while (rn_get_u8(&r) == 1 && !r.bad) get_entry(&r, state, t, kind == RECORD_STAMPED);
    } else {
      r.bad = true;
    }
  }
  if (!r.bad && r.ptr == r.end) return RN_OK;
  return rn_fail(err, RN_E_STATE_CORRUPT, "stored state of operator %s, key group %u, cannot be read", state->operator_id, g);
}
