/* Scalar expressions alone, ns per row, on fixed batches that are replayed from memory:
 *   kernels [name]        one row of `cases` a line: name, ns per row
 * An expression is parsed and bound as in a query, so a row here costs what it costs there. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "parser/parse.h"
#include "planner/bind.h"

static const struct {
  const char *name, *expression;
} cases[] = {
    {"int-add", "i + i2"},
    {"bigint-multiply", "k * 3 + k2"},
    {"bigint-divide", "k / 1000"},
    {"bigint-modulo", "k % 10007"},
    {"double-arithmetic", "d * 1.5e0 + d2"},
    {"decimal18-add", "m18 + m18b"},
    {"decimal18-multiply", "m18 * m18b"},
    {"decimal38-add", "m38 + m38b"},
    {"decimal38-add-scales", "m38 + m38c"},
    {"decimal38-multiply", "m38 * m18"},
    {"bigint-add-nulls", "n + k"},
    {"bigint-compare", "k < k2"},
    {"bigint-compare-constant", "k >= 5000000"},
    {"bigint-between", "k BETWEEN 1000000 AND 500000000"},
    {"double-compare", "d <= d2"},
    {"decimal38-compare", "m38 < m38b"},
    {"text-equal", "s = s2"},
    {"text-less", "s < s2"},
    {"text-equal-constant", "s = 'customer 0000001'"},
    {"like-exact", "s LIKE 'customer 0000001'"},
    {"like-prefix", "s LIKE 'customer 00%'"},
    {"like-suffix", "s LIKE '%7'"},
    {"like-contains", "s LIKE '%er 00%'"},
    {"like-general", "s LIKE 'c%r _0%7'"},
    {"substring", "SUBSTRING(s, 10, 4)"},
    {"substring-long", "SUBSTRING(s FROM 2)"},
    {"upper", "UPPER(s)"},
    {"lower", "LOWER(s)"},
    {"char-length", "CHAR_LENGTH(s)"},
    {"trim", "TRIM(s)"},
    {"concat", "s || '-' || s2"},
    {"position", "POSITION('0' IN s)"},
    {"to-timestamp", "TO_TIMESTAMP(t)"},
    {"to-timestamp-pattern", "TO_TIMESTAMP(t, 'yyyy-MM-dd HH:mm:ss')"},
    {"cast-timestamp", "CAST(t AS TIMESTAMP(3))"},
    {"date-format", "DATE_FORMAT(TIMESTAMPADD(SECOND, i, TIMESTAMP '2024-01-01 00:00:00'), 'yyyy-MM-dd HH:mm')"},
    {"cast-text-bigint", "CAST(q AS BIGINT)"},
    {"cast-bigint-text", "CAST(k AS STRING)"},
    {"cast-decimal-text", "CAST(m18 AS STRING)"},
    {"case", "CASE WHEN i < 100 THEN 'low' WHEN i < 900 THEN 'middle' ELSE 'high' END"},
    {"in-list", "i IN (1, 5, 9, 100, 200, 300, 400, 500)"},
    {"regex-number", "REGEXP_EXTRACT(s, '(\\d+)', 1)"},
    {"regex-status", "REGEXP_EXTRACT(l, '\" (\\d{3}) ', 1)"},
    {"regex-path", "REGEXP_EXTRACT(l, 'GET (/[^ ?\"]*)', 1)"},
    {"regex-mail", "REGEXP(l, '[a-z0-9.]+@[a-z0-9]+\\.[a-z]+')"},
    {"regex-replace", "REGEXP_REPLACE(s, '\\d+', '#')"},
    {"json-value-first", "JSON_VALUE(j, '$.id')"},
    {"json-value-last", "JSON_VALUE(j, '$.city')"},
    {"json-value-int", "JSON_VALUE(j, '$.qty' RETURNING INT)"},
    {"json-value-missing", "JSON_VALUE(j, '$.none')"},
    {"json-exists", "JSON_EXISTS(j, 'lax $.price')"},
    {"json-query-object", "JSON_QUERY(j, '$')"},
    {"json-query-wildcard", "JSON_QUERY(j, '$.*' WITH WRAPPER)"},
    {"is-json", "j IS JSON OBJECT"},
    {"json-object", "JSON_OBJECT('id' VALUE i, 'name' VALUE s, 'qty' VALUE k)"},
    {"json-string", "JSON_STRING(s)"},
};

static rn_arena memory;

/* s, s2: 16-byte strings; j: 100-byte JSON of 6 keys; t: timestamps as text; q: integers as text; l: lines of a web
 * server's log, 90 bytes; n: a third is NULL; m38, m38b: same scale, 20 digits; m38c: another scale. */
