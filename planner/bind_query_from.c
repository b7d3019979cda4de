/* FROM: tables, views, WITH items, sub-queries. A table becomes a SCAN over a shared rn_access; a view and a
 * WITH item are bound anew where they are named (inlined), so time attributes survive through them. */
#include "parser/parse.h"
#include "planner/catalog_parts.h"
#include "planner/query.h"

rn_relation rn_relation_of(rn_query_context *q, rn_logical *node, const char *alias) {
  rn_relation r = {node, node->schema.count, RN_NEW_N(q->arena, rn_scope_column, node->schema.count + 1)};
  for (uint32_t i = 0; i < r.count; i++)
    r.columns[i] = (rn_scope_column){alias, node->schema.fields[i].name, node->schema.fields[i].type, i, false, false};
  rn_mark_twins(&r);
  return r;
}

void rn_relation_scope(const rn_relation *relation, const char *clause, rn_scope *out) {
  memset(out, 0, sizeof *out);
  out->column_count = relation->count;
  out->columns = relation->columns;
  out->clause = clause;
}

/* --- tables -------------------------------------------------------------------------------------------- */
static const char *access_identity(rn_query_context *q, const rn_catalog_object *object, const rn_ast_hints *hints) {
  rn_builder text = {0};
  rn_builder_printf(&text, "%s%s.%s.%s", object->temporary ? "~" : "", object->catalog, object->database, object->name);
  for (uint32_t i = 0; hints && i < hints->count; i++)
    for (uint32_t j = 0; j < hints->items[i].options.count; j++)
      rn_builder_printf(&text, ";%s=%s", hints->items[i].options.items[j].key, hints->items[i].options.items[j].value);
  const char *identity = rn_arena_strdup(q->arena, text.data);
  rn_builder_free(&text);
  return identity;
}

void rn_respan_options(rn_table_spec *spec, rn_span span) {
  spec->span = span;
  rn_option_value *items = (rn_option_value *)(uintptr_t)spec->options.items; /* the spec's own copy */
  for (size_t i = 0; i < spec->options.count; i++)
    if (items[i].key_span.begin == items[i].key_span.end) items[i].key_span = items[i].value_span = span;
}

void rn_place_diagnostics(rn_diagnostics *diags, size_t first, rn_span span) {
  for (size_t i = first; i < diags->count; i++) {
    if (diags->items[i].has_span) continue;
    diags->items[i].span = span;
    diags->items[i].has_span = true;
  }
}

rn_status rn_check_table_options(rn_query_context *q, const rn_table_spec *spec, uint16_t direction) {
  rn_diagnostics *found = rn_calloc(1, sizeof *found);
  rn_status status = rn_table_options_check(spec, direction, found);
  for (size_t i = 0; i < found->count; i++) /* notes were given when the table was made */
    if (found->items[i].code < 100000) rn_diagnostics_add(q->binder.diags, &found->items[i]);
  rn_free(found);
  return status;
}

enum { LIVE_AHEAD_S = 86400 }; /* what is believed of a live source that says nothing about it */

static int64_t duration_of(const rn_access *a, const char *key) {
  return rn_option_int(&a->spec->options, rn_table_options, rn_table_option_count, key);
}

static rn_status read_alignment(rn_query_context *q, rn_access *a) {
  const rn_option_value *group = rn_option_find(&a->spec->options, "scan.watermark.alignment.group");
  const rn_option_value *drift = rn_option_find(&a->spec->options, "scan.watermark.alignment.max-drift");
  if (!group != !drift)
    return rn_diag(q->binder.diags, RN_E_OPTION_MISSING, group ? group->key_span : drift->key_span, NULL,
                   "option '%s' of table \"%s\" needs '%s'", group ? group->key : drift->key, a->object->name,
                   group ? "scan.watermark.alignment.max-drift" : "scan.watermark.alignment.group");
  if (!group || !*group->value) return RN_OK;
  a->align_group = group->value;
  a->align_drift_us = duration_of(a, "scan.watermark.alignment.max-drift");
  a->align_interval_us = duration_of(a, "scan.watermark.alignment.update-interval");
  return RN_OK;
}

