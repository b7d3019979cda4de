/* CONFLICT: ON CONFLICT DO .. in front of a sink whose PRIMARY KEY is not the key of the query (DIALECT 6.6), after Flink's
 * SinkUpsertMaterializer.
 *
 * DEDUPLICATE keeps all rows that are there per key, in order of arrival, and shows the last one: when it goes, the one
 * before it comes back. NOTHING and ERROR keep the row that was there first and how many are equal to it; NOTHING forgets
 * others for good, as Flink does, ERROR fails with the first. State: a map from the key to the rows, one behind the other. */
#include "base/alloc.h"
#include "runtime/operators/operators.h"
#include "runtime/value_text.h"

enum { MAP_KEYS = 1 };

typedef struct slot {
  rn_ref rows;   /* length and bytes of each row */
  uint64_t count; /* of them; NOTHING, ERROR: there is one, so many times */
} slot;

typedef struct conflict {
  rn_operator op;
  rn_arena memory, scratch;
  rn_map *map;
  uint32_t width;
  bool inserts; /* the input takes nothing back */
  uint8_t *slots[RN_BATCH_ROWS_MAX];
  /* what leaves: rows of the batch, or (stored) at least one that was kept */
  uint32_t n;
  bool stored;
  rn_slice rows[RN_BATCH_ROWS_MAX];
  uint16_t live[RN_BATCH_ROWS_MAX];
  uint8_t kinds[RN_BATCH_ROWS_MAX]; /* by output row */
  uint8_t batch_kinds[RN_BATCH_ROWS_MAX]; /* by row of the batch */
} conflict;

static slot *slot_of(uint8_t *bytes) { return (slot *)(void *)bytes; }

static rn_status conflict_open(rn_operator *op, rn_error *err) {
  (void)err;
  conflict *self = (conflict *)op;
  const rn_plan_node *node = op->node;
  rn_arena_init(&self->memory);
  rn_arena_init(&self->scratch);
  rn_operator_open_state(op);
  self->width = node->schema.count;
  self->inserts = node->inputs[0]->emits == RN_CHANGE_INSERT;
  const rn_type **types = RN_NEW_N(&self->memory, const rn_type *, node->u.conflict.key_count + 1);
  for (uint32_t k = 0; k < node->u.conflict.key_count; k++) types[k] = node->schema.fields[node->u.conflict.keys[k]].type;
  static const rn_ref_spec refs[] = {{.offset = offsetof(slot, rows)}};
  rn_map_spec spec = {.id = MAP_KEYS, .key_size = rn_key_fixed_size(types, node->u.conflict.key_count), .value_size = sizeof(slot),
                      .value_align = 8, .ref_count = 1, .refs = refs, .ttl_us = node->ttl_us[0]};
  self->map = rn_state_map(op->state, &spec);
  return RN_OK;
}

/* --- the rows of a key ------------------------------------------------------------------------------------------------ */
static uint32_t length_at(const char *p) {
  uint32_t len;
  memcpy(&len, p, sizeof len);
  return len;
}

static void append(rn_state *state, slot *s, rn_slice row) {
  uint32_t len = (uint32_t)row.len;
  size_t before = rn_state_load(state, s->rows).len;
  char *all = rn_state_extend(state, &s->rows, sizeof len + row.len);
  memcpy(all + before, &len, sizeof len);
  memcpy(all + before + sizeof len, row.ptr, row.len);
  s->count++;
}

/* The oldest row that is equal: its place, -1: there is none. *last: the row that stands last. */
static int64_t find(const rn_state *state, const slot *s, rn_slice row, size_t *last) {
  rn_slice all = rn_state_load(state, s->rows);
  int64_t found = -1;
  for (size_t at = 0; at < all.len; at += sizeof(uint32_t) + length_at(all.ptr + at)) {
    *last = at;
    bool equal = length_at(all.ptr + at) == row.len && memcmp(all.ptr + at + sizeof(uint32_t), row.ptr, row.len) == 0;
    if (equal && found < 0) found = (int64_t)at;
  }
  return found;
}

static void cut_out(rn_state *state, slot *s, size_t at) {
  rn_slice all = rn_state_load(state, s->rows);
  size_t len = sizeof(uint32_t) + length_at(all.ptr + at);
  s->count--;
  if (!s->count) {
    rn_state_release(state, s->rows);
    s->rows = 0;
    return;
  }
  memmove((char *)(uintptr_t)all.ptr + at, all.ptr + at + len, all.len - at - len);
  rn_state_cut(state, s->rows, all.len - len);
}

/* --- one change ---------------------------------------------------------------------------------------------------------- */
static void leave(conflict *self, rn_slice row, uint32_t batch_row, rn_row_kind kind) {
  self->rows[self->n] = row;
  self->live[self->n] = (uint16_t)batch_row;
  self->kinds[self->n++] = (uint8_t)kind;
  self->batch_kinds[batch_row] = (uint8_t)kind;
}

