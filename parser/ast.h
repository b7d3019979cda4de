/* AST: what the text says, nothing resolved. Every node has the byte span it came from. Nodes live in
 * the statement's arena; lists are NULL-free arrays with counts; optional pointers are NULL. Names are as
 * written, without back-ticks, case kept. */
#ifndef RN_PARSER_AST_H
#define RN_PARSER_AST_H
#include <stdbool.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/text.h"

/* Trees are never deeper than RN_AST_DEPTH_MAX (E_LIMIT): whoever walks them may recurse. */

typedef struct rn_ast_expr rn_ast_expr;
typedef struct rn_ast_query rn_ast_query;
typedef struct rn_ast_select_item rn_ast_select_item;
typedef struct rn_ast_statement rn_ast_statement;

typedef struct rn_ast_name {
  const char *text;
  rn_span span;
  bool quoted;
} rn_ast_name;

typedef struct rn_ast_path { /* a, a.b, a.b.c */
  uint32_t count;
  rn_ast_name *parts;
  rn_span span;
} rn_ast_path;

typedef struct rn_ast_names {
  uint32_t count;
  rn_ast_name *items;
} rn_ast_names;

typedef struct rn_ast_option { /* 'key' = 'value' */
  const char *key, *value;
  rn_span key_span, value_span;
} rn_ast_option;
typedef struct rn_ast_options {
  uint32_t count;
  rn_ast_option *items;
} rn_ast_options;

/* --- types ---------------------------------------------------------------------------------------- */
typedef struct rn_ast_type rn_ast_type;
typedef struct rn_ast_type_field {
  rn_ast_name name;
  rn_ast_type *type;
} rn_ast_type_field;
struct rn_ast_type {
  const char *name;      /* canonical upper case: "INT" (INTEGER too), "DOUBLE", "STRING", "VARCHAR", "BYTES",
                          * "DECIMAL" (DEC, NUMERIC), "TIMESTAMP", "TIMESTAMP_LTZ", "ARRAY", "MAP", "MULTISET", "ROW",
                          * "STRUCTURED", "INTERVAL" (see qualifier) .. or what was written, for the binder to reject */
  int32_t precision, scale; /* -1: not given */
  int8_t nullability;       /* 0 not given, 1 NULL, -1 NOT NULL */
  uint32_t field_count;     /* ROW, STRUCTURED: fields; ARRAY, MULTISET: 1; MAP: 2 (names empty) */
  rn_ast_type_field *fields;
  const char *qualifier;    /* INTERVAL: "DAY TO SECOND" .. */
  const char *class_name;   /* STRUCTURED<'class', ..>; else NULL */
  uint32_t depth;           /* of the tree below, at most RN_AST_DEPTH_MAX */
  rn_span span;
};

