/* An epoch's rows on their way to SQLite: cells in SQLite's own form, coalesced by primary key as they come (the
 * last change of a key wins), ordered by primary key before they are applied. Conversion goes column by
 * column, with the choice of type outside the loop over the rows. How values lie: DESIGN, docs/SQLITE.md. */
#include <math.h>
#include <stdlib.h>
#include "base/alloc.h"
#include "connectors/sqlite_private.h"
#include "runtime/state.h"
#include "runtime/value_text.h"

enum { FIRST_SLOTS = 1024, DECIMAL_NUMBER_DIGITS = 15 };

rn_staged *rn_sqlite_stage_new(uint32_t column_count, const uint32_t *keys, uint32_t key_count, bool takes_back) {
  rn_staged *s = rn_calloc(1, sizeof *s);
  s->column_count = column_count;
  s->key_count = key_count;
  s->takes_back = takes_back;
  s->keys = rn_calloc(key_count + 1, sizeof *s->keys);
  if (key_count) memcpy(s->keys, keys, key_count * sizeof *keys);
  s->last = rn_calloc(column_count + 1, sizeof *s->last);
  if (key_count) {
    s->slots = rn_calloc(FIRST_SLOTS, sizeof *s->slots);
    s->slot_mask = FIRST_SLOTS - 1;
  }
  return s;
}

void rn_sqlite_stage_free(rn_staged *s) {
  if (!s) return;
  for (size_t i = 0; i < s->chunks.len; i++) rn_free(s->chunks.data[i]);
  RN_VEC_FREE(&s->chunks);
  RN_VEC_FREE(&s->row_keys);
  RN_VEC_FREE(&s->deleted);
  RN_VEC_FREE(&s->net);
  rn_arena_free(&s->arena);
  rn_free(s->slots);
  rn_free(s->last);
  rn_free(s->order);
  rn_free(s->keys);
  rn_free(s);
}

size_t rn_sqlite_stage_bytes(const rn_staged *s) {
  return s->arena.used_bytes + (size_t)s->count * (s->column_count * sizeof(rn_sqlite_cell) + sizeof(rn_sqlite_row_key));
}

/* --- rows ------------------------------------------------------------------------------------------------------- */

static uint32_t add_row(rn_staged *s) {
  if (s->count % RN_SQLITE_CHUNK_ROWS == 0) {
    rn_sqlite_cell *chunk = rn_malloc(sizeof *chunk * RN_SQLITE_CHUNK_ROWS * (s->column_count + 1));
    RN_VEC_PUSH(&s->chunks, chunk);
  }
  return s->count++;
}

static void grow_slots(rn_staged *s) {
  uint32_t capacity = (s->slot_mask + 1) * 2;
  rn_free(s->slots);
  s->slots = rn_calloc(capacity, sizeof *s->slots);
  s->slot_mask = capacity - 1;
  for (uint32_t r = 0; r < s->count; r++) {
    uint32_t at = (uint32_t)s->row_keys.data[r].hash & s->slot_mask;
    while (s->slots[at]) at = (at + 1) & s->slot_mask;
    s->slots[at] = r + 1;
  }
}

/* The row of the key, new or met before in this epoch. */
static uint32_t row_of_key(rn_staged *s, uint64_t hash, const char *key, uint32_t len) {
  if ((uint64_t)s->count * 2 > s->slot_mask) grow_slots(s);
  uint32_t at = (uint32_t)hash & s->slot_mask;
  for (; s->slots[at]; at = (at + 1) & s->slot_mask) {
    const rn_sqlite_row_key *k = &s->row_keys.data[s->slots[at] - 1];
    if (k->hash == hash && k->len == len && memcmp(k->bytes, key, len) == 0) {
      s->coalesced += !s->takes_back;
      return s->slots[at] - 1;
    }
  }
  char *copy = rn_arena_alloc_aligned(&s->arena, len ? len : 1, 1);
  memcpy(copy, key, len);
  rn_sqlite_row_key k = {hash, copy, len};
  RN_VEC_PUSH(&s->row_keys, k);
  if (s->takes_back) RN_VEC_PUSH(&s->net, 0);
  else RN_VEC_PUSH(&s->deleted, 0);
  uint32_t row = add_row(s);
  s->slots[at] = row + 1;
  return row;
}

