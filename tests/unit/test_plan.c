/* Plans and errors of the planner, as text: every case is a statement over the tables below and what the planner
 * says to it, the plan printed by rn_plan_print or the diagnostics as users see them. */
#include "plan_helper.h"

static const char *const tables =
     "CREATE TABLE ev (id INT, k STRING, v INT, d DECIMAL(10, 2), ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'filesystem', 'path' = 'ev.jsonl', 'format' = 'json');\n"
     "CREATE TABLE gen (id BIGINT, k STRING, v INT, ts TIMESTAMP(3), lt TIMESTAMP_LTZ(3), p AS PROCTIME(), WATERMARK FOR ts AS ts) WITH ('connector' = 'datagen');\n"
     "CREATE TABLE kf (id BIGINT, t TIMESTAMP(3) METADATA FROM 'timestamp', r ROW<a INT, b STRING>, x AS r.a + 1, WATERMARK FOR t AS t - INTERVAL '1' MINUTE) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'localhost:1', 'format' = 'json', 'scan.startup.mode' = 'earliest-offset');\n"
     "CREATE TABLE app (k STRING, c BIGINT NOT NULL) WITH ('connector' = 'filesystem', 'path' = 'app.jsonl', 'format' = 'json');\n"
     "CREATE TABLE hole (k STRING, c BIGINT) WITH ('connector' = 'blackhole');\n"
     "CREATE TABLE lite (k STRING PRIMARY KEY NOT ENFORCED, c BIGINT);\n"
     "CREATE TABLE byc (c BIGINT PRIMARY KEY NOT ENFORCED, k STRING);";

typedef struct plan_case {
  const char *name;
  const char *flags; /* c: every change is wanted, p: parallelism 2, k: goldens' settings, b: batch mode, w: warnings too */
  const char *sql, *expected;
} plan_case;

static void run_cases(const plan_case *cases, size_t count) {
  for (size_t i = 0; i < count; i++) {
    plan_world w;
    plan_world_open(&w);
    char *setup = plan_run(&w, tables, false);
    assert_string_equal(setup, "");
    rn_free(setup);
    w.changelog = strchr(cases[i].flags, 'c') != NULL;
    w.settings.parallelism = strchr(cases[i].flags, 'p') ? 2 : 1;
    w.settings.keep_changes = strchr(cases[i].flags, 'k') != NULL;
    w.settings.batch_mode = strchr(cases[i].flags, 'b') != NULL;
    char *said = plan_run(&w, cases[i].sql, strchr(cases[i].flags, 'w') != NULL);
    if (strcmp(said, cases[i].expected) != 0) print_message("case: %s\n", cases[i].name);
    assert_string_equal(said, cases[i].expected);
    rn_free(said);
    plan_world_close(&w);
  }
}

/* Any subset of the passes may be left out: the result's columns and changes stay, and the plan is sound. */
static void test_passes_off(void **state) {
  (void)state;
  static const char *const queries[] = {
      "SELECT y FROM (SELECT v * 2 AS y, k FROM gen) WHERE y > 4 AND k = 'a'",
      "SELECT k, COUNT(*) FROM gen WHERE 1 = 1 GROUP BY k HAVING k <> 'x'",
      "SELECT id, SUM(v) OVER (PARTITION BY k ORDER BY ts ROWS 3 PRECEDING) FROM gen WHERE v > 1",
      "SELECT id + 1 FROM ev UNION ALL SELECT v FROM ev ORDER BY 1 LIMIT 3",
      "SELECT id, window_start FROM HOP(TABLE gen, DESCRIPTOR(ts), INTERVAL '4' SECOND, INTERVAL '10' SECOND) WHERE v > 2",
      "SELECT a.id, b.v FROM gen a JOIN gen b ON a.k = b.k AND a.v + 1 = b.v WHERE a.id > 3 AND b.v < a.v",
      "SELECT a.id, b.v FROM gen a LEFT JOIN gen b ON a.k = b.k AND a.id > 3 AND b.v > 2 WHERE a.v < 9",
      "SELECT id, (SELECT MAX(v) FROM ev WHERE ev.k = a.k) AS m FROM gen a WHERE k IN (SELECT k FROM ev WHERE v > 1) AND NOT EXISTS (SELECT 1 FROM gen b WHERE b.k = a.k AND b.v > a.v)",
      "SELECT id, v IN (SELECT v FROM ev) AS i FROM gen a WHERE v > 2 OR EXISTS (SELECT 1 FROM ev WHERE ev.k = a.k)",
  };
  for (size_t q = 0; q < sizeof queries / sizeof queries[0]; q++) {
    size_t head_len = 0;
    char *all = NULL;
    for (uint32_t off = 0; off < 256; off++) {
      plan_world w;
      plan_world_open(&w);
      rn_free(plan_run(&w, tables, false));
      w.settings.passes_off = off;
      char *said = plan_run(&w, queries[q], false);
      assert_int_equal(said[0], '(');
      if (!all) {
        all = said;
        head_len = strcspn(all, "\n");
      } else {
        assert_int_equal(strncmp(all, said, head_len + 1), 0);
        rn_free(said);
      }
      plan_world_close(&w);
    }
    rn_free(all);
  }
}

static const plan_case select_cases[] = {
    {"filter and projection meet in one calc; unread columns are not scanned", "",
     "SELECT id, v + 1 AS x FROM ev WHERE v > 3 AND 1 = 1",
     "(id INT, x INT)\n"
     "0 scan ev [I]\n"
     "1 watermark $2=$2 - INTERVAL '5.000' SECOND <- 0 [I]\n"
     "2 calc filter=$1 > 3 exprs=[$0, $1 + 1] <- 1 [I]\n"
     "3 collect <- 2 [I]\n"},
    {"filters go below projections", "",
     "SELECT y FROM (SELECT v * 2 AS y, k FROM gen) WHERE y > 4 AND k = 'a'",
     "(y INT)\n"
     "0 scan gen [I]\n"
     "1 watermark $2=$2 <- 0 [I]\n"
     "2 calc filter=(($1 * 2) > 4) AND ($0 = 'a') exprs=[$1 * 2] <- 1 [I]\n"
     "3 collect <- 2 [I]\n"},
    {"a volatile projection stays where it is", "",
     "SELECT y FROM (SELECT RAND() AS y, id FROM gen) WHERE y > 0.5",
     "(y DOUBLE NOT NULL)\n"
     "0 scan gen [I]\n"
     "1 watermark $0=$0 <- 0 [I]\n"
     "2 calc exprs=[RAND()] <- 1 [I]\n"
     "3 calc filter=$0 > 0.5 <- 2 [I]\n"
     "4 collect <- 3 [I]\n"},
    {"names of columns", "",
     "SELECT v, v, v + 1, r.b, r.a AS v FROM (SELECT 1 AS v, r FROM kf)",
     "(v INT NOT NULL, v0 INT NOT NULL, EXPR$2 INT NOT NULL, b STRING, v1 INT)\n"
     "0 scan kf [I]\n"
     "1 calc exprs=[CAST($0 AS TIMESTAMP(3)), $1] <- 0 [I]\n"
     "2 watermark $0=$0 - INTERVAL '60.000' SECOND <- 1 [I]\n"
     "3 calc exprs=[1, 1, 2, $1.b, $1.a] <- 2 [I]\n"
     "4 collect <- 3 [I]\n"},
    {"constants are rows", "",
     "SELECT 1 + 1, 'a' AS x",
     "(EXPR$0 INT NOT NULL, x CHAR(1) NOT NULL)\n"
     "0 values 1 rows [I]\n"
     "1 collect <- 0 [I]\n"},
    {"values have common types", "",
     "VALUES (1, 'a'), (2.5, 'bcd'), (3, NULL)",
     "(EXPR$0 DECIMAL(11, 1) NOT NULL, EXPR$1 VARCHAR(3))\n"
     "0 values 3 rows [I]\n"
     "1 collect <- 0 [I]\n"},
    {"computed and metadata columns; a cast from the connector's type", "",
     "SELECT x, r.b FROM kf WHERE r.a > 2",
     "(x INT, b STRING)\n"
     "0 scan kf [I]\n"
     "1 calc exprs=[CAST($0 AS TIMESTAMP(3)), $1, $1.a + 1] <- 0 [I]\n"
     "2 watermark $0=$0 - INTERVAL '60.000' SECOND <- 1 [I]\n"
     "3 calc filter=$1.a > 2 exprs=[$2, $1.b] <- 2 [I]\n"
     "4 collect <- 3 [I]\n"},
    {"star", "",
     "SELECT *, g.k AS kk FROM gen AS g",
     "(id BIGINT, k STRING, v INT, ts TIMESTAMP(3) *ROWTIME*, lt TIMESTAMP_LTZ(3), p TIMESTAMP_LTZ(3) NOT NULL *PROCTIME*, kk STRING)\n"
     "0 scan gen [I]\n"
     "1 calc exprs=[$0, $1, $2, $3, $4, PROCTIME()] <- 0 [I]\n"
     "2 watermark $3=$3 <- 1 [I]\n"
     "3 calc exprs=[$0, $1, $2, $3, $4, $5, $1] <- 2 [I]\n"
     "4 collect <- 3 [I]\n"},
    {"CAST drops the time attribute, even to the same type", "",
     "SELECT CAST(ts AS TIMESTAMP(3)) AS t, ts FROM gen",
     "(t TIMESTAMP(3), ts TIMESTAMP(3) *ROWTIME*)\n"
     "0 scan gen [I]\n"
     "1 watermark $0=$0 <- 0 [I]\n"
     "2 calc exprs=[$0, $0] <- 1 [I]\n"
     "3 collect <- 2 [I]\n"},
    {"with items see earlier ones", "",
     "WITH a AS (SELECT id, v FROM gen), b (i, w) AS (SELECT id, v FROM a WHERE v > 1) SELECT w FROM b WHERE i < 3",
     "(w INT)\n"
     "0 scan gen [I]\n"
     "1 watermark $2=$2 <- 0 [I]\n"
     "2 calc filter=($1 > 1) AND ($0 < 3) exprs=[$1] <- 1 [I]\n"
     "3 collect <- 2 [I]\n"},
    {"union all gives common types and shares the scan", "",
     "SELECT id FROM ev UNION ALL SELECT id + 1 FROM ev UNION ALL SELECT 7000000000",
     "(id BIGINT)\n"
     "0 scan ev [I]\n"
     "1 watermark $1=$1 - INTERVAL '5.000' SECOND <- 0 [I]\n"
     "2 calc exprs=[$0] <- 1 [I]\n"
     "3 calc exprs=[$0 + 1] <- 1 [I]\n"
     "4 union <- 2 3 [I]\n"
     "5 calc exprs=[CAST($0 AS BIGINT)] <- 4 [I]\n"
     "6 values 1 rows [I]\n"
     "7 union <- 5 6 [I]\n"
     "8 collect <- 7 [I]\n"},
    {"another OPTIONS hint is another scan", "",
     "SELECT id FROM gen /*+ OPTIONS('rows-per-second' = '7') */ UNION ALL SELECT id FROM gen",
     "(id BIGINT)\n"
     "0 scan gen [I]\n"
     "1 watermark $1=$1 <- 0 [I]\n"
     "2 calc exprs=[$0] <- 1 [I]\n"
     "3 scan gen [I]\n"
     "4 watermark $1=$1 <- 3 [I]\n"
     "5 calc exprs=[$0] <- 4 [I]\n"
     "6 union <- 2 5 [I]\n"
     "7 collect <- 6 [I]\n"},
    {"limit ends a query over inserts", "",
     "SELECT id FROM gen LIMIT 3 OFFSET 1",
     "(id BIGINT)\n"
     "0 scan gen [I]\n"
     "1 watermark $1=$1 <- 0 [I]\n"
     "2 calc exprs=[$0] <- 1 [I]\n"
     "3 limit 3 offset 1 stops <- 2 [I] path=collect.limit\n"
     "4 collect <- 3 [I]\n"},
    {"bounded sort by ordinal, alias and hidden expression", "",
     "SELECT id, v AS w FROM ev ORDER BY w DESC, 1, d + 1 NULLS LAST LIMIT 3",
     "(id INT, w INT)\n"
     "0 scan ev [I]\n"
     "1 watermark $3=$3 - INTERVAL '5.000' SECOND <- 0 [I]\n"
     "2 calc exprs=[$0, $1, $2 + 1] <- 1 [I]\n"
     "3 sort [$1 DESC, $0 NULLS FIRST, $2] limit=3 <- 2 [I] path=collect.sort\n"
     "4 calc exprs=[$0, $1] <- 3 [I]\n"
     "5 collect <- 4 [I]\n"},
    {"temporal sort", "",
     "SELECT id FROM gen ORDER BY ts, v DESC",
     "(id BIGINT)\n"
     "0 scan gen [I]\n"
     "1 watermark $2=$2 <- 0 [I]\n"
     "2 calc exprs=[$0, $2, $1] <- 1 [I]\n"
     "3 sort temporal [$1 NULLS FIRST, $2 DESC] <- 2 [I] path=collect.sort\n"
     "4 calc exprs=[$0] <- 3 [I]\n"
     "5 collect <- 4 [I]\n"},
    {"temporal sort with limit", "",
     "SELECT id FROM gen ORDER BY ts LIMIT 2",
     "(id BIGINT)\n"
     "0 scan gen [I]\n"
     "1 watermark $1=$1 <- 0 [I]\n"
     "2 sort temporal [$1 NULLS FIRST] <- 1 [I] path=collect.sort\n"
     "3 limit 2 offset 0 stops <- 2 [I] path=collect.sort.limit\n"
     "4 calc exprs=[$0] <- 3 [I]\n"
     "5 collect <- 4 [I]\n"},
};
static void test_select(void **state) {
  (void)state;
  run_cases(select_cases, sizeof select_cases / sizeof select_cases[0]);
}

