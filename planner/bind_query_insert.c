/* INSERT: the query's columns are mapped to the table's by position or by the column list, converted
 * implicitly, and missing ones become NULL. The changelog check is inference's (changelog.c). */
#include "planner/changelog.h"
#include "planner/planner.h"
#include "planner/query.h"

typedef struct target_list {
  rn_expr **fixed; /* per catalog column: its value of PARTITION (c = ..); NULL: from the query */
  uint32_t count;
  uint32_t *columns; /* catalog columns, in the order the query gives them */
  rn_span *spans;    /* of the names in the column list; empty without */
} target_list;

static bool writable(const rn_catalog_column *c) {
  return c->kind == RN_COL_PHYSICAL || (c->kind == RN_COL_METADATA && !c->is_virtual);
}

/* Metadata that the connector can only give must be VIRTUAL in a table that is written. */
static rn_status check_metadata(rn_query_context *q, const rn_ast_insert *insert, const rn_catalog_object *t,
                                const rn_catalog_column *c, rn_span span) {
  if (c->kind != RN_COL_METADATA || !t->connector) return RN_OK;
  for (size_t k = 0; k < t->connector->metadata_count; k++) {
    const rn_metadata_key *row = &t->connector->metadata[k];
    if (strcmp(row->key, c->metadata_key) != 0 || row->writable) continue;
    return rn_diag(q->binder.diags, RN_E_SINK_SCHEMA, span.end ? span : insert->table.span,
                   rn_arena_printf(q->arena, "declare the column METADATA FROM '%s' VIRTUAL: it is read and not written", row->key),
                   "connector %s cannot write metadata '%s' (column \"%s\" of table \"%s\")", t->connector->name, row->key, c->name, t->name);
  }
  return RN_OK;
}

static const char *suggest_column(rn_query_context *q, const rn_catalog_object *t, const char *wanted) {
  const char **names = RN_NEW_N(q->arena, const char *, t->column_count + 1);
  for (uint32_t i = 0; i < t->column_count; i++) names[i] = t->columns[i].name;
  const char *near = rn_text_nearest(rn_slice_of(wanted), names, t->column_count);
  return near ? rn_arena_printf(q->arena, "did you mean \"%s\"?", near) : NULL;
}

static rn_status find_targets(rn_query_context *q, const rn_ast_insert *insert, const rn_catalog_object *t,
                              target_list *out) {
  out->columns = RN_NEW_N(q->arena, uint32_t, t->column_count + insert->columns.count + 1);
  out->spans = RN_NEW_N(q->arena, rn_span, t->column_count + insert->columns.count + 1);
  rn_diagnostics *diags = q->binder.diags;
  if (!insert->columns.count) {
    for (uint32_t i = 0; i < t->column_count; i++) {
      if (!writable(&t->columns[i]) || out->fixed[i]) continue;
      if (check_metadata(q, insert, t, &t->columns[i], (rn_span){0, 0}) != RN_OK) return RN_FAIL;
      out->columns[out->count++] = i;
    }
    return RN_OK;
  }
  for (uint32_t i = 0; i < insert->columns.count; i++) {
    const rn_ast_name *name = &insert->columns.items[i];
    uint32_t c = 0;
    while (c < t->column_count && strcmp(t->columns[c].name, name->text) != 0) c++;
    if (c == t->column_count)
      return rn_diag(diags, RN_E_COLUMN_NOT_FOUND, name->span, suggest_column(q, t, name->text),
                     "table \"%s\" has no column \"%s\"", t->name, name->text);
    if (!writable(&t->columns[c]))
      return rn_diag(diags, RN_E_SINK_SCHEMA, name->span, NULL,
                     "column \"%s\" of table \"%s\" is %s and cannot be written", name->text, t->name,
                     t->columns[c].kind == RN_COL_COMPUTED ? "computed" : "METADATA VIRTUAL");
    if (check_metadata(q, insert, t, &t->columns[c], name->span) != RN_OK) return RN_FAIL;
    if (out->fixed[c])
      return rn_diag(diags, RN_E_DUPLICATE_NAME, name->span, NULL, "PARTITION gives column \"%s\" its value", name->text);
    for (uint32_t k = 0; k < out->count; k++)
      if (out->columns[k] == c)
        return rn_diag(diags, RN_E_DUPLICATE_NAME, name->span, NULL, "column \"%s\" is named twice", name->text);
    out->spans[out->count] = name->span;
    out->columns[out->count++] = c;
  }
  for (uint32_t c = 0; c < t->column_count; c++) {
    bool given = !writable(&t->columns[c]) || t->columns[c].type->nullable || t->columns[c].kind == RN_COL_METADATA || out->fixed[c];
    for (uint32_t k = 0; k < out->count; k++) given = given || out->columns[k] == c;
    if (!given)
      return rn_diag(diags, RN_E_SINK_SCHEMA, rn_span_join(insert->columns.items[0].span,
                                                           insert->columns.items[insert->columns.count - 1].span), NULL,
                     "column \"%s\" of table \"%s\" is NOT NULL and gets no value", t->columns[c].name, t->name);
  }
  return RN_OK;
}

