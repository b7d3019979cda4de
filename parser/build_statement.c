/* Constructors of statements, names, options and hints, and what they share: see build.h. */
#include "parser/build.h"
#include "base/limits.h"
#include "sql_grammar.h"

void rn_parser_done(rn_parser *p, rn_ast_statement *statement) { p->result = statement; }

static const char limit_hint[] = "use WITH items or views to split the statement";
void rn_parser_overflow(rn_parser *p) {
  if (p->failed) return;
  p->failed = true;
  (void)rn_diag(p->diags, RN_E_LIMIT, p->last, limit_hint, "statement is nested too deeply");
}
uint32_t rn_parser_depth(rn_parser *p, uint32_t depth) {
  if (depth <= RN_AST_DEPTH_MAX) return depth;
  if (p->failed) return RN_AST_DEPTH_MAX + 1;
  p->failed = true;
  (void)rn_diag(p->diags, RN_E_LIMIT, p->last, limit_hint, "more than %d levels, or terms in a row, in an expression or query", RN_AST_DEPTH_MAX);
  return RN_AST_DEPTH_MAX + 1;
}
/* The driver feeds only what rn_grammar_step accepted: a refusal is a bug of the two walking apart. */
void rn_parser_refused(rn_parser *p, const void *token) {
  const rn_token *t = token;
  if (p->failed) return;
  p->failed = true;
  (void)rn_diag(p->diags, RN_E_INTERNAL, t->span, NULL, "parser refused a word it had accepted before");
}

/* --- names ------------------------------------------------------------------------------------------------ */
rn_token rn_no_token(void) { return (rn_token){0}; }
rn_ast_name rn_no_name(void) { return (rn_ast_name){0}; }
rn_ast_names rn_no_names(void) { return (rn_ast_names){0}; }
rn_ast_path rn_no_path(void) { return (rn_ast_path){0}; }
rn_ast_name rn_build_name(rn_token token) { return (rn_ast_name){token.text, token.span, token.quoted}; }
rn_ast_names rn_names_add(rn_parser *p, rn_ast_names names, rn_ast_name name) {
  RN_ARRAY_PUSH(p->arena, names.items, names.count, name);
  return names;
}
rn_ast_path rn_path_add(rn_parser *p, rn_ast_path path, rn_ast_name name) {
  RN_ARRAY_PUSH(p->arena, path.parts, path.count, name);
  path.span = rn_span_join(path.span, name.span);
  return path;
}
rn_ast_path rn_build_word_path(rn_parser *p, rn_token word) { return rn_path_add(p, rn_no_path(), rn_build_name(word)); }

rn_option_list rn_options_given(rn_option_list list) {
  list.given = true;
  return list;
}
rn_option_list rn_options_add(rn_parser *p, rn_option_list list, rn_token key, rn_token value) {
  rn_ast_option option = {key.text, value.text, key.span, value.span};
  RN_ARRAY_PUSH(p->arena, list.options.items, list.options.count, option);
  return list;
}
rn_option_list rn_options_add_key(rn_parser *p, rn_option_list list, rn_token key) {
  rn_ast_option option = {key.text, NULL, key.span, key.span};
  RN_ARRAY_PUSH(p->arena, list.options.items, list.options.count, option);
  return list;
}
rn_ast_hints rn_hints_add(rn_parser *p, rn_ast_hints hints, rn_ast_hint hint) {
  RN_ARRAY_PUSH(p->arena, hints.items, hints.count, hint);
  return hints;
}
rn_ast_hint rn_build_hint(rn_ast_name name, rn_option_list options, rn_ast_names names, rn_span end) {
  return (rn_ast_hint){name.text, options.options, names, rn_span_join(name.span, end)};
}

