/* What a partition of OVER keeps: running accumulators, and for bounded frames a list with one element per row
 * that the frame can still see. An element holds the accumulators of its row alone.
 *   calls that can be subtracted: the slot has the frame's total;
 *   others (MIN, MAX, floating point, FIRST_VALUE ..): two stacks (Tangwongsan 2017): the oldest `front` elements
 *   hold the fold from themselves to the newest of the front, the slot the fold of all younger ones;
 *   DISTINCT: a value counts while any row of the frame has it. */
#include "base/alloc.h"
#include "runtime/operators/op_over.h"

enum { MAP_PARTITIONS = 1, MAP_DISTINCT = 8 };

typedef struct distinct_entry {
  int64_t count, pass;
} distinct_entry;

static bool bounded(const rn_over *self) { return !self->op.node->u.over.unbounded; }

enum { WAY_NONE, WAY_SUBTRACTED, WAY_STACKED, WAY_DISTINCT };
static uint8_t way_of(const rn_agg_call *call) {
  if (!call->ops->merge) return WAY_NONE;
  if (call->distinct) return WAY_DISTINCT;
  return (call->ops->flags & (RN_AGG_INVERTIBLE | RN_AGG_LIST)) && call->ops->subtract ? WAY_SUBTRACTED : WAY_STACKED;
}

/* Accumulators are a few words: the usual sizes are copied without a call. */
static inline void copy(void *to, const void *from, uint32_t size) {
  switch (size) {
    case 8: memcpy(to, from, 8); break;
    case 16: memcpy(to, from, 16); break;
    case 24: memcpy(to, from, 24); break;
    case 32: memcpy(to, from, 32); break;
    case 40: memcpy(to, from, 40); break;
    case 48: memcpy(to, from, 48); break;
    default: memcpy(to, from, size);
  }
}

/* Offset of a call's accumulator among accumulators alone (singles, temps, elements). */
static uint32_t bare_offset(const rn_over *self, uint32_t call) { return self->set.offsets[call] - self->accs; }

void rn_over_frame_open(rn_over *self) {
  rn_operator *op = &self->op;
  const rn_plan_node *node = op->node;
  uint32_t calls = node->u.over.call_count;
  for (uint32_t c = 0; c < calls; c++) self->lag_count += node->u.over.calls[c].ops->over == RN_OVER_LAG;
  self->lag_offset = (uint32_t)sizeof(rn_over_slot);
  self->accs = (self->lag_offset + 8 * self->lag_count + 15) & ~15u;
  rn_agg_set *set = &self->set;
  rn_agg_set_init(set, node->u.over.calls, calls, self->accs, false, &self->memory);
  self->acc_size = set->size - self->accs;
  self->ways = rn_arena_zalloc(&self->memory, calls + 1);
  for (uint32_t c = 0; c < calls; c++) {
    self->ways[c] = way_of(&set->calls[c]);
    if (self->ways[c] == WAY_STACKED) self->stacks = true;
    if (set->calls[c].ops->over) self->has_positions = true;
  }
  self->element_values = node->u.over.rows ? 0 : 8;
  self->element_accs = self->element_values + 8 * set->distinct_count;
  self->aligned = set->align <= 8;
  self->element_size = (self->element_accs + self->acc_size + 7) & ~7u;
  self->stride = (self->acc_size + 31) & ~15u;
  self->nested = RN_NEW_N(&self->memory, uint32_t, set->distinct_count + set->ref_count + 1);
  for (uint32_t d = 0; d < set->distinct_count; d++) self->nested[self->nested_count++] = self->element_values + 8 * d;
  for (uint32_t r = 0; r < set->ref_count; r++) {
    self->nested[self->nested_count++] = set->refs[r].offset - self->accs + self->element_accs;
  }
  uint32_t ref_count = 0;
  rn_ref_spec *refs = RN_NEW_N(&self->memory, rn_ref_spec, set->ref_count + self->lag_count + 2);
  memcpy(refs, set->refs, set->ref_count * sizeof *refs);
  ref_count = set->ref_count;
  refs[ref_count++] = (rn_ref_spec){.offset = offsetof(rn_over_slot, frame), .element_size = self->element_size,
                                    .nested_count = self->nested_count, .nested = self->nested};
  uint32_t *zero = RN_NEW(&self->memory, uint32_t); /* a LAG element is one ref */
  for (uint32_t l = 0; l < self->lag_count; l++) {
    refs[ref_count++] = (rn_ref_spec){.offset = self->lag_offset + 8 * l, .element_size = 8, .nested_count = 1, .nested = zero};
  }
  const rn_type **types = RN_NEW_N(&self->memory, const rn_type *, node->u.over.key_count + 1);
  for (uint32_t k = 0; k < node->u.over.key_count; k++) types[k] = node->schema.fields[node->u.over.keys[k]].type;
  rn_map_spec spec = {.id = MAP_PARTITIONS, .key_size = rn_key_fixed_size(types, node->u.over.key_count),
                      .value_size = set->size, .value_align = 16, .ref_count = ref_count, .refs = refs,
                      .ttl_us = node->ttl_us[0]};
  self->partitions = rn_state_map(op->state, &spec);
  rn_agg_set_open(set, op->state, op->context->hash_seed, MAP_DISTINCT, node->ttl_us[0] ? self->partitions : NULL);
  self->temps = rn_arena_zalloc(&self->memory, (size_t)self->stride * RN_BATCH_ROWS_MAX);
  if (bounded(self)) self->singles = rn_arena_zalloc(&self->memory, (size_t)self->stride * RN_BATCH_ROWS_MAX);
  for (unsigned w = 0; w < 2; w++) self->work[w] = rn_arena_zalloc(&self->memory, self->stride);
}

