/* What the two halves of the csv format (csv.c reads, csv_write.c writes) share: the dialect of a table. */
#ifndef RN_CONNECTORS_FORMATS_CSV_H
#define RN_CONNECTORS_FORMATS_CSV_H
#include "connectors/formats/format_common.h"

typedef struct csv_dialect {
  char delimiter, inner; /* between fields; between the fields of a ROW */
  int quote, escape;     /* -1: none */
  bool comments, ignore_errors;
  const char *null_literal; /* borrowed from the table; NULL: none */
} csv_dialect;

csv_dialect csv_read_dialect(const rn_table_spec *table, bool is_key);
/* Options that must be one character are. */
rn_status csv_check_dialect(const rn_table_spec *table, bool is_key, rn_error *err);
/* Types that csv can hold; `verb` is "read" or "write". */
rn_status csv_check_types(const rn_table_spec *table, const uint32_t *columns, uint32_t count, const char *verb,
                          rn_error *err);

rn_status csv_encoder_open(const rn_table_spec *table, const uint32_t *columns, uint32_t count, bool is_key,
                           const rn_zone *zone, rn_encoder **out, rn_error *err);
rn_status csv_encode(rn_encoder *encoder, const rn_batch *batch, uint32_t row, rn_builder *out, bool *is_null,
                     rn_error *err);
void csv_encoder_close(rn_encoder *encoder);
void csv_write_header(const rn_table_spec *table, const uint32_t *columns, uint32_t count, rn_builder *out);

#endif
