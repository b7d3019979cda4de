/* Structural equality of ASTs: what was meant, not where or how it was written. Spans, back-ticks, redundant
 * parentheses, the order of options and the case of function names do not count. */
#include "base/alloc.h"
#include "parser/print.h"

static bool text(const char *a, const char *b) { return a == b || (a && b && strcmp(a, b) == 0); }
static bool name(const rn_ast_name *a, const rn_ast_name *b) { return text(a->text, b->text); }
static bool names(const rn_ast_names *a, const rn_ast_names *b) {
  if (a->count != b->count) return false;
  for (uint32_t i = 0; i < a->count; i++)
    if (!name(&a->items[i], &b->items[i])) return false;
  return true;
}
static bool path(const rn_ast_path *a, const rn_ast_path *b) {
  if (a->count != b->count) return false;
  for (uint32_t i = 0; i < a->count; i++)
    if (!name(&a->parts[i], &b->parts[i])) return false;
  return true;
}
bool rn_options_equal(const rn_ast_options *a, const rn_ast_options *b) {
  if (a->count != b->count) return false;
  uint32_t *first = rn_sorted_options(a), *second = rn_sorted_options(b);
  bool equal = true;
  for (uint32_t i = 0; equal && i < a->count; i++)
    equal = text(a->items[first[i]].key, b->items[second[i]].key) && text(a->items[first[i]].value, b->items[second[i]].value);
  rn_free(first);
  rn_free(second);
  return equal;
}
static bool hints(const rn_ast_hints *a, const rn_ast_hints *b) {
  if (a->count != b->count) return false;
  for (uint32_t i = 0; i < a->count; i++)
    if (!text(a->items[i].name, b->items[i].name) || !rn_options_equal(&a->items[i].options, &b->items[i].options) ||
        !names(&a->items[i].names, &b->items[i].names))
      return false;
  return true;
}

static bool type(const rn_ast_type *a, const rn_ast_type *b) {
  if (!a || !b) return a == b;
  if (!text(a->name, b->name) || a->precision != b->precision || a->scale != b->scale || a->nullability != b->nullability ||
      a->field_count != b->field_count || !text(a->qualifier, b->qualifier) || !text(a->class_name, b->class_name))
    return false;
  for (uint32_t i = 0; i < a->field_count; i++)
    if (!name(&a->fields[i].name, &b->fields[i].name) || !type(a->fields[i].type, b->fields[i].type)) return false;
  return true;
}

/* --- expressions --------------------------------------------------------------------------------------------- */
static bool query(const rn_ast_query *a, const rn_ast_query *b);
static bool expr(const rn_ast_expr *a, const rn_ast_expr *b);
static bool exprs(uint32_t count, rn_ast_expr *const *a, rn_ast_expr *const *b) {
  for (uint32_t i = 0; i < count; i++)
    if (!expr(a[i], b[i])) return false;
  return true;
}
static bool sort_items(uint32_t count, const rn_ast_sort_item *a, const rn_ast_sort_item *b) {
  for (uint32_t i = 0; i < count; i++)
    if (a[i].descending != b[i].descending || a[i].nulls != b[i].nulls || !expr(a[i].expr, b[i].expr)) return false;
  return true;
}
static bool bound(const rn_ast_bound *a, const rn_ast_bound *b) { return a->kind == b->kind && expr(a->value, b->value); }
static bool window(const rn_ast_window *a, const rn_ast_window *b) {
  if (!a || !b) return a == b;
  return name(&a->name, &b->name) && name(&a->reference, &b->reference) && a->is_reference_only == b->is_reference_only &&
         a->partition_count == b->partition_count && a->order_count == b->order_count && a->frame == b->frame &&
         exprs(a->partition_count, a->partition, b->partition) && sort_items(a->order_count, a->order, b->order) &&
         (!a->frame || (bound(&a->low, &b->low) && bound(&a->high, &b->high)));
}
static bool call_name(const rn_ast_expr *a, const rn_ast_expr *b) {
  if (a->path.count != b->path.count) return false;
  for (uint32_t i = 0; i + 1 < a->path.count; i++)
    if (!name(&a->path.parts[i], &b->path.parts[i])) return false;
  return a->path.count == 0 || rn_text_eq_nocase(a->name, b->name);
}
static bool behaviour(const rn_ast_json_behaviour *a, const rn_ast_json_behaviour *b) { return a->kind == b->kind && expr(a->value, b->value); }
static bool json(const rn_ast_json *a, const rn_ast_json *b) {
  if (!a || !b) return a == b;
  if (a->passing_count != b->passing_count) return false;
  for (uint32_t i = 0; i < a->passing_count; i++)
    if (!expr(a->passing[i].expr, b->passing[i].expr) || !name(&a->passing[i].alias, &b->passing[i].alias)) return false;
  return type(a->returning, b->returning) && a->wrapper == b->wrapper && a->on_null == b->on_null && behaviour(&a->on_empty, &b->on_empty) &&
         behaviour(&a->on_error, &b->on_error);
}
static bool expr(const rn_ast_expr *a, const rn_ast_expr *b) {
  if (!a || !b) return a == b;
  if (a->kind != b->kind || a->boolean != b->boolean || a->negated != b->negated || a->symmetric != b->symmetric ||
      a->has_operand != b->has_operand || a->has_else != b->has_else || a->distinct != b->distinct || a->star != b->star ||
      a->bang != b->bang || a->negative != b->negative || a->nulls_mode != b->nulls_mode || a->precision != b->precision ||
      a->scale != b->scale || a->arg_count != b->arg_count || a->text_len != b->text_len)
    return false;
  if (a->text_len && memcmp(a->text, b->text, a->text_len) != 0) return false;
  if (a->kind == RN_AST_CALL ? !call_name(a, b) : !text(a->name, b->name) || !path(&a->path, &b->path)) return false;
  if (!a->arg_names != !b->arg_names) return false;
  for (uint32_t i = 0; a->arg_names && i < a->arg_count; i++)
    if (!text(a->arg_names[i], b->arg_names[i])) return false;
  return exprs(a->arg_count, a->args, b->args) && type(a->cast_type, b->cast_type) && query(a->query, b->query) &&
         a->within_group == b->within_group && a->order_count == b->order_count && sort_items(a->order_count, a->order, b->order) &&
         expr(a->filter, b->filter) && window(a->over, b->over) && json(a->json, b->json);
}

