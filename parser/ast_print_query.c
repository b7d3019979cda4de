/* AST -> text: queries. */
#include "parser/print.h"

void rn_print_order(uint32_t count, const rn_ast_sort_item *items, rn_builder *out) {
  rn_builder_text(out, "ORDER BY ");
  for (uint32_t i = 0; i < count; i++) {
    if (i) rn_builder_text(out, ", ");
    rn_ast_print_expr(items[i].expr, out);
    if (items[i].descending) rn_builder_text(out, " DESC");
    if (items[i].nulls) rn_builder_text(out, items[i].nulls > 0 ? " NULLS FIRST" : " NULLS LAST");
  }
}

/* --- windows --------------------------------------------------------------------------------------------- */
static void print_bound(const rn_ast_bound *bound, rn_builder *out) {
  static const char *const words[] = {
      [RN_BOUND_UNBOUNDED_PRECEDING] = "UNBOUNDED PRECEDING", [RN_BOUND_PRECEDING] = " PRECEDING", [RN_BOUND_CURRENT_ROW] = "CURRENT ROW",
      [RN_BOUND_FOLLOWING] = " FOLLOWING", [RN_BOUND_UNBOUNDED_FOLLOWING] = "UNBOUNDED FOLLOWING"};
  if (bound->value) rn_print_num(bound->value, out);
  rn_builder_text(out, words[bound->kind]);
}
void rn_print_window(const rn_ast_window *w, rn_builder *out) {
  if (w->is_reference_only) {
    rn_print_name(w->reference.text, out);
    return;
  }
  const char *gap = "";
  rn_builder_char(out, '(');
  if (w->reference.text) {
    rn_print_name(w->reference.text, out);
    gap = " ";
  }
  if (w->partition_count) {
    rn_builder_printf(out, "%sPARTITION BY ", gap);
    for (uint32_t i = 0; i < w->partition_count; i++) {
      if (i) rn_builder_text(out, ", ");
      rn_ast_print_expr(w->partition[i], out);
    }
    gap = " ";
  }
  if (w->order_count) {
    rn_builder_text(out, gap);
    rn_print_order(w->order_count, w->order, out);
    gap = " ";
  }
  if (w->frame) {
    rn_builder_printf(out, "%s%s BETWEEN ", gap, w->frame == 1 ? "ROWS" : "RANGE");
    print_bound(&w->low, out);
    rn_builder_text(out, " AND ");
    print_bound(&w->high, out);
  }
  rn_builder_char(out, ')');
}