static const plan_case aggregate_cases[] = {
    {"updating, keyed", "",
     "SELECT k, COUNT(*) c, SUM(v) s FROM gen GROUP BY k",
     "(k STRING, c BIGINT NOT NULL, s INT)\n"
     "0 scan gen [I]\n"
     "1 watermark $2=$2 <- 0 [I]\n"
     "2 group-aggregate keys=[$0] calls=[COUNT(*), SUM($1)] <- 1 [IA] path=collect.agg\n"
     "3 collect keys=[$0] <- 2 [IA]\n"},
    {"a reader of changes needs -U", "c",
     "SELECT k, COUNT(*) c FROM gen GROUP BY k",
     "(k STRING, c BIGINT NOT NULL)\n"
     "0 scan gen [I]\n"
     "1 watermark $1=$1 <- 0 [I]\n"
     "2 group-aggregate keys=[$0] calls=[COUNT(*)] -U <- 1 [IBA] path=collect.agg\n"
     "3 collect keys=[$0] <- 2 [IBA]\n"},
    {"EMIT CHANGES wants every change", "",
     "SELECT k, COUNT(*) c FROM ev GROUP BY k EMIT CHANGES",
     "(k STRING, c BIGINT NOT NULL)\n"
     "0 scan ev [I]\n"
     "1 watermark $1=$1 - INTERVAL '5.000' SECOND <- 0 [I]\n"
     "2 group-aggregate keys=[$0] calls=[COUNT(*)] -U <- 1 [IBA] path=collect.agg\n"
     "3 collect keys=[$0] <- 2 [IBA]\n"},
    {"bounded input is folded", "",
     "SELECT k, COUNT(*) c FROM ev GROUP BY k",
     "(k STRING, c BIGINT NOT NULL)\n"
     "0 scan ev [I]\n"
     "1 watermark $1=$1 - INTERVAL '5.000' SECOND <- 0 [I]\n"
     "2 group-aggregate keys=[$0] calls=[COUNT(*)] fold <- 1 [I] path=collect.agg\n"
     "3 collect keys=[$0] <- 2 [I]\n"},
    {"goldens keep every change", "k",
     "SELECT k, COUNT(*) c FROM ev GROUP BY k",
     "(k STRING, c BIGINT NOT NULL)\n"
     "0 scan ev [I]\n"
     "1 watermark $1=$1 - INTERVAL '5.000' SECOND <- 0 [I]\n"
     "2 group-aggregate keys=[$0] calls=[COUNT(*)] <- 1 [IA] path=collect.agg\n"
     "3 collect keys=[$0] <- 2 [IA]\n"},
    {"having on a key goes below, on a result stays and needs -U", "",
     "SELECT k, COUNT(*) FROM gen GROUP BY k HAVING COUNT(*) > 2 AND k <> 'x'",
     "(k STRING, EXPR$1 BIGINT NOT NULL)\n"
     "0 scan gen [I]\n"
     "1 watermark $1=$1 <- 0 [I]\n"
     "2 calc filter=$0 <> 'x' <- 1 [I]\n"
     "3 group-aggregate keys=[$0] calls=[COUNT(*)] -U <- 2 [IBA] path=collect.agg\n"
     "4 calc filter=$1 > 2 <- 3 [IBA]\n"
     "5 collect keys=[$0] <- 4 [IBA]\n"},
    {"keys are compared as bound expressions", "",
     "SELECT gen.v + 1, MAX(id) FROM gen GROUP BY v + 1",
     "(EXPR$0 INT, EXPR$1 BIGINT)\n"
     "0 scan gen [I]\n"
     "1 watermark $2=$2 <- 0 [I]\n"
     "2 calc exprs=[$1 + 1, $0] <- 1 [I]\n"
     "3 group-aggregate keys=[$0] calls=[MAX($1)] <- 2 [IA] path=collect.agg\n"
     "4 collect keys=[$0] <- 3 [IA]\n"},
    {"global, filter, distinct", "",
     "SELECT COUNT(*), COUNT(DISTINCT k), SUM(v) FILTER (WHERE v > 2) FROM gen",
     "(EXPR$0 BIGINT NOT NULL, EXPR$1 BIGINT NOT NULL, EXPR$2 INT)\n"
     "0 scan gen [I]\n"
     "1 watermark $2=$2 <- 0 [I]\n"
     "2 calc exprs=[$0, $1, $1 > 2] <- 1 [I]\n"
     "3 group-aggregate keys=[] calls=[COUNT(*), COUNT(DISTINCT $0), SUM($1) filter $2] <- 2 [IA] path=collect.agg\n"
     "4 collect <- 3 [IA]\n"},
    {"equal calls are computed once, unread ones not at all", "",
     "SELECT a FROM (SELECT k, SUM(v) AS a, SUM(v) + 1 AS b, MAX(v) AS c FROM gen GROUP BY k)",
     "(a INT)\n"
     "0 scan gen [I]\n"
     "1 watermark $2=$2 <- 0 [I]\n"
     "2 group-aggregate keys=[$0] calls=[SUM($1)] -U <- 1 [IBA] path=collect.agg\n"
     "3 calc exprs=[$1] <- 2 [IBA]\n"
     "4 collect <- 3 [IBA]\n"},
    {"distinct gives inserts", "",
     "SELECT DISTINCT k, v FROM gen",
     "(k STRING, v INT)\n"
     "0 scan gen [I]\n"
     "1 watermark $2=$2 <- 0 [I]\n"
     "2 group-aggregate keys=[$0, $1] calls=[] <- 1 [I] path=collect.agg\n"
     "3 collect keys=[$0, $1] <- 2 [I]\n"},
    {"aggregate of an aggregate: the inner one is folded", "",
     "SELECT COUNT(*) FROM (SELECT k, SUM(v) AS s FROM ev GROUP BY k) WHERE s > 3",
     "(EXPR$0 BIGINT NOT NULL)\n"
     "0 scan ev [I]\n"
     "1 watermark $2=$2 - INTERVAL '5.000' SECOND <- 0 [I]\n"
     "2 group-aggregate keys=[$0] calls=[SUM($1)] fold <- 1 [I] path=collect.agg.agg\n"
     "3 calc filter=$1 > 3 <- 2 [I]\n"
     "4 group-aggregate keys=[] calls=[COUNT(*)] fold <- 3 [I] path=collect.agg\n"
     "5 collect <- 4 [I]\n"},
};
static void test_aggregate(void **state) {
  (void)state;
  run_cases(aggregate_cases, sizeof aggregate_cases / sizeof aggregate_cases[0]);
}

