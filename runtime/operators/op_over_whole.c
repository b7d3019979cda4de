/* OVER that needs more than the rows before the current one, or another order than that of time (DIALECT 4.7, 8.11).
 *
 * Bounded input: rows are kept with their sort key, sorted by partition and order when the input has ended, decoded in
 * that order, and every call is computed over whole partitions (op_over_whole_calls.c). On streams (`changes`; frames
 * end at the current row): a partition keeps its rows in order; a row goes in at its place, gets its results, and the
 * rows behind it whose results have changed leave again as -U, +U.
 *
 * A record is: length of the partition key, length of the sort key, both keys, the encoded row. */
#include "runtime/operators/op_over_whole.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "runtime/operators/operators.h"
#include "runtime/operators/sort_key.h"

enum { BUFFER_ROWS = 1, MAP_PARTITIONS = 2, MAP_DISTINCT = 8 };

typedef struct partition { /* slot of a stream's partition */
  rn_ref rows; /* list of refs to records, in order */
} partition;

static rn_status whole_open(rn_operator *op, rn_error *err) {
  static const uint32_t nested[] = {0};
  static const rn_ref_spec refs[] = {{.element_size = sizeof(rn_ref), .nested_count = 1, .nested = nested}};
  (void)err;
  rn_over_whole *self = (rn_over_whole *)op;
  const rn_plan_node *node = op->node;
  rn_arena_init(&self->memory);
  rn_arena_init(&self->work);
  rn_arena_init(&self->scratch);
  rn_operator_open_state(op);
  self->input_columns = node->schema.count - node->u.over_whole.call_count;
  self->buffer = rn_state_buffer(op->state, BUFFER_ROWS);
  rn_agg_set_init(&self->set, node->u.over_whole.calls, node->u.over_whole.call_count, 0, false, &self->memory);
  if (node->u.over_whole.changes) {
    rn_map_spec spec = {.id = MAP_PARTITIONS, .value_size = sizeof(partition), .value_align = 8, .ref_count = 1, .refs = refs,
                        .ttl_us = node->ttl_us[0]};
    self->partitions = rn_state_map(op->state, &spec);
  }
  rn_agg_set_open(&self->set, op->state, op->context->hash_seed, MAP_DISTINCT, NULL);
  rn_over_whole_calls_open(self);
  return RN_OK;
}

/* --- records ------------------------------------------------------------------------------------------------------ */

typedef struct record {
  rn_slice key, order, row;
} record;

static void make_record(rn_over_whole *self, const rn_batch *batch, const rn_keys *keys, const rn_keys *rows, uint32_t i) {
  const rn_plan_node *node = self->op.node;
  rn_builder *b = &self->record;
  rn_builder_clear(b);
  uint32_t lengths[2] = {keys->lengths[i], 0};
  rn_builder_append(b, (const char *)lengths, sizeof lengths);
  rn_builder_append(b, keys->keys[i], lengths[0]);
  rn_sort_key_append(b, batch->columns, node->u.over_whole.order, node->u.over_whole.order_count, rn_live(batch, i));
  lengths[1] = (uint32_t)(b->len - sizeof lengths) - lengths[0];
  memcpy(b->data, lengths, sizeof lengths);
  rn_builder_append(b, rows->keys[i], rows->lengths[i]);
}

static record read_record(const char *bytes, size_t length) {
  uint32_t lengths[2];
  memcpy(lengths, bytes, sizeof lengths);
  const char *key = bytes + sizeof lengths, *order = key + lengths[0], *row = order + lengths[1];
  return (record){{key, lengths[0]}, {order, lengths[1]}, {row, length - (size_t)(row - bytes)}};
}

/* Decodes rows that lie in order, with room for the results. */
static void decode(rn_over_whole *self, const rn_slice *slices, uint32_t n, rn_whole_rows *out) {
  rn_batch all;
  rn_batch_init(&all, &self->op.node->schema, n, &self->work);
  rn_keys_decode(slices, n, all.columns, self->input_columns, 0, n, &self->work);
  out->count = n;
  out->columns = all.columns;
}

/* --- bounded input ------------------------------------------------------------------------------------------------ */

typedef struct item {
  uint64_t prefix;
  record record;
  uint32_t index;
} item;

static int compare_items(const void *x, const void *y) {
  const item *a = x, *b = y;
  int by_key = rn_sort_key_compare(a->record.key, b->record.key);
  if (by_key) return by_key;
  if (a->prefix != b->prefix) return a->prefix < b->prefix ? -1 : 1;
  int by_order = rn_sort_key_compare(a->record.order, b->record.order);
  return by_order ? by_order : (a->index > b->index) - (a->index < b->index);
}

