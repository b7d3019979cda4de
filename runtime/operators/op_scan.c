/* SCAN: where rows come from. Polls the connector, lets the format decode the columns that the plan reads,
 * fills metadata columns, notes which split and offsets each stretch of rows came from (runs), and deals with
 * records that cannot be decoded as the table's 'on-error' says. What was emitted and the position that an
 * epoch stores always agree: the source is told how many records were taken right after their rows were
 * emitted. Counted: read + expanded = rows + bad + skipped (DESIGN, What is counted). */
#include <stdlib.h>
#include "runtime/alignment.h"
#include "runtime/job.h"
#include "runtime/operators/operators.h"
#include "base/alloc.h"

typedef enum on_error { ON_ERROR_FAIL, ON_ERROR_SKIP, ON_ERROR_DEAD_LETTER } on_error;

enum { DEAD_LETTER_BYTES = 4096, EXCERPT_BEFORE = 40, EXCERPT_AFTER = 40 };

/* One decoder and the columns it fills. */
typedef struct part {
  const rn_format *format;
  rn_decoder *decoder;
  uint32_t count;
  uint32_t *wanted;  /* table columns */
  uint32_t *outputs; /* output columns */
  rn_column *columns;
  rn_decode_result result;
  uint16_t rows_of[RN_BATCH_ROWS_MAX];
} part;

typedef struct scan {
  rn_operator op;
  const rn_table_spec *table;
  rn_source *source;
  on_error policy;
  part *value, *key; /* key NULL: all is in the value, or there are no formats */
  uint32_t metadata_count;
  uint32_t *metadata_outputs, *metadata_keys;
  rn_column *columns;
  rn_arena open_arena; /* lives as long as the operator */
  int64_t watermark_us; /* promised by the source itself */
  rn_aligned *aligned; /* NULL: in no group */
  uint64_t polled_bad; /* bad rows reported by a poll_rows source during one poll */
} scan;

/* --- open ----------------------------------------------------------------------------------------------------- */

static void notice(void *ctx, const char *text) {
  scan *s = ctx;
  rn_job_notice(s->op.context->job, text);
}

static part *new_part(scan *s, const rn_format *format) {
  part *p = RN_NEW(&s->open_arena, part);
  uint32_t columns = s->op.node->schema.count;
  p->format = format;
  p->wanted = RN_NEW_N(&s->open_arena, uint32_t, columns + 1);
  p->outputs = RN_NEW_N(&s->open_arena, uint32_t, columns + 1);
  p->columns = RN_NEW_N(&s->open_arena, rn_column, columns + 1);
  p->result.record_of_row = p->rows_of;
  return p;
}

static rn_status open_formats(scan *s, rn_error *err) {
  rn_key_layout layout = {0};
  if (rn_key_layout_make(s->table, &s->open_arena, &layout, err) != RN_OK) return RN_FAIL;
  const rn_plan_node *n = s->op.node;
  s->value = new_part(s, s->table->value_format);
  part *key = new_part(s, s->table->key_format);
  for (uint32_t i = 0; i < n->schema.count; i++) {
    uint32_t c = n->u.scan.columns[i];
    if (s->table->columns[c].role != RN_COLUMN_PHYSICAL) continue;
    bool in_key = false;
    for (uint32_t k = 0; k < layout.key_count && !layout.key_in_value; k++) {
      if (layout.key_columns[k] == c) in_key = true;
    }
    part *p = in_key ? key : s->value;
    p->wanted[p->count] = c;
    p->outputs[p->count++] = i;
  }
  if (key->count) s->key = key;
  if (s->value->format->decoder_open(s->table, s->value->wanted, s->value->count, false, s->op.context->zone,
                                     &s->value->decoder, err) != RN_OK) {
    return RN_FAIL;
  }
  if (!s->key) return RN_OK;
  return key->format->decoder_open(layout.key_table, key->wanted, key->count, true, s->op.context->zone, &key->decoder, err);
}

