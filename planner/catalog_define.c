/* CREATE TABLE: everything a definition can get wrong is found here, with spans: names, types, metadata keys,
 * options, PRIMARY KEY, computed columns, WATERMARK. CTAS takes its columns from the query. */
#include <stdlib.h>
#include "parser/parse.h"
#include "planner/bind.h"
#include "planner/catalog_parts.h"
#include "planner/planner.h"

typedef struct table_maker {
  rn_catalog *catalog;
  const rn_ast_statement *statement;
  rn_ast_table_def *def;
  rn_catalog_object *object;
  rn_diagnostics *diags;
  rn_binder binder; /* its arena is the object's */
  bool loading;
  size_t errors;    /* count before */
} table_maker;

static bool failed(const table_maker *m) { return m->diags->error_count != m->errors; }

static int find_column(const rn_catalog_object *object, const char *name) {
  for (uint32_t i = 0; i < object->column_count; i++)
    if (!strcmp(object->columns[i].name, name)) return (int)i;
  return -1;
}

const char *rn_catalog_column_hint(rn_arena *arena, const char *wanted, const char *const *names, uint32_t count) {
  enum { LISTED = 10 };
  const char *near = rn_text_nearest(rn_slice_of(wanted), names, count);
  if (near) return rn_arena_printf(arena, "did you mean \"%s\"?", near);
  rn_builder list = {0};
  for (uint32_t i = 0; i < count && count <= LISTED; i++) rn_builder_printf(&list, "%s%s", i ? ", " : "columns: ", names[i]);
  const char *hint = list.data ? rn_arena_strdup(arena, list.data) : NULL;
  rn_builder_free(&list);
  return hint;
}

static const char *near_column(table_maker *m, const char *name) {
  const char **names = RN_NEW_N(&m->object->arena, const char *, m->object->column_count + 1);
  for (uint32_t i = 0; i < m->object->column_count; i++) names[i] = m->object->columns[i].name;
  return rn_catalog_column_hint(&m->object->arena, name, names, m->object->column_count);
}

/* --- columns --------------------------------------------------------------------------------------------- */
static void add_column(table_maker *m, const rn_ast_column_def *def, const rn_type *type) {
  rn_arena *arena = &m->object->arena;
  rn_catalog_object *t = m->object;
  for (uint32_t i = 0; i < t->column_count; i++)
    if (!strcmp(t->columns[i].name, def->name.text)) {
      rn_diag(m->diags, RN_E_DUPLICATE_NAME, def->name.span, NULL, "column \"%s\" is defined twice", def->name.text);
      return;
    }
  rn_catalog_column *c = &t->columns[t->column_count++];
  memset(c, 0, sizeof *c);
  c->name = rn_arena_strdup(arena, def->name.text);
  c->type = type;
  c->comment = def->comment ? rn_arena_strdup(arena, def->comment) : NULL;
  c->kind = def->kind == RN_AST_COL_METADATA ? RN_COL_METADATA : def->kind == RN_AST_COL_COMPUTED ? RN_COL_COMPUTED : RN_COL_PHYSICAL;
  if (c->kind == RN_COL_METADATA) {
    c->metadata_key = rn_arena_strdup(arena, def->metadata_key ? def->metadata_key : def->name.text);
    c->is_virtual = def->is_virtual;
  }
}

static void stored_columns(table_maker *m) {
  for (uint32_t i = 0; i < m->def->column_count; i++) {
    const rn_ast_column_def *def = &m->def->columns[i];
    if (def->kind == RN_AST_COL_NAME_ONLY && !m->statement->query) {
      rn_diag(m->diags, RN_E_CATALOG, def->span, NULL, "column \"%s\" needs a type", def->name.text);
      continue;
    }
    const rn_type *type = rn_type_basic(RN_T_ERROR, true); /* computed ones: later, when all others are known */
    if (def->kind == RN_AST_COL_PHYSICAL || def->kind == RN_AST_COL_METADATA) {
      type = rn_bind_type(&m->binder, def->type);
      if (!type) type = rn_type_basic(RN_T_ERROR, true);
    }
    add_column(m, def, type);
  }
}