/* --- expressions ------------------------------------------------------------------------------------ */
typedef enum rn_ast_expr_kind {
  RN_AST_NULL,
  RN_AST_BOOLEAN,      /* boolean; UNKNOWN is RN_AST_NULL typed BOOLEAN: cast_type set */
  RN_AST_NUMBER,       /* text: digits as written */
  RN_AST_STRING,       /* text: value, quotes and escapes resolved (NUL-safe: text_len) */
  RN_AST_BINARY,       /* text: bytes of X'..' */
  RN_AST_TEMPORAL,     /* DATE/TIME/TIMESTAMP 'text': name "DATE".., text */
  RN_AST_INTERVAL,     /* INTERVAL 'text' qualifier, or INTERVAL (args[0]) unit: name = qualifier "DAY TO SECOND",
                        * precision/scale of the qualifier; negative: sign before the text */
  RN_AST_COLUMN,       /* path: a, t.a, a.b.c */
  RN_AST_STAR,         /* *, t.* (path may be empty) */
  RN_AST_CALL,         /* name(args): path.parts last is the function; distinct, filter, over, star (COUNT(*)),
                        * arg_names for f(a => 1), nulls_mode. Special syntaxes map here with canonical names:
                        * EXTRACT(u FROM x) -> EXTRACT(STRING 'U', x); SUBSTRING(s FROM a FOR b) -> SUBSTRING(s,a,b);
                        * TRIM(BOTH c FROM s) -> TRIM(STRING 'BOTH', c, s); POSITION(a IN b) -> POSITION(a, b);
                        * OVERLAY -> OVERLAY(s,r,pos[,len]); FLOOR(x TO u) -> FLOOR(x, UNIT 'U');
                        * TIMESTAMPADD/DIFF(u, ..) -> first arg UNIT; CEIL likewise */
  RN_AST_UNIT,         /* a time unit as an argument: text "DAY" */
  RN_AST_UNARY,        /* name "+", "-", "NOT"; args[0] */
  RN_AST_BINARY_OP,    /* name "+ - * / % || = <> < <= > >= AND OR" (!= is "<>" with bang set); args[0..1] */
  RN_AST_IS,           /* name "NULL" "TRUE" "FALSE" "UNKNOWN" "DISTINCT FROM" "JSON" "JSON VALUE" ..; negated; args */
  RN_AST_BETWEEN,      /* args x, low, high; negated; symmetric */
  RN_AST_IN,           /* args[0], list args[1..] or query; negated */
  RN_AST_LIKE,         /* name "LIKE" "SIMILAR TO"; args x, pattern[, escape]; negated */
  RN_AST_CASE,         /* args: [operand,] when, then, .., [else]; has_operand, has_else */
  RN_AST_CAST,         /* args[0], cast_type; name "CAST" or "TRY_CAST" */
  RN_AST_EXISTS,       /* query */
  RN_AST_SUBQUERY,     /* scalar (query) */
  RN_AST_QUANTIFIED,   /* args[0] name(op) ALL|ANY (query): text "ALL"/"ANY" */
  RN_AST_ROW,          /* (a, b) or ROW(a, ..) */
  RN_AST_ARRAY,        /* ARRAY[..] */
  RN_AST_MAP,          /* MAP[k, v, ..] */
  RN_AST_SUBSCRIPT,    /* args[0][args[1]] */
  RN_AST_FIELD,        /* (expr).name: args[0], path of one part */
  RN_AST_OVERLAPS,     /* args: two RN_AST_ROW */
  RN_AST_TIME_DIFF,    /* (a - b) qualifier: args[0..1], name qualifier */
  RN_AST_JSON          /* JSON_VALUE etc. with clauses: name, args, json clauses (later issue) */
} rn_ast_expr_kind;

typedef struct rn_ast_sort_item {
  rn_ast_expr *expr;
  bool descending;
  int8_t nulls; /* 0 default, 1 FIRST, -1 LAST */
  rn_span span;
} rn_ast_sort_item;

typedef struct rn_ast_bound {
  enum { RN_BOUND_UNBOUNDED_PRECEDING, RN_BOUND_PRECEDING, RN_BOUND_CURRENT_ROW, RN_BOUND_FOLLOWING,
         RN_BOUND_UNBOUNDED_FOLLOWING } kind;
  rn_ast_expr *value; /* PRECEDING, FOLLOWING */
  rn_span span;
} rn_ast_bound;

typedef struct rn_ast_window { /* OVER (..) or WINDOW w AS (..) */
  rn_ast_name name;       /* of WINDOW w AS; empty text in OVER (..) */
  rn_ast_name reference;  /* OVER w, or first word inside the parentheses; text NULL: none */
  bool is_reference_only; /* OVER w */
  uint32_t partition_count;
  rn_ast_expr **partition;
  uint32_t order_count;
  rn_ast_sort_item *order;
  int8_t frame;           /* 0 none, 1 ROWS, 2 RANGE */
  rn_ast_bound low, high; /* short form: high = CURRENT ROW */
  rn_span span, frame_span;
} rn_ast_window;

