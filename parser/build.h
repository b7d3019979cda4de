/* Constructors of AST nodes: what the actions of grammar/sql.y call. Everything lives in the statement's arena.
 *   build_expr.c   expressions (build_json.c: JSON functions)      build_type.c   types, units      build_query.c   queries
 *   build_statement.c   statements, names      build_object.c   statements about databases, functions, ALTER
 * A constructor that meets what the grammar cannot refuse adds a diagnostic and still returns a node. */
#ifndef RN_PARSER_BUILD_H
#define RN_PARSER_BUILD_H
#include "parser/ast.h"
#include "parser/parse.h"
#include "parser/token.h"

/* State of one statement's parse. */
typedef struct rn_parser {
  rn_arena *arena;
  rn_diagnostics *diags;
  rn_ast_statement *result;
  rn_span last; /* of the token that is being fed: where a limit was hit */
  bool failed;
} rn_parser;

const char *rn_upper(rn_parser *p, rn_token word); /* in capitals; build_expr.c */
void rn_parser_done(rn_parser *p, rn_ast_statement *statement);
void rn_parser_overflow(rn_parser *p);
void rn_parser_refused(rn_parser *p, const void *token);
/* E_LIMIT once when a tree gets deeper than RN_AST_DEPTH_MAX. */
uint32_t rn_parser_depth(rn_parser *p, uint32_t depth);

/* --- shapes that only live on the parser's stack ----------------------------------------------------------- */
typedef struct rn_exprs { uint32_t count; rn_ast_expr **items; } rn_exprs;
typedef struct rn_option_list { rn_ast_options options; bool given; } rn_option_list;
typedef struct rn_inserts { uint32_t count; rn_ast_insert *items; } rn_inserts;
typedef struct rn_sort_items { uint32_t count; rn_ast_sort_item *items; rn_span span; } rn_sort_items;
typedef struct rn_args {
  uint32_t count;
  rn_ast_expr **items;
  const char **names;
  bool star, distinct;
  int8_t nulls_mode;
  rn_sort_items order;
} rn_args;
typedef struct rn_select_items { uint32_t count; rn_ast_select_item *items; } rn_select_items;
typedef struct rn_groups { uint32_t count; rn_ast_group_item *items; rn_span span; bool distinct; } rn_groups;
typedef struct rn_windows { uint32_t count; rn_ast_window *items; } rn_windows;
typedef struct rn_with { uint32_t count; rn_ast_with_item *items; rn_span span; bool recursive; } rn_with;
typedef struct rn_like_options { uint32_t count; rn_ast_like_option *items; } rn_like_options;
typedef struct rn_clause { rn_ast_expr *expr; rn_span span; } rn_clause;
typedef struct rn_frame { int8_t kind; rn_ast_bound low, high; rn_span span; } rn_frame;
typedef struct rn_alias { rn_ast_name name; rn_ast_names columns; } rn_alias;
typedef struct rn_join_kind { bool natural; unsigned join; } rn_join_kind;
typedef struct rn_join_on { rn_ast_expr *on; rn_ast_names using; } rn_join_on;
typedef struct rn_table_args { uint32_t count; rn_ast_table_arg *items; } rn_table_args;
typedef struct rn_like { const char *text; bool negated, nocase; } rn_like;
typedef struct rn_qualifier { const char *name; int32_t precision, scale; rn_span span; } rn_qualifier;
typedef struct rn_type_size { int32_t precision, scale; rn_span span; } rn_type_size;
typedef struct rn_type_fields { uint32_t count; rn_ast_type_field *items; } rn_type_fields;
typedef struct rn_zone_clause { enum { RN_ZONE_NONE, RN_ZONE_WITHOUT, RN_ZONE_LOCAL, RN_ZONE_WITH } kind; rn_span span; } rn_zone_clause;
typedef struct rn_query_tail {
  rn_sort_items order;
  rn_ast_expr *limit, *offset;
  rn_span limit_span, emit_span;
  bool emit_changes;
} rn_query_tail;
typedef enum rn_key_mode { RN_KEY_NONE, RN_KEY_ENFORCED, RN_KEY_NOT_ENFORCED } rn_key_mode;
typedef struct rn_column_key { /* of a column: its own PRIMARY KEY */
  rn_key_mode mode;
  const char *constraint;
} rn_column_key;
typedef struct rn_table_clause {
  bool is_watermark;
  rn_ast_watermark watermark;
  rn_ast_names keys;
  const char *constraint;
  rn_key_mode mode;
  rn_span span;
} rn_table_clause;
enum { RN_CREATE_TEMPORARY = 1, RN_CREATE_REPLACE = 2, RN_CREATE_SYSTEM = 4, RN_CREATE_MUST_EXIST = 8, RN_DROP_CASCADE = 16 };
enum { RN_EXPLAIN_CHANGELOG_MODE = 1, RN_EXPLAIN_ESTIMATED_COST = 2, RN_EXPLAIN_JSON_PLAN = 4, RN_EXPLAIN_PLAN_ADVICE = 8 };
enum { RN_STOP_SAVEPOINT = 1, RN_STOP_DRAIN = 2 };
enum { RN_CALL_PLAIN = 0, RN_CALL_LATERAL = 1, RN_CALL_WRAPPED = 2 };

