/* JOIN: regular join of two inputs by symmetric hashing (Wilschut and Apers 1991), with the changelog of outer joins
 * as in DIALECT 4.8, and the joins that sub-queries become.
 *
 * Per side a map: key -> list of the side's rows, each with the number of partners it has on the other side (kept for
 * counting sides only). A new row meets the list of its key on the other side, then joins its own. An outer row
 * without partner stands as (row, NULLs); its first partner takes that back (-D) and the loss of its last one brings it
 * again. A row that is taken back takes its pairs back and leaves its list. In a bounded plan (fold) rows without
 * partner come once, when the input ends.
 *
 * SEMI, ANTI and MARK (DIALECT 4.9) give rows of the left side only: those with a partner, those without, or all of
 * them with a column that says which. They are the same join in which a left row changes what it shows when its number
 * of partners leaves or reaches zero. `single` is the join of a scalar sub-query: a second partner is an error.
 *
 * Where a side has a time to live its rows go one by one, without a word: the time of a row that shows partners begins
 * again when their number changes, as Flink has it.
 *
 * Work goes in chunks: pairs of row and candidate are gathered over many rows, the rest of ON is evaluated over the
 * chunk's columns at once, then the pairs are walked in order. Rows lie in state encoded as keys are, so a pair is two
 * slices until it leaves. The candidates' lists do not change within a batch: only the own side's do. */
#include "base/alloc.h"
#include "runtime/operators/join_side.h"
#include "runtime/operators/operators.h"

enum { CHUNK = 1024 };

typedef struct kept { /* element of a list */
  rn_ref row;
  uint32_t partners;
  uint32_t hash; /* of the row, where rows may be taken back: to find it among those of its key */
} kept;

typedef struct slot {
  rn_ref rows; /* list of kept */
} slot;

typedef struct pair {
  uint32_t row; /* index among the batch's live rows */
  uint8_t *slot;
  kept *other;
} pair;

typedef struct join {
  rn_operator op;
  rn_arena memory;  /* programs, constants */
  rn_arena scratch; /* keys and rows of the input batch */
  rn_arena decoded; /* the chunk, where ON has a rest */
  rn_map *maps[2];
  uint32_t widths[2];
  rn_join_kind kind;
  bool counts[2]; /* rows of the side show another thing without partners: outer sides; the left of SEMI, ANTI, MARK */
  bool pairs_out; /* the output holds pairs: not SEMI, ANTI, MARK */
  bool fold;
  bool taken_back[2]; /* rows of the side may be */
  rn_schema both; /* of a pair, for the condition */
  rn_program *condition;
  rn_slice nulls[2]; /* a row of NULLs, encoded */
  /* the batch being processed */
  unsigned side;
  const rn_batch *batch;
  rn_keys keys, rows;
  uint32_t finished; /* live rows that are done */
  uint32_t partners[RN_BATCH_ROWS_MAX];
  pair pairs[CHUNK];
  uint32_t pair_count;
  bool passes[CHUNK];
  /* output being filled */
  rn_slice out[2][CHUNK];
  uint8_t kinds[CHUNK], marks[CHUNK];
  uint32_t out_count;
} join;

static slot *slot_of(uint8_t *bytes) { return (slot *)(void *)bytes; }
static kept *kept_at(join *self, const uint8_t *s, uint32_t i) {
  return (kept *)(void *)rn_list_at(self->op.state, ((const slot *)(const void *)s)->rows, i);
}
static uint32_t kept_count(join *self, uint8_t *s) { return s ? rn_list_count(self->op.state, slot_of(s)->rows) : 0; }

static rn_status join_open(rn_operator *op, rn_error *err) {
  join *self = (join *)op;
  const rn_plan_node *node = op->node;
  rn_arena_init(&self->memory);
  rn_arena_init(&self->scratch);
  rn_arena_init(&self->decoded);
  rn_operator_open_state(op);
  self->kind = node->u.join.kind;
  self->pairs_out = self->kind <= RN_JOIN_KIND_FULL;
  self->counts[0] = !self->pairs_out || self->kind == RN_JOIN_KIND_LEFT || self->kind == RN_JOIN_KIND_FULL;
  self->counts[1] = self->kind == RN_JOIN_KIND_RIGHT || self->kind == RN_JOIN_KIND_FULL;
  self->fold = node->u.join.fold;
  self->both = rn_join_both(node, &self->memory);
  for (unsigned s = 0; s < 2; s++) {
    self->maps[s] = rn_join_map(op, s, sizeof(slot), sizeof(kept), &self->memory);
    self->widths[s] = node->inputs[s]->schema.count;
    self->nulls[s] = rn_join_nulls(node, s, &self->memory);
    self->taken_back[s] = (node->inputs[s]->emits & (RN_CHANGE_UPDATE_BEFORE | RN_CHANGE_DELETE)) != 0;
  }
  if (!node->u.join.condition) return RN_OK;
  return rn_program_compile(&node->u.join.condition, 1, &self->memory, &self->condition, err);
}

