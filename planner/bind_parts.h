/* What the files of the expression binder (bind_*.c) share among themselves; everyone else uses bind.h. */
#ifndef RN_PLANNER_BIND_PARTS_H
#define RN_PLANNER_BIND_PARTS_H
#include "base/limits.h"
#include "planner/bind.h"

rn_expr *rn_bind_literal(rn_binder *binder, const rn_ast_expr *ast, bool negate);
rn_expr *rn_bind_interval_literal(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast);
/* Canonical name of a time unit ("DAYS", "SQL_TSI_DAY" -> "DAY"); NULL: none of that name. */
const char *rn_bind_unit_name(const char *text);

rn_expr *rn_bind_column(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast);
/* The name that the scope has for the table t, db.t or catalog.db.t; NULL: the path names none of its tables. */
const char *rn_bind_table_of(rn_binder *binder, const rn_scope *scope, const rn_ast_path *path);
rn_expr *rn_bind_field(rn_binder *binder, rn_expr *row, const rn_ast_name *name, rn_span span);

rn_expr *rn_bind_field_at(rn_binder *binder, rn_expr *row, uint32_t index, rn_span span);

rn_expr *rn_bind_function(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast);
/* NULL: the catalog has no such function. */
rn_expr *rn_bind_user_function(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast);
/* Tries the row without a diag; NULL: it does not take these arguments (*err tells why). */
rn_expr *rn_bind_try_row(rn_binder *binder, const char *name, rn_expr *const *args, uint32_t count, rn_span span, rn_error *err);

/* Binary arithmetic and ||: words its own errors ("cannot add INT and DATE"). */
rn_expr *rn_bind_operator(rn_binder *binder, const char *op, rn_expr *a, rn_expr *b, rn_span span);
/* BOOLEAN or an error that says what needed it ("NOT", "WHEN"). */
rn_expr *rn_bind_boolean(rn_binder *binder, rn_expr *e, const char *what);
rn_expr *rn_bind_logic(rn_binder *binder, rn_expr_kind kind, rn_expr *const *args, uint32_t count, rn_span span);
rn_expr *rn_bind_not(rn_binder *binder, rn_expr *e, rn_span span);
rn_expr *rn_bind_boolean_const(rn_binder *binder, int value /* 0, 1, -1 NULL */, rn_span span);
rn_expr *rn_bind_text_const(rn_binder *binder, const char *text, rn_span span);

rn_expr *rn_bind_in(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast);
rn_expr *rn_bind_between(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast);
rn_expr *rn_bind_overlaps(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast);
rn_expr *rn_bind_row(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast);

rn_expr *rn_bind_array(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast);
rn_expr *rn_bind_map(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast);
/* A call of the row with any number of arguments, taken as they are: more than calls by name have. */
rn_expr *rn_bind_gather(rn_binder *binder, const char *row, rn_expr *const *args, uint32_t count, const rn_type *type, rn_span span);
/* bind_object.c. False: a diag was added. */
bool rn_bind_class_name(rn_binder *binder, const char *name, rn_span span);
rn_expr *rn_bind_object_of(rn_binder *binder, const rn_ast_expr *ast, rn_expr **args, uint32_t count);
rn_expr *rn_bind_object_update(rn_binder *binder, const rn_ast_expr *ast, rn_expr **args, uint32_t count);
rn_expr *rn_bind_subscript(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast);
/* bind_subquery.c */
rn_expr *rn_bind_subquery(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast);

rn_expr *rn_bind_case(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast);
/* NULL: the name is none of COALESCE, NULLIF, IF, IFNULL, TYPEOF, OBJECT_OF .. */
rn_expr *rn_bind_special(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast);

/* JSON functions with clauses; IS JSON; NULL: the name is neither JSON nor JSON_STRING. */
rn_expr *rn_bind_json(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast);
rn_expr *rn_bind_is_json(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast);
rn_expr *rn_bind_json_call(rn_binder *binder, rn_scope *scope, const rn_ast_expr *ast);
/* Makes one argument, JSON text, of those of JSON_OBJECTAGG and JSON_ARRAYAGG; leaves other aggregates alone. False: a
 * diag was added. */
bool rn_bind_json_aggregate(rn_binder *binder, const rn_ast_expr *ast, rn_expr **args, const rn_type **types, uint32_t *count, rn_expr *filter);

/* A cast that is known to be wanted: NULL gets the type, equal types stay; constants are folded. */
rn_expr *rn_bind_convert(rn_binder *binder, rn_expr *e, const rn_type *to, bool safe);
/* The same expression with another type that lies in memory alike. */
rn_expr *rn_bind_retype(rn_binder *binder, rn_expr *e, const rn_type *type);
/* Folds one node whose arguments are constants already; e itself if that fails or must not be done. */
rn_expr *rn_bind_fold_node(rn_binder *binder, rn_expr *e);

/* "did you mean ..": nearest of names to wanted, or NULL; in the arena, with the list of columns added by the
 * caller. */
const char *rn_bind_suggest(rn_binder *binder, const char *wanted, const char *const *names, size_t count);
rn_expr *rn_bind_unsupported(rn_binder *binder, rn_span span, const char *what);

#endif