/* --- FROM ------------------------------------------------------------------------------------------------------ */
static void print_from(const rn_ast_from *from, rn_builder *out);
static void print_query_in_parens(const rn_ast_query *query, rn_builder *out) {
  rn_builder_char(out, '(');
  rn_ast_print_query(query, out);
  rn_builder_char(out, ')');
}
static void print_alias(const rn_ast_from *from, rn_builder *out) {
  if (!from->alias.text) return;
  rn_builder_text(out, " AS ");
  rn_print_name(from->alias.text, out);
  if (from->alias_columns.count) {
    rn_builder_text(out, " (");
    rn_print_names(&from->alias_columns, out);
    rn_builder_char(out, ')');
  }
}
static void print_table_arg(const rn_ast_table_arg *arg, rn_builder *out) {
  if (arg->name) {
    rn_print_name(arg->name, out);
    rn_builder_text(out, " => ");
  }
  switch (arg->kind) {
    case RN_ARG_EXPR: rn_ast_print_expr(arg->expr, out); break;
    case RN_ARG_DESCRIPTOR:
      rn_builder_text(out, "DESCRIPTOR(");
      rn_print_names(&arg->descriptor, out);
      rn_builder_char(out, ')');
      break;
    case RN_ARG_TABLE:
      if (arg->table->kind == RN_AST_FROM_TABLE) rn_builder_text(out, "TABLE ");
      print_from(arg->table, out);
      if (arg->partition.count) {
        rn_builder_text(out, " PARTITION BY (");
        rn_print_names(&arg->partition, out);
        rn_builder_char(out, ')');
      }
      break;
  }
}
static void print_table_call(const rn_ast_from *from, rn_builder *out) {
  if (from->lateral) rn_builder_text(out, "LATERAL ");
  if (from->table_wrapper) rn_builder_text(out, "TABLE(");
  if (from->path.count == 1 && rn_text_eq_nocase(from->path.parts[0].text, "UNNEST") && !from->path.parts[0].quoted)
    rn_builder_text(out, "UNNEST");
  else
    rn_print_path(&from->path, out);
  rn_builder_char(out, '(');
  for (uint32_t i = 0; i < from->arg_count; i++) {
    if (i) rn_builder_text(out, ", ");
    print_table_arg(&from->args[i], out);
  }
  rn_builder_char(out, ')');
  if (from->table_wrapper) rn_builder_char(out, ')');
  if (from->with_ordinality) rn_builder_text(out, " WITH ORDINALITY");
}
static void print_join(const rn_ast_from *from, rn_builder *out) {
  static const char *const words[] = {[RN_JOIN_COMMA] = "", [RN_JOIN_INNER] = "JOIN ", [RN_JOIN_LEFT] = "LEFT JOIN ",
                                      [RN_JOIN_RIGHT] = "RIGHT JOIN ", [RN_JOIN_FULL] = "FULL JOIN ", [RN_JOIN_CROSS] = "CROSS JOIN "};
  print_from(from->left, out);
  bool comma = from->join == RN_JOIN_COMMA;
  rn_builder_text(out, comma ? ", " : from->natural ? " NATURAL " : " ");
  rn_builder_text(out, words[from->join]);
  bool parens = !comma && from->right->kind == RN_AST_FROM_JOIN;
  if (parens) rn_builder_char(out, '(');
  print_from(from->right, out);
  if (parens) rn_builder_char(out, ')');
  if (from->on) {
    rn_builder_text(out, " ON ");
    rn_ast_print_expr(from->on, out);
  }
  if (from->using.count) {
    rn_builder_text(out, " USING (");
    rn_print_names(&from->using, out);
    rn_builder_char(out, ')');
  }
}
static void print_from(const rn_ast_from *from, rn_builder *out) {
  switch (from->kind) {
    case RN_AST_FROM_TABLE:
      rn_print_path(&from->path, out);
      rn_print_hints(&from->hints, out);
      if (from->system_time) {
        rn_builder_text(out, " FOR SYSTEM_TIME AS OF ");
        rn_print_num(from->system_time, out);
      }
      break;
    case RN_AST_FROM_QUERY:
    case RN_AST_FROM_VALUES:
      if (from->lateral) rn_builder_text(out, "LATERAL ");
      print_query_in_parens(from->query, out);
      break;
    case RN_AST_FROM_FUNCTION: print_table_call(from, out); break;
    case RN_AST_FROM_JOIN: print_join(from, out); return;
  }
  print_alias(from, out);
}

/* --- SELECT ------------------------------------------------------------------------------------------------------ */
static void print_groups(uint32_t count, const rn_ast_group_item *items, rn_builder *out) {
  static const char *const words[] = {[RN_GROUP_EXPR] = "", [RN_GROUP_EMPTY] = "", [RN_GROUP_SETS] = "GROUPING SETS ",
                                      [RN_GROUP_CUBE] = "CUBE ", [RN_GROUP_ROLLUP] = "ROLLUP ", [RN_GROUP_LIST] = ""};
  for (uint32_t i = 0; i < count; i++) {
    if (i) rn_builder_text(out, ", ");
    if (items[i].kind == RN_GROUP_EXPR) {
      rn_ast_print_expr(items[i].expr, out);
      continue;
    }
    rn_builder_printf(out, "%s(", words[items[i].kind]);
    print_groups(items[i].item_count, items[i].items, out);
    rn_builder_char(out, ')');
  }
}
static void print_select(const rn_ast_select *s, rn_builder *out) {
  rn_builder_text(out, "SELECT");
  rn_print_hints(&s->hints, out);
  rn_builder_text(out, s->distinct ? " DISTINCT " : " ");
  for (uint32_t i = 0; i < s->item_count; i++) {
    if (i) rn_builder_text(out, ", ");
    rn_ast_print_expr(s->items[i].expr, out);
    if (s->items[i].alias.text) {
      rn_builder_text(out, " AS ");
      rn_print_name(s->items[i].alias.text, out);
    }
  }
  if (s->from) {
    rn_builder_text(out, " FROM ");
    print_from(s->from, out);
  }
  if (s->where) {
    rn_builder_text(out, " WHERE ");
    rn_ast_print_expr(s->where, out);
  }
  if (s->has_group) {
    rn_builder_text(out, s->group_distinct ? " GROUP BY DISTINCT " : " GROUP BY ");
    print_groups(s->group_count, s->groups, out);
  }
  if (s->having) {
    rn_builder_text(out, " HAVING ");
    rn_ast_print_expr(s->having, out);
  }
  for (uint32_t i = 0; i < s->window_count; i++) {
    rn_builder_text(out, i ? ", " : " WINDOW ");
    rn_print_name(s->windows[i].name.text, out);
    rn_builder_text(out, " AS ");
    rn_print_window(&s->windows[i], out);
  }
  if (s->qualify) {
    rn_builder_text(out, " QUALIFY ");
    rn_ast_print_expr(s->qualify, out);
  }
}

