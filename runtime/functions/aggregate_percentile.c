/* PERCENTILE(x, p [, frequency]): linear interpolation between the values around position p * (n - 1), as Hive and the
 * dialect do. The accumulator is one block of the state's heap: the percentages, then (value, how often) pairs, a sorted
 * part and behind it what came since. The tail is sorted in when it has grown to a part of the whole, so a value costs
 * O(log n) on average. Taking a value back is a pair with a negative count. */
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/decimal.h"
#include "runtime/collection.h"
#include "runtime/functions/aggregate_rows.h"

typedef struct percentile_acc {
  rn_ref block; /* 0: nothing yet */
} percentile_acc;
typedef struct pair {
  double value;
  int64_t count;
} pair;
typedef struct percentile_head { /* then `wanted` percentages, then pairs */
  uint32_t wanted, sorted;
} percentile_head;

static size_t pairs_at(const percentile_head *head) { return sizeof *head + head->wanted * sizeof(double); }
static uint32_t pair_count(const percentile_head *head, size_t len) { return (uint32_t)((len - pairs_at(head)) / sizeof(pair)); }
static pair *pairs_of(percentile_head *head) { return (pair *)(void *)((char *)head + pairs_at(head)); }
static percentile_head *head_of(const rn_state *state, const percentile_acc *acc) {
  return (percentile_head *)(void *)(uintptr_t)rn_state_load(state, acc->block).ptr;
}

/* NaN is larger than every number. */
static int compare(double a, double b) {
  if (isnan(a) || isnan(b)) return (isnan(a) != 0) - (isnan(b) != 0);
  return (a > b) - (a < b);
}
static int by_value(const void *a, const void *b) { return compare(((const pair *)a)->value, ((const pair *)b)->value); }

/* Merges two sorted runs; equal values become one pair, those that are all gone leave. */
static uint32_t merge_runs(const pair *a, uint32_t na, const pair *b, uint32_t nb, pair *to) {
  uint32_t n = 0, i = 0, k = 0;
  while (i < na || k < nb) {
    pair next = k == nb || (i < na && compare(a[i].value, b[k].value) <= 0) ? a[i++] : b[k++];
    if (n && compare(to[n - 1].value, next.value) == 0) to[n - 1].count += next.count;
    else to[n++] = next;
    if (!to[n - 1].count && (i == na || compare(a[i].value, to[n - 1].value) != 0) &&
        (k == nb || compare(b[k].value, to[n - 1].value) != 0)) n--;
  }
  return n;
}

static void sort_in(percentile_acc *acc, rn_state *state) {
  rn_slice all = rn_state_load(state, acc->block);
  percentile_head *head = head_of(state, acc);
  pair *pairs = pairs_of(head);
  uint32_t n = pair_count(head, all.len), tail = n - head->sorted;
  pair *merged = rn_malloc(((size_t)n + 1) * sizeof *merged);
  qsort(pairs + head->sorted, tail, sizeof *pairs, by_value);
  uint32_t kept = merge_runs(pairs, head->sorted, pairs + head->sorted, tail, merged);
  memcpy(pairs, merged, kept * sizeof *pairs);
  rn_free(merged);
  head->sorted = kept;
  rn_state_cut(state, acc->block, pairs_at(head) + kept * sizeof *pairs);
}

static void add(percentile_acc *acc, double value, int64_t count, rn_state *state) {
  enum { TAIL_LEAST = 32 };
  pair one = {value, count};
  if (!rn_state_may_extend(state, acc->block, sizeof one)) return;
  char *all = rn_state_extend(state, &acc->block, sizeof one);
  size_t len = rn_state_load(state, acc->block).len;
  memcpy(all + len - sizeof one, &one, sizeof one);
  const percentile_head *head = (const percentile_head *)(void *)all;
  if (pair_count(head, len) - head->sorted >= TAIL_LEAST + head->sorted / 4) sort_in(acc, state);
}