static const plan_case window_cases[] = {
    {"tumble, filter below, columns in the order of the query", "",
     "SELECT k, window_start, window_end, COUNT(v) c, MAX(v) m FROM TUMBLE(TABLE gen, DESCRIPTOR(ts), INTERVAL '10' SECOND) WHERE v > 4 GROUP BY k, window_start, window_end",
     "(k STRING, window_start TIMESTAMP(3) NOT NULL, window_end TIMESTAMP(3) NOT NULL, c BIGINT NOT NULL, m INT)\n"
     "0 scan gen [I]\n"
     "1 watermark $2=$2 <- 0 [I]\n"
     "2 calc filter=$1 > 4 <- 1 [I]\n"
     "3 window-aggregate TUMBLE($2, 10000000 us) keys=[$0] calls=[COUNT($1), MAX($1)] <- 2 [I] path=collect.agg\n"
     "4 calc exprs=[$0, $3, $4, $1, $2] <- 3 [I]\n"
     "5 collect <- 4 [I]\n"},
    {"hop with named arguments and offset", "",
     "SELECT window_end, SUM(v) FROM TABLE(HOP(DATA => TABLE ev, TIMECOL => DESCRIPTOR(ts), SLIDE => INTERVAL '5' SECOND, SIZE => INTERVAL '10' SECOND, `OFFSET` => INTERVAL '1' SECOND)) GROUP BY window_start, window_end",
     "(window_end TIMESTAMP(3) NOT NULL, EXPR$1 INT)\n"
     "0 scan ev [I]\n"
     "1 watermark $1=$1 - INTERVAL '5.000' SECOND <- 0 [I]\n"
     "2 window-aggregate HOP($1, 10000000 us, 5000000 us, offset 1000000 us) keys=[] calls=[SUM($0)] <- 1 [I] path=collect.agg\n"
     "3 calc exprs=[$2, $0] <- 2 [I]\n"
     "4 collect <- 3 [I]\n"},
    {"local time for LTZ and for the clock", "",
     "SELECT COUNT(*) FROM TUMBLE(TABLE gen, DESCRIPTOR(p), INTERVAL '1' DAY) GROUP BY window_start, window_end",
     "(EXPR$0 BIGINT NOT NULL)\n"
     "0 scan gen [I]\n"
     "1 watermark $0=$0 <- 0 [I]\n"
     "2 window-aggregate TUMBLE(proctime, 86400000000 us) keys=[] calls=[COUNT(*)] <- 1 [I] path=collect.agg\n"
     "3 calc exprs=[$0] <- 2 [I]\n"
     "4 collect <- 3 [I]\n"},
    {"alone: rows with window columns", "",
     "SELECT id, window_start FROM HOP(TABLE gen, DESCRIPTOR(ts), INTERVAL '4' SECOND, INTERVAL '10' SECOND)",
     "(id BIGINT, window_start TIMESTAMP(3) NOT NULL)\n"
     "0 scan gen [I]\n"
     "1 watermark $1=$1 <- 0 [I]\n"
     "2 window HOP($1, 10000000 us, 4000000 us) keys=[] <- 1 [I]\n"
     "3 calc exprs=[$0, $2] <- 2 [I]\n"
     "4 collect <- 3 [I]\n"},
    {"window_start alone is an ordinary key", "",
     "SELECT window_start, COUNT(*) FROM TUMBLE(TABLE gen, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start",
     "(window_start TIMESTAMP(3) NOT NULL, EXPR$1 BIGINT NOT NULL)\n"
     "0 scan gen [I]\n"
     "1 watermark $0=$0 <- 0 [I]\n"
     "2 window TUMBLE($0, 10000000 us) keys=[] <- 1 [I]\n"
     "3 group-aggregate keys=[$1] calls=[COUNT(*)] <- 2 [IA] path=collect.agg\n"
     "4 collect keys=[$0] <- 3 [IA]\n"},
    {"through a sub-query; a filter on the window is lifted", "",
     "SELECT window_start, k, COUNT(*) FROM (SELECT window_start, window_end, k FROM TUMBLE(TABLE gen, DESCRIPTOR(ts), INTERVAL '10' SECOND) WHERE window_start > TIMESTAMP '2024-01-01 00:00:00') GROUP BY window_start, window_end, k",
     "(window_start TIMESTAMP(3) NOT NULL, k STRING, EXPR$2 BIGINT NOT NULL)\n"
     "0 scan gen [I]\n"
     "1 watermark $1=$1 <- 0 [I]\n"
     "2 window-aggregate TUMBLE($1, 10000000 us) keys=[$0] calls=[COUNT(*)] <- 1 [I] path=collect.agg\n"
     "3 calc exprs=[$2, $0, $1] <- 2 [I]\n"
     "4 calc filter=$0 > TIMESTAMP '2024-01-01 00:00:00.000' <- 3 [I]\n"
     "5 collect <- 4 [I]\n"},
    {"window over window_time", "",
     "SELECT window_start, SUM(s) FROM TUMBLE((SELECT window_time AS rt, SUM(v) AS s FROM TUMBLE(TABLE gen, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end, window_time), DESCRIPTOR(rt), INTERVAL '30' SECOND) GROUP BY window_start, window_end",
     "(window_start TIMESTAMP(3) NOT NULL, EXPR$1 INT)\n"
     "0 scan gen [I]\n"
     "1 watermark $1=$1 <- 0 [I]\n"
     "2 window-aggregate TUMBLE($1, 10000000 us) keys=[] calls=[SUM($0)] <- 1 [I] path=collect.agg.agg\n"
     "3 window-aggregate TUMBLE($3, 30000000 us) keys=[] calls=[SUM($0)] <- 2 [I] path=collect.agg\n"
     "4 calc exprs=[$1, $0] <- 3 [I]\n"
     "5 collect <- 4 [I]\n"},
    {"legacy tumble with its helpers", "",
     "SELECT k, TUMBLE_START(ts, INTERVAL '10' SECOND), TUMBLE_END(ts, INTERVAL '10' SECOND), TUMBLE_ROWTIME(ts, INTERVAL '10' SECOND) r, COUNT(*) FROM gen GROUP BY k, TUMBLE(ts, INTERVAL '10' SECOND)",
     "(k STRING, EXPR$1 TIMESTAMP(3) NOT NULL, EXPR$2 TIMESTAMP(3) NOT NULL, r TIMESTAMP(3) *ROWTIME*, EXPR$4 BIGINT NOT NULL)\n"
     "0 scan gen [I]\n"
     "1 watermark $1=$1 <- 0 [I]\n"
     "2 window-aggregate TUMBLE($1, 10000000 us) keys=[$0] calls=[COUNT(*)] <- 1 [I] path=collect.agg\n"
     "3 calc exprs=[$0, $2, $3, $4, $1] <- 2 [I]\n"
     "4 collect <- 3 [I]\n"},
    {"legacy hop on the clock", "",
     "SELECT HOP_START(PROCTIME(), INTERVAL '4' SECOND, INTERVAL '10' SECOND), COUNT(*) FROM gen GROUP BY HOP(PROCTIME(), INTERVAL '4' SECOND, INTERVAL '10' SECOND)",
     "(EXPR$0 TIMESTAMP(3) NOT NULL, EXPR$1 BIGINT NOT NULL)\n"
     "0 scan gen [I]\n"
     "1 watermark $0=$0 <- 0 [I]\n"
     "2 window-aggregate HOP(proctime, 10000000 us, 4000000 us) keys=[] calls=[COUNT(*)] <- 1 [I] path=collect.agg\n"
     "3 calc exprs=[$1, $0] <- 2 [I]\n"
     "4 collect <- 3 [I]\n"},
};
static void test_window(void **state) {
  (void)state;
  run_cases(window_cases, sizeof window_cases / sizeof window_cases[0]);
}

static const plan_case over_cases[] = {
    {"calls share a named window", "",
     "SELECT id, SUM(v) OVER w, COUNT(*) OVER w FROM gen WINDOW w AS (PARTITION BY k ORDER BY ts ROWS BETWEEN 3 PRECEDING AND CURRENT ROW)",
     "(id BIGINT, EXPR$1 INT, EXPR$2 BIGINT NOT NULL)\n"
     "0 scan gen [I]\n"
     "1 watermark $3=$3 <- 0 [I]\n"
     "2 over keys=[$1] order=$3 ROWS 3 calls=[SUM($2), COUNT(*)] <- 1 [I] path=collect.over\n"
     "3 calc exprs=[$0, $4, $5] <- 2 [I]\n"
     "4 collect <- 3 [I]\n"},
    {"range, default frame, clock", "",
     "SELECT id, SUM(v) OVER (PARTITION BY k ORDER BY ts RANGE BETWEEN INTERVAL '10' SECOND PRECEDING AND CURRENT ROW) FROM gen; SELECT MAX(v) OVER (ORDER BY ts) FROM gen; SELECT ROW_NUMBER() OVER (PARTITION BY k ORDER BY p) FROM gen",
     "(id BIGINT, EXPR$1 INT)\n"
     "0 scan gen [I]\n"
     "1 watermark $3=$3 <- 0 [I]\n"
     "2 over keys=[$1] order=$3 RANGE 10000000 calls=[SUM($2)] <- 1 [I] path=collect.over\n"
     "3 calc exprs=[$0, $4] <- 2 [I]\n"
     "4 collect <- 3 [I]\n"
     "(EXPR$0 INT)\n"
     "0 scan gen [I]\n"
     "1 watermark $1=$1 <- 0 [I]\n"
     "2 over keys=[] order=$1 RANGE UNBOUNDED calls=[MAX($0)] <- 1 [I] path=collect.over\n"
     "3 calc exprs=[$2] <- 2 [I]\n"
     "4 collect <- 3 [I]\n"
     "(EXPR$0 BIGINT NOT NULL)\n"
     "0 scan gen [I]\n"
     "1 watermark $1=$1 <- 0 [I]\n"
     "2 calc exprs=[$0] <- 1 [I]\n"
     "3 over keys=[$0] order=$0 ROWS UNBOUNDED calls=[ROW_NUMBER(*)] <- 2 [I] path=collect.over\n"
     "4 calc exprs=[$1] <- 3 [I]\n"
     "5 collect <- 4 [I]\n"},
    {"lag with offset and default", "",
     "SELECT LAG(v, 2, -1) OVER (PARTITION BY k ORDER BY ts) FROM gen",
     "(EXPR$0 INT)\n"
     "0 scan gen [I]\n"
     "1 watermark $2=$2 <- 0 [I]\n"
     "2 calc exprs=[$0, $1, $2, -1] <- 1 [I]\n"
     "3 over keys=[$0] order=$2 RANGE UNBOUNDED calls=[LAG($1)] <- 2 [I] path=collect.over\n"
     "4 calc exprs=[$4] <- 3 [I]\n"
     "5 collect <- 4 [I]\n"},
    {"over an aggregate", "",
     "SELECT k, SUM(SUM(v)) OVER (PARTITION BY k ORDER BY window_time ROWS 2 PRECEDING) FROM TUMBLE(TABLE gen, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY k, window_start, window_end, window_time",
     "(k STRING, EXPR$1 INT)\n"
     "0 scan gen [I]\n"
     "1 watermark $2=$2 <- 0 [I]\n"
     "2 window-aggregate TUMBLE($2, 10000000 us) keys=[$0] calls=[SUM($1)] <- 1 [I] path=collect.over.agg\n"
     "3 calc exprs=[$0, $4, $1] <- 2 [I]\n"
     "4 over keys=[$0] order=$1 ROWS 2 calls=[SUM($2)] <- 3 [I] path=collect.over\n"
     "5 calc exprs=[$0, $3] <- 4 [I]\n"
     "6 collect <- 5 [I]\n"},
    {"bounded input may be ordered by anything", "",
     "SELECT id, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v) FROM ev",
     "(id INT, EXPR$1 BIGINT NOT NULL)\n"
     "0 scan ev [I]\n"
     "1 watermark $3=$3 - INTERVAL '5.000' SECOND <- 0 [I]\n"
     "2 calc exprs=[$0, $1, $2] <- 1 [I]\n"
     "3 over-whole keys=[$1] order=[$2 NULLS FIRST] ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW calls=[ROW_NUMBER(*)] <- 2 [I] path=collect.over\n"
     "4 calc exprs=[$0, $3] <- 3 [I]\n"
     "5 collect <- 4 [I]\n"},
};
static void test_over(void **state) {
  (void)state;
  run_cases(over_cases, sizeof over_cases / sizeof over_cases[0]);
}