static rn_status read_watermark_options(rn_query_context *q, rn_access *a) {
  const char *strategy = rn_option_text(&a->spec->options, "scan.watermark.emit.strategy");
  a->each_row = strategy && rn_text_eq_nocase(strategy, "on-event");
  const char *idle = rn_option_text(&a->spec->options, "scan.watermark.idle-timeout");
  int64_t us = -1;
  a->idle_timeout_us = idle && rn_duration_parse(rn_slice_of(idle), &us) ? us : -1;
  a->gap = (uint32_t)duration_of(a, "scan.watermark.emit.on-event.gap");
  bool live = !a->bounded && (a->object->connector->flags & RN_CONNECTOR_LIVE);
  a->max_ahead_us = rn_option_text(&a->spec->options, "scan.watermark.max-ahead") ? duration_of(a, "scan.watermark.max-ahead")
                    : live                                                        ? LIVE_AHEAD_S * RN_US_PER_SECOND
                                                                                  : 0;
  return read_alignment(q, a);
}

/* A metadata column may be declared with another type than the connector's: what reads it sees the cast. */
static void cast_metadata(rn_query_context *q, rn_access *a) {
  rn_expr **natural = RN_NEW_N(q->arena, rn_expr *, a->object->column_count + 1);
  bool any = false;
  for (uint32_t i = 0; i < a->object->column_count; i++) {
    const rn_catalog_column *c = &a->object->columns[i];
    if (c->kind != RN_COL_METADATA && !(a->spec_column[i] >= 0 && rn_is_partition(&a->spec->columns[a->spec_column[i]]))) continue;
    const rn_type *given = a->spec->columns[a->spec_column[i]].type;
    if (rn_type_same(given, c->type)) continue;
    natural[i] = rn_bind_cast(&q->binder, rn_expr_column(q->arena, i, given, a->span),
                              rn_type_plain(q->arena, c->type), true, false);
    any = true;
  }
  for (uint32_t i = 0; any && i < a->object->column_count; i++) {
    if (a->computed[i]) a->computed[i] = rn_expr_replace(q->arena, a->computed[i], natural);
    else a->computed[i] = natural[i];
  }
}