/* --- output ------------------------------------------------------------------------------------------------------- */

static void decode_output(join *self, uint32_t n, rn_batch *out) {
  rn_output_rows(&self->op, self->out[0], n, self->widths[0], out);
  if (self->pairs_out) rn_keys_decode(self->out[1], n, out->columns + self->widths[0], self->widths[1], 0, n, &self->op.arena);
  if (self->kind == RN_JOIN_KIND_MARK) memcpy(out->columns[self->widths[0]].data, self->marks, n);
  rn_output_kinds(out, self->kinds);
}

static rn_status flush(join *self, rn_error *err) {
  if (!self->out_count) return RN_OK;
  rn_batch out;
  uint32_t n = self->out_count;
  decode_output(self, n, &out);
  self->out_count = 0;
  return rn_emit(&self->op, &out, err);
}

/* The row of `side` and its partner. */
static rn_status put(join *self, unsigned side, rn_slice row, rn_slice partner, rn_row_kind kind, rn_error *err) {
  uint32_t at = self->out_count++;
  self->out[side][at] = row;
  self->out[!side][at] = partner;
  self->kinds[at] = (uint8_t)kind;
  return self->out_count < self->op.context->batch_rows && self->out_count < CHUNK ? RN_OK : flush(self, err);
}

/* What a row of a counting side shows besides its pairs, with and without partners. */
static rn_status show(join *self, unsigned side, rn_slice row, bool partners, rn_row_kind kind, rn_error *err) {
  switch (self->kind) {
    case RN_JOIN_KIND_SEMI:
      if (!partners) return RN_OK;
      break;
    case RN_JOIN_KIND_MARK: self->marks[self->out_count] = partners; break;
    default:
      if (partners) return RN_OK;
      break;
  }
  return put(self, side, row, self->nulls[!side], kind, err);
}

/* --- one row of the batch --------------------------------------------------------------------------------------------- */

static rn_row_kind kind_of(const join *self, uint32_t i) { return rn_kind(self->batch, rn_live(self->batch, i)); }
static rn_slice row_of(const join *self, uint32_t i) { return rn_slice_make(self->rows.keys[i], self->rows.lengths[i]); }

static uint32_t hash_of(const join *self, uint32_t i) {
  return self->taken_back[self->side] ? (uint32_t)(self->rows.hashes[i] >> 32) : 0;
}

static bool meets_nobody(const join *self, uint32_t i) { /* then it is not kept either */
  return rn_join_meets_nobody(self->op.node, self->side, self->batch, rn_live(self->batch, i));
}

static void forget(join *self, uint32_t i) {
  rn_table *table = rn_map_table(self->maps[self->side], 0);
  uint8_t *bytes = rn_table_find(table, self->keys.hashes[i], self->keys.keys[i], self->keys.lengths[i]);
  uint32_t count = kept_count(self, bytes);
  rn_slice row = row_of(self, i);
  for (uint32_t e = 0; e < count; e++) {
    e = rn_list_find(self->op.state, slot_of(bytes)->rows, e, offsetof(kept, hash), hash_of(self, i));
    if (e == count) return;
    kept *found = kept_at(self, bytes, e);
    if (!rn_slice_eq(rn_state_load(self->op.state, found->row), row)) continue;
    if (count == 1) {
      rn_table_erase(table, bytes);
      return;
    }
    rn_state_release(self->op.state, found->row);
    if (e > 0) /* the oldest takes its place */
      memcpy(found, kept_at(self, bytes, 0), rn_element_size(self->maps[self->side], sizeof(kept)));
    rn_list_pop(self->op.state, slot_of(bytes)->rows);
    rn_table_touch(table, bytes);
    return;
  }
}

