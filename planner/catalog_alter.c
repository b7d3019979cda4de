/* ALTER: the object's statement with the change in it, defined anew, put in the old one's place. Whatever uses the
 * object is bound once more before anything is stored: a change that would break a view is refused, not found later. */
#include "planner/catalog_parts.h"

/* --- who uses it ----------------------------------------------------------------------------------------- */
typedef RN_VEC(rn_catalog_object *) object_list;

static bool binds(rn_catalog *catalog, const rn_catalog_object *object, rn_catalog_object **out, rn_diagnostics *diags) {
  memset(diags, 0, sizeof *diags);
  *out = NULL;
  const char *database, *outer = rn_catalog_current(catalog, &database);
  rn_catalog_enter(catalog, object->catalog, object->database);
  bool ok = rn_catalog_define_any(catalog, object->ast, true, out, diags) == RN_OK;
  rn_catalog_enter(catalog, outer, database);
  return ok;
}

rn_status rn_catalog_check_users(rn_catalog *catalog, const rn_catalog_object *except, const char *name, const rn_ast_path *path,
                                 rn_diagnostics *diags) {
  rn_diagnostics *found = rn_calloc(1, sizeof *found);
  object_list views = {0}, all = {0};
  rn_status status = RN_OK;
  for (size_t i = 0; i < catalog->others.len; i++)
    if (catalog->others.data[i]->kind == RN_OBJECT_FUNCTION && catalog->others.data[i] != except) RN_VEC_PUSH(&all, catalog->others.data[i]);
  for (size_t i = 0; i < catalog->objects.len; i++)
    if (!catalog->objects.data[i]->external && catalog->objects.data[i] != except) RN_VEC_PUSH(&all, catalog->objects.data[i]);
  catalog->no_lookup = true; /* else a table that is being dropped comes back as one of the file */
  for (size_t i = 0; i < all.len && status == RN_OK; i++) {
    rn_catalog_object *user = all.data[i], *again;
    if (binds(catalog, user, &again, found)) {
      if (user->kind == RN_OBJECT_VIEW && user->ast && again) RN_VEC_PUSH(&views, again);
      else rn_catalog_object_free(again);
      continue;
    }
    const char *why = found->count ? found->items[0].message : "it does not bind";
    rn_builder hint = {0};
    static const char *const words[] = {"TABLE", "VIEW", "FUNCTION"};
    int shown = (int)strlen(user->name) - (user->kind == RN_OBJECT_FUNCTION ? 2 : 0);
    rn_builder_printf(&hint, "DROP %s%s %.*s first, or make it without \"%s\"", user->temporary ? "TEMPORARY " : "", words[user->kind], shown, user->name, name);
    status = rn_diag(diags, RN_E_IN_USE, path->span, hint.data, "%s \"%.*s\" needs it: %s", rn_catalog_kind_word(user), shown, user->name, why);
    rn_builder_free(&hint);
  }
  catalog->no_lookup = false;
  for (size_t i = 0; i < views.len; i++) { /* with the columns that they have now */
    rn_catalog_object *old = status == RN_OK ? rn_catalog_find_kind(catalog, views.data[i]->name, views.data[i]->temporary) : NULL;
    if (old) {
      rn_catalog_take_out(catalog, old);
      rn_catalog_insert(catalog, views.data[i]);
    }
    rn_catalog_object_free(old ? old : views.data[i]);
  }
  RN_VEC_FREE(&views);
  RN_VEC_FREE(&all);
  rn_free(found);
  return status;
}

/* --- options ------------------------------------------------------------------------------------------------ */
static int find_option(const rn_ast_option *items, uint32_t count, const char *key) {
  for (uint32_t i = 0; i < count; i++)
    if (!strcmp(items[i].key, key)) return (int)i;
  return -1;
}