static const plan_case insert_cases[] = {
    {"columns by position, converted", "",
     "INSERT INTO app SELECT k, v FROM gen",
     "0 scan gen [I]\n"
     "1 watermark $2=$2 <- 0 [I]\n"
     "2 calc exprs=[$0, CAST($1 AS BIGINT)] <- 1 [I]\n"
     "3 sink app <- 2 [I]\n"},
    {"column list: the rest is NULL", "",
     "INSERT INTO app (c) VALUES (1), (2 + 3)",
     "0 values 2 rows [I]\n"
     "1 sink app <- 0 [I]\n"},
    {"metadata columns get the connector's type", "",
     "INSERT INTO kf (id, t) SELECT id, ts FROM gen",
     "0 scan gen [I]\n"
     "1 watermark $1=$1 <- 0 [I]\n"
     "2 calc exprs=[$0, CAST($1 AS TIMESTAMP_LTZ(3)), NULL] <- 1 [I]\n"
     "3 sink kf <- 2 [I]\n"},
    {"upsert sink needs no -U", "",
     "INSERT INTO lite SELECT k, COUNT(*) FROM gen GROUP BY k",
     "0 scan gen [I]\n"
     "1 watermark $1=$1 <- 0 [I]\n"
     "2 group-aggregate keys=[$0] calls=[COUNT(*)] <- 1 [IA] path=sink.0.agg\n"
     "3 sink lite keys=[$0] <- 2 [IA]\n"},
    {"a filter over updates needs -U", "",
     "INSERT INTO lite SELECT k, COUNT(*) FROM gen GROUP BY k HAVING COUNT(*) < 5",
     "0 scan gen [I]\n"
     "1 watermark $1=$1 <- 0 [I]\n"
     "2 group-aggregate keys=[$0] calls=[COUNT(*)] -U <- 1 [IBA] path=sink.0.agg\n"
     "3 calc filter=$1 < 5 <- 2 [IBA]\n"
     "4 sink lite keys=[$0] <- 3 [IBA]\n"},
    {"a sink without key shows every change", "",
     "INSERT INTO hole SELECT k, COUNT(*) FROM gen GROUP BY k",
     "0 scan gen [I]\n"
     "1 watermark $1=$1 <- 0 [I]\n"
     "2 group-aggregate keys=[$0] calls=[COUNT(*)] -U <- 1 [IBA] path=sink.0.agg\n"
     "3 sink hole <- 2 [IBA]\n"},
    {"bounded updates fit an append sink", "",
     "INSERT INTO app SELECT k, COUNT(*) FROM ev GROUP BY k",
     "0 scan ev [I]\n"
     "1 watermark $1=$1 - INTERVAL '5.000' SECOND <- 0 [I]\n"
     "2 group-aggregate keys=[$0] calls=[COUNT(*)] fold <- 1 [I] path=sink.0.agg\n"
     "3 sink app <- 2 [I]\n"},
    {"one row under a constant key", "",
     "INSERT INTO lite SELECT 'all', COUNT(*) FROM gen",
     "0 scan gen [I]\n"
     "1 watermark $0=$0 <- 0 [I]\n"
     "2 group-aggregate keys=[] calls=[COUNT(*)] <- 1 [IA] path=sink.0.agg\n"
     "3 calc exprs=['all', $0] <- 2 [IA]\n"
     "4 sink lite keys=[$0] <- 3 [IA]\n"},
    {"a statement set reads a table once", "",
     "EXECUTE STATEMENT SET BEGIN INSERT INTO app SELECT k, v FROM gen WHERE v > 3; INSERT INTO lite SELECT k, COUNT(*) FROM gen GROUP BY k; END",
     "0 scan gen [I]\n"
     "1 watermark $2=$2 <- 0 [I]\n"
     "2 calc filter=$1 > 3 exprs=[$0, CAST($1 AS BIGINT)] <- 1 [I]\n"
     "3 sink app <- 2 [I]\n"
     "4 group-aggregate keys=[$0] calls=[COUNT(*)] <- 1 [IA] path=sink.1.agg\n"
     "5 sink lite keys=[$0] <- 4 [IA]\n"},
};
static void test_insert(void **state) {
  (void)state;
  run_cases(insert_cases, sizeof insert_cases / sizeof insert_cases[0]);
}

static const plan_case parallel_cases[] = {
    {"keyed operators get their keys", "p",
     "INSERT INTO lite SELECT k, COUNT(*) FROM gen GROUP BY k",
     "0 scan gen [I] x2\n"
     "1 watermark $1=$1 <- 0 [I] x2\n"
     "2 exchange hash=[$0] <- 1 [I] x2\n"
     "3 group-aggregate keys=[$0] calls=[COUNT(*)] <- 2 [IA] x2 path=sink.0.agg\n"
     "4 exchange hash=[$0] <- 3 [IA] x2\n"
     "5 sink lite keys=[$0] <- 4 [IA] x2\n"},
    {"global ones get all rows", "p",
     "SELECT COUNT(*) FROM gen",
     "(EXPR$0 BIGINT NOT NULL)\n"
     "0 scan gen [I] x2\n"
     "1 watermark $0=$0 <- 0 [I] x2\n"
     "2 exchange gather <- 1 [I]\n"
     "3 group-aggregate keys=[] calls=[COUNT(*)] <- 2 [IA] path=collect.agg\n"
     "4 collect <- 3 [IA]\n"},
    {"order and limit gather", "p",
     "SELECT id FROM gen ORDER BY ts LIMIT 1",
     "(id BIGINT)\n"
     "0 scan gen [I] x2\n"
     "1 watermark $1=$1 <- 0 [I] x2\n"
     "2 exchange gather <- 1 [I]\n"
     "3 sort temporal [$1 NULLS FIRST] <- 2 [I] path=collect.sort\n"
     "4 limit 1 offset 0 stops <- 3 [I] path=collect.sort.limit\n"
     "5 calc exprs=[$0] <- 4 [I]\n"
     "6 collect <- 5 [I]\n"},
    {"windows by key; constant rows have one task", "p",
     "SELECT k, COUNT(*) FROM TUMBLE(TABLE gen, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY k, window_start, window_end UNION ALL SELECT 'x', 1",
     "(k STRING, EXPR$1 BIGINT NOT NULL)\n"
     "0 scan gen [I] x2\n"
     "1 watermark $1=$1 <- 0 [I] x2\n"
     "2 exchange hash=[$0] <- 1 [I] x2\n"
     "3 window-aggregate TUMBLE($1, 10000000 us) keys=[$0] calls=[COUNT(*)] <- 2 [I] x2 path=collect.union0.agg\n"
     "4 calc exprs=[$0, $1] <- 3 [I] x2\n"
     "5 values 1 rows [I]\n"
     "6 exchange gather <- 4 [I]\n"
     "7 union <- 6 5 [I]\n"
     "8 collect <- 7 [I]\n"},
};
static void test_parallel(void **state) {
  (void)state;
  run_cases(parallel_cases, sizeof parallel_cases / sizeof parallel_cases[0]);
}

