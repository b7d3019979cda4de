/* The catalog: definitions, canonical texts, their errors, views, ALTER, hooks, comparison. Cases are statements
 * over the tables below and what is said to them. */
#include "plan_helper.h"

static const char *const tables =
     "CREATE TABLE t (id BIGINT, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'datagen');\n"
     "CREATE TABLE s (k STRING PRIMARY KEY NOT ENFORCED, c BIGINT COMMENT 'it''s');";

typedef struct plan_case {
  const char *name;
  const char *flags; /* w: warnings too */
  const char *sql, *expected;
} plan_case;

static void run_cases(const plan_case *cases, size_t count) {
  for (size_t i = 0; i < count; i++) {
    plan_world w;
    plan_world_open(&w);
    char *setup = plan_run(&w, tables, false);
    assert_string_equal(setup, "");
    rn_free(setup);
    char *said = plan_run(&w, cases[i].sql, strchr(cases[i].flags, 'w') != NULL);
    if (strcmp(said, cases[i].expected) != 0) print_message("case: %s\n", cases[i].name);
    assert_string_equal(said, cases[i].expected);
    rn_free(said);
    plan_world_close(&w);
  }
}

static rn_catalog_object *defined(plan_world *w, const char *sql) {
  rn_arena arena;
  rn_arena_init(&arena);
  rn_diagnostics *diags = rn_calloc(1, sizeof *diags);
  rn_ast_statement *st = NULL;
  size_t end = 0;
  rn_catalog_object *object = NULL;
  assert_int_equal(rn_parse_next(rn_slice_of(sql), 0, &arena, &st, &end, diags), RN_OK);
  assert_int_equal(rn_catalog_define(w->catalog, st, &object, diags), RN_OK);
  rn_free(diags);
  rn_arena_free(&arena);
  return object;
}

static void check_difference(const char *a, const char *b, const char *difference, bool reopen) {
  plan_world w;
  plan_world_open(&w);
  rn_catalog_object *left = defined(&w, a), *right = defined(&w, b);
  rn_arena arena;
  rn_arena_init(&arena);
  const char *said = NULL;
  bool reopen_only = false;
  assert_int_equal(rn_catalog_same(left, right, &reopen_only, &arena, &said), difference == NULL);
  if (difference) assert_string_equal(said, difference);
  assert_int_equal(reopen_only, reopen);
  rn_arena_free(&arena);
  rn_catalog_object_free(left);
  rn_catalog_object_free(right);
  plan_world_close(&w);
}

#define KAFKA(more) " WITH ('connector' = 'kafka', 'topic' = 'x', 'format' = 'json'" more ")"
static void test_same(void **state) {
  (void)state;
  check_difference("CREATE TABLE a (x INT, y STRING)" KAFKA(", 'properties.bootstrap.servers' = 'h:1'"),
                   "create table if not exists a (x INTEGER, `y` VARCHAR(2147483647)) with ('topic'='x', 'format' = 'json', "
                   "'properties.bootstrap.servers' = 'h:1', 'connector' = 'kafka')", NULL, false);
  check_difference("CREATE TABLE a (x INT)", "CREATE TABLE a (x BIGINT)", "column 1 was `x` INT, now `x` BIGINT", false);
  check_difference("CREATE TABLE a (x INT)", "CREATE TABLE a (x INT, y INT)", "column `y` INT is new", false);
  check_difference("CREATE TABLE a (x INT, y INT)", "CREATE TABLE a (x INT)", "column `y` INT is gone", false);
  check_difference("CREATE TABLE a (x INT NOT NULL)", "CREATE TABLE a (x INT PRIMARY KEY NOT ENFORCED)", "the PRIMARY KEY was none, now x", false);
  check_difference("CREATE TABLE a (ts TIMESTAMP(3), WATERMARK FOR ts AS ts)", "CREATE TABLE a (ts TIMESTAMP(3))",
                   "the WATERMARK was FOR ts AS ts, now none", false);
  check_difference("CREATE TABLE a (x INT)" KAFKA(", 'properties.bootstrap.servers' = 'h:1'"),
                   "CREATE TABLE a (x INT)" KAFKA(", 'properties.bootstrap.servers' = 'h:2'"),
                   "option 'properties.bootstrap.servers' was 'h:1', now 'h:2'", true);
  check_difference("CREATE TABLE a (x INT)" KAFKA(", 'properties.bootstrap.servers' = 'h:1'"),
                   "CREATE TABLE a (x INT) WITH ('connector' = 'kafka', 'topic' = 'y', 'format' = 'json', 'properties.bootstrap.servers' = 'h:2')",
                   "option 'topic' was 'x', now 'y'", false);
}

