/* SET keys: one table, from which SET is checked and docs are made (DIALECT 9). Keys of Flink that have no meaning
 * in one process are accepted with a note, as are keys of its cluster (yarn.*, rest.* ..). */
#include <stdio.h>
#include <stdlib.h>
#include "planner/planner.h"

const rn_setting rn_settings[] = {
    {"execution.runtime-mode", RN_OPT_ENUM, "streaming", "streaming|batch|automatic", 0, 0, true, false,
     "batch: bounded sources only, final results only"},
    {"parallelism.default", RN_OPT_INT, "1", NULL, 1, RN_PARALLELISM_MAX, false, false, "tasks per operator"},
    {"pipeline.name", RN_OPT_STRING, NULL, NULL, 0, 0, false, false, "name of the next job; else made of its sinks"},
    {"pipeline.auto-watermark-interval", RN_OPT_DURATION, "200 ms", NULL, 0, INT64_MAX, true, false,
     "watermarks are emitted this often; 0: after every row"},
    {"execution.checkpointing.interval", RN_OPT_DURATION, "1 s", NULL, 0, INT64_MAX, false, false,
     "time between epochs, each one transaction"},
    {"table.local-time-zone", RN_OPT_STRING, "default", NULL, 0, 0, true, false,
     "session time zone: a region such as Europe/Berlin, GMT+08:00, or default"},
    {"table.exec.source.idle-timeout", RN_OPT_DURATION, "0 ms", NULL, 0, INT64_MAX, true, false,
     "a partition without rows for this long no longer holds the watermark back; 0: never"},
    {"table.exec.source.rowtime-null-handling", RN_OPT_ENUM, "fail", "fail|drop|skip_watermark", 0, 0, true, false,
     "what happens with a row whose event time is NULL"},
    {"table.exec.sink.not-null-enforcer", RN_OPT_ENUM, "error", "error|drop", 0, 0, true, false,
     "what happens with a NULL for a NOT NULL column of a sink"},
    {"table.exec.sink.type-length-enforcer", RN_OPT_ENUM, "ignore", "ignore|trim_pad|error", 0, 0, true, false,
     "what happens with a text or bytes whose length is not that of a sink's column"},
    {"table.exec.mini-batch.enabled", RN_OPT_BOOL, "false", NULL, 0, 0, true, false,
     "true: several changes of a key may be folded into one; false, when set: every record makes its change"},
    {"table.exec.emit.early-fire.enabled", RN_OPT_BOOL, "false", NULL, 0, 0, true, false,
     "windows in GROUP BY show results before they end"},
    {"table.exec.emit.early-fire.delay", RN_OPT_DURATION, NULL, NULL, 0, INT64_MAX, true, false,
     "how often, by the clock; 0: every change"},
    {"table.exec.emit.late-fire.enabled", RN_OPT_BOOL, "false", NULL, 0, 0, true, false,
     "windows in GROUP BY take late rows and show what they change"},
    {"table.exec.emit.late-fire.delay", RN_OPT_DURATION, NULL, NULL, 0, INT64_MAX, true, false,
     "how often, by the clock; 0: every change"},
    {"table.exec.emit.allow-lateness", RN_OPT_DURATION, "0 ms", NULL, 0, INT64_MAX, true, false,
     "with late-fire: how far behind the window's end the watermark may be for a late row to count"},
    {"table.dynamic-table-options.enabled", RN_OPT_BOOL, "true", NULL, 0, 0, false, true, "OPTIONS hints are always taken"},
    {"table.dml-sync", RN_OPT_BOOL, "false", NULL, 0, 0, false, true, "bounded INSERTs are always waited for"},
    {"table.sql-dialect", RN_OPT_ENUM, "default", "default", 0, 0, false, true, "there is one dialect"},
    {"table.exec.mini-batch.allow-latency", RN_OPT_DURATION, "0 ms", NULL, 0, INT64_MAX, false, true,
     "changes are folded within a batch"},
    {"table.exec.mini-batch.size", RN_OPT_INT, "-1", NULL, -1, INT64_MAX, false, true, "changes are folded within a batch"},
    {"table.exec.state.ttl", RN_OPT_DURATION, "0 ms", NULL, 0, INT64_MAX, false, false,
     "streams: keys (and rows of joins) that nothing was written for go after so long; 0: never; windows have their own end"},
    {"table.exec.resource.default-parallelism", RN_OPT_INT, "-1", NULL, -1, RN_PARALLELISM_MAX, false, true,
     "use parallelism.default"},
    {"table.exec.sink.nested-constraint-enforcer", RN_OPT_STRING, "IGNORE", NULL, 0, 0, false, true,
     "nested constraints are not enforced"},
    {"table.exec.sink.upsert-materialize", RN_OPT_ENUM, "auto", "auto|none|force", 0, 0, false, true,
     "not needed: the order per key is kept"},
    {"table.exec.sink.require-on-conflict", RN_OPT_BOOL, "true", NULL, 0, 0, true, false,
     "false: ON CONFLICT DO DEDUPLICATE where a query updates its rows by another key than the table's"},
    {"table.exec.sink.keyed-shuffle", RN_OPT_STRING, "AUTO", NULL, 0, 0, false, true, "rows of a key always take one way"},
    {"table.exec.sink.rowtime-inserter", RN_OPT_STRING, "ENABLED", NULL, 0, 0, false, true,
     "records are stamped as the sink says"},
    {"table.exec.source.cdc-events-duplicate", RN_OPT_BOOL, "false", NULL, 0, 0, false, true, "no source has changes yet"},
    {"table.exec.legacy-cast-behaviour", RN_OPT_ENUM, "disabled", "disabled", 0, 0, false, true, "casts are the new ones"},
    {"table.exec.uid.format", RN_OPT_STRING, NULL, NULL, 0, 0, false, true, "operators are known by their path in the query"},
    {"table.exec.uid.generation", RN_OPT_STRING, NULL, NULL, 0, 0, false, true,
     "operators are known by their path in the query"},
    {"table.exec.async-state.enabled", RN_OPT_BOOL, "false", NULL, 0, 0, false, true, "state is in memory"},
    {"table.exec.operator-fusion-codegen.enabled", RN_OPT_BOOL, "false", NULL, 0, 0, false, true,
     "operators are fused anyway"},
    {"table.exec.simplify-operator-name-enabled", RN_OPT_BOOL, "true", NULL, 0, 0, false, true, "names are short"},
    {"table.optimizer.agg-phase-strategy", RN_OPT_STRING, "AUTO", NULL, 0, 0, false, true, "one phase"},
    {"table.optimizer.distinct-agg.split.enabled", RN_OPT_BOOL, "false", NULL, 0, 0, false, true,
     "not needed in one process"},
    {"table.optimizer.join-reorder-enabled", RN_OPT_BOOL, "false", NULL, 0, 0, false, true, "joins keep their order"},
    {"table.optimizer.reuse-sub-plan-enabled", RN_OPT_BOOL, "true", NULL, 0, 0, false, true, "sources are always shared"},
    {"table.optimizer.reuse-source-enabled", RN_OPT_BOOL, "true", NULL, 0, 0, false, true, "sources are always shared"},
    {"table.optimizer.non-deterministic-update.strategy", RN_OPT_STRING, "IGNORE", NULL, 0, 0, false, true, "ignored"},
    {"table.column-expansion-strategy", RN_OPT_STRING, "", NULL, 0, 0, false, true, "* gives all columns"},
    {"table.display.max-column-width", RN_OPT_INT, "30", NULL, 1, INT64_MAX, false, true,
     "the shell fits columns to the terminal"},
    {"table.rtas-ctas.atomicity-enabled", RN_OPT_BOOL, "false", NULL, 0, 0, false, true, "the table is made first"},
    {"pipeline.max-parallelism", RN_OPT_INT, "-1", NULL, -1, INT64_MAX, false, true, "128 key groups"},
    {"pipeline.object-reuse", RN_OPT_BOOL, "false", NULL, 0, 0, false, true, "rows are never copied on the way"},
    {"pipeline.operator-chaining.enabled", RN_OPT_BOOL, "true", NULL, 0, 0, false, true, "operators are always chained"},
    {"execution.checkpointing.mode", RN_OPT_ENUM, "exactly_once", "exactly_once|at_least_once", 0, 0, false, true,
     "always exactly once"},
    {"execution.checkpointing.timeout", RN_OPT_DURATION, "10 min", NULL, 0, INT64_MAX, false, true,
     "an epoch waits for its transaction"},
    {"execution.checkpointing.min-pause", RN_OPT_DURATION, "0 ms", NULL, 0, INT64_MAX, false, true,
     "the interval stretches by itself"},
    {"execution.checkpointing.max-concurrent-checkpoints", RN_OPT_INT, "1", NULL, 1, INT64_MAX, false, true, "one"},
    {"execution.checkpointing.tolerable-failed-checkpoints", RN_OPT_INT, "0", NULL, 0, INT64_MAX, false, true,
     "an epoch is tried again"},
    {"execution.checkpointing.dir", RN_OPT_STRING, NULL, NULL, 0, 0, false, true, "state is in the database file"},
    {"execution.checkpointing.savepoint-dir", RN_OPT_STRING, NULL, NULL, 0, 0, false, true,
     "state is in the database file"},
    {"execution.checkpointing.storage", RN_OPT_STRING, NULL, NULL, 0, 0, false, true, "state is in the database file"},
    {"execution.checkpointing.num-retained", RN_OPT_INT, "1", NULL, 1, INT64_MAX, false, true, "one"},
    {"execution.checkpointing.incremental", RN_OPT_BOOL, "false", NULL, 0, 0, false, true, "always"},
    {"execution.checkpointing.externalized-checkpoint-retention", RN_OPT_STRING, NULL, NULL, 0, 0, false, true,
     "state stays until --fresh"},
    {"execution.savepoint.path", RN_OPT_STRING, NULL, NULL, 0, 0, false, true, "state is in the database file"},
    {"execution.state-recovery.path", RN_OPT_STRING, NULL, NULL, 0, 0, false, true, "state is in the database file"},
    {"execution.state-recovery.ignore-unclaimed-state", RN_OPT_BOOL, "false", NULL, 0, 0, false, true, "ignored"},
    {"state.backend.type", RN_OPT_STRING, "hashmap", NULL, 0, 0, false, true,
     "state is in memory and in the database file"},
    {"restart-strategy.type", RN_OPT_STRING, NULL, NULL, 0, 0, false, true, "start the program again: it resumes"},
    {"sql-client.execution.result-mode", RN_OPT_ENUM, "table", "table|changelog|tableau", 0, 0, false, true,
     "use --changelog"},
    {"sql-client.execution.max-table-result.rows", RN_OPT_INT, "1000000", NULL, 1, INT64_MAX, false, true,
     "rows are not cached"},
    {"sql-client.display.max-column-width", RN_OPT_INT, "30", NULL, 1, INT64_MAX, false, true,
     "the shell fits columns to the terminal"},
    {"sql-client.display.color-schema", RN_OPT_STRING, NULL, NULL, 0, 0, false, true, "ignored"},
    {"sql-client.display.print-time-cost", RN_OPT_BOOL, "true", NULL, 0, 0, false, true, "use \\timing"},
    {"sql-client.verbose", RN_OPT_BOOL, "false", NULL, 0, 0, false, true, "ignored"},
};
const size_t rn_setting_count = sizeof rn_settings / sizeof rn_settings[0];

