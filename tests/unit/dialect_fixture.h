/* The dialect's expressions as test material: the one-row table they are written over, values as text, and the
 * lines of tests/dialect/expressions.jsonl. For test_dialect.c and test_expr_random.c. */
#ifndef RN_TESTS_DIALECT_FIXTURE_H
#define RN_TESTS_DIALECT_FIXTURE_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/alloc.h"
#include "base/number.h"
#include "parser/parse.h"
#include "planner/bind.h"

/* The table t of the cases: one row, every column nullable but the computed ones (NULL type). */
static const struct {
  const char *name, *type, *value;
} table[] = {
  {"b_t", "BOOLEAN", "TRUE"}, {"b_f", "BOOLEAN", "FALSE"}, {"b_n", "BOOLEAN", NULL},
  {"i8", "TINYINT", "5"}, {"i8_min", "TINYINT", "-128"}, {"i8_max", "TINYINT", "127"}, {"i8_n", "TINYINT", NULL},
  {"i16", "SMALLINT", "300"}, {"i16_max", "SMALLINT", "32767"}, {"i16_n", "SMALLINT", NULL},
  {"i32", "INT", "7"}, {"i32_neg", "INT", "-7"}, {"i32_0", "INT", "0"}, {"i32_max", "INT", "2147483647"},
  {"i32_min", "INT", "-2147483648"}, {"i32_n", "INT", NULL},
  {"i64", "BIGINT", "10000000000"}, {"i64_max", "BIGINT", "9223372036854775807"}, {"i64_min", "BIGINT", "-9223372036854775808"},
  {"i64_0", "BIGINT", "0"}, {"i64_n", "BIGINT", NULL},
  {"f32", "FLOAT", "'1.1'"}, {"f32_big", "FLOAT", "'3e38'"}, {"f32_0", "FLOAT", "0"}, {"f32_n", "FLOAT", NULL},
  {"f64", "DOUBLE", "2.5e0"}, {"f64_neg", "DOUBLE", "-0.1e0"}, {"f64_big", "DOUBLE", "1e300"}, {"f64_0", "DOUBLE", "0e0"},
  {"f64_nan", "DOUBLE", "'NaN'"}, {"f64_inf", "DOUBLE", "'Infinity'"}, {"f64_n", "DOUBLE", NULL},
  {"d5_2", "DECIMAL(5,2)", "123.45"}, {"d10_2", "DECIMAL(10,2)", "12.34"}, {"d10_2_neg", "DECIMAL(10,2)", "-5.55"},
  {"d10_2_0", "DECIMAL(10,2)", "0"}, {"d38_18", "DECIMAL(38,18)", "'1234567890.123456789012345678'"},
  {"d38_0", "DECIMAL(38,0)", "'99999999999999999999999999999999999999'"}, {"d4_4", "DECIMAL(4,4)", "0.1235"},
  {"d_n", "DECIMAL(10,2)", NULL},
  {"c5", "CHAR(5)", "'hello'"}, {"c_n", "CHAR(5)", NULL}, {"v10", "VARCHAR(10)", "'abc'"}, {"s", "STRING", "'Hello World'"},
  {"s_e", "STRING", "''"}, {"s_n", "STRING", NULL}, {"s_pad", "STRING", "'  pad  '"}, {"s_u", "STRING", "'äöü€𝄞'"},
  {"s_nl", "STRING", "'a\nb'"}, {"s_int", "STRING", "' 12 '"}, {"s_dec", "STRING", "'1.9'"}, {"s_dbl", "STRING", "'1e3'"},
  {"s_bad", "STRING", "'x'"}, {"s_bool", "STRING", "'True'"}, {"s_date", "STRING", "'2024-02-29'"},
  {"s_time", "STRING", "'13:14:15'"}, {"s_ts", "STRING", "'2024-02-29 13:14:15.678'"},
  {"s_iso", "STRING", "'2024-02-29T13:14:15Z'"}, {"s_csv", "STRING", "'a,b,,d'"}, {"s_kv", "STRING", "'k1=v1,k2=v2'"},
  {"s_json", "STRING", "'{\"a\":1,\"b\":{\"c\":[1,2,{\"d\":\"x\"}]},\"n\":null,\"s\":\"t\",\"f\":1.50,\"t\":true}'"},
  {"s_url", "STRING", "'http://user:pw@host.com:80/path/p.php?query=1&k=v#Ref'"},
  {"byts", "BYTES", "X'0102FF'"}, {"byts_n", "BYTES", NULL}, {"bin4", "BINARY(4)", "X'61626364'"},
  {"dt", "DATE", "DATE '2024-02-29'"}, {"dt_old", "DATE", "DATE '1969-12-31'"}, {"dt_n", "DATE", NULL},
  {"tm", "TIME", "TIME '13:14:15'"}, {"tm3", "TIME(3)", "TIME '13:14:15.678'"}, {"tm_n", "TIME", NULL},
  {"ts0", "TIMESTAMP(0)", "TIMESTAMP '2024-02-29 13:14:15'"}, {"ts3", "TIMESTAMP(3)", "TIMESTAMP '2024-02-29 13:14:15.678'"},
  {"ts6", "TIMESTAMP(6)", "TIMESTAMP '2024-02-29 13:14:15.678901'"},
  {"ts9", "TIMESTAMP(9)", "TIMESTAMP '2024-02-29 13:14:15.678901234'"},
  {"ts_old", "TIMESTAMP(3)", "TIMESTAMP '1969-12-31 23:59:59.999'"}, {"ts_n", "TIMESTAMP(3)", NULL},
  {"ltz", "TIMESTAMP_LTZ(3)", "TIMESTAMP '2024-02-29 13:14:15.678'"}, {"ltz_n", "TIMESTAMP_LTZ(3)", NULL},
  {"ai", "ARRAY<INT>", "ARRAY[3, 1, NULL, 2, 3]"}, {"ai_e", "ARRAY<INT>", "[]"}, {"ai_n", "ARRAY<INT>", NULL},
  {"sa", "ARRAY<STRING>", "ARRAY['b', 'a', NULL, 'b']"}, {"sa_n", "ARRAY<STRING>", NULL}, {"ad", "ARRAY<DOUBLE>", "ARRAY[1.5e0, 0.5e0]"},
  {"m", "MAP<STRING, INT>", "MAP['a', 1, 'b', NULL]"}, {"m_e", "MAP<STRING, INT>", "[]"}, {"m_n", "MAP<STRING, INT>", NULL},
  {"r", "ROW<x INT, y STRING, z ROW<q DOUBLE>>", "ROW(1, 'why', ROW(0.5e0))"}, {"r_n", "ROW<x INT, y STRING, z ROW<q DOUBLE>>", NULL},
  {"iym", NULL, "INTERVAL '14' MONTH"}, {"ids", NULL, "INTERVAL '1 02:00:00' DAY TO SECOND"},
};
enum { COLUMNS = sizeof table / sizeof *table };

