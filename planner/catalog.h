/* Catalog: tables and views by catalog.database.name. In memory, loaded from and written through to the
 * store by callbacks of api/ (the planner knows no SQLite). Definitions are kept as canonical SQL and as
 * bound tables. Not thread-safe: belongs to the engine's thread. */
#ifndef RN_PLANNER_CATALOG_H
#define RN_PLANNER_CATALOG_H
#include "parser/ast.h"
#include "runtime/connector.h"
#include "runtime/expr.h"

#define RN_DEFAULT_CATALOG "default_catalog"
#define RN_DEFAULT_DATABASE "default_database"

typedef enum rn_column_kind { RN_COL_PHYSICAL, RN_COL_METADATA, RN_COL_COMPUTED } rn_column_kind;
typedef struct rn_catalog_column {
  const char *name;
  const rn_type *type;       /* time attribute set on the rowtime / proctime column */
  rn_column_kind kind;
  const char *metadata_key;
  bool is_virtual;
  const rn_ast_expr *computed; /* AST, bound again at use */
  const char *computed_text;
  const char *comment;
} rn_catalog_column;

typedef enum rn_object_kind { RN_OBJECT_TABLE, RN_OBJECT_VIEW, RN_OBJECT_FUNCTION, RN_OBJECT_DATABASE, RN_OBJECT_CATALOG } rn_object_kind;

typedef struct rn_catalog_object {
  rn_object_kind kind;
  const char *catalog, *database; /* "" where the object is one itself */
  const char *own;             /* the last part of its path; of a function with "()" behind it */
  const char *name;            /* known by it everywhere, unique in the file: `own` in the default database, else
                                * `database.own` or `catalog.database.own`; a table of the file has it in SQLite too */
  bool temporary;
  bool external;               /* a SQLite table of the file that is not in _rn_catalog: bounded source */
  const char *sql;             /* canonical CREATE statement */
  rn_arena arena;              /* owns everything of the object */
  const rn_ast_statement *ast; /* parsed from sql */
  /* table */
  uint32_t column_count;
  rn_catalog_column *columns;  /* in declaration order */
  uint32_t key_count;
  uint32_t *keys;              /* indexes of columns */
  int rowtime;                 /* column of WATERMARK, -1 */
  const rn_ast_expr *watermark;
  const char *watermark_text;
  rn_options options;          /* unexpanded, sorted */
  const char *comment;         /* NULL: none */
  const char *constraint;      /* name of the PRIMARY KEY; NULL */
  uint32_t partition_count;    /* PARTITIONED BY: kept and shown */
  uint32_t *partitions;
  rn_ast_distribution distribution; /* DISTRIBUTED BY: kept and shown */
  const rn_format *value_format, *key_format; /* NULL: none */
  const rn_connector *connector; /* NULL: none given and none default, or unknown (error at use) */
  /* view */
  rn_schema view_schema;
  /* function: parameters, in the order of the call; the body is ast->body */
  uint32_t param_count;
  rn_field *params;
  const rn_type *returns;
} rn_catalog_object;

typedef struct rn_catalog rn_catalog;

typedef struct rn_catalog_hooks {
  /* Persist / remove; called before memory changes; a failure leaves the catalog as it was. NULL: memory only. */
  rn_status (*save)(void *ctx, const rn_catalog_object *object, rn_error *err);
  rn_status (*remove)(void *ctx, const rn_catalog_object *object, rn_error *err);
  /* Called when a name is not found: may add an external table (a SQLite table of the file). */
  rn_status (*lookup)(void *ctx, const char *name, rn_catalog *catalog, rn_error *err);
  void *ctx;
} rn_catalog_hooks;

/* What a save or remove is part of: hooks ask for it. All zero: a plain CREATE or DROP. */
typedef struct rn_catalog_change {
  const rn_catalog_object *old; /* ALTER, CREATE OR REPLACE: what was there; its rows go over .. */
  bool replaced;                /* .. except here: the table begins empty */
  bool renamed;                 /* old has another name */
  const char *column_from, *column_to; /* RENAME COLUMN */
} rn_catalog_change;

rn_catalog *rn_catalog_new(const rn_registry *registry, const rn_zone *zone);
void rn_catalog_free(rn_catalog *catalog);
void rn_catalog_set_hooks(rn_catalog *catalog, const rn_catalog_hooks *hooks);
const rn_registry *rn_catalog_registry(const rn_catalog *catalog);
void rn_catalog_set_zone(rn_catalog *catalog, const rn_zone *zone); /* SET 'table.local-time-zone' */

/* SOURCE_WATERMARK(): the connector says how far event time is. */
bool rn_is_source_watermark(const rn_ast_expr *expr);
/* CREATE TABLE / VIEW / FUNCTION / DATABASE / CATALOG: checks everything (types, options, connector, keys, watermark) and adds. If an
 * object of that name exists: IF NOT EXISTS -> RN_OK, *out the old one, *existed set; else E_EXISTS.
 * `loading`: from the store, hooks are not called. `default_connector` ("sqlite") applies without 'connector'. */
