/* Catalog: the objects of an engine by name. See catalog.h. */
#include "planner/catalog_parts.h"

rn_catalog *rn_catalog_new(const rn_registry *registry, const rn_zone *zone) {
  rn_catalog *catalog = rn_calloc(1, sizeof *catalog);
  catalog->registry = registry;
  catalog->zone = zone;
  return catalog;
}

rn_catalog_object *rn_catalog_object_new(void) {
  rn_catalog_object *object = rn_calloc(1, sizeof *object);
  rn_arena_init(&object->arena);
  object->rowtime = -1;
  return object;
}

void rn_catalog_object_free(rn_catalog_object *object) {
  if (!object) return;
  rn_arena_free(&object->arena);
  rn_free(object);
}

void rn_catalog_free(rn_catalog *catalog) {
  if (!catalog) return;
  for (size_t i = 0; i < catalog->objects.len; i++) rn_catalog_object_free(catalog->objects.data[i]);
  RN_VEC_FREE(&catalog->objects);
  rn_free(catalog);
}

void rn_catalog_set_hooks(rn_catalog *catalog, const rn_catalog_hooks *hooks) { catalog->hooks = *hooks; }
void rn_catalog_set_zone(rn_catalog *catalog, const rn_zone *zone) { catalog->zone = zone; }
const rn_registry *rn_catalog_registry(const rn_catalog *catalog) { return catalog->registry; }

/* --- names ------------------------------------------------------------------------------------------- */
static bool starts_nocase(const char *text, const char *prefix) {
  size_t n = strlen(prefix);
  return strlen(text) >= n && rn_slice_eq_nocase(rn_slice_make(text, n), rn_slice_of(prefix));
}

/* a | d.a | c.d.a, where the two outer parts can only be the defaults. */
static bool known_path(const rn_ast_path *path, const char **bad) {
  const char *want[] = {RN_DEFAULT_CATALOG, RN_DEFAULT_DATABASE};
  for (uint32_t i = 0; i + 1 < path->count; i++) {
    const char *expected = want[2 - (path->count - 1) + i];
    if (strcmp(path->parts[i].text, expected) != 0) {
      *bad = path->parts[i].text;
      return false;
    }
  }
  return path->count <= 3;
}

rn_status rn_catalog_new_path(const rn_ast_path *path, rn_arena *arena, rn_catalog_object *object, rn_diagnostics *diags) {
  const char *bad = "", *name = path->parts[path->count - 1].text;
  if (!known_path(path, &bad))
    return rn_diag(diags, RN_E_CATALOG, path->span, "a file has one database: " RN_DEFAULT_CATALOG "." RN_DEFAULT_DATABASE,
                   "there is no database \"%s\"", bad);
  if (starts_nocase(name, "_rn_") || starts_nocase(name, "sqlite_"))
    return rn_diag(diags, RN_E_CATALOG, path->span, NULL, "names that begin with \"%s\" are reserved",
                   starts_nocase(name, "_rn_") ? "_rn_" : "sqlite_");
  if (!*name) return rn_diag(diags, RN_E_CATALOG, path->span, NULL, "a name needs at least one letter");
  if (strlen(name) > RN_IDENTIFIER_BYTES_MAX)
    return rn_diag(diags, RN_E_LIMIT, path->span, NULL, "names are at most %d bytes long", RN_IDENTIFIER_BYTES_MAX);
  object->catalog = RN_DEFAULT_CATALOG;
  object->database = RN_DEFAULT_DATABASE;
  object->name = rn_arena_strdup(arena, name);
  return RN_OK;
}