static rn_status open_metadata(scan *s, rn_error *err) {
  const rn_plan_node *n = s->op.node;
  s->metadata_outputs = RN_NEW_N(&s->open_arena, uint32_t, n->schema.count + 1);
  s->metadata_keys = RN_NEW_N(&s->open_arena, uint32_t, n->schema.count + 1);
  for (uint32_t i = 0; i < n->schema.count; i++) {
    const rn_table_column *c = &s->table->columns[n->u.scan.columns[i]];
    if (c->role != RN_COLUMN_METADATA) continue;
    const rn_connector *connector = s->table->connector;
    size_t m = 0;
    while (m < connector->metadata_count && strcmp(connector->metadata[m].key, c->metadata_key) != 0) m++;
    if (m == connector->metadata_count && rn_is_partition(c)) {
      m += n->u.scan.columns[i];
    } else if (m == connector->metadata_count) {
      return rn_fail(err, RN_E_OPTION_VALUE, "connector %s has no metadata \"%s\" (column %s of table %s)", connector->name,
                     c->metadata_key, c->name, s->table->name);
    }
    s->metadata_outputs[s->metadata_count] = i;
    s->metadata_keys[s->metadata_count++] = (uint32_t)m;
  }
  return RN_OK;
}

static rn_status bad_row(void *ctx, uint32_t split, int64_t offset, int column, const char *reason, rn_slice raw,
                         rn_error *err);

static rn_status scan_open(rn_operator *op, rn_error *err) {
  scan *s = (scan *)op;
  const rn_context *c = op->context;
  s->table = op->node->u.scan.table;
  s->watermark_us = RN_WATERMARK_NONE;
  const rn_connector *connector = s->table->connector;
  if (!connector->source_open) {
    return rn_fail(err, RN_E_DIRECTION, "table %s cannot be read: connector %s only writes", s->table->name, connector->name);
  }
  const char *policy = rn_option_text(&s->table->options, "on-error");
  s->policy = !policy || strcmp(policy, "fail") == 0   ? ON_ERROR_FAIL
              : strcmp(policy, "skip") == 0 ? ON_ERROR_SKIP
                                            : ON_ERROR_DEAD_LETTER;
  s->columns = RN_NEW_N(&s->open_arena, rn_column, op->node->schema.count + 1);
  if (connector->poll_records && (open_formats(s, err) != RN_OK || open_metadata(s, err) != RN_OK)) return RN_FAIL;
  rn_source_spec spec = {.table = s->table,
                         .columns = op->node->u.scan.columns,
                         .column_count = op->node->schema.count,
                         .subtask = c->subtask,
                         .parallelism = c->parallelism,
                         .clock = c->clock,
                         .zone = c->zone,
                         .notice = notice,
                         .notice_ctx = s,
                         .bad_row = bad_row,
                         .bad_row_ctx = s};
  if (c->job) rn_job_source_spec(c->job, op->node, &s->open_arena, &spec);
  return connector->source_open(&spec, &s->source, err);
}

static void scan_close(rn_operator *op) {
  scan *s = (scan *)op;
  part *parts[] = {s->value, s->key};
  for (int i = 0; i < 2; i++) {
    if (!parts[i]) continue;
    if (parts[i]->decoder) parts[i]->format->decoder_close(parts[i]->decoder);
    RN_VEC_FREE(&parts[i]->result.bad);
    parts[i]->decoder = NULL;
  }
  if (s->source) s->table->connector->source_close(s->source);
  s->source = NULL;
  s->value = s->key = NULL;
  rn_arena_free(&s->open_arena);
}

/* --- bad records ------------------------------------------------------------------------------------------------- */

static const char *split_name(scan *s, uint32_t split) {
  const rn_connector *connector = s->table->connector;
  if (!connector->source_split_name || split >= connector->source_splits(s->source)) return "";
  return connector->source_split_name(s->source, split);
}

/* Splits "orders/3" into topic and partition; other names stay whole. */
static void name_record(scan *s, rn_error *err, uint32_t split, int64_t offset) {
  const char *name = split_name(s, split);
  const char *slash = strrchr(name, '/');
  char *end = NULL;
  long partition = slash && slash[1] ? strtol(slash + 1, &end, 10) : -1;
  bool numbered = slash && end && *end == 0 && partition >= 0;
  size_t len = numbered ? (size_t)(slash - name) : strlen(name);
  if (len >= sizeof err->topic) len = sizeof err->topic - 1;
  memcpy(err->topic, name, len);
  err->topic[len] = 0;
  err->partition = numbered ? (int32_t)partition : -1;
  err->offset = offset;
}

/* Two lines: the neighbourhood of the bad byte, and a caret under it. Control bytes show as dots, bytes above
 * ASCII as they are (cut at character borders). */
