/* UNNEST above a windowing function goes below it: window columns only depend on the row they are put beside, and there
 * the passes after this one find the function next to what groups by its windows (Flink sees through as well). Not
 * SESSION, whose windows depend on which rows there are. */
#include "planner/query.h"
#include "planner/rewrite.h"

enum { FILTERS_MAX = 16 };
typedef struct between { /* what stands between UNNEST and the WINDOW, over the WINDOW's output */
  rn_logical *window;
  rn_expr **exprs; /* a column of the input of UNNEST each */
  uint32_t filter_count;
  rn_expr *filters[FILTERS_MAX];
} between;

static bool see_through(rn_rewrite *r, rn_logical *node, between *out) {
  uint32_t count = node->schema.count;
  rn_expr **exprs = RN_NEW_N(r->arena, rn_expr *, count + 1);
  if (node->kind == RN_L_WINDOW) {
    for (uint32_t i = 0; i < count; i++) exprs[i] = rn_expr_column(r->arena, i, node->schema.fields[i].type, node->span);
    out->window = node;
    out->exprs = exprs;
    return node->u.window.kind != RN_WINDOW_SESSION;
  }
  bool filter = node->kind == RN_L_FILTER;
  if (!filter && (node->kind != RN_L_PROJECT || !rn_rewrite_can_inline(node))) return false;
  if (!see_through(r, node->inputs[0], out)) return false;
  if (filter) {
    if (out->filter_count == FILTERS_MAX || rn_expr_is_volatile(node->u.filter)) return false;
    out->filters[out->filter_count++] = rn_expr_replace(r->arena, node->u.filter, out->exprs);
    return true;
  }
  for (uint32_t i = 0; i < count; i++) exprs[i] = rn_expr_replace(r->arena, node->u.project[i], out->exprs);
  out->exprs = exprs;
  return true;
}

static bool reads_from(rn_rewrite *r, const rn_expr *e, uint32_t first, uint32_t count) {
  bool *used = RN_NEW_N(r->arena, bool, count + 1);
  rn_expr_columns(e, used);
  for (uint32_t i = first; i < count; i++)
    if (used[i]) return true;
  return false;
}

/* The window's input, with the collection behind its columns where it is computed. */
static rn_logical *with_collection(rn_rewrite *r, rn_logical *input, rn_expr *collection, uint32_t *column) {
  uint32_t width = input->schema.count;
  *column = collection->index;
  if (collection->kind == RN_EXPR_COLUMN) return input;
  rn_projection p = {.arena = r->arena};
  for (uint32_t i = 0; i < width; i++)
    (void)rn_projection_add(&p, rn_expr_column(r->arena, i, input->schema.fields[i].type, collection->span), input->schema.fields[i].name);
  *column = rn_projection_add(&p, collection, "$unnest");
  return rn_logical_project(r->arena, input, p.count, p.exprs, p.names, collection->span);
}

static rn_logical *rewrite(rn_rewrite *r, rn_logical *unnest) {
  between b = {0};
  if (unnest->u.unnest.condition) return unnest; /* may read the window */
  if (!see_through(r, unnest->inputs[0], &b)) return unnest;
  const rn_logical *window = b.window;
  uint32_t width = window->inputs[0]->schema.count, old = unnest->inputs[0]->schema.count, column;
  uint32_t added = unnest->schema.count - old;
  if (reads_from(r, b.exprs[unnest->u.unnest.column], width, width + 3)) return unnest;
  rn_logical *base = with_collection(r, window->inputs[0], b.exprs[unnest->u.unnest.column], &column);
  uint32_t base_width = base->schema.count, below_width = base_width + added;
  rn_logical *below = rn_logical_unnest(r->arena, base, column, unnest->u.unnest.outer, unnest->u.unnest.ordinality,
                                        unnest->schema.fields + old, added, unnest->span);
  rn_logical *moved = rn_logical_over(r->arena, RN_L_WINDOW, window->span, below);
  moved->u.window = window->u.window;
  rn_field *fields = RN_NEW_N(r->arena, rn_field, below_width + 3);
  for (uint32_t i = 0; i < below_width; i++) fields[i] = below->schema.fields[i];
  for (uint32_t i = 0; i < width; i++) fields[i].type = window->schema.fields[i].type; /* the time may be no attribute any more */
  for (uint32_t i = 0; i < 3; i++) fields[below_width + i] = window->schema.fields[width + i];
  moved->schema = (rn_schema){below_width + 3, fields};
  rn_expr **map = RN_NEW_N(r->arena, rn_expr *, width + 4); /* columns of the window before, of the one now */
  for (uint32_t i = 0; i < width + 3; i++) {
    uint32_t now = i < width ? i : below_width + i - width;
    map[i] = rn_expr_column(r->arena, now, fields[now].type, unnest->span);
  }
  rn_logical *top = moved;
  for (uint32_t k = 0; k < b.filter_count; k++)
    top = rn_logical_filter(r->arena, top, rn_expr_replace(r->arena, b.filters[k], map), window->span);
  rn_expr **exprs = RN_NEW_N(r->arena, rn_expr *, old + added + 1);
  const char **names = RN_NEW_N(r->arena, const char *, old + added + 1);
  for (uint32_t i = 0; i < old + added; i++) {
    exprs[i] = i < old ? rn_expr_replace(r->arena, b.exprs[i], map)
                       : rn_expr_column(r->arena, base_width + i - old, fields[base_width + i - old].type, unnest->span);
    names[i] = unnest->schema.fields[i].name;
  }
  return rn_logical_project(r->arena, top, old + added, exprs, names, unnest->span);
}

rn_logical *rn_rewrite_unnest(rn_rewrite *r, rn_logical *node) {
  for (uint32_t i = 0; i < node->input_count; i++) node->inputs[i] = rn_rewrite_unnest(r, node->inputs[i]);
  return node->kind == RN_L_UNNEST ? rewrite(r, node) : node;
}