/* --- hooks ------------------------------------------------------------------------------------------------ */
typedef struct hook_log {
  rn_builder text;
  bool refuse;
} hook_log;
static rn_status log_save(void *ctx, const rn_catalog_object *object, rn_error *err) {
  hook_log *l = ctx;
  if (l->refuse) return rn_fail(err, RN_E_LOCKED, "the file is locked");
  rn_builder_printf(&l->text, "save %s;", object->name);
  return RN_OK;
}
static rn_status log_remove(void *ctx, const rn_catalog_object *object, rn_error *err) {
  hook_log *l = ctx;
  if (l->refuse) return rn_fail(err, RN_E_LOCKED, "the file is locked");
  rn_builder_printf(&l->text, "remove %s;", object->name);
  return RN_OK;
}
static rn_status find_external(void *ctx, const char *name, rn_catalog *catalog, rn_error *err) {
  plan_world w = {.catalog = catalog};
  (void)ctx;
  if (strcmp(name, "plain") != 0) return RN_OK;
  rn_catalog_object *object = defined(&w, "CREATE TABLE plain (a INT) WITH ('connector' = 'sqlite')");
  object->external = true;
  return rn_catalog_add(catalog, object, err);
}

static void test_hooks(void **state) {
  (void)state;
  plan_world w;
  plan_world_open(&w);
  hook_log log = {0};
  rn_catalog_hooks hooks = {log_save, log_remove, find_external, &log};
  rn_catalog_set_hooks(w.catalog, &hooks);
  rn_free(plan_run(&w, tables, false));
  rn_free(plan_run(&w, "CREATE TEMPORARY TABLE tmp (a INT); ALTER TABLE t SET ('rows-per-second' = '1'); ALTER TABLE s RENAME TO s2; DROP TABLE t", false));
  assert_string_equal(log.text.data, "save t;save s;save t;save s2;remove s;remove t;");
  log.refuse = true; /* nothing changes in memory when the file does not take it */
  char *said = plan_run(&w, "CREATE TABLE n (a INT); DROP TABLE s2", false);
  assert_string_equal(said, "error[RN7002]: the file is locked\n line 1:14  CREATE TABLE n (a INT); DROP TABLE s2\n                         ^\n"
                            "error[RN7002]: the file is locked\n line 1:36  CREATE TABLE n (a INT); DROP TABLE s2\n                                               ^~\n");
  rn_free(said);
  assert_null(rn_catalog_find_name(w.catalog, "n"));
  assert_non_null(rn_catalog_find_name(w.catalog, "s2"));
  log.refuse = false;
  /* tables of the file that were not created here can be read, and adopted, but not written */
  said = plan_run(&w, "SELECT a FROM plain; INSERT INTO plain VALUES (1)", false);
  assert_non_null(strstr(said, "scan plain"));
  assert_non_null(strstr(said, "it can only be read"));
  rn_free(said);
  said = plan_run(&w, "CREATE TABLE plain (a INT); INSERT INTO plain VALUES (1)", false);
  assert_string_equal(said, "0 values 1 rows [I]\n1 sink plain <- 0 [I]\n");
  rn_free(said);
  rn_builder_free(&log.text);
  plan_world_close(&w);
}

/* A stored definition loads without hooks, into the same text; a plan stays whole when what it read is dropped. */
static void test_lifetimes(void **state) {
  (void)state;
  plan_world w;
  plan_world_open(&w);
  rn_free(plan_run(&w, tables, false));
  rn_free(plan_run(&w, "CREATE VIEW a AS SELECT id, 'a text longer than twelve bytes' AS x FROM t", false));
  rn_arena arena;
  rn_arena_init(&arena);
  rn_diagnostics *diags = rn_calloc(1, sizeof *diags);
  rn_ast_statement *st = NULL;
  size_t end = 0;
  char *sql = rn_strdup("SELECT x || 'another text of some length', id FROM a WHERE id > 5");
  assert_int_equal(rn_parse_next(rn_slice_of(sql), 0, &arena, &st, &end, diags), RN_OK);
  rn_plan *plan = NULL;
  rn_query_info info;
  assert_int_equal(rn_plan_query(w.catalog, &w.settings, st->query, false, &plan, &info, diags), RN_OK);
  rn_arena_free(&arena);
  memset(sql, '?', strlen(sql));
  rn_free(sql);
  rn_free(plan_run(&w, "DROP VIEW a; DROP TABLE t", false));
  rn_builder text = {0};
  rn_plan_print(plan, &text);
  assert_non_null(strstr(text.data, "a text longer than twelve bytes"));
  assert_non_null(strstr(text.data, "scan t"));
  rn_builder_free(&text);
  rn_plan_free(plan);
  rn_free(diags);
  plan_world_close(&w);
}

