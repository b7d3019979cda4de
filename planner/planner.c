/* Entry points: AST -> logical plan -> rewrites -> changelog inference -> physical plan. See planner.h. */
#include "parser/parse.h"
#include "planner/changelog.h"
#include "planner/physical.h"
#include "planner/plan_stages.h"
#include "planner/query.h"
#include "planner/rewrite.h"

static void add_root(rn_stages *s, rn_logical *root, const char *path) {
  rn_logical_paths(root, path, &s->arena);
  s->roots[s->root_count++] = root;
}

static bool same_options(const rn_options *a, const rn_options *b) {
  if (a->count != b->count) return false;
  for (size_t i = 0; i < a->count; i++)
    if (strcmp(a->items[i].key, b->items[i].key) != 0 || strcmp(a->items[i].value, b->items[i].value) != 0) return false;
  return true;
}

/* What has one writer at a time gets the rows of several INSERTs through one sink, as of a UNION ALL. */
static bool joins_sink(rn_stages *s, rn_logical *const *roots, uint32_t count, const rn_logical *root) {
  for (uint32_t i = 0; i < count; i++) {
    rn_logical *sink = roots[i], *first = sink->inputs[0];
    if (!(sink->u.sink.table->connector->flags & RN_CONNECTOR_ONE_WRITER) || sink->u.sink.object != root->u.sink.object ||
        !same_options(&sink->u.sink.table->options, &root->u.sink.table->options))
      continue;
    uint32_t before = sink->u.sink.joined ? first->input_count : 1, width = first->schema.count;
    rn_logical **inputs = RN_NEW_N(&s->arena, rn_logical *, before + 1);
    for (uint32_t k = 0; k < before; k++) inputs[k] = sink->u.sink.joined ? first->inputs[k] : first;
    inputs[before] = root->inputs[0];
    rn_field *fields = RN_NEW_N(&s->arena, rn_field, width + 1);
    for (uint32_t c = 0; c < width; c++) {
      const rn_type *a = first->schema.fields[c].type, *b = root->inputs[0]->schema.fields[c].type;
      fields[c] = (rn_field){first->schema.fields[c].name, rn_type_plain(&s->arena, rn_type_with_null(&s->arena, a, a->nullable || b->nullable))};
    }
    sink->inputs[0] = rn_logical_new(&s->arena, RN_L_UNION, sink->span, before + 1, inputs);
    sink->inputs[0]->schema = sink->schema = (rn_schema){width, fields};
    sink->u.sink.joined = true;
    return true;
  }
  return false;
}

static void begin(rn_stages *s, rn_catalog *catalog, const rn_planner_settings *settings, uint32_t roots, rn_diagnostics *diags) {
  memset(s, 0, sizeof *s);
  rn_arena_init(&s->arena);
  s->settings = settings;
  s->diags = diags;
  s->query = RN_NEW(&s->arena, rn_query_context);
  rn_query_context_init(s->query, catalog, settings, &s->arena, diags);
  s->roots = RN_NEW_N(&s->arena, rn_logical *, roots + 1);
}

rn_status rn_stages_bind_into(rn_stages *s, rn_catalog *catalog, const rn_planner_settings *settings, const rn_ast_insert *insert,
                              rn_catalog_object *target, rn_diagnostics *diags) {
  begin(s, catalog, settings, 1, diags);
  s->query->target = target;
  rn_logical *root = rn_bind_insert(s->query, insert);
  if (root) add_root(s, root, "sink.0");
  return root ? RN_OK : RN_FAIL;
}

rn_status rn_stages_bind(rn_stages *s, rn_catalog *catalog, const rn_planner_settings *settings, const rn_ast_query *query,
                         const rn_ast_insert *inserts, uint32_t insert_count, bool changelog, bool schema_only,
                             rn_diagnostics *diags) {
  begin(s, catalog, settings, insert_count, diags);
  s->changelog = changelog;
  s->query->schema_only = schema_only;
  rn_status status = RN_OK;
  if (query) {
    rn_logical *node = rn_bind_query(s->query, (rn_ast_query *)(uintptr_t)query, NULL,
                                     true); /* not expanded: stays as it is */
    if (!node) return RN_FAIL;
    node = rn_name_results(s->query, node);
    rn_logical *root = rn_logical_over(&s->arena, RN_L_COLLECT, query->span, node);
    root->u.collect.changelog = changelog;
    add_root(s, root, "collect");
  }
  rn_logical **roots = RN_NEW_N(&s->arena, rn_logical *, insert_count + 1);
  uint32_t *numbers = RN_NEW_N(&s->arena, uint32_t, insert_count + 1), count = 0;
  for (uint32_t i = 0; i < insert_count; i++) {
    rn_logical *root = rn_bind_insert(s->query, &inserts[i]);
    if (!root) {
      status = RN_FAIL; /* go on: errors of all of them are told together */
    } else if (!joins_sink(s, roots, count, root)) {
      numbers[count] = i;
      roots[count++] = root;
    }
  }
  for (uint32_t i = 0; i < count; i++) add_root(s, roots[i], rn_arena_printf(&s->arena, "sink.%u", numbers[i]));
  return status;
}

