/* What the files of the catalog share: catalog.c (the container, look-up, hooks), catalog_define.c (CREATE),
 * catalog_space.c (catalogs and databases), catalog_function.c, catalog_alter.c, catalog_like.c, catalog_view.c (views), catalog_text.c (canonical SQL, SHOW CREATE, comparison), catalog_spec.c (tables as
 * connectors see them). */
#ifndef RN_PLANNER_CATALOG_PARTS_H
#define RN_PLANNER_CATALOG_PARTS_H
#include "base/vec.h"
#include "planner/catalog.h"

struct rn_catalog {
  const rn_registry *registry;
  const rn_zone *zone;
  rn_catalog_hooks hooks;
  rn_catalog_change change;
  const char *current_catalog, *current_database; /* never NULL; owned by names */
  rn_arena names;
  bool no_lookup;        /* tables of the file that were not created here are not there for now */
  const rn_catalog_object *temporary_used; /* the last temporary object that a look-up gave; reset by who asks */
  RN_VEC(rn_catalog_object *) others; /* functions, databases, catalogs: by kind, then name */
  RN_VEC(rn_catalog_object *) objects; /* by name; a temporary one before the permanent one it shadows */
};

#define RN_DEFAULT_CONNECTOR "sqlite"

/* Splits a path after the current catalog and database; false: too long. */
typedef struct rn_catalog_place { const char *catalog, *database, *own; } rn_catalog_place;
bool rn_catalog_resolve(const rn_catalog *catalog, const rn_ast_path *path, rn_catalog_place *out);
/* Is there such a database? Otherwise a diag, when diags is given. */
bool rn_catalog_has_place(const rn_catalog *catalog, const rn_catalog_place *place, rn_span span, rn_diagnostics *diags);
/* Name (see rn_catalog_object) of what lies there. In arena. */
const char *rn_catalog_name_of(const rn_catalog_place *place, rn_arena *arena);
rn_catalog_object *rn_catalog_find_kind(const rn_catalog *catalog, const char *name, bool temporary);
const rn_catalog_object *rn_catalog_case_clash(const rn_catalog *catalog, const char *name);
void rn_catalog_insert(rn_catalog *catalog, rn_catalog_object *object);
void rn_catalog_take_out(rn_catalog *catalog, const rn_catalog_object *object);
rn_status rn_catalog_save(rn_catalog *catalog, const rn_catalog_object *object, rn_span span, rn_diagnostics *diags);
rn_status rn_catalog_forget(rn_catalog *catalog, const rn_catalog_object *object, rn_span span, rn_diagnostics *diags);
rn_status rn_catalog_define_any(rn_catalog *catalog, const rn_ast_statement *statement, bool loading,
                                rn_catalog_object **out, rn_diagnostics *diags);
const char *rn_catalog_kind_word(const rn_catalog_object *object);
/* catalog_alter.c: would everything but `except` still bind with the catalog as it is now? `name`, path: what was
 * changed, for the message. Views get their new schema. */
rn_status rn_catalog_check_users(rn_catalog *catalog, const rn_catalog_object *except, const char *name, const rn_ast_path *path,
                                 rn_diagnostics *diags);
/* catalog_space.c, catalog_function.c */
rn_catalog_object *rn_catalog_find_other(const rn_catalog *catalog, rn_object_kind kind, const char *name, bool temporary);
void rn_catalog_add_default_spaces(rn_catalog *catalog); /* default_catalog.default_database */
rn_status rn_catalog_changed_options(const rn_catalog_object *object, const rn_ast_statement *statement, rn_arena *arena,
                                     rn_ast_options *out, rn_diagnostics *diags);
rn_status rn_catalog_define_space(rn_catalog *catalog, const rn_ast_statement *statement, rn_catalog_object **out, rn_diagnostics *diags);
rn_status rn_catalog_drop_space(rn_catalog *catalog, const rn_ast_statement *statement, rn_diagnostics *diags);
rn_status rn_catalog_alter_space(rn_catalog *catalog, const rn_ast_statement *statement, rn_diagnostics *diags);
rn_status rn_catalog_define_function(rn_catalog *catalog, const rn_ast_statement *statement, bool loading,
                                     rn_catalog_object **out, rn_diagnostics *diags);
rn_status rn_catalog_drop_function(rn_catalog *catalog, const rn_ast_statement *statement, rn_diagnostics *diags);
/* With the spans of another text; catalog_define.c sees that and places errors of the expressions at `span`. */
rn_ast_watermark *rn_catalog_copy_watermarks(const rn_ast_table_def *def, rn_arena *arena, rn_span span);
/* catalog_like.c: CREATE TABLE .. LIKE as a statement with everything written out. */
rn_status rn_catalog_expand_like(rn_catalog *catalog, const rn_ast_statement *statement, rn_arena *arena,
                                 rn_ast_statement *out, rn_diagnostics *diags);
/* Back-ticked full path. */
void rn_catalog_path_text(const rn_catalog_object *object, rn_builder *out);

/* Path of a new object, checked: a database that is there, a name that can be stored. */
rn_status rn_catalog_new_path(const rn_catalog *catalog, const rn_ast_path *path, rn_arena *arena, rn_catalog_object *object, rn_diagnostics *diags);
rn_catalog_object *rn_catalog_object_new(void);
/* `loading`: from the store; no warnings, and what no longer fits is kept as it is. */
rn_status rn_catalog_define_table(rn_catalog *catalog, const rn_ast_statement *statement, bool loading,
                                  rn_catalog_object **out, rn_diagnostics *diags);
rn_status rn_catalog_define_view(rn_catalog *catalog, const rn_ast_statement *statement, rn_catalog_object **out,
                                 rn_diagnostics *diags);
/* Canonical CREATE text of the object; `mask`: secrets as ***. */
void rn_catalog_table_text(const rn_catalog_object *object, bool mask, rn_builder *out);
void rn_quote_name(const char *name, rn_builder *out);
void rn_quote_text(const char *text, rn_builder *out);
/* Sets object->sql and object->ast from the text. */
rn_status rn_catalog_set_text(rn_catalog_object *object, const char *sql, rn_diagnostics *diags);
/* rn_catalog_table_spec; without `expand` references such as ${env:X} stay as they are. */
rn_status rn_catalog_make_spec(const rn_catalog_object *object, const rn_registry *registry,
                               const rn_ast_hints *hints, bool expand,
                               rn_arena *arena, rn_table_spec **out, uint32_t **column_map, rn_diagnostics *diags);
/* Type in which the connector gives or takes a metadata column; the declared one where it has no say. */
const rn_type *rn_catalog_metadata_type(const rn_catalog_object *object, const rn_catalog_column *column, rn_arena *arena);

/* catalog_define.c: "did you mean ..", else the columns if they are few, else NULL; in the arena. */
const char *rn_catalog_column_hint(rn_arena *arena, const char *wanted, const char *const *names, uint32_t count);

#endif
