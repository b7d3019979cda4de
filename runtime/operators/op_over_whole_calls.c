/* What the calls of a whole-partition OVER give: positions from where rows lie, aggregates over frames.
 *
 * Frames that begin with the partition grow by what comes in. Others are folded from a tree of accumulators over the
 * partition's rows (Leis 2015, Efficient Processing of Window Functions): a frame is the merge of some 2 log n of its
 * nodes, in order. Calls whose accumulators cannot be merged (DISTINCT) are folded row by row. */
#include "base/alloc.h"
#include "runtime/operators/op_over_whole.h"

typedef struct frames { /* of rows [first, end) of one partition */
  rn_over_whole *self;
  rn_whole_rows *rows;
  uint32_t first, end;
  uint32_t *low, *high; /* per row: [low, high) */
  rn_batch block;       /* columns at the row `base` on */
  uint32_t base;
  bool has_block;
} frames;

void rn_over_whole_calls_open(rn_over_whole *self) {
  const rn_plan_node *node = self->op.node;
  self->acc = rn_arena_alloc_aligned(&self->memory, self->set.size + 16, 16);
  memset(self->acc, 0, self->set.size + 16);
  for (uint32_t c = 0; c < self->set.count; c++) {
    const rn_agg_call *call = &self->set.calls[c];
    if (!call->ops->over && (call->distinct || !call->ops->merge)) self->recompute = true;
  }
  rn_schema schema = {node->u.over_whole.call_count, node->schema.fields + self->input_columns};
  self->results = RN_NEW_N(&self->memory, rn_column, schema.count + 1);
}

/* --- frames ---------------------------------------------------------------------------------------------------------- */

static uint32_t peers_end(const frames *f, uint32_t row) {
  do row++;
  while (row < f->end && !(f->rows->marks[row] & RN_WHOLE_PEERS));
  return row;
}

static rn_i128 whole_number(const rn_column *c, uint32_t row) {
  switch (rn_type_physical(c->type)) {
    case RN_P_I8: return ((const int8_t *)c->data)[row];
    case RN_P_I16: return ((const int16_t *)c->data)[row];
    case RN_P_I32: return ((const int32_t *)c->data)[row];
    case RN_P_I128: return ((const rn_i128 *)c->data)[row];
    default: return ((const int64_t *)c->data)[row];
  }
}

static double real_number(const rn_column *c, uint32_t row) {
  return rn_type_physical(c->type) == RN_P_F32 ? (double)((const float *)c->data)[row] : ((const double *)c->data)[row];
}

/* Where does the value of row `at` lie to that of `from` moved by the bound? < 0: before it. NaN is the largest. */
static int distance(const frames *f, const rn_frame_bound *bound, uint32_t at, uint32_t from) {
  const rn_sort_item *item = &f->self->op.node->u.over_whole.order[0];
  const rn_column *c = &f->rows->columns[item->column];
  rn_physical p = rn_type_physical(c->type);
  int order;
  if (p == RN_P_F32 || p == RN_P_F64) {
    double move = item->descending ? -bound->real : bound->real, a = real_number(c, at), b = real_number(c, from) + move;
    order = a != a || b != b ? (a != a) - (b != b) : (a > b) - (a < b);
  } else {
    rn_i128 a = whole_number(c, at), b = whole_number(c, from) + (item->descending ? -(rn_i128)bound->offset : bound->offset);
    order = (a > b) - (a < b);
  }
  return item->descending ? -order : order;
}

static bool is_current(const rn_frame_bound *b) {
  return b->kind == RN_FRAME_AT && b->offset == 0 && !(b->real < 0) && !(b->real > 0);
}