typedef struct rn_json_wrapper_clause {
  rn_json_wrapper kind;
  rn_span span;
} rn_json_wrapper_clause;
typedef struct rn_json_nulls {
  rn_json_on_null kind;
  rn_span span;
} rn_json_nulls;
typedef struct rn_json_behaviours {
  rn_ast_json_behaviour on_empty, on_error;
} rn_json_behaviours;

/* --- names and options --------------------------------------------------------------------------------------- */
rn_token rn_no_token(void);
rn_ast_name rn_no_name(void);
rn_ast_names rn_no_names(void);
rn_ast_path rn_no_path(void);
rn_ast_name rn_build_name(rn_token token);
rn_ast_names rn_names_add(rn_parser *p, rn_ast_names names, rn_ast_name name);
rn_ast_path rn_path_add(rn_parser *p, rn_ast_path path, rn_ast_name name);
rn_ast_path rn_build_word_path(rn_parser *p, rn_token word); /* a reserved word as a function's name */
rn_option_list rn_options_given(rn_option_list list);
rn_option_list rn_options_add(rn_parser *p, rn_option_list list, rn_token key, rn_token value);
rn_option_list rn_options_add_key(rn_parser *p, rn_option_list list, rn_token key);
rn_ast_hints rn_hints_add(rn_parser *p, rn_ast_hints hints, rn_ast_hint hint);
rn_ast_hint rn_build_hint(rn_ast_name name, rn_option_list options, rn_ast_names names, rn_span end);

/* --- statements ------------------------------------------------------------------------------------------------- */
rn_ast_statement *rn_build_query_statement(rn_parser *p, rn_ast_query *query);
rn_ast_statement *rn_build_insert_statement(rn_parser *p, rn_ast_insert *insert);
rn_inserts rn_inserts_add(rn_parser *p, rn_inserts list, rn_ast_insert *insert);
rn_ast_statement *rn_build_statement_set(rn_parser *p, rn_inserts list, rn_token begin, rn_token end);
rn_ast_statement *rn_build_set_begin(rn_parser *p, rn_ast_statement *set, rn_token begin);
rn_ast_insert *rn_insert_conflict(rn_ast_insert *insert, rn_ast_conflict conflict, rn_token begin, rn_token end);
rn_ast_insert *rn_build_insert(rn_parser *p, rn_token begin, bool overwrite, rn_ast_path table, rn_ast_hints hints,
                               rn_ast_assignments partition, rn_ast_names columns, rn_ast_query *query);
