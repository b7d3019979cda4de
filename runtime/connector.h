/* Connectors and formats: what the runtime asks of them, and the option rows from which checks, "did
 * you mean", completion, masking and docs are made. A connector sees rows as batches (or raw records)
 * and options as strings; it knows no SQL. A format turns bytes into a batch and a batch into bytes; it
 * knows no transport. Rows are registered in connectors/registry.c. */
#ifndef RN_RUNTIME_CONNECTOR_H
#define RN_RUNTIME_CONNECTOR_H
#include "base/calendar.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/vec.h"
#include "runtime/batch.h"

/* --- options ---------------------------------------------------------------------------------- */
typedef enum rn_option_type {
  RN_OPT_STRING, RN_OPT_BOOL, RN_OPT_INT /* with min/max */, RN_OPT_DURATION /* microseconds */,
  RN_OPT_SIZE /* bytes */, RN_OPT_ENUM /* choices "a|b|c" */, RN_OPT_DOUBLE
} rn_option_type;
enum {
  RN_OPTION_REQUIRED = 1, RN_OPTION_SECRET = 2,
  RN_OPTION_REOPEN = 4,    /* may change between runs without touching identity (bootstrap servers ..) */
  RN_OPTION_PREFIX = 8,    /* name ends in '.': any name below it ("properties.") */
  RN_OPTION_SOURCE = 16, RN_OPTION_SINK = 32, /* neither: both */
  RN_OPTION_IGNORED = 64   /* known Flink option without meaning here: accepted with a note */
};
typedef struct rn_option {
  const char *name;
  rn_option_type type;
  uint16_t flags;
  const char *default_text; /* NULL: none */
  const char *choices;      /* ENUM: "fail|skip|dead-letter" */
  int64_t min, max;         /* INT, DURATION, SIZE; both 0: any */
  const char *help;         /* one line */
  const char *old_name;     /* accepted with a note, e.g. "startup-mode"; NULL */
} rn_option;

typedef struct rn_option_value {
  const char *key, *value; /* value as stored: references ${env:..} not expanded */
  rn_span key_span, value_span;
} rn_option_value;
typedef struct rn_options {
  size_t count;
  const rn_option_value *items; /* sorted by key */
} rn_options;
const char *rn_option_text(const rn_options *options, const char *key); /* NULL: not given */
const rn_option_value *rn_option_find(const rn_options *options, const char *key); /* with its spans; NULL */
/* Typed readers for validated options; fall back to the row's default. `rows` is the connector's or
 * format's table. */
const char *rn_option_string(const rn_options *o, const rn_option *rows, size_t n, const char *key);
int64_t rn_option_int(const rn_options *o, const rn_option *rows, size_t n, const char *key); /* INT; DURATION: us; SIZE: bytes; 0: neither given nor defaulted */
bool rn_option_bool(const rn_options *o, const rn_option *rows, size_t n, const char *key);
double rn_option_double(const rn_options *o, const rn_option *rows, size_t n, const char *key);
/* The row that governs `key`: its own, the one it is the old name of, else the longest PREFIX row; NULL: unknown. */
const rn_option *rn_option_row(const rn_option *rows, size_t n, rn_slice key);
/* "10 s", "500ms", "1 min", bare number = ms -> us; "64 kb" -> bytes. False: not of the form. */
bool rn_duration_parse(rn_slice text, int64_t *us);
bool rn_size_parse(rn_slice text, int64_t *bytes);
/* Checks options against rows (unknown with suggestion, type, range, choices, required for the
 * direction); adds every finding to diags with its span. Old names are renamed with a warning.
 * Expands nothing. */
rn_status rn_options_check(const char *what /* "connector kafka" */, const rn_options *options,
                           const rn_option *const *row_sets, const size_t *row_counts, size_t set_count,
                           uint16_t direction, rn_diagnostics *diags);