/* An expression that came from another text (ALTER, LIKE): its errors are told where this text speaks of it, with
 * whose expression it is; hints on how to write it do not help there. */
static rn_expr *bind_here(table_maker *m, rn_scope *scope, const rn_ast_expr *ast, rn_span here, const char *whose) {
  if (ast->span.begin >= here.begin && ast->span.end <= here.end) return rn_bind_expr(&m->binder, scope, ast);
  rn_diagnostics *inner = rn_calloc(1, sizeof *inner);
  m->binder.diags = inner;
  rn_expr *e = rn_bind_expr(&m->binder, scope, ast);
  m->binder.diags = m->diags;
  for (size_t i = 0; i < inner->count; i++) {
    rn_error err = inner->items[i];
    rn_builder text = {0};
    rn_ast_print_expr(ast, &text);
    rn_error_context(&err, "%.80s %.80s", whose, text.data);
    rn_builder_free(&text);
    err.hint[0] = 0;
    (void)rn_hint(&err, "it was there already: change or drop it first");
    err.span = here;
    err.has_span = true;
    rn_diagnostics_add(m->diags, &err);
  }
  rn_free(inner);
  return e;
}

static void computed_columns(table_maker *m) {
  rn_catalog_object *t = m->object;
  rn_scope_column *columns = RN_NEW_N(&t->arena, rn_scope_column, t->column_count + 1);
  rn_scope scope = {.columns = columns, .clause = "a computed column"};
  for (uint32_t i = 0; i < t->column_count; i++)
    if (t->columns[i].kind != RN_COL_COMPUTED)
      columns[scope.column_count++] = (rn_scope_column){t->name, t->columns[i].name, t->columns[i].type, i, false, false};
  for (uint32_t i = 0; i < m->def->column_count; i++) {
    const rn_ast_column_def *def = &m->def->columns[i];
    int at = find_column(t, def->name.text);
    if (def->kind != RN_AST_COL_COMPUTED || at < 0 || t->columns[at].kind != RN_COL_COMPUTED) continue;
    rn_expr *e = bind_here(m, &scope, def->expr, def->span, rn_arena_printf(&t->arena, "computed column \"%s\" AS", t->columns[at].name));
    bool proctime = e->kind == RN_EXPR_CALL && e->function && rn_text_eq_nocase(e->function->name, "PROCTIME");
    t->columns[at].type = rn_type_with_time(&t->arena, e->type, proctime ? RN_TIME_PROCTIME : RN_TIME_NONE);
    if (!rn_bind_failed(e) && e->type->id == RN_T_NULL)
      rn_diag(m->diags, RN_E_TYPE, def->span, NULL, "column \"%s\" has no type: CAST the NULL", def->name.text);
  }
}

/* A copy: the query's types may belong to other objects, which can be dropped. */
static const rn_type *query_type(rn_arena *arena, const rn_type *type) {
  return rn_type_with_time(arena, rn_type_copy(arena, type), RN_TIME_NONE);
}

/* CTAS: declared columns that the query does not have come first, then the query's; a column named in both
 * keeps the query's place and the declared type; bare names only reorder. */
