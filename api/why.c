/* "No rows yet, because ..": why nothing has come out of a running query or job so far, from its plan and its counters. The
 * plan is walked from the sources on; the first node that lets nothing through is the reason. */
#include "api/api_private.h"
#include <stdio.h>
#include "base/calendar.h"
#include "runtime/operators/window_time.h"

typedef struct reason {
  const rn_plan *plan;
  const rn_job_stats *stats;
  const char *text; /* the statement; NULL: unknown */
  const rn_zone *zone;
  int64_t now_us;
  rn_builder *out;
} reason;

static const rn_counters *counters(const reason *r, const rn_plan_node *n) { return &r->stats->nodes[n->id].counters; }

static void put_count(rn_builder *out, uint64_t n) { /* 12,345 */
  char digits[32];
  int len = snprintf(digits, sizeof digits, "%llu", (unsigned long long)n);
  for (int i = 0; i < len; i++) {
    if (i && (len - i) % 3 == 0) rn_builder_char(out, ',');
    rn_builder_char(out, digits[i]);
  }
}
static void put_duration(rn_builder *out, int64_t us) {
  int64_t seconds = (us + 500000) / 1000000; /* an end lies a millisecond before the full second */
  if (us < 1000000)
    rn_builder_printf(out, "%lld ms", (long long)(us / 1000));
  else if (seconds < 120)
    rn_builder_printf(out, "%lld s", (long long)seconds);
  else if (seconds < 7200)
    rn_builder_printf(out, "%lld min", (long long)(seconds / 60));
  else if (seconds < 48 * 3600)
    rn_builder_printf(out, "%lld h", (long long)(seconds / 3600));
  else
    rn_builder_printf(out, "%lld days", (long long)(seconds / 86400));
}
static void put_time(rn_builder *out, int64_t us) { rn_format_timestamp(out, us, 3, true, ' '); }
/* A watermark as the time column shows its values: a TIMESTAMP_LTZ in the session's zone. */
static void put_watermark(const reason *r, int64_t us, bool local) { put_time(r->out, local && r->zone ? rn_zone_to_local(r->zone, us) : us); }

/* The words of a clause, cut. */
static void put_clause(const reason *r, rn_span span, const char *otherwise) {
  enum { LONGEST = 48 };
  size_t len = span.end - span.begin;
  if (!r->text || span.begin == span.end || span.end > strlen(r->text)) {
    rn_builder_text(r->out, otherwise);
    return;
  }
  size_t cut = len;
  if (cut > LONGEST) {
    cut = LONGEST;
    while (cut && ((unsigned char)r->text[span.begin + cut] & 0xC0) == 0x80) cut--;
  }
  for (size_t i = 0; i < cut; i++) {
    char c = r->text[span.begin + i];
    rn_builder_char(r->out, (unsigned char)c < ' ' ? ' ' : c);
  }
  if (cut < len) rn_builder_text(r->out, "..");
}

/* --- sources -------------------------------------------------------------------------------------------------------- */
static bool scan_reason(const reason *r, const rn_plan_node *n) {
  const rn_counters *c = counters(r, n);
  const rn_table_spec *table = n->u.scan.table;
  if (c->rows_in) return false;
  if (c->bad + c->skipped) {
    rn_builder_printf(r->out, "none of the ");
    put_count(r->out, c->bad + c->skipped);
    rn_builder_printf(r->out, " records of %s could be read", table->name);
    if (c->bad) rn_builder_text(r->out, " ('on-error' leaves them out)");
    return true;
  }
  const char *mode = rn_option_text(&table->options, "scan.startup.mode");
  rn_builder_printf(r->out, "no record of %s has been read", table->name);
  if (mode && strcmp(mode, "latest-offset") == 0)
    rn_builder_text(r->out, ": 'scan.startup.mode' = 'latest-offset' waits for new ones");
  else if (r->stats->lag == 0)
    rn_builder_text(r->out, ": there is none now");
  return true;
}