static void excerpt(rn_slice raw, uint32_t position, rn_builder *out) {
  size_t at = position < raw.len ? position : raw.len;
  size_t begin = at > EXCERPT_BEFORE ? at - EXCERPT_BEFORE : 0;
  size_t end = raw.len - at > EXCERPT_AFTER ? at + EXCERPT_AFTER : raw.len;
  while (begin < at && ((unsigned char)raw.ptr[begin] & 0xC0) == 0x80) begin++;
  while (end > at && end < raw.len && ((unsigned char)raw.ptr[end] & 0xC0) == 0x80) end--;
  size_t columns = 0;
  if (begin > 0) {
    rn_builder_text(out, "...");
    columns = 3;
  }
  for (size_t i = begin; i < end;) {
    unsigned n = rn_utf8_valid_at(raw.ptr + i, end - i);
    if (n == 0 || (n == 1 && ((unsigned char)raw.ptr[i] < 0x20 || raw.ptr[i] == 0x7f))) {
      rn_builder_char(out, '.');
      n = 1;
    } else {
      rn_builder_append(out, raw.ptr + i, n);
    }
    if (i + n <= at) columns++;
    i += n;
  }
  if (end < raw.len) rn_builder_text(out, "...");
  rn_builder_char(out, '\n');
  for (size_t i = 0; i < columns; i++) rn_builder_char(out, ' ');
  rn_builder_char(out, '^');
}

static rn_status fail_record(scan *s, uint32_t split, int64_t offset, const char *column, const char *reason, rn_slice raw,
                             int64_t position, rn_error *err) {
  if (rn_failed(err)) return RN_FAIL;
  rn_builder where = {0};
  const char *name = split_name(s, split);
  rn_builder_printf(&where, "%s%s%s", s->table->name, *name ? ", " : "", name);
  if (offset >= 0) rn_builder_printf(&where, ", offset %lld", (long long)offset);
  if (column) rn_builder_printf(&where, ", column %s", column);
  rn_fail(err, RN_E_BAD_RECORD, "bad record in %s: %s", where.data, reason);
  rn_builder_free(&where);
  name_record(s, err, split, offset);
  err->span = s->op.node->span;
  if (raw.ptr && position >= 0) {
    rn_builder text = {0};
    excerpt(raw, (uint32_t)position, &text);
    rn_hint(err, "%s", text.data);
    rn_builder_free(&text);
  } else {
    rn_hint(err, "'on-error' = 'skip' or 'dead-letter' goes on without such records");
  }
  return RN_FAIL;
}

/* Applies 'on-error'. RN_OK: go on without the record. */
static rn_status handle_bad(scan *s, uint32_t split, int64_t offset, int column, const char *reason, rn_slice raw,
                            int64_t position, rn_error *err) {
  const char *name = column >= 0 && (uint32_t)column < s->table->column_count ? s->table->columns[column].name : NULL;
  if (s->policy == ON_ERROR_FAIL) return fail_record(s, split, offset, name, reason, raw, position, err);
  if (s->policy == ON_ERROR_DEAD_LETTER) {
    if (raw.len > DEAD_LETTER_BYTES) raw.len = DEAD_LETTER_BYTES;
    rn_job_dead_letter(s->op.context->job, s->table->name, split_name(s, split), offset, name, reason, raw);
  }
  return RN_OK;
}

static rn_status bad_row(void *ctx, uint32_t split, int64_t offset, int column, const char *reason, rn_slice raw,
                         rn_error *err) {
  scan *s = ctx;
  if (handle_bad(s, split, offset, column, reason, raw, -1, err) != RN_OK) return RN_FAIL;
  s->polled_bad++;
  return RN_OK;
}

static rn_status handle_bad_records(scan *s, part *p, const rn_record *records, bool is_key, rn_error *err) {
  for (size_t i = 0; i < p->result.bad.len; i++) {
    const rn_bad_record *b = &p->result.bad.data[i];
    const rn_record *r = &records[b->record];
    if (handle_bad(s, r->split, r->offset, b->column, b->reason, is_key ? r->key : r->value, (int64_t)b->position, err) != RN_OK) {
      return RN_FAIL;
    }
  }
  return RN_OK;
}

/* --- decoding ------------------------------------------------------------------------------------------------------ */

