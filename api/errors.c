/* Errors of the handle: codes, positions, rendering. */
#include "api/api_private.h"
#include <stdio.h>
#include "connectors/registry.h"

typedef struct code_class {
  int exit_code;
  runnel_code code;
} code_class;
static const code_class classes[] = {
    {1, RUNNEL_ERROR}, {2, RUNNEL_DATA},      {3, RUNNEL_CONNECT},       {4, RUNNEL_STATE},
    {5, RUNNEL_SINK},  {70, RUNNEL_INTERNAL}, {130, RUNNEL_INTERRUPTED},
};

int rn_api_code(int error_code) {
  if (error_code == 0) return RUNNEL_OK;
  if (error_code == RN_E_MISUSE) return RUNNEL_MISUSE;
  const rn_code_row *row = rn_code_find(error_code);
  for (size_t i = 0; row && i < sizeof classes / sizeof classes[0]; i++)
    if (classes[i].exit_code == row->exit_code) return (int)classes[i].code;
  return RUNNEL_INTERNAL;
}

void rn_api_clear(runnel *db) { db->diags.count = db->diags.error_count = 0; }
/* --- secrets: excerpts of the statement are shown with errors ------------------------------------------------ */
static bool is_secret_key(rn_slice key) {
  static const char *const parts[] = {"password", "secret", "token", "jaas", "credential", "key.pem", "basic.auth"};
  const rn_registry *registry = &rn_builtin_registry;
  for (size_t c = 0; c < registry->connector_count; c++)
    for (size_t o = 0; o < registry->connectors[c]->option_count; o++) {
      const rn_option *row = &registry->connectors[c]->options[o];
      if ((row->flags & RN_OPTION_SECRET) && rn_slice_is(key, row->name)) return true;
    }
  for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
    if (memmem(key.ptr, key.len, parts[i], strlen(parts[i]))) return true;
  return false;
}
/* Past the closing quote of the literal that begins at text; doubled quotes are part of it. */
static char *literal_end(char *text) {
  for (text++; *text; text++)
    if (*text == '\'' && *++text != '\'') return text;
  return text;
}
/* By the look of 'key' = 'value' and not by the AST: a text with a syntax error has none. Lengths stay. */
char *rn_api_masked(const char *text) {
  char *copy = rn_strdup(text ? text : "");
  for (char *at = copy; *at;) {
    if (at[0] == '-' && at[1] == '-') {
      at += strcspn(at, "\n");
      continue;
    }
    if (at[0] == '/' && at[1] == '*' && at[2] != '+') { /* hints hold options, other comments apostrophes */
      char *end = strstr(at + 2, "*/");
      at = end ? end + 2 : at + strlen(at);
      continue;
    }
    if (*at == '`') {
      at++;
      at += strcspn(at, "`");
      at += *at != 0;
      continue;
    }
    if (*at != '\'') {
      at++;
      continue;
    }
    char *key = at + 1, *end = literal_end(at);
    at = end;
    char *value = end + strspn(end, " \t\r\n");
    if (*value != '=') continue;
    value++;
    value += strspn(value, " \t\r\n");
    if (*value != '\'' || end - key < 2 || !is_secret_key(rn_slice_make(key, (size_t)(end - key - 1)))) continue;
    at = literal_end(value);
    rn_slice inside = rn_slice_make(value + 1, (size_t)(at - value - 1));
    if (inside.len && memmem(inside.ptr, inside.len, "${", 2)) continue; /* a reference is no secret */
    for (char *p = value + 1; p < at; p++)
      if (*p != '\n' && !(p == at - 1 && *p == '\'')) *p = '*';
  }
  return copy;
}
void rn_api_text(runnel *db, const char *text) {
  char *copy = rn_api_masked(text);
  rn_free(db->error_text);
  db->error_text = copy;
}
int rn_api_fail(runnel *db, const rn_error *err) {
  rn_diagnostics_add(&db->diags, err);
  return rn_api_result(db);
}
int rn_api_result(runnel *db) {
  for (size_t i = 0; i < db->diags.count; i++)
    if (db->diags.items[i].code < 100000) return rn_api_code(db->diags.items[i].code);
  return db->diags.error_count ? RUNNEL_ERROR : RUNNEL_OK;
}

