/* Query binder, inner header: what the files bind_query*.c share. A query's AST becomes a logical plan,
 * bottom-up: FROM gives a relation (a plan node and the names it can be asked by), every clause puts a
 * node over it. Functions return NULL or RN_FAIL after adding a diagnostic.
 *
 * Aggregates and OVER calls that are found while an expression is bound become placeholder columns
 * (RN_PLACE_*); when all clauses are bound, the node that computes them is made and the placeholders
 * are replaced by its columns. That comparison happens on bound expressions, so `t.a + 1` in SELECT is
 * the key `a+1` of GROUP BY. */
#ifndef RN_PLANNER_QUERY_H
#define RN_PLANNER_QUERY_H
#include "planner/bind.h"
#include "planner/logical.h"

typedef struct rn_cte { /* WITH items in scope, innermost first */
  const rn_ast_with_item *item;
  const struct rn_cte *next; /* also what the item itself sees */
  const rn_outer *outer;     /* queries around the WITH */
  bool recursive;            /* the item sees itself .. */
  bool inside;               /* .. and this is it, seen from inside */
  bool *used;                /* somebody read it */
} rn_cte;

typedef struct rn_query_context {
  rn_binder binder; /* first: rn_query_of() */
  const rn_planner_settings *settings;
  rn_arena *arena;
  rn_access *accesses;      /* in order of first mention */
  uint32_t access_count;
  bool expand;              /* a view is being defined: stars and table names are written out in its AST */
  bool schema_only;         /* nothing will run: options are neither expanded nor checked */
  uint32_t view_depth;
  rn_catalog_object *target; /* of the INSERT, where the catalog has it not: EXPLAIN CREATE TABLE AS; else NULL */
  bool emit_changes;        /* the query being bound says EMIT CHANGES: its windows show themselves as they grow */
  rn_span emit_span;
  uint32_t queries;         /* bound so far: RN_BOUND_QUERIES_MAX */
} rn_query_context;

/* The context of a query's binder, which hooks and passes get. */
static inline rn_query_context *rn_query_of(rn_binder *binder) {
  _Static_assert(offsetof(rn_query_context, binder) == 0, "the binder is the first member");
  return (rn_query_context *)binder;
}

typedef struct rn_relation {
  rn_logical *node;
  uint32_t count;
  rn_scope_column *columns; /* index: column of node */
} rn_relation;

enum { RN_PLACE_CALL = 1 << 20, RN_PLACE_OVER = 2 << 20, RN_PLACE_WINDOW = 3 << 20, RN_PLACE_SET = 4 << 20,
       RN_PLACE_KEY = 5 << 20, RN_PLACE_SUBQUERY = 14 << 20, RN_PLACE_RIGHT = 15 << 20, RN_PLACE_STEP = 1 << 20 };

/* Sub-queries in the expressions of a clause (bind_subquery.c). Each stands in its expression as a placeholder column
 * (RN_PLACE_SUBQUERY + number): the value of a scalar one, or whether there is a row that meets the condition. They
 * become joins over the clause's input, correlated ones lateral joins that the pass "decorrelate" makes plain. */
typedef struct rn_subquery {
  const rn_ast_expr *ast;
  rn_logical *node;
  bool scalar;             /* else: is there a row? */
  rn_expr *condition;      /* over the clause's input and RN_PLACE_RIGHT + column of node; NULL: none */
  const rn_expr *whole;    /* the test as it stands in the clause: as a conjunct it needs no column */
  bool late;               /* its condition reads results of OVER: it is joined over them */
  int unknown;             /* a second one, TRUE where the test is UNKNOWN rather than FALSE; -1: never */
  uint32_t column;         /* of the input, once joined */
} rn_subquery;
typedef struct rn_subqueries {
  const rn_cte *env;
  uint32_t count;
  rn_subquery *items;
} rn_subqueries;
/* Joins them, but late ones, to input; their placeholders in later calls of rn_map_subqueries become columns. */
rn_logical *rn_join_subqueries(rn_query_context *q, rn_subqueries *subs, rn_logical *input);
rn_expr *rn_map_subqueries(rn_query_context *q, const rn_subqueries *subs, rn_expr *e);
bool rn_reads_subquery(const rn_expr *e); /* has it such a placeholder? */
/* FILTER over input; conjuncts that are tests become SEMI and ANTI joins. */
rn_logical *rn_filter_subqueries(rn_query_context *q, rn_subqueries *subs, rn_logical *input, rn_expr *condition, rn_span span);

