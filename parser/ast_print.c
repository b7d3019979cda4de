/* AST -> text: statements, names, options, hints. Canonical: one spelling, options sorted by key, primary keys as a
 * clause of their own. The catalog stores this text and compares definitions by it. */
#include "base/alloc.h"
#include "parser/print.h"
#include "parser/token.h"
#include "sql_grammar.h"

/* --- names and options ----------------------------------------------------------------------------------- */
static bool plain_name(const char *name) {
  if (!((*name | 32) >= 'a' && (*name | 32) <= 'z') && *name != '_' && *name != '$') return false;
  for (const char *c = name; *c; c++)
    if (!((*c | 32) >= 'a' && (*c | 32) <= 'z') && !(*c >= '0' && *c <= '9') && *c != '_' && *c != '$') return false;
  const rn_keyword *keyword = rn_keyword_find(rn_slice_of(name));
  return !keyword || keyword->token == TK_ID;
}
void rn_print_name(const char *name, rn_builder *out) {
  if (plain_name(name)) {
    rn_builder_text(out, name);
    return;
  }
  rn_builder_char(out, '`');
  for (const char *c = name; *c; c++) {
    if (*c == '`') rn_builder_char(out, '`');
    rn_builder_char(out, *c);
  }
  rn_builder_char(out, '`');
}
void rn_print_names(const rn_ast_names *names, rn_builder *out) {
  for (uint32_t i = 0; i < names->count; i++) {
    if (i) rn_builder_text(out, ", ");
    rn_print_name(names->items[i].text, out);
  }
}
void rn_print_path(const rn_ast_path *path, rn_builder *out) {
  for (uint32_t i = 0; i < path->count; i++) {
    if (i) rn_builder_char(out, '.');
    rn_print_name(path->parts[i].text, out);
  }
}
uint32_t *rn_sorted_options(const rn_ast_options *options) {
  uint32_t *order = rn_malloc((options->count + 1) * sizeof *order);
  for (uint32_t i = 0; i < options->count; i++) { /* insertion sort: few, stable */
    uint32_t at = i;
    for (; at > 0 && strcmp(options->items[order[at - 1]].key, options->items[i].key) > 0; at--) order[at] = order[at - 1];
    order[at] = i;
  }
  return order;
}
void rn_print_options(const rn_ast_options *options, const char *separator, rn_builder *out) {
  uint32_t *order = rn_sorted_options(options);
  for (uint32_t i = 0; i < options->count; i++) {
    const rn_ast_option *option = &options->items[order[i]];
    if (i) rn_builder_text(out, separator);
    rn_print_string(option->key, strlen(option->key), out);
    if (option->value) {
      rn_builder_text(out, " = ");
      rn_print_string(option->value, strlen(option->value), out);
    }
  }
  rn_free(order);
}
void rn_print_hints(const rn_ast_hints *hints, rn_builder *out) {
  if (!hints->count) return;
  rn_builder_text(out, " /*+ ");
  for (uint32_t i = 0; i < hints->count; i++) {
    const rn_ast_hint *hint = &hints->items[i];
    if (i) rn_builder_text(out, ", ");
    rn_print_name(hint->name, out);
    if (!hint->options.count && !hint->names.count) continue;
    rn_builder_char(out, '(');
    rn_print_options(&hint->options, ", ", out);
    rn_print_names(&hint->names, out);
    rn_builder_char(out, ')');
  }
  rn_builder_text(out, " */");
}
static void print_text(const char *before, const char *text, rn_builder *out) {
  rn_builder_text(out, before);
  rn_print_string(text, strlen(text), out);
}