static void check_setting(const char *key, const char *value, const char *message, const char *hint) {
  rn_error err;
  rn_error_clear(&err);
  const rn_setting *row = NULL;
  rn_status status = rn_setting_check(rn_slice_of(key), value, (rn_span){1, 2}, (rn_span){3, 4}, &row, &err);
  assert_int_equal(status, message ? RN_FAIL : RN_OK);
  if (!message) return;
  assert_string_equal(err.message, message);
  assert_string_equal(err.hint, hint);
}

static void test_settings(void **state) {
  (void)state;
  check_setting("parallelism.default", "4", NULL, NULL);
  check_setting("execution.runtime-mode", "BATCH", NULL, NULL);
  check_setting("taskmanager.numberOfTaskSlots", "4", NULL, NULL);
  check_setting("pipeline.name", NULL, NULL, NULL);
  check_setting("parallelism.defalt", "4", "there is no setting 'parallelism.defalt'", "did you mean 'parallelism.default'?");
  check_setting("parallelism.default", "0", "'parallelism.default' must be between 1 and 64, not '0'", "tasks per operator");
  check_setting("execution.checkpointing.interval", "0", NULL, NULL); /* refused by jobs with a sink in the file */
  check_setting("execution.checkpointing.interval", "x", "'execution.checkpointing.interval' must be a duration such as '10 s', not 'x'",
                "time between epochs, each one transaction");
  check_setting("table.exec.mini-batch.enabled", "yes", "'table.exec.mini-batch.enabled' must be 'true' or 'false', not 'yes'",
                "true: several changes of a key may be folded into one; false, when set: every record makes its change");
  check_setting("table.exec.sink.not-null-enforcer", "ignore", "'table.exec.sink.not-null-enforcer' must be one of error|drop, not 'ignore'",
                "what happens with a NULL for a NOT NULL column of a sink");
  for (size_t i = 0; i < rn_setting_count; i++) { /* every row's default passes its own check */
    assert_true(rn_settings[i].help && *rn_settings[i].help);
    if (rn_settings[i].default_text) check_setting(rn_settings[i].key, rn_settings[i].default_text, NULL, NULL);
  }
}