/* --- time --------------------------------------------------------------------------------------------------------------- */
static void put_hold(const reason *r) {
  const rn_job_stats *s = r->stats;
  int64_t quiet = r->now_us - s->held_since_us;
  if (s->ahead) {
    rn_builder_text(r->out, "; ");
    put_count(r->out, s->ahead);
    rn_builder_text(r->out, s->ahead == 1 ? " row is" : " rows are");
    rn_builder_text(r->out, " too far ahead of the clock to raise it ('scan.watermark.max-ahead')");
  }
  if (s->splits == 0) return;
  if (s->splits > 1 && *s->held_by) {
    rn_builder_printf(r->out, "; %s holds it back", s->held_by);
    if (s->held_empty)
      rn_builder_text(r->out, ": no row of it has come yet ('scan.watermark.idle-timeout' would leave it out)");
    else if (quiet > 2000000) {
      rn_builder_text(r->out, ": its last row came ");
      put_duration(r->out, quiet);
      rn_builder_text(r->out, " ago");
    }
  } else if (s->splits_idle == s->splits) {
    rn_builder_text(r->out, "; all sources are idle");
  } else if (quiet > 2000000 && !s->held_empty) {
    rn_builder_text(r->out, ", and the last row came ");
    put_duration(r->out, quiet);
    rn_builder_text(r->out, " ago");
  }
}
static bool window_reason(const reason *r, const rn_plan_node *n, const rn_window_spec *spec) {
  const rn_counters *c = counters(r, n);
  if (c->late && c->late == c->rows_in) {
    rn_builder_text(r->out, "all ");
    put_count(r->out, c->late);
    rn_builder_text(r->out, " rows came late: the watermark is at ");
    put_watermark(r, c->watermark_us, spec->local_zone);
    return true;
  }
  int64_t at = spec->processing_time ? r->now_us : c->watermark_us;
  if (at == RN_WATERMARK_NONE) {
    rn_builder_text(r->out, "there is no watermark yet, so no window has ended");
    put_hold(r);
    return true;
  }
  if (spec->kind == RN_WINDOW_SESSION) {
    rn_builder_text(r->out, "no session has ended: a gap of ");
    put_duration(r->out, spec->size_us);
    rn_builder_text(r->out, " is needed");
    if (spec->processing_time) return true;
    rn_builder_text(r->out, ", and the watermark is at ");
    put_watermark(r, at, spec->local_zone);
    put_hold(r);
    return true;
  }
  rn_window_time w;
  rn_window_time_init(&w, spec, spec->local_zone ? r->zone : NULL);
  int64_t end = rn_window_passed(&w, at) + rn_window_step(&w);
  rn_builder_text(r->out, "the window ends at ");
  put_time(r->out, end);
  rn_builder_text(r->out, spec->processing_time ? ", in " : ", the watermark is ");
  put_duration(r->out, rn_window_fires(&w, end) - at);
  if (spec->processing_time) return true;
  rn_builder_text(r->out, " before that");
  put_hold(r);
  return true;
}
/* Early firing: what is there is shown by the clock. */
static bool hold_reason(const reason *r, const rn_plan_node *n) {
  if (n->u.hold.early_us <= 0) return window_reason(r, n, &n->u.hold.window);
  rn_builder_text(r->out, "a key is shown ");
  put_duration(r->out, n->u.hold.early_us);
  rn_builder_text(r->out, " after its first row (table.exec.emit.early-fire.delay)");
  return true;
}
static bool waiting_reason(const reason *r, const rn_plan_node *n, uint32_t time_column, const char *what) {
  const rn_counters *c = counters(r, n);
  if (c->late && c->late == c->rows_in) {
    rn_builder_text(r->out, "all ");
    put_count(r->out, c->late);
    rn_builder_text(r->out, " rows came late");
    return true;
  }
  rn_builder_printf(r->out, "%s waits for the watermark to pass its rows", what);
  if (c->watermark_us != RN_WATERMARK_NONE) {
    rn_builder_text(r->out, ": it is at ");
    put_watermark(r, c->watermark_us, n->inputs[0]->schema.fields[time_column].type->id == RN_T_TIMESTAMP_LTZ);
  }
  put_hold(r);
  return true;
}

