/* Embedding: opens a database, defines tables, runs a windowed query over them and prints its rows.
 *
 *   cc embed.c $(pkg-config --cflags --libs runnel) -o embed && ./embed shop.db */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include "runnel.h"

static int fail(runnel *db, const char *what) {
  fprintf(stderr, "%s: %s\n", what, runnel_error_render(db, NULL, 0));
  int code = runnel_errcode(db);
  runnel_close(db, -1);
  return code ? code : 1;
}

static const char setup[] =
    "CREATE TABLE IF NOT EXISTS clicks (id BIGINT NOT NULL, page STRING, ts TIMESTAMP(3),"
    "  PRIMARY KEY (id) NOT ENFORCED);"
    "INSERT INTO clicks VALUES"
    "  (1, 'home', TIMESTAMP '2026-01-01 00:00:01'), (2, 'cart', TIMESTAMP '2026-01-01 00:00:04'),"
    "  (3, 'home', TIMESTAMP '2026-01-01 00:00:12');";

int main(int argc, char **argv) {
  runnel *db;
  runnel_stmt *query;
  if (runnel_open(argc > 1 ? argv[1] : NULL, NULL, &db) != RUNNEL_OK) return fail(db, "open");
  if (runnel_exec(db, setup, NULL, NULL) != RUNNEL_OK) return fail(db, "setup");

  const char *sql = "SELECT page, COUNT(*) AS clicks, MAX(ts) AS last_seen FROM clicks GROUP BY page ORDER BY page";
  if (runnel_prepare(db, sql, -1, 0, &query, NULL) != RUNNEL_OK) return fail(db, "prepare");
  int code;
  while ((code = runnel_step(query, -1)) == RUNNEL_ROW)
    printf("%s %" PRId64 " %s\n", runnel_column_text(query, 0), runnel_column_int64(query, 1), runnel_column_text(query, 2));
  runnel_finalize(query);
  if (code != RUNNEL_DONE) return fail(db, "step");
  return runnel_close(db, -1);
}