/* A block with the percentages of the call: a number, or an ARRAY of them (`list`). */
static void begin(percentile_acc *acc, const rn_column *p, uint32_t row, rn_state *state) {
  bool list = p->type->id == RN_T_ARRAY;
  rn_list range = list ? rn_items_at(p, row) : (rn_list){row, 1};
  const rn_column *from = list ? &p->children[0] : p;
  percentile_head head = {.wanted = range.length};
  char *all = rn_state_extend(state, &acc->block, pairs_at(&head));
  memcpy(all, &head, sizeof head);
  for (uint32_t i = 0; i < range.length; i++) {
    memcpy(all + sizeof head + i * sizeof(double), (const double *)from->data + range.offset + i, sizeof(double));
  }
}

/* Argument: ROW(x, p [, frequency]). */
static void fold(uint8_t *const *slots, uint32_t offset, const rn_column *arg, const rn_sel *sel, rn_state *state, int sign) {
  const rn_column *x = &arg->children[0], *frequency = arg->child_count > 2 ? &arg->children[2] : NULL;
  for (uint32_t i = 0; i < sel->count; i++) {
    uint32_t row = rn_sel_row(sel, i);
    if (rn_is_null(x, row) || (frequency && rn_is_null(frequency, row))) continue;
    int64_t n = frequency ? ((const int64_t *)frequency->data)[row] : 1;
    if (n <= 0) continue;
    percentile_acc *acc = (percentile_acc *)(void *)(slots[i] + offset);
    if (!acc->block) begin(acc, &arg->children[1], row, state);
    add(acc, ((const double *)x->data)[row], sign * n, state);
  }
}
static void percentile_update(uint8_t *const *slots, uint32_t offset, const rn_column *arg, const rn_sel *sel, rn_state *state) {
  fold(slots, offset, arg, sel, state, 1);
}
static void percentile_retract(uint8_t *const *slots, uint32_t offset, const rn_column *arg, const rn_sel *sel, rn_state *state) {
  fold(slots, offset, arg, sel, state, -1);
}

static void combine(percentile_acc *into, const percentile_acc *from, rn_state *state, int sign) {
  if (!from->block) return;
  size_t len = rn_state_load(state, from->block).len;
  percentile_head *theirs = head_of(state, from);
  uint32_t n = pair_count(theirs, len);
  if (!into->block && sign > 0) {
    into->block = rn_state_store(state, theirs, len);
    return;
  }
  if (!into->block) {
    percentile_head *mine = (percentile_head *)(void *)rn_state_extend(state, &into->block, pairs_at(theirs));
    memcpy(mine, head_of(state, from), pairs_at(theirs));
    mine->sorted = 0;
  }
  for (uint32_t i = 0; i < n; i++) { /* the block of `from` stays where it is */
    pair one = pairs_of(head_of(state, from))[i];
    add(into, one.value, sign * one.count, state);
  }
}
static void percentile_merge(void *into, const void *from, rn_state *state) { combine(into, from, state, 1); }
static void percentile_subtract(void *from, const void *what, rn_state *state) { combine(from, what, state, -1); }

static double value_at(const pair *pairs, uint32_t n, int64_t position) {
  int64_t before = 0;
  for (uint32_t i = 0; i < n; i++) {
    before += pairs[i].count;
    if (position < before) return pairs[i].value;
  }
  return n ? pairs[n - 1].value : 0;
}

/* Positions count from 1: so the dialect rounds. */
static double interpolate(const pair *pairs, uint32_t n, int64_t total, double p) {
  double position = (double)(total - 1) * p + 1, low = floor(position), high = ceil(position);
  double a = value_at(pairs, n, (int64_t)low - 1);
  if (low == high) return a;
  double b = value_at(pairs, n, (int64_t)high - 1);
  return a == b ? a : (high - position) * a + (position - low) * b;
}

