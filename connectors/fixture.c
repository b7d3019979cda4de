/* The fixture connector: what `runnel test` puts in the place of other connectors.
 *
 * Reading: the lines of a file, each given when the engine's clock has reached its time:
 *
 *   <microseconds> TAB row TAB <record>
 *   <microseconds> TAB watermark TAB <microseconds>     the source promises it (source_watermark)
 *   <microseconds> TAB end TAB                          the input ends here
 *
 * The position is the number of rows taken. A file without an end goes on for ever.
 *
 * Writing: every change as a JSON array of texts, kind first, into a table of the job's own file, in the epoch's
 * transaction: ["+I","1",null]. 'accepts' stands for what the connector in whose place it is takes. */
#include <errno.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/alloc.h"
#include "runtime/connector.h"
#include "runtime/operator.h"
#include "runtime/plan.h"
#include "runtime/store.h"
#include "runtime/value_text.h"

static const rn_option options[] = {
    {"path", RN_OPT_STRING, RN_OPTION_SOURCE | RN_OPTION_REOPEN, NULL, NULL, 0, 0, "file of rows, watermarks and the end, each with its time", NULL},
    {"changes", RN_OPT_STRING, RN_OPTION_SINK, NULL, NULL, 0, 0, "table of the database file that the changes are written to", NULL},
    {"accepts", RN_OPT_ENUM, RN_OPTION_SINK, "retract", "append|upsert|retract", 0, 0, "changes taken: inserts; updates and deletes by key; all", NULL},
};
enum { OPTION_COUNT = sizeof options / sizeof *options, PADDING = 64 };

static rn_status check(const rn_table_spec *table, uint16_t direction, rn_diagnostics *diags) {
  (void)direction;
  if (rn_option_text(&table->options, "path") && !table->value_format)
    return rn_diag(diags, RN_E_OPTION_MISSING, table->span, NULL, "connector fixture reads its rows with a 'format'");
  if (rn_option_text(&table->options, "path") || rn_option_text(&table->options, "changes")) return RN_OK;
  return rn_diag(diags, RN_E_OPTION_MISSING, table->span, NULL, "connector fixture needs 'path' (to read) or 'changes' (to write)");
}

/* --- source -------------------------------------------------------------------------------------------------------- */
typedef enum entry_kind { ENTRY_ROW, ENTRY_WATERMARK, ENTRY_END } entry_kind;
static const char *const entry_words[] = {[ENTRY_ROW] = "row", [ENTRY_WATERMARK] = "watermark", [ENTRY_END] = "end"};
typedef struct entry {
  int64_t due_us;
  entry_kind kind;
  rn_slice text;
} entry;

struct rn_source {
  const rn_clock *clock;
  char *data;                /* the file; 64 readable bytes follow */
  RN_VEC(entry) entries;
  size_t next;               /* entry */
  int64_t taken;             /* rows that downstream has */
  int64_t watermark_us;
  bool absent;               /* another instance has the one split */
  rn_record records[RN_BATCH_ROWS_MAX];
};

static bool is_bounded(const rn_table_spec *table) {
  (void)table;
  return false; /* plans are those of a stream, whether an end is given or not */
}
static void source_close(rn_source *s) {
  if (!s) return;
  rn_free(s->data);
  RN_VEC_FREE(&s->entries);
  rn_free(s);
}
static rn_status read_file(rn_source *s, const char *path, rn_error *err) {
  FILE *file = fopen(path, "re");
  if (!file) return rn_fail(err, RN_E_FILE, "cannot read %s: %s", path, strerror(errno));
  rn_builder all = {0};
  char block[16384];
  for (size_t n; (n = fread(block, 1, sizeof block, file)) > 0;) rn_builder_append(&all, block, n);
  (void)fclose(file);
  rn_builder_reserve(&all, PADDING + 1);
  size_t len = all.len;
  memset(all.data + len, 0, PADDING);
  s->data = rn_builder_take(&all);
  for (const char *at = s->data, *end = s->data + len; at < end;) {
    const char *stop = memchr(at, '\n', (size_t)(end - at));
    if (!stop) stop = end;
    char *rest;
    entry e = {.due_us = strtoll(at, &rest, 10)};
    const char *word = rest + 1, *payload = memchr(word, '\t', (size_t)(stop - word));
    bool known = false;
    for (int k = 0; payload && *rest == '\t' && k <= ENTRY_END && !known; k++)
      if (rn_slice_is(rn_slice_make(word, (size_t)(payload - word)), entry_words[k])) e.kind = (entry_kind)k, known = true;
    if (!known) return rn_fail(err, RN_E_FILE, "%s, entry %zu: no time, or neither row, watermark nor end", path, s->entries.len + 1);
    e.text = rn_slice_make(payload + 1, (size_t)(stop - payload - 1));
    RN_VEC_PUSH(&s->entries, e);
    at = stop + 1;
  }
  return RN_OK;
}
static rn_status source_open(const rn_source_spec *spec, rn_source **out, rn_error *err) {
  rn_source *s = rn_calloc(1, sizeof *s);
  *out = s;
  s->clock = spec->clock;
  s->watermark_us = RN_WATERMARK_NONE;
  s->absent = spec->subtask != 0;
  const char *path = rn_option_text(&spec->table->options, "path");
  if (!path) return rn_fail(err, RN_E_OPTION_MISSING, "table %s has no rows to read: give it 'path'", spec->table->name);
  if (s->absent) return RN_OK;
  if (read_file(s, path, err) != RN_OK) return RN_FAIL;
  for (size_t i = 0; i < spec->restored_count; i++) s->taken = strtoll(spec->restored[i].position, NULL, 10);
  /* watermarks between the taken rows are promises that were made */
  for (int64_t rows = 0; s->next < s->entries.len && rows < s->taken; s->next++) {
    rows += s->entries.data[s->next].kind == ENTRY_ROW;
    if (s->entries.data[s->next].kind == ENTRY_WATERMARK) s->watermark_us = strtoll(s->entries.data[s->next].text.ptr, NULL, 10);
  }
  return RN_OK;
}
static uint32_t source_splits(rn_source *s) { return s->absent ? 0 : 1; }
static const char *source_split_name(rn_source *s, uint32_t split) {
  (void)s, (void)split;
  return "rows";
}

