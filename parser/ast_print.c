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
  rn_builder_quoted(out, rn_slice_of(name), '`');
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
static void print_assignments(const rn_ast_assignments *list, rn_builder *out) {
  for (uint32_t i = 0; i < list->count; i++) {
    if (i) rn_builder_text(out, ", ");
    rn_print_name(list->items[i].column.text, out);
    if (!list->items[i].value) continue;
    rn_builder_text(out, " = ");
    rn_ast_print_expr(list->items[i].value, out);
  }
}
static void print_distribution(const rn_ast_distribution *d, rn_builder *out) {
  if (d->columns.count) {
    rn_builder_printf(out, " BY %s%s(", d->kind ? d->kind : "", d->kind ? " " : "");
    rn_print_names(&d->columns, out);
    rn_builder_char(out, ')');
  }
  if (d->buckets) rn_builder_printf(out, " INTO %s BUCKETS", d->buckets);
}
static void print_key(const rn_ast_table_def *t, rn_builder *out) {
  if (t->constraint) {
    rn_builder_text(out, "CONSTRAINT ");
    rn_print_name(t->constraint, out);
    rn_builder_char(out, ' ');
  }
  rn_builder_text(out, "PRIMARY KEY (");
  rn_print_names(&t->keys, out);
  rn_builder_text(out, t->key_enforced ? ") ENFORCED" : ") NOT ENFORCED");
}
static void print_like(const rn_ast_table_def *t, rn_builder *out) {
  static const char *const hows[] = {"INCLUDING", "EXCLUDING", "OVERWRITING"};
  static const char *const whats[] = {"ALL", "CONSTRAINTS", "DISTRIBUTION", "PARTITIONS", "GENERATED", "METADATA", "OPTIONS", "WATERMARKS"};
  rn_builder_text(out, " LIKE ");
  rn_print_path(&t->like, out);
  for (uint32_t i = 0; i < t->like_option_count; i++)
    rn_builder_printf(out, "%s%s %s", i ? " " : " (", hows[t->like_options[i].how], whats[t->like_options[i].what]);
  if (t->like_option_count) rn_builder_char(out, ')');
}
static void print_with(const rn_ast_options *options, rn_builder *out) {
  rn_builder_text(out, options->count ? " WITH (\n  " : " WITH (");
  rn_print_options(options, ",\n  ", out);
  rn_builder_text(out, options->count ? "\n)" : ")");
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
    rn_builder_text(out, gap);
    print_key(t, out);
    gap = ",\n  ";
  }
  if (gap[0] == ',') rn_builder_text(out, "\n)");
  if (t->comment) print_text(" COMMENT ", t->comment, out);
  if (t->distribution.given) rn_builder_text(out, " DISTRIBUTED");
  if (t->distribution.given) print_distribution(&t->distribution, out);
  if (t->partitioned_by.count) {
    rn_builder_text(out, " PARTITIONED BY (");
    rn_print_names(&t->partitioned_by, out);
    rn_builder_char(out, ')');
  }
  if (t->has_options) print_with(&t->options, out);
  if (t->like.count) print_like(t, out);
}
static void print_create(const rn_ast_statement *s, const char *what, rn_builder *out) {
  if (s->must_exist)
    rn_builder_printf(out, "REPLACE %s ", what);
  else
    rn_builder_printf(out, "CREATE %s%s%s%s %s", s->or_replace ? "OR REPLACE " : "", s->temporary ? "TEMPORARY " : "", s->system ? "SYSTEM " : "", what,
                    s->if_not_exists ? "IF NOT EXISTS " : "");
  rn_print_path(&s->path, out);
}