enum { S, S2, J, T, Q, L, I, I2, K, K2, N, D, D2, M18, M18B, M38, M38B, M38C, COLUMNS };
static const char *const names[] = {"s", "s2", "j", "t", "q", "l", "i", "i2", "k", "k2", "n", "d", "d2", "m18", "m18b", "m38", "m38b", "m38c"};

static void text(rn_column *c, uint32_t row, const char *value) { ((rn_str *)c->data)[row] = rn_str_make(value, strlen(value)); }

static void fill(rn_column *columns) {
  const rn_type *types[COLUMNS];
  for (int c = S; c <= L; c++) types[c] = rn_type_basic(RN_T_VARCHAR, false);
  types[I] = types[I2] = rn_type_basic(RN_T_INT, false);
  types[K] = types[K2] = rn_type_basic(RN_T_BIGINT, false);
  types[N] = rn_type_basic(RN_T_BIGINT, true);
  types[D] = types[D2] = rn_type_basic(RN_T_DOUBLE, false);
  types[M18] = types[M18B] = rn_type_decimal(&memory, 18, 2, false);
  types[M38] = types[M38B] = rn_type_decimal(&memory, 38, 10, false);
  types[M38C] = rn_type_decimal(&memory, 38, 4, false);
  for (int c = 0; c < COLUMNS; c++) rn_column_init(&columns[c], types[c], RN_BATCH_ROWS_MAX, &memory);
  rn_column_nullable(&columns[N], RN_BATCH_ROWS_MAX, &memory);
  for (uint32_t i = 0; i < RN_BATCH_ROWS_MAX; i++) {
    uint32_t mixed = i * 7919u % 10000000u, other = i * 6101u % 10000000u;
    text(&columns[S], i, rn_arena_printf(&memory, "customer %07u", mixed));
    text(&columns[S2], i, rn_arena_printf(&memory, "customer %07u", i % 2 ? mixed : other));
    text(&columns[J], i, rn_arena_printf(
        &memory,
        "{\"id\":%05u,\"name\":\"customer %07u\",\"qty\":%03u,\"price\":%05u.%02u,\"open\":%s,\"city\":\"Port Louis\"}",
        10000 + i, mixed, 100 + i % 900, 10000 + i, 10 + i % 90, i % 2 ? "true" : "false"));
    text(&columns[T], i, rn_arena_printf(&memory, "2024-%02u-%02u %02u:%02u:%02u", 1 + i % 12, 1 + i % 28, i % 24, i % 60, mixed % 60));
    text(&columns[Q], i, rn_arena_printf(&memory, "%u", mixed));
    text(&columns[L], i, rn_arena_printf(&memory, "10.1.%u.%u - u%u@mail.example [12/Mar/2024:10:00:%02u] \"GET /shop/%u?page=%u HTTP/1.1\" %u %u",
                                         i % 256, mixed % 256, i % 1000, i % 60, mixed, i % 9, i % 7 ? 200u : 404u, mixed));
    ((int32_t *)columns[I].data)[i] = (int32_t)i;
    ((int32_t *)columns[I2].data)[i] = (int32_t)mixed;
    ((int64_t *)columns[K].data)[i] = (int64_t)i * 1000003;
    ((int64_t *)columns[K2].data)[i] = (int64_t)mixed * 101;
    ((int64_t *)columns[N].data)[i] = i;
    if (i % 3 == 0) rn_set_null(&columns[N], i);
    ((double *)columns[D].data)[i] = (double)mixed / 7;
    ((double *)columns[D2].data)[i] = (double)other / 11;
    ((int64_t *)columns[M18].data)[i] = (int64_t)mixed * 100 + 17;
    ((int64_t *)columns[M18B].data)[i] = (int64_t)other;
    ((rn_i128 *)columns[M38].data)[i] = ((rn_i128)mixed - 5000000) * 1000000007 * 10007;
    ((rn_i128 *)columns[M38B].data)[i] = ((rn_i128)other - 4000000) * 1000000009 * 10009;
    ((rn_i128 *)columns[M38C].data)[i] = (rn_i128)other * 10007;
  }
}