/* bind_subquery_on.c: the join with sub-queries in its condition, which is over its columns; NULL: refused. */
rn_logical *rn_join_on_subqueries(rn_query_context *q, rn_subqueries *subs, rn_logical *join, rn_expr *condition);

void rn_query_context_init(rn_query_context *q, rn_catalog *catalog, const rn_planner_settings *settings,
                           rn_arena *arena, rn_diagnostics *diags);
/* `top`: ORDER BY counts (in a sub-query without LIMIT it says nothing and is dropped). */
rn_logical *rn_bind_query(rn_query_context *q, rn_ast_query *query, const rn_cte *env, bool top);
/* bind_query_set.c */
rn_logical *rn_bind_set_op(rn_query_context *q, rn_ast_query *query, const rn_cte *env);
rn_logical *rn_bind_insert(rn_query_context *q, const rn_ast_insert *insert);
/* PARTITION (..) as constants, one for each column of PARTITIONED BY (planner.h). */
rn_status rn_bind_partition(rn_query_context *q, const rn_ast_assignments *given, const rn_catalog_object *t, struct rn_partition_value *out);
/* bind_query_from.c */
rn_status rn_bind_from(rn_query_context *q, rn_ast_from *from, const rn_cte *env, rn_relation *out);
/* Binds a WITH item that nobody reads, for its errors alone. */
void rn_check_unused(rn_query_context *q, const rn_cte *c);
/* bind_query_join.c */
rn_status rn_bind_join(rn_query_context *q, rn_ast_from *from, const rn_cte *env, rn_relation *out);
/* bind_query_unnest.c */
bool rn_is_unnest(const rn_ast_from *from);
rn_status rn_bind_unnest(rn_query_context *q, const rn_ast_from *from, const rn_cte *env, rn_relation *out);
/* Is the join one of each row with its own elements (comma, CROSS, INNER; LEFT, unless its condition has sub-queries or
 * stands in one)? Those need no state; others are lateral joins. */
bool rn_unnests_rows(const rn_query_context *q, const rn_ast_from *join);
rn_status rn_bind_unnest_join(rn_query_context *q, const rn_ast_from *join, const rn_cte *env, const rn_relation *left,
                              rn_relation *out);