/* Families of keys that belong to a cluster or are of a kind that is ignored as a whole. */
static const char *const families[] = {
    "yarn.", "kubernetes.", "taskmanager.", "jobmanager.", "rest.", "client.", "akka.", "cluster.",
        "high-availability", "metrics.",
    "security.", "historyserver.", "zookeeper.", "env.", "io.", "classloader.", "heartbeat.", "web.", "jobstore.",
        "fs.", "blob.",
    "restart-strategy.", "state.", "pipeline.watermark-alignment.", "table.exec.async-lookup.",
        "table.exec.rank.",
    "table.exec.deduplicate.", "table.exec.interval-join.", "table.optimizer.", "table.plan.", "table.builtin-",
        "sql-client.prompt",
    "table.exec.sink.upsert-materialize-strategy.", "table.exec.async-", "table.exec.sort.", "table.exec.spill-compression.",
        "table.exec.disabled-operators", "table.exec.window-agg.", "table.exec.local-hash-agg.", "table.exec.delta-join.",
    "table.exec.unbounded-over.", "table.exec.shuffle-mode", "table.generated-code.", "table.catalog-", "table.resources.",
        "table.ml.", "table.module", "sql-gateway.", "python.", "workflow-scheduler.", "materialized-table.", "external-resource",
    "pipeline.jars", "pipeline.classpaths", "pipeline.auto-", "pipeline.cached-files", "pipeline.force-", "pipeline.generic-types",
        "pipeline.global-job-parameters", "pipeline.serialization-config", "pipeline.registered-", "pipeline.operator-chaining.",
    "pipeline.vertex-", "pipeline.closure-cleaner-level", "execution.buffer-timeout", "execution.batch", "execution.attached",
        "execution.shutdown-on-", "execution.sorted-inputs", "execution.job-listeners", "execution.job-status-", "execution.target",
    "execution.checkpointing.", "execution.state-recovery.", "state-backend.", "jobmanager", "taskmanager", "parallelism.",
};