/* PARTITION (c = value): constants for columns that the table is partitioned by. */
static rn_status find_partition(rn_query_context *q, const rn_ast_assignments *given, const rn_catalog_object *t, target_list *out) {
  rn_diagnostics *diags = q->binder.diags;
  rn_status status = RN_OK;
  out->fixed = RN_NEW_N(q->arena, rn_expr *, t->column_count + 1);
  for (uint32_t i = 0; i < given->count; i++) {
    const rn_ast_assignment *a = &given->items[i];
    uint32_t k = 0;
    while (k < t->partition_count && strcmp(t->columns[t->partitions[k]].name, a->column.text) != 0) k++;
    if (k == t->partition_count)
      return rn_diag(diags, RN_E_SINK_SCHEMA, a->column.span, t->partition_count ? NULL : "CREATE TABLE .. PARTITIONED BY (..) names them",
                     "table \"%s\" is not partitioned by \"%s\"", t->name, a->column.text);
    rn_scope scope = {.clause = "PARTITION"};
    rn_expr *e = rn_bind_expr(&q->binder, &scope, a->value);
    const rn_type *to = t->columns[t->partitions[k]].type;
    if (out->fixed[t->partitions[k]]) return rn_diag(diags, RN_E_DUPLICATE_NAME, a->column.span, NULL, "column \"%s\" is named twice", a->column.text);
    if (!rn_bind_failed(e) && e->type->id != RN_T_NULL && !rn_type_same(e->type, to) && !rn_cast_is_implicit(e->type, to)) {
      rn_diag(diags, RN_E_SINK_SCHEMA, a->value->span, NULL, "column \"%s\" of table \"%s\" is %s, not %s", a->column.text, t->name,
              rn_type_name(q->arena, to), rn_type_name(q->arena, e->type));
      status = RN_FAIL;
    }
    e = status == RN_OK ? rn_bind_cast(&q->binder, e, rn_type_with_null(q->arena, to, e->type->nullable || e->type->id == RN_T_NULL), false, false) : e;
    if (rn_bind_failed(e)) status = RN_FAIL;
    out->fixed[t->partitions[k]] = e;
  }
  return status;
}

rn_status rn_bind_partition(rn_query_context *q, const rn_ast_assignments *given, const rn_catalog_object *t, struct rn_partition_value *out) {
  target_list list = {0};
  if (find_partition(q, given, t, &list) != RN_OK) return RN_FAIL;
  for (uint32_t k = 0; k < t->partition_count; k++) {
    rn_expr *e = list.fixed[t->partitions[k]];
    rn_value value;
    out[k] = (rn_partition_value){.is_given = e != NULL};
    if (!e) continue;
    e = rn_bind_cast(&q->binder, e, rn_type_basic(RN_T_VARCHAR, true), true, false);
    if (rn_bind_failed(e)) return RN_FAIL;
    if (!rn_bind_constant(&q->binder, e, &value))
      return rn_diag(q->binder.diags, RN_E_TYPE, e->span, NULL, "PARTITION needs a constant for column \"%s\"", t->columns[t->partitions[k]].name);
    if (!value.is_null) out[k].text = rn_arena_strndup(q->arena, value.u.text.ptr, value.u.text.len);
  }
  return RN_OK;
}

/* INSERT OVERWRITE writes a table beside the old one, which takes its place when all is there (api/rows.c): here the options of
 * that table. */
