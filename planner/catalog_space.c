/* Catalogs and databases: spaces of names in the one file. A table of default_catalog.default_database has its own
 * name; any other is called database.name or catalog.database.name, in SQLite too, so that spaces never meet. */
#include "planner/catalog_parts.h"

#define CATALOG_TYPE "generic_in_memory" /* Flink's catalog without a server; ours lasts as long as the file */

/* --- look-up --------------------------------------------------------------------------------------------- */
rn_catalog_object *rn_catalog_find_other(const rn_catalog *catalog, rn_object_kind kind, const char *name, bool temporary) {
  for (size_t i = 0; i < catalog->others.len; i++) {
    rn_catalog_object *o = catalog->others.data[i];
    if (o->kind == kind && o->temporary == temporary && !strcmp(o->name, name)) return o;
  }
  return NULL;
}

rn_catalog_object *rn_catalog_other_at(rn_catalog *catalog, rn_object_kind kind, size_t index) {
  for (size_t i = 0; i < catalog->others.len; i++)
    if (catalog->others.data[i]->kind == kind && index-- == 0) return catalog->others.data[i];
  return NULL;
}

static rn_catalog_object *find_database(const rn_catalog *catalog, const char *outer, const char *database) {
  for (size_t i = 0; i < catalog->others.len; i++) {
    rn_catalog_object *o = catalog->others.data[i];
    if (o->kind == RN_OBJECT_DATABASE && !strcmp(o->catalog, outer) && !strcmp(o->own, database)) return o;
  }
  return NULL;
}

/* "did you mean .." or the list of all. */
static const char *near_space(const rn_catalog *catalog, rn_object_kind kind, const char *wanted, rn_arena *arena) {
  const char **names = RN_NEW_N(arena, const char *, catalog->others.len + 1);
  size_t count = 0;
  rn_builder list = {0};
  for (size_t i = 0; i < catalog->others.len; i++) {
    const rn_catalog_object *o = catalog->others.data[i];
    if (o->kind != kind) continue;
    names[count++] = o->own;
    rn_builder_printf(&list, "%s%s", list.len ? ", " : "there are: ", o->name);
  }
  const char *near = rn_text_nearest(rn_slice_of(wanted), names, count);
  const char *hint = near ? rn_arena_printf(arena, "did you mean \"%s\"?", near) : rn_arena_strdup(arena, list.data ? list.data : "");
  rn_builder_free(&list);
  return hint;
}

static void no_space(const rn_catalog *catalog, rn_object_kind kind, const char *name, rn_span span, rn_diagnostics *diags) {
  rn_arena scratch;
  rn_arena_init(&scratch);
  (void)rn_diag(diags, RN_E_TABLE_NOT_FOUND, span, near_space(catalog, kind, name, &scratch), "there is no %s \"%s\"",
                kind == RN_OBJECT_CATALOG ? "catalog" : "database", name);
  rn_arena_free(&scratch);
}

bool rn_catalog_has_place(const rn_catalog *catalog, const rn_catalog_place *place, rn_span span, rn_diagnostics *diags) {
  if (find_database(catalog, place->catalog, place->database)) return true;
  bool known = rn_catalog_find_other(catalog, RN_OBJECT_CATALOG, place->catalog, false) != NULL;
  if (diags) no_space(catalog, known ? RN_OBJECT_DATABASE : RN_OBJECT_CATALOG, known ? place->database : place->catalog, span, diags);
  return false;
}

rn_catalog_object *rn_catalog_space(rn_catalog *catalog, const rn_ast_path *path, rn_object_kind kind, rn_diagnostics *diags) {
  const char *own = path->parts[path->count - 1].text;
  const char *outer = path->count > 1 ? path->parts[path->count - 2].text : catalog->current_catalog;
  rn_catalog_object *found = NULL;
  if (kind == RN_OBJECT_CATALOG && path->count == 1) found = rn_catalog_find_other(catalog, kind, own, false);
  if (kind == RN_OBJECT_DATABASE && path->count <= 2) found = find_database(catalog, outer, own);
  if (!found && diags) no_space(catalog, kind, own, path->span, diags);
  return found;
}