static const plan_case join_cases[] = {
    {"outer join on a stream", "",
     "SELECT a.id, b.v FROM gen a LEFT JOIN gen b ON a.id = b.id AND a.v > b.v",
     "(id BIGINT, v INT)\n"
     "0 scan gen [I]\n"
     "1 watermark $2=$2 <- 0 [I]\n"
     "2 calc exprs=[$0, $1] <- 1 [I]\n"
     "3 calc exprs=[$0, $1] <- 1 [I]\n"
     "4 join LeftOuterJoin left=[$0] right=[$0] condition=$1 > $3 <- 2 3 [ID] path=collect.join\n"
     "5 calc exprs=[$0, $3] <- 4 [ID]\n"
     "6 collect <- 5 [ID]\n"},
    {"conditions move into an inner join and below it", "",
     "SELECT a.id, b.v FROM gen a, gen b WHERE a.k = b.k AND a.v + 1 = b.v AND a.id > 3 AND b.v < 9",
     "(id BIGINT, v INT)\n"
     "0 scan gen [I]\n"
     "1 watermark $3=$3 <- 0 [I]\n"
     "2 calc filter=$0 > 3 exprs=[$0, $1, $2 + 1] <- 1 [I]\n"
     "3 calc filter=$2 < 9 exprs=[$1, $2] <- 1 [I]\n"
     "4 join InnerJoin left=[$1, $2] right=[$0, $1] <- 2 3 [I] path=collect.join\n"
     "5 calc exprs=[$0, $4] <- 4 [I]\n"
     "6 collect <- 5 [I]\n"},
    {"an outer join keeps what it must", "",
     "SELECT a.id FROM gen a LEFT JOIN gen b ON a.k = b.k AND a.v > 1 AND b.v > 2 WHERE a.id > 3 AND b.id IS NULL",
     "(id BIGINT)\n"
     "0 scan gen [I]\n"
     "1 watermark $3=$3 <- 0 [I]\n"
     "2 calc filter=$0 > 3 exprs=[$0, $1, $2] <- 1 [I]\n"
     "3 calc filter=$2 > 2 exprs=[$0, $1] <- 1 [I]\n"
     "4 join LeftOuterJoin left=[$1] right=[$1] condition=$2 > 1 <- 2 3 [ID] path=collect.join\n"
     "5 calc filter=$3 IS NULL exprs=[$0] <- 4 [ID]\n"
     "6 collect <- 5 [ID]\n"},
    {"no key: every row meets every row", "p",
     "SELECT a.id FROM gen a CROSS JOIN gen b",
     "(id BIGINT)\n"
     "0 scan gen [I] x2\n"
     "1 watermark $1=$1 <- 0 [I] x2\n"
     "2 calc exprs=[$0] <- 1 [I] x2\n"
     "3 calc exprs=[$0] <- 1 [I] x2\n"
     "4 exchange gather <- 2 [I]\n"
     "5 exchange gather <- 3 [I]\n"
     "6 join InnerJoin left=[] right=[] <- 4 5 [I] path=collect.join\n"
     "7 calc exprs=[$0] <- 6 [I]\n"
     "8 collect <- 7 [I]\n"},
    {"both inputs by key", "p",
     "SELECT a.id, x.c FROM gen a JOIN (VALUES ('x', 1)) AS x(k, c) ON a.k = x.k",
     "(id BIGINT, c INT NOT NULL)\n"
     "0 scan gen [I] x2\n"
     "1 watermark $2=$2 <- 0 [I] x2\n"
     "2 calc exprs=[$0, $1] <- 1 [I] x2\n"
     "3 values 1 rows [I]\n"
     "4 exchange hash=[$1] <- 2 [I] x2\n"
     "5 exchange hash=[$0] <- 3 [I] x2\n"
     "6 join InnerJoin left=[$1] right=[$0] <- 4 5 [I] x2 path=collect.join\n"
     "7 calc exprs=[$0, $3] <- 6 [I] x2\n"
     "8 exchange gather <- 7 [I]\n"
     "9 collect <- 8 [I]\n"},
    {"bounded input: outer joins fold", "b",
     "SELECT a.id, b.n FROM ev a LEFT JOIN (SELECT k, COUNT(*) AS n FROM ev GROUP BY k) b USING (k)",
     "(id INT, n BIGINT)\n"
     "0 scan ev [I]\n"
     "1 watermark $2=$2 - INTERVAL '5.000' SECOND <- 0 [I]\n"
     "2 calc exprs=[$0, $1] <- 1 [I]\n"
     "3 group-aggregate keys=[$1] calls=[COUNT(*)] fold <- 1 [I] path=collect.join.right.agg\n"
     "4 join LeftOuterJoin left=[$1] right=[$0] fold <- 2 3 [I] path=collect.join\n"
     "5 calc exprs=[$0, $3] <- 4 [I]\n"
     "6 collect <- 5 [I]\n"},
    {"the key of a join", "",
     "SELECT a.k, a.n, b.m FROM (SELECT k, COUNT(*) AS n FROM gen GROUP BY k) a JOIN (SELECT k, COUNT(*) AS m FROM gen GROUP BY k) b ON a.k = b.k",
     "(k STRING, n BIGINT NOT NULL, m BIGINT NOT NULL)\n"
     "0 scan gen [I]\n"
     "1 watermark $1=$1 <- 0 [I]\n"
     "2 group-aggregate keys=[$0] calls=[COUNT(*)] -U <- 1 [IBA] path=collect.join.left.agg\n"
     "3 group-aggregate keys=[$0] calls=[COUNT(*)] -U <- 1 [IBA] path=collect.join.right.agg\n"
     "4 join InnerJoin left=[$0] right=[$0] <- 2 3 [IBA] path=collect.join\n"
     "5 calc exprs=[$0, $1, $3] <- 4 [IBA]\n"
     "6 collect keys=[$0] <- 5 [IBA]\n"},
    {"state grows", "w",
     "SELECT a.id FROM gen a JOIN gen b ON a.id = b.id",
     "(id BIGINT)\n"
     "0 scan gen [I]\n"
     "1 watermark $1=$1 <- 0 [I]\n"
     "2 calc exprs=[$0] <- 1 [I]\n"
     "3 calc exprs=[$0] <- 1 [I]\n"
     "4 join InnerJoin left=[$0] right=[$0] <- 2 3 [I] path=collect.join\n"
     "5 calc exprs=[$0] <- 4 [I]\n"
     "6 collect <- 5 [I]\n"
     "warning[W2101]: JOIN keeps every row of both inputs for ever\n"
     " line 1:29  SELECT a.id FROM gen a JOIN gen b ON a.id = b.id\n"
     "                                        ^~~~~~~~~~~~~~~~~~~~\n"
     "   hint: aggregate by a window before the join, or SET 'table.exec.state.ttl' = '1 d', to keep fewer rows\n"},
    {"explain", "",
     "EXPLAIN CHANGELOG_MODE SELECT a.id, b.v FROM gen a FULL JOIN gen b ON a.id = b.id AND a.k IS NOT DISTINCT FROM b.k AND a.v < b.v",
     "== Abstract Syntax Tree ==\n"
     "LogicalProject(id=[id], v=[v0])\n"
     "+- LogicalJoin(condition=[(id = id0) AND (k IS NOT DISTINCT FROM k0) AND (v < v0)], joinType=[full])\n"
     "   :- LogicalScan(table=[gen])\n"
     "   +- LogicalScan(table=[gen])\n"
     "\n"
     "== Optimized Physical Plan ==\n"
     "Calc(select=[id, v0 AS v], changelogMode=[I,D])\n"
     "+- Join(joinType=[FullOuterJoin], where=[((id = id0) AND (k IS NOT DISTINCT FROM k0) AND v < v0)], select=[id, k, v, id0, k0, v0], changelogMode=[I,D])\n"
     "   :- Calc(select=[id, k, v], changelogMode=[I])\n"
     "   :  +- WatermarkAssigner(rowtime=[ts], watermark=[ts], emit=[every 200 ms], changelogMode=[I])\n"
     "   :     +- TableSourceScan(table=[[default_catalog, default_database, gen]], fields=[id, k, v, ts], connector=[datagen], changelogMode=[I])\n"
     "   +- Calc(select=[id, k, v], changelogMode=[I])\n"
     "      +- WatermarkAssigner(rowtime=[ts], watermark=[ts], emit=[every 200 ms], changelogMode=[I])\n"
     "         +- TableSourceScan(table=[[default_catalog, default_database, gen]], fields=[id, k, v, ts], connector=[datagen], changelogMode=[I])\n"
     "\n"
     "== Optimized Execution Plan ==\n"
     "Calc(select=[id, v0 AS v])\n"
     "+- Join(joinType=[FullOuterJoin], where=[((id = id0) AND (k IS NOT DISTINCT FROM k0) AND v < v0)], select=[id, k, v, id0, k0, v0])\n"
     "   :- Calc(select=[id, k, v])\n"
     "   :  +- WatermarkAssigner(rowtime=[ts], watermark=[ts], emit=[every 200 ms])(reuse_id=[1])\n"
     "   :     +- TableSourceScan(table=[[default_catalog, default_database, gen]], fields=[id, k, v, ts], connector=[datagen])\n"
     "   +- Calc(select=[id, k, v])\n"
     "      +- Reused(reference_id=[1])\n"},
};
static void test_joins(void **state) {
  (void)state;
  run_cases(join_cases, sizeof join_cases / sizeof join_cases[0]);
}

static const plan_case names_cases[] = {
    {"table", "",
     "SELECT * FROM evs",
     "error[RN2003]: table \"evs\" not found\n"
     " line 1:15  SELECT * FROM evs\n"
     "                          ^~~\n"
     "   hint: did you mean \"ev\"?\n"},
    {"columns: all of them", "",
     "SELECT prce, usr FROM gen",
     "error[RN2004]: column \"prce\" not found\n"
     " line 1:8   SELECT prce, usr FROM gen\n"
     "                   ^~~~\n"
     "   hint: columns of gen: id, k, v, ts, lt, p\n"
     "error[RN2004]: column \"usr\" not found\n"
     " line 1:14  SELECT prce, usr FROM gen\n"
     "                         ^~~\n"
     "   hint: columns of gen: id, k, v, ts, lt, p\n"},
    {"star of no table", "",
     "SELECT x.* FROM gen",
     "error[RN2003]: FROM has no table \"x\"\n"
     " line 1:8   SELECT x.* FROM gen\n"
     "                   ^\n"},
    {"alias in GROUP BY", "",
     "SELECT k AS x, COUNT(*) FROM gen GROUP BY x",
     "error[RN2004]: column \"x\" not found\n"
     " line 1:43  SELECT k AS x, COUNT(*) FROM gen GROUP BY x\n"
     "                                                      ^\n"
     "   hint: GROUP BY cannot use aliases of the select list: repeat the expression\n"},
    {"position in GROUP BY", "",
     "SELECT k FROM gen GROUP BY 1",
     "error[RN2201]: GROUP BY takes expressions, not positions of the select list\n"
     " line 1:28  SELECT k FROM gen GROUP BY 1\n"
     "                                       ^\n"},
    {"ordinal of ORDER BY", "",
     "SELECT id FROM ev ORDER BY 2",
     "error[RN2004]: ORDER BY 2: the select list has 1 column\n"
     " line 1:28  SELECT id FROM ev ORDER BY 2\n"
     "                                       ^\n"},
    {"window name", "",
     "SELECT SUM(v) OVER win FROM gen WINDOW w1 AS (ORDER BY ts)",
     "error[RN2009]: the WINDOW clause defines no window \"win\"\n"
     " line 1:20  SELECT SUM(v) OVER win FROM gen WINDOW w1 AS (ORDER BY ts)\n"
     "                               ^~~\n"},
    {"WITH twice", "",
     "WITH a AS (SELECT 1), a AS (SELECT 2) SELECT * FROM a",
     "error[RN2007]: WITH defines \"a\" twice\n"
     " line 1:23  WITH a AS (SELECT 1), a AS (SELECT 2) SELECT * FROM a\n"
     "                                  ^\n"},
};
static void test_names(void **state) {
  (void)state;
  run_cases(names_cases, sizeof names_cases / sizeof names_cases[0]);
}