/* Bounds of RANGE by distance move forward with the rows. A NULL is at no distance but 0 from other NULLs. */
static void distance_bounds(frames *f, const rn_frame_bound *bound, bool high, uint32_t *out) {
  const rn_column *c = &f->rows->columns[f->self->op.node->u.over_whole.order[0].column];
  uint32_t from = f->first, to = f->end;
  while (from < to && rn_is_null(c, from)) from++;
  while (to > from && rn_is_null(c, to - 1)) to--;
  bool behind = bound->offset > 0 || bound->real > 0, before = bound->offset < 0 || bound->real < 0;
  uint32_t at = from;
  for (uint32_t i = f->first; i < f->end; i++) {
    if (i < from || i >= to) {
      uint32_t begin = i < from ? f->first : to, end = i < from ? from : f->end;
      out[i] = high ? (before ? begin : end) : behind ? end : begin;
      continue;
    }
    while (at < to && (high ? distance(f, bound, at, i) <= 0 : distance(f, bound, at, i) < 0)) at++;
    out[i] = at;
  }
}

static void bounds(frames *f, const rn_frame_bound *bound, bool high, bool by_row, uint32_t *out) {
  if (bound->kind != RN_FRAME_AT) {
    for (uint32_t i = f->first; i < f->end; i++) out[i] = bound->kind == RN_FRAME_FIRST ? f->first : f->end;
  } else if (by_row) {
    for (uint32_t i = f->first; i < f->end; i++) {
      int64_t at = bound->offset > (int64_t)f->end ? (int64_t)f->end : (int64_t)i + bound->offset + (high ? 1 : 0);
      out[i] = at < (int64_t)f->first ? f->first : at > (int64_t)f->end ? f->end : (uint32_t)at;
    }
  } else if (!is_current(bound)) {
    distance_bounds(f, bound, high, out);
  } else {
    for (uint32_t a = f->first, b; a < f->end; a = b) {
      b = peers_end(f, a);
      for (uint32_t i = a; i < b; i++) out[i] = high ? b : a;
    }
  }
}

static void find_frames(frames *f) {
  const rn_frame *frame = &f->self->op.node->u.over_whole.frame;
  bounds(f, &frame->low, false, frame->rows, f->low);
  bounds(f, &frame->high, true, frame->rows, f->high);
  for (uint32_t i = f->first; i < f->end; i++)
    if (f->high[i] < f->low[i]) f->high[i] = f->low[i];
}

/* --- aggregates -------------------------------------------------------------------------------------------------------- */

static void view_block(frames *f, uint32_t row) {
  uint32_t base = row / RN_BATCH_ROWS_MAX * RN_BATCH_ROWS_MAX, columns = f->self->input_columns;
  if (f->has_block && base == f->base) return;
  if (!f->has_block) f->block.columns = RN_NEW_N(&f->self->work, rn_column, columns + 1);
  f->has_block = true;
  f->base = base;
  f->block.column_count = columns;
  f->block.rows = f->block.live_count = f->rows->count - base < RN_BATCH_ROWS_MAX ? f->rows->count - base : RN_BATCH_ROWS_MAX;
  for (uint32_t c = 0; c < columns; c++) rn_over_whole_view(&f->block.columns[c], &f->rows->columns[c], base, &f->self->work);
}

/* Folds rows [from, to) into slots: all into one, or each into its own. */
static void feed(frames *f, uint32_t from, uint32_t to, uint8_t *slot, size_t step) {
  rn_over_whole *self = f->self;
  uint64_t hash = 0;
  uint16_t first, last;
  rn_key_group_range(self->op.context->subtask, self->op.context->parallelism, &first, &last);
  hash = (uint64_t)first << 57; /* DISTINCT values are kept for one frame, under a key of ours */
  static const char no_key[1] = "";
  uint64_t hashes[RN_BATCH_ROWS_MAX];
  const char *keys[RN_BATCH_ROWS_MAX];
  uint32_t lengths[RN_BATCH_ROWS_MAX];
  uint8_t *slots[RN_BATCH_ROWS_MAX];
  uint16_t rows[RN_BATCH_ROWS_MAX];
  while (from < to) {
    view_block(f, from);
    uint32_t n = 0, end = f->base + f->block.rows < to ? f->base + f->block.rows : to;
    for (; from < end; from++, slot += step, n++) {
      slots[n] = slot;
      rows[n] = (uint16_t)(from - f->base);
      hashes[n] = hash;
      keys[n] = no_key;
      lengths[n] = 1;
    }
    rn_keys all = {.count = n, .hashes = hashes, .keys = keys, .lengths = lengths};
    rn_agg_set_update(&self->set, slots, &f->block, rows, n, &all, NULL, 0);
  }
}