static const plan_case tables_cases[] = {
    {"canonical text", "",
     "CREATE TEMPORARY TABLE IF NOT EXISTS a (`select` INT NOT NULL, b DECIMAL, r ROW<x INT, y STRING>, c AS b + 1, o BIGINT METADATA FROM 'offset' VIRTUAL, timestamp_ TIMESTAMP_LTZ(3) METADATA FROM 'timestamp', PRIMARY KEY (`select`) NOT ENFORCED, WATERMARK FOR timestamp_ AS timestamp_ - INTERVAL '1' MINUTE) COMMENT 'all of it' WITH ('topic' = 'x', 'connector' = 'kafka', 'properties.bootstrap.servers' = 'h:1', 'value.format' = 'json'); SHOW CREATE TABLE a; SHOW CREATE TABLE s",
     "CREATE TEMPORARY TABLE `default_catalog`.`default_database`.`a` (\n"
     "  `select` INT NOT NULL,\n"
     "  `b` DECIMAL(10, 0),\n"
     "  `r` ROW<`x` INT, `y` STRING>,\n"
     "  `c` AS b + 1,\n"
     "  `o` BIGINT METADATA FROM 'offset' VIRTUAL,\n"
     "  `timestamp_` TIMESTAMP_LTZ(3) METADATA FROM 'timestamp',\n"
     "  WATERMARK FOR `timestamp_` AS timestamp_ - INTERVAL '1' MINUTE,\n"
     "  CONSTRAINT `PK_select` PRIMARY KEY (`select`) NOT ENFORCED\n"
     ") COMMENT 'all of it' WITH (\n"
     "  'connector' = 'kafka',\n"
     "  'properties.bootstrap.servers' = 'h:1',\n"
     "  'topic' = 'x',\n"
     "  'value.format' = 'json'\n"
     ")CREATE TABLE `default_catalog`.`default_database`.`s` (\n"
     "  `k` STRING NOT NULL,\n"
     "  `c` BIGINT COMMENT 'it''s',\n"
     "  CONSTRAINT `PK_k` PRIMARY KEY (`k`) NOT ENFORCED\n"
     ")"},
    {"a table that reads everything back", "",
     "CREATE TABLE a (id BIGINT, o BIGINT METADATA FROM 'offset' VIRTUAL, ts TIMESTAMP_LTZ(3) METADATA FROM 'timestamp', c AS id + 1, p AS PROCTIME(), WATERMARK FOR ts AS ts) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json'); SHOW CREATE TABLE a; SELECT * FROM a",
     "CREATE TABLE `default_catalog`.`default_database`.`a` (\n"
     "  `id` BIGINT,\n"
     "  `o` BIGINT METADATA FROM 'offset' VIRTUAL,\n"
     "  `ts` TIMESTAMP_LTZ(3) METADATA FROM 'timestamp',\n"
     "  `c` AS id + 1,\n"
     "  `p` AS PROCTIME(),\n"
     "  WATERMARK FOR `ts` AS ts\n"
     ") WITH (\n"
     "  'connector' = 'kafka',\n"
     "  'format' = 'json',\n"
     "  'properties.bootstrap.servers' = 'h:1',\n"
     "  'topic' = 'x'\n"
     ")(id BIGINT, o BIGINT, ts TIMESTAMP_LTZ(3) *ROWTIME*, c BIGINT, p TIMESTAMP_LTZ(3) NOT NULL *PROCTIME*)\n"
     "0 scan a [I]\n"
     "1 calc exprs=[$0, $1, $2, $0 + 1, PROCTIME()] <- 0 [I]\n"
     "2 watermark $2=$2 <- 1 [I]\n"
     "3 collect <- 2 [I]\n"},
    {"secrets are masked and warned of", "w",
     "CREATE TABLE a (id BIGINT) WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json', 'properties.sasl.password' = 'hush', 'properties.ssl.key.password' = '${env:PW}'); SHOW CREATE TABLE a",
     "warning[W3002]: the secret 'properties.sasl.password' is stored in the file as it stands here\n"
     " line 1:160 … 'properties.sasl.password' = 'hush', 'properties.ssl.key.password' = '${env:PW}'); SHOW CREATE TAB…\n"
     "                                           ^~~~~~\n"
     "   hint: write ${env:NAME} or ${file:PATH}\n"
     "CREATE TABLE `default_catalog`.`default_database`.`a` (\n"
     "  `id` BIGINT\n"
     ") WITH (\n"
     "  'connector' = 'kafka',\n"
     "  'format' = 'json',\n"
     "  'properties.bootstrap.servers' = 'h:1',\n"
     "  'properties.sasl.password' = '******',\n"
     "  'properties.ssl.key.password' = '${env:PW}',\n"
     "  'topic' = 'x'\n"
     ")"},
    {"if not exists, exists, case", "",
     "CREATE TABLE IF NOT EXISTS t (a INT); CREATE TABLE t (a INT); CREATE TABLE T (a INT)",
     "error[RN3001]: table \"t\" already exists\n"
     " line 1:52  CREATE TABLE IF NOT EXISTS t (a INT); CREATE TABLE t (a INT); CREATE TABLE T (a INT)\n"
     "                                                               ^\n"
     "   hint: IF NOT EXISTS skips it; DROP removes it\n"
     "error[RN3007]: \"T\" differs from table \"t\" in case only\n"
     " line 1:76  CREATE TABLE IF NOT EXISTS t (a INT); CREATE TABLE t (a INT); CREATE TABLE T (a INT)\n"
     "                                                                                       ^\n"
     "   hint: SQLite ignores case in names\n"},
    {"temporary shadows", "",
     "CREATE TEMPORARY TABLE t (a INT) WITH ('connector' = 'datagen'); SELECT * FROM t; DROP TABLE t; DROP TEMPORARY TABLE t; SELECT v FROM default_catalog.default_database.t",
     "(a INT)\n"
     "0 scan t [I]\n"
     "1 collect <- 0 [I]\n"
     "error[RN3007]: \"t\" is a temporary table\n"
     " line 1:94  …; SELECT * FROM t; DROP TABLE t; DROP TEMPORARY TABLE t; SELECT v FROM default_catalog.default_data…\n"
     "                                           ^\n"
     "   hint: write DROP TEMPORARY TABLE\n"
     "(v INT)\n"
     "0 scan t [I]\n"
     "1 watermark $1=$1 - INTERVAL '5.000' SECOND <- 0 [I]\n"
     "2 calc exprs=[$0] <- 1 [I]\n"
     "3 collect <- 2 [I]\n"},
    {"reserved names, other databases", "",
     "CREATE TABLE _rn_a (a INT); CREATE TABLE sqlite_a (a INT); CREATE TABLE x.a (a INT); SELECT * FROM other.t",
     "error[RN3007]: names that begin with \"_rn_\" are reserved\n"
     " line 1:14  CREATE TABLE _rn_a (a INT); CREATE TABLE sqlite_a (a INT); CREATE TABLE x.a (a INT); SELECT * FROM o…\n"
     "                         ^~~~~\n"
     "error[RN3007]: names that begin with \"sqlite_\" are reserved\n"
     " line 1:42  …E _rn_a (a INT); CREATE TABLE sqlite_a (a INT); CREATE TABLE x.a (a INT); SELECT * FROM other.t\n"
     "                                           ^~~~~~~~\n"
     "error[RN2003]: there is no database \"x\"\n"
     " line 1:73  …qlite_a (a INT); CREATE TABLE x.a (a INT); SELECT * FROM other.t\n"
     "                                           ^~~\n"
     "   hint: there are: default_catalog.default_database\n"
     "error[RN2003]: there is no database \"other\"\n"
     " line 1:100 …LE x.a (a INT); SELECT * FROM other.t\n"
     "                                           ^~~~~~~\n"
     "   hint: there are: default_catalog.default_database\n"},
    {"create as: columns of the query, keys, order", "",
     "CREATE TABLE a (k BIGINT, extra STRING, PRIMARY KEY (k) NOT ENFORCED) AS SELECT v AS m, id AS k, ts FROM t; SHOW CREATE TABLE a; CREATE TABLE b (ts, v) AS SELECT v, ts FROM t; SHOW CREATE TABLE b",
     "CREATE TABLE `default_catalog`.`default_database`.`a` (\n"
     "  `extra` STRING,\n"
     "  `m` INT,\n"
     "  `k` BIGINT NOT NULL,\n"
     "  `ts` TIMESTAMP(3),\n"
     "  CONSTRAINT `PK_k` PRIMARY KEY (`k`) NOT ENFORCED\n"
     ")CREATE TABLE `default_catalog`.`default_database`.`b` (\n"
     "  `ts` TIMESTAMP(3),\n"
     "  `v` INT\n"
     ")"},
};
static void test_tables(void **state) {
  (void)state;
  run_cases(tables_cases, sizeof tables_cases / sizeof tables_cases[0]);
}