/* ${env:NAME:-default} and ${file:PATH}; result in arena. A value that holds such a reference is not
 * checked for type and range by rn_options_check: check again after expansion. */
rn_status rn_option_expand(const char *value, rn_arena *arena, const char **out, rn_error *err);

/* --- tables ------------------------------------------------------------------------------------- */
typedef enum rn_column_role { RN_COLUMN_PHYSICAL, RN_COLUMN_METADATA } rn_column_role;
typedef struct rn_table_column {
  const char *name;
  const rn_type *type;
  rn_column_role role;
  const char *metadata_key; /* METADATA: "offset" .. */
  bool is_virtual;          /* METADATA VIRTUAL: never written */
} rn_table_column;
#define RN_PARTITION_KEY "partition."
static inline bool rn_is_partition(const rn_table_column *column) {
  return column->role == RN_COLUMN_METADATA && strncmp(column->metadata_key, RN_PARTITION_KEY, sizeof RN_PARTITION_KEY - 1) == 0;
}

typedef struct rn_connector rn_connector;
typedef struct rn_format rn_format;

/* What a connector knows of a table: physical and metadata columns (computed ones are the plan's). */
typedef struct rn_table_spec {
  const char *name;                 /* for messages */
  uint32_t column_count;
  const rn_table_column *columns;
  uint32_t key_count;               /* PRIMARY KEY */
  const uint32_t *keys;             /* indexes into columns */
  rn_options options;               /* expanded values */
  const rn_connector *connector;
  const rn_format *value_format, *key_format; /* NULL: none */
  rn_span span;                     /* of the table's name in the statement */
} rn_table_spec;

/* Checks all options of a table: the connector's rows, rn_table_options, the rows of its formats under
 * their prefixes ("json.", "value.json.", "key.json."), then connector->check. direction: RN_OPTION_SOURCE,
 * RN_OPTION_SINK or 0 (CREATE: not known yet; only what both directions require is missed). */
rn_status rn_table_options_check(const rn_table_spec *table, uint16_t direction, rn_diagnostics *diags);
/* The row that governs an option of a table (masking, reopen, completion); NULL: unknown. */
const rn_option *rn_table_option_row(const rn_connector *connector, const rn_format *value_format,
                                     const rn_format *key_format, rn_slice key);
/* A format's option by its bare name ("ignore-parse-errors") under any of its prefixes; falls back to the
 * row's default, NULL when there is none. */
const char *rn_format_option(const rn_table_spec *table, const rn_format *format, bool is_key, const char *name);
bool rn_format_option_bool(const rn_table_spec *table, const rn_format *format, bool is_key, const char *name);

/* Which physical columns a record's key and value carry ('key.fields', 'key.fields-prefix',
 * 'value.fields-include'; DIALECT 7.1). Formats find their fields by column name, so the key's table is the
 * table with the prefix cut from the names of the key columns. */
typedef struct rn_key_layout {
  uint32_t key_count;             /* 0: no key format; everything is in the value */
  const uint32_t *key_columns;    /* table columns, in the order of key.fields */
  const rn_table_spec *key_table; /* for decoder_open / encoder_open with is_key */
  uint32_t value_count;
  const uint32_t *value_columns;  /* physical table columns in the value, in schema order */
  bool key_in_value;              /* value.fields-include = ALL: a scan reads the value's copy, never the key's */
} rn_key_layout;
/* Checks the options on the way (E_OPTION_VALUE); memory is in arena. */
rn_status rn_key_layout_make(const rn_table_spec *table, rn_arena *arena, rn_key_layout *out, rn_error *err);

/* --- formats --------------------------------------------------------------------------------------- */
typedef struct rn_record { /* a raw message or line; bytes are valid until the source's next poll */
  rn_slice value;          /* ptr NULL: a null message (tombstone) */
  rn_slice key;            /* ptr NULL: none */
  int64_t offset;
  int64_t timestamp_ms;    /* -1: none */
  const void *headers;     /* connector's own, for its metadata() function */
  uint16_t split;
} rn_record;

