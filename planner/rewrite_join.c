/* Rewrites of regular joins. A condition over a join moves into it (INNER) or to the side that it reads, where the
 * kind of the join allows that: rows that a side may lose before an outer join must not be rows that the join
 * would keep. The pass "join-keys" then takes the equalities between the sides out of the condition: they become
 * the keys by which rows are hashed, kept and sent to tasks. */
#include "planner/rewrite.h"
#include "runtime/function.h"

enum { READS_LEFT = 1, READS_RIGHT = 2 };

static int sides(const rn_logical *join, const rn_expr *e) {
  if (e->kind == RN_EXPR_COLUMN) return e->index < join->inputs[0]->schema.count ? READS_LEFT : READS_RIGHT;
  int found = 0;
  for (uint32_t i = 0; i < e->arg_count; i++) found |= sides(join, e->args[i]);
  return found;
}

/* The expression over the columns of one input. */
static rn_expr *over_side(rn_rewrite *r, const rn_logical *join, const rn_expr *e, unsigned side) {
  uint32_t left = join->inputs[0]->schema.count, width = rn_logical_width(join);
  rn_expr **map = RN_NEW_N(r->arena, rn_expr *, width + 1);
  for (uint32_t i = 0; i < width; i++) {
    if ((i >= left) != (side == 1)) continue;
    uint32_t column = side ? i - left : i;
    map[i] = rn_expr_column(r->arena, column, join->inputs[side]->schema.fields[column].type, e->span);
  }
  return rn_expr_replace(r->arena, e, map);
}

typedef rn_logical *(*pusher)(rn_rewrite *, rn_logical *);

static void filter_side(rn_rewrite *r, rn_logical *join, unsigned side, const rn_conjuncts *c, rn_span span, pusher push) {
  if (!c->count) return;
  rn_expr *condition = over_side(r, join, rn_conjuncts_and(r, c, span), side);
  join->inputs[side] = push(r, rn_logical_filter(r->arena, join->inputs[side], condition, span));
}

rn_logical *rn_rewrite_filter_join(rn_rewrite *r, rn_logical *filter, pusher push) {
  rn_logical *join = filter->inputs[0];
  rn_join_kind kind = join->u.join.kind;
  rn_conjuncts all = {0}, stay = {0}, on = {0}, down[2] = {{0}, {0}};
  rn_conjuncts_split(r->arena, filter->u.filter, &all);
  rn_conjuncts_split(r->arena, join->u.join.condition, &on);
  uint32_t before = on.count;
  for (uint32_t i = 0; i < all.count; i++) {
    rn_expr *e = all.items[i];
    int reads = sides(join, e); /* of MARK: its column counts as right */
    if (rn_expr_is_volatile(e) || (!rn_join_pairs(kind) && reads != READS_LEFT)) rn_conjuncts_add(r->arena, &stay, e);
    else if (reads == READS_LEFT && !rn_join_keeps(kind, 1)) rn_conjuncts_add(r->arena, &down[0], e);
    else if (reads == READS_RIGHT && !rn_join_keeps(kind, 0)) rn_conjuncts_add(r->arena, &down[1], e);
    else if (kind == RN_JOIN_KIND_INNER && reads == (READS_LEFT | READS_RIGHT)) rn_conjuncts_add(r->arena, &on, e);
    else rn_conjuncts_add(r->arena, &stay, e);
  }
  for (unsigned side = 0; side < 2; side++) filter_side(r, join, side, &down[side], filter->span, push);
  if (on.count > before) join->u.join.condition = rn_conjuncts_and(r, &on, filter->span);
  return stay.count ? rn_logical_filter(r->arena, join, rn_conjuncts_and(r, &stay, filter->span), filter->span) : join;
}

void rn_rewrite_split_on(rn_rewrite *r, rn_logical *join, pusher push) {
  rn_join_kind kind = join->u.join.kind;
  rn_conjuncts all = {0}, stay = {0}, down[2] = {{0}, {0}};
  rn_conjuncts_split(r->arena, join->u.join.condition, &all);
  for (uint32_t i = 0; i < all.count; i++) {
    rn_expr *e = all.items[i];
    int reads = sides(join, e);
    bool fixed = rn_expr_is_volatile(e);
    if (!fixed && reads == READS_LEFT && !rn_join_keeps(kind, 0)) rn_conjuncts_add(r->arena, &down[0], e);
    else if (!fixed && reads == READS_RIGHT && !rn_join_keeps(kind, 1)) rn_conjuncts_add(r->arena, &down[1], e);
    else rn_conjuncts_add(r->arena, &stay, e);
  }
  for (unsigned side = 0; side < 2; side++) filter_side(r, join, side, &down[side], join->span, push);
  join->u.join.condition = rn_conjuncts_and(r, &stay, join->span);
}

/* --- keys --------------------------------------------------------------------------------------------------- */
/* Encoded alike, down to the elements: equal values are equal bytes. */
static bool alike(const rn_type *a, const rn_type *b) {
  rn_physical p = rn_type_physical(a);
  if (p != rn_type_physical(b) || p == RN_P_NONE || a->child_count != b->child_count) return false;
  for (uint32_t i = 0; i < a->child_count; i++) {
    if (!alike(a->children[i], b->children[i])) return false;
  }
  return (a->id == b->id && a->scale == b->scale) || (rn_type_is_string(a) && rn_type_is_string(b));
}

