/* WATERMARK, who waits: splits that are read ahead of the slowest one while history is replayed, sources that are ahead of their
 * alignment group (runtime/alignment.h); and rows whose time is so far ahead of the clock that they are not believed. */
#include "runtime/job.h"
#include "runtime/operators/op_watermark.h"

/* When a split waits for the others. What is ahead lies in windows and buffers: AHEAD_ROWS of all splits together. */
enum { CHECK_AHEAD_US = 1000000, SILENT_US = 10000000, CATCHING_UP_ROWS = 100000, AHEAD_ROWS = 500000, CHECK_ROWS = 10000 };
#define AHEAD_US (60 * RN_US_PER_SECOND)
#define SAY_US (60 * RN_US_PER_SECOND)

/* Somebody must look at splits that wait: they bring no rows themselves. */
static void wake_paused(rn_watermark_op *self, int64_t at_us) {
  bool any = false;
  for (size_t i = 0; i < self->splits.len; i++) any = any || self->splits.data[i].paused;
  if (any && at_us < self->op.timer_us) self->op.timer_us = at_us;
}

/* Replaying history, one partition may be read far ahead of another; what it brings waits in windows for the slow one. So it waits
 * at its source instead: while much is left to be read, the slowest split sends rows, and another one is over a minute ahead of it
 * in event time with many rows. A split that has records but no row yet is slower than all that have: a broker answers with megabytes
 * of one partition behind those of another, and until the last one is heard of all the others are ahead. For the same reason a split
 * with records may be silent for longer. Splits that wait are looked at once a second, since to resume is to fetch anew; whether
 * others must wait, too, every CHECK_ROWS rows. */
static bool waits_for(const rn_watermark_op *self, uint32_t split, int64_t now_us) {
  rn_operator *scan = self->op.scan;
  const rn_split_state *s = &self->splits.data[split];
  bool has_records = rn_scan_split_lag(scan, split) > 0;
  if (s->watermark_us == RN_WATERMARK_NONE && !has_records) return false;
  return now_us - s->last_row_us < (has_records ? SILENT_US : CHECK_AHEAD_US) && rn_scan_lag(scan) >= CATCHING_UP_ROWS;
}
/* Of the rows that were ahead, those that the slowest split has passed by now are not: taken to lie evenly in their time. */
static void count_ahead(rn_split_state *s, const rn_split_state *slowest, bool ahead) {
  if (!ahead) {
    s->ahead_rows = 0;
    s->behind_us = s->watermark_us;
  } else if (slowest->watermark_us > s->behind_us) {
    double most = (double)s->watermark_us, share = (most - (double)slowest->watermark_us) / (most - (double)s->behind_us);
    if (s->behind_us != RN_WATERMARK_NONE) s->ahead_rows = (uint64_t)((double)s->ahead_rows * share);
    s->behind_us = slowest->watermark_us;
  }
}
static bool is_ahead(const rn_split_state *s, const rn_split_state *slowest) {
  if (s->watermark_us == RN_WATERMARK_NONE) return false;
  return slowest->watermark_us == RN_WATERMARK_NONE || s->watermark_us - slowest->watermark_us > (s->paused ? AHEAD_US / 2 : AHEAD_US);
}
void rn_watermark_check_ahead(rn_watermark_op *self, int64_t now_us) {
  rn_operator *scan = self->op.scan;
  int64_t every_us = CHECK_AHEAD_US;
  if (self->aligned && self->op.node->u.watermark.align_interval_us < every_us) every_us = self->op.node->u.watermark.align_interval_us;
  bool resumes = now_us - self->checked_us >= every_us;
  if (!scan || self->splits.len < 2 || !rn_scan_can_pause(scan)) return;
  if (!resumes && self->unchecked_rows < CHECK_ROWS) {
    wake_paused(self, self->checked_us + every_us);
    return;
  }
  self->unchecked_rows = 0;
  if (resumes) self->checked_us = now_us;
  const rn_split_state *slowest = NULL;
  bool waits = false;
  for (uint32_t i = 0; i < self->splits.len; i++) {
    rn_split_state *s = &self->splits.data[i];
    if (s->paused) s->last_row_us = now_us; /* it waits, it is not idle */
    if (s->idle || !rn_scan_split_active(scan, i)) continue;
    if (slowest && s->watermark_us >= slowest->watermark_us) continue;
    slowest = s;
    waits = waits_for(self, i, now_us);
  }
  uint64_t rows = 0;
  for (uint32_t i = 0; i < self->splits.len; i++) {
    rn_split_state *s = &self->splits.data[i];
    count_ahead(s, slowest, waits && is_ahead(s, slowest));
    rows += s->ahead_rows;
  }
  int64_t limit = self->aligned ? rn_aligned_limit(self->aligned) : RN_WATERMARK_END;
  for (uint32_t i = 0; i < self->splits.len; i++) {
    rn_split_state *s = &self->splits.data[i];
    bool pause = (s->ahead_rows && (s->paused || rows > AHEAD_ROWS)) || (s->watermark_us != RN_WATERMARK_NONE && s->watermark_us > limit);
    if (pause != s->paused && (pause || resumes || s == slowest)) {
      rn_scan_pause_split(scan, i, pause);
      s->paused = pause;
    }
  }
  wake_paused(self, now_us + every_us);
}