typedef struct rn_bad_record {
  uint32_t record;         /* index in the array given to decode */
  int column;              /* table column, -1: the record as a whole */
  uint32_t position;       /* byte in the record where it went wrong */
  char reason[160];        /* `"12,5" is not DECIMAL(10, 2)` */
} rn_bad_record;

typedef struct rn_decode_result {
  uint32_t rows;               /* rows appended to the batch columns (from row 0 on) */
  uint16_t *record_of_row;     /* caller's array, RN_BATCH_ROWS_MAX; valid when !one_to_one */
  bool one_to_one;             /* row i came from record i, for all records consumed */
  uint32_t records_consumed;   /* less than given when the batch became full */
  uint64_t bad_fields;         /* ignore-parse-errors: fields that became NULL */
  uint64_t skipped;            /* records that make no row by rule (null message, ignored parse error) */
  RN_VEC(rn_bad_record) bad;   /* records that could not be decoded and made no row */
} rn_decode_result;

typedef struct rn_decoder rn_decoder; /* instance of one table scan; one thread */
typedef struct rn_encoder rn_encoder;

struct rn_format {
  const char *name;
  const rn_option *options; /* names without the "json." prefix */
  size_t option_count;
  const char *help;
  /* Columns to decode: table columns of role PHYSICAL; out_columns[i] is the batch column of wanted
   * column i (projection push-down: only these are decoded). */
  rn_status (*decoder_open)(const rn_table_spec *table, const uint32_t *wanted, uint32_t wanted_count,
                            bool is_key, const rn_zone *zone, rn_decoder **out, rn_error *err);
  /* Appends rows to columns[i] (capacity RN_BATCH_ROWS_MAX, initialised, row 0 on). Text may point into
   * the records or the arena. Bytes up to 64 past a record's end may be read only if `padded`. */
  rn_status (*decode)(rn_decoder *decoder, const rn_record *records, uint32_t count, bool padded,
                      rn_column *columns, rn_arena *arena, rn_decode_result *result, rn_error *err);
  void (*decoder_close)(rn_decoder *decoder);
  /* Physical columns in schema order; input column i of the batch is table column columns[i]. */
  rn_status (*encoder_open)(const rn_table_spec *table, const uint32_t *columns, uint32_t count,
                            bool is_key, const rn_zone *zone, rn_encoder **out, rn_error *err);
  /* Appends the row's bytes (no line end). *is_null: the row has no value (raw NULL). */
  rn_status (*encode)(rn_encoder *encoder, const rn_batch *batch, uint32_t row, rn_builder *out,
                      bool *is_null, rn_error *err);
  void (*encoder_close)(rn_encoder *encoder);
  /* Splits a block of a file into records: returns bytes consumed (whole records only; at_end: the
   * last record may lack its line end). NULL: lines ending in LF (CR before it is cut). */
  size_t (*split)(const rn_table_spec *table, const char *block, size_t len, bool at_end,
                  rn_record *records, uint32_t capacity, uint32_t *count);
  const char *file_header; /* none today; NULL */
  /* Does each file of this table begin with a header record ('csv.header')? NULL: never. write_header
   * appends it (no line end). */
  bool (*has_header)(const rn_table_spec *table);
  void (*write_header)(const rn_table_spec *table, const uint32_t *columns, uint32_t count, rn_builder *out);
};

/* --- sources ----------------------------------------------------------------------------------------- */
typedef struct rn_source rn_source; /* connector's own struct */

/* A position to resume from, per split; text, so that a person can read it in _rn_offset. */
typedef struct rn_position {
  const char *split;    /* "orders/3", a path */
  const char *position; /* "91822", JSON .. */
} rn_position;
typedef RN_VEC(rn_position) rn_positions; /* strings are heap (rn_strdup), freed by rn_positions_free */
void rn_positions_put(rn_positions *positions, const char *split, const char *position);
void rn_positions_free(rn_positions *positions);

