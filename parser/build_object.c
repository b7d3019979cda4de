/* Constructors of statements about objects: databases, catalogs, functions, ALTER of everything, rows of a stored
 * table, and statements about what one process without Java has not. See build.h. */
#include "parser/build.h"

/* --- CREATE DATABASE, CATALOG, FUNCTION ------------------------------------------------------------------------- */
rn_ast_statement *rn_build_create_space(rn_parser *p, rn_ast_object object, bool if_not_exists, rn_ast_path path, const char *comment,
                                        rn_option_list options) {
  rn_ast_statement *s = rn_build_statement(p, RN_AST_STMT_CREATE);
  s->object = object;
  s->if_not_exists = if_not_exists;
  s->path = path;
  s->comment = comment;
  return rn_build_options_of(s, options);
}
rn_ast_statement *rn_build_class_function(rn_ast_statement *s, unsigned flags, bool if_not_exists, rn_ast_path path) {
  s->temporary = (flags & RN_CREATE_TEMPORARY) != 0;
  s->system = (flags & RN_CREATE_SYSTEM) != 0;
  s->or_replace = (flags & RN_CREATE_REPLACE) != 0;
  s->if_not_exists = if_not_exists;
  s->path = path;
  return s;
}
rn_ast_statement *rn_build_function(rn_parser *p, unsigned flags, bool if_not_exists, rn_ast_path path, rn_type_fields params,
                                    rn_ast_type *returns, const char *comment, rn_ast_expr *body) {
  rn_ast_statement *s = rn_build_statement(p, RN_AST_STMT_CREATE);
  s->object = RN_AST_OBJECT_FUNCTION;
  s->param_count = params.count;
  s->params = params.items;
  s->returns = returns;
  s->comment = comment;
  s->body = body;
  return rn_build_class_function(s, flags, if_not_exists, path);
}
rn_ast_statement *rn_build_class_body(rn_parser *p, rn_token name, const char *language, rn_ast_names jars, rn_option_list options) {
  rn_ast_statement *s = rn_build_statement(p, RN_AST_STMT_CREATE);
  s->object = RN_AST_OBJECT_FUNCTION;
  s->class_name = name.text;
  s->class_span = name.span;
  s->language = language;
  s->jars = RN_NEW_N(p->arena, const char *, jars.count + 1);
  for (uint32_t i = 0; i < jars.count; i++) s->jars[s->jar_count++] = jars.items[i].text;
  return rn_build_options_of(s, options);
}