rn_ast_assignments rn_assignments_add(rn_parser *p, rn_ast_assignments list, rn_ast_name column, rn_ast_expr *value);
rn_ast_table_def *rn_build_table(rn_parser *p);
rn_ast_table_def *rn_build_add_column(rn_parser *p, rn_ast_table_def *table, rn_ast_column_def *column);
rn_ast_table_def *rn_build_add_clause(rn_parser *p, rn_ast_table_def *table, rn_table_clause *clause);
rn_ast_column_def *rn_build_column_name(rn_parser *p, rn_ast_name name);
rn_ast_column_def *rn_build_column(rn_parser *p, rn_ast_name name, rn_ast_type *type, rn_column_key key, const char *comment);
rn_ast_column_def *rn_build_column_metadata(rn_parser *p, rn_ast_name name, rn_ast_type *type, rn_token word,
                                            const rn_token *key, bool is_virtual, const char *comment);
rn_ast_column_def *rn_build_column_computed(rn_parser *p, rn_ast_name name, rn_ast_expr *expr, const char *comment);
rn_table_clause *rn_build_key(rn_parser *p, const char *constraint, rn_token begin, rn_ast_names names, rn_token end, rn_key_mode mode);
rn_table_clause *rn_build_watermark(rn_parser *p, rn_token begin, rn_ast_name column, rn_ast_expr *expr);
rn_ast_table_def *rn_build_layout(rn_ast_table_def *table, const char *comment, rn_ast_distribution distribution,
                                  rn_ast_names partitioned, rn_option_list options);
rn_ast_distribution rn_no_distribution(void);
rn_ast_distribution rn_build_distribution(rn_token begin, const char *kind, rn_ast_names columns, const char *buckets, rn_token end);
rn_like_options rn_like_options_add(rn_parser *p, rn_like_options list, rn_token how, rn_token what);
rn_ast_statement *rn_build_create_table(rn_parser *p, unsigned flags, bool if_not_exists, rn_ast_path path, rn_ast_table_def *table,
                                        rn_ast_query *query);
rn_ast_statement *rn_build_create_like(rn_parser *p, unsigned flags, bool if_not_exists, rn_ast_path path, rn_ast_table_def *table,
                                       rn_ast_path like, rn_like_options options);
rn_ast_statement *rn_build_create_view(rn_parser *p, unsigned flags, bool if_not_exists, rn_ast_path path, rn_ast_names columns,
                                       const char *comment, rn_ast_query *query);
rn_ast_statement *rn_build_drop(rn_parser *p, unsigned flags, rn_ast_object object, bool if_exists, rn_ast_path path);
rn_ast_statement *rn_build_alter_options(rn_parser *p, bool if_exists, rn_ast_path path, rn_option_list options, unsigned alter);
rn_ast_statement *rn_build_set(rn_parser *p, rn_ast_statement_kind kind, const rn_token *key, const rn_token *value);
rn_like rn_no_like(void);
rn_like rn_build_like(bool negated, rn_token pattern, bool nocase);
rn_ast_statement *rn_build_show(rn_parser *p, rn_ast_show_kind show, rn_ast_path path, rn_like like);
rn_ast_statement *rn_build_describe(rn_parser *p, rn_ast_object object, rn_ast_path path, bool extended);
rn_ast_statement *rn_build_describe_job(rn_parser *p, rn_token name);
unsigned rn_build_detail(rn_parser *p, unsigned details, rn_token word); /* one more of them */
rn_ast_statement *rn_build_explain(rn_parser *p, unsigned details, rn_ast_statement *inner);
rn_ast_statement *rn_build_stop_job(rn_parser *p, rn_token name, unsigned with);
rn_ast_statement *rn_build_use(rn_parser *p, rn_ast_path path, bool catalog);

/* --- build_object.c: databases, catalogs, functions, ALTER, rows of a table, what is not here ------------------ */
rn_ast_statement *rn_build_statement(rn_parser *p, rn_ast_statement_kind kind);
rn_ast_statement *rn_build_create_space(rn_parser *p, rn_ast_object object, bool if_not_exists, rn_ast_path path, const char *comment,
                                        rn_option_list options);
rn_ast_statement *rn_build_function(rn_parser *p, unsigned flags, bool if_not_exists, rn_ast_path path, rn_type_fields params,
                                    rn_ast_type *returns, const char *comment, rn_ast_expr *body);
