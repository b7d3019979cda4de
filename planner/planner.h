/* Planner: AST -> logical plan -> rewrites -> changelog inference -> physical plan. The only entry points
 * that api/ uses. */
#ifndef RN_PLANNER_PLANNER_H
#define RN_PLANNER_PLANNER_H
#include "base/clock.h"
#include "parser/ast.h"
#include "planner/catalog.h"
#include "runtime/plan.h"

/* Settings the planner reads (typed by api/ from SET keys, planner/settings.h has the table). */
typedef struct rn_planner_settings {
  bool batch_mode;                    /* execution.runtime-mode */
  int64_t watermark_interval_us;      /* pipeline.auto-watermark-interval, 200 ms */
  int64_t idle_timeout_us;            /* table.exec.source.idle-timeout, 0 */
  uint8_t rowtime_null_handling;      /* table.exec.source.rowtime-null-handling */
  bool not_null_drop;                 /* table.exec.sink.not-null-enforcer = DROP */
  uint8_t lengths;                    /* table.exec.sink.type-length-enforcer: rn_sink_lengths */
  bool mini_batch;                    /* table.exec.mini-batch.enabled is true */
  bool mini_batch_off;                /* .. was set to false explicitly: every record makes its change */
  bool latest_wins;                   /* table.exec.sink.require-on-conflict = false: ON CONFLICT DO DEDUPLICATE where none is given */
  bool early_fire, late_fire;         /* table.exec.emit.early-fire.enabled, late-fire.enabled */
  int64_t early_fire_us, late_fire_us; /* .. .delay; -1: not set */
  int64_t lateness_us;                /* table.exec.emit.allow-lateness */
  int64_t state_ttl_us;               /* table.exec.state.ttl; 0: state stays */
  uint32_t parallelism;               /* parallelism.default */
  const rn_zone *zone;
  bool until_end;                     /* a SELECT stops at the ends its sources have now: it counts as bounded */
  bool keep_changes;                  /* goldens: bounded plans are not folded, every change is emitted */
  uint32_t passes_off;                /* tests: rewrite passes left out, a bit each (planner/rewrite.c) */
  const char *canonical_settings;     /* text of those that change results */
} rn_planner_settings;

typedef struct rn_query_info { /* of a SELECT */
  rn_schema schema;       /* in the plan's arena */
  bool append_only, bounded;
  uint32_t key_count;
  const uint32_t *keys;   /* upsert key */
} rn_query_info;

/* A SELECT: ends in COLLECT. `changelog`: the reader wants every change (no folding, -U kept). */
rn_status rn_plan_query(rn_catalog *catalog, const rn_planner_settings *settings, const rn_ast_query *query,
                        bool changelog, rn_plan **out, rn_query_info *info, rn_diagnostics *diags);
/* INSERT or STATEMENT SET: one plan; sources that are the same table with the same options are shared. */
rn_status rn_plan_inserts(rn_catalog *catalog, const rn_planner_settings *settings,
                          const rn_ast_insert *inserts, uint32_t count, rn_plan **out, rn_diagnostics *diags);
/* Would the INSERT into a table that is not there yet be planned? CREATE TABLE AS asks before it makes the table. */
rn_status rn_plan_check_insert(rn_catalog *catalog, const rn_planner_settings *settings, const rn_ast_insert *insert,
                               rn_catalog_object *target, rn_diagnostics *diags);
/* rows.c: DELETE and UPDATE of a table whose rows this file holds, as an INSERT OVERWRITE. In arena. */
rn_status rn_plan_rows(rn_catalog *catalog, const rn_planner_settings *settings, const rn_ast_statement *statement,
                       rn_arena *arena, rn_ast_insert **out, rn_diagnostics *diags);
/* Schema of a query without running it (views, CTAS). In arena. */
rn_status rn_plan_schema(rn_catalog *catalog, const rn_planner_settings *settings, const rn_ast_query *query,
                         rn_arena *arena, rn_schema *out, rn_diagnostics *diags);
/* EXPLAIN text: `== Abstract Syntax Tree ==`, `== Optimized Physical Plan ==` .. Of CREATE TABLE AS, DELETE and UPDATE the
 * caller gives the INSERT that they are. */
typedef struct rn_explain_context {
  const rn_ast_insert *insert; /* instead of the statement; NULL: the statement is a query, an INSERT or a STATEMENT SET */
  rn_catalog_object *target;   /* the table that CREATE TABLE AS would make; NULL: those of the catalog */
  int64_t (*rows)(void *ctx, const rn_table_spec *table); /* rows that a scan gives, -1: nobody knows; NULL: never known */
  void *ctx;
} rn_explain_context;
rn_status rn_plan_explain(rn_catalog *catalog, const rn_planner_settings *settings, const rn_ast_statement *statement,
                          const rn_explain_context *context, rn_builder *out, rn_diagnostics *diags);
/* PARTITION (c = constant, ..) of SHOW PARTITIONS: for each column of PARTITIONED BY, in its order. In arena. */
typedef struct rn_partition_value {
  bool is_given;
  const char *text; /* as CAST to STRING gives it; NULL: NULL */
} rn_partition_value;
rn_status rn_plan_partition(rn_catalog *catalog, const rn_planner_settings *settings, const rn_ast_assignments *given,
                            const rn_catalog_object *table, rn_arena *arena, rn_partition_value **out, rn_diagnostics *diags);
/* Sink tables of the statement in order, comma-separated (job naming). */
void rn_plan_sink_names(rn_catalog *catalog, const rn_ast_statement *statement, rn_builder *out);
/* Does the statement use the table (through views too)? For DROP of a table in use. */
bool rn_plan_uses(rn_catalog *catalog, const rn_ast_statement *statement, const rn_catalog_object *object);

/* --- settings: one table, from which SET is checked and docs are made ------------------------------------ */
typedef struct rn_setting {
  const char *key;
  rn_option_type type;
  const char *default_text, *choices;
  int64_t min, max;
  bool changes_results; /* part of a job's identity */
  bool ignored;         /* known Flink key without meaning here: accepted with a note */
  const char *help;
} rn_setting;
extern const rn_setting rn_settings[];
extern const size_t rn_setting_count;
const rn_setting *rn_setting_find(rn_slice key);
/* Checks value against the row (E_SETTING with suggestion). Unknown taskmanager.*, rest.*, .. are accepted. */
rn_status rn_setting_check(rn_slice key, const char *value, rn_span key_span, rn_span value_span,
                           const rn_setting **row, rn_error *err);

#endif