static rn_status decode(scan *s, part *p, const rn_record *records, uint32_t count, bool padded, rn_error *err) {
  for (uint32_t i = 0; i < p->count; i++) {
    rn_column_init(&p->columns[i], s->op.node->schema.fields[p->outputs[i]].type, RN_BATCH_ROWS_MAX, &s->op.arena);
  }
  p->result.rows = p->result.records_consumed = 0;
  p->result.bad_fields = p->result.skipped = 0;
  p->result.one_to_one = false;
  p->result.bad.len = 0;
  return p->format->decode(p->decoder, records, count, padded, p->columns, &s->op.arena, &p->result, err);
}

/* The record of a row; the key decoder sees keys as values, so both give the same numbering. */
static uint32_t record_of(const part *p, uint32_t row) { return p->result.one_to_one ? row : p->rows_of[row]; }

static bool is_bad(const part *p, uint32_t record) {
  for (size_t i = 0; i < p->result.bad.len; i++) {
    if (p->result.bad.data[i].record == record) return true;
  }
  return false;
}

/* Key columns of each value row: NULL where the record has no key. A value row whose key could not be decoded
 * is dropped: `keep` is the selection. Returns the number of rows kept. */
static uint32_t join_keys(scan *s, uint16_t *keep) {
  part *v = s->value, *k = s->key;
  rn_arena *arena = &s->op.arena;
  if (v->result.one_to_one && k->result.one_to_one && v->result.rows <= k->result.rows) {
    for (uint32_t i = 0; i < k->count; i++) s->columns[k->outputs[i]] = k->columns[i];
    for (uint32_t r = 0; r < v->result.rows; r++) keep[r] = (uint16_t)r;
    return v->result.rows;
  }
  for (uint32_t i = 0; i < k->count; i++) {
    rn_column_init(&s->columns[k->outputs[i]], k->columns[i].type, RN_BATCH_ROWS_MAX, arena);
  }
  uint32_t kept = 0, key_row = 0;
  for (uint32_t r = 0; r < v->result.rows; r++) {
    uint32_t record = record_of(v, r);
    while (key_row < k->result.rows && record_of(k, key_row) < record) key_row++;
    bool found = key_row < k->result.rows && record_of(k, key_row) == record;
    if (!found && is_bad(k, record)) continue;
    keep[kept++] = (uint16_t)r;
    for (uint32_t i = 0; i < k->count && !found; i++) {
      rn_column_nullable(&s->columns[k->outputs[i]], RN_BATCH_ROWS_MAX, arena);
      rn_set_null(&s->columns[k->outputs[i]], r);
    }
    for (uint32_t i = 0; i < k->count && found; i++) {
      rn_column_copy_value(&s->columns[k->outputs[i]], r, &k->columns[i], key_row, RN_BATCH_ROWS_MAX, arena);
    }
  }
  return kept;
}

static void fill_metadata(scan *s, const rn_record *records, const uint16_t *keep, uint32_t kept) {
  const rn_connector *connector = s->table->connector;
  for (uint32_t m = 0; m < s->metadata_count; m++) {
    rn_column *out = &s->columns[s->metadata_outputs[m]];
    rn_column_init(out, s->op.node->schema.fields[s->metadata_outputs[m]].type, RN_BATCH_ROWS_MAX, &s->op.arena);
    for (uint32_t i = 0; i < kept; i++) {
      uint32_t row = keep ? keep[i] : i;
      connector->metadata_value(s->source, &records[record_of(s->value, row)], s->metadata_keys[m], out, row,
                                RN_BATCH_ROWS_MAX, &s->op.arena);
    }
  }
}

/* A new run wherever the split changes or the offsets do not count on by one. */
static void make_runs(scan *s, const rn_record *records, rn_batch *batch) {
  rn_run *runs = rn_arena_alloc(&s->op.arena, sizeof *runs * (batch->rows + 1));
  uint32_t count = 0;
  int64_t next = 0;
  for (uint32_t row = 0; row < batch->rows; row++) {
    const rn_record *r = &records[record_of(s->value, row)];
    if (count == 0 || r->split != runs[count - 1].split || r->offset != next) {
      runs[count++] = (rn_run){row, s->op.node->u.scan.source, r->split, r->offset};
    }
    next = r->offset + 1;
  }
  batch->runs = runs;
  batch->run_count = count;
}