/* --- current ------------------------------------------------------------------------------------------------- */
const char *rn_catalog_current(const rn_catalog *catalog, const char **database) {
  if (database) *database = catalog->current_database;
  return catalog->current_catalog;
}

void rn_catalog_enter(rn_catalog *catalog, const char *catalog_name, const char *database) {
  catalog->current_catalog = catalog_name;
  catalog->current_database = database;
}

void rn_catalog_stay(rn_catalog *catalog) {
  catalog->current_catalog = rn_arena_strdup(&catalog->names, catalog->current_catalog);
  catalog->current_database = rn_arena_strdup(&catalog->names, catalog->current_database);
}

/* The database that USE CATALOG goes to. */
static const char *first_database(const rn_catalog_object *space) {
  const char *given = rn_option_text(&space->options, "default-database");
  return !strcmp(space->own, RN_DEFAULT_CATALOG) ? RN_DEFAULT_DATABASE : given ? given : "default";
}

rn_status rn_catalog_use(rn_catalog *catalog, const rn_ast_path *path, bool is_catalog, rn_diagnostics *diags) {
  rn_catalog_object *space = rn_catalog_space(catalog, path, is_catalog ? RN_OBJECT_CATALOG : RN_OBJECT_DATABASE, diags);
  if (!space) return RN_FAIL;
  rn_catalog_enter(catalog, is_catalog ? space->own : space->catalog, is_catalog ? first_database(space) : space->own);
  rn_catalog_stay(catalog);
  return RN_OK;
}

/* --- CREATE ---------------------------------------------------------------------------------------------------- */
static void space_text(const rn_catalog_object *space, rn_builder *out) {
  rn_builder_printf(out, "CREATE %s ", space->kind == RN_OBJECT_CATALOG ? "CATALOG" : "DATABASE");
  if (space->kind == RN_OBJECT_DATABASE) {
    rn_quote_name(space->catalog, out);
    rn_builder_char(out, '.');
  }
  rn_quote_name(space->own, out);
  if (space->comment) {
    rn_builder_text(out, " COMMENT ");
    rn_quote_text(space->comment, out);
  }
  for (size_t i = 0; i < space->options.count; i++) {
    rn_builder_text(out, i ? ",\n  " : " WITH (\n  ");
    rn_quote_text(space->options.items[i].key, out);
    rn_builder_text(out, " = ");
    rn_quote_text(space->options.items[i].value, out);
  }
  if (space->options.count) rn_builder_text(out, "\n)");
}

static void keep_options(rn_catalog_object *space, const rn_ast_options *given, rn_diagnostics *diags) {
  rn_option_value *items = RN_NEW_N(&space->arena, rn_option_value, given->count + 1);
  size_t count = 0;
  for (uint32_t i = 0; i < given->count; i++) { /* in the order of their keys */
    const rn_ast_option *o = &given->items[i];
    size_t at = count++;
    for (; at > 0 && strcmp(items[at - 1].key, o->key) > 0; at--) items[at] = items[at - 1];
    if (at > 0 && !strcmp(items[at - 1].key, o->key))
      rn_diag(diags, RN_E_DUPLICATE_NAME, o->key_span, NULL, "option '%s' is given twice", o->key);
    items[at] = (rn_option_value){rn_arena_strdup(&space->arena, o->key), rn_arena_strdup(&space->arena, o->value ? o->value : ""),
                                  o->key_span, o->value_span};
  }
  space->options = (rn_options){count, items};
}