static const plan_case grouping_errors_cases[] = {
    {"not grouped", "",
     "SELECT k, SUM(v), v FROM gen GROUP BY k",
     "error[RN2201]: column \"v\" is neither a GROUP BY key nor inside an aggregate\n"
     " line 1:19  SELECT k, SUM(v), v FROM gen GROUP BY k\n"
     "                              ^\n"
     "   hint: add it to GROUP BY, or say which value of the group with MIN, MAX, FIRST_VALUE ..\n"},
    {"no group at all", "",
     "SELECT id, COUNT(*) FROM gen",
     "error[RN2201]: column \"id\" is neither a GROUP BY key nor inside an aggregate\n"
     " line 1:8   SELECT id, COUNT(*) FROM gen\n"
     "                   ^~\n"
     "   hint: without GROUP BY all rows are one group\n"},
    {"aggregate in WHERE", "",
     "SELECT SUM(v) FROM gen WHERE SUM(v) > 3",
     "error[RN2202]: aggregate SUM is not allowed in WHERE\n"
     " line 1:30  SELECT SUM(v) FROM gen WHERE SUM(v) > 3\n"
     "                                         ^~~~~~\n"
     "   hint: conditions on aggregates go to HAVING\n"},
    {"aggregate in an aggregate", "",
     "SELECT SUM(COUNT(*)) FROM gen",
     "error[RN2202]: aggregate COUNT cannot stand inside SUM\n"
     " line 1:12  SELECT SUM(COUNT(*)) FROM gen\n"
     "                       ^~~~~~~~\n"
     "   hint: compute one in a sub-query\n"},
    {"helper without its window", "",
     "SELECT TUMBLE_END(ts, INTERVAL '1' HOUR) FROM gen GROUP BY TUMBLE(ts, INTERVAL '1' MINUTE)",
     "error[RN2203]: TUMBLE_END needs TUMBLE(..) with the same arguments in GROUP BY\n"
     " line 1:8   SELECT TUMBLE_END(ts, INTERVAL '1' HOUR) FROM gen GROUP BY TUMBLE(ts, INTERVAL '1' MINUTE)\n"
     "                   ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~\n"},
    {"grouping sets", "",
     "SELECT k, COUNT(*) FROM gen GROUP BY ROLLUP (CUBE (k))",
     "error[RN2201]: ROLLUP takes expressions and lists of them\n"
     " line 1:46  SELECT k, COUNT(*) FROM gen GROUP BY ROLLUP (CUBE (k))\n"
     "                                                         ^~~~~~~~\n"
     "   hint: write GROUPING SETS (..) around both\n"},
};
static void test_grouping_errors(void **state) {
  (void)state;
  run_cases(grouping_errors_cases, sizeof grouping_errors_cases / sizeof grouping_errors_cases[0]);
}

static const plan_case window_errors_cases[] = {
    {"not a time attribute", "",
     "SELECT * FROM TUMBLE(TABLE gen, DESCRIPTOR(v), INTERVAL '1' SECOND)",
     "error[RN2205]: a window needs a time attribute, but \"v\" is INT\n"
     " line 1:44  SELECT * FROM TUMBLE(TABLE gen, DESCRIPTOR(v), INTERVAL '1' SECOND)\n"
     "                                                       ^\n"
     "   hint: a time attribute is a column with a WATERMARK, or PROCTIME()\n"},
    {"lost by an expression", "",
     "SELECT COUNT(*) FROM TUMBLE((SELECT ts + INTERVAL '0' SECOND AS ts FROM gen), DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end",
     "error[RN2205]: a window needs a time attribute, but \"ts\" is TIMESTAMP(3)\n"
     " line 1:90  …D AS ts FROM gen), DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end\n"
     "                                           ^~\n"
     "   hint: an event time column has a WATERMARK in its table and is passed on as it is: expressions and CAST make it a plain timestamp\n"},
    {"size zero", "",
     "SELECT * FROM TUMBLE(TABLE gen, DESCRIPTOR(ts), INTERVAL '0' SECOND)",
     "error[RN2203]: TUMBLE needs a size of at least a millisecond, got 0 ms\n"
     " line 1:49  SELECT * FROM TUMBLE(TABLE gen, DESCRIPTOR(ts), INTERVAL '0' SECOND)\n"
     "                                                            ^~~~~~~~~~~~~~~~~~~\n"},
    {"hop not a multiple", "",
     "SELECT COUNT(*) FROM HOP(TABLE gen, DESCRIPTOR(ts), INTERVAL '4' SECOND, INTERVAL '10' SECOND) GROUP BY window_start, window_end",
     "error[RN2203]: HOP table function based aggregate requires size to be an integral multiple of slide, but got size 10000 ms and slide 4000 ms\n"
     " line 1:22  SELECT COUNT(*) FROM HOP(TABLE gen, DESCRIPTOR(ts), INTERVAL '4' SECOND, INTERVAL '10' SECOND) GROUP…\n"
     "                                 ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~\n"},
    {"offset too large", "",
     "SELECT * FROM TUMBLE(TABLE gen, DESCRIPTOR(ts), INTERVAL '4' SECOND, INTERVAL '10' SECOND)",
     "error[RN2203]: TUMBLE needs an offset smaller than its size, got size 4000 ms and offset 10000 ms\n"
     " line 1:49  SELECT * FROM TUMBLE(TABLE gen, DESCRIPTOR(ts), INTERVAL '4' SECOND, INTERVAL '10' SECOND)\n"
     "                                                            ^~~~~~~~~~~~~~~~~~~\n"},
    {"argument name", "",
     "SELECT * FROM TUMBLE(DATA => TABLE gen, TIMECOL => DESCRIPTOR(ts), SIZ => INTERVAL '4' SECOND)",
     "error[RN2102]: TUMBLE has no argument \"SIZ\": it takes DATA, TIMECOL, SIZE, OFFSET\n"
     " line 1:68  SELECT * FROM TUMBLE(DATA => TABLE gen, TIMECOL => DESCRIPTOR(ts), SIZ => INTERVAL '4' SECOND)\n"
     "                                                                               ^~~\n"},
    {"too few arguments", "",
     "SELECT * FROM HOP(TABLE gen, DESCRIPTOR(ts), INTERVAL '4' SECOND)",
     "error[RN2102]: HOP takes (TABLE t, DESCRIPTOR(ts), slide, size [, offset])\n"
     " line 1:15  SELECT * FROM HOP(TABLE gen, DESCRIPTOR(ts), INTERVAL '4' SECOND)\n"
     "                          ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~\n"},
    {"window columns are there already", "",
     "SELECT * FROM TUMBLE((SELECT ts, 1 AS window_end FROM gen), DESCRIPTOR(ts), INTERVAL '4' SECOND)",
     "error[RN2005]: * has two columns \"window_end\": the window's, and one of its input\n"
     " line 1:8   SELECT * FROM TUMBLE((SELECT ts, 1 AS window_end FROM gen), DESCRIPTOR(ts), INTERVAL '4' SECOND)\n"
     "                   ^\n"
     "   hint: rename it in a sub-query below the window\n"},
    {"session without gap", "",
     "SELECT * FROM SESSION(TABLE gen, DESCRIPTOR(ts))",
     "error[RN2102]: SESSION takes (TABLE t [PARTITION BY k], DESCRIPTOR(ts), gap)\n"
     " line 1:15  SELECT * FROM SESSION(TABLE gen, DESCRIPTOR(ts))\n"
     "                          ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~\n"},
    {"different OVER windows", "",
     "SELECT COUNT(*) OVER (PARTITION BY k ORDER BY ts), COUNT(*) OVER (ORDER BY ts) FROM gen",
     "(EXPR$0 BIGINT NOT NULL, EXPR$1 BIGINT NOT NULL)\n"
     "0 scan gen [I]\n"
     "1 watermark $1=$1 <- 0 [I]\n"
     "2 over keys=[$0] order=$1 RANGE UNBOUNDED calls=[COUNT(*)] <- 1 [I] path=collect.over.over\n"
     "3 calc exprs=[$1, $2] <- 2 [I]\n"
     "4 over keys=[] order=$0 RANGE UNBOUNDED calls=[COUNT(*)] <- 3 [I] path=collect.over\n"
     "5 calc exprs=[$1, $2] <- 4 [I]\n"
     "6 collect <- 5 [I]\n"},
    {"OVER on something else than time", "",
     "SELECT COUNT(*) OVER (ORDER BY v) FROM gen",
     "(EXPR$0 BIGINT NOT NULL)\n"
     "0 scan gen [I]\n"
     "1 watermark $1=$1 <- 0 [I]\n"
     "2 calc exprs=[$0] <- 1 [I]\n"
     "3 over-whole keys=[] order=[$0 NULLS FIRST] RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW calls=[COUNT(*)] changes -U <- 2 [IBA] path=collect.over\n"
     "4 calc exprs=[$1] <- 3 [IBA]\n"
     "5 collect <- 4 [IBA]\n"},
    {"OVER without order", "",
     "SELECT COUNT(*) OVER (PARTITION BY k) FROM gen",
     "error[RN2204]: OVER on a stream needs an ORDER BY\n"
     " line 1:22  SELECT COUNT(*) OVER (PARTITION BY k) FROM gen\n"
     "                                 ^~~~~~~~~~~~~~~~\n"
     "   hint: add ORDER BY with the event-time column or a PROCTIME() column\n"},
    {"OVER descending", "",
     "SELECT COUNT(*) OVER (ORDER BY ts DESC) FROM gen",
     "error[RN2204]: OVER is ordered ascending on streams: the latest row comes last\n"
     " line 1:32  SELECT COUNT(*) OVER (ORDER BY ts DESC) FROM gen\n"
     "                                           ^~\n"
     "   hint: ROW_NUMBER() OVER (..) alone with a filter that ends, such as rn <= 10, is a Top-N, in any order; or bound the input\n"},
    {"OVER into the future", "",
     "SELECT COUNT(*) OVER (ORDER BY ts ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) FROM gen",
     "error[RN2204]: a frame ends at CURRENT ROW on streams: later rows are not there yet\n"
     " line 1:35  SELECT COUNT(*) OVER (ORDER BY ts ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) FROM gen\n"
     "                                              ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~\n"
     "   hint: it works on bounded input\n"},
};
static void test_window_errors(void **state) {
  (void)state;
  run_cases(window_errors_cases, sizeof window_errors_cases / sizeof window_errors_cases[0]);
}