static rn_status emit_records(scan *s, const rn_record_run *run, rn_error *err) {
  rn_counters *n = &s->op.counters;
  part *v = s->value;
  rn_arena_reset(&s->op.arena);
  if (decode(s, v, run->records, run->count, run->padded, err) != RN_OK) return RN_FAIL;
  uint32_t taken = v->result.records_consumed;
  uint32_t rows = v->result.rows, bad = (uint32_t)v->result.bad.len;
  if (handle_bad_records(s, v, run->records, false, err) != RN_OK) return RN_FAIL;
  for (uint32_t i = 0; i < v->count; i++) s->columns[v->outputs[i]] = v->columns[i];
  uint16_t *keep = NULL;
  uint32_t kept = rows;
  if (s->key && taken) {
    rn_record *keys = rn_arena_alloc(&s->op.arena, sizeof *keys * taken);
    for (uint32_t i = 0; i < taken; i++) {
      keys[i] = run->records[i];
      keys[i].value = keys[i].key;
    }
    if (decode(s, s->key, keys, taken, false, err) != RN_OK) return RN_FAIL;
    if (handle_bad_records(s, s->key, run->records, true, err) != RN_OK) return RN_FAIL;
    keep = rn_arena_alloc(&s->op.arena, sizeof *keep * (rows + 1));
    kept = join_keys(s, keep);
    bad += rows - kept; /* a record whose value is bad too counts once */
    RN_COUNT(n->bad_fields, s->key->result.bad_fields);
  }
  fill_metadata(s, run->records, keep, kept);
  uint64_t bytes = 0;
  for (uint32_t i = 0; i < taken; i++) bytes += run->records[i].value.len;
  RN_COUNT(n->read, taken);
  RN_COUNT(n->bytes, bytes);
  RN_COUNT(n->rows_in, kept);
  RN_COUNT(n->bad, bad);
  RN_COUNT(n->bad_fields, v->result.bad_fields);
  uint64_t skipped = v->result.skipped;
  RN_COUNT(n->skipped, skipped);
  RN_COUNT(n->expanded, (uint64_t)kept + bad + skipped > taken ? kept + bad + skipped - taken : 0);
  rn_batch batch = {.rows = rows,
                    .live_count = kept,
                    .live = kept < rows ? keep : NULL,
                    .column_count = s->op.node->schema.count,
                    .columns = s->columns,
                    .arena = &s->op.arena};
  make_runs(s, run->records, &batch);
  rn_status status = rn_emit(&s->op, &batch, err);
  if (status == RN_OK) s->table->connector->consumed(s->source, taken);
  return status;
}

static rn_status emit_rows(scan *s, uint32_t max_rows, int64_t wait_us, rn_poll *poll, uint32_t *rows, rn_error *err) {
  rn_counters *n = &s->op.counters;
  rn_arena_reset(&s->op.arena);
  for (uint32_t i = 0; i < s->op.node->schema.count; i++) {
    rn_column_init(&s->columns[i], s->op.node->schema.fields[i].type, RN_BATCH_ROWS_MAX, &s->op.arena);
  }
  s->polled_bad = 0;
  *rows = 0;
  if (s->table->connector->poll_rows(s->source, max_rows, wait_us, s->columns, &s->op.arena, rows, poll, err) != RN_OK) {
    return RN_FAIL;
  }
  RN_COUNT(n->read, *rows + s->polled_bad);
  RN_COUNT(n->bad, s->polled_bad);
  RN_COUNT(n->rows_in, *rows);
  if (*rows == 0) return RN_OK;
  rn_run *run = rn_arena_alloc(&s->op.arena, sizeof *run);
  *run = (rn_run){0, s->op.node->u.scan.source, 0, -1};
  rn_batch batch = {.rows = *rows,
                    .live_count = *rows,
                    .column_count = s->op.node->schema.count,
                    .columns = s->columns,
                    .run_count = 1,
                    .runs = run,
                    .arena = &s->op.arena};
  rn_status status = rn_emit(&s->op, &batch, err);
  if (status == RN_OK && s->table->connector->consumed) s->table->connector->consumed(s->source, *rows);
  return status;
}

