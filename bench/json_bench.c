/* Cost of the JSON decoder alone: ns of CPU per record, best and median of 7, for bid-like records (about
 * 196 bytes, 7 fields; all of them and 2) and retail order lines (about 160 bytes, 8 fields; all and 3),
 * with each scanner this machine can run, then of writing them. No source, no plan. The last line is a
 * floor: memchr for the line ends over the same bytes.
 *
 *   json_bench [records]        default 200000 */
#include <stdio.h>
#include <stdlib.h>
#include "connectors/formats/json_decode.h"

typedef struct column_row {
  const char *name;
  rn_type_id id;
  int precision, scale;
} column_row;

static uint64_t seed = 42;
static uint64_t next(void) {
  seed ^= seed << 13;
  seed ^= seed >> 7;
  seed ^= seed << 17;
  return seed;
}
static unsigned below(unsigned n) { return (unsigned)(next() >> 33) % n; }

static void bid(rn_builder *b, unsigned i) {
  static const char *const channels[] = {"Google", "Facebook", "Baidu", "Apple", "channel-1234", "channel-77"};
  rn_builder_printf(b,
                    "{\"auction\":%u,\"bidder\":%u,\"price\":%u,\"channel\":\"%s\",\"url\":\"https://www.nexmark.com/%08x/item.htm?query=1\","
                    "\"dateTime\":\"2024-03-%02u %02u:%02u:%02u.%03u\",\"extra\":\"%08x%08x\"}\n",
                    1000 + below(100000), 1000 + below(1000000), below(10000000), channels[below(6)], below(1u << 31), 1 + i / 4000000 % 28,
                    i / 200000 % 24, i / 10000 % 60, i / 1000 % 60, i % 1000, below(1u << 31), below(1u << 31));
}
static void order(rn_builder *b, unsigned i) {
  static const char *const items[] = {"WHITE HANGING HEART T-LIGHT HOLDER", "WHITE METAL LANTERN", "REGENCY CAKESTAND 3 TIER", "JUMBO BAG RED RETROSPOT"};
  static const char *const countries[] = {"United Kingdom", "France", "Germany", "EIRE"};
  rn_builder_printf(b,
                    "{\"invoice_no\":\"%u\",\"stock_code\":\"%u\",\"description\":\"%s\",\"quantity\":%u,"
                    "\"invoice_time\":\"2010-12-%02u %02u:%02u:00\",\"unit_price\":%u.%02u,\"customer_id\":%u,\"country\":\"%s\"}\n",
                    536365 + i / 20, 20000 + below(5000), items[below(4)], 1 + below(48), 1 + i / 100000 % 28, 8 + i / 10000 % 10, i / 100 % 60,
                    below(20), below(100), 12000 + below(6000), countries[below(4)]);
}

static const column_row bid_columns[] = {{"auction", RN_T_BIGINT, 0, 0}, {"bidder", RN_T_BIGINT, 0, 0}, {"price", RN_T_BIGINT, 0, 0},
                                         {"channel", RN_T_VARCHAR, 0, 0}, {"url", RN_T_VARCHAR, 0, 0}, {"dateTime", RN_T_TIMESTAMP, 3, 0},
                                         {"extra", RN_T_VARCHAR, 0, 0}};
static const column_row order_columns[] = {{"invoice_no", RN_T_VARCHAR, 0, 0}, {"stock_code", RN_T_VARCHAR, 0, 0}, {"description", RN_T_VARCHAR, 0, 0},
                                           {"quantity", RN_T_INT, 0, 0}, {"invoice_time", RN_T_TIMESTAMP, 3, 0}, {"unit_price", RN_T_DECIMAL, 10, 2},
                                           {"customer_id", RN_T_BIGINT, 0, 0}, {"country", RN_T_VARCHAR, 0, 0}};

static int by_value(const void *a, const void *b) { return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b); }

static void report(const char *what, const char *scanner, double *runs, size_t records, size_t bytes) {
  qsort(runs, 7, sizeof *runs, by_value);
  printf("%-26s %-6s %8.1f %8.1f %8.2f\n", what, scanner, runs[0], runs[3], (double)bytes / (double)records / runs[0]);
}