/* A row and its taking back in one epoch cancel each other. */
static void count_row(rn_staged *s, uint32_t row, bool gone) {
  int64_t *net = &s->net.data[row];
  bool cancels = gone ? *net > 0 : *net < 0;
  *net += gone ? -1 : 1;
  if (cancels) s->coalesced += 2;
  s->left = cancels ? s->left - 1 : s->left + 1;
}

uint64_t rn_sqlite_stage_written(const rn_staged *s) { return s->takes_back ? s->left : s->count; }

/* --- values ------------------------------------------------------------------------------------------------------- */

static void put_text(rn_staged *s, rn_sqlite_cell *cell, const char *text, size_t len, uint32_t kind) {
  char *copy = rn_arena_alloc_aligned(&s->arena, len ? len : 1, 1);
  if (len) memcpy(copy, text, len);
  cell->v.p = copy;
  cell->len = (uint32_t)len;
  cell->kind = kind;
}

/* Where a column's values go: the rows of the batch and the cells they become. */
typedef struct target {
  rn_staged *staged;
  uint32_t column;
  uint32_t count;
  const uint16_t *rows;  /* of the batch */
  const uint32_t *cells; /* rows of the stage */
} target;

static rn_sqlite_cell *cell_of(const target *t, uint32_t i) { return rn_sqlite_row(t->staged, t->cells[i]) + t->column; }

#define PUT_INTEGERS(c_type)                                              \
  do {                                                                    \
    const c_type *data = from->data;                                      \
    for (uint32_t i = 0; i < t->count; i++) {                             \
      rn_sqlite_cell *cell = cell_of(t, i);                               \
      cell->v.i = data[t->rows[i]];                                       \
      cell->kind = SQLITE_INTEGER;                                        \
    }                                                                     \
  } while (0)

static void put_doubles(const target *t, const rn_column *from, bool single) {
  const double *wide = from->data;
  const float *narrow = from->data;
  for (uint32_t i = 0; i < t->count; i++) {
    rn_sqlite_cell *cell = cell_of(t, i);
    double d = single ? (double)narrow[t->rows[i]] : wide[t->rows[i]];
    if (isnan(d)) {
      cell->kind = SQLITE_NULL;
      if (rn_is_valid(from, t->rows[i])) t->staged->not_a_number++;
    } else {
      cell->v.d = d;
      cell->kind = SQLITE_FLOAT;
    }
  }
}

/* Up to 15 digits: a number, exact in a double when it has a fraction. */
static void put_small_decimals(const target *t, const rn_column *from) {
  const int64_t *data = from->data;
  double divisor = (double)rn_pow10_64((unsigned)from->type->scale);
  for (uint32_t i = 0; i < t->count; i++) {
    rn_sqlite_cell *cell = cell_of(t, i);
    if (from->type->scale == 0) {
      cell->v.i = data[t->rows[i]];
      cell->kind = SQLITE_INTEGER;
    } else {
      cell->v.d = (double)data[t->rows[i]] / divisor;
      cell->kind = SQLITE_FLOAT;
    }
  }
}

static void put_strings(const target *t, const rn_column *from, uint32_t kind) {
  const rn_str *data = from->data;
  for (uint32_t i = 0; i < t->count; i++) {
    uint32_t row = t->rows[i];
    if (rn_is_null(from, row)) continue;
    put_text(t->staged, cell_of(t, i), rn_str_ptr(&data[row]), data[row].len, kind);
  }
}