/* Rows [base, base + BLOCK) of the columns as columns of their own: bitmaps are shared where words begin. */
void rn_over_whole_view(rn_column *to, const rn_column *from, uint32_t base, rn_arena *arena) {
  rn_physical p = rn_type_physical(from->type);
  *to = *from;
  to->capacity = to->used = 0;
  if (from->data) to->data = (char *)from->data + (size_t)base * rn_physical_width(p);
  if (from->valid) to->valid = from->valid + base / 64;
  if (p != RN_P_ROW) return;
  to->children = RN_NEW_N(arena, rn_column, from->child_count + 1);
  for (uint32_t i = 0; i < from->child_count; i++) rn_over_whole_view(&to->children[i], &from->children[i], base, arena);
}

static rn_status emit_rows(rn_over_whole *self, const rn_whole_rows *rows, rn_error *err) {
  rn_operator *op = &self->op;
  uint32_t columns = op->node->schema.count, most = op->context->batch_rows;
  for (uint32_t from = 0; from < rows->count;) {
    uint32_t base = from / 64 * 64, to = from + most < rows->count ? from + most : rows->count;
    if (to - base > RN_BATCH_ROWS_MAX) to = base + RN_BATCH_ROWS_MAX;
    rn_arena_reset(&op->arena);
    uint16_t *live = RN_NEW_N(&op->arena, uint16_t, to - from);
    for (uint32_t i = from; i < to; i++) live[i - from] = (uint16_t)(i - base);
    rn_batch out = {.rows = to - base, .live_count = to - from, .live = live, .column_count = columns,
                    .columns = RN_NEW_N(&op->arena, rn_column, columns + 1), .arena = &op->arena};
    for (uint32_t c = 0; c < columns; c++) rn_over_whole_view(&out.columns[c], &rows->columns[c], base, &op->arena);
    if (rn_emit(op, &out, err) != RN_OK) return RN_FAIL;
    from = to;
  }
  return RN_OK;
}

static rn_status emit_all(rn_over_whole *self, rn_error *err) {
  const rn_buffered *kept;
  size_t count = rn_buffer_peek(self->buffer, INT64_MAX, &kept);
  if (!count) return RN_OK;
  if (count > UINT32_MAX - RN_BATCH_ROWS_MAX)
    return rn_fail_at(err, RN_E_LIMIT, self->op.node->span, "OVER cannot sort more than 4 billion rows");
  uint32_t n = (uint32_t)count;
  item *items = rn_malloc(n * sizeof *items);
  rn_slice *slices = rn_malloc(n * sizeof *slices);
  uint8_t *marks = rn_malloc(n + 1);
  for (uint32_t i = 0; i < n; i++) {
    record r = read_record(kept[i].row, kept[i].length);
    items[i] = (item){rn_sort_prefix(r.order.ptr, r.order.len), r, i};
  }
  qsort(items, n, sizeof *items, compare_items);
  for (uint32_t i = 0; i < n; i++) {
    bool first = i == 0 || !rn_slice_eq(items[i].record.key, items[i - 1].record.key);
    bool peers = first || !rn_slice_eq(items[i].record.order, items[i - 1].record.order);
    marks[i] = (uint8_t)((first ? RN_WHOLE_PARTITION : 0) | (peers ? RN_WHOLE_PEERS : 0));
    slices[i] = items[i].record.row;
  }
  marks[n] = RN_WHOLE_PARTITION | RN_WHOLE_PEERS;
  rn_free(items);
  rn_whole_rows rows = {.marks = marks};
  decode(self, slices, n, &rows);
  rn_over_whole_evaluate(self, &rows);
  rn_status status = emit_rows(self, &rows, err);
  rn_free(slices);
  rn_free(marks);
  rn_buffer_remove(self->buffer, INT64_MAX);
  rn_arena_reset(&self->work);
  return status;
}

/* --- streams ------------------------------------------------------------------------------------------------------ */

typedef struct entry { /* a row of the partition being changed */
  record record;
  bool added;
  uint32_t before; /* its row among those that were there */
} entry;

static void evaluate_entries(rn_over_whole *self, const entry *entries, uint32_t n, bool old_only, rn_whole_rows *out) {
  rn_slice *slices = RN_NEW_N(&self->work, rn_slice, n + 1);
  uint8_t *marks = RN_NEW_N(&self->work, uint8_t, n + 1);
  rn_slice last = {NULL, 0};
  uint32_t count = 0;
  for (uint32_t i = 0; i < n; i++) {
    if (old_only && entries[i].added) continue;
    bool peers = count == 0 || !rn_slice_eq(last, entries[i].record.order);
    marks[count] = (uint8_t)((count == 0 ? RN_WHOLE_PARTITION : 0) | (peers ? RN_WHOLE_PEERS : 0));
    last = entries[i].record.order;
    slices[count++] = entries[i].record.row;
  }
  marks[count] = RN_WHOLE_PARTITION | RN_WHOLE_PEERS;
  out->marks = marks;
  decode(self, slices, count, out);
  if (count) rn_over_whole_evaluate(self, out);
}