static bool is_key(const rn_logical *join, const rn_expr *e, unsigned *left, bool *null_safe) {
  if (e->kind != RN_EXPR_CALL || e->arg_count != 2 || rn_expr_is_volatile(e)) return false;
  *null_safe = !strcmp(e->function->name, "IS NOT DISTINCT FROM");
  if (!*null_safe && strcmp(e->function->name, "=") != 0) return false;
  int a = sides(join, e->args[0]), b = sides(join, e->args[1]);
  *left = a == READS_LEFT ? 0 : 1;
  return (a | b) == (READS_LEFT | READS_RIGHT) && (a & b) == 0 && alike(e->args[0]->type, e->args[1]->type);
}

typedef struct widened { /* an input with its key expressions behind its columns */
  uint32_t count, old;
  rn_expr **exprs;
  const char **names;
} widened;

static widened widen(rn_rewrite *r, const rn_logical *input, uint32_t more) {
  uint32_t n = input->schema.count;
  widened w = {n, n, RN_NEW_N(r->arena, rn_expr *, n + more + 1), RN_NEW_N(r->arena, const char *, n + more + 1)};
  for (uint32_t i = 0; i < n; i++) {
    w.exprs[i] = rn_expr_column(r->arena, i, input->schema.fields[i].type, input->span);
    w.names[i] = input->schema.fields[i].name;
  }
  return w;
}

static uint32_t key_column(rn_rewrite *r, widened *w, rn_expr *e) {
  if (e->kind == RN_EXPR_COLUMN) return e->index;
  for (uint32_t i = w->old; i < w->count; i++)
    if (rn_expr_equal(w->exprs[i], e)) return i;
  w->exprs[w->count] = e;
  w->names[w->count] = rn_arena_printf(r->arena, "$f%u", w->count);
  return w->count++;
}

/* Computed keys are columns behind each input's own; the columns of the join's result move apart for them, and a
 * projection over it gives the old ones. */
static rn_logical *with_computed_keys(rn_rewrite *r, rn_logical *join, const widened w[2]) {
  uint32_t left = w[0].old, width = rn_logical_width(join), count = join->schema.count;
  rn_expr **moved = RN_NEW_N(r->arena, rn_expr *, width + 1), **out = RN_NEW_N(r->arena, rn_expr *, count + 1);
  const char **names = RN_NEW_N(r->arena, const char *, count + 1);
  rn_logical *inputs[2];
  for (int s = 0; s < 2; s++) {
    for (uint32_t i = 0; i < w[s].old; i++)
      moved[s ? left + i : i] = rn_expr_column(r->arena, s ? w[0].count + i : i, join->inputs[s]->schema.fields[i].type, join->span);
    inputs[s] = join->inputs[s];
    if (w[s].count > w[s].old)
      inputs[s] = rn_logical_project(r->arena, inputs[s], w[s].count, w[s].exprs, w[s].names, join->span);
  }
  for (uint32_t i = 0; i < count; i++) {
    out[i] = rn_expr_column(r->arena, i < left ? i : i - left + w[0].count, join->schema.fields[i].type, join->span);
    names[i] = join->schema.fields[i].name;
  }
  rn_expr *condition = join->u.join.condition ? rn_expr_replace(r->arena, join->u.join.condition, moved) : NULL;
  rn_logical *wide = rn_logical_join(r->arena, join->u.join.kind, inputs[0], inputs[1], condition, join->span);
  wide->path = join->path;
  wide->u.join.key_count = join->u.join.key_count;
  wide->u.join.left_keys = join->u.join.left_keys;
  wide->u.join.right_keys = join->u.join.right_keys;
  wide->u.join.null_safe = join->u.join.null_safe;
  wide->u.join.single = join->u.join.single;
  return rn_logical_project(r->arena, wide, count, out, names, join->span);
}

static rn_logical *take_keys(rn_rewrite *r, rn_logical *join) {
  rn_conjuncts all = {0}, rest = {0};
  rn_conjuncts_split(r->arena, join->u.join.condition, &all);
  uint32_t *keys[2] = {RN_NEW_N(r->arena, uint32_t, all.count + 1), RN_NEW_N(r->arena, uint32_t, all.count + 1)};
  bool *null_safe = RN_NEW_N(r->arena, bool, all.count + 1);
  widened w[2] = {widen(r, join->inputs[0], all.count), widen(r, join->inputs[1], all.count)};
  uint32_t count = 0;
  for (uint32_t i = 0; i < all.count; i++) {
    unsigned left = 0;
    if (!is_key(join, all.items[i], &left, &null_safe[count])) {
      rn_conjuncts_add(r->arena, &rest, all.items[i]);
      continue;
    }
    for (unsigned s = 0; s < 2; s++)
      keys[s][count] = key_column(r, &w[s], over_side(r, join, all.items[i]->args[s ? !left : left], s));
    count++;
  }
  if (!count) return join;
  join->u.join.key_count = count;
  join->u.join.left_keys = keys[0];
  join->u.join.right_keys = keys[1];
  join->u.join.null_safe = null_safe;
  join->u.join.condition = rn_conjuncts_and(r, &rest, join->span);
  bool computed = w[0].count > w[0].old || w[1].count > w[1].old;
  return computed ? with_computed_keys(r, join, w) : join;
}

rn_logical *rn_rewrite_join_keys(rn_rewrite *r, rn_logical *node) {
  for (uint32_t i = 0; i < node->input_count; i++) node->inputs[i] = rn_rewrite_join_keys(r, node->inputs[i]);
  return node->kind == RN_L_JOIN ? take_keys(r, node) : node;
}
