/* GROUPING SETS, ROLLUP and CUBE (SQL:1999; Gray 1996, Data Cube): the items of GROUP BY become a list of sets of keys,
 * and an EXPAND node below the aggregate gives every row once per set, with copies of the keys that are NULL where the
 * set leaves them out. The set itself is a hidden key, so a key that is NULL in the data and one that was left out are
 * two groups; GROUPING(..) and GROUP_ID() are read from it. Keys of all sets (window_start ..) pass as they are. */
#include "planner/query.h"

typedef struct set_list {
  uint32_t count;
  uint64_t *items;
} set_list;

static const char *item_word(const rn_ast_group_item *item) {
  return item->kind == RN_GROUP_SETS ? "GROUPING SETS" : item->kind == RN_GROUP_CUBE ? "CUBE" : "ROLLUP";
}

static rn_status push_set(rn_select_binder *s, set_list *list, uint64_t set, rn_span span) {
  if (list->count == RN_GROUPING_SETS_MAX)
    return rn_diag(s->q->binder.diags, RN_E_LIMIT, span, NULL, "GROUP BY makes more than %d grouping sets", RN_GROUPING_SETS_MAX);
  RN_ARRAY_PUSH(s->q->arena, list->items, list->count, set);
  return RN_OK;
}

/* An expression or a list of them: one set. */
static rn_status bind_set(rn_select_binder *s, const rn_ast_group_item *item, bool nested, uint64_t *set) {
  rn_status status = RN_OK;
  if (item->kind == RN_GROUP_LIST) {
    for (uint32_t i = 0; i < item->item_count; i++)
      if (bind_set(s, &item->items[i], true, set) != RN_OK) status = RN_FAIL;
    return status;
  }
  int key = -1;
  if (rn_bind_group_key(s, item->expr, nested, &key) != RN_OK) return RN_FAIL;
  if (key >= RN_GROUPING_KEYS_MAX)
    return rn_diag(s->q->binder.diags, RN_E_LIMIT, item->span, NULL, "GROUP BY with grouping sets takes at most %d keys", RN_GROUPING_KEYS_MAX);
  if (key >= 0) *set |= (uint64_t)1 << key;
  return RN_OK;
}

static rn_status bind_item(rn_select_binder *s, const rn_ast_group_item *item, bool nested, set_list *out);

/* ROLLUP(a, b): (a, b), (a), (). CUBE(a, b): all subsets, the fullest first. An element may be a list. */
static rn_status bind_rollup_cube(rn_select_binder *s, const rn_ast_group_item *item, set_list *out) {
  rn_diagnostics *diags = s->q->binder.diags;
  uint32_t n = item->item_count;
  if (item->kind == RN_GROUP_CUBE && (n > 31 || 1u << n > RN_GROUPING_SETS_MAX))
    return rn_diag(diags, RN_E_LIMIT, item->span, NULL, "CUBE of %u elements makes more than %d grouping sets", n, RN_GROUPING_SETS_MAX);
  uint64_t *elements = RN_NEW_N(s->q->arena, uint64_t, n + 1);
  rn_status status = RN_OK;
  for (uint32_t i = 0; i < n; i++) {
    const rn_ast_group_item *element = &item->items[i];
    if (element->kind != RN_GROUP_EXPR && element->kind != RN_GROUP_LIST)
      status = rn_diag(diags, RN_E_NOT_GROUPED, element->span, "write GROUPING SETS (..) around both",
                       "%s takes expressions and lists of them", item_word(item));
    else if (bind_set(s, element, true, &elements[i]) != RN_OK) status = RN_FAIL;
  }
  if (status != RN_OK) return status;
  bool cube = item->kind == RN_GROUP_CUBE;
  for (uint32_t left_out = 0; left_out < (cube ? 1u << n : n + 1); left_out++) {
    uint64_t set = 0;
    for (uint32_t i = 0; i < n; i++) {
      bool out_here = cube ? left_out >> (n - 1 - i) & 1 : i >= n - left_out;
      if (!out_here) set |= elements[i];
    }
    if (push_set(s, out, set, item->span) != RN_OK) return RN_FAIL;
  }
  return RN_OK;
}

static rn_status bind_item(rn_select_binder *s, const rn_ast_group_item *item, bool nested, set_list *out) {
  switch (item->kind) {
    case RN_GROUP_EMPTY: return push_set(s, out, 0, item->span);
    case RN_GROUP_SETS: {
      rn_status status = RN_OK;
      for (uint32_t i = 0; i < item->item_count; i++)
        if (bind_item(s, &item->items[i], true, out) != RN_OK) status = RN_FAIL;
      return status;
    }
    case RN_GROUP_CUBE: case RN_GROUP_ROLLUP: return bind_rollup_cube(s, item, out);
    default: {
      uint64_t set = 0;
      return bind_set(s, item, nested, &set) == RN_OK ? push_set(s, out, set, item->span) : RN_FAIL;
    }
  }
}