static rn_status overwrite_options(rn_query_context *q, const rn_ast_insert *insert, const rn_catalog_object *t, rn_ast_option *options,
                                   uint32_t *count) {
  rn_span span = insert->table.span;
  rn_table_spec *spec = NULL;
  uint32_t *map = NULL;
  bool in_file = (t->connector->flags & RN_CONNECTOR_IN_FILE) && !rn_option_text(&t->options, "path") && !rn_option_text(&t->options, "table");
  if (in_file) {
    options[0] = (rn_ast_option){"table", rn_arena_printf(q->arena, RN_OVERWRITE_PREFIX "%s", t->name), span, span};
    options[1] = (rn_ast_option){"index", "", span, span};
    *count = 2;
    return RN_OK;
  }
  if (!t->connector->overwrite_path)
    return rn_diag(q->binder.diags, RN_E_UNSUPPORTED, span, "the rows of a table without WITH, and those of files, can be",
                   "INSERT OVERWRITE: the rows of \"%s\" (connector %s) cannot be replaced", t->name, t->connector->name);
  if (rn_catalog_table_spec(t, rn_catalog_registry(q->binder.catalog), &insert->hints, q->arena, &spec, &map, q->binder.diags) != RN_OK) return RN_FAIL;
  rn_respan_options(spec, span);
  if (rn_check_table_options(q, spec, RN_OPTION_SINK) != RN_OK) return RN_FAIL;
  options[0] = (rn_ast_option){"path", t->connector->overwrite_path(spec, q->arena), span, span};
  *count = 1;
  return RN_OK;
}
static rn_status overwrite_hints(rn_query_context *q, const rn_ast_insert *insert, const rn_catalog_object *t, rn_ast_hints *out) {
  rn_ast_option *options = RN_NEW_N(q->arena, rn_ast_option, 2);
  rn_span span = insert->table.span;
  uint32_t count = 0;
  if (overwrite_options(q, insert, t, options, &count) != RN_OK) return RN_FAIL;
  rn_ast_hint *items = RN_NEW_N(q->arena, rn_ast_hint, insert->hints.count + 1);
  for (uint32_t i = 0; i < insert->hints.count; i++) items[i] = insert->hints.items[i];
  items[insert->hints.count] = (rn_ast_hint){.name = "OPTIONS", .options = {count, options}, .span = span};
  *out = (rn_ast_hints){insert->hints.count + 1, items};
  return RN_OK;
}

/* Where the query says what goes into the column. */
static rn_span item_span(const rn_ast_query *query, uint32_t i, uint32_t count) {
  if (query->kind == RN_AST_SELECT && query->select->item_count == count) return query->select->items[i].span;
  if (query->kind == RN_AST_VALUES && query->rows[0]->arg_count == count) return query->rows[0]->args[i]->span;
  return query->span;
}

static void list_columns(rn_builder *b, const rn_catalog_object *t, const target_list *targets) {
  for (uint32_t i = 0; i < targets->count; i++)
    rn_builder_printf(b, "%s%s", i ? ", " : "", t->columns[targets->columns[i]].name);
}

/* The column as the connector sees it; NULL: it does not. */
static const rn_table_column *connector_column(const rn_table_spec *spec, const rn_catalog_column *column) {
  for (uint32_t i = 0; i < spec->column_count; i++)
    if (!strcmp(spec->columns[i].name, column->name)) return &spec->columns[i];
  return NULL;
}

/* Metadata columns are given to the connector in its own type. */
static const rn_type *stored_type(rn_query_context *q, const rn_table_spec *spec, const rn_catalog_column *column) {
  const rn_table_column *given = connector_column(spec, column);
  return rn_type_plain(q->arena, given && !rn_is_partition(given) ? given->type : column->type);
}

/* What names a directory is text. */
static rn_expr *in_path(rn_query_context *q, const rn_table_spec *spec, const rn_catalog_column *column, rn_expr *e) {
  const rn_table_column *given = connector_column(spec, column);
  if (!given || !rn_is_partition(given) || rn_bind_failed(e)) return e;
  return rn_bind_cast(&q->binder, e, rn_type_basic(RN_T_VARCHAR, e->type->nullable), true, false);
}

/* A connector that stamps records needs to know which of the row's times is the record's: metadata says so, or there is
 * one time attribute. (Flink refuses several for every sink; others have no use for it.) */