static void query_columns(table_maker *m) {
  rn_planner_settings settings = {.zone = m->catalog->zone, .parallelism = 1};
  rn_schema schema = {0, NULL};
  rn_arena *arena = &m->object->arena;
  if (rn_plan_schema(m->catalog, &settings, m->statement->query, arena, &schema, m->diags) != RN_OK) return;
  rn_catalog_object *t = m->object;
  rn_catalog_column *declared = t->columns;
  uint32_t declared_count = t->column_count, reordered = 0;
  t->columns = RN_NEW_N(arena, rn_catalog_column, declared_count + schema.count + 1);
  t->column_count = 0;
  bool *taken = RN_NEW_N(arena, bool, schema.count + 1);
  for (uint32_t i = 0; i < declared_count; i++) {
    const rn_ast_column_def *def = &m->def->columns[i];
    int at = rn_schema_find(&schema, declared[i].name);
    if (def->kind == RN_AST_COL_NAME_ONLY) {
      if (at < 0) {
        rn_diag(m->diags, RN_E_COLUMN_NOT_FOUND, def->name.span, NULL, "the query has no column \"%s\"", declared[i].name);
        continue;
      }
      taken[at] = true;
      reordered++;
      declared[i].type = query_type(arena, schema.fields[at].type);
    }
    if (def->kind == RN_AST_COL_NAME_ONLY || at < 0) t->columns[t->column_count++] = declared[i];
  }
  for (uint32_t i = 0; reordered && i < m->def->column_count; i++) {
    const rn_ast_column_def *def = &m->def->columns[i];
    if (def->kind == RN_AST_COL_NAME_ONLY) continue;
    rn_diag(m->diags, RN_E_CATALOG, def->span, "names alone order the query's columns; columns with types are added to them",
            "a list of names has no column with a %s", def->kind == RN_AST_COL_COMPUTED ? "definition" : "type");
    return;
  }
  if (reordered && reordered != schema.count) {
    for (uint32_t i = 0; i < schema.count; i++)
      if (!taken[i])
        rn_diag(m->diags, RN_E_SINK_SCHEMA, m->statement->path.span, NULL,
                "the list of names must have all columns of the query: \"%s\" is missing",
                schema.fields[i].name);
  }
  for (uint32_t i = 0; i < schema.count; i++) {
    if (taken[i]) continue;
    rn_catalog_column c = {.name = rn_arena_strdup(arena, schema.fields[i].name), .kind = RN_COL_PHYSICAL};
    c.type = query_type(arena, schema.fields[i].type);
    for (uint32_t k = 0; k < declared_count; k++)
      if (!strcmp(declared[k].name, c.name)) c = declared[k];
    if (c.type->id == RN_T_NULL)
      rn_diag(m->diags, RN_E_TYPE, m->statement->query->span, NULL, "column \"%s\" has no type: CAST the NULL", c.name);
    t->columns[t->column_count++] = c;
  }
}

/* --- options ---------------------------------------------------------------------------------------------- */
static int by_key(const void *a, const void *b) {
  return strcmp(((const rn_option_value *)a)->key, ((const rn_option_value *)b)->key);
}

static void copy_options(table_maker *m) {
  rn_arena *arena = &m->object->arena;
  const rn_ast_options *given = &m->def->options;
  rn_option_value *items = RN_NEW_N(arena, rn_option_value, given->count + 1);
  for (uint32_t i = 0; i < given->count; i++) {
    const rn_ast_option *o = &given->items[i];
    items[i] = (rn_option_value){rn_arena_strdup(arena, o->key), rn_arena_strdup(arena, o->value ? o->value : ""),
                                 o->key_span, o->value_span};
    for (uint32_t k = 0; k < i; k++) {
      if (strcmp(items[k].key, items[i].key) != 0) continue;
      rn_diag(m->diags, RN_E_DUPLICATE_NAME, o->key_span, NULL, "option '%s' is given twice", o->key);
      break;
    }
  }
  qsort(items, given->count, sizeof *items, by_key);
  m->object->options = (rn_options){given->count, items};
}

static void find_connector(table_maker *m) {
  const rn_registry *registry = m->catalog->registry;
  const rn_option_value *given = rn_option_find(&m->object->options, "connector");
  const char *name = given ? given->value : RN_DEFAULT_CONNECTOR;
  m->object->connector = rn_connector_find(registry, rn_slice_of(name));
  if (m->object->connector || m->loading) return;
  const char **names = RN_NEW_N(&m->object->arena, const char *, registry->connector_count + 1);
  rn_builder hint = {0};
  for (size_t i = 0; i < registry->connector_count; i++) names[i] = registry->connectors[i]->name;
  const char *near = rn_text_nearest(rn_slice_of(name), names, registry->connector_count);
  if (near) rn_builder_printf(&hint, "did you mean '%s'?", near);
  else {
    rn_builder_text(&hint, "connectors: ");
    for (size_t i = 0; i < registry->connector_count; i++) rn_builder_printf(&hint, "%s%s", i ? ", " : "", names[i]);
  }
  rn_diag(m->diags, RN_E_CONNECTOR, given ? given->value_span : m->statement->path.span, hint.data,
          "there is no connector '%s'", name);
  rn_builder_free(&hint);
}