rn_status rn_catalog_changed_options(const rn_catalog_object *object, const rn_ast_statement *statement, rn_arena *arena,
                                     rn_ast_options *out, rn_diagnostics *diags) {
  uint32_t room = (uint32_t)object->options.count + statement->options.count;
  *out = (rn_ast_options){0, RN_NEW_N(arena, rn_ast_option, room + 1)};
  for (size_t i = 0; i < object->options.count; i++) {
    const rn_option_value *o = &object->options.items[i];
    bool reset = statement->alter == RN_ALTER_RESET && find_option(statement->options.items, statement->options.count, o->key) >= 0;
    if (!reset) out->items[out->count++] = (rn_ast_option){o->key, o->value, {0, 0}, {0, 0}};
  }
  if (statement->alter == RN_ALTER_RESET && !statement->options.count)
    return rn_diag(diags, RN_E_OPTION_VALUE, statement->span, NULL, "RESET needs at least one option");
  for (uint32_t i = 0; i < statement->options.count; i++) {
    const rn_ast_option *o = &statement->options.items[i];
    if (statement->alter == RN_ALTER_RESET && (!strcmp(o->key, "connector") || !strcmp(o->key, "type")))
      return rn_diag(diags, RN_E_OPTION_VALUE, o->key_span, NULL, "option '%s' cannot be reset", o->key);
    if (statement->alter != RN_ALTER_SET) continue;
    int at = find_option(out->items, out->count, o->key);
    out->items[at >= 0 ? (uint32_t)at : out->count++] = *o;
  }
  return RN_OK;
}

/* --- columns ------------------------------------------------------------------------------------------------ */
typedef struct alteration {
  rn_catalog *catalog;
  const rn_ast_statement *statement;
  const rn_catalog_object *old;
  rn_ast_table_def *def; /* to be changed; its lists are copies with room */
  rn_arena *arena;
  rn_diagnostics *diags;
} alteration;

static int find_column(const rn_ast_table_def *def, const char *name) {
  for (uint32_t i = 0; i < def->column_count; i++)
    if (!strcmp(def->columns[i].name.text, name)) return (int)i;
  return -1;
}

static rn_status no_column(alteration *a, const rn_ast_name *name) {
  const char **names = RN_NEW_N(a->arena, const char *, a->def->column_count + 1);
  for (uint32_t i = 0; i < a->def->column_count; i++) names[i] = a->def->columns[i].name.text;
  return rn_diag(a->diags, RN_E_COLUMN_NOT_FOUND, name->span, rn_catalog_column_hint(a->arena, name->text, names, a->def->column_count),
                 "table \"%s\" has no column \"%s\"", a->old->name, name->text);
}

/* Where a column with FIRST or AFTER goes; `otherwise` without. -1: an error was told. */
static int place_of(alteration *a, const rn_ast_alter_column *c, int otherwise) {
  if (c->first) return 0;
  if (!c->after.text) return otherwise;
  int at = find_column(a->def, c->after.text);
  if (at < 0) return (void)no_column(a, &c->after), -1;
  return at + 1;
}

static void insert_column(rn_ast_table_def *def, uint32_t at, const rn_ast_column_def *column) {
  memmove(def->columns + at + 1, def->columns + at, (def->column_count - at) * sizeof *def->columns);
  def->columns[at] = *column;
  def->column_count++;
}
static void remove_column(rn_ast_table_def *def, uint32_t at) {
  memmove(def->columns + at, def->columns + at + 1, (def->column_count - at - 1) * sizeof *def->columns);
  def->column_count--;
}