rn_status rn_catalog_create(rn_catalog *catalog, const rn_ast_statement *statement, bool loading,
                            rn_catalog_object **out, bool *existed, rn_diagnostics *diags);
/* Binds without adding: what `run` compares with the stored definition, and CTAS. */
rn_status rn_catalog_define(rn_catalog *catalog, const rn_ast_statement *statement,
                            rn_catalog_object **out /* caller frees with rn_catalog_object_free */,
                            rn_diagnostics *diags);
void rn_catalog_object_free(rn_catalog_object *object);
/* Adds an object made elsewhere (external tables); takes it. */
rn_status rn_catalog_add(rn_catalog *catalog, rn_catalog_object *object, rn_error *err);
/* Replaces the object of the same name (reopen options changed); saves it; takes it. */
rn_status rn_catalog_replace(rn_catalog *catalog, rn_catalog_object *object, rn_error *err);
rn_status rn_catalog_drop(rn_catalog *catalog, const rn_ast_statement *statement, rn_diagnostics *diags);
/* INSERT OVERWRITE t writes a table of this name beside t; api/rows.c puts its rows in the place of t's. */
#define RN_OVERWRITE_PREFIX "_rn_overwrite_"

const rn_catalog_change *rn_catalog_changing(const rn_catalog *catalog);

/* catalog_space.c: catalogs and databases. `Current` is what unqualified names are in. */
const char *rn_catalog_current(const rn_catalog *catalog, const char **database);
rn_status rn_catalog_use(rn_catalog *catalog, const rn_ast_path *path, bool is_catalog, rn_diagnostics *diags);
/* Makes `catalog_name`.`database` current without a check: to read a text that was written there. The names are not
 * copied: enter the old ones again before these go, or .. */
void rn_catalog_enter(rn_catalog *catalog, const char *catalog_name, const char *database);
void rn_catalog_stay(rn_catalog *catalog); /* .. copy them */
/* The space of a path (c, d or c.d); NULL and a diag when there is none. */
rn_catalog_object *rn_catalog_space(rn_catalog *catalog, const rn_ast_path *path, rn_object_kind kind, rn_diagnostics *diags);
/* What lies in a database or catalog: tables, views, functions; NULL past the end. */
rn_catalog_object *rn_catalog_content(rn_catalog *catalog, const rn_catalog_object *space, size_t index);
/* Objects of the kind (RN_OBJECT_CATALOG, _DATABASE, _FUNCTION) in name order; NULL past the end. */
rn_catalog_object *rn_catalog_other_at(rn_catalog *catalog, rn_object_kind kind, size_t index);

/* A hint for a name that no function of the catalog has. */
void rn_catalog_near_function(rn_catalog *catalog, const char *name, rn_builder *out);
/* catalog_function.c. NULL: not found, no diag. */
rn_catalog_object *rn_catalog_function(rn_catalog *catalog, const rn_ast_path *path);

/* ALTER of a table, view, database or catalog: makes the new canonical SQL and replaces the object. Refused when
 * something that uses it would not work any more. */
rn_status rn_catalog_alter(rn_catalog *catalog, const rn_ast_statement *statement, rn_diagnostics *diags);

/* NULL: not found (diag added with suggestion when diags is given). Temporary objects shadow. */
rn_catalog_object *rn_catalog_find(rn_catalog *catalog, const rn_ast_path *path, rn_diagnostics *diags);
/* The same for statements that want one kind: the message says its word and suggests its names. What is found may be of
 * the other kind: the caller says so. */
typedef enum rn_wanted_kind { RN_WANTED_EITHER, RN_WANTED_TABLE, RN_WANTED_VIEW } rn_wanted_kind;
rn_catalog_object *rn_catalog_find_as(rn_catalog *catalog, const rn_ast_path *path, rn_wanted_kind wanted, rn_diagnostics *diags);
rn_catalog_object *rn_catalog_find_name(rn_catalog *catalog, const char *name);
/* In name order; NULL past the end. */
rn_catalog_object *rn_catalog_at(rn_catalog *catalog, size_t index);

/* The table as connectors see it; options expanded; columns are physical and metadata ones, with
 * column_map[i] = catalog column of spec column i. `extra`: OPTIONS hint, NULL. In arena. */
rn_status rn_catalog_table_spec(const rn_catalog_object *object, const rn_registry *registry,
                                const rn_ast_hints *hints, rn_arena *arena, rn_table_spec **out,
                                uint32_t **column_map, rn_diagnostics *diags);

/* Do two canonical definitions mean the same? Otherwise *difference (arena) tells it in words, and
 * *reopen_only is true when only RN_OPTION_REOPEN options differ. */
bool rn_catalog_same(const rn_catalog_object *a, const rn_catalog_object *b, bool *reopen_only,
                     rn_arena *arena, const char **difference);

/* Text answers. SHOW CREATE masks secrets. */
void rn_catalog_show_create(const rn_catalog_object *object, rn_builder *out);

#endif