rn_access *rn_bind_access(rn_query_context *q, const rn_catalog_object *object, const rn_ast_hints *hints, rn_span span) {
  const char *identity = access_identity(q, object, hints);
  rn_access **tail = &q->accesses;
  for (; *tail; tail = &(*tail)->next)
    if (!strcmp((*tail)->identity, identity)) return *tail;
  size_t errors = q->binder.diags->error_count;
  if (!object->connector) { /* unknown connectors are kept in the catalog and refused here */
    const char *name = rn_option_text(&object->options, "connector");
    rn_diag(q->binder.diags, RN_E_CONNECTOR, span, NULL, "table \"%s\": there is no connector \"%s\"", object->name,
            name ? name : "");
    return NULL;
  }
  if (!object->connector->is_bounded) {
    rn_diag(q->binder.diags, RN_E_DIRECTION, span, NULL, "table \"%s\" cannot be read: connector %s is a sink only",
            object->name,
            object->connector->name);
    return NULL;
  }
  rn_access *a = RN_NEW(q->arena, rn_access);
  a->object = object;
  a->identity = identity;
  a->span = span;
  a->number = q->access_count;
  a->rowtime = object->rowtime;
  uint32_t *map = NULL;
  size_t noted = q->binder.diags->count;
  rn_status made = rn_catalog_make_spec(object, rn_catalog_registry(q->binder.catalog), hints, !q->schema_only,
                                        q->arena, &a->spec, &map, q->binder.diags);
  rn_place_diagnostics(q->binder.diags, noted, span);
  if (made != RN_OK) return NULL;
  rn_respan_options(a->spec, span);
  if (!q->schema_only && rn_check_table_options(q, a->spec, RN_OPTION_SOURCE) != RN_OK) return NULL;
  a->spec_column = RN_NEW_N(q->arena, int, object->column_count + 1);
  a->used = RN_NEW_N(q->arena, bool, object->column_count + 1);
  for (uint32_t i = 0; i < object->column_count; i++) a->spec_column[i] = -1;
  for (uint32_t i = 0; i < a->spec->column_count; i++) a->spec_column[map[i]] = (int)i;
  a->bounded = q->schema_only || q->binder.until_end || object->connector->is_bounded(a->spec);
  if (q->binder.batch_mode && !a->bounded) {
    rn_diag(q->binder.diags, RN_E_UNSUPPORTED, span,
            "SET 'execution.runtime-mode' = 'streaming'; or bound the table with a scan option",
            "table \"%s\" is unbounded, and execution.runtime-mode is BATCH", object->name);
    return NULL;
  }
  if (read_watermark_options(q, a) != RN_OK) return NULL;
  /* computed columns see physical and metadata columns; the watermark sees all */
  rn_scope_column *columns = RN_NEW_N(q->arena, rn_scope_column, object->column_count + 1);
  rn_scope scope = {.columns = columns, .clause = "a computed column"};
  for (uint32_t i = 0; i < object->column_count; i++)
    if (object->columns[i].kind != RN_COL_COMPUTED)
      columns[scope.column_count++] = (rn_scope_column){object->name, object->columns[i].name,
                                                        object->columns[i].type, i, false, false};
  a->computed = RN_NEW_N(q->arena, rn_expr *, object->column_count + 1);
  rn_diagnostics *outer = q->binder.diags, *inner = rn_calloc(1, sizeof *inner);
  q->binder.diags = inner;
  for (uint32_t i = 0; i < object->column_count; i++)
    if (object->columns[i].kind == RN_COL_COMPUTED)
      a->computed[i] = rn_bind_expr(&q->binder, &scope, object->columns[i].computed);
  cast_metadata(q, a);
  for (uint32_t i = 0; i < object->column_count; i++)
    if (a->computed[i]) rn_expr_respan(a->computed[i], span);
  if (object->watermark) {
    scope.clause = "WATERMARK";
    scope.column_count = object->column_count;
    for (uint32_t i = 0; i < object->column_count; i++)
      columns[i] = (rn_scope_column){object->name, object->columns[i].name, object->columns[i].type, i, false, false};
    const rn_type *rowtime = rn_type_with_time(q->arena, object->columns[object->rowtime].type, RN_TIME_NONE);
    if (rn_is_source_watermark(object->watermark)) /* no row says anything: the source does */
      a->watermark = rn_expr_const(q->arena, rn_value_null(rn_type_with_null(q->arena, rowtime, true)), span);
    else
      a->watermark = rn_bind_expr(&q->binder, &scope, object->watermark);
    rn_expr_respan(a->watermark, span);
  }
  q->binder.diags = outer;
  if (inner->error_count) /* the definition was fine when it was made: something it needs has changed */
    rn_diag(outer, RN_E_CATALOG, span, inner->items[0].hint[0] ? inner->items[0].hint : NULL, "table \"%s\": %s",
            object->name,
            inner->items[0].message);
  rn_free(inner);
  if (q->binder.diags->error_count != errors) return NULL;
  *tail = a;
  q->access_count++;
  return a;
}

static rn_logical *scan_node(rn_query_context *q, rn_access *a, rn_span span) {
  rn_logical *node = rn_logical_new(q->arena, RN_L_SCAN, span, 0, NULL);
  node->u.scan = a;
  rn_field *fields = RN_NEW_N(q->arena, rn_field, a->object->column_count + 1);
  for (uint32_t i = 0; i < a->object->column_count; i++)
    fields[i] = (rn_field){a->object->columns[i].name, a->object->columns[i].type};
  node->schema = (rn_schema){a->object->column_count, fields};
  return node;
}