static const rn_error *first_error(runnel *db) {
  for (size_t i = 0; i < db->diags.count; i++)
    if (db->diags.items[i].code < 100000) return &db->diags.items[i];
  return NULL;
}

void rn_api_warn_all(runnel *db) {
  for (size_t i = 0; i < db->diags.count; i++) {
    const rn_error *w = &db->diags.items[i];
    if (w->code < 100000) continue;
    char id[8];
    rn_builder line = {0};
    rn_builder_printf(&line, "warning[%s]: %s", rn_code_text(w->code, id), w->message);
    if (w->hint[0]) rn_builder_printf(&line, " (%s)", w->hint);
    rn_engine_log(db, 1, line.data);
    rn_builder_free(&line);
  }
}

int runnel_errcode(runnel *db) { return db ? rn_api_result(db) : RUNNEL_MISUSE; }
const char *runnel_errmsg(runnel *db) {
  const rn_error *err = db ? first_error(db) : NULL;
  return err ? err->message : "";
}
int runnel_error_count(runnel *db) { return db ? (int)db->diags.count : 0; }

int runnel_error_at(runnel *db, int index, runnel_error *out) {
  if (!db || index < 0 || (size_t)index >= db->diags.count) return RUNNEL_RANGE;
  const rn_error *e = &db->diags.items[index];
  const rn_code_row *row = rn_code_find(e->code);
  size_t size = out->struct_size;
  memset(out, 0, sizeof *out);
  out->struct_size = size;
  out->code = rn_api_code(e->code);
  out->exit_code = row ? row->exit_code : 70;
  (void)rn_code_text(e->code, out->id);
  out->is_warning = e->code >= 100000;
  out->message = e->message;
  out->hint = e->hint;
  if (e->has_span && db->error_text) {
    uint32_t line, column;
    rn_text_position(rn_slice_of(db->error_text), e->span.begin, &line, &column);
    out->line = (int)line;
    out->column = (int)column;
    out->begin = e->span.begin;
    out->end = e->span.end;
  }
  out->topic = e->topic;
  out->partition = e->partition;
  out->record_offset = e->offset;
  return RUNNEL_OK;
}

/* Rendering counts lines in the prepared text; a script's earlier statements are put before it as empty
 * lines, so that "file.sql:12:3" is the line of the file. */
void rn_api_render_one(const rn_error *err, const char *text, const char *source_name, int base_line, rn_builder *out) {
  rn_builder all = {0};
  for (int i = 0; i < base_line; i++) rn_builder_char(&all, '\n');
  uint32_t shift = (uint32_t)all.len;
  rn_builder_text(&all, text ? text : "");
  rn_error e = *err;
  if (e.has_span) e.span.begin += shift, e.span.end += shift;
  rn_error_render(&e, rn_slice_make(all.data ? all.data : "", all.len), source_name, out);
  rn_builder_free(&all);
}
const char *runnel_error_render(runnel *db, const char *source_name, int base_line) {
  rn_builder_clear(&db->rendered);
  for (size_t i = 0; i < db->diags.count; i++)
    rn_api_render_one(&db->diags.items[i], db->error_text, source_name, base_line, &db->rendered);
  if (db->diags.error_count > 1) {
    char id[8];
    const rn_error *err = first_error(db);
    rn_builder_printf(&db->rendered, "%zu errors", db->diags.error_count);
    if (err) rn_builder_printf(&db->rendered, " · runnel help %s", rn_code_text(err->code, id));
    rn_builder_char(&db->rendered, '\n');
  }
  return db->rendered.data ? db->rendered.data : "";
}

const char *runnel_code_help(const char *id) {
  size_t count;
  const rn_code_row *rows = rn_code_rows(&count);
  for (size_t i = 0; i < count; i++) {
    char text[8];
    if (rn_text_eq_nocase(rn_code_text(rows[i].number, text), id)) return rows[i].help;
  }
  return NULL;
}