static void measure(const char *what, const char *scanner, const column_row *rows, size_t row_count, const uint32_t *wanted, uint32_t wanted_count,
                    const rn_record *records, size_t count, size_t bytes, bool padded) {
  rn_arena types, arena;
  rn_arena_init(&types);
  rn_arena_init(&arena);
  rn_table_column columns[16];
  memset(columns, 0, sizeof columns);
  for (size_t i = 0; i < row_count; i++) {
    columns[i].name = rows[i].name;
    columns[i].type = rows[i].id == RN_T_DECIMAL     ? rn_type_decimal(&types, rows[i].precision, rows[i].scale, true)
                      : rows[i].id == RN_T_TIMESTAMP ? rn_type_sized(&types, rows[i].id, rows[i].precision, true)
                                                     : rn_type_basic(rows[i].id, true);
  }
  rn_table_spec table = {.name = "t", .column_count = (uint32_t)row_count, .columns = columns};
  rn_decoder *decoder;
  rn_error err = {0};
  if (rn_format_json.decoder_open(&table, wanted, wanted_count, false, NULL, &decoder, &err) != RN_OK || !json_decoder_force(decoder, scanner)) {
    printf("%-26s %-6s not on this machine\n", what, scanner);
    return;
  }
  uint16_t record_of_row[RN_BATCH_ROWS_MAX];
  rn_decode_result result = {.record_of_row = record_of_row};
  double runs[7];
  for (int run = 0; run < 7; run++) {
    int64_t before = rn_cpu_us();
    size_t done = 0, decoded = 0;
    while (done < count) {
      rn_arena_reset(&arena);
      rn_column out[16];
      for (uint32_t i = 0; i < wanted_count; i++) rn_column_init(&out[i], columns[wanted[i]].type, RN_BATCH_ROWS_MAX, &arena);
      uint32_t n = count - done < RN_BATCH_ROWS_MAX ? (uint32_t)(count - done) : RN_BATCH_ROWS_MAX;
      (void)rn_format_json.decode(decoder, records + done, n, padded, out, &arena, &result, &err);
      done += result.records_consumed;
      decoded += result.rows;
    }
    if (decoded != count) printf("%s: decoded %zu of %zu\n", what, decoded, count), exit(1);
    runs[run] = (double)(rn_cpu_us() - before) * 1000 / (double)count;
  }
  report(what, scanner, runs, count, bytes);
  rn_format_json.decoder_close(decoder);
  RN_VEC_FREE(&result.bad);
  rn_arena_free(&arena);
  rn_arena_free(&types);
}

/* The way back: all columns of the same records as objects. */
static void measure_writing(const char *what, const column_row *rows, uint32_t row_count, const rn_record *records, size_t count, size_t bytes) {
  rn_arena types, arena;
  rn_arena_init(&types);
  rn_arena_init(&arena);
  rn_table_column columns[16];
  memset(columns, 0, sizeof columns);
  uint32_t all[16];
  for (uint32_t i = 0; i < row_count; i++) {
    all[i] = i;
    columns[i].name = rows[i].name;
    columns[i].type = rows[i].id == RN_T_DECIMAL     ? rn_type_decimal(&types, rows[i].precision, rows[i].scale, true)
                      : rows[i].id == RN_T_TIMESTAMP ? rn_type_sized(&types, rows[i].id, rows[i].precision, true)
                                                     : rn_type_basic(rows[i].id, true);
  }
  rn_table_spec table = {.name = "t", .column_count = row_count, .columns = columns};
  rn_decoder *decoder;
  rn_encoder *encoder;
  rn_error err = {0};
  if (rn_format_json.decoder_open(&table, all, row_count, false, NULL, &decoder, &err) != RN_OK ||
      rn_format_json.encoder_open(&table, all, row_count, false, NULL, &encoder, &err) != RN_OK)
    exit(1);
  uint16_t record_of_row[RN_BATCH_ROWS_MAX];
  rn_decode_result result = {.record_of_row = record_of_row};
  rn_builder out = {0};
  double runs[7];
  for (int run = 0; run < 7; run++) {
    int64_t spent = 0;
    for (size_t done = 0; done < count;) {
      rn_arena_reset(&arena);
      rn_column read[16];
      for (uint32_t i = 0; i < row_count; i++) rn_column_init(&read[i], columns[i].type, RN_BATCH_ROWS_MAX, &arena);
      uint32_t n = count - done < RN_BATCH_ROWS_MAX ? (uint32_t)(count - done) : RN_BATCH_ROWS_MAX;
      (void)rn_format_json.decode(decoder, records + done, n, true, read, &arena, &result, &err);
      rn_batch batch = {.rows = result.rows, .live_count = result.rows, .column_count = row_count, .columns = read, .arena = &arena};
      rn_builder_clear(&out);
      int64_t before = rn_cpu_us();
      bool is_null;
      for (uint32_t row = 0; row < result.rows; row++) (void)rn_format_json.encode(encoder, &batch, row, &out, &is_null, &err);
      spent += rn_cpu_us() - before;
      done += result.records_consumed;
    }
    runs[run] = (double)spent * 1000 / (double)count;
  }
  report(what, "", runs, count, bytes);
  rn_builder_free(&out);
  rn_format_json.encoder_close(encoder);
  rn_format_json.decoder_close(decoder);
  rn_arena_free(&arena);
  rn_arena_free(&types);
}