/* --- clauses of JSON functions; what is not written is the zero value ----------------------------------- */
typedef enum rn_json_behaviour {
  RN_JSON_NO_CLAUSE, RN_JSON_NULL, RN_JSON_ERROR, RN_JSON_DEFAULT, RN_JSON_EMPTY_ARRAY, RN_JSON_EMPTY_OBJECT,
  RN_JSON_TRUE, RN_JSON_FALSE, RN_JSON_UNKNOWN
} rn_json_behaviour;
typedef struct rn_ast_json_behaviour { /* .. ON EMPTY, .. ON ERROR */
  rn_json_behaviour kind;
  rn_ast_expr *value; /* DEFAULT; one of the call's args too */
  rn_span span;
} rn_ast_json_behaviour;
typedef enum rn_json_wrapper { RN_JSON_NO_WRAPPER_CLAUSE, RN_JSON_WITHOUT_WRAPPER, RN_JSON_CONDITIONAL_WRAPPER, RN_JSON_WRAPPER } rn_json_wrapper;
typedef enum rn_json_on_null { RN_JSON_NO_NULL_CLAUSE, RN_JSON_NULL_ON_NULL, RN_JSON_ABSENT_ON_NULL } rn_json_on_null;
typedef struct rn_ast_json {
  rn_ast_type *returning;  /* NULL: none */
  rn_json_wrapper wrapper;
  rn_json_on_null on_null;
  rn_ast_json_behaviour on_empty, on_error;
  rn_span wrapper_span, on_null_span, passing_span;
  uint32_t passing_count;  /* PASSING value AS name, ..: bound by nobody, since paths have no variables */
  rn_ast_select_item *passing;
} rn_ast_json;

struct rn_ast_expr {
  rn_ast_expr_kind kind;
  rn_span span;          /* the whole expression */
  rn_span op_span;       /* operator or function name */
  const char *name;
  const char *text;
  uint32_t text_len;
  bool boolean, negated, symmetric, has_operand, has_else, distinct, star, bang, negative;
  bool wrapped;          /* a row in parentheses of its own: ((a, b)) */
  int8_t nulls_mode;     /* 0, 1 RESPECT, 2 IGNORE NULLS */
  int32_t precision, scale; /* interval qualifier; -1 */
  rn_ast_path path;
  uint32_t arg_count;
  rn_ast_expr **args;
  const char **arg_names; /* NULL, or per argument a name or NULL */
  rn_ast_type *cast_type;
  rn_ast_query *query;
  rn_ast_expr *filter;
  rn_ast_window *over;
  uint32_t order_count; /* ORDER BY in an aggregate; within_group: WITHIN GROUP (ORDER BY ..) behind it */
  rn_ast_sort_item *order;
  bool within_group;
  rn_span order_span;
  rn_ast_json *json; /* clauses of JSON functions; NULL elsewhere */
  uint32_t depth; /* of the tree below, sub-queries included, at most RN_AST_DEPTH_MAX: recursion is safe */
};

/* --- queries -------------------------------------------------------------------------------------------- */
typedef struct rn_ast_hint {
  const char *name; /* OPTIONS, STATE_TTL, .. */
  rn_ast_options options;
  rn_ast_names names; /* BROADCAST(t) */
  rn_span span;
} rn_ast_hint;
typedef struct rn_ast_hints {
  uint32_t count;
  rn_ast_hint *items;
} rn_ast_hints;

typedef enum rn_ast_from_kind {
  RN_AST_FROM_TABLE,    /* path, hints, system_time */
  RN_AST_FROM_QUERY,    /* (query) */
  RN_AST_FROM_FUNCTION, /* TUMBLE(TABLE t, DESCRIPTOR(ts), ..), LATERAL f(x), UNNEST(x) */
  RN_AST_FROM_VALUES,   /* (VALUES ..) : query of VALUES */
  RN_AST_FROM_JOIN
} rn_ast_from_kind;