/* Dates and times: the same value again shares the text made before. */
static void put_times(const target *t, const rn_column *from, rn_builder *text) {
  struct rn_sqlite_last *last = &t->staged->last[t->column];
  bool wide = rn_type_physical(from->type) == RN_P_I64;
  for (uint32_t i = 0; i < t->count; i++) {
    uint32_t row = t->rows[i];
    if (rn_is_null(from, row)) continue;
    int64_t value = wide ? ((const int64_t *)from->data)[row] : ((const int32_t *)from->data)[row];
    rn_sqlite_cell *cell = cell_of(t, i);
    if (!last->set || last->value != value) {
      rn_builder_clear(text);
      rn_value_text(text, from, row, RN_TEXT_SQLITE, NULL);
      put_text(t->staged, cell, text->data, text->len, SQLITE_TEXT);
      *last = (struct rn_sqlite_last){value, cell->v.p, cell->len, true};
    } else {
      *cell = (rn_sqlite_cell){.v.p = last->text, .len = last->len, .kind = SQLITE_TEXT};
    }
  }
}

static void put_other_text(const target *t, const rn_column *from, rn_builder *text) {
  for (uint32_t i = 0; i < t->count; i++) {
    uint32_t row = t->rows[i];
    if (rn_is_null(from, row)) continue;
    rn_builder_clear(text);
    rn_value_text(text, from, row, RN_TEXT_SQLITE, NULL);
    put_text(t->staged, cell_of(t, i), text->data ? text->data : "", text->len, SQLITE_TEXT);
  }
}

static void put_column(const target *t, const rn_column *from, rn_builder *text) {
  switch ((rn_type_id)from->type->id) {
    case RN_T_BOOLEAN: PUT_INTEGERS(uint8_t); break;
    case RN_T_TINYINT: PUT_INTEGERS(int8_t); break;
    case RN_T_SMALLINT: PUT_INTEGERS(int16_t); break;
    case RN_T_INT: PUT_INTEGERS(int32_t); break;
    case RN_T_BIGINT: PUT_INTEGERS(int64_t); break;
    case RN_T_FLOAT: put_doubles(t, from, true); break;
    case RN_T_DOUBLE: put_doubles(t, from, false); break;
    case RN_T_DECIMAL:
      if (from->type->precision <= DECIMAL_NUMBER_DIGITS) put_small_decimals(t, from);
      else put_other_text(t, from, text);
      break;
    case RN_T_CHAR: case RN_T_VARCHAR: case RN_T_VARIANT: put_strings(t, from, SQLITE_TEXT); break;
    case RN_T_BINARY: case RN_T_VARBINARY: put_strings(t, from, SQLITE_BLOB); break;
    case RN_T_DATE: case RN_T_TIME: case RN_T_TIMESTAMP: case RN_T_TIMESTAMP_LTZ: put_times(t, from, text); break;
    case RN_T_INTERVAL_MONTH: case RN_T_INTERVAL_MS: case RN_T_ARRAY: case RN_T_MAP: case RN_T_MULTISET: case RN_T_ROW:
      put_other_text(t, from, text);
      break;
    case RN_T_NULL: case RN_T_ERROR: case RN_T_COUNT:
      for (uint32_t i = 0; i < t->count; i++) cell_of(t, i)->kind = SQLITE_NULL;
      break;
  }
  if (!from->valid) return;
  for (uint32_t i = 0; i < t->count; i++) {
    if (rn_is_null(from, t->rows[i])) cell_of(t, i)->kind = SQLITE_NULL;
  }
}

/* NaN where NULL may not stand cannot be stored. */
static rn_status check_numbers(const rn_batch *batch, const rn_table_spec *table, const uint32_t *columns, rn_error *err) {
  for (uint32_t c = 0; c < batch->column_count; c++) {
    const rn_column *from = &batch->columns[c];
    if (from->type->id != RN_T_DOUBLE && from->type->id != RN_T_FLOAT) continue;
    const rn_table_column *column = &table->columns[columns[c]];
    bool is_key = false;
    for (uint32_t k = 0; k < table->key_count; k++) is_key = is_key || table->keys[k] == columns[c];
    if (!is_key && column->type->nullable) continue;
    for (uint32_t i = 0; i < batch->live_count; i++) {
      uint32_t row = rn_live(batch, i);
      double d = from->type->id == RN_T_DOUBLE ? ((const double *)from->data)[row] : (double)((const float *)from->data)[row];
      if (rn_is_valid(from, row) && isnan(d)) {
        return rn_fail(err, RN_E_BAD_RECORD, "NaN cannot be stored in column %s of table %s: SQLite keeps NaN as NULL, and the column is %s",
                       column->name, table->name, is_key ? "a key" : "NOT NULL");
      }
    }
  }
  return RN_OK;
}