rn_ast_statement *rn_build_class_body(rn_parser *p, rn_token name, const char *language, rn_ast_names jars, rn_option_list options);
rn_ast_statement *rn_build_class_function(rn_ast_statement *body, unsigned flags, bool if_not_exists, rn_ast_path path);
rn_ast_statement *rn_build_alter(rn_parser *p, bool if_exists, rn_ast_path path, rn_ast_alter alter);
rn_ast_statement *rn_build_alter_object(rn_parser *p, rn_ast_object object, rn_ast_path path, rn_ast_alter alter);
rn_ast_statement *rn_build_rename(rn_ast_statement *s, rn_ast_path name);
rn_ast_statement *rn_build_rename_column(rn_parser *p, rn_ast_statement *s, rn_ast_name from, rn_ast_name to);
rn_ast_statement *rn_build_alter_query(rn_ast_statement *s, rn_ast_query *query);
rn_ast_statement *rn_build_alter_comment(rn_ast_statement *s, rn_token comment);
rn_ast_statement *rn_build_alter_names(rn_ast_statement *s, rn_ast_names names, bool parenthesized);
rn_ast_statement *rn_build_alter_distribution(rn_parser *p, rn_ast_statement *s, rn_ast_distribution distribution);
rn_ast_statement *rn_build_alter_partition(rn_ast_statement *s, bool guard, rn_ast_assignments values, rn_option_list options);
rn_ast_alter_column *rn_build_column_place(rn_parser *p, rn_ast_column_def *column, bool first, const rn_ast_name *after);
rn_ast_statement *rn_build_alter_column(rn_parser *p, rn_ast_statement *s, rn_ast_alter_column *column, bool parenthesized);
rn_ast_statement *rn_build_alter_clause(rn_parser *p, rn_ast_statement *s, rn_table_clause *clause, bool parenthesized);
rn_ast_statement *rn_build_alter_table(rn_ast_statement *s, bool if_exists, rn_ast_path path, rn_ast_alter alter);
rn_ast_statement *rn_build_alter_function(rn_parser *p, unsigned flags, bool if_exists, rn_ast_path path, rn_token name, const char *language);
rn_ast_statement *rn_build_options_of(rn_ast_statement *s, rn_option_list options);
rn_ast_statement *rn_build_rows(rn_parser *p, rn_ast_statement_kind kind, rn_ast_path path, rn_ast_expr *where);
rn_ast_statement *rn_build_update(rn_ast_statement *s, rn_ast_assignments set);
rn_ast_statement *rn_build_analyze(rn_parser *p, rn_ast_path path, rn_ast_assignments partition, rn_ast_names columns, bool all);
rn_ast_statement *rn_build_call_statement(rn_parser *p, rn_ast_expr *call);
rn_ast_statement *rn_build_foreign(rn_parser *p, rn_ast_foreign foreign, rn_ast_names names, const rn_token *text);
rn_ast_statement *rn_build_compile(rn_ast_statement *s, bool if_not_exists, rn_ast_statement *inner);