static rn_record *cut(const rn_builder *text, size_t count) {
  rn_record *records = rn_calloc(count, sizeof *records);
  const char *p = text->data;
  for (size_t i = 0; i < count; i++) {
    const char *end = strchr(p, '\n');
    records[i].value = rn_slice_make(p, (size_t)(end - p));
    p = end + 1;
  }
  return records;
}

int main(int argc, char **argv) {
  size_t count = argc > 1 ? strtoul(argv[1], NULL, 10) : 200000;
  rn_builder bids = {0}, orders = {0};
  for (unsigned i = 0; i < count; i++) bid(&bids, i);
  for (unsigned i = 0; i < count; i++) order(&orders, i);
  rn_builder_reserve(&bids, 64);
  rn_builder_reserve(&orders, 64);
  rn_record *bid_records = cut(&bids, count), *order_records = cut(&orders, count);
  printf("%zu records; bids %.1f bytes, orders %.1f bytes\n%-26s %-6s %8s %8s %8s\n", count, (double)bids.len / (double)count,
         (double)orders.len / (double)count, "decoded", "with", "best ns", "median", "GB/s");
  static const uint32_t all[] = {0, 1, 2, 3, 4, 5, 6, 7}, auction_price[] = {0, 2}, auction_time[] = {0, 5}, spend[] = {3, 5, 6};
  static const char *const scanners[] = {"avx2", "sse2", "plain"};
  for (size_t s = 0; s < 3; s++) {
    measure("bid, all 7 fields", scanners[s], bid_columns, 7, all, 7, bid_records, count, bids.len, true);
    measure("bid, auction and price", scanners[s], bid_columns, 7, auction_price, 2, bid_records, count, bids.len, true);
    measure("bid, auction and time", scanners[s], bid_columns, 7, auction_time, 2, bid_records, count, bids.len, true);
    measure("bid, 2 fields, no padding", scanners[s], bid_columns, 7, auction_price, 2, bid_records, count, bids.len, false);
    measure("order, all 8 fields", scanners[s], order_columns, 8, all, 8, order_records, count, orders.len, true);
    measure("order, 3 fields", scanners[s], order_columns, 8, spend, 3, order_records, count, orders.len, true);
  }
  measure_writing("bid, written", bid_columns, 7, bid_records, count, bids.len);
  measure_writing("order, written", order_columns, 8, order_records, count, orders.len);
  double runs[7];
  for (int run = 0; run < 7; run++) {
    int64_t before = rn_cpu_us();
    size_t lines = 0;
    for (const char *p = bids.data, *end = bids.data + bids.len; (p = memchr(p, '\n', (size_t)(end - p))) != NULL; p++) lines++;
    if (lines != count) return 1;
    runs[run] = (double)(rn_cpu_us() - before) * 1000 / (double)count;
  }
  report("floor: find line ends", "", runs, count, bids.len);
  return 0;
}