typedef struct rn_ast_from rn_ast_from;
typedef struct rn_ast_table_arg { /* argument of a table function */
  const char *name;     /* f(NAME => ..); NULL */
  rn_span name_span;
  enum { RN_ARG_TABLE, RN_ARG_DESCRIPTOR, RN_ARG_EXPR } kind;
  rn_ast_from *table;   /* TABLE t [PARTITION BY ..], (query) */
  rn_ast_names partition;
  rn_ast_names descriptor;
  rn_ast_expr *expr;
  rn_span span;
} rn_ast_table_arg;

struct rn_ast_from {
  rn_ast_from_kind kind;
  rn_span span;
  rn_ast_path path;            /* table, function name */
  rn_ast_hints hints;
  rn_ast_expr *system_time;    /* FOR SYSTEM_TIME AS OF */
  rn_ast_query *query;
  bool lateral, with_ordinality, table_wrapper /* TABLE(f(..)) was written */;
  uint32_t arg_count;
  rn_ast_table_arg *args;
  rn_ast_name alias;           /* text NULL: none */
  rn_ast_names alias_columns;
  /* JOIN */
  enum { RN_JOIN_COMMA, RN_JOIN_INNER, RN_JOIN_LEFT, RN_JOIN_RIGHT, RN_JOIN_FULL, RN_JOIN_CROSS } join;
  bool natural;
  rn_ast_from *left, *right;
  rn_ast_expr *on;
  rn_ast_names using;
  uint32_t depth;
};

struct rn_ast_select_item {
  rn_ast_expr *expr;
  rn_ast_name alias; /* text NULL: none */
  rn_span span;
};

typedef struct rn_ast_group_item {
  enum { RN_GROUP_EXPR, RN_GROUP_EMPTY /* () */, RN_GROUP_SETS, RN_GROUP_CUBE, RN_GROUP_ROLLUP, RN_GROUP_LIST /* (a, b) */ } kind;
  rn_ast_expr *expr;
  uint32_t item_count;
  struct rn_ast_group_item *items;
  rn_span span;
} rn_ast_group_item;

typedef struct rn_ast_select {
  rn_span span;
  rn_ast_hints hints;
  bool distinct;
  uint32_t item_count;
  rn_ast_select_item *items;
  rn_ast_from *from; /* NULL: one row */
  rn_ast_expr *where;
  bool has_group;
  uint32_t group_count;
  rn_ast_group_item *groups;
  bool group_distinct; /* GROUP BY DISTINCT: grouping sets that come twice count once */
  rn_ast_expr *having;
  uint32_t window_count;
  rn_ast_window *windows;
  rn_ast_expr *qualify;
  rn_span group_span, where_span, having_span; /* of the keywords' clauses */
} rn_ast_select;

typedef struct rn_ast_with_item {
  rn_ast_name name;
  rn_ast_names columns;
  rn_ast_query *query;
} rn_ast_with_item;

typedef enum rn_ast_query_kind {
  RN_AST_SELECT, RN_AST_VALUES, RN_AST_SET_OP, RN_AST_TABLE /* TABLE t */
} rn_ast_query_kind;

struct rn_ast_query {
  rn_ast_query_kind kind;
  rn_span span;
  uint32_t with_count;
  rn_ast_with_item *with;
  bool recursive;             /* WITH RECURSIVE: items see themselves */
  rn_ast_select *select;
  uint32_t row_count;         /* VALUES */
  rn_ast_expr **rows;         /* each RN_AST_ROW (a single expression is a ROW of one) */
  rn_ast_path path;           /* TABLE t */
  enum { RN_SET_UNION, RN_SET_INTERSECT, RN_SET_EXCEPT } set_op;
  bool all;
  rn_ast_query *left, *right;
  rn_span op_span;
  uint32_t order_count;
  rn_ast_sort_item *order;
  rn_ast_expr *limit, *offset; /* NULL: none (LIMIT ALL too) */
  rn_span order_span, limit_span;
  bool parenthesized;
  bool emit_changes;           /* EMIT CHANGES, our extension */
  rn_span emit_span;
  uint32_t depth;
};

