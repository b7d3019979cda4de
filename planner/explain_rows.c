/* EXPLAIN ESTIMATED_COST: how many rows each node gives, as far as that is certain: counted where a source knows, at most so
 * many where an operator may leave rows out, unknown otherwise. No selectivities are guessed: no plan here hangs on them. */
#include "planner/explain.h"

typedef struct row_count {
  bool seen, known, exact, unbounded;
  double rows;
} row_count;

typedef struct counting {
  const rn_explain_context *context;
  row_count *nodes; /* by id */
} counting;

static row_count exactly(double rows) { return (row_count){.known = true, .exact = true, .rows = rows}; }
static row_count at_most(row_count c) {
  c.exact = c.exact && c.rows == 0;
  return c;
}
static row_count times(row_count c, double factor) {
  c.rows *= factor;
  return c;
}
/* Both as far as both are known. */
static row_count both(row_count a, row_count b, double rows) {
  return (row_count){.known = a.known && b.known, .exact = a.exact && b.exact, .unbounded = a.unbounded || b.unbounded, .rows = rows};
}
static double least(double a, double b) { return a < b ? a : b; }
static double most(double a, double b) { return a > b ? a : b; }

static row_count limited(row_count in, int64_t limit, int64_t offset) {
  if (limit < 0 && !in.known) return in;
  double behind = in.known ? most(in.rows - (double)offset, 0) : (double)limit;
  return (row_count){.known = true, .exact = in.known && in.exact, .rows = limit < 0 ? behind : least(behind, (double)limit)};
}

static row_count joined(const rn_plan_node *n, row_count left, row_count right) {
  double l = left.rows, r = right.rows;
  bool every = n->u.join.key_count == 0 && !n->u.join.condition && !n->u.join.windowed;
  switch (n->u.join.kind) {
    case RN_JOIN_KIND_SEMI: case RN_JOIN_KIND_ANTI: return at_most(left);
    case RN_JOIN_KIND_MARK: return left;
    case RN_JOIN_KIND_LEFT:
      if (n->u.join.single) return left;
      left = both(left, right, l * most(r, 1));
      break;
    case RN_JOIN_KIND_RIGHT: left = both(left, right, r * most(l, 1)); break;
    case RN_JOIN_KIND_FULL: left = both(left, right, most(l * r, l + r)); break;
    case RN_JOIN_KIND_INNER: left = both(left, right, l * r); break;
  }
  return every ? left : at_most(left);
}

/* Windows that a row may be in. */
static double panes(const rn_window_spec *w) {
  return w->kind == RN_WINDOW_HOP || w->kind == RN_WINDOW_CUMULATE ? (double)((w->size_us + w->slide_us - 1) / w->slide_us) : 1;
}

static row_count count(counting *c, const rn_plan_node *n);

static row_count compute(counting *c, const rn_plan_node *n) {
  row_count in = n->input_count ? count(c, n->inputs[0]) : (row_count){0};
  switch (n->kind) {
    case RN_NODE_SCAN: {
      int64_t rows = n->bounded && c->context->rows ? c->context->rows(c->context->ctx, n->u.scan.table) : -1;
      return rows >= 0 ? exactly((double)rows) : (row_count){.unbounded = !n->bounded};
    }
    case RN_NODE_VALUES: return exactly(n->u.values.row_count);
    case RN_NODE_CALC: return n->u.calc.filter ? at_most(in) : in;
    case RN_NODE_WATERMARK: return n->u.watermark.null_handling == 1 ? at_most(in) : in;
    case RN_NODE_EXPAND: return times(in, n->u.expand.set_count);
    case RN_NODE_WINDOW: return at_most(times(in, panes(&n->u.window.spec)));
    case RN_NODE_WINDOW_AGG: return at_most(times(in, panes(&n->u.window_agg.spec)));
    case RN_NODE_GROUP_AGG: return n->u.group_agg.global ? exactly(1) : at_most(in);
    case RN_NODE_OVER: return n->u.over.processing_time ? in : at_most(in); /* late rows are left out */
    case RN_NODE_RANK: case RN_NODE_CONFLICT: return at_most(in);
    case RN_NODE_SORT: {
      row_count out = limited(in, n->u.sort.limit, n->u.sort.offset);
      return n->u.sort.temporal ? at_most(out) : out;
    }
    case RN_NODE_LIMIT: return limited(in, n->u.limit.limit, n->u.limit.offset);
    case RN_NODE_UNION:
      for (uint32_t i = 1; i < n->input_count; i++) {
        row_count more = count(c, n->inputs[i]);
        in = both(in, more, in.rows + more.rows);
      }
      return in;
    case RN_NODE_SET: {
      row_count right = count(c, n->inputs[1]);
      if (n->u.set.except) return at_most(in);
      return at_most(both(in, right, least(in.rows, right.rows)));
    }
    case RN_NODE_JOIN: return joined(n, in, count(c, n->inputs[1]));
    case RN_NODE_UNNEST: return (row_count){.unbounded = in.unbounded};
    case RN_NODE_SINK: return n->u.sink.drop_null_rows ? at_most(in) : in;
    case RN_NODE_HOLD: case RN_NODE_OVER_WHOLE: case RN_NODE_EXCHANGE: case RN_NODE_COLLECT: case RN_NODE_COUNT: return in;
  }
  return in;
}

static row_count count(counting *c, const rn_plan_node *n) {
  row_count *kept = &c->nodes[n->id];
  if (!kept->seen) {
    *kept = compute(c, n);
    kept->seen = true;
  }
  return *kept;
}

char **rn_explain_row_counts(const rn_plan *plan, const rn_explain_context *context) {
  counting c = {context, rn_calloc(plan->node_count + 1, sizeof *c.nodes)};
  char **texts = rn_calloc(plan->node_count + 1, sizeof *texts);
  for (uint32_t i = 0; i < plan->node_count; i++) {
    const row_count rows = count(&c, plan->nodes[i]);
    rn_builder b = {0};
    if (rows.known) rn_builder_printf(&b, rows.rows < 1e15 ? ": rowcount %s %.0f" : ": rowcount %s %.3g", rows.exact ? "=" : "<=", rows.rows);
    else rn_builder_text(&b, rows.unbounded ? ": unbounded" : ": rowcount = unknown");
    texts[i] = rn_builder_take(&b);
  }
  rn_free(c.nodes);
  return texts;
}