static void clear(rn_over_whole *self, uint8_t *slot) {
  rn_agg_set_release(&self->set, slot);
  memset(slot, 0, self->set.size);
  rn_agg_set_clear(&self->set, slot);
}

/* Results that lie in state would go with the next row: they are copied. */
static void put_results(frames *f, uint32_t row, const uint8_t *slot) {
  rn_over_whole *self = f->self;
  rn_column *to = f->rows->columns + self->input_columns;
  uint32_t n = f->rows->count;
  if (!self->set.ref_count) {
    rn_agg_set_results(&self->set, &slot, 1, to, row, n, &self->work);
    return;
  }
  for (uint32_t c = 0; c < self->set.count; c++) rn_column_init(&self->results[c], to[c].type, 1, &self->work);
  rn_agg_set_results(&self->set, &slot, 1, self->results, 0, 1, &self->work);
  for (uint32_t c = 0; c < self->set.count; c++)
    if (self->set.calls[c].ops->result) rn_column_copy_value(&to[c], row, &self->results[c], 0, n, &self->work);
}

static void repeat_results(frames *f, uint32_t row) {
  rn_column *to = f->rows->columns + f->self->input_columns;
  for (uint32_t c = 0; c < f->self->set.count; c++)
    if (f->self->set.calls[c].ops->result) rn_column_copy_value(&to[c], row, &to[c], row - 1, f->rows->count, &f->self->work);
}

static bool same_frame(const frames *f, uint32_t row) {
  return row > f->first && f->low[row] == f->low[row - 1] && f->high[row] == f->high[row - 1];
}

static void growing(frames *f) {
  rn_over_whole *self = f->self;
  bool begins_anew = true;
  uint32_t fed = f->first;
  for (uint32_t i = f->first; i < f->end; i++) {
    if (same_frame(f, i)) {
      repeat_results(f, i);
      continue;
    }
    if (begins_anew || f->low[i] != f->low[i - 1] || f->high[i] < fed) {
      clear(self, self->acc);
      rn_agg_set_drop_namespace(&self->set, 0);
      fed = f->low[i];
    }
    begins_anew = false;
    feed(f, fed, f->high[i], self->acc, 0);
    fed = f->high[i];
    put_results(f, i, self->acc);
  }
  clear(self, self->acc);
  rn_agg_set_drop_namespace(&self->set, 0);
}

/* Leaf i of the tree is at `width` + i, the parent of a node at half its place. */
static void from_tree(frames *f) {
  rn_over_whole *self = f->self;
  size_t n = f->end - f->first, width = 1, size = (self->set.size + 15) / 16 * 16;
  while (width < n) width *= 2;
  uint8_t *tree = rn_malloc(2 * width * size);
  memset(tree, 0, 2 * width * size);
  for (size_t i = 0; i < 2 * width; i++) rn_agg_set_clear(&self->set, tree + i * size);
  feed(f, f->first, f->end, tree + width * size, size);
  for (size_t i = width - 1; i > 0; i--) {
    rn_agg_set_merge(&self->set, tree + i * size, tree + 2 * i * size);
    rn_agg_set_merge(&self->set, tree + i * size, tree + (2 * i + 1) * size);
  }
  for (uint32_t row = f->first; row < f->end; row++) {
    if (same_frame(f, row)) {
      repeat_results(f, row);
      continue;
    }
    size_t right[64], rights = 0;
    clear(self, self->acc);
    size_t low = width + f->low[row] - f->first, high = width + f->high[row] - f->first;
    for (; low < high; low /= 2, high /= 2) {
      if (low & 1) rn_agg_set_merge(&self->set, self->acc, tree + low++ * size);
      if (high & 1) right[rights++] = --high;
    }
    while (rights) rn_agg_set_merge(&self->set, self->acc, tree + right[--rights] * size);
    put_results(f, row, self->acc);
  }
  clear(self, self->acc);
  for (size_t i = 1; self->set.ref_count && i < 2 * width; i++) rn_agg_set_release(&self->set, tree + i * size);
  rn_free(tree);
}