static const plan_case changelog_errors_cases[] = {
    {"append sink", "",
     "INSERT INTO app SELECT k, COUNT(*) FROM gen GROUP BY k",
     "error[RN2301]: table \"app\" takes inserts only, but GROUP BY updates its rows\n"
     " line 1:45  INSERT INTO app SELECT k, COUNT(*) FROM gen GROUP BY k\n"
     "                                                        ^~~~~~~~~~\n"
     "   hint: group by a window (TUMBLE, HOP) to get final rows, or write to a table without WITH: it lies in the database file and takes updates\n"},
    {"append sink, no key to offer", "",
     "INSERT INTO app SELECT 'x', COUNT(*) FROM gen",
     "error[RN2301]: table \"app\" takes inserts only, but an aggregate without GROUP BY updates its rows\n"
     " line 1:17  INSERT INTO app SELECT 'x', COUNT(*) FROM gen\n"
     "                            ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~\n"
     "   hint: group by a window (TUMBLE, HOP) to get final rows, or write to a table without WITH: it lies in the database file and takes updates\n"},
    {"sink key", "",
     "INSERT INTO byc SELECT COUNT(*), k FROM gen GROUP BY k",
     "error[RN2303]: the PRIMARY KEY of table \"byc\" is (c), but the query updates its rows by (k)\n"
     " line 1:45  INSERT INTO byc SELECT COUNT(*), k FROM gen GROUP BY k\n"
     "                                                        ^~~~~~~~~~\n"
     "   hint: declare the key by which the query updates, aggregate by the sink's key, or say which row counts: ON CONFLICT DO DEDUPLICATE (the last), NOTHING (the first) or ERROR\n"},
    {"operator over updates", "",
     "SELECT MAX(c) FROM (SELECT k, COUNT(*) AS c FROM gen GROUP BY k)",
     "error[RN2301]: an aggregate takes inserts only, but GROUP BY updates its rows\n"
     " line 1:54  SELECT MAX(c) FROM (SELECT k, COUNT(*) AS c FROM gen GROUP BY k)\n"
     "                                                                 ^~~~~~~~~~\n"
     "   hint: operators on updated rows do not exist yet for unbounded input: aggregate by a window first\n"},
    {"limit over updates", "",
     "SELECT k, COUNT(*) FROM gen GROUP BY k LIMIT 1",
     "error[RN2301]: LIMIT takes inserts only, but GROUP BY updates its rows\n"
     " line 1:29  SELECT k, COUNT(*) FROM gen GROUP BY k LIMIT 1\n"
     "                                        ^~~~~~~~~~\n"
     "   hint: operators on updated rows do not exist yet for unbounded input: aggregate by a window first\n"},
    {"sort on a stream", "",
     "SELECT id FROM gen ORDER BY v",
     "error[RN2302]: sort on a non-time-attribute field is not supported on streams: \"v\" is INT\n"
     " line 1:20  SELECT id FROM gen ORDER BY v\n"
     "                               ^~~~~~~~~~\n"
     "   hint: the first column of ORDER BY must be the event-time column, ascending: a stream has no end at which to sort\n"},
    {"sort descending by time", "",
     "SELECT id FROM gen ORDER BY ts DESC",
     "error[RN2302]: a stream cannot be sorted by descending time\n"
     " line 1:20  SELECT id FROM gen ORDER BY ts DESC\n"
     "                               ^~~~~~~~~~~\n"
     "   hint: the first column of ORDER BY must be the event-time column, ascending: a stream has no end at which to sort\n"},
    {"top-n", "",
     "SELECT id FROM gen ORDER BY v LIMIT 3",
     "(id BIGINT)\n"
     "0 scan gen [I]\n"
     "1 watermark $2=$2 <- 0 [I]\n"
     "2 calc exprs=[$0, $1] <- 1 [I]\n"
     "3 rank keys=[] order=[$1 NULLS FIRST] 1..3 changes <- 2 [ID] path=collect.sort\n"
     "4 calc exprs=[$0] <- 3 [ID]\n"
     "5 collect <- 4 [ID]\n"},
    {"state grows", "w",
     "SELECT k, COUNT(*) FROM gen GROUP BY k",
     "(k STRING, EXPR$1 BIGINT NOT NULL)\n"
     "0 scan gen [I]\n"
     "1 watermark $1=$1 <- 0 [I]\n"
     "2 group-aggregate keys=[$0] calls=[COUNT(*)] <- 1 [IA] path=collect.agg\n"
     "3 collect keys=[$0] <- 2 [IA]\n"
     "warning[W2101]: GROUP BY keeps a row for every key for ever\n"
     " line 1:29  SELECT k, COUNT(*) FROM gen GROUP BY k\n"
     "                                        ^~~~~~~~~~\n"
     "   hint: add a window, or SET 'table.exec.state.ttl' = '1 d', where old keys need not be kept\n"},
    {"batch mode wants bounded input", "b",
     "SELECT id FROM gen",
     "error[RN2302]: table \"gen\" is unbounded, and execution.runtime-mode is BATCH\n"
     " line 1:16  SELECT id FROM gen\n"
     "                           ^~~\n"
     "   hint: SET 'execution.runtime-mode' = 'streaming'; or bound the table with a scan option\n"},
};
static void test_changelog_errors(void **state) {
  (void)state;
  run_cases(changelog_errors_cases, sizeof changelog_errors_cases / sizeof changelog_errors_cases[0]);
}

static const plan_case unsupported_cases[] = {
    {"qualify", "",
     "SELECT id FROM gen QUALIFY ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts) = 1",
     "(id BIGINT)\n"
     "0 scan gen [I]\n"
     "1 watermark $2=$2 <- 0 [I]\n"
     "2 rank keys=[$1] order=[$2 NULLS FIRST] 1..1 first <- 1 [I] path=collect.over\n"
     "3 calc exprs=[$0] <- 2 [I]\n"
     "4 collect <- 3 [I]\n"},
};
static void test_unsupported(void **state) {
  (void)state;
  run_cases(unsupported_cases, sizeof unsupported_cases / sizeof unsupported_cases[0]);
}

static const plan_case unnest_cases[] = {
    {"unnest", "",
     "SELECT * FROM UNNEST(ARRAY[1, 2])",
     "(EXPR$0 INT NOT NULL)\n"
     "0 values 1 rows [I]\n"
     "1 unnest $0 <- 0 [I]\n"
     "2 calc exprs=[$1] <- 1 [I]\n"
     "3 collect <- 2 [I]\n"},
    {"unnest below a window", "",
     "SELECT window_start, y, COUNT(*) AS c FROM TUMBLE(TABLE kf, DESCRIPTOR(t), INTERVAL '1' MINUTE) CROSS JOIN UNNEST(ARRAY[id]) AS u(y) WHERE y > 1 AND id > 2 GROUP BY window_start, window_end, y",
     "(window_start TIMESTAMP(3) NOT NULL, y BIGINT, c BIGINT NOT NULL)\n"
     "0 scan kf [I]\n"
     "1 calc exprs=[$0, CAST($1 AS TIMESTAMP(3))] <- 0 [I]\n"
     "2 watermark $1=$1 - INTERVAL '60.000' SECOND <- 1 [I]\n"
     "3 calc filter=$0 > 2 exprs=[$1, ARRAY[$0]] <- 2 [I]\n"
     "4 unnest $1 <- 3 [I]\n"
     "5 calc filter=$2 > 1 <- 4 [I]\n"
     "6 window-aggregate TUMBLE($0, 60000000 us) keys=[$2] calls=[COUNT(*)] <- 5 [I] path=collect.agg\n"
     "7 calc exprs=[$2, $0, $1] <- 6 [I]\n"
     "8 collect <- 7 [I]\n"},
};
static void test_unnest(void **state) {
  (void)state;
  run_cases(unnest_cases, sizeof unnest_cases / sizeof unnest_cases[0]);
}


