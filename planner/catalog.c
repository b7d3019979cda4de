/* Catalog: the objects of an engine by name. See catalog.h. */
#include "planner/catalog_parts.h"

rn_catalog *rn_catalog_new(const rn_registry *registry, const rn_zone *zone) {
  rn_catalog *catalog = rn_calloc(1, sizeof *catalog);
  catalog->registry = registry;
  catalog->zone = zone;
  rn_arena_init(&catalog->names);
  catalog->current_catalog = RN_DEFAULT_CATALOG;
  catalog->current_database = RN_DEFAULT_DATABASE;
  rn_catalog_add_default_spaces(catalog);
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
  for (size_t i = 0; i < catalog->others.len; i++) rn_catalog_object_free(catalog->others.data[i]);
  RN_VEC_FREE(&catalog->objects);
  RN_VEC_FREE(&catalog->others);
  rn_arena_free(&catalog->names);
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

bool rn_catalog_resolve(const rn_catalog *catalog, const rn_ast_path *path, rn_catalog_place *out) {
  *out = (rn_catalog_place){catalog->current_catalog, catalog->current_database, path->parts[path->count - 1].text};
  if (path->count >= 2) out->database = path->parts[path->count - 2].text;
  if (path->count >= 3) out->catalog = path->parts[path->count - 3].text;
  return path->count <= 3;
}

const char *rn_catalog_name_of(const rn_catalog_place *place, rn_arena *arena) {
  bool default_catalog = !strcmp(place->catalog, RN_DEFAULT_CATALOG);
  if (default_catalog && !strcmp(place->database, RN_DEFAULT_DATABASE)) return rn_arena_strdup(arena, place->own);
  if (default_catalog) return rn_arena_printf(arena, "%s.%s", place->database, place->own);
  return rn_arena_printf(arena, "%s.%s.%s", place->catalog, place->database, place->own);
}

rn_status rn_catalog_new_path(const rn_catalog *catalog, const rn_ast_path *path, rn_arena *arena, rn_catalog_object *object,
                              rn_diagnostics *diags) {
  rn_catalog_place place;
  if (!rn_catalog_resolve(catalog, path, &place))
    return rn_diag(diags, RN_E_CATALOG, path->span, NULL, "a path has at most three parts: catalog.database.name");
  if (!rn_catalog_has_place(catalog, &place, path->span, diags)) return RN_FAIL;
  const char *name = place.own;
  if (starts_nocase(name, "_rn_") || starts_nocase(name, "sqlite_"))
    return rn_diag(diags, RN_E_CATALOG, path->span, NULL, "names that begin with \"%s\" are reserved",
                   starts_nocase(name, "_rn_") ? "_rn_" : "sqlite_");
  if (!*name) return rn_diag(diags, RN_E_CATALOG, path->span, NULL, "a name needs at least one letter");
  if (strlen(name) > RN_IDENTIFIER_BYTES_MAX)
    return rn_diag(diags, RN_E_LIMIT, path->span, NULL, "names are at most %d bytes long", RN_IDENTIFIER_BYTES_MAX);
  object->catalog = rn_arena_strdup(arena, place.catalog);
  object->database = rn_arena_strdup(arena, place.database);
  object->own = rn_arena_strdup(arena, name);
  object->name = rn_catalog_name_of(&place, arena);
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

rn_catalog_object *rn_catalog_find_kind(const rn_catalog *catalog, const char *name, bool temporary) {
  for (size_t i = lower_bound(catalog, name); i < catalog->objects.len && !strcmp(catalog->objects.data[i]->name,
      name); i++)
    if (catalog->objects.data[i]->temporary == temporary) return catalog->objects.data[i];
  return NULL;
}

rn_catalog_object *rn_catalog_find_name(rn_catalog *catalog, const char *name) {
  rn_catalog_object *object = rn_catalog_find_kind(catalog, name, true);
  if (!object) object = rn_catalog_find_kind(catalog, name, false);
  if (!object && catalog->hooks.lookup && !catalog->no_lookup && !starts_nocase(name, "_rn_") && !starts_nocase(name, "sqlite_")) {
    rn_error err;
    rn_error_clear(&err);
    if (catalog->hooks.lookup(catalog->hooks.ctx, name, catalog, &err) == RN_OK) object = rn_catalog_find_kind(catalog, name, false);
  }
  return object;
}

/* As one would write it where `place` is looked in. */
static const char *short_name(const rn_catalog_object *o, const rn_catalog_place *place, rn_arena *arena) {
  if (strcmp(o->catalog, place->catalog) != 0) return rn_arena_printf(arena, "%s.%s.%s", o->catalog, o->database, o->own);
  return !strcmp(o->database, place->database) ? o->own : rn_arena_printf(arena, "%s.%s", o->database, o->own);
}

/* A near name of the wanted kind, in any database, else one of the other kind (it may be a view that is taken for a
 * table), else what there is. */
static void not_found(rn_catalog *catalog, const rn_ast_path *path, rn_wanted_kind wanted, rn_diagnostics *diags) {
  enum { LISTED = 10 };
  const char *name = path->parts[path->count - 1].text, *near = NULL;
  rn_catalog_place place;
  (void)rn_catalog_resolve(catalog, path, &place);
  rn_arena scratch;
  rn_arena_init(&scratch);
  const char **names = RN_NEW_N(&scratch, const char *, catalog->objects.len + 1), **owns = RN_NEW_N(&scratch, const char *, catalog->objects.len + 1);
  rn_builder hint = {0};
  size_t count = 0, wanted_count = 0;
  for (int turn = 0; turn < 2 && !near; turn++) {
    count = 0;
    for (size_t i = 0; i < catalog->objects.len; i++) {
      const rn_catalog_object *o = catalog->objects.data[i];
      bool other = (wanted == RN_WANTED_VIEW && o->kind != RN_OBJECT_VIEW) || (wanted == RN_WANTED_TABLE && o->kind != RN_OBJECT_TABLE);
      if (other != (turn == 1) || (i && !strcmp(o->name, catalog->objects.data[i - 1]->name))) continue; /* shadowed ones once */
      names[count++] = short_name(o, &place, &scratch);
      owns[count - 1] = o->own;
    }
    const char *own = rn_text_nearest(rn_slice_of(name), owns, count);
    for (size_t i = 0; i < count && own; i++)
      if (owns[i] == own) near = names[i];
    if (near) rn_builder_printf(&hint, "did you mean %s\"%s\"?", !turn ? "" : wanted == RN_WANTED_VIEW ? "the table " : "the view ", near);
    if (!turn) wanted_count = count;
    if (turn || near || !count || count > LISTED) continue;
    rn_builder_text(&hint, "there are: ");
    for (size_t i = 0; i < count; i++) rn_builder_printf(&hint, "%s%s", i ? ", " : "", names[i]);
    break;
  }
  if (!catalog->objects.len) rn_builder_text(&hint, "there are no tables yet: CREATE TABLE makes one");
  else if (!hint.len && !wanted_count && wanted == RN_WANTED_VIEW) rn_builder_text(&hint, "there are no views");
  rn_diag(diags, RN_E_TABLE_NOT_FOUND, path->span, hint.data, "%s \"%s\" not found", wanted == RN_WANTED_VIEW ? "view" : "table", name);
  rn_builder_free(&hint);
  rn_arena_free(&scratch);
}

rn_catalog_object *rn_catalog_find(rn_catalog *catalog, const rn_ast_path *path, rn_diagnostics *diags) {
  return rn_catalog_find_as(catalog, path, RN_WANTED_EITHER, diags);
}

rn_catalog_object *rn_catalog_find_as(rn_catalog *catalog, const rn_ast_path *path, rn_wanted_kind wanted, rn_diagnostics *diags) {
  rn_catalog_place place;
  if (!rn_catalog_resolve(catalog, path, &place)) {
    if (diags) rn_diag(diags, RN_E_TABLE_NOT_FOUND, path->span, NULL, "a path has at most three parts: catalog.database.name");
    return NULL;
  }
  if (!rn_catalog_has_place(catalog, &place, path->span, diags)) return NULL;
  rn_arena scratch;
  rn_arena_init(&scratch);
  rn_catalog_object *object = rn_catalog_find_name(catalog, rn_catalog_name_of(&place, &scratch));
  rn_arena_free(&scratch);
  if (object && object->temporary) catalog->temporary_used = object;
  if (!object && diags) not_found(catalog, path, wanted, diags);
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
void rn_catalog_insert(rn_catalog *catalog, rn_catalog_object *object) {
  if (object->kind > RN_OBJECT_VIEW) {
    RN_VEC_PUSH(&catalog->others, object);
    size_t last = catalog->others.len - 1;
    rn_catalog_object **o = catalog->others.data;
    for (; last > 0 && (o[last - 1]->kind > object->kind || (o[last - 1]->kind == object->kind && strcmp(o[last - 1]->name, object->name) > 0)); last--)
      o[last] = o[last - 1];
    o[last] = object;
    return;
  }
  size_t at = lower_bound(catalog, object->name);
  if (!object->temporary)
    while (at < catalog->objects.len && !strcmp(catalog->objects.data[at]->name, object->name)) at++;
  RN_VEC_PUSH(&catalog->objects, object);
  rn_catalog_object **d = catalog->objects.data;
  memmove(d + at + 1, d + at, (catalog->objects.len - 1 - at) * sizeof *d);
  d[at] = object;
}

void rn_catalog_take_out(rn_catalog *catalog, const rn_catalog_object *object) {
  for (size_t i = 0; i < catalog->others.len; i++) {
    if (catalog->others.data[i] != object) continue;
    memmove(catalog->others.data + i, catalog->others.data + i + 1, (catalog->others.len - i - 1) * sizeof *catalog->others.data);
    catalog->others.len--;
    return;
  }
  for (size_t i = 0; i < catalog->objects.len; i++) {
    if (catalog->objects.data[i] != object) continue;
    memmove(catalog->objects.data + i, catalog->objects.data + i + 1,
            (catalog->objects.len - i - 1) * sizeof *catalog->objects.data);
    catalog->objects.len--;
    return;
  }
}

rn_status rn_catalog_save(rn_catalog *catalog, const rn_catalog_object *object, rn_span span, rn_diagnostics *diags) {
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

rn_status rn_catalog_forget(rn_catalog *catalog, const rn_catalog_object *object, rn_span span, rn_diagnostics *diags) {
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
const rn_catalog_object *rn_catalog_case_clash(const rn_catalog *catalog, const char *name) {
  for (size_t i = 0; i < catalog->objects.len; i++)
    if (rn_text_eq_nocase(catalog->objects.data[i]->name, name) && strcmp(catalog->objects.data[i]->name,
        name) != 0) return catalog->objects.data[i];
  return NULL;
}

rn_status rn_catalog_add(rn_catalog *catalog, rn_catalog_object *object, rn_error *err) {
  if (rn_catalog_find_kind(catalog, object->name, object->temporary)) {
    rn_status status = rn_fail(err, RN_E_EXISTS, "\"%s\" already exists", object->name);
    rn_catalog_object_free(object);
    return status;
  }
  rn_catalog_insert(catalog, object);
  return RN_OK;
}

rn_status rn_catalog_replace(rn_catalog *catalog, rn_catalog_object *object, rn_error *err) {
  rn_catalog_object *old = rn_catalog_find_kind(catalog, object->name, object->temporary);
  if (!object->temporary && catalog->hooks.save && catalog->hooks.save(catalog->hooks.ctx, object, err) != RN_OK) {
    rn_catalog_object_free(object);
    return RN_FAIL;
  }
  if (old) {
    rn_catalog_take_out(catalog, old);
    rn_catalog_object_free(old);
  }
  rn_catalog_insert(catalog, object);
  return RN_OK;
}

rn_status rn_catalog_define_any(rn_catalog *catalog, const rn_ast_statement *statement, bool loading,
                                rn_catalog_object **out, rn_diagnostics *diags) {
  if (statement->kind == RN_AST_STMT_CREATE_VIEW) return rn_catalog_define_view(catalog, statement, out, diags);
  if (statement->kind == RN_AST_STMT_CREATE && statement->object == RN_AST_OBJECT_FUNCTION)
    return rn_catalog_define_function(catalog, statement, loading, out, diags);
  if (statement->kind == RN_AST_STMT_CREATE) return rn_catalog_define_space(catalog, statement, out, diags);
  if (!statement->table || !statement->table->like.count)
    return rn_catalog_define_table(catalog, statement, loading, out, diags);
  rn_arena arena;
  rn_arena_init(&arena);
  rn_ast_statement full;
  rn_status status = rn_catalog_expand_like(catalog, statement, &arena, &full, diags);
  if (status == RN_OK) status = rn_catalog_define_table(catalog, &full, loading, out, diags);
  rn_arena_free(&arena);
  return status;
}

rn_status rn_catalog_define(rn_catalog *catalog, const rn_ast_statement *statement, rn_catalog_object **out,
                            rn_diagnostics *diags) {
  return rn_catalog_define_any(catalog, statement, false, out, diags);
}

const char *rn_catalog_kind_word(const rn_catalog_object *object) {
  static const char *const words[] = {"table", "view", "function", "database", "catalog"};
  return words[object->kind];
}

const rn_catalog_change *rn_catalog_changing(const rn_catalog *catalog) { return &catalog->change; }

/* What is there already under the statement's name. */
static rn_catalog_object *existing(rn_catalog *catalog, const rn_ast_statement *statement) {
  rn_catalog_place place;
  rn_arena scratch;
  rn_catalog_object *old = NULL;
  rn_arena_init(&scratch);
  if (statement->kind == RN_AST_STMT_CREATE && statement->object != RN_AST_OBJECT_FUNCTION) {
    old = rn_catalog_space(catalog, &statement->path, statement->object == RN_AST_OBJECT_CATALOG ? RN_OBJECT_CATALOG : RN_OBJECT_DATABASE, NULL);
  } else if (rn_catalog_resolve(catalog, &statement->path, &place)) {
    const char *name = rn_catalog_name_of(&place, &scratch);
    if (statement->kind == RN_AST_STMT_CREATE) {
      old = rn_catalog_find_other(catalog, RN_OBJECT_FUNCTION, rn_arena_printf(&scratch, "%s()", name), statement->temporary);
    } else {
      (void)rn_catalog_find_name(catalog, name); /* brings in a table of the file, if there is one */
      old = rn_catalog_find_kind(catalog, name, statement->temporary);
    }
  }
  rn_arena_free(&scratch);
  return old;
}

/* SQLite's names ignore case. */
static rn_status check_clash(rn_catalog *catalog, const rn_catalog_object *object, rn_span span, rn_diagnostics *diags) {
  const rn_catalog_object *clash = object->kind <= RN_OBJECT_VIEW ? rn_catalog_case_clash(catalog, object->name) : NULL;
  if (!clash) return RN_OK;
  return rn_diag(diags, RN_E_CATALOG, span, "SQLite ignores case in names", "\"%s\" differs from %s \"%s\" in case only",
                 object->name, rn_catalog_kind_word(clash), clash->name);
}

rn_status rn_catalog_create(rn_catalog *catalog, const rn_ast_statement *statement, bool loading, rn_catalog_object **out,
                            bool *existed, rn_diagnostics *diags) {
  *existed = false;
  *out = NULL;
  rn_catalog_object *old = existing(catalog, statement);
  bool replace = old && statement->or_replace && !old->external;
  if (old && !old->external && !replace) {
    *existed = true;
    *out = old;
    if (statement->if_not_exists) return RN_OK;
    return rn_diag(diags, RN_E_EXISTS, statement->path.span, "IF NOT EXISTS skips it; DROP removes it",
                   "%s \"%s\" already exists", rn_catalog_kind_word(old), statement->path.parts[statement->path.count - 1].text);
  }
  if (statement->or_replace && statement->if_not_exists)
    return rn_diag(diags, RN_E_SYNTAX, statement->path.span, NULL, "OR REPLACE and IF NOT EXISTS exclude each other");
  if (!old && statement->must_exist)
    return rn_diag(diags, RN_E_TABLE_NOT_FOUND, statement->path.span, "CREATE OR REPLACE TABLE makes it", "there is no table \"%s\" to replace",
                   statement->path.parts[statement->path.count - 1].text);
  rn_catalog_object *object = NULL;
  if (rn_catalog_define_any(catalog, statement, loading, &object, diags) != RN_OK) return RN_FAIL;
  if (!loading && check_clash(catalog, object, statement->path.span, diags) != RN_OK) {
    rn_catalog_object_free(object);
    return RN_FAIL;
  }
  if (replace && old->kind != object->kind) {
    rn_status status = rn_diag(diags, RN_E_CATALOG, statement->path.span, "DROP it first", "\"%s\" is a %s", object->name, rn_catalog_kind_word(old));
    rn_catalog_object_free(object);
    return status;
  }
  rn_status status = RN_OK;
  if (old) rn_catalog_take_out(catalog, old); /* replaced or adopted */
  rn_catalog_insert(catalog, object);
  if (replace) {
    catalog->change = (rn_catalog_change){.old = old, .replaced = true};
    status = rn_catalog_check_users(catalog, object, object->name, &statement->path, diags);
  }
  if (status == RN_OK && !loading) status = rn_catalog_save(catalog, object, statement->path.span, diags);
  catalog->change = (rn_catalog_change){0};
  if (status != RN_OK) {
    rn_catalog_take_out(catalog, object);
    rn_catalog_object_free(object);
    if (old) rn_catalog_insert(catalog, old);
    return RN_FAIL;
  }
  rn_catalog_object_free(old);
  *out = object;
  return RN_OK;
}

rn_status rn_catalog_drop(rn_catalog *catalog, const rn_ast_statement *statement, rn_diagnostics *diags) {
  if (statement->object == RN_AST_OBJECT_FUNCTION) return rn_catalog_drop_function(catalog, statement, diags);
  if (statement->object != RN_AST_OBJECT_TABLE && statement->object != RN_AST_OBJECT_VIEW)
    return rn_catalog_drop_space(catalog, statement, diags);
  const rn_ast_path *path = &statement->path;
  const char *name = path->parts[path->count - 1].text;
  bool view = statement->object == RN_AST_OBJECT_VIEW;
  rn_catalog_object *object = rn_catalog_find_as(catalog, path, view ? RN_WANTED_VIEW : RN_WANTED_TABLE, statement->if_exists ? NULL : diags);
  if (!object) return statement->if_exists ? RN_OK : RN_FAIL;
  const char *is = rn_catalog_kind_word(object), *word = object->kind == RN_OBJECT_VIEW ? "VIEW" : "TABLE";
  bool other = (object->kind == RN_OBJECT_VIEW) != view;
  if (!object->temporary && statement->temporary) {
    if (statement->if_exists) return RN_OK;
    rn_builder hint = {0};
    rn_builder_printf(&hint, "\"%s\" is a %s that is not temporary: DROP %s", name, is, word);
    (void)rn_diag(diags, RN_E_TABLE_NOT_FOUND, path->span, hint.data, "there is no temporary %s \"%s\"", view ? "view" : "table", name);
    rn_builder_free(&hint);
    return RN_FAIL;
  }
  if (other && statement->if_exists) return RN_OK; /* as in Flink: no such view is there, or no such table */
  if (other || object->temporary != statement->temporary) {
    rn_builder hint = {0};
    rn_builder_printf(&hint, "write DROP %s%s", object->temporary ? "TEMPORARY " : "", word);
    (void)rn_diag(diags, RN_E_CATALOG, path->span, hint.data, "\"%s\" is a %s%s", name, object->temporary ? "temporary " : "", is);
    rn_builder_free(&hint);
    return RN_FAIL;
  }
  if (object->external)
    return rn_diag(diags, RN_E_CATALOG, path->span, NULL,
                   "\"%s\" is a table of the file that was not created here: drop it with SQLite", name);
  rn_catalog_take_out(catalog, object);
  rn_status status = rn_catalog_check_users(catalog, NULL, object->name, path, diags);
  if (status == RN_OK) status = rn_catalog_forget(catalog, object, path->span, diags);
  if (status == RN_OK) rn_catalog_object_free(object);
  else rn_catalog_insert(catalog, object);
  return status;
}
