/* What the files of the sqlite connector share: sqlite.c (the row, options, making and adopting tables),
 * sqlite_stage.c (an epoch's rows in SQLite's form), sqlite_feed.c (the virtual table that feeds them to SQL),
 * sqlite_sink.c, sqlite_source.c. */
#ifndef RN_CONNECTORS_SQLITE_PRIVATE_H
#define RN_CONNECTORS_SQLITE_PRIVATE_H
#include <sqlite3.h>
#include "runtime/connector.h"
#include "runtime/store.h"

/* --- sqlite.c ------------------------------------------------------------------------------------------------- */
const char *rn_sqlite_table_name(const rn_table_spec *table);
/* 'path', unless it is the job's own file; NULL: the rows lie in the job's file. */
const char *rn_sqlite_other_path(const rn_table_spec *table, rn_store *store);
/* Makes the table and its indexes, or checks that an existing one fits; inside the caller's transaction. */
rn_status rn_sqlite_prepare_table(sqlite3 *db, const rn_table_spec *table, rn_error *err);
/* Opens 'path' with the settings of every connection of ours. */
rn_status rn_sqlite_open_path(const char *path, bool write, sqlite3 **out, rn_error *err);
/* STRICT type of a column: "INTEGER", "REAL", "TEXT", "BLOB", "ANY". */
const char *rn_sqlite_column_type(const rn_type *type);

/* --- sqlite_stage.c -------------------------------------------------------------------------------------------- */
/* A value in SQLite's form. Text and blobs lie in the stage's arena. */
typedef struct rn_sqlite_cell {
  union {
    int64_t i;
    double d;
    const char *p;
  } v;
  uint32_t len;
  uint32_t kind; /* SQLITE_INTEGER, SQLITE_FLOAT, SQLITE_TEXT, SQLITE_BLOB, SQLITE_NULL */
} rn_sqlite_cell;

enum { RN_SQLITE_CHUNK_ROWS = 512 };

typedef struct rn_sqlite_row_key { /* of an upserted row */
  uint64_t hash;
  const char *bytes;
  uint32_t len;
} rn_sqlite_row_key;

struct rn_staged {
  rn_arena arena;
  uint32_t column_count, key_count;
  uint32_t *keys;                    /* columns of the primary key */
  uint32_t count;
  RN_VEC(rn_sqlite_cell *) chunks;   /* RN_SQLITE_CHUNK_ROWS rows each, row by row */
  RN_VEC(rn_sqlite_row_key) row_keys;/* per row; upsert only */
  RN_VEC(uint8_t) deleted;           /* per row; upsert only */
  bool takes_back;                   /* no key, rows may be taken back: every row is its own key, and counted */
  RN_VEC(int64_t) net;               /* per row: how often it came less how often it was taken back */
  uint64_t left;                     /* sum of |net| */
  uint32_t *slots, slot_mask;        /* hash table of row + 1 */
  /* the last text made of a column of times: window bounds repeat for thousands of rows */
  struct rn_sqlite_last { int64_t value; const char *text; uint32_t len; bool set; } *last;
  uint64_t coalesced, not_a_number;
  /* made once, by the store thread */
  bool ordered;
  uint32_t *order;                   /* deletions first, each part by primary key */
  uint32_t delete_count;
  uint64_t missing;                  /* rows to take back that were not there */
  uint32_t inserts;                  /* of order, where rows are counted */
};

static inline rn_sqlite_cell *rn_sqlite_row(const rn_staged *s, uint32_t row) {
  return s->chunks.data[row / RN_SQLITE_CHUNK_ROWS] + (size_t)(row % RN_SQLITE_CHUNK_ROWS) * s->column_count;
}

/* takes_back: the keys are all columns, and rows are counted. */
rn_staged *rn_sqlite_stage_new(uint32_t column_count, const uint32_t *keys, uint32_t key_count, bool takes_back);
void rn_sqlite_stage_free(rn_staged *staged);
size_t rn_sqlite_stage_bytes(const rn_staged *staged);
/* not_null[c]: NaN there is an error. */
rn_status rn_sqlite_stage_add(rn_staged *staged, const rn_batch *batch, const rn_table_spec *table, const uint32_t *columns,
                              rn_error *err);
void rn_sqlite_stage_order(rn_staged *staged);
uint64_t rn_sqlite_stage_written(const rn_staged *staged); /* rows that will be written or taken away */

/* --- sqlite_take_back.c ------------------------------------------------------------------------------------------- */
#define RN_SQLITE_ROW_INDEX "_rn_rows_" /* .. and the table's name */
/* Makes the index by which rows are found again, and checks that they can be; inside the caller's transaction. */
rn_status rn_sqlite_row_index(sqlite3 *db, const rn_table_spec *table, const uint32_t *columns, uint32_t count, rn_error *err);
/* Takes the rows whose net is negative out of the table, and counts those that are not there. */
rn_status rn_sqlite_take_back(sqlite3 *db, sqlite3_stmt **statement, const rn_table_spec *table, const uint32_t *columns,
                              rn_staged *staged, rn_error *err);

/* --- sqlite_feed.c ----------------------------------------------------------------------------------------------- */
typedef struct rn_sqlite_feed { /* what the virtual table shows */
  const rn_staged *staged;
  uint32_t column_count;
  uint32_t first, end; /* of staged->order; of the rows themselves when order is NULL */
} rn_sqlite_feed;

/* Registers the feed as an eponymous virtual table of that name with columns c0, c1, .. */
rn_status rn_sqlite_feed_register(sqlite3 *db, const char *name, rn_sqlite_feed *feed, rn_error *err);
void rn_sqlite_feed_unregister(sqlite3 *db, const char *name);

extern const rn_connector rn_connector_sqlite;

#endif