static void clear_accs(const rn_over *self, uint8_t *accs) {
  memset(accs, 0, self->acc_size);
  for (uint32_t c = 0; c < self->set.count && self->set.has_init; c++) {
    if (self->set.calls[c].ops->init) self->set.calls[c].ops->init(accs + bare_offset(self, c));
  }
}

void rn_over_singles(rn_over *self, const rn_batch *batch) {
  uint32_t n = batch->live_count;
  uint8_t *places[RN_BATCH_ROWS_MAX];
  uint16_t rows[RN_BATCH_ROWS_MAX];
  for (uint32_t i = 0; i < n; i++) clear_accs(self, self->singles + (size_t)i * self->stride);
  for (uint32_t c = 0; c < self->set.count; c++) {
    const rn_agg_call *call = &self->set.calls[c];
    if (!call->ops->update) continue;
    uint32_t count = 0;
    for (uint32_t i = 0; i < n; i++) {
      uint32_t row = rn_live(batch, i);
      if (!rn_agg_filter(call, batch, row)) continue;
      places[count] = self->singles + (size_t)i * self->stride;
      rows[count++] = (uint16_t)row;
    }
    call->ops->update(places, bare_offset(self, c), call->argument >= 0 ? &batch->columns[call->argument] : NULL,
                      &(rn_sel){rows, count}, self->op.state);
  }
}

/* --- elements leave ----------------------------------------------------------------------------------------------- */

/* Everything becomes front: each element the fold of itself and all younger ones; the back is empty. */
static void flip(rn_over *self, uint8_t *slot) {
  rn_state *state = self->op.state;
  rn_over_slot *head = rn_over_head(slot);
  uint32_t n = rn_list_count(state, head->frame);
  uint8_t *younger = rn_list_at(state, head->frame, n - 1) + self->element_accs;
  for (uint32_t i = n - 1; i-- > 0 && self->stacks;) {
    uint8_t *accs = rn_list_at(state, head->frame, i) + self->element_accs, *into = accs, *from = younger;
    if (!self->aligned) {
      memcpy(into = self->work[0], accs, self->acc_size);
      memcpy(from = self->work[1], younger, self->acc_size);
    }
    for (uint32_t c = 0; c < self->set.count; c++) {
      const rn_agg_call *call = &self->set.calls[c];
      if (self->ways[c] == WAY_STACKED) call->ops->merge(into + bare_offset(self, c), from + bare_offset(self, c), state);
    }
    if (!self->aligned) memcpy(accs, into, self->acc_size);
    younger = accs;
  }
  for (uint32_t c = 0; c < self->set.count; c++) {
    const rn_agg_call *call = &self->set.calls[c];
    if (self->ways[c] != WAY_STACKED) continue;
    uint8_t *acc = slot + self->set.offsets[c];
    for (unsigned r = 0; r < call->ops->ref_count; r++) {
      rn_ref ref;
      memcpy(&ref, acc + call->ops->ref_offsets[r], sizeof ref);
      rn_state_release(state, ref);
    }
    memset(acc, 0, call->ops->size);
    if (call->ops->init) call->ops->init(acc);
  }
  head->front = n;
}