/* --- statements ---------------------------------------------------------------------------------------------- */
typedef enum rn_ast_column_kind { RN_AST_COL_PHYSICAL, RN_AST_COL_METADATA, RN_AST_COL_COMPUTED, RN_AST_COL_NAME_ONLY /* CTAS reorder */ } rn_ast_column_kind;
typedef struct rn_ast_column_def {
  rn_ast_column_kind kind;
  rn_ast_name name;
  rn_ast_type *type;
  const char *metadata_key; /* FROM 'key'; NULL: the column's name */
  rn_span metadata_span;
  bool is_virtual, primary_key, key_enforced /* PRIMARY KEY without NOT ENFORCED */;
  const char *constraint;   /* name of that PRIMARY KEY; NULL: none */
  rn_ast_expr *expr;        /* computed */
  const char *comment;
  rn_span span;
} rn_ast_column_def;

typedef struct rn_ast_watermark {
  rn_ast_name column;
  rn_ast_expr *expr;
  rn_span span;
} rn_ast_watermark;

typedef struct rn_ast_distribution { /* DISTRIBUTED BY [HASH|RANGE] (a, b) INTO 4 BUCKETS */
  bool given;
  const char *kind;          /* "HASH", "RANGE"; NULL */
  rn_ast_names columns;
  const char *buckets;       /* digits; NULL */
  rn_span span;
} rn_ast_distribution;

/* LIKE t (INCLUDING ALL OVERWRITING OPTIONS): what is taken over, and how. */
typedef enum rn_ast_like_how { RN_LIKE_INCLUDING, RN_LIKE_EXCLUDING, RN_LIKE_OVERWRITING } rn_ast_like_how;
typedef enum rn_ast_like_what {
  RN_LIKE_ALL, RN_LIKE_CONSTRAINTS, RN_LIKE_DISTRIBUTION, RN_LIKE_PARTITIONS, RN_LIKE_GENERATED, RN_LIKE_METADATA,
  RN_LIKE_OPTIONS, RN_LIKE_WATERMARKS, RN_LIKE_WHATS
} rn_ast_like_what;
typedef struct rn_ast_like_option {
  rn_ast_like_how how;
  rn_ast_like_what what;
  rn_span span;
} rn_ast_like_option;

typedef struct rn_ast_table_def {
  uint32_t column_count;
  rn_ast_column_def *columns;
  uint32_t watermark_count;  /* more than one is an error of the binder */
  rn_ast_watermark *watermarks;
  uint32_t key_clause_count; /* PRIMARY KEY clauses */
  rn_ast_names keys;
  rn_span key_span;
  bool key_enforced;         /* not "NOT ENFORCED": an error of the binder */
  const char *comment;
  const char *constraint;    /* CONSTRAINT name PRIMARY KEY; NULL */
  rn_ast_options options;
  bool has_options;
  rn_ast_names partitioned_by;
  rn_ast_distribution distribution;
  rn_ast_path like;          /* LIKE t; count 0: none */
  uint32_t like_option_count;
  rn_ast_like_option *like_options;
} rn_ast_table_def;

typedef enum rn_ast_statement_kind {
  RN_AST_STMT_QUERY, RN_AST_STMT_INSERT, RN_AST_STMT_STATEMENT_SET,
  RN_AST_STMT_CREATE_TABLE, RN_AST_STMT_CREATE_VIEW,
  RN_AST_STMT_CREATE,       /* object: DATABASE, CATALOG, FUNCTION */
  RN_AST_STMT_DROP, RN_AST_STMT_ALTER_TABLE,
  RN_AST_STMT_ALTER,        /* object: VIEW, DATABASE, CATALOG, FUNCTION */
  RN_AST_STMT_TRUNCATE, RN_AST_STMT_DELETE, RN_AST_STMT_UPDATE, RN_AST_STMT_ANALYZE, RN_AST_STMT_CALL,
  RN_AST_STMT_SET, RN_AST_STMT_RESET, RN_AST_STMT_SHOW, RN_AST_STMT_DESCRIBE, RN_AST_STMT_EXPLAIN,
  RN_AST_STMT_STOP_JOB, RN_AST_STMT_USE, RN_AST_STMT_FOREIGN /* see foreign */
} rn_ast_statement_kind;