static bool same_results(rn_over_whole *self, const rn_whole_rows *a, uint32_t i, const rn_whole_rows *b, uint32_t k) {
  rn_builder left = {0}, right = {0};
  for (uint32_t c = self->input_columns; c < self->op.node->schema.count; c++) {
    rn_builder_char(&left, rn_is_null(&a->columns[c], i) ? 1 : 0);
    rn_builder_char(&right, rn_is_null(&b->columns[c], k) ? 1 : 0);
    if (rn_is_valid(&a->columns[c], i)) rn_value_encode(&left, &a->columns[c], i);
    if (rn_is_valid(&b->columns[c], k)) rn_value_encode(&right, &b->columns[c], k);
  }
  bool same = left.len == right.len && memcmp(left.data, right.data, left.len) == 0;
  rn_builder_free(&left);
  rn_builder_free(&right);
  return same;
}

typedef struct output {
  rn_batch batch;
  uint8_t kinds[RN_BATCH_ROWS_MAX];
} output;

static rn_status flush(rn_over_whole *self, output *out, rn_error *err) {
  out->batch.kinds = out->kinds;
  out->batch.live_count = out->batch.rows;
  if (out->batch.rows && rn_emit(&self->op, &out->batch, err) != RN_OK) return RN_FAIL;
  rn_arena_reset(&self->op.arena);
  rn_batch_init(&out->batch, &self->op.node->schema, self->op.context->batch_rows, &self->op.arena);
  out->batch.rows = 0;
  return RN_OK;
}

static rn_status put(rn_over_whole *self, output *out, const rn_whole_rows *rows, uint32_t row, rn_row_kind kind, rn_error *err) {
  uint32_t at = out->batch.rows++, most = self->op.context->batch_rows;
  for (uint32_t c = 0; c < out->batch.column_count; c++)
    rn_column_copy_value(&out->batch.columns[c], at, &rows->columns[c], row, most, &self->op.arena);
  out->kinds[at] = (uint8_t)kind;
  return out->batch.rows < most ? RN_OK : flush(self, out, err);
}

/* Rows added[0..n) of one partition come in: what they get, and what they change. */
static rn_status change_partition(rn_over_whole *self, uint8_t *slot, const rn_slice *added, uint32_t n, output *out, rn_error *err) {
  rn_state *state = self->op.state;
  rn_ref *list = &((partition *)(void *)slot)->rows;
  uint32_t old = rn_list_count(state, *list), count = 0;
  entry *entries = RN_NEW_N(&self->work, entry, old + n);
  for (uint32_t i = 0; i < old; i++) {
    rn_ref ref;
    memcpy(&ref, rn_list_at(state, *list, i), sizeof ref);
    rn_slice bytes = rn_state_load(state, ref);
    entries[count++] = (entry){read_record(bytes.ptr, bytes.len), false, i};
  }
  for (uint32_t i = 0; i < n; i++) { /* behind those that sort alike: they were first */
    record r = read_record(added[i].ptr, added[i].len);
    uint32_t low = 0, high = count;
    while (low < high) {
      uint32_t middle = low + (high - low) / 2;
      if (rn_sort_key_compare(entries[middle].record.order, r.order) <= 0) low = middle + 1;
      else high = middle;
    }
    memmove(entries + low + 1, entries + low, (count - low) * sizeof *entries);
    entries[low] = (entry){r, true, 0};
    count++;
  }
  rn_whole_rows before, after;
  evaluate_entries(self, entries, count, true, &before);
  evaluate_entries(self, entries, count, false, &after);
  for (uint32_t i = 0; i < count; i++) {
    if (entries[i].added) {
      if (put(self, out, &after, i, RN_INSERT, err) != RN_OK) return RN_FAIL;
      continue;
    }
    if (same_results(self, &before, entries[i].before, &after, i)) continue;
    if (self->op.node->u.over_whole.update_before && put(self, out, &before, entries[i].before, RN_UPDATE_BEFORE, err) != RN_OK)
      return RN_FAIL;
    if (put(self, out, &after, i, RN_UPDATE_AFTER, err) != RN_OK) return RN_FAIL;
  }
  /* The refs in their new order; records of new rows move into state. */
  rn_ref *refs = RN_NEW_N(&self->work, rn_ref, count);
  for (uint32_t i = 0; i < count; i++) {
    if (!entries[i].added) {
      memcpy(&refs[i], rn_list_at(state, *list, entries[i].before), sizeof refs[i]);
    } else {
      const char *begin = entries[i].record.key.ptr - 2 * sizeof(uint32_t);
      refs[i] = rn_state_store(state, begin, (size_t)(entries[i].record.row.ptr + entries[i].record.row.len - begin));
    }
  }
  for (uint32_t i = 0; i < n; i++) (void)rn_list_push(state, list, sizeof(rn_ref), 0);
  for (uint32_t i = 0; i < count; i++) memcpy(rn_list_at(state, *list, i), &refs[i], sizeof refs[i]);
  return RN_OK;
}