/* --- the rest ------------------------------------------------------------------------------------------------ */
static void print_insert(const rn_ast_insert *i, rn_builder *out) {
  rn_builder_text(out, i->overwrite ? "INSERT OVERWRITE " : "INSERT INTO ");
  rn_print_path(&i->table, out);
  rn_print_hints(&i->hints, out);
  if (i->partition.count) {
    rn_builder_text(out, " PARTITION (");
    print_assignments(&i->partition, out);
    rn_builder_char(out, ')');
  }
  if (i->columns.count) {
    rn_builder_text(out, " (");
    rn_print_names(&i->columns, out);
    rn_builder_char(out, ')');
  }
  rn_builder_char(out, ' ');
  rn_ast_print_query(i->query, out);
  static const char *const conflicts[] = {"", " ON CONFLICT DO NOTHING", " ON CONFLICT DO ERROR", " ON CONFLICT DO DEDUPLICATE"};
  rn_builder_text(out, conflicts[i->conflict]);
}
static void print_statement_set(const rn_ast_statement *s, rn_builder *out) {
  rn_builder_text(out, "STATEMENT SET BEGIN\n");
  for (uint32_t i = 0; i < s->insert_count; i++) {
    print_insert(&s->inserts[i], out);
    rn_builder_text(out, ";\n");
  }
  rn_builder_text(out, "END");
}
static void print_alter_items(const rn_ast_statement *s, rn_builder *out) {
  const rn_ast_table_def *t = s->table;
  const char *gap = s->parenthesized ? " (" : " ";
  rn_builder_text(out, s->alter == RN_ALTER_ADD ? " ADD" : " MODIFY");
  for (uint32_t i = 0; i < s->alter_count; i++) {
    const rn_ast_alter_column *c = &s->alter_columns[i];
    rn_builder_text(out, gap);
    print_column(&c->def, out);
    if (c->first) rn_builder_text(out, " FIRST");
    if (c->after.text) {
      rn_builder_text(out, " AFTER ");
      rn_print_name(c->after.text, out);
    }
    gap = ", ";
  }
  for (uint32_t i = 0; i < t->watermark_count; i++) {
    rn_builder_printf(out, "%sWATERMARK FOR ", gap);
    rn_print_name(t->watermarks[i].column.text, out);
    rn_builder_text(out, " AS ");
    rn_ast_print_expr(t->watermarks[i].expr, out);
    gap = ", ";
  }
  if (t->keys.count) {
    rn_builder_text(out, gap);
    print_key(t, out);
  }
  if (t->distribution.given) rn_builder_text(out, " DISTRIBUTION");
  if (t->distribution.given) print_distribution(&t->distribution, out);
  if (s->parenthesized) rn_builder_char(out, ')');
}
static void print_partition(const rn_ast_statement *s, const char *guard, rn_builder *out) {
  if (s->if_not_exists) rn_builder_text(out, guard);
  rn_builder_text(out, " PARTITION (");
  print_assignments(&s->set, out);
  rn_builder_char(out, ')');
}
static void print_alter_what(const rn_ast_statement *s, rn_builder *out) {
  switch (s->alter) {
    case RN_ALTER_SET: case RN_ALTER_RESET:
      rn_builder_text(out, s->alter == RN_ALTER_SET ? " SET (" : " RESET (");
      rn_print_options(&s->options, ", ", out);
      rn_builder_char(out, ')');
      break;
    case RN_ALTER_RENAME:
      rn_builder_text(out, " RENAME TO ");
      rn_print_path(&s->new_path, out);
      break;
    case RN_ALTER_ADD: case RN_ALTER_MODIFY: print_alter_items(s, out); break;
    case RN_ALTER_DROP_COLUMNS:
      rn_builder_text(out, s->parenthesized ? " DROP (" : " DROP ");
      rn_print_names(&s->names, out);
      if (s->parenthesized) rn_builder_char(out, ')');
      break;
    case RN_ALTER_DROP_KEY: rn_builder_text(out, " DROP PRIMARY KEY"); break;
    case RN_ALTER_DROP_CONSTRAINT:
      rn_builder_text(out, " DROP CONSTRAINT ");
      rn_print_names(&s->names, out);
      break;
    case RN_ALTER_DROP_WATERMARK: rn_builder_text(out, " DROP WATERMARK"); break;
    case RN_ALTER_DROP_DISTRIBUTION: rn_builder_text(out, " DROP DISTRIBUTION"); break;
    case RN_ALTER_DROP_PARTITION:
      rn_builder_text(out, " DROP");
      print_partition(s, " IF EXISTS", out);
      break;
    case RN_ALTER_ADD_PARTITION:
      rn_builder_text(out, " ADD");
      print_partition(s, " IF NOT EXISTS", out);
      if (s->has_options) print_with(&s->options, out);
      break;
    case RN_ALTER_RENAME_COLUMN:
      rn_builder_text(out, " RENAME ");
      rn_print_names(&s->names, out);
      rn_builder_text(out, " TO ");
      rn_print_name(s->new_name.text, out);
      break;
    case RN_ALTER_QUERY:
      rn_builder_text(out, " AS ");
      rn_ast_print_query(s->query, out);
      break;
    case RN_ALTER_COMMENT: print_text(" COMMENT ", s->comment, out); break;
    case RN_ALTER_CLASS:
      print_text(" AS ", s->class_name, out);
      if (s->language) rn_builder_printf(out, " LANGUAGE %s", s->language);
      break;
  }
}
static const char *const object_words[] = {"TABLE", "VIEW", "DATABASE", "CATALOG", "FUNCTION", "JOB"};
static void print_head(const rn_ast_statement *s, const char *verb, rn_builder *out) {
  rn_builder_printf(out, "%s %s%s%s %s", verb, s->temporary ? "TEMPORARY " : "", s->system ? "SYSTEM " : "", object_words[s->object],
                    s->if_exists ? "IF EXISTS " : "");
  rn_print_path(&s->path, out);
}
static void print_create_object(const rn_ast_statement *s, rn_builder *out) {
  print_create(s, object_words[s->object], out);
  if (s->body) {
    rn_builder_char(out, '(');
    for (uint32_t i = 0; i < s->param_count; i++) {
      if (i) rn_builder_text(out, ", ");
      rn_print_name(s->params[i].name.text, out);
      rn_builder_char(out, ' ');
      rn_print_type(s->params[i].type, out);
    }
    rn_builder_text(out, ") RETURNS ");
    rn_print_type(s->returns, out);
  }
  if (s->comment) print_text(" COMMENT ", s->comment, out);
  if (s->body) {
    rn_builder_text(out, " RETURN ");
    rn_ast_print_expr(s->body, out);
  }
  if (s->class_name) print_text(" AS ", s->class_name, out);
  if (s->language) rn_builder_printf(out, " LANGUAGE %s", s->language);
  for (uint32_t i = 0; i < s->jar_count; i++) print_text(i ? ", JAR " : " USING JAR ", s->jars[i], out);
  if (s->has_options) print_with(&s->options, out);
}
static void print_foreign(const rn_ast_statement *s, rn_builder *out) {
  static const char *const words[RN_FOREIGNS] = {"LOAD MODULE", "UNLOAD MODULE", "USE MODULES", "ADD JAR", "REMOVE JAR",
                                                 "COMPILE PLAN", "COMPILE AND EXECUTE PLAN", "EXECUTE PLAN"};
  rn_builder_text(out, words[s->foreign]);
  if (s->names.count) {
    rn_builder_char(out, ' ');
    rn_print_names(&s->names, out);
  }
  if (s->key) print_text(" ", s->key, out);
  if (s->has_options) print_with(&s->options, out);
  if (!s->inner) return;
  rn_builder_text(out, s->if_not_exists ? " IF NOT EXISTS FOR " : " FOR ");
  if (s->inner->kind == RN_AST_STMT_STATEMENT_SET)
    print_statement_set(s->inner, out);
  else
    rn_ast_print(s->inner, out);
}
static void print_rows(const rn_ast_statement *s, const char *verb, rn_builder *out) {
  rn_builder_text(out, verb);
  rn_print_path(&s->path, out);
  if (s->kind == RN_AST_STMT_UPDATE) {
    rn_builder_text(out, " SET ");
    print_assignments(&s->set, out);
  }
  if (s->where) {
    rn_builder_text(out, " WHERE ");
    rn_ast_print_expr(s->where, out);
  }
}
static void print_analyze(const rn_ast_statement *s, rn_builder *out) {
  rn_builder_text(out, "ANALYZE TABLE ");
  rn_print_path(&s->path, out);
  if (s->set.count) print_partition(s, "", out);
  rn_builder_text(out, s->all_columns ? " COMPUTE STATISTICS FOR ALL COLUMNS" : " COMPUTE STATISTICS");
  if (!s->names.count) return;
  rn_builder_text(out, " FOR COLUMNS ");
  rn_print_names(&s->names, out);
}
static void print_describe(const rn_ast_statement *s, rn_builder *out) {
  rn_builder_text(out, "DESCRIBE ");
  if (s->object != RN_AST_OBJECT_TABLE) rn_builder_printf(out, "%s ", object_words[s->object]);
  if (s->extended) rn_builder_text(out, "EXTENDED ");
  if (s->job)
    rn_print_string(s->job, strlen(s->job), out);
  else
    rn_print_path(&s->path, out);
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
      [RN_SHOW_COLUMNS] = {"COLUMNS", true},         [RN_SHOW_USER_FUNCTIONS] = {"USER FUNCTIONS", true},
      [RN_SHOW_CREATE_FUNCTION] = {"CREATE FUNCTION", false}, [RN_SHOW_CREATE_DATABASE] = {"CREATE DATABASE", false},
      [RN_SHOW_CREATE_CATALOG] = {"CREATE CATALOG", false},   [RN_SHOW_MODULES] = {"MODULES", false},
      [RN_SHOW_FULL_MODULES] = {"FULL MODULES", false},       [RN_SHOW_JARS] = {"JARS", false},
      [RN_SHOW_PARTITIONS] = {"PARTITIONS", false},  [RN_SHOW_PROCEDURES] = {"PROCEDURES", true},
      [RN_SHOW_MODELS] = {"MODELS", true},
  };
  rn_builder_printf(out, "SHOW %s", shows[s->show].words);
  if (s->path.count) {
    rn_builder_text(out, shows[s->show].with_from ? " FROM " : " ");
    rn_print_path(&s->path, out);
  }
  if (s->set.count) print_partition(s, "", out);
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
    case RN_AST_STMT_CREATE: print_create_object(s, out); break;
    case RN_AST_STMT_DROP:
      print_head(s, "DROP", out);
      if (s->cascade) rn_builder_text(out, " CASCADE");
      break;
    case RN_AST_STMT_ALTER_TABLE: case RN_AST_STMT_ALTER:
      print_head(s, "ALTER", out);
      print_alter_what(s, out);
      break;
    case RN_AST_STMT_TRUNCATE: print_rows(s, "TRUNCATE TABLE ", out); break;
    case RN_AST_STMT_DELETE: print_rows(s, "DELETE FROM ", out); break;
    case RN_AST_STMT_UPDATE: print_rows(s, "UPDATE ", out); break;
    case RN_AST_STMT_ANALYZE: print_analyze(s, out); break;
    case RN_AST_STMT_CALL:
      rn_builder_text(out, "CALL ");
      rn_ast_print_expr(s->call, out);
      break;
    case RN_AST_STMT_FOREIGN: print_foreign(s, out); break;
    case RN_AST_STMT_SET:
    case RN_AST_STMT_RESET:
      rn_builder_text(out, s->kind == RN_AST_STMT_SET ? "SET" : "RESET");
      if (s->key) print_text(" ", s->key, out);
      if (s->value) print_text(" = ", s->value, out);
      break;
    case RN_AST_STMT_SHOW: print_show(s, out); break;
    case RN_AST_STMT_DESCRIBE: print_describe(s, out); break;
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