static rn_status add_or_modify_columns(alteration *a) {
  bool add = a->statement->alter == RN_ALTER_ADD;
  for (uint32_t i = 0; i < a->statement->alter_count; i++) {
    const rn_ast_alter_column *c = &a->statement->alter_columns[i];
    int at = find_column(a->def, c->def.name.text);
    rn_ast_column_def column = c->def;
    column.primary_key = false; /* it is in the clause */
    if (add && at >= 0)
      return rn_diag(a->diags, RN_E_DUPLICATE_NAME, c->def.name.span, "ALTER TABLE .. MODIFY changes it", "table \"%s\" has a column \"%s\"", a->old->name, c->def.name.text);
    if (!add && at < 0) return no_column(a, &c->def.name);
    if (!add && c->after.text && !strcmp(c->after.text, c->def.name.text))
      return rn_diag(a->diags, RN_E_CATALOG, c->after.span, NULL, "column \"%s\" cannot stand after itself", c->after.text);
    if (!add) {
      if (!column.comment) column.comment = a->def->columns[at].comment;
      remove_column(a->def, (uint32_t)at);
    }
    int place = place_of(a, c, add ? (int)a->def->column_count : at);
    if (place < 0) return RN_FAIL;
    insert_column(a->def, (uint32_t)place, &column);
  }
  return RN_OK;
}

static rn_status add_or_modify_clauses(alteration *a) {
  const rn_ast_table_def *more = a->statement->table;
  bool add = a->statement->alter == RN_ALTER_ADD;
  if (more->watermark_count) {
    rn_span span = more->watermarks[0].span;
    if (add && a->def->watermark_count)
      return rn_diag(a->diags, RN_E_CATALOG, span, "ALTER TABLE .. MODIFY WATERMARK changes it", "table \"%s\" has a WATERMARK", a->old->name);
    if (!add && !a->def->watermark_count)
      return rn_diag(a->diags, RN_E_CATALOG, span, "ALTER TABLE .. ADD WATERMARK makes one", "table \"%s\" has no WATERMARK", a->old->name);
    a->def->watermarks = more->watermarks;
    a->def->watermark_count = more->watermark_count;
  }
  if (more->key_clause_count) {
    if (add && a->def->keys.count)
      return rn_diag(a->diags, RN_E_CATALOG, more->key_span, "ALTER TABLE .. MODIFY PRIMARY KEY changes it", "table \"%s\" has a PRIMARY KEY", a->old->name);
    if (!add && !a->def->keys.count)
      return rn_diag(a->diags, RN_E_CATALOG, more->key_span, "ALTER TABLE .. ADD PRIMARY KEY makes one", "table \"%s\" has no PRIMARY KEY", a->old->name);
    a->def->keys = more->keys;
    a->def->key_clause_count = more->key_clause_count;
    a->def->key_enforced = more->key_enforced;
    a->def->key_span = more->key_span;
    a->def->constraint = more->constraint;
  }
  if (more->distribution.given) {
    if (add == a->def->distribution.given)
      return rn_diag(a->diags, RN_E_CATALOG, more->distribution.span, NULL, add ? "table \"%s\" has a distribution" : "table \"%s\" has no distribution", a->old->name);
    a->def->distribution = more->distribution;
  }
  return RN_OK;
}

static bool in_names(const rn_ast_names *names, const char *name) {
  for (uint32_t i = 0; i < names->count; i++)
    if (!strcmp(names->items[i].text, name)) return true;
  return false;
}

static rn_status drop_columns(alteration *a) {
  for (uint32_t i = 0; i < a->statement->names.count; i++) {
    const rn_ast_name *name = &a->statement->names.items[i];
    int at = find_column(a->def, name->text);
    if (at < 0) return no_column(a, name);
    const char *clause = in_names(&a->def->keys, name->text) ? "PRIMARY KEY"
                         : in_names(&a->def->partitioned_by, name->text) ? "PARTITIONED BY"
                         : in_names(&a->def->distribution.columns, name->text) ? "DISTRIBUTED BY"
                         : a->def->watermark_count && !strcmp(a->def->watermarks[0].column.text, name->text) ? "WATERMARK" : NULL;
    if (clause)
      return rn_diag(a->diags, RN_E_IN_USE, name->span, "change or drop that first", "column \"%s\" is used by %s", name->text, clause);
    remove_column(a->def, (uint32_t)at);
  }
  return RN_OK;
}