const rn_setting *rn_setting_find(rn_slice key) {
  for (size_t i = 0; i < rn_setting_count; i++)
    if (rn_slice_is(key, rn_settings[i].key)) return &rn_settings[i];
  return NULL;
}

static bool in_family(rn_slice key) {
  for (size_t i = 0; i < sizeof families / sizeof families[0]; i++) {
    size_t n = strlen(families[i]);
    if (key.len >= n && memcmp(key.ptr, families[i], n) == 0) return true;
  }
  return false;
}

/* A key one slip away from a row of the table; it is no other key of its family then. */
static const char *near_key(rn_slice key) {
  const char *names[sizeof rn_settings / sizeof rn_settings[0]];
  for (size_t i = 0; i < rn_setting_count; i++) names[i] = rn_settings[i].key;
  return rn_text_nearest(key, names, rn_setting_count);
}

enum { SLIPS = 2 }; /* of a word that was mistyped */

/* .. closer than the beginning of another key: `state.backend` was a key of its own. */
static bool mistyped(rn_slice key) {
  const char *near = near_key(key);
  return near && rn_text_distance(key, rn_slice_of(near), SLIPS) != SIZE_MAX;
}

static rn_status unknown_key(rn_slice key, rn_span span, rn_error *err) {
  const char *near = near_key(key);
  (void)rn_fail_at(err, RN_E_SETTING, span, "there is no setting '%.*s'", (int)key.len, key.ptr);
  return near ? rn_hint(err, "did you mean '%s'?", near) : rn_hint(err, "SET lists the settings");
}