/* All candidates of the row were seen. */
static rn_status finish(join *self, uint32_t i, rn_error *err) {
  unsigned side = self->side;
  rn_row_kind kind = kind_of(self, i);
  bool back = rn_takes_back(kind), nobody = meets_nobody(self, i);
  if (self->kind != RN_JOIN_KIND_SEMI) kind = back ? RN_DELETE : RN_INSERT;
  if (self->counts[side] && (!self->fold || nobody) &&
      show(self, side, row_of(self, i), self->partners[i] > 0, kind, err) != RN_OK) {
    return RN_FAIL;
  }
  if (nobody) return RN_OK;
  if (back) {
    if (flush(self, err) != RN_OK) return RN_FAIL; /* what waits may lie in the memory that is given back */
    forget(self, i);
    return RN_OK;
  }
  rn_table *table = rn_map_table(self->maps[side], 0);
  uint8_t *bytes = rn_table_upsert_one(table, self->keys.hashes[i], self->keys.keys[i], self->keys.lengths[i], NULL);
  rn_slice row = row_of(self, i);
  rn_ref stored = rn_state_store(self->op.state, row.ptr, row.len);
  uint8_t *element = rn_list_push(self->op.state, &slot_of(bytes)->rows, rn_element_size(self->maps[side], sizeof(kept)), 0);
  *(kept *)(void *)element = (kept){stored, self->partners[i], hash_of(self, i)};
  rn_element_write(self->maps[side], element, sizeof(kept));
  return RN_OK;
}

static rn_status second_partner(join *self, rn_error *err) {
  return rn_fail_at(err, RN_E_SUBQUERY_ROWS, self->op.node->span, "the scalar sub-query gave more than one row");
}

static rn_status put_pair(join *self, const pair *p, rn_slice partner, rn_row_kind kind, rn_error *err) {
  return self->pairs_out ? put(self, self->side, row_of(self, p->row), partner, kind, err) : RN_OK;
}

static rn_status meet(join *self, const pair *p, rn_error *err) {
  unsigned side = self->side, other = !side;
  rn_row_kind kind = kind_of(self, p->row), gone = RN_DELETE, come = RN_INSERT;
  bool back = rn_takes_back(kind), single = self->op.node->u.join.single;
  if (self->kind == RN_JOIN_KIND_SEMI) gone = come = kind; /* a left row comes and goes with the kind of its partner */
  else if (self->counts[0] || self->counts[1]) kind = back ? RN_DELETE : RN_INSERT;
  rn_slice partner = rn_state_load(self->op.state, p->other->row);
  if (++self->partners[p->row] > 1 && single && side == 0 && !back) return second_partner(self, err);
  if (!self->counts[other]) return put_pair(self, p, partner, kind, err);
  rn_table_touch(rn_map_table(self->maps[other], 0), p->slot);
  rn_element_write(self->maps[other], (uint8_t *)p->other, sizeof(kept));
  if (!back) {
    bool first = p->other->partners++ == 0;
    if (single && !first) return second_partner(self, err);
    if (first && !self->fold && show(self, other, partner, false, gone, err) != RN_OK) return RN_FAIL;
    if (put_pair(self, p, partner, kind, err) != RN_OK) return RN_FAIL;
    return first && !self->fold ? show(self, other, partner, true, come, err) : RN_OK;
  }
  bool last = --p->other->partners == 0;
  if (last && !self->fold && show(self, other, partner, true, gone, err) != RN_OK) return RN_FAIL;
  if (put_pair(self, p, partner, kind, err) != RN_OK) return RN_FAIL;
  return last && !self->fold ? show(self, other, partner, false, come, err) : RN_OK;
}

/* --- chunks of candidates ------------------------------------------------------------------------------------------------ */

static rn_status test_pairs(join *self, rn_error *err) {
  rn_slice sides[2][CHUNK];
  for (uint32_t i = 0; i < self->pair_count; i++) {
    sides[self->side][i] = row_of(self, self->pairs[i].row);
    sides[!self->side][i] = rn_state_load(self->op.state, self->pairs[i].other->row);
    self->passes[i] = false;
  }
  rn_batch chunk;
  rn_eval eval;
  uint16_t live[CHUNK];
  uint32_t count = 0;
  rn_join_pairs(&self->both, self->widths[0], sides[0], sides[1], self->pair_count, &self->decoded, &chunk);
  rn_operator_eval(&self->op, &chunk, &eval, err);
  eval.arena = &self->decoded;
  if (rn_program_filter(self->condition, &chunk, &eval, live, &count) != RN_OK) return RN_FAIL;
  for (uint32_t i = 0; i < count; i++) self->passes[live[i]] = true;
  return RN_OK;
}