static void rename_in(rn_ast_names *names, const char *from, const rn_ast_name *to, rn_arena *arena) {
  rn_ast_name *items = RN_NEW_N(arena, rn_ast_name, names->count + 1);
  for (uint32_t i = 0; i < names->count; i++) items[i] = strcmp(names->items[i].text, from) != 0 ? names->items[i] : *to;
  names->items = items;
}

/* Computed columns and the WATERMARK's expression keep their texts: those that use the old name are refused. */
static rn_status rename_column(alteration *a) {
  const rn_ast_name *from = &a->statement->names.items[0], *to = &a->statement->new_name;
  int at = find_column(a->def, from->text);
  if (at < 0) return no_column(a, from);
  if (find_column(a->def, to->text) >= 0)
    return rn_diag(a->diags, RN_E_DUPLICATE_NAME, to->span, NULL, "table \"%s\" has a column \"%s\"", a->old->name, to->text);
  rn_ast_column_def *column = &a->def->columns[at];
  if (column->kind == RN_AST_COL_METADATA && !column->metadata_key) column->metadata_key = column->name.text;
  column->name = *to;
  rename_in(&a->def->keys, from->text, to, a->arena);
  rename_in(&a->def->partitioned_by, from->text, to, a->arena);
  rename_in(&a->def->distribution.columns, from->text, to, a->arena);
  if (a->def->watermark_count && !strcmp(a->def->watermarks[0].column.text, from->text)) {
    rn_ast_watermark *w = RN_NEW(a->arena, rn_ast_watermark);
    *w = a->def->watermarks[0];
    w->column = *to;
    a->def->watermarks = w;
  }
  a->catalog->change.column_from = from->text;
  a->catalog->change.column_to = to->text;
  return RN_OK;
}

static rn_status drop_key(alteration *a, const rn_ast_name *constraint) {
  rn_span span = constraint ? constraint->span : a->statement->path.span;
  if (!a->def->keys.count) return rn_diag(a->diags, RN_E_CATALOG, span, NULL, "table \"%s\" has no PRIMARY KEY", a->old->name);
  if (constraint && (!a->def->constraint || strcmp(a->def->constraint, constraint->text) != 0))
    return rn_diag(a->diags, RN_E_CATALOG, span, a->def->constraint ? rn_arena_printf(a->arena, "its PRIMARY KEY is called \"%s\"", a->def->constraint) : NULL,
                   "table \"%s\" has no constraint \"%s\"", a->old->name, constraint->text);
  a->def->keys.count = 0;
  a->def->key_clause_count = 0;
  a->def->constraint = NULL;
  return RN_OK;
}

static rn_status change_table(alteration *a) {
  const rn_ast_statement *s = a->statement;
  switch (s->alter) {
    case RN_ALTER_SET: case RN_ALTER_RESET:
      a->def->has_options = true;
      return rn_catalog_changed_options(a->old, s, a->arena, &a->def->options, a->diags);
    case RN_ALTER_ADD: case RN_ALTER_MODIFY:
      return add_or_modify_columns(a) == RN_OK ? add_or_modify_clauses(a) : RN_FAIL;
    case RN_ALTER_DROP_COLUMNS: return drop_columns(a);
    case RN_ALTER_DROP_KEY: return drop_key(a, NULL);
    case RN_ALTER_DROP_CONSTRAINT: return drop_key(a, &s->names.items[0]);
    case RN_ALTER_DROP_WATERMARK:
      if (!a->def->watermark_count) return rn_diag(a->diags, RN_E_CATALOG, s->path.span, NULL, "table \"%s\" has no WATERMARK", a->old->name);
      a->def->watermark_count = 0;
      return RN_OK;
    case RN_ALTER_DROP_DISTRIBUTION:
      if (!a->def->distribution.given) return rn_diag(a->diags, RN_E_CATALOG, s->path.span, NULL, "table \"%s\" has no distribution", a->old->name);
      a->def->distribution = (rn_ast_distribution){0};
      return RN_OK;
    case RN_ALTER_RENAME_COLUMN: return rename_column(a);
    case RN_ALTER_ADD_PARTITION: case RN_ALTER_DROP_PARTITION:
      return rn_diag(a->diags, RN_E_UNSUPPORTED, s->span, NULL, "partitions of a table cannot be added or dropped: no connector here keeps a list of them");
    case RN_ALTER_RENAME: case RN_ALTER_QUERY: case RN_ALTER_COMMENT: case RN_ALTER_CLASS: break;
  }
  return RN_OK;
}

