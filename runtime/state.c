/* Keyed state as a whole: opening, and snapshots by key group.
 *
 * A blob of a group is a sequence of records. A delta first tells what is gone (erased entries, dropped
 * namespaces, cut buffers), then what changed; a base holds everything of the group. Bytes of a slot are
 * written as they lie in memory, refs are written out behind them. A group gets a new base when its deltas
 * exceed half of the last one; as tables are not divided by group, finding a group's entries means one pass
 * over all, so bases wait until the groups that need one are worth the pass. */
#include "runtime/state.h"

#include "base/alloc.h"
#include "runtime/state_private.h"

enum { BASE_MIN_BYTES = 4096, OVERDUE = 4 };

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
    uint32_t *nested = rn_malloc((refs[r].nested_count + 1) * sizeof *nested);
    if (refs[r].nested_count) memcpy(nested, refs[r].nested, refs[r].nested_count * sizeof *nested);
    refs[r].nested = nested;
  }
  map->spec.refs = refs;
  uint32_t align = spec->value_align > 8 ? spec->value_align : 8;
  map->key_area = spec->key_size ? (spec->key_size + 7) & ~7u : VARIABLE_KEY_INLINE;
  map->value_offset = ((uint32_t)sizeof(slot_head) + map->key_area + align - 1) & ~(align - 1);
  map->slot_size = (map->value_offset + spec->value_size + align - 1) & ~(align - 1);
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

static void put_entry(rn_builder *b, rn_state *state, const rn_map *map, const uint8_t *value) {
  const slot_head *head = head_of(map, value);
  rn_slice key = rn_slot_key(map, value);
  rn_put_u32(b, head->hash);
  rn_put_bytes(b, key.ptr, key.len);
  rn_builder_append(b, value, map->spec.value_size);
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
} blobs;

static void close_record(blobs *out, unsigned g) {
  if (out->open[g]) rn_put_u8(&out->data[g], RECORD_END);
  out->open[g] = NULL;
}

static rn_builder *entry_place(blobs *out, unsigned g, const rn_table *t) {
  rn_builder *b = &out->data[g];
  if (out->open[g] != t) {
    close_record(out, g);
    out->open[g] = t;
    rn_put_u8(b, RECORD_ENTRIES);
    rn_put_u8(b, t->map->spec.id);
    rn_put_i64(b, t->ns);
  }
  rn_put_u8(b, 1); /* another entry follows; 0 (RECORD_END) ends them */
  return b;
}

static void put_row(blobs *out, const rn_buffer *buffer, const buffer_entry *e) {
  unsigned g = e->row.group;
  rn_builder *b = &out->data[g];
  if (out->open[g] != buffer) {
    close_record(out, g);
    out->open[g] = buffer;
    rn_put_u8(b, RECORD_ROWS);
    rn_put_u8(b, buffer->id);
  }
  rn_put_u8(b, 1);
  rn_put_i64(b, e->row.order);
  rn_put_bytes(b, e->row.row, e->row.length);
}

static void write_delta(rn_state *state, blobs *out) {
  for (unsigned g = 0; g < RN_KEY_GROUPS; g++) {
    out->data[g] = state->removed[g];
    state->removed[g] = (rn_builder){0};
  }
  for (size_t i = 0; i < state->buffers.len; i++) {
    rn_buffer *buffer = state->buffers.data[i];
    for (unsigned g = 0; g < RN_KEY_GROUPS && buffer->cut != INT64_MIN; g++) {
      if (!bit_get(buffer->cut_groups, g)) continue;
      rn_put_u8(&out->data[g], RECORD_CUT);
      rn_put_u8(&out->data[g], buffer->id);
      rn_put_i64(&out->data[g], buffer->cut);
    }
    memset(buffer->cut_groups, 0, sizeof buffer->cut_groups);
    buffer->cut = INT64_MIN;
    for (size_t k = buffer->first; k < buffer->entries.len; k++) {
      buffer_entry *e = &buffer->entries.data[k];
      if (e->saved) continue;
      e->saved = true;
      put_row(out, buffer, e);
    }
  }
  for (size_t i = 0; i < state->maps.len; i++) {
    rn_map *map = state->maps.data[i];
    for (size_t k = 0; k < map->tables.len && !map->spec.transient; k++) {
      rn_table *t = map->tables.data[k];
      for (size_t d = 0; d < t->dirty.len; d++) {
        slot_head *head = (slot_head *)(void *)table_slot(t, t->dirty.data[d]);
        if (!(head->flags & SLOT_LIVE) || !(head->flags & SLOT_DIRTY)) continue; /* erased, or named twice */
        unsigned g = group_of(head->hash);
        put_entry(entry_place(out, g, t), state, map, (const uint8_t *)head + map->value_offset);
        head->flags = (uint16_t)((head->flags & ~SLOT_DIRTY) | SLOT_SAVED);
        bit_set(t->saved_groups, g);
      }
      t->dirty.len = 0;
    }
  }
  for (unsigned g = 0; g < RN_KEY_GROUPS; g++) close_record(out, g);
}