/* --- positions ----------------------------------------------------------------------------------------------------------- */

static void ranks(frames *f, rn_over_kind kind, rn_column *out) {
  int64_t *number = out->data;
  double *part = out->data;
  int64_t dense = 0, rows = (int64_t)f->end - (int64_t)f->first;
  for (uint32_t a = f->first, b; a < f->end; a = b) {
    b = peers_end(f, a);
    dense++;
    for (uint32_t i = a; i < b; i++) {
      int64_t rank = (int64_t)a - f->first + 1;
      switch (kind) {
        case RN_OVER_ROW_NUMBER: number[i] = (int64_t)i - f->first + 1; break;
        case RN_OVER_RANK: number[i] = rank; break;
        case RN_OVER_DENSE_RANK: number[i] = dense; break;
        case RN_OVER_PERCENT_RANK: part[i] = rows > 1 ? (double)(rank - 1) / (double)(rows - 1) : 0; break;
        default: part[i] = (double)(b - f->first) / (double)rows; break;
      }
    }
  }
}

/* The first parts are one row larger where the rows do not divide evenly. */
static void tiles(frames *f, int64_t parts, int64_t *out) {
  int64_t rows = (int64_t)f->end - (int64_t)f->first, size = rows / parts, larger = rows % parts;
  for (int64_t i = 0; i < rows; i++) {
    int64_t head = larger * (size + 1);
    out[f->first + i] = i < head ? i / (size + 1) + 1 : larger + (i - head) / size + 1;
  }
}

static void neighbour(frames *f, const rn_agg_call *call, rn_column *out, bool behind) {
  const rn_column *columns = f->rows->columns;
  rn_arena *arena = &f->self->work;
  rn_column none = {.type = rn_type_basic(RN_T_NULL, true), .valid = &(uint64_t){0}, .constant = true};
  for (uint32_t i = f->first; i < f->end; i++) {
    int64_t from = (int64_t)i + (behind ? call->extra : -(int64_t)call->extra);
    if (from >= f->first && from < f->end) {
      rn_column_copy_value(out, i, &columns[call->argument], (uint32_t)from, f->rows->count, arena);
    } else if (call->default_column >= 0) {
      rn_column_copy_value(out, i, &columns[call->default_column], i, f->rows->count, arena);
    } else {
      rn_column_nullable(out, f->rows->count, arena);
      rn_column_copy_value(out, i, &none, 0, f->rows->count, arena);
    }
  }
}

void rn_over_whole_evaluate(rn_over_whole *self, rn_whole_rows *rows) {
  const rn_frame *frame = &self->op.node->u.over_whole.frame;
  frames f = {.self = self, .rows = rows};
  bool aggregates = false;
  for (uint32_t c = 0; c < self->set.count; c++) aggregates = aggregates || !self->set.calls[c].ops->over;
  if (aggregates) {
    f.low = rn_malloc((rows->count + 1) * sizeof *f.low);
    f.high = rn_malloc((rows->count + 1) * sizeof *f.high);
  }
  for (; f.first < rows->count; f.first = f.end) {
    f.end = f.first + 1;
    while (!(rows->marks[f.end] & RN_WHOLE_PARTITION)) f.end++;
    for (uint32_t c = 0; c < self->set.count; c++) {
      const rn_agg_call *call = &self->set.calls[c];
      rn_column *out = &rows->columns[self->input_columns + c];
      switch ((rn_over_kind)call->ops->over) {
        case RN_OVER_AGGREGATE: break;
        case RN_OVER_LAG: case RN_OVER_LEAD: neighbour(&f, call, out, call->ops->over == RN_OVER_LEAD); break;
        case RN_OVER_NTILE: tiles(&f, call->extra, out->data); break;
        default: ranks(&f, (rn_over_kind)call->ops->over, out); break;
      }
    }
    if (!aggregates) continue;
    find_frames(&f);
    if (frame->low.kind == RN_FRAME_FIRST || self->recompute) growing(&f);
    else from_tree(&f);
  }
  rn_free(f.low);
  rn_free(f.high);
}