/* --- queries ---------------------------------------------------------------------------------------------------- */
rn_ast_query *rn_build_parenthesized(rn_parser *p, rn_token begin, rn_ast_query *query, rn_token end);
rn_ast_query *rn_build_tail(rn_parser *p, rn_ast_query *query, rn_query_tail *tail);
rn_ast_query *rn_build_with(rn_parser *p, rn_with with, rn_ast_query *query);
rn_ast_query *rn_build_values(rn_parser *p, rn_token begin, rn_exprs rows);
rn_ast_query *rn_build_table_query(rn_parser *p, rn_token begin, rn_ast_path path);
rn_ast_query *rn_build_set_op(rn_parser *p, unsigned op, rn_token word, bool all, rn_ast_query *left, rn_ast_query *right);
rn_with rn_with_begin(rn_token word);
rn_with rn_with_add(rn_parser *p, rn_with with, rn_ast_with_item item);
rn_ast_with_item rn_build_with_item(rn_ast_name name, rn_ast_names columns, rn_ast_query *query);
rn_query_tail *rn_tail_emit(rn_parser *p, rn_query_tail *tail, rn_token word);
rn_query_tail *rn_tail_order(rn_parser *p, rn_sort_items order);
rn_query_tail *rn_tail_limit(rn_parser *p, rn_token word, rn_ast_expr *limit, rn_ast_expr *offset);
rn_query_tail *rn_tail_fetch(rn_parser *p, rn_ast_expr *count);
rn_query_tail *rn_tail_join(rn_parser *p, rn_query_tail *order, rn_query_tail *limit);
rn_ast_expr *rn_build_one(rn_parser *p, rn_token at);
rn_sort_items rn_sort_begin(rn_sort_items list, rn_token word);
rn_sort_items rn_sort_add(rn_parser *p, rn_sort_items list, rn_ast_sort_item item);
rn_ast_sort_item rn_build_sort_item(rn_ast_expr *expr, bool descending, int8_t nulls);
rn_ast_query *rn_build_select(rn_parser *p, rn_token begin, rn_ast_hints hints, bool distinct, rn_select_items items, rn_ast_from *from,
                              rn_clause where, rn_groups groups, rn_clause having, rn_windows windows, rn_clause qualify);
rn_select_items rn_select_add(rn_parser *p, rn_select_items list, rn_ast_select_item item);
rn_ast_select_item rn_build_select_item(rn_ast_expr *expr, const rn_ast_name *alias);
rn_clause rn_build_clause(rn_token word, rn_ast_expr *expr);
rn_groups rn_groups_begin(rn_groups groups, rn_token word, bool distinct);
rn_groups rn_groups_add(rn_parser *p, rn_groups groups, rn_ast_group_item item);
rn_ast_group_item rn_build_group_expr(rn_parser *p, rn_ast_expr *expr);
rn_ast_group_item rn_build_group_empty(rn_token begin, rn_token end);
rn_ast_group_item rn_build_group_sets(unsigned kind, rn_token begin, rn_groups items, rn_token end);
rn_windows rn_windows_add(rn_parser *p, rn_windows list, rn_ast_window *window);
rn_ast_window *rn_build_window_name(rn_ast_window *window, rn_ast_name name);
rn_ast_window *rn_build_window(rn_parser *p, rn_token begin, rn_ast_name reference, rn_exprs partition, rn_sort_items order,
                               rn_frame frame, rn_token end);
rn_ast_window *rn_build_window_reference(rn_parser *p, rn_ast_name name);
rn_frame rn_build_frame(rn_token unit, rn_ast_bound low, const rn_ast_bound *high);
rn_ast_bound rn_build_bound(unsigned kind, rn_ast_expr *value, rn_token begin, rn_token end);
rn_join_kind rn_join_comma(void);
rn_join_kind rn_build_join_kind(bool natural, unsigned join);
rn_join_on rn_no_join_on(void);
rn_join_on rn_build_join_on(rn_ast_expr *on, rn_ast_names using);
rn_ast_from *rn_build_join(rn_parser *p, rn_join_kind kind, rn_ast_from *left, rn_ast_from *right, rn_join_on on);
rn_ast_from *rn_build_from_table(rn_parser *p, rn_ast_path path, rn_ast_hints hints, rn_ast_expr *system_time, rn_alias alias);
rn_ast_from *rn_build_from_query(rn_parser *p, bool lateral, rn_ast_query *query, rn_alias alias);
rn_ast_from *rn_build_from_call(rn_parser *p, rn_ast_from *call, unsigned how, rn_alias alias);
rn_ast_from *rn_build_from_unnest(rn_parser *p, rn_token begin, rn_ast_expr *expr, rn_token end, bool ordinality, rn_alias alias);
rn_alias rn_no_alias(void);
rn_alias rn_build_alias(rn_ast_name name, rn_ast_names columns);
rn_ast_from *rn_build_table_call(rn_parser *p, rn_ast_path path, rn_table_args args, rn_token end);
rn_table_args rn_table_args_add(rn_parser *p, rn_table_args list, rn_ast_table_arg arg);
rn_ast_table_arg rn_build_named_table_arg(rn_ast_name name, rn_ast_table_arg arg);
rn_ast_table_arg rn_build_table_arg_expr(rn_parser *p, rn_ast_expr *expr);
rn_ast_table_arg rn_build_table_arg_query(rn_parser *p, rn_ast_expr *query, rn_ast_names partition);
rn_ast_table_arg rn_build_table_arg_table(rn_parser *p, rn_token begin, rn_ast_path path, rn_ast_hints hints, rn_ast_names partition);
rn_ast_table_arg rn_build_table_arg_descriptor(rn_token begin, rn_ast_names names, rn_token end);