/* --- views -------------------------------------------------------------------------------------------------- */
static rn_logical *bind_view(rn_query_context *q, const rn_catalog_object *view, rn_span span) {
  if (q->view_depth >= RN_VIEW_DEPTH_MAX) {
    rn_diag(q->binder.diags, RN_E_LIMIT, span, NULL, "views are nested deeper than %d", RN_VIEW_DEPTH_MAX);
    return NULL;
  }
  rn_diagnostics *outer = q->binder.diags, *inner = rn_calloc(1, sizeof *inner);
  bool expand = q->expand;
  q->expand = false; /* stored text is expanded already, and must not be changed */
  bool write = q->binder.write_paths;
  q->binder.write_paths = false;
  q->binder.diags = inner;
  q->view_depth++;
  rn_access *last = q->accesses;
  while (last && last->next) last = last->next;
  const rn_outer *around = q->binder.outer;
  q->binder.outer = NULL;
  rn_logical *node = rn_bind_query(q, view->ast->query, NULL, false);
  q->binder.outer = around;
  if (node) node = rn_rename_columns(q, node, &view->ast->view_columns, "the view");
  q->view_depth--;
  q->binder.diags = outer;
  q->expand = expand;
  q->binder.write_paths = write;
  for (size_t i = 0; i < inner->count; i++) { /* spans of the view's text mean nothing here */
    rn_error err = inner->items[i];
    err.span = span;
    err.has_span = true;
    rn_error_context(&err, "view \"%s\"", view->name);
    if (i == 0 || err.code >= 100000) rn_diagnostics_add(outer, &err);
  }
  rn_free(inner);
  if (node) rn_logical_respan(node, span);
  for (rn_access *a = last ? last->next : q->accesses; a; a = a->next) a->span = a->spec->span = span;
  return node;
}

/* --- FROM items ------------------------------------------------------------------------------------------------- */
static rn_status refuse(rn_query_context *q, rn_span span, const char *what) {
  return rn_diag(q->binder.diags, RN_E_UNSUPPORTED, span, NULL, "%s is not supported yet", what);
}

static rn_status check_hints(rn_query_context *q, const rn_ast_hints *hints) {
  for (uint32_t i = 0; i < hints->count; i++)
    if (!rn_text_eq_nocase(hints->items[i].name, "OPTIONS"))
      return rn_diag(q->binder.diags, RN_E_UNSUPPORTED, hints->items[i].span, NULL,
                     "a table takes the hint OPTIONS, not %s", hints->items[i].name);
  return RN_OK;
}

static void expand_path(rn_query_context *q, rn_ast_path *path, const rn_catalog_object *object) {
  rn_ast_name *parts = RN_NEW_N(q->arena, rn_ast_name, 3);
  const char *texts[3] = {object->catalog, object->database, object->own};
  for (int i = 0; i < 3; i++) parts[i] = (rn_ast_name){texts[i], path->span, true};
  path->count = 3;
  path->parts = parts;
}

/* Bound where it is named, which may be further in than where it is defined. */
static rn_logical *bind_cte(rn_query_context *q, const rn_cte *c) {
  *c->used = true;
  const rn_outer *outer = q->binder.outer;
  int64_t further = 0;
  for (const rn_outer *o = outer; o && o != c->outer; o = o->up) further++;
  q->binder.outer = c->outer;
  rn_cte itself = {.item = c->item, .next = c->next, .outer = c->outer, .inside = true, .used = c->used};
  rn_logical *node = rn_bind_query(q, c->item->query, c->recursive ? &itself : c->next, false);
  q->binder.outer = outer;
  if (!node) return NULL;
  if (further) rn_logical_move_outer(q->arena, node, further);
  if (!c->item->columns.count && rn_refuse_twins(q, node, c->item->query, c->item->name.text) != RN_OK) return NULL;
  return rn_rename_columns(q, node, &c->item->columns, "the WITH item");
}

void rn_check_unused(rn_query_context *q, const rn_cte *c) {
  rn_access *last = q->accesses;
  while (last && last->next) last = last->next;
  uint32_t count = q->access_count;
  (void)bind_cte(q, c);
  if (q->queries) q->queries--; /* it is written once: only what it names counts */
  if (q->schema_only) return; /* a view is bound again from its text: all of it must still be there */
  if (last) last->next = NULL;
  else q->accesses = NULL;
  q->access_count = count;
}

