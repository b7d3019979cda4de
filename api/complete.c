/* For shells and editors: completeness, completion from the grammar and the catalog, help, widths. */
#include "api/api_private.h"
#include <stdarg.h>
#include <stdio.h>
#include <librdkafka/rdkafka.h>
#include <utf8proc.h>
#include "connectors/registry.h"
#include "runtime/function.h"

runnel_completeness runnel_is_complete(const char *sql) {
  static const runnel_completeness answers[] = {
      [RN_COMPLETE] = RUNNEL_COMPLETE, [RN_INCOMPLETE] = RUNNEL_INCOMPLETE, [RN_IN_STRING] = RUNNEL_IN_STRING,
      [RN_IN_NAME] = RUNNEL_IN_NAME,   [RN_IN_COMMENT] = RUNNEL_IN_COMMENT, [RN_IN_PARENS] = RUNNEL_IN_PARENS,
      [RN_BLANK] = RUNNEL_BLANK};
  return answers[rn_parse_completeness(rn_slice_of(sql))];
}

static bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         (unsigned char)c >= 0x80;
}
static bool begins(const char *name, rn_slice prefix) {
  return strlen(name) >= prefix.len && rn_slice_eq_nocase(rn_slice_make(name, prefix.len), prefix);
}

typedef struct offer_ctx {
  runnel_complete_cb callback;
  void *ctx;
  rn_slice prefix;
} offer_ctx;
static void offer(const offer_ctx *o, const char *word, const char *kind) {
  if (begins(word, o->prefix)) o->callback(o->ctx, word, kind);
}

/* Words after which a table name stands. */
static const char *const table_words[] = {"FROM", "JOIN", "INTO", "TABLE", "VIEW", "DESCRIBE", "DESC", "EXISTS", "UPDATE"};

static bool table_place(const char *sql, size_t word_begin) {
  size_t end = word_begin;
  while (end && (sql[end - 1] == ' ' || sql[end - 1] == '\n' || sql[end - 1] == '\t' || sql[end - 1] == '(')) end--;
  size_t begin = end;
  while (begin && is_word(sql[begin - 1])) begin--;
  for (size_t i = 0; i < sizeof table_words / sizeof table_words[0]; i++)
    if (rn_slice_eq_nocase(rn_slice_make(sql + begin, end - begin), rn_slice_of(table_words[i]))) return true;
  return false;
}

/* Is `name` written as a word anywhere in the statement? Its columns are then in scope. */
static bool mentioned(const char *sql, const char *name) {
  size_t len = strlen(name);
  for (const char *p = strstr(sql, name); p; p = strstr(p + 1, name))
    if ((p == sql || !is_word(p[-1])) && !is_word(p[len])) return true;
  return false;
}

static void offer_columns(const offer_ctx *o, const rn_catalog_object *object) {
  for (uint32_t i = 0; i < object->column_count; i++) offer(o, object->columns[i].name, "column");
  for (uint32_t i = 0; i < object->view_schema.count; i++) offer(o, object->view_schema.fields[i].name, "column");
}

/* Inside WITH ('..: option names of the connector that the statement names, else of the common table. */
static void offer_options(const offer_ctx *o, runnel *db, const char *sql) {
  for (size_t i = 0; i < rn_table_option_count; i++) offer(o, rn_table_options[i].name, "option");
  const rn_registry *registry = rn_catalog_registry(db->catalog);
  for (size_t i = 0; i < registry->connector_count; i++) {
    const rn_connector *c = registry->connectors[i];
    rn_builder quoted = {0};
    rn_builder_printf(&quoted, "'%s'", c->name);
    bool named = strstr(sql, quoted.data) != NULL;
    rn_builder_free(&quoted);
    offer(o, c->name, "connector");
    for (size_t k = 0; named && k < c->option_count; k++) offer(o, c->options[k].name, "option");
  }
}
static bool in_string(const char *sql, size_t cursor, size_t *begin) {
  bool inside = false;
  for (size_t i = 0; i < cursor; i++)
    if (sql[i] == '\'') inside = !inside, *begin = i + 1;
  return inside;
}

int runnel_complete(runnel *db, const char *sql, size_t cursor, size_t *word_begin, runnel_complete_cb callback,
                    void *ctx) {
  if (!db || !sql || cursor > strlen(sql)) return RUNNEL_RANGE;
  offer_ctx o = {callback, ctx, {0}};
  size_t begin = cursor;
  if (in_string(sql, cursor, &begin)) {
    *word_begin = begin;
    o.prefix = rn_slice_make(sql + begin, cursor - begin);
    if (rn_slice_eq_nocase(rn_slice_trim(rn_slice_make(sql, 4)), rn_slice_of("SET"))) {
      for (size_t i = 0; i < rn_setting_count; i++)
        if (!rn_settings[i].ignored) offer(&o, rn_settings[i].key, "setting");
    } else if (rn_slice_eq_nocase(rn_slice_trim(rn_slice_make(sql, 5)), rn_slice_of("STOP"))) {
      for (size_t i = 0; i < db->jobs.len; i++)
        if (!db->jobs.data[i]->ended) offer(&o, db->jobs.data[i]->name, "job");
    } else {
      offer_options(&o, db, sql);
    }
    return RUNNEL_OK;
  }
  begin = cursor;
  while (begin && is_word(sql[begin - 1])) begin--;
  *word_begin = begin;
  o.prefix = rn_slice_make(sql + begin, cursor - begin);
  rn_arena arena = {0};
  rn_expected expected = {0};
  rn_parse_expected(rn_slice_of(sql), begin, &arena, &expected);
  bool tables = table_place(sql, begin);
  for (size_t i = 0; expected.name; i++) {
    rn_catalog_object *object = rn_catalog_at(db->catalog, i);
    if (!object) break;
    if (tables) offer(&o, object->name, object->kind == RN_OBJECT_VIEW ? "view" : "table");
    if (!tables && mentioned(sql, object->name)) offer_columns(&o, object);
  }
  if (tables && expected.name && o.prefix.len) {
    for (size_t i = 0; i < RN_WINDOW_KINDS; i++) offer(&o, rn_window_names[i], "function");
    offer(&o, "UNNEST", "function");
  }
  if (expected.expression && !tables && o.prefix.len) {
    const char *last = "";
    for (size_t i = 0;; i++) {
      const rn_function *fn = rn_function_rows(i);
      if (!fn) break;
      if (fn->flags & RN_FN_OPERATOR || strcmp(fn->name, last) == 0) continue;
      last = fn->name;
      offer(&o, fn->name, "function");
    }
    for (size_t i = 0; rn_aggregate_rows(i); i++)
      if (!(rn_aggregate_rows(i)->flags & RN_AGG_VARIANT)) offer(&o, rn_aggregate_rows(i)->name, "function");
    const rn_catalog_object *own;
    for (size_t i = 0; (own = rn_catalog_other_at(db->catalog, RN_OBJECT_FUNCTION, i)); i++)
      offer(&o, rn_arena_strndup(&arena, own->name, strlen(own->name) - 2), "function");
  }
  for (size_t i = 0; i < expected.keyword_count; i++) offer(&o, expected.keywords[i], "keyword");
  rn_arena_free(&arena);
  return RUNNEL_OK;
}

