/* The table of passes, and the runner that verifies after each. See rewrite.h. */
#include "planner/rewrite.h"

const rn_rewrite_pass rn_rewrite_passes[] = {
    {"decorrelate", rn_rewrite_decorrelate},
    {"fold-constants", rn_rewrite_fold},
    {"unnest-windows", rn_rewrite_unnest},
    {"push-filters", rn_rewrite_push_filters},
    {"join-keys", rn_rewrite_join_keys},
    {"window-aggregate", rn_rewrite_window_aggregate},
    {"rank", rn_rewrite_rank},
    {"window-join", rn_rewrite_window_join},
    {"window-close", rn_rewrite_window_close},
    {"window-late", rn_rewrite_window_late},
    {"merge-projections", rn_rewrite_merge},
    {"fold-merged", rn_rewrite_fold},
    {"prune-columns", rn_rewrite_prune},
};
const size_t rn_rewrite_pass_count = sizeof rn_rewrite_passes / sizeof rn_rewrite_passes[0];

bool rn_rewrite_can_inline(const rn_logical *project) {
  for (uint32_t i = 0; i < project->schema.count; i++)
    if (rn_expr_is_volatile(project->u.project[i]) || rn_expr_is_proctime(project->u.project[i])) return false;
  return true;
}

static bool same_schema(const rn_schema *a, const rn_schema *b) {
  if (a->count != b->count) return false;
  for (uint32_t i = 0; i < a->count; i++)
    if (strcmp(a->fields[i].name, b->fields[i].name) != 0 || !rn_type_same(a->fields[i].type,
        b->fields[i].type)) return false;
  return true;
}

static void read_all_columns(rn_rewrite *r) {
  for (rn_access *a = r->accesses; a; a = a->next)
    for (uint32_t i = 0; i < a->object->column_count; i++) a->used[i] = true;
}

rn_logical *rn_rewrite_run(rn_rewrite *r, rn_logical *root, uint32_t passes_off, rn_diagnostics *diags) {
  const char *why = NULL;
  rn_schema before = root->schema;
  size_t errors = diags->error_count;
  if (!rn_logical_verify(root, &why)) {
    rn_diag(diags, RN_E_INTERNAL, root->span, NULL, "the bound plan is not sound: %s", why);
    return NULL;
  }
  for (size_t i = 0; i < rn_rewrite_pass_count; i++) {
    if (passes_off >> i & 1u && rn_rewrite_passes[i].run != rn_rewrite_decorrelate) {
      if (rn_rewrite_passes[i].run == rn_rewrite_prune) read_all_columns(r);
      continue;
    }
    root = rn_rewrite_passes[i].run(r, root);
    if (diags->error_count != errors) return NULL; /* a correlation that cannot be removed */
    bool sound = rn_logical_verify(root, &why);
    if (sound && !same_schema(&before, &root->schema)) {
      sound = false;
      why = "the result's columns have changed";
    }
    if (!sound) {
      rn_diag(diags, RN_E_INTERNAL, root->span, NULL, "pass %s broke the plan: %s", rn_rewrite_passes[i].name, why);
      return NULL;
    }
  }
  return root;
}

/* --- conditions --------------------------------------------------------------------------------------------------- */
void rn_conjuncts_add(rn_arena *arena, rn_conjuncts *c, rn_expr *e) {
  RN_ARRAY_PUSH(arena, c->items, c->count, e);
}

void rn_conjuncts_split(rn_arena *arena, rn_expr *e, rn_conjuncts *out) {
  if (!e) return;
  if (e->kind != RN_EXPR_AND) {
    rn_conjuncts_add(arena, out, e);
    return;
  }
  for (uint32_t i = 0; i < e->arg_count; i++) rn_conjuncts_split(arena, e->args[i], out);
}

rn_expr *rn_conjuncts_and(rn_rewrite *r, const rn_conjuncts *c, rn_span span) {
  if (!c->count) return NULL;
  return c->count == 1 ? c->items[0] : rn_bind_and(r->binder, c->items, c->count, span);
}
