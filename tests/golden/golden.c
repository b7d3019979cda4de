/* Golden harness: runs the statements of one .sql file and prints what its queries answer, one JSON line per
 * row, in the format of the dialect cases:
 *   {"columns":[[name,type],..],"key":[..]}   ["+I","1",null,..]   {"error":"RN2004: .."}
 * Each query runs as an INSERT into a collecting sink that shows rows only when their epoch is applied, so
 * that a stop and a restore between any two rows show up as lost or doubled rows.
 *
 *   golden [--batch-rows N] [--stop-after N]... [--parallelism N] [--restore-parallelism N] [--late] FILE.sql
 * --late: behind the rows of each query {"late":n}.
 * ${DIR} in the file is its folder. */
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/vec.h"
#include "connectors/registry.h"
#include "parser/parse.h"
#include "planner/planner.h"
#include "runtime/collection.h"
#include "runtime/job.h"
#include "runtime/value_text.h"

/* --- the collecting sink --------------------------------------------------------------------------------- */
typedef RN_VEC(char *) lines;
static lines collected; /* of applied epochs */

struct rn_sink {
  const rn_zone *zone;
  const char *prefix; /* script sink: the table's name stands before each row */
  lines staged;
};
struct rn_staged {
  lines rows;
};

static int by_text(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static void put_value(rn_builder *b, const rn_column *column, uint32_t row);

static void put_collection(rn_builder *b, const rn_column *column, rn_list list) {
  lines items = {0};
  bool pairs = column->child_count == 2;
  for (uint32_t i = list.offset; i < list.offset + list.length; i++) {
    rn_builder item = {0};
    if (pairs) rn_builder_char(&item, '[');
    put_value(&item, &column->children[0], i);
    if (pairs) {
      rn_builder_char(&item, ',');
      put_value(&item, &column->children[1], i);
      rn_builder_char(&item, ']');
    }
    RN_VEC_PUSH(&items, rn_builder_take(&item));
  }
  if (pairs && items.len) qsort(items.data, items.len, sizeof *items.data, by_text);
  rn_builder_char(b, '[');
  for (size_t i = 0; i < items.len; i++) {
    if (i) rn_builder_char(b, ',');
    rn_builder_text(b, items.data[i]);
    rn_free(items.data[i]);
  }
  rn_builder_char(b, ']');
  RN_VEC_FREE(&items);
}

static void put_value(rn_builder *b, const rn_column *column, uint32_t row) {
  if (rn_is_null(column, row)) {
    rn_builder_text(b, "null");
    return;
  }
  if (column->type->id == RN_T_ROW) {
    rn_builder_char(b, '[');
    for (uint32_t i = 0; i < column->child_count; i++) {
      if (i) rn_builder_char(b, ',');
      put_value(b, &column->children[i], row);
    }
    rn_builder_char(b, ']');
    return;
  }
  if (rn_type_physical(column->type) == RN_P_LIST) { /* ARRAY: values; MAP, MULTISET: pairs, sorted as Flink's answers are */
    put_collection(b, column, rn_items_at(column, row));
    return;
  }
  rn_builder text = {0};
  if (rn_type_is_binary(column->type)) {
    const rn_str *s = &((const rn_str *)column->data)[row];
    rn_builder_text(&text, "0x");
    for (uint32_t i = 0; i < s->len; i++) rn_builder_printf(&text, "%02x", (unsigned char)rn_str_ptr(s)[i]);
  } else if (column->type->id == RN_T_INTERVAL_MS) {
    rn_builder_int(&text, ((const int64_t *)column->data)[row]);
  } else if (column->type->id == RN_T_INTERVAL_MONTH) {
    rn_builder_int(&text, ((const int32_t *)column->data)[row]);
  } else if (column->type->id == RN_T_TIME) {
    rn_format_time(&text, ((const int32_t *)column->data)[row], column->type->precision, false);
  } else {
    rn_value_text(&text, column, row, RN_TEXT_CAST, NULL);
    if (column->type->id == RN_T_TIMESTAMP_LTZ) rn_builder_char(&text, 'Z');
  }
  rn_builder_json_string(b, rn_slice_make(text.data ? text.data : "", text.len));
  rn_builder_free(&text);
}

static rn_status sink_open(const rn_sink_spec *spec, rn_sink **out, rn_error *err) {
  (void)err;
  *out = rn_calloc(1, sizeof **out);
  (*out)->zone = spec->zone;
  if (strcmp(spec->table->connector->name, "script") == 0) (*out)->prefix = spec->table->name;
  return RN_OK;
}
static rn_status stage(rn_sink *sink, const rn_batch *batch, rn_error *err) {
  (void)err;
  for (uint32_t i = 0; i < batch->live_count; i++) {
    uint32_t row = rn_live(batch, i);
    rn_builder b = {0};
    if (sink->prefix) rn_builder_printf(&b, "%s ", sink->prefix);
    rn_builder_printf(&b, "[\"%s\"", rn_row_kind_text(rn_kind(batch, row)));
    for (uint32_t c = 0; c < batch->column_count; c++) {
      rn_builder_char(&b, ',');
      put_value(&b, &batch->columns[c], row);
    }
    rn_builder_char(&b, ']');
    RN_VEC_PUSH(&sink->staged, rn_builder_take(&b));
  }
  return RN_OK;
}
static rn_status freeze(rn_sink *sink, rn_staged **out, rn_error *err) {
  (void)err;
  *out = rn_calloc(1, sizeof **out);
  (*out)->rows = sink->staged;
  memset(&sink->staged, 0, sizeof sink->staged);
  return RN_OK;
}
static rn_status apply(rn_sink *sink, rn_staged *staged, rn_txn *txn, uint64_t epoch, rn_error *err) {
  (void)sink, (void)txn, (void)epoch, (void)err;
  for (size_t i = 0; i < staged->rows.len; i++) RN_VEC_PUSH(&collected, staged->rows.data[i]);
  staged->rows.len = 0;
  return RN_OK;
}
static void sink_committed(rn_sink *sink, rn_staged *staged, uint64_t epoch) {
  (void)sink, (void)epoch;
  RN_VEC_FREE(&staged->rows);
  rn_free(staged);
}
static void sink_discard(rn_sink *sink, rn_staged *staged) {
  (void)sink;
  for (size_t i = 0; i < staged->rows.len; i++) rn_free(staged->rows.data[i]);
  RN_VEC_FREE(&staged->rows);
  rn_free(staged);
}
static void sink_close(rn_sink *sink) {
  for (size_t i = 0; i < sink->staged.len; i++) rn_free(sink->staged.data[i]);
  RN_VEC_FREE(&sink->staged);
  rn_free(sink);
}
static uint8_t accepts(const rn_table_spec *table) {
  (void)table;
  return 15;
}
/* The oracle's script sink: what it takes is an option. */
static const rn_option script_options[] = {
    {.name = "changelog-mode", .type = RN_OPT_ENUM, .default_text = "append", .choices = "append|upsert|retract|all", .help = "changes taken"}};
static uint8_t script_accepts(const rn_table_spec *table) {
  const char *mode = rn_option_text(&table->options, "changelog-mode");
  if (!mode || strcmp(mode, "append") == 0) return RN_CHANGE_INSERT;
  return strcmp(mode, "upsert") == 0 ? RN_CHANGE_INSERT | RN_CHANGE_UPDATE_AFTER | RN_CHANGE_DELETE : 15;
}
static const rn_connector script = {.name = "script", .help = "test sink", .flags = RN_CONNECTOR_IN_FILE, .options = script_options,
                                    .option_count = 1, .sink_accepts = script_accepts, .sink_open = sink_open, .stage = stage,
                                    .freeze = freeze, .apply = apply, .sink_committed = sink_committed,
                                    .sink_discard = sink_discard, .sink_close = sink_close};
static const rn_connector collecting = {.name = "collecting", .help = "test sink", .flags = RN_CONNECTOR_IN_FILE, .sink_accepts = accepts,
                                        .sink_open = sink_open, .stage = stage, .freeze = freeze, .apply = apply,
                                        .sink_committed = sink_committed, .sink_discard = sink_discard, .sink_close = sink_close};

/* --- running a file -------------------------------------------------------------------------------------------- */
typedef struct harness {
  rn_catalog *catalog;
  rn_zone *zone;
  RN_VEC(rn_zone *) zones;
  rn_clock clock;
  rn_planner_settings settings;
  uint32_t batch_rows, parallelism, restore_parallelism;
  uint64_t stops[8];
  int stop_count;
  int queries;
  bool print_late;
  uint64_t late;
} harness;

static void print_error(int code, const char *message) {
  char id[8];
  rn_builder b = {0};
  rn_builder_text(&b, "{\"error\":");
  rn_builder text = {0};
  rn_builder_printf(&text, "%s: %s", rn_code_text(code, id), message);
  rn_builder_json_string(&b, rn_slice_make(text.data, text.len));
  (void)printf("%s}\n", b.data);
  rn_builder_free(&b);
  rn_builder_free(&text);
}
static void print_diags(const rn_diagnostics *diags) {
  for (size_t i = 0; i < diags->count; i++)
    if (diags->items[i].code < 100000) print_error(diags->items[i].code, diags->items[i].message);
}

static void to_stdout(void *ctx, const char *text, size_t len, bool is_error) {
  (void)ctx, (void)is_error;
  /* lines of the print connector become {"sink":".."} lines */
  rn_builder b = {0};
  while (len && (text[len - 1] == '\n')) len--;
  rn_builder_text(&b, "{\"print\":");
  rn_builder_json_string(&b, rn_slice_make(text, len));
  (void)printf("%s}\n", b.data);
  rn_builder_free(&b);
}
static void to_stderr(void *ctx, int level, const char *text) {
  (void)ctx;
  if (getenv("RN_VERBOSE")) (void)fprintf(stderr, "[%d] %s\n", level, text);
}

static bool plan_inserts(harness *h, uint32_t parallelism, const rn_ast_insert *inserts, uint32_t count, rn_plan **plan) {
  rn_diagnostics *diags = rn_calloc(1, sizeof *diags);
  rn_planner_settings settings = h->settings;
  settings.parallelism = parallelism;
  bool ok = rn_plan_inserts(h->catalog, &settings, inserts, count, plan, diags) == RN_OK;
  if (!ok) print_diags(diags);
  rn_free(diags);
  return ok;
}

/* One job, stopped and restored at each stop point; the last leg runs to the end. */
static bool run_job(harness *h, const rn_ast_insert *inserts, uint32_t count, const char *canonical) {
  char path[] = "/tmp/golden-XXXXXX";
  int fd = mkstemp(path);
  if (fd < 0) return false;
  (void)close(fd);
  (void)unlink(path);
  bool ok = true;
  for (int leg = 0; ok && leg <= h->stop_count; leg++) {
    rn_error err;
    rn_error_clear(&err);
    rn_plan *plan = NULL;
    rn_store *store = NULL;
    rn_job *job = NULL;
    bool last = leg == h->stop_count;
    if (!plan_inserts(h, last ? h->restore_parallelism : h->parallelism, inserts, count, &plan)) return false;
    plan->canonical = canonical;
    rn_store_config sc = {.path = path, .clock = &h->clock, .log = to_stderr};
    rn_job_config jc = {.name = "golden", .clock = &h->clock, .zone = h->zone, .random_seed = 1, .epoch_interval_us = 1000000,
                        .batch_rows = h->batch_rows, .log = to_stderr, .write_output = to_stdout,
                        .stop_after_rows = last ? 0 : h->stops[leg]};
    ok = rn_store_open(&sc, &store, &err) == RN_OK;
    jc.store = store;
    ok = ok && rn_job_open(plan, &jc, &job, &err) == RN_OK && rn_job_start(job, &err) == RN_OK;
    bool finished = false;
    if (ok) {
      (void)rn_job_wait(job, -1);
      rn_arena arena;
      rn_job_stats stats;
      rn_arena_init(&arena);
      rn_job_stats_get(job, &arena, &stats);
      h->late += stats.late;
      rn_arena_free(&arena);
      rn_job_state state = rn_job_get_state(job, &err);
      finished = state == RN_JOB_FINISHED;
      ok = state != RN_JOB_FAILED;
    }
    if (!ok) { /* what earlier legs committed is not part of the answer */
      print_error(err.code, err.message);
      for (size_t i = 0; i < collected.len; i++) rn_free(collected.data[i]);
      collected.len = 0;
    }
    rn_job_close(job);
    rn_store_close(store);
    rn_plan_free(plan);
    if (finished) break;
  }
  static const char *const suffixes[] = {"", "-wal", "-shm", ".lock"};
  for (size_t i = 0; i < 4; i++) {
    char name[64];
    (void)snprintf(name, sizeof name, "%s%s", path, suffixes[i]);
    (void)unlink(name);
  }
  return ok;
}

static void run_query(harness *h, const rn_ast_statement *statement, rn_arena *arena) {
  rn_diagnostics *diags = rn_calloc(1, sizeof *diags);
  rn_plan *plan = NULL;
  rn_query_info info;
  if (rn_plan_query(h->catalog, &h->settings, statement->query, true, &plan, &info, diags) != RN_OK) {
    print_diags(diags);
    rn_free(diags);
    return;
  }
  rn_builder header = {0}, ddl = {0};
  rn_builder_printf(&ddl, "CREATE TEMPORARY TABLE golden_sink_%d (", ++h->queries);
  rn_builder_text(&header, "{\"columns\":[");
  for (uint32_t i = 0; i < info.schema.count; i++) {
    const rn_field *f = &info.schema.fields[i];
    rn_builder_text(&header, i ? ",[" : "[");
    rn_builder_json_string(&header, rn_slice_of(f->name));
    rn_builder_char(&header, ',');
    rn_builder type = {0};
    rn_type_print(f->type, &type); /* with its time attribute */
    rn_builder_json_string(&header, rn_slice_of(type.data));
    rn_builder_free(&type);
    rn_builder_char(&header, ']');
    if (i) rn_builder_text(&ddl, ", ");
    rn_builder_quoted(&ddl, rn_slice_of(f->name), '`');
    rn_builder_printf(&ddl, " %s", rn_type_name(arena, f->type));
  }
  rn_builder_text(&header, "],\"key\":[");
  for (uint32_t i = 0; i < info.key_count; i++) rn_builder_printf(&header, "%s%u", i ? "," : "", info.keys[i]);
  rn_builder_printf(&header, "],\"ordered\":%s}", statement->query->order_count ? "true" : "false");
  rn_builder_text(&ddl, ") WITH ('connector' = 'collecting')");
  (void)printf("%s\n", header.data);
  rn_plan_free(plan);

  rn_ast_statement *create = NULL;
  size_t end;
  rn_catalog_object *object;
  bool existed;
  char *text = rn_arena_strndup(arena, ddl.data, ddl.len);
  if (rn_parse_next(rn_slice_of(text), 0, arena, &create, &end, diags) == RN_OK && create &&
      rn_catalog_create(h->catalog, create, false, &object, &existed, diags) == RN_OK) {
    rn_ast_insert insert = {.table = create->path, .query = statement->query, .span = statement->span};
    collected.len = 0;
    h->late = 0;
    (void)run_job(h, &insert, 1, "golden");
    for (size_t i = 0; i < collected.len; i++) {
      (void)printf("%s\n", collected.data[i]);
      rn_free(collected.data[i]);
    }
    collected.len = 0;
    if (h->print_late) (void)printf("{\"late\":%llu}\n", (unsigned long long)h->late);
  } else {
    print_diags(diags);
  }
  rn_builder_free(&header);
  rn_builder_free(&ddl);
  rn_free(diags);
}

static void set_option(harness *h, const char *key, const char *value, rn_error *err) {
  rn_slice k = rn_slice_of(key);
  if (rn_slice_is(k, "execution.runtime-mode")) { /* batch: final rows only */
    h->settings.batch_mode = rn_text_eq_nocase(value, "batch");
    h->settings.keep_changes = !h->settings.batch_mode;
  }
  if (rn_slice_is(k, "pipeline.auto-watermark-interval")) (void)rn_duration_parse(rn_slice_of(value), &h->settings.watermark_interval_us);
  if (rn_slice_is(k, "table.exec.source.idle-timeout")) (void)rn_duration_parse(rn_slice_of(value), &h->settings.idle_timeout_us);
  if (rn_slice_is(k, "table.exec.source.rowtime-null-handling"))
    h->settings.rowtime_null_handling = rn_text_eq_nocase(value, "drop") ? 1 : rn_text_eq_nocase(value, "skip_watermark") ? 2 : 0;
  if (rn_slice_is(k, "table.exec.sink.not-null-enforcer")) h->settings.not_null_drop = rn_text_eq_nocase(value, "drop");
  if (rn_slice_is(k, "table.exec.sink.type-length-enforcer"))
    h->settings.lengths = rn_text_eq_nocase(value, "trim_pad") ? RN_LENGTHS_TRIM_PAD : rn_text_eq_nocase(value, "error") ? RN_LENGTHS_ERROR : RN_LENGTHS_IGNORE;
  if (rn_slice_is(k, "table.exec.emit.early-fire.enabled")) h->settings.early_fire = rn_text_eq_nocase(value, "true");
  if (rn_slice_is(k, "table.exec.emit.late-fire.enabled")) h->settings.late_fire = rn_text_eq_nocase(value, "true");
  if (rn_slice_is(k, "table.exec.emit.early-fire.delay")) (void)rn_duration_parse(rn_slice_of(value), &h->settings.early_fire_us);
  if (rn_slice_is(k, "table.exec.emit.late-fire.delay")) (void)rn_duration_parse(rn_slice_of(value), &h->settings.late_fire_us);
  if (rn_slice_is(k, "table.exec.emit.allow-lateness")) (void)rn_duration_parse(rn_slice_of(value), &h->settings.lateness_us);
  if (rn_slice_is(k, "table.exec.sink.require-on-conflict")) h->settings.latest_wins = rn_text_eq_nocase(value, "false");
  if (rn_slice_is(k, "table.exec.mini-batch.enabled")) h->settings.mini_batch = rn_text_eq_nocase(value, "true");
  if (rn_slice_is(k, "table.local-time-zone")) {
    rn_zone *zone;
    if (rn_zone_open(value, &zone, err) != RN_OK) return;
    RN_VEC_PUSH(&h->zones, zone); /* earlier ones are still referred to */
    h->zone = zone;
    h->settings.zone = zone;
    rn_catalog_set_zone(h->catalog, zone);
  }
}

static void run_statement(harness *h, const rn_ast_statement *s, rn_arena *arena) {
  rn_diagnostics *diags = rn_calloc(1, sizeof *diags);
  rn_catalog_object *object;
  bool existed;
  rn_error err;
  rn_error_clear(&err);
  rn_builder canonical = {0};
  switch (s->kind) {
    case RN_AST_STMT_QUERY: run_query(h, s, arena); break;
    case RN_AST_STMT_CREATE_TABLE:
    case RN_AST_STMT_CREATE_VIEW: (void)rn_catalog_create(h->catalog, s, false, &object, &existed, diags); break;
    case RN_AST_STMT_DROP: (void)rn_catalog_drop(h->catalog, s, diags); break;
    case RN_AST_STMT_ALTER_TABLE: (void)rn_catalog_alter(h->catalog, s, diags); break;
    case RN_AST_STMT_SET:
      if (s->key) set_option(h, s->key, s->value, &err);
      if (err.code) rn_diagnostics_add(diags, &err);
      break;
    case RN_AST_STMT_INSERT:
    case RN_AST_STMT_STATEMENT_SET:
      rn_ast_print(s, &canonical);
      (void)run_job(h, s->kind == RN_AST_STMT_INSERT ? s->insert : s->inserts, s->kind == RN_AST_STMT_INSERT ? 1 : s->insert_count,
                    rn_arena_strndup(arena, canonical.data, canonical.len));
      for (size_t i = 0; i < collected.len; i++) {
        rn_builder line = {0};
        rn_builder_json_string(&line, rn_slice_of(collected.data[i]));
        (void)printf("%s%s", i ? "," : "{\"sink\":[", line.data);
        rn_builder_free(&line);
        rn_free(collected.data[i]);
      }
      if (collected.len) (void)printf("]}\n");
      collected.len = 0;
      break;
    default: print_error(RN_E_UNSUPPORTED, "the golden harness does not run this statement");
  }
  print_diags(diags);
  rn_builder_free(&canonical);
  rn_free(diags);
}

static char *read_file(const char *path, const char *dir) {
  FILE *f = fopen(path, "rb");
  if (!f) return NULL;
  rn_builder raw = {0}, text = {0};
  char block[65536];
  size_t n;
  while ((n = fread(block, 1, sizeof block, f)) > 0) rn_builder_append(&raw, block, n);
  (void)fclose(f);
  for (const char *p = raw.data ? raw.data : ""; *p;) {
    const char *at = strstr(p, "${DIR}");
    if (!at) {
      rn_builder_text(&text, p);
      break;
    }
    rn_builder_append(&text, p, (size_t)(at - p));
    rn_builder_text(&text, dir);
    p = at + 6;
  }
  rn_builder_free(&raw);
  return rn_builder_take(&text);
}

int main(int argc, char **argv) {
  harness h = {.parallelism = 1, .restore_parallelism = 1};
  rn_error err;
  rn_error_clear(&err);
  const rn_connector *connectors[32];
  size_t count = 0;
  for (; count < rn_builtin_registry.connector_count && count < 30; count++) connectors[count] = rn_builtin_registry.connectors[count];
  connectors[count++] = &collecting;
  connectors[count++] = &script;
  rn_registry registry = rn_builtin_registry;
  registry.connectors = connectors;
  registry.connector_count = count;
  if (rn_zone_open("UTC", &h.zone, &err) != RN_OK) return 2;
  RN_VEC_PUSH(&h.zones, h.zone);
  h.catalog = rn_catalog_new(&registry, h.zone);
  h.settings = (rn_planner_settings){.mini_batch_off = true, .keep_changes = true, .parallelism = 1, .zone = h.zone, .canonical_settings = "",
                                      .early_fire_us = -1, .late_fire_us = -1};
  const char *file = NULL;
  for (int i = 1; i < argc; i++) {
    bool has = i + 1 < argc;
    if (strcmp(argv[i], "--batch-rows") == 0 && has) h.batch_rows = (uint32_t)atoi(argv[++i]);
    else if (strcmp(argv[i], "--stop-after") == 0 && has && h.stop_count < 8) h.stops[h.stop_count++] = (uint64_t)atoi(argv[++i]);
    else if (strcmp(argv[i], "--parallelism") == 0 && has) h.parallelism = h.restore_parallelism = (uint32_t)atoi(argv[++i]);
    else if (strcmp(argv[i], "--restore-parallelism") == 0 && has) h.restore_parallelism = (uint32_t)atoi(argv[++i]);
    else if (strcmp(argv[i], "--late") == 0) h.print_late = true;
    else if (strcmp(argv[i], "--batch") == 0) h.settings.batch_mode = true, h.settings.keep_changes = false;
    else file = argv[i];
  }
  if (!file) return 2;
  char *copy = rn_strdup(file), *dir = realpath(dirname(copy), NULL);
  char *text = read_file(file, dir ? dir : ".");
  if (!text) return 2;
  size_t at = 0, len = strlen(text);
  while (at < len) {
    rn_arena *arena = rn_calloc(1, sizeof *arena); /* views and tables may point into it */
    rn_diagnostics *diags = rn_calloc(1, sizeof *diags);
    rn_ast_statement *statement = NULL;
    size_t end = len;
    (void)rn_parse_next(rn_slice_make(text, len), at, arena, &statement, &end, diags);
    print_diags(diags);
    if (statement && !diags->error_count) run_statement(&h, statement, arena);
    bool blank = !statement && !diags->error_count;
    rn_free(diags);
    rn_arena_free(arena);
    rn_free(arena);
    if (blank || end <= at) break;
    at = end;
  }
  rn_catalog_free(h.catalog);
  for (size_t i = 0; i < h.zones.len; i++) rn_zone_close(h.zones.data[i]);
  RN_VEC_FREE(&h.zones);
  rn_free(text);
  rn_free(copy);
  free(dir);
  RN_VEC_FREE(&collected);
  return 0;
}