rn_status rn_stages_optimize(rn_stages *s) {
  rn_rewrite rewrite = {&s->query->binder, &s->arena, s->query->accesses};
  rn_changelog changelog = {.arena = &s->arena, .settings = s->settings, .diags = s->diags, .bounded = true,
                            .every_change = !s->settings->batch_mode && (s->changelog || s->settings->keep_changes)};
  for (uint32_t i = 0; i < s->root_count; i++) changelog.bounded = changelog.bounded && rn_logical_bounded(s->roots[i]);
  rn_status status = RN_OK;
  for (uint32_t i = 0; i < s->root_count; i++) {
    s->roots[i] = rn_rewrite_run(&rewrite, s->roots[i], s->settings->passes_off, s->diags);
    if (!s->roots[i]) return RN_FAIL;
    if (rn_infer_changelog(&changelog, s->roots[i]) != RN_OK) status = RN_FAIL;
  }
  return status;
}

void rn_stages_free(rn_stages *s) {
  rn_arena arena = s->arena;
  rn_arena_free(&arena);
}

static char *canonical_text(const rn_ast_query *query, const rn_ast_insert *inserts, uint32_t insert_count) {
  rn_builder text = {0};
  rn_ast_insert *items = (rn_ast_insert *)(uintptr_t)inserts; /* printed, not changed */
  rn_ast_statement statement = {.kind = insert_count == 1 ? RN_AST_STMT_INSERT : RN_AST_STMT_STATEMENT_SET};
  statement.insert = items;
  statement.inserts = items;
  statement.insert_count = insert_count;
  if (query) rn_ast_print_query(query, &text);
  else rn_ast_print(&statement, &text);
  return rn_builder_take(&text);
}

static rn_status plan(rn_catalog *catalog, const rn_planner_settings *settings, const rn_ast_query *query,
                      const rn_ast_insert *inserts,
                      uint32_t insert_count, bool changelog, rn_plan **out, rn_stages *s, rn_diagnostics *diags) {
  size_t errors = diags->error_count;
  rn_status status = rn_stages_bind(s, catalog, settings, query, inserts, insert_count, changelog, false, diags);
  if (status == RN_OK) status = rn_stages_optimize(s);
  if (status == RN_OK && diags->error_count != errors) status = RN_FAIL;
  if (status != RN_OK) return RN_FAIL;
  char *canonical = canonical_text(query, inserts, insert_count);
  status = rn_physical_build(s->roots, s->root_count, s->query->accesses, settings, canonical, out);
  rn_free(canonical);
  return status;
}

rn_status rn_plan_query(rn_catalog *catalog, const rn_planner_settings *settings, const rn_ast_query *query, bool changelog,
                        rn_plan **out, rn_query_info *info, rn_diagnostics *diags) {
  rn_stages s;
  rn_status status = plan(catalog, settings, query, NULL, 0, changelog || query->emit_changes, out, &s, diags);
  if (status == RN_OK && info) {
    const rn_plan_node *root = (*out)->nodes[(*out)->node_count - 1];
    memset(info, 0, sizeof *info);
    info->schema = root->schema;
    info->bounded = (*out)->bounded;
    info->append_only = root->emits == RN_CHANGE_INSERT;
    info->key_count = root->u.collect.key_count;
    info->keys = root->u.collect.keys;
  }
  rn_stages_free(&s);
  return status;
}

rn_status rn_plan_inserts(rn_catalog *catalog, const rn_planner_settings *settings, const rn_ast_insert *inserts,
                          uint32_t count,
                          rn_plan **out, rn_diagnostics *diags) {
  rn_stages s;
  rn_status status = plan(catalog, settings, NULL, inserts, count, false, out, &s, diags);
  rn_stages_free(&s);
  return status;
}

rn_status rn_plan_check_insert(rn_catalog *catalog, const rn_planner_settings *settings, const rn_ast_insert *insert,
                               rn_catalog_object *target, rn_diagnostics *diags) {
  rn_stages s;
  size_t errors = diags->error_count;
  rn_status status = rn_stages_bind_into(&s, catalog, settings, insert, target, diags);
  if (status == RN_OK) status = rn_stages_optimize(&s);
  rn_stages_free(&s);
  return diags->error_count != errors ? RN_FAIL : status;
}

rn_status rn_plan_partition(rn_catalog *catalog, const rn_planner_settings *settings, const rn_ast_assignments *given,
                            const rn_catalog_object *table, rn_arena *arena, rn_partition_value **out, rn_diagnostics *diags) {
  rn_query_context *query = RN_NEW(arena, rn_query_context);
  rn_query_context_init(query, catalog, settings, arena, diags);
  *out = RN_NEW_N(arena, rn_partition_value, table->partition_count + 1);
  return rn_bind_partition(query, given, table, *out);
}