/* --- query ---------------------------------------------------------------------------------------------------------- */
static bool has_tail(const rn_ast_query *q) { return q->order_count || q->limit || q->offset || q->emit_changes || q->with_count; }
static void print_operand(const rn_ast_query *q, const rn_ast_query *of, bool right, rn_builder *out) {
  bool tighter = q->kind == RN_AST_SET_OP && q->set_op == RN_SET_INTERSECT && of->set_op != RN_SET_INTERSECT;
  bool same = q->kind == RN_AST_SET_OP && (q->set_op == RN_SET_INTERSECT) == (of->set_op == RN_SET_INTERSECT);
  bool bare = !has_tail(q) && (q->kind != RN_AST_SET_OP || tighter || (same && !right));
  if (bare)
    rn_ast_print_query(q, out);
  else
    print_query_in_parens(q, out);
}
void rn_ast_print_query(const rn_ast_query *q, rn_builder *out) {
  static const char *const set_words[] = {[RN_SET_UNION] = "UNION", [RN_SET_INTERSECT] = "INTERSECT", [RN_SET_EXCEPT] = "EXCEPT"};
  for (uint32_t i = 0; i < q->with_count; i++) {
    rn_builder_text(out, i ? ", " : q->recursive ? "WITH RECURSIVE " : "WITH ");
    rn_print_name(q->with[i].name.text, out);
    if (q->with[i].columns.count) {
      rn_builder_text(out, " (");
      rn_print_names(&q->with[i].columns, out);
      rn_builder_char(out, ')');
    }
    rn_builder_text(out, " AS ");
    print_query_in_parens(q->with[i].query, out);
  }
  if (q->with_count) rn_builder_char(out, ' ');
  switch (q->kind) {
    case RN_AST_SELECT: print_select(q->select, out); break;
    case RN_AST_VALUES:
      rn_builder_text(out, "VALUES ");
      for (uint32_t i = 0; i < q->row_count; i++) {
        rn_builder_text(out, i ? ", (" : "(");
        for (uint32_t k = 0; k < q->rows[i]->arg_count; k++) {
          if (k) rn_builder_text(out, ", ");
          rn_ast_print_expr(q->rows[i]->args[k], out);
        }
        rn_builder_char(out, ')');
      }
      break;
    case RN_AST_TABLE:
      rn_builder_text(out, "TABLE ");
      rn_print_path(&q->path, out);
      break;
    case RN_AST_SET_OP:
      print_operand(q->left, q, false, out);
      rn_builder_printf(out, " %s %s", set_words[q->set_op], q->all ? "ALL " : "");
      print_operand(q->right, q, true, out);
      break;
  }
  if (q->order_count) {
    rn_builder_char(out, ' ');
    rn_print_order(q->order_count, q->order, out);
  }
  if (q->limit) {
    rn_builder_text(out, " LIMIT ");
    rn_print_num(q->limit, out);
  }
  if (q->offset) {
    rn_builder_text(out, " OFFSET ");
    rn_print_num(q->offset, out);
  }
  if (q->emit_changes) rn_builder_text(out, " EMIT CHANGES");
}