rn_status rn_sqlite_stage_add(rn_staged *s, const rn_batch *batch, const rn_table_spec *table, const uint32_t *columns,
                              rn_error *err) {
  if (check_numbers(batch, table, columns, err) != RN_OK) return RN_FAIL;
  uint16_t rows[RN_BATCH_ROWS_MAX];
  uint32_t cells[RN_BATCH_ROWS_MAX], count = 0;
  if (s->key_count == 0) {
    for (uint32_t i = 0; i < batch->live_count; i++) {
      uint32_t row = rn_live(batch, i);
      if (rn_kind(batch, row) != RN_INSERT) {
        return rn_fail(err, RN_E_SINK, "table %s has no PRIMARY KEY, but the query changes rows it gave before", table->name);
      }
      rows[count] = (uint16_t)row;
      cells[count++] = add_row(s);
    }
  } else {
    rn_keys keys;
    rn_keys_encode(&keys, batch, s->keys, s->key_count, 0, batch->arena);
    for (uint32_t i = 0; i < batch->live_count; i++) {
      uint32_t row = rn_live(batch, i);
      rn_row_kind kind = rn_kind(batch, row);
      rows[count] = (uint16_t)row;
      cells[count] = row_of_key(s, keys.hashes[i], keys.keys[i], keys.lengths[i]);
      /* -U takes the row away like -D: its +U may have failed a HAVING, and puts the row back where it did not */
      bool gone = rn_takes_back(kind);
      if (s->takes_back) count_row(s, cells[count], gone);
      else s->deleted.data[cells[count]] = gone;
      count++;
    }
  }
  rn_builder text = {0};
  for (uint32_t c = 0; c < batch->column_count; c++) {
    target t = {s, c, count, rows, cells};
    put_column(&t, &batch->columns[c], &text);
  }
  rn_builder_free(&text);
  return RN_OK;
}

/* --- order ----------------------------------------------------------------------------------------------------------- */

typedef struct sort_item {
  uint64_t prefix; /* orders like the first key column that differs, as far as eight bytes tell */
  uint32_t row;
  uint32_t upsert; /* deletions come first */
} sort_item;

static int compare_cells(const rn_sqlite_cell *a, const rn_sqlite_cell *b) {
  if (a->kind != b->kind) return a->kind < b->kind ? -1 : 1;
  if (a->kind == SQLITE_INTEGER) return (a->v.i > b->v.i) - (a->v.i < b->v.i);
  if (a->kind == SQLITE_FLOAT) return (a->v.d > b->v.d) - (a->v.d < b->v.d);
  if (a->kind == SQLITE_NULL || (a->v.p == b->v.p && a->len == b->len)) return 0;
  int by_bytes = memcmp(a->v.p, b->v.p, a->len < b->len ? a->len : b->len);
  return by_bytes ? by_bytes : (a->len > b->len) - (a->len < b->len);
}

static int compare_items(const void *pa, const void *pb, void *ctx) {
  const sort_item *a = pa, *b = pb;
  const rn_staged *s = ctx;
  if (a->upsert != b->upsert) return a->upsert < b->upsert ? -1 : 1;
  if (a->prefix != b->prefix) return a->prefix < b->prefix ? -1 : 1;
  const rn_sqlite_cell *ra = rn_sqlite_row(s, a->row), *rb = rn_sqlite_row(s, b->row);
  for (uint32_t k = 0; k < s->key_count; k++) {
    int order = compare_cells(&ra[s->keys[k]], &rb[s->keys[k]]);
    if (order) return order;
  }
  return 0;
}

