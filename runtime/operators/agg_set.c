/* See agg_set.h. */
#include "runtime/operators/agg_set.h"

#include "base/hash.h"

/* Does `call` fold the same values as `other`, or the rows they are in? */
static bool same_values(const rn_agg_call *call, const rn_agg_call *other) {
  if (other->distinct || !other->ops->counter || call->filter != other->filter) return false;
  return call->argument == other->argument || (other->argument < 0 && !call->arg_type->nullable);
}

/* Chooses lean accumulators, and for each the call whose count of values serves it too: one that cannot be lean itself
 * (COUNT, AVG), else the first of those that could. */
static void share_counters(rn_agg_set *set) {
  for (uint32_t c = 0; c < set->count; c++) {
    const rn_agg_call *call = &set->calls[c];
    if (!call->ops->lean || call->distinct) continue;
    int owner = -1;
    for (uint32_t o = 0; o < set->count; o++) {
      if (!same_values(call, &set->calls[o])) continue;
      bool fixed = !set->calls[o].ops->lean;
      if (owner < 0 || (fixed && set->calls[owner].ops->lean)) owner = (int)o;
    }
    if (owner < 0 || owner == (int)c) continue; /* itself: its own values are among those it shares */
    set->ops[c] = call->ops->lean;
    set->counted_by[c] = owner;
  }
}

void rn_agg_set_init(rn_agg_set *set, const rn_agg_call *calls, uint32_t count, uint32_t offset, bool share, rn_arena *arena) {
  *set = (rn_agg_set){.count = count, .calls = calls, .align = 8, .invertible = true, .mergeable = true};
  set->offsets = RN_NEW_N(arena, uint32_t, count + 1);
  set->ops = RN_NEW_N(arena, const rn_agg_ops *, count + 1);
  set->counted_by = RN_NEW_N(arena, int, count + 1);
  for (uint32_t c = 0; c < count; c++) {
    set->ops[c] = calls[c].ops;
    set->counted_by[c] = -1;
  }
  if (share) share_counters(set);
  set->distinct_of = RN_NEW_N(arena, int, count + 1);
  set->distincts = RN_NEW_N(arena, rn_distinct, count + 1);
  uint32_t refs = 0;
  for (uint32_t c = 0; c < count; c++) {
    const rn_agg_ops *ops = set->ops[c];
    uint32_t align = ops->align > 8 ? ops->align : 8;
    if (align > set->align) set->align = align;
    offset = (offset + align - 1) & ~(align - 1);
    set->offsets[c] = offset;
    offset += ops->size;
    refs += ops->ref_count;
    if (ops->init) set->has_init = true;
    if (!(ops->flags & RN_AGG_INVERTIBLE) || !ops->subtract) set->invertible = false;
    if (!ops->merge || (ops->flags & RN_AGG_ORDERED)) set->mergeable = false;
    set->distinct_of[c] = -1;
    if (!calls[c].distinct) continue;
    set->has_distinct = true;
    set->invertible = set->mergeable = false;
    for (uint32_t d = 0; d < set->distinct_count; d++) {
      if (set->distincts[d].argument == calls[c].argument && set->distincts[d].filter == calls[c].filter) {
        set->distinct_of[c] = (int)d;
      }
    }
    if (set->distinct_of[c] < 0) {
      set->distinct_of[c] = (int)set->distinct_count;
      set->distincts[set->distinct_count++] = (rn_distinct){NULL, calls[c].argument, calls[c].filter};
    }
  }
  set->size = offset;
  set->refs = RN_NEW_N(arena, rn_ref_spec, refs + 1);
  for (uint32_t c = 0; c < count; c++) {
    for (unsigned r = 0; r < set->ops[c]->ref_count; r++) {
      set->refs[set->ref_count++] = (rn_ref_spec){.offset = set->offsets[c] + set->ops[c]->ref_offsets[r]};
    }
  }
}

void rn_agg_set_open(rn_agg_set *set, rn_state *state, uint64_t seed, uint8_t first_map_id, rn_map *owners) {
  set->state = state;
  set->owners = owners;
  set->seed = seed;
  for (uint32_t d = 0; d < set->distinct_count; d++) {
    rn_map_spec spec = {.id = (uint8_t)(first_map_id + d), .value_size = 2 * sizeof(int64_t), .value_align = 8,
                        .ttl_us = owners ? 1 : 0, .owner = owners};
    set->distincts[d].map = rn_state_map(state, &spec);
  }
}

void rn_agg_set_close(rn_agg_set *set) { rn_builder_free(&set->scratch); }

void rn_agg_set_clear(const rn_agg_set *set, uint8_t *slot) {
  if (!set->has_init) return;
  for (uint32_t c = 0; c < set->count; c++) {
    if (set->ops[c]->init) set->ops[c]->init(slot + set->offsets[c]);
  }
}