static const plan_case table_errors_cases[] = {
    {"columns", "",
     "CREATE TABLE a (x INT, x STRING, y FOO, z AS w + 1) WITH ('connector' = 'datagen')",
     "error[RN2007]: column \"x\" is defined twice\n"
     " line 1:24  CREATE TABLE a (x INT, x STRING, y FOO, z AS w + 1) WITH ('connector' = 'datagen')\n"
     "                                   ^\n"
     "error[RN2105]: type FOO is not known\n"
     " line 1:36  CREATE TABLE a (x INT, x STRING, y FOO, z AS w + 1) WITH ('connector' = 'datagen')\n"
     "                                               ^~~\n"
     "   hint: did you mean ROW?\n"
     "error[RN2004]: column \"w\" not found\n"
     " line 1:46  CREATE TABLE a (x INT, x STRING, y FOO, z AS w + 1) WITH ('connector' = 'datagen')\n"
     "                                                         ^\n"
     "   hint: columns of a: x, y\n"},
    {"watermark on text", "",
     "CREATE TABLE a (ts STRING, WATERMARK FOR ts AS ts)",
     "error[RN2205]: WATERMARK needs a TIMESTAMP(3) or TIMESTAMP_LTZ(3) column, but \"ts\" is STRING\n"
     " line 1:42  CREATE TABLE a (ts STRING, WATERMARK FOR ts AS ts)\n"
     "                                                     ^~\n"
     "   hint: add a computed column: ts AS TO_TIMESTAMP(text), and put the WATERMARK on it\n"},
    {"watermark on six digits", "",
     "CREATE TABLE a (ts TIMESTAMP, WATERMARK FOR ts AS ts)",
     "error[RN2205]: WATERMARK needs a TIMESTAMP(3) or TIMESTAMP_LTZ(3) column, but \"ts\" is TIMESTAMP(6)\n"
     " line 1:45  CREATE TABLE a (ts TIMESTAMP, WATERMARK FOR ts AS ts)\n"
     "                                                        ^~\n"
     "   hint: declare it with at most 3 fraction digits\n"},
    {"watermark on nothing", "",
     "CREATE TABLE a (tss TIMESTAMP(3), WATERMARK FOR ts AS ts)",
     "error[RN2004]: WATERMARK names column \"ts\", which is not there\n"
     " line 1:49  CREATE TABLE a (tss TIMESTAMP(3), WATERMARK FOR ts AS ts)\n"
     "                                                            ^~\n"
     "   hint: did you mean \"tss\"?\n"},
    {"watermark of another type", "",
     "CREATE TABLE a (ts TIMESTAMP(3), WATERMARK FOR ts AS 5)",
     "error[RN2101]: the WATERMARK of a TIMESTAMP(3) column must be TIMESTAMP(3), got INT\n"
     " line 1:54  CREATE TABLE a (ts TIMESTAMP(3), WATERMARK FOR ts AS 5)\n"
     "                                                                 ^\n"
     "   hint: for example: ts - INTERVAL '5' SECOND\n"},
    {"two watermarks", "",
     "CREATE TABLE a (ts TIMESTAMP(3), WATERMARK FOR ts AS ts, WATERMARK FOR ts AS ts)",
     "error[RN3007]: a table has one WATERMARK\n"
     " line 1:58  CREATE TABLE a (ts TIMESTAMP(3), WATERMARK FOR ts AS ts, WATERMARK FOR ts AS ts)\n"
     "                                                                     ^~~~~~~~~~~~~~~~~~~~~~\n"},
    {"enforced key", "",
     "CREATE TABLE a (x INT, PRIMARY KEY (x) ENFORCED)",
     "error[RN3007]: PRIMARY KEY cannot be enforced on a stream\n"
     " line 1:24  CREATE TABLE a (x INT, PRIMARY KEY (x) ENFORCED)\n"
     "                                   ^~~~~~~~~~~~~~~\n"
     "   hint: write PRIMARY KEY (..) NOT ENFORCED\n"},
    {"key of no column, of a computed one", "",
     "CREATE TABLE a (xx INT, y AS xx + 1, PRIMARY KEY (x, y) NOT ENFORCED)",
     "error[RN2004]: PRIMARY KEY names column \"x\", which is not there\n"
     " line 1:51  CREATE TABLE a (xx INT, y AS xx + 1, PRIMARY KEY (x, y) NOT ENFORCED)\n"
     "                                                              ^\n"
     "   hint: columns: xx, y\n"
     "error[RN3007]: PRIMARY KEY needs physical columns, and \"y\" is computed\n"
     " line 1:54  CREATE TABLE a (xx INT, y AS xx + 1, PRIMARY KEY (x, y) NOT ENFORCED)\n"
     "                                                                 ^\n"},
    {"connector", "",
     "CREATE TABLE a (x INT) WITH ('connector' = 'kafak')",
     "error[RN3005]: there is no connector 'kafak'\n"
     " line 1:44  CREATE TABLE a (x INT) WITH ('connector' = 'kafak')\n"
     "                                                       ^~~~~~~\n"
     "   hint: did you mean 'kafka'?\n"},
    {"format", "",
     "CREATE TABLE a (x INT) WITH ('connector' = 'filesystem', 'path' = 'p', 'format' = 'jsn')",
     "error[RN3005]: there is no format 'jsn'\n"
     " line 1:83  CREATE TABLE a (x INT) WITH ('connector' = 'filesystem', 'path' = 'p', 'format' = 'jsn')\n"
     "                                                                                              ^~~~~\n"
     "   hint: did you mean 'json'?\n"},
    {"options", "",
     "CREATE TABLE a (x INT) WITH ('connector' = 'datagen', 'rows-per-secnd' = '5', 'number-of-rows' = 'many')",
     "error[RN3002]: connector datagen has no option \"rows-per-secnd\"\n"
     " line 1:55  …ITH ('connector' = 'datagen', 'rows-per-secnd' = '5', 'number-of-rows' = 'many')\n"
     "                                           ^~~~~~~~~~~~~~~~\n"
     "   hint: did you mean 'rows-per-second'?\n"
     "error[RN3003]: option 'number-of-rows' must be a whole number, not 'many'\n"
     " line 1:98  …nd' = '5', 'number-of-rows' = 'many')\n"
     "                                           ^~~~~~\n"
     "   hint: rows in all; without it (and without a sequence) the table never ends\n"},
    {"an option twice", "",
     "CREATE TABLE a (x INT) WITH ('connector' = 'datagen', 'connector' = 'kafka')",
     "error[RN2007]: option 'connector' is given twice\n"
     " line 1:55  CREATE TABLE a (x INT) WITH ('connector' = 'datagen', 'connector' = 'kafka')\n"
     "                                                                  ^~~~~~~~~~~\n"},
    {"metadata key", "",
     "CREATE TABLE a (o BIGINT METADATA FROM 'ofset') WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.bootstrap.servers' = 'h:1', 'format' = 'json')",
     "error[RN3002]: connector kafka has no metadata 'ofset'\n"
     " line 1:40  …BLE a (o BIGINT METADATA FROM 'ofset') WITH ('connector' = 'kafka', 'topic' = 'x', 'properties.boot…\n"
     "                                           ^~~~~~~\n"
     "   hint: did you mean 'offset'?\n"},
    {"columns of the file that differ in case", "",
     "CREATE TABLE a (x INT, X INT)",
     "error[RN3007]: columns \"x\" and \"X\" differ in case only\n"
     " line 1:24  CREATE TABLE a (x INT, X INT)\n"
     "                                   ^\n"
     "   hint: SQLite ignores case in names\n"},
    {"or replace", "",
     "CREATE OR REPLACE TABLE a (x INT) WITH ('connector' = 'datagen'); CREATE OR REPLACE TABLE a (y INT) WITH ('connector' = 'datagen'); SELECT x FROM a",
     "error[RN2004]: column \"x\" not found\n"
     " line 1:140 …nnector' = 'datagen'); SELECT x FROM a\n"
     "                                           ^\n"
     "   hint: columns of a: y\n"},
    {"no columns", "",
     "CREATE TABLE a (x AS 1 + 1)",
     "error[RN3007]: table \"a\" needs at least one column with a type\n"
     " line 1:14  CREATE TABLE a (x AS 1 + 1)\n"
     "                         ^\n"},
};
static void test_table_errors(void **state) {
  (void)state;
  run_cases(table_errors_cases, sizeof table_errors_cases / sizeof table_errors_cases[0]);
}