static rn_status check_stamp(rn_query_context *q, const rn_ast_insert *insert, const rn_catalog_object *t,
                             const target_list *targets, const rn_schema *given) {
  int first = -1;
  if (!(t->connector->flags & RN_CONNECTOR_STAMPS)) return RN_OK;
  for (uint32_t k = 0; k < targets->count; k++) {
    const rn_catalog_column *column = &t->columns[targets->columns[k]];
    if (column->kind == RN_COL_METADATA && !strcmp(column->metadata_key, "timestamp")) return RN_OK;
  }
  for (uint32_t k = 0; k < targets->count; k++) {
    if (given->fields[k].type->time_attribute != RN_TIME_ROWTIME) continue;
    if (first >= 0)
      return rn_diag(q->binder.diags, RN_E_TIME_ATTRIBUTE, item_span(insert->query, k, targets->count),
                     rn_arena_printf(q->arena, "make one of them a plain timestamp: CAST(%s AS %s)", given->fields[k].name,
                                     rn_type_name(q->arena, rn_type_with_null(q->arena, rn_type_plain(q->arena, given->fields[k].type), true))),
                     "records of table \"%s\" are stamped with the row's event time, and the query gives two: \"%s\" and \"%s\"",
                     t->name, given->fields[first].name, given->fields[k].name);
    first = (int)k;
  }
  return RN_OK;
}

static rn_logical *map_columns(rn_query_context *q, const rn_ast_insert *insert, const rn_catalog_object *t,
                               const rn_table_spec *spec,
                               const target_list *targets, rn_logical *input) {
  rn_diagnostics *diags = q->binder.diags;
  if (input->schema.count != targets->count) {
    rn_builder names = {0};
    list_columns(&names, t, targets);
    rn_diag(diags, RN_E_SINK_SCHEMA, insert->query->span, rn_arena_printf(q->arena, "columns of %s: %s", t->name,
        names.data ? names.data : "none"),
            "table \"%s\" wants %u column%s, the query gives %u", t->name, targets->count,
                targets->count == 1 ? "" : "s", input->schema.count);
    rn_builder_free(&names);
    return NULL;
  }
  rn_expr **exprs = RN_NEW_N(q->arena, rn_expr *, t->column_count + 1);
  const char **names = RN_NEW_N(q->arena, const char *, t->column_count + 1);
  uint32_t count = 0;
  bool ok = check_stamp(q, insert, t, targets, &input->schema) == RN_OK;
  for (uint32_t c = 0; c < t->column_count; c++) { /* in the order of the table */
    const rn_catalog_column *column = &t->columns[c];
    uint32_t k = 0;
    while (k < targets->count && targets->columns[k] != c) k++;
    if (targets->fixed[c]) {
      exprs[count] = in_path(q, spec, column, targets->fixed[c]);
      names[count++] = column->name;
      continue;
    }
    if (k == targets->count) {
      if (column->kind != RN_COL_PHYSICAL) continue;
      exprs[count] = in_path(q, spec, column, rn_expr_const(q->arena, rn_value_null(rn_type_with_null(q->arena,
          rn_type_plain(q->arena, column->type), true)), insert->span));
      names[count++] = column->name;
      continue;
    }
    rn_span span = item_span(insert->query, k, targets->count);
    const rn_type *from = input->schema.fields[k].type, *to = stored_type(q, spec, column);
    rn_expr *e = rn_expr_column(q->arena, k, from, span);
    if (!rn_type_same(from, to)) {
      if (from->id != RN_T_NULL && !rn_cast_is_implicit(from, to)) {
        const char *hint = rn_bind_cast_hint(from, to);
        if (!hint) hint = rn_arena_printf(q->arena, "convert it: CAST(.. AS %s)", rn_type_name(q->arena, to));
        rn_diag(diags, RN_E_SINK_SCHEMA, span, hint,
                "column \"%s\" of table \"%s\" is %s, the query gives %s", column->name, t->name,
                    rn_type_name(q->arena, to),
                rn_type_name(q->arena, from));
        ok = false;
        continue;
      }
      e = rn_bind_cast(&q->binder, e, rn_type_with_null(q->arena, to, from->nullable || from->id == RN_T_NULL),
                       false, false);
      if (rn_bind_failed(e)) ok = false;
    }
    exprs[count] = in_path(q, spec, column, e);
    names[count++] = column->name;
  }
  return ok ? rn_logical_project(q->arena, input, count, exprs, names, insert->query->span) : NULL;
}