uint8_t *rn_agg_set_distinct(rn_agg_set *set, const rn_distinct *distinct, int64_t ns, const uint8_t *owner, uint64_t key_hash,
                             rn_slice key, rn_slice value, bool insert, bool *is_new) {
  rn_builder *b = &set->scratch;
  rn_builder_clear(b);
  rn_put_bytes(b, key.ptr, key.len);
  rn_builder_append(b, value.ptr, value.len);
  const uint64_t group_bits = ~(UINT64_MAX >> 7); /* the set goes where its key goes */
  uint64_t hash = (key_hash & group_bits) | rn_hash(b->data, b->len, set->seed) >> 7;
  rn_table *owners = set->owners ? rn_map_table(set->owners, ns) : NULL;
  if (insert) {
    rn_table *table = rn_map_table(distinct->map, ns);
    uint8_t *entry = rn_table_upsert_one(table, hash, b->data, (uint32_t)b->len, is_new);
    if (owners) *is_new = rn_table_adopt(table, entry, owners, owner, *is_new);
    return entry;
  }
  rn_table *t = rn_map_find(distinct->map, ns);
  uint8_t *entry = t ? rn_table_find(t, hash, b->data, (uint32_t)b->len) : NULL;
  return entry && owners && !rn_table_owns(t, entry, owners, owner) ? NULL : entry;
}

/* Rows whose value is new to their slot; counts every row. */
static uint32_t pick_distinct(rn_agg_set *set, const rn_distinct *d, uint8_t *const *slots, const rn_batch *batch,
                              const uint16_t *rows, uint32_t count, const rn_keys *keys, const uint16_t *which, int64_t ns,
                              const rn_agg_call *call, uint8_t **picked_slots, uint16_t *picked_rows) {
  const rn_column *arg = &batch->columns[d->argument];
  rn_builder value = {0};
  uint32_t n = 0;
  for (uint32_t i = 0; i < count; i++) {
    uint32_t row = rows ? rows[i] : i, k = which ? which[i] : i;
    if (rn_is_null(arg, row) || !rn_agg_filter(call, batch, row)) continue;
    rn_builder_clear(&value);
    rn_value_encode(&value, arg, row);
    bool is_new;
    uint8_t *entry = rn_agg_set_distinct(set, d, ns, slots[i], keys->hashes[k], rn_slice_make(keys->keys[k], keys->lengths[k]),
                                         rn_slice_make(value.data, value.len), true, &is_new);
    ++*(int64_t *)(void *)entry;
    if (!is_new) continue;
    picked_slots[n] = slots[i];
    picked_rows[n++] = (uint16_t)row;
  }
  rn_builder_free(&value);
  return n;
}

void rn_agg_set_update(rn_agg_set *set, uint8_t *const *slots, const rn_batch *batch, const uint16_t *rows, uint32_t count,
                       const rn_keys *keys, const uint16_t *which, int64_t ns) {
  uint8_t *picked_slots[RN_BATCH_ROWS_MAX];
  uint16_t picked_rows[RN_BATCH_ROWS_MAX];
  for (uint32_t c = 0; c < set->count; c++) {
    const rn_agg_call *call = &set->calls[c];
    if (!set->ops[c]->update || call->distinct) continue;
    const rn_column *arg = call->argument >= 0 ? &batch->columns[call->argument] : NULL;
    if (call->filter < 0) {
      set->ops[c]->update(slots, set->offsets[c], arg, &(rn_sel){rows, count}, set->state);
      continue;
    }
    uint32_t n = 0;
    for (uint32_t i = 0; i < count; i++) {
      uint32_t row = rows ? rows[i] : i;
      if (!rn_agg_filter(call, batch, row)) continue;
      picked_slots[n] = slots[i];
      picked_rows[n++] = (uint16_t)row;
    }
    if (n) set->ops[c]->update(picked_slots, set->offsets[c], arg, &(rn_sel){picked_rows, n}, set->state);
  }
  for (uint32_t d = 0; d < set->distinct_count; d++) {
    uint32_t n = UINT32_MAX; /* found once for all calls that share the set */
    for (uint32_t c = 0; c < set->count; c++) {
      const rn_agg_call *call = &set->calls[c];
      if (set->distinct_of[c] != (int)d) continue;
      if (n == UINT32_MAX) {
        n = pick_distinct(set, &set->distincts[d], slots, batch, rows, count, keys, which, ns, call, picked_slots,
                          picked_rows);
      }
      if (n) {
        set->ops[c]->update(picked_slots, set->offsets[c], &batch->columns[call->argument], &(rn_sel){picked_rows, n},
                            set->state);
      }
    }
  }
}

void rn_agg_set_drop_namespace(rn_agg_set *set, int64_t ns) {
  for (uint32_t d = 0; d < set->distinct_count; d++) rn_map_drop(set->distincts[d].map, ns);
}