typedef struct suite {
  rn_arena arena; /* the table */
  rn_arena work;  /* one case */
  rn_zone *zone;
  rn_diagnostics diags;
  rn_batch row, no_columns;
  rn_scope_column columns[COLUMNS];
  rn_scope scope, empty;
  sqlite3 *db;
  sqlite3_stmt *fields;
} suite;

static rn_binder make_binder(suite *s, rn_arena *arena) {
  rn_binder b;
  memset(&b, 0, sizeof b);
  b.arena = arena;
  b.zone = s->zone;
  b.diags = &s->diags;
  memset(&s->diags, 0, sizeof s->diags);
  return b;
}

/* NULL: it does not parse or bind; s->diags tells why. */
static rn_expr *bind_text(suite *s, rn_binder *b, rn_scope *scope, const char *text) {
  const char *sql = rn_arena_printf(b->arena, "SELECT %s", text);
  rn_ast_script script;
  memset(&script, 0, sizeof script);
  if (rn_parse_script(rn_slice_of(sql), b->arena, &script, &s->diags) != RN_OK || script.count != 1 || s->diags.error_count) return NULL;
  const rn_ast_query *query = script.statements[0]->query;
  if (!query || query->kind != RN_AST_SELECT || query->select->item_count != 1 || query->select->items[0].alias.text) return NULL;
  rn_expr *e = rn_bind_expr(b, scope, query->select->items[0].expr);
  return rn_bind_failed(e) || s->diags.error_count ? NULL : e;
}