rn_relation rn_relation_of(rn_query_context *q, rn_logical *node, const char *alias);
void rn_relation_scope(const rn_relation *relation, const char *clause, rn_scope *out);
/* bind_query_names.c. Renames the node's columns: (a, b) of an alias, a view or a WITH item. */
rn_logical *rn_rename_columns(rn_query_context *q, rn_logical *node, const rn_ast_names *names, const char *what);
/* A name for each column. */
rn_logical *rn_with_names(rn_query_context *q, rn_logical *node, const char *const *names);
/* `wanted`, or with a number behind it where names[0 .. count) has that. */
const char *rn_name_apart(rn_arena *arena, const char *const *names, uint32_t count, const char *wanted);
rn_logical *rn_name_results(rn_query_context *q, rn_logical *node); /* of a whole query: a, a -> a, a0 */
/* An error if two columns of `query`, the definition of view or WITH item `what`, have one name. */
rn_status rn_refuse_twins(rn_query_context *q, const rn_logical *node, const rn_ast_query *query, const char *what);
void rn_mark_twins(rn_relation *relation);
rn_logical *rn_bind_one_row(rn_query_context *q, rn_span span);
rn_access *rn_bind_access(rn_query_context *q, const rn_catalog_object *object, const rn_ast_hints *hints, rn_span span);
/* Options that came from a stored definition point at the place that names the table. */
void rn_respan_options(rn_table_spec *spec, rn_span span);
/* Diagnostics from item `first` on that have no span get this one. */
void rn_place_diagnostics(rn_diagnostics *diags, size_t first, rn_span span);
/* Errors only. */
rn_status rn_check_table_options(rn_query_context *q, const rn_table_spec *spec, uint16_t direction);
/* bind_query_window.c */
rn_status rn_bind_window_tvf(rn_query_context *q, rn_ast_from *from, const rn_cte *env, rn_relation *out);
/* Fills spec->time_column, processing_time, local_zone from the column's type; checks it is a time attribute. */
rn_status rn_bind_window_time(rn_query_context *q, const rn_type *type, const char *name, uint32_t column,
                              rn_span span, rn_window_spec *spec);
rn_status rn_check_window_spec(rn_query_context *q, const char *function, rn_window_spec *spec, bool legacy, rn_span span);
/* The three columns a window adds, with their types. */
void rn_window_fields(rn_arena *arena, const rn_type *time, bool processing_time, rn_field out[3]);
/* Does output column `column` of node come unchanged from the window columns of a WINDOW node below (through
 * projections and filters)? 0 window_start, 1 window_end, 2 window_time; -1: no. */
int rn_trace_window(const rn_logical *node, uint32_t column, const rn_logical **window);
/* Column of `node` with the time of the window's rows: where a projection on the way to the WINDOW left it out, it is passed
 * on behind the other columns. -1: there is something else on the way. */
int rn_carry_window_time(rn_arena *arena, rn_logical *node, const rn_logical *window);
/* Do columns of `input` (-1: an expression), those of the window apart, name exactly the PARTITION BY of the SESSION
 * below? Then every session is one group; otherwise groups take rows of several (DIALECT 4.4.1). */
bool rn_groups_sessions(const rn_logical *window, const rn_logical *input, const int *columns, uint32_t count);
/* bind_query_select.c: the select list and all clauses of one SELECT. extra_count order expressions are bound in
 * the scope of the select list and appended as columns. */
typedef struct rn_order_key {
  uint32_t column; /* of the node that bind_select returns */
  const rn_ast_sort_item *item;
} rn_order_key;
rn_logical *rn_bind_select(rn_query_context *q, rn_ast_select *select, const rn_cte *env, const rn_ast_sort_item *order,
                           uint32_t order_count, rn_order_key *order_keys, uint32_t *visible);
/* The column of that name among `count` of the select list: -1: none; -2: several, error added. */
int rn_named_output(rn_query_context *q, const rn_ast_name *name, const char *const *names, uint32_t count);
/* An ORDER BY item that names an output column by position or alias: its index; -1: neither; -2: error added. */
int rn_order_output(rn_query_context *q, const rn_ast_sort_item *item, const rn_schema *output);