/* --- statements ---------------------------------------------------------------------------------------------- */
rn_ast_statement *rn_build_statement(rn_parser *p, rn_ast_statement_kind kind) {
  rn_ast_statement *s = RN_NEW(p->arena, rn_ast_statement);
  s->kind = kind;
  return s;
}
rn_ast_statement *rn_build_query_statement(rn_parser *p, rn_ast_query *query) {
  rn_ast_statement *s = rn_build_statement(p, RN_AST_STMT_QUERY);
  s->query = query;
  s->span = query->span;
  return s;
}
rn_ast_statement *rn_build_insert_statement(rn_parser *p, rn_ast_insert *insert) {
  rn_ast_statement *s = rn_build_statement(p, RN_AST_STMT_INSERT);
  s->insert = insert;
  s->span = insert->span;
  return s;
}
rn_inserts rn_inserts_add(rn_parser *p, rn_inserts list, rn_ast_insert *insert) {
  RN_ARRAY_PUSH(p->arena, list.items, list.count, *insert);
  return list;
}
rn_ast_statement *rn_build_statement_set(rn_parser *p, rn_inserts list, rn_token begin, rn_token end) {
  rn_ast_statement *s = rn_build_statement(p, RN_AST_STMT_STATEMENT_SET);
  s->insert_count = list.count;
  s->inserts = list.items;
  s->span = rn_span_join(begin.span, end.span);
  return s;
}
rn_ast_statement *rn_build_set_begin(rn_parser *p, rn_ast_statement *set, rn_token begin) {
  (void)p;
  set->span = rn_span_join(begin.span, set->span);
  return set;
}
rn_ast_insert *rn_build_insert(rn_parser *p, rn_token begin, bool overwrite, rn_ast_path table, rn_ast_hints hints,
                               rn_ast_assignments partition, rn_ast_names columns, rn_ast_query *query) {
  rn_ast_insert *insert = RN_NEW(p->arena, rn_ast_insert);
  *insert = (rn_ast_insert){table, hints, partition, columns, query, overwrite, rn_span_join(begin.span, query->span),
                            RN_AST_CONFLICT_NONE, {0, 0}};
  return insert;
}
rn_ast_insert *rn_insert_conflict(rn_ast_insert *insert, rn_ast_conflict conflict, rn_token begin, rn_token end) {
  insert->conflict = conflict;
  insert->conflict_span = rn_span_join(begin.span, end.span);
  insert->span = rn_span_join(insert->span, end.span);
  return insert;
}
rn_ast_assignments rn_assignments_add(rn_parser *p, rn_ast_assignments list, rn_ast_name column, rn_ast_expr *value) {
  rn_ast_assignment item = {column, value};
  RN_ARRAY_PUSH(p->arena, list.items, list.count, item);
  return list;
}