static void percentile_result(const uint8_t *const *slots, uint32_t count, uint32_t offset, rn_column *out,
                              uint32_t out_first_row, rn_state *state, rn_arena *arena) {
  bool list = out->type->id == RN_T_ARRAY;
  for (uint32_t i = 0; i < count; i++) {
    const percentile_acc *acc = (const percentile_acc *)(const void *)(slots[i] + offset);
    uint32_t row = out_first_row + i, n = 0;
    int64_t total = 0;
    pair *sorted = NULL;
    percentile_head *head = NULL;
    if (acc->block) {
      head = head_of(state, acc);
      uint32_t all = pair_count(head, rn_state_load(state, acc->block).len), tail = all - head->sorted;
      sorted = rn_arena_alloc(arena, ((size_t)all + 1) * sizeof *sorted);
      pair *late = rn_arena_alloc(arena, ((size_t)tail + 1) * sizeof *late);
      memcpy(late, pairs_of(head) + head->sorted, tail * sizeof *late);
      qsort(late, tail, sizeof *late, by_value);
      n = merge_runs(pairs_of(head), head->sorted, late, tail, sorted);
      for (uint32_t k = 0; k < n; k++) total += sorted[k].count;
    }
    if (list) rn_items_open(out, row);
    else ((double *)out->data)[row] = 0;
    if (total <= 0) {
      rn_set_null(out, row);
      continue;
    }
    const double *wanted = (const double *)(const void *)(head + 1);
    uint32_t first = list ? rn_items_extend(out, row, head->wanted, arena) : row;
    double *to = list ? out->children[0].data : out->data;
    for (uint32_t k = 0; k < head->wanted; k++) to[first + k] = interpolate(sorted, n, total, wanted[k]);
  }
}

static const rn_agg_ops percentile_ops = {.size = sizeof(percentile_acc), .align = 8, .flags = RN_AGG_INVERTIBLE,
                                          .update = percentile_update, .merge = percentile_merge,
                                          .subtract = percentile_subtract, .retract = percentile_retract,
                                          .result = percentile_result, .ref_count = 1};

static rn_status percentile_resolve(const rn_type *const *types, uint32_t count, rn_arena *arena, const rn_type **arg_type,
                                    const rn_type **result, const rn_agg_ops **ops) {
  bool list = types[1]->id == RN_T_ARRAY;
  if (!rn_type_is_numeric(types[0]) || !rn_type_is_numeric(list ? types[1]->children[0] : types[1])) return RN_FAIL;
  if (count > 2 && !rn_type_is_integer(types[2])) return RN_FAIL;
  const rn_type *number = rn_type_basic(RN_T_DOUBLE, true), *plain = rn_type_basic(RN_T_DOUBLE, false);
  const rn_type *fields[] = {number, list ? rn_type_array(arena, plain, false) : plain, rn_type_basic(RN_T_BIGINT, true)};
  *arg_type = rn_type_row(arena, count, NULL, fields, false);
  *result = list ? rn_type_array(arena, number, true) : number;
  *ops = &percentile_ops;
  return RN_OK;
}

static bool is_percentage(const rn_value *v) {
  if (v->is_null) return false;
  switch (rn_type_physical(v->type)) {
    case RN_P_F32: case RN_P_F64: return v->u.d >= 0 && v->u.d <= 1;
    case RN_P_I128: return v->u.wide >= 0 && v->u.wide <= rn_pow10_128((unsigned)v->type->scale);
    default: return v->u.i >= 0 && (rn_i128)v->u.i <= rn_pow10_128(v->type->id == RN_T_DECIMAL ? (unsigned)v->type->scale : 0u);
  }
}
static const char *percentile_check(uint32_t argument, const rn_value *value) {
  (void)argument;
  bool list = value->type->id == RN_T_ARRAY, fits = list ? value->item_count > 0 : is_percentage(value);
  for (uint32_t i = 0; list && i < value->item_count; i++) fits = fits && is_percentage(&value->u.items[i]);
  return fits ? NULL : list ? "an ARRAY of numbers between 0 and 1" : "a number between 0 and 1";
}

const rn_aggregate rn_aggregate_percentile_rows[] = {
    {.name = "PERCENTILE", .signature = "PERCENTILE([DISTINCT] x NUMERIC, p NUMERIC | ARRAY [, frequency INTEGER])", .min_args = 2,
     .max_args = 3, .flags = RN_AGG_DISTINCT_OK | RN_AGG_PACKED, .constants = 2, .check = percentile_check,
     .resolve = percentile_resolve, .help = "the value below which the part p of all values lies, interpolated; an ARRAY for several p",
     .example = "PERCENTILE(price, 0.95)"},
    {.name = NULL}};