/* --- CREATE ------------------------------------------------------------------------------------------------ */
static void print_column(const rn_ast_column_def *c, rn_builder *out) {
  rn_print_name(c->name.text, out);
  if (c->type) {
    rn_builder_char(out, ' ');
    rn_print_type(c->type, out);
  }
  if (c->kind == RN_AST_COL_METADATA) {
    rn_builder_text(out, " METADATA");
    if (c->metadata_key) print_text(" FROM ", c->metadata_key, out);
    if (c->is_virtual) rn_builder_text(out, " VIRTUAL");
  }
  if (c->kind == RN_AST_COL_COMPUTED) {
    rn_builder_text(out, " AS ");
    rn_ast_print_expr(c->expr, out);
  }
  if (c->comment) print_text(" COMMENT ", c->comment, out);
}
static void print_table(const rn_ast_table_def *t, rn_builder *out) {
  const char *gap = " (\n  ";
  for (uint32_t i = 0; i < t->column_count; i++) {
    rn_builder_text(out, gap);
    print_column(&t->columns[i], out);
    gap = ",\n  ";
  }
  for (uint32_t i = 0; i < t->watermark_count; i++) {
    rn_builder_printf(out, "%sWATERMARK FOR ", gap);
    rn_print_name(t->watermarks[i].column.text, out);
    rn_builder_text(out, " AS ");
    rn_ast_print_expr(t->watermarks[i].expr, out);
    gap = ",\n  ";
  }
  if (t->keys.count) {
    rn_builder_printf(out, "%sPRIMARY KEY (", gap);
    rn_print_names(&t->keys, out);
    rn_builder_text(out, t->key_enforced ? ") ENFORCED" : ") NOT ENFORCED");
    gap = ",\n  ";
  }
  if (gap[0] == ',') rn_builder_text(out, "\n)");
  if (t->comment) print_text(" COMMENT ", t->comment, out);
  if (t->partitioned_by.count) {
    rn_builder_text(out, " PARTITIONED BY (");
    rn_print_names(&t->partitioned_by, out);
    rn_builder_char(out, ')');
  }
  if (t->has_options) {
    rn_builder_text(out, t->options.count ? " WITH (\n  " : " WITH (");
    rn_print_options(&t->options, ",\n  ", out);
    rn_builder_text(out, t->options.count ? "\n)" : ")");
  }
}
static void print_create(const rn_ast_statement *s, const char *what, rn_builder *out) {
  rn_builder_printf(out, "CREATE %s%s%s %s", s->or_replace ? "OR REPLACE " : "", s->temporary ? "TEMPORARY " : "", what,
                    s->if_not_exists ? "IF NOT EXISTS " : "");
  rn_print_path(&s->path, out);
}

/* --- the rest ------------------------------------------------------------------------------------------------ */
static void print_insert(const rn_ast_insert *i, rn_builder *out) {
  rn_builder_text(out, i->overwrite ? "INSERT OVERWRITE " : "INSERT INTO ");
  rn_print_path(&i->table, out);
  rn_print_hints(&i->hints, out);
  if (i->columns.count) {
    rn_builder_text(out, " (");
    rn_print_names(&i->columns, out);
    rn_builder_char(out, ')');
  }
  rn_builder_char(out, ' ');
  rn_ast_print_query(i->query, out);
}
static void print_statement_set(const rn_ast_statement *s, rn_builder *out) {
  rn_builder_text(out, "STATEMENT SET BEGIN\n");
  for (uint32_t i = 0; i < s->insert_count; i++) {
    print_insert(&s->inserts[i], out);
    rn_builder_text(out, ";\n");
  }
  rn_builder_text(out, "END");
}
static void print_alter(const rn_ast_statement *s, rn_builder *out) {
  rn_builder_printf(out, "ALTER TABLE %s", s->if_exists ? "IF EXISTS " : "");
  rn_print_path(&s->path, out);
  if (s->alter == RN_ALTER_RENAME) {
    rn_builder_text(out, " RENAME TO ");
    rn_print_name(s->new_name.text, out);
    return;
  }
  rn_builder_text(out, s->alter == RN_ALTER_SET ? " SET (" : " RESET (");
  rn_print_options(&s->options, ", ", out);
  rn_builder_char(out, ')');
}
static void print_show(const rn_ast_statement *s, rn_builder *out) {
  static const struct {
    const char *words;
    bool with_from; /* FROM stands in front of the path */
  } shows[] = {
      [RN_SHOW_TABLES] = {"TABLES", true},           [RN_SHOW_VIEWS] = {"VIEWS", true},
      [RN_SHOW_CREATE_TABLE] = {"CREATE TABLE", false}, [RN_SHOW_CREATE_VIEW] = {"CREATE VIEW", false},
      [RN_SHOW_JOBS] = {"JOBS", false},              [RN_SHOW_FUNCTIONS] = {"FUNCTIONS", true},
      [RN_SHOW_DATABASES] = {"DATABASES", true},     [RN_SHOW_CATALOGS] = {"CATALOGS", true},
      [RN_SHOW_CURRENT_CATALOG] = {"CURRENT CATALOG", false}, [RN_SHOW_CURRENT_DATABASE] = {"CURRENT DATABASE", false},
      [RN_SHOW_COLUMNS] = {"COLUMNS", true},
  };
  rn_builder_printf(out, "SHOW %s", shows[s->show].words);
  if (s->path.count) {
    rn_builder_text(out, shows[s->show].with_from ? " FROM " : " ");
    rn_print_path(&s->path, out);
  }
  if (s->like) print_text(s->like_negated ? (s->like_nocase ? " NOT ILIKE " : " NOT LIKE ") : s->like_nocase ? " ILIKE " : " LIKE ", s->like, out);
}
static void print_explain(const rn_ast_statement *s, rn_builder *out) {
  const struct {
    bool given;
    const char *word;
  } details[] = {{s->changelog_mode, "CHANGELOG_MODE"}, {s->estimated_cost, "ESTIMATED_COST"}, {s->json_plan, "JSON_EXECUTION_PLAN"},
                 {s->plan_advice, "PLAN_ADVICE"}};
  rn_builder_text(out, "EXPLAIN ");
  const char *gap = "";
  for (size_t i = 0; i < sizeof details / sizeof details[0]; i++) {
    if (!details[i].given) continue;
    rn_builder_printf(out, "%s%s", gap, details[i].word);
    gap = ", ";
  }
  if (gap[0]) rn_builder_char(out, ' ');
  if (s->inner->kind == RN_AST_STMT_STATEMENT_SET)
    print_statement_set(s->inner, out);
  else
    rn_ast_print(s->inner, out);
}