/* --- putting it in place --------------------------------------------------------------------------------------- */
static rn_status replace(rn_catalog *catalog, rn_catalog_object *old, rn_catalog_object *object, const rn_ast_statement *statement, rn_diagnostics *diags) {
  catalog->change.old = old;
  catalog->change.renamed = strcmp(old->name, object->name) != 0;
  rn_catalog_take_out(catalog, old);
  rn_catalog_insert(catalog, object);
  rn_status status = rn_catalog_check_users(catalog, object, old->name, &statement->path, diags);
  if (status == RN_OK) status = rn_catalog_save(catalog, object, statement->path.span, diags);
  if (status == RN_OK && catalog->change.renamed) status = rn_catalog_forget(catalog, old, statement->path.span, diags);
  if (status == RN_OK) {
    rn_catalog_object_free(old);
  } else {
    rn_catalog_take_out(catalog, object);
    rn_catalog_object_free(object);
    rn_catalog_insert(catalog, old);
  }
  return status;
}

static rn_status check_new_name(rn_catalog *catalog, const rn_catalog_object *old, const rn_ast_path *path, rn_diagnostics *diags) {
  rn_catalog_place place;
  rn_arena scratch;
  rn_arena_init(&scratch);
  rn_status status = RN_OK;
  if (rn_catalog_resolve(catalog, path, &place)) {
    const char *name = rn_catalog_name_of(&place, &scratch);
    const rn_catalog_object *clash = rn_catalog_case_clash(catalog, name);
    (void)rn_catalog_find_name(catalog, name); /* a table of the file may have it */
    if (rn_catalog_find_kind(catalog, name, old->temporary))
      status = rn_diag(diags, RN_E_EXISTS, path->span, NULL, "\"%s\" already exists", name);
    else if (clash && clash != old)
      status = rn_diag(diags, RN_E_CATALOG, path->span, "SQLite ignores case in names", "\"%s\" differs from \"%s\" in case only", name, clash->name);
  }
  rn_arena_free(&scratch);
  return status;
}

rn_ast_watermark *rn_catalog_copy_watermarks(const rn_ast_table_def *def, rn_arena *arena, rn_span span) {
  rn_ast_watermark *copy = RN_NEW_N(arena, rn_ast_watermark, def->watermark_count + 1);
  for (uint32_t i = 0; i < def->watermark_count; i++) {
    copy[i] = def->watermarks[i];
    copy[i].span = copy[i].column.span = span;
  }
  return copy;
}

static rn_ast_table_def *copy_def(const rn_ast_table_def *def, uint32_t more, rn_arena *arena, rn_span span) {
  rn_ast_table_def *copy = RN_NEW(arena, rn_ast_table_def);
  *copy = *def;
  copy->columns = RN_NEW_N(arena, rn_ast_column_def, def->column_count + more + 1);
  for (uint32_t i = 0; i < def->column_count; i++) { /* the spans are of another text */
    copy->columns[i] = def->columns[i];
    copy->columns[i].span = copy->columns[i].name.span = span;
  }
  copy->watermarks = rn_catalog_copy_watermarks(def, arena, span);
  return copy;
}