/* --- CREATE ------------------------------------------------------------------------------------------------------ */
rn_ast_table_def *rn_build_table(rn_parser *p) { return RN_NEW(p->arena, rn_ast_table_def); }
rn_ast_table_def *rn_build_add_column(rn_parser *p, rn_ast_table_def *table, rn_ast_column_def *column) {
  RN_ARRAY_PUSH(p->arena, table->columns, table->column_count, *column);
  if (column->primary_key) {
    table->key_clause_count++;
    table->key_span = rn_span_join(table->key_span, column->span);
    table->keys = rn_names_add(p, table->keys, column->name);
    table->key_enforced |= column->key_enforced;
    if (column->constraint) table->constraint = column->constraint;
  }
  return table;
}
rn_ast_table_def *rn_build_add_clause(rn_parser *p, rn_ast_table_def *table, rn_table_clause *clause) {
  if (clause->is_watermark) {
    RN_ARRAY_PUSH(p->arena, table->watermarks, table->watermark_count, clause->watermark);
    return table;
  }
  table->key_clause_count++;
  table->key_span = rn_span_join(table->key_span, clause->span);
  for (uint32_t i = 0; i < clause->keys.count; i++) table->keys = rn_names_add(p, table->keys, clause->keys.items[i]);
  table->key_enforced |= clause->mode == RN_KEY_ENFORCED;
  if (clause->constraint) table->constraint = clause->constraint;
  return table;
}
static rn_ast_column_def *make_column(rn_parser *p, rn_ast_column_kind kind, rn_ast_name name, rn_span end, const char *comment) {
  rn_ast_column_def *c = RN_NEW(p->arena, rn_ast_column_def);
  c->kind = kind;
  c->name = name;
  c->comment = comment;
  c->span = rn_span_join(name.span, end);
  return c;
}
rn_ast_column_def *rn_build_column_name(rn_parser *p, rn_ast_name name) {
  return make_column(p, RN_AST_COL_NAME_ONLY, name, name.span, NULL);
}
rn_ast_column_def *rn_build_column(rn_parser *p, rn_ast_name name, rn_ast_type *type, rn_column_key key, const char *comment) {
  rn_ast_column_def *c = make_column(p, RN_AST_COL_PHYSICAL, name, type->span, comment);
  c->type = type;
  c->primary_key = key.mode != RN_KEY_NONE;
  c->key_enforced = key.mode == RN_KEY_ENFORCED;
  c->constraint = key.constraint;
  return c;
}
rn_ast_column_def *rn_build_column_metadata(rn_parser *p, rn_ast_name name, rn_ast_type *type, rn_token word,
                                            const rn_token *key, bool is_virtual, const char *comment) {
  rn_ast_column_def *c = make_column(p, RN_AST_COL_METADATA, name, key ? key->span : word.span, comment);
  c->type = type;
  c->metadata_key = key ? key->text : NULL;
  c->metadata_span = key ? key->span : word.span;
  c->is_virtual = is_virtual;
  return c;
}
rn_ast_column_def *rn_build_column_computed(rn_parser *p, rn_ast_name name, rn_ast_expr *expr, const char *comment) {
  rn_ast_column_def *c = make_column(p, RN_AST_COL_COMPUTED, name, expr->span, comment);
  c->expr = expr;
  return c;
}
rn_table_clause *rn_build_key(rn_parser *p, const char *constraint, rn_token begin, rn_ast_names names, rn_token end, rn_key_mode mode) {
  rn_table_clause *c = RN_NEW(p->arena, rn_table_clause);
  c->keys = names;
  c->constraint = constraint;
  c->mode = mode;
  c->span = rn_span_join(begin.span, end.span);
  return c;
}
rn_table_clause *rn_build_watermark(rn_parser *p, rn_token begin, rn_ast_name column, rn_ast_expr *expr) {
  rn_table_clause *c = RN_NEW(p->arena, rn_table_clause);
  c->is_watermark = true;
  c->span = rn_span_join(begin.span, expr->span);
  c->watermark = (rn_ast_watermark){column, expr, c->span};
  return c;
}
static rn_ast_statement *make_create(rn_parser *p, rn_ast_statement_kind kind, unsigned flags, bool if_not_exists, rn_ast_path path) {
  rn_ast_statement *s = rn_build_statement(p, kind);
  s->temporary = (flags & RN_CREATE_TEMPORARY) != 0;
  s->or_replace = (flags & RN_CREATE_REPLACE) != 0;
  s->must_exist = (flags & RN_CREATE_MUST_EXIST) != 0;
  s->if_not_exists = if_not_exists;
  s->path = path;
  return s;
}
rn_ast_distribution rn_no_distribution(void) { return (rn_ast_distribution){0}; }
rn_ast_distribution rn_build_distribution(rn_token begin, const char *kind, rn_ast_names columns, const char *buckets, rn_token end) {
  return (rn_ast_distribution){true, kind, columns, buckets, rn_span_join(begin.span, end.span)};
}
rn_ast_table_def *rn_build_layout(rn_ast_table_def *table, const char *comment, rn_ast_distribution distribution,
                                  rn_ast_names partitioned, rn_option_list options) {
  table->comment = comment;
  table->options = options.options;
  table->has_options = options.given;
  table->partitioned_by = partitioned;
  table->distribution = distribution;
  return table;
}
/* The words of LIKE's options; which pairs exist (DIALECT 3.1). */
rn_like_options rn_like_options_add(rn_parser *p, rn_like_options list, rn_token how, rn_token what) {
  static const struct {
    int token;
    rn_ast_like_what what;
    bool overwriting; /* may be overwritten, not only taken or left */
  } whats[] = {{TK_ALL, RN_LIKE_ALL, false},
               {TK_CONSTRAINTS, RN_LIKE_CONSTRAINTS, false},
               {TK_DISTRIBUTION, RN_LIKE_DISTRIBUTION, false},
               {TK_PARTITIONS, RN_LIKE_PARTITIONS, false},
               {TK_GENERATED, RN_LIKE_GENERATED, true},
               {TK_METADATA, RN_LIKE_METADATA, true},
               {TK_OPTIONS, RN_LIKE_OPTIONS, true},
               {TK_WATERMARKS, RN_LIKE_WATERMARKS, true}};
  rn_ast_like_option option = {.span = rn_span_join(how.span, what.span)};
  option.how = how.kind == TK_INCLUDING ? RN_LIKE_INCLUDING : how.kind == TK_EXCLUDING ? RN_LIKE_EXCLUDING : RN_LIKE_OVERWRITING;
  for (size_t i = 0; i < sizeof whats / sizeof whats[0]; i++) {
    if (whats[i].token != what.kind) continue;
    option.what = whats[i].what;
    if (option.how == RN_LIKE_OVERWRITING && !whats[i].overwriting && !p->failed) {
      p->failed = true;
      (void)rn_diag(p->diags, RN_E_SYNTAX, option.span, "OVERWRITING goes with GENERATED, METADATA, OPTIONS and WATERMARKS",
                    "OVERWRITING %s does not exist", what.text);
    }
  }
  RN_ARRAY_PUSH(p->arena, list.items, list.count, option);
  return list;
}
rn_ast_statement *rn_build_create_like(rn_parser *p, unsigned flags, bool if_not_exists, rn_ast_path path, rn_ast_table_def *table,
                                       rn_ast_path like, rn_like_options options) {
  rn_ast_statement *s = make_create(p, RN_AST_STMT_CREATE_TABLE, flags, if_not_exists, path);
  table->like = like;
  table->like_option_count = options.count;
  table->like_options = options.items;
  s->table = table;
  return s;
}
rn_ast_statement *rn_build_create_table(rn_parser *p, unsigned flags, bool if_not_exists, rn_ast_path path, rn_ast_table_def *table,
                                        rn_ast_query *query) {
  rn_ast_statement *s = make_create(p, RN_AST_STMT_CREATE_TABLE, flags, if_not_exists, path);
  s->table = table;
  s->query = query;
  if (!query && !table->column_count) {
    p->failed = true;
    (void)rn_diag(p->diags, RN_E_SYNTAX, path.span, "CREATE TABLE t (a INT, ..) or CREATE TABLE t AS SELECT ..", "a table needs columns or AS query");
  }
  for (uint32_t i = 0; !query && i < table->column_count; i++)
    if (table->columns[i].kind == RN_AST_COL_NAME_ONLY && !p->failed) {
      p->failed = true;
      (void)rn_diag(p->diags, RN_E_SYNTAX, table->columns[i].span, NULL, "column \"%.80s\" has no type", table->columns[i].name.text);
    }
  return s;
}
rn_ast_statement *rn_build_create_view(rn_parser *p, unsigned flags, bool if_not_exists, rn_ast_path path, rn_ast_names columns,
                                       const char *comment, rn_ast_query *query) {
  rn_ast_statement *s = make_create(p, RN_AST_STMT_CREATE_VIEW, flags, if_not_exists, path);
  s->view_columns = columns;
  s->comment = comment;
  s->query = query;
  return s;
}