static void find_formats(table_maker *m) {
  static const char *const keys[] = {"format", "value.format", "key.format"};
  const rn_registry *registry = m->catalog->registry;
  for (size_t i = 0; i < 3; i++) {
    const rn_option_value *given = rn_option_find(&m->object->options, keys[i]);
    const rn_format *format = given ? rn_format_find(registry, rn_slice_of(given->value)) : NULL;
    if (i < 2 && format) m->object->value_format = format;
    if (i == 2) m->object->key_format = format;
    if (!given || m->loading || format) continue;
    const char **names = RN_NEW_N(&m->object->arena, const char *, registry->format_count + 1);
    rn_builder hint = {0};
    for (size_t k = 0; k < registry->format_count; k++) names[k] = registry->formats[k]->name;
    const char *near = rn_text_nearest(rn_slice_of(given->value), names, registry->format_count);
    if (near) rn_builder_printf(&hint, "did you mean '%s'?", near);
    else {
      rn_builder_text(&hint, "formats: ");
      for (size_t k = 0; k < registry->format_count; k++) rn_builder_printf(&hint, "%s%s", k ? ", " : "", names[k]);
    }
    rn_diag(m->diags, RN_E_CONNECTOR, given->value_span, hint.data, "there is no format '%s'", given->value);
    rn_builder_free(&hint);
  }
}

static void check_metadata(table_maker *m) {
  const rn_connector *c = m->object->connector;
  for (uint32_t i = 0; c && i < m->def->column_count; i++) {
    const rn_ast_column_def *def = &m->def->columns[i];
    int at = find_column(m->object, def->name.text);
    if (def->kind != RN_AST_COL_METADATA || at < 0) continue;
    const rn_catalog_column *column = &m->object->columns[at];
    const rn_metadata_key *row = NULL;
    const char **names = RN_NEW_N(&m->object->arena, const char *, c->metadata_count + 1);
    for (size_t k = 0; k < c->metadata_count; k++) {
      names[k] = c->metadata[k].key;
      if (!strcmp(names[k], column->metadata_key)) row = &c->metadata[k];
    }
    rn_span span = def->metadata_span.end ? def->metadata_span : def->name.span;
    if (!row) {
      const char *near = rn_text_nearest(rn_slice_of(column->metadata_key), names, c->metadata_count);
      rn_diag(m->diags, RN_E_OPTION_UNKNOWN, span, near ? rn_arena_printf(&m->object->arena, "did you mean '%s'?",
          near) : NULL,
              "connector %s has no metadata '%s'", c->name, column->metadata_key);
      continue;
    }
    const rn_type *natural = rn_catalog_metadata_type(m->object, column, &m->object->arena);
    if (!rn_type_same(natural, column->type) && column->type->id != RN_T_ERROR) {
      const rn_function *fn;
      rn_resolution unused;
      rn_error err;
      rn_error_clear(&err);
      if (rn_cast_resolve(natural, column->type, false, span, &m->object->arena, &fn, &unused, &err) != RN_OK)
        rn_diag(m->diags, RN_E_TYPE, def->type->span, NULL, "metadata '%s' is %s and cannot be read as %s",
                column->metadata_key,
                rn_type_name(&m->object->arena, natural), rn_type_name(&m->object->arena, column->type));
    }
  }
}