/* --- expressions ------------------------------------------------------------------------------------------------- */
rn_exprs rn_exprs_add(rn_parser *p, rn_exprs list, rn_ast_expr *expr);
rn_exprs rn_exprs_prepend(rn_parser *p, rn_ast_expr *first, rn_exprs rest);
rn_args rn_args_star(void);
rn_args rn_args_distinct(rn_args args);
rn_args rn_args_order(rn_args args, int8_t nulls_mode, rn_sort_items order);
rn_ast_expr *rn_build_call_within(rn_parser *p, rn_ast_expr *call, rn_sort_items order);
rn_args rn_args_add(rn_parser *p, rn_args args, const rn_ast_name *name, rn_ast_expr *expr);
rn_ast_expr *rn_build_literal(rn_parser *p, rn_ast_expr_kind kind, rn_token token);
rn_ast_expr *rn_build_boolean(rn_parser *p, rn_token token, bool value);
rn_ast_expr *rn_build_null(rn_parser *p, rn_token token, bool boolean);
rn_ast_expr *rn_build_temporal(rn_parser *p, rn_token word, rn_token text);
rn_ast_expr *rn_build_interval(rn_parser *p, rn_token word, bool negative, rn_token text, rn_qualifier qualifier);
rn_ast_expr *rn_build_interval_expr(rn_parser *p, rn_token word, bool negative, rn_ast_expr *value, rn_qualifier qualifier);
rn_ast_expr *rn_build_column_ref(rn_parser *p, rn_ast_path path);
rn_ast_expr *rn_build_star(rn_parser *p, rn_ast_path path, rn_token star);
rn_ast_expr *rn_build_unary(rn_parser *p, rn_token op, rn_ast_expr *arg);
rn_ast_expr *rn_build_binary(rn_parser *p, rn_token op, rn_ast_expr *left, rn_ast_expr *right);
rn_ast_expr *rn_build_quantified(rn_parser *p, rn_ast_expr *left, rn_token op, rn_token quantifier, rn_ast_query *query);
rn_ast_expr *rn_build_is(rn_parser *p, rn_token is, bool negated, rn_ast_expr *arg, rn_token what);
rn_ast_expr *rn_build_distinct_from(rn_parser *p, rn_token is, bool negated, rn_ast_expr *left, rn_ast_expr *right);
rn_ast_expr *rn_build_is_json(rn_parser *p, rn_token is, bool negated, rn_ast_expr *arg, rn_token json, rn_token kind);
rn_ast_expr *rn_build_between(rn_parser *p, rn_token op, bool negated, bool symmetric, rn_ast_expr *x, rn_ast_expr *low, rn_ast_expr *high);
rn_ast_expr *rn_build_in(rn_parser *p, rn_token op, bool negated, rn_ast_expr *x, rn_exprs list, rn_token end);
rn_ast_expr *rn_build_in_query(rn_parser *p, rn_token op, bool negated, rn_ast_expr *x, rn_ast_query *query);
rn_ast_expr *rn_build_like_expr(rn_parser *p, rn_token op, bool negated, rn_ast_expr *x, rn_ast_expr *pattern, rn_ast_expr *escape);
rn_ast_expr *rn_build_overlaps(rn_parser *p, rn_token op, rn_ast_expr *left, rn_ast_expr *right);
rn_ast_expr *rn_build_subquery(rn_parser *p, rn_ast_query *query);
rn_ast_expr *rn_build_exists(rn_parser *p, rn_token word, rn_ast_query *query);
rn_ast_expr *rn_build_parens(rn_parser *p, rn_token begin, rn_ast_expr *expr, rn_token end);
rn_ast_expr *rn_build_time_diff(rn_parser *p, rn_token begin, rn_ast_expr *expr, rn_token end, rn_qualifier qualifier);
rn_ast_expr *rn_build_row(rn_parser *p, rn_token begin, rn_exprs list, rn_token end, bool word);
rn_ast_expr *rn_build_collection(rn_parser *p, rn_ast_expr_kind kind, rn_token begin, rn_exprs list, rn_token end);
rn_ast_expr *rn_build_subscript(rn_parser *p, rn_ast_expr *base, rn_ast_expr *index, rn_token end);
rn_ast_expr *rn_build_field(rn_parser *p, rn_ast_expr *base, rn_ast_name name);
rn_exprs rn_case_add(rn_parser *p, rn_exprs list, rn_exprs conditions, rn_ast_expr *value);
rn_ast_expr *rn_build_case(rn_parser *p, rn_token begin, rn_ast_expr *operand, rn_exprs whens, rn_ast_expr *otherwise, rn_token end);
rn_ast_expr *rn_build_cast(rn_parser *p, rn_token word, rn_ast_expr *expr, rn_ast_type *type, rn_token end);
rn_ast_expr *rn_build_call(rn_parser *p, rn_ast_path path, rn_args args, rn_token end);
rn_ast_expr *rn_build_call3(rn_parser *p, rn_token word, rn_ast_expr *a, rn_ast_expr *b, rn_ast_expr *c, rn_ast_expr *d, rn_token end);
rn_ast_expr *rn_build_niladic(rn_parser *p, rn_token word);
rn_ast_expr *rn_build_call_tail(rn_parser *p, rn_ast_expr *call, rn_ast_expr *filter, int8_t nulls_mode, rn_ast_window *over);
rn_ast_expr *rn_build_extract(rn_parser *p, rn_token word, rn_token unit, rn_ast_expr *expr, rn_token end);
rn_ast_expr *rn_build_trim(rn_parser *p, rn_token word, const rn_token *side, rn_ast_expr *chars, rn_ast_expr *expr, rn_token end);
rn_ast_expr *rn_build_round_to(rn_parser *p, rn_token word, rn_ast_expr *expr, rn_token unit, rn_token end);
rn_ast_expr *rn_build_timestamp_call(rn_parser *p, rn_token word, rn_token unit, rn_ast_expr *a, rn_ast_expr *b, rn_token end);
rn_qualifier rn_build_qualifier(rn_parser *p, rn_token unit, const rn_token *precision, const rn_token *scale);
rn_qualifier rn_build_qualifier_to(rn_parser *p, rn_qualifier from, rn_qualifier to);

