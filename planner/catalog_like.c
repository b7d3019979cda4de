/* CREATE TABLE .. LIKE: the new table's clauses laid over those of another, feature by feature (DIALECT 3.1), as one
 * definition with everything written out. */
#include "planner/catalog_parts.h"

typedef struct merge {
  const rn_catalog_object *from;
  const rn_ast_table_def *base, *more;
  rn_ast_table_def *out;
  rn_ast_like_how how[RN_LIKE_WHATS];
  rn_span span;   /* of LIKE's table: what comes from it has no other place in this text */
  rn_arena *arena;
  rn_diagnostics *diags;
} merge;

static rn_status read_options(merge *m) {
  static const char *const words[RN_LIKE_WHATS] = {"ALL", "CONSTRAINTS", "DISTRIBUTION", "PARTITIONS", "GENERATED", "METADATA", "OPTIONS", "WATERMARKS"};
  bool given[RN_LIKE_WHATS] = {false};
  for (int i = 0; i < RN_LIKE_WHATS; i++) m->how[i] = RN_LIKE_INCLUDING;
  m->how[RN_LIKE_OPTIONS] = RN_LIKE_OVERWRITING;
  for (uint32_t i = 0; i < m->more->like_option_count; i++) {
    const rn_ast_like_option *o = &m->more->like_options[i];
    if (given[o->what]) return rn_diag(m->diags, RN_E_SYNTAX, o->span, "INCLUDING, EXCLUDING and OVERWRITING exclude each other", "LIKE says twice what happens to %s", words[o->what]);
    given[o->what] = true;
    for (int k = 0; o->what == RN_LIKE_ALL && k < RN_LIKE_WHATS; k++)
      if (!given[k]) m->how[k] = o->how;
    m->how[o->what] = o->how;
  }
  return RN_OK;
}

static int find(const rn_ast_table_def *def, const char *name) {
  for (uint32_t i = 0; i < def->column_count; i++)
    if (!strcmp(def->columns[i].name.text, name)) return (int)i;
  return -1;
}

static rn_status merge_columns(merge *m) {
  m->out->columns = RN_NEW_N(m->arena, rn_ast_column_def, m->base->column_count + m->more->column_count + 1);
  m->out->column_count = 0;
  for (uint32_t i = 0; i < m->base->column_count; i++) {
    rn_ast_column_def c = m->base->columns[i];
    bool skip = (c.kind == RN_AST_COL_COMPUTED && m->how[RN_LIKE_GENERATED] == RN_LIKE_EXCLUDING) ||
                (c.kind == RN_AST_COL_METADATA && m->how[RN_LIKE_METADATA] == RN_LIKE_EXCLUDING);
    c.span = c.name.span = m->span;
    if (!skip) m->out->columns[m->out->column_count++] = c;
  }
  for (uint32_t i = 0; i < m->more->column_count; i++) {
    const rn_ast_column_def *c = &m->more->columns[i];
    int at = find(m->out, c->name.text);
    if (at < 0) {
      m->out->columns[m->out->column_count++] = *c;
      continue;
    }
    rn_ast_column_kind old = m->out->columns[at].kind;
    rn_ast_like_what what = old == RN_AST_COL_COMPUTED ? RN_LIKE_GENERATED : RN_LIKE_METADATA;
    bool overwrites = old == c->kind && old != RN_AST_COL_PHYSICAL && m->how[what] == RN_LIKE_OVERWRITING;
    if (!overwrites)
      return rn_diag(m->diags, RN_E_DUPLICATE_NAME, c->name.span,
                     old == c->kind && old == RN_AST_COL_COMPUTED   ? "OVERWRITING GENERATED lets the new one win"
                     : old == c->kind && old == RN_AST_COL_METADATA ? "OVERWRITING METADATA lets the new one win" : NULL,
                     "table \"%s\" has a column \"%s\" already", m->from->name, c->name.text);
    m->out->columns[at] = *c;
  }
  return RN_OK;
}