static const plan_case views_cases[] = {
    {"text is expanded: later columns of the table do not show", "",
     "CREATE VIEW a AS SELECT *, v + 1 AS w FROM t AS q WHERE v > 1; SHOW CREATE VIEW a; CREATE VIEW b (x, y) AS SELECT id, w FROM a UNION ALL SELECT 1, 2; SHOW CREATE VIEW b; SELECT * FROM b",
     "CREATE VIEW `default_catalog`.`default_database`.`a` (`id`, `v`, `ts`, `w`) AS SELECT q.id, q.v, q.ts, v + 1 AS w FROM default_catalog.default_database.t AS q WHERE v > 1CREATE VIEW `default_catalog`.`default_database`.`b` (`x`, `y`) AS SELECT id, w FROM default_catalog.default_database.a UNION ALL SELECT 1, 2(x BIGINT, y INT)\n"
     "0 scan t [I]\n"
     "1 watermark $2=$2 - INTERVAL '5.000' SECOND <- 0 [I]\n"
     "2 calc filter=$1 > 1 exprs=[$0, $1 + 1] <- 1 [I]\n"
     "3 values 1 rows [I]\n"
     "4 union <- 2 3 [I]\n"
     "5 collect <- 4 [I]\n"},
    {"time attributes pass through", "",
     "CREATE VIEW a AS SELECT v, ts AS rt FROM t; SELECT COUNT(*) FROM TUMBLE(TABLE a, DESCRIPTOR(rt), INTERVAL '1' SECOND) GROUP BY window_start, window_end",
     "(EXPR$0 BIGINT NOT NULL)\n"
     "0 scan t [I]\n"
     "1 watermark $0=$0 - INTERVAL '5.000' SECOND <- 0 [I]\n"
     "2 window-aggregate TUMBLE($0, 1000000 us) keys=[] calls=[COUNT(*)] <- 1 [I] path=collect.agg\n"
     "3 calc exprs=[$0] <- 2 [I]\n"
     "4 collect <- 3 [I]\n"},
    {"what a view needs is not dropped", "",
     "CREATE TABLE u (x INT) WITH ('connector' = 'datagen'); CREATE VIEW a AS SELECT x FROM u; DROP TABLE u",
     "error[RN3006]: view \"a\" needs it: table \"u\" not found\n"
     " line 1:101 …S SELECT x FROM u; DROP TABLE u\n"
     "                                           ^\n"
     "   hint: DROP VIEW a first, or make it without \"u\"\n"},
    {"references are read at use, not when a view is made", "",
     "CREATE TABLE e (x INT, PRIMARY KEY (x) NOT ENFORCED) WITH ('path' = '${env:RUNNEL_TEST_NOT_SET}'); CREATE VIEW a AS SELECT x FROM e; SELECT * FROM a; INSERT INTO e VALUES (1)",
     "error[RN3003]: view \"a\": table \"e\", option 'path': environment variable RUNNEL_TEST_NOT_SET is not set\n"
     " line 1:148 …ELECT x FROM e; SELECT * FROM a; INSERT INTO e VALUES (1)\n"
     "                                           ^\n"
     "   hint: set it, or write ${env:RUNNEL_TEST_NOT_SET:-default}\n"
     "error[RN3003]: table \"e\", option 'path': environment variable RUNNEL_TEST_NOT_SET is not set\n"
     " line 1:163 … SELECT * FROM a; INSERT INTO e VALUES (1)\n"
     "                                           ^\n"
     "   hint: set it, or write ${env:RUNNEL_TEST_NOT_SET:-default}\n"},
    {"number of columns", "",
     "CREATE VIEW a (x) AS SELECT id, v FROM t",
     "error[RN2104]: the view names 1 column, the query has 2\n"
     " line 1:16  CREATE VIEW a (x) AS SELECT id, v FROM t\n"
     "                           ^\n"},
    {"wrong kind of DROP", "",
     "CREATE VIEW a AS SELECT id FROM t; DROP TABLE a; DROP VIEW t; DROP VIEW a; DROP VIEW a; DROP VIEW IF EXISTS a",
     "error[RN3007]: \"a\" is a view\n"
     " line 1:47  … SELECT id FROM t; DROP TABLE a; DROP VIEW t; DROP VIEW a; DROP VIEW a; DROP VIEW IF EXISTS a\n"
     "                                           ^\n"
     "   hint: write DROP VIEW\n"
     "error[RN3007]: \"t\" is a table\n"
     " line 1:60  …OM t; DROP TABLE a; DROP VIEW t; DROP VIEW a; DROP VIEW a; DROP VIEW IF EXISTS a\n"
     "                                           ^\n"
     "   hint: write DROP TABLE\n"
     "error[RN2003]: view \"a\" not found\n"
     " line 1:86  …IEW t; DROP VIEW a; DROP VIEW a; DROP VIEW IF EXISTS a\n"
     "                                           ^\n"
     "   hint: there are no views\n"},
    {"not written to", "",
     "CREATE VIEW a AS SELECT id FROM t; INSERT INTO a SELECT 1",
     "error[RN3011]: \"a\" is a view: INSERT needs a table\n"
     " line 1:48  CREATE VIEW a AS SELECT id FROM t; INSERT INTO a SELECT 1\n"
     "                                                           ^\n"},
};
static void test_views(void **state) {
  (void)state;
  run_cases(views_cases, sizeof views_cases / sizeof views_cases[0]);
}