typedef struct rn_source_spec {
  const rn_table_spec *table;
  const uint32_t *columns;  /* table columns the plan reads, in output order */
  uint32_t column_count;
  unsigned subtask, parallelism; /* a source instance takes the splits that fall to it: index % parallelism */
  const rn_position *restored;   /* positions of the last committed epoch; 0: start as the options say */
  size_t restored_count;
  bool until_end;           /* take end positions now (or the stored ones) and end there */
  const rn_position *until; /* stored end positions of an interrupted --until-end run */
  size_t until_count;
  const rn_clock *clock;
  const rn_zone *zone;
  uint64_t seed;
  void *store;              /* rn_store *, for the sqlite connector; may be NULL */
  void (*notice)(void *ctx, const char *text); /* "group has no committed offset, reading from earliest" */
  void *notice_ctx;
  void (*wake)(void *ctx);  /* may be called from any thread when data arrives; may be NULL */
  void *wake_ctx;
  bool (*interrupted)(void *ctx); /* asked by an open that waits; true: it fails with RN_E_INTERRUPTED. May be NULL */
  void *interrupted_ctx;
  /* poll_rows sources: a row that cannot be converted. RN_OK: the table's 'on-error' goes on without it;
   * RN_FAIL: stop with err. NULL: the source fails itself. column: table column, -1: the whole row. */
  rn_status (*bad_row)(void *ctx, uint32_t split, int64_t offset, int column, const char *reason, rn_slice raw,
                       rn_error *err);
  void *bad_row_ctx;
} rn_source_spec;

typedef enum rn_poll { RN_POLL_ROWS, RN_POLL_IDLE, RN_POLL_END } rn_poll;

typedef struct rn_record_run { /* what poll_records gives */
  const rn_record *records;
  uint32_t count;
  bool padded; /* 64 readable bytes follow every record */
} rn_record_run;

/* --- sinks ------------------------------------------------------------------------------------------ */
typedef struct rn_sink rn_sink;
typedef struct rn_staged rn_staged; /* an epoch's rows, frozen at the barrier */
typedef struct rn_txn rn_txn;       /* the epoch's transaction (store.h) */

typedef struct rn_sink_spec {
  const rn_table_spec *table;
  const rn_schema *schema;     /* of the batches */
  const uint32_t *columns;     /* table column of batch column i */
  const uint32_t *keys;        /* batch columns of the primary key */
  uint32_t key_count;
  uint8_t changes;             /* RN_CHANGE_* bits that may come */
  unsigned subtask, parallelism;
  const rn_position *restored; /* what the sink stored (file lengths) */
  size_t restored_count;
  bool fresh;                  /* first run of this job on this table */
  const rn_clock *clock;
  const rn_zone *zone;
  void *store;
  void (*write_output)(void *ctx, const char *text, size_t len, bool is_error); /* print connector */
  void *output_ctx;
  void (*notice)(void *ctx, const char *text);
  void *notice_ctx;
  bool (*interrupted)(void *ctx); /* as in rn_source_spec */
  void *interrupted_ctx;
} rn_sink_spec;

/* --- the connector row --------------------------------------------------------------------------------- */
typedef struct rn_metadata_key {
  const char *key;
  rn_type_id type;
  int32_t precision;
  bool writable;
  const char *help;
  const rn_type *nested; /* type MAP, ARRAY or ROW: the whole type (static) */
} rn_metadata_key;