static rn_logical *sink_node(rn_query_context *q, const rn_ast_insert *insert, const rn_catalog_object *t,
                             const rn_table_spec *spec,
                             rn_logical *input) {
  rn_logical *node = rn_logical_over(q->arena, RN_L_SINK, insert->span, input);
  node->u.sink.object = t;
  node->u.sink.table = spec;
  node->u.sink.accepts = t->connector->sink_accepts(spec);
  node->u.sink.conflict = (rn_conflict)insert->conflict; /* the same order */
  node->u.sink.conflict_span = insert->conflict_span;
  node->u.sink.columns = RN_NEW_N(q->arena, uint32_t, input->schema.count + 1);
  node->u.sink.keys = RN_NEW_N(q->arena, uint32_t, t->key_count + 1);
  for (uint32_t i = 0; i < input->schema.count; i++)
    for (uint32_t k = 0; k < spec->column_count; k++)
      if (!strcmp(spec->columns[k].name, input->schema.fields[i].name)) node->u.sink.columns[i] = k;
  for (uint32_t k = 0; k < t->key_count; k++) {
    int at = rn_schema_find(&input->schema, t->columns[t->keys[k]].name);
    if (at >= 0) node->u.sink.keys[node->u.sink.key_count++] = (uint32_t)at;
  }
  return node;
}

/* Only what is updated by key has conflicts. */
static rn_status check_conflict(rn_query_context *q, const rn_ast_insert *insert, const rn_catalog_object *t, const rn_table_spec *spec) {
  if (!t->key_count)
    return rn_diag(q->binder.diags, RN_E_SINK_KEY, insert->conflict_span, NULL,
                   "ON CONFLICT is for tables with a PRIMARY KEY, and \"%s\" has none", t->name);
  if (!(t->connector->sink_accepts(spec) & RN_CHANGE_UPDATE_AFTER))
    return rn_diag(q->binder.diags, RN_E_SINK_KEY, insert->conflict_span, NULL,
                   "ON CONFLICT is for tables that are updated, and \"%s\" takes inserts only", t->name);
  return RN_OK;
}

rn_logical *rn_bind_insert(rn_query_context *q, const rn_ast_insert *insert) {
  rn_diagnostics *diags = q->binder.diags;
  size_t errors = diags->error_count;
  rn_span span = insert->table.span;
  rn_catalog_object *t = q->target ? q->target : rn_catalog_find(q->binder.catalog, &insert->table, diags);
  const rn_table_spec *spec = NULL;
  uint32_t *map = NULL;
  target_list targets = {0};
  if (t) {
    if (t->kind == RN_OBJECT_VIEW) {
      rn_diag(diags, RN_E_DIRECTION, span, NULL, "\"%s\" is a view: INSERT needs a table", t->name);
    } else if (t->external) {
      rn_diag(diags, RN_E_DIRECTION, span, "CREATE TABLE with the same columns makes it a table of runnel",
              "\"%s\" is a table of the file that was not created here: it can only be read", t->name);
    } else if (!t->connector) {
      const char *name = rn_option_text(&t->options, "connector");
      rn_diag(diags, RN_E_CONNECTOR, span, NULL, "table \"%s\": there is no connector \"%s\"", t->name, name ? name : "");
    } else if (!t->connector->sink_accepts) {
      rn_diag(diags, RN_E_DIRECTION, span, NULL, "table \"%s\" cannot be written: connector %s is a source only",
              t->name, t->connector->name);
    } else {
      rn_ast_hints hints = insert->hints;
      rn_table_spec *made = NULL;
      size_t noted = diags->count;
      if ((!insert->overwrite || overwrite_hints(q, insert, t, &hints) == RN_OK) &&
          rn_catalog_table_spec(t, rn_catalog_registry(q->binder.catalog), &hints, q->arena, &made, &map, diags) == RN_OK) {
        rn_respan_options(made, span);
        if (rn_check_table_options(q, made, RN_OPTION_SINK) == RN_OK) spec = made;
        if (find_partition(q, &insert->partition, t, &targets) != RN_OK || find_targets(q, insert, t, &targets) != RN_OK) spec = NULL;
      }
      rn_place_diagnostics(diags, noted, span);
    }
  }
  if (spec && insert->conflict && check_conflict(q, insert, t, spec) != RN_OK) spec = NULL;
  rn_logical *input = rn_bind_query(q, insert->query, NULL, true);
  if (input && insert->overwrite && spec && !rn_logical_bounded(input))
    rn_diag(diags, RN_E_UNSUPPORTED, insert->query->span, "write INSERT INTO", "INSERT OVERWRITE needs a query that ends: a stream never replaces all rows");
  if (!input || !spec || diags->error_count != errors) return NULL;
  input = map_columns(q, insert, t, spec, &targets, input);
  return input ? sink_node(q, insert, t, spec, input) : NULL;
}