/* Rows up to the next watermark or end: what comes behind one must not overtake it. */
static rn_status poll_records(rn_source *s, uint32_t max_records, int64_t wait_us, rn_record_run *out, rn_poll *poll, rn_error *err) {
  (void)wait_us, (void)err; /* whoever turns the clock wakes the task */
  int64_t now = rn_clock_now_us(s->clock);
  uint32_t n = 0;
  *poll = s->absent ? RN_POLL_END : RN_POLL_IDLE;
  if (max_records > RN_BATCH_ROWS_MAX) max_records = RN_BATCH_ROWS_MAX;
  for (size_t at = s->next; at < s->entries.len && n < max_records; at++) {
    const entry *e = &s->entries.data[at];
    if (e->due_us > now || (n && e->kind != ENTRY_ROW)) break;
    if (e->kind == ENTRY_END) {
      *poll = RN_POLL_END;
      return RN_OK;
    }
    if (e->kind == ENTRY_WATERMARK) {
      s->watermark_us = strtoll(e->text.ptr, NULL, 10);
      s->next++;
      return RN_OK;
    }
    s->records[n] = (rn_record){.value = e->text, .offset = s->taken + n, .timestamp_ms = e->due_us / 1000};
    n++;
  }
  if (n) *poll = RN_POLL_ROWS;
  *out = (rn_record_run){s->records, n, true};
  return RN_OK;
}
static void consumed(rn_source *s, uint32_t records) {
  s->taken += records;
  s->next += records;
}
static int64_t source_watermark(rn_source *s) { return s->watermark_us; }
static rn_status positions(rn_source *s, rn_positions *out, rn_error *err) {
  (void)err;
  if (s->absent) return RN_OK;
  char text[24];
  (void)snprintf(text, sizeof text, "%" PRId64, s->taken);
  rn_positions_put(out, "rows", text);
  return RN_OK;
}
static int64_t lag(rn_source *s) {
  (void)s;
  return 0;
}

/* --- sink --------------------------------------------------------------------------------------------------------------- */
struct rn_sink {
  const rn_zone *zone;
  char *table;
  RN_VEC(char *) staged;
  uint64_t written;
};
struct rn_staged {
  RN_VEC(char *) lines;
};