void rn_watermark_publish_aligned(rn_watermark_op *self, int64_t promised_us, bool idle) {
  if (self->aligned) rn_aligned_publish(self->aligned, idle ? RN_WATERMARK_END : promised_us);
}

/* --- rows too far ahead of the clock ------------------------------------------------------------------------------- */

int64_t rn_watermark_limit(const rn_watermark_op *self, int64_t now_us) {
  int64_t most = self->op.node->u.watermark.max_ahead_us, limit = now_us;
  if (!most) return INT64_MAX;
  /* A TIMESTAMP is somebody's wall clock, UTC's or the session's: the later one decides. */
  if (self->op.node->u.watermark.expr->type->id != RN_T_TIMESTAMP_LTZ && self->op.context->zone) {
    int64_t local = rn_zone_to_local(self->op.context->zone, now_us);
    if (local > limit) limit = local;
  }
  return __builtin_add_overflow(limit, most, &limit) ? INT64_MAX : limit;
}

void rn_watermark_too_far(rn_watermark_op *self, const rn_batch *batch, uint32_t row, int64_t now_us) {
  rn_operator *op = &self->op;
  const rn_column *time = &batch->columns[op->node->u.watermark.rowtime_column];
  RN_COUNT(op->counters.ahead, 1);
  if (!op->context->job || now_us - self->said_ahead_us < SAY_US) return;
  self->said_ahead_us = now_us;
  rn_error where;
  rn_error_clear(&where);
  where.offset = -1;
  (void)rn_operator_row_error(op, batch, row, &where);
  rn_builder text = {0};
  rn_builder_printf(&text, "table %s", op->scan ? op->scan->node->u.scan.table->name : op->node->path);
  if (where.topic[0]) rn_builder_printf(&text, ", %s", where.topic);
  if (where.offset >= 0) rn_builder_printf(&text, ", offset %lld", (long long)where.offset);
  rn_builder_text(&text, ": the time ");
  rn_format_timestamp(&text, ((const int64_t *)time->data)[row], 3, false, ' ');
  rn_builder_printf(&text, " is further ahead of the clock than 'scan.watermark.max-ahead' allows (%lld s): the watermark does not follow it; %llu such %s so far",
                    (long long)(op->node->u.watermark.max_ahead_us / RN_US_PER_SECOND), (unsigned long long)op->counters.ahead,
                    op->counters.ahead == 1 ? "row" : "rows");
  rn_job_notice(op->context->job, text.data);
  rn_builder_free(&text);
}
