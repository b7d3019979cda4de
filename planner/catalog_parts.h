/* What the files of the catalog share: catalog.c (the container, look-up, hooks), catalog_define.c (CREATE),
 * catalog_view.c (views), catalog_text.c (canonical SQL, SHOW CREATE, comparison), catalog_spec.c (tables as
 * connectors see them). */
#ifndef RN_PLANNER_CATALOG_PARTS_H
#define RN_PLANNER_CATALOG_PARTS_H
#include "base/vec.h"
#include "planner/catalog.h"

struct rn_catalog {
  const rn_registry *registry;
  const rn_zone *zone;
  rn_catalog_hooks hooks;
  RN_VEC(rn_catalog_object *) objects; /* by name; a temporary one before the permanent one it shadows */
};

#define RN_DEFAULT_CONNECTOR "sqlite"

/* Path of a new object, checked: one of the two defaults, a name that can be stored. */
rn_status rn_catalog_new_path(const rn_ast_path *path, rn_arena *arena, rn_catalog_object *object, rn_diagnostics *diags);
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

#endif