/* --- JSON (build_json.c) ------------------------------------------------------------------------------------------- */
rn_exprs rn_exprs_join(rn_parser *p, rn_exprs list, rn_exprs more);
rn_exprs rn_exprs_pair(rn_parser *p, rn_ast_expr *a, rn_ast_expr *b);
rn_json_nulls rn_no_json_nulls(void);
rn_json_nulls rn_build_json_nulls(rn_token begin, rn_token end, bool absent);
rn_json_wrapper_clause rn_no_json_wrapper(void);
rn_json_wrapper_clause rn_build_json_wrapper(rn_json_wrapper kind, rn_token begin, rn_token end);
rn_ast_json_behaviour rn_build_json_behaviour(rn_json_behaviour kind, rn_token begin, rn_token end, rn_ast_expr *value);
rn_json_behaviours rn_json_on_empty(rn_parser *p, rn_json_behaviours list, rn_ast_json_behaviour clause, rn_token end);
rn_json_behaviours rn_json_on_error(rn_parser *p, rn_json_behaviours list, rn_ast_json_behaviour clause, rn_token end);
typedef struct rn_json_input { /* document, path, PASSING */
  rn_ast_expr *json, *path;
  rn_select_items passing;
  rn_span span;
} rn_json_input;
rn_json_input rn_build_json_input(rn_ast_expr *json, rn_ast_expr *path);
rn_json_input rn_build_json_passing(rn_ast_expr *json, rn_ast_expr *path, rn_token word, rn_select_items passing);
rn_ast_expr *rn_build_json_value(rn_parser *p, rn_token word, rn_json_input input, rn_ast_type *returning,
                                 rn_json_behaviours behaviours, rn_token end);