void rn_ast_print(const rn_ast_statement *s, rn_builder *out) {
  switch (s->kind) {
    case RN_AST_STMT_QUERY: rn_ast_print_query(s->query, out); break;
    case RN_AST_STMT_INSERT: print_insert(s->insert, out); break;
    case RN_AST_STMT_STATEMENT_SET:
      rn_builder_text(out, "EXECUTE ");
      print_statement_set(s, out);
      break;
    case RN_AST_STMT_CREATE_TABLE:
      print_create(s, "TABLE", out);
      print_table(s->table, out);
      if (s->query) {
        rn_builder_text(out, " AS ");
        rn_ast_print_query(s->query, out);
      }
      break;
    case RN_AST_STMT_CREATE_VIEW:
      print_create(s, "VIEW", out);
      if (s->view_columns.count) {
        rn_builder_text(out, " (");
        rn_print_names(&s->view_columns, out);
        rn_builder_char(out, ')');
      }
      if (s->comment) print_text(" COMMENT ", s->comment, out);
      rn_builder_text(out, " AS ");
      rn_ast_print_query(s->query, out);
      break;
    case RN_AST_STMT_DROP:
      rn_builder_printf(out, "DROP %s%s %s", s->temporary ? "TEMPORARY " : "", s->drop_view ? "VIEW" : "TABLE", s->if_exists ? "IF EXISTS " : "");
      rn_print_path(&s->path, out);
      break;
    case RN_AST_STMT_ALTER_TABLE: print_alter(s, out); break;
    case RN_AST_STMT_SET:
    case RN_AST_STMT_RESET:
      rn_builder_text(out, s->kind == RN_AST_STMT_SET ? "SET" : "RESET");
      if (s->key) print_text(" ", s->key, out);
      if (s->value) print_text(" = ", s->value, out);
      break;
    case RN_AST_STMT_SHOW: print_show(s, out); break;
    case RN_AST_STMT_DESCRIBE:
      rn_builder_text(out, s->extended ? "DESCRIBE EXTENDED " : "DESCRIBE ");
      rn_print_path(&s->path, out);
      break;
    case RN_AST_STMT_EXPLAIN: print_explain(s, out); break;
    case RN_AST_STMT_STOP_JOB:
      print_text("STOP JOB ", s->job, out);
      if (s->with_savepoint) rn_builder_text(out, " WITH SAVEPOINT");
      if (s->with_drain) rn_builder_text(out, " WITH DRAIN");
      break;
    case RN_AST_STMT_USE:
      rn_builder_text(out, s->use_catalog ? "USE CATALOG " : "USE ");
      rn_print_path(&s->path, out);
      break;
  }
}