/* --- queries ------------------------------------------------------------------------------------------------------ */
static bool from(const rn_ast_from *a, const rn_ast_from *b) {
  if (!a || !b) return a == b;
  if (a->kind != b->kind || a->lateral != b->lateral || a->with_ordinality != b->with_ordinality || a->table_wrapper != b->table_wrapper ||
      a->arg_count != b->arg_count || a->join != b->join || a->natural != b->natural)
    return false;
  for (uint32_t i = 0; i < a->arg_count; i++) {
    const rn_ast_table_arg *x = &a->args[i], *y = &b->args[i];
    if (x->kind != y->kind || !text(x->name, y->name) || !from(x->table, y->table) || !names(&x->partition, &y->partition) ||
        !names(&x->descriptor, &y->descriptor) || !expr(x->expr, y->expr))
      return false;
  }
  return path(&a->path, &b->path) && hints(&a->hints, &b->hints) && expr(a->system_time, b->system_time) && query(a->query, b->query) &&
         name(&a->alias, &b->alias) && names(&a->alias_columns, &b->alias_columns) && from(a->left, b->left) && from(a->right, b->right) &&
         expr(a->on, b->on) && names(&a->using, &b->using);
}
static bool groups(uint32_t count, const rn_ast_group_item *a, const rn_ast_group_item *b) {
  for (uint32_t i = 0; i < count; i++)
    if (a[i].kind != b[i].kind || a[i].item_count != b[i].item_count || !expr(a[i].expr, b[i].expr) ||
        !groups(a[i].item_count, a[i].items, b[i].items))
      return false;
  return true;
}
static bool select(const rn_ast_select *a, const rn_ast_select *b) {
  if (!a || !b) return a == b;
  if (a->distinct != b->distinct || a->item_count != b->item_count || a->has_group != b->has_group || a->group_distinct != b->group_distinct || a->group_count != b->group_count ||
      a->window_count != b->window_count)
    return false;
  for (uint32_t i = 0; i < a->item_count; i++)
    if (!name(&a->items[i].alias, &b->items[i].alias) || !expr(a->items[i].expr, b->items[i].expr)) return false;
  for (uint32_t i = 0; i < a->window_count; i++)
    if (!window(&a->windows[i], &b->windows[i])) return false;
  return hints(&a->hints, &b->hints) && from(a->from, b->from) && expr(a->where, b->where) && groups(a->group_count, a->groups, b->groups) &&
         expr(a->having, b->having) && expr(a->qualify, b->qualify);
}
static bool query(const rn_ast_query *a, const rn_ast_query *b) {
  if (!a || !b) return a == b;
  if (a->kind != b->kind || a->with_count != b->with_count || a->recursive != b->recursive || a->row_count != b->row_count || a->set_op != b->set_op || a->all != b->all ||
      a->order_count != b->order_count || a->emit_changes != b->emit_changes)
    return false;
  for (uint32_t i = 0; i < a->with_count; i++)
    if (!name(&a->with[i].name, &b->with[i].name) || !names(&a->with[i].columns, &b->with[i].columns) ||
        !query(a->with[i].query, b->with[i].query))
      return false;
  return select(a->select, b->select) && exprs(a->row_count, a->rows, b->rows) && path(&a->path, &b->path) && query(a->left, b->left) &&
         query(a->right, b->right) && sort_items(a->order_count, a->order, b->order) && expr(a->limit, b->limit) && expr(a->offset, b->offset);
}