/* What one SELECT found so far (bind_query_select.c, _group.c, _over.c). */
typedef struct rn_over_call {
  const rn_ast_expr *ast;
  const rn_ast_window *window;
  rn_bound_call bound;
  rn_expr *result;
} rn_over_call;
typedef struct rn_select_binder {
  rn_query_context *q;
  rn_ast_select *select;
  rn_relation from;
  rn_logical *input;          /* FROM and WHERE; then what was put over it */
  rn_scope scope, below;      /* of SELECT, HAVING, ORDER BY / of arguments of aggregates */
  rn_subqueries subqueries, below_subqueries; /* found in the two */
  bool grouped;
  uint32_t key_count;
  rn_expr **keys;
  const char **key_names;
  const rn_ast_expr **key_asts; /* of keys with sub-queries, which are known by their text; else NULL */
  uint32_t set_count;         /* grouping sets; 1: plain GROUP BY */
  uint64_t *sets;             /* bit k: the set has key k */
  uint64_t everywhere;        /* keys that all sets have */
  RN_VEC(rn_bound_call) calls;
  RN_VEC(rn_over_call) overs;
  struct rn_over_window *windows; /* of each of them */
  bool failed, has_ttl;
  int64_t ttl_us;             /* has_ttl: hint STATE_TTL for the aggregate */
  /* legacy group window */
  const rn_ast_expr *window_ast;
  const char *window_name;    /* TUMBLE, HOP */
  rn_window_spec window;
  rn_expr *window_time;       /* over the input */
  uint32_t call_first, window_first; /* columns of the aggregate node */
} rn_select_binder;
/* bind_query_hints.c: those behind SELECT, when FROM is bound. */
rn_status rn_bind_hints(rn_select_binder *s);
/* bind_query_group.c */
rn_status rn_bind_group(rn_select_binder *s);
rn_expr *rn_group_node_hook(rn_binder *binder, rn_scope *scope, const rn_ast_expr *node, void *ctx);
rn_status rn_build_aggregate(rn_select_binder *s);
/* An expression of SELECT or HAVING over the aggregate node's output. */
rn_expr *rn_map_grouped(rn_select_binder *s, rn_expr *e);
/* The same for what sub-queries of those clauses read of this query. */
void rn_map_grouped_subqueries(rn_select_binder *s);
bool rn_ast_has_aggregate(const rn_ast_expr *e);
/* bind_query_emit.c: shows the aggregate changes of open windows, and when? `window`: of a windowing function. */
rn_status rn_bind_emit(rn_select_binder *s, const rn_logical *window, bool whole_sessions, bool *early, rn_fire *fire);
/* Puts a WINDOW for the window in GROUP BY over *input; returns its first column. */
uint32_t rn_put_window(rn_select_binder *s, rn_logical **input, uint32_t time_column);
/* bind_query_sets.c: GROUPING SETS, ROLLUP, CUBE */
/* Binds one GROUP BY expression; *key: its number among s->keys, -1: a legacy window. */
rn_status rn_bind_group_key(rn_select_binder *s, const rn_ast_expr *ast, bool in_sets, int *key);
/* All items: s->keys, s->sets. */
rn_status rn_bind_grouping_sets(rn_select_binder *s);
/* GROUPING(..), GROUPING_ID(..), GROUP_ID(); NULL: another call. */
rn_expr *rn_bind_grouping_call(rn_select_binder *s, const rn_ast_expr *node);
/* Puts EXPAND over the input of the aggregate: keys[i] (its column for key i) become the copies; returns the column of
 * the set. */
uint32_t rn_expand_sets(rn_select_binder *s, rn_logical **input, uint32_t *keys);
rn_logical *rn_bind_distinct(rn_query_context *q, rn_logical *input, rn_span span);
/* bind_query_over.c. The windows of all calls, once those are known: may find aggregates and sub-queries. */
rn_status rn_bind_over(rn_select_binder *s);
/* Puts OVER nodes over the input, and their columns into the expressions. */
rn_status rn_build_over(rn_select_binder *s, rn_expr **exprs, uint32_t count);
rn_expr *rn_map_over(const rn_select_binder *s, rn_expr *e);

/* Adds columns to a projection, sharing equal expressions. */
typedef struct rn_projection {
  rn_arena *arena;
  uint32_t count;
  rn_expr **exprs;
  const char **names;
} rn_projection;
uint32_t rn_projection_add(rn_projection *p, rn_expr *e, const char *name);
rn_expr *rn_bound_true(rn_query_context *q, rn_span span); /* the constant TRUE */
rn_type const *rn_type_plain(rn_arena *arena, const rn_type *type); /* without time attribute */

#endif