static rn_status scan_poll(rn_operator *op, int64_t wait_us, rn_poll *poll, rn_error *err) {
  scan *s = (scan *)op;
  if (s->aligned && rn_aligned_waits(s->aligned)) { /* the group's slowest wakes the task */
    *poll = RN_POLL_IDLE;
    return RN_OK;
  }
  uint32_t want = rn_job_take_rows(op->context->job, op->context->batch_rows);
  if (want == 0) { /* stop_after_rows: what is wanted was read */
    *poll = RN_POLL_IDLE;
    return RN_OK;
  }
  int64_t begin = 0;
  uint32_t used = 0;
  rn_status status;
  if (s->table->connector->poll_records) {
    rn_record_run run = {0};
    status = s->table->connector->poll_records(s->source, want, wait_us, &run, poll, err);
    if (status == RN_OK && *poll == RN_POLL_ROWS && run.count) {
      begin = rn_monotonic_us();
      uint64_t before = op->counters.read;
      status = emit_records(s, &run, err);
      used = (uint32_t)(op->counters.read - before);
    }
  } else {
    if (wait_us == 0) begin = rn_monotonic_us();
    status = emit_rows(s, want, wait_us, poll, &used, err);
  }
  if (begin && used) RN_COUNT(op->counters.busy_us, rn_monotonic_us() - begin);
  rn_job_took_rows(op->context->job, want, used < want ? used : want);
  if (s->aligned && *poll == RN_POLL_END) rn_aligned_leave(s->aligned);
  if (status == RN_OK && s->table->connector->source_watermark) {
    int64_t value = s->table->connector->source_watermark(s->source);
    if (value > s->watermark_us) {
      s->watermark_us = value;
      status = rn_emit_watermark(op, value, err);
    }
  }
  return status;
}

static rn_status scan_process(rn_operator *op, unsigned input, rn_batch *batch, rn_error *err) {
  (void)input;
  (void)batch;
  return rn_fail(err, RN_E_INTERNAL, "scan %s has no inputs", op->node->u.scan.table->name);
}

const rn_operator_class rn_op_scan_class = {
    .name = "scan",
    .size = sizeof(scan),
    .open = scan_open,
    .process_batch = scan_process,
    .close = scan_close,
    .poll = scan_poll,
};

/* --- what others ask a scan ------------------------------------------------------------------------------------------ */

uint32_t rn_scan_splits(rn_operator *op) {
  scan *s = (scan *)op;
  return s->table->connector->source_splits ? s->table->connector->source_splits(s->source) : 1;
}

bool rn_scan_split_active(rn_operator *op, uint32_t split) {
  scan *s = (scan *)op;
  return !s->table->connector->split_active || s->table->connector->split_active(s->source, split);
}

void rn_scan_align(rn_operator *op, rn_aligned *member) { ((scan *)op)->aligned = member; }
bool rn_scan_waits(rn_operator *op) { return ((scan *)op)->aligned && rn_aligned_waits(((scan *)op)->aligned); }

bool rn_scan_can_pause(rn_operator *op) { return ((scan *)op)->table->connector->pause_split != NULL; }

void rn_scan_pause_split(rn_operator *op, uint32_t split, bool paused) {
  scan *s = (scan *)op;
  if (s->table->connector->pause_split) s->table->connector->pause_split(s->source, split, paused);
}

const char *rn_scan_split_name(rn_operator *op, uint32_t split) { return split_name((scan *)op, split); }

rn_status rn_scan_positions(rn_operator *op, rn_positions *out, rn_error *err) {
  scan *s = (scan *)op;
  return s->table->connector->positions ? s->table->connector->positions(s->source, out, err) : RN_OK;
}

rn_status rn_scan_until(rn_operator *op, rn_positions *out, rn_error *err) {
  scan *s = (scan *)op;
  return s->table->connector->until_positions ? s->table->connector->until_positions(s->source, out, err) : RN_OK;
}

rn_status rn_scan_committed(rn_operator *op, uint64_t epoch, const rn_position *positions, size_t count, rn_error *err) {
  scan *s = (scan *)op;
  if (!s->table->connector->source_committed) return RN_OK;
  return s->table->connector->source_committed(s->source, epoch, positions, count, err);
}

int64_t rn_scan_lag(rn_operator *op) {
  scan *s = (scan *)op;
  return s->source && s->table->connector->lag ? s->table->connector->lag(s->source) : -1;
}

int64_t rn_scan_split_lag(rn_operator *op, uint32_t split) {
  scan *s = (scan *)op;
  return s->table->connector->split_lag ? s->table->connector->split_lag(s->source, split) : 0;
}