static rn_status check_catalog(const rn_catalog_object *space, rn_span span, rn_diagnostics *diags) {
  for (size_t i = 0; i < space->options.count; i++) {
    const rn_option_value *o = &space->options.items[i];
    if (!strcmp(o->key, "type")) {
      if (strcmp(o->value, CATALOG_TYPE) != 0)
        return rn_diag(diags, RN_E_CONNECTOR, o->value_span.end ? o->value_span : span,
                       "the type is '" CATALOG_TYPE "': a space of names in this file",
                       "there is no catalog type '%s': runnel asks no other system for tables", o->value);
    } else if (strcmp(o->key, "default-database") != 0) {
      return rn_diag(diags, RN_E_OPTION_UNKNOWN, o->key_span.end ? o->key_span : span, "options: 'type', 'default-database'",
                     "a catalog has no option '%s'", o->key);
    }
  }
  return RN_OK;
}

static rn_catalog_object *new_space(rn_object_kind kind, const char *outer, const char *own) {
  rn_catalog_object *space = rn_catalog_object_new();
  space->kind = kind;
  space->own = rn_arena_strdup(&space->arena, own);
  space->catalog = rn_arena_strdup(&space->arena, kind == RN_OBJECT_CATALOG ? own : outer);
  space->database = kind == RN_OBJECT_CATALOG ? "" : space->own;
  space->name = kind == RN_OBJECT_CATALOG ? space->own : rn_arena_printf(&space->arena, "%s.%s", outer, own);
  return space;
}

/* A database that comes with its catalog: no row of its own in the file. */
static void add_implied(rn_catalog *catalog, const char *outer, const char *own) {
  if (find_database(catalog, outer, own)) return;
  rn_catalog_object *database = new_space(RN_OBJECT_DATABASE, outer, own);
  rn_diagnostics *diags = rn_calloc(1, sizeof *diags);
  rn_builder text = {0};
  space_text(database, &text);
  (void)rn_catalog_set_text(database, text.data, diags); /* a text of our own: it parses */
  rn_builder_free(&text);
  rn_free(diags);
  rn_catalog_insert(catalog, database);
}

void rn_catalog_add_default_spaces(rn_catalog *catalog) {
  rn_catalog_insert(catalog, new_space(RN_OBJECT_CATALOG, RN_DEFAULT_CATALOG, RN_DEFAULT_CATALOG));
  add_implied(catalog, RN_DEFAULT_CATALOG, RN_DEFAULT_DATABASE);
}

rn_status rn_catalog_define_space(rn_catalog *catalog, const rn_ast_statement *statement, rn_catalog_object **out, rn_diagnostics *diags) {
  const rn_ast_path *path = &statement->path;
  rn_object_kind kind = statement->object == RN_AST_OBJECT_CATALOG ? RN_OBJECT_CATALOG : RN_OBJECT_DATABASE;
  const char *own = path->parts[path->count - 1].text;
  const char *outer = path->count > 1 ? path->parts[path->count - 2].text : catalog->current_catalog;
  *out = NULL;
  if (path->count > (kind == RN_OBJECT_CATALOG ? 1u : 2u))
    return rn_diag(diags, RN_E_CATALOG, path->span, NULL, kind == RN_OBJECT_CATALOG ? "a catalog's name has one part" : "a database's path is catalog.database");
  if (kind == RN_OBJECT_DATABASE && !rn_catalog_find_other(catalog, RN_OBJECT_CATALOG, outer, false)) {
    no_space(catalog, RN_OBJECT_CATALOG, outer, path->span, diags);
    return RN_FAIL;
  }
  if (!*own || strpbrk(own, ".*")) /* a dot would make two names of tables one, a star end the comment in a job's text */
    return rn_diag(diags, RN_E_CATALOG, path->span, NULL, "the name of a %s needs letters and has no dot or star", kind == RN_OBJECT_CATALOG ? "catalog" : "database");
  if (strlen(own) > RN_IDENTIFIER_BYTES_MAX)
    return rn_diag(diags, RN_E_LIMIT, path->span, NULL, "names are at most %d bytes long", RN_IDENTIFIER_BYTES_MAX);
  for (size_t i = 0; i < catalog->others.len; i++) {
    const rn_catalog_object *o = catalog->others.data[i];
    if (o->kind == kind && rn_text_eq_nocase(o->own, own) && strcmp(o->own, own) != 0 && (kind == RN_OBJECT_CATALOG || !strcmp(o->catalog, outer)))
      return rn_diag(diags, RN_E_CATALOG, path->span, "SQLite ignores case in names", "\"%s\" differs from \"%s\" in case only", own, o->own);
  }
  rn_catalog_object *space = new_space(kind, outer, own);
  size_t errors = diags->error_count;
  space->comment = statement->comment ? rn_arena_strdup(&space->arena, statement->comment) : NULL;
  keep_options(space, &statement->options, diags);
  rn_builder text = {0};
  space_text(space, &text);
  rn_status status = diags->error_count == errors ? RN_OK : RN_FAIL;
  if (status == RN_OK && kind == RN_OBJECT_CATALOG) status = check_catalog(space, path->span, diags);
  if (status == RN_OK) status = rn_catalog_set_text(space, text.data, diags);
  rn_builder_free(&text);
  if (status != RN_OK) {
    rn_catalog_object_free(space);
    return RN_FAIL;
  }
  if (kind == RN_OBJECT_CATALOG) add_implied(catalog, own, first_database(space));
  *out = space;
  return RN_OK;
}

