/* Canonical CREATE texts: what is stored, compared by `run`, and shown by SHOW CREATE (DIALECT 3.11). One
 * spelling per meaning: full back-ticked path, types in full, options sorted by key. */
#include "parser/parse.h"
#include "planner/catalog_parts.h"

void rn_quote_name(const char *name, rn_builder *out) { rn_builder_quoted(out, rn_slice_of(name), '`'); }
void rn_quote_text(const char *text, rn_builder *out) { rn_builder_quoted(out, rn_slice_of(text), '\''); }

void rn_catalog_path_text(const rn_catalog_object *object, rn_builder *out) {
  const char *parts[] = {object->catalog, object->database, object->own};
  for (int i = 0; i < 3; i++) {
    if (i) rn_builder_char(out, '.');
    rn_quote_name(parts[i], out);
  }
}

static void column_text(const rn_catalog_column *c, rn_builder *out) {
  rn_builder_text(out, "  ");
  rn_quote_name(c->name, out);
  if (c->kind == RN_COL_COMPUTED) {
    rn_builder_text(out, " AS ");
    rn_ast_print_expr(c->computed, out);
  } else {
    rn_arena scratch;
    rn_arena_init(&scratch);
    rn_builder_printf(out, " %s", rn_type_text(&scratch, c->type));
    rn_arena_free(&scratch);
  }
  if (c->kind == RN_COL_METADATA) {
    rn_builder_text(out, " METADATA");
    if (strcmp(c->metadata_key, c->name) != 0) {
      rn_builder_text(out, " FROM ");
      rn_quote_text(c->metadata_key, out);
    }
    if (c->is_virtual) rn_builder_text(out, " VIRTUAL");
  }
  if (c->comment) {
    rn_builder_text(out, " COMMENT ");
    rn_quote_text(c->comment, out);
  }
}

static const char *shown_value(const rn_catalog_object *object, const rn_option_value *o, bool mask) {
  if (!mask) return o->value;
  const rn_option *row = rn_table_option_row(object->connector, object->value_format, object->key_format,
                                             rn_slice_of(o->key));
  bool secret = row ? (row->flags & RN_OPTION_SECRET) != 0 : strstr(o->key, "password") || strstr(o->key, "secret");
  return secret && !strstr(o->value, "${") ? "******" : o->value;
}

static void head_text(const rn_catalog_object *t, rn_builder *out) {
  rn_builder_printf(out, "CREATE %sTABLE ", t->temporary ? "TEMPORARY " : "");
  rn_catalog_path_text(t, out);
  rn_builder_text(out, " (\n");
  for (uint32_t i = 0; i < t->column_count; i++) {
    column_text(&t->columns[i], out);
    if (i + 1 < t->column_count || t->rowtime >= 0 || t->key_count) rn_builder_text(out, ",\n");
  }
  if (t->rowtime >= 0) {
    rn_builder_text(out, "  WATERMARK FOR ");
    rn_quote_name(t->columns[t->rowtime].name, out);
    rn_builder_text(out, " AS ");
    rn_ast_print_expr(t->watermark, out);
    if (t->key_count) rn_builder_text(out, ",\n");
  }
  if (t->key_count) {
    rn_builder_text(out, "  ");
    if (t->constraint) {
      rn_builder_text(out, "CONSTRAINT ");
      rn_quote_name(t->constraint, out);
      rn_builder_char(out, ' ');
    }
    rn_builder_text(out, "PRIMARY KEY (");
    for (uint32_t i = 0; i < t->key_count; i++) {
      if (i) rn_builder_text(out, ", ");
      rn_quote_name(t->columns[t->keys[i]].name, out);
    }
    rn_builder_text(out, ") NOT ENFORCED");
  }
  rn_builder_text(out, "\n)");
  if (t->comment) {
    rn_builder_text(out, " COMMENT ");
    rn_quote_text(t->comment, out);
  }
}