/* Bytes that all texts of the column have in common: they would make every prefix equal. */
static uint32_t common_length(const rn_staged *s, uint32_t column) {
  const rn_sqlite_cell *first = &rn_sqlite_row(s, 0)[column];
  uint32_t common = first->len;
  for (uint32_t r = 1; r < s->count && common; r++) {
    const rn_sqlite_cell *cell = &rn_sqlite_row(s, r)[column];
    if (cell->kind != first->kind) return 0;
    if (cell->v.p == first->v.p) continue;
    uint32_t n = 0;
    while (n < common && n < cell->len && cell->v.p[n] == first->v.p[n]) n++;
    common = n;
  }
  return common;
}

static uint64_t prefix_of(const rn_sqlite_cell *cell, uint32_t skip) {
  if (cell->kind == SQLITE_INTEGER) return (uint64_t)cell->v.i ^ (1ull << 63);
  if (cell->kind == SQLITE_FLOAT) {
    uint64_t bits;
    memcpy(&bits, &cell->v.d, 8);
    return bits >> 63 ? ~bits : bits | 1ull << 63;
  }
  uint64_t prefix = 0;
  for (uint32_t i = 0; i < 8; i++) {
    prefix = prefix << 8 | (skip + i < cell->len ? (unsigned char)cell->v.p[skip + i] : 0u);
  }
  return prefix;
}

static bool same_kinds(const rn_staged *s, uint32_t column) {
  uint32_t kind = rn_sqlite_row(s, 0)[column].kind;
  for (uint32_t r = 1; r < s->count; r++) {
    if (rn_sqlite_row(s, r)[column].kind != kind) return false;
  }
  return kind != SQLITE_NULL;
}

static bool is_constant(const rn_staged *s, uint32_t column) {
  for (uint32_t r = 1; r < s->count; r++) {
    if (compare_cells(&rn_sqlite_row(s, 0)[column], &rn_sqlite_row(s, r)[column]) != 0) return false;
  }
  return true;
}

/* What is left to insert, in the order of arrival. */
static void order_counted(rn_staged *s) {
  s->order = rn_malloc(sizeof *s->order * (size_t)(s->left + 1));
  s->inserts = 0;
  for (uint32_t r = 0; r < s->count; r++)
    for (int64_t n = s->net.data[r]; n > 0; n--) s->order[s->inserts++] = r;
}

void rn_sqlite_stage_order(rn_staged *s) {
  if (s->ordered) return;
  s->ordered = true;
  if (s->takes_back) order_counted(s);
  if (s->takes_back || s->key_count == 0 || s->count == 0) return; /* appended rows keep their order */
  uint32_t column = s->keys[0];
  for (uint32_t k = 0; k + 1 < s->key_count && is_constant(s, column); k++) column = s->keys[k + 1];
  bool usable = same_kinds(s, column);
  uint32_t kind = rn_sqlite_row(s, 0)[column].kind;
  uint32_t skip = usable && (kind == SQLITE_TEXT || kind == SQLITE_BLOB) ? common_length(s, column) : 0;
  sort_item *items = rn_malloc(sizeof *items * s->count);
  bool sorted = true;
  for (uint32_t r = 0; r < s->count; r++) {
    items[r] = (sort_item){usable ? prefix_of(&rn_sqlite_row(s, r)[column], skip) : 0, r, s->deleted.data[r] ? 0 : 1};
    s->delete_count += s->deleted.data[r];
    if (r && sorted && compare_items(&items[r - 1], &items[r], s) > 0) sorted = false;
  }
  if (!sorted) qsort_r(items, s->count, sizeof *items, compare_items, s);
  s->order = rn_malloc(sizeof *s->order * s->count);
  for (uint32_t r = 0; r < s->count; r++) s->order[r] = items[r].row;
  rn_free(items);
}