/* Walks the gathered pairs; rows below `upto` have no candidates behind them. */
static rn_status settle(join *self, uint32_t upto, rn_error *err) {
  if (self->condition && self->pair_count && test_pairs(self, err) != RN_OK) return RN_FAIL;
  for (uint32_t i = 0; i < self->pair_count; i++) {
    for (; self->finished < self->pairs[i].row; self->finished++)
      if (finish(self, self->finished, err) != RN_OK) return RN_FAIL;
    if (self->condition && !self->passes[i]) continue;
    if (meet(self, &self->pairs[i], err) != RN_OK) return RN_FAIL;
  }
  self->pair_count = 0;
  for (; self->finished < upto; self->finished++)
    if (finish(self, self->finished, err) != RN_OK) return RN_FAIL;
  return RN_OK;
}

static rn_status join_process(rn_operator *op, unsigned input, rn_batch *batch, rn_error *err) {
  join *self = (join *)op;
  const rn_plan_node *node = op->node;
  if (!batch->live_count) return RN_OK;
  rn_arena_reset(&self->scratch);
  self->side = input;
  self->batch = batch;
  self->finished = self->pair_count = 0;
  rn_keys_encode(&self->keys, batch, node->u.join.keys[input], node->u.join.key_count, op->context->hash_seed, &self->scratch);
  if (self->taken_back[input]) rn_keys_encode(&self->rows, batch, NULL, self->widths[input], op->context->hash_seed, &self->scratch);
  else rn_rows_encode(&self->rows, batch, NULL, self->widths[input], &self->scratch);
  memset(self->partners, 0, batch->live_count * sizeof *self->partners);
  rn_table *other = rn_map_table(self->maps[!input], 0);
  for (uint32_t i = 0; i < batch->live_count; i++) {
    if (meets_nobody(self, i)) continue;
    uint8_t *bytes = rn_table_find(other, self->keys.hashes[i], self->keys.keys[i], self->keys.lengths[i]);
    uint32_t count = kept_count(self, bytes);
    for (uint32_t e = 0; e < count; e++) {
      kept *candidate = kept_at(self, bytes, e);
      if (rn_element_expired(self->maps[!input], (const uint8_t *)candidate, sizeof(kept))) continue;
      self->pairs[self->pair_count++] = (pair){i, bytes, candidate};
      if (self->pair_count == CHUNK && settle(self, i, err) != RN_OK) return RN_FAIL;
    }
  }
  if (settle(self, batch->live_count, err) != RN_OK) return RN_FAIL;
  return flush(self, err); /* slices of the batch end with it */
}

/* --- the end of bounded input ------------------------------------------------------------------------------------------ */

static rn_status show_all(join *self, unsigned side, rn_error *err) {
  rn_table *table = rn_map_table(self->maps[side], 0);
  for (uint32_t p = 0, end = rn_table_end(table); p < end; p++) {
    uint8_t *bytes = rn_table_at(table, p);
    for (uint32_t e = 0, count = kept_count(self, bytes); e < count; e++) {
      kept *k = kept_at(self, bytes, e);
      if (show(self, side, rn_state_load(self->op.state, k->row), k->partners > 0, RN_INSERT, err) != RN_OK) return RN_FAIL;
    }
  }
  return flush(self, err);
}

static rn_status join_watermark(rn_operator *op, int64_t watermark_us, rn_error *err) {
  join *self = (join *)op;
  for (unsigned s = 0; s < 2 && self->fold && watermark_us == RN_WATERMARK_END; s++) {
    if (self->counts[s] && show_all(self, s, err) != RN_OK) return RN_FAIL;
  }
  return self->fold ? rn_emit_last_watermark(op, watermark_us, err) : rn_emit_watermark(op, watermark_us, err);
}

static void join_close(rn_operator *op) {
  join *self = (join *)op;
  if (self->condition) rn_program_free(self->condition);
  self->condition = NULL;
  rn_arena_free(&self->memory);
  rn_arena_free(&self->scratch);
  rn_arena_free(&self->decoded);
}

const rn_operator_class rn_op_join_class = {
    .name = "join", .size = sizeof(join), .open = join_open, .process_batch = join_process,
    .on_watermark = join_watermark, .close = join_close};