/* Folds the distinct values of the frame anew, for calls that cannot be subtracted. */
static void recount(rn_over *self, uint8_t *slot, const rn_keys *keys, uint32_t i, uint32_t call_index) {
  rn_state *state = self->op.state;
  rn_over_slot *head = rn_over_head(slot);
  const rn_agg_call *call = &self->set.calls[call_index];
  const rn_distinct *d = &self->set.distincts[self->set.distinct_of[call_index]];
  uint8_t *acc = slot + self->set.offsets[call_index];
  for (unsigned r = 0; r < call->ops->ref_count; r++) {
    rn_ref ref;
    memcpy(&ref, acc + call->ops->ref_offsets[r], sizeof ref);
    rn_state_release(state, ref);
  }
  memset(acc, 0, call->ops->size);
  if (call->ops->init) call->ops->init(acc);
  head->pass++;
  for (uint32_t e = 0, n = rn_list_count(state, head->frame); e < n; e++) {
    const uint8_t *element = rn_list_at(state, head->frame, e);
    rn_ref value;
    memcpy(&value, element + self->element_values + 8 * (uint32_t)self->set.distinct_of[call_index], sizeof value);
    if (!value) continue;
    distinct_entry *entry = (distinct_entry *)(void *)rn_agg_set_distinct(
        &self->set, d, 0, slot, keys->hashes[i], rn_slice_make(keys->keys[i], keys->lengths[i]), rn_state_load(state, value), false, NULL);
    if (!entry || entry->pass == head->pass) continue;
    entry->pass = head->pass;
    memcpy(self->work[0], element + self->element_accs, self->acc_size);
    call->ops->merge(acc, self->work[0] + bare_offset(self, call_index), state);
  }
}

static void leave(rn_over *self, uint8_t *slot, const rn_keys *keys, uint32_t i) {
  rn_state *state = self->op.state;
  rn_over_slot *head = rn_over_head(slot);
  if (head->front == 0) flip(self, slot);
  uint8_t *element = rn_list_at(state, head->frame, 0);
  uint8_t *gone = element + self->element_accs;
  if (!self->aligned) gone = memcpy(self->work[0], gone, self->acc_size);
  uint64_t lost = 0, left = 0; /* bit d: the frame has lost a value of set d; a row with one, whatever others have it */
  for (uint32_t d = 0; d < self->set.distinct_count; d++) {
    rn_ref value;
    memcpy(&value, element + self->element_values + 8 * d, sizeof value);
    if (!value) continue;
    rn_distinct *distinct = &self->set.distincts[d];
    distinct_entry *entry = (distinct_entry *)(void *)rn_agg_set_distinct(
        &self->set, distinct, 0, slot, keys->hashes[i], rn_slice_make(keys->keys[i], keys->lengths[i]), rn_state_load(state, value), false, NULL);
    rn_table *table = rn_map_table(distinct->map, 0);
    if (!entry) continue;
    rn_table_touch(table, (uint8_t *)entry);
    left |= 1ull << (d & 63);
    if (--entry->count) continue;
    rn_table_erase(table, (uint8_t *)entry);
    lost |= 1ull << (d & 63);
  }
  for (uint32_t c = 0; c < self->set.count; c++) {
    const rn_agg_call *call = &self->set.calls[c];
    bool exact = (call->ops->flags & RN_AGG_INVERTIBLE) && call->ops->subtract;
    bool value_left = call->distinct && (lost >> (self->set.distinct_of[c] & 63) & 1);
    if (self->ways[c] == WAY_SUBTRACTED || (value_left && exact)) {
      call->ops->subtract(slot + self->set.offsets[c], gone + bare_offset(self, c), state);
    }
  }
  for (uint32_t k = 0; k < self->nested_count; k++) {
    rn_ref ref;
    memcpy(&ref, element + self->nested[k], sizeof ref);
    rn_state_release(state, ref);
  }
  rn_list_pop(state, head->frame);
  head->front--;
  for (uint32_t c = 0; c < self->set.count; c++) {
    const rn_agg_call *call = &self->set.calls[c];
    bool exact = (call->ops->flags & RN_AGG_INVERTIBLE) && call->ops->subtract;
    uint64_t changed = call->ops->flags & RN_AGG_LIST ? left : lost; /* the order is that of the rows in the frame */
    if (call->distinct && !exact && (changed >> (self->set.distinct_of[c] & 63) & 1)) recount(self, slot, keys, i, c);
  }
}

/* --- rows enter ------------------------------------------------------------------------------------------------------ */