/* --- DROP, ALTER -------------------------------------------------------------------------------------------------- */
static bool lies_in(const rn_catalog_object *object, const rn_catalog_object *space) {
  if (strcmp(object->catalog, space->kind == RN_OBJECT_CATALOG ? space->own : space->catalog) != 0) return false;
  return space->kind == RN_OBJECT_CATALOG || !strcmp(object->database, space->own);
}

rn_catalog_object *rn_catalog_content(rn_catalog *catalog, const rn_catalog_object *space, size_t index) {
  for (size_t i = 0; i < catalog->objects.len; i++)
    if (!catalog->objects.data[i]->external && lies_in(catalog->objects.data[i], space) && index-- == 0) return catalog->objects.data[i];
  for (size_t i = 0; i < catalog->others.len; i++)
    if (catalog->others.data[i]->kind == RN_OBJECT_FUNCTION && lies_in(catalog->others.data[i], space) && index-- == 0) return catalog->others.data[i];
  return NULL;
}

static rn_status not_empty(rn_catalog *catalog, const rn_catalog_object *space, const rn_ast_path *path, rn_diagnostics *diags) {
  rn_builder list = {0};
  const rn_catalog_object *o;
  for (size_t i = 0; i < 10 && (o = rn_catalog_content(catalog, space, i)); i++) rn_builder_printf(&list, "%s%s", i ? ", " : "it has ", o->name);
  rn_status status = rn_diag(diags, RN_E_IN_USE, path->span, list.data,
                             space->kind == RN_OBJECT_CATALOG ? "catalog \"%s\" is not empty: DROP DATABASE .. CASCADE empties it"
                                                              : "database \"%s\" is not empty: DROP DATABASE .. CASCADE drops what is in it",
                             space->own);
  rn_builder_free(&list);
  return status;
}

/* All of it at once: what is outside must not need any of it, and nothing is lost when it does. */
static rn_status drop_content(rn_catalog *catalog, const rn_catalog_object *space, const rn_ast_path *path, rn_diagnostics *diags) {
  RN_VEC(rn_catalog_object *) taken = {0};
  rn_catalog_object *o;
  while ((o = rn_catalog_content(catalog, space, 0))) {
    rn_catalog_take_out(catalog, o);
    RN_VEC_PUSH(&taken, o);
  }
  rn_status status = rn_catalog_check_users(catalog, NULL, space->own, path, diags);
  for (size_t i = 0; i < taken.len; i++) {
    if (status == RN_OK) status = rn_catalog_forget(catalog, taken.data[i], path->span, diags);
    if (status == RN_OK) rn_catalog_object_free(taken.data[i]);
    else rn_catalog_insert(catalog, taken.data[i]);
  }
  RN_VEC_FREE(&taken);
  return status;
}