/* --- statements ----------------------------------------------------------------------------------------------------- */
static bool column(const rn_ast_column_def *a, const rn_ast_column_def *b) {
  return a->kind == b->kind && name(&a->name, &b->name) && type(a->type, b->type) && text(a->metadata_key, b->metadata_key) &&
         a->is_virtual == b->is_virtual && expr(a->expr, b->expr) && text(a->comment, b->comment);
}
static bool table(const rn_ast_table_def *a, const rn_ast_table_def *b) {
  if (!a || !b) return a == b;
  if (a->column_count != b->column_count || a->watermark_count != b->watermark_count || a->key_enforced != b->key_enforced ||
      a->has_options != b->has_options)
    return false;
  for (uint32_t i = 0; i < a->column_count; i++)
    if (!column(&a->columns[i], &b->columns[i])) return false;
  for (uint32_t i = 0; i < a->watermark_count; i++)
    if (!name(&a->watermarks[i].column, &b->watermarks[i].column) || !expr(a->watermarks[i].expr, b->watermarks[i].expr)) return false;
  if (a->distribution.given != b->distribution.given || a->like_option_count != b->like_option_count) return false;
  for (uint32_t i = 0; i < a->like_option_count; i++)
    if (a->like_options[i].how != b->like_options[i].how || a->like_options[i].what != b->like_options[i].what) return false;
  return names(&a->keys, &b->keys) && text(a->comment, b->comment) && rn_options_equal(&a->options, &b->options) &&
         names(&a->partitioned_by, &b->partitioned_by) && text(a->constraint, b->constraint) && path(&a->like, &b->like) &&
         text(a->distribution.kind, b->distribution.kind) && names(&a->distribution.columns, &b->distribution.columns) &&
         text(a->distribution.buckets, b->distribution.buckets);
}
static bool assignments(const rn_ast_assignments *a, const rn_ast_assignments *b) {
  if (a->count != b->count) return false;
  for (uint32_t i = 0; i < a->count; i++)
    if (!name(&a->items[i].column, &b->items[i].column) || !expr(a->items[i].value, b->items[i].value)) return false;
  return true;
}
static bool insert(const rn_ast_insert *a, const rn_ast_insert *b) {
  if (!a || !b) return a == b;
  return path(&a->table, &b->table) && hints(&a->hints, &b->hints) && names(&a->columns, &b->columns) && query(a->query, b->query) &&
         assignments(&a->partition, &b->partition) && a->overwrite == b->overwrite && a->conflict == b->conflict;
}
static bool flags(const rn_ast_statement *a, const rn_ast_statement *b) {
  return a->temporary == b->temporary && a->system == b->system && a->if_not_exists == b->if_not_exists &&
         a->if_exists == b->if_exists && a->or_replace == b->or_replace && a->must_exist == b->must_exist &&
         a->cascade == b->cascade && a->parenthesized == b->parenthesized && a->has_options == b->has_options &&
         a->like_negated == b->like_negated && a->like_nocase == b->like_nocase && a->extended == b->extended &&
         a->changelog_mode == b->changelog_mode && a->estimated_cost == b->estimated_cost && a->json_plan == b->json_plan &&
         a->plan_advice == b->plan_advice && a->with_savepoint == b->with_savepoint && a->with_drain == b->with_drain &&
         a->use_catalog == b->use_catalog && a->all_columns == b->all_columns;
}
bool rn_ast_equal(const rn_ast_statement *a, const rn_ast_statement *b) {
  if (!a || !b) return a == b;
  if (a->kind != b->kind || a->object != b->object || a->insert_count != b->insert_count || a->alter != b->alter ||
      a->show != b->show || a->foreign != b->foreign || a->alter_count != b->alter_count || a->param_count != b->param_count ||
      a->jar_count != b->jar_count || !flags(a, b))
    return false;
  for (uint32_t i = 0; i < a->insert_count; i++)
    if (!insert(&a->inserts[i], &b->inserts[i])) return false;
  for (uint32_t i = 0; i < a->alter_count; i++) {
    const rn_ast_alter_column *x = &a->alter_columns[i], *y = &b->alter_columns[i];
    if (!column(&x->def, &y->def) || x->first != y->first || !name(&x->after, &y->after)) return false;
  }
  for (uint32_t i = 0; i < a->param_count; i++)
    if (!name(&a->params[i].name, &b->params[i].name) || !type(a->params[i].type, b->params[i].type)) return false;
  for (uint32_t i = 0; i < a->jar_count; i++)
    if (!text(a->jars[i], b->jars[i])) return false;
  if (a->kind != RN_AST_STMT_CALL && !path(&a->path, &b->path)) return false; /* CALL: the name of its call, in any case */
  return query(a->query, b->query) && insert(a->insert, b->insert) && table(a->table, b->table) &&
         names(&a->view_columns, &b->view_columns) && text(a->comment, b->comment) && rn_options_equal(&a->options, &b->options) &&
         name(&a->new_name, &b->new_name) && path(&a->new_path, &b->new_path) && names(&a->names, &b->names) &&
         assignments(&a->set, &b->set) && expr(a->where, b->where) && expr(a->call, b->call) && type(a->returns, b->returns) &&
         expr(a->body, b->body) && text(a->class_name, b->class_name) && text(a->language, b->language) &&
         text(a->key, b->key) && text(a->value, b->value) && text(a->like, b->like) && rn_ast_equal(a->inner, b->inner) &&
         text(a->job, b->job);
}
