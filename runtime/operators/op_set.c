/* SET: INTERSECT [ALL] and EXCEPT [ALL] of two inputs that lie alike (DIALECT 4.16).
 *
 * State counts every different row of the two inputs: one map from the whole row to two numbers, whatever came and went.
 * The result has a row f(left, right) times: INTERSECT ALL min, EXCEPT ALL what left has more; without ALL once or not.
 * A change of one count moves f by one at most, so an input row leaves as it is, or as +I or -D of the result. In a
 * bounded plan (fold) results that could be taken back come when the input ends. */
#include "base/alloc.h"
#include "runtime/operators/operators.h"

enum { MAP_ROWS = 1 };

typedef struct slot {
  int64_t counts[2];
} slot;

typedef struct set {
  rn_operator op;
  rn_arena memory, scratch;
  rn_map *map;
  const uint32_t *columns; /* all of them: the key */
  uint32_t width;
  uint8_t *slots[RN_BATCH_ROWS_MAX];
  uint16_t live[RN_BATCH_ROWS_MAX];
  uint8_t kinds[RN_BATCH_ROWS_MAX];
  rn_slice out[RN_BATCH_ROWS_MAX];
} set;

static slot *slot_of(uint8_t *bytes) { return (slot *)(void *)bytes; }

static rn_status set_open(rn_operator *op, rn_error *err) {
  (void)err;
  set *self = (set *)op;
  rn_arena_init(&self->memory);
  rn_arena_init(&self->scratch);
  rn_operator_open_state(op);
  self->width = op->node->schema.count;
  const rn_type **types = RN_NEW_N(&self->memory, const rn_type *, self->width + 1);
  uint32_t *columns = RN_NEW_N(&self->memory, uint32_t, self->width + 1);
  for (uint32_t i = 0; i < self->width; i++) {
    types[i] = op->node->schema.fields[i].type;
    columns[i] = i;
  }
  self->columns = columns;
  rn_map_spec spec = {.id = MAP_ROWS, .key_size = rn_key_fixed_size(types, self->width), .value_size = sizeof(slot), .value_align = 8,
                      .ttl_us = op->node->ttl_us[0]};
  self->map = rn_state_map(op->state, &spec);
  return RN_OK;
}

static int64_t times(const rn_plan_node *node, const slot *s) {
  int64_t left = s->counts[0] > 0 ? s->counts[0] : 0, right = s->counts[1] > 0 ? s->counts[1] : 0;
  if (node->u.set.all) {
    if (node->u.set.except) return left > right ? left - right : 0;
    return left < right ? left : right;
  }
  return left > 0 && (right > 0) != node->u.set.except;
}

/* Rows that no input has any more. */
static void forget(set *self, const rn_batch *batch, const rn_keys *keys) {
  rn_table *table = rn_map_table(self->map, 0);
  for (uint32_t i = 0; batch->kinds && i < batch->live_count; i++) {
    if (!rn_takes_back(rn_kind(batch, rn_live(batch, i)))) continue;
    uint8_t *bytes = rn_table_find(table, keys->hashes[i], keys->keys[i], keys->lengths[i]);
    if (bytes && !slot_of(bytes)->counts[0] && !slot_of(bytes)->counts[1]) rn_table_erase(table, bytes);
  }
}

static rn_status set_process(rn_operator *op, unsigned input, rn_batch *batch, rn_error *err) {
  set *self = (set *)op;
  const rn_plan_node *node = op->node;
  uint32_t n = 0;
  bool inserts = true;
  if (!batch->live_count) return RN_OK;
  rn_keys keys;
  rn_arena_reset(&self->scratch);
  rn_keys_encode(&keys, batch, self->columns, self->width, op->context->hash_seed, &self->scratch);
  rn_table_upsert(rn_map_table(self->map, 0), &keys, NULL, batch->live_count, self->slots, NULL);
  for (uint32_t i = 0; i < batch->live_count; i++) {
    slot *s = slot_of(self->slots[i]);
    uint32_t row = rn_live(batch, i);
    int64_t before = times(node, s);
    s->counts[input] += rn_takes_back(rn_kind(batch, row)) ? -1 : 1;
    int64_t after = times(node, s);
    if (after == before || node->u.set.fold) continue;
    self->live[n++] = (uint16_t)row;
    self->kinds[row] = (uint8_t)(after > before ? RN_INSERT : RN_DELETE);
    inserts = inserts && after > before;
  }
  forget(self, batch, &keys);
  rn_batch out = *batch;
  out.live = self->live;
  out.live_count = n;
  out.kinds = inserts ? NULL : self->kinds;
  out.runs = NULL;
  out.run_count = 0;
  return rn_emit(op, &out, err);
}

/* --- the end of bounded input ------------------------------------------------------------------------------------------ */

static rn_status emit(set *self, uint32_t n, rn_error *err) {
  rn_batch out;
  if (!n) return RN_OK;
  rn_output_rows(&self->op, self->out, n, self->width, &out);
  return rn_emit(&self->op, &out, err);
}

static rn_status emit_all(set *self, rn_error *err) {
  rn_table *table = rn_map_table(self->map, 0);
  uint32_t n = 0;
  for (uint32_t p = 0, end = rn_table_end(table); p < end; p++) {
    uint8_t *bytes = rn_table_at(table, p);
    if (!bytes) continue;
    for (int64_t k = times(self->op.node, slot_of(bytes)); k > 0; k--) {
      self->out[n++] = rn_table_key(table, bytes);
      if (n < self->op.context->batch_rows && n < RN_BATCH_ROWS_MAX) continue;
      if (emit(self, n, err) != RN_OK) return RN_FAIL;
      n = 0;
    }
  }
  return emit(self, n, err);
}

static rn_status set_watermark(rn_operator *op, int64_t watermark_us, rn_error *err) {
  set *self = (set *)op;
  if (op->node->u.set.fold && watermark_us == RN_WATERMARK_END && emit_all(self, err) != RN_OK) return RN_FAIL;
  return op->node->u.set.fold ? rn_emit_last_watermark(op, watermark_us, err) : rn_emit_watermark(op, watermark_us, err);
}

static void set_close(rn_operator *op) {
  set *self = (set *)op;
  rn_arena_free(&self->memory);
  rn_arena_free(&self->scratch);
}

const rn_operator_class rn_op_set_class = {
    .name = "set", .size = sizeof(set), .open = set_open, .process_batch = set_process, .on_watermark = set_watermark,
    .close = set_close};