rn_status rn_catalog_drop_space(rn_catalog *catalog, const rn_ast_statement *statement, rn_diagnostics *diags) {
  const rn_ast_path *path = &statement->path;
  bool is_catalog = statement->object == RN_AST_OBJECT_CATALOG;
  rn_catalog_object *space = rn_catalog_space(catalog, path, is_catalog ? RN_OBJECT_CATALOG : RN_OBJECT_DATABASE, statement->if_exists ? NULL : diags);
  if (!space) return statement->if_exists ? RN_OK : RN_FAIL;
  if (!strcmp(space->own, is_catalog ? RN_DEFAULT_CATALOG : RN_DEFAULT_DATABASE) && !strcmp(space->catalog, RN_DEFAULT_CATALOG))
    return rn_diag(diags, RN_E_IN_USE, path->span, NULL, "\"%s\" cannot be dropped: it is what the file begins with", space->own);
  if (!strcmp(space->catalog, catalog->current_catalog) && (is_catalog || !strcmp(space->own, catalog->current_database)))
    return rn_diag(diags, RN_E_IN_USE, path->span, is_catalog ? "USE CATALOG " RN_DEFAULT_CATALOG " first" : "USE another database first",
                   "%s \"%s\" is the current one", is_catalog ? "catalog" : "database", space->own);
  if (rn_catalog_content(catalog, space, 0)) {
    if (!statement->cascade) return not_empty(catalog, space, path, diags);
    if (drop_content(catalog, space, path, diags) != RN_OK) return RN_FAIL;
  }
  if (rn_catalog_forget(catalog, space, path->span, diags) != RN_OK) return RN_FAIL;
  for (size_t i = 0; is_catalog && i < catalog->others.len;) { /* its databases, which are empty */
    rn_catalog_object *o = catalog->others.data[i];
    if (o->kind != RN_OBJECT_DATABASE || strcmp(o->catalog, space->own) != 0) {
      i++;
      continue;
    }
    if (rn_catalog_forget(catalog, o, path->span, diags) != RN_OK) return RN_FAIL;
    rn_catalog_take_out(catalog, o);
    rn_catalog_object_free(o);
  }
  rn_catalog_take_out(catalog, space);
  rn_catalog_object_free(space);
  return RN_OK;
}

rn_status rn_catalog_alter_space(rn_catalog *catalog, const rn_ast_statement *statement, rn_diagnostics *diags) {
  bool is_catalog = statement->object == RN_AST_OBJECT_CATALOG;
  rn_catalog_object *old = rn_catalog_space(catalog, &statement->path, is_catalog ? RN_OBJECT_CATALOG : RN_OBJECT_DATABASE, diags);
  if (!old) return RN_FAIL;
  rn_arena arena;
  rn_arena_init(&arena);
  rn_ast_statement changed = {.kind = RN_AST_STMT_CREATE, .object = statement->object, .path = statement->path, .comment = old->comment};
  rn_ast_name parts[2] = {{.text = old->catalog, .span = statement->path.span}, {.text = old->own, .span = statement->path.span}};
  if (!is_catalog) changed.path = (rn_ast_path){2, parts, statement->path.span};
  if (statement->alter == RN_ALTER_COMMENT) changed.comment = statement->comment;
  rn_status status = rn_catalog_changed_options(old, statement, &arena, &changed.options, diags);
  rn_catalog_object *made = NULL;
  if (status == RN_OK) {
    rn_catalog_take_out(catalog, old);
    status = rn_catalog_define_space(catalog, &changed, &made, diags);
    if (status == RN_OK) status = rn_catalog_save(catalog, made, statement->path.span, diags);
    rn_catalog_insert(catalog, status == RN_OK ? made : old);
    rn_catalog_object_free(status == RN_OK ? old : made);
  }
  rn_arena_free(&arena);
  return status;
}