/* --- help ----------------------------------------------------------------------------------------------------------- */
typedef struct help_text {
  char *data;
  size_t room, len;
} help_text;
__attribute__((format(printf, 2, 3))) static void say(help_text *out, const char *format, ...) {
  va_list args;
  va_start(args, format);
  int n = vsnprintf(out->data + out->len, out->room - out->len, format, args);
  va_end(args);
  out->len = n < 0 ? out->len : out->len + (size_t)n < out->room ? out->len + (size_t)n : out->room - 1;
}

/* A topic of that name; else all whose first word it is (CREATE). */
static void topic_help(help_text *out, rn_slice wanted) {
  for (int whole = 1; whole >= 0 && !out->len; whole--) {
    for (size_t i = 0; i < rn_topic_count; i++) {
      const rn_topic *t = &rn_topics[i];
      size_t first = strcspn(t->name, " ");
      rn_slice name = whole ? rn_slice_of(t->name) : rn_slice_make(t->name, t->name[first] ? first : 0);
      if (wanted.len && rn_slice_eq_nocase(name, wanted)) say(out, "%s\n  %s\n  %s\n", t->syntax, t->help, t->example);
    }
  }
}

static void option_help(help_text *out, const rn_option *options, size_t count, const char *prefix) {
  for (size_t i = 0; i < count; i++) {
    const rn_option *o = &options[i];
    if (o->flags & RN_OPTION_IGNORED) continue;
    say(out, "  '%s%s'%s%s%s%s%s  %s\n", prefix, o->name, o->flags & RN_OPTION_REQUIRED ? " (needed)" : "", o->choices ? " = " : "",
        o->choices ? o->choices : "", o->default_text ? ", else " : "", o->default_text ? o->default_text : "", o->help ? o->help : "");
  }
}
static void plugin_help(help_text *out, rn_slice wanted) {
  const rn_connector *connector = rn_connector_find(&rn_builtin_registry, wanted);
  if (connector) {
    say(out, "'connector' = '%s'\n  %s\n", connector->name, connector->help);
    option_help(out, connector->options, connector->option_count, "");
  }
  const rn_format *format = rn_format_find(&rn_builtin_registry, wanted);
  if (!format) return;
  rn_builder prefix = {0};
  rn_builder_printf(&prefix, "%s.", format->name);
  say(out, "'format' = '%s'\n  %s\n", format->name, format->help);
  option_help(out, format->options, format->option_count, prefix.data);
  rn_builder_free(&prefix);
}

const char *runnel_function_help(const char *name) {
  static _Thread_local char text[16384];
  help_text out = {text, sizeof text, 0};
  rn_slice wanted = rn_slice_of(name);
  text[0] = 0;
  for (size_t i = 0;; i++) {
    const rn_function *fn = rn_function_rows(i);
    if (!fn) break;
    if (fn->flags & RN_FN_OPERATOR || !rn_slice_eq_nocase(rn_slice_of(fn->name), wanted)) continue;
    say(&out, "%s\n  %s\n  %s\n", fn->signature, fn->help, fn->example);
  }
  const rn_aggregate *a = rn_aggregate_find(wanted);
  if (a) say(&out, "%s\n  %s\n  %s\n", a->signature, a->help, a->example);
  topic_help(&out, wanted);
  plugin_help(&out, wanted);
  return text[0] ? text : NULL;
}

int runnel_display_width(const char *utf8, size_t bytes) {
  int width = 0;
  const utf8proc_uint8_t *p = (const utf8proc_uint8_t *)utf8;
  utf8proc_ssize_t left = (utf8proc_ssize_t)bytes;
  while (left > 0) {
    utf8proc_int32_t c;
    utf8proc_ssize_t n = utf8proc_iterate(p, left, &c);
    if (n <= 0) {
      width++;
      n = 1;
    } else {
      width += utf8proc_charwidth(c);
    }
    p += n;
    left -= n;
  }
  return width;
}

const char *runnel_build_info(void) {
  static _Thread_local char text[128];
  (void)snprintf(text, sizeof text, "librdkafka %s, SQLite %s", rd_kafka_version_str(), sqlite3_libversion());
  return text;
}