static rn_logical *recursive(rn_query_context *q, const rn_ast_from *from) {
  rn_diag(q->binder.diags, RN_E_UNSUPPORTED, from->path.span, NULL,
          "the WITH item \"%s\" reads itself: recursive queries are not supported", from->path.parts[0].text);
  return NULL;
}

static rn_logical *bind_table(rn_query_context *q, rn_ast_from *from, const rn_cte *env) {
  if (from->system_time) {
    (void)refuse(q, from->system_time->span, "a temporal join (FOR SYSTEM_TIME AS OF)");
    return NULL;
  }
  if (from->path.count == 1)
    for (const rn_cte *c = env; c; c = c->next)
      if (!strcmp(c->item->name.text, from->path.parts[0].text)) return c->inside ? recursive(q, from) : bind_cte(q, c);
  rn_catalog_object *object = rn_catalog_find(q->binder.catalog, &from->path, q->binder.diags);
  if (!object) return NULL;
  rn_span span = from->path.span;
  if (q->expand) expand_path(q, &from->path, object);
  if (object->kind == RN_OBJECT_VIEW) {
    if (from->hints.count) {
      rn_diag(q->binder.diags, RN_E_UNSUPPORTED, from->hints.items[0].span, NULL,
              "\"%s\" is a view: OPTIONS belong to a table", object->name);
      return NULL;
    }
    return bind_view(q, object, span);
  }
  if (check_hints(q, &from->hints) != RN_OK) return NULL;
  rn_access *a = rn_bind_access(q, object, &from->hints, span);
  return a ? scan_node(q, a, span) : NULL;
}

rn_status rn_bind_from(rn_query_context *q, rn_ast_from *from, const rn_cte *env, rn_relation *out) {
  rn_logical *node = NULL;
  const char *name = from->alias.text;
  switch (from->kind) {
    case RN_AST_FROM_TABLE:
      if (!name) name = from->path.parts[from->path.count - 1].text;
      node = bind_table(q, from, env);
      break;
    case RN_AST_FROM_QUERY: case RN_AST_FROM_VALUES:
      node = rn_bind_query(q, from->query, env, false);
      break;
    case RN_AST_FROM_FUNCTION: {
      const char *function = from->path.parts[from->path.count - 1].text;
      bool window = false;
      for (size_t i = 0; i < RN_WINDOW_KINDS; i++) window = window || rn_text_eq_nocase(function, rn_window_names[i]);
      if (!window) {
        if (rn_is_unnest(from)) return rn_bind_unnest(q, from, env, out);
        const rn_function *scalar = rn_function_find(rn_slice_of(function));
        if (scalar && !(scalar->flags & RN_FN_OPERATOR))
          return rn_diag(q->binder.diags, RN_E_FUNCTION_NOT_FOUND, from->path.span,
                         rn_arena_printf(q->arena, "UNNEST(%s(..)) gives a row per element of an ARRAY or MAP", scalar->name),
                         "%s gives a value, it is no table function", scalar->name);
        return rn_diag(q->binder.diags, RN_E_FUNCTION_NOT_FOUND, from->path.span,
                       "table functions are TUMBLE, HOP, CUMULATE, SESSION and UNNEST",
                       "there is no table function \"%s\"", function);
      }
      rn_relation relation;
      if (rn_bind_window_tvf(q, from, env, &relation) != RN_OK) return RN_FAIL;
      node = relation.node;
      break;
    }
    case RN_AST_FROM_JOIN: return rn_bind_join(q, from, env, out);
  }
  if (!node) return RN_FAIL;
  node = rn_rename_columns(q, node, &from->alias_columns, "the alias");
  if (!node) return RN_FAIL;
  if (from->kind == RN_AST_FROM_VALUES && !from->lateral && name && !from->alias_columns.count && node->schema.count == 1)
    node = rn_with_names(q, node, &name); /* (VALUES 1, 2) AS t: the one column is called so, too */
  *out = rn_relation_of(q, node, name);
  return RN_OK;
}
