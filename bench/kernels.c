/* Scalar expressions alone, ns per row, on fixed batches that are replayed from memory:
 *   kernels [name]        one row of `cases` a line: name, ns per row
 * s: 16-byte strings; j: 100-byte JSON of 6 keys; i, k: integers. An expression is parsed and bound as in a query, so a
 * row here costs what it costs there. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "parser/parse.h"
#include "planner/bind.h"

static const struct {
  const char *name, *expression;
} cases[] = {
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

static void fill(rn_column *columns) {
  rn_column_init(&columns[0], rn_type_basic(RN_T_VARCHAR, false), RN_BATCH_ROWS_MAX, &memory);
  rn_column_init(&columns[1], rn_type_basic(RN_T_VARCHAR, false), RN_BATCH_ROWS_MAX, &memory);
  rn_column_init(&columns[2], rn_type_basic(RN_T_INT, false), RN_BATCH_ROWS_MAX, &memory);
  rn_column_init(&columns[3], rn_type_basic(RN_T_BIGINT, false), RN_BATCH_ROWS_MAX, &memory);
  for (uint32_t i = 0; i < RN_BATCH_ROWS_MAX; i++) {
    const char *s = rn_arena_printf(&memory, "customer %07u", i * 7919u % 10000000u);
    const char *j = rn_arena_printf(
        &memory,
        "{\"id\":%05u,\"name\":\"customer %07u\",\"qty\":%03u,\"price\":%05u.%02u,\"open\":%s,\"city\":\"Port Louis\"}",
        10000 + i, i * 7919u % 10000000u, 100 + i % 900, 10000 + i, 10 + i % 90, i % 2 ? "true" : "false");
    ((rn_str *)columns[0].data)[i] = rn_str_make(s, strlen(s));
    ((rn_str *)columns[1].data)[i] = rn_str_make(j, strlen(j));
    ((int32_t *)columns[2].data)[i] = (int32_t)i;
    ((int64_t *)columns[3].data)[i] = (int64_t)i * 1000003;
  }
}

static rn_expr *bind(const char *expression, const rn_column *columns, const rn_zone *zone, rn_arena *arena) {
  static rn_diagnostics diags;
  static const char *const names[] = {"s", "j", "i", "k"};
  rn_scope_column visible[4];
  for (uint32_t i = 0; i < 4; i++)
    visible[i] = (rn_scope_column){.name = names[i], .type = columns[i].type, .index = i};
  memset(&diags, 0, sizeof diags);
  rn_binder binder = {.arena = arena, .zone = zone, .diags = &diags};
  rn_scope scope = {.column_count = 4, .columns = visible, .clause = "SELECT"};
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
  enum { LEAST_US = 200000 };
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
  rn_column columns[4];
  if (rn_zone_open("UTC", &zone, &err) != RN_OK) abort();
  fill(columns);
  rn_batch batch = {.rows = RN_BATCH_ROWS_MAX,
                    .live_count = RN_BATCH_ROWS_MAX,
                    .column_count = 4,
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
