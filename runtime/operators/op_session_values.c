/* What a session holds: accumulators of WINDOW_AGG, or the encoded rows of a bare WINDOW in a list; and how it
 * leaves as rows. The set of values of DISTINCT lies in a namespace of its own per session (its id), so that two of
 * them can be merged value by value: one that is new to the session is folded into its accumulators again. FIRST_VALUE and
 * LAST_VALUE are by arrival, which says nothing about the times of the sessions that they meet in: the number of the row that
 * each has lies beside it. */
#include "runtime/operators/op_session.h"
#include "runtime/operators/operators.h"

void rn_session_values_open(rn_session_op *self, rn_map_spec *spec, uint8_t distinct_map_id) {
  rn_operator *op = &self->op;
  const rn_plan_node *node = op->node;
  rn_agg_set *set = &self->set;
  static const uint32_t row_refs[] = {offsetof(rn_session_row, row)};
  static const rn_ref_spec rows = {.element_size = sizeof(rn_session_row), .nested_count = 1, .nested = row_refs};
  spec->lead = RN_SESSION_LEAD;
  spec->ref_count = 1;
  spec->refs = &rows;
  spec->value_size = sizeof(rn_ref);
  spec->value_align = 8;
  uint32_t values = 0, calls = self->aggregates ? node->u.window_agg.call_count : 0;
  for (uint32_t c = 0; c < calls; c++) {
    if (node->u.window_agg.calls[c].distinct) values = sizeof(int64_t); /* its id */
  }
  if (self->aggregates && node->u.window_agg.early) {
    self->change_at = values;
    values += sizeof(int64_t);
  }
  self->order_at = RN_NEW_N(&self->memory, uint32_t, calls + 1);
  for (uint32_t c = 0; c < calls; c++) {
    self->order_at[c] = RN_SESSION_NO_ORDER;
    if (!(node->u.window_agg.calls[c].ops->flags & (RN_AGG_FIRST | RN_AGG_LAST))) continue;
    self->ordered = true;
    self->order_at[c] = values;
    values += sizeof(int64_t);
  }
  rn_agg_set_init(set, self->aggregates ? node->u.window_agg.calls : NULL, calls, values, true, &self->memory);
  if (self->aggregates) {
    spec->value_size = set->size;
    spec->value_align = set->align;
    spec->ref_count = set->ref_count;
    spec->refs = set->refs;
  }
  self->value_size = spec->value_size;
  rn_agg_set_open(set, op->state, op->context->hash_seed, distinct_map_id, NULL);
}

static rn_ref *rows_of(rn_session *session) { return (rn_ref *)(void *)session; }

static void add_row(rn_session_op *self, rn_session *session, rn_ref bytes) {
  ((rn_session_row *)(void *)rn_list_push(self->op.state, rows_of(session), sizeof(rn_session_row), 0))->row = bytes;
}

static int64_t *order_of(const rn_session_op *self, const uint8_t *slot, uint32_t call) {
  return (int64_t *)(void *)(uintptr_t)(slot + self->order_at[call]);
}

/* Which of the pending rows the calls that keep one row's value take it from. */
static void number_rows(rn_session_op *self, const rn_batch *batch) {
  for (uint32_t c = 0; c < self->set.count; c++) {
    const rn_agg_call *call = &self->set.calls[c];
    if (self->order_at[c] == RN_SESSION_NO_ORDER) continue;
    const rn_column *arg = &batch->columns[call->argument];
    bool nulls = call->ops->flags & RN_AGG_KEEPS_NULLS, first = call->ops->flags & RN_AGG_FIRST;
    for (uint32_t i = 0; i < self->pending; i++) {
      uint32_t row = self->rows[i];
      int64_t *order = order_of(self, self->slots[i], c);
      if ((rn_is_null(arg, row) && !nulls) || !rn_agg_filter(call, batch, row) || (first && *order)) continue;
      *order = self->arrived + i + 1;
    }
  }
  self->arrived += self->pending;
}

void rn_session_values_add(rn_session_op *self, const rn_batch *batch, const rn_keys *keys, const rn_keys *row_bytes) {
  uint32_t n = self->pending;
  if (!self->aggregates) {
    for (uint32_t i = 0; i < n; i++) {
      uint32_t k = self->which[i];
      add_row(self, (rn_session *)(void *)self->slots[i],
              rn_state_store(self->op.state, row_bytes->keys[k], row_bytes->lengths[k]));
    }
    return;
  }
  if (self->ordered) number_rows(self, batch);
  if (!self->set.has_distinct) {
    rn_agg_set_update(&self->set, self->slots, batch, self->rows, n, keys, self->which, 0);
    return;
  }
  for (uint32_t i = 0, run; i < n; i += run) { /* rows of one session: one namespace */
    for (run = 1; i + run < n && self->slots[i + run] == self->slots[i];) run++;
    rn_agg_set_update(&self->set, self->slots + i, batch, self->rows + i, run, keys, self->which + i,
                      *rn_session_id((const rn_session *)(void *)self->slots[i]));
  }
}