void rn_agg_set_merge(const rn_agg_set *set, uint8_t *into, const uint8_t *from) {
  for (uint32_t c = 0; c < set->count; c++) {
    const rn_agg_ops *ops = set->ops[c];
    if (ops->merge) ops->merge(into + set->offsets[c], from + set->offsets[c], set->state);
  }
}

void rn_agg_set_subtract(const rn_agg_set *set, uint8_t *from, const uint8_t *what) {
  for (uint32_t c = 0; c < set->count; c++) {
    const rn_agg_ops *ops = set->ops[c];
    if (ops->subtract) ops->subtract(from + set->offsets[c], what + set->offsets[c], set->state);
  }
}

void rn_agg_set_release(const rn_agg_set *set, uint8_t *slot) {
  for (uint32_t r = 0; r < set->ref_count; r++) {
    rn_ref ref;
    memcpy(&ref, slot + set->refs[r].offset, sizeof ref);
    rn_state_release(set->state, ref);
    memset(slot + set->refs[r].offset, 0, sizeof ref);
  }
}

/* Results of a lean call are NULL where the call that counts its values has none. */
static void set_nulls(const rn_agg_set *set, uint32_t c, const uint8_t *const *slots, uint32_t count, rn_column *column,
                      uint32_t first_row) {
  uint32_t owner = (uint32_t)set->counted_by[c], offset = set->offsets[owner] + set->ops[owner]->counter - 1u;
  size_t width = rn_physical_width(rn_type_physical(column->type));
  for (uint32_t i = 0; i < count; i++) {
    if (*(const int64_t *)(const void *)(slots[i] + offset)) continue;
    memset((char *)column->data + (first_row + i) * width, 0, width);
    rn_set_null(column, first_row + i);
  }
}

void rn_agg_set_results(const rn_agg_set *set, const uint8_t *const *slots, uint32_t count, rn_column *columns,
                        uint32_t first_row, uint32_t capacity, rn_arena *arena) {
  for (uint32_t c = 0; c < set->count; c++) {
    const rn_agg_call *call = &set->calls[c];
    if (!set->ops[c]->result) continue;
    if (columns[c].type->nullable || call->result->nullable) rn_column_nullable(&columns[c], capacity, arena);
    set->ops[c]->result(slots, count, set->offsets[c], &columns[c], first_row, set->state, arena);
    if (set->counted_by[c] >= 0) set_nulls(set, c, slots, count, &columns[c], first_row);
  }
}

void rn_agg_set_results_own(const rn_agg_set *set, const uint8_t *const *slots, uint32_t count, rn_column *columns,
                            uint32_t first_row, uint32_t capacity, rn_arena *arena) {
  rn_agg_set_results(set, slots, count, columns, first_row, capacity, arena);
  for (uint32_t c = 0; c < set->count; c++) {
    rn_physical p = rn_type_physical(columns[c].type);
    if (p == RN_P_STR) {
      for (uint32_t i = first_row; i < first_row + count; i++) {
        rn_str *s = (rn_str *)columns[c].data + i;
        if (rn_is_valid(&columns[c], i)) *s = rn_str_copy(arena, *s);
      }
    } else if (p == RN_P_LIST || p == RN_P_ROW) {
      for (uint32_t i = 0; i < count; i++) {
        rn_column one;
        rn_column_init(&one, columns[c].type, 1, arena);
        rn_column_nullable(&one, 1, arena);
        set->calls[c].ops->result(&slots[i], 1, set->offsets[c], &one, 0, set->state, arena);
        rn_column_copy_value(&columns[c], first_row + i, &one, 0, capacity, arena);
      }
    }
  }
}

static bool same_value(const rn_column *c, uint32_t a, uint32_t b) {
  bool valid = rn_is_valid(c, a);
  if (valid != rn_is_valid(c, b)) return false;
  if (!valid) return true;
  switch (rn_type_physical(c->type)) {
    case RN_P_STR: return rn_str_eq((const rn_str *)c->data + a, (const rn_str *)c->data + b);
    case RN_P_LIST: case RN_P_ROW: {
      rn_builder x = {0}, y = {0};
      rn_value_encode(&x, c, a);
      rn_value_encode(&y, c, b);
      bool same = rn_slice_eq(rn_slice_make(x.data, x.len), rn_slice_make(y.data, y.len));
      rn_builder_free(&x);
      rn_builder_free(&y);
      return same;
    }
    default: {
      size_t width = rn_physical_width(rn_type_physical(c->type));
      return memcmp((const char *)c->data + width * a, (const char *)c->data + width * b, width) == 0;
    }
  }
}

bool rn_agg_set_same_results(const rn_agg_set *set, const rn_column *columns, uint32_t a, uint32_t b) {
  for (uint32_t c = 0; c < set->count; c++) {
    if (!same_value(&columns[c], a, b)) return false;
  }
  return true;
}