static const plan_case alter_cases[] = {
    {"set and reset", "",
     "ALTER TABLE t SET ('rows-per-second' = '5', 'number-of-rows' = '10'); ALTER TABLE t RESET ('number-of-rows'); SHOW CREATE TABLE t",
     "CREATE TABLE `default_catalog`.`default_database`.`t` (\n"
     "  `id` BIGINT,\n"
     "  `v` INT,\n"
     "  `ts` TIMESTAMP(3),\n"
     "  WATERMARK FOR `ts` AS ts - INTERVAL '5' SECOND\n"
     ") WITH (\n"
     "  'connector' = 'datagen',\n"
     "  'rows-per-second' = '5'\n"
     ")"},
    {"a bad option is refused, the table stays", "",
     "ALTER TABLE t SET ('rows-per-secnd' = '5'); ALTER TABLE t RESET ('connector'); SELECT v FROM t",
     "error[RN3002]: connector datagen has no option \"rows-per-secnd\"\n"
     " line 1:20  ALTER TABLE t SET ('rows-per-secnd' = '5'); ALTER TABLE t RESET ('connector'); SELECT v FROM t\n"
     "                               ^~~~~~~~~~~~~~~~\n"
     "   hint: did you mean 'rows-per-second'?\n"
     "error[RN3003]: option 'connector' cannot be reset\n"
     " line 1:66  ALTER TABLE t SET ('rows-per-secnd' = '5'); ALTER TABLE t RESET ('connector'); SELECT v FROM t\n"
     "                                                                             ^~~~~~~~~~~\n"
     "(v INT)\n"
     "0 scan t [I]\n"
     "1 watermark $1=$1 - INTERVAL '5.000' SECOND <- 0 [I]\n"
     "2 calc exprs=[$0] <- 1 [I]\n"
     "3 collect <- 2 [I]\n"},
    {"rename", "",
     "ALTER TABLE t RENAME TO s; ALTER TABLE t RENAME TO t2; SELECT v FROM t2; SELECT v FROM t; ALTER TABLE IF EXISTS t RENAME TO t3",
     "error[RN3001]: \"s\" already exists\n"
     " line 1:25  ALTER TABLE t RENAME TO s; ALTER TABLE t RENAME TO t2; SELECT v FROM t2; SELECT v FROM t; ALTER TABL…\n"
     "                                    ^\n"
     "(v INT)\n"
     "0 scan t2 [I]\n"
     "1 watermark $1=$1 - INTERVAL '5.000' SECOND <- 0 [I]\n"
     "2 calc exprs=[$0] <- 1 [I]\n"
     "3 collect <- 2 [I]\n"
     "error[RN2003]: table \"t\" not found\n"
     " line 1:88  …LECT v FROM t2; SELECT v FROM t; ALTER TABLE IF EXISTS t RENAME TO t3\n"
     "                                           ^\n"
     "   hint: there are: s, t2\n"},
};
static void test_alter(void **state) {
  (void)state;
  run_cases(alter_cases, sizeof alter_cases / sizeof alter_cases[0]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_tables),
      cmocka_unit_test(test_table_errors),
      cmocka_unit_test(test_views),
      cmocka_unit_test(test_alter),
      cmocka_unit_test(test_same),
      cmocka_unit_test(test_hooks),
      cmocka_unit_test(test_lifetimes),
      cmocka_unit_test(test_settings),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