/* What is known when the input has ended only. */
static bool end_reason(const reason *r, const char *what) {
  rn_builder_printf(r->out, "%s gives its rows when the input has ended", what);
  return true;
}
static bool rank_reason(const reason *r, const rn_plan_node *n) {
  switch (n->u.rank.mode) {
    case RN_RANK_WINDOW: return window_reason(r, n, &n->u.rank.window);
    case RN_RANK_FIRST: return waiting_reason(r, n, n->u.rank.order[0].column, "the first row of a key");
    case RN_RANK_FINAL: return end_reason(r, "a Top-N of bounded input");
    default: return false;
  }
}
static bool join_reason(const reason *r, const rn_plan_node *n) {
  const uint64_t rows[2] = {counters(r, n->inputs[0])->rows_out, counters(r, n->inputs[1])->rows_out};
  if (n->u.join.windowed && rows[0] && rows[1]) return window_reason(r, n, &n->u.join.window);
  rn_builder_text(r->out, "no pair of rows has met in the join (rows: ");
  for (unsigned i = 0; i < 2; i++) {
    put_count(r->out, rows[i]);
    rn_builder_text(r->out, i ? " on the right)" : " on the left, ");
  }
  return true;
}

/* --- the rest ---------------------------------------------------------------------------------------------------------------- */
static bool node_reason(const reason *r, const rn_plan_node *n) {
  const rn_counters *c = counters(r, n);
  if (c->rows_out) return false;
  switch (n->kind) {
    case RN_NODE_SCAN: return scan_reason(r, n);
    case RN_NODE_CALC:
      if (!c->rows_in || c->filtered != c->rows_in) return false;
      put_clause(r, n->u.calc.filter && n->u.calc.filter->span.end ? n->u.calc.filter->span : n->span, "the filter");
      rn_builder_text(r->out, " lets none of ");
      put_count(r->out, c->rows_in);
      rn_builder_text(r->out, " rows through");
      return true;
    case RN_NODE_WATERMARK: return false;
    case RN_NODE_WINDOW: return c->rows_in && window_reason(r, n, &n->u.window.spec);
    case RN_NODE_WINDOW_AGG: return c->rows_in && window_reason(r, n, &n->u.window_agg.spec);
    case RN_NODE_GROUP_AGG:
      if (!c->rows_in) return false;
      return n->u.group_agg.early ? window_reason(r, n, &n->u.group_agg.window) : n->u.group_agg.fold && end_reason(r, "GROUP BY over bounded input");
    case RN_NODE_HOLD: return c->rows_in && hold_reason(r, n);
    case RN_NODE_OVER: return c->rows_in && waiting_reason(r, n, n->u.over.order_column, "OVER");
    case RN_NODE_OVER_WHOLE: return c->rows_in && !n->u.over_whole.changes && end_reason(r, "OVER whole partitions");
    case RN_NODE_SORT:
      if (!c->rows_in) return false;
      return n->u.sort.temporal ? waiting_reason(r, n, n->u.sort.items[0].column, "ORDER BY") : end_reason(r, "ORDER BY over bounded input");
    case RN_NODE_RANK: return c->rows_in && rank_reason(r, n);
    case RN_NODE_JOIN: return c->rows_in && join_reason(r, n);
    default: return false;
  }
}

const char *rn_why(const rn_plan *plan, const rn_job_stats *stats, const char *text, const rn_zone *zone, int64_t now_us, rn_arena *arena) {
  if (stats->rows_out || stats->state != RN_JOB_RUNNING) return NULL;
  rn_builder out = {0};
  reason r = {plan, stats, text, zone, now_us, &out};
  bool found = false, any = false;
  for (uint32_t i = 0; i < plan->node_count; i++) any |= plan->nodes[i]->kind == RN_NODE_SCAN && counters(&r, plan->nodes[i])->rows_in;
  /* Nodes stand behind their inputs. A source without rows is the reason only while no source has any. */
  for (uint32_t i = 0; i < plan->node_count && !found; i++)
    if ((plan->nodes[i]->kind == RN_NODE_SCAN) != any) found = node_reason(&r, plan->nodes[i]);
  const char *why = found ? rn_arena_strndup(arena, out.data, out.len) : NULL;
  rn_builder_free(&out);
  return why;
}