static rn_status change_rows(rn_over_whole *self, const rn_batch *batch, const rn_keys *keys, const rn_keys *rows, rn_error *err) {
  rn_table *table = rn_map_table(self->partitions, 0);
  uint32_t n = batch->live_count;
  bool *done = RN_NEW_N(&self->scratch, bool, n);
  uint8_t **slots = RN_NEW_N(&self->scratch, uint8_t *, n);
  rn_slice *records = RN_NEW_N(&self->scratch, rn_slice, n), *added = RN_NEW_N(&self->scratch, rn_slice, n);
  output *out = rn_malloc(sizeof *out);
  memset(&out->batch, 0, sizeof out->batch);
  rn_status status = flush(self, out, err);
  for (uint32_t i = 0; i < n; i++) {
    make_record(self, batch, keys, rows, i);
    records[i] = rn_slice_make(rn_arena_strndup(&self->scratch, self->record.data, self->record.len), self->record.len);
    slots[i] = rn_table_upsert_one(table, keys->hashes[i], keys->keys[i], keys->lengths[i], NULL);
  }
  for (uint32_t i = 0; i < n && status == RN_OK; i++) {
    if (done[i]) continue;
    uint32_t count = 0;
    for (uint32_t k = i; k < n; k++) {
      if (done[k] || slots[k] != slots[i] || (k > i && self->op.node->u.over_whole.each)) continue;
      done[k] = true;
      added[count++] = records[k];
    }
    status = change_partition(self, slots[i], added, count, out, err);
    rn_table_touch(table, slots[i]);
    rn_arena_reset(&self->work);
  }
  if (status == RN_OK) status = flush(self, out, err);
  rn_free(out);
  return status;
}

/* --- the operator --------------------------------------------------------------------------------------------------- */

static rn_status whole_process(rn_operator *op, unsigned input, rn_batch *batch, rn_error *err) {
  (void)input;
  rn_over_whole *self = (rn_over_whole *)op;
  const rn_plan_node *node = op->node;
  if (!batch->live_count) return RN_OK;
  rn_arena *scratch = &self->scratch;
  rn_arena_reset(scratch);
  rn_keys keys, rows;
  rn_keys_encode(&keys, batch, node->u.over_whole.keys, node->u.over_whole.key_count, op->context->hash_seed, scratch);
  rn_rows_encode(&rows, batch, NULL, self->input_columns, scratch);
  if (node->u.over_whole.changes) return change_rows(self, batch, &keys, &rows, err);
  for (uint32_t i = 0; i < batch->live_count; i++) {
    make_record(self, batch, &keys, &rows, i);
    rn_buffer_add(self->buffer, 0, rn_key_group(keys.hashes[i]), self->record.data, (uint32_t)self->record.len);
  }
  return RN_OK;
}

static rn_status whole_watermark(rn_operator *op, int64_t watermark_us, rn_error *err) {
  rn_over_whole *self = (rn_over_whole *)op;
  if (watermark_us == RN_WATERMARK_END && emit_all(self, err) != RN_OK) return RN_FAIL;
  return op->node->u.over_whole.changes ? rn_emit_watermark(op, watermark_us, err) : rn_emit_last_watermark(op, watermark_us, err);
}

static void whole_close(rn_operator *op) {
  rn_over_whole *self = (rn_over_whole *)op;
  rn_agg_set_close(&self->set);
  rn_builder_free(&self->record);
  rn_arena_free(&self->work);
  rn_arena_free(&self->scratch);
  rn_arena_free(&self->memory);
}

const rn_operator_class rn_op_over_whole_class = {
    .name = "over-whole", .size = sizeof(rn_over_whole), .open = whole_open, .process_batch = whole_process,
    .on_watermark = whole_watermark, .close = whole_close};