static void layout_text(const rn_catalog_object *t, rn_builder *out) {
  const rn_ast_distribution *d = &t->distribution;
  if (d->given) {
    rn_builder_text(out, " DISTRIBUTED");
    for (uint32_t i = 0; i < d->columns.count; i++) {
      if (!i) rn_builder_printf(out, " BY %s%s(", d->kind ? d->kind : "", d->kind ? " " : "");
      else rn_builder_text(out, ", ");
      rn_quote_name(d->columns.items[i].text, out);
    }
    if (d->columns.count) rn_builder_char(out, ')');
    if (d->buckets) rn_builder_printf(out, " INTO %s BUCKETS", d->buckets);
  }
  for (uint32_t i = 0; i < t->partition_count; i++) {
    rn_builder_text(out, i ? ", " : " PARTITIONED BY (");
    rn_quote_name(t->columns[t->partitions[i]].name, out);
  }
  if (t->partition_count) rn_builder_char(out, ')');
}

void rn_catalog_table_text(const rn_catalog_object *t, bool mask, rn_builder *out) {
  head_text(t, out);
  layout_text(t, out);
  if (!t->options.count) return;
  rn_builder_text(out, " WITH (\n");
  for (size_t i = 0; i < t->options.count; i++) {
    rn_builder_text(out, "  ");
    rn_quote_text(t->options.items[i].key, out);
    rn_builder_text(out, " = ");
    rn_quote_text(shown_value(t, &t->options.items[i], mask), out);
    rn_builder_text(out, i + 1 < t->options.count ? ",\n" : "\n)");
  }
}

void rn_catalog_show_create(const rn_catalog_object *object, rn_builder *out) {
  if (object->kind != RN_OBJECT_TABLE) rn_builder_text(out, object->sql);
  else rn_catalog_table_text(object, true, out);
}

rn_status rn_catalog_set_text(rn_catalog_object *object, const char *sql, rn_diagnostics *diags) {
  rn_diagnostics *found = rn_calloc(1, sizeof *found);
  rn_ast_statement *ast = NULL;
  size_t end = 0;
  object->sql = rn_arena_strdup(&object->arena, sql);
  rn_status status = rn_parse_next(rn_slice_of(object->sql), 0, &object->arena, &ast, &end, found);
  if (status != RN_OK || !ast || found->error_count) {
    status = rn_diag(diags, RN_E_INTERNAL, (rn_span){0, 0}, object->sql,
                     "the canonical text of \"%s\" does not parse: %s", object->name,
                     found->count ? found->items[0].message : "nothing was found");
  } else {
    object->ast = ast;
    for (uint32_t i = 0; object->kind == RN_OBJECT_TABLE && i < object->column_count; i++) {
      rn_catalog_column *c = &object->columns[i];
      if (c->kind != RN_COL_COMPUTED) continue;
      rn_builder text = {0};
      c->computed = ast->table->columns[i].expr;
      rn_ast_print_expr(c->computed, &text);
      c->computed_text = rn_arena_strdup(&object->arena, text.data);
      rn_builder_free(&text);
    }
    if (object->kind == RN_OBJECT_TABLE && object->rowtime >= 0) {
      rn_builder text = {0};
      object->watermark = ast->table->watermarks[0].expr;
      rn_ast_print_expr(object->watermark, &text);
      object->watermark_text = rn_arena_strdup(&object->arena, text.data);
      rn_builder_free(&text);
    }
  }
  rn_free(found);
  return status;
}

/* --- comparison ------------------------------------------------------------------------------------------------ */
static bool same_column(const rn_catalog_column *a, const rn_catalog_column *b) {
  rn_builder left = {0}, right = {0};
  column_text(a, &left);
  column_text(b, &right);
  bool same = left.len == right.len && memcmp(left.data, right.data, left.len) == 0;
  rn_builder_free(&left);
  rn_builder_free(&right);
  return same;
}

static const char *column_words(const rn_catalog_column *c, rn_arena *arena) {
  rn_builder b = {0};
  column_text(c, &b);
  const char *text = rn_arena_strdup(arena, b.data + 2); /* without the indent */
  rn_builder_free(&b);
  return text;
}

static const char *column_difference(const rn_catalog_object *a, const rn_catalog_object *b, rn_arena *arena) {
  for (uint32_t i = 0; i < a->column_count && i < b->column_count; i++)
    if (!same_column(&a->columns[i], &b->columns[i]))
      return rn_arena_printf(arena, "column %u was %s, now %s", i + 1, column_words(&a->columns[i], arena),
                             column_words(&b->columns[i], arena));
  if (a->column_count < b->column_count)
    return rn_arena_printf(arena, "column %s is new", column_words(&b->columns[a->column_count], arena));
  if (a->column_count > b->column_count)
    return rn_arena_printf(arena, "column %s is gone", column_words(&a->columns[b->column_count], arena));
  return NULL;
}