rn_status rn_plan_schema(rn_catalog *catalog, const rn_planner_settings *settings, const rn_ast_query *query,
                         rn_arena *arena,
                         rn_schema *out, rn_diagnostics *diags) {
  rn_stages s;
  rn_status status = rn_stages_bind(&s, catalog, settings, query, NULL, 0, false, true, diags);
  if (status == RN_OK) *out = rn_physical_schema(arena, &s.roots[0]->schema);
  rn_stages_free(&s);
  return status;
}

/* --- what a statement touches ------------------------------------------------------------------------------------ */
static void sink_name(rn_catalog *catalog, const rn_ast_path *path, rn_builder *out) {
  const rn_catalog_object *t = rn_catalog_find(catalog, path, NULL);
  if (out->len) rn_builder_char(out, ',');
  rn_builder_text(out, t ? t->name : path->parts[path->count - 1].text);
}

void rn_plan_sink_names(rn_catalog *catalog, const rn_ast_statement *statement, rn_builder *out) {
  if (statement->kind == RN_AST_STMT_INSERT) sink_name(catalog, &statement->insert->table, out);
  for (uint32_t i = 0; statement->kind == RN_AST_STMT_STATEMENT_SET && i < statement->insert_count; i++)
    sink_name(catalog, &statement->inserts[i].table, out);
  if (statement->kind == RN_AST_STMT_CREATE_TABLE) sink_name(catalog, &statement->path, out);
}

typedef struct use_search {
  rn_catalog *catalog;
  const rn_catalog_object *object;
  unsigned depth;
} use_search;

static bool query_uses(use_search *u, const rn_ast_query *query);

static bool path_uses(use_search *u, const rn_ast_path *path) {
  const rn_catalog_object *found = rn_catalog_find(u->catalog, path, NULL);
  if (!found) return !strcmp(path->parts[path->count - 1].text, u->object->own);
  if (found == u->object) return true;
  if (found->kind != RN_OBJECT_VIEW || u->depth > 32) return false;
  u->depth++;
  bool uses = query_uses(u, found->ast->query);
  u->depth--;
  return uses;
}

/* Sub-queries in expressions. */
static bool expr_uses(use_search *u, const rn_ast_expr *e) {
  if (!e) return false;
  if (query_uses(u, e->query) || expr_uses(u, e->filter)) return true;
  for (uint32_t i = 0; i < e->arg_count; i++)
    if (expr_uses(u, e->args[i])) return true;
  return false;
}

static bool groups_use(use_search *u, const rn_ast_group_item *items, uint32_t count) {
  for (uint32_t i = 0; i < count; i++)
    if (expr_uses(u, items[i].expr) || groups_use(u, items[i].items, items[i].item_count)) return true;
  return false;
}

static bool from_uses(use_search *u, const rn_ast_from *from) {
  if (!from) return false;
  if (expr_uses(u, from->on)) return true;
  if (from->kind == RN_AST_FROM_TABLE && path_uses(u, &from->path)) return true;
  if (from->query && query_uses(u, from->query)) return true;
  for (uint32_t i = 0; i < from->arg_count; i++)
    if (from_uses(u, from->args[i].table)) return true;
  return from_uses(u, from->left) || from_uses(u, from->right);
}

static bool query_uses(use_search *u, const rn_ast_query *query) {
  if (!query) return false;
  for (uint32_t i = 0; i < query->with_count; i++)
    if (query_uses(u, query->with[i].query)) return true;
  if (query->kind == RN_AST_TABLE) return path_uses(u, &query->path);
  if (query->kind == RN_AST_SET_OP) return query_uses(u, query->left) || query_uses(u, query->right);
  for (uint32_t i = 0; i < query->order_count; i++)
    if (expr_uses(u, query->order[i].expr)) return true;
  for (uint32_t i = 0; query->kind == RN_AST_VALUES && i < query->row_count; i++)
    if (expr_uses(u, query->rows[i])) return true;
  if (query->kind != RN_AST_SELECT) return false;
  const rn_ast_select *s = query->select;
  for (uint32_t i = 0; i < s->item_count; i++)
    if (expr_uses(u, s->items[i].expr)) return true;
  return from_uses(u, s->from) || expr_uses(u, s->where) || groups_use(u, s->groups, s->group_count) ||
         expr_uses(u, s->having) || expr_uses(u, s->qualify);
}

bool rn_plan_uses(rn_catalog *catalog, const rn_ast_statement *statement, const rn_catalog_object *object) {
  use_search u = {catalog, object, 0};
  if (statement->kind == RN_AST_STMT_INSERT)
    return path_uses(&u, &statement->insert->table) || query_uses(&u, statement->insert->query);
  if (statement->kind == RN_AST_STMT_STATEMENT_SET)
    for (uint32_t i = 0; i < statement->insert_count; i++)
      if (path_uses(&u, &statement->inserts[i].table) || query_uses(&u, statement->inserts[i].query)) return true;
  if (statement->kind == RN_AST_STMT_CREATE_TABLE && path_uses(&u, &statement->path)) return true;
  return query_uses(&u, statement->query);
}