static void write_bases(rn_state *state, const bool *wanted, blobs *out) {
  for (size_t i = 0; i < state->buffers.len; i++) {
    rn_buffer *buffer = state->buffers.data[i];
    for (size_t k = buffer->first; k < buffer->entries.len; k++) {
      if (wanted[buffer->entries.data[k].row.group]) put_row(out, buffer, &buffer->entries.data[k]);
    }
  }
  for (size_t i = 0; i < state->maps.len; i++) {
    rn_map *map = state->maps.data[i];
    for (size_t k = 0; k < map->tables.len && !map->spec.transient; k++) {
      rn_table *t = map->tables.data[k];
      for (uint32_t s = 0; s < t->end; s++) {
        const slot_head *head = (const slot_head *)(void *)table_slot(t, s);
        unsigned g = group_of(head->hash);
        if (!(head->flags & SLOT_LIVE) || !wanted[g]) continue;
        put_entry(entry_place(out, g, t), state, map, (const uint8_t *)head + map->value_offset);
      }
    }
  }
  for (unsigned g = 0; g < RN_KEY_GROUPS; g++) close_record(out, g);
}

rn_status rn_state_snapshot(rn_state *state, rn_snapshot *out, rn_error *err) {
  (void)err;
  blobs delta = {0}, base = {0};
  bool needy[RN_KEY_GROUPS] = {false};
  bool any = false, overdue = false;
  uint64_t owed = 0;
  write_delta(state, &delta);
  for (unsigned g = state->first_group; g < state->last_group; g++) {
    uint64_t deltas = state->delta_bytes[g] + delta.data[g].len;
    if (!state->base_bytes[g] || !delta.data[g].len || deltas <= state->base_bytes[g] / 2) continue;
    needy[g] = any = true;
    owed += deltas;
    if (deltas > OVERDUE * state->base_bytes[g] + BASE_MIN_BYTES) overdue = true;
  }
  bool rewrite = any && (overdue || owed >= state->bytes / 16);
  if (rewrite) write_bases(state, needy, &base);
  for (unsigned g = state->first_group; g < state->last_group; g++) {
    if (!delta.data[g].len) continue;
    bool first = !state->base_bytes[g]; /* nothing stored yet: the delta is everything */
    if (rewrite && needy[g]) {
      state->base_bytes[g] = base.data[g].len + 1;
      state->delta_bytes[g] = 0;
      rn_snapshot_put(out, state->operator_id, (uint16_t)g, true, &base.data[g]);
    } else {
      if (first) state->base_bytes[g] = delta.data[g].len;
      else state->delta_bytes[g] += delta.data[g].len;
      rn_snapshot_put(out, state->operator_id, (uint16_t)g, first, &delta.data[g]);
    }
  }
  for (unsigned g = 0; g < RN_KEY_GROUPS; g++) {
    rn_builder_free(&delta.data[g]);
    rn_builder_free(&base.data[g]);
  }
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

static rn_ref get_list(rn_reader *r, rn_state *state, const rn_ref_spec *spec) {
  rn_ref list = 0;
  uint64_t n = rn_get_varint(r);
  for (uint64_t i = 0; i < n && !r->bad; i++) {
    const char *bytes = get_raw(r, spec->element_size);
    if (!bytes) break;
    uint8_t *element = rn_list_push(state, &list, spec->element_size);
    memcpy(element, bytes, spec->element_size);
    for (uint32_t k = 0; k < spec->nested_count; k++) {
      rn_ref nested;
      memcpy(&nested, element + spec->nested[k], sizeof nested);
      if (nested) nested = get_ref(r, state);
      memcpy(element + spec->nested[k], &nested, sizeof nested);
    }
  }
  return list;
}

static void get_entry(rn_reader *r, rn_state *state, rn_table *t) {
  rn_map *map = t->map;
  uint32_t hash = rn_get_u32(r);
  rn_slice key = rn_get_bytes(r);
  const char *bytes = get_raw(r, map->spec.value_size);
  if (!bytes) return;
  uint8_t *value = rn_table_restore(t, hash, key.ptr, (uint32_t)key.len);
  memcpy(value, bytes, map->spec.value_size);
  for (uint32_t i = 0; i < map->spec.ref_count; i++) {
    const rn_ref_spec *spec = &map->spec.refs[i];
    rn_ref ref;
    memcpy(&ref, value + spec->offset, sizeof ref);
    if (ref) ref = spec->element_size ? get_list(r, state, spec) : get_ref(r, state);
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
    } else if (kind == RECORD_ENTRIES) {
      rn_table *t = rn_map_table(map, rn_get_i64(&r));
      while (rn_get_u8(&r) == 1 && !r.bad) get_entry(&r, state, t);
    } else {
      r.bad = true;
    }
  }
  if (!r.bad && r.ptr == r.end) return RN_OK;
  return rn_fail(err, RN_E_STATE_CORRUPT, "stored state of operator %s, key group %u, cannot be read", state->operator_id, g);
}