/* --- values as the cases write them ---------------------------------------------------------------------- */

static void put_json(const rn_value *v, bool top, rn_builder *out);

static int by_text(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* The entries of a MAP have no order: sorted by their text, as the cases have them. */
static void put_pairs(const rn_value *v, rn_builder *out) {
  uint32_t count = v->item_count / 2;
  char **texts = rn_calloc(count + 1, sizeof *texts);
  for (uint32_t i = 0; i < count; i++) {
    rn_builder pair = {0};
    rn_builder_char(&pair, '[');
    put_json(&v->u.items[2 * i], false, &pair);
    rn_builder_char(&pair, ',');
    put_json(&v->u.items[2 * i + 1], false, &pair);
    rn_builder_char(&pair, ']');
    texts[i] = rn_builder_take(&pair);
  }
  qsort(texts, count, sizeof *texts, by_text);
  rn_builder_char(out, '[');
  for (uint32_t i = 0; i < count; i++) {
    if (i) rn_builder_char(out, ',');
    rn_builder_text(out, texts[i]);
    rn_free(texts[i]);
  }
  rn_builder_char(out, ']');
  rn_free(texts);
}

static void put_json(const rn_value *v, bool top, rn_builder *out) {
  if (v->is_null) {
    rn_builder_text(out, "null");
    return;
  }
  if (v->type->id == RN_T_MAP) {
    put_pairs(v, out);
    return;
  }
  if (v->type->class_name) { /* the cases have objects as Java prints them */
    rn_builder_text(out, "+I[");
    for (uint32_t i = 0; i < v->item_count; i++) {
      if (i) rn_builder_text(out, ", ");
      put_json(&v->u.items[i], true, out);
    }
    rn_builder_char(out, ']');
    return;
  }
  if (v->type->id == RN_T_ROW || v->type->id == RN_T_ARRAY) {
    rn_builder_char(out, '[');
    for (uint32_t i = 0; i < v->item_count; i++) {
      if (i) rn_builder_char(out, ',');
      put_json(&v->u.items[i], false, out);
    }
    rn_builder_char(out, ']');
    return;
  }
  rn_builder text = {0};
  rn_builder_text(&text, "");
  switch (v->type->id) {
    case RN_T_BOOLEAN: rn_builder_text(&text, v->u.i ? "TRUE" : "FALSE"); break;
    case RN_T_FLOAT: rn_format_float(&text, (float)v->u.d); break;
    case RN_T_DOUBLE: rn_format_double(&text, v->u.d); break;
    case RN_T_DECIMAL:
      rn_decimal_format(&text, rn_type_physical(v->type) == RN_P_I128 ? v->u.wide : (rn_i128)v->u.i, v->type->scale);
      break;
    case RN_T_CHAR: case RN_T_VARCHAR: case RN_T_VARIANT: rn_builder_slice(&text, v->u.text); break;
    case RN_T_BINARY: case RN_T_VARBINARY:
      rn_builder_text(&text, "0x");
      for (size_t i = 0; i < v->u.text.len; i++) rn_builder_printf(&text, "%02x", (unsigned)(unsigned char)v->u.text.ptr[i]);
      break;
    case RN_T_DATE: rn_format_date(&text, (int32_t)v->u.i); break;
    case RN_T_TIME: rn_format_time(&text, (int32_t)v->u.i, v->type->precision, false); break;
    case RN_T_TIMESTAMP: case RN_T_TIMESTAMP_LTZ:
      rn_format_timestamp(&text, v->u.i, v->type->precision, false, ' ');
      if (v->type->id == RN_T_TIMESTAMP_LTZ) rn_builder_char(&text, 'Z');
      break;
    default: rn_builder_int(&text, v->u.i); break;
  }
  rn_slice slice = {text.data ? text.data : "", text.len};
  if (top) {
    rn_builder_slice(out, slice);
  } else {
    rn_builder_json_string(out, slice);
  }
  rn_builder_free(&text);
}

static const char *value_text(rn_arena *arena, const rn_value *v) {
  if (v->is_null) return NULL;
  rn_builder b = {0};
  rn_builder_text(&b, "");
  put_json(v, true, &b);
  const char *text = rn_arena_strndup(arena, b.data ? b.data : "", b.len);
  rn_builder_free(&b);
  return text;
}

/* --- the lines of the file ------------------------------------------------------------------------------ */

typedef struct expected {
  const char *expr, *from, *type, *value, *error, *phase;
} expected;

static const char *text_column(suite *s, int column) {
  const char *text = (const char *)sqlite3_column_text(s->fields, column);
  return text ? rn_arena_strndup(&s->work, text, (size_t)sqlite3_column_bytes(s->fields, column)) : NULL;
}

static bool read_case(suite *s, const char *line, expected *out) {
  sqlite3_reset(s->fields);
  sqlite3_bind_text(s->fields, 1, line, -1, SQLITE_STATIC);
  if (sqlite3_step(s->fields) != SQLITE_ROW) return false;
  *out = (expected){text_column(s, 0), text_column(s, 1), text_column(s, 2), text_column(s, 3), text_column(s, 4), text_column(s, 5)};
  return out->expr != NULL;
}

static void set_up(suite *s) {
  memset(s, 0, sizeof *s);
  rn_error err;
  rn_error_clear(&err);
  assert_int_equal(rn_zone_open("UTC", &s->zone, &err), RN_OK);
  rn_column *columns = RN_NEW_N(&s->arena, rn_column, COLUMNS);
  s->empty.clause = "SELECT";
  s->no_columns = (rn_batch){.rows = 1, .live_count = 1, .arena = &s->arena};
  uint32_t count = 0;
  for (uint32_t i = 0; i < COLUMNS; i++) {
    rn_binder b = make_binder(s, &s->arena);
    bool empty = table[i].value && strcmp(table[i].value, "[]") == 0; /* no text makes an empty collection */
    const char *text = !table[i].type ? table[i].value
                                      : rn_arena_printf(&s->arena, "CAST(%s AS %s)", table[i].value && !empty ? table[i].value : "NULL", table[i].type);
    rn_expr *e = bind_text(s, &b, &s->empty, text);
    if (!e) {
      print_message("column %s: %s\n", table[i].name, s->diags.count ? s->diags.items[0].message : "does not parse");
      continue;
    }
    rn_value v;
    if (rn_expr_evaluate(e, s->zone, 0, &s->arena, &v, &err) != RN_OK) {
      print_message("column %s: %s\n", table[i].name, err.message);
      rn_error_clear(&err);
      continue;
    }
    const rn_type *type = table[i].type ? rn_type_with_null(&s->arena, e->type, true) : e->type;
    v.type = type;
    if (empty) v.is_null = false;
    rn_column_from_value(&columns[count], &v, &s->arena);
    columns[count].constant = false;
    s->columns[count] = (rn_scope_column){.table = "t", .name = table[i].name, .type = type, .index = count};
    count++;
  }
  s->row = (rn_batch){.rows = 1, .live_count = 1, .column_count = count, .columns = columns, .arena = &s->arena};
  s->scope = (rn_scope){.column_count = count, .columns = s->columns, .clause = "SELECT"};
  assert_int_equal(sqlite3_open(":memory:", &s->db), SQLITE_OK);
  const char *sql = "SELECT json_extract(?1, '$.expr'), json_extract(?1, '$.from'), json_extract(?1, '$.type'),"
                    " json_extract(?1, '$.value'), json_extract(?1, '$.error'), json_extract(?1, '$.phase')";
  assert_int_equal(sqlite3_prepare_v2(s->db, sql, -1, &s->fields, NULL), SQLITE_OK);
}

static void tear_down(suite *s) {
  sqlite3_finalize(s->fields);
  sqlite3_close(s->db);
  rn_zone_close(s->zone);
  rn_arena_free(&s->work);
  rn_arena_free(&s->arena);
}

static FILE *open_data(const char *name) {
  char path[1024];
  (void)snprintf(path, sizeof path, "tests/dialect/%s", name);
  FILE *f = fopen(path, "r");
  if (f) return f;
  const char *here = strstr(__FILE__, "unit/"); /* built elsewhere */
  (void)snprintf(path, sizeof path, "%.*sdialect/%s", (int)(here ? here - __FILE__ : 0), __FILE__, name);
  return fopen(path, "r");
}

#endif