typedef enum rn_ast_object {
  RN_AST_OBJECT_TABLE, RN_AST_OBJECT_VIEW, RN_AST_OBJECT_DATABASE, RN_AST_OBJECT_CATALOG, RN_AST_OBJECT_FUNCTION,
  RN_AST_OBJECT_JOB
} rn_ast_object;

typedef enum rn_ast_show_kind {
  RN_SHOW_TABLES, RN_SHOW_VIEWS, RN_SHOW_CREATE_TABLE, RN_SHOW_CREATE_VIEW, RN_SHOW_JOBS, RN_SHOW_FUNCTIONS,
  RN_SHOW_DATABASES, RN_SHOW_CATALOGS, RN_SHOW_CURRENT_CATALOG, RN_SHOW_CURRENT_DATABASE, RN_SHOW_COLUMNS,
  RN_SHOW_USER_FUNCTIONS, RN_SHOW_CREATE_FUNCTION, RN_SHOW_CREATE_DATABASE, RN_SHOW_CREATE_CATALOG, RN_SHOW_MODULES,
  RN_SHOW_FULL_MODULES, RN_SHOW_JARS, RN_SHOW_PARTITIONS, RN_SHOW_PROCEDURES, RN_SHOW_MODELS, RN_SHOW_KINDS
} rn_ast_show_kind;

/* Statements about things that one process without Java has not: they parse, and are answered by name. */
typedef enum rn_ast_foreign {
  RN_FOREIGN_LOAD_MODULE, RN_FOREIGN_UNLOAD_MODULE, RN_FOREIGN_USE_MODULES, RN_FOREIGN_ADD_JAR, RN_FOREIGN_REMOVE_JAR,
  RN_FOREIGN_COMPILE_PLAN, RN_FOREIGN_COMPILE_AND_EXECUTE_PLAN, RN_FOREIGN_EXECUTE_PLAN, RN_FOREIGNS
} rn_ast_foreign;

typedef struct rn_ast_assignment { /* c = expr: PARTITION (..), UPDATE .. SET */
  rn_ast_name column;
  rn_ast_expr *value;
} rn_ast_assignment;
typedef struct rn_ast_assignments {
  uint32_t count;
  rn_ast_assignment *items;
} rn_ast_assignments;

/* ON CONFLICT DO ..: rows that share the PRIMARY KEY of the table but are not the same row of the query. */
typedef enum rn_ast_conflict {
  RN_AST_CONFLICT_NONE, RN_AST_CONFLICT_NOTHING, RN_AST_CONFLICT_ERROR, RN_AST_CONFLICT_DEDUPLICATE
} rn_ast_conflict;

typedef struct rn_ast_insert {
  rn_ast_path table;
  rn_ast_hints hints;
  rn_ast_assignments partition; /* PARTITION (p = 1, ..) */
  rn_ast_names columns;   /* count 0: none given */
  rn_ast_query *query;
  bool overwrite;
  rn_span span;
  rn_ast_conflict conflict;
  rn_span conflict_span;
} rn_ast_insert;

/* One thing of ALTER TABLE .. ADD | MODIFY: a column with its place, or a clause. */
typedef struct rn_ast_alter_column {
  rn_ast_column_def def;
  bool first;
  rn_ast_name after;      /* text NULL: none */
} rn_ast_alter_column;