/* --- DISTINCT --------------------------------------------------------------------------------------------------- */

/* Is the entry of the partition key? Two instances may have used the same id before their groups met in one. */
static bool entry_of(const rn_table *t, const uint8_t *entry, rn_slice key, rn_slice *value) {
  rn_slice whole = rn_table_key(t, entry);
  rn_reader r = {whole.ptr, whole.ptr + whole.len, false};
  rn_slice of = rn_get_bytes(&r);
  *value = rn_slice_make(r.ptr, (size_t)(r.end - r.ptr));
  return of.len == key.len && memcmp(of.ptr, key.ptr, key.len) == 0;
}

static void fold_value(rn_session_op *self, uint32_t d, rn_session *into, rn_slice value) {
  const rn_agg_set *set = &self->set;
  rn_arena *arena = &self->op.arena;
  char *key = rn_arena_alloc(arena, value.len + 1);
  key[0] = 0; /* null bits of a key of one column */
  memcpy(key + 1, value.ptr, value.len);
  rn_column column;
  bool decoded = false;
  uint8_t *slot = (uint8_t *)into;
  for (uint32_t c = 0; c < set->count; c++) {
    const rn_agg_call *call = &set->calls[c];
    if (set->distinct_of[c] != (int)d) continue;
    if (!decoded) {
      rn_column_init(&column, call->arg_type, 1, arena);
      rn_key_decode(key, (uint32_t)value.len + 1, &column, 1, 0, 1, arena);
      decoded = true;
    }
    call->ops->update(&slot, set->offsets[c], &column, &(rn_sel){NULL, 1}, self->op.state);
  }
}

static void merge_distinct(rn_session_op *self, uint32_t d, rn_session *into, const rn_session *from, rn_slice key) {
  rn_agg_set *set = &self->set;
  rn_table *t = rn_map_find(set->distincts[d].map, *rn_session_id(from));
  uint64_t hash = rn_table_hash(rn_session_table(self, into), (const uint8_t *)into);
  for (uint32_t p = 0, end = t ? rn_table_end(t) : 0; p < end; p++) {
    const uint8_t *entry = rn_table_at(t, p);
    rn_slice value;
    if (!entry || !entry_of(t, entry, key, &value)) continue;
    bool is_new;
    uint8_t *to = rn_agg_set_distinct(set, &set->distincts[d], *rn_session_id(into), NULL, hash, key, value, true, &is_new);
    *(int64_t *)(void *)to += *(const int64_t *)(const void *)entry;
    if (is_new) fold_value(self, d, into, value);
  }
}

/* `into` gets the value that came first, or last, of the two; merge() takes its second one for the later. */
static void merge_ordered(rn_session_op *self, uint32_t c, uint8_t *into, uint8_t *from) {
  const rn_agg_ops *ops = self->set.ops[c];
  uint32_t at = self->set.offsets[c];
  int64_t *mine = order_of(self, into, c), *others = order_of(self, from, c);
  bool first = ops->flags & RN_AGG_FIRST;
  if (!*others) return;
  if (!*mine || *others < *mine) {
    for (uint32_t i = 0; i < ops->size; i++) {
      uint8_t byte = into[at + i];
      into[at + i] = from[at + i];
      from[at + i] = byte;
    }
    int64_t order = *mine;
    *mine = *others;
    *others = order;
  }
  if (!*others) return;
  ops->merge(into + at, from + at, self->op.state);
  if (!first) *mine = *others;
}

void rn_session_values_restored(rn_session_op *self, const rn_session *session) {
  for (uint32_t c = 0; c < self->set.count; c++) {
    if (self->order_at[c] == RN_SESSION_NO_ORDER) continue;
    int64_t order = *order_of(self, (const uint8_t *)session, c);
    if (order > self->arrived) self->arrived = order;
  }
}