static rn_expr *bind(const char *expression, const rn_column *columns, const rn_zone *zone, rn_arena *arena) {
  static rn_diagnostics diags;
  rn_scope_column visible[COLUMNS];
  for (uint32_t i = 0; i < COLUMNS; i++)
    visible[i] = (rn_scope_column){.name = names[i], .type = columns[i].type, .index = i};
  memset(&diags, 0, sizeof diags);
  rn_binder binder = {.arena = arena, .zone = zone, .diags = &diags};
  rn_scope scope = {.column_count = COLUMNS, .columns = visible, .clause = "SELECT"};
  rn_ast_script script = {0};
  const char *sql = rn_arena_printf(arena, "SELECT %s", expression);
  if (rn_parse_script(rn_slice_of(sql), arena, &script, &diags) != RN_OK) abort();
  rn_expr *e = rn_fold(&binder, rn_bind_expr(&binder, &scope, script.statements[0]->query->select->items[0].expr));
  if (diags.error_count) {
    fprintf(stderr, "%s: %s\n", expression, diags.items[0].message);
    exit(1);
  }
  return e;
}

static double measure(const char *expression, const rn_batch *batch, const rn_zone *zone) {
  enum { LEAST_US = 30000 };
  rn_arena arena;
  rn_arena_init(&arena);
  rn_expr *e = bind(expression, batch->columns, zone, &memory);
  rn_program *program = NULL;
  rn_error err = {0};
  if (rn_program_compile(&e, 1, &memory, &program, &err) != RN_OK) abort();
  double best = 1e9;
  for (int run = 0; run < 5; run++) {
    uint64_t rows = 0;
    int64_t begin = rn_cpu_us(), spent = 0;
    for (; spent < LEAST_US; spent = rn_cpu_us() - begin) {
      uint64_t seed = 1;
      rn_eval eval = {.arena = &arena, .zone = zone, .watermark_us = INT64_MIN, .random_state = &seed, .err = &err};
      rn_column result;
      if (rn_program_run(program, batch, &eval, &result) != RN_OK) abort();
      rows += batch->rows;
      rn_arena_reset(&arena);
    }
    double ns = (double)spent * 1000 / (double)rows;
    if (ns < best) best = ns;
  }
  rn_program_free(program);
  rn_arena_free(&arena);
  return best;
}

int main(int argc, char **argv) {
  rn_zone *zone = NULL;
  rn_error err = {0};
  rn_column columns[COLUMNS];
  if (rn_zone_open("UTC", &zone, &err) != RN_OK) abort();
  fill(columns);
  rn_batch batch = {.rows = RN_BATCH_ROWS_MAX,
                    .live_count = RN_BATCH_ROWS_MAX,
                    .column_count = COLUMNS,
                    .columns = columns,
                    .arena = &memory};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    if (argc > 1 && strcmp(argv[1], cases[i].name) != 0) continue;
    printf("%s %.1f\n", cases[i].name, measure(cases[i].expression, &batch, zone));
  }
  rn_zone_close(zone);
  rn_arena_free(&memory);
  return 0;
}