static rn_status refuse_kind(const rn_catalog_object *old, const rn_ast_statement *statement, rn_diagnostics *diags) {
  bool table = statement->kind == RN_AST_STMT_ALTER_TABLE;
  if ((old->kind == RN_OBJECT_TABLE) != table)
    return rn_diag(diags, RN_E_CATALOG, statement->path.span, table ? "ALTER VIEW changes it" : "ALTER TABLE changes it", "\"%s\" is a %s",
                   old->name, rn_catalog_kind_word(old));
  if (old->external)
    return rn_diag(diags, RN_E_CATALOG, statement->path.span, NULL, "\"%s\" is a table of the file that was not created here", old->name);
  return RN_OK;
}

/* Does the definition need `old`, itself or through other views? Then it does not bind without it. */
static bool reads(rn_catalog *catalog, rn_catalog_object *old, const rn_catalog_object *object) {
  rn_diagnostics *found = rn_calloc(1, sizeof *found);
  rn_catalog_object *again;
  rn_catalog_take_out(catalog, old);
  bool ok = binds(catalog, object, &again, found);
  rn_catalog_insert(catalog, old);
  rn_catalog_object_free(again);
  rn_free(found);
  return !ok;
}

rn_status rn_catalog_alter(rn_catalog *catalog, const rn_ast_statement *statement, rn_diagnostics *diags) {
  if (statement->kind == RN_AST_STMT_ALTER && statement->object != RN_AST_OBJECT_VIEW)
    return rn_catalog_alter_space(catalog, statement, diags);
  rn_wanted_kind wanted = statement->kind == RN_AST_STMT_ALTER_TABLE ? RN_WANTED_TABLE : RN_WANTED_VIEW;
  rn_catalog_object *old = rn_catalog_find_as(catalog, &statement->path, wanted, statement->if_exists ? NULL : diags), *object = NULL;
  if (!old) return statement->if_exists ? RN_OK : RN_FAIL;
  if (refuse_kind(old, statement, diags) != RN_OK) return RN_FAIL;
  rn_arena arena;
  rn_arena_init(&arena);
  rn_ast_statement changed = *old->ast;
  rn_status status = RN_OK;
  catalog->change = (rn_catalog_change){0};
  if (statement->alter == RN_ALTER_RENAME) {
    changed.path = statement->new_path;
    if (changed.path.count == 1) { /* it stays where it is */
      rn_ast_name *parts = RN_NEW_N(&arena, rn_ast_name, 3);
      const char *outer[] = {old->catalog, old->database};
      for (int i = 0; i < 2; i++) parts[i] = (rn_ast_name){.text = outer[i], .span = statement->new_path.span};
      parts[2] = statement->new_path.parts[0];
      changed.path = (rn_ast_path){3, parts, statement->new_path.span};
    }
    status = check_new_name(catalog, old, &changed.path, diags);
  } else if (statement->alter == RN_ALTER_QUERY) {
    changed.query = statement->query;
    changed.view_columns = (rn_ast_names){0};
  }
  if (status == RN_OK && old->kind == RN_OBJECT_TABLE) {
    bool names = statement->alter == RN_ALTER_DROP_COLUMNS || statement->alter == RN_ALTER_RENAME_COLUMN;
    rn_span here = !names ? statement->path.span : rn_span_join(statement->names.items[0].span, statement->names.items[statement->names.count - 1].span);
    changed.table = copy_def(old->ast->table, statement->alter_count, &arena, here);
    alteration a = {catalog, statement, old, changed.table, &arena, diags};
    status = change_table(&a);
  }
  if (status == RN_OK) status = rn_catalog_define_any(catalog, &changed, false, &object, diags);
  if (status == RN_OK && statement->alter == RN_ALTER_QUERY && reads(catalog, old, object)) {
    status = rn_diag(diags, RN_E_CATALOG, statement->query->span, NULL, "view \"%s\" would read itself", old->name);
    rn_catalog_object_free(object);
  }
  if (status == RN_OK) status = replace(catalog, old, object, statement, diags);
  catalog->change = (rn_catalog_change){0};
  rn_arena_free(&arena);
  return status;
}