void rn_session_values_merge(rn_session_op *self, rn_session *into, rn_session *from) {
  rn_agg_set *set = &self->set;
  rn_state *state = self->op.state;
  if (!self->aggregates) {
    rn_ref rows = *rows_of(from);
    for (uint32_t n = rn_list_count(state, rows); n; n--) { /* the rows change hands */
      add_row(self, into, ((rn_session_row *)(void *)rn_list_at(state, rows, 0))->row);
      rn_list_pop(state, rows);
    }
    return;
  }
  for (uint32_t c = 0; c < set->count; c++) {
    if (set->distinct_of[c] >= 0 || !set->ops[c]->merge) continue;
    if (self->order_at[c] != RN_SESSION_NO_ORDER) {
      merge_ordered(self, c, (uint8_t *)into, (uint8_t *)from);
      continue;
    }
    set->ops[c]->merge((uint8_t *)into + set->offsets[c], (uint8_t *)from + set->offsets[c], state);
  }
  rn_slice key = rn_session_partition(self, into);
  for (uint32_t d = 0; d < set->distinct_count; d++) merge_distinct(self, d, into, from, key);
}

void rn_session_values_release(rn_session_op *self, rn_session *session) {
  rn_agg_set *set = &self->set;
  if (!set->distinct_count) return;
  rn_slice key = rn_session_partition(self, session), value;
  for (uint32_t d = 0; d < set->distinct_count; d++) {
    rn_table *t = rn_map_find(set->distincts[d].map, *rn_session_id(session));
    uint32_t mine = 0, end = t ? rn_table_end(t) : 0;
    for (uint32_t p = 0; p < end; p++) {
      const uint8_t *entry = rn_table_at(t, p);
      if (entry && entry_of(t, entry, key, &value)) mine++;
    }
    if (t && mine == rn_table_live(t)) {
      rn_map_drop(set->distincts[d].map, *rn_session_id(session));
      continue;
    }
    for (uint32_t p = 0; p < end; p++) {
      uint8_t *entry = rn_table_at(t, p);
      if (entry && entry_of(t, entry, key, &value)) rn_table_erase(t, entry);
    }
  }
}

void rn_session_values_free(rn_session_op *self, rn_session *session) {
  rn_agg_set_release(&self->set, (uint8_t *)session);
  if (self->aggregates) return;
  rn_state_release(self->op.state, *rows_of(session));
  *rows_of(session) = 0;
}

/* --- leaving ------------------------------------------------------------------------------------------------------ */

void rn_session_put_window(rn_session_op *self, rn_batch *out, uint32_t first, uint32_t row, rn_session_span span) {
  int64_t start = span.start * RN_US_PER_MS, end = span.end * RN_US_PER_MS;
  const int64_t values[3] = {start, end, rn_window_instant(&self->time, end)};
  for (uint32_t v = 0; v < 3 && first + v < out->column_count; v++) ((int64_t *)out->columns[first + v].data)[row] = values[v];
}

static rn_status emit_aggregates(rn_session_op *self, rn_session *const *sessions, uint32_t count, rn_error *err) {
  rn_operator *op = &self->op;
  uint32_t calls = op->node->u.window_agg.call_count;
  rn_batch out;
  for (uint32_t i = 0; i < count; i++) self->out[i] = rn_session_partition(self, sessions[i]);
  rn_output_rows(op, self->out, count, self->key_count, &out);
  rn_agg_set_results(&self->set, (const uint8_t *const *)(const void *)sessions, count, out.columns + self->key_count, 0,
                     count, &op->arena);
  for (uint32_t i = 0; i < count; i++) rn_session_put_window(self, &out, self->key_count + calls, i, rn_session_get(self, sessions[i]));
  return rn_emit(op, &out, err);
}

static rn_status emit_rows(rn_session_op *self, rn_session *const *sessions, uint32_t count, rn_error *err) {
  rn_operator *op = &self->op;
  uint32_t width = op->node->schema.count - 3, capacity = op->context->batch_rows, n = 0;
  const rn_session *of[RN_BATCH_ROWS_MAX];
  for (uint32_t s = 0; s < count; s++) {
    rn_ref list = *rows_of(sessions[s]);
    for (uint32_t i = 0, total = rn_list_count(op->state, list); i < total; i++) {
      of[n] = sessions[s];
      self->out[n++] = rn_state_load(op->state, ((rn_session_row *)(void *)rn_list_at(op->state, list, i))->row);
      if (n < capacity && (i + 1 < total || s + 1 < count)) continue;
      rn_batch out;
      rn_output_rows(op, self->out, n, width, &out);
      for (uint32_t r = 0; r < n; r++) rn_session_put_window(self, &out, width, r, rn_session_get(self, of[r]));
      if (rn_emit(op, &out, err) != RN_OK) return RN_FAIL;
      n = 0;
    }
  }
  return RN_OK;
}

rn_status rn_session_values_emit(rn_session_op *self, rn_session *const *sessions, uint32_t count, rn_error *err) {
  return self->aggregates ? emit_aggregates(self, sessions, count, err) : emit_rows(self, sessions, count, err);
}