static void check_options(table_maker *m) {
  if (!m->object->connector || m->loading) return;
  rn_arena scratch;
  rn_arena_init(&scratch);
  rn_table_spec *spec = RN_NEW(&scratch, rn_table_spec); /* with references as they stand: they are read at use */
  rn_table_column *columns = RN_NEW_N(&scratch, rn_table_column, m->object->column_count + 1);
  uint32_t *keys = RN_NEW_N(&scratch, uint32_t, m->object->key_count + 1);
  spec->name = m->object->name;
  spec->columns = columns;
  for (uint32_t i = 0; i < m->object->column_count; i++) {
    const rn_catalog_column *c = &m->object->columns[i];
    for (uint32_t k = 0; k < m->object->key_count; k++)
      if (m->object->keys[k] == i) keys[k] = spec->column_count;
    if (c->kind == RN_COL_COMPUTED) continue;
    columns[spec->column_count++] = (rn_table_column){c->name, c->type,
                                                      c->kind == RN_COL_METADATA ? RN_COLUMN_METADATA : RN_COLUMN_PHYSICAL,
                                                      c->metadata_key, c->is_virtual};
  }
  spec->key_count = m->object->key_count;
  spec->keys = keys;
  spec->options = m->object->options;
  spec->connector = m->object->connector;
  spec->value_format = m->object->value_format;
  spec->key_format = m->object->key_format;
  spec->span = m->statement->path.span;
  (void)rn_table_options_check(spec, 0, m->diags);
  for (size_t i = 0; i < spec->options.count && !m->object->temporary; i++) {
    const rn_option_value *o = &spec->options.items[i];
    const rn_option *row = rn_table_option_row(spec->connector, spec->value_format, spec->key_format, rn_slice_of(o->key));
    if (row && (row->flags & RN_OPTION_SECRET) && o->value[0] && !strstr(o->value, "${"))
      rn_diag(m->diags, RN_W_SECRET, o->value_span, "write ${env:NAME} or ${file:PATH}",
              "the secret '%s' is stored in the file as it stands here", o->key);
  }
  rn_arena_free(&scratch);
}

/* Columns of a table in the file: SQLite ignores case in names. */
static void check_case(table_maker *m) {
  const rn_catalog_object *t = m->object;
  if (!t->connector || !(t->connector->flags & RN_CONNECTOR_IN_FILE) || m->loading) return;
  for (uint32_t i = 0; i < t->column_count; i++)
    for (uint32_t k = 0; k < i; k++)
      if (rn_text_eq_nocase(t->columns[i].name, t->columns[k].name) && t->columns[i].kind == RN_COL_PHYSICAL &&
          t->columns[k].kind == RN_COL_PHYSICAL)
        rn_diag(m->diags, RN_E_CATALOG, m->def->column_count > i ? m->def->columns[i].name.span : m->statement->path.span,
                "SQLite ignores case in names", "columns \"%s\" and \"%s\" differ in case only", t->columns[k].name,
                    t->columns[i].name);
}

/* --- PRIMARY KEY, WATERMARK ------------------------------------------------------------------------------------ */
static void primary_key(table_maker *m) {
  rn_catalog_object *t = m->object;
  rn_arena *arena = &t->arena;
  const rn_ast_table_def *def = m->def;
  t->keys = RN_NEW_N(arena, uint32_t, def->keys.count + def->column_count + 1);
  rn_builder unnamed = {0}; /* Flink's name for it */
  rn_builder_text(&unnamed, "PK");
  for (uint32_t i = 0; i < def->keys.count; i++) rn_builder_printf(&unnamed, "_%s", def->keys.items[i].text);
  if (def->keys.count) t->constraint = rn_arena_strdup(arena, def->constraint ? def->constraint : unnamed.data);
  rn_builder_free(&unnamed);
  if (def->key_clause_count > 1) {
    rn_diag(m->diags, RN_E_CATALOG, def->key_span, NULL, "a table has one PRIMARY KEY");
    return;
  }
  if (def->key_clause_count && def->key_enforced) {
    rn_diag(m->diags, RN_E_CATALOG, def->key_span, "write PRIMARY KEY (..) NOT ENFORCED",
            "PRIMARY KEY cannot be enforced on a stream");
    return;
  }
  for (uint32_t i = 0; i < def->keys.count; i++) {
    const rn_ast_name *name = &def->keys.items[i];
    int at = find_column(t, name->text);
    if (at < 0) {
      rn_diag(m->diags, RN_E_COLUMN_NOT_FOUND, name->span, near_column(m, name->text),
              "PRIMARY KEY names column \"%s\", which is not there", name->text);
      continue;
    }
    if (t->columns[at].kind != RN_COL_PHYSICAL) {
      rn_diag(m->diags, RN_E_CATALOG, name->span, NULL, "PRIMARY KEY needs physical columns, and \"%s\" is %s", name->text,
              t->columns[at].kind == RN_COL_COMPUTED ? "computed" : "METADATA");
      continue;
    }
    for (uint32_t k = 0; k < t->key_count; k++)
      if (t->keys[k] == (uint32_t)at)
        rn_diag(m->diags, RN_E_DUPLICATE_NAME, name->span, NULL, "PRIMARY KEY names \"%s\" twice", name->text);
    if (!rn_type_is_ordered(t->columns[at].type)) /* a MAP has many texts */
      rn_diag(m->diags, RN_E_CATALOG, name->span, NULL, "PRIMARY KEY cannot hold %s of type %s", name->text, rn_type_name(arena, t->columns[at].type));
    t->columns[at].type = rn_type_with_null(arena, t->columns[at].type, false);
    t->keys[t->key_count++] = (uint32_t)at;
  }
}