static rn_status fail(const conflict *self, const rn_batch *batch, uint32_t row, rn_error *err) {
  const rn_plan_node *node = self->op.node;
  rn_builder key = {0};
  for (uint32_t k = 0; k < node->u.conflict.key_count; k++) {
    uint32_t c = node->u.conflict.keys[k];
    rn_builder_printf(&key, "%s%s = ", k ? ", " : "", node->schema.fields[c].name);
    if (rn_is_null(&batch->columns[c], row)) rn_builder_text(&key, "NULL");
    else rn_value_text(&key, &batch->columns[c], row, RN_TEXT_CAST, self->op.context->zone);
  }
  rn_fail(err, RN_E_KEY_CONFLICT, "several rows have the PRIMARY KEY of table %s: %.200s", node->u.conflict.table, key.data ? key.data : "");
  rn_builder_free(&key);
  err->span = node->span;
  err->has_span = true;
  return rn_hint(err, "ON CONFLICT DO NOTHING keeps the first row, DO DEDUPLICATE the last one");
}

static rn_status add(conflict *self, slot *s, rn_slice row, const rn_batch *batch, uint32_t batch_row, rn_error *err) {
  rn_state *state = self->op.state;
  rn_conflict how = self->op.node->u.conflict.conflict;
  size_t last = 0;
  if (!s->count || how == RN_CONFLICT_DEDUPLICATE) {
    leave(self, row, batch_row, s->count ? RN_UPDATE_AFTER : RN_INSERT);
    append(state, s, row);
  } else if (!self->inserts && find(state, s, row, &last) >= 0) {
    s->count++;
  } else if (how == RN_CONFLICT_ERROR && find(state, s, row, &last) < 0) {
    return fail(self, batch, batch_row, err);
  }
  return RN_OK;
}

static void take(conflict *self, slot *s, rn_slice row, uint32_t batch_row) {
  rn_state *state = self->op.state;
  size_t last = 0;
  int64_t at = find(state, s, row, &last);
  if (at < 0) return; /* a row that NOTHING has left out */
  if (self->op.node->u.conflict.conflict != RN_CONFLICT_DEDUPLICATE && s->count > 1) { /* its equal stays */
    s->count--;
    return;
  }
  bool shown = (size_t)at == last;
  cut_out(state, s, (size_t)at);
  if (!s->count) {
    leave(self, row, batch_row, RN_DELETE);
  } else if (shown) {
    (void)find(state, s, row, &last);
    const char *before = rn_state_load(state, s->rows).ptr + last;
    uint32_t len = length_at(before);
    char *copy = rn_arena_alloc_aligned(&self->scratch, len ? len : 1, 1);
    memcpy(copy, before + sizeof len, len);
    leave(self, rn_slice_make(copy, len), batch_row, RN_UPDATE_AFTER);
    self->stored = true;
  }
}

/* Keys that have no row any more. */
static void forget(conflict *self, const rn_batch *batch, const rn_keys *keys) {
  rn_table *table = rn_map_table(self->map, 0);
  for (uint32_t i = 0; batch->kinds && i < batch->live_count; i++) {
    if (!rn_takes_back(rn_kind(batch, rn_live(batch, i)))) continue;
    uint8_t *bytes = rn_table_find(table, keys->hashes[i], keys->keys[i], keys->lengths[i]);
    if (bytes && !slot_of(bytes)->count) rn_table_erase(table, bytes);
  }
}

static rn_status emit(conflict *self, const rn_batch *batch, rn_error *err) {
  rn_batch out;
  if (!self->n) return RN_OK;
  if (self->stored) {
    rn_output_rows(&self->op, self->rows, self->n, self->width, &out);
    rn_output_kinds(&out, self->kinds);
    return rn_emit(&self->op, &out, err);
  }
  out = *batch;
  out.live = self->live;
  out.live_count = self->n;
  out.kinds = self->inserts ? NULL : self->batch_kinds;
  return rn_emit(&self->op, &out, err);
}

static rn_status conflict_process(rn_operator *op, unsigned input, rn_batch *batch, rn_error *err) {
  (void)input;
  conflict *self = (conflict *)op;
  const rn_plan_node *node = op->node;
  if (!batch->live_count) return RN_OK;
  rn_keys keys, rows = {0};
  bool kept = !self->inserts || node->u.conflict.conflict != RN_CONFLICT_NOTHING; /* else only that there is one */
  rn_arena_reset(&self->scratch);
  self->n = 0;
  self->stored = false;
  rn_keys_encode(&keys, batch, node->u.conflict.keys, node->u.conflict.key_count, op->context->hash_seed, &self->scratch);
  if (kept) rn_rows_encode(&rows, batch, NULL, self->width, &self->scratch);
  rn_table_upsert(rn_map_table(self->map, 0), &keys, NULL, batch->live_count, self->slots, NULL);
  for (uint32_t i = 0; i < batch->live_count; i++) {
    uint32_t row = rn_live(batch, i);
    rn_slice bytes = kept ? rn_slice_make(rows.keys[i], rows.lengths[i]) : rn_slice_make("", 0);
    slot *s = slot_of(self->slots[i]);
    if (rn_takes_back(rn_kind(batch, row))) take(self, s, bytes, row);
    else if (add(self, s, bytes, batch, row, err) != RN_OK) return RN_FAIL;
  }
  forget(self, batch, &keys);
  return emit(self, batch, err);
}

static void conflict_close(rn_operator *op) {
  conflict *self = (conflict *)op;
  rn_arena_free(&self->memory);
  rn_arena_free(&self->scratch);
}

const rn_operator_class rn_op_conflict_class = {
    .name = "conflict", .size = sizeof(conflict), .open = conflict_open, .process_batch = conflict_process, .close = conflict_close};