/* Items of GROUP BY beside each other: every set of the one with every set of the other. */
static rn_status cross(rn_select_binder *s, set_list *all, const set_list *with, rn_span span) {
  set_list out = {0};
  for (uint32_t i = 0; i < all->count; i++)
    for (uint32_t k = 0; k < with->count; k++)
      if (push_set(s, &out, all->items[i] | with->items[k], span) != RN_OK) return RN_FAIL;
  *all = out;
  return RN_OK;
}

static void drop_duplicates(set_list *all) {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < all->count; i++) {
    bool seen = false;
    for (uint32_t k = 0; k < kept && !seen; k++) seen = all->items[k] == all->items[i];
    if (!seen) all->items[kept++] = all->items[i];
  }
  all->count = kept;
}

rn_status rn_bind_grouping_sets(rn_select_binder *s) {
  const rn_ast_select *select = s->select;
  set_list all = {0};
  rn_status status = push_set(s, &all, 0, select->group_span);
  bool sets = false;
  for (uint32_t i = 0; i < select->group_count; i++) {
    const rn_ast_group_item *item = &select->groups[i];
    if (item->kind == RN_GROUP_SETS || item->kind == RN_GROUP_CUBE || item->kind == RN_GROUP_ROLLUP) sets = true;
  }
  for (uint32_t i = 0; i < select->group_count; i++) {
    const rn_ast_group_item *item = &select->groups[i];
    if (!sets) { /* plain: any number of keys */
      int key;
      if (item->kind == RN_GROUP_EXPR && rn_bind_group_key(s, item->expr, false, &key) != RN_OK) status = RN_FAIL;
      for (uint32_t k = 0; item->kind == RN_GROUP_LIST && k < item->item_count; k++)
        if (rn_bind_group_key(s, item->items[k].expr, false, &key) != RN_OK) status = RN_FAIL;
      continue;
    }
    set_list with = {0};
    if (bind_item(s, item, false, &with) != RN_OK) status = RN_FAIL;
    else if (status == RN_OK) status = cross(s, &all, &with, item->span);
  }
  if (select->group_distinct) drop_duplicates(&all);
  s->set_count = all.count;
  s->sets = all.items;
  s->everywhere = UINT64_MAX;
  for (uint32_t i = 0; sets && i < all.count; i++) s->everywhere &= all.items[i];
  if (status != RN_OK || all.count == 1) return status;
  uint32_t varying = 0;
  for (uint32_t k = 0; k < s->key_count; k++) varying += !(s->everywhere >> k & 1);
  if (varying > RN_GROUPING_ABSENT_MAX)
    return rn_diag(s->q->binder.diags, RN_E_LIMIT, select->group_span, NULL, "grouping sets leave out at most %d different keys, got %u",
                   RN_GROUPING_ABSENT_MAX, varying);
  return RN_OK;
}

/* --- EXPAND -------------------------------------------------------------------------------------------------------- */

static bool in_all_sets(const rn_select_binder *s, uint32_t key) { return key >= 64 || (s->everywhere >> key & 1); }

/* Bit of key k in the set's number: its place among the copies; -1: every set has it. */
static int set_bit(const rn_select_binder *s, uint32_t key) {
  if (in_all_sets(s, key)) return -1;
  int bit = 0;
  for (uint32_t k = 0; k < key; k++) bit += !in_all_sets(s, k);
  return bit;
}