/* First index whose name is not less. */
static size_t lower_bound(const rn_catalog *catalog, const char *name) {
  size_t low = 0, high = catalog->objects.len;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (strcmp(catalog->objects.data[middle]->name, name) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

static rn_catalog_object *find_kind(const rn_catalog *catalog, const char *name, bool temporary) {
  for (size_t i = lower_bound(catalog, name); i < catalog->objects.len && !strcmp(catalog->objects.data[i]->name,
      name); i++)
    if (catalog->objects.data[i]->temporary == temporary) return catalog->objects.data[i];
  return NULL;
}

rn_catalog_object *rn_catalog_find_name(rn_catalog *catalog, const char *name) {
  rn_catalog_object *object = find_kind(catalog, name, true);
  if (!object) object = find_kind(catalog, name, false);
  if (!object && catalog->hooks.lookup && !starts_nocase(name, "_rn_") && !starts_nocase(name, "sqlite_")) {
    rn_error err;
    rn_error_clear(&err);
    if (catalog->hooks.lookup(catalog->hooks.ctx, name, catalog, &err) == RN_OK) object = find_kind(catalog, name, false);
  }
  return object;
}

static void not_found(rn_catalog *catalog, const rn_ast_path *path, rn_diagnostics *diags) {
  const char *name = path->parts[path->count - 1].text;
  const char **names = rn_malloc(sizeof *names * (catalog->objects.len + 1));
  rn_builder hint = {0};
  for (size_t i = 0; i < catalog->objects.len; i++) names[i] = catalog->objects.data[i]->name;
  const char *near = rn_text_nearest(rn_slice_of(name), names, catalog->objects.len);
  if (near) rn_builder_printf(&hint, "did you mean \"%s\"?", near);
  else if (catalog->objects.len && catalog->objects.len <= 10) {
    rn_builder_text(&hint, "there are: ");
    for (size_t i = 0; i < catalog->objects.len; i++) rn_builder_printf(&hint, "%s%s", i ? ", " : "", names[i]);
  } else if (!catalog->objects.len) {
    rn_builder_text(&hint, "there are no tables yet: CREATE TABLE makes one");
  }
  rn_diag(diags, RN_E_TABLE_NOT_FOUND, path->span, hint.data, "table \"%s\" not found", name);
  rn_builder_free(&hint);
  rn_free(names);
}

rn_catalog_object *rn_catalog_find(rn_catalog *catalog, const rn_ast_path *path, rn_diagnostics *diags) {
  const char *bad = "";
  if (!known_path(path, &bad)) {
    if (diags) rn_diag(diags, RN_E_TABLE_NOT_FOUND, path->span, NULL, "there is no database \"%s\"", bad);
    return NULL;
  }
  rn_catalog_object *object = rn_catalog_find_name(catalog, path->parts[path->count - 1].text);
  if (!object && diags) not_found(catalog, path, diags);
  return object;
}

rn_catalog_object *rn_catalog_at(rn_catalog *catalog, size_t index) {
  for (size_t i = 0; i < catalog->objects.len; i++) {
    if (i && !strcmp(catalog->objects.data[i]->name, catalog->objects.data[i - 1]->name)) continue; /* shadowed */
    if (index-- == 0) return catalog->objects.data[i];
  }
  return NULL;
}

/* --- changes ------------------------------------------------------------------------------------------- */
static void insert_object(rn_catalog *catalog, rn_catalog_object *object) {
  size_t at = lower_bound(catalog, object->name);
  if (!object->temporary)
    while (at < catalog->objects.len && !strcmp(catalog->objects.data[at]->name, object->name)) at++;
  RN_VEC_PUSH(&catalog->objects, object);
  rn_catalog_object **d = catalog->objects.data;
  memmove(d + at + 1, d + at, (catalog->objects.len - 1 - at) * sizeof *d);
  d[at] = object;
}

static void remove_object(rn_catalog *catalog, const rn_catalog_object *object) {
  for (size_t i = 0; i < catalog->objects.len; i++) {
    if (catalog->objects.data[i] != object) continue;
    memmove(catalog->objects.data + i, catalog->objects.data + i + 1,
            (catalog->objects.len - i - 1) * sizeof *catalog->objects.data);
    catalog->objects.len--;
    return;
  }
}

static rn_status save(rn_catalog *catalog, const rn_catalog_object *object, rn_span span, rn_diagnostics *diags) {
  if (object->temporary || !catalog->hooks.save) return RN_OK;
  rn_error err;
  rn_error_clear(&err);
  if (catalog->hooks.save(catalog->hooks.ctx, object, &err) == RN_OK) return RN_OK;
  if (!err.has_span) {
    err.span = span;
    err.has_span = true;
  }
  rn_diagnostics_add(diags, &err);
  return RN_FAIL;
}

static rn_status forget(rn_catalog *catalog, const rn_catalog_object *object, rn_span span, rn_diagnostics *diags) {
  if (object->temporary || object->external || !catalog->hooks.remove) return RN_OK;
  rn_error err;
  rn_error_clear(&err);
  if (catalog->hooks.remove(catalog->hooks.ctx, object, &err) == RN_OK) return RN_OK;
  if (!err.has_span) {
    err.span = span;
    err.has_span = true;
  }
  rn_diagnostics_add(diags, &err);
  return RN_FAIL;
}

/* SQLite's names ignore case, ours do not: two that differ in case only would be one table of the file. */
static const rn_catalog_object *case_clash(const rn_catalog *catalog, const char *name) {
  for (size_t i = 0; i < catalog->objects.len; i++)
    if (rn_text_eq_nocase(catalog->objects.data[i]->name, name) && strcmp(catalog->objects.data[i]->name,
        name) != 0) return catalog->objects.data[i];
  return NULL;
}

rn_status rn_catalog_add(rn_catalog *catalog, rn_catalog_object *object, rn_error *err) {
  if (find_kind(catalog, object->name, object->temporary)) {
    rn_status status = rn_fail(err, RN_E_EXISTS, "\"%s\" already exists", object->name);
    rn_catalog_object_free(object);
    return status;
  }
  insert_object(catalog, object);
  return RN_OK;
}

rn_status rn_catalog_replace(rn_catalog *catalog, rn_catalog_object *object, rn_error *err) {
  rn_catalog_object *old = find_kind(catalog, object->name, object->temporary);
  if (!object->temporary && catalog->hooks.save && catalog->hooks.save(catalog->hooks.ctx, object, err) != RN_OK) {
    rn_catalog_object_free(object);
    return RN_FAIL;
  }
  if (old) {
    remove_object(catalog, old);
    rn_catalog_object_free(old);
  }
  insert_object(catalog, object);
  return RN_OK;
}

static rn_status define(rn_catalog *catalog, const rn_ast_statement *statement, bool loading,
                        rn_catalog_object **out, rn_diagnostics *diags) {
  if (statement->kind == RN_AST_STMT_CREATE_VIEW) return rn_catalog_define_view(catalog, statement, out, diags);
  return rn_catalog_define_table(catalog, statement, loading, out, diags);
}

rn_status rn_catalog_define(rn_catalog *catalog, const rn_ast_statement *statement, rn_catalog_object **out,
                            rn_diagnostics *diags) {
  return define(catalog, statement, false, out, diags);
}

static const char *kind_word(const rn_catalog_object *object) { return object->kind == RN_OBJECT_VIEW ? "view" : "table"; }

rn_status rn_catalog_create(rn_catalog *catalog, const rn_ast_statement *statement, bool loading, rn_catalog_object **out,
                            bool *existed, rn_diagnostics *diags) {
  const char *name = statement->path.parts[statement->path.count - 1].text;
  *existed = false;
  *out = NULL;
  (void)rn_catalog_find_name(catalog, name); /* brings in a table of the file, if there is one */
  rn_catalog_object *old = find_kind(catalog, name, statement->temporary);
  if (old && !old->external) {
    *existed = true;
    *out = old;
    if (statement->if_not_exists) return RN_OK;
    return rn_diag(diags, RN_E_EXISTS, statement->path.span, "IF NOT EXISTS skips it; DROP removes it",
                   "%s \"%s\" already exists", kind_word(old), name);
  }
  const rn_catalog_object *clash = loading ? NULL : case_clash(catalog, name);
  if (clash)
    return rn_diag(diags, RN_E_CATALOG, statement->path.span, "SQLite ignores case in names",
                   "\"%s\" differs from %s \"%s\" in case only", name,
                   kind_word(clash), clash->name);
  rn_catalog_object *object = NULL;
  if (define(catalog, statement, loading, &object, diags) != RN_OK) return RN_FAIL;
  if (!loading && save(catalog, object, statement->path.span, diags) != RN_OK) {
    rn_catalog_object_free(object);
    return RN_FAIL;
  }
  if (old) { /* adopted */
    remove_object(catalog, old);
    rn_catalog_object_free(old);
  }
  insert_object(catalog, object);
  *out = object;
  return RN_OK;
}

rn_status rn_catalog_drop(rn_catalog *catalog, const rn_ast_statement *statement, rn_diagnostics *diags) {
  const rn_ast_path *path = &statement->path;
  const char *bad = "", *name = path->parts[path->count - 1].text;
  rn_catalog_object *object = known_path(path, &bad) ? rn_catalog_find_name(catalog, name) : NULL;
  if (!object && statement->if_exists) return RN_OK;
  if (!object) return (void)rn_catalog_find(catalog, path, diags), RN_FAIL;
  if (object->temporary && !statement->temporary)
    return rn_diag(diags, RN_E_CATALOG, path->span, "write DROP TEMPORARY", "\"%s\" is temporary", name);
  if (!object->temporary && statement->temporary) {
    if (statement->if_exists) return RN_OK;
    return rn_diag(diags, RN_E_TABLE_NOT_FOUND, path->span, NULL, "there is no temporary %s \"%s\"",
                   statement->drop_view ? "view" : "table", name);
  }
  if ((object->kind == RN_OBJECT_VIEW) != statement->drop_view)
    return rn_diag(diags, RN_E_CATALOG, path->span,
                   object->kind == RN_OBJECT_VIEW ? "write DROP VIEW" : "write DROP TABLE", "\"%s\" is a %s", name,
                   kind_word(object));
  if (object->external)
    return rn_diag(diags, RN_E_CATALOG, path->span, NULL,
                   "\"%s\" is a table of the file that was not created here: drop it with SQLite", name);
  if (forget(catalog, object, path->span, diags) != RN_OK) return RN_FAIL;
  remove_object(catalog, object);
  rn_catalog_object_free(object);
  return RN_OK;
}

/* --- ALTER ------------------------------------------------------------------------------------------------ */
static int find_option(const rn_ast_option *items, uint32_t count, const char *key) {
  for (uint32_t i = 0; i < count; i++)
    if (!strcmp(items[i].key, key)) return (int)i;
  return -1;
}

static rn_status changed_options(const rn_catalog_object *object, const rn_ast_statement *statement, rn_arena *arena,
                                 rn_ast_options *out, rn_diagnostics *diags) {
  uint32_t room = (uint32_t)object->options.count + statement->options.count;
  out->items = RN_NEW_N(arena, rn_ast_option, room + 1);
  for (size_t i = 0; i < object->options.count; i++) {
    const rn_option_value *o = &object->options.items[i];
    bool reset = statement->alter == RN_ALTER_RESET && find_option(statement->options.items,
                                                                   statement->options.count, o->key) >= 0;
    if (!reset) out->items[out->count++] = (rn_ast_option){o->key, o->value, {0, 0}, {0, 0}};
  }
  for (uint32_t i = 0; i < statement->options.count; i++) {
    const rn_ast_option *o = &statement->options.items[i];
    if (!strcmp(o->key, "connector") && statement->alter == RN_ALTER_RESET)
      return rn_diag(diags, RN_E_OPTION_VALUE, o->key_span, NULL, "option 'connector' cannot be reset");
    if (statement->alter != RN_ALTER_SET) continue;
    int at = find_option(out->items, out->count, o->key);
    out->items[at >= 0 ? (uint32_t)at : out->count++] = *o;
  }
  return RN_OK;
}

rn_status rn_catalog_alter(rn_catalog *catalog, const rn_ast_statement *statement, rn_diagnostics *diags) {
  rn_catalog_object *old = rn_catalog_find(catalog, &statement->path, statement->if_exists ? NULL : diags);
  if (!old) return statement->if_exists ? RN_OK : RN_FAIL;
  if (old->kind != RN_OBJECT_TABLE)
    return rn_diag(diags, RN_E_CATALOG, statement->path.span, "DROP it and create it again", "\"%s\" is a view", old->name);
  if (old->external)
    return rn_diag(diags, RN_E_CATALOG, statement->path.span, NULL,
                   "\"%s\" is a table of the file that was not created here", old->name);
  rn_arena arena;
  rn_arena_init(&arena);
  rn_ast_statement changed = *old->ast;
  rn_ast_table_def table = *old->ast->table;
  rn_ast_name name = statement->new_name;
  changed.table = &table;
  rn_catalog_object *object = NULL;
  rn_status status = RN_OK;
  if (statement->alter == RN_ALTER_RENAME) {
    changed.path = (rn_ast_path){1, &name, statement->new_name.span};
    const rn_catalog_object *clash = case_clash(catalog, statement->new_name.text);
    if (find_kind(catalog, statement->new_name.text, old->temporary))
      status = rn_diag(diags, RN_E_EXISTS, statement->new_name.span, NULL, "\"%s\" already exists",
                       statement->new_name.text);
    else if (clash && clash != old)
      status = rn_diag(diags, RN_E_CATALOG, statement->new_name.span, NULL,
                       "\"%s\" differs from \"%s\" in case only", statement->new_name.text, clash->name);
  } else {
    if (statement->alter == RN_ALTER_RESET && !statement->options.count)
      status = rn_diag(diags, RN_E_OPTION_VALUE, statement->span, NULL, "RESET needs at least one option");
    table.options = (rn_ast_options){0};
    table.has_options = true;
    if (status == RN_OK) status = changed_options(old, statement, &arena, &table.options, diags);
  }
  if (status == RN_OK) status = rn_catalog_define_table(catalog, &changed, false, &object, diags);
  if (status == RN_OK) status = save(catalog, object, statement->path.span, diags);
  if (status == RN_OK && statement->alter == RN_ALTER_RENAME) status = forget(catalog, old, statement->path.span, diags);
  if (status == RN_OK) {
    remove_object(catalog, old);
    rn_catalog_object_free(old);
    insert_object(catalog, object);
  } else {
    rn_catalog_object_free(object);
  }
  rn_arena_free(&arena);
  return status;
}