/* PARTITIONED BY and DISTRIBUTED BY say how another system lays rows out; here they are kept and shown. */
static int layout_column(table_maker *m, const rn_ast_name *name, const char *clause) {
  int at = find_column(m->object, name->text);
  if (at < 0)
    rn_diag(m->diags, RN_E_COLUMN_NOT_FOUND, name->span, near_column(m, name->text), "%s names column \"%s\", which is not there", clause, name->text);
  else if (m->object->columns[at].kind != RN_COL_PHYSICAL)
    rn_diag(m->diags, RN_E_CATALOG, name->span, NULL, "%s needs physical columns, and \"%s\" is %s", clause, name->text,
            m->object->columns[at].kind == RN_COL_COMPUTED ? "computed" : "METADATA");
  else
    return at;
  return -1;
}

static void layout(table_maker *m) {
  rn_catalog_object *t = m->object;
  const rn_ast_names *by = &m->def->partitioned_by, *columns = &m->def->distribution.columns;
  t->partitions = RN_NEW_N(&t->arena, uint32_t, by->count + 1);
  for (uint32_t i = 0; i < by->count; i++) {
    int at = layout_column(m, &by->items[i], "PARTITIONED BY");
    for (uint32_t k = 0; at >= 0 && k < t->partition_count; k++)
      if (t->partitions[k] == (uint32_t)at)
        rn_diag(m->diags, RN_E_DUPLICATE_NAME, by->items[i].span, NULL, "PARTITIONED BY names \"%s\" twice", by->items[i].text);
    if (at >= 0) t->partitions[t->partition_count++] = (uint32_t)at;
  }
  bool in_paths = t->connector && (t->connector->flags & RN_CONNECTOR_PARTITIONS);
  for (uint32_t i = 0; i < t->partition_count && in_paths; i++) {
    const rn_catalog_column *c = &t->columns[t->partitions[i]];
    const rn_function *fn;
    rn_resolution unused;
    rn_error err;
    rn_error_clear(&err);
    const rn_type *text = rn_type_basic(RN_T_VARCHAR, true);
    bool nested = rn_type_physical(c->type) == RN_P_LIST || c->type->id == RN_T_ROW;
    if (nested || rn_cast_resolve(rn_type_with_time(&t->arena, c->type, RN_TIME_NONE), text, false, by->items[i].span, &t->arena, &fn, &unused, &err) != RN_OK ||
        rn_cast_resolve(text, rn_type_with_time(&t->arena, c->type, RN_TIME_NONE), false, by->items[i].span, &t->arena, &fn, &unused, &err) != RN_OK)
      rn_diag(m->diags, RN_E_TYPE, by->items[i].span, NULL, "PARTITIONED BY: values of type %s make no names of directories", rn_type_name(&t->arena, c->type));
  }
  uint32_t physical = 0;
  for (uint32_t i = 0; i < t->column_count; i++) physical += t->columns[i].kind == RN_COL_PHYSICAL;
  if (in_paths && t->partition_count && t->partition_count == physical)
    rn_diag(m->diags, RN_E_OPTION_VALUE, rn_span_join(by->items[0].span, by->items[by->count - 1].span), NULL,
            "PARTITIONED BY names all columns: nothing is left for the files of table \"%s\"", t->name);
  if (!m->def->distribution.given) return;
  t->distribution = m->def->distribution;
  t->distribution.columns = (rn_ast_names){columns->count, RN_NEW_N(&t->arena, rn_ast_name, columns->count + 1)};
  for (uint32_t i = 0; i < columns->count; i++) {
    (void)layout_column(m, &columns->items[i], "DISTRIBUTED BY");
    t->distribution.columns.items[i] = (rn_ast_name){.text = rn_arena_strdup(&t->arena, columns->items[i].text)};
  }
  const char *buckets = t->distribution.buckets;
  if (buckets && (strspn(buckets, "0123456789") != strlen(buckets) || strspn(buckets, "0") == strlen(buckets)))
    rn_diag(m->diags, RN_E_OPTION_VALUE, t->distribution.span, NULL, "the number of BUCKETS must be at least 1, got %.40s", buckets);
  if (t->distribution.buckets) t->distribution.buckets = rn_arena_strdup(&t->arena, t->distribution.buckets);
}