static void enter_frame(rn_over *self, uint8_t *slot, const rn_batch *batch, const rn_keys *keys, uint32_t i, int64_t time_us) {
  rn_state *state = self->op.state;
  rn_over_slot *head = rn_over_head(slot);
  uint8_t *single = self->singles + (size_t)i * self->stride;
  const rn_plan_node *node = self->op.node;
  uint32_t most = node->u.over.rows && node->u.over.preceding < UINT32_MAX ? (uint32_t)node->u.over.preceding + 1 : 0;
  uint8_t *element = rn_list_push(state, &head->frame, self->element_size, most);
  if (self->element_values) memcpy(element, &time_us, sizeof time_us);
  copy(element + self->element_accs, single, self->acc_size); /* its refs go with it */
  uint64_t gained = 0;
  uint32_t row = rn_live(batch, i);
  for (uint32_t d = 0; d < self->set.distinct_count; d++) {
    rn_distinct *distinct = &self->set.distincts[d];
    const rn_column *arg = &batch->columns[distinct->argument];
    rn_agg_call filter = {.filter = distinct->filter};
    if (rn_is_null(arg, row) || !rn_agg_filter(&filter, batch, row)) continue;
    bool is_new;
    rn_builder_clear(&self->scratch);
    rn_value_encode(&self->scratch, arg, row);
    distinct_entry *entry = (distinct_entry *)(void *)rn_agg_set_distinct(
        &self->set, distinct, 0, slot, keys->hashes[i], rn_slice_make(keys->keys[i], keys->lengths[i]),
        rn_slice_make(self->scratch.data, self->scratch.len), true, &is_new);
    entry->count++;
    if (is_new) gained |= 1ull << (d & 63);
    rn_ref value = rn_state_store(state, self->scratch.data, self->scratch.len);
    memcpy(element + self->element_values + 8 * d, &value, sizeof value);
  }
  for (uint32_t c = 0; c < self->set.count; c++) {
    const rn_agg_call *call = &self->set.calls[c];
    if (!call->ops->merge) continue;
    if (call->distinct && !(gained >> (self->set.distinct_of[c] & 63) & 1)) continue;
    call->ops->merge(slot + self->set.offsets[c], single + bare_offset(self, c), state);
  }
}

static rn_ref *lag_list(rn_over *self, uint8_t *slot, uint32_t lag) {
  return (rn_ref *)(void *)(slot + self->lag_offset + 8 * lag);
}

/* Keeps the last `offset` + 1 values: a byte for NULL, then the encoding. */
static void enter_lag(rn_over *self, uint8_t *slot, uint32_t lag, const rn_agg_call *call, const rn_column *arg, uint32_t row) {
  rn_state *state = self->op.state;
  rn_ref *list = lag_list(self, slot, lag);
  rn_builder_clear(&self->scratch);
  rn_builder_char(&self->scratch, rn_is_null(arg, row) ? 1 : 0);
  if (rn_is_valid(arg, row)) rn_value_encode(&self->scratch, arg, row);
  rn_ref value = rn_state_store(state, self->scratch.data, self->scratch.len);
  memcpy(rn_list_push(state, list, sizeof value, 0), &value, sizeof value);
  while (rn_list_count(state, *list) > (uint32_t)call->extra + 1) {
    rn_ref old;
    memcpy(&old, rn_list_at(state, *list, 0), sizeof old);
    rn_state_release(state, old);
    rn_list_pop(state, *list);
  }
}

void rn_over_prefetch(rn_over *self, uint32_t i, uint32_t n) {
  enum { AHEAD = 16 };
  if (!self->singles || i % AHEAD) return;
  for (uint32_t k = i + AHEAD; k < i + 2 * AHEAD && k < n; k++) {
    rn_list_prefetch(self->op.state, rn_over_head(self->slots[k])->frame, 0);
  }
  for (uint32_t k = i; k < i + AHEAD && k < n; k++) {
    rn_list_prefetch(self->op.state, rn_over_head(self->slots[k])->frame, 1);
  }
}

void rn_over_enter(rn_over *self, const rn_batch *batch, const rn_keys *keys, uint32_t i, int64_t time_us) {
  uint8_t *slot = self->slots[i];
  rn_over_slot *head = rn_over_head(slot);
  uint16_t row = (uint16_t)rn_live(batch, i), which = (uint16_t)i;
  if (!head->rows || head->last_us != time_us) {
    head->rank = head->rows + 1;
    head->dense++;
    head->last_us = time_us;
  }
  head->rows++;
  for (uint32_t c = 0, lag = 0; c < self->set.count && lag < self->lag_count; c++) {
    const rn_agg_call *call = &self->set.calls[c];
    if (call->ops->over == RN_OVER_LAG) enter_lag(self, slot, lag++, call, &batch->columns[call->argument], row);
  }
  if (!bounded(self)) {
    rn_agg_set_update(&self->set, &slot, batch, &row, 1, keys, &which, 0);
    return;
  }
  if (self->op.node->u.over.rows) { /* the row that must leave makes room for the one that comes */
    while (rn_list_count(self->op.state, head->frame) > self->op.node->u.over.preceding) leave(self, slot, keys, i);
  }
  enter_frame(self, slot, batch, keys, i, time_us);
}