enum { RN_CONNECTOR_NEEDS_FORMAT = 1 << 0,
       RN_CONNECTOR_TAKES_KEY_FORMAT = 1 << 1,
       RN_CONNECTOR_IN_FILE = 1 << 2, /* rows are part of the epoch's transaction: exactly once */
       RN_CONNECTOR_LIVE = 1 << 3, /* an unbounded scan gives what happens now: a time far ahead of the clock is not believed */
       RN_CONNECTOR_TAKES_BACK = 1 << 4, /* without a PRIMARY KEY -U and -D take one equal row away: only how often a row came
                                            counts, so that all changes of a row must meet in one instance and may be folded */
       RN_CONNECTOR_PARTITIONS = 1 << 5, /* columns of PARTITIONED BY lie in paths, not in records: to the connector they are
                                            metadata "partition.N" (their place in PARTITIONED BY), STRING; metadata_value gets
                                            metadata_count + table column */
       RN_CONNECTOR_ONE_WRITER = 1 << 6, /* a table is written by one sink at a time: several INSERTs of a job share one */
       RN_CONNECTOR_STAMPS = 1 << 7 /* a record carries the time of its row: metadata "timestamp", else its time attribute */ };

struct rn_connector {
  const char *name;
  const char *help;
  uint16_t flags;
  const rn_option *options;
  size_t option_count;
  const rn_metadata_key *metadata;
  size_t metadata_count;
  /* Is a scan of this table bounded by its options? NULL: cannot be read. */
  bool (*is_bounded)(const rn_table_spec *table);
  /* Rows of a bounded table, now and without reading them; -1: not known. NULL: never. store: rn_store *, may be NULL. */
  int64_t (*row_count)(const rn_table_spec *table, void *store);
  /* Extra checks of a definition beyond the option rows (optional). */
  rn_status (*check)(const rn_table_spec *table, uint16_t direction, rn_diagnostics *diags);
  /* Changes the sink accepts (RN_CHANGE_* bits) for this table; 0: cannot be written. */
  uint8_t (*sink_accepts)(const rn_table_spec *table);
  /* Can only one instance of a sink write this table? NULL: never so. */
  bool (*sink_is_single)(const rn_table_spec *table);

  rn_status (*source_open)(const rn_source_spec *spec, rn_source **out, rn_error *err);
  /* Splits of this instance; names stay valid. May grow while running (new partitions). */
  uint32_t (*source_splits)(rn_source *source);
  const char *(*source_split_name)(rn_source *source, uint32_t split);
  /* One of the two: raw records for a format, or finished rows (into columns that are initialised with
   * capacity RN_BATCH_ROWS_MAX; at most max_rows). Waits at most wait_us when there is nothing. */
  rn_status (*poll_records)(rn_source *source, uint32_t max_records, int64_t wait_us, rn_record_run *out,
                            rn_poll *poll, rn_error *err);
  rn_status (*poll_rows)(rn_source *source, uint32_t max_rows, int64_t wait_us, rn_column *columns,
                         rn_arena *arena, uint32_t *rows, rn_poll *poll, rn_error *err);
  /* Value of a metadata column for one record. */
  void (*metadata_value)(rn_source *source, const rn_record *record, uint32_t metadata, rn_column *out,
                         uint32_t row, uint32_t capacity, rn_arena *arena);
  /* Number of records of the last run (counted from its first) that downstream has taken: positions() is
   * just behind them. Records of a run that were not taken are given again by the next poll. */
  void (*consumed)(rn_source *source, uint32_t records);
  rn_status (*positions)(rn_source *source, rn_positions *out, rn_error *err);
  rn_status (*until_positions)(rn_source *source, rn_positions *out, rn_error *err); /* end positions taken */
  rn_status (*source_committed)(rn_source *source, uint64_t epoch, const rn_position *positions, size_t count, rn_error *err); /* NULL ok; store thread */
  /* Lag in records behind the end, -1: unknown. */
  int64_t (*lag)(rn_source *source);
  void (*pause_split)(rn_source *source, uint32_t split, bool paused); /* NULL: cannot; else split_lag tells whom to wait for */
  int64_t (*split_lag)(rn_source *source, uint32_t split); /* records that are known to be there and were not taken; task thread */
  void (*source_close)(rn_source *source);
  /* What the source itself promises about event time, RN_WATERMARK_NONE: nothing yet; asked after each poll. NULL: nothing
   * ever. It raises what the WATERMARK of the table's definition gives. */
  int64_t (*source_watermark)(rn_source *source);
  /* Is the split still part of the watermark's minimum? A file that was read to its end is not. NULL: all are. */
  bool (*split_active)(rn_source *source, uint32_t split);