bool rn_is_source_watermark(const rn_ast_expr *e) {
  return e->kind == RN_AST_CALL && e->path.count == 1 && rn_text_eq_nocase(e->path.parts[0].text, "SOURCE_WATERMARK") && !e->arg_count;
}

/* Only some connectors know. */
static bool has_source_watermark(table_maker *m, rn_span span) {
  const rn_connector *c = m->object->connector;
  if (!c || c->source_watermark) return true;
  rn_diag(m->diags, RN_E_UNSUPPORTED, span, "a WATERMARK over the rows: ts - INTERVAL '5' SECOND",
          "SOURCE_WATERMARK(): connector %s has no watermarks of its own", c->name);
  return false;
}

static void watermark(table_maker *m) {
  rn_catalog_object *t = m->object;
  const rn_ast_table_def *def = m->def;
  if (!def->watermark_count) return;
  const rn_ast_watermark *w = &def->watermarks[0];
  if (def->watermark_count > 1) {
    rn_diag(m->diags, RN_E_CATALOG, def->watermarks[1].span, NULL, "a table has one WATERMARK");
    return;
  }
  int at = find_column(t, w->column.text);
  if (at < 0) {
    rn_diag(m->diags, RN_E_COLUMN_NOT_FOUND, w->column.span, near_column(m, w->column.text),
            "WATERMARK names column \"%s\", which is not there", w->column.text);
    return;
  }
  const rn_type *type = t->columns[at].type;
  if (type->id == RN_T_ERROR) return;
  if (!rn_type_is_timestamp(type) || type->precision > 3 || type->time_attribute == RN_TIME_PROCTIME) {
    const char *hint = rn_type_is_string(type) ? "add a computed column: ts AS TO_TIMESTAMP(text), and put the WATERMARK on it"
                       : rn_type_is_integer(type) ? "add a computed column: ts AS TO_TIMESTAMP_LTZ(epoch_ms, 3), and put the WATERMARK on it"
                       : rn_type_is_timestamp(type) ? "declare it with at most 3 fraction digits" : NULL;
    rn_diag(m->diags, RN_E_TIME_ATTRIBUTE, w->column.span, hint,
            "WATERMARK needs a TIMESTAMP(3) or TIMESTAMP_LTZ(3) column, but \"%s\" is %s%s", w->column.text,
            rn_type_name(&t->arena, type), type->time_attribute == RN_TIME_PROCTIME ? " of processing time" : "");
    return;
  }
  rn_scope_column *columns = RN_NEW_N(&t->arena, rn_scope_column, t->column_count + 1);
  for (uint32_t i = 0; i < t->column_count; i++)
    columns[i] = (rn_scope_column){t->name, t->columns[i].name, t->columns[i].type, i, false, false};
  rn_scope scope = {.column_count = t->column_count, .columns = columns, .clause = "WATERMARK"};
  bool by_source = rn_is_source_watermark(w->expr);
  if (by_source && !has_source_watermark(m, w->expr->span.end <= w->span.end ? w->expr->span : w->span)) return;
  rn_expr *e = by_source ? NULL : bind_here(m, &scope, w->expr, w->span, rn_arena_printf(&t->arena, "WATERMARK FOR %s AS", w->column.text));
  if (e && rn_bind_failed(e)) return;
  if (e && (e->type->id != type->id || e->type->precision > 3)) {
    rn_diag(m->diags, RN_E_TYPE, w->expr->span.end <= w->span.end ? e->span : w->span, "for example: ts - INTERVAL '5' SECOND",
            "the WATERMARK of a %s column must be %s, got %s",
            rn_type_name(&t->arena, type), type->id == RN_T_TIMESTAMP ? "TIMESTAMP(3)" : "TIMESTAMP_LTZ(3)",
                rn_type_name(&t->arena, e->type));
    return;
  }
  t->rowtime = at;
  t->columns[at].type = rn_type_with_time(&t->arena, type, RN_TIME_ROWTIME);
}