void rn_over_finish(rn_over *self, const rn_keys *keys, uint32_t i, int64_t time_us) {
  rn_state *state = self->op.state;
  uint8_t *slot = self->slots[i], *temp = self->temps + (size_t)i * self->stride;
  rn_over_slot *head = rn_over_head(slot);
  if (bounded(self) && !self->op.node->u.over.rows) {
    int64_t oldest, least = time_us - self->op.node->u.over.preceding;
    while (rn_list_count(state, head->frame) &&
           (memcpy(&oldest, rn_list_at(state, head->frame, 0), sizeof oldest), oldest < least)) {
      leave(self, slot, keys, i);
    }
  }
  const uint8_t *front = bounded(self) && head->front > 0 ? rn_list_at(state, head->frame, 0) + self->element_accs : NULL;
  for (uint32_t c = 0; c < self->set.count; c++) {
    const rn_agg_ops *ops = self->set.calls[c].ops;
    const uint8_t *acc = slot + self->set.offsets[c];
    uint32_t at = bare_offset(self, c);
    if (self->ways[c] == WAY_NONE) continue;
    bool both = front && self->ways[c] == WAY_STACKED;
    if (!ops->ref_count) {
      copy(temp + at, both ? front + at : acc, ops->size);
    } else { /* text is copied: the partition goes on owning its own */
      memset(temp + at, 0, ops->size);
      if (ops->init) ops->init(temp + at);
      if (both) memcpy(self->work[0] + at, front + at, ops->size);
      ops->merge(temp + at, both ? self->work[0] + at : acc, state);
    }
    if (both) ops->merge(temp + at, acc, state);
  }
}

void rn_over_position_results(rn_over *self, const rn_batch *batch, rn_column *results, uint32_t i, int64_t row_number,
                              uint32_t capacity, rn_arena *arena) {
  rn_over_slot *head = rn_over_head(self->slots[i]);
  uint32_t row = rn_live(batch, i);
  for (uint32_t c = 0, lag = 0; c < self->set.count; c++) {
    const rn_agg_call *call = &self->set.calls[c];
    rn_column *out = &results[c];
    switch ((rn_over_kind)call->ops->over) {
      case RN_OVER_AGGREGATE: break;
      case RN_OVER_LEAD: case RN_OVER_NTILE: case RN_OVER_PERCENT_RANK: case RN_OVER_CUME_DIST:
        rn_unreachable("a call that op_over_whole.c computes");
      case RN_OVER_ROW_NUMBER: ((int64_t *)out->data)[i] = row_number; break;
      case RN_OVER_RANK: ((int64_t *)out->data)[i] = head->rank; break;
      case RN_OVER_DENSE_RANK: ((int64_t *)out->data)[i] = head->dense; break;
      case RN_OVER_LAG: {
        rn_ref list = *lag_list(self, self->slots[i], lag++), value;
        if (rn_list_count(self->op.state, list) > (uint32_t)call->extra) {
          memcpy(&value, rn_list_at(self->op.state, list, 0), sizeof value);
          rn_slice s = rn_state_load(self->op.state, value);
          rn_column one; /* decoded text points into the heap, where the value may soon be gone */
          rn_column_init(&one, out->type, 1, arena);
          rn_key_decode(s.ptr, (uint32_t)s.len, &one, 1, 0, 1, arena);
          rn_column_copy_value(out, i, &one, 0, capacity, arena);
        } else if (call->default_column >= 0) {
          rn_column_copy_value(out, i, &batch->columns[call->default_column], row, capacity, arena);
        } else {
          rn_column_nullable(out, capacity, arena);
          rn_column none = {.type = rn_type_basic(RN_T_NULL, true), .valid = &(uint64_t){0}, .constant = true};
          rn_column_copy_value(out, i, &none, 0, capacity, arena);
        }
      }
    }
  }
}

void rn_over_release_temps(rn_over *self, uint32_t n) {
  for (uint32_t i = 0; i < n && self->set.ref_count; i++) {
    for (uint32_t r = 0; r < self->set.ref_count; r++) {
      uint8_t *at = self->temps + (size_t)i * self->stride + self->set.refs[r].offset - self->accs;
      rn_ref ref;
      memcpy(&ref, at, sizeof ref);
      rn_state_release(self->op.state, ref);
      memset(at, 0, sizeof ref);
    }
  }
}