  rn_status (*sink_open)(const rn_sink_spec *spec, rn_sink **out, rn_error *err);
  rn_status (*stage)(rn_sink *sink, const rn_batch *batch, rn_error *err);       /* task thread */
  size_t (*staged_bytes)(rn_sink *sink); /* NULL: none that an early epoch would make fewer */
  /* Freezes what was staged since the last barrier (task thread); the task goes on staging at once. NULL: rows are out
   * when stage() returns. */
  rn_status (*freeze)(rn_sink *sink, rn_staged **out, rn_error *err);
  /* Outside targets: make the frozen rows durable before the transaction (store thread). NULL: none. */
  rn_status (*flush)(rn_sink *sink, rn_staged *staged, uint64_t epoch, rn_error *err);
  /* Inside the epoch's transaction (store thread). NULL: nothing of theirs lies in the file. */
  rn_status (*apply)(rn_sink *sink, rn_staged *staged, rn_txn *txn, uint64_t epoch, rn_error *err);
  rn_status (*sink_positions)(rn_sink *sink, rn_staged *staged, rn_positions *out, rn_error *err); /* stored with the epoch */
  void (*sink_committed)(rn_sink *sink, rn_staged *staged, uint64_t epoch);       /* frees staged */
  /* Frees staged rows of an epoch that was given up (the job failed or was aborted). NULL: nothing to free. */
  void (*sink_discard)(rn_sink *sink, rn_staged *staged);
  void (*sink_counters)(rn_sink *sink, uint64_t *written, uint64_t *coalesced);
  void (*sink_release)(rn_sink *sink); /* the job has ended, its counters are still asked for: others may write the target. NULL ok */
  void (*sink_close)(rn_sink *sink);
  /* SHOW PARTITIONS: those that have rows, once each; `values` of the columns in the order of PARTITIONED BY, NULL for a NULL. NULL:
   * nobody knows them. */
  rn_status (*partitions)(const rn_table_spec *table, void (*add)(void *ctx, const char *name, const char *const *values), void *ctx,
                          rn_error *err);
  /* INSERT OVERWRITE of tables outside the file (all NULL: refused): 'path' that the new rows are written to in the place of the
   * table's; begin and end get the table with that path. begin takes away what others left there; owner is a text of this job.
   * end puts the new rows into the place of the old when they are the owner's; needed: it is an error when they are not. */
  const char *(*overwrite_path)(const rn_table_spec *table, rn_arena *arena);
  rn_status (*overwrite_begin)(const rn_table_spec *fresh, const char *owner, rn_error *err);
  rn_status (*overwrite_end)(const rn_table_spec *fresh, const char *owner, bool needed, rn_error *err);
};

#define RN_OVERWRITE_MARK "runnel-overwrite/" /* in the path that overwrite_path gives */

/* The connectors and formats of an engine; connectors/registry.c has the built-in one, api/ hands it
 * down (planner and runtime do not include connectors/). */
typedef struct rn_registry {
  const rn_connector *const *connectors;
  size_t connector_count;
  const rn_format *const *formats;
  size_t format_count;
} rn_registry;
const rn_connector *rn_connector_find(const rn_registry *registry, rn_slice name); /* NULL: none */
const rn_format *rn_format_find(const rn_registry *registry, rn_slice name);

/* Options that every table takes, whatever its connector ('connector', 'on-error', scan.watermark.*,
 * scan.parallelism, 'format' ..). */
extern const rn_option rn_table_options[];
extern const size_t rn_table_option_count;

#endif