static uint8_t sink_accepts(const rn_table_spec *table) {
  const char *accepts = rn_option_string(&table->options, options, OPTION_COUNT, "accepts");
  if (strcmp(accepts, "append") == 0) return RN_CHANGE_INSERT;
  if (strcmp(accepts, "upsert") == 0) return RN_CHANGE_INSERT | RN_CHANGE_UPDATE_AFTER | RN_CHANGE_DELETE;
  return RN_CHANGE_INSERT | RN_CHANGE_UPDATE_BEFORE | RN_CHANGE_UPDATE_AFTER | RN_CHANGE_DELETE;
}
static rn_status sink_open(const rn_sink_spec *spec, rn_sink **out, rn_error *err) {
  rn_sink *sink = rn_calloc(1, sizeof *sink);
  *out = sink;
  sink->zone = spec->zone;
  const char *table = rn_option_text(&spec->table->options, "changes");
  if (!table) return rn_fail(err, RN_E_OPTION_MISSING, "table %s cannot be written: give it 'changes'", spec->table->name);
  sink->table = rn_strdup(table);
  return RN_OK;
}
static rn_status stage(rn_sink *sink, const rn_batch *batch, rn_error *err) {
  (void)err;
  rn_builder value = {0};
  for (uint32_t i = 0; i < batch->live_count; i++) {
    uint32_t row = rn_live(batch, i);
    rn_builder line = {0};
    rn_builder_printf(&line, "[\"%s\"", rn_row_kind_text(rn_kind(batch, row)));
    for (uint32_t c = 0; c < batch->column_count; c++) {
      rn_builder_char(&line, ',');
      if (rn_is_null(&batch->columns[c], row)) {
        rn_builder_text(&line, "null");
        continue;
      }
      rn_builder_clear(&value);
      rn_value_text(&value, &batch->columns[c], row, RN_TEXT_CAST, sink->zone);
      rn_builder_json_string(&line, rn_slice_make(value.data ? value.data : "", value.len));
    }
    rn_builder_char(&line, ']');
    RN_VEC_PUSH(&sink->staged, rn_builder_take(&line));
  }
  rn_builder_free(&value);
  __atomic_store_n(&sink->written, sink->written + batch->live_count, __ATOMIC_RELAXED);
  return RN_OK;
}
static rn_status freeze(rn_sink *sink, rn_staged **out, rn_error *err) {
  (void)err;
  *out = rn_calloc(1, sizeof **out);
  (*out)->lines.data = sink->staged.data;
  (*out)->lines.len = sink->staged.len;
  (*out)->lines.cap = sink->staged.cap;
  memset(&sink->staged, 0, sizeof sink->staged);
  return RN_OK;
}
static rn_status apply(rn_sink *sink, rn_staged *staged, rn_txn *txn, uint64_t epoch, rn_error *err) {
  (void)epoch;
  rn_builder sql = {0};
  rn_builder_text(&sql, "CREATE TABLE IF NOT EXISTS ");
  rn_sql_identifier(&sql, sink->table);
  rn_builder_text(&sql, "(change TEXT)");
  bool good = sqlite3_exec(txn->db, sql.data, NULL, NULL, NULL) == SQLITE_OK;
  rn_builder_clear(&sql);
  rn_builder_text(&sql, "INSERT INTO ");
  rn_sql_identifier(&sql, sink->table);
  rn_builder_text(&sql, " VALUES (?1)");
  sqlite3_stmt *insert = NULL;
  good = good && sqlite3_prepare_v2(txn->db, sql.data, -1, &insert, NULL) == SQLITE_OK;
  for (size_t i = 0; good && i < staged->lines.len; i++) {
    (void)sqlite3_bind_text(insert, 1, staged->lines.data[i], -1, SQLITE_STATIC);
    good = sqlite3_step(insert) == SQLITE_DONE;
    (void)sqlite3_reset(insert);
  }
  rn_status status = good ? RN_OK : rn_fail(err, RN_E_SINK, "writing changes to %s: %s", sink->table, sqlite3_errmsg(txn->db));
  (void)sqlite3_finalize(insert);
  rn_builder_free(&sql);
  return status;
}
static void free_staged(rn_staged *staged) {
  for (size_t i = 0; i < staged->lines.len; i++) rn_free(staged->lines.data[i]);
  RN_VEC_FREE(&staged->lines);
  rn_free(staged);
}
static void sink_committed(rn_sink *sink, rn_staged *staged, uint64_t epoch) {
  (void)sink, (void)epoch;
  free_staged(staged);
}
static void sink_discard(rn_sink *sink, rn_staged *staged) {
  (void)sink;
  free_staged(staged);
}
static void sink_counters(rn_sink *sink, uint64_t *written, uint64_t *coalesced) {
  *written = __atomic_load_n(&sink->written, __ATOMIC_RELAXED);
  *coalesced = 0;
}
static void sink_close(rn_sink *sink) {
  if (!sink) return;
  for (size_t i = 0; i < sink->staged.len; i++) rn_free(sink->staged.data[i]);
  RN_VEC_FREE(&sink->staged);
  rn_free(sink->table);
  rn_free(sink);
}

extern const rn_connector rn_connector_fixture;
const rn_connector rn_connector_fixture = {
    .name = "fixture",
    .help = "rows of a test, given as its clock turns; changes kept for comparison (runnel test)",
    .flags = RN_CONNECTOR_IN_FILE,
    .options = options,
    .option_count = OPTION_COUNT,
    .check = check,
    .is_bounded = is_bounded,
    .source_open = source_open,
    .source_splits = source_splits,
    .source_split_name = source_split_name,
    .poll_records = poll_records,
    .consumed = consumed,
    .source_watermark = source_watermark,
    .positions = positions,
    .lag = lag,
    .source_close = source_close,
    .sink_accepts = sink_accepts,
    .sink_open = sink_open,
    .stage = stage,
    .freeze = freeze,
    .apply = apply,
    .sink_committed = sink_committed,
    .sink_discard = sink_discard,
    .sink_counters = sink_counters,
    .sink_close = sink_close,
};