uint32_t rn_expand_sets(rn_select_binder *s, rn_logical **input, uint32_t *keys) {
  rn_arena *arena = s->q->arena;
  rn_logical *below = *input;
  rn_logical *node = rn_logical_new(arena, RN_L_EXPAND, s->select->group_span, 1, input);
  uint32_t width = below->schema.count, count = 0;
  rn_expand_spec *e = &node->u.expand;
  e->keys = RN_NEW_N(arena, uint32_t, s->key_count + 1);
  rn_field *fields = RN_NEW_N(arena, rn_field, width + s->key_count + 1);
  for (uint32_t i = 0; i < width; i++) fields[i] = below->schema.fields[i];
  for (uint32_t k = 0; k < s->key_count; k++) {
    if (in_all_sets(s, k)) continue;
    const rn_field *field = &below->schema.fields[keys[k]];
    e->keys[count] = keys[k];
    keys[k] = width + count;
    fields[width + count++] = (rn_field){field->name, rn_type_with_null(arena, rn_type_plain(arena, field->type), true)};
  }
  fields[width + count] = (rn_field){"$set", rn_type_basic(RN_T_BIGINT, false)};
  e->key_count = count;
  e->set_count = s->set_count;
  e->sets = RN_NEW_N(arena, int64_t, s->set_count);
  for (uint32_t i = 0; i < s->set_count; i++) {
    int64_t same = 0;
    for (uint32_t k = 0; k < i; k++) same += s->sets[k] == s->sets[i];
    e->sets[i] = same << RN_EXPAND_GROUP_BIT;
    for (uint32_t k = 0; k < s->key_count; k++)
      if (!in_all_sets(s, k) && !(s->sets[i] >> k & 1)) e->sets[i] |= (int64_t)1 << set_bit(s, k);
  }
  node->schema = (rn_schema){width + count + 1, fields};
  *input = node;
  return width + count;
}

/* --- GROUPING(..) -------------------------------------------------------------------------------------------------- */

static rn_expr *number(rn_select_binder *s, int64_t n, rn_span span) {
  rn_value value = {.type = rn_type_basic(RN_T_BIGINT, false), .u.i = n};
  return rn_expr_const(s->q->arena, value, span);
}

/* Number of the key that the argument is; -1: an error was added. */
static int key_of(rn_select_binder *s, const char *name, const rn_ast_expr *arg) {
  rn_query_context *q = s->q;
  rn_scope scope = s->below;
  scope.clause = name;
  rn_expr *e = rn_bind_expr(&q->binder, &scope, arg);
  if (e->type->id == RN_T_ERROR) return -1;
  for (uint32_t i = 0; i < s->key_count; i++)
    if (rn_expr_equal(s->keys[i], e)) return (int)i;
  rn_builder keys = {0};
  for (uint32_t i = 0; i < s->key_count; i++)
    if (s->key_names[i]) rn_builder_printf(&keys, "%s%s", keys.len ? ", " : "the keys are ", s->key_names[i]);
  rn_diag(q->binder.diags, RN_E_NOT_GROUPED, arg->span, keys.len ? rn_arena_strdup(q->arena, keys.data) : NULL,
          "the argument of %s is no GROUP BY key", name);
  rn_builder_free(&keys);
  return -1;
}

rn_expr *rn_bind_grouping_call(rn_select_binder *s, const rn_ast_expr *node) {
  rn_binder *binder = &s->q->binder;
  const char *name = node->path.parts[node->path.count - 1].text;
  bool group_id = rn_text_eq_nocase(name, "GROUP_ID");
  if (!group_id && !rn_text_eq_nocase(name, "GROUPING") && !rn_text_eq_nocase(name, "GROUPING_ID")) return NULL;
  if (!s->select->has_group) {
    rn_diag(binder->diags, RN_E_AGGREGATE_PLACE, node->span, NULL, "%s needs a GROUP BY", name);
    return rn_bind_error(binder, node->span);
  }
  if (node->over || node->filter || node->distinct || node->star || group_id != !node->arg_count || node->arg_count > 32) {
    rn_diag(binder->diags, RN_E_ARGUMENTS, node->span, NULL,
            group_id ? "GROUP_ID takes no argument" : "%s takes 1 to 32 keys of GROUP BY", name);
    return rn_bind_error(binder, node->span);
  }
  rn_expr *args[34];
  uint32_t count = 0;
  args[count++] = rn_expr_column(s->q->arena, RN_PLACE_SET, rn_type_basic(RN_T_BIGINT, false), node->span);
  bool failed = s->failed, varies = group_id;
  for (uint32_t i = 0; group_id && i < RN_EXPAND_GROUP_BITS; i++)
    args[count++] = number(s, RN_EXPAND_GROUP_BIT + RN_EXPAND_GROUP_BITS - 1 - (int)i, node->span);
  for (uint32_t i = 0; i < node->arg_count; i++) { /* the first argument is the most significant bit */
    int key = key_of(s, name, node->args[i]);
    int bit = key < 0 ? -1 : set_bit(s, (uint32_t)key);
    failed = failed || key < 0;
    varies = varies || bit >= 0;
    args[count++] = number(s, bit < 0 ? 63 : bit, node->span); /* bit 63 is never set: every set has the key */
  }
  if (failed) return rn_bind_error(binder, node->span);
  if (s->set_count <= 1 || !varies) return number(s, 0, node->span);
  return rn_bind_call_row(binder, "GROUPING", args, count, node->span);
}