typedef enum rn_ast_alter {
  RN_ALTER_SET, RN_ALTER_RESET, RN_ALTER_RENAME, RN_ALTER_ADD, RN_ALTER_MODIFY, RN_ALTER_DROP_COLUMNS, RN_ALTER_DROP_KEY,
  RN_ALTER_DROP_CONSTRAINT, RN_ALTER_DROP_WATERMARK, RN_ALTER_DROP_DISTRIBUTION, RN_ALTER_DROP_PARTITION,
  RN_ALTER_ADD_PARTITION, RN_ALTER_RENAME_COLUMN, RN_ALTER_QUERY /* ALTER VIEW v AS .. */, RN_ALTER_COMMENT,
  RN_ALTER_CLASS /* ALTER FUNCTION f AS 'class' */
} rn_ast_alter;

struct rn_ast_statement {
  rn_ast_statement_kind kind;
  rn_ast_object object;     /* of CREATE, DROP, ALTER, DESCRIBE */
  rn_span span;             /* without the `;` */
  bool temporary, system, if_not_exists, if_exists, or_replace;
  bool must_exist;          /* REPLACE TABLE, without CREATE */
  bool cascade;             /* DROP DATABASE d CASCADE */
  rn_ast_path path;         /* object of CREATE, DROP, ALTER, SHOW CREATE, DESCRIBE, USE */
  rn_ast_query *query;      /* QUERY, CREATE VIEW, CTAS */
  rn_ast_insert *insert;
  uint32_t insert_count;    /* STATEMENT SET */
  rn_ast_insert *inserts;
  rn_ast_table_def *table;  /* CREATE TABLE; ALTER TABLE ADD, MODIFY: watermark, key, distribution */
  rn_ast_names view_columns;
  const char *comment;      /* view, database, catalog, function */
  rn_ast_alter alter;
  uint32_t alter_count;     /* ADD, MODIFY */
  rn_ast_alter_column *alter_columns;
  bool parenthesized;       /* ADD (..), DROP (..) */
  rn_ast_options options;   /* ALTER .. SET ('k'='v'); RESET: keys, values NULL; CREATE DATABASE, CATALOG .. WITH */
  bool has_options;
  rn_ast_path new_path;     /* RENAME TO */
  rn_ast_name new_name;     /* RENAME a TO new_name */
  rn_ast_names names;       /* DROP columns; RENAME a; CONSTRAINT c; modules; columns of ANALYZE */
  rn_ast_assignments set;   /* UPDATE .. SET; PARTITION (..) of ALTER, ANALYZE, SHOW PARTITIONS */
  rn_ast_expr *where;       /* DELETE, UPDATE */
  rn_ast_expr *call;        /* CALL p(..) */
  uint32_t param_count;     /* FUNCTION */
  rn_ast_type_field *params;
  rn_ast_type *returns;
  rn_ast_expr *body;        /* RETURN expr */
  const char *class_name, *language; /* AS 'class' LANGUAGE JAVA */
  rn_span class_span;
  uint32_t jar_count;       /* USING JAR 'a', JAR 'b' */
  const char **jars;
  const char *key, *value;  /* SET 'key' = 'value'; RESET 'key'; both NULL: list / reset all */
  rn_span key_span, value_span;
  rn_ast_show_kind show;
  const char *like;         /* SHOW .. [NOT] LIKE 'x' */
  bool like_negated, like_nocase;
  bool extended;            /* DESCRIBE EXTENDED */
  bool changelog_mode, estimated_cost, json_plan, plan_advice; /* EXPLAIN details */
  rn_ast_statement *inner;  /* EXPLAIN, COMPILE PLAN */
  const char *job;          /* STOP JOB 'name', DESCRIBE JOB 'name' */
  bool with_savepoint, with_drain;
  bool use_catalog;         /* USE CATALOG c; else USE database */
  rn_ast_foreign foreign;
  bool all_columns;         /* ANALYZE .. FOR ALL COLUMNS */
};

typedef struct rn_ast_script {
  uint32_t count;
  rn_ast_statement **statements;
} rn_ast_script;

#endif