static bool is_choice(const char *choices, const char *value) {
  for (const char *at = choices; *at;) {
    size_t n = strcspn(at, "|");
    if (rn_slice_eq_nocase(rn_slice_make(at, n), rn_slice_of(value))) return true;
    at += n + (at[n] == '|');
  }
  return false;
}

static bool parse_number(const rn_setting *row, const char *value, int64_t *out) {
  if (row->type == RN_OPT_DURATION) return rn_duration_parse(rn_slice_of(value), out);
  if (row->type == RN_OPT_SIZE) return rn_size_parse(rn_slice_of(value), out);
  char *end = NULL;
  long long number = strtoll(value, &end, 10);
  *out = number;
  return end != value && !*end;
}

/* The choice that was mistyped; NULL: none. In `text`. */
static const char *near_choice(const char *choices, const char *value, char *text, size_t room) {
  for (const char *at = choices; *at;) {
    size_t n = strcspn(at, "|");
    if (n < room && n > 2 && rn_text_distance(rn_slice_make(at, n), rn_slice_of(value), SLIPS) != SIZE_MAX) {
      memcpy(text, at, n);
      text[n] = 0;
      return text;
    }
    at += n + (at[n] == '|');
  }
  return NULL;
}

static rn_status bad_value(const rn_setting *row, const char *value, rn_span span, const char *wanted, rn_error *err) {
  (void)rn_fail_at(err, RN_E_SETTING, span, "'%s' must be %s, not '%s'", row->key, wanted, value);
  return rn_hint(err, "%s", row->help);
}

rn_status rn_setting_check(rn_slice key, const char *value, rn_span key_span, rn_span value_span, const rn_setting **row,
                           rn_error *err) {
  const rn_setting *found = rn_setting_find(key);
  *row = found;
  if (!found) return in_family(key) && !mistyped(key) ? RN_OK : unknown_key(key, key_span, err);
  if (!value) return RN_OK; /* RESET */
  int64_t number = 0;
  char wanted[160];
  switch (found->type) {
    case RN_OPT_STRING: return RN_OK;
    case RN_OPT_BOOL:
      if (rn_text_eq_nocase(value, "true") || rn_text_eq_nocase(value, "false")) return RN_OK;
      return bad_value(found, value, value_span, "'true' or 'false'", err);
    case RN_OPT_ENUM:
      if (is_choice(found->choices, value)) return RN_OK;
      (void)snprintf(wanted, sizeof wanted, "one of %s", found->choices);
      char near[64];
      if (near_choice(found->choices, value, near, sizeof near)) {
        (void)rn_fail_at(err, RN_E_SETTING, value_span, "'%s' must be %s, not '%s'", found->key, wanted, value);
        return rn_hint(err, "did you mean '%s'?", near);
      }
      return bad_value(found, value, value_span, wanted, err);
    case RN_OPT_DOUBLE: {
      char *end = NULL;
      (void)strtod(value, &end);
      return end != value && !*end ? RN_OK : bad_value(found, value, value_span, "a number", err);
    }
    case RN_OPT_INT: case RN_OPT_DURATION: case RN_OPT_SIZE: break;
  }
  const char *kind = found->type == RN_OPT_DURATION ? "a duration such as '10 s'" : found->type == RN_OPT_SIZE ? "a size such as '64 mb'" : "a whole number";
  if (!parse_number(found, value, &number)) return bad_value(found, value, value_span, kind, err);
  if (number >= found->min && number <= found->max) return RN_OK;
  if (found->type == RN_OPT_INT && found->max != INT64_MAX)
    (void)snprintf(wanted, sizeof wanted, "between %lld and %lld", (long long)found->min, (long long)found->max);
  else
    (void)snprintf(wanted, sizeof wanted, found->min > 0 ? "%s above 0" : "%s not below 0", kind);
  return bad_value(found, value, value_span, wanted, err);
}
