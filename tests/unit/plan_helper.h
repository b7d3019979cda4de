/* A catalog with the built-in connectors and a way to run statements through the planner, giving what it says as
 * text: diagnostics rendered, plans printed. For test_plan.c and test_catalog.c. */
#ifndef RN_TESTS_PLAN_HELPER_H
#define RN_TESTS_PLAN_HELPER_H
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include "connectors/registry.h"
#include "parser/parse.h"
#include "planner/planner.h"

typedef struct plan_world {
  rn_catalog *catalog;
  rn_zone *zone;
  rn_planner_settings settings;
  bool changelog;
} plan_world;

static inline void plan_world_open(plan_world *w) {
  rn_error err;
  rn_error_clear(&err);
  memset(w, 0, sizeof *w);
  assert_int_equal(rn_zone_open("UTC", &w->zone, &err), RN_OK);
  w->catalog = rn_catalog_new(&rn_builtin_registry, w->zone);
  w->settings = (rn_planner_settings){.watermark_interval_us = 200000, .parallelism = 1, .zone = w->zone, .canonical_settings = ""};
}

static inline void plan_world_close(plan_world *w) {
  rn_catalog_free(w->catalog);
  rn_zone_close(w->zone);
}

static inline void plan_columns(const rn_query_info *info, rn_builder *out) {
  for (uint32_t i = 0; i < info->schema.count; i++) {
    rn_builder_printf(out, "%s%s ", i ? ", " : "(", info->schema.fields[i].name);
    rn_type_print(info->schema.fields[i].type, out);
  }
  rn_builder_text(out, ")\n");
}

static inline void plan_run_one(plan_world *w, const rn_ast_statement *st, rn_builder *out, rn_diagnostics *diags) {
  rn_catalog_object *object = NULL;
  rn_plan *plan = NULL;
  rn_query_info info;
  bool existed = false;
  switch (st->kind) {
    case RN_AST_STMT_CREATE_TABLE: case RN_AST_STMT_CREATE_VIEW: (void)rn_catalog_create(w->catalog, st, false, &object, &existed, diags); break;
    case RN_AST_STMT_DROP: (void)rn_catalog_drop(w->catalog, st, diags); break;
    case RN_AST_STMT_ALTER_TABLE: (void)rn_catalog_alter(w->catalog, st, diags); break;
    case RN_AST_STMT_SHOW:
      object = rn_catalog_find(w->catalog, &st->path, diags);
      if (object) rn_catalog_show_create(object, out);
      break;
    case RN_AST_STMT_EXPLAIN: (void)rn_plan_explain(w->catalog, &w->settings, st, &(rn_explain_context){0}, out, diags); break;
    case RN_AST_STMT_QUERY:
      if (rn_plan_query(w->catalog, &w->settings, st->query, w->changelog, &plan, &info, diags) == RN_OK) {
        plan_columns(&info, out);
        rn_plan_print(plan, out);
      }
      break;
    case RN_AST_STMT_INSERT: case RN_AST_STMT_STATEMENT_SET: {
      bool set = st->kind == RN_AST_STMT_STATEMENT_SET;
      if (rn_plan_inserts(w->catalog, &w->settings, set ? st->inserts : st->insert, set ? st->insert_count : 1, &plan, diags) == RN_OK) rn_plan_print(plan, out);
      break;
    }
    default: fail_msg("the helper does not know this statement"); break;
  }
  rn_plan_free(plan);
}

/* What the statements say; warnings are left out unless `warnings`. Free with rn_free. */
static inline char *plan_run(plan_world *w, const char *sql, bool warnings) {
  rn_builder out = {0};
  rn_slice text = rn_slice_of(sql);
  rn_diagnostics *diags = rn_calloc(1, sizeof *diags);
  rn_arena arena;
  rn_arena_init(&arena);
  for (size_t at = 0;;) {
    rn_ast_statement *st = NULL;
    size_t end = at;
    rn_status status = rn_parse_next(text, at, &arena, &st, &end, diags);
    if (status == RN_OK && !st) break;
    if (st) plan_run_one(w, st, &out, diags);
    rn_diagnostics_sort(diags);
    for (size_t i = 0; i < diags->count; i++) {
      if (diags->items[i].code >= 100000 && !warnings) continue;
      rn_error_render(&diags->items[i], text, NULL, &out);
      if (out.len && out.data[out.len - 1] != '\n') rn_builder_char(&out, '\n');
    }
    memset(diags, 0, sizeof *diags);
    if (end <= at) break;
    at = end;
  }
  rn_arena_free(&arena);
  rn_free(diags);
  return rn_builder_take(&out);
}

#endif