/* --- ALTER ------------------------------------------------------------------------------------------------------------ */
rn_ast_statement *rn_build_alter(rn_parser *p, bool if_exists, rn_ast_path path, rn_ast_alter alter) {
  return rn_build_alter_table(rn_build_statement(p, RN_AST_STMT_ALTER_TABLE), if_exists, path, alter);
}
rn_ast_statement *rn_build_alter_table(rn_ast_statement *s, bool if_exists, rn_ast_path path, rn_ast_alter alter) {
  s->if_exists = if_exists;
  s->path = path;
  s->alter = alter;
  return s;
}
rn_ast_statement *rn_build_alter_object(rn_parser *p, rn_ast_object object, rn_ast_path path, rn_ast_alter alter) {
  rn_ast_statement *s = rn_build_statement(p, RN_AST_STMT_ALTER);
  s->object = object;
  s->path = path;
  s->alter = alter;
  return s;
}
rn_ast_statement *rn_build_rename(rn_ast_statement *s, rn_ast_path name) {
  s->new_path = name;
  return s;
}
rn_ast_statement *rn_build_rename_column(rn_parser *p, rn_ast_statement *s, rn_ast_name from, rn_ast_name to) {
  s->names = rn_names_add(p, rn_no_names(), from);
  s->new_name = to;
  return s;
}
rn_ast_statement *rn_build_alter_query(rn_ast_statement *s, rn_ast_query *query) {
  s->query = query;
  return s;
}
rn_ast_statement *rn_build_alter_comment(rn_ast_statement *s, rn_token comment) {
  s->comment = comment.text;
  return s;
}
rn_ast_statement *rn_build_alter_names(rn_ast_statement *s, rn_ast_names names, bool parenthesized) {
  s->names = names;
  s->parenthesized = parenthesized;
  return s;
}
rn_ast_statement *rn_build_alter_distribution(rn_parser *p, rn_ast_statement *s, rn_ast_distribution distribution) {
  s->table = rn_build_table(p);
  s->table->distribution = distribution;
  return s;
}
rn_ast_statement *rn_build_alter_partition(rn_ast_statement *s, bool guard, rn_ast_assignments values, rn_option_list options) {
  s->if_not_exists = guard;
  s->set = values;
  return rn_build_options_of(s, options);
}
rn_ast_alter_column *rn_build_column_place(rn_parser *p, rn_ast_column_def *column, bool first, const rn_ast_name *after) {
  rn_ast_alter_column *c = RN_NEW(p->arena, rn_ast_alter_column);
  c->def = *column;
  c->first = first;
  if (after) c->after = *after;
  if (column->kind == RN_AST_COL_NAME_ONLY && !p->failed) {
    p->failed = true;
    (void)rn_diag(p->diags, RN_E_SYNTAX, column->span, NULL, "column \"%.80s\" has no type", column->name.text);
  }
  return c;
}
static rn_ast_statement *alter_items(rn_parser *p, rn_ast_statement *s, bool parenthesized) {
  if (!s) {
    s = rn_build_statement(p, RN_AST_STMT_ALTER_TABLE);
    s->table = rn_build_table(p);
  }
  s->parenthesized = parenthesized;
  return s;
}
rn_ast_statement *rn_build_alter_column(rn_parser *p, rn_ast_statement *s, rn_ast_alter_column *column, bool parenthesized) {
  s = alter_items(p, s, parenthesized);
  if (column->def.primary_key) { /* the key is a clause of its own, as in CREATE TABLE */
    s->parenthesized = true;
    s->table->key_clause_count++;
    s->table->key_span = column->def.span;
    s->table->keys = rn_names_add(p, s->table->keys, column->def.name);
    s->table->key_enforced |= column->def.key_enforced;
    if (column->def.constraint) s->table->constraint = column->def.constraint;
  }
  RN_ARRAY_PUSH(p->arena, s->alter_columns, s->alter_count, *column);
  return s;
}
rn_ast_statement *rn_build_alter_clause(rn_parser *p, rn_ast_statement *s, rn_table_clause *clause, bool parenthesized) {
  s = alter_items(p, s, parenthesized);
  s->table = rn_build_add_clause(p, s->table, clause);
  return s;
}
rn_ast_statement *rn_build_alter_function(rn_parser *p, unsigned flags, bool if_exists, rn_ast_path path, rn_token name, const char *language) {
  rn_ast_statement *s = rn_build_alter_object(p, RN_AST_OBJECT_FUNCTION, path, RN_ALTER_CLASS);
  s->temporary = (flags & RN_CREATE_TEMPORARY) != 0;
  s->system = (flags & RN_CREATE_SYSTEM) != 0;
  s->if_exists = if_exists;
  s->class_name = name.text;
  s->class_span = name.span;
  s->language = language;
  return s;
}
rn_ast_statement *rn_build_options_of(rn_ast_statement *s, rn_option_list options) {
  s->options = options.options;
  s->has_options = options.given;
  return s;
}

/* --- rows ------------------------------------------------------------------------------------------------------------- */
rn_ast_statement *rn_build_rows(rn_parser *p, rn_ast_statement_kind kind, rn_ast_path path, rn_ast_expr *where) {
  rn_ast_statement *s = rn_build_statement(p, kind);
  s->path = path;
  s->where = where;
  return s;
}
rn_ast_statement *rn_build_update(rn_ast_statement *s, rn_ast_assignments set) {
  s->set = set;
  return s;
}
rn_ast_statement *rn_build_analyze(rn_parser *p, rn_ast_path path, rn_ast_assignments partition, rn_ast_names columns, bool all) {
  rn_ast_statement *s = rn_build_rows(p, RN_AST_STMT_ANALYZE, path, NULL);
  s->set = partition;
  s->names = columns;
  s->all_columns = all;
  return s;
}
rn_ast_statement *rn_build_call_statement(rn_parser *p, rn_ast_expr *call) {
  rn_ast_statement *s = rn_build_statement(p, RN_AST_STMT_CALL);
  s->call = call;
  s->path = call->path;
  return s;
}

/* --- what is not here ------------------------------------------------------------------------------------------------- */
rn_ast_statement *rn_build_foreign(rn_parser *p, rn_ast_foreign foreign, rn_ast_names names, const rn_token *text) {
  rn_ast_statement *s = rn_build_statement(p, RN_AST_STMT_FOREIGN);
  s->foreign = foreign;
  s->names = names;
  if (text) s->key = text->text, s->key_span = text->span;
  return s;
}
rn_ast_statement *rn_build_compile(rn_ast_statement *s, bool if_not_exists, rn_ast_statement *inner) {
  s->if_not_exists = if_not_exists;
  s->inner = inner;
  return s;
}
