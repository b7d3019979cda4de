/* A filter on ROW_NUMBER() OVER (..) -> RANK: Top-N, deduplication, and both per window (DIALECT 4.18). The filter must
 * say where the ranks end: rn <= N, rn < N, rn = N, BETWEEN, either way around; what else it says stays above.
 *
 * A rank that can only be one number is a constant above the node. Ordered by the time attribute alone, of rows of one
 * time the first counts ascending, the last descending: that is what deduplication means. */
#include "planner/changelog.h"
#include "planner/query.h"
#include "planner/rewrite.h"
#include "planner/windowed.h"
#include "runtime/function.h"

enum { RANK_MOST_BOUNDED = 10000 }; /* beyond it sorting is cheaper than a list per group */

typedef struct range {
  int64_t first, last; /* of ranks, both inclusive */
  rn_conjuncts rest;   /* conditions that say something else */
} range;

static bool constant_of(const rn_expr *e, int64_t *out) {
  if (e->kind != RN_EXPR_CONST || e->value.is_null || !rn_type_is_integer(e->type)) return false;
  *out = e->value.u.i;
  return true;
}

/* rn <op> constant, or the other way around. */
static bool take_bound(const rn_expr *e, uint32_t rank, range *out) {
  static const struct {
    const char *name, *turned;
  } names[] = {{"<=", ">="}, {"<", ">"}, {"=", "="}, {">=", "<="}, {">", "<"}};
  int64_t n = 0;
  if (e->kind != RN_EXPR_CALL || e->arg_count != 2) return false;
  const char *name = NULL;
  bool left = e->args[0]->kind == RN_EXPR_COLUMN && e->args[0]->index == rank && constant_of(e->args[1], &n);
  bool right = !left && e->args[1]->kind == RN_EXPR_COLUMN && e->args[1]->index == rank && constant_of(e->args[0], &n);
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
    if (!strcmp(e->function->name, names[i].name)) name = left ? names[i].name : names[i].turned;
  if (!name || (!left && !right) || n < -1000000000000 || n > 1000000000000) return false;
  int64_t first = *name == '>' ? n + (name[1] ? 0 : 1) : *name == '=' ? n : out->first;
  int64_t last = *name == '<' ? n - (name[1] ? 0 : 1) : *name == '=' ? n : out->last;
  if (first > out->first) out->first = first;
  if (last < out->last) out->last = last;
  return true;
}

static range take_range(rn_rewrite *r, rn_expr *condition, uint32_t rank) {
  range out = {.first = 1, .last = INT64_MAX};
  rn_conjuncts all = {0};
  rn_conjuncts_split(r->arena, condition, &all);
  for (uint32_t i = 0; i < all.count; i++)
    if (!take_bound(all.items[i], rank, &out)) rn_conjuncts_add(r->arena, &out.rest, all.items[i]);
  return out;
}

/* Are the window's bounds among the PARTITION BY columns? Then groups end with their windows. On processing time rows must
 * have theirs from a windowing function: what other operators give when the clock closes a window comes behind its end. */
static void find_window(const rn_logical *over, rn_logical *node) {
  rn_windowed_column found;
  bool start = false, end = false;
  for (uint32_t i = 0; i < over->u.over.key_count; i++) {
    const rn_logical *function = NULL;
    if (!rn_windowed(over->inputs[0], over->u.over.keys[i], &found)) continue;
    if (found.spec->processing_time && (found.spec->kind == RN_WINDOW_SESSION ||
                                        rn_trace_window(over->inputs[0], over->u.over.keys[i], &function) < 0))
      continue;
    if (found.part == RN_WINDOWED_START) start = true;
    if (found.part != RN_WINDOWED_END) continue;
    end = true;
    node->u.rank.window = *found.spec;
    node->u.rank.window_end = over->u.over.keys[i];
  }
  node->u.rank.windowed = start && end;
}

static rn_logical *rewrite(rn_rewrite *r, rn_logical *filter) {
  rn_logical *over = filter->inputs[0];
  if (over->kind != RN_L_OVER || over->u.over.call_count != 1 || over->u.over.calls[0].ops->over != RN_OVER_ROW_NUMBER) return filter;
  uint32_t width = over->inputs[0]->schema.count;
  range ranks = take_range(r, filter->u.filter, width);
  if (ranks.last == INT64_MAX || ranks.last < ranks.first || ranks.last > INT32_MAX) return filter;
  rn_logical *node = rn_logical_new(r->arena, RN_L_RANK, over->span, 1, over->inputs);
  node->path = over->path;
  find_window(over, node);
  if (!node->u.rank.windowed && rn_logical_bounded(over) && ranks.last > RANK_MOST_BOUNDED) return filter;
  node->u.rank.key_count = over->u.over.key_count;
  node->u.rank.keys = over->u.over.keys;
  node->u.rank.order_count = over->u.over.order_count;
  node->u.rank.order = over->u.over.order;
  node->u.rank.start = ranks.first;
  node->u.rank.end = ranks.last;
  node->u.rank.clause = "Top-N";
  const rn_sort_item *by = &over->u.over.order[0];
  if (ranks.last == 1 && over->u.over.order_count == 1) {
    rn_windowed_column found;
    rn_time_attribute time = (rn_time_attribute)over->inputs[0]->schema.fields[by->column].type->time_attribute;
    if (over->u.over.processing_time) time = RN_TIME_PROCTIME;
    if (node->u.rank.windowed && rn_windowed(over->inputs[0], by->column, &found) && found.part >= RN_WINDOWED_TIME) time = RN_TIME_ROWTIME;
    node->u.rank.time = time;
    node->u.rank.latest = time != RN_TIME_NONE && by->descending;
    if (time != RN_TIME_NONE) node->u.rank.clause = "deduplication";
    if (time == RN_TIME_PROCTIME) node->u.rank.order_count = 0; /* rows come in its order */
  }
  bool fixed = ranks.first == ranks.last;
  node->u.rank.number = !fixed;
  rn_field *fields = RN_NEW_N(r->arena, rn_field, width + 1);
  for (uint32_t i = 0; i < width; i++) fields[i] = over->inputs[0]->schema.fields[i];
  fields[width] = over->schema.fields[width];
  node->schema = (rn_schema){width + (fixed ? 0 : 1), fields};
  rn_logical *result = node;
  if (fixed) {
    rn_expr **exprs = RN_NEW_N(r->arena, rn_expr *, width + 1);
    const char **names = RN_NEW_N(r->arena, const char *, width + 1);
    for (uint32_t i = 0; i < width; i++) {
      exprs[i] = rn_expr_column(r->arena, i, fields[i].type, over->span);
      names[i] = fields[i].name;
    }
    rn_value one = {.type = fields[width].type, .u.i = ranks.first};
    exprs[width] = rn_expr_const(r->arena, one, over->span);
    names[width] = fields[width].name;
    result = rn_logical_project(r->arena, node, width + 1, exprs, names, over->span);
  }
  rn_expr *rest = rn_conjuncts_and(r, &ranks.rest, filter->span);
  return rest ? rn_logical_filter(r->arena, result, rest, filter->span) : result;
}

rn_logical *rn_rewrite_rank(rn_rewrite *r, rn_logical *node) {
  for (uint32_t i = 0; i < node->input_count; i++) node->inputs[i] = rn_rewrite_rank(r, node->inputs[i]);
  return node->kind == RN_L_FILTER ? rewrite(r, node) : node;
}