/* Texts and trees that outlive the statement: from the canonical text, parsed into the object's arena. */
static rn_status keep_definition(table_maker *m) {
  rn_catalog_object *t = m->object;
  for (uint32_t i = 0; i < m->def->column_count; i++) { /* texts first: the canonical text is made of them */
    const rn_ast_column_def *def = &m->def->columns[i];
    int at = find_column(t, def->name.text);
    if (def->kind == RN_AST_COL_COMPUTED && at >= 0) t->columns[at].computed = def->expr;
  }
  if (t->rowtime >= 0) t->watermark = m->def->watermarks[0].expr;
  rn_builder text = {0};
  rn_catalog_table_text(t, false, &text);
  rn_status status = rn_catalog_set_text(t, text.data, m->diags);
  rn_builder_free(&text);
  return status;
}

rn_status rn_catalog_define_table(rn_catalog *catalog, const rn_ast_statement *statement, bool loading,
                                  rn_catalog_object **out, rn_diagnostics *diags) {
  static const rn_ast_table_def no_def;
  rn_ast_table_def empty = no_def;
  table_maker m = {.catalog = catalog, .statement = statement, .def = statement->table ? statement->table : &empty,
                   .object = rn_catalog_object_new(), .diags = diags, .loading = loading, .errors = diags->error_count};
  *out = NULL;
  m.object->kind = RN_OBJECT_TABLE;
  m.object->temporary = statement->temporary;
  m.object->comment = m.def->comment ? rn_arena_strdup(&m.object->arena, m.def->comment) : NULL;
  m.binder.arena = &m.object->arena;
  m.binder.catalog = catalog;
  m.binder.zone = catalog->zone;
  m.binder.diags = diags;
  m.binder.write_paths = true;
  m.binder.now_us = rn_clock_now_us(NULL);
  (void)rn_catalog_new_path(catalog, &statement->path, &m.object->arena, m.object, diags);
  if (statement->query && statement->temporary)
    rn_diag(diags, RN_E_UNSUPPORTED, statement->span, NULL, "CREATE TABLE AS cannot be TEMPORARY");
  m.object->columns = RN_NEW_N(&m.object->arena, rn_catalog_column, m.def->column_count + 1);
  if (m.def->column_count > RN_COLUMNS_MAX)
    rn_diag(diags, RN_E_LIMIT, statement->path.span, NULL, "a table has at most %d columns", RN_COLUMNS_MAX);
  stored_columns(&m);
  if (statement->query && !failed(&m)) query_columns(&m);
  copy_options(&m);
  find_connector(&m);
  find_formats(&m);
  check_case(&m);
  check_metadata(&m);
  primary_key(&m);
  layout(&m);
  computed_columns(&m);
  watermark(&m);
  uint32_t physical = 0;
  for (uint32_t i = 0; i < m.object->column_count; i++) physical += m.object->columns[i].kind != RN_COL_COMPUTED;
  if (!physical && !failed(&m))
    rn_diag(diags, RN_E_CATALOG, statement->path.span, NULL, "table \"%s\" needs at least one column with a type",
            m.object->name);
  if (!failed(&m)) check_options(&m);
  bool kept = !failed(&m) && keep_definition(&m) == RN_OK;
  rn_bind_restore_paths(&m.binder);
  if (!kept) {
    rn_catalog_object_free(m.object);
    return RN_FAIL;
  }
  *out = m.object;
  return RN_OK;
}