rn_ast_expr *rn_build_json_query(rn_parser *p, rn_token word, rn_json_input input, rn_ast_type *returning,
                                 rn_json_wrapper_clause wrapper, rn_json_behaviours behaviours, rn_token end);
rn_ast_expr *rn_build_json_exists(rn_parser *p, rn_token word, rn_json_input input, rn_json_behaviours behaviours,
                                  rn_token end);
rn_ast_expr *rn_build_json_object(rn_parser *p, rn_token word, rn_exprs pairs, rn_json_nulls nulls, rn_token end);
rn_ast_expr *rn_build_json_array(rn_parser *p, rn_token word, rn_exprs values, rn_json_nulls nulls, rn_token end);
rn_ast_expr *rn_build_json_aggregate(rn_parser *p, rn_token word, rn_exprs args, rn_json_nulls nulls, rn_token end);

/* --- types ---------------------------------------------------------------------------------------------------------- */
rn_type_size rn_no_size(void);
rn_type_size rn_build_size(rn_parser *p, rn_token precision, const rn_token *scale, rn_token end);
rn_zone_clause rn_no_zone(void);
rn_zone_clause rn_build_zone(unsigned kind, rn_token end);
rn_ast_type *rn_build_type(rn_parser *p, rn_token word, rn_type_size size);
rn_ast_type *rn_build_type_path(rn_parser *p, rn_ast_path path);
rn_ast_type *rn_build_type_path_sized(rn_parser *p, rn_ast_path path, rn_token end);
rn_ast_type *rn_build_type_varying(rn_parser *p, rn_token word, rn_token varying, rn_type_size size);
rn_ast_type *rn_build_type_time(rn_parser *p, rn_token word, rn_type_size size, rn_zone_clause zone);
rn_ast_type *rn_build_type_interval(rn_parser *p, rn_token word, rn_qualifier qualifier);
rn_ast_type *rn_build_type_of(rn_parser *p, rn_token word, rn_ast_type *first, rn_ast_type *second, rn_token end);
rn_ast_type *rn_build_type_postfix(rn_parser *p, rn_token word, rn_ast_type *element);
rn_ast_type *rn_build_type_row(rn_parser *p, rn_token word, rn_type_fields fields, rn_token end);
rn_ast_type *rn_build_type_structured(rn_parser *p, rn_token word, rn_token class_name, rn_type_fields fields, rn_token end);
rn_ast_type *rn_build_type_sized_end(rn_ast_type *type, rn_token end);
rn_ast_type *rn_build_nullability(rn_ast_type *type, int8_t nullability, rn_token end);
rn_ast_type_field rn_build_type_field(rn_ast_name name, rn_ast_type *type);
rn_type_fields rn_type_fields_add(rn_parser *p, rn_type_fields list, rn_ast_type_field field);

/* --- the generated automaton (grammar/sql.y) ------------------------------------------------------------------------- */
int rn_grammar_step(uint16_t *stack, size_t *depth, size_t max, int token, bool soft);
bool rn_grammar_is_soft(int token);
int rn_grammar_token_count(void);
size_t rn_grammar_parser_bytes(void);
void rn_grammar_parseInit(void *parser, rn_parser *p);
void rn_grammar_parseFinalize(void *parser);
void rn_grammar_parse(void *parser, int kind, rn_token token);

#endif