/* --- the rest ------------------------------------------------------------------------------------------------------- */
rn_ast_statement *rn_build_drop(rn_parser *p, unsigned flags, rn_ast_object object, bool if_exists, rn_ast_path path) {
  rn_ast_statement *s = rn_build_statement(p, RN_AST_STMT_DROP);
  s->temporary = (flags & RN_CREATE_TEMPORARY) != 0;
  s->system = (flags & RN_CREATE_SYSTEM) != 0;
  s->cascade = (flags & RN_DROP_CASCADE) != 0;
  s->object = object;
  s->if_exists = if_exists;
  s->path = path;
  return s;
}
rn_ast_statement *rn_build_alter_options(rn_parser *p, bool if_exists, rn_ast_path path, rn_option_list options, unsigned alter) {
  rn_ast_statement *s = rn_build_statement(p, RN_AST_STMT_ALTER_TABLE);
  s->if_exists = if_exists;
  s->path = path;
  s->options = options.options;
  s->alter = alter;
  return s;
}
rn_ast_statement *rn_build_set(rn_parser *p, rn_ast_statement_kind kind, const rn_token *key, const rn_token *value) {
  rn_ast_statement *s = rn_build_statement(p, kind);
  if (key) s->key = key->text, s->key_span = key->span;
  if (value) s->value = value->text, s->value_span = value->span;
  return s;
}
rn_like rn_no_like(void) { return (rn_like){0}; }
rn_like rn_build_like(bool negated, rn_token pattern, bool nocase) { return (rn_like){pattern.text, negated, nocase}; }
rn_ast_statement *rn_build_show(rn_parser *p, rn_ast_show_kind show, rn_ast_path path, rn_like like) {
  rn_ast_statement *s = rn_build_statement(p, RN_AST_STMT_SHOW);
  s->show = show;
  s->path = path;
  s->like = like.text;
  s->like_negated = like.negated;
  s->like_nocase = like.nocase;
  return s;
}
rn_ast_statement *rn_build_describe(rn_parser *p, rn_ast_object object, rn_ast_path path, bool extended) {
  rn_ast_statement *s = rn_build_statement(p, RN_AST_STMT_DESCRIBE);
  s->object = object;
  s->path = path;
  s->extended = extended;
  return s;
}
rn_ast_statement *rn_build_describe_job(rn_parser *p, rn_token name) {
  rn_ast_statement *s = rn_build_statement(p, RN_AST_STMT_DESCRIBE);
  s->object = RN_AST_OBJECT_JOB;
  s->job = name.text;
  s->key_span = name.span;
  return s;
}
unsigned rn_build_detail(rn_parser *p, unsigned details, rn_token word) {
  static const struct {
    int token;
    unsigned detail;
  } words[] = {{TK_CHANGELOG_MODE, RN_EXPLAIN_CHANGELOG_MODE}, {TK_ESTIMATED_COST, RN_EXPLAIN_ESTIMATED_COST},
               {TK_JSON_EXECUTION_PLAN, RN_EXPLAIN_JSON_PLAN}, {TK_PLAN_ADVICE, RN_EXPLAIN_PLAN_ADVICE}};
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
    if (words[i].token != word.kind) continue;
    if ((details & words[i].detail) && !p->failed) {
      p->failed = true;
      (void)rn_diag(p->diags, RN_E_SYNTAX, word.span, NULL, "EXPLAIN names %s twice", word.text);
    }
    details |= words[i].detail;
  }
  return details;
}
rn_ast_statement *rn_build_explain(rn_parser *p, unsigned details, rn_ast_statement *inner) {
  rn_ast_statement *s = rn_build_statement(p, RN_AST_STMT_EXPLAIN);
  s->inner = inner;
  s->changelog_mode = (details & RN_EXPLAIN_CHANGELOG_MODE) != 0;
  s->estimated_cost = (details & RN_EXPLAIN_ESTIMATED_COST) != 0;
  s->json_plan = (details & RN_EXPLAIN_JSON_PLAN) != 0;
  s->plan_advice = (details & RN_EXPLAIN_PLAN_ADVICE) != 0;
  return s;
}
rn_ast_statement *rn_build_stop_job(rn_parser *p, rn_token name, unsigned with) {
  rn_ast_statement *s = rn_build_statement(p, RN_AST_STMT_STOP_JOB);
  s->job = name.text;
  s->key_span = name.span;
  s->with_savepoint = (with & RN_STOP_SAVEPOINT) != 0;
  s->with_drain = (with & RN_STOP_DRAIN) != 0;
  return s;
}
rn_ast_statement *rn_build_use(rn_parser *p, rn_ast_path path, bool catalog) {
  rn_ast_statement *s = rn_build_statement(p, RN_AST_STMT_USE);
  s->path = path;
  s->use_catalog = catalog;
  return s;
}