static const char *key_words(const rn_catalog_object *t, rn_arena *arena) {
  rn_builder b = {0};
  for (uint32_t i = 0; i < t->key_count; i++) rn_builder_printf(&b, "%s%s", i ? ", " : "", t->columns[t->keys[i]].name);
  const char *text = rn_arena_strdup(arena, b.data ? b.data : "none");
  rn_builder_free(&b);
  return text;
}

/* Differences of options; those that may change between runs are only noted. */
static const char *option_difference(const rn_catalog_object *a, const rn_catalog_object *b, bool *reopen,
                                     rn_arena *arena) {
  const char *first = NULL, *soft = NULL;
  const rn_catalog_object *sides[] = {a, b};
  for (int s = 0; s < 2; s++)
    for (size_t i = 0; i < sides[s]->options.count; i++) {
      const rn_option_value *o = &sides[s]->options.items[i];
      const rn_option_value *other = rn_option_find(&sides[1 - s]->options, o->key);
      if (other && (s == 1 || !strcmp(other->value, o->value))) continue;
      const rn_option *row = rn_table_option_row(b->connector, b->value_format, b->key_format, rn_slice_of(o->key));
      bool secret = row && (row->flags & RN_OPTION_SECRET);
      const char *text = secret ? rn_arena_printf(arena, "option '%s' has another value", o->key)
                         : other ? rn_arena_printf(arena, "option '%s' was '%s', now '%s'", o->key, o->value, other->value)
                         : s == 0 ? rn_arena_printf(arena, "option '%s' = '%s' is gone", o->key, o->value)
                                  : rn_arena_printf(arena, "option '%s' = '%s' is new", o->key, o->value);
      if (row && (row->flags & (RN_OPTION_REOPEN | RN_OPTION_IGNORED))) soft = soft ? soft : text;
      else first = first ? first : text;
    }
  *reopen = !first && soft;
  return first ? first : soft;
}

bool rn_catalog_same(const rn_catalog_object *a, const rn_catalog_object *b, bool *reopen_only, rn_arena *arena,
                     const char **difference) {
  *reopen_only = false;
  *difference = NULL;
  if (a->sql && b->sql && !strcmp(a->sql, b->sql)) return true;
  if (a->kind != b->kind) {
    *difference = rn_arena_printf(arena, "it was a %s", rn_catalog_kind_word(a));
  } else if (a->kind != RN_OBJECT_TABLE) {
    *difference = rn_arena_printf(arena, "the %s was %s", rn_catalog_kind_word(a), a->sql);
  } else {
    *difference = column_difference(a, b, arena);
    if (!*difference && strcmp(key_words(a, arena), key_words(b, arena)) != 0)
      *difference = rn_arena_printf(arena, "the PRIMARY KEY was %s, now %s", key_words(a, arena), key_words(b, arena));
    const char *old = a->rowtime >= 0 ? rn_arena_printf(arena, "FOR %s AS %s", a->columns[a->rowtime].name,
                                                        a->watermark_text) : "none";
    const char *now = b->rowtime >= 0 ? rn_arena_printf(arena, "FOR %s AS %s", b->columns[b->rowtime].name,
                                                        b->watermark_text) : "none";
    if (!*difference && strcmp(old, now) != 0)
      *difference = rn_arena_printf(arena, "the WATERMARK was %s, now %s", old, now);
    rn_builder old_layout = {0}, new_layout = {0};
    layout_text(a, &old_layout);
    layout_text(b, &new_layout);
    const char *was = old_layout.data ? old_layout.data + 1 : "none", *is = new_layout.data ? new_layout.data + 1 : "none";
    if (!*difference && strcmp(was, is) != 0) *difference = rn_arena_printf(arena, "the partitioning was %s, now %s", was, is);
    rn_builder_free(&old_layout);
    rn_builder_free(&new_layout);
    if (!*difference) *difference = option_difference(a, b, reopen_only, arena);
    if (!*difference) return true; /* comments only */
  }
  return false;
}