static rn_status merge_options(merge *m) {
  rn_ast_option *items = RN_NEW_N(m->arena, rn_ast_option, m->base->options.count + m->more->options.count + 1);
  uint32_t count = 0;
  for (uint32_t i = 0; m->how[RN_LIKE_OPTIONS] != RN_LIKE_EXCLUDING && i < m->base->options.count; i++) {
    items[count] = m->base->options.items[i];
    items[count].key_span = items[count].value_span = m->span;
    count++;
  }
  uint32_t taken = count;
  for (uint32_t i = 0; i < m->more->options.count; i++) {
    const rn_ast_option *o = &m->more->options.items[i];
    uint32_t at = 0;
    while (at < taken && strcmp(items[at].key, o->key) != 0) at++;
    if (at < taken && m->how[RN_LIKE_OPTIONS] == RN_LIKE_INCLUDING)
      return rn_diag(m->diags, RN_E_DUPLICATE_NAME, o->key_span, "OVERWRITING OPTIONS lets the new one win",
                     "table \"%s\" has an option '%s' already", m->from->name, o->key);
    items[at < taken ? at : count++] = *o;
  }
  m->out->options = (rn_ast_options){count, items};
  m->out->has_options = count > 0 || m->more->has_options;
  return RN_OK;
}

static rn_status both(merge *m, rn_span span, const char *what, const char *hint) {
  return rn_diag(m->diags, RN_E_CATALOG, span, hint, "table \"%s\" has %s already", m->from->name, what);
}

static rn_status merge_clauses(merge *m) {
  const rn_ast_table_def *base = m->base, *more = m->more;
  if (base->watermark_count && m->how[RN_LIKE_WATERMARKS] != RN_LIKE_EXCLUDING) {
    if (more->watermark_count && m->how[RN_LIKE_WATERMARKS] == RN_LIKE_INCLUDING)
      return both(m, more->watermarks[0].span, "a WATERMARK", "OVERWRITING WATERMARKS lets the new one win, EXCLUDING WATERMARKS leaves the old one out");
    if (!more->watermark_count) {
      m->out->watermarks = rn_catalog_copy_watermarks(base, m->arena, m->span);
      m->out->watermark_count = base->watermark_count;
    }
  }
  if (base->keys.count && m->how[RN_LIKE_CONSTRAINTS] != RN_LIKE_EXCLUDING) {
    if (more->keys.count) return both(m, more->key_span, "a PRIMARY KEY", "EXCLUDING CONSTRAINTS leaves it out");
    m->out->keys = base->keys;
    m->out->constraint = base->constraint;
    m->out->key_clause_count = 1;
    m->out->key_enforced = false;
  }
  if (base->partitioned_by.count && m->how[RN_LIKE_PARTITIONS] != RN_LIKE_EXCLUDING) {
    if (more->partitioned_by.count) return both(m, more->partitioned_by.items[0].span, "PARTITIONED BY", "EXCLUDING PARTITIONS leaves it out");
    m->out->partitioned_by = base->partitioned_by;
  }
  if (base->distribution.given && m->how[RN_LIKE_DISTRIBUTION] != RN_LIKE_EXCLUDING) {
    if (more->distribution.given) return both(m, more->distribution.span, "a distribution", "EXCLUDING DISTRIBUTION leaves it out");
    m->out->distribution = base->distribution;
  }
  return RN_OK;
}

rn_status rn_catalog_expand_like(rn_catalog *catalog, const rn_ast_statement *statement, rn_arena *arena,
                                 rn_ast_statement *out, rn_diagnostics *diags) {
  const rn_ast_path *like = &statement->table->like;
  const rn_catalog_object *from = rn_catalog_find(catalog, like, diags);
  if (!from) return RN_FAIL;
  if (from->kind != RN_OBJECT_TABLE)
    return rn_diag(diags, RN_E_CATALOG, like->span, NULL, "LIKE needs a table, and \"%s\" is a view", from->name);
  rn_ast_table_def *def = RN_NEW(arena, rn_ast_table_def);
  *def = *statement->table;
  def->like = (rn_ast_path){0};
  def->like_option_count = 0;
  *out = *statement;
  out->table = def;
  merge m = {.from = from, .base = from->ast->table, .more = statement->table, .out = def, .span = like->span, .arena = arena, .diags = diags};
  if (read_options(&m) != RN_OK || merge_columns(&m) != RN_OK || merge_options(&m) != RN_OK) return RN_FAIL;
  return merge_clauses(&m);
}