static const plan_case insert_errors_cases[] = {
    {"number of columns", "",
     "INSERT INTO app SELECT k FROM gen",
     "error[RN2104]: table \"app\" wants 2 columns, the query gives 1\n"
     " line 1:17  INSERT INTO app SELECT k FROM gen\n"
     "                            ^~~~~~~~~~~~~~~~~\n"
     "   hint: columns of app: k, c\n"},
    {"type of a column", "",
     "INSERT INTO app SELECT id, k FROM gen",
     "error[RN2104]: column \"k\" of table \"app\" is STRING, the query gives BIGINT\n"
     " line 1:24  INSERT INTO app SELECT id, k FROM gen\n"
     "                                   ^~\n"
     "   hint: convert it: CAST(.. AS STRING)\n"
     "error[RN2104]: column \"c\" of table \"app\" is BIGINT, the query gives STRING\n"
     " line 1:28  INSERT INTO app SELECT id, k FROM gen\n"
     "                                       ^\n"
     "   hint: convert it: CAST(.. AS BIGINT)\n"},
    {"unknown column", "",
     "INSERT INTO app (cc) VALUES (1)",
     "error[RN2004]: table \"app\" has no column \"cc\"\n"
     " line 1:18  INSERT INTO app (cc) VALUES (1)\n"
     "                             ^~\n"},
    {"missing NOT NULL column", "",
     "INSERT INTO app (k) VALUES ('a')",
     "error[RN2104]: column \"c\" of table \"app\" is NOT NULL and gets no value\n"
     " line 1:18  INSERT INTO app (k) VALUES ('a')\n"
     "                             ^\n"},
    {"computed column", "",
     "INSERT INTO kf (id, x) VALUES (1, 2)",
     "error[RN2104]: column \"x\" of table \"kf\" is computed and cannot be written\n"
     " line 1:21  INSERT INTO kf (id, x) VALUES (1, 2)\n"
     "                                ^\n"},
    {"source only", "",
     "INSERT INTO gen SELECT 1",
     "error[RN3011]: table \"gen\" cannot be written: connector datagen is a source only\n"
     " line 1:13  INSERT INTO gen SELECT 1\n"
     "                        ^~~\n"},
    {"sink only", "",
     "SELECT * FROM hole",
     "error[RN3011]: table \"hole\" cannot be read: connector blackhole is a sink only\n"
     " line 1:15  SELECT * FROM hole\n"
     "                          ^~~~\n"},
    {"rows of different width", "",
     "VALUES (1, 2), (3)",
     "error[RN2101]: rows of VALUES differ in width: this one has 1, the first 2\n"
     " line 1:16  VALUES (1, 2), (3)\n"
     "                           ^~~\n"},
    {"union of different width", "",
     "SELECT 1 UNION ALL SELECT 1, 2",
     "error[RN2101]: both sides of UNION need the same number of columns, got 1 and 2\n"
     " line 1:10  SELECT 1 UNION ALL SELECT 1, 2\n"
     "                     ^~~~~\n"},
    {"union of different types", "",
     "SELECT 1 UNION ALL SELECT TIMESTAMP '2024-01-01 00:00:00'",
     "error[RN2101]: column 1 of UNION has no common type: INT and TIMESTAMP(0)\n"
     " line 1:10  SELECT 1 UNION ALL SELECT TIMESTAMP '2024-01-01 00:00:00'\n"
     "                     ^~~~~\n"},
};
static void test_insert_errors(void **state) {
  (void)state;
  run_cases(insert_errors_cases, sizeof insert_errors_cases / sizeof insert_errors_cases[0]);
}

static const plan_case explain_cases[] = {
    {"three sections, changes at every node", "",
     "EXPLAIN CHANGELOG_MODE INSERT INTO lite SELECT k, COUNT(*) FROM gen WHERE v > 3 GROUP BY k",
     "== Abstract Syntax Tree ==\n"
     "LogicalSink(table=[lite], fields=[k, c])\n"
     "+- LogicalProject(k=[k], c=[EXPR$1])\n"
     "   +- LogicalProject(k=[k], EXPR$1=[$a0])\n"
     "      +- LogicalAggregate(group=[k], calls=[COUNT(*)])\n"
     "         +- LogicalProject(k=[k])\n"
     "            +- LogicalFilter(condition=[v > 3])\n"
     "               +- LogicalScan(table=[gen])\n"
     "\n"
     "== Optimized Physical Plan ==\n"
     "Sink(table=[default_catalog.default_database.lite], fields=[k, c], changelogMode=[NONE])\n"
     "+- GroupAggregate(groupBy=[k], select=[k, COUNT(*) AS $a0], changelogMode=[I,UA])\n"
     "   +- Calc(select=[k, v, ts], where=[v > 3], changelogMode=[I])\n"
     "      +- WatermarkAssigner(rowtime=[ts], watermark=[ts], emit=[every 200 ms], changelogMode=[I])\n"
     "         +- TableSourceScan(table=[[default_catalog, default_database, gen]], fields=[k, v, ts], connector=[datagen], changelogMode=[I])\n"
     "\n"
     "== Optimized Execution Plan ==\n"
     "Sink(table=[default_catalog.default_database.lite], fields=[k, c])\n"
     "+- GroupAggregate(groupBy=[k], select=[k, COUNT(*) AS $a0])\n"
     "   +- Calc(select=[k, v, ts], where=[v > 3])\n"
     "      +- WatermarkAssigner(rowtime=[ts], watermark=[ts], emit=[every 200 ms])\n"
     "         +- TableSourceScan(table=[[default_catalog, default_database, gen]], fields=[k, v, ts], connector=[datagen])\n"},
    {"windows tell when they close", "",
     "EXPLAIN SELECT k, SUM(v) AS s FROM TUMBLE(TABLE gen, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY k, window_start, window_end",
     "== Abstract Syntax Tree ==\n"
     "LogicalProject(k=[k], s=[$a0])\n"
     "+- LogicalAggregate(group=[k, window_start, window_end], calls=[SUM($f3)])\n"
     "   +- LogicalProject(k=[k], window_start=[window_start], window_end=[window_end], $f3=[v])\n"
     "      +- LogicalWindow(window=[TUMBLE(ts, 10000 ms)])\n"
     "         +- LogicalScan(table=[gen])\n"
     "\n"
     "== Optimized Physical Plan ==\n"
     "Calc(select=[k, $a0 AS s])\n"
     "+- WindowAggregate(groupBy=[k], window=[TUMBLE(rowtime=[ts], size=[10 s])], select=[k, SUM(v) AS $a0, window_start, window_end, window_time], closes=[watermark at window_end - 1 ms])\n"
     "   +- WatermarkAssigner(rowtime=[ts], watermark=[ts], emit=[every 200 ms])\n"
     "      +- TableSourceScan(table=[[default_catalog, default_database, gen]], fields=[k, v, ts], connector=[datagen])\n"
     "\n"
     "== Optimized Execution Plan ==\n"
     "Calc(select=[k, $a0 AS s])\n"
     "+- WindowAggregate(groupBy=[k], window=[TUMBLE(rowtime=[ts], size=[10 s])], select=[k, SUM(v) AS $a0, window_start, window_end, window_time], closes=[watermark at window_end - 1 ms])\n"
     "   +- WatermarkAssigner(rowtime=[ts], watermark=[ts], emit=[every 200 ms])\n"
     "      +- TableSourceScan(table=[[default_catalog, default_database, gen]], fields=[k, v, ts], connector=[datagen])\n"},
    {"shared parts are marked", "",
     "EXPLAIN STATEMENT SET BEGIN INSERT INTO app SELECT k, v FROM gen; INSERT INTO app /*+ OPTIONS('path' = 'other') */ SELECT k, MAX(v) OVER (PARTITION BY k ORDER BY ts ROWS 9 PRECEDING) FROM gen; END",
     "== Abstract Syntax Tree ==\n"
     "LogicalSink(table=[app], fields=[k, c])\n"
     "+- LogicalProject(k=[k], c=[CAST(v AS BIGINT)])\n"
     "   +- LogicalProject(k=[k], v=[v])\n"
     "      +- LogicalScan(table=[gen])\n"
     "\n"
     "LogicalSink(table=[app], fields=[k, c])\n"
     "+- LogicalProject(k=[k], c=[CAST(EXPR$1 AS BIGINT)])\n"
     "   +- LogicalProject(k=[k], EXPR$1=[w0$o0])\n"
     "      +- LogicalOver(partition=[k], order=[ts], ROWS BETWEEN 9 PRECEDING AND CURRENT ROW, calls=[MAX(v)])\n"
     "         +- LogicalProject(id=[id], k=[k], v=[v], ts=[ts], lt=[lt], p=[p])\n"
     "            +- LogicalScan(table=[gen])\n"
     "\n"
     "== Optimized Physical Plan ==\n"
     "Sink(table=[default_catalog.default_database.app], fields=[k, c])\n"
     "+- Calc(select=[k, CAST(v AS BIGINT) AS c])\n"
     "   +- WatermarkAssigner(rowtime=[ts], watermark=[ts], emit=[every 200 ms])\n"
     "      +- TableSourceScan(table=[[default_catalog, default_database, gen]], fields=[k, v, ts], connector=[datagen])\n"
     "\n"
     "Sink(table=[default_catalog.default_database.app], fields=[k, c])\n"
     "+- Calc(select=[k, CAST(w0$o0 AS BIGINT) AS c])\n"
     "   +- OverAggregate(partitionBy=[k], orderBy=[ts ASC], window=[ROWS BETWEEN 9 PRECEDING AND CURRENT ROW], select=[k, v, ts, MAX(v) AS w0$o0], emits=[watermark at the row's time])\n"
     "      +- WatermarkAssigner(rowtime=[ts], watermark=[ts], emit=[every 200 ms])\n"
     "         +- TableSourceScan(table=[[default_catalog, default_database, gen]], fields=[k, v, ts], connector=[datagen])\n"
     "\n"
     "== Optimized Execution Plan ==\n"
     "Sink(table=[default_catalog.default_database.app], fields=[k, c])\n"
     "+- Calc(select=[k, CAST(v AS BIGINT) AS c])\n"
     "   +- WatermarkAssigner(rowtime=[ts], watermark=[ts], emit=[every 200 ms])(reuse_id=[1])\n"
     "      +- TableSourceScan(table=[[default_catalog, default_database, gen]], fields=[k, v, ts], connector=[datagen])\n"
     "\n"
     "Sink(table=[default_catalog.default_database.app], fields=[k, c])\n"
     "+- Calc(select=[k, CAST(w0$o0 AS BIGINT) AS c])\n"
     "   +- OverAggregate(partitionBy=[k], orderBy=[ts ASC], window=[ROWS BETWEEN 9 PRECEDING AND CURRENT ROW], select=[k, v, ts, MAX(v) AS w0$o0], emits=[watermark at the row's time])\n"
     "      +- Reused(reference_id=[1])\n"},
};
static void test_explain(void **state) {
  (void)state;
  run_cases(explain_cases, sizeof explain_cases / sizeof explain_cases[0]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_select),
      cmocka_unit_test(test_aggregate),
      cmocka_unit_test(test_window),
      cmocka_unit_test(test_over),
      cmocka_unit_test(test_insert),
      cmocka_unit_test(test_parallel),
      cmocka_unit_test(test_names),
      cmocka_unit_test(test_grouping_errors),
      cmocka_unit_test(test_window_errors),
      cmocka_unit_test(test_changelog_errors),
      cmocka_unit_test(test_joins),
      cmocka_unit_test(test_unsupported), cmocka_unit_test(test_unnest),
      cmocka_unit_test(test_insert_errors),
      cmocka_unit_test(test_explain),
      cmocka_unit_test(test_passes_off),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
